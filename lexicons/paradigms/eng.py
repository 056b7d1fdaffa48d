"""English nouns: number.

The plural takes -s, -es after a sibilant, -ies for -y after a consonant; others (women, children,
wives) are given with the word. In mother-in-law the first part takes the plural (class = "first").
Every gap of such a word is a hyphen or a blank.

The possessive ('s, or an apostrophe after the plural) leaves the noun as it is: text is cut at
the apostrophe. Not made: the possessive written without its apostrophe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "plural": "the plural or plurals, where the rule does not make them",
    "class": "first: the first part of the lemma takes the plural; without it the last does",
}


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word, with hyphens and with blanks where it has several parts."""
    kind = word.text("class", "last")
    if kind not in ("first", "last"):
        raise ValueError(f"unknown class {kind!r}")
    given = word.texts("plural")
    if given:
        plurals = [(text, "plural with its own form") for text in given]
    else:
        first, rest = re.fullmatch(r"([^ \-]+)(.*)", word.lemma).groups()  # type: ignore[union-attr]
        head, tail = (first, rest) if kind == "first" else (word.lemma, "")
        text, ending = plural(head)
        plurals = [(text + tail, f"plural {ending}")]
    for text, number, rule in (
        (word.lemma, SINGULAR, "lemma"),
        *((text, PLURAL, rule) for text, rule in plurals),
    ):
        yield Inflected(text, number, rule)
        if "-" in text:
            yield Inflected(text.replace("-", " "), number, f"{rule}, written with blanks")


def plural(noun: str) -> tuple[str, str]:
    """Plural of a noun, and its ending."""
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies", "-ies"
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es", "-es"
    return noun + "s", "-s"
