"""Northern Uzbek nouns and adjectives in Latin letters: number, possession, case and enclitics.

    bola-lar-imiz-ning     oʻgʻl-i-ga     erkak-ka, erkag-i     ona-m-dagi     odam-mi "a man?"

- There is **no vowel harmony** in writing; endings vary with the last letter only.
- **Consonants.** G of the dative -Ga and of -Gacha (up to) is k after k, q after q, g elsewhere.
  In words of two syllables and more, a final k becomes g and q becomes gʻ before a vowel (erkak,
  erkagi; oʻrtoq, oʻrtogʻi). A vowel that drops (oʻgʻil, oʻgʻli) is in the entry as ``stem``.
- **Possession** is -(i)m, -(i)ng, -(s)i, -(i)miz, -(i)ngiz; the cases are the same after all of
  them. singil has an irregular third person, singlisi: ``third``.
- **Compounds** end in the third-person possessive (umr yoʻldoshi); another takes its place, and
  the plural stands before it (umr yoʻldoshlari).
- Attached: the question -mi, the copula -dir, the personal endings -man, -san, -miz, -niki
  (belonging to), -dagi (who is at), -dek and -day (like).
- **Kinship** words have an honorific and family plural after the first person (onamlar).

**Adjectives** stand before a noun as they are (yosh ayol), are predicates with -man, -san, -miz,
-dir, and nouns of person with number and case (yoshlarga), in the plural also with the possessors
that go with peoples and ages (Hindiston musulmonlari, yoshlarimiz). Nouns of nationality (nemis)
are listed as adjectives, too.

Not made: the personal ending -siz, which is also without (bolasiz childless); -lik, -cha, -li.
Words in -jon (onajon) are words of their own. Apostrophes of all shapes in oʻ and gʻ are one
letter to the matcher. Cyrillic texts are not covered.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word
from corpus_assay.lexicons.paradigms.turkic import Noun, Sounds, possessed, start

KEYS = {
    "stem": "the word before an ending that begins with a vowel, where it is not by rule (oʻgʻl)",
    "third": "the third-person possessive where it is not -(s)i (singlisi)",
    "compound": "the head without the possessive that the lemma ends in (umr yoʻldosh)",
    "kin": "true: the honorific plural -mlar is usual",
    "cases_only": "true: a fixed expression, with plural and cases but no further possession",
}

ADJECTIVE_KEYS = {"stem": KEYS["stem"]}

VOWELS = "aeiou"
SOUNDS = Sounds(
    vowels=VOWELS,
    harmony={"I": dict.fromkeys(["", *VOWELS], "i")},
    assimilation={"G": {"": "g", "k": "k", "q": "q"}},
)

POSSESSION = {
    "my": "(I)m",
    "your": "(I)ng",
    "his or her": "(s)i",
    "our": "(I)miz",
    "your (plural)": "(I)ngiz",
}
CASES = {
    "genitive": "ning",
    "accusative": "ni",
    "dative": "Ga",
    "locative": "da",
    "ablative": "dan",
}
ATTACHED = {
    "up to": "Gacha",
    "belonging to": "niki",
    "who is at": "dagi",
    "like": "dek",
    "just like": "day",
    "question": "mi",
    "copula": "dir",
}
PERSONS = {"I am": "man", "you are": "san", "we are": "miz"}
WITH_QUESTION = ("genitive", "dative", "locative", "ablative")


def soften(word: str) -> str:
    """The stem before a vowel: k becomes g and q becomes gʻ after more than one syllable."""
    last = word.rsplit(" ", maxsplit=1)[-1]
    if sum(last.count(vowel) for vowel in VOWELS) < 2:
        return word
    return word[:-1] + {"k": "g", "q": "gʻ"}.get(word[-1], word[-1])


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = start(SOUNDS, word, soften(word.lemma))
    if head := word.text("compound"):
        yield from _compound(word, lemma, head)
        return
    cases_only = word.flag("cases_only")
    for base in (lemma, lemma.add("plural", "lar", "plural")):
        yield from _forms(base)
        if cases_only:
            continue
        for name, ending in PERSONS.items():
            if (base is lemma) != (name == "we are"):
                yield base.add(name, ending).form
        irregular = word.text("third") if base is lemma else ""
        for owned in possessed(base, POSSESSION):
            if irregular and owned.third:
                owned = Noun(SOUNDS, irregular, irregular, base.number, f"his or her {irregular}")
            yield from _forms(owned)
    if word.flag("kin"):
        yield from _forms(lemma.add("my", "(I)m").add("honorific plural", "lar"))


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The bare form, the predicates, and the endings of a noun of person."""
    lemma = start(SOUNDS, word, soften(word.lemma))
    plural = lemma.add("plural", "lar", "plural")
    for base in (lemma, plural):
        yield from _forms(base)
        for name, ending in PERSONS.items():
            if base is lemma or name == "we are":
                yield base.add(name, ending).form
    for owner in ("his or her", "our"):
        owned = plural.add(owner, POSSESSION[owner])
        yield owned.form
        yield from (case.form for case in owned.each(CASES))


def _compound(word: Word, lemma: Noun, head: str) -> Iterator[Inflected]:
    yield from _forms(lemma)
    dropped = Noun(
        SOUNDS, head, word.text("stem") or soften(head), "singular", "possessive dropped"
    )
    for base in (dropped, dropped.add("plural", "lar", "plural")):
        for name, ending in POSSESSION.items():
            if name == "his or her" and base is dropped:
                continue  # that is the lemma
            if name == "his or her" or not word.flag("cases_only"):
                yield from _forms(base.add(name, ending))


def _forms(base: Noun) -> Iterator[Inflected]:
    """A noun with its number and possessor: its cases, and what is attached to it."""
    yield base.form
    for name, ending in CASES.items():
        case = base.add(name, ending)
        yield case.form
        if name in WITH_QUESTION:
            yield case.add("question", "mi").form
    for name, ending in ATTACHED.items():
        yield base.add(name, ending).form
