"""Panjabi nouns in Gurmukhi: direct, oblique and vocative in two numbers, and spellings.

Grammar (it can be checked against Tej Bhatia, *Punjabi: A Cognitive-Descriptive Grammar*, and
Mangat Bhardwaj, *Panjabi: A Comprehensive Grammar*). The classes are

``m``
    Masculine, the last sound stays in the direct plural: ``ਪੁੱਤਰ``, ``ਆਦਮੀ``, ``ਭਰਾ``.
    The default. Oblique plural ``-ਾਂ`` (``-ਆਂ`` after ī and ū, ``-ਵਾਂ`` after ā),
    vocatives ``-ਾ``, ``-ੋ`` (``-ਆ``, ``-ਓ``; plural ``-ਵੋ``).
``ā``
    Masculine in ``-ā`` that changes: ``ਮੁੰਡਾ``, oblique singular and direct plural
    ``ਮੁੰਡੇ``, oblique plural ``ਮੁੰਡਿਆਂ``, vocatives ``ਮੁੰਡਿਆ``, ``ਮੁੰਡਿਓ``.
``f``
    Feminine. Plural, direct and oblique, ``-ਾਂ`` (``-ਆਂ``, ``-ਵਾਂ``); vocatives ``-ੇ``,
    ``-ੋ`` (``-ਏ``, ``-ਓ``).
``invariable``
    Titles and words that take no ending.

Adjectives in ``-ā`` agree: ``ਬੁੱਢਾ``, ``ਬੁੱਢੇ`` (oblique, and plural), ``ਬੁੱਢਿਆਂ`` (oblique
plural), feminine ``ਬੁੱਢੀ``, ``ਬੁੱਢੀਆਂ``; participles lose their ``-iā`` (``ਵਿਆਹਿਆ``,
``ਵਿਆਹੇ``). All others do not change, nor do a few in ``-ā`` (``ਸ਼ਾਦੀਸ਼ੁਦਾ``, class
``invariable``). Adjectives that stand for persons as often as not are listed as nouns
(``ਭਾਰਤੀ``, ``ਭਾਰਤੀਆਂ``).

Postpositions stand apart in Panjabi, so the oblique is all that they need. Spellings: the
dots of the Persian letters left out (``ਜ਼ਨਾਨੀ``, ``ਜਨਾਨੀ``); other spellings, mostly
without addak, stand in the lexicon as ``also``. Not generated: the ablative in -ੋਂ, the
old instrumental in -ੀਂ.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.indic import APART, Spelling, respelled

KEYS = {
    "class": "m (default), ā, f or invariable: see the module",
    "stem": "stem of the plural and the vocatives, where it is not the lemma",
    "also": "other spellings of the lemma that take the same endings",
    "vocative": "vocative singular after ā, where the word has one",
    "agrees": "true: the first word is an adjective in -ā that agrees",
}

ADJECTIVE_KEYS = {
    "class": "ā or invariable, where the last letter does not tell it (ਸ਼ਾਦੀਸ਼ੁਦਾ)",
}

CLASSES = ("m", "ā", "f", "invariable")
ENDINGS = {
    # last sound of the stem: plural, vocative plural, vocative singular of m and of f
    "consonant": ("ਾਂ", "ੋ", "ਾ", "ੇ"),
    "high": ("ਆਂ", "ਓ", "ਆ", "ਏ"),
    "ā": ("ਵਾਂ", "ਵੋ", "", ""),
}
AGREEMENT = (
    (SINGULAR, "masculine oblique singular", "ੇ"),
    (PLURAL, "masculine plural", "ੇ"),
    (PLURAL, "masculine oblique plural", "ਿਆਂ"),
    (SINGULAR, "feminine singular", "ੀ"),
    (PLURAL, "feminine plural", "ੀਆਂ"),
)
"""Number, name and ending of the forms of an adjective beside its lemma."""
DOT = "\u0a3c"
SPELLINGS: list[Spelling] = [
    APART,
    *((letter + DOT, letter, "written without the dot") for letter in "ਜਖਫਗ"),
]


def inflect(word: Word) -> Iterator[Inflected]:
    """Every form of a noun in all cases and spellings."""
    yield from respelled(_cases(word), SPELLINGS)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Every form of an adjective: agreement, and spellings."""
    yield from respelled(_agreement(word), SPELLINGS)


def _agreement(word: Word) -> Iterator[Inflected]:
    lemma = word.lemma
    kind = word.text("class", "ā" if lemma.endswith(("ਾ", "ਿਆ")) else "invariable")
    if kind not in ("ā", "invariable"):
        raise ValueError(f"class must be ā or invariable, not {kind!r}")
    if kind == "invariable":
        yield Inflected(lemma, FORMS, "lemma")
        return
    stem = lemma.removesuffix("ਿਆ") if lemma.endswith("ਿਆ") else _without_a(lemma)
    yield Inflected(lemma, SINGULAR, "lemma")
    for number, name, ending in AGREEMENT:
        yield Inflected(stem + ending, number, f"{name} -{ending}")


def _cases(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "m")
    if kind not in CLASSES:
        raise ValueError(f"class must be one of {CLASSES}, not {kind!r}")
    for lemma in (word.lemma, *word.texts("also")):
        spelling = "lemma" if lemma == word.lemma else "lemma, other spelling"
        yield Inflected(lemma, SINGULAR, spelling)
        if kind == "invariable":
            continue
        if kind == "ā":
            yield from _changing(_agreeing(lemma, word))
            continue
        stem = word.text("stem", lemma) if lemma == word.lemma else lemma
        plural, vocative_plural, masculine, feminine = ENDINGS[final(stem)]
        name = "plural" if kind == "f" else "oblique plural"
        vocative = feminine if kind == "f" else masculine
        base = _agreeing(stem, word)
        if kind == "m":
            if base != stem:
                yield Inflected(base, SINGULAR, "oblique singular of the adjective")
            yield Inflected(base, PLURAL, "direct plural like the singular")
        yield Inflected(without_nasal(base) + plural, PLURAL, f"{name} -{plural}")
        if "vocative" in word.keys:
            yield Inflected(word.text("vocative"), SINGULAR, "vocative")
        elif vocative:
            yield Inflected(without_nasal(base) + vocative, SINGULAR, f"vocative -{vocative}")
        text = without_nasal(base) + vocative_plural
        yield Inflected(text, PLURAL, f"vocative plural -{vocative_plural}")


def _changing(lemma: str) -> Iterator[Inflected]:
    """The forms of a masculine in -ā beside its lemma."""
    stem = _without_a(lemma)
    yield Inflected(f"{stem}ੇ", SINGULAR, "oblique singular -ੇ")
    yield Inflected(f"{stem}ੇ", PLURAL, "direct plural -ੇ")
    yield Inflected(f"{stem}ਿਆਂ", PLURAL, "oblique plural -ਿਆਂ")
    yield Inflected(f"{stem}ਿਆ", SINGULAR, "vocative -ਿਆ")
    yield Inflected(f"{stem}ਿਓ", PLURAL, "vocative plural -ਿਓ")


def final(stem: str) -> str:
    """Which endings a stem takes: by its last sound."""
    last = without_nasal(stem)[-1]
    if last in "ਾਆ":
        return "ā"
    return "high" if last in "ੀੂਿੁਈਊਓਉੇੈੋੌ" else "consonant"


def without_nasal(stem: str) -> str:
    """The stem without a final bindi, which an ending takes over (ਤੀਵੀਂ, ਤੀਵੀਆਂ)."""
    return stem.removesuffix("ਂ")


def _agreeing(text: str, word: Word) -> str:
    """The noun with its adjective in the oblique (or plural)."""
    if not word.flag("agrees"):
        return text
    adjective, noun = text.split(" ", 1)
    return f"{_without_a(adjective)}ੇ {noun}"


def _without_a(text: str) -> str:
    if not text.endswith("ਾ"):
        raise ValueError(f"{text!r} does not end in -ā")
    return text[:-1]
