"""Georgian nouns: case, number, postpositions, particles written with them; and adjectives.

    ქალ-ი, ქალ-მა, ქალ-ს, ქალ-ის, ქალ-ით, ქალ-ად, ქალ-ო
    დედა, დედა-მ, დედა-ს, დედ-ის, დედ-ით, დედა-დ
    ქალ-ებ-ი       ქალ-ის-თვის-აც "for the woman too"      დედა-ჩემ-ს "my mother"

- **Classes**, by the last letter of the lemma: -ი is the nominative ending of a consonant stem; a
  stem in -ა or -ე drops it before -ის and -ით, and -ა drops before the plural -ებ too (დედები,
  მეუღლეები); a stem in -ო or -უ keeps it and has -ს in the genitive and -თი in the instrumental
  (ბებოს, ბებოთი). ``class = "i"`` is a loan whose ი belongs to the stem (ლედი, ლედის, ლედები).
- **Syncope**: in some stems the last vowel drops in genitive, instrumental, adverbial and plural
  (მშობელი, მშობლის, მშობლები); the entry gives that ``stem``.
- **Plural** -ებ- with the endings of a consonant stem; the old plural -ნი, vocative -ნო, all else
  -თა, but not for loans of class i.
- **Postpositions** stand on the dative without its ს (-ში, -ზე; -თან after a consonant), on the
  full dative after a vowel (-თან, -ვით), on the genitive (-თვის, -გან, -კენ, -ადმი; also emphatic
  -ისათვის …), on the instrumental without its თ (-დან), on the adverbial without its დ (-მდე).
- The **emphatic** -ა stands on dative, genitive and instrumental; **-ც** (also) on all, with ა
  after a consonant; the copula -ა (is) on the nominative.
- **Kinship** words in -ა take a possessive pronoun as their second part: დედაჩემი, მამამისს.
- **Adjectives** in -ი agree before a noun: -მა in the ergative, -ო in the vocative, the bare stem
  in the dative and adverbial, -ი elsewhere (ქართული, ქართულმა, ქართულ); those in a vowel do not
  change. The copula and -ც stand on them, too. As nouns of person they are listed as nouns.

Not made: the quotative -ო, -ვე, -ურთ, double case, and the bare stem as first part of a compound,
except for titles before a name (``title``). Check with Hewitt, Georgian: A Structural Reference
Grammar (1995).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import Inflected, Word

KEYS = {
    "class": "i: the last ი is part of the stem (ლედი)",
    "stem": "the stem of genitive, instrumental, adverbial and plural where a vowel drops (მშობლ)",
    "vocative": "the vocative where it is not by rule (ძმაო)",
    "kin": "true: my, your, his … may be written as its second part (დედაჩემი)",
    "title": "true: stands before names as a bare stem (ბატონ გიორგის)",
    "collective": "true: a singular that means several; its forms are counted as plural",
    "only": "the cases (nominative, dative …) it is limited to; the others are another word's",
}

ADJECTIVE_KEYS = {"class": KEYS["class"]}

VOWELS = "აეიოუ"
POSSESSORS = {
    "my": "ჩემი",
    "your": "შენი",
    "his or her": "მისი",
    "our": "ჩვენი",
    "your (plural)": "თქვენი",
}
ON_GENITIVE = {"for": "თვის", "from": "გან", "towards": "კენ"}


def cases(lemma: str, syncopated: str, closed: bool) -> dict[str, str]:
    """The cases of a singular, or of a plural in -ებ-; ``closed``: the last ი is of the stem."""
    last = lemma[-1]
    if last == "ი" and not closed:
        full = lemma[:-1]
        short = syncopated or full
        return {
            "nominative": lemma,
            "ergative": full + "მა",
            "dative": full + "ს",
            "genitive": short + "ის",
            "instrumental": short + "ით",
            "adverbial": short + "ად",
            "vocative": full + "ო",
        }
    bare = lemma[:-1] if last in "აეი" else lemma
    keeps = last in "ოუ"
    return {
        "nominative": lemma,
        "ergative": lemma + "მ",
        "dative": lemma + "ს",
        "genitive": lemma + "ს" if keeps else bare + "ის",
        "instrumental": lemma + "თი" if keeps else bare + "ით",
        "adverbial": lemma + "დ",
        "vocative": lemma + ("" if last in "ოი" else "ვ"),
    }


def inflect(word: Word) -> Iterator[Inflected]:
    kind = word.text("class")
    if kind not in ("", "i"):
        raise ValueError(f"unknown class {kind!r}")
    closed = kind == "i"
    collective = word.flag("collective")
    only = word.texts("only")
    singular = cases(word.lemma, word.text("stem"), closed)
    if unknown := set(only) - set(singular):
        raise ValueError(f"unknown cases {sorted(unknown)}")
    if vocative := word.text("vocative"):
        singular["vocative"] = vocative
    number = "plural" if collective else "singular"
    yield from _forms(singular, number, "", closed, only)
    if word.flag("kin"):
        for name, possessor in POSSESSORS.items():
            owned = cases(word.lemma + possessor, "", False)
            del owned["vocative"]
            yield from _forms(owned, "singular", f"{name} -{possessor}", False, ())
    if word.flag("title"):
        yield Inflected(word.lemma.removesuffix("ი"), "singular", "bare stem before a name")
    if collective or only:
        return
    last = word.lemma[-1]
    if last == "ი" and not closed:
        stem = word.text("stem") or word.lemma[:-1]
    else:
        stem = word.lemma[:-1] if last in "აი" else word.lemma
    yield from _forms(cases(stem + "ები", "", False), "plural", "plural -ებ", False, ())
    if closed:
        return  # loans have no old plural
    old = word.lemma.removesuffix("ი")
    for ending, name in (("ნი", "nominative"), ("ნო", "vocative"), ("თა", "oblique")):
        yield Inflected(old + ending, "plural", f"old plural {name} -{ending}")
    for name, postposition in ON_GENITIVE.items():
        rule = f"old plural oblique -თა + {name} -{postposition}"
        yield Inflected(f"{old}თა{postposition}", "plural", rule)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The forms that agree with a noun, with the copula and -ც."""
    lemma = word.lemma
    yield Inflected(lemma, "forms", "lemma")
    yield Inflected(lemma + "ა", "forms", "copula -ა")
    yield Inflected(lemma + "ც", "forms", "also -ც")
    if lemma[-1] == "ი" and word.text("class") != "i":
        stem = lemma[:-1]
        yield Inflected(stem + "მა", "forms", "ergative -მა")
        yield Inflected(stem + "მაც", "forms", "ergative -მა + also -ც")
        yield Inflected(stem, "forms", "dative and adverbial, bare stem")
        yield Inflected(stem + "ო", "forms", "vocative -ო")


def _forms(
    table: dict[str, str], number: str, start: str, closed: bool, only: tuple[str, ...]
) -> Iterator[Inflected]:
    """The cases of a table with all that is written together with them."""
    for name, text in table.items():
        if only and name not in only:
            continue
        step = name if start or name != "nominative" else "lemma"
        rule = f"{start} + {name}" if start else step
        yield Inflected(text, number, rule)
        if name != "vocative":
            yield Inflected(_also(text), number, f"{rule} + also -ც")
        for more, made in _attached(name, text, table["nominative"], closed):
            yield Inflected(made, number, f"{rule} + {more}")
            if not more.startswith(("emphatic -", "copula", "like")):
                yield Inflected(_also(made), number, f"{rule} + {more} + also -ც")


def _also(text: str) -> str:
    return text + ("ც" if text[-1] in VOWELS else "აც")


def _attached(name: str, text: str, lemma: str, closed: bool) -> Iterator[tuple[str, str]]:
    """Postpositions and particles on one case, each with its name in the rule."""
    consonant = lemma.endswith("ი") and not closed
    if name == "nominative":
        yield "copula -ა", text + "ა"
        if consonant:
            yield "like -ვით", text + "ვით"
    elif name == "dative":
        yield "emphatic -ა", text + "ა"
        bare = text[:-1]
        yield "in -ში", bare + "ში"
        yield "on -ზე", bare + "ზე"
        yield "with -თან", (bare if consonant else text) + "თან"
        if not consonant:
            yield "like -ავით", text + "ავით"
    elif name == "genitive":
        yield "emphatic -ა", text + "ა"
        for meaning, postposition in ON_GENITIVE.items():
            yield f"{meaning} -{postposition}", text + postposition
            yield f"emphatic + {meaning} -ა{postposition}", f"{text}ა{postposition}"
        yield "towards -ადმი", text + "ადმი"
    elif name == "instrumental":
        if text.endswith("ით"):
            yield "emphatic -ა", text + "ა"
            yield "from -დან", text[:-1] + "დან"
        else:
            yield "from -დან", text.removesuffix("თი") + "დან"
    elif name == "adverbial":
        yield "up to -მდე", text[:-1] + "მდე"
