"""The compiled part of `signatures`: one look at the bytes of a batch, and one at its words.

Both emit *hits*: a part, a code of `CODES` or of a literal, and a range of bytes of the batch. They
count on when their arrays are full, so that the caller can come back with longer ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types, uint64
from numba.extending import intrinsic

from corpus_assay.transforms.documents import ROLE_CHOSEN, ROLE_RESPONSE
from corpus_assay.transforms.kernels import _decode
from corpus_assay.transforms.simd import _BLOCK, WIDTH, _mask, _masks, _read, _within

CODES = (
    "tags",
    "variation-selectors",
    "zero-width-run",
    "zero-width-few",
    "zero-width-in-word",
    "hangul-fillers",
    "braille-blanks",
    "bidi-override",
    "bidi-override-rtl",
    "bidi-embedding",
    "bidi-unbalanced",
    "annotation",
    "homoglyphs",
    "ff61-run",
    "symbol-run",
    "bracket",
    "email",
    "long",
    "card",
    "phone",
    "ipv4",
    "ipv6",
    "iban",
)
"""What a hit with a number below `LITERALS` is."""
LITERALS = 64
"""A hit with this number and above is a literal."""

(
    TAGS,
    SELECTORS,
    ZERO_RUN,
    ZERO_FEW,
    ZERO_IN_WORD,
    FILLERS,
    BRAILLE,
    OVERRIDE,
    OVERRIDE_RTL,
    EMBEDDING,
    UNBALANCED,
    ANNOTATION,
    HOMOGLYPHS,
    FF61,
    SYMBOLS,
    BRACKET,
    EMAIL,
    LONG,
    CARD,
    PHONE,
    IPV4,
    IPV6,
    IBAN,
) = range(len(CODES))

ANCHOR, LINE, AT, LEAD = 1, 2, 3, 4
"""Flags of bytes: a literal may begin with it; a name at the beginning of a line may end with it;
the sign @; the first byte of characters of which some are of interest."""

LATIN, OTHERS, LOOK, LEADS = 1, 2, 16, 32
"""Bits of bytes: an ASCII letter; the first of the two bytes of a Greek, Cyrillic, Armenian or
Hebrew letter; to be looked at; to be looked at before some bytes. ``OTHERS << 1`` and
``LATIN << 3`` say the same of a later byte, shifted by two; ``LEADS << 2`` marks those bytes."""

ZERO, SELECTOR, TAG, FILLER, BLANK, OVERRIDES, EMBEDS, ISOLATE, NOTE, SYMBOL, OPEN = range(1, 12)
"""Classes of characters, see `class_of`."""

LONG_RUN, FEW = 8, 3
"""Invisible characters in a row that can hold a byte, and those that are more than an accident."""
SYMBOL_RUN, FF61_RUN = 8, 10
NEAR = 128
"""Bytes around a bidi control in which letters from right to left excuse it."""
MAX_LINE = 1000
MIN_BRACKET, MAX_BRACKET = 20, 4096
"""Bytes between brackets that can be a copy of a prompt."""
MIN_LONG = 16
"""Bytes of a word that can be a key or an encoded text."""

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}


@njit(**_KERNEL)
def class_of(code):  # type: ignore[no-untyped-def]
    """Class of a character that may hide something, 0 for all others."""
    if code < 0x2000:
        if code == 0x115F or code == 0x1160:
            return FILLER
        if 0x180B <= code <= 0x180F:
            return ZERO if code == 0x180E else SELECTOR
        return 0
    if code < 0x2070:
        if 0x200B <= code <= 0x200F or 0x2060 <= code <= 0x2064 or code >= 0x206A:
            return ZERO
        if code == 0x202D or code == 0x202E:
            return OVERRIDES
        if code == 0x202A or code == 0x202B:
            return EMBEDS
        return ISOLATE if 0x2066 <= code <= 0x2068 else 0
    if code < 0xFE00:
        if code == 0x2800:
            return BLANK
        if code == 0x3164:
            return FILLER
        if code == 0x27E6 or code == 0x27E8 or code == 0x27EA or code == 0x2983 or code == 0x2985:
            return OPEN
        if code == 0x300A or code == 0x300E or code == 0x3010:
            return OPEN
        if code == 0x3014 or code == 0x3016:
            return OPEN
        return OPEN if code == 0x3018 or code == 0x301A else 0
    if code <= 0xFE0F:
        return SELECTOR
    if code < 0x10000:
        if code == 0xFEFF:
            return ZERO
        if code == 0xFF5F:
            return OPEN
        if code == 0xFFA0:
            return FILLER
        if 0xFF61 <= code <= 0xFF65 or 0xFFE8 <= code <= 0xFFEE:
            return SYMBOL
        return NOTE if 0xFFF9 <= code <= 0xFFFB else 0
    if 0x1D173 <= code <= 0x1D17A:
        return ZERO
    if 0xE0000 <= code <= 0xE007F:
        return TAG
    return SELECTOR if 0xE0100 <= code <= 0xE01EF else 0


@njit(**_KERNEL)
def _emit(parts, codes, starts, ends, n, part, code, start, end):  # type: ignore[no-untyped-def]
    if n < parts.size:
        parts[n], codes[n], starts[n], ends[n] = part, code, start, end
    return n + 1


@njit(**_KERNEL)
def _code_at(data, i, end):  # type: ignore[no-untyped-def]
    """Code point and width at `i`."""
    byte = np.uint32(data[np.uint64(i)])
    if byte < 0x80:
        return byte, 1
    return _decode(data, i, end)


@njit(**_KERNEL)
def _code_before(data, i, low):  # type: ignore[no-untyped-def]
    """Code point that ends at `i`, 0 at the beginning of a part, and where it begins."""
    if i <= low:
        return np.uint32(0), low
    at = i - 1
    while at > low and data[np.uint64(at)] & 0xC0 == 0x80:
        at -= 1
    code, _ = _code_at(data, at, i)
    return code, at


@njit(**_KERNEL)
def _is_latin(byte):  # type: ignore[no-untyped-def]
    return 0x61 <= byte | 0x20 <= 0x7A


@njit(**_KERNEL)
def _is_digit(byte):  # type: ignore[no-untyped-def]
    return 0x30 <= byte <= 0x39


@njit(**_KERNEL)
def _is_word(byte):  # type: ignore[no-untyped-def]
    return byte >= 0x80 or _is_latin(byte) or _is_digit(byte)


@njit(**_KERNEL)
def _is_rtl(code):  # type: ignore[no-untyped-def]
    return (
        0x590 <= code < 0x900
        or 0xFB1D <= code < 0xFE00
        or 0xFE70 <= code < 0xFEFF
        or 0x10800 <= code < 0x11000
        or 0x1E800 <= code < 0x1F000
    )


@njit(**_KERNEL)
def _rtl_near(data, at, low, end):  # type: ignore[no-untyped-def]
    """Whether a letter written from right to left stands near a place."""
    i = max(low, at - NEAR)
    high = min(end, at + NEAR)
    while i < high:
        if data[np.uint64(i)] < 0xD6:
            i += 1
            continue
        code, width = _code_at(data, i, end)
        if _is_rtl(code):
            return True
        i += width
    return False


@njit(**_KERNEL)
def _closed(data, i, end):  # type: ignore[no-untyped-def]
    """Whether an isolate that opens before `i` is closed on its line."""
    depth = 1
    high = min(end, i + MAX_LINE)
    while i < high and depth:
        byte = data[np.uint64(i)]
        if byte == 0x0A:
            return False
        if byte == 0xE2 and i + 2 < end and data[np.uint64(i + 1)] == 0x81:
            third = data[np.uint64(i + 2)]
            depth += 0xA6 <= third <= 0xA8
            depth -= third == 0xA9
        i += 1
    return depth == 0 or high < end


@njit(**_KERNEL)
def _braille_near(data, start, stop, low, end):  # type: ignore[no-untyped-def]
    """Whether a Braille pattern that is not blank stands near a run of blanks."""
    i = max(low, start - NEAR)
    high = min(end - 2, stop + NEAR)
    while i < high:
        if data[np.uint64(i)] == 0xE2 and 0xA0 <= data[np.uint64(i + 1)] <= 0xA3:
            if data[np.uint64(i + 1)] != 0xA0 or data[np.uint64(i + 2)] != 0x80:
                return True
        i += 1
    return False


@njit(**_KERNEL)
def _is_hangul(code):  # type: ignore[no-untyped-def]
    return 0x1100 <= code < 0x1200 or 0x3131 <= code < 0x3190 or 0xA960 <= code < 0xD800


@njit(**_KERNEL)
def _invisible(data, i, low, end):  # type: ignore[no-untyped-def]
    """Code of `CODES` of the run of invisible characters at `i`, -1 for none, and its end."""
    zeros = selectors = tags = most = 0
    before, _ = _code_before(data, i, low)
    last_tag = np.uint32(0)
    first = np.uint32(0)
    alike = True
    j = i
    row = 0
    while j < end:
        code, width = _code_at(data, j, end)
        kind = class_of(code)
        if kind != ZERO and kind != SELECTOR and kind != TAG:
            break
        first = code if j == i else first
        alike = alike and code == first
        if kind == ZERO:
            zeros += 1
        elif kind == TAG:
            tags += 1
            last_tag = code
        row = row + 1 if kind == SELECTOR else 0
        most = max(most, row)
        selectors += kind == SELECTOR
        j += width
    if tags >= 2:
        flag = before == 0x1F3F4 and last_tag == 0xE007F and tags <= 8
        return (-1 if flag else TAGS), j
    if most >= 2:
        return SELECTORS, j
    if zeros >= LONG_RUN:
        return ZERO_RUN, j
    if i == low and first == 0xFEFF:
        return -1, j
    if zeros >= FEW:
        # A joiner repeated where letters are joined.
        after, _ = _code_at(data, j, end) if j < end else (np.uint32(0), 1)
        joins = alike and 0x200C <= first <= 0x200D and max(before, after) >= 0x300
        return (-1 if joins else ZERO_FEW), j
    if zeros and i > low and j < end:
        if _is_latin(data[np.uint64(i - 1)]) and _is_latin(data[np.uint64(j)]):
            return ZERO_IN_WORD, j
    return -1, j


@njit(**_KERNEL)
def _word(data, i, low, end):  # type: ignore[no-untyped-def]
    """The run around `i` of ASCII letters and of letters of two bytes, at most 64 on each side."""
    start = i
    while start > low and i - start < 64:
        byte = data[np.uint64(start - 1)]
        if _is_latin(byte):
            start -= 1
        elif start - 1 > low and byte & 0xC0 == 0x80 and 0xC3 <= data[np.uint64(start - 2)] <= 0xD6:
            start -= 2
        else:
            break
    stop = i
    while stop < end and stop - i < 64:
        byte = data[np.uint64(stop)]
        if _is_latin(byte):
            stop += 1
        elif 0xC3 <= byte <= 0xD6 and stop + 1 < end:
            stop += 2
        else:
            break
    return start, stop


@njit(**_KERNEL)
def _mixed(data, start, stop, looks_latin, looks_other):  # type: ignore[no-untyped-def]
    """Whether the letters of a word that are of the other script all look like those of its own.

    ``looks_latin`` (uint8[0x600]): 0 no, 1 like a Latin letter, 2 only between small ones, and bit
    4 for letters of the Roman numbers that Cyrillic has. ``looks_other`` (uint8[128]): ASCII
    letters that look like Cyrillic (bit 0), Greek (bit 1) or Armenian (bit 2) ones.
    """
    latin = other = alike = 0
    scripts = 0
    latin_alike = 7
    roman = True
    changes = 0
    was = -1
    last_latin = False
    i = start
    while i < stop:
        byte = np.uint32(data[np.uint64(i)])
        if byte < 0x80:
            latin += 1
            latin_alike &= looks_other[byte]
            roman = roman and (
                byte == 0x49 or byte == 0x56 or byte == 0x58 or byte == 0x4C or byte == 0x43
            )
            changes += was == 1
            was = 0
            last_latin = True
            i += 1
            continue
        code = (byte & 0x1F) << 6 | (np.uint32(data[np.uint64(i + 1)]) & 0x3F)
        if code < 0x370:
            latin += 1
            latin_alike = 0
            roman = False
            changes += was == 1
            was = 0
            last_latin = True
            i += 2
            continue
        scripts |= 1 if code < 0x400 else 2 if code < 0x530 else 4 if code < 0x590 else 8
        other += 1
        look = looks_latin[code] if code < 0x600 else 0
        roman = roman and look & 4 != 0
        if look & 3 == 2:
            inside = i > start and i + 2 < stop
            small = inside and (
                0x61 <= data[np.uint64(i - 1)] <= 0x7A and 0x61 <= data[np.uint64(i + 2)] <= 0x7A
            )
            alike += small
        else:
            alike += look & 3 != 0
        changes += was == 0
        was = 1
        last_latin = False
        i += 2
    if latin == 0 or other == 0 or latin + other < 3 or roman:
        return False
    if scripts != 1 and scripts != 2 and scripts != 4:
        return False
    greek, armenian = scripts == 1, scripts == 4
    mask = 2 if greek else 4 if armenian else 1
    if latin > other:
        # A foreign word with a native ending (SMSу) is no disguise.
        ending = changes == 1 and not last_latin and other <= 3 and latin >= 2
        return alike == other and (not ending or (other == 1 and latin > 4))
    return latin_alike & mask != 0 and not greek


@njit(**_KERNEL)
def _email(data, i, low, end):  # type: ignore[no-untyped-def]
    """Bytes of the mail address around the @ at `i`; an empty range where there is none."""
    start = i
    while start > low and i - start < 64:
        byte = data[np.uint64(start - 1)]
        if not (
            (byte < 0x80 and _is_word(byte))
            or byte == 0x2E
            or byte == 0x5F
            or byte == 0x2B
            or byte == 0x2D
            or byte == 0x25
        ):
            break
        start -= 1
    stop = i + 1
    dot = np.int64(-1)
    while stop < end and stop - i < 254:
        byte = data[np.uint64(stop)]
        if byte == 0x2E:
            if stop == i + 1 or data[np.uint64(stop - 1)] == 0x2E:
                break
            dot = stop
        elif not ((byte < 0x80 and _is_word(byte)) or byte == 0x2D):
            break
        stop += 1
    if stop > i + 1 and data[np.uint64(stop - 1)] == 0x2E:
        stop -= 1
        dot = stop - 1
        while dot > i and data[np.uint64(dot)] != 0x2E:
            dot -= 1
    if start == i or data[np.uint64(start)] == 0x2E or dot <= i + 1 or stop - dot < 3:
        return i, i
    for k in range(dot + 1, stop):
        if not _is_latin(data[np.uint64(k)]):
            return i, i
    return start, stop


@njit(**_KERNEL)
def _literal(data, i, end, keys, heads, following, offsets, content):  # type: ignore[no-untyped-def]
    """Number of the longest literal at `i`, -1 for none."""
    if i + 4 > end:
        return -1
    key = (
        np.uint32(data[np.uint64(i)])
        | np.uint32(data[np.uint64(i + 1)]) << np.uint32(8)
        | np.uint32(data[np.uint64(i + 2)]) << np.uint32(16)
        | np.uint32(data[np.uint64(i + 3)]) << np.uint32(24)
    )
    size = keys.size
    slot = np.int64((np.uint64(key) * uint64(0x9E3779B97F4A7C15)) >> uint64(40)) & (size - 1)
    while keys[slot] != 0:
        if keys[slot] == key:
            literal = heads[slot]
            while literal >= 0:
                low, high = offsets[literal], offsets[literal + 1]
                if i + (high - low) <= end:
                    k = 4
                    while low + k < high and data[np.uint64(i + k)] == content[low + k]:
                        k += 1
                    if low + k == high:
                        return literal
                literal = following[literal]
            return -1
        slot = (slot + 1) & (size - 1)
    return -1


@njit(**_KERNEL)
def _name(data, i, low, keys, heads, following, offsets, content):  # type: ignore[no-untyped-def]
    """Number of the longest literal that ends with the byte at `i` and begins its line, or -1."""
    if i - low < 3:
        return -1
    key = (
        np.uint32(data[np.uint64(i)])
        | np.uint32(data[np.uint64(i - 1)]) << np.uint32(8)
        | np.uint32(data[np.uint64(i - 2)]) << np.uint32(16)
        | np.uint32(data[np.uint64(i - 3)]) << np.uint32(24)
    )
    size = keys.size
    slot = np.int64((np.uint64(key) * uint64(0x9E3779B97F4A7C15)) >> uint64(40)) & (size - 1)
    while keys[slot] != 0:
        if keys[slot] == key:
            literal = heads[slot]
            while literal >= 0:
                first = offsets[literal]
                length = offsets[literal + 1] - first
                start = i + 1 - length
                if start == low or (start > low and data[np.uint64(start - 1)] == 0x0A):
                    k = 4
                    while k < length and data[np.uint64(i - k)] == content[first + k]:
                        k += 1
                    if k == length:
                        return literal
                literal = following[literal]
            return -1
        slot = (slot + 1) & (size - 1)
    return -1


@njit(**_KERNEL)
def _bracket(data, i, width, end):  # type: ignore[no-untyped-def]
    """Whether the bracket at `i` closes again in reach: `BRACKET` or -1, and where it ends."""
    high = min(end, i + MAX_BRACKET)
    j = i + width
    depth = 1
    last = data[np.uint64(i + width - 1)]
    first, second = data[np.uint64(i)], data[np.uint64(i + 1)]
    while j + 2 < high + 1 and j + 2 < end + 1 and depth:
        if j + 2 < end and data[np.uint64(j)] == first and data[np.uint64(j + 1)] == second:
            third = data[np.uint64(j + 2)]
            if third == last:
                depth += 1
            elif third == last + 1:
                depth -= 1
        j += 1
    if depth or j + 2 - i < MIN_BRACKET:
        return -1, i + width
    return BRACKET, j + 2


_RANGES = (
    (
        *((0x3A, 0x3A), (0x3C, 0x3C), (0x40, 0x40), (0x5B, 0x5B), (0x7C, 0x7C)),
        *((0xE2, 0xE2), (0xEF, 0xF0), (0xF3, 0xF3)),
    ),
    ((0x41, 0x5A), (0x61, 0x7A)),
    ((0xCD, 0xD7),),
    ((0xE1, 0xE1), (0xE3, 0xE3)),
    ((0x80, 0x80), (0x85, 0x85), (0xA0, 0xA0)),
)
"""Bytes with the bits `LOOK`, `LATIN`, `OTHERS`, `LEADS` and ``LEADS << 2`` in the tables of
`signatures`, as ranges."""


@intrinsic
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
def _dull(data, i):  # type: ignore[no-untyped-def]
    """Whether none of 64 bytes is to be looked at, by itself or after those before it here."""
    look, latin, others, leads, seconds = _block_masks(data, np.uint64(i))
    one, two = uint64(1), uint64(2)
    mixed = latin << one & others | others << two & latin
    return look | mixed | leads << one & seconds == 0


@njit(**_KERNEL)
def scan(  # type: ignore[no-untyped-def]
    data,
    offsets,
    roles,
    bits,
    flags,
    pairs,
    looks_latin,
    looks_other,
    literals,
    names,
    parts,
    codes,
    starts,
    ends,
):
    """Hits of what is seen in bytes; their number, which may be more than there was room for.

    ``bits`` (uint8[256]) says of a byte whether it must be looked at by itself or after the byte
    before, or the one before that; so nearly all text is passed over eight bytes at a time.
    ``flags`` (uint8[256]) says what it is then, and ``pairs`` (bool[65536], first byte highest)
    which two bytes begin a character of interest. ``literals`` and ``names`` are
    `signatures.Literals`, names with their bytes in reverse.
    """
    n = 0
    for part in range(offsets.size - 1):
        low, end = np.int64(offsets[part]), np.int64(offsets[part + 1])
        i = closed = block = low
        two = one = np.uint8(0)
        while i < end:
            if i >= block and i + WIDTH <= end:
                first, second = bits[data[np.uint64(i)]] >> 2, bits[data[np.uint64(i + 1)]] >> 2
                begins = one & first & (LATIN | LEADS) | (two & first | one & second) & OTHERS
                if not begins and _dull(data, i):
                    i += WIDTH
                    two, one = bits[data[np.uint64(i - 2)]], bits[data[np.uint64(i - 1)]]
                    continue
                block = i + WIDTH
            if i + 8 <= end:
                at = np.uint64(i)
                a = bits[data[at]]
                b = bits[data[at + uint64(1)]]
                c = bits[data[at + uint64(2)]]
                d = bits[data[at + uint64(3)]]
                e = bits[data[at + uint64(4)]]
                f = bits[data[at + uint64(5)]]
                g = bits[data[at + uint64(6)]]
                h = bits[data[at + uint64(7)]]
                after = (
                    one & (a >> 2)
                    | a & (b >> 2)
                    | b & (c >> 2)
                    | c & (d >> 2)
                    | d & (e >> 2)
                    | e & (f >> 2)
                    | f & (g >> 2)
                    | g & (h >> 2)
                )
                later = (
                    two & (a >> 2)
                    | one & (b >> 2)
                    | a & (c >> 2)
                    | b & (d >> 2)
                    | c & (e >> 2)
                    | d & (f >> 2)
                    | e & (g >> 2)
                    | f & (h >> 2)
                )
                look = (a | b | c | d | e | f | g | h) & LOOK
                if not look | after & (LATIN | LEADS) | later & OTHERS:
                    two, one = g, h
                    i += 8
                    continue
            here = bits[data[np.uint64(i)]]
            while not (
                here & LOOK | one & (here >> 2) & (LATIN | LEADS) | two & (here >> 2) & OTHERS
            ):
                two, one = one, here
                i += 1
                if i == end:
                    break
                here = bits[data[np.uint64(i)]]
            if i == end:
                break
            flag = flags[data[np.uint64(i)]] if here & LOOK else np.uint8(0)
            if flag == 0 and one & (here >> 2) & LEADS:
                i -= 1
                flag = np.uint8(LEAD)
            if flag == 0:
                first, last = _word(data, i, low, end)
                if _mixed(data, first, last, looks_latin, looks_other):
                    n = _emit(parts, codes, starts, ends, n, part, HOMOGLYPHS, first, last)
                i = max(i + 1, last)
                one = bits[data[np.uint64(i - 1)]]
                two = np.uint8(0)
                continue
            two = one = np.uint8(0)
            if flag == LEAD:
                byte = np.int64(data[np.uint64(i)])
                if i + 2 >= end or not pairs[byte << 8 | np.int64(data[np.uint64(i + 1)])]:
                    i += 3 + (byte >= 0xF0)
                    continue
                code, width = _decode(data, i, end)
                kind = class_of(code)
                stop = i + width
                found = -1
                if kind == ZERO or kind == SELECTOR or kind == TAG:
                    found, stop = _invisible(data, i, low, end)
                elif kind == FILLER or kind == BLANK or kind == SYMBOL:
                    count = 1
                    j = stop
                    while j < end:
                        again, width = _code_at(data, j, end)
                        j += width
                        if kind == BLANK and again == 0x20:
                            continue
                        if again != code and not (kind == FILLER and class_of(again) == FILLER):
                            break
                        count += 1
                        stop = j
                    if kind == SYMBOL:
                        if code == 0xFF61 and count >= FF61_RUN:
                            found = FF61
                        elif count >= SYMBOL_RUN:
                            found = SYMBOLS
                    elif kind == BLANK:
                        inside = (
                            i > low
                            and stop < end
                            and (
                                _is_word(data[np.uint64(i - 1)]) and _is_word(data[np.uint64(stop)])
                            )
                        )
                        if count >= FEW or inside:
                            found = -1 if _braille_near(data, i, stop, low, end) else BRAILLE
                    else:
                        before, _ = _code_before(data, i, low)
                        after = np.uint32(0)
                        if stop < end:
                            after, _ = _code_at(data, stop, end)
                        legit = (_is_hangul(before) or _is_hangul(after)) and count < 3
                        found = -1 if legit else FILLERS
                elif kind == OVERRIDES:
                    found = OVERRIDE_RTL if _rtl_near(data, i, low, end) else OVERRIDE
                elif kind == EMBEDS:
                    found = -1 if _rtl_near(data, i, low, end) else EMBEDDING
                elif kind == ISOLATE:
                    found = -1 if _closed(data, stop, end) else UNBALANCED
                elif kind == NOTE:
                    found = ANNOTATION
                elif kind == OPEN and i >= closed:
                    answer = roles[part] == ROLE_RESPONSE or roles[part] == ROLE_CHOSEN
                    twice = stop + width <= end and _code_at(data, stop, end)[0] == code
                    if answer or twice:
                        found, stop = _bracket(data, i, width, end)
                        closed = stop if found >= 0 else i + MAX_BRACKET // 4
                if found >= 0:
                    n = _emit(parts, codes, starts, ends, n, part, found, i, stop)
                i = i + 3 if kind == OPEN else stop
                continue
            if flag == AT:
                first, last = _email(data, i, low, end)
                if last > first:
                    n = _emit(parts, codes, starts, ends, n, part, EMAIL, first, last)
                i = max(i + 1, last)
                continue
            if flag == LINE:
                literal = _name(data, i, low, *names)
                if literal >= 0:
                    start = i + 1 - (names[3][literal + 1] - names[3][literal])
                    code = LITERALS + literals[2].size + literal
                    n = _emit(parts, codes, starts, ends, n, part, code, start, i + 1)
                i += 1
                continue
            literal = _literal(data, i, end, *literals)
            if literal >= 0:
                length = literals[3][literal + 1] - literals[3][literal]
                n = _emit(parts, codes, starts, ends, n, part, LITERALS + literal, i, i + length)
                i += length
            else:
                i += 1
    return n


@njit(**_KERNEL)
def _luhn(data, start, stop):  # type: ignore[no-untyped-def]
    """Whether the digits between two places pass the check of Luhn (ISO/IEC 7812-1)."""
    total = 0
    double = False
    i = stop - 1
    while i >= start:
        digit = int(data[np.uint64(i)]) - 0x30
        if 0 <= digit <= 9:
            if double:
                digit = digit * 2 - 9 * (digit > 4)
            total += digit
            double = not double
        i -= 1
    return total % 10 == 0


@njit(**_KERNEL)
def words(  # type: ignore[no-untyped-def]
    data, part_offsets, token_offsets, token_starts, token_ends, parts, codes, starts, ends
):
    """Hits of what is seen in words: numbers with structure, and words that can be keys.

    Returns their number, which may be more than there was room for. ``card`` hits have passed
    Luhn's check; ``long``, ``ipv6`` and ``iban`` are candidates.
    """
    n = 0
    last_byte = np.int64(data.size) - 1
    for part in range(token_offsets.size - 1):
        low, end = np.int64(part_offsets[part]), np.int64(part_offsets[part + 1])
        t, last = token_offsets[part], token_offsets[part + 1]
        while t < last:
            start = np.int64(token_starts[np.uint64(t)])
            stop = np.int64(token_ends[np.uint64(t)])
            byte = data[np.uint64(start)]
            size = stop - start
            colon = data[np.uint64(min(stop, last_byte))] == 0x3A
            # One branch that hardly ever is taken; most words are none of these.
            digit = np.uint8(byte - np.uint8(0x30)) < 10
            capital = np.uint8(byte - np.uint8(0x41)) < 26
            kinds = (size >= MIN_LONG) | digit | ((size == 4) & capital) | (colon & (size < 5))
            if not (kinds & (byte < 0x80)):
                t += 1
                continue
            if size >= MIN_LONG:
                if _can_be_key(data, start, stop):
                    if 0x41 <= byte <= 0x5A and _begins_iban(data, start):
                        n = _emit(parts, codes, starts, ends, n, part, IBAN, start, stop)
                    if _may_be_key(data, start, stop, low):
                        n = _emit(parts, codes, starts, ends, n, part, LONG, start, stop)
                if not _is_digit(byte):
                    t += 1
                    continue
            if stop - start <= 4 and stop + 1 < end and data[np.uint64(stop)] == 0x3A:
                if _hexadecimal(data, start, stop):
                    until = _ipv6(data, start, low, end)
                    if until > stop:
                        n = _emit(parts, codes, starts, ends, n, part, IPV6, start, until)
                        while t < last and np.int64(token_starts[np.uint64(t)]) < until:
                            t += 1
                        continue
            if not _is_digit(byte):
                if stop - start == 4 and 0x41 <= byte <= 0x5A and _begins_iban(data, start):
                    n = _emit(parts, codes, starts, ends, n, part, IBAN, start, stop)
                t += 1
                continue
            found, until = _number(data, start, low, end)
            if found >= 0:
                n = _emit(parts, codes, starts, ends, n, part, found, start, until)
            t += 1
            while t < last and np.int64(token_starts[np.uint64(t)]) < until:
                t += 1
    return n


@njit(**_KERNEL)
def _can_be_key(data, start, stop):  # type: ignore[no-untyped-def]
    """Whether a long word is ASCII and mixes digits or capitals with the rest."""
    digits = capitals = small = 0
    for k in range(start, min(stop, start + 64)):
        byte = data[np.uint64(k)]
        if byte >= 0x80:
            return False
        digits += _is_digit(byte)
        capitals += 0x41 <= byte <= 0x5A
        small += 0x61 <= byte <= 0x7A
    if digits + capitals == 0:
        return False
    if digits >= 2:
        return capitals + small > 0
    return capitals >= 3 and digits + small >= 1 and (digits > 0 or small >= 3)


@njit(**_KERNEL)
def _may_be_key(data, start, stop, low):  # type: ignore[no-untyped-def]
    """Whether a long word begins like a key: AK, AS, AI, AA, AC, ey, after a prefix and
    its mark, or, if it has 32 characters, SK, da, 0x, bc."""
    first, second = data[np.uint64(start)], data[np.uint64(start + 1)]
    if first == 0x41 and (
        second == 0x4B or second == 0x53 or second == 0x49 or second == 0x41 or second == 0x43
    ):
        return True
    if stop - start >= 32:
        if (first == 0x53 and second == 0x4B) or (first == 0x64 and second == 0x61):
            return True
        if (first == 0x30 and second == 0x78) or (first == 0x62 and second == 0x63):
            return True
    if first == 0x65 and second == 0x79:
        return True
    before = data[np.uint64(start - 1)] if start > low else np.uint8(0x20)
    return before == 0x5F or before == 0x2D or before == 0x2E


@njit(**_KERNEL)
def _sextet(byte):  # type: ignore[no-untyped-def]
    """Value of a character of base64 (RFC 4648, both alphabets), -1 for others."""
    if 0x41 <= byte <= 0x5A:
        return np.int64(byte) - 0x41
    if 0x61 <= byte <= 0x7A:
        return np.int64(byte) - 0x61 + 26
    if 0x30 <= byte <= 0x39:
        return np.int64(byte) - 0x30 + 52
    if byte == 0x2B or byte == 0x2D:
        return np.int64(62)
    return np.int64(63) if byte == 0x2F or byte == 0x5F else np.int64(-1)


@njit(**_KERNEL)
def _hexadecimal(data, start, stop):  # type: ignore[no-untyped-def]
    for k in range(start, stop):
        byte = data[np.uint64(k)]
        if not (_is_digit(byte) or 0x61 <= byte | 0x20 <= 0x66):
            return False
    return True


@njit(**_KERNEL)
def _ipv6(data, start, low, end):  # type: ignore[no-untyped-def]
    """End of what is written like an IPv6 address from `start`: eight groups, or fewer and ``::``
    once; `start` where it is not."""
    if start > low and (_is_word(data[np.uint64(start - 1)]) or data[np.uint64(start - 1)] == 0x3A):
        return start
    i = start
    groups = doubles = digits = 0
    while i < end and i - start < 40:
        byte = data[np.uint64(i)]
        if _is_digit(byte) or 0x61 <= byte | 0x20 <= 0x66:
            digits += 1
            if digits == 1:
                groups += 1
            if digits > 4:
                return start
        elif byte == 0x3A:
            if i + 1 < end and data[np.uint64(i + 1)] == 0x3A:
                doubles += 1
                i += 1
            digits = 0
        else:
            break
        i += 1
    while i > start and data[np.uint64(i - 1)] == 0x3A:
        return start
    if i < end and _is_word(data[np.uint64(i)]):
        return start
    if (groups == 8 and doubles == 0) or (doubles == 1 and 3 <= groups < 8):
        return i
    return start


@njit(**_KERNEL)
def _begins_iban(data, start):  # type: ignore[no-untyped-def]
    return (
        0x41 <= data[np.uint64(start + 1)] <= 0x5A
        and _is_digit(data[np.uint64(start + 2)])
        and _is_digit(data[np.uint64(start + 3)])
    )


@njit(**_KERNEL)
def _number(data, start, low, end):  # type: ignore[no-untyped-def]
    """`CARD`, `PHONE`, `IPV4` or -1 for the number at `start`, and where it ends.

    A number goes on over single spaces, dots, hyphens, slashes and brackets between digits.
    """
    groups = digits = dots = hyphens = spaces = others = 0
    sizes = uint64(0)
    here = 0
    value = biggest = 0
    i = start
    stop = start
    while i < end and i - start < 40:
        byte = data[np.uint64(i)]
        if _is_digit(byte):
            if here == 0:
                groups += 1
                value = 0
            here += 1
            digits += 1
            value = min(value * 10 + int(byte) - 0x30, 100000)
            i += 1
            stop = i
            continue
        if here:
            sizes = sizes << uint64(4) | np.uint64(min(here, 15))
            biggest = max(biggest, value)
        step = 1
        if i + 1 < end and byte == 0x29 and data[np.uint64(i + 1)] == 0x20:
            step = 2
        if i + step >= end or not (
            _is_digit(data[np.uint64(i + step)])
            or (byte == 0x20 and data[np.uint64(i + step)] == 0x28)
            or (byte == 0x28 and _is_digit(data[np.uint64(i + step)]))
        ):
            here = 0
            break
        if byte == 0x2E:
            dots += 1
        elif byte == 0x2D:
            hyphens += 1
        elif byte == 0x20:
            spaces += 1
        elif byte == 0x28 or byte == 0x29 or byte == 0x2F:
            others += 1
        else:
            here = 0
            break
        here = 0
        i += step
    if here:
        sizes = sizes << uint64(4) | np.uint64(min(here, 15))
        biggest = max(biggest, value)
    after = data[np.uint64(stop)] if stop < end else np.uint8(0x20)
    before = data[np.uint64(start - 1)] if start > low else np.uint8(0x20)
    if _is_word(after) or _is_word(before) or before == 0x2E or before == 0x5F or after == 0x5F:
        return -1, stop
    if digits < 4:
        return -1, stop
    if groups == 4 and dots == 3 and hyphens + spaces + others == 0 and biggest <= 255:
        first = np.int64(data[np.uint64(start)]) - 0x30
        private = digits == 4 or first == 0 or _private(data, start)
        return (-1 if private or before == 0x2D or after == 0x2D else IPV4), stop
    plus = before == 0x2B and dots + hyphens + spaces + others >= 0
    if plus and 8 <= digits <= 15 and data[np.uint64(start)] != 0x30:
        return PHONE, stop
    if before == 0x28 and sizes == uint64(0x334) and digits == 10:
        return PHONE, stop
    if sizes == uint64(0x334) and hyphens == 2 and others + dots + spaces == 0:
        return PHONE, stop
    if 13 <= digits <= 19 and dots + others == 0 and (spaces == 0 or hyphens == 0):
        whole = groups == 1 or sizes == uint64(0x4444) or sizes == uint64(0x465)
        if whole and before != 0x2D and after != 0x2D and _issuer(data, start, digits):
            if _luhn(data, start, stop):
                return CARD, stop
    return -1, stop


@njit(**_KERNEL)
def _private(data, start):  # type: ignore[no-untyped-def]
    """Whether an IPv4 address begins like one that names nobody: 10., 127., 192.168., 255."""
    a, b = data[np.uint64(start)], data[np.uint64(start + 1)]
    c, d = data[np.uint64(start + 2)], data[np.uint64(start + 3)]
    if a == 0x31 and b == 0x30 and c == 0x2E:
        return True
    if d != 0x2E:
        return False
    if a == 0x31 and b == 0x32 and c == 0x37:
        return True
    if a == 0x32 and b == 0x35 and c == 0x35:
        return True
    return (
        a == 0x31
        and b == 0x39
        and c == 0x32
        and data[np.uint64(start + 4)] == 0x31
        and data[np.uint64(start + 5)] == 0x36
        and data[np.uint64(start + 6)] == 0x38
    )


@njit(**_KERNEL)
def _issuer(data, start, digits):  # type: ignore[no-untyped-def]
    """Whether the first digits are those of a card issuer, with the right number of digits."""
    prefix = 0
    k = start
    seen = 0
    while seen < 4:
        digit = int(data[np.uint64(k)]) - 0x30
        if 0 <= digit <= 9:
            prefix = prefix * 10 + digit
            seen += 1
        k += 1
    two = prefix // 100
    if two == 34 or two == 37:
        return digits == 15
    if prefix // 1000 == 4:
        return digits == 16 or digits == 13
    if 51 <= two <= 55 or 2221 <= prefix <= 2720:
        return digits == 16
    if prefix == 6011 or two == 65 or 3528 <= prefix <= 3589:
        return digits == 16
    return (two == 36 or two == 38) and digits == 14
