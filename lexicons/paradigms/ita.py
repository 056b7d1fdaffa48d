"""Italian nouns: number, and the diminutives that are everyday words; adjectives.

Feminines in -a take -e, -ca and -ga take -che and -ghe; nouns in -o and -e take -i, -co and -go
here -chi and -ghi, and -io and -ie have one i (figlio, figli; moglie, mogli). Nouns with a
stressed final vowel or a final consonant (papà, bro) have one form. Others (uomo, uomini; zio, zii;
amico, amici) give their plural.

Diminutives replace the final vowel (fratello, fratellino; figlio, figlioletto); which suffix a
noun takes is given with it.

Adjectives in -o have a feminine in -a and the plurals of nouns, those in -ico -ici in the masculine
(cattolico, cattolici); those in -e and -a have one singular, and those in -a two plurals
(comunista, comunisti, comuniste; belga, belgi, belghe). Other plurals (greco, greci) are given.

Elision (l'uomo, un'adolescente) leaves the noun as it is. Nouns of both genders whose meaning
here depends on it (la nipote, il nipote) are made behind determiners that show it (determined).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, romance

KEYS = romance.KEYS | romance.DIMINUTIVE
ADJECTIVE_KEYS = romance.ADJECTIVE_KEYS

DETERMINERS = {
    ("masculine", "singular"): (
        *("il", "del", "al", "dal", "nel", "sul", "un", "quel", "questo", "altro"),
        *("mio", "tuo", "suo", "nostro", "vostro"),
    ),
    ("masculine", "plural"): (
        *("i", "dei", "ai", "dai", "nei", "sui", "quei", "questi", "altri"),
        *("miei", "tuoi", "suoi", "nostri", "vostri"),
    ),
    ("feminine", "singular"): (
        *("la", "della", "alla", "dalla", "nella", "sulla", "una", "quella", "questa", "altra"),
        *("mia", "tua", "sua", "nostra", "vostra"),
    ),
    ("feminine", "plural"): (
        *("le", "delle", "alle", "dalle", "nelle", "sulle", "quelle", "queste", "altre"),
        *("mie", "tue", "sue", "nostre", "vostre"),
    ),
}

PLURALS = (
    ("io", "i"),
    ("ie", "i"),
    ("ca", "che"),
    ("ga", "ghe"),
    ("co", "chi"),
    ("go", "ghi"),
    ("a", "e"),
    ("o", "i"),
    ("e", "i"),
)
MASCULINE_PLURALS = (("ico", "ici"), ("ca", "chi"), ("ga", "ghi"), ("a", "i"), *PLURALS)
"""Plurals of masculine adjectives, which may end in -a (belga, entusiasta)."""


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word and of its diminutives."""
    yield from romance.inflect(word, plural, DETERMINERS)
    yield from romance.diminutives(word, plural, diminutive)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Both genders and numbers of an adjective."""
    yield from romance.adjective(word, feminine, masculine_plural, plural)


def feminine(word: str) -> tuple[str, str]:
    """Feminine of one adjective, and its ending."""
    return romance.ending(word, (("o", "a"),)) or (word, "without an ending")


def masculine_plural(word: str) -> tuple[str, str]:
    """Masculine plural of one adjective, and its ending."""
    return romance.ending(word, MASCULINE_PLURALS) or (word, "without an ending")


def plural(word: str) -> tuple[str, str]:
    """Plural of one word, and its ending."""
    return romance.ending(word, PLURALS) or (word, "without an ending")


def diminutive(word: str, suffix: str) -> str:
    """A word with a diminutive suffix; h keeps the sound of c and g, one i is written for two."""
    stem = word[:-1]
    if stem[-1] in "cg" and word[-1] in "ao" and suffix[0] in "ei":
        return stem + "h" + suffix
    return stem.removesuffix("i") + suffix if suffix[0] == "i" else stem + suffix
