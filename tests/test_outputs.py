"""Folders that take the place of others: whole or not there, and never lost."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import left_beside, manifest, write_jsonl

from corpus_assay.pipelines import cli, finish, outputs
from corpus_assay.pipelines.config import REJECTS
from corpus_assay.pipelines.outputs import OutputError, new_folder, put_in_place, recover

MARKER = "result.json"
KILLED = """
import os, signal, shutil, sys
from pathlib import Path
from corpus_assay.pipelines import outputs

at, steps = int(sys.argv[1]), 0

def counted(function):
    def step(*arguments, **options):
        global steps
        if steps == at:
            os.kill(os.getpid(), signal.SIGKILL)
        steps += 1
        return function(*arguments, **options)
    return step

os.rename, shutil.rmtree = counted(os.rename), counted(shutil.rmtree)
outputs.put_in_place(Path(sys.argv[2]), Path(sys.argv[3]))
print("finished")
"""


def folder(path: Path, content: str) -> Path:
    path.mkdir()
    (path / MARKER).write_text(content)
    return path


@pytest.mark.parametrize(
    ("step", "found"),
    # remove what is aside, rename the old one, rename the new one, remove the old one
    [(0, "old"), (1, "old"), (2, "old"), (3, "new"), (4, "new")],
)
def test_a_process_that_is_killed_while_it_replaces_a_folder_loses_nothing(
    tmp_path: Path, step: int, found: str
) -> None:
    output, made = folder(tmp_path / "out", "old"), folder(tmp_path / ".out.new", "new")
    arguments = [sys.executable, "-c", KILLED, str(step), str(made), str(output)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == (0 if step == 4 else -signal.SIGKILL), done.stderr
    assert output.exists() is (step != 2)
    recover(output, MARKER)
    assert (output / MARKER).read_text() == found
    assert left_beside(output) == ([".out.new"] if found == "old" else [])
    recover(output, MARKER)
    assert (output / MARKER).read_text() == found


def test_what_is_aside_stays_where_something_else_came_in_its_place(tmp_path: Path) -> None:
    old = folder(tmp_path / ".out.replaced", "old")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    recover(tmp_path / "out", MARKER)
    assert (old / MARKER).read_text() == "old"
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"


def test_the_old_folder_comes_back_where_the_new_one_cannot_be_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, made = folder(tmp_path / "out", "old"), folder(tmp_path / ".out.new", "new")
    rename = os.rename

    def fail(source: Path, target: Path) -> None:
        if source == made:
            raise OSError("disk gone")
        rename(source, target)

    monkeypatch.setattr(outputs.os, "rename", fail)
    with pytest.raises(OSError, match="disk gone"):
        put_in_place(made, output)
    assert (output / MARKER).read_text() == "old"


def test_the_next_command_finds_what_was_left_aside(tmp_path: Path) -> None:
    """As a kill between the two renames leaves it."""
    folder(tmp_path / ".out.replaced", "old")
    with (
        pytest.raises(OutputError, match="give --overwrite"),
        new_folder(tmp_path / "out", MARKER, overwrite=False),
    ):
        pass
    assert (tmp_path / "out" / MARKER).read_text() == "old"
    with new_folder(tmp_path / "out", MARKER, overwrite=True) as made:
        (made / MARKER).write_text("new")
    assert (tmp_path / "out" / MARKER).read_text() == "new"
    assert left_beside(tmp_path / "out") == []


def test_an_audit_that_was_left_aside_is_put_back_by_the_next_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": "the woman", "language": "eng"}])
    output = tmp_path / "out"
    audit = ["audit", str(source), "--output", str(output), "--measures", "gender", "--quiet"]
    assert cli.main(audit) == cli.DONE
    first = manifest(output)
    os.rename(output, tmp_path / ".out.replaced")
    assert cli.main(audit) == cli.USED_WRONGLY
    assert "give --overwrite" in capsys.readouterr().err
    assert manifest(output) == first
    assert left_beside(output) == []
    os.rename(output, tmp_path / ".out.replaced")
    assert cli.main([*audit, "--overwrite"]) == cli.DONE
    assert manifest(output)["counts"] == first["counts"]
    assert left_beside(output) == []


def test_a_million_rejects_are_described_in_steps(tmp_path: Path) -> None:
    """Reasons and digests of a table that grows with the corpus: memory does not grow with it."""
    count, parts = 1_000_000, finish.PARTS
    draw = np.random.default_rng(1)
    letters = draw.integers(97, 123, 150 * count // parts, dtype=np.uint8).tobytes().decode()
    excerpts = pa.array([letters[i : i + 150] for i in range(0, len(letters), 150)])
    files: list[Path] = []
    for part in range(parts):
        reasons = ["no text"] * (count // parts - 10 * part) + ["over 64 MiB"] * 10 * part
        columns = [
            np.zeros(len(reasons), np.int32),
            np.arange(len(reasons)),
            np.ones(len(reasons), np.int64),
            reasons,
            excerpts,
        ]
        files.append(tmp_path / finish.table_path(REJECTS, part))
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        table = pa.table([pa.array(c) for c in columns], schema=REJECTS.schema)
        pq.write_table(table, files[-1], compression="none", row_group_size=1 << 14)
    size = sum(path.stat().st_size for path in files)
    assert size > 150 * count

    before, pool = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    pa.set_memory_pool(pool)
    try:
        reasons_said = finish.reject_reasons(str(tmp_path))
        described = [
            finish._described(str(tmp_path), REJECTS, path.relative_to(tmp_path).as_posix())
            for path in files
        ]
    finally:
        pa.set_memory_pool(before)
    longer = 10 * sum(range(parts))
    assert reasons_said == f"no text: {count - longer:,}; over 64 MiB: {longer:,}"
    assert sum(each["rows"] for each in described) == count
    assert sum(each["bytes"] for each in described) == size
    digest = hashlib.sha256(files[3].read_bytes()).hexdigest()
    assert described[3]["sha256"] == digest
    assert 0 < pool.max_memory() < size / 10, pool.max_memory()
