"""Japanese person nouns: honorifics, the plural of persons, spellings, counters.

    娘, 娘さん, 娘たち, 娘さんたち      お母さん, 母さん, おかあさん, お母様方      三人の (counter)

Nouns do not inflect; case is shown by particles, which are words of their own. What varies is

- the **plural** of persons, which is optional: -たち or -達 of any person, -ら plain, and -方 or
  -がた after an honorific. 人々 is a reduplication, listed as such.
- **honorifics** after kinship words: -さん, -様 or -さま, affectionate -ちゃん; before them お- or
  ご-. Words of class ``address`` stand between both (お母さん); without お- only before さん and
  ちゃん (母さん).
- **spelling**: the entry gives kana and other characters (子供, 子ども); address words have the
  kana of their stem (母 is かあ in お母さん).
- the **context** of a short word: text is not cut into words, so a word before or after a given
  text is an entry too, for blocks (父 + 島).
- **counters**: class ``counter`` is numeral + 人 (にん) + what follows, for blocks: before の and a
  noun the counter is a classifier (三人の記者 three reporters), while 300人以上 is 300 people.

Words that describe (`inflect_adjective`) stand before a noun as they are or with の or な, which
are words of their own; adjectives in -い inflect. The **name of a country** is a descriptor with
人, 系, 籍 and, with の, before a noun for persons (フランスの作家).

Compounds in which a person noun is an element (日本人, 女優) are words of their own. Check the
honorifics with Martin, A Reference Grammar of Japanese (1975), and Kaiser et al. (2013).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "class": "address: used with お- and an honorific, not alone; counter: numeral + the word; "
    "else a plain noun",
    "spelling": "other spellings of the lemma",
    "kana": "the stem of an address word in kana (かあ)",
    "honorifics": "honorifics that stand after the word (さん)",
    "prefix": "an honorific that stands before the word (お, ご)",
    "plural": "false where no plural ending stands on the word",
    "before": "texts, with blanks between, that make a longer word with the lemma after each; the "
    "lemma alone is not made",
    "after": "the same with texts after the lemma; with `before`, between both",
}

PLURALS = ("たち", "達", "ら")
HONORIFIC_PLURALS = ("たち", "達", "方", "がた")
PLAIN_HONORIFICS = ("さん", "ちゃん")
"""Honorifics of address words that do not need お- before the stem."""
FULL_WIDTH = {ord("0") + digit: chr(ord("０") + digit) for digit in range(10)}
KANJI_NUMERALS = tuple("三四五六七八九十百千万億数")


def numerals() -> Iterator[str]:
    """Numerals as the last word before a counter: three digits end any longer number (2,300)."""
    yield from KANJI_NUMERALS
    yield from (str(number) for number in range(1000))
    yield from (f"{number:03}" for number in range(100))
    yield from (str(number).translate(FULL_WIDTH) for number in range(100))


def plurals(text: str, rule: str, endings: tuple[str, ...]) -> Iterator[Inflected]:
    """A word with each plural ending."""
    for ending in endings:
        yield Inflected(text + ending, PLURAL, f"{rule} + plural -{ending}")


def with_honorifics(word: Word, text: str, rule: str) -> Iterator[Inflected]:
    """A word with the honorifics of its entry, and the plurals of those."""
    for honorific in word.texts("honorifics"):
        polite, made = text + honorific, f"{rule} + honorific -{honorific}"
        yield Inflected(polite, SINGULAR, made)
        yield from plurals(polite, made, HONORIFIC_PLURALS)


def plain(word: Word) -> Iterator[Inflected]:
    """A noun in its spellings, with honorifics and plurals."""
    for text in (word.lemma, *word.texts("spelling")):
        rule = "lemma" if text == word.lemma else "other spelling"
        stems = {text: rule}
        stems |= {x + text: f"honorific {x}- + {rule}" for x in word.texts("prefix")}
        for stem, made in stems.items():
            yield Inflected(stem, FORMS, made)
            yield from with_honorifics(word, stem, made)
            if word.keys.get("plural", True):
                yield from plurals(stem, made, PLURALS)


def address(word: Word) -> Iterator[Inflected]:
    """A kinship word between お- and an honorific, in characters and in kana."""
    for stem in (word.lemma, *word.texts("spelling"), *word.texts("kana")):
        rule = "lemma" if stem == word.lemma else "other spelling"
        for honorific in word.texts("honorifics"):
            firsts = ("お", "") if honorific in PLAIN_HONORIFICS else ("お",)
            for first in firsts:
                polite = first + stem + honorific
                made = f"{first and 'honorific お- + '}{rule} + honorific -{honorific}"
                yield Inflected(polite, SINGULAR, made)
                yield from plurals(polite, made, HONORIFIC_PLURALS)


def in_context(word: Word) -> Iterator[Inflected]:
    """The longer words that texts before and after the lemma make."""
    for first in word.text("before").split() or [""]:
        for last in word.text("after").split() or [""]:
            place = " and ".join(
                name for name in (first and f"after {first}", last and f"before {last}") if name
            )
            yield Inflected(first + word.lemma + last, FORMS, f"lemma {place}")


def counter(word: Word) -> Iterator[Inflected]:
    """Numeral, counter, and what follows it."""
    for numeral in numerals():
        for last in word.text("after").split():
            yield Inflected(
                numeral + word.lemma + last, FORMS, f"numeral {numeral} + lemma + {last}"
            )


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun."""
    kind = word.text("class", "noun")
    if kind == "address":
        yield from address(word)
    elif kind == "counter":
        yield from counter(word)
    elif kind != "noun":
        raise ValueError(f"no class {kind!r}: address, counter or none")
    elif word.text("before") or word.text("after"):
        yield from in_context(word)
    else:
        yield from plain(word)


# Words that describe ------------------------------------------------------------------------------

ADJECTIVE_KEYS = {
    "class": "i: an adjective in -い (若い); country: a name of a country, not made alone but with "
    "the endings of origin and before nouns for persons; else a word that does not inflect",
    "spelling": KEYS["spelling"],
    "before": KEYS["before"],
    "after": KEYS["after"],
}

ORIGINS = ("人", "系", "籍", "国籍", "出身者")
PERSONS = (
    "人々", "人たち", "国民", "市民", "男性", "女性", "少年", "少女", "子ども", "子供", "学生",
    "選手", "作家", "詩人", "小説家", "画家", "芸術家", "音楽家", "作曲家", "歌手", "俳優", "女優",
    "監督", "科学者", "物理学者", "化学者", "数学者", "哲学者", "経済学者", "研究者", "医師",
    "兵士", "記者", "写真家", "建築家", "デザイナー", "モデル", "観光客", "旅行者", "起業家",
    "実業家", "外交官", "消費者", "有権者",
)  # fmt: skip
"""Nouns for persons that follow the name of a country and の. Offices of state are not among them:
a president is of the country, whatever the president's own nationality. Nor are descriptors (若者),
which the longer word would hide, and words that begin others (人, 男)."""
I_ENDINGS = (
    ("plain", "い"),
    ("adverbial", "く"),
    ("past", "かった"),
    ("conditional", "ければ"),
    ("literary attributive", "き"),
    ("seeming", "そう"),
)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """All forms of a word that describes."""
    kind = word.text("class", "plain")
    if kind == "country":
        for text in (word.lemma, *word.texts("spelling")):
            for ending in ORIGINS:
                yield Inflected(text + ending, FORMS, f"lemma + origin -{ending}")
            for person in PERSONS:
                yield Inflected(f"{text}の{person}", FORMS, f"lemma + の + person {person}")
    elif kind == "i":
        for text in (word.lemma, *word.texts("spelling")):
            if not text.endswith("い"):
                raise ValueError("an adjective of class i ends in -い")
            for name, ending in I_ENDINGS:
                yield Inflected(text[:-1] + ending, FORMS, f"{name} -{ending}")
    elif kind != "plain":
        raise ValueError(f"no class {kind!r}: i, country or none")
    elif word.text("before") or word.text("after"):
        yield from in_context(word)
    else:
        yield Inflected(word.lemma, FORMS, "lemma")
        for text in word.texts("spelling"):
            yield Inflected(text, FORMS, "other spelling")
