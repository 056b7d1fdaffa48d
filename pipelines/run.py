"""Running an audit: from what the user asked to a finished folder."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_assay.pipelines import check, complete, finish, passes, start, steps, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.finish import OutputError
from corpus_assay.pipelines.progress import Display
from corpus_assay.pipelines.resume import record
from corpus_assay.pipelines.sources import (
    InputFile,
    check_layout,
    layouts,
    list_files,
    plan,
    recognise_slices,
)
from corpus_assay.pipelines.sources.slices import AUTO, RECOGNISED
from corpus_assay.pipelines.unchanged import unchanged
from corpus_assay.pipelines.units import WorkUnit, analyzer
from corpus_assay.reports.formats import visible
from corpus_assay.transforms import compiled, language
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA

if TYPE_CHECKING:
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions

SPAN = 128 << 20
"""Bytes of input in a unit of work, where units go to several workers."""

LOCAL_SPAN = 1 << 30
"""The same where one process does all: its threads idle for a moment at the end of a unit."""

_ENGINE = "corpus_assay.pipelines.engine"

RUNNERS = ("direct", "prism", "flink", "dataflow")


class RunError(Exception):
    """The run failed; the message says where and what to do."""


class UsageError(Exception):
    """The user asked for something that cannot be; the message names the way out."""


@dataclass(frozen=True)
class Audit:
    """A finished audit: its folder or URL, its manifest, and where its report is."""

    folder: str
    manifest: dict[str, Any]
    report: str


def audit(
    inputs: Sequence[str],
    output: str,
    config: AuditConfig,
    *,
    runner: str = "direct",
    options: PipelineOptions | None = None,
    weights: Mapping[str, float] | None = None,
    overwrite: bool = False,
    resume: bool = False,
    quiet: bool = False,
    command: str = "",
    span_bytes: int | None = None,
    policy: check.Policy | None = None,
) -> Audit:
    """Audit the inputs into the folder (or URL) `output`.

    A `policy` is held against the finished tables, and its verdict put into the manifest.
    Locally the folder is built beside `output` and renamed, so an interrupted run leaves nothing
    that looks whole; on an object store ``audit.json`` is written last. With `resume`, work units
    that an interrupted run has finished are not audited again.

    Raises `sources.InputError`, `finish.OutputError`, `lexicons.gender.LexiconError` and
    `UsageError` for what the user can mend, `RunError` when the run fails.
    """
    on_beam = runner != "direct" or options is not None
    if on_beam or any(storage.is_remote(path) for path in (*inputs, output)):
        with start.imports(_ENGINE):
            from corpus_assay.pipelines import engine

        options = engine.connected(runner, options, inputs, output, config)
    in_process = not on_beam or engine.in_process(runner, options)
    if span_bytes is None:
        span_bytes = LOCAL_SPAN if in_process else SPAN
    files, units, config = _prepared(inputs, output, config, weights, span_bytes, quiet)
    found = layouts(files, config.read)
    facts = _facts(output, command, weights, policy, found)
    begin = time.monotonic()
    made_from = record(files, config, output)
    with (
        _workplace(output, overwrite, resume, made_from) as staging,
        _Steps(runner, options, sum(file.size for file in files), quiet or not in_process) as taken,
    ):
        config = replace(config, staging=staging)
        # Where one worker does everything there is nothing to spread.
        here = taken.here if len(units) == 1 and not on_beam else None
        with unchanged(inputs, files):
            if here is None:
                taken.on_beam(lambda built: _first_look(built, units, config), "")
            else:
                here(lambda: steps.look(units, config), "")
            complete.refuse_nothing_read(staging, files)
            done = passes.run_all(passes.Run(units, config, taken.on_beam, here))
        seconds = time.monotonic() - begin
        manifest = complete.manifest_of(staging, config, files, done, facts, seconds)
        if storage.is_remote(staging):
            manifest = _write_remotely(staging, manifest, facts)
        else:
            manifest = complete.write_page(Path(staging), manifest, facts)
            finish.commit(Path(staging), Path(os.path.realpath(output)), overwrite=overwrite)
    return Audit(output, manifest, storage.join(output, "report.html"))


class _Steps:
    """Takes the steps of an audit, one after another, and shows how far each is unless `quiet`.

    Beam is imported with the first one that needs it, and what runs Flink's is started with it.
    """

    def __init__(
        self, runner: str, options: PipelineOptions | None, size: int, quiet: bool
    ) -> None:
        self._runner, self._options, self._size, self._quiet = runner, options, size, quiet
        self._shared = contextlib.ExitStack()
        self._number = 0
        self._engine: Any = None

    def __enter__(self) -> _Steps:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What runs on a cluster has to know whether it was interrupted.
        self._shared.__exit__(kind, error, trace)

    def here(self, step: Callable[[], None], label: str) -> None:
        """Take a step in this process. Raises as `on_beam`."""
        with Display(self._size, label, quiet=self._quiet):
            try:
                step()
            except Exception as error:
                raise failed(error) from error

    def on_beam(self, build: Callable[[beam.Pipeline], Any], label: str) -> None:
        """Run the pipeline that `build` fills. Raises `RunError`."""
        with start.imports(_ENGINE):
            from corpus_assay.pipelines import engine

        if not self._number:
            self._engine = self._shared.enter_context(engine.shared(self._runner, self._options))
        self._number += 1
        options = engine.options_of(self._runner, self._options, self._number, label)
        with Display(self._size, label, quiet=self._quiet):
            engine.run(build, self._runner, options, self._engine)


def _first_look(built: beam.Pipeline, units: Sequence[WorkUnit], config: AuditConfig) -> None:
    from corpus_assay.pipelines import pipeline

    pipeline.build(built, units, config)


def submit(
    inputs: Sequence[str],
    output: str,
    config: AuditConfig,
    *,
    options: PipelineOptions,
    weights: Mapping[str, float] | None = None,
    overwrite: bool = False,
    resume: bool = False,
    quiet: bool = False,
    command: str = "",
    policy: check.Policy | None = None,
) -> str:
    """Start an audit as one Dataflow job that also finishes it; where to watch it.

    Nobody waits for it: the audit is there when ``audit.json`` is. An audit that `overwrite`
    replaces stays until then. Only for measures that need one reading (`passes.further`).

    Raises as `audit`, and `dataflow.DataflowError`.
    """
    from corpus_assay.pipelines import dataflow, engine

    engine.connect(options)
    dataflow.check(inputs, output, config, options, wait=False)
    files, units, config = _prepared(inputs, output, config, weights, SPAN, quiet)
    found = layouts(files, config.read)
    facts = _facts(output, command, weights, policy, found)
    made_from = record(files, config, output)
    staging = dataflow.staging_of(output, made_from)
    _begin_remotely(output, staging, overwrite, resume, made_from)
    config = replace(config, staging=staging)
    own = dataflow.pass_options(options, 1, "")
    return dataflow.console(
        own,
        engine.start(
            lambda built: dataflow.build(built, units, files, config, facts),
            "dataflow",
            own,
        ),
    )


def _facts(
    output: str,
    command: str,
    weights: Mapping[str, float] | None,
    policy: check.Policy | None,
    found: Sequence[Mapping[str, Any]],
) -> complete.Facts:
    created = datetime.now(UTC).replace(microsecond=0).isoformat()
    return complete.Facts(output, command, created, weights, policy, found)


def _prepared(
    inputs: Sequence[str],
    output: str,
    config: AuditConfig,
    weights: Mapping[str, float] | None,
    span_bytes: int,
    quiet: bool,
) -> tuple[list[InputFile], list[WorkUnit], AuditConfig]:
    """The files and work units of an audit, and its configuration with what the files tell, once
    everything that can be wrong before the first byte is read was looked at."""
    files = list_files(inputs, config.read)
    _refuse_own_output(files, output)
    if AUTO in config.read.slice_by:
        config = _recognised(files, config, quiet)
    _check(config)
    for name in check_layout(files, config.read):
        print(
            f"warning: no column {visible(name, 100)!r} in the first records of the input: is it "
            "called so there?",
            file=sys.stderr,
        )
    spans = plan(files, config.read, span_bytes)
    units = [WorkUnit(number, unit) for number, unit in enumerate(spans)]
    if weights:
        config = replace(config, always=frozenset(weights))
    return files, units, config


def _write_remotely(folder: str, manifest: dict[str, Any], facts: complete.Facts) -> dict[str, Any]:
    """Write the report, made from a copy on this disk, and last of all the manifest."""
    with tempfile.TemporaryDirectory(prefix="corpus-assay-") as copy:
        finish.local_copy(folder, manifest, Path(copy))
        manifest = complete.write_page(Path(copy), manifest, facts)
        storage.upload(Path(copy) / "report.html", storage.join(folder, "report.html"))
    finish.write_manifest(folder, manifest)
    return manifest


def _recognised(files: Sequence[InputFile], config: AuditConfig, quiet: bool) -> AuditConfig:
    """The audit with the slices that its columns tell in place of `AUTO`, said on stderr."""
    read = recognise_slices(files, config.read)
    columns: dict[str, list[str]] = {}
    for name, column in read.recognised:
        columns.setdefault(name, []).append(visible(column, 100))
    missing = [name for name in RECOGNISED if name not in read.slice_by]
    if not quiet:
        found = (f"{name} (column {', '.join(columns[name])})" for name in columns)
        said = [f"by {', '.join(found)}"] if columns else []
        said += [f"no column tells the {' or the '.join(missing)}"] if missing else []
        print(f"slices: {'; '.join(said)}", file=sys.stderr)
    options = replace(config.options, slice_by=read.slice_by)
    return replace(config, read=read, options=options)


def _check(config: AuditConfig) -> None:
    """Everything that can be wrong before the first byte is read."""
    if "gender" in config.measures:
        compiled.load(config.options.lexicon)
    if "demographics" in config.measures:
        compiled.load_demographics(config.options.descriptors)
    try:
        analyzer(config)
        if "duplicates" in config.measures and config.options.duplicates.reference:
            start.beam()
            from corpus_assay.pipelines import reference, reference_text

            reference.check(config.options.duplicates)
            reference_text.units(config.options.duplicates, config.read, SPAN)
        if config.options.language.model is not None:
            language.identify(_one_document(), config.options.language)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _one_document() -> pa.RecordBatch:
    part = {"field": "", "role": 0, "text": "a"}
    row = {"file": 0, "position": 0, "source": "", "parts": [part], "slices": []}
    return pa.RecordBatch.from_pylist([row], schema=DOCUMENT_SCHEMA)


def _refuse_own_output(files: Sequence[InputFile], output: str) -> None:
    folder = output if storage.is_remote(output) else os.path.abspath(output)
    inside = storage.join(folder, "")
    if any(file.path.startswith(inside) for file in files):
        raise UsageError(
            f"the input holds files of {output}, where the audit goes: name another folder, or "
            "inputs without it"
        )


@contextlib.contextmanager
def _workplace(
    output: str, overwrite: bool, resume: bool, made_from: Mapping[str, Any]
) -> Iterator[str]:
    if not storage.is_remote(output):
        folder = Path(os.path.realpath(output))
        with finish.staging_folder(
            folder, overwrite=overwrite, resume=resume, made_from=made_from
        ) as staging:
            yield str(staging)
        return
    _begin_remotely(output, output, overwrite, resume, made_from)
    yield output


def _begin_remotely(
    output: str, staging: str, overwrite: bool, resume: bool, made_from: Mapping[str, Any]
) -> None:
    if set(output) & set("*?["):
        raise OutputError(
            f"{output}: an output in an object store cannot have * ? or [ in its name,"
            " which stores take for a pattern"
        )
    try:
        if storage.exists(storage.join(output, finish.MANIFEST)) and not overwrite:
            raise OutputError(f"{output} holds an audit already: give --overwrite to replace it")
        if staging == output:
            # Nothing of an older audit may stand beside new tables; without audit.json it is none.
            storage.remove(output, finish.MANIFEST)
        finish.begin_staging(staging, resume=resume, made_from=made_from)
    except OutputError:
        raise
    except Exception as error:  # each store's client has errors of its own
        raise OutputError(f"cannot write to {output}: {error}") from error


def failed(error: Exception) -> BaseException:
    """What is raised where a step of a run raised `error`."""
    cause = _cause(error)
    if cause.startswith(KeyboardInterrupt.__name__):  # Beam makes it an error like any other
        return KeyboardInterrupt()
    return RunError(cause)


def _cause(error: BaseException) -> str:
    """The message of the error that a worker raised, without Beam's wrapping."""
    text = str(error).strip() or type(error).__name__
    lines = [line for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines[0].startswith("Traceback") or len(lines) > 8 else lines[0]
    return last.split(" [while running")[0]
