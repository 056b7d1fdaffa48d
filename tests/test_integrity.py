"""Records against a list of hashes: changed, unlisted, unchanged."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import COMMAND, manifest, table, write_jsonl

from corpus_assay.pipelines import run
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.sources import ReadOptions
from corpus_assay.transforms import integrity, tokens
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA
from corpus_assay.transforms.integrity import (
    CHANGED,
    FRONT_RUN,
    UNCHANGED,
    UNLISTED,
    IntegrityError,
)
from corpus_assay.transforms.registry import MeasureOptions


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


@pytest.mark.parametrize(
    ("changed", "snapshot", "suspect"),
    [
        ("2023-04-30", "2023-05-01", True),
        ("2023-05-01", "2023-05-01", True),
        ("2023-04-29", "2023-05-01", False),
        ("2023-05-02", "2023-05-01", True),  # after it was taken
        ("2023-04-30T12:00:00Z", "2023-05-01T12:00:00Z", True),
        ("2023-04-30T11:59:59Z", "2023-05-01T12:00:00Z", False),
        ("2023-04-30 13:59:59+02:00", "2023-05-01 12:00:00", False),
        ("2023-04-30 14:00:00+02:00", "2023-05-01 12:00:00", True),
        ("", "2023-05-01", False),
        ("2023-05-01", "", False),
    ],
)
def test_records_changed_right_before_their_snapshot(
    tmp_path: Path, changed: str, snapshot: str, suspect: bool
) -> None:
    row = {"id": "a", "sha256": sha256("x"), "changed": changed, "snapshot": snapshot}
    write_jsonl(tmp_path / "l.jsonl", [row])
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "l.parquet")
    header, values = ",".join(row), ",".join(row.values())
    (tmp_path / "l.csv").write_text(f"{header}\n{values}\n", encoding="utf-8")
    for name in ("l.jsonl", "l.parquet", "l.csv"):
        states = integrity.load(str(tmp_path / name)).states(batch(("a", ("x",)), ("a", ("y",))))
        assert states.tolist() == [FRONT_RUN if suspect else UNCHANGED, CHANGED]


def test_a_record_that_is_listed_as_older_too_is_not_suspect(tmp_path: Path) -> None:
    rows = [f"a,{sha256('x')},2023-05-0{day},2023-05-08" for day in (1, 8)]
    path = tmp_path / "l.csv"
    path.write_text("\n".join(["id,sha256,changed,snapshot", *rows]) + "\n", encoding="utf-8")
    assert integrity.load(str(path)).states(batch(("a", ("x",)))).tolist() == [UNCHANGED]


@pytest.mark.parametrize(
    ("header", "values", "said"),
    [
        ("changed", "2023-05-01", "a column 'changed' but no 'snapshot': only together"),
        ("snapshot", "2023-05-01", "a column 'snapshot' but no 'changed': only together"),
        ("changed,snapshot", "2023-05-01,May", "row 1: snapshot is 'May', expected a date"),
    ],
)
def test_dates_that_cannot_be_used_are_named(
    tmp_path: Path, header: str, values: str, said: str
) -> None:
    path = tmp_path / "l.csv"
    path.write_text(f"id,sha256,{header}\na,{'0' * 64},{values}\n", encoding="utf-8")
    with pytest.raises(IntegrityError, match=said):
        integrity.load(str(path))


def test_an_audit_says_only_with_a_list_that_records_were_compared(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"id": f"r{k}", "text": f"text {k}"} for k in range(3)])
    row = {"sha256": sha256("text 0"), "changed": "2023-05-01", "snapshot": "2023-05-01"}
    write_jsonl(tmp_path / "hashes.jsonl", [{"id": "r0", **row}])
    options = MeasureOptions(integrity=str(tmp_path / "hashes.jsonl"))
    for name, chosen in (("with", options), ("without", MeasureOptions())):
        run.audit(
            [str(tmp_path / "a.jsonl")],
            str(tmp_path / name),
            AuditConfig(ReadOptions(), ("corpus", "signatures"), chosen, staging=""),
            quiet=True,
        )
        said = {rule["id"] for rule in manifest(tmp_path / name)["rules"]["rules"]}
        assert ("integrity-front-run" in said) is (name == "with")
    found = [(row["rule"], row["id"]) for row in table(tmp_path / "with", "findings").to_pylist()]
    assert found == [("integrity-front-run", "r0")]
