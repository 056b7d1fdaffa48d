"""Inflection and homographs of Arabic, Persian, Central Kurdish and Maltese, worked out by hand."""

from __future__ import annotations

from functools import cache

import pytest
from reliability import find

from corpus_assay.lexicons import gender, paradigms
from corpus_assay.lexicons.paradigms import Value, Word

S, P = "singular", "plural"
ZWNJ = "\u200c"

LANGUAGES = ("arb", "pes", "ckb", "mlt")


def made(language: str, lemma: str, **keys: Value) -> dict[str, set[str]]:
    """Numbers of each form that the rules make."""
    numbers: dict[str, set[str]] = {}
    for form in paradigms.paradigm(language).inflect(Word(lemma, keys)):
        numbers.setdefault(form.text.replace(ZWNJ, ""), set()).add(form.number)
    return numbers


@cache
def counted(language: str) -> dict[str, tuple[int, ...]]:
    """Core matches (feminine, masculine, unspecified) in each text of `COUNTS` in a language."""
    texts = [text for code, text, _ in COUNTS if code == language]
    found = find(gender.bundled(language), texts)
    return {
        text: tuple(sum(m.classes[k] for m in found if m.line == line) for k in range(3))
        for line, text in enumerate(texts)
    }


FORMS = [
    # A triptote with a broken plural: case shows only in -اً, the dual has its own letters.
    (
        "arb", "شخص", {"plural": "أشخاص"},
        {
            "شخص": S, "شخصا": S, "الشخص": S, "بالشخص": S, "للشخص": S, "وللشخص": S, "كشخص": S,
            "شخصان": P, "شخصين": P, "الشخصين": P, "لشخصين": P, "للشخصين": P,
            "أشخاص": P, "أشخاصا": P, "والأشخاص": P, "الاشخاص": P, "لأشخاصهم": P,
        },
        ["بشخصا", "لشخصان", "الشخصه", "لالشخص", "شخصون"],
    ),
    # ة is ت before a pronoun or the dual; the sound feminine plural has no accusative alif.
    (
        "arb", "زوجة", {"sound": "feminine"},
        {
            "زوجة": S, "والزوجة": S, "زوجته": S, "بزوجته": S, "وزوجتها": S, "زوجتان": P,
            "زوجتين": P, "زوجتاه": P, "زوجات": P, "للزوجات": P, "زوجاتهم": P,
        },
        ["زوجةا", "زوجةه", "زوجاتا", "زوجتات"],
    ),
    # The five nouns: long vowels before a noun or a pronoun.
    (
        "arb", "أخ", {"class": "five", "dual": "أخو", "plural": "إخوة"},
        {
            "أخ": S, "الأخ": S, "أخوه": S, "أخاه": S, "أخيه": S, "لأخيه": S, "وأخوها": S,
            "أخوان": P, "الأخوين": P, "إخوته": P, "اخوة": P, "اخي": S,
        },
        ["أخه", "أخكم", "لأخوه", "بأخاه", "أخان"],
    ),
    # Final hamza takes its seat from the case before a pronoun; no accusative alif after اء.
    (
        "arb", "ابن", {"plural": "أبناء"},
        {
            "ابنه": S, "لابنها": S, "ابنان": P, "أبناء": P, "أبناؤه": P, "أبناءه": P,
            "أبنائه": P, "لأبنائهم": P, "أبنائي": P, "ابنائي": P,
        },
        ["أبناءا", "لأبناؤه", "أبناؤي", "بأبناءه"],
    ),
    ("arb", "فتى", {"plural": "فتيان"}, {"فتاها": S, "فتيين": P, "فتيانا": P}, ["فتىه", "فتاان"]),
    ("arb", "والدان", {"class": "dual"}, {"الوالدين": P, "والداه": P, "لوالديه": P}, ["والدانه"]),
    (
        "arb", "مراهق", {"sound": "masculine"},
        {"مراهقون": P, "المراهقين": P, "للمراهقين": P, "مراهقيها": P},
        ["لمراهقون", "مراهقونها", "مراهقات"],
    ),
    # A construct phrase: the first noun never has the article.
    (
        "arb", "ابن أخ", {"tail": "أخي", "plural": "أبناء"},
        {"ابن أخ": S, "ابن أخيه": S, "لابن أخيها": S, "أبناء الأخ": P, "ابنا أخيه": P,
         "ابن أخي": S},
        ["الابن أخ", "ابن أخه", "ابنان أخ", "ابن أخيي"],
    ),
    ("arb", "أقارب", {"class": "plural"}, {"أقارب": P, "والأقارب": P, "لأقاربه": P}, ["أقاربا"]),
    (
        "pes", "زن", {"plural": "زنان"},
        {
            "زن": S, "زنی": S, "زنم": S, "زنش": S, "زنمان": S, "زنها": P, "زن ها": P, "زنهای": P,
            "زن های": P, "زنهایش": P, "زنهایی": P, "زنان": P, "زنانی": P, "زنانشان": P,
            "زنیست": S,
        },
        ["زنند", "زنا", "زنهای ی", "زنانها"],
    ),
    # Silent ه keeps apart from what follows.
    (
        "pes", "بچه", {"plural": "بچگان"},
        {
            "بچه": S, "بچهی": S, "بچهٔ": S, "بچۀ": S, "بچهای": S, "بچهام": S, "بچهاش": S,
            "بچهمان": S, "بچههای": P, "بچههایشان": P, "بچه هایش": P, "بچگان": P,
        },
        ["بچهگان", "بچهان", "بچها"],
    ),
    (
        "pes", "بابا", {},
        {"بابای": S, "بابایی": S, "بابایم": S, "بابام": S, "بابایشان": S, "باباها": P},
        ["باباان", "باباام"],
    ),
    (
        "pes", "مادر بزرگ", {"joined": True},
        {"مادربزرگ": S, "مادر بزرگم": S, "مادربزرگش": S, "مادربزرگها": P, "مادر بزرگ های": P},
        ["مادر بزرگه"],
    ),
    ("pes", "مرد", {"possessed": False}, {"مردی": S, "مردها": P}, ["مردم", "مردت", "مردند"]),
    (
        "pes", "مرد", {"possessed": "plural", "plural": "مردان"},
        {"مردیست": S, "مردهایش": P, "مردانشان": P}, ["مردم", "مردت", "مردش"],
    ),
    (
        "ckb", "ژن", {},
        {
            "ژن": S, "ژنی": S, "ژنە": S, "ژنەی": S, "ژنەکە": S, "ژنەکەی": S, "ژنێک": S,
            "ژنێکی": S, "ژنێکیان": S, "ژنم": S, "ژنیش": S, "ژنان": P, "ژنانی": P, "ژناندا": P,
            "ژنەکان": P, "ژنەکانی": P, "ژنەکانیان": P, "ژنەکەدا": S, "ژنەکەوە": S,
        },
        ["ژنکە", "ژنیەک", "ژنەکەان", "ژنیان ی"],
    ),
    # After a vowel: ی in the indefinite and the plural, no second vowel in the definite.
    (
        "ckb", "برا", {},
        {
            "برا": S, "براکە": S, "براکەم": S, "برایەک": S, "برایان": P, "براکان": P, "برام": S,
            "براش": S, "براکانی": P, "براکەیەتی": S,
        },
        ["براەکە", "براێک", "براان"],
    ),
    ("ckb", "داپیرە", {}, {"داپیرەم": S, "داپیرەکە": S, "داپیران": P}, ["داپیرەان", "داپیرەێک"]),
    ("ckb", "خزم", {"demonstrative": False}, {"خزمێک": S, "خزمان": P}, ["خزمە", "خزمەت"]),
    (
        "mlt", "omm", {"plural": "ommijiet", "possessed": "omm", "thy": "ok"},
        {"omm": S, "ommi": S, "ommok": S, "ommu": S, "ommha": S, "ommhom": S, "ommijiet": P},
        ["ommek", "ommja", "ommijietu"],
    ),
    (
        "mlt", "iben", {"possessed": "ibn", "closed": "bin"},
        {"iben": S, "ibni": S, "ibnek": S, "ibnu": S, "binha": S, "binna": S, "binhom": S},
        ["ibeni", "ibnha", "binu"],
    ),
    (
        "mlt", "ħut", {"class": "plural", "bare": False, "possessed": "ħut"},
        {"ħuti": P, "ħutek": P, "ħutu": P, "ħutha": P},
        ["ħut"],
    ),
    (
        "mlt", "mara", {"plural": "nisa", "possessed": "mart", "persons": ["i", "ek", "u"]},
        {"mara": S, "nisa": P, "marti": S, "martek": S, "martu": S},
        ["marau", "martha", "marthom"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "expected", "never"), FORMS)
def test_forms(
    language: str, lemma: str, keys: dict[str, Value], expected: dict[str, str], never: list[str]
) -> None:
    numbers = made(
        language, lemma, **{k: tuple(v) if isinstance(v, list) else v for k, v in keys.items()}
    )
    for text, number in expected.items():
        assert number in numbers.get(text, ()), text
    assert not set(never) & set(numbers)


RULES = [
    ("arb", "wife", "لزوجتها", "for ل- + her -ها"),
    ("arb", "grandmother", "الجدة", "article ال-"),
    ("arb", "child", "وللأطفال", "and و- + for ل- + article ال- + broken plural أطفال"),
    ("arb", "woman", "المرأة", "article ال-"),
    ("arb", "sister", "اخته", "his -ه + initial hamza unwritten"),
    ("pes", "kid", f"بچه{ZWNJ}هایم", "plural -ها + my -یم"),
    ("pes", "kid", "بچۀ", "ezafe -ۀ"),
    ("ckb", "brother", "براکەم", "definite -ەکە + my -م"),
    ("ckb", "man", "پیاوێکی", "indefinite -ێک + ezafe -ی or indefinite -ێک + his or her -ی"),
    ("mlt", "father", "missieru", "his -u"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "concept", "text", "rule"), RULES)
def test_rule(language: str, concept: str, text: str, rule: str) -> None:
    rules = {f.text: f.rule for f in gender.bundled(language).forms if f.concept == concept}
    assert rules[text] == rule


COUNTS = [
    ("arb", "شاي أم قهوة", (0, 0, 0)),
    ("arb", "الأم وأمه وأمها", (3, 0, 0)),
    ("arb", "اللغة الأم", (0, 0, 0)),
    ("arb", "وهي أم لطفلين", (1, 0, 1)),
    ("arb", "ولدى الشركة جدا ومدينة جدة", (0, 0, 0)),
    ("arb", "جدته ولجدته وما وجدته", (2, 0, 0)),
    ("arb", "رجال الأعمال ورجل أمن", (0, 2, 0)),
    ("arb", "رجل آلي وإنسان آلي", (0, 0, 1)),
    ("arb", "حقوق الإنسان", (0, 0, 1)),
    ("arb", "والدين والحياة", (0, 0, 0)),
    ("arb", "عن أبي هريرة", (0, 0, 0)),
    ("arb", "قالت المَرْأةُ لِزَوْجِها", (1, 1, 0)),
    ("pes", "زبان مادری", (0, 0, 0)),
    ("pes", "مسائل شخصی و دوران کودکی", (0, 0, 0)),
    ("pes", "شخصی که آمد", (0, 0, 1)),
    ("pes", "پسر عموی من", (0, 0, 0)),
    ("pes", "نگاه عموم مردم", (0, 0, 1)),
    ("pes", "پدر و مادرم", (0, 0, 1)),
    ("ckb", "مافی مرۆڤ", (0, 0, 1)),
    ("ckb", "خزمەت و بابەت", (0, 0, 0)),
    ("ckb", "دایک و باوکم", (0, 0, 1)),
    ("mlt", "ma naf xejn, żewġ ħut", (0, 0, 0)),
    ("mlt", "il-mara u r-raġel ma' ommhom", (2, 1, 0)),
    ("mlt", "id-drittijiet tal-bniedem", (0, 0, 1)),
]


@pytest.mark.parametrize(("language", "text", "expected"), COUNTS)
def test_counts(language: str, text: str, expected: tuple[int, int, int]) -> None:
    assert counted(language)[text] == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_class(language: str) -> None:
    with pytest.raises(ValueError, match="unknown class"):
        made(language, "x", **{"class": "none"})


def test_unknown_sound_plural() -> None:
    with pytest.raises(ValueError, match="unknown sound plural"):
        made("arb", "شخص", sound="neuter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sizes(language: str) -> None:
    forms = gender.bundled(language).forms
    assert len({form.text for form in forms}) < 40_000
    assert all(form.rule for form in forms if form.lemma)
