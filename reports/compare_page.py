"""The page of a comparison: its rows and tables as text, and one file of HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from corpus_assay.reports import charts, compare
from corpus_assay.reports.compare import Change, Comparison
from corpus_assay.reports.formats import plural, visible
from corpus_assay.reports.measures import Key
from corpus_assay.reports.page import fill
from corpus_assay.reports.rows import MOST_ROWS
from corpus_assay.reports.statistics import Interval

TOP_EFFECTS = 20
TOP_COLUMNS = 12
TOP_GROUPS = 300
"""Languages or sources of a table that the page holds."""

_AREAS: tuple[tuple[str, Sequence[tuple[str, str, str]]], ...] = (
    (
        "Gender",
        (
            *(("gender", "of_words", kind) for kind in ("feminine", "masculine", "unspecified")),
            ("gender_contrast", "of_words", ""),
            ("gender", "part_of_gendered", "feminine"),
            ("gender", "of_documents", "any"),
        ),
    ),
    (
        "Sizes",
        (
            ("corpus", "of_all_documents", ""),
            ("corpus", "of_all_words", ""),
            ("corpus", "words_per_document", ""),
            ("corpus", "empty_share", ""),
        ),
    ),
)
_HEADS = {
    ("gender", "of_words", "feminine"): "Feminine",
    ("gender", "of_words", "masculine"): "Masculine",
    ("gender", "of_words", "unspecified"): "Unspecified",
    ("gender_contrast", "of_words", ""): "F − M",
    ("gender", "part_of_gendered", "feminine"): "F of F + M",
    ("gender", "of_documents", "any"): "Documents with a match",
    ("corpus", "of_all_documents", ""): "Of all documents",
    ("corpus", "of_all_words", ""): "Of all words",
    ("corpus", "words_per_document", ""): "Words per document",
    ("corpus", "empty_share", ""): "Without a word",
}


@dataclass(frozen=True)
class Row:
    """A change as the page shows it: texts, and numbers to sort by."""

    where: str
    what: str
    old: str
    old_interval: str
    old_value: float | str
    new: str
    new_interval: str
    new_value: float | str
    effect: str
    effect_interval: str
    effect_value: float | str
    relative: str
    relative_value: float | str
    p: str
    p_value: float | str
    q: str
    q_value: float | str
    note: str
    flagged: bool
    comparable: bool


@dataclass(frozen=True)
class Matrix:
    """Measures (columns) of languages or sources (rows); `hidden` rows are in the table only."""

    head: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Row | None, ...]], ...]
    hidden: int


@dataclass(frozen=True)
class Area:
    """What belongs together on the page."""

    title: str
    matrices: tuple[Matrix, ...]


def render(comparison: Comparison, *, assumed: bool = False) -> str:
    """The comparison as HTML; `assumed` says that obstacles were put aside."""
    flagged = comparison.flagged
    everything = [
        change
        for change in comparison.changes
        if change.key.source is None and change.key.language is None
    ]
    everything.sort(key=lambda change: (not change.flagged, 2.0 if change.q is None else change.q))
    effects = [change for change in flagged if change.relative is not None][:TOP_EFFECTS]
    old, new = comparison.old, comparison.new
    names = ("documents", "words", "languages", "sources", "rejected")
    view: dict[str, Any] = {
        "old": old,
        "new": new,
        "assumed": assumed,
        "tiles": [(name.capitalize(), getattr(old, name), getattr(new, name)) for name in names],
        "barriers": comparison.barriers,
        "missing": comparison.missing,
        "left_out": comparison.left_out,
        "groups_left_out": comparison.groups_left_out,
        "headlines": compare.headlines(comparison),
        "pairing": comparison.pairing[:1].upper() + comparison.pairing[1:],
        "tests": comparison.tests,
        "flagged": [row(change, comparison.names) for change in flagged[:MOST_ROWS]],
        "flagged_hidden": max(0, len(flagged) - MOST_ROWS),
        "forest": _forest(effects, comparison.names) if effects else "",
        "forest_title": _forest_title(effects, comparison.names),
        "everything": [row(change, comparison.names) for change in everything[:MOST_ROWS]],
        "everything_hidden": max(0, len(everything) - MOST_ROWS),
        "areas": _areas(comparison),
        "sources": comparison.sources,
        "triggers": comparison.triggers,
    }
    return fill("compare.html.j2", page=view)


def row(change: Change, names: Mapping[str, str]) -> Row:
    """A change as text."""
    key = change.key
    where = compare.label(key, names).split(": ")[0]
    return Row(
        where,
        compare.what(key),
        compare.value(key, change.before.value),
        _interval(key, change.before.interval),
        _number(change.before.value),
        compare.value(key, change.after.value),
        _interval(key, change.after.interval),
        _number(change.after.value),
        compare.value(key, change.effect, True),
        _interval(key, change.interval, True),
        _number(change.effect),
        compare.relative(change) if math.isfinite(change.effect) else "–",
        _number(change.relative),
        "–" if change.p is None else compare.probability(change.p),
        _number(change.p),
        "–" if change.q is None else compare.probability(change.q),
        _number(change.q),
        visible(change.note, 200),
        change.flagged,
        change.comparable,
    )


def _number(value: float | None) -> float | str:
    return "" if value is None or not math.isfinite(value) else value


def _interval(key: Key, interval: Interval | None, signed: bool = False) -> str:
    if interval is None:
        return ""
    return compare.between(key, interval, signed)


def _forest_title(changes: Sequence[Change], names: Mapping[str, str]) -> str:
    """The finding of the chart: how many went up, and the first."""
    if not changes:
        return ""
    first = f"{compare.label(changes[0].key, names)} ({compare.relative(changes[0])})"
    if len(changes) == 1:
        return first
    up = sum((change.relative or 0.0) > 0 for change in changes)
    return (
        f"Of the {plural(len(changes), 'surest large change')}, {up or 'none'} went up and "
        f"{len(changes) - up or 'none'} down; the first: {first}"
    )


def _forest(changes: Sequence[Change], names: Mapping[str, str]) -> Markup:
    rows = []
    for change in changes:
        relative = change.relative or 0.0
        scale = relative / change.effect if change.effect else 0.0
        interval = None
        if change.interval is not None:
            interval = (change.interval.low * scale, change.interval.high * scale)
        rows.append(charts.Effect(compare.label(change.key, names), relative, interval))
    return charts.forest(
        "chart-changes",
        _forest_title(changes, names),
        "For each measure a point for the relative change from the old to the new audit and a band "
        "for its 95% interval. The table below has the numbers.",
        "change relative to the old value, with 95% interval",
        rows,
    )


def _areas(comparison: Comparison) -> list[Area]:
    cells = {change.key: change for change in comparison.changes}
    areas = [Area(title, tuple(_matrices(comparison, cells, columns))) for title, columns in _AREAS]
    tables = sorted({key.table for key in cells} - {"files", "rejects", "lengths"})
    for table in tables:
        if any(table == column[0] for _, columns in _AREAS for column in columns):
            continue
        columns = _kinds(comparison.changes, table)
        title = visible(table, 60).replace("_", " ").capitalize()
        areas.append(Area(title, tuple(_matrices(comparison, cells, columns))))
    return [area for area in areas if area.matrices]


def _kinds(changes: Iterable[Change], table: str) -> list[tuple[str, str, str]]:
    """The measures of a table that stand in most groups, then the largest: a column each."""
    groups: dict[str, list[int]] = {}
    for change in changes:
        key = change.key
        if key.table == table and key.metric == "of_documents" and key.source is None:
            held = groups.setdefault(key.kind, [0, 0])
            held[0] += 1
            held[1] += change.new.counts[0]
    order = sorted(groups, key=lambda kind: (-groups[kind][0], -groups[kind][1], kind))
    return [(table, "of_documents", kind) for kind in sorted(order[:TOP_COLUMNS])]


def _matrices(
    comparison: Comparison, cells: Mapping[Key, Change], columns: Sequence[tuple[str, str, str]]
) -> Iterable[Matrix]:
    for head, place in (("Language", 1), ("Source", 0)):
        found: dict[str, dict[int, Change]] = {}
        for at, (table, metric, kind) in enumerate(columns):
            for change in comparison.changes:
                key = change.key
                if (key.table, key.metric, key.kind) != (table, metric, kind):
                    continue
                name = key[2 + place]
                if name is not None and key[3 - place] is None:
                    found.setdefault(name, {})[at] = change
        if not found:
            continue
        sizes = {
            key[2 + place]: change.old.counts[0] + change.new.counts[0]
            for key, change in cells.items()
            if key.metric == "of_all_documents" and key[3 - place] is None
        }
        order = sorted(found, key=lambda name: (-sizes.get(name, 0), name))
        rows = []
        for name in order[:TOP_GROUPS]:
            shown = comparison.names.get(name, name) if place else visible(name, 120) or "(none)"
            line = found[name]
            rows.append(
                (
                    shown,
                    tuple(
                        row(line[at], comparison.names) if at in line else None
                        for at in range(len(columns))
                    ),
                )
            )
        yield Matrix(
            head,
            _caption(columns),
            tuple(_HEADS.get(column, _plain(column[2])) for column in columns),
            tuple(rows),
            max(0, len(order) - TOP_GROUPS),
        )


def _caption(columns: Sequence[tuple[str, str, str]]) -> str:
    table, metric, _ = columns[0]
    if table == "gender":
        return "Words per 1,000, F of F + M, and documents"
    if metric == "of_documents":
        return f"{_plain(table).capitalize()}: share of documents"
    return "Shares and sizes"


def _plain(name: str) -> str:
    return visible(name, 80).replace("_", " ")
