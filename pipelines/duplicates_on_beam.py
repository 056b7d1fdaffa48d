"""The search for duplicates on Beam, in two pipelines.

::

    sketches of a unit ─► hashes by range ─► copies ─┐
                     └──────────────────────── bands by range ─► candidate pairs        (pipeline 1)

    pairs, copies ─► connected components ─► each unit reads its documents again ─►
                     n-gram hashes by component ─► exact Jaccard, clusters ─► tables   (pipeline 2)

What travels are Arrow tables, one for each unit (or range) and range (or shard), never an element
a document; and never text: of the documents that have a candidate, the hashes of their n-grams.
On a disk that all workers see, a table travels as the path of a file, so that the in-memory runner
does not hold it; otherwise as bytes. Nothing travels where the corpus is one unit and not large:
see `pipelines.duplicates`, which calls what is here.

Memory of one worker: a range of hashes or bands (about `RANGE_BYTES`); n-gram hashes of about
`SHARD_BYTES`, or those of the largest component of candidates, which lie in a mapped temporary
file beyond `duplicate_tables.MAPPED_BYTES`; copies of one text meet in one worker, about half a
KB each; and 60 bytes for each edge where components are found in one worker,
for at most `LOCAL_EDGES` of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.pipelines import (
    duplicates_here,
    finish,
    pipeline,
    reference,
    reference_text,
    storage,
)
from corpus_assay.pipelines.config import PARTS, AuditConfig
from corpus_assay.pipelines.duplicate_tables import (
    ClusterTables,
    ngram_hashes,
    node_table,
    nodes_of,
    parts_of,
    without_grams,
)
from corpus_assay.pipelines.exchange import (
    Exchange,
    Unit,
    range_of,
    split,
    work_rows,
)
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.transforms import additive, duplicates
from corpus_assay.transforms.components import EDGES, components
from corpus_assay.transforms.connected import ConnectedComponents
from corpus_assay.transforms.duplicates import (
    DUPLICATES,
    NODE_COLUMNS,
    PAIRS,
    REFERENCE,
    SIGNATURES,
    WORK,
    Numbers,
)
from corpus_assay.transforms.minhash import mixed_all

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

RANGE_BYTES = 64 << 20
"""Hashes, or rows of band tables, that are sorted together."""

SHARD_BYTES = 64 << 20
"""N-gram hashes that are compared in one worker at a time, unless one component has more."""

MOST_RANGES, MOST_SHARDS = 4096, 1024
"""Ranges and shards at most: beyond 10⁸ documents or so they grow, rather than what travels between
units and them falling into ever more pieces."""

TEXT_SPAN = 128 << 20
"""Bytes of the earlier text in a unit of work."""

LOCAL_EDGES = 20_000_000
"""Edges up to which components are found in one worker; beyond, `ConnectedComponents` does it."""

_COUNTED = (
    "copies",
    "band_rows",
    "pairs_in_buckets",
    "large_buckets",
    "documents_in_large_buckets",
)
"""What candidates are told by in `WORK`, also where there is nothing to count."""

_BAND_BYTES = 24
_HASH_BYTES = 48

Keyed = tuple[int, Any]


# --- Pipeline 1: copies and candidates ---------------------------------------------------------


class _Hashes(beam.DoFn):
    """Hashes of the texts of a unit, by range."""

    def __init__(self, exchange: Exchange, ranges: int) -> None:
        self._exchange, self._ranges = exchange, ranges

    def process(self, unit: Unit) -> Iterator[Keyed]:
        sketches = unit.sketches("bytes", "text_hash", "raw_hash")
        documents = unit.documents(sketches)
        folded = duplicates.hashes_of(sketches.column("text_hash"))
        raw = duplicates.hashes_of(sketches.column("raw_hash"))
        size = sketches.column("bytes").to_numpy()
        for number, rows in split(range_of(folded[:, 0], self._ranges), self._ranges):
            columns = [documents, *folded.T, *raw.T, size]
            table = pa.table([pa.array(column[rows]) for column in columns], names=list("dfghrb"))
            yield number, self._exchange.pack(f"hashes-{number}-{unit.number}", table)


class _Copies(beam.DoFn):
    """Copies of a range of hashes: a file of them, and for each unit the documents that are."""

    def __init__(self, exchange: Exchange, units: NDArray[np.int32]) -> None:
        self._exchange, self._units = exchange, units

    def process(self, keyed: tuple[int, Iterable[bytes | str]]) -> Iterator[Any]:
        number, parcels = keyed
        columns = [
            c.to_numpy() for c in self._exchange.unpack_all(parcels).combine_chunks().columns
        ]
        found = duplicates.copies(
            columns[0], np.stack(columns[1:3], 1), np.stack(columns[3:5], 1), columns[5]
        )
        table = pa.table([pa.array(column) for column in found], names=["a", "b", "identical"])
        _write(self._exchange, f"copies-{number}", table)
        yield beam.pvalue.TaggedOutput("work", work_rows(copies=len(table)))
        unit_of = self._units[found.documents >> 32]
        for unit, rows in split(unit_of, int(self._units.max()) + 1):
            mine = pa.table([pa.array(found.documents[rows])], names=["d"])
            yield unit, self._exchange.pack(f"copied-{unit}-{number}", mine)


class _Bands(beam.DoFn):
    """Band tables of the representatives of a unit, by range of the key."""

    def __init__(self, config: AuditConfig, exchange: Exchange, ranges: int) -> None:
        self._options = config.options.duplicates
        self._exchange, self._ranges = exchange, ranges

    def process(self, keyed: tuple[int, Iterable[Unit | bytes | str]]) -> Iterator[Keyed]:
        received = list(keyed[1])
        unit = next(each for each in received if isinstance(each, Unit))
        copied = [self._exchange.unpack(each) for each in received if not isinstance(each, Unit)]
        gone = np.concatenate([np.empty(0, np.int64), *(t.column("d").to_numpy() for t in copied)])
        sketches = unit.sketches("shingles", "buckets")
        documents = unit.documents(sketches)
        wanted = sketches.column("shingles").to_numpy() > 0
        wanted[np.searchsorted(documents, gone)] = False
        some = sketches.column("shingles").to_numpy() > 0
        begin, held, part = 0, 0, 0
        tables: list[duplicates.Bands] = []
        for chunk in sketches.column("buckets").chunks:
            here = slice(begin, begin + len(chunk))
            begin += len(chunk)
            keys = duplicates.buckets_of(chunk, self._options)[wanted[here][some[here]]]
            tables.append(duplicates.bands_of(documents[here][wanted[here]], keys))
            held += len(tables[-1].keys) * _BAND_BYTES
            if held >= RANGE_BYTES:
                yield from self._send(tables, f"{unit.number}-{part}")
                tables, held, part = [], 0, part + 1
        if tables:
            yield from self._send(tables, f"{unit.number}-{part}")

    def _send(self, tables: Sequence[duplicates.Bands], name: str) -> Iterator[Keyed]:
        keys, documents, marks = (np.concatenate(each) for each in zip(*tables, strict=True))
        for number, rows in split(range_of(keys, self._ranges), self._ranges):
            columns = [pa.array(each[rows]) for each in (keys, documents, marks)]
            table = pa.table(columns, names=["key", "document", "marks"])
            yield number, self._exchange.pack(f"bands-{number}-{name}", table)


class _Candidates(beam.DoFn):
    """Candidate pairs of a range of buckets, into a file."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def process(self, keyed: tuple[int, Iterable[bytes | str]]) -> Iterator[Any]:
        number, parcels = keyed
        table = self._exchange.unpack_all(parcels).combine_chunks()
        bands = duplicates.Bands(*(column.to_numpy() for column in table.columns))
        found = duplicates.candidates(bands)
        first, second = duplicates.distinct_pairs(found.first, found.second)
        pairs = pa.table([pa.array(first), pa.array(second)], names=["a", "b"])
        _write(self._exchange, f"pairs-{number}", pairs)
        yield work_rows(
            band_rows=len(table),
            pairs_in_buckets=len(found.first),
            large_buckets=found.buckets,
            documents_in_large_buckets=found.crowded,
        )
        yield work_rows(_pairs_by_range=len(first))


class _Signatures(beam.DoFn):
    """Sketches of a unit, by part of the table that the audit keeps."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def process(self, unit: Unit) -> Iterator[Keyed]:
        table = unit.sketches(*SIGNATURES.schema.names)
        for part, rows in additive.shards(SIGNATURES, table, PARTS).items():
            yield part, self._exchange.pack(f"signatures-{part}-{unit.number}", rows)


class _WriteSignatures(beam.DoFn):
    """One part of the signatures, in order."""

    def __init__(self, config: AuditConfig, exchange: Exchange) -> None:
        self._config, self._exchange = config, exchange

    def process(self, keyed: tuple[int, Iterable[bytes | str]]) -> None:
        part, parcels = keyed
        rows = self._exchange.unpack_all(parcels)
        rows = rows.sort_by([(name, "ascending") for name in SIGNATURES.key_names])
        path = storage.join(self._config.staging, finish.table_path(SIGNATURES, part))
        storage.write(path, storage.parquet_bytes(rows))


def _write(exchange: Exchange, name: str, table: pa.Table) -> None:
    storage.write(storage.join(exchange.folder, f"{name}.arrow"), storage.table_bytes(table))


def _read(exchange: Exchange, name: str) -> pa.Table | None:
    content = storage.read(storage.join(exchange.folder, f"{name}.arrow"))
    return None if content is None else storage.table_of(content)


class _WriteWork(beam.DoFn):
    def __init__(self, exchange: Exchange, name: str) -> None:
        self._exchange, self._name = exchange, name

    def process(self, keyed: pipeline.Keyed) -> None:
        _write(self._exchange, self._name, storage.table_of(keyed[1]))


def _find_candidates(
    built: beam.Pipeline,
    units: Sequence[Unit],
    unit_of: NDArray[np.int32],
    config: AuditConfig,
    exchange: Exchange,
    ranges: tuple[int, int],
) -> None:
    every = built | "Units" >> beam.Create(list(units), reshuffle=True)
    copies = (
        every
        | "Hashes" >> beam.ParDo(_Hashes(exchange, ranges[0]))
        | "Equal hashes" >> beam.GroupByKey()
        | "Copies" >> beam.ParDo(_Copies(exchange, unit_of)).with_outputs("work", main="copied")
    )
    work = (
        (every | "Number" >> beam.Map(lambda unit: (unit.number, unit)), copies.copied)
        | "Units and copies" >> beam.Flatten()
        | "By unit" >> beam.GroupByKey()
        | "Bands" >> beam.ParDo(_Bands(config, exchange, ranges[1]))
        | "Buckets" >> beam.GroupByKey()
        | "Candidates" >> beam.ParDo(_Candidates(exchange))
    )
    _ = (
        (work, copies.work)
        | "Work done" >> beam.Flatten()
        | pipeline.Merge({WORK.name: WORK})
        | "Write work" >> beam.ParDo(_WriteWork(exchange, "work"))
    )


def _keep_signatures(
    built: beam.Pipeline, units: Sequence[Unit], config: AuditConfig, exchange: Exchange
) -> None:
    _ = (
        built
        | "Units" >> beam.Create(list(units), reshuffle=True)
        | "Signatures" >> beam.ParDo(_Signatures(exchange))
        | "Parts" >> beam.GroupByKey()
        | "Write signatures" >> beam.ParDo(_WriteSignatures(config, exchange))
    )


# --- Pipeline 2: components, n-grams, clusters -------------------------------------------------


@dataclass(frozen=True)
class _Files:
    """Names of the files of pipeline 1."""

    copies: tuple[str, ...]
    pairs: tuple[str, ...]


class _LabelHere(beam.DoFn):
    """Components of all edges, found in this worker: for each unit its documents and theirs."""

    def __init__(self, exchange: Exchange, files: _Files, units: NDArray[np.int32]) -> None:
        self._exchange, self._files, self._units = exchange, files, units

    def process(self, _: object) -> Iterator[Keyed]:
        tables = [_read(self._exchange, name) for name in self._files.copies + self._files.pairs]
        some = [table for table in tables if table is not None]
        first = np.concatenate([table.column("a").to_numpy() for table in some])
        second = np.concatenate([table.column("b").to_numpy() for table in some])
        nodes = np.unique(np.concatenate([first, second]))
        labels = components(
            np.searchsorted(nodes, first), np.searchsorted(nodes, second), len(nodes)
        )
        yield from _labels(nodes, nodes[labels], self._units, self._exchange, "labels")


def _labels(
    nodes: Numbers, labels: Numbers, units: NDArray[np.int32], exchange: Exchange, name: str
) -> Iterator[Keyed]:
    for unit, rows in split(units[nodes >> 32], int(units.max()) + 1):
        table = pa.table([pa.array(nodes[rows]), pa.array(labels[rows])], names=["d", "label"])
        yield unit, ("labels", exchange.pack(f"{name}-{unit}", table))


class _EdgeTables(beam.DoFn):
    """Edges of a file, as `ConnectedComponents` takes them: the halves of a document's number
    stand for file and position, which have the same order."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def process(self, name: str) -> Iterator[pa.Table]:
        table = _read(self._exchange, name)
        if table is None:
            return
        ends = [table.column(end).to_numpy() for end in ("a", "b")]
        columns = [half for end in ends for half in (end >> 32, end & 0xFFFFFFFF)]
        yield pa.table([pa.array(c).cast(f.type) for c, f in zip(columns, EDGES, strict=True)],
                       schema=EDGES)  # fmt: skip


class _SharedLabels(beam.DoFn):
    """Labels from `ConnectedComponents`, by unit."""

    def __init__(self, units: NDArray[np.int32]) -> None:
        self._units = units

    def process(self, table: pa.Table) -> Iterator[Keyed]:
        halves = [column.to_numpy().astype(np.int64) for column in table.columns]
        nodes, labels = (halves[0] << 32) + halves[1], (halves[2] << 32) + halves[3]
        # These tables have no name that a retry would give them again.
        yield from _labels(nodes, labels, self._units, Exchange(), "")


class _Route(beam.DoFn):
    """Edges of a file to the units whose documents they join."""

    def __init__(self, exchange: Exchange, units: NDArray[np.int32]) -> None:
        self._exchange, self._units = exchange, units

    def process(self, named: tuple[str, str]) -> Iterator[Keyed]:
        kind, name = named
        table = _read(self._exchange, name)
        if table is None or not len(table):
            return
        count = int(self._units.max()) + 1
        first, second = (self._units[table.column(end).to_numpy() >> 32] for end in ("a", "b"))
        for unit, rows in split(first, count):
            parcel = self._exchange.pack(f"{kind}-{name}-{unit}", table.take(pa.array(rows)))
            yield unit, (kind, parcel)
        if kind == "pairs":
            apart = np.flatnonzero(first != second)
            for unit, rows in split(second[apart], count):
                other = table.select(["b"]).take(pa.array(apart[rows]))
                yield unit, ("wanted", self._exchange.pack(f"wanted-{name}-{unit}", other))


class _ReadAgain(beam.DoFn):
    """The documents of a unit that have a duplicate, perhaps: their n-gram hashes, to the shards of
    their components."""

    def __init__(self, config: AuditConfig, exchange: Exchange, shards: int) -> None:
        self._config, self._exchange, self._shards = config, exchange, shards

    def process(self, keyed: tuple[int, Iterable[Any]]) -> Iterator[Any]:
        unit: Unit | None = None
        received: dict[str, list[pa.Table]] = {}
        for kind, value in keyed[1]:
            if kind == "unit":
                unit = value
            else:
                received.setdefault(kind, []).append(self._exchange.unpack(value))
        if unit is None or "labels" not in received:
            return
        labelled = pa.concat_tables(received["labels"])
        nodes, labels = (labelled.column(name).to_numpy() for name in ("d", "label"))
        order = np.argsort(nodes)
        nodes, labels = nodes[order], labels[order]
        shard_of = (mixed_all(labels.view(np.uint64)) % np.uint64(self._shards)).astype(np.int64)

        def send(kind: str, documents: Numbers, table: pa.Table, part: int = 0) -> Iterator[Keyed]:
            shards = shard_of[np.searchsorted(nodes, documents)]
            for shard, rows in split(shards, self._shards):
                name = f"{kind}-{shard}-{unit.number}-{part}"
                some = table if len(rows) == len(table) else table.take(pa.array(rows))
                yield shard, (kind, self._exchange.pack(name, some))

        wanted = np.empty(0, np.int64)
        if "pairs" in received:
            pairs = pa.concat_tables(received["pairs"])
            ends = [pairs.column(end).to_numpy() for end in ("a", "b")]
            first, second = duplicates.distinct_pairs(*ends)
            pairs = pa.table([pa.array(first), pa.array(second)], names=["a", "b"])
            yield from send("pairs", first, pairs)
            wanted = np.intersect1d(np.concatenate([first, second]), nodes)
        for table in received.get("wanted", []):
            wanted = np.union1d(wanted, table.column("b").to_numpy())
        if "copies" in received:
            same = pa.concat_tables(received["copies"])
            yield from send("copies", same.column("a").to_numpy(), same)

        sketches = unit.sketches(*NODE_COLUMNS)
        documents = unit.documents(sketches)
        read, moved = 0, 0
        again = ngram_hashes(unit, self._config, sketches, documents, wanted)
        for part, grams in enumerate(again):
            rows = grams[0]
            read, moved = read + len(rows), moved + grams[2].nbytes
            table = node_table(documents, sketches, grams)
            yield from send("nodes", documents[rows], table, part)
        rest = np.searchsorted(documents, np.setdiff1d(nodes, wanted))
        empty = node_table(documents, sketches, without_grams(rest))
        yield from send("nodes", documents[rest], empty, -1)
        yield beam.pvalue.TaggedOutput(
            "tables", work_rows(documents_read_again=read, ngram_bytes_moved=moved)
        )


class _Clusters(beam.DoFn):
    """Clusters of a shard, as tables; those of documents to the part in which they are written."""

    def __init__(self, exchange: Exchange, tables: ClusterTables) -> None:
        self._exchange, self._tables = exchange, tables

    def process(self, keyed: tuple[int, Iterable[Any]]) -> Iterator[Any]:
        received: dict[str, list[pa.Table]] = {}
        for kind, parcel in keyed[1]:
            received.setdefault(kind, []).append(self._exchange.unpack(parcel))
        with tempfile.TemporaryDirectory(prefix="corpus-assay-") as folder:
            nodes, rows = nodes_of(received["nodes"], folder)
            pairs = pa.concat_tables(
                received.get("pairs", [pa.table({"a": np.empty(0, np.int64),
                                                 "b": np.empty(0, np.int64)})])
            )  # fmt: skip
            first, second = duplicates.distinct_pairs(
                *(pairs.column(end).to_numpy() for end in ("a", "b"))
            )
            found = duplicates.clusters(
                nodes, _same(received.get("copies", [])), first, second, self._tables.threshold
            )
            del nodes, received
        made = self._tables.of(rows, found, len(first))
        for number, ((name, part), table) in enumerate(made):
            if name in _GROWING:
                parcel = self._exchange.pack(f"{name}-{part}-{keyed[0]}-{number}", table)
                yield beam.pvalue.TaggedOutput("documents", ((name, part), parcel))
            else:
                yield (name, part), storage.table_bytes(table)


_GROWING = {spec.name: spec for spec in (DUPLICATES, PAIRS)}


class _WritePart(beam.DoFn):
    """One part of a table of documents, in order."""

    def __init__(self, config: AuditConfig, exchange: Exchange) -> None:
        self._writer, self._exchange = pipeline.WriteTables(config), exchange

    def process(self, keyed: tuple[tuple[str, int], Iterable[bytes | str]]) -> Iterator[str]:
        place, parcels = keyed
        table = additive.merge(_GROWING[place[0]], [self._exchange.unpack_all(parcels)])
        yield from self._writer.process((place, storage.table_bytes(table)))


def _same(tables: Sequence[pa.Table]) -> duplicates.Copies:
    if not tables:
        nothing = np.empty(0, np.int64)
        return duplicates.Copies(nothing, nothing, np.empty(0, np.bool_))
    joined = pa.concat_tables(tables)
    return duplicates.Copies(
        joined.column("a").to_numpy(),
        joined.column("b").to_numpy(),
        joined.column("identical").combine_chunks().to_numpy(zero_copy_only=False),
    )


def _find_clusters(
    built: beam.Pipeline,
    units: Sequence[Unit],
    unit_of: NDArray[np.int32],
    config: AuditConfig,
    exchange: Exchange,
    files: _Files,
    edges: int,
    shards: int,
    tables: ClusterTables,
    begun: Sequence[pipeline.Keyed],
) -> None:
    if edges <= LOCAL_EDGES:
        labels = (
            built
            | "Once" >> beam.Create([None])
            | "Components" >> beam.ParDo(_LabelHere(exchange, files, unit_of))
        )
    else:
        labels = (
            built
            | "Files" >> beam.Create([*files.copies, *files.pairs], reshuffle=True)
            | "Edges" >> beam.ParDo(_EdgeTables(exchange))
            | "Components" >> ConnectedComponents()
            | "Labels by unit" >> beam.ParDo(_SharedLabels(unit_of))
        )
    named = [("copies", name) for name in files.copies] + [("pairs", name) for name in files.pairs]
    routed = (
        built
        | "Named files" >> beam.Create(named, reshuffle=True)
        | "Edges by unit" >> beam.ParDo(_Route(exchange, unit_of))
    )
    every = built | "Units" >> beam.Create([(unit.number, ("unit", unit)) for unit in units])
    read = (
        (labels, routed, every)
        | "Documents and edges" >> beam.Flatten()
        | "By unit" >> beam.GroupByKey()
        | "Read again"
        >> beam.ParDo(_ReadAgain(config, exchange, shards)).with_outputs("tables", main="sent")
    )
    written = (
        read.sent
        | "By component" >> beam.GroupByKey()
        | "Clusters"
        >> beam.ParDo(_Clusters(exchange, tables)).with_outputs("documents", main="tables")
    )
    _ = (
        written.documents
        | "By part" >> beam.GroupByKey()
        | "Write parts" >> beam.ParDo(_WritePart(config, exchange))
    )
    _write_tables(
        (written.tables, read.tables, built | "Begun" >> beam.Create(list(begun))), config
    )


def _write_tables(tables: tuple[beam.PCollection, ...], config: AuditConfig) -> None:
    _ = (
        tables
        | "All tables" >> beam.Flatten()
        | pipeline.Merge(config.specs)
        | "Write" >> beam.ParDo(pipeline.WriteTables(config))
    )


# --- What the pass calls -----------------------------------------------------------------------


def keep_signatures(given: Run, units: Sequence[Unit], exchange: Exchange) -> None:
    """Write the table `duplicates.SIGNATURES`."""
    given.beam(
        lambda built: _keep_signatures(built, units, given.config, exchange),
        "duplicates: signatures",
    )


def find_in_reference(
    given: Run,
    units: Sequence[Unit],
    unit_of: NDArray[np.int32],
    whole: pa.Table,
    exchange: Exchange,
) -> pipeline.Keyed:
    """Write the table `duplicates.REFERENCE`; rows of `duplicates.WORK`."""
    config = given.config
    ranges = _band_ranges(_documents(whole), config)
    given.beam(
        lambda built: _find_in_reference(built, units, unit_of, config, exchange, ranges),
        "duplicates: earlier corpus",
    )
    amounts = _amounts(exchange, "reference-work")
    theirs = reference_text.units(config.options.duplicates, config.read, TEXT_SPAN)
    if theirs:
        size = pc.sum(whole.column("bytes")).as_py() or 0
        # Those of both corpora, if every document has a partner.
        shards = _parts_of(2 * size, SHARD_BYTES, MOST_SHARDS)
        given.beam(
            lambda built: _compare_with_reference(built, units, theirs, config, exchange, shards),
            "duplicates: earlier text",
        )
        amounts |= _amounts(exchange, "text-work")
    return work_rows(**amounts)


def search(
    given: Run,
    units: Sequence[Unit],
    unit_of: NDArray[np.int32],
    whole: pa.Table,
    exchange: Exchange,
    named: frozenset[str],
    begun: Sequence[pipeline.Keyed],
) -> None:
    """Find duplicates and write their tables, added to what is `begun`.

    `whole` has rows of `corpus.CORPUS` that add up to all documents.
    """
    config = given.config
    documents = _documents(whole)
    ranges = (_ranges(documents, _HASH_BYTES), _band_ranges(documents, config))
    given.beam(
        lambda built: _find_candidates(built, units, unit_of, config, exchange, ranges),
        "duplicates: candidates",
    )
    amounts = dict.fromkeys(_COUNTED, 0) | _amounts(exchange, "work")
    pairs = amounts.pop("_pairs_by_range", 0)
    edges = pairs + amounts["copies"]
    begun = [*begun, work_rows(**(amounts if documents else {}))]
    files = _Files(
        tuple(f"copies-{number}" for number in range(ranges[0])),
        tuple(f"pairs-{number}" for number in range(ranges[1])),
    )
    size = pc.sum(whole.column("bytes")).as_py() or 0
    hashes = int(min(2 * pairs, documents) * size / max(documents, 1) * 1.5)
    shards = _parts_of(hashes, SHARD_BYTES, MOST_SHARDS)
    tables = ClusterTables(
        config.options.duplicates.threshold,
        named,
        parts_of(amounts["copies"], amounts["pairs_in_buckets"]),
    )
    if edges:
        given.beam(
            lambda built: _find_clusters(
                built, units, unit_of, config, exchange, files, edges, shards, tables, begun
            ),
            "duplicates: clusters",
        )
    else:
        duplicates_here.write(begun, config)


def _find_in_reference(
    built: beam.Pipeline,
    units: Sequence[Unit],
    unit_of: NDArray[np.int32],
    config: AuditConfig,
    exchange: Exchange,
    ranges: int,
) -> None:
    found, work = reference.build(built, units, unit_of, config, exchange, ranges)
    _write_matches((found, work), config, exchange, "reference-work")


def _compare_with_reference(
    built: beam.Pipeline,
    units: Sequence[Unit],
    theirs: Sequence[WorkUnit],
    config: AuditConfig,
    exchange: Exchange,
    shards: int,
) -> None:
    found = reference_text.build(built, units, theirs, config, exchange, shards)
    _write_matches((found,), config, exchange, "text-work")


def _write_matches(
    found: tuple[beam.PCollection, ...], config: AuditConfig, exchange: Exchange, work: str
) -> None:
    """Write the parts of `REFERENCE`, and what was done as a file."""
    tables = (
        found
        | "Matches and work" >> beam.Flatten()
        | pipeline.Merge({spec.name: spec for spec in (REFERENCE, WORK)})
    )
    _ = (
        tables
        | "Matches only" >> beam.Filter(lambda named: named[0][0] == REFERENCE.name)
        | "Write" >> beam.ParDo(pipeline.WriteTables(config))
    )
    _ = (
        tables
        | "Work only" >> beam.Filter(lambda named: named[0][0] == WORK.name)
        | "Write work" >> beam.ParDo(_WriteWork(exchange, work))
    )


def _amounts(exchange: Exchange, name: str) -> dict[str, int]:
    done = _read(exchange, name)
    rows = done.to_pylist() if done is not None else []
    return {row["step"]: row["amount"] for row in rows}


def _documents(whole: pa.Table) -> int:
    return pc.sum(whole.column("documents")).as_py() or 0


def _ranges(documents: int, size: int) -> int:
    return _parts_of(documents * size, RANGE_BYTES, MOST_RANGES)


def _band_ranges(documents: int, config: AuditConfig) -> int:
    return _ranges(documents, _BAND_BYTES * config.options.duplicates.banding[0])


def _parts_of(amount: int, size: int, most: int) -> int:
    return min(max(-(-amount // size), 1), most)
