"""Luganda nouns: number, the initial vowel, and what is written together with the noun.

A noun is initial vowel + class prefix + stem: o-mu-kazi woman, a-ba-kazi women. Classes of persons:

    1/2    omu-, omw-   aba-       omuntu abantu, omwana abaana (a before a vowel: omw-a = aba-a)
    1a/2a  none         ba-        maama bamaama, mutabani batabani for mu-
    12/14  aka-         obu-       akawala obuwala; akaana obwana (plural given)

- **Initial vowel.** It drops after a negative, in a predicate and after ku, mu, eri … (muntu,
  bantu): both shapes are made.
- **Elision.** A word in -a before the noun loses its vowel and has an apostrophe: n'omukazi,
  w'abantu. The apostrophe cuts the words, so that the noun is found as it is. Much writing leaves
  the apostrophe out; the shapes with na, nga and the possessive concords written on are made too
  (nomukazi, gwomuntu, bwabantu, ezabaana), as are those with ku and mu (kubantu, mubaana).
- **Possession.** we (his, her) and wo (your) are also written on kin words (mukyalawe, maamawo).
  Kin words that hold their possessor otherwise (kitaawe, nnyina, bba, mwannyinaze) are entries.

Not made: locatives in -ko, -mu, -yo on verbs, augmentatives and diminutives (ekisajja), which
judge the person, and -nna-, -na- compounds (nnabakyala), which are titles. Check with Ashton and
others, A Luganda Grammar (1954), and the orthography of 1947.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word
from corpus_assay.lexicons.paradigms.bantu import KEYS as SHARED_KEYS
from corpus_assay.lexicons.paradigms.bantu import Noun, Pair, numbers

KEYS = SHARED_KEYS | {
    "class": "1, 1a or 12; without it 1 for omu-, omw-, 12 for aka-, otherwise 1a",
    "own": "true: a kin word on which we (his, her) and wo (your) are written",
}

PAIRS: dict[str, tuple[Pair, ...]] = {
    "1": (("omwa", "abaa"), ("omw", "ab"), ("omu", "aba")),
    "1a": (("mu", "ba"), ("", "ba")),
    "12": (("aka", "obu"),),
}

CONCORDS = ("w", "b", "gw", "gy", "ly", "g", "ky", "by", "lw", "z", "bw", "kw", "y")
"""Possessive concords without their -a."""
PRONOMINAL = ("ow", "ab", "ogw", "egy", "ery", "ag", "eky", "eby", "olw", "ez", "obw", "okw", "ey")
"""The same with the initial vowel: that of, those of."""
PARTICLES = {"n": "and na", "ng": "like nga"}
LOCATIVES = ("ku", "mu")
POSSESSORS = {"we": "his or her", "wo": "your"}


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = word.lemma
    guess = "1" if lemma.startswith("om") else "12" if lemma.startswith("aka") else "1a"
    for noun in numbers(word, word.text("class", guess), PAIRS):
        for text, rule in _written(noun, word.flag("own")):
            steps = (
                rule if noun.rule == "lemma" else f"{noun.rule} + {rule}".removesuffix(" + lemma")
            )
            yield Inflected(text + noun.tail, noun.number, steps)


def _written(noun: Noun, own: bool) -> Iterator[tuple[str, str]]:
    """Every shape of one number of a noun, with the rule that makes it."""
    head = noun.head
    yield head, "lemma"
    if own and not noun.tail:
        for possessor, name in POSSESSORS.items():
            yield head + possessor, f"{name} -{possessor}"
    if noun.noun_class == "1a":
        return
    yield head[1:], "initial vowel dropped"
    for locative in LOCATIVES:
        yield locative + head[1:], f"locative {locative} written on"
    for particle, name in PARTICLES.items():
        yield particle + head, f"{name} written on"
    for concord in (*CONCORDS, *PRONOMINAL):
        yield concord + head, f"possessive {concord}- written on"
