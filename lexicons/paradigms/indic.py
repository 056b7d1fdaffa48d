"""What the rules of the Indo-Aryan languages share: spelling variants of what a rule has made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus_assay.lexicons.paradigms import Inflected

Spelling = tuple[str, str, str]
"""Letters, the letters that are also written for them, and how the rule names the variant."""


def respelled(forms: Iterable[Inflected], spellings: Iterable[Spelling]) -> Iterator[Inflected]:
    """Every form, and each of its spellings: one variant after the other, all places at once."""
    made = list(forms)
    for letters, others, step in spellings:
        made += [
            Inflected(form.text.replace(letters, others), form.number, f"{form.rule}, {step}")
            for form in made
            if letters in form.text
        ]
    yield from made


APART: Spelling = ("-", " ", "pair written with a blank")
"""A pair of nouns (mother-father) has a hyphen in the lexicon and is as often written with a
blank."""


def homorganic(anusvara: str, rows: Iterable[tuple[str, str]], virama: str) -> list[Spelling]:
    """Anusvara before a stop or s, also written with the nasal of the stop's row."""
    return [
        (anusvara + letter, nasal + virama + letter, "nasal letter for anusvara")
        for letters, nasal in rows
        for letter in letters
    ]
