"""After the look for benchmarks: the table of their items, from the tables of the look alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from corpus_assay.pipelines import finish, storage
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import contamination

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run


def summarise(run: Run) -> str:
    """Write the tables `contamination.FINAL`, and remove those that only led to them."""
    folder = run.config.staging
    benchmark = contamination.load(run.config.options.benchmark)
    specs = (contamination.ITEM_DOCUMENTS, contamination.NGRAM_DOCUMENTS)
    tables = {spec.name: finish.whole_table(folder, spec) for spec in specs}
    made = contamination.summarise(tables, benchmark)
    for name in ("benchmark", "id"):
        at = made.schema.get_field_index(name)
        shown = [
            None if text is None else visible(text, joiners=True)
            for text in made.column(name).to_pylist()
        ]
        made = made.set_column(at, made.schema.field(at), pa.array(shown, pa.string()))
    path = storage.join(folder, finish.table_path(contamination.ITEMS, 0))
    storage.write(path, storage.parquet_bytes(made))
    storage.remove(folder, *(f"tables/{spec.name}.parquet" for spec in specs))
    count = len(benchmark.names)
    return f"contamination: items of {count} benchmarks, from the tables of the first reading"
