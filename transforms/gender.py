"""Gender representation: nouns for women, men and persons of no stated gender.

Muller et al. 2023, "The Gender-GAP Pipeline", section 3, counts lexicon matches by class over all
tokens. Here the counts stay integers: shares and intervals are computed from these tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.lexicons.gender import GENDERS, concepts
from corpus_assay.transforms import tallies
from corpus_assay.transforms.additive import TableSpec, counts, key, moments
from corpus_assay.transforms.compiled import ENTRIES, CompiledLexicon
from corpus_assay.transforms.corpus import ROLE_NAMES, key_columns
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.examples import EXAMPLES, Keys, example_rows
from corpus_assay.transforms.matching import Matcher, Matches, sequences
from corpus_assay.transforms.tallies import MEASURES, Moments, Tally, strings
from corpus_assay.transforms.tokens import CELL_ROLES, TokenBatch

CLASSES = (*GENDERS, ANY)

GENDER = TableSpec("gender", (key("source"), key("language"), key("role"), key("gender")), MEASURES)
"""Matches and documents with a match by class. A form in two classes counts in both, and once in
``any``. The moments are Σm², Σm·tokens and Σm·words over documents. Every measure is null where
no lexicon covers the language."""

GENDER_SLICES = TableSpec(
    "gender_slices",
    (key("slice"), key("value"), key("language"), key("role"), key("gender")),
    MEASURES,
)
"""`GENDER` by the values of the columns named by ``--slice-by`` instead of sources."""

GENDER_CONTRAST = TableSpec(
    "gender_contrast",
    (key("source"), key("language"), key("role")),
    (
        *counts("difference"),
        *moments("difference_squared", "difference_tokens", "difference_words"),
    ),
)
"""Moments of d = feminine − masculine matches of a document: Σd, Σd², Σd·tokens, Σd·words."""

GENDER_TERMS = TableSpec(
    "gender_terms",
    (
        key("source"),
        key("language"),
        key("role"),
        key("gender"),
        key("concept"),
        key("lemma"),
    ),
    counts("matches", "documents"),
)
"""Matches and documents of each word of the lexicon, in all its forms. ``concept`` joins with +
the concepts of that class that the word stands for; ``lemma`` is the word, or several that share
a form, joined with +."""

GENDER_FORMS = TableSpec(
    "gender_forms",
    (
        key("language"),
        key("role"),
        key("gender"),
        key("concept"),
        key("lemma"),
        key("form"),
        key("ambiguous", pa.bool_()),
    ),
    counts("matches", "documents"),
)
"""Matches and documents of each form of the words in `GENDER_TERMS`, over all sources.
``ambiguous`` says that the form stands in more than one class or also means something else."""


@dataclass(frozen=True)
class GenderMatcher:
    """Lexicons of several languages ready to match.

    By entry of the matcher: ``ambiguous`` (bool) and ``senses`` (int32). By
    sense, a word with its concepts: ``masks`` (uint8; bit c set for class ``GENDERS[c]``, 0 where
    it only blocks), ``lemmas`` (string) and ``concepts``, the joined concepts by class.
    """

    matcher: Matcher
    ambiguous: NDArray[np.bool_]
    senses: NDArray[np.int32]
    masks: NDArray[np.uint8]
    lemmas: pa.StringArray
    concepts: tuple[pa.Array, ...]

    def find(self, batch: TokenBatch) -> Matches:
        """The matches that stand for a person."""
        found = self.matcher.match(batch)
        return found.where(self.masks[self.senses[found.entries]] != 0)


def compile_lexicons(
    lexicons: Mapping[str, CompiledLexicon], core: bool = True, single_words: bool = False
) -> GenderMatcher:
    """Put lexicons together.

    With `core`, words of extended concepts only block others. With `single_words`, entries of
    several words and those that block are left out, and no case is asked for.
    """
    tables = {
        code: _single_words(lexicon) if single_words else lexicon.entries
        for code, lexicon in lexicons.items()
    }
    matcher = Matcher(
        {code: strings(table, "text") for code, table in tables.items()},
        {code: table.column("case").to_numpy() for code, table in tables.items()},
    )
    joined = pa.concat_tables([ENTRIES.empty_table(), *tables.values()])
    lemmas = strings(joined, "lemma").dictionary_encode()
    combinations = strings(joined, "concepts").dictionary_encode()
    pairs = lemmas.indices.to_numpy().astype(np.int64) << 32 | combinations.indices.to_numpy()
    distinct, senses = np.unique(pairs, return_inverse=True)
    meanings = [_Meaning.of(text, core) for text in combinations.dictionary.to_pylist()]
    masks = np.array([meaning.mask for meaning in meanings], np.uint8)
    combination = distinct & 0xFFFFFFFF
    return GenderMatcher(
        matcher,
        joined.column("ambiguous").to_numpy(),
        senses.reshape(-1).astype(np.int32),
        masks[combination],
        lemmas.dictionary.take(distinct >> 32),
        tuple(
            pa.array([meaning.concepts[column] for meaning in meanings], pa.string()).take(
                combination
            )
            for column in range(len(GENDERS))
        ),
    )


def _single_words(lexicon: CompiledLexicon) -> pa.Table:
    table = lexicon.entries
    cut = sequences(strings(table, "text"), lexicon.language)
    counts = pc.not_equal(strings(table, "concepts"), "").to_numpy(zero_copy_only=False)
    table = table.filter(pa.array((np.diff(cut.offsets) == 1) & counts))
    at = table.schema.get_field_index("case")
    return table.set_column(at, table.schema.field(at), pa.array(np.zeros(len(table), np.uint8)))


class _Meaning(NamedTuple):
    """What a combination of concepts means: the mask of its classes, the concepts of each."""

    mask: int
    concepts: tuple[str, ...]

    @classmethod
    def of(cls, joined: str, core: bool) -> _Meaning:
        known = concepts()
        members: list[list[str]] = [[] for _ in GENDERS]
        for name in filter(None, joined.split("+")):
            if name.startswith(":"):
                members[GENDERS.index(name[1:])].append("")
            elif known[name].core or not core:
                members[GENDERS.index(known[name].gender)].append(name)
        mask = sum(1 << column for column, names in enumerate(members) if names)
        return cls(mask, tuple("+".join(names) for names in members))


def analyzer(
    lexicons: Mapping[str, CompiledLexicon],
    slice_by: Sequence[str],
    core: bool = True,
    single_words: bool = False,
) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables of this module and ``examples``."""
    lexicon = compile_lexicons(lexicons, core, single_words)
    keys = Keys(lexicon.lemmas)
    covered = {language: np.ones(len(CLASSES) + 1, np.bool_) for language in lexicons}

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        found = lexicon.find(batch)
        senses = lexicon.senses[found.entries]
        masks = lexicon.masks[senses]
        cell_counts = tallies.class_counts(batch, found, masks, len(GENDERS))
        difference = cell_counts[:, 0] - cell_counts[:, 1]
        values = np.column_stack([cell_counts, difference])
        moments = Moments.of(batch, batch.groups, values, covered)
        tables = {
            GENDER.name: GENDER.table(moments.by_kind(CLASSES)),
            GENDER_CONTRAST.name: GENDER_CONTRAST.table(
                [*moments.keys, *(moments.measure(len(CLASSES), k) for k in (0, 2, 3, 4))]
            ),
            GENDER_TERMS.name: _terms(batch, found, lexicon),
            GENDER_FORMS.name: _forms(batch, found, lexicon),
            EXAMPLES.name: example_rows(batch, found.renumbered(senses), keys, GENDER.name),
        }
        return tables | tallies.slice_tables(
            batch, GENDER_SLICES, CLASSES, values, covered, slice_by
        )

    return analyze


def _terms(batch: TokenBatch, found: Matches, lexicon: GenderMatcher) -> pa.Table:
    tally = Tally.of(batch, found, lexicon.senses[found.entries], batch.groups.of_document)
    blocks = []
    for column, gender in enumerate(GENDERS):
        of = np.flatnonzero(lexicon.masks[tally.numbers] >> column & 1)
        senses = tally.numbers[of]
        blocks.append(
            GENDER_TERMS.table(
                [
                    *key_columns(batch.groups, tally.groups[of]),
                    pa.repeat(gender, len(of)),
                    lexicon.concepts[column].take(senses),
                    lexicon.lemmas.take(senses),
                    tally.matches[of],
                    tally.documents[of],
                ]
            )
        )
    return pa.concat_tables(blocks)


def _forms(batch: TokenBatch, found: Matches, lexicon: GenderMatcher) -> pa.Table:
    names, of_document = batch.languages
    tally = Tally.of(batch, found, found.entries, of_document.astype(np.int64))
    language, role = np.divmod(tally.groups, CELL_ROLES)
    languages = pa.array(names, pa.string())
    blocks = []
    for column, gender in enumerate(GENDERS):
        masks = lexicon.masks[lexicon.senses[tally.numbers]]
        of = np.flatnonzero(masks >> column & 1)
        entries = tally.numbers[of]
        senses = lexicon.senses[entries]
        blocks.append(
            GENDER_FORMS.table(
                [
                    languages.take(language[of]),
                    pa.array(ROLE_NAMES).take(role[of]),
                    pa.repeat(gender, len(of)),
                    lexicon.concepts[column].take(senses),
                    lexicon.lemmas.take(senses),
                    lexicon.matcher.texts.take(entries),
                    lexicon.ambiguous[entries],
                    tally.matches[of],
                    tally.documents[of],
                ]
            )
        )
    return pa.concat_tables(blocks)
