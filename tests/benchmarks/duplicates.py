"""Near-duplicates: is every edge true, is anything missed, what does it cost, and beside others.

    python tests/benchmarks/duplicates.py [--documents 40000] [--corpora DIR] [--json FILE]
                                          [--peers NAME…] [--keep FOLDER]

Makes a corpus with planted copies (`duplicate_corpus`), finds by exact comparison which documents
are alike, then runs ``corpus-assay audit --measures duplicates`` and the peers on it, each in a
process of its own, and judges what they report. Above 200,000 documents nothing is compared
exactly and no peer runs: what is measured then is memory, and time against a tenth of the corpus.

Peers are skipped where they are not installed: ``pip install datasketch rensa``. Precision is the
share of reported pairs whose exact similarity is .8 at least; recall is the share of documents
with a partner of at least .8 that are in one cluster with their nearest one. CPU seconds are those
of the process with all threads and children, start-up included unless it says otherwise. Exit
code 0 where no target is missed, 1 where one is, 2 where something could not be measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from data import Mix
from duplicate_corpus import THRESHOLD, Record, Truth, write
from measure import MB, BenchmarkError, Row, Use, corpus_assay, judged, machine, run
from numpy.typing import NDArray

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
PEERS = ("datasketch", "rensa")
EXACT_LIMIT = 200_000
"""Documents up to which all pairs are compared exactly, in memory."""

BINS = ((0.8, 0.85), (0.85, 0.9), (0.9, 1.01))


class Found(NamedTuple):
    """What a tool reports: pairs of documents, and the cluster of each document."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    clusters: NDArray[np.int64]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    arguments = _parser().parse_args(argv)
    state = machine()
    measure = _exact if arguments.documents <= EXACT_LIMIT else _scale
    rows = []
    try:
        with tempfile.TemporaryDirectory(prefix="assay-duplicates-") as folder:
            for row in measure(arguments, arguments.keep or Path(folder)):
                print(_line(row), flush=True)
                rows.append(row)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        content = {"machine": state, "rows": [asdict(row) for row in rows]}
        arguments.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    print(f"{state['processor']}, {state['cores']} cores, load {state['load']}")
    return 1 if any(row.verdict == "FAIL" for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the search for near-duplicates.")
    parser.add_argument("--documents", type=int, default=40_000, metavar="N")
    parser.add_argument("--corpora", type=Path, default=CORPORA, metavar="DIR")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number there")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the files there")
    return parser


def _line(row: Row) -> str:
    value = "–" if math.isnan(row.value) else f"{row.value:,.4g} {row.unit}"
    return f"| {row.what} | {value} | {row.target} | {row.verdict} | {row.note} |"


# --- Against exact comparison ----------------------------------------------------------------


def _exact(arguments: argparse.Namespace, folder: Path) -> Iterator[Row]:
    path = folder / "corpus.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    text_bytes = write(Mix(arguments.corpora), arguments.documents, path)
    with path.open("rb") as file:
        lines = file.read().split(b"\n")[:-1]
    decode = msgspec.json.Decoder(Record).decode
    truth = Truth.of([decode(line).text for line in lines])
    positions = np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
    counted = np.count_nonzero(truth.nearest >= THRESHOLD)
    note = f"{counted:,} have a partner of at least {THRESHOLD}"
    yield Row("corpus", "documents", len(lines), "", note=note)
    yield Row("corpus", "text", text_bytes / MB, "MB")
    yield from _ours(folder, path, text_bytes, truth, positions)
    for peer in arguments.peers:
        yield from _peer(peer, folder, path, text_bytes, truth)


def _ours(
    folder: Path, path: Path, text_bytes: int, truth: Truth, positions: NDArray[np.int64]
) -> Iterator[Row]:
    audit = folder / "audit"
    small = folder / "small.jsonl"
    small.write_text('{"id": "a", "text": "one document", "language": "eng"}\n')
    _audit(small, folder / "small")  # compiles what is not compiled yet
    start = min((_audit(small, folder / "small") for _ in range(2)), key=lambda use: use.cpu)
    use = min((_audit(path, audit) for _ in range(2)), key=lambda use: use.cpu)
    name = "corpus-assay"
    found, removal = _read_audit(audit, positions)
    yield from _quality(name, found, truth, target=True)
    yield from _removal(removal, truth)
    rate = text_bytes / MB / (use.cpu - start.cpu)
    yield judged(name, f"{name}: rate, start-up excluded", rate, "MB/CPU-s", least=100)
    note = f"{use.cpu:.1f} CPU-s, of which start-up {start.cpu:.1f}"
    rate = text_bytes / MB / use.cpu
    yield judged(name, f"{name}: rate, start-up included", rate, "MB/CPU-s", least=60, note=note)
    yield Row(name, f"{name}: peak memory", use.peak / MB, "MB")


def _audit(path: Path, output: Path) -> Use:
    command = [corpus_assay(), "audit", str(path), "--output", str(output), "--overwrite"]
    return run([*command, "--measures", "duplicates", "--quiet"])


def _table(audit: Path, name: str) -> pa.Table:
    single = audit / "tables" / f"{name}.parquet"
    parts = [single] if single.exists() else sorted((audit / "tables" / name).glob("*.parquet"))
    if not parts:
        raise BenchmarkError(f"{audit}: no table {name}")
    return pa.concat_tables([pq.read_table(part) for part in parts])


class Removal(NamedTuple):
    """Documents that are not kept, the one that is, the similarity that is stated, and whether
    they may be removed."""

    documents: NDArray[np.int64]
    kept: NDArray[np.int64]
    similarity: NDArray[np.float64]
    removable: NDArray[np.bool_]


def _read_audit(audit: Path, positions: NDArray[np.int64]) -> tuple[Found, Removal]:
    def numbers(table: pa.Table, column: str) -> NDArray[np.int64]:
        at = np.searchsorted(positions, table.column(column).to_numpy())
        if not np.array_equal(positions[at], table.column(column).to_numpy()):
            raise BenchmarkError(f"{audit}: column {column} names positions that are no document")
        return at

    pairs, members = _table(audit, "duplicate_pairs"), _table(audit, "duplicates")
    clusters = np.arange(len(positions))
    documents = numbers(members, "position")
    clusters[documents] = numbers(members, "cluster_position")
    keep = members.column("keep").to_numpy(zero_copy_only=False).astype(bool)
    kept = np.full(len(positions), -1)
    kept[clusters[documents[keep]]] = documents[keep]
    rest = documents[~keep]
    removal = Removal(
        rest,
        kept[clusters[rest]],
        members.column("similarity_to_keep").to_numpy(zero_copy_only=False)[~keep].astype(float),
        members.column("removable").to_numpy(zero_copy_only=False)[~keep].astype(bool),
    )
    return Found(numbers(pairs, "position_a"), numbers(pairs, "position_b"), clusters), removal


def _quality(name: str, found: Found, truth: Truth, *, target: bool = False) -> Iterator[Row]:
    similarity = truth.of_pairs(found.first.tolist(), found.second.tolist())
    precision = float((similarity >= THRESHOLD).mean()) if len(similarity) else math.nan
    note = f"{len(similarity):,} pairs, the least alike {similarity.min(initial=1):.3f}"
    what = f"{name}: precision of pairs"
    yield (
        judged(name, what, precision, "", least=1, note=note)
        if target
        else Row(name, what, precision, "", note=note)
    )
    placed, nearest = truth.placed(found.clusters), truth.nearest
    for low, high in ((THRESHOLD, 1.01), *BINS):
        of = (nearest >= low) & (nearest < high)
        recall = float(placed[of].mean()) if of.any() else math.nan
        what = f"{name}: recall of documents, nearest at {low:.2f} to {min(high, 1):.2f}"
        note = f"{np.count_nonzero(placed & of):,} of {np.count_nonzero(of):,}"
        yield (
            judged(name, what, recall, "", least=0.99, note=note)
            if target
            else Row(name, what, recall, "", note=note)
        )


def _removal(removal: Removal, truth: Truth) -> Iterator[Row]:
    """Is what may be removed like what is kept, and is the stated similarity the exact one?"""
    exact = truth.of_pairs(removal.documents.tolist(), removal.kept.tolist())
    least = float(exact[removal.removable].min(initial=1))
    note = f"{np.count_nonzero(removal.removable):,} of {len(exact):,} that are not kept"
    what = "corpus-assay: least similarity of a removable document to the kept one"
    yield judged("corpus-assay", what, least, "", least=THRESHOLD, note=note)
    stated = ~np.isnan(removal.similarity)
    error = float(np.abs(exact - removal.similarity)[stated].max(initial=0))
    what = "corpus-assay: largest error of similarity_to_keep"
    yield judged("corpus-assay", what, error, "", most=0.001)


def _peer(peer: str, folder: Path, path: Path, text_bytes: int, truth: Truth) -> Iterator[Row]:
    if importlib.util.find_spec(peer) is None:
        yield Row(peer, peer, math.nan, "", note="skipped: not installed")
        return
    output = folder / f"{peer}.json"
    script = str(Path(__file__).with_name("duplicate_peers.py"))
    use = run([sys.executable, script, peer, str(path), str(output)])
    first, second = np.array(json.loads(output.read_text()), np.int64).reshape(-1, 2).T
    found = Found(first, second, _clusters(first, second, len(truth.sets)))
    yield from _quality(peer, found, truth)
    note = f"{use.cpu:.1f} CPU-s"
    rate = text_bytes / MB / use.cpu
    yield Row(peer, f"{peer}: rate, start-up included", rate, "MB/CPU-s", note=note)
    yield Row(peer, f"{peer}: peak memory", use.peak / MB, "MB")


def _clusters(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    parents = list(range(count))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        parents[root(a)] = root(b)
    return np.array([root(i) for i in range(count)], np.int64)


# --- Scale -----------------------------------------------------------------------------------


def _scale(arguments: argparse.Namespace, folder: Path) -> Iterator[Row]:
    mix = Mix(arguments.corpora)
    folder.mkdir(parents=True, exist_ok=True)
    seconds = []
    for count in (arguments.documents // 10, arguments.documents):
        path = folder / "corpus.jsonl"
        text_bytes = write(mix, count, path)
        use = _audit(path, folder / "audit")
        seconds.append(use.cpu)
        rate = text_bytes / MB / use.cpu
        what = f"{count:,} documents: rate, start-up included"
        note = f"{use.cpu:.1f} CPU-s, {use.wall:.1f} s"
        yield Row("scale", what, rate, "MB/CPU-s", note=note)
        what = f"{count:,} documents: peak memory"
        yield judged("scale", what, use.peak / MB, "MB", most=4_000)
    yield judged(
        "scale", "CPU time of ten times the documents", seconds[1] / seconds[0], "×", most=11
    )


if __name__ == "__main__":
    sys.exit(main())
