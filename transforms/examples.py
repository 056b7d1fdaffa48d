"""Examples: a few passages for each thing counted, chosen by hash so that order does not matter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, scan_kernels
from corpus_assay.transforms.additive import TableSpec, key
from corpus_assay.transforms.corpus import ROLE_NAMES
from corpus_assay.transforms.matching import Matches
from corpus_assay.transforms.tokens import TokenBatch

KEEP = 3
"""Examples kept for each key."""
REACH = 60
"""Characters of context on each side."""

EXAMPLES = TableSpec(
    "examples",
    (key("measure"), key("language"), key("key")),
    (
        pa.field("rank", pa.uint64()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("role", pa.string()),
        pa.field("before", pa.string()),
        pa.field("match", pa.string()),
        pa.field("after", pa.string()),
    ),
    merge="smallest",
    keep=KEEP,
)
"""Passages around the first match of a key in a document, of the `KEEP` documents with the
smallest ``rank`` (a hash of the document's identity and the key). Raw text until it is written."""


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of SplitMix64 (Steele et al. 2014): a bijection that spreads every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class Keys:
    """The keys of a measure's examples: ``texts[entry]``, with a hash of each.

    The text is hashed and not the entry's number, which would change with the other entries.
    """

    def __init__(self, texts: pa.StringArray) -> None:
        self.texts = texts
        self.hashes = np.empty(len(texts), np.uint64)
        _, offsets, data = texts.buffers()
        kernels.hash_bytes(
            np.frombuffer(data or b"", np.uint8),
            np.frombuffer(offsets or bytes(4), np.int32)[texts.offset :],
            self.hashes,
        )


def document_hashes(batch: TokenBatch) -> NDArray[np.uint64]:
    """A hash of each document's identity; with that of a key it gives an example's rank."""
    file = batch.documents.column("file").to_numpy().astype(np.uint64)
    position = batch.documents.column("position").to_numpy().astype(np.uint64)
    return mixed(position + (file << np.uint64(44)))


def example_rows(batch: TokenBatch, found: Matches, keys: Keys, measure: str) -> pa.Table:
    """Rows of `EXAMPLES` for the matches of one measure."""
    texts = keys.texts
    match, rank = _chosen(batch, found, keys)
    documents, entries = batch.part_document[found.parts[match]], found.entries[match]
    parts = found.parts[match]
    starts = batch.starts[found.firsts[match]]
    ends = batch.ends[found.lasts[match]]
    bounds = np.empty((len(match), 2), np.int64)
    kernels.windows(
        batch.data,
        batch.part_offsets[parts],
        batch.part_offsets[parts + 1],
        starts,
        ends,
        REACH,
        bounds,
    )
    names = pa.array(batch.languages[0], pa.string())
    return EXAMPLES.table(
        [
            pa.array([measure] * len(match), pa.string()),
            names.take(pa.array(batch.languages[1][documents])),
            texts.take(pa.array(entries)),
            rank,
            batch.documents.column("file").take(pa.array(documents)),
            batch.documents.column("position").take(pa.array(documents)),
            pa.array(ROLE_NAMES).take(pa.array(batch.part_role[parts])),
            strings(batch.data, bounds[:, 0], starts),
            strings(batch.data, starts, ends),
            strings(batch.data, ends, bounds[:, 1]),
        ]
    )


def _chosen(
    batch: TokenBatch, found: Matches, keys: Keys
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Positions of the matches that can be examples, at most `KEEP` of a language and entry, and
    the rank of each."""
    documents = batch.part_document[found.parts]
    language = batch.languages[1][documents].astype(np.int64)
    numbers = np.empty(len(found), np.int32)
    count = len(scan_kernels.number_keys(language * len(keys.texts) + found.entries, numbers))
    last = np.full(count, -1, np.int32)
    ranks, places = np.empty((count, KEEP), np.uint64), np.full((count, KEEP), -1, np.int64)
    hashes = document_hashes(batch)
    scan_kernels.smallest(
        numbers, documents, found.entries, hashes, keys.hashes, last, ranks, places
    )
    return places[places >= 0], ranks[places >= 0]


def strings(
    data: NDArray[np.uint8], starts: NDArray[np.integer], ends: NDArray[np.integer]
) -> pa.Array:
    """Byte ranges of UTF-8 as a string array of less than 2 GB; they must cut no character."""
    starts, ends = starts.astype(np.int64), ends.astype(np.int64)
    offsets = np.empty(len(starts) + 1, np.int64)
    out = np.empty(int((ends - starts).sum()), np.uint8)
    kernels.gather(data, starts, ends, offsets, out)
    return pa.StringArray.from_buffers(
        len(starts), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(out)
    )
