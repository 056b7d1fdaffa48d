"""Tables that stay with their unit of work: written beside its partial tables as they are made.

A later pass reads them there. They are never merged, so they may be a fifth of the text.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa

from corpus_assay.pipelines import storage
from corpus_assay.transforms.additive import TableSpec


class Aside:
    """Writes the tables of one unit that stay with it, each to a file of its own.

    Memory: one table of one batch. The files are whole, or not there; they are written before the
    unit's partial tables, so a unit that counts as finished has them.
    """

    def __init__(self, specs: Iterable[TableSpec], stem: str) -> None:
        self._paths = {spec.name: aside_path(stem, spec) for spec in specs if spec.aside}
        self._schemas = {spec.name: spec.schema for spec in specs if spec.aside}
        self._writers: dict[str, pa.ipc.RecordBatchFileWriter] = {}
        self._partial: dict[str, str] = {}

    def __enter__(self) -> Aside:
        for name, path in self._paths.items():
            folder = None
            if not storage.is_remote(path):
                folder = str(Path(path).parent)
                os.makedirs(folder, exist_ok=True)
            handle, self._partial[name] = tempfile.mkstemp(dir=folder, suffix=".partial")
            os.close(handle)
            self._writers[name] = pa.ipc.new_file(self._partial[name], self._schemas[name])
        return self

    def rest(self, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """Write what stays, and give back the other tables."""
        for name, writer in self._writers.items():
            if name in tables:
                writer.write_table(tables[name].combine_chunks())
        return {name: table for name, table in tables.items() if name not in self._writers}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, partial in self._partial.items():
            self._writers[name].close()
            if error is None:
                _move(partial, self._paths[name])
            with contextlib.suppress(FileNotFoundError):
                os.unlink(partial)


def _move(partial: str, path: str) -> None:
    if storage.is_remote(path):
        storage.write(path, Path(partial).read_bytes())
        return
    with open(partial, "rb") as written:
        os.fsync(written.fileno())
    os.replace(partial, path)


def aside_path(stem: str, spec: TableSpec) -> str:
    """Where a table stands that stays with the unit whose files begin with `stem`."""
    return f"{stem}.{spec.name}.arrow"


def read_aside(stem: str, spec: TableSpec, columns: Iterable[str]) -> pa.Table:
    """Some columns of such a table, in order of (file, position).

    A local file is mapped, not read. Batches may have been written in any order, but each is in
    order by itself, as is the unit. Raises `OSError` where the table is not there.
    """
    path = aside_path(stem, spec)
    if storage.is_remote(path):
        content = storage.read(path)
        if content is None:
            raise FileNotFoundError(path)
        source = pa.BufferReader(content)
    else:
        source = pa.memory_map(path)
    names = list(dict.fromkeys([*spec.key_names, *columns]))
    with pa.ipc.open_file(source) as reader:
        batches = [reader.get_batch(i).select(names) for i in range(reader.num_record_batches)]
    batches = [batch for batch in batches if batch.num_rows]
    first = [tuple(batch.column(name)[0].as_py() for name in spec.key_names) for batch in batches]
    order = np.array(sorted(range(len(batches)), key=first.__getitem__), np.int64)
    schema = pa.schema([spec.schema.field(name) for name in names])
    return pa.Table.from_batches([batches[i] for i in order], schema)
