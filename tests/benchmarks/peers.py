"""What else does the job, in the same run on the same text: ratios say more than rates."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
from data import Mix, is_ascii_heavy, text_bytes
from kernel_speed import rate, tokenise_and_match
from measure import MB, BenchmarkError, Row, cpu_seconds

from corpus_assay.lexicons import gender as gender_lexicon
from corpus_assay.pipelines.sources import ReadOptions, list_files, plan, read_unit

SAMPLE = 8 * MB
"""Bytes of ASCII-heavy text for the pure Python peer, which is slow."""

_WORD = re.compile(r"\w+")


def measure(mix: Mix, folder: Path) -> Iterator[Row]:
    """Our rate over the peer's rate, for tokens and for reading JSONL and Parquet."""
    yield _python_tokens(mix)
    yield from _jsonl(mix, folder / "mix.jsonl")
    yield _parquet(mix, folder / "mix.parquet")


def _python_tokens(mix: Mix) -> Row:
    sample = []
    size = 0
    for document in mix.documents:
        if size < SAMPLE and is_ascii_heavy(document.text):
            sample.append(document)
            size += len(document.text.encode())
    forms = {
        language: {form.text.lower() for form in lexicon.forms}
        for language, lexicon in gender_lexicon.load().items()
    }

    def work() -> int:
        return sum(
            sum(map(forms[document.lang].__contains__, _WORD.findall(document.text.lower())))
            for document in sample
        )

    theirs = text_bytes(sample) / MB / cpu_seconds(work)
    ours = rate(tokenise_and_match(), sample)
    return _ratio("tokenise + count against re.findall and a set", ours, theirs)


def _jsonl(mix: Mix, path: Path) -> Iterator[Row]:
    mix.write_jsonl(path)
    size, expected = path.stat().st_size / MB, len(mix.documents)

    def speed(name: str, read: Callable[[Path], int]) -> float:
        if (count := read(path)) != expected:
            raise BenchmarkError(f"{name} reads {count} of {expected} records of {path.name}")
        return size / cpu_seconds(lambda: read(path))

    ours = speed("our reader", _read_ours)
    for package, reader in (("pyarrow.json", _pyarrow), ("orjson", _orjson)):
        what = f"JSONL reader against {package}"
        try:
            module = importlib.import_module(package)
        except ImportError:
            yield Row("peers", what, float("nan"), "×", note="skipped: not installed")
            continue
        yield _ratio(what, ours, speed(package, reader(module)))
    path.unlink()


def _parquet(mix: Mix, path: Path) -> Row:
    """The part of an audit that only reads."""
    _, size = mix.write_parquet(path, int(mix.sizes.sum()))
    ours = size / MB / cpu_seconds(lambda: _read_ours(path))
    theirs = size / MB / cpu_seconds(lambda: _read_row_groups(path))
    path.unlink()
    return _ratio("Parquet reader against pyarrow.parquet", ours, theirs)


def _read_row_groups(path: Path) -> None:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            file.read_row_group(group, use_threads=False)


def _ratio(what: str, ours: float, theirs: float) -> Row:
    note = f"{ours:.0f} and {theirs:.0f} MB/CPU-s"
    return Row("peers", what, ours / theirs, "×", note=note)


def _read_ours(path: Path) -> int:
    options = ReadOptions()
    units = plan(list_files([str(path)], options), options)
    return sum(chunk.batch.num_rows for unit in units for chunk in read_unit(unit, options))


def _pyarrow(module: ModuleType) -> Callable[[Path], int]:
    # A block must hold the longest line.
    options = module.ReadOptions(use_threads=False, block_size=ReadOptions().batch_bytes)
    return lambda path: int(module.read_json(path, read_options=options).num_rows)


def _orjson(module: ModuleType) -> Callable[[Path], int]:
    def read(path: Path) -> int:
        with path.open("rb") as file:
            return sum(1 for _ in map(module.loads, file))

    return read
