"""One more reading of every text that gathers something of bounded size."""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import REJECTS, AuditConfig
from corpus_assay.pipelines.memory import give_back
from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import Chunk, read_unit
from corpus_assay.pipelines.units import FAILED, WorkUnit, forget
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import language, tokens
from corpus_assay.transforms.documents import InvalidTextError, repair
from corpus_assay.transforms.runs import AddedArrays
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
        """Add what `to_bytes` of another wrote, or `AddedArrays.piece`."""

    def to_bytes(self) -> bytes:
        """For the way to another worker."""


Some = TypeVar("Some", bound=Gathered)


def all_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Every document of a batch."""
    return batch


@dataclass(frozen=True)
class Reading:
    """One reading. `empty` makes what nothing was added to yet, in any process; `path` is the
    folder in which the sum of all units is written, in pieces; `rows` picks the documents of a
    batch that are looked at.
    ``failed`` are positions of documents, by file, that the first look could not analyse."""

    empty: Callable[[], Gathered]
    path: str
    config: AuditConfig
    rows: Callable[[pa.RecordBatch], pa.RecordBatch] = all_rows
    failed: Mapping[int, Sequence[int]] = field(default_factory=dict)

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
    gathered, once, and the positions of those documents.
    """
    reading = replace(reading, failed=_failed(run.config.staging))
    some = run.units if units is None else units
    if run.here is not None:
        run.here(partial(_gather_here, some, reading), label)
    else:
        from corpus_assay.pipelines import gather_on_beam

        run.beam(partial(gather_on_beam.build, units=some, reading=reading), label)
    give_back()


def _gather_here(units: Sequence[WorkUnit], reading: Reading) -> None:
    make_room()
    made = reading.empty()
    for unit in units:
        add_unit(made, unit, reading)
    save(made, reading.path)


def make_room() -> None:
    """Let go of what earlier looks at the texts left in this process."""
    forget()
    gc.collect()  # engines leave what they passed on in circles
    give_back()


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
    """A file of the staging folder."""
    content = storage.read(path)
    if content is None:
        raise FileNotFoundError(path)
    return content


def piece(made: Gathered, number: int) -> bytes:
    """One of the pieces in which something gathered is written. Memory: that of the piece, where
    it is an array."""
    return made.piece(number) if isinstance(made, AddedArrays) else made.to_bytes()


def save(made: Gathered, folder: str) -> int:
    """Write something gathered in pieces; how many."""
    number = _pieces(made)
    for one in range(number):
        storage.write(storage.join(folder, str(one)), piece(made, one))
    return number


def load(made: Some, folder: str) -> Some:
    """Add what `save` wrote, one piece at a time."""
    give_back()
    for one in range(_pieces(made)):
        made.absorb(stored(storage.join(folder, str(one))))
    return made


def _pieces(made: Gathered) -> int:
    return made.pieces if isinstance(made, AddedArrays) else 1


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


def add_unit(made: Gathered, unit: WorkUnit, reading: Reading) -> None:
    """Add a work unit, read by ``config.threads`` threads, a batch each."""
    config = reading.config
    chunks = read_unit(unit.spans, config.read)
    turn, adding = threading.Lock(), threading.Lock()

    def work() -> None:
        arena = tokens.Arena()
        while (chunk := _next(chunks, turn)) is not None:
            counters.add(input_bytes=chunk.consumed)
            rows = reading.looked_at(chunk.batch)
            for first in range(0, rows.num_rows, PIECE):
                batch = _tokens(rows.slice(first, PIECE), config, arena)
                with adding:  # sketches are too large for one a thread
                    made.add(batch)
            give_back()

    with ThreadPoolExecutor(config.threads) as pool:
        for done in [pool.submit(work) for _ in range(config.threads)]:
            done.result()


def _next(chunks: Iterator[Chunk], turn: threading.Lock) -> Chunk | None:
    with turn:
        return next(chunks, None)


def _tokens(batch: pa.RecordBatch, config: AuditConfig, arena: tokens.Arena) -> TokenBatch:
    identified, _ = language.identify(batch, config.options.language)
    try:
        return tokens.tokenise(identified, arena, "fast")
    except InvalidTextError:
        return tokens.tokenise(repair(identified)[0], arena, "fast")
