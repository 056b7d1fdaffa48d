"""Slovak nouns for persons, and adjectives: six cases in two numbers, and the vocatives left.

The classes are the model nouns of school grammars (chlap, hrdina, žena, ulica, dlaň, mesto, dievča
…) with a few subtypes; the forms can be checked against the Krátky slovník slovenského jazyka.
Two rules of sound: a long ending is short after a long syllable (ženám, but dámam), and the
nominative plural -i softens k and ch (chlapík: chlapíci; ženích: ženísi).

The genitive plural without ending lengthens or inserts a vowel in ways that each noun has of its
own (žena: žien, matka: matiek); it is given in the entry (``bare``). Animate masculines have the
genitive for the accusative. The instrumental plural is -mi after one consonant and -ami after a
group or m.

Adjectives are hard (pekný; krásny, with short endings after a long syllable) or soft (cudzí,
veriaci); k and ch stay before the -í of persons (slovenskí).

Not made: possessive adjectives (otcov, matkin), which are other words, and the
dative -u beside -ovi where it is rare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, adjective_tables, case_tables
from corpus_assay.lexicons.paradigms.case_tables import Grammar, Sorted

KEYS = case_tables.KEYS

ADJECTIVE_KEYS: dict[str, str] = {}

# Nominative, genitive, dative, accusative, vocative, locative, instrumental.
# ^i: k > c, ch > s. ~mi: -ami after a group of consonants or m. Long endings shorten by themselves.
DECLENSIONS: dict[str, dict[str, str]] = {
    # Masculine animate.
    "chlap": {"singular": "- a ovi G . ovi om", "plural": "^i ov om G N och ~mi"},
    "hrdina": {"singular": "a u ovi u . ovi om", "plural": "ovia ov om G N och ami"},
    "dedo": {"singular": "o a ovi G . ovi om", "plural": "ovia ov om G N och ."},
    "ľudia": {"plural": "ia í om G N och mi"},
    # Feminine.
    "žena": {"singular": "a y e u . e ou", "plural": "y ° ám y N ách ami"},
    "ulica": {"singular": "a e i u . i ou", "plural": "e ° iam e N iach ami"},
    "dlaň": {"singular": "- e i - . i ou", "plural": "e í iam e N iach ami"},
    "gazdiná": {"singular": "á ej ej ú . ej ou", "plural": "é ° ám é N ách ami"},
    "pani": {"singular": "i ej ej iu . ej ou", "plural": "ie í iam ie N iach iami"},
    # Neuter.
    "mesto": {"singular": "o a u o . u om", "plural": "á ° ám á N ách ami"},
    "indivíduum": {"singular": "um a u um . u om", "plural": "á í ám á N ách ami"},
    "dievča": {
        "singular": "a aťa aťu a . ati aťom",
        "plural": "atá/ence at/eniec atám/encom N N atách/encoch atami/encami",
    },
    "bábä": {"singular": "a aťa aťu a . ati aťom", "plural": "atá at atám N N atách atami"},
    "deti": {"plural": "i í om N N och mi"},
    # Adjectives, alone as nouns or before one.
    "pekný": {"singular": "ý ého ému ého . om ým", "plural": "í ých ým G N ých ými"},
    "pekná": {"singular": "á ej ej ú . ej ou", "plural": "é ých ým é N ých ými"},
    "cudzia": {
        "singular": "ia ej ej iu . ej ou",
        "plural": "ie ích ím ie N ích ími",
    },
    "lady": {"singular": "- - - - - - -", "plural": "- - - - - - -"},
}

HARD = {
    "masculine": "ý ého ému . . om ým",
    "feminine": "á ej . ú . . ou",
    "neuter": "é . . . . . .",
    "masculine personal plural": "í . . . . . .",
    "plural": "é ých ým . . . ými",
}
"""Adjectives; what is written like another case of the line is not repeated."""
SOFT_ADJECTIVE = {
    "masculine": "í ieho iemu . . om ím",
    "feminine": "ia ej . iu . . ou",
    "neuter": "ie . . . . . .",
    "plural": "í ích ím . . . ími",
}
SHORT_SOFT = {
    "masculine": "i eho emu . . om im",
    "feminine": "a ej . u . . ou",
    "neuter": "e . . . . . .",
    "plural": "i ich im . . . imi",
}

SOFTENED = {"ch": "s", "k": "c"}
"""Consonants that change before the -i of the nominative plural."""
LONG = "áéíóúýĺŕô"
SHORT = str.maketrans("áéíóúý", "aeiouy")
VOWELS = "aáäeéiíoóôuúyý"
SOFT_DENTALS = str.maketrans("ďťňľ", "dtnl")


def attach(stem: str, ending: str) -> tuple[str, str]:
    """Stem and ending as one form, and the ending as it is written."""
    if ending[0] == "^":
        for hard, soft in SOFTENED.items():
            if stem.endswith(hard):
                return stem.removesuffix(hard) + soft + ending[1:], ending[1:]
        return stem + ending[1:], ending[1:]
    if ending == "~mi":
        group = re.search(rf"[^{VOWELS}]{{2}}$", stem.replace("ch", "h"))
        written = "ami" if group or stem.endswith("m") else "mi"
        return stem + written, written
    written = shortened(stem, ending)
    if written[0] in "eií":
        return stem[:-1] + stem[-1].translate(SOFT_DENTALS) + written, written
    return stem + written, written


def shortened(stem: str, ending: str) -> str:
    """The ending with its vowel short after a long syllable: ženám, but dámam; ulíc, uliciam."""
    syllables = re.findall(rf"i[aeu]|[{VOWELS}ĺŕ]", stem)
    if not syllables or not (syllables[-1] in LONG or len(syllables[-1]) > 1):
        return ending
    if ending in ("iam", "iach"):
        return ending[1:]
    return ending if ending == "í" else ending[0].translate(SHORT) + ending[1:]


def sort(lemma: str) -> Sorted:
    """Class and stems of regular nouns, from the ending of the lemma."""
    stem = lemma[:-1]
    if lemma.endswith("ica"):
        return Sorted("ulica", stem, lemma[:-3] + "íc")
    for ending, declension in (
        ("a", "žena"),
        ("o", "mesto"),
        ("um", "indivíduum"),
        ("ý", "pekný"),
        ("á", "pekná"),
        ("i", "pani"),
    ):
        if lemma.endswith(ending):
            return Sorted(declension, lemma.removesuffix(ending), stem)
    if lemma.endswith(("ec", "ek", "ok")) and not lemma.endswith("ček"):
        return Sorted("chlap", lemma[:-2] + lemma[-1], lemma)
    return Sorted("chlap", lemma, lemma)


GRAMMAR = Grammar(DECLENSIONS, attach, sort)


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, or of an adjective and a noun."""
    return case_tables.inflect(word, GRAMMAR)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective in -ý, -y, -í or -i."""
    table = {"í": SOFT_ADJECTIVE, "i": SHORT_SOFT}.get(word.lemma[-1], HARD)
    if word.lemma[-1] not in "ýyíi":
        raise ValueError("is no adjective in -ý, -y, -í or -i")
    short = word.lemma.endswith("y")

    def join(stem: str, ending: str) -> tuple[str, str]:
        written = ending[0].translate(SHORT) + ending[1:] if short else ending
        return stem + written, written

    yield from adjective_tables.decline(word.lemma, word.lemma[:-1], GRAMMAR.cases, table, join)
