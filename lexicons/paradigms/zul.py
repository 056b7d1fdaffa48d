"""Zulu nouns: number, and what is written together with the noun before it and after it.

A noun is augment + class prefix + stem: u-mu-ntu person, a-ba-ntu persons. Classes of persons:

    1/2    umu-, um-    aba-       umuntu abantu, umfazi abafazi
    1a/2a  u-           o-         umama omama
    5/6    i-           ama-       ibhungu amabhungu
    7/8    isi-, is-    izi-, iz-  isalukazi izalukazi
    9/10   in-          izin-      intombi izintombi; ingane izingane (plural given)
    9/6    in-          ama-       indoda amadoda (plural given)
    noun   owe-         abe-       owesifazane abesifazane, "(the one) of female kind"

- **Augment dropped** (muntu, bantu, ndoda, mama): after negatives and demonstratives, and as the
  vocative. A demonstrative is also written on it (lomuntu, lendoda, labantu); these look like the
  possessive with la-.
- **Coalescence.** A prefix in -a melts with the augment: a + u = o, a + i = e, a + a = a,
  a + o = o.
  So na- (and, with), nga-, njenga-, kuna-, nganga- and the possessive concords wa-, ba-, ya-, sa-,
  la-, za-, lwa-, kwa-, a-: nomuntu, ngendoda, womuntu, sabesifazane, kwezingane. w is also lost
  before o (lomuntu beside lwomuntu; komuntu). The pronominal possessives (owomuntu, ezabantu)
  stand on these.
- **Class 1a** is possessed with ka- after the concord (kamama, sikamama, bakamama); its plural
  coalesces (womama). Kin words of class 1 (umfowethu) have both.
- **Locative** ku- takes the augment's place (kumuntu, kubantu, kumadoda); before i- also kwi-
  (kwindoda); with 2a ko- (komama). e-…-ini: endodeni, ezinganeni, ebantwini; final a, e + ini =
  eni, o, u + ini = weni, wini. On it na-, nga-, njenga- and possessives with -s- (nasezinganeni).
- **Copulative.** ng- before u-, a-, o-, y- before i-: ngumuntu (also wumuntu), ngabantu, yindoda.
  On it subject concords (ungumuntu, bangabantu, uyindoda), relative ones (ongumfana, oyindoda,
  abangabazali), those of the past and with se, already or still (wayeyindoda, useyindoda).
- **Having**: concord + na- + noun (unengane, onabantwana, wayenendodana, kunabantu). After a
  negative the augment drops (akanangane, abangenabazali).
- **Nouns in owe-** keep o-/a- as an augment (nowesifazane, kowesifazane, labesifazane). Without it
  they are also attributes (umdlali wesifazane, a female player), so that wesifazane and besifazane
  are made after a demonstrative or "other" only (lo wesifazane, omunye wesifazane).
- **Adjectives** of a place are possessives on its locative: eMelika, waseMelika (American, of
  America), with the concords of all classes and their relatives (eyaseMelika). The persons are
  nouns (owaseMelika, abaseMelika).
- **Diminutive** -nyana / -anyana is given as a word of its own (umfanyana).

Not made: -kazi and augmentatives (other words), future concords (uzoba nengane is two words), the
copulative with yi- before a- (yibantu), stacks of two adverbial prefixes beside nanga-, naku-,
njengaku-. Prefixes that hasty writing cuts off leave the noun without its augment, which is made.
Check with Poulos and Msimang, A Linguistic Analysis of Zulu (1998), and Doke, Textbook of Zulu
Grammar.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, Inflected, Word
from corpus_assay.lexicons.paradigms.bantu import KEYS as SHARED_KEYS
from corpus_assay.lexicons.paradigms.bantu import Noun, Pair, numbers

KEYS = SHARED_KEYS | {
    "class": "1, 1a, 5, 7, 9 or owe; without it 1 for um-, 9 for in-, owe for owe-",
    "ka": "true: a kin word of class 1 that is possessed with ka- too (kamfowethu)",
    "locative": "false: no locative e-…-ini, as the word ends in a possessive (abafowethu)",
}

PAIRS: dict[str, tuple[Pair, ...]] = {
    "1": (("umu", "aba"), ("um", "aba")),
    "1a": (("u", "o"),),
    "5": (("i", "ama"),),
    "7": (("isi", "izi"), ("is", "iz")),
    "9": (("in", "izin"),),
    "owe": (("owe", "abe"),),
}
GUESSES = (("owe", "owe"), ("um", "1"), ("in", "9"))
"""Class of a lemma by how it begins."""

COALESCENCE = {"a": "a", "i": "e", "u": "o", "o": "o"}
"""What -a of a prefix and the augment become."""

ADVERBIAL = {
    "na": "and",
    "nga": "by",
    "nanga": "also by",
    "njenga": "like",
    "nganga": "as big as",
    "kuna": "than",
}
POSSESSIVE = ("wa", "ba", "ya", "la", "a", "sa", "za", "lwa", "kwa")
"""Concords of the possessed noun. a- is of class 6 (amehlo omuntu)."""
PRONOMINAL = ("owa", "aba", "eya", "ela", "awa", "esa", "eza", "olwa", "okwa", "kweza", "ngeza")
"""Possessives with the augment, "that of"; with kwe-, nge- on that of classes 8 and 10."""
POSSESSIVE_KA = ("ka", "sika", "zika", "lika", "luka", "baka", "buka", "kuka", "oka", "aka", "eka")
"""Possessives of class 1a."""
DEMONSTRATIVE = (
    "kul",
    "nal",
    "njengal",
    "ngal",
    "kunal",
    "wal",
    "bal",
    "yal",
    "sal",
    "zal",
    "kwal",
)
"""Prefixes before a demonstrative la- that is written on the noun; without one it is as la-."""

CONCORDS = {
    "singular": (
        *("ngi", "u", "i", "li", "si", "lu", "bu", "ku", "e"),
        *("engi", "o", "eli", "esi", "olu", "obu", "oku"),
        *("waye", "owaye", "beku", "kwaku", "ngangi", "ube", "ebe"),
        *("use", "ese", "ngise", "sengi", "kuse"),
    ),
    "plural": (
        *("si", "ni", "ba", "a", "zi", "be", "ku"),
        *("esi", "eni", "aba", "ezi", "oku"),
        *("babe", "ababe", "bebe", "beku", "kwaku", "sasi"),
        *("base", "sebe", "kuse"),
    ),
}
"""Concords before a copulative of that number: subject, relative, past, and with se (already)."""
HAVING = tuple(dict.fromkeys(CONCORDS["singular"] + CONCORDS["plural"]))
NEGATIVE = ("angi", "aka", "asi", "aba", "ayi", "azi", "ali", "aku")
NEGATIVE_RELATIVE = ("onge", "enge", "abange", "ezinge", "elinge", "okunge")

LOCATIVE_STACK = ("na", "nga", "njenga", "ya", "wa", "ba", "za", "la", "sa", "kwa", "a")
"""Prefixes before the locative in e-, with s between."""
LOCATIVE_END = {"a": "eni", "e": "eni", "i": "ini", "o": "weni", "u": "wini"}

BEFORE_ATTRIBUTE = {
    "singular": (
        "lo",
        "lona",
        "lowo",
        "omunye",
        "nomunye",
        "komunye",
        "ngomunye",
        "womunye",
        "yilo",
    ),
    "plural": ("laba", "labo", "abanye", "nabanye", "kwabanye", "ngabanye", "yilaba"),
}
"""Words after which a noun in owe- without its augment is a noun."""


def inflect(word: Word) -> Iterator[Inflected]:
    lemma = word.lemma
    noun_class = word.text("class") or next((c for x, c in GUESSES if lemma.startswith(x)), "")
    for noun in numbers(word, noun_class, PAIRS):
        for text, rule in _written(noun, word.flag("ka"), word.keys.get("locative") is not False):
            steps = (
                rule if noun.rule == "lemma" else f"{noun.rule} + {rule}".removesuffix(" + lemma")
            )
            yield Inflected(text + noun.tail, noun.number, steps)


def coalesce(prefix: str, noun: str) -> str:
    """A prefix in -a before a noun with its augment: na + umuntu = nomuntu."""
    return prefix[:-1] + COALESCENCE[noun[0]] + noun[1:]


def copulative(noun: str) -> str:
    """It is …: yindoda, ngumuntu."""
    return ("y" if noun[0] == "i" else "ng") + noun


def locative(noun: str) -> str:
    """In, at, to …, with e- and -ini: endodeni."""
    return "e" + noun[1:-1] + LOCATIVE_END[noun[-1]]


def _written(noun: Noun, ka: bool, in_place: bool) -> Iterator[tuple[str, str]]:
    """Every shape of one number of a noun, with the rule that makes it."""
    head, stem = noun.head, noun.head[1:]
    plural = noun.number == PLURAL
    first_a = noun.noun_class == "1a"
    yield head, "lemma"
    if noun.noun_class == "owe":
        for before in BEFORE_ATTRIBUTE[noun.number]:
            yield f"{before} {stem}", f"augment dropped after {before}"
    else:
        yield stem, "augment dropped"
    yield from _possessed(head, stem, first_a and not plural, ka and not plural)
    for prefix, name in ADVERBIAL.items():
        yield coalesce(prefix, head), f"{name} {prefix}-"
    yield from _located(noun, head, stem, in_place and not first_a and noun.noun_class != "owe")
    yield copulative(head), "copulative"
    if head[0] == "u":
        yield f"w{head}", "copulative w-"
    for concord in CONCORDS[noun.number]:
        yield concord + copulative(head), f"{concord}- + copulative"
    for concord in HAVING:
        yield concord + coalesce("na", head), f"{concord}- + having na-"
    if noun.noun_class != "owe":
        for concord in (*NEGATIVE, *NEGATIVE_RELATIVE):
            yield f"{concord}na{stem}", f"{concord}- + having na- + augment dropped"


def _possessed(head: str, stem: str, only_ka: bool, ka: bool) -> Iterator[tuple[str, str]]:
    """Of the …, and demonstratives written on the noun."""
    if only_ka or ka:
        for concord in POSSESSIVE_KA:
            yield concord + stem, f"possessive {concord}-"
    if only_ka:
        yield f"lo{stem}", "demonstrative lo-"
        yield f"kwa{stem}", "at the place of kwa-"
        return
    for concord in (*POSSESSIVE, *PRONOMINAL):
        made = coalesce(concord, head)
        yield made.replace("kwo", "ko", 1), f"possessive {concord}-"
        if "lwo" in made[:3]:
            yield made.replace("lwo", "lo", 1), f"possessive {concord}- without w"
    for prefix in DEMONSTRATIVE:
        yield coalesce(f"{prefix}a", head), f"{prefix}- + demonstrative la-"


def _located(noun: Noun, head: str, stem: str, in_place: bool) -> Iterator[tuple[str, str]]:
    """At, in, to the …, with ku- and with e-…-ini."""
    shapes = {"kwi": stem} if head[0] == "i" else {}
    if head[0] == "o":
        shapes["ko"] = stem
    else:
        shapes["ku"] = stem
    for prefix, rest in shapes.items():
        for before in ("", "na", "njenga"):
            steps = f"{before}- + " if before else ""
            yield before + prefix + rest, f"{steps}locative {prefix}-"
    if in_place and not (noun.noun_class == "1" and noun.number != PLURAL):
        made = locative(head)
        yield made, "locative e-…-ini"
        for prefix in LOCATIVE_STACK:
            yield f"{prefix}s{made}", f"{prefix}s- + locative e-…-ini"


ADJECTIVE_KEYS: dict[str, str] = {}

ADJECTIVE_CONCORDS = ("wa", "ba", "ya", "la", "a", "sa", "za", "lwa", "bwa", "kwa")
ADJECTIVE_RELATIVES = ("eya", "ela", "esa", "eza", "olwa", "okwa", "obwa")
"""Those of owa- and aba- are nouns, those of awa- are rare."""


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The adjective of a place, whose locative is the lemma; other lemmas as they stand."""
    if not word.lemma.startswith("e"):
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    for concord in (*ADJECTIVE_CONCORDS, *ADJECTIVE_RELATIVES):
        yield Inflected(f"{concord}s{word.lemma}", FORMS, f"{concord}s- + locative")
