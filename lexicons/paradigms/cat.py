"""Catalan nouns: number, and the diminutives that are everyday words;
adjectives.

The plural takes -s; unstressed -a becomes -es, with the spelling that keeps the sound (-ca -ques,
-ga -gues, -ça -ces, -ja -ges). A stressed final vowel takes -ns and loses its accent (germà,
germans; cosí, cosins). Nouns in a stressed -s take -os (espòs, esposos). Plurals that keep an old
n in the west (hòmens, jóvens) and loans in -às (papàs) are given with the word.

Adjectives add -a in the feminine, after a stressed vowel -na, and lose their accent (italià,
italiana; francès, francesa); -at, -it and -ut become -ada, -ida, -uda, -eu -ea, -iu -iva. Those in
-a, -e, -al, -ant and -ent have one singular. Feminines with another consonant (grec, grega) are
given, and so are masculine plurals in -os (rus, russos).

The middle dot of l·l is also made in the old single character (ŀl); written with a full stop or a
hyphen (al.lot) the word is cut and not found.

Elision (l'home, d'infants) leaves the noun as it is. Nouns that only a determiner tells from
another word (la neta, granddaughter, and neta, clean) are made behind one (determined); so is la
dona, the woman, beside dona, which is also gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, romance

KEYS = romance.KEYS | romance.DIMINUTIVE
ADJECTIVE_KEYS = romance.ADJECTIVE_KEYS

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
MASCULINE_PLURALS = (("ès", "esos"), ("ós", "osos"), *PLURALS)
"""Plurals of masculine adjectives: those of nouns, and of a stressed -ès, -ós."""
FEMININES = (
    ("a", "a"),
    ("e", "e"),
    ("al", "al"),
    ("ant", "ant"),
    ("ent", "ent"),
    ("à", "ana"),
    ("é", "ena"),
    ("è", "ena"),
    ("í", "ina"),
    ("ó", "ona"),
    ("ès", "esa"),
    ("ós", "osa"),
    ("at", "ada"),
    ("it", "ida"),
    ("ut", "uda"),
    ("eu", "ea"),
    ("iu", "iva"),
)


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word and of its diminutives, l·l also with the single character."""
    yield from _with_middle_dot(romance.inflect(word, plural, DETERMINERS))
    yield from _with_middle_dot(romance.diminutives(word, plural, diminutive))


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Both genders and numbers of an adjective, l·l also with the single character."""
    yield from _with_middle_dot(romance.adjective(word, feminine, masculine_plural, plural))


def _with_middle_dot(forms: Iterable[Inflected]) -> Iterator[Inflected]:
    for form in forms:
        yield form
        if "l·l" in form.text:
            yield form._replace(
                text=form.text.replace("l·l", "ŀl"), rule=f"{form.rule}, ŀ as one character"
            )


def feminine(word: str) -> tuple[str, str]:
    """Feminine of one adjective, and its ending."""
    return romance.ending(word, FEMININES) or (word + "a", "-a")


def masculine_plural(word: str) -> tuple[str, str]:
    """Masculine plural of one adjective, and its ending."""
    return romance.ending(word, MASCULINE_PLURALS) or (word + "s", "-s")


def plural(word: str) -> tuple[str, str]:
    """Plural of one word, and its ending."""
    return romance.ending(word, PLURALS) or (word + "s", "-s")


def diminutive(word: str, suffix: str) -> str:
    """A word with a diminutive suffix in place of an unstressed final vowel."""
    return word.removesuffix("a") + suffix
