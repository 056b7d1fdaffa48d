"""The findings in words: headlines and the titles of charts, from figures alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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

NOTHING = "No document was audited, so there is nothing to measure."


def headlines(
    totals: Totals,
    languages: Sequence[LanguageFigures],
    overall: Representation | None,
    has_gender: bool,
) -> tuple[str, ...]:
    """The findings of the first screen, most general first."""
    if not totals.documents:
        return (NOTHING,)
    lines = [composition_sentence(totals, languages)]
    measured = [row for row in languages if row.representation is not None]
    if has_gender and measured and overall is not None:
        lines += gender_sentences(measured, overall)
    if has_gender:
        unmeasured = [row for row in languages if row.representation is None]
        lines += unmeasured_sentences(totals, unmeasured)
    return (*lines, *reject_sentences(totals))


def unmeasured_sentences(totals: Totals, unmeasured: Sequence[LanguageFigures]) -> Iterator[str]:
    """How many documents are in languages without a lexicon."""
    if not unmeasured:
        return
    documents = sum(row.documents for row in unmeasured)
    names = [row.name if row.code != "und" else "undetermined" for row in unmeasured]
    named = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    yield (
        f"{formats.plural(documents, 'document')} "
        f"({formats.part(documents, totals.documents)}) "
        f"{'is' if documents == 1 else 'are'} in languages without a lexicon and "
        f"{'was' if documents == 1 else 'were'} not measured: {named}."
    )


def reject_sentences(totals: Totals) -> Iterator[str]:
    """How many records could not be audited."""
    if totals.rejected:
        yield (
            f"{formats.count(totals.rejected)} of {formats.plural(totals.read, 'record')} read "
            f"({formats.part(totals.rejected, totals.read)}) could not be audited."
        )


def composition_sentence(totals: Totals, languages: Sequence[LanguageFigures]) -> str:
    """The languages of a corpus that has documents, and the largest."""
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


def gender_sentences(measured: Sequence[LanguageFigures], overall: Representation) -> Iterator[str]:
    """What is said of gender, the most general first."""
    yield from part_sentences(overall)
    if overall.feminine_part is None:
        return
    yield lean_sentence(measured)
    yield from largest_sentences(measured)
    yield from match_sentences(overall)
    yield from ambiguous_sentences(measured)


def part_sentences(overall: Representation) -> Iterator[str]:
    """Which part of the gendered words is feminine."""
    part = overall.feminine_part
    gendered = overall.classes["feminine"].matches + overall.classes["masculine"].matches
    if part is None:
        yield "No feminine or masculine word of the lexicons was found."
        return
    if part.value in (0, 1):
        kind = "feminine" if part.value else "masculine"
        all_of = (
            "The one gendered word counted is"
            if gendered == 1
            else f"All {formats.count(gendered)} gendered words counted are"
        )
        yield f"{all_of} {kind}."
        return
    yield (
        f"Of {formats.count(gendered)} gendered words counted, {formats.percent(part.value)} are "
        f"feminine{interval_note(formats.percent_interval(part))}; the rest are masculine."
    )


def widest_sentences(row: LanguageFigures, languages: int) -> Iterator[str]:
    """The part of a language that is furthest from equal of so many."""
    figures = row.representation
    if figures is None or figures.feminine_part is None:
        return
    gendered = sum(figures.classes[name].matches for name in CLASSES[:2])
    yield (
        f"Of {formats.plural(languages, 'measured language')}, {row.name} is furthest from equal: "
        f"{formats.percent(figures.feminine_part.value)} of {formats.count(gendered)} gendered "
        f"words are feminine{interval_note(formats.percent_interval(figures.feminine_part))}."
    )


def largest_sentences(measured: Sequence[LanguageFigures]) -> Iterator[str]:
    """Shares of the largest of several measured languages."""
    first = next((row for row in measured if row.code != "und"), measured[0])
    figures = first.representation
    if figures is None or figures.contrast is None or len(measured) < 2:
        return
    feminine, masculine = (figures.classes[name].of_words for name in CLASSES[:2])
    if feminine is not None and masculine is not None:
        yield (
            f"In {first.name}, the largest measured language, "
            f"{formats.per_thousand(feminine.value)} of 1,000 {first.unit} are feminine"
            f"{interval_note(formats.per_thousand_interval(feminine))} and "
            f"{formats.per_thousand(masculine.value)} masculine"
            f"{interval_note(formats.per_thousand_interval(masculine))}."
        )


def match_sentences(overall: Representation) -> Iterator[str]:
    """In how many documents a word of the lexicons stands."""
    found = overall.classes[ANY].of_documents
    if found is not None:
        yield (
            f"{formats.percent(found.value)} of the measured documents"
            f"{interval_note(formats.percent_interval(found))} hold at least one word of the "
            "lexicons."
        )


def ambiguous_sentences(measured: Sequence[LanguageFigures]) -> Iterator[str]:
    """The language with most ambiguous forms, where they are many."""
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


def pronoun_title(rows: Sequence[PronounFigures]) -> str:
    """In how many of the languages of a chart which pronoun stands in more documents."""
    shares = [(row.kinds["feminine"].documents, row.kinds["masculine"].documents) for row in rows]
    masculine = sum(first < second for first, second in shares)
    feminine = sum(first > second for first, second in shares)
    if len(rows) == 1:
        name = rows[0].language.name
        if masculine == feminine:
            return f"In {name}, as many documents hold a feminine pronoun as a masculine one"
        more, less = ("masculine", "feminine") if masculine else ("feminine", "masculine")
        return f"In {name}, more documents hold a {more} pronoun than a {less} one"
    if masculine == len(rows):
        return (
            "A masculine pronoun stands in more documents than a feminine one in all "
            f"{masculine} languages"
        )
    return (
        f"A masculine pronoun stands in more documents than a feminine one in "
        f"{masculine or 'none'} of {len(rows)} languages, in fewer in {feminine or 'none'}"
    )


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
