"""Bulgarian: number, definite article and vocative of nouns for persons; adjectives.

Bulgarian nouns have no cases; the article stands at the end of the word. It follows the ending:

- -а/-я takes -та (жената, бащата), -о/-е -то (дядото, момчето);
- a consonant takes the full article -ът and the short one -а (мъжът, мъжа); nouns in -тел and some
  others, which the entry calls ``soft``, take -ят and -я (родителят, краля);
- a plural in -и/-е takes -те, one in -а/-я -та (жените, мъжете; братята, хората).

Kinship words with a possessive pronoun stand without the article (майка ми), in the form of the
lemma. The regular plural is -и; к, г, х become ц, з, с before it, -ец and -ък lose their vowel:
`plural`. All other plurals and the vocatives are in the entry. The count form of masculine nouns
(двама брата) and the old accusative (човека) are written like the short article, and are thus made.

Adjectives have three genders and a plural, each with its article (млад, младият, младия, млада,
младата …). The masculine takes its article after -и, which adjectives in -ски always have.

Not made: possessive adjectives (бащин), the old dative, and the articled forms of loans such as
лейди that do not take one.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "class": "plural: the lemma is a plural without singular; indeclinable: it has no other form",
    "plural": "plural, where it is not the regular -и: мъже, деца",
    "soft": "true: the article of the singular is -ят, -я: крал",
    "vocative": "forms of address: жено",
}

ADJECTIVE_KEYS = {
    "stem": "stem before endings, where it is not the lemma without -и: беден, бедн",
    "plural": "plural with another vowel than the feminine: бял, бяла, бели",
}

SECOND_PALATALISATION = {"к": "ц", "г": "з", "х": "с"}


def plural(lemma: str) -> str:
    """The regular plural: жени, съпрузи, внуци, отци, момци."""
    if lemma.endswith(("ец", "ък")):
        return f"{lemma[:-2]}ци"
    if lemma[-1] in "ая":
        return f"{lemma[:-1]}и"
    if lemma[-1] in "оеи":
        raise ValueError("needs its plural")
    return f"{lemma[:-1]}{SECOND_PALATALISATION.get(lemma[-1], lemma[-1])}и"


def articles(lemma: str, soft: bool) -> tuple[tuple[str, str], ...]:
    """The definite articles of a singular, each with its name."""
    if lemma[-1] in "ая":
        return (("та", "definite article -та"),)
    if lemma[-1] in "оеи":
        return (("то", "definite article -то"),)
    if soft or lemma.endswith("тел"):
        return ("ят", "full definite article -ят"), ("я", "short definite article -я")
    return ("ът", "full definite article -ът"), ("а", "short definite article -а")


def inflect(word: Word) -> Iterator[Inflected]:
    """Both numbers of a word without and with article, and its vocatives."""
    kind = word.text("class")
    if kind == "indeclinable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    if kind not in ("", "plural"):
        raise ValueError(f"has no class {kind!r}")
    if kind == "plural":
        yield Inflected(word.lemma, PLURAL, "lemma")
        yield _definite_plural(word.lemma, "lemma")
        return
    yield Inflected(word.lemma, SINGULAR, "lemma")
    for article, name in articles(word.lemma, word.flag("soft")):
        yield Inflected(word.lemma + article, SINGULAR, name)
    many = word.text("plural") or plural(word.lemma)
    rule = f"plural -{many[-1]}" if not word.text("plural") else f"plural ({many})"
    yield Inflected(many, PLURAL, rule)
    yield _definite_plural(many, rule)
    for text in word.texts("vocative"):
        yield Inflected(text, SINGULAR, f"vocative -{text[-1]}")


def _definite_plural(many: str, rule: str) -> Inflected:
    article = "та" if many[-1] in "ая" else "те"
    return Inflected(many + article, PLURAL, f"{rule} + definite article -{article}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All genders and the plural of an adjective, without and with article."""
    stem = word.text("stem", word.lemma.removesuffix("и"))
    many = word.text("plural", f"{stem}и")
    yield Inflected(word.lemma, SINGULAR, "lemma")
    yield Inflected(f"{many}ят", SINGULAR, "masculine + full definite article -ят")
    yield Inflected(f"{many}я", SINGULAR, "masculine + short definite article -я")
    for gender, ending, article in (("feminine", "а", "та"), ("neuter", "о", "то")):
        yield Inflected(stem + ending, SINGULAR, f"{gender} -{ending}")
        rule = f"{gender} -{ending} + definite article -{article}"
        yield Inflected(stem + ending + article, SINGULAR, rule)
    yield Inflected(many, PLURAL, "plural -и")
    yield Inflected(f"{many}те", PLURAL, "plural -и + definite article -те")
