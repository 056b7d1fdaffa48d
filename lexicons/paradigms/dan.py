"""Danish nouns: definiteness, number and genitive.

The definite singular takes -en, in the neuter -et; after -e only -n or -t. The plural takes -er
(person, personer; after -e only -r), -e (dreng, drenge) or no ending (folk); its definite takes -ne
after a vowel and after -er, -ene after any other consonant (drengene, personerne, mændene). Persons
in -er take -e, which their definite drops (dansker, danskere, danskerne).

``class`` says the plural and ``neuter`` the gender. A consonant that doubles before an ending is
given as the stem (søn, sønn-); vowel change (mand, mænd) and old full forms (far, faderen, fædre)
are given with the word. The definite forms moren and broren, allowed beside moderen and broderen,
are given too; faren is mostly the danger.

Adjectives take -t in the neuter, but not those in -sk (dansk), -t and an unstressed -e, nor
participles in -et. The plural and the definite take -e, behind -uel -le (seksuelle); participles in
-et become -ede (handicappet, handicappede). A consonant that doubles is given (smuk, smukke). Not
made: the comparative and the superlative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, scandinavian

KEYS = scandinavian.KEYS | {
    "class": (
        "the plural: er, e, ere (persons in -er) or 0 (no ending); singular or plural: a word of "
        "that number only; without it er"
    ),
    "neuter": "the word is neuter",
    "stem": "the stem before an ending, where it is not the lemma",
}

ADJECTIVE_KEYS = scandinavian.ADJECTIVE_KEYS


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a word."""
    kind = word.text("class", "er")
    if kind not in ("er", "e", "ere", "0", "singular", "plural"):
        raise ValueError(f"unknown class {kind!r}")
    stem = word.text("stem", word.lemma)

    def definite(_lemma: str, _kind: str) -> tuple[str, str]:
        return _add(stem, "et" if word.flag("neuter") else "en")

    def plural(_lemma: str, kind: str) -> tuple[str, str]:
        return (
            (word.lemma, "without an ending")
            if kind == "0"
            else _add(stem, "e" if kind == "ere" else kind)
        )

    yield from scandinavian.inflect(word, kind, definite, plural, plural_definite)


def plural_definite(form: str, kind: str) -> tuple[str, str]:
    """Definite of an indefinite plural, and its ending."""
    if kind == "ere":
        return form[:-1] + "ne", "-ne"
    ending = "ne" if form.endswith(("e", "er")) else "ene"
    return form + ending, f"-{ending}"


def _add(stem: str, ending: str) -> tuple[str, str]:
    """An ending on a stem, without its -e after -e."""
    ending = ending[1:] if stem.endswith("e") else ending
    return stem + ending, f"-{ending}" if ending else "without an ending"


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective."""
    yield from scandinavian.inflect_adjective(word, neuter, adjective_definite)


def neuter(lemma: str) -> str:
    """Neuter of an adjective: blindt; the same in -sk, -t, -e and -a."""
    return lemma if lemma.endswith(("sk", "t", "e", "a")) else lemma + "t"


def adjective_definite(lemma: str) -> str:
    """Plural and definite of an adjective: danske, handicappede, voksne; the same in -e, -a."""
    if lemma[-1] in "ea":
        return lemma
    if lemma.endswith("et"):
        return lemma[:-1] + "de"
    if lemma.endswith(("uel", "iel")):
        return lemma + "le"
    return re.sub(r"([aeiouyæøå].*[^aeiouyæøå])e([nlr])$", r"\1\2", lemma) + "e"
