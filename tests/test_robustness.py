"""Damaged and hostile input through the command line, and folders that cannot be written."""

from __future__ import annotations

import bz2
import gzip
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from audit_runs import (
    COMMAND,
    manifest,
    rows,
    table,
    write_jsonl,
    write_parquet,
)

from corpus_assay.pipelines import cli

GOOD = b'{"text": "The woman.", "lang": "en"}\n'


def audit(source: Path, output: Path, *options: str) -> int:
    arguments = ["audit", str(source), "--output", str(output), "--detect-language", "never"]
    return cli.main([*arguments, "--quiet", *options])


# --- One file of each kind of damage -------------------------------------------------------------


def damaged(folder: Path) -> dict[str, tuple[int | None, int, int, int]]:
    """Writes the files; returns read, audited, rejected and repaired of each, by name.

    Read is None where the bytes that are left decide how many records come out of the damage.
    """
    folder.mkdir()
    many = b"".join(b'{"text": "The woman, no. %d", "lang": "en"}\n' % k for k in range(2000))
    expected: dict[str, tuple[int | None, int, int, int]] = {}

    def file(
        name: str, content: bytes, read: int | None, audited: int, rejected: int, repaired: int = 0
    ) -> None:
        (folder / name).write_bytes(content)
        expected[name] = (read, audited, rejected, repaired)

    packed = gzip.compress(many, mtime=0)
    file("cut.jsonl.gz", packed[: len(packed) // 2], None, 0, 1)
    packed = bz2.compress(many)
    file("cut.jsonl.bz2", packed[: len(packed) // 2], None, 0, 1)
    packed = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(many))
    packed[len(packed) // 2] ^= 0xFF
    file("flipped.jsonl.zst", bytes(packed), None, 0, 1)
    file("no-gzip.jsonl.gz", b"not gzip at all", 1, 0, 1)

    broken = GOOD + b'{"text": "cut\n' + b"[1]\n" + b"3\n" + b'{"text": 7}\n' + b"{}\n" + GOOD
    file("broken.jsonl", broken, 7, 2, 5)
    file("binary.jsonl", bytes(range(256)) * 64, 1, 0, 1)
    file("utf16.jsonl", GOOD.decode().encode("utf-16"), 1, 0, 1)
    file("empty.jsonl", b"", 0, 0, 0)
    file("blank.jsonl", b"\n\n \n", 0, 0, 0)
    file("surrogate.jsonl", GOOD + b'{"text": "a \\ud800 man", "lang": "en"}\n', 2, 2, 0, 1)
    file("invalid.jsonl", GOOD + b'{"text": "a \xff man", "lang": "en"}\n', 2, 2, 0, 1)
    file("nul.jsonl", GOOD + b'{"text": "a \\u0000 man", "lang": "en"}\n', 2, 2, 0)
    file("long.jsonl", GOOD + b'{"text": "' + b"x" * (2 << 20) + b'"}\n' + GOOD, 3, 2, 1)
    file("deep.jsonl", GOOD + b'{"text": ' + b"[" * 100_000 + b"\n" + GOOD, 3, 2, 1)
    file("nul.txt", b"one\na \x00 man\nthree\n" + b"four\n" * 50, 53, 53, 0)
    file("invalid.txt", b"one\na \xff man\n", 2, 2, 0, 1)
    file("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(1000), 1, 0, 1)

    write_parquet(folder / "whole.parquet", {"text": ["a woman", None], "lang": ["en", "en"]})
    content = (folder / "whole.parquet").read_bytes()
    expected["whole.parquet"] = (2, 1, 1, 0)
    file("corrupt.parquet", content[:8] + bytes(8) + content[16:-4] + b"PARX", 1, 0, 1)
    file("short.parquet", content[:100], 1, 0, 1)
    write_parquet(folder / "train-00000-of-00002.parquet", {"text": ["a woman"], "lang": ["en"]})
    write_parquet(folder / "train-00001-of-00002.parquet", {"title": ["a", "b"]})
    expected["train-00000-of-00002.parquet"] = (1, 1, 0, 0)
    expected["train-00001-of-00002.parquet"] = (2, 0, 2, 0)
    return expected


def test_folder_with_every_kind_of_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = damaged(tmp_path / "in")
    assert audit(tmp_path / "in", tmp_path / "out", "--max-document-mb", "1") == 0
    out, err = capsys.readouterr()
    assert err == ""
    counts = manifest(tmp_path / "out")["counts"]
    assert counts["files"] == len(expected)
    assert counts["read"] == counts["audited"] + counts["rejected"]

    columns = ("file", "path", "read", "audited", "rejected", "repaired")
    found = rows(tmp_path / "out", "files", *columns)
    rejected = dict.fromkeys(range(len(found)), 0)
    for number, records in rows(tmp_path / "out", "rejects", "file", "records"):
        rejected[number] += records
    for number, path, *account in found:
        read, audited, refused, _ = account
        assert read == audited + refused, path
        assert rejected[number] == refused, path
        if expected[path][0] is None:
            # records before the damage are audited, and the damage is one record
            assert 0 <= audited < 2000, path
            assert refused >= 1, path
        else:
            assert tuple(account) == expected[path], path
    for name in ("read", "audited", "rejected", "repaired"):
        column = ("read", "audited", "rejected", "repaired").index(name) + 2
        assert counts[name] == sum(row[column] for row in found)
    documents = table(tmp_path / "out", "languages").column("documents").to_pylist()
    assert sum(documents) == counts["audited"]
    assert f"{counts['rejected']:,} rejected; {counts['repaired']} repaired" in out

    names = {number: path for number, path, *_ in found}
    reasons: dict[str, set[str]] = {}
    for number, reason in rows(tmp_path / "out", "rejects", "file", "reason"):
        reasons.setdefault(names[number], set()).add(reason)
    assert reasons["broken.jsonl"] == {
        "not valid JSON",
        "not a JSON object",
        "column 'text' holds a number, not text",
        "no value in column 'text'",
    }
    assert reasons["whole.parquet"] == {"no value in column 'text'"}
    assert reasons["long.jsonl"] == {"document over 1 MiB"}
    assert reasons["train-00001-of-00002.parquet"] == {"no text column found"}
    assert all(reason for of_file in reasons.values() for reason in of_file)


def test_damage_is_the_same_bytes_twice(tmp_path: Path) -> None:
    damaged(tmp_path / "in")
    for name in ("one", "two"):
        options = ("--threads", "1" if name == "one" else "4", "--max-document-mb", "1")
        assert audit(tmp_path / "in", tmp_path / name, *options) == 0
    one, two = manifest(tmp_path / "one"), manifest(tmp_path / "two")
    assert one["tables"] == two["tables"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b'{"text": "cut\n[1]\n', "nothing could be read; expected records with text"),
        ("a.jsonl", b'{"title": "a"}\n', "no text column found; its columns are title"),
        ("a.jsonl", b"\x00\x01\x02" * 500, "a.jsonl"),
        ("a.jsonl.gz", b"not gzip", "a.jsonl.gz"),
        ("a.parquet", b"PAR1 nonsense PAR1", "a.parquet"),
        ("a.bin", b"\x00\x01\x02" * 500, "not a format that is read; expected jsonl, parquet"),
        ("a.csv", b"title\na\n", "no text column found; its columns are title"),
    ],
)
def test_nothing_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert audit(tmp_path / name, tmp_path / "out") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {tmp_path / name}")
    assert expected in err
    assert "--format" in err or "--text-column" in err
    assert "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_unreadable_among_readable_is_rejected_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file of two; with both unreadable the message counts the other."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(b"{\n")
    (tmp_path / "in" / "b.jsonl").write_bytes(b"{\n{\n")
    assert audit(tmp_path / "in", tmp_path / "out") == 2
    assert capsys.readouterr().err == (
        f"error: {tmp_path / 'in' / 'a.jsonl'} and 1 other file: nothing could be read; expected "
        "records with text, but 3 of 3 records were rejected (not valid JSON: 3). --format and "
        "--text-column say what the input is\n"
    )
    (tmp_path / "in" / "c.jsonl").write_bytes(GOOD)
    assert audit(tmp_path / "in", tmp_path / "out") == 0
    assert manifest(tmp_path / "out")["counts"]["rejected"] == 3


def test_type_of_a_column_changes_between_shards(tmp_path: Path) -> None:
    write_parquet(tmp_path / "in" / "a-0.parquet", {"text": ["a woman"], "year": [2001]})
    write_parquet(tmp_path / "in" / "a-1.parquet", {"text": [b"a \xff man"], "year": ["2001"]})
    write_parquet(tmp_path / "in" / "a-2.parquet", {"text": [1, 2], "year": [1.5, None]})
    assert audit(tmp_path / "in", tmp_path / "out", "--slice-by", "year", "--language", "en") == 0
    found = rows(tmp_path / "out", "files", "read", "audited", "rejected", "repaired")
    assert found == [(1, 1, 0, 0), (1, 1, 0, 1), (2, 0, 2, 0)]
    columns = ("value", "role", "documents")
    assert [
        row for row in rows(tmp_path / "out", "corpus_slices", *columns) if row[1] == "any"
    ] == [("2001", "any", 2)]


# --- Hostile names and values --------------------------------------------------------------------


def test_file_names_of_any_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = [b"caf\xe9.jsonl", b"new\nline.jsonl", "rtl\u202e.jsonl".encode(), b"<evil>.jsonl"]
    try:
        for name in names:
            (folder / os.fsdecode(name)).write_bytes(GOOD)
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    assert audit(folder, tmp_path / "out") == 0
    assert manifest(tmp_path / "out")["counts"]["audited"] == 4
    paths = {path for (path,) in rows(tmp_path / "out", "files", "path")}
    assert paths == {
        "caf⟦U+DCE9⟧.jsonl",
        "new⟦U+000A⟧line.jsonl",
        "rtl⟦U+202E⟧.jsonl",
        "<evil>.jsonl",
    }
    assert "<evil>" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert audit(folder / os.fsdecode(names[0]), tmp_path / "out") == 2  # named in the message
    assert "exists already" in capsys.readouterr().err


def test_sources_and_slices_of_any_text(tmp_path: Path) -> None:
    """Long, empty, reserved and hostile names of sources and slice values."""
    names = ["", "(other)", "any", "\x1b[31m", "a/b", "x" * 5000, "<script>", "=1+1", " "]
    records = [{"text": "a woman", "source": n, "kind": n, "lang": "en"} for n in names]
    source = write_jsonl(tmp_path / "in.jsonl", records)
    assert audit(source, tmp_path / "out", "--source-column", "source", "--slice-by", "kind") == 0
    assert sum(row[0] for row in whole(tmp_path / "out", "documents")) == len(names)
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "\x1b" not in html
    assert html.count("<script") == 1  # the report's own


def whole(folder: Path, *columns: str) -> list[tuple[Any, ...]]:
    found = rows(folder, "corpus", "role", *columns)
    return [row[1:] for row in found if row[0] == "any"]


def test_language_column_of_any_text(tmp_path: Path) -> None:
    names = ["en", "", None, "klingon", "\x00", "en\u202e", 5, "x" * 1000]
    records = [{"text": "a woman", "lang": name} for name in names]
    source = write_jsonl(tmp_path / "in.jsonl", records)
    assert audit(source, tmp_path / "out") == 0
    assert rows(tmp_path / "out", "languages") == [("eng", "column", 1), ("und", "none", 7)]


# --- Folders that cannot be written --------------------------------------------------------------


def bound_by_permissions() -> list[str]:
    """What to put before a command so that permissions hold for it: root is bound by none."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("runs as root, and there is no setpriv to give up what root may do")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search"]


def bound_audit(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    words = [*bound_by_permissions(), *COMMAND, "audit", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_parent_that_cannot_be_written(tmp_path: Path, mode: int) -> None:
    """One that can be looked into, and one that cannot."""
    (tmp_path / "in.jsonl").write_bytes(GOOD)
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(mode)
    done = bound_audit(tmp_path / "in.jsonl", "--output", closed / "out")
    closed.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: cannot write to {closed}: Permission denied\n"
    assert list(closed.iterdir()) == []


def test_file_that_may_not_be_read_is_rejected(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("good.jsonl", "secret.jsonl"):
        (folder / name).write_bytes(GOOD)
    (folder / "secret.jsonl").chmod(0o000)
    done = bound_audit(folder, "--output", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    reasons = rows(tmp_path / "out", "rejects", "file", "reason")
    assert reasons == [(1, "cannot be read: Permission denied")]
    alone = bound_audit(folder / "secret.jsonl", "--output", tmp_path / "none")
    assert alone.returncode == 2
    assert alone.stderr.startswith(
        f"error: {folder / 'secret.jsonl'}: cannot be read: Permission denied"
    )
    assert not (tmp_path / "none").exists()


def test_report_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(GOOD)
    output = tmp_path / "out"
    assert audit(tmp_path / "in.jsonl", output) == 0
    output.chmod(0o555)
    words = [*bound_by_permissions(), *COMMAND, "report", str(output)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    output.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: cannot write the report to {output}: Permission denied\n"


CACHE = """
import os, sys
import corpus_assay.transforms
folder = os.environ.get("NUMBA_CACHE_DIR", "")
from corpus_assay.transforms import kernels
print(os.path.dirname(corpus_assay.transforms.__file__))
print(folder)
print(os.path.dirname(kernels.tokenise._cache._impl.locator.get_cache_path()))
"""


def test_compiled_code_goes_to_the_folder_for_temporary_files(tmp_path: Path) -> None:
    """Where neither the package nor the user's cache can be written, numba alone fails.

    The package is a copy in folders that cannot be written, as in a read-only container.
    """
    library = tmp_path / "library"
    for name in ("transforms", "lexicons"):
        package = library / "corpus_assay" / name
        original = Path(importlib.import_module(f"corpus_assay.{name}").__file__ or "").parent
        shutil.copytree(original, package, ignore=shutil.ignore_patterns("__pycache__"))
        package.chmod(0o555)
    (tmp_path / "home").mkdir(mode=0o555)
    (tmp_path / "temporary").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(library),
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "home" / "cache"),
        "TMPDIR": str(tmp_path / "temporary"),
    }

    def start(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*bound_by_permissions(), sys.executable, "-c", CACHE],
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    done = start()
    # Without the fallback there is no place for compiled code.
    alone = start(NUMBA_CACHE_DIR=str(tmp_path / "home" / "cache"))
    for name in ("transforms", "lexicons"):
        (library / "corpus_assay" / name).chmod(0o755)
    assert done.returncode == 0, done.stderr
    package, chosen, used = done.stdout.splitlines()
    assert package == str(library / "corpus_assay" / "transforms")
    assert chosen == str(tmp_path / "temporary" / f"corpus-assay-numba-{os.getuid()}")
    assert used.startswith(chosen)
    assert alone.returncode != 0
    assert "no locator available" in alone.stderr


def test_cache_folder_of_the_user_is_respected(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "mine")}
    done = subprocess.run(
        [sys.executable, "-c", CACHE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    _, chosen, used = done.stdout.splitlines()
    assert chosen == str(tmp_path / "mine")
    assert used.startswith(chosen)
