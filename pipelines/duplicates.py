"""The search for duplicates, after the first look has made a sketch of every document.

A corpus that is one unit of work and not large is searched in this process
(`pipelines.duplicates_here`), others on Beam (`pipelines.duplicates_on_beam`). Both ways give the
same tables, byte for byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines import duplicate_examples, duplicates_here, finish, start, storage
from corpus_assay.pipelines.config import OTHER, AuditConfig
from corpus_assay.pipelines.exchange import Exchange, in_parts, numbered_units, work_rows
from corpus_assay.transforms.corpus import CORPUS
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.duplicates import LEVELS, SUMMARY

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

FOLDER = "duplicates"
"""Where tables travel, below the staging folder; removed in the end."""


def run(given: Run) -> str:
    """Find duplicates and write their tables; a line for the manifest."""
    config = given.config
    options = config.options.duplicates
    storage.remove(config.staging, FOLDER)  # an interrupted run may have left it
    exchange = Exchange(storage.join(config.staging, FOLDER))
    units, unit_of = numbered_units(given.units, config)
    whole = _whole(config)
    documents = pc.sum(whole.column("documents")).as_py() or 0
    begun = [*in_parts(SUMMARY, _all_documents(whole, config)), work_rows(documents=documents)]
    named = frozenset(whole.column("source").to_pylist()) - {OTHER}
    few = len(units) == 1 and documents <= duplicates_here.DOCUMENTS
    if options.reference or options.signatures:
        start.beam()
        from corpus_assay.pipelines import duplicates_on_beam

        if options.reference:
            begun.append(
                duplicates_on_beam.find_in_reference(given, units, unit_of, whole, exchange)
            )
        if options.signatures:
            duplicates_on_beam.keep_signatures(given, units, exchange)
    if not (few and duplicates_here.search(units[0], config, named, begun)):
        start.beam()
        from corpus_assay.pipelines import duplicates_on_beam

        duplicates_on_beam.search(given, units, unit_of, whole, exchange, named, begun)
    duplicate_examples.write(config, given.units)
    storage.remove(config.staging, FOLDER)
    return "duplicates: documents with a candidate a second time, to compare their n-grams exactly"


def _whole(config: AuditConfig) -> pa.Table:
    table = finish.whole_table(config.staging, CORPUS)
    return table.filter(pc.equal(table.column("role"), ANY))


def _all_documents(whole: pa.Table, config: AuditConfig) -> pa.Table:
    """The rows of `SUMMARY` before anything is known of clusters."""
    threshold = config.options.duplicates.threshold
    columns = [whole.column(name) for name in ("source", "language", "documents", "bytes")]
    nothing = pa.array(np.zeros(len(whole), np.int64))
    columns += [nothing] * 4
    for level in LEVELS:
        columns += [nothing if level >= threshold else pa.nulls(len(whole), pa.int64())] * 2
    columns += [nothing] * 2
    return pa.Table.from_arrays(columns, names=SUMMARY.schema.names).cast(SUMMARY.schema)
