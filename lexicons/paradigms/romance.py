"""What French, Italian, Spanish, Portuguese and Catalan nouns and adjectives share.

Nouns have a singular and a plural and no case. A language says how the plural of one word is
made; this module does the rest: which words of a lemma take the plural (grands-parents, anciens
combattants, hommes de loi), nouns of one form, and nouns whose gender, and with it their
meaning, only a determiner shows (Italian la nipote, Portuguese o cara).

An adjective has two genders and two numbers. A language says how the feminine and the plurals of
one word are made; nouns for persons that have both genders as adjectives do (français, française)
are inflected as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "plural": "the plural or plurals, where the rule does not make them",
    "class": (
        "invariable: one form for both numbers; of a lemma of several words: first or all, the "
        "words that take the plural; without it the last does"
    ),
    "determined": "feminine or masculine: only with a determiner of that gender before the noun",
}

ADJECTIVE_KEYS = {
    "feminine": "the feminine singular, where the rule does not make it",
    "plural": "the masculine plural or plurals, where the rule does not make them",
    "feminine_plural": "the feminine plural or plurals, where the rule does not make them",
    "class": (
        "invariable: one form for all; of a lemma of several words: first or all, the words that "
        "agree; without it the last does"
    ),
}

Plural = Callable[[str], tuple[str, str]]
"""Makes the plural of a single word: the form, and its ending for the rule."""

Feminine = Callable[[str], tuple[str, str]]
"""Makes the feminine of a single word: the form, and its ending for the rule."""

Determiners = Mapping[tuple[str, str], tuple[str, ...]]
"""Determiners by gender and number; one that ends in an apostrophe is written together."""

DIMINUTIVE = {
    "diminutive": "suffix or suffixes of the everyday diminutives, with their gender ending"
}

_GAPS = re.compile(r"([ \-]+)")


def inflect(
    word: Word, plural: Plural, determiners: Determiners | None = None
) -> Iterator[Inflected]:
    """Both numbers of a word, behind its determiners where its entry asks for them."""
    gender = word.text("determined")
    if not gender:
        yield from _numbers(word, plural)
        return
    if gender not in ("feminine", "masculine"):
        raise ValueError(f"unknown gender {gender!r}")
    for form in _numbers(word, plural):
        for determiner in (determiners or {}).get((gender, form.number), ()):
            gap = "" if determiner.endswith("'") else " "
            yield form._replace(
                text=f"{determiner}{gap}{form.text}", rule=f"determiner {determiner} + {form.rule}"
            )


def diminutives(
    word: Word, plural: Plural, attach: Callable[[str, str], str]
) -> Iterator[Inflected]:
    """The forms that the suffixes under the key ``diminutive`` make; `attach` adds one."""
    for suffix in word.texts("diminutive"):
        small = attach(word.lemma, suffix)
        text, added = plural(small)
        yield Inflected(small, SINGULAR, f"diminutive -{suffix}")
        yield Inflected(text, PLURAL, f"diminutive -{suffix} + plural {added}")


def _numbers(word: Word, plural: Plural) -> Iterator[Inflected]:
    kind = word.text("class", "last")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    yield Inflected(word.lemma, SINGULAR, "lemma")
    given = word.texts("plural")
    if given:
        yield from (Inflected(text, PLURAL, "plural with its own form") for text in given)
        return
    text, endings = _each(word.lemma, kind, plural)
    yield Inflected(text, PLURAL, f"plural {endings}")


def adjective(
    word: Word,
    feminine: Feminine,
    plural: Plural,
    feminine_plural: Plural | None = None,
) -> Iterator[Inflected]:
    """Both genders and numbers of an adjective; the feminine has the plural of nouns, or its own.

    A form that stands for two of the four is made once, and a masculine that does not change in
    the plural has no number.
    """
    kind = word.text("class", "last")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    made: dict[str, Inflected] = {}

    def add(texts: Iterable[tuple[str, str]], number: str, before: str = "") -> None:
        for text, rule in texts:
            made.setdefault(text, Inflected(text, number, before + rule))

    one, step = word.text("feminine"), "feminine with its own form"
    if not one:
        one, endings = _each(word.lemma, kind, feminine)
        step = f"feminine {endings}"
    plurals = _plurals(word.lemma, kind, plural, word.texts("plural"))
    same = word.lemma in [text for text, _ in plurals]
    add([(word.lemma, "lemma")], FORMS if same else SINGULAR)
    add([(one, step)], SINGULAR)
    add(plurals, PLURAL)
    given = word.texts("feminine_plural")
    if one == word.lemma and feminine_plural is None:
        given = given or tuple(text for text, _ in plurals)
    of_feminine = _plurals(one, kind, feminine_plural or plural, given)
    add(of_feminine, PLURAL, f"{step} + ")
    yield from made.values()


def _plurals(text: str, kind: str, plural: Plural, given: tuple[str, ...]) -> list[tuple[str, str]]:
    """Plurals of a form, each with its rule."""
    if given:
        return [(each, "plural with its own form") for each in given]
    form, endings = _each(text, kind, plural)
    return [(form, f"plural {endings}")]


def ending(word: str, endings: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The word with the first ending that it has replaced, and the new ending."""
    for old, new in endings:
        if word.endswith(old):
            return word.removesuffix(old) + new, f"-{new}"
    return None


def _each(lemma: str, kind: str, rule: Plural) -> tuple[str, str]:
    """A lemma with a rule applied to the words that its class names, and their endings."""
    parts = _GAPS.split(lemma)
    last = len(parts) - 1
    places: Iterable[int]
    if kind == "last":
        places = (last,)
    elif kind == "first":
        places = (0,)
    elif kind == "all":
        places = range(0, last + 1, 2)
    else:
        raise ValueError(f"unknown class {kind!r}")
    endings = []
    for place in places:
        parts[place], added = rule(parts[place])
        endings.append(added)
    return "".join(parts), ", ".join(endings)
