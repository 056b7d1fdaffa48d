"""Slices by licence, year and domain that are recognised by the names of their columns."""

from __future__ import annotations

import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from audit_runs import COMMAND, audit, manifest, table, write_jsonl, write_parquet
from test_sources_lines import read

from corpus_assay.pipelines.sources import (
    ReadOptions,
    check_layout,
    list_files,
    recognise_slices,
    slices,
)


@pytest.mark.parametrize(
    ("value", "year"),
    [
        *((text, "2021") for text in ("2021", "2021.0", "2021-05", "2021-05-03T12:00:00Z")),
        *((text, "2021") for text in ("20210503", "20210503120000", "202105031200", " 2021/5")),
        *((text, "2021") for text in ("Mon, 03 May 2021 12:00:00 +0000", "5/3/2021", "2021年5月")),
        ("1609459199", "2020"),  # seconds: the last of 2020 in UTC
        ("1609459200", "2021"),
        ("1609459200.25", "2021"),
        ("1609459199999", "2020"),  # milliseconds
        ("4102444800", None),  # 2100: no date of a document
        ("12345", None),
        ("1066-10-14", None),
        ("May", None),
        ("", None),
        (None, None),
    ],
)
def test_year_of_a_date(value: str | None, year: str | None) -> None:
    """The other values, of the same column, are of every form, so that each pattern is tried."""
    column = pa.array(["x", "1999", "May 1998", "883612800", value], pa.string())
    told = slices.derive("year", column).to_pylist()
    assert told == [None, "1999", "1998", "1998", year]


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("https://www.Example.org/a?b=//c.d", "example.org"),
        ("http://user:word@example.org:8080/", "example.org"),
        ("//cdn.example.org", "cdn.example.org"),
        ("example.org/path", "example.org"),
        ("www.example.org.", "example.org"),
        ("http://[::1]:80/", "[::1]"),
        ("https://例え.jp/路", "例え.jp"),
        ("finance", "finance"),
        ("/local/path", None),
        ("some/path", None),
        ("file:///etc/hosts", None),
        ("mailto:a@example.org", None),
        ("", None),
        (None, None),
    ],
)
def test_host_of_an_address(value: str | None, host: str | None) -> None:
    column = pa.array(["http://a.b/c", "c.d/e", "f", value], pa.string())
    assert slices.derive("domain", column).to_pylist() == ["a.b", "c.d", "f", host]


def test_nothing_to_derive_from() -> None:
    for name in slices.RECOGNISED:
        assert slices.derive(name, pa.array([], pa.string())).to_pylist() == []
        assert slices.derive(name, pa.nulls(2, pa.string())).to_pylist() == [None, None]


def recognised(path: Path, **options: Any) -> dict[str, str]:
    read_options = ReadOptions(slice_by=("auto",), **options)
    return dict(recognise_slices(list_files([str(path)], read_options), read_options).recognised)


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"License": "MIT", "DATE": "2020-01-01", "url": "http://a.b"},
         {"license": "License", "year": "DATE", "domain": "url"}),
        ({"meta": {"warc-target-uri": "http://a.b", "crawl date": "x 2020"}},
         {"year": "meta.crawl date", "domain": "meta.warc-target-uri"}),
        # the first name of the list wins, not the first column
        ({"url": "http://a.b", "host": "a.b", "timestamp": "2020", "year": 2019},
         {"year": "year", "domain": "host"}),
        # columns that tell nothing: no year in them, the text of a licence, neither text nor number
        ({"created": "by hand", "published": "2020"}, {"year": "published"}),
        ({"license": "Permission is hereby granted " * 5, "year": None, "url": ["a"]}, {}),
        ({"licence": "MIT", "year": "", "domain": {"a": 1}},
         {"license": "licence", "year": "year"}),
    ],
)  # fmt: skip
def test_usual_names(tmp_path: Path, record: dict[str, Any], found: dict[str, str]) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "She"} | record])
    assert recognised(path) == found


def test_a_column_of_text_is_no_slice(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"link": "http://a.b", "site": "a b"}])
    assert recognised(path, text_column="site") == {"domain": "link"}
    check_layout(list_files([str(path)], ReadOptions()), ReadOptions(text_column="link"))


RECORDS = [
    {"text": "She", "url": "https://www.a.org/1", "timestamp": "2020-12-31T23:59:59Z"},
    {"text": "He and she", "url": "http://b.org:80/2", "timestamp": "2021-01-01T00:00:00Z"},
    {"text": "They", "url": "A.org/3", "timestamp": None},
]
BY_SLICE = [
    ("domain", "a.org", 2, 2),
    ("domain", "b.org", 1, 3),
    ("year", "", 1, 1),
    ("year", "2020", 1, 1),
    ("year", "2021", 1, 3),
]
"""Slice, value, documents and words of `RECORDS`."""


def sliced(folder: Path) -> list[tuple[str, str, int, int]]:
    rows = [row for row in table(folder, "corpus_slices").to_pylist() if row["role"] == "any"]
    return sorted((r["slice"], r["value"], r["documents"], r["words"]) for r in rows)


def as_jsonl(folder: Path) -> Path:
    return write_jsonl(folder / "a.jsonl", RECORDS)


def as_parquet(folder: Path, kind: pa.DataType | None = None) -> Path:
    columns: dict[str, Any] = {name: [r[name] for r in RECORDS] for name in ("text", "url")}
    times = [r["timestamp"] for r in RECORDS]
    if kind is not None:
        moments = [t and datetime.fromisoformat(t) for t in times]
        columns["timestamp"] = pa.array(moments, pa.timestamp("us", "UTC")).cast(kind)
    else:
        columns["timestamp"] = times
    return write_parquet(folder / "a.parquet", columns)


def as_csv(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join(str(value or "") for value in record.values()) for record in RECORDS]
    (folder / "a.csv").write_text("\n".join(["text,url,timestamp", *lines]) + "\n")
    return folder / "a.csv"


MAKERS = {
    "jsonl": as_jsonl,
    "parquet": as_parquet,
    "dates": lambda folder: as_parquet(folder, pa.date32()),
    "timestamps": lambda folder: as_parquet(folder, pa.timestamp("ms", "UTC")),
    "csv": as_csv,
}


@pytest.mark.parametrize("maker", MAKERS)
def test_tables_of_recognised_slices(
    maker: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit(MAKERS[maker](tmp_path), tmp_path / "out", slice_by=("auto",), measures=("corpus",))
    assert sliced(tmp_path / "out") == BY_SLICE
    configuration = manifest(tmp_path / "out")["configuration"]
    assert configuration["slice_by"] == ["year", "domain"]
    assert configuration["read"]["recognised"] == [["year", "timestamp"], ["domain", "url"]]
    assert "slices:" not in capsys.readouterr().err  # quiet


def test_files_that_call_their_columns_otherwise_share_slices(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in" / "a.jsonl", RECORDS[:1])
    columns = {"text": ["He and she"], "Host": ["b.org"], "date": [date(2021, 1, 1)]}
    write_parquet(tmp_path / "in" / "b.parquet", columns)
    write_jsonl(tmp_path / "in" / "c.jsonl", [{"text": "They", "website": "www.A.org"}])
    audit(tmp_path / "in", tmp_path / "out", slice_by=("auto",), measures=("corpus",))
    assert sliced(tmp_path / "out") == BY_SLICE


def test_slices_of_the_users_own_stay_as_they_are(tmp_path: Path) -> None:
    """A column named by hand is not derived from, also where auto would have found it."""
    path = write_jsonl(
        tmp_path / "a.jsonl", [{"text": "a", "year": "in 2020", "host": "www.B.org"}]
    )
    slice_by = ("year", "auto", "host")
    options = ReadOptions(slice_by=slice_by)
    options = recognise_slices(list_files([str(path)], options), options)
    assert (options.slice_by, options.recognised) == (
        ("year", "host", "domain"),
        (("domain", "host"),),
    )
    [document] = read(path, slice_by=options.slice_by, recognised=options.recognised).documents
    assert document["slices"] == ["in 2020", "www.B.org", "b.org"]


def test_nothing_recognised_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("She\n")
    audit(tmp_path / "a.txt", tmp_path / "out", slice_by=("auto",), measures=("corpus",))
    assert manifest(tmp_path / "out")["configuration"]["slice_by"] == []
    assert not (tmp_path / "out" / "tables" / "corpus_slices.parquet").exists()


def test_what_was_recognised_is_said(tmp_path: Path) -> None:
    path = write_jsonl(
        tmp_path / "a.jsonl", [{"text": "She", "\x1b[31m": 1, "meta": {"date": 2020}}]
    )
    command = [*COMMAND, "audit", str(path), "--output", str(tmp_path / "out")]
    command += ["--slice-by", "auto", "--measures", "pronouns"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (
        "slices: by year (column meta.date); no column tells the license or the domain\n"
        in done.stderr
    )
    assert manifest(tmp_path / "out")["configuration"]["slice_by"] == ["year"]


def test_columns_that_no_file_has_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a", "topic": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "b", "site": "y"}\n')
    options = ReadOptions(source_column="site", language_column="lang", slice_by=("topik", "topic"))
    files = list_files([str(tmp_path)], options)
    assert check_layout(files, options) == ("lang", "topik")
    assert check_layout(files[1:], options) == ("lang", "topik", "topic")
    assert check_layout(files, ReadOptions(source_column="site")) == ()
