"""Pronouns by grammatical person and gender.

The kinds and the two denominators are those of Touvron et al. 2023, "Llama 2", section 4.1 and
table 9a: the share of all documents with a pronoun of a kind, and its share of the documents with
a gendered pronoun (kinds of gender) or with any pronoun (kinds of person). Both are quotients of
``documents`` of two rows of `PRONOUNS`.

**Neopronouns** (xe, xem, xyr) are homographs of ordinary words of other languages, of contractions
and of names. A family counts only in documents that hold two different forms of it, whatever part
they stand in; elsewhere its forms count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.lexicons.terms import GENDERS, KINDS, NEOPRONOUN
from corpus_assay.transforms import kernels, tallies
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.compiled import CompiledLexicon
from corpus_assay.transforms.corpus import ROLE_NAMES, key_columns
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.examples import EXAMPLES, KEEP, Keys, document_hashes, example_rows
from corpus_assay.transforms.matching import Matches
from corpus_assay.transforms.tallies import MEASURES, Lists, Members, Tally
from corpus_assay.transforms.tokens import CELL_ROLES, Groups, TokenBatch

GENDERED = "gendered"
NEOPRONOUNS = "neopronoun"
CLASSES = (*KINDS, GENDERED, NEOPRONOUNS, ANY)
"""Kinds with a row wherever a list covers the language. ``gendered`` is the union of feminine,
masculine and unspecified; ``third`` that of the same with neopronouns and with third persons that
a list sorts under no gender; ``neopronoun`` that of all families; ``any`` is any pronoun."""

PRONOUNS = TableSpec(
    "pronouns", (key("source"), key("language"), key("role"), key("kind")), MEASURES
)
"""Matches and documents with a match by kind: `CLASSES`, and ``neopronoun:`` with the name of each
family that occurs. A form of two kinds counts in both, and once in a union of them. Every measure
is null where no list covers the language, and those of a kind where its list has no form of it."""

PRONOUN_SLICES = TableSpec(
    "pronoun_slices",
    (key("slice"), key("value"), key("language"), key("role"), key("kind")),
    MEASURES,
)
"""`PRONOUNS` by the values of the columns named by ``--slice-by`` instead of sources."""

PRONOUN_FORMS = TableSpec(
    "pronoun_forms",
    (key("language"), key("role"), key("kind"), key("form"), key("ambiguous", pa.bool_())),
    counts("matches", "documents"),
)
"""Matches and documents of each form, over all sources, by the kinds it is listed under (no
unions). ``ambiguous`` says that it is listed under two or that it also means something else."""

_BITS = {kind: 1 << bit for bit, kind in enumerate(CLASSES[:-1])}
_FAMILY_BITS = _BITS[NEOPRONOUNS] | _BITS["third"]


class Neopronouns(NamedTuple):
    """Neopronouns that count: position of the match and number of the family, ascending; a match
    of two families is there twice."""

    positions: NDArray[np.int64]
    families: NDArray[np.int64]


@dataclass(frozen=True)
class PronounMatcher:
    """Lists of pronouns of several languages, ready to match.

    ``combination`` (int32) numbers, for each row of ``lists``, the kinds it is listed under: by
    combination ``masks`` (uint8; bit c set for ``CLASSES[c]``, without neopronouns), ``listed``
    (numbers in `KINDS`) and ``families`` (numbers in ``names``).
    """

    lists: Lists
    combination: NDArray[np.int32]
    masks: NDArray[np.uint8]
    listed: Members
    families: Members
    names: tuple[str, ...]

    def counts(self, row: int) -> NDArray[np.bool_]:
        """Whether the list with a number has forms of each of `CLASSES`."""
        combinations = np.unique(self.combination[self.lists.languages == row])
        masks = self.masks[combinations]
        has_family = np.diff(self.families.offsets)[combinations] > 0
        mask = int(np.bitwise_or.reduce(masks, initial=0)) | _FAMILY_BITS * bool(has_family.any())
        return np.array([mask >> bit & 1 for bit in range(len(_BITS))] + [mask != 0], np.bool_)

    def find(self, batch: TokenBatch) -> tuple[Matches, NDArray[np.uint8], Neopronouns]:
        """The pronouns of a batch, the mask of each, and which are neopronouns."""
        found = self.lists.find(batch)
        combination = self.combination[found.entries]
        masks = self.masks[combination]
        neopronouns = self._neopronouns(batch, found, combination)
        masks[neopronouns.positions] |= _FAMILY_BITS
        counted = masks != 0
        if counted.all():
            return found, masks, neopronouns
        place = np.cumsum(counted) - 1
        left = Neopronouns(place[neopronouns.positions], neopronouns.families)
        return found.where(counted), masks[counted], left

    def _neopronouns(
        self, batch: TokenBatch, found: Matches, combination: NDArray[np.int32]
    ) -> Neopronouns:
        has_family = np.diff(self.families.offsets) > 0
        may = np.flatnonzero(has_family[combination])
        at, family = self.families.expand(combination[may])
        at = may[at]
        document = batch.part_document[found.parts[at]].astype(np.int64)
        form = self.lists.matcher.canonical[found.entries[at]].astype(np.int64)
        pairs, pair = np.unique(document * (len(self.names) + 1) + family, return_inverse=True)
        pair = pair.reshape(-1).astype(np.int64)
        forms = np.bincount(np.unique(pair << 32 | form) >> 32, minlength=len(pairs))
        two = forms[pair] > 1
        return Neopronouns(at[two], family[two])


def compile_pronouns(lists: Mapping[str, CompiledLexicon]) -> PronounMatcher:
    """Put the lists of several languages together."""
    joined = Lists.of(lists)
    combinations = tallies.strings(joined.entries, "concepts").dictionary_encode()
    kinds = [list(filter(None, text.split("+"))) for text in combinations.dictionary.to_pylist()]
    names = sorted({name for of in kinds for name in of if name.startswith(NEOPRONOUN)})
    return PronounMatcher(
        joined,
        combinations.indices.to_numpy(),
        np.array([_mask(of) for of in kinds], np.uint8),
        Members.of([[KINDS.index(name) for name in of if name in KINDS] for of in kinds]),
        Members.of([[names.index(name) for name in of if name in names] for of in kinds]),
        tuple(names),
    )


def _mask(kinds: Sequence[str]) -> int:
    """Bits of the kinds of a form and of the unions that they belong to, without neopronouns."""
    mask = 0
    for kind in kinds:
        mask |= _BITS.get(kind, 0)
        if kind in GENDERS:
            mask |= _BITS[GENDERED] | _BITS["third"]
    return mask


def analyzer(
    lists: Mapping[str, CompiledLexicon], slice_by: Sequence[str]
) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables of this module and ``examples``.

    About every tenth word is a pronoun, so the matches are counted as they come and not sorted.
    Memory: about 60 bytes a match, and 250 bytes a form of the lists.
    """
    lexicon = compile_pronouns(lists)
    keys = Keys(lexicon.lists.matcher.texts)
    covered = {language: lexicon.counts(row) for row, language in enumerate(lists)}

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        found, masks, neopronouns = lexicon.find(batch)
        values = tallies.class_counts(batch, found, masks, len(CLASSES) - 1)
        tables = tallies.kind_tables(
            batch, (PRONOUNS, PRONOUN_SLICES), CLASSES, values, covered, slice_by
        )
        if len(neopronouns.positions):
            of = found.at(neopronouns.positions)
            for table, rows in _family_tables(batch, of, neopronouns, lexicon, slice_by):
                tables[table] = pa.concat_tables([tables[table], rows])
        entries, examples = _count_entries(batch, found, keys)
        tables[PRONOUN_FORMS.name] = pa.concat_tables(
            [
                _forms(entries, lexicon, list(lists)),
                _family_forms(batch, found, neopronouns, lexicon),
            ]
        )
        chosen = found.at(examples)
        tables[EXAMPLES.name] = example_rows(batch, chosen, keys, PRONOUNS.name)
        return tables

    return analyze


def _count_entries(
    batch: TokenBatch, found: Matches, keys: Keys
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Matches and documents by entry and role (int64[entries, CELL_ROLES, 2]), and the positions
    of the matches that can be examples, ascending."""
    size = len(keys.texts)
    sums = np.zeros((size, CELL_ROLES, 2), np.int64)
    last = np.full((size, CELL_ROLES), -1, np.int32)
    ranks, places = np.empty((size, KEEP), np.uint64), np.full((size, KEEP), -1, np.int64)
    kernels.count_entries(
        found.entries,
        batch.part_document[found.parts],
        batch.part_role[found.parts],
        document_hashes(batch),
        keys.hashes,
        last,
        sums,
        ranks,
        places,
    )
    return sums, np.sort(places[places >= 0])


def _forms(sums: NDArray[np.int64], lexicon: PronounMatcher, languages: Sequence[str]) -> pa.Table:
    """`PRONOUN_FORMS` but for neopronouns."""
    entries, roles = np.nonzero(sums[:, :, 0])
    at, kinds = lexicon.listed.expand(lexicon.combination[entries])
    entries, roles = entries[at], roles[at]
    return PRONOUN_FORMS.table(
        [
            pa.array(languages, pa.string()).take(pa.array(lexicon.lists.languages[entries])),
            pa.array(ROLE_NAMES).take(pa.array(roles)),
            pa.array(KINDS).take(pa.array(kinds)),
            *_form_columns(lexicon, entries),
            sums[entries, roles, 0],
            sums[entries, roles, 1],
        ]
    )


def _form_columns(lexicon: PronounMatcher, entries: NDArray[np.int64]) -> list[pa.Array]:
    rows = pa.array(entries)
    return [
        lexicon.lists.matcher.texts.take(rows),
        lexicon.lists.entries.column("ambiguous").combine_chunks().take(rows),
    ]


def _family_forms(
    batch: TokenBatch, found: Matches, neopronouns: Neopronouns, lexicon: PronounMatcher
) -> pa.Table:
    """`PRONOUN_FORMS` of neopronouns."""
    names, of_document = batch.languages
    of = found.at(neopronouns.positions)
    width = len(lexicon.names) + 1
    numbers = of.entries.astype(np.int64) * width + neopronouns.families
    tally = Tally.of(batch, of, numbers, of_document.astype(np.int64))
    language, role = np.divmod(tally.groups, CELL_ROLES)
    entries, families = np.divmod(tally.numbers, width)
    return PRONOUN_FORMS.table(
        [
            pa.array(names, pa.string()).take(pa.array(language)),
            pa.array(ROLE_NAMES).take(pa.array(role)),
            pa.array(lexicon.names, pa.string()).take(pa.array(families)),
            *_form_columns(lexicon, entries),
            tally.matches,
            tally.documents,
        ]
    )


def _family_tables(
    batch: TokenBatch,
    found: Matches,
    neopronouns: Neopronouns,
    lexicon: PronounMatcher,
    slice_by: Sequence[str],
) -> Iterator[tuple[str, pa.Table]]:
    """Rows of `PRONOUNS` and `PRONOUN_SLICES` of the families that occur."""
    width = len(lexicon.names)
    cells = np.concatenate(found.cells(batch)) * width + np.tile(neopronouns.families, 2)
    cells, matches = np.unique(cells, return_counts=True)
    cell, family = np.divmod(cells, width)

    def columns(groups: Groups) -> list[pa.Array]:
        document, role = np.divmod(cell, CELL_ROLES)
        keys = (groups.of_document[document] * CELL_ROLES + role) * width + family
        present, place = np.unique(keys, return_inverse=True)
        tokens, words = batch.cells.sums[cell, 2], batch.cells.sums[cell, 3]
        values = [matches, np.ones_like(matches), matches**2, matches * tokens, matches * words]
        sums = np.zeros((len(present), len(values)), np.int64)
        kernels.add_rows(place.reshape(-1), np.stack(values, axis=1), sums)
        names = pa.array(lexicon.names).take(pa.array(present % width))
        return [*key_columns(groups, present // width), names, *(pa.array(c) for c in sums.T)]

    yield PRONOUNS.name, PRONOUNS.table(columns(batch.groups))
    for position, name in enumerate(slice_by):
        of = columns(batch.slice_groups(position))
        yield PRONOUN_SLICES.name, PRONOUN_SLICES.table([pa.repeat(name, len(of[0])), *of])
