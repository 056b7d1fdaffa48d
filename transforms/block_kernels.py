"""Where the words of a piece of text stand, found 64 bytes at a time.

Nearly every word is written in characters that need no thought: letters that fold to as many bytes
as they have, marks that NFC leaves alone. A piece of text goes through three passes over its
blocks, which fit into the first cache; none has a branch for a character:

1. `_survey`: masks of the classes of ASCII bytes and of the shape of the others, and the text
   folded as ASCII is;
2. `_characters`: one table entry for each character of two or three bytes; it gives the folded
   bytes, written over the others, and the *kind* of each byte;
3. `_words`: the kinds as masks, and from these, by shifts, where words begin and end.

What does need thought (ignorable characters, apostrophes that are letters, long foldings, marks
that may compose or be out of order, four bytes) is *hard*. It counts as part of a run of word
characters, and a run with a hard character in it is listed, for `kernels` to go through character
by character. What is hard is so on the safe side: it never matters but for time.

Numba caches compiled code by the time of its file, and `kernels` holds what is compiled from here:
after a change of this file or of `simd`, touch ``kernels.py``.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from numba.cpython.unsafe.numbers import trailing_zeros

from corpus_assay.transforms import block_tables, simd, unicode
from corpus_assay.transforms.block_tables import (
    ALONE,
    HARD,
    IGNORED,
    JOINS,
    KIND_SHIFT,
    MOVES,
    SECOND,
    WORD,
)

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
_INNER = {**_KERNEL, "_nrt": False}
"""Without numba's counting of references to arrays, which took two fifths of the time: these
functions make no array and keep none."""

TABLES_SHA256 = "363a553c280565770dee5fe2c1e92c285e439172f7df5b386bdd61ff71ac4ff4"
"""Written by `unicode_build`, as in `kernels`."""

BLOCK = simd.WIDTH
PIECE = 64 * BLOCK
"""Bytes of text that are looked at in one go."""
COMPACTED = 256
"""Bytes of a hard word up to which the simple cases are looked for."""
MARGIN = 16
"""Bytes before the end of a piece in which no word is held to end: what follows may be cut off."""
FRONT = BLOCK
"""Where the text begins in ``folded`` and ``kinds``, so that a byte stands before it."""

_TWO, _PAGES, _THREE = block_tables.load()

_ONE, _TWO_BITS, _THREE_BITS = uint64(1), uint64(2), uint64(3)
_LAST = uint64(63)
_LOW6, _LOW5, _LOW4 = uint64(0x3F), uint64(0x1F), uint64(0x0F)
NOTHING = 0xFF
"""A byte that no text has, in place of a special one."""

ALNUM, UPPER, SIGNS, QUOTE, HYPHEN, SPECIAL, HIGH, LEADS, THREE, FOUR = range(10)
"""Columns of ``rows``: masks of a block. `_words` turns `SIGNS` into the punctuation marks of all
scripts that count."""


FOLDED, KINDS, FLAGS, ROWS, STARTS, ENDS, HARD_WORDS, ODD_GAPS, TAIL, COMPACT = range(10)
"""What is held of a piece. From byte `FRONT` on its folded bytes, their kinds, and of the first
byte of each word the flags that `kernels.tokenise` writes; masks, a row a block; first byte and
end of each word, counted from the beginning of the piece; hard words and odd gaps (`_words`); a
last block that is not full; the word that `compact` wrote."""


@njit(**_KERNEL)
def scratch():  # type: ignore[no-untyped-def]
    """Room for a piece, by the numbers `FOLDED` to `ODD_GAPS`."""
    size = FRONT + PIECE + 2 * BLOCK
    folded, kinds, flags = (
        np.zeros(size, np.uint8),
        np.zeros(size, np.uint8),
        np.empty(size, np.uint8),
    )
    rows = np.empty((PIECE // BLOCK + 1, 10), np.uint64)
    starts, ends = np.empty(size, np.uint32), np.empty(size, np.uint32)
    hard_words, odd_gaps = np.empty(size, np.uint32), np.empty(size, np.uint32)
    tail, word = np.empty(BLOCK, np.uint8), np.empty(2 * COMPACTED + BLOCK, np.uint8)
    return folded, kinds, flags, rows, starts, ends, hard_words, odd_gaps, tail, word


@njit(**_INNER)
def _survey(data, i, size, final, special, other, room):  # type: ignore[no-untyped-def]
    """First pass: masks of every block into ``rows``, the folded text; whether it is UTF-8.

    At the end of a text white space follows.
    """
    folded, kinds, tail, rows = room[FOLDED], room[KINDS], room[TAIL], room[ROWS]
    blocks = size // BLOCK
    carry, wrong = uint64(0), uint64(0)
    for b in range(blocks + final):
        at = np.uint64(FRONT + b * BLOCK)
        if b < blocks:
            masks = simd.fold_ascii(
                data, np.uint64(i + b * BLOCK), folded, kinds, at, special, other
            )
        else:
            for k in range(BLOCK):
                tail[k] = 0x20
            for k in range(size - blocks * BLOCK):
                tail[np.uint64(k)] = data[np.uint64(i + blocks * BLOCK + k)]
            masks = simd.fold_ascii(tail, uint64(0), folded, kinds, at, special, other)
        alnum, upper, space, quote, hyphen, specials, high, continuing, three, four = masks
        leads = high & ~continuing
        wrong |= (leads << _ONE | three << _TWO_BITS | four << _THREE_BITS | carry) ^ continuing
        carry = leads >> _LAST | three >> uint64(62) | four >> uint64(61)
        row = np.uint64(b)
        rows[row, ALNUM] = alnum
        rows[row, UPPER] = upper
        rows[row, SIGNS] = ~(alnum | specials | space | high)
        rows[row, QUOTE] = quote & ~specials
        rows[row, HYPHEN] = hyphen
        rows[row, SPECIAL] = specials
        rows[row, HIGH] = high
        rows[row, LEADS] = leads
        rows[row, THREE] = three
        rows[row, FOUR] = four
    return wrong == 0


@njit(**_INNER)
def _characters(at, leads, threes, fours, profile, folded, kinds):  # type: ignore[no-untyped-def]
    """Second pass: folded bytes and kinds of the characters of a block that are not ASCII."""
    base = profile << uint64(11)
    pages = profile << uint64(10)
    twos = leads & ~threes
    while twos:
        p = at + np.uint64(trailing_zeros(twos))
        twos &= twos - _ONE
        raw = simd.load16(folded, p)
        entry = _TWO[base + ((raw & _LOW5) << uint64(6) | (raw >> uint64(8)) & _LOW6)]
        simd.store16(folded, p, raw ^ entry)
        simd.store16(kinds, p, entry >> uint64(KIND_SHIFT))
    threes &= ~fours
    while threes:
        p = at + np.uint64(trailing_zeros(threes))
        threes &= threes - _ONE
        raw = simd.load32(folded, p)
        page = pages + ((raw & _LOW4) << uint64(6) | (raw >> uint64(8)) & _LOW6)
        entry = _THREE[np.uint64(_PAGES[page]) << uint64(6) | (raw >> uint64(16)) & _LOW6]
        raw ^= entry
        simd.store16(folded, p, raw)
        folded[p + _TWO_BITS] = (raw >> uint64(16)) & uint64(0xFF)
        simd.store16(kinds, p, entry >> uint64(KIND_SHIFT))
        kinds[p + _TWO_BITS] = (entry >> uint64(KIND_SHIFT + 16)) & uint64(0xFF)
    while fours:
        p = at + np.uint64(trailing_zeros(fours))
        fours &= fours - _ONE
        for k in range(4):
            kinds[p + np.uint64(k)] = WORD | HARD


@njit(**_INNER)
def _is_alnum(byte):  # type: ignore[no-untyped-def]
    small = np.uint8(byte | 0x20)
    return np.uint8(small - 0x61) < 26 or np.uint8(byte - 0x30) < 10


@njit(**_INNER)
def _apostrophe(p, folded, kinds):  # type: ignore[no-untyped-def]
    """Whether an apostrophe behind a word joins it to the next: 0 no, 1 yes, 2 hard to tell."""
    width = uint64(1) if folded[p] < 0x80 else uint64(3)
    after, kind = folded[p + width], kinds[p + width]
    if after < 0x80:
        if not _is_alnum(after):
            return 0
    elif not kind & WORD:
        return 0
    elif kind & (HARD | ALONE | JOINS):
        return 2
    before = p - _ONE
    return 2 if folded[before] >= 0x80 and kinds[before] & (HARD | JOINS) else 1


@njit(**_INNER)
def _same_before(p, width, folded):  # type: ignore[no-untyped-def]
    """Whether a character equals the one before it, of as many bytes."""
    for k in range(width):
        if folded[p + np.uint64(k)] != folded[p + np.uint64(k) - np.uint64(width)]:
            return False
    return True


@njit(**_INNER)
def _place(bits, base, n, places):  # type: ignore[no-untyped-def]
    """Append where the bits are set to ``places``; their new number.

    Twelve at a time whether they are there or not: a guess for each word costs more.
    """
    count = simd.popcount(bits)
    k = np.uint64(n)
    while True:
        for step in range(12):
            places[k + np.uint64(step)] = base + np.uint64(trailing_zeros(bits))
            bits &= bits - _ONE
        if bits == 0:
            return n + np.int64(count)
        k += uint64(12)


@njit(**_INNER)
def _words(blocks, room):  # type: ignore[no-untyped-def]
    """Third pass: where the words of a piece begin and end, and which of them are hard.

    Returns the numbers of ends, of hard words and of odd gaps. A hard word is listed as its
    ``number << 1``, plus 1 where marks may need to be put in order or composed; gaps are of white
    space that is long or not ASCII, listed by the number of the word behind.
    """
    folded, kinds, rows, flags = room[FOLDED], room[KINDS], room[ROWS], room[FLAGS]
    starts, ends, hard_words, odd = room[STARTS], room[ENDS], room[HARD_WORDS], room[ODD_GAPS]
    n_starts, n_ends, n_hard, n_odd = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    zero = uint64(0)
    word_before = alnum_before = after_before = alone_before = zero
    first_before = moves_before = signs_before = zero
    single_before = space_before = hyphen_before = wide_hyphen_before = zero
    wide_before = joining_before = doubled_before = zero
    for b in range(blocks):
        row = np.uint64(b)
        base = row * uint64(BLOCK)
        at = base + uint64(FRONT)
        alnum, special, leads = rows[row, ALNUM], rows[row, SPECIAL], rows[row, LEADS]
        quotes, high = rows[row, QUOTE], rows[row, HIGH]
        plain_signs = rows[row, SIGNS]
        word, hard, kind2, kind3, kind4, kind5, kind6, kind7 = simd.bit_masks(kinds, at)
        quotes |= kind2 & kind4 & leads
        signs = plain_signs | kind2 & leads
        quotes &= (word | alnum | special) << _ONE | word_before
        # Between ASCII letters, or before an ASCII character that is none, masks can tell.
        narrow_quotes, no_letters = quotes & ~high, ~(alnum | special | high)
        joining = alnum << _ONE & (
            narrow_quotes & alnum >> _ONE | quotes & high & alnum >> _THREE_BITS
        )
        quotes &= ~joining
        quotes &= ~(narrow_quotes & no_letters >> _ONE | high & no_letters >> _THREE_BITS)
        while quotes:
            bit = quotes & (~quotes + _ONE)
            p = at + np.uint64(trailing_zeros(quotes))
            quotes ^= bit
            joins = _apostrophe(p, folded, kinds)
            if joins:
                joining |= bit
            if joins == 2:
                kinds[p] = WORD | HARD
                if folded[p] >= 0x80:
                    kinds[p + _ONE] = kinds[p + _TWO_BITS] = WORD | HARD
                word, hard, kind2, kind3, kind4, kind5, kind6, kind7 = simd.bit_masks(kinds, at)
        letters = alnum | leads & word & ~(hard | kind3 | kind4)
        word |= alnum | special
        hard |= special
        marks = kind4 & leads & word
        singles = kind3 & leads & ~kind4
        after, alone = kind2 & ~leads, kind3 & ~leads
        first, moves = (kind5 | kind6) & ~leads, kind6 & ~leads
        after_single = alone << _ONE | alone_before
        after_mark = after << _ONE | after_before
        after_word = word << _ONE | word_before
        breaks = singles | letters & after_single
        unordered = (
            kind5 & leads & ((first | alnum) << _ONE | first_before | alnum_before)
            | kind6 & leads & (moves << _ONE | moves_before)
            | marks & ~after_word
            | marks & ~kind3 & (after_single | after_mark)
            | letters & after_mark
        )
        hard |= unordered
        begins = word & (~after_word | breaks)
        closes = after_word & (~word | breaks)
        # A sign like the one before it does not count.
        signs &= ~(plain_signs & simd.repeats(folded, at))
        wide = kind2 & leads
        threes = rows[row, THREE]
        repeated = wide & (
            threes & (wide << _THREE_BITS | signs_before >> uint64(61))
            | ~threes & (wide << _TWO_BITS | signs_before >> uint64(62))
        )
        signs_before = wide
        while repeated:
            bit = repeated & (~repeated + _ONE)
            repeated ^= bit
            width = 3 if threes & bit else 2
            if _same_before(at + np.uint64(trailing_zeros(bit)), width, folded):
                signs ^= bit
        rows[row, SIGNS] = signs & ~joining
        # Gaps: most are a single character, or anything with a sign in it.
        spaces = ~(alnum | special | high | plain_signs)
        wide_spaces = leads & ~(word | kind2)
        narrow, threes_wide = wide_spaces & ~threes, wide_spaces & threes
        after_wide = narrow << _TWO_BITS | threes_wide << _THREE_BITS | wide_before
        after_space = spaces << _ONE | after_wide | space_before
        single = spaces & after_word
        hyphens = rows[row, HYPHEN] & after_word
        wide_hyphens = kind7 & wide & after_word
        narrow_joins, wide_joins = joining & ~high, joining & high
        spaced = begins & (single << _ONE | single_before)
        hyphened = begins & (
            hyphens << _ONE | hyphen_before | wide_hyphens << _THREE_BITS | wide_hyphen_before
        )
        joined = begins & (narrow_joins << _ONE | wide_joins << _THREE_BITS | joining_before)
        others = begins & ~(after_word | spaced | hyphened | joined)
        doubled = spaces & after_space
        unclear = begins & (doubled << _ONE | doubled_before | after_wide)
        capitals = rows[row, UPPER] | kind7 & leads
        simd.spread(flags, at, spaced | joined, hyphened | joined, others, capitals)
        while unclear:
            bit = unclear & (~unclear + _ONE)
            unclear ^= bit
            number = n_starts + np.int64(simd.popcount(begins & (bit - _ONE)))
            odd[np.uint64(n_odd)] = number
            n_odd += 1
        wide_before = narrow >> uint64(62) | threes_wide >> uint64(61)
        space_before, single_before = spaces >> _LAST, single >> _LAST
        hyphen_before, wide_hyphen_before = hyphens >> _LAST, wide_hyphens >> uint64(61)
        joining_before = narrow_joins >> _LAST | wide_joins >> uint64(61)
        doubled_before = doubled >> _LAST
        while hard:
            bit = hard & (~hard + _ONE)
            hard ^= bit
            number = n_ends + np.int64(simd.popcount(closes & (bit | (bit - _ONE))))
            if n_hard == 0 or hard_words[np.uint64(n_hard - 1)] >> 1 != number:
                hard_words[np.uint64(n_hard)] = number << 1
                n_hard += 1
            if bit & unordered:
                hard_words[np.uint64(n_hard - 1)] |= 1
        n_starts = _place(begins, base, n_starts, starts)
        n_ends = _place(closes, base, n_ends, ends)
        word_before, alnum_before = word >> _LAST, alnum >> _LAST
        after_before, alone_before = after >> _LAST, alone >> _LAST
        first_before, moves_before = first >> _LAST, moves >> _LAST
    return n_ends, n_hard, n_odd


@njit(**_INNER)
def count_signs(last, rows):  # type: ignore[no-untyped-def]
    """Punctuation marks in the first `last` bytes of a piece."""
    n = uint64(0)
    for b in range(last // BLOCK):
        n += simd.popcount(rows[np.uint64(b), SIGNS])
    left = np.uint64(last) & _LAST
    if left:
        n += simd.popcount(rows[np.uint64(last // BLOCK), SIGNS] & ((_ONE << left) - _ONE))
    return np.int64(n)


@njit(**_INNER)
def find_words(data, i, end, profile, room):  # type: ignore[no-untyped-def]
    """Words of ``data[i:end]``, of at most `PIECE` bytes of it, into ``room`` (`scratch`).

    `i` is a place where a word has just ended, or the beginning of a text. Returns the size of
    what was looked at, the numbers of words that are whole in it, of hard words and of odd gaps,
    and whether it is the whole rest; -1 words where it is no UTF-8.
    """
    size = end - i
    final = size < PIECE
    if not final:
        size = np.int64(PIECE)
    special, other = np.uint8(NOTHING), np.uint8(NOTHING)
    if profile == unicode.TURKIC:
        special = np.uint8(0x49)
    elif profile == unicode.JOINED:
        special, other = np.uint8(0x27), np.uint8(0x60)
    folded, kinds, rows, ends = room[FOLDED], room[KINDS], room[ROWS], room[ENDS]
    folded[FRONT - 1] = 0
    if not _survey(data, i, size, np.int64(final), special, other, room):
        return size, np.int64(-1), np.int64(0), np.int64(0), final
    blocks = size // BLOCK + np.int64(final)
    for b in range(blocks):
        row = np.uint64(b)
        leads = rows[row, LEADS]
        if leads:
            at = np.uint64(FRONT + b * BLOCK)
            threes, fours = rows[row, THREE], rows[row, FOUR]
            _characters(at, leads, threes, fours, np.uint64(profile), folded, kinds)
    count, hard, odd = _words(blocks, room)
    while not final and count > 0:
        stop = np.int64(ends[np.uint64(count - 1)])
        after = folded[np.uint64(FRONT + stop)]
        # What an apostrophe does hangs on the word before it.
        if stop <= size - MARGIN and not (after == 0x27 or after == 0xE2 or after == 0xEF):
            break
        count -= 1
    return size, count, hard, odd, final


@njit(**_INNER)
def _joins_letters(p, stop, folded, kinds):  # type: ignore[no-untyped-def]
    """Bytes of the apostrophe at `p` if it is one and a plain letter follows, else 0."""
    byte = folded[p]
    width = uint64(1)
    if byte == 0xE2:
        width = uint64(3)
        last = folded[p + _TWO_BITS]
        if folded[p + _ONE] != 0x80 or not (last == 0x98 or last == 0x99):
            return uint64(0)
    elif not (byte == 0x27 or byte == 0x60):
        return uint64(0)
    after = p + width
    if after >= stop:
        return uint64(0)
    if folded[after] < 0x80:
        return width if _is_alnum(folded[after]) else uint64(0)
    return width if kinds[after] & (WORD | HARD | ALONE | JOINS) == WORD else uint64(0)


@njit(**_INNER)
def compact(start, stop, profile, room):  # type: ignore[no-untyped-def]
    """A hard word without its ignorable characters, where that is all that is hard about it.

    Reads the run of word characters from `start` to `stop` of a piece and writes its folded bytes
    to ``room[COMPACT]``. Returns how many, 0 where it cannot be told so simply, and where
    the word begins and ends.
    """
    folded, kinds, compacted = room[FOLDED], room[KINDS], room[COMPACT]
    p, end = np.uint64(start + FRONT), np.uint64(stop + FRONT)
    n = uint64(0)
    first = last = p
    ignored = False
    none = np.int64(0), np.int64(0), np.int64(0)
    if stop - start > COMPACTED or profile == unicode.TURKIC:  # whose I is not told from an i
        return none
    while p < end:
        byte, kind = folded[p], kinds[p]
        width = uint64(1)
        if byte >= 0x80:
            width = simd.choose(byte >= 0xE0, uint64(3), uint64(2))
            if kind & HARD and kinds[p + width - _ONE] & IGNORED:
                ignored = True
                p += width
                continue
        easy = kind & (HARD | ALONE) == 0 if byte >= 0x80 else _is_alnum(byte)
        if not easy:
            if profile != unicode.JOINED or n == 0 or ignored:
                return none
            width = _joins_letters(p, end, folded, kinds)
            if width == 0:
                return none
            simd.store16(compacted, n, uint64(0xBCCA))  # U+02BC
            n += _TWO_BITS
            p += width
            continue
        if kind & (SECOND | MOVES) and ignored:
            return none
        ignored = False
        if n == 0:
            if kind & JOINS:
                return none
            first = p
        raw = simd.load32(folded, p)
        simd.store16(compacted, n, raw)
        simd.store16(compacted, n + _TWO_BITS, raw >> uint64(16))
        n += width
        p += width
        last = p
    return np.int64(n), np.int64(first) - FRONT, np.int64(last) - FRONT
