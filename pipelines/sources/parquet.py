"""Parquet files, row group by row group, streamed in small batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from corpus_assay.pipelines.sources.batches import Builder
from corpus_assay.pipelines.sources.columnar import columns_of_schema, documents
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

_READ = 1 << 20
"""Bytes that Arrow reads ahead in a column: without it, it holds whole column chunks."""

_EXPANDED = 64 << 20
"""Bytes that one batch may grow to when every row repeats the longest dictionary entry."""

_ROWS = 8192


def inspect(file: InputFile, options: ReadOptions) -> Layout | Problem | Unreadable | None:
    """Layout of a file from its schema and first rows.

    Raises:
        OSError: the file cannot be read.
    """
    with closing(open_binary(file.path)) as raw:
        opened = _open(raw)
        if isinstance(opened, Unreadable):
            return opened
        return _layout(opened, options)


def _open(raw: Any) -> pq.ParquetFile | Unreadable:
    try:
        return pq.ParquetFile(raw, buffer_size=_READ, pre_buffer=False)
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
    with closing(open_binary(span.file.path)) as raw:
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
            if span.start <= _first_byte(metadata) < span.end:
                yield from _row_group(opened, group, first_row, builder, options)
                progress.consumed += metadata.total_byte_size
            first_row += metadata.num_rows


def _first_byte(metadata: Any) -> int:
    column = metadata.column(0)
    offsets = [column.data_page_offset]
    if column.has_dictionary_page and column.dictionary_page_offset:
        offsets.append(column.dictionary_page_offset)
    return int(min(offsets))


def _row_group(
    opened: pq.ParquetFile, group: int, first_row: int, builder: Builder, options: ReadOptions
) -> Iterator[Piece]:
    names = [".".join(part.path) for part in builder.layout.parts]
    names += [".".join(path) for path in builder.layout.metadata() if path is not None]
    metadata = opened.metadata.row_group(group)
    done = 0
    batches = opened.iter_batches(
        batch_size=_ROWS, row_groups=[group], columns=list(dict.fromkeys(names)), use_threads=False
    )
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError, ValueError, MemoryError):
            rest = metadata.num_rows - done
            reject = Reject(first_row + done, "damaged Parquet page", records=rest)
            yield Piece(rejects=[reject])
            return
        if batch is None:
            return
        positions = np.arange(first_row + done, first_row + done + batch.num_rows, dtype=np.int64)
        done += batch.num_rows
        yield documents(batch, positions, builder)
