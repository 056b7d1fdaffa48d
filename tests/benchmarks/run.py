"""Measure what the project promises, and say whether it holds.

    python tests/benchmarks/run.py [--corpora DIR] [--only NAME…] [--large]
                                   [--json FILE] [--markdown]

Rates are megabytes (10⁶ bytes) of UTF-8 text a CPU second, all threads and children counted; the
best of several measurements after a warm-up. Wall time and memory are those of the command
``corpus-assay audit`` in a process of its own. Exit code 0 where no target is missed, 1 where one
is, 2 where something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import audit_speed
import kernel_speed
import peers
from data import Mix
from measure import BenchmarkError, Row, code, corpus_assay, machine

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
NAMES = ("kernels", "audit", "threads", "memory", "peers")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are asked for and print the table."""
    arguments = _parser().parse_args(argv)
    begin = time.perf_counter()
    state = machine()
    try:
        with tempfile.TemporaryDirectory(prefix="assay-benchmark-") as folder:
            rows = list(_announced(_rows(arguments, Path(folder), state)))
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if code() != state["code"]:
        state["code"] += " (changed during the run, so nothing is judged)"
        rows = [replace(row, verdict="not judged") if row.target else row for row in rows]
    state["seconds"] = round(time.perf_counter() - begin)
    if arguments.json:
        content = {"machine": state, "rows": [_as_json(row) for row in rows]}
        arguments.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    print(_markdown(rows, state))
    failed = [row for row in rows if row.verdict == "FAIL"]
    if not arguments.markdown:
        unjudged = sum(row.verdict == "not judged" for row in rows)
        passed = sum(row.verdict == "pass" for row in rows)
        print(f"\n{passed} passed, {len(failed)} failed, {unjudged} not judged")
    if any(row.verdict == "not measured" for row in rows):
        return 2
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure what the project promises.")
    parser.add_argument(
        "--corpora", type=Path, default=CORPORA, metavar="DIR", help="default: %(default)s"
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--large", action="store_true", help="4 GB too (takes minutes)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number there")
    parser.add_argument("--markdown", action="store_true", help="print the table and nothing else")
    return parser


def _rows(arguments: argparse.Namespace, folder: Path, state: dict[str, Any]) -> Iterator[Row]:
    mix = Mix(arguments.corpora)
    audits = audit_speed.Audits(mix, corpus_assay(), folder)
    measures: dict[str, Callable[[], Iterator[Row]]] = {
        "kernels": lambda: kernel_speed.measure(mix),
        "audit": lambda: audit_speed.measure_rates(audits, large=arguments.large),
        "threads": lambda: audit_speed.measure_threads(
            audits, state["cores"], state["load"], large=arguments.large
        ),
        "memory": lambda: audit_speed.measure_memory(audits, large=arguments.large),
        "peers": lambda: peers.measure(mix, folder),
    }
    for name in NAMES:
        if name in arguments.only:
            yield from _guarded(name, measures[name])


def _guarded(name: str, rows: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    """The rows of one benchmark; if it breaks, the others' minutes are not lost."""
    try:
        yield from rows()
    except Exception as error:
        if not isinstance(error, BenchmarkError):
            traceback.print_exc()
        reason = " ".join(str(error).split()) or type(error).__name__
        yield Row(name, name, math.nan, "", verdict="not measured", note=reason)


def _announced(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        print(f"{row.what}: {_value(row)} {row.verdict}", file=sys.stderr, flush=True)
        yield row


def _markdown(rows: Sequence[Row], state: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in state["versions"].items())
    lines = [
        f"{state['processor']}, {state['cores']} cores, {state['system']}, load average "
        f"{state['load']} before the run, {state['seconds']} s; code {state['code']}, "
        f"{packages}.",
    ]
    for scripts in (False, True):
        of = [row for row in rows if (row.benchmark == "scripts") == scripts]
        if of:
            lines += ["", "| what | measured | target | | |", "| --- | ---: | ---: | --- | --- |"]
            lines += [
                f"| {row.what} | {_value(row)} | {row.target} | {row.verdict} | {row.note} |"
                for row in of
            ]
    return "\n".join(lines)


def _value(row: Row) -> str:
    if math.isnan(row.value):
        return "–"
    digits = 0 if row.value >= 100 else 1 if row.value >= 10 else 2
    return f"{row.value:.{digits}f} {row.unit}"


def _as_json(row: Row) -> dict[str, Any]:
    return asdict(row) | {"value": None if math.isnan(row.value) else row.value}


if __name__ == "__main__":
    sys.exit(main())
