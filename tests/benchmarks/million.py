"""Measure what the searches for poison cost in a million rows.

    python tests/benchmarks/million.py [--rows 1000000] [--only instructions,pairs] [--seed 1]

Instruction rows are Alpaca, pairs the test set of HH-RLHF (harmless-base), over and over with a
fifth of the words exchanged for others of it: no two rows are the same. Each file is audited twice
in a process of its own, with the search and without. Memory is the peak of that process and of what
it starts, together; seconds are of CPU. Peaks differ by some percent from run to run.

It needs ``../shared/corpora``, and in the folder for temporary files 0.4 GB for a million rows, or
1 GB for a million pairs, and as much again for what the searches put aside.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import triggers as shared

EXCHANGED = 0.2
EVERY = 0.02
"""Seconds between two looks at the memory of processes."""

INSTRUCTIONS, PAIRS = "instructions", "pairs"
FIELDS = {INSTRUCTIONS: ("prompt", "response"), PAIRS: ("prompt", "chosen", "rejected")}
SEARCHES = {INSTRUCTIONS: "triggers", PAIRS: "preferences"}


def texts_of(kind: str) -> list[str]:
    """The fields of all rows, one after the other."""
    if kind == PAIRS:
        return [text for pair in shared.pairs() for text in pair]
    return [text for parts in shared.alpaca() for text in (parts[0][1], parts[-1][1])]


def write_rows(path: Path, kind: str, rows: int, seed: int) -> None:
    """Rows of which no two are the same: those of a corpus, then again with words exchanged.

    Of pairs a word at the end of a line stays, so that the turns of a conversation do.
    """
    rng = np.random.default_rng(seed)
    fields = FIELDS[kind]
    split = [text.split(" ") for text in texts_of(kind)]
    words = np.array([word for text in split for word in text], object)
    ends = np.cumsum([len(text) for text in split])
    places = np.flatnonzero([kind != PAIRS or "\n" not in word for word in words])
    written = 0
    with path.open("w", encoding="utf-8") as out:
        while written < rows:
            chosen = words.copy()
            if written:
                other = places[rng.random(len(places)) < EXCHANGED]
                chosen[other] = words[places[rng.integers(len(places), size=len(other))]]
            made = [" ".join(one) for one in np.split(chosen, ends[:-1])]
            for row in zip(*(made[k :: len(fields)] for k in range(len(fields))), strict=True):
                if written < rows:
                    out.write(json.dumps(dict(zip(fields, row, strict=True))) + "\n")
                    written += 1


def started_by(process: int) -> int:
    """Bytes of memory of all that a process started, pages that they share counted for each."""
    found = 0
    with contextlib.suppress(OSError, ValueError):  # one that ends meanwhile
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                pages = Path(f"/proc/{child}/statm").read_text(encoding="ascii").split()[1]
                found += int(pages) * os.sysconf("SC_PAGE_SIZE") + started_by(int(child))
    return found


def cost_of(path: Path, folder: Path, measures: str) -> tuple[float, float]:
    """CPU seconds and peak memory in GB of an audit in a process of its own."""
    command = "audit", str(path), "--output", str(folder), "--overwrite", "--quiet"
    given = "--language", "eng", "--measures", measures
    launcher = sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))
    audit = sys.executable, "-m", "corpus_assay.pipelines.cli", *command, *given
    child = subprocess.Popen([*launcher, *audit], stdout=subprocess.PIPE, text=True)
    peak = 0
    while child.poll() is None:
        peak = max(peak, started_by(child.pid))
        time.sleep(EVERY)
    said, _ = child.communicate()
    if child.returncode:
        raise SystemExit(f"the audit with {measures} failed")
    used = json.loads(said)
    # Of the one process that an audit mostly is, the system knows the peak exactly.
    return used["cpu"], max(peak, used["peak"]) / 1e9


def measured(kinds: Sequence[str], rows: int, seed: int) -> None:
    """Print a row for each audit."""
    shared.line("rows", "MB", "measures", "CPU seconds", "peak memory, GB")
    shared.line(*("---" for _ in range(5)))
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.jsonl"
            write_rows(path, kind, rows, seed)
            size = path.stat().st_size / 1e6
            for measures in ("corpus", f"corpus,{SEARCHES[kind]}"):
                seconds, memory = cost_of(path, Path(folder) / "out", measures)
                shared.line(
                    f"{rows:,} {kind}", f"{size:,.0f}", measures, f"{seconds:,.0f}", f"{memory:.2f}"
                )


def main() -> None:
    """Print the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default=",".join(FIELDS))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kinds = [kind for kind in FIELDS if kind in given.only.split(",")]
    measured(kinds, given.rows, given.seed)


if __name__ == "__main__":
    main()
