"""After the first look at signatures: the same conversation in two chat templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_assay.lexicons import rules as attack_rules
from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import OTHER, PARTS
from corpus_assay.reports.formats import plural
from corpus_assay.transforms import additive
from corpus_assay.transforms.corpus import CORPUS
from corpus_assay.transforms.signatures import (
    FINDING_COUNTS,
    FINDINGS,
    TRANSCRIPTS,
    TWO_DIALECTS,
    two_dialect_counts,
    two_dialects,
)

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run


def compare(run: Run) -> str:
    """Add what `two_dialects` finds to the tables of findings, and remove the table of transcripts.

    Rows of one content stand in one part of ``transcripts``, so its parts are compared one after
    the other. Memory: one part of it and one of ``findings``.
    """
    config = run.config
    rules = attack_rules.load(config.options.rules).rules.values()
    rule = next((rule for rule in rules if rule.message == TWO_DIALECTS), None)
    known = _known(config.staging)
    counted = []
    number = 0
    for chats in finish.table_parts(config.staging, TRANSCRIPTS):
        found = two_dialects(chats, rule) if rule else FINDINGS.schema.empty_table()
        if not found.num_rows:
            continue
        number += found.num_rows
        counted.append(two_dialect_counts(found, known, OTHER))
        shown = finish.presentable(FINDINGS, found, config.excerpts)
        for part, rows in additive.shards(FINDINGS, shown, PARTS).items():
            _add(storage.join(config.staging, finish.table_path(FINDINGS, part)), rows)
    if counted:
        counts = finish.whole_table(config.staging, FINDING_COUNTS)
        merged = additive.merge(FINDING_COUNTS, [counts, *counted])
        path = storage.join(config.staging, finish.table_path(FINDING_COUNTS, 0))
        storage.write(path, storage.parquet_bytes(merged))
    storage.remove(config.staging, f"tables/{TRANSCRIPTS.name}")
    return f"signatures: chats compared across templates, {plural(number, 'finding')}"


def _add(path: str, rows: pa.Table) -> None:
    """Add rows to a part of the findings, or begin it."""
    content = storage.read(path)
    tables = [rows]
    if content is not None:
        before = pq.read_table(pa.BufferReader(content))
        tables.append(before.select(FINDINGS.schema.names).cast(FINDINGS.schema))
    storage.write(path, storage.parquet_bytes(additive.merge(FINDINGS, tables)))


def _known(folder: str) -> frozenset[str]:
    sources = finish.whole_table(folder, CORPUS).column("source")
    return frozenset(sources.unique().to_pylist()) - {OTHER}
