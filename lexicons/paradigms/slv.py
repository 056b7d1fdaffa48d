"""Slovenian nouns for persons, and adjectives: six cases in singular, dual and plural.

Classes are named by model nouns (korak, stric, dekle, žena, mati, mesto …); the forms can be
checked against Slovenski pravopis and the Sloleks lexicon. After c, č, ž, š, j the endings -om,
-ov, -oma are -em, -ev, -ema. The genitive plural of feminines and neuters is the stem alone, with a
vowel in a group (sestra: sester). Animate masculines have the genitive for the accusative
singular. The genitive and locative of the dual are those of the plural.

Adjectives have their indefinite and definite masculine (star, stari) and all genders and numbers;
the neuter is -e after a soft consonant (rdeče).

A dual form counts as a plural; where it is written like a singular (brata, ženi) its number is
left open. Not made: possessive adjectives (očetov, materin), which are other words, and the
colloquial instrumental plural in -ma.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, adjective_tables, case_tables
from corpus_assay.lexicons.paradigms.case_tables import Grammar, Sorted

KEYS = case_tables.KEYS

ADJECTIVE_KEYS = {"stem": "the stem before endings: reven, revn"}

# Nominative, genitive, dative, accusative, vocative (none), locative, instrumental.
# o at the start of an ending is e after a soft consonant; ^i: k > c before -ih and -i.
DECLENSIONS: dict[str, dict[str, str]] = {
    # Masculine.
    "korak": {
        "singular": "- a u G . u om",
        "dual": "a ov oma a . ih oma",
        "plural": "i ov om e . ih i",
    },
    "otrok": {"dual": "a ° oma a . ^ih oma", "plural": "^i ° om e . ^ih i"},
    "mož": {
        "singular": "- a u G . u em",
        "dual": "a - ema a . eh ema",
        "plural": "je - em e . eh mi",
    },
    "človek": {"singular": "- a u G . u om", "dual": "a ov oma a . ih oma"},
    "ljudje": {"plural": "je i em i . eh mi"},
    "sin": {
        "singular": "- a u G . u om",
        "dual": "ova/a ov ovoma ova/a . ovih ovoma",
        "plural": "ovi ov ovom ove . ovih ovi",
    },
    "oče": {
        "singular": "e eta etu G . etu etom",
        "dual": "eta etov etoma eta . etih etoma",
        "plural": "etje etov etom ete . etih eti",
    },
    "ati": {
        "singular": "i ija iju G . iju ijem",
        "dual": "ija ijev ijema ija . ijih ijema",
        "plural": "iji ijev ijem ije . ijih iji",
    },
    "očka": {
        "singular": "a a/e u/i a/o . u/i om/o",
        "dual": "a ov oma a . ih oma",
        "plural": "i ov om e . ih i",
    },
    "moški": {
        "singular": "i ega emu G . em im",
        "dual": "a ih ima a . ih ima",
        "plural": "i ih im e . ih imi",
    },
    # Feminine.
    "žena": {
        "singular": "a e i o . i o",
        "dual": "i ° ama i . ah ama",
        "plural": "e ° am e . ah ami",
    },
    "mati": {
        "singular": "i ere eri er . eri erjo",
        "dual": "eri er erama eri . erah erama",
        "plural": "ere er eram ere . erah erami",
    },
    "gospa": {
        "singular": "a e e o . e o",
        "dual": "e a ema e . eh ema",
        "plural": "e a em e . eh emi",
    },
    "babi": {"singular": "- - - - . - -"},
    # Neuter.
    "dekle": {
        "singular": "e eta etu e . etu etom",
        "dual": "eti et etoma eti . etih etoma",
        "plural": "eta et etom eta . etih eti",
    },
    # Adjectives before a noun or alone as nouns.
    "stari": {
        "singular": "i ega emu G . em im",
        "dual": "a ih ima a . ih ima",
        "plural": "i ih im e . ih imi",
    },
    "stara": {
        "singular": "a e i o . i o",
        "dual": "i ih ima i . ih ima",
        "plural": "e ih im e . ih imi",
    },
}

ADJECTIVES = {
    "masculine": "i ega emu . . em im",
    "feminine": "a e i o . . .",
    "neuter": "o . . . . . .",
    "dual": "a/i ih ima . . . .",
    "plural": "i/e/a ih im e . . imi",
}
"""Adjectives; what is written like another case of the line is not repeated."""

SOFT = "cčšžj"


def attach(stem: str, ending: str) -> tuple[str, str]:
    """Stem and ending as one form, and the ending as it is written."""
    if ending[0] == "^":
        before = stem[:-1] + "c" if stem.endswith("k") else stem
        return before + ending[1:], ending[1:]
    if ending in ("ov", "om", "oma") and stem[-1] in SOFT:
        ending = "e" + ending[1:]
    return stem + ending, ending


def sort(lemma: str) -> Sorted:
    """Class and stems of regular nouns, from the ending of the lemma."""
    stem = lemma[:-1]
    if lemma.endswith("a"):
        return Sorted("žena", stem, stem)
    for ending, declension in (("i", "stari"), ("e", "dekle"), ("o", "korak")):
        if lemma.endswith(ending):
            return Sorted(declension, stem, stem)
    if lemma.endswith(("ec", "ek")):
        return Sorted("korak", lemma[:-2] + lemma[-1], lemma)
    return Sorted("korak", lemma, lemma)


GRAMMAR = Grammar(DECLENSIONS, attach, sort)


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, or of an adjective and a noun."""
    return case_tables.inflect(word, GRAMMAR)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective: star (star, stari, starega), or one in -i (slovenski)."""
    stem = word.text("stem", word.lemma.removesuffix("i"))

    def join(stem: str, ending: str) -> tuple[str, str]:
        return stem + ending, ending

    if not word.lemma.endswith("i"):
        yield Inflected(word.lemma, "singular", "lemma")
    for form in adjective_tables.decline(word.lemma, stem, GRAMMAR.cases, ADJECTIVES, join):
        if form.rule == "neuter nominative -o" and stem[-1] in SOFT:
            form = form._replace(text=f"{stem}e", rule="neuter nominative -e")
        yield form
