"""The largest clusters of duplicates with their texts, read again after the clusters are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import Span, read_unit
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.transforms.documents import first_sentences, repair
from corpus_assay.transforms.duplicate_clusters import EXAMPLES, LARGEST, excerpts

LOOKED_AT = 1 << 20
"""Characters of a document among which the first difference is looked for."""

READ_BYTES = 8 << 20


def write(config: AuditConfig, units: Sequence[WorkUnit]) -> None:
    """Write the table `EXAMPLES` from `LARGEST`, which is removed.

    This process reads the at most ``4 * SHOWN`` spans of the documents that are shown, each up to
    its document. Memory: that of a batch, and `LOOKED_AT` characters of each document.
    """
    found = finish.whole_table(config.staging, LARGEST)
    sides = [found.column(name).to_pylist() for name in ("document", "other_document")]
    texts: Mapping[int, str] = {}
    if config.excerpts:
        positions = [found.column(name).to_pylist() for name in ("position", "other_position")]
        wanted = {
            number: position
            for side, places in zip(sides, positions, strict=True)
            for number, position in zip(side, places, strict=True)
        }
        texts = _texts(wanted, units, config)
    pairs = [
        excerpts(texts.get(one, ""), texts.get(other, ""))
        for one, other in zip(*sides, strict=True)
    ]
    columns = [found.column(name).combine_chunks() for name in EXAMPLES.schema.names[:-2]]
    columns += [pa.array([pair[k] for pair in pairs], pa.string()) for k in range(2)]
    if not config.excerpts:  # an id may say what the text says
        for name in ("id", "other_id"):
            columns[EXAMPLES.schema.get_field_index(name)] = pa.nulls(len(found), pa.string())
    shown = finish.presentable(EXAMPLES, EXAMPLES.table(columns), config.excerpts)
    path = storage.join(config.staging, finish.table_path(EXAMPLES, 0))
    storage.write(path, storage.parquet_bytes(shown))
    storage.remove(config.staging, finish.table_path(LARGEST, 0))


def _texts(
    wanted: Mapping[int, int], units: Sequence[WorkUnit], config: AuditConfig
) -> dict[int, str]:
    """The beginnings of documents (number → position), by number.

    The upper half of a number is the place of its span among all spans in order of (file, start).
    """
    spans = sorted(
        (span for unit in units for span in unit.spans),
        key=lambda span: (span.file.number, span.start),
    )
    by_span: dict[int, dict[int, int]] = defaultdict(dict)
    for number, position in wanted.items():
        by_span[number >> 32][position] = number
    texts: dict[int, str] = {}
    for place, numbers in by_span.items():
        found = _read(spans[place], np.array(sorted(numbers), np.int64), config)
        texts |= {numbers[position]: text for position, text in found.items()}
    return texts


def _read(span: Span, positions: NDArray[np.int64], config: AuditConfig) -> dict[int, str]:
    """The beginnings of documents of a span, by position."""
    read = replace(config.read, batch_bytes=READ_BYTES)
    texts: dict[int, str] = {}
    for chunk in read_unit([span], read, {span.file.number: positions}):
        at = chunk.batch.column("position").to_numpy()
        for row in np.flatnonzero(np.isin(at, positions)).tolist():
            batch = repair(chunk.batch.slice(row, 1))[0]
            if config.options.first_sentence:
                batch = first_sentences(batch)
            parts = batch.column("parts")[0].as_py()
            texts[int(at[row])] = "\n".join(part["text"] for part in parts)[:LOOKED_AT]
        if len(texts) == len(positions):
            break
    return texts
