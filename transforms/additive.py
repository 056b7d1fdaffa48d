"""Additive tables: what analyzers give, and the one way in which they are merged.

A `TableSpec` names the key columns and the measures of a table and how rows of equal key merge.
Merging is associative and commutative and its result is sorted by key, so a table does not depend
on how the corpus was cut, in which order it came, or who merged it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.transforms import scan_kernels

MOMENT = pa.decimal128(38, 0)
"""Type of sums of squares and products: 10⁵ documents of 10⁷ tokens pass int64."""

COUNT = pa.int64()


@dataclass(frozen=True)
class TableSpec:
    """A table of an audit.

    name      file name and key of the table
    keys      key columns, in sorting order
    measures  the other columns
    merge     ``sum`` adds integers of equal keys (null where all are null); ``smallest`` keeps
              the `keep` rows of a key with the smallest ``rank``; ``union`` keeps all rows
    keep      rows a key keeps under ``smallest``
    grows     the table grows with the corpus and is written as a folder of parts
    hidden    the table serves a later pass and does not stand in the audit
    aside     its rows stay with the unit of work they were made in, unmerged, for a later pass
    """

    name: str
    keys: tuple[pa.Field, ...]
    measures: tuple[pa.Field, ...]
    merge: Literal["sum", "smallest", "union"] = "sum"
    keep: int = 0
    grows: bool = False
    hidden: bool = False
    aside: bool = False

    @property
    def schema(self) -> pa.Schema:
        """Keys, then measures."""
        return pa.schema([*self.keys, *self.measures])

    @property
    def key_names(self) -> list[str]:
        """Names of the key columns."""
        return [key.name for key in self.keys]

    def table(self, columns: Sequence[pa.Array | NDArray[np.generic] | list[object]]) -> pa.Table:
        """Columns in schema order, cast to the schema."""
        arrays = [
            (c if isinstance(c, pa.Array) else pa.array(c)).cast(f.type)
            for c, f in zip(columns, self.schema, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=self.schema)


def key(name: str, kind: pa.DataType | None = None) -> pa.Field:
    """A key column; a string unless `kind` says otherwise."""
    return pa.field(name, kind or pa.string())


def counts(*names: str) -> tuple[pa.Field, ...]:
    """Measures that are counts (int64)."""
    return tuple(pa.field(name, COUNT) for name in names)


def moments(*names: str) -> tuple[pa.Field, ...]:
    """Measures that are sums of squares or products (decimal128(38, 0))."""
    return tuple(pa.field(name, MOMENT) for name in names)


def merge(spec: TableSpec, tables: Iterable[pa.Table]) -> pa.Table:
    """One table in canonical order from any number of partial ones.

    Memory: that of its inputs, twice. Raises `pa.ArrowInvalid` when a sum overflows.
    """
    joined = pa.concat_tables([spec.schema.empty_table(), *tables])
    if spec.merge == "sum":
        return _added(spec, joined).sort_by([(name, "ascending") for name in spec.key_names])
    if spec.merge == "smallest":
        joined = _with_small_ranks(spec, joined)
    ordered = joined.sort_by([(name, "ascending") for name in _order(spec)])
    if spec.merge == "smallest":
        return ordered.filter(pa.array(place_in_key(spec, ordered) < spec.keep))
    return ordered


def _with_small_ranks(spec: TableSpec, table: pa.Table) -> pa.Table:
    """The rows that can be among the `keep` of their key; sorting the rest is most of the work."""
    numbers = np.zeros(len(table), np.int64)
    room = 1
    for name in spec.key_names:
        column = table.column(name).combine_chunks().dictionary_encode()
        room *= len(column.dictionary) + 1
        if room >= 1 << 62:
            return table
        numbers *= len(column.dictionary) + 1
        numbers += column.indices.fill_null(len(column.dictionary)).to_numpy()
    of_key = np.empty(len(table), np.int32)
    keys = scan_kernels.number_keys(numbers, of_key)
    small = np.empty(len(table), np.bool_)
    largest = np.iinfo(np.uint64).max
    ranks = np.full((len(keys), spec.keep), largest, np.uint64)
    scan_kernels.small_ranks(of_key, table.column("rank").to_numpy(), ranks, small)
    return table.filter(pa.array(small))


def _added(spec: TableSpec, joined: pa.Table) -> pa.Table:
    """The sums of equal keys, in no order. Raises `pa.ArrowInvalid` when one overflows."""
    # Arrow wraps around where a sum of int64 overflows; sums of decimals are cast back checked.
    summed = [m if _fits(joined.column(m.name)) else m.with_type(MOMENT) for m in spec.measures]
    merged = (
        joined.cast(pa.schema([*spec.keys, *summed]))
        .group_by(spec.key_names, use_threads=False)
        .aggregate([(m.name, "sum", pc.ScalarAggregateOptions(min_count=1)) for m in spec.measures])
    )
    merged = merged.select(spec.key_names + [f"{m.name}_sum" for m in spec.measures])
    merged = merged.rename_columns(spec.schema.names).cast(spec.schema)
    merged.validate(full=True)
    return merged


def _partly_merged(spec: TableSpec, tables: Sequence[pa.Table]) -> pa.Table:
    """One table, to be merged again: sums need no order before that."""
    if spec.merge == "sum":
        return _added(spec, pa.concat_tables(tables))
    return merge(spec, tables)


def _fits(column: pa.ChunkedArray) -> bool:
    """Whether no sum of some of these numbers can overflow int64."""
    if not pa.types.is_int64(column.type):
        return False
    ends = pc.min_max(column).as_py()
    return len(column) * max(-(ends["min"] or 0), ends["max"] or 0) < 1 << 63


def _order(spec: TableSpec) -> list[str]:
    rest = [field.name for field in spec.measures]
    first = [name for name in rest if name == "rank"]
    return spec.key_names + first + [name for name in rest if name != "rank"]


def place_in_key(spec: TableSpec, ordered: pa.Table) -> NDArray[np.int64]:
    """Place of each row among the rows of its key, of a table sorted by key."""
    rows = np.arange(ordered.num_rows)
    if not len(rows):
        return rows
    begins = np.zeros(len(rows), np.bool_)
    begins[0] = True
    for name in spec.key_names:
        column = ordered.column(name).combine_chunks()
        begins[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return rows - np.maximum.accumulate(np.where(begins, rows, 0))


def shards(spec: TableSpec, table: pa.Table, count: int) -> dict[int, pa.Table]:
    """A table cut by the hash of its key, modulo `count`; empty shards are left out.

    The hash depends on nothing but the key's values, so it is the same on every worker.
    """
    if count == 1 or not table.num_rows:
        return {0: table} if table.num_rows else {}
    number = np.zeros(table.num_rows, np.uint64)
    for name in spec.key_names:
        column = table.column(name).combine_chunks()
        if pa.types.is_int64(column.type) and not column.null_count:
            number = (number ^ column.to_numpy().view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            number ^= number >> np.uint64(29)
            continue
        column = column.dictionary_encode()
        values = [zlib.crc32(str(value).encode()) for value in column.dictionary.to_pylist()]
        hashes = np.array([*values, 0], np.uint64)[column.indices.fill_null(-1).to_numpy()]
        number = (number ^ hashes) * np.uint64(0x9E3779B97F4A7C15)
    place = (number >> np.uint64(32)) % np.uint64(count)
    return {int(shard): table.filter(pa.array(place == shard)) for shard in np.unique(place)}


class Merger:
    """Tables by name, merged as they come.

    Holds at most `limit` unmerged tables a name, so memory is that of the merged tables plus
    `limit` partial ones.
    """

    def __init__(self, specs: Iterable[TableSpec], limit: int = 32) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._limit = limit
        self._tables: dict[str, list[pa.Table]] = {name: [] for name in self._specs}

    def add(self, tables: dict[str, pa.Table]) -> None:
        """Add the tables of one batch."""
        for name, table in tables.items():
            held = self._tables[name]
            if table.num_rows:
                held.append(table)
            if len(held) >= self._limit:
                self._tables[name] = [_partly_merged(self._specs[name], held)]

    def tables(self) -> dict[str, pa.Table]:
        """The merged tables so far, by name; every name is there."""
        return {name: merge(spec, self._tables[name]) for name, spec in self._specs.items()}
