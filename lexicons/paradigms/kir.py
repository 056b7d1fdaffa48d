"""Kyrgyz nouns and adjectives: number, possession, case, and what is written with them.

    бала-лар (балдар)   балдар-ыбыз-дын     апа-м-дагы     эркек-пи "a man?"

- **Harmony.** ``A`` is а, е, о or ө, ``I`` is ы, и, у or ү after the last vowel. After у the low
  vowel is а (уул, уулга), after ү it is ө (күйөөсү, күйөөсүнө).
- **Consonants.** D is д, and т after a voiceless consonant; so are г and к, б and п. L of the
  plural is л after a vowel, й and р (эжелер, жубайлар, ардагерлер), т after a voiceless consonant
  (жигиттер), д after the others (аялдар, кыздар). N is н after a vowel, т and д as above.
- A final к or п becomes г, б before a vowel (эркек, эркеги; зайып, зайыбы).
- **Possession** has four second persons: familiar -(I)ң, polite -(I)ңIз, and their plurals. After
  the third person the cases are -нIн, -н, -нA, -нDA, -нAн; after -м and -ң the dative is -A.
- The plural of бала is балдар: irregular plurals are in the entry.
- Written together: the question -BI, the personal endings -мIн, -сIң, -BIз, -DAгI (who is at),
  -NIкI (belonging to), -DAй (like).
- **Kinship** words have a family plural (апамдар, my mother and hers).
- **Adjectives** stand before a noun as they are (жаш аял), are predicates with the personal
  endings, and nouns of person with number and case (жаштарга), in the plural also with the
  possessors that go with peoples and ages (жаштарыбыз). Nouns of nationality (немис) are listed as
  adjectives, too.

Not made: -сIз (without, and polite you are), -лIк, -чA and -лUU, which no longer name the person.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word
from corpus_assay.lexicons.paradigms.turkic import Noun, Sounds, after, possessed, start

KEYS = {
    "plural": "the plural where it is not -LAр (балдар)",
    "stem": "the word before an ending that begins with a vowel, where it is not by rule",
    "kin": "true: a family plural is usual (апамдар)",
    "cases_only": "true: a fixed expression, with plural and cases but no possession",
    "third": "true: the lemma ends in the possessive of the third person (ата мекени)",
}

ADJECTIVE_KEYS = {key: KEYS[key] for key in ("plural", "stem")}

VOWELS = "аеёиоуүыөэюя"
VOICELESS = "кпстфхцчшщ"
VOICED = "бвгджзлмнңйр"
SOUNDS = Sounds(
    vowels=VOWELS,
    harmony={
        "A": dict(zip(VOWELS, "аеоеоаөаөеаа", strict=True)),
        "I": dict(zip(VOWELS, "ыиуиууүыүиуы", strict=True)),
    },
    assimilation={
        "L": {"": "л"} | dict.fromkeys(VOICELESS, "т") | dict.fromkeys("бвгджзлмнң", "д"),
        "N": {"": "н"} | dict.fromkeys(VOICELESS, "т") | dict.fromkeys(VOICED, "д"),
        "D": after(VOICELESS, "т", "д"),
        "G": after(VOICELESS, "к", "г"),
        "B": after(VOICELESS, "п", "б"),
    },
)

POSSESSION = {
    "my": "(I)м",
    "your": "(I)ң",
    "your (polite)": "(I)ңIз",
    "his or her": "(с)I",
    "our": "(I)бIз",
    "your (plural)": "(I)ңAр",
    "your (polite plural)": "(I)ңIздAр",
}
CASES = {"genitive": "NIн", "accusative": "NI", "dative": "GA", "locative": "DA", "ablative": "DAн"}
CASES_AFTER_MY = CASES | {"dative": "A"}
CASES_AFTER_THIRD = {
    "genitive": "нIн",
    "accusative": "н",
    "dative": "нA",
    "locative": "нDA",
    "ablative": "нAн",
}
ATTACHED = {"question": "BI", "belonging to": "NIкI", "like": "DAй"}
PERSONS = {"I am": "мIн", "you are": "сIң", "we are": "BIз"}


def soften(word: str) -> str:
    """The stem before a vowel: к becomes г, п becomes б."""
    return word[:-1] + {"к": "г", "п": "б"}.get(word[-1], word[-1])


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = start(SOUNDS, word, soften(word.lemma))
    cases_only = word.flag("cases_only")
    if word.flag("third"):
        yield from _forms(Noun(SOUNDS, word.lemma, word.lemma, "singular", "lemma", True), "")
        return
    plural = lemma.add("plural", "LAр", "plural")
    if irregular := word.text("plural"):
        plural = Noun(SOUNDS, irregular, irregular, "plural", f"plural {irregular}")
    for base in (lemma, plural):
        yield from _forms(base, "")
        if cases_only:
            continue
        for name, ending in PERSONS.items():
            if (base is plural) == (name == "we are"):
                yield base.add(name, ending).form
        for owned, name in zip(possessed(base, POSSESSION), POSSESSION, strict=True):
            yield from _forms(owned, name)
    if word.flag("kin"):
        for owner in ("my", "your"):
            family = lemma.add(owner, POSSESSION[owner]).add("and family", "LAр", "plural")
            yield from _forms(family, "")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The bare form, the predicates, and the endings of a noun of person."""
    lemma = start(SOUNDS, word, soften(word.lemma))
    plural = lemma.add("plural", "LAр", "plural")
    if irregular := word.text("plural"):
        plural = Noun(SOUNDS, irregular, irregular, "plural", f"plural {irregular}")
    for base in (lemma, plural):
        yield from _forms(base, "")
        for name, ending in PERSONS.items():
            if base is lemma or name == "we are":
                yield base.add(name, ending).form
    for owner, cases in (("his or her", CASES_AFTER_THIRD), ("our", CASES)):
        owned = plural.add(owner, POSSESSION[owner])
        yield owned.form
        yield from (case.form for case in owned.each(cases))


def _forms(base: Noun, owner: str) -> Iterator[Inflected]:
    """A noun with its number and possessor: its cases, and what is written together with it."""
    yield base.form
    cases = CASES_AFTER_MY if owner in ("my", "your") else CASES
    for name, ending in (CASES_AFTER_THIRD if base.third else cases).items():
        case = base.add(name, ending)
        yield case.form
        if name == "locative":
            yield case.add("who is at", "гI").form
        if name in ("dative", "genitive", "locative", "ablative"):
            yield case.add("question", "BI").form
    for name, ending in ATTACHED.items():
        third = {"belonging to": "нIкI", "like": "нDAй"}
        yield base.add(name, third.get(name, ending) if base.third else ending).form
