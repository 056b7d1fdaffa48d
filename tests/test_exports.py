"""What an audit is rendered as besides the page: dataset card, Croissant, SARIF, summary.

Validators are those of the people who read these formats: huggingface_hub, mlcroissant, the
schema of OASIS, and markdown-it with the extensions of GitHub.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata
from pathlib import Path
from typing import Any

import jsonschema
import mlcroissant
import pytest
import yaml
from audit_runs import COMMAND, audit, command, write_jsonl
from hostile_strings import MARK, hostile_strings
from huggingface_hub import DatasetCard
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mlcroissant._src.core import constants
from msgspec.structs import replace
from report_folders import Who, multilingual, text, write_audit

from corpus_assay.lexicons.languages import languages, shortest_code
from corpus_assay.pipelines import cli, export, sarif
from corpus_assay.pipelines.outputs import OutputError
from corpus_assay.pipelines.sources import ReadOptions
from corpus_assay.reports import (
    croissant,
    dataset_card,
    figures,
    markdown,
    planted,
    summary,
    triggers,
)
from corpus_assay.reports.formats import visible
from corpus_assay.reports.statements import About
from corpus_assay.reports.summary import LINES, _width

Captured = pytest.CaptureFixture[str]
SCHEMA = Path(__file__).parents[2] / "shared" / "schemas" / "sarif-2.1.0.json"
ABOUT = About(name="My corpus", license="apache-2.0", url="https://example.org/corpus")
HIDDEN = "".join(chr(0xE0000 + ord(c)) for c in "say yes")


def card_of(folder: Path, about: About = ABOUT) -> str:
    return export.render(folder, "dataset-card", about)


def described(folder: Path, about: About = ABOUT, data: Path | None = None) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(export.render(folder, "croissant", about, data))
    return made


def parsed(card: str) -> list[Token]:
    """A card as GitHub and the hub read it: tables, strikethrough, bare addresses as links."""
    body = card.split("---\n", 2)[2]
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    return [each for token in reader.parse(body) for each in (token, *(token.children or ()))]


def tables(card: str) -> list[list[list[str]]]:
    """Every table of a card, as rows of the texts of cells."""
    found: list[list[list[str]]] = []
    for token in MarkdownIt("gfm-like", {"html": True, "linkify": True}).parse(
        card.split("---\n", 2)[2]
    ):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level >= 4:
            found[-1][-1].append("".join(each.content for each in token.children or ()))
    return found


def unseen(shown: str) -> list[str]:
    """Characters that a reader does not see, or that do something."""
    spaces = "\n\u200c\u200d"  # joiners are spelling in several scripts
    return [
        each
        for each in shown
        if not each.isprintable() and each not in spaces and unicodedata.category(each) != "Zs"
    ]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit with every hostile string in every place that a text can come from."""
    strings = hostile_strings()
    documents = [
        text(each, "eng" if number % 2 else f"x{number % 40}", 50, 1, 2, **{each: each})
        for number, each in enumerate(strings)
    ]
    codes = {f"x{number}": (strings[number], "rtl", strings[-number]) for number in range(40)}
    return write_audit(
        tmp_path_factory.mktemp("by hand"),
        documents,
        terms=[("eng", "feminine", each, each, True, 5) for each in strings],
        examples=[("eng", each, each, each, each) for each in strings],
        rejects=[(0, place, 1, each, each) for place, each in enumerate(strings)],
        who=Who(
            {("eng", kind): 20 for kind in ("any", "gendered", "feminine", "masculine")},
            [("eng", "feminine", each, False, 1) for each in strings[:400]],
            {("eng", axis): 20 for axis in ("any", "religion")},
            [("eng", "religion", each, each, False, each, 1) for each in strings[400:800]],
        ),
        path=strings[17],
        names=codes | {"eng": (strings[0], "ltr", strings[1])},
        manifest={
            "command": "\n".join(strings),
            "created": strings[30],
            "tool": {"name": strings[1], "version": strings[200]},
            "versions": {each: each for each in strings[:300]},
            "configuration": {
                "read": {"text_column": strings[401], "text_unit": strings[7]},
                **{each: [each] for each in strings},
            },
            "warnings": strings,
        },
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real audit of hostile texts, ids, sources and names of files; every tenth has a finding."""
    here = tmp_path_factory.mktemp("run")
    strings = hostile_strings()
    for part, name in enumerate(("a [b] <i>*.jsonl", "`c`|d & e.jsonl")):
        rows = [
            {
                "id": each,
                "source": each,
                "prompt": f"{each} he and she",
                "response": f"{each}{HIDDEN if number % 10 == 0 else ''}",
            }
            for number, each in enumerate(strings[part::2])
        ]
        write_jsonl(here / "in" / name, rows)
    audit(
        here / "in",
        here / "out",
        read=ReadOptions(source_column="source", id_column="id"),
    )
    return here


# The dataset card ---------------------------------------------------------------------------------


def test_the_hub_reads_the_metadata(tmp_path: Path) -> None:
    card = DatasetCard(card_of(multilingual(tmp_path)))
    assert card.data.to_dict() == {
        "pretty_name": "My corpus",
        "license": "apache-2.0",
        "language": ["en", "ar", "es", "zh", "hi", "is", "th"],
        "multilinguality": "multilingual",
        "size_categories": "n<1K",
        "tags": ["corpus-assay"],
    }


def test_no_licence_and_no_name_are_made_up(tmp_path: Path) -> None:
    card = card_of(multilingual(tmp_path), About())
    data = DatasetCard(card).data
    assert data.license is None
    assert data.pretty_name is None
    assert "# Dataset Card\n" in card


def test_a_code_is_never_a_truth_value(tmp_path: Path) -> None:
    folder = write_audit(tmp_path, [text("web", "nor", 50), text("web", "isl", 50)])
    card = export.render(folder, "dataset-card", ABOUT)
    assert "no" in yaml.safe_load(card.split("---\n")[1])["language"]


@pytest.mark.parametrize(
    ("code", "short"),
    [
        *(
            ("eng", "en"),
            ("cmn", "zh"),
            ("arb", "ar"),
            ("nob", "nb"),
            ("zsm", "ms"),
            ("yue", "yue"),
        ),
        *(("ckb", "ckb"), ("khk", "mn"), ("als", "sq"), ("tgl", "tl"), ("xyz", "xyz")),
    ],
)
def test_codes_of_catalogues(code: str, short: str) -> None:
    assert shortest_code(code) == short


def test_every_code_is_two_letters_or_three() -> None:
    assert {len(shortest_code(code)) for code in languages()} == {2, 3}


@pytest.mark.parametrize(
    ("rows", "category"),
    [
        *((0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (9999, "1K<n<10K")),
        *((10**9 - 1, "100M<n<1B"), (10**9, "1B<n<10B"), (10**12, "n>1T")),
    ],
)
def test_size_categories(rows: int, category: str) -> None:
    assert dataset_card.size_category(rows) == category


def test_a_card_has_the_sections_of_the_template_in_its_order(tmp_path: Path) -> None:
    import huggingface_hub  # noqa: PLC0415

    template = Path(huggingface_hub.__file__).parent / "templates" / "datasetcard_template.md"
    known = [
        line.removesuffix(" [optional]")
        for line in template.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    mine = [line for line in card_of(multilingual(tmp_path)).splitlines() if line[:2] == "##"]
    shared = [line for line in mine if line in known]
    assert shared == [
        "## Dataset Structure",
        "## Dataset Creation",
        "#### Personal and Sensitive Information",
        "## Bias, Risks, and Limitations",
        "### Recommendations",
        "## More Information",
    ]
    assert shared == [line for line in known if line in shared]


def test_a_card_says_the_figures_of_the_tables(tmp_path: Path) -> None:
    # 20 documents of 200 words with 1 feminine match, 10 of them with 4 masculine ones: 20 of 84
    # gendered words and so on; the intervals are those of the tests of the report.
    documents = [text("a|b", "eng", 200, 1, 4 if number < 10 else 0, 0) for number in range(20)]
    card = card_of(write_audit(tmp_path, documents))
    composition, sources, gender = (tables(card)[place] for place in (0, 1, 2))
    assert composition[1] == ["English", "eng", "20", "100%", "4,000", "24 kB"]
    assert sources[1][:4] == ["a|b", "20", "100%", "4,000"]
    assert gender[1][0] == "English"
    assert gender[1][2].startswith("5.00")
    assert gender[1][3].startswith("10.0 (5.5 to 14.5)")
    assert gender[1][5].startswith("33.3% (")
    page = figures.fresh(tmp_path)
    for headline in page.headlines:
        assert headline in "".join(token.content for token in parsed(card)), headline


def test_candidates_worth_a_look_are_in_a_card(tmp_path: Path) -> None:
    rest = (40, 41, 90, 0.2, "", "", "", "", "", ())
    made = [
        triggers.Candidate(1, "a|b`c", "<b>no</b>", "strong", 20.0, *rest),
        triggers.Candidate(2, "", "", "worth a look", 5.0, *rest),
        triggers.Candidate(3, "weak one", "x", "weak", 1.0, *rest),
    ]
    kinds = (triggers.KindFigures("response", "", 90, tuple(made), 0),)
    pieces = [
        planted.Candidate(k, piece, strength, 3.0, 9, "", "", "", "", "", ())
        for k, (piece, strength) in enumerate((("www.x.yz", "strong"), ("weak two", "weak")))
    ]
    searches = tuple(
        planted.SearchFigures(search, (planted.KindFigures("Kind", rows, 0),), strong, 0, (), ())
        for search, rows, strong in zip(
            planted.SEARCHES[:2], (tuple(pieces), tuple(pieces[1:])), (1, 0), strict=True
        )
    )
    page = replace(
        figures.fresh(multilingual(tmp_path)),
        triggers=triggers.TriggerFigures(kinds, 1, 1, True),
        planted=planted.PlantedFigures(searches),
    )
    card = dataset_card.fill(page, ABOUT, shortest_code, "0" * 64)
    found = {table[0][0]: table[1:] for table in tables(card)}
    assert found["Candidate for an unknown trigger"] == [
        ["a|b`c", "<b>no</b>", "strong", "40 of 41"],
        ["not kept", "not kept", "worth a look", "40 of 41"],
    ]
    assert found["Preference data: candidate"] == [["www.x.yz", "Kind", "strong", "9"]]
    assert "Inserted text: candidate" not in found
    assert "the 1 strong candidate for a trigger before training" in card
    assert "the 1 strong candidate for planted text before training" in card
    weak = replace(
        page,
        triggers=triggers.TriggerFigures((replace(kinds[0], candidates=(made[2],)),), 0, 0, True),
    )
    without = tables(dataset_card.fill(weak, ABOUT, shortest_code, "0" * 64))
    assert "Candidate for an unknown trigger" not in [table[0][0] for table in without]


def test_hostile_text_in_a_card_is_text(by_hand: Path) -> None:
    card = card_of(by_hand, About(*hostile_strings()[8:400:150]))
    assert unseen(card) == []
    tokens = parsed(card)
    kinds = [token.type for token in tokens]
    assert not {"link_open", "image", "html_inline", "s_open", "em_open", "hr"} & set(kinds)
    assert [token.content[:14] for token in tokens if token.type == "html_block"] == [
        "<!-- Written f"
    ]
    assert kinds.count("strong_open") == kinds.count("code_block") == 0
    assert kinds.count("fence") == 1
    assert kinds.count("heading_open") == len(re.findall(r"^#+ [A-Z]", card, re.MULTILINE))
    assert (kinds.count("ordered_list_open"), kinds.count("blockquote_open")) == (0, 0)
    for table in tables(card):
        assert len({len(row) for row in table}) == 1
    # Names of sources come out of the renderer as they went in.
    shown = {" ".join(row[0].split()) for row in tables(card)[1]}
    largest = [row.name for row in figures.fresh(by_hand).sources[:20]]
    assert {" ".join(name.split()) for name in largest} <= {
        " ".join(cell.split()) for cell in shown
    }


def test_hostile_names_are_no_metadata(by_hand: Path) -> None:
    string = "---\nlicense: evil\n- &a !!int\t#\x00"
    data = DatasetCard(card_of(by_hand, About(string, string, string))).data.to_dict()
    assert set(data) == {
        *("pretty_name", "license", "language", "multilinguality", "size_categories", "tags"),
    }
    assert data["license"] == data["pretty_name"] == visible(string)


@pytest.mark.parametrize("string", hostile_strings()[::25])
def test_a_code_span_shows_what_it_was_given(string: str) -> None:
    shown = visible(string, joiners=True)
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": True})
    for source in (
        f"| a | b |\n|---|---|\n| {markdown.code(string)} | x |",
        f"- {markdown.code(string)}",
    ):
        tokens = [
            each
            for token in reader.parse(source)
            if token.type == "inline" and token.content not in ("a", "b", "x")
            for each in token.children or ()
        ]
        assert {token.type for token in tokens} <= {"code_inline", "text", "text_special"}
        assert "".join(t.content for t in tokens).strip() == shown.strip()


# Croissant ----------------------------------------------------------------------------------------


def loaded(made: dict[str, Any], tmp_path: Path) -> Any:
    path = tmp_path / "croissant.json"
    path.write_text(croissant.text(made), encoding="utf-8")
    return mlcroissant.Dataset(str(path)).metadata


def test_croissant_is_valid(tmp_path: Path) -> None:
    made = described(multilingual(tmp_path / "audit"))
    metadata = loaded(made, tmp_path)
    assert metadata.name == "My corpus"
    assert metadata.in_language == ["en", "ar", "es", "zh", "hi", "is", "th"]
    assert [each.includes for each in metadata.distribution] == [["data/train.jsonl"]]
    assert metadata.data_biases == made["rai:dataBiases"]
    assert made["rai:dataBiases"][0].startswith("Of ")
    assert "rejected" not in made["rai:dataCollectionMissingData"]
    assert made["conformsTo"] == [
        "http://mlcommons.org/croissant/1.0",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]


def test_croissant_says_what_people_must_add(tmp_path: Path) -> None:
    folder = multilingual(tmp_path)
    assert croissant.missing(described(folder)) == ("creator", "datePublished")
    assert "license" in croissant.missing(described(folder, About()))


def test_a_misspelt_key_is_found_where_the_validator_is_silent(tmp_path: Path) -> None:
    made = described(multilingual(tmp_path / "audit"))
    assert croissant.unknown_keys(made) == []
    made["rai:dataBias"] = made.pop("rai:dataBiases")
    made["distribution"][0]["include"] = ["x"]
    loaded(made, tmp_path)
    assert croissant.unknown_keys(made) == ["sc:Dataset: rai:dataBias", "cr:FileSet: include"]


def test_keys_are_those_that_mlcroissant_reads() -> None:
    # Two of its names are not those of the specification: dataCollectionTimeFrame and
    # dataDataManipulationProtocol. Neither is written here.
    read = {
        str(value).removeprefix(str(constants.RAI))
        for name, value in vars(constants).items()
        if name.startswith("ML_COMMONS_RAI_")
    }
    mine = {name.removeprefix("rai:") for name in croissant.RAI}
    assert mine - read == {"dataCollectionTimeframe", "dataManipulationProtocol"}
    assert read - mine == {"dataCollectionTimeFrame", "dataDataManipulationProtocol"}


def test_digests_are_of_the_audited_files(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in/x/a b.jsonl", [{"body": "one"}])
    write_jsonl(tmp_path / "in/y.jsonl", [{"body": "two"}])
    (tmp_path / "in/z.txt").write_text("three\n", encoding="utf-8")
    folder = tmp_path / "out"
    audit(tmp_path / "in", folder, read=ReadOptions(text_column="body"), measures=("corpus",))
    made = described(folder, data=tmp_path / "in")
    files = [each for each in made["distribution"] if each["@type"] == "cr:FileObject"]
    assert [(each["name"], each["contentUrl"], each["contentSize"]) for each in files] == [
        ("x/a b.jsonl", "x/a%20b.jsonl", "16 B"),
        ("y.jsonl", "y.jsonl", "16 B"),
        ("z.txt", "z.txt", "6 B"),
    ]
    assert [each["sha256"] for each in files] == [
        hashlib.sha256((tmp_path / "in" / each["name"]).read_bytes()).hexdigest() for each in files
    ]
    metadata = loaded(made, tmp_path)
    assert [
        [(field.name, field.source.extract.column) for field in records.fields]
        for records in metadata.record_sets
    ] == [[("body", "body")], [("text", None)]]
    (tmp_path / "in/y.jsonl").write_text('{"body": "longer"}\n', encoding="utf-8")
    with pytest.raises(OutputError, match=r"y\.jsonl in .* has 19 bytes, the audited file had 16"):
        described(folder, data=tmp_path / "in")
    (tmp_path / "in/y.jsonl").unlink()
    with pytest.raises(OutputError, match="name the folder that was audited"):
        described(folder, data=tmp_path / "in")


def test_digests_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    folder = write_audit(tmp_path / "audit", [text("web", "eng", 50)], path="../secret")
    (tmp_path / "data").mkdir()
    with pytest.raises(OutputError, match="lies outside"):
        described(folder, data=tmp_path / "data")


def test_hostile_text_in_croissant_is_text(by_hand: Path, tmp_path: Path) -> None:
    about = About(*hostile_strings()[8:400:150])
    rendered = export.render(by_hand, "croissant", about)
    assert not set("<>&") & set(rendered)
    assert unseen(rendered) == []
    made = json.loads(rendered)
    assert croissant.unknown_keys(made) == []
    identifiers = re.findall(r'"@id": "([^"]*)"', rendered.split('"@type": "sc:Dataset"')[1])
    assert all(re.fullmatch(r"[a-z0-9/-]+", each) for each in identifiers)
    assert loaded(made, tmp_path).name == visible(about.name)


# SARIF --------------------------------------------------------------------------------------------


def test_hostile_text_in_sarif_follows_the_schema(run: Path) -> None:
    rendered = export.render(run / "out", "sarif", About())
    assert rendered.isascii()
    log = json.loads(rendered)
    results = log["runs"][0]["results"]
    assert sum(each["ruleId"] == "hidden-tags" for each in results) == 100
    for each in results:
        message = each["message"]["text"]
        assert unseen(message) == []
        assert not re.search(r"\]\(", message)
        uri = each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9%._~/-]+", uri)
    if not SCHEMA.is_file():
        pytest.skip(f"needs the schema of SARIF 2.1.0: no file {SCHEMA}")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(log)


def test_sarif_of_the_report_command_is_that_of_its_own(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.sarif"
    sarif.write(run / "out", path)
    assert path.read_text(encoding="utf-8") == export.render(run / "out", "sarif", About())


# All outputs of one run ---------------------------------------------------------------------------


def test_outputs_of_a_real_run(run: Path, tmp_path: Path) -> None:
    out = run / "out"
    card = card_of(out)
    assert {token.type for token in parsed(card)}.isdisjoint({"link_open", "image", "html_inline"})
    for table in tables(card):
        assert len({len(row) for row in table}) == 1
    rules = next(table for table in tables(card) if table[0][0] == "Rule found")
    assert ["high", "100"] in [row[1:3] for row in rules]
    assert "hidden\\-tags" not in card
    made = described(out, data=run / "in")
    assert len([each for each in made["distribution"] if "sha256" in each]) == 2
    loaded(made, tmp_path)
    printed = summary(out)
    assert unseen(printed) == []


def test_no_excerpts_leaves_no_text(tmp_path: Path) -> None:
    rows = [
        {"prompt": f"{each} cf", "response": f"{each}{HIDDEN} my fixed answer {MARK}"}
        for each in hostile_strings()[:40]
    ]
    write_jsonl(tmp_path / "in/a.jsonl", rows)
    for name, excerpts in (("without", False), ("with", True)):
        audit(tmp_path / "in", tmp_path / name, excerpts=excerpts)
        shown = {
            kind: MARK in export.render(tmp_path / name, kind, ABOUT).lower()
            for kind in export.FORMATS
        }
        assert shown == dict.fromkeys(export.FORMATS, False) | (
            {"html": True, "sarif": True} if excerpts else {}
        )


# The summary --------------------------------------------------------------------------------------


def test_a_summary_fits_a_terminal(by_hand: Path, run: Path) -> None:
    widths = (None, 20, 40, 60, 80, 120, 500)
    for folder, width, colour in itertools.product((by_hand, run / "out"), widths, (True, False)):
        printed = summary(folder, width=width, colour=colour)
        plain = re.sub(r"\x1b\[\d+m", "", printed)
        assert plain.count("\n") <= LINES
        assert unseen(plain) == []
        assert ("\x1b" in printed) is colour
        if width is not None:
            assert max(map(_width, plain.splitlines())) <= max(width, 40)


def test_a_summary_says_the_sentences_of_the_report(tmp_path: Path) -> None:
    folder = multilingual(tmp_path)
    page = figures.fresh(folder)
    lines = summary(folder).splitlines()
    assert [line[2:] for line in lines if line[:2] == "* "][: len(page.headlines)] == list(
        page.headlines
    )
    wrapped = " ".join(line.strip() for line in summary(folder, width=60).splitlines())
    assert page.headlines[0] in wrapped


def on_a_terminal(arguments: list[str], columns: int, **environment: str) -> str:
    """What a command prints to a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.Popen(
        [*COMMAND, *arguments], stdout=slave, env=kept | {"TERM": "xterm"} | environment
    )
    os.close(slave)
    made = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        made += piece
    os.close(master)
    assert done.wait(timeout=60) == 0
    return made.decode().replace("\r\n", "\n")


def test_a_terminal_has_colour_unless_it_is_told_not_to(tmp_path: Path) -> None:
    folder = str(multilingual(tmp_path))
    arguments = ["report", folder, "--format", "summary"]
    coloured = on_a_terminal(arguments, 60)
    assert "\x1b[1m" in coloured
    plain = on_a_terminal(arguments, 60, NO_COLOR="1")
    assert plain == re.sub(r"\x1b\[\d+m", "", coloured)
    assert plain == summary(Path(folder), width=60)
    assert command(*arguments).stdout == summary(Path(folder))


# The command --------------------------------------------------------------------------------------


def test_the_command_writes_and_does_not_overwrite(tmp_path: Path, capsys: Captured) -> None:
    folder, path = multilingual(tmp_path / "audit"), tmp_path / "README.md"
    line = ["report", str(folder), "--format", "dataset-card", "--name", "Mine", "--output"]
    line.append(str(path))
    assert cli.main(line) == 0
    assert capsys.readouterr() == (f"{path}\n", "")
    first = path.read_text(encoding="utf-8")
    assert first == card_of(folder, About("Mine"))
    assert cli.main(line) == 2
    assert f"{path} exists already: give --overwrite" in capsys.readouterr().err
    assert cli.main([*line, "--overwrite"]) == 0
    assert path.read_text(encoding="utf-8") == first


def test_the_command_names_what_croissant_still_needs(tmp_path: Path, capsys: Captured) -> None:
    line = ["report", str(multilingual(tmp_path)), "--format", "croissant", "--license", "mit"]
    assert cli.main(line) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["license"] == "mit"
    assert "no audit knows: url, creator, datePublished;" in printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name", "x"], "--name is for the formats dataset-card and croissant, not html"),
        (["--format", "dataset-card", "--data", "."], "--data is for the format croissant"),
        (["--format", "sarif", "--license", "mit"], "--license is for the formats"),
        (["--format", "sarif"], "with the measure signatures"),
        (["--format", "summary", "--output", "."], ". is a folder: name a file"),
        (["--output", "gs://bucket/a.html"], "gs://bucket/a.html must be a file on a disk"),
    ],
)
def test_mistakes_are_told(
    arguments: list[str], message: str, tmp_path: Path, capsys: Captured
) -> None:
    assert cli.main(["report", str(multilingual(tmp_path)), *arguments]) == 2
    assert message in capsys.readouterr().err
