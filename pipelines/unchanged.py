"""Refusing an input that changes while it is read: what was counted would be neither of the two."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.sources import InputError, InputFile
from corpus_assay.reports.formats import plural, visible


@contextlib.contextmanager
def unchanged(files: Sequence[InputFile]) -> Iterator[None]:
    """Raises `InputError`, also in place of what the block raises, when a file on a disk has
    another size or time of modification than when it was listed, or is gone."""
    try:
        yield
    except Exception as error:
        if names := changed(files):
            raise InputError(_message(names)) from error
        raise
    if names := changed(files):
        raise InputError(_message(names))


def changed(files: Sequence[InputFile]) -> list[str]:
    """Names of the files on a disk that are not as they were listed."""
    return [file.name for file in files if not storage.is_remote(file.path) and _differs(file)]


def _differs(file: InputFile) -> bool:
    try:
        status = os.stat(file.path)
    except OSError:
        return True
    modified = datetime.fromtimestamp(status.st_mtime, UTC).isoformat()
    return (status.st_size, modified) != (file.size, file.modified)


def _message(names: Sequence[str]) -> str:
    others = f" and {plural(len(names) - 1, 'other file')}" if len(names) > 1 else ""
    return (
        f"{visible(names[0], 1000)}{others} changed while the input was read: no audit was "
        "written; audit it when nobody writes to it, or a copy"
    )
