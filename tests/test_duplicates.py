"""Duplicates from texts to tables, against brute force over sets of n-grams."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from audit_runs import audit, manifest, rows, table, table_files, write_jsonl, write_parquet
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.pipelines import (
    duplicate_tables,
    duplicates_here,
    duplicates_on_beam,
    exchange,
    reference,
    run,
)
from corpus_assay.pipelines import duplicates as passing
from corpus_assay.pipelines.sources import InputError, ReadOptions
from corpus_assay.transforms import duplicates
from corpus_assay.transforms.duplicates import DuplicateOptions, recall

MEASURES = ("corpus", "duplicates")
CERTAIN = DuplicateOptions(bands=60, rows=2)
"""Finds practically every pair at 0.8: it misses one in 10²⁶."""

Grams = frozenset[tuple[str, ...]]


def words(count: int, draw: random.Random, vocabulary: int = 5000) -> list[str]:
    return [f"w{draw.randrange(vocabulary)}" for _ in range(count)]


def changed(text: Sequence[str], places: Iterable[int]) -> list[str]:
    copy = list(text)
    for place in places:
        copy[place] = f"new{place}"
    return copy


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def grams(text: str, n: int = 5) -> Grams:
    found = tokens(text)
    return frozenset(tuple(found[i : i + n]) for i in range(len(found) - n + 1))


def jaccard(one: Grams, other: Grams) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def connected(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Smallest node of the component of each node."""
    near = defaultdict(set)
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    label = [-1] * count
    for start in range(count):
        queue = [start] if label[start] < 0 else []
        while queue:
            node = queue.pop()
            if label[node] < 0:
                label[node] = start
                queue += near[node]
    return label


class Corpus:
    """An audited JSON Lines file whose documents are numbered by their place in it."""

    def __init__(self, folder: Path, texts: Sequence[str | dict[str, Any]], **options: Any) -> None:
        records = [t if isinstance(t, dict) else {"text": t} for t in texts]
        records = [{"id": f"d{i}", **record} for i, record in enumerate(records)]
        options.setdefault("measures", MEASURES)
        self.folder = folder / "audit"
        audit(write_jsonl(folder / "in.jsonl", records), self.folder, **options)
        at, self.number = 0, {}
        for i, line in enumerate((folder / "in.jsonl").read_bytes().splitlines(keepends=True)):
            self.number[at] = i
            at += len(line)

    def pairs(self) -> list[tuple[int, int, str, int, int, float]]:
        found = rows(
            self.folder,
            "duplicate_pairs",
            "position_a",
            "position_b",
            "kind",
            "intersection",
            "union",
            "jaccard",
        )
        return sorted((self.number[a], self.number[b], *rest) for a, b, *rest in found)

    def members(self) -> dict[int, dict[str, Any]]:
        """Rows of `duplicates` by document, with the kept one as its number."""
        return {
            self.number[row["position"]]: row | {"kept": self.number[row["cluster_position"]]}
            for row in table(self.folder, "duplicates").to_pylist()
        }

    def work(self) -> dict[str, int]:
        return dict(rows(self.folder, "duplicate_work"))


# --- Options -----------------------------------------------------------------------------------


def test_the_banding_is_the_cheapest_that_finds_99_percent_at_the_threshold() -> None:
    assert DuplicateOptions().banding == (18, 6)
    assert DuplicateOptions().size == 108
    assert recall(0.8, 18, 6) == pytest.approx(0.9958, abs=1e-4)
    assert recall(0.8, 16, 7) == pytest.approx(0.9769, abs=1e-4)
    for threshold, size in itertools.product((0.5, 0.7, 0.8, 0.9), (64, 112, 256)):
        bands, used = DuplicateOptions(threshold, permutations=size).banding
        assert recall(threshold, bands, used) >= 0.99
        assert recall(threshold, size // (used + 1), used + 1) < 0.99
    assert DuplicateOptions(bands=16, rows=7).size == 112
    assert DuplicateOptions(permutations=128, rows=8).banding == (16, 8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.1}, "--duplicates-threshold is 1.1"),
        ({"ngram": 0}, "--ngram is 0"),
        ({"rows": 0}, "--rows is 0"),
        ({"seed": -1}, "--seed is -1"),
        ({"permutations": 100, "bands": 16, "rows": 7}, "need 112 permutations, not 100"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        DuplicateOptions(**options)


# --- By hand -----------------------------------------------------------------------------------

LINE = [f"word{i}" for i in range(104)]  # 100 n-grams


def test_copies_and_near_copies_by_hand(tmp_path: Path) -> None:
    text = " ".join(LINE)
    near = " ".join(changed(LINE, [50]))  # 5 of 100 n-grams are others: 95 of 105
    corpus = Corpus(
        tmp_path,
        [
            {"text": text, "source": "a"},
            {"text": text, "source": "b"},  # the same bytes
            {"text": text.upper() + " !", "source": "b"},  # the same words, and the longest
            {"text": near, "source": "c"},
            {"text": " ".join(words(104, random.Random(1))), "source": "c"},
            {"text": "", "source": "c"},
            {"text": "", "source": "c"},
            {"text": "Yes", "source": "a"},
            {"text": "yes.", "source": "a"},  # longer by a mark that does not count
            {"text": "no", "source": "c"},
            {"text": "!!", "source": "a"},
            {"text": "!!", "source": "a"},
            {"text": "??", "source": "a"},
            {"text": "exactly twenty chars", "source": "a"},
            {"text": "exactly twenty char.", "source": "a"},
        ],
    )
    assert corpus.pairs() == [
        (0, 2, "exact", 100, 100, 1.0),
        (1, 2, "exact", 100, 100, 1.0),
        (2, 3, "near", 95, 105, 95 / 105),
        (7, 8, "exact", 0, 0, 1.0),
        (10, 11, "identical", 0, 0, 1.0),
    ]
    found = {
        number: (row["id"], row["kept"], row["cluster_size"], row["keep"], row["kind"],
                 row["similarity_to_keep"], row["removable"])
        for number, row in corpus.members().items()
    }  # fmt: skip
    assert found == {
        0: ("d0", 2, 4, False, "exact", 1.0, True),
        1: ("d1", 2, 4, False, "exact", 1.0, True),
        2: ("d2", 2, 4, True, None, 1.0, False),
        3: ("d3", 2, 4, False, "near", 95 / 105, True),
        7: ("d7", 8, 2, False, "exact", 1.0, True),
        8: ("d8", 8, 2, True, None, 1.0, False),
        10: ("d10", 10, 2, True, None, 1.0, False),
        11: ("d11", 10, 2, False, "identical", 1.0, True),
    }
    size = len(text)
    summary = {row["source"]: row for row in table(corpus.folder, "duplicate_summary").to_pylist()}
    assert {name: summary["b"][name] for name in duplicates.SUMMARY.schema.names[2:]} == {
        "documents": 2,
        "bytes": 2 * size + 2,
        "clustered_documents": 2,
        "clustered_bytes": 2 * size + 2,
        "removable_documents": 1,
        "removable_bytes": size,
        "removable_documents_70": None,
        "removable_bytes_70": None,
        "removable_documents_80": 1,
        "removable_bytes_80": size,
        "removable_documents_90": 1,
        "removable_bytes_90": size,
        "removable_documents_exact": 1,
        "removable_bytes_exact": size,
    }
    assert summary["c"]["documents"] == 5
    assert summary["c"]["removable_documents_90"] == 1
    assert summary["c"]["removable_documents_exact"] == 0
    overlap = {row[:2]: row[2:] for row in rows(corpus.folder, "overlap")}
    assert overlap == {
        ("a", "a"): (4, 3 + 4 + 2 + 2, 4, 3 + 4 + 2 + 2),
        ("a", "b"): (1, size, 1, size),
        ("a", "c"): (1, size, 0, 0),
        ("b", "a"): (2, 2 * size + 2, 2, 2 * size + 2),
        ("b", "b"): (2, 2 * size + 2, 2, 2 * size + 2),
        ("b", "c"): (2, 2 * size + 2, 0, 0),
        ("c", "a"): (1, len(near), 0, 0),
        ("c", "b"): (1, len(near), 0, 0),
    }
    assert manifest(corpus.folder)["duplicates"]["work"]["documents"] == 15
    assert corpus.work()["near_edges"] == 1


def test_the_ends_of_a_chain_stay_when_they_are_unlike_what_is_kept(tmp_path: Path) -> None:
    # Each text has 5 other n-grams than the one before: 95/105; two steps 90/110, three 85/115.
    chain = [changed(LINE, range(5, 5 + 10 * step, 10)) for step in range(4)]
    texts = [" ".join(text) for text in chain]
    texts[0] += " " * 100  # the longest, so it is kept
    corpus = Corpus(tmp_path, texts)
    found = {
        number: (row["kept"], row["cluster_size"], row["similarity_to_keep"], row["removable"])
        for number, row in corpus.members().items()
    }
    assert found == {
        0: (0, 4, 1.0, False),
        1: (0, 4, 95 / 105, True),
        2: (0, 4, 90 / 110, True),
        3: (0, 4, 85 / 115, False),
    }
    assert len(corpus.pairs()) == 3


def test_without_spaces_between_words_ngrams_are_of_characters(tmp_path: Path) -> None:
    draw = random.Random(3)
    text = [chr(draw.randrange(0x4E00, 0x9000)) for _ in range(104)]
    other = [*text]
    other[50] = "龍" if text[50] != "龍" else "龜"
    corpus = Corpus(tmp_path, ["".join(text), "".join(other)])
    assert corpus.pairs() == [(0, 1, "near", 95, 105, 95 / 105)]


def test_the_parts_of_a_document_count_as_one_text(tmp_path: Path) -> None:
    record = {"prompt": " ".join(LINE[:50]), "response": " ".join(LINE[50:])}
    inputs = [
        write_jsonl(tmp_path / "in" / "a.jsonl", [record]),
        write_jsonl(tmp_path / "in" / "b.jsonl", [{"text": " ".join(LINE)}]),
    ]
    audit(inputs, tmp_path / "audit", measures=MEASURES)
    found = rows(tmp_path / "audit", "duplicate_pairs", "file_a", "file_b", "kind", "intersection")
    assert found == [(0, 1, "exact", 100)]


def test_lower_thresholds_show_in_the_summary(tmp_path: Path) -> None:
    texts = [" ".join(LINE), " ".join(changed(LINE, [10, 30, 60]))]  # 85 of 115
    options = DuplicateOptions(threshold=0.7)
    corpus = Corpus(tmp_path, texts, duplicates=options)
    (summary,) = table(corpus.folder, "duplicate_summary").to_pylist()
    assert [summary[f"removable_documents_{level}"] for level in (70, 80, 90)] == [1, 0, 0]
    assert summary["removable_documents"] == 1


# --- Brute force -------------------------------------------------------------------------------


def family(draw: random.Random, count: int) -> list[dict[str, Any]]:
    """Documents, most of them edited copies of others."""
    texts: list[list[str]] = []
    for _ in range(count):
        if texts and draw.random() < 0.6:
            text = list(draw.choice(texts))
            for _ in range(draw.choice([0, 0, 1, 1, 2, 3, 5])):
                place = draw.randrange(len(text) + 1)
                text[place : place + draw.randrange(2)] = words(draw.randrange(2), draw)
        else:
            text = words(draw.randrange(1, 60), draw)
        texts.append(text or ["a"])
    return [{"text": " ".join(text), "source": f"s{draw.randrange(4)}"} for text in texts]


@pytest.mark.parametrize(("threshold", "n"), [(0.8, 5), (0.5, 3)])
def test_clusters_are_those_of_brute_force(tmp_path: Path, threshold: float, n: int) -> None:
    records = family(random.Random(n), 400)
    options = DuplicateOptions(threshold=threshold, ngram=n, bands=80, rows=1 + (threshold > 0.5))
    corpus = Corpus(tmp_path, records, duplicates=options)
    sets = [grams(record["text"], n) for record in records]
    folded = [tokens(record["text"]) for record in records]
    size = [len(record["text"]) for record in records]
    true = [
        (a, b)
        for a, b in itertools.combinations(range(len(records)), 2)
        if folded[a] == folded[b] or jaccard(sets[a], sets[b]) >= threshold
    ]
    label = connected(len(records), true)
    count = Counter(label)

    members = corpus.members()
    assert set(members) == {i for i in range(len(records)) if count[label[i]] > 1}
    keep = {
        root: min((i for i in members if label[i] == root), key=lambda i: (-size[i], i))
        for root in {label[i] for i in members}
    }
    for i, row in members.items():
        kept = keep[label[i]]
        assert row["kept"] == kept
        assert row["keep"] == (i == kept)
        assert row["cluster_size"] == count[label[i]]
        same = folded[i] == folded[kept]
        expected = 1.0 if same else jaccard(sets[i], sets[kept])
        assert row["similarity_to_keep"] == expected
        assert row["removable"] == (i != kept and expected >= threshold)
        kinds = {True: "identical" if records[i]["text"] == records[kept]["text"] else "exact"}
        assert row["kind"] == (None if i == kept else kinds.get(same, "near"))
    pairs = corpus.pairs()
    assert {(a, b) for a, b, *_ in pairs} <= set(true)
    assert connected(len(records), [(a, b) for a, b, *_ in pairs]) == label
    for a, b, kind, intersection, union, similarity in pairs:
        assert (intersection, union) == (len(sets[a] & sets[b]), len(sets[a] | sets[b]))
        assert (kind == "near") == (folded[a] != folded[b])
        assert similarity == (jaccard(sets[a], sets[b]) if kind == "near" else 1.0)

    sources = [record["source"] for record in records]
    expected_overlap = set()
    for a, b in itertools.product(sorted(set(sources)), repeat=2):
        cells = []
        for group in (label, folded):
            having = [
                i
                for i in members
                if sources[i] == a
                and any(j != i and sources[j] == b and group[j] == group[i] for j in members)
            ]
            cells += [len(having), sum(size[i] for i in having)]
        if cells[0]:
            expected_overlap.add((a, b, *cells))
    assert set(rows(corpus.folder, "overlap")) == expected_overlap

    summary = table(corpus.folder, "duplicate_summary").to_pylist()
    for row in summary:
        mine = [members[i] for i in members if sources[i] == row["source"]]
        removable = [each for each in mine if each["removable"]]
        assert row["documents"] == sources.count(row["source"])
        assert row["clustered_documents"] == len(mine)
        assert row["removable_documents"] == len(removable)
        assert row["removable_bytes"] == sum(each["bytes"] for each in removable)
        assert row["removable_documents_90"] == sum(
            each["similarity_to_keep"] >= 0.9 for each in removable
        )


def test_most_pairs_at_the_threshold_are_found_with_the_default_banding(tmp_path: Path) -> None:
    draw = random.Random(5)
    texts = []
    for _ in range(600):
        text = words(300, draw)
        # 1 to 6 words changed: Jaccard from 0.82 to 0.97
        copy = changed(text, draw.sample(range(10, 290, 7), draw.randrange(1, 7)))
        texts += [" ".join(text), " ".join(copy)]
    corpus = Corpus(tmp_path, texts)
    pairs = corpus.pairs()
    assert all(similarity >= 0.8 for *_, similarity in pairs)
    assert {(a, b) for a, b, *_ in pairs} <= {(i, i + 1) for i in range(0, 1200, 2)}
    assert len(pairs) >= 594


def test_boilerplate_hides_few_near_copies(tmp_path: Path) -> None:
    # All documents share three quarters of their text, so buckets hold most of the corpus.
    draw = random.Random(6)
    common = words(150, draw)
    texts = []
    for _ in range(1000):
        own = words(50, draw)
        copy = changed(own, draw.sample(range(50), 1))
        texts += [" ".join(common + own), " ".join(common + copy)]
    corpus = Corpus(tmp_path, texts)
    assert corpus.work()["large_buckets"] > 0
    assert corpus.work()["pairs_in_buckets"] < 2000 * 18 * 17
    found = {(a, b) for a, b, *_ in corpus.pairs()}
    sets = [grams(text) for text in texts]
    assert all(jaccard(sets[a], sets[b]) >= 0.8 for a, b in found)
    label = connected(len(texts), found)
    placed = sum(label[i] == label[i + 1] for i in range(0, len(texts), 2))
    assert placed >= 990


# --- The same tables however it is run ---------------------------------------------------------


def write_gzip(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    plain = write_jsonl(path.parent / "plain", records)
    path.write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    return path


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], dict[str, bytes]]:
    """Files of a corpus, and the tables of a plain audit of them."""
    folder = tmp_path_factory.mktemp("several")
    records = [{"id": f"d{i}", **record} for i, record in enumerate(family(random.Random(8), 400))]
    inputs = [
        write_jsonl(folder / "in" / "a.jsonl", records[:50]),
        write_gzip(folder / "in" / "b.jsonl.gz", records[50:250]),
        write_parquet(
            folder / "in" / "c.parquet",
            {name: [record[name] for record in records[250:]] for name in records[0]},
            row_group_size=40,
        ),
    ]
    audit(inputs, folder / "audit", measures=MEASURES)
    return inputs, table_files(folder / "audit")


@pytest.mark.parametrize(
    "options",
    [
        {"span_bytes": 3000},
        {"read": ReadOptions(batch_bytes=2000, batch_documents=7)},
        {"threads": 3, "read": ReadOptions(batch_bytes=3000)},
        {"beam": ["--direct_running_mode=multi_processing", "--direct_num_workers=2"],
         "span_bytes": 20_000},
    ],
    ids=["units", "batches", "threads", "processes"],
)  # fmt: skip
def test_tables_do_not_depend_on_how_it_is_run(
    several: tuple[list[Path], dict[str, bytes]], tmp_path: Path, options: dict[str, Any]
) -> None:
    inputs, expected = several
    audit(inputs, tmp_path / "audit", measures=MEASURES, **options)
    assert table_files(tmp_path / "audit") == expected


def test_tables_do_not_depend_on_ranges_and_shards(
    several: tuple[list[Path], dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, expected = several
    monkeypatch.setattr(duplicates_on_beam, "RANGE_BYTES", 20_000)
    monkeypatch.setattr(duplicates_on_beam, "SHARD_BYTES", 20_000)
    monkeypatch.setattr(duplicate_tables, "MAPPED_BYTES", 1000)
    monkeypatch.setattr(duplicate_tables, "PARCEL_HASHES", 500)
    monkeypatch.setattr(duplicate_tables, "READ_BYTES", 5000)
    monkeypatch.setattr(duplicate_tables, "SLICE", 7)
    monkeypatch.setattr(exchange, "INLINE_BYTES", 0)
    audit(inputs, tmp_path / "audit", measures=MEASURES, span_bytes=20_000)
    assert table_files(tmp_path / "audit") == expected


def test_components_found_by_several_workers_are_the_same(
    several: tuple[list[Path], dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, expected = several
    monkeypatch.setattr(duplicates_on_beam, "LOCAL_EDGES", 0)
    audit(inputs, tmp_path / "audit", measures=MEASURES, span_bytes=20_000)
    assert table_files(tmp_path / "audit") == expected


@pytest.mark.parametrize(("limit", "value"), [("DOCUMENTS", 399), ("PAIRS", 10)])
def test_the_engine_finds_what_one_process_finds(
    several: tuple[list[Path], dict[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
) -> None:
    inputs, expected = several
    searched = []
    search = duplicates_on_beam.search

    def noted(*arguments: Any) -> None:
        searched.append(arguments)
        search(*arguments)

    monkeypatch.setattr(duplicates_on_beam, "search", noted)
    audit(inputs, tmp_path / "here", measures=MEASURES)
    assert not searched
    monkeypatch.setattr(duplicates_here, limit, value)
    audit(inputs, tmp_path / "engine", measures=MEASURES)
    assert len(searched) == 1
    assert table_files(tmp_path / "here") == table_files(tmp_path / "engine") == expected


@pytest.mark.parametrize("texts", [["", "!", "one"], ["one", "One"], ["", ""]])
def test_the_engine_counts_what_one_process_counts_where_nothing_is_compared(
    tmp_path: Path, texts: list[str]
) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": text} for text in texts])
    audit(source, tmp_path / "here", measures=MEASURES)
    audit(source, tmp_path / "engine", measures=MEASURES, span_bytes=10)
    assert table_files(tmp_path / "here") == table_files(tmp_path / "engine")


def test_many_duplicates_are_written_in_parts(
    several: tuple[list[Path], dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, expected = several
    monkeypatch.setattr(duplicate_tables, "ONE_PART", 100)
    audit(inputs, tmp_path / "here", measures=MEASURES)
    audit(inputs, tmp_path / "engine", measures=MEASURES, span_bytes=20_000)
    found = table_files(tmp_path / "here")
    assert found == table_files(tmp_path / "engine")
    assert "tables/duplicates/part-00015.parquet" in found
    assert "tables/duplicates/part-00001.parquet" not in expected
    columns = ("file", "position", "cluster_position", "kind", "similarity_to_keep")
    one = set(rows(tmp_path / "here", "duplicates", *columns))
    assert one == set(rows(inputs[0].parents[1] / "audit", "duplicates", *columns))


def test_nothing_of_the_search_stays_beside_the_tables(
    several: tuple[list[Path], dict[str, bytes]],
) -> None:
    folder = several[0][0].parents[1] / "audit"
    assert sorted(path.name for path in folder.iterdir()) == ["audit.json", "report.html", "tables"]


def pairs_of(folder: Path) -> list[tuple[Any, ...]]:
    columns = ("kind", "intersection", "union", "jaccard")
    return sorted(rows(folder, "duplicate_pairs", *columns))


def test_every_format_gives_the_same_pairs(tmp_path: Path) -> None:
    records = family(random.Random(12), 120)
    texts = [record["text"] for record in records]
    (tmp_path / "in.json").write_text(json.dumps(records))
    (tmp_path / "in.csv").write_text("".join(f"{text}\n" for text in ["text", *texts]))
    inputs = [
        write_jsonl(tmp_path / "in.jsonl", records),
        write_gzip(tmp_path / "in.jsonl.gz", records),
        write_parquet(tmp_path / "in.parquet", {"text": texts}),
        tmp_path / "in.json",
        tmp_path / "in.csv",
    ]
    found = []
    for number, source in enumerate(inputs):
        audit(source, tmp_path / f"audit-{number}", measures=MEASURES)
        found.append(pairs_of(tmp_path / f"audit-{number}"))
    assert len(found[0]) > 20
    assert all(pairs == found[0] for pairs in found)


# --- Large and odd -----------------------------------------------------------------------------


def test_many_copies_of_one_document(tmp_path: Path) -> None:
    count = 5000
    corpus = Corpus(tmp_path, [" ".join(LINE)] * count + [" ".join(changed(LINE, [50]))])
    work = corpus.work()
    assert (work["copies"], work["candidate_pairs"], work["documents_read_again"]) == (
        count - 1,
        1,
        2,
    )
    found = table(corpus.folder, "duplicates")
    assert found.column("cluster_size").unique().to_pylist() == [count + 1]
    assert sum(found.column("removable").to_pylist()) == count


def test_a_corpus_without_duplicates_or_texts(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, ["", "", "one", "two words", " ".join(LINE)])
    assert corpus.pairs() == []
    assert corpus.members() == {}
    (summary,) = table(corpus.folder, "duplicate_summary").to_pylist()
    assert (summary["documents"], summary["clustered_documents"]) == (5, 0)
    assert rows(corpus.folder, "overlap") == []


def test_a_document_of_megabytes(tmp_path: Path) -> None:
    draw = random.Random(9)
    text = words(150_000, draw, 50_000)
    near = changed(text, range(100, 150_000, 100))
    corpus = Corpus(tmp_path, [" ".join(text), "short", " ".join(near)])
    ((a, b, kind, intersection, union, similarity),) = corpus.pairs()
    assert (a, b, kind) == (0, 2, "near")
    sets = [grams(" ".join(each)) for each in (text, near)]
    assert (intersection, union) == (len(sets[0] & sets[1]), len(sets[0] | sets[1]))
    assert similarity == intersection / union


def test_texts_that_are_not_utf8_are_repaired_alike_in_both_looks(tmp_path: Path) -> None:
    text, near = " ".join(LINE).encode(), " ".join(changed(LINE, [50])).encode() + b" \xff"
    column = pa.array([text, near], pa.binary()).view(pa.string())
    source = write_parquet(tmp_path / "in.parquet", {"text": column})
    audit(source, tmp_path / "audit", measures=MEASURES)
    found = rows(tmp_path / "audit", "duplicate_pairs", "intersection", "union")
    assert found == [(95, 105)]


@pytest.mark.parametrize(
    ("span_bytes", "error"),
    [(1 << 20, duplicate_tables.FileChangedError), (800, run.RunError)],
    ids=["here", "engine"],
)
def test_a_file_that_changes_while_it_is_audited_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, span_bytes: int, error: type[Exception]
) -> None:
    texts = [" ".join(LINE), " ".join(changed(LINE, [50]))]
    units = passing.numbered_units

    def shorten(*arguments: Any) -> Any:
        content = (tmp_path / "in.jsonl").read_bytes()
        (tmp_path / "in.jsonl").write_bytes(content[: len(content) // 2])
        return units(*arguments)

    monkeypatch.setattr(passing, "numbered_units", shorten)
    with pytest.raises(InputError, match=r"in\.jsonl changed while the input was read") as raised:
        Corpus(tmp_path, texts, span_bytes=span_bytes)
    # What notices where nobody can look at the file again, as in an object store.
    cause = raised.value.__cause__
    assert type(cause) is error
    assert "in.jsonl: changed while it was audited" in str(cause)


# --- Signatures --------------------------------------------------------------------------------


def test_signatures_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    options = DuplicateOptions(permutations=128, seed=7, signatures=True)
    texts = [" ".join(LINE), " ".join(changed(LINE, [50])), "too short"]
    corpus = Corpus(tmp_path, texts, duplicates=options)
    found = {
        corpus.number[row["position"]]: row
        for row in table(corpus.folder, "signatures").to_pylist()
    }
    assert [found[i]["shingles"] for i in range(3)] == [100, 100, 0]
    assert found[2]["signature"] is None
    described = manifest(corpus.folder)["duplicates"]
    assert (described["scheme"], described["permutations"], described["seed"]) == (
        "affine32",
        128,
        7,
    )
    theirs = [
        MinHash(hashvalues=np.frombuffer(found[i]["signature"], "<u4"), scheme="affine32", seed=7)
        for i in range(2)
    ]
    assert theirs[0].jaccard(theirs[1]) == pytest.approx(95 / 105, abs=0.1)


def test_signatures_do_not_depend_on_how_it_is_run(tmp_path: Path) -> None:
    options = DuplicateOptions(signatures=True)
    records = family(random.Random(10), 60)
    source = write_jsonl(tmp_path / "in.jsonl", records)
    audit(source, tmp_path / "one", measures=MEASURES, duplicates=options)
    audit(source, tmp_path / "two", measures=MEASURES, duplicates=options, span_bytes=2000)
    assert table_files(tmp_path / "one") == table_files(tmp_path / "two")
    plain = tmp_path / "plain"
    audit(source, plain, measures=MEASURES)
    assert not (plain / "tables" / "signatures").exists()


# --- Pure functions ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)), max_size=25),
    st.randoms(use_true_random=False),
)
def test_copies_follow_the_longest_then_first_in_any_order(
    texts: list[tuple[int, int, int]], draw: random.Random
) -> None:
    order = list(range(len(texts)))
    draw.shuffle(order)
    columns = np.array([texts[i] for i in order], np.uint64).reshape(-1, 3)
    found = duplicates.copies(
        np.array(order, np.int64),
        np.repeat(columns[:, :1], 2, axis=1),
        np.repeat(columns[:, 1:2], 2, axis=1),
        columns[:, 2].astype(np.int64),
    )
    expected = set()
    for text in {one[0] for one in texts}:
        group = [i for i, one in enumerate(texts) if one[0] == text and one[2]]
        if len(group) > 1:
            best = min(group, key=lambda i: (-texts[i][2], i))
            expected |= {(i, best, texts[i][1] == texts[best][1]) for i in group if i != best}
    assert set(zip(*(column.tolist() for column in found), strict=True)) == expected


# --- An earlier corpus -------------------------------------------------------------------------


def test_documents_of_an_earlier_corpus_are_found_by_its_signatures(tmp_path: Path) -> None:
    draw = random.Random(11)
    earlier = [words(300, draw) for _ in range(50)]
    kept = DuplicateOptions(signatures=True)
    theirs = Corpus(tmp_path / "earlier", [" ".join(text) for text in earlier], duplicates=kept)
    texts = [" ".join(words(300, draw)) for _ in range(50)]  # nothing of these was there
    texts += [" ".join(text).upper() for text in earlier[:10]]
    texts += [" ".join(changed(text, [100, 200])) for text in earlier[10:20]]  # 286 of 306
    texts += [" ".join(changed(text, range(0, 300, 5))) for text in earlier[20:30]]  # nothing
    texts += ["", "short one"]
    options = DuplicateOptions(reference=str(theirs.folder))
    corpus = Corpus(tmp_path / "later", texts, duplicates=options)
    found = {
        corpus.number[row["position"]]: row
        for row in table(corpus.folder, "reference_matches").to_pylist()
    }
    assert set(found) == set(range(50, 70))
    for number, row in found.items():
        assert theirs.number[row["reference_position"]] == number - 50
        assert row["reference_id"] == f"d{number - 50}"
        if number < 60:
            assert (row["kind"], row["estimate"], row["standard_error"]) == ("exact", 1.0, 0.0)
        else:
            assert row["kind"] == "near"
            estimate = row["estimate"]
            assert row["standard_error"] == pytest.approx((estimate * (1 - estimate) / 108) ** 0.5)
            assert abs(estimate - 286 / 306) < 4 * (0.935 * 0.065 / 108) ** 0.5
    work = corpus.work()
    assert (work["documents_in_reference"], work["documents_in_reference_exactly"]) == (20, 10)

    plain = table_files(corpus.folder)
    audit(
        tmp_path / "later" / "in.jsonl",
        tmp_path / "units",
        measures=MEASURES,
        duplicates=options,
        span_bytes=20_000,
    )
    assert table_files(tmp_path / "units") == plain


def test_with_the_earlier_text_documents_are_compared_exactly(tmp_path: Path) -> None:
    """Expected: for each document the most alike earlier one of at least .8, then the first, by
    sets of 5-grams made here."""
    draw = random.Random(12)
    earlier = [words(300, draw) for _ in range(40)]
    earlier += [changed(earlier[0], [250]), changed(earlier[0], [40])]  # two that are like it
    # .81 and .79: signatures cannot tell them from each other.
    changes = {20: range(0, 300, 10), 21: range(0, 300, 9), 22: range(0, 300, 8)}
    texts = [" ".join(words(300, draw)) for _ in range(5)]
    texts += [" ".join(text).upper() for text in earlier[1:4]]
    texts += [" ".join(changed(earlier[0], [40, 41]))]
    texts += [" ".join(changed(earlier[n], at)) for n, at in changes.items()]
    texts += [" ".join(changed(earlier[n], range(k, k + 26))) for n, k in ((30, 10), (31, 99))]
    texts += [" ".join(changed(earlier[n], range(k, k + 32))) for n, k in ((32, 10), (33, 99))]
    kept = DuplicateOptions(signatures=True)
    theirs = Corpus(tmp_path / "earlier", [" ".join(text) for text in earlier], duplicates=kept)

    def grams(text: Sequence[str]) -> Grams:
        folded = [word.lower() for word in text]
        return frozenset(tuple(folded[i : i + 5]) for i in range(len(folded) - 4))

    sets = [grams(text) for text in earlier]
    expected = {}
    for number, text in enumerate(texts):
        own = grams(text.split())
        alike = [len(own & one) / len(own | one) for one in sets]
        best = max(range(len(sets)), key=lambda n: (alike[n], -n))
        if alike[best] >= 0.8:
            expected[number] = (best, alike[best])
    assert len(expected) == 6
    assert min(value for _, value in expected.values()) < 0.84

    options = DuplicateOptions(
        reference=str(theirs.folder), reference_text=(str(tmp_path / "earlier" / "in.jsonl"),)
    )
    corpus = Corpus(tmp_path / "later", texts, duplicates=options)
    found = {}
    for row in table(corpus.folder, "reference_matches").to_pylist():
        assert row["standard_error"] == 0
        number = corpus.number[row["position"]]
        assert (row["kind"] == "exact") == (5 <= number < 8)
        found[number] = (theirs.number[row["reference_position"]], row["estimate"])
    assert found == {n: (of, pytest.approx(value)) for n, (of, value) in expected.items()}
    work = corpus.work()
    assert (work["documents_in_reference"], work["documents_in_reference_exactly"]) == (6, 3)
    page = (corpus.folder / "report.html").read_text(encoding="utf-8")
    assert "every similarity is exact" in page
    assert "estimated" not in page[page.index("In the earlier corpus") :][:3000]

    plain = table_files(corpus.folder)
    audit(
        tmp_path / "later" / "in.jsonl",
        tmp_path / "units",
        measures=MEASURES,
        duplicates=options,
        span_bytes=4_000,
    )
    assert table_files(tmp_path / "units") == plain


def test_an_earlier_text_that_is_not_that_of_the_audit_is_refused(tmp_path: Path) -> None:
    kept = DuplicateOptions(signatures=True)
    theirs = Corpus(tmp_path / "earlier", [" ".join(LINE)], duplicates=kept)
    other = write_jsonl(tmp_path / "other" / "in.jsonl", [{"text": "something else"}])
    for inputs, message in (
        (other, r"--reference-text names 1 files, .* in\.jsonl \([\d,]+ bytes\): give the inputs"),
        (tmp_path / "nothing", "--reference-text: .*nothing"),
    ):
        options = DuplicateOptions(reference=str(theirs.folder), reference_text=(str(inputs),))
        with pytest.raises(run.UsageError, match=message):
            Corpus(tmp_path / "later", ["a"], duplicates=options)
    with pytest.raises(ValueError, match="--reference-text goes with --reference"):
        DuplicateOptions(reference_text=("a",))


@pytest.mark.parametrize(
    ("kept", "asked", "message"),
    [
        (DuplicateOptions(), DuplicateOptions(), "kept no signatures"),
        (
            DuplicateOptions(signatures=True),
            DuplicateOptions(seed=2),
            "its seed is 1, here it is 2",
        ),
        (None, DuplicateOptions(), "no audit there"),
    ],
)
def test_a_reference_that_cannot_be_compared_is_refused(
    tmp_path: Path, kept: DuplicateOptions | None, asked: DuplicateOptions, message: str
) -> None:
    if kept:
        Corpus(tmp_path / "earlier", [" ".join(LINE)], duplicates=kept)
    asked = replace(asked, reference=str(tmp_path / "earlier" / "audit"))
    with pytest.raises(run.UsageError, match=message):
        Corpus(tmp_path / "later", ["a"], duplicates=asked)


@pytest.mark.parametrize("content", [b"\xff\x00", b"[1]", b'{"tables": [1]}', b"{}"])
def test_a_reference_whose_manifest_is_spoilt_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "audit.json").write_bytes(content)
    with pytest.raises(ValueError, match=f"--reference {tmp_path}: its audit.json cannot be read"):
        reference.check(DuplicateOptions(reference=str(tmp_path)))
    within = DuplicateOptions(reference=str(tmp_path / "audit.json"))
    with pytest.raises(ValueError, match="no audit there"):
        reference.check(within)
