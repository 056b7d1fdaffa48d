"""Going on with an audit that was interrupted: what must still be the same, and what is kept."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import InputFile
from corpus_assay.reports.formats import visible

UNITS = "units"
"""Folder, below the staging folder, of the partial tables of finished work units."""
RECORD = "resume.json"
"""File, beside them, that says what they were made from."""

_PACKAGES = ("lexicons", "transforms", "pipelines/sources")
"""What partial tables are made by: word lists, rules, analyzers and readers."""

_KINDS = frozenset((".py", ".toml", ".tsv", ".arrow", ".json", ".npz"))


def record(files: Sequence[InputFile], config: AuditConfig, output: str) -> dict[str, Any]:
    """What partial tables depend on: the input's fingerprint, what is asked, and the tool.

    An audit in an object store may go on elsewhere, so there the tool is known by the content of
    its files; on this disk size and time do, in a tenth of the time.
    """
    options = config.options
    own = [options.lexicon, options.descriptors, options.language.model, *options.benchmark]
    own += [options.rules, options.integrity]
    tool = _digest_of_tool(storage.is_remote(output))
    return {
        "tool": tool + _digest(Path(path) for path in own if path is not None),
        "asked": repr((config.read, config.measures, options)),
        "files": [[file.name, file.size, file.modified] for file in files],
    }


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """Why partial tables made from `old` are of no use for `new`; None where they are."""
    if old["asked"] != new["asked"]:
        return "other options were given then"
    before = {name: (size, modified) for name, size, modified in old["files"]}
    now = {name: (size, modified) for name, size, modified in new["files"]}
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            return f"{visible(name)} is gone"
        if name not in before:
            return f"{visible(name)} is new"
        if before[name] != now[name]:
            return f"{visible(name)} was changed"
    if old["tool"] != new["tool"]:
        return "corpus-assay, its word lists or those given were changed since"
    return None


def write_record(staging: str, content: Mapping[str, Any]) -> None:
    """Store a `record` in a staging folder."""
    storage.write(storage.join(staging, RECORD), json.dumps(content).encode())


def read_record(staging: str) -> dict[str, Any] | None:
    """The record in a staging folder, None where there is none."""
    content = storage.read(storage.join(staging, RECORD))
    if content is None:
        return None
    try:
        found: dict[str, Any] = json.loads(content)
    except ValueError:
        return None
    return found


@cache
def _digest_of_tool(by_content: bool) -> str:
    root = Path(__file__).resolve().parents[1]
    found = (path for package in _PACKAGES for path in _sources(root / package))
    if by_content:
        return _digest(found)
    digest = hashlib.sha256()
    for path in found:
        known = path.stat()
        digest.update(f"{path.name}\0{known.st_size}\0{known.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    """Files of the tool in a folder, in order; not the thousands of compiled ones."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if os.path.splitext(name)[1] in _KINDS:
                yield Path(parent, name)


def _digest(paths: Iterable[Path]) -> str:
    """SHA-256 of files, and of the files in folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(f"{file.name}\0{file.stat().st_size}\0".encode(errors="replace"))
                with open(file, "rb") as source:
                    digest.update(hashlib.file_digest(source, "sha256").digest())
    return digest.hexdigest()
