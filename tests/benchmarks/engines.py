"""What engines cost against the direct runner, in CPU seconds, start-up excluded.

The same audit of the same file (`mix` repeated, real documents in 55 languages, in Parquet, their
languages given) on the direct runner and on a Flink cluster of this machine, which
``pipelines/deploy/flink/cluster.py`` fetches and starts. On Flink all of it counts: JobManager,
TaskManagers, Python workers, job server and the command. What an audit of one document takes is
start-up, and is taken off; each engine has made one such audit before. The tables of both must be
the same bytes.

``python tests/benchmarks/engines.py`` needs the real corpora, Java and Maven; ``--help`` lists
options.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from data import Mix
from measure import MB, BenchmarkError, corpus_assay, machine, run

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
SCRIPT = Path(__file__).parents[2] / "pipelines" / "deploy" / "flink" / "cluster.py"
MEASURES = "gender,pronouns,demographics"
WORKERS_END = 60
"""Seconds that workers have to end after their job."""
TARGET = 1.5
"""CPU seconds on Flink for one on the direct runner, at most."""


def script() -> Any:
    """The module that starts a cluster."""
    spec = importlib.util.spec_from_file_location("flink_cluster", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["flink_cluster"] = module
    spec.loader.exec_module(module)
    return module


def cpu_of(process: int) -> float:
    """CPU seconds of a process and of those of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def of_cluster(cluster: Any) -> float:
    """CPU seconds of all processes of a cluster so far. Workers count once they have ended, which
    they do with their job."""
    return sum(cpu_of(process.pid) for process in cluster.processes)


def audit_cpu(source: Path, output: Path, cluster: Any = None) -> float:
    """CPU seconds of one audit, on a cluster or on the direct runner."""
    shutil.rmtree(output, ignore_errors=True)
    command = [corpus_assay(), "audit", str(source), "--output", str(output), "--quiet"]
    command += ["--measures", MEASURES, "--language-column", "lang", "--json"]
    if cluster is None:
        return run(command).cpu
    before = of_cluster(cluster)
    used = run([*command, *cluster.options, "--parallelism=2"]).cpu
    end = time.monotonic() + WORKERS_END
    while workers(cluster) and time.monotonic() < end:
        time.sleep(0.1)
    return used + of_cluster(cluster) - before


def workers(cluster: Any) -> int:
    """Python workers of a cluster that still run."""
    parents = {process.pid for process in cluster.processes}
    found = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:  # it has just ended
            continue
        found += int(fields[1]) in parents
    return found


def tables(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "tables").rglob("*.parquet"))
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="default: %(default)s")
    parser.add_argument("--size", type=int, default=1000, metavar="MB", help="default: %(default)s")
    parser.add_argument("--versions", default=None, help="line of Flink, as cluster.py knows them")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    flink = script()
    versions = flink.VERSIONS[arguments.versions or flink.DEFAULT]
    try:
        mix = Mix(arguments.corpora)
        fetched = flink.fetch(versions, flink.default_cache())
        with tempfile.TemporaryDirectory() as folder:
            small, large, out = (Path(folder) / name for name in ("one", "large", "out"))
            small.mkdir()
            large.mkdir()
            mix.write_parquet(small / "corpus.parquet", 1)
            mix.write_parquet(large / "corpus.parquet", arguments.size * MB)
            found = {}
            for name in ("direct", "flink"):
                with flink.Cluster(fetched) if name == "flink" else nullcontext() as cluster:
                    audit_cpu(small, out / f"{name}-one", cluster)  # Java compiles what it runs
                    start = audit_cpu(small, out / f"{name}-one", cluster)
                    whole = audit_cpu(large, out / name, cluster)
                found[name] = {"start": round(start, 1), "whole": round(whole, 1)}
            same = tables(out / "direct") == tables(out / "flink")
    except (BenchmarkError, flink.ClusterError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    net = {name: row["whole"] - row["start"] for name, row in found.items()}
    ratio = net["flink"] / net["direct"]
    said = {
        "megabytes": arguments.size,
        "flink": versions.flink,
        "beam_job_server": versions.beam,
        "cpu_seconds": found,
        "ratio": round(ratio, 2),
        "target": TARGET,
        "same_tables": same,
        "machine": machine(),
    }
    if arguments.json:
        print(json.dumps(said, indent=2))
    else:
        print(f"{arguments.size} MB of text, Flink {versions.flink}, CPU seconds")
        for name, row in found.items():
            print(f"{name:8} start-up {row['start']:6.1f}   the rest {net[name]:7.1f}")
        verdict = "pass" if ratio <= TARGET else "NOT REACHED"
        print(f"ratio    {ratio:.2f} (at most {TARGET}: {verdict})")
        print(f"tables   {'the same bytes' if same else 'DIFFERENT'}")
        print(f"load average {said['machine']['load']}, {said['machine']['cores']} cores")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
