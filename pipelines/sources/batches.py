"""From columns of strings to record batches of documents, and from pieces to chunks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines.sources.layout import Layout, Part, RecordError, document_parts
from corpus_assay.pipelines.sources.model import (
    COUNT_SCHEMA,
    METADATA_CHARACTERS,
    REJECT_SCHEMA,
    Chunk,
    InputFile,
    Piece,
    ReadOptions,
    Reject,
    Span,
    too_long,
)
from corpus_assay.pipelines.sources.slices import derive
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, PART_TYPE

Positions = npt.NDArray[np.int64]
REJECTS_PER_CHUNK = 65_536


def lengths_of(array: pa.Array) -> Positions:
    """Bytes of each string; 0 for null."""
    lengths = pc.fill_null(pc.binary_length(array), 0)
    return np.asarray(lengths.to_numpy(zero_copy_only=False), dtype=np.int64)


def metadata_column(values: Sequence[Any]) -> pa.Array:
    """Strings of decoded id, language, source or slice values; numbers in digits, truth values as
    in JSON, null for whatever cannot be a key (lists, objects)."""
    try:
        array = pa.array(values, pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        array = pa.array([metadata_text(value) for value in values], pa.string())
    return clip(array)


def metadata_text(value: object) -> str | None:
    """One metadata value as a string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def clip(array: pa.Array) -> pa.Array:
    """Metadata values cut to `METADATA_CHARACTERS`."""
    if len(array) and (pc.max(pc.binary_length(array)).as_py() or 0) > METADATA_CHARACTERS:
        return pc.utf8_slice_codeunits(array, 0, METADATA_CHARACTERS)
    return array


def filled(array: pa.Array | None, fallback: str | None, rows: int) -> pa.Array:
    """A metadata column, with `fallback` where it has no value (null, or empty text)."""
    if array is None:
        return pa.nulls(rows, pa.string()) if fallback is None else pa.array([fallback] * rows)
    empty = pc.equal(pc.binary_length(array), 0)
    if pc.any(empty).as_py():
        array = pc.if_else(empty, pa.scalar(None, pa.string()), array)
    return array if fallback is None or not array.null_count else pc.fill_null(array, fallback)


class Builder:
    """Makes pieces of one file from its columns. Holds nothing but what it was given."""

    def __init__(self, file: InputFile, layout: Layout, options: ReadOptions) -> None:
        self.file = file
        self.layout = layout
        self.options = options

    def from_columns(
        self,
        positions: Positions,
        texts: Sequence[pa.Array],
        metadata: Sequence[pa.Array | None],
        excerpts: Sequence[str] | None = None,
        repaired: Collection[int] = (),
    ) -> Piece:
        """Documents whose parts are string columns (layout "columns").

        Args:
            positions: position of each row.
            texts: a string array for each of ``layout.parts``; null where there is no value.
            metadata: string arrays (or None) for ``layout.metadata()``.
            excerpts: what to show of each row if it is rejected.
            repaired: rows in which bytes were replaced; those audited are counted.
        """
        reasons = self._missing(texts, len(positions))
        sizes: Positions = np.zeros(len(positions), np.int64)
        for text in texts:
            sizes += lengths_of(text)
        for row in np.flatnonzero(sizes > self.options.max_document_bytes).tolist():
            reasons.setdefault(row, too_long(self.options))
        rejects = _rejects(reasons, positions, excerpts)
        if reasons:
            keep = pa.array(np.delete(np.arange(len(positions)), list(reasons)))
            positions = np.delete(positions, list(reasons))
            texts = [text.take(keep) for text in texts]
            metadata = [None if array is None else array.take(keep) for array in metadata]
        if not len(positions):
            return Piece(None, rejects)
        batch = self._batch(positions, self._parts(texts, len(positions)), metadata)
        return Piece(batch, rejects, repaired=sum(row not in reasons for row in repaired))

    def from_records(
        self,
        positions: Positions,
        records: Sequence[Sequence[Any]],
        metadata: Sequence[pa.Array | None],
        excerpts: Sequence[str] | None = None,
        repaired: Collection[int] = (),
    ) -> Piece:
        """Documents of the layouts "messages" and "preference", from the decoded values of
        ``layout.parts`` in each record; the other arguments as in `from_columns`."""
        documents: list[list[Part]] = []
        reasons: dict[int, str] = {}
        for row, record in enumerate(records):
            try:
                parts = document_parts(self.layout, record)
            except RecordError as error:
                reasons[row] = str(error)
                continue
            if sum(len(text) for _, _, text in parts) > self.options.max_document_bytes:
                reasons[row] = too_long(self.options)
                continue
            documents.append(parts)
        rejects = _rejects(reasons, positions, excerpts)
        if reasons:
            keep = pa.array(np.delete(np.arange(len(positions)), list(reasons)))
            positions = np.delete(positions, list(reasons))
            metadata = [None if array is None else array.take(keep) for array in metadata]
        if not documents:
            return Piece(None, rejects)
        counts = np.fromiter((len(parts) for parts in documents), np.int32, len(documents))
        flat = [part for parts in documents for part in parts]
        lists = _list_array(
            counts,
            pa.array([field for field, _, _ in flat], pa.string()),
            pa.array([role for _, role, _ in flat], pa.int8()),
            pa.array([text for _, _, text in flat], pa.string()),
        )
        batch = self._batch(positions, lists, metadata)
        return Piece(batch, rejects, repaired=sum(row not in reasons for row in repaired))

    def _missing(self, texts: Sequence[pa.Array], rows: int) -> dict[int, str]:
        reasons: dict[int, str] = {}
        parts = self.layout.parts
        for part, text in zip(parts, texts, strict=True):
            if part.required and text.null_count:
                for row in np.flatnonzero(_nulls(text)).tolist():
                    reasons.setdefault(row, f"no value in column '{part.name}'")
        if not any(part.required for part in parts) and all(text.null_count for text in texts):
            nowhere = np.ones(rows, np.bool_)
            for text in texts:
                nowhere &= _nulls(text)
            names = " or ".join(f"'{part.name}'" for part in parts)
            for row in np.flatnonzero(nowhere).tolist():
                reasons.setdefault(row, f"no value in column {names}")
        return reasons

    def _parts(self, texts: Sequence[pa.Array], rows: int) -> pa.Array:
        parts = self.layout.parts
        if len(texts) == 1:
            field = pa.array([parts[0].name] * rows, pa.string())
            role = pa.array(np.full(rows, parts[0].role, np.int8))
            return _list_array(np.ones(rows, np.int32), field, role, texts[0])
        present = np.ones((rows, len(parts)), np.bool_)
        for column, (part, text) in enumerate(zip(parts, texts, strict=True)):
            present[:, column] = ~_nulls(text)
            if not part.required:
                # An optional part without text (the empty `input` of an instruction) is no part;
                # but a document keeps one part at least.
                present[:, column] &= (lengths_of(text) > 0) | (present.sum(axis=1) == 1)
        at, which = np.nonzero(present)
        flat = pa.concat_arrays(texts).take(pa.array(which * rows + at))
        names = pa.array([part.name for part in parts], pa.string()).take(pa.array(which))
        roles = np.array([part.role for part in parts], np.int8)[which]
        return _list_array(present.sum(axis=1).astype(np.int32), names, pa.array(roles), flat)

    def _derived(self, columns: Sequence[pa.Array | None]) -> Iterator[pa.Array | None]:
        names = self.layout.derived or ("",) * len(columns)
        for name, column in zip(names, columns, strict=True):
            yield derive(name, column) if name and column is not None else column

    def _batch(
        self, positions: Positions, parts: pa.Array, metadata: Sequence[pa.Array | None]
    ) -> pa.RecordBatch:
        rows = len(positions)
        identifier, language, source, *slices = metadata
        arrays = [
            pa.array(np.full(rows, self.file.number, np.int32)),
            pa.array(positions, pa.int64()),
            filled(identifier, None, rows),
            filled(source, self.file.source, rows),
            filled(language, self.options.language, rows),
            parts,
            _slice_lists([filled(column, None, rows) for column in self._derived(slices)], rows),
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=DOCUMENT_SCHEMA)


def _nulls(array: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)


def _rejects(
    reasons: dict[int, str], positions: Positions, excerpts: Sequence[str] | None
) -> list[Reject]:
    return [
        Reject(int(positions[row]), reasons[row], excerpts[row] if excerpts else "")
        for row in sorted(reasons)
    ]


def _offsets(counts: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))


def _list_array(
    counts: npt.NDArray[np.int32], field: pa.Array, role: pa.Array, text: pa.Array
) -> pa.Array:
    parts = pa.StructArray.from_arrays([field, role, text], fields=list(PART_TYPE))
    return pa.ListArray.from_arrays(
        _offsets(counts), parts, type=DOCUMENT_SCHEMA.field("parts").type
    )


def _slice_lists(columns: Sequence[pa.Array], rows: int) -> pa.Array:
    width = len(columns)
    if not width:
        return pa.ListArray.from_arrays(
            _offsets(np.zeros(rows, np.int32)), pa.array([], pa.string())
        )
    order = (np.arange(width) * rows)[None, :] + np.arange(rows)[:, None]
    flat = pa.concat_arrays(list(columns)).take(pa.array(order.ravel()))
    return pa.ListArray.from_arrays(_offsets(np.full(rows, width, np.int32)), flat)


def text_bytes(batch: pa.RecordBatch) -> Positions:
    """Bytes of text of each document, all parts together."""
    parts = batch.column("parts")
    flat = np.concatenate(([0], np.cumsum(lengths_of(parts.values.field("text")))))
    offsets = parts.offsets.to_numpy()
    return np.asarray(flat[offsets[1:]] - flat[offsets[:-1]], dtype=np.int64)


class Assembler:
    """Collects the pieces of a work unit into chunks and keeps the account.

    A batch holds at most `batch_bytes` of text, or one document more, and at most
    `batch_documents` documents; documents of neighbouring small files share batches.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._batches: list[pa.RecordBatch] = []
        self._bytes = 0
        self._rows = 0
        self._rejects: list[tuple[int, Reject]] = []
        self._counts: dict[int, list[int]] = {}
        self._consumed = 0

    def span(self, span: Span, pieces: Iterator[Piece]) -> Iterator[Chunk]:
        """Chunks that fill up while the pieces of a span arrive."""
        file, size, before = span.file.number, span.end - span.start, 0
        self._counts.setdefault(file, [0, 0, 0])
        for piece in pieces:
            consumed = min(max(piece.consumed, before), size)
            self._consumed += consumed - before
            before = consumed
            if piece.rejects:
                counts = self._counts.setdefault(file, [0, 0, 0])
                counts[1] += sum(reject.records for reject in piece.rejects)
                self._rejects += [(file, reject) for reject in piece.rejects]
            if piece.batch is not None and piece.batch.num_rows:
                repaired = piece.repaired
                for batch, weight in self._cut(piece.batch):
                    over = self._bytes + weight > self._options.batch_bytes
                    if self._rows and (
                        over or self._rows + batch.num_rows > self._options.batch_documents
                    ):
                        yield self._chunk()
                    counts = self._counts.setdefault(file, [0, 0, 0])
                    counts[0] += batch.num_rows
                    # A piece that is cut counts its repairs where its first rows are.
                    counts[2] += repaired
                    repaired = 0
                    self._batches.append(batch)
                    self._bytes += weight
                    self._rows += batch.num_rows
            if self._bytes >= self._options.batch_bytes or len(self._rejects) >= REJECTS_PER_CHUNK:
                yield self._chunk()
        self._consumed += size - before

    def rest(self) -> Chunk:
        """What is left at the end of a work unit."""
        return self._chunk()

    def _cut(self, batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
        limit, most = self._options.batch_bytes, self._options.batch_documents
        sizes = text_bytes(batch)
        total = int(sizes.sum())
        if batch.num_rows == 1 or (total <= limit and batch.num_rows <= most):
            yield batch, total
            return
        ends = np.cumsum(sizes)
        start, done = 0, 0
        while start < batch.num_rows:
            stop = int(np.searchsorted(ends, done + limit, side="right"))
            stop = min(max(stop, start + 1), start + most, batch.num_rows)
            # take, not slice: arrays that start at offset 0 and hold only their own text
            rows = batch.take(pa.array(np.arange(start, stop)))
            yield rows, int(ends[stop - 1]) - done
            start, done = stop, int(ends[stop - 1])

    def _chunk(self) -> Chunk:
        if len(self._batches) == 1:
            batch = self._batches[0]
        elif self._batches:
            batch = pa.concat_batches(self._batches)
        else:
            batch = pa.RecordBatch.from_pylist([], schema=DOCUMENT_SCHEMA)
        rejects = pa.table(
            [
                [file for file, _ in self._rejects],
                [reject.position for _, reject in self._rejects],
                [reject.records for _, reject in self._rejects],
                [reject.reason for _, reject in self._rejects],
                [_printable(reject.excerpt) for _, reject in self._rejects],
            ],
            schema=REJECT_SCHEMA,
        )
        counts = pa.table(
            [
                list(self._counts),
                [audited + rejected for audited, rejected, _ in self._counts.values()],
                [audited for audited, _, _ in self._counts.values()],
                [rejected for _, rejected, _ in self._counts.values()],
                [repaired for _, _, repaired in self._counts.values()],
            ],
            schema=COUNT_SCHEMA,
        )
        chunk = Chunk(batch, rejects, counts, self._consumed)
        self._batches, self._bytes, self._rows, self._consumed = [], 0, 0, 0
        self._rejects, self._counts = [], {}
        return chunk


def _printable(text: str) -> str:
    """Text that can be stored as UTF-8: lone surrogates become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
