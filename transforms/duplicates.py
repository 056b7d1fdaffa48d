"""Duplicates: documents that are the same text, or nearly, found by sketches and verified exactly.

The first look at the texts makes a sketch of every document (`analyzer`). What happens between
documents are the pure functions below, which `pipelines.duplicates_on_beam` runs on Beam:

1. `copies`: documents of equal normalised text; one of them, the *representative*, goes on.
2. `bands_of`, `candidates`: representatives that agree in a whole band of their sketches.
3. `grams`: n-gram hashes of the documents that have a candidate, from their text, read again.
4. `clusters`: candidates whose exact Jaccard reaches the threshold are edges; connected documents
   are a cluster; the longest document, then the first, is kept; every other one is compared with
   it, exactly.

**Normalised text**: the words of all parts of a document in order, folded as the tokeniser folds
them (NFC and full case folding, by language), with nothing between them. White space, punctuation
and case do not tell texts apart. A document without words is equal to the very same bytes only.
Documents without text are nobody's duplicates.

**n-grams** are of words, of characters where scripts have no spaces between words, and run over
the parts of a document as if they were one text. A document of fewer than n words has none: only
its exact copies are found.

**Numbers of documents**: here a document is an int64 whose order is that of (file, position).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import minhash
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.components import components
from corpus_assay.transforms.tokens import TokenBatch

RECALL = 0.99
"""Share of the pairs just at the threshold that a banding must find to be chosen."""

PERMUTATIONS = 112
"""Values of a signature, at most, where the user names no number."""

SMALL_BUCKET = 32
"""Documents up to which all pairs of a bucket are candidates."""

NEAR = 4
"""In larger buckets, documents that each one is paired with in each of four orders."""

IDENTICAL, EXACT, NEAR_COPY = "identical", "exact", "near"
"""How two documents are alike: the same bytes, the same normalised text, similar n-grams."""

LEVELS = (0.7, 0.8, 0.9)
"""Similarities to the kept document at which the summary counts what could be removed."""


@dataclass(frozen=True)
class DuplicateOptions:
    """How duplicates are looked for; small, hashable and picklable.

    threshold     least Jaccard similarity of near-duplicates
    ngram         words of an n-gram
    permutations  values of a signature, and of a sketch at most; None for bands × rows of the best
                  banding
    bands, rows   None for the most rows, and so the fewest candidates, with which `RECALL` of the
                  pairs at the threshold share a bucket
    seed          of the permutations, and of the hashes that sketches are made with
    signatures    whether the audit keeps every document's signature
    reference     folder of an earlier audit, whose signatures are compared with these
    reference_text  inputs of that audit, with which what signatures find is compared exactly

    Raises `ValueError` where they do not fit together; the message names the option.
    """

    threshold: float = 0.8
    ngram: int = 5
    permutations: int | None = None
    bands: int | None = None
    rows: int | None = None
    seed: int = 1
    signatures: bool = False
    reference: str | None = None
    reference_text: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.1 <= self.threshold <= 1:
            raise ValueError(f"--duplicates-threshold is {self.threshold}, not from 0.1 to 1")
        if not 1 <= self.ngram <= 100:
            raise ValueError(f"--ngram is {self.ngram}, not from 1 to 100")
        if not 0 <= self.seed < 1 << 32:
            raise ValueError(f"--seed is {self.seed}, not from 0 to 4294967295")
        for name in ("permutations", "bands", "rows"):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= 1024:
                raise ValueError(f"--{name} is {value}, not from 1 to 1024")
        if self.reference_text and self.reference is None:
            raise ValueError("--reference-text goes with --reference, the audit of that text")
        bands, rows = self.banding
        if bands * rows > self.size:
            raise ValueError(
                f"{bands} bands of {rows} rows need {bands * rows} permutations, not {self.size}: "
                "leave --permutations out, or give fewer --bands or --rows"
            )

    @cached_property
    def banding(self) -> tuple[int, int]:
        """Bands and rows."""
        size = self.permutations or PERMUTATIONS
        if self.bands and self.rows:
            return self.bands, self.rows
        if self.rows:
            return max(size // self.rows, 1), self.rows
        if self.bands:
            return self.bands, max(size // self.bands, 1)
        rows = max(
            (r for r in range(2, size + 1) if recall(self.threshold, size // r, r) >= RECALL),
            default=1,
        )
        return size // rows, rows

    @property
    def size(self) -> int:
        """Values of a signature."""
        bands, rows = self.banding
        return self.permutations or bands * rows

    @property
    def signed(self) -> bool:
        """Whether signatures are made at all: they are kept, or compared with kept ones."""
        return self.signatures or self.reference is not None


def recall(jaccard: float, bands: int, rows: int) -> float:
    """Probability that two documents of a similarity share a bucket: 1 - (1 - Jʳ)ᵇ (Leskovec,
    Rajaraman, Ullman: Mining of Massive Datasets, section 3.4)."""
    return 1.0 - (1.0 - jaccard**rows) ** bands


NORMALISATION = "words of all parts, NFC and case folded by language, nothing between them"


def described(options: DuplicateOptions) -> dict[str, int | float | str]:
    """What another tool needs to know to use the signatures, and how pairs were found."""
    bands, rows = options.banding
    return {
        "threshold": options.threshold,
        "ngram": options.ngram,
        "sketch": minhash.SKETCH,
        "scheme": minhash.SCHEME,
        "permutations": options.size,
        "seed": options.seed,
        "bands": bands,
        "rows": rows,
        "recall_at_threshold": round(recall(options.threshold, bands, rows), 4),
        "normalisation": NORMALISATION,
        **({"reference_compared": True} if options.reference_text else {}),
    }


_HASH = pa.binary(16)

SKETCHES = TableSpec(
    "sketches",
    (key("file", pa.int32()), key("position", pa.int64())),
    (
        pa.field("id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("language", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("shingles", pa.int32()),
        pa.field("text_hash", _HASH),
        pa.field("raw_hash", _HASH),
        pa.field("signature", pa.binary()),
        pa.field("buckets", pa.binary()),
    ),
    merge="union",
    hidden=True,
    aside=True,
)
"""What the first look notes of each document; it stays with its unit of work. ``signature`` holds
the MinHash values (little-endian uint32), null where none are asked for; ``buckets`` the keys of
the bands of its sketch, then its marks (little-endian uint64; `minhash.buckets`). Both are null for
a document without n-grams."""

NODE_COLUMNS = tuple(SKETCHES.schema.names[:-2])
"""Columns of `SKETCHES` that go on with a document that has a candidate or a copy."""

SIGNATURES = TableSpec(
    "signatures", SKETCHES.keys, SKETCHES.measures[:-1], merge="union", grows=True
)
"""The same without buckets, as the audit keeps it where it is asked to (about 480 bytes a
document)."""

PAIRS = TableSpec(
    "duplicate_pairs",
    (
        key("file_a", pa.int32()),
        key("position_a", pa.int64()),
        key("file_b", pa.int32()),
        key("position_b", pa.int64()),
    ),
    (
        pa.field("kind", pa.string()),
        *counts("intersection", "union"),
        pa.field("jaccard", pa.float64()),
    ),
    merge="union",
    grows=True,
)
"""Edges that make the clusters: enough of them to connect each, not all its pairs. ``intersection``
and ``union`` count distinct n-grams; a pair of kind ``identical`` or ``exact`` has ``jaccard`` 1
also where there are none."""

DUPLICATES = TableSpec(
    "duplicates",
    (key("file", pa.int32()), key("position", pa.int64())),
    (
        pa.field("id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("language", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("cluster_file", pa.int32()),
        pa.field("cluster_position", pa.int64()),
        pa.field("cluster_size", pa.int64()),
        pa.field("keep", pa.bool_()),
        pa.field("kind", pa.string()),
        pa.field("similarity_to_keep", pa.float64()),
        pa.field("removable", pa.bool_()),
    ),
    merge="union",
    grows=True,
)
"""Documents in clusters. A cluster is named by the document it keeps; ``kind`` says how a document
is like that one, null for itself. In a chain the ends may be unlike: only what is at least as
similar to the kept document as the threshold is ``removable``."""

_REMOVABLE = tuple(f"removable_{what}_{round(100 * level)}" for level in LEVELS
                   for what in ("documents", "bytes"))  # fmt: skip

SUMMARY = TableSpec(
    "duplicate_summary",
    (key("source"), key("language")),
    counts(
        "documents",
        "bytes",
        "clustered_documents",
        "clustered_bytes",
        "removable_documents",
        "removable_bytes",
        *_REMOVABLE,
        "removable_documents_exact",
        "removable_bytes_exact",
    ),
)
"""Documents and bytes: all, those in clusters, the removable ones, and those that would be at other
thresholds, with the same clusters and kept documents: at a higher one, a run of its own would find
smaller clusters and keep more. Null below the threshold of the run."""

OVERLAP = TableSpec(
    "overlap",
    (key("source_a"), key("source_b")),
    counts("documents", "bytes", "exact_documents", "exact_bytes"),
)
"""Documents of source a in a cluster with a document of source b (another one where a is b), and
those with a document of b of the same normalised text."""

WORK = TableSpec("duplicate_work", (key("step"),), counts("amount"))
"""What the search did, step by step: documents, pairs, n-gram bytes moved, buckets cut short."""

REFERENCE = TableSpec(
    "reference_matches",
    (key("file", pa.int32()), key("position", pa.int64())),
    (
        pa.field("id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("language", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("kind", pa.string()),
        pa.field("reference_file", pa.int32()),
        pa.field("reference_position", pa.int64()),
        pa.field("reference_id", pa.string()),
        pa.field("estimate", pa.float64()),
        pa.field("standard_error", pa.float64()),
    ),
    merge="union",
    grows=True,
)
"""Documents that an earlier audit's corpus holds too, each with its best partner there. Of kind
``exact`` the normalised text is the same; of kind ``near`` the similarity is *estimated* from
signatures, with a standard error, or, where the earlier text was given too, it is the exact Jaccard
similarity of the n-grams, with a standard error of 0."""

TABLES = (SKETCHES, SIGNATURES, PAIRS, DUPLICATES, SUMMARY, OVERLAP, WORK, REFERENCE)


def edges_of(batch: TokenBatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the words, and the bytes, of each document begin and end (int64[documents + 1])."""
    offsets = batch.documents.column("parts").offsets.to_numpy()
    parts = offsets - offsets[0]
    if not len(batch.part_document):
        nothing = np.zeros(len(parts), np.int64)
        return nothing, nothing
    return batch.token_offsets[parts], batch.part_offsets[parts].astype(np.int64)


def analyzer(options: DuplicateOptions) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """The map from a token batch to `SKETCHES`.

    Memory: the table, and 72 bytes a word of the longest document.
    """
    factors, summands = minhash.permutations(options.size, options.seed)
    number, rows = options.banding
    rounds = minhash.round_factors(number * rows, options.seed)

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        count = len(batch.documents)
        words, edges = batch.hashes, edges_of(batch)
        shingles = np.empty(count, np.int32)
        keys = np.empty((count, number + 1), np.uint64)
        minhash.buckets(words, edges[0], options.ngram, rounds, rows, shingles, keys)
        signatures: pa.Array = pa.nulls(count, pa.binary())
        if options.signed:
            values = np.empty((count, options.size), np.uint32)
            minhash.sketch(words, edges[0], options.ngram, factors, summands, shingles, values)
            signatures = _rows(values, shingles > 0)
        raw, folded = np.empty((count, 2), np.uint64), np.empty((count, 2), np.uint64)
        minhash.text_hashes(batch.data, edges[1], words, edges[0], raw, folded)
        documents = batch.documents
        copied = [documents.column(name) for name in SKETCHES.schema.names[:5]]
        columns = [*copied, np.diff(edges[1]), shingles, _hashes(folded), _hashes(raw), signatures]
        return {SKETCHES.name: SKETCHES.table([*columns, _rows(keys, shingles > 0)])}

    return analyze


def _hashes(rows: NDArray[np.uint64]) -> pa.FixedSizeBinaryArray:
    return pa.FixedSizeBinaryArray.from_buffers(_HASH, len(rows), [None, pa.py_buffer(rows)])


def hashes_of(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    """A column of 128-bit hashes as uint64[n, 2]."""
    whole = pa.concat_arrays([pa.array([], _HASH), *column.chunks])
    content = np.frombuffer(whole.buffers()[1] or b"", np.uint64)
    return content[2 * whole.offset : 2 * (whole.offset + len(whole))].reshape(-1, 2)


def _rows(values: NDArray[np.unsignedinteger[Any]], some: NDArray[np.bool_]) -> pa.BinaryArray:
    """Rows of a matrix as bytes, null where they are not among `some`."""
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(some * np.int32(values.shape[1] * values.itemsize), out=offsets[1:])
    mask = np.packbits(some, bitorder="little")
    held = values if some.all() else values[some]
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(values), [pa.py_buffer(mask), pa.py_buffer(offsets), pa.py_buffer(held)]
    )


def _content(column: pa.BinaryArray) -> NDArray[np.uint8]:
    """The bytes of a column's rows, one after the other."""
    _, offset_buffer, content = column.buffers()
    if offset_buffer is None or content is None:
        return np.empty(0, np.uint8)
    offsets = np.frombuffer(offset_buffer, np.int32)[column.offset :][: len(column) + 1]
    return np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]]


def values_of(column: pa.BinaryArray, size: int) -> NDArray[np.uint32]:
    """The signatures of a column that are there, uint32[rows that are not null, `size`]."""
    return _content(column).view(np.uint32).reshape(-1, size)


def buckets_of(column: pa.BinaryArray, options: DuplicateOptions) -> NDArray[np.uint64]:
    """The buckets of a column that are there, uint64[rows that are not null, bands + 1]."""
    return _content(column).view(np.uint64).reshape(-1, options.banding[0] + 1)


# --- Between documents -------------------------------------------------------------------------

Numbers = NDArray[np.int64]


class Copies(NamedTuple):
    """Documents (int64) with the same normalised text as their representative (int64)."""

    documents: Numbers
    representatives: Numbers
    identical: NDArray[np.bool_]


def copies(
    documents: Numbers,
    folded: NDArray[np.uint64],
    raw: NDArray[np.uint64],
    size: Numbers,
) -> Copies:
    """The documents of equal text, without their representatives: the longest, then the first.

    Args:
        documents: int64[n].
        folded: uint64[n, 2], hash of the normalised text.
        raw: uint64[n, 2], hash of the bytes.
        size: int64[n], bytes. Documents of none are left out.
    """
    some = np.empty(len(documents), np.bool_)
    minhash.repeated(np.ascontiguousarray(folded[:, 0]), some)
    chosen = np.flatnonzero(some & (size > 0))
    order = chosen[
        np.lexsort((documents[chosen], -size[chosen], folded[chosen, 1], folded[chosen, 0]))
    ]
    same = np.zeros(len(order), np.bool_)
    same[1:] = (folded[order[1:]] == folded[order[:-1]]).all(axis=1)
    begins = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    first = order[begins[same]] if len(order) else order
    others = order[same]
    return Copies(documents[others], documents[first], (raw[others] == raw[first]).all(axis=1))


class Bands(NamedTuple):
    """Rows of band tables: key of a bucket (uint64), document (int64), marks (uint64)."""

    keys: NDArray[np.uint64]
    documents: Numbers
    marks: NDArray[np.uint64]


def bands(documents: Numbers, values: NDArray[np.uint32], options: DuplicateOptions) -> Bands:
    """The buckets of each document with a signature (uint32[n, permutations]), by its signature."""
    number, rows = options.banding
    keys = np.empty((len(documents), number + 1), np.uint64)
    minhash.band_keys(values, rows, keys)
    return bands_of(documents, keys)


def bands_of(documents: Numbers, keys: NDArray[np.uint64]) -> Bands:
    """The buckets of documents as rows, from ``keys`` (uint64[n, bands + 1], the last the marks)"""
    number = keys.shape[1] - 1
    return Bands(
        np.ascontiguousarray(keys[:, :number]).reshape(-1),
        np.repeat(documents, number),
        np.repeat(keys[:, number], number),
    )


class Candidates(NamedTuple):
    """Pairs to compare (int64, first < second; a pair comes once for each bucket), and what was cut
    short: buckets over `SMALL_BUCKET`, and the places of documents in them."""

    first: Numbers
    second: Numbers
    buckets: int
    crowded: int


def candidates(table: Bands) -> Candidates:
    """Pairs of documents that share a bucket; see `minhash.bucket_pairs` for large ones."""
    some = np.empty(len(table.keys), np.bool_)
    minhash.repeated(table.keys, some)
    keys, documents, marks = table.keys[some], table.documents[some], table.marks[some]
    order = np.lexsort((documents, keys))
    keys, documents, marks = keys[order], documents[order], marks[order]
    room = minhash.count_pairs(keys, SMALL_BUCKET, NEAR)
    first, second = np.empty(room, np.int64), np.empty(room, np.int64)
    found, buckets, crowded = minhash.bucket_pairs(
        keys, documents, marks, SMALL_BUCKET, NEAR, first, second
    )
    return Candidates(first[:found], second[:found], buckets, crowded)


def distinct_pairs(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """Every pair once, ascending."""
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    new = np.ones(len(first), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return first[new], second[new]


def grams(batch: TokenBatch, options: DuplicateOptions) -> tuple[Numbers, NDArray[np.uint64]]:
    """Distinct n-gram hashes of every document: offsets (int64[documents + 1]) and hashes."""
    edges, _ = edges_of(batch)
    offsets = np.empty(len(edges), np.int64)
    out = np.empty(int(edges[-1] - edges[0]), np.uint64)
    found = minhash.distinct_grams(batch.hashes, edges, options.ngram, offsets, out)
    return offsets, out[:found]


class Nodes(NamedTuple):
    """Documents that copies or candidates connect, ascending.

    documents  int64[n]
    size       int64[n], bytes
    shingles   int64[n], distinct n-grams
    raw        uint64[n, 2]
    begins     int64[n], where its distinct n-gram hashes begin
    ends       int64[n], where they end; at once for a document that has copies only
    grams      uint64, distinct n-gram hashes
    """

    documents: Numbers
    size: Numbers
    shingles: Numbers
    raw: NDArray[np.uint64]
    begins: Numbers
    ends: Numbers
    grams: NDArray[np.uint64]


class Edges(NamedTuple):
    """Places of two nodes (first < second), `KINDS` index, and n-grams they share and have."""

    first: Numbers
    second: Numbers
    kind: NDArray[np.int8]
    intersection: Numbers
    union: Numbers


KINDS = (IDENTICAL, EXACT, NEAR_COPY)


class Clusters(NamedTuple):
    """Clusters of nodes.

    members     int64, places of the nodes that are in a cluster, ascending
    keep        int64, place of the node that the cluster of each member keeps
    size        int64, documents of its cluster
    kind        int8, how it is like the kept one (`KINDS`); -1 for itself
    similarity  float64, exact Jaccard with the kept one; 1 for copies
    text        int64, place of the representative: equal for members of equal text
    edges       what connects them
    compared    pairs whose n-grams were compared to find the edges
    """

    members: Numbers
    keep: Numbers
    size: Numbers
    kind: NDArray[np.int8]
    similarity: NDArray[np.float64]
    text: Numbers
    edges: Edges
    compared: int


def clusters(
    nodes: Nodes, same: Copies, first: Numbers, second: Numbers, threshold: float
) -> Clusters:
    """Connected components of the copies and of the candidates that reach the threshold.

    Args:
        nodes: every document of the pairs and copies.
        same: the copies among them.
        first, second: candidate pairs (int64 documents, each once, ascending).
        threshold: least exact Jaccard of an edge.

    All nodes of a component must be here; what else is here makes no difference.
    """
    count = len(nodes.documents)
    text = np.arange(count)
    copied = np.searchsorted(nodes.documents, same.documents)
    text[copied] = np.searchsorted(nodes.documents, same.representatives)
    parents = np.arange(count)
    pairs = [np.searchsorted(nodes.documents, ends) for ends in (first, second)]
    found = np.empty((len(first), 4), np.int64)
    joined, compared = minhash.verify(
        *pairs, nodes.begins, nodes.ends, nodes.grams, threshold, parents, found
    )
    found = found[:joined]
    edges = _edges(nodes, text, copied, same.identical, found)
    root = components(edges.first, edges.second, count)
    sizes = np.bincount(root, minlength=count)
    members = np.flatnonzero(sizes[root] > 1)

    order = members[np.lexsort((members, -nodes.size[members], root[members]))]
    starts = np.flatnonzero(np.diff(root[order], prepend=-1))
    keep_of_root = np.empty(count, np.int64)
    keep_of_root[root[order[starts]]] = order[starts]
    keep = keep_of_root[root[members]]

    similarity = _similarity(nodes, text[members], keep, found)
    alike = text[members] == text[keep]
    similarity[alike] = 1.0
    identical = (nodes.raw[members] == nodes.raw[keep]).all(axis=1)
    kind = np.where(alike, np.where(identical, 0, 1), 2).astype(np.int8)
    kind[members == keep] = -1
    return Clusters(
        members, keep, sizes[root[members]], kind, similarity, text[members], edges, compared
    )


def _edges(
    nodes: Nodes,
    text: Numbers,
    copied: Numbers,
    identical: NDArray[np.bool_],
    found: Numbers,
) -> Edges:
    """Copies with their representatives, then the verified pairs."""
    ends = np.stack([copied, text[copied]])
    shingles = nodes.shingles[copied]
    kind = np.where(identical, 0, 1)
    return Edges(
        np.concatenate([ends.min(axis=0), found[:, 0]]),
        np.concatenate([ends.max(axis=0), found[:, 1]]),
        np.concatenate([kind, np.full(len(found), 2)]).astype(np.int8),
        np.concatenate([shingles, found[:, 2]]),
        np.concatenate([shingles, found[:, 3]]),
    )


def _similarity(
    nodes: Nodes, text: Numbers, keep: Numbers, compared: Numbers
) -> NDArray[np.float64]:
    """Exact Jaccard of each text with the one that is kept; `compared` has the rows of `verify`,
    which need not be compared again."""
    count = len(nodes.documents)
    kept, other = np.divmod(np.unique(keep * count + text), max(count, 1))
    apart = kept != other
    kept, other = kept[apart], other[apart]
    shared = np.full(len(kept), -1, np.int64)
    known = np.sort(compared[:, :2], axis=1) @ np.array([count, 1])
    order = np.argsort(known)
    asked = np.minimum(kept, other) * count + np.maximum(kept, other)
    if len(known):
        at = order[np.minimum(np.searchsorted(known, asked, sorter=order), len(known) - 1)]
        met = known[at] == asked
        shared[met] = compared[at[met], 2]
    rest = np.flatnonzero(shared < 0)
    missing = np.empty(len(rest), np.int64)
    minhash.shared_grams(kept[rest], other[rest], nodes.begins, nodes.ends, nodes.grams, missing)
    shared[rest] = missing
    length = nodes.ends - nodes.begins
    union = length[kept] + length[other] - shared
    # A text has one kept document, so it names the pair.
    of_text = np.ones(count)
    of_text[other] = shared / np.maximum(union, 1)
    return of_text[text]


def overlap(groups: Numbers, sources: Numbers, size: Numbers, count: int) -> NDArray[np.int64]:
    """Documents and bytes of each source that share a group with each source.

    Args:
        groups: int64[n], cluster (or text) of each document; places, from 0.
        sources: int64[n], number of its source, below `count`.
        size: int64[n], its bytes.
        count: sources.

    Returns:
        int64[count, count, 2]: 16 MB for 1,000 sources.
    """
    cells, places = np.unique(groups * count + sources, return_inverse=True)
    places = places.reshape(-1)
    total = np.zeros((count, count, 2), np.int64)
    documents = np.bincount(places, minlength=len(cells)).astype(np.int64)
    sizes = np.zeros(len(cells), np.int64)
    np.add.at(sizes, places, size)
    minhash.add_overlap(*np.divmod(cells, max(count, 1)), sizes, documents, total)
    return total
