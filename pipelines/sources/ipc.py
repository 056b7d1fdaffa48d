"""Arrow files, as Hugging Face `save_to_disk` writes them: the IPC stream or file format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_assay.pipelines.sources.batches import Builder
from corpus_assay.pipelines.sources.columnar import columns_of_schema, documents, pieces_of
from corpus_assay.pipelines.sources.layout import Layout, Problem, Unreadable, guess
from corpus_assay.pipelines.sources.model import (
    InputFile,
    Piece,
    Progress,
    ReadOptions,
    Reject,
    Span,
)
from corpus_assay.pipelines.sources.streams import open_binary

NOT_ARROW = "not a readable Arrow file"
_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, MemoryError)


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of a file from its schema.

    Raises:
        OSError: the file cannot be read.
    """
    with closing(open_binary(file.path)) as raw:
        batches = open_batches(raw)
        if isinstance(batches, Unreadable):
            return batches
        return guess(columns_of_schema(batches[0]), options)


def open_batches(raw: Any) -> tuple[pa.Schema, Iterator[pa.RecordBatch]] | Unreadable:
    """Schema and record batches of either format."""
    head = raw.read(6)
    raw.seek(0)
    try:
        if head == b"ARROW1":
            opened = pa.ipc.open_file(raw)
            numbers = range(opened.num_record_batches)
            return opened.schema, (opened.get_batch(i) for i in numbers)
        stream = pa.ipc.open_stream(raw)
        return stream.schema, iter(stream)
    except _ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return Unreadable(NOT_ARROW)


def read(span: Span, options: ReadOptions, progress: Progress) -> Iterator[Piece]:
    """Documents of a whole file; their position is the row number.

    Raises:
        OSError: the file cannot be read.
    """
    with closing(open_binary(span.file.path)) as raw:
        opened = open_batches(raw)
        if isinstance(opened, Unreadable):
            yield Piece(rejects=[Reject(0, opened.reason)])
            return
        schema, batches = opened
        layout = guess(columns_of_schema(schema), options)
        builder = Builder(span.file, layout, options) if isinstance(layout, Layout) else None
        row = missing = 0
        while True:
            try:
                batch = next(batches, None)
            except _ERRORS:
                # How many rows follow is not known: the stream says so only batch by batch.
                yield Piece(rejects=[Reject(row, "truncated or damaged Arrow file")])
                break
            if batch is None:
                break
            progress.consumed = raw.tell()
            if builder is None:
                missing += batch.num_rows
            else:
                yield from _pieces(batch, row, builder, options, progress)
            row += batch.num_rows
        if missing and isinstance(layout, Problem):
            yield Piece(rejects=[Reject(0, layout.reason, records=missing)])


def _pieces(
    batch: pa.RecordBatch, row: int, builder: Builder, options: ReadOptions, progress: Progress
) -> Iterator[Piece]:
    try:
        # Offsets of an untrusted file may point anywhere: nothing is touched before this.
        check_batch(batch)
    except (pa.ArrowException, ValueError):
        reject = Reject(row, "damaged Arrow record batch", records=batch.num_rows)
        yield Piece(rejects=[reject], consumed=progress.consumed)
        return
    for some in pieces_of(batch, options.batch_bytes, options.batch_documents):
        positions = np.arange(row, row + some.num_rows, dtype=np.int64)
        row += some.num_rows
        piece = documents(some, positions, builder)
        piece.consumed = progress.consumed
        yield piece


def check_batch(batch: pa.RecordBatch) -> None:
    """Raises `pa.ArrowInvalid` where a batch holds what its types do not allow; text that is not
    UTF-8 may stay."""
    for column in batch.columns:
        if pa.types.is_string(column.type):
            column.view(pa.binary()).validate(full=True)  # invalid UTF-8 is repaired later
        elif pa.types.is_large_string(column.type):
            column.view(pa.large_binary()).validate(full=True)
        else:
            column.validate(full=True)
