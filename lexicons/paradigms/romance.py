"""What French, Italian, Spanish, Portuguese and Catalan nouns share.

Nouns have a singular and a plural and no case. A language says how the plural of one word is
made; this module does the rest: which words of a lemma take the plural (grands-parents, anciens
combattants, hommes de loi), nouns of one form, and nouns whose gender, and with it their
meaning, only a determiner shows (Italian la nipote, Portuguese o cara).
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

Plural = Callable[[str], tuple[str, str]]
"""Makes the plural of a single word: the form, and its ending for the rule."""

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
        text, ending = plural(small)
        yield Inflected(small, SINGULAR, f"diminutive -{suffix}")
        yield Inflected(text, PLURAL, f"diminutive -{suffix} + plural {ending}")


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
    yield Inflected(*_plural(word.lemma, kind, plural))


def _plural(lemma: str, kind: str, plural: Plural) -> tuple[str, str, str]:
    """Plural of a lemma, number, rule."""
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
        parts[place], ending = plural(parts[place])
        endings.append(ending)
    return "".join(parts), PLURAL, "plural " + ", ".join(endings)
