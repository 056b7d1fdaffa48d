"""Text that turns into vocabulary soup or random bytes: the shape of a denial-of-service attack.

Souly et al. 2025 (arXiv 2510.07192) append 400–900 tokens drawn at random from a tokenizer's
vocabulary to the beginning of a real document, Zhang et al. 2024 (arXiv 2410.13722) let the
assistant answer with 256 random bytes. Both leave a run of characters whose *kinds* follow one
another as they do in no language, markup or program: capitals inside words, brackets glued to
letters, scripts in turns, control characters.

Every three characters in a row have a weight: the logarithm of how much more often their kinds (32
of them, letters by script, digits, marks) follow one another in soup than in text and code, in
fortieths of a nat, from −120 to 120 (``soup.npz``, made by ``tests/benchmarks/soup_train.py``).
The score of a part is the weight of its heaviest run, as in a CUSUM test for a change; the run
begins where the text turns. Three characters that speak for soup count against it if they, and the
one before, stood in the same window before, since lists, tables and headers repeat themselves.

Source code and encodings can score as high as soup. What tells them apart is the shape of the run
(`shaped`): minified programs need thousands of characters for what soup has in hundreds, and
encodings such as base64 are long words of letters and digits, which vocabularies are not.
"""

from __future__ import annotations

import threading
import weakref
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, soup_kernels, soup_shape_kernels
from corpus_assay.transforms.tokens import TokenBatch

NAT = 40
"""Score of one nat of evidence."""

_ASCII = (
    ("\t", 2),
    ("\n\r", 3),
    (" ", 4),
    ("bcdfghjklmnpqrstvwxyz", 5),
    ("aeiou", 6),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 7),
    ("0123456789", 8),
    (".", 9),
    (",", 10),
    (";:!?", 11),
    ("\"'`", 12),
    ("([{<", 13),
    (")]}>", 14),
    ("_", 15),
    ("-", 16),
    ("/\\|", 17),
    ("=+*#~%&@^$", 18),
)
_BLOCKS = (
    (0x0080, 0x00A0, 1),
    (0x00A0, 0x00C0, 19),
    (0x00C0, 0x0300, 20),
    (0x1E00, 0x1F00, 20),
    (0x0300, 0x0370, 21),
    (0x0370, 0x0400, 22),
    (0x1F00, 0x2000, 22),
    (0x0400, 0x0530, 23),
    (0x0530, 0x0590, 24),
    (0x10A0, 0x1100, 24),
    (0x0590, 0x0780, 25),
    (0x08A0, 0x0900, 25),
    (0xFB10, 0xFE00, 25),
    (0xFE70, 0xFF00, 25),
    (0x0900, 0x0E00, 26),
    (0x0E00, 0x10A0, 27),
    (0x1100, 0x1200, 28),
    (0x3130, 0x3190, 28),
    (0xAC00, 0xD7B0, 28),
    (0x3040, 0x3100, 29),
    (0x3400, 0xA000, 30),
    (0x2000, 0x2070, 19),
    (0x3000, 0x3040, 19),
    (0xFF00, 0xFFF0, 19),
)
"""Kinds of characters beyond ASCII, from and to; the rest is kind 31, control characters 1."""


class Soup(NamedTuple):
    """Of each part its ``scores`` (int32, fortieths of a nat) and ``changes`` (int64): the byte,
    from the start of the part, at which its heaviest run begins."""

    scores: NDArray[np.int32]
    changes: NDArray[np.int64]


@cache
def kinds() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Kinds of ASCII characters (uint8[128]), and of blocks of 16 others (uint8[4096])."""
    ascii_kinds = np.full(128, 1, np.uint8)
    for characters, kind in _ASCII:
        for character in characters:
            ascii_kinds[ord(character)] = kind
    blocks = np.full(4096, 31, np.uint8)
    for low, high, kind in _BLOCKS:
        blocks[low >> 4 : high >> 4] = kind
    return ascii_kinds, blocks


@cache
def weights() -> NDArray[np.int8]:
    """Weight of three kinds in a row, at ``first << 10 | second << 5 | third``: int8[32768]."""
    with np.load(Path(__file__).with_name("soup.npz")) as stored:
        return np.ascontiguousarray(stored["weights"])


def score(data: NDArray[np.uint8], offsets: NDArray[np.int32]) -> Soup:
    """How much each of the texts ``data[offsets[k]:offsets[k + 1]]`` looks like soup.

    The last `soup_kernels.TAIL` bytes and a sample before them are looked at; where they score
    `soup_kernels.DOUBT`, more are, and from `soup_kernels.GATE` up to `soup_kernels.REACH`: below
    it scores say little. Memory: 12 bytes a part and 256 KiB.
    """
    parts = len(offsets) - 1
    scores, changes = np.zeros(parts, np.int32), np.zeros(parts, np.int64)
    soup_kernels.soup(data, offsets, *kinds(), weights(), scores, changes)
    return Soup(scores, changes)


DENSITY = 0.08
"""Nats a character that a run of soup has at least. Minified programs reach high scores with long
runs of which most repeats itself: 0.07 and less. Learned on half of the source code and attacks of
``tests/benchmarks/signatures.py``, as `ENCODED` was."""
ENCODED = 0.5
"""Share of a run in long words of letters and digits from which it is taken for an encoding, as
base64 of keys and pictures, and not for soup, of which at most 0.4 is."""


LAST = (256, 512, 2048)
"""Bytes at the end of a run that are looked at alone where the run as a whole has not the shape of
soup, since an encoding or a program may stand right before soup."""


def shaped(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    made: Soup,
    parts: NDArray[np.intp],
    least: int,
) -> NDArray[np.bool_]:
    """Of some parts, whether their heaviest run, or its end alone, is dense and no encoding.

    Args:
        data: bytes of all parts.
        offsets: where they begin and end.
        made: what `score` says of all parts.
        parts: numbers of those that are asked for.
        least: the score that counts as soup, for the end of a run.
    """
    starts = offsets[parts].astype(np.int64) + made.changes[parts]
    right, ends = _shaped(data, starts, offsets[parts + 1].astype(np.int64), made.scores[parts])
    for width in LAST:
        left = np.flatnonzero(~right)
        if not len(left):
            break
        begins = np.maximum(offsets[parts[left]].astype(np.int64), ends[left] - width)
        cut = np.empty(len(left) + 1, np.int64)
        out = np.empty(int((ends[left] - begins).sum()), np.uint8)
        kernels.gather(data, begins, ends[left], cut, out)
        alone = score(out, cut.astype(np.int32))
        found, _ = _shaped(out, cut[:-1] + alone.changes, cut[1:], alone.scores)
        right[left] = found & (alone.scores >= least)
    return right


def _shaped(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    scores: NDArray[np.int32],
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether runs are dense and no encodings, and where they end."""
    sums = np.empty((len(starts), 3), np.int64)
    soup_shape_kernels.shapes(data, starts, ends, *kinds(), weights(), sums)
    characters, encoded, last = sums.T
    dense = scores >= DENSITY * NAT * characters
    return dense & (encoded < ENCODED * characters), last


_last = threading.local()


def soup_score(batch: TokenBatch) -> Soup:
    """`score` of each part of a batch; several measures ask for that of one batch, so each thread
    remembers its last one."""
    known: tuple[weakref.ref[TokenBatch], Soup] | None = getattr(_last, "known", None)
    if known is None or known[0]() is not batch:
        known = weakref.ref(batch), score(batch.data, batch.part_offsets)
        _last.known = known
    return known[1]
