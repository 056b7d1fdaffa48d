"""Many audits of one corpus in the order of time: an index of their measures, and lines of them."""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from corpus_assay.reports import charts, comparability, compare, formats, measures
from corpus_assay.reports.audit import ReportError
from corpus_assay.reports.figures import TOP_ROWS
from corpus_assay.reports.measures import Key, Place, Sample
from corpus_assay.reports.page import fill
from corpus_assay.reports.statistics import Estimate

TOP_LANGUAGES = 6
TOP_KINDS = 4

SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("audit", "created", "version")),
        *(pa.field(name, pa.string()) for name in ("table", "metric", "language", "kind")),
        *(pa.field(name, pa.int64()) for name in ("numerator", "denominator")),
        *(pa.field(name, pa.float64()) for name in ("value", "low", "high")),
        pa.field("comparable", pa.bool_()),
    ]
)
"""Columns of ``tables/history.parquet``, one measure of one audit a row, audits in the order of
time. language is null where all are meant; value is null where there is nothing to divide by;
comparable says that the measure was made as in the audit before (true in the first)."""


@dataclass(frozen=True)
class Entry:
    """An audit of the history."""

    folder: Path
    name: str
    created: str
    version: str
    documents: int
    words: int
    rejected: int
    verdict: str


@dataclass(frozen=True)
class History:
    """Audits in the order of time; `samples` and `comparable` by measure, one for each audit, None
    where an audit has no such measure."""

    entries: tuple[Entry, ...]
    samples: Mapping[Key, Sequence[Sample | None]]
    comparable: Mapping[Key, Sequence[bool]]
    names: Mapping[str, str]
    languages: tuple[str, ...]


def history(folders: Iterable[Path]) -> History:
    """The measures of audits, by language over all sources.

    Memory: the measures of all audits, some ten thousand numbers each.

    Raises:
        ReportError: a folder is no complete audit, or there is none.
    """
    dated = sorted(
        ((measures.load(folder), folder) for folder in folders),
        key=lambda pair: (pair[0].manifest["created"], str(pair[1])),
    )
    if not dated:
        raise ReportError("there is no audit to make a history of")
    samples: dict[Key, list[Sample | None]] = {}
    comparable: dict[Key, list[bool]] = {}
    documents: dict[str, int] = {}
    names: dict[str, str] = {}
    for place, (audit, folder) in enumerate(dated):
        before = dated[place - 1][0] if place else audit
        _, obstacles = comparability.barriers(before, audit)
        places: list[Place] = [(None, None), *((None, code) for code in audit.languages)]
        try:
            found = measures.samples(audit, places)
        except ValueError as error:
            raise ReportError(f"the tables in {folder} do not fit together: {error}") from error
        # A sum over languages is not what it was when any list in it has changed.
        broken = {table for table, codes in obstacles.languages.items() if codes}
        for key, sample in found.items():
            samples.setdefault(key, [None] * len(dated))[place] = sample
            whole = key.language is None and key.table in broken
            good = not (whole or obstacles.reason(key))
            comparable.setdefault(key, [True] * len(dated))[place] = good
        for code, number in audit.languages.items():
            documents[code] = documents.get(code, 0) + number
        names.update(compare.names_of(audit))
    return History(
        tuple(_entry(audit) for audit, _ in dated),
        samples,
        comparable,
        names,
        tuple(sorted(documents, key=lambda code: (-documents[code], code))),
    )


def _entry(audit: measures.Measures) -> Entry:
    policy = audit.manifest.get("policy")
    verdict = policy.get("verdict") if isinstance(policy, dict) else ""
    return Entry(
        audit.folder.resolve(),
        formats.visible(audit.folder.resolve().name, 100),
        formats.visible(audit.manifest["created"], 40),
        formats.visible(audit.manifest["tool"].get("version", ""), 40),
        audit.documents,
        sum(row[3] for row in audit.sizes.values()),
        audit.records.get("rejected", 0),
        formats.visible(verdict or "", 20),
    )


def table(found: History) -> pa.Table:
    """Every measure of every audit, with schema `SCHEMA`."""
    keys = sorted(found.samples, key=lambda key: (key[0], key[1], key.language or "", key.kind))
    rows: list[dict[str, Any]] = []
    for place, entry in enumerate(found.entries):
        for key in keys:
            sample = found.samples[key][place]
            if sample is None:
                continue
            estimate = sample.estimate
            interval = estimate.interval if estimate else None
            rows.append(
                {
                    **{"audit": entry.name, "created": entry.created, "version": entry.version},
                    **{"table": key.table, "metric": key.metric, "language": key.language},
                    "kind": formats.visible(key.kind, 1000),
                    "numerator": sample.counts[0],
                    "denominator": sample.counts[1],
                    "value": estimate.value if estimate else None,
                    "low": interval.low if interval else None,
                    "high": interval.high if interval else None,
                    "comparable": found.comparable[key][place],
                }
            )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


# The page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trend:
    """A chart, and the same as a table: a row of texts for each audit."""

    title: str
    chart: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render(found: History, output: Path) -> str:
    """The history as HTML, with links from the folder `output` to the reports of the audits."""
    entries = [(entry, _link(entry.folder / "report.html", output)) for entry in found.entries]
    view = {
        "entries": entries[-TOP_ROWS:],
        "hidden": len(entries) - TOP_ROWS,
        "first": found.entries[0],
        "last": found.entries[-1],
        "number": len(entries),
        "areas": [(title, trends) for title, trends in _areas(found) if trends],
    }
    return fill("history.html.j2", page=view)


def _link(target: Path, output: Path) -> str:
    """A relative address; every character that means something in one is written as %XX."""
    if not target.is_file():
        return ""
    return "./" + urllib.parse.quote(os.path.relpath(target, output), safe="/")


def _areas(found: History) -> list[tuple[str, list[Trend]]]:
    numbers = iter(range(1, 10_000))
    places: list[str | None] = [None]
    places += [code for code in found.languages if code != "und"][:TOP_LANGUAGES]
    of_classes = ("feminine", "masculine")
    areas = []
    for code in places:
        name = "All documents" if code is None else found.names.get(code, code)
        trends = []
        wanted = [
            (f"Words for women and men, {name}", "gender", "of_words", of_classes),
            (f"Feminine of feminine and masculine words, {name}", "gender", "part_of_gendered",
             ("feminine",)),
            (f"Documents with a pronoun, {name}", "pronouns", "of_documents", of_classes),
            (f"Documents with a demographic term, {name}", "demographics", "of_documents",
             ("any",)),
            (f"Share of all documents, {name}", "corpus", "of_all_documents", ("",)),
            (f"Words per document, {name}", "corpus", "words_per_document", ("",)),
        ]  # fmt: skip
        for title, of_table, metric, kinds in wanted:
            keys = [Key(of_table, metric, None, code, kind) for kind in kinds]
            trends += _trend(found, title, keys, next(numbers))
        if code is None:
            for key in (Key("files", "rejected_share"), Key("files", "repaired_share")):
                trends += _trend(found, compare.what(key).capitalize(), [key], next(numbers))
            for key in _others(found):
                title = compare.what(key).capitalize()
                trends += _trend(found, title, [key], next(numbers))
        areas.append((name, trends))
    return areas


def _others(found: History) -> list[Key]:
    """Shares of tables that are not known here, over all documents: the largest of each."""
    known = {"gender", "gender_contrast", "pronouns", "demographics", "corpus", "lengths"}
    sizes: dict[str, list[tuple[int, Key]]] = {}
    for key, samples in found.samples.items():
        if key.language is None and key.metric == "of_documents" and key.table not in known:
            size = sum(sample.counts[0] for sample in samples if sample is not None)
            sizes.setdefault(key.table, []).append((-size, key))
    return [key for name in sorted(sizes) for _, key in sorted(sizes[name])[:TOP_KINDS]]


def _trend(found: History, title: str, keys: Sequence[Key], number: int) -> list[Trend]:
    keys = [key for key in keys if any(found.samples.get(key, ()))]
    if not keys:
        return []
    metric = keys[0].metric
    factor, unit = {
        "of_words": (1000.0, "per 1,000 words"),
        "words_per_document": (1.0, "words"),
    }.get(metric, (100.0, "per cent"))
    lines = []
    for key in keys:
        points = [
            charts.Point(sample.estimate if sample else None, joined)
            for sample, joined in zip(found.samples[key], found.comparable[key], strict=True)
        ]
        mark = key.kind if key.kind in ("feminine", "masculine") else "bar"
        lines.append(charts.Line(key.kind or title, mark, points))
    chart = charts.trend(
        f"trend-{number}",
        title,
        "A mark for each audit in the order of time, with a band for its 95% interval. Lines join "
        "audits that were made in the same way. The table below has the numbers.",
        labels=[entry.created[:10] for entry in found.entries],
        lines=lines if len(lines) > 1 else [charts.Line(unit, lines[0].mark, lines[0].points)],
        factor=factor,
        unit=unit,
    )
    rows = []
    for place, entry in enumerate(found.entries):
        cells = [_cell(key, line.points[place]) for key, line in zip(keys, lines, strict=True)]
        rows.append((entry.name, entry.created[:16].replace("T", " "), *cells))
    heads = tuple(formats.visible(key.kind, 60).replace("_", " ") or "Value" for key in keys)
    return [Trend(title, chart, heads, tuple(rows[-TOP_ROWS:]))]


def _cell(key: Key, point: charts.Point) -> str:
    estimate: Estimate | None = point.estimate
    if estimate is None:
        return "–"
    text = compare.value(key, estimate.value)
    if estimate.interval is not None:
        text += f" ({compare.between(key, estimate.interval)})"
    return text if point.joined else f"{text}, made in another way than before"
