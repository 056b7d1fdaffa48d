"""Tamil: number, case, postpositions written on, clitics and doubled consonants.

Every ending is added to one of two stems: the noun as it stands, or the noun made ready for a
vowel: a glide ய் after இ, ஈ, ஐ (மனைவி + ஐ: மனைவியை), a glide வ் after other vowels (அம்மாவை), the
short final உ lost (பொண்ணு: பொண்ணை), the final consonant of a short syllable doubled (பெண்:
பெண்ணை). The doubling is marked (``double``), as it also holds for compounds (இளம்பெண்).

- Dative: -க்கு after இ, ஐ and ய் (மனைவிக்கு, தாய்க்கு), else -உக்கு (மகனுக்கு, அம்மாவுக்கு), beside
  it written -இற்கு (பெண்ணிற்கு).
- Plural: -கள், after ஆ -க்கள் (அம்மாக்கள்); class ``an`` (சிறுவன்) changes -ன் to -ர் and -ர்கள்;
  other plurals (-யர், -மார்) are given by ``plural``.
- Clitics: -உம் and, also; -ஏ emphasis and vocative; -ஆ question; -ஓ doubt; -தான் emphasis; -கூட even;
  -ஆவது at least.
- Sandhi: after the accusative, the dative and -ஆக, the first consonant க், ச், த் or ப் of the next
  word is written doubled, its first half on the noun (பெண்ணைக், மகனுக்குத்); so it is after a bare
  noun in இ, ஐ, ய் before the second part of a compound (குழந்தைப் பருவம்).
- Adjectives are adnominal forms (அமெரிக்க, வயதான) with the doubled consonant of sandhi; relative
  forms make nouns of persons with -வர், -வன், -வள், -வர்கள், -ஓர்.

Not generated: spoken case endings, verbs written on but for forms of ஆ- (become), special
vocatives (தம்பீ), -அது after nouns that do not end in ன், ள், ர்.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.dravidian import (
    ends_in_consonant_letter,
    ends_in_sign,
    ends_in_virama,
    join,
)

KEYS = {
    "class": "an: plural in -ர், -ர்கள் for -ன்; plural: the lemma is itself a plural",
    "double": "true: the final consonant is doubled before a vowel (பெண்: பெண்ணை)",
    "one": "ஒருவர் or ஒருவன்: one, written on (பெண்ணொருவர்)",
    "plural": "the plural or plurals, where the rule does not make them",
}

VIRAMA = "்"
HALVES = ("க்", "ச்", "த்", "ப்")
"""First halves of a doubled consonant, written at the end of the word before."""

AND, EMPHASIS, QUESTION, DOUBT = ("and", "உம்"), ("emphasis", "ஏ"), ("question", "ஆ"), ("doubt", "ஓ")
CLITICS = (AND, EMPHASIS, QUESTION, DOUBT)

OBLIQUE: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("instrumental", "ஆல்", (AND, EMPHASIS, ("emphasis", "ஏயே"), ("emphasis", "தான்"))),
    (
        "sociative",
        "உடன்",
        (AND, EMPHASIS, ("emphasis", "ஏயே"), ("emphasis", "தான்"), ("adnominal", "ஆன")),
    ),
    ("sociative", "ஓடு", (AND, EMPHASIS)),
    ("genitive", "இன்", ()),
    ("genitive", "உடைய", ()),
    ("genitive", "இனுடைய", ()),
    ("locative", "இல்", (AND, EMPHASIS)),
    ("ablative", "இலிருந்து", (AND,)),
    ("personal locative", "இடம்", (AND, EMPHASIS, QUESTION, ("emphasis", "தான்"))),
    ("personal locative", "இடத்தில்", (AND,)),
    ("personal ablative", "இடமிருந்து", (AND, EMPHASIS)),
    ("personal ablative", "இடத்திலிருந்து", ()),
    ("as", "ஆய்", ()),
    ("being", "ஆன", ()),
    ("being", "ஆகிய", ()),
)
"""Endings in a vowel, with the clitics that are current after them."""

DATIVE: tuple[tuple[str, str], ...] = (
    ("for, adnominal", "ஆன"),
    ("for", "என"),
    ("for", "என்று"),
    ("between", "இடையே"),
    ("between, adnominal", "இடையேயான"),
    ("between", "இடையில்"),
)
"""What is written on the dative, beside clitics and -ஆக."""

AMONG: tuple[str, ...] = ("இடையே", "இடையேயும்", "இடையில்", "இடையிலும்", "இடையிலான")
"""Postposition among, written on plurals."""

POSTPOSITIONS: tuple[tuple[str, str], ...] = (
    ("on", "மீது"),
    ("on", "மீதும்"),
    ("on, adnominal", "மீதான"),
    ("on", "மேல்"),
    ("like", "போல்"),
    ("like", "போல"),
    ("like, adnominal", "போன்ற"),
)


def before_vowel(text: str) -> str:
    """A text made ready for a vowel: final உ lost, or a glide."""
    if ends_in_virama(text):
        return text
    if ends_in_sign(text, "உ"):
        return text[:-1] + VIRAMA
    if ends_in_sign(text, "இ", "ஈ", "ஐ"):
        return text + "ய்"
    return text + "வ்"


def with_clitics(text: str, clitics: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    """A text with each clitic, and its step."""
    for name, clitic in clitics:
        yield (
            join(before_vowel(text), clitic) if clitic != "தான்" else text + clitic,
            (f" + {name} -{clitic}"),
        )


def doubled(text: str) -> Iterator[tuple[str, str]]:
    """A text with the first half of a doubled consonant, and its step."""
    for half in HALVES:
        yield text + half, f" + sandhi {half}"
    yield text + "த்தான்", " + emphasis -தான்"


def nominative(noun: str, stem: str) -> Iterator[tuple[str, str]]:
    """The bare noun with clitics, postpositions and, before a compound, sandhi."""
    for name, clitic in (*CLITICS, ("and + emphasis", "உமே"), ("at least", "ஆவது")):
        yield join(stem, clitic), f" + {name} -{clitic}"
    yield noun + "தான்", " + emphasis -தான்"
    yield noun + "கூட", " + even -கூட"
    for name, postposition in POSTPOSITIONS:
        yield noun + postposition, f" + {name} -{postposition}"
    if front(noun):
        for half in HALVES:
            yield noun + half, f" + compound sandhi {half}"


def front(noun: str) -> bool:
    """Whether a noun ends in இ, ஐ or ய்: its dative is -க்கு."""
    return ends_in_sign(noun, "இ", "ஈ", "ஐ") or noun.endswith("ய்")


def cases(noun: str, stem: str) -> Iterator[tuple[str, str]]:
    """All case forms with what is written on, and the steps."""
    accusative = join(stem, "ஐ")
    yield accusative, " + accusative -ஐ"
    for text, step in (*doubled(accusative), *with_clitics(accusative, CLITICS)):
        yield text, f" + accusative -ஐ{step}"
    for name, rest in (
        ("than", "விட"),
        ("than + and", "விடவும்"),
        ("like", "ப்போல்"),
        ("like", "ப்போல"),
        ("about", "ப்பற்றி"),
    ):
        yield accusative + rest, f" + accusative -ஐ + {name} -{rest}"
    ending = "க்கு" if front(noun) else "உக்கு"
    dative = noun + ending if front(noun) else join(stem, ending)
    yield dative, f" + dative -{ending}"
    for text, step in (*doubled(dative), *with_clitics(dative, CLITICS)):
        yield text, f" + dative -{ending}{step}"
    for_ = dative[:-1] + "ாக"
    yield for_, f" + dative -{ending} + for -ஆக"
    for text, step in (*doubled(for_), *with_clitics(for_, (AND, EMPHASIS))):
        yield text, f" + dative -{ending} + for -ஆக{step}"
    for name, rest in DATIVE:
        yield join(before_vowel(dative), rest), f" + dative -{ending} + {name} -{rest}"
    for name, ending, clitics in OBLIQUE:
        text = join(stem, ending)
        yield text, f" + {name} -{ending}"
        for longer, step in with_clitics(text, clitics):
            yield longer, f" + {name} -{ending}{step}"
    if noun.endswith(("ன்", "ள்", "ர்")):
        yield join(stem, "அது"), " + genitive -அது"
    essive = join(stem, "ஆக")
    yield essive, " + as -ஆக"
    for text, step in (*doubled(essive), *with_clitics(essive, (AND, EMPHASIS))):
        yield text, f" + as -ஆக{step}"


def written_dative(stem: str) -> Iterator[tuple[str, str]]:
    """The dative in -இற்கு, which written Tamil has beside -உக்கு, with the commonest endings."""
    dative = join(stem, "இற்கு")
    yield dative, "dative -இற்கு"
    for half in HALVES:
        yield dative + half, f"dative -இற்கு + sandhi {half}"
    for name, ending in (AND, ("for", "ஆக"), ("for + and", "ஆகவும்"), ("for, adnominal", "ஆன")):
        yield join(before_vowel(dative), ending), f"dative -இற்கு + {name} -{ending}"


def plurals(word: Word) -> tuple[tuple[str, str], ...]:
    """Plurals and their steps."""
    given = word.texts("plural")
    if given:
        return tuple((text, "plural") for text in given)
    lemma, kind = word.lemma, word.text("class")
    if kind == "an":
        if not lemma.endswith("ன்"):
            raise ValueError("class an takes a word in -ன்")
        return ((lemma[:-2] + "ர்", "plural -ர்"), (lemma[:-2] + "ர்கள்", "plural -ர்கள்"))
    if kind:
        raise ValueError(f"no class {kind!r}")
    ending = "க்கள்" if ends_in_sign(lemma, "ஆ") else "கள்"
    return ((lemma + ending, f"plural -{ending}"),)


def declined(noun: str, stem: str, number: str, step: str) -> Iterator[Inflected]:
    """All forms of one number."""
    yield Inflected(noun, number, step)
    before = "" if step == "lemma" else step
    for text, rest in (*nominative(noun, stem), *cases(noun, stem)):
        yield Inflected(text, number, (before + rest).removeprefix(" + "))
    copulas = ("ஆவார்",) if number == SINGULAR else ("ஆவர்", "ஆவார்கள்")
    for ending in (*copulas, *(AMONG if number == PLURAL else ())):
        name = "among" if ending in AMONG else "is, are"
        rule = f"{before} + {name} -{ending}"
        yield Inflected(join(stem, ending), number, rule.removeprefix(" + "))


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, singular and plural."""
    lemma = word.lemma
    if ends_in_consonant_letter(lemma):
        raise ValueError("a noun in short a is not known to Tamil")
    stem = before_vowel(lemma)
    if word.flag("double"):
        stem = lemma + lemma[-2:]
    if word.text("class") == "plural":
        yield from declined(lemma, stem, PLURAL, "lemma")
        return
    yield from declined(lemma, stem, SINGULAR, "lemma")
    if not front(lemma):
        for text, step in written_dative(stem):
            yield Inflected(text, SINGULAR, step)
    for one in word.texts("one"):
        if one not in ("ஒருவர்", "ஒருவன்"):
            raise ValueError(f"{one} is not ஒருவர் or ஒருவன்")
        for ending in ("", "ஐ", "உக்கு", "இன்", "ஆல்", "உடன்", "உம்"):
            text = join(one, ending)
            yield Inflected(join(stem, text), SINGULAR, f"one -{text}")
    for plural, step in plurals(word):
        yield from declined(plural, before_vowel(plural), PLURAL, step)


ADJECTIVE_KEYS = {
    "person": "true: a relative form in -அ that makes nouns of persons (வயதான: வயதானவர், வயதானோர்)",
}

PERSONS: tuple[tuple[str, str, str], ...] = (
    ("person", "வர்", SINGULAR),
    ("man", "வன்", SINGULAR),
    ("woman", "வள்", SINGULAR),
    ("persons", "வர்கள்", PLURAL),
)
"""Pronouns written on a relative form: he, she, they who are …."""


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The adnominal form with sandhi, and the nouns of persons made from it with all cases."""
    lemma = word.lemma
    yield Inflected(lemma, FORMS, "lemma")
    if not ends_in_virama(lemma):
        for half in HALVES:
            yield Inflected(lemma + half, FORMS, f"sandhi {half}")
    if not word.flag("person"):
        return
    if not ends_in_consonant_letter(lemma):
        raise ValueError("only a relative form in -அ makes nouns of persons")
    for name, ending, number in PERSONS:
        yield from declined(lemma + ending, lemma + ending, number, f"{name} -{ending}")
    those = join(lemma + VIRAMA, "ஓர்")
    yield from declined(those, those, PLURAL, "persons -ஓர்")
