"""Batches of documents made by hand, and what the analyzers say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from corpus_assay.transforms import additive, registry
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT

Row = dict[str, object]


@dataclass(frozen=True)
class Document:
    """One document; `parts` are pairs of role and text."""

    parts: tuple[tuple[int, str], ...]
    language: str = "eng"
    source: str = "s"
    position: int = 0
    slices: tuple[str | None, ...] = ()


def document(text: str, language: str = "eng", position: int = 0) -> Document:
    return Document(((ROLE_TEXT, text),), language, position=position)


def batch(documents: Sequence[Document]) -> pa.RecordBatch:
    rows = [
        {
            "file": 0,
            "position": one.position,
            "id": None,
            "source": one.source,
            "language": one.language,
            "parts": [{"field": "f", "role": role, "text": text} for role, text in one.parts],
            "slices": list(one.slices),
        }
        for one in documents
    ]
    return pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA)


def options(lexicon: str | None = None, slice_by: tuple[str, ...] = ()) -> registry.MeasureOptions:
    return registry.MeasureOptions(
        lexicon, slice_by, registry.language.LanguageOptions(detect="never")
    )


MEASURES = ("corpus", "gender")


@cache
def _analyzer(settings: registry.MeasureOptions) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    return registry.analyzer(MEASURES, settings)


def tables(
    batches: Iterable[pa.RecordBatch], settings: registry.MeasureOptions, limit: int = 32
) -> dict[str, pa.Table]:
    """All tables of the measures, merged over the batches."""
    merger = additive.Merger(registry.tables(MEASURES).values(), limit)
    for one in batches:
        merger.add(_analyzer(settings)(one))
    return merger.tables()


def rows(table: pa.Table, **where: object) -> list[Row]:
    """Rows whose columns have the given values, without those columns."""
    return [
        {name: value for name, value in row.items() if name not in where}
        for row in table.to_pylist()
        if all(row[name] == value for name, value in where.items())
    ]
