"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from audit_runs import COMMAND, command, left_beside, manifest, rows, write_jsonl

from corpus_assay.pipelines import cli
from corpus_assay.pipelines.progress import Display, counters

HEAVY = ("apache_beam", "numba", "numpy", "pyarrow", "jinja2", "fastwarc", "msgspec")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two documents: words 3 + 4, one woman and one man."""
    return write_jsonl(
        tmp_path / "in.jsonl",
        [
            {"text": "A tall woman.", "lang": "en", "origin": "web", "year": 1},
            {"text": "The man of letters.", "lang": "en", "origin": "books", "year": 2},
        ],
    )


Captured = pytest.CaptureFixture[str]


def audit(source: Path | str, output: Path, *options: str | Path) -> int:
    return cli.main(["audit", str(source), "--output", str(output), *map(str, options)])


def test_audit_prints_a_summary_to_stdout(source: Path, tmp_path: Path, capsys: Captured) -> None:
    assert audit(source, tmp_path / "out") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[0].startswith("corpus-assay 0.1.0: 2 documents, 7 words, ")
    assert out.splitlines()[1] == "2 records read = 2 audited + 0 rejected; 0 repaired"
    assert out.splitlines()[-1] == f"Report: {tmp_path / 'out' / 'report.html'}"
    given = manifest(tmp_path / "out")["command"]
    assert given == f"corpus-assay audit {source} --output {tmp_path / 'out'}"


def test_audit_json(source: Path, tmp_path: Path, capsys: Captured) -> None:
    assert audit(source, tmp_path / "out", "--json") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert isinstance(json.loads(out), dict)


# --- Used wrongly --------------------------------------------------------------------------------

MISUSES: list[tuple[str, list[str], str]] = [
    ("no command", [], "the following arguments are required: COMMAND"),
    ("unknown command", ["audti"], "invalid choice: 'audti'"),
    ("no input", ["audit", "--output", "OUT"], "name at least one INPUT"),
    ("no output", ["audit", "IN"], "--output DIR is needed"),
    ("output without a value", ["audit", "IN", "--output"], "--output: expected one argument"),
    ("no such file", ["audit", "gone.jsonl", "--output", "OUT"], "gone.jsonl: no such file"),
    ("glob of nothing", ["audit", "gone*.jsonl", "--output", "OUT"], "gone*.jsonl: nothing to"),
    ("unknown option", ["audit", "IN", "--output", "OUT", "--langage", "de"], "--langage; see"),
    ("shortened option", ["audit", "IN", "--output", "OUT", "--overwr"], "--overwr; see"),
    ("format", ["audit", "IN", "--output", "OUT", "--format", "xml"], "'xml' (choose from"),
    ("runner", ["audit", "IN", "--output", "OUT", "--runner", "dask"], "'dask' (choose from"),
    ("threads", ["audit", "IN", "--output", "OUT", "--threads", "0"], "must be at least 1"),
    ("no number", ["audit", "IN", "--output", "OUT", "--threads", "x"], "invalid int value: 'x'"),
    (
        "size of a document",
        ["audit", "IN", "--output", "OUT", "--max-document-mb", "4096"],
        "it must be from 1 to 512",
    ),
    (
        "measure",
        ["audit", "IN", "--output", "OUT", "--measures", "gendr"],
        "unknown measure 'gendr'; there are corpus, gender, pronouns, demographics",
    ),
    (
        "list of hashes without what compares them",
        ["audit", "IN", "--output", "OUT", "--measures", "gender", "--integrity", "hashes.csv"],
        "--integrity is for the measure signatures: add it to --measures",
    ),
    (
        "reference without what compares with it",
        ["audit", "IN", "--output", "OUT", "--measures", "gender", "--reference", "earlier"],
        "--reference is for the measure duplicates: add it to --measures",
    ),
    (
        "language",
        ["audit", "IN", "--output", "OUT", "--language", "klingonish"],
        "unknown language 'klingonish': give an ISO 639 code",
    ),
    (
        "threshold",
        ["audit", "IN", "--output", "OUT", "--language-threshold", "nan"],
        "not between 0 and 1",
    ),
    (
        "language model",
        ["audit", "IN", "--output", "OUT", "--language-model", "gone.bin"],
        "cannot load a fastText model from gone.bin",
    ),
    (
        "lexicon",
        ["audit", "IN", "--output", "OUT", "--lexicon", "gone"],
        "gone: no such folder; --lexicon takes a folder",
    ),
    (
        "text column",
        ["audit", "IN", "--output", "OUT", "--text-column", "body"],
        "no column 'body'; its columns are text, lang, origin, year; name the text with",
    ),
    ("config", ["audit", "IN", "--output", "OUT", "--config", "gone.toml"], "cannot read gone"),
    ("weights", ["audit", "IN", "--output", "OUT", "--weights", "gone.toml"], "cannot read gone"),
    (
        "threads of Beam",
        ["audit", "IN", "--output", "OUT", "--direct_running_mode=multi_threading"],
        "multi_threading corrupts data in Beam and is refused; the default uses every core",
    ),
    (
        "threads of Beam, as two words",
        ["audit", "IN", "--output", "OUT", "--direct_running_mode", "multi_threading"],
        "multi_threading corrupts data",
    ),
    (
        "value of a Beam option",
        ["audit", "IN", "--output", "OUT", "--direct_running_mode=fast"],
        "invalid choice: 'fast'",
    ),
    (
        "store without its package",
        ["audit", "IN", "--output", "nostore://bucket/out"],
        "nostore://bucket/out",
    ),
    ("report of nothing", ["report", "gone"], "no audit.json in gone"),
    ("lexicon without action", ["lexicon"], "required: ACTION"),
    ("unknown lexicon", ["lexicon", "show", "xx"], "no lexicon for 'xx'"),
    ("check of nothing", ["lexicon", "check", "gone"], "gone: no such folder"),
    ("export to a file", ["lexicon", "export", "IN"], "exists already"),
    ("too many words", ["lexicon", "list", "more"], "unexpected argument more"),
    ("too many words for the demo", ["demo", "more"], "unexpected argument more"),
]


@pytest.mark.parametrize(
    ("arguments", "message"), [m[1:] for m in MISUSES], ids=[m[0] for m in MISUSES]
)
def test_misuse_exits_2_with_a_message(
    source: Path,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"IN": str(source), "OUT": str(tmp_path / "out")}
    try:
        code = cli.main([places.get(word, word) for word in arguments])
    except SystemExit as exit_:
        code = exit_.code  # type: ignore[assignment]
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err
    assert "error: " in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl"]


def test_failure_of_the_run_exits_3(
    source: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus_assay.pipelines import storage  # noqa: PLC0415

    def full(table: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "parquet_bytes", full)
    assert audit(source, tmp_path / "out") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].startswith("error: the run failed: ")
    assert "No space left on device" in err
    assert err.splitlines()[1:] == [
        "finished work units that are kept: 1; the same command with --resume goes on from them",
        "--debug shows where",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.partial", "in.jsonl"]


def test_debug_shows_where(source: Path, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no such folder"):
        audit(source, tmp_path / "out", "--lexicon", "gone", "--debug")


def test_message_cannot_control_a_terminal(tmp_path: Path, capsys: Captured) -> None:
    """A column name is the corpus's text."""
    source = write_jsonl(tmp_path / "in.jsonl", [{"\x1b[2Jevil\u202e": 1}])
    assert audit(source, tmp_path / "out") == 2
    err = capsys.readouterr().err
    assert "its columns are ⟦U+001B⟧[2Jevil⟦U+202E⟧; name the text with --text-column" in err
    assert "\x1b" not in err


# --- Start ---------------------------------------------------------------------------------------


def test_help_is_fast() -> None:
    seconds = []  # of the processor: what else the machine does is no matter
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = command("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert done.returncode == 0
        assert "demo" in done.stdout
    assert min(seconds) < 0.3


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["audit", "--help"], ["audit"], ["lexicon", "list", "--help"]],
    ids=" ".join,
)
def test_nothing_heavy_is_imported_before_it_is_needed(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from corpus_assay.pipelines import cli\n"
        "try:\n"
        "    cli.main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_version() -> None:
    assert command("--version").stdout == "corpus-assay 0.1.0\n"


def test_output_that_is_not_read_is_no_error() -> None:
    """`corpus-assay lexicon show eng | head -1`, and a reader who leaves before anything comes."""
    for pipe in ("head -1", "true"):
        line = f"{' '.join(COMMAND)} lexicon show eng | {pipe}; echo ${{PIPESTATUS[0]}} >&2"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
        assert done.stderr == "0\n"


def test_terminal_that_knows_only_ascii(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = command("lexicon", "show", "deu", env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Gro\\xdfmutter" in done.stdout


# --- Options -------------------------------------------------------------------------------------


def test_inputs_may_stand_behind_options(tmp_path: Path, capsys: Captured) -> None:
    one = write_jsonl(tmp_path / "one.jsonl", [{"text": "one", "lang": "en"}])
    two = write_jsonl(tmp_path / "two.jsonl", [{"text": "two", "lang": "en"}])
    out = str(tmp_path / "out")
    for arguments in (
        ["--output", out, one, two],
        [one, "--output", out, two],
        [one, "--output", out, "--direct_num_workers", "1", "--overwrite", two],
        ["--direct_num_workers=1", one, "--output", out, two],
        ["--output", out, "--direct_num_workers=1", one, "--quiet", two],
    ):
        assert cli.main(["audit", "--overwrite", *map(str, arguments)]) == 0, capsys.readouterr()
        assert manifest(Path(out))["counts"]["files"] == 2


def test_columns_and_slices(source: Path, tmp_path: Path) -> None:
    """A slice named twice is measured once."""
    options = ("--source-column", "origin", "--slice-by", "year, origin,year")
    assert audit(source, tmp_path / "out", *options) == 0
    columns = ("slice", "value", "role", "documents", "words")
    found = [row for row in rows(tmp_path / "out", "corpus_slices", *columns) if row[2] == "any"]
    assert found == [
        ("origin", "books", "any", 1, 4),
        ("origin", "web", "any", 1, 3),
        ("year", "1", "any", 1, 3),
        ("year", "2", "any", 1, 4),
    ]
    assert {row[0] for row in rows(tmp_path / "out", "corpus", "source")} == {"books", "web"}
    assert manifest(tmp_path / "out")["configuration"]["slice_by"] == ["year", "origin"]
    (layout,) = manifest(tmp_path / "out")["layouts"]
    assert layout == {
        "files": ["in.jsonl"],
        "kind": "columns",
        "text": [{"column": "text", "role": "text"}],
        "id": None,
        "language": "lang",
        "source": "origin",
        "slices": {"year": "year", "origin": "origin"},
    }


def test_config_file_gives_defaults_and_what_is_typed_wins(source: Path, tmp_path: Path) -> None:
    config = tmp_path / "assay.toml"
    config.write_text(
        'language = "deu"\nsource_column = "origin"\nslice_by = ["year", "origin"]\n'
        "no_excerpts = true\noverwrite = false\nmax-document-mb = 3\n"
    )
    assert audit(source, tmp_path / "out", "--config", config, "--max-document-mb", "2") == 0
    found = manifest(tmp_path / "out")["configuration"]
    assert found["language"]["language"] == "deu"
    assert found["slice_by"] == ["year", "origin"]
    assert found["read"]["source_column"] == "origin"
    assert found["read"]["max_document_bytes"] == 2 << 20
    assert found["excerpts"] is False
    assert audit(source, tmp_path / "out", "--config", config) == 2  # overwrite = false
    again = ("--config", config, "--overwrite", "--language", "eng", "--slice-by", "year")
    assert audit(source, tmp_path / "out", *again) == 0
    found = manifest(tmp_path / "out")["configuration"]
    assert found["language"]["language"] == "eng"
    assert found["slice_by"] == ["year"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('langauge = "deu"', "unknown option 'langauge'; did you mean language?"),
        ("slice-bye = 1", "unknown option 'slice-bye'; did you mean slice_by?"),
        ("qqqq = 1", "unknown option 'qqqq'"),
        ("config = 'b.toml'", "unknown option 'config'"),
        ("language = ", "is not valid TOML"),
        ("threads = 'many'", "invalid int value: 'many'"),
        ("threads = true", "threads is True, expected a value"),
        ("quiet = 1", "quiet is 1, expected true or false"),
        ("[read]\nformat = 'csv'", "unknown option 'read'"),
    ],
)
def test_faults_of_a_config_file(
    source: Path, tmp_path: Path, capsys: Captured, content: str, message: str
) -> None:
    (tmp_path / "c.toml").write_text(content)
    try:
        code = audit(source, tmp_path / "out", "--config", tmp_path / "c.toml")
    except SystemExit as exit_:
        code = exit_.code  # type: ignore[assignment]
    assert code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("web = 1", "has no table [weights] with lines like: web = 0.7"),
        ("[weights]", "has no table [weights]"),
        ("weights = 3", "has no table [weights]"),
        ("[weights]\nweb = -1", "the weight of 'web' is -1, not a number from 0 up"),
        ("[weights]\nweb = nan", "the weight of 'web' is nan, not a number"),
        ("[weights]\nweb = inf", "the weight of 'web' is inf, not a number"),
        ("[weights]\nweb = true", "the weight of 'web' is True, not a number"),
        ('[weights]\nweb = "1"', "the weight of 'web' is '1', not a number"),
        ("[weights\n", "is not valid TOML"),
    ],
)
def test_faults_of_weights(
    source: Path, tmp_path: Path, capsys: Captured, content: str, message: str
) -> None:
    (tmp_path / "w.toml").write_text(content)
    assert audit(source, tmp_path / "out", "--weights", tmp_path / "w.toml") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("weights", ["web = 3\nbooks = 1", "web = 0\nbooks = 0", "other = 1"])
def test_weights(source: Path, tmp_path: Path, weights: str) -> None:
    (tmp_path / "w.toml").write_text(f"[weights]\n{weights}\n")
    options = ("--source-column", "origin", "--weights", tmp_path / "w.toml")
    assert audit(source, tmp_path / "out", *options) == 0
    found = manifest(tmp_path / "out")["configuration"]["weights"]
    assert found == {
        name: float(value) for name, value in (line.split(" = ") for line in weights.splitlines())
    }


def test_lexicon_of_the_user(source: Path, tmp_path: Path) -> None:
    """In the layout of the Gender-GAP Pipeline: tall is feminine, letters is masculine."""
    folder = tmp_path / "lexicon"
    folder.mkdir()
    (folder / "eng_nouns.json").write_text(
        '{"feminine": [{"singular": "tall"}], "masculine": [{"plural": "letters"}],'
        ' "unspecified": []}'
    )
    assert audit(source, tmp_path / "out", "--lexicon", folder) == 0
    terms = rows(tmp_path / "out", "gender_forms", "role", "gender", "form", "matches")
    assert [row[1:] for row in terms if row[0] == "any"] == [
        ("feminine", "tall", 1),
        ("masculine", "letters", 1),
    ]


# --- Progress ------------------------------------------------------------------------------------


def on_a_terminal(arguments: list[str]) -> tuple[int, str]:
    """Exit code, and what a run writes to a terminal that is its stderr."""
    reader, writer = pty.openpty()
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=writer) as run:
        os.close(writer)
        shown = bytearray()
        while True:
            ready, _, _ = select.select([reader], [], [], 60)
            try:
                chunk = os.read(reader, 4096) if ready else b""
            except OSError:  # the other side is closed
                break
            if not chunk:
                break
            shown += chunk
    os.close(reader)
    return run.returncode, shown.decode()


def test_progress_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    text = "The woman and the man walked home, and the children slept. " * 20
    source = tmp_path / "in.jsonl"
    source.write_text((json.dumps({"text": text}) + "\n") * 15_000, encoding="utf-8")
    arguments = ["audit", str(source), "--output", str(tmp_path / "out"), "--overwrite"]
    code, shown = on_a_terminal([*arguments, "--threads", "1"])
    assert code == 0
    lines = [line for line in re.split(r"\r\x1b\[K", shown) if line.strip()]
    assert lines
    pattern = r"([a-z: ]+  )? *\d+%  [\d,]+ documents  [\d,]+ MB/s(  about [\dhmins ]+ left)?"
    assert all(re.fullmatch(pattern, line) for line in lines), lines
    assert shown.endswith("\r\x1b[K")
    small = write_jsonl(tmp_path / "small.jsonl", [{"text": "a woman", "lang": "en"}])
    arguments[1] = str(small)
    assert on_a_terminal(arguments)[1].endswith("\r\x1b[K")
    assert on_a_terminal([*arguments, "--quiet"]) == (0, "")
    assert command(*arguments).stderr == ""


def test_line_of_progress() -> None:
    """Half of 1,000 bytes done: as much time is left as has gone."""
    with Display(1000, quiet=True) as display:
        counters.add(documents=1234, text_bytes=5_000_000, input_bytes=500)
        line = display.line()
    assert line.startswith(" 50%  1,234 documents  ")
    assert line.endswith("  about 0 s left")
    with Display(0, quiet=True) as display:
        assert display.line().startswith("100%  0 documents  0 MB/s")


# --- Other commands ------------------------------------------------------------------------------


def test_demo(tmp_path: Path) -> None:
    """Twice: the second run replaces the first; what else stands there is left alone."""
    begin = time.monotonic()
    done = command("demo", cwd=tmp_path)
    assert time.monotonic() - begin < 60
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Report: assay-demo/report.html"
    folder = tmp_path / "assay-demo"
    counts = manifest(folder)["counts"]
    assert counts["read"] == counts["audited"] + counts["rejected"]
    assert counts["documents"] >= 300
    assert counts["rejected"] >= 1
    assert counts["repaired"] >= 1
    with_lexicon = [row for row in manifest(folder)["languages"].values() if row["lexicon"]]
    assert len(with_lexicon) >= 20
    roles = {row[0] for row in rows(folder, "corpus", "role")}
    assert roles == {"any", "text", "prompt", "response", "chosen", "rejected"}
    assert left_beside(folder) == []
    again = command("demo", "--json", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert isinstance(json.loads(again.stdout), dict)
    (folder / "audit.json").rename(folder / "other.json")
    refused = command("demo", cwd=tmp_path)
    assert refused.returncode == 2
    assert "it is not an audit, so it is not touched" in refused.stderr


def test_report_again_gives_the_same_bytes(source: Path, tmp_path: Path, capsys: Captured) -> None:
    assert audit(source, tmp_path / "out") == 0
    report = tmp_path / "out" / "report.html"
    before = report.read_bytes()
    report.write_text("gone")
    capsys.readouterr()
    assert cli.main(["report", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"{report}\n"
    assert report.read_bytes() == before
    assert cli.main(["report", str(tmp_path / "out"), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert audit(source, tmp_path / "out", "--overwrite", "--json") == 0
    second = json.loads(capsys.readouterr().out)
    assert first.keys() == second.keys()


def test_lexicon_list(capsys: Captured) -> None:
    assert cli.main(["lexicon", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["code", "language", "concepts", "words", "forms", "absent"]
    assert len(lines) == 1 + 55
    assert cli.main(["lexicon", "list", "--json"]) == 0
    listed = {row["language"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(listed) == 55
    assert listed["eng"] | {"forms": 0, "lemmas": 0, "concepts": 0} == {
        "language": "eng",
        "name": "English",
        "concepts": 0,
        "lemmas": 0,
        "forms": 0,
        "absent": [],
    }


@pytest.mark.parametrize("code", ["de", "deu", "de-AT", "German"])
def test_lexicon_show(capsys: Captured, code: str) -> None:
    assert cli.main(["lexicon", "show", code]) == 0
    out = capsys.readouterr().out
    assert out.startswith("German (deu)  sha256 ")
    assert re.search(r"^  feminine +grandmother +Großmutter \(\d forms\)", out, re.MULTILINE)
    assert cli.main(["lexicon", "show", code, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["language"] == "deu"


def test_lexicon_show_marks_words_of_two_classes(capsys: Captured) -> None:
    assert cli.main(["lexicon", "show", "es"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^  masculine +father +padre\*", out, re.MULTILINE)
    assert "* has a form that stands in more than one class and is counted in each" in out
    assert "madres" not in out
    assert cli.main(["lexicon", "show", "es", "--forms"]) == 0
    assert re.search(r"^ +madre: madre, madres", capsys.readouterr().out, re.MULTILINE)


def test_lexicon_show_says_what_makes_a_form(capsys: Captured) -> None:
    assert cli.main(["lexicon", "show", "tur", "--form", "ANNEMİN"]) == 0
    out = capsys.readouterr().out
    assert re.search(
        r"^annemin  mother \(feminine, singular\): anne → .*genitive", out, re.MULTILINE
    )
    assert cli.main(["lexicon", "show", "tur", "--form", "annemin", "--json"]) == 0
    (first, *_) = json.loads(capsys.readouterr().out)
    assert (first["text"], first["lemma"], first["left_out"]) == ("annemin", "anne", None)
    assert cli.main(["lexicon", "show", "tur", "--form", "masa"]) == 2
    assert capsys.readouterr().out == "masa is no form of the lexicon tur\n"


def test_lexicon_show_says_why_a_form_is_left_out(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "tur.toml").write_text(
        "[omit]\n'annem' = 'a test'\n[ambiguous]\n'anneden' = 'b test'\n"
        "[mother]\nwords = ['anne']\nplural = ['valideler']\n",
        encoding="utf-8",
    )
    expected = {"annem": "left out: a test", "anneden": "also: b test"}
    expected |= {"valideler": "listed as it stands"}
    for form, text in expected.items():
        asked = ["lexicon", "show", "tur", "--lexicon", str(tmp_path), "--form", form]
        assert cli.main(asked) == 0
        assert text in capsys.readouterr().out


def test_lexicon_check(tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["lexicon", "check"]) == 0
    assert capsys.readouterr().out == "no faults\n"
    (tmp_path / "eng.toml").write_text(
        'language = "eng"\nsource = "test"\n[woman]\nsingular = [" woman "]\n', encoding="utf-8"
    )
    assert cli.main(["lexicon", "check", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert "eng: " in out
    assert cli.main(["lexicon", "check", str(tmp_path), "--json"]) == 2
    assert {row["language"] for row in json.loads(capsys.readouterr().out)} == {"eng"}


def test_lexicon_export_replaces_only_an_export(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "gap"
    asked = {}
    for word in ("tall", "small"):
        own = tmp_path / word
        own.mkdir()
        words = {"feminine": [{"singular": word}], "masculine": [], "unspecified": []}
        (own / "eng_nouns.json").write_text(json.dumps(words))
        asked[word] = ["lexicon", "export", str(folder), "--lexicon", str(own)]
    assert cli.main(asked["tall"]) == 0
    assert [path.name for path in folder.iterdir()] == ["eng_nouns.json"]
    assert cli.main(asked["small"]) == 2
    assert "gap exists already: give --overwrite to replace it" in capsys.readouterr().err
    assert "tall" in (folder / "eng_nouns.json").read_text()
    assert cli.main([*asked["small"], "--overwrite"]) == 0
    assert "small" in (folder / "eng_nouns.json").read_text()
    (folder / "notes.txt").write_text("mine")
    assert cli.main([*asked["small"], "--overwrite"]) == 2
    assert "holds 'notes.txt', so it is not touched" in capsys.readouterr().err
    assert (folder / "notes.txt").read_text() == "mine"
    assert left_beside(folder) == []


def test_lexicon_check_of_the_layout_of_the_gender_gap_pipeline(
    tmp_path: Path, capsys: Captured
) -> None:
    """It names no concepts, and a word may stand in two classes; a mixed script is a fault."""
    words = {"feminine": ["actress"], "masculine": ["parents"], "unspecified": ["parents"]}
    table = {gender: [{"plural": text} for text in texts] for gender, texts in words.items()}
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "eng_nouns.json").write_text(json.dumps(table))
    assert cli.main(["lexicon", "check", str(tmp_path / "good")]) == 0
    assert capsys.readouterr().out == "no faults\n"
    table["feminine"].append({"singular": "Frau\u0627"})
    (tmp_path / "eng_nouns.json").write_text(json.dumps(table))
    assert cli.main(["lexicon", "check", str(tmp_path)]) == 2
    assert "nouns eng: [feminine] singular: 'Frauا' " in capsys.readouterr().out


def test_lexicon_export_loads_again(source: Path, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "gap"
    assert cli.main(["lexicon", "export", str(folder), "--layout", "gender-gap", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["languages"]) == 55
    content = json.loads((folder / "eng_nouns.json").read_text(encoding="utf-8"))
    assert {"singular": "woman", "plural": "women"} in content["feminine"]
    assert audit(source, tmp_path / "own") == 0
    assert audit(source, tmp_path / "exported", "--lexicon", folder) == 0
    assert rows(tmp_path / "exported", "gender") == rows(tmp_path / "own", "gender")


# Pronouns and demographic terms -------------------------------------------------------------------


def test_lexicon_show_of_the_other_kinds(capsys: Captured) -> None:
    assert cli.main(["lexicon", "show", "en", "--kind", "pronouns"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^  feminine: she, her, hers, herself$", out, re.MULTILINE)
    assert "neopronoun:xe: xe, xem" in out
    assert cli.main(["lexicon", "show", "eng", "--kind", "demographics"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^  blind \[ability \+ polysemous\]: blind", out, re.MULTILINE)
    assert cli.main(["lexicon", "show", "eng", "--kind", "demographics", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["descriptors"]["muslim"]["axes"] == ["religion"]
    assert cli.main(["lexicon", "show", "eng", "--kind", "pronouns", "--form", "SHE"]) == 0
    assert capsys.readouterr().out.startswith("she  feminine (forms): listed as it stands")
    assert cli.main(["lexicon", "show", "heb", "--kind", "pronouns"]) == 2
    assert "no list of pronouns for 'heb'; there are " in capsys.readouterr().err


def test_lexicon_check_of_the_other_kinds(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "eng.toml").write_text(
        "comparable = true\n[forms.first]\nforms = ['I ']\n", encoding="utf-8"
    )
    assert cli.main(["lexicon", "check", str(tmp_path), "--kind", "pronouns"]) == 2
    assert "pronouns eng: [first]: 'I ' is empty or has blanks" in capsys.readouterr().out
    assert cli.main(["lexicon", "check", str(tmp_path), "--kind", "demographics"]) == 2
    assert "[comparable] must be a table" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert cli.main(["lexicon", "check", str(empty), "--kind", "demographics"]) == 2
    assert "no list found; expected <code>.toml files" in capsys.readouterr().err


def test_descriptors_of_the_users_own(tmp_path: Path, capsys: Captured) -> None:
    write_jsonl(tmp_path / "in.jsonl", [{"text": "a mild, hard of hearing reader", "lang": "en"}])
    own = tmp_path / "own.json"
    own.write_text('{"ability": {"hearing": ["hard-of-hearing"]}}', encoding="utf-8")
    asked = ["audit", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out")]
    assert cli.main([*asked, "--quiet", "--descriptors", str(own)]) == 0
    found = rows(tmp_path / "out", "demographic_terms", "role", "axis", "concept", "matches")
    assert found == [(role, "ability", "hard-of-hearing", 1) for role in ("any", "text")]
    (tmp_path / "empty.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()
    asked += ["--overwrite", "--descriptors", str(tmp_path / "empty.json")]
    assert cli.main(asked) == 2
    assert "no descriptor in it" in capsys.readouterr().err


def test_lexicon_show_says_how_often_an_ambiguous_form_meant_it(capsys: Captured) -> None:
    assert cli.main(["lexicon", "show", "fra"]) == 0
    assert re.search(
        r"^Counted, and also: femme: .* in gold text meant it\)$",
        capsys.readouterr().out,
        re.MULTILINE,
    )
