"""JSON Lines: an object a line; and files that hold one array of objects.

Blocks of a few megabytes are decoded at once: flat objects of strings by kernels, other columns of
plain text by Arrow, the rest by msgspec into structs that hold only the columns needed. A block in
which anything is unusual is read again line by line, which repairs what can be repaired and names
what cannot.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from corpus_assay.pipelines.sources import line_kernels
from corpus_assay.pipelines.sources.arrays import Element, elements
from corpus_assay.pipelines.sources.batches import (
    Builder,
    Positions,
    clip,
    metadata_column,
    metadata_text,
)
from corpus_assay.pipelines.sources.layout import (
    Columns,
    Layout,
    Path,
    Problem,
    RecordError,
    Unreadable,
    columns_of_records,
    describe,
    dig,
    guess,
)
from corpus_assay.pipelines.sources.model import (
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
    BLOCK,
    Lines,
    LongLine,
    RawReader,
    StreamError,
    decompressed,
    head_of,
    lines,
    open_binary,
    owned_lines,
    skip,
)

NOT_JSON = "not valid JSON"
NOT_AN_OBJECT = "not a JSON object"
TOO_DEEP = "JSON nested too deeply"
TOO_MANY_VALUES = "over 1,000,000 values in one record"

_VALUES = 1_000_000
"""Objects and lists that a record may hold: decoded, each takes fifty times its two bytes."""

_PICKED = 1 << 17
"""Bytes that are read around a line that is wanted."""

_SMALL = 1 << 20
"""Records up to this size are decoded without counting what they hold first."""

_SAMPLE_RECORDS, _SAMPLE_BYTES = 32, 16 << 20
"""Records that the layout is guessed from, and how much of a file is searched for them."""

_Metadata = str | int | float | bool | None
_MAYBE_NAN = re.compile(rb"NaN|Infinity")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|-?(?:NaN|Infinity)', re.DOTALL)
_CONTROL = re.compile(rb"[\x00-\x1f]")
_ESCAPE = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_CHANGED = re.compile(r"Column\((?P<path>/.*)\) changed from string to (?P<kind>number|boolean) ")
_MIXED = re.compile(r"changed from (number|boolean) to string|convert JSON to int64")
_ABSENT = msgspec.Raw(b"null")
_ANY = msgspec.json.Decoder()
_STRING = msgspec.json.Decoder(str)
_DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of a file from its first records; None where it has no readable record.

    Raises:
        OSError: the file cannot be read.
    """
    return _Shape.of(file, options).layout


class _Shape:
    """What the head of a file tells: compression, byte order mark, array or lines, layout."""

    def __init__(
        self,
        codec: str | None,
        start: int,
        array: bool,
        layout: Layout | Problem | Unreadable | None,
    ) -> None:
        self.codec = codec
        self.start = start
        self.array = array
        self.layout = layout

    @classmethod
    def of(cls, file: InputFile, options: ReadOptions) -> _Shape:
        head = head_of(file, "JSON")
        if head.unreadable:
            return cls(head.codec, 0, False, Unreadable(head.unreadable))
        begins = head.text.lstrip()[:1]
        array = begins == b"["
        with closing(open_binary(file.path)) as raw:
            stream = decompressed(RawReader(raw, Progress()), head.codec)
            records = _sample(skip(stream, head.start), head.start, array, options)
        layout: Layout | Problem | Unreadable | None = None
        if records:
            layout = guess(columns_of_records(records), options)
        elif begins == b"{" and file.format == "json":
            layout = Unreadable("one JSON object over several lines, expected an array of objects")
        return cls(head.codec, head.start, array, layout)


def _sample(
    stream: Iterator[bytes], start: int, array: bool, options: ReadOptions
) -> list[dict[str, Any]]:
    """First records of a file, from its first bytes only."""
    records: list[dict[str, Any]] = []
    limit = options.max_document_bytes
    try:
        for raw, position in _raw_records(stream, start, array, limit):
            try:
                record = _ANY.decode(_repair(raw)[0]) if _bounded(raw) else None
            except _DECODE_ERRORS:
                record = None
            if isinstance(record, dict):
                records.append(record)
            if len(records) >= _SAMPLE_RECORDS or position - start > _SAMPLE_BYTES:
                break
    except StreamError:
        pass  # the reader meets it again, and tells
    return records


def _raw_records(
    stream: Iterator[bytes], start: int, array: bool, limit: int
) -> Iterator[tuple[bytes, int]]:
    if array:
        for element in elements(stream, start, limit):
            if element.data is not None:
                yield element.data, element.offset
        return
    for group in lines(stream, start, limit, 1 << 16):
        if isinstance(group, Lines):
            at = group.offset
            for line in group.data.splitlines(keepends=True):
                if line.strip():
                    yield line, at
                at += len(line)


def read(
    span: Span, options: ReadOptions, progress: Progress, wanted: Positions | None = None
) -> Iterator[Piece]:
    """Documents of a span of a JSON Lines file, or of a whole file that holds an array.

    Of lines, only those at the `wanted` positions (ascending) are decoded, where it is given.

    Raises:
        OSError: the file cannot be read.
    """
    shape = _Shape.of(span.file, options)
    if isinstance(shape.layout, Unreadable):
        if span.start == 0:
            yield Piece(rejects=[Reject(0, shape.layout.reason)])
        return
    reader = _Reader(span.file, shape.layout, options, wanted)
    with closing(open_binary(span.file.path)) as raw:
        if shape.array:
            if span.start == 0:
                stream = decompressed(RawReader(raw, progress), shape.codec)
                yield from reader.array(skip(stream, shape.start), shape.start, progress)
            return
        if shape.codec is None and wanted is not None and "://" not in span.file.path:
            yield from reader.picked(raw, wanted, progress)
            return
        if shape.codec is None:
            offset, stream = owned_lines(raw, span, progress)
        elif span.start:
            return
        else:
            offset, stream = 0, decompressed(RawReader(raw, progress), shape.codec)
        if offset == 0 and shape.start:
            offset, stream = shape.start, skip(stream, shape.start)
        yield from reader.lines(stream, offset, progress)


class _Reader:
    """Decodes records of one layout."""

    def __init__(
        self,
        file: InputFile,
        layout: Layout | Problem | None,
        options: ReadOptions,
        wanted: Positions | None = None,
    ) -> None:
        self._options = options
        self._wanted = wanted
        self._problem = layout.reason if isinstance(layout, Problem) else None
        if not isinstance(layout, Layout):
            guessed = guess(Columns({"text": "string"}, {"text": ("text",)}, {}), options)
            layout = guessed if isinstance(guessed, Layout) else Layout("columns", ())
        self._layout = layout
        self._builder = Builder(file, layout, options)
        self._paths = [part.path for part in layout.parts]
        self._texts = len(self._paths)
        self._paths += [path for path in layout.metadata() if path is not None]
        decoded: Any = str | None if layout.kind == "columns" else Any
        types: dict[Path, Any] = {path: _Metadata for path in self._paths[self._texts :]}
        types |= {path: decoded for path in self._paths[: self._texts]}
        struct, attributes = _struct(types)
        self._strict = msgspec.json.Decoder(struct)
        self._getters: list[Callable[[Any], Any]] = [
            _getter(attributes.get(path)) for path in self._paths
        ]
        names = sorted({path[0] for path in self._paths})
        self._loose_names = {name: f"f{i}" for i, name in enumerate(names)}
        loose = msgspec.defstruct(
            "Loose",
            [(f"f{i}", msgspec.Raw, _ABSENT) for i in range(len(names))],
            rename={f"f{i}": name for i, name in enumerate(names)},
        )
        self._loose = msgspec.json.Decoder(loose)
        self._columns = _Columns.of(self._paths, self._texts) if layout.kind == "columns" else None
        # One column may be asked for more than once.
        flat = all(len(path) == 1 for path in self._paths)
        self._flat = line_kernels.Strings(names) if flat else None
        self._columns_flat = [names.index(path[0]) for path in self._paths]

    def lines(self, stream: Iterator[bytes], offset: int, progress: Progress) -> Iterator[Piece]:
        """Pieces of a stream of lines."""
        options = self._options
        # groups of nearly a batch: what a block adds to them stays within it
        size = max(options.batch_bytes - 2 * BLOCK, options.batch_bytes // 2)
        groups = lines(stream, offset, options.max_document_bytes, size)
        try:
            for group in groups:
                if isinstance(group, LongLine):
                    long = Reject(group.offset, too_long(options), excerpt(group.head))
                    yield Piece(rejects=[long], consumed=progress.consumed)
                else:
                    for piece in self._group(group):
                        piece.consumed = progress.consumed
                        yield piece
        except StreamError as error:
            broken = Reject(error.position, str(error), excerpt(error.rest))
            yield Piece(rejects=[broken], consumed=progress.consumed)

    def picked(self, raw: Any, wanted: Positions, progress: Progress) -> Iterator[Piece]:
        """Pieces of the lines at some positions of an uncompressed file."""
        options = self._options
        file = io.BufferedReader(raw, _PICKED)
        held: list[bytes] = []
        size, begin, final = 0, 0, len(wanted) - 1
        for row, position in enumerate(wanted.tolist()):
            file.seek(position)
            line = file.readline(options.max_document_bytes + 2)
            held.append(line)
            size += len(line)
            if size < options.batch_bytes // 2 and row < final:
                continue
            positions = wanted[begin : row + 1]
            nothing = np.empty(0, np.int64)
            piece = None
            if self._problem is None and all(line.startswith(b"{") for line in held):
                block = memoryview(b"".join(held))
                piece = self._at_once(positions, block, b"", nothing, nothing)
            piece = piece or self._one_by_one(positions, held)
            piece.consumed = progress.consumed = position + len(line)
            yield piece
            held, size, begin = [], 0, row + 1

    def array(self, stream: Iterator[bytes], offset: int, progress: Progress) -> Iterator[Piece]:
        """Pieces of a stream that holds one array."""
        options = self._options
        found = elements(stream, offset, options.max_document_bytes)
        error: StreamError | None = None
        while error is None:
            group, error = _batch(found, options)
            if not group and error is None:
                return
            rejects = [
                Reject(element.offset, too_long(options), excerpt(element.head))
                for element in group
                if element.data is None
            ]
            if error is not None:
                rejects.append(Reject(error.position, str(error), excerpt(error.rest)))
            yield Piece(rejects=rejects, consumed=progress.consumed)
            whole = [element for element in group if element.data is not None]
            if whole:
                positions = np.array([element.offset for element in whole], np.int64)
                piece = self._one_by_one(positions, [element.data or b"" for element in whole])
                piece.consumed = progress.consumed
                yield piece

    def _group(self, group: Lines) -> Iterator[Piece]:
        data = np.frombuffer(group.data, np.uint8)
        starts, ends = self._edges(group, data)
        last = ends - 1
        last -= (last >= starts) & (data[last] == 0x0D)
        filled = last >= starts
        starts, ends, last = starts[filled], ends[filled], last[filled]
        over = last - starts >= self._options.max_document_bytes
        if over.any():
            rejects = [
                Reject(
                    group.offset + at, too_long(self._options), excerpt(group.data[at : at + 1024])
                )
                for at in starts[over].tolist()
            ]
            yield Piece(rejects=rejects)
            starts, ends, last = starts[~over], ends[~over], last[~over]
        # A line that begins with { and ends with } holds whole objects ("}" and "{" never meet
        # inside JSON), so as many objects as lines means one in each.
        regular = (data[starts] == 0x7B) & (data[last] == 0x7D)
        step = self._options.batch_documents
        for i in range(0, len(starts), step):
            rows = slice(i, i + step)
            first, final = starts[rows], ends[rows]
            piece = None
            if regular[rows].all():
                block = memoryview(group.data)[first[0] : final[-1]]
                if self._wanted is not None:
                    pairs = zip(first.tolist(), final.tolist(), strict=True)
                    block = memoryview(b"\n".join([group.data[a:b] for a, b in pairs]))
                piece = self._at_once(group.offset + first, block, group.data, first, last[rows])
            if piece is None:
                raw = [group.data[a:b] for a, b in zip(first.tolist(), final.tolist(), strict=True)]
                kept = [row for row, line in enumerate(raw) if line.strip()]
                if len(kept) < len(raw):
                    first, raw = first[kept], [raw[row] for row in kept]
                piece = self._one_by_one(group.offset + first, raw)
            yield piece

    def _edges(self, group: Lines, data: npt.NDArray[np.uint8]) -> tuple[Positions, Positions]:
        """Where the lines that are to be decoded begin and end."""
        if self._wanted is not None:
            bounds = np.searchsorted(self._wanted, [group.offset, group.offset + len(data)])
            starts = self._wanted[bounds[0] : bounds[1]] - group.offset
            found = [group.data.find(b"\n", start) for start in starts.tolist()]
            return starts, np.array([len(data) if end < 0 else end for end in found], np.int64)
        return line_kernels.lines(data)

    def _at_once(
        self,
        positions: Positions,
        block: memoryview,
        data: bytes,
        starts: Positions,
        last: Positions,
    ) -> Piece | None:
        """Documents of a block of regular lines; None where it must be read line by line."""
        if self._columns is not None and self._problem is None:
            piece = self._by_columns(positions, block)
            if piece is not None:
                return piece
        if self._layout.kind != "columns" and not _bounded(bytes(block)):
            return None
        try:
            rows = self._strict.decode_lines(block)
        except _DECODE_ERRORS:
            return None
        if len(rows) != len(positions):
            return None
        if self._problem is not None:
            heads = [
                excerpt(data[a : min(b + 1, a + 1024)])
                for a, b in zip(starts.tolist(), last.tolist(), strict=True)
            ]
            return Piece(rejects=self._all_rejected(positions, heads))
        columns = [list(map(getter, rows)) for getter in self._getters]
        if self._layout.kind != "columns":
            return self._piece(positions, columns, None, ())
        texts = [pa.array(column, pa.string()) for column in columns[: self._texts]]
        if any(text.null_count for text in texts):
            return None  # to show how the lines begin that are rejected
        metadata = self._metadata(columns[self._texts :])
        return self._builder.from_columns(positions, texts, metadata)

    def _by_columns(self, positions: Positions, block: memoryview) -> Piece | None:
        """Documents of a block that Arrow takes; None where anything in it is unusual."""
        columns = self._flat_columns(block, len(positions))
        if columns is None and self._columns is not None:
            columns = self._columns.decode(block)
        if columns is None or len(columns[0]) != len(positions):
            return None
        texts, metadata = columns[: self._texts], columns[self._texts :]
        if any(text.null_count for text in texts):
            return None  # to show how the lines begin that are rejected
        try:
            for column in metadata:
                column.validate(full=True)  # of the texts, the tokeniser sees invalid UTF-8
        except pa.ArrowInvalid:
            return None
        values = iter(metadata)
        filled = [None if path is None else clip(next(values)) for path in self._layout.metadata()]
        return self._builder.from_columns(positions, texts, filled)

    def _flat_columns(self, block: memoryview, lines: int) -> list[pa.Array] | None:
        """The same columns where each of so many lines is a flat object."""
        if self._flat is None or not len(block):
            return None
        data = np.frombuffer(block, np.uint8)
        starts, ends = line_kernels.lines(data)
        if len(starts) != lines:
            return None
        columns = self._flat.read(data, starts, ends)
        return columns and [columns[column] for column in self._columns_flat]

    def _one_by_one(self, positions: Positions, raw: Sequence[bytes]) -> Piece:
        """Documents of records read one at a time, with repairs."""
        rejects: list[Reject] = []
        rows: list[int] = []
        records: list[list[Any]] = []
        repaired: set[int] = set()
        for row, line in enumerate(raw):
            try:
                values, touched = self._record(line)
            except RecordError as error:
                rejects.append(Reject(int(positions[row]), str(error), excerpt(line[:1024])))
                continue
            if touched:
                repaired.add(len(rows))
            rows.append(row)
            records.append(values)
        heads = [excerpt(raw[row][:1024]) for row in rows]
        if not rows:
            return Piece(rejects=rejects)
        positions = positions[rows]
        if self._problem is not None:
            rejects += self._all_rejected(positions, heads)
            return Piece(rejects=sorted(rejects, key=lambda reject: reject.position))
        columns: list[list[Any]] = [list(column) for column in zip(*records, strict=True)]
        piece = self._piece(positions, columns, heads, repaired)
        if rejects:
            piece.rejects = sorted([*rejects, *piece.rejects], key=lambda reject: reject.position)
        return piece

    def _all_rejected(self, positions: Positions, heads: Sequence[str]) -> list[Reject]:
        reason = self._problem or ""
        return [
            Reject(position, reason, head)
            for position, head in zip(positions.tolist(), heads, strict=True)
        ]

    def _piece(
        self,
        positions: Positions,
        columns: Sequence[list[Any]],
        heads: Sequence[str] | None,
        repaired: set[int] | tuple[()],
    ) -> Piece:
        texts, metadata = columns[: self._texts], self._metadata(columns[self._texts :])
        if self._layout.kind == "columns":
            arrays = [pa.array(column, pa.string()) for column in texts]
            return self._builder.from_columns(positions, arrays, metadata, heads, repaired)
        records = list(zip(*texts, strict=True))
        return self._builder.from_records(positions, records, metadata, heads, repaired)

    def _metadata(self, columns: Sequence[list[Any]]) -> list[pa.Array | None]:
        values = iter(columns)
        return [
            None if path is None else metadata_column(next(values))
            for path in self._layout.metadata()
        ]

    def _record(self, line: bytes) -> tuple[list[Any], bool]:
        """Values of one record in the order of `_paths`, and whether text in them was repaired."""
        try:
            return self._values(line), False
        except msgspec.ValidationError:
            raise RecordError(NOT_AN_OBJECT) from None
        except _DECODE_ERRORS:
            pass
        mended, repaired = _repair(line)
        try:
            values = self._values(mended)
        except msgspec.ValidationError:
            raise RecordError(NOT_AN_OBJECT) from None
        except RecursionError:
            raise RecordError(TOO_DEEP) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RecordError(NOT_JSON) from None
        return values, repaired and self._shows(line, values)

    def _shows(self, line: bytes, values: list[Any]) -> bool:
        """Whether repairs changed texts, and not only what is not audited, which a block that is
        decoded at once does not look at: the count must not depend on a record's neighbours."""
        try:
            without = self._values(_repair(line, b"")[0])
        except (RecordError, *_DECODE_ERRORS):
            return True
        return values[: self._texts] != without[: self._texts]

    def _values(self, line: bytes) -> list[Any]:
        try:
            record = self._loose.decode(line)
        except RecursionError:
            return self._deep_values(line)
        values: list[Any] = []
        for i, path in enumerate(self._paths):
            raw = getattr(record, self._loose_names[path[0]])
            if i < self._texts:
                values.append(self._text_value(raw, path))
            else:
                values.append(_metadata_value(raw, path))
        return values

    def _deep_values(self, line: bytes) -> list[Any]:
        """Values of a record that is nested too deeply for msgspec, if Arrow takes it: whether it
        is audited must not depend on its neighbours. Else raises `RecursionError`."""
        columns = self._columns and _Columns.of(self._paths, self._texts)
        found = columns.decode(memoryview(line)) if columns is not None else None
        texts = None if found is None else found[: self._texts]
        if found is None or not texts or len(texts[0]) != 1 or any(t.null_count for t in texts):
            raise RecursionError
        return [column[0].as_py() for column in found]

    def _text_value(self, raw: msgspec.Raw, path: Path) -> Any:
        data = bytes(raw)
        if len(path) == 1 and data.startswith(b'"'):
            return _STRING.decode(data)
        if not _bounded(data):
            raise RecordError(TOO_MANY_VALUES)
        value = dig(_ANY.decode(data), path[1:])
        if self._layout.kind != "columns" or value is None or isinstance(value, str):
            return value
        raise RecordError(f"column '{'.'.join(path)}' holds {describe(value)}, not text")


class _Columns:
    """Columns of text and of metadata, decoded by Arrow's reader of JSON.

    It is several times as fast as making Python objects, and releases the interpreter's lock. It
    refuses what msgspec refuses, but for what the caller looks at: objects that share a line or
    stand in several, NaN in columns that are not read, and invalid UTF-8. Nesting takes no stack.
    """

    def __init__(self, paths: Sequence[Path], texts: int) -> None:
        self._paths = list(paths)
        self._texts = frozenset(paths[:texts])
        self._types: dict[Path, pa.DataType] = dict.fromkeys(paths, pa.string())
        self._usable = True

    @classmethod
    def of(cls, paths: Sequence[Path], texts: int) -> _Columns | None:
        """The decoder of these paths, of which the first are texts and the others metadata; None
        where one lies within another, or bears a name that Arrow's messages do not tell apart."""
        within = any(a != b and a == b[: len(a)] for a in paths for b in paths)
        named = any("/" in key for path in paths for key in path)
        return None if within or named else cls(paths, texts)

    def decode(self, block: memoryview) -> list[pa.Array] | None:
        """A string array for each path, numbers and truth values as `metadata_text` writes them;
        None where the block is not what Arrow reads."""
        while self._usable:
            try:
                table = pyarrow.json.read_json(
                    pa.BufferReader(pa.py_buffer(block)),
                    read_options=pyarrow.json.ReadOptions(
                        use_threads=False, block_size=len(block) + 1
                    ),
                    parse_options=pyarrow.json.ParseOptions(
                        explicit_schema=self._schema(), unexpected_field_behavior="ignore"
                    ),
                )
            except (pa.ArrowInvalid, UnicodeDecodeError) as error:
                if not self._retyped(error):
                    return None
            else:
                return [self._strings(table, path) for path in self._paths]
        return None

    def _schema(self) -> pa.Schema:
        return pa.schema(_fields(self._types))

    def _retyped(self, error: ValueError) -> bool:
        """Whether a column of metadata was found to hold whole numbers, or truth values.

        It keeps that type from then on; a file with a column of several types, or of other
        numbers, is msgspec's.
        """
        changed = _CHANGED.search(str(error))
        if changed is None:
            self._usable = not _MIXED.search(str(error))
            return False
        path = tuple(changed["path"].split("/")[1:])
        if path in self._texts or path not in self._types:
            return False
        self._types[path] = pa.int64() if changed["kind"] == "number" else pa.bool_()
        return True

    def _strings(self, table: pa.Table, path: Path) -> pa.Array:
        array = table.column(path[0]).combine_chunks()
        for key in path[1:]:
            array = pc.struct_field(array, key)
        return array if array.type == pa.string() else pc.cast(array, pa.string())


def _fields(types: dict[Path, pa.DataType]) -> list[pa.Field]:
    fields: list[pa.Field] = []
    for key in dict.fromkeys(path[0] for path in types):
        below = {path[1:]: kind for path, kind in types.items() if path[0] == key}
        kind = below[()] if () in below else pa.struct(_fields(below))
        fields.append(pa.field(key, kind))
    return fields


def _metadata_value(raw: msgspec.Raw, path: Path) -> str | None:
    if len(data := bytes(raw)) > _SMALL:
        return None
    return metadata_text(dig(_ANY.decode(data), path[1:]))


def _bounded(data: bytes) -> bool:
    """Whether a record can be decoded without taking many times its size."""
    return len(data) <= _SMALL or data.count(b"{") + data.count(b"[") <= _VALUES


def _batch(
    found: Iterator[Element], options: ReadOptions
) -> tuple[list[Element], StreamError | None]:
    """The next elements of an array, and the error that follows them."""
    group: list[Element] = []
    size = 0
    try:
        for element in islice(found, options.batch_documents):
            group.append(element)
            size += len(element.data or b"")
            if size >= options.batch_bytes:
                break
    except StreamError as error:
        return group, error
    return group, None


def _repair(line: bytes, mark: bytes = "\ufffd".encode()) -> tuple[bytes, bool]:
    """A record that msgspec can read, where that takes no guess, and whether bytes were replaced.

    Invalid UTF-8 and lone surrogates become the `mark`, U+FFFD in everything audited. Control
    characters inside strings are escaped, NaN and Infinity become null: Python writes both, no
    text is changed, so nothing counts as repaired.
    """
    repaired = False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        errors = "replace" if mark else "ignore"
        line, repaired = line.decode("utf-8", errors).encode(), True
    lone = False

    def escape(match: re.Match[bytes]) -> bytes:
        nonlocal lone
        if match.group(2) is None:
            return match.group()
        lone = True
        return mark

    def token(match: re.Match[bytes]) -> bytes:
        text = match.group()
        if not text.startswith(b'"'):
            return b"null"
        if b"\\u" in text:
            text = _ESCAPE.sub(escape, text)
        return _CONTROL.sub(lambda control: b"\\u%04x" % control.group()[0], text)

    if b"\\u" in line or _CONTROL.search(line) or _MAYBE_NAN.search(line):
        line = _TOKEN.sub(token, line)
    return line, repaired or lone


def _struct(types: dict[Path, Any]) -> tuple[type[msgspec.Struct], dict[Path, str]]:
    """A struct type with these (nested) fields, and the attribute chain of each.

    Nested columns win over a column of the name they are nested in, whose value is then an
    object, which is neither text nor metadata.
    """
    counter = 0

    def build(below: dict[Path, Any], prefix: str) -> tuple[type[msgspec.Struct], dict[Path, str]]:
        nonlocal counter
        fields: list[tuple[str, Any, Any]] = []
        rename: dict[str, str] = {}
        attributes: dict[Path, str] = {}
        for key in dict.fromkeys(path[0] for path in below):
            name = f"f{counter}"
            counter += 1
            rename[name] = key
            nested = {path[1:]: t for path, t in below.items() if path[0] == key and len(path) > 1}
            if nested:
                inner, chains = build(nested, f"{prefix}{name}")
                fields.append((name, inner | None, None))
                attributes |= {(key, *path): f"{name}.{chain}" for path, chain in chains.items()}
            else:
                fields.append((name, below[(key,)], None))
                attributes[(key,)] = name
        struct = msgspec.defstruct(f"Record{prefix}", fields, rename=rename, gc=False)
        return struct, attributes

    return build(types, "")


def _getter(chain: str | None) -> Callable[[Any], Any]:
    if chain is None:
        return lambda record: None
    if "." not in chain:
        return attrgetter(chain)
    steps = chain.split(".")

    def nested(record: Any) -> Any:
        for step in steps:
            if record is None:
                return None
            record = getattr(record, step)
        return record

    return nested
