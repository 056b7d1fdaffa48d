"""Maltese: number, the possessive suffixes of kinship nouns, the euphonic vowel.

A noun has no case. The article is written with a hyphen (il-mara, ir-raġel, l-omm) or joined to a
preposition with one (tal-mara, mir-raġel), and short prepositions with an apostrophe (t'ommi), so
that the noun stands as a word of its own. What is written in the noun:

- **number**: sound and broken plurals, both lexical, are given in the entry;
- **possession**: a few kinship nouns take the pronoun as a suffix (ommi, missieru); all others
  take tiegħi, tiegħek …, words of their own. The singular suffixes begin with a vowel after a
  consonant (-i -ek -u; -ok for -ek after a syllable with o) and are -k, -h after a vowel; those of
  her and of the plural persons begin with a consonant (-ha -na -kom -hom) and may need another
  stem (ibn-i, bin-ha);
- **euphonic i**: after a consonant a noun takes i before l, m, n, r, s or x and a second consonant
  (rġiel, l-irġiel); the entry gives such forms.

An adjective agrees in gender and number; it is the noun for people as well. The feminine and the
plural follow from the end of the masculine: ``-a`` and ``-i`` after a consonant (Taljan) and for
``-u`` (Russu), ``-ċi`` for ``-ku`` (Kattoliċi), ``-ija`` and ``-in`` for ``-i`` (Għawdxi), ``-ea``
and ``-ej`` for ``-ew`` (Ewropew); one in ``-a`` is of both genders (soċjalista, soċjalisti).
Broken plurals and other stems are given in the entry.

Not made: suffixes on nouns where usage varies (nanna, ziju, tifel), the dual (of no word here).

See Borg and Azzopardi-Alexander, Maltese (1997).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "plural": "plurals",
    "variants": "other spellings of the lemma, and the form with the euphonic i",
    "possessed": "the stem before suffixes with a vowel (marti: mart); without it none are made",
    "closed": "the stem before suffixes that begin with a consonant, where it differs (binha: bin)",
    "thy": 'the suffix of the second person singular, where it is not -ek ("ok")',
    "persons": "the suffixes in use, where not all are",
    "bare": "false where the lemma without a suffix is another word",
    "class": '"plural": the lemma is a plural',
}

ADJECTIVE_KEYS = {
    "class": '"invariable": no gender and no number',
    "feminine": "the feminine, where it does not follow from the masculine",
    "plural": "plurals, where they do not",
    "variants": KEYS["variants"],
}

AFTER_CONSONANT = {"i": "my", "ek": "your", "u": "his"}
AFTER_VOWEL = {"ja": "my", "k": "your", "h": "his"}
AGREEMENT = (
    ("ku", "ka", "ċi"),
    ("ew", "ea", "ej"),
    ("u", "a", "i"),
    ("i", "ija", "in"),
    ("a", "a", "i"),
)
"""Endings of the masculine, and the feminine and the plural in their place; the first that fits."""
HEAVY = {"ha": "her", "na": "our", "kom": "your (plural)", "hom": "their"}


def inflect(word: Word) -> Iterator[Inflected]:
    """The noun, its plurals and its possessed forms."""
    kind = word.text("class")
    if kind not in ("", "plural"):
        raise ValueError(f"unknown class {kind!r}")
    number = PLURAL if kind == "plural" else SINGULAR
    if word.keys.get("bare") is not False:
        yield Inflected(word.lemma, number, "lemma")
    for variant in word.texts("variants"):
        yield Inflected(variant, number, "other spelling")
    for plural in word.texts("plural"):
        yield Inflected(plural, PLURAL, f"plural {plural}")
    stem = word.text("possessed")
    if not stem:
        return
    for suffix, (text, whose) in _possessed(stem, word.text("closed") or stem, word).items():
        if not word.texts("persons") or suffix in word.texts("persons"):
            yield Inflected(text, number, f"{whose} -{suffix}")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The masculine, the feminine and the plural."""
    kind = word.text("class")
    if kind not in ("", "invariable"):
        raise ValueError(f"unknown class {kind!r}")
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    feminine, plural = agreement(word.lemma)
    yield Inflected(word.lemma, SINGULAR, "lemma")
    for variant in word.texts("variants"):
        yield Inflected(variant, SINGULAR, "other spelling")
    feminine = word.text("feminine") or feminine
    if feminine != word.lemma:
        yield Inflected(feminine, SINGULAR, f"feminine {feminine}")
    for text in word.texts("plural") or (plural,):
        yield Inflected(text, PLURAL, f"plural {text}")


def agreement(masculine: str) -> tuple[str, str]:
    """The regular feminine and plural of an adjective."""
    for ending, feminine, plural in AGREEMENT:
        if masculine.endswith(ending):
            stem = masculine.removesuffix(ending)
            return stem + feminine, stem + plural
    return masculine + "a", masculine + "i"


def _possessed(stem: str, closed: str, word: Word) -> dict[str, tuple[str, str]]:
    light = AFTER_VOWEL if stem[-1] in "aeiou" else AFTER_CONSONANT
    found = {suffix: (stem + suffix, whose) for suffix, whose in light.items()}
    thy = word.text("thy")
    if thy:
        found = {thy if suffix == "ek" else suffix: row for suffix, row in found.items()}
        found[thy] = (stem + thy, AFTER_CONSONANT["ek"])
    return found | {suffix: (closed + suffix, whose) for suffix, whose in HEAVY.items()}
