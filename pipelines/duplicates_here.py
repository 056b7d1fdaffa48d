"""The search for duplicates in one process, for a corpus that one worker reads anyway.

A corpus that is one unit of work is read by one worker, who would send all it finds to itself:
for some ten thousand documents an engine costs more than the search. The steps are those of
`pipelines.duplicates_on_beam`, over the same pure functions, and the tables are the same byte for
byte.

Memory: the buckets of all documents are mapped from the staging folder; 40 bytes a document for
one band at a time, 48 bytes for each of at most `PAIRS` candidates, and the n-gram hashes of
documents with a candidate, which lie in a mapped temporary file beyond
`duplicate_tables.MAPPED_BYTES`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from corpus_assay.pipelines import steps, storage
from corpus_assay.pipelines.duplicate_tables import (
    ClusterTables,
    Part,
    ngram_hashes,
    node_table,
    nodes_of,
    parts_of,
    without_grams,
)
from corpus_assay.pipelines.exchange import Unit, Written, work_rows
from corpus_assay.transforms import additive, duplicates
from corpus_assay.transforms.duplicates import NODE_COLUMNS, WORK, Copies, Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus_assay.pipelines.config import AuditConfig

DOCUMENTS = 250_000
"""Documents up to which a corpus of one unit is searched here."""

PAIRS = 4_000_000
"""Pairs in buckets up to which this goes on; beyond (boilerplate), it is left to the engine."""


def search(
    unit: Unit, config: AuditConfig, named: frozenset[str], begun: Iterable[Written]
) -> bool:
    """Find duplicates among the documents of a unit and write their tables, added to what is
    `begun`. Nothing is written, and it gives False, where there are more than `PAIRS`."""
    sketches = unit.sketches(*NODE_COLUMNS, "buckets")
    documents = unit.documents(sketches)
    same = duplicates.copies(
        documents,
        duplicates.hashes_of(sketches.column("text_hash")),
        duplicates.hashes_of(sketches.column("raw_hash")),
        sketches.column("bytes").to_numpy(),
    )
    candidates = _candidates(sketches, documents, same, config.options.duplicates)
    if candidates is None:
        return False
    first, second, work = candidates
    written = list(begun)
    if len(documents):
        written.append(work_rows(copies=len(same.documents), **work))
    made: Iterable[Part] = ()
    if len(first) or len(same.documents):
        tables = ClusterTables(
            config.options.duplicates.threshold,
            named,
            parts_of(len(same.documents), work["pairs_in_buckets"]),
        )
        made = _clusters(unit, config, sketches, documents, same, (first, second), tables)
    write(written, config, made)
    return True


def _candidates(
    sketches: pa.Table,
    documents: Numbers,
    same: Copies,
    options: duplicates.DuplicateOptions,
) -> tuple[Numbers, Numbers, dict[str, int]] | None:
    """Candidate pairs and the work of finding them, a band at a time; None where it is too much."""
    wanted = sketches.column("shingles").to_numpy() > 0
    # Buckets are there for documents with n-grams only.
    place = np.cumsum(wanted) - 1
    wanted[np.searchsorted(documents, same.documents)] = False
    rows = np.flatnonzero(wanted)
    keys = _buckets(sketches.column("buckets"), options)[place[rows]]
    number = keys.shape[1] - 1
    found: list[duplicates.Candidates] = []
    for band in range(number):
        column = np.ascontiguousarray(keys[:, band])
        found.append(duplicates.candidates(duplicates.Bands(column, rows, keys[:, number])))
        if sum(len(each.first) for each in found) > PAIRS:
            return None
    first, second = (np.concatenate(ends) for ends in list(zip(*found, strict=True))[:2])
    first, second = duplicates.distinct_pairs(first, second)
    work = {
        "band_rows": len(rows) * number,
        "pairs_in_buckets": sum(len(each.first) for each in found),
        "large_buckets": sum(each.buckets for each in found),
        "documents_in_large_buckets": sum(each.crowded for each in found),
    }
    return documents[first], documents[second], work


def _buckets(column: pa.ChunkedArray, options: duplicates.DuplicateOptions) -> NDArray[np.uint64]:
    chunks = [duplicates.buckets_of(chunk, options) for chunk in column.chunks]
    nothing = np.empty((0, options.banding[0] + 1), np.uint64)
    return chunks[0] if len(chunks) == 1 else np.concatenate([nothing, *chunks])


def _clusters(
    unit: Unit,
    config: AuditConfig,
    sketches: pa.Table,
    documents: Numbers,
    same: Copies,
    pairs: tuple[Numbers, Numbers],
    tables: ClusterTables,
) -> Iterator[Part]:
    """Clusters of copies and candidates, as tables."""
    wanted = np.unique(np.concatenate(pairs))
    copied = np.unique(np.concatenate([same.documents, same.representatives]))
    rest = np.searchsorted(documents, np.setdiff1d(copied, wanted, assume_unique=True))
    parcels = [node_table(documents, sketches, without_grams(rest))]
    moved = 0
    for grams in ngram_hashes(unit, config, sketches, documents, wanted):
        parcels.append(node_table(documents, sketches, grams))
        moved += grams[2].nbytes
    with tempfile.TemporaryDirectory(prefix="corpus-assay-") as folder:
        nodes, rows = nodes_of(parcels, folder)
        del parcels
        found = duplicates.clusters(nodes, same, *pairs, tables.threshold)
        del nodes
    steps = {"documents_read_again": len(wanted), "ngram_bytes_moved": moved}
    yield (WORK.name, 0), WORK.table([list(steps), list(steps.values())])
    yield from tables.of(rows, found, len(pairs[0]))


def write(written: Iterable[Written], config: AuditConfig, made: Iterable[Part] = ()) -> None:
    """Merge tables, sent or just made, and write them."""
    tables: dict[tuple[str, int], list[pa.Table]] = {}
    for key, content in written:
        tables.setdefault(key, []).append(storage.table_of(content))
    for key, table in made:
        tables.setdefault(key, []).append(table)
    for (name, part), some in sorted(tables.items()):
        steps.write(config, name, part, additive.merge(config.specs[name], some))
