"""Gender lexicons: both layouts, what is wrong with one, and that nothing is with the bundled."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import unicodedata2 as ucd
from document_batches import batch, document, options, rows, tables

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.gender import Form, Lexicon, LexiconError
from corpus_assay.lexicons.languages import languages
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.matching import sequences

BUNDLED = gender.load()


def test_the_bundle_holds_55_languages_and_32_concepts() -> None:
    assert len(BUNDLED) == 55
    assert {path.stem for path in gender.BUNDLED.glob("*.toml")} == set(BUNDLED)
    core = [concept for concept in gender.concepts().values() if concept.core]
    assert Counter(concept.gender for concept in core) == {
        "feminine": 12,
        "masculine": 11,
        "unspecified": 9,
    }


@pytest.mark.parametrize("language", sorted(BUNDLED))
def test_each_bundled_lexicon(language: str) -> None:
    lexicon = BUNDLED[language]
    assert lexicon.language == language
    assert lexicon.source
    assert list(gender.faults(lexicon, languages()[language].script)) == []
    having = {form.concept for form in lexicon.forms}
    for concept in gender.concepts().values():
        if concept.core:
            assert (concept.id in having) != bool(lexicon.absent.get(concept.id, "").strip())
    assert {form.gender for form in lexicon.forms} == set(gender.GENDERS)
    for text in [*(form.text for form in lexicon.forms), *lexicon.block]:
        assert ucd.normalize("NFC", text) == text


@pytest.mark.parametrize("language", sorted(BUNDLED))
def test_bundled_forms_have_words_and_are_not_blocked(language: str) -> None:
    lexicon = BUNDLED[language]
    forms = set(sequences([f.text for f in lexicon.forms], language).text_keys().tolist())
    blocked = sequences(list(lexicon.block), language).text_keys().tolist()
    both = [t for t, key in zip(lexicon.block, blocked, strict=True) if key in forms]
    assert both == []
    assert 0 not in forms


GENDER_GAP = {
    "feminine": [
        {"singular": "woman", "plural": "women "},
        {"singular": " lady", "plural": ""},
        {"plural": "gals"},
    ],
    "masculine": [{"singular": "man", "plural": "men"}, {"singular": "  "}, {}],
    "unspecified": [{"singular": "twin", "plural": None}, {"singular": "twin"}],
}


def write(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_gender_gap_layout(tmp_path: Path) -> None:
    path = write(tmp_path, "eng_nouns.json", GENDER_GAP)
    lexicon = gender.load(str(tmp_path))["eng"]
    assert [(form.gender, form.number, form.text) for form in lexicon.forms] == [
        ("feminine", "singular", "woman"),
        ("feminine", "plural", "women"),
        ("feminine", "singular", "lady"),
        ("feminine", "plural", "gals"),
        ("masculine", "singular", "man"),
        ("masculine", "plural", "men"),
        ("unspecified", "singular", "twin"),
    ]
    assert {form.concept for form in lexicon.forms} == {""}
    assert lexicon == gender.read_gender_gap(path)
    made = tables([batch([document("Lady and twin gals, men")])], options(str(tmp_path)))
    found = {row["gender"]: row["matches"] for row in rows(made["gender"], role=ANY)}
    assert found == {"feminine": 2, "masculine": 1, "unspecified": 1, ANY: 4}


@pytest.mark.parametrize(
    "content",
    [
        [],
        "text",
        None,
        {"feminine": [], "masculine": []},
        {"feminine": 1, "masculine": [], "unspecified": []},
        {"feminine": ["singular"], "masculine": [], "unspecified": []},
        {"feminine": [None], "masculine": [], "unspecified": []},
        {"feminine": [{"singular": "\ud800"}], "masculine": [], "unspecified": []},
    ],
)
def test_other_json_is_refused(tmp_path: Path, content: object) -> None:
    path = write(tmp_path, "eng_nouns.json", content)
    with pytest.raises(LexiconError, match=r"eng_nouns\.json: not in the layout"):
        gender.read_gender_gap(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe{", b"{", b"[" * 100_000])
def test_broken_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "eng_nouns.json"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=r"eng_nouns\.json: not in the layout"):
        gender.read_gender_gap(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "eng.toml: 'utf-8' codec"),
        (b"[woman", "eng.toml: "),
        (b"a = " + b"[" * 100_000, "eng.toml: "),
        (b"[wombat]\nsingular = ['wombat']", r"\[wombat\] is not a concept"),
        (b"woman = ['woman']", r"\[woman\] is not a concept"),
        (b"[woman]\nsingulars = ['woman']", r"\[woman\] has unknown keys \['singulars'\]"),
        (b"[woman]\nsingular = 'woman'", "woman must be a list of strings"),
        (b"[woman]\nsingular = [1]", "woman must be a list of strings"),
        (b"block = 'x'", "block must be a list of strings"),
        (b"notes = [2]", "notes must be a list of strings"),
    ],
)
def test_faulty_toml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "eng.toml"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=message):
        gender.load(str(tmp_path))


def test_folders_without_lexicons_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no such folder"):
        gender.load(str(tmp_path / "none"))
    with pytest.raises(LexiconError, match="no lexicon found"):
        gender.load(str(tmp_path))


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "eng.toml"
    with path.open("wb") as file:
        file.truncate(gender.MAX_FILE_BYTES + 1)
    with pytest.raises(LexiconError, match="larger than 64 MiB"):
        gender.load(str(tmp_path))


@pytest.mark.parametrize("language", ["eng", "pes", "cmn", "uzn", "rus"])
def test_export_and_load_again(tmp_path: Path, language: str) -> None:
    """What the layout cannot say is lost: concepts, blocked texts, `forms` become singulars."""
    lexicon = BUNDLED[language]
    write(tmp_path, f"{language}_nouns.json", gender.gender_gap_layout(lexicon))
    again = gender.load(str(tmp_path))[language]
    number = {"singular": "singular", "forms": "singular", "plural": "plural"}
    expected = {(form.gender, number[form.number], form.text) for form in lexicon.forms}
    assert {(form.gender, form.number, form.text) for form in again.forms} == expected
    assert gender.gender_gap_layout(again).keys() == set(gender.GENDERS)


def test_gender_gap_layout_pairs_singulars_with_plurals() -> None:
    forms = (
        Form("mum", "mom", "feminine", "singular"),
        Form("mom", "mom", "feminine", "singular"),
        Form("mums", "mom", "feminine", "plural"),
        Form("people", "person", "unspecified", "plural"),
        Form("Mädchen", "girl", "feminine", "forms"),
    )
    lexicon = Lexicon("xxx", "", (), forms, {}, {}, (), "")
    assert gender.gender_gap_layout(lexicon) == {
        "feminine": [
            {"singular": "mum", "plural": "mums"},
            {"singular": "mom"},
            {"singular": "Mädchen"},
        ],
        "masculine": [],
        "unspecified": [{"plural": "people"}],
    }


def form(text: str) -> Form:
    return Form(text, "woman", "feminine", "singular")


@pytest.mark.parametrize(
    ("text", "script", "fault"),
    [
        ("", "Latn", "is empty or has blanks"),
        (" woman", "Latn", "is empty or has blanks"),
        ("old  woman", "Latn", "is empty or has blanks"),
        ("old\u00a0woman", "Latn", "is empty or has blanks"),
        ("woman\n", "Latn", "is empty or has blanks"),
        ("me\u0300re", "Latn", "is not in NFC"),
        ("wоman", "Latn", "has a letter of another script, CYRILLIC SMALL LETTER O"),
        ("女", "Latn", "has a letter of another script, CJK UNIFIED IDEOGRAPH-5973"),
        ("жена", "Latn", "has a letter of another script, CYRILLIC SMALL LETTER ZHE"),
        ("woman", "Cyrl", "has a letter of another script, LATIN SMALL LETTER W"),
        ("ヶ女a", "Jpan", "has a letter of another script, LATIN SMALL LETTER A"),
    ],
)
def test_faults_of_a_text(text: str, script: str, fault: str) -> None:
    faultless = BUNDLED["eng"]
    lexicon = replace(faultless, forms=(form(text),), block=())
    found = [f for f in gender.faults(lexicon, script) if repr(text) in f]
    assert found[0].startswith(f"[woman] singular: {text!r} {fault}")
    blocked = replace(faultless, forms=(), block=(text,))
    assert any(f.startswith(f"block: {text!r} {fault}") for f in gender.faults(blocked, script))


def test_faults_of_concepts() -> None:
    lexicon = BUNDLED["eng"]
    script = "Latn"
    without = tuple(f for f in lexicon.forms if f.concept != "gal")
    assert list(gender.faults(replace(lexicon, forms=without), script)) == [
        "[gal] has neither forms nor a reason for their absence"
    ]
    assert list(gender.faults(replace(lexicon, forms=without, absent={"gal": "no"}), script)) == []
    assert list(gender.faults(replace(lexicon, absent={"gal": "no"}), script)) == [
        "[gal] is said to be absent and has forms"
    ]
    twice = replace(lexicon, forms=(*lexicon.forms, form("woman")))
    assert list(gender.faults(twice, script)) == ["[woman] singular: 'woman' stands twice"]


def test_the_script_is_not_checked_where_none_is_known() -> None:
    lexicon = replace(BUNDLED["eng"], block=("女", "жена"))
    assert list(gender.faults(lexicon, None)) == []
    assert list(gender.faults(lexicon, "Latn")) != []


def test_two_files_for_one_language_are_refused(tmp_path: Path) -> None:
    (tmp_path / "eng.toml").write_text('language = "eng"\n[woman]\nforms = ["woman"]\n')
    (tmp_path / "english.toml").write_text('language = "eng"\n[man]\nforms = ["man"]\n')
    with pytest.raises(LexiconError, match="two files are for the language 'eng'"):
        gender.load(str(tmp_path))
