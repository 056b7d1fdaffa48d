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

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.aside import Aside
from corpus_assay.pipelines.config import FILE_COUNTS, REJECTS, AuditConfig
from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import Span, read_unit
from corpus_assay.pipelines.sources.model import EXCERPT
from corpus_assay.transforms import registry
from corpus_assay.transforms.additive import Merger, TableSpec
from corpus_assay.transforms.documents import InvalidTextError, repair
from corpus_assay.transforms.registry import MeasureOptions

_building = threading.Lock()


@dataclass(frozen=True)
class WorkUnit:
    """A numbered part of the input: the spans that one worker reads in one go."""

    number: int
    spans: tuple[Span, ...]

    def name(self, config: AuditConfig, look: Look) -> str:
        """Name of its partial tables, which changes with the input and with what is asked."""
        asked = (self.spans, config.read, config.measures, config.options, look)
        return f"unit-{self.number:06}-{hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Look:
    """One reading of all texts: the first, or a second one at what the first selected.

    ``selected`` names the measures that look again, with the digest of the selection of each,
    which is stored below the staging folder (`selection_path`). The first look has none.
    """

    selected: tuple[tuple[str, str], ...] = ()

    @property
    def first(self) -> bool:
        """Whether it is the first look."""
        return not self.selected

    def specs(self, config: AuditConfig) -> dict[str, TableSpec]:
        """The tables that it fills."""
        if self.first:
            return config.first_specs
        return registry.second_tables(tuple(name for name, _ in self.selected))


FIRST = Look()


def selection_path(config: AuditConfig, measure: str) -> str:
    """Where the selection for the second look of a measure is stored."""
    return storage.join(config.staging, "selections", f"{measure}.arrows")


@lru_cache(maxsize=4)
def _analyzer(
    measures: tuple[str, ...], options: MeasureOptions
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    return registry.analyzer(measures, options)


_second: dict[tuple[Look, MeasureOptions], Callable[[pa.RecordBatch], dict[str, pa.Table]]] = {}


def analyzer(
    config: AuditConfig, look: Look = FIRST
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    """The analyzer of one look of an audit, compiled once in a process. Raises
    `FileNotFoundError` where the selection of a second look is not in the staging folder."""
    with _building:
        if look.first:
            return _analyzer(config.measures, config.options)
        if (look, config.options) not in _second:
            _second.clear()  # the selection of an earlier audit is of no use
            selections = {}
            for name, _ in look.selected:
                path = selection_path(config, name)
                content = storage.read(path)
                if content is None:
                    raise FileNotFoundError(path)
                selections[name] = storage.unpack(content)
            _second[look, config.options] = registry.second_analyzer(selections, config.options)
        return _second[look, config.options]


def forget() -> None:
    """Drop the analyzers of this process, with the arrays that they keep for the next batch."""
    with _building:
        _analyzer.cache_clear()
        _second.clear()


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="assay")


def audit_unit(unit: WorkUnit, config: AuditConfig, look: Look = FIRST) -> dict[str, pa.Table]:
    """The merged tables of one unit, by name; every table of the look is there.

    Uses ``config.threads`` threads, this one among them: it reads, hands batches to the others,
    and analyses one itself when enough of them wait. Kernels and Arrow release the lock of the
    interpreter. Memory: at most ``2 * threads + 1`` batches, what is made of the ``threads`` that
    are being analysed (about five times ``batch_bytes`` each), and the unit's tables.
    """
    analyze = analyzer(config, look)
    specs = look.specs(config)
    merger = Merger((spec for spec in specs.values() if not spec.aside), limit=16)
    stem = storage.join(config.staging, "units", unit.name(config, look))
    with Aside(specs.values(), stem) as aside:
        _audit_chunks(unit, config, look, analyze, lambda tables: merger.add(aside.rest(tables)))
    return merger.tables()


def _audit_chunks(
    unit: WorkUnit,
    config: AuditConfig,
    look: Look,
    analyze: Callable[[pa.RecordBatch], dict[str, pa.Table]],
    add: Callable[[dict[str, pa.Table]], None],
) -> None:
    waiting: deque[tuple[Future[dict[str, pa.Table]], pa.RecordBatch]] = deque()
    others = config.threads - 1
    try:
        for chunk in read_unit(unit.spans, config.read):
            if look.first:
                add({FILE_COUNTS.name: chunk.counts, REJECTS.name: chunk.rejects})
            counters.add(input_bytes=chunk.consumed)
            while waiting and waiting[0][0].done():
                add(waiting.popleft()[0].result())
            if not chunk.batch.num_rows:
                continue
            if others and len(waiting) <= 2 * others:
                future = _pool(others).submit(_analyze_batch, analyze, chunk.batch, look)
                waiting.append((future, chunk.batch))
            else:
                add(_analyze_batch(analyze, chunk.batch, look))
        while waiting:
            # The last ones are taken back from the others, so that nobody waits for them.
            future, batch = waiting.pop()
            tables = _analyze_batch(analyze, batch, look) if future.cancel() else future.result()
            add(tables)
    finally:
        for future, _ in waiting:
            future.cancel()


def _analyze_batch(
    analyze: Callable[[pa.RecordBatch], dict[str, pa.Table]], batch: pa.RecordBatch, look: Look
) -> dict[str, pa.Table]:
    try:
        tables = _analyzed(analyze, batch, look)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        tables = _without_poison(analyze, batch, look, error)
    text = batch.column("parts").values.field("text")
    counters.add(documents=batch.num_rows, text_bytes=text.nbytes)
    return tables


def _analyzed(
    analyze: Callable[[pa.RecordBatch], dict[str, pa.Table]], batch: pa.RecordBatch, look: Look
) -> dict[str, pa.Table]:
    try:
        return analyze(batch)
    except InvalidTextError:
        batch, rows = repair(batch)
        tables = analyze(batch)
        if look.first:
            tables[FILE_COUNTS.name] = _repaired(batch, rows)
        return tables


FAILED = "analysis failed: "
"""What the reason begins with for which a document is rejected whose analysis raises."""

POISONED = 16
"""Documents of a batch that may fail to be analysed. More are a fault of the analyzer, which has to
be seen, and not of the data."""


def _without_poison(
    analyze: Callable[[pa.RecordBatch], dict[str, pa.Table]],
    batch: pa.RecordBatch,
    look: Look,
    error: Exception,
) -> dict[str, pa.Table]:
    """The tables of a batch without the documents whose analysis raises, which are rejected: one
    document must not end a run of hours. Raises `error` where more than `POISONED` do."""
    found: dict[str, list[pa.Table]] = {}
    failed = 0
    waiting = [np.arange(batch.num_rows)]
    while waiting:
        rows = waiting.pop()
        part = batch.take(pa.array(rows))
        try:
            tables = _analyzed(analyze, part, look)
        except (MemoryError, OSError):
            raise
        except Exception as cause:
            if len(rows) > 1:  # the first half on top, so that documents stay in order
                waiting += [rows[len(rows) // 2 :], rows[: len(rows) // 2]]
                continue
            failed += 1
            if failed > POISONED:
                raise error from None
            tables = _rejected(part, cause) if look.first else {}
        for name, table in tables.items():
            found.setdefault(name, []).append(table)
    return {name: pa.concat_tables(tables) for name, tables in found.items()}


def _rejected(document: pa.RecordBatch, cause: Exception) -> dict[str, pa.Table]:
    """What makes an audited document a rejected one."""
    row = document.select(["file", "position"]).to_pylist()[0]
    texts = repair(document)[0].column("parts").values.field("text")
    excerpt = texts[0].as_py()[:EXCERPT] if len(texts) else ""
    reason = f"{FAILED}{type(cause).__name__}"
    counts = {"file": row["file"], "read": 0, "audited": -1, "rejected": 1, "repaired": 0}
    reject = {**row, "records": 1, "reason": reason, "excerpt": excerpt}
    return {
        FILE_COUNTS.name: FILE_COUNTS.table([[counts[name]] for name in FILE_COUNTS.schema.names]),
        REJECTS.name: REJECTS.table([[reject[name]] for name in REJECTS.schema.names]),
    }


def _repaired(batch: pa.RecordBatch, rows: NDArray[np.int64]) -> pa.Table:
    files, counts = np.unique(batch.column("file").to_numpy()[rows], return_counts=True)
    nothing = np.zeros(len(files), np.int64)
    columns = {"file": files, "repaired": counts.astype(np.int64)}
    return FILE_COUNTS.table([columns.get(name, nothing) for name in FILE_COUNTS.schema.names])
