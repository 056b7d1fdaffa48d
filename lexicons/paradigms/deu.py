"""German nouns: case and number.

Feminine nouns have one form in the singular. Masculine and neuter nouns are strong or weak. The
strong take -s in the genitive; those whose last part is one syllable (Mann, Kind, Ehemann) take
-es or -s, and -e in a dative that older texts write. The weak (Mensch, Knabe) take -en, after -e
only -n, in every case but the nominative. Nouns made of adjectives (Erwachsene, Verlobter) take the
endings of adjectives.

The plural of a strong noun is given with it where it takes an umlaut or another ending than the
rule's. The dative plural adds -n, except after -n and -s.

Words for the family stand without an article, as names do, and then take -s as names do (Mutters
Haus): ``name``. At the start of a sentence the adjective in Junge Frauen looks like the noun
Junge, boy: such words are also made behind it (``young``), and count as one word with it.

ß and ss are equal in matching. Not made: diminutives, which are nouns of their own and listed
where they are common (Töchterchen), forms with a gender sign (Veteran:innen), and the ending-less
weak nouns of informal writing (dem Mensch: the same as the nominative).

Adjectives stand without an ending behind the noun (er ist jung) and take -e, -en, -em, -er, -es
before it; strong, weak and mixed endings are the same letters in other places. Nouns made of
adjectives (die Deutsche, ein Obdachloser) have the same forms, and case is not told apart in
matching. Not made: the comparative and the superlative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "class": (
        "feminine; strong: genitive -s; monosyllable: strong with genitive -es or -s and dative "
        "-e; weak: -(e)n in all but the nominative; adjective, adjective-feminine, "
        "adjective-masculine: the endings of an adjective, of all or of one gender; plural: "
        "a plural without singular. Without it: feminine in -e and -in, strong in -er, -el, "
        "-chen, -lein, -ling and a vowel other than e"
    ),
    "plural": "nominative plural or plurals, where the rule of the class does not make them",
    "name": "takes -s in the genitive without an article, as names do",
    "young": "also with the adjective junge, jungen before it",
}

ADJECTIVE_KEYS = {
    "stem": "the stem before an ending, where it is not the lemma (sensibel, sensibl-)",
}

ADJECTIVE_ENDINGS = {"e": FORMS, "en": FORMS, "em": SINGULAR, "er": FORMS, "es": SINGULAR}
"""What the strong, weak and mixed endings of all genders come to, with their number."""

ADJECTIVE = {
    # Ending: who takes it, in which number. Masculine and feminine -e and -en are the same.
    "e": (("adjective", "adjective-feminine", "adjective-masculine"), "forms"),
    "en": (("adjective", "adjective-feminine", "adjective-masculine"), "forms"),
    "er": (("adjective", "adjective-masculine", "adjective-feminine"), "forms"),
    "em": (("adjective", "adjective-masculine"), "singular"),
}


def inflect(word: Word) -> Iterator[Inflected]:
    """All cases of both numbers."""
    kind = word.text("class") or usual_class(word.lemma)
    if kind.startswith("adjective"):
        yield from _adjective(word.lemma, kind)
        return
    made = [*_cases(word, kind)]
    yield from (form for form, _ in made)
    if not word.flag("young"):
        return
    for form, endings in made:
        for ending in endings:
            yield form._replace(
                text=f"jung{ending} {form.text}", rule=f"jung-{ending} before it + {form.rule}"
            )


def usual_class(lemma: str) -> str:
    """The class that the ending of a noun tells."""
    if lemma.endswith(("e", "in")) and not lemma.endswith("lein"):
        return "feminine"
    if lemma.endswith(("er", "el", "chen", "lein", "ling", "a", "i", "o", "y")):
        return "strong"
    raise ValueError("the ending does not tell the class; give it")


def usual_plural(lemma: str, kind: str) -> tuple[str, str]:
    """Nominative plural by class and ending, and the ending it adds."""
    if lemma[-1] in "aioy":
        return lemma + "s", "-s"
    if kind == "weak":
        return oblique(lemma)
    if kind == "feminine":
        if lemma.endswith("in"):
            return lemma + "nen", "-nen"
        return (lemma + "n", "-n") if re.search(r"(e|er|el)$", lemma) else (lemma + "en", "-en")
    if lemma.endswith(("er", "el", "chen", "lein")):
        return lemma, "without an ending"
    return lemma + "e", "-e"


def oblique(lemma: str) -> tuple[str, str]:
    """The form that a weak noun has in every case but the nominative, and its ending."""
    return (lemma + "n", "-n") if re.search(r"(e|err)$", lemma) else (lemma + "en", "-en")


def genitives(lemma: str, kind: str) -> list[str]:
    """Endings of the genitive singular of a strong noun."""
    if lemma.endswith(("s", "ß", "x", "z")):
        return ["es"]
    return ["es", "s"] if kind == "monosyllable" else ["s"]


def dative_plural(plural: str) -> tuple[str, str]:
    """Dative of a nominative plural, and its ending; the same form after -n and -s."""
    return (plural, "") if plural.endswith(("n", "s")) else (plural + "n", "-n")


NOMINATIVE, OTHER, NAME = ("e", "en"), ("en",), ()
"""Endings that jung- can have before a form: a name has no adjective before it."""


def _cases(word: Word, kind: str) -> Iterator[tuple[Inflected, tuple[str, ...]]]:
    """Each form, and the endings of jung- before it."""
    lemma = word.lemma
    if kind == "plural":
        yield from _plural_cases(lemma, "lemma")
        return
    yield Inflected(lemma, SINGULAR, "lemma"), NOMINATIVE
    if kind == "weak":
        text, ending = oblique(lemma)
        yield Inflected(text, SINGULAR, f"genitive, dative, accusative {ending}"), OTHER
    elif kind in ("strong", "monosyllable"):
        for ending in genitives(lemma, kind):
            yield Inflected(lemma + ending, SINGULAR, f"genitive -{ending}"), OTHER
        if kind == "monosyllable":
            yield Inflected(lemma + "e", SINGULAR, "older dative -e"), OTHER
    elif kind != "feminine":
        raise ValueError(f"unknown class {kind!r}")
    if word.flag("name") and kind == "feminine":
        yield Inflected(lemma + "s", SINGULAR, "genitive of a name -s"), NAME
    given = word.texts("plural")
    if given:
        for plural in given:
            yield from _plural_cases(plural, "plural with its own form")
    else:
        plural, ending = usual_plural(lemma, kind)
        yield from _plural_cases(plural, f"plural {ending}")


def _plural_cases(plural: str, rule: str) -> Iterator[tuple[Inflected, tuple[str, ...]]]:
    yield Inflected(plural, PLURAL, rule), NOMINATIVE
    dative, ending = dative_plural(plural)
    if ending:
        yield Inflected(dative, PLURAL, f"{rule} + dative {ending}"), OTHER


def _adjective(lemma: str, kind: str) -> Iterator[Inflected]:
    """Endings of adjectives: Erwachsene, -n, -r, -m."""
    if kind not in ADJECTIVE["e"][0]:
        raise ValueError(f"unknown class {kind!r}")
    stem = re.sub(r"er?$", "", lemma)
    for ending, (kinds, number) in ADJECTIVE.items():
        if kind in kinds:
            rule = "lemma" if stem + ending == lemma else f"adjective -{ending}"
            yield Inflected(stem + ending, number, rule)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The adjective without an ending, and with each."""
    yield Inflected(word.lemma, FORMS, "lemma")
    stem = word.text("stem", word.lemma).removesuffix("e")
    for ending, number in ADJECTIVE_ENDINGS.items():
        yield Inflected(stem + ending, number, f"adjective -{ending}")
