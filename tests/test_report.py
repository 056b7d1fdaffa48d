"""The report from hand-made audit folders: exact numbers, accounts, hostile text, size."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from report_folders import (
    ESTIMATED,
    GOLDEN,
    SEGMENTED,
    Document,
    Part,
    multilingual,
    text,
    write_audit,
)

from corpus_assay.reports import (
    ReportError,
    audit,
    charts,
    figures,
    formats,
    model,
    render,
    statistics,
    summary,
    summary_json,
    write_report,
)
from corpus_assay.reports.statistics import Estimate, Interval

HOSTILE = [
    "<script>document.title='owned'</script>",
    "</script><script>alert(1)</script>",
    "</style><style>body{display:none}</style>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg onload=alert(1)><title></title></svg>",
    "--></title><iframe src=https://example.invalid></iframe>",
    "{{ 7 * 7 }}{% raw %}{{ page.__class__ }}",
    '=HYPERLINK("https://example.invalid","x")',
    "\u202egnp.exe\u2066 \u200b\u00ad\x00\x1b[31m\u2028",
    "a\u0300" + "\u0301" * 500,
    "W" * 1_000_000,
    "<" * 300,
    "javascript:alert(1)",
]


class Page(HTMLParser):
    """Elements, and rows of table cells as their texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._inside = tag
            self.rows[-1].append("")
        elif tag == "small" and self._inside:
            self.rows[-1][-1] += " | "

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def row(html: str, first: str, width: int) -> list[str]:
    """The one table row with this first cell and this number of cells."""
    (found,) = [cells for cells in Page(html).rows if cells[:1] == [first] and len(cells) == width]
    return [" ".join(cell.split()) for cell in found[1:]]


def twenty(first: str = "web", second: str = "web") -> list[Document]:
    """Ten documents of 100 words (F 1, M 3) and ten of 300 (F 1, M 1, U 2)."""
    return [
        *(text(first, "eng", 100, 1, 3, 0) for _ in range(10)),
        *(text(second, "eng", 300, 1, 1, 2) for _ in range(10)),
    ]


# By hand: F 20/4000, residuals ±0.5: Var = 20/19 · 5/4000²; M 40/4000, residuals ±2; d = −2, 0,
# residuals ±1.5; F/(F+M) = 20/60, residuals ±1/3; Wilson 20 of 20: 20/(20 + 1.96²).
EXPECTED = [
    "20",
    "5.00 | 3.88 to 6.12",
    "10.0 | 5.5 to 14.5",
    "5.00 | 3.88 to 6.12",
    "−5.00 | −8.37 to −1.63",
    "33.3% | 28.3% to 38.3%",
    "100% | 83.9% to 100%",
    "0%",
]


def test_shares_and_intervals(tmp_path: Path) -> None:
    assert row(render(write_audit(tmp_path, twenty())), "English", 9) == EXPECTED


def test_sources_add_up_to_the_same_estimates(tmp_path: Path) -> None:
    html = render(write_audit(tmp_path, twenty("a", "b")))
    assert row(html, "English", 9) == EXPECTED
    # Within one source every document has the same counts: no variation, no interval.
    assert row(html, "a", 8) == [
        "10", "10.0", "30.0", "0", "−20.0", "25.0%", "100% | 72.2% to 100%",
    ]  # fmt: skip
    assert "masculine words range from 3.33 to 30.0 per 1,000 words between sources" in html


def test_headlines(tmp_path: Path) -> None:
    documents = [*twenty(), *(text("web", "isl", 50) for _ in range(5))]
    rejects = [(0, 10, 3, "not valid JSON", "{")]
    page = figures.compute(audit.load(write_audit(tmp_path, documents, rejects=rejects)))
    assert page.headlines == (
        "Of 60 gendered words counted, 33.3% are feminine (95% interval 28.3% to 38.3%); the rest "
        "are masculine.",
        "5 documents (20.0%) are in languages without a lexicon and were not measured: Icelandic.",
        "3 of 28 records read (10.7%) could not be audited.",
        "The documents are in 2 languages; the largest, English, makes up 80.0% of documents and "
        "94.1% of the text by bytes.",
        "In English, masculine words are more frequent than feminine ones.",
    )
    assert [each.text for each in page.more] == [
        "100% of the measured documents (95% interval 83.9% to 100%) hold at least one word of "
        "the lexicons.",
    ]
    assert page.totals.read == page.totals.audited + page.totals.rejected == 28


def test_the_only_language_is_not_said_to_lean_twice(tmp_path: Path) -> None:
    page = figures.compute(audit.load(write_audit(tmp_path, twenty())))
    said = [*page.headlines, *(each.text for each in page.more)]
    assert said[0].startswith("Of 60 gendered words counted, 33.3% are feminine")
    assert said[-1] == "In English, masculine words are more frequent than feminine ones."


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((7, 0), "All 7 gendered words counted are feminine."),
        ((0, 1), "The one gendered word counted is masculine."),
        ((0, 0), "No feminine or masculine word of the lexicons was found."),
    ],
)
def test_a_part_that_is_all_or_nothing_has_no_rest(
    tmp_path: Path, counts: tuple[int, int], expected: str
) -> None:
    feminine, masculine = counts
    documents = [text("a", "eng", 100, feminine, masculine)]
    page = figures.compute(audit.load(write_audit(tmp_path, documents)))
    assert expected in page.headlines


def test_no_lexicon_is_not_zero(tmp_path: Path) -> None:
    documents = [*twenty(), *(text("forum", "isl", 50) for _ in range(5))]
    folder = write_audit(tmp_path, documents)
    html = render(folder)
    assert row(html, "Icelandic", 3) == ["5", "not measured: no lexicon covers this language"]
    assert row(html, "forum", 7)[-1] == "not measured"
    # The words of Icelandic are in no denominator.
    assert row(html, "English", 9) == EXPECTED
    by_code = {entry["language"]: entry for entry in summary_json(folder)["languages"]}
    assert by_code["isl"]["gender"] is None


def test_only_languages_without_lexicon(tmp_path: Path) -> None:
    html = render(write_audit(tmp_path, [text("web", "isl", 50)]))
    assert "this is not a finding of zero" in html


def test_ambiguous_matches_count_once(tmp_path: Path) -> None:
    # Four forms "padres" in both classes, eight matches of "mujer": 12 matches, 16 class counts.
    documents = [text("web", "spa", 100, 3, 1, 0, 1) for _ in range(4)]
    terms = [
        ("spa", "feminine", "woman", "mujer", False, 8),
        ("spa", "feminine", "parent+father", "padres", True, 4),
        ("spa", "masculine", "parent+father", "padres", True, 4),
    ]
    html = render(write_audit(tmp_path, documents, terms=terms))
    assert row(html, "Spanish", 9)[-1] == "33.3%"
    assert "In Spanish, 33.3% of the matches are forms that stand in more than one class" in html


def test_roles_use_their_own_words(tmp_path: Path) -> None:
    parts = {"prompt": Part(100, 1), "chosen": Part(200, 0, 2), "rejected": Part(300, 3)}
    html = render(write_audit(tmp_path, [Document("pairs", "eng", parts) for _ in range(12)]))
    assert row(html, "prompt", 8)[:3] == ["12", "10.0", "0"]
    assert row(html, "chosen", 8)[:3] == ["12", "0", "10.0"]
    assert row(html, "rejected", 8)[:3] == ["12", "10.0", "0"]
    assert row(html, "English", 9)[1:3] == ["6.67", "3.33"]


def test_slices_in_order_without_contrast_intervals(tmp_path: Path) -> None:
    documents = [
        text("web", "eng", 100, 1, number % 2, year=str(2019 + number % 2)) for number in range(40)
    ]
    html = render(write_audit(tmp_path, documents))
    assert row(html, "2019", 8)[:5] == ["20", "10.0", "0", "0", "+10.0"]
    assert row(html, "2020", 8)[:5] == ["20", "10.0", "10.0", "0", "0"]
    assert html.index(">2019<") < html.index(">2020<")


def test_weighted_shares(tmp_path: Path) -> None:
    documents = [*twenty("a", "b"), text("c", "eng", 100, 1)]
    html = render(write_audit(tmp_path, documents, weights={"a": 3, "b": 1}))
    cells = row(html, "English | left out, no weight: c", 9)
    # a: F 10, M 30 per 1,000; b: F 3.33, M 3.33; (3a + b) / 4.
    assert [cells[1], cells[3], cells[7]] == ["8.33", "23.3", "−15.0"]


def test_small_samples_are_marked(tmp_path: Path) -> None:
    documents = [text("web", "eng", 90 + number, 1, number % 2) for number in range(5)]
    assert "few documents" in row(render(write_audit(tmp_path, documents)), "English", 9)[1]


def test_lengths(tmp_path: Path) -> None:
    documents = [text("web", "eng", words) for words in (0, 1, 5, 7, 8)]
    page = figures.compute(audit.load(write_audit(tmp_path, documents)))
    assert [(each.start, each.end, each.documents) for each in page.lengths] == [
        (0, 0, 1), (1, 1, 1), (2, 3, 0), (4, 7, 2), (8, 15, 1),
    ]  # fmt: skip
    assert "Half of the documents have 7 words or fewer" in render(tmp_path)


def test_empty_audit(tmp_path: Path) -> None:
    html = render(write_audit(tmp_path, [], rejects=[(0, 0, 2, "not valid JSON", "")]))
    assert "No document was audited" in html
    assert "2 of 2 records (100%) could not be audited" in html
    assert "0 documents" in summary(tmp_path)


def test_contradictory_accounts_are_said(tmp_path: Path) -> None:
    folder = write_audit(tmp_path, twenty())
    path = folder / "tables" / "files.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("read")
    pq.write_table(table.set_column(place, "read", pa.array([99], pa.int64())), path)
    assert "The accounts do not balance: 99 records read, but 20 audited" in render(folder)


def test_audit_without_gender(tmp_path: Path) -> None:
    folder = write_audit(tmp_path, twenty())
    manifest = json.loads((folder / "audit.json").read_text())
    manifest["tables"] = [each for each in manifest["tables"] if "gender" not in each["name"]]
    (folder / "audit.json").write_text(json.dumps(manifest))
    assert "Gender representation was not measured in this audit." in render(folder)
    assert summary_json(folder)["languages"][0]["gender"] is None


# Folders that are no audit ------------------------------------------------------------------------


def break_manifest(folder: Path, **changes: Any) -> None:
    path = folder / "audit.json"
    manifest = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in manifest.items() if value != "gone"}))


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no audit\.json in .*: this is no finished audit"):
        render(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', "[" * 100_000, "\ud800"])
def test_broken_manifest(tmp_path: Path, content: str) -> None:
    (tmp_path / "audit.json").write_text(content, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(ReportError):
        render(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "format 2, this version reads format 1"),
        ({"counts": "gone"}, "'counts' is missing"),
        ({"languages": []}, "'languages' is missing or has the wrong type"),
        ({"languages": {"eng": 1}}, "language 'eng' is no object"),
        ({"tables": []}, "does not list the table 'files'"),
        ({"tables": [{}]}, "has no name"),
        ({"configuration": {"weights": {"a": "heavy"}}}, "'weights' must map sources to numbers"),
        ({"configuration": {"weights": {"a": -1}}}, "weight of source 'a' must be a number"),
    ],
)
def test_incomplete_manifest(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    break_manifest(write_audit(tmp_path, twenty()), **changes)
    with pytest.raises(ReportError, match=message):
        render(tmp_path)


@pytest.mark.parametrize("name", ["corpus", "gender_terms", "rejects"])
def test_missing_and_damaged_tables(tmp_path: Path, name: str) -> None:
    folder = write_audit(tmp_path, twenty())
    path = folder / "tables" / f"{name}.parquet"
    if name == "rejects":
        path = folder / "tables" / "rejects" / "part-00000.parquet"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ReportError, match=f"table '{name}' cannot be read"):
        render(folder)
    path.unlink()
    with pytest.raises(ReportError, match=f"table '{name}' is missing"):
        render(folder)


def test_changed_tables(tmp_path: Path) -> None:
    folder = write_audit(tmp_path, twenty())
    path = folder / "tables" / "corpus.parquet"
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["words"]), path)
    with pytest.raises(ReportError, match="table 'corpus' has no column 'words'"):
        render(folder)
    pq.write_table(table.slice(1), path)
    with pytest.raises(ReportError, match=r"has 1 rows, audit\.json says 2"):
        render(folder)


def test_contradictory_moments(tmp_path: Path) -> None:
    folder = write_audit(tmp_path, twenty())
    path = folder / "tables" / "gender.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("matches_squared")
    zeros = pa.array([0] * table.num_rows, pa.decimal128(38, 0))
    pq.write_table(table.set_column(place, "matches_squared", zeros), path)
    with pytest.raises(ReportError, match="do not fit together"):
        render(folder)


# The page -----------------------------------------------------------------------------------------


def test_golden(tmp_path: Path) -> None:
    # After a wanted change: python tests/report_folders.py, and look at the difference.
    assert render(multilingual(tmp_path)) == GOLDEN.read_text(encoding="utf-8")


def test_same_folder_same_bytes(tmp_path: Path) -> None:
    folder = multilingual(tmp_path)
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first
    assert sorted(path.name for path in folder.iterdir()) == ["audit.json", "report.html", "tables"]


def hostile_audit(folder: Path) -> Path:
    """Every hostile string in every place that a text can come from."""
    documents = [
        text(
            string,
            "eng" if number % 2 else f"x{number}",
            50 + number,
            1,
            2,
            0,
            0,
            **{string: string},
        )
        for number, string in enumerate(HOSTILE * 2)
    ]
    return write_audit(
        folder,
        documents,
        terms=[("eng", "feminine", string, string, True, 5) for string in HOSTILE],
        examples=[("eng", string, string, string, string) for string in HOSTILE],
        rejects=[(0, place, 1, string, string) for place, string in enumerate(HOSTILE)],
        path=HOSTILE[3],
        names={f"x{number}": (string, "rtl", string) for number, string in enumerate(HOSTILE * 2)}
        | {"eng": (HOSTILE[0], "ltr", HOSTILE[1])},
        weights=dict.fromkeys(HOSTILE, 1.0),
        manifest={
            "command": " ".join(HOSTILE),
            "created": HOSTILE[0],
            "tool": {"name": HOSTILE[1], "version": HOSTILE[2]},
            "versions": {string: string for string in HOSTILE},
            "configuration": {string: [string] for string in HOSTILE},
            "lexicons": {
                string: {"name": string, "sha256": string, "forms": string, "concepts": string}
                for string in HOSTILE
            },
            "warnings": HOSTILE,
        },
    )


def test_hostile_text_is_text(tmp_path: Path) -> None:
    html = render(hostile_audit(tmp_path))
    page = Page(html)
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("script"), tags.count("style"), tags.count("meta")) == (1, 1, 5)
    assert not {"img", "iframe", "object", "embed", "link", "form", "base"} & set(tags)
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("style", "src") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in html
    assert "{{ 7 * 7 }}" in html
    assert "⟦U+202E⟧gnp.exe⟦U+2066⟧" in html
    assert "W" * 2001 not in html
    assert "999,800 more characters" in html
    assert not set(html) & set("\x00\x1b\u202e\u2066\u200b\u2028")
    assert len(html) < 2_000_000


def test_summary_is_safe_for_a_terminal(tmp_path: Path) -> None:
    printed = summary(hostile_audit(tmp_path))
    assert not [each for each in printed if each != "\n" and not each.isprintable()]


def test_summary(tmp_path: Path) -> None:
    documents = [*twenty(), *(text("web", "tha", 400, 1, 1) for _ in range(12))]
    assert summary(write_audit(tmp_path, documents)).splitlines() == [
        "corpus-assay 0.1.0: 32 documents, 8,800 words, 52.8 kB of text, 2 languages, 1 source, "
        "1 file",
        "32 records read = 32 audited + 0 rejected; 1 repaired",
        "",
        "* Masculine words are more frequent than feminine ones in 1 of 2 measured languages, "
        "less frequent in none; in 1 no difference can be told.",
        "* Of 2 measured languages, English is furthest from equal: 33.3% of 60 gendered words are "
        "feminine (95% interval 28.3% to 38.3%).",
        "* Of 84 gendered words counted, 38.1% are feminine (95% interval 33.4% to 42.8%); the "
        "rest are masculine.",
        "* The documents are in 2 languages; the largest, English, makes up 62.5% of documents "
        "and 45.5% of the text by bytes.",
        "* In English, the largest measured language, 5.00 of 1,000 words are feminine (95% "
        "interval 3.88 to 6.12) and 10.0 masculine (95% interval 5.5 to 14.5).",
        "",
        "per 1,000 words  documents  feminine  masculine  unspecified  F of F+M",
        "English                 20      5.00       10.0         5.00     33.3%",
        "Thai*                   12      2.50       2.50            0     50.0%",
        "* per 1,000 characters: written without spaces between words",
    ]


def test_words_without_spaces_say_how_they_were_counted(tmp_path: Path) -> None:
    documents = [text("web", code, 400, 1, 1) for code in ("tha", "cmn", "eng") for _ in range(12)]
    counted = {"cmn": ESTIMATED, "tha": SEGMENTED}
    folder = write_audit(tmp_path, documents, segmentation=counted)
    html = render(folder)
    assert "Mandarin Chinese 1.00 × the words of spaCy with jieba, half of the documents" in html
    assert "within 4.8%" in html
    assert "words were cut: Thai by spaCy with PyThaiNLP" in html
    assert "per 1,000 characters" not in html
    printed = summary(folder)
    assert "\nMandarin Chinese~ " in printed
    assert "\nThai  " in printed
    found = {row["language"]: row["segmentation"] for row in summary_json(folder)["languages"]}
    assert found["eng"] is None
    assert found["cmn"]["estimated"]
    assert not found["tha"]["estimated"]


def test_an_estimate_without_its_accuracy_is_an_error(tmp_path: Path) -> None:
    documents = [text("web", "cmn", 400, 1, 1)]
    folder = write_audit(tmp_path, documents, segmentation={"cmn": {"words": "estimated"}})
    with pytest.raises(ReportError, match="'cmn' are estimated"):
        render(folder)


def test_summary_json_is_json(tmp_path: Path) -> None:
    data = summary_json(write_audit(tmp_path, twenty()))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["counts"]["words"] == 4000
    english = data["languages"][0]["gender"]
    assert english["classes"]["feminine"]["matches"] == 20
    assert english["classes"]["feminine"]["of_words"]["value"] == 0.005
    assert english["classes"]["feminine"]["of_words"]["low"] == pytest.approx(0.0038759, rel=1e-4)


def test_large_report_is_small_and_quick(tmp_path: Path) -> None:
    codes = [f"q{first}{second}" for first in "abcdefgh" for second in "abcdefg"][:55]
    documents = [
        text(f"source-{source:02}", code, 200 + 7 * source, source % 3, number % 4, 2)
        for source in range(50)
        for number, code in enumerate(codes)
        for _ in range(2)
    ]
    terms = [
        (code, gender, f"concept{place}", f"form{place}", False, 500 - place)
        for code in codes
        for gender in model.CLASSES
        for place in range(30)
    ]
    examples = [
        (code, f"form{place}", "before " * 30, "form", " after" * 30)
        for code in codes
        for place in range(30)
        for _ in range(3)
    ]
    folder = write_audit(tmp_path, documents, terms=terms, examples=examples)
    start = time.process_time()
    html = render(folder)
    assert time.process_time() - start < 5  # of CPU: measured 1.8
    assert len(html.encode()) < 3_000_000
    assert "2,700 more rows in <code>tables/gender.parquet</code>" in html
    islands = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    held = [json.loads(island) for island in islands]
    assert [(len(island["rows"]), island["left"]) for island in held].count((2_700, 0)) == 1
    assert "25 more groups in <code>tables/gender.parquet</code>" in html


# Formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0%"), (1, "100%"), (0.3419, "34.2%"), (0.0031, "0.31%"), (0.99996, ">99.99%"),
        (0.00001, "<0.01%"), (0.9994, "99.94%"), (0.5, "50.0%"),
    ],
)  # fmt: skip
def test_percent(share: float, written: str) -> None:
    assert formats.percent(share) == written


@pytest.mark.parametrize(
    ("share", "signed", "written"),
    [
        (0, False, "0"), (0.0042137, False, "4.21"), (0.0152, True, "+15.2"),
        (-0.0042137, True, "−4.21"), (0.21377, False, "214"), (0.00000042, False, "0.0004"),
        (0.00000001, False, "<0.0001"),
    ],
)  # fmt: skip
def test_per_thousand(share: float, signed: bool, written: str) -> None:
    assert formats.per_thousand(share, signed=signed) == written


def test_interval_has_the_digits_of_its_value() -> None:
    estimate = Estimate(0.0152, 0.1, Interval(0.009876, 0.020412))
    assert formats.per_thousand_interval(estimate) == "9.9 to 20.4"
    assert formats.percent_interval(Estimate(0.5, 0.1, Interval(0.0, 1.0))) == "0% to 100%"


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (12_345_678, "12.3 MB"),
     (999_600, "1 MB"), (5 * 10**18, "5,000 PB")],
)  # fmt: skip
def test_size(number: int, written: str) -> None:
    assert formats.size(number) == written


def test_visible_keeps_spelling_and_shows_the_hidden() -> None:
    assert formats.visible("می\u200cخواهم", joiners=True) == "می\u200cخواهم"
    assert formats.visible("می\u200cخواهم") == "می⟦U+200C⟧خواهم"
    assert formats.visible("व्यक्ति, é, 女人") == "व्यक्ति, é, 女人"
    assert formats.visible("x" * 7, limit=5) == "xxxxx… ⟦2 more characters⟧"


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [(7.3, [0, 2, 4, 6, 8]), (0, [0, 1]), (0.031, [0, 0.01, 0.02, 0.03, 0.04]),
     (100, [0, 20, 40, 60, 80, 100])],
)  # fmt: skip
def test_ticks(largest: float, ticks: list[float]) -> None:
    assert charts.nice_ticks(largest) == ticks


def test_html_languages() -> None:
    tags = [("eng", "Latn"), ("cmn", "Hans"), ("cmn", "Hant"), ("yue", "Hant"), ("jpn", "Jpan")]
    assert [figures.html_language(*tag) for tag in tags] == [
        "en", "zh-Hans", "zh-Hant", "yue-Hant", "ja",
    ]  # fmt: skip
    assert figures.html_language("und", "") == ""
    assert figures.html_language('"x"', "") == ""


def test_figures_are_plain_data(tmp_path: Path) -> None:
    page = figures.compute(audit.load(multilingual(tmp_path)))
    assert msgspec.to_builtins(page)["totals"]["documents"] == 348


# Pronouns and demographic terms -------------------------------------------------------------------


def who_page(tmp_path: Path) -> model.Figures:
    return figures.fresh(multilingual(tmp_path))


def test_pronouns_have_both_denominators(tmp_path: Path) -> None:
    """English has 132 documents: 110 hold a gendered pronoun, 128 any, 40 a feminine one."""
    page = who_page(tmp_path)
    assert page.pronouns is not None
    english, hindi = page.pronouns
    assert (english.language.code, hindi.language.code) == ("eng", "hin")
    documents = english.language.documents
    feminine = english.kinds["feminine"]
    assert feminine.of_documents == statistics.wilson(40, documents)
    assert feminine.within == statistics.wilson(40, 110)
    assert english.kinds["gendered"].of_documents == statistics.wilson(110, documents)
    assert english.kinds["first"].within == statistics.wilson(60, 128)
    assert english.kinds["neopronoun"].within is None
    assert english.kinds["neopronoun"].few
    assert [(name, share.documents) for name, share in english.families] == [("xe", 3)]
    assert [form.form for form in english.forms[:2]] == ["they", "he"]
    assert english.comparable
    assert not hindi.comparable
    assert "feminine" not in hindi.kinds
    assert hindi.notes == ("Hindi marks gender on the verb.",)


def test_axes_and_terms_are_ranked_where_there_are_enough_documents(tmp_path: Path) -> None:
    page = who_page(tmp_path)
    assert page.demographics is not None
    english = page.demographics[0]
    assert [axis.axis for axis in english.axes] == [
        *("religion", "nationality", "race and ethnicity"),
        *("ability", "age", "sexual orientation"),  # few documents: not ranked
    ]
    religion, _, race, ability, *_ = english.axes
    assert [term.concept for term in religion.terms] == [
        *("christian", "muslim", "jewish"),
        *("atheist", "zoroastrian"),
    ]
    assert religion.terms[0].share.within == statistics.wilson(25, 40)
    assert religion.terms[0].examples[0].match == "Christian"
    assert [term.concept for term in race.terms] == ["roma"]
    assert [term.concept for term in race.left_out] == ["black", "white"]
    assert [term.concept for term in ability.terms] == ["handicapped", "wheelchair user"]
    assert english.any.share.documents == 70


def test_the_page_names_what_it_shows_of_pronouns_and_terms(tmp_path: Path) -> None:
    html = render(multilingual(tmp_path))
    for shown in (
        'id="pronouns"',
        'id="demographics"',
        "of those with a gendered pronoun",
        "not comparable",
        "not in the list",
        "black</bdi> (18 documents)",
        "few documents: 2",
        "Neopronoun families found",
    ):
        assert shown in html, shown


def test_an_audit_without_pronouns_and_terms(tmp_path: Path) -> None:
    folder = write_audit(tmp_path, [text("web", "eng", 10, 1)])
    page = figures.fresh(folder)
    assert page.pronouns is None
    assert page.demographics is None
    assert 'id="pronouns"' not in render(folder)
    assert summary_json(folder)["languages"][0]["pronouns"] is None


def test_pronouns_and_terms_for_machines(tmp_path: Path) -> None:
    data = summary_json(multilingual(tmp_path))
    english = next(row for row in data["languages"] if row["language"] == "eng")
    assert english["pronouns"]["kinds"]["feminine"]["documents"] == 40
    assert english["demographics"]["religion"]["terms"]["muslim"]["documents"] == 21
    assert set(english["demographics"]["race and ethnicity"]["left_out"]) == {"black", "white"}
