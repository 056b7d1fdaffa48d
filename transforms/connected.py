"""Connected components of a graph that no worker holds, as a Beam transform.

Large-star and small-star rounds alternate (Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii:
"Connected Components in MapReduce and Beyond", SoCC 2014), with the edges as Arrow tables keyed by
ranges of a hash and never as one element an edge.

Large-star: every document hands all its *larger* neighbours over to the smallest document that it
knows of, itself among them. Small-star: every document hands its *smaller* neighbours, and itself,
over to the smallest of them. Both keep components as they are. In the end every component is a
star around its smallest document, which each document can see from its own neighbours: it has
larger ones only (a centre), or one that is smaller (a leaf). A round counts the documents that see
anything else; when there are none, the labels leave the transform and nothing moves any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import apache_beam as beam
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms.components import Graph, Nodes, ends, label_table, stars

SHARDS = 64
ROUNDS = 32
"""Rounds in which stars must be reached. The paper proves O(log² n) rounds and observes about
log n; a chain of n documents in order needs log₂ n, 16 for 10⁵ of them."""


class ComponentsError(Exception):
    """Components were not found in the rounds that were allowed."""


# Edges travel as int64[edges, 4]: file and position of the document they are keyed by, then those
# of its neighbour.

_Edges = NDArray[np.int64]


def _shard_numbers(documents: Nodes, count: int) -> NDArray[np.int64]:
    """Shard of each document, by a hash of its identity (the finalizer of SplitMix64)."""
    value = documents[:, 1].astype(np.uint64) + (documents[:, 0].astype(np.uint64) << np.uint64(44))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    shards: NDArray[np.uint64] = (value ^ (value >> np.uint64(31))) % np.uint64(count)
    return shards.astype(np.int64)


def _sharded(edges: _Edges, count: int) -> Iterator[tuple[int, _Edges]]:
    shards = _shard_numbers(edges[:, :2], count)
    order = np.argsort(shards, kind="stable")
    edges, shards = edges[order], shards[order]
    begins = np.flatnonzero(np.diff(shards, prepend=-1))
    for begin, end in zip(begins, [*begins[1:], len(edges)], strict=False):
        yield int(shards[begin]), edges[begin:end]


def _graph(edges: _Edges) -> Graph:
    """A shard without repeated edges."""
    graph = Graph.of(edges[:, :2], edges[:, 2:])
    count = len(graph.nodes)
    pairs = np.unique(graph.first * count + graph.second)
    return Graph(graph.nodes, *np.divmod(pairs, max(count, 1)))


def _unsettled(graph: Graph) -> int:
    """Documents that are neither the centre of a star nor a leaf, of those a shard is keyed by."""
    count = len(graph.nodes)
    smaller = np.bincount(graph.first, graph.second < graph.first, minlength=count)
    larger = np.bincount(graph.first, graph.second > graph.first, minlength=count)
    return int(np.count_nonzero((smaller > 1) | ((smaller == 1) & (larger > 0))))


def _large_star(graph: Graph) -> _Edges:
    """Larger neighbours, each with the smallest document around: (larger, smallest)."""
    smallest = np.arange(len(graph.nodes))
    np.minimum.at(smallest, graph.first, graph.second)
    larger = graph.second > graph.first
    ends = graph.second[larger], smallest[graph.first[larger]]
    return np.concatenate([graph.nodes[end] for end in ends], axis=1)


def _small_star(graph: Graph) -> _Edges:
    """Smaller neighbours and the document itself, each with the smallest of them."""
    smallest = np.arange(len(graph.nodes))
    np.minimum.at(smallest, graph.first, graph.second)
    own = np.unique(graph.first)
    begin = np.concatenate([graph.second, own])
    end = np.concatenate([smallest[graph.first], smallest[own]])
    moved = begin != end
    return np.concatenate([graph.nodes[begin[moved]], graph.nodes[end[moved]]], axis=1)


def _both_ways(edges: _Edges) -> _Edges:
    return np.concatenate([edges, edges[:, [2, 3, 0, 1]]])


class _Enter(beam.DoFn):
    """Edges on their way to the shards of the first round."""

    def __init__(self, shards: int) -> None:
        self._shards = shards

    def process(self, edges: pa.Table) -> Iterator[tuple[int, _Edges]]:
        first, second = ends(stars(edges))
        yield from _sharded(_both_ways(np.concatenate([first, second], axis=1)), self._shards)


class _Gather(beam.DoFn):
    """The edges of a shard, once each, and how many of its documents are not in a star."""

    def process(self, keyed: tuple[int, Iterable[_Edges]]) -> Iterator[object]:
        graph = _graph(np.concatenate(list(keyed[1])))
        yield graph
        yield beam.pvalue.TaggedOutput("unsettled", _unsettled(graph))


class _LargeStar(beam.DoFn):
    """Large-star of a shard; its labels instead, once everything is a star."""

    def __init__(self, shards: int) -> None:
        self._shards = shards

    def process(self, graph: Graph, unsettled: int) -> Iterator[object]:
        if unsettled:
            yield from _sharded(_large_star(graph), self._shards)
            return
        own = np.unique(graph.first)
        smallest = np.arange(len(graph.nodes))
        np.minimum.at(smallest, graph.first, graph.second)
        labels = label_table(graph.nodes[own], graph.nodes[smallest[own]])
        yield beam.pvalue.TaggedOutput("labels", labels)


class _SmallStar(beam.DoFn):
    """Small-star of a shard."""

    def __init__(self, shards: int) -> None:
        self._shards = shards

    def process(self, keyed: tuple[int, Iterable[_Edges]]) -> Iterator[tuple[int, _Edges]]:
        graph = _graph(np.concatenate(list(keyed[1])))
        yield from _sharded(_both_ways(_small_star(graph)), self._shards)


def _refuse(keyed: tuple[int, Iterable[_Edges]], rounds: int) -> None:
    raise ComponentsError(
        f"connected components were not found in {rounds} rounds (a fault of this tool): clusters "
        "of this shape were not foreseen"
    )


class ConnectedComponents(beam.PTransform):
    """Arrow tables of edges (`EDGES`) to Arrow tables of labels (`LABELS`).

    For graphs that are too large for `components`, which takes 16 bytes a document and the edges:
    its rounds cost seconds however small the graph is.
    Every document that is in an edge comes out, in one table only; in what order and in which
    table depends on `shards`, its label on nothing but the graph.

    Args:
        shards: parts of the graph. A worker holds one part, about 150 bytes for each edge of the
            documents in it; the documents of one cluster are all neighbours of its smallest, so
            a part is as large as the largest cluster at least.
        rounds: large-star and small-star rounds in which components must be found.

    Raises:
        ComponentsError: while the pipeline runs, where the rounds did not do. Never wrong labels.
    """

    def __init__(self, shards: int = SHARDS, rounds: int = ROUNDS) -> None:
        super().__init__()
        self._shards, self._rounds = shards, rounds

    def expand(self, edges: beam.PCollection) -> beam.PCollection:
        shards, rounds = self._shards, self._rounds
        moving = edges | "Enter" >> beam.ParDo(_Enter(shards))
        found = []
        for number in range(1, rounds + 1):
            gathered = (
                moving
                | f"Neighbours {number}" >> beam.GroupByKey()
                | f"Gather {number}"
                >> beam.ParDo(_Gather()).with_outputs("unsettled", main="graph")
            )
            unsettled = gathered.unsettled | f"Unsettled {number}" >> beam.CombineGlobally(sum)
            large = gathered.graph | f"Large-star {number}" >> beam.ParDo(
                _LargeStar(shards), beam.pvalue.AsSingleton(unsettled)
            ).with_outputs("labels", main="edges")
            found.append(large.labels)
            moving = (
                large.edges
                | f"Smaller {number}" >> beam.GroupByKey()
                | f"Small-star {number}" >> beam.ParDo(_SmallStar(shards))
            )
        _ = moving | "Left" >> beam.GroupByKey() | "Refuse" >> beam.Map(_refuse, rounds)
        return tuple(found) | "Labels" >> beam.Flatten()
