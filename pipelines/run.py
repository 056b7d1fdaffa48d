"""Running an audit: from what the user asked to a finished folder."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

logging.getLogger().addFilter(lambda record: "apitools" not in record.getMessage())

# Beam warns of a package that nothing here needs: hence the filter before it.
import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DebugOptions, DirectOptions, PipelineOptions

from corpus_assay.pipelines import (
    check,
    complete,
    dataflow,
    finish,
    passes,
    pipeline,
    reference,
    storage,
)
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

SPAN = 128 << 20
"""Bytes of input in a unit of work, where units go to several workers."""

LOCAL_SPAN = 1 << 30
"""The same where one process does all: its threads idle for a moment at the end of a unit."""

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


def beam_options(runner: str, arguments: Sequence[str]) -> PipelineOptions:
    """Beam's options from the rest of a command line.

    Raises `UsageError` for what Beam does not know or take, and for the direct runner's
    ``multi_threading`` mode and the experiment ``data_buffer_time_limit_ms``, which lose and
    corrupt data (Beam 2.77).
    """
    unknown: list[str] = []
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options = PipelineOptions(list(arguments))
            PipelineOptions([]).get_all_options(
                add_extra_args_fn=lambda p: unknown.extend(p.parse_known_args(arguments)[1])
            )
    except SystemExit:  # from its parser, which prints all its options first
        message = said.getvalue().rpartition("error: ")[2].strip()
        raise UsageError(f"an option of Beam: {message or 'not understood'}") from None
    for argument in unknown:
        if argument.startswith("--"):
            name = argument.split("=")[0]
            raise UsageError(f"unknown option {name}; see corpus-assay audit --help")
    experiments = options.view_as(DebugOptions).experiments or []
    if any(name.startswith("data_buffer_time_limit_ms") for name in experiments):
        raise UsageError(
            "the experiment data_buffer_time_limit_ms corrupts data in Beam and is refused: leave "
            "it out"
        )
    if _mode(runner, options) == "multi_threading":
        raise UsageError(
            "--direct_running_mode multi_threading corrupts data in Beam and is refused; the "
            "default uses every core with --threads, multi_processing is safe too"
        )
    return options


def _mode(runner: str, options: PipelineOptions) -> str:
    """Running mode of the direct runner, "" for other runners."""
    return options.view_as(DirectOptions).direct_running_mode if runner == "direct" else ""


def _runner(name: str, options: PipelineOptions) -> Any:
    if name != "direct":
        return {"prism": "PrismRunner", "dataflow": "DataflowRunner"}[name]
    # Named "DirectRunner", Beam first tries to download Prism. Without provision_info, options
    # would not reach worker processes.
    from apache_beam.portability.api import beam_provision_api_pb2
    from apache_beam.runners.portability.fn_api_runner import fn_runner
    from apache_beam.runners.portability.portable_runner import JobServiceHandle

    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    provision = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return fn_runner.FnApiRunner(provision_info=fn_runner.ExtendedProvisionInfo(provision))


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
    options = options or PipelineOptions([])
    FileSystems.set_options(options)  # where object stores are, and who asks them
    if runner == "dataflow":
        dataflow.check(inputs, output, config, options, wait=True)
    if runner == "flink":
        from corpus_assay.pipelines import flink

        flink.complete(options)
    in_process = _mode(runner, options) == "in_memory"
    if span_bytes is None:
        span_bytes = LOCAL_SPAN if in_process else SPAN
    files, units, config = _prepared(inputs, output, config, weights, span_bytes, quiet)
    found = layouts(files, config.read)
    facts = _facts(output, command, weights, policy, found)
    begin = time.monotonic()
    made_from = record(files, config)
    with (
        _workplace(output, overwrite, resume, made_from) as staging,
        _engine(runner, options) as engine,
    ):
        config = replace(config, staging=staging)
        size = sum(file.size for file in files)
        number = 0

        def run(build: Callable[[beam.Pipeline], Any], label: str = "") -> None:
            nonlocal number
            number += 1
            own = dataflow.pass_options(options, number, label) if runner == "dataflow" else options
            # Only workers in this process can be seen from here.
            with Display(size, label, quiet=quiet or not in_process):
                _run(build, runner, own, engine)

        with unchanged(inputs, files):
            run(lambda built: pipeline.build(built, units, config))
            complete.refuse_nothing_read(staging, files)
            done = passes.run_all(passes.Run(units, config, run))
        seconds = time.monotonic() - begin
        manifest = complete.manifest_of(staging, config, files, done, facts, seconds)
        if storage.is_remote(staging):
            manifest = _write_remotely(staging, manifest, facts)
        else:
            manifest = complete.write_page(Path(staging), manifest, facts)
            finish.commit(Path(staging), Path(os.path.realpath(output)), overwrite=overwrite)
    return Audit(output, manifest, storage.join(output, "report.html"))


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
    FileSystems.set_options(options)
    dataflow.check(inputs, output, config, options, wait=False)
    files, units, config = _prepared(inputs, output, config, weights, SPAN, quiet)
    found = layouts(files, config.read)
    facts = _facts(output, command, weights, policy, found)
    made_from = record(files, config)
    staging = dataflow.staging_of(output, made_from)
    _begin_remotely(output, staging, overwrite, resume, made_from)
    config = replace(config, staging=staging)
    own = dataflow.pass_options(options, 1, "")
    return dataflow.console(
        own,
        _start(
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
            reference.check(config.options.duplicates)
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


@contextlib.contextmanager
def _engine(runner: str, options: PipelineOptions) -> Iterator[Any]:
    """What runs all pipelines of an audit, None where each has a runner of its own."""
    if runner != "flink":
        yield None
        return
    from corpus_assay.pipelines import flink

    with flink.engine(options) as shared:
        yield shared


def _run(
    build: Callable[[beam.Pipeline], Any], runner: str, options: PipelineOptions, engine: Any
) -> None:
    result = _start(build, runner, options, engine)
    if runner == "dataflow":
        print(dataflow.console(options, result), file=sys.stderr)
    try:
        state = result.wait_until_finish()
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        raise _failed(error) from error
    if state not in (None, "DONE"):
        raise RunError(f"the runner ended in state {state}; its log says why")


def _start(
    build: Callable[[beam.Pipeline], Any],
    runner: str,
    options: PipelineOptions,
    engine: Any = None,
) -> Any:
    # What goes wrong in this process is raised; elsewhere the log may be all there is.
    level = logging.CRITICAL if runner == "direct" else logging.ERROR
    logging.getLogger("apache_beam").setLevel(level)
    try:
        built = beam.Pipeline(runner=engine or _runner(runner, options), options=options)
        build(built)
        return built.run()
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        raise _failed(error) from error


def _failed(error: Exception) -> BaseException:
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
