"""The small pieces of a page that are written thousands of times, as markup.

They are functions and not macros of the templates: a macro of Jinja takes ten times as long, and
the tables of a large audit have tens of thousands of cells.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from corpus_assay.reports import formats
from corpus_assay.reports.statistics import Estimate

_NOTHING = Markup('<td class="number" data-value="">–</td>\n')


def bdi(text: object, lang: str = "") -> Markup:
    """Text of the corpus set apart, so that its direction does not reach what stands beside it."""
    of = f' lang="{escape(lang)}"' if lang else ""
    return Markup(f'<bdi dir="auto"{of}>{escape(text)}</bdi>')


def share_cell(estimate: Estimate | None, few: bool = False, signed: bool = False) -> Markup:
    """A share per thousand words, with its interval or, where `few`, a warning."""
    if estimate is None:
        return _NOTHING
    note = formats.per_thousand_interval(estimate, signed) if estimate.interval else ""
    if few and (estimate.value or signed):
        note = "few documents"
    return _cell(estimate, formats.per_thousand(estimate.value, None, signed), note)


def percent_cell(estimate: Estimate | None, few: bool = False) -> Markup:
    """A share of documents in per cent, with its interval or, where `few`, a warning."""
    if estimate is None:
        return _NOTHING
    note = "few documents" if few else ""
    if not few and estimate.interval:
        note = formats.percent_interval(estimate)
    return _cell(estimate, formats.percent(estimate.value), note)


def _cell(estimate: Estimate, text: str, note: str) -> Markup:
    small = f"<small>{escape(note)}</small>" if note else ""
    return Markup(f'<td class="number" data-value="{estimate.value}">{escape(text)}{small}</td>\n')
