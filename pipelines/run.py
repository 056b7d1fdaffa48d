"""Running an audit: from what the user asked to a finished folder."""

from __future__ import annotations

import contextlib
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
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions

from corpus_assay.pipelines import check, finish, passes, pipeline, reference, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.finish import OutputError
from corpus_assay.pipelines.progress import Display
from corpus_assay.pipelines.resume import RECORD, UNITS, record
from corpus_assay.pipelines.sources import (
    InputError,
    InputFile,
    check_layout,
    list_files,
    plan,
    recognise_slices,
)
from corpus_assay.pipelines.sources.slices import AUTO, RECOGNISED
from corpus_assay.pipelines.units import WorkUnit, analyzer
from corpus_assay.reports import write_report
from corpus_assay.reports.formats import plural, visible
from corpus_assay.transforms import compiled, language
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA

SPAN = 128 << 20
"""Bytes of input in a unit of work, where units go to several workers."""

LOCAL_SPAN = 512 << 20
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

    Raises `UsageError` for what Beam does not know and for the direct runner's
    ``multi_threading`` mode, which loses and corrupts data (Beam 2.77).
    """
    options = PipelineOptions(list(arguments))
    known = PipelineOptions([]).get_all_options()
    for argument in arguments:
        name = argument.split("=")[0].removeprefix("--")
        if (
            argument.startswith("--")
            and name not in known
            and name.removeprefix("no_") not in known
        ):
            raise UsageError(f"unknown option --{name}; see corpus-assay audit --help")
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
        return {"prism": "PrismRunner", "flink": "FlinkRunner", "dataflow": "DataflowRunner"}[name]
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
    files = list_files(inputs, config.read)
    _refuse_own_output(files, output)
    if AUTO in config.read.slice_by:
        config = _recognised(files, config, quiet)
    _check(config)
    check_layout(files, config.read)
    options = options or PipelineOptions([])
    in_process = _mode(runner, options) == "in_memory"
    if span_bytes is None:
        span_bytes = LOCAL_SPAN if in_process else SPAN
    spans = plan(files, config.read, span_bytes)
    units = [WorkUnit(number, unit) for number, unit in enumerate(spans)]
    if weights:
        config = replace(config, always=frozenset(weights))
    created = datetime.now(UTC).replace(microsecond=0).isoformat()
    begin = time.monotonic()
    made_from = record(files, config)
    with _workplace(output, overwrite, resume, made_from) as staging:
        config = replace(config, staging=staging)
        size = sum(file.size for file in files)

        def run(build: Callable[[beam.Pipeline], None], label: str = "") -> None:
            # Only workers in this process can be seen from here.
            with Display(size, label, quiet=quiet or not in_process):
                _run(build, runner, options)

        run(lambda built: pipeline.build(built, units, config))
        _refuse_nothing_read(staging, files)
        done = passes.run_all(passes.Run(units, config, run))
        finish.complete_tables(staging, config, files)
        storage.remove(staging, UNITS, "selections", RECORD)
        manifest = finish.manifest_of(
            staging,
            config,
            command=command,
            created=created,
            seconds=time.monotonic() - begin,
            weights=weights,
            passes=done,
        )
        if storage.is_remote(staging):
            manifest = _write_remotely(staging, manifest, policy)
        else:
            finish.write_manifest(staging, manifest)
            if policy is not None:
                manifest = _judged(Path(staging), manifest, policy, output)
                finish.write_manifest(staging, manifest)
            write_report(Path(staging))
            finish.commit(Path(staging), Path(os.path.realpath(output)), overwrite=overwrite)
    return Audit(output, manifest, storage.join(output, "report.html"))


def _judged(
    folder: Path, manifest: dict[str, Any], policy: check.Policy, output: str
) -> dict[str, Any]:
    """The manifest with the verdict of a policy on the audit in `folder`."""
    verdict = check.judge(policy, folder, name=os.path.basename(output.rstrip("/")))
    return manifest | {"policy": check.as_json(verdict)}


def _write_remotely(
    folder: str, manifest: dict[str, Any], policy: check.Policy | None
) -> dict[str, Any]:
    """Write the report, made from a copy on this disk, and last of all the manifest."""
    with tempfile.TemporaryDirectory(prefix="corpus-assay-") as copy:
        finish.local_copy(folder, manifest, Path(copy))
        if policy is not None:
            manifest = _judged(Path(copy), manifest, policy, folder)
            finish.write_manifest(copy, manifest)
        report = write_report(Path(copy))
        storage.write(storage.join(folder, report.name), report.read_bytes())
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
    try:
        if storage.exists(storage.join(output, finish.MANIFEST)) and not overwrite:
            raise OutputError(f"{output} holds an audit already: give --overwrite to replace it")
        # Nothing of an older audit may stand beside new tables; without audit.json it is none.
        storage.remove(output, finish.MANIFEST)
        finish.begin_staging(output, resume=resume, made_from=made_from)
    except (ValueError, OSError) as error:  # what Beam raises for stores it does not know
        raise OutputError(f"cannot write to {output}: {error}") from error
    yield output


def _run(build: Callable[[beam.Pipeline], None], runner: str, options: PipelineOptions) -> None:
    # What goes wrong in this process is raised; elsewhere the log may be all there is.
    level = logging.CRITICAL if runner == "direct" else logging.ERROR
    logging.getLogger("apache_beam").setLevel(level)
    try:
        built = beam.Pipeline(runner=_runner(runner, options), options=options)
        build(built)
        result = built.run()
        state = result.wait_until_finish()
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        cause = _cause(error)
        if cause.startswith(KeyboardInterrupt.__name__):  # Beam makes it an error like any other
            raise KeyboardInterrupt from error
        raise RunError(cause) from error
    if state not in (None, "DONE"):
        raise RunError(f"the runner ended in state {state}; its log says why")


def _cause(error: BaseException) -> str:
    """The message of the error that a worker raised, without Beam's wrapping."""
    text = str(error).strip() or type(error).__name__
    lines = [line for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines[0].startswith("Traceback") or len(lines) > 8 else lines[0]
    return last.split(" [while running")[0]


def _refuse_nothing_read(staging: str, files: Sequence[InputFile]) -> None:
    counts = finish.records(staging)
    if counts["audited"] or not counts["rejected"]:
        return
    reasons = finish.reject_reasons(staging)
    others = f" and {plural(len(files) - 1, 'other file')}" if len(files) > 1 else ""
    raise InputError(
        f"{files[0].path}{others}: nothing could be read; expected records with text, but "
        f"{counts['rejected']:,} of {plural(counts['read'], 'record')} were rejected ({reasons}). "
        "--format and --text-column say what the input is"
    )
