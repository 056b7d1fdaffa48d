"""Audits and results on object stores, for commands that work on folders of a disk.

An audit is copied to a temporary folder, as far as its manifest says that it goes; a result is
made in one and copied, the file that it is known by last. Nothing of either is left on this disk.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.outputs import OutputError
from corpus_assay.reports.audit import MANIFEST

LIMIT = 16 << 30
"""Bytes of tables of one audit that are copied at most."""

_TABLE = re.compile(r"tables/\w{1,100}(/part-\d{1,9})?\.parquet", re.ASCII)


class RemoteError(Exception):
    """What is on an object store cannot be used; the message names it and the way out."""


@contextlib.contextmanager
def audit(path: str) -> Iterator[Path]:
    """The folder of an audit; on an object store, a copy of it for as long as the block runs.

    Raises:
        RemoteError: there is no audit, it cannot be read, is larger than `LIMIT` or than the free
            disk, or is not what its manifest says.
    """
    if not storage.is_remote(path):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="corpus-assay-") as folder:
        yield _copied(path, Path(folder))


@contextlib.contextmanager
def audits(paths: Sequence[str]) -> Iterator[list[Path]]:
    """Folders of audits, or folders that hold audits, as `audit` gives them.

    Raises:
        RemoteError: as `audit`.
    """
    with ExitStack() as stack:
        found: list[Path] = []
        for path in paths:
            inside = _audits_in(path) if storage.is_remote(path) else [path]
            found += [stack.enter_context(audit(each)) for each in inside]
        yield found


@contextlib.contextmanager
def result(path: str, marker: str, *, overwrite: bool) -> Iterator[Path]:
    """Where to write a result that is known by its file `marker`: its folder, or one whose files
    are copied to the object store when the block ends without an error, `marker` last. There, of
    an older result, the folders are replaced that this one has too.

    Raises:
        OutputError: a result is there that `overwrite` does not allow to replace, or it cannot be
            written.
    """
    if not storage.is_remote(path):
        yield Path(path)
        return
    if set(path) & set("*?["):
        raise OutputError(f"{path}: stores take * ? and [ for a pattern; name another --output")
    known = storage.join(path, marker)
    try:
        taken = storage.exists(known)
        if storage.exists(storage.join(path, MANIFEST)):
            raise OutputError(f"{path} holds an audit; name another --output")
    except OutputError:
        raise
    except Exception as error:  # each store's client has errors of its own
        raise OutputError(f"cannot write to {path}: {first_line(error)}") from error
    if taken and not overwrite:
        raise OutputError(f"{path} exists already: give --overwrite to replace it")
    with tempfile.TemporaryDirectory(prefix="corpus-assay-") as folder:
        local = Path(folder) / _name(path)
        yield local
        files = [each for each in sorted(local.rglob("*")) if each.is_file()]
        folders = {each.relative_to(local).parts[0] for each in files if each.parent != local}
        try:
            # What an older result has more than this one would seem to be part of it.
            storage.remove(path, marker, *(sorted(folders) if taken else ()))
            for file in sorted(files, key=lambda each: each.name == marker):
                storage.upload(file, storage.join(path, file.relative_to(local).as_posix()))
        except Exception as error:
            raise OutputError(f"cannot write to {path}: {first_line(error)}") from error


def write(path: str, content: bytes) -> None:
    """Write one file to an object store. Raises `OutputError` where that fails."""
    try:
        storage.write(path, content)
    except Exception as error:
        raise OutputError(f"cannot write to {path}: {first_line(error)}") from error


def _copied(path: str, folder: Path) -> Path:
    target = folder / _name(path)
    manifest = _read(storage.join(path, MANIFEST))
    if manifest is None:
        raise RemoteError(
            f"no {MANIFEST} in {path}: this is no finished audit; name the folder that "
            "'corpus-assay audit --output' wrote"
        )
    sizes = _tables(path, manifest)
    free = shutil.disk_usage(folder).free
    if (total := sum(sizes.values())) > min(LIMIT, free):
        raise RemoteError(
            f"{path} holds {total / 1e9:,.1f} GB of tables, and {min(LIMIT, free) / 1e9:,.1f} GB "
            "can be copied to this disk: name a copy of the audit on a disk (TMPDIR says where "
            "temporary files go)"
        )
    storage.write(str(target / MANIFEST), manifest)
    for name, size in sizes.items():
        place = storage.join(path, name)
        try:
            copied = storage.download(place, target / name, limit=size)
        except Exception as error:
            raise RemoteError(f"{place} cannot be read: {first_line(error)}") from error
        if copied != size:
            has = "more" if copied > size else f"{copied:,} bytes"
            raise RemoteError(
                f"{place} has {has} and not the {size:,} bytes that {MANIFEST} says: is the audit "
                "being replaced? Try again, or audit again"
            )
    return target


def _tables(path: str, content: bytes) -> dict[str, int]:
    """Relative paths of the tables that a manifest lists, none of which leads out of the folder,
    and their sizes."""
    try:
        tables: list[dict[str, Any]] = json.loads(content)["tables"]
        sizes = {table["path"]: int(table["bytes"]) for table in tables}
        if all(_TABLE.fullmatch(name) and size >= 0 for name, size in sizes.items()):
            return sizes
    except (ValueError, OverflowError, KeyError, TypeError, RecursionError):
        pass
    raise RemoteError(f"{path}: its {MANIFEST} cannot be read; audit the corpus again")


def _audits_in(path: str) -> list[str]:
    """The audit that a URL names, or those in folders below it."""
    if _read(storage.join(path, MANIFEST)) is not None:
        return [path.rstrip("/")]
    try:
        matched = storage.matching(storage.join(path, "*", MANIFEST))
    except Exception as error:
        raise RemoteError(f"{path} cannot be listed: {first_line(error)}") from error
    found = [each.removesuffix(f"/{MANIFEST}") for each in matched]
    found = [each for each in found if not _name(each).startswith(".")]
    if not found:
        raise RemoteError(
            f"no {MANIFEST} in {path} nor in a folder of it: name audits that 'corpus-assay audit "
            "--output' wrote, or a folder that holds them"
        )
    return found


def _read(path: str) -> bytes | None:
    try:
        return storage.read(path)
    except Exception as error:  # each store's client has errors of its own
        raise RemoteError(f"{path} cannot be read: {first_line(error)}") from error


def _name(path: str) -> str:
    """What an audit at a URL is called: its last folder, else its bucket."""
    name = path.rstrip("/").rsplit("/", 1)[-1]
    return name if name not in ("", ".", "..") else "audit"


def first_line(error: Exception) -> str:
    """What a client of a store says, without what follows; they say much."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
