"""Records against a list of what they should be: split-view and front-running poisoning.

Who downloads a corpus by its list of addresses gets what stands there today (Carlini et al. 2024,
*Poisoning Web-Scale Training Datasets is Practical*, arXiv 2302.10149, split view). A list of
SHA-256 made when the corpus was chosen tells whether a record is still what it was.

Where snapshots are taken at times that can be foreseen, as those of Wikipedia are, a change made
just before needs to last for hours only (front-running, the same, section 5). Where the list says
when each record was last changed and when its snapshot was taken, records changed within `FRESH`
before it are told apart, and those that were changed after it, which cannot be.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpus_assay.transforms.tokens import TokenBatch

COLUMNS = ("id", "sha256")
DATES = ("changed", "snapshot")
CHANGED, UNLISTED, UNCHANGED, FRONT_RUN = range(4)

FRESH = 24 * 3600
"""Seconds before a snapshot in which a change is suspect: time enough for readers of a page to undo
what is wrong with it. A date without a time is its midnight, so where both are dates a change on
the day of the snapshot or the day before is suspect."""
_UNKNOWN = 1 << 62


class IntegrityError(ValueError):
    """The list of hashes cannot be used; the message says why."""


@dataclass(frozen=True)
class Hashes:
    """What records should be, sorted: ``ids`` (uint64, a hash of the id), ``digests`` (uint64, the
    first half of SHA-256's first half) and ``gaps`` (int64, seconds from the last change to the
    snapshot). 24 bytes a record; an id may have several digests."""

    ids: NDArray[np.uint64]
    digests: NDArray[np.uint64]
    gaps: NDArray[np.int64]

    def states(self, batch: TokenBatch) -> NDArray[np.int8]:
        """`CHANGED`, `UNLISTED`, `UNCHANGED` or, of what is unchanged, `FRONT_RUN` for each
        document (int8).

        The text of a document is that of its fields in order, with a line feed between. Documents
        without an id are unlisted. Costs about 1 µs a document, and SHA-256 of those listed.
        """
        states = np.full(len(batch.documents), UNLISTED, np.int8)
        firsts = np.searchsorted(batch.part_document, np.arange(len(states) + 1))
        names = batch.documents.column("id").to_pylist()
        keys = np.array([_short((name or "").encode()) for name in names], np.uint64)
        lows, highs = (np.searchsorted(self.ids, keys, side=side) for side in ("left", "right"))
        known = np.array([name is not None for name in names], np.bool_) & (lows < highs)
        for document in np.flatnonzero(known).tolist():
            digest = hashlib.sha256()
            for part in range(firsts[document], firsts[document + 1]):
                if part > firsts[document]:
                    digest.update(b"\n")
                start, end = batch.part_offsets[part : part + 2]
                digest.update(batch.data[start:end].data)
            short = np.uint64(int.from_bytes(digest.digest()[:8], "big"))
            listed = slice(int(lows[document]), int(highs[document]))
            same = self.digests[listed] == short
            late = self.gaps[listed][same] <= FRESH
            states[document] = CHANGED if not same.any() else FRONT_RUN if late.all() else UNCHANGED
        return states


def _short(content: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big"))


@cache
def load(path: str) -> Hashes:
    """A list with the columns ``id`` and ``sha256`` (hexadecimal): CSV, JSON Lines or Parquet.

    It may have the columns ``changed``, when a record was last changed, and ``snapshot``, when the
    copy was taken that the corpus holds: dates or times of ISO 8601, UTC where they name no zone;
    empty where that is not known.

    Raises:
        IntegrityError: it cannot be read, or is no such list.
    """
    table = _table(Path(path))
    for name in COLUMNS:
        if name not in table.column_names:
            raise IntegrityError(
                f"{path} has no column {name!r}; it has {', '.join(table.column_names)}"
            )
    try:
        ids = table.column("id").cast(pa.string()).to_pylist()
        digests = table.column("sha256").cast(pa.string())
    except pa.ArrowException as error:
        raise IntegrityError(f"{path}: expected texts in id and sha256: {error}") from error
    right = pc.match_substring_regex(digests, "^[0-9a-fA-F]{64}$").fill_null(False)
    if None in ids or not pc.all(right, min_count=0).as_py():
        row = ids.index(None) if None in ids else right.index(pa.scalar(False)).as_py()
        raise IntegrityError(
            f"{path}, row {row + 1}: expected an id and a SHA-256 of 64 hexadecimal digits"
        )
    keys = np.array([_short(name.encode()) for name in ids], np.uint64)
    values = np.array([int(text[:16], 16) for text in digests.to_pylist()], np.uint64)
    gaps = _gaps(path, table)
    order = np.lexsort((gaps, values, keys))
    return Hashes(keys[order], values[order], gaps[order])


def _gaps(path: str, table: pa.Table) -> NDArray[np.int64]:
    """Seconds from the last change of each record to its snapshot, a great many where a date is
    missing."""
    there = [name for name in DATES if name in table.column_names]
    if not there:
        return np.full(len(table), _UNKNOWN, np.int64)
    if len(there) < len(DATES):
        missing = next(name for name in DATES if name not in there)
        raise IntegrityError(
            f"{path} has a column {there[0]!r} but no {missing!r}: only together do they say what "
            "was changed right before it was taken; add it, or leave both out"
        )
    times = [
        [_seconds(path, row, name, value) for row, value in enumerate(_texts(table, name), 1)]
        for name in DATES
    ]
    gaps = [
        _UNKNOWN if changed is None or snapshot is None else snapshot - changed
        for changed, snapshot in zip(*times, strict=True)
    ]
    return np.array(gaps, np.int64)


def _texts(table: pa.Table, name: str) -> list[str | None]:
    texts: list[str | None] = table.column(name).cast(pa.string()).to_pylist()
    return texts


def _seconds(path: str, row: int, name: str, value: str | None) -> int | None:
    if not value:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise IntegrityError(
            f"{path}, row {row}: {name} is {value[:40]!r}, expected a date as 2023-05-01 or a time "
            "as 2023-05-01T10:00:00Z"
        ) from error
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())


def _table(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        if path.suffix in (".jsonl", ".ndjson", ".json"):
            return pyarrow.json.read_json(path)
        if path.suffix in (".csv", ".tsv"):
            delimiter = "\t" if path.suffix == ".tsv" else ","
            parsing = pyarrow.csv.ParseOptions(delimiter=delimiter)
            text = dict.fromkeys((*COLUMNS, *DATES), pa.string())
            options = pyarrow.csv.ConvertOptions(column_types=text)
            return pyarrow.csv.read_csv(path, parse_options=parsing, convert_options=options)
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"cannot read {path}: {error}") from error
    raise IntegrityError(f"{path}: expected a list in .csv, .tsv, .jsonl or .parquet")
