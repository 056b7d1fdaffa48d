"""What the measures that count words of a list share: their columns, moments and tallies.

A measure sorts its matches into kinds (genders, persons, axes) and says for each how many matches
there are, in how many documents, and the moments that intervals need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, scan_kernels
from corpus_assay.transforms.additive import TableSpec, counts, moments
from corpus_assay.transforms.compiled import ENTRIES, CompiledLexicon
from corpus_assay.transforms.corpus import key_columns
from corpus_assay.transforms.matching import Matcher, Matches
from corpus_assay.transforms.tokens import CELL_ROLES, Groups, TokenBatch

MEASURES = (
    *counts("matches", "documents"),
    *moments("matches_squared", "matches_tokens", "matches_words"),
)
"""Matches m, documents with m > 0, and over documents Σm², Σm·tokens and Σm·words."""


Covered = Mapping[str, NDArray[np.bool_]]
"""What the list of each language can count: whether it has a form of each kind."""


def class_counts(
    batch: TokenBatch, found: Matches, masks: NDArray[np.unsignedinteger], classes: int
) -> NDArray[np.int32]:
    """Matches by class in each cell, and in the last column all: int32[cells, classes + 1].

    `masks` has a bit for each class of a match. Memory: 4 bytes a cell and class.
    """
    cell_counts = np.zeros((len(batch.documents) * CELL_ROLES, classes + 1), np.int32)
    kernels.count_classes(*found.cells(batch), masks, cell_counts)
    return cell_counts


class Moments(NamedTuple):
    """`kernels.ratio_moments` of the keys that occur.

    ``keys`` are the first, second and role columns, ``sums`` int64[keys, values, 5] and ``nulls``
    (bool[keys, values]) says what no list covers.
    """

    keys: list[pa.Array]
    sums: NDArray[np.int64]
    nulls: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        batch: TokenBatch,
        groups: Groups,
        values: NDArray[np.int32],
        covered: Covered,
    ) -> Moments:
        """Moments of `values` (int32[cells, n]) by group, whose second key is the language, and
        role."""
        cells = batch.cells
        keys = cells.keys(groups)
        sums = np.zeros((len(groups) * CELL_ROLES, values.shape[1], 5), np.int64)
        tokens, words = cells.sums[:, 2], cells.sums[:, 3]
        kernels.ratio_moments(cells.numbers, keys, values, tokens, words, sums)
        present = np.unique(keys)
        nothing = np.zeros(values.shape[1], np.bool_)
        nulls = ~np.array([covered.get(code, nothing) for code in groups.second], np.bool_)
        nulls = nulls.reshape(len(groups), values.shape[1])
        return cls(key_columns(groups, present), sums[present], nulls[present // CELL_ROLES])

    def measure(self, value: int, moment: int) -> pa.Array:
        """One measure column of one value."""
        return pa.array(self.sums[:, value, moment], mask=self.nulls[:, value])

    def by_kind(self, kinds: Sequence[str]) -> list[pa.Array]:
        """Keys, kind and `MEASURES` of the first values, one for each of the `kinds`."""
        keys = [pa.concat_arrays([column] * len(kinds)) for column in self.keys]
        names = pa.concat_arrays([pa.repeat(kind, len(self.nulls)) for kind in kinds])
        measures = [
            pa.concat_arrays([self.measure(value, k) for value in range(len(kinds))])
            for k in range(len(MEASURES))
        ]
        return [*keys, names, *measures]


def kind_tables(
    batch: TokenBatch,
    specs: tuple[TableSpec, TableSpec],
    kinds: Sequence[str],
    values: NDArray[np.int32],
    covered: Covered,
    slice_by: Sequence[str],
) -> dict[str, pa.Table]:
    """The table of a measure by kind, and that of its slices, from `class_counts`."""
    by_source, by_slice = specs
    whole = Moments.of(batch, batch.groups, values, covered)
    return {by_source.name: by_source.table(whole.by_kind(kinds))} | slice_tables(
        batch, by_slice, kinds, values, covered, slice_by
    )


def slice_tables(
    batch: TokenBatch,
    spec: TableSpec,
    kinds: Sequence[str],
    values: NDArray[np.int32],
    covered: Covered,
    slice_by: Sequence[str],
) -> dict[str, pa.Table]:
    """The table by slices of a measure, if there are any."""
    slices = []
    for position, name in enumerate(slice_by):
        groups = batch.slice_groups(position)
        columns = Moments.of(batch, groups, values, covered).by_kind(kinds)
        slices.append(spec.table([pa.repeat(name, len(columns[0])), *columns]))
    return {spec.name: pa.concat_tables(slices)} if slices else {}


class Tally(NamedTuple):
    """Matches and documents (int64) by group and role (``group * CELL_ROLES + role``) and number;
    only what occurs."""

    groups: NDArray[np.int64]
    numbers: NDArray[np.int64]
    matches: NDArray[np.int64]
    documents: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        batch: TokenBatch,
        found: Matches,
        numbers: NDArray[np.integer],
        of_document: NDArray[np.int64],
    ) -> Tally:
        """Count the matches by their `numbers` and the group of their document, in each cell.

        Memory: 80 bytes a group and number that occur, and 12 bytes a match.
        """
        documents = batch.part_document[found.parts]
        size = int(numbers.max(initial=0)) + 1
        places = np.empty(len(found), np.int32)
        keys = scan_kernels.number_keys(of_document[documents] * size + numbers, places)
        sums = np.zeros((len(keys), CELL_ROLES, 2), np.int64)
        last = np.full((len(keys), CELL_ROLES), -1, np.int32)
        scan_kernels.tally(places, documents, batch.part_role[found.parts], last, sums)
        place, role = np.nonzero(sums[:, :, 0])
        group, number = np.divmod(keys[place], size)
        matches, in_documents = sums[place, role].T
        return cls(group * CELL_ROLES + role, number, matches, in_documents)

    def __len__(self) -> int:
        return len(self.numbers)


class Lists(NamedTuple):
    """Compiled lists of several languages, ready to match.

    ``matcher`` finds numbers of rows of ``entries``. Where a word means more in one case, its rows
    for a capital and without one are ``upper`` and ``lower`` (int32, by number) and ``cased`` is
    true. ``languages`` (int32) numbers the list of each row.
    """

    matcher: Matcher
    entries: pa.Table
    upper: NDArray[np.int32]
    lower: NDArray[np.int32]
    cased: NDArray[np.bool_]
    languages: NDArray[np.int32]

    @classmethod
    def of(cls, lists: Mapping[str, CompiledLexicon]) -> Lists:
        """Put lists together. Memory: that of `Matcher`."""
        tables = {code: one.entries for code, one in lists.items()}
        matcher = Matcher(
            {code: strings(table, "text") for code, table in tables.items()},
            {code: table.column("case").to_numpy() for code, table in tables.items()},
        )
        entries = pa.concat_tables([ENTRIES.empty_table(), *tables.values()])
        cases, first = entries.column("case").to_numpy(), matcher.canonical
        numbers = np.arange(len(first), dtype=np.int32)
        upper, lower = numbers.copy(), numbers.copy()
        for case, choices in (
            (0, (upper, lower)),
            (kernels.CAPITALISED, (upper,)),
            (kernels.LOWERCASE, (lower,)),
        ):
            of = np.flatnonzero((cases == case) & (first >= 0))
            for choice in choices:
                choice[first[of]] = of
        sizes = [len(table) for table in tables.values()]
        languages = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        return cls(matcher, entries, upper, lower, upper != lower, languages)

    def find(self, batch: TokenBatch) -> Matches:
        """All matches, those of blocked texts among them, by the row that suits their case."""
        found = self.matcher.match(batch)
        at = np.flatnonzero(self.cased[found.entries])
        if len(at):
            entries = found.entries[at]
            capital = batch.flags[found.firsts[at]] & kernels.FLAG_UPPER != 0
            found.entries[at] = np.where(capital, self.upper[entries], self.lower[entries])
        return found


def strings(table: pa.Table, name: str) -> pa.StringArray:
    """A column of strings in one array, whether dictionary encoded or not."""
    return pa.concat_arrays(
        [pa.array([], pa.string()), *(c.cast(pa.string()) for c in table.column(name).chunks)]
    )


class Members(NamedTuple):
    """Sets of numbers: those of set k are ``offsets[k]`` to ``offsets[k + 1]`` (int64) of
    ``numbers`` (int64)."""

    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Sequence[Sequence[int]]) -> Members:
        """Sets as they are given."""
        offsets = np.cumsum([0, *(len(one) for one in sets)], dtype=np.int64)
        return cls(offsets, np.array([number for one in sets for number in one], np.int64))

    def expand(self, sets: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each of some sets its members: the position in `sets`, and the member, in order."""
        sizes = np.diff(self.offsets)[sets]
        positions = np.repeat(np.arange(len(sets)), sizes)
        within = np.arange(len(positions)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return positions, self.numbers[self.offsets[:-1][sets][positions] + within]
