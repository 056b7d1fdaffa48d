"""Spanish nouns: number, and the diminutives that are everyday words; adjectives.

The plural takes -s after a vowel without stress or á, é, ó (hija, papá), -es after a consonant,
where z becomes c and a last syllable loses its written accent (varón, varones); nouns in an
unstressed -s have one form. Where the accent moves or appears, the plural is given (joven,
jóvenes).

Adjectives in -o have a feminine in -a; so have those in -és, -án, -ín, -ón, -or and -ol, which add
it and lose their accent (francés, francesa; alemán, alemana). Others have one form for both
genders, and two plurals in -í and -ú (israelíes, israelís).

Diminutives replace the final vowel (niño, niñito; hombre, hombrecillo) or follow a consonant
(mujer, mujercita); which suffix a noun takes is given with it. Stress moves to the suffix, so the
accent of the stem goes (huérfano, huerfanito). Augmentatives and pejoratives, and inclusive
spellings without a pronunciation (niñ@s, niñxs), are not made.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import PLURAL, Inflected, Word, romance

KEYS = romance.KEYS | romance.DIMINUTIVE
ADJECTIVE_KEYS = romance.ADJECTIVE_KEYS

FEMININES = (
    ("o", "a"),
    ("és", "esa"),
    ("án", "ana"),
    ("ín", "ina"),
    ("ón", "ona"),
    ("or", "ora"),
    ("ol", "ola"),
)

WITHOUT_ACCENT = str.maketrans("áéíóú", "aeiou")


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word and of its diminutives."""
    yield from romance.inflect(word, plural)
    yield from romance.diminutives(word, plural, diminutive)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Both genders and numbers of an adjective, with both plurals of -í and -ú."""
    yield from romance.adjective(word, feminine, plural)
    if word.lemma[-1] in "íú" and not word.text("class") and not word.texts("plural"):
        yield Inflected(word.lemma + "s", PLURAL, "plural -s")


def feminine(word: str) -> tuple[str, str]:
    """Feminine of one adjective, and its ending."""
    return romance.ending(word, FEMININES) or (word, "without an ending")


def plural(word: str) -> tuple[str, str]:
    """Plural of one word, and its ending."""
    if word[-1] in "aeiouáéó":
        return word + "s", "-s"
    if word[-1] == "z":
        return word[:-1] + "ces", "-es"
    if word[-1] in "ns" and word[-2] in "áéíóú":
        return word[:-2] + word[-2:].translate(WITHOUT_ACCENT) + "es", "-es"
    if word[-1] in "sx":
        return word, "without an ending"
    return word + "es", "-es"


def diminutive(word: str, suffix: str) -> str:
    """A word with a diminutive suffix, in the spelling that keeps the sound of the stem."""
    stem = word[:-1] if word[-1] in "aeo" else word
    stem = stem.translate(WITHOUT_ACCENT)
    for old, new in (("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(old) and stem != word and suffix[0] in "ei":
            return stem.removesuffix(old) + new + suffix
    return stem + suffix
