"""What the readers take and give: files, spans, options, chunks; no reading happens here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

FORMATS = ("auto", "jsonl", "parquet", "csv", "text", "warc", "hf")
"""Formats a user can name. `hf` (a folder of Hugging Face datasets) is resolved to the format of
each file."""

REJECT_SCHEMA = pa.schema(
    [
        pa.field("file", pa.int32(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("records", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("excerpt", pa.string(), nullable=False),
    ]
)
"""One row a record (or `records` neighbouring records) that could not be read. `excerpt` is raw
text of at most `EXCERPT` characters: escape it before it is shown anywhere."""

COUNT_SCHEMA = pa.schema(
    [
        pa.field("file", pa.int32(), nullable=False),
        pa.field("read", pa.int64(), nullable=False),
        pa.field("audited", pa.int64(), nullable=False),
        pa.field("rejected", pa.int64(), nullable=False),
        pa.field("repaired", pa.int64(), nullable=False),
    ]
)
"""Records of a file in one chunk; rows of one file add. read = audited + rejected always, and
repaired of the audited ones had bytes replaced by U+FFFD."""

EXCERPT = 200
"""Longest excerpt of a rejected record, in characters."""

METADATA_CHARACTERS = 1000
"""Longest id, source, language or slice value, in characters; longer values are cut."""


class InputError(Exception):
    """The input cannot be used as asked: the message names the file, what was expected and the
    way out. A user's mistake (exit code 2), not a failure of the run."""


@dataclass(frozen=True)
class InputFile:
    """One file of the input.

    number    place in the sorted relative paths; the `file` of every document in it
    path      path or URL that opens it
    name      path relative to the input it was found under, separated by '/'
    size      bytes on disk
    modified  modification time, ISO 8601 in UTC, or "" where unknown
    format    jsonl, json, parquet, csv, tsv, text, warc, arrow, arc or unknown
    source    source of its documents where neither the data nor the user names one
    """

    number: int
    path: str
    name: str
    size: int
    modified: str
    format: str
    source: str


@dataclass(frozen=True)
class Span:
    """Bytes [start, end) of a file; the whole file unless its format can be split.

    A span owns the lines, or Parquet row groups, whose first byte lies in it.
    """

    file: InputFile
    start: int
    end: int


@dataclass(frozen=True)
class ReadOptions:
    """How to read. Small and picklable: it travels to every worker.

    Column names may be dotted to reach nested values (``meta.source``); `text_column` may name
    several, separated by commas. `language` and `source` give one value to every document.
    The names of `slice_by` that stand in `recognised`, with a column in which the first files hold
    them, are slices of `slices.RECOGNISED`: in each file their column is found by its usual names.
    `max_document_bytes` bounds a record: its line in a line format, its text otherwise.
    """

    format: str = "auto"
    text_column: str | None = None
    id_column: str | None = None
    language_column: str | None = None
    source_column: str | None = None
    language: str | None = None
    source: str | None = None
    slice_by: tuple[str, ...] = ()
    recognised: tuple[tuple[str, str], ...] = ()
    text_unit: str = "line"
    max_document_bytes: int = 64 << 20
    batch_bytes: int = 16 << 20
    batch_documents: int = 65_536


@dataclass(frozen=True)
class Chunk:
    """Documents and the account of what was read for them.

    batch     `DOCUMENT_SCHEMA`; may be empty
    rejects   `REJECT_SCHEMA`
    counts    `COUNT_SCHEMA`
    consumed  bytes on disk read since the chunk before; they add up to the sizes of the spans
    """

    batch: pa.RecordBatch
    rejects: pa.Table
    counts: pa.Table
    consumed: int


@dataclass(frozen=True, slots=True)
class Reject:
    """`records` records from `position` on that cannot be audited, and why."""

    position: int
    reason: str
    excerpt: str = ""
    records: int = 1


@dataclass(slots=True)
class Piece:
    """What a reader of one format yields: documents of one file, in order of position.

    `consumed` is the number of bytes on disk read so far from this span.
    """

    batch: pa.RecordBatch | None = None
    rejects: Sequence[Reject] = ()
    repaired: int = 0
    consumed: int = 0


@dataclass(slots=True)
class Progress:
    """Bytes on disk read so far from a span; the stream under a reader keeps it."""

    consumed: int = field(default=0)


def excerpt(raw: bytes) -> str:
    """First characters of a rejected record, invalid bytes as U+FFFD."""
    return raw[: EXCERPT * 4].decode("utf-8", "replace")[:EXCERPT]


def megabytes(size: int) -> str:
    """A limit in words: 67108864 -> '64 MiB'; limits that are no whole MiB are given in bytes."""
    return f"{size >> 20} MiB" if size and size % (1 << 20) == 0 else f"{size} bytes"


def too_long(options: ReadOptions) -> str:
    """The reason for a record over the limit."""
    return f"document over {megabytes(options.max_document_bytes)}"
