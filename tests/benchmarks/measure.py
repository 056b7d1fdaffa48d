"""Clocks, the machine, the code, and what a measurement says against its target."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_assay import lexicons, pipelines, reports, transforms

MB = 1_000_000
"""A megabyte is a million bytes, here and in every target."""

REPEATS = 3
"""Measurements of which the best counts: what disturbs a run only ever makes it slower."""

RUNS = 2
"""Runs of a whole command of which the best counts: they take seconds each."""

SHORTEST = 0.05
"""CPU seconds that one measurement lasts at least; shorter work is repeated within it."""

IDLE_LOAD = 0.5
"""Load average over a minute above which the machine was not idle when the run began."""

IDLE_OTHERS = 0.1
"""Cores that the rest of the machine may keep busy while wall time is compared."""

PACKAGES = ("corpus-assay", "apache-beam", "numba", "numpy", "pyarrow", "msgspec")


class BenchmarkError(Exception):
    """A benchmark cannot be measured; the message says why."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `verdict` is ``pass``, ``FAIL``, ``not judged``, ``not measured`` or, for a figure without a
    target, empty; `value` is NaN where nothing was measured.
    """

    benchmark: str
    what: str
    value: float
    unit: str
    target: str = ""
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True)
class Use:
    """What a command used: seconds of CPU (its children's included) and of wall time, peak bytes
    of memory, and cores that the rest of the machine kept busy meanwhile (None: unknown)."""

    cpu: float
    wall: float
    peak: int
    others: float | None


def judged(
    benchmark: str,
    what: str,
    value: float,
    unit: str,
    *,
    least: float = float("-inf"),
    most: float = float("inf"),
    note: str = "",
    unless: str = "",
) -> Row:
    """A row with a target, both ends included; `unless` is the reason not to judge it."""
    low = f"≥ {least:g}" if least > float("-inf") else ""
    high = f"≤ {most:g}" if most < float("inf") else ""
    verdict = "pass" if least <= value <= most else "FAIL"
    if unless:
        verdict, note = "not judged", "; ".join(filter(None, [unless, note]))
    return Row(benchmark, what, value, unit, f"{low} {high}".strip(), verdict, note)


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call, all threads together: the best of `REPEATS` measurements after a
    warm-up call."""
    work()
    begin = time.process_time()
    work()
    calls = max(1, round(SHORTEST / max(time.process_time() - begin, 1e-6)))
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, (time.process_time() - begin) / calls)
    return best


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Use:
    """What one run of a command used. Raises `BenchmarkError` where it fails."""
    # As from an installed package, whose bytecode is there.
    bytecode = {"PYTHONDONTWRITEBYTECODE": ""}
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), *command]
    done = subprocess.run(
        launcher,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **bytecode, **(environment or {})},
    )
    if done.returncode:
        name = Path(command[0]).name
        raise BenchmarkError(f"{name}: exit code {done.returncode}: {done.stderr.strip()[:500]}")
    return Use(**json.loads(done.stdout))


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine() -> dict[str, Any]:
    """What the numbers depend on: cores, processor, load average (a minute), code and
    versions."""
    return {
        "cores": cores(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2),
        "code": code(),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in PACKAGES},
    }


def code() -> str:
    """Digest of every file of the project that is measured: numbers of other code are others."""
    digest = hashlib.sha256()
    for package in (lexicons, pipelines, reports, transforms):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown")


def corpus_assay() -> str:
    """The command that was installed for this Python. Raises `BenchmarkError` without one."""
    found = shutil.which("corpus-assay", path=str(Path(sys.executable).parent))
    if found is None:
        raise BenchmarkError(f"no corpus-assay beside {sys.executable}: pip install the project")
    return found
