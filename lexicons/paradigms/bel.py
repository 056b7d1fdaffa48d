"""Belarusian: declension of nouns for persons and of adjectives, in the orthography of 2008.

Six cases, two numbers. A noun for a person is animate, so the accusative plural is the genitive
plural, and in class II the accusative singular is the genitive singular. The classes (the numbers
are those of the Russian rules; Belarusian school books swap the first two):

- I: feminine nouns with -а/-я (жанчына, бабуля);
- Im: nouns for men with unstressed -а/-я (бацька, дзядуля): dative and accusative in -у/-ю,
  instrumental in -ам/-ем, prepositional in -у/-ю after velars, hardened and soft consonants;
- II: masculine without ending, with -ь or -й (брат, татусь, габрэй);
- ``plural``: a plural without singular (дзеткі); ``adjective``: a noun that declines as an
  adjective (дарослы); ``indeclinable``: маці, лэдзі.

Before the -е of dative and prepositional т becomes ц, д дз, г з, х с, and к becomes ц with -ы
(stressed -э): `before_front_vowel`. Unstressed о is written а (акание), so stems and stress are in
the entry where they change: сястра, сёстры, сясцёр. A word that begins with у is also written with
ў, as it is after a vowel.

Adjectives are hard (новы, беларускі; with stressed endings стары, старога) or soft (сярэдні).

Not made: Taraškievica spellings, feminines with a final consonant (свякроў, which is listed),
possessive adjectives (мамін), the old genitive in -ае of adjectives, and the instrumental маткай
that some grammars give to маці.
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
    "class": "I, Im or II where the ending does not tell, plural, adjective, indeclinable",
    "stem": "stem of all forms but the nominative singular: хлопец, хлопц",
    "end_stressed": "true: the endings are stressed, so дачкой, дачцэ, юнаком, юнакоў",
    "plural": "nominative plural of another stem than the singular: сёстры, людзі",
    "genitive_plural": "genitive and accusative plural, all variants",
    "instrumental_plural": "instrumental plural in -ьмі: людзьмі",
    "vocative": "form of address that is no other case form: чалавеча",
}

ADJECTIVE_KEYS = {"end_stressed": "true: the endings are stressed, so старога, старой"}

ADJECTIVE_ENDINGS = {
    "masculine": ("ы", "ага", "аму", "ага", "ым", "ым"),
    "feminine": ("ая", "ай", "ай", "ую", "ай", "ай"),
    "plural": ("ыя", "ых", "ым", "ых", "ымі", "ых"),
}
HARD = {
    "masculine": "ы ага аму . ым .",
    "feminine": "ая ай . ую аю .",
    "neuter": "ае . . . . .",
    "plural": "ыя ых . . ымі .",
}
"""Adjectives; what is written like a genitive or dative is not repeated."""
STRESSED_HARD = {
    "masculine": "ы ога ому . ым .",
    "feminine": "ая ой . ую ою .",
    "neuter": "ое . . . . .",
    "plural": "ыя ых . . ымі .",
}
SOFT = {
    "masculine": "і яга яму . ім .",
    "feminine": "яя яй . юю яю .",
    "neuter": "яе . . . . .",
    "plural": "ія іх . . імі .",
}
ADJECTIVES = "ны ая"
"""Endings that tell an adjective from a noun in a lemma of several words."""

VELARS = "гкх"
HARDENED = "жшчцр"
BEFORE_FRONT_VOWEL = {"т": "ц", "д": "дз", "г": "з", "х": "с", "к": "ц", "ў": "в"}
STRESSED = {
    "ай": "ой",
    "аю": "ою",
    "яй": "ёй",
    "яю": "ёю",
    "ам": "ом",
    "ем": "ём",
    "аў": "оў",
    "яў": "ёў",
}


def spell(stem: str, ending: str) -> str:
    """Stem and ending; і is written for ы after velars: жонк + ы жонкі."""
    if stem[-1:] in VELARS and ending.startswith("ы"):
        ending = "і" + ending[1:]
    return stem + ending


def before_front_vowel(stem: str, stressed: bool) -> str:
    """The stem with its dative ending: сястры, жонцы, дачцэ, цётцы, мачасе, дзедзе."""
    last = stem[-1]
    if last in HARDENED:
        return f"{stem}ы"
    changed = stem[:-1] + BEFORE_FRONT_VOWEL.get(last, last)
    if last == "к":
        return changed + ("э" if stressed else "ы")
    return f"{changed}е"


def bare_genitive_plural(stem: str) -> str:
    """The genitive plural without ending: жонак, бабулек (a vowel before the к), каралеў."""
    if stem.endswith("в"):
        return f"{stem[:-1]}ў"
    found = re.fullmatch(r"(.*)([^аеёіоуыэюя])к", stem)
    if not found:
        return stem
    head, consonant = found.groups()
    if consonant in "ьй":
        return f"{head}ек"
    return f"{head}{'в' if consonant == 'ў' else consonant}ак"


def inflect(word: Word) -> Iterator[Inflected]:
    """All case forms of a word, then its forms of address; those with initial у with ў as well."""
    for text, number, rule in east_slavic.forms(word, _noun, _adjective, ADJECTIVES):
        yield Inflected(text, number, rule)
        if text.startswith("у"):
            yield Inflected(f"ў{text[1:]}", number, f"{rule}, у written ў after a vowel")


def _adjective(lemma: str) -> Cells:
    """An adjective or a noun that declines as one; the ending of the lemma tells the gender."""
    if lemma.endswith("ая"):
        stem, gender = lemma[:-2], "feminine"
    elif lemma.endswith(("ы", "і")):
        stem, gender = lemma[:-1], "masculine"
    else:
        raise ValueError("is no adjective of the hard declension")
    cells: Cells = {}
    for number, endings in ((SINGULAR, gender), (PLURAL, "plural")):
        for case, ending in zip(CASES, ADJECTIVE_ENDINGS[endings], strict=True):
            text = spell(stem, ending)
            cells[number, case] = [(text, f"-{text[len(stem) :]}")]
    return cells


def _noun(word: Word) -> Cells:
    kind = word.text("class") or ("I" if word.lemma[-1] in "ая" else "II")
    cells: Cells = {}
    if kind == "plural":
        _add_plural(cells, word, word.lemma, word.texts("genitive_plural"))
        return cells
    soft = word.lemma[-1] in "яьй"
    bare = word.lemma[:-1] if kind in ("I", "Im") else word.lemma.rstrip("ьй")
    stem = word.text("stem", bare)
    stressed = word.flag("end_stressed")
    changed = "" if stem == bare else f"stem {stem}- + "
    endings = _singular_endings(kind, soft, stem)
    for case, variants in zip(CASES, endings, strict=True):
        cells[SINGULAR, case] = []
        for ending in variants:
            if ending == "":
                cells[SINGULAR, case].append((word.lemma, "without change"))
            elif ending == "е":
                text = before_front_vowel(stem, stressed)
                cells[SINGULAR, case].append((text, f"{changed}-{text[-1]}"))
            else:
                text = spell(stem, STRESSED.get(ending, ending) if stressed else ending)
                cells[SINGULAR, case].append((text, f"{changed}-{text[len(stem) :]}"))
    plural = word.text("plural") or spell(stem, "і" if soft else "ы")
    genitives = word.texts("genitive_plural")
    if not genitives:
        if word.text("plural"):
            raise ValueError("needs its genitive_plural beside its plural")
        genitives = _genitives_plural(kind, soft, stem, stressed)
    _add_plural(cells, word, plural, genitives)
    return cells


def _singular_endings(kind: str, soft: bool, stem: str) -> tuple[tuple[str, ...], ...]:
    """The six singular endings; "" is the lemma, "е" the ending that changes the stem."""
    if kind == "I" and soft:
        return ("",), ("і",), ("і",), ("ю",), ("яй", "яю"), ("і",)
    if kind == "I":
        return ("",), ("ы",), ("е",), ("у",), ("ай", "аю"), ("е",)
    if kind == "Im" and soft:
        return ("",), ("і",), ("ю",), ("ю",), ("ем",), ("ю",)
    by_stem = "у" if stem[-1] in VELARS + HARDENED else "е"
    if kind == "Im":
        return ("",), ("ы",), ("у",), ("у",), ("ам",), (by_stem,)
    if kind == "II" and soft:
        return ("",), ("я",), ("ю",), ("я",), ("ем",), ("ю",)
    if kind == "II":
        return ("",), ("а",), ("у",), ("а",), ("ам",), (by_stem,)
    raise ValueError(f"has no class {kind!r}")


def _genitives_plural(kind: str, soft: bool, stem: str, stressed: bool) -> tuple[str, ...]:
    if kind == "I":
        return (f"{stem}ь" if soft else bare_genitive_plural(stem),)
    ending = "яў" if soft else "аў"
    return (stem + (STRESSED[ending] if stressed else ending),)


def _add_plural(cells: Cells, word: Word, nominative: str, genitives: tuple[str, ...]) -> None:
    if not genitives:
        raise ValueError("needs its genitive_plural")
    stem, ending = nominative[:-1], nominative[-1]
    vowel = "я" if ending == "і" and stem[-1] not in VELARS else "а"
    genitive = [
        (text, f"-{text[len(stem) :]}" if text.startswith(stem) and text != stem else f"({text})")
        for text in genitives
    ]
    cells[PLURAL, "nominative"] = [(nominative, f"-{ending}")]
    cells[PLURAL, "genitive"] = cells[PLURAL, "accusative"] = genitive
    cells[PLURAL, "dative"] = [(f"{stem}{vowel}м", f"-{vowel}м")]
    irregular = word.texts("instrumental_plural")
    cells[PLURAL, "instrumental"] = [(text, "-ьмі") for text in irregular] or [
        (f"{stem}{vowel}мі", f"-{vowel}мі")
    ]
    cells[PLURAL, "prepositional"] = [(f"{stem}{vowel}х", f"-{vowel}х")]


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective; those with initial у with ў as well."""
    stem = word.lemma[:-1]
    if not word.lemma.endswith(("ы", "і")):
        raise ValueError("is no adjective in -ы or -і")
    if word.lemma.endswith("і") and stem[-1] not in VELARS:
        table = SOFT
    else:
        table = STRESSED_HARD if word.flag("end_stressed") else HARD

    def attach(stem: str, ending: str) -> tuple[str, str]:
        text = spell(stem, ending)
        return text, text[len(stem) :]

    for form in adjective_tables.decline(word.lemma, stem, CASES, table, attach):
        yield form
        if form.text.startswith("у"):
            rule = f"{form.rule}, у written ў after a vowel"
            yield form._replace(text=f"ў{form.text[1:]}", rule=rule)
