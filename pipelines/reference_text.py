"""Documents of this corpus that an earlier one holds, compared with its text.

::

    candidates of a unit ─► its documents again ─► n-gram hashes ─┐
             └─► wanted, by unit of the earlier text ─► read ─► n-gram hashes ─► by shard of the
                                            document of this corpus ─► exact Jaccard ─► table

`reference` finds candidates by signatures, up to `MOST` a document and from `MARGIN` below the
threshold on, so that an estimate that errs loses hardly any. What travels are n-gram hashes, never
text; those of a document of the earlier corpus once to each shard that asks for it.

Memory of one worker: the n-gram hashes of the candidates of one shard (about
`duplicates_on_beam.SHARD_BYTES`), which beyond `duplicate_tables.MAPPED_BYTES` lie in a mapped
temporary file.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.duplicate_tables import FileChangedError, joined_grams, ngram_hashes
from corpus_assay.pipelines.exchange import Exchange, Unit, Written, in_parts, split, work_rows
from corpus_assay.pipelines.sources import InputError, ReadOptions, list_files, plan
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import duplicates, minhash
from corpus_assay.transforms.duplicates import REFERENCE, DuplicateOptions, Numbers

MOST = 8
"""Documents of the earlier corpus that a document is compared with."""

MARGIN = 3.0
"""Standard errors below the threshold from which on an estimate makes a candidate."""

OWN = -1
"""Stands for a file where a document is one of this corpus."""

CANDIDATES = pa.schema(
    [
        pa.field("d", pa.int64()),
        *REFERENCE.schema,
        pa.field("reference_language", pa.string()),
    ]
)
"""Candidates of a unit, by document, then the best first: rows of `duplicates.REFERENCE`."""


def least(options: DuplicateOptions) -> float:
    """The estimate from which on a pair is a candidate."""
    t = options.threshold
    return t - MARGIN * float(np.sqrt(t * (1 - t) / options.size))


def units(options: DuplicateOptions, read: ReadOptions, span_bytes: int) -> list[WorkUnit]:
    """Work units of the text of the earlier corpus; none where it was not given.

    Raises `ValueError` where its files are not those that the earlier audit names.
    """
    if not options.reference_text:
        return []
    content = storage.read(storage.join(options.reference or "", "tables", "files.parquet"))
    if content is None:
        raise ValueError(f"--reference {options.reference}: its table files is gone")
    known = pq.read_table(io.BytesIO(content), columns=["path", "bytes"]).to_pylist()
    try:
        files = list_files(options.reference_text, read)
    except InputError as error:
        raise ValueError(f"--reference-text: {error}") from error
    given = [(visible(file.name, limit=4096), file.size) for file in files]
    expected = [(row["path"], row["bytes"]) for row in known]
    if given != expected:
        wrong = next((f"{name} ({size:,} bytes)" for name, size in expected
                      if (name, size) not in given), "")  # fmt: skip
        raise ValueError(
            f"--reference-text names {len(given)} files, the earlier audit has {len(expected)}"
            + (f", among them {wrong}" if wrong else "")
            + ": give the inputs of that audit as they were"
        )
    return [WorkUnit(number, spans) for number, spans in enumerate(plan(files, read, span_bytes))]


class _Own(beam.DoFn):
    """N-gram hashes of the candidates of a unit, and whom they ask for."""

    def __init__(
        self, config: AuditConfig, exchange: Exchange, theirs: Sequence[WorkUnit], shards: int
    ) -> None:
        self._config, self._exchange, self._theirs = config, exchange, theirs
        self._shards = shards

    def process(self, unit: Unit) -> Iterator[Any]:
        found = read_candidates(self._exchange, unit.number)
        if found is None or not len(found):
            return
        shard_of = _shards(found.column("d").to_numpy(), self._shards)
        for shard, rows in split(shard_of, self._shards):
            some = found.take(pa.array(rows))
            yield shard, ("pairs", self._exchange.pack(f"text-pairs-{shard}-{unit.number}", some))
        sketches = unit.sketches("language")
        documents = unit.documents(sketches)
        wanted = np.unique(_compared(found).column("d").to_numpy())
        again = ngram_hashes(unit, self._config, sketches, documents, wanted)
        for part, (rows, offsets, hashes) in enumerate(again):
            table = _grams(documents[rows], np.full(len(rows), OWN, np.int32), offsets, hashes)
            for shard, places in split(_shards(documents[rows], self._shards), self._shards):
                name = f"text-own-{shard}-{unit.number}-{part}"
                yield shard, ("own", self._exchange.pack(name, table.take(pa.array(places))))
        asked = _asked(_compared(found), self._shards)
        for other in self._theirs:
            files = pa.array([span.file.number for span in other.spans], pa.int32())
            mine = asked.filter(pc.is_in(asked.column("file"), files))
            if len(mine):
                name = f"text-asked-{other.number}-{unit.number}"
                parcel = self._exchange.pack(name, mine)
                yield beam.pvalue.TaggedOutput("asked", (other.number, parcel))


def _compared(found: pa.Table) -> pa.Table:
    """Candidates whose words are not the same anyway."""
    return found.filter(pc.equal(found.column("kind"), duplicates.NEAR_COPY))


def _shards(documents: Numbers, count: int) -> Numbers:
    mixed: NDArray[np.uint64] = minhash.mixed_all(documents.view(np.uint64))
    return (mixed % np.uint64(count)).astype(np.int64)


def _asked(found: pa.Table, shards: int) -> pa.Table:
    """File, position and language of the documents that are asked for, and for which shards."""
    shard = pa.array(_shards(found.column("d").to_numpy(), shards))
    columns = ["reference_file", "reference_position", "reference_language"]
    table = found.select(columns).rename_columns(["file", "position", "language"])
    return table.append_column("shard", shard)


def _grams(
    documents: Numbers, files: NDArray[np.int32], offsets: Numbers, hashes: NDArray[np.uint64]
) -> pa.Table:
    """N-gram hashes of documents: numbers of this corpus, of the file `OWN`, or positions in a file
    of the earlier one."""
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(hashes))
    return pa.table({"document": documents, "file": files, "grams": lists})


class _Theirs(beam.DoFn):
    """N-gram hashes of the documents of a unit of the earlier text that are asked for."""

    def __init__(
        self, config: AuditConfig, exchange: Exchange, theirs: Sequence[WorkUnit], shards: int
    ) -> None:
        self._config, self._exchange, self._theirs = config, exchange, theirs
        self._shards = shards

    def process(self, keyed: tuple[int, Iterable[bytes | str]]) -> Iterator[Any]:
        number, parcels = keyed
        work = self._theirs[number]
        asked = self._exchange.unpack_all(parcels)
        files, positions, shards = (
            asked.column(name).to_numpy() for name in ("file", "position", "shard")
        )
        order = np.lexsort((positions, files))
        files, positions = files[order], positions[order]
        new = np.ones(len(order), np.bool_)
        new[1:] = (np.diff(files) != 0) | (np.diff(positions) != 0)
        document = np.empty(len(order), np.int64)
        document[order] = np.cumsum(new) - 1
        files, positions = files[new], positions[new]
        sketches = asked.select(["file", "position", "language"]).take(pa.array(order[new]))
        unit = Unit(number, work, "", tuple(sorted({s.file.number for s in work.spans})), ())
        rows = np.arange(len(files))
        again = ngram_hashes(unit, self._config, sketches, rows, rows, complete=False)
        for part, (found, offsets, hashes) in enumerate(again):
            table = _grams(positions[found], files[found], offsets, hashes)
            at = np.full(len(files), -1)
            at[found] = np.arange(len(found))
            for shard, pairs in split(shards, self._shards):
                mine = np.unique(at[document[pairs]])
                mine = mine[mine >= 0]
                if len(mine):
                    name = f"text-theirs-{shard}-{number}-{part}"
                    yield shard, ("theirs", self._exchange.pack(name, table.take(pa.array(mine))))


class _Compare(beam.DoFn):
    """The best partner of each document of a shard, of those that reach the threshold."""

    def __init__(self, options: DuplicateOptions, exchange: Exchange) -> None:
        self._options, self._exchange = options, exchange

    def process(self, keyed: tuple[int, Iterable[Any]]) -> Iterator[Written]:
        received: dict[str, list[pa.Table]] = {"pairs": [], "own": [], "theirs": []}
        for kind, parcel in keyed[1]:
            received[kind].append(self._exchange.unpack(parcel))
        pairs = pa.concat_tables(received["pairs"])
        near = np.flatnonzero(
            pc.equal(pairs.column("kind"), duplicates.NEAR_COPY).to_numpy(zero_copy_only=False)
        )
        similarity = np.ones(len(pairs))
        similarity[near] = self._similarity(pairs.take(pa.array(near)), received)
        places = [pairs.column(n).to_numpy() for n in ("reference_file", "reference_position")]
        documents = pairs.column("d").to_numpy()
        order = np.lexsort((*places[::-1], -similarity, documents))
        best = order[np.diff(documents[order], prepend=-1) != 0]
        best = best[similarity[best] >= self._options.threshold]
        rows = pairs.take(pa.array(best))
        columns = {name: rows.column(name) for name in REFERENCE.schema.names} | {
            "estimate": pa.array(similarity[best]),
            "standard_error": pa.array(np.zeros(len(best))),
        }
        table = REFERENCE.table([columns[name] for name in REFERENCE.schema.names])
        exact = pc.equal(table.column("kind"), duplicates.EXACT)
        yield work_rows(
            documents_in_reference=len(table),
            documents_in_reference_exactly=pc.sum(exact).as_py() or 0,
            reference_pairs_compared=len(near),
        )
        yield from in_parts(REFERENCE, table)

    def _similarity(
        self, pairs: pa.Table, received: dict[str, list[pa.Table]]
    ) -> NDArray[np.float64]:
        """Exact Jaccard of pairs."""
        if not len(pairs):
            return np.empty(0)
        with tempfile.TemporaryDirectory(prefix="corpus-assay-") as folder:
            files, documents, begins, ends, grams = _nodes(
                received["own"] + received["theirs"], folder
            )

            def rows(of: NDArray[np.int32], named: Numbers) -> Numbers:
                places = np.empty(len(named), np.int64)
                minhash.locate(of, named, files, documents, places)
                if (places < 0).any():
                    raise FileChangedError(
                        "--reference-text: a record of the earlier audit is not where it was; "
                        "give the inputs of that audit as they were"
                    )
                return places

            own = pairs.column("d").to_numpy()
            first = rows(np.full(len(own), OWN, np.int32), own)
            second = rows(
                *(pairs.column(n).to_numpy() for n in ("reference_file", "reference_position"))
            )
            shared = np.empty(len(pairs), np.int64)
            minhash.shared_grams(first, second, begins, ends, grams, shared)
            del grams
        length = ends - begins
        union = length[first] + length[second] - shared
        jaccard: NDArray[np.float64] = shared / np.maximum(union, 1)
        return jaccard


def _nodes(
    tables: Sequence[pa.Table], folder: str
) -> tuple[NDArray[np.int32], Numbers, Numbers, Numbers, NDArray[np.uint64]]:
    """File and number of documents, ascending, and where the n-gram hashes of each begin and end
    among all; more than `duplicate_tables.MAPPED_BYTES` of these lie in a file in `folder`."""
    grams, lengths, ends = joined_grams(tables, folder)
    table = pa.concat_tables([table.drop_columns("grams") for table in tables])
    files, documents = (table.column(name).to_numpy() for name in ("file", "document"))
    order = np.lexsort((documents, files))
    return files[order], documents[order], (ends - lengths)[order], ends[order], grams


def write_candidates(exchange: Exchange, number: int, table: pa.Table) -> None:
    """Store `CANDIDATES` of a unit."""
    storage.write(_path(exchange, number), storage.table_bytes(table))


def read_candidates(exchange: Exchange, number: int) -> pa.Table | None:
    """`CANDIDATES` of a unit, None where it has none."""
    content = storage.read(_path(exchange, number))
    return None if content is None else storage.table_of(content)


def _path(exchange: Exchange, number: int) -> str:
    return storage.join(exchange.folder, f"candidates-{number}.arrow")


def build(
    built: beam.Pipeline,
    units: Sequence[Unit],
    theirs: Sequence[WorkUnit],
    config: AuditConfig,
    exchange: Exchange,
    shards: int,
) -> beam.PCollection:
    """Add the comparison to a pipeline; its tables, as ((table, part), Arrow stream)."""
    own = (
        built
        | "Units of this corpus" >> beam.Create(list(units), reshuffle=True)
        | "Own hashes"
        >> beam.ParDo(_Own(config, exchange, theirs, shards)).with_outputs("asked", main="sent")
    )
    read = (
        own.asked
        | "By unit of the earlier text" >> beam.GroupByKey()
        | "Their hashes" >> beam.ParDo(_Theirs(config, exchange, theirs, shards))
    )
    tables: beam.PCollection = (
        (own.sent, read)
        | "Both" >> beam.Flatten()
        | "By shard" >> beam.GroupByKey()
        | "Compare" >> beam.ParDo(_Compare(config.options.duplicates, exchange))
    )
    return tables
