"""Swahili nouns: number, and the possessives that are written on words of kin.

Persons are in class 1/2 or are words without a prefix that agree with it:

    1/2    m-, mw-   wa-, w-   mtu watu, mtoto watoto, mwenzi wenzi; mwanamke wanawake (given)
    5/6    none      ma-       binti mabinti
    7/8    ki-       vi-       kitoto vitoto (diminutives)
    9/10   none      none      dada, kaka, ndugu: the same in the plural

- **Family plural.** akina, kina, wakina before a word of kin (akina mama, kina baba); also written
  together (kinamama).
- **Possession.** The possessive is mostly a word of its own (mama yangu). On words of kin it is
  also contracted and written on:
  after a: -ngu my, -ko your, -ke his or her (mamangu, babako, dadake), and -yo, -ye (mamaye);
  after i: -yo, -ye (bintiye); after u the same and the plural -ze (nduguye, nduguze);
  mke and mume: -o, -we (mkeo, mumewe); mwana: mwanangu, mwanao, mwanawe, mwanae, mwanetu, mwanenu.
- The locative -ni is not used on persons. Nouns have no cases and no prefixes but the class prefix.

- **Adjectives** of persons take the prefixes of class 1/2 like nouns (mrefu, warefu) and are
  entries with both. The name of a country is its adjective after -a; marked with ``name`` it is
  made only after a noun for persons (raia wa Marekani, wanajeshi wa Marekani).

Not made: augmentatives (jitu), the derived u- nouns of quality (utoto childhood). Check with
Ashton, Swahili Grammar (1944).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, Inflected, Word
from corpus_assay.lexicons.paradigms.bantu import KEYS as SHARED_KEYS
from corpus_assay.lexicons.paradigms.bantu import Pair, numbers

KEYS = SHARED_KEYS | {
    "class": "1, 5, 7 or 9; without it 1 for m-, 7 for ki-, otherwise 9",
    "kin": "true: akina before it, and contracted possessives after it",
    "possessives": "the contracted possessives, where they are not those of a word in -a, -i, -u",
}

ADJECTIVE_KEYS = {"name": "true: the name of a country, made only after a noun for persons and wa"}

HEADS = (
    *("raia", "mwananchi", "wananchi", "mtu", "watu", "mwanamke", "wanawake", "mwanamume"),
    *("wanaume", "kijana", "vijana", "mwanajeshi", "wanajeshi", "askari", "polisi", "rais"),
    *("marais", "waziri", "waziri mkuu", "mawaziri", "balozi", "mwanasiasa", "wanasiasa"),
    *("mwanadiplomasia", "mbunge", "wabunge", "seneta", "kiongozi", "viongozi", "mfalme"),
    *("malkia", "jenerali", "afisa", "maafisa", "mchezaji", "wachezaji", "mwanariadha"),
    *("wanariadha", "kocha", "mshambuliaji", "mlinda lango", "bingwa", "msanii", "wasanii"),
    *("mwimbaji", "mwigizaji", "waigizaji", "mwandishi", "waandishi", "mwanahabari"),
    *("mwanasayansi", "wanasayansi", "mtafiti", "watafiti", "mfanyabiashara", "wafanyabiashara"),
    *("mwanafunzi", "wanafunzi", "daktari", "madaktari", "mwalimu", "walimu", "mtalii"),
    *("watalii", "mkulima", "wakulima", "mkazi", "wakazi", "wahamiaji", "wakimbizi"),
    *("mwenye asili ya", "wenye asili ya", "mzaliwa", "wazaliwa"),
)

PAIRS: dict[str, tuple[Pair, ...]] = {
    "1": (("mwe", "we"), ("mwa", "wa"), ("m", "wa")),
    "5": (("", "ma"),),
    "7": (("ki", "vi"),),
    "9": (),
}

POSSESSIVES = {
    "my": ("ngu", "angu"),
    "your": ("ko", "yo", "o"),
    "his or her": ("ke", "ye", "we", "e"),
    "our": ("etu",),
    "your (plural)": ("enu",),
    "his or her (plural)": ("ze",),
}
"""Contracted possessives by person."""
PERSONS = {ending: person for person, endings in POSSESSIVES.items() for ending in endings}
AFTER = {"a": ("ngu", "ko", "ke", "yo", "ye"), "i": ("yo", "ye"), "u": ("yo", "ye", "ze")}
"""The contracted possessives that a word of kin takes, by its last vowel."""
FAMILY = ("akina ", "kina ", "wakina ", "akina", "kina", "wakina")


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = word.lemma
    guess = "1" if lemma.startswith("m") else "7" if lemma.startswith("ki") else "9"
    noun_class = word.text("class", guess)
    for noun in numbers(word, noun_class, PAIRS):
        same = noun_class == "9" and not word.text("plural")
        yield Inflected(noun.head + noun.tail, FORMS if same else noun.number, noun.rule)
    kin = word.flag("kin")
    for ending in word.texts("possessives") or (AFTER.get(lemma[-1], ()) if kin else ()):
        if ending not in PERSONS:
            raise ValueError(f"{ending!r} is not one of the possessives {sorted(PERSONS)}")
        # mwana + etu = mwanetu: a vowel takes the place of the last one, but o and e of the
        # second and third person stand after it (mwanao, mwanae).
        stem = lemma.removesuffix("a") if ending in ("angu", "etu", "enu") else lemma
        number = PLURAL if ending == "ze" else "singular"
        yield Inflected(stem + ending, number, f"{PERSONS[ending]} -{ending}")
    if kin:
        for family in FAMILY:
            yield Inflected(family + lemma, PLURAL, f"family plural {family.strip()}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """An adjective as it stands, or a name after each noun for persons."""
    if not word.flag("name"):
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    for head in HEADS:
        before = head if head.endswith(" ya") else f"{head} wa"
        yield Inflected(f"{before} {word.lemma}", FORMS, f"after {before}")
