"""Contamination: numbers worked out by hand, an independent implementation, and whole audits."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from audit_runs import audit, command, rows, write_jsonl
from document_batches import Document, batch
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import additive, contamination
from corpus_assay.transforms.contamination import Benchmark, BenchmarkError
from corpus_assay.transforms.tokens import tokenise

A = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


def benchmark(path: Path, *items: str | dict[str, Any]) -> Benchmark:
    """Items of a file: objects as JSON, strings as they are."""
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    contamination.load.cache_clear()
    return contamination.load((str(path),))


def look(
    known: Benchmark, documents: Sequence[Document], sizes: Sequence[int] = ()
) -> dict[str, list[dict[str, Any]]]:
    """All tables, from batches of these sizes and one with the rest."""
    analyze = contamination.analyzer(known)
    merger = additive.Merger(contamination.FIRST)
    left = list(documents)
    for size in (*sizes, len(left)):
        merger.add(analyze(tokenise(batch(left[:size]))))
        left = left[size:]
    tables = merger.tables()
    tables[contamination.ITEMS.name] = contamination.summarise(tables, known)
    return {name: table.to_pylist() for name, table in tables.items()}


def items(found: dict[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    names = ("kind", "ngrams", "found", "documents", "mostly", "wholly")
    return [tuple(row[name] for name in names) for row in found["contamination"]]


def documents(*texts: str, source: str = "s") -> list[Document]:
    return [Document(((0, t),), source=source, position=k) for k, t in enumerate(texts)]


def test_n_grams_by_hand(tmp_path: Path) -> None:
    known = benchmark(tmp_path / "b.jsonl", {"id": "q1", "question": A, "answer": "no"})
    words = A.split()
    found = look(
        known,
        documents(
            f"before {A.upper().replace(' ', ', ')}. after",  # all three
            f"x {' '.join(words[:14])} other",  # the first two: 67%
            f"{' '.join(words[2:])}\n{' '.join(words[:12])}",  # the last one
            " ".join(words[:12]),
            f"{A} {A}",
        ),
    )
    assert items(found) == [("n-grams", 3, 3, 4, 2, 2)]
    assert found["contamination"][0]["id"] == "q1"
    kept = [(row["position"], row["ngrams"]) for row in found["contamination_examples"]]
    assert sorted(kept[:2]) == [(0, 3), (4, 3)]
    assert kept[2] == (1, 2)
    assert found["contamination_sources"] == [
        {
            "source": "s",
            "language": "eng",
            "benchmark": "b.jsonl",
            "documents": 4,
            "mostly": 2,
            "wholly": 2,
        }
    ]


def test_four_fifths_are_mostly(tmp_path: Path) -> None:
    words = [f"w{k}" for k in range(17)]  # 5 n-grams
    known = benchmark(tmp_path / "b.txt", " ".join(words))
    found = look(known, documents(" ".join(words[:16]), " ".join(words[:15])))
    assert items(found) == [("n-grams", 5, 4, 2, 1, 0)]


def test_n_grams_do_not_cross_texts_of_an_item_or_parts_of_a_document(tmp_path: Path) -> None:
    words = A.split()
    first, second = " ".join(words[:7]), " ".join(words[7:])
    known = benchmark(tmp_path / "b.jsonl", {"a": first, "b": [second, {"c": "x"}]})
    found = look(known, documents(A, second))
    # No text of 13 words: the longest of both, the second with 8 words, is matched whole.
    assert items(found) == [("whole", 1, 1, 2, 2, 2)]
    whole = benchmark(tmp_path / "b.txt", A)
    parts = [Document(((1, first), (2, second)))]
    assert items(look(whole, parts)) == [("n-grams", 3, 0, 0, 0, 0)]


def test_short_items(tmp_path: Path) -> None:
    known = benchmark(tmp_path / "b.txt", "five words are just enough", "", "four are too few")
    found = look(known, documents("so FIVE words: are just enough!", "five words are just", ""))
    assert items(found) == [("whole", 1, 1, 1, 1, 1), ("too short", None, None, None, None, None)]
    assert [row["line"] for row in found["contamination"]] == [1, 3]


def test_characters_where_words_have_no_spaces(tmp_path: Path) -> None:
    text = "今天天气很好我们一起去公园散步然后回家吃晚饭看电视聊天睡觉"
    assert len(text) == 29
    known = benchmark(tmp_path / "b.txt", text, text[:12], text[:9])
    found = look(
        known, [Document(((0, t),), "cmn", position=k) for k, t in enumerate([text, text[:27]])]
    )
    assert items(found) == [
        ("n-grams", 4, 4, 2, 1, 1),
        ("whole", 1, 1, 2, 2, 2),
        ("too short", None, None, None, None, None),
    ]


def test_items_that_share_n_grams(tmp_path: Path) -> None:
    known = benchmark(tmp_path / "b.txt", A, f"{A} sixteen", A)
    found = look(known, documents(A, source="t"))
    assert items(found) == [
        ("n-grams", 3, 3, 1, 1, 1),
        ("n-grams", 4, 3, 1, 0, 0),
        ("n-grams", 3, 3, 1, 1, 1),
    ]
    assert [row["wholly"] for row in found["contamination_sources"]] == [1]


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 13]) for i in range(len(words) - 12)}


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 8), max_size=4))
def test_as_sets_of_n_grams_have_it(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, sizes: list[int]
) -> None:
    text = [chance.choice("abc") for _ in range(120)]

    def some(low: int, high: int) -> str:
        length = chance.randint(low, high)
        begin = chance.randint(0, len(text) - length)
        return " ".join(text[begin : begin + length])

    of_items = [some(13, 20) for _ in range(6)]
    of_documents = [f"{some(5, 40)} x {some(5, 40)}" for _ in range(12)]
    known = benchmark(tmp_path_factory.mktemp("b") / "b.txt", *of_items)
    found = look(known, documents(*of_documents), sizes)
    expected = []
    for item in of_items:
        wanted = grams(item)
        held = [len(wanted & grams(document)) for document in of_documents]
        anywhere = set().union(*(wanted & grams(document) for document in of_documents))
        expected.append(
            (
                "n-grams",
                len(wanted),
                len(anywhere),
                sum(n > 0 for n in held),
                sum(n >= 0.8 * len(wanted) for n in held),
                sum(n == len(wanted) for n in held),
            )
        )
    assert items(found) == expected
    assert found == look(known, documents(*of_documents))


def test_many_matches_in_one_batch(tmp_path: Path) -> None:
    words = [f"w{k}" for k in range(6_000)]
    known = benchmark(tmp_path / "b.txt", " ".join(words))
    found = look(known, documents(" ".join(words)))
    assert items(found) == [("n-grams", 5_988, 5_988, 1, 1, 1)]


def test_no_benchmark_is_an_empty_one() -> None:
    found = look(contamination.load(()), documents(A))
    assert all(table == [] for table in found.values())


# --- Files -----------------------------------------------------------------------------------


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"none\.jsonl: cannot be read: No such file"):
        contamination.load((str(tmp_path / "none.jsonl"),))
    (tmp_path / "empty").write_text("\n \n")
    with pytest.raises(BenchmarkError, match=r"empty: no item"):
        contamination.load((str(tmp_path / "empty"),))
    (tmp_path / "broken").write_text('{"a": 1}\n{"a": \n')
    with pytest.raises(BenchmarkError, match=r"broken: line 2 begins as JSON"):
        contamination.load((str(tmp_path / "broken"),))
    (tmp_path / "wheel").write_bytes(b"PK\x03\x04\x00\x00")
    with pytest.raises(BenchmarkError, match=r"wheel: line 1 is no text"):
        contamination.load((str(tmp_path / "wheel"),))
    (tmp_path / "spoilt.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 20)
    with pytest.raises(BenchmarkError, match=r"spoilt\.gz: cannot be read"):
        contamination.load((str(tmp_path / "spoilt.gz"),))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(A.encode())[:-9])
    with pytest.raises(BenchmarkError, match=r"cut\.gz: cannot be read"):
        contamination.load((str(tmp_path / "cut.gz"),))


def test_too_many_n_grams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contamination, "MAX_NGRAMS", 2)
    with pytest.raises(BenchmarkError, match="over 2 n-grams"):
        benchmark(tmp_path / "b.txt", A)


def test_benchmarks_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test.jsonl").write_text(A)
    known = contamination.load(tuple(str(tmp_path / f / "test.jsonl") for f in ("a", "b")))
    assert known.names == ["test.jsonl", "test.jsonl (2)"]
    assert known.of_item.tolist() == [0, 1]


def test_names_and_ids_that_are_no_unicode(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"b\xff.jsonl")
    with open(path, "w", encoding="ascii") as file:
        file.write('{"id": "\\ud800x", "q": "a"}\n')
    known = contamination.load((os.fsdecode(path),))
    assert (known.names, known.ids) == (["b\ufffd.jsonl"], ["?x"])


# --- Audits ----------------------------------------------------------------------------------


def test_an_audit_against_a_benchmark(tmp_path: Path) -> None:
    data = write_jsonl(
        tmp_path / "a.jsonl",
        [{"text": f"{k} {A}", "source": f"s{k % 2}", "lang": "en"} for k in range(4)]
        + [{"text": "clean", "source": "s2", "lang": "en"}],
    )
    questions = write_jsonl(tmp_path / "q.jsonl", [{"id": 7, "q": A}, {"id": "\u202ex", "q": "no"}])
    out = tmp_path / "audit"
    done = command(
        "audit", data, "--output", out, "--measures", "corpus", "--benchmark", questions, "--quiet"
    )
    if done.returncode == 2 and "unknown measure" in done.stderr:
        pytest.fail(done.stderr)
    assert done.returncode == 0, done.stderr
    found = rows(out, "contamination", "benchmark", "id", "ngrams", "found", "documents", "wholly")
    assert found[0] == ("q.jsonl", "7", 3, 3, 4, 4)
    assert found[1][2:] == (None, None, None, None)
    assert "\u202e" not in found[1][1]
    assert rows(out, "contamination_sources", "source", "documents") == [
        ("s0", 2),
        ("s1", 2),
        ("s2", 0),
    ]
    assert not list((out / "tables").glob("contamination_ngrams*"))
    assert not list((out / "tables").glob("contamination_documents*"))


def test_the_measure_without_a_benchmark_is_refused(tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "a.jsonl", [{"text": A}])
    done = command("audit", data, "--output", tmp_path / "o", "--measures", "contamination")
    assert done.returncode == 2
    assert "needs --benchmark FILES" in done.stderr
    gone = command("audit", data, "--output", tmp_path / "o", "--benchmark", tmp_path / "none")
    assert gone.returncode == 2
    assert "none: cannot be read" in gone.stderr


def test_every_measure_without_a_benchmark(tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "a.jsonl", [{"text": A}])
    audit(data, tmp_path / "audit", measures=("corpus", "contamination"))
    assert rows(tmp_path / "audit", "contamination") == []
