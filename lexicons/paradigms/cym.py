"""Welsh nouns: number and the mutations of their initials.

The plural is given with the word, as no ending is the rule; where one of many has the ending
(plentyn, plant), the one is the lemma. Every form is also made

- with the soft mutation: tad, dad; merch, ferch; gwraig, wraig;
- with the nasal mutation (fy, my): nhad, mhlentyn, ngwraig;
- with the aspirate mutation (ei, her; a, and): thad, phlentyn, chefnder;
- before a vowel with h (ei hewythr, her uncle).

Nouns in ch, ff, h, l, n, s do not mutate, nor do colloquial loans (class = "unmutated"). In
a lemma of several words only the first mutates. The mh and nh of speech and older writing after ei,
her, are made for the mother and grandmother (ei mham). Not made: duals, and spellings without
the circumflex.

Adjectives mutate in the same ways (merch ifanc, gwraig ddall). Some have a feminine (gwen of gwyn)
and a plural (duon of du), which are given. Not made: equative, comparative and superlative.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "plural": "the plural or plurals; of a lemma of several words, of all of it",
    "class": "unmutated: the initial does not change",
    "breathed": "also with mh, nh for m, n after ei, her, in speech and older writing",
}

ADJECTIVE_KEYS = {
    "feminine": "the feminine, where there is one",
    "plural": "the plural or plurals, where there is one",
    "class": KEYS["class"],
}

VOWELS = "aeiouwyâêîôûŵŷ"

# Initial: soft, nasal, aspirate. The digraphs come before the letters they begin with.
MUTATIONS = {
    **{digraph: ("", "", "") for digraph in ("ch", "ff", "ng", "ph", "th")},
    "ll": ("l", "", ""),
    "rh": ("r", "", ""),
    "dd": ("", "", ""),
    "p": ("b", "mh", "ph"),
    "t": ("d", "nh", "th"),
    "c": ("g", "ngh", "ch"),
    "b": ("f", "m", ""),
    "d": ("dd", "n", ""),
    "g": ("-", "ng", ""),
    "m": ("f", "", ""),
}
"""``-``: the initial is lost; empty: no such mutation."""

NAMES = ("soft mutation", "nasal mutation", "aspirate mutation")


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word, with every initial."""
    kind = word.text("class")
    if kind not in ("", "unmutated"):
        raise ValueError(f"unknown class {kind!r}")
    forms = [(word.lemma, SINGULAR, "lemma")]
    forms += [(plural, PLURAL, "plural") for plural in word.texts("plural")]
    for text, number, rule in forms:
        yield Inflected(text, number, rule)
        if word.flag("breathed"):
            yield Inflected(text[0] + "h" + text[1:], number, f"{rule} + h behind {text[0]}-")
        if not kind:
            yield from _mutated(text, number, rule)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """An adjective, its feminine and its plural, with every initial."""
    kind = word.text("class")
    if kind not in ("", "unmutated"):
        raise ValueError(f"unknown class {kind!r}")
    forms = [(word.lemma, FORMS, "lemma")]
    forms += [(text, SINGULAR, "feminine") for text in word.texts("feminine")]
    forms += [(text, PLURAL, "plural") for text in word.texts("plural")]
    for text, number, rule in forms:
        yield Inflected(text, number, rule)
        if not kind:
            yield from _mutated(text, number, rule)


def _mutated(text: str, number: str, rule: str) -> Iterator[Inflected]:
    for mutated, name, change in mutations(text):
        yield Inflected(mutated, number, f"{rule} + {name} {change}")


def mutations(form: str) -> Iterator[tuple[str, str, str]]:
    """Every mutated form, the mutation and what it does; a capital stays a capital."""
    if form[0].isupper():
        for mutated, name, change in mutations(form[0].lower() + form[1:]):
            yield mutated[0].upper() + mutated[1:], name, change
        return
    if form[0] in VOWELS:
        yield "h" + form, "h before a vowel", "h-"
        return
    initial = next((initial for initial in MUTATIONS if form.startswith(initial)), "")
    for name, new in zip(NAMES, MUTATIONS.get(initial, ("", "", "")), strict=True):
        if new:
            changed = new.strip("-")
            yield changed + form[len(initial) :], name, f"{initial}- to {changed or 'nothing'}"
