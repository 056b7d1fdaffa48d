"""Listing, planning, web archives, unreadable files."""

from __future__ import annotations

import gzip
import os
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.io.filesystem import FileMetadata, MatchResult
from apache_beam.io.localfilesystem import LocalFileSystem
from audit_runs import audit
from test_sources_lines import read, write

from corpus_assay.pipelines import cli
from corpus_assay.pipelines.sources import (
    InputError,
    ReadOptions,
    Span,
    check_layout,
    layouts,
    list_files,
    plan,
    read_unit,
)

OPTIONS = ReadOptions()


def listed(*inputs: Path | str, options: ReadOptions = OPTIONS) -> list[tuple[str, str, str]]:
    files = list_files([str(path) for path in inputs], options)
    assert [file.number for file in files] == list(range(len(files)))
    return [(file.name, file.format, file.source) for file in files]


def touch(path: Path, content: bytes = b'{"text": "a"}\n') -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_folder_of_a_dataset(tmp_path: Path) -> None:
    for name in (
        "README.md", "LICENSE", "LICENSE-CC-BY", "DATA_LICENSE.txt", "dataset_info.json",
        "state.json", ".hidden.jsonl", ".git/x.jsonl", "_SUCCESS", "_temporary/x.jsonl",
        "books/cache-123.arrow", "books/x.jsonl.lock",
    ):  # fmt: skip
        touch(tmp_path / name)
    touch(tmp_path / "web" / "b.jsonl.gz")
    touch(tmp_path / "web" / "deep" / "a.json")
    touch(tmp_path / "books" / "part-0.csv")
    touch(tmp_path / "part-00001.jsonl.zst")
    touch(tmp_path / "train-00003-of-00099.parquet")
    touch(tmp_path / "news-2020.txt", b"x")
    touch(tmp_path / "0001.tsv")
    assert listed(tmp_path) == [
        ("0001.tsv", "tsv", tmp_path.name),
        ("books/part-0.csv", "csv", "books"),
        ("news-2020.txt", "text", "news-2020"),
        ("part-00001.jsonl.zst", "jsonl", "part"),
        ("train-00003-of-00099.parquet", "parquet", "train"),
        ("web/b.jsonl.gz", "jsonl", "web"),
        ("web/deep/a.json", "json", "web"),
    ]


def test_globs_names_and_several_inputs(tmp_path: Path) -> None:
    for name in ("a/x.jsonl", "a/deep/y.jsonl", "b/x.jsonl", "b/z.txt", "b/[odd].jsonl"):
        touch(tmp_path / name)
    assert [n for n, _, _ in listed(f"{tmp_path}/*/x.jsonl")] == ["a/x.jsonl", "b/x.jsonl"]
    assert [n for n, _, _ in listed(f"{tmp_path}/**/*.jsonl")] == [
        "a/deep/y.jsonl", "a/x.jsonl", "b/[odd].jsonl", "b/x.jsonl",
    ]  # fmt: skip
    assert listed(tmp_path / "a", tmp_path / "b" / "x.jsonl", tmp_path / "a" / "x.jsonl") == [
        ("a/deep/y.jsonl", "jsonl", "a"),
        ("a/x.jsonl", "jsonl", "a"),
        ("b/x.jsonl", "jsonl", "b"),
    ]
    assert listed(tmp_path / "b" / "[odd].jsonl") == [("[odd].jsonl", "jsonl", "[odd]")]
    assert listed(tmp_path / "a", options=ReadOptions(source="s"))[0][2] == "s"


def test_formats_from_contents(tmp_path: Path) -> None:
    touch(tmp_path / "lines")
    touch(tmp_path / "array", b" [ {}")
    touch(tmp_path / "words", "Ünï".encode())
    touch(tmp_path / "zipped.gz", gzip.compress(b'{"text": "a"}\n'))
    touch(tmp_path / "picture", b"\x89PNG\r\n\x1a\n" + bytes(100))
    touch(tmp_path / "web", b"WARC/1.0\r\n")
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "table")
    with pa.ipc.new_stream(str(tmp_path / "stream"), pa.schema({"text": pa.string()})):
        pass
    assert {name: kind for name, kind, _ in listed(tmp_path)} == {
        "lines": "jsonl",
        "array": "json",
        "words": "text",
        "zipped.gz": "jsonl",
        "picture": "unknown",
        "web": "warc",
        "table": "parquet",
        "stream": "arrow",
    }
    result = read(tmp_path / "picture", tmp_path / "lines")
    assert result.reasons == [(0, "not a format that is read")]
    forced = ReadOptions(format="text")
    assert {kind for _, kind, _ in listed(tmp_path, options=forced)} == {"text"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.jsonl", "no such file or folder"),
        ("*.jsonl", "nothing to read"),
        ("empty", "nothing to read"),
        ("only", r"nothing to read \(only files such as README.md\)"),
        ("pipe", "not a regular file"),
        ("link", "a link to a file that does not exist"),
        ("picture", "not a format that is read.*--format"),
    ],
)
def test_inputs_that_cannot_be_used(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    touch(tmp_path / "only" / "README.md")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    touch(tmp_path / "picture", bytes(100))
    with pytest.raises(InputError, match=message):
        list_files([str(tmp_path / name)], OPTIONS)
    with pytest.raises(InputError, match="no input given"):
        list_files([], OPTIONS)


def test_plan(tmp_path: Path) -> None:
    for name, size in (("a.jsonl", 250), ("b.csv", 250), ("c.txt", 10), ("d.txt.gz", 95)):
        touch(tmp_path / name, b"x" * size)
    touch(tmp_path / "e.parquet", b"x" * 200)
    touch(tmp_path / "f.txt", b"")
    files = list_files([str(tmp_path)], OPTIONS)
    units = [
        [(span.file.name, span.start, span.end) for span in unit]
        for unit in plan(files, OPTIONS, 100)
    ]
    assert units == [
        [("a.jsonl", 0, 83)],
        [("a.jsonl", 83, 166)],
        [("a.jsonl", 166, 250)],
        [("b.csv", 0, 250)],
        [("c.txt", 0, 10)],
        [("d.txt.gz", 0, 95)],
        [("e.parquet", 0, 100)],
        [("e.parquet", 100, 200)],
        [("f.txt", 0, 0)],
    ]
    assert len(plan(files, OPTIONS, 1 << 20)) == 1


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    paths = [
        touch(tmp_path / "gone.jsonl"),
        touch(tmp_path / "here.jsonl"),
        touch(tmp_path / "t.csv", b"text\na\n"),
        touch(tmp_path / "w.warc", b"WARC/1.0\r\n"),
    ]
    files = list_files([str(tmp_path)], OPTIONS)
    for path in (paths[0], paths[2], paths[3]):
        path.unlink()
        path.mkdir()  # the tests may run as root, who may read every file
    (unit,) = plan(files, OPTIONS)
    chunks = list(read_unit(unit, OPTIONS))
    rejects = [row for chunk in chunks for row in chunk.rejects.to_pylist()]
    assert {row["reason"] for row in rejects} == {"cannot be read: Is a directory"}
    assert [row["file"] for row in rejects] == [0, 2, 3]
    assert sum(chunk.batch.num_rows for chunk in chunks) == 1
    paths[0].rmdir()
    with pytest.raises(InputError, match=r"gone\.jsonl: cannot be read: No such file"):
        check_layout(files[:1], OPTIONS)
    (span,) = (Span(files[0], 0, files[0].size),)
    (chunk,) = read_unit([span], OPTIONS)
    assert chunk.rejects.to_pylist()[0]["reason"] == "cannot be read: No such file or directory"
    assert chunk.counts.to_pylist() == [
        {"file": 0, "read": 1, "audited": 0, "rejected": 1, "repaired": 0}
    ]


def test_named_language_and_source(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "a", "lang": "fr", "source": "x", "url": "u"})
    (document,) = read(path, language="eng", source="mine").documents
    assert (document["language"], document["source"], document["id"]) == ("eng", "mine", "u")
    (document,) = read(path, id_column="lang", source_column="url").documents
    assert (document["language"], document["source"], document["id"]) == ("fr", "u", "fr")
    path = write(tmp_path / "b.jsonl", {"text": "a", "source": "https://example.org/1"})
    assert read(path).documents[0]["source"] == "b"
    path = write(tmp_path / "c.jsonl", {"title": "T", "body": "B"}, {"title": None, "body": None})
    result = read(path, text_column="title,body")
    assert [[p["text"] for p in d["parts"]] for d in result.documents] == [["T", "B"]]
    assert [r for _, r in result.reasons] == ["no value in column 'title' or 'body'"]


def record(kind: str, body: bytes, **fields: str) -> bytes:
    head = {
        "WARC-Type": kind,
        "WARC-Target-URI": "http://example.org/",
        "WARC-Date": "2024-01-02T03:04:05Z",
        "WARC-Record-ID": "<urn:uuid:1>",
        "Content-Type": "application/http;msgtype=response",
        "Content-Length": str(len(body)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + body + b"\r\n\r\n"


def page(html: bytes, headers: str = "Content-Type: text/html", status: int = 200) -> bytes:
    return f"HTTP/1.1 {status} OK\r\n{headers}\r\n\r\n".encode() + html


def test_web_archive(tmp_path: Path) -> None:
    records = [
        record("warcinfo", b"software: x\r\n", Content_Type="application/warc-fields"),
        record("response", page(b"<html><script>x</script><p>One<p>Two")),
        record("request", b"GET / HTTP/1.1\r\n\r\n"),
        record(
            "response", page("日本".encode("euc-jp"), "Content-Type: text/html; charset=euc-jp")
        ),
        record("response", page(b"plain", "Content-Type: text/plain")),
        record("response", page(b"<p>gone", status=404)),
        record("response", page(b"\x89PNG", "Content-Type: image/png")),
        record(
            "response",
            page(gzip.compress(b"<p>packed"), "Content-Type: text/html\r\nContent-Encoding: gzip"),
        ),
        record(
            "response",
            page(b"<p>not chunked", "Content-Type: text/html\r\nTransfer-Encoding: chunked"),
        ),
        record(
            "conversion",
            "Größe".encode(),
            Content_Type="text/plain",
            WARC_Identified_Content_Language="deu,eng",
        ),
    ]
    path = touch(tmp_path / "a.warc", b"".join(records))
    result = read(path, source_column="host", slice_by=("date", "content_type"))
    assert [text.strip() for text in result.texts] == [
        "One\n\nTwo", "日本", "plain", "packed", "not chunked", "Größe",
    ]  # fmt: skip
    starts = [sum(map(len, records[:i])) for i in range(len(records))]
    assert [d["position"] for d in result.documents] == [starts[i] for i in (1, 3, 4, 7, 8, 9)]
    assert result.documents[0]["source"] == "example.org"
    assert result.documents[0]["id"] == "urn:uuid:1"
    assert result.documents[0]["slices"] == ["2024-01-02T03:04:05Z", "text/html"]
    assert result.documents[-1]["language"] == "deu"
    assert result.counts == {"read": 6, "audited": 6}
    for members in (records, [b"".join(records)]):
        packed = touch(tmp_path / "a.warc.gz", b"".join(map(gzip.compress, members)))
        again = read(packed, source_column="host", slice_by=("date", "content_type"))
        assert again.documents == result.documents


def test_web_archive_that_is_damaged(tmp_path: Path) -> None:
    good = record("response", page(b"<p>good"))
    long = record("response", page(b"<p>x", ""), Content_Length="99999999999")
    negative = record("response", page(b"<p>x"), Content_Length="-5")
    whole = good + b"garbage\r\n\r\n" + good + negative + good
    path = touch(tmp_path / "a.warc", whole + long)
    result = read(path)
    assert len(result.documents) == 3
    after = len(whole)
    assert result.reasons == [
        (len(good), "not a WARC record"),
        (len(good) * 2 + 11, "not a WARC record"),
        (after, "truncated WARC record"),
    ]
    bomb = gzip.compress(bytes(100 << 20))
    path = touch(
        tmp_path / "b.warc",
        record("response", page(bomb, "Content-Type: text/html\r\nContent-Encoding: gzip")) + good,
    )
    result = read(path, max_document_bytes=1 << 20)
    assert len(result.documents) == 1
    assert result.reasons == [(0, "document over 1 MiB")]
    packed = gzip.compress(good) + gzip.compress(good)[:-20]
    path = touch(tmp_path / "c.warc.gz", packed)
    result = read(path)
    assert result.counts == {"read": 2, "audited": 1, "rejected": 1}
    assert result.reasons == [(len(good), "truncated gzip stream")]


def test_page_of_nested_lists_does_not_explode(tmp_path: Path) -> None:
    html = b"<ul><li>a" * 20_000
    path = touch(tmp_path / "a.warc", record("response", page(html)))
    started = time.process_time()
    (text,) = read(path).texts
    assert len(text) < 100_000
    assert time.process_time() - started < 5


def test_arc_file(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.arc", b"filedesc://x 0.0.0.0 2000 text/plain 1\n")
    other = touch(tmp_path / "b.jsonl")
    assert read(path, other).reasons == [(0, "an ARC file; convert it with `warcio recompress`")]


def test_real_web_archives(corpora: Path) -> None:
    paths = sorted((corpora / "web" / "warc").glob("*/*"))
    counts = {}
    for path in paths:
        result = read(path, format="warc" if path.name == "LICENSE" else "auto")
        counts["/".join(path.parts[-2:])] = (
            result.counts["audited"],
            [reason for _, reason in result.reasons],
        )
    assert len(counts) == len(paths) > 50
    assert counts["chatnoir-resiliparse/clipped.warc.gz"] == (0, ["truncated gzip stream"])
    assert counts["warcio/example-trunc.warc"] == (1, ["not a WARC record"])
    assert counts["whirlwind-python/whirlwind.warc.wet.gz"] == (1, [])
    assert counts["chatnoir-resiliparse/clueweb-quirk.warc.gz"][0] > 20
    same = {counts[f"chatnoir-resiliparse/warcfile.warc{s}"][0] for s in ("", ".gz", ".lz4")}
    assert same == {16}


class RoomFileSystem(LocalFileSystem):  # type: ignore[misc]
    """``room://path``: a filesystem that only Beam knows, on the local disk."""

    @classmethod
    def scheme(cls) -> str:
        return "room"

    def match(self, patterns: list[str], limits: list[int] | None = None) -> list[MatchResult]:
        results = super().match([_local(pattern) for pattern in patterns], limits)
        return [
            MatchResult(
                _room(result.pattern),
                [
                    FileMetadata(_room(file.path), file.size_in_bytes, file.last_updated_in_seconds)
                    for file in result.metadata_list
                ],
            )
            for result in results
        ]

    def open(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return super().open(_local(path), *args, **kwargs)


def _local(path: str) -> str:
    return path.removeprefix("room://")


def _room(path: str) -> str:
    return f"room://{path}"


def test_cloud_paths_go_through_beam(tmp_path: Path) -> None:
    touch(tmp_path / "c" / "a" / "x.jsonl", b'{"text": "cloud"}\n' * 50)
    touch(tmp_path / "c" / "b" / "y.jsonl.gz", gzip.compress(b'{"text": "packed"}\n'))
    touch(tmp_path / "c" / "README.md")
    touch(tmp_path / "c" / ".hidden.jsonl")
    pq.write_table(pa.table({"text": ["row"]}), tmp_path / "c" / "z.parquet")
    root = _room(str(tmp_path / "c"))
    expected = [
        ("a/x.jsonl", "jsonl", "a"),
        ("b/y.jsonl.gz", "jsonl", "b"),
        ("z.parquet", "parquet", "z"),
    ]
    assert listed(root) == listed(f"{root}/**") == expected
    assert listed(f"{root}/a/x.jsonl") == [("x.jsonl", "jsonl", "x")]
    result = read(root, span_bytes=100)
    assert result.texts == ["cloud"] * 50 + ["packed", "row"]
    with pytest.raises(InputError, match=r"room://.*nothing\.jsonl: nothing to read"):
        list_files([f"{root}/nothing.jsonl"], OPTIONS)
    with pytest.raises(InputError, match="cannot be listed"):
        list_files(["nowhere://x/y"], OPTIONS)


@pytest.mark.parametrize("given", [".", "**", "**/*.parquet", "*"])
def test_what_the_commands_wrote_below_the_input_is_no_data(
    tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"text": ["he and she"] * 3})
    pq.write_table(table, tmp_path / "rows.parquet")
    monkeypatch.chdir(tmp_path)
    for name in ("audits/one", "audits/two"):
        audit(tmp_path / "rows.parquet", tmp_path / name, measures=("corpus", "gender"))
    assert cli.main(["compare", "audits/one", "audits/two", "--output", "notes/drift"]) == 0
    assert cli.main(["history", "audits", "--output", "history"]) == 0
    for written in ("notes/drift/tables/changes.parquet", "history/tables/history.parquet"):
        assert (tmp_path / written).is_file()
        assert listed(written)[0][1] == "parquet"  # named, it is read
    assert [name for name, *_ in listed(given)] == ["rows.parquet"]
    # A folder that is only called so holds data.
    touch(tmp_path / "history2" / "tables" / "history.jsonl")
    assert [name for name, *_ in listed(".")] == ["history2/tables/history.jsonl", "rows.parquet"]


# Layouts that are recorded --------------------------------------------------------------------


def test_layouts_say_which_columns_were_read_as_what(tmp_path: Path) -> None:
    """Equal ones together; by the first file of each source and format; names are escaped."""
    touch(tmp_path / "web" / "1.jsonl", b'{"Text": "a", "lang": "en", "url": "b"}\n')
    touch(tmp_path / "web" / "2.jsonl", b'{"body": "not looked at"}\n')
    touch(tmp_path / "\u202enews" / "1.jsonl", b'{"Text": "a", "lang": "en", "url": "b"}\n')
    touch(tmp_path / "chat" / "1.jsonl", b'{"messages": [{"role": "user", "content": "a"}]}\n')
    touch(tmp_path / "pairs" / "1.csv", b"prompt,chosen,rejected,year\na,b,c,2020\n")
    touch(tmp_path / "none" / "1.jsonl", b'{"x": 1}\n')
    options = ReadOptions(slice_by=("year",))
    found = layouts(list_files([str(tmp_path)], options), options)
    nothing: dict[str, Any] = {"id": None, "language": None, "source": None, "slices": {}}
    expected = [
        {"kind": "messages", "text": [("messages", None)], "files": ["chat/1.jsonl"]},
        {
            "kind": "preference",
            "text": [("prompt", "prompt"), ("chosen", "chosen"), ("rejected", "rejected")],
            "files": ["pairs/1.csv"],
            "slices": {"year": "year"},
        },
        {
            "kind": "columns",
            "text": [("Text", "text")],
            "id": "url",
            "language": "lang",
            "files": ["web/1.jsonl", "⟦U+202E⟧news/1.jsonl"],
        },
    ]
    for entry in found:
        entry["text"] = [(part["column"], part["role"]) for part in entry["text"]]
    assert found == [nothing | entry for entry in expected]
