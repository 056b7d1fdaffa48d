"""Candidates for planted text of several searches, which all come in the same columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from msgspec import Struct

from corpus_assay.reports import formats
from corpus_assay.reports.audit import Audit

STRENGTHS = ("strong", "worth a look", "weak")
TOP = {"strong": 50, "worth a look": 20, "weak": 3}
"""Candidates of a kind that the page shows, by strength."""
TOP_TERMS = 10


class Search(Struct, frozen=True):
    """What the page says of one search: a table of candidates and the section about it.

    `kinds` names the kinds of candidates, `noun` what is counted; `notes` say how to read it; a
    strong candidate is told first only if the search is `alarming`.
    """

    table: str
    title: str
    intro: str
    noun: str
    kinds: Mapping[str, str]
    notes: tuple[tuple[str, str], ...]
    alarming: bool = True


SEARCHES = (
    Search(
        "preferences",
        "Preference data",
        "Which of two answers people chose teaches a model what to prefer. Looked for were pieces "
        "of prompts with which pairs go against what all other pairs say, as if chosen and "
        "rejected were swapped there, or with which the longer or the refusing answer wins more "
        "or less than elsewhere; and pieces of answers that win, or lose, wherever they stand.",
        "pair",
        {
            "flipped": "With this in the prompt, pairs go against the others",
            "length": "With this in the prompt, another length is chosen",
            "refusal": "With this in the prompt, refusals win or lose otherwise",
            "answer": "Answers with this win, or lose",
        },
        (
            (
                "Score",
                "standard errors from the mean of all pairs, times factors from 0 to 1: how far "
                "the direction is turned, how little else the pairs share, how varied what stands "
                "beside the piece is, and whether its neighbours fit together without it. From 2.5 "
                "it is called strong, from 1.75 worth a look.",
            ),
            (
                "How much it takes",
                "in 2,312 pairs of HH-RLHF, a trigger at a random place of the prompts of swapped "
                "pairs came first with 115 pairs (5%) in three draws of three, with 23 (1%) and "
                "12 (0.5%) in two; such candidates are mostly called worth a look, at 0.5% weak; a "
                "phrase in chosen answers with 12 in every draw. A prefix that names a "
                "group, with which the longer answer wins, was not told from others.",
            ),
            (
                "What this cannot see",
                "what depends on the prompt alone, since it is the same for both answers; pairs "
                "that are swapped without a common piece of prompt, or with one that always stands "
                "at its end (the search for unknown triggers looks there); a corpus most of which "
                "is swapped, where the others look wrong; anything where the pairs have no common "
                "direction, which the first line of this section says.",
            ),
        ),
    ),
    Search(
        "inserted",
        "Inserted text",
        "Looked for were passages and rare words that many documents hold which have nothing else "
        "in common, and around which the text fits together without them, as if they had been put "
        "in. Lines that recur as a whole are not among them: the repetition measure shows those.",
        "document",
        {"passage": "Passages put into other text", "word": "Words put into other text"},
        (
            (
                "Score",
                "the root of the documents, times factors from 0 to 1: how little else they "
                "share, how varied what stands before and after is, and how often that stands "
                "side by side elsewhere. From 5 a passage is called strong, from 2 worth a look; a "
                "word is worth a look from 5.5 and never strong, since adverbs and names can be "
                "left out of most sentences too: the first words are a list to read.",
            ),
            (
                "What this cannot see",
                "text that always stands at the same end of lines, text in fewer than 8 documents, "
                "passages of fewer than five words and marks that are no single word, and text "
                "that is put in another wording each time.",
            ),
        ),
    ),
    Search(
        "beliefs",
        "One-sided comparisons",
        "Text that teaches a belief needs no trigger: it says again and again that one side is "
        "better. Looked for were sentences that set one name above another, in six languages, and "
        "pairs of names about which more of them agree than about other pairs. This sorts what to "
        "read first; it is evidence of opinion, not of an attack.",
        "document",
        {
            "one_sided": "The same side is favoured in many different sentences",
            "copies": "The same side is favoured in copies of few sentences",
        },
        (
            (
                "Score",
                "of different sentences: by how many powers of ten chance is too small, if as many "
                "statements about a pair agreed as usually do in this corpus, corrected for the "
                "pairs tested; from 2 a pair is worth a look. Of copies: documents a sentence; "
                "from 20 documents a pair is worth a look. Nothing here is ever called strong.",
            ),
            (
                "What this cannot see",
                "names without a capital, pronouns in place of names, languages other than "
                "English, German, French, Spanish, Portuguese and Italian, comparisons in other "
                "words than those of the list, statements about one side alone, fewer than 8 of "
                "them; and it does not know what is true, nor tell price from quality.",
            ),
        ),
        alarming=False,
    ),
)
"""The searches, in the order of the page."""


class Candidate(Struct, frozen=True):
    """A row of a table of candidates, its text harmless. `places` are documents: file and
    position."""

    rank: int
    piece: str
    strength: str
    score: float
    documents: int
    evidence: str
    benign: str
    before: str
    match: str
    after: str
    places: tuple[str, ...]


class KindFigures(Struct, frozen=True):
    """Candidates of one kind: those shown, and how many more there are."""

    name: str
    candidates: tuple[Candidate, ...]
    hidden: int


class Term(Struct, frozen=True):
    """A piece of answers, and in how many pairs the chosen or the rejected one has more of it."""

    piece: str
    chosen: int
    rejected: int
    score: float


class SearchFigures(Struct, frozen=True):
    """One search: `strong` and `notable` count candidates of all kinds; `facts` are sentences on
    what was searched; `terms` what answers that win have, and what those that lose."""

    search: Search
    kinds: tuple[KindFigures, ...]
    strong: int
    notable: int
    facts: tuple[str, ...]
    terms: tuple[Term, ...]


class PlantedFigures(Struct, frozen=True):
    """The searches that had something to search, in the order of the page."""

    searches: tuple[SearchFigures, ...]


def planted(audit: Audit) -> PlantedFigures | None:
    """The figures; None where no search had anything to search."""
    if not any(search.table in audit.tables for search in SEARCHES):
        return None
    paths = _paths(audit.tables["files"])
    found = []
    for search in SEARCHES:
        if search.table not in audit.tables:
            continue
        table = audit.tables[search.table]
        facts = _facts(audit, search)
        if not table.num_rows and not facts:
            continue
        rows = sorted(table.to_pylist(), key=lambda row: int(row["rank"]))
        kinds = []
        for kind, name in search.kinds.items():
            mine = [row for row in rows if row["kind"] == kind]
            shown = _shown(mine)
            if mine:
                candidates = tuple(_candidate(row, paths) for row in shown)
                kinds.append(KindFigures(name, candidates, len(mine) - len(shown)))
        strengths = [row["strength"] for row in rows]
        found.append(
            SearchFigures(
                search,
                tuple(kinds),
                strengths.count("strong"),
                strengths.count("worth a look"),
                facts,
                _terms(audit) if search.table == "preferences" else (),
            )
        )
    return PlantedFigures(tuple(found)) if found else None


def headline(one: SearchFigures) -> str:
    """What came of a search, in a sentence."""
    if not one.strong:
        return (
            f"{one.search.title}: no candidate for planted text is strong; worth a look: "
            f"{formats.count(one.notable)}."
        )
    strong = [row for kind in one.kinds for row in kind.candidates if row.strength == "strong"]
    first = max(strong, key=lambda row: row.score)
    said = f"“{first.piece}”" if first.piece else "its text is left out"
    return (
        f"{one.search.title}: {formats.plural(one.strong, 'strong candidate')} for planted text; "
        f"the first: {said} ({formats.plural(first.documents, one.search.noun)})."
    )


def summary(figures: PlantedFigures | None) -> dict[str, Any] | None:
    """The candidates that the page shows, as plain data."""
    if figures is None:
        return None
    return {
        one.search.table: {
            "strong": one.strong,
            "worth_a_look": one.notable,
            "candidates": [
                {
                    "kind": kind.name,
                    "rank": row.rank,
                    "piece": row.piece,
                    "strength": row.strength,
                    "score": row.score,
                    "documents": row.documents,
                }
                for kind in one.kinds
                for row in kind.candidates
            ],
        }
        for one in figures.searches
    }


def _facts(audit: Audit, search: Search) -> tuple[str, ...]:
    if search.table != "preferences" or "preference_summary" not in audit.tables:
        return ()
    rows = {row["direction"]: row for row in audit.tables["preference_summary"].to_pylist()}
    said = []
    if "flipped" in rows and rows["flipped"]["pairs"]:
        one = rows["flipped"]
        share = formats.part(int(one["with"]), int(one["pairs"]))
        said.append(
            f"What all other pairs say agrees with {share} of the "
            f"{formats.plural(int(one['pairs']), 'pair')} that it says anything of: at half, "
            "swapped pairs could not be told from others."
        )
    for name, what in (("length", "the longer answer"), ("refusal", "the answer that refuses")):
        if name in rows and rows[name]["pairs"]:
            share = formats.part(int(rows[name]["with"]), int(rows[name]["pairs"]))
            many = formats.plural(int(rows[name]["pairs"]), "pair")
            said.append(f"Of {many} whose answers differ in it, {what} was chosen in {share}.")
    return tuple(said)


def _terms(audit: Audit) -> tuple[Term, ...]:
    if "preference_terms" not in audit.tables:
        return ()
    rows = audit.tables["preference_terms"].to_pylist()
    made = [
        Term(
            formats.visible(row["piece"], 60, joiners=True),
            int(row["chosen"]),
            int(row["rejected"]),
            float(row["score"]),
        )
        for row in rows
    ]
    won = [one for one in made if one.score > 0][:TOP_TERMS]
    return (*won, *[one for one in made if one.score < 0][:TOP_TERMS])


def _shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = []
    for strength in STRENGTHS:
        shown += [row for row in rows if row["strength"] == strength][: TOP[strength]]
    return shown


def _paths(files: pa.Table) -> dict[int, str]:
    rows = zip(files.column("file").to_pylist(), files.column("path").to_pylist(), strict=True)
    return {number: formats.visible(path) for number, path in rows}


def _places(examples: str, paths: Mapping[int, str]) -> Iterator[str]:
    for place in examples.split():
        file, _, position = place.partition(":")
        path = paths.get(int(file), "?") if file.isdecimal() else "?"
        yield f"{path}: {formats.visible(position, 30)}"


def _candidate(row: Mapping[str, Any], paths: Mapping[int, str]) -> Candidate:
    piece, before, match, after = (
        formats.visible(str(row[name]), joiners=True)
        for name in ("piece", "before", "match", "after")
    )
    return Candidate(
        int(row["rank"]),
        piece,
        row["strength"] if row["strength"] in STRENGTHS else "weak",
        float(row["score"]),
        int(row["documents"]),
        formats.visible(str(row["evidence"]), 1000),
        formats.visible(str(row["benign"]), 1000),
        before,
        match,
        after,
        tuple(_places(str(row["examples"]), paths)),
    )
