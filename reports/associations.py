"""The words that go with groups of people, as the page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from msgspec import Struct

from corpus_assay.reports import formats
from corpus_assay.reports.audit import Audit
from corpus_assay.reports.model import ANY, FEW_DOCUMENTS, LanguageFigures
from corpus_assay.reports.statistics import CONFIDENCE, Estimate, Interval, Z
from corpus_assay.reports.who import AXES

TOP_WORDS = 25
TOP_GROUPS = 8
TOP_GROUP_WORDS = 8
TOP_LISTED = 15

GENDER = "gender"
GENDERS = ("feminine", "masculine")
LISTS = ("occupations", "adjectives", "stigma")


class Association(Struct, frozen=True):
    """A word near one group against the others: `log_odds` with its interval by documents, `z`,
    and `z_words`, which takes words for independent. `few` marks words in few documents near any
    group, `chance` a z that one of so many words may well have by chance."""

    word: str
    documents: int
    matches: int
    all_documents: int
    all_matches: int
    log_odds: Estimate | None
    z: float
    z_words: float
    few: bool
    chance: bool


class Group(Struct, frozen=True):
    """A group with the words that go with it more than with the others, by z: those whose interval
    leaves out 0, in enough documents."""

    id: str
    name: str
    ambiguous: bool
    anchors: int
    documents: int
    few: bool
    words: tuple[Association, ...]


class Listed(Struct, frozen=True):
    """A named list: the whole list and its terms by group; `hidden` terms are in the table, among
    them `few` that stand in few documents."""

    name: str
    whole: Mapping[str, Association]
    terms: tuple[tuple[str, Mapping[str, Association]], ...]
    hidden: int
    few: int


class KindFigures(Struct, frozen=True):
    """The groups of one kind (gender, an axis) in one language.

    `threshold` is the count from which words are in the figures, `words` how many those are,
    `complete` that they are all. `small` names groups in few documents. `limit` is the z that one
    of all words reaches by chance in 5 of 100 corpora without any association. The GenBit figures
    are None for axes.
    """

    language: LanguageFigures
    kind: str
    name: str
    window: int
    threshold: int
    words: int
    complete: bool
    limit: float
    groups: tuple[Group, ...]
    small: tuple[str, ...]
    hidden: int
    lists: tuple[Listed, ...]
    genbit: tuple[float, float, float, int] | None

    @property
    def pair(self) -> tuple[tuple[Association | None, Association | None], ...]:
        """Words of the first two groups side by side."""
        lists = [group.words for group in self.groups[:2]]
        rows = max((len(words) for words in lists), default=0)
        padded = [[*words, *[None] * (rows - len(words))] for words in lists]
        return tuple(zip(*padded, strict=True)) if len(padded) == 2 else ()


class AssociationFigures(Struct, frozen=True):
    """All kinds and languages, the largest first; `no_words` are languages whose words are
    characters, `no_list` those without words for the groups."""

    kinds: tuple[KindFigures, ...]
    no_words: tuple[str, ...]
    no_list: tuple[str, ...]


def associations(audit: Audit, languages: Sequence[LanguageFigures]) -> AssociationFigures | None:
    """The figures; None if they were not measured."""
    if "associations" not in audit.tables:
        return None
    groups = _grouped(audit, "association_groups")
    words = _grouped(audit, "associations")
    lists = _grouped(audit, "association_lists")
    scores = {
        (row["language"], row["kind"]): row
        for row in audit.tables["association_scores"].to_pylist()
    }
    found = []
    no_words: list[str] = []
    no_list: list[str] = []
    for language in languages:
        kinds = sorted(kind for code, kind in groups if code == language.code)
        for kind in sorted(kinds, key=lambda name: (name != GENDER, name)):
            key = language.code, kind
            if key in scores:
                found.append(
                    _kind(language, kind, scores[key], groups[key], words[key], lists[key])
                )
        if kinds and all(row["anchors"] is None for k in kinds for row in groups[language.code, k]):
            bare = language.segmentation is not None or language.unit != "words"
            (no_words if bare else no_list).append(language.name)
    return AssociationFigures(tuple(found), tuple(no_words), tuple(no_list))


def _grouped(audit: Audit, name: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in audit.tables[name].to_pylist():
        rows[row["language"], row["kind"]].append(row)
    return rows


def _kind(
    language: LanguageFigures,
    kind: str,
    score: Mapping[str, Any],
    sizes: Sequence[Mapping[str, Any]],
    words: Sequence[Mapping[str, Any]],
    listed: Sequence[Mapping[str, Any]],
) -> KindFigures:
    limit = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / max(score["words"], 1))
    of_group: dict[str, list[Association]] = defaultdict(list)
    for row in words:
        if not row["common"]:
            of_group[row["group"]].append(_association(row, row["word"], limit))
    named = [row for row in sizes if row["group"] != ANY]
    if kind != GENDER:
        named.sort(key=lambda row: (-(row["documents"] or 0), row["group"]))
    large = [row for row in named if kind == GENDER or row["documents"] >= FEW_DOCUMENTS]
    top = TOP_WORDS if kind == GENDER else TOP_GROUP_WORDS
    genbit = None
    if score["genbit_ratio"] is not None:
        names = ("genbit_ratio", "genbit_conditional", "cutoff")
        genbit = (*(float(score[name]) for name in names), int(score["words_scored"]))
    return KindFigures(
        language,
        kind,
        "gender" if kind == GENDER else AXES.get(kind, formats.visible(kind.replace("_", " "), 40)),
        score["window"],
        score["threshold"],
        score["words"],
        bool(score["complete"]),
        limit,
        tuple(_group(row, of_group[row["group"]], top) for row in large[:TOP_GROUPS]),
        tuple(_label(row["group"]) for row in named if row not in large)[:TOP_LISTED],
        max(len(large) - TOP_GROUPS, 0),
        tuple(_listed(name, listed, limit) for name in LISTS if _has(listed, name)),
        genbit,  # type: ignore[arg-type]
    )


def _label(group: str) -> str:
    return formats.visible(group.replace("_", " "), 60)


def _association(row: Mapping[str, Any], word: str, limit: float) -> Association:
    value, error = row["log_odds"], row["error"]
    estimate = None
    if value is not None:
        estimate = Estimate(value, error, Interval(value - Z * error, value + Z * error))
    z = row["z"] or 0.0
    return Association(
        formats.visible(word, 80, joiners=True),
        row["documents"],
        row["matches"],
        row["all_documents"],
        row["all_matches"],
        estimate,
        z,
        row["z_words"] or 0.0,
        row["all_documents"] < FEW_DOCUMENTS,
        abs(z) < limit,
    )


def _group(row: Mapping[str, Any], words: Sequence[Association], top: int) -> Group:
    ranked = sorted(
        (word for word in words if not word.few and word.z > Z),
        key=lambda word: (-word.z, word.word),
    )
    return Group(
        row["group"],
        _label(row["group"]),
        bool(row["ambiguous"]),
        row["anchors"],
        row["documents"],
        row["documents"] < FEW_DOCUMENTS,
        tuple(ranked[:top]),
    )


def _has(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return any(row["list"] == name for row in rows)


def _listed(name: str, rows: Sequence[Mapping[str, Any]], limit: float) -> Listed:
    terms: dict[str, dict[str, Association]] = defaultdict(dict)
    for row in rows:
        if row["list"] == name:
            terms[row["term"]][row["group"]] = _association(row, row["term"], limit)
    whole = terms.pop(ANY, {})
    strong = {term: max(abs(one.z) for one in of.values()) for term, of in terms.items()}
    large = [term for term, of in terms.items() if not next(iter(of.values())).few]
    shown = sorted(large, key=lambda term: (-strong[term], term))[:TOP_LISTED]
    return Listed(
        name,
        whole,
        tuple((formats.visible(term, 60), terms[term]) for term in shown),
        len(terms) - len(shown),
        len(terms) - len(large),
    )
