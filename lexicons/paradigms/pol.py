"""Polish nouns for persons, and adjectives: seven cases in singular and plural.

Classes are named by model nouns (chłop, chłopak, mężczyzna, kobieta, babcia, ulica …); the forms
can be checked against the Słownik gramatyczny języka polskiego (SGJP). Stems that end in a soft
consonant are written with the accent (babć-, tatuś-), as they stand before no vowel; before a vowel
the softness is written with i (babcia, tatusia). Hard consonants soften before the -e of dative
and locative (kobieta: kobiecie, siostra: siostrze) and before the -i/-y of personal masculines
(facet: faceci, chłopak: chłopacy).

Personal masculines have the genitive for the accusative in both numbers. Depreciative plurals
(te chłopaki, te dzieciaki) are made where they are everyday words. Not made: possessive adjectives,
agglutinated -m, -ś (matkam) and the rare dative -u beside -owi.

Adjectives are hard (młody, polski) or soft (tani); the nominative plural of persons softens the
stem (młodzi, polscy).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, adjective_tables, case_tables
from corpus_assay.lexicons.paradigms.case_tables import Grammar, Sorted

KEYS = case_tables.KEYS

ADJECTIVE_KEYS = {"personal": "nominative plural of persons, where irregular: rozwiedzeni"}

# Nominative, genitive, dative, accusative, vocative, locative, instrumental.
# ^e: softens the stem. ^i: the nominative plural of persons, -i or -y. After k and g, y is i and
# e is ie.
DECLENSIONS: dict[str, dict[str, str]] = {
    # Masculine personal.
    "chłop": {"singular": "- a owi G ^e ^e em", "plural": "^i ów om G N ach ami"},
    "chłopak": {"singular": "- a owi G u u em", "plural": "^i ów om G N ach ami"},
    "dzieciak": {"singular": "- a owi G u u em", "plural": "y ów om G/N N ach ami"},
    "mężczyzna": {"singular": "a y ^e ę o ^e ą", "plural": "^i ° om G N ach ami"},
    "tata": {"singular": "a y ^e ę o ^e ą", "plural": "owie ów om G N ach ami"},
    "bracia": {"plural": "a i om G N ach mi"},
    "ludzie": {"plural": "e i om G N ach mi"},
    # Feminine.
    "kobieta": {"singular": "a y ^e ę o ^e ą", "plural": "y ° om N N ach ami"},
    "babcia": {"singular": "a i i ę u i ą", "plural": "e ° om N N ach ami"},
    "ulica": {"singular": "a y y ę o y ą", "plural": "e ° om N N ach ami"},
    "pani": {"singular": "i i i ą i i ą", "plural": "e ° om N N ach ami"},
    # Neuter.
    "dziecko": {"singular": "o a u o N u em", "plural": "a ° om N N ach ami"},
    "rodzeństwo": {"singular": "o a u o N ^e em", "plural": "a ° om N N ach ami"},
    "dzieci": {"plural": "i i om N N ach mi"},
    "dziewczę": {
        "singular": "ę ęcia ęciu N N ęciu ęciem",
        "plural": "ęta ąt ętom N N ętach ętami",
    },
    "indywiduum": {"singular": "um um um um um um um", "plural": "a ów om N N ach ami"},
    # Adjectives, alone as nouns or before one.
    "stary": {"singular": "y ego emu G N ym ym", "plural": "^i ych ym G N ych ymi"},
    "stara": {"singular": "a ej ej ą N ej ą", "plural": "e ych ym N N ych ymi"},
    "bro": {"singular": "- - - - - - -", "plural": "- - - - - - -"},
}

ADJECTIVES = {
    "masculine": "y ego emu . . ym .",
    "feminine": "a ej . . . . ą",
    "neuter": "e . . . . . .",
    "masculine personal plural": "^i . . . . . .",
    "plural": "e ych ym . . . ymi",
}

BEFORE_E = {
    "st": "ści", "zn": "źni", "sn": "śni", "ch": "sz", "k": "c", "g": "dz", "t": "ci", "d": "dzi",
    "r": "rz", "ł": "l", "n": "ni", "b": "bi", "p": "pi", "m": "mi", "w": "wi", "s": "si",
    "z": "zi",
}  # fmt: skip
"""Softening before -e; longer endings of the stem first."""
BEFORE_I = {
    "st": "ści", "zn": "źni", "sł": "śli", "ch": "si", "sz": "si", "k": "cy", "g": "dzy", "c": "cy",
    "r": "rzy", "ż": "ży", "t": "ci", "d": "dzi", "ł": "li",
}  # fmt: skip
"""Softening before the -i of persons, with the ending as it is written."""
SOFT = {"dź": "dzi", "ć": "ci", "ś": "si", "ź": "zi", "ń": "ni"}
"""Soft consonants before a vowel."""
VOWELS = "aąeęioóuy"


def attach(stem: str, ending: str) -> tuple[str, str]:
    """Stem and ending as one form, and the ending as it is written."""
    if ending == "^e":
        return changed(stem, BEFORE_E) + "e", "e"
    if ending == "^i":
        text = changed(stem, BEFORE_I)
        if text == stem:
            return attach(stem, "i")
        return text, text[-1]
    if ending[0] in VOWELS:
        soft = changed(stem, SOFT)
        if soft != stem:
            return (soft + ending).replace("ii", "i"), ending
    if stem[-1] in "kg" and ending[0] in "ye":
        written = "i" + ending.removeprefix("y")
        return stem + written, written
    return stem + ending, ending


def changed(stem: str, changes: dict[str, str]) -> str:
    """The stem with its last consonants changed, where they are among those that change."""
    for old, new in changes.items():
        if stem.endswith(old):
            return stem.removesuffix(old) + new
    return stem


def sort(lemma: str) -> Sorted:
    """Class and stems of regular nouns, from the ending of the lemma."""
    stem = lemma[:-1]
    if lemma.endswith("ica"):
        return Sorted("ulica", stem, stem)
    for written, soft in (("cia", "ć"), ("sia", "ś"), ("nia", "ń"), ("zia", "ź")):
        if lemma.endswith(written):
            soft_stem = lemma.removesuffix(written) + soft
            return Sorted("babcia", soft_stem, soft_stem)
    if lemma.endswith("a"):
        return Sorted("kobieta", stem, inserted(stem))
    for ending, declension in (("ę", "dziewczę"), ("o", "dziecko"), ("um", "indywiduum")):
        if lemma.endswith(ending):
            return Sorted(declension, lemma.removesuffix(ending), lemma.removesuffix(ending))
    if lemma.endswith("y"):
        return Sorted("stary", stem, stem)
    if lemma.endswith("ni"):
        return Sorted("pani", lemma[:-2] + "ń", lemma[:-2] + "ń")
    if lemma.endswith("iec"):
        return Sorted("chłopak", lemma[:-3] + "c", lemma)
    if lemma.endswith("ek"):
        return Sorted("chłopak", lemma[:-2] + "k", lemma)
    if lemma[-1] in "kgcćśńźżlj" or lemma.endswith(("ch", "sz", "cz")):
        return Sorted("chłopak", lemma, lemma)
    return Sorted("chłop", lemma, lemma)


def inserted(stem: str) -> str:
    """The stem where no ending follows: -e- before the k of a group (matk-a, matek)."""
    return re.sub(rf"([^{VOWELS}])k$", r"\1ek", stem)


GRAMMAR = Grammar(DECLENSIONS, attach, sort)


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, or of an adjective and a noun."""
    return case_tables.inflect(word, GRAMMAR)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective in -y or -i."""
    if not word.lemma.endswith(("y", "i")):
        raise ValueError("is no adjective in -y or -i")
    stem = word.lemma[:-1]
    soft = word.lemma.endswith("i") and stem[-1] not in "kg"
    personal = word.text("personal")

    def join(stem: str, ending: str) -> tuple[str, str]:
        if ending == "^i" and personal:
            return personal, personal[-1]
        if ending == "^i" and stem.endswith("czn"):
            return f"{stem}i", "i"
        if ending == "^i" and stem.endswith("cz"):
            return word.lemma, "y"
        if soft:
            written = "i" + ending.lstrip("^iy")
            return stem + written, written
        return attach(stem, ending)

    yield from adjective_tables.decline(word.lemma, stem, GRAMMAR.cases, ADJECTIVES, join)
