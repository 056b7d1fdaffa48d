"""Character tables of one pinned Unicode version, in the shape the kernels read.

A two-stage table gives every code point one ``uint32`` entry::

    bits 0-20    distance to the code point it folds to, modulo 2**21, when folding and NFC are
                 one to one
    bits 21-23   its class (`OTHER` … `SINGLE`)
    bit  24      COMPLEX: NFC may change it, whatever stands around it
    bit  25      COMPOSES: it, or what it folds to, can be the first of a canonical composition
    bit  26      COMPOSED: it can be the second
    bit  27      ORDERED: its canonical combining class is not 0
    bit  28      UPPER: category Lu or Lt
    bit  29      LONG: it folds to several code points
    bit  30      DECOMPOSES: it has a canonical decomposition

Profiles are alternative first stages, so a language's own rules cost nothing at run time:
`BASE`; `TURKIC` (I folds to ı and İ to i); `JOINED` (an apostrophe between letters is a letter:
Uzbek oʻ, Belarusian and Ukrainian сімʼя, Swahili ng'ombe; all apostrophe letters fold to U+02BC);
`ARABIC` (vowel marks are dropped; kaf and yeh fold to their Persian code points, alef maksura to
yeh, alef wasla to alef, the Urdu heh and teh marbuta to the Arabic ones, since keyboards mix
them).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

VERSION = "17.0.0"
"""The Unicode version of the tables."""

OTHER, SPACE, LETTER, MARK, IGNORE, APOSTROPHE, MID_LETTER, SINGLE = range(8)
CLASS_SHIFT = 21
CODE_MASK = (1 << 21) - 1
COMPLEX = 1 << 24
COMPOSES = 1 << 25
COMPOSED = 1 << 26
ORDERED = 1 << 27
UPPER = 1 << 28
LONG = 1 << 29
DECOMPOSES = 1 << 30
LETTER_APOSTROPHE = 0x02BC

BASE, TURKIC, JOINED, ARABIC = range(4)

PROFILES: dict[str, int] = {
    **dict.fromkeys(("tur", "aze", "azj", "azb", "crh", "gag"), TURKIC),
    **dict.fromkeys(("uzn", "uzb", "kaa", "bel", "ukr", "swh", "bre", "haw"), JOINED),
    **dict.fromkeys(("arb", "arz", "pes", "urd", "ckb"), ARABIC),
}
"""Language (ISO 639-3) to folding profile; every other language is `BASE`."""


class Tables(NamedTuple):
    """The arrays of ``unicode.npz``, made by `unicode_build`.

    ``stage1`` is uint16[profiles × 4352], one page number for each 256 code points; ``stage2``
    uint32 and ``orders`` uint8 (canonical combining class) are [pages × 256]. Decompositions and
    long foldings are sorted keys with offsets into values (uint32, int32, uint32); composition
    pairs are sorted ``first << 21 | second`` (uint64) and the composed code point. Hangul is
    algorithmic and not in them.
    """

    stage1: NDArray[np.uint16]
    stage2: NDArray[np.uint32]
    orders: NDArray[np.uint8]
    decomposition_keys: NDArray[np.uint32]
    decomposition_offsets: NDArray[np.int32]
    decomposition_values: NDArray[np.uint32]
    fold_keys: NDArray[np.uint32]
    fold_offsets: NDArray[np.int32]
    fold_values: NDArray[np.uint32]
    pair_keys: NDArray[np.uint64]
    pair_values: NDArray[np.uint32]


PAGES = 0x110000 >> 8
"""Entries of the first stage for one profile."""


@cache
def tables() -> Tables:
    """The tables, loaded once per process."""
    with np.load(Path(__file__).with_name("unicode.npz")) as stored:
        return Tables(**{name: stored[name] for name in Tables._fields})


def checksum() -> str:
    """SHA-256 over the arrays, in order."""
    digest = hashlib.sha256()
    for array in tables():
        digest.update(array.tobytes())
    return digest.hexdigest()
