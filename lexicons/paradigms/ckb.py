"""Central Kurdish (Sorani): determination, number, ezafe, clitics, postpositions, -ش, copula.

A noun has no gender and no case. It stands bare or with one determination:

==============  ==========================  ===========================
                after a consonant (ژن)      after a vowel (برا, داپیرە)
==============  ==========================  ===========================
demonstrative   ژنە (ئەم … ە)               برایە, داپیرەیە
definite        ژنەکە                       براکە, داپیرەکە
indefinite      ژنێک, ژنێ                   برایەک, داپیرەیەک
plural          ژنان                        برایان, داپیران
plural demonst. ژنانە                       برایانە, داپیرانە
def. plural     ژنەکان                      براکان, داپیرەکان
==============  ==========================  ===========================

The vowel -ە of the demonstrative also joins a noun to its adjective (ژنە جوانەکە) and is the
vocative. To each of these one of: ezafe -ی; a pronominal clitic (-م -ت -ی -مان -تان -یان), that can
take a postposition or the copula in turn; -ش (also), that can take a clitic in turn; the
postpositions -دا and -ەوە, written together; the copula.

Not made: endings of the verb to be other than the third person, -ڕا, ezafe chains. A lemma of
several words inflects its last.

An adjective does not agree with its noun. It closes the noun phrase and then bears its endings
(ژنە کوردەکە, the Kurdish woman), or stands in the place of a noun (کوردەکان, the Kurds), so its
endings are the noun's, of which only one closes the word (no clitic with a copula). After a final
ی, which most of them have, the vowel of an ending is written with a second ی or without it
(ئەمریکییەکان, ئەمریکیەکان).

The spelling is the one with ە ی ک ڕ ڵ ۆ ێ.

See Thackston, Sorani Kurdish: A Reference Grammar (2006), and McCarus, A Kurdish Grammar (1958).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "class": '"fixed": the lemma alone, where the endings make other words',
    "demonstrative": "false where a form with -ە is another word",
    "definite": "false where a form with -ەکە, -ەکان is not in use",
}

ADJECTIVE_KEYS = KEYS

CLITICS = {
    "م": "my -م",
    "ت": "your -ت",
    "ی": "his or her -ی",
    "مان": "our -مان",
    "تان": "your (plural) -تان",
    "یان": "their -یان",
}


_ENDINGS_IN_A_ROW = re.compile(r"also -ش \+|(?:my|your|plural\)|his or her|our|their) -[^ ]+ \+")


class Stem(NamedTuple):
    """A noun with its determination, before the endings that close it."""

    text: str
    number: str
    rule: str


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun."""
    kind = word.text("class")
    if kind not in ("", "fixed"):
        raise ValueError(f"unknown class {kind!r}")
    if kind == "fixed":
        yield Inflected(word.lemma, SINGULAR, "lemma")
        return
    for stem in _determined(word):
        yield Inflected(stem.text, stem.number, stem.rule or "lemma")
        for ending, step in _endings(stem.text, bare=not stem.rule):
            rule = f"{stem.rule} + {step}" if stem.rule else step
            yield Inflected(stem.text + ending, stem.number, rule)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The forms of an adjective: those of a noun with one closing ending, and the spellings after
    a final ی."""
    for form in inflect(word):
        if _ENDINGS_IN_A_ROW.search(form.rule):
            continue
        yield form
        ending = form.text.removeprefix(word.lemma)
        if word.lemma.endswith("ی") and ending.startswith("ە"):
            yield form._replace(
                text=f"{word.lemma}ی{ending}", rule=form.rule + " + ی doubled before a vowel"
            )
        elif word.lemma.endswith("ی") and (
            ending.startswith("یە") or (form.number == PLURAL and ending.startswith("یان"))
        ):
            yield form._replace(
                text=word.lemma + ending[1:], rule=form.rule + " + ی written once before a vowel"
            )


def _determined(word: Word) -> Iterator[Stem]:
    noun, vowel = word.lemma, ends_in_vowel(word.lemma)
    yield Stem(noun, SINGULAR, "")
    if word.keys.get("demonstrative") is not False:
        yield Stem(noun + ("یە" if vowel else "ە"), SINGULAR, "demonstrative -ە")
    yield Stem(noun + ("یەک" if vowel else "ێک"), SINGULAR, "indefinite -ێک")
    if not vowel:
        yield Stem(noun + "ێ", SINGULAR, "indefinite -ێ")
    plural = plural_of(noun)
    yield Stem(plural, PLURAL, "plural -ان")
    if word.keys.get("demonstrative") is not False:
        yield Stem(plural + "ە", PLURAL, "plural -ان + demonstrative -ە")
    yield Stem(noun + "ینە", PLURAL, "vocative plural -ینە")
    if word.keys.get("definite") is not False:
        definite = noun + ("ک" if noun[-1] in "اەۆ" else "ەک")
        yield Stem(definite + "ە", SINGULAR, "definite -ەکە")
        yield Stem(definite + "ان", PLURAL, "definite plural -ەکان")


def ends_in_vowel(text: str) -> bool:
    """Whether a text ends in a vowel letter; a single و is a consonant (پیاو)."""
    return text[-1] in "اەۆێی" or text.endswith("وو")


def plural_of(noun: str) -> str:
    """The plural in -ان: ە is dropped, other vowels take ی."""
    if noun.endswith("ە"):
        return noun[:-1] + "ان"
    return noun + ("یان" if noun[-1] in "اۆێی" else "ان")


def _endings(stem: str, *, bare: bool) -> Iterator[tuple[str, str]]:
    """What can follow a stem, with its rule."""
    vowel = ends_in_vowel(stem)
    if stem.endswith(("ێ", "ینە")):
        return
    yield "ی", "ezafe -ی"
    also = "ش" if vowel else "یش"
    yield also, "also -ش"
    for clitic, step in CLITICS.items():
        yield clitic, step
        yield also + clitic, f"also -ش + {step}"
        for ending, closing in _closing(clitic):
            yield clitic + ending, f"{step} + {closing}"
    for ending, step in _closing(stem):
        if not (bare and ending == "ە"):
            yield ending, step


def _closing(text: str) -> Iterator[tuple[str, str]]:
    """Postpositions and the copula after a text; the spelling after ی doubles it or not."""
    yield "دا", "postposition -دا"
    if text.endswith("ی"):
        yield from (
            ("ەوە", "postposition -ەوە"),
            ("یەوە", "postposition -ەوە"),
            ("ەتی", "copula -ە (before the clitic)"),
            ("یەتی", "copula -ە (before the clitic)"),
        )
    elif text[-1] in "اە":
        yield "وە", "postposition -ەوە"
        yield "یە", "copula -یە"
    elif ends_in_vowel(text):
        yield "یە", "copula -یە"
    else:
        yield "ەوە", "postposition -ەوە"
        yield "ە", "copula -ە"
