"""Connected components: against a union-find written here, in one worker and on Beam."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.pipelines import engine
from corpus_assay.transforms.components import EDGES, LABELS, components, label, stars
from corpus_assay.transforms.connected import ConnectedComponents

Node = tuple[int, int]
Edge = tuple[Node, Node]


def expected(edges: Sequence[Edge]) -> dict[Node, Node]:
    """Smallest node of each node's component, by walking the graph from the smallest up."""
    around: dict[Node, list[Node]] = {}
    for a, b in edges:
        if a == b:
            continue
        around.setdefault(a, []).append(b)
        around.setdefault(b, []).append(a)
    found: dict[Node, Node] = {}
    for start in sorted(around):
        if start in found:
            continue
        waiting = [start]
        found[start] = start
        while waiting:
            for node in around[waiting.pop()]:
                if node not in found:
                    found[node] = start
                    waiting.append(node)
    return found


def table(edges: Sequence[Edge]) -> pa.Table:
    columns = [
        [a[0] for a, _ in edges],
        [a[1] for a, _ in edges],
        [b[0] for _, b in edges],
        [b[1] for _, b in edges],
    ]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, EDGES, strict=True)]
    return pa.Table.from_arrays(arrays, schema=EDGES)


def labels(found: pa.Table) -> dict[Node, Node]:
    assert found.schema == LABELS
    rows = list(zip(*(column.to_pylist() for column in found.columns), strict=True))
    assert len({row[:2] for row in rows}) == len(rows)
    return {(f, p): (cf, cp) for f, p, cf, cp in rows}


nodes = st.tuples(st.integers(0, 2), st.integers(0, 14))
graphs = st.lists(st.tuples(nodes, nodes), max_size=40)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=60))
def test_labels_are_the_smallest_node_of_a_component(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T
    whole = expected([((0, i), (0, j)) for i, j in pairs])
    assert components(a, b, 30).tolist() == [whole.get((0, i), (0, i))[1] for i in range(30)]


@settings(deadline=None)
@given(graphs)
def test_documents_are_labelled_by_the_smallest(edges: list[Edge]) -> None:
    assert labels(label(table(edges))) == expected(edges)


@settings(deadline=None)
@given(graphs)
def test_stars_keep_the_components_in_an_edge_a_document(edges: list[Edge]) -> None:
    fewer = stars(table(edges))
    whole = expected(edges)
    assert fewer.num_rows == len(whole) - len(set(whole.values()))
    assert labels(label(fewer)) == whole


def test_no_nodes_and_no_edges() -> None:
    nothing = np.empty(0, np.int64)
    assert components(nothing, nothing, 0).tolist() == []
    assert components(nothing, nothing, 3).tolist() == [0, 1, 2]
    assert label(EDGES.empty_table()).num_rows == 0


@pytest.mark.parametrize(("a", "b"), [([3], [0]), ([0], [-1]), ([0, 1], [1])])
def test_edges_that_do_not_fit_are_refused(a: list[int], b: list[int]) -> None:
    with pytest.raises(ValueError, match=r"edge"):
        components(np.array(a, np.int64), np.array(b, np.int64), 3)


@pytest.mark.parametrize("order", ["up", "down", "shuffled", "ends inward"])
def test_a_chain_of_a_hundred_thousand(order: str) -> None:
    count = 100_001
    first = np.arange(count - 1)
    if order == "down":
        first = first[::-1]
    elif order == "shuffled":
        np.random.default_rng(7).shuffle(first)
    elif order == "ends inward":
        first = np.stack([first[: count // 2], first[: count // 2 - 1 : -1]], axis=1).ravel()
    assert not components(first, first + 1, count).any()


def test_a_chain_whose_numbers_are_shuffled() -> None:
    names = np.random.default_rng(8).permutation(100_000)
    assert not components(names[:-1], names[1:], 100_000).any()
    halves = np.delete(np.arange(99_999), 49_999)
    cut = components(names[halves], names[halves + 1], 100_000)
    assert set(cut[names[:50_000]].tolist()) == {names[:50_000].min()}
    assert set(cut[names[50_000:]].tolist()) == {names[50_000:].min()}


# --- On Beam ---------------------------------------------------------------------------------


def write(found: pa.Table, folder: Path) -> None:
    pq.write_table(found, folder / f"{uuid.uuid4()}.parquet")


def on_beam(edges: pa.Table, folder: Path, pieces: int = 3, **limits: int) -> dict[Node, Node]:
    """Labels by the Beam transform on the runner that audits run on; edge k is in piece
    k modulo `pieces`."""
    tables = [edges.take(np.arange(k, edges.num_rows, pieces)) for k in range(pieces)]
    options = PipelineOptions([])
    folder.mkdir()
    with beam.Pipeline(runner=engine._runner("direct", options), options=options) as pipeline:
        found = pipeline | beam.Create(tables) | ConnectedComponents(**limits)
        _ = found | beam.Map(write, folder)
    written = [pq.read_table(path) for path in folder.iterdir()]
    return labels(pa.concat_tables([LABELS.empty_table(), *written]))


def numbered(pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> pa.Table:
    """Edges between documents k, in file k modulo 3."""
    a, b = pairs.T
    columns = zip([a % 3, a, b % 3, b], EDGES, strict=True)
    return pa.Table.from_arrays([pa.array(c).cast(f.type) for c, f in columns], schema=EDGES)


@pytest.mark.parametrize("seed", range(2))
def test_beam_gives_the_labels_of_one_worker(seed: int, tmp_path: Path) -> None:
    """Random graphs with as many documents as edges have clusters of every size."""
    random = np.random.default_rng(seed)
    edges = numbered(random.integers(0, 2_000, (1_500, 2)))
    whole = labels(label(edges))
    assert len(set(whole.values())) > 100
    assert on_beam(edges, tmp_path / "a", shards=5, rounds=9) == whole
    assert on_beam(edges, tmp_path / "b", pieces=7, shards=1, rounds=9) == whole


def test_beam_on_chains_stars_cycles_and_repeated_edges(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    count = 100_000
    names = random.permutation(count + 3_000)
    chain = np.stack([names[: count - 1], names[1:count]], axis=1)
    star = np.stack([np.full(999, names[count]), names[count + 1 : count + 1_000]], axis=1)
    ring = names[count + 1_000 : count + 2_000]
    cycle = np.stack([ring, np.roll(ring, 1)], axis=1)
    alone = np.repeat(names[-1:], 2)[None, :]
    pairs = np.concatenate([chain, star, cycle, chain[:50, ::-1], star, alone])
    edges = numbered(random.permutation(pairs))
    found = on_beam(edges, tmp_path / "beam", shards=4, rounds=16)
    clusters: dict[Node, set[Node]] = {}
    for node, cluster in found.items():
        clusters.setdefault(cluster, set()).add(node)
    assert clusters == {
        min(members): members
        for members in (
            {(k % 3, k) for k in names[begin:end].tolist()}
            for begin, end in ((0, count), (count, count + 1_000), (count + 1_000, count + 2_000))
        )
    }


def test_beam_without_edges(tmp_path: Path) -> None:
    assert on_beam(EDGES.empty_table(), tmp_path / "none", rounds=2) == {}
    assert on_beam(table([((1, 2), (1, 2))]), tmp_path / "itself", rounds=2) == {}


def test_too_few_rounds_are_an_error_and_not_wrong_labels(tmp_path: Path) -> None:
    first = np.arange(1_000)
    edges = numbered(np.stack([first, first + 1], axis=1))
    with pytest.raises(Exception, match="not found in 2 rounds"):
        on_beam(edges, tmp_path / "few", shards=4, rounds=2)
