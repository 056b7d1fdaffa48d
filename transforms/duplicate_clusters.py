"""Clusters of duplicates as a reader sees them: how large they are, and the largest side by side.

Both tables are made where a cluster is whole; see `transforms.duplicates`.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms.additive import TableSpec, counts, key, merge

if TYPE_CHECKING:
    from corpus_assay.transforms.duplicates import Clusters

SHOWN = 6
"""Clusters shown of those with near-duplicates, and of those of copies only: the largest."""

EXCERPT = 600
"""Characters of each document that are kept."""

BEFORE = 90
"""Characters of these, at most, that stand before the first difference."""

GROUPS = ("near", "copies")

_NEAR = 2
"""Place of ``near`` in `duplicates.KINDS`."""

_SIDES = ("", "other_")

SIZES = TableSpec(
    "duplicate_sizes",
    (key("cluster_size", pa.int64()),),
    counts("clusters", "copies", "bytes", "removable_documents", "removable_bytes"),
)
"""Clusters by their number of documents, ``copies`` those of equal texts only; ``bytes`` are those
of all their documents. At most √(2n) rows for n documents in clusters."""

KINDS = TableSpec(
    "duplicate_kinds",
    (key("source"), key("language"), key("kind")),
    counts("documents", "bytes", "removable_documents", "removable_bytes"),
)
"""Documents in clusters by how they are like the kept one: ``kept`` itself, ``identical`` bytes,
``exact`` (the same normalised text) or ``near``."""

_SHOWN = (
    *(
        pa.field(side + name, kind)
        for side in _SIDES
        for name, kind in (("file", pa.int32()), ("position", pa.int64()))
    ),
    *counts("cluster_size", "sources", "removable_documents", "removable_bytes"),
    pa.field("kind", pa.string()),
    pa.field("similarity_to_keep", pa.float64()),
    pa.field("removable", pa.bool_()),
    *(
        pa.field(side + name, kind)
        for side in _SIDES
        for name, kind in (
            ("id", pa.string()),
            ("source", pa.string()),
            ("language", pa.string()),
            ("bytes", pa.int64()),
        )
    ),
)

LARGEST = TableSpec(
    "duplicate_largest",
    (key("clusters"),),
    (pa.field("rank", pa.uint64()), *_SHOWN, *counts("document", "other_document")),
    merge="smallest",
    keep=SHOWN,
    hidden=True,
)
"""`EXAMPLES` before their texts are read, with the numbers of their documents."""

EXAMPLES = TableSpec(
    "duplicate_examples",
    (key("clusters"), key("rank", pa.int64())),
    (*_SHOWN, pa.field("text", pa.string()), pa.field("other_text", pa.string())),
    merge="union",
)
"""The largest clusters by ``rank``, ``near`` (with a near-duplicate) or ``copies``: the kept
document and one *other*, which ``kind``, ``similarity_to_keep`` and ``removable`` are of: the least
like the kept one of those that are removable, or the most like it where none is. Raw texts until
they are written, from shortly before they differ; empty without excerpts."""

TABLES = (SIZES, KINDS, LARGEST, EXAMPLES)

_KINDS = ("identical", "exact", "near", "kept")
"""`duplicates.KINDS` in their order; the last is that of kind -1."""


def kinds(
    kind: NDArray[np.int8],
    source: pa.Array,
    language: pa.Array,
    size: NDArray[np.int64],
    removable: NDArray[np.bool_],
) -> pa.Table:
    """`KINDS` of some members of clusters; ``kind`` is that of `Clusters`."""
    rows = pa.table(
        {
            "source": source,
            "language": language,
            "kind": pa.array(_KINDS).take(pa.array(kind % len(_KINDS))),
            "documents": np.ones(len(size), np.int64),
            "bytes": size,
            "removable_documents": removable.astype(np.int64),
            "removable_bytes": removable * size,
        }
    )
    return merge(KINDS, [rows.cast(KINDS.schema)])


def sizes(found: Clusters, size: NDArray[np.int64], removable: NDArray[np.bool_]) -> pa.Table:
    """`SIZES` of whole clusters.

    Args:
        found: the clusters.
        size: int64[members], bytes of each document.
        removable: bool[members].
    """
    near = np.zeros(int(found.keep.max(initial=-1)) + 1, np.bool_)
    near[found.keep[found.kind == _NEAR]] = True
    numbers, place = np.unique(found.size, return_inverse=True)
    place = place.reshape(-1)
    sums = np.zeros((5, len(numbers)), np.int64)
    kept = found.kind < 0
    one = np.ones(len(place), np.int64)
    for row, chosen, values in (
        (0, kept, one),
        (1, kept & ~near[found.keep], one),
        (2, None, size),
        (3, removable, one),
        (4, removable, size),
    ):
        some = slice(None) if chosen is None else chosen
        np.add.at(sums[row], place[some], values[some])
    return SIZES.table([numbers, *sums])


def largest(
    found: Clusters, rows: pa.Table, removable: NDArray[np.bool_], threshold: float
) -> pa.Table:
    """`LARGEST` of whole clusters.

    Args:
        found: the clusters.
        rows: of each node its number (d), file, position, id, source, language and bytes.
        removable: bool[members].
        threshold: from which on a document is removable.
    """
    other = _others(found, threshold)
    kept = found.keep[other]
    inside = np.flatnonzero(np.isin(found.keep, kept))
    nodes = found.members[inside]
    size = rows.column("bytes").take(pa.array(nodes)).to_numpy()
    source = rows.column("source").take(pa.array(nodes)).combine_chunks().dictionary_encode()
    of_cluster = found.keep[inside]
    code = source.indices.to_numpy().astype(np.int64)
    sources = [len(np.unique(code[of_cluster == node])) for node in kept]
    gone = removable[inside]
    removed = [int((gone & (of_cluster == node)).sum()) for node in kept]
    freed = [int(size[gone & (of_cluster == node)].sum()) for node in kept]
    sides = [rows.take(pa.array(each)) for each in (kept, found.members[other])]
    kind = pa.array(_KINDS).take(pa.array(found.kind[other]))
    columns = [
        pa.array(GROUPS).take(pa.array(np.where(found.kind[other] == _NEAR, 0, 1))),
        ~found.size[other].astype(np.uint64),
        *(side.column(name) for side in sides for name in ("file", "position")),
        *(found.size[other], sources, removed, freed),
        *(kind, found.similarity[other], removable[other]),
        *(side.column(name) for side in sides for name in ("id", "source", "language", "bytes")),
        *(side.column("d") for side in sides),
    ]
    return LARGEST.table(
        [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    )


def _others(found: Clusters, threshold: float) -> NDArray[np.int64]:
    """Places in ``members`` of the documents to show beside the kept ones, `SHOWN` of each group
    at most."""
    others = np.flatnonzero(found.kind >= 0)
    similarity = found.similarity[others]
    reached = similarity >= threshold
    # Of removable documents the least alike, of others the most alike.
    unlike = np.where(reached, similarity, -similarity)
    kind = found.kind[others].astype(np.int64)
    order = np.lexsort((found.members[others], unlike, ~reached, -kind, found.keep[others]))
    others = others[order]
    others = others[np.flatnonzero(np.diff(found.keep[others], prepend=-1))]
    others = others[np.lexsort((found.keep[others], -found.size[others]))]
    near = found.kind[others] == _NEAR
    return np.concatenate([others[near][:SHOWN], others[~near][:SHOWN]])


def excerpts(first: str, second: str) -> tuple[str, str]:
    """Two texts in short, with white space as single spaces: from shortly before they differ, or
    from the start where they do not."""
    first, second = (" ".join(text.split()) for text in (first, second))
    same = min(len(first), len(second))
    codes = [np.frombuffer(text[:same].encode("utf-32-le"), np.uint32) for text in (first, second)]
    same = int(np.append(np.flatnonzero(codes[0] != codes[1]), same)[0])
    begin = 0
    if BEFORE < same < max(len(first), len(second)):
        space = first.find(" ", same - BEFORE, same)
        begin = space + 1 if space >= 0 else same - BEFORE
        while begin < same and unicodedata.category(first[begin])[0] in "MC":
            begin += 1
    return _cut(first, begin), _cut(second, begin)


def _cut(text: str, begin: int) -> str:
    end = len(text)
    if end > begin + EXCERPT:
        # At a word, where there is one near.
        space = text.rfind(" ", begin + EXCERPT - BEFORE, begin + EXCERPT)
        end = space if space >= 0 else begin + EXCERPT
    start, rest = "… " if begin else "", " …" if end < len(text) else ""
    return f"{start}{text[begin:end]}{rest}"
