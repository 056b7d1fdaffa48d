"""FLORES-200 devtest, full text: regression values, and counts by another program.

The other program is plain Python: the package `regex` cuts words, `str.casefold` folds them and a
dictionary finds them. It shares nothing with the kernels but the lexicon.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import regex
from audit_runs import audit, manifest, rows

from corpus_assay.lexicons import gender
from corpus_assay.transforms.language import LanguageOptions

WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}\u00ad\u200b-\u200d]*")
PUNCTUATION = regex.compile(r"([^\p{L}\p{N}\p{M}\p{Z}\p{C}])\1*")
APOSTROPHE = regex.compile(r"(?<=[\p{L}\p{N}]\p{M}*)['‘’](?=[\p{L}\p{N}])")


def words_and_gaps(text: str) -> tuple[list[str], list[bool]]:
    """Folded words with what stands between them: " ", "-", "'" or, if anything else, "|"; and of
    each piece whether it begins with a capital."""
    text = unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    capital: list[bool] = []
    end = 0
    for word in WORD.finditer(text):
        between = text[end : word.start()].replace("’", "'")
        if end:
            pieces.append(" " if between.isspace() else between if between in "-'" else "|")
            capital.append(False)
        pieces.append(word[0].casefold())
        capital.append(word[0][0].isupper())
        end = word.end()
    return pieces, capital


def plain_count(path: Path, language: str) -> dict[str, Counter[str]]:
    """Sizes; matches and documents by class; matches by folded form: leftmost, then longest."""
    lexicon = gender.load()[language]
    known = gender.concepts()
    classes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for form in lexicon.forms:
        core = known[form.concept].core
        classes[tuple(words_and_gaps(form.text)[0])] |= {form.gender} if core else set()
    for text in lexicon.block:
        classes[tuple(words_and_gaps(text)[0])] |= set()
    wanted = {
        tuple(words_and_gaps(text)[0]): capital
        for texts, capital in ((lexicon.lowercase, False), (lexicon.capitalised, True))
        for text in texts
    }
    longest = max(map(len, classes))
    counts = {name: Counter[str]() for name in ("sizes", "matches", "documents", "forms")}
    for line in path.read_text(encoding="utf-8").splitlines():
        pieces, capital = words_and_gaps(line)
        words = (len(pieces) + 1) // 2
        marks = len(PUNCTUATION.findall(APOSTROPHE.sub(" ", line)))
        counts["sizes"].update(documents=1, words=words, tokens=words + marks)
        seen: set[str] = set()
        at = 0
        while at < len(pieces):
            for length in range(longest, 0, -2):
                form = tuple(pieces[at : at + length])
                suits = wanted.get(form, capital[at]) == capital[at]
                if form in classes and len(form) == length and suits:
                    break
            else:
                at += 2
                continue
            at += length + 1
            if classes[form]:
                names = {*classes[form], "any"}
                counts["forms"].update(["".join(form)])
                counts["matches"].update(names)
                seen |= names
        counts["documents"].update(seen)
    return counts


def test_spanish_regression_values(corpora: Path, tmp_path: Path) -> None:
    """136 lines and 67/31/79 matches are what the Gender-GAP lexicon gives on the full text; this
    lexicon is another (gente and persona among its words)."""
    audit(corpora / "flores" / "spa.txt", tmp_path / "out", language=LanguageOptions("spa"))
    assert manifest(tmp_path / "out")["counts"]["documents"] == 1012
    columns = ("role", "documents", "empty_documents", "bytes", "characters", "tokens", "words")
    assert rows(tmp_path / "out", "corpus", *columns) == [
        (role, 1012, 0, 159_943, 157_041, 29_441, 26_143) for role in ("any", "text")
    ]
    columns = ("role", "gender", "matches", "documents", "matches_squared", "matches_words")
    found = rows(tmp_path / "out", "gender", *columns)
    assert [row[1:] for row in found if row[0] == "any"] == [
        ("any", 132, 111, 206, 3868),
        ("feminine", 28, 26, 32, 838),
        ("masculine", 40, 34, 72, 1213),
        ("unspecified", 88, 80, 134, 2573),
    ]
    terms = rows(tmp_path / "out", "gender_forms", "role", "gender", "form", "matches", "ambiguous")
    most = sorted((row[1:] for row in terms if row[0] == "any"), key=lambda row: -row[2])[:4]
    assert most == [
        ("unspecified", "personas", 41, False),
        ("feminine", "mujeres", 14, True),
        ("masculine", "niños", 12, True),
        ("unspecified", "niños", 12, True),
    ]


@pytest.mark.parametrize(
    "language", ["spa", "deu", "fra", "por", "rus", "ell", "hin", "ind", "kor"]
)
def test_counts_equal_those_of_a_plain_program(
    corpora: Path, tmp_path: Path, language: str
) -> None:
    path = corpora / "flores" / f"{language}.txt"
    expected = plain_count(path, language)
    audit(path, tmp_path / "out", language=LanguageOptions(language))
    columns = ("role", "documents", "words", "tokens")
    sizes = dict.fromkeys(("documents", "words", "tokens"), 0)
    for role, *values in rows(tmp_path / "out", "corpus", *columns):
        if role == "any":
            sizes = dict(zip(sizes, values, strict=True))
    assert sizes == expected["sizes"]
    found = rows(tmp_path / "out", "gender", "role", "gender", "matches", "documents")
    assert {row[1]: row[2:] for row in found if row[0] == "any"} == {
        name: (expected["matches"][name], expected["documents"][name])
        for name in ("any", "feminine", "masculine", "unspecified")
    }
    forms: Counter[str] = Counter()
    terms = rows(tmp_path / "out", "gender_forms", "role", "form", "matches")
    for form, matches in {(row[1], row[2]) for row in terms if row[0] == "any"}:
        forms[unicodedata.normalize("NFC", form).casefold()] += matches
    assert forms == expected["forms"]
