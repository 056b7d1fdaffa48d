"""The audit as a dataset card: Markdown with YAML metadata, as Hugging Face's hub reads it.

The headings are those of the hub's template (``datasetcard_template.md`` of huggingface_hub), as
far as an audit can answer them; what only people know (who made the data, why, under what licence)
is left to them, and no licence is ever made up. What the measures cannot see stands beside what
they found, as the Data Cards Playbook (Pushkarna et al. 2022) asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import jinja2

from corpus_assay.reports import (
    figures,
    findings,
    formats,
    markdown,
    model,
    planted,
    triggers,
    who,
)
from corpus_assay.reports.audit import MANIFEST
from corpus_assay.reports.statements import About, statements

_TEMPLATES = Path(__file__).parent / "templates"
_TEMPLATE = "dataset_card.md.j2"

WEAK = "weak"
TOP_ROWS = 60
TOP_SOURCES = 30
TOP_AXES_LANGUAGES = 3

SIZES: tuple[tuple[int, str], ...] = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
    (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)
"""Least number of rows that is too large for a category, and the category; the list is that of
``DatasetCardData`` of huggingface_hub."""
LARGEST = "n>1T"


def dataset_card(folder: Path, about: About, short: Callable[[str], str]) -> str:
    """The card of an audit folder.

    Args:
        folder: a complete audit.
        about: what the people say who answer for the corpus.
        short: the code of a language in the card, from its ISO 639-3 code.

    Raises:
        ReportError: the folder is no complete audit.
    """
    page = figures.fresh(folder)
    manifest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    return fill(page, about, short, manifest)


def fill(page: model.Figures, about: About, short: Callable[[str], str], manifest: str) -> str:
    """The card of figures; `manifest` is the SHA-256 of ``audit.json``."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=markdown.prose,  # whatever is not Markdown already is made plain words
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        code=markdown.code,
        block=markdown.block,
        count=formats.count,
        date=formats.date,
        size=formats.size,
        percent=formats.percent,
        percent_interval=formats.percent_interval,
        per_thousand=formats.per_thousand,
        per_thousand_interval=formats.per_thousand_interval,
    )
    environment.globals.update(
        CLASSES=model.CLASSES,
        TOP_ROWS=TOP_ROWS,
        TOP_SOURCES=TOP_SOURCES,
        TOP_AXES_LANGUAGES=TOP_AXES_LANGUAGES,
        AXES=who.AXES,
        SEVERITIES=findings.SEVERITIES[:-1],
        part=formats.part,
        plural=formats.plural,
    )
    return environment.get_template(_TEMPLATE).render(
        page=page,
        about=about,
        said=statements(page),
        candidates=_candidates(page),
        planted=_planted(page),
        manifest=manifest,
        metadata=markdown.raw(_yaml(metadata(page, about, short))),
    )


def _candidates(page: model.Figures) -> list[triggers.Candidate]:
    """Candidates for unknown triggers that are worth a look."""
    kinds = page.triggers.kinds if page.triggers else ()
    return [one for kind in kinds for one in kind.candidates if one.strength != WEAK]


def _planted(
    page: model.Figures,
) -> list[tuple[planted.Search, list[tuple[str, planted.Candidate]]]]:
    """Candidates for planted text that are worth a look, by search, with what they do."""
    made = []
    for one in page.planted.searches if page.planted else ():
        rows = [
            (kind.name, row)
            for kind in one.kinds
            for row in kind.candidates
            if row.strength != WEAK
        ]
        if rows:
            made.append((one.search, rows))
    return made


def metadata(
    page: model.Figures, about: About, short: Callable[[str], str]
) -> Mapping[str, str | list[str]]:
    """What the hub's metadata block can hold of an audit, keys as ``DatasetCardData`` has them."""
    codes = dict.fromkeys(short(row.code) for row in page.known if row.documents)
    found: dict[str, str | list[str]] = {}
    if about.name:
        found["pretty_name"] = formats.visible(about.name)
    if about.license:
        found["license"] = formats.visible(about.license)
    if codes:
        found["language"] = list(codes)
        found["multilinguality"] = "monolingual" if len(codes) == 1 else "multilingual"
    found["size_categories"] = size_category(page.totals.documents)
    found["tags"] = ["corpus-assay"]
    return found


def size_category(rows: int) -> str:
    """The category of a number of rows: 12,345 → 10K<n<100K."""
    return next((name for limit, name in SIZES if rows < limit), LARGEST)


def _yaml(values: Mapping[str, str | list[str]]) -> str:
    """YAML of strings and lists of strings. A JSON string is a YAML string, and in quotes no code
    of a language is a truth value (``no``)."""
    lines = []
    for key, value in values.items():
        if isinstance(value, str):
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
        else:
            lines.append(f"{key}:")
            lines += [f"- {json.dumps(each, ensure_ascii=False)}" for each in value]
    return "\n".join(lines)
