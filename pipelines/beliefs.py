"""After the look for comparisons: the pairs to read, from the table of the look alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.gather import presentable
from corpus_assay.transforms import beliefs

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run


def summarise(run: Run) -> str:
    """Write the table `beliefs.BELIEFS`, and remove the statements that only led to it.

    Without excerpts no name and no sentence is in it. Memory: `beliefs.summarise`.
    """
    folder = run.config.staging
    found = beliefs.summarise(lambda: finish.table_parts(folder, beliefs.STATEMENTS))
    path = storage.join(folder, finish.table_path(beliefs.BELIEFS, 0))
    storage.write(path, storage.parquet_bytes(presentable(found, run.config.excerpts)))
    storage.remove(folder, f"tables/{beliefs.STATEMENTS.name}")
    return "beliefs: one-sided comparisons, from the statements of the first reading"
