"""What an audit says about a corpus, sorted by the questions of dataset documentation.

The sentences are those of the report, so that a card and a report of one audit say the same. The
questions are those of Datasheets for Datasets (Gebru et al. 2021, section 3), of the dataset card
template of Hugging Face, and of the Croissant RAI vocabulary 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from corpus_assay.reports import (
    contamination,
    duplicates,
    findings,
    formats,
    guard,
    model,
    planted,
    repetition,
    sentences,
    triggers,
)

TOP_LANGUAGES = 20
"""Languages that have a sentence of their own."""
TOP_RULES = 20


class About(Struct, frozen=True):
    """What only the people know who answer for the corpus; empty where they have not said."""

    name: str = ""
    license: str = ""
    url: str = ""


class Statements(Struct, frozen=True):
    """Sentences by question, harmless text, most general first; empty where not measured."""

    composition: tuple[str, ...]
    missing: tuple[str, ...]
    representation: tuple[str, ...]
    languages: tuple[str, ...]
    duplicates: tuple[str, ...]
    safety: tuple[str, ...]
    personal: tuple[str, ...]
    limits: tuple[str, ...]
    unseen: tuple[str, ...]


def statements(page: model.Figures) -> Statements:
    """The sentences of an audit. `unseen` says what its measures cannot show."""
    represented = sentences.headlines(
        replace(page.totals, rejected=0), page.languages, page.overall, page.has_gender
    )
    return Statements(
        composition=tuple(_composition(page)),
        missing=tuple(_missing(page)),
        representation=(
            *represented[1:],
            *sentences.pronoun_headlines(page.pronouns or ()),
            *sentences.demographic_headlines(page.demographics or ()),
        ),
        languages=tuple(_languages(page)),
        duplicates=(
            *duplicates.headlines(page.duplicates),
            *duplicates.earlier_headline(page.duplicates),
            *repetition.headlines(page.repetition),
        ),
        safety=(
            *findings.headlines(page.findings),
            *triggers.headlines(page.triggers),
            *(planted.headline(one) for one in (page.planted.searches if page.planted else ())),
            *contamination.headlines(page.contamination),
            *guard.headlines(page.guard),
        ),
        personal=tuple(_personal(page)),
        limits=page.warnings,
        unseen=tuple(_unseen(page)),
    )


def _composition(page: model.Figures) -> Iterator[str]:
    totals = page.totals
    yield (
        f"{formats.plural(totals.documents, 'document')} with "
        f"{formats.plural(totals.words, 'word')} ({formats.size(totals.bytes)} of text) from "
        f"{formats.plural(len(page.sources), 'source')} in "
        f"{formats.plural(totals.files, 'file')} ({formats.size(totals.file_bytes)})."
    )
    yield page.composition
    if page.lengths:
        yield f"{sentences.lengths_title(page)}."


def _missing(page: model.Figures) -> Iterator[str]:
    totals = page.totals
    yield (
        f"{formats.plural(totals.read, 'record')} read = {formats.count(totals.audited)} audited "
        f"+ {formats.count(totals.rejected)} that could not be read."
    )
    for row in page.reasons[:TOP_RULES]:
        yield f"Not read, {formats.plural(row.records, 'record')}: {row.reason}."
    if totals.repaired:
        yield (
            f"Invalid characters were replaced by U+FFFD in "
            f"{formats.plural(totals.repaired, 'document')}."
        )
    if totals.empty_documents:
        verb = "is" if totals.empty_documents == 1 else "are"
        yield f"{formats.plural(totals.empty_documents, 'document')} {verb} empty."


def _languages(page: model.Figures) -> Iterator[str]:
    """Shares of each language, so that no reader compares one with another by accident."""
    for row in page.measured[:TOP_LANGUAGES]:
        figure = row.representation
        if figure is None:
            continue
        shares = [
            f"{formats.per_thousand(share.value)} {name}"
            + (
                " (few documents)"
                if figure.classes[name].few and share.value
                else sentences.interval_note(formats.per_thousand_interval(share))
            )
            for name in model.CLASSES
            if (share := figure.classes[name].of_words) is not None
        ]
        if shares:
            yield (
                f"{row.name}: of 1,000 {row.unit} {', '.join(shares)}, in "
                f"{formats.plural(figure.documents, 'document')}."
            )


def _personal(page: model.Figures) -> Iterator[str]:
    if page.findings is not None:
        found = [rule for rule in page.findings.personal if rule.documents]
        for rule in found:
            yield (
                f"{rule.name}: {formats.plural(rule.matches, 'match', 'matches')} in "
                f"{formats.plural(rule.documents, 'document')}"
                f" of {formats.count(page.findings.documents)}; counted by pattern, never stored."
            )
        absent = [rule.name for rule in page.findings.personal if not rule.documents]
        if absent:
            yield f"Looked for and not found: {', '.join(absent)}."
    yield from sentences.demographic_headlines(page.demographics or ())


def _unseen(page: model.Figures) -> Iterator[str]:
    if page.has_gender or page.pronouns or page.demographics:
        yield (
            "Shares count words of lists, not people: most people in a text are named by a name, "
            "which no list holds, and one person can be named many times."
        )
        yield (
            "Grammar differs: generic masculine forms, dropped pronouns and languages without "
            "gendered nouns move the shares, so compare sources within a language rather than "
            "languages with each other."
        )
    unmeasured = [row.name for row in page.unmeasured]
    if page.has_gender and unmeasured:
        named = ", ".join(unmeasured[:10]) + (" and others" if len(unmeasured) > 10 else "")
        yield f"No lexicon covers, and no share includes: {named}."
    if page.totals.methods.get("detected"):
        yield (
            f"The language of {formats.plural(page.totals.methods['detected'], 'document')} was "
            "detected from the text and can be wrong, above all in short texts."
        )
    if page.findings is not None:
        yield (
            "Signatures find known attacks and patterns of personal data only; names, postal "
            "addresses and most national telephone numbers are not looked for."
        )
    if page.triggers is not None:
        yield (
            "The search for unknown triggers cannot see triggers in meaning or style, answers that "
            "fit the prompt, or triggers in fewer than 5 documents."
        )
    not_measured = [
        name
        for name, there in (
            ("gender representation", page.has_gender),
            ("pronouns", page.pronouns is not None),
            ("demographic terms", page.demographics is not None),
            ("duplicates", page.duplicates is not None),
            ("signatures of attacks and personal data", page.findings is not None),
            ("unknown triggers", page.triggers is not None),
            ("benchmark contamination", page.contamination is not None),
        )
        if not there
    ]
    if not_measured:
        yield f"Not measured in this audit: {', '.join(not_measured)}."
