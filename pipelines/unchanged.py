"""Refusing an input that changes while it is read: what was counted would be neither of the two."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.sources import InputError, InputFile, in_stores
from corpus_assay.reports.formats import plural, visible


@contextlib.contextmanager
def unchanged(inputs: Sequence[str], files: Sequence[InputFile]) -> Iterator[None]:
    """Raises `InputError`, also in place of what the block raises, when a file has another size or
    time of modification than when it was listed from the inputs, or is gone; and where the block
    ends well and an object store cannot say so."""
    try:
        yield
    except Exception as error:
        if names := _known_to_have_changed(inputs, files):
            raise InputError(_message(names)) from error
        raise
    if names := changed(inputs, files):
        raise InputError(_message(names))


def changed(inputs: Sequence[str], files: Sequence[InputFile]) -> list[str]:
    """Names of the files that are not as they were listed from the inputs. Inputs on object stores
    are listed once more.

    Raises:
        InputError: a store cannot be listed.
    """
    now = in_stores(inputs)
    return [
        file.name
        for file in files
        if (
            now.get(file.path) != (file.size, file.modified)
            if storage.is_remote(file.path)
            else _differs(file)
        )
    ]


def _known_to_have_changed(inputs: Sequence[str], files: Sequence[InputFile]) -> list[str]:
    try:
        return changed(inputs, files)
    except InputError:  # what went wrong first is to be said
        return []


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
