"""The search for inserted text: three more readings of the texts, and the table they lead to."""

from __future__ import annotations

import threading
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.gather import Gathered, Reading, gather, load, presentable
from corpus_assay.transforms import inserted

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

FOLDER = "inserted-search"
"""Below the staging folder, while the search lasts."""
COUNTS, DELETIONS, EVIDENCE = READINGS = ("counts", "deletions", "evidence")


def search(run: Run) -> str:
    """Write the table `inserted.INSERTED`.

    Memory of a worker: the sketches of `inserted.BITS`.
    Without excerpts no text of the corpus is in the table.
    """
    folder = run.config.staging
    counted = finish.whole_table(folder, inserted.INSERTED_DOCUMENTS)
    storage.remove(folder, finish.table_path(inserted.INSERTED_DOCUMENTS, 0))
    number = sum(counted.column("number").to_pylist())
    if number < inserted.FEWEST:
        return (
            f"inserted: no text a second time, since there are fewer than {inserted.FEWEST} "
            "documents"
        )
    try:
        for name in READINGS:
            empty = partial(_empty, folder, name, number)
            gather(run, Reading(empty, _path(folder, name), run.config), f"inserted: {name}")
        evidence = inserted.Evidence(_deletions(folder, number))
        load(evidence, _path(folder, EVIDENCE))
        found = inserted.table(inserted.candidates(evidence))
        path = storage.join(folder, finish.table_path(inserted.INSERTED, 0))
        storage.write(path, storage.parquet_bytes(presentable(found, run.config.excerpts)))
    finally:
        _deletions.cache_clear()
        _counts.cache_clear()
        storage.remove(folder, FOLDER)
    return "inserted: every text three times more, for sketches, coherence and exact counts"


def _path(folder: str, name: str) -> str:
    return storage.join(folder, FOLDER, name)


@lru_cache(maxsize=1)
def _counts(folder: str, number: int) -> inserted.Counts:
    return load(inserted.Counts(number), _path(folder, COUNTS))


@lru_cache(maxsize=1)
def _deletions(folder: str, number: int) -> inserted.Deletions:
    return load(inserted.Deletions(_counts(folder, number)), _path(folder, DELETIONS))


_loading = threading.Lock()


def _empty(folder: str, name: str, number: int) -> Gathered:
    """Nothing gathered yet; earlier readings are loaded once in a process."""
    with _loading:
        if name == COUNTS:
            return inserted.Counts(number)
        if name == DELETIONS:
            return inserted.Deletions(_counts(folder, number))
        return inserted.Evidence(_deletions(folder, number))
