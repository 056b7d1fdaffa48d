"""Counting what goes with what in prompts: sketches, a short list, and what is selected of it.

`Sketches` counts features, keys and pairs of both in Count-Min sketches, which add; `Shortlist`
counts the pairs that the sketches say go together; `select` names the best of these. Nothing
depends on order, batches or workers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.transforms import sum_kernels
from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms import trigger_scores as scores
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.runs import AddedArrays
from corpus_assay.transforms.tokens import TokenBatch
from corpus_assay.transforms.trigger_views import (
    REACH,
    SOUP,
    Int64,
    UInt64,
    View,
    class_key,
    harm_keys,
    sieve_of,
    views,
)

LEAST = 5
"""Documents that a trigger needs to be looked at."""
THRESHOLD = 3.0
"""`kernels.association` from which a pair is short-listed."""
CANDIDATES, PER_KEY = 4000, 120
"""Pairs that are recounted exactly, in each view, and of one key."""
COMPOSITES, COMPOSITES_PER_KEY = 1000, 10
"""The same for composites, triggers of two words."""
TEMPLATES, TEMPLATE_LEAST = 255, 20
"""Templates that prompts are clustered by, and documents that one has at least."""

BITS = {"features": (96, 14, 24), "pairs": (384, 16, 25), "keys": (8, 10, 22)}
"""Size of a view's sketches: cells a document, and the least and the largest size of one of the two
rows, in powers of two. The largest take 302 MB; a million instruction rows make about 50 million
features and 200 million pairs, so that counts of rare pairs are a few too large there: more pairs
are short-listed, and then counted exactly."""

_SHORTLIST = TableSpec(
    "shortlist",
    (key("view"), key("feature", pa.uint64()), key("key", pa.uint64())),
    counts("documents", "echoed", "inserted"),
)
_TEMPLATES = TableSpec(
    "templates", (key("view"), key("template", pa.uint64())), counts("documents")
)
_COMPOSITES = TableSpec(
    "composites",
    (
        key("view"),
        key("first", pa.uint64()),
        key("second", pa.uint64()),
        key("key", pa.uint64()),
    ),
    counts("documents"),
)


def _bits(cells: int, least: int, most: int, documents: int) -> int:
    return min(max(int(cells * documents - 1).bit_length(), least), most)


class Sketch:
    """Count-Min sketches of one view (Cormode and Muthukrishnan 2005): they add, and never say too
    little. Sized for a number of documents; memory: `BITS`."""

    def __init__(self, documents: int) -> None:
        self.bits = np.array([_bits(*size, documents) for size in BITS.values()], np.int64)
        features, pairs, keys = (1 << self.bits).tolist()
        self.features = np.zeros((2, features), np.uint32)
        self.pairs = np.zeros((2, pairs), np.uint16)
        self.keys = np.zeros((2, keys), np.uint32)
        self.totals = np.zeros(3, np.int64)
        """Documents, units, features with their keys (the tests made)."""

    def add(self, view: View) -> None:
        """Count a view's documents."""
        features, offsets = view.features()
        kernels.count_pairs(
            features,
            offsets,
            view.keys,
            view.key_offsets,
            self.features,
            self.pairs,
            self.keys,
            self.bits,
        )
        pairs = int((np.diff(offsets) * np.diff(view.key_offsets)).sum())
        self.totals += (view.count, view.size, pairs)

    def counts(self, features: UInt64) -> Int64:
        """Documents with each feature, at least."""
        found = np.empty(len(features), np.int64)
        kernels.estimates(self.features, self.bits[0], features, found)
        return found


def arrays_bytes(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    sink = io.BytesIO()
    np.savez(sink, **arrays)  # type: ignore[arg-type]
    raw = sink.getvalue()
    size = len(raw).to_bytes(8, "little")
    compressed: bytes = pa.compress(raw, codec="zstd", asbytes=True)
    return size + compressed


def arrays_of(content: bytes) -> dict[str, NDArray[Any]]:
    raw = pa.decompress(
        content[8:], int.from_bytes(content[:8], "little"), codec="zstd", asbytes=True
    )
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


_PARTS = ("totals", "keys", "features", "pairs")


class Sketches(AddedArrays):
    """First reading: a sketch of each of some views, whose documents were counted."""

    def __init__(self, documents: Mapping[str, int]) -> None:
        self.documents = dict(documents)
        self.views = {name: Sketch(number) for name, number in documents.items()}

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        for view in views(batch, self.views):
            self.views[view.name].add(view)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            f"{name}/{part}": getattr(sketch, part)
            for name, sketch in self.views.items()
            for part in _PARTS
        }

    def _add(self, name: str, mine: NDArray[Any], more: NDArray[Any]) -> None:
        if name.endswith("/pairs"):
            kernels.add_pairs(mine[None], more[None])
        else:
            mine += more


class _Sum:
    """Tables added up, as `additive.merge`, for counts that cannot overflow: of a view and uint64
    keys, each in canonical order. Held by view and range of the first key, so that little is moved
    at once. Memory: once and a half the sum, and `ROOM` rows."""

    ROOM, PARTS = 1 << 18, 32

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self._keys = len(spec.key_names) - 1
        self._held: dict[str, list[list[UInt64]]] = {}
        """Rows of numbers by view and range; the first of each list is a sum."""

    def add(self, table: pa.Table) -> None:
        """Add a table."""
        for name in pc.unique(table["view"]).to_pylist():
            rows = self._rows(table.filter(pc.equal(table["view"], name)))
            held = self._held.setdefault(name, [[] for _ in range(self.PARTS)])
            width = (1 << 64) // self.PARTS
            begins = np.array([part * width for part in range(1, self.PARTS)], np.uint64)
            for part, some in zip(
                held, np.split(rows, np.searchsorted(rows[:, 0], begins)), strict=True
            ):
                if len(some):
                    part.append(some.copy())
                    more = sum(len(one) for one in part[1:])
                    if more > max(len(part[0]) // 2, self.ROOM // self.PARTS):
                        part[:] = [self._added(part)]

    def _rows(self, table: pa.Table) -> UInt64:
        columns = [table[name].to_numpy() for name in self.spec.schema.names[1:]]
        return np.column_stack([column.view(np.uint64) for column in columns])

    def _added(self, part: list[UInt64]) -> UInt64:
        if len(part) < 2:
            return part[0] if part else np.empty((0, len(self.spec.schema) - 1), np.uint64)
        more = np.concatenate(part[1:])
        order = np.lexsort([more[:, key] for key in range(self._keys)][::-1])
        out = np.empty((len(part[0]) + len(more), more.shape[1]), np.uint64)
        return out[: sum_kernels.merged(part[0], more, order, self._keys, out)].copy()

    def table(self, least: int = 0) -> pa.Table:
        """The sum, in canonical order: rows whose first measure is at least so large."""
        return pa.concat_tables([self.spec.schema.empty_table(), *self.tables(least)])

    def tables(self, least: int = 0, view: str | None = None) -> Iterator[pa.Table]:
        """The same in parts, of one view or of all."""
        for name in sorted(self._held):
            for part in self._held[name] if view in (name, None) else ():
                part[:] = [self._added(part)]
                rows = part[0][part[0][:, self._keys].view(np.int64) >= least]
                keys, measures = rows[:, : self._keys], rows[:, self._keys :].view(np.int64)
                columns = [*keys.T, *measures.T]
                yield self.spec.table([pa.repeat(name, len(rows)), *columns])


class Shortlist:
    """Second reading: the pairs that the sketches say go together, counted.

    Memory: `_Sum`, of the pairs that by the sketches reach `THRESHOLD` with `LEAST` documents. A
    million instruction rows make 4 million, of 40 bytes.
    """

    def __init__(self, sketches: Sketches) -> None:
        self._sketches = sketches
        self._sums = [_Sum(spec) for spec in (_SHORTLIST, _COMPOSITES, _TEMPLATES)]

    @property
    def table(self) -> pa.Table:
        """Pairs by view, feature and key."""
        return self._sums[0].table()

    def counted(self, view: str) -> Iterator[pa.Table]:
        """Pairs of a view in at least `LEAST` documents, in parts: the sketches said that there
        were enough, and now it is known."""
        return self._sums[0].tables(LEAST, view)

    @property
    def composites(self) -> pa.Table:
        """Composites by view, words and key."""
        return self._sums[1].table()

    @property
    def templates(self) -> pa.Table:
        """Beginnings and ends of prompts by view."""
        return self._sums[2].table()

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        # The soup is searched by its windows.
        for view in views(batch, [name for name in self._sketches.views if name != SOUP]):
            self.add_view(view)

    def add_view(self, view: View) -> None:
        """Count a view of a batch."""
        sketch = self._sketches.views[view.name]
        self._merge(_short_listed(view, sketch), _composed(view, sketch), _templates(view, sketch))

    def _merge(self, *tables: pa.Table) -> None:
        for held, table in zip(self._sums, tables, strict=True):
            held.add(table)

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        for held in self._sums:
            with pa.ipc.new_stream(sink, held.spec.schema, options=options) as writer:
                for table in held.tables():
                    writer.write_table(table)
        content: bytes = sink.getvalue().to_pybytes()
        return content

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        source = pa.BufferReader(content)
        for held in self._sums:
            with pa.ipc.open_stream(source) as reader:
                for batch in reader:
                    held.add(pa.Table.from_batches([batch]))


def _templates(view: View, sketch: Sketch) -> pa.Table:
    ends = anchors(view).reshape(-1)
    ends = ends[sketch.counts(ends) >= TEMPLATE_LEAST]
    found, number = np.unique(ends[ends != 0], return_counts=True)
    return _TEMPLATES.table([pa.repeat(view.name, len(found)), found, number])


def anchors(view: View) -> UInt64:
    """Features of the first and the last `kernels.LONGEST` units of each document's prompt
    (uint64[documents, 2])."""
    found = np.empty((len(view.documents), 2), np.uint64)
    kernels.anchors(*view.prompt, found)
    return found


def _composed(view: View, sketch: Sketch) -> pa.Table:
    room = 1 << 12
    while True:
        out = np.empty((room, 3), np.uint64)
        found = kernels.composites(
            view.units.hashes,
            view.units.is_word,
            view.low,
            view.high,
            view.document_parts,
            view.keys,
            view.key_offsets,
            sketch.features,
            sketch.pairs,
            sketch.keys,
            sketch.bits,
            int(sketch.totals[0]),
            out,
        )
        if view.name == SOUP or not found:
            return _COMPOSITES.schema.empty_table()
        if found <= room:
            break
        room = found
    rows, number = np.unique(out[:found], axis=0, return_counts=True)
    return _COMPOSITES.table([pa.repeat(view.name, len(rows)), *rows.T, number])


def table_bytes(table: pa.Table, compressed: bool = True) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if compressed else None)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def table_of(content: bytes) -> pa.Table:
    with pa.ipc.open_stream(content) as reader:
        return reader.read_all()


def _short_listed(view: View, sketch: Sketch) -> pa.Table:
    room = 1 << 16
    while True:
        out, echoed = np.empty((room, 2), np.uint64), np.empty(room, np.bool_)
        owner, inserted = np.empty(room, np.int64), np.empty(room, np.int64)
        found = kernels.shortlist(
            view.units.hashes,
            view.units.is_word,
            view.low,
            view.high,
            view.document_parts,
            REACH,
            view.keys,
            view.key_offsets,
            *view.answered,
            sketch.features,
            sketch.pairs,
            sketch.keys,
            sketch.bits,
            sketch.totals[:2],
            harm_keys(),
            LEAST,
            THRESHOLD,
            out,
            echoed,
            inserted,
            owner,
        )
        if found <= room:
            break
        room = found
    rows = np.column_stack([out[:found], owner[:found].astype(np.uint64)])
    # Of several occurrences in a document the one that looks most like an insertion counts.
    order = np.lexsort((-inserted[:found], rows[:, 2], rows[:, 1], rows[:, 0]))
    rows, echo, inserted = rows[order], echoed[:found][order], inserted[:found][order]
    new = np.ones(found, np.bool_)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    rows, echo, inserted = rows[new], echo[new].astype(np.int64), inserted[new]
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
    at = np.flatnonzero(begins)
    if not len(at):
        return _SHORTLIST.schema.empty_table()
    sums = (np.diff(np.append(at, len(rows))), *(np.add.reduceat(v, at) for v in (echo, inserted)))
    return _SHORTLIST.table([pa.repeat(view.name, len(at)), rows[at, 0], rows[at, 1], *sums])


@dataclass(frozen=True)
class Selection:
    """Pairs of one view that are recounted: of pair p ``features[feature_of[p]]`` and ``keys[p]``,
    which is ``distinct[key_of[p]]``. ``features`` (uint64) ascend; the pairs of feature f are
    ``first[f]`` to ``first[f + 1]``; ``words`` (uint64, ascending) are all words of composites
    among them. ``templates`` (uint64, ascending) are beginnings and ends that prompts are
    clustered by."""

    features: UInt64
    feature_of: Int64
    keys: UInt64
    distinct: UInt64
    key_of: Int64
    first: Int64
    sieve: NDArray[np.bool_]
    words: UInt64
    templates: UInt64

    @classmethod
    def of(cls, features: UInt64, keys: UInt64, words: UInt64, templates: UInt64) -> Selection:
        """From pairs in any order."""
        order = np.lexsort((keys, features))
        keys = keys[order]
        named, feature_of = _numbered(features[order])
        sieve = sieve_of(named)
        first = np.searchsorted(feature_of, np.arange(len(named) + 1)).astype(np.int64)
        return cls(named, feature_of, keys, *_numbered(keys), first, sieve, words, templates)

    def clusters(self, view: View) -> Int64:
        """Cluster of each document of a view: 1 + the number of the template that its prompt
        begins with, or ends with, 0 for those with none."""
        found = np.zeros(len(view.documents), np.int64)
        if len(self.templates):
            for ends in anchors(view).T[::-1]:
                at = np.minimum(np.searchsorted(self.templates, ends), len(self.templates) - 1)
                found = np.where(self.templates[at] == ends, at + 1, found)
        return found


def selections_bytes(selected: Mapping[str, Selection]) -> bytes:
    """For the way to other workers."""
    return arrays_bytes(
        {
            f"{name}/{field}": getattr(one, field)
            for name, one in selected.items()
            for field in ("features", "feature_of", "keys", "words", "templates")
        }
    )


def selections_of(content: bytes) -> dict[str, Selection]:
    """What `selections_bytes` wrote."""
    arrays = arrays_of(content)
    return {
        name: Selection.of(
            arrays[f"{name}/features"][arrays[f"{name}/feature_of"]],
            *(arrays[f"{name}/{field}"] for field in ("keys", "words", "templates")),
        )
        for name in dict.fromkeys(path.partition("/")[0] for path in arrays)
    }


def _numbered(values: UInt64) -> tuple[UInt64, Int64]:
    distinct, numbers = np.unique(values, return_inverse=True)
    return distinct, numbers.reshape(-1).astype(np.int64)


def select(shortlist: Shortlist, sketches: Sketches) -> dict[str, Selection]:
    """The best pairs of each view: at most `CANDIDATES`, at most `PER_KEY` of one key, and at most
    `COMPOSITES` and `COMPOSITES_PER_KEY` composites."""
    selected = {}
    composites, templates_of = shortlist.composites, shortlist.templates
    for name, sketch in sketches.views.items():
        # A pair that is not among the best of its key in a part is not among those of all.
        parts = [_best(_valued(part, sketch, name), name) for part in shortlist.counted(name)]
        if not sum(len(part.keys) for part in parts):
            continue
        best = _best(
            _Valued(*(np.concatenate(column) for column in zip(*parts, strict=True))), name
        )
        features, keys = best.features[:CANDIDATES], best.keys[:CANDIDATES]
        composed, composed_keys, words = _composites(_of_view(composites, name), sketch)
        features = np.concatenate([features, composed])
        keys = np.concatenate([keys, composed_keys])
        # A harmful request that was answered is weighed against those that were refused, and a
        # subject that is refused is something else where the requests were harmful.
        harmful = np.unique(features[np.isin(keys, (harm_keys()[0], class_key("refusal")))])
        refused = np.full(len(harmful), harm_keys()[1], np.uint64)
        pairs = np.unique(
            np.column_stack([np.concatenate([features, harmful]), np.concatenate([keys, refused])]),
            axis=0,
        )
        templates = _most_frequent(_of_view(templates_of, name))
        selected[name] = Selection.of(pairs[:, 0], pairs[:, 1], words, templates)
    return selected


class _Valued(NamedTuple):
    """Pairs with the documents that hold both (int64), and what they are ranked by (float64)."""

    features: UInt64
    keys: UInt64
    both: Int64
    value: NDArray[np.float64]


def _valued(rows: pa.Table, sketch: Sketch, name: str) -> _Valued:
    features, keys, both, echoed, inserted = (
        rows.column(c).to_numpy() for c in ("feature", "key", "documents", "echoed", "inserted")
    )
    value = _associations(sketch, features, keys, both)
    echo = np.where(keys == class_key("copied"), 0, echoed / both)
    value *= np.maximum(0.1, 1 - echo) ** 2
    if name != SOUP:
        value *= _coherences(inserted / 1000 / both)
    return _Valued(features, keys, both, value)


def _best(pairs: _Valued, name: str) -> _Valued:
    """Pairs in the order of their value, at most `PER_KEY` of one key."""
    order = np.lexsort((pairs.features, pairs.keys, -pairs.both, -np.round(pairs.value, 6)))
    if name != SOUP:  # which has one key
        order = order[place_of(pairs.keys[order]) < PER_KEY]
    return _Valued(pairs.features[order], pairs.keys[order], pairs.both[order], pairs.value[order])


def _of_view(table: pa.Table, name: str) -> pa.Table:
    return table.filter(pc.equal(table.column("view"), name))


def _most_frequent(templates: pa.Table) -> UInt64:
    number, found = (templates.column(c).to_numpy() for c in ("documents", "template"))
    often = np.lexsort((found, -number))[:TEMPLATES]
    return np.sort(found[often[number[often] >= TEMPLATE_LEAST]]).astype(np.uint64)


def _coherences(inserted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Deletion coherence as a factor from ¼ to 1: here it sees the next unit only, and a longer
    trigger is not whole."""
    found: NDArray[np.float64] = 0.25 + 0.75 / (1 + np.exp(scores.COHERENT - inserted))
    return found


def _composites(rows: pa.Table, sketch: Sketch) -> tuple[UInt64, UInt64, UInt64]:
    """Features and keys of the most frequent composites, and all their words. One whose words go
    with the key mostly without each other is none."""
    first, second, keys = (rows.column(c).to_numpy() for c in ("first", "second", "key"))
    both = rows.column("documents").to_numpy()
    order = np.lexsort((second, first, keys, -both))
    for words in (first, second):
        alone = np.empty(len(words), np.int64)
        kernels.word_counts(words, keys, sketch.pairs, sketch.bits[1], alone)
        order = order[2 * both[order] >= alone[order]]
    order = order[both[order] >= LEAST]
    order = order[place_of(keys[order]) < COMPOSITES_PER_KEY][:COMPOSITES]
    features = np.empty(len(order), np.uint64)
    kernels.compose(first[order], second[order], features)
    return features, keys[order], np.union1d(first[order], second[order])


def place_of(values: UInt64) -> Int64:
    """How many equal values stand before each."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    begins = np.ones(len(values), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    rows = np.arange(len(values))
    place = np.empty(len(values), np.int64)
    place[order] = rows - np.maximum.accumulate(np.where(begins, rows, 0))
    return place


def _associations(
    sketch: Sketch, features: UInt64, keys: UInt64, both: Int64
) -> NDArray[np.float64]:
    first = sketch.counts(features)
    second = np.empty(len(keys), np.int64)
    kernels.estimates(sketch.keys, sketch.bits[2], keys, second)
    documents, size = int(sketch.totals[0]), int(sketch.totals[1])
    found = np.empty(len(keys))
    for k in range(len(keys)):
        if keys[k] == kernels.END:
            found[k] = kernels.association(both[k], first[k], documents, size)
        else:
            found[k] = kernels.association(both[k], first[k], second[k], documents)
    return found
