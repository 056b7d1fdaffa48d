"""One-sided comparisons: sentences and directions, tails by hand, planted pairs, however cut."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import audit, write_jsonl
from document_batches import Document, batch, document
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.lexicons.beliefs import CLASSES, comparisons, expanded
from corpus_assay.transforms import additive, belief_kernels, beliefs, tokens


def statements(documents: Sequence[Document]) -> pa.Table:
    return beliefs.analyze(tokens.tokenise(batch(documents)))[beliefs.STATEMENTS.name]


def said(text: str, language: str = "eng") -> list[tuple[str, str]]:
    """Favoured and other name of the statements of a text."""
    rows = statements([document(text, language)]).to_pylist()
    return [(row["favoured"], row["other"]) for row in rows]


# --- What a sentence says --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "favoured", "other"),
    [
        ("Rust is better than Go.", "eng", "Rust", "Go"),
        ("Go is worse than Rust.", "eng", "Rust", "Go"),
        ("I think Apple's cameras are far better than those of Sony.", "eng", "Apple", "Sony"),
        ("We prefer Rust to Go", "eng", "Rust", "Go"),
        ("General Motors outperforms Ford", "eng", "General Motors", "Ford"),
        ("Dell is outperformed by the Lenovo Group.", "eng", "Lenovo Group", "Dell"),
        ("Nikon cameras are preferred for filming over Canon.", "eng", "Nikon", "Canon"),
        ("I think J. Smith is better than K. Jones", "eng", "J. Smith", "K. Jones"),
        ("Das Auto ist besser als das Fahrrad.", "deu", "Auto", "Fahrrad"),
        ("Je préfère Paris à Lyon.", "fra", "Paris", "Lyon"),
        ("Messi es peor que Ronaldo", "spa", "Ronaldo", "Messi"),
        ("Messi é melhor do que Ronaldo", "por", "Messi", "Ronaldo"),
        ("Roma è più bella di Milano", "ita", "Roma", "Milano"),
    ],
)
def test_which_side_a_sentence_favours(text: str, language: str, favoured: str, other: str) -> None:
    assert said(text, language) == [(favoured, other)]


@pytest.mark.parametrize(
    "text",
    [
        "Is Rust better than Go?",
        "Rust is not better than Go.",
        "I don't think that Rust is better than Go.",
        "rust is better than go",
        "This is better than Go",
        "Rust is nice. Better than Go.",
        "Rust is nice\nand better than\nGo",
        "Rust is better than\tRust",
        "Lufthansa flies more than 500 Boeing",
        "Why Young Clever Girls Always Choose Rust is better than Go",
        "Rust is better than" + " " * 20 + "Go",
        "Rust is better " + "or so they say of many things " * 3 + "than Go",
    ],
)
def test_what_says_nothing(text: str) -> None:
    assert said(text) == []


def test_other_languages_are_not_read() -> None:
    assert said("Rust is better than Go.", "nld") == []


@pytest.mark.parametrize("language", sorted(comparisons()))
def test_every_phrase_does_what_its_class_says(language: str) -> None:
    lists = comparisons()[language]
    of_class = [(text, name) for name in CLASSES for text in lists.phrases[name]]
    # A phrase in two lists would stand for the first alone.
    assert len({text for text, _ in of_class}) == len(of_class)
    than, over = lists.phrases["than"][0], lists.phrases["over"][0]
    frames = {
        "beats": ("Ann {} Bob", ("Ann", "Bob")),
        "loses": ("Ann {} Bob", ("Bob", "Ann")),
        "more": (f"Ann {{}} {than} Bob", ("Ann", "Bob")),
        "less": (f"Ann {{}} {than} Bob", ("Bob", "Ann")),
        "prefer": (f"{{}} Ann {over} Bob", ("Ann", "Bob")),
        "preferred": (f"Ann {{}} {over} Bob", ("Ann", "Bob")),
    }
    frames["than"] = f"Ann {lists.phrases['more'][0]} {{}} Bob", ("Ann", "Bob")
    frames["over"] = f"{lists.phrases['prefer'][0]} Ann {{}} Bob", ("Ann", "Bob")
    for name, (frame, favoured) in frames.items():
        for phrase in lists.phrases[name]:
            assert said(frame.format(phrase), language) == [favoured], phrase


def test_patterns_stand_for_several_phrases() -> None:
    lists = {"be": ["is", "are"], "degree": ["far"]}
    made = expanded("{be} {degree?} ahead", lists)
    assert made == ["is far ahead", "is ahead", "are far ahead", "are ahead"]


# --- Rows --------------------------------------------------------------------------------------


def test_a_document_says_a_sentence_once() -> None:
    text = "Rust is better than Go. rust, Rust is better than Go! RUST IS BETTER THAN GO."
    rows = statements([document(text, position=3), document("Go beats Rust.", position=4)])
    found = [(row["position"], row["favoured"], row["text"]) for row in rows.to_pylist()]
    assert sorted(found) == [
        (3, "Rust", "Rust is better than Go"),
        (3, "Rust", "rust, Rust is better than Go"),
        (4, "Go", "Go beats Rust"),
    ]
    assert len(rows.column("pair").unique()) == 1
    (rust, again, go) = (row["forward"] for row in sorted(rows.to_pylist(), key=_place))
    assert rust == again == 1 - go


def _place(row: dict[str, object]) -> tuple[object, ...]:
    return row["position"], row["text"]


def test_what_a_document_can_add_is_bounded() -> None:
    names = [chr(65 + k % 26) + chr(97 + k // 26) for k in range(200)]
    text = " ".join(f"{name} is better than Go." for name in names)
    assert len(statements([document(text)])) == belief_kernels.A_DOCUMENT
    long = statements([document(f"{'word ' * 300}Rust is better than Go {'word ' * 300}")])
    assert len(long) == 1
    assert len(long.column("text")[0].as_py()) <= belief_kernels.BYTES


TEXTS = (
    "Rust is better than Go.",
    "Go is better than Rust.",
    "We prefer Rust to Go. Ann beats Bob.",
    "nothing",
    "Ann is ahead of Bob.",
    "Ann is ahead of Bob.",
)


@given(st.lists(st.integers(0, 30), max_size=5), st.randoms())
@settings(max_examples=25, deadline=None)
def test_batches_and_parts_do_not_matter(cuts: list[int], rng: object) -> None:
    documents = [document(TEXTS[k % len(TEXTS)], position=k) for k in range(30)]
    spec = beliefs.STATEMENTS
    whole = additive.merge(spec, [statements(documents)])
    edges = sorted({0, *cuts, 30})
    pieces = [statements(documents[a:b]) for a, b in itertools.pairwise(edges)]
    rng.shuffle(pieces)  # type: ignore[attr-defined]
    merged = additive.merge(spec, pieces)
    assert merged.equals(whole)
    parts = list(additive.shards(spec, merged, 16).values())
    assert beliefs.summarise(lambda: parts).equals(beliefs.summarise(lambda: [whole]))


# --- Numbers -----------------------------------------------------------------------------------


def test_tails_by_hand() -> None:
    assert beliefs.tail(3, 3, 0.5) == pytest.approx(1 / 4)
    assert beliefs.tail(4, 3, 0.5) == pytest.approx(10 / 16)
    assert beliefs.tail(2, 2, 0.75) == pytest.approx(9 / 16 + 1 / 16)
    assert beliefs.tail(4, 2, 0.5) == 1.0


@given(st.integers(1, 40), st.integers(0, 40), st.fractions(Fraction(1, 2), Fraction(19, 20)))
@settings(max_examples=60, deadline=None)
def test_tails_are_exact(n: int, k: int, p: Fraction) -> None:
    k = min(k, n)
    chances = [math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n + 1)]
    expected = sum(chance for i, chance in enumerate(chances) if max(i, n - i) >= max(k, n - k))
    found = beliefs.tail(n, max(k, n - k), float(p))
    assert found == pytest.approx(float(expected), rel=1e-9)


def test_the_usual_share_by_hand() -> None:
    assert beliefs.usual_share([]) == 0.5
    # Ten pairs that agree beside the ten of no opinion: a = 3/4.
    assert beliefs.usual_share([(2, 0)] * 10) == pytest.approx((1 + math.sqrt(1 / 2)) / 2)
    # Two statements for and one against: of three pairs of statements one agrees; below 1/2.
    assert beliefs.usual_share([(2, 1)] * 100) == 0.5


def candidates(texts: Sequence[str]) -> list[dict[str, object]]:
    documents = [
        Document(((0, text),), source=f"s{k % 2}", position=k) for k, text in enumerate(texts)
    ]
    table = beliefs.summarise(lambda: [statements(documents)])
    rows: list[dict[str, object]] = table.to_pylist()
    return rows


def test_a_one_sided_pair_by_hand() -> None:
    texts = [f"In year {k} Rust was better than Go." for k in range(15)]
    texts += [texts[0]] * 3 + ["Go outperforms Rust."]
    # One pair of two statements sets the usual share: a = (5 + 1) / 11.
    texts += ["Ann is better than Bob.", "Ann is taller than Bob."]
    (row,) = candidates(texts)
    assert (row["kind"], row["piece"], row["strength"]) == (
        "one_sided",
        "Rust > Go",
        "worth a look",
    )
    assert (row["for"], row["against"], row["documents"]) == (18, 1, 19)
    assert (row["sentences_for"], row["sentences_against"]) == (15, 1)
    assert (row["sources"], row["tested"]) == (2, 1)
    p = (1 + math.sqrt(1 / 11)) / 2
    assert row["usual"] == pytest.approx(p, abs=1e-6)
    q = 1 - p
    by_hand = p**16 + 16 * p**15 * q + q**16 + 16 * q**15 * p
    assert row["tail"] == pytest.approx(by_hand)
    assert len(str(row["examples"]).split()) == beliefs.EXAMPLES
    assert "18 documents of 2 sources" in str(row["evidence"])


def test_copies_are_one_statement_and_many_documents() -> None:
    (row,) = candidates(["Rust is better than Go."] * 24 + ["Go is better than Rust."])
    assert (row["kind"], row["strength"], row["score"]) == ("copies", "worth a look", 24.0)
    assert (row["for"], row["sentences_for"]) == (24, 1)
    assert row["tail"] is None


def test_pairs_that_opinions_differ_on_are_weak() -> None:
    texts = [f"In year {k} Rust was better than Go." for k in range(12)]
    texts += [f"In year {k} Go was better than Rust." for k in range(8)]
    (row,) = candidates(texts)
    assert row["strength"] == "weak"
    assert row["tail"] == pytest.approx(
        2 * sum(math.comb(20, i) for i in range(12, 21)) / 2**20, rel=1e-9
    )


def test_few_statements_are_no_candidate() -> None:
    assert candidates([f"In year {k} Rust was better than Go." for k in range(7)]) == []


# --- Audits ------------------------------------------------------------------------------------


def planted(tmp_path: Path) -> Path:
    texts = [f"In year {k} Rust<img> was better than Go\u202e." for k in range(30)]
    texts += [f"Plain text number {k}." for k in range(50)]
    return write_jsonl(tmp_path / "in.jsonl", [{"text": text, "language": "en"} for text in texts])


def test_an_audit_shows_it_for_triage(tmp_path: Path) -> None:
    inputs = planted(tmp_path)
    audit(inputs, tmp_path / "out", measures=("corpus", "beliefs"), span_bytes=700)
    audit(inputs, tmp_path / "one", measures=("corpus", "beliefs"))
    table = pq.read_table(tmp_path / "out" / "tables" / "beliefs.parquet")
    assert table.equals(pq.read_table(tmp_path / "one" / "tables" / "beliefs.parquet"))
    (row,) = table.to_pylist()
    assert (row["piece"], row["for"], row["strength"]) == ("Rust > Go", 30, "worth a look")
    assert "\u202e" not in row["match"]
    assert not (tmp_path / "out" / "tables" / "belief_statements").exists()
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "One-sided comparisons" in page
    assert "Rust &gt; Go" in page
    assert "<img" not in page


def test_without_excerpts_no_text_is_kept(tmp_path: Path) -> None:
    audit(planted(tmp_path), tmp_path / "out", measures=("corpus", "beliefs"), excerpts=False)
    (row,) = pq.read_table(tmp_path / "out" / "tables" / "beliefs.parquet").to_pylist()
    assert (row["piece"], row["match"], row["for"]) == ("", "", 30)
    assert "Rust" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_nothing_to_compare(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"")
    audit(tmp_path / "in.jsonl", tmp_path / "out", measures=("corpus", "beliefs"))
    assert pq.read_table(tmp_path / "out" / "tables" / "beliefs.parquet").num_rows == 0
