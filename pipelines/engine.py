"""Running a pipeline of Beam: its options, its runners, and what is said when one fails.

Importing this imports Beam, which takes longer than a small audit: only what needs an engine does.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corpus_assay.pipelines import start as starting

starting.beam()

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DebugOptions, DirectOptions, PipelineOptions

from corpus_assay.pipelines import dataflow
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.run import RunError, UsageError, failed


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


def connect(options: PipelineOptions) -> None:
    """Tell Beam's filesystems where object stores are, and who asks them."""
    FileSystems.set_options(options)


def connected(
    runner: str,
    options: PipelineOptions | None,
    inputs: Sequence[str],
    output: str,
    config: AuditConfig,
) -> PipelineOptions:
    """The options of an audit, completed and checked before anything is read, and known to Beam's
    filesystems. Raises `dataflow.DataflowError` and `flink.FlinkError`."""
    options = options or PipelineOptions([])
    connect(options)
    if runner == "dataflow":
        dataflow.check(inputs, output, config, options, wait=True)
    if runner == "flink":
        from corpus_assay.pipelines import flink

        flink.complete(options)
    return options


def options_of(
    runner: str, options: PipelineOptions | None, number: int, label: str
) -> PipelineOptions:
    """Options of one of the pipelines of an audit."""
    options = options or PipelineOptions([])
    return dataflow.pass_options(options, number, label) if runner == "dataflow" else options


def in_process(runner: str, options: PipelineOptions) -> bool:
    """Whether workers are threads of this process."""
    return _mode(runner, options) == "in_memory"


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


@contextlib.contextmanager
def shared(runner: str, options: PipelineOptions | None) -> Iterator[Any]:
    """What runs all pipelines of an audit, None where each has a runner of its own."""
    if runner != "flink" or options is None:
        yield None
        return
    from corpus_assay.pipelines import flink

    with flink.engine(options) as shared:
        yield shared


def run(
    build: Callable[[beam.Pipeline], Any], runner: str, options: PipelineOptions, engine: Any
) -> None:
    """Run the pipeline that `build` fills to its end. Raises `RunError` where it fails."""
    result = start(build, runner, options, engine)
    if runner == "dataflow":
        print(dataflow.console(options, result), file=sys.stderr)
    try:
        state = result.wait_until_finish()
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        raise failed(error) from error
    if state not in (None, "DONE"):
        raise RunError(f"the runner ended in state {state}; its log says why")


def start(
    build: Callable[[beam.Pipeline], Any],
    runner: str,
    options: PipelineOptions,
    engine: Any = None,
) -> Any:
    """Start the pipeline that `build` fills; what Beam knows of it. Raises as `run`."""
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
        raise failed(error) from error
