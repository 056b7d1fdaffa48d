"""The compiled part of `encodings`: runs of characters that can be a text in another writing.

Sixty-four bytes at a time are asked whether they may hold a piece of such a run, then of each 16
eight, which must all belong to the characters of an encoding. Only around those the run is
measured, and what it may say is tried on its first bytes, so pictures, hashes and programs go no
further.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types, uint64
from numba.extending import intrinsic

from corpus_assay.transforms.signature_kernels import _sextet
from corpus_assay.transforms.simd import _BLOCK, WIDTH, _mask, _masks, _read, _within, popcount

DENSE, CODE, MORSE_MARK, LETTER, GAP, ROT47, ODD, ODD_LEAD = (1 << k for k in range(8))
"""Bits of bytes: ASCII that is no space; what numbers, codes and escapes are written with; Morse;
ASCII letters; what letters can be set apart with; the rotation by 47 of small letters, and space;
bytes of texts in unusual letters or invisible characters; those of them that begin such a one."""

KINDS: tuple[str, ...] = (
    *("base", "packed", "base58", "percent", "codes", "escapes", "morse", "apart", "rot47"),
    *("letters", "bits", "marks", "blank", "split", "foreign"),
)
(
    BASE,
    PACKED,
    BASE58,
    PERCENT,
    CODES,
    ESCAPES,
    MORSE,
    APART,
    ROT,
    LETTERS,
    BITS,
    MARKS,
    BLANK,
    SPLIT,
    FOREIGN,
) = range(len(KINDS))

WINDOW = 4096
"""Bytes of one candidate: a longer run is several."""
MIN_RUN = 24
"""Bytes of a run without spaces, for some of which eight aligned bytes are always looked at."""
MIN_CODES, MIN_LETTERS, MIN_BITS = 10, 10, 24
"""Codes of characters, unusual letters, and invisible characters that one candidate needs."""
MIN_MARKED, MIN_PILED, MIN_BLANK = 5, 6, 4
"""Letters in a row with marks that strike or ring them, marks on one letter, and characters without
a shape in a row, of which no script has as many."""
_SAMPLE = 24
_MUCH = np.int64(1 << 40)

_1, _2, _3, _4, _5, _6, _7, _8 = (np.uint64(k) for k in range(1, 9))

_EDGES = uint64(1) | uint64(1) << uint64(WIDTH - MIN_RUN // 2)

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}


@njit(**_KERNEL)
def _emit(parts, kinds, starts, ends, n, part, kind, start, end):  # type: ignore[no-untyped-def]
    if n < parts.size:
        parts[n], kinds[n], starts[n], ends[n] = part, kind, start, end
    return n + 1


@njit(**_KERNEL)
def _texty(byte):  # type: ignore[no-untyped-def]
    """2 for ASCII letters and space, 1 for what else stands in texts, 0 for other bytes."""
    if byte == 0x20 or 0x61 <= byte | 0x20 <= 0x7A:
        return 2
    return 1 if 0x20 < byte < 0x7F or byte == 0x0A or byte == 0x0D or byte == 0x09 else 0


@njit(**_KERNEL)
def _digit16(byte):  # type: ignore[no-untyped-def]
    if 0x30 <= byte <= 0x39:
        return np.int64(byte) - 0x30
    if 0x61 <= byte | 0x20 <= 0x66:
        return np.int64(byte | 0x20) - 0x57
    return np.int64(-1)


@njit(**_KERNEL)
def _base64_says(data, at, end):  # type: ignore[no-untyped-def]
    """Whether 24 characters of base64 decode to ASCII text, or to such in UTF-16."""
    if at + _SAMPLE > end:
        return False
    good = letters = zeros = bad = 0
    after = 0
    for group in range(_SAMPLE // 4):
        packed = np.int64(0)
        for i in range(4):
            value = _sextet(data[at + 4 * group + i])
            if value < 0:
                return False
            packed = packed << 6 | value
        for shift in (16, 8, 0):
            byte = packed >> shift & 0xFF
            kind = _texty(byte)
            # Letters of two and three bytes (UTF-8).
            if after > 0 and byte >> 6 == 2:
                kind = 2 if after == 1 else 1
                after -= 1
            elif 0xC3 <= byte < 0xDC or 0xE0 <= byte < 0xEE:
                kind = 1
                after = 2 if byte >= 0xE0 else 1
            else:
                bad += after > 0
                after = 0
            good += kind > 0
            letters += kind == 2
            zeros += byte == 0
            bad += kind == 0 and byte != 0
        if bad > 1:
            return False
    return (good >= 17 and letters >= 7) or (zeros >= 7 and good >= 7 and letters >= 6)


@njit(**_KERNEL)
def _hex_says(data, at, end):  # type: ignore[no-untyped-def]
    """Whether 24 hexadecimal digits are ASCII text, or such in UTF-16."""
    if at + _SAMPLE > end:
        return False
    good = letters = zeros = 0
    for k in range(at, at + _SAMPLE, 2):
        high, low = _digit16(data[k]), _digit16(data[k + 1])
        if high < 0 or low < 0:
            return False
        kind = _texty(high << 4 | low)
        good += kind > 0
        letters += kind == 2
        zeros += (high << 4 | low) == 0
    return (good >= 11 and letters >= 8) or (zeros >= 5 and letters >= 4)


@njit(**_KERNEL)
def _base32_says(data, at, end):  # type: ignore[no-untyped-def]
    """Whether 24 characters of base32 (RFC 4648), capitals or not, decode to ASCII text."""
    if at + _SAMPLE > end:
        return False
    good = letters = 0
    for group in range(3):
        packed = np.int64(0)
        for i in range(8):
            byte = data[at + 8 * group + i]
            if 0x61 <= byte | 0x20 <= 0x7A:
                packed = packed << 5 | (np.int64(byte | 0x20) - 0x61)
            elif 0x32 <= byte <= 0x37:
                packed = packed << 5 | (np.int64(byte) - 0x32 + 26)
            else:
                return False
        for shift in (32, 24, 16, 8, 0):
            kind = _texty(packed >> shift & 0xFF)
            good += kind > 0
            letters += kind == 2
    return good >= 14 and letters >= 10


@njit(**_KERNEL)
def _base85_says(data, at, end, values):  # type: ignore[no-untyped-def]
    """Whether 20 characters decode to ASCII text, by the ``values`` (int8[256]) of an alphabet."""
    if at + 20 > end:
        return False
    letters = 0
    for group in range(4):
        packed = np.int64(0)
        for i in range(5):
            value = values[data[at + 5 * group + i]]
            if value < 0:
                return False
            packed = packed * 85 + value
        if packed >> 32:
            return False
        for shift in (24, 16, 8, 0):
            kind = _texty(packed >> shift & 0xFF)
            if kind == 0:
                return False
            letters += kind == 2
    return letters >= 11


@njit(**_KERNEL)
def _uuencode_says(data, at, end):  # type: ignore[no-untyped-def]
    """Whether 20 characters after one that can be a length decode to ASCII text (uuencode)."""
    if at + 21 > end or not 0x2F <= data[at] <= 0x4D:
        return False
    letters = 0
    for group in range(5):
        packed = np.int64(0)
        for i in range(4):
            byte = data[at + 1 + 4 * group + i]
            if byte > 0x60:
                return False
            packed = packed << 6 | (np.int64(byte) - 0x20 & 0x3F)
        for shift in (16, 8, 0):
            kind = _texty(packed >> shift & 0xFF)
            if kind == 0:
                return False
            letters += kind == 2
    return letters >= 11


@njit(**_KERNEL)
def _packs(data, at, end):  # type: ignore[no-untyped-def]
    """Whether base64 or hexadecimal digits begin like gzip or zlib (RFC 1952, RFC 1950)."""
    if at + _SAMPLE > end:
        return False
    a, b, c, d = data[at], data[at + 1], data[at + 2], data[at + 3]
    if a == 0x48 and b == 0x34 and c == 0x73 and d == 0x49:  # H4sI
        return True
    if a == 0x65 and (b == 0x4A or b == 0x4E or b == 0x41 or b == 0x46):  # 78 9C, DA, 01, 5E
        head = _sextet(a) << 18 | _sextet(b) << 12 | max(_sextet(c), 0) << 6
        return head >> 16 == 0x78 and (head >> 8 & 0xFF) in (0x9C, 0xDA, 0x01, 0x5E)
    value = _digit16(a) << 12 | _digit16(b) << 8 | _digit16(c) << 4 | _digit16(d)
    return value == 0x1F8B or value == 0x789C or value == 0x78DA or value == 0x7801


@njit(**_KERNEL)
def _dense(data, start, end, tables, parts, kinds, starts, ends, n, part):  # type: ignore[no-untyped-def]
    """Candidates of a run of ASCII without spaces; ``tables`` (int8[3, 256]) are the alphabets of
    base85 that `encodings` knows."""
    percents = signs = 0
    word = start
    for k in range(start, end + 1):
        byte = data[k] if k < end else np.uint8(0x20)
        if byte == 0x25 and k + 2 < end:
            value = _digit16(data[k + 1]) << 4 | _digit16(data[k + 2])
            percents += 0x20 <= value < 0x7F
        if k < end and _sextet(byte) >= 0:
            continue
        signs += k < end
        if k - word >= MIN_RUN:
            n = _word(data, word, k, parts, kinds, starts, ends, n, part)
        word = k + 1
    if percents >= 3:
        n = _emit(parts, kinds, starts, ends, n, part, PERCENT, start, min(end, start + WINDOW))
    elif signs:
        for skip in range(3):
            for table in range(tables.shape[0]):
                said = _base85_says(data, start + skip, end, tables[table])
                if said or (skip == 0 and table == 0 and _uuencode_says(data, start, end)):
                    stop = min(end, start + skip + WINDOW)
                    return _emit(parts, kinds, starts, ends, n, part, BASE, start + skip, stop)
    return n


@njit(**_KERNEL)
def _word(data, start, end, parts, kinds, starts, ends, n, part):  # type: ignore[no-untyped-def]
    """Candidates of a run of letters, digits, ``+/-_``; every `WINDOW` bytes are tried alone."""
    at = start
    while at + MIN_RUN <= end:
        stop = min(end, at + WINDOW)
        found = -1
        begin = at
        if _packs(data, at, end):
            found = PACKED
        elif _hex_says(data, at, stop) or _base32_says(data, at, stop):
            found = BASE
        else:
            for skip in range(4):
                if _base64_says(data, at + skip, stop):
                    found, begin = BASE, at + skip
                    break
        if found < 0 and at == start and end - start <= 400:
            capitals = small = digits = 0
            plain = True
            for k in range(start, end):
                byte = data[k]
                capitals += 0x41 <= byte <= 0x5A
                small += 0x61 <= byte <= 0x7A
                digits += 0x31 <= byte <= 0x39
                plain = plain and not (
                    byte == 0x30
                    or byte == 0x4F
                    or byte == 0x49
                    or byte == 0x6C
                    or byte < 0x30
                    or byte == 0x5F
                )
            share = (end - start) // 8
            if plain and capitals >= share and small >= share and 2 * digits >= share:
                found = BASE58
        if found >= 0:
            n = _emit(parts, kinds, starts, ends, n, part, found, begin, stop)
        at = stop
    return n


@njit(**_KERNEL)
def _codes(data, start, end):  # type: ignore[no-untyped-def]
    """Kind of a run of numbers and escapes of which most are codes of ASCII letters, or -1."""
    said = np.zeros(5, np.int64)
    count = np.zeros(5, np.int64)
    wide = 0
    k = start
    while k < end:
        byte = data[k]
        if _digit16(byte) < 0:
            k += 1
            continue
        low = k
        decimal = octal = value2 = np.int64(0)
        tens = eights = twos = True
        while k < end and _digit16(data[k]) >= 0 and k - low < 128:
            digit = _digit16(data[k])
            tens = tens and digit < 10
            eights = eights and digit < 8
            twos = twos and digit < 2
            decimal = min(decimal * 10 + digit, _MUCH)
            octal = min(octal * 8 + digit, _MUCH)
            value2 = (value2 * 2 + digit) & 0xFFFF
            k += 1
        size = k - low
        if size == 1 and k < end and (data[k] | 0x20) == 0x78:  # 0x
            continue
        before = np.int64(data[low - 1] | 0x20) if low > start else np.int64(0)
        if (size == 4 and before == 0x75) or (before == 0x23 and decimal > 126):
            wide += 1
        if size % 2 == 0 and size <= 32:
            for i in range(low, k, 2):
                value = _digit16(data[i]) << 4 | _digit16(data[i + 1])
                if value or size < 4:
                    count[0] += 1
                    said[0] += _texty(value) == 2
        else:
            count[0] += 1
        if tens:
            count[1] += 1
            said[1] += 2 <= size <= 3 and decimal < 127 and _texty(decimal) == 2
            count[4] += 1
            said[4] += 1 <= decimal <= 26 and size <= 2
        if eights:
            count[2] += 1
            said[2] += 2 <= size <= 4 and octal < 127 and _texty(octal) == 2
        if twos and (size == 7 or size == 8):
            count[3] += 1
            said[3] += _texty(value2 & 0xFF) == 2
        elif twos and size >= 64 and size % 8 == 0:
            for i in range(low, k, 8):
                value = np.int64(0)
                for j in range(i, i + 8):
                    value = value << 1 | _digit16(data[j])
                count[3] += 1
                said[3] += _texty(value) == 2
        elif not tens:
            count[3] += 1
    for which in range(4):
        if said[which] >= MIN_CODES and said[which] >= 0.75 * count[which]:
            return CODES
    # Places in the alphabet: as many numbers are often something else, so more are needed.
    if said[4] >= 2 * MIN_CODES and said[4] == count[4]:
        return CODES
    return ESCAPES if wide >= MIN_CODES else -1


@njit(**_KERNEL)
def _morse(data, start, end):  # type: ignore[no-untyped-def]
    """Whether most groups of a run of dots and dashes are signs of Morse's alphabet, some of both
    marks."""
    groups = good = mixed = 0
    k = start
    while k < end:
        dots = dashes = 0
        while k < end and (data[k] == 0x2E or data[k] == 0x2D or data[k] == 0x5F):
            dots += data[k] == 0x2E
            dashes += data[k] != 0x2E
            k += 1
        if dots + dashes:
            groups += 1
            good += dots + dashes <= 5
            mixed += dots > 0 and dashes > 0
        else:
            k += 1
    return groups >= MIN_CODES and good >= 0.9 * groups and mixed >= 0.3 * groups


@njit(**_KERNEL)
def _apart(data, at, low, end, bits):  # type: ignore[no-untyped-def]
    """Bounds of the run around `at` of single letters with one to three separators between."""
    start = at
    letters = 0
    while start > low:
        byte = bits[data[start - 1]]
        if byte & LETTER:
            if start < at and bits[data[start]] & LETTER:
                break
        elif not byte & GAP:
            break
        if (
            start - 4 >= low
            and bits[data[start - 1]]
            & bits[data[start - 2]]
            & bits[data[start - 3]]
            & bits[data[start - 4]]
            & GAP
        ):
            break
        start -= 1
    stop = start
    gap = 3
    while stop < end:
        byte = bits[data[stop]]
        if byte & LETTER:
            if gap == 0:
                break
            letters += 1
            gap = 0
        elif byte & GAP and gap < 4:
            gap += 1
        else:
            break
        stop += 1
    return start, stop, letters


@njit(**_KERNEL)
def _code_point(data, i, end):  # type: ignore[no-untyped-def]
    """Code point and width of a character of valid UTF-8."""
    a = np.int64(data[i])
    if a < 0x80:
        return a, 1
    if a < 0xE0 and i + 1 < end:
        return (a & 0x1F) << 6 | (np.int64(data[i + 1]) & 0x3F), 2
    if a < 0xF0 and i + 2 < end:
        return (
            (a & 0xF) << 12 | (np.int64(data[i + 1]) & 0x3F) << 6 | (np.int64(data[i + 2]) & 0x3F),
            3,
        )
    if i + 3 < end:
        return (
            (a & 7) << 18
            | (np.int64(data[i + 1]) & 0x3F) << 12
            | (np.int64(data[i + 2]) & 0x3F) << 6
            | (np.int64(data[i + 3]) & 0x3F),
            4,
        )
    return np.int64(0xFFFD), 1


@njit(**_KERNEL)
def odd_class(code):  # type: ignore[no-untyped-def]
    """1 for letters that stand for Latin ones, 2 for marks that strike or dot them, 3 for spaces
    and characters without a shape of their own, 0 for all others."""
    if code < 0x250:
        if code == 0x1DD or code == 0x183:
            return 1
        return 3 if code == 0xA0 or code == 0xAD else 0
    if code < 0x2000:
        if code < 0x300:
            return 1
        if code < 0x370:
            return 3 if code == 0x34F else 2
        if 0x13A0 <= code < 0x1400 or 0x1D00 <= code < 0x1DC0:
            return 1
        if code == 0x17B4 or code == 0x17B5 or code == 0x180E or code == 0x115F or code == 0x1160:
            return 3
        return 0
    if code < 0x3000:
        if code <= 0x200F or 0x202A <= code <= 0x202F or 0x205F <= code <= 0x206F:
            return 3
        if 0x2070 <= code < 0x209D or 0x2100 <= code < 0x2150 or 0x249C <= code < 0x24EA:
            return 1
        if 0x20D0 <= code < 0x2100:
            return 2
        if code == 0x2800:
            return 3
        return 1 if 0x2800 < code < 0x2840 or 0x2C60 <= code < 0x2D00 else 0
    if code < 0xD800:
        latin = 0xA4D0 <= code < 0xA500 or 0xA720 <= code < 0xA800
        return 1 if latin or 0xAB30 <= code < 0xABC0 else 0
    if code < 0x10000:
        if code < 0xF900 or 0xFE00 <= code < 0xFE10 or code == 0xFEFF or code >= 0xFFF0:
            return 3
        if 0xFF21 <= code < 0xFF5B and not 0xFF3B <= code <= 0xFF40:
            return 1
        return 3 if code == 0xFFA0 or 0xFDD0 <= code < 0xFDF0 else 0
    if code & 0xFFFE == 0xFFFE or 0x13430 <= code < 0x13456:
        return 3
    if 0x1D400 <= code < 0x1D6A6 or 0x1F110 <= code < 0x1F18A or 0x1F1E6 <= code < 0x1F200:
        return 1
    if 0x1BCA0 <= code < 0x1BCA4 or 0x1D173 <= code < 0x1D17B or 0xE0000 <= code < 0xE01F0:
        return 3
    return 3 if code >= 0xF0000 else 0


@njit(**_KERNEL)
def _struck(code):  # type: ignore[no-untyped-def]
    """Whether a mark strikes or rings its letter, or pulls down what stands before: no script
    writes with it."""
    return 0x334 <= code <= 0x338 or 0x20D2 <= code <= 0x20F0 or code == 0x489


@njit(**_KERNEL)
def _shapeless(code):  # type: ignore[no-untyped-def]
    """Whether a character without a shape is one that no text needs several of in a row, and that
    `signature_kernels` does not look for."""
    return (
        0xFDD0 <= code < 0xFDF0
        or 0x13430 <= code < 0x13456
        or 0x1BCA0 <= code < 0x1BCA4
        or code >= 0xF0000
        or (code >= 0x10000 and code & 0xFFFE == 0xFFFE)
        or code == 0x17B4
        or code == 0x17B5
    )


@njit(**_KERNEL)
def _foreign(code):  # type: ignore[no-untyped-def]
    """Whether a letter is of a script that few texts are in and that looks Latin: Cherokee, Coptic,
    Lisu."""
    return 0x13A0 <= code < 0x1400 or 0x2C80 <= code < 0x2CE5 or 0xA4D0 <= code < 0xA4F8


@njit(**_KERNEL)
def _odd(data, at, low, end, parts, kinds, starts, ends, n, part):  # type: ignore[no-untyped-def]
    """Candidates around unusual letters and invisible characters; also where the run ends."""
    while at < end and data[at] & 0xC0 == 0x80:
        at += 1
    # The first character that is none of them settles it in most places.
    i = at
    seen = 0
    while i < min(end, at + 12):
        code, width = _code_point(data, i, end)
        kind = odd_class(code)
        if kind == 0 and code >= 0x80:
            return n, i + width
        seen += kind > 0 or code == 9
        i += width
    if seen < 2:
        return n, i
    start = at
    while start > low and at - start < WINDOW:
        before = start - 1
        while before > low and data[before] & 0xC0 == 0x80:
            before -= 1
        code, _ = _code_point(data, before, end)
        letter = 0x61 <= code | 0x20 <= 0x7A
        if not (odd_class(code) or code == 0x20 or code == 9 or (letter and code < 0x80)):
            break
        start = before
    letters = marks = 0
    stop = start
    first = second = np.int64(-1)
    ones = twos = 0
    bit_start = start
    best = 0
    best_start = best_stop = start
    # Letters with a mark of the kind in a row; marks in a row; blanks in a row; letters that one
    # invisible character parts from the next.
    marked = piled = blank = split = foreign = latin = 0
    most_marked = most_piled = most_blank = most_split = 0
    was_letter = struck = False
    joint = np.int64(-1)
    while stop < end and stop - start < 2 * WINDOW:
        code, width = _code_point(data, stop, end)
        kind = odd_class(code)
        plain = code < 0x80
        if kind == 0 and not plain:
            break
        if plain and not (
            code == 0x20
            or code == 9
            or 0x61 <= code | 0x20 <= 0x7A
            or code == 0x2F
            or code == 0x2D
            or code == 0x2C
            or code == 0x2E
            or code == 0x27
        ):
            break
        letters += kind == 1
        marks += kind == 2
        letter = plain and 0x61 <= code | 0x20 <= 0x7A
        latin += letter
        foreign += _foreign(code)
        if kind == 2:
            piled += 1
            most_piled = max(most_piled, piled)
            if _struck(code) and not struck:
                struck = True
                marked += 1
                most_marked = max(most_marked, marked)
        else:
            piled = 0
            if not struck:
                marked = 0
            struck = False
        blank = blank + 1 if _shapeless(code) else 0
        most_blank = max(most_blank, blank)
        hyphen = code == 0xAD or code == 0x34F or code == 0x2062 or code == 0x2063
        if hyphen and was_letter and (joint < 0 or joint == code):
            joint = code
            split += 1
            most_split = max(most_split, split)
        elif not (letter and joint >= 0 and not was_letter):
            split = 0
            joint = np.int64(-1)
        was_letter = letter
        # Two kinds of blank characters in a row.
        if kind == 3 or code == 0x20 or code == 9:
            if first < 0 or code == first:
                first = code
                ones += 1
            elif second < 0 or code == second:
                second = code
                twos += 1
            else:
                first, second, ones, twos, bit_start = code, np.int64(-1), 1, 0, stop
            if ones + twos > best and min(ones, twos) * 8 >= ones + twos:
                best, best_start, best_stop = ones + twos, bit_start, stop + width
        else:
            first = second = np.int64(-1)
            ones = twos = 0
            bit_start = stop + width
        stop += width
    if best >= MIN_BITS:
        n = _emit(parts, kinds, starts, ends, n, part, BITS, best_start, best_stop)
    if most_marked >= MIN_MARKED or most_piled >= MIN_PILED:
        n = _emit(parts, kinds, starts, ends, n, part, MARKS, start, stop)
    if most_blank >= MIN_BLANK:
        n = _emit(parts, kinds, starts, ends, n, part, BLANK, start, stop)
    if most_split >= 3:
        n = _emit(parts, kinds, starts, ends, n, part, SPLIT, start, stop)
    if foreign and latin >= 2 * foreign:
        n = _emit(parts, kinds, starts, ends, n, part, FOREIGN, start, stop)
    if letters >= MIN_LETTERS or marks >= MIN_LETTERS:
        n = _emit(parts, kinds, starts, ends, n, part, LETTERS, start, stop)
    return n, max(stop, i)


_RANGES = (
    ((0x21, 0x7E),),
    ((0x20, 0x4B), (0x5B, 0x66), (0x6F, 0x6F), (0x72, 0x78), (0x7B, 0x7D)),
    ((0x41, 0x5A), (0x61, 0x7A)),
    ((0xC2, 0xC2), (0xC7, 0xCD), (0xE1, 0xE2), (0xEA, 0xEA), (0xEE, 0xF4)),
)
"""Ranges that hold all bytes without spaces, of codes, Morse and rot47, of letters, and of the
beginnings of unusual characters, and few others."""


@intrinsic  # type: ignore[untyped-decorator]
def _block_masks(_typing: Any, data: Any, i: Any) -> Any:
    """A mask for each of `_RANGES` of the 64 bytes at ``data[i]``."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = _read(context, builder, signature.args[0], args[0], args[1], _BLOCK)
        masks = []
        for ranges in _RANGES:
            inside = [_within(builder, block, first, last) for first, last in ranges]
            either = inside[0]
            for one in inside[1:]:
                either = builder.or_(either, one)
            masks.append(_mask(builder, either))
        return _masks(context, builder, signature, masks)

    return types.UniTuple(types.uint64, len(_RANGES))(data, i), generate


@njit(**_KERNEL)
def _long(mask):  # type: ignore[no-untyped-def]
    """Whether a run of a mask may be `MIN_RUN` long: it is, or it is half as long at an edge."""
    mask &= mask >> _1
    mask &= mask >> _2
    mask &= mask >> _4 & mask >> _8
    return mask & mask >> uint64(MIN_RUN // 2) | mask & _EDGES


@njit(**_KERNEL)
def _promises(data, i):  # type: ignore[no-untyped-def]
    """Whether 64 bytes may hold a piece of a run that is looked for: `MIN_RUN` in a row of one
    kind, letters set apart, or three unusual characters."""
    dense, codes, letters, odd = _block_masks(data, np.uint64(i))
    apart = letters & ~(letters >> _1) & letters >> _2
    apart &= apart >> _2
    found = _long(dense) | _long(codes) | apart & apart >> _2
    return found != 0 or popcount(odd) >= 3


@njit(**_KERNEL)
def _extent(data, at, low, end, bits, mask):  # type: ignore[no-untyped-def]
    """Bounds of the run around `at` of bytes that have all bits of a mask."""
    start = at
    while start > low and bits[data[start - 1]] & mask:
        start -= 1
    stop = at
    while stop < end and bits[data[stop]] & mask:
        stop += 1
    return start, stop


@njit(**_KERNEL)
def scan(data, offsets, bits, tables, parts, kinds, starts, ends):  # type: ignore[no-untyped-def]
    """Candidates in the parts of a batch; their number, which may be more than there was room for.

    ``bits`` (uint8[256]) are the bits of each byte, ``tables`` (int8[alphabets, 256]) the values of
    the digits of base85, -1 for others. Every byte is looked at a bounded number of times.
    """
    n = 0
    last = np.int64(data.size) - 1
    for part in range(offsets.size - 1):
        low, end = np.int64(offsets[part]), np.int64(offsets[part + 1])
        dense = code = morse = apart = rot = odd = low
        i = low
        block = low - 1
        while i + 8 <= end:
            if i > block and i + WIDTH <= end:
                if not _promises(data, i):
                    i += WIDTH
                    continue
                block = i + WIDTH - 1
            at = np.uint64(i)
            a, b = bits[data[at]], bits[data[at + _1]]
            c, d = bits[data[at + _2]], bits[data[at + _3]]
            e, f = bits[data[at + _4]], bits[data[at + _5]]
            g, h = bits[data[at + _6]], bits[data[at + _7]]
            even, uneven = a & c & e & g, b & d & f & h
            every = even & uneven
            spaced = (even & uneven >> 1 | uneven & even >> 1) & LETTER
            if not every & (CODE | MORSE_MARK | ROT47) | spaced:
                # A run that is long enough goes on for eight bytes on one side at least.
                long = False
                if every & DENSE and i >= dense:
                    after = bits[data[min(i + 8, last)]] & bits[data[min(i + 15, last)]]
                    before = bits[data[max(i - 1, 0)]] & bits[data[max(i - 8, 0)]]
                    long = (after | before) & DENSE != 0
                if not long and not (every & ODD and (a | b | c | d | e | f | g | h) & ODD_LEAD):
                    i += 16
                    continue
            if every & DENSE and i >= dense:
                start, stop = _extent(data, i, dense, end, bits, DENSE)
                dense = stop
                if stop - start >= MIN_RUN:
                    n = _dense(data, start, stop, tables, parts, kinds, starts, ends, n, part)
            if every & CODE and i >= code:
                start, stop = _extent(data, i, code, end, bits, CODE)
                code = stop
                while stop - start >= MIN_RUN:
                    cut = min(stop, start + WINDOW)
                    found = _codes(data, start, cut)
                    if found >= 0:
                        n = _emit(parts, kinds, starts, ends, n, part, found, start, cut)
                    start = cut
            if every & MORSE_MARK and i >= morse:
                start, stop = _extent(data, i, morse, end, bits, MORSE_MARK)
                morse = stop
                if stop - start >= MIN_RUN and _morse(data, start, min(stop, start + WINDOW)):
                    cut = min(stop, start + WINDOW)
                    n = _emit(parts, kinds, starts, ends, n, part, MORSE, start, cut)
            if spaced and i >= apart:
                start, stop, letters = _apart(data, i, apart, end, bits)
                apart = max(stop, i + 8)
                if letters >= MIN_LETTERS:
                    cut = min(stop, start + WINDOW)
                    n = _emit(parts, kinds, starts, ends, n, part, APART, start, cut)
            if every & ROT47 and i >= rot:
                start, stop = _extent(data, i, rot, end, bits, ROT47)
                rot = stop
                signs = letters = 0
                for k in range(start, min(stop, start + WINDOW)):
                    signs += 0x3A <= data[k] <= 0x40
                    letters += 0x41 <= data[k] <= 0x4B
                if signs >= 4 and letters >= 3:
                    cut = min(stop, start + WINDOW)
                    n = _emit(parts, kinds, starts, ends, n, part, ROT, start, cut)
            if every & ODD and i >= odd:
                if (a | b | c | d | e | f | g | h) & ODD_LEAD:
                    n, odd = _odd(data, i, odd, end, parts, kinds, starts, ends, n, part)
            i += 16
    return n
