"""Duplicates of an audit, as the page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from corpus_assay.reports import charts, formats, statistics
from corpus_assay.reports.audit import COLUMNS, Audit, ReportError, grown_parts
from corpus_assay.reports.differences import Piece, differences
from corpus_assay.reports.model import FEW_DOCUMENTS, LanguageFigures
from corpus_assay.reports.sentences import interval_note
from corpus_assay.reports.statistics import Estimate

SMALL_GROUP = 30
"""Documents below which a language or source is not ranked."""

TOP_MATRIX = 12
"""Sources in the matrix: those that share most documents with others."""

TOP_PAIRS = 50

LEVELS = (70, 80, 90)
"""Similarities, in per cent, at which the tables count what could be removed."""

MAX_EXCERPT = 10_000
"""Characters of an excerpt that are shown, marks such as ⟦U+202E⟧ included."""

KIND_NAMES = {
    "identical": "byte for byte the same",
    "exact": "the same words",
    "near": "nearly the same",
}

OTHER = "(other)"


class Part(Struct, frozen=True):
    """Documents and bytes that are removable, as shares of a whole."""

    documents: int
    bytes: int
    of_documents: Estimate | None
    of_bytes: float | None


class Level(Struct, frozen=True):
    """What could be removed at a similarity; None where it was not verified. `run` marks the
    threshold of the run, an `exact` level counts copies only."""

    similarity: float
    part: Part | None
    run: bool
    exact: bool


class Group(Struct, frozen=True):
    """A language or a source: all documents, and the removable ones by how they are like the kept
    document. `id` is the language's code or the source; `few` marks groups too small to be
    ranked."""

    id: str
    name: str
    documents: int
    bytes: int
    part: Part
    kinds: Mapping[str, int]
    few: bool


class SizeBucket(Struct, frozen=True):
    """Clusters of `start` to `end` documents; `copies` of them hold equal texts only."""

    start: int
    end: int
    clusters: int
    copies: int
    documents: int
    removable: int
    removable_bytes: int


class Shared(Struct, frozen=True):
    """Documents of source a that have a duplicate in source b (another document where a is b)."""

    first: str
    second: str
    documents: int
    exact: int
    of_documents: float
    of_bytes: float
    few: bool


class Overlap(Struct, frozen=True):
    """Which sources hold the same documents. `names` are those of the matrix; a row holds a share
    for each, None where nothing is shared. `rest` are sources folded into the last row."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    rest: int
    pairs: tuple[Shared, ...]
    hidden: int
    top: Shared | None


class Member(Struct, frozen=True):
    """A document of a cluster that is shown."""

    id: str
    place: str
    source: str
    language: str
    lang: str
    bytes: int
    pieces: tuple[Piece, ...]


class Cluster(Struct, frozen=True):
    """One of the largest clusters: the kept document, and another one of it."""

    size: int
    sources: int
    removable: int
    removable_bytes: int
    kind: str
    similarity: float
    other_removable: bool
    keep: Member
    other: Member

    @property
    def differs(self) -> bool:
        """Whether the excerpts show a difference."""
        return any(marked for _, marked in (*self.keep.pieces, *self.other.pieces))


class Earlier(Struct, frozen=True):
    """Documents that an earlier corpus holds too: of equal text, and `near`, whose similarity was
    `compared` exactly or is estimated, with a standard error up to `error`. `sources` are name,
    documents, equal ones and near ones, and the share of both in the source."""

    exact: Part
    near: Part
    compared: bool
    error: float
    sources: tuple[tuple[str, int, int, int, Estimate | None], ...]


class Method(Struct, frozen=True):
    """How duplicates were looked for; `recalls` are the expected shares of pairs found at two
    similarities, `work` the amounts of each step. None and empty where the manifest is silent."""

    threshold: float | None
    ngram: int | None
    permutations: int | None
    bands: int | None
    rows: int | None
    recalls: tuple[tuple[float, float], ...]
    work: Mapping[str, int]


class DuplicateFigures(Struct, frozen=True):
    """Everything that the section shows. `documents` and `bytes` are those of the corpus, `keep`
    counts clusters, `apart` documents of clusters that are too unlike the kept one."""

    documents: int
    bytes: int
    part: Part
    kinds: Mapping[str, Part]
    clusters: int
    clustered: int
    apart: int
    largest: int
    levels: tuple[Level, ...]
    languages: tuple[Group, ...]
    sources: tuple[Group, ...]
    overlap: Overlap | None
    sizes: tuple[SizeBucket, ...]
    near: tuple[Cluster, ...]
    copies: tuple[Cluster, ...]
    excerpts: bool
    earlier: Earlier | None
    method: Method

    @property
    def level(self) -> str:
        """The threshold in words, or nothing."""
        threshold = self.method.threshold
        return "" if threshold is None else f" at a similarity of {threshold:g} or more"


def duplicates(audit: Audit, languages: Sequence[LanguageFigures]) -> DuplicateFigures | None:
    """The figures; None if duplicates were not looked for."""
    if "duplicate_summary" not in audit.tables:
        return None
    summary = audit.tables["duplicate_summary"].to_pylist()
    kinds = audit.tables["duplicate_kinds"].to_pylist()
    sizes = sorted(audit.tables["duplicate_sizes"].to_pylist(), key=_cluster_size)
    total = _sums(summary)
    method = _method(audit)
    of_kind = {
        kind: _part(
            sum(row["removable_documents"] for row in kinds if row["kind"] == kind),
            sum(row["removable_bytes"] for row in kinds if row["kind"] == kind),
            total,
        )
        for kind in KIND_NAMES
    }
    names = {row.code: row for row in languages}
    examples = sorted(audit.tables["duplicate_examples"].to_pylist(), key=lambda row: row["rank"])
    paths = _paths(audit.tables["files"])
    shown: dict[str, list[Cluster]] = {"near": [], "copies": []}
    for row in examples:
        if row["clusters"] in shown:
            shown[row["clusters"]].append(_cluster(row, names, paths))
    return DuplicateFigures(
        documents=total["documents"],
        bytes=total["bytes"],
        part=_part(total["removable_documents"], total["removable_bytes"], total),
        kinds=of_kind,
        clusters=sum(row["clusters"] for row in sizes),
        clustered=total["clustered_documents"],
        apart=total["clustered_documents"]
        - total["removable_documents"]
        - sum(row["clusters"] for row in sizes),
        largest=sizes[-1]["cluster_size"] if sizes else 0,
        levels=_levels(summary, total, method.threshold),
        languages=_groups(
            summary, kinds, "language", lambda code: names[code].name if code in names else code
        ),
        sources=_groups(summary, kinds, "source", lambda name: name),
        overlap=_overlap(audit.tables["overlap"].to_pylist(), summary),
        sizes=_buckets(sizes),
        near=tuple(shown["near"]),
        copies=tuple(shown["copies"]),
        excerpts=audit.manifest["configuration"].get("excerpts") is not False,
        earlier=_earlier(audit, summary, total),
        method=method,
    )


def _cluster_size(row: Mapping[str, Any]) -> int:
    return int(row["cluster_size"])


def _sums(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Sums of the measures of ``duplicate_summary``; null counts as 0."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        for name, value in row.items():
            if name not in ("source", "language"):
                sums[name] += value or 0
    return sums


def _part(documents: int, size: int, whole: Mapping[str, int]) -> Part:
    return Part(
        documents,
        size,
        statistics.wilson(documents, whole["documents"]),
        size / whole["bytes"] if whole["bytes"] else None,
    )


def _levels(
    summary: Sequence[Mapping[str, Any]], total: Mapping[str, int], threshold: float | None
) -> tuple[Level, ...]:
    levels = []
    for level in LEVELS:
        name = f"removable_documents_{level}"
        verified = bool(summary) and all(row[name] is not None for row in summary)
        part = _part(total[name], total[f"removable_bytes_{level}"], total)
        same = threshold is not None and round(100 * threshold, 6) == level
        levels.append(Level(level / 100, part if verified else None, same, False))
    if threshold is not None and not any(level.run for level in levels):
        part = _part(total["removable_documents"], total["removable_bytes"], total)
        levels.append(Level(threshold, part, True, threshold >= 1))
    if not any(level.exact for level in levels):
        part = _part(total["removable_documents_exact"], total["removable_bytes_exact"], total)
        levels.append(Level(1.0, part, False, True))
    return tuple(sorted(levels, key=lambda level: level.similarity))


def _groups(
    summary: Sequence[Mapping[str, Any]],
    kinds: Sequence[Mapping[str, Any]],
    key: str,
    name: Any,
) -> tuple[Group, ...]:
    """Languages or sources, the largest first, small ones last and by name."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in summary:
        rows[row[key]].append(row)
    by_kind: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KIND_NAMES, 0))
    for row in kinds:
        if row["kind"] in KIND_NAMES:
            by_kind[row[key]][row["kind"]] += row["removable_documents"]
    groups = []
    for value, of in rows.items():
        sums = _sums(of)
        groups.append(
            Group(
                formats.visible(value, 120),
                formats.visible(name(value), 120),
                sums["documents"],
                sums["bytes"],
                _part(sums["removable_documents"], sums["removable_bytes"], sums),
                by_kind[value],
                sums["documents"] < SMALL_GROUP,
            )
        )
    return tuple(
        sorted(groups, key=lambda row: (row.few, 0 if row.few else -row.documents, row.name))
    )


# Between sources ----------------------------------------------------------------------------------


def _overlap(
    rows: Sequence[Mapping[str, Any]], summary: Sequence[Mapping[str, Any]]
) -> Overlap | None:
    """The matrix; None where there is one source only."""
    whole: dict[str, dict[str, int]] = {}
    for row in summary:
        sums = whole.setdefault(row["source"], defaultdict(int))
        sums["documents"] += row["documents"]
        sums["bytes"] += row["bytes"]
    if len(whole) < 2:
        return None
    cells = {(row["source_a"], row["source_b"]): row for row in rows if row["source_a"] in whole}
    shared = [
        _shared(key, row, whole[key[0]])
        for key, row in cells.items()
        if row["documents"] and key[0] != key[1]
    ]
    shared.sort(key=lambda each: (-each.documents, each.first, each.second))
    with_others: dict[str, int] = defaultdict(int)
    for (a, b), row in cells.items():
        if a != b:
            with_others[a] = max(with_others[a], row["documents"])
    chosen = sorted(
        (name for name, documents in with_others.items() if documents),
        key=lambda name: (-with_others[name], name),
    )[:TOP_MATRIX]
    chosen.sort(key=lambda name: (name == OTHER, -whole[name]["documents"], name))
    rest = [name for name in whole if name not in set(chosen)]
    matrix = [(formats.visible(name, 120), [name]) for name in chosen]
    if rest and chosen:
        matrix.append((formats.plural(len(rest), "other source"), rest))
    ranked = [each for each in shared if not each.few and each.first != OTHER]
    return Overlap(
        tuple(formats.visible(name, 120) for name in chosen),
        tuple(
            (label, tuple(_cell(of, column, cells, whole) for column in chosen))
            for label, of in matrix
        ),
        len(rest) if chosen else 0,
        tuple(shared[:TOP_PAIRS]),
        max(len(shared) - TOP_PAIRS, 0),
        max(ranked, key=lambda each: (each.of_documents, each.documents), default=None),
    )


def _shared(key: tuple[str, str], row: Mapping[str, Any], whole: Mapping[str, int]) -> Shared:
    return Shared(
        formats.visible(key[0], 120),
        formats.visible(key[1], 120),
        row["documents"],
        row["exact_documents"],
        row["documents"] / max(whole["documents"], 1),
        row["bytes"] / max(whole["bytes"], 1),
        row["documents"] < FEW_DOCUMENTS or whole["documents"] < SMALL_GROUP,
    )


def _cell(
    of: Sequence[str],
    column: str,
    cells: Mapping[tuple[str, str], Mapping[str, Any]],
    whole: Mapping[str, Mapping[str, int]],
) -> float | None:
    """Share of the documents of some sources that have a duplicate in one; a document has one
    source, so those of a folded row add up."""
    documents = sum(cells[name, column]["documents"] for name in of if (name, column) in cells)
    every = sum(whole[name]["documents"] for name in of)
    return documents / every if documents and every else None


# Clusters -----------------------------------------------------------------------------------------


def _buckets(rows: Sequence[Mapping[str, Any]]) -> tuple[SizeBucket, ...]:
    """Cluster sizes in buckets that double, from 2 to the largest."""
    if not rows:
        return ()
    top = max(_cluster_size(row) for row in rows)
    starts = [1 << power for power in range(1, top.bit_length())]
    buckets = []
    for start, after in pairwise([*starts, 2 * starts[-1]] if starts else []):
        inside = [row for row in rows if start <= _cluster_size(row) < after]
        buckets.append(
            SizeBucket(
                start,
                after - 1,
                sum(row["clusters"] for row in inside),
                sum(row["copies"] for row in inside),
                sum(row["clusters"] * _cluster_size(row) for row in inside),
                sum(row["removable_documents"] for row in inside),
                sum(row["removable_bytes"] for row in inside),
            )
        )
    return tuple(buckets)


def _paths(files: pa.Table) -> dict[int, str]:
    rows = zip(files.column("file").to_pylist(), files.column("path").to_pylist(), strict=True)
    return {number: formats.visible(path) for number, path in rows}


def _cluster(
    row: Mapping[str, Any], languages: Mapping[str, LanguageFigures], paths: Mapping[int, str]
) -> Cluster:
    texts = [
        formats.visible(row[f"{side}text"] or "", MAX_EXCERPT, joiners=True)
        for side in ("", "other_")
    ]
    members = [
        _member(row, side, pieces, languages, paths)
        for side, pieces in zip(("", "other_"), differences(*texts), strict=True)
    ]
    return Cluster(
        row["cluster_size"],
        row["sources"],
        row["removable_documents"],
        row["removable_bytes"],
        row["kind"] if row["kind"] in KIND_NAMES else "near",
        row["similarity_to_keep"],
        bool(row["removable"]),
        *members,
    )


def _member(
    row: Mapping[str, Any],
    side: str,
    pieces: tuple[Piece, ...],
    languages: Mapping[str, LanguageFigures],
    paths: Mapping[int, str],
) -> Member:
    language = languages.get(row[f"{side}language"])
    return Member(
        formats.visible(row[f"{side}id"] if row[f"{side}id"] is not None else ""),
        f"{paths.get(row[f'{side}file'], '?')}: {formats.count(row[f'{side}position'])}",
        formats.visible(row[f"{side}source"], 120),
        language.name if language else formats.visible(row[f"{side}language"], 12),
        language.lang if language else "",
        row[f"{side}bytes"],
        pieces,
    )


# An earlier corpus --------------------------------------------------------------------------------


def _earlier(
    audit: Audit, summary: Sequence[Mapping[str, Any]], total: Mapping[str, int]
) -> Earlier | None:
    """From the matches, a batch at a time; None where no earlier audit was given.

    Raises:
        ReportError: a part of the table cannot be read.
    """
    name = "reference_matches"
    if not any(entry["name"] == name for entry in audit.manifest["tables"]):
        return None
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    error = 0.0
    known = {row["source"] for row in summary}
    for path in grown_parts(audit.folder, name):
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(1 << 18, columns=list(COLUMNS[name])):
                    error = max(error, pc.max(batch.column("standard_error")).as_py() or 0.0)
                    rows = pa.Table.from_batches([batch]).group_by(["source", "kind"])
                    for row in rows.aggregate([([], "count_all"), ("bytes", "sum")]).to_pylist():
                        source = row["source"] if row["source"] in known else OTHER
                        of = sums[source, row["kind"]]
                        of[0] += row["count_all"]
                        of[1] += row["bytes_sum"] or 0
        except (pa.ArrowException, OSError) as problem:
            raise ReportError(
                f"table {name!r} cannot be read from {path}: {problem}; run the audit again"
            ) from problem
    whole: dict[str, int] = defaultdict(int)
    for row in summary:
        whole[row["source"]] += row["documents"]

    def of_kind(kind: str) -> Part:
        rows = [of for (_, what), of in sums.items() if what == kind]
        return _part(sum(of[0] for of in rows), sum(of[1] for of in rows), total)

    exact_part, near_part = of_kind("exact"), of_kind("near")
    sources = []
    for source, documents in whole.items():
        exact, near = (sums[source, kind][0] for kind in ("exact", "near"))
        sources.append(
            (
                formats.visible(source, 120),
                documents,
                exact,
                near,
                statistics.wilson(exact + near, documents) if exact + near <= documents else None,
            )
        )
    sources.sort(key=lambda row: (-row[2] - row[3], row[0]))
    about = audit.manifest.get("duplicates")
    compared = isinstance(about, dict) and about.get("reference_compared") is True
    return Earlier(exact_part, near_part, compared, error, tuple(sources))


# Method and sentences -----------------------------------------------------------------------------


def _method(audit: Audit) -> Method:
    found = audit.manifest.get("duplicates")
    about: Mapping[str, Any] = found if isinstance(found, dict) else {}

    def whole(name: str) -> int | None:
        value = about.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    given = about.get("threshold")
    threshold = float(given) if isinstance(given, int | float) and 0 < given <= 1 else None
    bands, rows = whole("bands"), whole("rows")
    recalls: list[tuple[float, float]] = []
    if threshold is not None and bands and rows and bands > 0 and rows > 0:
        levels = [threshold, *(level for level in (0.8, 0.85, 0.9) if level > threshold)]
        recalls = [(level, 1 - (1 - level**rows) ** bands) for level in levels if level < 1]
    table = audit.tables["duplicate_work"]
    steps = zip(*(table.column(name).to_pylist() for name in ("step", "amount")), strict=True)
    return Method(
        threshold,
        whole("ngram"),
        whole("permutations"),
        bands,
        rows,
        tuple(recalls),
        dict(steps),
    )


def headlines(figures: DuplicateFigures | None) -> Iterator[str]:
    """How much of the corpus is duplicates, and which sources hold the same documents."""
    if figures is None or not figures.documents:
        return
    part = figures.part
    if not part.documents or part.of_documents is None:
        yield f"No document is a duplicate of another one{figures.level}."
        return
    kinds = {name: figures.kinds[name].documents for name in KIND_NAMES}
    told = [f"{formats.count(kinds[name])} {KIND_NAMES[name]}" for name in kinds if kinds[name]]
    of_bytes = "" if part.of_bytes is None else f" and {formats.percent(part.of_bytes)} of the text"
    yield (
        f"{formats.percent(part.of_documents.value)} of the documents"
        f"{interval_note(formats.percent_interval(part.of_documents))}{of_bytes} are removable "
        f"duplicates{figures.level}: of {formats.plural(part.documents, 'document')}, "
        f"{', '.join(told[:-1])}{' and ' if len(told) > 1 else ''}{told[-1] if told else '0'} "
        "as the one that is kept."
    )
    top = figures.overlap.top if figures.overlap else None
    if top is not None:
        yield f"{overlap_title(figures)}."


def earlier_headline(figures: DuplicateFigures | None) -> Iterator[str]:
    """How much of the corpus an earlier one holds too."""
    earlier = figures.earlier if figures else None
    if earlier is None or earlier.exact.of_documents is None or earlier.near.of_documents is None:
        return
    exact, near = earlier.exact.of_documents.value, earlier.near.of_documents.value
    yield (
        f"{formats.percent(exact)} of the documents stand word for word in the earlier corpus, and "
        f"{'' if earlier.compared else 'an estimated '}{formats.percent(near)} nearly so."
    )


def overlap_title(figures: DuplicateFigures) -> str:
    """What the matrix of sources shows."""
    overlap = figures.overlap
    if overlap is None or not overlap.names:
        return "No source holds a document of another source"
    if overlap.top is None:
        return "Few documents stand in more than one source"
    top = overlap.top
    return (
        f"{formats.percent(top.of_documents)} of the documents of {top.first} have a duplicate in "
        f"{top.second}"
    )


def sizes_title(figures: DuplicateFigures) -> str:
    """What the chart of cluster sizes shows."""
    if figures.largest == 2:
        return "Every cluster holds two documents"
    most = max(figures.sizes, key=lambda bucket: bucket.documents)
    end = min(most.end, figures.largest)
    return (
        f"{formats.part(most.documents, sum(bucket.documents for bucket in figures.sizes))} of the "
        f"documents in clusters stand in clusters of {formats.count(most.start)}"
        f"{f' to {formats.count(end)}' if end > most.start else ''}; the largest holds "
        f"{formats.count(figures.largest)}"
    )


def overlap_chart(figures: DuplicateFigures) -> Any:
    """Heat map of the sources: of the documents of a row, the share with a duplicate in the
    column."""
    overlap = figures.overlap
    assert overlap is not None
    return charts.heat_map(
        "chart-overlap",
        overlap_title(figures),
        "A row and a column for each source; a cell is darker the more documents of its row have "
        "a duplicate in the source of its column. The table below has the numbers.",
        [
            (label, [(value, "" if value is None else formats.percent(value)) for value in row])
            for label, row in overlap.rows
        ],
        len(overlap.names),
    )


def sizes_chart(figures: DuplicateFigures) -> Any:
    """Histogram of the documents in clusters by the size of their cluster."""
    whole = max(1, sum(bucket.documents for bucket in figures.sizes))
    return charts.histogram(
        "chart-duplicate-sizes",
        sizes_title(figures),
        "Share of the documents in clusters by the number of documents of their cluster; each "
        "column starts at the number under it and ends before the next. The table has the numbers.",
        "documents in the cluster, from (columns double in width)",
        [(formats.short_count(bucket.start), bucket.documents / whole) for bucket in figures.sizes],
    )


def summary(figures: DuplicateFigures | None) -> dict[str, Any] | None:
    """The figures for machines: only types that JSON has, shares of 1."""
    if figures is None:
        return None

    def part(of: Part | None) -> dict[str, Any] | None:
        if of is None:
            return None
        share = of.of_documents
        interval = share.interval if share else None
        return {
            "documents": of.documents,
            "bytes": of.bytes,
            "of_documents": share.value if share else None,
            "low": interval.low if interval else None,
            "high": interval.high if interval else None,
            "of_bytes": of.of_bytes,
        }

    return {
        "threshold": figures.method.threshold,
        "removable": part(figures.part),
        "kinds": {kind: part(of) for kind, of in figures.kinds.items()},
        "clusters": figures.clusters,
        "documents_in_clusters": figures.clustered,
        "largest_cluster": figures.largest,
        "in_earlier_corpus": figures.earlier
        and {
            "exact": part(figures.earlier.exact),
            "near" if figures.earlier.compared else "near_estimated": part(figures.earlier.near),
        },
        "levels": [
            {"similarity": level.similarity, "exact": level.exact, "removable": part(level.part)}
            for level in figures.levels
        ],
        "languages": {row.id: part(row.part) for row in figures.languages},
        "sources": {row.id: part(row.part) for row in figures.sources},
        "overlap": [
            {
                "source": pair.first,
                "in": pair.second,
                "documents": pair.documents,
                "of_documents": pair.of_documents,
                "of_bytes": pair.of_bytes,
            }
            for pair in (figures.overlap.pairs if figures.overlap else ())
        ],
    }
