"""Which files an input names, in what order, and how they are cut into units of work."""

from __future__ import annotations

import glob
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from corpus_assay.pipelines.sources.model import (
    InputError,
    InputFile,
    Progress,
    ReadOptions,
    Span,
)
from corpus_assay.pipelines.sources.streams import (
    CODECS,
    RawReader,
    StreamError,
    codec_of,
    decompressed,
    is_binary,
    open_binary,
    start_of_text,
    utf16_or_32,
)

_SUFFIXES = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonlines": "jsonl", ".json": "json",
    ".parquet": "parquet", ".pq": "parquet", ".parq": "parquet",
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".txt": "text", ".text": "text",
    ".warc": "warc", ".wet": "warc", ".wat": "warc", ".arc": "arc",
    ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
_SPLITTABLE = frozenset(("parquet", "jsonl", "json", "text"))
_FILES_PER_UNIT = 1000

_SHARD = re.compile(
    r"[-_.]?(?:part|shard|chunk|split)?[-_.]?\d+-of-\d+$"
    r"|(?<=part|hard|hunk|plit)[-_.]?\d+$"
    r"|[-_.](?:0\d+|\d{5,})$",
    re.IGNORECASE,
)
_UUID = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-.*$", re.IGNORECASE)

_CLUTTER_NAMES = frozenset(
    (
        "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json",
        "croissant.json", "sha256sums", "md5sums", "thumbs.db",
    )
)  # fmt: skip
_CLUTTER_STEMS = frozenset(("readme", "license", "licence", "copying", "notice", "changelog"))
_CLUTTER_SUFFIXES = (".md", ".lock", ".crc", ".yaml", ".yml", ".sha256", ".md5", ".cff", ".bib")


@dataclass(frozen=True)
class _Found:
    """A file that an input names; `root` is the folder its relative name starts from."""

    path: str
    root: str
    size: int
    modified: str
    named: bool = False


def list_files(inputs: Sequence[str], options: ReadOptions) -> list[InputFile]:
    """The files that inputs name, numbered in the order of their relative names.

    An input is a file, a folder (read with everything below it), a glob (``**`` crosses folders)
    or a cloud path of either kind. Names are relative to the folder that all inputs share. In
    folders and globs, hidden files (``.x``, ``_x``) and files that describe a dataset (README,
    LICENSE, ``dataset_info.json``, …) are skipped, and on a disk what is in the folder of an
    audit, a comparison or a history; a file given by name never is. A file whose format neither
    its name nor its contents tell is listed as "unknown", so that the reader rejects it with a
    reason.

    Raises:
        InputError: an input matches nothing, or no file has a known format.
    """
    found: dict[str, _Found] = {}
    for given in inputs:
        matches = list(_cloud(given) if "://" in given else _local(given))
        ours: dict[str, bool] = {}
        kept = [
            match
            for match in matches
            if match.named or not (_is_clutter(match) or _is_ours(match, ours))
        ]
        if not kept:
            skipped = f" (only files such as {_base(matches[0].path)})" if matches else ""
            raise InputError(
                f"{given}: nothing to read{skipped}; expected a file, a folder, or a quoted glob"
                f" such as '{given.rstrip('/')}/**/*.parquet'"
            )
        for match in kept:
            found.setdefault(match.path, match)
    if not found:
        raise InputError("no input given; expected files, folders, globs or cloud paths")
    root = _common([match.root for match in found.values()])
    named = sorted((_relative(match.path, root), match) for match in found.values())
    files = [
        InputFile(
            number=number,
            path=match.path,
            name=name,
            size=match.size,
            modified=match.modified,
            format=_format(match.path, options),
            source=_unicode(options.source or _source(name, root)),
        )
        for number, (name, match) in enumerate(named)
    ]
    if all(file.format == "unknown" for file in files):
        raise InputError(
            f"{files[0].path}: not a format that is read; expected jsonl, parquet, csv, text, warc"
            " or Hugging Face files; say which with --format"
        )
    return files


def in_stores(inputs: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Size and time of modification, as `InputFile` has them, of what inputs on object stores name,
    by path.

    Raises:
        InputError: a store cannot be listed.
    """
    return {
        found.path: (found.size, found.modified)
        for given in inputs
        if "://" in given
        for found in _cloud(given)
    }


def _local(given: str) -> Iterator[_Found]:
    path = os.path.abspath(given)
    if os.path.isdir(path):
        yield from _walk(path, path)
    elif os.path.exists(path):
        if not os.path.isfile(path):
            raise InputError(f"{given}: not a regular file; save the data to a file first")
        yield _stat(path, os.path.dirname(path), named=True)
    elif glob.has_magic(given):
        root = path[: re.search(r"[*?\[]", path).start()]  # type: ignore[union-attr]
        root = os.path.dirname(root)
        for match in sorted(glob.glob(path, recursive=True)):
            if os.path.isdir(match):
                if "**" not in given:
                    yield from _walk(match, root)
            elif os.path.isfile(match):
                yield _stat(match, root)
    elif os.path.islink(path):
        raise InputError(f"{given}: a link to a file that does not exist")
    else:
        raise InputError(f"{given}: no such file or folder")


def _walk(folder: str, root: str) -> Iterator[_Found]:
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names):
            path = os.path.join(current, name)
            if os.path.isfile(path):
                yield _stat(path, root)


def _stat(path: str, root: str, *, named: bool = False) -> _Found:
    status = os.stat(path)
    modified = datetime.fromtimestamp(status.st_mtime, UTC).isoformat()
    return _Found(path, root, status.st_size, modified, named)


def _cloud(given: str) -> Iterator[_Found]:
    # Imported here: Beam costs half a second, and local files do not need it.
    from apache_beam.io.filesystem import BeamIOError  # noqa: PLC0415
    from apache_beam.io.filesystems import FileSystems  # noqa: PLC0415

    list_cloud: Callable[[list[str]], Any] = FileSystems.match
    magic = re.search(r"[*?\[]", given)
    try:
        matched = [] if magic else list_cloud([given.rstrip("/") + "/**"])[0].metadata_list
        named = not matched and not magic
        if not matched:
            matched = list_cloud([given])[0].metadata_list
    except (BeamIOError, ValueError, OSError) as error:
        raise InputError(f"{given}: cannot be listed: {error}") from error
    root = given[: magic.start()] if magic else given
    root = root.rsplit("/", 1)[0] if magic or named else root.rstrip("/")
    for match in matched:
        updated = match.last_updated_in_seconds
        modified = datetime.fromtimestamp(updated, UTC).isoformat() if updated else ""
        if not match.path.endswith("/"):
            yield _Found(match.path, root, match.size_in_bytes, modified, named)


def _base(path: str) -> str:
    return path.replace(os.sep, "/").rsplit("/", 1)[-1]


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_"))


def _is_clutter(match: _Found) -> bool:
    below = match.path[len(match.root) :].replace(os.sep, "/")
    if any(_is_hidden(step) for step in below.split("/") if step):
        return True
    name = _base(below).lower()
    stem = name.split(".", 1)[0]
    return (
        name in _CLUTTER_NAMES
        or name.endswith(_CLUTTER_SUFFIXES)
        # `license.parquet` may be a table of licences; `LICENSE`, `LICENSE.txt`, `LICENSE-MIT` not
        or (
            _named_format(name) in (None, "text")
            and not _CLUTTER_STEMS.isdisjoint(re.split(r"[-_]", stem))
        )
        # what `datasets` saves of a computation beside the data it came from
        or (name.startswith("cache-") and name.endswith(".arrow"))
    )


_OURS = (
    ("audit.json", "report.html", "tables"),
    ("compare.json", "compare.html", "tables"),
    ("history.json", "history.html", "tables"),
)
"""What stands in a folder that ``audit``, ``compare`` or ``history`` wrote."""


def _is_ours(match: _Found, ours: dict[str, bool]) -> bool:
    """Whether a file is part of what a command wrote below the input, which is no data to audit.
    `ours` keeps what is known of folders."""
    if "://" in match.path:
        return False
    folder = match.root
    for step in match.path[len(match.root) :].split(os.sep)[1:-1]:
        folder = os.path.join(folder, step)
        if folder not in ours:
            ours[folder] = any(
                all(os.path.exists(os.path.join(folder, name)) for name in names) for names in _OURS
            )
        if ours[folder]:
            return True
    return False


def _common(roots: Sequence[str]) -> str:
    """The longest folder that holds all roots."""
    split = [root.replace(os.sep, "/").split("/") for root in roots]
    shared = []
    for steps in zip(*split, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return "/".join(shared)


def _relative(path: str, root: str) -> str:
    whole = path.replace(os.sep, "/")
    below = whole[len(root) :].lstrip("/") if whole.startswith(root) else whole
    return below.split("://", 1)[-1]


def _source(name: str, root: str) -> str:
    """First folder below the root, else the file name without its suffixes and shard number."""
    folder, _, _ = name.partition("/")
    if folder != name:
        return folder
    stem = name
    while "." in stem and f".{stem.rsplit('.', 1)[1].lower()}" in {*_SUFFIXES, *CODECS, ".snappy"}:
        stem = stem.rsplit(".", 1)[0]
    stem = re.sub(r"(?<=.)\.[A-Za-z]{1,8}$", "", stem)
    short = "" if stem.isdigit() else _SHARD.sub("", _UUID.sub("", stem))
    return short or _base(root) or stem


def _unicode(name: str) -> str:
    """A name with U+FFFD for bytes of a file name that are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _named_format(name: str) -> str | None:
    lowered = name.lower()
    stem, dot, suffix = lowered.rpartition(".")
    if dot + suffix in CODECS:
        stem, dot, suffix = stem.rpartition(".")
    return _SUFFIXES.get(dot + suffix)


def _format(path: str, options: ReadOptions) -> str:
    named = _named_format(_base(path))
    if options.format not in ("auto", "hf"):
        both = (named, options.format)
        return (
            "tsv"
            if both == ("tsv", "csv")
            else "json"
            if both == ("json", "jsonl")
            else options.format
        )
    return named or _sniff(path)


def _sniff(path: str) -> str:
    """Format of a file by its first bytes, "unknown" where they do not tell."""
    try:
        with closing(open_binary(path)) as raw:
            reader = RawReader(raw, Progress())
            head = reader.exactly(16)
            raw.seek(0)
            if head.startswith(b"PAR1"):
                return "parquet"
            if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
                return "arrow"
            text = next(decompressed(reader, codec_of(_base(path), head)), b"")
    except (OSError, StreamError):
        return "unknown"
    if text.startswith(b"WARC/"):
        return "warc"
    if text.startswith(b"filedesc:"):
        return "arc"
    if utf16_or_32(text) or is_binary(text):
        return "unknown"
    begins = text[start_of_text(text) :].lstrip()[:1]
    return {b"{": "jsonl", b"[": "json"}.get(begins, "text")


def plan(
    files: Sequence[InputFile], options: ReadOptions, span_bytes: int = 128 << 20
) -> list[tuple[Span, ...]]:
    """Units of work of about `span_bytes`, in the order of the files, from names and sizes alone.

    Big files that can be split (Parquet, uncompressed JSON Lines and text) become several spans,
    each a unit; small files share one.
    """
    units: list[tuple[Span, ...]] = []
    open_unit: list[Span] = []
    held = 0
    for file in files:
        pieces = _pieces(file, options, span_bytes)
        if open_unit and (held + file.size > span_bytes or len(open_unit) >= _FILES_PER_UNIT):
            units.append(tuple(open_unit))
            open_unit, held = [], 0
        if pieces == 1:
            open_unit.append(Span(file, 0, file.size))
            held += file.size
            continue
        edges = [file.size * i // pieces for i in range(pieces + 1)]
        units += [(Span(file, edges[i], edges[i + 1]),) for i in range(pieces)]
    if open_unit:
        units.append(tuple(open_unit))
    return units


def _pieces(file: InputFile, options: ReadOptions, span_bytes: int) -> int:
    compressed = f".{file.name.rsplit('.', 1)[-1].lower()}" in CODECS
    whole = file.format == "text" and options.text_unit == "file"
    if file.format not in _SPLITTABLE or compressed or whole:
        return 1
    return max(1, math.ceil(file.size / span_bytes))
