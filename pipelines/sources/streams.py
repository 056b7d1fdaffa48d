"""Bytes of a file: opening, decompressing and cutting into lines, all within bounds.

Every step hands on blocks of bounded size whatever the input claims: a decompressor is asked for
`BLOCK` bytes at a time, a line over the limit is skipped without being kept. A stream that is
broken gives everything before the break, then raises `StreamError`.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import zstandard

from corpus_assay.pipelines.sources.model import InputFile, Progress, Span

BLOCK = 1 << 20
"""Bytes that one step hands on, at most (a zstd step: up to 128 KiB more)."""

_WINDOW = 1 << 27
"""Largest zstd window and xz dictionary accepted: 128 MiB, what `zstd --long` writes."""

CODECS = {
    ".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd",
    ".bz2": "bz2", ".xz": "xz", ".lz4": "lz4",
}  # fmt: skip
"""Compression by the last suffix of a name."""

_MAGIC = (
    (b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"), (b"\x04\x22\x4d\x18", "lz4"),
)  # fmt: skip


class StreamError(Exception):
    """A stream that is broken at this point; the message is the reason for a reject.

    `complete` says that the bytes handed on before are whole (garbage *after* the end).
    `position` and `rest` are filled in by whoever cuts the stream into records: where the record
    that the break damaged starts, and what there is of it.
    """

    def __init__(self, reason: str, *, complete: bool = False) -> None:
        super().__init__(reason)
        self.complete = complete
        self.position = 0
        self.rest = b""


def open_binary(path: str) -> BinaryIO:
    """Opens a path for reading as it is, without decompression; ``scheme://`` through Beam.

    Raises:
        OSError: it cannot be opened.
    """
    if "://" not in path:
        return open(path, "rb", buffering=0)
    # Imported here: Beam costs half a second, and local files do not need it.
    from apache_beam.io.filesystem import BeamIOError, CompressionTypes  # noqa: PLC0415
    from apache_beam.io.filesystems import FileSystems  # noqa: PLC0415

    try:
        opened: BinaryIO = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    except BeamIOError as error:
        raise OSError(str(error)) from error
    return opened


def open_arrow(path: str) -> Any:
    """Opens a path for Arrow, which reads local files without the interpreter's lock.

    Raises:
        OSError: it cannot be opened.
    """
    return open_binary(path) if "://" in path else pa.OSFile(path)


def codec_of(name: str, head: bytes) -> str | None:
    """Compression of a file: by its first bytes, else by the name of an empty or broken one."""
    for magic, codec in _MAGIC:
        if head.startswith(magic):
            return codec
    if head[:4] and head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F:
        return "zstd"  # a skippable frame first
    suffix = "." + name.rsplit(".", 1)[-1].lower()
    return CODECS.get(suffix) if head == b"" else None


def utf16_or_32(head: bytes) -> str | None:
    """The encoding that a byte order mark at the start announces, if it is not UTF-8."""
    for mark, name in (
        (b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
    ):  # fmt: skip
        if head.startswith(mark):
            return name
    return None


def start_of_text(head: bytes) -> int:
    """Bytes of a UTF-8 byte order mark at the start."""
    return 3 if head.startswith(b"\xef\xbb\xbf") else 0


def is_binary(head: bytes) -> bool:
    """Whether the start of a file is no text: NUL bytes, or a third of the rest invalid UTF-8."""
    sample = head[:8192]
    if sample.count(0) > len(sample) // 100:
        return True
    return sample.decode("utf-8", "replace").count("\ufffd") > len(sample) // 3


class RawReader:
    """Reads a file in bounded steps and keeps the progress."""

    def __init__(self, raw: BinaryIO, progress: Progress) -> None:
        self._raw = raw
        self._progress = progress

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, none at the end of the file."""
        data = self._raw.read(size)
        self._progress.consumed += len(data or b"")
        return data or b""

    def exactly(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end of the file."""
        data = self.read(size)
        while len(data) < size and (more := self.read(size - len(data))):
            data += more
        return data


@dataclass(frozen=True)
class Head:
    """What the first block of a text format tells.

    `text` is the block after decompression and without byte order mark, `start` the length of
    that mark, `unreadable` the reason where this is no text in UTF-8, else "".
    """

    codec: str | None
    start: int
    text: bytes
    unreadable: str


def head_of(file: InputFile, expected: str, *, binary: bool = False) -> Head:
    """The head of a file.

    Args:
        file: the file.
        expected: what the reason calls the text that was expected.
        binary: whether bytes that are no text are all right.

    Raises:
        OSError: the file cannot be read.
    """
    with closing(open_binary(file.path)) as raw:
        reader = RawReader(raw, Progress())
        codec = codec_of(file.name, reader.exactly(16))
        raw.seek(0)
        try:
            text = next(decompressed(reader, codec), b"")
        except StreamError as error:
            return Head(codec, 0, b"", str(error))
    if binary:
        return Head(codec, 0, text, "")
    if encoding := utf16_or_32(text):
        return Head(codec, 0, b"", f"text in {encoding}, expected UTF-8")
    start = start_of_text(text)
    text = text[start:]
    begins_as_json = expected == "JSON" and text[:65_536].lstrip()[:1] in (b"{", b"[")
    if not begins_as_json and is_binary(text):
        return Head(codec, 0, b"", f"a binary file, expected {expected}")
    return Head(codec, start, text, "")


def skip(stream: Iterator[bytes], count: int) -> Iterator[bytes]:
    """A stream without its first bytes (a byte order mark)."""
    for block in stream:
        if count < len(block):
            yield block[count:] if count else block
            count = 0
        else:
            count -= len(block)


def plain(reader: RawReader) -> Iterator[bytes]:
    """Blocks of a file as it is."""
    while data := reader.read(BLOCK):
        yield data


def decompressed(reader: RawReader, codec: str | None) -> Iterator[bytes]:
    """Blocks of a file after decompression.

    Raises:
        StreamError: truncated, damaged, or followed by something else.
    """
    if codec is None:
        return plain(reader)
    if codec == "gzip":
        return _gzip(reader)
    if codec == "zstd":
        return _zstd(reader)
    if codec == "lz4":
        return _lz4(reader)
    return _bz2_or_xz(reader, codec)


def _gzip(reader: RawReader) -> Iterator[bytes]:
    data = reader.read(BLOCK)
    while data:
        data = (yield from _gzip_member(reader, data)) or reader.read(BLOCK)
        # Members may follow each other; zeros after the last one are padding of tapes.
        while data and not data.strip(b"\0"):
            data = reader.read(BLOCK)
        if data and not data.startswith(b"\x1f"):
            raise StreamError("data after the end of the gzip stream", complete=True)


def _gzip_member(reader: RawReader, data: bytes) -> Generator[bytes, None, bytes]:
    """Blocks of one member; returns what was read beyond it."""
    member = zlib.decompressobj(wbits=31)
    while not member.eof:
        if not data and not (data := reader.read(BLOCK)):
            raise StreamError("truncated gzip stream")
        before = member.copy()
        try:
            block = member.decompress(data, BLOCK)
        except zlib.error:
            yield from _salvage(before, data)
            raise StreamError("damaged gzip stream") from None
        data = member.unconsumed_tail
        if block:
            yield block
    return member.unused_data


def _salvage(member: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What a damaged member gives up to the damage, in ever smaller steps: zlib drops the output
    of the call that fails."""
    for step in (65_536, 4_096, 256, 16, 1):
        while True:
            before = member.copy()
            try:
                block = member.decompress(data, step)
            except zlib.error:
                member = before
                break
            if not block:
                break
            data = member.unconsumed_tail
            yield block


def _bz2_or_xz(reader: RawReader, codec: str) -> Iterator[bytes]:
    data = reader.read(BLOCK)
    while data:
        stream = bz2.BZ2Decompressor() if codec == "bz2" else _xz_stream()
        while not stream.eof:
            if stream.needs_input and not data and not (data := reader.read(BLOCK)):
                raise StreamError(f"truncated {codec} stream")
            try:
                # Small steps: the output of a step that meets damage is lost.
                block = stream.decompress(data, 65_536)
            except (OSError, lzma.LZMAError, ValueError, EOFError):
                raise StreamError(f"damaged {codec} stream") from None
            data = b""
            if block:
                yield block
        data = stream.unused_data or reader.read(BLOCK)
        while data and not data.strip(b"\0"):
            data = reader.read(BLOCK)
        if data and not data.startswith(b"BZh" if codec == "bz2" else b"\xfd7zXZ"):
            raise StreamError(f"data after the end of the {codec} stream", complete=True)


def _xz_stream() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_WINDOW + (16 << 20))


def _lz4(reader: RawReader) -> Iterator[bytes]:
    stream = pa.CompressedInputStream(pa.PythonFile(_Readable(reader), mode="r"), "lz4")
    while True:
        try:
            block = stream.read(BLOCK)
        except (OSError, pa.ArrowException) as error:
            kind = "truncated" if "runcated" in str(error) else "damaged"
            raise StreamError(f"{kind} lz4 stream") from None
        if not block:
            return
        yield block


class _Readable(io.RawIOBase):
    """A `RawReader` as a Python file."""

    def __init__(self, reader: RawReader) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._reader.read(BLOCK if size < 0 else min(size, BLOCK))


# A zstd file is walked block by block in Python, because the library either bounds its output or
# tells where a frame ends, not both. A block decompresses to 128 KiB at most (RFC 8878, 3.1.1.2),
# so one block a call bounds the output, and the block headers tell truncation from an end.

_ZSTD_MAGIC = 0xFD2FB528


def _zstd(reader: RawReader) -> Iterator[bytes]:
    source = _Buffered(reader)
    first = True
    while head := source.take(4):
        magic = int.from_bytes(head, "little")
        if magic & 0xFFFFFFF0 == 0x184D2A50:  # skippable frame
            size = int.from_bytes(_whole(source, 4), "little")
            while size:
                size -= len(_whole(source, min(size, BLOCK)))
        elif len(head) == 4 and magic == _ZSTD_MAGIC:
            yield from _zstd_frame(source, head)
        elif first and len(head) < 4:
            raise StreamError("truncated zstd stream")
        else:
            raise StreamError("data after the end of the zstd stream", complete=True)
        first = False


def _zstd_frame(source: _Buffered, head: bytes) -> Iterator[bytes]:
    descriptor = _whole(source, 1)
    single, checksum = descriptor[0] & 0x20, descriptor[0] & 0x04
    size_bytes = (1 if single else 0, 2, 4, 8)[descriptor[0] >> 6]
    rest = _whole(source, (0 if single else 1) + (0, 1, 2, 4)[descriptor[0] & 3] + size_bytes)
    frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
    out, held = [], 0
    try:
        frame.decompress(head + descriptor + rest)
        last = False
        while not last:
            header = _whole(source, 3)
            word = int.from_bytes(header, "little")
            last = bool(word & 1)
            size = 1 if (word >> 1) & 3 == 1 else word >> 3
            if size > 1 << 17:
                raise StreamError("damaged zstd stream")
            data = frame.decompress(header + _whole(source, size))
            out.append(data)
            held += len(data)
            if held >= BLOCK:
                yield b"".join(out)
                out, held = [], 0
        if checksum:
            out.append(frame.decompress(_whole(source, 4)))
    except zstandard.ZstdError as error:
        yield b"".join(out)
        if "memory" in str(error) or "window" in str(error).lower():
            raise StreamError("zstd window over 128 MiB") from None
        raise StreamError("damaged zstd stream") from None
    except StreamError:
        yield b"".join(out)
        raise
    yield b"".join(out)


class _Buffered:
    """Takes small pieces from a raw reader without a system call for each."""

    def __init__(self, reader: RawReader) -> None:
        self._reader = reader
        self._data = b""
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        if len(self._data) - self._at < size:
            self._data = self._data[self._at :] + self._reader.exactly(max(size, BLOCK))
            self._at = 0
        data = self._data[self._at : self._at + size]
        self._at += len(data)
        return data


def _whole(source: _Buffered, size: int) -> bytes:
    data = source.take(size)
    if len(data) < size:
        raise StreamError("truncated zstd stream")
    return data


def owned_lines(raw: BinaryIO, span: Span, progress: Progress) -> tuple[int, Iterator[bytes]]:
    """The lines of an uncompressed file that start inside a span.

    Returns:
        (offset, blocks): where the first of these lines starts in the file, and their bytes.
    """
    reader = RawReader(raw, progress)
    if span.start == 0:
        return 0, _until(reader, b"", 0, span)
    raw.seek(span.start - 1)
    at = span.start - 1
    while at < span.end and (block := reader.read(BLOCK)):
        newline = block.find(b"\n")
        if newline >= 0:
            start = at + newline + 1
            return start, _until(reader, block[newline + 1 :], start, span)
        at += len(block)
    return span.end, iter(())


def _until(reader: RawReader, block: bytes, at: int, span: Span) -> Iterator[bytes]:
    if at >= span.end > span.start:
        return
    whole = span.end >= span.file.size
    while block or (block := reader.read(BLOCK)):
        if not whole and at + len(block) >= span.end:
            # The last line of the span is the one that holds byte end - 1.
            newline = block.find(b"\n", max(span.end - 1 - at, 0))
            if newline >= 0:
                yield block[: newline + 1]
                return
        yield block
        at += len(block)
        block = b""


@dataclass(slots=True)
class Lines:
    """Whole lines, one after the other; only the last one of a stream may lack its newline."""

    data: bytes
    offset: int


@dataclass(slots=True)
class LongLine:
    """A line over the limit: where it starts, how it begins."""

    offset: int
    head: bytes


def lines(
    blocks: Iterator[bytes], offset: int, limit: int, size: int
) -> Iterator[Lines | LongLine]:
    """Cuts a stream into groups of whole lines.

    Args:
        blocks: the stream.
        offset: position of its first byte.
        limit: longest line in bytes, without the line end; longer ones are skipped, unkept.
        size: bytes of a group, about; one line may be longer.

    Raises:
        StreamError: as the stream does, after the lines before; `position` is where the damaged
            line starts and `rest` its beginning.
    """
    held: list[bytes] = []
    length = 0
    line = 0  # bytes of the unfinished line at the end of `held`
    skipped: LongLine | None = None
    error: StreamError | None = None

    def broken() -> Iterator[bytes]:
        nonlocal error
        try:
            yield from blocks
        except StreamError as caught:
            error = caught

    for whole_block in broken():
        block = whole_block
        if skipped is not None:
            newline = block.find(b"\n")
            if newline < 0:
                offset += len(block)
                continue
            offset += newline + 1
            block = block[newline + 1 :]
            yield skipped
            skipped = None
        last = block.rfind(b"\n")
        held.append(block)
        length += len(block)
        line = len(block) - last - 1 if last >= 0 else line + len(block)
        if line > limit + 1 or (length >= size and line < length):
            cut = length - line
            if line > len(block):
                held = [b"".join(held)]
            last_block = held.pop()  # where the unfinished line began
            held.append(last_block[: len(last_block) - line])
            data = b"".join(held)
            held, length = [last_block[len(last_block) - line :]], line
            if cut:
                yield Lines(data, offset)
            offset += cut
            if line > limit + 1:  # room for a carriage return
                skipped = LongLine(offset, held[0][:1024])
                offset += line
                held, length, line = [], 0, 0
    if skipped is not None:
        yield skipped
    data = b"".join(held)
    cut = length if error is None or error.complete else length - line
    if cut:
        yield Lines(data[:cut], offset)
    if error is not None:
        error.position = offset + cut
        error.rest = data[cut : cut + 1024]
        raise error
