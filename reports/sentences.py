"""The findings in words: headlines and the titles of charts, from figures alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus_assay.reports import formats
from corpus_assay.reports.model import (
    ANY,
    CLASSES,
    Comparison,
    DemographicFigures,
    Figures,
    LanguageFigures,
    PronounFigures,
    Representation,
    Totals,
)


def headlines(
    totals: Totals,
    languages: Sequence[LanguageFigures],
    overall: Representation | None,
    has_gender: bool,
) -> tuple[str, ...]:
    """The findings of the first screen, most general first."""
    if not totals.documents:
        return ("No document was audited, so there is nothing to measure.",)
    lines = [_composition_sentence(totals, languages)]
    measured = [row for row in languages if row.representation is not None]
    if has_gender and measured and overall is not None:
        lines += _gender_sentences(measured, overall)
    unmeasured = [row for row in languages if row.representation is None]
    if has_gender and unmeasured:
        documents = sum(row.documents for row in unmeasured)
        names = [row.name if row.code != "und" else "undetermined" for row in unmeasured]
        named = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        lines.append(
            f"{formats.plural(documents, 'document')} "
            f"({formats.part(documents, totals.documents)}) "
            f"{'is' if documents == 1 else 'are'} in languages without a lexicon and "
            f"{'was' if documents == 1 else 'were'} not measured: {named}."
        )
    if totals.rejected:
        lines.append(
            f"{formats.count(totals.rejected)} of {formats.plural(totals.read, 'record')} read "
            f"({formats.part(totals.rejected, totals.read)}) could not be audited."
        )
    return tuple(lines)


def _composition_sentence(totals: Totals, languages: Sequence[LanguageFigures]) -> str:
    known = [row for row in languages if row.code != "und"]
    if not known:
        return "The language of no document could be determined."
    first = known[0]
    if len(languages) == 1:
        return f"The corpus is in one language, {first.name}."
    if len(known) == 1:
        return (
            f"{formats.part(first.documents, totals.documents)} of the documents are in "
            f"{first.name}; the language of the others could not be determined."
        )
    return (
        f"The documents are in {formats.plural(len(known), 'language')}; the largest, "
        f"{first.name}, makes up "
        f"{formats.part(first.documents, totals.documents)} of documents and "
        f"{formats.part(first.bytes, totals.bytes)} of the text by bytes."
    )


def _gender_sentences(
    measured: Sequence[LanguageFigures], overall: Representation
) -> Iterable[str]:
    part = overall.feminine_part
    gendered = overall.classes["feminine"].matches + overall.classes["masculine"].matches
    if part is None:
        yield "No feminine or masculine word of the lexicons was found."
        return
    yield (
        f"Of {formats.count(gendered)} gendered words counted, {formats.percent(part.value)} are "
        f"feminine{interval_note(formats.percent_interval(part))}; the rest are masculine."
    )
    yield lean_sentence(measured)
    first = next((row for row in measured if row.code != "und"), measured[0])
    figures = first.representation
    if figures is not None and figures.contrast is not None and len(measured) > 1:
        feminine, masculine = (figures.classes[name].of_words for name in CLASSES[:2])
        if feminine is not None and masculine is not None:
            yield (
                f"In {first.name}, the largest measured language, "
                f"{formats.per_thousand(feminine.value)} of 1,000 {first.unit} are feminine"
                f"{interval_note(formats.per_thousand_interval(feminine))} and "
                f"{formats.per_thousand(masculine.value)} masculine"
                f"{interval_note(formats.per_thousand_interval(masculine))}."
            )
    found = overall.classes[ANY].of_documents
    if found is not None:
        yield (
            f"{formats.percent(found.value)} of the measured documents"
            f"{interval_note(formats.percent_interval(found))} hold at least one word of the "
            "lexicons."
        )
    worst = max(measured, key=ambiguous_share)
    if ambiguous_share(worst) >= 0.05:
        yield (
            f"In {worst.name}, {formats.percent(ambiguous_share(worst))} of the matches are forms "
            "that stand in more than one class: read its figures with care."
        )


def pronoun_headlines(figures: Sequence[PronounFigures]) -> Iterable[str]:
    """What the pronouns of the largest language that can be compared say."""
    for row in figures:
        gendered = row.kinds.get("gendered")
        if not row.comparable or gendered is None or gendered.of_documents is None:
            continue
        parts = [
            f"{formats.percent(share.value)} {'an' if name[0] == 'u' else 'a'} {name} one"
            for name in CLASSES
            if name in row.kinds and (share := row.kinds[name].within) is not None
        ]
        yield (
            f"In {row.language.name}, {formats.percent(gendered.of_documents.value)} of the "
            f"documents{interval_note(formats.percent_interval(gendered.of_documents))} hold a "
            "pronoun that the list sorts by gender"
            + (f"; of these documents, {', '.join(parts)}." if parts else ".")
        )
        return


def demographic_headlines(figures: Sequence[DemographicFigures]) -> Iterable[str]:
    """The most frequent axes of the largest language."""
    for row in figures:
        axes = [one for one in row.axes if not one.share.few and one.share.of_documents]
        if not axes:
            continue
        first = axes[0].share.of_documents
        named = [
            f"{one.axis} ({formats.percent(one.share.of_documents.value)})"
            for one in axes[1:3]
            if one.share.of_documents
        ]
        if first is not None:
            yield (
                f"In {row.language.name}, {formats.percent(first.value)} of the documents"
                f"{interval_note(formats.percent_interval(first))} hold a demographic term of the "
                f"axis {axes[0].axis}" + (f", then {', '.join(named)}." if named else ".")
            )
        return


def interval_note(interval: str) -> str:
    """ " (95% interval …)", or nothing where there is no interval."""
    return f" (95% interval {interval})" if interval else ""


def lean_sentence(measured: Sequence[LanguageFigures]) -> str:
    """In how many languages which class is more frequent, beyond the interval."""
    leans = [row.representation.lean for row in measured if row.representation is not None]
    masculine, feminine = leans.count("masculine"), leans.count("feminine")
    unclear = len(leans) - masculine - feminine
    if len(leans) == 1:
        name = measured[0].name
        if unclear:
            return f"In {name}, no difference between feminine and masculine words can be told."
        other = "feminine" if masculine else "masculine"
        lean = "masculine" if masculine else "feminine"
        return f"In {name}, {lean} words are more frequent than {other} ones."
    if unclear == len(leans):
        return (
            f"In none of {len(leans)} measured languages can a difference between feminine and "
            "masculine words be told from chance."
        )
    sentence = (
        f"Masculine words are more frequent than feminine ones in {masculine or 'none'} of "
        f"{len(leans)} measured languages, less frequent in {feminine or 'none'}"
    )
    return sentence + (f"; in {unclear} no difference can be told." if unclear else ".")


def ambiguous_share(row: LanguageFigures) -> float:
    """Share of a language's matches that are forms of more than one class, each counted once."""
    if row.representation is None or not row.representation.classes[ANY].matches:
        return 0.0
    return min(1.0, row.ambiguous_matches / row.representation.classes[ANY].matches)


def segmentation_notes(rows: Sequence[LanguageFigures]) -> list[str]:
    """How words without spaces between them were counted: estimated, cut, or not at all."""
    notes = []
    known = [(row.name, row.segmentation) for row in rows if row.segmentation is not None]
    if estimated := [
        f"{name} {found.ratio:.2f} × the words of {found.segmenter}, half of the documents within "
        f"{formats.percent(found.median_error)}"
        for name, found in known
        if found.estimated
    ]:
        notes.append(
            "Written without spaces, their words are estimated from counts of characters. On other "
            f"texts the estimate was: {'; '.join(estimated)}."
        )
    if cut := [f"{name} by {found.segmenter}" for name, found in known if not found.estimated]:
        notes.append(f"Written without spaces, words were cut: {', '.join(cut)}.")
    return notes


def gender_title(rows: Sequence[LanguageFigures], unit: str) -> str:
    """The finding of a gender chart."""
    sentence = lean_sentence(rows)
    if unit == "characters":
        return f"Languages written without spaces: {sentence[0].lower()}{sentence[1:]}"
    return sentence


def lengths_title(page: Figures) -> str:
    """The finding of the length histogram: the bucket that holds the median."""
    documents = sum(bucket.documents for bucket in page.lengths)
    passed = 0
    for bucket in page.lengths:
        passed += bucket.documents
        if 2 * passed >= documents:
            return (
                f"Half of the documents have {formats.plural(bucket.end, 'word')} or fewer"
                if bucket.end
                else "Half of the documents or more have no word"
            )
    return "No document has a length"


def comparison_title(comparison: Comparison, noun: str) -> str:
    """The finding of a comparison: the range of the shares of groups with enough matches."""
    language, unit = comparison.language.name, comparison.language.unit
    ranges = []
    for name in CLASSES[:2]:
        shares = [
            share.value
            for group in comparison.groups
            if (share := group.representation.classes[name].of_words) is not None
            and not group.representation.classes[name].few
        ]
        if len(shares) > 1:
            low, high = (formats.per_thousand(value) for value in (min(shares), max(shares)))
            ranges.append(f"{name} words range from {low} to {high}")
    if not ranges:
        return f"{language}: too few matches to tell the {noun} apart"
    return f"{language}: {' and '.join(ranges)} per 1,000 {unit} between {noun}"
