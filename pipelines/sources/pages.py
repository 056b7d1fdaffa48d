"""How much memory a batch of Parquet rows can take, from the page headers.

Arrow reads rows by number, not by size, and a small file can hold rows that are huge once
decoded: a page that repeats one long dictionary entry, a page that compresses ten thousand times.
The page headers bound both before anything is decoded, because Arrow decompresses a page to the
size its header states and fails otherwise.

The headers are Thrift structs in the compact protocol (parquet.thrift, `PageHeader`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

LARGEST_PAGE = 256 << 20
"""Uncompressed bytes of a page above which it must not be compressed over `LARGEST_RATIO` times.
Writers make honest pages of this size from long documents, but no text shrinks that far."""

LARGEST_RATIO = 64

_REPEATED = 64 << 20
"""Bytes that the rows of one batch may take when each repeats the longest entry of a page."""

_Sums = npt.NDArray[np.int64]

_PAGES = 100_000
_HEADER = 4096
_LONGEST_HEADER = 16 << 20  # old writers put the longest value of a page into its header

_DICTIONARY_PAGE = 2
_REPEATING = frozenset(("DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "PLAIN_DICTIONARY"))


class PageError(Exception):
    """A page header that cannot be read, or states a size that no text has."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the header of a page says."""

    offset: int
    kind: int
    uncompressed: int
    compressed: int
    values: int
    header: int


def batch_rows(raw: BinaryIO, column: Any, target: int, most: int) -> int:
    """Rows of a column chunk to read at once so that they stay near `target` bytes.

    Args:
        raw: the file.
        column: `pyarrow.parquet.ColumnChunkMetaData`.
        target: bytes to aim at; one row may be larger.
        most: rows at most.

    Raises:
        PageError: a page is a bomb, or its header is damaged.
        OSError: the file cannot be read.
    """
    rows = most
    repeating = _REPEATING.intersection(column.encodings)
    dictionary = None
    sizes, values = [0], [0]
    for page in _pages(raw, column):
        if page.uncompressed > max(LARGEST_PAGE, page.compressed * LARGEST_RATIO):
            raise PageError(f"Parquet page that expands over {LARGEST_RATIO} times to over 256 MiB")
        if page.kind == _DICTIONARY_PAGE:
            dictionary = page
            continue
        if repeating == {"DELTA_BYTE_ARRAY"}:
            rows = min(rows, _REPEATED // max(page.uncompressed, 1))
        sizes.append(page.uncompressed)
        values.append(page.values)
    rows = max(_within(np.cumsum(sizes), np.cumsum(values), target, rows), 1)
    # No entry is longer than all of them, so most dictionaries need not be looked at.
    if dictionary and rows * dictionary.uncompressed > _REPEATED:
        rows = min(rows, max(_REPEATED // max(_longest_entry(raw, column, dictionary), 1), 1))
    return rows


def _longest_entry(raw: BinaryIO, column: Any, page: Page) -> int:
    """Bytes of the longest entry of a dictionary page; of all where they cannot be told apart."""
    if column.physical_type != "BYTE_ARRAY":
        return page.uncompressed // max(page.values, 1) + 1
    raw.seek(page.offset + page.header)
    data: Any = raw.read(page.compressed)
    if column.compression != "UNCOMPRESSED":
        try:
            data = pa.Codec(column.compression.lower()).decompress(data, page.uncompressed)
        except (pa.ArrowException, OSError, ValueError):
            return page.uncompressed
    return int(_longest_string(np.frombuffer(data, np.uint8)))


@njit(nogil=True, cache=True)
def _longest_string(data):  # type: ignore[no-untyped-def]
    """The longest of the strings of a PLAIN page, each behind its length in four bytes."""
    longest = at = np.int64(0)
    while at + 4 <= data.size:
        length = np.int64(data[at]) | np.int64(data[at + 1]) << 8
        length |= np.int64(data[at + 2]) << 16 | np.int64(data[at + 3]) << 24
        if length > data.size - at - 4:  # damaged: whatever is left
            return max(longest, data.size - at)
        longest = max(longest, length)
        at += 4 + length
    return longest


def _within(sizes: _Sums, values: _Sums, target: int, most: int) -> int:
    """Rows that stay within `target` bytes wherever in the pages they begin.

    `sizes` and `values` are running sums over the pages, from 0. A run of rows touches whole
    pages; where a single page is larger than the target, its rows share it evenly.
    """
    rows = most
    while rows > 1:
        ends = np.searchsorted(values, values[:-1] + rows, side="left").clip(max=len(values) - 1)
        if (sizes[ends] - sizes[:-1]).max(initial=0) <= target:
            return rows
        rows //= 2
    page_values = np.diff(values).clip(min=1)
    return int((target * page_values // np.diff(sizes).clip(min=1)).min(initial=most))


def _pages(raw: BinaryIO, column: Any) -> Iterator[Page]:
    offset = first_byte(column)
    end = offset + column.total_compressed_size
    left = column.num_values
    count = 0
    while offset < end and left > 0:
        count += 1
        if count > _PAGES:
            raise PageError("over 100,000 Parquet pages in one column of a row group")
        page = _page(raw, offset)
        yield page
        offset += page.header + page.compressed
        left -= 0 if page.kind == _DICTIONARY_PAGE else page.values


def first_byte(column: Any) -> int:
    """Where a column chunk starts in its file."""
    offsets = [column.data_page_offset]
    if column.has_dictionary_page and column.dictionary_page_offset:
        offsets.append(column.dictionary_page_offset)
    return int(min(offsets))


def _page(raw: BinaryIO, offset: int) -> Page:
    size = _HEADER
    while True:
        raw.seek(offset)
        data = raw.read(size)
        try:
            fields, end = _struct(data, 0, 0)
        except IndexError:
            if len(data) < size or size >= _LONGEST_HEADER:
                raise PageError("damaged Parquet page") from None
            size *= 16
            continue
        numbers = [fields.get(number) for number in (1, 2, 3)]
        inner = fields.get(5) or fields.get(7) or fields.get(8) or {}
        values = inner.get(1, 0) if isinstance(inner, dict) else 0
        if any(not isinstance(number, int) or number < 0 for number in (*numbers, values)):
            raise PageError("damaged Parquet page")
        kind, uncompressed, compressed = (int(number or 0) for number in numbers)
        return Page(offset, kind, uncompressed, compressed, values, end)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise PageError("damaged Parquet page")


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    fields: dict[int, Any] = {}
    number = 0
    while (head := data[at]) != 0:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            zigzag, at = _varint(data, at)
            number = (zigzag >> 1) ^ -(zigzag & 1)
        fields[number], at = _value(data, at, head & 0x0F, depth)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (1, 2):
        return kind == 1, at
    if kind == 3:
        return data[at], at + 1
    if kind in (4, 5, 6):
        zigzag, at = _varint(data, at)
        return (zigzag >> 1) ^ -(zigzag & 1), at
    if kind == 7:
        return None, at + 8
    if kind == 8:
        size, at = _varint(data, at)
        return None, at + size
    if kind == 12 and depth < 4:
        return _struct(data, at, depth + 1)
    raise PageError("damaged Parquet page")  # page headers hold no lists or maps
