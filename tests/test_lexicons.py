"""Gender lexicons: both layouts, what is wrong with one, and that nothing is with the bundled."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import unicodedata2 as ucd
from document_batches import batch, document, options, rows, tables

from corpus_assay.lexicons import gender, paradigms
from corpus_assay.lexicons.gender import Form, Lexicon, LexiconError
from corpus_assay.lexicons.languages import languages
from corpus_assay.transforms import compiled, kernels
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
    listed = tuple(f._replace(rule="", lemma="") for f in BUNDLED["eng"].forms)
    lexicon = replace(BUNDLED["eng"], forms=listed, omitted=(), omit={}, ambiguous={})
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


TURKISH = """
language = "tur"
block = ["ana yol", { lemma = "kız kulesi" }]

[omit]
"anayla" = "a test"

[ambiguous]
"anneden" = "a test"

[mother]
words = ["anne", { lemma = "ana", number = "plural", without = ["anaların"], note = "a note" }]
singular = ["valide"]

[parent]
words = [{ lemma = "anne" }, { lemma = "dede", without = "dedem" }]
"""


def lexicon_of(tmp_path: Path, content: str, name: str = "tur.toml") -> Lexicon:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return gender.read_toml(path)


def test_words_are_inflected_by_the_rules_of_the_language(tmp_path: Path) -> None:
    lexicon = lexicon_of(tmp_path, TURKISH)
    made = {(form.concept, form.lemma, form.text) for form in lexicon.forms}
    assert ("mother", "anne", "annemin") in made
    assert ("parent", "anne", "annemin") in made
    assert ("mother", "ana", "analar") in made
    assert ("mother", "", "valide") in made
    texts = {form.text for form in lexicon.forms if form.lemma == "ana"}
    assert "ana" not in texts  # number = "plural"
    assert "anaların" not in texts  # without
    texts = {form.text for form in lexicon.forms if form.lemma == "dede"}
    assert "dede" in texts  # without names a form, not the letters of one
    assert "dedem" not in texts
    assert {form.number for form in lexicon.forms if form.lemma == "ana"} == {"plural"}
    assert all(form.rule for form in lexicon.forms if form.lemma)
    assert {"ana yol", "kız kulesi"} <= set(lexicon.block)
    assert len(lexicon.block) > 3  # the table is inflected too


def test_left_out_forms_are_kept_apart(tmp_path: Path) -> None:
    content = TURKISH.replace('"anayla" = "a test"', '"anneyle" = "a test"')
    lexicon = lexicon_of(tmp_path, content)
    assert "anneyle" not in {form.text for form in lexicon.forms}
    assert {(form.text, form.concept) for form in lexicon.omitted} == {
        ("anneyle", "mother"),
        ("anneyle", "parent"),
    }
    assert not [fault for fault in gender.faults(lexicon, "Latn") if "[omit]" in fault]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"anayla"', '"anayla"', "[omit] 'anayla' is made by no rule"),
        ('"anneden"', '"annedem"', "[ambiguous] 'annedem' is not a form"),
        ('"valide"', '"annem"', "[mother] singular: 'annem' is listed, and the rules make it too"),
        ('"valide"', '"valide", "valide"', "[mother] singular: 'valide' stands twice"),
        ('block = ["ana yol"', 'block = ["annem"', "block: 'annem' is a form as well"),
        ("[ambiguous]", '[capitalised]\n"Yok" = "no"\n[ambiguous]', "[capitalised] 'Yok' is not a"),
        (
            "[ambiguous]",
            '[lowercase]\n"yok" = "no"\n[ambiguous]',
            "[lowercase] 'yok' is not a form",
        ),
    ],
)
def test_faults_of_rules_and_lists(tmp_path: Path, old: str, new: str, fault: str) -> None:
    lexicon = lexicon_of(tmp_path, TURKISH.replace(old, new, 1))
    assert [found for found in gender.faults(lexicon, "Latn") if found.startswith(fault)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[mother]\nwords = "anne"', r"\[mother\] words must be a list"),
        ("[mother]\nwords = [1]", r"a word is a string or a table with a lemma, not 1"),
        ("[mother]\nwords = [{ stem = 'x' }]", "a table with a lemma, not {'stem': 'x'}"),
        (
            "[mother]\nwords = [{ lemma = 'anne', stam = 'x' }]",
            r"unknown keys \['stam'\]; the rules",
        ),
        ("[mother]\nwords = [{ lemma = 'anne', stem = 1 }]", "'anne': stem must be a string"),
        ("omit = ['x']", r"\[omit\] must hold a form and a reason a line"),
        ("[omit]\nx = 1", r"\[omit\] must hold a form and a reason a line"),
        ("block = 'x'", "block must be a list"),
        ("block = [1]", "block must be a list of strings"),
    ],
)
def test_faulty_words_are_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(LexiconError, match=rf"tur\.toml: .*{message}"):
        lexicon_of(tmp_path, content)


@pytest.mark.parametrize("language", ["../tur", "Tur", "turkic\x00", "__init__", "none"])
def test_a_language_without_rules_has_its_lemmas_as_forms(tmp_path: Path, language: str) -> None:
    content = f"language = {json.dumps(language)}\n[mother]\nwords = ['anne']\n"
    lexicon = lexicon_of(tmp_path, content, "x.toml")
    assert [(form.text, form.number, form.rule) for form in lexicon.forms] == [
        ("anne", "forms", "lemma")
    ]


def test_rules_that_make_one_text_are_joined() -> None:
    """babaları: his fathers, their father, their fathers; also the accusative of the plural."""
    found = [f for f in BUNDLED["tur"].forms if f.text == "babaları" and f.concept == "father"]
    assert len(found) == 1
    assert found[0].rule.count(" or ") >= 2
    assert found[0].number == "forms"


@pytest.mark.parametrize("language", sorted(BUNDLED))
def test_rules_are_quick_and_bounded(language: str) -> None:
    lexicon = BUNDLED[language]
    assert len({form.text for form in lexicon.forms}) < 60_000
    for form in lexicon.forms:
        assert bool(form.rule) == bool(form.lemma)
        assert form.number in gender.NUMBERS


# Compiled lexicons --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted(BUNDLED))
def test_compiled_files_are_up_to_date(language: str) -> None:
    """`python -m corpus_assay.transforms.compiled` makes them."""
    stored = compiled._stored(language)
    assert stored is not None, f"{language}.arrow is not of this lexicon and these rules"
    fresh = compiled.compile_lexicon(BUNDLED[language])
    assert stored.entries.equals(fresh.entries)
    assert stored.about == fresh.about


def test_the_digest_changes_with_the_file_and_with_the_rules(tmp_path: Path) -> None:
    first = lexicon_of(tmp_path, "[mother]\nwords = ['anne']\n")
    second = lexicon_of(tmp_path, "[mother]\nwords = ['anne' ]\n")
    other = lexicon_of(tmp_path, "language = 'xyz'\n[mother]\nwords = ['anne']\n")
    assert len({first.sha256, second.sha256, other.sha256}) == 3
    assert paradigms.digest("tur") != paradigms.digest("kir")
    assert first.sha256 == lexicon_of(tmp_path, "[mother]\nwords = ['anne']\n").sha256


def test_the_digest_holds_what_the_rules_import() -> None:
    """Both import the family's module, one of them in brackets over several lines."""
    for language, family in (("tur", "turkic"), ("rus", "east_slavic"), ("cat", "romance")):
        source = (Path(paradigms.__file__).parent / f"{language}.py").read_text(encoding="utf-8")
        assert family in source
        assert family in paradigms.sources(language)


def test_compiled_entries_group_what_folds_alike(tmp_path: Path) -> None:
    content = """
block = ["mutter erde"]
[ambiguous]
"MUTTER" = "a nut"
[capitalised]
"Junge" = "boy"
[mother]
singular = ["Mutter", "mutter"]
[parent]
singular = ["Mutter"]
[boy]
singular = ["Junge"]
[aunt]
singular = ["Tante"]
"""
    entries = compiled.compile_lexicon(
        lexicon_of(tmp_path, content, "deu.toml")
    ).entries.to_pylist()
    assert entries == [
        {"text": "mutter erde", "concepts": "", "lemma": "", "case": 0, "ambiguous": False},
        {"text": "Mutter", "concepts": "mother+parent", "lemma": "Mutter", "case": 0}
        | {"ambiguous": True},
        {"text": "Junge", "concepts": "boy", "lemma": "Junge", "case": kernels.CAPITALISED}
        | {"ambiguous": False},
        {"text": "Tante", "concepts": "aunt", "lemma": "Tante", "case": 0, "ambiguous": False},
    ]


def test_extended_concepts_count_only_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "deu.toml").write_text(
        "[aunt]\nsingular = ['Tante', 'Tante Frau']\n[woman]\nsingular = ['Frau']\n"
    )
    corpus = batch([document("Frau, Tante Frau, tante", "deu")])
    for concepts, expected in (("core", {"Frau": 1}), ("all", {"Frau": 1, "Tante": 1})):
        wanted = replace(options(str(tmp_path)), concepts=concepts)
        found = {
            row["form"]: row["matches"]
            for row in rows(tables([corpus], wanted)["gender_forms"], role=ANY)
        }
        extended = {"Tante Frau": 1} if concepts == "all" else {}
        assert found == expected | extended
