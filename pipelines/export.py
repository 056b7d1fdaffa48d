"""What an audit is rendered as: the page, a dataset card, Croissant, SARIF, a terminal summary."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from corpus_assay.lexicons.languages import shortest_code
from corpus_assay.pipelines import sarif, storage
from corpus_assay.pipelines.outputs import OutputError
from corpus_assay.reports import audit as audits
from corpus_assay.reports import croissant, dataset_card, page, summary
from corpus_assay.reports.formats import plural, visible
from corpus_assay.reports.statements import About

HTML = "html"


def _card(folder: Path, about: About, data: Path | None) -> str:
    return dataset_card.dataset_card(folder, about, shortest_code)


def _croissant(folder: Path, about: About, data: Path | None) -> str:
    digests = {} if data is None else file_digests(folder, data)
    return croissant.text(croissant.croissant(folder, about, shortest_code, digests))


def _sarif(folder: Path, about: About, data: Path | None) -> str:
    return sarif.text(sarif.sarif(folder))


FORMATS: Mapping[str, Callable[[Path, About, Path | None], str]] = {
    HTML: lambda folder, about, data: page.render(folder),
    "dataset-card": _card,
    "croissant": _croissant,
    "sarif": _sarif,
    "summary": lambda folder, about, data: summary(folder),
}
"""What `render` makes, by name."""

TAKES_NAMES = ("dataset-card", "croissant")
"""Formats that say what people know of the corpus."""


def render(folder: Path, kind: str, about: About, data: Path | None = None) -> str:
    """An audit in a format of `FORMATS`.

    Args:
        folder: a complete audit.
        kind: the format.
        about: what the people say who answer for the corpus.
        data: folder of the audited files, whose SHA-256 go into Croissant.

    Raises:
        ReportError: the folder is no complete audit.
        OutputError: the files in `data` are not those that were audited.
    """
    return FORMATS[kind](folder, about, data)


def unsaid(rendered: str) -> tuple[str, ...]:
    """What a Croissant description still needs from people."""
    return croissant.missing(json.loads(rendered))


def write(rendered: str, output: Path, *, overwrite: bool) -> None:
    """Write what `render` made, whole or not at all.

    Raises:
        OutputError: the file is there and may not be replaced, or cannot be written.
    """
    if output.is_dir():
        raise OutputError(f"{output} is a folder: name a file")
    if output.exists() and not overwrite:
        raise OutputError(f"{output} exists already: give --overwrite to replace it")
    try:
        storage.write(str(output), rendered.encode())
    except OSError as error:
        raise OutputError(f"cannot write {output}: {error.strerror}") from error


def file_digests(folder: Path, data: Path) -> dict[str, str]:
    """SHA-256 of every audited file, by its path in the audit.

    Args:
        folder: a complete audit.
        data: the folder that the paths of the audit start from, or the one file.

    Raises:
        ReportError: the folder is no complete audit.
        OutputError: a file is not there, or has not the size that was audited.
    """
    rows = audits.load(folder).tables["files"].select(["path", "bytes"]).to_pylist()
    root = Path(os.path.realpath(data))
    digests = {}
    for row in rows:
        path = root if root.is_file() and len(rows) == 1 else root / row["path"]
        shown = visible(row["path"])
        # A path of a table is no more to be trusted than the rest of a folder that was sent.
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(root) and real != root:
            raise OutputError(f"{shown} lies outside {data}: the audit names no such file there")
        try:
            with open(real, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if row["bytes"] is not None and size != row["bytes"]:
                    raise OutputError(
                        f"{shown} in {data} has {plural(size, 'byte')}, the audited file had "
                        f"{plural(row['bytes'], 'byte')}: audit it again"
                    )
                digests[row["path"]] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise OutputError(
                f"cannot read {shown} in {data}: {error.strerror}; name the folder that was audited"
            ) from error
    return digests
