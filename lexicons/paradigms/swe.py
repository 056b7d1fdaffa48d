"""Swedish nouns: definiteness, number and genitive, in the declensions of school grammars.

=====  ==========  ============================================
class  plural      example
=====  ==========  ============================================
1      -or         flicka, flickan, flickor, flickorna
2      -ar         pojke, pojken, pojkar, pojkarna
3      -er         person, personen, personer, personerna
4      -r          hustru, hustrun, hustrur, hustrurna
5      no ending   barn, barnet, barn, barnen (neuter)
5c     no ending   invandrare, invandraren, invandrare, invandrarna (common gender)
=====  ==========  ============================================

``singular`` and ``plural`` are words of one number. Vowel change (far, fäder), lost vowels
(syster, systrar) and doubled consonants (vän, vännen) are given with the word. Words for
the family have old full forms in the definite and the plural (mor, modern, mödrar).

Man is far more often the pronoun one than the noun: its singular is made only behind the words
of `BEFORE_MAN` (en man, 32-årig man). The definite of the
spoken language (farmorn) is given with the word. Not made: the old one with lost vowel (fadren).

Adjectives take -t in the neuter: after a vowel -tt (blå, blått), -ad and -d behind a consonant
end in -t (handikappat, blint), gift does not change, and -en becomes -et. The plural and the
definite take -a, those in -ad take -e. The -e of a single man (den hemlöse) is made too. Words in
-ande and -a do not change. Not made: the comparative and the superlative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import SINGULAR, Inflected, Word, scandinavian

KEYS = scandinavian.KEYS | {
    "class": (
        "1 to 5 and 5c, the declension; singular or plural, a word of that number only. Without "
        "it: 1 in -a, 2 in -e and -ing, else 3"
    ),
    "behind_adjectives": "the indefinite singular is also made behind determiners and adjectives",
}

ADJECTIVE_KEYS = scandinavian.ADJECTIVE_KEYS

PLURALS = {
    "1": ("a", "or"),
    "2": ("e", "ar"),
    "3": ("", "er"),
    "4": ("", "r"),
    "5": ("", ""),
    "5c": ("", ""),
}
"""What the plural drops, and what it adds."""

UNSTRESSED = r"[aeiouyåäö].*[^aeiouyåäö]"
"""What stands before an ending in a word of more than one syllable, as a pattern."""

BEFORE_MAN = (
    *("en", "ingen", "annan", "varje", "samma", "sådan", "denna", "denne", "den där", "den här"),
    *("min", "din", "sin", "hans", "hennes", "vår", "deras", "egen"),
    *(
        "ung",
        "gammal",
        "förnäm",
        "lärd",
        "främmande",
        "äldre",
        "yngre",
        "medelålders",
        "vuxen",
        "årig",
        "liten",
        "stor",
        "lång",
    ),
    *("gift", "ogift", "frånskild", "ensam", "ensamstående", "gay", "homosexuell", "heterosexuell"),
    *("död", "okänd", "namnlös", "maskerad", "beväpnad", "misstänkt", "dömd", "hemlös", "berusad"),
    *("rik", "fattig", "fri", "god", "ond", "klok", "vis", "stark", "svag", "sjuk", "frisk"),
    *("vacker", "ful", "blind", "döv", "vit", "svart", "mörkhyad", "skäggig", "naken", "kär"),
    *("svensk", "norsk", "dansk", "finsk", "tysk", "fransk", "brittisk", "engelsk", "rysk"),
    *("amerikansk", "kinesisk", "japansk", "indisk", "turkisk", "israelisk", "palestinsk"),
    *("syrisk", "afghansk", "irakisk", "iransk", "polsk", "spansk", "italiensk", "muslimsk"),
    *("riktig", "helt vanlig", "vanlig", "enkel", "ärlig", "hederlig", "fin", "snäll", "mäktig"),
    *("unge", "gamle", "vuxne", "vars", "varenda", "trevlig", "hygglig", "duktig"),
    *("känd", "lycklig", "olycklig", "kraftig", "mager", "tjock", "smal", "stilig", "arg"),
    *("tyst", "farlig", "våldsam", "utländsk", "grekisk", "arabisk", "afrikansk", "judisk"),
    *("två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "tolv", "femton", "tjugo"),
    *("trettio", "femtio", "hundra", "tusen", "tredje"),
)
"""Words before man that make it the noun: not ones that end a clause before the pronoun (när,
den, någon). The number of 32-årig is a word of its own in matching."""


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a word."""
    kind = word.text("class") or usual_class(word.lemma)
    if kind not in (*PLURALS, "singular", "plural"):
        raise ValueError(f"unknown class {kind!r}")
    yield from scandinavian.inflect(word, kind, definite, plural, plural_definite)
    if word.flag("behind_adjectives"):
        made = Word(word.lemma, {"behind": BEFORE_MAN, "class": "singular"})
        yield from (form for form in inflect(made) if " " in form.text)


def usual_class(lemma: str) -> str:
    """The declension that the ending of a word tells."""
    if lemma.endswith("a"):
        return "1"
    return "2" if lemma.endswith(("e", "ing")) else "3"


def definite(lemma: str, kind: str) -> tuple[str, str]:
    """Definite singular, and its ending: -n after a vowel and after unstressed -er, -el, -or."""
    if kind == "5":
        return (lemma + "t", "-t") if lemma[-1] in "aeiouyåäö" else (lemma + "et", "-et")
    if lemma[-1] in "aeiouyåäö" or lemma.endswith(("er", "el")):
        return lemma + "n", "-n"
    return lemma + "en", "-en"


def plural(lemma: str, kind: str) -> tuple[str, str]:
    """Indefinite plural, and its ending."""
    dropped, ending = PLURALS[kind]
    return lemma.removesuffix(dropped) + ending, f"-{ending}" if ending else "without an ending"


def plural_definite(form: str, kind: str) -> tuple[str, str]:
    """Definite plural: -en on a neuter without an ending, and on män; else -na."""
    ending = "en" if kind == "5" or form.endswith("män") else "na"
    if kind == "5c" and form.endswith("are"):
        return form[:-1] + "na", "-na"
    text = form + "n" * (ending == "en" and form.endswith("män")) + ending
    return text, f"-{ending}"


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective, and that in -e of one man."""
    yield from scandinavian.inflect_adjective(word, neuter, adjective_definite)
    lemma = word.lemma
    given = word.texts("definite") or (adjective_definite(lemma),)
    for text in (form[:-1] + "e" for form in given if form.endswith("a") and form != lemma):
        yield Inflected(text, SINGULAR, "definite of one man -e")
        yield Inflected(text + "s", SINGULAR, "definite of one man -e + genitive -s")


def neuter(lemma: str) -> str:
    """Neuter of an adjective: svenskt, blått, blint, handikappat, vuxet; the same in -t, -a, -e."""
    if lemma.endswith("ad") or re.search(UNSTRESSED + "en$", lemma):
        return lemma[:-1] + "t"
    if re.search(r"[^aeiouyåäö]d$", lemma):
        return lemma[:-1] + "t"
    if re.search(r"[^aeiouyåäö]t$|[ae]$", lemma):
        return lemma
    return lemma + ("tt" if lemma[-1] in "iouyåäö" else "t")


def adjective_definite(lemma: str) -> str:
    """Plural and definite of an adjective: svenska, handikappade, vuxna, vackra."""
    if lemma[-1] in "ae":
        return lemma
    if lemma.endswith("ad"):
        return lemma + "e"
    return re.sub(f"({UNSTRESSED})e([nlr])$", r"\1\2", lemma) + "a"
