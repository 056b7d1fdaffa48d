"""Which findings a reader sees first: at most five, by one rule.

The rule: evidence of an attack, then rules of the policy that failed, then gaps (what is unequal,
duplicate, recurring, contaminated or missing) by their size, then what the corpus is, then what
was looked for and not found. Of one section at most two are among the five while another section
has something to say, and where attacks were looked for one of the five says what came of it.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from corpus_assay.reports import (
    contamination,
    duplicates,
    findings,
    formats,
    guard,
    planted,
    repetition,
    sentences,
    triggers,
)
from corpus_assay.reports.model import (
    FEW_DOCUMENTS,
    Comparisons,
    DemographicFigures,
    LanguageFigures,
    PronounFigures,
    Representation,
    Totals,
)
from corpus_assay.reports.statistics import Estimate
from corpus_assay.reports.verdict import Verdict

TOP = 5
A_SECTION = 2
LEAST_GAP = 0.01
"""A gap that is smaller than this part of what it is measured in is told, but is not a gap."""

POISON = ("signatures", "triggers", "preferences", "inserted", "beliefs")
"""Sections that say what came of the search for attacks."""


class Tier(enum.IntEnum):
    """What a finding is, the most pressing first."""

    ALARM = 0
    POLICY = 1
    GAP = 2
    CONTEXT = 3
    CLEAR = 4


class Headline(Struct, frozen=True):
    """A finding in one sentence. `section` is the id of the section of the page that has its
    numbers; `weight`, from 0 to 1, orders the findings of a tier: for a gap, how much of the corpus
    it touches or how far it is from equality, by the bound of its interval that is nearer to it.
    """

    section: str
    tier: Tier
    weight: float
    text: str


def choose(found: Sequence[Headline]) -> tuple[tuple[Headline, ...], tuple[Headline, ...]]:
    """The findings of the first screen, and the others, both in the order of the rule."""
    order = sorted(found, key=lambda one: (one.tier, -one.weight))
    chosen: list[Headline] = []
    for limit in (A_SECTION, TOP):
        for one in order:
            of_section = sum(each.section == one.section for each in chosen)
            if one not in chosen and len(chosen) < TOP and of_section < limit:
                chosen.append(one)
    poison = [one for one in order if one.section in POISON]
    if poison and not any(one.section in POISON for one in chosen):
        chosen[-1] = poison[0]
    first = tuple(sorted(chosen, key=order.index))
    return first, tuple(one for one in order if one not in first)


def gather(
    *,
    totals: Totals,
    languages: Sequence[LanguageFigures],
    overall: Representation | None,
    has_gender: bool,
    by_source: Comparisons,
    pronouns: Sequence[PronounFigures],
    demographics: Sequence[DemographicFigures],
    found: duplicates.DuplicateFigures | None,
    repeated: repetition.RepetitionFigures | None,
    contaminated: contamination.ContaminationFigures | None,
    signatures: findings.FindingFigures | None,
    candidates: triggers.TriggerFigures | None,
    searched: planted.PlantedFigures | None,
    guarded: guard.GuardFigures | None,
    judged: Verdict | None,
) -> list[Headline]:
    """Everything that can be said of an audit in one sentence, without order."""
    return [
        *_poison(signatures, candidates),
        *_planted(searched),
        *_context("guard", 0.4, guard.headlines(guarded)),
        *_policy(judged),
        *_represented(totals, languages, overall if has_gender else None),
        *(_unmeasured(totals, languages) if has_gender else ()),
        *_sources(by_source),
        *_context("pronouns", 0.35, sentences.pronoun_headlines(pronouns)),
        *_context("demographics", 0.3, sentences.demographic_headlines(demographics)),
        *_duplicates(found),
        *_repetition(repeated),
        *_contamination(contaminated),
    ]


def gap(section: str, size: float, text: str) -> Headline:
    """A finding whose tier follows from the size of the gap, a part of 1."""
    tier = Tier.GAP if size >= LEAST_GAP else Tier.CONTEXT
    return Headline(section, tier, min(1.0, max(0.0, size)), text)


def _context(section: str, weight: float, texts: Iterable[str]) -> Iterator[Headline]:
    return (Headline(section, Tier.CONTEXT, weight, text) for text in texts)


def _planted(searched: planted.PlantedFigures | None) -> Iterator[Headline]:
    for one in searched.searches if searched else ():
        tier = Tier.ALARM if one.strong and one.search.alarming else Tier.CLEAR
        yield Headline(one.search.table, tier, 0.0, planted.headline(one))


def _poison(
    signatures: findings.FindingFigures | None, candidates: triggers.TriggerFigures | None
) -> Iterator[Headline]:
    for text in findings.headlines(signatures):
        shares = {} if signatures is None else signatures.any
        high, medium = (_low(shares[name][1]) for name in ("high", "medium"))
        if shares["high"][0]:
            yield Headline("signatures", Tier.ALARM, high, text)
        elif shares["medium"][0] and medium >= LEAST_GAP:
            yield Headline("signatures", Tier.GAP, medium, text)
        else:
            yield Headline("signatures", Tier.CLEAR, 1.0, text)
    for text in triggers.headlines(candidates):
        if candidates is None:
            continue
        touched = max(
            (one.documents / max(1, kind.of) for kind in candidates.kinds
             for one in kind.candidates if one.strength != "weak"),
            default=0.0,
        )  # fmt: skip
        if candidates.strong:
            yield Headline("triggers", Tier.ALARM, touched, text)
        elif candidates.notable:
            yield gap("triggers", touched, text)
        else:
            yield Headline("triggers", Tier.CLEAR, 0.9, text)


def _policy(judged: Verdict | None) -> Iterator[Headline]:
    failed = [rule for rule in judged.rules if rule.status == "fail"] if judged else []
    if not failed:
        return
    first, others = failed[0], len(failed) - 1
    said = f": {first.groups[0]}" if first.groups else ""
    also = f"; so {'does' if others == 1 else 'do'} {formats.plural(others, 'other rule')}"
    yield Headline(
        "findings",
        Tier.POLICY,
        1.0,
        f"Rule {first.id} of the policy fails{said}{also if others else ''}.",
    )


def _represented(
    totals: Totals, languages: Sequence[LanguageFigures], overall: Representation | None
) -> Iterator[Headline]:
    if not totals.documents:
        yield Headline("composition", Tier.CONTEXT, 1.0, sentences.NOTHING)
    else:
        yield Headline(
            "composition", Tier.CONTEXT, 1.0, sentences.composition_sentence(totals, languages)
        )
    measured = [row for row in languages if row.representation is not None]
    if measured and overall is not None:
        yield from _gender(measured, overall, alone=len(languages) == 1)
    for text in sentences.reject_sentences(totals):
        yield gap("rejects", totals.rejected / max(1, totals.read), text)


def _unmeasured(totals: Totals, languages: Sequence[LanguageFigures]) -> Iterator[Headline]:
    unmeasured = [row for row in languages if row.representation is None]
    share = sum(row.documents for row in unmeasured) / max(1, totals.documents)
    for text in sentences.unmeasured_sentences(totals, unmeasured):
        yield gap("gender", share, text)


def _gender(
    measured: Sequence[LanguageFigures], overall: Representation, *, alone: bool
) -> Iterator[Headline]:
    part = overall.feminine_part
    if part is None:
        yield from _context("gender", 0.9, sentences.gender_sentences(measured, overall))
        return
    # In the order of the sentences: the part, in how many languages, the largest, documents, and
    # ambiguous forms; what is beside the point in a corpus of one language is left out there.
    leans = [row.representation.lean for row in measured if row.representation is not None]
    leaning = sum(map(bool, leans)) / len(leans)
    for text in sentences.part_sentences(overall):
        yield (
            gap("gender", distance, text)
            if (distance := _from_half(part)) > 0
            else Headline("gender", Tier.CONTEXT, 0.9, text)
        )
    widest = max(measured, key=lambda row: _from_half(_part(row)))
    distance = _from_half(_part(widest))
    if len(measured) > 1 and distance > 0:
        for text in sentences.widest_sentences(widest, len(measured)):
            yield gap("gender", distance, text)
    lean = sentences.lean_sentence(measured)
    if len(measured) > 1 and leaning:
        yield gap("gender", leaning, lean)
    else:
        # Of the only language of a corpus the part has said it already, with numbers.
        yield Headline("gender", Tier.CONTEXT, 0.2 if alone and leaning else 0.8, lean)
    yield from _context("gender", 0.6, sentences.ambiguous_sentences(measured))
    yield from _context("gender", 0.5, sentences.largest_sentences(measured))
    yield from _context("gender", 0.4, sentences.match_sentences(overall))


def _part(row: LanguageFigures) -> Estimate | None:
    """The part of a language that leans beyond chance, in documents enough to say so."""
    figures = row.representation
    if figures is None or not figures.lean:
        return None
    documents = max(figures.classes[name].documents for name in ("feminine", "masculine"))
    return figures.feminine_part if documents >= FEW_DOCUMENTS else None


def _from_half(part: Estimate | None) -> float:
    """How far from equal a part of two is, by the nearer bound: 0 equal or not known, 1 all."""
    if part is None or part.interval is None:
        return 0.0
    return 2 * max(0.0, part.interval.low - 0.5, 0.5 - part.interval.high)


def _sources(comparisons: Comparisons) -> Iterator[Headline]:
    """The two sources of one language whose intervals are furthest apart."""
    widest: tuple[float, str] | None = None
    for comparison in comparisons.compared:
        known = [
            (group.label, part)
            for group in comparison.groups
            if (part := group.representation.feminine_part) is not None
            and part.interval is not None
            and not any(
                group.representation.classes[name].few for name in ("feminine", "masculine")
            )
        ]
        for (above, high), (below, low) in itertools.permutations(known, 2):
            if high.interval is None or low.interval is None:
                continue
            apart = high.interval.low - low.interval.high
            if apart > 0 and (widest is None or apart > widest[0]):
                text = (
                    f"In {comparison.language.name}, {formats.percent(high.value)} of the gendered "
                    f"words are feminine in {above} "
                    f"({formats.percent_interval(high)}), {formats.percent(low.value)} in {below} "
                    f"({formats.percent_interval(low)}; 95% intervals)."
                )
                widest = apart, text
    if widest is not None:
        yield gap("sources", *widest)


def _duplicates(figures: duplicates.DuplicateFigures | None) -> Iterator[Headline]:
    if figures is None:
        return
    texts = list(duplicates.headlines(figures))
    if texts and not figures.part.documents:
        yield Headline("duplicates", Tier.CLEAR, 0.8, texts[0])
    elif texts:
        size = max(_low(figures.part.of_documents), figures.part.of_bytes or 0.0)
        yield gap("duplicates", size, texts[0])
        yield from _context("duplicates", 0.45, texts[1:])
    if figures.earlier is not None:
        size = _low(figures.earlier.exact.of_documents)
        for text in duplicates.earlier_headline(figures):
            yield gap("duplicates", size, text)


def _repetition(figures: repetition.RepetitionFigures | None) -> Iterator[Headline]:
    for text in repetition.headlines(figures):
        of_bytes = figures.kinds[0].levels[0].of_bytes if figures is not None else None
        yield gap("repetition", of_bytes or 0.0, text)


def _contamination(figures: contamination.ContaminationFigures | None) -> Iterator[Headline]:
    for text in contamination.headlines(figures):
        benchmarks = figures.benchmarks if figures is not None else ()
        if not any(each.counts[0] for each in benchmarks):
            yield Headline("contamination", Tier.CLEAR, 0.7, text)
            continue
        size = max((_low(each.mostly) for each in benchmarks if not each.few), default=0.0)
        yield gap("contamination", size, text)


def _low(share: Estimate | None) -> float:
    if share is None:
        return 0.0
    return share.value if share.interval is None else share.interval.low
