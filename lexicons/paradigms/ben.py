"""Bengali nouns for persons: cases, classifiers, plurals and the enclitics -ই and -ও.

Grammar (it can be checked against Hanne-Ruth Thompson, *Bengali: A Comprehensive Grammar*): what
is added depends on the last sound only.

=========== ======== ======== ======== =========== ============
after       genitive object   locative plural      object plural
=========== ======== ======== ======== =========== ============
consonant   ের       কে       ে        েরা, রা      দের, েদের
ই, উ, ৌ      য়ের      কে       তে       য়েরা, রা     দের, য়েদের
other vowel র        কে       তে       রা          দের
=========== ======== ======== ======== =========== ============

The locative in ে is also the subject of general statements (লোকে বলে). A noun with a classifier
(-টি, -টা; in the plural -গুলি, -গুলো, -গুলা) is definite and takes the cases again; -গণ is the learned
plural of persons. দেরকে is the plural object of Bangladesh; দিগের and দিগকে are those of the
literary (sadhu) language. After all of them ই (emphatic) and ও (also) may be written.

``class = "y"`` is for মা, which is short before its endings: মায়ের, মায়েরা, মায়েদের. Such a word has no
classifiers. Pairs with a hyphen are also written with a blank.

Not generated: -খানা and -জন after nouns, -বৃন্দ and -বর্গ, the locative in -য়, genitives with a hyphen
(which leave the noun as a word of its own), postpositions written together but সহ (along with).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.indic import APART, respelled

KEYS = {
    "class": "y: short before its endings (মা); invariable: enclitics only",
    "bare": "true: never with a classifier (kinship address, collectives)",
    "learned": "true: also the learned plural -গণ (Sanskrit words)",
    "definite": "true: only the singular with a classifier (লোকটি, the man)",
}

VOWELS = "ািীুূৃেৈোৌঅআইঈউঊঋএঐওঔ"
GLIDING = "ইউৌঔ"
CLASSIFIERS = {SINGULAR: ("টি", "টা"), PLURAL: ("গুলি", "গুলো", "গুলা")}
ENCLITICS = (("ই", "emphatic"), ("ও", "also"))


def inflect(word: Word) -> Iterator[Inflected]:
    """Every form of a noun, with and without an enclitic."""
    for form in respelled(_cases(word), [APART]):
        yield form
        for enclitic, name in ENCLITICS:
            rule = f"{form.rule} + {name} -{enclitic}"
            yield Inflected(form.text + enclitic, form.number, rule)


def _cases(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "regular")
    if kind not in ("regular", "y", "invariable"):
        raise ValueError(f"class must be y or invariable, not {kind!r}")
    lemma = word.lemma
    if word.flag("definite"):
        yield from _classified(lemma, SINGULAR)
        return
    yield Inflected(lemma, SINGULAR, "lemma")
    if kind == "invariable":
        return
    glide = glide_of(lemma) if kind == "regular" else "য়ে"
    yield Inflected(f"{lemma}কে", SINGULAR, "object -কে")
    yield Inflected(f"{lemma}সহ", SINGULAR, "along with -সহ")
    yield Inflected(f"{lemma}{glide}র", SINGULAR, f"genitive -{glide}র")
    if kind == "regular":
        locative = "ে" if glide == "ে" else "তে"
        yield Inflected(lemma + locative, SINGULAR, f"locative -{locative}")
    for link in dict.fromkeys((glide, "") if kind == "regular" else (glide,)):
        yield Inflected(f"{lemma}{link}রা", PLURAL, f"plural -{link}রা")
        yield Inflected(f"{lemma}{link}দের", PLURAL, f"object plural -{link}দের")
        yield Inflected(f"{lemma}{link}দেরকে", PLURAL, f"object plural -{link}দেরকে")
    if kind == "y":
        return
    for ending in ("দিগের", "দিগকে"):
        yield Inflected(lemma + ending, PLURAL, f"literary plural -{ending}")
    for ending in ("গণ", "গণের", "গণকে") if word.flag("learned") else ():
        yield Inflected(lemma + ending, PLURAL, f"learned plural -{ending}")
    if not word.flag("bare"):
        yield from _classified(lemma, SINGULAR)
        yield from _classified(lemma, PLURAL)


def _classified(lemma: str, number: str) -> Iterator[Inflected]:
    for classifier in CLASSIFIERS[number]:
        for case in ("", "কে", "র", "তে"):
            rule = f"classifier -{classifier}" + (f" + case -{case}" if case else "")
            yield Inflected(lemma + classifier + case, number, rule)


def glide_of(lemma: str) -> str:
    """What stands between a noun and the র of its genitive and plural."""
    last = lemma[-1]
    if last in GLIDING:
        return "য়ে"
    return "" if last in VOWELS else "ে"
