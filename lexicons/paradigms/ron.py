"""Romanian nouns and adjectives: number, case and the suffixed article.

A noun has two cases without the article in the feminine singular and one elsewhere, and three
with it: nominative-accusative, genitive-dative and vocative. The article is a suffix.

=================  ======================  ================================
form               masculine               feminine
=================  ======================  ================================
singular           bărbat, frate, fiu      fată, femeie
… article          -ul, -le, -l            -a, -ia, -ea for -ă, -ie, -e
… article, gen.    -ului, -lui             plural + -i; -ii becomes -iei
plural             -i                      -e, -i
… article          -i                      -le
… article, gen.    -lor                    -lor
=================  ======================  ================================

The genitive-dative of a feminine singular without the article (unei femei) is written like the
plural and stands here as the plural. Before the plural -i, t d s become ț z ș. Vowel alternations
(fată, fete; băiat, băieți) are given with the word, as are the vocatives of the singular, which
no rule foresees (soro, copile, omule); that of the plural is the form in -lor.

An adjective has the forms of a masculine and of a feminine noun, without the vocative: bun, bună;
buni, bune; with the article where it stands before its noun or for one (bunul, buna, bunei). The
feminine takes -ă; -esc has -ească and -ești in both plurals, -tor has -toare, and -ian and -ean
have -ieni, -iene and -eni, -ene (italian, italieni; european, europene). Before the plural -i,
t d s x become ț z ș cș. Other vowels that alternate (negru, neagră; tânăr, tineri) are given.

Every form with ș or ț is also made with the cedilla (ş, ţ), which older fonts and much of the web
have in its place. Not made: text without diacritics (fata for față and fată would be one), and
clitics, which follow a hyphen and leave the noun as it is (mama-i, soră-mea). Listed: the article
without its l in the commonest words (băiatu'), and kin words that occur only before a possessive
(maică-sa, nevesti-sii).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "gender": "feminine or masculine; without it, lemmas in -ă, -ie and -oare are feminine",
    "plural": "the plural without the article, where the rule does not make it",
    "vocative": "vocative or vocatives of the singular",
    "articulated": "a second singular with the article (tata beside tatăl)",
    "oblique": "a second genitive-dative singular with the article (tatei beside tatălui)",
    "tail": "what follows the inflected noun in a lemma of several words",
    "tail_plural": "the tail as an adjective in the plural and the feminine genitive-dative",
    "class": "invariable: the lemma is the only form",
    "except": "forms that are not made of this word, being mostly another word",
}

ADJECTIVE_KEYS = {
    "feminine": "the feminine singular, where the rule does not make it",
    "plural": "the masculine plural, where the rule does not make it",
    "feminine_plural": "the feminine plural, where the rule does not make it",
    "tail": "what follows the inflected adjective in a lemma of several words",
    "class": "invariable: the lemma is the only form",
}

CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
MASCULINE_PLURALS = (
    ("st", "ști"),
    ("te", "ți"),
    ("de", "zi"),
    ("t", "ți"),
    ("d", "zi"),
    ("s", "și"),
    ("e", "i"),
    ("u", "i"),
    ("i", "i"),
)
ADJECTIVE_PLURALS = (
    ("esc", "ești"),
    ("ian", "ieni"),
    ("ean", "eni"),
    ("x", "cși"),
    *MASCULINE_PLURALS,
)
FEMININES = (("esc", "ească"), ("tor", "toare"), ("u", "ă"))
ADJECTIVE_FEMININE_PLURALS = (
    ("ească", "ești"),
    ("toare", "toare"),
    ("iană", "iene"),
    ("eană", "ene"),
    ("e", "i"),
    ("ă", "e"),
)
FEMININE_PLURALS = (("ie", "ii"), ("e", "i"), ("ă", "e"))
FEMININE_ARTICLES = (("ie", "ia"), ("e", "ea"), ("ă", "a"))


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a word, each also in the spelling with the cedilla."""
    left_out = word.texts("except")
    yield from _spellings(form for form in _with_tail(word) if form.text not in left_out)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective, each also in the spelling with the cedilla."""
    yield from _spellings(_adjective(word))


def _spellings(forms: Iterable[Inflected]) -> Iterator[Inflected]:
    for form in forms:
        yield form
        cedilla = form.text.translate(CEDILLA)
        if cedilla != form.text:
            yield Inflected(cedilla, form.number, f"{form.rule}, spelt with the cedilla")


def _adjective(word: Word) -> Iterator[Inflected]:
    kind, tail = word.text("class"), word.text("tail")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    if kind:
        raise ValueError(f"unknown class {kind!r}")
    if tail and not word.lemma.endswith(f" {tail}"):
        raise ValueError(f"the lemma does not end with its tail {tail!r}")
    masculine = word.lemma.removesuffix(f" {tail}")
    feminine, step = word.text("feminine"), "feminine with its own stem"
    if not feminine:
        feminine, ending = _replace(masculine, FEMININES, "ă")
        step = f"feminine -{ending}"
    made: dict[str, Inflected] = {}
    for form in _masculine(masculine, word.text("plural"), ADJECTIVE_PLURALS):
        made.setdefault(form.text, form)
    for form in _feminine(feminine, word.text("feminine_plural"), ADJECTIVE_FEMININE_PLURALS):
        rule = step if form.rule == "lemma" else f"{step} + {form.rule}"
        made.setdefault(form.text, form._replace(rule=rule))
    for form in made.values():
        yield form._replace(text=f"{form.text} {tail}".rstrip())


def _with_tail(word: Word) -> Iterator[Inflected]:
    tail = word.text("tail")
    if not tail:
        yield from _forms(word, word.lemma)
        return
    if not word.lemma.endswith(f" {tail}"):
        raise ValueError(f"the lemma does not end with its tail {tail!r}")
    agreeing = word.text("tail_plural", tail)
    feminine = _gender(word, word.lemma.split()[0]) == "feminine"
    for form in _forms(word, word.lemma.removesuffix(f" {tail}")):
        oblique = feminine and "genitive" in form.rule
        ending = agreeing if form.number == PLURAL or oblique else tail
        yield form._replace(text=f"{form.text} {ending}")


def _forms(word: Word, lemma: str) -> Iterator[Inflected]:
    kind = word.text("class")
    if kind == "invariable":
        yield Inflected(lemma, FORMS, "lemma")
        return
    if kind:
        raise ValueError(f"unknown class {kind!r}")
    gender = _gender(word, lemma)
    if gender == "feminine":
        yield from _feminine(lemma, word.text("plural"))
    elif gender == "masculine":
        yield from _masculine(lemma, word.text("plural"))
    else:
        raise ValueError(f"unknown gender {gender!r}")
    for text in word.texts("articulated"):
        yield Inflected(text, SINGULAR, "article, second form")
    for text in word.texts("oblique"):
        yield Inflected(text, SINGULAR, "article, genitive-dative, second form")
    for text in word.texts("vocative"):
        yield Inflected(text, SINGULAR, "vocative")


def _gender(word: Word, lemma: str) -> str:
    feminine = lemma.endswith(("ă", "ie", "oare"))
    return word.text("gender", "feminine" if feminine else "masculine")


def _feminine(
    lemma: str, given: str, endings: tuple[tuple[str, str], ...] = FEMININE_PLURALS
) -> Iterator[Inflected]:
    plural, step = _plural(lemma, given, endings)
    article, ending = _replace(lemma, FEMININE_ARTICLES)
    oblique = plural[:-2] + "iei" if plural.endswith("ii") else plural + "i"
    yield Inflected(lemma, SINGULAR, "lemma")
    yield Inflected(article, SINGULAR, f"article -{ending}")
    yield Inflected(oblique, SINGULAR, "article, genitive-dative -i on the plural stem")
    yield Inflected(plural, PLURAL, step)
    yield Inflected(plural + "le", PLURAL, f"{step} + article -le")
    yield Inflected(plural + "lor", PLURAL, f"{step} + article, genitive-dative -lor")


def _masculine(
    lemma: str, given: str, endings: tuple[tuple[str, str], ...] = MASCULINE_PLURALS
) -> Iterator[Inflected]:
    plural, step = _plural(lemma, given, endings)
    article = {"u": "l", "ă": "l", "e": "le"}.get(lemma[-1], "ul")
    oblique = "lui" if lemma[-1] in "uăe" else "ului"
    yield Inflected(lemma, SINGULAR, "lemma")
    yield Inflected(lemma + article, SINGULAR, f"article -{article}")
    yield Inflected(lemma + oblique, SINGULAR, f"article, genitive-dative -{oblique}")
    yield Inflected(plural, PLURAL, step)
    yield Inflected(plural + "i", PLURAL, f"{step} + article -i")
    yield Inflected(plural + "lor", PLURAL, f"{step} + article, genitive-dative -lor")


def _plural(lemma: str, given: str, endings: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    if given:
        return given, "plural with its own stem"
    plural, ending = _replace(lemma, endings)
    return plural, f"plural -{ending}"


def _replace(lemma: str, endings: tuple[tuple[str, str], ...], added: str = "i") -> tuple[str, str]:
    """The lemma with its ending replaced, and the new one; without one of these, one is added."""
    for old, new in endings:
        if lemma.endswith(old):
            return lemma.removesuffix(old) + new, new
    return lemma + added, added
