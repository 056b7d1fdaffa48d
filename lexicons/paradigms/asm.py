"""Assamese nouns for persons: classifiers, plurals, cases, personal endings and emphatics.

Grammar (it can be checked against Golok Chandra Goswami and Jyotiprakash Tamuli, *Asamiya*, in
*The Indo-Aryan Languages*): a noun may take a classifier (definite singular) or a plural ending,
then a case, then an emphatic. The endings depend on the last sound only.

=========== ==================== =======================================
case        after a consonant    after a vowel
=========== ==================== =======================================
agent       ে (মানুহে)            ই after ā (মহিলাই), ৱে after u, o (শিশুৱে),
                                 য়ে after others (নাৰীয়ে, ভাইয়ে)
object      ক (মানুহক)            ক
genitive    ৰ (মানুহৰ)            ৰ
locative    ত (মানুহত)            ত
goal        লৈ (মানুহলৈ)           লৈ
instrument  েৰে (মানুহেৰে)         ৰে (মহিলাৰে)
=========== ==================== =======================================

তকৈ (than) and ৰপৰা (from) are made written together; apart, they leave a case form as a
word of its own. Emphatics: -ও (also), written ো after a consonant (মানুহৰো), -েই (just; ে after
the object), -হে (only).

Classifiers: class ``m`` -জন -টো, ``f`` -জনী -গৰাকী, ``c`` (children) -টো -টি -জন, ``u``
(either sex) -জন -গৰাকী, ``p`` (মানুহ, where -জন and -জনী tell the sex) -গৰাকী; the plural
of each with -কেই-. Plural endings: -বোৰ -বিলাক -সকল, and -হঁত for kinship and children.
``pair`` has only the plurals, ``none`` neither.

Kinship nouns have a form for another person's relative (মাক, দেউতাক, ভায়েক); it stands
in the lexicon as ``third`` and takes the cases again. Not generated: the second-person
endings (মাৰা, দেউতাৰা), the vocatives, -মখা, -জাক and -দল, numerals with a classifier
before the noun (এজন, দুগৰাকী).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.indic import APART, Spelling, respelled

KEYS = {
    "class": "m, f, c, p, u (default), pair or none: see the module; invariable: lemma only",
    "third": "the form for another person's relative (ভায়েক)",
    "kin": "true: also the plural -হঁত",
    "marked": "true: only with a classifier or a plural ending (the bare word is another)",
}

VOWELS = "ািীুূৃেৈোৌঅআইঈউঊঋএঐওঔ"
CLASSIFIERS = {
    "m": (("জন", "টো"), ("কেইজন", "কেইটা")),
    "f": (("জনী", "গৰাকী"), ("কেইজনী", "কেইগৰাকী")),
    "c": (("টো", "টি", "জন"), ("কেইটা", "কেইটি", "কেইজন")),
    "u": (("জন", "গৰাকী"), ("কেইজন", "কেইগৰাকী")),
    "p": (("গৰাকী",), ("কেইগৰাকী",)),
    "pair": ((), ()),
    "none": ((), ()),
}
PLURALS = ("বোৰ", "বিলাক", "সকল")

SPELLINGS: list[Spelling] = [APART, ("'", "’", "typographic apostrophe")]


def inflect(word: Word) -> Iterator[Inflected]:
    """Every form of a noun: bare, classified, plural and another's, in all cases."""
    yield from respelled(_made(word), SPELLINGS)


def _made(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "u")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    if kind not in CLASSIFIERS:
        raise ValueError(f"class must be one of {(*CLASSIFIERS, 'invariable')}, not {kind!r}")
    if not word.flag("marked"):
        yield from _cases(Inflected(word.lemma, SINGULAR, ""))
    for number, classifiers in zip((SINGULAR, PLURAL), CLASSIFIERS[kind], strict=True):
        for ending in classifiers:
            yield from _cases(Inflected(word.lemma + ending, number, f"classifier -{ending}"))
    if kind != "none":
        for ending in (*PLURALS, *(("হঁত",) if word.flag("kin") else ())):
            yield from _cases(Inflected(word.lemma + ending, PLURAL, f"plural -{ending}"))
    for text in word.texts("third"):
        yield from _cases(Inflected(text, SINGULAR, "another person's"))
        for ending in ("সকল", *(("হঁত",) if word.flag("kin") else ())):
            rule = f"another person's + plural -{ending}"
            yield from _cases(Inflected(text + ending, PLURAL, rule))


def _cases(base: Inflected) -> Iterator[Inflected]:
    """A noun, bare or with its classifier, in all cases, with and without emphatics."""
    consonant = base.text[-1] not in VOWELS
    yield Inflected(base.text, base.number, base.rule or "lemma")
    yield from _emphatic(base, consonant)
    agent = agent_of(base.text)
    instrument = "েৰে" if consonant else "ৰে"
    for name, ending in (
        ("agent", agent),
        ("object", "ক"),
        ("genitive", "ৰ"),
        ("locative", "ত"),
        ("goal", "লৈ"),
        ("instrument", instrument),
        ("comparison", "তকৈ"),
        ("source", "ৰপৰা"),
    ):
        form = _with(base, ending, f"{name} -{ending}")
        yield form
        if name == "object":
            yield _with(form, "ে", "emphatic -ে")
        if name in ("agent", "object", "genitive", "locative", "goal"):
            yield from _emphatic(form, form.text[-1] not in VOWELS)


def agent_of(text: str) -> str:
    """The ending of the agent after this noun."""
    last = text[-1]
    if last not in VOWELS:
        return "ে"
    if last in "াআ":
        return "ই"
    return "ৱে" if last in "ুূোৌউঊওঔ" else "য়ে"


def _emphatic(form: Inflected, consonant: bool) -> Iterator[Inflected]:
    yield _with(form, "ো" if consonant else "ও", "also -ও")
    if consonant:
        yield _with(form, "েই", "emphatic -েই")
    elif form.text.endswith("ে"):
        yield _with(form, "ই", "emphatic -ই")
    yield _with(form, "হে", "only -হে")


def _with(form: Inflected, ending: str, step: str) -> Inflected:
    rule = f"{form.rule} + {step}" if form.rule else step
    return Inflected(form.text + ending, form.number, rule)
