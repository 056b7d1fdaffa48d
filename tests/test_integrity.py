"""Records against a list of hashes: changed, unlisted, unchanged."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import COMMAND, write_jsonl

from corpus_assay.transforms import integrity, tokens
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA
from corpus_assay.transforms.integrity import CHANGED, UNCHANGED, UNLISTED, IntegrityError


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def batch(*documents: tuple[str | None, tuple[str, ...]]) -> tokens.TokenBatch:
    rows = [
        {
            "file": 0,
            "position": k,
            "id": name,
            "source": "",
            "language": "eng",
            "parts": [{"field": f"f{p}", "role": 0, "text": text} for p, text in enumerate(texts)],
            "slices": [],
        }
        for k, (name, texts) in enumerate(documents)
    ]
    return tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))


def test_texts_are_compared_by_id(tmp_path: Path) -> None:
    path = tmp_path / "hashes.csv"
    listed = {"7": "älter", "b": "one\ntwo", "c": "before", "empty": ""}
    rows = [f"{name},{sha256(text)}" for name, text in listed.items()]
    rows.append(f"c,{sha256('also')}")
    path.write_text("id,sha256\n" + "\n".join(rows) + "\n", encoding="utf-8")
    made = batch(
        ("7", ("älter",)),
        ("b", ("one", "two")),
        ("c", ("after",)),
        ("c", ("also",)),
        ("d", ("x",)),
        (None, ("x",)),
        ("empty", ()),
    )
    states = integrity.load(str(path)).states(made).tolist()
    expected = [UNCHANGED, UNCHANGED, CHANGED, UNCHANGED, UNLISTED, UNLISTED, UNCHANGED]
    assert states == expected


def test_lists_of_every_format_say_the_same(tmp_path: Path) -> None:
    table = pa.table({"sha256": [sha256(str(k)) for k in range(5)], "id": list("abcde")})
    pq.write_table(table, tmp_path / "l.parquet")
    write_jsonl(tmp_path / "l.jsonl", table.to_pylist())
    made = [integrity.load(str(tmp_path / name)) for name in ("l.parquet", "l.jsonl")]
    assert made[0].ids.tolist() == made[1].ids.tolist() == sorted(made[0].ids.tolist())
    assert made[0].digests.tolist() == made[1].digests.tolist()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "id,hash\na,b\n", "has no column 'sha256'; it has id, hash"),
        ("b.csv", f"id,sha256\na,{'0' * 64}\nb,12\n", "row 2: expected an id and a SHA-256"),
        ("c.txt", "", "expected a list in .csv"),
        ("d.jsonl", '{"id": {"a": 1}, "sha256": "x"}\n', "expected texts in id and sha256"),
        ("none.csv", None, "cannot read"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(IntegrityError, match=said) as caught:
        integrity.load(str(tmp_path / name))
    assert str(tmp_path / name) in str(caught.value)


def test_an_audit_lists_changed_records(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"id": f"r{k}", "text": f"text {k}"} for k in range(4)])
    hashes = [{"id": f"r{k}", "sha256": sha256(f"text {k % 2}")} for k in range(3)]
    write_jsonl(tmp_path / "hashes.jsonl", hashes)
    command = [*COMMAND, "audit", "a.jsonl", "--output", "o", "--integrity", "hashes.jsonl"]
    command += ["--language", "eng", "--measures", "signatures", "--quiet", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    rows = pq.read_table(tmp_path / "o/tables/findings").to_pylist()
    assert [(row["rule"], row["id"], row["severity"]) for row in rows] == [
        ("integrity-changed", "r2", "high")
    ]
    counts = pq.read_table(tmp_path / "o/tables/finding_counts.parquet").to_pylist()
    unlisted = [r for r in counts if r["rule"] == "integrity-unlisted" and r["role"] == "any"]
    assert [(r["matches"], r["documents"]) for r in unlisted] == [(1, 1)]
    command[command.index("hashes.jsonl")] = "nothing.csv"
    command.append("--overwrite")
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "cannot read nothing.csv" in done.stderr
