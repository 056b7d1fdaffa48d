"""Documents that stand in two audits, found by the hash of their bytes."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_assay.reports.audit import ReportError, table_files
from corpus_assay.reports.formats import plural
from corpus_assay.reports.measures import Measures, Place

PAIRING_ROWS = 4_000_000
"""Rows of signatures that are paired at a time: about 400 MB."""


def correlations(first: Measures, second: Measures) -> tuple[dict[Place, float], str]:
    """Correlation ρ of the estimates of each group of documents, and how it is known.

    ρ = √(f₁·f₂), see `compare`.

    Raises:
        ReportError: signatures cannot be read.
    """
    lacking = [side for side, audit in (("OLD", first), ("NEW", second))
               if "signatures" not in audit.tables]  # fmt: skip
    if lacking:
        return {}, (
            f"{' and '.join(lacking)} hold{'s' if len(lacking) == 1 else ''} no table of "
            "signatures, so it is not known which documents stand in both: the audits are taken "
            "to be independent, and intervals are too wide where documents are shared"
        )
    try:
        common = shared_documents(first.folder, second.folder)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise ReportError(f"the signatures cannot be read: {error}; run the audit again") from error
    found: dict[Place, float] = {}
    for place, (both, old, new) in common.items():
        parts = []
        for audit, own in ((first, old), (second, new)):
            documents = sum(row[0] for at, row in audit.sizes.items() if _inside(at, place))
            wholes = (max(documents, own[0]), own[1], own[2])
            shares = [part / whole for part, whole in zip(both, wholes, strict=True) if whole]
            parts.append(min(shares, default=0.0))
        found[place] = math.sqrt(parts[0] * parts[1])
    shared = common.get((None, None), ((0, 0, 0),))[0][0]
    return found, (
        f"{plural(int(shared), 'document')} with the same bytes in both audits: paired, so that "
        "they add nothing to the uncertainty of a change"
    )


def _inside(place: Place, group: Place) -> bool:
    return all(wanted is None or wanted == at for at, wanted in zip(place, group, strict=True))


Sums = tuple[float, float, float]


def shared_documents(
    old: Path, new: Path, rows: int = PAIRING_ROWS
) -> dict[Place, tuple[Sums, Sums, Sums]]:
    """Documents, bytes and squared bytes that stand in both audits, and in each, by group.

    A document stands in both when its bytes do, in the same source and language, as often as in
    the audit that has fewer copies. Hashes are compared a range at a time, so memory is that of
    about `rows` rows of each side.
    """
    number = max(_signatures(old), _signatures(new))
    ranges = max(1, math.ceil(number / rows))
    sums: dict[Place, Any] = defaultdict(lambda: np.zeros((3, 3)))
    for place in range(ranges):
        sides = [_counted(folder, place, ranges) for folder in (old, new)]
        joined = sides[0].join(
            sides[1], ["source", "language", "raw_hash", "bytes"],
            join_type="full outer", right_suffix="_new",
        )  # fmt: skip
        before, after = (
            pc.fill_null(joined.column(name), 0).to_numpy().astype(float)
            for name in ("number", "number_new")
        )
        size = joined.column("bytes").to_numpy().astype(float)
        weights = np.stack([np.ones_like(size), size, size**2])
        measured = np.stack([np.minimum(before, after), before, after])
        names = joined.select(["source", "language"]).combine_chunks()
        keys = [
            names.column(name).dictionary_encode().combine_chunks() for name in names.schema.names
        ]
        codes = [key.indices.to_numpy() for key in keys]
        width = max(1, len(keys[1].dictionary))
        group = codes[0].astype(np.int64) * width + codes[1]
        for code in np.unique(group):
            at = group == code
            # By bytes, squared bytes and documents, of both, the old and the new audit.
            found = measured[:, at] @ weights[:, at].T
            source = keys[0].dictionary[int(code) // width].as_py()
            language = keys[1].dictionary[int(code) % width].as_py()
            for key in {(source, language), (None, language), (source, None), (None, None)}:
                sums[key] += found
    return {
        place: tuple(tuple(row) for row in found.tolist())  # type: ignore[misc]
        for place, found in sums.items()
    }


def _signatures(folder: Path) -> int:
    return sum(pq.read_metadata(path).num_rows for path in table_files(folder, "signatures"))


def _counted(folder: Path, place: int, ranges: int) -> pa.Table:
    """Copies of each text in one range of hashes."""
    columns = ["source", "language", "raw_hash", "bytes"]
    kept = []
    for path in table_files(folder, "signatures"):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(1 << 18, columns=columns):
                if ranges > 1:
                    first = pc.binary_slice(batch.column("raw_hash").cast(pa.binary()), 0, 4)
                    numbers = np.frombuffer(b"".join(first.to_pylist()), np.uint32)
                    batch = batch.filter(pa.array(numbers % ranges == place))
                kept.append(batch.cast(_PAIRED))
    table = pa.Table.from_batches(kept, _PAIRED)
    counted = table.group_by(columns, use_threads=False).aggregate([([], "count_all")])
    return counted.rename_columns([*columns, "number"])


_PAIRED = pa.schema(
    [
        ("source", pa.string()),
        ("language", pa.string()),
        ("raw_hash", pa.binary()),
        ("bytes", pa.int64()),
    ]
)
