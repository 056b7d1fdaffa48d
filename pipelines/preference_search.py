"""The search of preference data: three more readings of the texts, and the tables they lead to."""

from __future__ import annotations

import threading
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.gather import Gathered, Reading, gather, load, presentable
from corpus_assay.transforms import preferences

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

FOLDER = "preference-search"
"""Below the staging folder, while the search lasts."""
WEIGHTS, INTERACTIONS, EVIDENCE = READINGS = ("weights", "interactions", "evidence")


def search(run: Run) -> str:
    """Write the tables `preferences.PREFERENCES`, `PREFERENCE_TERMS` and `PREFERENCE_SUMMARY`.

    Memory of a worker: the sketches of `preferences.BITS`.
    Without excerpts no text of the corpus is in the tables.
    """
    folder = run.config.staging
    counted = finish.whole_table(folder, preferences.PREFERENCE_PAIRS)
    storage.remove(folder, finish.table_path(preferences.PREFERENCE_PAIRS, 0))
    pairs = sum(counted.column("documents").to_pylist())
    if pairs < preferences.FEWEST:
        return (
            f"preferences: no text a second time, since there are fewer than "
            f"{preferences.FEWEST} pairs of answers"
        )
    try:
        for name in READINGS:
            empty = partial(_empty, folder, name, pairs)
            reading = Reading(empty, _path(folder, name), run.config)
            gather(run, reading, f"preferences: {name}")
        evidence = preferences.Evidence(*_earlier(folder, pairs))
        load(evidence, _path(folder, EVIDENCE))
        made = preferences.tables(preferences.candidates(evidence), evidence)
        for spec in preferences.TABLES:
            if not spec.hidden:
                table = presentable(made[spec.name], run.config.excerpts)
                path = storage.join(folder, finish.table_path(spec, 0))
                storage.write(path, storage.parquet_bytes(table))
    finally:
        _earlier.cache_clear()
        _weights.cache_clear()
        storage.remove(folder, FOLDER)
    return "preferences: every text three times more, for weights, interactions and exact counts"


def _path(folder: str, name: str) -> str:
    return storage.join(folder, FOLDER, name)


@lru_cache(maxsize=1)
def _weights(folder: str, pairs: int) -> preferences.Weights:
    return load(preferences.Weights(pairs), _path(folder, WEIGHTS))


@lru_cache(maxsize=1)
def _earlier(folder: str, pairs: int) -> tuple[preferences.Weights, preferences.Interactions]:
    weights = _weights(folder, pairs)
    return weights, load(preferences.Interactions(weights), _path(folder, INTERACTIONS))


_loading = threading.Lock()


def _empty(folder: str, name: str, pairs: int) -> Gathered:
    """Nothing gathered yet; earlier readings are loaded once in a process."""
    with _loading:
        if name == WEIGHTS:
            return preferences.Weights(pairs)
        if name == INTERACTIONS:
            return preferences.Interactions(_weights(folder, pairs))
        return preferences.Evidence(*_earlier(folder, pairs))
