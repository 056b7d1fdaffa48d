"""The audit in a screenful for a terminal, and as plain data for machines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from corpus_assay.reports import (
    contamination,
    duplicates,
    figures,
    findings,
    formats,
    guard,
    model,
    planted,
    repetition,
    triggers,
)
from corpus_assay.reports.statistics import Estimate

LINES = 23
"""Lines at most; a blank one and the name of the report make 25, the height of a terminal."""

_LANGUAGES = 8
_LEAST_LANGUAGES = 1
_WARNINGS = 2
_NARROW = 40
_BOLD, _DIM, _YELLOW, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"


def summary(folder: Path, *, width: int | None = None, colour: bool = False) -> str:
    """Safe to print: no control, bidi or other invisible character of the corpus, and `LINES` lines
    at most. The findings are the sentences of the report, as many of the first as there is room.

    Args:
        folder: audit folder.
        width: columns to wrap at; None: one line a finding, as a file or pipe wants it.
        colour: whether the terminal shows ANSI escapes.

    Raises:
        ReportError: the folder is no complete audit.
    """
    page = figures.remembered(folder)
    width = None if width is None else max(width, _NARROW)
    head = [*(_wrapped(line, width) for line in _head(page))]
    warnings = _warnings(page, width)
    table = _table(page, _LEAST_LANGUAGES, width)
    said = _fitting(
        [_wrapped(f"* {headline}", width) for headline in page.headlines],
        LINES - sum(map(len, (*head, *warnings, table))) - 1 - bool(table),
    )
    used = sum(map(len, (*head, *warnings, *said))) + 1 + bool(table)
    for languages in range(_LANGUAGES, _LEAST_LANGUAGES, -1):
        longer = _table(page, languages, width)
        if used + len(longer) <= LINES:
            table = longer
            break
    lines = [
        *(_styled(line, _BOLD, colour) for line in head[0]),
        *(line for lines in head[1:] for line in lines),
        "",
        *(line for lines in said for line in lines),
        *([""] if table else []),
        *(_styled(line, _DIM, colour and place == 0) for place, line in enumerate(table)),
        *(_styled(line, _YELLOW, colour) for lines in warnings for line in lines),
    ]
    return "\n".join(lines) + "\n"


def _head(page: model.Figures) -> tuple[str, str]:
    totals = page.totals
    return (
        f"{page.tool} {page.version}: {formats.plural(totals.documents, 'document')}, "
        f"{formats.plural(totals.words, 'word')}, {formats.size(totals.bytes)} of text, "
        f"{formats.plural(len(page.known), 'language')}, "
        f"{formats.plural(len(page.sources), 'source')}, {formats.plural(totals.files, 'file')}",
        f"{formats.plural(totals.read, 'record')} read = {formats.count(totals.audited)} audited "
        f"+ {formats.count(totals.rejected)} rejected; {formats.count(totals.repaired)} repaired",
    )


def _warnings(page: model.Figures, width: int | None) -> list[list[str]]:
    """The first warnings, each on two lines at most, and how many more there are."""
    shown = [_wrapped(f"! {warning}", width, 2) for warning in page.warnings[:_WARNINGS]]
    left = len(page.warnings) - len(shown)
    return [*shown, [f"! and {formats.plural(left, 'more warning')} in the report"]][
        : None if left > 0 else len(shown)
    ]


def _fitting(entries: Sequence[list[str]], room: int) -> list[list[str]]:
    """The first entries that fit; if not all do, the last line says how many are left out."""
    if sum(map(len, entries)) <= room:
        return list(entries)
    kept: list[list[str]] = []
    for entry in entries:
        if sum(map(len, kept)) + len(entry) + 1 > room:
            break
        kept.append(entry)
    left = len(entries) - len(kept)
    return [*kept, [f"and {formats.plural(left, 'more finding')} in the report"]]


def _wrapped(text: str, width: int | None, most: int | None = None) -> list[str]:
    """A text as lines of at most `width` columns, the following ones indented; words that are
    longer are cut."""
    if width is None:
        return [text]
    lines = [""]
    for word in text.split(" "):
        for piece in _pieces(word, width - 2):
            joined = f"{lines[-1]} {piece}" if lines[-1].strip() else lines[-1] + piece
            if _width(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(f"  {piece}")
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: width - 2]} …"]
    return lines


def _pieces(word: str, width: int) -> list[str]:
    pieces, used = [""], 0
    for character in word:
        columns = _width(character)
        if used + columns > width:
            pieces.append("")
            used = 0
        pieces[-1] += character
        used += columns
    return pieces


def _styled(line: str, style: str, colour: bool) -> str:
    return f"{style}{line}{_PLAIN}" if colour and line else line


def _table(page: model.Figures, languages: int, width: int | None) -> list[str]:
    """Gender by language; columns that the terminal has no room for are left out, from the
    right."""
    shown = page.measured[:languages]
    if not shown:
        return []
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
    while width is not None and len(widths) > 1 and sum(widths) + 2 * len(widths) - 2 > width:
        widths.pop()
    if width is not None and widths[0] > width:
        widths[0] = width
        rows = [(_pieces(row[0], width)[0], *row[1:]) for row in rows]
    lines = [
        row[0]
        + " " * (widths[0] - _width(row[0]))
        + "".join(
            "  " + " " * (column - _width(cell)) + cell
            for cell, column in zip(row[1:], widths[1:], strict=False)
        )
        for row in rows
    ]
    left = len(page.measured) - len(shown)
    if left > 0:
        lines.append(f"and {formats.plural(left, 'more language')} in the report")
    if any(row.unit == "characters" for row in shown):
        note = "* per 1,000 characters: written without spaces between words"
        lines += _wrapped(note, width)
    if any(_mark(row) == "~" for row in shown):
        lines += _wrapped("~ words estimated: written without spaces between them", width)
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
        "planted": planted.summary(page.planted),
        "guard": guard.summary(page.guard),
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
