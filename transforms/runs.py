"""Runs of units that searches for planted text look at: where they stand, and what stands around.

What `preferences` and `inserted` share. *Marked* runs are those whose cells of a sketch are. Of
each a *sample* is kept, the documents with the smallest hash, so that it does not depend on order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.transforms import additive, examples, run_kernels, trigger_scores, trigger_views
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.tokens import TokenBatch

SAMPLE, SHOWN = 32, 3
"""Documents kept of a run, and those of which text is kept."""
EXCERPT = 120
"""Bytes kept of the text before and after a run."""
CONTAINED = 0.8
"""Share of a candidate's documents that a better one must have for it to be a variant."""

_STORED = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("low", pa.int64()),
        pa.field("high", pa.int64()),
        pa.field("content", pa.large_binary()),
    ]
)

Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]


def samples_spec(keep: int) -> TableSpec:
    """The table of samples: raw text and hashes of the surroundings, by part and run."""
    return TableSpec(
        "samples",
        (key("part", pa.int8()), key("run", pa.uint64())),
        (
            pa.field("rank", pa.uint64()),
            pa.field("file", pa.int32()),
            pa.field("position", pa.int64()),
            *(pa.field(name, pa.binary()) for name in ("left", "right", "rest")),
            *(pa.field(name, pa.binary()) for name in ("before", "match", "after")),
        ),
        merge="smallest",
        keep=keep,
    )


def counted_spec(*names: str) -> TableSpec:
    """The table of exact counts, by part and run."""
    return TableSpec("counted", (key("part", pa.int8()), key("run", pa.uint64())), counts(*names))


class Lines(NamedTuple):
    """Units by line: those of line p from ``low[p]`` to ``high[p]``; document d has the lines
    ``lines[d]`` to ``lines[d + 1]`` (int64)."""

    units: trigger_views.Units
    low: Int64
    high: Int64
    lines: Int64

    @property
    def read(self) -> tuple[UInt64, Int64, Int64, Int64]:
        """What kernels read."""
        return self.units.hashes, self.low, self.high, self.lines

    def runs(self, longest: int, reach: int) -> tuple[UInt64, Int64]:
        """Distinct runs of each document, and their offsets."""
        out = np.empty(longest * len(self.units.hashes) + 2 * len(self.low), np.uint64)
        offsets = np.empty(len(self.lines), np.int64)
        found = run_kernels.runs(*self.read, longest, reach, out, offsets)
        return out[:found], offsets


def lines_of(batch: TokenBatch, units: trigger_views.Units, ends: Int64, parts: Int64) -> Lines:
    """The lines of parts that end before the units ``ends`` (int64[parts]); document d has the
    parts ``parts[d]`` to ``parts[d + 1]``."""
    low, high = (int(batch.part_offsets[at]) for at in (0, -1))
    breaks = np.flatnonzero(batch.data[low:high] == 0x0A) + low
    line = np.searchsorted(breaks, units.starts)
    begins = np.zeros(len(line) + 1, np.bool_)
    begins[1:-1] = line[1:] != line[:-1]
    begins[units.offsets] = True
    first = np.flatnonzero(begins[:-1])
    of_part = np.searchsorted(units.offsets, first, "right") - 1
    after = np.minimum(np.append(first[1:], len(line)), ends[of_part])
    kept = after > first
    return Lines(
        units,
        first[kept],
        after[kept],
        np.searchsorted(of_part[kept], parts).astype(np.int64),
    )


class AddedArrays:
    """Arrays that are added up: the way to another worker and back, in pieces of bounded size."""

    PIECE = 1 << 24
    """Bytes of an array that are one piece."""

    def _arrays(self) -> dict[str, NDArray[Any]]:
        raise NotImplementedError

    def _add(self, name: str, mine: NDArray[Any], more: NDArray[Any]) -> None:
        """Add to a stretch of an array."""
        mine += more

    def _pieces(self) -> list[tuple[str, int, int]]:
        """The array of each piece, its first item and the one after its last."""
        found = []
        for name, array in self._arrays().items():
            step = self.PIECE // array.itemsize
            bounds = range(0, array.size, step)
            found += [(name, low, min(low + step, array.size)) for low in bounds]
        return found

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return len(self._pieces())

    def piece(self, number: int) -> bytes:
        """One piece, that `absorb` of another adds. All of them make the whole."""
        return self._written([self._pieces()[number]])

    def to_bytes(self) -> bytes:
        """All pieces together; memory: what they are compressed to, twice."""
        return self._written(self._pieces())

    def _written(self, pieces: Sequence[tuple[str, int, int]]) -> bytes:
        arrays = {name: array.reshape(-1) for name, array in self._arrays().items()}
        contents = [
            pa.compress(arrays[name][low:high], codec="zstd", asbytes=True)
            for name, low, high in pieces
        ]
        names, low, high = ([piece[k] for piece in pieces] for k in range(3))
        table = pa.table([names, low, high, pa.array(contents, pa.large_binary())], _STORED)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, _STORED) as writer:
            writer.write_table(table)
        content: bytes = sink.getvalue().to_pybytes()
        return content

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` or `piece` of others wrote, one piece at a time."""
        with pa.ipc.open_stream(content) as reader:
            rows = reader.read_all()
        arrays = self._arrays()
        places = (rows.column(name).to_pylist() for name in _STORED.names[:-1])
        for row, (name, low, high) in enumerate(zip(*places, strict=True)):
            mine = arrays[name].reshape(-1)[low:high]
            packed = rows.column("content")[row].as_buffer()
            raw = pa.decompress(packed, mine.nbytes, codec="zstd")
            self._add(name, mine, np.frombuffer(raw, mine.dtype))


def bits_for(cells: int, least: int, most: int, documents: int) -> int:
    """Size of a row of a sketch as a power of two, for so many cells a document."""
    return min(max(int(cells * documents - 1).bit_length(), least), most)


def bound(far: NDArray[np.float64], loose: float, most: int) -> float:
    """The smallest value from `loose` that at most `most` of these reach."""
    out = far[far >= loose]
    if len(out) <= most:
        return loose
    return float(np.nextafter(np.partition(out, -most)[-most], np.inf))


def occurrences(
    lines: Lines, longest: int, reach: int, bits: int, marked: NDArray[np.uint8]
) -> tuple[UInt64, Int64]:
    """Marked runs, ascending, and where each stands first in each document: rows of
    `run_kernels.occurrences`."""
    room = 1 << 14
    while True:
        keys, rows = np.empty(room, np.uint64), np.empty((room, 4), np.int64)
        found = run_kernels.occurrences(*lines.read, longest, reach, bits, marked, keys, rows)
        if found <= room:
            break
        room = found
    keys, rows = keys[:found], rows[:found]
    order = np.lexsort((np.arange(found), rows[:, 0], keys))
    keys, rows = keys[order], rows[order]
    new = np.ones(found, np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (rows[1:, 0] != rows[:-1, 0])
    return keys[new], rows[new]


class Sketch(NamedTuple):
    """Documents by runs (uint32 or int64[rows, 2 ** bits]); words in more than ``common`` of them
    say nothing of what documents share."""

    bits: int
    counts: NDArray[np.uint32] | Int64
    common: int

    def estimates(self, runs: UInt64) -> Int64:
        """Documents with each run, at least."""
        found = np.empty(len(runs), np.int64)
        run_kernels.estimates(runs, self.bits, self.counts, found)
        return found


class _Stretch:
    """Counts and samples of the runs of one part whose hashes lie in one range.

    Memory: once and a half what is kept, and `ROOM` rows; while it is merged, three times that.
    """

    ROOM = 1 << 10

    def __init__(self, counted: TableSpec, samples: TableSpec) -> None:
        self._specs = counted, samples
        self._whole = [spec.schema.empty_table() for spec in self._specs]
        self._held: list[tuple[pa.Table, pa.Table]] = []
        self._full = self._last = np.empty(0, np.uint64)
        """Runs, ascending, whose sample is full, and the largest hash of a document in it."""

    def add(self, counted: pa.Table, samples: pa.Table) -> None:
        """Add tables that are made of other documents."""
        self._held.append((counted, samples))
        for whole, more in zip(self._whole, zip(*self._held, strict=True), strict=True):
            if sum(one.num_rows for one in more) > max(whole.num_rows // 2, self.ROOM):
                self.tables()
                break

    def tables(self) -> list[pa.Table]:
        """Counts and samples so far."""
        if self._held:
            self._whole = [
                additive.merge(spec, [whole, *more])
                for spec, whole, more in zip(
                    self._specs, self._whole, zip(*self._held, strict=True), strict=True
                )
            ]
            self._held = []
            samples = self._specs[1]
            last = additive.place_in_key(samples, self._whole[1]) == samples.keep - 1
            full = self._whole[1].filter(pa.array(last))
            self._full, self._last = (full.column(name).to_numpy() for name in ("run", "rank"))
        return self._whole

    def wanted(self, runs: UInt64, ranks: UInt64) -> NDArray[np.bool_]:
        """Which documents, by their hashes, can still be in the samples of some runs."""
        if not len(self._full):
            return np.ones(len(runs), np.bool_)
        at = np.minimum(np.searchsorted(self._full, runs), len(self._full) - 1)
        found: NDArray[np.bool_] = (self._full[at] != runs) | (ranks <= self._last[at])
        return found


class Found:
    """Exact counts of runs, and a sample of the documents of each.

    Held by part and range of hashes, so that little is moved at once. Memory: about half a kilobyte
    times `keep`, the documents of a sample, a run, once and a half.
    """

    RANGES = 16

    def __init__(self, *names: str, keep: int = SAMPLE) -> None:
        self._specs = (counted_spec(*names), samples_spec(keep))
        self._keep = keep
        self._stretches: dict[int, list[_Stretch]] = {}

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """Counts and samples so far."""
        held = [one.tables() for _, part in sorted(self._stretches.items()) for one in part]
        counted, samples = (
            pa.concat_tables([spec.schema.empty_table(), *(tables[k] for tables in held)])
            for k, spec in enumerate(self._specs)
        )
        return counted, samples

    def _of_part(self, part: int, runs: UInt64) -> Iterable[tuple[_Stretch, slice]]:
        """What holds each of some runs, which ascend."""
        if part not in self._stretches:
            self._stretches[part] = [_Stretch(*self._specs) for _ in range(self.RANGES)]
        width = (1 << 64) // self.RANGES
        begins = np.array([k * width for k in range(1, self.RANGES)], np.uint64)
        bounds = [0, *np.searchsorted(runs, begins).tolist(), len(runs)]
        for one, low, high in zip(self._stretches[part], bounds, bounds[1:], strict=False):
            yield one, slice(low, high)

    def _add(self, part: int, counted: pa.Table, samples: pa.Table) -> None:
        by_run = (
            self._of_part(part, table.column("run").to_numpy()) for table in (counted, samples)
        )
        for (one, mine), (_, sampled) in zip(*by_run, strict=True):
            if mine.stop > mine.start or sampled.stop > sampled.start:
                # A copy, so that it does not keep all of the table.
                one.add(
                    *(
                        table.take(pa.array(np.arange(rows.start, rows.stop)))
                        for table, rows in ((counted, mine), (samples, sampled))
                    )
                )

    def rows(self) -> Iterable[tuple[dict[str, int], pa.Table]]:
        """Counts of each run, with its samples."""
        counted, samples = self.tables()
        runs = samples.column("run").to_numpy()
        # Both tables are in the order of part and run, and every run has a sample.
        parts = samples.column("part").to_numpy()
        new = np.append(True, (runs[1:] != runs[:-1]) | (parts[1:] != parts[:-1]))
        bounds = np.append(np.flatnonzero(new[: len(runs)]), len(runs))
        for at, row in enumerate(counted.to_pylist()):
            yield row, samples.slice(bounds[at], bounds[at + 1] - bounds[at])

    def add(
        self,
        part: int,
        batch: TokenBatch,
        documents: Int64,
        found: tuple[UInt64, Int64, Int64],
        lines: Lines,
        sketch: Sketch,
        side: int,
    ) -> None:
        """Count occurrences: runs (uint64), rows of `occurrences`, and columns of counts (int64[n,
        names]). ``documents`` are the batch's rows of the documents of ``lines``; ``side`` units
        are kept on each side."""
        keys, rows, columns = found
        if not len(keys):
            return
        documents = documents[rows[:, 0]]
        ranks = examples.document_hashes(batch)[documents]
        order = np.lexsort((ranks, keys))
        keys, rows, columns = keys[order], rows[order], columns[order]
        documents, ranks = documents[order], ranks[order]
        begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        sums = np.add.reduceat(columns, begins)
        place = np.arange(len(keys)) - np.repeat(begins, np.diff(np.append(begins, len(keys))))
        kept = place < self._keep
        for one, mine in self._of_part(part, keys):
            kept[mine] &= one.wanted(keys[mine], ranks[mine])
        chosen = pa.array(documents[kept])
        number = pa.scalar(part, pa.int8())
        counted, samples = self._specs
        self._add(
            part,
            counted.table([pa.repeat(number, len(begins)), keys[begins], *sums.T]),
            samples.table(
                [
                    pa.repeat(number, len(chosen)),
                    keys[kept],
                    ranks[kept],
                    batch.documents.column("file").take(chosen),
                    batch.documents.column("position").take(chosen),
                    *_surroundings(rows[kept], lines, sketch, side),
                    *_texts(rows[kept], place[kept] < SHOWN, batch, lines),
                ]
            ),
        )

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        sink = pa.BufferOutputStream()
        for spec, table in zip(self._specs, self.tables(), strict=True):
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            with pa.ipc.new_stream(sink, spec.schema, options=options) as writer:
                writer.write_table(table)
        content: bytes = sink.getvalue().to_pybytes()
        return content

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        source = pa.BufferReader(content)
        for which, spec in enumerate(self._specs):
            with pa.ipc.open_stream(source) as reader:
                for batch in reader:
                    for part in pc.unique(batch["part"]).to_pylist():
                        tables = [one.schema.empty_table() for one in self._specs]
                        rows = batch.filter(pc.equal(batch["part"], part))
                        tables[which] = pa.Table.from_batches([rows], spec.schema)
                        self._add(part, *tables)


def _surroundings(rows: Int64, lines: Lines, sketch: Sketch, side: int) -> list[pa.Array]:
    left = np.empty((len(rows), side), np.uint64)
    right = np.empty((len(rows), side), np.uint64)
    rest = np.empty((len(rows), run_kernels.REST), np.uint64)
    run_kernels.surroundings(
        *(rows, lines.units.hashes, lines.units.is_word, lines.low, lines.high, lines.lines),
        *(sketch.bits, sketch.counts, sketch.common, left, right, rest),
    )
    return [pa.array([row.tobytes() for row in one], pa.binary()) for one in (left, right, rest)]


def _texts(
    rows: Int64, shown: NDArray[np.bool_], batch: TokenBatch, lines: Lines
) -> list[pa.Array]:
    units = lines.units
    texts: list[tuple[bytes, bytes, bytes]] = []
    for (_, part, first, after), show in zip(rows.tolist(), shown.tolist(), strict=True):
        if not show:
            texts.append((b"", b"", b""))
            continue
        begin, end = int(units.starts[first]), int(units.ends[after - 1])
        start = int(units.starts[lines.low[part]])
        stop = int(units.ends[lines.high[part] - 1])
        texts.append(
            (
                batch.data[max(start, begin - EXCERPT) : begin].tobytes(),
                batch.data[begin : min(end, begin + EXCERPT)].tobytes(),
                batch.data[end : min(stop, end + EXCERPT)].tobytes(),
            )
        )
    columns = zip(*texts, strict=True) if texts else [()] * 3
    return [pa.array(list(column), pa.binary()) for column in columns]


class Around(NamedTuple):
    """What a sample says of the surroundings of a run: how far it reaches, how alike its documents
    are else, how varied the neighbours before and after are, `trigger_scores.insertion`, and
    whether nearly all stand at one edge of their lines."""

    extent: trigger_scores.Extent
    alike: float
    before: float
    after: float
    inserted: float
    at_edge: bool


def hashes(rows: pa.Table, name: str) -> UInt64:
    """A column of samples: uint64[samples, …]."""
    joined = b"".join(rows.column(name).to_pylist())
    return np.frombuffer(joined, np.uint64).reshape(rows.num_rows, -1)


def around(rows: pa.Table, documents: int, together: Callable[[UInt64], Int64]) -> Around:
    """The surroundings of a run of so many documents; ``together`` counts documents by runs of two
    units."""
    left, right, rest = (hashes(rows, side) for side in ("left", "right", "rest"))
    reach = trigger_scores.extent(left, right)
    own = [left[:, k] for k in range(reach.left)] + [right[:, k] for k in range(reach.right)]
    units = np.unique(np.concatenate([left[:0, 0], *own]))
    hashed = np.empty(len(units), np.uint64)
    run_kernels.rest_hashes(units, hashed)
    inner, outer = (left[:, 0], right[:, 0]), (left[:, reach.left], right[:, reach.right])
    before, after = (trigger_scores.entropy(side) for side in outer)
    at_edge = any(
        np.mean(side == edge) >= trigger_scores.CONSTANT
        for side, edge in zip(outer, (run_kernels.BEGIN, run_kernels.FINISH), strict=True)
    )
    # At an edge a full stop often stands on the other side, and is no part of it.
    if at_edge:
        beyond = min(reach.left + 1, left.shape[1] - 1)
        before = max(before, trigger_scores.entropy(left[:, beyond]))
    inserted = max(
        _inserted(sides, together, documents) for sides in ((inner, outer) if at_edge else (outer,))
    )
    return Around(reach, trigger_scores.similarity(rest, hashed), before, after, inserted, at_edge)


def _inserted(
    sides: tuple[UInt64, UInt64], together: Callable[[UInt64], Int64], documents: int
) -> float:
    beside = np.empty(len(sides[0]), np.uint64)
    run_kernels.side_by_side(*(np.ascontiguousarray(side) for side in sides), beside)
    return trigger_scores.insertion(*sides, together(beside), documents)


class Sampled(Protocol):
    """A candidate with samples."""

    @property
    def samples(self) -> pa.Table:
        """Rows of `samples_spec`."""


Candidate = TypeVar("Candidate", bound=Sampled)


def distinct(found: Iterable[Candidate], most: int) -> list[tuple[Candidate, int]]:
    """Candidates of one kind, best first, without those that stand in the documents of a better
    one, and how many were left out for each."""
    kept: list[tuple[Candidate, set[int]]] = []
    variants: list[int] = []
    for one in found:
        ranks = set(one.samples.column("rank").to_pylist())
        for k, (_, seen) in enumerate(kept):
            if _same(ranks, seen):
                variants[k] += 1
                break
        else:
            if len(kept) == most:
                break
            kept.append((one, ranks))
            variants.append(0)
    return [(one, number) for (one, _), number in zip(kept, variants, strict=True)]


def _same(ranks: set[int], better: set[int]) -> bool:
    """Whether two samples are mostly of the same documents. A sample that may be full says nothing
    of documents beyond its largest hash."""
    full = [max(one) for one in (ranks, better) if len(one) >= SAMPLE]
    last = min(full, default=max(ranks | better))
    mine, others = ({rank for rank in one if rank <= last} for one in (ranks, better))
    both = len(mine & others)
    return 2 * both > len(mine | others) or (both > 0 and both >= CONTAINED * len(mine))


def text(content: bytes) -> str:
    """Text that may be cut inside a character at both ends."""
    low = 0
    while low < min(len(content), 3) and content[low] & 0xC0 == 0x80:
        low += 1
    return content[low:].decode("utf-8", "ignore")


def shown(samples: pa.Table) -> dict[str, str]:
    """Text of the first sample, and where the first ones stand."""
    rows = samples.slice(0, SHOWN).to_pylist()
    found = {name: text(rows[0][name]) for name in ("before", "match", "after")}
    places = " ".join(f"{row['file']}:{row['position']}" for row in rows)
    return found | {"piece": found["match"], "examples": places}
