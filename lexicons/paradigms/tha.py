"""Thai person nouns: repetition, the honorific คุณ, the classifier, and longer words.

    เด็ก, เด็กๆ, เด็ก ๆ      แม่, คุณแม่      ผู้หญิงคนหนึ่ง, ผู้หญิงสามคน, ผู้หญิง 3 คน

Nouns do not inflect, and text is written without spaces between words. What varies is

- **repetition**, written ๆ (mai yamok) with or without a blank before it, which makes a plural or a
  loose group of persons (เด็กๆ children); the entry says which words have it;
- the **honorific** คุณ before kinship words (คุณแม่);
- the **context** of a short word: as the letters of a word also stand inside other words
  (แม่ mother, แม่น้ำ river), a word before or after a given text is an entry too, for blocks, and
  for the phrases in which a word that is too short alone is safe (ลูก + คนโต eldest child).

Words that describe (`inflect_adjective`) stand after their noun and do not inflect. The **name of a
country** is also what other languages say with an adjective (นักเขียนฝรั่งเศส a French writer); it is
a descriptor after a noun for persons and is not made alone.

The **classifier** of persons is คน, also person. It stands behind the noun, with a number or a
quantifier before it (ผู้หญิงสามคน three women) or a determiner after it (ผู้หญิงคนนี้ this woman);
noun and classifier are one mention, so every noun has such forms, and คน does not count beside it.
Figures are made up to ten: any number cannot be listed. Where no noun that is counted stands
directly before it (ทุกคน everybody, หลายคน many, นักข่าวคนหนึ่ง a reporter), such a sequence is an
entry of the concept ``person_classifier``, which can be told from the noun.

See Iwasaki and Ingkaphirom, A Reference Grammar of Thai (2005).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "repeated": "true where ๆ after the word makes a plural",
    "polite": "true where the honorific คุณ stands before the word",
    "spelling": "other spellings of the lemma",
    "classifier": "false where it is not คน that counts the noun (พระองค์ of royalty)",
    "before": "texts, with blanks between, that make a longer word with the lemma after each; the "
    "lemma alone is not made",
    "after": "the same with texts after the lemma; with `before`, between both",
}

REPETITIONS = ("ๆ", " ๆ")
HONORIFIC = "คุณ"

CLASSIFIER = "คน"
ONE = "หนึ่ง"
QUANTIFIERS = (
    ONE, "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า", "สิบ", "ทั้งสอง", "ทั้งสาม", "ทั้งสี่",
    "หลาย", "หลายๆ", "บาง", "ทุก", "ทุกๆ", "แต่ละ", "อีก", "อีกหนึ่ง", "อีกสอง", "กี่",
    "หลายสิบ", "หลายร้อย", "หลายพัน", "หลายหมื่น", "หลายแสน", "หลายล้าน",
    "นับร้อย", "นับพัน", "นับหมื่น", "นับแสน", "นับล้าน",
    *(f"{figure}" for figure in range(1, 11)), *(f" {figure} " for figure in range(1, 11)),
)  # fmt: skip
"""What stands between a noun and its classifier: numbers and quantifiers."""
DETERMINERS = (
    ONE, "เดียว", "แรก", "ที่สอง", "ที่สาม", "สุดท้าย", "นี้", "นั้น", "โน้น", "ละ", "ใด", "ไหน", "อื่น", "อื่นๆ",
    "ใหม่", "เดิม", "เดียวกัน", "ก่อน", "ต่อไป", "ต่อมา", "ล่าสุด", "ปัจจุบัน",
)  # fmt: skip
"""What stands after the classifier: one, this, other, first …"""
CLASSIFIED = {
    **{f"{q} and classifier {CLASSIFIER}": q + CLASSIFIER for q in QUANTIFIERS},
    **{f"classifier {CLASSIFIER} and {d}": CLASSIFIER + d for d in DETERMINERS},
}
"""Noun phrases behind the noun, by rule."""


def in_context(word: Word) -> Iterator[Inflected]:
    """The longer words that texts before and after the lemma make."""
    for first in word.text("before").split() or [""]:
        for last in word.text("after").split() or [""]:
            place = " and ".join(
                name for name in (first and f"after {first}", last and f"before {last}") if name
            )
            yield Inflected(first + word.lemma + last, FORMS, f"lemma {place}")


def inflect(word: Word) -> Iterator[Inflected]:
    """All forms of a noun."""
    if word.text("before") or word.text("after"):
        yield from in_context(word)
        return
    for text in (word.lemma, *word.texts("spelling")):
        rule = "lemma" if text == word.lemma else "other spelling"
        yield Inflected(text, FORMS, rule)
        if word.keys.get("classifier", True):
            for step, phrase in CLASSIFIED.items():
                yield Inflected(text + phrase, FORMS, f"{rule} + {step}")
        if word.flag("repeated"):
            for mark in REPETITIONS:
                yield Inflected(text + mark, PLURAL, f"{rule} + repetition ๆ")
        if word.flag("polite"):
            yield Inflected(HONORIFIC + text, SINGULAR, f"honorific {HONORIFIC} + {rule}")


# Words that describe ------------------------------------------------------------------------------

ADJECTIVE_KEYS = {
    "class": "country: a name of a country, not made alone but after nouns for persons; else a "
    "word or phrase that stands as it is",
    "spelling": KEYS["spelling"],
    "before": KEYS["before"],
    "after": KEYS["after"],
}

PERSONS = (
    "ชาว", "คน", "ประชาชน", "พลเมือง", "เชื้อสาย", "สัญชาติ", "หนุ่ม", "สาว", "ชาย", "หญิง",
    "ผู้หญิง", "ผู้ชาย", "เด็ก", "นักเรียน", "นักศึกษา", "นักท่องเที่ยว", "นักเขียน",
    "นักประพันธ์", "กวี", "ศิลปิน", "จิตรกร", "นักดนตรี", "นักร้อง", "นักแสดง", "ดารา",
    "ผู้กำกับ", "นางแบบ", "นักกีฬา", "นักเตะ", "นักฟุตบอล", "นักเทนนิส", "กองหน้า",
    "กองหลัง", "ผู้รักษาประตู", "นักวิทยาศาสตร์", "นักฟิสิกส์", "นักเคมี", "นักคณิตศาสตร์",
    "นักประวัติศาสตร์", "นักเศรษฐศาสตร์", "นักปรัชญา", "นักวิจัย", "ศาสตราจารย์", "แพทย์",
    "วิศวกร", "สถาปนิก", "ทหาร", "ลูกเรือ", "นักบิน", "นักธุรกิจ", "มหาเศรษฐี", "นักสำรวจ",
    "มิชชันนารี", "นักข่าว", "ผู้สื่อข่าว", "แรงงาน", "ผู้บริโภค",
)  # fmt: skip
"""Nouns for persons that the name of a country follows, and the words of origin. Offices of state
are not among them: a president is of the country, whatever the president's own nationality."""


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """A word as it stands, in a context, or the name of a country after nouns for persons."""
    kind = word.text("class", "plain")
    if kind not in ("plain", "country"):
        raise ValueError(f"no class {kind!r}: country or none")
    if word.text("before") or word.text("after"):
        yield from in_context(word)
        return
    for text in (word.lemma, *word.texts("spelling")):
        rule = "lemma" if text == word.lemma else "other spelling"
        if kind == "plain":
            yield Inflected(text, FORMS, rule)
            continue
        for person in PERSONS:
            yield Inflected(person + text, FORMS, f"person {person} + {rule}")
