"""What Swedish and Danish nouns share: indefinite and definite forms of both numbers, and -s.

A noun has four forms: indefinite and definite, singular and plural (kvinna, kvinnan, kvinnor,
kvinnorna). Each takes -s in the genitive, except after -s, -x and -z. A language says how the
definite forms and the plural of a word are made; forms given with a word go before the rules.

Where only what stands before it tells a noun from another word (Swedish en man, a man; man, one),
the forms behind such words are made as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "definite": "the definite singular or singulars, where the rule does not make them",
    "plural": "the indefinite plural or plurals, where the rule does not make them",
    "plural_definite": "the definite plural or plurals, where the rule does not make them",
    "behind": "words before the indefinite singular, without which it is another word",
}

Step = tuple[str, str]
"""A form, and the step that makes it."""

Rule = Callable[[str, str], Step]
"""Makes a form from another and the class of the word."""


def inflect(
    word: Word, kind: str, definite: Rule, plural: Rule, plural_definite: Rule
) -> Iterator[Inflected]:
    """The four forms of a word, and the genitive of each; none of the plural in class none."""
    for text, number, rule in _four(word, kind, definite, plural, plural_definite):
        yield Inflected(text, number, rule)
        if text[-1] not in "sxz":
            yield Inflected(text + "s", number, f"{rule} + genitive -s")
    for before in word.texts("behind"):
        yield Inflected(f"{before} {word.lemma}", SINGULAR, f"lemma behind {before}")


def _four(
    word: Word, kind: str, definite: Rule, plural: Rule, plural_definite: Rule
) -> Iterator[tuple[str, str, str]]:
    if kind != "plural":
        yield word.lemma, SINGULAR, "lemma"
        steps = _given(word, "definite") or [definite(word.lemma, kind)]
        yield from ((text, SINGULAR, f"definite {step}") for text, step in steps)
    if kind == "singular":
        return
    if kind == "plural":
        plurals = [(word.lemma, "lemma")]
    else:
        plurals = _given(word, "plural") or [plural(word.lemma, kind)]
    given = _given(word, "plural_definite")
    for text, step in plurals:
        rule = step if kind == "plural" else f"plural {step}"
        yield text, PLURAL, rule
        if not given:
            form, ending = plural_definite(text, kind)
            yield form, PLURAL, f"{rule} + definite {ending}"
    yield from ((text, PLURAL, f"plural, definite {step}") for text, step in given)


def _given(word: Word, key: str) -> list[Step]:
    return [(text, "with its own form") for text in word.texts(key)]
