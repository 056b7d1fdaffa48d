"""Irish nouns: case, number and the changes of their initials.

A noun has a nominative, a genitive and, in some nouns, a separate genitive of the plural (bean,
mná, ban) and vocative of the plural (a fheara). They are given with the word, where the rules for
-ín and for a plural of one form in all cases do not make them; the vocative of the singular is the
lenited nominative or genitive.

Every form is also made with its initial

- lenited: bhean, mháthair (not l, n, r; not s before c, f, m, p, t);
- eclipsed: mbean, bhfear, ndaoine; before a capital vowel, nIníon;
- with h before a vowel (a hathair), with t before s (an tseanmháthair, hata an tseanathar) and
  before the capital vowel of a masculine nominative (an tAthair).

Before a small vowel n and t take a hyphen (an t-athair) and d, m, b an apostrophe (m'athair); text
is cut there and the noun stands alone. Names of kin also take the emphatic endings behind a
possessive (m'athairse, a mháthairsean). Old datives (mnaoi, daoinibh) and spellings from before the
standard of 1958 or of a dialect (dearbhráthair, driotháir) are listed where they are common, and
not made.

Adjectives have a genitive of the masculine (Francaigh), one of the feminine that is also the
comparative (Francaí, óige), and a plural in -a or -e (óga, saibhre); those in -ach, -each, -úil and
a vowel are regular, of the others the genitives are given. Behind a feminine noun and elsewhere
they are lenited; an adjective is not eclipsed.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "gender": "feminine or masculine (without it); only a t before s or a vowel depends on it",
    "genitive": "the genitive singular, where it is not the nominative",
    "plural": "the plural or plurals, where the noun does not end in -ín",
    "genitive_plural": "the genitive plural, where it is not the nominative plural",
    "vocative_plural": "the vocative plural, where it is another form",
    "class": (
        "ach: a person in -ach, -each, -íoch or -úch (Francach), whose genitive and plural are in "
        "-aigh, -igh"
    ),
    "kin": "takes the emphatic endings behind a possessive",
}

ADJECTIVE_KEYS = {
    "genitive": "the genitive singular masculine, where it is not the lemma",
    "genitive_feminine": "the genitive singular feminine, where the rule does not make it",
    "plural": "the plural, where the rule does not make it",
}

ECLIPSED = {"b": "m", "c": "g", "d": "n", "f": "bh", "g": "n", "p": "b", "t": "d"}
VOWELS = "aeiouáéíóú"
BROAD_VOWELS = "aouáóú"


def inflect(word: Word) -> Iterator[Inflected]:
    """All cases of both numbers, with each initial."""
    gender = word.text("gender", "masculine")
    if gender not in ("feminine", "masculine"):
        raise ValueError(f"unknown gender {gender!r}")
    feminine = gender == "feminine"
    lemma = word.lemma
    person = word.text("class") == "ach"
    if not person and word.text("class"):
        raise ValueError(f"unknown class {word.text('class')!r}")
    genitive = slender_ach(lemma) if person else word.text("genitive", lemma)
    plurals = (genitive,) if person else word.texts("plural") or usual_plurals(lemma)
    yield from initials(lemma, SINGULAR, "lemma", t_before_s=feminine, t_before_vowel=not feminine)
    if genitive != lemma or not feminine:
        rule = "genitive" if genitive != lemma else "genitive as the nominative"
        made = initials(genitive, SINGULAR, rule, t_before_s=not feminine)
        yield from (form for form in made if genitive != lemma or "t before s" in form.rule)
    for plural in plurals:
        yield from initials(plural, PLURAL, "plural")
    if person:
        return
    if word.text("genitive_plural"):
        yield from initials(word.text("genitive_plural"), PLURAL, "genitive plural")
    for vocative in word.texts("vocative_plural"):
        yield Inflected(lenite(vocative), PLURAL, "vocative plural + lenition")
    if word.flag("kin"):
        yield from emphatic(lemma)


def usual_plurals(lemma: str) -> tuple[str, ...]:
    """The plural that the ending tells; none where it does not."""
    return (lemma + "í",) if lemma.endswith("ín") else ()


def initials(
    form: str, number: str, rule: str, *, t_before_s: bool = False, t_before_vowel: bool = False
) -> Iterator[Inflected]:
    """A form with each change of its initial."""
    yield Inflected(form, number, rule)
    if lenite(form) != form:
        yield Inflected(lenite(form), number, f"{rule} + lenition")
    if eclipse(form) != form:
        yield Inflected(eclipse(form), number, f"{rule} + eclipsis")
    if form[0].lower() in VOWELS:
        capital = form[0].upper() + form[1:]
        yield Inflected("h" + form, number, f"{rule} + h before a vowel")
        yield Inflected("n" + capital, number, f"{rule} + eclipsis of a capital vowel")
        if t_before_vowel:
            yield Inflected("t" + capital, number, f"{rule} + t before a capital vowel")
    if t_before_s and form[0] in "sS" and form[1] in VOWELS + "lnr":
        yield Inflected("t" + form, number, f"{rule} + t before s")


def lenite(form: str) -> str:
    """An h behind the initial: bean, bhean; unchanged where it cannot be lenited."""
    first = form[0].lower()
    if first not in "bcdfgmpst" or (first == "s" and form[1] in "cfmpt"):
        return form
    return form[0] + "h" + form[1:]


def eclipse(form: str) -> str:
    """Eclipsis of a consonant: bean, mbean; unchanged where there is none."""
    return ECLIPSED.get(form[0].lower(), "") + form


def slender(form: str) -> bool:
    """Whether the last vowel letter is e or i: such words take endings in e."""
    return [letter for letter in form if letter in VOWELS][-1] not in BROAD_VOWELS


def emphatic(lemma: str) -> Iterator[Inflected]:
    """Emphatic endings behind a possessive: mo mháthairse, a mháthairsean, ár n-athairne."""
    first, third, plural = ("se", "sean", "ne") if slender(lemma) else ("sa", "san", "na")
    vowel = lemma[0] in VOWELS
    hers = "h" + lemma if vowel else lemma
    for form, change, endings in (
        (lemma if vowel else hers, "", (first,)),
        (hers, " + h before a vowel" if vowel else "", (first,)),
        (lenite(lemma), " + lenition" if lenite(lemma) != lemma else "", (first, third)),
        (eclipse(lemma), " + eclipsis" if eclipse(lemma) != lemma else "", (plural, first, third)),
    ):
        for ending in endings:
            # Two equal letters that meet take a hyphen, where text is cut.
            if form[-1] != ending[0]:
                yield Inflected(form + ending, SINGULAR, f"lemma{change} + emphatic -{ending}")


def slender_ach(lemma: str) -> str:
    """The slender form of a word in -ach, -each, -íoch or -úch: Francaigh, Spáinnigh, Búdaígh."""
    if lemma.endswith("each"):
        return lemma[:-4] + "igh"
    if lemma.endswith("íoch"):
        return lemma[:-3] + "gh"
    if lemma.endswith(("ach", "úch")):
        return lemma[:-2] + "igh"
    raise ValueError("does not end in -ach, -each, -íoch or -úch")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Both genitives and the plural of an adjective, each plain and lenited."""
    lemma = word.lemma
    forms = [(lemma, FORMS, "lemma")]
    if lemma[-1] not in VOWELS:
        masculine, feminine, plural = adjective_cases(word)
        forms += [
            (masculine, SINGULAR, "genitive masculine"),
            (feminine, SINGULAR, "genitive feminine, comparative"),
            (plural, PLURAL, "plural"),
        ]
    seen: set[str] = set()
    for text, number, rule in forms:
        for form, more in ((text, ""), (lenite(text), " + lenition")):
            if form and form not in seen:
                seen.add(form)
                yield Inflected(form, number, rule + more)


def adjective_cases(word: Word) -> tuple[str, str, str]:
    """Genitive masculine, genitive feminine and plural of an adjective that ends in a consonant."""
    lemma = word.lemma
    masculine, feminine = word.text("genitive", lemma), word.text("genitive_feminine")
    if lemma.endswith("each"):
        regular = slender_ach(lemma), lemma[:-4] + "í", lemma + "a"
    elif lemma.endswith("íoch"):
        regular = slender_ach(lemma), lemma[:-3], lemma + "a"
    elif lemma.endswith("ach"):
        regular = slender_ach(lemma), lemma[:-2] + "í", lemma + "a"
    elif lemma.endswith("úil"):
        regular = lemma, lemma[:-2] + "la", lemma[:-2] + "la"
    elif slender(lemma):
        regular = lemma, lemma + "e", lemma + "e"
    elif feminine:
        regular = lemma, feminine, lemma + "a"
    else:
        raise ValueError("a broad consonant at its end: give the genitive of the feminine")
    return (
        masculine if masculine != lemma else regular[0],
        feminine or regular[1],
        word.text("plural", regular[2]),
    )
