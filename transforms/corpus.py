"""What the corpus consists of: documents, bytes, words, lengths; by source, language and role."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels
from corpus_assay.transforms.additive import TableSpec, counts, key, moments
from corpus_assay.transforms.documents import ANY, ROLES
from corpus_assay.transforms.tokens import CELL_ROLES, Groups, TokenBatch

ROLE_NAMES = (*ROLES, ANY)
_ROLE_COLUMN = pa.array(ROLE_NAMES)

_SIZES = (
    *counts("documents", "empty_documents", "bytes", "characters", "tokens", "words"),
    *moments("tokens_squared", "words_squared"),
)
_TEXT_KEYS = key("language"), key("role")

CORPUS = TableSpec("corpus", (key("source"), *_TEXT_KEYS), _SIZES)
"""Sizes by source, language and role; the role ``any`` counts each document once. ``tokens`` are
words and punctuation marks; ``tokens_squared`` and ``words_squared`` are Σn² over documents."""

CORPUS_SLICES = TableSpec("corpus_slices", (key("slice"), key("value"), *_TEXT_KEYS), _SIZES)
"""`CORPUS` by the values of the columns named by ``--slice-by`` instead of sources."""

LENGTHS = TableSpec(
    "lengths",
    (key("source"), *_TEXT_KEYS, key("bucket", pa.int64())),
    counts("documents"),
)
"""Documents by length; ``bucket`` is the smallest number of words in it: 0, 1, 2, 4, 8, …"""

LANGUAGES = TableSpec("languages", (key("language"), key("method")), counts("documents"))
"""Documents by language and how they came by it (`language.METHODS`)."""

SOURCES = TableSpec("sources", (key("slice"), key("value")), counts("bytes"))
"""Bytes of each source (slice `SOURCE_SLICE`) and each value of a slice column: what decides which
of them are named and which fold into ``(other)``. Not part of the audit."""

SOURCE_SLICE = ""
"""No column has this name, so a slice column called ``source`` keeps its own account."""


def languages(documents: pa.RecordBatch, methods: pa.Array) -> pa.Table:
    """`LANGUAGES` of a batch, from `language.identify`."""
    columns = {"language": documents.column("language"), "method": methods.cast(pa.string())}
    counted = pa.table(columns).group_by(list(columns)).aggregate([([], "count_all")])
    return LANGUAGES.table([column.combine_chunks() for column in counted.columns])


def key_columns(groups: Groups, keys: NDArray[np.int64]) -> list[pa.Array]:
    """First and second key and role of ``group * CELL_ROLES + role`` numbers, as strings."""
    group, role = np.divmod(keys, CELL_ROLES)
    first, second = groups.columns
    return [
        first.take(pa.array(group)),
        second.take(pa.array(group)),
        _ROLE_COLUMN.take(pa.array(role)),
    ]


def _sizes(batch: TokenBatch, groups: Groups) -> tuple[NDArray[np.int64], list[pa.Array]]:
    """The keys (group and role) that occur, and the columns of `_SIZES` for them."""
    cells = batch.cells
    keys = cells.keys(groups)
    sums = cells.sums[cells.numbers]
    tokens, words = sums[:, 2], sums[:, 3]
    columns = np.stack(
        [
            np.ones(len(keys), np.int64),
            (sums[:, 0] == 0).astype(np.int64),
            *sums.T,
            tokens * tokens,
            words * words,
        ],
        axis=1,
    )
    totals = np.zeros((len(groups) * CELL_ROLES, columns.shape[1]), np.int64)
    kernels.add_rows(keys, columns, totals)
    present = np.flatnonzero(totals[:, 0])
    return present, [pa.array(column) for column in totals[present].T]


def _lengths(batch: TokenBatch) -> pa.Table:
    cells = batch.cells
    words = cells.sums[cells.numbers, 3]
    # frexp gives the exponent of the next power of two exactly: 0 → 0, 1 → 1, 2-3 → 2, 4-7 → 3
    exponent = np.frexp(words.astype(np.float64))[1].astype(np.int64)
    keys, number = np.unique(cells.keys(batch.groups) * 64 + exponent, return_counts=True)
    bucket = np.where(keys % 64 == 0, 0, 1 << np.maximum(keys % 64 - 1, 0))
    return LENGTHS.table([*key_columns(batch.groups, keys // 64), bucket, number])


def analyzer(slice_by: Sequence[str]) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables of this module but `LANGUAGES`."""

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        keys, sizes = _sizes(batch, batch.groups)
        tables = {
            CORPUS.name: CORPUS.table([*key_columns(batch.groups, keys), *sizes]),
            LENGTHS.name: _lengths(batch),
        }
        source_bytes = [_source_bytes(SOURCE_SLICE, batch.groups, keys, sizes)]
        slices = []
        for position, name in enumerate(slice_by):
            groups = batch.slice_groups(position)
            keys, sizes = _sizes(batch, groups)
            names = pa.repeat(name, len(keys))
            slices.append(CORPUS_SLICES.table([names, *key_columns(groups, keys), *sizes]))
            source_bytes.append(_source_bytes(name, groups, keys, sizes))
        tables[SOURCES.name] = pa.concat_tables(source_bytes)
        if slices:
            tables[CORPUS_SLICES.name] = pa.concat_tables(slices)
        return tables

    return analyze


def _source_bytes(
    name: str, groups: Groups, keys: NDArray[np.int64], sizes: list[pa.Array]
) -> pa.Table:
    whole = keys % CELL_ROLES == CELL_ROLES - 1
    values = groups.columns[0].take(pa.array(keys[whole] // CELL_ROLES))
    return SOURCES.table([pa.repeat(name, len(values)), values, sizes[2].filter(pa.array(whole))])


__all__ = [
    "CORPUS",
    "CORPUS_SLICES",
    "LANGUAGES",
    "LENGTHS",
    "SOURCES",
    "SOURCE_SLICE",
    "analyzer",
    "key_columns",
    "languages",
]
