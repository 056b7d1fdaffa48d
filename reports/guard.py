"""What a model of the user's says of the texts, as the page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from corpus_assay.reports import formats, statistics
from corpus_assay.reports.audit import Audit
from corpus_assay.reports.statistics import Estimate

ALL, FAILED = "any", "(failed)"
"""Categories of every text, and of those that the model failed on."""

TOP_CATEGORIES = 50
TOP_PLACES = 1000


class Place(Struct, frozen=True):
    """Texts of a category in a language, source and role, and all texts there."""

    category: str
    source: str
    language: str
    role: str
    texts: int
    all_texts: int


class GuardFigures(Struct, frozen=True):
    """The model's name, the texts it was asked about and those it failed on; `categories` are name,
    texts and share of all texts, the largest first. `hidden` of these and of `places` are in the
    table."""

    model: str
    texts: int
    failed: int
    categories: tuple[tuple[str, int, Estimate | None], ...]
    places: tuple[Place, ...]
    hidden: tuple[int, int]


def guard(audit: Audit, names: Mapping[str, str]) -> GuardFigures | None:
    """The figures; None where no model was asked.

    Args:
        audit: the tables.
        names: of languages, by code.
    """
    if "guard" not in audit.tables:
        return None
    rows = audit.tables["guard"].to_pylist()
    everywhere = {_place(row): row["texts"] for row in rows if row["category"] == ALL}
    total = sum(everywhere.values())
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["category"]] += row["texts"]
    del sums[ALL]
    failed = sums.pop(FAILED, 0)
    categories = sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    named = [row for row in rows if row["category"] != ALL]
    named.sort(key=lambda row: (-row["texts"], row["category"], _place(row)))
    configuration = audit.manifest["configuration"]
    return GuardFigures(
        formats.visible(str(configuration.get("guard") or ""), 120),
        total,
        failed,
        tuple(
            (formats.visible(name, 120), texts, statistics.wilson(texts, total))
            for name, texts in categories[:TOP_CATEGORIES]
        ),
        tuple(
            Place(
                formats.visible(row["category"], 120),
                formats.visible(row["source"], 120),
                formats.visible(names.get(row["language"], row["language"]), 60),
                formats.visible(row["role"], 20),
                row["texts"],
                everywhere.get(_place(row), 0),
            )
            for row in named[:TOP_PLACES]
        ),
        (max(len(categories) - TOP_CATEGORIES, 0), max(len(named) - TOP_PLACES, 0)),
    )


def _place(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["source"], row["language"], row["role"]


def headlines(figures: GuardFigures | None) -> Iterator[str]:
    """What the model says most, and what it failed on."""
    if figures is None or not figures.texts:
        return
    if figures.categories:
        name, _, share = figures.categories[0]
        if share is not None:
            yield (
                f"The model puts {formats.percent(share.value)} of {formats.count(figures.texts)} "
                f"texts into the category {name}."
            )
    if figures.failed:
        yield f"The model failed on {formats.plural(figures.failed, 'text')}."


def summary(figures: GuardFigures | None) -> dict[str, Any] | None:
    """The figures for machines: only types that JSON has."""
    if figures is None:
        return None
    return {
        "texts": figures.texts,
        "failed": figures.failed,
        "categories": {name: texts for name, texts, _ in figures.categories},
    }
