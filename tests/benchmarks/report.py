"""How large the report of a large audit is, and how long it takes: ``python
tests/benchmarks/report.py``.

The real mixture of 55 languages, its documents dealt out to 50 sources, with every measure. Prints
the size of the page, the CPU seconds that rendering takes (start-up left out), and, where Debian's
chromium and playwright are at hand, how long a browser takes to show it.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zstandard

from corpus_assay.reports import render

MIXTURE = Path(__file__).parents[3] / "shared" / "corpora" / "mix" / "mix.jsonl.zst"
CHROMIUM = Path("/usr/bin/chromium")
SOURCES = 50
MEASURES = "gender,pronouns,demographics,associations,duplicates,repetition,signatures,triggers"
FILTER = """(() => {
  const start = performance.now();
  const select = document.getElementById('filter-language');
  select.selectedIndex = 5;
  select.dispatchEvent(new Event('change'));
  document.body.offsetHeight;  // laid out
  return performance.now() - start;
})()"""
GOAL_BYTES, GOAL_SECONDS = 5_000_000, 5.0


def deal(mixture: Path, target: Path) -> int:
    """Write the mixture with the documents of each language dealt out to all sources."""
    dealt: dict[str, int] = {}
    with mixture.open("rb") as file, target.open("w", encoding="utf-8") as out:
        stream = zstandard.ZstdDecompressor().stream_reader(file)
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            row = json.loads(line)
            number = dealt[row["lang"]] = dealt.get(row["lang"], 0) + 1
            row["source"] = f"source-{number % SOURCES:02}"
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return sum(dealt.values())


def shown(path: Path) -> str:
    """Seconds until a browser has shown the page and its script has run."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be missing
    except ImportError:
        return "not measured: playwright is not installed"
    if not CHROMIUM.exists():
        return f"not measured: no {CHROMIUM}"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            page.goto(path.as_uri())
            loaded = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
            filtered = page.evaluate(FILTER)
            return f"{loaded / 1000:.1f} s; {filtered:.0f} ms to filter by a language"
        finally:
            browser.close()


def main() -> None:
    """Make the corpus, audit it, and measure its report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audit", type=Path, help="measure the report of this audit instead")
    given = parser.parse_args().audit
    with tempfile.TemporaryDirectory() as scratch:
        folder = given or Path(scratch) / "audit"
        if given is None:
            corpus = Path(scratch) / "corpus.jsonl"
            print(f"{deal(MIXTURE, corpus):,} documents in {SOURCES} sources")
            command = (sys.executable, "-m", "corpus_assay.pipelines.cli", "audit", corpus)
            options = ("--output", folder, "--measures", MEASURES, "--language-column", "lang")
            subprocess.run([*command, *options, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        render(folder)  # what is loaded once is loaded
        start = time.process_time()
        page = render(folder).encode()
        seconds = time.process_time() - start
        path = Path(scratch) / "report.html"
        path.write_bytes(page)
        print(f"report: {len(page) / 1e6:.2f} MB (goal: {GOAL_BYTES / 1e6:.0f})")
        print(f"rendered in {seconds:.1f} CPU seconds (goal: {GOAL_SECONDS:.0f})")
        print(f"in a browser: {shown(path)}")
        if len(page) > GOAL_BYTES or seconds > GOAL_SECONDS:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
