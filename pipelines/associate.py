"""After both looks of the associations: their scores, from tables alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_assay.pipelines import finish, storage
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import associations

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run


def summarise(run: Run) -> str:
    """Write the tables `associations.FINAL`, and remove those that only led to them.

    Without excerpts no word of the corpus is in them. Memory: `associations.summarise`.
    """
    config = run.config
    specs = (*associations.FIRST, *associations.SECOND)
    tables = {spec.name: finish.whole_table(config.staging, spec) for spec in specs}
    show = _shown if config.excerpts else None
    made = associations.summarise(tables, config.options.window, show)
    for spec in associations.FINAL:
        path = storage.join(config.staging, finish.table_path(spec, 0))
        storage.write(path, storage.parquet_bytes(made[spec.name]))
    hidden = [f"tables/{spec.name}" for spec in specs if spec.hidden]
    storage.remove(config.staging, *hidden, *(f"{path}.parquet" for path in hidden))
    return "associations: scores, from the tables of both readings"


def _shown(word: str) -> str:
    return visible(word, joiners=True)
