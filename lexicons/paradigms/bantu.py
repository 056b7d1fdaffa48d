"""What the Bantu languages share: noun classes that come in pairs, singular and plural.

A noun begins with the prefix of its class; the plural begins with the prefix of another class
(Swahili m-tu, wa-tu; Zulu umu-ntu, aba-ntu; Luganda omu-ntu, aba-ntu). A language writes the pairs
that hold persons as a table of `Pair` and states the class of each word, or lets the prefix tell.

A phrase has its head first. What follows agrees with the head and is written in the entry for both
numbers: ``mtoto mchanga``, ``watoto wachanga``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Word

KEYS = {
    "class": "the noun class of the singular, where its prefix does not tell it",
    "plural": "the plural, where the class prefix does not make it; of a phrase all of it",
}

Pair = tuple[str, str]
"""The prefix of the singular and the one of the plural that takes its place."""


class Noun(NamedTuple):
    """One number of a noun: its head with the class prefix, what follows the head (with the blank
    before it), its number, its class, and the rule so far."""

    head: str
    tail: str
    number: str
    noun_class: str
    rule: str


def split(text: str) -> tuple[str, str]:
    """Head and tail of a phrase; the tail keeps its blank."""
    head, blank, tail = text.partition(" ")
    return head, blank + tail


def numbers(word: Word, noun_class: str, pairs: Mapping[str, tuple[Pair, ...]]) -> list[Noun]:
    """Singular and plural of a word of a class; the singular alone where the class has no pair.

    Of the pairs of a class the first whose prefix the word begins with holds. Raises ValueError
    for a class that is not in the table and for a word that does not begin with its prefix.
    """
    if noun_class not in pairs:
        raise ValueError(f"class {noun_class!r} is not one of {sorted(pairs)}")
    head, tail = split(word.lemma)
    nouns = [Noun(head, tail, SINGULAR, noun_class, "lemma")]
    if plural := word.text("plural"):
        return [*nouns, Noun(*split(plural), PLURAL, noun_class, "plural")]
    if not pairs[noun_class]:
        return nouns
    for singular, other in pairs[noun_class]:
        if head.startswith(singular):
            rule = f"plural {other}-" + (f" for {singular}-" if singular else "")
            made = other + head.removeprefix(singular)
            return [*nouns, Noun(made, tail, PLURAL, noun_class, rule)]
    raise ValueError(f"does not begin like a noun of class {noun_class}")
