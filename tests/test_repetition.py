"""Repetition: numbers worked out by hand, an independent implementation, and whole audits."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from audit_runs import audit, rows, table, write_jsonl
from document_batches import Document, batch
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import additive, repetition
from corpus_assay.transforms.repetition import STATISTICS, Lines, document_shares
from corpus_assay.transforms.tokens import TokenBatch, tokenise


def tokens(*texts: str) -> TokenBatch:
    return tokenise(batch([Document(((0, t),), position=k) for k, t in enumerate(texts)]))


def shares(text: str) -> dict[str, int]:
    one = tokens(text)
    found = document_shares(one, Lines.of(one))[0].tolist()
    return {name: value for name, value in zip(STATISTICS, found, strict=True) if value}


def lines_of(text: str) -> list[tuple[str, str, int, int]]:
    """Kind, text, bytes and lines of all lines and paragraphs, in the order of the text."""
    one = tokens(text)
    lines = Lines.of(one)
    data = bytes(one.data[one.part_offsets[0] :])
    found = [
        (begin, kind, data[begin:end].decode(), size, count)
        for kind, begin, end, size, count in zip(
            lines.kinds.tolist(),
            lines.begins.tolist(),
            lines.ends.tolist(),
            lines.sizes.tolist(),
            lines.lines.tolist(),
            strict=True,
        )
    ]
    return [(repetition.KINDS[kind], *rest) for _, kind, *rest in sorted(found)]  # type: ignore[misc]


# --- Lines -----------------------------------------------------------------------------------


def test_lines_and_paragraphs_of_a_text() -> None:
    text = "One, two\r\n  three\n\n---\nfour\n"
    assert lines_of(text) == [
        ("line", "One, two\r", 10, 1),
        ("paragraph", "One, two\r\n  three", 18, 2),
        ("line", "  three", 8, 1),
        ("line", "four", 5, 1),
        ("paragraph", "four", 5, 1),
    ]
    assert lines_of("\n--\n \n") == []
    assert [row[1:] for row in lines_of("no line feed") if row[0] == "line"] == [
        ("no line feed", 12, 1)
    ]


def test_lines_are_compared_by_their_folded_words() -> None:
    one = Lines.of(tokens("Read more »\nREAD, MORE!\nread more again\nmore read"))
    keys = one.keys[one.kinds == repetition.LINE]
    assert len(set(keys.tolist())) == 3
    assert one.again[one.kinds == repetition.LINE].sum() == 1


def test_a_line_is_not_the_paragraph_of_it() -> None:
    one = Lines.of(tokens("a b"))
    assert len(set(one.keys.tolist())) == 2


def test_parts_end_lines_and_paragraphs() -> None:
    two = tokenise(batch([Document(((0, "a b\nc"), (0, "c\nd")))]))
    lines = Lines.of(two)
    assert sorted(zip(lines.kinds.tolist(), lines.sizes.tolist(), strict=True)) == [
        (0, 1),
        (0, 1),
        (0, 2),
        (0, 4),
        (1, 3),
        (1, 5),
    ]


# --- Within a document -----------------------------------------------------------------------


def test_shares_of_n_grams_by_hand() -> None:
    # 9 words of 1 byte; "a b" twice and "a b a" never twice: top_2 = 4 of 9.
    assert shares("a b c d a b e f g") == {"top_2": 44}
    # "x y" 3 times of 8 bytes in all; "x y z" twice.
    assert shares("x y z x y z x y") == {
        "top_2": 75,
        "top_3": 75,  # "x y z" and "y z x" both twice: 6 of 8
        "top_4": 100,  # "x y z x" twice: 8 of 8
        "repeated_5": 62,  # "x y z x y" stood before at word 3: words 3 to 7, 5 of 8
    }


def test_a_text_twice_is_half_repeated() -> None:
    words = " ".join(f"w{k:02}" for k in range(40))
    found = shares(f"{words} {words}")
    assert {found[f"repeated_{n}"] for n in range(5, 11)} == {50}
    assert (found["top_2"], found["top_3"], found["top_4"]) == (5, 7, 10)
    assert "repeated_lines" not in found


def test_shares_of_lines_and_paragraphs_by_hand() -> None:
    text = "first line\nsecond\n\nfirst line\nSECOND\n\nthird\n"
    # 5 lines of 11, 7, 11, 7, 6 bytes; 3 paragraphs of 18, 18, 6.
    found = shares(text)
    assert found["repeated_lines"] == 40
    assert found["repeated_line_bytes"] == 100 * 18 // 42
    assert found["repeated_paragraphs"] == 33
    assert found["repeated_paragraph_bytes"] == 100 * 18 // 42


def test_documents_without_words_have_no_shares() -> None:
    one = tokens("", "...", "a")
    assert (document_shares(one, Lines.of(one))[:, 0] >= 0).tolist() == [False, False, True]


def expected_shares(text: str) -> list[int]:
    """The formulas of the module, by counters over strings."""
    words = re.findall(r"\w+", text.lower())
    weight = [len(w) for w in words]
    total = sum(weight)
    found = []
    for n in range(2, 11):
        grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
        if n <= 4:
            counted = Counter(grams)
            best = max(
                ((c, sum(map(len, gram))) for gram, c in counted.items() if c > 1), default=(0, 0)
            )
            found.append(100 * min(best[0] * best[1], total) // total)
            continue
        seen, covered = set(), set()
        for i, gram in enumerate(grams):
            if gram in seen:
                covered.update(range(i, i + n))
            seen.add(gram)
        found.append(100 * sum(weight[i] for i in covered) // total)
    return found


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "bb", "ccc", "d", "ee"]), min_size=1, max_size=80))
def test_shares_of_n_grams_as_counters_have_them(words: list[str]) -> None:
    one = tokens("few words", " ".join(words), "a b a b")
    found = document_shares(one, Lines.of(one))
    assert found[1, :9].tolist() == expected_shares(" ".join(words))
    assert found[2, :9].tolist() == expected_shares("a b a b")


# --- Across documents ------------------------------------------------------------------------


def whole(documents: Sequence[Document], cuts: Sequence[int]) -> dict[str, pa.Table]:
    """All tables, from documents in batches that end at the cuts."""
    edges = [0, *sorted(cuts), len(documents)]
    batches = [tokenise(batch(documents[a:b])) for a, b in pairwise(edges) if b > a]
    first = additive.Merger(repetition.FIRST)
    for one in batches:
        first.add(repetition.analyzer()(one))
    tables = first.tables()
    selection = repetition.prepare(tables)
    second = additive.Merger(repetition.SECOND)
    for one in batches if selection else ():
        second.add(repetition.second_analyzer(selection)(one))
    found = tables | second.tables()

    def parts(name: str) -> list[pa.Table]:
        spec = next(spec for spec in repetition.SECOND if spec.name == name)
        return list(additive.shards(spec, found[name], 3).values())

    final = repetition.summarise(
        tables["repetition_totals"],
        repetition.threshold(tables["repetition_sketch"]),
        lambda: parts("repetition_lines"),
        lambda: parts("repetition_texts"),
    )
    return {"repetition_shares": tables["repetition_shares"]} | final


def test_lines_across_documents_by_hand() -> None:
    footer = "All rights reserved\n"
    documents = [
        Document(((0, f"own text {k}\n{footer}{footer}"),), "eng", f"s{k % 2}", position=k)
        for k in range(6)
    ]
    documents.append(Document(((0, "all rights RESERVED."),), "deu", "s9", position=6))
    found = whole(documents, [])
    lines = {row["text"].lower(): row for row in found["repeated_lines"].to_pylist()}
    ((text, line),) = lines.items()
    assert text.rstrip(".") == "all rights reserved"
    del line["line"], line["text"], line["file"], line["position"]
    assert line == {
        "kind": "line",
        "documents": 7,
        "occurrences": 13,
        "bytes": 12 * 20 + 20,
        "sources": 3,
        "languages": 2,
    }
    levels = {
        (row["source"], row["language"], row["kind"], row["level"]): (
            row["lines"],
            row["occurrences"],
            row["bytes"],
        )
        for row in found["repetition"].to_pylist()
    }
    assert levels["s0", "eng", "line", 1] == (None, 9, 3 * (11 + 40))
    assert levels["s0", "eng", "line", 2] == levels["s0", "eng", "line", 7] == (1, 6, 120)
    assert levels["s0", "eng", "line", 100] == (0, 0, 0)
    assert levels["s9", "deu", "line", 7] == (1, 1, 20)
    assert levels["s1", "eng", "paragraph", 1] == (None, 3, 3 * 51)
    assert levels["s1", "eng", "paragraph", 2] == (0, 0, 0)


def random_documents(count: int, seed: int = 3) -> list[Document]:
    chance = random.Random(seed)
    pool = [" ".join(chance.choices(["alpha", "beta", "gamma", "delta"], k=3)) for _ in range(30)]
    return [
        Document(
            ((0, "\n".join(chance.choices([*pool, ""], k=chance.randint(0, 6)))),),
            chance.choice(["eng", "deu"]),
            chance.choice("st"),
            position=k,
        )
        for k in range(count)
    ]


def test_lines_across_documents_as_counters_have_them() -> None:
    documents = random_documents(200)
    counted: dict[str, set[int]] = defaultdict(set)
    occurrences: Counter[str] = Counter()
    for number, document in enumerate(documents):
        for line in document.parts[0][1].split("\n"):
            if line:
                counted[line].add(number)
                occurrences[line] += 1
    found = whole(documents, [])["repeated_lines"].to_pylist()
    lines = {r["text"]: (r["documents"], r["occurrences"]) for r in found if r["kind"] == "line"}
    assert lines == {
        line: (len(of), occurrences[line]) for line, of in counted.items() if len(of) > 1
    }


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 60), max_size=5), st.randoms())
def test_tables_do_not_depend_on_batches_or_order(cuts: list[int], chance: random.Random) -> None:
    documents = random_documents(60)
    expected = whole(documents, [])
    chance.shuffle(documents)
    assert whole(documents, cuts) == expected


def test_only_the_heaviest_lines_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repetition, "CANDIDATES", 2)
    texts = ["\n".join(f"line number {k}" for k in range(n)) for n in range(1, 9)]
    documents = [Document(((0, text),), position=k) for k, text in enumerate(texts)]
    found = whole(documents, [])
    # Line k stands in 8 - k documents. Two cells may reach the threshold: 7.
    lines = {row["text"]: row["documents"] for row in found["repeated_lines"].to_pylist()}
    assert lines == {"line number 0": 8, "line number 1": 7}
    assert {row["level"] for row in found["repetition"].to_pylist()} == {1, 7, 100, 1_000, 10_000}


def test_long_lines_are_cut_between_characters() -> None:
    text = "é" * 500 + " end"
    found = whole([Document(((0, text),), position=k) for k in range(2)], [])
    (row,) = found["repeated_lines"].to_pylist()
    assert row["text"] == "é" * 200


# --- Audits ----------------------------------------------------------------------------------


def test_an_audit_of_repetition(tmp_path: Path) -> None:
    records = [
        {"text": f"own {k}\nSubscribe \u202enow\n\nlast words\nof all", "lang": "en"}
        for k in range(9)
    ]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    audit(path, tmp_path / "audit", measures=("corpus", "repetition"))
    found = rows(tmp_path / "audit", "repeated_lines", "kind", "documents", "bytes", "text")
    assert {row[0] for row in found} == {"line", "paragraph"}
    assert sorted(found)[-1] == ("paragraph", 9, 9 * 17, "last words of all")
    shown = [text for kind, _, _, text in found if kind == "line" and "Subscribe" in text]
    assert len(shown) == 1
    assert "\u202e" not in shown[0]
    assert not (tmp_path / "audit" / "tables" / "repetition_sketch").exists()
    assert not (tmp_path / "audit" / "tables" / "repetition_lines").exists()

    audit(path, tmp_path / "none", measures=("corpus", "repetition"), excerpts=False)
    assert set(table(tmp_path / "none", "repeated_lines").column("text").to_pylist()) == {""}
    audit(path, tmp_path / "split", measures=("corpus", "repetition"), span_bytes=200)
    for name in ("repetition", "repeated_lines", "repetition_shares"):
        assert table(tmp_path / "split", name) == table(tmp_path / "audit", name)


def test_an_audit_without_repetition(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "one"}, {"text": "two"}, {"text": ""}])
    audit(path, tmp_path / "audit", measures=("corpus", "repetition"))
    assert rows(tmp_path / "audit", "repeated_lines") == []
    levels = rows(tmp_path / "audit", "repetition", "kind", "level", "occurrences")
    assert levels == [("line", 1, 2), *(("line", level, 0) for level in (2, 7, 100, 1000, 10000))]
