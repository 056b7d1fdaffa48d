"""Indonesian nouns: reduplication, the clitics written on the noun, and the words before it.

    anak-anak-ku-lah     child-REDUPLICATION-MY-EMPHATIC

- **Number.** The bare noun says nothing of number. Reduplication with a hyphen is a plural
  (anak-anak); in a phrase the head is reduplicated (anak-anak perempuan). para before the noun is
  one too (para ibu).
- **Possession**: -ku my, -mu your, -nya his, her, its, their, the. They stand at the end of a
  phrase (anak laki-lakinya).
- **Particles** after the noun or its possessive: -lah emphatic, -kah question, -pun also, even; the
  last is a word of its own by the rules and often written on.
- **Classifier.** A number counts persons with orang (dua orang anak, two children; seorang anak):
  orang and the noun are one form, which is not counted as a person besides.

Not made: derived nouns (keibuan, kewanitaan; ibunda is a word of its own), abbreviations with 2
(anak2). Check with Sneddon, Indonesian: A Comprehensive Grammar.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, Inflected, Word

KEYS = {
    "bare": "true: an address or a loan without clitics, reduplication and classifier",
    "reduplicated": "false: no reduplication, as the lemma is reduplicated or the phrase changes "
    "its meaning (orang-orang tua, old people)",
    "classifier": "false: not counted with orang",
}

POSSESSIVES = {"ku": "my", "mu": "your", "nya": "his or her"}
PARTICLES = {"lah": "emphatic", "kah": "question", "pun": "also"}


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = word.lemma
    yield Inflected(lemma, FORMS, "lemma")
    if word.flag("bare"):
        return
    yield from _clitics(lemma, FORMS, "")
    if word.keys.get("reduplicated") is not False:
        yield Inflected(_reduplicated(lemma), PLURAL, "reduplication")
        yield from _clitics(_reduplicated(lemma), PLURAL, "reduplication + ")
    yield Inflected(f"para {lemma}", PLURAL, "plural para")
    yield from _clitics(f"para {lemma}", PLURAL, "plural para + ", particles=False)
    if word.keys.get("classifier") is not False:
        yield Inflected(f"orang {lemma}", FORMS, "classifier orang")
        yield from _clitics(f"orang {lemma}", FORMS, "classifier orang + ", particles=False)


def _reduplicated(lemma: str) -> str:
    """A noun twice; of a phrase the head: anak-anak perempuan."""
    head, blank, rest = lemma.partition(" ")
    return f"{head}-{head}{blank}{rest}"


def _clitics(text: str, number: str, before: str, particles: bool = True) -> Iterator[Inflected]:
    """A noun with its possessives and particles."""
    for clitic, person in POSSESSIVES.items():
        yield Inflected(text + clitic, number, f"{before}{person} -{clitic}")
        for particle, name in PARTICLES.items() if particles else ():
            rule = f"{before}{person} -{clitic} + {name} -{particle}"
            yield Inflected(text + clitic + particle, number, rule)
    for particle, name in PARTICLES.items() if particles else ():
        yield Inflected(text + particle, number, f"{before}{name} -{particle}")
