"""``corpus-assay history``: audits in, an index of their measures and a page of lines out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from corpus_assay.pipelines.outputs import check_free, new_folder
from corpus_assay.reports import history as figures
from corpus_assay.reports.audit import MANIFEST, ReportError

RESULT = "history.json"
PAGE = "history.html"
INDEX = "tables/history.parquet"


def audits_in(paths: Iterable[Path]) -> list[Path]:
    """The audits that are named, and those in folders that are named; each once.

    Hidden folders, where audits are being built, are passed over.

    Raises:
        ReportError: a path holds no audit.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        inside = [path] if (path / MANIFEST).is_file() else []
        if not inside and path.is_dir():
            inside = sorted(
                each
                for each in path.iterdir()
                if not each.name.startswith(".") and (each / MANIFEST).is_file()
            )
        if not inside:
            raise ReportError(
                f"no {MANIFEST} in {path} nor in a folder of it: name audits that 'corpus-assay "
                "audit --output' wrote, or a folder that holds them"
            )
        found.update({each.resolve(): each for each in inside})
    return list(found.values())


def history(paths: Iterable[Path], output: Path, *, overwrite: bool = False) -> figures.History:
    """Write ``history.html``, ``history.json`` and ``tables/history.parquet`` to `output`, all or
    none.

    Raises:
        outputs.OutputError: `output` may not be replaced or cannot be written.
        reports.ReportError: a path holds no audit, or one that is not complete.
    """
    check_free(output, RESULT, overwrite=overwrite)
    found = figures.history(audits_in(paths))
    with new_folder(output, RESULT, overwrite=overwrite) as folder:
        (folder / "tables").mkdir()
        pq.write_table(figures.table(found), folder / INDEX, compression="zstd")
        page = figures.render(found, output.resolve())
        (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")
        content = json.dumps({"format": 1, "audits": rows(found)}, ensure_ascii=False, indent=2)
        (folder / RESULT).write_text(content + "\n", encoding="utf-8")
    return found


def rows(found: figures.History) -> list[dict[str, object]]:
    """The audits of a history for machines."""
    names = ("name", "created", "version", "documents", "words", "rejected", "verdict")
    return [{name: getattr(entry, name) for name in names} for entry in found.entries]
