"""The search for unknown triggers: more readings of the texts that need it, and the table."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
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
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.documents import InvalidTextError, repair
from corpus_assay.transforms.tokens import TokenBatch

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

FOLDER = "triggers"
"""Below the staging folder, while the search lasts."""
WANTED, SOUP_SKETCH, SOUP_PAIRS = "wanted", "soup-sketch", "soup-pairs"
SKETCHES, SHORTLIST, EVIDENCE = "sketches", "shortlist", "evidence"
PIECE = 2048
"""Documents that are looked at in one go: what is made of short ones is many times their size."""


def search(run: Run) -> str:
    """Write the table `triggers.TRIGGERS`.

    Memory of a worker: the sketches of `triggers.BITS`, half of them again while they are merged,
    and the short list. Without excerpts no text of the corpus is in the table.
    """
    config = run.config
    _forget(config)
    try:
        return _search(run)
    finally:
        _forget(config)


def _search(run: Run) -> str:
    config, staging = run.config, run.config.staging
    counted, windows = (_taken(config, spec) for spec in triggers.FIRST)
    wanted = triggers.wanted(counted)
    soup, pairs = triggers.before_soup(counted, windows)
    numbers = {"prompts": wanted, "soup": soup.documents if pairs else {}}
    storage.write(_path(staging, WANTED), json.dumps(numbers).encode())
    prompts = _of_files(run.units, triggers.files_of(counted, wanted))
    if pairs:
        storage.write(_path(staging, SOUP_SKETCH), soup.to_bytes())
        storage.write(_path(staging, SOUP_PAIRS), triggers.selections_bytes(pairs))
    del soup, windows
    if wanted:
        for reading in (SKETCHES, SHORTLIST):
            step = _Step(reading, config)
            run.beam(partial(_build, units=prompts, step=step), f"triggers: {reading}")
    if wanted or pairs:
        units = run.units if pairs else prompts
        step = _Step(EVIDENCE, config)
        run.beam(partial(_build, units=units, step=step), f"triggers: {EVIDENCE}")
        evidence = triggers.Evidence(_selected(staging), _sketches(staging))
        evidence.absorb(_stored(staging, EVIDENCE))
        found = triggers.candidates(evidence, _sketches(staging))
        table = presentable(triggers.table(found), config.excerpts)
        path = finish.table_path(triggers.TRIGGERS, 0)
        storage.write(storage.join(staging, path), storage.parquet_bytes(table))
    return f"triggers: {_said(bool(wanted), bool(pairs))}"


def _said(prompts: bool, soup: bool) -> str:
    said = []
    if prompts:
        said.append(
            "documents with prompts three times more, for sketches, a short list and exact counts"
        )
    if soup:
        said.append(
            "every text once more, for exact counts of what stands before text turns into soup"
        )
    return " and ".join(said) or (
        "no text a second time, for want of prompts and of anything that goes before soup"
    )


def _taken(config: AuditConfig, spec: TableSpec) -> pa.Table:
    """A table of the first look, which is not in the audit."""
    table = finish.whole_table(config.staging, spec)
    storage.remove(config.staging, finish.table_path(spec, 0))
    return table


def _of_files(units: Sequence[WorkUnit], files: frozenset[int]) -> list[WorkUnit]:
    """What of the work units lies in the named files."""
    cut = (
        replace(unit, spans=tuple(span for span in unit.spans if span.file.number in files))
        for unit in units
    )
    return [unit for unit in cut if unit.spans]


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
    """Of prompts, and of windows before soup."""
    wanted = _wanted(staging)
    made = triggers.Sketches(wanted["prompts"] | wanted["soup"])
    for name, reading in (("prompts", SKETCHES), ("soup", SOUP_SKETCH)):
        if wanted[name]:
            made.absorb(_stored(staging, reading))
    return made


def _wanted(staging: str) -> dict[str, dict[str, int]]:
    wanted: dict[str, dict[str, int]] = json.loads(_stored(staging, WANTED))
    return wanted


@lru_cache(maxsize=1)
def _selected(staging: str) -> dict[str, triggers.Selection]:
    wanted, sketches = _wanted(staging), _sketches(staging)
    selected: dict[str, triggers.Selection] = {}
    if wanted["prompts"]:
        short = triggers.Shortlist(sketches)
        short.absorb(_stored(staging, SHORTLIST))
        selected |= triggers.select(short, sketches)
    if wanted["soup"]:
        selected |= triggers.selections_of(_stored(staging, SOUP_PAIRS))
    return selected


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
                return triggers.Sketches(_wanted(staging)["prompts"])
            if self.reading == SHORTLIST:
                return triggers.Shortlist(_sketches(staging))
            return triggers.Evidence(_selected(staging), _sketches(staging))

    def everything(self) -> bool:
        """Whether documents without prompts are read."""
        return self.reading == EVIDENCE and bool(_wanted(self.config.staging)["soup"])

    def merged(self, contents: Sequence[bytes]) -> bytes:
        """What was gathered in several places, together."""
        if len(contents) == 1:
            return contents[0]
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
        everything = self._step.everything()
        chunks = read_unit(unit.spans, config.read)
        reading, counting = threading.Lock(), threading.Lock()
        made = self._step.empty()

        def work() -> None:
            arena = tokens.Arena()
            while (chunk := _next(chunks, reading)) is not None:
                counters.add(input_bytes=chunk.consumed)
                rows = chunk.batch if everything else triggers.with_prompts(chunk.batch)
                for first in range(0, rows.num_rows, PIECE):
                    batch = _tokens(rows.slice(first, PIECE), config, arena)
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
