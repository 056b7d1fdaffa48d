"""What Swedish and Danish nouns share: indefinite and definite forms of both numbers, and -s.

A noun has four forms: indefinite and definite, singular and plural (kvinna, kvinnan, kvinnor,
kvinnorna). Each takes -s in the genitive, except after -s, -x and -z. A language says how the
definite forms and the plural of a word are made; forms given with a word go before the rules.

Where only what stands before it tells a noun from another word (Swedish en man, a man; man, one),
the forms behind such words are made as well.

An adjective has a common form, a neuter form in -t and one in -a (Danish -e) for the plural and the
definite (svensk, svenskt, svenska). The last is also the noun made of it and takes -s in the
genitive (de hemlösas). The forms are given where the rules of a language do not make them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "definite": "the definite singular or singulars, where the rule does not make them",
    "plural": "the indefinite plural or plurals, where the rule does not make them",
    "plural_definite": "the definite plural or plurals, where the rule does not make them",
    "behind": "words before the indefinite singular, without which it is another word",
}

ADJECTIVE_KEYS = {
    "neuter": "the neuter, where the rule does not make it; the lemma, where it is the same",
    "definite": "the form of the plural and the definite, where the rule does not make it",
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
        yield Inflected(f"{before} {word.lemma}s", SINGULAR, f"lemma behind {before} + genitive -s")


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


def inflect_adjective(
    word: Word, neuter: Callable[[str], str], definite: Callable[[str], str]
) -> Iterator[Inflected]:
    """The common form, the neuter, that of the plural and the definite, and its genitive."""
    lemma = word.lemma
    same = word.texts("definite") == (lemma,)
    yield Inflected(lemma, FORMS if same else SINGULAR, "lemma")
    for text in word.texts("neuter") or (neuter(lemma),):
        if text != lemma:
            yield Inflected(text, SINGULAR, "neuter -t")
    for text in word.texts("definite") or (definite(lemma),):
        if text != lemma:
            yield Inflected(text, FORMS, f"plural and definite -{text[-1]}")
        if text[-1] != "s":
            yield Inflected(text + "s", FORMS, "made a noun + genitive -s")
