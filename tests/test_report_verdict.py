"""The verdict of a policy on the first screen of the report."""

from __future__ import annotations

import json
from pathlib import Path

from audit_runs import command, write_jsonl

POLICY = """
[[rule]]
id = "few-rejects"
table = "files"
metric = "rejected_share"
comparison = "<"
value = 0.1
reason = "What <b>cannot</b> be read cannot be answered for."
owner = "data \u202elead"

[[rule]]
id = "english"
table = "corpus"
metric = "of_all_documents"
where = { language = "eng" }
comparison = ">="
value = 0.5
severity = "warn"
reason = "The model speaks English."
owner = "owner"
"""


def test_report_begins_with_the_verdict(tmp_path: Path) -> None:
    lines = ["the woman", "the man", "a girl"]
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": text, "lang": "de"} for text in lines])
    with source.open("a", encoding="utf-8") as file:
        file.write("not a record\n")
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    done = command(
        "audit", source, "--output", tmp_path / "out", "--policy", policy, "--measures", "gender"
    )
    assert done.returncode == 1, done.stderr
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    screen = page[page.index('id="findings"') : page.index('class="headlines"')]
    assert "The policy is not met: 1 of 2 rules failed, 1 with a warning." in screen
    assert screen.index("few-rejects") < screen.index("english")
    assert "25.0%" in screen
    assert "What &lt;b&gt;cannot&lt;/b&gt; be read" in screen
    assert "\u202e" not in screen


def test_report_without_a_policy_says_nothing_of_one(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": "the woman", "lang": "en"}])
    assert command("audit", source, "--output", tmp_path / "out").returncode == 0
    manifest = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert "policy" not in manifest
    assert "policy is" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
