"""Folders that commands other than ``audit`` write: whole or not there."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


class OutputError(Exception):
    """The output cannot be written as asked; the message says why and what to do."""


@contextlib.contextmanager
def new_folder(output: Path, marker: str, *, overwrite: bool) -> Iterator[Path]:
    """A folder to fill, which takes the place of `output` when the block ends without an error.

    Args:
        output: where the folder goes; a name that is free, an empty folder or, with `overwrite`,
            one that this command wrote.
        marker: file by which such a folder is known.
        overwrite: whether it may be replaced.

    Raises:
        OutputError: something else is there, or the place cannot be written to.
    """
    output = Path(os.path.realpath(output))
    check_free(output, marker, overwrite=overwrite)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{output.name[:80]}.", dir=output.parent))
    except OSError as error:
        raise OutputError(f"cannot write to {output.parent}: {error.strerror}") from error
    try:
        yield staging
        # Temporary folders are for their owner alone; this one is to be read by others.
        staging.chmod(0o777 & ~_mask())
        check_free(output, marker, overwrite=overwrite)
        put_in_place(staging, output)
    except OSError as error:
        raise OutputError(f"cannot write to {output}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def put_in_place(made: Path, output: Path) -> None:
    """Rename a finished folder to `output`, and remove what was there.

    Between two renames there is nothing at `output`. A process that is killed then leaves the old
    folder aside, and `recover` puts it back; where the second rename fails, that is done at once.
    """
    old = _aside(output)
    replaces = output.exists()
    if replaces:
        shutil.rmtree(old, ignore_errors=True)
        os.rename(output, old)
    try:
        os.rename(made, output)
    except OSError:
        if replaces:
            os.rename(old, output)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(output: Path, marker: str) -> None:
    """Put back the folder that a killed process had moved aside to replace it, or finish removing
    it where the new one is in its place. `marker` is a file by which such folders are known."""
    old = _aside(output)
    if (output / marker).is_file():
        shutil.rmtree(old, ignore_errors=True)
    elif (old / marker).is_file() and not os.path.lexists(output):
        os.rename(old, output)


def _aside(output: Path) -> Path:
    return output.parent / f".{output.name}.replaced"


def check_free(output: Path, marker: str, *, overwrite: bool) -> None:
    """Raises `OutputError` unless `output` may be written, see `new_folder`. What an interrupted
    process had moved aside is put back first."""
    with contextlib.suppress(OSError):  # where it matters, writing will say it
        recover(Path(os.path.realpath(output)), marker)
    if not output.exists() and not output.is_symlink():
        return
    if output.is_dir() and not any(output.iterdir()):
        return
    ours = (output / marker).is_file()
    if ours and overwrite:
        return
    way = (
        "give --overwrite to replace it"
        if ours
        else f"it holds no {marker}, so it is not touched; name another folder"
    )
    raise OutputError(f"{output} exists already: {way}")


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
