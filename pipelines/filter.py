"""A corpus without the documents that an audit says can go.

Files are copied one after the other, under their relative names, as `rewrite` does: what stays is
unchanged. What stands in a file and is no document for the audit (rejected records, blank lines,
requests in a web archive) stays.

In a chain of near-duplicates the ends may be unlike: what is too unlike the document that is kept
is not removable and stays, and an audit of the output may find copies among what stayed.

The input must be what was audited: paths, sizes and modification times are compared with the
audit's table ``files``. An output folder appears only when it is whole; on an object store, where
nothing is replaced, its file `MARKER` is written last, and one file at a time passes through this
disk.

Memory: 16 bytes for each document that is taken out, and what `rewrite` needs for one file.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.outputs import put_in_place, recover
from corpus_assay.pipelines.progress import Display
from corpus_assay.pipelines.remote import first_line
from corpus_assay.pipelines.rewrite import FilterError, Positions, write_file
from corpus_assay.pipelines.sources import InputFile, ReadOptions, list_files
from corpus_assay.reports.formats import plural, visible

MARKER = ".corpus-assay-filter.json"
"""What a folder was filtered from and how; its name keeps it out of the folder's data."""

SEVERITIES = ("info", "low", "medium", "high")

KINDS = ("identical", "exact", "near")
"""How a duplicate is like the document that is kept (`transforms.duplicates`)."""

REASONS = (*KINDS, *SEVERITIES)
"""Why a document goes: a bit each."""
DUPLICATE = sum(1 << REASONS.index(name) for name in KINDS)
FINDING = sum(1 << REASONS.index(name) for name in SEVERITIES)


@dataclass(frozen=True)
class Selection:
    """Documents to take out, ascending by file and position.

    ``files`` (int32), ``positions`` (int64) and ``reasons`` (uint8, bits of `REASONS`).
    """

    files: NDArray[np.int32]
    positions: Positions
    reasons: NDArray[np.uint8]

    def of_file(self, number: int) -> Positions:
        """Positions in one file."""
        low, high = np.searchsorted(self.files, [number, number + 1])
        return self.positions[low:high]

    def __len__(self) -> int:
        return len(self.files)


@dataclass(frozen=True)
class Filtered:
    """What was done: counts of documents, and where the output is (None on a dry run).

    ``duplicates`` and ``findings`` count a document in each that applies, ``both`` those in both.
    ``reasons`` counts by `REASONS`, a document with several findings at the most severe one.
    """

    documents: int
    dropped: int
    duplicates: int
    findings: int
    both: int
    reasons: dict[str, int]
    files: int
    folder: str | None


def filter_corpus(
    inputs: Sequence[str],
    audit: str,
    output: str | None,
    *,
    duplicates: bool = True,
    severity: str | None = None,
    dropped: str | None = None,
    ignore_modified: bool = False,
    overwrite: bool = False,
    quiet: bool = False,
) -> Filtered:
    """Write the inputs without what the audit says can go.

    Args:
        inputs: as they were given to the audit.
        audit: folder or URL of the audit.
        output: folder or URL to write; None to count only.
        duplicates: take out documents of the table ``duplicates`` that are ``removable``.
        severity: take out documents with a finding of at least this severity (`SEVERITIES`).
        dropped: file to list them in, a JSON object a line: path, position, reasons.
        ignore_modified: do not compare modification times, for copies.
        overwrite: replace an output of this function, on a disk.
        quiet: no progress display.

    Raises:
        FilterError: the audit lacks what is asked for, or belongs to other files; a file cannot be
            rewritten; the output is in the way.
        InputError: an input matches nothing.
    """
    manifest = _manifest(audit)
    selection = _selection(audit, manifest, duplicates, severity)
    read = manifest.get("configuration", {}).get("read", {})
    known = ("format", "text_unit", "max_document_bytes")
    options = ReadOptions(**{name: read[name] for name in known if name in read})
    files = list_files(inputs, options)
    _check_fingerprint(files, audit, manifest, ignore_modified)
    if dropped is not None:
        _write_dropped(Path(dropped), files, selection)
    result = Filtered(
        documents=int(manifest["counts"]["documents"]),
        dropped=len(selection),
        duplicates=int(np.count_nonzero(copies := selection.reasons & DUPLICATE > 0)),
        findings=int(np.count_nonzero(found := selection.reasons & FINDING > 0)),
        both=int(np.count_nonzero(copies & found)),
        reasons=_reasons(selection.reasons),
        files=len(files),
        folder=output,
    )
    if output is None:
        return result
    with (
        _destination(output, inputs, files, overwrite) as put,
        Display(sum(file.size for file in files), quiet=quiet),
    ):
        for file in files:
            positions = selection.of_file(file.number)
            put(file.name, partial(write_file, file, positions, options=options))
        made_from = audit if storage.is_remote(audit) else os.path.abspath(audit)
        content = {"audit": made_from, "created_from": manifest.get("created")}
        content |= {"documents": result.documents, "dropped": result.dropped}
        content |= {"duplicates": result.duplicates, "findings": result.findings}
        about = json.dumps(content, indent=1) + "\n"
        put(MARKER, lambda path: path.write_text(about, encoding="utf-8"))
    return result


def _reasons(reasons: NDArray[np.uint8]) -> dict[str, int]:
    counts = {name: int(np.count_nonzero(reasons >> REASONS.index(name) & 1)) for name in KINDS}
    findings = reasons >> len(KINDS)
    for number, name in enumerate(SEVERITIES):
        counts[name] = int(np.count_nonzero(findings >> number == 1))
    return {name: count for name, count in counts.items() if count}


# --- The audit -------------------------------------------------------------------------------


def _manifest(audit: str) -> dict[str, Any]:
    content = storage.read(storage.join(audit, "audit.json"))
    if content is None:
        raise FilterError(f"{audit}: no audit.json there; --audit names the folder of an audit")
    try:
        manifest: dict[str, Any] = json.loads(content)
        known = isinstance(manifest["tables"], list) and isinstance(manifest["counts"], dict)
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise FilterError(f"{audit}: its audit.json cannot be read; audit the corpus again")
    return manifest


def _parts(audit: str, manifest: Mapping[str, Any], name: str) -> list[str]:
    return [
        storage.join(audit, table["path"]) for table in manifest["tables"] if table["name"] == name
    ]


def _batches(path: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a table file. Raises `FilterError` where it has no such table or columns."""
    content = storage.read(path) if storage.is_remote(path) else None
    source = path if content is None else pa.BufferReader(content)
    try:
        with pq.ParquetFile(source) as file:
            if missing := set(columns) - set(file.schema_arrow.names):
                raise FilterError(
                    f"{path}: no column {sorted(missing)[0]}; the audit was made by another "
                    "version of this tool: audit the corpus again"
                )
            yield from file.iter_batches(columns=list(columns), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FilterError(f"{path}: cannot be read: {error}") from error


def _selection(
    audit: str, manifest: Mapping[str, Any], duplicates: bool, severity: str | None
) -> Selection:
    measured = {table["name"] for table in manifest["tables"]}
    columns: list[tuple[pa.RecordBatch, str]] = []
    if duplicates and "duplicates" in measured:
        for path in _parts(audit, manifest, "duplicates"):
            for batch in _batches(path, ("file", "position", "kind", "removable")):
                columns.append((batch.filter(batch.column("removable")), "kind"))
    elif duplicates and severity is None:
        raise FilterError(
            f"{audit}: no duplicates were looked for; audit with --measures duplicates, or say "
            "--drop-findings"
        )
    if severity is not None:
        if "findings" not in measured:
            raise FilterError(f"{audit}: no findings were looked for; audit with other --measures")
        wanted = pa.array(SEVERITIES[SEVERITIES.index(severity) :], pa.string())
        for path in _parts(audit, manifest, "findings"):
            for batch in _batches(path, ("file", "position", "severity")):
                severe = pc.is_in(batch.column("severity").cast(pa.string()), wanted)
                columns.append((batch.filter(severe), "severity"))
    files = [batch.column("file").to_numpy().astype(np.int32) for batch, _ in columns]
    positions = [batch.column("position").to_numpy().astype(np.int64) for batch, _ in columns]
    reasons = [_bits(batch.column(name)) for batch, name in columns]
    if not columns:
        return Selection(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.uint8))
    return _once(np.concatenate(files), np.concatenate(positions), np.concatenate(reasons))


def _bits(names: pa.Array) -> NDArray[np.uint8]:
    """The bit of each reason; raises `FilterError` for a kind of duplicate that is not known."""
    at = pc.index_in(names.cast(pa.string()), pa.array(REASONS, pa.string()))
    if at.null_count:
        unknown = names.filter(pc.is_null(at))[0]
        raise FilterError(f"{unknown}: a reason that this version does not know: audit again")
    bits: NDArray[np.uint8] = np.left_shift(np.uint8(1), at.to_numpy().astype(np.uint8))
    return bits


def _once(files: NDArray[np.int32], positions: Positions, reasons: NDArray[np.uint8]) -> Selection:
    """Each document once, with all its reasons, ascending."""
    order = np.lexsort((positions, files))
    files, positions, reasons = files[order], positions[order], reasons[order]
    new = np.ones(len(files), np.bool_)
    new[1:] = (files[1:] != files[:-1]) | (positions[1:] != positions[:-1])
    begins = np.flatnonzero(new)
    if len(begins):
        reasons = np.bitwise_or.reduceat(reasons, begins)
    return Selection(files[begins], positions[begins], reasons)


def _check_fingerprint(
    files: Sequence[InputFile], audit: str, manifest: Mapping[str, Any], ignore_modified: bool
) -> None:
    rows = [
        row
        for path in _parts(audit, manifest, "files")
        for batch in _batches(path, ("file", "path", "bytes", "modified"))
        for row in batch.to_pylist()
    ]
    rows.sort(key=lambda row: row["file"])
    for file, row in zip_longest(files, rows):
        if file is None:
            raise FilterError(
                f"{row['path']}: was audited and is not in the input; name the same INPUT as for "
                "the audit"
            )
        name = visible(file.name, limit=4096)
        if row is None or name != row["path"]:
            raise FilterError(
                f"{file.path}: was not audited under the name {name}; name the same INPUT as for "
                "the audit"
            )
        differs = ""
        if file.size != row["bytes"]:
            differs = f"it has {file.size:,} bytes, the audited file had {row['bytes']:,}"
        elif file.modified != row["modified"] and not ignore_modified:
            differs = f"it was modified at {file.modified}, the audited file at {row['modified']}"
        if differs:
            way = "" if file.size != row["bytes"] else ", or say --ignore-modified for a copy"
            raise FilterError(
                f"{file.path}: not the file that was audited: {differs}; audit it again{way}"
            )


def _write_dropped(path: Path, files: Sequence[InputFile], selection: Selection) -> None:
    unfinished = path.with_name(f"{path.name}.partial")
    try:
        with open(unfinished, "w", encoding="utf-8", errors="backslashreplace") as sink:
            for number, position, reason in zip(
                selection.files.tolist(),
                selection.positions.tolist(),
                selection.reasons.tolist(),
                strict=True,
            ):
                row = {
                    "path": files[number].name,
                    "position": position,
                    "reasons": [name for bit, name in enumerate(REASONS) if reason >> bit & 1],
                }
                sink.write(json.dumps(row) + "\n")
        os.replace(unfinished, path)
    except OSError as error:
        raise FilterError(f"{path}: cannot be written: {error.strerror}") from error


# --- The output ------------------------------------------------------------------------------


_Put = Callable[[str, Callable[[Path], object]], None]
"""Puts a file into the output: takes its name, and what writes it to a path if it is to be."""


@contextlib.contextmanager
def _destination(
    output: str, inputs: Sequence[str], files: Sequence[InputFile], overwrite: bool
) -> Iterator[_Put]:
    """What puts files into an output that may be written."""
    if storage.is_remote(output):
        _check_free_url(output, inputs)
        with tempfile.TemporaryDirectory(prefix="corpus-assay-") as temporary:
            yield partial(_upload, output, Path(temporary) / "file")
        return
    target = Path(os.path.realpath(output))
    _refuse_input(inputs, files, target)
    with _folder(target, overwrite) as folder:
        yield partial(_put_below, folder)


def _put_below(folder: Path, name: str, make: Callable[[Path], object]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)


def _upload(url: str, made: Path, name: str, make: Callable[[Path], object]) -> None:
    """Make a file at a place on this disk that is free, copy it to the store and remove it."""
    make(made)
    if not made.exists():
        return
    try:
        storage.upload(made, storage.join(url, name))
    except Exception as error:  # each store's client has errors of its own
        raise FilterError(f"cannot write to {url}: {first_line(error)}") from error
    made.unlink()


def _check_free_url(url: str, inputs: Sequence[str]) -> None:
    """Raises `FilterError` unless nothing is at a URL that lies outside of the inputs."""
    if set(url) & set("*?["):
        raise FilterError(f"{url}: stores take * ? and [ for a pattern; name another --output")
    if any(f"{url.rstrip('/')}/".startswith(f"{given.rstrip('/')}/") for given in inputs):
        raise FilterError(
            f"{url}: lies in the input, where the next audit would read it too; name a place "
            "outside for --output"
        )
    try:
        found = storage.matching(storage.join(url, "**"))
    except Exception as error:
        raise FilterError(f"{url}: cannot be listed: {first_line(error)}") from error
    if found:
        raise FilterError(
            f"{url} exists already, and nothing is replaced on an object store: remove it, or name "
            "another --output"
        )


def _refuse_input(inputs: Sequence[str], files: Sequence[InputFile], target: Path) -> None:
    folders = (os.path.realpath(given) for given in inputs if os.path.isdir(given))
    if any(target.is_relative_to(folder) for folder in folders):
        raise FilterError(
            f"{target}: lies in the input, where the next audit would read it too; name a folder "
            "outside for --output"
        )
    inside = os.path.join(str(target), "")
    if any(os.path.realpath(file.path).startswith(inside) for file in files):
        raise FilterError(f"{target}: holds files of the input; name another folder for --output")


def _check_free(target: Path, overwrite: bool) -> None:
    if not target.exists() and not target.is_symlink():
        return
    ours = (target / MARKER).is_file()
    empty = target.is_dir() and not any(target.iterdir())
    if empty or (overwrite and ours):
        return
    way = (
        "give --overwrite to replace it"
        if ours
        else "it is not an earlier output of this command, so it is not touched; name another"
    )
    raise FilterError(f"{target} exists already: {way}")


@contextlib.contextmanager
def _folder(target: Path, overwrite: bool) -> Iterator[Path]:
    """A folder beside the target that takes its place once the block ends well."""
    try:
        recover(target, MARKER)
    except OSError as error:
        raise FilterError(f"cannot write to {target.parent}: {error.strerror}") from error
    _check_free(target, overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise FilterError(f"cannot write to {target.parent}: {error.strerror}") from error
    folder = staging / "new"
    try:
        folder.mkdir()
        yield folder
        _check_free(target, overwrite)
        put_in_place(folder, target)
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        raise FilterError(f"cannot write to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def summary(result: Filtered) -> str:
    """What was done, for people."""
    share = result.dropped / result.documents if result.documents else 0
    verb = "dropped" if result.folder is not None else "would be dropped"
    lines = [f"{plural(result.dropped, 'document')} of {result.documents:,} {verb} ({share:.1%})"]
    for what, count, names in (
        ("duplicates", result.duplicates, KINDS),
        ("with findings", result.findings, SEVERITIES[::-1]),
    ):
        some = [f"{name} {result.reasons[name]:,}" for name in names if name in result.reasons]
        lines.append(f"  {what}: {count:,}" + (f" ({', '.join(some)})" if some else ""))
    if result.both:
        lines.append(f"  in both: {result.both:,}")
    if result.folder is not None:
        lines.append(f"{plural(result.files, 'file')} written to {visible(result.folder, 4096)}")
    return "\n".join(lines)
