"""The audit as a Beam pipeline.

::

    work units ─► partial tables ─► merge by (table, shard) ─► fold small sources ─► merge ─► write
                                          └─► largest sources ──────┘

Text is read, analysed and dropped inside the first step; only small tables travel. Partial tables
are also written beside the output, so that a unit that was finished is not audited twice. What each
step does is in `pipelines.steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import apache_beam as beam
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines import steps, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.units import FIRST, Look, WorkUnit, analyzer
from corpus_assay.pipelines.work import INLINE_UNITS, PLAN, packed_units, unpacked_units
from corpus_assay.transforms import additive
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.corpus import SOURCES

Keyed = tuple[tuple[str, int], bytes]
"""((table, shard), Arrow stream)."""


class Units(beam.PTransform):
    """All work units, to whichever worker is free.

    More than `INLINE_UNITS` of them are stored in the staging folder, where that is a URL, when
    the pipeline is built.
    """

    def __init__(self, units: Sequence[WorkUnit], config: AuditConfig) -> None:
        super().__init__()
        self._units = list(units)
        self._staging = config.staging

    def expand(self, begin: beam.pvalue.PBegin) -> beam.PCollection:
        if len(self._units) <= INLINE_UNITS or not storage.is_remote(self._staging):
            return begin | "Inline" >> beam.Create(self._units, reshuffle=True)
        path = storage.join(self._staging, PLAN)
        storage.write(path, packed_units(self._units))
        return (
            begin
            | "Stored" >> beam.Create([path], reshuffle=False)
            | "Read" >> beam.FlatMap(_stored)
            | "Spread" >> beam.Reshuffle()
        )


def _stored(path: str) -> Iterator[WorkUnit]:
    content = storage.read(path)
    if content is None:
        raise FileNotFoundError(path)
    yield from unpacked_units(content)


class AuditUnits(beam.DoFn):
    """Audits work units and gives their tables, merged and cut into `shards`.

    A unit whose partial tables are stored already (a retry, a resumed run) is not audited again.
    """

    def __init__(self, config: AuditConfig, look: Look = FIRST, shards: int = 1) -> None:
        self._config = config
        self._shards = shards
        self._look = look
        self._documents = beam.metrics.Metrics.counter("corpus_assay", "documents")
        self._rejected = beam.metrics.Metrics.counter("corpus_assay", "rejected")

    def setup(self) -> None:
        analyzer(self._config, self._look)

    def process(self, unit: WorkUnit) -> Iterator[Keyed]:
        config, look = self._config, self._look
        tables = steps.unit_tables(unit, config, look)
        if look.first:
            files = tables["files"]
            self._documents.inc(pc.sum(files.column("audited")).as_py() or 0)
            self._rejected.inc(pc.sum(files.column("rejected")).as_py() or 0)
        yield from _shards(look.specs(config), tables, self._shards)


def _shards(
    specs: dict[str, TableSpec], tables: dict[str, pa.Table], count: int
) -> Iterator[Keyed]:
    for name, table in tables.items():
        for shard, rows in additive.shards(specs[name], table, count).items():
            yield (name, shard), storage.table_bytes(rows)


Accumulator = tuple[str, list[bytes]]
"""Table name, and Arrow streams of it that are not merged yet."""


class MergeTables(beam.CombineFn):
    """Merges Arrow streams of one table into one, in canonical order.

    An accumulator holds up to `HELD` unmerged streams, so its memory is that of the merged shard
    plus them. Where each stream is `merged` already, a single one is left as it is.
    """

    HELD = 8

    def __init__(self, specs: dict[str, TableSpec], merged: bool = False) -> None:
        self._specs = specs
        self._merged = merged

    def create_accumulator(self) -> Accumulator:
        return "", []

    def add_input(self, accumulator: Accumulator, element: tuple[str, bytes]) -> Accumulator:
        name, content = element
        return self._bounded(name, [*accumulator[1], content])

    def merge_accumulators(self, accumulators: Iterable[Accumulator]) -> Accumulator:
        merged: Accumulator = self.create_accumulator()
        for name, contents in accumulators:
            merged = self._bounded(name or merged[0], merged[1] + contents)
        return merged

    def extract_output(self, accumulator: Accumulator) -> bytes:
        name, contents = accumulator
        if self._merged and len(contents) == 1:
            return contents[0]
        return self._merge(name, contents)

    def _bounded(self, name: str, contents: list[bytes]) -> Accumulator:
        if len(contents) > self.HELD:
            contents = [self._merge(name, contents)]
        return name, contents

    def _merge(self, name: str, contents: Sequence[bytes]) -> bytes:
        tables = [storage.table_of(content) for content in contents]
        return storage.table_bytes(additive.merge(self._specs[name], tables))


class Merge(beam.PTransform):
    """((table, shard), stream) of many partial tables, `merged` each for itself or not, to one
    each, in canonical order."""

    def __init__(self, specs: dict[str, TableSpec], merged: bool = False) -> None:
        super().__init__()
        self._specs = specs
        self._merged = merged

    def expand(self, partial: beam.PCollection) -> beam.PCollection:
        return (
            partial
            | "Name" >> beam.Map(lambda keyed: (keyed[0], (keyed[0][0], keyed[1])))
            | "Combine" >> beam.CombinePerKey(MergeTables(self._specs, self._merged))
        )


class LargestSources(beam.CombineFn):
    """The largest sources and slice values by bytes, then by name: {slice: {value: bytes}}."""

    def __init__(self, count: int) -> None:
        self._count = count

    def create_accumulator(self) -> dict[str, dict[str, int]]:
        return {}

    def add_input(
        self, accumulator: dict[str, dict[str, int]], element: bytes
    ) -> dict[str, dict[str, int]]:
        # A key's rows are all in one shard, so its bytes are complete.
        for name, values in steps.largest(storage.table_of(element), self._count).items():
            accumulator.setdefault(name, {}).update(values)
        return self._largest(accumulator)

    def merge_accumulators(
        self, accumulators: Iterable[dict[str, dict[str, int]]]
    ) -> dict[str, dict[str, int]]:
        merged: dict[str, dict[str, int]] = {}
        for accumulator in accumulators:
            for name, values in accumulator.items():
                merged.setdefault(name, {}).update(values)
        return self._largest(merged)

    def extract_output(self, accumulator: dict[str, dict[str, int]]) -> dict[str, frozenset[str]]:
        return {name: frozenset(values) for name, values in accumulator.items()}

    def _largest(self, named: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
        return {
            name: dict(sorted(values.items(), key=lambda v: (-v[1], v[0]))[: self._count])
            for name, values in named.items()
        }


class Fold(beam.DoFn):
    """Folds small sources and gives each table, merged, in the parts in which it is written."""

    def __init__(self, config: AuditConfig) -> None:
        self._specs = config.specs
        self._always = config.always

    def process(self, keyed: Keyed, named: dict[str, frozenset[str]]) -> Iterator[Keyed]:
        (name, _), content = keyed
        if name == SOURCES.name:
            return
        whole = storage.table_of(content)
        for part, rows in steps.folded(self._specs[name], whole, named, self._always):
            yield (name, part), storage.table_bytes(rows)


class WriteTables(beam.DoFn):
    """Writes merged tables as Parquet; a retry writes the same bytes to the same place."""

    def __init__(self, config: AuditConfig) -> None:
        self._config = config

    def process(self, keyed: Keyed) -> Iterator[str]:
        (name, part), content = keyed
        yield steps.write(self._config, name, part, storage.table_of(content))


def build(
    pipeline: beam.Pipeline, units: Sequence[WorkUnit], config: AuditConfig
) -> beam.PCollection:
    """Add the audit of all work units to a pipeline; the paths, below the staging folder, of the
    tables that it writes.

    Memory of one worker: `units.audit_unit`; one shard of one table while merging; one whole
    table while writing, whose rows are bounded by the named sources, languages and lexicon, or
    one of its `PARTS` where it grows with the corpus.
    """
    merged = _merged(pipeline, units, config, FIRST)
    named = (
        merged
        | "Source sizes" >> beam.Filter(lambda keyed: keyed[0][0] == SOURCES.name)
        | "Their tables" >> beam.Map(lambda keyed: keyed[1])
        | "Largest" >> beam.CombineGlobally(LargestSources(config.named))
    )
    return _write(merged, named, config)


def build_second(
    pipeline: beam.Pipeline,
    units: Sequence[WorkUnit],
    config: AuditConfig,
    look: Look,
    named: dict[str, frozenset[str]],
) -> None:
    """Add a second look at all texts, whose selections are stored, to a pipeline.

    `named` are the sources and slice values that kept their name in the first look. Memory as in
    `build`, and the selections.
    """
    merged = _merged(pipeline, units, config, look)
    _write(merged, pipeline | "Named" >> beam.Create([named]), config)


def _merged(
    pipeline: beam.Pipeline, units: Sequence[WorkUnit], config: AuditConfig, look: Look
) -> beam.PCollection:
    # The tables of a single unit are in one worker's memory anyway.
    shards = config.shards if len(units) > 1 else 1
    return (
        pipeline
        | "Work units" >> Units(units, config)
        | "Audit" >> beam.ParDo(AuditUnits(config, look, shards))
        | "Merge partial tables" >> Merge(look.specs(config), merged=True)
    )


def _write(
    merged: beam.PCollection, named: beam.PCollection, config: AuditConfig
) -> beam.PCollection:
    return (
        merged
        | "Fold small sources" >> beam.ParDo(Fold(config), named=beam.pvalue.AsSingleton(named))
        | "Merge tables" >> Merge(config.specs, merged=True)
        | "Write" >> beam.ParDo(WriteTables(config))
    )
