"""Catalan nouns: number, and the diminutives that are everyday words.

The plural takes -s; unstressed -a becomes -es, with the spelling that keeps the sound (-ca -ques,
-ga -gues, -ça -ces, -ja -ges). A stressed final vowel takes -ns and loses its accent (germà,
germans; cosí, cosins). Nouns in a stressed -s take -os (espòs, esposos). Plurals that keep an old
n in the west (hòmens, jóvens) and loans in -às (papàs) are given with the word.

The middle dot of l·l is also made in the old single character (ŀl); written with a full stop or a
hyphen (al.lot) the word is cut and not found.

Elision (l'home, d'infants) leaves the noun as it is. Nouns that only a determiner tells from
another word (la neta, granddaughter, and neta, clean) are made behind one (determined); so is la
dona, the woman, beside dona, which is also gives.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, romance

KEYS = romance.KEYS | romance.DIMINUTIVE

DETERMINERS = {
    ("masculine", "singular"): (
        *("el", "del", "al", "pel", "un", "aquest", "aquell", "primer", "únic"),
        *("meu", "teu", "seu", "nostre", "vostre", "mon", "ton", "son"),
    ),
    ("masculine", "plural"): (
        *("els", "dels", "als", "pels", "uns", "dos", "tres", "aquests", "aquells"),
        *("meus", "teus", "seus", "nostres", "vostres"),
    ),
    ("feminine", "singular"): (
        *("la", "una", "aquesta", "aquella", "cada", "altra", "primera", "única", "mateixa"),
        *("jove", "vella", "gran", "petita", "bella", "bona", "pobra", "nova"),
        *("meva", "teva", "seva", "meua", "teua", "seua", "nostra", "vostra"),
    ),
    ("feminine", "plural"): (
        *("les", "unes", "dues", "tres", "aquestes", "aquelles"),
        *("meves", "teves", "seves", "meues", "teues", "seues", "nostres", "vostres"),
    ),
}

PLURALS = (
    ("ca", "ques"),
    ("ga", "gues"),
    ("ça", "ces"),
    ("ja", "ges"),
    ("a", "es"),
    ("à", "ans"),
    ("é", "ens"),
    ("è", "ens"),
    ("í", "ins"),
    ("ó", "ons"),
    ("ú", "uns"),
    ("òs", "osos"),
    ("és", "esos"),
)


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word and of its diminutives, l·l also with the single character."""
    for form in (
        *romance.inflect(word, plural, DETERMINERS),
        *romance.diminutives(word, plural, diminutive),
    ):
        yield form
        if "l·l" in form.text:
            yield form._replace(
                text=form.text.replace("l·l", "ŀl"), rule=f"{form.rule}, ŀ as one character"
            )


def plural(word: str) -> tuple[str, str]:
    """Plural of one word, and its ending."""
    for old, new in PLURALS:
        if word.endswith(old):
            return word.removesuffix(old) + new, f"-{new}"
    return word + "s", "-s"


def diminutive(word: str, suffix: str) -> str:
    """A word with a diminutive suffix in place of an unstressed final vowel."""
    return word.removesuffix("a") + suffix
