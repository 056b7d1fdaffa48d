"""Matching word lists: longest first, gaps as in the list, and never by hash alone."""

from __future__ import annotations

import numpy as np
import pytest
import slow_tokens
from document_batches import Document, batch, document
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import kernels, tokens, unicode
from corpus_assay.transforms.matching import Matcher


def found(matcher: Matcher, *texts: str, language: str = "eng") -> list[tuple[str, int, int]]:
    """Text of the form, first and last word of each match, one part a text."""
    parts = tuple((0, text) for text in texts)
    matches = matcher.match(tokens.tokenise(batch([Document(parts, language)])))
    return [
        (matcher.texts[entry].as_py(), int(first), int(last))
        for entry, first, last in zip(matches.entries, matches.firsts, matches.lasts, strict=True)
    ]


def test_the_longest_form_from_the_left_wins_and_nothing_overlaps() -> None:
    matcher = Matcher(
        {"eng": ["old", "old man", "man and wife", "wife of bath", "the old man sings"]}
    )
    assert found(matcher, "the old man and wife of bath") == [
        ("old man", 1, 2),
        ("wife of bath", 4, 6),
    ]
    assert found(matcher, "the old man sang; old MAN AND WIFE") == [
        ("old man", 1, 2),
        ("old man", 4, 5),
    ]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("co wife", ["co wife"]),
        ("co\n  wife", ["co wife"]),
        ("co-wife", ["co-wife"]),
        ("co\u2010wife", ["co-wife"]),
        ("co--wife", []),
        ("co, wife", []),
        ("co\n\nwife", []),
        ("cowife", []),
        ("d’enfant", ["d'enfant"]),
        ("d enfant", []),
        ("co\u00ad-\u200dwife", ["co-wife"]),
    ],
)
def test_what_stands_between_words_counts(text: str, forms: list[str]) -> None:
    matcher = Matcher({"eng": ["co wife", "co-wife", "d'enfant"]})
    assert [form for form, _, _ in found(matcher, text)] == forms


def test_matches_stay_inside_a_part() -> None:
    matcher = Matcher({"eng": ["old man", "man"]})
    assert found(matcher, "old", "man") == [("man", 1, 1)]


def test_forms_that_fold_alike_share_the_number_of_the_first() -> None:
    matcher = Matcher({"deu": ["Straße", "weg", "STRASSE"], "eng": ["strasse"]})
    assert matcher.canonical.tolist() == [0, 1, 0, 3]
    assert found(matcher, "strasse", language="deu") == [("Straße", 0, 0)]
    assert found(matcher, "Straße", language="eng") == [("strasse", 0, 0)]


def test_each_language_has_its_own_list_and_rules() -> None:
    matcher = Matcher({"tur": ["kız", "abi"], "eng": ["kiz"]})
    assert found(matcher, "KIZ ABİ ABI", language="tur") == [("kız", 0, 0), ("abi", 1, 1)]
    assert found(matcher, "KIZ", language="eng") == [("kiz", 0, 0)]
    assert found(matcher, "KIZ kiz", language="fra") == []


def test_documents_and_roles_of_matches() -> None:
    matcher = Matcher({"eng": ["man"], "fra": ["homme"]})
    documents = [
        document("man homme"),
        Document(((1, "no"), (2, "homme man homme")), "fra"),
        document("man", "deu"),
        document("a man"),
    ]
    one = tokens.tokenise(batch(documents))
    matches = matcher.match(one)
    assert matches.entries.tolist() == [0, 1, 1, 0]
    assert matches.parts.tolist() == [0, 2, 2, 4]
    roles, whole = matches.cells(one)  # six cells a document, the last one for the whole of it
    assert roles.tolist() == [0, 6 + 2, 6 + 2, 18]
    assert whole.tolist() == [5, 11, 11, 23]


@pytest.mark.parametrize("text", ["man", "old man"])
def test_a_hash_alone_is_no_match(text: str) -> None:
    matcher = Matcher({"eng": ["man", "old man"]})
    assert found(matcher, text) == [(text, 0, len(text.split()) - 1)]
    matcher._data = np.full_like(matcher._data, ord("x"))  # as if other words had these hashes
    assert found(matcher, text) == []


@pytest.mark.parametrize(
    ("case", "forms"),
    [
        (0, ["Junge", "junge", "JUNGE"]),
        (kernels.CAPITALISED, ["Junge", "JUNGE"]),
        (kernels.LOWERCASE, ["junge"]),
    ],
)
def test_forms_that_ask_for_a_case(case: int, forms: list[str]) -> None:
    cases = {"deu": np.array([case, 0], np.uint8)}
    matcher = Matcher({"deu": ["junge", "alte"]}, cases)
    batch_ = tokens.tokenise(batch([document("Junge junge alte Alte JUNGE", "deu")]))
    matches = matcher.match(batch_)
    words = ["Junge", "junge", "alte", "Alte", "JUNGE"]
    assert [words[k] for k in matches.firsts if words[k] not in ("alte", "Alte")] == forms
    assert len(matches) == len(forms) + 2


def test_the_case_asked_for_is_that_of_the_first_word() -> None:
    cases = {"deu": np.array([kernels.CAPITALISED, 0], np.uint8)}
    matcher = Matcher({"deu": ["alter Junge", "alter"]}, cases)
    assert found(matcher, "Alter junge, alter Junge", language="deu") == [
        ("alter Junge", 0, 1),
        ("alter", 2, 2),
    ]


def test_a_form_without_a_case_outdoes_one_with() -> None:
    for order in ([kernels.CAPITALISED, 0], [0, kernels.CAPITALISED]):
        matcher = Matcher({"deu": ["Junge", "junge"]}, {"deu": np.array(order, np.uint8)})
        assert len(found(matcher, "Junge junge", language="deu")) == 2


def test_empty_lists_and_forms_without_words() -> None:
    assert found(Matcher({}), "man") == []
    assert found(Matcher({"eng": []}), "man") == []
    assert found(Matcher({"eng": ["", "...", "man"]}), "... man") == [("man", 0, 0)]


PHRASES = st.lists(
    st.tuples(st.sampled_from("abcé女"), st.sampled_from([" ", "-", "'", ""])),
    min_size=1,
    max_size=4,
).map(lambda pairs: "".join(word + gap for word, gap in pairs[:-1]) + pairs[-1][0])
TEXTS = st.lists(
    st.tuples(
        st.sampled_from([*"aAbcéÉ女", "e\u0301"]),
        st.sampled_from([" ", " ", "-", "'", "", ", ", "\n"]),
    ),
    max_size=30,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


@settings(max_examples=200, deadline=None)
@given(st.lists(PHRASES, max_size=8, unique=True), st.lists(TEXTS, max_size=3))
def test_matches_equal_a_search_at_every_word(phrases: list[str], texts: list[str]) -> None:
    matcher = Matcher({"eng": phrases})
    expected = []
    before = 0
    for text in texts:
        expected += [
            (phrases[number], before + first, before + last)
            for number, first, last in slow_tokens.find_phrases(
                text.encode(), unicode.BASE, phrases
            )
        ]
        before += len(slow_tokens.tokenise(text.encode(), unicode.BASE).words)
    assert found(matcher, *texts) == expected
