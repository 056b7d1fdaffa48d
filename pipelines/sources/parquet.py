"""Parquet files, row group by row group, streamed in small batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

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
from corpus_assay.pipelines.sources.pages import PageError, batch_rows, first_byte
from corpus_assay.pipelines.sources.streams import open_arrow

_READ = 1 << 20
"""Bytes that Arrow reads ahead in a column: without it, it holds whole column chunks."""

_STEP = 16 << 20
"""Bytes that Arrow may decode at once in a column. Rows come by number and not by size, so the
largest documents of a row group decide how many."""

_ROWS = 32_768


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of a file from its schema and first rows.

    Raises:
        OSError: the file cannot be read.
    """
    with closing(open_arrow(file.path)) as raw:
        opened = _open(raw)
        if isinstance(opened, Unreadable):
            return opened
        return _layout(opened, options)


def _open(raw: Any) -> pq.ParquetFile | Unreadable:
    try:
        return pq.ParquetFile(
            raw, buffer_size=_READ, pre_buffer=False, page_checksum_verification=True
        )
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return Unreadable("not a readable Parquet file")


def _layout(opened: pq.ParquetFile, options: ReadOptions) -> Layout | Problem:
    return guess(columns_of_schema(opened.schema_arrow), options)


def read(span: Span, options: ReadOptions, progress: Progress) -> Iterator[Piece]:
    """Documents of the row groups whose first byte lies in a span.

    Raises:
        OSError: the file cannot be read.
    """
    with closing(open_arrow(span.file.path)) as raw:
        opened = _open(raw)
        if isinstance(opened, Unreadable):
            if span.start == 0:
                yield Piece(rejects=[Reject(0, opened.reason)])
            return
        layout = _layout(opened, options)
        if not isinstance(layout, Layout):
            rows = opened.metadata.num_rows
            if span.start == 0 and rows:
                yield Piece(rejects=[Reject(0, layout.reason, records=rows)])
            return
        builder = Builder(span.file, layout, options)
        first_row = 0
        for group in range(opened.num_row_groups):
            metadata = opened.metadata.row_group(group)
            if metadata.num_columns and span.start <= first_byte(metadata.column(0)) < span.end:
                for piece in _row_group(opened, raw, group, first_row, builder, options):
                    piece.consumed = progress.consumed
                    yield piece
                progress.consumed += sum(
                    metadata.column(i).total_compressed_size for i in range(metadata.num_columns)
                )
            first_row += metadata.num_rows


def _row_group(
    opened: pq.ParquetFile,
    raw: Any,
    group: int,
    first_row: int,
    builder: Builder,
    options: ReadOptions,
) -> Iterator[Piece]:
    layout = builder.layout
    names = [".".join(part.path) for part in layout.parts]
    names += [".".join(path) for path in layout.metadata() if path is not None]
    metadata = opened.metadata.row_group(group)
    done = 0
    held: list[pa.RecordBatch] = []
    size = 0
    reason = ""
    try:
        batches = opened.iter_batches(
            batch_size=group_rows(metadata, names, raw),
            row_groups=[group],
            columns=list(dict.fromkeys(names)),
            use_threads=False,
        )
        for batch in batches:
            for piece in pieces_of(batch, options.batch_bytes, _ROWS):
                # a dictionary is decoded in the slices that bound it, not together
                if held and (size + piece.nbytes > options.batch_bytes or _has_dictionary(piece)):
                    yield _documents(held, first_row + done, builder)
                    done += sum(map(len, held))
                    held, size = [], 0
                held.append(piece)
                size += piece.nbytes
    except PageError as error:
        reason = str(error)
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        # Arrow reports damage and input errors alike; the rows before it are kept.
        reason = "damaged Parquet page"
    if held:
        yield _documents(held, first_row + done, builder)
        done += sum(map(len, held))
    missing = metadata.num_rows - done
    if missing > 0:
        reject = Reject(first_row + done, reason or "damaged Parquet page", records=missing)
        yield Piece(rejects=[reject])


def _has_dictionary(batch: pa.RecordBatch) -> bool:
    return any(map(pa.types.is_dictionary, batch.schema.types))


def group_rows(metadata: Any, names: list[str], raw: Any) -> int:
    """Rows of a row group that can be decoded at once; the arguments are its metadata, the columns
    and the file. Raises `PageError` as `pages.batch_rows` does."""
    rows = _ROWS
    for i in range(metadata.num_columns):
        column = metadata.column(i)
        path = column.path_in_schema
        if any(path == name or path.startswith(name + ".") for name in names):
            rows = min(rows, batch_rows(raw, column, _STEP, _ROWS))
            if column.num_values > metadata.num_rows:  # a list: values are not rows
                share = max(column.total_uncompressed_size // max(metadata.num_rows, 1), 1)
                rows = min(rows, max(_STEP // share, 1), 64)
    return rows


def _documents(held: list[pa.RecordBatch], position: int, builder: Builder) -> Piece:
    batch = held[0] if len(held) == 1 else pa.concat_batches(held)
    positions = np.arange(position, position + batch.num_rows, dtype=np.int64)
    # Arrow made the offsets itself, and the tokeniser looks at every byte.
    return documents(batch, positions, builder, checked=False)
