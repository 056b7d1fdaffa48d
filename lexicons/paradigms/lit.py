"""Lithuanian: declension of nouns for persons.

Seven cases with the vocative, two numbers. The ending of the lemma tells the declension (Ambrazas,
ed., Lithuanian Grammar, 1997):

- masculine -as (vyras), -is (brolis), -ys (našlys), -us (sūnus), -ius (karalius);
- feminine -a (motina), -ia (ponia), -ė (mergaitė; also dėdė, a man), -i (marti);
- ``class = "consonant"``: the stem of all other forms ends in a consonant (moteris, moters; duktė,
  dukters; sesuo, sesers; with ``masculine`` asmuo, asmens), which is the ``stem`` of the entry.

t and d become č and dž before -i- and a back vowel (tėtis, tėčio; mergaitė, mergaičių):
`palatalise`. Diminutives in -ukas have the vocative without ending (berniuk). In a lemma of several
words only the last declines.

Not made: shortened forms of speech (locative motinoj, dative vyram, vocative mamyt), the illative
and the dual.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "class": "consonant, or indeclinable",
    "stem": "stem of all forms but the nominative singular: dukter, asmen",
    "masculine": "true: a consonant stem that is masculine",
    "plural": "nominative plural of another stem than the singular: žmonės",
}

CASES = (
    "nominative",
    "genitive",
    "dative",
    "accusative",
    "instrumental",
    "locative",
    "vocative",
)

SINGULAR_ENDINGS = {
    "as": ("as", "o", "ui", "ą", "u", "e", "e"),
    "is": ("is", "io", "iui", "į", "iu", "yje", "i"),
    "ys": ("ys", "io", "iui", "į", "iu", "yje", "y"),
    "us": ("us", "aus", "ui", "ų", "umi", "uje", "au"),
    "ius": ("ius", "iaus", "iui", "ių", "iumi", "iuje", "iau"),
    "a": ("a", "os", "ai", "ą", "a", "oje", "a"),
    "ė": ("ė", "ės", "ei", "ę", "e", "ėje", "e"),
    "i": ("i", "ios", "iai", "ią", "ia", "ioje", "i"),
    "consonant": ("", "s", "iai", "į", "imi", "yje", "ie"),
    "masculine consonant": ("", "s", "iui", "į", "iu", "yje", "ie"),
}
PLURAL_ENDINGS = {
    "ai": ("ai", "ų", "ams", "us", "ais", "uose"),
    "iai": ("iai", "ių", "iams", "ius", "iais", "iuose"),
    "ūs": ("ūs", "ų", "ums", "us", "umis", "uose"),
    "os": ("os", "ų", "oms", "as", "omis", "ose"),
    "ios": ("ios", "ių", "ioms", "ias", "iomis", "iose"),
    "ės": ("ės", "ių", "ėms", "es", "ėmis", "ėse"),
    "ys": ("ys", "ų", "ims", "is", "imis", "yse"),
}
PLURAL_OF = {
    "as": "ai",
    "is": "iai",
    "ys": "iai",
    "us": "ūs",
    "ius": "iai",
    "a": "os",
    "ė": "ės",
    "i": "ios",
    "consonant": "ys",
    "masculine consonant": "ys",
}
SECOND_INSTRUMENTAL = {"consonant": "ia", "masculine consonant": "imi"}


def palatalise(stem: str, ending: str) -> str:
    """Stem and ending; t, d become č, dž before i and a back vowel: tėt + io tėčio."""
    if ending[:2] in ("ia", "ią", "io", "iu", "ių"):
        if stem.endswith("t"):
            return f"{stem[:-1]}č{ending}"
        if stem.endswith("d"):
            return f"{stem}ž{ending}"
    return stem + ending


def inflect(word: Word) -> Iterator[Inflected]:
    """All case forms of both numbers."""
    kind = word.text("class")
    if kind == "indeclinable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    if kind == "consonant":
        kind = f"{'masculine ' if word.flag('masculine') else ''}consonant"
        stem = word.text("stem")
        if not stem:
            raise ValueError("needs its stem")
    elif kind:
        raise ValueError(f"has no class {kind!r}")
    else:
        kind = next((end for end in ("ius", *SINGULAR_ENDINGS) if word.lemma.endswith(end)), "")
        if not kind:
            raise ValueError("has an ending of no declension")
        stem = word.text("stem", word.last.removesuffix(kind))
    for case, ending in zip(CASES, SINGULAR_ENDINGS[kind], strict=True):
        text = word.before + palatalise(stem, ending)
        if case == "nominative":
            text = word.lemma
        elif case == "vocative" and word.lemma.endswith("ukas"):
            text, ending = word.before + stem, ""
        yield Inflected(text, SINGULAR, _rule(word, text, case, "singular", ending))
    if kind in SECOND_INSTRUMENTAL:
        ending = SECOND_INSTRUMENTAL[kind]
        text = word.before + stem + ending
        yield Inflected(text, SINGULAR, _rule(word, text, "instrumental", "singular", ending))
    many = PLURAL_OF[kind]
    if word.text("plural"):
        many = next((end for end in PLURAL_ENDINGS if word.text("plural").endswith(end)), "")
        if not many:
            raise ValueError("has a plural of no declension")
        stem = word.text("plural").removesuffix(many)
    for case, ending in zip(CASES, PLURAL_ENDINGS[many], strict=False):
        text = word.before + palatalise(stem, ending)
        yield Inflected(text, PLURAL, _rule(word, text, case, "plural", ending))


def _rule(word: Word, text: str, case: str, number: str, ending: str) -> str:
    if text == word.lemma and (case, number) == ("nominative", "singular"):
        return "lemma"
    return f"{case} {number} {f'-{ending}' if ending else 'without ending'}"
