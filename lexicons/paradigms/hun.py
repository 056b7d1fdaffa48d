"""Hungarian nouns: number, possessor, possessed -é and all productive cases; and adjectives.

A noun form is built in slots, from left to right: stem + number + possessor + -é + case.

- **Stem.** Final -a and -e become -á and -é before a suffix (anya: anyám, anyával), except before
  the essive-formal -ként (anyaként). Some stems lose their last vowel or shorten it before a
  suffix that begins with a vowel (kölyök: kölykök; úr: urak); the entry gives such a stem.
- **Harmony.** Endings come with back or front vowels (lányban, nőben), some also with rounded
  ones (nőhöz). The last vowel of the word decides; e, é, i, í look further left. Compounds
  follow their last member (lánytestvérrel), which the entry gives where it matters.
- **Linking vowel.** A stem that ends in a consonant takes -o-, -e- or -ö- before plural,
  accusative and possessor; lowering stems take -a-/-e- (társak, hölgyek), as all stems do after
  a plural or possessor ending (lányokat). The accusative needs no link after a vowel and j, l,
  ly, n, ny, r, s, sz, z, zs, unless the stem is a lowering one (lányt, embert; hölgyet).
- **Assimilation.** The v of -val/-vel and -vá/-vé becomes the last consonant of the stem; of
  a digraph the first letter is doubled (lánnyal, hölggyel, feleségemmel), in the spelling before
  1922 both (lánynyal).
- **Possessor.** One thing possessed: -m, -d, -(j)a/-(j)e, -(u)nk, -tok, -(j)uk; several: -im, -id,
  -i, -ink, -itok, -ik on the third person (lányaim) or on the stem if that ends in a vowel other
  than i (anyáim). Kinship nouns with a stem of their own (fiú: fiam; báty: bátyám) give the forms.
- **-é** "that of" (anyámé, a lányé) with the cases that occur after it, and its plural -éi.
- **-ék** "and those with him or her" (apámék, anyuéknál) of words marked as kin.

**Adjectives** do not inflect before a noun (fiatal nők), agree in number as predicates (fiatalok)
and take number and case as nouns of person (a fiatalokat), but for the superessive singular, which
is mostly their adverb. Those in -i, -ú, -ű have the linking vowel in the plural (kínaiak,
középkorúak).

Not made: the terminative -ig and translative -vá after a possessor other than -m and -a/-e, the
inner local cases and -ként after -ék (all hardly used); -é after the possessor of words that are
not kin, cases after -éi, double -éé; the essive-modal -ul/-ül (lexicalised:
feleségül vesz "marries"); the sociative -stul/-stül and the temporal -kor (not used of persons);
derived adjectives (emberi, férfias, gyerekes); adverbs of adjectives (magyarul in Hungarian,
fiatalon when young), comparison.

Can be checked against Rounds, "Hungarian: An Essential Grammar", and Kenesei, Vago and Fenyvesi,
"Hungarian" (Descriptive Grammars).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "head": "last member of a compound, for vowel harmony (testvér of lánytestvér)",
    "harmony": "back or front, where the vowels do not tell (férfi is back)",
    "lowering": "true for stems with the linking vowel -a-/-e- (társ: társak, társat)",
    "stem": "stem before a suffix that begins with a vowel, where it differs (kölyk of kölyök)",
    "plural": "bare plural, where the rules make another (férfiak)",
    "accusative": "accusative, where the rules make another (gyereket); empty for none",
    "superessive": "superessive, where the rules make another (úron)",
    "possessed": "third person singular, where not -a/-e or, after a vowel, -ja/-je (anyja)",
    "personal": "the six forms of one possessed, where irregular (fiam, fiad, fia …)",
    "possessions": "stems before -im, -id, -i … of several possessed, where irregular (szüle)",
    "bare": "true for words that take no possessor (the title úr)",
    "kin": "true for words of kinship, with -é after a possessor (apámé) and -ék (apámék)",
}

ADJECTIVE_KEYS = {
    key: KEYS[key] for key in ("head", "harmony", "lowering", "stem", "plural", "accusative")
}

_BACK = "aáoóuú"
_FRONT = "eéiíöőüű"
_ROUNDED = "öőüű"
_VOWELS = _BACK + _FRONT
_DIGRAPHS = ("cs", "dz", "gy", "ly", "ny", "sz", "ty", "zs")
_BARE_ACCUSATIVE = ("j", "l", "ly", "n", "ny", "r", "s", "sz", "z", "zs")

# Case endings with back and with front vowels; accusative, superessive, allative and the
# assimilating two are made by functions.
_CASES = (
    ("dative", "nak", "nek"),
    ("causal-final", "ért", "ért"),
    ("terminative", "ig", "ig"),
    ("inessive", "ban", "ben"),
    ("adessive", "nál", "nél"),
    ("illative", "ba", "be"),
    ("sublative", "ra", "re"),
    ("elative", "ból", "ből"),
    ("delative", "ról", "ről"),
    ("ablative", "tól", "től"),
)
# What is compared or given stands in these cases after -é (az anyámét, a lányéval).
_AFTER_E = ("accusative", "dative", "instrumental", "allative", "ablative")
# Hardly used of persons: after most possessors, and after -ék.
_RARE = ("terminative", "translative")
_RARE_OF_COMPANY = (*_RARE, "inessive", "illative", "elative", "essive-formal")
_PERSONS = ("my", "your", "his or her", "our", "your (plural)", "their")


class _Noun(NamedTuple):
    """What all forms of a word share: lemma, harmony and the vowel that links endings to it."""

    lemma: str
    stem: str
    back: bool
    link: str


class _Base(NamedTuple):
    """A form that takes case endings: its text, number and the steps that made it."""

    text: str
    number: str
    steps: tuple[str, ...]


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a word."""
    noun = _noun(word)
    one = [] if word.flag("bare") else list(_one_possessed(word, noun))
    several = [] if word.flag("bare") else _several_possessed(word, noun)
    bases = [_Base(noun.lemma, SINGULAR, ()), _plural(word, noun), *one, *several]
    for base in bases:
        yield from _declined(base, noun, word if base is bases[0] else None)
    yield from _per_person(noun)
    if not word.flag("kin"):
        yield from _that_of(bases[0], noun)
        yield from _that_of(bases[1], noun)
    else:
        for base in (*bases[:2], *one):
            yield from _that_of(base, noun)
        for base in (bases[0], *one):
            company = _Base(
                lengthened(base.text) + "ék", PLURAL, (*base.steps, "associative plural -ék")
            )
            yield from _declined(company, noun)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The bare form and its plural, both in all cases."""
    noun = _noun(word)
    plural = _plural(word, noun)
    if noun.stem.endswith(("i", "ú", "ű")) and not word.text("plural"):
        plural = plural._replace(text=noun.stem + ("ak" if noun.back else "ek"))
    for form in _declined(_Base(noun.lemma, SINGULAR, ()), noun, word):
        if not form.rule.startswith("superessive"):  # mostly the adverb: fiatalon, when young
            yield form
    yield from _declined(plural, noun)


def lengthened(text: str) -> str:
    """Final a and e as before a suffix: á, é."""
    return text[:-1] + {"a": "á", "e": "é"}.get(text[-1], text[-1])


def doubled(text: str) -> str:
    """The last consonant doubled, of a digraph its first letter: lány: lánny; one that is long
    already stays as it is: felnőtt: felnőtt-el."""
    if text[-1] == text[-2] or (text.endswith(_DIGRAPHS) and text[-3] == text[-2]):
        return text
    if text.endswith(_DIGRAPHS):
        return text[:-1] + text[-2:]
    return text + text[-1]


def has_back_harmony(text: str) -> bool:
    """Whether endings have back vowels: the last vowel decides, e, é, i, í look further left."""
    for letter in reversed(text.lower()):
        if letter in _BACK:
            return True
        if letter in _ROUNDED:
            return False
    return False


def _ends_in_vowel(text: str) -> bool:
    return text[-1].lower() in _VOWELS


def _is_rounded(text: str) -> bool:
    """Whether the last vowel is a rounded front one, so that endings have ö."""
    vowels = [letter for letter in text.lower() if letter in _VOWELS]
    return vowels[-1] in _ROUNDED


def _three_way(text: str, back: bool, endings: tuple[str, str, str]) -> str:
    """The ending with back, front or rounded vowel."""
    return endings[0] if back else endings[2] if _is_rounded(text) else endings[1]


def _noun(word: Word) -> _Noun:
    harmony = word.text("harmony")
    if harmony not in ("", "back", "front"):
        raise ValueError(f"harmony must be back or front, not {harmony!r}")
    last = word.text("head") or word.last
    back = harmony == "back" if harmony else has_back_harmony(last)
    lowering = word.flag("lowering")
    link = (
        "a" if back and lowering else "e" if lowering else _three_way(last, back, ("o", "e", "ö"))
    )
    return _Noun(word.lemma, word.text("stem") or word.lemma, back, link)


def _plural(word: Word, noun: _Noun) -> _Base:
    regular = lengthened(noun.stem) + ("" if _ends_in_vowel(noun.stem) else noun.link) + "k"
    return _Base(word.text("plural") or regular, PLURAL, ("plural -k",))


def _possessed(word: Word, noun: _Noun) -> str:
    """The form of the third person singular: lánya, anyja, nője."""
    if word.text("possessed"):
        return word.text("possessed")
    vowel = "a" if noun.back else "e"
    joined = lengthened(noun.stem)
    return joined + "j" + vowel if _ends_in_vowel(joined) else joined + vowel


def _one_possessed(word: Word, noun: _Noun) -> Iterator[_Base]:
    texts: tuple[str, ...] = word.texts("personal")
    if not texts:
        third = _possessed(word, noun)
        joined = lengthened(noun.stem)
        vowel = "u" if noun.back else "ü"
        their = third[:-1] + vowel + "k"
        if _ends_in_vowel(joined):
            your = joined + _three_way(joined, noun.back, ("tok", "tek", "tök"))
            texts = (joined + "m", joined + "d", third, joined + "nk", your, their)
        else:
            linked = joined + noun.link
            your = f"{linked}t{'o' if noun.back else noun.link}k"
            texts = (linked + "m", linked + "d", third, f"{joined}{vowel}nk", your, their)
    if len(texts) != len(_PERSONS):
        raise ValueError("personal must hold six forms")
    endings = ("-m", "-d", "-(j)a", "-unk", "-tok", "-(j)uk")
    if not noun.back:
        endings = ("-m", "-d", "-(j)e", "-ünk", "-tek", "-(j)ük")
    for text, person, ending in zip(texts, _PERSONS, endings, strict=True):
        yield _Base(text, SINGULAR, (f"{person} {ending}",))


def _several_possessed(word: Word, noun: _Noun) -> list[_Base]:
    stems = word.texts("possessions")
    if not stems:
        regular = lengthened(noun.stem)
        by_stem = _ends_in_vowel(regular) and not regular.endswith("i")
        stems = (regular if by_stem else _possessed(word, noun),)
    endings = ("im", "id", "i", "ink", "itok" if noun.back else "itek", "ik")
    return [
        _Base(stem + ending, PLURAL, (f"possessed plural, {person} -{ending}",))
        for stem in stems
        for ending, person in zip(endings, _PERSONS, strict=True)
    ]


def _declined(base: _Base, noun: _Noun, word: Word | None = None) -> Iterator[Inflected]:
    """A form in all cases; of a bare lemma, its word says what is irregular."""
    yield Inflected(base.text, base.number, " + ".join(base.steps) or "lemma")
    rare = _rare(base)
    for case, text in _cases(base.text, noun, word):
        if not case.startswith(rare):
            yield Inflected(text, base.number, " + ".join((*base.steps, case)))


def _rare(base: _Base) -> tuple[str, ...]:
    """The cases that are not made of a form, by the last step that made it."""
    last = base.steps[-1] if base.steps else ""
    if last.startswith("associative"):
        return _RARE_OF_COMPANY
    return _RARE if last and not last.startswith(("plural", "my -m", "his or her")) else ()


def _that_of(base: _Base, noun: _Noun) -> Iterator[Inflected]:
    """The forms with -é and -éi, "that of" and "those of"."""
    text = lengthened(base.text) + "é"
    steps = (*base.steps, "that of -é")
    yield Inflected(text, base.number, " + ".join(steps))
    for case, declined in _cases(text, noun):
        if case.split()[0] in _AFTER_E:
            yield Inflected(declined, base.number, " + ".join((*steps, case)))
    steps = (*base.steps, "those of -éi")
    yield Inflected(text + "i", base.number, " + ".join(steps))


def _per_person(noun: _Noun) -> Iterator[Inflected]:
    """The distributive: személyenként."""
    text = lengthened(noun.lemma)
    if noun.stem == noun.lemma:
        link = "" if _ends_in_vowel(text) else noun.link
        yield Inflected(f"{text}{link}nként", SINGULAR, "distributive -nként")


def _cases(text: str, noun: _Noun, word: Word | None = None) -> Iterator[tuple[str, str]]:
    """Every case but the nominative: its name with the ending, and the form."""
    base, back = lengthened(text), noun.back
    accusative = _accusative(text, noun, word)
    if accusative:
        yield "accusative -t", accusative
    for case, with_back, with_front in _CASES:
        ending = with_back if back else with_front
        long = base[-1] == base[-2] == ending[0]  # three letters are written as two: felnőttől
        yield f"{case} -{ending}", base + ending[long:]
    yield "essive-formal -ként", text + "ként"
    allative = _three_way(base, back, ("hoz", "hez", "höz"))
    yield f"allative -{allative}", base + allative
    on = "n" if _ends_in_vowel(base) else _three_way(base, back, ("on", "en", "ön"))
    yield f"superessive -{on}", (word and word.text("superessive")) or base + on
    joined = base + "v" if _ends_in_vowel(base) else doubled(base)
    yield f"instrumental -v{'al' if back else 'el'}", joined + ("al" if back else "el")
    yield f"translative -v{'á' if back else 'é'}", joined + ("á" if back else "é")
    if base.endswith(_DIGRAPHS):
        rule = f"instrumental -v{'al' if back else 'el'} in the spelling before 1922"
        yield rule, base + base[-2:] + ("al" if back else "el")


def _accusative(text: str, noun: _Noun, word: Word | None) -> str:
    """The accusative of a bare lemma (with its word) or of a form with other endings."""
    base = lengthened(text)
    if word is None:
        after = "" if _ends_in_vowel(base) else "a" if noun.back else "e"
        return f"{base}{after}t"
    if "accusative" in word.keys:
        return word.text("accusative")
    if _ends_in_vowel(base):
        return base + "t"
    consonant = text[-2:] if text.endswith(_DIGRAPHS) else text[-1]
    single = _ends_in_vowel(text.removesuffix(consonant))
    regular = noun.stem == noun.lemma and not word.flag("lowering")
    if regular and single and consonant in _BARE_ACCUSATIVE:
        return text + "t"
    return f"{noun.stem}{noun.link}t"
