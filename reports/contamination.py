"""Benchmarks in the corpus, as the page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from corpus_assay.reports import formats, statistics
from corpus_assay.reports.audit import Audit
from corpus_assay.reports.sentences import interval_note
from corpus_assay.reports.statistics import Estimate

TOP_ITEMS = 20
TOP_SOURCES = 1000
SMALL_BENCHMARK = 30
"""Items that were looked for, below which shares of a benchmark are marked."""

TOO_SHORT = "too short"
DEGREES = ("documents", "mostly", "wholly")


class Item(Struct, frozen=True):
    """An item of a benchmark, with the documents in which it is there, mostly and wholly, and how
    many of its n-grams stand in some document. `places` are a few of these."""

    name: str
    line: int
    whole: bool
    ngrams: int
    found: int
    documents: int
    mostly: int
    wholly: int
    places: tuple[str, ...]


class Benchmark(Struct, frozen=True):
    """A benchmark: all items, those that were looked for, and of these the ones that stand in some
    document with an n-gram, mostly, and wholly."""

    name: str
    items: int
    searched: int
    there: Estimate | None
    mostly: Estimate | None
    wholly: Estimate | None
    counts: tuple[int, int, int]
    few: bool
    top: tuple[Item, ...]
    hidden: int


class SourceFigures(Struct, frozen=True):
    """Documents of a source and language with an item of a benchmark."""

    benchmark: str
    source: str
    language: str
    documents: int
    mostly: int
    wholly: int


class ContaminationFigures(Struct, frozen=True):
    """All benchmarks, and where their items stand; `hidden` rows of `sources` are in the table."""

    benchmarks: tuple[Benchmark, ...]
    sources: tuple[SourceFigures, ...]
    hidden: int


def contamination(audit: Audit, names: Mapping[str, str]) -> ContaminationFigures | None:
    """The figures; None where no benchmark was given.

    Args:
        audit: the tables.
        names: of languages, by code.
    """
    if "contamination" not in audit.tables:
        return None
    table = audit.tables["contamination"]
    places = _places(audit)
    benchmarks = [
        _benchmark(name, table.filter(pc.equal(table.column("benchmark"), name)), places)
        for name in sorted(pc.unique(table.column("benchmark")).to_pylist())
    ]
    order = [("documents", "descending"), *((name, "ascending") for name in
             ("benchmark", "source", "language"))]  # fmt: skip
    sources = audit.tables["contamination_sources"]
    sources = sources.filter(pc.greater(sources.column("documents"), 0)).sort_by(order)
    rows = [
        SourceFigures(
            formats.visible(row["benchmark"], 120),
            formats.visible(row["source"], 120),
            formats.visible(names.get(row["language"], row["language"]), 60),
            *(row[name] for name in DEGREES),
        )
        for row in sources.slice(0, TOP_SOURCES).to_pylist()
    ]
    return ContaminationFigures(tuple(benchmarks), tuple(rows), len(sources) - len(rows))


def _benchmark(name: str, table: pa.Table, places: Mapping[int, tuple[str, ...]]) -> Benchmark:
    searched = table.filter(pc.not_equal(table.column("kind"), TOO_SHORT))
    number = len(searched)
    counts = [pc.sum(pc.greater(searched.column(degree), 0)).as_py() or 0 for degree in DEGREES]
    there = searched.filter(pc.greater(searched.column("documents"), 0))
    order = [*((degree, "descending") for degree in reversed(DEGREES)), ("item", "ascending")]
    shown = there.sort_by(order).slice(0, TOP_ITEMS).to_pylist()
    shares = [statistics.wilson(count, number) for count in counts]
    return Benchmark(
        formats.visible(name, 120),
        len(table),
        number,
        shares[0],
        shares[1],
        shares[2],
        (counts[0], counts[1], counts[2]),
        number < SMALL_BENCHMARK,
        tuple(
            Item(
                formats.visible(row["id"], 120) if row["id"] is not None else "",
                row["line"],
                row["kind"] == "whole",
                row["ngrams"],
                row["found"],
                row["documents"],
                row["mostly"],
                row["wholly"],
                places.get(row["item"], ()),
            )
            for row in shown
        ),
        len(there) - len(shown),
    )


def _places(audit: Audit) -> dict[int, tuple[str, ...]]:
    """Some documents of each item: file and position."""
    files = audit.tables["files"]
    columns = (files.column(name).to_pylist() for name in ("file", "path"))
    paths = {number: formats.visible(path, 120) for number, path in zip(*columns, strict=True)}
    found: dict[int, list[str]] = defaultdict(list)
    table = audit.tables["contamination_examples"].sort_by(
        [("item", "ascending"), ("rank", "ascending")]
    )
    for row in table.to_pylist():
        place = f"{paths.get(row['file'], '?')}: {formats.count(row['position'])}"
        found[row["item"]].append(place)
    return {item: tuple(places) for item, places in found.items()}


def headlines(figures: ContaminationFigures | None) -> Iterator[str]:
    """The benchmark of which most stands in the corpus."""
    if figures is None:
        return
    known = [each for each in figures.benchmarks if each.mostly is not None and not each.few]
    if not known:
        return
    most = max(known, key=lambda each: (each.mostly.value if each.mostly else 0.0, each.searched))
    if most.mostly is None:
        return
    if not any(each.counts[0] for each in figures.benchmarks):
        yield "No item of a benchmark was found in the corpus."
        return
    yield (
        f"{formats.percent(most.mostly.value)} of the items of {most.name}"
        f"{interval_note(formats.percent_interval(most.mostly))} stand mostly or wholly in a "
        "document of the corpus."
    )


def summary(figures: ContaminationFigures | None) -> dict[str, Any] | None:
    """The figures for machines: only types that JSON has."""
    if figures is None:
        return None
    return {
        each.name: {
            "items": each.items,
            "searched": each.searched,
            **dict(zip(("there", "mostly", "wholly"), each.counts, strict=True)),
        }
        for each in figures.benchmarks
    }
