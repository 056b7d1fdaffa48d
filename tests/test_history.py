"""Histories of audits, and the examples of schedules that make them."""

from __future__ import annotations

import configparser
import html
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_runs import write_jsonl
from report_folders import text, write_audit

from corpus_assay.pipelines import cli
from corpus_assay.pipelines.history import audits_in, history
from corpus_assay.reports import history as figures
from corpus_assay.reports.measures import Key

SCHEDULES = Path(__file__).parents[1] / "pipelines" / "deploy" / "schedules"
HOSTILE = "<script>alert(1)</script>'\u202e&"


def audits(folder: Path, number: int, **options: Any) -> Path:
    """Audits of 100 documents each; audit i has i + 1 feminine words in every second document."""
    for place in range(number):
        documents = [text("web", "eng", 100, (place + 1) * (i % 2), i % 3) for i in range(100)]
        manifest = {"created": f"2026-11-{place + 1:02}T02:30:00+00:00"}
        write_audit(folder / f"night-{place:02}", documents, manifest=manifest, **options)
    return folder


def relist(folder: Path) -> None:
    path = folder / "audit.json"
    content = json.loads(path.read_text())
    content["lexicons"]["eng"]["sha256"] = "b" * 64
    path.write_text(json.dumps(content))


def test_ten_audits_make_a_line(tmp_path: Path) -> None:
    folder = audits(tmp_path / "audits", 10)
    found = history([folder], tmp_path / "out")
    assert [entry.name for entry in found.entries] == [f"night-{i:02}" for i in range(10)]
    table = pq.read_table(tmp_path / "out" / "tables" / "history.parquet")
    assert table.schema.equals(figures.SCHEMA)
    rows = [
        row
        for row in table.to_pylist()
        if (row["table"], row["metric"], row["language"], row["kind"])
        == ("gender", "of_words", "eng", "feminine")
    ]
    assert [row["numerator"] for row in rows] == [50 * (i + 1) for i in range(10)]
    assert [row["value"] for row in rows] == pytest.approx([0.005 * (i + 1) for i in range(10)])
    assert all(row["low"] < row["value"] < row["high"] for row in rows)
    page = (tmp_path / "out" / "history.html").read_text(encoding="utf-8")
    chart = page[page.index("Words for women and men, English</title>") :]
    chart = chart[: chart.index("</svg></svg>")]
    # Nine pieces of line for each gender, and ten points.
    assert len(re.findall(r'stroke-width="1.5"', chart)) == 18
    assert len(re.findall("feminine point", chart)) == 11  # one is the legend's
    # The same as a table. 50 of 100 documents have one match in 100 words: the residuals are ½
    # each, SE = √(100/99 · 25) / 10,000 = 0.503 ‰.
    assert '<td class="number">5 ‰ (4.02 to 5.98 ‰)</td>' in page


def test_order_is_that_of_time_and_each_audit_counts_once(tmp_path: Path) -> None:
    folder = audits(tmp_path / "audits", 3)
    (folder / "signed-off").symlink_to(folder / "night-01")
    (folder / ".building").mkdir()
    (folder / ".building" / "audit.json").write_text("{}")
    (folder / "notes").mkdir()
    given = [folder / "night-02", folder / "night-00", folder]
    found = figures.history(audits_in(given))
    assert [entry.name for entry in found.entries] == ["night-00", "night-01", "night-02"]


def test_line_breaks_where_a_list_changed(tmp_path: Path) -> None:
    folder = audits(tmp_path / "audits", 4)
    for name in ("night-02", "night-03"):
        relist(folder / name)
    found = history([folder], tmp_path / "out")
    words = Key("gender", "of_words", None, "eng", "feminine")
    assert found.comparable[words] == [True, True, False, True]
    assert found.comparable[words._replace(language=None)] == [True, True, False, True]
    assert all(found.comparable[Key("corpus", "words_per_document", None, "eng")])
    page = (tmp_path / "out" / "history.html").read_text(encoding="utf-8")
    assert "made in another way than before" in page


def test_measure_that_an_audit_has_not(tmp_path: Path) -> None:
    folder = audits(tmp_path / "audits", 2)
    more = [text("web", "spa", 100, 1)] * 20
    write_audit(folder / "x", more, manifest={"created": "2026-12-01T00:00:00+00:00"})
    found = history([folder], tmp_path / "out")
    spanish = found.samples[Key("gender", "of_words", None, "spa", "feminine")]
    assert [sample is None for sample in spanish] == [True, True, False]
    assert "Words for women and men, Spanish" in (tmp_path / "out" / "history.html").read_text()


def test_hostile_names(tmp_path: Path) -> None:
    name = HOSTILE.replace("/", "|")
    names = {"eng": (HOSTILE, "ltr", "Latn")}
    write_audit(tmp_path / "a" / f"javascript:{name}", [text(name, "eng", 9, 1)] * 20, names=names)
    (tmp_path / "a" / f"javascript:{name}" / "report.html").write_text("")
    history([tmp_path / "a"], tmp_path / "out")
    page = (tmp_path / "out" / "history.html").read_text(encoding="utf-8")
    assert page.count("<script>") == 1
    assert "\u202e" not in page
    assert html.escape("<script>alert(1)") in page
    (link,) = re.findall(r'href="([^#"]+)"', page)
    assert link.startswith("./../a/javascript%3A%3Cscript%3E")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone", "--output", "out"], "no audit.json in gone nor in a folder of it"),
        (["empty", "--output", "out"], "no audit.json in empty nor in a folder of it"),
        (["audits", "--output", "empty/.."], "exists already: it holds no history.json"),
    ],
)
def test_used_wrongly(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    audits(tmp_path / "audits", 1)
    (tmp_path / "empty").mkdir()
    assert cli.main(["history", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = audits(tmp_path / "audits", 2)
    command = ["history", str(folder), "--output", str(folder / "history")]
    assert cli.main(command) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2026-11-01T02:30:00+00:00  night-00  100 documents"
    assert said[2] == f"Report: {folder / 'history' / 'history.html'}"
    # Its own folder among the audits is no audit.
    assert cli.main([*command, "--overwrite", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


# Examples of schedules ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path_with_command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which ``corpus-assay`` is this one."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "corpus-assay"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m corpus_assay.pipelines.cli "$@"\n')
    command.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def nightly(path: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCHEDULES / "nightly.sh", *map(str, arguments)],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


POLICY = """
[[rule]]
id = "women"
table = "gender"
metric = "part_of_gendered"
where = { language = "eng", kind = "feminine" }
of = "flagged"
missing = "pass"
reason = "A drift has a cause."
owner = "me"
"""


def test_two_nights(tmp_path: Path, path_with_command: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    texts = ["A woman and a man.", "A woman.", "A man and a man."] * 100
    corpus = write_jsonl(
        tmp_path / "c" / "a.jsonl", [{"text": t, "language": "eng"} for t in texts]
    )
    kept = tmp_path / "audits"
    options = ("--measures", "gender")
    first = nightly(path_with_command, corpus.parent, kept, policy, *options)
    assert first.returncode == 0, first.stderr
    # In the second night women have gone.
    write_jsonl(corpus, [{"text": t.replace("woman", "person"), "language": "eng"} for t in texts])
    second = nightly(path_with_command, corpus.parent, kept, policy, *options)
    assert second.returncode == 1, second.stderr
    assert "FAIL women" in second.stdout
    assert "English: feminine of feminine and masculine words: 40.0% → 0%" in second.stdout
    made = sorted(each.name for each in kept.glob("2*Z"))
    assert len(made) == 2
    assert (kept / "drift" / made[1] / "compare.html").is_file()
    assert "<failure" in (kept / "policy.xml").read_text()
    entries = json.loads((kept / "history" / "history.json").read_text())["audits"]
    assert [entry["name"] for entry in entries] == made


def test_nightly_says_how_it_is_used(path_with_command: str) -> None:
    done = nightly(path_with_command, "corpus")
    assert done.returncode == 2
    assert done.stderr.startswith("usage: nightly.sh CORPUS AUDITS POLICY")


def test_cron_line() -> None:
    lines = (SCHEDULES / "corpus-assay.cron").read_text().splitlines()
    (job,) = [line for line in lines if re.match(r"[\d*]", line)]
    *when, user, command = job.split(None, 6)
    assert [re.fullmatch(r"\*|\d+", field) is not None for field in when] == [True] * 5
    assert (user, "%" in command) == ("assay", False)  # cron makes line ends of %
    done = subprocess.run(["sh", "-n", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "nightly.sh" in command


def test_systemd_units(tmp_path: Path) -> None:
    for name in ("corpus-assay.service", "corpus-assay.timer"):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read(SCHEDULES / name)
        wanted = "Service" if name.endswith("service") else "Timer"
        assert unit.has_section(wanted)
        assert unit.get(wanted, "ExecStart" if wanted == "Service" else "OnCalendar")
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze to check the units")
    done = subprocess.run(
        ["systemd-analyze", "calendar", "*-*-* 02:30:00"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in ("corpus-assay.service", "corpus-assay.timer"):
        # The program and the user need not be on this machine.
        text_of = (
            (SCHEDULES / name).read_text().replace("/opt/corpus-assay/nightly.sh", "/bin/true")
        )
        (tmp_path / name).write_text(text_of.replace("User=assay\n", ""))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "corpus-assay.timer"],
        capture_output=True,
        text=True,
        check=False,
    )
    faults = [line for line in done.stderr.splitlines() if "corpus-assay" in line]
    assert faults == []


def test_workflow() -> None:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML to parse the workflow")
    content = yaml.safe_load((SCHEDULES / "github-actions.yml").read_text())
    steps = content["jobs"]["audit"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    for command in commands:
        done = subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    called = {match for each in commands for match in re.findall(r"corpus-assay (\w+)", each)}
    assert called == {"audit", "compare", "check"}
    # GitHub's "on" is YAML 1.1's true.
    assert set(content[True]) == {"schedule", "pull_request"}
    # What comes from outside is given to the shell as a variable, never written into a command.
    assert not any("${{" in command for command in commands)


def dag_commands() -> list[str]:
    source = (SCHEDULES / "airflow_dag.py").read_text()
    namespace: dict[str, Any] = {}
    code = compile(source, "airflow_dag.py", "exec")
    operators: list[str] = []

    class Anything:
        def __init__(self, *_: Any, **options: Any) -> None:
            operators.extend([options["bash_command"]] if "bash_command" in options else [])

        def __enter__(self) -> Anything:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def __rshift__(self, other: Any) -> Any:
            return other

    names = ("airflow", "airflow.sdk", "airflow.providers", "airflow.providers.standard")
    names += ("airflow.providers.standard.operators", "airflow.providers.standard.operators.bash")
    before = {name: sys.modules.get(name) for name in names}
    try:
        for name in names:
            module = type(sys)(name)
            module.DAG = module.BashOperator = Anything  # type: ignore[attr-defined]
            sys.modules[name] = module
        exec(code, namespace)
    finally:
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module
    return operators


def test_dag_commands_are_ours() -> None:
    """Without Airflow: every command of the DAG is one that the command line takes."""
    commands = dag_commands()
    assert len(commands) == 4
    for command in commands:
        plain = re.sub(r"\{\{[^}]*\}\}", "X", command)
        done = subprocess.run(["bash", "-n", "-c", plain], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        called = plain[plain.index("corpus-assay ") :].replace(
            '${baseline:+--baseline "$baseline"}', ""
        )
        arguments, rest = cli.parser().parse_known_args(shlex.split(called)[1:])
        assert rest == []
        assert arguments.command in ("audit", "compare", "check", "history")


def test_dag_loads_in_airflow(tmp_path: Path) -> None:
    python = os.environ.get("CORPUS_ASSAY_AIRFLOW_PYTHON", sys.executable)
    there = subprocess.run([python, "-c", "import airflow.sdk"], capture_output=True, check=False)
    if there.returncode:
        pytest.skip("needs Airflow 3, here or in the Python that CORPUS_ASSAY_AIRFLOW_PYTHON names")
    script = (
        "import runpy, sys\n"
        "dag = runpy.run_path(sys.argv[1])['dag']\n"
        "print(dag.dag_id, sorted(dag.task_ids))\n"
        "print(sorted(dag.get_task('audit').downstream_task_ids))\n"
    )
    done = subprocess.run(
        [python, "-c", script, SCHEDULES / "airflow_dag.py"],
        env={**os.environ, "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "corpus_audit ['audit', 'drift', 'history', 'policy']" in done.stdout
    assert "['drift', 'history', 'policy']" in done.stdout
