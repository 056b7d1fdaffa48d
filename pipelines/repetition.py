"""After both looks of the repetition: its tables, from those of the looks alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus_assay.pipelines import finish, storage
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import repetition
from corpus_assay.transforms.additive import TableSpec

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run


def summarise(run: Run) -> str:
    """Write the tables `repetition.FINAL`, and remove those that only led to them.

    Without excerpts the lines are there without their text. Memory: `repetition.summarise`.
    """
    config = run.config
    folder = config.staging

    def parts(spec: TableSpec) -> Callable[[], Iterator[pa.Table]]:
        return lambda: finish.table_parts(folder, spec)

    least = repetition.threshold(finish.whole_table(folder, repetition.SKETCH))
    totals = finish.whole_table(folder, repetition.TOTALS)
    made = repetition.summarise(totals, least, parts(repetition.LINES), parts(repetition.TEXTS))
    lines = made[repetition.REPEATED_LINES.name]
    texts = [
        visible(" ".join(text.split()), joiners=True) if config.excerpts else ""
        for text in lines.column("text").to_pylist()
    ]
    at = lines.schema.get_field_index("text")
    shown = lines.set_column(at, lines.schema.field(at), pa.array(texts, pa.string()))
    made[repetition.REPEATED_LINES.name] = shown
    for spec in repetition.FINAL:
        path = storage.join(folder, finish.table_path(spec, 0))
        storage.write(path, storage.parquet_bytes(made[spec.name]))
    hidden = [spec for spec in (*repetition.FIRST, *repetition.SECOND) if spec.hidden]
    paths = [f"tables/{spec.name}" for spec in hidden]
    storage.remove(folder, *paths, *(f"{path}.parquet" for path in paths))
    return "repetition: lines of many documents, from the tables of both readings"
