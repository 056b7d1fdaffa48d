"""Standard Arabic: the noun with its case, number, article, proclitics and pronouns, unvocalised.

Vowel marks are dropped before matching, so only what is written in letters makes forms:

- **case** shows in the indefinite accusative (``-اً``, without the marks ``-ا``), in duals and
  sound masculine plurals (``-ان``/``-ين``, ``-ون``/``-ين``), in the nouns of ``class = "five"``
  (أبو, أبا, أبي before a noun or pronoun) and in the seat of a final hamza before a pronoun
  (أبناؤه, أبناءه, أبنائه);
- **state**: *bare* (indefinite, or construct before a noun, where duals and sound plurals lose
  their ن), *definite* with the article, *suffixed* with a pronoun. Article and pronoun exclude
  each other;
- **proclitics**: one of و ف, then one of ب ك ل, then the article; ل and the article join to لل.
  Prepositions take the genitive, so no form that is only nominative or accusative follows them.
  Rare and not made: ف before a preposition, the interrogative أ, pronouns of the second person
  dual and feminine plural;
- **spelling**: ة is ت before a pronoun or a dual ending, ى is ا before a pronoun and ي before a
  dual ending; a hamza on initial alif is often left out in writing, and both are made. Final ى
  and ي are one letter to the matcher.

Diptote plurals (أقارب) and words in ة, اء, ى, ا have no accusative alif. A broken plural is
given in the entry. A lemma of two words is a construct phrase (ابن عم): the first noun inflects as
construct, the second takes the article or a pronoun.

Adjectives agree in gender and number, and are the nouns for people as well (مسلم, المسلمات): a
masculine and a feminine singular, duals, the sound plurals in ``-ون`` and ``-ات``, or a broken
plural beside them. They are made bare and definite, with the same proclitics; of construct forms
only the sound masculine plural (مسلمو, مسلمي), and no pronouns are added. The feminine is in
``-ة`` unless the entry gives it (سوداء of أسود). In an adjective of two words both agree (``class
= "both"``: كورية جنوبية) or the first alone does (``class = "first"``: مصابة بالتوحد).

See Ryding, A Reference Grammar of Modern Standard Arabic (2005), chapters 5, 7 and 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Value, Word

KEYS = {
    "class": '"five" (أب, أخ: long vowel before a noun or pronoun), "dual" (the lemma is a dual in '
    '-ان), "plural" (the lemma is a plural), "fixed" (only و- and ف- are added)',
    "plural": "broken plurals",
    "sound": 'sound plurals: "masculine" (-ون) or "feminine" (-ات)',
    "dual": "false where the dual is another word or not in use; a string is its stem without -ان",
    "definite": "the stem after the article, where it differs (المرأة of امرأة)",
    "states": "the states that are made, of bare, definite and suffixed; all without it",
    "hamza": "false where the spelling without initial hamza is another word",
    "tail": "second word of a construct phrase before pronouns, where it is another stem, in ي "
    "(أخي of أخ); my is not written after it",
}

ADJECTIVE_KEYS = {
    "class": 'of a lemma of two words: "both" where both agree, "first" where the first does and '
    "the rest stands as it is",
    "feminine": "the feminine singular, where it is not in -ة",
    "plural": "broken plurals",
    "sound": "false where there is no sound masculine plural",
    "accusative": "false where the masculine has no accusative alif (diptotes), or is another word "
    "with it (روسيا, Russia)",
    "hamza": KEYS["hamza"],
}

CONJUNCTIONS = {"": "", "و": "and و-", "ف": "so ف-"}
PREPOSITIONS = {"": "", "ب": "by ب-", "ك": "as ك-", "ل": "for ل-"}
MY = "ي"
PRONOUNS = {
    "ك": "your -ك",
    "ه": "his -ه",
    "ها": "her -ها",
    "نا": "our -نا",
    "كم": "your (plural) -كم",
    "هم": "their -هم",
    "هن": "their (feminine) -هن",
    "هما": "their (dual) -هما",
}
STATES = ("bare", "definite", "suffixed")
HAMZA_UNWRITTEN = "initial hamza unwritten"
ACCUSATIVE = "accusative -اً"


class Stem(NamedTuple):
    """A noun form before proclitics; `genitive` forms can follow a preposition, `construct` forms
    a noun can follow."""

    text: str
    state: str
    number: str
    rule: str
    genitive: bool = True
    construct: bool = False


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun or of a construct phrase."""
    kind = word.text("class")
    if kind not in ("", "five", "dual", "plural", "fixed"):
        raise ValueError(f"unknown class {kind!r}")
    if " " in word.lemma:
        yield from _phrase(word)
    elif kind == "fixed":
        for conjunction, step in CONJUNCTIONS.items():
            yield Inflected(conjunction + word.lemma, SINGULAR, step or "lemma")
    else:
        for stem in _stems(word, word.lemma):
            yield from _with_proclitics(stem)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective, which are those of a noun for people as well."""
    kind = word.text("class")
    first, _, rest = word.lemma.partition(" ")
    if kind not in ("", "both", "first") or bool(kind) != bool(rest):
        raise ValueError(f"class {kind!r} does not fit {word.lemma!r}")
    stems = list(_agreement(Word(first, word.keys)))
    if kind == "both":
        stems = [
            stem._replace(text=f"{stem.text} {second.text}")
            for stem in stems
            for second in _agreement(Word(rest))
            if _written_rule(stem) == _written_rule(second) and "(construct)" not in stem.rule
        ]
    for stem in stems:
        for form in _with_proclitics(stem):
            yield form._replace(text=f"{form.text} {rest}") if kind == "first" else form


def _agreement(word: Word) -> Iterator[Stem]:
    """An adjective in both genders and all numbers, bare and definite."""
    feminine = word.text("feminine") or word.lemma + "ة"
    sound = word.keys.get("sound", True)
    if not isinstance(sound, bool):
        raise ValueError("sound of an adjective must be true or false")
    shared: dict[str, Value] = {"states": ("bare", "definite")}
    if "hamza" in word.keys:
        shared["hamza"] = word.keys["hamza"]
    he: dict[str, Value] = {"plural": word.texts("plural")}
    if sound:
        he["sound"] = "masculine"
    she: dict[str, Value] = {"sound": "feminine"} if feminine.endswith("ة") else {}
    if feminine.endswith("اء"):
        she["dual"] = feminine[:-1] + "و"
    mark = "feminine -ة" if feminine == word.lemma + "ة" else f"feminine {feminine}"
    for stem in _stems(Word(word.lemma, shared | he), word.lemma):
        accusative = _written_rule(stem) == ACCUSATIVE
        if not _dual_construct(stem) and (word.keys.get("accusative", True) or not accusative):
            yield stem
    for stem in _stems(Word(feminine, shared | she), feminine):
        if not _dual_construct(stem):
            yield stem._replace(rule=_join(mark, stem.rule))


def _dual_construct(stem: Stem) -> bool:
    """Whether a stem is a dual before a noun, which adjectives hardly ever are."""
    return stem.rule.startswith("dual") and stem.construct


def _written_rule(stem: Stem) -> str:
    """The rule of a stem but for the spelling of its hamza."""
    return stem.rule.removesuffix(HAMZA_UNWRITTEN).removesuffix(" + ")


def _phrase(word: Word) -> Iterator[Inflected]:
    first, last = word.lemma.split(" ")
    tails = {
        last: "",
        "ال" + last: "second word with article ال-",
        **{
            text: f"second word with {step}"
            for text, step in _pronouns(
                word.text("tail") or before_ending(last), not word.text("tail")
            )
        },
    }
    if word.text("tail"):
        tails[word.text("tail")] = "second word with my -ي"
    allowed = word.texts("states") or STATES
    for stem in _stems(word, first, STATES):
        if not stem.construct:
            continue
        for form in _with_proclitics(stem):
            for tail, step in tails.items():
                state = "bare" if tail == last else "definite" if "article" in step else "suffixed"
                if state in allowed:
                    steps = [form.rule, step] if form.rule != "lemma" else [step or "lemma"]
                    yield Inflected(
                        f"{form.text} {tail}", form.number, " + ".join(filter(None, steps))
                    )


def _stems(word: Word, noun: str, states: tuple[str, ...] = ()) -> Iterator[Stem]:
    """Stems of the states that are made, with and without an initial hamza."""
    allowed = states or word.texts("states") or STATES
    for stem in _spelled_with_hamza(word, noun):
        if stem.state not in allowed:
            continue
        yield stem
        at = 2 if stem.state == "definite" else 0
        if stem.text[at] in "أإ" and word.keys.get("hamza") is not False:
            yield stem._replace(
                text=stem.text[:at] + "ا" + stem.text[at + 1 :],
                rule=_join(stem.rule, HAMZA_UNWRITTEN),
            )


def _spelled_with_hamza(word: Word, noun: str) -> Iterator[Stem]:
    kind = word.text("class")
    definite = word.text("definite") or noun
    if kind == "dual":
        yield from _dual(noun.removesuffix("ان"), noun.removesuffix("ان"), "")
        return
    if kind == "five":
        yield from _five(noun)
    else:
        number = PLURAL if kind == "plural" else SINGULAR
        yield from _triptote(noun, definite, number, "")
    dual = word.keys.get("dual", True)
    if dual is not False and kind != "plural":
        stem = dual if isinstance(dual, str) else before_ending(noun, dual=True)
        yield from _dual(stem, before_ending(definite, dual=True) if definite != noun else stem)
    for plural in word.texts("plural"):
        yield from _triptote(plural, plural, PLURAL, f"broken plural {plural}")
    sound = word.text("sound")
    if sound == "masculine":
        yield from _sound_masculine(noun)
    elif sound == "feminine":
        plural = noun.removesuffix("ة") + "ات"
        yield from _triptote(plural, plural, PLURAL, "plural -ات")
    elif sound:
        raise ValueError(f"unknown sound plural {sound!r}")


def _triptote(noun: str, definite: str, number: str, rule: str) -> Iterator[Stem]:
    """A singular or a broken plural: the endings are short vowels, written only as -اً."""
    yield Stem(noun, "bare", number, rule, construct=True)
    if has_accusative_alif(noun):
        yield Stem(noun + "ا", "bare", number, _join(rule, ACCUSATIVE), genitive=False)
    yield Stem("ال" + definite, "definite", number, _join("article ال-", rule))
    if noun.endswith("اء"):
        for seat, case in (("ؤ", "nominative"), ("ء", "accusative"), ("ئ", "genitive")):
            for text, step in _pronouns(noun[:-1] + seat, case == "genitive"):
                yield Stem(
                    text, "suffixed", number, _join(rule, f"{case} {step}"), case == "genitive"
                )
    else:
        for text, step in _pronouns(before_ending(noun), not noun.endswith("ي")):
            yield Stem(text, "suffixed", number, _join(rule, step))


def _five(noun: str) -> Iterator[Stem]:
    """أب and أخ: a long case vowel before a noun or a pronoun."""
    yield Stem(noun, "bare", SINGULAR, "")
    yield Stem(noun + "ا", "bare", SINGULAR, ACCUSATIVE, genitive=False)
    yield Stem("ال" + noun, "definite", SINGULAR, "article ال-")
    yield Stem(noun + MY, "suffixed", SINGULAR, "my -ي")
    for vowel, case in (("و", "nominative"), ("ا", "accusative"), ("ي", "genitive")):
        step = f"{case} -{vowel}"
        genitive = case == "genitive"
        yield Stem(noun + vowel, "bare", SINGULAR, f"construct {step}", genitive, construct=True)
        for text, pronoun in _pronouns(noun + vowel, False):
            yield Stem(text, "suffixed", SINGULAR, f"{step} + {pronoun}", genitive)


def _dual(stem: str, definite: str, rule: str = "dual") -> Iterator[Stem]:
    """The dual; with an empty rule its nominative is the lemma."""
    for vowel, case in (("ا", "nominative"), ("ي", "genitive and accusative")):
        genitive = vowel == "ي"
        full = _join(rule, f"{case} -{vowel}ن")
        short = _join(rule, f"{case} -{vowel}")
        bare = full if rule or genitive else ""
        yield Stem(f"{stem}{vowel}ن", "bare", PLURAL, bare, genitive)
        yield Stem(stem + vowel, "bare", PLURAL, f"{short} (construct)", genitive, construct=True)
        article = _join("article ال-", full)
        yield Stem(f"ال{definite}{vowel}ن", "definite", PLURAL, article, genitive)
        for text, pronoun in _pronouns(stem + vowel, vowel == "ا"):
            yield Stem(text, "suffixed", PLURAL, f"{short} + {pronoun}", genitive)


def _sound_masculine(stem: str) -> Iterator[Stem]:
    for vowel, case in (("و", "nominative"), ("ي", "genitive and accusative")):
        step, genitive = f"plural {case} -{vowel}ن", vowel == "ي"
        yield Stem(f"{stem}{vowel}ن", "bare", PLURAL, step, genitive)
        yield Stem(f"ال{stem}{vowel}ن", "definite", PLURAL, f"article ال- + {step}", genitive)
        short = f"plural {case} -{vowel}"
        yield Stem(stem + vowel, "bare", PLURAL, short + " (construct)", genitive, construct=True)
        for text, pronoun in _pronouns(stem + vowel, False):
            yield Stem(text, "suffixed", PLURAL, f"{short} + {pronoun}", genitive)
    yield Stem(stem + MY, "suffixed", PLURAL, "plural + my -ي")


def _pronouns(stem: str, mine: bool) -> Iterator[tuple[str, str]]:
    """A stem with each pronoun; `mine` where -ي can be added as a letter."""
    if mine:
        yield stem + MY, "my -ي"
    for pronoun, step in PRONOUNS.items():
        yield stem + pronoun, step


def _with_proclitics(stem: Stem) -> Iterator[Inflected]:
    for preposition, governs in PREPOSITIONS.items():
        if preposition and not stem.genitive:
            continue
        text = preposition + stem.text
        if preposition == "ل" and stem.state == "definite":
            text = "لل" + stem.text.removeprefix("ال")
        for conjunction, joins in CONJUNCTIONS.items():
            if conjunction == "ف" and preposition:
                continue
            rule = _join(_join(joins, governs), stem.rule)
            yield Inflected(conjunction + text, stem.number, rule or "lemma")


def before_ending(noun: str, *, dual: bool = False) -> str:
    """The noun as it is written before an ending: ة is ت, final ى is ا, or ي before a dual."""
    if noun.endswith("ة"):
        return noun[:-1] + "ت"
    if noun.endswith("ى"):
        return noun[:-1] + ("ي" if dual else "ا")
    return noun


def has_accusative_alif(noun: str) -> bool:
    """Whether the indefinite accusative is written -ا: not after ة, اء, ى, ا, in the feminine
    plural -ات or in diptote plurals of the pattern فعالل (أقارب)."""
    diptote = re.fullmatch("..ا[^اوي]{2}", noun) is not None
    return not (noun.endswith(("ة", "اء", "ى", "ا", "ات")) or diptote)


def _join(first: str, second: str) -> str:
    return f"{first} + {second}" if first and second else first or second
