"""``corpus-assay compare``: two audits in, a folder with what changed out."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from corpus_assay.pipelines.outputs import check_free, new_folder
from corpus_assay.reports import compare as figures
from corpus_assay.reports import compare_page

RESULT = "compare.json"
PAGE = "compare.html"
CHANGES = "tables/changes.parquet"


def compare(
    old: Path,
    new: Path,
    output: Path,
    *,
    overwrite: bool = False,
    assume_comparable: bool = False,
) -> figures.Comparison:
    """Compare two audit folders and write ``compare.html``, ``compare.json`` and
    ``tables/changes.parquet`` to `output`, all or none; the same audits give the same bytes.

    Raises:
        outputs.OutputError: `output` may not be replaced or cannot be written.
        reports.ReportError: `old` or `new` is no complete audit.
    """
    check_free(output, RESULT, overwrite=overwrite)
    found = figures.compare(old, new, assume_comparable=assume_comparable)
    with new_folder(output, RESULT, overwrite=overwrite) as folder:
        (folder / "tables").mkdir()
        pq.write_table(figures.table(found), folder / CHANGES, compression="zstd")
        page = compare_page.render(found, assumed=assume_comparable)
        (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")
        content = json.dumps(figures.as_json(found), ensure_ascii=False, indent=2, allow_nan=False)
        (folder / RESULT).write_text(content + "\n", encoding="utf-8")
    return found
