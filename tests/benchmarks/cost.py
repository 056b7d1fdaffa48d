"""What audits of 1 TB and 10 TB cost: CPU-hours, memory and shuffle, from runs of three sizes.

The model is a straight line: CPU seconds = start + bytes of text / rate, drawn through the two
smaller sizes and checked at the largest. The start is paid once by each worker process. What
crosses the wire are the partial tables of work units; a unit's tables hold at most what its text
has words of the lists for, sources and languages, so their size is measured on units of full size.
Text is in Parquet, `mix` repeated: real documents in 55 languages.

``python tests/benchmarks/cost.py`` needs the real corpora; ``--help`` lists options.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audit_speed import Audits
from data import Mix
from measure import MB, BenchmarkError, corpus_assay, machine

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.run import SPAN
from corpus_assay.pipelines.sources import ReadOptions, list_files, plan
from corpus_assay.pipelines.units import WorkUnit, audit_unit
from corpus_assay.transforms.language import LanguageOptions
from corpus_assay.transforms.registry import MEASURES, MeasureOptions

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
SIZES = (100, 400, 800)
TERABYTE = 1e12
SAME = 0.1
"""How far the line may be from the largest size, as a share of it."""

WORDS = ("gender", "pronouns", "demographics")
SETTINGS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "gender, language given": (("gender",), False),
    "gender, pronouns, demographics": (WORDS, False),
    "the same, languages detected": (WORDS, True),
}
"""Measures, and whether languages are detected."""


@dataclass(frozen=True)
class Cost:
    """The line of one setting. Rates are bytes and documents a CPU second, start-up excluded;
    `error` is how far the prediction is from the largest size."""

    setting: str
    start: float
    rate: float
    documents: float
    predicted: float
    measured: float
    error: float
    peak: int
    shuffled: float

    def hours(self, text_bytes: float) -> float:
        """CPU-hours, start-up excluded."""
        return text_bytes / self.rate / 3600


def cost(audits: Audits, setting: str, sizes: Sequence[int], folder: Path) -> Cost:
    """Run one setting at three sizes. Raises `BenchmarkError` where a run fails."""
    measures, detect = SETTINGS[setting]
    uses = [audits.best(size, detect, 1, ",".join(measures)) for size in sizes]
    texts = [audits.input(size).text_bytes for size in sizes]
    if uses[1].cpu <= uses[0].cpu:
        raise BenchmarkError(f"{setting}: more text took less time: is the machine busy?")
    rate = (texts[1] - texts[0]) / (uses[1].cpu - uses[0].cpu)
    start = uses[0].cpu - texts[0] / rate
    predicted = start + texts[2] / rate
    largest = audits.input(sizes[2])
    return Cost(
        setting,
        start,
        rate,
        rate * largest.documents / largest.text_bytes,
        predicted,
        uses[2].cpu,
        predicted / uses[2].cpu - 1,
        max(use.peak for use in uses),
        shuffled(largest.path, largest.text_bytes, measures, detect, folder),
    )


def shuffled(
    path: Path, text_bytes: int, measures: Sequence[str], detect: bool, folder: Path
) -> float:
    """Bytes of partial tables for each byte of text, as work units of full size give them."""
    config = AuditConfig(
        ReadOptions(),
        tuple(name for name in MEASURES if name == "corpus" or name in measures),
        MeasureOptions(language=LanguageOptions(detect="always" if detect else "auto")),
        staging=str(folder),
    )
    files = list_files([str(path)], config.read)
    units = [WorkUnit(n, unit) for n, unit in enumerate(plan(files, config.read, SPAN))]
    tables = [audit_unit(unit, config) for unit in units]
    specs = config.first_specs
    sent = sum(
        len(storage.table_bytes(table))
        for each in tables
        for name, table in each.items()
        if name in specs and not specs[name].aside
    )
    return sent / text_bytes


def markdown(costs: Sequence[Cost], state: Mapping[str, Any], sizes: Sequence[int]) -> str:
    """The figures as tables."""
    shown = " ".join(f"{size // MB}" for size in sizes)
    lines = [
        f"{state['processor']}, one thread, load average {state['load']} before the run, text of "
        f"{shown} MB.",
        "",
        "| measures | start-up, CPU-s | MB/CPU-s | documents/CPU-s | at the largest size: "
        "predicted, measured | peak memory | shuffle for 1 TB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {each.setting} | {each.start:.1f} | {each.rate / MB:.0f} | {each.documents:,.0f} | "
        f"{each.predicted:.1f} s, {each.measured:.1f} s ({each.error:+.0%}) | "
        f"{each.peak / 1e9:.2f} GB | {each.shuffled * 1000:.2g} GB |"
        for each in costs
    ]
    lines += ["", "| measures | CPU-hours for 1 TB | for 10 TB |", "| --- | ---: | ---: |"]
    lines += [
        f"| {each.setting} | {each.hours(TERABYTE):,.1f} | {each.hours(10 * TERABYTE):,.0f} |"
        for each in costs
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where the line misses the largest size by more than `SAME`."""
    parser = argparse.ArgumentParser(description="Measure what audits of terabytes cost.")
    parser.add_argument("--corpora", type=Path, default=CORPORA, metavar="DIR")
    parser.add_argument(
        "--sizes", nargs=3, type=int, default=SIZES, metavar="MB", help="default: 100 400 800"
    )
    parser.add_argument("--only", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number there")
    arguments = parser.parse_args(argv)
    sizes = sorted(size * MB for size in arguments.sizes)
    state = machine()
    try:
        with tempfile.TemporaryDirectory(prefix="assay-cost-") as name:
            audits = Audits(Mix(arguments.corpora), corpus_assay(), Path(name))
            audits.once(sizes[0], False, 1, measures="gender")  # compiles kernels, if need be
            costs = []
            for setting in arguments.only:
                costs.append(cost(audits, setting, sizes, Path(name)))
                print(f"{setting}: done", file=sys.stderr, flush=True)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        content = {"machine": state, "costs": [asdict(each) for each in costs]}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n")
    print(markdown(costs, state, sizes))
    return int(any(abs(each.error) > SAME for each in costs))


if __name__ == "__main__":
    sys.exit(main())
