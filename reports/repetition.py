"""Repetition in an audit, as the page shows it: lines of many documents, and texts that repeat
themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from corpus_assay.reports import formats, statistics
from corpus_assay.reports.audit import Audit
from corpus_assay.reports.duplicates import SMALL_GROUP
from corpus_assay.reports.model import LanguageFigures
from corpus_assay.reports.statistics import Estimate

TOP_LINES = 20
TEXT = 400

KINDS = {"line": "lines", "paragraph": "paragraphs"}

RULES: Mapping[str, tuple[str, int]] = {
    "repeated_lines": ("lines that stood before, of all lines", 30),
    "repeated_line_bytes": ("bytes of lines that stood before", 20),
    "repeated_paragraphs": ("paragraphs that stood before, of all paragraphs", 30),
    "repeated_paragraph_bytes": ("bytes of paragraphs that stood before", 20),
    "top_2": ("bytes of the most frequent 2-gram", 20),
    "top_3": ("bytes of the most frequent 3-gram", 18),
    "top_4": ("bytes of the most frequent 4-gram", 16),
    "repeated_5": ("bytes in 5-grams that stood before", 15),
    "repeated_6": ("bytes in 6-grams that stood before", 14),
    "repeated_7": ("bytes in 7-grams that stood before", 13),
    "repeated_8": ("bytes in 8-grams that stood before", 12),
    "repeated_9": ("bytes in 9-grams that stood before", 11),
    "repeated_10": ("bytes in 10-grams that stood before", 10),
}
"""Statistics with the per cent from which MassiveText's filter drops a document (Rae et al. 2021,
table A1)."""


class LevelFigures(Struct, frozen=True):
    """Lines (or paragraphs) that stand in at least `documents` documents: how often they occur and
    their bytes, as shares of all."""

    documents: int
    occurrences: int
    bytes: int
    of_occurrences: float | None
    of_bytes: float | None


class KindFigures(Struct, frozen=True):
    """Lines, or paragraphs: all of them, and those of many documents."""

    name: str
    occurrences: int
    bytes: int
    levels: tuple[LevelFigures, ...]


class Group(Struct, frozen=True):
    """A language or source: bytes of all its lines, and shares of them in lines of at least so many
    documents of the corpus, None where that was not counted."""

    name: str
    bytes: int
    shares: tuple[float | None, ...]


class Line(Struct, frozen=True):
    """A line, or paragraph, with how it begins."""

    text: str
    documents: int
    occurrences: int
    bytes: int
    sources: int
    languages: int


class Rule(Struct, frozen=True):
    """Documents that reach the threshold of a filter rule; `few` marks few documents in all."""

    name: str
    percent: int
    documents: int
    share: Estimate | None
    of_bytes: float | None
    few: bool


class RepetitionFigures(Struct, frozen=True):
    """Everything that the section shows. `levels` are numbers of documents that lines reach,
    `frequent` and `heavy` the lines of most documents and of most bytes by kind."""

    documents: int
    kinds: tuple[KindFigures, ...]
    levels: tuple[int, ...]
    languages: tuple[Group, ...]
    sources: tuple[Group, ...]
    frequent: Mapping[str, tuple[Line, ...]]
    heavy: Mapping[str, tuple[Line, ...]]
    listed: Mapping[str, int]
    rules: tuple[Rule, ...]
    unsegmented: tuple[str, ...]
    excerpts: bool


def repetition(audit: Audit, languages: Sequence[LanguageFigures]) -> RepetitionFigures | None:
    """The figures; None where nobody asked for them."""
    if "repetition" not in audit.tables:
        return None
    rows = audit.tables["repetition"].to_pylist()
    names = {row.code: row.name for row in languages}
    levels = tuple(sorted({row["level"] for row in rows} - {1}))
    lines = audit.tables["repeated_lines"]
    of_kind = {kind: lines.filter(pc.equal(lines.column("kind"), kind)) for kind in KINDS}
    rules, documents = _rules(audit.tables["repetition_shares"])
    return RepetitionFigures(
        documents,
        tuple(_kind(kind, rows, levels) for kind in KINDS),
        levels,
        _groups(rows, "language", levels, names),
        _groups(rows, "source", levels, {}),
        {kind: _top(table, "documents", "bytes") for kind, table in of_kind.items()},
        {kind: _top(table, "bytes", "documents") for kind, table in of_kind.items()},
        {kind: len(table) for kind, table in of_kind.items()},
        rules,
        tuple(row.name for row in languages if row.unit == "characters" or row.segmentation),
        audit.manifest["configuration"].get("excerpts") is not False,
    )


def _kind(kind: str, rows: Sequence[Mapping[str, Any]], levels: Sequence[int]) -> KindFigures:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["kind"] == kind:
            sums[row["level"]][0] += row["occurrences"]
            sums[row["level"]][1] += row["bytes"]
    whole = sums[1]
    return KindFigures(
        KINDS[kind],
        whole[0],
        whole[1],
        tuple(
            LevelFigures(
                level,
                *sums[level],
                *(part / of if of else None for part, of in zip(sums[level], whole, strict=True)),
            )
            for level in levels
        ),
    )


def _groups(
    rows: Sequence[Mapping[str, Any]], key: str, levels: Sequence[int], names: Mapping[str, str]
) -> tuple[Group, ...]:
    """Shares of the bytes of lines by language or source, the largest first."""
    sums: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row["kind"] == "line":
            sums[row[key]][row["level"]] += row["bytes"]
    groups = [
        Group(
            formats.visible(names.get(value, value), 120),
            of[1],
            tuple(of[level] / of[1] if of[1] else None for level in levels),
        )
        for value, of in sums.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.bytes, group.name)))


def _top(table: pa.Table, first: str, then: str) -> tuple[Line, ...]:
    order = [(first, "descending"), (then, "descending"), ("line", "ascending")]
    return tuple(
        Line(
            formats.visible(row["text"] or "", TEXT, joiners=True),
            *(row[name] for name in ("documents", "occurrences", "bytes", "sources", "languages")),
        )
        for row in table.sort_by(order).slice(0, TOP_LINES).to_pylist()
    )


def _rules(table: pa.Table) -> tuple[tuple[Rule, ...], int]:
    """Documents at or above the thresholds of `RULES`, and all documents with words."""
    whole: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    above: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    sums = table.group_by(["statistic", "percent"]).aggregate(
        [("documents", "sum"), ("bytes", "sum")]
    )
    for row in sums.to_pylist():
        if row["statistic"] not in RULES:
            continue
        reached = row["percent"] >= RULES[row["statistic"]][1]
        for of in (whole, above) if reached else (whole,):
            of[row["statistic"]][0] += row["documents_sum"]
            of[row["statistic"]][1] += row["bytes_sum"]
    rules = []
    for statistic, (name, percent) in RULES.items():
        documents, size = whole[statistic]
        rules.append(
            Rule(
                name,
                percent,
                above[statistic][0],
                statistics.wilson(above[statistic][0], documents),
                above[statistic][1] / size if size else None,
                documents < SMALL_GROUP,
            )
        )
    return tuple(rules), max((documents for documents, _ in whole.values()), default=0)


def headlines(figures: RepetitionFigures | None) -> Iterator[str]:
    """How much of the text is lines of many documents."""
    if figures is None or not figures.kinds[0].occurrences:
        return
    lines = figures.kinds[0]
    if not lines.levels:
        return
    level = lines.levels[0]
    if level.of_bytes is not None and level.of_occurrences is not None:
        yield (
            f"{formats.percent(level.of_occurrences)} of the lines, and "
            f"{formats.percent(level.of_bytes)} of their bytes, are lines that stand in "
            f"{formats.count(level.documents)} documents or more."
        )


def summary(figures: RepetitionFigures | None) -> dict[str, Any] | None:
    """The figures for machines: only types that JSON has, shares of 1."""
    if figures is None:
        return None
    return {
        "documents": figures.documents,
        "kinds": {
            kind.name: {
                "occurrences": kind.occurrences,
                "bytes": kind.bytes,
                "levels": [
                    {
                        "documents": level.documents,
                        "of_occurrences": level.of_occurrences,
                        "of_bytes": level.of_bytes,
                    }
                    for level in kind.levels
                ],
            }
            for kind in figures.kinds
        },
        "rules": [
            {
                "rule": rule.name,
                "percent": rule.percent,
                "documents": rule.documents,
                "of_documents": rule.share.value if rule.share else None,
                "of_bytes": rule.of_bytes,
            }
            for rule in figures.rules
        ],
    }
