"""Lithuanian: declension of nouns for persons, and of adjectives.

Seven cases with the vocative, two numbers. The ending of the lemma tells the declension (Ambrazas,
ed., Lithuanian Grammar, 1997):

- masculine -as (vyras), -is (brolis), -ys (našlys), -us (sūnus), -ius (karalius);
- feminine -a (motina), -ia (ponia), -ė (mergaitė; also dėdė, a man), -i (marti);
- ``class = "consonant"``: the stem of all other forms ends in a consonant (moteris, moters; duktė,
  dukters; sesuo, sesers; with ``masculine`` asmuo, asmens), which is the ``stem`` of the entry.

t and d become č and dž before -i- and a back vowel (tėtis, tėčio; mergaitė, mergaičių):
`palatalise`. Diminutives in -ukas have the vocative without ending (berniuk). In a lemma of several
words only the last declines.

Adjectives have both genders and the neuter, without and with the definite ending (jaunasis):
-as (jaunas), -ias (kurčias), -us (gražus), -is (vidutinis, without definite forms), and the past
participle in -ęs (vedęs). The ending of the lemma tells which. The feminine dative in -iškai is not
made, because it is written like the adverb (prancūziškai).

Not made: shortened forms of speech (locative motinoj, dative vyram, vocative mamyt), the illative
and the dual.
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
    "class": "consonant, or indeclinable",
    "stem": "stem of all forms but the nominative singular: dukter, asmen",
    "masculine": "true: a consonant stem that is masculine",
    "plural": "nominative plural of another stem than the singular: žmonės",
}

ADJECTIVE_KEYS: dict[str, str] = {}

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
ADJECTIVES = {
    "as": {
        "masculine": "as o am ą u ame .",
        "feminine": "a os ai ą a oje .",
        "neuter": "a . . . . . .",
        "masculine plural": "i ų iems us ais uose .",
        "feminine plural": "os ų oms as omis ose .",
    },
    "ias": {
        "masculine": "ias io iam ią iu iame .",
        "feminine": "ia ios iai ią ia ioje .",
        "neuter": "ia . . . . . .",
        "masculine plural": "i ių iems ius iais iuose .",
        "feminine plural": "ios ių ioms ias iomis iose .",
    },
    "us": {
        "masculine": "us aus iam ų iu iame .",
        "feminine": "i ios iai ią ia ioje .",
        "neuter": "u . . . . . .",
        "masculine plural": "ūs ių iems ius iais iuose .",
        "feminine plural": "ios ių ioms ias iomis iose .",
    },
    "is": {
        "masculine": "is io iam į iu iame .",
        "feminine": "ė ės ei ę e ėje .",
        "masculine plural": "iai ių iams ius iais iuose .",
        "feminine plural": "ės ių ėms es ėmis ėse .",
    },
    "ęs": {
        "masculine": "ęs usio usiam usį usiu usiame .",
        "feminine": "usi usios usiai usią usia usioje .",
        "masculine plural": "ę usių usiems usius usiais usiuose .",
        "feminine plural": "usios usių usioms usias usiomis usiose .",
    },
}
DEFINITE = {
    "as": {
        "masculine": "asis ojo ajam ąjį uoju ajame .",
        "feminine": "oji osios ajai ąją ąja ojoje .",
        "masculine plural": "ieji ųjų iesiems uosius aisiais uosiuose .",
        "feminine plural": "osios ųjų osioms ąsias osiomis osiose .",
    },
    "us": {
        "masculine": "usis iojo iajam ųjį iuoju iajame .",
        "feminine": "ioji iosios iajai iąją iąja iojoje .",
        "masculine plural": "ieji iųjų iesiems iuosius iaisiais iuosiuose .",
        "feminine plural": "iosios iųjų iosioms iąsias iosiomis iosiose .",
    },
}
DEFINITE["ias"] = DEFINITE["us"] | {"masculine": "iasis iojo iajam iąjį iuoju iajame ."}
DEFINITE["ęs"] = {
    line: " ".join(f"us{ending}" if ending != "." else "." for ending in row.split())
    for line, row in DEFINITE["us"].items()
} | {"masculine": "usysis usiojo usiajam usįjį usiuoju usiajame ."}
SECOND_INSTRUMENTAL = {"consonant": "ia", "masculine consonant": "imi"}


def palatalise(stem: str, ending: str) -> str:
    """Stem and ending; t, d become č, dž before i and a back vowel: tėt + io tėčio."""
    if ending[:2] in ("ia", "ią", "io", "iu", "ių"):
        if stem.endswith("t"):
            return f"{stem[:-1]}č{ending}"
        if stem.endswith("d"):
            return f"{stem}ž{ending}"
    return stem + ending


def restored(stem: str) -> str:
    """The stem with t, d for č, dž, as before a front vowel: kurčias, kurti."""
    if stem.endswith("č"):
        return f"{stem[:-1]}t"
    return stem.removesuffix("ž") if stem.endswith("dž") else stem


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


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective of both genders, without and with the definite ending."""
    kind = next((end for end in ("ias", *ADJECTIVES) if word.lemma.endswith(end)), "")
    if not kind:
        raise ValueError("has an ending of no adjective")
    stem = word.lemma.removesuffix(kind)

    def attach(stem: str, ending: str) -> tuple[str, str]:
        if kind == "ias" and (ending == "i" or ending.startswith("ie")):
            return restored(stem) + ending, ending
        return palatalise(stem, ending), ending

    for form in adjective_tables.decline(word.lemma, stem, CASES, ADJECTIVES[kind], attach):
        if not form.text.endswith("iškai"):
            yield form
    table = DEFINITE.get(kind, {})
    yield from adjective_tables.decline("", stem, CASES, table, attach, "definite")
