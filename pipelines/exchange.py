"""What the passes about duplicates share: how tables travel, and how documents are numbered."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.aside import read_aside
from corpus_assay.pipelines.config import PARTS, AuditConfig
from corpus_assay.pipelines.units import FIRST, WorkUnit
from corpus_assay.transforms import additive
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.duplicates import SKETCHES, WORK, Numbers
from corpus_assay.transforms.minhash import partition

INLINE_BYTES = 1 << 16
"""Tables up to this size travel as bytes."""

Written = tuple[tuple[str, int], bytes]
"""((table, part), Arrow stream): what is merged and written."""


@dataclass(frozen=True)
class Exchange:
    """How tables travel between workers: as the path of a file that all can read, below `folder`,
    or as bytes, where they are small, `folder` is a URL or there is none."""

    folder: str = ""

    def pack(self, name: str, table: pa.Table) -> bytes | str:
        """A table to send; `name` is the same when it is sent again."""
        if table.nbytes < INLINE_BYTES or not self.folder or storage.is_remote(self.folder):
            return storage.table_bytes(table)
        path = os.path.join(self.folder, f"{name}.arrows")
        os.makedirs(self.folder, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=self.folder, suffix=".partial")
        os.close(handle)
        with pa.OSFile(partial, "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        os.replace(partial, path)
        return path

    @staticmethod
    def unpack(parcel: bytes | str) -> pa.Table:
        """The table that was sent."""
        if isinstance(parcel, bytes):
            return storage.table_of(parcel)
        with pa.ipc.open_stream(pa.memory_map(parcel)) as reader:
            return reader.read_all()

    def unpack_all(self, parcels: Iterable[bytes | str]) -> pa.Table:
        """Tables as one, in an order of its own."""
        return pa.concat_tables([self.unpack(parcel) for parcel in parcels])


@dataclass(frozen=True)
class Unit:
    """A work unit with numbers for its documents.

    stem   where its files stand
    files  its files, ascending
    ranks  place of its span of each file among all spans in order of (file, start): the upper 32
           bits of a document's number, whose lower ones count the documents of the span
    """

    number: int
    work: WorkUnit
    stem: str
    files: tuple[int, ...]
    ranks: tuple[int, ...]

    def documents(self, sketches: pa.Table) -> Numbers:
        """Numbers of the documents of its sketches, ascending."""
        file = sketches.column("file").to_numpy()
        place = np.searchsorted(self.files, file)
        begins = np.searchsorted(place, np.arange(len(self.files)))
        rows = np.arange(len(file)) - begins[place]
        documents: Numbers = (np.array(self.ranks, np.int64)[place] << 32) + rows
        return documents

    def sketches(self, *columns: str) -> pa.Table:
        """Some columns of its sketches, and file and position, in order."""
        return read_aside(self.stem, SKETCHES, columns)


def numbered_units(
    units: Sequence[WorkUnit], config: AuditConfig
) -> tuple[list[Unit], NDArray[np.int32]]:
    """The units, and the unit of each span in order of (file, start)."""
    spans = sorted(
        (span.file.number, span.start, unit.number) for unit in units for span in unit.spans
    )
    rank = {(file, start): place for place, (file, start, _) in enumerate(spans)}
    numbered = []
    for unit in units:
        own = sorted((span.file.number, span.start) for span in unit.spans)
        numbered.append(
            Unit(
                unit.number,
                unit,
                storage.join(config.staging, "units", unit.name(config, FIRST)),
                tuple(file for file, _ in own),
                tuple(rank[span] for span in own),
            )
        )
    return numbered, np.array([number for _, _, number in spans], np.int32)


def split(numbers: NDArray[np.integer[Any]], count: int) -> Iterator[tuple[int, Numbers]]:
    """Places of each number that occurs."""
    starts, order = np.empty(count + 1, np.int64), np.empty(len(numbers), np.int64)
    partition(numbers, count, starts, order)
    for k in range(count):
        if starts[k] < starts[k + 1]:
            yield k, order[starts[k] : starts[k + 1]]


def range_of(keys: NDArray[np.uint64], count: int) -> Numbers:
    """Range of each key, by its upper 32 bits."""
    return ((keys >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)).astype(np.int64)


def work_rows(**amounts: int) -> Written:
    """Rows of `WORK`."""
    table = WORK.table([list(amounts), list(amounts.values())])
    return (WORK.name, 0), storage.table_bytes(table)


def in_parts(spec: TableSpec, table: pa.Table, parts: int = PARTS) -> Iterator[Written]:
    """A table by the parts in which it is written: `parts` where it grows, else one."""
    for part, rows in additive.shards(spec, table, parts if spec.grows else 1).items():
        yield (spec.name, part), storage.table_bytes(rows)
