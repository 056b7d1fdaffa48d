"""Vietnamese person nouns: words of separate syllables, with classifiers and plural words.

    phụ nữ, người phụ nữ, những người phụ nữ      vợ, cô vợ, các cô vợ      goá phụ = góa phụ

- **No inflection.** A noun has one form. Number, where it is said at all, is a word before the
  noun: ``các`` (all of a known group) and ``những`` (some of many) make a plural.
- **Classifiers** stand between the plural word or numeral and the noun: ``người`` persons,
  ``đứa`` children, ``cô``, ``bà``, ``ông``, ``anh``, ``cậu``, ``chàng``, ``thằng`` by sex, age and
  respect. The entry names those that are usual with the noun. Classifier and noun are one phrase,
  so that ``người`` in it is not counted as a person beside the noun.
- **Tone placement.** In an open syllable with oa, oe or uy the tone mark stands on the second
  vowel (hoà, khoẻ, thuỷ) or, in the older way, on the first (hòa, khỏe, thủy). Lemmas are in the
  first way and both are made. After q the u belongs to the consonant, and quý is only quý.
- **i and y.** The entry gives the other spelling where both are established (quý, quí).

Words that describe (`inflect_adjective`) stand after their noun and do not inflect. The **name of a
country** is also what other languages say with an adjective (nhà văn Pháp a French writer); it is a
descriptor after a noun for persons and is not made alone.

Not made: noun + demonstrative, kinship nouns as pronouns (anh, chị, em, ông, bà, con, cháu), and
titles before names. Check with Thompson, A Vietnamese Reference Grammar (1987).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "classifiers": "classifiers that the noun takes (người), each making a phrase of its own",
    "plural": "false where các and những do not stand right before the noun",
    "spelling": "another spelling (quí bà)",
    "class": "compounds: the lemma before each text of `after`, and not alone; for blocks",
    "after": "what follows the lemma in a longer word, a list of texts",
}

PLURAL_WORDS = ("các", "những")
TONES = "\u0300\u0301\u0303\u0309\u0323"
OPEN_SYLLABLE = re.compile(rf"(?<!q)(o[ae]|uy)([{TONES}])(?!\w)")


def older_tone_placement(text: str) -> str:
    """The tone mark on the first vowel of an open oa, oe or uy: hoà becomes hòa."""
    apart = unicodedata.normalize("NFD", text)
    moved = OPEN_SYLLABLE.sub(lambda found: found[1][0] + found[2] + found[1][1], apart)
    return unicodedata.normalize("NFC", moved)


def phrases(word: Word) -> Iterator[Inflected]:
    """Noun, classifier + noun, and each with a plural word."""
    for lemma, rule in ((word.lemma, "lemma"), *((x, "other spelling") for x in spellings(word))):
        yield Inflected(lemma, FORMS, rule)
        if word.keys.get("plural", True):
            for many in PLURAL_WORDS:
                yield Inflected(f"{many} {lemma}", PLURAL, f"plural {many} + {rule}")
        for classifier in word.texts("classifiers"):
            phrase = f"{classifier} {lemma}"
            yield Inflected(phrase, SINGULAR, f"classifier {classifier} + {rule}")
            for many in PLURAL_WORDS:
                made = f"plural {many} + classifier {classifier} + {rule}"
                yield Inflected(f"{many} {phrase}", PLURAL, made)


def compounds(word: Word) -> Iterator[Inflected]:
    """The lemma and what follows it, alone and with a plural word."""
    for other in word.texts("after"):
        compound = f"{word.lemma} {other}"
        yield Inflected(compound, FORMS, f"compound with {other}")
        for many in PLURAL_WORDS:
            yield Inflected(f"{many} {compound}", PLURAL, f"plural {many} + compound with {other}")


def spellings(word: Word) -> tuple[str, ...]:
    """The other spellings of an entry."""
    return word.texts("spelling")


def inflect(word: Word) -> Iterator[Inflected]:
    """All phrases of a noun, with the tone mark in both places."""
    kind = word.text("class", "noun")
    if kind == "noun":
        made = phrases(word)
    elif kind == "compounds":
        made = compounds(word)
    else:
        raise ValueError(f"no class {kind!r}: noun or compounds")
    for form in made:
        yield form
        if (older := older_tone_placement(form.text)) != form.text:
            yield Inflected(older, form.number, f"{form.rule} + tone mark on the first vowel")


# Words that describe ------------------------------------------------------------------------------

ADJECTIVE_KEYS = {
    "class": "country: a name of a country, not made alone but after nouns for persons; else a "
    "word or phrase that stands as it is",
    "spelling": KEYS["spelling"],
}

PERSONS = (
    "người", "dân", "người dân", "công dân", "cư dân", "gốc", "người gốc", "quốc tịch",
    "phụ nữ", "đàn ông", "cô gái", "chàng trai", "thanh niên", "trẻ em", "sinh viên",
    "du học sinh", "học sinh", "du khách", "khách du lịch", "nhà văn", "nhà thơ",
    "tiểu thuyết gia", "nhà báo", "phóng viên", "nghệ sĩ", "hoạ sĩ", "nhạc sĩ", "ca sĩ",
    "nam diễn viên", "nữ diễn viên", "diễn viên", "đạo diễn", "người mẫu", "cầu thủ",
    "vận động viên", "tay vợt", "tay đua", "tiền đạo", "tiền vệ", "hậu vệ", "thủ môn",
    "huấn luyện viên", "nhà khoa học", "nhà vật lý", "nhà hoá học", "nhà toán học",
    "nhà sử học", "nhà kinh tế học", "nhà triết học", "nhà nghiên cứu", "giáo sư", "học giả",
    "bác sĩ", "kỹ sư", "kiến trúc sư", "luật sư", "binh sĩ", "lính", "quân nhân", "phi công",
    "thuỷ thủ", "doanh nhân", "tỷ phú", "nhà thám hiểm", "nhà truyền giáo", "kiều bào",
    "cử tri", "người tiêu dùng",
)  # fmt: skip
"""Nouns for persons that the name of a country follows, and the words of origin. Offices of state
are not among them: a president is of the country, whatever the president's own nationality."""


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """A word as it stands, or the name of a country after nouns for persons."""
    kind = word.text("class", "plain")
    if kind not in ("plain", "country"):
        raise ValueError(f"no class {kind!r}: country or none")
    for lemma, rule in ((word.lemma, "lemma"), *((x, "other spelling") for x in spellings(word))):
        firsts = [f"{person} " for person in PERSONS] if kind == "country" else [""]
        for first in firsts:
            made = f"person {first.strip()} + {rule}" if first else rule
            yield Inflected(first + lemma, FORMS, made)
            older = older_tone_placement(first + lemma)
            if older != first + lemma:
                yield Inflected(older, FORMS, f"{made} + tone mark on the first vowel")
