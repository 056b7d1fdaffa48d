"""What Russian and Belarusian share: the six cases, and lemmas of several words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corpus_assay.lexicons.paradigms import FORMS, SINGULAR, Inflected, Word

CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")

Cells = dict[tuple[str, str], list[tuple[str, str]]]
"""Number and case to the forms there, each with the ending or the change that makes it."""


def forms(
    word: Word, noun: Callable[[Word], Cells], adjective: Callable[[str], Cells], endings: str
) -> Iterator[Inflected]:
    """All case forms of a lemma of one or more words, then its forms of address.

    In a lemma of several words each stands in the same case and number; those with one of the
    `endings` (joined by blanks) are adjectives. The keys of the entry belong to the last noun.
    """
    if word.text("class") == "indeclinable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    for (number, case), variants in _cells(word, noun, adjective, endings).items():
        for text, how in variants:
            rule = "lemma" if text == word.lemma else f"{case} {number} {how}"
            yield Inflected(text, number, rule)
    for text in word.texts("vocative"):
        yield Inflected(word.before + text, SINGULAR, "vocative, a form of address")


def _cells(
    word: Word, noun: Callable[[Word], Cells], adjective: Callable[[str], Cells], endings: str
) -> Cells:
    parts = re.split(r"([ \-])", word.lemma)
    words = parts[::2]
    if len(words) == 1:
        return adjective(word.lemma) if word.text("class") == "adjective" else noun(word)
    agreeing = [part.endswith(tuple(endings.split())) for part in words]
    head = max(k for k, agrees in enumerate(agreeing) if not agrees)
    tables = [
        adjective(part) if agrees else noun(Word(part, word.keys if k == head else {}))
        for k, (part, agrees) in enumerate(zip(words, agreeing, strict=True))
    ]
    cells: Cells = {}
    for place, variants in tables[head].items():
        before = after = ""
        for k, table in enumerate(tables):
            if k < head:
                before += table[place][0][0] + parts[2 * k + 1]
            elif k > head:
                after += parts[2 * k - 1] + table[place][0][0]
        cells[place] = [(before + text + after, f"{how}, all words") for text, how in variants]
    return cells
