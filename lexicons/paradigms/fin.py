"""Finnish nouns and adjectives: fifteen cases in two numbers, possessive suffixes, clitics.

A noun form is stem + number + case + possessive suffix + clitic (lapsi/lla/mme/kin "our children
have, too"). Endings follow vowel harmony: -ssa after a, o, u in the word, else -ssä; of a compound
its last member decides, which the entry gives where it matters (aviomies: aviomiestä).

- **Stems.** A noun has a strong vowel stem (tyttö-, in the partitive, illative and essive singular
  and before possessive suffixes: tyttöni) and a weak one (tytö-, before endings that close the
  syllable: tytön, tytöllä), which the entry gives as ``weak`` where they differ (consonant
  gradation). Some nouns also have a consonant stem (nais- of nainen), for the partitive singular
  and a genitive plural (naista, naisten).
- **Plural.** -t in the nominative, elsewhere -i- (-j- between vowels), before which the last vowel
  of the stem changes: tyttöjä, äitejä, isiä, mammoja.
- **Classes** are numbered as in the Nykysuomen sanalista of the Institute for the Languages of
  Finland, which agrees with the inflection tables of Kielitoimiston sanakirja:
  1 tyttö, 2 henkilö, 4 agnostikko, 5 äiti, 6 systeri, 7 leski (e-stem), 9 mamma, 10 isä,
  12 kakara, 15 sokea, 26 puoli, 29 lapsi, 32 sisar, 33 morsian, 34 työtön, 38 nainen, 39 sisarus,
  41 kuningas, 42 mies, 47 eronnut. Class 10 with ``stem`` is vanhempi.
- **Possessive suffixes** -ni, -si, -nsa/-nsä or -Vn, -mme, -nne take the place of a final -n or -t
  of the case; nominative and genitive singular and nominative plural are one form (lapseni: my
  child, of my child, my children).
- **Clitics** -kin and -kaan/-kään after every case form, -ko/-kö and -han/-hän after the
  nominative, genitive and partitive, -kin and -kaan also after these with a possessive suffix.

**Adjectives** agree with their noun in case and number, and stand for a person without one (nuoret,
the young): they are declined like nouns, with -kin and -kaan/-kään after nominative, genitive and
partitive, but take no possessive suffix.
Comparison (vanhempi, vanhin) is not made.

Not made: the instructive plural (homographs, hardly used of persons) and the abessive with a
suffix, archaic genitives (isäin), colloquial suffixes (vaimos), -pa/-pä and stacked clitics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "class": "inflection class, a number of the Nykysuomen sanalista (see the module)",
    "weak": "weak vowel stem, where gradation makes it differ (tytö of tyttö)",
    "stem": "strong vowel stem, where the class does not tell (velje of veli, tyttäre of tytär)",
    "head": "last member of a compound, for vowel harmony (mies of aviomies)",
}

ADJECTIVE_KEYS = KEYS

_BACK, _FRONT = "aouAOU", "äöyÄÖY"
# The cases that take more clitics.
_MAIN = ("nominative", "genitive", "partitive")
_PERSONS = (("my", "ni"), ("your", "si"), ("our", "mme"), ("your (plural)", "nne"))


class _Stems(NamedTuple):
    """What a class makes of a lemma: vowel stems, and the case forms that differ by class.

    ``weak_plural`` and ``strong_plural`` end in -i-.
    """

    strong: str
    weak: str
    partitive: str
    illative: str
    strong_plural: str
    weak_plural: str
    genitives: tuple[str, ...]
    partitives: tuple[str, ...]
    illatives: tuple[str, ...]


class _Case(NamedTuple):
    """A case form: text, number, rule, what possessive suffixes are put on ("" for none)."""

    text: str
    number: str
    rule: str
    base: str


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a word."""
    make = _CLASSES.get(word.text("class"))
    if make is None:
        raise ValueError(f"class must be one of {sorted(_CLASSES, key=int)}")
    back = has_back_harmony(word.text("head") or word.last)
    a = "a" if back else "ä"
    stems = make(word, a)
    for case in _cases(word.lemma, stems, a):
        is_main = case.rule == "lemma" or any(name in case.rule for name in _MAIN)
        yield from _with_clitics(case.text, case.number, case.rule, back, is_main)
        for text, suffix in _possessed(case, a):
            rule = f"{_before_suffix(case)} + {suffix}"
            clitics = ("kin", "kaan") if is_main else ()
            yield Inflected(text, case.number, rule)
            for clitic in clitics:
                yield _clitic(text, case.number, rule, clitic, back)
    for text, suffix in _comitative(stems.strong_plural + "ne", a):
        yield Inflected(text, PLURAL, f"comitative -ine + {suffix}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective: the cases in two numbers, some with -kin and -kaan/-kään."""
    make = _CLASSES.get(word.text("class"))
    if make is None:
        raise ValueError(f"class must be one of {sorted(_CLASSES, key=int)}")
    back = has_back_harmony(word.text("head") or word.last)
    a = "a" if back else "ä"
    for case in _cases(word.lemma, make(word, a), a):
        yield Inflected(case.text, case.number, case.rule)
        is_main = case.rule == "lemma" or any(name in case.rule for name in _MAIN)
        for clitic in ("kin", "kaan") if is_main else ():
            yield _clitic(case.text, case.number, case.rule, clitic, back)


def has_back_harmony(text: str) -> bool:
    """Whether endings have back vowels: the last vowel that is not e or i decides."""
    for letter in reversed(text):
        if letter in _BACK:
            return True
        if letter in _FRONT:
            return False
    return False


def _cases(lemma: str, s: _Stems, a: str) -> Iterator[_Case]:
    """All cases but the comitative; endings as they stand in this word."""
    yield _Case(lemma, SINGULAR, "lemma", "")
    yield _Case(s.weak + "n", SINGULAR, "genitive -n", s.strong)
    yield _Case(s.partitive, SINGULAR, f"partitive -{a}", s.partitive)
    yield _Case(s.illative, SINGULAR, "illative -n", s.illative[:-1])
    yield _Case(s.strong + "n" + a, SINGULAR, f"essive -n{a}", s.strong + "n" + a)
    yield from _local(s.weak, SINGULAR, "", a)
    yield _Case(s.weak + "t", PLURAL, "plural nominative -t", s.strong)
    for text in s.genitives:
        yield _Case(text, PLURAL, "plural genitive -en", text[:-1])
    for text in s.partitives:
        yield _Case(text, PLURAL, f"plural partitive -{a}", text)
    for text in s.illatives:
        yield _Case(text, PLURAL, "plural illative -n", text[:-1])
    yield _Case(s.strong_plural + "n" + a, PLURAL, f"plural essive -n{a}", f"{s.strong_plural}n{a}")
    yield from _local(s.weak_plural, PLURAL, "plural -i- + ", a)


def _local(stem: str, number: str, steps: str, a: str) -> Iterator[_Case]:
    """The cases on the weak stem that all classes make alike."""
    endings = {
        "inessive": f"ss{a}",
        "elative": f"st{a}",
        "adessive": f"ll{a}",
        "ablative": f"lt{a}",
        "allative": "lle",
    }
    for name, ending in endings.items():
        yield _Case(stem + ending, number, f"{steps}{name} -{ending}", stem + ending)
    yield _Case(stem + "ksi", number, f"{steps}translative -ksi", stem + "kse")
    yield _Case(f"{stem}tt{a}", number, f"{steps}abessive -tt{a}", "")


def _possessed(case: _Case, a: str) -> Iterator[tuple[str, str]]:
    """A case form with each possessive suffix, and the suffix with its meaning.

    The third person -Vn stands only after a case that ends in a single vowel.
    """
    if not case.base:
        return
    base = case.base
    for person, suffix in _PERSONS:
        yield base + suffix, f"{person} -{suffix}"
    yield f"{base}ns{a}", f"his, her or their -ns{a}"
    single = base[-1] != base[-2]
    if single and not any(name in case.rule for name in ("nominative", "genitive", "illative")):
        yield f"{base}{base[-1]}n", f"his, her or their -{base[-1]}n"


def _before_suffix(case: _Case) -> str:
    """The rule of a case form whose final consonant may have gone."""
    if case.rule == "genitive -n":
        return "nominative or genitive"
    return case.rule if case.text == case.base else case.rule.rsplit(" -", 1)[0]


def _comitative(base: str, a: str) -> Iterator[tuple[str, str]]:
    for person, suffix in _PERSONS:
        yield base + suffix, f"{person} -{suffix}"
    yield f"{base}ns{a}", f"his, her or their -ns{a}"
    yield f"{base}en", "his, her or their -en"


def _with_clitics(
    text: str, number: str, rule: str, back: bool, is_main: bool
) -> Iterator[Inflected]:
    yield Inflected(text, number, rule)
    for clitic in ("kin", "kaan", "ko", "han") if is_main else ("kin", "kaan"):
        yield _clitic(text, number, rule, clitic, back)


def _clitic(text: str, number: str, rule: str, clitic: str, back: bool) -> Inflected:
    clitic = clitic if back else clitic.replace("a", "ä").replace("o", "ö")
    return Inflected(text + clitic, number, f"{rule} + clitic -{clitic}")


def _weak(word: Word, strong: str) -> str:
    return word.text("weak") or strong


def _vowel_class(
    word: Word, a: str, plural: str, partitives: str, genitives: str, illative: str
) -> _Stems:
    """Classes without a consonant stem.

    `plural` takes the place of the last vowel of the stem before -i-; the other endings, several
    with blanks between, follow the plural stem without -i-.
    """
    strong = word.text("stem") or word.lemma
    weak = _weak(word, strong)
    cut, vowel = strong[:-1], strong[-1]
    return _Stems(
        strong,
        weak,
        strong + a,
        f"{strong}{vowel}n",
        f"{cut}{plural}i",
        f"{weak[:-1]}{plural}i",
        tuple(cut + ending for ending in genitives.split()),
        tuple(cut + ending + a for ending in partitives.split()),
        (cut + illative,),
    )


def _class_1(word: Word, a: str) -> _Stems:
    v = word.lemma[-1]
    return _vowel_class(word, a, v, f"{v}j", f"{v}jen", f"{v}ihin")


def _class_2(word: Word, a: str) -> _Stems:
    v = word.lemma[-1]
    return _vowel_class(word, a, v, f"{v}it {v}j", f"{v}iden {v}itten {v}jen", f"{v}ihin")


def _class_4(word: Word, a: str) -> _Stems:
    """agnostikko: -kk- is weak before the -i- of the longer plural forms, too."""
    v = word.lemma[-1]
    weak = _weak(word, word.lemma)[:-1]
    stems = _vowel_class(word, a, v, f"{v}j", f"{v}jen", f"{v}ihin")
    return stems._replace(
        partitives=(*stems.partitives, f"{weak}{v}it{a}"),
        genitives=(*stems.genitives, f"{weak}{v}iden", f"{weak}{v}itten"),
        illatives=(*stems.illatives, f"{weak}{v}ihin"),
    )


def _class_5(word: Word, a: str) -> _Stems:
    return _vowel_class(word, a, "e", "ej", "ien", "eihin")


def _class_6(word: Word, a: str) -> _Stems:
    return _vowel_class(word, a, "e", "ej eit", "ien eiden eitten", "eihin")


def _class_9(word: Word, a: str) -> _Stems:
    o = "o" if a == "a" else "ö"
    return _vowel_class(word, a, o, f"{o}j", f"{o}jen", f"{o}ihin")


def _class_10(word: Word, a: str) -> _Stems:
    return _vowel_class(word, a, "", "i", "ien", "iin")


def _class_12(word: Word, a: str) -> _Stems:
    o = "o" if a == "a" else "ö"
    return _vowel_class(word, a, o, f"{o}it", f"{o}iden {o}itten", f"{o}ihin")


def _class_15(word: Word, a: str) -> _Stems:
    """sokea, sokeita: the plural has -i- in place of the last vowel, -siin and -hin."""
    cut = word.lemma[:-1]
    stems = _vowel_class(word, a, "", "it", "iden itten", "isiin")
    return stems._replace(illatives=(cut + "isiin", cut + "ihin"))


def _class_7(word: Word, a: str) -> _Stems:
    """E-stems: lemma -i, stem -e-."""
    strong = word.text("stem") or word.lemma[:-1] + "e"
    return _e_stem(strong, _weak(word, strong), strong + a, ())


def _e_stem(strong: str, weak: str, partitive: str, genitives: tuple[str, ...]) -> _Stems:
    plural = strong[:-1] + "i"
    return _Stems(
        strong,
        weak,
        partitive,
        strong + "en",
        plural,
        weak[:-1] + "i",
        (*genitives, plural + "en"),
        (f"{plural}{partitive[-1]}",),
        (plural + "in",),
    )


def _consonant_class(cut: str, vowel_stem: str, consonant: str) -> Callable[[Word, str], _Stems]:
    """Classes with a vowel stem and a consonant stem, each in place of the ending `cut`."""

    def make(word: Word, a: str) -> _Stems:
        root = word.lemma.removesuffix(cut)
        strong = word.text("stem") or root + vowel_stem
        stem = root + consonant
        return _e_stem(strong, strong, f"{stem}t{a}", (stem + "ten",))

    return make


def _class_34(word: Word, a: str) -> _Stems:
    """työtön, työttömän, työtöntä: the strong vowel stem is given as ``stem``."""
    strong = word.text("stem")
    return _e_stem(strong, strong, f"{word.lemma}t{a}", (word.lemma + "ten",))._replace(
        illative=f"{strong}{strong[-1]}n"
    )


def _class_47(word: Word, a: str) -> _Stems:
    """eronnut, eronneen, eronnutta: the active past participle."""
    strong = word.lemma[:-2] + "ee"
    plural = strong[:-1] + "i"
    return _Stems(
        strong,
        strong,
        f"{word.lemma}t{a}",
        strong + "seen",
        plural,
        plural,
        (plural + "den", plural + "tten"),
        (f"{plural}t{a}",),
        (plural + "siin", plural + "hin"),
    )


def _class_41(word: Word, a: str) -> _Stems:
    """kuningas, kuninkaan: the stem ends in a long vowel."""
    strong = word.text("stem")
    plural = strong[:-1] + "i"
    return _Stems(
        strong,
        strong,
        f"{word.lemma}t{a}",
        strong + "seen",
        plural,
        plural,
        (plural + "den", plural + "tten"),
        (f"{plural}t{a}",),
        (plural + "siin", plural + "hin"),
    )


_CLASSES: dict[str, Callable[[Word, str], _Stems]] = {
    "1": _class_1,
    "2": _class_2,
    "4": _class_4,
    "5": _class_5,
    "6": _class_6,
    "7": _class_7,
    "9": _class_9,
    "10": _class_10,
    "12": _class_12,
    "15": _class_15,
    "26": _consonant_class("i", "e", ""),
    "29": _consonant_class("psi", "pse", "s"),
    "32": _consonant_class("", "e", ""),
    "33": _consonant_class("n", "me", "n"),
    "34": _class_34,
    "38": _consonant_class("nen", "se", "s"),
    "39": _consonant_class("s", "kse", "s"),
    "41": _class_41,
    "42": _consonant_class("s", "he", "s"),
    "47": _class_47,
}
