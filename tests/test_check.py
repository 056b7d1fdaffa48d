"""Policies: what passes and fails, what is said of it, and policies that are written wrongly."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_runs import audit, manifest, write_jsonl
from report_folders import Document, Part, text, write_audit

from corpus_assay.pipelines import check, cli
from corpus_assay.reports import statistics

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "reports" / "policies" / "example.toml"
HOSTILE = '<script>alert(1)</script>"\u202e\x1b[31m\x00&]]>'

Captured = pytest.CaptureFixture[str]


def policy(folder: Path, *rules: dict[str, Any]) -> Path:
    """A policy file; what every rule needs is filled in."""
    lines = []
    for number, rule in enumerate(rules):
        filled = {"id": f"rule-{number}", "reason": "because", "owner": "me"} | rule
        lines.append("[[rule]]")
        for key, value in filled.items():
            if isinstance(value, dict):
                inner = ", ".join(f"{name} = {json.dumps(each)}" for name, each in value.items())
                lines.append(f"{key} = {{ {inner} }}")
            else:
                lines.append(f"{key} = {json.dumps(value)}")
    path = folder / "policy.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def few_women() -> list[Document]:
    """200 English documents of 100 words, half with 1 feminine and 3 masculine words; 40 Spanish
    ones with the opposite."""
    documents = [text("web", "eng", 100, i % 2, 3 * (i % 2)) for i in range(200)]
    return documents + [text("news", "spa", 100, 3, 1) for _ in range(40)]


def judged(tmp_path: Path, *rules: dict[str, Any], **options: Any) -> list[check.Outcome]:
    folder = write_audit(tmp_path / "audit", few_women(), **options)
    verdict = check.judge(check.read_policy(str(policy(tmp_path, *rules))), folder)
    return list(verdict.outcomes)


SHARE = {
    "table": "gender",
    "metric": "of_documents",
    "where": {"language": "eng", "kind": "feminine"},
}


def test_bounds_of_a_share(tmp_path: Path) -> None:
    estimate = statistics.wilson(100, 200)
    assert estimate is not None
    assert estimate.interval is not None
    low, high = estimate.interval.low, estimate.interval.high  # 0.431 and 0.569
    rules = [
        SHARE | {"id": f"{bound} {comparison} {value}", "bound": bound, "comparison": comparison,
                 "value": value}
        for bound, comparison, value in (
            ("estimate", ">=", 0.5),
            ("estimate", ">", 0.5),
            ("estimate", "==", 0.5),
            ("lower", ">=", low + 0.001),
            ("lower", ">=", low - 0.001),
            ("upper", "<=", high - 0.001),
            ("upper", "<=", high + 0.001),
            ("upper", "<", 0.5),
        )
    ]  # fmt: skip
    outcomes = judged(tmp_path, *rules)
    assert [o.status for o in outcomes] == [
        *("pass", "fail", "pass", "fail", "pass", "fail", "pass", "fail")
    ]
    (one,) = outcomes[0].checks
    assert (one.value, one.low, one.high) == pytest.approx((0.5, low, high))


def test_metrics(tmp_path: Path) -> None:
    where = {"language": "eng"}
    expected = [
        ({"table": "gender", "metric": "of_words", "where": {**where, "kind": "masculine"}}, 0.015),
        ({"table": "gender", "metric": "part_of_gendered",
          "where": {**where, "kind": "feminine"}}, 0.25),
        ({"table": "gender_contrast", "metric": "of_words", "where": where}, -0.01),
        ({"table": "corpus", "metric": "of_all_documents", "where": where}, 200 / 240),
        ({"table": "corpus", "metric": "of_all_documents", "where": {"source": "news"}}, 40 / 240),
        ({"table": "corpus", "metric": "words_per_document"}, 100),
        ({"table": "corpus", "metric": "empty_share"}, 0),
        ({"table": "files", "metric": "rejected_share"}, 10 / 250),
        ({"table": "rejects", "metric": "of_records", "where": {"kind": "bad"}}, 7 / 250),
        ({"table": "rejects", "metric": "records"}, 10),
        ({"table": "rejects", "metric": "rows"}, 2),
        ({"table": "files", "metric": "read"}, 250),
        ({"table": "corpus", "metric": "documents"}, 240),
        ({"table": "gender", "metric": "matches", "where": where}, 400),
        ({"table": "gender", "metric": "matches", "where": {**where, "kind": "feminine"}}, 100),
        ({"table": "lengths", "metric": "of_documents", "where": {"kind": "64"}}, 1),
    ]  # fmt: skip
    rejects = [(0, 5, 7, "bad", ""), (0, 9, 3, "worse", "")]
    rules = [rule | {"comparison": ">=", "value": -1} for rule, _ in expected]
    outcomes = judged(tmp_path, *rules, rejects=rejects)
    assert [o.status for o in outcomes] == ["pass"] * len(expected)
    found = [outcome.checks[0].value for outcome in outcomes]
    assert found == pytest.approx([value for _, value in expected])


def test_role(tmp_path: Path) -> None:
    parts = {"prompt": Part(20, 1), "response": Part(80, 0, 1)}
    folder = write_audit(tmp_path / "audit", [Document("chat", "eng", parts)] * 30)
    rule = {"table": "gender", "metric": "of_words", "comparison": "==", "value": 0.05,
            "where": {"language": "eng", "role": "prompt", "kind": "feminine"}}  # fmt: skip
    verdict = check.judge(check.read_policy(str(policy(tmp_path, rule))), folder)
    assert verdict.passed


def test_every_language_by_itself(tmp_path: Path) -> None:
    where = {"language": "*", "kind": "feminine"}
    every: dict[str, Any] = {
        "table": "gender",
        "metric": "part_of_gendered",
        "comparison": ">=",
        "value": 0.4,
    }
    every["where"] = where
    first, second = judged(tmp_path, every, every | {"id": "large", "min_documents": 100})
    assert first.status == "fail"
    assert [(one.where.split(":")[0], one.status) for one in first.checks] == [
        ("English", "fail"),
        ("Spanish", "pass"),
    ]
    assert len(second.checks) == 1


def test_severity_and_missing(tmp_path: Path) -> None:
    wrong = SHARE | {"comparison": ">=", "value": 0.9}
    absent = {"table": "pronouns", "metric": "of_documents", "comparison": "<=", "value": 1}
    outcomes = judged(
        tmp_path,
        wrong | {"id": "a"},
        wrong | {"id": "b", "severity": "warn"},
        absent | {"id": "c"},
        absent | {"id": "d", "missing": "warn"},
        absent | {"id": "e", "missing": "pass"},
        absent | {"id": "f", "severity": "warn"},
    )
    assert [o.status for o in outcomes] == ["fail", "warn", "fail", "warn", "pass", "warn"]
    assert outcomes[2].checks[0].said == "not measured: the audit has no table 'pronouns'"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"where": {"language": "eng", "kind": "femnine"}}, "kind 'femnine'; kinds: any, feminine"),
        ({"where": {"language": "isl", "kind": "feminine"}}, "nothing in table 'gender' for"),
        ({"metric": "of_sentences"}, "no metric 'of_sentences'; there are of_documents, of_words"),
        ({"bound": "lower", "table": "files", "metric": "read", "where": {}}, "has no interval"),
        ({"table": "files", "metric": "read", "where": {"source": "web"}}, "has no source"),
        ({"min_documents": 100_000}, "no group has 100,000 documents"),
        ({"of": "change"}, "no --baseline was given"),
    ],
)
def test_what_is_not_there_does_not_pass(tmp_path: Path, rule: dict[str, Any], said: str) -> None:
    (outcome,) = judged(tmp_path, SHARE | {"comparison": "<=", "value": 10**9} | rule)
    assert outcome.status == "fail"
    assert said in outcome.checks[0].said


def test_language_without_a_list_is_not_zero(tmp_path: Path) -> None:
    folder = write_audit(tmp_path / "audit", few_women() + [text("web", "isl", 100)] * 30)
    rule = {"table": "gender", "metric": "of_words", "comparison": "<=", "value": 1,
            "where": {"language": "isl", "kind": "feminine"}}  # fmt: skip
    verdict = check.judge(check.read_policy(str(policy(tmp_path, rule))), folder)
    assert not verdict.passed


def test_baseline(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", [text("web", "eng", 100, 2 * (i % 2)) for i in range(200)])
    new = write_audit(tmp_path / "new", [text("web", "eng", 100, i % 2) for i in range(200)])
    where = {"language": "eng", "kind": "feminine"}
    words = {"table": "gender", "metric": "of_words", "where": where}
    rules = [
        words | {"id": "a", "of": "flagged"},
        words | {"id": "b", "of": "change", "comparison": ">=", "value": -0.004},
        words | {"id": "c", "of": "change", "comparison": ">=", "value": -0.006},
        words | {"id": "d", "of": "relative_change", "comparison": ">=", "value": -0.4},
        words | {"id": "e", "of": "relative_change", "comparison": ">=", "value": -0.6},
        words | {"id": "f", "of": "change", "bound": "lower", "comparison": ">=", "value": -0.006},
        words | {"id": "g", "where": {"language": "eng", "kind": "unspecified"}, "of": "flagged"},
    ]
    verdict = check.judge(check.read_policy(str(policy(tmp_path, *rules))), new, old)
    assert [outcome.status for outcome in verdict.outcomes] == [
        *("fail", "fail", "pass", "fail", "pass", "fail", "pass")
    ]


def test_change_from_nothing_is_over_every_limit(tmp_path: Path) -> None:
    old = write_audit(tmp_path / "old", [text("web", "eng", 100)] * 100)
    new = write_audit(tmp_path / "new", [text("web", "eng", 100, 1)] * 100)
    rule = SHARE | {"of": "relative_change", "comparison": "<=", "value": 1000}
    verdict = check.judge(check.read_policy(str(policy(tmp_path, rule))), new, old)
    assert not verdict.passed


def test_table_that_is_not_known(tmp_path: Path) -> None:
    folder = write_audit(tmp_path / "audit", few_women())
    columns = {
        **{"source": ["web"] * 2, "language": ["eng"] * 2, "role": ["any"] * 2},
        **{"rule": ["bidi", "bait"], "severity": ["high", "low"]},
        **{"matches": [3, 9], "documents": [2, 8]},
    }
    pq.write_table(pa.table(columns), folder / "tables" / "finding_counts.parquet")
    content = manifest(folder)
    content["tables"].append({"name": "finding_counts", "rows": 2})
    (folder / "audit.json").write_text(json.dumps(content))
    high = {"table": "finding_counts", "where": {"kind": "* / high"}, "comparison": "<="}
    rules = [
        high | {"id": "a", "metric": "of_documents", "value": 0.01},
        high | {"id": "b", "metric": "of_documents", "value": 0.005},
        high | {"id": "c", "metric": "matches", "value": 3},
        high | {"id": "d", "metric": "matches", "value": 2},
    ]
    verdict = check.judge(check.read_policy(str(policy(tmp_path, *rules))), folder)
    assert [outcome.status for outcome in verdict.outcomes] == ["pass", "fail", "pass", "fail"]
    assert verdict.outcomes[0].checks[0].value == pytest.approx(2 / 240)


# The command --------------------------------------------------------------------------------------


def test_command(tmp_path: Path, capsys: Captured) -> None:
    folder = write_audit(tmp_path / "audit", few_women())
    good = SHARE | {"id": "good", "comparison": ">=", "value": 0.4}
    bad = SHARE | {"id": "bad", "comparison": ">=", "value": 0.6, "reason": "women read this"}
    junit = tmp_path / "junit.xml"
    command = ["check", str(folder), "--policy", str(policy(tmp_path, good)), "--junit", str(junit)]
    assert cli.main(command) == 0
    assert capsys.readouterr().out.endswith("1 rule: 0 failed, 0 warned, 1 passed\n")
    policy(tmp_path, good, bad)
    assert cli.main(command) == 1
    said = capsys.readouterr().out
    assert said.startswith(
        "FAIL bad\n     English: gender, feminine, of documents: 50.0% (43.1% to 56.9%) is not >= "
        "60.0%\n     women read this (owner: me)\nPASS good\n"
    )
    assert cli.main([*command, "--json"]) == 1
    content = json.loads(capsys.readouterr().out)
    assert content["verdict"] == "fail"
    assert [(rule["id"], rule["status"]) for rule in content["rules"]] == [
        ("good", "pass"),
        ("bad", "fail"),
    ]
    suite = ET.parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is not None for case in suite] == [False, True]


def test_hostile_text(tmp_path: Path, capsys: Captured) -> None:
    documents = [text(HOSTILE, "eng", 100, 1) for _ in range(40)]
    folder = write_audit(tmp_path / "audit", documents, names={"eng": (HOSTILE, "ltr", "Latn")})
    rule = {
        **{"id": HOSTILE, "reason": HOSTILE, "owner": HOSTILE, "table": "gender"},
        **{"metric": "of_words", "where": {"source": "*", "language": "*", "kind": "feminine"}},
        **{"comparison": ">=", "value": 1},
    }
    junit = tmp_path / "junit.xml"
    command = ["check", str(folder), "--policy", str(policy(tmp_path, rule)), "--junit", str(junit)]
    for more in ([], ["--json"]):
        assert cli.main([*command, *more]) == 1
        said = capsys.readouterr().out
        assert not set("\x1b\u202e\x00") & set(said)
    root = ET.parse(junit).getroot()  # well-formed, and no element comes from a name
    assert {element.tag for element in root.iter()} == {
        *("testsuites", "testsuite", "testcase", "failure")
    }
    case = root.find("testsuite/testcase")
    assert case is not None
    assert str(case.get("name")).startswith("<script>alert(1)</script>")


GOOD = SHARE | {"id": "r", "reason": "because", "owner": "me", "comparison": ">=", "value": 0.1}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no rule"),
        ("[[rule]", "is not valid TOML"),
        ("[rules]\n", "unknown key 'rules'; rules are written [[rule]]"),
        (GOOD | {"reason": " "}, "rule 1 (r): reason is needed"),
        (GOOD | {"owner": ""}, "rule 1 (r): owner is needed"),
        (without("comparison"), "comparison is needed"),
        (without("value"), "value is needed"),
        (GOOD | {"comparison": "=>"}, "comparison is '=>', not < <= > >= =="),
        (GOOD | {"value": "0.1"}, "value is '0.1', not a number"),
        (GOOD | {"value": True}, "value is True, not a number"),
        (GOOD | {"severity": "error"}, "severity is 'error', not fail warn"),
        (GOOD | {"treshold": 1}, "unknown key 'treshold'"),
        (GOOD | {"metrics": "x"}, "unknown key 'metrics'; did you mean metric?"),
        (GOOD | {"where": {"lang": "eng"}}, "where has 'lang'; there are language, source"),
        (GOOD | {"of": "flagged"}, "comparison is not for flagged"),
        (GOOD | {"table": "../corpus"}, "'../corpus' is no name of a table"),
        (GOOD | {"min_documents": -1}, "min_documents is -1"),
    ],
)
def test_policy_written_wrongly(
    tmp_path: Path, capsys: Captured, content: str | dict[str, Any], message: str
) -> None:
    folder = write_audit(tmp_path / "audit", few_women()[:2])
    path = tmp_path / "policy.toml"
    if isinstance(content, str):
        path.write_text(content)
    else:
        policy(tmp_path, content)
    assert cli.main(["check", str(folder), "--policy", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert str(path) in error
    # A policy that cannot be used stops an audit before it begins.
    output = tmp_path / "out"
    assert cli.main(["audit", "x.txt", "--output", str(output), "--policy", str(path)]) == 2
    assert message in capsys.readouterr().err
    assert not output.exists()


def test_two_rules_of_one_name(tmp_path: Path, capsys: Captured) -> None:
    path = policy(tmp_path, GOOD, GOOD)
    assert cli.main(["check", "x", "--policy", str(path)]) == 2
    assert "two rules have the id 'r'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone", "--policy", "policy.toml"], "no audit.json in gone"),
        (["audit", "--policy", "gone.toml"], "cannot read gone.toml"),
        (["audit", "--policy", "policy.toml", "--baseline", "gone"], "no audit.json in gone"),
        (["audit", "--policy", "policy.toml", "--junit", "gone/j.xml"], "cannot write gone/j.xml"),
    ],
)
def test_used_wrongly(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_audit(tmp_path / "audit", few_women()[:2])
    policy(tmp_path, GOOD)
    assert cli.main(["check", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_help_teaches_every_key_of_a_rule(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "--help"])
    said = capsys.readouterr().out
    for name in check.Rule.__dataclass_fields__:
        assert name in said


# With real audits ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = ["The woman met her mother.", "A man saw his father and his brother."] * 150
    records = [{"text": each, "language": "eng"} for each in texts]
    return write_jsonl(tmp_path_factory.mktemp("corpus") / "a.jsonl", records)


def test_verdict_stands_in_the_audit(tmp_path: Path, corpus: Path, capsys: Captured) -> None:
    # 300 feminine and 450 masculine words: 2/5 are feminine.
    rule = {"table": "gender", "metric": "part_of_gendered", "comparison": ">=",
            "where": {"language": "eng", "kind": "feminine"}}  # fmt: skip
    for value, code, verdict in ((0.39, 0, "pass"), (0.41, 1, "fail")):
        path = policy(tmp_path, rule | {"value": value})
        output = tmp_path / verdict
        command = ["audit", str(corpus), "--output", str(output), "--policy", str(path), "--quiet"]
        assert cli.main([*command, "--measures", "gender"]) == code
        said = capsys.readouterr().out
        assert f"Policy {path}:\n{verdict.upper()} rule-0" in said
        assert (output / "report.html").is_file()
        stored = manifest(output)["policy"]
        assert (stored["verdict"], stored["rules"][0]["status"]) == (verdict, verdict)
        assert stored["rules"][0]["checks"][0]["value"] == pytest.approx(0.4)


def test_example_policy_fits_a_real_audit(tmp_path: Path, corpus: Path) -> None:
    folder = tmp_path / "audit"
    audit(corpus, folder)
    found = check.read_policy(str(EXAMPLE))
    verdict = check.judge(found, folder, folder)
    assert verdict.passed
    statuses = {outcome.rule.id: outcome.status for outcome in verdict.outcomes}
    assert statuses == dict.fromkeys(statuses, "pass")
    said = [one.said for outcome in verdict.outcomes for one in outcome.checks]
    assert not any("no metric" in each or "no table" in each for each in said)


def test_example_policy_is_in_the_package() -> None:
    configuration = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"policies/*.toml"' in configuration
