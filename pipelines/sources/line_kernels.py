"""The compiled part of `jsonlines`: where lines are, and the strings of objects that are flat.

Most JSON Lines hold an object of strings and plain values on each line. These kernels read that and
nothing more: they take an object only as RFC 8259 has it, of the columns that are asked for only
strings and null, and give up at anything else, for `jsonlines` to read the block as it reads any.
They look at 64 bytes at a time and copy each text once, to where Arrow has it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numba import njit, uint64
from numpy.typing import NDArray

from corpus_assay.transforms import simd

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

BLOCK = simd.WIDTH

MOST_BYTES = 64 << 20
"""Of a block of lines, since room is asked for as much for every column."""

_LINE = 64
"""Bytes of a line, for which there is room at first."""

_ONE = uint64(1)
_QUOTE, _SLASH, _OPEN, _CLOSE, _COMMA, _COLON = (ord(c) for c in '"\\{},:')
_NINE, _ZERO, _MINUS, _POINT = (ord(c) for c in "90-.")

_DIGITS = 15
"""Digits of a number that needs no closer look; more might be beyond what other readers take."""


@njit(**_KERNEL)
def _first(mask):  # type: ignore[no-untyped-def]
    """Place of the lowest bit of a mask that is not 0."""
    return np.int64(simd.popcount((mask & (~mask + _ONE)) - _ONE))


@njit(**_KERNEL)
def _find_lines(data, starts, ends):  # type: ignore[no-untyped-def]
    """Lines of ``data`` (uint8) that are not empty; the last one may lack its newline.

    Fills ``starts`` and ``ends`` (int64), as far as they have room; returns how many lines there
    are.
    """
    room = starts.size
    n = 0
    start = 0
    i = 0
    while i < data.size:
        if i + BLOCK <= data.size:
            mask = simd.equals(data, np.uint64(i), 10)
        else:
            mask = uint64(0)
            for k in range(data.size - i):
                mask |= uint64(data[i + k] == 10) << uint64(k)
        while mask:
            end = i + _first(mask)
            if end > start:
                if n < room:
                    starts[n], ends[n] = start, end
                n += 1
            start = end + 1
            mask &= mask - _ONE
        i += BLOCK
    if start < data.size:
        if n < room:
            starts[n], ends[n] = start, data.size
        n += 1
    return n


@njit(**_KERNEL)
def _hex(byte):  # type: ignore[no-untyped-def]
    """Value of a hexadecimal digit; 16 for any other byte."""
    if 48 <= byte <= 57:
        return byte - 48
    small = byte | 32
    return small - 87 if 97 <= small <= 102 else 16


@njit(**_KERNEL)
def _unit(data, i, end):  # type: ignore[no-untyped-def]
    """The UTF-16 unit whose four digits stand at `i`; -1 where they do not."""
    if i + 4 > end:
        return np.int64(-1)
    unit = np.int64(0)
    for k in range(4):
        digit = np.int64(_hex(np.int64(data[i + k])))
        if digit > 15:
            return np.int64(-1)
        unit = unit * 16 + digit
    return unit


@njit(**_KERNEL)
def _escape(data, i, end, out, n):  # type: ignore[no-untyped-def]
    """Write to ``out[n]`` what the escape at ``data[i]`` (a backslash) means.

    Returns where it ends and where what was written ends; (-1, -1) where it means nothing, or half
    a surrogate pair.
    """
    if i + 1 >= end:
        return np.int64(-1), np.int64(-1)
    kind = data[i + 1]
    if kind == 110:  # n
        out[n] = 10
    elif kind in (_QUOTE, _SLASH, 47):
        out[n] = kind
    elif kind == 116:  # t
        out[n] = 9
    elif kind == 114:  # r
        out[n] = 13
    elif kind == 98:  # b
        out[n] = 8
    elif kind == 102:  # f
        out[n] = 12
    elif kind == 117:  # u
        code = _unit(data, i + 2, end)
        i += 4
        if 0xD800 <= code < 0xDC00:
            if i + 3 >= end or data[i + 2] != _SLASH or data[i + 3] != 117:
                return np.int64(-1), np.int64(-1)
            low = _unit(data, i + 4, end)
            if low < 0xDC00 or low > 0xDFFF:
                return np.int64(-1), np.int64(-1)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            i += 6
        elif code < 0 or 0xDC00 <= code <= 0xDFFF:
            return np.int64(-1), np.int64(-1)
        if code < 0x80:
            out[n] = code
        elif code < 0x800:
            out[n] = 0xC0 | code >> 6
            out[n + 1] = 0x80 | code & 0x3F
            n += 1
        elif code < 0x10000:
            out[n] = 0xE0 | code >> 12
            out[n + 1] = 0x80 | code >> 6 & 0x3F
            out[n + 2] = 0x80 | code & 0x3F
            n += 2
        else:
            out[n] = 0xF0 | code >> 18
            out[n + 1] = 0x80 | code >> 12 & 0x3F
            out[n + 2] = 0x80 | code >> 6 & 0x3F
            out[n + 3] = 0x80 | code & 0x3F
            n += 3
    else:
        return np.int64(-1), np.int64(-1)
    return np.int64(i + 2), np.int64(n + 1)


@njit(**_KERNEL)
def _string(data, i, end, out, n):  # type: ignore[no-untyped-def]
    """Write to ``out[n]`` the content of the string that goes on at ``data[i]``.

    Returns where the string ends, after its quote, and where its content ends in `out`; (-1, -1)
    where it is none. Up to 64 bytes of `out` after the content are overwritten.
    """
    while i < end:
        if i + BLOCK <= data.size:
            mask = simd.copy_quoted(data, np.uint64(i), out, np.uint64(n))
            if mask == 0:
                i += BLOCK
                n += BLOCK
                continue
            step = _first(mask)
            i += step
            n += step
        else:
            while i < end and data[i] >= 32 and data[i] != _QUOTE and data[i] != _SLASH:
                out[n] = data[i]
                i += 1
                n += 1
        if i >= end:
            break
        if data[i] == _QUOTE:
            return np.int64(i + 1), np.int64(n)
        if data[i] != _SLASH:
            break
        i, n = _escape(data, i, end, out, n)
        if i < 0:
            break
    return np.int64(-1), np.int64(-1)


@njit(**_KERNEL)
def _space(data, i, end):  # type: ignore[no-untyped-def]
    """Where the white space at `i` ends."""
    while i < end and (data[i] == 32 or data[i] == 9 or data[i] == 13):
        i += 1
    return i


@njit(**_KERNEL)
def _digits(data, i, end):  # type: ignore[no-untyped-def]
    """Where the digits at `i` end."""
    while i < end and _ZERO <= data[i] <= _NINE:
        i += 1
    return i


@njit(**_KERNEL)
def _plain(data, i, end):  # type: ignore[no-untyped-def]
    """Where the plain value at `i` ends: true, false, null, or a number without an exponent and of
    few digits; -1 where there is none."""
    byte = data[i]
    if byte == 116 and i + 4 <= end:
        true = data[i + 1] == 114 and data[i + 2] == 117 and data[i + 3] == 101
        return i + 4 if true else np.int64(-1)
    if byte == 110 and i + 4 <= end:
        null = data[i + 1] == 117 and data[i + 2] == 108 and data[i + 3] == 108
        return i + 4 if null else np.int64(-1)
    if byte == 102 and i + 5 <= end:
        start = data[i + 1] == 97 and data[i + 2] == 108
        return i + 5 if start and data[i + 3] == 115 and data[i + 4] == 101 else np.int64(-1)
    begin = i + (byte == _MINUS)
    i = _digits(data, begin, end)
    if i == begin or (data[begin] == _ZERO and i > begin + 1):
        return np.int64(-1)
    if i < end and data[i] == _POINT:
        point = i
        i = _digits(data, i + 1, end)
        if i == point + 1:
            return np.int64(-1)
    return i if i - begin <= _DIGITS else np.int64(-1)


@njit(**_KERNEL)
def _column(data, begin, end, names, name_ends):  # type: ignore[no-untyped-def]
    """Number of the column whose name is ``data[begin:end]``; as many as there are for no one."""
    start = 0
    for c in range(name_ends.size):
        if name_ends[c] - start == end - begin:
            k = 0
            while k < end - begin and data[begin + k] == names[start + k]:
                k += 1
            if k == end - begin:
                return c
        start = name_ends[c]
    return name_ends.size


@njit(**_KERNEL)
def flat_objects(  # type: ignore[no-untyped-def]
    data, starts, ends, names, name_ends, content, offsets, missing
):
    """The strings of some columns of flat objects, one a line.

    Reads ``data`` (uint8), where lines begin and end in it (``starts``, ``ends``: int64), and the
    names of the columns one after the other (``names``: uint8, ``name_ends``: int64). Fills of each
    column its row of ``content`` (uint8[columns + 1, bytes of the lines + 64], the last one for
    what is not asked for), ``offsets`` (int32[columns, lines + 1]) and ``missing``
    (bool[columns, lines]: null, or not there). Returns whether all lines are such objects; what was
    filled means nothing where they are not.
    """
    columns = name_ends.size
    seen = np.empty(columns, np.int64)
    seen[:] = -1
    written = np.zeros(columns + 1, np.int64)
    offsets[:, 0] = 0
    for row in range(starts.size):
        i, end = starts[row], ends[row]
        missing[:, row] = True
        if i >= end or data[i] != _OPEN:
            return False
        i = _space(data, i + 1, end)
        if i < end and data[i] == _CLOSE:
            i += 1
        else:
            while True:
                if i >= end or data[i] != _QUOTE:
                    return False
                begin = i + 1
                i, length = _string(data, begin, end, content[columns], 0)
                # A name with an escape may be one that is asked for.
                if i < 0 or length != i - 1 - begin:
                    return False
                c = _column(data, begin, i - 1, names, name_ends)
                i = _space(data, i, end)
                if i >= end or data[i] != _COLON:
                    return False
                i = _space(data, i + 1, end)
                if i >= end:
                    return False
                if c < columns:
                    if seen[c] == row:
                        return False
                    seen[c] = row
                if data[i] == _QUOTE:
                    i, length = _string(data, i + 1, end, content[c], written[c])
                    if c < columns:
                        written[c] = length
                        missing[c, row] = False
                elif c == columns or data[i] == 110:
                    i = _plain(data, i, end)
                else:
                    return False
                if i < 0:
                    return False
                i = _space(data, i, end)
                if i >= end:
                    return False
                if data[i] == _CLOSE:
                    i += 1
                    break
                if data[i] != _COMMA:
                    return False
                i = _space(data, i + 1, end)
        if _space(data, i, end) != end:
            return False
        for c in range(columns):
            offsets[c, row + 1] = written[c]
    return True


def lines(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the lines that are not empty begin and end, which is where 0x0A or nothing stands."""
    starts, ends = np.empty((2, len(data) // _LINE + 1), np.int64)
    count = _find_lines(data, starts, ends)
    if count > len(starts):
        starts, ends = np.empty((2, count), np.int64)
        _find_lines(data, starts, ends)
    return starts[:count], ends[:count]


class Strings:
    """Reads the same columns, each named once, of one block of flat objects after the other.

    Memory: for each column as much as the lines have bytes, though what is not written to the
    system need not give. It is used again, since fresh memory costs more than reading into it.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        encoded = [name.encode("utf-8", "surrogatepass") for name in columns]
        self._names = np.frombuffer(b"".join(encoded) + b"\0", np.uint8)
        self._ends = np.cumsum([len(name) for name in encoded])
        self._content = np.empty((len(encoded) + 1, 0), np.uint8)

    def read(
        self, data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> list[pa.StringArray] | None:
        """The columns of flat objects, one from ``starts`` to ``ends`` each.

        None where a line is no such object, or the value of one of the columns is neither a string
        nor null. UTF-8 is not checked.
        """
        size = int((ends - starts).sum())
        if size > MOST_BYTES:
            return None
        columns, lines = len(self._ends), len(starts)
        if self._content.shape[1] < size + BLOCK:
            self._content = np.empty((columns + 1, size + size // 4 + BLOCK), np.uint8)
        content = self._content
        offsets = np.empty((columns, lines + 1), np.int32)
        missing = np.empty((columns, lines), np.bool_)
        flat = flat_objects(data, starts, ends, self._names, self._ends, content, offsets, missing)
        if not flat:
            return None
        return [
            _array(_copied(content[c, : offsets[c, -1]]), offsets[c], missing[c])
            for c in range(columns)
        ]


def _copied(content: NDArray[np.uint8]) -> pa.Buffer:
    """A copy in the memory that Arrow keeps for the next one."""
    buffer = pa.allocate_buffer(len(content))
    np.frombuffer(buffer, np.uint8)[:] = content
    return buffer


def _array(
    content: pa.Buffer, offsets: NDArray[np.int32], missing: NDArray[np.bool_]
) -> pa.StringArray:
    valid = None
    if missing.any():
        valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), content]
    return pa.Array.from_buffers(pa.string(), len(missing), buffers)
