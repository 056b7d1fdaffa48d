"""Greek nouns for persons, and adjectives: four cases, two numbers, in monotonic spelling.

Classes are named by model nouns (άνθρωπος, αδελφός, άνδρας, πατέρας, μητέρα, κόρη, παιδί …); the
forms can be checked against the dictionary of the Triantafyllidis Institute. The accent stays where
the lemma has it, or moves to the ending (γυναίκα: γυναικών), or one syllable to the right before a
long ending (άνθρωπος: ανθρώπου). A noun with its accent on the third syllable from the end takes
a second one before an enclitic (ο άνθρωπός μου). Capitals are written without accents (ΓΥΝΑΙΚΑ);
such forms are made beside the others.

An adjective has three genders. Its accent stays on its syllable (άρρωστος, άρρωστου), also where
that of a noun moves: an adjective that is a noun too (ο άνεργος, των ανέργων) stands in both lists.
Classes: φτωχός (-ός, -ή, -ό), άρρωστος (-ος, -η, -ο), πλούσιος (-ος, -α, -ο, where a vowel stands
before the ending), παλιός (-ός, -ά, -ό), παχύς (-ύς, -ιά, -ύ), διεθνής (-ής, -ές). The neuter
plural is also the adverb and often the name of a language (γαλλικά). Comparatives are not made.

Learned genitives (μητρός, πατρός, ανδρός) are given in the entry. σύζυγος has two genders and the
article tells which: the key ``article`` makes the phrases (η σύζυγος, του συζύγου). Not made:
polytonic spelling, and the genitive plural of nouns that have none in use (μανούλα, αγοράκι).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word, case_tables
from corpus_assay.lexicons.paradigms.case_tables import Grammar, Sorted

CASES = ("nominative", "genitive", "accusative", "vocative")

KEYS = {
    key: meaning
    for key, meaning in case_tables.KEYS.items()
    if key in ("class", "stem", "plural_class", "plural_stem", "adjective", "adjective_stem")
    or (key.split("_")[0] in CASES and not key.endswith("dual"))
} | {
    "article": "the gender whose articles go before every form: feminine or masculine",
}

# Nominative, genitive, accusative, vocative. An accent in the ending takes that of the stem away;
# ^: the accent is on the last syllable of the stem.
DECLENSIONS: dict[str, dict[str, str]] = {
    # Masculine.
    "άνθρωπος": {"singular": "ος ^ου ο ε", "plural": "οι ^ων ^ους N"},
    "βετεράνος": {"singular": "ος ου ο ε", "plural": "οι ων ους N"},
    "αδελφός": {"singular": "ός ού ό έ", "plural": "οί ών ούς N"},
    "άνδρας": {"singular": "ας α α α", "plural": "ες ών N N"},
    "πατέρας": {"singular": "ας α α α", "plural": "ες ων N N"},
    "ενήλικας": {"singular": "ας α α α", "plural": "ες ^ων N N"},
    "γονέας": {"singular": "έας έα έα έα", "plural": "είς έων N N"},
    "συγγενής": {"singular": "ής ή/ούς ή ή", "plural": "είς ών N N"},
    "μπαμπάς": {"singular": "άς ά ά ά", "plural": "άδες άδων N N"},
    "παππούς": {"singular": "ούς ού ού ού", "plural": "ούδες ούδων N N"},
    "μαθητής": {"singular": "ής ή ή ή", "plural": "ές ών N N"},
    "εργάτης": {"singular": "ης η η η", "plural": "ες ών N N"},
    "παππούλης": {"singular": "ης η η η", "plural": "ηδες ηδων N N"},
    # Feminine.
    "γυναίκα": {"singular": "α ας α α", "plural": "ες ών N N"},
    "μητέρα": {"singular": "α ας α α", "plural": "ες ων N N"},
    "μανούλα": {"singular": "α ας α α", "plural": "ες . N N"},
    "πεθερά": {"singular": "ά άς ά ά", "plural": "ές ών N N"},
    "κοπελιά": {"singular": "ά άς ά ά", "plural": "ές . N N"},
    "γιαγιά": {"singular": "ά άς ά ά", "plural": "άδες άδων N N"},
    "κόρη": {"singular": "η ης η η", "plural": "ες ών N N"},
    "λαίδη": {"singular": "η ης η η", "plural": "ες . N N"},
    "αδελφή": {"singular": "ή ής ή ή", "plural": "ές ών N N"},
    "αδύνατη": {"singular": "η ης η η", "plural": "ες ων N N"},
    # Neuter.
    "παιδί": {"singular": "ί ιού ί ί", "plural": "ιά ιών N N"},
    "αγόρι": {"singular": "ι ιού ι ι", "plural": "ια ιών N N"},
    "παιδάκι": {"singular": "ι . ι ι", "plural": "ια . N N"},
    "άτομο": {"singular": "ο ^ου ο ο", "plural": "α ^ων N N"},
    "μωρό": {"singular": "ό ού ό ό", "plural": "ά ών N N"},
    "βρέφος": {"singular": "ος ους ος ος", "plural": "η ών N N"},
    "μπρο": {"singular": "- . - -"},
}

# Masculine, feminine, neuter; cells as above, the vocative plural being the nominative.
ADJECTIVES: dict[str, dict[str, tuple[str, str]]] = {
    "φτωχός": {
        "masculine": ("ός ού ό έ", "οί ών ούς N"),
        "feminine": ("ή ής ή ή", "ές ών N N"),
        "neuter": ("ό ού ό ό", "ά ών N N"),
    },
    "άρρωστος": {
        "masculine": ("ος ου ο ε", "οι ων ους N"),
        "feminine": ("η ης η η", "ες ων N N"),
        "neuter": ("ο ου ο ο", "α ων N N"),
    },
    "πλούσιος": {
        "masculine": ("ος ου ο ε", "οι ων ους N"),
        "feminine": ("α ας α α", "ες ων N N"),
        "neuter": ("ο ου ο ο", "α ων N N"),
    },
    "παλιός": {
        "masculine": ("ός ού ό έ", "οί ών ούς N"),
        "feminine": ("ά άς ά ά", "ές ών N N"),
        "neuter": ("ό ού ό ό", "ά ών N N"),
    },
    "παχύς": {
        "masculine": ("ύς ύ ύ ύ", "ιοί ιών ιούς N"),
        "feminine": ("ιά ιάς ιά ιά", "ιές ιών N N"),
        "neuter": ("ύ ύ ύ ύ", "ιά ιών N N"),
    },
    "διεθνής": {
        "masculine": ("ής ούς/ή ή ή", "είς ών N N"),
        "feminine": ("ής ούς/ής ή ή", "είς ών N N"),
        "neuter": ("ές ούς ές ές", "ή ών N N"),
    },
}

ADJECTIVE_KEYS = {
    "class": "the declension, named by its model adjective, or invariable; without it, the one "
    "that the ending tells",
}

ENDINGS = {
    "άκι": "παιδάκι", "ούλα": "μανούλα", "έας": "γονέας", "άς": "μπαμπάς", "ούς": "παππούς",
    "ός": "αδελφός", "ος": "βετεράνος", "ας": "πατέρας", "ης": "παππούλης", "ά": "πεθερά",
    "α": "γυναίκα", "ή": "αδελφή", "η": "κόρη", "ί": "παιδί", "ι": "αγόρι", "ό": "μωρό",
    "ο": "άτομο",
}  # fmt: skip
"""The class that the ending of a lemma tells; longer endings first."""

ARTICLES = {
    ("feminine", "nominative singular"): ("η", "μια", "μία"),
    ("feminine", "genitive singular"): ("της", "μιας"),
    ("feminine", "accusative singular"): ("τη", "την", "στη", "στην", "μια", "μία"),
    ("feminine", "accusative plural"): ("τις", "στις"),
    ("masculine", "nominative singular"): ("ο", "ένας"),
    ("masculine", "genitive singular"): ("του", "ενός"),
    ("masculine", "accusative singular"): ("τον", "στον", "έναν"),
    ("masculine", "accusative plural"): ("τους", "στους"),
}
"""The articles that tell the gender, alone and with σε."""
FORMER = ("", "πρώην ", "νυν ")
"""What may stand between article and spouse."""

TONOS = "\N{COMBINING ACUTE ACCENT}"
SYLLABLE = re.compile("αυ|ευ|αι|ει|οι|ου|υι|[αεηιουω]")


def attach(stem: str, ending: str) -> tuple[str, str]:
    """Stem and ending as one form with one accent, and the ending as it is written."""
    if ending[0] == "^":
        return accented(stem, -1) + ending[1:], ending[1:]
    if ending != plain(ending):
        return plain(stem) + ending, ending
    return stem + ending, ending


def plain(text: str) -> str:
    """The text without its accents; a diaeresis stays."""
    bare = unicodedata.normalize("NFD", text).replace(TONOS, "")
    return unicodedata.normalize("NFC", bare)


def accented(text: str, syllable: int) -> str:
    """The text with one accent, on the vowel of this syllable (-1 is the last)."""
    bare = plain(text)
    return _with_tonos(bare, list(SYLLABLE.finditer(bare))[syllable].end())


def before_enclitic(text: str) -> str:
    """The text with a second accent on its last vowel, where it has one on the third from the end;
    otherwise as it is."""
    bare = plain(text)
    vowels = list(SYLLABLE.finditer(bare))
    if len(vowels) < 3 or accented(bare, -3) != text:
        return text
    return _with_tonos(text, vowels[-1].end())


def _with_tonos(text: str, at: int) -> str:
    return unicodedata.normalize("NFC", text[:at] + TONOS + text[at:])


def sort(lemma: str) -> Sorted:
    """Class and stem of regular nouns, from the ending of the lemma."""
    for ending, declension in ENDINGS.items():
        if lemma.endswith(ending):
            row = DECLENSIONS[declension]["singular"].split()
            stem = lemma.removesuffix(row[0])
            return Sorted(declension, stem, stem)
    return Sorted("μπρο", lemma, lemma)


GRAMMAR = Grammar(DECLENSIONS, attach, sort, CASES)

TWO_ACCENTS = ("άνθρωπος", "άτομο", "γυναίκα")
"""Classes with nouns whose accent can be on the third syllable from the end; elsewhere ι before a
vowel makes no syllable (αγόρια)."""


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun, with the second accent, and in capitals."""
    gender = word.text("article")
    for form in _lower(word):
        forms = [form] if not gender else _with_article(form, gender)
        for made in forms:
            yield made
            if plain(made.text) != made.text:
                capitals = plain(made.text).upper()
                yield made._replace(text=capitals, rule=f"{made.rule}, in capitals")


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of an adjective in three genders, with the second accent, and in capitals."""
    kind = word.text("class", sort_adjective(word.last))
    if kind == "invariable":
        yield Inflected(word.lemma, FORMS, "lemma")
        return
    if kind not in ADJECTIVES:
        raise ValueError(f"no class {kind!r}; there are {', '.join(ADJECTIVES)}")
    made: dict[str, Inflected] = {}
    for form in _genders(word, kind):
        second = before_enclitic(form.text)
        forms = [form]
        if second != form.text:
            rule = f"{form.rule}, with a second accent before an enclitic"
            forms.append(form._replace(text=second, rule=rule))
        for each in forms:
            made.setdefault(each.text, each)
            capitals = plain(each.text).upper()
            made.setdefault(
                capitals, each._replace(text=capitals, rule=f"{each.rule}, in capitals")
            )
    yield from made.values()


def _genders(word: Word, kind: str) -> Iterator[Inflected]:
    """The forms of an adjective in the order of its table, equal ones repeated."""
    masculine = ADJECTIVES[kind]["masculine"][0].split()[0]
    stem = word.last.removesuffix(masculine)
    if stem == word.last:
        raise ValueError(f"class {kind!r} has lemmas in -{masculine}")
    for gender, rows in ADJECTIVES[kind].items():
        for number, row in zip((SINGULAR, PLURAL), rows, strict=True):
            cells = row.split()
            for case, cell in zip(CASES, cells, strict=True):
                for ending in (cells[0] if cell == "N" else cell).split("/"):
                    text, written = attach(stem, ending)
                    rule = f"{gender} {case} {number} -{written}"
                    is_lemma = text == word.last
                    yield Inflected(word.before + text, number, "lemma" if is_lemma else rule)


def sort_adjective(lemma: str) -> str:
    """Class of a regular adjective, from its ending; -ιός has -ιά, and a vowel before -ος -α."""
    for ending, kind in (("ιός", "παλιός"), ("ός", "φτωχός"), ("ύς", "παχύς"), ("ής", "διεθνής")):
        if lemma.endswith(ending):
            return kind
    vowel = SYLLABLE.search(plain(lemma.removesuffix("ος"))[-1:])
    return "πλούσιος" if vowel else "άρρωστος"


def _lower(word: Word) -> Iterator[Inflected]:
    declension = word.text("class", sort(word.last).declension)
    for form in case_tables.inflect(word, GRAMMAR):
        yield form
        second = before_enclitic(form.text)
        if declension in TWO_ACCENTS and second != form.text:
            rule = f"{form.rule}, with a second accent before an enclitic"
            yield form._replace(text=second, rule=rule)


def _with_article(form: Inflected, gender: str) -> Iterator[Inflected]:
    if gender not in ("feminine", "masculine"):
        raise ValueError(f"article must be feminine or masculine, not {gender!r}")
    for (of, place), articles in ARTICLES.items():
        rule = "nominative singular" if form.rule.startswith("lemma") else form.rule
        if of == gender and rule.startswith(place):
            for article in articles:
                for former in FORMER:
                    if former == "πρώην " and article in ("τη", "στη"):
                        continue  # before π the article is την
                    yield form._replace(
                        text=f"{article} {former}{form.text}",
                        rule=f"{rule}, after {article} {former}".rstrip(),
                    )
