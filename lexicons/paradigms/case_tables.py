"""Nouns inflected by tables of endings, for Czech, Slovak, Polish and Slovenian.

A language gives a `Grammar`: its cases, a declension for each class of nouns (named by its model
noun, as school grammars do), and how an ending joins a stem. A declension has one line of cells a
number, in the order of the cases:

====  ======================================================================================
``x/y``  two endings beside each other
``-``    the stem alone
``°``    the bare stem, with the vowel that a stem takes before no ending (matk-a, matek)
``.``    no form
``N`` …  as in the case with that initial: nominative, genitive, accusative, …
====  ======================================================================================

What else stands in an ending (``^i``, ``~e``) is for the language: `Grammar.attach` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

CASES = (
    "nominative",
    "genitive",
    "dative",
    "accusative",
    "vocative",
    "locative",
    "instrumental",
)
NUMBERS = {"singular": SINGULAR, "dual": PLURAL, "plural": PLURAL}
"""The numbers of these languages; a dual counts as more than one."""

KEYS: dict[str, str] = {
    "class": "the declension, named by its model noun; without it, the one that the ending tells",
    "stem": "the stem before endings, where it is not the lemma without its ending",
    "bare": "the stem where no ending follows (genitive plural), with its vowel",
    "plural_class": "the declension of the plural (and dual) where it is another",
    "plural_stem": "the stem of the plural where it is another",
    "adjective": "the declension of the first word, which agrees with the second",
    "adjective_stem": "the stem of the first word, where it is not that word without its vowel",
} | {
    f"{case}_{number}": f"the {case} {number}: endings with a hyphen before them, or whole forms"
    for number in NUMBERS
    for case in CASES
}


class Sorted(NamedTuple):
    """What the ending of a lemma tells: class, stem and bare stem."""

    declension: str
    stem: str
    bare: str


class Grammar(NamedTuple):
    """The declensions of a language.

    `declensions`: class -> number -> cells. `attach` joins stem and ending and gives the form and
    the ending as written. `sort` tells class and stems of a lemma from its ending. `cases` are the
    cases of the language, in the order of the cells.
    """

    declensions: Mapping[str, Mapping[str, str]]
    attach: Callable[[str, str], tuple[str, str]]
    sort: Callable[[str], Sorted]
    cases: tuple[str, ...] = CASES


class Cell(NamedTuple):
    """A form in its place of the table."""

    number: str
    case: str
    text: str
    rule: str


def inflect(word: Word, grammar: Grammar) -> Iterator[Inflected]:
    """All forms of a noun; of two words, both inflect where ``adjective`` is given."""
    adjective = word.text("adjective")
    first_word = word.before.rstrip(" ")
    for cell in cells(word, grammar):
        if not adjective:
            befores = [word.before]
        else:
            stem = word.text("adjective_stem", first_word[:-1])
            keys = {"class": adjective, "stem": stem}
            befores = [
                f"{a.text} "
                for a in cells(Word(first_word, keys), grammar)
                if (a.number, a.case) == (cell.number, cell.case)
            ]
        for before in dict.fromkeys(befores):
            text = before + cell.text
            is_lemma = text == word.lemma and cell.case == "nominative"
            rule = f"{cell.rule}, {first_word} agrees" if adjective else cell.rule
            yield Inflected(text, NUMBERS[cell.number], "lemma" if is_lemma else rule)


def cells(word: Word, grammar: Grammar) -> Iterator[Cell]:
    """The forms of the last word of a lemma, each with its number and case."""
    told = grammar.sort(word.last)
    declension = word.text("class", told.declension)
    if declension not in grammar.declensions:
        raise ValueError(f"no class {declension!r}; there are {', '.join(grammar.declensions)}")
    stem = word.text("stem", _without_ending(word.last, declension, told, grammar))
    bare = word.text("bare", told.bare if stem == told.stem else stem)
    plural = word.text("plural_class", declension)
    if plural not in grammar.declensions:
        raise ValueError(f"no class {plural!r}; there are {', '.join(grammar.declensions)}")
    for number in NUMBERS:
        if number == "singular":
            row, of_number = grammar.declensions[declension].get(number, ""), stem
        else:
            has = number in grammar.declensions[plural]
            row = grammar.declensions[plural if has else declension].get(number, "")
            of_number = word.text("plural_stem", stem) if has else stem
        bare_of_number = bare if of_number == stem else word.text("bare", of_number)
        endings = row.split()
        if endings and len(endings) != len(grammar.cases):
            raise ValueError(f"class {declension!r} has {len(endings)} cells in the {number}")
        cells_of_number = dict(zip(grammar.cases, endings, strict=False))
        for case, cell in cells_of_number.items():
            name = f"{case} {number}"
            if name == "nominative singular":
                yield Cell(number, case, word.last, "lemma")
                continue
            for ending in _endings(word, number, case, cell, cells_of_number):
                yield _cell(number, case, of_number, bare_of_number, ending, grammar)


def _without_ending(lemma: str, declension: str, told: Sorted, grammar: Grammar) -> str:
    row = grammar.declensions[declension].get("singular", "").split()
    if declension == told.declension or not row:
        return told.stem
    ending = row[0].split("/")[0]
    return lemma.removesuffix(ending) if ending != "-" else told.stem


def _endings(word: Word, number: str, case: str, cell: str, row: Mapping[str, str]) -> list[str]:
    """Endings (with a hyphen before them) and whole forms of one place of the table."""
    given = word.texts(f"{case}_{number}")
    if given:
        return list(given)
    by_initial = {name[0].upper(): name for name in row}
    found: list[str] = []
    for part in cell.split("/"):
        if part in by_initial:
            other = by_initial[part]
            found += _endings(word, number, other, row[other], row)
        elif part != ".":
            found.append(f"-{part}")
    return found


def _cell(number: str, case: str, stem: str, bare: str, ending: str, grammar: Grammar) -> Cell:
    name = f"{case} {number}"
    if not ending.startswith("-"):
        return Cell(number, case, ending, f"{name}, irregular")
    ending = ending[1:]
    if ending in ("-", ""):
        return Cell(number, case, stem, f"{name} without ending")
    if ending == "°":
        change = "" if bare == stem else f" {changed(stem, bare)}"
        return Cell(number, case, bare, f"{name} without ending{change}")
    text, written = grammar.attach(stem, ending)
    before = text.removesuffix(written)
    change = "" if before == stem else f" {changed(stem, before)}"
    return Cell(number, case, text, f"{name} -{written}{change}")


def changed(old: str, new: str) -> str:
    """How a stem changes: ``(matk > matc)``."""
    return f"({old} > {new})"
