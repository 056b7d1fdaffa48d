"""The report in a real browser: nothing runs, nothing is fetched, nothing overflows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from report_folders import multilingual
from test_report import HOSTILE, hostile_audit

from corpus_assay.reports import write_report

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs the package playwright (pip install '.[test]')"
)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
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


@contextmanager
def opened(
    browser: playwright.Browser, path: Path, *, width: int = 1200, **context: object
) -> Iterator[playwright.Page]:
    """The page, checked when it is left: no violation, error, dialog or request."""
    session = browser.new_context(viewport={"width": width, "height": 900}, **context)
    try:
        page = session.new_page()
        page.set_default_timeout(20_000)
        trouble: list[str] = []
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("request", lambda request: trouble.append(f"request: {request.url}"))
        page.on("dialog", lambda dialog: (trouble.append("dialog"), dialog.dismiss()))
        if context.get("java_script_enabled", True):
            page.expose_function("report_violation", lambda text: trouble.append(f"CSP: {text}"))
            page.add_init_script(
                "addEventListener('securitypolicyviolation', (event) =>"
                " report_violation(event.violatedDirective))"
            )
        page.goto(path.absolute().as_uri())
        yield page
        page.wait_for_timeout(200)
        assert trouble == [f"request: {path.absolute().as_uri()}"]
    finally:
        session.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(multilingual(tmp_path_factory.mktemp("audit")))


def test_page_says_what_was_found(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report) as page:
        assert page.title() == "Corpus audit: 348 documents in 7 languages"
        assert page.locator("h1").all_inner_texts() == ["Who is represented in 348 documents"]
        assert page.locator("main h2").count() == 16
        assert page.locator("svg.chart[role=img] > title").count() == 11
        assert page.locator("bdi[lang=ar]", has_text="امرأة").count() == 3
        assert page.locator("tr.unmeasured").all_inner_texts() == [
            "Icelandic\t12\tnot measured: no lexicon covers this language",
            "Undetermined\t12\tnot measured: the language is not known",
        ]
        style = page.locator(".tiles").evaluate("(each) => getComputedStyle(each).display")
        assert style == "grid"


def test_hostile_report_runs_nothing(browser: playwright.Browser, tmp_path: Path) -> None:
    path = write_report(hostile_audit(tmp_path))
    for width in (400, 1500):
        with opened(browser, path, width=width) as page:
            assert page.title() == "Corpus audit: 28 documents in 15 languages"
            assert page.evaluate("getComputedStyle(document.body).display") == "block"
            for details in page.locator("details").all():
                details.evaluate("(each) => { each.open = true; }")
            assert page.locator("bdi", has_text=HOSTILE[0]).count() > 5
            assert page.locator("img, iframe, script[src]").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [360, 400, 900, 1500])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits(browser: playwright.Browser, report: Path, width: int, scheme: str) -> None:
    with opened(browser, report, width=width, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(251, 250, 247)", "dark": "rgb(23, 24, 27)"}[scheme]


def test_tables_sort(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report) as page:
        table = page.locator("table.gender")
        head = table.get_by_role("columnheader", name="Feminine")
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        names = "[...document.querySelectorAll('table.gender tbody th')].map((e) => e.innerText)"
        assert page.evaluate(names) == [
            "Spanish", "Hindi", "Standard Arabic", "English", "Mandarin Chinese‡", "Thai‡",
            "Icelandic", "Undetermined",
        ]  # fmt: skip
        head.get_by_role("button").press("Enter")
        assert page.evaluate(names)[:2] == ["Thai‡", "Mandarin Chinese‡"]
        assert page.evaluate(names)[-2:] == ["Icelandic", "Undetermined"]


def test_readable_without_script_and_on_paper(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report, java_script_enabled=False) as page:
        assert page.locator("thead button").count() == 0
        assert page.get_by_text("not measured: no lexicon covers this language").is_visible()
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
