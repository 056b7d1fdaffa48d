"""A file without some of its documents, in its format, compression and order.

Lines, rows and web records that stay are the bytes, or values, that they were; a file nothing is
taken from is copied byte for byte. Memory: of one file a block, of CSV and JSON arrays also about
150 bytes for each row that is taken out of it, of Parquet up to `GROUP` of decoded rows.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import zstandard
from numpy.typing import NDArray

from corpus_assay.pipelines.progress import counters
from corpus_assay.pipelines.sources import InputFile, ReadOptions
from corpus_assay.pipelines.sources.arrays import elements
from corpus_assay.pipelines.sources.delimited import row_lines
from corpus_assay.pipelines.sources.ipc import check_batch, open_batches
from corpus_assay.pipelines.sources.layout import Unreadable
from corpus_assay.pipelines.sources.model import Progress
from corpus_assay.pipelines.sources.pages import PageError
from corpus_assay.pipelines.sources.parquet import group_rows
from corpus_assay.pipelines.sources.streams import (
    BLOCK,
    RawReader,
    StreamError,
    codec_of,
    decompressed,
    open_arrow,
    open_binary,
    skip,
    start_of_text,
)
from corpus_assay.pipelines.sources.webarchive import record_starts

GROUP = 256 << 20
"""Bytes of decoded rows that a row group of the output holds at most: larger ones are split."""

Positions = NDArray[np.int64]
"""Positions of documents in a file (`transforms.documents`), ascending."""


class FilterError(Exception):
    """The corpus cannot be filtered as asked; the message names the file and the way out."""


def write_file(file: InputFile, positions: Positions, target: Path, options: ReadOptions) -> None:
    """Write a file without the documents at some positions, which ascend; a text file that is one
    document is then not written.

    Raises:
        FilterError: the file is damaged or has no document there, or the disk does not take it.
    """
    try:
        if not len(positions):
            with closing(open_binary(file.path)) as raw, open(target, "wb") as sink:
                shutil.copyfileobj(raw, sink, BLOCK)
        elif file.format == "text" and options.text_unit == "file":
            return  # the file is the document
        else:
            _COPIERS[file.format](file, positions, target, options)
    except StreamError as error:
        raise FilterError(
            f"{file.path}: {error}: a damaged file cannot be rewritten; mend it and audit it again"
        ) from error
    except OSError as error:
        raise FilterError(f"{file.path}: {error.strerror or error}") from error
    counters.add(documents=len(positions), input_bytes=file.size)


def _foreign(file: InputFile, position: int) -> FilterError:
    return FilterError(
        f"{file.path}: no document at position {position:,}, where the audit has one: the file "
        "has changed since; audit it again"
    )


def _codec(file: InputFile) -> str | None:
    with closing(open_binary(file.path)) as raw:
        return codec_of(file.name, RawReader(raw, Progress()).exactly(16))


@contextlib.contextmanager
def _blocks(file: InputFile, codec: str | None) -> Iterator[Iterator[bytes]]:
    with closing(open_binary(file.path)) as raw:
        yield decompressed(RawReader(raw, Progress()), codec)


def _compressor(sink: BinaryIO, codec: str | None) -> Any:
    """A file whose content goes to `sink` compressed; closing it leaves `sink` open."""
    if codec == "gzip":
        return gzip.GzipFile("", "wb", 6, sink, mtime=0)
    if codec == "zstd":
        return zstandard.ZstdCompressor(write_checksum=True).stream_writer(sink, closefd=False)
    if codec == "bz2":
        return bz2.BZ2File(sink, "wb")
    if codec == "xz":
        return lzma.LZMAFile(sink, "wb")
    if codec == "lz4":
        return pa.CompressedOutputStream(pa.PythonFile(_Unclosed(sink), mode="w"), "lz4")
    return _Unclosed(sink)


class _Unclosed:
    """A file that stays open when it is closed."""

    closed = False

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def write(self, data: Any) -> int:
        return self._sink.write(data)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        self._sink.flush()

    def close(self) -> None:
        pass


def _copy(file: InputFile, target: Path, cut: Callable[[Iterator[bytes]], Iterator[bytes]]) -> None:
    """Copy a stream, in its compression, through `cut`."""
    codec = _codec(file)
    with (
        _blocks(file, codec) as blocks,
        open(target, "wb") as sink,
        closing(_compressor(sink, codec)) as out,
    ):
        for block in cut(blocks):
            out.write(block)


def _lines_at(file: InputFile, positions: Positions, target: Path, options: ReadOptions) -> None:
    """Without the lines that begin at these offsets; a JSON array without its elements there."""
    if _is_array(file):
        _array(file, positions, target, options)
        return
    _copy(file, target, lambda blocks: _without_lines_at(blocks, positions, file))


def _without_lines_at(
    blocks: Iterator[bytes], positions: Positions, file: InputFile
) -> Iterator[bytes]:
    offset, dropping = 0, False
    begins = True  # a line, or the text after a byte order mark, begins here
    waiting = iter(positions.tolist())
    next_one = next(waiting, None)
    for number, block in enumerate(blocks):
        marked = start_of_text(block) if number == 0 else 0
        at, end = 0, len(block)
        while at < end:
            if dropping:
                newline = block.find(b"\n", at)
                dropping = newline < 0
                at = end if dropping else newline + 1
                begins = not dropping
                continue
            if next_one is None or next_one >= offset + end:
                yield block[at:]
                begins = block.endswith(b"\n")
                break
            place = next_one - offset
            starts_line = begins if place == at else place == marked > 0 or block[place - 1] == 0x0A
            if place < at or not starts_line:
                raise _foreign(file, next_one)
            yield block[at:place]
            at, dropping, next_one = place, True, next(waiting, None)
        offset += end
    if next_one is not None:
        raise _foreign(file, next_one)


def _is_array(file: InputFile) -> bool:
    with _blocks(file, _codec(file)) as blocks:
        for number, block in enumerate(blocks):
            text = block[start_of_text(block) if number == 0 else 0 :].lstrip()
            if text:
                return text.startswith(b"[")
    return False


def _array(file: InputFile, positions: Positions, target: Path, options: ReadOptions) -> None:
    ranges = list(_element_ranges(file, positions, options))
    _copy(file, target, lambda blocks: _without_ranges(blocks, iter(ranges)))


def _element_ranges(
    file: InputFile, positions: Positions, options: ReadOptions
) -> Iterator[tuple[int, int]]:
    """What to cut from a JSON array so that one comma stands between what is left."""
    wanted = set(positions.tolist())
    found = 0
    kept: int | None = None  # end of the element that was last kept, if any
    begin: int | None = None  # of the elements that are being dropped
    end = 0
    with _blocks(file, _codec(file)) as blocks:
        first = next(blocks, b"")
        start = start_of_text(first)
        for element in elements(
            skip(chain([first], blocks), start), start, options.max_document_bytes
        ):
            if element.offset in wanted:
                found += 1
                begin = element.offset if begin is None else begin
                end = element.offset + len(element.data or b"")
                continue
            if begin is not None:
                yield begin, element.offset
                begin = None
            if element.data is None:
                raise FilterError(
                    f"{file.path}: an element of the array is over the limit of the audit, so "
                    "where it ends is not known; write the data as JSON Lines"
                )
            kept = element.offset + len(element.data)
    if found != len(wanted):
        raise _foreign(file, int(positions[0]))
    if begin is not None:
        yield (begin if kept is None else kept), end


def _without_ranges(blocks: Iterator[bytes], ranges: Iterator[tuple[int, int]]) -> Iterator[bytes]:
    """A stream without some byte ranges, which are ascending and apart."""
    offset = 0
    begin, end = next(ranges, (None, 0))
    for block in blocks:
        at, size = 0, len(block)
        while at < size:
            if begin is None or begin >= offset + size:
                yield block[at:]
                break
            yield block[at : max(begin - offset, at)]
            at = min(end - offset, size)
            if end <= offset + size:
                begin, end = next(ranges, (None, 0))
        offset += size


def _rows_of_text(
    file: InputFile, positions: Positions, target: Path, options: ReadOptions
) -> None:
    """Without rows of a CSV or TSV, by the lines that they stand on."""
    found = list(row_lines(file, options, set(positions.tolist())))
    if len(found) != len(positions):
        raise _foreign(file, int(positions[len(found)]))
    lines = ((first, first + count) for _, first, count in found)
    _copy(file, target, lambda blocks: _without_line_numbers(blocks, lines))


def _without_line_numbers(
    blocks: Iterator[bytes], ranges: Iterator[tuple[int, int]]
) -> Iterator[bytes]:
    """A stream without some ranges of lines, which are ascending and apart."""
    line = 0  # of the first byte that was not looked at
    begin, end = next(ranges, (None, 0))
    for block in blocks:
        newlines = np.flatnonzero(np.frombuffer(block, np.uint8) == 0x0A) + 1
        at, size, last = 0, len(block), line + len(newlines)
        while at < size:
            if begin is None or begin > last:
                yield block[at:]
                break
            # Lines at or below `line` begin before this block.
            start = at if begin <= line else max(int(newlines[begin - line - 1]), at)
            yield block[at:start]
            if end > last:
                break
            at = int(newlines[end - line - 1])
            begin, end = next(ranges, (None, 0))
        line = last


def _web_records(file: InputFile, positions: Positions, target: Path, options: ReadOptions) -> None:
    """Without some records of a web archive; in gzip and zstd each record is a stream of its own,
    as readers that seek expect."""
    codec = _codec(file)
    alone = codec in ("gzip", "zstd")
    waiting = iter(positions.tolist())
    next_one = next(waiting, None)
    with (
        _blocks(file, codec) as scanned,
        _blocks(file, codec) as blocks,
        open(target, "wb") as sink,
    ):
        stream = _Taken(blocks)
        starts = record_starts(scanned)
        out = None if alone else _compressor(sink, codec)
        start = next(starts, None)
        if start is not None and start > 0:
            _put(out, sink, codec, stream.take(start))
        while start is not None:
            end = next(starts, None)
            if next_one is not None and next_one < start:
                raise _foreign(file, next_one)
            pieces = stream.take(None if end is None else end - start)
            if start == next_one:
                next_one = next(waiting, None)
                for _ in pieces:
                    pass
            else:
                _put(out, sink, codec, pieces)
            start = end
        if out is not None:
            out.close()
    if next_one is not None:
        raise _foreign(file, next_one)


def _put(out: Any, sink: BinaryIO, codec: str | None, pieces: Iterator[bytes]) -> None:
    if out is not None:
        for piece in pieces:
            out.write(piece)
        return
    with closing(_compressor(sink, codec)) as one:
        for piece in pieces:
            one.write(piece)


class _Taken:
    """Takes bytes from a stream in pieces."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = b""

    def take(self, size: int | None) -> Iterator[bytes]:
        """The next `size` bytes, or all that is left."""
        while size is None or size > 0:
            self._block = self._block or next(self._blocks, b"")
            if not self._block:
                return
            piece = self._block if size is None else self._block[:size]
            self._block = self._block[len(piece) :]
            size = None if size is None else size - len(piece)
            yield piece


# --- Tables ----------------------------------------------------------------------------------


def _keep(count: int, first: int, positions: Positions) -> pa.Array | None:
    """Which of `count` rows from number `first` on stay; None where all do."""
    low, high = np.searchsorted(positions, [first, first + count])
    if low == high:
        return None
    keep = np.ones(count, np.bool_)
    keep[positions[low:high] - first] = False
    return pa.array(keep)


def _parquet(file: InputFile, positions: Positions, target: Path, options: ReadOptions) -> None:
    """Without some rows: the same schema, row groups, and compression and encoding of columns."""
    with closing(open_arrow(file.path)) as raw:
        try:
            opened = pq.ParquetFile(raw, buffer_size=BLOCK, pre_buffer=False)
            if positions[-1] >= opened.metadata.num_rows:
                raise _foreign(file, int(positions[-1]))
            schema = opened.schema_arrow
            with pq.ParquetWriter(target, schema, **_parquet_layout(opened)) as writer:
                first = 0
                for group in range(opened.num_row_groups):
                    rows = group_rows(opened.metadata.row_group(group), schema.names, raw)
                    for table in _kept_rows(opened, group, rows, first, positions):
                        writer.write_table(table, row_group_size=max(table.num_rows, 1))
                    first += opened.metadata.row_group(group).num_rows
        except (pa.ArrowException, PageError, MemoryError, ValueError) as error:
            raise FilterError(
                f"{file.path}: cannot be rewritten: {error}; mend it and audit it again"
            ) from error


def _kept_rows(
    opened: pq.ParquetFile, group: int, rows: int, first: int, positions: Positions
) -> Iterator[pa.Table]:
    """The rows of a row group that stay, in tables of up to `GROUP` bytes."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in opened.iter_batches(rows, row_groups=[group], use_threads=False):
        keep = _keep(batch.num_rows, first, positions)
        first += batch.num_rows
        kept = batch if keep is None else batch.filter(keep)
        if not kept.num_rows:
            continue
        if held and size + kept.nbytes > GROUP:
            yield pa.Table.from_batches(held)
            held, size = [], 0
        held.append(kept)
        size += kept.nbytes
    if held:
        yield pa.Table.from_batches(held)


def _parquet_layout(opened: pq.ParquetFile) -> dict[str, Any]:
    """Options that make a writer write as this file was written."""
    metadata = opened.metadata
    layout: dict[str, Any] = {"version": "1.0" if metadata.format_version == "1.0" else "2.6"}
    if not metadata.num_row_groups:
        return layout
    group = metadata.row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    codecs = {column.path_in_schema: column.compression.lower() for column in columns}
    layout["compression"] = {
        path: "none" if codec == "uncompressed" else codec for path, codec in codecs.items()
    }
    layout["use_dictionary"] = [c.path_in_schema for c in columns if c.has_dictionary_page] or False
    layout["write_statistics"] = [c.path_in_schema for c in columns if c.is_stats_set] or False
    layout["use_deprecated_int96_timestamps"] = any(c.physical_type == "INT96" for c in columns)
    layout["use_compliant_nested_type"] = not any(
        ".list.item" in column.path_in_schema for column in columns
    )
    return layout


def _arrow(file: InputFile, positions: Positions, target: Path, options: ReadOptions) -> None:
    """Without some rows, batch by batch, as an IPC file or stream as the input is."""
    with closing(open_binary(file.path)) as raw:
        is_file = raw.read(6) == b"ARROW1"
        raw.seek(0)
        codec = _ipc_codec(raw, is_file)
        raw.seek(0)
        opened = open_batches(raw)
        if isinstance(opened, Unreadable):
            raise FilterError(f"{file.path}: {opened.reason}")
        schema, batches = opened
        written = pa.ipc.IpcWriteOptions(compression=codec)
        make = pa.ipc.new_file if is_file else pa.ipc.new_stream
        first = 0
        try:
            with open(target, "wb") as sink, make(sink, schema, options=written) as writer:
                for batch in batches:
                    check_batch(batch)
                    keep = _keep(batch.num_rows, first, positions)
                    first += batch.num_rows
                    writer.write_batch(batch if keep is None else batch.filter(keep))
        except (pa.ArrowException, ValueError, KeyError) as error:
            raise FilterError(
                f"{file.path}: cannot be rewritten: {error}; mend it and audit it again"
            ) from error
    if positions[-1] >= first:
        raise _foreign(file, int(positions[-1]))


def _ipc_codec(raw: BinaryIO, is_file: bool) -> str | None:
    """Compression of the buffers of an IPC file, by the first one: behind its length in eight
    bytes stands the mark of its frame (Arrow columnar format, BodyCompression)."""
    if is_file:
        raw.seek(8)  # the magic is padded; a stream follows it
    try:
        for message in islice(pa.ipc.MessageReader.open_stream(raw), 100):
            if message.type == "record batch" and message.body is not None:
                mark = bytes(message.body[8:12]) if message.body.size >= 12 else b""
                return {b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}.get(mark)
    except (pa.ArrowException, OSError, ValueError, StopIteration):
        pass
    return None


_COPIERS: dict[str, Callable[[InputFile, Positions, Path, ReadOptions], None]] = {
    "jsonl": _lines_at,
    "json": _lines_at,
    "text": _lines_at,
    "csv": _rows_of_text,
    "tsv": _rows_of_text,
    "warc": _web_records,
    "parquet": _parquet,
    "arrow": _arrow,
}
