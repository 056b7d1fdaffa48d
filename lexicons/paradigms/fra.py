"""French nouns, and adjectives.

The plural takes -s; nouns in -s, -x, -z have one form; -al becomes -aux, and -au, -eu take -x.
Others (gentilhomme, gentilshommes; madame, mesdames) are given with the word. In a lemma of
several words the entry says which take the plural (class): an adjective agrees (grands-parents,
petites amies), a complement does not (hommes d'affaires).

A word with œ is also made with oe, which keyboards without the ligature have made as common.

Where only a determiner tells the noun from another word (une personne, and personne nobody; la
mariée, and mariée married), only the forms behind a determiner are made (determined).

Adjectives take -e in the feminine, which changes what stands before it (chilien, chilienne; muet,
muette; juif, juive; heureux, heureuse; policier, policière); others (grec, grecque; blanc, blanche)
are given. Their plurals are those of nouns.

Elision (l'homme, d'enfant) leaves the noun as it is. Not made: forms with the midpoint
(conjoint·e·s), whose stem counts as the form that is written before the point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, romance

KEYS = romance.KEYS
ADJECTIVE_KEYS = romance.ADJECTIVE_KEYS

FEMININES = (
    ("e", "e"),
    ("ien", "ienne"),
    ("éen", "éenne"),
    ("on", "onne"),
    ("el", "elle"),
    ("et", "ette"),
    ("eux", "euse"),
    ("er", "ère"),
    ("if", "ive"),
)

DETERMINERS = {
    ("feminine", "singular"): (
        *("la", "une", "cette", "ma", "ta", "sa", "notre", "votre", "leur"),
        *("chaque", "toute", "aucune", "nulle", "quelle", "telle", "certaine", "quelque"),
        *("autre", "même", "seule", "première", "deuxième", "seconde", "troisième", "dernière"),
        *("jeune", "vieille", "petite", "grande", "belle", "jolie", "bonne", "brave", "pauvre"),
        *("charmante", "chère", "future", "nouvelle", "tierce", "simple", "moindre"),
    ),
    ("masculine", "singular"): (
        *("le", "un", "ce", "mon", "ton", "son", "notre", "votre", "leur", "du", "au"),
        *("jeune", "futur", "nouveau"),
    ),
}
"""Determiners, and adjectives before the noun: they show its gender (la mariée), or that it is a
noun at all (une personne, not the pronoun nobody)."""


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word, also in the spelling without the ligature."""
    yield from _without_ligature(romance.inflect(word, plural, DETERMINERS))


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Both genders and numbers of an adjective."""
    yield from _without_ligature(romance.adjective(word, feminine, plural))


def _without_ligature(forms: Iterable[Inflected]) -> Iterator[Inflected]:
    for form in forms:
        yield form
        if "œ" in form.text:
            yield form._replace(
                text=form.text.replace("œ", "oe"), rule=f"{form.rule}, œ written oe"
            )


def feminine(word: str) -> tuple[str, str]:
    """Feminine of one adjective, and its ending."""
    return romance.ending(word, FEMININES) or (word + "e", "-e")


def plural(word: str) -> tuple[str, str]:
    """Plural of one word, and its ending."""
    if word[-1] in "sxz":
        return word, "without an ending"
    if word.endswith("al"):
        return word[:-1] + "ux", "-aux"
    if word.endswith(("au", "eu")):
        return word + "x", "-x"
    return word + "s", "-s"
