"""CSV and TSV with a header, by Python's csv module: quoted newlines, ragged rows, open quotes."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Container, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_assay.pipelines.sources.batches import Builder, metadata_column
from corpus_assay.pipelines.sources.layout import (
    STRING,
    Columns,
    Layout,
    Problem,
    Unreadable,
    guess,
)
from corpus_assay.pipelines.sources.model import (
    EXCERPT,
    InputFile,
    Piece,
    Progress,
    ReadOptions,
    Reject,
    Span,
    excerpt,
    too_long,
)
from corpus_assay.pipelines.sources.streams import (
    Head,
    Lines,
    LongLine,
    RawReader,
    StreamError,
    decompressed,
    head_of,
    lines,
    open_binary,
    skip,
)

OPEN_QUOTE = "quote without an end"
RAGGED = "wrong number of fields"

_REWINDS = 16
"""Open quotes in one file after which its rest is given up: each costs reading up to the longest
document again."""

_SAMPLE_ROWS = 32


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of a file from its header and first rows; None where there is no header.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(file, "text")
    if head.unreadable:
        return Unreadable(head.unreadable)
    with closing(open_binary(file.path)) as raw:
        table = _Table(file, head, _stream(raw, head, Progress()), options)
        return table.layout


def read(span: Span, options: ReadOptions, progress: Progress) -> Iterator[Piece]:
    """Documents of a whole file; their position is the row number, from 0 after the header.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(span.file, "text")
    if head.unreadable:
        yield Piece(rejects=[Reject(0, head.unreadable)])
        return
    with closing(open_binary(span.file.path)) as raw:
        table = _Table(span.file, head, _stream(raw, head, progress), options)
        for piece in table.pieces():
            piece.consumed = progress.consumed
            yield piece


def row_lines(
    file: InputFile, options: ReadOptions, wanted: Container[int]
) -> Iterator[tuple[int, int, int]]:
    """Lines of some rows of a file: row number, first line (from 0) and number of lines.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(file, "text")
    with closing(open_binary(file.path)) as raw:
        table = _Table(file, head, _stream(raw, head, Progress()), options, wanted)
        for _ in table.rows():
            yield from table.lines
            table.lines.clear()


def _stream(raw: Any, head: Head, progress: Progress) -> Iterator[bytes]:
    return skip(decompressed(RawReader(raw, progress), head.codec), head.start)


class _LongRecordError(Exception):
    """A record passed the limit: a line of its own, or a quote that stays open."""


class _Feed:
    """The lines that csv reads, one at a time; keeps those of the record that is being read."""

    def __init__(self, stream: Iterator[bytes], options: ReadOptions) -> None:
        self._groups = lines(stream, 0, options.max_document_bytes, 1 << 18)
        self._limit = options.max_document_bytes
        self._ready: deque[str] = deque()
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self.size = 0
        self.lines = 0  # before this record
        self.error: StreamError | None = None
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.size > self._limit:
            raise _LongRecordError
        line = self._again.popleft() if self._again else self._next()
        self.record.append(line)
        self.size += len(line)
        return line

    def _next(self) -> str:
        while not self._ready:
            try:
                group = next(self._groups, None)
            except StreamError as error:
                self.error, group = error, None
            if group is None:
                self.ended = True
                raise StopIteration
            if isinstance(group, LongLine):
                self.record.append(excerpt(group.head))
                raise _LongRecordError
            self._ready.extend(_decoded(group))
        return self._ready.popleft()

    def done(self) -> None:
        """The record is read: forget its lines."""
        self.lines += len(self.record)
        self.record, self.size = [], 0

    def back(self) -> None:
        """Give the lines after the first one of this record again."""
        self._again.extendleft(reversed(self.record[1:]))
        del self.record[1:]
        self.done()
        self.ended = False


def _decoded(group: Lines) -> list[str]:
    # surrogateescape marks invalid bytes, which become U+FFFD once the record is cut
    text = group.data.decode("utf-8", "surrogateescape")
    parts = text.split("\n")
    last = parts.pop()
    whole = [part + "\n" for part in parts]
    return [*whole, last] if last else whole


class _Table:
    """Header, dialect, layout and rows of one file."""

    def __init__(
        self,
        file: InputFile,
        head: Head,
        stream: Iterator[bytes],
        options: ReadOptions,
        wanted: Container[int] = (),
    ) -> None:
        self._wanted = wanted
        self.lines: list[tuple[int, int, int]] = []
        self._file = file
        self._options = options
        # The limit of the module is one for the process; rows are bounded by the feed instead.
        csv.field_size_limit(max(csv.field_size_limit(), options.max_document_bytes * 2))
        delimiter, quoting = _dialect(file, head.text)
        self._format: dict[str, Any] = {"delimiter": delimiter, "quoting": quoting}
        self._feed = _Feed(stream, options)
        self._rows = self._records()
        self._held: list[tuple[int, list[str] | Reject]] = []
        self.header: list[str] = []
        self.layout: Layout | Problem | None = None
        first = next(self._rows, None)
        self._broken_header = first if first is not None and isinstance(first[1], Reject) else None
        if first is not None and not isinstance(first[1], Reject):
            self.header = [_clean(name)[0].strip() for name in first[1]]
            self.layout = self._guess()

    def _guess(self) -> Layout | Problem:
        for _ in range(_SAMPLE_ROWS):
            if (row := next(self._rows, None)) is None:
                break
            self._held.append(row)
        values: dict[str, list[str]] = {name: [] for name in self.header}
        for _, fields in self._held:
            if not isinstance(fields, Reject) and len(fields) == len(self.header):
                for name, value in zip(self.header, fields, strict=True):
                    values[name].append(value[:200])
        names = list(dict.fromkeys(self.header))
        paths = {name: (name,) for name in names}
        return guess(Columns({name: STRING for name in names}, paths, values), self._options)

    def _records(self) -> Iterator[tuple[int, list[str] | Reject]]:
        """(row number, fields or why there are none); the header is row -1."""
        number, rewinds = -1, 0
        while True:
            reader = csv.reader(self._feed, **self._format)
            try:
                for fields in reader:
                    if self._feed.ended and self._open_quote():
                        raise _LongRecordError
                    if fields:
                        if number in self._wanted:
                            self.lines.append((number, self._feed.lines, len(self._feed.record)))
                        yield number, fields
                        number += 1
                    self._feed.done()
                break
            except _LongRecordError:
                one = len(self._feed.record) == 1 and not self._feed.ended
                reason = too_long(self._options) if one else OPEN_QUOTE
                rewinds += not one
                yield number, self._reject(number, reason)
                number += 1
                if rewinds > _REWINDS:
                    yield (
                        number,
                        Reject(max(number, 0), "too many quotes without an end: rest not read"),
                    )
                    return
                self._feed.back()
            except csv.Error:
                yield number, self._reject(number, "not valid CSV")
                number += 1
                self._feed.done()
        if (error := self._feed.error) is not None:
            yield number, Reject(max(number, 0), str(error), excerpt(error.rest))

    def _open_quote(self) -> bool:
        """Whether the record that the file ends in has a quote that is never closed."""
        try:
            for _ in csv.reader(self._feed.record, strict=True, **self._format):
                pass
        except csv.Error as error:
            return "unexpected end of data" in str(error)
        return False

    def _reject(self, number: int, reason: str) -> Reject:
        first = self._feed.record[0] if self._feed.record else ""
        return Reject(max(number, 0), reason, _clean(first[:EXCERPT])[0])

    def pieces(self) -> Iterator[Piece]:
        if self._broken_header is not None:
            broken = self._broken_header[1]
            yield Piece(rejects=[broken] if isinstance(broken, Reject) else [])
            return
        if self.layout is None:
            rejects = [row for _, row in self._rows if isinstance(row, Reject)]
            yield Piece(rejects=rejects)
            return
        group: list[tuple[int, list[str] | Reject]] = []
        size = 0
        for row in self.rows():
            group.append(row)
            size += 50 if isinstance(row[1], Reject) else sum(map(len, row[1])) + 8
            if size >= self._options.batch_bytes or len(group) >= self._options.batch_documents:
                yield self._piece(group)
                group, size = [], 0
        if group:
            yield self._piece(group)

    def rows(self) -> Iterator[tuple[int, list[str] | Reject]]:
        held, self._held = self._held, []
        yield from held
        yield from self._rows

    def _piece(self, group: list[tuple[int, list[str] | Reject]]) -> Piece:
        rejects: list[Reject] = []
        numbers: list[int] = []
        rows: list[list[str]] = []
        for number, row in group:
            if isinstance(row, Reject):
                rejects.append(row)
            elif len(row) != len(self.header):
                rejects.append(Reject(number, RAGGED, self._excerpt(row)))
            elif isinstance(self.layout, Problem):
                rejects.append(Reject(number, self.layout.reason, self._excerpt(row)))
            else:
                numbers.append(number)
                rows.append(row)
        if not rows or not isinstance(self.layout, Layout):
            return Piece(rejects=rejects)
        piece = self._documents(self.layout, numbers, rows)
        piece.rejects = sorted([*rejects, *piece.rejects], key=lambda reject: reject.position)
        return piece

    def _excerpt(self, row: list[str]) -> str:
        return _clean(self._format["delimiter"].join(row)[:EXCERPT])[0]

    def _documents(self, layout: Layout, numbers: list[int], rows: list[list[str]]) -> Piece:
        repaired: set[int] = set()

        def column(name: str) -> list[str | None]:
            if name not in self.header:
                return [None] * len(rows)
            index = self.header.index(name)
            values: list[str | None] = []
            for i, row in enumerate(rows):
                value, touched = _clean(row[index])
                if touched:
                    repaired.add(i)
                values.append(value)
            return values

        texts = [column(part.name) for part in layout.parts]
        touched = set(repaired)
        metadata = [
            None if path is None else metadata_column(column(".".join(path)))
            for path in layout.metadata()
        ]
        builder = Builder(self._file, layout, self._options)
        positions = np.array(numbers, np.int64)
        if layout.kind == "columns":
            arrays = [pa.array(text, pa.string()) for text in texts]
            return builder.from_columns(positions, arrays, metadata, None, touched)
        records = list(zip(*texts, strict=True))
        return builder.from_records(positions, records, metadata, None, touched)


def _clean(text: str) -> tuple[str, bool]:
    """Text with each run of invalid bytes as U+FFFD, and whether there were any."""
    if text.isascii():
        return text, False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), True
    return text, False


def _dialect(file: InputFile, head: bytes) -> tuple[str, int]:
    """Delimiter and quoting, from the name and the first lines.

    A TSV whose lines all have as many tabs as its header, and quotes that do not pair, is one of
    the many that are written without quoting: there a quote is text.
    """
    text = head.decode("utf-8", "replace")
    first = text.split("\n", 1)[0]
    if file.format != "tsv":
        bare = "".join(first.split('"')[::2])
        return max(",;\t|", key=bare.count), csv.QUOTE_MINIMAL
    whole = [line.rstrip("\r") for line in text.split("\n")[:-1] if line.strip()]
    even = all(line.count("\t") == first.count("\t") for line in whole)
    fields = [field for line in whole for field in line.split("\t") if '"' in field]
    quoted = all(
        len(field) > 1
        and field.startswith('"')
        and field.endswith('"')
        and '"' not in field[1:-1].replace('""', "")
        for field in fields
    )
    return "\t", csv.QUOTE_NONE if even and whole and fields and not quoted else csv.QUOTE_MINIMAL
