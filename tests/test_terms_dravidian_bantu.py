"""Pronouns and demographic terms of Indonesian, Tagalog, Dravidian and Bantu languages."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import terms
from corpus_assay.lexicons.files import FormList
from corpus_assay.lexicons.paradigms import Word, adjectives
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tokens import tokenise

SCRIPTS = {
    "ind": "Latn",
    "tam": "Taml",
    "tgl": "Latn",
    "swh": "Latn",
    "tel": "Telu",
    "kan": "Knda",
    "zul": "Latn",
    "lug": "Latn",
}


@cache
def matcher(language: str) -> tuple[Matcher, FormList]:
    words = terms.demographics(language)
    texts = [form.text for form in words.forms] + list(words.block)
    cases = [kernels.CAPITALISED if text in words.capitalised else 0 for text in texts]
    return Matcher({language: texts}, {language: np.array(cases, np.uint8)}), words


def found(language: str, text: str) -> list[str]:
    """What counts in a text, in order: the concepts of each match, joined with a blank."""
    made, words = matcher(language)
    meaning: dict[int, set[str]] = {}
    for form, entry in zip(words.forms, made.canonical, strict=False):
        meaning.setdefault(int(entry), set()).add(form.concept)
    matches = made.match(tokenise(batch([document(text, language)])))
    return [" ".join(sorted(meaning[e])) for e in matches.entries.tolist() if e in meaning]


@pytest.mark.parametrize("language", SCRIPTS)
def test_the_lists_have_no_faults(language: str) -> None:
    words = terms.demographics(language)
    assert list(terms.demographic_faults(words, None)) == []
    assert list(terms.pronoun_faults(terms.pronouns(language), None)) == []
    core = {form.concept for form in words.forms} & set(terms.core_descriptors())
    assert len(core) >= 100


@pytest.mark.parametrize(
    ("language", "kind", "forms", "absent"),
    [
        ("ind", "first", "aku saya kami kita gue diriku", "diri orang"),
        ("ind", "second", "kamu kau Anda kalian engkau", "saudara"),
        ("ind", "unspecified", "dia ia beliau mereka", "ialah itu nya"),
        ("tam", "first", "நான் என் என்னை எனக்கு என்னுடைய நாங்கள் எங்களுக்கு நமது", "என்ன என்னும்"),
        ("tam", "second", "நீ உன்னை உனக்கு நீங்கள் உங்களுடைய", "நீர்"),
        ("tam", "masculine", "அவன் அவனை அவனுக்கு அவனது இவனிடம்", "அவள் அது"),
        ("tam", "feminine", "அவள் அவளை அவளுக்குத் அவளுடன் அவளோடு", "அவன் அவர்"),
        ("tam", "unspecified", "அவர் அவரை அவருடைய அவர்கள் அவர்களுக்கு", "தான் தன்"),
        ("tgl", "first", "ako ko akin kong kami natin tayo", "sarili"),
        ("tgl", "unspecified", "siya niya kanyang kaniya sila nilang kanila", "ito iyon"),
        ("swh", "first", "mimi sisi wangu yetu changu", "yake wake"),
        ("swh", "second", "wewe nyinyi wako kwenu", "mwenyewe"),
        ("swh", "unspecified", "yeye wao naye", "yake nao"),
        ("tel", "first", "నేను నన్ను నాకు మేము మనం మమ్మల్ని", "మనవి నాలా"),
        ("tel", "masculine", "అతను అతనికి ఆయన ఆయనకు వాడు వాడిని", "ఆమె వారు"),
        ("tel", "feminine", "ఆమె ఆమెను ఆమెకు ఆవిడ", "ఆయన తన"),
        ("tel", "unspecified", "వారు వారికి వాళ్లు వాళ్ళను", "తమ అది"),
        ("kan", "first", "ನಾನು ನನ್ನ ನನಗೆ ನಮ್ಮ ನಾವು", "ತನ್ನ"),
        ("kan", "masculine", "ಅವನು ಅವನನ್ನು ಅವನಿಗೆ ಆತನ", "ಅವಳು ಅವ"),
        ("kan", "feminine", "ಅವಳು ಅವಳನ್ನು ಅವಳಿಗೆ ಆಕೆ ಆಕೆಯ ಆಕೆಗೆ", "ಆಕೆಯಿಗೆ ಅವರು"),
        ("kan", "unspecified", "ಅವರು ಅವರನ್ನು ಅವರಿಗೆ ಇವರ", "ತಮ್ಮ"),
        ("zul", "first", "mina thina nami wami yethu kithi", "wakhe"),
        ("zul", "second", "wena nina kuwe wakho yenu", "nani kini"),
        ("zul", "unspecified", "yena bona naye nabo", "yakhe"),
        ("lug", "first", "nze ffe nange wange gwaffe ebyange", "kafe"),
        ("lug", "second", "ggwe mmwe wammwe", "kamwe bamwe wo"),
        ("lug", "unspecified", "ye bo nabo", "naye gwe"),
    ],
)
def test_pronouns(language: str, kind: str, forms: str, absent: str) -> None:
    listed = {form.text for form in terms.pronouns(language).forms if form.concept == kind}
    assert set(forms.split()) <= listed
    assert not set(absent.split()) & listed


@pytest.mark.parametrize("language", SCRIPTS)
def test_gender_is_told_where_the_pronoun_marks_it(language: str) -> None:
    kinds = {form.concept for form in terms.pronouns(language).forms}
    dravidian = language in ("tam", "tel", "kan")
    assert ({"feminine", "masculine"} <= kinds) == dravidian


@pytest.mark.parametrize(
    ("language", "word", "forms"),
    [
        ("ind", Word("muda"), "muda"),
        (
            "tgl",
            Word("mayaman"),
            "mayaman,mga mayaman,mayamang,mga mayamang,"
            "mayayaman,mga mayayaman,mayayamang,mga mayayamang",
        ),
        ("tgl", Word("bulag"), "bulag,mga bulag"),
        ("tam", Word("அமெரிக்க"), "அமெரிக்க,அமெரிக்கக்,அமெரிக்கச்,அமெரிக்கத்,அமெரிக்கப்"),
        ("tam", Word("பிரிட்டிஷ்"), "பிரிட்டிஷ்"),
        ("swh", Word("Kikristo"), "Kikristo"),
        ("tel", Word("అమెరికన్"), "అమెరికన్"),
        (
            "zul",
            Word("eMelika"),
            "waseMelika,baseMelika,yaseMelika,laseMelika,aseMelika,saseMelika,zaseMelika,"
            "lwaseMelika,bwaseMelika,kwaseMelika,eyaseMelika,elaseMelika,esaseMelika,"
            "ezaseMelika,olwaseMelika,okwaseMelika,obwaseMelika",
        ),
    ],
)
def test_adjectives(language: str, word: Word, forms: str) -> None:
    assert [made.text for made in adjectives(language).inflect(word)] == forms.split(",")


@pytest.mark.parametrize(
    ("language", "word", "forms"),
    [
        ("ind", Word("Prancis", {"name": True}), "orang Prancis,warga negara Prancis"),
        ("swh", Word("Marekani", {"name": True}), "raia wa Marekani,watu wa Marekani"),
        (
            "tam",
            Word("வயதான", {"person": True}),
            "வயதானவர்,வயதானவரை,வயதானவர்கள்,வயதானவர்களுக்கு,வயதானவன்,வயதானவள்,வயதானோர்,வயதானோருக்கு",
        ),
        ("tel", Word("వయసైన", {"person": True}), "వయసైనవారు,వయసైనవారికి,వయసైనవాడు,వయసైనవాడిని"),
    ],
)
def test_names_and_nouns_made_of_adjectives(language: str, word: Word, forms: str) -> None:
    made = {form.text for form in adjectives(language).inflect(word)}
    assert set(forms.split(",")) <= made
    assert not word.flag("name") or word.lemma not in made


def test_a_noun_of_persons_is_made_of_a_relative_form_only() -> None:
    with pytest.raises(ValueError, match="relative"):
        list(adjectives("tam").inflect(Word("பிரிட்டிஷ்", {"person": True})))


@pytest.mark.parametrize(
    ("language", "text", "concepts"),
    [
        ("ind", "Tiga orang Prancis dan Prancis", ["french"]),
        ("ind", "Umat Islam dan orang-orang Kristen", ["muslim", "christian"]),
        ("ind", "Orang tua itu di kota tua.", []),
        ("ind", "Seorang polisi wanita muda", ["female", "young"]),
        ("ind", "agama Hindu, pengungsi", ["refugee"]),
        ("tam", "அமெரிக்கப் படைகள் அமெரிக்காவில்", ["american"]),
        ("tam", "முஸ்லிம்களும் இந்துக்களும்", ["muslim", "hindu"]),
        ("tam", "20 வயதான மாணவர்", []),
        ("tam", "வயதானவர்களுக்கு", ["old"]),
        ("tam", "இந்தியப் பெருங்கடல்", []),
        ("tgl", "Ang mga Amerikanong Muslim sa Amerika", ["american", "muslim"]),
        ("tgl", "Mahirap gawin; matatandang mayaman", ["old", "rich"]),
        ("tgl", "Ang Hapon at ang hapon", ["japanese"]),
        ("tgl", "Saudi Arabia", []),
        ("swh", "Wamarekani na Waislamu wako Marekani", ["american", "muslim"]),
        ("swh", "rais wa Marekani, polisi wa kike", ["american", "female"]),
        ("swh", "muda mrefu; mtu mrefu", ["tall"]),
        ("swh", "mgeni rasmi", []),
        ("tel", "ముస్లింలు, అమెరికన్లకు", ["muslim", "american"]),
        ("tel", "సౌదీ అరేబియాలో", []),
        ("tel", "వృద్ధులు, యువకులను", ["elderly", "young"]),
        ("tel", "మహిళా పోలీసు", ["female"]),
        ("kan", "ಅಮೆರಿಕನ್ನರು, ಮುಸ್ಲಿಮರಿಗೆ", ["american", "muslim"]),
        ("kan", "ಭಾರತೀಯರ; ಹಿಂದಿನ", ["indian"]),
        ("kan", "ಅರಬ್ಬಿ ಸಮುದ್ರ", []),
        ("kan", "ವೃದ್ಧರು", ["elderly"]),
        ("zul", "AbaseMelika namaSulumane", ["american", "muslim"]),
        ("zul", "eMelika, eJalimane", []),
        ("zul", "umlungu nesicebi", ["white", "rich"]),
        ("lug", "Abamerika n'Abasiraamu", ["american", "muslim"]),
        ("lug", "omukristaayo; Amerika", ["christian"]),
        ("lug", "omugga omuwanvu", []),
    ],
)
def test_descriptors_in_a_text(language: str, text: str, concepts: list[str]) -> None:
    assert found(language, text) == concepts
