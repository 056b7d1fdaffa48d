"""Dutch nouns: number, the -s of names, and diminutives.

The plural takes -s after -e and unstressed -el, -em, -en, -er; 's after a single vowel letter
other than e (mama's); else -en. The spelling keeps a short vowel short by doubling the consonant
(man, mannen; zus, zussen) and writes a long one with one letter in an open syllable (persoon,
personen), and f, s may become v, z: such plurals are given with the word, as are those of other
kinds (broers, kinderen).

A diminutive is neuter and takes -s in the plural (jongetje, jongetjes). It is given with the word,
as its shape follows the sound (kindje, zoontje, moedertje). Nouns that serve as names take -s in
the genitive (vaders, which is also the plural). Not made: the genitive with 's of old phrases
('s mans), and the old plural in -en of words in -er (dochteren).

Adjectives take -e before most nouns (Frans, Franse), -s behind iets (iets Frans, iets jongs), and
-n when they stand for several persons (de doven, blinden). The spelling of the stem before -e is
given where it changes by more than the rules know: a single consonant behind a short vowel doubles
(wit, witte), and s and f may become z and v (dakloos, dakloze; doof, dove). A long vowel of two
letters is written with one (autonoom, autonome). Words in -s and -sch take no -s. Not made: the
comparative and the superlative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "plural": "the plural or plurals, where the rule does not make them",
    "diminutive": "the diminutive or diminutives",
}

ADJECTIVE_KEYS = {
    "stem": "the stem before -e, where the rule does not make it (wit, witt-; boos, boz-)",
    "noun": "stands for persons as a noun: also -n in the plural",
}


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word and of its diminutives."""
    yield Inflected(word.lemma, SINGULAR, "lemma")
    given = word.texts("plural")
    if given:
        yield from (Inflected(text, PLURAL, "plural with its own form") for text in given)
    else:
        text, ending = plural(word.lemma)
        yield Inflected(text, PLURAL, f"plural {ending}")
    for small in word.texts("diminutive"):
        yield Inflected(small, SINGULAR, "diminutive")
        yield Inflected(small + "s", PLURAL, "diminutive + plural -s")


def plural(noun: str) -> tuple[str, str]:
    """Plural of a noun, and its ending."""
    if re.search(r"[^aeiou][aiouy]$", noun):
        return noun + "'s", "-'s"
    if re.search(r"([^aeo]e[lmnr]|e)$", noun):
        return noun + "s", "-s"
    return noun + "en", "-en"


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """An adjective without an ending and with -e, -s, and -en of persons."""
    lemma = word.lemma
    yield Inflected(lemma, FORMS, "lemma")
    if not lemma.endswith(("s", "x", "sch")):
        yield Inflected(lemma + "s", SINGULAR, "behind iets -s")
    if lemma[-1] != "e":
        inflected = word.text("stem", adjective_stem(lemma)) + "e"
        yield Inflected(inflected, FORMS, "before a noun -e")
    else:
        inflected = lemma
    if word.flag("noun"):
        yield Inflected(inflected + "n", PLURAL, "persons -en")


def adjective_stem(lemma: str) -> str:
    """The stem before -e: a long vowel in aa, ee, oo, uu is written with one letter."""
    return re.sub(r"([aeou])\1([^aeiou])$", r"\1\2", lemma)
