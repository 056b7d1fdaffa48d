"""What others do to the input and the output while an audit runs, and places it cannot be put."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import COMMAND, audit, left_beside, manifest, rows, table_files, write_jsonl

from corpus_assay.pipelines import run, steps, storage, units
from corpus_assay.pipelines.finish import OutputError
from corpus_assay.pipelines.sources import InputError, ReadOptions

MEASURES = ("corpus", "gender")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        records = [{"text": f"the woman and the man {n}", "lang": "en"} for n in range(50)]
        write_jsonl(tmp_path / "in" / f"{name}.jsonl", records)
    return tmp_path / "in"


def append(path: Path) -> None:
    with path.open("a") as sink:
        sink.write('{"text": "one more"}\n')


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


def cut(path: Path) -> None:
    os.truncate(path, 10)


@pytest.mark.parametrize("interfere", [append, touch, cut, Path.unlink])
@pytest.mark.parametrize("when", ["before", "after"])
def test_input_that_changes_is_refused(
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    interfere: Callable[[Path], None],
    when: str,
) -> None:
    """Whether the change is seen in what was read, makes reading fail, or comes too late for it."""
    audit_unit = steps.audit_unit

    def and_someone_writes(*arguments: Any) -> Any:
        if when == "before":
            interfere(corpus / "b.jsonl")
        tables = audit_unit(*arguments)
        if when == "after":
            interfere(corpus / "b.jsonl")
        return tables

    monkeypatch.setattr(steps, "audit_unit", and_someone_writes)
    with pytest.raises(InputError, match=r"^b\.jsonl changed while the input was read: no audit"):
        audit(corpus, tmp_path / "out", measures=MEASURES)
    assert not (tmp_path / "out").exists()
    assert left_beside(tmp_path / "out") == []


def test_what_a_killed_worker_left_is_not_in_the_audit(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit(corpus, tmp_path / "expected", measures=MEASURES)
    write = storage.write

    def begin_twice(path: str, content: bytes) -> None:
        if path.endswith("gender.parquet"):
            Path(path).parent.mkdir(exist_ok=True)
            Path(f"{path}.0123.partial").write_bytes(content[:10])
        write(path, content)

    monkeypatch.setattr(storage, "write", begin_twice)
    audit(corpus, tmp_path / "out", measures=MEASURES)
    assert table_files(tmp_path / "out") == table_files(tmp_path / "expected")
    files = {p.relative_to(tmp_path / "out") for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert {path.suffix for path in files} == {".json", ".html", ".parquet"}


MEMORY = Path("/dev/shm")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip(f"needs another disk at {MEMORY}")
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    yield folder
    shutil.rmtree(folder)


def test_output_on_another_disk(corpus: Path, tmp_path: Path, other_disk: Path) -> None:
    """By its path, and by a link from this one."""
    audit(corpus, tmp_path / "expected", measures=MEASURES)
    audit(corpus, other_disk / "out", measures=MEASURES)
    (tmp_path / "link").symlink_to(other_disk / "linked")
    audit(corpus, tmp_path / "link", measures=MEASURES)
    for place in (other_disk / "out", other_disk / "linked"):
        assert table_files(place) == table_files(tmp_path / "expected")
        assert left_beside(place) == []


def test_a_disk_itself_is_refused_before_anything_is_read(corpus: Path) -> None:
    """A container's volume, which cannot be renamed."""
    if not os.path.ismount(MEMORY):
        pytest.skip(f"needs a disk mounted at {MEMORY}")
    before = sorted(MEMORY.parent.iterdir())
    with pytest.raises(OutputError, match=r"is where a disk is mounted.* name a folder on it, as"):
        audit(corpus, MEMORY, measures=MEASURES)
    assert sorted(MEMORY.parent.iterdir()) == before


def test_output_without_permission(corpus: Path, tmp_path: Path) -> None:
    """Root may write everywhere, so it has to give that up."""
    command = [*COMMAND, "audit", str(corpus), "--output", str(tmp_path / "closed" / "out")]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and there is no setpriv to give it up")
        gone = "-dac_override,-dac_read_search"
        command = ["setpriv", "--bounding-set", gone, "--inh-caps", gone, *command]
    (tmp_path / "closed").mkdir(mode=0o555)
    done = subprocess.run(
        [*command, "--measures", "gender"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        f"error: cannot write to {tmp_path / 'closed'}: Permission denied\n",
    )
    assert list((tmp_path / "closed").iterdir()) == []


# --- Documents that cannot be analysed -----------------------------------------------------------

POISON = "kaboom"


def failing_on_poison(analyze: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def analyzed(batch: Any) -> Any:
        texts = batch.column("parts").values.field("text").view(pa.binary()).to_pylist()
        if any(POISON.encode() in text for text in texts):
            raise ZeroDivisionError("at byte 17")
        return analyze(batch)

    return analyzed


@pytest.mark.parametrize("threads", [1, 3])
def test_a_document_that_fails_is_rejected_and_the_others_are_audited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    """Everything else is as in the audit of the others alone, duplicates too."""
    records = [{"text": f"the woman {n % 40} and {n} men", "lang": "en"} for n in range(300)]
    # Where a record stands must not change: an empty line is no record.
    lines = [json.dumps(record) for record in records]
    poisoned = [0, 7, 8, 150, 299]
    poison = json.dumps({"text": f"the woman \x1b {POISON}"})
    for folder, instead in (("with", poison), ("without", "")):
        kept = list(lines)
        for n in poisoned:
            kept[n] = instead or " " * len(poison)
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "in.jsonl").write_text("\n".join(kept) + "\n")
    measures = ("corpus", "gender", "duplicates")
    audit(tmp_path / "without", tmp_path / "expected", measures=measures)
    analyzer = units.analyzer
    monkeypatch.setattr(units, "analyzer", lambda *given: failing_on_poison(analyzer(*given)))
    read = ReadOptions(batch_documents=64)
    audit(tmp_path / "with", tmp_path / "out", measures=measures, read=read, threads=threads)
    expected, found = table_files(tmp_path / "expected"), table_files(tmp_path / "out")
    same = [name for name in expected if not name.startswith(("tables/files", "tables/rejects"))]
    assert {n: found[n] for n in same} == {n: expected[n] for n in same}
    counts = manifest(tmp_path / "out")["counts"]
    assert (counts["read"], counts["audited"], counts["rejected"]) == (300, 295, 5)
    rejects = rows(tmp_path / "out", "rejects", "reason", "excerpt")
    assert rejects == [("analysis failed: ZeroDivisionError", "the woman ⟦U+001B⟧ kaboom")] * 5


def test_a_document_that_fails_and_is_not_utf8_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pa.array([b"the woman", f"{POISON} ".encode() + b"\xff", b"a man"]).view(pa.string())
    pq.write_table(pa.table({"text": texts}), tmp_path / "in.parquet")
    analyzer = units.analyzer
    monkeypatch.setattr(units, "analyzer", lambda *given: failing_on_poison(analyzer(*given)))
    audit(tmp_path / "in.parquet", tmp_path / "out", measures=MEASURES)
    assert rows(tmp_path / "out", "rejects", "excerpt") == [(f"{POISON} \ufffd",)]


def test_an_analyzer_that_fails_on_many_documents_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": f"{POISON} {n}"} for n in range(100)])
    analyzer = units.analyzer
    monkeypatch.setattr(units, "analyzer", lambda *given: failing_on_poison(analyzer(*given)))
    with pytest.raises(run.RunError, match=r"^at byte 17"):
        audit(source, tmp_path / "out", measures=MEASURES)
    assert not (tmp_path / "out").exists()
