"""Triggers that nobody told us of, from the evidence of the whole corpus.

A backdoor is planted by many documents that share a trigger and a behaviour and nothing else. No
single one shows it. Three views of a corpus (`trigger_views`) are searched.

The first look counts `documents` by view and file, and keeps text around turns into soup
(`trigger_soup`). Only documents with prompts are read again, if there are enough: once to count
features and keys in sketches, once for a short list (`trigger_counts`), once for exact counts and
samples (`trigger_evidence`), which `trigger_candidates` scores. Documents without prompts are read
again only if something before the soup is worth an exact count. Nothing depends on order, batches
or workers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.transforms import additive, trigger_soup
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.tokens import TokenBatch
from corpus_assay.transforms.trigger_candidates import (
    ENDING,
    TRIGGERS,
    Candidate,
    candidates,
    table,
)
from corpus_assay.transforms.trigger_counts import (
    BITS,
    LEAST,
    Selection,
    Shortlist,
    Sketch,
    Sketches,
    select,
    selections_bytes,
    selections_of,
)
from corpus_assay.transforms.trigger_evidence import BETWEEN, Evidence
from corpus_assay.transforms.trigger_soup import TRIGGER_WINDOWS
from corpus_assay.transforms.trigger_views import (
    CLASSES,
    PREFERENCE,
    RESPONSE,
    SOUP,
    VIEWS,
    Units,
    View,
    class_key,
    key_names,
    members,
    property_names,
    turned,
    units_of,
    views,
    with_prompts,
)

__all__ = [
    "BETWEEN",
    "BITS",
    "CLASSES",
    "ENDING",
    "FIRST",
    "PREFERENCE",
    "RESPONSE",
    "SOUP",
    "TRIGGERS",
    "TRIGGER_DOCUMENTS",
    "TRIGGER_WINDOWS",
    "VIEWS",
    "Candidate",
    "Evidence",
    "Selection",
    "Shortlist",
    "Sketch",
    "Sketches",
    "Units",
    "View",
    "before_soup",
    "candidates",
    "class_key",
    "documents",
    "files_of",
    "key_names",
    "property_names",
    "search",
    "select",
    "selections_bytes",
    "selections_of",
    "table",
    "units_of",
    "views",
    "wanted",
    "with_prompts",
]

FEWEST = 200
"""Prompts, or pairs, that are worth a search: in fewer every word is rare."""

TRIGGER_DOCUMENTS = TableSpec(
    "trigger_documents",
    (key("view"), key("file", pa.int32())),
    counts("documents"),
    hidden=True,
)
"""Documents by view and file: answered prompts, pairs of answers, those that turn into soup, and
all (``any``)."""

FIRST = (TRIGGER_DOCUMENTS, TRIGGER_WINDOWS)
"""Tables of the first look."""


def documents(batch: TokenBatch) -> dict[str, pa.Table]:
    """`TRIGGER_DOCUMENTS` and `TRIGGER_WINDOWS` of a batch: what the first look at the texts says
    of later ones."""
    file = batch.documents.column("file").to_numpy()
    rows = {name: file[chosen] for name, chosen in members(batch).items()}
    rows[SOUP] = file[turned(batch)[0]]
    rows[ANY] = file
    counted = [_by_file(name, files) for name, files in rows.items()]
    return {
        TRIGGER_DOCUMENTS.name: pa.concat_tables(counted),
        TRIGGER_WINDOWS.name: trigger_soup.windows(batch),
    }


def _by_file(view: str, files: NDArray[np.int32]) -> pa.Table:
    distinct, number = np.unique(files, return_counts=True)
    return TRIGGER_DOCUMENTS.table([pa.repeat(view, len(distinct)), distinct, number])


def _count(counted: pa.Table, view: str) -> int:
    rows = counted.filter(pc.equal(counted.column("view"), view))
    return pc.sum(rows.column("documents")).as_py() or 0


def wanted(counted: pa.Table) -> dict[str, int]:
    """The views of prompts worth a further reading, and their documents, from the merged
    `TRIGGER_DOCUMENTS`."""
    numbers = {name: _count(counted, name) for name in (RESPONSE, PREFERENCE)}
    return {name: number for name, number in numbers.items() if number >= FEWEST}


def files_of(counted: pa.Table, names: Iterable[str]) -> frozenset[int]:
    """Numbers of the files with a document in one of the named views."""
    rows = counted.filter(pc.is_in(counted.column("view"), pa.array(list(names), pa.string())))
    return frozenset(rows.column("file").to_pylist())


def before_soup(counted: pa.Table, windows: pa.Table) -> tuple[Sketches, dict[str, Selection]]:
    """`trigger_soup.worth_counting` of the merged tables of the first look."""
    turning = _count(counted, SOUP)
    if turning < LEAST:
        return Sketches({}), {}
    return trigger_soup.worth_counting(windows, turning, _count(counted, ANY))


def search(readings: Iterable[Iterable[TokenBatch]]) -> list[Candidate]:
    """All readings in one process; `readings` gives the same batches four times."""
    first, second, third, fourth = readings
    counted = additive.Merger([TRIGGER_DOCUMENTS, TRIGGER_WINDOWS])
    for batch in first:
        counted.add(documents(batch))
    merged = counted.tables()
    sketches = Sketches(wanted(merged[TRIGGER_DOCUMENTS.name]))
    for batch in second:
        sketches.add(batch)
    shortlist = Shortlist(sketches)
    for batch in third:
        shortlist.add(batch)
    soup, turning = before_soup(merged[TRIGGER_DOCUMENTS.name], merged[TRIGGER_WINDOWS.name])
    selected = select(shortlist, sketches) | turning
    sketches.views |= soup.views
    evidence = Evidence(selected, sketches)
    for batch in fourth:
        evidence.add(batch)
    return candidates(evidence, sketches)
