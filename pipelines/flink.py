"""Running on a Flink cluster: what is asked of the cluster before anything starts, the options that
the user need not give, and one job server for all pipelines of an audit."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    GoogleCloudOptions,
    JobServerOptions,
    PipelineOptions,
    PortableOptions,
)
from apache_beam.runners.portability.flink_runner import (
    MAGIC_HOST_NAMES,
    FlinkJarJobServer,
    FlinkRunner,
)

from corpus_assay.reports.formats import visible

WORKER = "corpus-assay-worker"
"""The program of `worker`, as this package installs it."""

SECONDS = 10
"""How long to wait for an answer of the cluster."""

JAVA = 11
"""Oldest Java that Beam's job server and Flink from 1.19 on run with."""

_OPENED = ("java.lang", "java.net", "java.nio", "java.text", "java.time", "java.util")
"""Packages of Java that Flink reaches into, which Java closes from 17 on."""


class FlinkError(Exception):
    """The audit cannot run on the cluster as asked; the message names the way out."""


class _OneServer(FlinkRunner):
    """A runner that starts one job server, where it needs one, for all pipelines of an audit, and
    can cancel their jobs on the cluster."""

    def __init__(self, cluster: str | None) -> None:
        super().__init__()
        self._cluster = cluster
        self._server: Any = None
        self._name = secrets.token_hex(4)

    def default_job_server(self, options: PipelineOptions) -> Any:
        if self._server is None:
            uber = options.view_as(FlinkRunnerOptions).flink_submit_uber_jar
            # Beam's own stops with the signal of Ctrl-C, in the midst of what is to be cleaned up.
            self._server = (
                super().default_job_server(options) if uber else FlinkJarJobServer(options)
            )
        return self._server

    def run_portable_pipeline(self, pipeline: Any, options: PipelineOptions) -> Any:
        named = options.view_as(GoogleCloudOptions)  # where Beam keeps the name for every runner
        if self._name not in (named.job_name or ""):
            named.job_name = f"{named.job_name or 'corpus-assay'}-{self._name}"
        return super().run_portable_pipeline(pipeline, options)

    def cancel(self) -> None:
        """Cancel the jobs of this audit that run, and wait until they have stopped: they would go
        on without this process, and write."""
        if self._cluster is None:
            return
        end = time.monotonic() + 3 * SECONDS
        with contextlib.suppress(FlinkError, OSError, KeyError):
            while time.monotonic() < end:
                jobs = _asked(f"{self._cluster}/jobs/overview", "")["jobs"]
                running = [
                    job["jid"] for job in jobs if self._name in job["name"] and job["end-time"] < 0
                ]
                if not running:
                    return
                for job in running:
                    request = urllib.request.Request(
                        f"{self._cluster}/jobs/{job}?mode=cancel", method="PATCH"
                    )
                    with contextlib.suppress(urllib.error.HTTPError):  # it is stopping already
                        urllib.request.urlopen(request, timeout=SECONDS).close()
                time.sleep(0.5)

    def close(self) -> None:
        """Stop the job server."""
        if self._server is not None:
            with contextlib.suppress(Exception):
                self._server.stop()


def _of_others(record: logging.LogRecord) -> bool:
    """Whether a log record is not one of the messages of a job, or of waiting for the job server:
    what goes wrong is raised, and said once."""
    return record.module not in ("portable_runner", "subprocess_server")


@contextlib.contextmanager
def engine(options: PipelineOptions) -> Iterator[FlinkRunner]:
    """A runner for the cluster that completed options (`complete`) name. When the block fails or is
    interrupted, what runs on the cluster is cancelled."""
    master = options.view_as(FlinkRunnerOptions).flink_master
    runner = _OneServer(None if master in MAGIC_HOST_NAMES else _url(master))
    logging.getLogger().addFilter(_of_others)
    hook, threading.excepthook = threading.excepthook, _of_other_threads
    try:
        yield runner
    except BaseException:
        runner.cancel()
        raise
    finally:
        runner.close()
        for thread in threading.enumerate():
            if thread.name == _READER:
                thread.join(SECONDS)
        threading.excepthook = hook
        logging.getLogger().removeFilter(_of_others)


_READER = "wait_until_finish_read"
"""Name of Beam's thread that reads the messages of a job, which fails when its server ends."""


def _of_other_threads(failed: threading.ExceptHookArgs) -> None:
    if failed.thread is None or failed.thread.name != _READER:
        threading.__excepthook__(failed)


def _url(master: str) -> str:
    url: str = FlinkRunner.add_http_scheme(master)
    return url.rstrip("/")


def complete(options: PipelineOptions) -> None:
    """Check that the cluster, Java and the workers are there, and fill in what was left open:
    ``flink_version`` (the cluster's), ``parallelism`` (its free slots) and the environment (worker
    processes of this installation).

    Raises `FlinkError` for an unreachable or unfit cluster, missing Java, and workers that cannot
    be started.
    """
    flink = options.view_as(FlinkRunnerOptions)
    portable = options.view_as(PortableOptions)
    given = flink.flink_master not in MAGIC_HOST_NAMES
    if given:
        _complete_for_cluster(flink, served=portable.job_endpoint is not None)
    elif not portable.job_endpoint and flink.flink_master != "[local]":
        raise FlinkError(
            "--runner flink needs --flink_master HOST:PORT, the REST address of the cluster's "
            "JobManager (or --flink_master '[local]': Flink inside one process, to try it)"
        )
    if portable.job_endpoint:
        _connect(portable.job_endpoint, "Beam job server", "--job_endpoint")
    else:
        _check_java(options.view_as(JobServerOptions))
    if given or portable.environment_type:
        _complete_environment(portable)


def _complete_for_cluster(flink: Any, *, served: bool) -> None:
    address = re.sub(r"^https?://", "", flink.flink_master.strip()).rstrip("/")
    url = _url(flink.flink_master)
    version = str(_asked(f"{url}/config", address).get("flink-version", ""))
    state = _asked(f"{url}/overview", address)
    match = re.match(r"\d+\.\d+", version)
    if match is None:
        raise FlinkError(f"what answers at {address} is not Flink; {_MASTER}")
    if not served:
        _check_version(flink, match[0], version, address)
    slots = int(state.get("slots-total", 0))
    if not slots:
        raise FlinkError(
            f"the Flink cluster at {address} has no TaskManagers: start at least one, or wait "
            "until they have registered"
        )
    if flink.parallelism > slots:
        raise FlinkError(
            f"--parallelism {flink.parallelism} is more than the {slots} slots of the cluster at "
            f"{address}: it would wait for slots that never come"
        )
    if flink.parallelism < 1:
        flink.parallelism = max(1, int(state.get("slots-available", 0)))


_MASTER = "--flink_master names the REST address of the cluster's JobManager (usually port 8081)"


def _asked(url: str, address: str) -> dict[str, Any]:
    """What the cluster says."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            said = json.loads(answer.read(1 << 20))
    except (urllib.error.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FlinkError(f"what answers at {address} is not Flink; {_MASTER}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        why = getattr(reason, "strerror", None) or str(reason)
        raise FlinkError(f"no Flink cluster answers at {address} ({why}); {_MASTER}") from error
    return said if isinstance(said, dict) else {}


def _check_version(flink: Any, line: str, version: str, address: str) -> None:
    """Raises `FlinkError` where the job server is not made for the cluster's Flink."""
    version = visible(version, 40)
    if jar := flink.flink_job_server_jar:
        made_for = _line_of_jar(jar)
        if made_for and made_for != line:
            raise FlinkError(
                f"the cluster at {address} runs Flink {version}, but the job server "
                f"{os.path.basename(jar)} is made for Flink {made_for}"
            )
        return
    known = FlinkRunnerOptions.PUBLISHED_FLINK_VERSIONS
    if line not in known:
        raise FlinkError(
            f"the cluster at {address} runs Flink {version}; Beam has job servers for Flink "
            f"{', '.join(known)}: use a cluster of these versions, or name a job server of your "
            "own with --flink_job_server_jar or --job_endpoint"
        )
    typed = flink.flink_version
    if typed not in (line, FlinkRunnerOptions([]).flink_version):
        raise FlinkError(
            f"the cluster at {address} runs Flink {version}, --flink_version says {typed}: leave "
            "the option out, the cluster's version is taken"
        )
    flink.flink_version = line


def _line_of_jar(jar: str) -> str | None:
    """Version, as 2.2, of the Flink that a job server's jar is made for; None where it does not
    say. Raises `FlinkError` where a file is not there or is no jar."""
    if match := re.search(r"flink-(\d+\.\d+)-job-server", os.path.basename(jar)):
        return match[1]
    if "://" in jar:
        return None
    try:
        with zipfile.ZipFile(jar) as archive:
            said = archive.read("META-INF/maven/org.apache.flink/flink-core/pom.properties")
    except KeyError:
        return None
    except (OSError, zipfile.BadZipFile) as error:
        raise FlinkError(
            f"--flink_job_server_jar {jar}: {getattr(error, 'strerror', None) or 'not a jar'}"
        ) from error
    line = re.search(rb"version=(\d+\.\d+)", said)
    return line[1].decode() if line else None


def _connect(address: str, what: str, option: str) -> None:
    host, _, port = address.removeprefix("http://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]") or "localhost", int(port)), SECONDS).close()
    except ValueError as error:
        raise FlinkError(f"{option} is {address}, it must be HOST:PORT") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise FlinkError(f"no {what} answers at {address} ({why}), which {option} names") from error


def _check_java(options: Any) -> None:
    """Raises `FlinkError` unless Beam's job server, a Java program, can be started here."""
    java = options.job_server_java_launcher
    way = (
        f"--runner flink starts Beam's job server, which needs Java {JAVA} or later: install it "
        "(Debian: openjdk-17-jre-headless), name it with --job_server_java_launcher, or name a job "
        "server that runs elsewhere with --job_endpoint HOST:PORT"
    )
    if shutil.which(java) is None:
        raise FlinkError(f"no Java: there is no program {java} on the PATH. {way}")
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    match = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    if done.returncode or (match and int(match[1]) < JAVA):
        said = (done.stderr or done.stdout).strip().splitlines()
        raise FlinkError(f"{java} -version says: {visible(said[0] if said else '', 100)}. {way}")
    if not options.job_server_jvm_properties:
        options.job_server_jvm_properties = [
            f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED
        ]


def _complete_environment(portable: Any) -> None:
    kind = portable.environment_type
    config = portable.environment_config
    if portable.environment_options:  # Beam's newer way to say the same; it checks them
        return
    if kind is None:
        command = Path(sys.executable).with_name(WORKER)
        if not command.is_file():
            raise FlinkError(
                f"the worker program {command} is not there: install this package with pip, or say "
                "how workers are started with --environment_type and --environment_config"
            )
        portable.environment_type = "PROCESS"
        portable.environment_config = json.dumps({"command": str(command)})
    elif kind.upper() == "PROCESS" and not config:
        raise FlinkError(
            "--environment_type PROCESS needs --environment_config "
            f'\'{{"command": "/path/to/{WORKER}"}}\': where the program stands on every TaskManager'
        )
    elif kind.upper() == "EXTERNAL" and not config:
        raise FlinkError(
            "--environment_type EXTERNAL needs --environment_config localhost:PORT: the worker "
            "pool that stands beside every TaskManager (with this installation's python first on "
            "the PATH: python -m apache_beam.runners.worker.worker_pool_main --service_port PORT)"
        )
