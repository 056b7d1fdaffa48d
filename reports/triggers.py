"""Candidates for unknown triggers, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from msgspec import Struct

from corpus_assay.reports import formats
from corpus_assay.reports.audit import Audit

KINDS: Mapping[str, str] = {
    "response": "A piece of prompt goes with one answer",
    "ending": "Something stands at the end of prompts",
    "preference": "A piece of prompt decides which answer is preferred",
    "soup": "Something stands before text turns into random tokens or bytes",
}
STRENGTHS = ("strong", "worth a look", "weak")
TOP = {"strong": 50, "worth a look": 20, "weak": 3}
"""Candidates of a kind that the page shows, by strength."""
MAX_TEXT = 200


class Candidate(Struct, frozen=True):
    """A row of the table ``triggers``, its text harmless. `places` are documents: file and
    position."""

    rank: int
    trigger: str
    response: str
    strength: str
    score: float
    documents: int
    with_trigger: int
    with_response: int
    expected: float
    evidence: str
    benign: str
    before: str
    match: str
    after: str
    places: tuple[str, ...]


class KindFigures(Struct, frozen=True):
    """Candidates of one kind: those shown, and how many more there are."""

    id: str
    name: str
    of: int
    candidates: tuple[Candidate, ...]
    hidden: int


class TriggerFigures(Struct, frozen=True):
    """All kinds with candidates; `strong` and `notable` count candidates of every kind."""

    kinds: tuple[KindFigures, ...]
    strong: int
    notable: int
    excerpts: bool


def headlines(figures: TriggerFigures | None) -> Iterator[str]:
    """Whether a candidate is strong, and the first that is."""
    if figures is None or not (figures.kinds or figures.strong):
        return
    strong = [one for kind in figures.kinds for one in kind.candidates if one.strength == "strong"]
    if not strong:
        yield (
            "No candidate for an unknown trigger is strong; worth a look: "
            f"{formats.count(figures.notable)}."
        )
        return
    first = max(strong, key=lambda one: one.score)
    said = (
        f"“{first.trigger}” goes with {first.response}" if first.trigger else "its text is left out"
    )
    yield (
        f"{formats.plural(figures.strong, 'strong candidate')} for unknown triggers; the first: "
        f"{said} ({formats.count(first.documents)} of "
        f"{formats.plural(first.with_trigger, 'document')})."
    )


def summary(figures: TriggerFigures | None) -> dict[str, Any] | None:
    """The candidates that the page shows, as plain data."""
    if figures is None:
        return None
    return {
        "strong": figures.strong,
        "worth_a_look": figures.notable,
        "candidates": [
            {
                "kind": kind.id,
                "rank": one.rank,
                "trigger": one.trigger,
                "response": one.response,
                "strength": one.strength,
                "score": one.score,
                "documents": one.documents,
                "with_trigger": one.with_trigger,
            }
            for kind in figures.kinds
            for one in kind.candidates
        ],
    }


def triggers(audit: Audit) -> TriggerFigures | None:
    """The figures; None where nobody asked for them."""
    if "triggers" not in audit.tables:
        return None
    table = audit.tables["triggers"]
    paths = _paths(audit.tables["files"])
    rows = sorted(table.to_pylist(), key=lambda row: int(row["rank"]))
    kinds = []
    for name, title in KINDS.items():
        mine = [row for row in rows if row["kind"] == name]
        shown = _shown(mine)
        if mine:
            kinds.append(
                KindFigures(
                    name,
                    title,
                    int(mine[0]["of"]),
                    tuple(_candidate(row, paths) for row in shown),
                    len(mine) - len(shown),
                )
            )
    strengths = table.column("strength").to_pylist()
    return TriggerFigures(
        tuple(kinds),
        strengths.count("strong"),
        strengths.count("worth a look"),
        audit.manifest["configuration"].get("excerpts") is not False,
    )


def _shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = []
    for strength in STRENGTHS:
        shown += [row for row in rows if row["strength"] == strength][: TOP[strength]]
    return shown


def _paths(files: pa.Table) -> dict[int, str]:
    rows = zip(files.column("file").to_pylist(), files.column("path").to_pylist(), strict=True)
    return {number: formats.visible(path, MAX_TEXT) for number, path in rows}


def _candidate(row: Mapping[str, Any], paths: Mapping[int, str]) -> Candidate:
    def text(name: str) -> str:
        return formats.visible(str(row[name]), MAX_TEXT, joiners=True)

    places = []
    for place in str(row["examples"]).split():
        file, _, position = place.partition(":")
        path = paths.get(int(file), "?") if file.isdecimal() else "?"
        places.append(f"{path}: {formats.visible(position, 30)}")
    return Candidate(
        int(row["rank"]),
        text("trigger"),
        text("response"),
        row["strength"] if row["strength"] in STRENGTHS else "weak",
        float(row["score"]),
        int(row["documents"]),
        int(row["with_trigger"]),
        int(row["with_response"]),
        float(row["expected"]),
        formats.visible(str(row["evidence"]), 1000),
        formats.visible(str(row["benign"]), 1000),
        text("before"),
        text("match"),
        text("after"),
        tuple(places),
    )
