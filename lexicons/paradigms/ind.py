"""Indonesian nouns: reduplication, the clitics written on the noun, and the words before it.

    anak-anak-ku-lah     child-REDUPLICATION-MY-EMPHATIC

- **Number.** The bare noun says nothing of number. Reduplication with a hyphen is a plural
  (anak-anak), which informal writing shortens with a 2 (anak2); in a phrase the head is
  reduplicated (anak-anak perempuan). para before the noun is one too (para ibu).
- **Possession**: -ku my, -mu your, -nya his, her, its, their, the. They stand at the end of a
  phrase (anak laki-lakinya).
- **Particles** after the noun or its possessive: -lah emphatic, -kah question, -pun also, even; the
  last is a word of its own by the rules and often written on.
- **Classifier.** A number counts persons with orang (dua orang anak, two children; seorang anak):
  orang and the noun are one form, which is not counted as a person besides.

- **Adjectives** do not change. The name of a country, a people or a faith is its adjective as well
  (pasukan Prancis); marked with ``name`` it is made only after a head that names people.

Not made: derived nouns (keibuan, kewanitaan; ibunda is a word of its own). Check with Sneddon,
Indonesian: A Comprehensive Grammar.
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

ADJECTIVE_KEYS = {
    "name": "true: also the name of a country, people or faith; counted only after a head that "
    "names people (orang Prancis)",
}

HEADS = (
    *("orang", "orang-orang", "warga", "warga negara", "bangsa", "rakyat", "penduduk", "kaum"),
    *("masyarakat", "komunitas", "etnis", "suku", "suku bangsa", "keturunan", "kebangsaan"),
    *("berkebangsaan", "kewarganegaraan", "berdarah", "umat", "muslim", "keluarga"),
    *("penjajah", "pemukim", "tim", "bintang"),
    *("pria", "wanita", "perempuan", "laki-laki", "lelaki", "gadis", "anak-anak", "pemuda"),
    *("remaja", "mahasiswa", "siswa", "pelajar", "guru", "dokter", "pekerja", "imigran"),
    *("pengungsi", "turis", "wisatawan", "presiden", "perdana menteri", "menteri", "pejabat"),
    *("diplomat", "duta besar", "senator", "politisi", "politikus", "pemimpin", "raja", "ratu"),
    *("tentara", "pasukan", "prajurit", "serdadu", "militer", "polisi", "jenderal", "pilot"),
    *("pemain", "pelatih", "atlet", "petenis", "pembalap", "pesepak bola", "pegolf", "petinju"),
    *("pelari", "perenang", "penyerang", "kiper", "tim nasional", "timnas", "penggemar"),
    *("aktor", "aktris", "penyanyi", "musisi", "penulis", "sastrawan", "penyair", "sutradara"),
    *("seniman", "pelukis", "jurnalis", "wartawan", "fotografer", "ilmuwan", "peneliti"),
    *("pengusaha", "miliarder", "pengacara", "aktivis", "ulama", "petani", "juru bicara"),
)

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
        if " " not in lemma and "-" not in lemma:
            yield Inflected(f"{lemma}2", PLURAL, "reduplication, written 2")
            for clitic, person in POSSESSIVES.items():
                rule = f"reduplication, written 2 + {person} -{clitic}"
                yield Inflected(f"{lemma}2{clitic}", PLURAL, rule)
    yield Inflected(f"para {lemma}", PLURAL, "plural para")
    yield from _clitics(f"para {lemma}", PLURAL, "plural para + ", particles=False)
    if word.keys.get("classifier") is not False:
        yield Inflected(f"orang {lemma}", FORMS, "classifier orang")
        yield from _clitics(f"orang {lemma}", FORMS, "classifier orang + ", particles=False)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """An adjective as it stands, or a name after each head that makes it one."""
    if not word.flag("name"):
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    for head in HEADS:
        yield Inflected(f"{head} {word.lemma}", FORMS, f"after {head}")


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
