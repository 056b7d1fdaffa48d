"""Audits on Google Cloud Dataflow: what must be given, and one job that needs nobody to wait.

An audit is one pipeline or several, one after the other, with short steps of the launcher between
them (`passes`). Two ways to run it:

- the launcher waits: each pipeline is a job of its own, and the launcher needs to stay alive, with
  access to the bucket of the output;
- one job (`build`), for measures that need one reading: its last step, on one worker, does what
  the launcher does otherwise. It is what a Flex Template must be, whose launcher may not wait.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    DebugOptions,
    GoogleCloudOptions,
    PipelineOptions,
    SetupOptions,
    WorkerOptions,
)

from corpus_assay.pipelines import complete, finish, passes, pipeline, storage, work
from corpus_assay.pipelines.complete import Facts
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import InputFile
from corpus_assay.pipelines.units import WorkUnit

STAGING = "in-progress"
"""Begin of the name of the folder, below the output, of the tables of an audit that one job makes.
"""

JOB_NAME = "corpus-assay"
_NAME_LENGTH = 63
_BUCKET = re.compile(r"gs://[a-z0-9][-_.a-z0-9]{1,220}[a-z0-9](/.*)?")


class DataflowError(Exception):
    """The audit cannot be sent to Dataflow as asked; the message names the way out."""


def check(
    inputs: Sequence[str],
    output: str,
    config: AuditConfig,
    options: PipelineOptions,
    *,
    wait: bool,
) -> None:
    """Everything that can be known to be wrong before a job is sent.

    Raises:
        DataflowError: something is missing, or nothing that a worker could reach.
    """
    if not _installed():
        raise DataflowError(
            "the runner dataflow needs more packages: pip install 'apache-beam[gcp]' (in the image "
            "of the workers too)"
        )
    cloud = options.view_as(GoogleCloudOptions)
    needed = {
        "--project": cloud.project,
        "--region": cloud.region,
        "--temp_location": cloud.temp_location or cloud.staging_location,
    }
    if missing := [name for name, value in needed.items() if not value]:
        raise DataflowError(
            f"the runner dataflow needs {' and '.join(missing)}, written --name=value"
        )
    for name in ("temp_location", "staging_location"):
        value = getattr(cloud, name)
        if value and not _BUCKET.fullmatch(value):
            raise DataflowError(f"--{name} is {value!r}, it must be a folder gs://BUCKET/FOLDER")
    _check_image(options)
    for path in (*inputs, output):
        if not storage.is_remote(path):
            raise DataflowError(
                f"{path} is on this machine, where no worker of Dataflow finds it: copy it to a "
                "bucket (gcloud storage cp) and name it gs://BUCKET/…"
                if path != output
                else f"--output {path} is on this machine, where no worker of Dataflow can write: "
                "name a folder gs://BUCKET/…"
            )
    _check_own_files(config)
    if not wait and (more := passes.further(config.measures)):
        rest = ",".join(m for m in config.measures if m not in more and m != "corpus")
        raise DataflowError(
            f"{', '.join(more)} need further jobs, which somebody must wait for: give --measures "
            f"{rest or 'gender'}, or run without --no-wait (and without --template_location) where "
            "the launcher can stay"
        )


def _installed() -> bool:
    try:
        return find_spec("google.cloud.dataflow_v1beta3") is not None
    except ModuleNotFoundError:
        return False


def _check_image(options: PipelineOptions) -> None:
    image = options.view_as(WorkerOptions).sdk_container_image
    setup = options.view_as(SetupOptions)
    if not image:
        if setup.extra_packages or setup.setup_file or setup.requirements_file:
            return
        raise DataflowError(
            "the workers need this package: name the image that holds it with "
            "--sdk_container_image=REGION-docker.pkg.dev/PROJECT/REPOSITORY/corpus-assay:VERSION "
            "(pipelines/deploy/dataflow/README.md says how to build it)"
        )
    name = image.rsplit("/", 1)[-1]
    if "@sha256:" not in name and (":" not in name or name.endswith(":latest")):
        raise DataflowError(
            f"--sdk_container_image {image} names no version: add a tag other than latest, or a "
            "digest; launcher and workers must run the same version"
        )


def _check_own_files(config: AuditConfig) -> None:
    options = config.options
    own: dict[str, list[str | None]] = {
        "--lexicon": [options.lexicon],
        "--descriptors": [options.descriptors],
        "--language-model": [options.language.model],
        "--rules": [options.rules],
        "--integrity": [options.integrity],
        "--benchmark": list(options.benchmark),
    }
    for option, paths in own.items():
        for path in paths:
            if path and not path.startswith("/"):
                raise DataflowError(
                    f"{option} {path}: workers read it too: put it into the image of the workers "
                    "and give its absolute path there, which must be the same on this machine"
                )


def pass_options(options: PipelineOptions, number: int, label: str) -> PipelineOptions:
    """Options of one of the jobs of an audit: a name of its own, and one work unit at a time.

    Python workers take up to 12 elements at once in each process, and there is a process for each
    core; a work unit needs up to 1.5 GB (README, "What a terabyte costs").
    """
    own = copy.deepcopy(options)
    cloud = own.view_as(GoogleCloudOptions)
    what = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    cloud.job_name = job_name(cloud.job_name, number, what)
    # Everything that workers need is importable: what stands in __main__ need not travel.
    own.view_as(SetupOptions).save_main_session = False
    debug = own.view_as(DebugOptions)
    if debug.number_of_worker_harness_threads is None:
        debug.number_of_worker_harness_threads = 1
    return own


def job_name(given: str | None, number: int, what: str) -> str:
    """A job's name: what the user called it for the first one, with a number and a word after."""
    base = given or f"{JOB_NAME}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    tail = f"-{number}-{what}".rstrip("-") if number > 1 else ""
    return base[: _NAME_LENGTH - len(tail)].rstrip("-") + tail


class Finish(beam.DoFn):
    """The last step of an audit that one job makes: its tables to a finished audit.

    The tables are copied to this worker's disk, completed there, and copied to the output,
    ``audit.json`` last. It reads nothing that it changes, so it may be tried again; once
    ``audit.json`` of this run is there, it does nothing. Disk: all tables. Memory: as the launcher
    of an audit.
    """

    def __init__(self, config: AuditConfig, facts: Facts) -> None:
        self._config = config
        self._facts = facts

    def process(self, _: None, written: Iterable[str]) -> Iterator[str]:
        paths = sorted(set(written))
        if not self._done():
            with tempfile.TemporaryDirectory(prefix="corpus-assay-") as folder:
                self._finish(Path(folder), paths)
        storage.remove(*self._config.staging.rsplit("/", 1))
        yield self._facts.output

    def _done(self) -> bool:
        content = storage.read(storage.join(self._facts.output, finish.MANIFEST))
        if content is None:
            return False
        found = json.loads(content)
        return (found.get("created"), found.get("command")) == (
            self._facts.created,
            self._facts.command,
        )

    def _finish(self, folder: Path, paths: Sequence[str]) -> None:
        begin = time.monotonic()
        staging = self._config.staging
        for path in paths:
            storage.download(storage.join(staging, path), folder / path)
        listed = storage.read(storage.join(staging, work.FILES))
        if listed is None:
            raise FileNotFoundError(storage.join(staging, work.FILES))
        files = work.unpacked_files(listed)
        complete.refuse_nothing_read(str(folder), files)
        config = replace(self._config, staging=str(folder))
        done = passes.run_all(passes.Run([], config, _no_pipeline))
        since = datetime.now(UTC) - datetime.fromisoformat(self._facts.created)
        seconds = max(since.total_seconds(), time.monotonic() - begin)
        manifest = complete.manifest_of(str(folder), config, files, done, self._facts, seconds)
        complete.write_page(folder, manifest, self._facts)
        if not self._done():
            publish(folder, self._facts.output)


def _no_pipeline(build: Callable[[beam.Pipeline], None], label: str) -> None:
    raise DataflowError(f"{label}: a job cannot start another one")  # `check` has refused it


def publish(folder: Path, output: str) -> None:
    """Copy a finished audit to a URL in place of an older one, its manifest last; until then there
    is no audit."""
    storage.remove(output, finish.MANIFEST)
    storage.remove(output, "report.html", "tables", "gender_gap.csv")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != finish.MANIFEST:
            storage.upload(path, storage.join(output, name))
    storage.upload(folder / finish.MANIFEST, storage.join(output, finish.MANIFEST))


def staging_of(output: str, made_from: Mapping[str, Any]) -> str:
    """Where one job puts its tables: a folder for each input and configuration, so that two jobs
    at a time never mix theirs."""
    digest = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return storage.join(output, f"{STAGING}-{digest[:16]}")


def build(
    built: beam.Pipeline,
    units: Sequence[WorkUnit],
    files: Sequence[InputFile],
    config: AuditConfig,
    facts: Facts,
) -> None:
    """Add a whole audit to a pipeline: its first look, and the step that finishes it.

    ``config.staging`` is `staging_of` the output.
    """
    storage.write(storage.join(config.staging, work.FILES), work.packed_files(files))
    written = pipeline.build(built, units, config)
    _ = (
        built
        | "Once" >> beam.Create([None], reshuffle=False)
        | "Finish" >> beam.ParDo(Finish(config, facts), written=beam.pvalue.AsIter(written))
    )


def console(options: PipelineOptions, result: Any) -> str:
    """Where a job that was sent can be watched; where its template is, if none was sent."""
    cloud = options.view_as(GoogleCloudOptions)
    if cloud.template_location:
        return f"template of the job: {cloud.template_location}"
    return (
        f"job {cloud.job_name}: https://console.cloud.google.com/dataflow/jobs/{cloud.region}/"
        f"{result.job_id()}?project={cloud.project}"
    )
