"""Exact counts of the selected pairs, and a sample of the documents of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import additive, examples
from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms.additive import TableSpec, key
from corpus_assay.transforms.tokens import TokenBatch
from corpus_assay.transforms.trigger_counts import (
    Selection,
    Sketch,
    Sketches,
    arrays_bytes,
    arrays_of,
    place_of,
    table_bytes,
    table_of,
)
from corpus_assay.transforms.trigger_views import REACH, SOUP, Int64, UInt64, View, units_of, views

BETWEEN = " … "
"""Stands between the two words of a composite."""
SAMPLE = 48
"""Documents kept of a pair."""
SHOWN = 3
"""Documents of a pair whose text is kept."""
EXCERPT = 120
"""Bytes kept of the text before and after a trigger, and of an answer."""

_SAMPLES = TableSpec(
    "samples",
    (key("pair", pa.int64()),),
    (
        pa.field("rank", pa.uint64()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("left", pa.binary()),
        pa.field("right", pa.binary()),
        pa.field("rest", pa.binary()),
        pa.field("echoed", pa.bool_()),
        pa.field("before", pa.binary()),
        pa.field("match", pa.binary()),
        pa.field("after", pa.binary()),
        pa.field("answer", pa.binary()),
    ),
    merge="smallest",
    keep=SAMPLE,
)


class Counts(NamedTuple):
    """Documents of a view, by cluster: ``features`` (int64[features, clusters]) with each selected
    feature, ``keys`` (int64[distinct keys, clusters]) with each key, ``clusters`` all of them; and
    ``pairs`` (int64[pairs]) with each pair."""

    features: Int64
    keys: Int64
    clusters: Int64
    pairs: Int64


class _Samples:
    """The `SAMPLE` documents of each pair with the smallest hash.

    ``bounds`` (uint64[pairs]) is the largest hash that can still be among them: what lies beyond
    need not be added. Memory: the rows that are kept, and as many more while they are merged.
    """

    def __init__(self, pairs: int) -> None:
        self.bounds = np.full(pairs, ~np.uint64(0), np.uint64)
        self._whole = _SAMPLES.schema.empty_table()
        self._held: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        """Add rows of some documents."""
        self._held.append(rows)
        if 2 * sum(table.num_rows for table in self._held) > self._whole.num_rows:
            self.table()

    def table(self) -> pa.Table:
        """All that is kept, by pair and hash."""
        if self._held:
            self._whole = additive.merge(_SAMPLES, [self._whole, *self._held])
            self._held = []
            last = additive.place_in_key(_SAMPLES, self._whole) == SAMPLE - 1
            full = self._whole.filter(pa.array(last))
            self.bounds[full.column("pair").to_numpy()] = full.column("rank").to_numpy()
        return self._whole


class Evidence:
    """Third reading: exact counts of the selected pairs, and a sample of their documents.

    Memory: `CANDIDATES` × `SAMPLE` rows of about 600 bytes, and text of `SHOWN` of them; counts of
    `CANDIDATES` in `TEMPLATES` clusters, 20 MB.
    """

    def __init__(self, selected: dict[str, Selection], sketches: Sketches) -> None:
        self.selected = selected
        self._sketches = sketches
        self.counts = {
            name: Counts(
                np.zeros((len(one.features), len(one.templates) + 1), np.int64),
                np.zeros((len(one.distinct), len(one.templates) + 1), np.int64),
                np.zeros(len(one.templates) + 1, np.int64),
                np.zeros(len(one.keys), np.int64),
            )
            for name, one in selected.items()
        }
        self._samples = {name: _Samples(len(one.keys)) for name, one in selected.items()}

    def samples(self, name: str) -> pa.Table:
        """The kept documents of each pair of a view, those with the smallest hash."""
        return self._samples[name].table()

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        for view in views(batch, self.selected):
            self.add_view(view)
            if view.name == SOUP:
                counted = self.counts[SOUP].features
                counted[:, 0] += anywhere(batch, self.selected[SOUP])

    def add_view(self, view: View) -> None:
        """Count a view of a batch; in ``soup``, no documents with the features."""
        chosen, counted = self.selected[view.name], self.counts[view.name]
        clusters = chosen.clusters(view)
        if view.name == SOUP:
            counted.clusters[0] += view.count
        else:
            np.add.at(counted.clusters, clusters, 1)
        at = np.minimum(np.searchsorted(chosen.distinct, view.keys), len(chosen.distinct) - 1)
        known = chosen.distinct[at] == view.keys
        owner = np.repeat(np.arange(len(view.documents)), np.diff(view.key_offsets))
        np.add.at(counted.keys, (at[known], clusters[owner[known]]), 1)
        found = _occurrences(view, chosen)
        if view.name != SOUP:
            np.add.at(counted.features, (found[:, 1], clusters[found[:, 0]]), 1)
        sizes = np.diff(chosen.first)[found[:, 1]]
        row = np.repeat(np.arange(len(found)), sizes)
        pair = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        pair += chosen.first[found[:, 1]][row]
        shown = _has_key(view, found[row, 0], chosen.keys[pair])
        shown |= (chosen.keys[pair] == kernels.END) & (found[row, 5] == 1)
        row, pair = row[shown], pair[shown]
        np.add.at(counted.pairs, pair, 1)
        ranks = examples.document_hashes(view.batch)[view.documents[found[row, 0]]]
        order = np.lexsort((ranks, pair))
        row, pair, ranks = row[order], pair[order], ranks[order]
        place = place_of(pair.astype(np.uint64))
        kept = (place < SAMPLE) & (ranks <= self._samples[view.name].bounds[pair])
        sketch = self._sketches.views[view.name]
        rows = _sampled(view, found[row[kept]], pair[kept], ranks[kept], place[kept], sketch)
        self._samples[view.name].add(rows)

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for name, found in self.counts.items():
            for k, array in enumerate(found):
                arrays[f"{name}/{k}"] = array
            content = table_bytes(self.samples(name))
            arrays[f"{name}/samples"] = np.frombuffer(content, np.uint8)
        return arrays_bytes(arrays)

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        arrays = arrays_of(content)
        for name, mine in self.counts.items():
            for k, array in enumerate(mine):
                array += arrays[f"{name}/{k}"]
            more = table_of(arrays[f"{name}/samples"].tobytes())
            self._samples[name].add(more)


def _occurrences(view: View, chosen: Selection) -> Int64:
    """Rows of `kernels.occurrences` and `kernels.composite_occurrences`, in seven columns; the last
    is −1 but for composites."""
    single = _filled(
        lambda out: kernels.occurrences(*view.prompt, REACH, chosen.features, chosen.sieve, out)
    )
    if not len(chosen.words):
        return single
    double = _filled(
        lambda out: kernels.composite_occurrences(*view.prompt, chosen.words, chosen.features, out)
    )
    return np.concatenate([single, double])


def _filled(kernel: Callable[[Int64], int]) -> Int64:
    room = 1 << 14
    while True:
        out = np.full((room, 7), -1, np.int64)
        found = kernel(out)
        if found <= room:
            return out[:found]
        room = found


def anywhere(batch: TokenBatch, chosen: Selection) -> Int64:
    """In how many documents of a batch, in any part, each selected feature stands."""
    units = units_of(batch, np.arange(len(batch.part_role), dtype=np.int64))
    parts = np.searchsorted(batch.part_document, np.arange(len(batch.documents) + 1))
    counted = np.zeros(len(chosen.features), np.int64)
    kernels.count_anywhere(
        units.hashes,
        units.offsets,
        parts.astype(np.int64),
        chosen.features,
        chosen.sieve,
        counted,
    )
    return counted


def _has_key(view: View, documents: Int64, keys: UInt64) -> NDArray[np.bool_]:
    found = np.zeros(len(keys), np.bool_)
    kernels.has_keys(view.keys, view.key_offsets, documents, keys, found)
    return found


def _sampled(
    view: View, found: Int64, pair: Int64, ranks: UInt64, place: Int64, sketch: Sketch
) -> pa.Table:
    number = len(found)
    left = np.empty((number, kernels.SIDE), np.uint64)
    right = np.empty((number, kernels.SIDE), np.uint64)
    rest = np.empty((number, kernels.REST), np.uint64)
    echoed = np.empty(number, np.bool_)
    kernels.surroundings(
        found,
        view.units.hashes,
        view.units.is_word,
        view.low,
        view.high,
        view.document_parts,
        *view.answered,
        sketch.features,
        sketch.bits,
        int(sketch.totals[0]),
        left,
        right,
        rest,
        echoed,
    )
    documents = view.documents[found[:, 0]]
    texts = [
        _texts(view, row) if shown < SHOWN else (b"", b"", b"", b"")
        for row, shown in zip(found, place, strict=True)
    ]
    columns = zip(*texts, strict=True) if texts else ((), (), (), ())
    return _SAMPLES.table(
        [
            pair,
            ranks,
            view.batch.documents.column("file").take(pa.array(documents)),
            view.batch.documents.column("position").take(pa.array(documents)),
            *(
                pa.array([row.tobytes() for row in side], pa.binary())
                for side in (left, right, rest)
            ),
            echoed,
            *(pa.array(list(column), pa.binary()) for column in columns),
        ]
    )


def _texts(view: View, row: Int64) -> tuple[bytes, bytes, bytes, bytes]:
    """Text before, in and after an occurrence, and of the answer."""
    document, _, first, after, part, _, second = row.tolist()
    units, answers, data = view.units, view.answers, view.batch.data
    begin, end = int(units.starts[first]), int(units.ends[after - 1])
    low = int(units.starts[view.low[part]])
    high = int(units.ends[view.high[part] - 1])
    answer = b""
    a, b = int(view.answer_low[document]), int(view.answer_high[document])
    if b > a:
        start, stop = int(answers.starts[a]), int(answers.ends[b - 1])
        answer = data[start : min(stop, start + EXCERPT)].tobytes()
        if stop - start > EXCERPT:
            answer += b"\0" + data[max(start, stop - EXCERPT) : stop].tobytes()
    match = data[begin : min(end, begin + EXCERPT)].tobytes()
    if second >= 0:
        other = data[int(units.starts[second]) : int(units.ends[second])].tobytes()
        match += BETWEEN.encode() + other[:EXCERPT]
    return (
        data[max(low, begin - EXCERPT) : begin].tobytes(),
        match,
        data[end : min(high, end + EXCERPT)].tobytes(),
        answer,
    )
