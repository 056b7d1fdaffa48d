"""End to end: `corpus-assay audit` on Parquet files, as users run it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data import Mix
from measure import IDLE_LOAD, IDLE_OTHERS, MB, RUNS, BenchmarkError, Row, Use, judged, run

SMALL, USUAL, LARGE = 40 * MB, 400 * MB, 4000 * MB
"""Bytes of text in the files; a tenth, the size that the targets name, ten times."""

ONE_DOCUMENT = 1

GIVEN_RATE = 120.0
ALL_RATE = 80.0
WORDS = "gender,pronouns,demographics"
DETECTED_RATE = 45.0
GIVEN_SPEEDUP = 1.7
DETECTED_SPEEDUP = 1.2
PEAK_GB = 1.5
SAME = 0.1
"""Peak memory may differ by this share between inputs of which one is ten times the other."""


@dataclass(frozen=True)
class Input:
    """A Parquet file: path, documents and bytes of text in it."""

    path: Path
    documents: int
    text_bytes: int


class Audits:
    """Runs of the command on files made from `mix`, each measured once and kept.

    Files stand in `folder` as long as this is used; reading them is reading the page cache.
    """

    def __init__(self, mix: Mix, command: str, folder: Path) -> None:
        self._mix, self._command, self._folder = mix, command, folder
        self.input = cache(self._input)
        self.best = cache(self._best)

    def _input(self, size: int) -> Input:
        path = self._folder / f"{size}.parquet"
        return Input(path, *self._mix.write_parquet(path, size))

    def _best(self, size: int, detect: bool, threads: int, measures: str = "gender") -> Use:
        """Least CPU and wall seconds, most memory and most disturbance of `RUNS` runs, or of
        one run on a large file."""
        repeats = RUNS if size <= USUAL else 1
        uses = [self.once(size, detect, threads, measures=measures) for _ in range(repeats)]
        others = [use.others for use in uses if use.others is not None]
        return Use(
            min(use.cpu for use in uses),
            min(use.wall for use in uses),
            max(use.peak for use in uses),
            max(others, default=None),
        )

    def once(
        self,
        size: int,
        detect: bool,
        threads: int,
        environment: dict[str, str] | None = None,
        measures: str = "gender",
    ) -> Use:
        """One run; the default measures where `measures` is empty. Raises `BenchmarkError` where
        it did not audit every document."""
        given = self.input(size)
        output = self._folder / "audit"
        command = [self._command, "audit", str(given.path), "--output", str(output)]
        command += ["--overwrite", "--quiet", "--threads", str(threads)]
        command += ["--measures", measures] if measures else []
        command += ["--detect-language", "always"] if detect else []
        use = run(command, environment)
        counts = json.loads((output / "audit.json").read_text(encoding="utf-8"))["counts"]
        if (counts["audited"], counts["text_bytes"]) != (given.documents, given.text_bytes):
            raise BenchmarkError(f"audited {counts} of {given}")
        return use

    def rate(self, size: int, detect: bool, threads: int, measures: str = "gender") -> float:
        """Megabytes of text a CPU second, start-up taken off."""
        start, whole = (
            self.best(bytes_, detect, threads, measures) for bytes_ in (ONE_DOCUMENT, size)
        )
        return self.input(size).text_bytes / MB / (whole.cpu - start.cpu)


def measure_rates(audits: Audits, *, large: bool) -> Iterator[Row]:
    """MB of text a CPU second, language given and detected, with one thread and two."""
    with tempfile.TemporaryDirectory(prefix="assay-numba-") as empty:
        first = audits.once(ONE_DOCUMENT, False, 1, {"NUMBA_CACHE_DIR": empty})
    for detect in (False, True):
        start = audits.best(ONE_DOCUMENT, detect, 1)
        yield Row(
            "audit",
            f"start-up, language {_way(detect)}",
            start.cpu,
            "CPU-s",
            note=f"one document; {start.wall:.1f} s of wall time",
        )
        if not detect:
            yield Row(
                "audit",
                "compilation, once after installation",
                first.cpu - start.cpu,
                "CPU-s",
                note="numba's cache empty, on top of start-up",
            )
    given = audits.input(USUAL)
    disk = given.path.stat().st_size / MB
    note = f"{given.text_bytes / MB:.0f} MB of text, {disk:.0f} MB of file; start-up excluded"
    for detect, least in ((False, GIVEN_RATE), (True, DETECTED_RATE)):
        for threads in (1, 2):
            yield judged(
                "audit",
                f"audit, language {_way(detect)}, {_threads(threads)}",
                audits.rate(USUAL, detect, threads),
                "MB/CPU-s",
                least=least,
                note=note,
            )
    yield judged(
        "audit",
        "audit with pronouns and demographic terms, language given, one thread",
        audits.rate(USUAL, False, 1, WORDS),
        "MB/CPU-s",
        least=ALL_RATE,
        note=note,
    )
    for what, measures in (
        ("duplicates and signatures too", f"{WORDS},duplicates,signatures"),
        ("every measure of the default", ""),
    ):
        rate = audits.rate(USUAL, False, 1, measures)
        yield Row("audit", f"audit with {what}, one thread", rate, "MB/CPU-s", note=note)
    plain, associated = (
        audits.rate(USUAL, False, 1, measures) for measures in ("gender", "gender,associations")
    )
    yield Row(
        "audit",
        "audit with associations, language given, one thread",
        associated,
        "MB/CPU-s",
        note=f"associations alone {1000 / associated - 1000 / plain:.0f} CPU-s a GB; {note}",
    )
    if large:
        rate = audits.rate(LARGE, False, 1)
        yield Row("audit", "audit of 4000 MB, language given, one thread", rate, "MB/CPU-s")


def measure_threads(audits: Audits, cores: int, load: float, *, large: bool) -> Iterator[Row]:
    """Wall time with one thread over wall time with two; `load` as it was before the run."""
    cases = [(USUAL, False, GIVEN_SPEEDUP), (USUAL, True, DETECTED_SPEEDUP)]
    for size, detect, least in cases + [(LARGE, False, GIVEN_SPEEDUP)] * large:
        uses = [audits.best(size, detect, threads) for threads in (1, 2)]
        starts = [audits.best(ONE_DOCUMENT, detect, threads) for threads in (1, 2)]
        one, two = (use.wall - start.wall for use, start in zip(uses, starts, strict=True))
        busy = [
            f"{(use.cpu - start.cpu) / wall:.2f}"
            for use, start, wall in zip(uses, starts, (one, two), strict=True)
        ]
        yield judged(
            "threads",
            f"two threads against one, {size // MB} MB, language {_way(detect)}",
            one / two,
            "× wall",
            least=least,
            note=f"{one:.1f} s and {two:.1f} s after start-up, {busy[0]} and {busy[1]} cores busy; "
            f"start-up included {uses[0].wall / uses[1].wall:.2f} ×",
            unless=_not_idle(cores, load, [use.others for use in uses]),
        )


def _not_idle(cores: int, load: float, others: list[float | None]) -> str:
    if cores < 2:
        return "fewer than two cores"
    if load > IDLE_LOAD:
        return f"the machine is not idle: load average {load:.2f} before the run"
    most = max((other for other in others if other is not None), default=0.0)
    if most > IDLE_OTHERS:
        return f"the machine is not idle: others kept {most:.2f} cores busy"
    return ""


def measure_memory(audits: Audits, *, large: bool) -> Iterator[Row]:
    """Peak memory of the process, and how it grows with the input."""
    for detect in (False, True):
        usual = audits.best(USUAL, detect, 2)
        yield judged(
            "memory",
            f"peak, 400 MB, language {_way(detect)}, two threads",
            usual.peak / 1e9,
            "GB",
            most=PEAK_GB,
        )
    small, usual = (audits.best(size, False, 2).peak for size in (SMALL, USUAL))
    note = f"{small / 1e9:.2f} GB and {usual / 1e9:.2f} GB; the small file does not fill the queue"
    yield Row("memory", "peak, 400 MB against 40 MB", usual / small, "×", note=note)
    if large:
        tenfold = audits.best(LARGE, False, 2).peak
        yield judged(
            "memory",
            "peak, 4000 MB against 400 MB",
            tenfold / usual,
            "×",
            least=1 - SAME,
            most=1 + SAME,
            note=f"{usual / 1e9:.2f} GB and {tenfold / 1e9:.2f} GB",
        )


def _way(detect: bool) -> str:
    return "detected" if detect else "given"


def _threads(count: int) -> str:
    return "one thread" if count == 1 else "two threads"
