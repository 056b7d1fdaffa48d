"""Duplicates on the page and in the summary, from tables made by hand."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_folders import text, write_audit
from test_report import HOSTILE, Page

from corpus_assay.reports import ReportError, figures, render, summary, summary_json
from corpus_assay.reports.differences import common, differences
from corpus_assay.reports.duplicates import DuplicateFigures, overlap_title, sizes_title
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.duplicate_clusters import EXAMPLES, KINDS, SIZES
from corpus_assay.transforms.duplicates import OVERLAP, REFERENCE, SUMMARY, WORK

ABOUT = {"threshold": 0.8, "ngram": 5, "permutations": 108, "bands": 18, "rows": 6}

Rows = Sequence[tuple[Any, ...]]


def summary_row(
    source: str,
    language: str,
    documents: int,
    size: int,
    removable: tuple[int, int],
    exact: tuple[int, int] = (0, 0),
    at_90: tuple[int, int] = (0, 0),
    clustered: int = 0,
) -> tuple[Any, ...]:
    clustered = clustered or 2 * removable[0]
    return (
        *(source, language, documents, size, clustered, 10 * clustered),
        *(*removable, None, None, *removable, *at_90, *exact),
    )


def example(clusters: str, rank: int, **given: Any) -> tuple[Any, ...]:
    row: dict[str, Any] = {
        **{"clusters": clusters, "rank": rank, "file": 0, "position": 10, "other_file": 0},
        **{"other_position": 1234567, "cluster_size": 4, "sources": 2, "kind": "near"},
        **{"removable_documents": 3, "removable_bytes": 4500, "similarity_to_keep": 0.875},
        **{"removable": True, "id": "first", "source": "web", "language": "eng", "bytes": 1500},
        **{"other_id": None, "other_source": "books", "other_language": "eng"},
        **{"other_bytes": 1400, "text": "", "other_text": ""},
    } | given
    return tuple(row[name] for name in EXAMPLES.schema.names)


def with_duplicates(
    folder: Path,
    *,
    summed: Rows,
    kinds: Rows = (),
    sizes: Rows = (),
    overlap: Rows = (),
    examples: Rows = (),
    work: Mapping[str, int] | None = None,
    **manifest: Any,
) -> Path:
    """An audit with one text of each source and language, and these tables."""
    given: dict[str, Any] = {"duplicates": ABOUT, **manifest}
    write_audit(folder, [text(row[0], row[1], 100) for row in summed], manifest=given)
    listed = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    tables: list[tuple[TableSpec, Rows]] = [
        *((SUMMARY, summed), (KINDS, kinds), (SIZES, sizes), (OVERLAP, overlap)),
        *((EXAMPLES, examples), (WORK, list((work or {}).items()))),
    ]
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


def several(folder: Path, **options: Any) -> Path:
    """1,000 documents of 1 MB: 200 in 90 clusters, of which 100 are removable."""
    options.setdefault("summed", [
        summary_row("web", "eng", 600, 600_000, (70, 90_000), (30, 30_000), (50, 60_000), 120),
        summary_row("books", "eng", 300, 350_000, (30, 10_000), (10, 2_000), (20, 5_000), 78),
        summary_row("forum", "deu", 80, 40_000, (0, 0), clustered=2),
        summary_row("notes", "deu", 20, 10_000, (0, 0)),
    ])  # fmt: skip
    return with_duplicates(
        folder,
        kinds=[
            ("books", "eng", "exact", 10, 2_000, 10, 2_000),
            ("books", "eng", "kept", 40, 1, 0, 0),
            ("books", "eng", "near", 28, 1, 20, 8_000),
            ("web", "eng", "identical", 25, 25_000, 25, 25_000),
            ("web", "eng", "exact", 5, 5_000, 5, 5_000),
            ("web", "eng", "kept", 50, 1, 0, 0),
            ("web", "eng", "near", 40, 1, 40, 60_000),
        ],
        sizes=[
            (2, 80, 30, 200_000, 75, 70_000),
            (3, 8, 1, 30_000, 10, 9_000),
            (6, 1, 0, 6_000, 5, 5_000),
            (10, 1, 0, 16_000, 10, 16_000),
        ],
        overlap=[
            ("books", "books", 12, 9_000, 2, 2_000),
            ("books", "web", 60, 70_000, 8, 1_000),
            ("forum", "web", 2, 100, 0, 0),
            ("web", "books", 54, 50_000, 8, 1_000),
            ("web", "forum", 2, 100, 0, 0),
            ("web", "web", 80, 9_000, 25, 2_000),
        ],
        work={"copies": 40, "candidate_pairs": 500, "compared_pairs": 130, "near_edges": 70}
        | {"documents_read_again": 170, "ngram_bytes_moved": 123_456, "large_buckets": 0},
        **options,
    )


def found(folder: Path) -> DuplicateFigures:
    duplicates = figures.fresh(folder).duplicates
    assert duplicates is not None
    return duplicates


def test_shares_by_kind_level_language_and_source(tmp_path: Path) -> None:
    duplicates = found(several(tmp_path))
    assert (duplicates.documents, duplicates.bytes) == (1000, 1_000_000)
    assert (duplicates.part.documents, duplicates.part.of_bytes) == (100, 0.1)
    # Wilson for 100 of 1,000: (100 + 1.92073) / 1003.84146 ± 1.95996/1003.84146 · √(90 + .96036).
    share = duplicates.part.of_documents
    assert share is not None
    assert share.interval is not None
    assert (round(share.interval.low, 5), round(share.interval.high, 5)) == (0.08291, 0.12015)
    assert {kind: (p.documents, p.bytes) for kind, p in duplicates.kinds.items()} == {
        "identical": (25, 25_000),
        "exact": (15, 7_000),
        "near": (60, 68_000),
    }
    # 200 in clusters, 90 kept, 100 removable.
    assert (duplicates.clustered, duplicates.clusters, duplicates.apart) == (200, 90, 10)
    assert [
        (level.similarity, level.part and level.part.documents, level.run, level.exact)
        for level in duplicates.levels
    ] == [
        (0.7, None, False, False),
        (0.8, 100, True, False),
        (0.9, 70, False, False),
        (1.0, 40, False, True),
    ]
    assert [
        (row.name, row.documents, row.part.documents, row.few) for row in duplicates.languages
    ] == [
        ("English", 900, 100, False),
        ("deu", 100, 0, False),
    ]
    assert [(row.name, dict(row.kinds), row.few) for row in duplicates.sources] == [
        ("web", {"identical": 25, "exact": 5, "near": 40}, False),
        ("books", {"identical": 0, "exact": 10, "near": 20}, False),
        ("forum", {"identical": 0, "exact": 0, "near": 0}, False),
        ("notes", {"identical": 0, "exact": 0, "near": 0}, True),
    ]


def test_matrix_of_sources(tmp_path: Path) -> None:
    duplicates = found(several(tmp_path))
    overlap = duplicates.overlap
    assert overlap is not None
    assert overlap.names == ("web", "books", "forum")
    assert overlap.rows == (
        ("web", (80 / 600, 54 / 600, 2 / 600)),
        ("books", (0.2, 0.04, None)),
        ("forum", (0.025, None, None)),
        ("1 other source", (None, None, None)),
    )
    assert [(p.first, p.second, p.documents, p.exact, p.few) for p in overlap.pairs] == [
        ("books", "web", 60, 8, False),
        ("web", "books", 54, 8, False),
        ("forum", "web", 2, 0, True),
        ("web", "forum", 2, 0, True),
    ]
    assert overlap.pairs[0].of_bytes == 0.2
    assert overlap_title(duplicates) == "20.0% of the documents of books have a duplicate in web"


def test_page_and_summary_say_it(tmp_path: Path) -> None:
    folder = several(tmp_path)
    line = (
        "10.0% of the documents (95% interval 8.3% to 12.0%) and 10.0% of the text are removable "
        "duplicates at a similarity of 0.8 or more: of 100 documents, 25 byte for byte the same, "
        "15 the same words and 60 nearly the same as the one that is kept."
    )
    assert f"* {line}\n" in summary(folder)
    page = render(folder)
    assert f"<li>{line} <a" in page
    assert "<li>20.0% of the documents of books have a duplicate in web. <a" in page
    rows = Page(page).rows
    assert [
        "near: most word sequences the same",
        "60",
        "6.0% | 4.7% to 7.6%",
        "6.8% | 68 kB",
    ] in rows
    assert ["0.70", "not verified: below the threshold of this run"] in rows
    assert ["0.80 this run", "100", "10.0% | 8.3% to 12.0%", "10.0% | 100 kB"] in rows
    assert ["notes", "20", "0", "0% | few documents", "0% | 0 bytes", "0", "0", "0"] in rows
    assert ["8 to 15", "1", "0", "10", "10", "16 kB"] in rows
    # 1 − (1 − .8⁶)¹⁸ = .99576; at .9 all but 10⁻⁶ of them.
    assert "99.6% of the pairs at a similarity of 0.80" in page
    assert "No bucket was so large" in page
    machine = summary_json(folder)["duplicates"]
    assert json.loads(json.dumps(machine)) == machine
    assert (machine["threshold"], machine["removable"]["of_documents"]) == (0.8, 0.1)
    assert machine["kinds"]["identical"]["documents"] == 25
    assert machine["sources"]["books"]["of_documents"] == 0.1
    assert machine["overlap"][0] == {
        **{"source": "books", "in": "web", "documents": 60, "of_documents": 0.2, "of_bytes": 0.2},
    }


def test_cluster_sizes_in_buckets_that_double(tmp_path: Path) -> None:
    duplicates = found(several(tmp_path))
    assert [
        (b.start, b.end, b.clusters, b.copies, b.documents, b.removable) for b in duplicates.sizes
    ] == [(2, 3, 88, 31, 184, 85), (4, 7, 1, 0, 6, 5), (8, 15, 1, 0, 10, 10)]
    assert sizes_title(duplicates) == (
        "92.0% of the documents in clusters stand in clusters of 2 to 3; the largest holds 10"
    )


def test_large_buckets_are_named(tmp_path: Path) -> None:
    row = summary_row("web", "eng", 100, 1_000, (1, 10))
    work = {"large_buckets": 3, "documents_in_large_buckets": 4_000}
    page = render(with_duplicates(tmp_path, summed=[row], sizes=[(2, 1, 0, 20, 1, 10)], work=work))
    assert "3 buckets with many documents (4,000 places) were cut short" in page


def test_clusters_side_by_side(tmp_path: Path) -> None:
    page = render(
        several(
            tmp_path,
            examples=[
                example(
                    *("near", 0),
                    text="… the old man and the sea …",
                    other_text="… the young man and the sea …",
                ),
                example("copies", 0, kind="identical", similarity_to_keep=1.0, cluster_size=7),
            ],
        )
    )
    assert "… the <del>old</del> man and the sea …</blockquote>" in page
    assert "… the <ins>young</ins> man and the sea …</blockquote>" in page
    assert "Similarity of these two: 0.875." in page
    assert '<bdi dir="auto">data/train.jsonl: 1,234,567</bdi>' in page
    assert "All 7 documents are the same, byte for byte." in page
    assert page.count("<blockquote") == 2


def test_without_excerpts(tmp_path: Path) -> None:
    folder = several(
        tmp_path,
        examples=[example("near", 0)],
        configuration={"weights": None, "slice_by": [], "excerpts": False},
    )
    page = render(folder)
    assert "the audit was made without excerpts" in page
    assert not {"ins", "del", "blockquote"} & {tag for tag, _ in Page(page).elements}


@pytest.mark.parametrize(
    ("first", "second", "marked"),
    [
        ("a b c", "a x c", (["b"], ["x"])),
        ("a b c", "a c", (["b"], [])),
        ("one two three", "two four three", (["one"], ["four"])),
        ("a b", "c d", (["a b"], ["c d"])),
        ("same", "same", ([], [])),
        ("", "all of it", ([], ["all of it"])),
        # By characters where there are no spaces; a vowel sign stays with its consonant.
        ("我爱北京", "我爱东京", (["北"], ["东"])),
        ("กี่", "กา", (["กี่"], ["กา"])),
        # What stands at the cut end of only one of them was cut off in the other.
        ("a b c …", "a b c d …", ([], [])),
        ("a b c x …", "a b c d …", (["x"], ["d"])),
        ("a b", "a b …", ([], [])),
    ],
)
def test_differences(first: str, second: str, marked: tuple[list[str], list[str]]) -> None:
    pieces = differences(first, second)
    assert ["".join(text for text, _ in side) for side in pieces] == [first, second]
    assert tuple([text for text, new in side if new] for side in pieces) == marked


def lcs(first: str, second: str) -> int:
    """Length of the longest common subsequence, by the textbook table."""
    row = [0] * (len(second) + 1)
    for a in first:
        above = row[:]
        for j, b in enumerate(second):
            row[j + 1] = above[j] + 1 if a == b else max(row[j], above[j + 1])
    return row[-1]


@given(st.text("abc", max_size=30), st.text("abc", max_size=30))
def test_common_words_are_a_longest_subsequence(first: str, second: str) -> None:
    kept = common(first, second)
    chosen = [
        [word for word, same in zip(words, of, strict=True) if same]
        for words, of in zip((first, second), kept, strict=True)
    ]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == lcs(first, second)


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_are_the_texts(first: str, second: str) -> None:
    pieces = differences(first, second)
    assert ["".join(text for text, _ in side) for side in pieces] == [first, second]


def test_long_texts_are_compared_up_to_a_limit() -> None:
    first, second = "的" * 100_000, "的 " * 50_000
    pieces = differences(first, second)
    assert "".join(text for text, _ in pieces[0]) == first
    assert pieces[1] == (("的 " * 1000, False), ("的 " * 49_000, True))


def test_documents_of_an_earlier_corpus(tmp_path: Path) -> None:
    folder = several(tmp_path)
    (folder / "tables" / "reference_matches").mkdir()
    found_there = [
        (0, n, None, source, "eng", 100, kind, 0, n, None, 1.0 if kind == "exact" else 0.9, error)
        for n, (source, kind, error) in enumerate(
            [("web", "exact", None)] * 60
            + [("web", "near", 0.03)] * 25
            + [("books", "near", 0.04)] * 15
            + [("gone", "exact", None)] * 4
        )
    ]
    listed = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    for part, rows in enumerate((found_there[:50], found_there[50:])):
        table = REFERENCE.table(
            [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), REFERENCE.schema,
                                                 strict=True)]
        )  # fmt: skip
        path = f"tables/reference_matches/part-{part:05}.parquet"
        pq.write_table(table, folder / path)
        listed["tables"].append({"name": REFERENCE.name, "path": path, "rows": len(rows)})
    (folder / "audit.json").write_text(json.dumps(listed), encoding="utf-8")
    earlier = found(folder).earlier
    assert earlier is not None
    assert (earlier.exact.documents, earlier.exact.bytes, earlier.error) == (64, 6_400, 0.04)
    assert (earlier.near.documents, earlier.near.of_bytes) == (40, 0.004)
    assert [row[:4] for row in earlier.sources] == [
        *(("web", 600, 60, 25), ("books", 300, 0, 15)),
        *(("forum", 80, 0, 0), ("notes", 20, 0, 0)),
    ]
    page = render(folder)
    line = (
        "6.4% of the documents stand word for word in the earlier corpus, and an estimated 4.0% "
        "nearly so."
    )
    assert f"<li>{line} <a" in page
    assert "a standard error of up to 0.04" in page
    assert ["web", "600", "60", "25", "14.2% | 11.6% to 17.2%"] in Page(page).rows


def test_no_duplicates(tmp_path: Path) -> None:
    folder = with_duplicates(tmp_path, summed=[summary_row("web", "eng", 50, 5_000, (0, 0))])
    assert "* No document is a duplicate of another one at a similarity of 0.8 or more." in summary(
        folder
    )
    page = render(folder)
    assert 'id="duplicates"' in page
    assert 'id="chart-overlap-title"' not in page


def test_empty_corpus(tmp_path: Path) -> None:
    folder = with_duplicates(tmp_path, summed=[])
    assert found(folder).part.of_documents is None
    assert "No document was audited." in render(folder)
    assert "duplicate" not in summary(folder)


def test_one_source_has_no_matrix(tmp_path: Path) -> None:
    row = summary_row("web", "eng", 100, 1_000, (1, 10), (1, 10))
    folder = with_duplicates(
        tmp_path,
        summed=[row],
        kinds=[("web", "eng", "identical", 1, 10, 1, 10)],
        sizes=[(2, 1, 1, 20, 1, 10)],
        overlap=[("web", "web", 2, 20, 2, 20)],
    )
    page = render(folder)
    assert "By source" not in page
    assert "hold the same documents" not in page
    assert sizes_title(found(folder)) == "Every cluster holds two documents"
    assert "of 1 document, 1 byte for byte the same as the one that is kept" in summary(folder)


def test_another_threshold_has_a_row_of_its_own(tmp_path: Path) -> None:
    row = summary_row("web", "eng", 100, 1_000, (4, 40), (1, 10), (2, 20))
    about = ABOUT | {"threshold": 0.85}
    levels = found(with_duplicates(tmp_path, summed=[row], duplicates=about)).levels
    assert [(level.similarity, level.run) for level in levels] == [
        *((0.7, False), (0.8, False), (0.85, True), (0.9, False), (1.0, False)),
    ]
    assert levels[2].part is not None
    assert levels[2].part.documents == 4


def test_sixty_sources(tmp_path: Path) -> None:
    names = [f"source {number:02}" for number in range(60)]
    folder = with_duplicates(
        tmp_path,
        summed=[summary_row(name, "eng", 100, 1_000, (10, 100)) for name in names],
        sizes=[(2, 600, 0, 1, 600, 6_000)],
        # Each shares ten and more documents with the next one, the last ones most.
        overlap=[
            (a, b, 10 + place // 2, 100, 0, 0)
            for place, pair in enumerate(pairwise(names))
            for a, b in (pair, pair[::-1])
        ],
    )
    overlap = found(folder).overlap
    assert overlap is not None
    assert overlap.names == tuple(names[48:])
    assert len(overlap.rows) == 13
    # The 48 others: source 47 shares 10 + 47 // 2 documents with source 48, of 4,800.
    assert overlap.rows[-1] == ("48 other sources", (33 / 4800, *[None] * 11))
    assert (len(overlap.pairs), overlap.hidden) == (50, 68)
    page = render(folder)
    assert "68 more pairs in <code>tables/overlap.parquet</code>" in page
    assert page.count('class="cell"') == 2 * 11 + 1


def test_hostile_text_is_text(tmp_path: Path) -> None:
    folder = with_duplicates(
        tmp_path,
        summed=[
            summary_row(string, f"x{place}", 100, 1_000, (10, 100))
            for place, string in enumerate(HOSTILE)
        ],
        kinds=[(string, string, string, 1, 1, 1, 1) for string in HOSTILE],
        sizes=[(2, 140, 0, 1, 140, 1)],
        overlap=[(a, b, 11, 1, 0, 0) for a in HOSTILE for b in HOSTILE],
        examples=[
            example(
                *("near", place),
                **{"id": string, "source": string, "language": string, "text": string},
                **{"other_id": string, "other_source": string, "other_language": string},
                **{"other_text": f"x {string}", "kind": string},
            )
            for place, string in enumerate(HOSTILE)
        ],
    )
    text_of_page = render(folder)
    page = Page(text_of_page)
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert not {"img", "iframe", "object", "embed", "link", "form", "base"} & set(tags)
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("style", "src") for name in attributes)
    assert (
        html.escape(HOSTILE[3], quote=True).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
        in text_of_page
    )
    assert "\u202e" not in text_of_page
    assert len(text_of_page) < 1_000_000
    assert "\x1b" not in summary(folder)


def test_tables_of_the_measure_belong_together(tmp_path: Path) -> None:
    folder = several(tmp_path)
    listed = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    listed["tables"] = [row for row in listed["tables"] if row["name"] != "duplicate_kinds"]
    (folder / "audit.json").write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(ReportError, match="duplicate_kinds"):
        render(folder)
