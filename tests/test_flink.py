"""Audits on Flink: what is said before anything starts and, where its jars were fetched
(``pipelines/deploy/flink/cluster.py fetch``), the same bytes as without it, whatever is killed.

``CORPUS_ASSAY_FLINK`` names the folder of the jars, ``CORPUS_ASSAY_FLINK_VERSIONS`` the line of
Flink where it is not the script's default.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import zstandard
from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    JobServerOptions,
    PipelineOptions,
    PortableOptions,
)
from audit_runs import COMMAND, audit, left_beside, manifest, rows, table_files, write_jsonl

from corpus_assay.pipelines import cli, flink, run
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import ReadOptions
from corpus_assay.transforms.language import LanguageOptions
from corpus_assay.transforms.registry import BY_DEFAULT, MeasureOptions

SCRIPT = Path(__file__).parents[1] / "pipelines" / "deploy" / "flink" / "cluster.py"
_spec = importlib.util.spec_from_file_location("flink_cluster", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
cluster_script = importlib.util.module_from_spec(_spec)
sys.modules["flink_cluster"] = cluster_script
_spec.loader.exec_module(cluster_script)

VERSIONS = os.environ.get("CORPUS_ASSAY_FLINK_VERSIONS", cluster_script.DEFAULT)
JARS = cluster_script.jars(cluster_script.VERSIONS[VERSIONS], cluster_script.default_cache())

# --- Said before anything starts -----------------------------------------------------------------


@contextlib.contextmanager
def answering(answers: dict[str, Any]) -> Iterator[str]:
    """The address of a web server that answers as a JobManager does, in what is looked at."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in answers else 404)
            self.end_headers()
            said = answers.get(self.path, {})
            self.wfile.write(said if isinstance(said, bytes) else json.dumps(said).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def jobmanager(version: str, slots: int = 4, free: int = 3) -> dict[str, Any]:
    return {
        "/config": {"flink-version": version},
        "/overview": {"taskmanagers": 2, "slots-total": slots, "slots-available": free},
    }


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the command, which must refuse and write nothing; gives its message."""
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": "a woman"}])

    def refuse(*options: str) -> str:
        arguments = ["audit", str(source), "--output", str(tmp_path / "out"), "--runner", "flink"]
        assert cli.main([*arguments, *options]) == cli.USED_WRONGLY
        out, err = capsys.readouterr()
        assert out == ""
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl"]
        assert err.startswith("error: ")
        return err.removeprefix("error: ").rstrip("\n")

    return refuse


def test_a_cluster_must_be_named(refused: Callable[..., str]) -> None:
    assert refused().startswith("--runner flink needs --flink_master HOST:PORT")


def test_unreachable_cluster(refused: Callable[..., str]) -> None:
    with answering({}) as address:
        pass
    assert refused("--flink_master", address) == (
        f"no Flink cluster answers at {address} (Connection refused); --flink_master names the "
        "REST address of the cluster's JobManager (usually port 8081)"
    )
    assert "answers at no.such.host:8081 (" in refused("--flink_master=http://no.such.host:8081/")


@pytest.mark.parametrize(
    "answers",
    [{}, {"/config": b"<html>"}, {"/config": [], "/overview": {}}],
    ids=["not found", "a page", "other JSON"],
)
def test_what_is_not_flink(refused: Callable[..., str], answers: dict[str, Any]) -> None:
    with answering(answers) as address:
        assert f"what answers at {address} is not Flink" in refused("--flink_master", address)


def test_wrong_version_of_flink(refused: Callable[..., str], tmp_path: Path) -> None:
    with answering(jobmanager("1.16.3")) as address:
        assert refused("--flink_master", address) == (
            f"the cluster at {address} runs Flink 1.16.3; Beam has job servers for Flink 1.19, "
            "1.20, 2.0, 2.1, 2.2: use a cluster of these versions, or name a job server of your "
            "own with --flink_job_server_jar or --job_endpoint"
        )
        jar = "--flink_job_server_jar=beam-runners-flink-2.2-job-server-2.77.0.jar"
        assert "is made for Flink 2.2" in refused("--flink_master", address, jar)
        assert "job-server.jar: No such file" in refused(
            "--flink_master", address, "--flink_job_server_jar=job-server.jar"
        )
    with answering(jobmanager("1.20.3")) as address:
        assert "--flink_version says 1.19: leave the option out" in refused(
            "--flink_master", address, "--flink_version=1.19"
        )


def test_too_few_slots(refused: Callable[..., str]) -> None:
    with answering(jobmanager("2.2.1", slots=0)) as address:
        assert "has no TaskManagers" in refused("--flink_master", address)
    with answering(jobmanager("2.2.1", slots=4)) as address:
        assert "--parallelism 5 is more than the 4 slots" in refused(
            "--flink_master", address, "--parallelism=5"
        )


def test_missing_and_old_java(refused: Callable[..., str], tmp_path: Path) -> None:
    with answering(jobmanager("2.2.1")) as address:
        master = ("--flink_master", address)
        assert refused(*master, "--job_server_java_launcher=no-java").startswith(
            "no Java: there is no program no-java on the PATH. --runner flink starts Beam's job "
            "server, which needs Java 11 or later: install it"
        )
        folder = tmp_path.parent / f"{tmp_path.name}-java"
        folder.mkdir()
        old = folder / "java"
        old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_292\"' >&2\n")
        old.chmod(0o755)
        message = refused(*master, f"--job_server_java_launcher={old}")
        assert 'java -version says: openjdk version "1.8.0_292". --runner flink' in message


def test_workers_must_be_named_in_full(refused: Callable[..., str]) -> None:
    with answering(jobmanager("2.2.1")) as address, answering({}) as served:
        options = ("--flink_master", address, "--job_endpoint", served)
        assert "/path/to/corpus-assay-worker" in refused(*options, "--environment_type=PROCESS")
        assert "worker_pool_main" in refused(*options, "--environment_type=EXTERNAL")


def test_unreachable_job_server(refused: Callable[..., str]) -> None:
    with answering({}) as address:
        pass
    assert f"no Beam job server answers at {address} (Connection refused)" in refused(
        "--job_endpoint", address
    )
    assert "--job_endpoint is nowhere, it must be HOST:PORT" in refused("--job_endpoint=nowhere")


def test_buffers_that_are_cut_by_a_clock_are_refused(refused: Callable[..., str]) -> None:
    assert "data_buffer_time_limit_ms corrupts data" in refused(
        "--flink_master=localhost:1", "--experiments=data_buffer_time_limit_ms=1000"
    )


def test_what_is_left_open_is_taken_from_the_cluster(tmp_path: Path) -> None:
    """Its version and free slots; workers are processes of this installation."""
    with answering(jobmanager("1.20.3", slots=4, free=3)) as address, answering({}) as served:
        options = PipelineOptions([f"--flink_master={address}"])
        options.view_as(JobServerOptions).job_server_java_launcher = "true"
        flink.complete(options)
        assert options.view_as(FlinkRunnerOptions).flink_version == "1.20"
        assert options.view_as(FlinkRunnerOptions).parallelism == 3
        portable = options.view_as(PortableOptions)
        assert portable.environment_type == "PROCESS"
        command = Path(json.loads(portable.environment_config)["command"])
        assert command == Path(sys.executable).with_name("corpus-assay-worker")
        assert "of an audit that runs on a cluster" in subprocess.run(
            [command, "--help"], capture_output=True, text=True, check=True
        ).stdout.replace("\n", " ")
        typed = PipelineOptions(
            [
                *(f"--flink_master={address}", f"--job_endpoint={served}", "--parallelism=1"),
                *("--environment_type=DOCKER", "--environment_config=registry/image:1"),
            ]
        )
        before = typed.get_all_options()
        flink.complete(typed)
        assert typed.get_all_options() == before


# --- On a cluster --------------------------------------------------------------------------------

needs_flink = pytest.mark.skipif(
    not JARS.there,
    reason=f"needs Flink's jars: {SCRIPT.name} fetch --versions {VERSIONS} gets them, and "
    f"CORPUS_ASSAY_FLINK says where they are (not in {JARS.flink.parent})",
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with cluster_script.Cluster(JARS, taskmanagers=2, slots=2) as started:
        yield started


@pytest.fixture(scope="module")
def part(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 800 documents of the mixture, and a record that cannot be read."""
    path = tmp_path_factory.mktemp("flink") / "part.jsonl"
    with open(corpora / "mix" / "mix.jsonl.zst", "rb") as packed:
        lines = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(packed))
        path.write_bytes(b"".join(next(lines) for _ in range(800)) + b'{"text": "cut\n')
    return path


SPAN = 1 << 16
"""Bytes of a work unit, so that there are dozens."""


def audit_on(cluster: Any, source: Path, output: Path, measures: tuple[str, ...]) -> None:
    """An audit of many small units on the cluster."""
    run.audit(
        [str(source)],
        str(output),
        AuditConfig(
            ReadOptions(), measures, MeasureOptions(None, (), LanguageOptions(detect="never")), ""
        ),
        runner="flink",
        options=PipelineOptions([*cluster.options[1:], "--parallelism=2"]),
        span_bytes=SPAN,
        quiet=True,
    )


def counters(cluster: Any) -> dict[str, int]:
    """Beam's counters of the first job of the cluster, as its page shows them while it runs."""
    job = min(cluster.asked("/jobs/overview")["jobs"], key=lambda job: job["start-time"])["jid"]
    found = {}
    for vertex in cluster.asked(f"/jobs/{job}")["vertices"]:
        path = f"/jobs/{job}/vertices/{vertex['id']}/accumulators"
        for accumulator in cluster.asked(path)["user-accumulators"]:
            for metric in json.loads(accumulator["value"])["metrics"].get("attempted", []):
                if metric["labels"].get("NAMESPACE") == "corpus_assay":
                    digits = [byte & 127 for byte in base64.b64decode(metric["payload"])]
                    value = sum(digit << 7 * place for place, digit in enumerate(digits))
                    found[metric["labels"]["NAME"]] = value
    return found


@needs_flink
def test_flink_gives_the_same_bytes(
    cluster: Any, part: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every measure of the default, with the further passes of duplicates; totals are counted here
    from the records themselves."""
    audit(part, tmp_path / "direct")
    audit_on(cluster, part, tmp_path / "flink", BY_DEFAULT)
    assert capfd.readouterr() == ("", "")
    assert table_files(tmp_path / "flink") == table_files(tmp_path / "direct")
    counts = manifest(tmp_path / "flink")["counts"]
    texts = [json.loads(line)["text"] for line in part.read_bytes().splitlines()[:800]]
    assert (counts["read"], counts["audited"], counts["rejected"]) == (801, 800, 1)
    assert counts["text_bytes"] == sum(len(text.encode()) for text in texts)
    characters = [
        n for role, n in rows(tmp_path / "flink", "corpus", "role", "characters") if role == "any"
    ]
    assert sum(characters) == sum(map(len, texts))
    assert counters(cluster) == {"documents": 800, "rejected": 1}
    assert left_beside(tmp_path / "flink") == []


def kill_taskmanager(cluster: Any) -> None:
    cluster.kill_taskmanager()


def kill_worker(cluster: Any) -> None:
    """The Python process of a TaskManager, which any of its threads may have started."""
    parent = cluster.processes[-1].pid
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = status.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == parent:
                os.kill(int(status.parent.name), signal.SIGKILL)
                return
    raise AssertionError("no worker")


@needs_flink
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("kill", [kill_worker, kill_taskmanager])
def test_what_is_killed_changes_nothing(
    cluster: Any, part: Path, tmp_path: Path, kill: Callable[[Any], None]
) -> None:
    """While units are audited: the rest of the cluster does the work again, and counts it once."""
    measures = ("corpus", "gender")
    audit(part, tmp_path / "direct", measures=measures)
    units = tmp_path / ".flink.partial" / "units"
    killed = []

    def when_begun() -> None:
        end = time.monotonic() + 240
        while len(list(units.glob("*.arrows"))) < 3 and time.monotonic() < end:
            time.sleep(0.002)
        kill(cluster)
        killed.append(len(list(units.glob("*.arrows"))))

    watching = threading.Thread(target=when_begun)
    watching.start()
    audit_on(cluster, part, tmp_path / "flink", measures)
    watching.join()
    if kill is kill_taskmanager:
        cluster.start_taskmanager()
        cluster.wait(2)
    spans = (part.stat().st_size + SPAN - 1) // SPAN
    assert 3 <= killed[0] < spans
    latest = max(cluster.asked("/jobs/overview")["jobs"], key=lambda job: job["start-time"])
    assert latest["state"] == "FINISHED"
    assert cluster.asked(f"/jobs/{latest['jid']}/exceptions")["root-exception"]
    assert table_files(tmp_path / "flink") == table_files(tmp_path / "direct")
    assert left_beside(tmp_path / "flink") == []


@needs_flink
def test_interrupt_cancels_the_job(cluster: Any, part: Path, tmp_path: Path) -> None:
    """What ran on the cluster would go on without the command, and write."""
    source = tmp_path / "long.jsonl"
    source.write_bytes(part.read_bytes() * 40)
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = {job["jid"] for job in cluster.asked("/jobs/overview")["jobs"]}
    output = tmp_path / "out"
    process = subprocess.Popen(
        [
            *(*COMMAND, "audit", str(source), "--output", str(output)),
            *(*cluster.options, "--parallelism=1"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    signal.signal(signal.SIGINT, heeded)
    try:
        end = time.monotonic() + 240
        running: list[dict[str, Any]] = []
        while not running and time.monotonic() < end:
            time.sleep(0.1)
            jobs = cluster.asked("/jobs/overview")["jobs"]
            running = [j for j in jobs if j["jid"] not in before and j["state"] == "RUNNING"]
        assert running[0]["name"].startswith("corpus-assay-")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, out, err) == (130, "", "interrupted: no audit was written\n")
    states = {job["jid"]: job["state"] for job in cluster.asked("/jobs/overview")["jobs"]}
    assert states[running[0]["jid"]] == "CANCELED"
    assert left_beside(output) == []


@needs_flink
def test_the_script_leaves_nothing_when_it_is_ended() -> None:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "up", "--versions", VERSIONS, "--taskmanagers", "1"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = next(line for line in process.stderr if line.startswith("Flink "))
    assert said.startswith(f"Flink {cluster_script.VERSIONS[VERSIONS].flink}: http://127.0.0.1:")
    commands = {path: read(path) for path in Path("/proc").glob("[0-9]*/cmdline")}
    (folder,) = {
        command.split(b"--configDir\0")[1].split(b"\0")[0]
        for path, command in commands.items()
        if b"--configDir" in command and parent_of(path.parent) == process.pid
    }
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert not Path(os.fsdecode(folder)).exists()
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if folder in read(path)]
    assert left == []


def read(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def parent_of(process: Path) -> int:
    return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
