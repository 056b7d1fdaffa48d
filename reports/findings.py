"""Findings of an audit, as the page shows them: rules, evidence, and the documents to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct
from numpy.typing import NDArray

from corpus_assay.reports import formats, statistics
from corpus_assay.reports.audit import Audit, ReportError, grown_parts
from corpus_assay.reports.model import ANY, LanguageFigures
from corpus_assay.reports.statistics import Estimate

SEVERITIES = ("high", "medium", "low", "info")
WEIGHTS: Mapping[str, int] = {"high": 100, "medium": 10, "low": 1}
"""What a rule adds to the weight of a document that it finds, once for each rule."""
TOP_SUSPECTS = 50
TOP_EXAMPLES = 3
TOP_LANGUAGES = 300
PER = 100_000
ROWS_AT_ONCE = 1_000_000
"""Findings that are held at once while documents are ranked."""
MAX_EXCERPT = 400


class Evidence(Struct, frozen=True):
    """Findings of one rule in one document: the first of them, and their `count`. Texts are
    harmless."""

    file: int
    position: int
    rule: str
    severity: str
    id: str
    source: str
    language: str
    field: str
    start: int
    end: int
    excerpt: str
    count: int


class Example(Struct, frozen=True):
    """Evidence with the name of its file."""

    where: str
    evidence: Evidence


class RuleFigures(Struct, frozen=True):
    """A rule and what it found. `share` is of all documents, with its Wilson interval."""

    id: str
    name: str
    severity: str
    why: str
    false_positives: str
    reference: str
    matches: int
    documents: int
    share: Estimate | None
    examples: tuple[Example, ...]


class Suspect(Struct, frozen=True):
    """A document by the weight of evidence against it: `WEIGHTS` of each rule that found it."""

    where: str
    id: str
    source: str
    weight: int
    rules: tuple[str, ...]


class LanguageFindings(Struct, frozen=True):
    """Documents of a language with findings of each severity, high first."""

    language: LanguageFigures
    shares: Mapping[str, tuple[int, Estimate | None]]


class FindingFigures(Struct, frozen=True):
    """Known signatures of attacks: `found` rules by severity, `absent` ones, and personal data."""

    documents: int
    any: Mapping[str, tuple[int, Estimate | None]]
    found: tuple[RuleFigures, ...]
    counted: tuple[RuleFigures, ...]
    absent: tuple[RuleFigures, ...]
    personal: tuple[RuleFigures, ...]
    languages: tuple[LanguageFindings, ...]
    suspects: tuple[Suspect, ...]
    flagged: int
    listed: int
    keep: int
    excerpts: bool


def headlines(figures: FindingFigures | None) -> Iterator[str]:
    """How many documents hold a signature of high severity, and of which rule the most."""
    if figures is None or not figures.documents:
        return
    (high, share), (medium, _) = figures.any["high"], figures.any["medium"]
    if not high:
        yield (
            "No document holds a signature of a known attack of high severity; "
            f"{formats.count(medium)} of {formats.plural(figures.documents, 'document')} "
            f"{'holds' if medium == 1 else 'hold'} one of medium severity."
        )
        return
    part = f" ({formats.percent(share.value)})" if share else ""
    most = next(rule for rule in figures.found if rule.severity == "high")
    yield (
        f"{formats.plural(high, 'document')}{part} {'holds' if high == 1 else 'hold'} a signature "
        f"of a known attack of high severity, most often: {most.name} "
        f"({formats.plural(most.documents, 'document')})."
    )


def summary(figures: FindingFigures | None) -> dict[str, Any] | None:
    """Documents by severity and by rule, as plain data."""
    if figures is None:
        return None
    rules = (*figures.found, *figures.counted, *figures.personal)
    return {
        "documents": {severity: count for severity, (count, _) in figures.any.items()},
        "rules": {
            rule.id: {
                "severity": rule.severity,
                "matches": rule.matches,
                "documents": rule.documents,
            }
            for rule in rules
        },
    }


def findings(audit: Audit, languages: Sequence[LanguageFigures]) -> FindingFigures | None:
    """What the rules found; None where they were not asked. Memory: `ROWS_AT_ONCE` findings."""
    if "finding_counts" not in audit.tables:
        return None
    documents = sum(language.documents for language in languages)
    sums, by_language = _sums(audit.tables["finding_counts"])
    about = _about(audit)
    looked = _look(audit)
    figures = []
    for rule in about:
        matches, with_match = sums.get((rule["id"], rule["severity"]), (0, 0))
        figures.append(
            RuleFigures(
                rule["id"],
                formats.visible(rule["name"], 200),
                rule["severity"],
                formats.visible(rule["why"], 1000),
                formats.visible(rule["false_positives"], 1000),
                formats.visible(rule["reference"], 300),
                matches,
                with_match,
                statistics.wilson(min(with_match, documents), documents),
                looked.examples.get(rule["id"], ()),
            )
        )
    personal = {rule["id"] for rule in about if rule["kind"] == "personal"}
    figures.sort(key=lambda r: (SEVERITIES.index(r.severity), -r.documents, r.id))
    attacks = [rule for rule in figures if rule.id not in personal]
    return FindingFigures(
        documents,
        _severities(sums, documents),
        tuple(r for r in attacks if r.documents and r.severity != "info"),
        tuple(r for r in attacks if r.documents and r.severity == "info"),
        tuple(r for r in attacks if not r.documents),
        tuple(r for r in figures if r.id in personal),
        tuple(
            LanguageFindings(row, _severities(by_language.get(row.code, {}), row.documents))
            for row in languages[:TOP_LANGUAGES]
        ),
        looked.suspects,
        looked.flagged,
        looked.listed,
        int(audit.manifest.get("rules", {}).get("keep", 0)),
        audit.manifest["configuration"].get("excerpts") is not False,
    )


Sums = dict[tuple[str, str], tuple[int, int]]
"""Matches and documents by rule and severity."""


def _sums(table: pa.Table) -> tuple[Sums, dict[str, Sums]]:
    """Sums over sources, of whole documents: of all languages, and of each."""
    whole = table.filter(pc.equal(table.column("role"), ANY))
    grouped = whole.group_by(["language", "rule", "severity"]).aggregate(
        [("matches", "sum"), ("documents", "sum")]
    )
    total: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    by_language: dict[str, Sums] = defaultdict(dict)
    for row in grouped.to_pylist():
        key = row["rule"], row["severity"]
        by_language[row["language"]][key] = (row["matches_sum"], row["documents_sum"])
        total[key][0] += row["matches_sum"]
        total[key][1] += row["documents_sum"]
    return {key: (a, b) for key, (a, b) in total.items()}, dict(by_language)


def _severities(sums: Sums, documents: int) -> dict[str, tuple[int, Estimate | None]]:
    found = {}
    for severity in (*SEVERITIES[:-1], ANY):
        with_match = sums.get((ANY, severity), (0, 0))[1]
        found[severity] = with_match, statistics.wilson(min(with_match, documents), documents)
    return found


_TEXTS = ("id", "name", "severity", "kind", "why", "false_positives", "reference")


def _about(audit: Audit) -> list[dict[str, str]]:
    """The rules that were looked for, from the manifest."""
    rules = audit.manifest.get("rules")
    rows = rules.get("rules") if isinstance(rules, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReportError("audit.json does not list the rules of its findings: run the audit again")
    about = [{name: str(row.get(name, "")) for name in _TEXTS} for row in rows]
    return [row for row in about if row["severity"] in SEVERITIES]


def places(audit: Audit) -> list[str]:
    """Path of each file, by its number, harmless."""
    files = audit.tables["files"]
    rows = zip(files.column("file").to_pylist(), files.column("path").to_pylist(), strict=True)
    paths = {number: formats.visible(path, 300) for number, path in rows}
    return [paths.get(number, "?") for number in range(max(paths, default=-1) + 1)]


_COLUMNS = (
    *("file", "position", "rule", "severity", "id", "source", "language"),
    *("field", "start", "end", "excerpt"),
)


def grouped(audit: Audit) -> Iterator[list[Evidence]]:
    """Every finding, by document and rule, in portions that hold whole documents.

    The parts of the table are cut by hash, so a document's findings stand in several of them: a
    portion is made by reading all parts for its share of the documents. Memory: about
    `ROWS_AT_ONCE` findings.

    Raises:
        ReportError: a part cannot be read.
    """
    paths = grown_parts(audit.folder, "findings")
    rows = sum(pq.read_metadata(path).num_rows for path in paths)
    portions = -(-rows // ROWS_AT_ONCE)
    for portion in range(portions):
        kept = []
        for path in paths:
            try:
                with pq.ParquetFile(path) as file:
                    for batch in file.iter_batches(65536, columns=list(_COLUMNS)):
                        kept.append(batch.filter(pa.array(_share(batch, portions) == portion)))
            except (pa.ArrowException, OSError) as error:
                raise ReportError(
                    f"table 'findings' cannot be read from {path}: {error}; run the audit again"
                ) from error
        yield _grouped(pa.Table.from_batches(kept))


def _share(batch: pa.RecordBatch, portions: int) -> NDArray[np.uint64]:
    file = batch.column("file").to_numpy().astype(np.uint64)
    position = batch.column("position").to_numpy().astype(np.uint64)
    number = (position + (file << np.uint64(44))) * np.uint64(0x9E3779B97F4A7C15)
    share: NDArray[np.uint64] = (number >> np.uint64(32)) % np.uint64(portions)
    return share


def _grouped(table: pa.Table) -> list[Evidence]:
    keys = ["file", "position", "rule"]
    table = table.sort_by([(name, "ascending") for name in (*keys, "field", "start", "end")])
    rest = [name for name in _COLUMNS if name not in keys]
    groups = table.group_by(keys, use_threads=False).aggregate(
        [*((name, "first") for name in rest), ([], "count_all")]
    )
    return [
        Evidence(
            row["file"],
            row["position"],
            row["rule"],
            row["severity_first"],
            "" if row["id_first"] is None else formats.visible(row["id_first"], 80),
            formats.visible(row["source_first"], 80),
            row["language_first"] or "",
            formats.visible(row["field_first"], 80),
            row["start_first"],
            row["end_first"],
            formats.visible(row["excerpt_first"], MAX_EXCERPT, joiners=True),
            row["count_all"],
        )
        for row in groups.to_pylist()
    ]


class _Looked(Struct, frozen=True):
    """What one way through the findings gives."""

    examples: Mapping[str, tuple[Example, ...]]
    suspects: tuple[Suspect, ...]
    flagged: int
    listed: int


def _look(audit: Audit) -> _Looked:
    """The first findings of each rule by file and position, of different texts, and the documents
    with the greatest weight."""
    files = places(audit)
    examples: dict[str, list[Evidence]] = defaultdict(list)
    best: list[tuple[int, list[Evidence]]] = []
    flagged = listed = 0
    for portion in grouped(audit):
        documents: dict[tuple[int, int], list[Evidence]] = defaultdict(list)
        for row in portion:
            documents[row.file, row.position].append(row)
            if WEIGHTS.get(row.severity):
                examples[row.rule].append(row)
            listed += row.count
        flagged += len(documents)
        for rule, rows in examples.items():
            examples[rule] = _different(rows)
        best += [(sum(WEIGHTS.get(r.severity, 0) for r in of), of) for of in documents.values()]
        best.sort(key=lambda one: (-one[0], one[1][0].file, one[1][0].position))
        del best[TOP_SUSPECTS:]
    suspects = tuple(
        Suspect(
            _where(of[0], files),
            of[0].id,
            of[0].source,
            weight,
            tuple(row.rule for row in sorted(of, key=lambda r: (-WEIGHTS[r.severity], r.rule))),
        )
        for weight, of in best
    )
    shown = {
        rule: tuple(Example(_where(row, files), row) for row in rows)
        for rule, rows in examples.items()
    }
    return _Looked(shown, suspects, flagged, listed)


def _where(row: Evidence, files: Sequence[str]) -> str:
    return f"{files[row.file] if row.file < len(files) else '?'}, {row.position:,}"


def _different(rows: Sequence[Evidence]) -> list[Evidence]:
    chosen: list[Evidence] = []
    texts = set()
    for row in sorted(rows, key=lambda row: (row.file, row.position)):
        if row.excerpt and row.excerpt in texts:
            continue
        texts.add(row.excerpt)
        chosen.append(row)
        if len(chosen) == TOP_EXAMPLES:
            break
    return chosen


def per_documents(estimate: Estimate | None) -> str:
    """A share per 100,000 documents: 0.00012 → 12."""
    if estimate is None:
        return "–"
    value = estimate.value * PER
    return f"{value:,.1f}" if 0 < value < 100 else f"{value:,.0f}"


def per_documents_interval(estimate: Estimate | None) -> str:
    """Its interval: 3.1 to 22."""
    if estimate is None or estimate.interval is None:
        return ""
    low, high = estimate.interval.low * PER, estimate.interval.high * PER
    return " to ".join(f"{v:,.1f}" if 0 < v < 100 else f"{v:,.0f}" for v in (low, high))


def per_documents_bound(estimate: Estimate | None) -> str:
    """Its upper bound, in digits that suit it."""
    if estimate is None or estimate.interval is None:
        return "–"
    bound = estimate.interval.high * PER
    return f"{bound:,.1f}" if bound < 100 else f"{bound:,.0f}"
