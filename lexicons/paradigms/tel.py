"""Telugu: number, oblique stem, case, postpositions written on and emphasis.

Case endings and postpositions follow the oblique stem, which is also the genitive.

- Most nouns: the oblique is the noun itself (మహిళ, తల్లి, కొడుకు). After ఇ, ఈ, ఐ the accusative is
  -ని and the dative -కి (తల్లిని, తల్లికి); after other vowels -ను, -కు, and in looser writing
  -ని, -కి too (అమ్మను, అమ్మని).
- Class ``du``: masculines in -డు have the oblique in -డి (కుమారుడి) and, in older writing, in -ని
  (కుమారుని). Class ``di``: the same without -ని (మగాడి).
- Class ``li``: కూతురు and feminines in -లు have the oblique in -ఇ (కూతురి, చెల్లెలి).
- Plural: -లు, with final short ఇ changed to ఉ (వ్యక్తులు) but not in యి (అమ్మాయిలు); class ``du``
  has -లు for -డు (కుమారులు). Others (-ళ్లు, -రు) are given by ``plural``. Its oblique is -ల for
  -లు, -రి for -వారు, -ర for other -రు; with -లో, -ని it may contract to
  -ల్లో, -ల్ని; so may the accusative of masculines (కుమారుణ్ని).
- A final short vowel is lengthened for and (తల్లీ, కొడుకూ, అమ్మా) and is lost before emphatic -ఏ
  (తల్లే, మహిళలే). Case forms take both (మహిళలనూ, మహిళలకే, తల్లితోనూ).
- All of them, written on a plural: అందరూ and అంతా (పిల్లలందరూ, ప్రజలంతా). The vocative plural is -ారా
  (సోదరులారా).
- ``honorific``: with గారు written on (తల్లిగారు, భర్తగారిని).

- Class ``loan``: a borrowed noun in a consonant (అమెరికన్) takes plural and endings as it stands.
- Adjectives do not inflect. Those marked ``person`` make nouns with వారు, వాడు (వయసైన:
  వయసైనవారు).

Not generated: question -ఆ and doubt -ఓ, pronominal predicates (మనిషిని I am a man), quotation
-అని written on.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.dravidian import (
    ends_in_consonant_letter,
    ends_in_sign,
    ends_in_virama,
)

KEYS = {
    "class": "du: oblique -డి and -ని for -డు; di: oblique -డి for -డు; li: oblique in -ఇ; "
    "loan: a borrowed noun in a consonant; plural: the lemma is itself a plural",
    "plural": "the plural or plurals, where the rule does not make them",
    "honorific": "true: with గారు written on",
}

OLDER = "older oblique and accusative -ని"
LONG = {"ి": "ీ", "ు": "ూ"}
"""Signs of short vowels, and of the long ones."""

ENDINGS: tuple[tuple[str, str], ...] = (
    ("with", "తో"),
    ("with + and", "తోనూ"),
    ("with + emphasis", "తోనే"),
    ("along with", "తోపాటు"),
    ("by", "చేత"),
    ("by", "చే"),
    ("through", "ద్వారా"),
    ("of", "యొక్క"),
    ("about", "గురించి"),
    ("towards", "పట్ల"),
    ("among", "మధ్య"),
    ("near", "వద్ద"),
    ("near", "దగ్గర"),
    ("because of", "వల్ల"),
    ("for", "కోసం"),
    ("for + emphasis", "కోసమే"),
    ("in", "లో"),
    ("in, adnominal", "లోని"),
    ("in + and", "లోనూ"),
    ("in + emphasis", "లోనే"),
    ("on", "పై"),
    ("on", "పైన"),
    ("on", "మీద"),
    ("from", "నుంచి"),
    ("from", "నుండి"),
    ("than", "కంటే"),
    ("than", "కన్నా"),
    ("like", "లా"),
    ("like", "లాగా"),
    ("like, adnominal", "లాంటి"),
)
"""Postpositions on the oblique."""

WHOLE: tuple[tuple[str, str], ...] = (
    ("vocative", "ారా"),
    ("all", "ందరు"),
    ("all", "ందరూ"),
    ("all, oblique", "ందరి"),
    ("all, accusative", "ందరిని"),
    ("all, accusative + and", "ందరినీ"),
    ("all, dative", "ందరికి"),
    ("all, dative + and", "ందరికీ"),
    ("all", "ంతా"),
)
"""What is written on the oblique of a plural in the place of its vowel."""

ESSIVE: tuple[tuple[str, str], ...] = (("as", "గా"), ("as + and", "గానూ"), ("as + emphasis", "గానే"))
"""What follows the nominative."""


def front(text: str) -> bool:
    """Whether a text ends in ఇ, ఈ or ఐ: its accusative is -ని, its dative -కి."""
    return ends_in_sign(text, "ఇ", "ఈ", "ఐ")


def lengthened(text: str) -> str | None:
    """A text with its final short vowel made long: and; None where it has none."""
    if ends_in_consonant_letter(text):
        return text + "ా"
    return text[:-1] + LONG[text[-1]] if text[-1] in LONG else None


def emphatic(text: str) -> str | None:
    """A text with -ఏ in the place of its final short vowel; after a long ఈ with a glide."""
    if ends_in_consonant_letter(text):
        return text + "ే"
    if text[-1] in LONG:
        return text[:-1] + "ే"
    return text + "యే" if ends_in_sign(text, "ఈ") else None


def with_emphasis(text: str, step: str) -> Iterator[tuple[str, str]]:
    """A text, and with and and emphasis."""
    yield text, step
    for name, ending, made in (
        ("and", "lengthened vowel", lengthened(text)),
        ("emphasis", "-ఏ", emphatic(text)),
    ):
        if made:
            yield made, f"{step} + {name} {ending}"


def on_oblique(oblique: str, older: bool = False) -> Iterator[tuple[str, str]]:
    """Case endings and postpositions on an oblique stem. The older one is its own accusative."""
    cases = [("dative", "కి")] if older else [("accusative", "ని"), ("dative", "కి")]
    if not front(oblique):
        cases += [("accusative", "ను"), ("dative", "కు")]
    for name, ending in cases:
        yield from with_emphasis(oblique + ending, f"{name} -{ending}")
    for name, ending in ENDINGS:
        yield oblique + ending, f"{name} -{ending}"
    if oblique.endswith("ల") and not oblique.endswith(("ళ్ల", "ర్ల", "్ల")):
        for name, ending in ENDINGS:
            if ending.startswith("లో"):
                yield f"{oblique}్{ending}", f"{name} -{ending}, contracted"
        yield from with_emphasis(f"{oblique}్ని", "accusative -ని, contracted")
    if oblique.endswith("డి"):
        for contracted in ("ణ్ని", "ణ్ణి", "డ్ని"):
            yield oblique[:-2] + contracted, "accusative -ని, contracted"


def obliques(word: Word) -> tuple[tuple[str, str], ...]:
    """Oblique stems of the singular, and how they are made."""
    lemma, kind = word.lemma, word.text("class")
    if kind in ("du", "di"):
        if not lemma.endswith("డు"):
            raise ValueError(f"class {kind} takes a word in -డు")
        older = ((lemma[:-2] + "ని", OLDER),) if kind == "du" else ()
        return ((lemma[:-1] + "ి", "oblique -డి"), *older)
    if kind == "li":
        if not ends_in_sign(lemma, "ఉ"):
            raise ValueError("class li takes a word in -ఉ")
        return ((lemma[:-1] + "ి", "oblique -ఇ"),)
    if kind and kind != "loan":
        raise ValueError(f"no class {kind!r}")
    return ((lemma, ""),)


def plurals(word: Word) -> tuple[tuple[str, str], ...]:
    """Plurals and their steps."""
    given = word.texts("plural")
    if given:
        return tuple((text, "plural") for text in given)
    lemma, kind = word.lemma, word.text("class")
    if kind in ("du", "di"):
        return ((lemma[:-2] + "లు", "plural -లు"),)
    if lemma.endswith("ి") and not lemma.endswith("యి"):
        return ((lemma[:-1] + "ులు", "plural -లు"),)
    return ((lemma + "లు", "plural -లు"),)


def plural_oblique(plural: str) -> tuple[str, str]:
    """Oblique stem of a plural, and how it is made."""
    if plural.endswith("వారు"):
        return plural[:-1] + "ి", "oblique -రి"
    if plural.endswith(("లు", "ళు", "రు")):
        return plural[:-1], f"oblique -{plural[-2]}"
    raise ValueError(f"{plural} is no plural in -లు or -రు")


def respected(noun: str) -> Iterator[tuple[str, str]]:
    """A noun with గారు written on, in its cases."""
    yield from with_emphasis(noun + "గారు", "honorific గారు")
    oblique = noun + "గారి"
    yield oblique, "honorific గారు + oblique -రి"
    for text, step in on_oblique(oblique):
        yield text, f"honorific గారు + oblique -రి + {step}"


def of_number(
    noun: str, stems: tuple[tuple[str, str], ...], step: str
) -> Iterator[tuple[str, str]]:
    """All forms of one number: on the nominative and on each oblique stem."""
    before = "" if step == "lemma" else f"{step} + "
    yield noun, step
    for text, rest in with_emphasis(noun, ""):
        if rest:
            yield text, before + rest.removeprefix(" + ")
    for name, ending in ESSIVE:
        yield noun + ending, f"{before}{name} -{ending}"
    for oblique, made in stems:
        if made:
            yield oblique, before + made
            before = f"{before}{made} + "
        for text, rest in on_oblique(oblique, older=made == OLDER):
            yield text, before + rest
        before = "" if step == "lemma" else f"{step} + "


def of_plural(noun: str, step: str) -> Iterator[tuple[str, str]]:
    """All forms of a plural: those of any number, the vocative, and all of them written on."""
    stem = plural_oblique(noun)
    yield from of_number(noun, (stem,), step)
    if noun.endswith(("లు", "ళు")):
        before = "" if step == "lemma" else f"{step} + "
        for name, ending in WHOLE:
            yield stem[0] + ending, f"{before}{name} -{ending}"


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, singular and plural."""
    lemma = word.lemma
    if ends_in_virama(lemma) and word.text("class") != "loan":
        raise ValueError("a noun that ends in a consonant is not known")
    if word.text("class") == "plural":
        for text, rule in of_plural(lemma, "lemma"):
            yield Inflected(text, PLURAL, rule)
        return
    for text, rule in of_number(lemma, obliques(word), "lemma"):
        yield Inflected(text, SINGULAR, rule)
    if word.flag("honorific"):
        for text, rule in respected(lemma):
            yield Inflected(text, SINGULAR, rule)
    for plural, step in plurals(word):
        for text, rule in of_plural(plural, step):
            yield Inflected(text, PLURAL, rule)


ADJECTIVE_KEYS = {"person": "true: with వారు and వాడు written on, a noun of persons"}


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The adjective as it stands, and the nouns of persons made from it."""
    lemma = word.lemma
    yield Inflected(lemma, FORMS, "lemma")
    if not word.flag("person"):
        return
    they, he = lemma + "వారు", lemma + "వాడు"
    for text, rule in of_number(they, (plural_oblique(they),), "persons -వారు"):
        yield Inflected(text, PLURAL, rule)
    for text, rule in of_number(he, ((lemma + "వాడి", "oblique -డి"),), "man -వాడు"):
        yield Inflected(text, SINGULAR, rule)
