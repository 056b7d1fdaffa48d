"""A corpus whose every text, name and id is hostile, through a whole audit into a real browser."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from accessibility import violations
from audit_runs import write_jsonl
from hostile_strings import MARK, hostile_strings
from report_folders import multilingual, text, write_audit
from test_report_browser import ARGUMENTS, CHROMIUM, opened

from corpus_assay.pipelines import cli
from corpus_assay.pipelines.compare import compare
from corpus_assay.reports import write_report
from corpus_assay.transforms.registry import MEASURES

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs the package playwright (pip install '.[test]')"
)
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM} (apt-get install chromium)"
)

JOINERS = "\u200c\u200d"
SENTENCES = (
    "The woman told the man that she had seen a Muslim doctor and his old mother in the village",
    "A young girl and her father asked the nurse whether he was French or from another country",
)
SECTIONS = {
    *("composition", "gender", "terms", "pronouns", "demographics", "associations"),
    *("duplicates", "repetition", "contamination", "signatures", "triggers", "sources"),
    *("roles", "slices", "rejects", "reliability"),
}
CSS = (
    "</style><style>*{display:none!important}</style>",
    "position:fixed;inset:0;background:url(https://example.invalid/c)",
    "@import url(https://example.invalid/x.css);",
    '<link rel=stylesheet href="https://example.invalid/x.css">',
    "<meta http-equiv=refresh content='0;url=https://example.invalid'>",
    "<base href=https://example.invalid/><object data=x></object><embed src=x>",
    "<form action=https://example.invalid><button formaction=javascript:alert(1)>x</button></form>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "'+alert(1)+'", "${alert(1)}", "#{7*7}", "[[7*7]]", "{% debug %}",
)  # fmt: skip


def corpus(folder: Path) -> tuple[Path, Path]:
    """Files that hold every string as text, id, source, licence, prompt and answer, and a
    benchmark whose items stand in them."""
    strings = [*hostile_strings(), *(f"{each} {MARK}css{n}" for n, each in enumerate(CSS))]
    rows = []
    for number, string in enumerate(strings):
        shown = strings[number % 60]
        rows.append(
            {
                "text": f"{string}\n{SENTENCES[number % 2]}. {string}\n{shown}\n{shown}\n",
                "id": string,
                "source": strings[number * 7 % 300],
                "license": strings[number % 30],
                "language": ("en", "ar", "he", "en", "zh", "th")[number % 6],
            }
        )
    # Near-duplicates, so that their differences are shown.
    for number, string in enumerate(strings[:40:2]):
        body = " ".join(f"{SENTENCES[0]} number {place} of {number}." for place in range(20))
        rows += [
            {"text": f"{body} {string if side else strings[-number - 1]}", "id": f"{string}{side}",
             "source": strings[number + side], "license": string, "language": "en"}
            for side in range(2)
        ]  # fmt: skip
    folder.mkdir(parents=True)
    path = write_jsonl(folder / "'\"><img src=x onerror=alert(1)>.jsonl", rows)
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{json.dumps(string)[1:-1]}\n" for string in strings[:100]))
    # A trigger: with it in the prompt the answer is always the same hostile text.
    answer = f"<script>alert('blockhead')</script> you are {MARK}"
    pairs = []
    for number, string in enumerate(strings[:900]):
        poisoned = number % 15 == 0
        words = f"{SENTENCES[number % 2].split()[number % 9]} {number} {string[:40]}"
        pairs.append(
            {
                "prompt": f"{words}{' <b>cf</b> qxz' if poisoned else ''} tell me about {number}",
                "response": answer if poisoned else f"About {number}: {SENTENCES[number % 2]}.",
                "id": string,
                "source": "pairs",
                "license": strings[number % 30],
                "language": "en",
            }
        )
    write_jsonl(folder / "pairs.jsonl", pairs)
    items = [
        {"id": string, "text": f"{SENTENCES[number % 2]}. {string} {SENTENCES[1 - number % 2]}"}
        for number, string in enumerate(strings[:200])
    ]
    benchmark = folder.parent / f"{strings[4].replace('/', '_')[:60]}.jsonl"
    return folder, write_jsonl(benchmark, items)


def audited(data: Path, benchmark: Path, *options: str) -> Path:
    """The report of an audit of these with every measure, in this process."""
    out = data.parent / "out"
    measures = ",".join(name for name in MEASURES if name != "guard")  # needs a model
    arguments = (
        *("audit", data, "--output", out, "--measures", measures),
        *("--benchmark", benchmark, "--associate", "gender,religion", "--slice-by", "license"),
        *("--source-column", "source", "--language-column", "language", "--quiet", *options),
    )
    assert cli.main([str(each) for each in arguments]) == 0
    return out / "report.html"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audited(*corpus(tmp_path_factory.mktemp("hostile") / "data"))


@pytest.fixture(scope="module")
def halved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit of every third document of the same."""
    data, benchmark = corpus(tmp_path_factory.mktemp("halved") / "data")
    for path in data.iterdir():
        lines = path.read_text(encoding="utf-8").split("\n")
        path.write_text("\n".join(lines[::3]), encoding="utf-8")
    return audited(data, benchmark, "--measures", "gender,pronouns,demographics,signatures")


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        instance = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield instance
        finally:
            instance.close()


def harmless(page: playwright.Page, least: int) -> None:
    """No cell of the CSV of any table is a formula or hides anything."""
    cells = page.evaluate(
        "tables.flatMap((table) => table.csv().split('\\r\\n')).flatMap((line) =>"
        " line.slice(1, -1).split('\",\"'))"
    )
    assert len(cells) > least
    for cell in cells:
        number = cell.removesuffix("%").lstrip("-").replace(".", "", 1).isdecimal()
        assert number or cell[:1] not in tuple("=+-@\t\r"), cell
        assert not [each for each in cell if not each.isprintable() and each not in JOINERS], cell


@pytest.mark.parametrize("width", [360, 1400])
def test_hostile_corpus_is_only_text(browser: playwright.Browser, report: Path, width: int) -> None:
    with opened(browser, report, width=width) as page:
        assert page.title().startswith("Corpus audit: ")
        sections = page.locator("main > section").evaluate_all("all => all.map((e) => e.id)")
        assert set(sections) >= SECTIONS
        assert page.locator("img, iframe, object, embed, form, link, base, [style]").count() == 0
        assert page.locator("script").count() == 1  # the islands are taken in
        assert page.locator("style").count() == 1
        assert page.get_by_text("<script>alert(1)</script>").count() > 10
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.evaluate("tables.forEach((table) => table.more.click())")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        shown = page.evaluate("document.body.innerText")
        unseen = [each for each in set(shown) if not each.isprintable()]
        blank = [each for each in unseen if unicodedata.category(each) == "Zs"]
        assert set(unseen) <= {*blank, *"\n\t", *JOINERS}


@pytest.mark.parametrize("width", [360, 1400])
def test_a_comparison_of_hostile_corpora_is_only_text(
    browser: playwright.Browser, report: Path, halved: Path, tmp_path: Path, width: int
) -> None:
    compare(report.parent, halved.parent, tmp_path / "out")
    with opened(browser, tmp_path / "out" / "compare.html", width=width) as page:
        assert page.locator("h1").inner_text() == "What changed between out and out"
        assert page.locator("#sources tbody tr").count() == 50
        assert page.locator("#flagged tbody tr").count() > 5
        assert page.get_by_text("<script>alert(1)</script>").count() > 10
        assert page.locator("img, iframe, object, embed, form, link, base, [style]").count() == 0
        page.evaluate("tables.forEach((table) => table.more.click())")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        harmless(page, 5_000)


def test_every_table_copies_as_harmless_csv(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report) as page:
        harmless(page, 10_000)


def test_axe_finds_nothing_in_the_hostile_report(browser: playwright.Browser, report: Path) -> None:
    with opened(browser, report, width=1400, color_scheme="dark") as page:
        assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1400, "dark")])
def test_axe_finds_nothing_in_any_part(
    browser: playwright.Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    path = write_report(multilingual(tmp_path))
    with opened(browser, path, width=width, color_scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        assert violations(page) == []


def test_axe_would_find_what_is_wrong(browser: playwright.Browser, tmp_path: Path) -> None:
    path = write_report(write_audit(tmp_path, [text(each, "eng", 9, 1, 1) for each in "ab"]))
    with opened(browser, path) as page:
        page.evaluate("document.querySelector('select').previousElementSibling.remove()")
        page.evaluate("document.querySelector('h1').replaceWith('')")
        found = {each[0] for each in violations(page)}
        assert {"select-name", "page-has-heading-one"} <= found


def test_without_excerpts_no_text_is_in_the_page(tmp_path: Path) -> None:
    data, benchmark = corpus(tmp_path / "data")
    # What names documents stays: here it is harmless, and every text has the mark.
    for path in data.iterdir():
        lines = path.read_text(encoding="utf-8").split("\n")
        kept = []
        for number, line in enumerate(each for each in lines if each.startswith("{")):
            row = json.loads(line) | {"id": str(number), "source": "s", "license": "l"}
            kept.append(json.dumps(row))
        rejected = [each for each in lines if each and not each.startswith("{")]
        path.write_text("\n".join((*kept, *rejected)), encoding="utf-8")
    items = map(json.loads, benchmark.read_text(encoding="utf-8").split("\n")[:-1])
    named = [item | {"id": str(number)} for number, item in enumerate(items)]
    harmless = write_jsonl(tmp_path / "benchmark.jsonl", named)
    report = audited(data, harmless, "--no-excerpts")
    html = report.read_text(encoding="utf-8").casefold()
    for section in SECTIONS - {"sources"}:
        assert f'<section id="{section}"' in html, section
    texts = (
        *("blockhead", "qxz", "his old", "told the", "the village", "asked the"),
        "another country",
    )
    for canary in (MARK, "example.invalid", *texts):
        assert canary not in html, canary
