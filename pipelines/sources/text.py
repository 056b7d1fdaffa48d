"""Plain text: a document a line, or a document a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines.sources.batches import Builder
from corpus_assay.pipelines.sources.columnar import text_column
from corpus_assay.pipelines.sources.layout import Column, Layout, Problem, Unreadable
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
from corpus_assay.transforms.documents import ROLE_TEXT


def _layout(options: ReadOptions) -> Layout:
    return Layout(
        "columns", (Column(("text",), ROLE_TEXT, True),), slices=(None,) * len(options.slice_by)
    )


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of a text file: one part named "text"; there are no columns to choose from.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(file, "text")
    return Unreadable(head.unreadable) if head.unreadable else _layout(options)


def read(span: Span, options: ReadOptions, progress: Progress) -> Iterator[Piece]:
    """Documents of a span: its lines that are not blank, or the whole file as one.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(span.file, "text")
    if head.unreadable:
        if span.start == 0:
            yield Piece(rejects=[Reject(0, head.unreadable)])
        return
    builder = Builder(span.file, _layout(options), options)
    with closing(open_binary(span.file.path)) as raw:
        if head.codec is None and options.text_unit == "line":
            offset, stream = owned_lines(raw, span, progress)
        elif span.start:
            return
        else:
            offset, stream = 0, decompressed(RawReader(raw, progress), head.codec)
        if offset == 0 and head.start:
            offset, stream = head.start, skip(stream, head.start)
        pieces = _lines if options.text_unit == "line" else _whole
        for piece in pieces(stream, offset, builder, options):
            piece.consumed = progress.consumed
            yield piece


def _lines(
    stream: Iterator[bytes], offset: int, builder: Builder, options: ReadOptions
) -> Iterator[Piece]:
    try:
        for group in lines(stream, offset, options.max_document_bytes, options.batch_bytes // 2):
            if isinstance(group, LongLine):
                yield Piece(rejects=[Reject(group.offset, too_long(options), excerpt(group.head))])
            else:
                yield from _group(group.data, group.offset, builder, options)
    except StreamError as error:
        yield Piece(rejects=[Reject(error.position, str(error), excerpt(error.rest))])


def _group(data: bytes, offset: int, builder: Builder, options: ReadOptions) -> Iterator[Piece]:
    view = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(view == 0x0A) + 1
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    edges = np.concatenate(([0], ends)).astype(np.int32)
    buffer = pa.py_buffer(data)
    step = options.batch_documents
    for i in range(0, len(ends), step):
        some = np.ascontiguousarray(edges[i : i + step + 1])
        raw = pa.Array.from_buffers(
            pa.binary(), len(some) - 1, [None, pa.py_buffer(some.tobytes()), buffer]
        )
        text, repaired = text_column(raw)
        # Only the line end goes: white space around a line is part of it.
        text = pc.ascii_rtrim(text, characters="\r\n")
        blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(text)), 0)
        positions = offset + some[:-1].astype(np.int64)
        rows = set(repaired.tolist())
        if pc.any(blank).as_py():
            kept = np.flatnonzero(~blank.to_numpy(zero_copy_only=False))
            text, positions = text.take(pa.array(kept)), positions[kept]
            rows = set(np.flatnonzero(np.isin(kept, repaired)).tolist())
        yield builder.from_columns(positions, [text], builder.layout.metadata(), None, rows)


def _whole(
    stream: Iterator[bytes], offset: int, builder: Builder, options: ReadOptions
) -> Iterator[Piece]:
    held: list[bytes] = []
    size = 0
    try:
        for block in stream:
            size += len(block)
            if size > options.max_document_bytes:
                head = excerpt((held or [block])[0])
                yield Piece(rejects=[Reject(offset, too_long(options), head)])
                return
            held.append(block)
    except StreamError as error:
        if not error.complete:
            yield Piece(rejects=[Reject(offset, str(error), excerpt(b"".join(held[:1])))])
            return
        yield Piece(rejects=[Reject(offset + size, str(error))])
    if size:
        text, repaired = text_column(pa.array([b"".join(held)], pa.binary()))
        metadata = [None] * len(builder.layout.metadata())
        position = np.array([offset], np.int64)
        yield builder.from_columns(position, [text], metadata, None, set(repaired.tolist()))
