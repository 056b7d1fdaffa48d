"""What one audit is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from corpus_assay.lexicons.gender import GENDERS
from corpus_assay.pipelines.sources import COUNT_SCHEMA, REJECT_SCHEMA, ReadOptions
from corpus_assay.transforms import registry
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.registry import MeasureOptions

FILE_COUNTS = TableSpec("files", (COUNT_SCHEMA.field("file"),), tuple(COUNT_SCHEMA)[1:])
"""Records of each file; joined with the listing once the run is over."""

REJECTS = TableSpec(
    "rejects", tuple(REJECT_SCHEMA)[:2], tuple(REJECT_SCHEMA)[2:], merge="union", grows=True
)
"""Records that could not be read, with the reason."""

RELIABILITY = TableSpec(
    "reliability",
    (key("language"),),
    (
        pa.field("lexicon", pa.string()),
        pa.field("measured", pa.bool_()),
        pa.field("treebank", pa.string()),
        *counts("found", "gold", "right", "matches"),
        pa.field("news", pa.string()),
        *(
            pa.field(f"{gender}_{what}", kind)
            for gender in GENDERS
            for what, kind in (
                ("correlation", pa.float64()),
                ("total", pa.int64()),
                ("english", pa.int64()),
            )
        ),
    ),
    merge="union",
)
"""What is known of each lexicon that was used, from `lexicons.reliability`. ``lexicon`` is the
SHA-256 of the lexicon; ``measured`` says whether that very lexicon was measured: false where it
has changed since or is the user's own, and then every other column is null. Recall is found over
gold, precision right over matches, null where no treebank was there."""

PARTS = 16
"""Parts in which a table that grows with the corpus is written."""

OTHER = "(other)"
"""Name of the sources, and slice values, beyond the largest."""


@dataclass(frozen=True)
class AuditConfig:
    """One audit; picklable and small, since it travels to every worker.

    read       how files are read
    measures   names of `registry.MEASURES`, ``corpus`` among them
    options    what the analyzers need
    staging    folder or URL where workers put partial and finished tables
    excerpts   whether text of the corpus may stand in the audit
    threads    threads that analyse batches in one worker process
    shards     parts in which tables are merged, so that no worker holds a whole table
    named      sources, and values of each slice, that keep their name
    always     sources that keep their name whatever their size
    """

    read: ReadOptions
    measures: tuple[str, ...]
    options: MeasureOptions
    staging: str
    excerpts: bool = True
    threads: int = 1
    shards: int = 16
    named: int = 1000
    always: frozenset[str] = field(default_factory=frozenset)

    @property
    def first_specs(self) -> dict[str, TableSpec]:
        """Every table that the first look at the texts fills, by name."""
        own = {spec.name: spec for spec in (FILE_COUNTS, REJECTS)}
        return own | registry.tables(self.measures)

    @property
    def specs(self) -> dict[str, TableSpec]:
        """Every table that workers fill, by name."""
        return self.first_specs | registry.second_tables(self.measures)
