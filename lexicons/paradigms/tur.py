"""Turkish nouns: number, possession, case, -ki and the copula, in this order; and adjectives.

    çocuk-lar-ım-da-ki     child-PLURAL-MY-LOCATIVE-KI
    anne-si-ydi            mother-HIS/HER-PAST   "it was his mother"

- **Harmony.** ``A`` is a or e, ``I`` is ı, i, u or ü after the last vowel of the word.
- **Consonants.** D is d, and t after a voiceless consonant (fıstıkçı şahap); so c and ç.
  A final p, ç, t, k that becomes b, c, d, ğ before a vowel (çocuk, çocuğu) and a vowel that drops
  (oğul, oğlu) are given in the entry as ``stem``: they are not predictable.
- **Possession.** After the third person an n stands before the cases (babası, babasını).
  ``babaları`` is their father, his fathers, and fathers as an object.
- **Compounds** end in the third-person possessive (hayat arkadaşı). Another possessive takes its
  place (hayat arkadaşım), and the plural stands before it (hayat arkadaşları).
- **Copula** -DIr, -(y)DI, -(y)mIş, -(y)sA, -(y)ken: on all nominatives and, the first two, on the
  genitive, locative and ablative. Its persons stand on the bare noun and on the possessed third
  person (annesiyim), those of the plural on plurals; of other possessors a person other than the
  possessor (annemsin, annenim).
- **-ki** after locative and genitive (kadınlardaki, annemin → anneminki), with the plural and
  cases where the noun has no possessive.
- **Kinship** words have the affectionate -CIğIm (anneciğim), in colloquial spelling -cIm (annecim),
  and the family plural (annemler, dialect annemgil).

**Adjectives** stand before a noun as they are (yaşlı kadın), are predicates with the copula
(yaşlıydı) and nouns of person with number and case (yaşlılara), in the plural also with the
possessors that go with peoples and ages: Balkan Müslümanları, gençlerimiz. Most nouns of person
(göçmen, Alman) stand before another noun as well, and are listed as adjectives.

Not made: -sIz, -lI, -lIk, -CA on the singular and -CI, which no longer name the person (çocuksuz
childless, kişilik personality, insanca humanely). The plural -lArcA (by women) names it. The
question particle mi is a word of its own. Check with Göksel and Kerslake, Turkish: A
Comprehensive Grammar (2005), chapters 2, 6 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word
from corpus_assay.lexicons.paradigms.turkic import Noun, Sounds, after, possessed, start

KEYS = {
    "stem": "the word before an ending that begins with a vowel (çocuğ, oğl)",
    "compound": "the head without the possessive that the lemma ends in (hayat arkadaş)",
    "kin": "true: affectionate -CIğIm and family plural -mlAr are usual",
    "copula": "false: no copular endings; possessed: only on possessed and plural forms, because "
    "the bare ones are forms of a verb, or of another word, of the same letters (kızdı)",
    "cases_only": "true: a fixed expression, with plural and cases but no further possession",
}

ADJECTIVE_KEYS = {key: KEYS[key] for key in ("stem",)}

VOICELESS = "fstkçşhp"
SOUNDS = Sounds(
    vowels="aeıioöuüâ",
    harmony={
        "A": dict(zip("aeıioöuüâ", "aeaeaeaea", strict=True)),
        "I": dict(zip("aeıioöuüâ", "ıiıiuüuüı", strict=True)),
    },
    assimilation={"D": after(VOICELESS, "t", "d"), "C": after(VOICELESS, "ç", "c")},
)

POSSESSION = {
    "my": "(I)m",
    "your": "(I)n",
    "his or her": "(s)I",
    "our": "(I)mIz",
    "your (plural)": "(I)nIz",
    "their": "lArI",
}
CASES = {
    "accusative": "(y)I",
    "dative": "(y)A",
    "locative": "DA",
    "ablative": "DAn",
    "genitive": "(n)In",
    "instrumental": "(y)lA",
}
CASES_AFTER_THIRD = {
    "accusative": "nI",
    "dative": "nA",
    "locative": "nDA",
    "ablative": "nDAn",
    "genitive": "nIn",
    "instrumental": "(y)lA",
}
CASES_AFTER_KI = {"accusative": "ni", "dative": "ne", "genitive": "nin", "ablative": "nden"}
COPULA = {
    "copula": "DIr",
    "past copula": "(y)DI",
    "evidential copula": "(y)mIş",
    "conditional copula": "(y)sA",
    "while": "(y)ken",
}
PERSONS = {
    "I am": "(y)Im",
    "you are": "sIn",
    "we are": "(y)Iz",
    "you (plural) are": "sInIz",
    "they are": "DIrlAr",
    "I was": "(y)DIm",
    "you were": "(y)DIn",
    "we were": "(y)DIk",
    "you (plural) were": "(y)DInIz",
    "they were": "(y)DIlAr",
    "evidential, I": "(y)mIşIm",
    "evidential, you": "(y)mIşsIn",
    "evidential, we": "(y)mIşIz",
    "evidential, they": "(y)mIşlAr",
    "if I": "(y)sAm",
    "if you": "(y)sAn",
    "if we": "(y)sAk",
    "if they": "(y)sAlAr",
}
PERSONS_AFTER = {
    ("my", "singular"): ("you are", "sIn"),
    ("my", "plural"): ("you (plural) are", "sInIz"),
    ("your", "singular"): ("I am", "(y)Im"),
    ("our", "singular"): ("you are", "sIn"),
    ("our", "plural"): ("you (plural) are", "sInIz"),
    ("your (plural)", "singular"): ("I am", "(y)Im"),
}
"""Person of the copula after each possessor: nobody is his own mother."""
AFFECTIONATE = {
    "affectionate + my (colloquial)": "CIm",
    "affectionate + my": "CIğIm",
    "affectionate + your": "CIğIn",
    "affectionate + his or her": "CIğI",
    "affectionate + our": "CIğImIz",
}


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = start(SOUNDS, word, word.lemma)
    allowed = word.keys.get("copula", True)
    cases_only = word.flag("cases_only")
    if head := word.text("compound"):
        bases = _compound(lemma, Noun(SOUNDS, head, word.text("stem") or head, "singular", "lemma"))
    else:
        bases = [lemma, lemma.add("plural", "lAr", "plural")]
        if not cases_only:
            bases += [made for base in bases for made in possessed(base, POSSESSION, their="their")]
    if cases_only:
        bases = [base for base in bases if base.third or base.rule in ("lemma", bases[1].rule)]
    for base in bases:
        bare = base.rule == "lemma" and not head
        copula = bool(allowed) and not (bare and allowed == "possessed") and not cases_only
        yield from _cases(base, copula)
    if not cases_only and not head:
        yield bases[1].add("agent", "CA").form
    if word.flag("kin"):
        yield from _kin(lemma)


def _compound(lemma: Noun, head: Noun) -> list[Noun]:
    """The bases of a compound that ends in a possessive, which others replace."""
    own = {
        name: ending for name, ending in POSSESSION.items() if name not in ("his or her", "their")
    }
    singular = Noun(SOUNDS, lemma.text, lemma.text, "singular", "lemma", third=True)
    plural = head.add("plural + possessive", "lArI", "plural", third=True)
    dropped = Noun(SOUNDS, head.text, head.soft, "singular", "possessive dropped")
    dropped_plural = dropped.add("plural", "lAr", "plural")
    return [singular, plural, *possessed(dropped, own), *possessed(dropped_plural, own)]


def _cases(base: Noun, copula: bool) -> Iterator[Inflected]:
    """Cases of a noun with its number and possessor, and what stands on them."""
    yield base.form
    bare = base.rule == "lemma" or base.rule.startswith("plural")
    for name, ending in (CASES_AFTER_THIRD if base.third else CASES).items():
        case = base.add(name, ending)
        yield case.form
        if copula and name in ("locative", "ablative", "genitive"):
            yield case.add("copula", COPULA["copula"]).form
            yield case.add("past copula", COPULA["past copula"]).form
        if name in ("locative", "genitive"):
            ki = case.add("relative", "ki")
            yield ki.form
            if bare and "+" not in base.rule:
                yield from (made.form for made in ki.each(CASES_AFTER_KI))
                plural = ki.add("plural", "lAr")
                yield plural.form
                yield from (made.form for made in plural.each(CASES))
    if copula:
        yield from (made.form for made in base.each(COPULA))
        owner = base.rule.rsplit(" -", 1)[0].rsplit(" + ", 1)[-1]
        if after_owner := PERSONS_AFTER.get((owner, base.number)):
            yield base.add(*after_owner).form
        if base.third or (bare and "+" not in base.rule):
            for name, ending in PERSONS.items():
                if base.number == "singular" or "we" in name.split() or "(plural)" in name:
                    yield base.add(name, ending).form


def _kin(lemma: Noun) -> Iterator[Inflected]:
    """Anneciğim and annemler, with their cases."""
    for name, ending in AFFECTIONATE.items():
        made = lemma.add(name, ending, third=name.endswith("her"))
        yield made.form
        cases = CASES_AFTER_THIRD if made.third else CASES
        yield from (case.form for case in made.each(cases))
    for owner in ("my", "your"):
        family = lemma.add(owner, POSSESSION[owner]).add("and family", "lAr", "plural")
        yield family.form
        yield from (case.form for case in family.each(CASES))
        dialect = lemma.add(owner, POSSESSION[owner]).add("and family (dialect)", "gil", "plural")
        yield dialect.form
        yield from (case.form for case in dialect.each(CASES))


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The bare form, the predicates, and the endings of a noun of person."""
    lemma = start(SOUNDS, word, word.lemma)
    plural = lemma.add("plural", "lAr", "plural")
    for base in (lemma, plural):
        yield base.form
        for name, ending in CASES.items():
            case = base.add(name, ending)
            yield case.form
            if name in ("locative", "genitive"):
                yield case.add("relative", "ki").form
        yield from (made.form for made in base.each(COPULA))
        for name, ending in PERSONS.items():
            if base is lemma or "we" in name.split() or "(plural)" in name:
                yield base.add(name, ending).form
    yield plural.add("agent", "CA").form
    for owner in ("his or her", "our"):
        owned = plural.add(owner, POSSESSION[owner], third=owner == "his or her")
        yield owned.form
        cases = CASES_AFTER_THIRD if owned.third else CASES
        yield from (case.form for case in owned.each(cases))
