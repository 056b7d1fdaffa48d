"""JSON string literals to UTF-8, compiled: from bytes to bytes, without Python strings between."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _hex(data: Bytes, at: int) -> int:
    """Value of four hexadecimal digits, -1 where one is none."""
    value = 0
    for i in range(at, at + 4):
        c = int(data[i])
        if 48 <= c <= 57:
            digit = c - 48
        elif 65 <= c <= 70:
            digit = c - 55
        elif 97 <= c <= 102:
            digit = c - 87
        else:
            return -1
        value = value * 16 + digit
    return value


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def unescape(
    data: Bytes, ends: Offsets, slashes: Offsets, out: Bytes, offsets: npt.NDArray[np.int32]
) -> int:
    """Writes the text of JSON string literals that stand one after the other.

    Args:
        data: the literals, each with its quotes.
        ends: where each ends in `data`, shape (n,).
        slashes: where the backslashes are in `data`: what lies between them is copied at once.
        out: receives the text; as long as `data`, since no escape is shorter than its text.
        offsets: receives the bounds of the texts in `out`, shape (n + 1,).

    Returns:
        Bytes written; -1 where a literal is no valid string or has a lone surrogate. Whether
        the bytes that are no escapes are valid UTF-8 is not looked at.
    """
    at = 0
    size = 0
    mark = 0
    offsets[0] = 0
    for row in range(len(ends)):
        end = ends[row] - 1
        if end <= at or data[at] != 34 or data[end] != 34:
            return -1
        at += 1
        while at < end:
            while mark < len(slashes) and slashes[mark] < at:
                mark += 1  # the second half of an escape
            stop = end
            if mark < len(slashes) and slashes[mark] < end:
                stop = slashes[mark]
            run = stop - at
            for i in range(run):
                out[size + i] = data[at + i]
            size += run
            at = stop
            if at == end:
                break
            if at + 1 >= end:
                return -1
            c = data[at + 1]
            at += 2
            if c == 110:
                out[size] = 10
            elif c in (34, 92, 47):
                out[size] = c
            elif c == 116:
                out[size] = 9
            elif c == 114:
                out[size] = 13
            elif c == 98:
                out[size] = 8
            elif c == 102:
                out[size] = 12
            elif c == 117 and at + 4 <= end:
                point = _hex(data, at)
                at += 4
                if point < 0 or 0xDC00 <= point < 0xE000:
                    return -1
                if 0xD800 <= point < 0xDC00:
                    if at + 6 > end or data[at] != 92 or data[at + 1] != 117:
                        return -1
                    low = _hex(data, at + 2)
                    at += 6
                    if not 0xDC00 <= low < 0xE000:
                        return -1
                    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
                    out[size] = 0xF0 | (point >> 18)
                    out[size + 1] = 0x80 | ((point >> 12) & 0x3F)
                    size += 2
                    out[size] = 0x80 | ((point >> 6) & 0x3F)
                    out[size + 1] = 0x80 | (point & 0x3F)
                    size += 1
                elif point < 0x80:
                    out[size] = point
                elif point < 0x800:
                    out[size] = 0xC0 | (point >> 6)
                    out[size + 1] = 0x80 | (point & 0x3F)
                    size += 1
                else:
                    out[size] = 0xE0 | (point >> 12)
                    out[size + 1] = 0x80 | ((point >> 6) & 0x3F)
                    out[size + 2] = 0x80 | (point & 0x3F)
                    size += 2
            else:
                return -1
            size += 1
        at = end + 1
        offsets[row + 1] = size
    return size
