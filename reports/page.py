"""The HTML report: one file that needs no network, from an audit folder alone."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from corpus_assay.reports import (
    charts,
    contamination,
    duplicates,
    figures,
    findings,
    formats,
    model,
    sentences,
    who,
)

REPORT = "report.html"
_TEMPLATES = Path(__file__).parent / "templates"


def render(folder: Path) -> str:
    """The report of an audit folder as HTML; the same folder gives the same text.

    Raises:
        ReportError: the folder is no complete audit.
    """
    return fill("report.html.j2", page=figures.fresh(folder))


def fill(template: str, **context: object) -> str:
    """A template as one file that needs no network: style and script stand in it, and its policy
    lets nothing else run or load."""
    style = _source("report.css")
    script = _source("report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(policy=policy, style=Markup(style), script=Markup(script), **context)
    )


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into an audit folder, whole or not at all, and return its path.

    Raises:
        ReportError: the folder is no complete audit.
        OSError: the file cannot be written.
    """
    text = render(folder)
    path = folder / REPORT
    temporary = folder / f".{REPORT}.{os.getpid()}"
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        count=formats.count,
        date=formats.date,
        size=formats.size,
        percent=formats.percent,
        percent_interval=formats.percent_interval,
        per_thousand=formats.per_thousand,
        per_thousand_interval=formats.per_thousand_interval,
        per_documents=findings.per_documents,
        per_documents_interval=findings.per_documents_interval,
        per_documents_bound=findings.per_documents_bound,
    )
    environment.globals.update(
        CLASSES=model.CLASSES,
        TOP_ROWS=figures.TOP_ROWS,
        TOP_REJECTED_FILES=figures.TOP_REJECTED_FILES,
        TOP_DETAILS=who.TOP_DETAILS,
        TOP_LEFT_OUT=who.TOP_LEFT_OUT,
        FEW_DOCUMENTS=model.FEW_DOCUMENTS,
        SMALL_BENCHMARK=contamination.SMALL_BENCHMARK,
        SMALL_GROUP=duplicates.SMALL_GROUP,
        ambiguous_share=sentences.ambiguous_share,
        comparison_chart=comparison_chart,
        comparison_title=sentences.comparison_title,
        gender_chart=gender_chart,
        gender_title=sentences.gender_title,
        languages_chart=languages_chart,
        lengths_chart=lengths_chart,
        lengths_title=sentences.lengths_title,
        overlap_chart=duplicates.overlap_chart,
        overlap_title=duplicates.overlap_title,
        sizes_chart=duplicates.sizes_chart,
        sizes_title=duplicates.sizes_title,
        part=formats.part,
        segmentation_notes=sentences.segmentation_notes,
        plural=formats.plural,
    )
    return environment


def _source(name: str) -> str:
    # Browsers hash what they parsed, with line ends as LF; read_text makes them so.
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def gender_chart(rows: Sequence[model.LanguageFigures], unit: str) -> Markup:
    """Dumbbell of feminine and masculine shares by language, for languages of one unit."""
    pairs = [
        charts.Pair(
            row.name,
            row.representation.classes["feminine"].of_words,
            row.representation.classes["masculine"].of_words,
        )
        for row in rows
        if row.representation is not None
    ]
    return charts.dumbbell(
        f"chart-gender-{unit}",
        sentences.gender_title(rows, unit),
        f"For each language a circle for feminine and a diamond for masculine words per 1,000 "
        f"{unit}, each with a band for its 95% interval. The table below has the numbers.",
        axis=f"matches per 1,000 {unit}",
        rows=pairs,
        stacked=False,
    )


def languages_chart(page: model.Figures) -> Markup:
    """Bars of the shares of documents and bytes by language."""
    totals = page.totals
    rows = [
        charts.Bar(
            row.name,
            row.documents / max(1, totals.documents),
            row.bytes / max(1, totals.bytes),
        )
        for row in page.languages[:20]
    ]
    return charts.bars(
        "chart-languages",
        page.composition,
        "For each language the share of documents and the share of bytes of text. The table "
        "beside it has the numbers.",
        rows,
        ("share of documents", "share of bytes"),
    )


def lengths_chart(page: model.Figures) -> Markup:
    """Histogram of documents by number of words, in buckets that double."""
    documents = max(1, sum(bucket.documents for bucket in page.lengths))
    return charts.histogram(
        "chart-lengths",
        sentences.lengths_title(page),
        "Share of documents by number of words; each column starts at the number under it and "
        "ends before the next. The table beside it has the numbers.",
        "words in the document, from (columns double in width)",
        [
            (formats.short_count(bucket.start), bucket.documents / documents)
            for bucket in page.lengths
        ],
    )


def comparison_chart(comparison: model.Comparison, noun: str, chart_id: str) -> Markup:
    """Dumbbell of the groups of a comparison."""
    unit = comparison.language.unit
    return charts.dumbbell(
        chart_id,
        sentences.comparison_title(comparison, noun),
        f"A circle for feminine and a diamond for masculine words per 1,000 {unit}, with 95% "
        "intervals. The table below has the numbers.",
        axis=f"matches per 1,000 {unit}",
        rows=[
            charts.Pair(
                group.label,
                group.representation.classes["feminine"].of_words,
                group.representation.classes["masculine"].of_words,
            )
            for group in comparison.groups
        ],
        stacked=True,
    )
