"""Record batches of a user's schema (Parquet, Arrow IPC) to documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines.sources.batches import Builder, Positions, clip, metadata_column
from corpus_assay.pipelines.sources.layout import (
    DATE,
    NULL,
    NUMBER,
    OTHER,
    STRING,
    STRUCT,
    TURNS,
    Columns,
    Path,
)
from corpus_assay.pipelines.sources.model import Piece


def kind_of_type(kind: pa.DataType) -> str:
    """Kind of a column, as `layout` names them."""
    types = pa.types
    if types.is_dictionary(kind):
        return kind_of_type(kind.value_type)
    if _is_text(kind):
        return STRING
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return NUMBER
    if types.is_date(kind) or types.is_timestamp(kind):
        return DATE
    if types.is_struct(kind):
        return STRUCT
    if _is_list(kind):
        return TURNS if types.is_struct(kind.value_type) else OTHER
    return NULL if types.is_null(kind) else OTHER


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
        or types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)
    )  # fmt: skip


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _is_shared(kind: pa.DataType) -> bool:
    """Whether rows of this type can share the bytes of one value."""
    types = pa.types
    return bool(
        types.is_dictionary(kind) or types.is_string_view(kind) or types.is_binary_view(kind)
    )


def columns_of_schema(schema: pa.Schema) -> Columns:
    """Columns of an Arrow schema, nested ones under dotted names."""
    kinds: dict[str, str] = {}
    paths: dict[str, Path] = {}
    level: list[tuple[Path, pa.Field]] = [((field.name,), field) for field in schema]
    for _ in range(5):
        below: list[tuple[Path, pa.Field]] = []
        for path, field in level:
            name = ".".join(path)
            kinds.setdefault(name, kind_of_type(field.type))
            paths.setdefault(name, path)
            if pa.types.is_struct(field.type):
                below += [((*path, inner.name), inner) for inner in field.type.fields]
        level = below
    return Columns(kinds, paths, {}, typed=True)


def column_at(batch: pa.RecordBatch, path: Path) -> pa.Array | None:
    """A (nested) column of a batch; null where a struct around it is."""
    index = batch.schema.get_field_index(path[0])
    if index < 0:
        return None
    array = batch.column(index)
    for key in path[1:]:
        if not pa.types.is_struct(array.type) or array.type.get_field_index(key) < 0:
            return None
        array = pc.struct_field(array, key)
    return array


def pieces_of(batch: pa.RecordBatch, limit: int, most: int) -> Iterator[pa.RecordBatch]:
    """A batch in slices that stay near `limit` bytes and at most `most` rows once decoded.

    Dictionaries and views hold a value once that many rows may show, so their decoded size is
    computed before anything is decoded.
    """
    if (
        batch.num_rows <= most
        and batch.nbytes <= limit
        and not any(map(_is_shared, batch.schema.types))
    ):
        if batch.num_rows:
            yield batch
        return
    sizes = np.full(batch.num_rows, batch.nbytes // max(batch.num_rows, 1) + 1, np.int64)
    for column in batch.columns:
        kind = column.type
        if pa.types.is_dictionary(kind) and _is_text(kind.value_type):
            lengths = pc.binary_length(column.dictionary)
            sizes += _filled(lengths.take(column.indices))
        elif pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
            # Arrow has no kernel for these lengths: the first 4 of the 16 bytes of a view.
            views = np.frombuffer(column.buffers()[1], np.int32).reshape(-1, 4)[:, 0]
            lengths = pa.array(views[column.offset : column.offset + len(column)])
            sizes += np.where(_filled(column.is_valid()), _filled(lengths), 0)
    ends = np.cumsum(sizes)
    start = done = 0
    while start < batch.num_rows:
        stop = int(np.searchsorted(ends, done + limit, side="right"))
        stop = min(max(stop, start + 1), start + most, batch.num_rows)
        yield batch.slice(start, stop - start)
        start, done = stop, int(ends[stop - 1])


def _filled(lengths: pa.Array) -> Positions:
    filled = pc.fill_null(lengths, False if pa.types.is_boolean(lengths.type) else 0).to_numpy(
        zero_copy_only=False
    )
    return np.asarray(filled, dtype=np.int64)


def text_column(array: pa.Array, checked: bool = True) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Strings of a column of text, and the rows in which invalid UTF-8 became U+FFFD.

    Where `checked` is False, nothing is looked at: the tokeniser will see invalid UTF-8. The
    offsets of the array must then be known to be right.
    """
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if not pa.types.is_binary(array.type):
        target = pa.binary()
        array = array.cast(target) if not pa.types.is_string(array.type) else array.view(target)
    text = array.view(pa.string())
    nothing: npt.NDArray[np.int64] = np.empty(0, np.int64)
    if not checked:
        return text, nothing
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        array.validate(full=True)
        return _repaired(array)
    return text, nothing


def _repaired(array: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    values: list[str | None] = []
    rows: list[int] = []
    for row, value in enumerate(array):
        raw = value.as_buffer()
        if raw is None:
            values.append(None)
            continue
        data = bytes(raw)
        try:
            values.append(data.decode("utf-8"))
        except UnicodeDecodeError:
            values.append(data.decode("utf-8", "replace"))
            rows.append(row)
    return pa.array(values, pa.string()), np.array(rows, np.int64)


def _metadata(array: pa.Array | None) -> pa.Array | None:
    if array is None or pa.types.is_null(array.type):
        return None
    if kind_of_type(array.type) == STRING:
        return clip(text_column(array)[0])
    if kind_of_type(array.type) == DATE:
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        return pc.cast(array, pa.string())
    return metadata_column(array.to_pylist())


def documents(
    batch: pa.RecordBatch, positions: Positions, builder: Builder, checked: bool = True
) -> Piece:
    """Documents of the rows of a batch; `checked` as in `text_column`."""
    layout = builder.layout
    metadata = [
        None if path is None else _metadata(column_at(batch, path)) for path in layout.metadata()
    ]
    arrays: list[Any] = [column_at(batch, part.path) for part in layout.parts]
    if layout.kind == "columns":
        texts = [text_column(array, checked) for array in arrays]
        repaired = set(np.concatenate([rows for _, rows in texts]).tolist())
        return builder.from_columns(
            positions, [text for text, _ in texts], metadata, None, repaired
        )
    records = list(zip(*(array.to_pylist() for array in arrays), strict=True))
    return builder.from_records(positions, records, metadata)
