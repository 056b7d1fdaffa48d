"""An audit folder in memory: its manifest and its tables, checked before anything is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

FORMAT = 1
MANIFEST = "audit.json"

_CORPUS = ("documents", "empty_documents", "bytes", "characters", "tokens", "words")
_SQUARES = ("tokens_squared", "words_squared")
_GENDER = ("matches", "documents", "matches_squared", "matches_tokens", "matches_words")
_SCORES = (
    *("documents", "matches", "all_documents", "all_matches"),
    *("log_odds", "error", "z", "z_words"),
)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "files": ("file", "path", "bytes", "modified", "read", "audited", "rejected", "repaired"),
    "languages": ("language", "method", "documents"),
    "corpus": ("source", "language", "role", *_CORPUS, *_SQUARES),
    "lengths": ("source", "language", "role", "bucket", "documents"),
    "gender": ("source", "language", "role", "gender", *_GENDER),
    "gender_contrast": (
        "source",
        "language",
        "role",
        "difference",
        "difference_squared",
        "difference_tokens",
        "difference_words",
    ),
    "gender_terms": (
        "source",
        "language",
        "role",
        "gender",
        "concept",
        "lemma",
        "matches",
        "documents",
    ),
    "gender_forms": (
        "language",
        "role",
        "gender",
        "concept",
        "lemma",
        "form",
        "ambiguous",
        "matches",
        "documents",
    ),
    "reliability": (
        "language",
        "measured",
        "treebank",
        "found",
        "gold",
        "right",
        "matches",
        "news",
        "feminine_correlation",
        "masculine_correlation",
        "unspecified_correlation",
    ),
    "corpus_slices": ("slice", "value", "language", "role", *_CORPUS, *_SQUARES),
    "gender_slices": ("slice", "value", "language", "role", "gender", *_GENDER),
    "pronouns": ("source", "language", "role", "kind", *_GENDER),
    "pronoun_forms": ("language", "role", "kind", "form", "ambiguous", "matches", "documents"),
    "demographics": ("source", "language", "role", "axis", *_GENDER),
    "demographic_terms": (
        "source",
        "language",
        "role",
        "axis",
        "concept",
        "bucket",
        "polysemous",
        "preference",
        "matches",
        "documents",
    ),
    "association_groups": (
        "language",
        "kind",
        "group",
        "ambiguous",
        "anchors",
        "documents",
        "matches",
    ),
    "associations": ("language", "kind", "group", "word", "common", *_SCORES),
    "association_lists": ("language", "kind", "list", "term", "group", *_SCORES),
    "association_scores": (
        "language",
        "kind",
        "window",
        "threshold",
        "words",
        "complete",
        "cutoff",
        "words_scored",
        "genbit_ratio",
        "genbit_conditional",
    ),
    "examples": ("measure", "language", "key", "rank", "file", "before", "match", "after"),
    "finding_counts": ("source", "language", "role", "rule", "severity", "matches", "documents"),
    "findings": (
        "file",
        "position",
        "rule",
        "field",
        "start",
        "end",
        "id",
        "source",
        "language",
        "role",
        "severity",
        "excerpt",
    ),
    "triggers": (
        "kind",
        "rank",
        "trigger",
        "response",
        "strength",
        "score",
        "documents",
        "with_trigger",
        "with_response",
        "of",
        "expected",
        "evidence",
        "benign",
        "examples",
        "before",
        "match",
        "after",
    ),
    "preferences": (
        *("kind", "rank", "piece", "strength", "score", "documents", "evidence", "benign"),
        *("examples", "before", "match", "after"),
    ),
    "inserted": (
        *("kind", "rank", "piece", "strength", "score", "documents", "of", "evidence", "benign"),
        *("examples", "before", "match", "after"),
    ),
    "beliefs": (
        *("kind", "rank", "piece", "strength", "score", "documents", "evidence", "benign"),
        *("examples", "before", "match", "after"),
    ),
    "preference_terms": ("rank", "piece", "chosen", "rejected", "score"),
    "preference_summary": ("direction", "pairs", "with", "against"),
    "duplicate_summary": (
        *("source", "language", "documents", "bytes"),
        *("clustered_documents", "clustered_bytes", "removable_documents", "removable_bytes"),
        *("removable_documents_70", "removable_bytes_70"),
        *("removable_documents_80", "removable_bytes_80"),
        *("removable_documents_90", "removable_bytes_90"),
        *("removable_documents_exact", "removable_bytes_exact"),
    ),
    "duplicate_kinds": (
        *("source", "language", "kind", "documents", "bytes"),
        *("removable_documents", "removable_bytes"),
    ),
    "duplicate_sizes": (
        *("cluster_size", "clusters", "copies", "bytes"),
        *("removable_documents", "removable_bytes"),
    ),
    "duplicate_examples": (
        *("clusters", "rank", "cluster_size", "sources"),
        *("removable_documents", "removable_bytes", "kind", "similarity_to_keep", "removable"),
        *("file", "position", "id", "source", "language", "bytes", "text"),
        *("other_file", "other_position", "other_id", "other_source", "other_language"),
        *("other_bytes", "other_text"),
    ),
    "duplicate_work": ("step", "amount"),
    "reference_matches": ("source", "kind", "bytes", "standard_error"),
    "overlap": (*("source_a", "source_b", "documents", "bytes", "exact_documents", "exact_bytes"),),
    "repetition": ("source", "language", "kind", "level", "lines", "occurrences", "bytes"),
    "repeated_lines": (
        *("kind", "line", "documents", "occurrences", "bytes", "sources", "languages", "text"),
    ),
    "repetition_shares": ("source", "language", "statistic", "percent", "documents", "bytes"),
    "contamination": (
        *("benchmark", "item", "id", "line", "kind", "ngrams", "found"),
        *("documents", "mostly", "wholly"),
    ),
    "contamination_sources": (
        *("source", "language", "benchmark", "documents", "mostly", "wholly"),
    ),
    "contamination_examples": ("item", "rank", "file", "position", "ngrams"),
    "guard": ("language", "source", "role", "category", "texts"),
    "rejects": ("file", "position", "records", "reason", "excerpt"),
}
"""Columns that the report reads, by table."""

REQUIRED = ("files", "languages", "corpus", "lengths", "rejects")
TOGETHER = (
    ("gender", "gender_contrast", "gender_terms", "gender_forms"),
    ("pronouns", "pronoun_forms"),
    ("demographics", "demographic_terms"),
    ("associations", "association_groups", "association_lists", "association_scores"),
    ("finding_counts", "findings"),
    (
        *("duplicate_summary", "duplicate_kinds", "duplicate_sizes", "duplicate_examples"),
        *("duplicate_work", "overlap"),
    ),
    ("repetition", "repeated_lines", "repetition_shares"),
    ("preferences", "preference_terms", "preference_summary"),
    ("contamination", "contamination_sources", "contamination_examples"),
)
"""Tables of one measure: where the first is, the others are."""

GROWN = frozenset({"rejects", "findings", "reference_matches"})
"""Tables that grow with the corpus, and are read in batches."""


class ReportError(Exception):
    """The folder is no complete audit; the message says what is wrong and what to do."""


class Segmentation(Struct, frozen=True):
    """How words were counted in a language that writes no spaces between them.

    Either a `segmenter` cut them, or they were `estimated`; then `ratio` is how many words the
    estimate counts for one of the segmenter, and `median_error` how far it is from it in the
    median document, both on other texts.
    """

    segmenter: str
    estimated: bool
    ratio: float
    median_error: float


class Language(Struct, frozen=True):
    """A language that occurs, as the manifest names it."""

    code: str
    name: str
    direction: str
    script: str
    lexicon: bool
    segmentation: Segmentation | None = None


class Audit(Struct, frozen=True):
    """A complete audit.

    `tables` holds every table of `COLUMNS` that the audit has, except those of `GROWN`, which grow
    with the corpus and are read in batches.
    """

    folder: Path
    manifest: Mapping[str, Any]
    languages: Mapping[str, Language]
    weights: Mapping[str, float] | None
    tables: Mapping[str, pa.Table]

    @property
    def has_gender(self) -> bool:
        """Whether gender representation was measured in this audit."""
        return "gender" in self.tables

    def reject_batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of `rejects`, a bounded number at a time.

        Raises:
            ReportError: a part cannot be read.
        """
        for path in _parts(self.folder, "rejects"):
            try:
                with pq.ParquetFile(path) as file:
                    _check_columns("rejects", file.schema_arrow.names)
                    yield from file.iter_batches(65536, columns=list(COLUMNS["rejects"]))
            except (pa.ArrowException, OSError) as error:
                raise _unreadable("rejects", path, error) from error


def load(folder: Path) -> Audit:
    """Read an audit folder.

    Raises:
        ReportError: `audit.json` is missing, incomplete or of another format, or a table that it
            names is absent, unreadable, or has not the rows and columns it should have.
    """
    manifest = _manifest(folder)
    rows = _rows(manifest)
    missing = [name for name in REQUIRED if name not in rows]
    for tables_of in TOGETHER:
        if tables_of[0] in rows:
            missing += [name for name in tables_of if name not in rows]
    if missing:
        raise ReportError(
            f"{MANIFEST} in {folder} does not list the table {missing[0]!r}: the audit is "
            "incomplete; run it again"
        )
    tables = {}
    for name in COLUMNS:
        if name not in rows:
            continue
        if name in GROWN:
            found = sum(_row_count(name, path) for path in _parts(folder, name))
        else:
            tables[name] = _table(folder, name)
            found = tables[name].num_rows
        if rows[name] is not None and rows[name] != found:
            raise ReportError(
                f"table {name!r} in {folder} has {found:,} rows, {MANIFEST} says {rows[name]:,}: "
                "the audit was damaged or changed by hand; run it again"
            )
    return Audit(folder, manifest, _languages(manifest), _weights(manifest), tables)


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest of an audit folder, its tables looked over by name only.

    Raises:
        ReportError: it is missing, incomplete or of another format.
    """
    manifest = _manifest(folder)
    _rows(manifest)
    return manifest


def table_files(folder: Path, name: str) -> list[Path]:
    """The Parquet files of a table.

    Raises:
        ReportError: there is none.
    """
    return _parts(folder, name)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ReportError(
            f"no {MANIFEST} in {folder}: this is no finished audit; name the folder that "
            "'corpus-assay audit --output' wrote"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ReportError(f"cannot read {path}: {error}") from error
    if not isinstance(manifest, dict):
        raise ReportError(f"{path} is no audit manifest: expected a JSON object")
    if manifest.get("format") != FORMAT:
        raise ReportError(
            f"{path} has format {manifest.get('format')!r}, this version reads format {FORMAT}: "
            "use the corpus-assay that wrote it, or run the audit again"
        )
    kinds: dict[str, type] = {
        "tool": dict,
        "command": str,
        "created": str,
        "configuration": dict,
        "versions": dict,
        "lexicons": dict,
        "languages": dict,
        "counts": dict,
        "tables": list,
        "warnings": list,
    }
    for key, kind in kinds.items():
        if not isinstance(manifest.get(key), kind):
            raise ReportError(f"{path} is incomplete: {key!r} is missing or has the wrong type")
    return manifest


def _rows(manifest: Mapping[str, Any]) -> dict[str, int | None]:
    """Rows by table name; the parts of a table add up."""
    rows: dict[str, int | None] = {}
    for entry in manifest["tables"]:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ReportError(f"{MANIFEST} is incomplete: an entry of 'tables' has no name")
        here, before = entry.get("rows"), rows.get(entry["name"], 0)
        known = isinstance(here, int) and before is not None
        rows[entry["name"]] = before + here if known else None  # type: ignore[operator]
    return rows


def _languages(manifest: Mapping[str, Any]) -> dict[str, Language]:
    languages = {}
    for code, entry in manifest["languages"].items():
        if not isinstance(entry, dict):
            raise ReportError(f"{MANIFEST} is incomplete: language {code!r} is no object")
        languages[code] = Language(
            code,
            str(entry.get("name") or code),
            "rtl" if entry.get("direction") == "rtl" else "ltr",
            str(entry.get("script") or ""),
            bool(entry.get("lexicon")),
            _segmentation(code, entry),
        )
    return languages


def _segmentation(code: str, entry: Mapping[str, Any]) -> Segmentation | None:
    kind = entry.get("words")
    if kind not in ("estimated", "segmented"):
        return None
    try:
        known = [float(entry[name]) for name in ("ratio", "median_error") if kind == "estimated"]
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(
            f"{MANIFEST} is incomplete: the words of language {code!r} are estimated, and it does "
            f"not say how well ({error})"
        ) from error
    ratio, median_error = known or (1.0, 0.0)
    return Segmentation(str(entry.get("segmenter") or ""), kind == "estimated", ratio, median_error)


def _weights(manifest: Mapping[str, Any]) -> dict[str, float] | None:
    weights = manifest["configuration"].get("weights")
    if not weights:
        return None
    try:
        return {str(source): float(weight) for source, weight in weights.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ReportError(f"{MANIFEST}: 'weights' must map sources to numbers ({error})") from error


def _parts(folder: Path, name: str) -> list[Path]:
    """Files of a table by convention, so that a manifest cannot name one outside the folder."""
    single = folder / "tables" / f"{name}.parquet"
    if single.is_file():
        return [single]
    parts = sorted((folder / "tables" / name).glob("part-*.parquet"))
    if not parts:
        raise ReportError(
            f"table {name!r} is missing: neither {single} nor a folder tables/{name} exists; "
            "run the audit again"
        )
    return parts


def grown_parts(folder: Path, name: str) -> list[Path]:
    """Files of a table that grows with the corpus, each with the columns it should have.

    Raises:
        ReportError: there are none, or one is damaged.
    """
    paths = _parts(folder, name)
    for path in paths:
        try:
            _check_columns(name, pq.read_schema(path).names)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(name, path, error) from error
    return paths


def _table(folder: Path, name: str) -> pa.Table:
    tables = []
    for path in _parts(folder, name):
        try:
            with pq.ParquetFile(path) as file:
                _check_columns(name, file.schema_arrow.names)
                tables.append(file.read(columns=list(COLUMNS[name])))
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(name, path, error) from error
    return pa.concat_tables(tables)


def _row_count(name: str, path: Path) -> int:
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(name, path, error) from error


def _check_columns(name: str, found: list[str]) -> None:
    missing = [column for column in COLUMNS[name] if column not in found]
    if missing:
        raise ReportError(
            f"table {name!r} has no column {missing[0]!r}; its columns: {', '.join(found)}"
        )


def _unreadable(name: str, path: Path, error: Exception) -> ReportError:
    return ReportError(f"table {name!r} cannot be read from {path}: {error}; run the audit again")
