"""The search for unknown triggers: more readings of the texts that need it, and the table."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.gather import Gathered, Reading, all_rows, gather, load, save, stored
from corpus_assay.pipelines.memory import give_back
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import triggers
from corpus_assay.transforms.additive import TableSpec

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

FOLDER = "triggers"
"""Below the staging folder, while the search lasts."""
WANTED, SOUP_SKETCH, SOUP_PAIRS = "wanted", "soup-sketch", "soup-pairs"
SKETCHES, SHORTLIST, EVIDENCE = "sketches", "shortlist", "evidence"


def search(run: Run) -> str:
    """Write the table `triggers.TRIGGERS`.

    Memory of a worker: the sketches of `triggers.BITS`, and the short list. Without excerpts no
    text of the corpus is in the table.
    """
    config = run.config
    _forget(config)
    try:
        return _search(run)
    finally:
        _forget(config)


def _search(run: Run) -> str:
    config, staging = run.config, run.config.staging
    counted, windows = (_taken(config, spec) for spec in triggers.FIRST)
    wanted = triggers.wanted(counted)
    soup, pairs = triggers.before_soup(counted, windows)
    numbers = {"prompts": wanted, "soup": soup.documents if pairs else {}}
    storage.write(_path(staging, WANTED), json.dumps(numbers).encode())
    prompts = _of_files(run.units, triggers.files_of(counted, wanted))
    if pairs:
        save(soup, _path(staging, SOUP_SKETCH))
        storage.write(_path(staging, SOUP_PAIRS), triggers.selections_bytes(pairs))
    del soup, windows
    if wanted:
        for name in (SKETCHES, SHORTLIST):
            gather(run, _reading(config, name, triggers.with_prompts), f"triggers: {name}", prompts)
    if wanted or pairs:
        # What stands before soup stands in any text.
        rows, units = (all_rows, run.units) if pairs else (triggers.with_prompts, prompts)
        gather(run, _reading(config, EVIDENCE, rows), f"triggers: {EVIDENCE}", units)
        evidence = triggers.Evidence(_selected(staging), _sketches(staging))
        load(evidence, _path(staging, EVIDENCE))
        found = triggers.candidates(evidence, _sketches(staging))
        table = presentable(triggers.table(found), config.excerpts)
        path = finish.table_path(triggers.TRIGGERS, 0)
        storage.write(storage.join(staging, path), storage.parquet_bytes(table))
    return f"triggers: {_said(bool(wanted), bool(pairs))}"


def _reading(
    config: AuditConfig, name: str, rows: Callable[[pa.RecordBatch], pa.RecordBatch]
) -> Reading:
    staging = config.staging
    return Reading(partial(_empty, staging, name), _path(staging, name), config, rows)


def _said(prompts: bool, soup: bool) -> str:
    said = []
    if prompts:
        said.append(
            "documents with prompts three times more, for sketches, a short list and exact counts"
        )
    if soup:
        said.append(
            "every text once more, for exact counts of what stands before text turns into soup"
        )
    return " and ".join(said) or (
        "no text a second time, for want of prompts and of anything that goes before soup"
    )


def _taken(config: AuditConfig, spec: TableSpec) -> pa.Table:
    """A table of the first look, which is not in the audit."""
    table = finish.whole_table(config.staging, spec)
    storage.remove(config.staging, finish.table_path(spec, 0))
    return table


def _of_files(units: Sequence[WorkUnit], files: frozenset[int]) -> list[WorkUnit]:
    """What of the work units lies in the named files."""
    cut = (
        replace(unit, spans=tuple(span for span in unit.spans if span.file.number in files))
        for unit in units
    )
    return [unit for unit in cut if unit.spans]


def presentable(table: pa.Table, excerpts: bool) -> pa.Table:
    """The table with text of the corpus made visible, or without any."""
    columns = {name: table.column(name).to_pylist() for name in table.schema.names}
    classes = {*triggers.key_names().values(), *triggers.property_names().values()}
    for name in ("trigger", "response", "before", "match", "after"):
        columns[name] = [
            text if text in classes else visible(text, joiners=True) if excerpts else ""
            for text in columns[name]
        ]
    return pa.table(columns, schema=table.schema)


def _forget(config: AuditConfig) -> None:
    _sketches.cache_clear()
    _selected.cache_clear()
    storage.remove(config.staging, FOLDER)


def _path(staging: str, reading: str) -> str:
    return storage.join(staging, FOLDER, reading)


@lru_cache(maxsize=1)
def _sketches(staging: str) -> triggers.Sketches:
    """Of prompts, and of windows before soup."""
    wanted = _wanted(staging)
    made = triggers.Sketches({})
    for name, reading in (("prompts", SKETCHES), ("soup", SOUP_SKETCH)):
        if wanted[name]:
            made.views |= load(triggers.Sketches(wanted[name]), _path(staging, reading)).views
    return made


def _wanted(staging: str) -> dict[str, dict[str, int]]:
    wanted: dict[str, dict[str, int]] = json.loads(stored(_path(staging, WANTED)))
    return wanted


@lru_cache(maxsize=1)
def _selected(staging: str) -> dict[str, triggers.Selection]:
    wanted, sketches = _wanted(staging), _sketches(staging)
    selected: dict[str, triggers.Selection] = {}
    if wanted["prompts"]:
        short = load(triggers.Shortlist(sketches), _path(staging, SHORTLIST))
        selected |= triggers.select(short, sketches)
    if wanted["soup"]:
        selected |= triggers.selections_of(stored(_path(staging, SOUP_PAIRS)))
    return selected


_loading = threading.Lock()


def _empty(staging: str, reading: str) -> Gathered:
    """Nothing gathered yet; earlier readings are loaded once in a process."""
    with _loading:
        if reading == SKETCHES:
            return triggers.Sketches(_wanted(staging)["prompts"])
        sketches = _sketches(staging)
        if reading == SHORTLIST:
            return triggers.Shortlist(sketches)
        selected = _selected(staging)
        give_back()  # the short list
        return triggers.Evidence(selected, sketches)
