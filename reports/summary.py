"""The audit in about twenty lines for a terminal, and as plain data for machines."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus_assay.reports import (
    contamination,
    duplicates,
    figures,
    findings,
    formats,
    model,
    repetition,
    triggers,
)
from corpus_assay.reports.statistics import Estimate

_LANGUAGES = 8


def summary(folder: Path) -> str:
    """Plain text, safe to print: no control, bidi or other invisible character of the corpus.

    Raises:
        ReportError: the folder is no complete audit.
    """
    page = figures.remembered(folder)
    totals = page.totals
    lines = [
        f"{page.tool} {page.version}: {formats.plural(totals.documents, 'document')}, "
        f"{formats.plural(totals.words, 'word')}, {formats.size(totals.bytes)} of text, "
        f"{formats.plural(len(page.known), 'language')}, "
        f"{formats.plural(len(page.sources), 'source')}, {formats.plural(totals.files, 'file')}",
        f"{formats.plural(totals.read, 'record')} read = {formats.count(totals.audited)} audited "
        f"+ {formats.count(totals.rejected)} rejected; {formats.count(totals.repaired)} repaired",
        "",
    ]
    lines += [f"* {headline}" for headline in page.headlines]
    if page.measured:
        lines += ["", *_table(page)]
    lines += [f"! {warning}" for warning in page.warnings[:5]]
    return "\n".join(lines) + "\n"


def _table(page: model.Figures) -> list[str]:
    shown = page.measured[:_LANGUAGES]
    rows: list[tuple[str, ...]] = [
        ("per 1,000 words", "documents", "feminine", "masculine", "unspecified", "F of F+M")
    ]
    for row in shown:
        figure = row.representation
        if figure is None:
            continue
        shares = [figure.classes[name].of_words for name in model.CLASSES]
        part = figure.feminine_part
        rows.append(
            (
                formats.visible(row.name, 24) + _mark(row),
                formats.count(row.documents),
                *(formats.per_thousand(share.value) if share else "-" for share in shares),
                formats.percent(part.value) if part else "-",
            )
        )
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        row[0]
        + " " * (widths[0] - _width(row[0]))
        + "".join(
            "  " + " " * (width - _width(cell)) + cell
            for cell, width in zip(row[1:], widths[1:], strict=True)
        )
        for row in rows
    ]
    left = len(page.measured) - len(shown)
    if left > 0:
        lines.append(f"and {formats.plural(left, 'more language')} in the report")
    if any(row.unit == "characters" for row in shown):
        lines.append("* per 1,000 characters: written without spaces between words")
    if any(_mark(row) == "~" for row in shown):
        lines.append("~ words estimated: written without spaces between them")
    return lines


def _mark(row: model.LanguageFigures) -> str:
    if row.unit == "characters":
        return "*"
    return "~" if row.segmentation is not None and row.segmentation.estimated else ""


def _width(text: str) -> int:
    """Columns of a terminal: wide East Asian characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


def summary_json(folder: Path) -> dict[str, Any]:
    """The same for machines: only types that JSON has; shares are of 1, intervals 95%.

    Raises:
        ReportError: the folder is no complete audit.
    """
    page = figures.remembered(folder)
    totals = page.totals
    return {
        "tool": {"name": page.tool, "version": page.version},
        "created": page.created,
        "counts": {
            "files": totals.files,
            "read": totals.read,
            "audited": totals.audited,
            "rejected": totals.rejected,
            "repaired": totals.repaired,
            "documents": totals.documents,
            "words": totals.words,
            "tokens": totals.tokens,
            "bytes": totals.bytes,
        },
        "headlines": list(page.headlines),
        "languages": [
            {
                "language": row.code,
                "name": row.name,
                "documents": row.documents,
                "words": row.words,
                "unit": row.unit,
                "segmentation": asdict(row.segmentation) if row.segmentation else None,
                "gender": _gender(row.representation),
                "pronouns": _pronouns(page, row.code),
                "demographics": _demographics(page, row.code),
            }
            for row in page.languages
        ],
        "sources": [
            {
                "source": row.name,
                "documents": row.documents,
                "words": row.words,
                "gender": _gender(row.representation),
            }
            for row in page.sources
        ],
        "duplicates": duplicates.summary(page.duplicates),
        "repetition": repetition.summary(page.repetition),
        "contamination": contamination.summary(page.contamination),
        "signatures": findings.summary(page.findings),
        "triggers": triggers.summary(page.triggers),
        "rejects": [{"reason": row.reason, "records": row.records} for row in page.reasons],
        "warnings": list(page.warnings),
    }


def _gender(figure: model.Representation | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "documents": figure.documents,
        "words": figure.words,
        "classes": {
            name: {
                "matches": each.matches,
                "documents": each.documents,
                "of_words": _estimate(each.of_words),
                "of_tokens": _estimate(each.of_tokens),
                "of_documents": _estimate(each.of_documents),
            }
            for name, each in figure.classes.items()
        },
        "contrast": _estimate(figure.contrast),
        "feminine_of_gendered": _estimate(figure.feminine_part),
    }


def _pronouns(page: model.Figures, code: str) -> dict[str, Any] | None:
    for row in page.pronouns or ():
        if row.language.code == code:
            kinds = {name: _share(share) for name, share in row.kinds.items()}
            families = {name: _share(share) for name, share in row.families}
            return {"comparable": row.comparable, "kinds": kinds, "neopronouns": families}
    return None


def _demographics(page: model.Figures, code: str) -> dict[str, Any] | None:
    for row in page.demographics or ():
        if row.language.code == code:
            return {
                axis.axis: {
                    **_share(axis.share),
                    "of_words": _estimate(axis.of_words),
                    "terms": {term.concept: _share(term.share) for term in axis.terms},
                    "left_out": {term.concept: _share(term.share) for term in axis.left_out},
                }
                for axis in (row.any, *row.axes)
            }
    return None


def _share(share: model.DocumentShare) -> dict[str, Any]:
    return {
        "matches": share.matches,
        "documents": share.documents,
        "of_documents": _estimate(share.of_documents),
        "within": _estimate(share.within),
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    interval = estimate.interval
    return {
        "value": estimate.value,
        "standard_error": estimate.standard_error,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }
