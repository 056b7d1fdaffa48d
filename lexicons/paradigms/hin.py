"""Hindi nouns: three cases in two numbers, postpositions, and the spellings in use.

Grammar (it can be checked against R. S. McGregor, *Outline of Hindi Grammar*): a noun has a
direct, an oblique and a vocative case, singular and plural. The classes are

``m``
    Masculine, the last sound stays in the direct plural: ``बालक``, ``पति``, ``भाई``, ``पिता``,
    ``दादा``. The default. Oblique plural ``-ओं`` (``-यों`` after i, which is short before it),
    vocative plural ``-ओ``/``-यो``.
``ā``
    Masculine in ``-ā`` that changes: ``लड़का``, oblique singular and direct plural ``लड़के``,
    oblique plural ``लड़कों``, vocatives ``लड़के``, ``लड़को``.
``f``
    Feminine. The direct plural is ``-ें`` after a consonant (``औरतें``), ``-याँ`` after i
    (``लड़कियाँ``), ``-एँ`` after another vowel (``महिलाएँ``); the nasal alone after ``-iyā``
    (``बिटियाँ``).
``invariable``
    Titles and clippings that take no ending.

The eight simple postpositions stand apart in the modern norm and are written together with the
noun in older and in religious print (``पुरुषको``, ``लोगोंने``); both spellings exist, so the
oblique is also made with each of them joined. The respectful ``जी`` is made joined where the word
asks for it; apart, it leaves the noun as it is.

Adjectives in ``-ā`` agree: ``बूढ़ा``, ``बूढ़े`` (oblique, and plural), ``बूढ़ी`` (feminine
of both numbers); of persons they also stand alone, with the oblique plural of a noun
(``बूढ़ों``). All others do not change (``विवाहित``), nor do some in ``-ā`` (``शादीशुदा``,
class ``invariable``). Adjectives that stand for persons as often as not are listed as nouns
(``भारतीय``, ``भारतीयों``).

Spellings: candrabindu or anusvara (``माँ``, ``मां``), a nasal letter for anusvara (``सन्तान``),
the dots of ``ड़``, ``ज़``, ``ख़``, ``फ़`` left out (``लडका``), and the older ``-ायें`` for
``-ाएँ``. Not generated: the vocative singular in ``-e`` of feminine names, Sanskrit case forms
(``माते``, ``पितः``), collectives with ``-गण`` and ``-वृन्द``.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.indic import APART, Spelling, homorganic, respelled

KEYS = {
    "class": "m (default), ā, f or invariable: see the module",
    "stem": "stems of the plural, where they are not the lemma",
    "agrees": "true: the first word is an adjective in -ā that agrees (सौतेला, सौतेले)",
    "respect": "true: the lemma is also written together with the respectful -जी",
    "solid": "true: the oblique is not written together with postpositions (a homograph, a loan)",
}

ADJECTIVE_KEYS = {
    "class": "ā or invariable, where the last letter does not tell it (शादीशुदा)",
}

CLASSES = ("m", "ā", "f", "invariable")
POSTPOSITIONS = ("ने", "को", "से", "का", "के", "की", "में", "पर")
SHORT = {"ी": "ि", "ई": "इ", "ू": "ु", "ऊ": "उ"}
"""Long final vowels that are short before an ending."""
VOWELS = "ािीुूेैोौआइईउऊएऐओऔ"

OBLIQUE = {"consonant": "ों", "i": "यों", "vowel": "ओं"}
VOCATIVE = {"consonant": "ो", "i": "यो", "vowel": "ओ"}
FEMININE = {"consonant": "ें", "i": "याँ", "vowel": "एँ"}

SPELLINGS: list[Spelling] = [
    APART,
    ("ाएँ", "ायें", "older spelling -ायें"),
    ("ँ", "ं", "anusvara for candrabindu"),
    ("\u093c", "", "written without the dot"),
]
NASALS = homorganic("ं", [("तदधस", "न"), ("टठड", "ण"), ("पबभ", "म")], "्")
"""Of the lemma only: an ending in anusvara keeps it before a joined postposition."""


def inflect(word: Word) -> Iterator[Inflected]:
    """Every form of a noun: cases, joined postpositions, spellings."""
    for lemma in respelled([Inflected(word.lemma, SINGULAR, "")], NASALS):
        made = respelled(_made(Word(lemma.text, word.keys)), SPELLINGS)
        yield from (form._replace(rule=form.rule + lemma.rule) for form in made)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Every form of an adjective: agreement, and spellings."""
    for lemma in respelled([Inflected(word.lemma, SINGULAR, "")], NASALS):
        made = respelled(_agreement(Word(lemma.text, word.keys)), SPELLINGS)
        yield from (form._replace(rule=form.rule + lemma.rule) for form in made)


def _agreement(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "ā" if word.lemma.endswith("ा") else "invariable")
    if kind not in ("ā", "invariable"):
        raise ValueError(f"class must be ā or invariable, not {kind!r}")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    stem = _without(word.lemma, "ा")
    yield Inflected(word.lemma, SINGULAR, "lemma")
    yield Inflected(f"{stem}े", SINGULAR, "masculine oblique singular -े")
    yield Inflected(f"{stem}े", PLURAL, "masculine plural -े")
    yield Inflected(f"{stem}ी", FORMS, "feminine -ी")
    yield Inflected(f"{stem}ों", PLURAL, "oblique plural -ों, of persons")


def _made(word: Word) -> Iterator[Inflected]:
    cases = list(_cases(word))
    yield from cases
    if word.flag("respect"):
        yield Inflected(f"{word.lemma}जी", SINGULAR, "respectful -जी")
    if word.flag("solid"):
        return
    for form in cases:
        if form.rule in ("lemma", "oblique singular -े") or form.rule.startswith("oblique plural"):
            if form.rule == "lemma" and word.text("class") in ("ā", "invariable"):
                continue
            for postposition in POSTPOSITIONS:
                rule = f"{form.rule} + joined {postposition}"
                yield Inflected(form.text + postposition, form.number, rule)


def _cases(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "m")
    if kind not in CLASSES:
        raise ValueError(f"class must be one of {CLASSES}, not {kind!r}")
    yield Inflected(word.lemma, SINGULAR, "lemma")
    if kind == "invariable":
        return
    if kind == "ā":
        stem = _without(word.lemma, "ा")
        oblique = _agreeing(stem, word)
        yield Inflected(f"{oblique}े", SINGULAR, "oblique singular -े")
        yield Inflected(f"{oblique}े", PLURAL, "direct plural -े")
        yield from _plural_cases(oblique)
        return
    if kind == "m":
        plural = _agreeing(word.lemma, word)
        if plural != word.lemma:
            yield Inflected(plural, SINGULAR, "oblique singular of the adjective")
        yield Inflected(plural, PLURAL, "direct plural like the singular")
    for stem in word.texts("stem") or (_agreeing(word.lemma, word),):
        if kind == "f":
            yield from _feminine_plural(stem)
        yield from _plural_cases(stem)


def _feminine_plural(stem: str) -> Iterator[Inflected]:
    if stem.endswith("िया"):
        yield Inflected(f"{stem}ँ", PLURAL, "direct plural -ँ")
    else:
        ending = FEMININE[_final(stem)]
        yield Inflected(shortened(stem) + ending, PLURAL, f"direct plural -{ending}")


def _plural_cases(stem: str) -> Iterator[Inflected]:
    stem = stem.removesuffix("ा") if stem.endswith("िया") else stem
    for name, endings in (("oblique", OBLIQUE), ("vocative", VOCATIVE)):
        ending = endings[_final(stem)]
        yield Inflected(shortened(stem) + ending, PLURAL, f"{name} plural -{ending}")


def _final(stem: str) -> str:
    """Which endings a stem takes: by its last sound."""
    last = stem.rstrip("ँं")[-1]
    if last in "िीइई":
        return "i"
    return "vowel" if last in VOWELS else "consonant"


def shortened(stem: str) -> str:
    """The stem with its final ī or ū short, as it is before an ending."""
    return stem[:-1] + SHORT.get(stem[-1], stem[-1])


def _agreeing(text: str, word: Word) -> str:
    """The noun with its adjective in the oblique (or plural)."""
    if not word.flag("agrees"):
        return text
    adjective, noun = text.split(" ", 1)
    return f"{_without(adjective, 'ा')}े {noun}"


def _without(text: str, ending: str) -> str:
    if not text.endswith(ending):
        raise ValueError(f"{text!r} does not end in {ending!r}")
    return text.removesuffix(ending)
