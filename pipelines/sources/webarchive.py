"""WARC and WET files: the text of web pages.

Documents are `response` records with an HTML or plain-text payload and a status of 200 to 299
(or none), `resource` records of web addresses with such a payload, and `conversion` records (WET).
Requests, revisits, metadata, redirects, error pages, pictures, scripts and the rest are not
documents: they are not counted as read. A record's position is its byte offset in the
decompressed file.

Records are framed here, since a damaged archive has to be read on both sides of the damage;
fastwarc takes HTTP apart and resiliparse extracts the text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
from fastwarc.warc import ArchiveIterator

from corpus_assay.pipelines.sources.batches import Builder, metadata_column
from corpus_assay.pipelines.sources.layout import (
    STRING,
    Columns,
    Layout,
    Problem,
    RecordError,
    Unreadable,
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
    RawReader,
    StreamError,
    decompressed,
    head_of,
    open_binary,
)

NOT_A_RECORD = "not a WARC record"
TRUNCATED = "truncated WARC record"

_NAMES = ("text", "id", "url", "host", "date", "language", "content_type")
"""Columns of a web archive, for the options that name columns."""

_HEADER_BYTES = 1 << 16
"""Longest header of a record."""

_INDENTED = 4_000_000
"""List items times lists above which a page is extracted without indentation: the extractor
indents every item by its depth, which a hostile page makes quadratic."""

_LISTS = re.compile(r"<[uo]l\b", re.IGNORECASE)
_ITEMS = re.compile(r"<li\b", re.IGNORECASE)
_HTML = frozenset(("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"))
_Decoding = Literal["all", "content", "none"]
_DECODINGS: tuple[_Decoding, ...] = ("all", "content", "none")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of an archive: its columns are text, id, url, host, date, language, content_type.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(file, "WARC", binary=True)
    if head.unreadable:
        return Unreadable(head.unreadable)
    if head.text.startswith(b"filedesc:"):
        return Unreadable("an ARC file; convert it with `warcio recompress`")
    if head.text and b"WARC/" not in head.text:
        return Unreadable("no WARC record at its start, expected WARC or WET")
    return guess(Columns(dict.fromkeys(_NAMES, STRING), {n: (n,) for n in _NAMES}, {}), options)


def read(span: Span, options: ReadOptions, progress: Progress) -> Iterator[Piece]:
    """Documents of a whole archive.

    Raises:
        OSError: the file cannot be read.
    """
    layout = inspect(span.file, options)
    if isinstance(layout, Unreadable):
        yield Piece(rejects=[Reject(0, layout.reason)])
        return
    head = head_of(span.file, "WARC", binary=True)
    with closing(open_binary(span.file.path)) as raw:
        blocks = decompressed(RawReader(raw, progress), head.codec)
        for piece in _pieces(_Archive(blocks), span.file, layout, options):
            piece.consumed = progress.consumed
            yield piece


def record_starts(blocks: Iterator[bytes]) -> Iterator[int]:
    """Where the records of a decompressed archive begin; what lies between two is the first one's.

    Raises:
        StreamError: the stream broke off.
    """
    archive = _Archive(blocks)
    while (start := archive.next_record()) is not None:
        yield start
        header = archive.header()
        if header is None:
            archive.resume()
        else:
            archive.body(header[1], 0)


def _pieces(
    archive: _Archive, file: InputFile, layout: Layout | Problem | None, options: ReadOptions
) -> Iterator[Piece]:
    rows: list[dict[str, str | None]] = []
    positions: list[int] = []
    repaired: set[int] = set()
    rejects: list[Reject] = []
    size = 0

    def flush() -> Piece:
        if not rows or not isinstance(layout, Layout):
            return Piece(rejects=list(rejects))
        columns = {name: [row[name] for row in rows] for name in _NAMES}
        nothing: list[str | None] = [None] * len(rows)
        texts = [pa.array(columns[part.name], pa.string()) for part in layout.parts]
        metadata = [
            None if path is None else metadata_column(columns.get(".".join(path), nothing))
            for path in layout.metadata()
        ]
        builder = Builder(file, layout, options)
        piece = builder.from_columns(np.array(positions, np.int64), texts, metadata, None, repaired)
        piece.rejects = sorted([*rejects, *piece.rejects], key=lambda reject: reject.position)
        return piece

    for found in _documents(archive, options):
        if isinstance(found, Reject):
            rejects.append(found)
        elif isinstance(layout, Problem):
            rejects.append(Reject(found[0], layout.reason))
        else:
            position, row, touched = found
            if touched:
                repaired.add(len(rows))
            positions.append(position)
            rows.append(row)
            size += len(row["text"] or "")
        if size >= options.batch_bytes or len(rows) + len(rejects) >= 4096:
            yield flush()
            rows, positions, repaired, rejects, size = [], [], set(), [], 0
    yield flush()


_Document = tuple[int, dict[str, str | None], bool]


def _documents(archive: _Archive, options: ReadOptions) -> Iterator[_Document | Reject]:
    """Documents of an archive, and a reject for each place where it is damaged."""
    limit = options.max_document_bytes
    try:
        while (start := archive.next_record()) is not None:
            header = archive.header()
            if header is None:
                yield Reject(start, NOT_A_RECORD, excerpt(archive.damage))
                archive.resume()
                continue
            fields, size = header
            kind = _kind(fields)
            body = archive.body(size, limit + _HEADER_BYTES if kind else 0)
            if kind is None:
                if archive.short:
                    yield Reject(start, archive.short)
                continue
            if archive.short:
                yield Reject(start, archive.short, excerpt(body[:1024]))
            elif size > limit + _HEADER_BYTES:
                yield Reject(start, too_long(options), excerpt(body[:1024]))
            else:
                try:
                    document = _document(kind, fields, body, limit, options)
                except RecordError as error:
                    yield Reject(start, str(error), excerpt(body[:1024]))
                    continue
                if document is not None:
                    yield start, *document
    except StreamError as error:
        yield Reject(archive.damaged_at, str(error))


def _kind(fields: Mapping[str, str]) -> str | None:
    """How the payload of a record holds a document: "http", "plain", or not at all."""
    record, content = fields.get("warc-type", "").lower(), fields.get("content-type", "").lower()
    if record == "response" and content.startswith("application/http"):
        return "http"
    if record == "conversion":
        return "plain"
    web = fields.get("warc-target-uri", "").strip("<> ").lower().startswith(("http:", "https:"))
    if record in ("resource", "response") and web:
        return "plain"
    return None


def _document(
    kind: str, fields: Mapping[str, str], body: bytes, limit: int, options: ReadOptions
) -> tuple[dict[str, str | None], bool] | None:
    """Columns of a document and whether it was repaired; None for a record that is none.

    Raises:
        RecordError: it should be a document, but its payload cannot be read.
    """
    content = fields.get("content-type", "")
    status = 200
    if kind == "http":
        status, content, body = _http(body, limit)
    mime = content.split(";", 1)[0].strip().lower()
    if not 200 <= status < 300:
        return None
    if not mime:
        mime = "text/html" if re.match(rb"\s*<(!doctype html|html)\b", body[:1024], re.I) else ""
    if mime not in _HTML and mime != "text/plain":
        return None
    if len(body) > limit:
        raise RecordError(too_long(options))
    charset = _CHARSET.search(content)
    html = mime in _HTML
    text, repaired = _decode(body, charset.group(1) if charset else None, html)
    if html:
        text = _extract(text)
    url = fields.get("warc-target-uri", "").strip("<> ") or None
    languages = fields.get("warc-identified-content-language", "")
    return {
        "text": text,
        "id": fields.get("warc-record-id", "").strip("<> ") or url,
        "url": url,
        "host": _host(url),
        "date": fields.get("warc-date") or None,
        "language": languages.split(",")[0].strip() or None,
        "content_type": mime,
    }, repaired


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def _http(body: bytes, limit: int) -> tuple[int, str, bytes]:
    """Status, content type and decoded payload of an HTTP response."""
    for decode in _DECODINGS:
        # Chunked encoding is often declared and already undone: then the payload as it stands.
        try:
            return _parsed(body, decode, limit)
        except (OSError, ValueError, EOFError):
            continue
    raise RecordError("HTTP response that cannot be read")


def _parsed(body: bytes, decode: _Decoding, limit: int) -> tuple[int, str, bytes]:
    record = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n"
    record += b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(body), body)
    iterator = ArchiveIterator(
        io.BytesIO(record),
        auto_decode=decode,
        quirks_mode=True,
        stream_detect=False,
        fsspec_args=False,
    )
    for parsed in iterator:
        headers = parsed.http_headers
        if headers is None or headers.status_code is None:
            raise RecordError("HTTP response without a status")
        content = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
        encoded = decode == "none" and any(
            k.lower() == "content-encoding" for k, _ in headers.items()
        )
        if 200 <= int(headers.status_code) < 300:
            payload = parsed.reader.read(limit + 1)
            if encoded and b"\0" in payload[:1024]:
                raise RecordError("HTTP payload that cannot be decoded")
            return int(headers.status_code), content, payload
        return int(headers.status_code), content, b""
    raise RecordError("HTTP response that cannot be read")


def _decode(body: bytes, declared: str | None, html: bool) -> tuple[str, bool]:
    """Text of a payload: by byte order mark or declared charset, else as detected."""
    from resiliparse.parse.encoding import (  # noqa: PLC0415
        bytes_to_str,
        detect_encoding,
        map_encoding_to_html5,
    )

    encoding: Any = None
    if declared:
        encoding = map_encoding_to_html5(declared, False)
    if not encoding:
        encoding = detect_encoding(body, from_html_meta=html) or "utf-8"
    try:
        text = bytes_to_str(body, encoding, errors="replace")
    except (LookupError, UnicodeError):
        text = body.decode("utf-8", "replace")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text, "\ufffd" in text and b"\xef\xbf\xbd" not in body


def _extract(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    quiet = len(_LISTS.findall(html)) * len(_ITEMS.findall(html)) <= _INDENTED
    try:
        return str(extract_plain_text(html, preserve_formatting=quiet, main_content=False))
    except (ValueError, RuntimeError, OSError) as error:
        raise RecordError("HTML that cannot be parsed") from error


class _Archive:
    """Frames the records of a decompressed stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._data = b""
        self._at = 0
        self._offset = 0  # of _data in the stream
        self._error: StreamError | None = None
        self.short = ""
        self.damage = b""
        self.damaged_at = 0

    def _more(self) -> bool:
        try:
            block = next(self._blocks, b"")
        except StreamError as error:
            self._error, block = error, b""
        self._data = self._data[self._at :] + block
        self._offset += self._at
        self._at = 0
        return bool(block)

    @property
    def position(self) -> int:
        return self._offset + self._at

    def next_record(self) -> int | None:
        """Position of the next record; None at the end.

        Raises:
            StreamError: the stream broke off.
        """
        while True:
            while self._at < len(self._data) and self._data[self._at] in b"\r\n":
                self._at += 1
            if self._at < len(self._data):
                return self.position
            if not self._more():
                if self._error is not None:
                    error, self._error = self._error, None
                    self.damaged_at = self.position
                    raise error
                return None

    def header(self) -> tuple[dict[str, str], int] | None:
        """Fields of the record here, by lower-case name, and its length; None if it has none.

        Raises:
            StreamError: the stream broke off inside the header.
        """
        end = -1
        while end < 0:
            found = _BLANK_LINE.search(self._data, self._at, self._at + _HEADER_BYTES)
            if found is not None:
                end = found.end()
            elif len(self._data) - self._at >= _HEADER_BYTES or not self._more():
                break
        self.damage = self._data[self._at : self._at + 1024]
        if end < 0 and self._error is not None:
            self.damaged_at = self.position
            raise self._error
        if end < 0 or not self._data.startswith(b"WARC/", self._at):
            return None
        lines = self._data[self._at : end].decode("utf-8", "replace").splitlines()[1:]
        fields: dict[str, str] = {}
        name = ""
        for line in lines:
            if line[:1] in (" ", "\t") and name:
                fields[name] += " " + line.strip()
                continue
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
        length = fields.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            return None
        self._at = end
        return fields, int(length)

    def resume(self) -> None:
        """Skips to what looks like the start of the next record."""
        self._at += 1
        while (found := self._data.find(b"\nWARC/", self._at)) < 0:
            self._at = max(self._at, len(self._data) - 6)
            if not self._more():
                self._at = len(self._data)
                return
        self._at = found + 1

    def body(self, size: int, keep: int) -> bytes:
        """The first `keep` bytes of a body of `size` bytes, which is skipped; `short` tells
        why, if the stream ended first."""
        kept: list[bytes] = []
        self.short = ""
        while True:
            part = self._data[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            if keep > 0:
                kept.append(part[:keep])
                keep -= len(part)
            if size == 0:
                break
            if not self._more():
                # A stream that broke off is told once, as this record.
                self.short = str(self._error) if self._error is not None else TRUNCATED
                self._error = None
                break
        return b"".join(kept)


_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
