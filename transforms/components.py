"""Connected components of a graph of documents: what makes clusters of verified pairs.

In one worker `label` runs a union-find. Graphs of more edges than that takes go through
`connected.ConnectedComponents`. Both give the same labels: the smallest document, by (file,
position), of each component.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

EDGES = pa.schema(
    [
        pa.field("file_a", pa.int32()),
        pa.field("position_a", pa.int64()),
        pa.field("file_b", pa.int32()),
        pa.field("position_b", pa.int64()),
    ]
)
"""Pairs of documents, in any order and direction; pairs may repeat."""

LABELS = pa.schema(
    [
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("cluster_file", pa.int32()),
        pa.field("cluster_position", pa.int64()),
    ]
)
"""The documents of a graph, each with the smallest one of its component."""

Nodes = NDArray[np.int64]
"""int64[documents, 2]: file and position."""


@njit(nogil=True, cache=True)
def _root(parents, i):  # type: ignore[no-untyped-def]
    while parents[i] >= 0:
        if parents[parents[i]] >= 0:
            parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(nogil=True, cache=True)
def _components(a, b, parents, labels):  # type: ignore[no-untyped-def]
    """Union by size with path halving; a root holds minus the size of its tree."""
    for k in range(a.size):
        i, j = _root(parents, a[k]), _root(parents, b[k])
        if i == j:
            continue
        if parents[i] > parents[j]:
            i, j = j, i
        parents[i] += parents[j]
        parents[j] = i
    labels[:] = -1
    for i in range(parents.size):
        root = _root(parents, i)
        if labels[root] < 0:
            labels[root] = i
        # A root above i has its label already, and one below or at i is at hand as well.
        if root != i:
            parents[i] = root
    # Labels of roots stay; others take that of their root, which no longer changes.
    for i in range(parents.size):
        if parents[i] >= 0:
            labels[i] = labels[parents[i]]


def components(a: NDArray[np.int64], b: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Label of each of `count` nodes: the smallest node of its component.

    Args:
        a: int64[edges], one end of each edge.
        b: int64[edges], the other end.
        count: nodes, numbered from 0.

    Returns:
        int64[count]. Time O(edges · α(count)) (Tarjan 1975); memory 16 bytes a node.

    Raises:
        ValueError: an edge names a node that is not there, or the arrays differ in length.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} first and {len(b)} second ends of edges")
    if len(a) and not 0 <= min(a.min(), b.min()) <= max(a.max(), b.max()) < count:
        raise ValueError(f"an edge names a node outside 0 to {count - 1}")
    parents = np.full(count, -1, np.int64)
    labels = np.empty(count, np.int64)
    _components(a.astype(np.int64, copy=False), b.astype(np.int64, copy=False), parents, labels)
    return labels


class Graph(NamedTuple):
    """Edges between ranks of documents: ``nodes`` (int64[documents, 2]: file, position) ascending,
    ``first`` and ``second`` (int64) index them."""

    nodes: Nodes
    first: NDArray[np.int64]
    second: NDArray[np.int64]

    @classmethod
    def of(cls, first: Nodes, second: Nodes) -> Graph:
        """Number the documents of pairs in the order of (file, position)."""
        both = np.concatenate([first, second])
        order = np.lexsort((both[:, 1], both[:, 0]))
        ordered = both[order]
        new = np.ones(len(both), np.bool_)
        new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        ranks = np.empty(len(both), np.int64)
        ranks[order] = np.cumsum(new) - 1
        return cls(ordered[new], ranks[: len(first)], ranks[len(first) :])

    def labels(self) -> pa.Table:
        """`LABELS` by union-find."""
        of = components(self.first, self.second, len(self.nodes))
        return label_table(self.nodes, self.nodes[of])


def label_table(documents: Nodes, clusters: Nodes) -> pa.Table:
    """`LABELS` of documents and the smallest ones of their components."""
    columns = [*documents.T, *clusters.T]
    arrays = [pa.array(c).cast(f.type) for c, f in zip(columns, LABELS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=LABELS)


def ends(edges: pa.Table) -> tuple[Nodes, Nodes]:
    """Both ends of `EDGES`, without pairs of a document with itself."""
    columns = [edges.column(name).to_numpy().astype(np.int64) for name in EDGES.names]
    first, second = np.stack(columns[:2], axis=1), np.stack(columns[2:], axis=1)
    apart = (first != second).any(axis=1)
    return first[apart], second[apart]


def label(edges: pa.Table) -> pa.Table:
    """Components of a graph that one worker holds.

    Args:
        edges: `EDGES`; other columns, and pairs of a document with itself, are ignored.

    Returns:
        `LABELS`, a row for every document that is in an edge, ascending. Memory: about 150 bytes
        an edge.
    """
    return Graph.of(*ends(edges)).labels()


def stars(edges: pa.Table) -> pa.Table:
    """A smaller graph with the same components: an edge from each document to its label.

    What a worker knows before anything travels: fewer edges than documents are left.
    """
    found = pa.Table.from_arrays(label(edges).columns, schema=EDGES)
    return found.filter(
        pc.or_(
            pc.not_equal(found["file_a"], found["file_b"]),
            pc.not_equal(found["position_a"], found["position_b"]),
        )
    )
