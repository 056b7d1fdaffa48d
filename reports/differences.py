"""Where two texts that are nearly the same differ."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

MAX_WORDS = 1_000
"""Words of an excerpt that are compared; the rest counts as one word."""

CUT = "…"
"""A word of its own where an excerpt was cut."""

Piece = tuple[str, bool]
"""A piece of an excerpt, and whether it stands in this document only."""

_WITHOUT_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"(?:[{_WITHOUT_SPACES}]|[^\s{_WITHOUT_SPACES}]+|^)\s*")


def differences(first: str, second: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two texts in pieces, with those marked that are not in their longest common subsequence: by
    words, by characters where a script has no spaces. Takes milliseconds whatever the texts."""
    words = [_words(text) for text in (first, second)]
    bare = [[word.rstrip() for word in of] for of in words]
    sides = [_pieces(of, kept) for of, kept in zip(words, common(*bare), strict=True)]
    sides = [(*side[:-1], (CUT, False)) if side[-1:] == ((CUT, True),) else side for side in sides]
    if all(bare) and bare[0][-1] == bare[1][-1] == CUT:
        sides = _without_tails(sides)
    return sides[0], sides[1]


def _words(text: str) -> list[str]:
    """Words, or characters, each with the white space after it and none of them beginning with a
    combining mark; what follows the first `MAX_WORDS` is the last one."""
    words: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if words and unicodedata.category(word[0])[0] == "M":
            words[-1] += word
        elif len(words) == MAX_WORDS:
            return [*words, text[match.start() :]]
        elif word:
            words.append(word)
    return words


def _pieces(words: Sequence[str], kept: Sequence[bool]) -> tuple[Piece, ...]:
    """Runs of words, without the white space after a run that is marked."""
    pieces: list[Piece] = []
    for same, run in groupby(zip(kept, words, strict=True), key=lambda pair: pair[0]):
        text = "".join(word for _, word in run)
        if pieces and pieces[-1][1]:
            before = pieces.pop()[0]
            pieces.append((before.rstrip(), True))
            text = before[len(before.rstrip()) :] + text
        pieces.append((text, not same))
    return tuple(pieces)


def common(first: Sequence[str], second: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which words of two sequences are in a longest common subsequence.

    The rows of the table of lengths are bit vectors (Hyyrö 2004, Bit-parallel LCS-length
    computation revisited): bit j of row i is 0 where the length grows from j to j + 1.
    """
    places: dict[str, int] = defaultdict(int)
    for place, word in enumerate(second):
        places[word] |= 1 << place
    whole = (1 << len(second)) - 1
    row = whole
    rows = [row]
    for word in first:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & whole
        rows.append(row)
    kept = [False] * len(first), [False] * len(second)
    i, j = len(first), len(second)
    while i and j:
        bit = 1 << (j - 1)
        if rows[i] & bit:
            j -= 1
        elif not rows[i - 1] & bit:
            i -= 1
        else:
            i, j = i - 1, j - 1
            kept[0][i] = kept[1][j] = True
    return kept


def _without_tails(sides: Sequence[tuple[Piece, ...]]) -> list[tuple[Piece, ...]]:
    """Pieces of texts that are cut at their end: what only one of them has there is no difference,
    it is where the other was cut."""
    tails = [len(side) > 1 and side[-2][1] and side[-1][0].strip() == CUT for side in sides]
    if sum(tails) != 1:
        return list(sides)
    return [
        (*side[:-2], (side[-2][0], False), side[-1]) if tail else side
        for side, tail in zip(sides, tails, strict=True)
    ]
