"""The same input gives the same bytes in every table, however the work is cut or interrupted."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pytest
from apache_beam.io.localfilesystem import LocalFileSystem
from audit_runs import (
    COMMAND,
    audit,
    command,
    left_beside,
    manifest,
    rows,
    table_files,
    write_jsonl,
    write_parquet,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_assay.pipelines import cli, complete, pipeline, resume, run, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.finish import OutputError
from corpus_assay.pipelines.sources import InputError, ReadOptions
from corpus_assay.reports import render
from corpus_assay.transforms.corpus import SOURCES
from corpus_assay.transforms.language import LanguageOptions
from corpus_assay.transforms.registry import BY_DEFAULT, MeasureOptions

WORDS = {
    language: tuple(words.split())
    for language, words in {
        "eng": "the woman man girls a brother and people house walks child's mother's, — “or”",
        "deu": "die Frau der Mann und Großmütter KINDER geht heim, Straße Vater (ja)",
        "rus": "женщина мужчина и дети мама папа в доме, идёт — бабушка",
        "cmn": "女人 男人 孩子 你好 世界 。 妈妈 爸爸 们",
    }.items()
}


def documents(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Records in four languages and five sources; some empty, some of several lines."""
    draw = random.Random(seed)
    for number in range(count):
        language = draw.choice(list(WORDS))
        text = " ".join(draw.choices(WORDS[language], k=draw.choice([0, 1, 5, 40, 200])))
        yield {
            "id": f"{seed}-{number}",
            "text": text.replace(",", "\n", 1),
            "lang": language,
            "source": draw.choice("abcde"),
            "year": draw.choice([2001, 2002, None]),
        }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 700 documents in five files of four formats, with records that are rejected."""
    folder = tmp_path_factory.mktemp("runners") / "in"
    big = write_jsonl(folder / "big.jsonl", documents(300, 1))
    lines = big.read_bytes().splitlines(keepends=True)
    lines[50:50] = [b'{"text": "cut\n', b"[1, 2]\n", b'{"text": 5, "lang": "en"}\n']
    lines[200:200] = [b'{"text": "bad \xff byte woman", "lang": "en", "source": "a"}\n']
    big.write_bytes(b"".join(lines))
    records = list(documents(200, 2))
    columns = {name: [record[name] for record in records] for name in records[0]}
    write_parquet(folder / "rows.parquet", columns, row_group_size=23)
    (folder / "plain.txt").write_text(
        "".join(f"{json.dumps(record['text'])}\n" for record in documents(100, 3)), encoding="utf-8"
    )
    packed = write_jsonl(folder / "packed.jsonl", documents(60, 4))
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(packed.read_bytes(), mtime=0))
    packed.unlink()
    write_jsonl(
        folder / "pairs.jsonl",
        [
            {"prompt": "Who?", "chosen": record["text"], "rejected": f"The man. {record['id']}"}
            for record in documents(40, 5)
        ],
    )
    return folder


@pytest.fixture(scope="module")
def expected(corpus: Path) -> dict[str, bytes]:
    """Tables of a run in one unit and one thread."""
    output = corpus.parent / "expected"
    audit(corpus, output, slice_by=("year",))
    assert manifest(output)["counts"]["read"] == 300 + 4 + 200 + 100 + 60 + 40
    assert manifest(output)["counts"]["rejected"] == 3
    assert manifest(output)["counts"]["repaired"] == 1
    return table_files(output)


@pytest.mark.parametrize(
    "how",
    [
        {"span_bytes": 4_000},
        {"threads": 4},
        {"span_bytes": 20_000, "threads": 4, "shards": 3},
        {"read": ReadOptions(batch_bytes=500, batch_documents=7)},
        {"read": ReadOptions(batch_documents=1)},
        {"beam": ["--direct_num_workers=2"]},
        {
            "beam": ["--direct_num_workers=2", "--direct_running_mode=multi_processing"],
            "span_bytes": 20_000,
        },
    ],
    ids=[
        "small units",
        "four threads",
        "units, threads and shards",
        "small batches",
        "batches of one",
        "two workers",
        "two processes",
    ],
)
def test_tables_are_the_same_bytes(
    corpus: Path, expected: dict[str, bytes], tmp_path: Path, how: dict[str, Any]
) -> None:
    audit(corpus, tmp_path / "out", slice_by=("year",), **how)
    assert table_files(tmp_path / "out") == expected


PRISM = os.environ.get("CORPUS_ASSAY_PRISM") or shutil.which("prism")


@pytest.mark.skipif(not PRISM, reason="no prism binary on PATH or in CORPUS_ASSAY_PRISM")
def test_prism_gives_the_same_bytes(
    corpus: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    done = command(
        *("audit", corpus, "--output", output, "--slice-by", "year"),
        *("--runner", "prism", "--prism_location", str(PRISM)),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert table_files(output) == expected


def test_order_of_inputs_does_not_matter(
    corpus: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    """Named one by one, and twice, the files stand under the same names as in their folder."""
    files = sorted(corpus.iterdir(), reverse=True)
    audit([*files, *files[:2]], tmp_path / "out", slice_by=("year",))
    assert table_files(tmp_path / "out") == expected


@given(
    span_bytes=st.integers(5_000, 60_000),
    batch_bytes=st.integers(2_000, 25_000),
    batch_documents=st.integers(20, 400),
    threads=st.integers(1, 4),
)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_tables_are_the_same_for_any_cut(
    corpus: Path,
    expected: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    span_bytes: int,
    batch_bytes: int,
    batch_documents: int,
    threads: int,
) -> None:
    output = tmp_path_factory.mktemp("cut") / "out"
    read = ReadOptions(batch_bytes=batch_bytes, batch_documents=batch_documents)
    audit(corpus, output, slice_by=("year",), span_bytes=span_bytes, read=read, threads=threads)
    assert table_files(output) == expected


# --- Interrupted runs ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes some seconds to audit, languages being detected."""
    text = "The woman and the man walked home, and the children slept. " * 20
    line = json.dumps({"text": text}) + "\n"
    path = tmp_path_factory.mktemp("long") / "long.jsonl"
    path.write_text(line * 25_000, encoding="utf-8")
    return path


@contextmanager
def running(source: Path, output: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """An audit in a process of its own that has begun to read."""
    # What a shell starts in the background ignores Ctrl-C, and so would its children.
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [*COMMAND, "audit", str(source), "--output", str(output), "--measures", "gender", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, heeded)
    try:
        partial = output.parent / f".{output.name}.partial"
        end = time.monotonic() + 60
        while not partial.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        assert partial.exists(), process.communicate()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.communicate()


def members_of_session(session: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def test_killed_run_leaves_no_audit_and_the_next_run_cleans_up(
    long_corpus: Path, corpus: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with running(long_corpus, output) as process:
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    assert not output.exists()
    assert not list(tmp_path.rglob("audit.json"))
    assert ".out.partial" in left_beside(output)
    (tmp_path / ".out.partial" / "tables").mkdir(exist_ok=True)
    (tmp_path / ".out.partial" / "tables" / "stale.parquet").write_bytes(b"stale")
    audit(corpus, output, slice_by=("year",))
    assert table_files(output) == expected
    assert left_beside(output) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("seconds", [0, 0.5], ids=["before", "while"])
def test_interrupt_leaves_nothing(long_corpus: Path, tmp_path: Path, seconds: float) -> None:
    """Before documents are read, and while they are, when Beam has the signal to handle."""
    with running(long_corpus, tmp_path / "out") as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        begin = time.monotonic()
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - begin < 10
    assert process.returncode == 130
    assert (out, err) == ("", "interrupted: no audit was written\n")
    assert list(tmp_path.iterdir()) == []
    assert members_of_session(process.pid) == []


def test_interrupted_overwrite_keeps_the_old_audit(
    long_corpus: Path, corpus: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    audit(corpus, output, slice_by=("year",))
    with running(long_corpus, output, "--overwrite") as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert table_files(output) == expected
    assert left_beside(output) == []


def test_second_run_to_the_same_folder_is_refused(long_corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    small = write_jsonl(tmp_path / "small.jsonl", [{"text": "a woman", "lang": "en"}])
    with running(long_corpus, output) as process:
        process.send_signal(signal.SIGSTOP)
        second = command("audit", small, "--output", output)
        assert second.returncode == 2
        assert second.stderr == (
            f"error: another audit is writing to {output} now: wait for it, or name another "
            "folder\n"
        )
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    assert manifest(output)["counts"]["documents"] == 25_000
    assert left_beside(output) == []


# --- What stands at the output -------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "small.jsonl", [{"text": "a woman", "lang": "en"}])


def test_overwrite_replaces_an_audit_and_nothing_else(small: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    audit(small, output)
    first = (output / "audit.json").read_bytes()
    (output / "note.txt").write_text("mine")
    with pytest.raises(OutputError, match="out exists already: give --overwrite"):
        audit(small, output)
    assert (output / "audit.json").read_bytes() == first
    audit(small, output, overwrite=True)
    assert sorted(path.name for path in output.iterdir()) == ["audit.json", "report.html", "tables"]
    assert left_beside(output) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_audit_is_not_touched(small: Path, tmp_path: Path, overwrite: bool) -> None:
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter.txt").write_text("mine")
    letter = tmp_path / "letter"
    letter.write_text("mine")
    for place in (thesis, letter):
        with pytest.raises(OutputError, match="it is not an audit, so it is not touched"):
            audit(small, place, overwrite=overwrite)
    assert (thesis / "chapter.txt").read_text() == letter.read_text() == "mine"
    assert left_beside(thesis) == []


def test_empty_folder_and_links_are_followed(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "disk" / "audit"
    target.mkdir(parents=True)
    (tmp_path / "link").symlink_to(target)
    audit(small, tmp_path / "link")
    assert (target / "audit.json").is_file()
    audit(small, tmp_path / "link", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert left_beside(tmp_path / "link") == left_beside(target) == []


def test_folder_that_fills_during_the_run_is_not_touched(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    write = complete.write_report

    def and_someone_else_writes(folder: Path) -> Path:
        output.mkdir()
        (output / "mine.txt").write_text("mine")
        return write(folder)

    monkeypatch.setattr(complete, "write_report", and_someone_else_writes)
    with pytest.raises(OutputError, match="not an audit"):
        audit(small, output, overwrite=True)
    assert [path.name for path in output.iterdir()] == ["mine.txt"]
    assert left_beside(output) == []


def test_parents_are_made_and_a_file_among_them_is_refused(small: Path, tmp_path: Path) -> None:
    audit(small, tmp_path / "a" / "b" / "out")
    assert (tmp_path / "a" / "b" / "out" / "audit.json").is_file()
    with pytest.raises(OutputError, match=r"cannot write to .*small\.jsonl"):
        audit(small, small / "out")
    with pytest.raises(OutputError, match=r"cannot write to .*: File name too long"):
        audit(small, tmp_path / ("x" * 300))


def test_output_inside_the_input_is_not_read_as_input(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    small.rename(data / "a.jsonl")
    monkeypatch.chdir(data)
    arguments = ["audit", ".", "--output", "audit", "--quiet"]
    assert cli.main(arguments) == 0
    assert cli.main([*arguments, "--overwrite"]) == 0
    assert cli.main(["audit", ".", "--output", "../other", "--quiet"]) == 0
    for folder in (data / "audit", tmp_path / "other"):
        assert manifest(folder)["counts"]["files"] == 1
    capsys.readouterr()
    (data / "audit" / "b.jsonl").write_text('{"text": "x"}\n')
    assert cli.main(["audit", "audit/b.jsonl", "--output", "audit", "--overwrite"]) == 2
    assert "the input holds files of audit" in capsys.readouterr().err


# --- Object stores -------------------------------------------------------------------------------


class FolderStore(LocalFileSystem):
    """A store behind URLs, on a folder: what Beam does for gs:// and s3://, without a network."""

    root = Path()

    @classmethod
    def scheme(cls) -> str:
        return "assaytest"

    def _real(self, path: str) -> str:
        return str(self.root / path.removeprefix("assaytest://"))

    def match(self, patterns: list[str], limits: list[int | None] | None = None) -> Any:
        results = []
        for pattern in patterns:
            found = []
            real = self._real(pattern)
            folder, deep = (real[:-3], True) if real.endswith("/**") else (real, False)
            paths = Path(folder).rglob("*") if deep else [Path(folder)]
            for path in sorted(paths):
                if path.is_file():
                    name = f"assaytest://{path.relative_to(self.root).as_posix()}"
                    size = path.stat().st_size
                    found.append(beam.io.filesystem.FileMetadata(name, size, path.stat().st_mtime))
            results.append(beam.io.filesystem.MatchResult(pattern, found))
        return results

    def exists(self, path: str) -> bool:
        return Path(self._real(path)).is_file()

    def create(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return super().create(self._real(path), *args, **kwargs)

    def open(self, path: str, *args: Any, **kwargs: Any) -> Any:
        return super().open(self._real(path), *args, **kwargs)

    def delete(self, paths: list[str]) -> None:
        for path in paths:
            Path(self._real(path)).unlink()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(FolderStore, "root", tmp_path / "store")
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


def audit_url(source: Path | str, output: str, *, overwrite: bool = False) -> run.Audit:
    options = MeasureOptions(language=LanguageOptions(detect="never"))
    config = AuditConfig(ReadOptions(), BY_DEFAULT, options, staging="")
    return run.audit([str(source)], output, config, overwrite=overwrite)


def test_tables_in_a_store_are_those_on_disk(corpus: Path, store: Path, tmp_path: Path) -> None:
    audit(corpus, tmp_path / "local")
    found = audit_url(corpus, "assaytest://bucket/out")
    assert found.report == "assaytest://bucket/out/report.html"
    assert table_files(store / "bucket" / "out") == table_files(tmp_path / "local")
    files = {path for path in (store / "bucket" / "out").rglob("*") if path.is_file()}
    assert {path.name for path in files if path.suffix != ".parquet"} == {
        "audit.json",
        "report.html",
    }
    assert json.loads(json.dumps(found.manifest)) == manifest(store / "bucket" / "out")


def test_overwriting_in_a_store_leaves_no_old_parts(corpus: Path, small: Path, store: Path) -> None:
    url = "assaytest://bucket/out"
    audit_url(corpus, url)
    assert rows(store / "bucket" / "out", "rejects")
    with pytest.raises(OutputError, match="holds an audit already: give --overwrite"):
        audit_url(small, url)
    audit_url(small, url, overwrite=True)
    assert rows(store / "bucket" / "out", "rejects") == []
    assert manifest(store / "bucket" / "out")["counts"]["documents"] == 1


def test_report_in_a_store(corpus: Path, store: Path, tmp_path: Path) -> None:
    """The report that is written there is the one that the folder gives on a disk."""
    audit_url(corpus, "assaytest://bucket/out")
    folder = store / "bucket" / "out"
    assert (folder / "report.html").read_text(encoding="utf-8") == render(folder)


def test_failed_overwrite_in_a_store_leaves_no_manifest(
    corpus: Path, store: Path, tmp_path: Path
) -> None:
    audit_url(corpus, "assaytest://bucket/out")
    (tmp_path / "broken.jsonl").write_bytes(b'{"text": "cut\n' * 3)
    with pytest.raises(InputError, match="nothing could be read"):
        audit_url(tmp_path / "broken.jsonl", "assaytest://bucket/out", overwrite=True)
    assert not (store / "bucket" / "out" / "audit.json").exists()


def test_input_from_a_store(corpus: Path, store: Path, tmp_path: Path) -> None:
    """Everything but names and times of files is what the same files give from disk."""
    os.symlink(corpus, store / "in")
    audit_url("assaytest://in", str(tmp_path / "remote"))
    audit(corpus, tmp_path / "local")
    remote, local = table_files(tmp_path / "remote"), table_files(tmp_path / "local")
    assert {k: v for k, v in remote.items() if "files" not in k} == {
        k: v for k, v in local.items() if "files" not in k
    }
    columns = ("file", "path", "bytes", "read", "audited", "rejected", "repaired")
    assert rows(tmp_path / "remote", "files", *columns) == rows(
        tmp_path / "local", "files", *columns
    )


def test_equal_tables_are_equal_parquet_files() -> None:
    """However their columns are chunked."""
    whole = pa.table({"a": pa.array(["x", "y", "z"]), "b": pa.array([1, None, 3])})
    cut = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    assert storage.parquet_bytes(cut) == storage.parquet_bytes(whole)


def test_the_largest_sources_of_a_shard_are_kept_and_no_others() -> None:
    """Of equal size the first by name; slices and shards are apart."""
    rng = random.Random(7)
    rows_ = [
        {"slice": name, "value": f"{name}{number}é", "bytes": rng.randrange(40)}
        for name in ("a", "b")
        for number in range(300)
    ]
    rng.shuffle(rows_)
    largest = pipeline.LargestSources(25)
    accumulators = []
    for shard in (rows_[:200], rows_[200:450], [], rows_[450:]):
        table = pa.Table.from_pylist(shard, schema=SOURCES.schema)
        accumulators.append(
            largest.add_input(largest.create_accumulator(), storage.table_bytes(table))
        )
    assert all(len(values) <= 25 for one in accumulators for values in one.values())
    found = largest.extract_output(largest.merge_accumulators(accumulators))
    for name in ("a", "b"):
        ranked = sorted(
            (row for row in rows_ if row["slice"] == name),
            key=lambda row: (-row["bytes"], row["value"]),
        )
        assert found[name] == {row["value"] for row in ranked[:25]}


# --- Resumed runs --------------------------------------------------------------------------------

_IN_SMALL_UNITS = """
import sys
from corpus_assay.pipelines import cli, run
run.LOCAL_SPAN = 1 << 18
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def in_many_units(long_corpus: Path) -> Path:
    path = long_corpus.with_name("units.jsonl")
    with long_corpus.open("rb") as source:
        path.write_bytes(b"".join(source.readline() for _ in range(8_000)))
    return path


@contextmanager
def running_in_small_units(
    source: Path, output: Path, *options: str
) -> Iterator[subprocess.Popen[str]]:
    """An audit whose work units are small, that has finished some of them."""
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [
            COMMAND[0],
            "-c",
            _IN_SMALL_UNITS,
            "audit",
            str(source),
            "--output",
            str(output),
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, heeded)
    units = output.parent / f".{output.name}.partial" / "units"
    try:
        end = time.monotonic() + 120
        while len(list(units.glob("*.arrows"))) < 3 and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.002)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def finished_units(output: Path) -> dict[str, int]:
    """When each finished unit of an interrupted run was written."""
    units = output.parent / f".{output.name}.partial" / "units"
    return {path.name: path.stat().st_mtime_ns for path in units.glob("*.arrows")}


@pytest.mark.parametrize(
    ("number", "measures"),
    [(signal.SIGKILL, ()), (signal.SIGINT, ("--measures", "gender"))],
    ids=["killed", "interrupted"],
)
def test_resumed_run_gives_the_same_tables_and_keeps_finished_units(
    in_many_units: Path, tmp_path: Path, number: signal.Signals, measures: tuple[str, ...]
) -> None:
    output = tmp_path / "out"
    with running_in_small_units(in_many_units, output, *measures) as process:
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    kept = finished_units(output)
    assert len(kept) >= 3
    assert not output.exists()
    if number == signal.SIGINT:
        assert err == (
            "interrupted: no audit was written\n"
            f"finished work units that are kept: {len(kept):,}; the same command with --resume "
            "goes on from them\n"
        )
    # Stopped once more: what the first run finished was not audited again.
    with running_in_small_units(in_many_units, output, "--resume", *measures) as process:
        while len(finished_units(output)) <= len(kept) and process.poll() is None:
            time.sleep(0.002)
        process.kill()
        process.communicate()
    assert kept.items() <= finished_units(output).items()
    command_line = [COMMAND[0], "-c", _IN_SMALL_UNITS, "audit", str(in_many_units), *measures]
    for name, options in (("out", ["--resume"]), ("whole", [])):
        subprocess.run(
            [*command_line, "--output", str(tmp_path / name), *options], check=True, timeout=300
        )
    assert table_files(output) == table_files(tmp_path / "whole")
    assert left_beside(output) == []


def test_resume_is_refused_when_the_input_or_the_options_changed(
    in_many_units: Path, tmp_path: Path
) -> None:
    source, output = tmp_path / "long.jsonl", tmp_path / "out"
    source.write_bytes(in_many_units.read_bytes())
    with running_in_small_units(source, output) as process:
        process.kill()
        process.communicate()
    kept = finished_units(output)
    refused = command("audit", source, "--output", output, "--resume", "--language", "eng")
    assert refused.returncode == 2
    assert "cannot resume: other options were given then" in refused.stderr
    with source.open("a") as file:
        file.write('{"text": "one more woman"}\n')
    refused = command("audit", source, "--output", output, "--resume")
    assert refused.returncode == 2
    assert refused.stderr == (
        "error: cannot resume: long.jsonl was changed; without --resume the audit begins from the "
        "beginning\n"
    )
    assert finished_units(output) == kept


@pytest.mark.parametrize("option", ["lexicon", "descriptors", "rules", "integrity", "benchmark"])
def test_resume_is_refused_when_a_file_of_the_user_changed(tmp_path: Path, option: str) -> None:
    file = tmp_path / "own" / "file.toml"
    file.parent.mkdir()
    given: Any = str(file.parent if option in ("lexicon", "rules") else file)
    options = MeasureOptions(**{option: (given,) if option == "benchmark" else given})
    config = AuditConfig(ReadOptions(), BY_DEFAULT, options, staging="")
    found = []
    for content in ("one", "one", "two"):
        file.write_text(content)
        found.append(resume.record([], config, "out"))
    assert resume.difference(found[0], found[1]) is None
    why = "corpus-assay, its word lists or those given were changed since"
    assert resume.difference(found[0], found[2]) == why
