"""The inflection of each language, as rules: one module a language, named by its ISO 639-3 code.

A module ``<code>.py`` holds

- ``KEYS``, a dict: what a word of ``nouns/<code>.toml`` may say beside its ``lemma`` (class, stem,
  irregular forms …), and what each key means;
- ``inflect(word)``, a generator of `Inflected`: every form that the word has;
- ``ADJECTIVE_KEYS`` and ``inflect_adjective(word)``, the same for adjectives, where they inflect.

Modules named after a family (``turkic.py``) hold what its languages share. A language without a
module does not inflect its nouns: the lemma is the only form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

SINGULAR, PLURAL, FORMS = NUMBERS = ("singular", "plural", "forms")
"""Grammatical number of a form; ``forms`` where the noun does not mark it, and for duals that
are written like another number."""

Value = str | tuple[str, ...] | bool
"""What a key of a word can hold."""


class Inflected(NamedTuple):
    """One form: its text, its number (one of `NUMBERS`) and the rule that makes it.

    The rule says, in grammar terms and from left to right, what was done to the lemma: ``plural
    -lar + my -ım + locative -da``.
    """

    text: str
    number: str
    rule: str


@dataclass(frozen=True)
class Word:
    """A word of a lexicon: its lemma and what else its entry says of it."""

    lemma: str
    keys: Mapping[str, Value] = field(default_factory=dict)

    def text(self, key: str, default: str = "") -> str:
        """The value of a key that holds one string."""
        value = self.keys.get(key, default)
        if not isinstance(value, str):
            raise ValueError(f"{key} must be a string")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The values of a key that holds a string or a list of strings; () without it."""
        value = self.keys.get(key, ())
        if isinstance(value, bool):
            raise ValueError(f"{key} must be a string or a list of strings")
        return (value,) if isinstance(value, str) else value

    def flag(self, key: str) -> bool:
        """The value of a key that holds true or false; False without it."""
        value = self.keys.get(key, False)
        if not isinstance(value, bool):
            raise ValueError(f"{key} must be true or false")
        return value

    @property
    def before(self) -> str:
        """All of the lemma before its last word, with the blank or hyphen: ``kız `` of
        ``kız kardeş``; empty for a single word."""
        return self.lemma[: len(self.lemma) - len(self.last)]

    @property
    def last(self) -> str:
        """The last word of the lemma."""
        return re.split(r"[ \-]", self.lemma)[-1]


class Paradigm(NamedTuple):
    """The rules of one language: the keys that its words may have, and the generator."""

    keys: Mapping[str, str]
    inflect: Callable[[Word], Iterable[Inflected]]


def _uninflected(word: Word) -> Iterator[Inflected]:
    yield Inflected(word.lemma, FORMS, "lemma")


@cache
def paradigm(language: str) -> Paradigm:
    """The rules of a language; those of a language without a module make the lemma alone."""
    if not _module(language).is_file():
        return Paradigm({}, _uninflected)
    module = import_module(f"{__name__}.{language}")
    return Paradigm(module.KEYS, module.inflect)


@cache
def adjectives(language: str) -> Paradigm:
    """The rules of a language's adjectives; without any, the lemma is the only form."""
    if not _module(language).is_file():
        return Paradigm({}, _uninflected)
    module = import_module(f"{__name__}.{language}")
    if not hasattr(module, "inflect_adjective"):
        return Paradigm({}, _uninflected)
    return Paradigm(module.ADJECTIVE_KEYS, module.inflect_adjective)


@cache
def digest(language: str) -> str:
    """SHA-256 of the source of a language's rules and of what they import from this package."""
    found = sources(language)
    digests = [hashlib.sha256(found[name]).digest() for name in sorted(found)]
    return hashlib.sha256(b"".join(digests)).hexdigest()


def sources(language: str) -> dict[str, bytes]:
    """Source of the modules that a language's rules stand in, by name, this one among them."""
    found: dict[str, bytes] = {"__init__": Path(__file__).read_bytes()}
    pending = [language]
    while pending:
        name = pending.pop()
        if name in found or not _module(name).is_file():
            continue
        found[name] = _module(name).read_bytes()
        text = found[name].decode()
        pending += re.findall(r"paradigms\.(\w+)", text)
        for names in re.findall(r"paradigms import (?:\(([^)]*)\)|([^\n]*))", text):
            pending += re.findall(r"\w+", "".join(names))
    return found


def _module(name: str) -> Path:
    """Where a module would be; a name that is not a plain identifier has none."""
    plain = re.fullmatch(r"[a-z][a-z_]{0,40}", name) is not None
    return Path(__file__).with_name(f"{name}.py" if plain else "no module")
