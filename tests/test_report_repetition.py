"""Repeated lines and benchmarks on the page and in the summary, from tables made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from report_folders import text, write_audit
from test_report import HOSTILE, Page

from corpus_assay.reports import figures, render, summary, summary_json
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.contamination import FOUND, ITEMS, SOURCES
from corpus_assay.transforms.repetition import REPEATED_LINES, REPETITION, SHARES

Rows = Sequence[tuple[Any, ...]]


def with_tables(folder: Path, *tables: tuple[TableSpec, Rows], **manifest: Any) -> Path:
    documents = [text(source, "eng", 100) for source in ("web", "books") for _ in range(50)]
    write_audit(folder, documents, manifest=manifest)
    listed = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    for spec, rows in tables:
        columns: list[Any] = list(zip(*rows, strict=True)) or [()] * len(spec.schema)
        table = pa.table(
            [pa.array(c, f.type) for c, f in zip(columns, spec.schema, strict=True)],
            schema=spec.schema,
        )
        path = f"tables/{spec.name}.parquet"
        pq.write_table(table, folder / path)
        listed["tables"].append({"name": spec.name, "path": path, "rows": len(table)})
    (folder / "audit.json").write_text(json.dumps(listed), encoding="utf-8")
    return folder


def repeated(folder: Path, lines: Rows, **manifest: Any) -> Path:
    return with_tables(
        folder,
        (
            REPETITION,
            [
                ("books", "eng", "line", 1, None, 200, 8_000),
                ("books", "eng", "line", 2, 3, 20, 400),
                ("books", "eng", "line", 7, 0, 0, 0),
                ("books", "eng", "paragraph", 1, None, 10, 1_000),
                ("books", "eng", "paragraph", 2, 1, 5, 250),
                ("books", "eng", "paragraph", 7, 0, 0, 0),
                ("web", "eng", "line", 1, None, 300, 12_000),
                ("web", "eng", "line", 2, 5, 80, 1_600),
                ("web", "eng", "line", 7, 2, 50, 1_000),
            ],
        ),
        (REPEATED_LINES, lines),
        (
            SHARES,
            [
                ("books", "eng", "repeated_lines", 0, 50, 7_000),
                ("web", "eng", "repeated_lines", 29, 40, 2_000),
                ("web", "eng", "repeated_lines", 30, 6, 600),
                ("web", "eng", "repeated_lines", 100, 4, 400),
                ("web", "eng", "top_2", 19, 100, 10_000),
            ],
        ),
        **manifest,
    )


def test_lines_of_many_documents(tmp_path: Path) -> None:
    lines = [
        ("line", 1, 40, 40, 800, 2, 1, 0, 10, "menu"),
        ("line", 2, 9, 900, 9_000, 1, 1, 0, 20, "spam"),
        ("paragraph", 3, 5, 5, 250, 1, 1, 0, 30, "a notice"),
    ]
    folder = repeated(tmp_path, lines)
    found = figures.fresh(folder).repetition
    assert found is not None
    first, second = found.kinds
    assert (first.occurrences, first.bytes) == (500, 20_000)
    assert [(level.documents, level.occurrences, level.of_occurrences, level.of_bytes)
            for level in first.levels] == [(2, 100, 0.2, 0.1), (7, 50, 0.1, 0.05)]  # fmt: skip
    assert [level.of_bytes for level in second.levels] == [0.25, 0.0]
    assert [(row.name, row.shares) for row in found.sources] == [
        ("web", (1_600 / 12_000, 1_000 / 12_000)),
        ("books", (0.05, 0.0)),
    ]
    assert [row.text for row in found.frequent["line"]] == ["menu", "spam"]
    assert [row.text for row in found.heavy["line"]] == ["spam", "menu"]
    # From 30 per cent on: 6 + 4 documents of 100, 1,000 bytes of 10,000.
    rule = found.rules[0]
    assert (rule.documents, rule.share and rule.share.value, rule.of_bytes) == (10, 0.1, 0.1)
    top = next(rule for rule in found.rules if rule.percent == 20 and "2-gram" in rule.name)
    assert top.documents == 0
    rows = Page(render(folder)).rows
    assert [
        *("2 documents or more", "100", "20.0%", "10.0% | 2 kB", "5", "50.0%", "25.0% | 250 bytes")
    ] in rows
    assert ["spam", "9", "900", "9 kB", "1", "1"] in rows
    assert [
        *("lines that stood before, of all lines", "30%", "10", "10.0% | 5.5% to 17.4%", "10.0%")
    ] in rows
    assert (
        "* 20.0% of the lines, and 10.0% of their bytes, are lines that stand in 2 documents or "
        "more.\n" in summary(folder)
    )
    machine = summary_json(folder)["repetition"]
    assert json.loads(json.dumps(machine)) == machine
    assert machine["kinds"]["lines"]["levels"][0]["of_bytes"] == 0.1


def test_hostile_lines_are_text(tmp_path: Path) -> None:
    lines = [("line", n, 2, 2, 9, 1, 1, 0, n, string) for n, string in enumerate(HOSTILE)]
    whole = render(repeated(tmp_path, lines))
    tags = [tag for tag, _ in Page(whole).elements]
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert not {"img", "iframe"} & set(tags)
    assert "\u202e" not in whole
    assert len(whole) < 300_000


def test_without_lines_and_without_excerpts(tmp_path: Path) -> None:
    empty = [(spec, ()) for spec in (REPETITION, REPEATED_LINES, SHARES)]
    page = render(with_tables(tmp_path / "empty", *empty))
    assert "No line with a word in it was found." in page
    configuration = {"weights": None, "slice_by": [], "excerpts": False}
    lines = [("line", 1, 40, 40, 800, 2, 1, 0, 10, "")]
    page = render(repeated(tmp_path / "bare", lines, configuration=configuration))
    assert ["not kept", "40", "40", "800 bytes", "2", "1"] in Page(page).rows
    assert "the audit was made without excerpts" in page


def contaminated(folder: Path, name: str = "quiz.jsonl", identity: str | None = "q") -> Path:
    items = [
        (name, n, f"{identity}{n}" if identity else None, n + 1, "n-grams", 20, 0, 0, 0, 0)
        for n in range(3, 39)
    ]
    return with_tables(
        folder,
        (
            ITEMS,
            [
                (name, 0, identity, 1, "n-grams", 20, 20, 3, 2, 1),
                (name, 1, identity, 2, "n-grams", 20, 18, 5, 1, 0),
                (name, 2, identity, 3, "whole", 1, 1, 1, 1, 1),
                *items,
                (name, 39, identity, 40, "n-grams", 10, 2, 9, 0, 0),
                (name, 40, identity, 41, "too short", None, None, None, None, None),
            ],
        ),
        (SOURCES, [("web", "eng", name, 8, 3, 2), ("books", "eng", name, 0, 0, 0)]),
        (FOUND, [(0, 0, 0, 77, 20), (0, 1, 0, 99, 12), (2, 0, 0, 5, 1)]),
    )


def test_benchmarks_in_the_corpus(tmp_path: Path) -> None:
    folder = contaminated(tmp_path)
    found = figures.fresh(folder).contamination
    assert found is not None
    (quiz,) = found.benchmarks
    assert (quiz.items, quiz.searched, quiz.counts) == (41, 40, (4, 3, 2))
    # Those that are wholly there in most documents first.
    assert [item.line for item in quiz.top] == [1, 3, 2, 40]
    assert quiz.top[0].places == ("data/train.jsonl: 77", "data/train.jsonl: 99")
    assert [(row.source, row.documents) for row in found.sources] == [("web", 8)]
    rows = Page(render(folder)).rows
    assert [
        *("quiz.jsonl", "41", "40", "4 | 10.0% (4.0% to 23.1%)", "3 | 7.5% (2.6% to 19.9%)"),
        "2 | 5.0% (1.4% to 16.5%)",
    ] in rows
    assert (
        "* 7.5% of the items of quiz.jsonl (95% interval 2.6% to 19.9%) stand mostly or wholly in "
        "a document of the corpus.\n" in summary(folder)
    )
    assert summary_json(folder)["contamination"] == {
        "quiz.jsonl": {"items": 41, "searched": 40, "there": 4, "mostly": 3, "wholly": 2}
    }


@pytest.mark.parametrize("string", [HOSTILE[0], HOSTILE[6], HOSTILE[9], HOSTILE[11]])
def test_hostile_benchmarks_are_text(tmp_path: Path, string: str) -> None:
    whole = render(contaminated(tmp_path, string, string))
    tags = [tag for tag, _ in Page(whole).elements]
    assert (tags.count("script"), tags.count("iframe")) == (1, 0)
    assert "\u202e" not in whole
    assert len(whole) < 300_000


def test_nothing_found_and_few_items(tmp_path: Path) -> None:
    clean = [("clean", n, None, n + 1, "n-grams", 9, 0, 0, 0, 0) for n in range(40)]
    folder = with_tables(tmp_path / "clean", (ITEMS, clean), (SOURCES, ()), (FOUND, ()))
    assert "* No item of a benchmark was found in the corpus.\n" in summary(folder)
    assert ["clean", "40", "40", *["0 | 0% (0% to 8.8%)"] * 3] in Page(render(folder)).rows
    folder = with_tables(tmp_path / "few", (ITEMS, clean[:5]), (SOURCES, ()), (FOUND, ()))
    assert "benchmark" not in summary(folder)
    assert ["clean", "5", "5", *["0 | few items"] * 3] in Page(render(folder)).rows
