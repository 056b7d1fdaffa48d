"""A corpus without the documents that an audit says can go.

Files are copied one after the other, in their format, compression and order, under their relative
names: lines, rows and web records that stay are the bytes, or values, that they were. A file
nothing is taken from is copied byte for byte. What stands in a file and is no document for the
audit (rejected records, blank lines, requests in a web archive) stays.

In a chain of near-duplicates the ends may be unlike: what is too unlike the document that is kept
is not removable and stays, and an audit of the output may find copies among what stayed.

The input must be what was audited: paths, sizes and modification times are compared with the
audit's table ``files``. The output folder appears only when it is whole.

Memory: 16 bytes for each document that is taken out, and of one file a block, of CSV and JSON
arrays also about 150 bytes for each row that is taken out of it, of Parquet up to `GROUP` of
decoded rows.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
import zstandard
from numpy.typing import NDArray

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.outputs import put_in_place, recover
from corpus_assay.pipelines.progress import Display, counters
from corpus_assay.pipelines.sources import InputFile, ReadOptions, list_files
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
from corpus_assay.reports.formats import plural, visible

MARKER = ".corpus-assay-filter.json"
"""What a folder was filtered from and how; its name keeps it out of the folder's data."""

SEVERITIES = ("info", "low", "medium", "high")

GROUP = 256 << 20
"""Bytes of decoded rows that a row group of the output holds at most: larger ones are split."""

KINDS = ("identical", "exact", "near")
"""How a duplicate is like the document that is kept (`transforms.duplicates`)."""

REASONS = (*KINDS, *SEVERITIES)
"""Why a document goes: a bit each."""
DUPLICATE = sum(1 << REASONS.index(name) for name in KINDS)
FINDING = sum(1 << REASONS.index(name) for name in SEVERITIES)

_Positions = NDArray[np.int64]


class FilterError(Exception):
    """The corpus cannot be filtered as asked; the message names the file and the way out."""


@dataclass(frozen=True)
class Selection:
    """Documents to take out, ascending by file and position.

    ``files`` (int32), ``positions`` (int64) and ``reasons`` (uint8, bits of `REASONS`).
    """

    files: NDArray[np.int32]
    positions: _Positions
    reasons: NDArray[np.uint8]

    def of_file(self, number: int) -> _Positions:
        """Positions in one file."""
        low, high = np.searchsorted(self.files, [number, number + 1])
        return self.positions[low:high]

    def __len__(self) -> int:
        return len(self.files)


@dataclass(frozen=True)
class Filtered:
    """What was done: counts of documents, and where the output is (None on a dry run).

    ``duplicates`` and ``findings`` count a document in each that applies, ``both`` those in both.
    ``reasons`` counts by `REASONS`, a document with several findings at the most severe one.
    """

    documents: int
    dropped: int
    duplicates: int
    findings: int
    both: int
    reasons: dict[str, int]
    files: int
    folder: str | None


def filter_corpus(
    inputs: Sequence[str],
    audit: str,
    output: str | None,
    *,
    duplicates: bool = True,
    severity: str | None = None,
    dropped: str | None = None,
    ignore_modified: bool = False,
    overwrite: bool = False,
    quiet: bool = False,
) -> Filtered:
    """Write the inputs without what the audit says can go.

    Args:
        inputs: as they were given to the audit.
        audit: folder or URL of the audit.
        output: folder to write; None to count only.
        duplicates: take out documents of the table ``duplicates`` that are ``removable``.
        severity: take out documents with a finding of at least this severity (`SEVERITIES`).
        dropped: file to list them in, a JSON object a line: path, position, reasons.
        ignore_modified: do not compare modification times, for copies.
        overwrite: replace an output of this function.
        quiet: no progress display.

    Raises:
        FilterError: the audit lacks what is asked for, or belongs to other files; a file cannot be
            rewritten; the output is in the way.
        InputError: an input matches nothing.
    """
    manifest = _manifest(audit)
    selection = _selection(audit, manifest, duplicates, severity)
    read = manifest.get("configuration", {}).get("read", {})
    known = ("format", "text_unit", "max_document_bytes")
    options = ReadOptions(**{name: read[name] for name in known if name in read})
    files = list_files(inputs, options)
    _check_fingerprint(files, audit, manifest, ignore_modified)
    if dropped is not None:
        _write_dropped(Path(dropped), files, selection)
    result = Filtered(
        documents=int(manifest["counts"]["documents"]),
        dropped=len(selection),
        duplicates=int(np.count_nonzero(copies := selection.reasons & DUPLICATE > 0)),
        findings=int(np.count_nonzero(found := selection.reasons & FINDING > 0)),
        both=int(np.count_nonzero(copies & found)),
        reasons=_reasons(selection.reasons),
        files=len(files),
        folder=output,
    )
    if output is None:
        return result
    if storage.is_remote(output):
        raise FilterError(f"{output}: the output is written to a folder on this machine")
    target = Path(os.path.realpath(output))
    _refuse_input(inputs, files, target)
    with (
        _folder(target, overwrite) as folder,
        Display(sum(file.size for file in files), quiet=quiet),
    ):
        for file in files:
            _write_file(file, selection.of_file(file.number), folder, options)
        content = {"audit": os.path.abspath(audit), "created_from": manifest.get("created")}
        content |= {"documents": result.documents, "dropped": result.dropped}
        content |= {"duplicates": result.duplicates, "findings": result.findings}
        (folder / MARKER).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return result


def _reasons(reasons: NDArray[np.uint8]) -> dict[str, int]:
    counts = {name: int(np.count_nonzero(reasons >> REASONS.index(name) & 1)) for name in KINDS}
    findings = reasons >> len(KINDS)
    for number, name in enumerate(SEVERITIES):
        counts[name] = int(np.count_nonzero(findings >> number == 1))
    return {name: count for name, count in counts.items() if count}


# --- The audit -------------------------------------------------------------------------------


def _manifest(audit: str) -> dict[str, Any]:
    content = storage.read(storage.join(audit, "audit.json"))
    if content is None:
        raise FilterError(f"{audit}: no audit.json there; --audit names the folder of an audit")
    try:
        manifest: dict[str, Any] = json.loads(content)
        known = isinstance(manifest["tables"], list) and isinstance(manifest["counts"], dict)
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise FilterError(f"{audit}: its audit.json cannot be read; audit the corpus again")
    return manifest


def _parts(audit: str, manifest: Mapping[str, Any], name: str) -> list[str]:
    return [
        storage.join(audit, table["path"]) for table in manifest["tables"] if table["name"] == name
    ]


def _batches(path: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a table file. Raises `FilterError` where it has no such table or columns."""
    content = storage.read(path) if storage.is_remote(path) else None
    source = path if content is None else pa.BufferReader(content)
    try:
        with pq.ParquetFile(source) as file:
            if missing := set(columns) - set(file.schema_arrow.names):
                raise FilterError(
                    f"{path}: no column {sorted(missing)[0]}; the audit was made by another "
                    "version of this tool: audit the corpus again"
                )
            yield from file.iter_batches(columns=list(columns), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FilterError(f"{path}: cannot be read: {error}") from error


def _selection(
    audit: str, manifest: Mapping[str, Any], duplicates: bool, severity: str | None
) -> Selection:
    measured = {table["name"] for table in manifest["tables"]}
    columns: list[tuple[pa.RecordBatch, str]] = []
    if duplicates and "duplicates" in measured:
        for path in _parts(audit, manifest, "duplicates"):
            for batch in _batches(path, ("file", "position", "kind", "removable")):
                columns.append((batch.filter(batch.column("removable")), "kind"))
    elif duplicates and severity is None:
        raise FilterError(
            f"{audit}: no duplicates were looked for; audit with --measures duplicates, or say "
            "--drop-findings"
        )
    if severity is not None:
        if "findings" not in measured:
            raise FilterError(f"{audit}: no findings were looked for; audit with other --measures")
        wanted = pa.array(SEVERITIES[SEVERITIES.index(severity) :], pa.string())
        for path in _parts(audit, manifest, "findings"):
            for batch in _batches(path, ("file", "position", "severity")):
                severe = pc.is_in(batch.column("severity").cast(pa.string()), wanted)
                columns.append((batch.filter(severe), "severity"))
    files = [batch.column("file").to_numpy().astype(np.int32) for batch, _ in columns]
    positions = [batch.column("position").to_numpy().astype(np.int64) for batch, _ in columns]
    reasons = [_bits(batch.column(name)) for batch, name in columns]
    if not columns:
        return Selection(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.uint8))
    return _once(np.concatenate(files), np.concatenate(positions), np.concatenate(reasons))


def _bits(names: pa.Array) -> NDArray[np.uint8]:
    """The bit of each reason; raises `FilterError` for a kind of duplicate that is not known."""
    at = pc.index_in(names.cast(pa.string()), pa.array(REASONS, pa.string()))
    if at.null_count:
        unknown = names.filter(pc.is_null(at))[0]
        raise FilterError(f"{unknown}: a reason that this version does not know: audit again")
    bits: NDArray[np.uint8] = np.left_shift(np.uint8(1), at.to_numpy().astype(np.uint8))
    return bits


def _once(files: NDArray[np.int32], positions: _Positions, reasons: NDArray[np.uint8]) -> Selection:
    """Each document once, with all its reasons, ascending."""
    order = np.lexsort((positions, files))
    files, positions, reasons = files[order], positions[order], reasons[order]
    new = np.ones(len(files), np.bool_)
    new[1:] = (files[1:] != files[:-1]) | (positions[1:] != positions[:-1])
    begins = np.flatnonzero(new)
    if len(begins):
        reasons = np.bitwise_or.reduceat(reasons, begins)
    return Selection(files[begins], positions[begins], reasons)


def _check_fingerprint(
    files: Sequence[InputFile], audit: str, manifest: Mapping[str, Any], ignore_modified: bool
) -> None:
    rows = [
        row
        for path in _parts(audit, manifest, "files")
        for batch in _batches(path, ("file", "path", "bytes", "modified"))
        for row in batch.to_pylist()
    ]
    rows.sort(key=lambda row: row["file"])
    for file, row in zip_longest(files, rows):
        if file is None:
            raise FilterError(
                f"{row['path']}: was audited and is not in the input; name the same INPUT as for "
                "the audit"
            )
        name = visible(file.name, limit=4096)
        if row is None or name != row["path"]:
            raise FilterError(
                f"{file.path}: was not audited under the name {name}; name the same INPUT as for "
                "the audit"
            )
        differs = ""
        if file.size != row["bytes"]:
            differs = f"it has {file.size:,} bytes, the audited file had {row['bytes']:,}"
        elif file.modified != row["modified"] and not ignore_modified:
            differs = f"it was modified at {file.modified}, the audited file at {row['modified']}"
        if differs:
            way = "" if file.size != row["bytes"] else ", or say --ignore-modified for a copy"
            raise FilterError(
                f"{file.path}: not the file that was audited: {differs}; audit it again{way}"
            )


def _write_dropped(path: Path, files: Sequence[InputFile], selection: Selection) -> None:
    partial = path.with_name(f"{path.name}.partial")
    try:
        with open(partial, "w", encoding="utf-8", errors="backslashreplace") as sink:
            for number, position, reason in zip(
                selection.files.tolist(),
                selection.positions.tolist(),
                selection.reasons.tolist(),
                strict=True,
            ):
                row = {
                    "path": files[number].name,
                    "position": position,
                    "reasons": [name for bit, name in enumerate(REASONS) if reason >> bit & 1],
                }
                sink.write(json.dumps(row) + "\n")
        os.replace(partial, path)
    except OSError as error:
        raise FilterError(f"{path}: cannot be written: {error.strerror}") from error


# --- The output folder -----------------------------------------------------------------------


def _refuse_input(inputs: Sequence[str], files: Sequence[InputFile], target: Path) -> None:
    folders = (os.path.realpath(given) for given in inputs if os.path.isdir(given))
    if any(target.is_relative_to(folder) for folder in folders):
        raise FilterError(
            f"{target}: lies in the input, where the next audit would read it too; name a folder "
            "outside for --output"
        )
    inside = os.path.join(str(target), "")
    if any(os.path.realpath(file.path).startswith(inside) for file in files):
        raise FilterError(f"{target}: holds files of the input; name another folder for --output")


def _check_free(target: Path, overwrite: bool) -> None:
    if not target.exists() and not target.is_symlink():
        return
    ours = (target / MARKER).is_file()
    empty = target.is_dir() and not any(target.iterdir())
    if empty or (overwrite and ours):
        return
    way = (
        "give --overwrite to replace it"
        if ours
        else "it is not an earlier output of this command, so it is not touched; name another"
    )
    raise FilterError(f"{target} exists already: {way}")


@contextlib.contextmanager
def _folder(target: Path, overwrite: bool) -> Iterator[Path]:
    """A folder beside the target that takes its place once the block ends well."""
    try:
        recover(target, MARKER)
    except OSError as error:
        raise FilterError(f"cannot write to {target.parent}: {error.strerror}") from error
    _check_free(target, overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise FilterError(f"cannot write to {target.parent}: {error.strerror}") from error
    folder = staging / "new"
    try:
        folder.mkdir()
        yield folder
        _check_free(target, overwrite)
        put_in_place(folder, target)
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        raise FilterError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


# --- Files -----------------------------------------------------------------------------------


def _write_file(file: InputFile, positions: _Positions, folder: Path, options: ReadOptions) -> None:
    """Write a file without the documents at some positions. Raises `FilterError`."""
    target = folder / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
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


def _lines_at(file: InputFile, positions: _Positions, target: Path, options: ReadOptions) -> None:
    """Without the lines that begin at these offsets; a JSON array without its elements there."""
    if _is_array(file):
        _array(file, positions, target, options)
        return
    _copy(file, target, lambda blocks: _without_lines_at(blocks, positions, file))


def _without_lines_at(
    blocks: Iterator[bytes], positions: _Positions, file: InputFile
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


def _array(file: InputFile, positions: _Positions, target: Path, options: ReadOptions) -> None:
    ranges = list(_element_ranges(file, positions, options))
    _copy(file, target, lambda blocks: _without_ranges(blocks, iter(ranges)))


def _element_ranges(
    file: InputFile, positions: _Positions, options: ReadOptions
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
    file: InputFile, positions: _Positions, target: Path, options: ReadOptions
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


def _web_records(
    file: InputFile, positions: _Positions, target: Path, options: ReadOptions
) -> None:
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


def _keep(count: int, first: int, positions: _Positions) -> pa.Array | None:
    """Which of `count` rows from number `first` on stay; None where all do."""
    low, high = np.searchsorted(positions, [first, first + count])
    if low == high:
        return None
    keep = np.ones(count, np.bool_)
    keep[positions[low:high] - first] = False
    return pa.array(keep)


def _parquet(file: InputFile, positions: _Positions, target: Path, options: ReadOptions) -> None:
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
    opened: pq.ParquetFile, group: int, rows: int, first: int, positions: _Positions
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


def _arrow(file: InputFile, positions: _Positions, target: Path, options: ReadOptions) -> None:
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


_COPIERS: dict[str, Callable[[InputFile, _Positions, Path, ReadOptions], None]] = {
    "jsonl": _lines_at,
    "json": _lines_at,
    "text": _lines_at,
    "csv": _rows_of_text,
    "tsv": _rows_of_text,
    "warc": _web_records,
    "parquet": _parquet,
    "arrow": _arrow,
}


def summary(result: Filtered) -> str:
    """What was done, for people."""
    share = result.dropped / result.documents if result.documents else 0
    verb = "dropped" if result.folder is not None else "would be dropped"
    lines = [f"{plural(result.dropped, 'document')} of {result.documents:,} {verb} ({share:.1%})"]
    for what, count, names in (
        ("duplicates", result.duplicates, KINDS),
        ("with findings", result.findings, SEVERITIES[::-1]),
    ):
        some = [f"{name} {result.reasons[name]:,}" for name in names if name in result.reasons]
        lines.append(f"  {what}: {count:,}" + (f" ({', '.join(some)})" if some else ""))
    if result.both:
        lines.append(f"  in both: {result.both:,}")
    if result.folder is not None:
        lines.append(f"{plural(result.files, 'file')} written to {visible(result.folder, 4096)}")
    return "\n".join(lines)
