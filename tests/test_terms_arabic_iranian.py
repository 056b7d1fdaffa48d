"""Pronouns, adjectives and descriptors of Arabic, Persian, Central Kurdish and Maltese, worked out
by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import paradigms, terms
from corpus_assay.lexicons.paradigms import Value, Word
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tokens import tokenise

ZWNJ = "\u200c"
SCRIPTS = {"arb": "Arab", "pes": "Arab", "ckb": "Arab", "mlt": "Latn"}


def made(language: str, lemma: str, **keys: Value) -> set[str]:
    """The forms of an adjective, without the non-joiner."""
    rules = paradigms.adjectives(language)
    return {form.text.replace(ZWNJ, "") for form in rules.inflect(Word(lemma, keys))}


@cache
def matcher(language: str) -> tuple[Matcher, dict[int, set[str]]]:
    """The matcher of a language's descriptors, and the concepts of its entries."""
    words = terms.demographics(language)
    texts = [form.text for form in words.forms] + list(words.block)
    cases = [
        kernels.CAPITALISED
        if text in words.capitalised
        else kernels.LOWERCASE
        if text in words.lowercase
        else 0
        for text in texts
    ]
    found = Matcher({language: texts}, {language: np.array(cases, np.uint8)})
    meaning: dict[int, set[str]] = {}
    for form, entry in zip(words.forms, found.canonical, strict=False):
        meaning.setdefault(int(entry), set()).add(form.concept)
    return found, meaning


def concepts(language: str, text: str) -> list[str]:
    """What counts in a text, in order: the concepts of each match, joined with a blank."""
    found, meaning = matcher(language)
    matches = found.match(tokenise(batch([document(text, language)])))
    return [" ".join(sorted(meaning[e])) for e in matches.entries.tolist() if e in meaning]


PRONOUNS = {
    "arb": {
        "first": "أنا وأنا نحن فنحن إيانا",
        "second": "أنت وانت أنتم أنتما أنتن إياك",
        "feminine": "هي وهي فهي هن إياها",
        "masculine": "هو وهو فهو هم إياهم",
        "unspecified": "هما إياهما",
        "": "فهم له لها به إنه لهو فهن هذا",
    },
    "pes": {
        "first": "من ما مرا منم ماییم خودم خودمان",
        "second": "تو شما شماست خودت",
        "unspecified": "او وی آنها آنان ایشان اوست خودش خودشان",
        "": "آن این خود منی مادر است",
    },
    "ckb": {
        "first": "من ئێمە منیش خۆم خۆمان",
        "second": "تۆ ئێوە تۆش خۆت",
        "unspecified": "ئەو ئەوان ئەویش ئەوانیش خۆی خۆیان",
        "": "ئەوە ئەوەی لەو خۆشی ئەمن",
    },
    "mlt": {
        "first": "jien jiena aħna tiegħi tagħna lili",
        "second": "int inti intom tiegħek tagħkom",
        "feminine": "hi hija tagħha lilha",
        "masculine": "hu huwa tiegħu lilu",
        "unspecified": "huma tagħhom lilhom",
        "": "mhux ommha magħha din tal",
    },
}


@pytest.mark.parametrize("language", PRONOUNS)
def test_pronouns(language: str) -> None:
    words = terms.pronouns(language)
    kinds: dict[str, set[str]] = {}
    for form in words.forms:
        kinds.setdefault(form.text, set()).add(form.concept)
    for kind, texts in PRONOUNS[language].items():
        for text in texts.split():
            assert (kind in kinds.get(text, set())) if kind else text not in kinds, text


@pytest.mark.parametrize("language", SCRIPTS)
def test_the_lists_have_no_faults(language: str) -> None:
    script = SCRIPTS[language]
    assert list(terms.pronoun_faults(terms.pronouns(language), script)) == []
    words = terms.demographics(language)
    assert list(terms.demographic_faults(words, script)) == []
    assert len(terms.core_descriptors().keys() & words.descriptors.keys()) >= 60


ARABIC = [
    (
        "مسلم",
        {},
        "مسلم مسلما المسلم مسلمان المسلمان مسلمين المسلمين مسلمون المسلمون مسلمو مسلمي "
        "مسلمة المسلمة مسلمتان المسلمتان مسلمتين المسلمتين مسلمات المسلمات",
    ),
    (
        "أسود",
        {"feminine": "سوداء", "plural": ("سود",), "sound": False, "accusative": False},
        "أسود اسود الأسود الاسود أسودان اسودان الأسودان الاسودان أسودين اسودين الأسودين الاسودين "
        "سود سودا السود سوداء السوداء سوداوان السوداوان سوداوين السوداوين",
    ),
    # No accusative alif: روسيا is the country.
    (
        "روسي",
        {"plural": ("روس",), "accusative": False},
        "روسي الروسي روسيان الروسيان روسيين الروسيين روسيون الروسيون روسيو روسيي روس روسا الروس "
        "روسية الروسية روسيتان الروسيتان روسيتين الروسيتين روسيات الروسيات",
    ),
]


@pytest.mark.parametrize(("lemma", "keys", "expected"), ARABIC)
def test_arabic_adjectives(lemma: str, keys: dict[str, Value], expected: str) -> None:
    rules = paradigms.adjectives("arb")
    steps = ("and و-", "so ف-", "by ب-", "as ك-", "for ل-")
    forms = list(rules.inflect(Word(lemma, keys)))
    assert {form.text for form in forms if not form.rule.startswith(steps)} == set(expected.split())
    assert all(form.rule for form in forms)


def test_arabic_proclitics_and_phrases() -> None:
    muslim = made("arb", "مسلم")
    assert {"والمسلمون", "للمسلمين", "بالمسلمات", "وللمسلمة", "كمسلم", "فالمسلم"} <= muslim
    assert muslim.isdisjoint({"لمسلمون", "للمسلمون", "بمسلما", "لالمسلم", "مسلمه", "مسلمهم"})
    korean = made("arb", "كوري جنوبي", **{"class": "both"})
    assert {"الكورية الجنوبية", "للكوريين الجنوبيين", "كوريون جنوبيون"} <= korean
    assert korean.isdisjoint({"الكورية جنوبية", "كوريو جنوبيو", "كوري جنوبية"})
    autistic = made("arb", "مصاب بالتوحد", **{"class": "first"})
    assert {"المصابين بالتوحد", "مصابة بالتوحد", "للمصابات بالتوحد"} <= autistic
    with pytest.raises(ValueError, match="does not fit"):
        made("arb", "مصاب بالتوحد")


OTHERS = [
    (
        "pes",
        "کرد",
        {"plural": ("کردان",), "ha": False, "possessed": False},
        "کرد کردی کردرا کردایم کرداید کرداند کردان کردانی کردانرا کردانایم کرداناید کرداناند",
    ),
    (
        "pes",
        "کمونیستی",
        {"ha": False, "possessed": False},
        "کمونیستی کمونیستیای کمونیستیرا کمونیستیایم کمونیستیاید کمونیستیاند",
    ),
    ("pes", "زنانه", {"class": "bare"}, "زنانه زنانهی زنانهٔ"),
    ("ckb", "مێینە", {"class": "fixed"}, "مێینە"),
    (
        "ckb",
        "کورد",
        {},
        "کورد کوردی کوردیش کوردم کوردت کوردمان کوردتان کوردیان کورددا کوردەوە "
        "کوردە کوردەی کوردەش کوردەم کوردەت کوردەمان کوردەتان کوردەیان کوردەدا کوردەیە "
        "کوردێ کوردێک کوردێکی کوردێکیش کوردێکم کوردێکت کوردێکمان کوردێکتان کوردێکیان "
        "کوردێکدا کوردێکەوە کوردێکە "
        "کوردان کوردانی کوردانیش کوردانم کوردانت کوردانمان کوردانتان کوردانیان کورداندا "
        "کوردانەوە کوردانە کوردانەی کوردانەش کوردانەم کوردانەت کوردانەمان کوردانەتان "
        "کوردانەیان کوردانەدا کوردانەیە کوردینە "
        "کوردەکە کوردەکەی کوردەکەش کوردەکەم کوردەکەت کوردەکەمان کوردەکەتان کوردەکەیان "
        "کوردەکەدا کوردەکەوە کوردەکەیە "
        "کوردەکان کوردەکانی کوردەکانیش کوردەکانم کوردەکانت کوردەکانمان کوردەکانتان "
        "کوردەکانیان کوردەکاندا کوردەکانەوە کوردەکانە",
    ),
    ("mlt", "Kattoliku", {}, "Kattoliku Kattolika Kattoliċi"),
    ("mlt", "Taljan", {}, "Taljan Taljana Taljani"),
    ("mlt", "Ewropew", {}, "Ewropew Ewropea Ewropej"),
    ("mlt", "Għawdxi", {}, "Għawdxi Għawdxija Għawdxin"),
    ("mlt", "soċjalista", {}, "soċjalista soċjalisti"),
    ("mlt", "iswed", {"feminine": "sewda", "plural": ("suwed",)}, "iswed sewda suwed"),
    ("mlt", "gay", {"class": "invariable"}, "gay"),
]


@pytest.mark.parametrize(("language", "lemma", "keys", "expected"), OTHERS)
def test_adjectives(language: str, lemma: str, keys: dict[str, Value], expected: str) -> None:
    assert made(language, lemma, **keys) == set(expected.split())


def test_kurdish_spellings_after_final_i() -> None:
    american = made("ckb", "ئەمریکی")
    assert {"ئەمریکییەکان", "ئەمریکیەکان", "ئەمریکییە", "ئەمریکیە", "ئەمریکیان"} <= american
    assert american.isdisjoint({"ئەمریکێک", "ئەمریکیێک", "ئەمریکیکان"})


def test_persian_endings() -> None:
    iranian = made("pes", "ایرانی", plural="ایرانیان")
    assert {"ایرانیها", "ایرانی ها", "ایرانیهای", "ایرانیاش", "ایرانیانی", "ایرانیای"} <= iranian
    assert iranian.isdisjoint({"ایرانیتر", "ایرانیترین", "ایرانیی"})
    with pytest.raises(ValueError, match="unknown class"):
        made("pes", "ایرانی", **{"class": "plural"})


COUNTS = [
    ("arb", "المسلمون والمسيحيون واليهود", ["muslim", "christian", "jewish"]),
    ("arb", "اللاجئين السوريين في تركيا", ["refugee", "syrian"]),
    ("arb", "جندي أميركي وجنود أمريكيون", ["american", "american"]),
    ("arb", "فتاة كورية جنوبية", ["south_korean"]),
    ("arb", "كبار السن والأيتام والأرامل", ["elderly", "orphaned", "widowed"]),
    ("arb", "الأكراد والشيعة والموارنة", ["kurdish", "shia", "maronite"]),
    ("arb", "في البيت الأبيض وفي الولايات المتحدة الأمريكية", []),
    ("arb", "المملكة العربية السعودية وروسيا وسوريا والاتحاد الأوروبي", []),
    ("arb", "تعلم اللغة العربية", []),
    ("pes", "ایرانی‌ها و مسلمانان آمریکا", ["iranian", "muslim"]),
    ("pes", "پناهجویان افغان و روس‌ها", ["asylum_seeker", "afghan", "russian"]),
    ("pes", "زن سیاه‌پوست آمریکایی", ["black", "american"]),
    ("pes", "نامزد جمهوری‌خواهان و دموکرات‌ها", ["republican", "democrat"]),
    ("pes", "نیروهای کرد سوریه", ["kurdish"]),
    ("pes", "چه کردی؟ او سیگار را ترک کرد", []),
    ("pes", "جمهوری اسلامی و عربستان سعودی و گروه سنی", []),
    ("pes", "زبان انگلیسی، مهاجرت، مسیحیت و همجنس‌گرایی", []),
    ("ckb", "کوردەکان و عەرەبەکان", ["kurdish", "arab"]),
    ("ckb", "دوو ئەمریکییەکە و موسڵمانێک", ["american", "muslim"]),
    ("ckb", "گەنجانی ئێزدی لە کوردستان", ["young", "yazidi"]),
    ("ckb", "پەنابەرانی فەلەستینی", ["refugee", "palestinian"]),
    ("ckb", "چینی کرێکار", ["working_class"]),
    ("ckb", "بە زمانی کوردی لە عەرەبستانی سعودی", []),
    ("mlt", "il-Maltin u l-Insara", ["maltese", "christian"]),
    ("mlt", "mara Musulmana u t-Torok", ["muslim", "turkish"]),
    ("mlt", "persuni b'diżabilità u l-anzjani", ["disabled", "elderly"]),
    ("mlt", "Kattoliċi, Lhud u għarab", ["catholic", "jewish", "arab"]),
    ("mlt", "L-Unjoni Ewropea kitbet bil-Malti dwar il-bajda", []),
    ("arb", "في السنة الماضية ذكر غنى البلاد والديمقراطية", []),
]


@pytest.mark.parametrize(("language", "text", "expected"), COUNTS)
def test_descriptors(language: str, text: str, expected: list[str]) -> None:
    assert concepts(language, text) == expected
