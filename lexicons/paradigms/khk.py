"""Khalkha Mongolian nouns in Cyrillic: number, case, and the reflexive possessive.

    хүүхэд, хүүхд-ийн, хүүхд-ээ      аав-тай-гаа "with one's own father"      эмэгтэй-чүүд-ээс

- **Harmony.** Endings with a long vowel take аа, оо, ээ or өө after the last vowel of the word; и
  does not count (охин, охиноос), у counts as а, ү as э (хөвгүүн, хөвгүүнээс). In the comitative
  and what stands on it, ө words take э (нөхөртэй, нөхөртэйгээ).
- **Stems.** A short vowel before the last consonant is fleeting: эцэг, эцгийн; the entry gives the
  ``stem``. A final short vowel drops (авга, авгын), a final ь becomes и (хань, ханийн), and a long
  vowel is written with one letter after и (ханиас). After a long vowel or a diphthong г stands
  before a vowel (дүү, дүүгээс; эмэгтэй, эмэгтэйгээс).
- **Genitive** -гийн after a long vowel, -н after й, -ы or -ий after н, else -ын or -ийн; back words
  take -ийн after ж, ч, ш, г, и. The **accusative** is alike with г. The **dative** is -т after р,
  г, с; -ид after ж, ч, ш; -д after vowels, л, м, н, в; a vowel and -д after others (ахад, хүүхдэд).
- The **reflexive** stands on the stem (ээжээ), and on every case (ээжийнхээ, ээждээ, ээжээсээ,
  ээжээрээ, ээжтэйгээ).
- Genitive + -х is what or who belongs to the person (аавынх), + -д at the person's home (аавынд).
- **Plurals** are in the entry, since the ending is the word's own (-чүүд, -үүд, -д, -с, and the
  separate нар); each is declined like a noun.

Not made: -гүй (without), diminutives in -хан, and the directive руу, which is a word of its own.
Hidden н (морь, морины) does not occur in these words. Check with Janhunen, Mongolian (2012).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word

KEYS = {
    "stem": "the word before an ending that begins with a vowel, where a vowel drops (хүүхд)",
    "plural": "its plurals, each declined (эмэгтэйчүүд); нар is written with the lemma before it",
    "dative": "the dative where it is not by rule",
}

LOW = dict(zip("аяуюоёэеүө", "ааааооэээө", strict=True))
LONG = ("аа", "ээ", "оо", "өө", "уу", "үү", "юу", "юү", "яа", "ёо", "еэ")
VOWELS = "аоуэөүяёеюи"


def harmony(word: str) -> str:
    """The vowel of endings: а, о, э or ө, after the last vowel that is not и."""
    return next(
        (LOW[letter] for letter in word[::-1].split(" ", maxsplit=1)[0] if letter in LOW), "э"
    )


def before_vowel(word: str, stem: str) -> str:
    """The word as it stands before an ending that begins with a long vowel."""
    if stem:
        return stem
    if word.endswith((*LONG, "й")):
        return word + "г"
    if word.endswith("ь"):
        return word[:-1] + "и"
    return word[:-1] if word[-1] in "аоэөуүе" else word


def genitive_accusative(word: str, stem: str) -> tuple[str, str]:
    """Both cases, whose endings go together; the genitive of н words has no н of its own."""
    bare = before_vowel(word, stem)
    if word.endswith(LONG):
        return word + "гийн", word + "г"
    if word.endswith("й"):
        return word + "н", word + "г"
    if word.endswith(("ь", "и")):
        return bare + "йн", bare + "йг"
    back = harmony(word) in "ао" and bare[-1] not in "жчшгк"
    vowel = "ы" if back else "ий"
    genitive = bare + vowel if bare.endswith("н") else f"{bare}{vowel}н"
    return genitive, f"{bare}{vowel}г"


def dative(word: str, stem: str) -> tuple[str, str]:
    """The dative, and the same before a reflexive, which needs no vowel to lean on."""
    last = word[-1]
    if last in VOWELS + "йьлмнв":
        return word + "д", word + "д"
    if last in "ргс":
        return word + "т", word + "т"
    vowel = "и" if last in "жчш" else harmony(word)
    return before_vowel(word, stem) + vowel + "д", word + "д"


def inflect(word: Word) -> Iterator[Inflected]:
    yield from _declined(word.lemma, word.text("stem"), "singular", "", word.text("dative"))
    for plural in word.texts("plural"):
        form = f"{word.lemma} нар" if plural == "нар" else plural
        yield from _declined(form, "", "plural", f"plural {plural}", "")


def _declined(text: str, stem: str, number: str, start: str, irregular: str) -> Iterator[Inflected]:
    """All cases of a singular or of a plural, plain and reflexive."""
    vowel = harmony(text)
    bare = before_vowel(text, stem)
    genitive, accusative = genitive_accusative(text, stem)
    at, at_own = dative(text, stem)
    if irregular:
        at = at_own = irregular
    low = vowel if bare.endswith("и") else vowel * 2
    ablative = f"{bare}{low}с"
    instrumental = f"{bare}{low}р"
    comitative = text + {"а": "тай", "о": "той"}.get(vowel, "тэй")
    own = vowel * 2
    own_after_comitative = "ээ" if vowel == "ө" else own

    def made(form: str, *steps: str) -> Inflected:
        return Inflected(form, number, " + ".join(filter(None, (start, *steps))) or "lemma")

    yield made(text)
    yield made(bare + low, f"reflexive -{low}")
    for name, form in (("genitive", genitive), ("accusative", accusative), ("dative", at)):
        yield made(form, name)
    yield made(ablative, f"ablative -{ablative[len(bare) :]}")
    yield made(instrumental, f"instrumental -{instrumental[len(bare) :]}")
    yield made(comitative, f"comitative -{comitative[len(text) :]}")
    yield made(f"{genitive}х{own}", "genitive", f"reflexive -х{own}")
    yield made(accusative + own, "accusative", f"reflexive -{own}")
    yield made(at_own + own, "dative", f"reflexive -{own}")
    yield made(ablative + own, "ablative", f"reflexive -{own}")
    yield made(instrumental + own, "instrumental", f"reflexive -{own}")
    yield made(
        f"{comitative}г{own_after_comitative}", "comitative", f"reflexive -г{own_after_comitative}"
    )
    yield made(genitive + "х", "genitive", "belonging to -х")
    yield made(genitive + "д", "genitive", "at the home of -д")
