"""Kannada: number, case, postpositions written on and clitics.

All endings are added to a stem in a consonant, which the class of the noun makes:

- in ಅ, of persons (ಹುಡುಗ, ಅಮ್ಮ): ನ್ is added (ಹುಡುಗನನ್ನು, ಹುಡುಗನ, ಹುಡುಗನಿಗೆ); the nominative may have
  -ನು; the plural is -ರು (ಹುಡುಗರು); class ``kin`` has -ಂದಿರು (ಅಪ್ಪಂದಿರು);
- in ಇ, ಈ, ಎ: a glide ಯ್ (ಮಹಿಳೆಯನ್ನು, ಮಹಿಳೆಯ), but the dative is -ಗೆ on the bare noun (ಮಹಿಳೆಗೆ);
  plural -ಯರು (ಮಹಿಳೆಯರು);
- in ಉ: the vowel is lost (ಹೆಣ್ಣನ್ನು), or stays with a glide ವ್ in class ``v`` (ಮಗುವನ್ನು); the other
  cases have -ಇನ- (ಹೆಣ್ಣಿನ, ಮಗುವಿಗೆ, ಮಗುವಿನಲ್ಲಿ); plural -ಗಳು;
- in -ಳು (class ``lu``: ಮಗಳು) and all plurals in -ರು, -ಗಳು, -ಳು: the vowel is lost, without -ಇನ-
  (ಮಗಳ, ಮಕ್ಕಳಿಗೆ, ಹುಡುಗರಲ್ಲಿ).

Other plurals are given by ``plural``. Clitics: -ಊ also, -ಏ emphasis. ``honorific``: with ಅವರು
written on (ತಾಯಿಯವರು). ``gender``: with one, a certain (ಮಹಿಳೆಯೊಬ್ಬಳು, ಹುಡುಗನೊಬ್ಬ),
and is, was (ಹುಡುಗನಾಗಿದ್ದಾನೆ) of that gender written on. Plurals have ಎಲ್ಲ, all, written on (ಮಕ್ಕಳೆಲ್ಲ).

Not generated: special vocatives (ಅಪ್ಪಾ), question -ಆ and doubt -ಓ, spoken accusative -ನ್ನ, verbs
written on but for the commonest forms of ಆಗು (be, become).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.dravidian import (
    ends_in_consonant_letter,
    ends_in_sign,
    join,
)

KEYS = {
    "class": "kin: plural in -ಂದಿರು; v: ಉ stays before endings; lu: -ಳು, declined like a plural; "
    "plural: the lemma is itself a plural",
    "plural": "the plural or plurals, where the rule does not make them",
    "honorific": "true: with ಅವರು written on",
    "gender": "masculine, feminine or either: with ಒಬ್ಬ, ಒಬ್ಬಳು or only ಒಬ್ಬರು (one), -ಆಗಿದ್ದಾನೆ, "
    "-ಆಗಿದ್ದಾಳೆ or only -ಆಗಿದ್ದಾರೆ (is) written on",
}

VIRAMA = "್"
ALSO, EMPHASIS = ("also", "ಊ"), ("emphasis", "ಏ")

ON_GENITIVE: tuple[tuple[str, str], ...] = (
    ("with", "ಒಂದಿಗೆ"),
    ("with + also", "ಒಂದಿಗೂ"),
    ("with", "ಒಡನೆ"),
    ("like", "ಅಂತೆ"),
    ("like + emphasis", "ಅಂತೆಯೇ"),
    ("like, adnominal", "ಅಂತಹ"),
    ("like, adnominal", "ಅಂಥ"),
)
"""What is written on the stem of the genitive."""

ON_DATIVE: tuple[tuple[str, str], ...] = (
    ("also", "ೂ"),
    ("emphasis", "ೇ"),
    ("for", "ಾಗಿ"),
    ("for + emphasis", "ಾಗಿಯೇ"),
    ("than", "ಿಂತ"),
    ("than + also", "ಿಂತಲೂ"),
    ("for", "ೋಸ್ಕರ"),
)
"""What takes the place of the vowel of the dative."""

ON_STEM: tuple[tuple[str, str], ...] = (
    ("as", "ಆಗಿ"),
    ("as + also", "ಆಗಿಯೂ"),
    ("as + emphasis", "ಆಗಿಯೇ"),
    ("being", "ಆದ"),
    ("being", "ಆಗಿರುವ"),
    ("was", "ಆಗಿದ್ದ"),
    ("being", "ಆಗಿದ್ದು"),
)
"""Forms of ಆಗು, be, on the stem of the nominative."""

ALL: tuple[tuple[str, str], ...] = (
    ("all", "ಎಲ್ಲ"),
    ("all", "ಎಲ್ಲಾ"),
    ("all + also", "ಎಲ್ಲರೂ"),
    ("all, genitive", "ಎಲ್ಲರ"),
    ("all, accusative + also", "ಎಲ್ಲರನ್ನೂ"),
    ("all, dative + also", "ಎಲ್ಲರಿಗೂ"),
)
"""All of them, written on the stem of a plural."""

MASCULINE, FEMININE, RESPECTFUL = (
    ("ಒಬ್ಬ", "ಆಗಿದ್ದಾನೆ", "ಆಗಿದ್ದನು"),
    ("ಒಬ್ಬಳು", "ಆಗಿದ್ದಾಳೆ", "ಆಗಿದ್ದಳು"),
    (
        "ಒಬ್ಬರು",
        "ಆಗಿದ್ದಾರೆ",
        "ಆಗಿದ್ದರು",
    ),
)
"""One, is and was; the last of people in the plural and of respected persons."""

GENDERS = {
    "": (),
    "masculine": (MASCULINE, RESPECTFUL),
    "feminine": (FEMININE, RESPECTFUL),
    "either": (RESPECTFUL,),
}


ON_ONE: tuple[tuple[str, str], ...] = (
    ("also", "ಊ"),
    ("accusative", "ಅನ್ನು"),
    ("genitive", "ಅ"),
    ("dative", "ಇಗೆ"),
    ("instrumental", "ಇಂದ"),
    ("locative", "ಅಲ್ಲಿ"),
    ("with", "ಒಂದಿಗೆ"),
)
"""What follows one when it is written on a noun."""


def front(text: str) -> bool:
    """Whether a text ends in ಇ, ಈ or ಎ."""
    return ends_in_sign(text, "ಇ", "ಈ", "ಎ", "ಏ")


def stem_of(noun: str, keeps_u: bool) -> str:
    """The stem in a consonant that takes the endings."""
    if ends_in_consonant_letter(noun):
        return noun + "ನ್"
    if front(noun):
        return noun + "ಯ್"
    if ends_in_sign(noun, "ಉ"):
        return noun + "ವ್" if keeps_u else noun[:-1] + VIRAMA
    raise ValueError(f"a noun that ends like {noun} is not known")


def declined(noun: str, stem: str, through_in: bool) -> Iterator[tuple[str, str]]:
    """All forms of one number with their steps; `through_in` where the cases have -ಇನ-."""
    for name, ending in (ALSO, EMPHASIS, *ON_STEM):
        yield join(stem, ending), f"{name} -{ending}"
    if not ends_in_sign(noun, "ಉ") or stem.endswith("ವ್"):
        yield join(stem, "ಉ"), "nominative -ಉ"
    for ending in ("ಅನ್ನು", "ಅನ್ನೂ", "ಅನ್ನೇ"):
        yield join(stem, ending), f"accusative -{ending}"
    long = join(stem, "ಇನ್") if through_in else stem
    yield join(long, "ಅ"), "genitive -ಇನ" if through_in else "genitive -ಅ"
    for name, ending in ON_GENITIVE:
        yield join(long, ending), f"{name} -{ending}"
    for ending in ("ಇಂದ", "ಇಂದಲೂ", "ಇಂದಲೇ", "ಇಂದಾಗಿ"):
        yield join(long, ending), f"instrumental -{ending}"
    for ending in ("ಅಲ್ಲಿ", "ಅಲ್ಲಿಯೂ", "ಅಲ್ಲೂ", "ಅಲ್ಲೇ", "ಅಲ್ಲಿನ", "ಅಲ್ಲಿರುವ"):
        yield join(long, ending), f"locative -{ending}"
    dative = noun + "ಗೆ" if front(noun) else join(stem, "ಇಗೆ")
    yield dative, "dative -ಗೆ"
    for name, ending in ON_DATIVE:
        # -ಗಿಂತ is the dative with -ಇಂತ: the vowel of -ಗೆ gives way to that of the ending
        yield dative[:-1] + ending, f"dative -ಗೆ + {name} -{ending}"


def with_one(stem: str, one: str) -> Iterator[tuple[str, str]]:
    """A noun with one written on, in its cases."""
    text = join(stem, one)
    yield text, f"one {one}"
    long = stem_of(text, keeps_u=False)
    if one == "ಒಬ್ಬ":
        yield join(long, "ಉ"), f"one {one} + nominative -ಉ"
    for name, ending in ON_ONE:
        yield join(long, ending), f"one {one} + {name} -{ending}"


def plurals(word: Word) -> tuple[tuple[str, str], ...]:
    """Plurals and their steps."""
    given = word.texts("plural")
    if given:
        return tuple((text, "plural") for text in given)
    lemma, kind = word.lemma, word.text("class")
    if kind == "kin":
        if not ends_in_consonant_letter(lemma):
            raise ValueError("class kin takes a word in short a")
        return ((lemma + "ಂದಿರು", "plural -ಂದಿರು"),)
    if ends_in_consonant_letter(lemma):
        return ((lemma + "ರು", "plural -ರು"),)
    if front(lemma):
        return ((lemma + "ಯರು", "plural -ಯರು"),)
    return ((lemma + "ಗಳು", "plural -ಗಳು"),)


def of_plural(noun: str, step: str) -> Iterator[Inflected]:
    """All forms of a plural."""
    yield Inflected(noun, PLURAL, step)
    before = "" if step == "lemma" else f"{step} + "
    for name, ending in (("are", RESPECTFUL[1]), ("were", RESPECTFUL[2]), *ALL):
        text = join(stem_of(noun, keeps_u=False), ending)
        yield Inflected(text, PLURAL, f"{before}{name} -{ending}")
    for text, rule in declined(noun, stem_of(noun, keeps_u=False), through_in=False):
        yield Inflected(text, PLURAL, before + rule)


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, singular and plural."""
    lemma, kind = word.lemma, word.text("class")
    if kind not in ("", "kin", "v", "lu", "plural"):
        raise ValueError(f"no class {kind!r}")
    if kind == "plural":
        yield from of_plural(lemma, "lemma")
        return
    stem = stem_of(lemma, keeps_u=kind == "v")
    through_in = ends_in_sign(lemma, "ಉ") and kind != "lu"
    yield Inflected(lemma, SINGULAR, "lemma")
    for text, rule in declined(lemma, stem, through_in):
        yield Inflected(text, SINGULAR, rule)
    for one, present, past in GENDERS[word.text("gender")]:
        for text, rule in with_one(stem, one):
            yield Inflected(text, SINGULAR, rule)
        if one != "ಒಬ್ಬರು" or front(lemma):
            yield Inflected(join(stem, present), SINGULAR, f"is -{present}")
            yield Inflected(join(stem, past), SINGULAR, f"was -{past}")
    if word.flag("honorific"):
        for form in of_plural(join(stem, "ಅವರು"), "honorific ಅವರು"):
            yield form._replace(number=SINGULAR)
    for plural, step in plurals(word):
        yield from of_plural(plural, step)
