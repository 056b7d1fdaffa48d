"""Comparison and history in a real browser: nothing runs, nothing is fetched, nothing overflows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from accessibility import violations
from report_folders import text, write_audit
from test_compare import HOSTILE, english
from test_report_browser import ARGUMENTS, CHROMIUM, opened

from corpus_assay.pipelines.compare import compare
from corpus_assay.pipelines.history import history

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs the package playwright (pip install '.[test]')"
)
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM} (apt-get install chromium)"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield instance
        finally:
            instance.close()


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audits")
    names = {"spa": (HOSTILE, "ltr", "Latn")}
    for place in range(3):
        documents = english(200, 3 - place, 2, HOSTILE) + english(200, 1, 1, "web")
        documents += [text("web", "spa", 100, 1 + place, 1) for _ in range(60)]
        created = {"created": f"2026-11-{place + 1:02}T02:30:00+00:00"}
        write_audit(folder / f"night-{place}", documents, names=names, manifest=created)
    return folder


@pytest.mark.parametrize("width", [360, 1200])
def test_comparison(browser: playwright.Browser, audits: Path, tmp_path: Path, width: int) -> None:
    compare(audits / "night-0", audits / "night-2", tmp_path / "out")
    with opened(browser, tmp_path / "out" / "compare.html", width=width) as page:
        assert page.locator("h1").inner_text() == "What changed between night-0 and night-2"
        assert page.locator("#flagged tbody tr").count() > 5
        assert page.locator("svg.chart[role=img] > title").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # The largest change first, after a click on its column.
        page.locator("#flagged thead button", has_text="Relative").click()
        shown = page.locator("#flagged tbody td:nth-child(6)").evaluate_all(
            "cells => cells.map(cell => Number(cell.dataset.value))"
        )
        assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("width", [360, 1200])
def test_history(browser: playwright.Browser, audits: Path, tmp_path: Path, width: int) -> None:
    history([audits], tmp_path / "out")
    with opened(browser, tmp_path / "out" / "history.html", width=width) as page:
        assert page.locator("h1").inner_text() == "3 audits"
        assert page.locator("#findings tbody tr").count() == 3
        charts = page.locator("svg.chart[role=img]")
        assert charts.count() == page.locator("details table").count() > 10
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: playwright.Browser, audits: Path, tmp_path: Path, scheme: str
) -> None:
    compare(audits / "night-0", audits / "night-2", tmp_path / "drift")
    history([audits], tmp_path / "history")
    for path in (tmp_path / "drift" / "compare.html", tmp_path / "history" / "history.html"):
        with opened(browser, path, color_scheme=scheme) as page:
            page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
            assert violations(page) == []


def test_tables_of_a_comparison_copy_as_harmless_csv(
    browser: playwright.Browser, audits: Path, tmp_path: Path
) -> None:
    compare(audits / "night-0", audits / "night-2", tmp_path / "out")
    with opened(browser, tmp_path / "out" / "compare.html") as page:
        cells = page.evaluate(
            "tables.flatMap((table) => table.csv().split('\\r\\n')).flatMap((line) =>"
            " line.slice(1, -1).split('\",\"'))"
        )
        assert len(cells) > 400
        for cell in cells:
            number = cell.removesuffix("%").lstrip("-").replace(".", "", 1).isdecimal()
            assert number or not cell.startswith(("=", "+", "-", "@")), cell
