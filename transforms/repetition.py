"""Repetition: lines and paragraphs that stand in many documents, and text that repeats itself.

**Across documents.** A *line* is what stands between line feeds and has a word in it; a *paragraph*
is a run of lines, here of two at least, between lines without words. Two of them are one where
their words are, folded as the tokeniser folds them: case, punctuation and spacing do not tell them
apart, as in CCNet (Wenzek et al. 2020, §3.2, which also drops accents and makes all digits 0).
Their number of documents is counted, so a line that one document repeats is no boilerplate; the
number of occurrences stands beside it. Llama 3 drops lines that appear more than 6 times in 30
million documents (Dubey et al. 2024, §3.1.1): see level 7 of `REPETITION`. Two lines met by chance
share a 64-bit key with probability n²/2⁶⁵ (n = 10⁸: 3 in 10,000).

Lines do not fit in memory, so there are two looks. The first adds every line of every document to
a Count-Min sketch (Cormode & Muthukrishnan 2005; plain updates, so sketches add up) of ``ROWS ×
WIDTH`` cells. The threshold is the smallest number of documents, from 2, that at most `CANDIDATES`
cells of the first row reach. The second look counts exactly the lines whose cells all reach it. A
sketch never counts too low, so every line that stands in as many documents as the threshold is
counted; what is in fewer is dropped, whatever else was read. Where the corpus has few lines the
threshold is 2 and the tables are complete; about 3 million lines raise it to 7, 85 million to 100,
a thousand million to 1,000 (Poisson tails of the cells).

**Within a document.** Shares as in MassiveText's filter (Rae et al. 2021, appendix A.1.1 and
table A1), for each document, all its parts one after the other, with bytes b of its words::

    top_n (n = 2, 3, 4)   Σ b over all occurrences of the most frequent n-gram / Σ b of all words
    repeated_n (5 to 10)  Σ b of the words in n-grams that stood before in it / Σ b of all words
    repeated_lines        lines that stood before in the document / all its lines
    repeated_line_bytes   their bytes / bytes of all its lines; both for paragraphs (of any length)

The paper counts characters and does not say whether first occurrences count as duplicates; here
they do not, and characters in several n-grams count once. Where scripts have no spaces between
words a word is a character, and the paper's thresholds do not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, repetition_kernels
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.examples import document_hashes, mixed
from corpus_assay.transforms.repetition_kernels import LINE, LONGEST, PARAGRAPH, SHORTEST
from corpus_assay.transforms.tokens import TokenBatch

COLUMN_BITS = 20
WIDTH = 1 << COLUMN_BITS
"""Cells of a row of the sketch."""
ROWS = 2
"""Rows of the sketch: a count is too high by more than eN/WIDTH ≈ 3·10⁻⁶ of the N lines of all
documents with probability at most e⁻² (Cormode & Muthukrishnan 2005, theorem 1)."""

CANDIDATES = 1 << 15
"""Cells of the first row that may reach the threshold; other lines meet two of them by chance with
probability about (CANDIDATES / WIDTH)² = 1/1024."""

LEVELS = (1, 2, 7, 100, 1_000, 10_000)
"""Numbers of documents from which on a line counts as repeated; 1 is every line."""

TOP = 1_000
"""Lines, and paragraphs, that the audit lists: so many by documents, so many by bytes."""

TEXT = 200
"""Characters of a line that are kept."""

KINDS = ("line", "paragraph")

STATISTICS = (
    *(f"top_{n}" for n in range(SHORTEST, repetition_kernels.TOP_LONGEST + 1)),
    *(f"repeated_{n}" for n in range(repetition_kernels.TOP_LONGEST + 1, LONGEST + 1)),
    "repeated_lines",
    "repeated_line_bytes",
    "repeated_paragraphs",
    "repeated_paragraph_bytes",
)

SHARES = TableSpec(
    "repetition_shares",
    (key("source"), key("language"), key("statistic"), key("percent", pa.int64())),
    counts("documents", "bytes"),
)
"""Documents with words, and the bytes of their texts, by the share that a statistic of
`STATISTICS` has in them, in whole per cent, rounded down."""

TOTALS = TableSpec(
    "repetition_totals",
    (key("source"), key("language"), key("kind")),
    counts("occurrences", "documents", "bytes"),
    hidden=True,
)
"""Lines, and paragraphs of two lines at least; documents with one; their bytes, line feeds
included."""

SKETCH = TableSpec(
    "repetition_sketch",
    (key("cell", pa.int64()),),
    counts("documents"),
    grows=True,
    hidden=True,
)
"""The sketch of lines and paragraphs: cells 0 to WIDTH − 1 are those of its first row."""

LINES = TableSpec(
    "repetition_lines",
    (key("kind"), key("line", pa.int64()), key("source"), key("language")),
    counts("occurrences", "documents", "bytes"),
    grows=True,
    hidden=True,
)
"""What `TOTALS` counts, of the lines of the second look by their keys."""

TEXTS = TableSpec(
    "repetition_texts",
    (key("kind"), key("line", pa.int64())),
    (
        pa.field("rank", pa.uint64()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("text", pa.string()),
    ),
    merge="smallest",
    keep=1,
    grows=True,
    hidden=True,
)
"""How each of these lines begins in one document, raw: the one of the smallest ``rank``, a hash of
its identity and the line."""

REPETITION = TableSpec(
    "repetition",
    (key("source"), key("language"), key("kind"), key("level", pa.int64())),
    counts("lines", "occurrences", "bytes"),
    merge="union",
)
"""Of the lines that stand in at least ``level`` documents of the corpus: how many different ones
occur here (null at level 1), how often, and their bytes. Level 1 is every line. A level below the
threshold of the second look, where not all lines were counted, has no rows."""

REPEATED_LINES = TableSpec(
    "repeated_lines",
    (key("kind"), key("line", pa.int64())),
    (
        *counts("documents", "occurrences", "bytes", "sources", "languages"),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("text", pa.string()),
    ),
    merge="union",
)
"""The `TOP` lines, and paragraphs, of most documents, and those of most bytes (all occurrences
together), with how each begins in one document."""

FIRST = (SHARES, TOTALS, SKETCH)
SECOND = (LINES, TEXTS)
FINAL = (REPETITION, REPEATED_LINES)


class Lines(NamedTuple):
    """Lines and paragraphs of a batch: ``keys`` (uint64), ``kinds``, ``documents``, ``begins``,
    ``ends``, ``sizes`` and ``lines`` (int64) as `repetition_kernels.find_lines` gives them, in the
    order of documents and, in each, of kinds and keys; ``again`` (bool) says that the document
    had the same one before."""

    keys: NDArray[np.uint64]
    kinds: NDArray[np.int64]
    documents: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    sizes: NDArray[np.int64]
    lines: NDArray[np.int64]
    again: NDArray[np.bool_]

    @classmethod
    def of(cls, batch: TokenBatch) -> Lines:
        """Memory: about 120 bytes a line."""
        offsets = batch.part_offsets
        low, high = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
        breaks = np.flatnonzero(batch.data[low:high] == 0x0A) + low
        room = 2 * (len(breaks) + len(batch.part_document))
        keys, rows = np.empty(room, np.uint64), np.empty((room, 6), np.int64)
        found = repetition_kernels.find_lines(
            breaks,
            offsets,
            batch.part_document,
            batch.token_offsets,
            batch.hashes,
            batch.starts,
            keys,
            rows,
        )
        keys, rows = keys[:found], rows[:found]
        order = np.lexsort((keys, rows[:, 0], rows[:, 1]))
        keys, rows = keys[order], rows[order]
        again = np.zeros(found, np.bool_)
        again[1:] = (keys[1:] == keys[:-1]) & (rows[1:, :2] == rows[:-1, :2]).all(axis=1)
        kinds, documents, begins, ends, sizes, count = (rows[:, k] for k in range(6))
        return cls(keys, kinds, documents, begins, ends, sizes, count, again)

    def where(self, keep: NDArray[np.bool_]) -> Lines:
        """The lines for which `keep` holds."""
        return Lines(**{name: column[keep] for name, column in self._asdict().items()})

    @property
    def across(self) -> NDArray[np.bool_]:
        """Which of them are counted across documents: lines, and paragraphs of several."""
        kept: NDArray[np.bool_] = (self.kinds == LINE) | (self.lines > 1)
        return kept


# --- The first look --------------------------------------------------------------------------


def analyzer() -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables `FIRST`.

    Memory: about 120 bytes a line, 90 bytes a word of the longest document, and 17 MB for the
    sketch, of which a table has a row for each cell in use: at most 34 MB of a unit of work.
    """

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        lines = Lines.of(batch)
        across = lines.where(lines.across)
        return {
            SHARES.name: _shares(batch, lines),
            TOTALS.name: _totals(batch, across),
            SKETCH.name: _sketch(across.keys[~across.again]),
        }

    return analyze


def cells(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells of lines in both rows of the sketch."""
    column = np.uint64(WIDTH - 1)
    first = (keys & column).astype(np.int64)
    return first, ((keys >> np.uint64(32)) & column).astype(np.int64) + WIDTH


def _sketch(keys: NDArray[np.uint64]) -> pa.Table:
    documents = np.bincount(np.concatenate(cells(keys)), minlength=ROWS * WIDTH)
    used = np.flatnonzero(documents)
    return SKETCH.table([used, documents[used]])


def _totals(batch: TokenBatch, lines: Lines) -> pa.Table:
    groups = batch.groups
    numbers = groups.of_document[lines.documents] * len(KINDS) + lines.kinds
    size = len(groups) * len(KINDS)
    new = np.ones(len(numbers), np.bool_)
    new[1:] = (lines.documents[1:] != lines.documents[:-1]) | (lines.kinds[1:] != lines.kinds[:-1])
    sums = [
        np.bincount(numbers, minlength=size),
        np.bincount(numbers[new], minlength=size),
        _added(numbers, lines.sizes, size),
    ]
    present = np.flatnonzero(sums[0])
    of_group = pa.array(present // len(KINDS))
    return TOTALS.table(
        [
            *(column.take(of_group) for column in groups.columns),
            pa.array(KINDS).take(pa.array(present % len(KINDS))),
            *(column[present] for column in sums),
        ]
    )


def _added(numbers: NDArray[np.int64], values: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    sums = np.zeros((size, 1), np.int64)
    kernels.add_rows(numbers, values[:, None], sums)
    return sums[:, 0]


def document_shares(batch: TokenBatch, lines: Lines) -> NDArray[np.int64]:
    """Per cent of each statistic in each document, rounded down: int64[documents,
    `STATISTICS`]; -1 for documents without words."""
    count = len(batch.documents)
    parts = np.searchsorted(batch.part_document, np.arange(count + 1))
    weights = np.empty((count, LONGEST - SHORTEST + 2), np.int64)
    repetition_kernels.repeated_ngrams(
        batch.token_offsets[parts], batch.hashes, batch.starts, batch.ends, weights
    )
    columns = [(weights[:, n], weights[:, 0]) for n in range(1, weights.shape[1])]
    ones = np.ones(len(lines.keys), np.int64)
    for kind in (LINE, PARAGRAPH):
        of_kind = lines.kinds == kind
        repeated = of_kind & lines.again
        for values in (ones, lines.sizes):
            part = _added(lines.documents[repeated], values[repeated], count)
            columns.append((part, _added(lines.documents[of_kind], values[of_kind], count)))
    shares = [100 * part // np.maximum(whole, 1) for part, whole in columns]
    return np.where(weights[:, :1] > 0, np.stack(shares, axis=1), -1)


def _shares(batch: TokenBatch, lines: Lines) -> pa.Table:
    groups = batch.groups
    shares = document_shares(batch, lines)
    counted = np.flatnonzero(shares[:, 0] >= 0)
    sizes = np.zeros(len(batch.documents), np.int64)
    np.add.at(sizes, batch.part_document, np.diff(batch.part_offsets))
    statistic = np.arange(len(STATISTICS))
    numbers = (
        (groups.of_document[counted][:, None] * len(STATISTICS) + statistic) * 101 + shares[counted]
    ).ravel()
    present, index, documents = np.unique(numbers, return_inverse=True, return_counts=True)
    weights = np.repeat(sizes[counted], len(STATISTICS))
    rest, percent = np.divmod(present, 101)
    group, name = np.divmod(rest, len(STATISTICS))
    return SHARES.table(
        [
            *(column.take(pa.array(group)) for column in groups.columns),
            pa.array(STATISTICS).take(pa.array(name)),
            percent,
            documents,
            _added(index.reshape(-1), weights, len(present)),
        ]
    )


# --- Between the looks -----------------------------------------------------------------------

SELECTION = "candidates"


def prepare(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """From `SKETCH` to the selection of the second look: threshold (int64) and bits (binary, a
    bit for each cell that reaches it); empty where no cell does. Memory: the sketch."""
    sketch = tables[SKETCH.name]
    numbers = sketch.column("cell").to_numpy()
    documents = sketch.column("documents").to_numpy()
    least = threshold(sketch)
    marked = np.zeros(ROWS * WIDTH, np.bool_)
    marked[numbers[documents >= least]] = True
    if not marked.any():
        return {}
    bits = np.packbits(marked, bitorder="little").tobytes()
    return {SELECTION: pa.table({"threshold": [least], "bits": pa.array([bits], pa.binary())})}


def threshold(sketch: pa.Table) -> int:
    """The smallest number of documents, from 2, that at most `CANDIDATES` cells reach."""
    first = sketch.column("documents").to_numpy()[sketch.column("cell").to_numpy() < WIDTH]
    if len(first) <= CANDIDATES:
        return 2
    return max(int(np.partition(first, len(first) - CANDIDATES - 1)[-CANDIDATES - 1]) + 1, 2)


# --- The second look -------------------------------------------------------------------------


def second_analyzer(
    selection: Mapping[str, pa.Table],
) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables `SECOND`.

    Memory: about 120 bytes a line, and the tables, which have rows for the candidates alone.
    """
    bits = np.frombuffer(selection[SELECTION].column("bits")[0].as_py(), np.uint8)
    marked = np.unpackbits(bits, bitorder="little").astype(np.bool_)

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        lines = Lines.of(batch)
        first, second = cells(lines.keys)
        lines = lines.where(lines.across & marked[first] & marked[second])
        return {LINES.name: _counted(batch, lines), TEXTS.name: _texts(batch, lines)}

    return analyze


def _counted(batch: TokenBatch, lines: Lines) -> pa.Table:
    groups = batch.groups
    group = groups.of_document[lines.documents]
    order = np.lexsort((group, lines.keys, lines.kinds))
    kinds, keys, group = lines.kinds[order], lines.keys[order], group[order]
    begins = _runs(kinds, keys, group)
    if not len(begins):
        return LINES.schema.empty_table()
    kinds, keys, group = kinds[begins], keys[begins], group[begins]
    occurrences = np.diff(np.append(begins, len(order)))
    documents = np.add.reduceat((~lines.again[order]).astype(np.int64), begins)
    return LINES.table(
        [
            pa.array(KINDS).take(pa.array(kinds)),
            keys.view(np.int64),
            *(column.take(pa.array(group)) for column in groups.columns),
            occurrences,
            documents,
            np.add.reduceat(lines.sizes[order], begins),
        ]
    )


def _runs(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """Where runs of rows that agree in all columns begin."""
    begins = np.zeros(len(columns[0]), np.bool_)
    begins[:1] = True
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(begins)


def _texts(batch: TokenBatch, lines: Lines) -> pa.Table:
    rank = mixed(document_hashes(batch)[lines.documents] ^ lines.keys)
    order = np.lexsort((lines.begins, rank, lines.keys, lines.kinds))
    chosen = order[_runs(lines.kinds[order], lines.keys[order])]
    starts = lines.begins[chosen]
    # Enough for `TEXT` characters, and cut between two.
    ends = np.minimum(lines.ends[chosen], starts + 4 * TEXT)
    high = lines.ends[chosen]
    for _ in range(3):
        inside = (ends < high) & (batch.data[np.minimum(ends, len(batch.data) - 1)] & 0xC0 == 0x80)
        ends = ends - inside
    offsets = np.empty(len(chosen) + 1, np.int64)
    out = np.empty(int((ends - starts).sum()), np.uint8)
    kernels.gather(batch.data, starts, ends, offsets, out)
    texts = pa.StringArray.from_buffers(
        len(chosen), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(out)
    )
    texts = pc.utf8_trim_whitespace(texts)
    documents = pa.array(lines.documents[chosen])
    return TEXTS.table(
        [
            pa.array(KINDS).take(pa.array(lines.kinds[chosen])),
            lines.keys[chosen].view(np.int64),
            rank[chosen],
            batch.documents.column("file").take(documents),
            batch.documents.column("position").take(documents),
            pc.utf8_slice_codeunits(texts, 0, TEXT),
        ]
    )


# --- After both looks ------------------------------------------------------------------------


def summarise(
    totals: pa.Table,
    least: int,
    parts: Callable[[], Iterable[pa.Table]],
    texts: Callable[[], Iterable[pa.Table]],
) -> dict[str, pa.Table]:
    """The tables `FINAL`; texts are raw still.

    Args:
        totals: `TOTALS`.
        least: the threshold of the second look.
        parts: gives `LINES` in parts, one after the other, each time it is called.
        texts: the same for `TEXTS`.

    Memory: one part, and about 100 bytes for each line of the second look: those that reach the
    threshold, and a thousandth of all different lines, which the sketch cannot tell from them.
    """
    lines = _merged(parts(), least)
    listed = pa.concat_tables(_top(lines.filter(pc.equal(lines["kind"], kind))) for kind in KINDS)
    sums = _at_level_one(totals, [level for level in LEVELS if level >= least])
    places: dict[tuple[str, int], tuple[set[str], set[str]]] = {}
    for part in parts():
        of = _joined(part, lines)
        for level in LEVELS[1:]:
            if level >= least:
                _add_level(of.filter(pc.greater_equal(of["documents"], level)), level, sums)
        shown = _joined(part, listed).select(["kind", "line", "source", "language"])
        for kind, line, source, language in zip(*shown.to_pydict().values(), strict=True):
            sources, languages = places.setdefault((kind, line), (set(), set()))
            sources.add(source)
            languages.add(language)
    examples = pa.concat_tables(
        _joined(part, listed.select(["kind", "line"]))
        for part in chain([TEXTS.schema.empty_table()], texts())
    ).sort_by([("kind", "ascending"), ("line", "ascending")])
    listed = listed.sort_by([("kind", "ascending"), ("line", "ascending")])
    keys = list(zip(*(listed[name].to_pylist() for name in ("kind", "line")), strict=True))
    columns = {name: listed[name] for name in listed.column_names}
    columns["sources"] = pa.array([len(places[key][0]) for key in keys], pa.int64())
    columns["languages"] = pa.array([len(places[key][1]) for key in keys], pa.int64())
    columns |= {name: examples[name] for name in ("file", "position", "text")}
    return {
        REPETITION.name: _levels_table(sums),
        REPEATED_LINES.name: pa.table({n: columns[n] for n in REPEATED_LINES.schema.names}).cast(
            REPEATED_LINES.schema
        ),
    }


_MEASURES = ("documents", "occurrences", "bytes")
_Sums = dict[tuple[str, str, str, int], list[int | None]]


def _merged(parts: Iterable[pa.Table], least: int) -> pa.Table:
    """Kind, line and `_MEASURES` of the lines of at least so many documents."""
    sums = [(name, "sum") for name in _MEASURES]

    def grouped(table: pa.Table) -> pa.Table:
        found = table.group_by(["kind", "line"], use_threads=False).aggregate(sums)
        return found.select(["kind", "line", *(f"{n}_sum" for n in _MEASURES)]).rename_columns(
            ["kind", "line", *_MEASURES]
        )

    whole = grouped(pa.concat_tables([grouped(LINES.schema.empty_table()), *map(grouped, parts)]))
    return whole.filter(pc.greater_equal(whole["documents"], least))


def _top(lines: pa.Table) -> pa.Table:
    """The `TOP` lines by documents and the `TOP` by bytes; of equal ones the smallest keys."""
    chosen: set[int] = set()
    for first, then in (("documents", "bytes"), ("bytes", "documents")):
        order = [(first, "descending"), (then, "descending"), ("line", "ascending")]
        chosen.update(pc.sort_indices(lines, sort_keys=order)[:TOP].to_pylist())
    return lines.take(pa.array(sorted(chosen), pa.int64()))


def _joined(part: pa.Table, lines: pa.Table) -> pa.Table:
    """The rows of a part that are of these lines, with the lines' documents as ``documents``."""
    kept = [n for n in part.column_names if n in ("kind", "line") or n not in lines.column_names]
    kept += ["occurrences", "bytes"] if "occurrences" in part.column_names else []
    known = lines.select([n for n in ("kind", "line", "documents") if n in lines.column_names])
    return part.select(list(dict.fromkeys(kept))).join(
        known, ["kind", "line"], join_type="inner", use_threads=False
    )


def _at_level_one(totals: pa.Table, levels: list[int]) -> _Sums:
    sums: _Sums = {}
    for row in totals.to_pylist():
        key = row["source"], row["language"], row["kind"]
        sums[*key, 1] = [None, row["occurrences"], row["bytes"]]
        for level in levels:
            if level > 1:
                sums[*key, level] = [0, 0, 0]
    return sums


def _add_level(rows: pa.Table, level: int, sums: _Sums) -> None:
    found = rows.group_by(["source", "language", "kind"], use_threads=False).aggregate(
        [("line", "count"), ("occurrences", "sum"), ("bytes", "sum")]
    )
    for row in found.to_pylist():
        held = sums[row["source"], row["language"], row["kind"], level]
        for place, name in enumerate(("line_count", "occurrences_sum", "bytes_sum")):
            held[place] = (held[place] or 0) + row[name]


def _levels_table(sums: _Sums) -> pa.Table:
    rows = [(*key, *values) for key, values in sorted(sums.items())]
    columns = zip(*rows, strict=True) if rows else [[] for _ in REPETITION.schema]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, REPETITION.schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=REPETITION.schema)
