"""One more reading of every text that gathers something of bounded size, as a Beam pipeline."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import REJECTS, AuditConfig
from corpus_assay.pipelines.memory import give_back
from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import Chunk, read_unit
from corpus_assay.pipelines.units import FAILED, WorkUnit
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import language, tokens
from corpus_assay.transforms.documents import InvalidTextError, repair
from corpus_assay.transforms.tokens import TokenBatch

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run


PIECE = 1024
"""Documents that are looked at in one go: what is made of short ones is many times their size."""


class Gathered(Protocol):
    """Something that is added up over batches and workers, in any order."""

    def add(self, batch: TokenBatch) -> None:
        """Add a batch."""

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of another wrote."""

    def to_bytes(self) -> bytes:
        """For the way to another worker."""


def all_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Every document of a batch."""
    return batch


@dataclass(frozen=True)
class Reading:
    """One reading. `empty` makes what nothing was added to yet, in any process; `path` is where
    the sum of all units is written; `rows` picks the documents of a batch that are looked at.
    ``failed`` are positions of documents, by file, that the first look could not analyse."""

    empty: Callable[[], Gathered]
    path: str
    config: AuditConfig
    rows: Callable[[pa.RecordBatch], pa.RecordBatch] = all_rows
    failed: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def merged(self, contents: Sequence[bytes]) -> bytes:
        """What was gathered in several places, together."""
        if len(contents) == 1:
            return contents[0]
        made = self.empty()
        for content in contents:
            made.absorb(content)
        return made.to_bytes()

    def looked_at(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The documents of a batch that are picked and did not fail."""
        picked = self.rows(batch)
        if not self.failed or not picked.num_rows:
            return picked
        files, positions = (picked.column(name).to_numpy() for name in ("file", "position"))
        kept = np.ones(picked.num_rows, np.bool_)
        for file in np.unique(files).tolist():
            kept &= (files != file) | ~np.isin(positions, self.failed.get(file, ()))
        return picked.filter(pa.array(kept))


def gather(run: Run, reading: Reading, label: str, units: Sequence[WorkUnit] | None = None) -> None:
    """Read every text once more, or those of some work units, and write what it comes to.

    Documents that the first look could not analyse are left out. Memory of a worker: what is
    gathered, up to three times while it is merged, and the positions of those documents.
    """
    reading = replace(reading, failed=_failed(run.config.staging))
    give_back()
    run.beam(partial(_build, units=run.units if units is None else units, reading=reading), label)


def _failed(folder: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for part in finish.table_parts(folder, REJECTS):
        rows = part.filter(pc.starts_with(part.column("reason"), FAILED))
        for file, position in zip(
            *(rows.column(name).to_pylist() for name in ("file", "position")), strict=True
        ):
            found.setdefault(file, []).append(position)
    return found


def stored(path: str) -> bytes:
    """What a reading wrote."""
    content = storage.read(path)
    if content is None:
        raise FileNotFoundError(path)
    return content


def presentable(table: pa.Table, excerpts: bool) -> pa.Table:
    """A table of candidates with text of the corpus made visible, or without any."""
    columns = {name: table.column(name).to_pylist() for name in table.schema.names}
    for name in ("piece", "before", "match", "after"):
        if name in columns:
            columns[name] = [
                visible(re.sub(r"\s+", " ", text), joiners=True) if excerpts else ""
                for text in columns[name]
            ]
    return pa.table(columns, schema=table.schema)


class _Gather(beam.DoFn):
    """Reads work units, several batches at once, and gives what each unit comes to."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def process(self, unit: WorkUnit) -> Iterator[bytes]:
        config = self._reading.config
        chunks = read_unit(unit.spans, config.read)
        turn, adding = threading.Lock(), threading.Lock()
        made = self._reading.empty()

        def work() -> None:
            arena = tokens.Arena()
            while (chunk := _next(chunks, turn)) is not None:
                counters.add(input_bytes=chunk.consumed)
                rows = self._reading.looked_at(chunk.batch)
                for first in range(0, rows.num_rows, PIECE):
                    batch = _tokens(rows.slice(first, PIECE), config, arena)
                    with adding:  # sketches are too large for one a thread
                        made.add(batch)
                give_back()

        with ThreadPoolExecutor(config.threads) as pool:
            for done in [pool.submit(work) for _ in range(config.threads)]:
                done.result()
        yield made.to_bytes()


def _next(chunks: Iterator[Chunk], turn: threading.Lock) -> Chunk | None:
    with turn:
        return next(chunks, None)


def _tokens(batch: pa.RecordBatch, config: AuditConfig, arena: tokens.Arena) -> TokenBatch:
    identified, _ = language.identify(batch, config.options.language)
    try:
        return tokens.tokenise(identified, arena, "fast")
    except InvalidTextError:
        return tokens.tokenise(repair(identified)[0], arena, "fast")


class _Merge(beam.CombineFn):
    """Merges what units came to. An accumulator holds up to `HELD` of them as bytes."""

    HELD = 2

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def create_accumulator(self) -> list[bytes]:
        return []

    def add_input(self, accumulator: list[bytes], element: bytes) -> list[bytes]:
        return self._bounded([*accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[list[bytes]]) -> list[bytes]:
        merged: list[bytes] = []
        for contents in accumulators:
            merged = self._bounded(merged + contents)
        return merged

    def extract_output(self, accumulator: list[bytes]) -> bytes:
        return self._reading.merged(accumulator)

    def _bounded(self, contents: list[bytes]) -> list[bytes]:
        return [self._reading.merged(contents)] if len(contents) > self.HELD else contents


class _Write(beam.DoFn):
    """Writes what all units came to."""

    def __init__(self, path: str) -> None:
        self._path = path

    def process(self, content: bytes) -> None:
        storage.write(self._path, content)


def _build(pipeline: beam.Pipeline, *, units: Sequence[WorkUnit], reading: Reading) -> None:
    _ = (
        pipeline
        | "Work units" >> beam.Create(list(units), reshuffle=True)
        | "Read" >> beam.ParDo(_Gather(reading))
        | "Merge" >> beam.CombineGlobally(_Merge(reading))
        | "Write" >> beam.ParDo(_Write(reading.path))
    )
