"""What the Turkic languages share: endings whose letters fit the word before them.

An ending is written as in a grammar, with a capital for each letter that changes: ``lAr``,
``(y)A``, ``(I)m``. ``A`` and ``I`` are the low and the high vowel of harmony, other capitals the
consonants that a language lists in its `Sounds`. A letter in brackets stands only where it keeps
two vowels or two consonants apart: a consonant after a vowel, a vowel after a consonant.

A language writes its tables of endings with these and hangs them on with `Noun.add`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from corpus_assay.lexicons.paradigms import Inflected, Word


@dataclass(frozen=True, eq=False)
class Sounds:
    """How a language fits its endings.

    ``vowels`` are its vowel letters; ``harmony`` gives for ``A`` and ``I`` the vowel that follows
    each last vowel; ``assimilation`` for each other capital the letter that follows each last
    letter, with the letter for all others under "".
    """

    vowels: str
    harmony: Mapping[str, Mapping[str, str]]
    assimilation: Mapping[str, Mapping[str, str]]


def after(letters: str, sound: str, otherwise: str) -> dict[str, str]:
    """A row of ``assimilation``: one sound after some letters, another after all others."""
    return {"": otherwise} | dict.fromkeys(letters, sound)


@cache
def fit(sounds: Sounds, ending: str, vowel: str, letter: str) -> str:
    """An ending as it is written after a word with this last vowel and this last letter."""
    made = ""
    for optional, plain in re.findall(r"\((.)\)|(.)", ending):
        symbol = optional or plain
        if optional and (letter in sounds.vowels) == (symbol in "AI" + sounds.vowels):
            continue
        if symbol in sounds.harmony:
            letter = vowel = sounds.harmony[symbol][vowel]
        elif symbol in sounds.assimilation:
            row = sounds.assimilation[symbol]
            letter = row.get(letter, row[""])
        else:
            letter = symbol
            vowel = symbol if symbol in sounds.vowels else vowel
        made += letter
    return made


@dataclass(frozen=True)
class Noun:
    """A noun with some endings on it.

    ``text`` as it is written; ``soft`` the stem that endings with a vowel take (``çocuğ``);
    ``number`` and ``rule`` of the form; ``third`` whether its last ending is the possessive of the
    third person, after which the cases differ.
    """

    sounds: Sounds
    text: str
    soft: str
    number: str
    rule: str
    third: bool = False

    def add(self, name: str, ending: str, number: str = "", third: bool = False) -> Noun:
        """The noun with one ending more, which the rule calls by this name."""
        vowel = next((x for x in reversed(self.text) if x in self.sounds.vowels), "")
        written = fit(self.sounds, ending, vowel, self.text[-1])
        text = (self.soft if written[:1] in self.sounds.vowels else self.text) + written
        rule = f"{name} -{written}" if self.rule == "lemma" else f"{self.rule} + {name} -{written}"
        return Noun(self.sounds, text, text, number or self.number, rule, third)

    def each(self, endings: Mapping[str, str]) -> Iterator[Noun]:
        """The noun with each ending of a table."""
        return (self.add(name, ending) for name, ending in endings.items())

    @property
    def form(self) -> Inflected:
        return Inflected(self.text, self.number, self.rule)


def possessed(
    noun: Noun, endings: Mapping[str, str], third: str = "his or her", their: str = ""
) -> list[Noun]:
    """A noun with each possessive ending; ``their`` names one that a plural does not take twice."""
    return [
        noun.add(name, ending, third=name in (third, their))
        for name, ending in endings.items()
        if not (name == their and noun.number == "plural")
    ]


def start(sounds: Sounds, word: Word, soft: str) -> Noun:
    """The lemma, without an ending."""
    return Noun(sounds, word.lemma, word.text("stem") or soft, "singular", "lemma")
