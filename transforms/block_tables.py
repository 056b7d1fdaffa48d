"""What `block_kernels` knows of characters, made from the tables of `unicode`.

`unicode_build` stores it in ``blocks.npz``: making it takes longer than reading a small corpus.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus_assay.transforms import unicode

FILE = Path(__file__).with_name("blocks.npz")

# Bits of a kind. The first three are of a character's first byte and its last, in their meaning;
# a character of three bytes has only WORD and HARD on its second.
WORD, HARD = 1, 2
"""Part of a word; part of a run that is gone through character by character. On every byte."""
SIGN, AFTER_SINGLE = 4, 4
"""First byte: a punctuation mark. Last: a mark of a script whose letters are words each."""
ALONE = 8
"""A letter that is a word by itself; with `JOINS`, on the first byte, a mark of such a script."""
JOINS = 16
"""A combining mark; with `SIGN`, on the first byte, an apostrophe."""
SECOND, FIRST = 32, 32
"""First byte: may be the second of a composition. Last: may be the first of one."""
MOVES = 64
"""Has a combining class."""
CAPITAL, IGNORED = 128, 128
"""First byte: upper case; with `SIGN`, a hyphen. Last, with `HARD`: an ignorable character."""

KIND_SHIFT = 32


class Tables(NamedTuple):
    """Entries of characters of two bytes, places of pages of those of three, and the pages."""

    two: NDArray[np.uint64]
    places: NDArray[np.uint16]
    pages: NDArray[np.uint64]


def _packed(codes: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """UTF-8 of code points below U+10000, the first byte lowest, and its length."""
    c = codes.astype(np.uint64)
    tail = [0x80 | (c >> np.uint64(shift) & np.uint64(0x3F)) for shift in (0, 6)]
    two = 0xC0 | c >> np.uint64(6) | tail[0] << np.uint64(8)
    three = 0xE0 | c >> np.uint64(12) | tail[1] << np.uint64(8) | tail[0] << np.uint64(16)
    lengths = np.select([codes < 0x80, codes < 0x800], [1, 2], 3)
    return np.select([codes < 0x80, codes < 0x800], [c, two & np.uint64(0xFFFF)], three), lengths


def _entries(profile: int) -> NDArray[np.uint64]:
    """Of each code point below U+10000, what `_characters` needs.

    Bits 0 to 23 are what its UTF-8 and that of its folding differ in (exclusive or, first byte
    lowest), from bit 32 on stand the kinds of its bytes.
    """
    t = unicode.tables()
    codes = np.arange(0x10000)
    pages = t.stage1[profile * unicode.PAGES :][codes >> 8].astype(np.int64)
    entry = t.stage2[pages << 8 | codes & 0xFF].astype(np.int64)
    classes = entry >> unicode.CLASS_SHIFT & 7
    bytes_, lengths = _packed(codes)
    folded, folded_lengths = _packed((codes + entry) & 0xFFFF)
    changes = bytes_ ^ folded
    fits = ((codes + entry) & unicode.CODE_MASK < 0x10000) & (lengths == folded_lengths)
    composes = entry & unicode.COMPOSES != 0
    for code, first, last in zip(
        t.fold_keys, t.fold_offsets[:-1], t.fold_offsets[1:], strict=True
    ):  # ß has as many bytes as ss
        values = t.fold_values[first:last].astype(np.int64)
        text = "".join(map(chr, values)).encode()
        if code < 0x10000 and entry[code] & unicode.LONG:
            plain = unicode.COMPLEX | unicode.COMPOSED | unicode.ORDERED
            values_pages = t.stage1[profile * unicode.PAGES :][values >> 8].astype(np.int64)
            easy = not (t.stage2[values_pages << 8 | values & 0xFF] & plain).any()
            fits[code] = easy and len(text) == lengths[code]
            changes[code] = bytes_[code] ^ np.uint64(int.from_bytes(text, "little"))
            composes[code] = True
    same = (changes == 0) & fits
    easy = entry & unicode.COMPLEX == 0
    composed, moves = entry & unicode.COMPOSED != 0, entry & unicode.ORDERED != 0
    upper = entry & unicode.UPPER != 0
    letter = (classes == unicode.LETTER) & easy & fits & ~moves
    mark = (classes == unicode.MARK) & easy & same
    single = (classes == unicode.SINGLE) & easy & same & ~composed & ~moves
    apostrophe = classes == unicode.APOSTROPHE
    sign = apostrophe | (classes == unicode.OTHER) & (codes != 0xFFFD)
    hard = ~(letter | mark | single | sign | (classes == unicode.SPACE))
    hard |= (codes < 0x80) | (codes >> 11 == 27)
    block = np.zeros(len(codes) >> 7, np.bool_)
    block[codes[classes == unicode.SINGLE] >> 7] = True
    of_single = mark & block[codes >> 7]
    hyphen = (codes == 0x2010) | (codes == 0x2011)
    ignored = (classes == unicode.IGNORE) & (codes >= 0x80)

    def kind(*bits: tuple[NDArray[np.bool_], int]) -> NDArray[np.uint64]:
        kinds = hard * (WORD | HARD)
        for where, bit in bits:
            kinds |= where * bit
        return np.asarray(kinds, np.uint64)

    word = (letter | mark | single) & ~hard
    sign &= ~hard
    letter, mark, single = letter & word, mark & word, single & word
    of_single, apostrophe = of_single & word, apostrophe & sign
    first = kind(
        (word, WORD),
        (sign, SIGN),
        (single | of_single, ALONE),
        (mark | apostrophe, JOINS),
        (word & composed, SECOND),
        (mark & moves, MOVES),
        (word & upper | hyphen, CAPITAL),
    )
    last = kind(
        (word, WORD),
        (of_single, AFTER_SINGLE),
        (single, ALONE),
        (mark, JOINS),
        (word & composes, FIRST),
        (mark & moves, MOVES),
        (ignored, IGNORED),
    )
    middle = last & np.uint64(WORD | HARD)
    kinds = np.where(
        lengths == 2,
        first | last << np.uint64(8),
        first | middle << np.uint64(8) | last << np.uint64(16),
    )
    changes = np.where(hard | ~word, np.uint64(0), changes)
    entries: NDArray[np.uint64] = changes | kinds << np.uint64(KIND_SHIFT)
    return entries


def build() -> Tables:
    """Entries of characters of two bytes (uint64[profiles × 2048]); of those of three, pages of 64
    (uint16[profiles × 1024] for each pair of first bytes, uint64[pages × 64])."""
    two, numbers = [], []
    pages: dict[bytes, int] = {}
    for profile in range(4):
        entries = _entries(profile)
        two.append(entries[:0x800])
        hard = np.uint64((WORD | HARD) * 0x010101 << KIND_SHIFT)
        entries = np.concatenate([np.full(0x800, hard), entries[0x800:]])
        for page in entries.reshape(-1, 64):
            numbers.append(pages.setdefault(page.tobytes(), len(pages)))
    three = np.frombuffer(b"".join(pages), np.uint64)
    return Tables(np.concatenate(two), np.array(numbers, np.uint16), three)


def load() -> Tables:
    """The tables as they were stored."""
    with np.load(FILE) as stored:
        return Tables(**{name: stored[name] for name in Tables._fields})
