"""Counting as the Gender-GAP Pipeline does: first sentences, single words, its CSV."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import regex
from audit_runs import audit as run_audit
from audit_runs import rows
from document_batches import Document, batch, document
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.pipelines import cli, gender_gap
from corpus_assay.transforms.documents import first_sentences
from corpus_assay.transforms.language import LanguageOptions


def first(*texts: str) -> list[str]:
    cut = first_sentences(batch([document(text) for text in texts]))
    return [part["text"] for row in cut.to_pylist() for part in row["parts"]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ""),
        ("no end", "no end"),
        ("One. Two.", "One."),
        ("One. two.", "One. two."),
        ("One.Two. Three", "One.Two. Three"),
        ("Really?! Yes.", "Really?!"),
        ('He said "no." Then he left.', 'He said "no."'),
        ("(She left.) He stayed.", "(She left.)"),
        ("Dr. Ur met Mrs. Smith in St. Louis. They left.", "Dr. Ur met Mrs. Smith in St. Louis."),
        ("J. K. Rowling wrote. He read.", "J. K. Rowling wrote."),
        ("The U.S. Senate met. It voted.", "The U.S. Senate met."),
        ("It cost 3. 50 people paid. Others did not.", "It cost 3. 50 people paid."),
        ("Wait… What?", "Wait…"),
        ("line one\nline two. Next.", "line one\nline two."),
        ("... and then. So.", "... and then."),
        ("他来了。她走了。", "他来了。"),
        ("«Да.» Он ушёл.", "«Да.»"),
        ("вот так. и потом. Потом.", "вот так. и потом."),
        ("वह आया। वह गया।", "वह आया।"),
        ("هل جاء؟ نعم جاء.", "هل جاء؟"),
        ("وہ آیا۔ وہ گیا۔", "وہ آیا۔"),
        ("ქალი მოვიდა. კაცი წავიდა.", "ქალი მოვიდა."),
    ],
)
def test_first_sentences(text: str, sentence: str) -> None:
    assert first("before", text, "after") == ["before", sentence, "after"]


# The same rule for plain Latin text, as one regular expression.
SENTENCE = regex.compile(
    r"(?s).*?[\p{L}\p{N}].*?"
    r"(?:[.!?]{2,}|[!?]|(?<!(?:^|[\s(])\p{L})(?<!\.\p{L})(?<!(?:^|[\s(])(?:[Dd]r|[Mm]rs|[Ss]t))\.)"
    r"[\"')\]]*(?=\s+[^\sa-z])"
)
PIECES = ["one", "Two", "THREE", "Dr", "St", "ab", ".", "!", "?", '"', ")", " ", " ", ", "]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_first_sentences_are_beginnings_that_end_well(text: str) -> None:
    (found,) = first(text)
    assert text.startswith(found)
    if found != text:
        assert found.rstrip("\"')")[-1] in ".!?"
        assert text[len(found)].isspace()
        assert not text[len(found) :].lstrip()[0].islower()
    assert first(found) == [found]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["one", "Two words", "THREE", "Dr", "Mrs", "it is"]),
                  st.sampled_from([". ", "! ", "? ", ", ", " ", '." ', ".) ", "?! "])),
        max_size=8,
    ).map(lambda pairs: "".join(word + gap for word, gap in pairs))
)  # fmt: skip
def test_first_sentences_equal_a_regular_expression(text: str) -> None:
    match = SENTENCE.match(text)
    assert first(text) == [match[0] if match else text]


def test_every_part_of_a_document_has_its_first_sentence() -> None:
    parts = ((1, "Ask. Again."), (2, "Answer! More."), (2, ""))
    cut = first_sentences(batch([Document(parts), document("A. B.")]).slice(0, 1))
    texts = [(part["role"], part["text"]) for part in cut.to_pylist()[0]["parts"]]
    assert texts == [(1, "Ask."), (2, "Answer!"), (2, "")]
    cut.validate(full=True)


LEXICON = {
    "feminine": [{"singular": "woman", "plural": "women"}, {"singular": "twin"}],
    "masculine": [{"singular": "man"}, {"singular": "twin"}, {"singular": "old man"}],
    "unspecified": [{"singular": "person"}],
}
LINES = [
    "A woman and a man. The woman left.",
    "The old man is a twin, a person.",
    "Nothing here.",
    "Women, women, and a person! A man came.",
    "",
]


def by_hand() -> dict[str, object]:
    """Vectors of single tokens of the first sentences, as the original makes them."""
    sentences = [
        ["a", "woman", "and", "a", "man", "."],
        ["the", "old", "man", "is", "a", "twin", ",", "a", "person", "."],
        ["nothing", "here", "."],
        ["women", ",", "women", ",", "and", "a", "person", "!"],
    ]
    tokens = [token for sentence in sentences for token in sentence]
    feminine = np.array([token in ("woman", "women", "twin") for token in tokens], int)
    masculine = np.array([token in ("man", "twin") for token in tokens], int)
    unspecified = np.array([token == "person" for token in tokens], int)
    size = len(tokens)
    return {
        "dataset": "lines",
        "lang": "eng",
        "masculine": 100 * masculine.sum() / size,
        "feminine": 100 * feminine.sum() / size,
        "unspecified": 100 * unspecified.sum() / size,
        "total": size,
        "n_doc_w_match": 75.0,
        "ste_diff_fem_masc": np.std(masculine - feminine, ddof=1) / np.sqrt(size),
    }


def test_the_csv_is_that_of_the_original(tmp_path: Path) -> None:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "eng_nouns.json").write_text(json.dumps(LEXICON))
    (tmp_path / "lines.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    arguments = ["audit", str(tmp_path / "lines.txt"), "--output", str(tmp_path / "out")]
    arguments += ["--language", "en", "--lexicon", str(tmp_path / "lexicon"), "--quiet"]
    assert cli.main([*arguments, "--gender-gap-compatible"]) == 0
    content = (tmp_path / "out" / gender_gap.FILE).read_text(encoding="utf-8")
    header = "dataset,lang,masculine,feminine,unspecified,total,n_doc_w_match,ste_diff_fem_masc"
    assert content.splitlines()[0] == header
    (row,) = csv.DictReader(content.splitlines())
    expected = by_hand()
    assert {name: type(value)(row[name]) for name, value in expected.items()} == {
        name: pytest.approx(value) if isinstance(value, float) else value
        for name, value in expected.items()
    }
    forms = rows(tmp_path / "out", "gender_forms", "role", "gender", "form", "matches")
    assert [row[1:] for row in forms if row[0] == "any"] == [
        ("feminine", "twin", 1),
        ("feminine", "woman", 1),
        ("feminine", "women", 2),
        ("masculine", "man", 2),
        ("masculine", "twin", 1),
        ("unspecified", "person", 2),
    ]


def test_without_the_option_there_is_no_csv_and_phrases_count(tmp_path: Path) -> None:
    (tmp_path / "eng_nouns.json").write_text(json.dumps(LEXICON))
    (tmp_path / "lines.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    run_audit(
        tmp_path / "lines.txt",
        tmp_path / "out",
        lexicon=str(tmp_path),
        language=LanguageOptions("eng"),
    )
    assert not (tmp_path / "out" / gender_gap.FILE).exists()
    forms = rows(tmp_path / "out", "gender_forms", "role", "form", "matches")
    found = {row[1]: row[2] for row in forms if row[0] == "any"}
    assert found == {"man": 2, "old man": 1, "person": 2, "twin": 1, "woman": 2, "women": 2}


def test_a_dataset_that_looks_like_a_formula_is_harmless() -> None:
    rows_ = gender_gap.SCHEMA.empty_table().to_pylist()
    rows_.append({"dataset": "=1+1", "lang": "eng", "total": 3})
    content = gender_gap.csv_bytes(gender_gap.pa.Table.from_pylist(rows_, gender_gap.SCHEMA))
    assert content.splitlines()[1].startswith(b"'=1+1,eng,")


def test_text_that_is_cut_off_is_repaired_and_counted_too(tmp_path: Path) -> None:
    raw = pa.array([b"A woman. Then \xff a man.", b"A man."], pa.binary())
    texts = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    arguments = ["audit", str(tmp_path / "a.parquet"), "--output", str(tmp_path / "out")]
    assert cli.main([*arguments, "--language", "en", "--quiet", "--gender-gap-compatible"]) == 0
    assert rows(tmp_path / "out", "files", "audited", "repaired") == [(2, 1)]
