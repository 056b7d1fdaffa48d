"""What changed between two audits: effects with intervals, and which of them to look at.

A change is *flagged* where q < .05 (Benjamini–Yekutieli over every test of the comparison) and the
relative change is at least 10%: with a billion documents everything is significant, and with ten
languages of thirty documents everything is large.

Documents are the sample. Two audits are taken to be independent unless both hold ``signatures``;
then documents with the same bytes in both count as the same, and the two estimates are correlated
by ρ = √(f₁·f₂), where f is the part of an audit that stands in the other one too. Single documents'
matches are not in the tables, so f is the smallest of the parts by documents, by bytes and by
squared bytes: the variance is rather over- than understated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_assay.reports import comparability, inference, measures, pairing, statistics
from corpus_assay.reports.audit import ReportError
from corpus_assay.reports.comparability import Barrier
from corpus_assay.reports.formats import count, percent, plural, visible
from corpus_assay.reports.measures import Key, Measures, Place, Ratio, Sample, Share
from corpus_assay.reports.model import FEW_DOCUMENTS
from corpus_assay.reports.statistics import Estimate, Interval

LEVEL = 0.05
RELATIVE = 0.1
"""A change is flagged from this relative size on, and from `LEVEL` down."""

MAX_GROUPS = 1000
"""Groups of one source and one language that are compared: those of the most documents."""

MAX_SOURCES = 200
"""Sources that are compared over all their languages: those of the most documents."""

MIN_GROUP = 30
"""Documents that such a group must have in each audit."""

OTHER = "(other)"
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("table", "metric", "source", "language")),
        pa.field("kind", pa.string()),
        *(
            pa.field(f"{side}_{name}", kind)
            for side in ("old", "new")
            for name, kind in (
                ("numerator", pa.int64()),
                ("denominator", pa.int64()),
                ("value", pa.float64()),
                ("low", pa.float64()),
                ("high", pa.float64()),
            )
        ),
        *(pa.field(name, pa.float64()) for name in ("effect", "effect_low", "effect_high")),
        *(pa.field(name, pa.float64()) for name in ("relative", "correlation", "p", "q")),
        pa.field("comparable", pa.bool_()),
        pa.field("flagged", pa.bool_()),
        pa.field("note", pa.string()),
    ]
)
"""Columns of ``tables/changes.parquet``, one measure a row. source and language are null where all
are meant; effect is new − old; relative is effect over the old value, of F − M over the old share
of feminine and masculine words, and null where that is 0; p and q are null where there is no test,
and note says why."""


@dataclass(frozen=True)
class Change:
    """A measure in both audits."""

    key: Key
    old: Sample
    new: Sample
    before: Estimate
    after: Estimate
    effect: float
    interval: Interval | None
    relative: float | None
    correlation: float
    p: float | None
    q: float | None
    comparable: bool
    note: str

    @property
    def flagged(self) -> bool:
        """Whether it is worth a look: certain enough, and large enough."""
        if self.q is None or self.q >= LEVEL:
            return False
        return self.relative is None or abs(self.relative) >= RELATIVE


@dataclass(frozen=True)
class SourceChange:
    """Documents of a source in both audits; status is new, vanished, grown, shrunk (by 10% or
    more) or about the same."""

    name: str
    old: int
    new: int
    status: str


@dataclass(frozen=True)
class TriggerChange:
    """A trigger that stands in the list of only one of the audits."""

    kind: str
    trigger: str
    response: str
    status: str
    documents: int


@dataclass(frozen=True)
class Side:
    """One of the two audits."""

    folder: str
    created: str
    version: str
    documents: int
    words: int
    languages: int
    sources: int
    rejected: int


@dataclass(frozen=True)
class Comparison:
    """Two audits side by side; `changes` in the order of their keys."""

    old: Side
    new: Side
    barriers: tuple[Barrier, ...]
    changes: tuple[Change, ...]
    tests: int
    sources: tuple[SourceChange, ...]
    triggers: tuple[TriggerChange, ...]
    languages_new: tuple[str, ...]
    languages_vanished: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]
    groups_left_out: int
    pairing: str
    names: Mapping[str, str]

    @property
    def flagged(self) -> tuple[Change, ...]:
        """Flagged changes, the largest first."""
        found = [change for change in self.changes if change.flagged]
        return tuple(sorted(found, key=_by_size))


def _by_size(change: Change) -> tuple[float, float, Key]:
    """The largest first, by the end of the interval that is nearer to no change."""
    size = math.inf
    if change.relative and change.interval is not None and change.effect:
        nearer = min(abs(change.interval.low), abs(change.interval.high))
        size = abs(change.relative / change.effect) * nearer
    key = change.key._replace(source=change.key.source or "", language=change.key.language or "")
    return -size, 2.0 if change.q is None else change.q, key


def compare(old: Path, new: Path, *, assume_comparable: bool = False) -> Comparison:
    """Compare two audit folders.

    Args:
        old: the earlier audit.
        new: the later one.
        assume_comparable: test also what was measured in different ways; it is still said.

    Raises:
        ReportError: a folder is no complete audit.
    """
    first, second = measures.load(old), measures.load(new)
    try:
        return _compare(first, second, assume_comparable)
    except ValueError as error:
        raise ReportError(
            f"the tables of {old} or {new} do not fit together: {error}; run the audit again"
        ) from error


def _compare(first: Measures, second: Measures, assume_comparable: bool) -> Comparison:
    barriers, obstacles = comparability.barriers(first, second)
    places, left_out = _places(first, second)
    stopped = {} if assume_comparable else obstacles.languages
    old, new = (measures.samples(each, places, stopped) for each in (first, second))
    shared, how = pairing.correlations(first, second)
    changes = []
    for key in sorted({*old, *new}, key=lambda k: (*k[:2], k[2] or "", k[3] or "", k[4])):
        pair = _both(key, old, new, first, second)
        if pair is None:
            continue
        reason = "" if assume_comparable else obstacles.reason(key)
        correlation = shared.get((key.source, key.language), 0.0)
        if key.metric in ("of_all_documents", "of_all_words"):
            correlation = shared.get((None, None), 0.0)
        changes.append(_change(key, *pair, correlation, reason))
    tested = [place for place, change in enumerate(changes) if change.p is not None]
    q = inference.benjamini_yekutieli([changes[place].p or 0.0 for place in tested])
    for place, value in zip(tested, q, strict=True):
        changes[place] = replace(changes[place], q=value)
    missing = [
        *((name, "NEW") for name in sorted(first.tables - second.tables)),
        *((name, "OLD") for name in sorted(second.tables - first.tables)),
    ]
    unread = {**first.unread, **second.unread}
    return Comparison(
        old=_side(first),
        new=_side(second),
        barriers=tuple(barriers),
        changes=tuple(changes),
        tests=len(tested),
        sources=_sources(first, second),
        triggers=_triggers(first, second),
        languages_new=tuple(sorted(set(second.languages) - set(first.languages))),
        languages_vanished=tuple(sorted(set(first.languages) - set(second.languages))),
        missing=tuple((visible(name, 60), side) for name, side in missing),
        left_out=tuple((visible(name, 60), why) for name, why in sorted(unread.items())),
        groups_left_out=left_out,
        pairing=how,
        names=names_of(first, second),
    )


def _side(audit: Measures) -> Side:
    return Side(
        folder=visible(audit.folder.resolve().name, 100),
        created=visible(audit.manifest["created"], 40),
        version=visible(audit.manifest["tool"].get("version", ""), 40),
        documents=audit.documents,
        words=sum(row[3] for row in audit.sizes.values()),
        languages=len(set(audit.languages) - {"und"}),
        sources=len(audit.sources),
        rejected=audit.records.get("rejected", 0),
    )


def names_of(*audits: Measures) -> dict[str, str]:
    """Names of the languages of audits by code, safe to print."""
    names = {"und": "Undetermined"}
    for audit in audits:
        for code, entry in audit.manifest["languages"].items():
            known = entry.get("name") if isinstance(entry, dict) else None
            names.setdefault(code, visible(known or code, 40))
    return names


def _places(first: Measures, second: Measures) -> tuple[list[Place], int]:
    """All documents, languages, sources, and sources of a language, with how many of the last two
    are not compared."""
    places: list[Place] = [(None, None)]
    places += [(None, language) for language in {*first.languages, *second.languages}]
    shared = [name for name in first.sources if name in second.sources and name != OTHER]
    shared.sort(key=lambda name: (-min(first.sources[name], second.sources[name]), name))
    places += [(source, None) for source in shared[:MAX_SOURCES]]
    groups = []
    small = len(shared[MAX_SOURCES:])
    for place, row in first.sizes.items():
        source, language = place
        documents = min(row[0], second.sizes.get(place, [0])[0])
        if source == OTHER or not documents:
            continue
        if all(each.sizes[place][0] == each.languages[language or ""] for each in (first, second)):
            continue  # it is its language
        if documents < MIN_GROUP:
            small += 1
        else:
            groups.append((-documents, place))
    groups.sort(key=lambda group: (group[0], group[1][0] or "", group[1][1] or ""))
    places += [place for _, place in groups[:MAX_GROUPS]]
    return places, small + len(groups[MAX_GROUPS:])


def _both(
    key: Key, old: Mapping[Key, Sample], new: Mapping[Key, Sample], *audits: Measures
) -> tuple[Sample, Sample] | None:
    """A measure on both sides: what one of them did not find at all is 0 of what it looked at."""
    first, second = old.get(key), new.get(key)
    if first is None and second is not None:
        first = _nothing(key, second, old, audits[0])
    elif second is None and first is not None:
        second = _nothing(key, first, new, audits[1])
    return None if first is None or second is None else (first, second)


def _nothing(
    key: Key, other: Sample, samples: Mapping[Key, Sample], audit: Measures
) -> Sample | None:
    if not isinstance(other, Share) or key.source is not None:
        return None
    if key.metric == "of_all_documents":
        return Share(0, audit.documents)
    if key.table == "lengths":
        return Share(0, audit.documents)
    if key.table == "rejects" and "rejects" in audit.tables:
        return Share(0, audit.records.get("read", 0))
    if key.metric != "of_documents" or key.table not in audit.tallies:
        return None
    # A kind that occurs nowhere in one of the audits has no row there, in languages it measures.
    if not audit.covered(key.table, key.language) or key.table in measures.LEXICON_SECTIONS:
        return None
    whole = samples.get(Key("corpus", "empty_share", key.source, key.language))
    return Share(0, whole.whole) if isinstance(whole, Share) else None


def _change(key: Key, old: Sample, new: Sample, correlation: float, reason: str) -> Change:
    before, after = old.estimate, new.estimate
    if before is None or after is None:
        missing = Estimate(math.nan)
        note = "nothing to divide by in one of the audits"
        before, after = before or missing, after or missing
        nothing = (math.nan, None, None, correlation, None, None, not reason)
        return Change(key, old, new, before, after, *nothing, reason or note)
    note = reason
    if isinstance(old, Share) and isinstance(new, Share) and before.interval and after.interval:
        difference = inference.of_shares(
            old.counts, new.counts, (before.interval, after.interval), correlation=correlation
        )
    else:
        difference = inference.of_ratios(before, after, correlation)
    p = difference.p
    ratios = isinstance(old, Ratio) and isinstance(new, Ratio)
    if p is None and not note:
        p = _of_occurrence(old, new)
        ratios = ratios and p is None
    if ratios and p is not None and not note and (old.few or new.few):  # type: ignore[union-attr]
        note = f"fewer than {FEW_DOCUMENTS} documents with a match"
    if p is None and not note:
        note = "no variation between documents" if isinstance(old, Ratio) else "no difference"
    return Change(
        key, old, new, before, after, difference.effect, difference.interval,
        _relative(old, new, difference.effect), correlation,
        None if note else p, None, not reason, note,
    )  # fmt: skip


def _of_occurrence(old: Sample, new: Sample) -> float | None:
    """p of a measure that is exactly 0 in one of the audits, by the documents in which it is not:
    without a match there is no variance between documents to test by."""
    if not isinstance(old, Ratio) or not isinstance(new, Ratio):
        return None
    if bool(old.numerator) is bool(new.numerator) or not old.occurs or not new.occurs:
        return None
    shares = [statistics.wilson(*occurs) for occurs in (old.occurs, new.occurs)]
    first, second = (share.interval if share else None for share in shares)
    if first is None or second is None:
        return None
    return inference.of_shares(old.occurs, new.occurs, (first, second)).p


def _relative(old: Sample, new: Sample, effect: float) -> float | None:
    base: float = old.estimate.value if old.estimate else 0.0
    if isinstance(old, Ratio) and old.signed:
        base = (old.scale or 0) / old.denominator
    if effect == 0:
        return 0.0
    return effect / abs(base) if base else None


def _sources(first: Measures, second: Measures) -> tuple[SourceChange, ...]:
    rows = []
    for name in sorted({*first.sources, *second.sources}):
        old, new = first.sources.get(name, 0), second.sources.get(name, 0)
        if name == OTHER:
            continue
        if not old or not new:
            status = "new" if new else "vanished"
        elif abs(new - old) < RELATIVE * old:
            status = "about the same"
        else:
            status = "grown" if new > old else "shrunk"
        rows.append(SourceChange(visible(name, 120), old, new, status))
    order = {"vanished": 0, "new": 1, "grown": 2, "shrunk": 2, "about the same": 3}
    rows.sort(key=lambda row: (order[row.status], -abs(row.new - row.old), row.name))
    return tuple(rows)


def _triggers(first: Measures, second: Measures) -> tuple[TriggerChange, ...]:
    """Triggers that came or went. They were chosen by what the data show, so a test of them would
    test the choice."""
    if first.triggers is None or second.triggers is None:
        return ()
    rows = []
    for status, found, other in (
        ("new", second.triggers, first.triggers),
        ("vanished", first.triggers, second.triggers),
    ):
        rows += [
            TriggerChange(visible(kind), visible(trigger), visible(response), status, documents)
            for (kind, trigger, response), documents in found.items()
            if (kind, trigger, response) not in other
        ]
    return tuple(sorted(rows, key=lambda row: (row.status, -row.documents, row.kind, row.trigger)))


# What is written ----------------------------------------------------------------------------------


def table(comparison: Comparison) -> pa.Table:
    """All changes, with schema `SCHEMA`."""
    rows = [_row(change) for change in comparison.changes]
    columns = {name: [row[name] for row in rows] for name in SCHEMA.names}
    return pa.table(columns, schema=SCHEMA)


def _row(change: Change) -> dict[str, Any]:
    key = change.key
    row: dict[str, Any] = {
        "table": key.table,
        "metric": key.metric,
        "source": None if key.source is None else visible(key.source, 1000),
        "language": key.language,
        "kind": visible(key.kind, 1000),
    }
    for side, sample, estimate in (
        ("old", change.old, change.before),
        ("new", change.new, change.after),
    ):
        interval = estimate.interval
        row[f"{side}_numerator"], row[f"{side}_denominator"] = sample.counts
        row[f"{side}_value"] = _finite(estimate.value)
        row[f"{side}_low"] = interval.low if interval else None
        row[f"{side}_high"] = interval.high if interval else None
    row["effect"] = _finite(change.effect)
    row["effect_low"] = change.interval.low if change.interval else None
    row["effect_high"] = change.interval.high if change.interval else None
    row |= {name: getattr(change, name) for name in ("relative", "correlation", "p", "q")}
    row |= {name: getattr(change, name) for name in ("comparable", "flagged", "note")}
    return row


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison for machines: everything but the changes that are not flagged, which are in
    ``tables/changes.parquet``. Only types that JSON has; shares are of 1, intervals 95%."""
    return {
        "format": 1,
        "old": asdict(comparison.old),
        "new": asdict(comparison.new),
        "differences": [asdict(barrier) for barrier in comparison.barriers],
        "not_in": [{"table": name, "side": side} for name, side in comparison.missing],
        "left_out": [{"table": name, "reason": why} for name, why in comparison.left_out],
        "groups_left_out": comparison.groups_left_out,
        "independence": comparison.pairing,
        "rule": {"q_below": LEVEL, "relative_from": RELATIVE, "procedure": "Benjamini-Yekutieli"},
        "measures": len(comparison.changes),
        "tests": comparison.tests,
        "not_comparable": sum(not change.comparable for change in comparison.changes),
        "flagged": [_row(change) for change in comparison.flagged],
        "sources": [asdict(row) for row in comparison.sources],
        "triggers": [asdict(row) for row in comparison.triggers],
        "languages": {
            "new": list(comparison.languages_new),
            "vanished": list(comparison.languages_vanished),
        },
    }


_METRICS = {
    "of_words": "words",
    "of_documents": "documents",
    "of_gendered": "documents with a gendered pronoun",
    "of_records": "records",
}


def label(key: Key, names: Mapping[str, str]) -> str:
    """A measure in words, safe to print: "English: feminine, of words (gender)"."""
    where = []
    if key.language is not None:
        where.append(names.get(key.language, visible(key.language, 40)))
    if key.source is not None:
        where.append(f"source {visible(key.source, 60) or '(none)'}")
    return f"{', '.join(where) or 'All'}: {what(key)}"


def what(key: Key) -> str:
    """The measure without its group."""
    kind = visible(key.kind, 80).replace("_", " ")
    named = {
        ("corpus", "of_all_documents"): "share of all documents",
        ("corpus", "of_all_words"): "share of all words",
        ("corpus", "words_per_document"): "words per document",
        ("corpus", "empty_share"): "documents without a word",
        ("gender", "part_of_gendered"): "feminine of feminine and masculine words",
        ("gender_contrast", "of_words"): "feminine − masculine, of words",
        ("files", "rejected_share"): "rejected records",
        ("files", "repaired_share"): "repaired documents",
        ("rejects", "of_records"): f"rejected: {kind}",
        ("lengths", "of_documents"): f"documents from {kind} words",
    }
    table = visible(key.table, 60).replace("_", " ")
    of = _METRICS.get(key.metric, visible(key.metric, 60))
    return named.get((key.table, key.metric), f"{table}, {kind}, of {of}")


def value(key: Key, number: float, signed: bool = False) -> str:
    """A value of a measure as people read it: per 1,000 words, per cent, or words."""
    if not math.isfinite(number):
        return "–"
    sign = "+" if signed and number > 0 else "−" if number < 0 else ""
    size = abs(number)
    if key.metric == "words_per_document":
        return f"{sign}{size:,.4g}"
    if key.metric == "of_words":
        return f"{sign}{size * 1000:,.3g} ‰"
    if signed:
        return f"{sign}{percent(size).removesuffix('%')} points"
    return f"{sign}{percent(size)}"


def between(key: Key, interval: Interval, signed: bool = False) -> str:
    """An interval, its unit once: 33.1% to 35.3%, +2 to +4 points."""
    low, high = (value(key, bound, signed) for bound in (interval.low, interval.high))
    unit = " points" if low.endswith(" points") else " ‰" if low.endswith(" ‰") else ""
    return f"{low.removesuffix(unit)} to {high}"


def relative(change: Change) -> str:
    """+12%; × 14 from ten times on; "from 0" where there is nothing to compare with."""
    if change.relative is None:
        return "from 0"
    if change.relative >= 9:
        return f"× {change.relative + 1:,.3g}"
    return f"{change.relative * 100:+.3g}%".replace("-", "−")


def probability(number: float) -> str:
    """A p or q: 0.0013, 3e−12, and never 0."""
    if number < 1e-99:
        return "< 1e−99"
    return f"{number:.2g}".replace("-", "−")


def headlines(comparison: Comparison) -> list[str]:
    """What is to be said first, as sentences."""
    flagged = len(comparison.flagged)
    stopped = sum(not change.comparable for change in comparison.changes)
    said = [
        f"{plural(flagged, 'measure')} of {count(comparison.tests)} tested changed by 10% or more "
        "beyond chance."
        if flagged
        else f"None of {count(comparison.tests)} tested measures changed by 10% or more beyond "
        "chance."
    ]
    if stopped:
        said.append(f"{plural(stopped, 'measure')} cannot be compared: the audits were made in "
                    "different ways.")  # fmt: skip
    old, new = comparison.old, comparison.new
    said.append(f"Documents: {count(old.documents)} before, {count(new.documents)} now.")
    for status, verb in (("vanished", "gone"), ("new", "new")):
        names = [row.name or "(no name)" for row in comparison.sources if row.status == status]
        if names:
            said.append(f"{plural(len(names), 'source')} {verb}: {comparability.some(names)}.")
    for status, verb in (("vanished", "gone"), ("new", "new")):
        triggers = [row.trigger for row in comparison.triggers if row.status == status]
        if triggers:
            listed = comparability.some(triggers)
            said.append(f"{plural(len(triggers), 'possible trigger')} {verb}: {listed}.")
    for codes, verb in ((comparison.languages_vanished, "gone"), (comparison.languages_new, "new")):
        if codes:
            named = [comparison.names.get(code, code) for code in codes]
            said.append(f"{plural(len(named), 'language')} {verb}: {comparability.some(named)}.")
    return said


def summary(comparison: Comparison, limit: int = 20) -> str:
    """Plain text, safe to print."""
    lines = [
        f"OLD {comparison.old.folder} ({comparison.old.created})",
        f"NEW {comparison.new.folder} ({comparison.new.created})",
        "",
    ]
    for barrier in comparison.barriers:
        stops = f": not compared: {barrier.stops}" if barrier.stops else ""
        lines.append(f"! {barrier.what}: {barrier.old} → {barrier.new}{stops}")
    lines += [f"! table {name}: not in {side}" for name, side in comparison.missing]
    lines += [f"* {said}" for said in headlines(comparison)]
    flagged = comparison.flagged
    lines += [""] * bool(flagged)
    lines += [f"  {line(change, comparison.names)}" for change in flagged[:limit]]
    if len(flagged) > limit:
        lines.append(f"  and {len(flagged) - limit:,} more in the report")
    lines += ["", f"Flagged where q < {LEVEL:g} (Benjamini–Yekutieli) and the change is 10% or "
              "more of the old value.", f"Independence: {comparison.pairing}."]  # fmt: skip
    return "\n".join(lines) + "\n"


def line(change: Change, names: Mapping[str, str]) -> str:
    """A change in one line."""
    key = change.key
    interval = ""
    if change.interval is not None:
        interval = f"; change {between(key, change.interval, True)}"
    q = "" if change.q is None else f", q = {probability(change.q)}".replace("= <", "<")
    return (
        f"{label(key, names)}: {value(key, change.before.value)} → "
        f"{value(key, change.after.value)} ({relative(change)}{interval}{q})"
    )
