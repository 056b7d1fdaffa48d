"""Auditing one unit of work: its files to its partial tables."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.pipelines.config import FILE_COUNTS, REJECTS, AuditConfig
from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import Span, read_unit
from corpus_assay.transforms import registry
from corpus_assay.transforms.additive import Merger
from corpus_assay.transforms.documents import InvalidTextError, repair
from corpus_assay.transforms.registry import MeasureOptions

_building = threading.Lock()


@dataclass(frozen=True)
class WorkUnit:
    """A numbered part of the input: the spans that one worker reads in one go."""

    number: int
    spans: tuple[Span, ...]

    def name(self, config: AuditConfig) -> str:
        """Name of its partial tables, which changes with the input and with what is asked."""
        asked = (self.spans, config.read, config.measures, config.options)
        return f"unit-{self.number:06}-{hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}"


@lru_cache(maxsize=4)
def _analyzer(
    measures: tuple[str, ...], options: MeasureOptions
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    return registry.analyzer(measures, options)


def analyzer(config: AuditConfig) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    """The analyzer of an audit, compiled once in a process."""
    with _building:
        return _analyzer(config.measures, config.options)


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="assay")


def audit_unit(unit: WorkUnit, config: AuditConfig) -> dict[str, pa.Table]:
    """The merged tables of one unit, by name; every table of `AuditConfig.specs` is there.

    Uses ``config.threads`` threads, this one among them: it reads, hands batches to the others,
    and analyses one itself when enough of them wait. Kernels and Arrow release the lock of the
    interpreter. Memory: at most ``2 * threads`` batches and what is made of the ``threads`` that
    are being analysed (about five times ``batch_bytes`` each), and the unit's tables.
    """
    analyze = analyzer(config)
    merger = Merger(config.specs.values(), limit=16)
    waiting: deque[tuple[Future[dict[str, pa.Table]], pa.RecordBatch]] = deque()
    others = config.threads - 1
    try:
        for chunk in read_unit(unit.spans, config.read):
            merger.add({FILE_COUNTS.name: chunk.counts, REJECTS.name: chunk.rejects})
            counters.add(input_bytes=chunk.consumed)
            while waiting and waiting[0][0].done():
                merger.add(waiting.popleft()[0].result())
            if not chunk.batch.num_rows:
                continue
            if len(waiting) < 2 * others:
                future = _pool(others).submit(_analyze_batch, analyze, chunk.batch)
                waiting.append((future, chunk.batch))
            else:
                merger.add(_analyze_batch(analyze, chunk.batch))
        while waiting:
            # The last ones are taken back from the others, so that nobody waits for them.
            future, batch = waiting.pop()
            merger.add(_analyze_batch(analyze, batch) if future.cancel() else future.result())
    finally:
        for future, _ in waiting:
            future.cancel()
    return merger.tables()


def _analyze_batch(
    analyze: Callable[[pa.RecordBatch], dict[str, pa.Table]], batch: pa.RecordBatch
) -> dict[str, pa.Table]:
    try:
        tables = analyze(batch)
    except InvalidTextError:
        batch, rows = repair(batch)
        tables = analyze(batch) | {FILE_COUNTS.name: _repaired(batch, rows)}
    text = batch.column("parts").values.field("text")
    counters.add(documents=batch.num_rows, text_bytes=text.nbytes)
    return tables


def _repaired(batch: pa.RecordBatch, rows: NDArray[np.int64]) -> pa.Table:
    files, counts = np.unique(batch.column("file").to_numpy()[rows], return_counts=True)
    nothing = np.zeros(len(files), np.int64)
    columns = {"file": files, "repaired": counts.astype(np.int64)}
    return FILE_COUNTS.table([columns.get(name, nothing) for name in FILE_COUNTS.schema.names])
