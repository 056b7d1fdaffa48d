"""How work units, and the list of files, get from the launcher to the workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.sources import InputFile, Span
from corpus_assay.pipelines.units import WorkUnit

INLINE_UNITS = 1000
"""Work units up to this number stand in the pipeline itself, about 400 bytes each. An engine that
is sent its pipeline over a network refuses one of several megabytes (Dataflow: 10 MB)."""

PLAN = "plan.arrow"
"""File below the staging folder that holds more of them."""

FILES = "inputs.arrow"
"""File below the staging folder that holds the files of the input."""

_FILES = pa.schema(
    [
        pa.field("number", pa.int32()),
        *(pa.field(name, pa.string()) for name in ("path", "name")),
        pa.field("size", pa.int64()),
        *(pa.field(name, pa.string()) for name in ("modified", "format", "source")),
    ]
)
_SPANS = pa.schema([pa.field(name, pa.int64()) for name in ("unit", "file", "start", "end")])


def packed_units(units: Sequence[WorkUnit]) -> bytes:
    """Work units as bytes; files are stored once however many spans they are cut into."""
    files = {span.file.number: span.file for unit in units for span in unit.spans}
    spans = [
        {"unit": unit.number, "file": span.file.number, "start": span.start, "end": span.end}
        for unit in units
        for span in unit.spans
    ]
    return storage.pack(
        {
            "files": _table_of_files(list(files.values())),
            "spans": pa.Table.from_pylist(spans, schema=_SPANS),
        }
    )


def unpacked_units(content: bytes) -> list[WorkUnit]:
    """The work units of `packed_units`."""
    tables = storage.unpack(content)
    files = {row["number"]: InputFile(**row) for row in tables["files"].to_pylist()}
    units: dict[int, list[Span]] = {}
    for row in tables["spans"].to_pylist():
        units.setdefault(row["unit"], []).append(Span(files[row["file"]], row["start"], row["end"]))
    return [WorkUnit(number, tuple(spans)) for number, spans in units.items()]


def packed_files(files: Sequence[InputFile]) -> bytes:
    """Files of an input as bytes."""
    return storage.table_bytes(_table_of_files(files))


def unpacked_files(content: bytes) -> list[InputFile]:
    """The files of `packed_files`."""
    return [InputFile(**row) for row in storage.table_of(content).to_pylist()]


def _table_of_files(files: Sequence[InputFile]) -> pa.Table:
    return pa.Table.from_pylist([asdict(file) for file in files], schema=_FILES)
