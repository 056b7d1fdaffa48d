"""Records against a list of the hashes that they should have: split-view poisoning.

Who downloads a corpus by its list of addresses gets what stands there today (Carlini et al. 2024,
*Poisoning Web-Scale Training Datasets is Practical*, arXiv 2302.10149, split view). A list of
SHA-256 made when the corpus was chosen tells whether a record is still what it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
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
CHANGED, UNLISTED, UNCHANGED = range(3)


class IntegrityError(ValueError):
    """The list of hashes cannot be used; the message says why."""


@dataclass(frozen=True)
class Hashes:
    """What records should be, sorted: ``ids`` (uint64, a hash of the id) and ``digests`` (uint64,
    the first half of SHA-256's first half). 16 bytes a record; an id may have several digests."""

    ids: NDArray[np.uint64]
    digests: NDArray[np.uint64]

    def states(self, batch: TokenBatch) -> NDArray[np.int8]:
        """`CHANGED`, `UNLISTED` or `UNCHANGED` for each document (int8).

        The text of a document is that of its fields in order, with a line feed between. Documents
        without an id are unlisted. Costs about 3 µs a document, and SHA-256.
        """
        states = np.full(len(batch.documents), UNLISTED, np.int8)
        firsts = np.searchsorted(batch.part_document, np.arange(len(states) + 1))
        for document, name in enumerate(batch.documents.column("id").to_pylist()):
            if name is None:
                continue
            key = _short(name.encode())
            low = int(np.searchsorted(self.ids, key))
            high = int(np.searchsorted(self.ids, key, side="right"))
            if low == high:
                continue
            digest = hashlib.sha256()
            for part in range(firsts[document], firsts[document + 1]):
                if part > firsts[document]:
                    digest.update(b"\n")
                start, end = batch.part_offsets[part : part + 2]
                digest.update(batch.data[start:end].data)
            short = np.uint64(int.from_bytes(digest.digest()[:8], "big"))
            same = bool((self.digests[low:high] == short).any())
            states[document] = UNCHANGED if same else CHANGED
        return states


def _short(content: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big"))


@cache
def load(path: str) -> Hashes:
    """A list with the columns ``id`` and ``sha256`` (hexadecimal): CSV, JSON Lines or Parquet.

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
    order = np.lexsort((values, keys))
    return Hashes(keys[order], values[order])


def _table(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        if path.suffix in (".jsonl", ".ndjson", ".json"):
            return pyarrow.json.read_json(path)
        if path.suffix in (".csv", ".tsv"):
            delimiter = "\t" if path.suffix == ".tsv" else ","
            parsing = pyarrow.csv.ParseOptions(delimiter=delimiter)
            text = dict.fromkeys(COLUMNS, pa.string())
            options = pyarrow.csv.ConvertOptions(column_types=text)
            return pyarrow.csv.read_csv(path, parse_options=parsing, convert_options=options)
    except (OSError, pa.ArrowException) as error:
        raise IntegrityError(f"cannot read {path}: {error}") from error
    raise IntegrityError(f"{path}: expected a list in .csv, .tsv, .jsonl or .parquet")
