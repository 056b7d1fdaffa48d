"""A classifier of the user's over every text, through Beam's RunInference."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.ml.inference.base import KeyedModelHandler, ModelHandler, RunInference

from corpus_assay.pipelines import finish, storage
from corpus_assay.pipelines.config import OTHER, AuditConfig
from corpus_assay.pipelines.sources import read_unit
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import additive, guard, language
from corpus_assay.transforms.corpus import CORPUS
from corpus_assay.transforms.documents import ROLES, repair

if TYPE_CHECKING:
    from corpus_assay.pipelines.passes import Run

MOST = 100_000
"""Rows of the table at most: those of most texts, if a model names more categories than that."""

_Key = tuple[str, str, str]
_Counted = tuple[tuple[str, str, str, str], int]


class GuardError(Exception):
    """The model named by ``--guard`` cannot be used; the message says why and what to do."""


def handler(name: str) -> ModelHandler[str, Any, Any]:
    """The model handler that ``MODULE:ATTRIBUTE`` names: one, or a callable that makes one.

    Raises `GuardError`.
    """
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise GuardError(f"--guard is {name!r}, it must be MODULE:ATTRIBUTE, as guards:llama")
    try:
        made = getattr(importlib.import_module(module), attribute)
        made = made() if callable(made) and not isinstance(made, ModelHandler) else made
    except Exception as error:
        raise GuardError(
            f"--guard {name}: {type(error).__name__}: {error}; the module must be installed, or "
            "its folder be in PYTHONPATH, here and on every worker"
        ) from error
    if not isinstance(made, ModelHandler):
        raise GuardError(
            f"--guard {name} is a {type(made).__name__}: it must be a ModelHandler of "
            "apache_beam.ml.inference.base, or a callable that makes one"
        )
    return made


def classify(run: Run) -> str:
    """Write the table `guard.GUARD`, of every text that is not empty.

    A batch on which the model fails is given to it again text by text, so that what fails does not
    depend on how texts were batched. Memory: a batch of documents, the model, and `MOST` rows.
    Raises `GuardError` where no model is named, or it cannot be used.
    """
    name = run.config.options.guard
    if name is None:
        raise GuardError("the measure guard needs --guard MODULE:ATTRIBUTE: which model to ask")
    folder = run.config.staging
    keep = frozenset(finish.whole_table(folder, CORPUS).column("source").unique().to_pylist())
    path = storage.join(folder, finish.table_path(guard.GUARD, 0))
    build = partial(
        _build, units=run.units, config=run.config, model=handler(name), keep=keep, path=path
    )
    run.beam(build, "guard")
    return f"guard: every text once more, through {visible(name, 200)}"


class _OneByOne(KeyedModelHandler[_Key, str, Any, Any]):
    """A keyed model that is given one text at a time."""

    def batch_elements_kwargs(self) -> dict[str, Any]:
        return {"min_batch_size": 1, "max_batch_size": 1}


class _Texts(beam.DoFn):
    """Reads work units and gives language, source and role with each text."""

    def __init__(self, config: AuditConfig, keep: frozenset[str]) -> None:
        self._config = config
        self._keep = keep

    def process(self, unit: WorkUnit) -> Iterator[tuple[_Key, str]]:
        for chunk in read_unit(unit.spans, self._config.read):
            if chunk.batch.num_rows:
                yield from self._texts(_valid(chunk.batch))

    def _texts(self, batch: pa.RecordBatch) -> Iterator[tuple[_Key, str]]:
        identified, _ = language.identify(batch, self._config.options.language)
        columns = (identified.column(name) for name in ("language", "source", "parts"))
        for code, source, parts in zip(*columns, strict=True):
            named = source.as_py() if source.as_py() in self._keep else OTHER
            for part in parts.as_py():
                if part["text"].strip():
                    yield (code.as_py(), named, ROLES[part["role"]]), part["text"]


def _valid(batch: pa.RecordBatch) -> pa.RecordBatch:
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        return repair(batch)[0]
    return batch


def _counted(element: tuple[_Key, Any]) -> list[_Counted]:
    keys, prediction = element
    try:
        named = guard.categories(prediction)
    except ValueError:
        named = [guard.FAILED]
    return [((*keys, name), 1) for name in (guard.ANY, *named)]


def _failed(element: tuple[_Key, str]) -> list[_Counted]:
    return [((*element[0], name), 1) for name in (guard.ANY, guard.FAILED)]


def _members(failure: tuple[Any, ...]) -> Iterable[tuple[_Key, str]]:
    batch = failure[0]
    return batch if isinstance(batch, list) else [batch]


def _write(found: Sequence[_Counted], path: str) -> None:
    shown = [((*keys[:3], visible(keys[3], 2 * guard.LENGTH)), n) for keys, n in found]
    made = additive.merge(guard.GUARD, [guard.table(shown)])
    storage.write(path, storage.parquet_bytes(made))


def _build(
    pipeline: beam.Pipeline,
    *,
    units: Sequence[WorkUnit],
    config: AuditConfig,
    model: ModelHandler[str, Any, Any],
    keep: frozenset[str],
    path: str,
) -> None:
    texts = (
        pipeline
        | "Work units" >> beam.Create(list(units), reshuffle=True)
        | "Texts" >> beam.ParDo(_Texts(config, keep))
    )
    first = RunInference(KeyedModelHandler(model)).with_exception_handling()
    made, other = texts | "Ask the model" >> first
    again = other.failed_inferences | "Of failed batches" >> beam.FlatMap(_members)
    alone = RunInference(_OneByOne(model)).with_exception_handling()
    late, failed = again | "Ask for one text" >> alone
    counted = (
        made | "Categories" >> beam.FlatMap(_counted),
        late | "Categories of one" >> beam.FlatMap(_counted),
        failed.failed_inferences
        | "Failed" >> beam.FlatMap(_members)
        | "No category" >> beam.FlatMap(_failed),
    )
    _ = (
        counted
        | "Together" >> beam.Flatten()
        | "Add" >> beam.CombinePerKey(sum)
        | "Most" >> beam.combiners.Top.Of(MOST, key=lambda one: (one[1], one[0]))
        | "Write" >> beam.Map(_write, path)
    )
