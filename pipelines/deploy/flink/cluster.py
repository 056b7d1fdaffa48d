#!/usr/bin/env python3
"""A Flink cluster on this machine, without Docker, to try an audit on: fetched, started, stopped.

    cluster.py fetch                      download Flink and Beam's job server, checked by hash
    cluster.py run                        start a cluster, audit the bundled sample on it, stop it
    cluster.py run -- corpus-assay audit data/ --output audit
                                          the same with a command of yours; what says where the
                                          cluster is (--runner flink …) is put behind it
    cluster.py up                         start a cluster, say how to use it, wait for Ctrl-C

Needs Java 11 or later, Maven, and corpus-assay installed for the Python that runs this. Flink comes
from PyPI (apache-flink-libraries holds its jars), the job server from Maven Central. Nothing is
left running, and nothing is written but to --cache and to a temporary folder.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Versions:
    """Versions of Flink and Beam's job server that go together.

    sha256      of the archive of Flink's jars on PyPI
    assembled   no ready job server is fetched: it is put together from the jars of
                ``job-server.xml``, whose hashes stand in ``job-server-LINE.sha256``
    """

    flink: str
    sha256: str
    beam: str
    assembled: bool = False

    @property
    def line(self) -> str:
        """Version of Flink without the last number."""
        return self.flink.rpartition(".")[0]


VERSIONS = {
    "2.2": Versions(
        "2.2.1", "eec27ffa86d01184de7f5ab668c479c83cdb75ebc7fba8091307da4f1a9d3348", "2.77.0"
    ),
    "1.16": Versions(
        "1.16.3",
        "d15df4185e9c507836b031879b64e18f68955dd7e90cd7d39b450513ed64ebbe",
        "2.56.0",
        assembled=True,
    ),
}
DEFAULT = "2.2"

DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:2.8"

_OPENED = (
    *("java.io", "java.lang", "java.lang.reflect", "java.net", "java.nio", "java.text"),
    *("java.time", "java.util", "java.util.concurrent", "java.util.concurrent.atomic"),
    *("java.util.concurrent.locks", "sun.nio.ch"),
)
_JAVA_OPTIONS = [
    "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
]


class ClusterError(Exception):
    """The cluster cannot be had; the message says why and what to do."""


# --- Fetching ------------------------------------------------------------------------------------


def default_cache() -> Path:
    """Where downloads are kept: ``CORPUS_ASSAY_FLINK``, else below the user's cache folder."""
    if given := os.environ.get("CORPUS_ASSAY_FLINK"):
        return Path(given)
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "corpus-assay" / "flink"


@dataclass(frozen=True)
class Jars:
    """What was fetched: the folder of Flink's jars, and the jar of Beam's job server."""

    flink: Path
    job_server: Path

    @property
    def there(self) -> bool:
        """Whether both are there, whole."""
        return self.flink.is_dir() and self.job_server.is_file()


def jars(versions: Versions, cache: Path) -> Jars:
    """Where the jars of these versions stand, fetched or not."""
    name = f"beam-runners-flink-{versions.line}-job-server-{versions.beam}.jar"
    return Jars(cache / f"flink-{versions.flink}", cache / name)


def fetch(versions: Versions, cache: Path) -> Jars:
    """Download what is not there yet. Raises `ClusterError`."""
    found = jars(versions, cache)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as folder:
        if not found.flink.is_dir():
            _say(f"Flink {versions.flink} from PyPI")
            _fetch_flink(versions, Path(folder), found.flink)
        if not found.job_server.is_file():
            _say(f"job server of Beam {versions.beam} for Flink {versions.line} from Maven Central")
            get = _assemble if versions.assembled else _fetch_job_server
            get(versions, Path(folder), found.job_server)
    return found


def _fetch_flink(versions: Versions, folder: Path, target: Path) -> None:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"apache-flink-libraries=={versions.flink} --hash=sha256:{versions.sha256}\n")
    options = ["--no-deps", "--require-hashes", "--no-binary", ":all:", "--quiet"]
    _call([sys.executable, "-m", "pip", "download", *options, "-r", str(wanted), "-d", str(folder)])
    (archive,) = folder.glob("*.tar.gz")
    unpacked = folder / "flink"
    unpacked.mkdir()
    with tarfile.open(archive) as packed:
        for member in packed:
            parts = Path(member.name).parts
            if member.isfile() and parts[1:3] == ("deps", "lib"):
                source = packed.extractfile(member)
                assert source is not None  # it is a file
                with source, open(unpacked / parts[-1], "wb") as sink:
                    shutil.copyfileobj(source, sink)
    if not any(unpacked.glob("flink-dist-*.jar")):
        raise ClusterError(f"{archive.name} holds no flink-dist jar")
    os.replace(unpacked, target)


def _fetch_job_server(versions: Versions, folder: Path, target: Path) -> None:
    name = f"beam-runners-flink-{versions.line}-job-server"
    _maven(
        f"{DEPENDENCY_PLUGIN}:copy",
        f"-Dartifact=org.apache.beam:{name}:{versions.beam}",
        f"-DoutputDirectory={folder}",
    )
    os.replace(folder / f"{name}-{versions.beam}.jar", target)


def _assemble(versions: Versions, folder: Path, target: Path) -> None:
    """One jar of all that the job server needs, as Beam's own is."""
    parts = folder / "jars"
    _maven(
        f"{DEPENDENCY_PLUGIN}:copy-dependencies",
        f"-Dbeam.version={versions.beam}",
        f"-Dflink.version={versions.flink}",
        f"-Dflink.line={versions.line}",
        f"-DoutputDirectory={parts}",
        "-DincludeScope=runtime",
        "-f",
        str(HERE / "job-server.xml"),
    )
    _check_hashes(parts, HERE / f"job-server-{versions.line}.sha256")
    services: dict[str, list[bytes]] = {}
    seen = {"META-INF/MANIFEST.MF"}
    whole = folder / "whole.jar"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as sink:
        manifest = "Manifest-Version: 1.0\r\nMain-Class: org.apache.beam.runners.flink."
        sink.writestr("META-INF/MANIFEST.MF", f"{manifest}FlinkJobServerDriver\r\n\r\n")
        for part in sorted(parts.glob("*.jar")):
            with zipfile.ZipFile(part) as source:
                for name in source.namelist():
                    if name.startswith("META-INF/services/") and not name.endswith("/"):
                        services.setdefault(name, []).append(source.read(name))
                    elif name not in seen and not name.endswith(("/", ".SF", ".RSA", ".DSA")):
                        seen.add(name)
                        sink.writestr(name, source.read(name))
        for name, listed in services.items():
            sink.writestr(name, b"\n".join(listed))
    os.replace(whole, target)


def _check_hashes(folder: Path, lock: Path) -> None:
    """Raises `ClusterError` unless a folder holds just the files of a list, unchanged."""
    rows = (line.split() for line in lock.read_text().splitlines())
    expected = {name: digest for digest, name in rows}
    found = {}
    for path in folder.glob("*.jar"):
        with open(path, "rb") as source:
            found[path.name] = hashlib.file_digest(source, "sha256").hexdigest()
    if wrong := sorted(name for name, _ in found.items() ^ expected.items()):
        raise ClusterError(
            f"not what {lock.name} lists: {', '.join(dict.fromkeys(wrong))}; nothing was used"
        )


def _maven(*arguments: str) -> None:
    if shutil.which("mvn") is None:
        raise ClusterError("no Maven: install it (Debian: apt-get install maven)")
    # --strict-checksums: what does not have the checksum that the repository names is an error.
    _call(["mvn", "--batch-mode", "--quiet", "--strict-checksums", *arguments])


def _call(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        said = [line for line in lines if "error" in line.lower()] or lines[-3:]
        raise ClusterError(f"{Path(command[0]).name} failed: " + "\n".join(said[:3]))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- Running -------------------------------------------------------------------------------------


@dataclass
class Cluster:
    """A standalone session cluster: a JobManager and TaskManagers, each a process of this machine.

    A context manager: inside, the cluster has registered all its TaskManagers; afterwards nothing
    of it runs, and its temporary folder is gone. Each slot of a TaskManager is one subtask at a
    time; a TaskManager starts one Python worker for all its slots.

    java   the Java launcher
    """

    jars: Jars
    taskmanagers: int = 2
    slots: int = 1
    java: str = "java"
    rest: int = field(default=0, init=False)

    def __enter__(self) -> Cluster:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._killed: list[subprocess.Popen[bytes]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="corpus-assay-flink-"))
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Of the REST interface and web page of the JobManager."""
        return f"127.0.0.1:{self.rest}"

    @property
    def options(self) -> list[str]:
        """What a command needs to run on this cluster."""
        return [
            "--runner=flink",
            f"--flink_master={self.address}",
            f"--flink_job_server_jar={self.jars.job_server}",
        ]

    def asked(self, path: str) -> Any:
        """An answer of the REST interface."""
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
            return json.load(answer)

    def start_taskmanager(self) -> subprocess.Popen[bytes]:
        """One more TaskManager."""
        return self._java(
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            f"taskmanager-{len(self._processes) + len(self._killed)}",
            "-Xmx448m",
            "-XX:MaxDirectMemorySize=384m",
        )

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """The JobManager and the TaskManagers, in the order in which they were started."""
        return list(self._processes)

    def kill_taskmanager(self) -> None:
        """Kill the TaskManager that was started last, as a machine that is lost."""
        self._killed.append(self._processes.pop())
        self._killed[-1].kill()

    def wait(self, count: int, seconds: float = 120) -> None:
        """Wait until so many TaskManagers have registered. Raises `ClusterError`."""
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, ValueError):
                if self.asked("/overview")["taskmanagers"] >= count:
                    return
            dead = [process for process in self._processes if process.poll() is not None]
            if dead or time.monotonic() > end:
                logs = sorted((self.folder / "log").iterdir())
                said = "\n".join(log.read_text(errors="replace")[-2000:] for log in logs)
                raise ClusterError(f"the cluster did not start; its logs end with\n{said}")
            time.sleep(0.25)

    def stop(self) -> None:
        """End all processes and remove the folder."""
        for process in reversed(self._processes):  # TaskManagers first: they end their workers
            _signal(process, signal.SIGTERM)
        end = time.monotonic() + 10
        for process in self._processes + self._killed:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            _signal(process, signal.SIGKILL, group=True)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        self.rest, rpc = _free_port(), _free_port()
        for name in ("conf", "log", "io"):
            (self.folder / name).mkdir()
        lines = "".join(f"{key}: {value}\n" for key, value in self._configuration(rpc).items())
        for name in ("config.yaml", "flink-conf.yaml"):  # from 2.0 on, and before
            (self.folder / "conf" / name).write_text(lines)
        self._java(
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            "jobmanager",
            "-Xmx512m",
        )
        for _ in range(self.taskmanagers):
            self.start_taskmanager()
        self.wait(self.taskmanagers)

    def _configuration(self, rpc: int) -> dict[str, Any]:
        """Of JobManager and TaskManagers. Memory must be said in full: it is Flink's own start
        scripts that fill it in, and they are not in the archive."""
        memory = {
            "framework.heap": 128,
            "framework.off-heap": 64,
            "task.heap": 320,
            "task.off-heap": 64,
            "managed": 96,
            "jvm-metaspace": 192,
        }
        return {
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": rpc,
            "jobmanager.bind-host": "127.0.0.1",
            "jobmanager.memory.process.size": "1024m",
            "rest.address": "127.0.0.1",
            "rest.bind-address": "127.0.0.1",
            "rest.port": self.rest,
            "taskmanager.host": "127.0.0.1",
            "taskmanager.bind-host": "127.0.0.1",
            "taskmanager.numberOfTaskSlots": self.slots,
            "taskmanager.cpu.cores": self.slots,
            **{f"taskmanager.memory.{name}.size": f"{mb}m" for name, mb in memory.items()},
            # Enough for one TaskManager to do all that two did.
            "taskmanager.memory.network.min": "192m",
            "taskmanager.memory.network.max": "192m",
            "taskmanager.memory.jvm-overhead.min": "64m",
            "taskmanager.memory.jvm-overhead.max": "64m",
            "cluster.evenly-spread-out-slots": "true",
            "io.tmp.dirs": self.folder / "io",
            # What a TaskManager that is lost was doing is done again, once it is known to be lost:
            # until then its slots are taken for free ones.
            "restart-strategy": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": 3,
            "restart-strategy.fixed-delay.delay": "10 s",
            "heartbeat.interval": 2000,
        }

    def _java(self, program: str, name: str, *options: str) -> subprocess.Popen[bytes]:
        command = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        # With it Linux ends the process even where this one is killed.
        command += [self.java, *options, *_JAVA_OPTIONS, "-cp", f"{self.jars.flink}/*", program]
        command += ["--configDir", str(self.folder / "conf")]
        with open(self.folder / "log" / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


def _signal(process: subprocess.Popen[bytes], number: int, *, group: bool = False) -> None:
    with contextlib.suppress(ProcessLookupError):
        if group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


# --- Command line --------------------------------------------------------------------------------


def _demo() -> list[str]:
    found = importlib.util.find_spec("corpus_assay.pipelines")
    if found is None or found.origin is None:
        raise ClusterError(f"corpus-assay is not installed for {sys.executable}")
    sample = str(Path(found.origin).parent / "sample")
    audit = ["-m", "corpus_assay.pipelines.cli", "audit", sample]
    return [sys.executable, *audit, "--output", "assay-demo", "--overwrite"]


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Make a request to end, as that of a closed terminal, an interrupt."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = {n: signal.signal(n, interrupt) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("fetch", "run", "up"))
    parser.add_argument("--", dest="shown", action="store_true", help="for run: COMMAND behind it")
    parser.add_argument(
        "--versions",
        choices=VERSIONS,
        default=DEFAULT,
        help="line of Flink (default: %(default)s, which Beam 2.77 has a job server for; 1.16: an "
        "old one, for places where only its parts can be had)",
    )
    parser.add_argument("--taskmanagers", type=int, default=2, metavar="N", help="default: 2")
    parser.add_argument(
        "--slots", type=int, default=1, metavar="N", help="of each TaskManager (default: 1)"
    )
    parser.add_argument("--java", default="java", help="Java launcher (default: on the PATH)")
    parser.add_argument(
        "--cache",
        type=Path,
        default=default_cache(),
        metavar="DIR",
        help="where downloads are kept (default: $CORPUS_ASSAY_FLINK, or %(default)s)",
    )
    typed, command = list(sys.argv[1:] if argv is None else argv), []
    if "--" in typed:
        at = typed.index("--")
        typed, command = typed[:at], typed[at + 1 :]
    arguments = parser.parse_args(typed)
    arguments.command = command
    if arguments.command and arguments.action != "run":
        parser.error("a COMMAND is for run")
    if min(arguments.taskmanagers, arguments.slots) < 1:
        parser.error("--taskmanagers and --slots must be at least 1")
    try:
        with _stopped_by_signals():
            return _act(arguments)
    except ClusterError as error:
        _say(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        return 130


def _act(arguments: argparse.Namespace) -> int:
    if shutil.which(arguments.java) is None:
        raise ClusterError("no Java: install 11 or later (Debian: openjdk-17-jre-headless)")
    fetched = fetch(VERSIONS[arguments.versions], arguments.cache.absolute())
    if arguments.action == "fetch":
        _say(f"fetched to {arguments.cache}")
        return 0
    options = (arguments.taskmanagers, arguments.slots, arguments.java)
    with Cluster(fetched, *options) as cluster:
        _say(f"Flink {cluster.asked('/config')['flink-version']}: http://{cluster.address}")
        shown = " \\\n    ".join(cluster.options)
        if arguments.action == "up":
            _say(f"corpus-assay audit INPUT --output DIR \\\n    {shown}\nCtrl-C stops it.")
            signal.pause()
        return subprocess.run(
            [*(arguments.command or _demo()), *cluster.options], check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
