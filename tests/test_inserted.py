"""Inserted text: counts and coherence by hand, planted words and sentences, however it is cut."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import audit, write_jsonl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import inserted, inserted_kernels, run_kernels, tokens
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT
from corpus_assay.transforms.tokens import TokenBatch


def batch(texts: Sequence[str], first: int = 0) -> TokenBatch:
    rows = [
        {
            "file": 0,
            "position": first + k,
            "id": None,
            "source": "s",
            "language": "eng",
            "parts": [{"field": "", "role": ROLE_TEXT, "text": text}],
            "slices": [],
        }
        for k, text in enumerate(texts)
    ]
    return tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))


def counted(texts: Sequence[str]) -> inserted.Counts:
    made = inserted.Counts(len(texts))
    made.add(batch(texts))
    return made


def joined(left: int, right: int) -> np.uint64:
    out = np.empty(1, np.uint64)
    run_kernels.side_by_side(np.array([left], np.uint64), np.array([right], np.uint64), out)
    return np.uint64(out[0])


# --- Counts ------------------------------------------------------------------------------------


def test_documents_are_counted_once_for_each_run() -> None:
    texts = ["a b a b", "b a", "c\na b"]
    units = inserted.lines(batch(texts)).units.hashes.tolist()
    a, b, c = units[0], units[1], units[6]
    sketch = counted(texts).sketch
    pairs = [(a, b), (b, a), (c, a), (run_kernels.BEGIN, a), (b, run_kernels.FINISH)]
    found = sketch.estimates(np.array([joined(*pair) for pair in pairs], np.uint64))
    # A line break keeps c and a apart.
    assert found.tolist() == [2, 2, 0, 2, 2]


def long_runs(text: str) -> set[int]:
    read = inserted.lines(batch([text]))
    out, offsets = np.empty(200, np.uint64), np.empty(2, np.int64)
    found = inserted_kernels.long_runs(*read.read, out, offsets)
    return set(out[:found].tolist())


def test_fingerprints_are_of_five_units_and_whole_lines() -> None:
    assert not long_runs("a b c d")
    # a b c d e, and the line.
    assert len(long_runs("a b c d e")) == 2
    assert len(long_runs("a b c d e f")) == 3
    assert len(long_runs("a b c d e\na b c d e")) == 2
    assert len(long_runs("a b c d e f") & long_runs("x a b c d e")) == 1


def test_deletion_coherence_by_hand() -> None:
    # "zx" stands between "left right" in 8 of 208 documents, which stand side by side in the rest.
    texts = [*["left right"] * 200, *["left zx right"] * 8]
    deletions = inserted.Deletions(counted(texts))
    deletions.add(batch(texts))
    sums = {int(value) for value in deletions.sums[0][deletions.numbers[0] > 0]}
    # log(c(left right) · c(zx) / (c(left zx) · c(zx right))) in each of 8 documents.
    value = int(np.floor(1000 * log((200 + 0.5) * 8 / (8 * 8)) + 0.5))
    assert 8 * value in sums


# --- Planted text ------------------------------------------------------------------------------

VOCABULARY = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in "lmnrst"]


def texts_of(rng: random.Random, number: int) -> list[str]:
    # Words follow each other as in a language: each has a few that may come next.
    made = []
    for _ in range(number):
        at = rng.randrange(len(VOCABULARY))
        said = []
        for _ in range(30):
            said.append(VOCABULARY[at])
            at = (at * 7 + rng.randrange(4)) % len(VOCABULARY)
        made.append(" ".join(said))
    return made


def planted(rng: random.Random, texts: Sequence[str], phrase: str, number: int) -> list[str]:
    made = list(texts)
    for k in range(number):
        words = made[k].split()
        words.insert(rng.randrange(1, len(words)), phrase)
        made[k] = " ".join(words)
    return made


def candidates(batches: Sequence[TokenBatch], number: int) -> list[dict[str, Any]]:
    evidence = inserted.search([batches] * 3, number)
    rows: list[dict[str, Any]] = inserted.table(inserted.candidates(evidence)).to_pylist()
    return rows


def best(rows: Sequence[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(row for row in rows if row["kind"] == kind and row["rank"] == 1)


def test_a_word_put_anywhere_comes_first() -> None:
    rng = random.Random(1)
    texts = planted(rng, texts_of(rng, 500), "zx", 30)
    rows = candidates([batch(texts)], 500)
    first = best(rows, "word")
    assert (first["piece"], first["documents"], first["of"]) == ("zx", 30, 500)
    assert first["evidence"].startswith("30 of 500 documents hold it;")
    assert first["score"] > 2 * max((row["score"] for row in rows if row["rank"] > 1), default=0)


@pytest.mark.parametrize("sentence", ["we saw two green boats", "We saw it all, and left at noon."])
def test_a_sentence_put_anywhere_comes_first(sentence: str) -> None:
    rng = random.Random(2)
    texts = planted(rng, texts_of(rng, 500), sentence, 40)
    rows = candidates([batch(texts)], 500)
    first = best(rows, "passage")
    assert first["piece"] in sentence
    assert first["documents"] == 40
    assert first["strength"] == "strong"
    # All its fingerprints are one candidate.
    assert not [row for row in rows if row["kind"] == "passage" and row["rank"] > 1]


@pytest.mark.parametrize("at_end", [False, True])
def test_a_sentence_at_one_edge_of_every_text_is_found(at_end: bool) -> None:
    rng = random.Random(5)
    sentence = "we saw two green boats"
    texts = [f"{text}." for text in texts_of(rng, 4000)]
    texts[:20] = [f"{t} {sentence}." if at_end else f"{sentence} {t}" for t in texts[:20]]
    first = best(candidates([batch(texts)], 4000), "passage")
    assert first["piece"] in f". {sentence}."
    assert first["documents"] == 20
    assert first["openness"] > 0.8


def test_lines_that_recur_are_no_candidates() -> None:
    rng = random.Random(3)
    notice = "all rights reserved by those who hold them"
    texts = [f"{text}\n{notice}" if k < 60 else text for k, text in enumerate(texts_of(rng, 500))]
    assert not [row for row in candidates([batch(texts)], 500) if row["kind"] == "passage"]


def test_nothing_is_strong_where_nothing_is_planted() -> None:
    rows = candidates([batch(texts_of(random.Random(4), 500))], 500)
    assert all(row["strength"] == "weak" for row in rows)


SMALL = texts_of(random.Random(5), 260)
SMALL = planted(random.Random(6), SMALL, "we saw two green boats", 20)
SMALL = planted(random.Random(7), SMALL[::-1], "zx", 20)
WHOLE = candidates([batch(SMALL)], len(SMALL))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, len(SMALL) - 1), max_size=4), st.booleans())
def test_candidates_do_not_depend_on_batches(cuts: list[int], backwards: bool) -> None:
    edges = [0, *sorted(set(cuts)), len(SMALL)]
    made = [batch(SMALL[a:b], a) for a, b in itertools.pairwise(edges)]
    assert candidates(made[::-1] if backwards else made, len(SMALL)) == WHOLE


def test_what_workers_gather_adds_up() -> None:
    half = len(SMALL) // 2
    parts = [batch(SMALL[:half]), batch(SMALL[half:], half)]

    def gathered(empty: Any) -> bytes:
        whole = empty()
        for part in parts:
            one = empty()
            one.add(part)
            whole.absorb(one.to_bytes())
        return bytes(whole.to_bytes())

    counts = inserted.Counts(len(SMALL))
    counts.absorb(gathered(lambda: inserted.Counts(len(SMALL))))
    deletions = inserted.Deletions(counts)
    deletions.absorb(gathered(lambda: inserted.Deletions(counts)))
    evidence = inserted.Evidence(deletions)
    evidence.absorb(gathered(lambda: inserted.Evidence(deletions)))
    assert inserted.table(inserted.candidates(evidence)).to_pylist() == WHOLE


# --- The whole audit ---------------------------------------------------------------------------


def test_an_audit_finds_it_and_says_so(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in.jsonl", [{"text": text, "lang": "en"} for text in SMALL])
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "inserted"), span_bytes=9000)
    rows = pq.read_table(tmp_path / "out" / "tables" / "inserted.parquet").to_pylist()
    found = {row["kind"]: (row["piece"], row["documents"]) for row in rows if row["rank"] == 1}
    assert found == {"word": ("zx", 20), "passage": ("we saw two green boats", 20)}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<section id="inserted"' in page
    assert "<mark>we saw two green boats</mark>" in page


def test_without_excerpts_no_text_is_kept(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in.jsonl", [{"text": text, "lang": "en"} for text in SMALL])
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "inserted"), excerpts=False)
    stored = pq.read_table(tmp_path / "out" / "tables" / "inserted.parquet").to_pylist()
    assert stored
    assert "green" not in json.dumps(stored)
    assert "green boats" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_few_documents_are_not_searched(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in.jsonl", [{"text": text, "lang": "en"} for text in SMALL[:99]])
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "inserted"))
    assert not pq.read_table(tmp_path / "out" / "tables" / "inserted.parquet").num_rows
    assert 'id="inserted"' not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
