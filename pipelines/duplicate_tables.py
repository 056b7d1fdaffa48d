"""What the search for duplicates reads again, and the tables it makes of clusters.

Shared by both of its ways: on Beam (`pipelines.duplicates_on_beam`) and in one process
(`pipelines.duplicates_here`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.pipelines.config import OTHER, PARTS, AuditConfig
from corpus_assay.pipelines.exchange import Unit
from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import read_unit
from corpus_assay.transforms import additive, duplicates
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.documents import InvalidTextError, first_sentences, repair
from corpus_assay.transforms.duplicate_clusters import KINDS as CLUSTER_KINDS
from corpus_assay.transforms.duplicate_clusters import LARGEST, SIZES, kinds, largest, sizes
from corpus_assay.transforms.duplicates import (
    DUPLICATES,
    KINDS,
    LEVELS,
    NODE_COLUMNS,
    OVERLAP,
    PAIRS,
    SKETCHES,
    SUMMARY,
    WORK,
    Numbers,
)
from corpus_assay.transforms.minhash import locate
from corpus_assay.transforms.registry import MeasureOptions
from corpus_assay.transforms.tokens import Arena, tokenise

MAPPED_BYTES = 256 << 20
"""N-gram hashes that are compared together beyond which they lie in a temporary file."""

PARCEL_HASHES = 1 << 20
"""N-gram hashes that a worker gathers before it hands them on."""

READ_BYTES = 8 << 20
"""Bytes of text that are read again at a time."""

ONE_PART = 1 << 18
"""Copies and pairs in buckets up to which tables of documents are written in one part: a file
costs a millisecond, however few rows it has."""

SLICE = 1 << 17
"""Rows of tables of documents that are made at a time."""

Part = tuple[tuple[str, int], pa.Table]
"""((table, part), rows of it)."""

Grams = tuple[Numbers, Numbers, NDArray[np.uint64]]
"""Rows of documents, where the n-gram hashes of each begin and end, and these."""


class FileChangedError(Exception):
    """An input file is not what it was at the first look."""


def parts_of(copies: int, pairs: int) -> int:
    """Parts in which tables of documents are written; the counts do not depend on who counts."""
    return 1 if copies + pairs <= ONE_PART else PARTS


# --- Reading again -----------------------------------------------------------------------------


def ngram_hashes(
    unit: Unit,
    config: AuditConfig,
    sketches: pa.Table,
    documents: Numbers,
    wanted: Numbers,
    complete: bool = True,
) -> Iterator[Grams]:
    """N-gram hashes of some documents of a unit, whose text is read again.

    Args:
        unit: the unit.
        config: how it was read the first time.
        sketches: file, position and language of all its documents.
        documents: their numbers, ascending.
        wanted: those that are read, ascending.
        complete: whether all of them must be there.

    Yields some `PARCEL_HASHES` at a time, with rows of the sketches. Memory: these, and
    `READ_BYTES` of text with its words. Raises `FileChangedError` where one is not there.
    """
    if not len(wanted):
        return
    places = np.searchsorted(documents, wanted)
    files = sketches.column("file").to_numpy()[places]
    positions = sketches.column("position").to_numpy()[places]
    own = np.array(unit.files)
    edges = np.searchsorted(files, np.stack([own, own + 1]))
    by_file = {
        file: positions[begin:end] for file, begin, end in zip(unit.files, *edges, strict=True)
    }
    language = sketches.column("language").take(pa.array(places)).combine_chunks()
    arena = Arena()
    found = 0
    held: list[Grams] = []
    for chunk in read_unit(unit.work.spans, replace(config.read, batch_bytes=READ_BYTES), by_file):
        counters.add(input_bytes=chunk.consumed)
        batch = chunk.batch
        at = np.empty(batch.num_rows, np.int64)
        locate(*(batch.column(name).to_numpy() for name in ("file", "position")),
               files, positions, at)  # fmt: skip
        here = np.flatnonzero(at >= 0)
        if not len(here):
            continue
        found += len(here)
        if len(here) < batch.num_rows:
            batch = batch.take(pa.array(here))
        column = batch.schema.get_field_index("language")
        known = language.take(pa.array(at[here]))
        batch = batch.set_column(column, batch.schema.field(column), known)
        offsets, hashes = _hashes(batch, config.options, arena)
        held.append((places[at[here]], np.diff(offsets), hashes))
        counters.add(documents=len(here))
        if sum(len(each[2]) for each in held) >= PARCEL_HASHES:
            yield _joined(held)
            held = []
    if complete and found != len(wanted):
        raise FileChangedError(_changed(unit))
    if held:
        yield _joined(held)


def _hashes(
    batch: pa.RecordBatch, options: MeasureOptions, arena: Arena
) -> tuple[Numbers, NDArray[np.uint64]]:
    try:
        cut = first_sentences(batch) if options.first_sentence else batch
        return duplicates.grams(tokenise(cut, arena), options.duplicates)
    except InvalidTextError:
        return _hashes(repair(batch)[0], options, arena)


def _changed(unit: Unit) -> str:
    names = ", ".join(span.file.path for span in unit.work.spans[:3])
    return f"{names}: changed while it was audited; run the audit again"


def _joined(held: Sequence[Grams]) -> Grams:
    one = len(held) == 1
    rows, lengths, hashes = (
        each[0] if one else np.concatenate(each) for each in zip(*held, strict=True)
    )
    return rows, np.concatenate([[0], np.cumsum(lengths)]), hashes


# --- Nodes -------------------------------------------------------------------------------------

NODES = pa.schema(
    [
        pa.field("d", pa.int64()),
        *(SKETCHES.schema.field(name) for name in NODE_COLUMNS),
        pa.field("grams", pa.list_(pa.uint64())),
    ]
)
"""Documents that copies or candidates connect, with their distinct n-gram hashes."""


def node_table(documents: Numbers, sketches: pa.Table, grams: Grams) -> pa.Table:
    """`NODES` of some documents of a unit, from its sketches (`NODE_COLUMNS`)."""
    rows, offsets, hashes = grams
    lists = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(hashes))
    chosen = sketches.select(list(NODE_COLUMNS)).take(pa.array(rows)).columns
    return pa.Table.from_arrays([pa.array(documents[rows]), *chosen, lists], schema=NODES)


def without_grams(rows: Numbers) -> Grams:
    """Rows of documents that have copies only, which nobody compares."""
    return rows, np.zeros(len(rows) + 1, np.int64), np.empty(0, np.uint64)


def nodes_of(tables: Sequence[pa.Table], folder: str) -> tuple[duplicates.Nodes, pa.Table]:
    """The nodes of `NODES` tables, and their rows in the same order.

    More than `MAPPED_BYTES` of n-gram hashes are put into a file in `folder`.
    """
    grams, lengths, ends = joined_grams(tables, folder)
    rows = pa.concat_tables([table.drop_columns("grams") for table in tables])
    order = np.argsort(rows.column("d").to_numpy())
    rows = rows.take(pa.array(order)).combine_chunks()
    return (
        duplicates.Nodes(
            rows.column("d").to_numpy(),
            rows.column("bytes").to_numpy(),
            rows.column("shingles").to_numpy().astype(np.int64),
            duplicates.hashes_of(rows.column("raw_hash")),
            (ends - lengths)[order],
            ends[order],
            grams,
        ),
        rows,
    )


def joined_grams(
    tables: Sequence[pa.Table], folder: str
) -> tuple[NDArray[np.uint64], Numbers, Numbers]:
    """The lists of the columns ``grams`` of tables as one array, and how long each is and where it
    ends. More than `MAPPED_BYTES` are put into a file in `folder`."""
    lists = [chunk for table in tables for chunk in table.column("grams").chunks]
    lengths = np.concatenate([np.diff(chunk.offsets.to_numpy()) for chunk in lists])
    ends = np.cumsum(lengths).astype(np.int64)
    if len(lists) == 1:
        return lists[0].flatten().to_numpy(), lengths, ends
    total = int(lengths.sum())
    grams: NDArray[np.uint64]
    if total * 8 > MAPPED_BYTES:
        grams = np.memmap(os.path.join(folder, "grams"), np.uint64, "w+", shape=(total,))
    else:
        grams = np.empty(total, np.uint64)
    at = 0
    for chunk in lists:
        values = chunk.flatten().to_numpy()
        grams[at : at + len(values)] = values
        at += len(values)
    return grams, lengths, ends


# --- Tables ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClusterTables:
    """The tables of whole clusters.

    threshold  least similarity to the kept document of what may be removed
    named      sources that have rows of their own
    parts      into which tables of documents are cut
    """

    threshold: float
    named: frozenset[str]
    parts: int

    def of(self, rows: pa.Table, found: duplicates.Clusters, candidates: int) -> Iterator[Part]:
        """All tables of some clusters of the nodes that `rows` (`nodes_of`) are of; those of
        documents some `SLICE` rows at a time."""
        steps = {
            "candidate_pairs": candidates,
            "compared_pairs": found.compared,
            "near_edges": int((found.edges.kind == 2).sum()),
            "clusters": int((found.kind == -1).sum()),
        }
        yield (WORK.name, 0), WORK.table([list(steps), list(steps.values())])
        count = len(found.members)
        size = rows.column("bytes").to_numpy()[found.members]
        removable = (found.kind >= 0) & (found.similarity >= self.threshold)
        for begin in range(0, count, SLICE):
            yield from self._documents(rows, found, removable, slice(begin, begin + SLICE))
        for begin in range(0, len(found.edges.first), SLICE):
            some = slice(begin, begin + SLICE)
            yield from _cut(PAIRS, _pair_table(rows, found.edges, some), self.parts)
        yield from _cut(OVERLAP, self._overlap(rows, found, size))
        yield from _cut(SIZES, sizes(found, size, removable))
        yield from _cut(LARGEST, largest(found, rows, removable, self.threshold))

    def _documents(
        self,
        rows: pa.Table,
        found: duplicates.Clusters,
        removable: NDArray[np.bool_],
        some: slice,
    ) -> Iterator[Part]:
        kind = found.kind[some]
        members = rows.take(pa.array(found.members[some]))
        kept = rows.select(["file", "position"]).take(pa.array(found.keep[some]))
        alike = pa.array([*KINDS, None], pa.string()).take(pa.array(kind % 4))
        listed = DUPLICATES.table(
            [
                *(members.column(name).combine_chunks() for name in DUPLICATES.schema.names[:6]),
                *(column.combine_chunks() for column in kept.columns),
                found.size[some],
                kind == -1,
                alike,
                found.similarity[some],
                removable[some],
            ]
        )
        yield from _cut(DUPLICATES, listed, self.parts)
        source, language = self._folded(listed.column("source")), listed.column("language")
        size = listed.column("bytes").to_numpy()
        yield from _cut(SUMMARY, self._summary(source, listed, kind))
        yield from _cut(CLUSTER_KINDS, kinds(kind, source, language, size, removable[some]))

    def _folded(self, sources: pa.ChunkedArray) -> pa.ChunkedArray:
        keep = pc.is_in(sources, pa.array(sorted(self.named), pa.string()))
        return pc.if_else(keep, sources, pa.scalar(OTHER))

    def _summary(
        self, source: pa.ChunkedArray, listed: pa.Table, kind: NDArray[np.int8]
    ) -> pa.Table:
        size = listed.column("bytes").to_numpy()
        similarity = listed.column("similarity_to_keep").to_numpy()
        masks: list[NDArray[np.bool_] | None] = [np.zeros(len(size), np.bool_)]
        masks += [np.ones(len(size), np.bool_), listed.column("removable").to_numpy()]
        for level in LEVELS:
            reached = (kind >= 0) & (similarity >= level)
            masks.append(reached if level >= self.threshold else None)
        masks.append((kind == 0) | (kind == 1))
        columns = [source, listed.column("language")]
        for mask in masks:
            if mask is None:
                columns += [pa.nulls(len(size), pa.int64())] * 2
            else:
                columns += [pa.array(mask.astype(np.int64)), pa.array(mask * size)]
        table = pa.Table.from_arrays(columns, names=SUMMARY.schema.names).cast(SUMMARY.schema)
        return additive.merge(SUMMARY, [table])

    def _overlap(
        self, rows: pa.Table, found: duplicates.Clusters, size: NDArray[np.int64]
    ) -> pa.Table:
        coded = self._folded(rows.column("source")).combine_chunks().dictionary_encode()
        names = coded.dictionary
        sources = coded.indices.to_numpy()[found.members].astype(np.int64)
        total = np.concatenate(
            [
                duplicates.overlap(groups, sources, size, len(names))
                for groups in (found.keep, found.text)
            ],
            axis=2,
        )
        a, b = np.nonzero(total[:, :, 0])
        columns = [names.take(pa.array(a)), names.take(pa.array(b)), *total[a, b].T]
        return OVERLAP.table(columns)


def _cut(spec: TableSpec, table: pa.Table, parts: int = 1) -> Iterator[Part]:
    for part, some in additive.shards(spec, table, parts).items():
        yield (spec.name, part), some


def _pair_table(rows: pa.Table, edges: duplicates.Edges, some: slice) -> pa.Table:
    kind, shared, union = edges.kind[some], edges.intersection[some], edges.union[some]
    places = ["file", "position"]
    ends = [rows.select(places).take(pa.array(end[some])) for end in (edges.first, edges.second)]
    return PAIRS.table(
        [
            *(column.combine_chunks() for end in ends for column in end.columns),
            pa.array(KINDS, pa.string()).take(pa.array(kind)),
            shared,
            union,
            np.where(kind == 2, shared / np.maximum(union, 1), 1.0),
        ]
    )
