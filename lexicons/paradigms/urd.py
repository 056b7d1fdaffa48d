"""Urdu nouns: three cases in two numbers, Arabic and Persian plurals, postpositions, spellings.

Grammar (it can be checked against Ruth Laila Schmidt, *Urdu: An Essential Grammar*): a noun has a
direct, an oblique and a vocative case, singular and plural. The classes are

``m``
    Masculine, the last sound stays in the direct plural: ``مرد``, ``آدمی``, ``دادا``. The
    default. Oblique plural ``وں`` (``ؤں`` after ا and و), vocative plural ``و`` (``ؤ``).
``ā``
    Masculine in ا or ہ that changes to ے: ``لڑکا``, ``بچہ``; oblique plural ``لڑکوں``, ``بچوں``.
``f``
    Feminine. The direct plural is ``یں`` after a consonant (``عورتیں``), ``اں`` after ی
    (``لڑکیاں``), ``ئیں`` after ا and و (``بہوئیں``).
``h``
    Feminine in ہ: ``بیوہ``, direct plural ``بیوائیں``, oblique plural ``بیواؤں``; with
    the izafat ``بیوۂ``.
``invariable``
    Titles and words that take no ending.

Plurals that are Arabic or Persian stand in the lexicon (``plural = "افراد"``); they do
not change in the oblique, and ``only`` says that the word has no other plural. The eight
simple postpositions stand apart in the norm, but are often written together with the
noun, with or without a non-joiner.

Adjectives in ا agree: ``بوڑھا``, ``بوڑھے`` (oblique, and plural), ``بوڑھی`` (feminine of
both numbers); of persons they also stand alone, with the oblique plural of a noun
(``بوڑھوں``). All others do not change (``معمر``, ``حاملہ``), but a few in ہ do (class
``ā``). Adjectives that stand for persons as often as not are listed as nouns (``پاکستانی``,
``پاکستانیوں``).

Spellings: ``ؤ`` also without its hamza (``ماوں``). Not generated: the izafat with zer
(vowel marks are dropped), ``جان`` and ``صاحب`` written together with the noun.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.indic import APART, Spelling, respelled

KEYS = {
    "class": "m (default), ā, f, h or invariable: see the module",
    "stem": "stem of the plural, where it is not the lemma",
    "plural": "Arabic or Persian plurals",
    "only": "true: no plural beside those of the key plural",
    "agrees": "true: the first word is an adjective in ا that agrees",
}

ADJECTIVE_KEYS = {
    "class": "ā or invariable, where the last letter does not tell it (ا agrees, ہ does not)",
}

CLASSES = ("m", "ā", "f", "h", "invariable")
POSTPOSITIONS = ("نے", "کو", "سے", "کا", "کے", "کی", "میں", "پر")
SPELLINGS: list[Spelling] = [APART, ("ؤ", "و", "written without hamza")]


def inflect(word: Word) -> Iterator[Inflected]:
    """Every form of a noun: cases, joined postpositions, spellings."""
    cases = list(_cases(word))
    obliques = [form for form, oblique in cases if oblique]
    joined = [
        Inflected(form.text + postposition, form.number, f"{form.rule} + joined {postposition}")
        for form in obliques
        for postposition in POSTPOSITIONS
    ]
    yield from respelled([form for form, _ in cases] + joined, SPELLINGS)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Every form of an adjective: agreement, and pairs written with a blank."""
    yield from respelled(_agreement(word), SPELLINGS)


def _agreement(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "ā" if word.lemma.endswith("ا") else "invariable")
    if kind not in ("ā", "invariable"):
        raise ValueError(f"class must be ā or invariable, not {kind!r}")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    stem = _without_last(word.lemma, "اہ")
    yield Inflected(word.lemma, SINGULAR, "lemma")
    yield Inflected(f"{stem}ے", SINGULAR, "masculine oblique singular -ے")
    yield Inflected(f"{stem}ے", PLURAL, "masculine plural -ے")
    yield Inflected(f"{stem}ی", FORMS, "feminine -ی")
    yield Inflected(f"{stem}وں", PLURAL, "oblique plural -وں, of persons")


def _cases(word: Word) -> Iterator[tuple[Inflected, bool]]:
    """Every case form, and whether a postposition can follow it."""
    kind, lemma = word.text("class", "m"), word.lemma
    if kind not in CLASSES:
        raise ValueError(f"class must be one of {CLASSES}, not {kind!r}")
    yield Inflected(lemma, SINGULAR, "lemma"), kind in ("m", "f", "h")
    for plural in word.texts("plural"):
        yield Inflected(plural, PLURAL, "Arabic or Persian plural"), True
    if kind == "h":
        yield Inflected(f"{lemma[:-1]}ۂ", SINGULAR, "izafat"), False
    if kind == "invariable" or word.flag("only"):
        return
    stem = word.text("stem", lemma)
    if kind == "ā":
        stem = _agreeing(_without_last(stem, "اہ"), word)
        yield Inflected(f"{stem}ے", SINGULAR, "oblique singular -ے"), True
        yield Inflected(f"{stem}ے", PLURAL, "direct plural -ے"), False
    elif kind == "h":
        stem = f"{_without_last(stem, 'ہ')}ا"
    elif kind == "m":
        stem = _agreeing(stem, word)
        if stem != lemma:
            yield Inflected(stem, SINGULAR, "oblique singular of the adjective"), True
        yield Inflected(stem, PLURAL, "direct plural like the singular"), False
    long = stem[-1] in "او" and kind != "ā"
    if kind in ("f", "h"):
        ending = "ئیں" if long else "اں" if stem.endswith("ی") else "یں"
        yield Inflected(stem + ending, PLURAL, f"direct plural -{ending}"), False
    oblique, vocative = ("ؤں", "ؤ") if long else ("وں", "و")
    yield Inflected(stem + oblique, PLURAL, f"oblique plural -{oblique}"), True
    yield Inflected(stem + vocative, PLURAL, f"vocative plural -{vocative}"), False


def _agreeing(text: str, word: Word) -> str:
    """The noun with its adjective in the oblique (or plural)."""
    if not word.flag("agrees"):
        return text
    adjective, noun = text.split(" ", 1)
    return f"{_without_last(adjective, 'ا')}ے {noun}"


def _without_last(text: str, letters: str) -> str:
    if text[-1] not in letters:
        raise ValueError(f"{text!r} does not end in one of {letters!r}")
    return text[:-1]
