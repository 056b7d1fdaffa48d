"""Audits that tests run: small corpora on disk, the command line, and the tables that come out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.options.pipeline_options import PipelineOptions

from corpus_assay.pipelines import run
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import ReadOptions
from corpus_assay.transforms.duplicates import DuplicateOptions
from corpus_assay.transforms.language import LanguageOptions
from corpus_assay.transforms.registry import BY_DEFAULT, MeasureOptions

COMMAND = (sys.executable, "-m", "corpus_assay.pipelines.cli")


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def write_parquet(path: Path, columns: Mapping[str, Sequence[Any]], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(columns)), path, **options)
    return path


def audit(
    inputs: Path | Sequence[Path],
    output: Path,
    *,
    read: ReadOptions | None = None,
    language: LanguageOptions | None = None,
    lexicon: str | None = None,
    duplicates: DuplicateOptions | None = None,
    slice_by: tuple[str, ...] = (),
    beam: Sequence[str] = (),
    span_bytes: int = 128 << 20,
    weights: Mapping[str, float] | None = None,
    overwrite: bool = False,
    **config: Any,
) -> run.Audit:
    """An audit in this process; languages are not detected unless asked."""
    options = MeasureOptions(
        lexicon,
        slice_by,
        language or LanguageOptions(detect="never"),
        duplicates=duplicates or DuplicateOptions(),
    )
    return run.audit(
        [str(path) for path in ([inputs] if isinstance(inputs, Path) else inputs)],
        str(output),
        AuditConfig(
            replace(read or ReadOptions(), slice_by=slice_by),
            config.pop("measures", BY_DEFAULT),
            options,
            staging="",
            **config,
        ),
        options=PipelineOptions(list(beam)) if beam else None,
        span_bytes=span_bytes,
        weights=weights,
        overwrite=overwrite,
        quiet=True,
    )


def manifest(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    return content


def table(folder: Path, name: str) -> pa.Table:
    """A table of an audit, whether one file or a folder of parts."""
    single = folder / "tables" / f"{name}.parquet"
    parts = [single] if single.exists() else sorted((folder / "tables" / name).glob("*.parquet"))
    return pa.concat_tables([pq.read_table(part) for part in parts])


def rows(folder: Path, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of a table, all columns or some; decimals as int."""
    found = table(folder, name)
    whole = found.select(list(columns)) if columns else found
    values = []
    for column in whole.columns:
        decimal = pa.types.is_decimal(column.type)
        values.append([int(v) if decimal and v is not None else v for v in column.to_pylist()])
    return list(zip(*values, strict=True))


def table_files(folder: Path) -> dict[str, bytes]:
    """Every table file of an audit by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "tables").rglob("*.parquet"))
    }


def left_beside(folder: Path) -> list[str]:
    """Hidden names beside a folder: what a run may have left."""
    return sorted(p.name for p in folder.parent.iterdir() if p.name.startswith("."))


def command(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **options,
    )
