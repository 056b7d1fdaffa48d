"""Portuguese nouns, European and Brazilian: number, and the diminutives that are everyday
words; adjectives.

The plural takes -s after a vowel, -es after r and z; -m becomes -ns, -l becomes -is (casal,
casais), -ão becomes -ões. Nouns in -ão with another plural (irmãos, órfãos) and avô, whose plural
with an open vowel (avós) means grandparents too, give it themselves. Spellings of Portugal and
Brazil that differ (bebé, bebê; gémeo, gêmeo) are two words of the lexicon.

Adjectives in -o have a feminine in -a, those in -ão in -ã, those in -eu in -eia (in Brazil -éia
before the spelling of 2009); -ês, -or and -ol add -a (francês, francesa). Others have one form for
both genders. The plural of -ão is mostly given (alemães, cristãos).

Diminutives in -inho replace the final vowel (filho, filhinho); those in -zinho follow the whole
word, which keeps its til and loses its other accents (irmão, irmãozinho; avó, avozinha), and turn
m into n (homem, homenzinho). Which suffix a noun takes is given with it.

Nouns that only a determiner tells from another word (o cara, fellow, and a cara, face; o miúdo,
child, and miúdo, small) are made behind one (determined).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, romance

KEYS = romance.KEYS | romance.DIMINUTIVE
ADJECTIVE_KEYS = romance.ADJECTIVE_KEYS

DETERMINERS = {
    ("masculine", "singular"): (
        *("o", "do", "no", "ao", "pelo", "pro", "um", "dum", "num", "outro", "algum", "nenhum"),
        *("esse", "desse", "nesse", "este", "deste", "neste", "aquele", "daquele", "naquele"),
        *("meu", "teu", "seu", "nosso"),
    ),
    ("masculine", "plural"): (
        *("os", "dos", "nos", "aos", "pelos", "uns", "dois", "outros", "alguns"),
        *("esses", "desses", "estes", "destes", "aqueles", "daqueles", "meus", "teus", "seus"),
    ),
    ("feminine", "singular"): (
        *("a", "da", "na", "à", "pela", "uma", "duma", "numa", "outra", "alguma", "nenhuma"),
        *("essa", "dessa", "nessa", "esta", "desta", "nesta", "aquela", "daquela", "naquela"),
        *("minha", "tua", "sua", "nossa"),
    ),
    ("feminine", "plural"): (
        *("as", "das", "nas", "às", "pelas", "umas", "duas", "outras", "algumas"),
        *("essas", "dessas", "estas", "destas", "aquelas", "daquelas", "minhas", "tuas", "suas"),
    ),
}

WITHOUT_ACCENT = str.maketrans("áéíóúâêô", "aeiouaeo")
PLURALS = (
    ("m", "ns"),
    ("ão", "ões"),
    ("al", "ais"),
    ("el", "éis"),
    ("ol", "óis"),
    ("r", "res"),
    ("z", "zes"),
    ("ês", "eses"),
)
FEMININES = (
    ("ão", "ã"),
    ("o", "a"),
    ("eu", "eia"),
    ("ês", "esa"),
    ("or", "ora"),
    ("ol", "ola"),
)


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word and of its diminutives."""
    yield from romance.inflect(word, plural, DETERMINERS)
    yield from romance.diminutives(word, plural, diminutive)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Both genders and numbers of an adjective; -eia also as it was spelt before 2009."""
    for form in romance.adjective(word, feminine, plural):
        yield form
        if form.text.endswith(("eia", "eias")):
            text = re.sub("eia(s?)$", r"éia\1", form.text)
            yield form._replace(text=text, rule=f"{form.rule}, spelt as before 2009")


def feminine(word: str) -> tuple[str, str]:
    """Feminine of one adjective, and its ending."""
    return romance.ending(word, FEMININES) or (word, "without an ending")


def plural(word: str) -> tuple[str, str]:
    """Plural of one word, and its ending."""
    for old, new in PLURALS:
        if word.endswith(old):
            return word.removesuffix(old) + new, f"-{new.removeprefix(old)}"
    if word[-1] in "sx":
        return word, "without an ending"
    return word + "s", "-s"


def diminutive(word: str, suffix: str) -> str:
    """A word with a diminutive suffix, in the spelling that keeps the sound of the stem."""
    plain = word.translate(WITHOUT_ACCENT)
    if suffix.startswith("z"):
        return (plain[:-1] + "n" if plain.endswith("m") else plain) + suffix
    stem = plain[:-1] if plain[-1] in "aeo" else plain
    for old, new in (("c", "qu"), ("g", "gu"), ("ç", "c")):
        if stem.endswith(old):
            return stem.removesuffix(old) + new + suffix
    return stem + suffix
