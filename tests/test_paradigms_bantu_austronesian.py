"""Inflection of Zulu, Swahili, Luganda, Indonesian and Tagalog person nouns.

Expected forms are worked out by hand from the grammars, not copied from what the rules make.
"""

from __future__ import annotations

import pytest

from corpus_assay.lexicons import gender, paradigms
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Inflected, Value, Word

LANGUAGES = ("ind", "lug", "swh", "tgl", "zul")


def made(language: str, lemma: str, keys: dict[str, Value]) -> list[Inflected]:
    return list(paradigms.paradigm(language).inflect(Word(lemma, keys)))


def words(texts: str) -> list[str]:
    return texts.split("+") if "+" in texts else texts.split()


EXPECTED: list[tuple[str, str, dict[str, Value], str, str, str]] = [
    # Zulu: each class, with prefixes that melt, replace or drop the augment
    ("zul", "umuntu", {},
     "umuntu muntu nomuntu ngomuntu njengomuntu kunomuntu womuntu yomuntu lwomuntu lomuntu komuntu "
     "owomuntu kumuntu nakumuntu ngumuntu ungumuntu ongumuntu wayengumuntu akunamuntu nalomuntu",
     "abantu bantu nabantu ngabantu kubantu wabantu babantu ezabantu kwezabantu bangabantu "
     "abangabantu kunabantu elinabantu ebantwini kulabantu", ""),
    ("zul", "umama", {"class": "1a"},
     "umama mama nomama kumama kamama sikamama bakamama ngumama ongumama kwamama unomama",
     "omama komama ngomama womama somama bangomama njengomama", ""),
    ("zul", "umfowethu", {"ka": True, "locative": False},
     "nomfowethu kumfowethu kamfowethu womfowethu ngumfowethu", "abafowethu nabafowethu "
     "kubafowethu zabafowethu", ""),
    ("zul", "indoda", {"plural": "amadoda"},
     "indoda ndoda nendoda ngendoda yendoda kwendoda lendoda kundoda kwindoda endodeni yindoda "
     "uyindoda oyindoda wayeyindoda useyindoda akanandoda",
     "amadoda madoda namadoda kumadoda emadodeni wamadoda angamadoda bangamadoda", ""),
    ("zul", "intombi", {}, "entombini nentombi yintombi", "izintombi zintombi ezintombini "
     "nezintombi yizintombi kwizintombi nasezintombini", ""),
    ("zul", "isalukazi", {"class": "7"}, "isalukazi nesalukazi salukazi kwisalukazi yisalukazi",
     "izalukazi nezalukazi zalukazi", ""),
    ("zul", "ibhungu", {"class": "5"}, "ibhungu nebhungu yibhungu", "amabhungu namabhungu", ""),
    ("zul", "owesifazane", {},
     "owesifazane+nowesifazane+kowesifazane+yowesifazane+ngowesifazane+ongowesifazane+"
     "lo wesifazane+omunye wesifazane",
     "abesifazane+nabesifazane+kwabesifazane+labesifazane+kubesifazane+ezabesifazane+"
     "laba besifazane", ""),
    ("zul", "umuntu wesifazane", {"plural": "abantu besifazane"},
     "umuntu wesifazane+nomuntu wesifazane+womuntu wesifazane+muntu wesifazane",
     "abantu besifazane+nabantu besifazane+kubantu besifazane", ""),
    # Swahili: class pairs, contracted possessives
    ("swh", "mtu", {}, "mtu", "watu", ""),
    ("swh", "mwenzi", {}, "mwenzi", "wenzi", ""),
    ("swh", "mwanamke", {"plural": "wanawake"}, "mwanamke", "wanawake", ""),
    ("swh", "binti", {"class": "5", "possessives": ("yo", "ye")}, "binti bintiye bintiyo",
     "mabinti", ""),
    ("swh", "kitoto", {}, "kitoto", "vitoto", ""),
    ("swh", "baba", {"kin": True}, "babangu babako babake babaye", "akina baba+kina baba", "baba"),
    ("swh", "ndugu", {"possessives": ("yo", "ye", "ze")}, "nduguyo nduguye", "nduguze", "ndugu"),
    ("swh", "mume", {"possessives": ("o", "we")}, "mume mumeo mumewe", "waume", ""),
    ("swh", "mwana", {"possessives": ("angu", "o", "we", "e", "etu", "enu")},
     "mwana mwanangu mwanao mwanawe mwanae mwanetu mwanenu", "wana", ""),
    ("swh", "mtoto mchanga", {"plural": "watoto wachanga"}, "mtoto mchanga+", "watoto wachanga+",
     ""),
    # Luganda: initial vowel, concords without the apostrophe
    ("lug", "omuntu", {}, "omuntu muntu nomuntu womuntu gwomuntu owomuntu kumuntu",
     "abantu bantu nabantu kubantu bwabantu lwabantu ezabantu ngabantu", ""),
    ("lug", "omwana", {}, "omwana mwana nomwana kyomwana", "abaana baana nabaana gabaana", ""),
    ("lug", "omwami", {}, "omwami mwami", "abaami baami lwabaami", ""),
    ("lug", "akawala", {}, "akawala kawala", "obuwala buwala", ""),
    ("lug", "maama", {"own": True}, "maama maamawe maamawo", "bamaama", ""),
    ("lug", "mutabani", {"own": True}, "mutabani mutabaniwe", "batabani", ""),
    # Indonesian: clitics, reduplication, classifier
    ("ind", "anak", {}, "",
     "anak-anak+anak-anaknya+anak2+anak2nya+anak-anakku+para anak",
     "anak+anaknya+anakku+anakmu+anaklah+anaknyalah+anaknyakah+anakpun+orang anak"),
    ("ind", "anak perempuan", {}, "", "anak-anak perempuan+anak-anak perempuannya",
     "anak perempuannya+anak perempuanku+orang anak perempuan"),
    ("ind", "laki-laki", {"reduplicated": False}, "", "para laki-laki+",
     "laki-laki laki-lakinya laki-lakilah"),
    # Tagalog: linker, mga, possessor inside the phrase
    ("tgl", "babae", {}, "", "mga babae+mga babaeng", "babae babaeng"),
    ("tgl", "magulang", {}, "", "mga magulang+", "magulang"),
    ("tgl", "kabataan", {"collective": True}, "", "kabataan kabataang", ""),
    ("tgl", "batang lalaki", {}, "", "mga batang lalaki+mga batang lalaking",
     "batang lalaki+batang lalaking"),
    ("tgl", "anak na babae", {"head": "anak"}, "", "mga anak na babae+mga anak niyang babae",
     "anak na babae+anak na babaeng+anak kong babae+anak nilang babae"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "singular", "plural", "forms"), EXPECTED)
def test_forms_worked_out_by_hand(
    language: str, lemma: str, keys: dict[str, Value], singular: str, plural: str, forms: str
) -> None:
    found = {(form.text, form.number) for form in made(language, lemma, keys)}
    expected = {
        (text, number)
        for number, texts in zip(paradigms.NUMBERS, (singular, plural, forms), strict=True)
        for text in words(texts)
        if text
    }
    assert expected - found == set()


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "wrong"),
    [
        ("zul", "umuntu", {}, "umantu abamuntu nabumuntu naumuntu kuumuntu yumuntu kamuntu uma"),
        ("zul", "umama", {"class": "1a"}, "abamama umamaini emameni kuumama uma yimama"),
        ("zul", "indoda", {"plural": "amadoda"}, "izindoda ngindoda kaindoda naindoda amadodeni"),
        ("zul", "owesifazane", {}, "wesifazane besifazane esifazane"),
        ("zul", "umfowethu", {"ka": True, "locative": False}, "emfowethwini ebafowethwini"),
        ("swh", "mke", {"possessives": ("o", "we")}, "mkeye mkenye mkengu mkeke"),
        ("swh", "baba", {"kin": True}, "babawe babao babae mababa wababa"),
        ("swh", "ndugu", {"kin": True}, "nduguke ndugungu wandugu"),
        ("lug", "omwana", {}, "abwana abana omana wana"),
        ("lug", "maama", {}, "maamawe aama omaama"),
        ("ind", "anak", {}, "anakanak anaknyaku anakkumu keanakan peranakan"),
        ("ind", "laki-laki", {"reduplicated": False}, "laki laki-laki-laki-laki"),
        ("tgl", "babae", {}, "babaena babaeg mga"),
        ("tgl", "kapatid", {}, "kapatidng kapating mga+kapatidg"),
        ("tgl", "katao", {"bare": True}, "mga katao+mga kataong"),
    ],
)
def test_forms_that_do_not_exist(
    language: str, lemma: str, keys: dict[str, Value], wrong: str
) -> None:
    found = {form.text for form in made(language, lemma, keys)}
    assert found & set(words(wrong)) == set()


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "text", "rule"),
    [
        ("zul", "umuntu", {}, "umuntu", "lemma"),
        ("zul", "umuntu", {}, "nabantu", "plural aba- for umu- + and na-"),
        ("zul", "intombi", {}, "ezintombini", "plural izin- for in- + locative e-…-ini"),
        ("zul", "umuntu", {}, "ongumuntu", "o- + copulative"),
        ("swh", "mtoto", {}, "watoto", "plural wa- for m-"),
        ("swh", "mama", {"class": "9", "kin": True}, "mamake", "his or her -ke"),
        ("lug", "omuntu", {}, "bantu", "plural aba- for omu- + initial vowel dropped"),
        ("ind", "anak", {}, "anak-anakkulah", "reduplication + my -ku + emphatic -lah"),
        ("tgl", "bata", {}, "mga batang", "plural mga + linker -ng"),
        ("tgl", "anak na babae", {"head": "anak"}, "anak kong babae", "my ko + linker"),
    ],
)
def test_rules_name_the_steps(
    language: str, lemma: str, keys: dict[str, Value], text: str, rule: str
) -> None:
    assert rule in {form.rule for form in made(language, lemma, keys) if form.text == text}


@pytest.mark.parametrize(
    ("language", "lemma", "keys"),
    [
        ("zul", "intombi", {"class": "2"}),
        ("zul", "gogo", {}),
        ("swh", "baba", {"class": "1"}),
        ("swh", "mume", {"possessives": ("we", "wewe")}),
        ("lug", "omuntu", {"class": "9"}),
    ],
)
def test_unknown_class_or_ending_is_an_error(
    language: str, lemma: str, keys: dict[str, Value]
) -> None:
    with pytest.raises(ValueError, match=r"class|possessives"):
        made(language, lemma, keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_has_a_rule_and_the_lexicon_no_fault(language: str) -> None:
    lexicon = gender.bundled(language)
    assert list(gender.faults(lexicon, languages()[language].script)) == []
    assert all(form.rule for form in lexicon.forms if form.lemma)
    assert len({form.text for form in lexicon.forms}) < 40_000


@pytest.mark.parametrize(
    ("language", "homographs"),
    [
        ("zul", "uma bafana nina sisi umkhulu omkhulu makhulu wesifazane besifazane"),
        ("swh", "wake wana nyanya nina mwenza"),
        ("lug", "muganda baganda mufumbo bafumbo obuwala obulenzi"),
        ("ind", "mas bang pasangan perseorangan pak bu"),
        ("tgl", "taong mama papa ale madre padre"),
    ],
)
def test_homographs_are_not_counted(language: str, homographs: str) -> None:
    assert {form.text for form in gender.bundled(language).forms} & set(homographs.split()) == set()


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        ("zul", "nabantu besifazane", "woman"),
        ("zul", "nomkakhe", "wife"),
        ("zul", "kubafana", "boy"),
        ("swh", "mkewe", "wife"),
        ("swh", "wake zao", "wife"),
        ("lug", "mwami", "mr"),
        ("lug", "muganda we", "sibling"),
        ("lug", "kitaawe", "father"),
        ("ind", "orang tuanya", "parent"),
        ("ind", "saudara laki-lakinya", "brother"),
        ("tgl", "mga taong", "person"),
        ("tgl", "kapatid niyang babae", "sister"),
    ],
)
def test_concepts_of_forms(language: str, text: str, concept: str) -> None:
    found = {form.concept for form in gender.bundled(language).forms if form.text == text}
    assert found == ({concept} if concept else set())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zul", "wonke umuntu"),
        ("swh", "kila mtu"),
        ("lug", "buli muntu"),
        ("ind", "ibu kota"),
        ("tgl", "mag-asawa"),
    ],
)
def test_everybody_and_fixed_phrases_are_blocked(language: str, text: str) -> None:
    assert text in gender.bundled(language).block
