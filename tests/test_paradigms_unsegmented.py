"""Forms of Mandarin, Cantonese, Japanese, Thai and Vietnamese person nouns, and what is not one.

Expected forms are worked out by hand from the grammars, not copied from what the rules make.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from document_batches import batch, document, options, rows, tables

from corpus_assay.lexicons import gender, paradigms
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Value, Word
from corpus_assay.transforms.documents import ANY

LANGUAGES = ("cmn", "yue", "jpn", "tha", "vie")

# Language, lemma, keys, and all forms: without number, singular, plural; joined with "+".
EXACT: list[tuple[str, str, dict[str, Value], str, str, str]] = [
    ("cmn", "妈妈", {}, "妈妈+媽媽", "", "妈妈们+媽媽們"),
    ("cmn", "女士", {}, "女士", "", "女士们+女士們"),
    ("cmn", "女孩", {"erhua": True}, "女孩+女孩儿+女孩兒", "",
     "女孩们+女孩們+女孩儿们+女孩兒們"),
    ("cmn", "后妈", {"traditional": "後媽", "plural": False}, "后妈+後媽", "", ""),
    ("cmn", "人", {"before": "工 军"}, "工人+军人+軍人", "", ""),
    ("cmn", "人", {"before": "双", "after": "间 床"}, "双人间+雙人間+双人床+雙人床", "", ""),
    ("yue", "細佬", {"plural": False}, "細佬+细佬", "", ""),
    ("yue", "女仔", {}, "女仔", "", "女仔们+女仔們"),
    ("yue", "阿媽", {}, "阿媽+阿妈", "", "阿媽們+阿妈们"),
    ("jpn", "娘", {"honorifics": ("さん",)}, "娘", "娘さん",
     "娘たち+娘達+娘ら+娘さんたち+娘さん達+娘さん方+娘さんがた"),
    ("jpn", "子供", {"spelling": ("子ども",)}, "子供+子ども", "",
     "子供たち+子供達+子供ら+子どもたち+子ども達+子どもら"),
    ("jpn", "両親", {"prefix": "ご", "plural": False}, "両親+ご両親", "", ""),
    ("jpn", "母", {"class": "address", "kana": "かあ", "honorifics": ("さん", "様")}, "",
     "お母さん+母さん+お母様+おかあさん+かあさん+おかあ様",
     "お母さんたち+お母さん達+お母さん方+お母さんがた+母さんたち+母さん達+母さん方+母さんがた+"
     "お母様たち+お母様達+お母様方+お母様がた+おかあさんたち+おかあさん達+おかあさん方+"
     "おかあさんがた+かあさんたち+かあさん達+かあさん方+かあさんがた+おかあ様たち+おかあ様達+"
     "おかあ様方+おかあ様がた"),
    ("jpn", "父", {"after": "島 の日"}, "父島+父の日", "", ""),
    ("tha", "แม่", {"repeated": True, "polite": True, "classifier": False}, "แม่", "คุณแม่",
     "แม่ๆ+แม่ ๆ"),
    ("tha", "เด็ก", {"repeated": True, "classifier": False}, "เด็ก", "", "เด็กๆ+เด็ก ๆ"),
    ("tha", "เจ้าหญิง", {"classifier": False}, "เจ้าหญิง", "", ""),
    ("tha", "ชาย", {"after": "หาด แดน"}, "ชายหาด+ชายแดน", "", ""),
    ("vie", "vợ", {"classifiers": ("người", "cô")}, "vợ", "người vợ+cô vợ",
     "các vợ+những vợ+các người vợ+những người vợ+các cô vợ+những cô vợ"),
    ("vie", "goá phụ", {"plural": False}, "goá phụ+góa phụ", "", ""),
    ("vie", "quý bà", {"spelling": "quí bà"}, "quý bà+quí bà", "",
     "các quý bà+những quý bà+các quí bà+những quí bà"),
    ("vie", "người", {"class": "compounds", "after": ("Thuỵ Điển",)},
     "người Thuỵ Điển+người Thụy Điển", "",
     "các người Thuỵ Điển+các người Thụy Điển+những người Thuỵ Điển+những người Thụy Điển"),
    ("vie", "hoàng hậu", {"plural": False}, "hoàng hậu", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "bare", "singular", "plural"), EXACT)
def test_forms_worked_out_by_hand(
    language: str, lemma: str, keys: dict[str, Value], bare: str, singular: str, plural: str
) -> None:
    made = list(paradigms.paradigm(language).inflect(Word(lemma, keys)))
    for number, expected in ((FORMS, bare), (SINGULAR, singular), (PLURAL, plural)):
        found = [form.text for form in made if form.number == number]
        assert len(found) == len(set(found))
        assert set(found) == set(filter(None, expected.split("+")))


@pytest.mark.parametrize(
    ("language", "text", "lemma", "number", "rule"),
    [
        ("cmn", "孩子们", "孩子", PLURAL, "lemma + plural -们"),
        ("cmn", "爺爺", "爷爷", FORMS, "traditional characters"),
        ("cmn", "後媽", "后妈", FORMS, "traditional characters"),
        ("yue", "阿妈", "阿媽", FORMS, "simplified characters"),
        ("jpn", "ご婦人", "婦人", FORMS, "honorific ご- + lemma"),
        ("jpn", "子どもたち", "子供", PLURAL, "other spelling + plural -たち"),
        ("jpn", "お父ちゃん", "父", SINGULAR, "honorific お- + lemma + honorific -ちゃん"),
        ("tha", "เด็กๆ", "เด็ก", PLURAL, "lemma + repetition ๆ"),
        ("tha", "ผู้หญิงสามคน", "ผู้หญิง", FORMS, "lemma + สาม and classifier คน"),
        ("vie", "những bà mẹ", "mẹ", PLURAL, "plural những + classifier bà + lemma"),
        ("vie", "góa phụ", "goá phụ", FORMS, "lemma + tone mark on the first vowel"),
    ],
)
def test_rules_are_named(language: str, text: str, lemma: str, number: str, rule: str) -> None:
    (form,) = {
        (form.lemma, form.number, form.rule)
        for form in gender.bundled(language).forms
        if form.text == text
    }
    assert form == (lemma, number, rule)


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("cmn", "个人们 人们们 女儿们們 女孩儿儿 男 女 子 儿 妈媽"),
        ("yue", "佢 佢哋 仔 女 佬 個女"),
        ("jpn", "母様 彼女 子 者 主人 人々たち 三人 お娘"),
        ("tha", "ตา ยาย ย่า ลูก นาง นาย คุณเด็ก คนๆ"),
        ("vie", "anh chị em ông bà cô bác con cháu qúy quy trẻ các"),
    ],
)
def test_not_made(language: str, wrong: str) -> None:
    texts = {form.text for form in gender.bundled(language).forms}
    assert texts & set(wrong.split()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_lexicon_is_sound(language: str) -> None:
    lexicon = gender.bundled(language)
    assert list(gender.faults(lexicon, languages()[language].script)) == []
    assert [form for form in lexicon.forms if form.lemma and not form.rule] == []


def counts(language: str, text: str, concepts: str = "core") -> tuple[object, ...]:
    """Matches of each class."""
    wanted = replace(options(), concepts=concepts)
    found = rows(tables([batch([document(text, language)])], wanted)["gender"], role=ANY)
    by_class = {row["gender"]: row["matches"] for row in found}
    return tuple(by_class[name] for name in gender.GENDERS)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("cmn", "女士们，妈妈們和女孩儿们都来了。", (3, 0, 0)),
        ("cmn", "男性化、女性主义、人民币、人民日報、女子大学、母親節", (0, 0, 0)),
        ("cmn", "女子篮球和男子双打", (1, 1, 0)),
        ("cmn", "工人、法国人、主持人、人口、人工、黑人、一百名發言人", (0, 0, 0)),
        ("cmn", "有人说没有人知道，别人都走了，二人转", (0, 0, 0)),
        ("cmn", "所有人都走了，两人也走了，每个人，每個人，任何人", (0, 0, 5)),
        ("cmn", "那个少年和多少年前的青少年、少年宮", (0, 1, 0)),
        ("cmn", "有三百人受伤；住在那里的人和许多年轻人說，中国人民", (0, 0, 4)),
        ("cmn", "让人们失望；一个人，这个人的个人信息", (0, 0, 4)),
        ("cmn", "新娘和国王；先生的儿媳妇", (0, 0, 0)),
        ("cmn", "我妈和他爸爸，父母和兄弟姐妹", (1, 1, 2)),
        ("yue", "佢阿媽同老豆有兩個細路，家姐同細佬", (2, 2, 1)),
        ("yue", "人哋話冇人嚟；公仔、牛仔、香港人", (0, 0, 0)),
        ("yue", "靚仔同女仔，嗰啲人", (1, 1, 1)),
        ("jpn", "お母さんと娘さんたち、姉妹都市と父島", (2, 0, 0)),
        ("jpn", "日本人、三人の記者、二人、人間、人口、アメリカ人、大人", (0, 0, 0)),
        ("jpn", "その町の人は優しい。300人以上が集まり、人々が歌った。", (0, 0, 3)),
        ("jpn", "女性的な彼女、男女、親切な親指、母国と妻子、子供服", (0, 0, 0)),
        ("jpn", "ないところ、おとなしい、おんなじ、その子会社、おかみさん", (0, 0, 0)),
        ("jpn", "和夫の夫と幸男は男だ", (0, 2, 0)),
        ("tha", "แม่น้ำ พ่อค้า ชายฝั่ง ชายแดน อนุสาวรีย์ เมียนมา ลูกค้า คนงาน", (0, 0, 0)),
        ("tha", "ทุกคนและบางคน หลายคน ผู้ชายสามคน ผู้หญิงคนหนึ่ง", (1, 1, 0)),
        ("tha", "เด็ก 3 คน คนสองคน แม่ทุกคน น้องชายคนเดียว หญิงคนอื่นๆ", (2, 1, 2)),
        ("tha", "นักข่าวคนหนึ่ง ช่างสองคน คนอื่น คนเดียว ทหาร 40 คน", (0, 0, 3)),
        ("tha", "แม่กับพ่อและเด็กๆ มีคน 300 คน", (1, 1, 3)),
        ("tha", "เจ้าหญิง เจ้าชาย แม่ยาย พ่อตา", (0, 0, 0)),
        ("vie", "những người phụ nữ và người đàn ông; người vợ", (2, 1, 0)),
        ("vie", "Người Anh, người Tây Ban Nha, những người biểu tình, người ta", (0, 0, 0)),
        ("vie", "Có 300 người, mọi người và những người đã đến.", (0, 0, 3)),
        ("vie", "Bố trí, công bố, tiếng mẹ đẻ, chồng chéo; mẹ chồng", (0, 0, 0)),
        ("vie", "Anh ấy là con trai của ông, chị là con gái", (1, 1, 0)),
    ],
)
def test_longer_words_and_free_nouns(
    language: str, text: str, expected: tuple[int, int, int]
) -> None:
    assert counts(language, text) == expected


@pytest.mark.parametrize("language", ["jpn", "vie"])
def test_unknown_class_is_an_error(language: str) -> None:
    with pytest.raises(ValueError, match="no class"):
        list(paradigms.paradigm(language).inflect(Word("x", {"class": "none"})))


def test_thai_classifiers_are_a_concept_of_their_own() -> None:
    """คน behind a noun that counts is one mention with it; elsewhere it is no person of the core,
    and the classifier among all concepts. คนละ (each) and คนงาน (worker) are neither."""
    text = "ทุกคน นักข่าวคนหนึ่ง ช่างสองคน ผู้หญิงคนหนึ่ง คนละ คนงาน คนไทย"
    assert counts("tha", text) == (1, 0, 1)
    assert counts("tha", text, concepts="all") == (1, 0, 4)
