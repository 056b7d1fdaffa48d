"""The compiled hot path: tokens, folding and hashes over Arrow buffers.

Numba kernels, ``nogil`` and cached on disk, that read the UTF-8 of a batch in place. They never
read past the end of a part, whatever its bytes: an invalid sequence counts as U+FFFD and advances
by one byte.

**Tokens.** A *word* is a run of letters and numbers (categories L and N) with their combining
marks; ignorable characters (soft hyphen, joiners, bidi marks, tatweel) inside it belong to it and
do not change it; a middle dot between letters (Catalan ``l·l``) does not end it. An apostrophe
between letters ends a word (``l'homme`` is two words, ``woman's`` is two) except in languages
where it is a letter. In scripts written without spaces (Han, hiragana, Thai, Lao, Khmer, Myanmar)
each character with its marks is one word. Punctuation tokens are counted, not stored: every other
visible character is one, a run of the same character is one, an apostrophe between letters none.

**Normal form.** Words are compared by NFC, then full case folding with the language's profile,
then NFC, of one pinned Unicode version (`unicode.VERSION`), with ignorable characters dropped.
Almost all text needs one table look-up a character or none (`block_kernels`); the rest goes the
long way (`_long_way`), where decomposed letters and marks out of order take `_normalise`.

**Hashes.** 64 bits over the folded code points. For words met by chance, two of n distinct ones
share a hash with probability about n²/2⁶⁵ (n = 10⁷: 3 in a million). An attacker can make
collisions, so every lexicon hit is compared code point by code point before it counts.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms import block_kernels as blocks
from corpus_assay.transforms import simd, unicode

CODE_MASK = unicode.CODE_MASK
CLASS_SHIFT = unicode.CLASS_SHIFT
OTHER, SPACE, LETTER, MARK = unicode.OTHER, unicode.SPACE, unicode.LETTER, unicode.MARK
IGNORE, APOSTROPHE = unicode.IGNORE, unicode.APOSTROPHE
MID_LETTER, SINGLE = unicode.MID_LETTER, unicode.SINGLE
COMPLEX, COMPOSES, COMPOSED = unicode.COMPLEX, unicode.COMPOSES, unicode.COMPOSED
ORDERED, UPPER = unicode.ORDERED, unicode.UPPER
LONG, DECOMPOSES = unicode.LONG, unicode.DECOMPOSES

TABLES_SHA256 = "363a553c280565770dee5fe2c1e92c285e439172f7df5b386bdd61ff71ac4ff4"
"""Written by `unicode_build`. Numba compiles the tables in and caches the code by the time of
this file, so new tables must change it."""

_TABLES = unicode.tables()
if unicode.checksum() != TABLES_SHA256:
    raise RuntimeError("unicode.npz is not the one these kernels were written for: reinstall")
_STAGE1, _STAGE2, _ORDERS = _TABLES.stage1, _TABLES.stage2, _TABLES.orders
_DECOMPOSITION_KEYS = _TABLES.decomposition_keys
_DECOMPOSITION_OFFSETS = _TABLES.decomposition_offsets
_DECOMPOSITION_VALUES = _TABLES.decomposition_values
_FOLD_KEYS, _FOLD_OFFSETS = _TABLES.fold_keys, _TABLES.fold_offsets
_FOLD_VALUES = _TABLES.fold_values
_PAIR_KEYS, _PAIR_VALUES = _TABLES.pair_keys, _TABLES.pair_values
_PAGES = unicode.PAGES

GAP_NONE, GAP_SPACE, GAP_HYPHEN, GAP_APOSTROPHE, GAP_OTHER = range(5)
"""What stands between a word and the word before it: nothing (unsegmented scripts), white space
with at most one line break, one hyphen, one apostrophe, or anything else."""
GAP_MASK = 7
MORE, CAPITALISED, LOWERCASE = 1, 2, 4
"""What `scan_kernels.match` knows of a sequence of words: longer ones begin with it; its first word
must be written with a capital, or must not."""
WORD_SHIFT, ENTRY_SHIFT = 3, 35
WORD_MASK = (1 << (ENTRY_SHIFT - WORD_SHIFT)) - 1
"""Where a node holds the number of its text's word (32 bits) and its entry + 1 (29 bits)."""
FLAG_UPPER = 8
"""Set in a token's flags when its first character is upper case."""

MAX_WORD = 1024
"""Bytes of a word up to which it is normalised; beyond, only simple folding applies."""

_ROOM = MAX_WORD * 12
"""Code points that a word of `MAX_WORD` bytes can have while it is normalised: one decomposes
into at most 4 and folds into at most 3."""

_SEED = uint64(0x9E3779B97F4A7C15)
_STEP = uint64(0xD6E8FEB86659FD93)
_MIX = uint64(0xFF51AFD7ED558CCD)

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
_INNER = {**_KERNEL, "_nrt": False}
"""Without counting references to arrays, for functions that make none: see `block_kernels`."""


@njit(**_INNER)
def _decode(data, i, end):  # type: ignore[no-untyped-def]
    """Code point and width at `i`, for a byte that is not ASCII; U+FFFD and 1 where invalid."""
    b0 = np.uint32(data[i])
    left = end - i
    if b0 < 0xC2:
        return np.uint32(0xFFFD), 1
    if b0 < 0xE0:
        if left < 2:
            return np.uint32(0xFFFD), 1
        b1 = np.uint32(data[i + 1])
        if b1 & 0xC0 != 0x80:
            return np.uint32(0xFFFD), 1
        return (b0 & 0x1F) << 6 | (b1 & 0x3F), 2
    if b0 < 0xF0:
        if left < 3:
            return np.uint32(0xFFFD), 1
        b1 = np.uint32(data[i + 1])
        b2 = np.uint32(data[i + 2])
        code = (b0 & 0x0F) << 12 | (b1 & 0x3F) << 6 | (b2 & 0x3F)
        if b1 & 0xC0 != 0x80 or b2 & 0xC0 != 0x80 or code < 0x800 or code >> 11 == 27:
            return np.uint32(0xFFFD), 1
        return code, 3
    if left < 4 or b0 > 0xF4:
        return np.uint32(0xFFFD), 1
    b1 = np.uint32(data[i + 1])
    b2 = np.uint32(data[i + 2])
    b3 = np.uint32(data[i + 3])
    code = (b0 & 0x07) << 18 | (b1 & 0x3F) << 12 | (b2 & 0x3F) << 6 | (b3 & 0x3F)
    if b1 & 0xC0 != 0x80 or b2 & 0xC0 != 0x80 or b3 & 0xC0 != 0x80:
        return np.uint32(0xFFFD), 1
    if code < 0x10000 or code > 0x10FFFF:
        return np.uint32(0xFFFD), 1
    return code, 4


@njit(**_INNER)
def _index(code, base):  # type: ignore[no-untyped-def]
    """Place of a code point in the second stage; `base` is where its profile begins in the first.

    Unsigned throughout: numba then leaves out its check for negative indices.
    """
    page = np.uint64(_STAGE1[np.uint64(base) + (np.uint64(code) >> uint64(8))])
    return page << uint64(8) | (np.uint64(code) & uint64(0xFF))


@njit(**_INNER)
def _lookup(code, base):  # type: ignore[no-untyped-def]
    return _STAGE2[_index(code, base)]


@njit(**_INNER)
def _byte(data, i):  # type: ignore[no-untyped-def]
    return np.uint32(data[np.uint64(i)])


@njit(**_INNER)
def _entry(data, i, end, base):  # type: ignore[no-untyped-def]
    """Code point, table entry and width of the character at `i`."""
    code = _byte(data, i)
    width = 1
    if code >= 0x80:
        code, width = _decode(data, i, end)
    return code, _lookup(code, base), width


@njit(**_INNER)
def _class(entry):  # type: ignore[no-untyped-def]
    return (entry >> CLASS_SHIFT) & 7


@njit(**_INNER)
def _utf8_2(code):  # type: ignore[no-untyped-def]
    return uint64(0xC0) | code >> uint64(6) | (uint64(0x80) | code & uint64(0x3F)) << uint64(8)


@njit(**_INNER)
def _utf8_3(code):  # type: ignore[no-untyped-def]
    return (
        uint64(0xE0)
        | code >> uint64(12)
        | (uint64(0x80) | code >> uint64(6) & uint64(0x3F)) << uint64(8)
        | (uint64(0x80) | code & uint64(0x3F)) << uint64(16)
    )


@njit(**_INNER)
def _push(h, word, filled, chunk, bits):  # type: ignore[no-untyped-def]
    """Add whole bytes (at most 64 bits, the first lowest, zero above) to a hash.

    `filled` bits of `word` wait to be mixed in; 64 of them make a step.
    """
    word |= chunk << filled
    total = filled + bits
    if total >= uint64(64):
        h = (h ^ word) * _STEP
        word = (chunk >> uint64(1)) >> (uint64(63) - filled)
        total -= uint64(64)
    return h, word, total


@njit(**_INNER)
def _append(h, word, filled, code):  # type: ignore[no-untyped-def]
    """Add the UTF-8 of one folded code point to a hash."""
    code = np.uint64(code)
    if code < uint64(0x80):
        return _push(h, word, filled, code, uint64(8))
    if code < uint64(0x800):
        return _push(h, word, filled, _utf8_2(code), uint64(16))
    if code < uint64(0x10000):
        return _push(h, word, filled, _utf8_3(code), uint64(24))
    encoded = (
        uint64(0xF0)
        | code >> uint64(18)
        | (uint64(0x80) | code >> uint64(12) & uint64(0x3F)) << uint64(8)
        | (uint64(0x80) | code >> uint64(6) & uint64(0x3F)) << uint64(16)
        | (uint64(0x80) | code & uint64(0x3F)) << uint64(24)
    )
    return _push(h, word, filled, encoded, uint64(32))


@njit(**_INNER)
def _finish(h, word):  # type: ignore[no-untyped-def]
    """Close a hash: the last bytes, then spread over all 64 bits (MurmurHash3's finalizer)."""
    h = (h ^ word) * _STEP
    h ^= h >> uint64(32)
    h *= _MIX
    return h ^ (h >> uint64(29))


@njit(**_INNER)
def _hash_codes(codes, n):  # type: ignore[no-untyped-def]
    h, word, filled = _SEED, uint64(0), uint64(0)
    for k in range(n):
        h, word, filled = _append(h, word, filled, codes[k])
    return _finish(h, word)


@njit(**_INNER)
def _find(keys, key):  # type: ignore[no-untyped-def]
    """Index of `key` in the sorted `keys`, or -1."""
    at = np.searchsorted(keys, key)
    if at < keys.size and keys[at] == key:
        return at
    return -1


@njit(**_INNER)
def _compose_pair(first, second):  # type: ignore[no-untyped-def]
    """The primary composite of two code points, 0 where there is none (Hangul by rule)."""
    if 0x1100 <= first < 0x1113 and 0x1161 <= second < 0x1176:
        return np.uint32(0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28)
    if 0xAC00 <= first < 0xD7A4 and (first - 0xAC00) % 28 == 0 and 0x11A8 <= second < 0x11C3:
        return np.uint32(first + (second - 0x11A7))
    at = _find(_PAIR_KEYS, np.uint64(first) << np.uint64(21) | np.uint64(second))
    if at < 0:
        return np.uint32(0)
    return _PAIR_VALUES[at]


@njit(**_INNER)
def _nfc(source, length, target, classes, base):  # type: ignore[no-untyped-def]
    """NFC of ``source[:length]`` into `target`; its length. Unicode Standard, section 3.11."""
    n = 0
    for k in range(length):
        code = source[k]
        if 0xAC00 <= code < 0xD7A4:
            index = code - 0xAC00
            target[n] = 0x1100 + index // 588
            target[n + 1] = 0x1161 + (index % 588) // 28
            n += 2
            if index % 28:
                target[n] = 0x11A7 + index % 28
                n += 1
        elif _lookup(code, base) & DECOMPOSES:
            at = _find(_DECOMPOSITION_KEYS, code)
            for m in range(_DECOMPOSITION_OFFSETS[at], _DECOMPOSITION_OFFSETS[at + 1]):
                target[n] = _DECOMPOSITION_VALUES[m]
                n += 1
        else:
            target[n] = code
            n += 1
    for k in range(n):
        code, order = target[k], np.uint32(0)
        if _lookup(code, base) & ORDERED:
            order = np.uint32(_ORDERS[_index(code, base)])
        m = k
        while order > 0 and m > 0 and classes[m - 1] > order:
            target[m], classes[m] = target[m - 1], classes[m - 1]
            m -= 1
        target[m], classes[m] = code, order
    out = 0
    starter = -1
    blocked = np.uint32(0)
    for k in range(n):
        code, order = target[k], classes[k]
        if (
            starter >= 0
            and (starter == out - 1 or blocked < order)
            and _lookup(code, base) & COMPOSED
        ):
            composed = _compose_pair(target[starter], code)
            if composed != 0:
                target[starter] = composed
                continue
        if order == 0:
            starter = out
        blocked = order
        target[out] = code
        out += 1
    return out


@njit(**_INNER)
def _normalise(data, start, end, base, out, source, classes):  # type: ignore[no-untyped-def]
    """NFC, full case folding, NFC of a word of at most `MAX_WORD` bytes into `out`; its length."""
    n = 0
    i = start
    while i < end:
        code, entry, width = _entry(data, i, end, base)
        i += width
        if _class(entry) != IGNORE:
            source[n] = code
            n += 1
    n = _nfc(source, n, out, classes, base)
    folded = 0
    for k in range(n):
        code = out[k]
        entry = _lookup(code, base)
        if entry & LONG:
            at = _find(_FOLD_KEYS, code)
            for m in range(_FOLD_OFFSETS[at], _FOLD_OFFSETS[at + 1]):
                source[folded] = _FOLD_VALUES[m]
                folded += 1
        else:
            source[folded] = (code + entry) & CODE_MASK
            folded += 1
    return _nfc(source, folded, out, classes, base)


@njit(**_INNER)
def _stays(entry, composes, order, previous_order):  # type: ignore[no-untyped-def]
    """Whether NFC leaves a character as it is; errs on the safe side.

    `composes` tells whether the last starter can be the first of a composition, `order` is the
    character's combining class and `previous_order` that of the character before it.
    """
    if entry & (COMPLEX | COMPOSED | ORDERED) == 0:
        return True
    if entry & COMPLEX or (composes and entry & COMPOSED):
        return False
    return order == 0 or order >= previous_order


@njit(**_KERNEL)
def fold_word(data, start, end, base, out, source, classes):  # type: ignore[no-untyped-def]
    """Folded code points of the word ``data[start:end]`` into `out`; their number.

    `out`, `source` and `classes` come from `scratch`. A word longer than `MAX_WORD` bytes skips
    NFC and is cut at the room there is.
    """
    n = 0
    i = start
    composes, previous_order = False, np.uint8(0)
    simple = end - start > MAX_WORD
    while i < end and n < out.size:
        code, entry, width = _entry(data, i, end, base)
        i += width
        if _class(entry) == IGNORE:
            continue
        order = _ORDERS[_index(code, base)]
        if not simple and (entry & LONG or not _stays(entry, composes, order, previous_order)):
            return _normalise(data, start, end, base, out, source, classes)
        composes = composes if order else entry & COMPOSES != 0
        previous_order = order
        out[n] = (code + entry) & CODE_MASK
        n += 1
    return n


@njit(**_KERNEL)
def scratch():  # type: ignore[no-untyped-def]
    """Working memory of `fold_word`: three uint32 arrays."""
    return (
        np.empty(_ROOM, dtype=np.uint32),
        np.empty(_ROOM, dtype=np.uint32),
        np.empty(_ROOM, dtype=np.uint32),
    )


@njit(**_INNER)
def _skip_ignored(data, i, end, base):  # type: ignore[no-untyped-def]
    """First position from `i` whose character is not ignorable."""
    while i < end:
        _, entry, width = _entry(data, i, end, base)
        if _class(entry) != IGNORE:
            break
        i += width
    return i


@njit(**_INNER)
def _next_class(data, i, end, base):  # type: ignore[no-untyped-def]
    """Class of the next character that is not ignorable, SPACE at the end."""
    i = _skip_ignored(data, i, end, base)
    if i >= end:
        return np.uint32(SPACE)
    _, entry, _ = _entry(data, i, end, base)
    return _class(entry)


@njit(**_INNER)
def _resume(data, i, end, kind, base):  # type: ignore[no-untyped-def]
    """Where a word goes on that pauses at `i` with an ignorable or mid-word character, or -1."""
    i = _skip_ignored(data, i, end, base)
    if i >= end:
        return np.int64(-1)
    _, entry, width = _entry(data, i, end, base)
    following = _class(entry)
    if following == MARK or (following == LETTER and kind == LETTER):
        return i
    if following == MID_LETTER and kind == LETTER:
        if _next_class(data, i + width, end, base) == LETTER:
            return i
    return np.int64(-1)


@njit(**_INNER)
def _characters(data, start, end):  # type: ignore[no-untyped-def]
    """Code points of valid UTF-8: the bytes that do not continue one."""
    n = end - start
    i = start
    while i + blocks.BLOCK <= end:
        n -= np.int64(simd.popcount(simd.continuing(data, np.uint64(i))))
        i += blocks.BLOCK
    while i < end:
        n -= (_byte(data, i) & 0xC0) == 0x80
        i += 1
    return n


@njit(**_INNER)
def _gap_after_space(gap, breaks):  # type: ignore[no-untyped-def]
    """What stands between two words once white space, with `breaks` line breaks, is added."""
    if breaks > 1 or (gap != GAP_NONE and gap != GAP_SPACE):
        return GAP_OTHER
    return GAP_SPACE


@njit(**_INNER)
def _gap_after_mark(gap, code):  # type: ignore[no-untyped-def]
    """What stands between two words once a punctuation mark is added."""
    if gap == GAP_NONE and (code == 0x2D or code == 0x2010 or code == 0x2011):
        return GAP_HYPHEN
    return GAP_OTHER


@njit(**_INNER)
def _gap_between(data, i, end, gap, breaks, part_end, base):  # type: ignore[no-untyped-def]
    """What stands between two words, and line breaks, once ``data[i:end]`` is added.

    No word and nothing ignorable stands there.
    """
    while i < end:
        code, entry, width = _entry(data, i, end, base)
        i += width
        kind = _class(entry)
        if kind == SPACE:
            breaks += code == 0x0A or code == 0x2029
            gap = _gap_after_space(gap, breaks)
        elif kind == APOSTROPHE and gap == GAP_NONE:
            joins = _next_class(data, i, part_end, base) == LETTER
            gap = GAP_APOSTROPHE if joins else GAP_OTHER
        else:
            gap = _gap_after_mark(gap, code)
    return gap, breaks


@njit(**_INNER)
def _long_way(  # type: ignore[no-untyped-def]
    data, i, limit, end, whole, base, gap, breaks, n, words, folding
):
    """Tokens of ``data[i:limit]``, character by character, for what `block_kernels` leaves.

    `end` is where the part ends. Word characters run from `i` to `limit` and no further, or not
    ``whole``: then it goes on past `limit` to where a word ends, no apostrophe behind it, or the
    part. `gap` and `breaks`
    say what stands before. Appends to the arrays ``words`` from `n`; returns where it stopped,
    the number of words, `gap`, `breaks`, punctuation marks and whether bytes are no UTF-8.
    """
    hashes, starts, ends, flags = words
    folded, source, classes = folding
    marks = 0
    broken = False
    last_code = np.uint32(0)
    last_end = np.int64(-1)
    in_word = False
    word_kind = np.uint32(0)
    start = stop = i
    flag = 0
    h, word, filled = _SEED, uint64(0), uint64(0)
    composes, order, normal = False, np.uint8(0), True
    last = limit if whole else end
    while i <= last:  # one step past the end, as if white space stood there
        code, entry, width = np.uint32(0x20), np.uint32(SPACE << CLASS_SHIFT), 1
        if i < last:
            code, entry, width = _entry(data, i, end, base)
        kind = _class(entry)
        take = False
        if in_word:
            if kind == MARK or (kind == LETTER and word_kind == LETTER):
                take = True
            elif kind == IGNORE or kind == MID_LETTER:
                resumed = _resume(data, i, end, word_kind, base)
                if resumed > i:
                    i = resumed
                    continue
                take = resumed == i
            if not take:
                if normal or stop - start > MAX_WORD:
                    hashes[n] = _finish(h, word)
                else:
                    length = _normalise(data, start, stop, base, folded, source, classes)
                    hashes[n] = _hash_codes(folded, length)
                starts[n] = start
                ends[n] = stop
                flags[n] = flag
                n += 1
                in_word = False
                gap = GAP_NONE
                breaks = 0
                last_end = np.int64(-1)
                if i >= limit and (whole or kind != APOSTROPHE):
                    break
        if i >= last:
            break
        if not in_word and (kind == LETTER or kind == SINGLE):
            in_word = take = True
            word_kind = kind
            start = i
            flag = gap | (FLAG_UPPER if entry & UPPER else 0)
            h, word, filled = _SEED, uint64(0), uint64(0)
            composes, order, normal = False, np.uint8(0), True
        if take:
            mark_order = _ORDERS[_index(code, base)]
            normal &= _stays(entry, composes, mark_order, order)
            composes = composes if mark_order else entry & COMPOSES != 0
            order = mark_order
            if entry & LONG:
                at = _find(_FOLD_KEYS, code)
                for m in range(_FOLD_OFFSETS[at], _FOLD_OFFSETS[at + 1]):
                    h, word, filled = _append(h, word, filled, _FOLD_VALUES[m])
            else:
                h, word, filled = _append(h, word, filled, (code + entry) & CODE_MASK)
            i += width
            stop = i
            continue
        i += width
        if kind == SPACE:
            breaks += code == 0x0A or code == 0x2029
            gap = _gap_after_space(gap, breaks)
        elif kind == APOSTROPHE and gap == GAP_NONE:
            if _next_class(data, i, end, base) == LETTER:
                gap = GAP_APOSTROPHE
            else:
                gap = GAP_OTHER
                marks += 1
                last_code, last_end = code, i
        elif kind != MARK and kind != IGNORE:
            broken |= code == 0xFFFD and width == 1
            marks += last_end != i - width or last_code != code
            last_code, last_end = code, i
            gap = _gap_after_mark(gap, code)
    return i, n, gap, breaks, marks, broken


@njit(**_INNER)
def _hash_bytes(p, length, folded):  # type: ignore[no-untyped-def]
    """Hash of `length` folded bytes from `p`; seven more may be read.

    Every length up to 23 bytes without a branch, since nothing foretells how long a word is.
    """
    one_step = (_SEED ^ simd.load64(folded, p)) * _STEP
    two_steps = (one_step ^ simd.load64(folded, p + uint64(8))) * _STEP
    h = simd.choose(length >= uint64(8), one_step, _SEED)
    h = simd.choose(length >= uint64(16), two_steps, h)
    rest = p + (length & ~uint64(7))
    if length >= uint64(24):
        p += uint64(16)
        while p < rest:
            h = (h ^ simd.load64(folded, p)) * _STEP
            p += uint64(8)
    inside = (uint64(1) << ((length & uint64(7)) << uint64(3))) - uint64(1)
    return _finish(h, simd.load64(folded, rest) & inside)


@njit(**_INNER)
def _short_way(at, first, last, n, words, room):  # type: ignore[no-untyped-def]
    """Append the words `first` to `last` of a piece that begins at `at`, all of them easy."""
    hashes, starts, ends, flags = words
    folded, piece_flags = room[blocks.FOLDED], room[blocks.FLAGS]
    piece_starts, piece_ends = room[blocks.STARTS], room[blocks.ENDS]
    shift = np.uint64(n) - np.uint64(first)
    for k in range(np.uint64(first), np.uint64(last)):
        start, stop = np.uint64(piece_starts[k]), np.uint64(piece_ends[k])
        p = start + uint64(blocks.FRONT)
        hashes[k + shift] = _hash_bytes(p, stop - start, folded)
        starts[k + shift] = np.uint64(at) + start
        ends[k + shift] = np.uint64(at) + stop
        flags[k + shift] = piece_flags[p]
    return n + last - first


@njit(**_INNER)
def _word(at, first, last, length, gap, n, words, room):  # type: ignore[no-untyped-def]
    """The word from `first` to `last` of a piece, `length` bytes as `compact` left them."""
    hashes, starts, ends, flags = words
    hashes[n] = _hash_bytes(uint64(0), np.uint64(length), room[blocks.COMPACT])
    starts[n], ends[n] = at + first, at + last
    flags[n] = (room[blocks.FLAGS][np.uint64(first + blocks.FRONT)] & FLAG_UPPER) | gap


@njit(**_INNER)
def _part(data, i, end, profile, words, n, room, folding):  # type: ignore[no-untyped-def]
    """Tokens of a part: the number of words, of punctuation marks, whether bytes are no UTF-8."""
    base = np.int64(profile) * _PAGES
    flags = words[3]
    starts, ends = room[blocks.STARTS], room[blocks.ENDS]
    hard_words, odd_gaps = room[blocks.HARD_WORDS], room[blocks.ODD_GAPS]
    gap, breaks = GAP_OTHER, 0
    marks = 0
    broken = False
    while i < end:
        size, count, hard, odd, final = blocks.find_words(data, i, end, profile, room)
        if count < 0 or (count == 0 and not final):
            i, n, gap, breaks, more, wrong = _long_way(
                data, i, i + size, end, False, base, gap, breaks, n, words, folding
            )
            marks += more
            broken |= wrong
            continue
        before = np.int64(0)
        k = h = o = 0
        while k < count:
            stop = min(np.int64(hard_words[h] >> 1), count) if h < hard else count
            start = np.int64(starts[k])
            gap, breaks = _gap_between(data, i + before, i + start, gap, breaks, end, base)
            if k < stop:
                first = n
                n = _short_way(i, k, stop, n, words, room)
                flags[first] = (flags[first] & FLAG_UPPER) | gap
                while o < odd and odd_gaps[o] < stop:
                    number = np.int64(odd_gaps[o])
                    o += 1
                    if number > k:
                        low, high = i + np.int64(ends[number - 1]), i + np.int64(starts[number])
                        gap, _ = _gap_between(data, low, high, GAP_NONE, 0, end, base)
                        at = first + number - k
                        flags[at] = (flags[at] & FLAG_UPPER) | gap
                gap, breaks = GAP_NONE, 0
                before = np.int64(ends[stop - 1])
                k = stop
            else:
                before = np.int64(ends[k])
                length = np.int64(0)
                if hard_words[h] & 1 == 0:
                    length, first, last = blocks.compact(start, before, profile, room)
                if length:
                    _word(i, first, last, length, gap, n, words, room)
                    n += 1
                    gap, breaks = GAP_NONE, 0
                else:
                    _, n, gap, breaks, more, wrong = _long_way(
                        data, i + start, i + before, end, True, base, gap, breaks, n, words, folding
                    )
                    marks += more
                    broken |= wrong
                k += 1
                h += 1
        seen = size if final else before
        marks += blocks.count_signs(seen, room[blocks.ROWS])
        i += seen
    return n, marks, broken


@njit(**_KERNEL)
def tokenise(  # type: ignore[no-untyped-def]
    data,
    offsets,
    profiles,
    hashes,
    starts,
    ends,
    flags,
    token_offsets,
    punctuation,
    characters,
    invalid,
):
    """Tokens of every part of a batch.

    Reads ``data`` (uint8, the UTF-8 of all parts), ``offsets`` (int32[parts + 1]) and
    ``profiles`` (uint8[parts], `unicode.PROFILES`). Fills ``hashes`` (uint64), ``starts`` and
    ``ends`` (uint32, bytes of ``data``), ``flags`` (uint8: gap before, `FLAG_UPPER`), one a word,
    with room for (bytes + parts) // 2 + 1 of them, and by part ``token_offsets``
    (int64[parts + 1]), ``punctuation`` and ``characters`` (int64) and ``invalid`` (bool: the part
    is not valid UTF-8; each byte that is none stands for U+FFFD). Returns the number of words.
    """
    n = np.int64(0)
    words = hashes, starts, ends, flags
    folding = scratch()
    room = blocks.scratch()
    for part in range(offsets.size - 1):
        token_offsets[part] = n
        start, end = np.int64(offsets[part]), np.int64(offsets[part + 1])
        n, marks, broken = _part(data, start, end, profiles[part], words, n, room, folding)
        punctuation[part] = marks
        invalid[part] = broken
        characters[part] = _characters(data, start, end)
    token_offsets[offsets.size - 1] = n
    return n


@njit(**_KERNEL)
def add_rows(keys, values, sums):  # type: ignore[no-untyped-def]
    """Add each row of ``values`` (int64[n, k]) to row ``keys[i]`` of ``sums`` (int64[m, k])."""
    for row in range(keys.size):
        for column in range(values.shape[1]):
            sums[keys[row], column] += values[row, column]


@njit(**_KERNEL)
def chain(key, gap, h):  # type: ignore[no-untyped-def]
    """Key of a sequence of words: the key of all but the last, the gap, the last word's hash."""
    return ((key ^ (np.uint64(gap) + uint64(1))) * _STEP ^ h) * _MIX


@njit(**_KERNEL)
def hash_bytes(data, offsets, hashes):  # type: ignore[no-untyped-def]
    """FNV-1a, 64 bits, of each of the strings ``data[offsets[k]:offsets[k + 1]]``."""
    for k in range(hashes.size):
        value = uint64(0xCBF29CE484222325)
        for i in range(offsets[k], offsets[k + 1]):
            value = (value ^ uint64(data[i])) * uint64(0x100000001B3)
        hashes[k] = value


@njit(**_KERNEL)
def chain_words(word_offsets, hashes, flags, keys):  # type: ignore[no-untyped-def]
    """The chained key of each text up to each of its words, into ``keys`` (uint64, one a word).

    ``word_offsets`` (int64[texts + 1]), ``hashes`` and ``flags`` are those of `tokenise`.
    """
    for text in range(word_offsets.size - 1):
        key = np.uint64(0)
        for word in range(word_offsets[text], word_offsets[text + 1]):
            if word == word_offsets[text]:
                key = hashes[word]
            else:
                key = chain(key, flags[word] & GAP_MASK, hashes[word])
            keys[word] = key


@njit(**_KERNEL)
def fold_words(data, starts, ends, base, offsets, codes):  # type: ignore[no-untyped-def]
    """Folded code points of each word: ``codes`` (uint32) from ``offsets`` (int64[words + 1]).

    Returns False, leaving the rest undone, where ``codes`` is too short.
    """
    folded, source, classes = scratch()
    offsets[0] = 0
    for word in range(starts.size):
        n = fold_word(data, starts[word], ends[word], base, folded, source, classes)
        at = offsets[word]
        if at + n > codes.size:
            return False
        codes[at : at + n] = folded[:n]
        offsets[word + 1] = at + n
    return True


@njit(**_KERNEL)
def count_classes(cells, whole, masks, counts):  # type: ignore[no-untyped-def]
    """Count matches by class in each cell.

    ``masks`` (uint8) has a bit for each class of a match; ``counts`` (int32[cells, classes + 1])
    grows in the match's cell and in the cell of the whole document, its last column once a match.
    """
    classes = counts.shape[1] - 1
    for k in range(cells.size):
        for column in range(classes):
            if masks[k] >> column & 1:
                counts[cells[k], column] += 1
                counts[whole[k], column] += 1
        counts[cells[k], classes] += 1
        counts[whole[k], classes] += 1


@njit(**_KERNEL)
def count_entries(  # type: ignore[no-untyped-def]
    entries, documents, roles, hashes, key_hashes, last, sums, ranks, places
):
    """Count frequent matches by entry and role without sorting them, and choose examples.

    Matches come in document order. ``sums`` (int64[entries, roles + 1, 2]) grows by matches and
    documents, its last role being the whole document; ``last`` (int32[entries, roles + 1], -1)
    remembers the document counted last. Of each entry the first matches of the documents with the
    smallest ranks (`mix` of ``hashes[document] ^ key_hashes[entry]``) are kept in ``places``
    (int64[entries, k], -1 where there are fewer), ascending in ``ranks`` (uint64).
    """
    whole = sums.shape[1] - 1
    keep = ranks.shape[1]
    for k in range(entries.size):
        entry, document, role = entries[k], documents[k], roles[k]
        sums[entry, role, 0] += 1
        sums[entry, whole, 0] += 1
        if last[entry, role] != document:
            last[entry, role] = document
            sums[entry, role, 1] += 1
        if last[entry, whole] == document:
            continue
        last[entry, whole] = document
        sums[entry, whole, 1] += 1
        rank = mix(hashes[document] ^ key_hashes[entry])
        at = keep
        while at > 0 and (places[entry, at - 1] < 0 or rank < ranks[entry, at - 1]):
            at -= 1
            if at + 1 < keep:
                ranks[entry, at + 1] = ranks[entry, at]
                places[entry, at + 1] = places[entry, at]
        if at < keep:
            ranks[entry, at] = rank
            places[entry, at] = k


@njit(**_KERNEL)
def mix(value):  # type: ignore[no-untyped-def]
    """The finalizer of SplitMix64 (Steele et al. 2014)."""
    value = (value ^ (value >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> uint64(27))) * uint64(0x94D049BB133111EB)
    return value ^ (value >> uint64(31))


@njit(**_KERNEL)
def ratio_moments(cells, keys, values, tokens, words, sums):  # type: ignore[no-untyped-def]
    """Sums over cells that make ratio estimates with clustered errors possible.

    For each cell ``cells[i]`` with key ``keys[i]`` and each of its values m
    (``values[cell, column]``, int32) adds to ``sums[key, column]`` (int64[keys, columns, 5]): Σm,
    the number of cells with m ≠ 0, Σm², Σm·tokens, Σm·words.
    """
    for k in range(cells.size):
        cell, key = cells[k], keys[k]
        for column in range(values.shape[1]):
            m = np.int64(values[cell, column])
            if m == 0:
                continue
            sums[key, column, 0] += m
            sums[key, column, 1] += 1
            sums[key, column, 2] += m * m
            sums[key, column, 3] += m * tokens[cell]
            sums[key, column, 4] += m * words[cell]


@njit(**_KERNEL)
def windows(data, lows, highs, starts, ends, reach, bounds):  # type: ignore[no-untyped-def]
    """Byte ranges of the context of each match, cut between characters.

    Match i is ``data[starts[i]:ends[i]]`` inside the part ``data[lows[i]:highs[i]]``; ``bounds``
    (int64[n, 2]) receives where its context begins and ends, at most `reach` characters away.
    """
    for k in range(starts.size):
        at, left = np.int64(starts[k]), reach
        while at > lows[k] and left > 0:
            at -= 1
            left -= (data[at] & 0xC0) != 0x80
        bounds[k, 0] = at
        at, left = np.int64(ends[k]), reach
        while at < highs[k] and (left > 0 or (data[at] & 0xC0) == 0x80):
            left -= (data[at] & 0xC0) != 0x80
            at += 1
        bounds[k, 1] = at


@njit(**_KERNEL)
def gather(data, starts, ends, offsets, out):  # type: ignore[no-untyped-def]
    """Copy byte ranges one after the other; fills ``offsets`` (int32[n + 1])."""
    at = np.int64(0)
    for k in range(starts.size):
        offsets[k] = at
        for i in range(starts[k], ends[k]):
            out[at] = data[i]
            at += 1
    offsets[starts.size] = at


_TITLE_WORDS = "capt col dr dra gen hon jr lt mr mrs ms mt prof rev sgt sr sra srta st vs"
_TITLES = np.array([int.from_bytes(t.encode(), "big") for t in _TITLE_WORDS.split()], np.uint64)
"""Titles and the like that stand before a name with a full stop."""


@njit(**_KERNEL)
def first_sentence(data, offsets, ends):  # type: ignore[no-untyped-def]
    """Where the first sentence of each part ends: ``ends`` (int64), bytes of ``data``.

    A sentence ends after . ! ? … or their Arabic, Devanagari, Armenian, Ethiopic and full-width
    kin, with the quotes and brackets that close behind them, where white space follows (after
    full-width marks, anything) and what comes next is no small letter. A full stop does not end
    it after a single letter, after a word with a full stop inside (U.S., z.B.), after a title
    (`_TITLES`), or before a digit if a digit stands before it.
    """
    for part in range(offsets.size - 1):
        end = np.int64(offsets[part + 1])
        i = np.int64(offsets[part])
        ends[part] = end
        letters = 0
        last = uint64(0)
        dotted = digit = seen = False
        while i < end:
            code, entry, width = _entry(data, i, end, np.int64(0))
            kind = _class(entry)
            after = i + width
            if not _closes(code):
                if kind == LETTER or kind == MARK or kind == SINGLE:
                    if letters == 0:
                        last = uint64(0)
                    last = last << uint64(8) | np.uint64(code | 0x20) & uint64(0xFF)
                    letters += kind != MARK
                    digit = 0x30 <= code <= 0x39
                    seen = True
                elif kind == SPACE:
                    letters, dotted, digit = 0, False, False
                elif kind != IGNORE:
                    letters, digit = 0, False
                i = after
                continue
            stop = code == 0x2E
            abbreviated = stop and (dotted or (letters == 1 and not digit))
            if stop and letters <= 4:
                for title in _TITLES:
                    abbreviated |= last == title
            wide = code == 0x3002 or code == 0xFF01 or code == 0xFF1F or code == 0xFF0E
            dotted |= stop and letters > 0
            letters = 0
            while after < end:
                code, entry, width = _entry(data, after, end, np.int64(0))
                if not (_closes(code) or _closes_around(code)):
                    break
                abbreviated &= not _closes(code)
                after += width
            space = after
            while space < end:
                code, entry, width = _entry(data, space, end, np.int64(0))
                if _class(entry) != SPACE:
                    break
                space += width
            follows = seen and space < end and not abbreviated and (wide or space > after)
            if follows and (not stop or not digit or not 0x30 <= code <= 0x39):
                # What begins with a capital, or has no case, or is no letter begins a sentence.
                small = _class(entry) == LETTER and _is_small(code, entry)
                if not small:
                    ends[part] = after
                    break
            if space > after:
                dotted = digit = False
            i = max(after, i + 1)


@njit(**_KERNEL)
def _closes(code):  # type: ignore[no-untyped-def]
    """Whether a character ends sentences."""
    if code < 0x80:
        return code == 0x2E or code == 0x21 or code == 0x3F
    return (
        code == 0x2026  # …
        or code == 0x3002  # ideographic full stop
        or code == 0xFF0E
        or code == 0xFF01
        or code == 0xFF1F
        or code == 0x0964  # danda
        or code == 0x0965
        or code == 0x061F  # Arabic question mark
        or code == 0x06D4  # Urdu full stop
        or code == 0x0589  # Armenian full stop
        or code == 0x1362  # Ethiopic full stop
    )


@njit(**_KERNEL)
def _closes_around(code):  # type: ignore[no-untyped-def]
    """Whether a character closes a quotation or a bracket behind the end of a sentence."""
    if code < 0x80:
        return code == 0x22 or code == 0x27 or code == 0x29 or code == 0x5D
    return (
        code == 0xBB  # »
        or code == 0x2019
        or code == 0x201D
        or code == 0x201C
        or code == 0x300D
        or code == 0x300F
        or code == 0xFF09
    )


@njit(**_KERNEL)
def _is_small(code, entry):  # type: ignore[no-untyped-def]
    """Whether a letter is a small one of a script with two cases, by its blocks."""
    if entry & UPPER:
        return False
    return (
        0x61 <= code <= 0x7A
        or 0xDF <= code < 0x250
        or 0x3AC <= code < 0x400
        or 0x430 <= code < 0x590
        or 0x1E00 <= code < 0x2000
    )


SCRIPT_NONE, SCRIPT_HAN, SCRIPT_JAPANESE, SCRIPT_THAI = range(4)
"""What `script_counts` looks for in a part."""

_BLOCK = 704
"""Bytes after which counts of characters of three bytes leave a uint8, which holds 255: sums of
bytes are what the processor adds 32 or 64 of at once."""


@njit(**_KERNEL)
def _within(byte, first, last):  # type: ignore[no-untyped-def]
    return np.uint8(byte - np.uint8(first)) <= np.uint8(last - first)


@njit(**_KERNEL)
def _is_han(data, i):  # type: ignore[no-untyped-def]
    """Whether U+4000 to U+9FFF begins at `i`: only their first bytes have these values."""
    return _within(data[i], 0xE4, 0xE9)


@njit(**_KERNEL)
def _is_hiragana(data, i):  # type: ignore[no-untyped-def]
    """Whether a hiragana letter of U+3041 to U+3096 begins at `i`."""
    second, third = data[i + uint64(1)], data[i + uint64(2)]
    return (data[i] == 0xE3) & ((second == 0x81) | (second == 0x82) & (third <= 0x96))


@njit(**_KERNEL)
def _count_han(data, low, high, inside):  # type: ignore[no-untyped-def]
    """Han characters that begin in ``data[low:high]``, and those that begin a run of them."""
    characters, runs = np.uint8(0), np.uint8(0)
    for k in range(low, high):
        i = np.uint64(k)
        han = _is_han(data, i)
        starts = han & ~_is_han(data, i - uint64(3)) if inside else han
        characters = np.uint8(characters + np.uint8(han))
        runs = np.uint8(runs + np.uint8(starts))
    return characters, runs


@njit(**_KERNEL)
def _count_japanese(data, low, high, inside):  # type: ignore[no-untyped-def]
    """Han characters, hiragana, and hiragana after a Han character."""
    characters, hiragana, turns = np.uint8(0), np.uint8(0), np.uint8(0)
    for k in range(low, high):
        i = np.uint64(k)
        kana = _is_hiragana(data, i)
        turn = kana & _is_han(data, i - uint64(3)) if inside else False
        characters = np.uint8(characters + np.uint8(_is_han(data, i)))
        hiragana = np.uint8(hiragana + np.uint8(kana))
        turns = np.uint8(turns + np.uint8(turn))
    return characters, hiragana, turns


@njit(**_KERNEL)
def _count_thai(data, low, high, inside):  # type: ignore[no-untyped-def]
    """Thai letters, starts of runs of Thai characters, vowel signs, and tone and other marks."""
    letters, runs, vowels, tones = np.uint8(0), np.uint8(0), np.uint8(0), np.uint8(0)
    for k in range(low, high):
        i = np.uint64(k)
        second = data[i + uint64(1)]
        thai = (data[i] == 0xE0) & (second & 0xFE == 0xB8)
        # 0x80 for U+0E00 and so on, 0 for what is not Thai.
        place = np.uint8(data[i + uint64(2)] + (np.uint8(0x40) if second == 0xB9 else np.uint8(0)))
        place = place if thai else np.uint8(0)
        before = _within(place, 0xC0, 0xC6)
        letter = _within(place, 0x80, 0xB3) & (place != 0xB1) | before
        starts = thai & (data[i - uint64(3)] != 0xE0) if inside else thai
        letters = np.uint8(letters + np.uint8(letter))
        runs = np.uint8(runs + np.uint8(starts))
        vowels = np.uint8(vowels + np.uint8(_within(place, 0xB0, 0xBA) | before))
        tones = np.uint8(tones + np.uint8(_within(place, 0xC7, 0xCE)))
    return letters, runs, vowels, tones


@njit(**_KERNEL)
def script_counts(data, offsets, scripts, counts):  # type: ignore[no-untyped-def]
    """What the words of a part in a script without spaces can be estimated from.

    Reads ``data`` (uint8, valid UTF-8), ``offsets`` (int32[parts + 1]) and ``scripts``
    (uint8[parts]), and adds to ``counts`` (int64[parts, 4]), first the characters of which
    `tokenise` makes a word each:

    `SCRIPT_HAN`       Han; the same again; runs of Han
    `SCRIPT_JAPANESE`  Han and hiragana; Han; hiragana; hiragana after Han
    `SCRIPT_THAI`      letters but digits; runs of Thai; vowel signs (U+0E30–3A, U+0E40–46); other
                       marks (U+0E47–4E, nearly all of them tone marks)

    Han is U+4000 to U+9FFF and hiragana U+3041 to U+3096: the rest is rare.
    """
    for part in range(scripts.size):
        script = scripts[part]
        # The first three bytes have no character before them in the part.
        low = np.int64(offsets[part])
        end = np.int64(offsets[part + 1]) - 2
        inside = False
        while script != SCRIPT_NONE and low < end:
            high = min(low + (_BLOCK if inside else 3), end)
            if script == SCRIPT_HAN:
                characters, runs = _count_han(data, low, high, inside)
                counts[part, 0] += characters
                counts[part, 1] += characters
                counts[part, 2] += runs
            elif script == SCRIPT_JAPANESE:
                characters, hiragana, turns = _count_japanese(data, low, high, inside)
                counts[part, 0] += np.int64(characters) + np.int64(hiragana)
                counts[part, 1] += characters
                counts[part, 2] += hiragana
                counts[part, 3] += turns
            else:
                letters, runs, vowels, tones = _count_thai(data, low, high, inside)
                counts[part, 0] += letters
                counts[part, 1] += runs
                counts[part, 2] += vowels
                counts[part, 3] += tones
            low, inside = high, True
