"""The search for unknown triggers: three more readings of the texts, and the table they lead to."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import apache_beam as beam
import pyarrow as pa

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import Chunk, read_unit
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import language, tokens, triggers
from corpus_assay.transforms.documents import InvalidTextError, repair
from corpus_assay.transforms.tokens import TokenBatch

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

FOLDER = "triggers"
"""Below the staging folder, while the search lasts."""
COUNTED = "counted"
SKETCHES, SHORTLIST, EVIDENCE = READINGS = ("sketches", "shortlist", "evidence")


def search(run: Run) -> str:
    """Write the table `triggers.TRIGGERS`.

    Memory of a worker: the sketches of `triggers.BITS`, half of them again while they are merged,
    and the short list. Without excerpts no text of the corpus is in the table.
    """
    config = run.config
    counted = finish.whole_table(config.staging, triggers.TRIGGER_DOCUMENTS)
    storage.remove(config.staging, finish.table_path(triggers.TRIGGER_DOCUMENTS, 0))
    storage.write(_path(config.staging, COUNTED), storage.table_bytes(counted))
    if not triggers.wanted(counted):
        _forget(config)
        return "triggers: no text a second time, since no document can hold what is looked for"
    for reading in READINGS:
        step = _Step(reading, config)
        run.beam(partial(_build, units=run.units, step=step), f"triggers: {reading}")
    evidence = triggers.Evidence(_selected(config.staging), _sketches(config.staging))
    evidence.absorb(_stored(config.staging, EVIDENCE))
    found = triggers.candidates(evidence, _sketches(config.staging))
    table = presentable(triggers.table(found), config.excerpts)
    path = finish.table_path(triggers.TRIGGERS, 0)
    storage.write(storage.join(config.staging, path), storage.parquet_bytes(table))
    _forget(config)
    return "triggers: every text three times more, for sketches, a short list and exact counts"


def presentable(table: pa.Table, excerpts: bool) -> pa.Table:
    """The table with text of the corpus made visible, or without any."""
    columns = {name: table.column(name).to_pylist() for name in table.schema.names}
    classes = set(triggers.key_names().values())
    for name in ("trigger", "response", "before", "match", "after"):
        columns[name] = [
            text if text in classes else visible(text, joiners=True) if excerpts else ""
            for text in columns[name]
        ]
    return pa.table(columns, schema=table.schema)


def _forget(config: AuditConfig) -> None:
    _sketches.cache_clear()
    _selected.cache_clear()
    storage.remove(config.staging, FOLDER)


def _path(staging: str, reading: str) -> str:
    return storage.join(staging, FOLDER, reading)


def _stored(staging: str, reading: str) -> bytes:
    content = storage.read(_path(staging, reading))
    if content is None:
        raise FileNotFoundError(_path(staging, reading))
    return content


@lru_cache(maxsize=1)
def _sketches(staging: str) -> triggers.Sketches:
    made = triggers.Sketches(triggers.wanted(_counted(staging)))
    made.absorb(_stored(staging, SKETCHES))
    return made


def _counted(staging: str) -> pa.Table:
    return storage.table_of(_stored(staging, COUNTED))


@lru_cache(maxsize=1)
def _selected(staging: str) -> dict[str, triggers.Selection]:
    sketches = _sketches(staging)
    short = triggers.Shortlist(sketches)
    short.absorb(_stored(staging, SHORTLIST))
    return triggers.select(short, sketches)


_loading = threading.Lock()

_Gathered = triggers.Sketches | triggers.Shortlist | triggers.Evidence


@dataclass(frozen=True)
class _Step:
    """One reading."""

    reading: str
    config: AuditConfig

    def empty(self) -> _Gathered:
        """Nothing gathered yet; earlier readings are loaded once in a process."""
        staging = self.config.staging
        with _loading:
            if self.reading == SKETCHES:
                return triggers.Sketches(triggers.wanted(_counted(staging)))
            if self.reading == SHORTLIST:
                return triggers.Shortlist(_sketches(staging))
            return triggers.Evidence(_selected(staging), _sketches(staging))

    def merged(self, contents: Iterable[bytes]) -> bytes:
        """What was gathered in several places, together."""
        made = self.empty()
        for content in contents:
            made.absorb(content)
        return made.to_bytes()


class _Gather(beam.DoFn):
    """Reads work units, several batches at once, and gives what each unit comes to."""

    def __init__(self, step: _Step) -> None:
        self._step = step

    def process(self, unit: WorkUnit) -> Iterator[bytes]:
        config = self._step.config
        chunks = read_unit(unit.spans, config.read)
        reading, counting = threading.Lock(), threading.Lock()
        made = self._step.empty()

        def work() -> None:
            arena = tokens.Arena()
            while (chunk := _next(chunks, reading)) is not None:
                counters.add(input_bytes=chunk.consumed)
                if chunk.batch.num_rows:
                    batch = _tokens(chunk.batch, config, arena)
                    with counting:  # sketches are too large for one a thread
                        made.add(batch)

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

    def __init__(self, step: _Step) -> None:
        self._step = step

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
        return self._step.merged(accumulator)

    def _bounded(self, contents: list[bytes]) -> list[bytes]:
        return [self._step.merged(contents)] if len(contents) > self.HELD else contents


class _Write(beam.DoFn):
    """Writes what all units came to."""

    def __init__(self, path: str) -> None:
        self._path = path

    def process(self, content: bytes) -> None:
        storage.write(self._path, content)


def _build(pipeline: beam.Pipeline, *, units: Sequence[WorkUnit], step: _Step) -> None:
    _ = (
        pipeline
        | "Work units" >> beam.Create(list(units), reshuffle=True)
        | "Read" >> beam.ParDo(_Gather(step))
        | "Merge" >> beam.CombineGlobally(_Merge(step))
        | "Write" >> beam.ParDo(_Write(_path(step.config.staging, step.reading)))
    )
