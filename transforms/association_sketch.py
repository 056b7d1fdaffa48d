"""From the sketch of the first look to the words that the second counts (`associations`)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms.association_kernels import ROWS, WIDTH
from corpus_assay.transforms.association_tables import SKETCH

CANDIDATES = 1 << 15
"""Cells of the first row of a sketch that may reach the threshold."""
SELECTION = "candidates"
"""Name of the table of the selection."""

_KIND = ("language", "kind")


def prepare(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """From `SKETCH` to the selection of the second look: language, kind, threshold (int64) and
    bits (binary, a bit for each cell that reaches it). Memory: the sketch, and 64 KiB of bits for
    each language and kind."""
    sketch = tables[SKETCH.name].combine_chunks()
    if not sketch.num_rows:
        return {}
    rows: list[tuple[str, str, int, bytes]] = []
    for (language, kind), cells, matches in sketches(sketch):
        least = threshold_of(matches[cells < WIDTH])
        marked = np.zeros(ROWS * WIDTH, np.bool_)
        marked[cells[matches >= least]] = True
        rows.append((language, kind, least, np.packbits(marked, bitorder="little").tobytes()))
    names = ("language", "kind", "threshold", "bits")
    columns = dict(zip(names, map(list, zip(*sorted(rows), strict=True)), strict=True))
    return {SELECTION: pa.table(columns)}


def threshold_of(first_row: NDArray[np.int64]) -> int:
    """The smallest count from 1 that at most `CANDIDATES` cells reach."""
    if len(first_row) <= CANDIDATES:
        return 1
    return int(np.partition(first_row, len(first_row) - CANDIDATES - 1)[-CANDIDATES - 1]) + 1


def sketches(
    sketch: pa.Table,
) -> Iterator[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.int64]]]:
    """Language and kind, cells and counts of each sketch."""
    names = [sketch.column(name).combine_chunks().dictionary_encode() for name in _KIND]
    width = len(names[1].dictionary)
    numbers = names[0].indices.to_numpy().astype(np.int64) * width + names[1].indices.to_numpy()
    cells, matches = (sketch.column(name).to_numpy() for name in ("cell", "matches"))
    order = np.argsort(numbers, kind="stable")
    begins = runs(numbers[order].astype(np.uint64))
    for begin, end in itertools.pairwise([*begins.tolist(), len(order)]):
        rows = order[begin:end]
        language, kind = divmod(int(numbers[rows[0]]), width)
        pair = names[0].dictionary[language].as_py(), names[1].dictionary[kind].as_py()
        yield pair, cells[rows], matches[rows]


def runs(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where runs of equal values begin."""
    begins = np.ones(len(values), np.bool_)
    begins[1:] = values[1:] != values[:-1]
    return np.flatnonzero(begins)
