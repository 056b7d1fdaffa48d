"""What an audit measured, measure by measure: the sufficient sums of each, and its estimate.

The report shows an audit; comparing two, judging one and drawing many as a line ask for single
measures by name. A measure is named by `Key`, and its `Sample` holds the integers that estimate,
interval and test follow from.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_assay.reports import statistics
from corpus_assay.reports.audit import ReportError, read_manifest, table_files
from corpus_assay.reports.model import ANY, FEW_DOCUMENTS
from corpus_assay.reports.statistics import Estimate

MAX_LISTED = 500
"""Rows of a table with free text in its keys that are measures of their own: those of the most
documents. Each is a test in a comparison."""

LEXICON_SECTIONS = {
    "gender": "lexicons",
    "gender_contrast": "lexicons",
    "pronouns": "pronouns",
    "demographics": "demographics",
}
"""Section of the manifest with the word lists of a table, by language."""

DETAILS = ("_terms", "_forms", "_slices", "_work", "_pairs")
LISTS = ("association", "repeated_lines")
"""How tables begin whose rows were chosen by what the data show: a test of them would test the
choice."""
NOT_MEASURES = frozenset(
    {"corpus", "lengths", "languages", "gender_contrast", "files", "rejects", "reliability"}
    | {"examples", "signatures", "duplicates", "findings", "overlap", "triggers"}
    | {"beliefs", "guard", "inserted", "preferences", "preference_summary"}
    | {"duplicate_examples", "duplicate_kinds", "duplicate_sizes"}
)
"""Tables that hold no shares of their own, or that are read in another way."""

_SIZES = ("documents", "empty_documents", "bytes", "words", "words_squared")
_MOMENTS = ("matches", "documents", "matches_squared", "matches_words")


class Key(NamedTuple):
    """Name of a measure; None stands for all sources or languages, "" for no kind."""

    table: str
    metric: str
    source: str | None = None
    language: str | None = None
    kind: str = ""


@dataclass(frozen=True)
class Share:
    """`part` of `whole` documents (or records)."""

    part: int
    whole: int

    @cached_property
    def estimate(self) -> Estimate | None:
        """With its Wilson interval."""
        return statistics.wilson(self.part, self.whole) if self.whole else None

    @property
    def counts(self) -> tuple[int, int]:
        """Numerator and denominator."""
        return self.part, self.whole


@dataclass(frozen=True)
class Ratio:
    """Σm / Σn over `documents`, of which `matched` have m ≠ 0; see `statistics.ratio`.

    `scale` is what a change is compared with, where that is not Σm: a difference of two counts may
    be 0, and their sum says how large it is. `occurs` says in how many documents, and of how many,
    m is not 0: where it is 0 in all, nothing else is known of its variance.
    """

    documents: int
    matched: int
    numerator: int
    denominator: int
    numerator_squared: int | None
    products: int | None
    denominator_squared: int
    signed: bool = False
    scale: int | None = None
    occurs: tuple[int, int] | None = None

    @cached_property
    def estimate(self) -> Estimate | None:
        """Without an interval where the table holds no moments."""
        if not self.denominator:
            return None
        if self.numerator_squared is None or self.products is None:
            return Estimate(self.numerator / self.denominator)
        return statistics.ratio(
            documents=self.documents,
            numerator=self.numerator,
            denominator=self.denominator,
            numerator_squared=self.numerator_squared,
            products=self.products,
            denominator_squared=self.denominator_squared,
            bounds=None if self.signed else (0.0, math.inf),
        )

    @property
    def few(self) -> bool:
        """Whether too few documents have a match for the normal approximation."""
        return self.matched < FEW_DOCUMENTS

    @property
    def counts(self) -> tuple[int, int]:
        """Numerator and denominator."""
        return self.numerator, self.denominator


Sample = Share | Ratio
Place = tuple[str | None, str | None]
"""Source and language, None for all."""


@dataclass
class Measures:
    """The sums of an audit, of the texts of one role.

    sizes     source, language → documents, empty documents, bytes, words, Σwords²
    tallies   table → source, language, kind → matches, documents, Σm², Σm·words (the last two None
              without moments); None where no word list covers the language
    contrast  source, language → Σd, Σd², Σd·words
    parts     table → source, language, column → documents, of documents
    lengths   bucket → documents
    records   read, rejected, repaired; `reasons` rejected by reason
    triggers  kind, trigger, response → documents; None where there is no such table
    unread    tables that could not be taken for measures, and why
    """

    folder: Path
    manifest: Mapping[str, Any]
    sizes: dict[Place, list[int]] = field(default_factory=dict)
    tallies: dict[str, dict[tuple[str | None, str | None, str], list[int | None] | None]] = field(
        default_factory=dict
    )
    contrast: dict[Place, list[int]] = field(default_factory=dict)
    parts: dict[str, dict[tuple[str | None, str | None, str], tuple[int, int]]] = field(
        default_factory=dict
    )
    lengths: dict[int, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    triggers: dict[tuple[str, str, str], int] | None = None
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables that the audit has."""
        return frozenset(entry["name"] for entry in self.manifest["tables"])

    @cached_property
    def sources(self) -> Mapping[str, int]:
        """Documents of each source."""
        return _summed((source or "", row[0]) for (source, _), row in self.sizes.items())

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """Documents of each language."""
        return _summed((language or "", row[0]) for (_, language), row in self.sizes.items())

    @property
    def documents(self) -> int:
        """All documents."""
        return sum(self.languages.values())

    def covered(self, table: str, language: str | None) -> bool:
        """Whether a table measures a language."""
        section = LEXICON_SECTIONS.get(table)
        return section is None or language is None or language in self.manifest.get(section, {})


def load(folder: Path, role: str = ANY) -> Measures:
    """The measures of an audit folder.

    Memory: that of its tables with a bounded number of rows; of ``rejects`` a batch at a time.

    Raises:
        ReportError: the folder is no complete audit.
    """
    measures = Measures(folder, read_manifest(folder))
    for name in ("corpus", "lengths", "files"):
        if name not in measures.tables:
            raise ReportError(
                f"audit.json in {folder} does not list the table {name!r}: the audit is "
                "incomplete; run it again"
            )
    for source, language, *row in _rows(folder, "corpus", ("source", "language", *_SIZES), role):
        measures.sizes[source, language] = row
    for bucket, documents in _rows(folder, "lengths", ("bucket", "documents"), role):
        measures.lengths[bucket] = measures.lengths.get(bucket, 0) + documents
    for name, values in zip(
        ("read", "rejected", "repaired"),
        zip(*_rows(folder, "files", ("read", "rejected", "repaired")), strict=True),
        strict=False,
    ):
        measures.records[name] = sum(values)
    if "rejects" in measures.tables:
        measures.reasons = _reasons(folder)
    if "gender_contrast" in measures.tables:
        names = ("difference", "difference_squared", "difference_words")
        columns = ("source", "language", *names)
        for source, language, *row in _rows(folder, "gender_contrast", columns, role):
            if row[0] is not None:
                measures.contrast[source, language] = row
    if "triggers" in measures.tables:
        measures.triggers = {
            (kind, trigger, response): documents
            for kind, trigger, response, documents in _rows(
                folder, "triggers", ("kind", "trigger", "response", "documents")
            )
        }
    for name in sorted(measures.tables - NOT_MEASURES):
        if name.startswith(LISTS):
            measures.unread[name] = "a list of what stood out in one audit"
        elif not name.endswith(DETAILS):
            _read_other(measures, name, role)
    return measures


def _read_other(measures: Measures, name: str, role: str) -> None:
    """A table of shares, whatever it is called, by its columns."""
    schema = _schema(measures.folder, name)
    columns = schema.names
    keys = key_columns(schema)
    kinds = [key for key in keys if key not in ("source", "language", "role")]
    shares = [
        column
        for column in columns
        if "documents" in column.split("_") and column != "documents" and column not in keys
    ]
    if "documents" not in columns or not set(keys) - {"role"}:
        measures.unread[name] = "has no column of documents by a key"
    elif "matches" in columns or not shares:
        _read_tally(measures, name, keys, kinds, columns, role)
    else:
        found = measures.parts[name] = {}
        wanted = [key for key in keys if key != "role"]
        for row in _rows(measures.folder, name, (*wanted, "documents", *shares), role):
            at = dict(zip(wanted, row, strict=False))
            prefix = [str(at[kind]) for kind in kinds]
            whole, *parts = row[len(wanted) :]
            for column, part in zip(shares, parts, strict=True):
                if part is None or whole is None:
                    continue
                key = (at.get("source"), at.get("language"), " / ".join([*prefix, column]))
                before = found.get(key, (0, 0))
                found[key] = before[0] + part, before[1] + whole


def _read_tally(
    measures: Measures,
    name: str,
    keys: Sequence[str],
    kinds: Sequence[str],
    columns: Sequence[str],
    role: str,
) -> None:
    places = [key for key in ("source", "language") if key in keys]
    sums = [column for column in _MOMENTS if column in columns]
    found: dict[tuple[str | None, str | None, str], list[int | None] | None] = {}
    for row in _rows(measures.folder, name, (*places, *kinds, *sums), role):
        at = dict(zip((*places, *kinds, *sums), row, strict=True))
        kind = " / ".join(str(at[each]) for each in kinds)
        key = (at.get("source"), at.get("language"), kind)
        if at["documents"] is None:
            found[key] = None
            continue
        values = [at.get(column) for column in _MOMENTS]
        before = found.get(key)
        found[key] = values if before is None else _added(before, values)
    if len(found) > MAX_LISTED and name not in LEXICON_SECTIONS and not places:
        kept = sorted(found, key=lambda key: (-(found[key] or [0, 0])[1], key[2]))  # type: ignore[operator]
        measures.unread[name] = f"only its {MAX_LISTED} rows of the most documents"
        found = {key: found[key] for key in kept[:MAX_LISTED]}
    measures.tallies[name] = found


def _added(first: Sequence[int | None], second: Sequence[int | None]) -> list[int | None]:
    return [None if a is None or b is None else a + b for a, b in zip(first, second, strict=True)]


def key_columns(schema: pa.Schema) -> list[str]:
    """Key columns of a table of shares: the columns of text before the first number."""
    keys = []
    for column in schema:
        if not (pa.types.is_string(column.type) or pa.types.is_boolean(column.type)):
            break
        keys.append(column.name)
    return keys


def _schema(folder: Path, name: str) -> pa.Schema:
    path = table_files(folder, name)[0]
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(name, path, error) from error


def _rows(
    folder: Path, name: str, columns: Sequence[str], role: str | None = None
) -> Iterator[tuple[Any, ...]]:
    """Rows of a table, of one role where it has roles; sums as int."""
    for path in table_files(folder, name):
        try:
            with pq.ParquetFile(path) as file:
                names = file.schema_arrow.names
                if missing := [column for column in columns if column not in names]:
                    raise ReportError(
                        f"table {name!r} in {folder} has no column {missing[0]!r}; its columns: "
                        f"{', '.join(names)}"
                    )
                by_role = role is not None and "role" in names
                table = file.read(columns=[*columns, "role"] if by_role else list(columns))
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(name, path, error) from error
        if by_role:
            table = table.filter(pc.equal(table.column("role"), role))
        yield from zip(*(_values(table.column(column)) for column in columns), strict=True)


def _values(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_decimal(column.type):
        values: list[Any] = column.to_pylist()
        return values
    try:
        narrow: list[Any] = column.cast(pa.int64()).to_pylist()
        return narrow
    except pa.ArrowInvalid:
        return [None if value is None else int(value) for value in column.to_pylist()]


def _reasons(folder: Path) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for path in table_files(folder, "rejects"):
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(1 << 16, columns=["reason", "records"]):
                    sums = pa.table(batch).group_by("reason").aggregate([("records", "sum")])
                    for row in sums.to_pylist():
                        counted[row["reason"]] += row["records_sum"]
        except (pa.ArrowException, OSError) as error:
            raise _unreadable("rejects", path, error) from error
    return dict(counted)


def _unreadable(name: str, path: Path, error: Exception) -> ReportError:
    return ReportError(f"table {name!r} cannot be read from {path}: {error}; run the audit again")


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for name, number in pairs:
        sums[name] += number
    return dict(sums)


# Samples ------------------------------------------------------------------------------------------


def samples(
    measures: Measures,
    places: Sequence[Place],
    excluded: Mapping[str, frozenset[str]] | None = None,
) -> dict[Key, Sample]:
    """Every measure in groups of documents.

    Args:
        measures: of an audit.
        places: groups of one source or all, and one language or all.
        excluded: languages left out of the groups of all languages, by table.
    """
    found: dict[Key, Sample] = dict(_of_records(measures))
    index = _Index(measures, places, excluded or {})
    found.update(_sizes(measures, places))
    for table in measures.tallies:
        found.update(_tallies(measures, table, index))
    found.update(_contrasts(measures, index))
    found.update(_parts_of(measures, places))
    return found


class _Index:
    """Which groups each source and language belongs to."""

    def __init__(
        self, measures: Measures, places: Sequence[Place], excluded: Mapping[str, frozenset[str]]
    ) -> None:
        self._places = set(places)
        self._excluded = excluded
        self._measures = measures

    def groups(
        self, table: str, source: str | None, language: str | None, one: bool = True
    ) -> Iterator[Place]:
        """Groups of a cell of a table; none where no word list covers its language."""
        if one and not self._measures.covered(table, language):
            return
        out = language in self._excluded.get(table, ())
        for place in {(source, language), (None, language), (source, None), (None, None)}:
            if place in self._places and not (out and place[1] is None):
                yield place

    def sizes(self, table: str) -> dict[Place, list[int]]:
        """Sizes of each group, of the languages that the table measures."""
        sums: dict[Place, list[int]] = {}
        for (source, language), row in self._measures.sizes.items():
            for place in self.groups(table, source, language):
                held = sums.get(place)
                sums[place] = [a + b for a, b in zip(held, row, strict=True)] if held else row
        return sums


def _of_records(measures: Measures) -> Iterator[tuple[Key, Sample]]:
    read = measures.records.get("read", 0)
    for name in ("rejected", "repaired"):
        yield Key("files", f"{name}_share"), Share(measures.records.get(name, 0), read)
    for reason, number in measures.reasons.items():
        yield Key("rejects", "of_records", kind=reason), Share(number, max(read, number))
    for bucket, number in measures.lengths.items():
        yield Key("lengths", "of_documents", kind=str(bucket)), Share(number, measures.documents)


def _sizes(measures: Measures, places: Sequence[Place]) -> Iterator[tuple[Key, Sample]]:
    whole = _Index(measures, [(None, None), *places], {}).sizes("corpus")
    everything = whole.get((None, None), [0] * 5)
    for place in places:
        if (row := whole.get(place)) is None:
            continue
        documents, empty, _, words, squared = row
        yield Key("corpus", "empty_share", *place), Share(empty, documents)
        yield (
            Key("corpus", "words_per_document", *place),
            Ratio(documents, documents - empty, words, documents, squared, words, documents),
        )
        if place == (None, None):
            continue
        yield Key("corpus", "of_all_documents", *place), Share(documents, everything[0])
        # In a document of the group m = n = its words; elsewhere m = 0.
        yield (
            Key("corpus", "of_all_words", *place),
            Ratio(
                *(everything[0], documents - empty, words, everything[3]),
                *(squared, squared, everything[4]),
            ),
        )


def _tallies(measures: Measures, table: str, index: _Index) -> Iterator[tuple[Key, Sample]]:
    sums: dict[tuple[Place, str], list[int | None]] = {}
    unmeasured: set[tuple[Place, str]] = set()
    for (source, language, kind), row in measures.tallies[table].items():
        for place in index.groups(table, source, language):
            if row is None:
                # A list without a form of the kind: no sum over that language says anything.
                unmeasured.add((place, kind))
                continue
            held = sums.get((place, kind))
            sums[place, kind] = row if held is None else _added(held, row)
    sizes = index.sizes(table)
    kinds = sorted({kind for _, kind in sums})
    gendered = "gendered" in kinds
    for place, (documents, _, _, words, words_squared) in sizes.items():
        for kind in kinds:
            if (place, kind) in unmeasured:
                continue
            matches, found, squared, products = sums.get((place, kind), [0, 0, 0, 0])
            if found is None or found > documents:
                continue
            key = Key(table, "of_documents", *place, kind)
            yield key, Share(found, documents)
            if matches is not None:
                yield (
                    key._replace(metric="of_words"),
                    Ratio(
                        *(documents, found, matches, words, squared, products, words_squared),
                        occurs=(found, documents),
                    ),
                )
            whole = (sums.get((place, "gendered")) or [0, 0])[1] if gendered else None
            if whole and found <= whole and kind in ("feminine", "masculine", "unspecified"):
                yield key._replace(metric="of_gendered"), Share(found, whole)


def _contrasts(measures: Measures, index: _Index) -> Iterator[tuple[Key, Sample]]:
    if not measures.contrast or "gender" not in measures.tallies:
        return
    sums: dict[Place, list[int]] = {}
    for (source, language), row in measures.contrast.items():
        for place in index.groups("gender", source, language):
            held = sums.get(place)
            sums[place] = [a + b for a, b in zip(held, row, strict=True)] if held else row
    classes: dict[tuple[Place, str], list[int | None]] = {}
    for (source, language, kind), tally in measures.tallies["gender"].items():
        if kind in ("feminine", "masculine") and tally is not None:
            for place in index.groups("gender", source, language):
                before = classes.get((place, kind))
                classes[place, kind] = tally if before is None else _added(before, tally)
    sizes = index.sizes("gender")
    for place, (difference, squared, by_words) in sums.items():
        documents, _, _, words, words_squared = sizes[place]
        first, second = (
            [value or 0 for value in classes.get((place, kind), [0, 0, 0, 0])]
            for kind in ("feminine", "masculine")
        )
        # Documents with either: at least the more frequent, which is what is known here.
        matched = max(first[1], second[1])
        total = first[0] + second[0]
        contrast = Ratio(
            *(documents, matched, difference, words, squared, by_words, words_squared),
            signed=True,
            scale=total,
        )
        yield Key("gender_contrast", "of_words", *place), contrast
        crossed = (first[2] + second[2] - squared) // 2
        part = Ratio(
            *(documents, matched, first[0], total, first[2], first[2] + crossed),
            first[2] + second[2] + 2 * crossed,
            occurs=(first[1], matched),
        )
        yield Key("gender", "part_of_gendered", *place, "feminine"), part


def _parts_of(measures: Measures, places: Sequence[Place]) -> Iterator[tuple[Key, Sample]]:
    index = _Index(measures, places, {})
    for table, rows in measures.parts.items():
        sums: dict[tuple[Place, str], tuple[int, int]] = {}
        for (source, language, kind), (part, whole) in rows.items():
            for place in index.groups(table, source, language):
                before = sums.get((place, kind), (0, 0))
                sums[place, kind] = before[0] + part, before[1] + whole
        for (place, kind), (part, whole) in sums.items():
            if part <= whole:
                yield Key(table, "of_documents", *place, kind), Share(part, whole)
