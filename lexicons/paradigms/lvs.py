"""Latvian: declension of nouns for persons, and of adjectives.

Five cases that nouns tell apart (the instrumental is written like the accusative in the singular
and like the dative in the plural), two numbers, and the vocative where an entry gives one. The
declensions (Nau, Latvian, 1998; Kalnača and Lokmane, Latvian Grammar, 2021):

- I: masculine -s and -š (vīrs, dēliņš);
- II: masculine -is (brālis), with palatalisation in the genitive singular and the plural;
- IV: -a (māsa; with ``masculine``, puika, dative puikam);
- V: -e (sieviete), with palatalisation in the genitive plural;
- ``definite``: participles and adjectives in the definite form used as nouns (laulātais, fem.
  saderinātā).

Palatalisation (`palatalise`): l, n become ļ, ņ; t, s š; d, z, dz ž; c č; the labials take j; the
other consonants stay. Words without it (tētis, tēta; tante, tantu) give their ``stem`` or
``genitive_plural``. In a lemma of several words only the last declines.

Adjectives in -s and -š have both genders, without and with the definite ending (jauns, jaunais).
The masculine plural in -iski is not made, because it is written like the adverb (latviski).

Not made: the shortened nominative as a vocative where it is not usual, and the forms of vecāmāte
and ļaudis, which decline as no other word does and are listed.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import (
    FORMS,
    PLURAL,
    SINGULAR,
    Inflected,
    Word,
    adjective_tables,
)

KEYS = {
    "class": "definite, or indeclinable",
    "stem": "stem of the forms with palatalisation, where it is irregular: tēt",
    "masculine": "true: a man although the word ends in -a or -e",
    "genitive_plural": "genitive plural without palatalisation: tantu",
    "vocative": "form of address without ending: tēv, māmiņ",
}

ADJECTIVE_KEYS: dict[str, str] = {}

CASES = ("nominative", "genitive", "dative", "accusative", "locative")

SINGULAR_ENDINGS = {
    "s": ("s", "a", "am", "u", "ā"),
    "š": ("š", "a", "am", "u", "ā"),
    "is": ("is", "a", "im", "i", "ī"),
    "a": ("a", "as", "ai", "u", "ā"),
    "e": ("e", "es", "ei", "i", "ē"),
    "ais": ("ais", "ā", "ajam", "o", "ajā"),
    "ā": ("ā", "ās", "ajai", "o", "ajā"),
}
PLURAL_ENDINGS = {
    "s": ("i", "u", "iem", "us", "os"),
    "š": ("i", "u", "iem", "us", "os"),
    "is": ("i", "u", "iem", "us", "os"),
    "a": ("as", "u", "ām", "as", "ās"),
    "e": ("es", "u", "ēm", "es", "ēs"),
    "ais": ("ie", "o", "ajiem", "os", "ajos"),
    "ā": ("ās", "o", "ajām", "ās", "ajās"),
}
INDEFINITE = {
    "masculine": ". a am u ā",
    "feminine": "a as ai u ā",
    "masculine plural": "i u iem us os",
    "feminine plural": "as u ām as ās",
}
DEFINITE = {
    "masculine": "ais ā ajam o ajā",
    "feminine": "ā ās ajai o ajā",
    "masculine plural": "ie o ajiem os ajos",
    "feminine plural": "ās o ajām ās ajās",
}
PALATALISED = {
    "dz": "dž",
    "ll": "ļļ",
    "ln": "ļņ",
    "nn": "ņņ",
    "sl": "šļ",
    "sn": "šņ",
    "zl": "žļ",
    "zn": "žņ",
    "b": "bj",
    "c": "č",
    "d": "ž",
    "l": "ļ",
    "m": "mj",
    "n": "ņ",
    "p": "pj",
    "s": "š",
    "t": "š",
    "v": "vj",
    "z": "ž",
}
"""What a final consonant or cluster of the stem becomes; the longest counts."""


def palatalise(stem: str) -> str:
    """The stem before a lost j: brāļ-, vīrieš-, meiteņ-, opj-."""
    for length in (2, 1):
        if stem[-length:] in PALATALISED:
            return stem[:-length] + PALATALISED[stem[-length:]]
    return stem


def inflect(word: Word) -> Iterator[Inflected]:
    """All case forms of both numbers, and the vocatives of the entry."""
    kind = word.text("class")
    if kind == "indeclinable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    if kind not in ("", "definite"):
        raise ValueError(f"has no class {kind!r}")
    endings = ("ais", "ā") if kind == "definite" else ("is", "s", "š", "a", "e")
    ending = next((end for end in endings if word.last.endswith(end)), "")
    if not ending:
        raise ValueError("has an ending of no declension")
    stem = word.last.removesuffix(ending)
    soft = palatalise(stem)
    for number, table in ((SINGULAR, SINGULAR_ENDINGS), (PLURAL, PLURAL_ENDINGS)):
        for case, made in zip(CASES, table[ending], strict=True):
            changed = _palatalised(ending, number, case)
            if word.flag("masculine") and (number, case) == (SINGULAR, "dative"):
                made = {"a": "am", "e": "em"}.get(ending, made)
            if changed and ending == "e" and word.texts("genitive_plural"):
                for text in word.texts("genitive_plural"):
                    yield Inflected(text, number, "genitive plural -u")
                continue
            base = word.text("stem", soft) if changed else stem
            text = word.before + base + made
            if text == word.lemma and case == "nominative":
                yield Inflected(text, number, "lemma")
                continue
            how = f"palatalised {base}- + " if base != stem else ""
            yield Inflected(text, number, f"{case} {number} {how}-{made}")
    for text in word.texts("vocative"):
        yield Inflected(word.before + text, SINGULAR, "vocative without ending")


def _palatalised(ending: str, number: str, case: str) -> bool:
    """Whether a form of the second or fifth declension has the palatalised stem."""
    if ending == "is":
        return number == PLURAL or case == "genitive"
    return ending == "e" and (number, case) == (PLURAL, "genitive")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective of both genders, without and with the definite ending."""
    if not word.lemma.endswith(("s", "š")):
        raise ValueError("is no adjective in -s or -š")

    def attach(stem: str, ending: str) -> tuple[str, str]:
        return stem + ending, ending

    yield Inflected(word.lemma, SINGULAR, "lemma")
    for table, kind in ((INDEFINITE, ""), (DEFINITE, "definite")):
        for form in adjective_tables.decline("", word.lemma[:-1], CASES, table, attach, kind):
            if not form.text.endswith("iski"):
                yield form
