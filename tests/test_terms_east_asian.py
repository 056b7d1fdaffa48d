"""Pronouns and demographic terms: Mandarin, Cantonese, Japanese, Korean, Thai, Vietnamese."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import paradigms, terms
from corpus_assay.lexicons.files import FormList
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Word
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tokens import tokenise

CODES = ("cmn", "yue", "jpn", "kor", "tha", "vie")


@cache
def matcher(language: str, kind: str) -> tuple[Matcher, dict[int, frozenset[str]]]:
    """The compiled list of a language and what each entry of it means."""
    words: FormList = getattr(terms, kind)(language)
    texts = [form.text for form in words.forms] + list(words.block)
    cases = np.array(
        [kernels.CAPITALISED if text in words.capitalised else 0 for text in texts], np.uint8
    )
    made = Matcher({language: texts}, {language: cases})
    meaning: dict[int, frozenset[str]] = {}
    for form, entry in zip(words.forms, made.canonical, strict=False):
        meaning[int(entry)] = meaning.get(int(entry), frozenset()) | {form.concept}
    return made, meaning


def found(language: str, kind: str, text: str) -> list[str]:
    """What counts in a text, in order: the concepts of each match, joined with a blank."""
    compiled, meaning = matcher(language, kind)
    matches = compiled.match(tokenise(batch([document(text, language)])))
    return [" ".join(sorted(meaning[e])) for e in matches.entries.tolist() if e in meaning]


@pytest.mark.parametrize("language", CODES)
def test_the_lists_have_no_faults(language: str) -> None:
    script = languages()[language].script
    words = terms.demographics(language)
    assert list(terms.pronoun_faults(terms.pronouns(language), script)) == []
    assert list(terms.demographic_faults(words, script)) == []
    assert set(terms.core_descriptors()) <= set(words.descriptors)
    for descriptor in words.descriptors.values():
        if descriptor.polysemous or descriptor.preference:
            assert descriptor.note, descriptor.id


@pytest.mark.parametrize(
    ("language", "kind", "texts"),
    [
        ("cmn", "first", "我 我们 我們 咱们 俺"),
        ("cmn", "second", "你 您 妳 你们 你們"),
        ("cmn", "feminine", "她 她们 她們"),
        ("cmn", "unspecified", "他们 他們 TA"),
        ("cmn", "third", "它 它们 牠"),
        ("yue", "unspecified", "佢 佢哋 他們"),
        ("yue", "second", "你 你哋 你們"),
        ("jpn", "first", "私 私たち 僕 俺 我々"),
        ("jpn", "second", "あなた 君たち お前"),
        ("jpn", "feminine", "彼女 彼女たち 彼女ら"),
        ("jpn", "unspecified", "彼ら 彼等"),
        ("kor", "first", "나는 내가 저를 제가 우리 우리는 저희의"),
        ("kor", "second", "너는 네가 당신의 당신을 여러분은 너희가"),
        ("kor", "feminine", "그녀 그녀는 그녀가 그녀를 그녀의 그녀에게 그녀와 그녀들은"),
        ("kor", "masculine", "그는 그가 그를 그의 그에게"),
        ("kor", "unspecified", "그들 그들은 그들이 그들을 그들의 그들과 그분은"),
        ("tha", "first", "ผม ฉัน ดิฉัน เรา"),
        ("tha", "feminine", "เธอ หล่อน"),
        ("tha", "unspecified", "เขา พวกเขา"),
        ("vie", "first", "tôi chúng_tôi chúng_ta"),
        ("vie", "feminine", "cô_ấy bà_ấy chị_ấy cô_ta"),
        ("vie", "masculine", "anh_ấy ông_ấy anh_ta hắn"),
        ("vie", "unspecified", "họ người_ta"),
    ],
)
def test_pronouns_are_listed_by_kind(language: str, kind: str, texts: str) -> None:
    listed = {form.text for form in terms.pronouns(language).forms if form.concept == kind}
    assert {text.replace("_", " ") for text in texts.split()} <= listed


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("cmn", "自己 吾 其 之 伊"),
        ("jpn", "君 自分 おれ きみ"),
        ("kor", "그 저 전 절 날 네 그만 그대로 나와"),
        ("tha", "พี่ น้อง แก กู"),
        ("vie", "anh em ông bà y mình"),
    ],
)
def test_pronouns_that_are_mostly_other_words_are_left_out(language: str, texts: str) -> None:
    assert {form.text for form in terms.pronouns(language).forms}.isdisjoint(texts.split())


@pytest.mark.parametrize("language", CODES)
def test_only_mandarin_tells_gender_in_a_comparable_way(language: str) -> None:
    assert terms.pronouns(language).comparable is (language == "cmn")


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("cmn", "其他人弹吉他，他来自犹他州。", ["masculine"]),
        ("cmn", "他們說她是我們的老師", ["unspecified", "feminine", "first"]),
        ("cmn", "自我介绍后，来自我们学校", ["first"]),
        ("yue", "佢哋話佢鍾意你", ["unspecified", "unspecified", "second"]),
        ("jpn", "彼岸花を見て彼女は私立大学へ", ["feminine"]),
        ("jpn", "彼氏と彼らは私を見た", ["unspecified", "first"]),
        ("kor", "그 남자는 그녀를 만났고 그는 우리에게 말했다", ["feminine", "masculine", "first"]),
        ("tha", "เขาสระผมบนภูเขา", ["unspecified"]),
        ("tha", "เท่านั้น", []),
        ("vie", "Họ hàng của cô ấy và bạn bè tôi", ["feminine", "first"]),
    ],
)
def test_pronouns_in_a_text(language: str, text: str, kinds: list[str]) -> None:
    assert found(language, "pronouns", text) == kinds


@pytest.mark.parametrize(
    ("language", "word", "forms"),
    [
        ("cmn", Word("残疾"), "残疾 殘疾"),
        ("yue", Word("盲"), "盲"),
        ("cmn", Word("中年", {"after": "男 妇"}), "中年男 中年妇 中年婦"),
        ("jpn", Word("若い", {"class": "i"}), "若い 若く 若かった 若ければ 若き 若そう"),
        ("jpn", Word("裕福"), "裕福"),
        ("kor", Word("기독교"), "기독교 기독교의"),
        (
            "kor",
            Word("젊다", {"class": "verbal", "infinitive": "젊어"}),
            "젊다 젊고 젊지만 젊게 젊기 젊던 젊은 젊을 젊습니다 젊으며 젊어 젊어서 젊었다 젊었던 "
            "젊었고 젊었지만 젊었습니다",
        ),
        (
            "kor",
            Word("가난하다", {"class": "verbal"}),
            "가난하다 가난하고 가난하지만 가난하게 가난하기 가난하던 가난한 가난할 가난합니다 "
            "가난하며 가난해 가난해서 가난했다 가난했던 가난했고 가난했지만 가난했습니다",
        ),
        (
            "kor",
            Word("눈멀다", {"class": "verbal", "infinitive": "눈멀어"}),
            "눈멀다 눈멀고 눈멀지만 눈멀게 눈멀기 눈멀던 눈먼 눈멀 눈멉니다 눈멀며 눈멀어 눈멀어서 "
            "눈멀었다 눈멀었던 눈멀었고 눈멀었지만 눈멀었습니다",
        ),
        ("tha", Word("พิการ"), "พิการ"),
        ("vie", Word("khoẻ"), "khoẻ khỏe"),
    ],
)
def test_adjectives(language: str, word: Word, forms: str) -> None:
    made = [form.text for form in paradigms.adjectives(language).inflect(word)]
    assert sorted(made) == sorted(forms.split())


@pytest.mark.parametrize(
    ("language", "country", "some", "never"),
    [
        (
            "cmn",
            "德国",
            "德国人 德國人 德国籍 德国作家 德國藝術家",
            "德国 德语 德国总统 德国藝術家",
        ),
        ("jpn", "ドイツ", "ドイツ人 ドイツ系 ドイツの作家", "ドイツ ドイツ語 ドイツの人"),
        ("kor", "독일", "독일_사람 독일_작가의 독일_국민들", "독일 독일어"),
        ("tha", "ลาว", "ชาวลาว คนลาว นักเขียนลาว", "ลาว ภาษาลาว"),
        ("vie", "Đức", "người_Đức nhà_văn_Đức", "Đức tiếng_Đức tổng_thống_Đức"),
    ],
)
def test_a_country_is_a_descriptor_with_persons_only(
    language: str, country: str, some: str, never: str
) -> None:
    rules = paradigms.adjectives(language)
    made = {form.text for form in rules.inflect(Word(country, {"class": "country"}))}
    assert {text.replace("_", " ") for text in some.split()} <= made
    assert made.isdisjoint(text.replace("_", " ") for text in never.split())


def test_short_names_of_countries_in_both_scripts() -> None:
    word = Word("韩国", {"class": "country", "short": "韩"})
    made = {form.text: form.rule for form in paradigms.adjectives("cmn").inflect(word)}
    assert made["韩裔"] == "short name, lemma + origin -裔"
    assert {"韓籍", "韩式", "韓國人"} <= set(made)


@pytest.mark.parametrize(
    ("language", "key", "word"),
    [
        ("cmn", "class", Word("法国", {"class": "city"})),
        ("jpn", "class", Word("静か", {"class": "na"})),
        ("jpn", "i", Word("静か", {"class": "i"})),
        ("kor", "infinitive", Word("젊다", {"class": "verbal"})),
        ("kor", "-다", Word("기독교", {"class": "verbal"})),
        ("tha", "class", Word("ลาว", {"class": "city"})),
        ("vie", "class", Word("Pháp", {"class": "city"})),
    ],
)
def test_unknown_classes_are_refused(language: str, key: str, word: Word) -> None:
    with pytest.raises(ValueError, match=key):
        list(paradigms.adjectives(language).inflect(word))


@pytest.mark.parametrize(
    ("language", "text", "concepts"),
    [
        ("cmn", "法国人和美籍华裔都在中国", ["french", "chinese_american"]),
        ("cmn", "中国人口和法国总统说法语", []),
        ("cmn", "穆斯林與基督徒", ["muslim", "christian"]),
        ("cmn", "白宫的黑客、黑社会和老板", []),
        ("cmn", "一位白人和一位黑人老人", ["white", "black", "elderly"]),
        ("cmn", "造成人员伤亡", []),
        ("cmn", "成年人与未成年人", ["adult", "underage"]),
        ("cmn", "他的未婚妻是女教师", ["female"]),
        ("cmn", "移民局说移民很穷苦", ["immigrant", "poor"]),
        ("cmn", "明白人说哥德式建筑", []),
        ("cmn", "中华人民共和国", []),
        ("yue", "後生仔同盲公，鬼佬", ["young", "blind", "foreigner"]),
        ("yue", "香港人同台灣人", ["hong_konger", "taiwanese"]),
        ("jpn", "フランス人の高齢者", ["french", "elderly"]),
        ("jpn", "日本語と中国人口、東京大人数", []),
        ("jpn", "イスラム教徒とユダヤ人", ["muslim", "jewish"]),
        ("jpn", "在日コリアンの若者", ["zainichi_korean", "young"]),
        ("jpn", "大人しい黒人の同性愛者", ["black", "homosexual"]),
        ("kor", "프랑스인은 프랑스에서 프랑스어를 한다", ["french"]),
        ("kor", "무슬림과 기독교 신자, 유대인들이", ["muslim", "christian", "jewish"]),
        ("kor", "장애인에게 노인이", ["disabled", "elderly"]),
        ("kor", "탈북자는 가난했다", ["north_korean_defector", "poor"]),
        ("kor", "어린 시절 도로 보수 공사", []),
        ("tha", "ชาวฝรั่งเศสพูดภาษาไทยในฝรั่งเศส", ["french"]),
        ("tha", "ผู้สูงอายุและคนพิการ", ["elderly", "disabled"]),
        ("tha", "ผู้ใหญ่บ้านในคริสต์ศตวรรษ", []),
        ("tha", "ชาวมุสลิมและชาวพุทธ", ["muslim", "buddhist"]),
        ("vie", "Người Pháp nói tiếng Pháp ở Pháp", ["french"]),
        ("vie", "người khuyết tật và người cao tuổi", ["disabled", "elderly"]),
        ("vie", "người anh hùng ăn chất béo", []),
        ("vie", "Việt kiều và người Mỹ gốc Phi", ["overseas_vietnamese", "african_american"]),
        ("vie", "Đảng Cộng hòa và những người Hồi giáo", ["republican", "muslim"]),
    ],
)
def test_descriptors_in_a_text(language: str, text: str, concepts: list[str]) -> None:
    assert found(language, "demographics", text) == concepts
