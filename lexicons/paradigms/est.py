"""Estonian nouns and adjectives: fourteen cases in two numbers, made from principal parts.

The parts, as Estonian dictionaries give them: nominative, genitive and partitive singular,
genitive and partitive plural, and the short illative where it is in use (poiss: poisi, poissi,
poiste, poisse, poissi). An entry gives ``parts``: genitive and partitive singular, genitive and
partitive plural. From these:

- genitive singular: nominative plural -d, and -sse, -s, -st, -le, -l, -lt, -ks, -ni, -na, -ta, -ga;
- genitive plural: the same endings from -sse on;
- **vowel plural**, a second plural stem in use with some words (naisi/le beside naiste/le), the
  same as their partitive plural: the cases from -sse to -ks.

Words that inflect alike need no parts of their own: ``like`` names the ending that has them, the
diminutive -ke, the adjectival -ne (inimene, mudilane) or the last member of a compound (abielumees
like mees), and the derivations in -lik, -ist, -nik, -ja, -tu. Gradation, which the parts show
(poeg: poja; vend: venna), is not made by rule.

The clitic is -ki after a voiceless consonant or b, d, g and -gi otherwise (naiselgi, inimestki),
on every form.

**Adjectives** agree with their noun in case and number, and stand for persons without one (noored,
the young): they are declined like nouns. Some do not inflect (lahutatud divorced; the names of
peoples before a noun, saksa German): these are taken as they stand.

Not made: the instructive plural (palja jalu), parallel partitives beside the one given, forms of
a possessor (Estonian has none).

The parts can be checked against Eesti õigekeelsussõnaraamat ÕS.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "parts": "genitive and partitive singular, genitive and partitive plural",
    "like": "ending or last member that has the parts, one of _LIKE (ne, mees, laps …)",
    "illative": "short illative, where it is in use",
    "plural_stem": "vowel plural stem, where it is in use (naisi)",
}

ADJECTIVE_KEYS = KEYS | {"indeclinable": "true for adjectives that do not inflect (saksa)"}

# What "like" stands for: the parts after the stem.
_LIKE = {
    "lik": ("liku", "likku", "like", "likke"),
    "ist": ("isti", "isti", "istide", "iste"),
    "nik": ("niku", "nikku", "nike", "nikke"),
    "ja": ("ja", "jat", "jate", "jaid"),
    "tu": ("tu", "tut", "tute", "tuid"),
    "ne": ("se", "st", "ste", "si"),
    "ke": ("kese", "kest", "keste", "kesi"),
    "mees": ("mehe", "meest", "meeste", "mehi"),
    "laps": ("lapse", "last", "laste", "lapsi"),
    "tütar": ("tütre", "tütart", "tütarde", "tütreid"),
    "poeg": ("poja", "poega", "poegade", "poegi"),
    "vanem": ("vanema", "vanemat", "vanemate", "vanemaid"),
    "isik": ("isiku", "isikut", "isikute", "isikuid"),
}

_CASES = (
    ("illative", "sse"),
    ("inessive", "s"),
    ("elative", "st"),
    ("allative", "le"),
    ("adessive", "l"),
    ("ablative", "lt"),
    ("translative", "ks"),
    ("terminative", "ni"),
    ("essive", "na"),
    ("abessive", "ta"),
    ("comitative", "ga"),
)
# The vowel plural has the cases before these.
_LATE = ("terminative", "essive", "abessive", "comitative")
_VOICELESS = "bdgptkfshšzž"


class _Parts(NamedTuple):
    """The principal parts after the nominative singular."""

    genitive: str
    partitive: str
    plural_genitive: str
    plural_partitive: str


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a word."""
    for form in _forms(word):
        yield form
        clitic = "ki" if form.text[-1] in _VOICELESS else "gi"
        rule = form.rule if form.rule != "lemma" else "nominative"
        yield Inflected(form.text + clitic, form.number, f"{rule} + clitic -{clitic}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective; the lemma alone of one that does not inflect."""
    if word.flag("indeclinable"):
        yield Inflected(word.lemma, FORMS, "lemma")
    else:
        yield from inflect(word)


def _parts(word: Word) -> _Parts:
    given, ending = word.texts("parts"), word.text("like")
    if ending:
        if ending not in _LIKE or not word.lemma.endswith(ending):
            raise ValueError(f"like must be the ending of the lemma and one of {sorted(_LIKE)}")
        given = tuple(word.lemma.removesuffix(ending) + part for part in _LIKE[ending])
    if len(given) != len(_Parts._fields):
        raise ValueError(f"parts must be {', '.join(_Parts._fields)}")
    return _Parts(*given)


def _forms(word: Word) -> Iterator[Inflected]:
    parts = _parts(word)
    yield Inflected(word.lemma, SINGULAR, "lemma")
    yield Inflected(parts.genitive, SINGULAR, "genitive")
    yield Inflected(parts.partitive, SINGULAR, "partitive")
    if word.text("illative"):
        yield Inflected(word.text("illative"), SINGULAR, "short illative")
    for case, ending in _CASES:
        yield Inflected(parts.genitive + ending, SINGULAR, f"{case} -{ending}")
    yield Inflected(parts.genitive + "d", PLURAL, "plural nominative -d")
    yield Inflected(parts.plural_genitive, PLURAL, "plural genitive")
    yield Inflected(parts.plural_partitive, PLURAL, "plural partitive")
    for case, ending in _CASES:
        yield Inflected(parts.plural_genitive + ending, PLURAL, f"plural {case} -{ending}")
    stem = word.text("plural_stem")
    for case, ending in _CASES:
        if stem and case not in _LATE:
            yield Inflected(stem + ending, PLURAL, f"vowel plural {case} -{ending}")
