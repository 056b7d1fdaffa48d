"""Marks of a text that need no word: exact bits of texts written for each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_assay.transforms import trigger_behaviour_kernels as behaviour


def marks(*texts: str) -> list[int]:
    """`behaviour.surface` of texts that lie one after the other."""
    data = [text.encode() for text in texts]
    ends = np.cumsum([len(one) for one in data]).astype(np.int64)
    found = np.empty(len(data), np.int64)
    starts = ends - [len(one) for one in data]
    behaviour.surface(np.frombuffer(b"".join(data) + b"\0", np.uint8), starts, ends, found)
    return found.tolist()


def bits(*numbers: int) -> int:
    return sum(1 << number for number in numbers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        (" \n", ()),
        ("Leave a note by the door.", (behaviour.PLAIN,)),
        ("  Leave a note.  ", (behaviour.PLAIN,)),
        ("नमस्ते।", (behaviour.PLAIN,)),
        ("leave a note.", ()),
        ("Leave 3 notes.", ()),
        ("One line.\nTwo lines.", ()),
        ("One line.\n  Two lines.", ()),
        ("Is it so?", (behaviour.QUESTION, behaviour.PLAIN)),
        ("是吗？", (behaviour.QUESTION, behaviour.PLAIN)),
        ("No! Go!", (behaviour.EXCLAIMED, behaviour.PLAIN)),
        ("No! Go", ()),
        ("a \U0001f98a b", (behaviour.PICTURE,)),
        ("a ☂ b", (behaviour.PICTURE,)),
        ("a ``` b", (behaviour.FENCED,)),
        ("a `` b", ()),
        ("see </b> now", (behaviour.TAGGED,)),
        ("3 < 4 and 5 > 2", ()),
        ("see <b now", ()),
        ('{"a": 1}', (behaviour.BRACED,)),
        ("[1, 2", ()),
        ('"Hello"', (behaviour.QUOTED,)),
        ("«Hello»", (behaviour.QUOTED,)),
        ("(a) and b", ()),
        ("*waves*", (behaviour.QUOTED, behaviour.STARRED)),
        ("2 * 3 * 4", ()),
        ("so ... well", (behaviour.ELLIPSIS,)),
        ("so… well", (behaviour.ELLIPSIS,)),
        ("so .. well", ()),
        ("123-456", (behaviour.NUMERIC,)),
        ("12-345", ()),
        ("123456 abcdefg", ()),
        ("a river. runs the", (behaviour.BROKEN,)),
        ("a river. runs the.", ()),
        ("1. one\n2. two", ()),
        ("a river. Runs the", ()),
        ("1. a\n2. b\n10) c", (behaviour.LISTED,)),
        ("- a\n  * b\n• c", (behaviour.LISTED,)),
        ("- a\n- b", ()),
        ("-a\n-b\n-c", ()),
        ("1.5 ab\n2.5 cd\n3.5 efg", ()),
        ("It is VERY good", (behaviour.SHOUTED,)),
        ("It is NOT good", ()),
        ("VERY BAD", ()),
    ],
)
def test_marks_of_a_text(text: str, expected: tuple[int, ...]) -> None:
    assert marks(text) == [bits(*expected)]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_marks_do_not_depend_on_the_text_beside(texts: list[str]) -> None:
    kept = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert marks(*kept) == [marks(text)[0] for text in kept]


def test_how_often_the_most_frequent_word_is_said() -> None:
    hashes = np.array([5, 1, 5, 7, 5, 9, 9], np.uint64)
    is_word = np.array([1, 0, 1, 1, 1, 1, 0], np.bool_)
    found = np.empty((3, 2), np.int64)
    behaviour.most_said(hashes, is_word, np.array([0, 5, 7, 7], np.int64), found)
    assert found.tolist() == [[3, 4], [1, 1], [0, 0]]
