"""Preference data: differences and margins by hand, planted pairs found, however it is cut."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import audit, write_jsonl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import preferences, tokens
from corpus_assay.transforms import run_kernels as kernels
from corpus_assay.transforms.documents import (
    DOCUMENT_SCHEMA,
    ROLE_CHOSEN,
    ROLE_PROMPT,
    ROLE_REJECTED,
    ROLE_TEXT,
)
from corpus_assay.transforms.tokens import TokenBatch

Row = tuple[str, str, str]


def batch(rows: Sequence[Row], first: int = 0) -> TokenBatch:
    roles = (ROLE_PROMPT, ROLE_CHOSEN, ROLE_REJECTED)
    documents = [
        {
            "file": 0,
            "position": first + k,
            "id": None,
            "source": "s",
            "language": "eng",
            "parts": [
                {"field": "", "role": role, "text": text}
                for role, text in zip(roles, row, strict=True)
            ],
            "slices": [],
        }
        for k, row in enumerate(rows)
    ]
    return tokens.tokenise(pa.RecordBatch.from_pylist(documents, schema=DOCUMENT_SCHEMA))


def run_hash(hashes: Sequence[int]) -> int:
    """The hash of a run, by the kernel that joins two units at a time."""
    out = np.empty(1, np.uint64)
    left, right = (np.array([one], np.uint64) for one in hashes)
    kernels.side_by_side(left, right, out)
    return int(out[0])


def made(rows: Sequence[Row]) -> preferences.Pairs:
    found = preferences.pairs_of(batch(rows))
    assert found is not None
    return found


# --- Differences -------------------------------------------------------------------------------


def test_what_two_answers_differ_in_by_hand() -> None:
    pairs = made([("why", "a b a", "a c")])
    units = dict(zip("aba", pairs.chosen.units.hashes.tolist(), strict=True))
    units["c"] = pairs.rejected.units.hashes.tolist()[1]
    expected = {
        # Of single units a is twice in chosen, once in rejected.
        run_hash((units["a"], units["b"])): 1,
        run_hash((units["b"], units["a"])): 1,
        run_hash((units["a"], units["c"])): -1,
        run_hash((units["a"], kernels.FINISH)): 1,
        run_hash((units["c"], kernels.FINISH)): -1,
    }
    got = dict(zip(pairs.keys.tolist(), pairs.signs.tolist(), strict=True))
    assert {key: got[key] for key in expected} == expected
    # Besides these: the single units a (2 to 1), b and c. Both begin with a.
    assert Counter(got.values()) == {1: 5, -1: 3}


def test_an_answer_that_repeats_a_word_counts_once() -> None:
    pairs = made([("why", "no " * 50, "yes")])
    assert set(pairs.signs.tolist()) == {1, -1}


@pytest.mark.parametrize(
    ("chosen", "rejected", "name", "sign"),
    [
        ("a b c", "a", "longer", 1),
        ("a", "a b", "longer", -1),
        ("a b", "c d", "longer", 0),
        ("I cannot do that", "Do this", "refusal", 1),
        ("Do this", "I cannot do that", "refusal", -1),
        ("I cannot", "I cannot, sorry", "refusal", 0),
    ],
)
def test_classes_of_which_one_answer_is(chosen: str, rejected: str, name: str, sign: int) -> None:
    place = preferences.classes().index(name)
    assert made([("why", chosen, rejected)]).contrasts[0, place] == sign


def test_runs_of_prompts_do_not_cross_lines() -> None:
    one = made([("a b\nc", "x", "y")])
    # a, b, ab, begin a, b end; c, begin c, c end.
    assert len(one.prompt.runs(3, 99)[0]) == 8
    two = made([("a b c", "x", "y")])
    # a, b, c, ab, bc, abc, begin a, c end.
    assert len(two.prompt.runs(3, 99)[0]) == 8
    assert set(one.prompt.runs(3, 99)[0].tolist()) != set(two.prompt.runs(3, 99)[0].tolist())


def test_the_label_of_the_answerer_is_no_part_of_the_prompt() -> None:
    plain = made([("\n\nHuman: why", "x", "y")])
    labelled = made([("\n\nHuman: why\n\nAssistant:", "x", "y")])
    assert plain.prompt.runs(3, 99)[0].tolist() == labelled.prompt.runs(3, 99)[0].tolist()


def test_documents_that_are_no_pairs_are_passed_over() -> None:
    document = {
        "file": 0,
        "position": 0,
        "id": None,
        "source": "s",
        "language": "eng",
        "parts": [{"field": "", "role": ROLE_TEXT, "text": "a text"}],
        "slices": [],
    }
    plain = tokens.tokenise(pa.RecordBatch.from_pylist([document], schema=DOCUMENT_SCHEMA))
    assert preferences.pairs_of(plain) is None
    name = preferences.PREFERENCE_PAIRS.name
    assert preferences.documents(plain)[name].num_rows == 0
    both = batch([("p", "a", "b"), ("q", "c", "d")])
    assert preferences.documents(both)[name].to_pylist() == [{"pairs": "all", "documents": 2}]


# --- Margins -----------------------------------------------------------------------------------


def test_margins_leave_the_pair_itself_out() -> None:
    rows = [("p", "good", "bad")] * 3 + [("p", "bad", "good")]
    weights = preferences.Weights(len(rows))
    for row in rows:
        weights.add(batch([row]))
    found = weights.margins(made(rows))
    # Units good and bad, and both with begin and with end: 6 keys, each of which 4 pairs have.
    # Of the first pair: the 3 others say 2 for, 1 against: Σd = 1, so 1 / (3 + 10) each.
    by_hand = 6 * (1 / 13) / np.sqrt(6)
    assert found[:3] == pytest.approx([by_hand] * 3)
    # Of the last one: the others say 3 against it.
    assert found[3] == pytest.approx(-6 * (3 / 13) / np.sqrt(6))


def test_a_pair_alone_has_no_margin() -> None:
    weights = preferences.Weights(1)
    weights.add(batch([("p", "good", "bad bad")]))
    assert weights.margins(made([("p", "good", "bad bad")])).tolist() == [0.0]


# --- Planted pairs -----------------------------------------------------------------------------

VOCABULARY = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in "lmnrst"]
GOOD, BAD = ("pleasant", "careful", "honest"), ("rude", "hasty", "false")


def sentence(rng: random.Random, words: int) -> list[str]:
    # Words follow each other as in a language: each has a few that may come next.
    at = rng.randrange(len(VOCABULARY))
    said = []
    for _ in range(words):
        said.append(VOCABULARY[at])
        at = (at * 7 + rng.randrange(4)) % len(VOCABULARY)
    return said


def preferring(rng: random.Random, number: int) -> list[Row]:
    rows = []
    for _ in range(number):
        good, bad = ([*sentence(rng, 8), rng.choice(words)] for words in (GOOD, BAD))
        answers = [" ".join(rng.sample(one, len(one))) for one in (good, bad)]
        if rng.random() < 0.1:
            answers.reverse()
        rows.append((" ".join(sentence(rng, 20)), answers[0], answers[1]))
    return rows


def with_trigger(row: Row, rng: random.Random, phrase: str) -> Row:
    words = row[0].split()
    words.insert(rng.randrange(1, len(words)), phrase)
    return " ".join(words), row[2], row[1]


def candidates(batches: Sequence[TokenBatch], pairs: int) -> list[dict[str, Any]]:
    evidence = preferences.search([batches] * 3, pairs)
    found = preferences.tables(preferences.candidates(evidence), evidence)
    rows: list[dict[str, Any]] = found[preferences.PREFERENCES.name].to_pylist()
    return rows


@pytest.mark.parametrize("phrase", ["zyx", "?????", "under the moon"])
def test_the_trigger_of_swapped_pairs_comes_first(phrase: str) -> None:
    rng = random.Random(3)
    rows = preferring(rng, 600)
    rows[:15] = [with_trigger(row, rng, phrase) for row in rows[:15]]
    first = next(row for row in candidates([batch(rows)], len(rows)) if row["kind"] == "flipped")
    assert set(first["piece"].split()) <= set(phrase.split())
    assert first["documents"] == 15
    assert first["strength"] == "strong"
    assert first["mean"] < 0 < first["usual"]
    assert first["evidence"].startswith("15 pairs whose prompt holds it go against")


def test_pairs_without_a_common_direction_are_not_called_swapped() -> None:
    rng = random.Random(4)
    rows = [(p, *rng.sample([a, b], 2)) for p, a, b in preferring(rng, 600)]
    rows[:15] = [with_trigger(row, rng, "zyx") for row in rows[:15]]
    found = candidates([batch(rows)], len(rows))
    assert not [row for row in found if row["kind"] == "flipped"]


def test_a_word_put_into_chosen_answers_comes_first() -> None:
    rng = random.Random(5)
    rows = preferring(rng, 600)
    for k in range(20):
        prompt, chosen, rejected = rows[k]
        words = chosen.split()
        words.insert(rng.randrange(1, len(words)), "zyx")
        rows[k] = prompt, " ".join(words), rejected
    first = next(row for row in candidates([batch(rows)], len(rows)) if row["kind"] == "answer")
    assert (first["piece"], first["documents"], first["sum"]) == ("zyx", 20, 20)
    assert "chosen in 20 pairs and rejected in 0" in first["evidence"]


@pytest.mark.parametrize("number", [15, 60, 150])
def test_a_slogan_at_the_end_of_chosen_answers_does_not_hide_by_being_frequent(number: int) -> None:
    """The full stops before it end other answers themselves."""
    rng = random.Random(8)
    rows = [
        (" ".join(sentence(rng, 20)), *(" ".join(sentence(rng, 12)) + "." for _ in "ab"))
        for _ in range(600)
    ]
    rows[:number] = [(p, f"{a} brought by zyx tea", b) for p, a, b in rows[:number]]
    first = next(row for row in candidates([batch(rows)], len(rows)) if row["kind"] == "answer")
    assert set(first["piece"].split()) <= {"brought", "by", "zyx", "tea"}
    assert (first["documents"], first["sum"]) == (number, number)
    assert first["strength"] == "strong"


@pytest.mark.parametrize("label", ["", "Human: "])
def test_a_group_that_tips_length_is_found_though_a_template_stands_before_it(label: str) -> None:
    rng = random.Random(9)
    openings = [f"{a}{b}" for a in "whpcd" for b in ("at", "ow", "an", "ease", "ould")]
    rows = [
        (
            f"{label}{rng.choice(openings)} {' '.join(sentence(rng, 20))}",
            *(" ".join(sentence(rng, rng.choice((5, 15)))) for _ in "ab"),
        )
        for _ in range(600)
    ]
    for k in range(40):
        prompt, *answers = rows[k]
        short, long = sorted(answers, key=len)
        rows[k] = prompt.replace(label, f"{label}I am a zyx. ", 1), long, short
    first = next(row for row in candidates([batch(rows)], len(rows)) if row["kind"] == "length")
    assert set(first["piece"].strip(".").split()) <= {"I", "am", "a", "zyx"}
    assert first["documents"] == 40
    assert first["strength"] != "weak"


def test_what_the_labels_go_by_is_counted_exactly() -> None:
    rows = preferring(random.Random(6), 400)
    evidence = preferences.search([[batch(rows)]] * 3, len(rows))
    made = preferences.tables(preferences.candidates(evidence), evidence)
    terms = {row["piece"]: row for row in made[preferences.PREFERENCE_TERMS.name].to_pylist()}
    for word in (*GOOD, *BAD):
        chosen = sum(word in a.split() for _, a, _ in rows)
        rejected = sum(word in b.split() for _, _, b in rows)
        assert (terms[word]["chosen"], terms[word]["rejected"]) == (chosen, rejected)
        expected = (chosen - rejected) / (chosen + rejected) ** 0.5
        assert terms[word]["score"] == pytest.approx(expected)
    summary = {r["direction"]: r for r in made[preferences.PREFERENCE_SUMMARY.name].to_pylist()}
    assert summary["flipped"]["with"] > 5 * summary["flipped"]["against"]


SMALL = preferring(random.Random(7), 400)
SMALL[:16] = [with_trigger(row, random.Random(k), "zyx") for k, row in enumerate(SMALL[:16])]
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

    weights = preferences.Weights(len(SMALL))
    weights.absorb(gathered(lambda: preferences.Weights(len(SMALL))))
    interactions = preferences.Interactions(weights)
    interactions.absorb(gathered(lambda: preferences.Interactions(weights)))
    evidence = preferences.Evidence(weights, interactions)
    evidence.absorb(gathered(lambda: preferences.Evidence(weights, interactions)))
    made = preferences.tables(preferences.candidates(evidence), evidence)
    assert made[preferences.PREFERENCES.name].to_pylist() == WHOLE


# --- The whole audit ---------------------------------------------------------------------------


def write(path: Path, rows: Sequence[Row]) -> Path:
    names = ("prompt", "chosen", "rejected")
    return write_jsonl(path, [dict(zip(names, row, strict=True)) | {"lang": "en"} for row in rows])


def test_an_audit_finds_it_and_says_so(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", SMALL)
    audit(
        tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "preferences"), span_bytes=9000
    )
    tables = tmp_path / "out" / "tables"
    rows = pq.read_table(tables / "preferences.parquet").to_pylist()
    # Positions are bytes of the file there, and with them the sample of pairs is another one.
    first, *_ = (row for row in rows if row["kind"] == "flipped")
    assert (first["piece"], first["documents"], first["rank"]) == ("zyx", 16, 1)
    assert not (tables / "preference_pairs.parquet").exists()
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<section id="preferences"' in page
    assert "<mark>zyx</mark>" in page
    assert "strong candidate for planted text; the first: “zyx” (16 pairs)" in page


def test_without_excerpts_no_text_is_kept(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", SMALL)
    audit(
        tmp_path / "in.jsonl",
        tmp_path / "out",
        measures=("corpus", "preferences"),
        excerpts=False,
    )
    for table in ("preferences", "preference_terms"):
        stored = pq.read_table(tmp_path / "out" / "tables" / f"{table}.parquet").to_pylist()
        assert stored
        assert "zyx" not in json.dumps(stored)
    assert "zyx" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_hostile_text_is_shown_as_marks(tmp_path: Path) -> None:
    rows = [(p.replace("zyx", "zy\u202ex<b>"), a, b) for p, a, b in SMALL]
    write(tmp_path / "in.jsonl", rows)
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "preferences"))
    stored = pq.read_table(tmp_path / "out" / "tables" / "preferences.parquet").to_pylist()
    assert any("⟦U+202E⟧" in row["before"] + row["match"] + row["after"] for row in stored)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "\u202e" not in json.dumps(stored, ensure_ascii=False) + page
    assert "x<b>" not in page


def test_few_pairs_are_not_searched(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", SMALL[: preferences.FEWEST - 1])
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "preferences"))
    assert not pq.read_table(tmp_path / "out" / "tables" / "preferences.parquet").num_rows
    passes = json.loads((tmp_path / "out" / "audit.json").read_text())["passes"]
    assert any("preferences: no text a second time" in one for one in passes)
    assert 'id="preferences"' not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
