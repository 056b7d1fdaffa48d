"""What follows the first look at the texts: second looks, and pipelines of their own."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.pipelines import finish, steps, storage
from corpus_assay.pipelines.config import OTHER, AuditConfig
from corpus_assay.pipelines.units import Look, WorkUnit, selection_path
from corpus_assay.transforms.corpus import CORPUS, CORPUS_SLICES, SOURCE_SLICE
from corpus_assay.transforms.registry import MEASURES

if TYPE_CHECKING:
    import apache_beam as beam

FIRST_LOOK = "documents, languages, words and lexicons: every text once"
SECOND_LOOK = "second look"


@dataclass(frozen=True)
class Run:
    """A run whose first look is done.

    ``units`` are all work units; ``config.staging`` holds the merged tables so far; ``beam(build,
    label)`` runs one more pipeline, that `build` fills, on the same runner with the same options.
    ``here(step, label)`` takes a step in this process where no engine is needed, since there is one
    work unit only; else it is None.
    """

    units: Sequence[WorkUnit]
    config: AuditConfig
    beam: Callable[[Callable[[beam.Pipeline], None], str], None]
    here: Callable[[Callable[[], None], str], None] | None = None


PASSES: Mapping[str, str] = {
    "associations": "associate.summarise",
    "beliefs": "beliefs.summarise",
    "contamination": "contamination.summarise",
    "duplicates": "duplicates.run",
    "guard": "guard.classify",
    "inserted": "inserted_search.search",
    "preferences": "preference_search.search",
    "repetition": "repetition.summarise",
    "signatures": "dialects.compare",
    "triggers": "trigger_search.search",
}
"""Passes that follow the first look, by the measure that asks for them: module and function, which
are imported when they are needed. Each takes a `Run` and gives a line for the manifest: what was
read again and why."""

TABLES_ONLY = frozenset(("beliefs", "contamination", "signatures"))
"""Of these, passes that read tables of the first look alone and start no pipeline."""


def further(measures: Sequence[str]) -> list[str]:
    """Measures that need more pipelines than the first look."""
    return [
        name
        for name in measures
        if MEASURES[name].second is not None or (name in PASSES and name not in TABLES_ONLY)
    ]


def run_all(run: Run) -> list[str]:
    """Run every further pass that the measures ask for, and name all passes for the manifest."""
    done = [FIRST_LOOK]
    done += _second_look(run)
    done += [_pass(name)(run) for name in run.config.measures if name in PASSES]
    return done


def load(measures: Sequence[str]) -> None:
    """Import what measures and their passes are made of, which is done anyway when they run."""
    for name in measures:
        MEASURES[name]
        if name in PASSES:
            _pass(name)


def _pass(measure: str) -> Callable[[Run], str]:
    module, name = PASSES[measure].split(".")
    found: Callable[[Run], str] = getattr(
        importlib.import_module(f"corpus_assay.pipelines.{module}"), name
    )
    return found


def _second_look(run: Run) -> list[str]:
    config = run.config
    selected = []
    for name in config.measures:
        measure = MEASURES[name]
        if measure.second is None:
            continue
        tables = {spec.name: finish.whole_table(config.staging, spec) for spec in measure.tables}
        selection = measure.second.prepare(tables, config.options)
        if not selection:
            continue
        content = storage.pack(selection)
        storage.write(selection_path(config, name), content)
        selected.append((name, hashlib.sha256(content).hexdigest()))
    if not selected:
        return []
    look = Look(tuple(selected))
    named = _named(config)
    if run.here is not None:
        run.here(lambda: steps.look(run.units, config, look, named), SECOND_LOOK)
    else:
        from corpus_assay.pipelines import pipeline

        run.beam(
            lambda built: pipeline.build_second(built, run.units, config, look, named), SECOND_LOOK
        )
    return [f"{', '.join(name for name, _ in selected)}: every text a second time"]


def _named(config: AuditConfig) -> dict[str, frozenset[str]]:
    """Sources and slice values that kept their name in the first look."""
    sources = finish.whole_table(config.staging, CORPUS).column("source")
    named = {SOURCE_SLICE: _known(sources)}
    slices = finish.whole_table(config.staging, CORPUS_SLICES)
    for name in slices.column("slice").unique().to_pylist():
        rows = pc.equal(slices.column("slice"), name)
        named[name] = _known(slices.filter(rows).column("value"))
    return named


def _known(values: pa.ChunkedArray) -> frozenset[str]:
    return frozenset(values.unique().to_pylist()) - {OTHER}
