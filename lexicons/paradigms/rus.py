"""Russian: declension of nouns for persons, and of adjectives.

Six cases, two numbers. A noun for a person is animate, so the accusative plural is the genitive
plural, and in class II the accusative singular is the genitive singular. The classes follow the
school grammar (Shvedova, ed., Russkaya grammatika, 1980; Zaliznyak's dictionary for stress):

- I: nominative -а/-я (женщина, тётя; also men: мужчина, юноша, дядя);
- II: masculine without ending, with -ь or -й (брат, родитель, еврей);
- III: feminine with -ь (мать, дочь; the stem may grow: матер-);
- ``plural``: a plural without singular (ребята); ``adjective``: a noun that declines as an
  adjective (взрослый); ``indeclinable``: леди.

Hard and soft endings follow from the lemma; the spelling rules (no ы after velars and hushing
consonants, no unstressed о after hushing consonants and ц) are in `spell`. Stress is not written,
so an entry says where it matters (``end_stressed``). The instrumental in -ой has its variant -ою.
Each form with ё is also made with е, as print mostly writes it. In a lemma of several words,
adjectives agree and nouns in apposition decline, each by its own ending; the keys of the entry
belong to the last noun.

Adjectives have their full forms (hard новый, простой, русский; soft синий), and of the short forms
those that an entry asks for, without the neuter, which is written like the adverb (богато).

Not made: possessive adjectives (мамин), which are other words; the locative in -у, the old vocative
(отче) and the instrumental -ию, which nouns for persons do not have or no longer have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import (
    PLURAL,
    SINGULAR,
    Inflected,
    Word,
    adjective_tables,
    east_slavic,
)
from corpus_assay.lexicons.paradigms.east_slavic import CASES, Cells

KEYS = {
    "class": "I, II or III where the ending does not tell (III of мать), plural, adjective, "
    "indeclinable",
    "stem": "stem of all forms but the nominative (and accusative III) singular: отец, отц",
    "end_stressed": "true: the endings are stressed, so отцом, малышом, королём",
    "plural": "nominative plural of another stem than the singular: братья, люди",
    "genitive_plural": "genitive and accusative plural, all variants",
    "instrumental_plural": "instrumental plural in -ьми, beside or for the regular one: людьми",
    "vocative": "form of address that is no case form: мам",
}

ADJECTIVE_KEYS = {"short": "short masculine form: болен, глух; the feminine and the plural follow"}

SINGULAR_ENDINGS = {
    "I hard": (("а",), ("ы",), ("е",), ("у",), ("ой", "ою"), ("е",)),
    "I soft": (("я",), ("и",), ("е",), ("ю",), ("ей", "ею"), ("е",)),
    "II hard": (("",), ("а",), ("у",), ("а",), ("ом",), ("е",)),
    "II soft": (("ь",), ("я",), ("ю",), ("я",), ("ем",), ("е",)),
    "II й": (("",), ("я",), ("ю",), ("я",), ("ем",), ("е",)),
    "III soft": (("ь",), ("и",), ("и",), ("ь",), ("ью",), ("и",)),
}
OBLIQUE_PLURAL = {"hard": ("ам", "ами", "ах"), "soft": ("ям", "ями", "ях")}
ADJECTIVE_ENDINGS = {
    "masculine": ("ый", "ого", "ому", "ого", "ым", "ом"),
    "feminine": ("ая", "ой", "ой", "ую", "ой", "ой"),
    "plural": ("ые", "ых", "ым", "ых", "ыми", "ых"),
}

HARD = {
    "masculine": ". ого ому . ым ом",
    "feminine": "ая ой . ую ой/ою .",
    "neuter": "ое . . . . .",
    "plural": "ые ых ым . ыми .",
}
"""Adjectives; what is written like a genitive or dative is not repeated."""
SOFT = {
    "masculine": ". его ему . им ем",
    "feminine": "яя ей . юю ей/ею .",
    "neuter": "ее . . . . .",
    "plural": "ие их им . ими .",
}
SHORT = {"feminine": "а . . . . .", "plural": "ы . . . . ."}

ADJECTIVES = "ый ий ой ая"

VELARS = "гкх"
HUSHING = "жчшщ"


def spell(stem: str, ending: str, stressed: bool) -> str:
    """Stem and ending by the spelling rules: мужик + ы мужики, юнош + ой юношей."""
    last = stem[-1:]
    if last in VELARS + HUSHING and ending.startswith("ы"):
        ending = "и" + ending[1:]
    if last in HUSHING + "ц" and ending.startswith("о") and not stressed:
        ending = "е" + ending[1:]
    return stem + ending


def bare_genitive_plural(stem: str) -> str:
    """The genitive plural without ending; a vowel comes before the к of -ка: девушек, тёток."""
    found = re.fullmatch(r"(.*)([^аеёиоуыэюя])к", stem)
    if not found:
        return stem
    head, consonant = found.groups()
    if consonant in "ьй":
        return f"{head}ек"
    return f"{head}{consonant}{'е' if consonant in HUSHING else 'о'}к"


def inflect(word: Word) -> Iterator[Inflected]:
    """All case forms of a word, then its forms of address; those with ё with е as well."""
    for text, number, rule in east_slavic.forms(word, _noun, _adjective, ADJECTIVES):
        yield Inflected(text, number, rule)
        if "ё" in text:
            yield Inflected(text.replace("ё", "е"), number, f"{rule}, ё written е")


def _adjective(lemma: str) -> Cells:
    """An adjective or a noun that declines as one; the ending of the lemma tells the gender."""
    stem = lemma[:-2]
    if not lemma.endswith(tuple(ADJECTIVES.split())) or lemma.endswith("ний"):
        raise ValueError("is no adjective of the hard declension")
    gender = "feminine" if lemma.endswith("ая") else "masculine"
    stressed = lemma.endswith("ой")
    cells: Cells = {}
    for number, endings in ((SINGULAR, gender), (PLURAL, "plural")):
        for case, ending in zip(CASES, ADJECTIVE_ENDINGS[endings], strict=True):
            text = spell(stem, ending, stressed)
            cells[number, case] = [(text, f"-{text[len(stem) :]}")]
    cells[SINGULAR, "nominative"] = [(lemma, "")]
    return cells


def _noun(word: Word) -> Cells:
    kind = word.text("class") or ("I" if word.lemma[-1] in "ая" else "II")
    cells: Cells = {}
    if kind == "plural":
        _add_plural(cells, word, word.lemma, word.texts("genitive_plural"))
        return cells
    glide = word.lemma.endswith("й")
    soft = word.lemma[-1] in "яьй"
    declension = "й" if glide else "soft" if soft else "hard"
    endings = SINGULAR_ENDINGS.get(f"{kind} {declension}")
    if endings is None:
        raise ValueError(f"has no class {kind!r}")
    bare = word.lemma.rstrip("ьй") if kind != "I" else word.lemma[:-1]
    stem = word.text("stem", bare)
    stressed = word.flag("end_stressed")
    for case, variants in zip(CASES, endings, strict=True):
        cells[SINGULAR, case] = []
        for ending in variants:
            if ending in ("", "ь"):
                cells[SINGULAR, case].append((word.lemma, "without change"))
                continue
            if stressed and ending == "ем":
                ending = "ём"
            text = spell(stem, ending, stressed)
            changed = "" if stem == bare else f"stem {stem}- + "
            cells[SINGULAR, case].append((text, f"{changed}-{text[len(stem) :]}"))
    plural = word.text("plural") or spell(stem, "и" if soft else "ы", stressed)
    genitives = word.texts("genitive_plural")
    if not genitives:
        if word.text("plural"):
            raise ValueError("needs its genitive_plural beside its plural")
        genitives = (f"{stem}ев" if glide else _genitive_plural(kind, soft, stem, stressed),)
    _add_plural(cells, word, plural, genitives)
    return cells


def _genitive_plural(kind: str, soft: bool, stem: str, stressed: bool) -> str:
    if kind == "I":
        return f"{stem}ь" if soft else bare_genitive_plural(stem)
    if soft or stem[-1] in HUSHING:
        return f"{stem}ей"
    return spell(stem, "ов", stressed)


def _add_plural(cells: Cells, word: Word, nominative: str, genitives: tuple[str, ...]) -> None:
    if not genitives:
        raise ValueError("needs its genitive_plural")
    stem, ending = nominative[:-1], nominative[-1]
    soft = ending == "я" or (ending == "и" and stem[-1] not in VELARS + HUSHING)
    dative, instrumental, prepositional = OBLIQUE_PLURAL["soft" if soft else "hard"]
    irregular = word.texts("instrumental_plural")
    genitive = [
        (text, f"-{text[len(stem) :]}" if text.startswith(stem) and text != stem else f"({text})")
        for text in genitives
    ]
    cells[PLURAL, "nominative"] = [(nominative, f"-{ending}")]
    cells[PLURAL, "genitive"] = cells[PLURAL, "accusative"] = genitive
    cells[PLURAL, "dative"] = [(stem + dative, f"-{dative}")]
    cells[PLURAL, "instrumental"] = [(text, "-ьми") for text in irregular] or [
        (stem + instrumental, f"-{instrumental}")
    ]
    cells[PLURAL, "prepositional"] = [(stem + prepositional, f"-{prepositional}")]


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The full forms of an adjective, and the short ones that its entry asks for."""
    for text, number, rule in _adjective_forms(word):
        yield Inflected(text, number, rule)
        if "ё" in text:
            yield Inflected(text.replace("ё", "е"), number, f"{rule}, ё written е")


def _adjective_forms(word: Word) -> Iterator[Inflected]:
    stem, ending = word.lemma[:-2], word.lemma[-2:]
    if ending not in ("ый", "ий", "ой"):
        raise ValueError("is no adjective in -ый, -ий or -ой")
    soft = ending == "ий" and stem[-1] not in VELARS + HUSHING

    def attach(stem: str, ending: str) -> tuple[str, str]:
        text = spell(stem, ending, stressed=word.lemma.endswith("ой"))
        return text, text[len(stem) :]

    yield Inflected(word.lemma, SINGULAR, "lemma")
    table = SOFT if soft else HARD
    yield from adjective_tables.decline(word.lemma, stem, CASES, table, attach)
    short = word.text("short")
    if short:
        yield Inflected(short, SINGULAR, "short masculine")
        yield from adjective_tables.decline("", stem, CASES, SHORT, attach, "short")
