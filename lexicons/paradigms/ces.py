"""Czech nouns for persons, and adjectives: seven cases in singular and plural.

The classes are the model nouns of school grammars (pán, muž, předseda, žena, růže, píseň, město,
kuře …) with a few subtypes; the forms can be checked against the Internetová jazyková příručka of
the Ústav pro jazyk český. Velars and r soften before -ě and the -i of the nominative plural
(matka: matce; kluk: kluci; bratr: bratři), c and k before the vocative -e (otec: otče).

Adjectives are hard (mladý) or soft (jarní); before the -í of animate plurals velars and r soften,
and -sk and -ck become -št and -čt (český: čeští).

Beside the standard endings, the instrumental plural has the colloquial -ma that speech and informal
writing use everywhere (ženama, klukama, lidma). Not made: other endings of Common Czech (mladej,
vo klukách), the old dual of persons, and possessive adjectives (otcův, matčin), which are other
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word, adjective_tables, case_tables
from corpus_assay.lexicons.paradigms.case_tables import Grammar, Sorted

KEYS = case_tables.KEYS

ADJECTIVE_KEYS: dict[str, str] = {}

# Nominative, genitive, dative, accusative, vocative, locative, instrumental.
# ě: softens the stem (-ě or -e); ^i: softens velars and r; 'e: k, c > č; ~e: the vocative of hard
# masculines, -u after velars; ~ech: -ích after velars.
DECLENSIONS: dict[str, dict[str, str]] = {
    # Masculine animate.
    "pán": {
        "singular": "- a ovi/u a ~e ovi/u em",
        "plural": "^i ů ům y N ~ech y/ama",
    },
    "muž": {"singular": "- e i/ovi e i i/ovi em", "plural": "i ů ům e N ích i/ema"},
    "chlapec": {"singular": "- e i/ovi e 'e i/ovi em", "plural": "i ů ům e N ích i/ema"},
    "předseda": {"singular": "a y ovi u o ovi ou", "plural": "ové ů ům y N ~ech y/ama"},
    "lidé": {"plural": "é/i í em i N ech mi/ma"},
    # Feminine.
    "žena": {"singular": "a y ě u o ě ou", "plural": "y ° ám y N ách ami/ama"},
    "růže": {"singular": "e e i i e i í", "plural": "e í ím e N ích emi/ema"},
    "ulice": {"singular": "e e i i e i í", "plural": "e ° ím e N ích emi/ema"},
    "gejša": {"singular": "a i/e i/e u o i/e ou", "plural": "i/e . ám/ím i/e N ách/ích ami"},
    "píseň": {"singular": "- e i - i i í", "plural": "e í ím e N ích emi/ema"},
    "kost": {"singular": "- i i - i i í", "plural": "i í em i N ech mi/ma"},
    "paní": {"singular": "í í í í í í í", "plural": "í í ím í N ích ími/íma"},
    # Neuter.
    "město": {"singular": "o a u o N u em", "plural": "a ° ům a N ách y/ama"},
    "muzeum": {"singular": "um a u um N u em", "plural": "a í ím a N ích i"},
    "kuře": {
        "singular": "e ete eti e N eti etem",
        "plural": "ata at atům ata N atech aty/atama",
    },
    # Adjectives, alone as nouns or before one.
    "mladý": {"singular": "ý ého ému ého N ém ým", "plural": "^í ých ým é N ých ými"},
    "mladá": {"singular": "á é é ou N é ou", "plural": "é ých ým é N ých ými"},
    "jarní": {"singular": "í ího ímu ího N ím ím", "plural": "í ích ím í N ích ími"},
    "jarní f": {"singular": "í í í í N í í", "plural": "í ích ím í N ích ími"},
    "lady": {"singular": "- - - - - - -", "plural": "- - - - - - -"},
}

HARD = {
    "masculine": "ý ého ému . . ém ým",
    "feminine": "á é . ou . . .",
    "neuter": "é . . . . . .",
    "masculine animate plural": "^í . . . . . .",
    "plural": "é ých ým . . . ými/ýma",
    "neuter plural": "á . . . . . .",
}
"""Adjectives; what is written like another case of the line is not repeated."""
SOFT_ADJECTIVE = {
    "masculine": "í ího ímu . . ím .",
    "plural": "í ích ím . . . ími/íma",
}

SECOND = {"ch": "š", "k": "c", "h": "z", "g": "z", "r": "ř"}
"""Softening before -ě and -i."""
FIRST = {"k": "č", "c": "č", "h": "ž"}
"""Softening before the vocative -e."""
SOFT = "žščřcjďťň"
PLAIN = str.maketrans("ďťň", "dtn")


def attach(stem: str, ending: str) -> tuple[str, str]:
    """Stem and ending as one form, and the ending as it is written."""
    if ending == "ě":
        soft = soften(stem, SECOND)
        written = "ě" if soft[-1] in "dtnbpvmf" else "e"
        return soft + written, written
    if ending[0] == "^":
        return soften(stem, SECOND) + ending[1:], ending[1:]
    if ending[0] == "'":
        return soften(stem, FIRST) + ending[1:], ending[1:]
    if ending == "~e":
        return vocative(stem)
    if ending == "~ech":
        soft = soften(stem, {k: v for k, v in SECOND.items() if k != "r"})
        return (stem + "ech", "ech") if soft == stem else (soft + "ích", "ích")
    if stem[-1] in "ďťň" and ending[0] in "eií":
        written = ("ě" if ending[0] == "e" else ending[0]) + ending[1:]
        return stem[:-1] + stem[-1].translate(PLAIN) + written, written
    return stem + ending, ending


def soften(stem: str, changes: dict[str, str]) -> str:
    """The stem with its last consonant softened, where it is one that softens."""
    for hard, soft in changes.items():
        if stem.endswith(hard):
            return stem.removesuffix(hard) + soft
    return stem


def vocative(stem: str) -> tuple[str, str]:
    """Vocative of hard masculines: kluku, bratře, chlape."""
    if stem[-1] in "khg":
        return stem + "u", "u"
    if re.search(r"[^aeiouyáéíóúů]r$", stem):
        return stem[:-1] + "ře", "e"
    return stem + "e", "e"


def sort(lemma: str) -> Sorted:
    """Class and stems of regular nouns, from the ending of the lemma."""
    stem = lemma[:-1]
    if lemma.endswith("ice"):
        return Sorted("ulice", stem, stem)
    if lemma.endswith("a"):
        return Sorted("žena", stem, inserted(stem))
    if lemma.endswith("o"):
        return Sorted("město", stem, inserted(stem))
    if lemma.endswith(("e", "ě")):
        return Sorted("růže", stem, stem)
    if lemma.endswith("um"):
        return Sorted("muzeum", lemma[:-2], lemma[:-2])
    for ending, declension in (("í", "paní"), ("ý", "mladý"), ("á", "mladá")):
        if lemma.endswith(ending):
            return Sorted(declension, stem, stem)
    if lemma.endswith("ec"):
        return Sorted("chlapec", lemma[:-2] + "c", lemma)
    if lemma.endswith("ek"):
        return Sorted("pán", lemma[:-2] + "k", lemma)
    return Sorted("muž" if lemma[-1] in SOFT else "pán", lemma, lemma)


def inserted(stem: str) -> str:
    """The stem where no ending follows: -e- before the k of a group (matk-a, matek)."""
    return re.sub(r"([^aeiouyáéíóúůý])k$", r"\1ek", stem)


GRAMMAR = Grammar(DECLENSIONS, attach, sort)


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, or of an adjective and a noun."""
    return case_tables.inflect(word, GRAMMAR)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective in -ý or -í."""
    if not word.lemma.endswith(("ý", "í")):
        raise ValueError("is no adjective in -ý or -í")
    table = HARD if word.lemma.endswith("ý") else SOFT_ADJECTIVE

    def join(stem: str, ending: str) -> tuple[str, str]:
        if ending == "^í" and stem.endswith(("sk", "ck")):
            return f"{stem[:-2]}{'š' if stem[-2] == 's' else 'č'}tí", "í"
        return attach(stem, ending)

    yield from adjective_tables.decline(word.lemma, word.lemma[:-1], GRAMMAR.cases, table, join)
