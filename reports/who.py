"""Pronouns and demographic terms of an audit, as the page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from corpus_assay.reports import formats, statistics
from corpus_assay.reports.audit import Audit
from corpus_assay.reports.model import (
    ANY,
    FEW_DOCUMENTS,
    AxisFigures,
    DemographicFigures,
    DemographicTerm,
    DocumentShare,
    Example,
    LanguageFigures,
    PronounFigures,
    PronounForm,
)

TOP_FORMS = 15
TOP_AXIS_TERMS = 5
TOP_DETAILS = 20
TOP_LEFT_OUT = 12
EXAMPLES_A_TERM = 1
CONTEXT = 90

PERSONS = ("first", "second", "third")
NEOPRONOUN = "neopronoun:"
AXES = {
    "ability": "ability",
    "age": "age",
    "body_type": "body type",
    "characteristics": "characteristics",
    "cultural": "cultural",
    "gender_and_sex": "gender and sex",
    "nationality": "nationality",
    "political_ideologies": "political ideologies",
    "race_ethnicity": "race and ethnicity",
    "religion": "religion",
    "sexual_orientation": "sexual orientation",
    "socioeconomic_class": "socioeconomic class",
}

Examples = Mapping[tuple[str, str, str], Sequence[Sequence[str]]]
"""Passages (before, match, after) by measure, language and key."""

Sums = Mapping[str, Sequence[int]]
"""Measures of ``corpus`` by language, all sources, role ``any``, in the order of its columns."""


def example(before: str, match: str, after: str) -> Example:
    """A passage cut to `CONTEXT` characters on each side, and harmless."""
    start = "… " + before[-CONTEXT:].lstrip() if len(before) > CONTEXT else before
    end = after[:CONTEXT].rstrip() + " …" if len(after) > CONTEXT else after
    return Example(
        formats.visible(start, CONTEXT + 2, joiners=True),
        formats.visible(match, joiners=True),
        formats.visible(end, CONTEXT + 2, joiners=True),
    )


def pronouns(
    audit: Audit, languages: Sequence[LanguageFigures], sums: Sums, examples: Examples
) -> tuple[PronounFigures, ...] | None:
    """Pronouns of each language that a list covers, the largest first; None if not measured."""
    if "pronouns" not in audit.tables:
        return None
    kinds = _by_language(audit.tables["pronouns"], "kind")
    forms: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _summed(audit.tables["pronoun_forms"], ("language", "kind", "form", "ambiguous")):
        forms[row["language"]].append(row)
    found = []
    for language in languages:
        code = language.code
        if code not in kinds:
            continue
        about = _about(audit, "pronouns", code)
        shares = _kinds(kinds[code], sums[code][0])
        listed = _pronoun_forms(forms.get(code, []))
        shown = [
            replace(form, examples=_passages(examples, "pronouns", code, form.id))
            for form in listed[:TOP_FORMS]
        ]
        found.append(
            PronounFigures(
                language,
                about.get("comparable") is not False,
                _notes(about),
                {kind: share for kind, share in shares.items() if NEOPRONOUN not in kind},
                tuple(
                    (formats.visible(kind.removeprefix(NEOPRONOUN), 40), share)
                    for kind, share in sorted(shares.items())
                    if NEOPRONOUN in kind
                ),
                tuple(shown),
                len(listed) - len(shown),
            )
        )
    return tuple(found)


def _kinds(measures: Mapping[str, Sequence[int]], documents: int) -> dict[str, DocumentShare]:
    """Shares of the kinds of a language: within the documents with any pronoun for persons and
    for ``any``, within those with a gendered one for the rest."""
    totals = {name: measures[name][1] for name in ("gendered", ANY) if name in measures}
    shares = {}
    for kind, (matches, with_match, *_) in measures.items():
        group = ANY if kind in (*PERSONS, ANY) else "gendered"
        inside = totals.get(group)
        # Documents with neopronouns need not hold a gendered pronoun: they are no part of them.
        apart = kind.startswith(NEOPRONOUN[:-1])
        shares[kind] = DocumentShare(
            matches,
            with_match,
            statistics.wilson(with_match, documents),
            None if inside is None or apart else statistics.wilson(with_match, inside),
            with_match < FEW_DOCUMENTS,
        )
    return shares


def _pronoun_forms(rows: Sequence[Mapping[str, Any]]) -> list[PronounForm]:
    """Forms with all their kinds, most frequent first, without examples."""
    by_form: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_form[row["form"]].append(row)
    forms = [
        PronounForm(
            form,
            formats.visible(form, 60, joiners=True),
            tuple(formats.visible(kind, 40) for kind in sorted(row["kind"] for row in of)),
            any(row["ambiguous"] for row in of),
            max(row["matches_sum"] for row in of),
            max(row["documents_sum"] for row in of),
            (),
        )
        for form, of in by_form.items()
    ]
    return sorted(forms, key=lambda row: (-row.matches, row.form))


def demographics(
    audit: Audit, languages: Sequence[LanguageFigures], sums: Sums, examples: Examples
) -> tuple[DemographicFigures, ...] | None:
    """Demographic terms of each language that a list covers, the largest first; None if they were
    not measured."""
    if "demographics" not in audit.tables:
        return None
    axes = _by_language(audit.tables["demographics"], "axis")
    terms: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    keys = ("language", "axis", "concept", "bucket", "polysemous", "preference")
    for row in _summed(audit.tables["demographic_terms"], keys):
        terms[row["language"], row["axis"]].append(row)
    found = []
    for language in languages:
        code = language.code
        if code not in axes:
            continue
        rows = [
            _axis(code, axis, measures, sums[code], terms.get((code, axis), []), examples)
            for axis, measures in axes[code].items()
        ]
        found.append(
            DemographicFigures(
                language,
                _notes(_about(audit, "demographics", code)),
                next(row for row in rows if row.axis == ANY),
                tuple(sorted((row for row in rows if row.axis != ANY), key=_axis_order)),
            )
        )
    return tuple(found)


def _axis(
    code: str,
    axis: str,
    measures: Sequence[int],
    corpus: Sequence[int],
    rows: Sequence[Mapping[str, Any]],
    examples: Examples,
) -> AxisFigures:
    matches, with_match, squared, _, by_words = measures
    documents, words, words_squared = corpus[0], corpus[5], corpus[7]
    ordered = sorted(rows, key=_term_order)
    ranked = [row for row in ordered if not row["polysemous"]]
    shown = [
        _term(row, documents, with_match, _passages(examples, "demographics", code, row["concept"]))
        for row in ranked[:TOP_AXIS_TERMS]
    ]
    return AxisFigures(
        AXES.get(axis, formats.visible(axis.replace("_", " "), 60)),
        DocumentShare(
            matches,
            with_match,
            statistics.wilson(with_match, documents),
            None,
            with_match < FEW_DOCUMENTS,
        ),
        statistics.ratio(
            documents=documents,
            numerator=matches,
            denominator=words,
            numerator_squared=squared,
            products=by_words,
            denominator_squared=words_squared,
            bounds=(0.0, 1.0),
        ),
        tuple(shown),
        tuple(_term(row, documents, with_match) for row in ordered if row["polysemous"]),
        max(len(ranked) - TOP_AXIS_TERMS, 0),
    )


def _term(
    row: Mapping[str, Any], documents: int, of_axis: int, examples: tuple[Example, ...] = ()
) -> DemographicTerm:
    with_match = row["documents_sum"]
    return DemographicTerm(
        row["concept"],
        _shown(row["concept"]),
        formats.visible(row["bucket"].replace("_", " "), 60),
        formats.visible(row["preference"] or "", 40),
        bool(row["polysemous"]),
        DocumentShare(
            row["matches_sum"],
            with_match,
            statistics.wilson(with_match, documents),
            statistics.wilson(with_match, of_axis),
            with_match < FEW_DOCUMENTS,
        ),
        examples,
    )


def _passages(examples: Examples, measure: str, code: str, key: str) -> tuple[Example, ...]:
    passages = examples.get((measure, code, key), ())[:EXAMPLES_A_TERM]
    return tuple(example(*passage) for passage in passages)


def _term_order(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    few = row["documents_sum"] < FEW_DOCUMENTS
    return few, 0 if few else -row["documents_sum"], _shown(row["concept"])


def _shown(concept: str) -> str:
    return formats.visible(concept.replace("_", " "), 60)


def _axis_order(row: AxisFigures) -> tuple[bool, int, str]:
    return row.share.few, 0 if row.share.few else -row.share.documents, row.axis


# Reading the tables -------------------------------------------------------------------------------


_MEASURES = ("matches", "documents", "matches_squared", "matches_tokens", "matches_words")


def _by_language(table: pa.Table, key: str) -> dict[str, dict[str, list[int]]]:
    """Sums over the sources by language and a key, of whole documents; without what no list
    covers."""
    whole = table.filter(pc.equal(table.column("role"), ANY))
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for row in whole.select(["language", key, *_MEASURES]).to_pylist():
        if row["matches"] is None:
            continue
        sums = found[row["language"]].setdefault(row[key], [0] * len(_MEASURES))
        for place, name in enumerate(_MEASURES):
            sums[place] += int(row[name])
    return {language: of for language, of in found.items() if ANY in of}


def _summed(table: pa.Table, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Matches and documents of whole documents by some keys, over the sources."""
    table = table.filter(pc.equal(table.column("role"), ANY))
    sums = table.group_by(list(keys)).aggregate([("matches", "sum"), ("documents", "sum")])
    return (row for row in sums.to_pylist() if row["matches_sum"])


def _about(audit: Audit, kind: str, code: str) -> Mapping[str, Any]:
    lists = audit.manifest.get(kind)
    about = lists.get(code) if isinstance(lists, dict) else None
    return about if isinstance(about, dict) else {}


def _notes(about: Mapping[str, Any]) -> tuple[str, ...]:
    notes = about.get("notes")
    return tuple(formats.visible(note, 1000) for note in notes) if isinstance(notes, list) else ()
