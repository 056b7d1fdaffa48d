"""Demographic terms: words that describe people by who they are, on axes.

The tallies are those of Smith et al. 2022, "HolisticBias", and Touvron et al. 2023, "Llama 2",
table 9b: the share of all documents with a term of an axis, and of these the share with each term.
Documents of an axis are counted as documents; the documents of its terms do not add up to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.lexicons.terms import MAX_AXES
from corpus_assay.transforms import tallies
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.compiled import CompiledLexicon
from corpus_assay.transforms.corpus import key_columns
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.examples import EXAMPLES, Keys, example_rows
from corpus_assay.transforms.matching import Matches
from corpus_assay.transforms.tallies import MEASURES, Lists, Members, Tally
from corpus_assay.transforms.tokens import TokenBatch

DEMOGRAPHICS = TableSpec(
    "demographics", (key("source"), key("language"), key("role"), key("axis")), MEASURES
)
"""Matches and documents with a match by axis. A term of two axes counts in both, and once in
``any``. Every measure is null where no list covers the language, and those of an axis where its
list has no term of it."""

DEMOGRAPHIC_SLICES = TableSpec(
    "demographic_slices",
    (key("slice"), key("value"), key("language"), key("role"), key("axis")),
    MEASURES,
)
"""`DEMOGRAPHICS` by the values of the columns named by ``--slice-by`` instead of sources."""

DEMOGRAPHIC_TERMS = TableSpec(
    "demographic_terms",
    (
        key("source"),
        key("language"),
        key("role"),
        key("axis"),
        key("concept"),
        key("bucket"),
        key("polysemous", pa.bool_()),
        key("preference"),
    ),
    counts("matches", "documents"),
)
"""Matches and documents of each descriptor in all its forms; a row for each of its axes, with the
same counts. A form of two descriptors counts for both."""


@dataclass(frozen=True)
class DemographicMatcher:
    """Lists of demographic terms of several languages, ready to match.

    ``combination`` (int32) numbers, for each row of ``lists``, what it stands for: by combination
    ``masks`` (uint32; bit a set for ``axes[a]``) and ``terms``. By term, a descriptor as one list
    or several describe it: ``concepts``, ``buckets`` and ``preferences`` (strings),
    ``polysemous`` (bool) and ``term_axes``.
    """

    lists: Lists
    combination: NDArray[np.int32]
    axes: tuple[str, ...]
    masks: NDArray[np.uint32]
    terms: Members
    concepts: pa.StringArray
    buckets: pa.StringArray
    preferences: pa.StringArray
    polysemous: pa.BooleanArray
    term_axes: Members

    def counts(self, row: int) -> NDArray[np.bool_]:
        """Whether the list with a number has terms of each axis, and of any."""
        masks = self.masks[self.combination[self.lists.languages == row]]
        mask = int(np.bitwise_or.reduce(masks, initial=0))
        return np.array([mask >> bit & 1 for bit in range(len(self.axes))] + [mask != 0], np.bool_)

    def find(self, batch: TokenBatch) -> Matches:
        """The matches that stand for a descriptor."""
        found = self.lists.find(batch)
        return found.where(self.masks[self.combination[found.entries]] != 0)


def compile_demographics(lists: Mapping[str, CompiledLexicon]) -> DemographicMatcher:
    """Put the lists of several languages together. Raises `ValueError` over `MAX_AXES` axes."""
    joined = Lists.of(lists)
    axes: dict[str, None] = {}
    terms: dict[tuple[str, tuple[str, ...], str, bool, str], int] = {}
    of_combination: dict[tuple[int, ...], int] = {}
    combination = [np.empty(0, np.int32)]
    for lexicon in lists.values():
        number = {}
        for concept, (names, bucket, polysemous, preference) in lexicon.about[
            "descriptors"
        ].items():
            axes |= dict.fromkeys(names)
            term = (concept, tuple(names), bucket, polysemous, preference)
            number[concept] = terms.setdefault(term, len(terms))
        encoded = tallies.strings(lexicon.entries, "concepts").dictionary_encode()
        sets = [
            tuple(number[concept] for concept in text.split("+") if concept)
            for text in encoded.dictionary.to_pylist()
        ]
        numbers = [of_combination.setdefault(one, len(of_combination)) for one in sets]
        combination.append(np.array([*numbers, 0], np.int32)[encoded.indices.to_numpy()])
    if len(axes) > MAX_AXES:
        raise ValueError(f"{len(axes)} axes of descriptors; at most {MAX_AXES} can be counted")
    place = {axis: bit for bit, axis in enumerate(sorted(axes))}
    term_axes = Members.of([[place[axis] for axis in term[1]] for term in terms])
    bits = [sum(1 << place[axis] for axis in term[1]) for term in terms]
    members = Members.of(list(of_combination))
    masks = np.zeros(len(of_combination), np.uint32)
    for number_of, one in enumerate(of_combination):
        masks[number_of] = np.bitwise_or.reduce([0, *(bits[term] for term in one)])
    concepts, _, buckets, polysemous, preferences = zip(*terms, strict=True) if terms else [()] * 5
    return DemographicMatcher(
        joined,
        np.concatenate(combination),
        tuple(place),
        masks,
        members,
        pa.array(concepts, pa.string()),
        pa.array(buckets, pa.string()),
        pa.array(preferences, pa.string()),
        pa.array(polysemous, pa.bool_()),
        term_axes,
    )


def analyzer(
    lists: Mapping[str, CompiledLexicon], slice_by: Sequence[str]
) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables of this module and ``examples``.

    Memory: about 100 bytes a match, and 4 bytes a cell and axis.
    """
    lexicon = compile_demographics(lists)
    kinds = (*lexicon.axes, ANY)
    keys = Keys(lexicon.concepts)
    covered = {language: lexicon.counts(row) for row, language in enumerate(lists)}

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        found = lexicon.find(batch)
        combination = lexicon.combination[found.entries]
        values = tallies.class_counts(batch, found, lexicon.masks[combination], len(lexicon.axes))
        positions, terms = lexicon.terms.expand(combination)
        of_terms = found.at(positions).renumbered(terms.astype(np.int32))
        return {
            DEMOGRAPHIC_TERMS.name: _terms(batch, of_terms, lexicon),
            EXAMPLES.name: example_rows(batch, of_terms, keys, DEMOGRAPHICS.name),
        } | tallies.kind_tables(
            batch, (DEMOGRAPHICS, DEMOGRAPHIC_SLICES), kinds, values, covered, slice_by
        )

    return analyze


def _terms(batch: TokenBatch, found: Matches, lexicon: DemographicMatcher) -> pa.Table:
    tally = Tally.of(batch, found, found.entries, batch.groups.of_document)
    rows, axes = lexicon.term_axes.expand(tally.numbers)
    terms = pa.array(tally.numbers[rows])
    return DEMOGRAPHIC_TERMS.table(
        [
            *key_columns(batch.groups, tally.groups[rows]),
            pa.array(lexicon.axes, pa.string()).take(pa.array(axes)),
            lexicon.concepts.take(terms),
            lexicon.buckets.take(terms),
            lexicon.polysemous.take(terms),
            lexicon.preferences.take(terms),
            tally.matches[rows],
            tally.documents[rows],
        ]
    )
