"""Audits that read from and write to object stores, and the commands that read such audits.

Emulators of Google Cloud Storage and of S3 answer on this machine; everything between is what runs
in the cloud.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.io.filesystems import FileSystems
from audit_runs import manifest, rows, table_files, write_jsonl, write_parquet
from object_stores import Bucket, cloud_storage, s3

from corpus_assay.pipelines import cli, filter, remote, run, steps, storage, units
from corpus_assay.pipelines.sources import ReadOptions, list_files

WORDS = ("woman", "man", "people", "mother", "brother", "house", "girls")


@pytest.fixture(params=[cloud_storage, s3], ids=["gs", "s3"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with request.param(monkeypatch) as bucket:
        yield bucket


def documents(count: int, seed: int) -> list[dict[str, Any]]:
    return [
        {
            "text": " ".join(WORDS[(seed + i * k) % len(WORDS)] for k in range(1, 9)),
            "language": "eng",
            "source": "web" if i % 3 else "news",
        }
        for i in range(count)
    ]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Files of three formats, one with several row groups, and a record that is rejected."""
    folder = tmp_path / "corpus"
    write_jsonl(folder / "a" / "lines.jsonl", documents(200, 1))
    with open(folder / "a" / "lines.jsonl", "ab") as file:
        file.write(b'{"text": "cut')
    rest = documents(300, 2)
    columns = {name: [row[name] for row in rest] for name in rest[0]}
    write_parquet(folder / "b" / "rows.parquet", columns, row_group_size=50)
    lines = "".join(json.dumps(row) + "\n" for row in documents(50, 3))
    (folder / "b" / "packed.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    (folder / "b" / "README.md").write_text("no data")
    return folder


ALL = "gender,signatures,duplicates"
SLOW = "Beam makes a new client for each request to S3: minutes of CPU with every measure"


def audit(
    bucket: Bucket, source: str, output: str | Path, *more: str, measures: str = "gender"
) -> int:
    common = ["--measures", measures, "--quiet"]
    beam = bucket.options if "://" in f"{source}{output}" else ()
    return cli.main(["audit", source, "--output", str(output), *common, *more, *beam])


def same_tables(found: Path, expected: Path) -> None:
    """Equal bytes in every table, but for the modification times of copies."""
    one, other = table_files(found), table_files(expected)
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == ["tables/files.parquet"]
    counts = ("file", "path", "bytes", "read", "audited", "rejected", "repaired")
    assert rows(found, "files", *counts) == rows(expected, "files", *counts)


# Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("corpus", ["a/lines.jsonl", "b/packed.jsonl.gz", "b/rows.parquet"]),
        ("corpus/", ["a/lines.jsonl", "b/packed.jsonl.gz", "b/rows.parquet"]),
        ("corpus/b", ["packed.jsonl.gz", "rows.parquet"]),
        ("corpus/**/*.jsonl*", ["a/lines.jsonl", "b/packed.jsonl.gz"]),
        ("corpus/b/*.parquet", ["rows.parquet"]),
        ("corpus/?/rows.parquet", ["b/rows.parquet"]),
        ("corpus/a/lines.jsonl", ["lines.jsonl"]),
        ("corpus/b/README.md", ["README.md"]),
    ],
)
def test_which_objects_a_url_names(
    bucket: Bucket, corpus: Path, pattern: str, names: list[str]
) -> None:
    bucket.put(corpus, "corpus")
    files = list_files([f"{bucket.url}/{pattern}"], ReadOptions(format="text"))
    assert [file.name for file in files] == names
    local = {path.name: path.stat().st_size for path in corpus.rglob("*") if path.is_file()}
    assert [file.size for file in files] == [local[name.rsplit("/", 1)[-1]] for name in names]
    assert all(file.modified.startswith("20") for file in files)


def test_an_audit_of_a_bucket_is_that_of_the_disk(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Byte ranges of lines, row groups and a compressed file, read and written in a bucket."""
    source = bucket.put(corpus, "corpus")
    monkeypatch.setattr(run, "LOCAL_SPAN", 4000)  # several units of a file
    measures = ALL if bucket.url.startswith("gs:") else "gender"  # see SLOW
    assert audit(bucket, str(corpus), tmp_path / "expected", measures=measures) == cli.DONE
    output = f"{bucket.url}/audits/monday"
    capsys.readouterr()
    assert audit(bucket, source, output, measures=measures) == cli.DONE
    assert capsys.readouterr().out == f"Report: {output}/report.html\n"
    found = bucket.get(output, tmp_path / "found")
    same_tables(found, tmp_path / "expected")
    assert rows(found, "files", "read", "rejected") == [(201, 1), (50, 0), (300, 0)]
    assert manifest(found)["counts"] == manifest(tmp_path / "expected")["counts"]
    assert {name for name in bucket.names(output) if not name.startswith("tables/")} == {
        "audit.json", "report.html"
    }  # fmt: skip


def test_row_groups_of_an_object_are_read_by_range(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a wide object only the columns that are needed are fetched."""
    noise = pa.array([bytes([i % 251]) * 20_000 for i in range(400)], pa.binary())
    texts = pa.array([" ".join(WORDS)] * 400)
    table = pa.table({"text": texts, "blob": noise})
    pq.write_table(table, tmp_path / "wide.parquet", compression="none", use_dictionary=False)
    url = f"{bucket.url}/wide.parquet"
    storage.upload(tmp_path / "wide.parquet", url)
    fetched = [0]
    opened = FileSystems.open

    class Counted:
        def __init__(self, file: Any) -> None:
            self._file = file

        def read(self, *size: int) -> bytes:
            content: bytes = self._file.read(*size)
            fetched[0] += len(content)
            return content

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    monkeypatch.setattr(FileSystems, "open", lambda *a, **k: Counted(opened(*a, **k)))
    arguments = ["audit", url, "--output", str(tmp_path / "out"), "--language", "eng"]
    code = cli.main([*arguments, "--measures", "gender", "--quiet", *bucket.options])
    assert code == cli.DONE
    assert manifest(tmp_path / "out")["counts"]["audited"] == 400
    size = (tmp_path / "wide.parquet").stat().st_size
    assert 0 < fetched[0] < size / 4, (fetched[0], size)


@pytest.mark.parametrize(
    ("source", "output", "words"),
    [
        ("BUCKET/nothing", "out", ["/nothing: nothing to read"]),
        ("BUCKET/corpus", "BUCKET/corpus", ["the input holds files of"]),
        ("no-such-store://a/b", "out", ["no-such-store://a/b: cannot be listed"]),
        ("BUCKET/corpus", "BUCKET/audit-*", ["cannot have * ? or ["]),
        ("BUCKET/corpus", "no-such-store://a/b", ["cannot write to no-such-store://a/b"]),
    ],
)
def test_mistakes(
    bucket: Bucket, corpus: Path, tmp_path: Path, source: str, output: str, words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    bucket.put(corpus, "corpus")
    place = output.replace("BUCKET", bucket.url)
    place = place if "://" in place else str(tmp_path / place)
    assert audit(bucket, source.replace("BUCKET", bucket.url), place) == cli.USED_WRONGLY
    said = capsys.readouterr().err
    assert "Traceback" not in said
    for word in words:
        assert word in said


def test_keys_of_a_store_are_kept_out_of_the_audit(
    bucket: Bucket, corpus: Path, tmp_path: Path
) -> None:
    source = bucket.put(corpus / "a", "corpus")
    keys = ("--s3_access_key_id=SECRET-1", "--s3_secret_access_key", "SECRET-2")
    assert audit(bucket, source, tmp_path / "out", *keys) == cli.DONE
    for path in (tmp_path / "out").rglob("*.*"):
        assert b"SECRET" not in path.read_bytes(), path
    command = manifest(tmp_path / "out")["command"]
    assert "--s3_access_key_id=… --s3_secret_access_key …" in command.replace("'", "")


# Writing ------------------------------------------------------------------------------------------


def test_an_audit_is_there_when_its_manifest_is(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Where the last step fails, or the run is interrupted, nothing looks like an audit."""
    source, output = bucket.put(corpus, "corpus"), f"{bucket.url}/audits/one"
    write = storage.write
    order: list[str] = []

    def failing(path: str, content: bytes) -> None:
        if path == f"{output}/audit.json":
            raise OSError("the store is gone")
        order.append(path)
        write(path, content)

    monkeypatch.setattr(storage, "write", failing)
    assert audit(bucket, source, output) == cli.RUN_FAILED
    monkeypatch.setattr(storage, "write", write)
    assert f"{output}/tables/corpus.parquet" in order
    assert storage.exists(f"{output}/report.html")
    assert not storage.exists(f"{output}/audit.json")
    assert cli.main(["report", output, *bucket.options]) == cli.USED_WRONGLY
    assert "this is no finished audit" in capsys.readouterr().err
    assert audit(bucket, source, output) == cli.DONE
    assert audit(bucket, source, output) == cli.USED_WRONGLY
    assert "give --overwrite to replace it" in capsys.readouterr().err
    assert audit(bucket, source, output, "--overwrite") == cli.DONE


def test_an_interrupted_audit_goes_on_from_its_units(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, output = bucket.put(corpus, "corpus"), f"{bucket.url}/audits/interrupted"
    monkeypatch.setattr(run, "LOCAL_SPAN", 4000)
    assert audit(bucket, source, tmp_path / "expected") == cli.DONE
    read, reads = units.read_unit, [0]

    def fails_late(*arguments: Any) -> Iterator[Any]:
        reads[0] += 1
        if reads[0] > 5:
            raise RuntimeError("the worker is gone")
        return read(*arguments)

    monkeypatch.setattr(units, "read_unit", fails_late)
    assert audit(bucket, source, output) == cli.RUN_FAILED
    finished = [name for name in bucket.names(f"{output}/units") if name.endswith(".arrows")]
    assert len(finished) == 5
    reads[0] = -1000
    assert audit(bucket, source, output, "--resume") == cli.DONE
    again = reads[0] + 1000
    monkeypatch.setattr(units, "read_unit", read)
    total = len(run.plan(list_files([source], ReadOptions()), ReadOptions(), 4000))
    assert again == total - len(finished) > 0
    found = bucket.get(output, tmp_path / "found")
    assert table_files(found) == table_files(tmp_path / "expected")
    assert not [name for name in bucket.names(output) if name.startswith("units")]


# Commands that read audits ------------------------------------------------------------------------


POLICY = """
[[rule]]
id = "enough"
table = "corpus"
metric = "documents"
comparison = ">="
value = {least}
reason = "Tests need documents."
owner = "tests"
"""


def test_commands_on_audits_in_a_bucket(
    bucket: Bucket, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """compare, check, history, report, sarif and filter give what they give on a disk."""
    if bucket.url.startswith("s3:"):
        pytest.skip(SLOW)
    source, beam = bucket.put(corpus, "corpus"), bucket.options
    audits, local = f"{bucket.url}/audits", tmp_path / "audits"
    for day, place in (("monday", source), ("tuesday", f"{source}/b")):
        output = f"{audits}/{day}"
        assert audit(bucket, place, output, "--source", "web", measures=ALL) == cli.DONE
        bucket.get(f"{audits}/{day}", local / day)
    capsys.readouterr()

    days = ("monday", "tuesday")
    there = [f"{audits}/{day}" for day in days]
    here = [str(local / day) for day in days]
    assert cli.main(["compare", *here, "--output", str(tmp_path / "drift")]) == cli.DONE
    expected = capsys.readouterr().out.replace(str(tmp_path), "")
    output = f"{bucket.url}/results/drift"
    assert cli.main(["compare", *there, "--output", output, *beam]) == cli.DONE
    assert capsys.readouterr().out.replace(f"{bucket.url}/results", "") == expected
    assert "OLD monday" in expected
    got = bucket.get(output, tmp_path / "got")
    for name in ("compare.html", "compare.json", "tables/changes.parquet"):
        assert (got / name).read_bytes() == (tmp_path / "drift" / name).read_bytes()
    assert cli.main(["compare", *there, "--output", output, *beam]) == cli.USED_WRONGLY
    assert "give --overwrite" in capsys.readouterr().err
    bucket.write("results/drift/tables/of-an-older-version.parquet", b"PAR1")
    bucket.write("results/drift/other/notes.txt", b"")
    assert cli.main(["compare", *there, "--output", output, "--overwrite", *beam]) == cli.DONE
    left = ["compare.html", "compare.json", "other/notes.txt", "tables/changes.parquet"]
    assert bucket.names(output) == left
    command = ["compare", *there, "--output", there[0], "--overwrite", *beam]
    assert cli.main(command) == cli.USED_WRONGLY
    assert f"{there[0]} holds an audit" in capsys.readouterr().err

    for least, code in ((1, cli.DONE), (10_000, cli.POLICY_FAILED)):
        (tmp_path / "policy.toml").write_text(POLICY.format(least=least))
        policy = ["--policy", str(tmp_path / "policy.toml")]
        command = ["check", there[1], "--baseline", there[0], *policy, *beam]
        assert cli.main(command) == code
    capsys.readouterr()

    output = f"{bucket.url}/results/history"
    assert cli.main(["history", audits, "--output", output, *beam]) == cli.DONE
    said = capsys.readouterr().out
    assert [line.split()[1] for line in said.splitlines()[:-1]] == list(days)
    assert bucket.names(output) == ["history.html", "history.json", "tables/history.parquet"]
    assert "/tmp" not in (storage.read(f"{output}/history.html") or b"").decode()

    FileSystems.delete([f"{there[0]}/report.html"])
    assert cli.main(["report", there[0], *beam]) == cli.DONE
    assert capsys.readouterr().out == f"{there[0]}/report.html\n"
    page = storage.read(f"{there[0]}/report.html")
    assert page == (local / "monday" / "report.html").read_bytes()
    sarif = tmp_path / "findings.sarif"
    assert cli.main(["sarif", there[0], "--output", str(sarif), *beam]) == cli.DONE

    once = tmp_path / "once"
    command = ["filter", source, "--audit", there[0], "--output", str(once), "--quiet", *beam]
    assert cli.main(command) == cli.DONE
    again = ["filter", str(corpus), "--audit", here[0], "--output", str(tmp_path / "twice")]
    assert cli.main([*again, "--ignore-modified", "--quiet"]) == cli.DONE
    names = [path.relative_to(once) for path in sorted(once.rglob("*.*")) if path.is_file()]
    kept = [name for name in names if name.name != filter.MARKER]
    assert len(kept) == 3
    for name in kept:
        assert (once / name).read_bytes() == (tmp_path / "twice" / name).read_bytes()
    assert len(pq.read_table(once / "b" / "rows.parquet")) < 300

    command = ["filter", source, "--audit", there[0], "--quiet", *beam, "--output"]
    assert cli.main([*command, f"{bucket.url}/once"]) == cli.DONE
    got = bucket.get(f"{bucket.url}/once", tmp_path / "got")
    for name in (*kept, Path(filter.MARKER)):
        assert (got / name).read_bytes() == (once / name).read_bytes()
    capsys.readouterr()
    for place, words in (("once", "exists already, and nothing"), ("corpus/once", "in the input")):
        assert cli.main([*command, f"{bucket.url}/{place}", "--overwrite"]) == cli.USED_WRONGLY
        assert words in capsys.readouterr().err


def test_objects_that_change_while_they_are_read_are_refused(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    source = bucket.put(corpus, "corpus")
    audit_unit = steps.audit_unit

    def and_someone_writes(*arguments: Any) -> Any:
        tables = audit_unit(*arguments)
        bucket.write("corpus/a/lines.jsonl", b'{"text": "another"}\n')
        return tables

    monkeypatch.setattr(steps, "audit_unit", and_someone_writes)
    assert audit(bucket, source, tmp_path / "out") == cli.USED_WRONGLY
    assert "a/lines.jsonl changed while the input was read" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_is_larger_than_said_is_not_copied_whole(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "STEP", 1000)
    url = bucket.write("large", bytes(100_000))
    assert storage.download(url, tmp_path / "some", limit=1500) == 2000
    assert storage.download(url, tmp_path / "whole", limit=100_000) == 100_000


@pytest.mark.parametrize("name", ["audit-*", "audit-?", "audit-[12]", "**"])
def test_removing_takes_no_name_for_a_pattern(bucket: Bucket, name: str) -> None:
    others = ["audit-1/audit.json", "audit-1/tables/a.parquet", "audit-2/audit.json"]
    own = [f"{name}/audit.json", f"{name}/tables/a.parquet"]
    for path in others + own:
        bucket.write(f"to-the-letter/{path}", b"{}")
    storage.remove(f"{bucket.url}/to-the-letter/{name}", "audit.json", "tables")
    assert set(others) <= set(bucket.names(f"{bucket.url}/to-the-letter"))


def write_manifest(bucket: Bucket, name: str, tables: object) -> str:
    bucket.write(f"{name}/audit.json", json.dumps({"format": 1, "tables": tables}).encode())
    return f"{bucket.url}/{name}"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (None, "audit.json cannot be read"),
        ([{"path": "../../escape.parquet", "bytes": 1}], "audit.json cannot be read"),
        ([{"path": "/etc/passwd", "bytes": 1}], "audit.json cannot be read"),
        ([{"path": "tables/a.parquet", "bytes": 10**15}], "can be copied to this disk"),
        ([{"path": "tables/a.parquet", "bytes": float("inf")}], "audit.json cannot be read"),
        ([{"path": "tables/a.parquet", "bytes": -1}], "audit.json cannot be read"),
        ([{"path": "tables/a.parquet", "bytes": 5}], "has 4 bytes and not the 5"),
        ([{"path": "tables/a.parquet", "bytes": 3}], "has more and not the 3"),
        ([{"path": "tables/b.parquet", "bytes": 3}], "tables/b.parquet cannot be read"),
    ],
)
def test_audits_that_cannot_be_copied(bucket: Bucket, tables: object, words: str) -> None:
    bucket.write("bad/tables/a.parquet", b"PAR1")
    url = write_manifest(bucket, "bad", tables)
    with pytest.raises(remote.RemoteError, match=words), remote.audit(url):
        pass


def test_urls_without_an_audit(bucket: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{bucket.url}/nothing"
    for command in (["history", url, "--output", "x"], ["report", url]):
        assert cli.main([*command, *bucket.options]) == cli.USED_WRONGLY
        assert f"no audit.json in {url}" in capsys.readouterr().err
    assert cli.main(["report", "no-such-store://a/b"]) == cli.USED_WRONGLY
    assert "no-such-store://a/b/audit.json cannot be read" in capsys.readouterr().err
    assert cli.main(["report", url, "--s3_endpoint=x"]) == cli.USED_WRONGLY
    assert "unknown option --s3_endpoint" in capsys.readouterr().err
