"""Clusters as a reader sees them: sizes, kinds, and the largest with their texts."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from audit_runs import audit, rows, table, table_files, write_jsonl, write_parquet
from hypothesis import given
from hypothesis import strategies as st

from corpus_assay.transforms.duplicate_clusters import BEFORE, EXCERPT, SHOWN, excerpts

MEASURES = ("corpus", "duplicates")


def corpus() -> list[dict[str, Any]]:
    """Clusters of 2 to 10 documents, one more of them in each: copies, copies in capitals, or with
    one word changed in turn; and documents of their own."""
    draw = random.Random(7)

    def text() -> list[str]:
        return [f"w{draw.randrange(3000)}" for _ in range(120)]

    records = [{"text": " ".join(text()), "source": "alone"} for _ in range(40)]
    for number in range(27):
        words = text()
        for copy in range(number // 3 + 2):
            changed = words[:]
            if number % 3 == 2:
                changed[60] = f"copy{copy}"
            written = " ".join(changed)
            if number % 3 == 1 and copy % 2:
                written = written.upper()
            records.append({"text": written, "source": f"s{copy % 4}"})
    draw.shuffle(records)
    return [{"id": f"d{i}", "language": "eng", **record} for i, record in enumerate(records)]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clusters")
    audit(write_jsonl(folder / "in.jsonl", corpus()), folder / "audit", measures=MEASURES)
    return folder


def members(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table(folder / "audit", "duplicates").to_pylist()
    return found


def test_sizes_and_kinds_are_those_of_the_documents(audited: Path) -> None:
    every = members(audited)
    near = {row["cluster_position"] for row in every if row["kind"] == "near"}
    expected = []
    for size in range(2, 11):
        of = [row for row in every if row["cluster_size"] == size]
        gone = [row["bytes"] for row in of if row["removable"]]
        clusters = {row["cluster_position"] for row in of}
        assert len(clusters) == 3
        sums = (sum(row["bytes"] for row in of), len(gone), sum(gone))
        expected.append((size, 3, len(clusters - near), *sums))
    assert rows(audited / "audit", "duplicate_sizes") == expected
    assert [row[2] for row in expected] == [2] * 9

    documents: Counter[tuple[str, str, str]] = Counter()
    removable: Counter[tuple[str, str, str]] = Counter()
    for row in every:
        key = (row["source"], row["language"], row["kind"] or "kept")
        documents[key] += 1
        removable[key] += row["removable"]
    columns = ("source", "language", "kind", "documents", "removable_documents")
    assert rows(audited / "audit", "duplicate_kinds", *columns) == [
        (*key, documents[key], removable[key]) for key in sorted(documents)
    ]


def test_the_largest_clusters_are_shown(audited: Path) -> None:
    every = members(audited)
    texts = {row["id"]: row["text"] for row in corpus()}
    shown = table(audited / "audit", "duplicate_examples").to_pylist()
    assert Counter(row["clusters"] for row in shown) == {"near": SHOWN, "copies": SHOWN}
    sizes = {name: [r["cluster_size"] for r in shown if r["clusters"] == name]
             for name in ("near", "copies")}  # fmt: skip
    assert sizes == {"near": [10, 9, 8, 7, 6, 5], "copies": [10, 10, 9, 9, 8, 8]}
    for row in shown:
        of = [each for each in every if each["cluster_position"] == row["position"]]
        assert len(of) == row["cluster_size"]
        assert row["sources"] == len({each["source"] for each in of})
        assert row["removable_documents"] == sum(each["removable"] for each in of)
        assert row["removable_bytes"] == sum(e["bytes"] for e in of if e["removable"])
        keep = next(each for each in of if each["keep"])
        assert (row["id"], row["source"], row["bytes"]) == tuple(
            keep[name] for name in ("id", "source", "bytes")
        )
        # No kind is more different, and within it no other removable one is less alike.
        order = ["near", "exact", "identical"]
        least = min(
            (each for each in of if not each["keep"]),
            key=lambda e: (order.index(e["kind"]), e["similarity_to_keep"], e["position"]),
        )
        assert row["other_position"] == least["position"]
        assert (row["kind"], row["similarity_to_keep"]) == (
            least["kind"],
            least["similarity_to_keep"],
        )
        pair = (texts[row["id"]], texts[row["other_id"]])
        assert (row["text"], row["other_text"]) == excerpts(*pair)
    near = next(row for row in shown if row["clusters"] == "near")
    assert near["text"].startswith("… ")
    difference = [word for word in near["text"].split() if word not in near["other_text"].split()]
    assert [word[:4] for word in difference] == ["copy"]


def test_tables_do_not_depend_on_units_of_work_or_format(audited: Path, tmp_path: Path) -> None:
    audit(audited / "in.jsonl", tmp_path / "units", measures=MEASURES, span_bytes=40_000)
    assert table_files(tmp_path / "units") == table_files(audited / "audit")
    columns = {name: [row[name] for row in corpus()] for name in ("id", "text", "source")}
    columns["language"] = ["eng"] * len(corpus())
    path = write_parquet(tmp_path / "in.parquet", columns, row_group_size=30)
    audit(path, tmp_path / "parquet", measures=MEASURES, span_bytes=20_000)
    texts = [
        rows(folder, "duplicate_examples", "clusters", "cluster_size", "id", "text", "other_text")
        for folder in (tmp_path / "parquet", audited / "audit")
    ]
    assert texts[0] == texts[1]


def test_no_excerpts(audited: Path, tmp_path: Path) -> None:
    audit(audited / "in.jsonl", tmp_path / "audit", measures=MEASURES, excerpts=False)
    columns = ("text", "other_text", "id", "other_id")
    texts = rows(tmp_path / "audit", "duplicate_examples", *columns)
    assert set(texts) == {("", "", None, None)}
    assert len(texts) == 2 * SHOWN


def test_hostile_texts_prompts_and_first_sentences(tmp_path: Path) -> None:
    words = " ".join(f"word{i}" for i in range(40))
    records = [
        {"prompt": f"{words}\u202e\x1b[31m", "response": f"yes\nno {i}"} for i in range(2)
    ] + [{"prompt": "", "response": ""}]
    audit(write_jsonl(tmp_path / "in.jsonl", records), tmp_path / "audit", measures=MEASURES)
    row = table(tmp_path / "audit", "duplicate_examples").to_pylist()[0]
    assert "word39⟦U+202E⟧⟦U+001B⟧[31m yes no 0" in row["text"]
    assert row["other_text"].endswith("yes no 1")


def test_no_clusters(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", [{"text": "one"}, {"text": "two"}])
    audit(path, tmp_path / "audit", measures=MEASURES)
    for name in ("duplicate_examples", "duplicate_sizes", "duplicate_kinds"):
        assert rows(tmp_path / "audit", name) == []
    assert not list((tmp_path / "audit" / "tables").glob("duplicate_largest*"))


def test_excerpts_begin_before_the_difference() -> None:
    shared = " ".join(f"word{i:03}" for i in range(50))
    first, second = excerpts(f"{shared} left  side\n", f"{shared} right side")
    assert first == "… " + shared[-BEFORE:].partition(" ")[2] + " left side"
    assert second == "… " + shared[-BEFORE:].partition(" ")[2] + " right side"
    assert excerpts("a b", "a  b") == ("a b", "a b")
    # The longer one goes on where the other ends.
    assert excerpts(shared, f"{shared} more")[1].endswith(" word049 more")
    # Where nothing differs, the beginning.
    assert excerpts(shared * 9, shared * 9)[0].startswith("word000 word001")


@given(
    st.text(st.sampled_from("ab \u0301\u0e31แ"), max_size=40),
    st.text(st.sampled_from("ab \u0301\u0e31แ"), max_size=1500),
    st.text(st.sampled_from("ab \u0301\u0e31แ"), max_size=1500),
)
def test_excerpts_are_short_and_show_the_difference(start: str, one: str, other: str) -> None:
    whole = [" ".join((start * 8 + text).split()) for text in (one, other)]
    shown = excerpts(start * 8 + one, start * 8 + other)
    for text, of in zip(shown, whole, strict=True):
        assert len(text) <= EXCERPT + 4
        assert text.removeprefix("… ").removesuffix(" …") in of
    if whole[0] != whole[1]:
        assert shown[0] != shown[1]
