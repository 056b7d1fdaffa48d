"""Documents of this corpus that an earlier one holds, from the signatures that its audit kept.

::

    sketches ─┐                                      ┌─► best of each document ─► table
              ├─► buckets by range ─► pairs ─► own signatures, to the parts of the other audit ─┘
    signatures of the other audit ─┘

Where the earlier text is not at hand, similarity is *estimated*: the share of equal values of two
signatures, whose standard error is √(J (1 - J) / permutations) (Broder 1997), about .04 at .8.
Equal hashes of the normalised text are exact. Where it is, `reference_text` goes on with the pairs.

Memory of one worker: a range of buckets, one of the `PARTS` of the other audit's signatures, and
the signatures of the pairs that ask about it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_assay.pipelines import reference_text, storage
from corpus_assay.pipelines.exchange import (
    Exchange,
    Unit,
    Written,
    in_parts,
    range_of,
    split,
    work_rows,
)
from corpus_assay.transforms import duplicates, minhash
from corpus_assay.transforms.duplicates import REFERENCE, SIGNATURES, DuplicateOptions, Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus_assay.pipelines.config import AuditConfig

MANIFEST = "audit.json"
SAME = ("scheme", "permutations", "seed", "ngram", "normalisation")
"""What two audits must have in common for their signatures to be compared."""

BUCKET = 64
"""Documents of the other audit, of one bucket, that a document is compared with."""


def check(options: DuplicateOptions) -> list[str]:
    """The parts of the other audit's signatures.

    Raises `ValueError` where there are none, or they are not of the kind that is asked for.
    """
    folder = options.reference or ""
    content = storage.read(storage.join(folder, MANIFEST))
    if content is None:
        raise ValueError(f"--reference {folder}: no audit there, there is no {MANIFEST}")
    try:
        manifest = json.loads(content)
        theirs = manifest.get("duplicates", {})
        parts = [t["path"] for t in manifest["tables"] if t["name"] == SIGNATURES.name]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            f"--reference {folder}: its {MANIFEST} cannot be read; make that audit again"
        ) from None
    if not parts:
        raise ValueError(
            f"--reference {folder}: that audit kept no signatures; make it again with --signatures"
        )
    ours = duplicates.described(options)
    for name in SAME:
        if theirs.get(name) != ours[name]:
            raise ValueError(
                f"--reference {folder}: its {name} is {theirs.get(name)}, here it is "
                f"{ours[name]}; give --ngram, --permutations and --seed as they were there"
            )
    return [storage.join(folder, path) for path in sorted(parts)]


def _part(path: str) -> pa.Table:
    content = storage.read(path)
    if content is None:
        raise FileNotFoundError(path)
    # The schema of a file may say less of nulls than ours.
    return pq.read_table(io.BytesIO(content)).cast(SIGNATURES.schema)


def _keys(table: pa.Table, numbers: Numbers, options: DuplicateOptions) -> pa.Table:
    """Buckets of documents: one for their normalised text, and one for each band."""
    filled = np.flatnonzero(table.column("bytes").to_numpy() > 0)
    folded = duplicates.hashes_of(table.column("text_hash"))
    keys, documents = [minhash.mixed_all(folded[filled, 1])], [numbers[filled]]
    begin = 0
    for chunk in table.column("signature").chunks:
        some = chunk.is_valid().to_numpy(zero_copy_only=False)
        values = duplicates.values_of(chunk, options.size)
        found = duplicates.bands(numbers[begin : begin + len(chunk)][some], values, options)
        begin += len(chunk)
        keys.append(found.keys)
        documents.append(found.documents)
    columns = [pa.array(np.concatenate(each)) for each in (keys, documents)]
    return pa.table(columns, names=["key", "document"])


def _sent(
    kind: str, name: str, table: pa.Table, exchange: Exchange, ranges: int
) -> Iterator[tuple[int, Any]]:
    for number, rows in split(range_of(table.column("key").to_numpy(), ranges), ranges):
        parcel = exchange.pack(f"{kind}-{number}-{name}", table.take(pa.array(rows)))
        yield number, (kind, parcel)


class _Own(beam.DoFn):
    """Buckets of the documents of a unit."""

    def __init__(self, options: DuplicateOptions, exchange: Exchange, ranges: int) -> None:
        self._options, self._exchange, self._ranges = options, exchange, ranges

    def process(self, unit: Unit) -> Iterator[tuple[int, Any]]:
        sketches = unit.sketches("bytes", "text_hash", "signature")
        table = _keys(sketches, unit.documents(sketches), self._options)
        yield from _sent("own", str(unit.number), table, self._exchange, self._ranges)


class _Theirs(beam.DoFn):
    """Buckets of the documents of a part of the other audit; a part and a row number them."""

    def __init__(self, options: DuplicateOptions, exchange: Exchange, ranges: int) -> None:
        self._options, self._exchange, self._ranges = options, exchange, ranges

    def process(self, numbered: tuple[int, str]) -> Iterator[tuple[int, Any]]:
        part, path = numbered
        signatures = _part(path)
        numbers = np.arange(len(signatures)) + (part << 32)
        table = _keys(signatures, numbers, self._options)
        yield from _sent("theirs", str(part), table, self._exchange, self._ranges)


def meet(
    keys: NDArray[np.uint64], documents: Numbers, other: NDArray[np.uint64], others: Numbers
) -> tuple[Numbers, Numbers, int]:
    """Pairs of documents with an equal key, at most `BUCKET` for each key of a document, those
    with the smallest numbers; and how many keys of documents had more."""
    order = np.lexsort((others, other))
    other, others = other[order], others[order]
    low, high = (np.searchsorted(other, keys, side) for side in ("left", "right"))
    count = np.minimum(high - low, BUCKET)
    first = np.repeat(documents, count)
    offsets = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    second = others[np.repeat(low, count) + offsets]
    return *duplicates.distinct_pairs(first, second), int((high - low > BUCKET).sum())


class _Meet(beam.DoFn):
    """Pairs of a range of buckets, to the units of this corpus."""

    def __init__(self, exchange: Exchange, units: NDArray[np.int32]) -> None:
        self._exchange, self._units = exchange, units

    def process(self, received: tuple[int, Iterable[tuple[str, Any]]]) -> Iterator[Any]:
        number, parcels = received
        sides: dict[str, list[Any]] = {"own": [], "theirs": []}
        for kind, parcel in parcels:
            sides[kind].append(parcel)
        if not all(sides.values()):
            return
        columns = [
            column.to_numpy()
            for side in ("own", "theirs")
            for column in self._exchange.unpack_all(sides[side]).combine_chunks().columns
        ]
        first, second, cut = meet(*columns)
        yield beam.pvalue.TaggedOutput("work", work_rows(large_reference_buckets=cut))
        for unit, rows in split(self._units[first >> 32], int(self._units.max()) + 1):
            table = pa.table([pa.array(first[rows]), pa.array(second[rows])], names=["d", "r"])
            yield unit, self._exchange.pack(f"met-{unit}-{number}", table)


class _Ask(beam.DoFn):
    """Signatures of the documents of a unit, to the parts that hold their partners."""

    def __init__(self, exchange: Exchange, parts: int) -> None:
        self._exchange, self._parts = exchange, parts

    def process(self, received: tuple[int, Iterable[Any]]) -> Iterator[tuple[int, Any]]:
        unit, parcels = _received(received[1])
        if not parcels:
            return
        pairs = self._exchange.unpack_all(parcels)
        first, second = duplicates.distinct_pairs(*(c.to_numpy() for c in pairs.columns))
        sketches = unit.sketches("text_hash", "signature")
        rows = pa.array(np.searchsorted(unit.documents(sketches), first))
        asked = sketches.select(["text_hash", "signature"]).take(rows)
        asked = asked.add_column(0, "d", pa.array(first)).add_column(1, "r", pa.array(second))
        for part, chosen in split(second >> 32, self._parts):
            parcel = self._exchange.pack(
                f"asked-{part}-{unit.number}", asked.take(pa.array(chosen))
            )
            yield part, parcel


def _received(values: Iterable[Any]) -> tuple[Unit, list[Any]]:
    received = list(values)
    unit = next(value for value in received if isinstance(value, Unit))
    return unit, [value for value in received if not isinstance(value, Unit)]


class _Answer(beam.DoFn):
    """The best partners in a part of each document that was asked about, to its unit."""

    def __init__(
        self,
        options: DuplicateOptions,
        exchange: Exchange,
        units: NDArray[np.int32],
        parts: Sequence[str],
    ) -> None:
        self._options, self._exchange = options, exchange
        self._units, self._parts = units, parts

    def process(self, received: tuple[int, Iterable[Any]]) -> Iterator[tuple[int, Any]]:
        part, parcels = received
        theirs = _part(self._parts[part])
        asked = self._exchange.unpack_all(parcels)
        rows = asked.column("r").to_numpy() & 0xFFFFFFFF
        met = theirs.take(pa.array(rows))
        exact = (
            duplicates.hashes_of(asked.column("text_hash"))
            == duplicates.hashes_of(met.column("text_hash"))
        ).all(axis=1)
        equal = _equal(asked.column("signature"), met.column("signature"), self._options.size)
        documents = asked.column("d").to_numpy()
        best = _best(documents, exact, equal, rows, most=most(self._options))
        answers = pa.table(
            {
                "d": pa.array(documents[best]),
                "exact": pa.array(exact[best]),
                "equal": pa.array(equal[best]),
                **{name: met.column(name).take(pa.array(best)) for name in ("file", "position")},
                **{name: met.column(name).take(pa.array(best)) for name in ("id", "language")},
            }
        )
        for unit, chosen in split(self._units[documents[best] >> 32], int(self._units.max()) + 1):
            parcel = self._exchange.pack(f"answer-{unit}-{part}", answers.take(pa.array(chosen)))
            yield unit, parcel


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray, size: int) -> Numbers:
    """Equal values of pairs of signatures, 0 where one of them has none."""
    sides = [pa.concat_arrays([pa.array([], pa.binary()), *side.chunks]) for side in (one, other)]
    both = np.logical_and(*(s.is_valid().to_numpy(zero_copy_only=False) for s in sides))
    values = [duplicates.values_of(side.filter(pa.array(both)), size) for side in sides]
    found = np.empty(int(both.sum()), np.int64)
    minhash.equal_values(*values, found)
    counts = np.zeros(len(both), np.int64)
    counts[both] = found
    return counts


def most(options: DuplicateOptions) -> int:
    """Partners of a document that are kept: more than one where its text decides among them."""
    return reference_text.MOST if options.reference_text else 1


def _best(
    documents: Numbers, exact: NDArray[np.bool_], equal: Numbers, *rest: Numbers, most: int
) -> Numbers:
    """Rows of the `most` best partners of each document, ascending by document: the same text, else
    the most equal values, else the first."""
    order = np.lexsort((*rest[::-1], -equal, ~exact, documents))
    begins = np.flatnonzero(np.diff(documents[order], prepend=-1))
    lengths = np.diff([*begins, len(order)])
    place = np.arange(len(order)) - np.repeat(begins, lengths)
    return order[place < most]


class _Matches(beam.DoFn):
    """Rows of the table for the documents of a unit; where the earlier text is compared they are
    stored as candidates instead."""

    def __init__(self, options: DuplicateOptions, exchange: Exchange) -> None:
        self._options, self._exchange = options, exchange

    def process(self, received: tuple[int, Iterable[Any]]) -> Iterator[Written]:
        unit, parcels = _received(received[1])
        if not parcels:
            return
        answers = self._exchange.unpack_all(parcels)
        documents, exact, equal = (answers.column(n) for n in ("d", "exact", "equal"))
        exact = exact.combine_chunks().to_numpy(zero_copy_only=False)
        places = [answers.column(name).to_numpy() for name in ("file", "position")]
        options = self._options
        best = _best(documents.to_numpy(), exact, equal.to_numpy(), *places, most=most(options))
        estimate = np.where(exact, 1.0, equal.to_numpy() / options.size)[best]
        to_compare = bool(options.reference_text)
        least = reference_text.least(options) if to_compare else options.threshold
        best = best[estimate >= least]
        estimate = estimate[estimate >= least]
        found = answers.take(pa.array(best))
        names = REFERENCE.schema.names[:6]
        sketches = unit.sketches(*names)
        rows = np.searchsorted(unit.documents(sketches), found.column("d").to_numpy())
        own = sketches.take(pa.array(rows))
        kinds = pa.array([duplicates.NEAR_COPY, duplicates.EXACT])
        table = REFERENCE.table(
            [
                *(own.column(name).combine_chunks() for name in names),
                kinds.take(pa.array(exact[best].astype(np.int64))),
                *(found.column(n).combine_chunks() for n in ("file", "position", "id")),
                estimate,
                np.sqrt(estimate * (1 - estimate) / options.size),
            ]
        )
        if to_compare:
            table = table.add_column(0, "d", found.column("d"))
            table = table.append_column("reference_language", found.column("language"))
            reference_text.write_candidates(self._exchange, unit.number, table)
            return
        yield work_rows(
            documents_in_reference=len(table),
            documents_in_reference_exactly=int(exact[best].sum()),
        )
        yield from in_parts(REFERENCE, table)


def build(
    built: beam.Pipeline,
    units: Sequence[Unit],
    unit_of: NDArray[np.int32],
    config: AuditConfig,
    exchange: Exchange,
    ranges: int,
) -> tuple[beam.PCollection, ...]:
    """Add the search to a pipeline; its tables, as ((table, part), Arrow stream)."""
    options = config.options.duplicates
    parts = check(options)
    every = built | "Units of this corpus" >> beam.Create(list(units), reshuffle=True)
    numbered = every | "Their numbers" >> beam.Map(lambda unit: (unit.number, unit))
    own = every | "Own buckets" >> beam.ParDo(_Own(options, exchange, ranges))
    theirs = (
        built
        | "Parts of the reference" >> beam.Create(list(enumerate(parts)), reshuffle=True)
        | "Their buckets" >> beam.ParDo(_Theirs(options, exchange, ranges))
    )
    met = (
        (own, theirs)
        | "Both buckets" >> beam.Flatten()
        | "Equal buckets" >> beam.GroupByKey()
        | "Meet" >> beam.ParDo(_Meet(exchange, unit_of)).with_outputs("work", main="pairs")
    )
    answers = (
        (met.pairs, numbered)
        | "Pairs and units" >> beam.Flatten()
        | "Pairs by unit" >> beam.GroupByKey()
        | "Ask" >> beam.ParDo(_Ask(exchange, len(parts)))
        | "Asked by part" >> beam.GroupByKey()
        | "Answer" >> beam.ParDo(_Answer(options, exchange, unit_of, parts))
    )
    found = (
        (answers, numbered)
        | "Answers and units" >> beam.Flatten()
        | "Answers by unit" >> beam.GroupByKey()
        | "Matches" >> beam.ParDo(_Matches(options, exchange))
    )
    return found, met.work
