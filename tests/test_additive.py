"""Merging additive tables, and cutting them into shards."""

from __future__ import annotations

import itertools
from collections import defaultdict
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import additive
from corpus_assay.transforms.additive import Merger, TableSpec, counts, key, merge, moments, shards

SUM = TableSpec(
    "sums",
    (key("source"), key("language"), key("ambiguous", pa.bool_())),
    (*counts("matches"), *moments("squared")),
)
SMALLEST = TableSpec(
    "smallest",
    (key("measure"), key("key")),
    (pa.field("text", pa.string()), pa.field("rank", pa.uint64())),
    merge="smallest",
    keep=2,
)
UNION = TableSpec("union", (key("file", pa.int32()),), (pa.field("reason", pa.string()),), "union")

NUMBERS = st.one_of(st.none(), st.integers(-(2**40), 2**40))
SUM_ROWS = st.tuples(
    st.sampled_from(["a", "b"]), st.sampled_from(["eng", "fra"]), st.booleans(), NUMBERS,
    st.one_of(st.none(), st.integers(-(10**30), 10**30)),
)  # fmt: skip
SMALLEST_ROWS = st.tuples(
    st.sampled_from("mn"), st.sampled_from("kl"), st.sampled_from("xyz"),
    st.one_of(st.integers(0, 4), st.integers(2**64 - 4, 2**64 - 1)),
)  # fmt: skip
UNION_ROWS = st.tuples(st.integers(0, 3), st.sampled_from(["", "bad", "worse"]))

Row = tuple[object, ...]


def table(spec: TableSpec, rows: list[Row]) -> pa.Table:
    names = spec.schema.names
    return pa.Table.from_pylist([dict(zip(names, r, strict=True)) for r in rows], spec.schema)


def content(one: pa.Table) -> list[Row]:
    return [tuple(row.values()) for row in one.to_pylist()]


def expected(spec: TableSpec, rows: list[Row]) -> list[Row]:
    """What `merge` should give, from its description."""
    width = len(spec.keys)
    if spec.merge == "union":
        return sorted(rows)
    groups: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[:width]].append(row[width:])
    merged: list[Row] = []
    for name, group in sorted(groups.items()):
        if spec.merge == "sum":
            columns = [[v for v in column if v is not None] for column in zip(*group, strict=True)]
            merged.append((*name, *(sum(c) if c else None for c in columns)))
        else:
            merged += [(*name, *row) for row in sorted(group, key=lambda r: r[::-1])[: spec.keep]]
    return merged


@pytest.mark.parametrize(
    ("spec", "row"), [(SUM, SUM_ROWS), (SMALLEST, SMALLEST_ROWS), (UNION, UNION_ROWS)],
    ids=["sum", "smallest", "union"],
)  # fmt: skip
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_merging_in_any_order_and_grouping(
    spec: TableSpec, row: st.SearchStrategy[Row], data: st.DataObject
) -> None:
    parts = data.draw(st.lists(st.lists(row, max_size=6), max_size=5))
    order = data.draw(st.permutations(parts))
    tables = [table(spec, part) for part in parts]
    merged = merge(spec, tables)
    assert content(merged) == expected(spec, list(itertools.chain(*parts)))
    assert merged.schema == spec.schema
    one_by_one = merge(spec, [])
    for part in order:
        one_by_one = merge(spec, [one_by_one, table(spec, part)])
    assert one_by_one.equals(merged)
    cut = data.draw(st.integers(0, len(tables)))
    assert merge(spec, [merge(spec, tables[:cut]), merge(spec, tables[cut:])]).equals(merged)
    for limit in (1, 2, 32):
        merger = Merger([spec], limit)
        for part in order:
            merger.add({spec.name: table(spec, part)})
        assert merger.tables()[spec.name].equals(merged)


@pytest.mark.parametrize("count", [1, 2, 7, 64])
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(SUM_ROWS, max_size=20))
def test_shards_partition_by_key(count: int, rows: list[Row]) -> None:
    cut = shards(SUM, table(SUM, rows), count)
    assert set(cut) <= set(range(count))
    assert all(part.num_rows for part in cut.values())
    joined = [row for part in cut.values() for row in content(part)]
    assert sorted(joined, key=repr) == sorted(content(table(SUM, rows)), key=repr)
    of_key: dict[Row, int] = {}
    for number, part in cut.items():
        for row in content(part):
            assert of_key.setdefault(row[:3], number) == number
    # the shard is that of the key alone, whatever other rows the table has
    for row in rows:
        assert set(shards(SUM, table(SUM, [row]), count)) == {of_key[row[:3]]}


@pytest.mark.parametrize(
    ("source", "language", "shard"),
    [("web", "eng", 3), ("web", "fra", 4), ("books", "eng", 5), ("wéb", "eng", 0)],
)
def test_the_shard_of_a_key_never_changes(source: str, language: str, shard: int) -> None:
    """((crc32(source) · C mod 2⁶⁴) xor crc32(language)) · C mod 2⁶⁴, >> 32, mod 7, where
    C = 9E3779B97F4A7C15₁₆, in Python integers: resumed runs and other workers rely on it."""
    spec = TableSpec("t", (key("source"), key("language")), counts("n"))
    assert list(shards(spec, table(spec, [(source, language, 1)]), 7)) == [shard]


def test_moments_pass_the_range_of_int64() -> None:
    # 10⁵ documents of 10⁷ tokens: Σn² = 10¹⁹ > 2⁶³ ≈ 9.2 · 10¹⁸
    square = Decimal(10**14)
    rows: list[Row] = [("s", "eng", False, 10**7, square)] * 1000
    merged = merge(SUM, [table(SUM, rows)] * 100)
    assert content(merged) == [("s", "eng", False, 10**12, Decimal(10**19))]


@pytest.mark.parametrize(
    "row",
    [("s", "eng", False, 2**62, 0), ("s", "eng", False, 0, 5 * 10**37)],
    ids=["int", "decimal"],
)
def test_a_sum_that_does_not_fit_is_an_error(row: Row) -> None:
    with pytest.raises(pa.ArrowInvalid):
        merge(SUM, [table(SUM, [row]), table(SUM, [row])])


def test_null_is_the_sum_of_nulls_only() -> None:
    rows: list[Row] = [("s", "eng", False, None, None), ("s", "fra", False, None, 1)]
    more: list[Row] = [("s", "eng", False, None, None), ("s", "fra", False, 0, None)]
    assert content(merge(SUM, [table(SUM, rows), table(SUM, more)])) == [
        ("s", "eng", False, None, None),
        ("s", "fra", False, 0, 1),
    ]


def test_smallest_keeps_the_rows_of_each_key_with_the_smallest_rank() -> None:
    rows: list[Row] = [
        ("m", "k", "third", 2**63),
        ("m", "k", "first", 3),
        ("m", "l", "only", 2**64 - 1),
        ("m", "k", "second", 2**63 - 1),
    ]
    assert content(merge(SMALLEST, [table(SMALLEST, rows)])) == [
        ("m", "k", "first", 3),
        ("m", "k", "second", 2**63 - 1),
        ("m", "l", "only", 2**64 - 1),
    ]


def test_a_merger_has_every_table_and_casts_columns() -> None:
    merger = Merger([SUM, UNION])
    assert {name: t.num_rows for name, t in merger.tables().items()} == {"sums": 0, "union": 0}
    made = SUM.table([["s"], ["eng"], [True], [1], [2]])
    assert made.schema == SUM.schema
    assert made.schema.field("squared").type == additive.MOMENT
