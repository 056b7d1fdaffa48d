"""The steps of a look at the texts, without an engine: a unit of work to its tables, tables to what
is written.

`pipelines.pipeline` spreads them over workers. Where all is one unit of work there is nothing to
spread, and `look` calls them one after another; the tables are the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import OTHER, PARTS, AuditConfig
from corpus_assay.pipelines.memory import give_back
from corpus_assay.pipelines.units import FIRST, Look, WorkUnit, audit_unit
from corpus_assay.transforms import additive
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.corpus import SOURCE_SLICE, SOURCES

Named = Mapping[str, frozenset[str]]
"""The sources, and values of each slice, that keep their name."""

_BY_SLICE = TableSpec("by slice", (additive.key("slice"),), ())


def unit_tables(unit: WorkUnit, config: AuditConfig, look: Look) -> dict[str, pa.Table]:
    """The merged tables of a unit, by name.

    They are stored too: a unit whose tables are there already (a retry, a resumed run) is not
    audited again. Memory: `units.audit_unit`.
    """
    path = storage.join(config.staging, "units", f"{unit.name(config, look)}.arrows")
    stored = storage.read(path)
    if stored is not None:
        return storage.unpack(stored)
    tables = audit_unit(unit, config, look)
    give_back()
    storage.write(path, storage.pack(tables))
    return tables


def largest(table: pa.Table, count: int) -> dict[str, dict[str, int]]:
    """The largest sources and slice values by bytes, then by name: {slice: {value: bytes}}.

    A table can hold millions of hosts: Arrow picks the largest before any becomes a Python object.
    """
    order = [("slice", "ascending"), ("bytes", "descending"), ("value", "ascending")]
    table = table.take(pc.sort_indices(table, sort_keys=order))
    place = additive.place_in_key(_BY_SLICE, table)
    found: dict[str, dict[str, int]] = {}
    for row in table.filter(pa.array(place < count)).to_pylist():
        found.setdefault(row["slice"], {})[row["value"]] = row["bytes"]
    return found


def folded(
    spec: TableSpec, whole: pa.Table, named: Named, always: frozenset[str]
) -> Iterator[tuple[int, pa.Table]]:
    """A merged table with small sources folded, in the parts in which it is written."""
    table = fold_sources(spec, whole, named, always)
    if not table.equals(whole):
        table = additive.merge(spec, [table])
    yield from additive.shards(spec, table, PARTS if spec.grows else 1).items()


def fold_sources(
    spec: TableSpec, table: pa.Table, named: Named, always: frozenset[str]
) -> pa.Table:
    """A table with every source, or slice value, that is not `named` called ``(other)``."""
    if "source" in spec.key_names:
        keep = named.get(SOURCE_SLICE, frozenset()) | always
        return _replaced(
            table, "source", pc.is_in(table["source"], pa.array(sorted(keep), pa.string()))
        )
    if spec.key_names[:2] == ["slice", "value"]:
        rows = zip(table["slice"].to_pylist(), table["value"].to_pylist(), strict=True)
        keeps = [value in named.get(name, ()) for name, value in rows]
        return _replaced(table, "value", pa.chunked_array([pa.array(keeps, pa.bool_())]))
    return table


def _replaced(table: pa.Table, column: str, keep: pa.ChunkedArray) -> pa.Table:
    at = table.schema.get_field_index(column)
    values = pc.if_else(keep, table[column], pa.scalar(OTHER))
    return table.set_column(at, table.schema.field(at), values)


def write(config: AuditConfig, name: str, part: int, table: pa.Table) -> str:
    """Write a merged table, or a part of it, as Parquet; its path below the staging folder. A
    retry writes the same bytes to the same place."""
    spec = config.specs[name]
    path = finish.table_path(spec, part)
    shown = finish.presentable(spec, table, config.excerpts)
    storage.write(storage.join(config.staging, path), storage.parquet_bytes(shown))
    return path


def look(
    units: Sequence[WorkUnit],
    config: AuditConfig,
    which: Look = FIRST,
    named: Named | None = None,
) -> None:
    """Audit the only unit in this process, and write its tables.

    `named` are the sources and slice values that kept their name in the first look, if this is
    another one. Memory: `units.audit_unit`, and its tables once more while they are written.
    """
    (unit,) = units
    tables = unit_tables(unit, config, which)
    if named is None:
        sizes = largest(tables.pop(SOURCES.name), config.named)
        named = {name: frozenset(values) for name, values in sizes.items()}
    specs = which.specs(config)
    for name, table in tables.items():
        for part, rows in folded(specs[name], table, named, config.always):
            write(config, name, part, rows)
