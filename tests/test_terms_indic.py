"""Pronouns and demographic terms of Hindi, Urdu, Bengali, Panjabi, Marathi and Assamese, and the
adjectives of these languages, against forms worked out by hand."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import paradigms, terms
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Word
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tokens import tokenise

LANGUAGES = ["hin", "urd", "ben", "pan", "mar", "asm"]


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def words(text: str) -> set[str]:
    return set(nfc(text).split())


def found(words: terms.DescriptorList | terms.PronounList, text: str) -> list[set[str]]:
    """Concepts of each match in a text, in their order; what is blocked is none."""
    texts = [form.text for form in words.forms]
    together = [*texts, *words.block]
    cases = np.zeros(len(together), np.uint8)
    matcher = Matcher({words.language: together}, {words.language: cases})
    meaning: dict[int, set[str]] = {}
    for place, form in enumerate(words.forms):
        meaning.setdefault(int(matcher.canonical[place]), set()).add(form.concept)
    matches = matcher.match(tokenise(batch([document(text, words.language)])))
    canonical = [int(matcher.canonical[entry]) for entry in matches.entries]
    return [meaning[entry] for entry in canonical if entry in meaning]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_list_has_a_fault(language: str) -> None:
    """Abbreviations (LGBT) are written in Latin letters in these languages."""
    script = languages()[language].script
    assert list(terms.pronoun_faults(terms.pronouns(language), script)) == []
    faults = list(terms.demographic_faults(terms.demographics(language), script))
    assert [fault for fault in faults if "LATIN CAPITAL" not in fault] == []


PRONOUNS = [
    # language, kind, forms that are in it, forms that are in none
    ("hin", "first", "मैं मुझे मेरी हम हमारे हमें", "अपना ख़ुद"),
    ("hin", "second", "तू तुझे तुम तुम्हारा आप आपकी", "जो कौन"),
    ("hin", "unspecified", "वह वे उसने उसे उन्होंने उन्हें उनका इन्होंने", "यह ये इस इन वही"),
    ("hin", "third", "इसे इसका इसने", "इसी उसी"),
    ("urd", "first", "مجھے میرا میری ہم ہمیں ہمارے", "میں اپنا خود"),
    ("urd", "second", "تم تمہارا تمہیں آپ تیرا", "تو جو"),
    ("urd", "unspecified", "وہ اسے انہوں انہیں انھیں", "یہ اس ان وہی"),
    ("ben", "first", "আমি আমার আমাকে আমরা আমাদের আমিও", "নিজে নিজের"),
    ("ben", "second", "তুমি তোমার তুই আপনি আপনার", "যে কে"),
    ("ben", "unspecified", "সে তিনি তাকে তাঁর তারা ওরা উনি", "সেই তাই ও এ"),
    ("pan", "first", "ਮੈਂ ਮੈਨੂੰ ਮੇਰੀਆਂ ਅਸੀਂ ਸਾਡਾ ਸਾਨੂੰ", "ਆਪਣਾ ਆਪ"),
    ("pan", "second", "ਤੂੰ ਤੇਰਾ ਤੁਸੀਂ ਤੁਹਾਡੇ ਤੁਹਾਨੂੰ", "ਜੋ ਕੌਣ"),
    ("pan", "unspecified", "ਉਹ ਉਸ ਉਸਨੇ ਉਸਦਾ ਉਨ੍ਹਾਂ ਉਹਨਾਂ", "ਇਹ ਇਸ ਉਸੇ"),
    ("mar", "first", "मी मला माझ्या माझं आम्ही आमच्याकडे आपण", "आपला स्वतः"),
    ("mar", "second", "तू तुला तुमच्या तुम्हाला", "जो कोण"),
    ("mar", "feminine", "ती तिला तिने तिच्या तिचा", "ही त्या"),
    ("mar", "masculine", "तो त्याला त्याने त्याच्याकडे", "हा त्यामुळे"),
    ("mar", "unspecified", "ते त्यांनी त्यांना त्यांच्या", "हे त्यानंतर"),
    ("asm", "first", "মই মোৰ মোক আমি আমাৰ ময়ো", "নিজে নিজৰ"),
    ("asm", "second", "তই তুমি তোমাৰ আপুনি আপোনাক", "যি কোন"),
    ("asm", "feminine", "তাই তাইৰ তাইক", "তাত"),
    ("asm", "masculine", "সি তাৰ তাক", "সেই"),
    ("asm", "unspecified", "তেওঁ তেওঁৰ তেওঁলোকে সিহঁতক তেখেত", "ই এই"),
]


@pytest.mark.parametrize(("language", "kind", "listed", "missing"), PRONOUNS)
def test_pronouns(language: str, kind: str, listed: str, missing: str) -> None:
    forms = terms.pronouns(language).forms
    assert words(listed) <= {form.text for form in forms if form.concept == kind}
    assert words(missing).isdisjoint(form.text for form in forms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gender_of_the_third_person(language: str) -> None:
    pronouns = terms.pronouns(language)
    kinds = {form.concept for form in pronouns.forms}
    assert ("feminine" in kinds) == ("masculine" in kinds) == (language in ("mar", "asm"))
    assert pronouns.comparable is False


ADJECTIVES = [
    # language, lemma, keys, every form that is singular, plural, either
    ("hin", "बूढ़ा", {}, "बूढ़ा बूढ़े बूढा बूढे", "बूढ़े बूढ़ों बूढे बूढों", "बूढ़ी बूढी"),
    ("hin", "अंधा", {}, "अंधा अंधे अन्धा अन्धे", "अंधे अंधों अन्धे अन्धों", "अंधी अन्धी"),
    ("hin", "शादीशुदा", {"class": "invariable"}, "", "", "शादीशुदा"),
    ("hin", "विवाहित", {}, "", "", "विवाहित"),
    ("urd", "بوڑھا", {}, "بوڑھا بوڑھے", "بوڑھے بوڑھوں", "بوڑھی"),
    ("urd", "بیچارہ", {"class": "ā"}, "بیچارہ بیچارے", "بیچارے بیچاروں", "بیچاری"),
    ("urd", "حاملہ", {}, "", "", "حاملہ"),
    ("ben", "গ্রামীণ", {}, "", "", "গ্রামীণ"),
    ("pan", "ਬੁੱਢਾ", {}, "ਬੁੱਢਾ ਬੁੱਢੇ ਬੁੱਢੀ", "ਬੁੱਢੇ ਬੁੱਢਿਆਂ ਬੁੱਢੀਆਂ", ""),
    ("pan", "ਵਿਆਹਿਆ", {}, "ਵਿਆਹਿਆ ਵਿਆਹੇ ਵਿਆਹੀ", "ਵਿਆਹੇ ਵਿਆਹਿਆਂ ਵਿਆਹੀਆਂ", ""),
    ("pan", "ਸ਼ਾਦੀਸ਼ੁਦਾ", {"class": "invariable"}, "", "", "ਸ਼ਾਦੀਸ਼ੁਦਾ"),
    ("asm", "গ্ৰাম্য", {}, "", "", "গ্ৰাম্য"),
    ("mar", "म्हातारा", {}, "म्हातारा म्हातारं", "", "म्हातारी म्हातारे म्हाताऱ्या म्हातार्या"),
    ("mar", "आंधळा", {}, "आंधळा आंधळं", "", "आंधळी आंधळे आंधळ्या"),
    ("mar", "युवा", {"class": "invariable"}, "", "", "युवा"),
]


@pytest.mark.parametrize(("language", "lemma", "keys", "singular", "plural", "either"), ADJECTIVES)
def test_adjectives(
    language: str, lemma: str, keys: dict[str, str], singular: str, plural: str, either: str
) -> None:
    made = list(paradigms.adjectives(language).inflect(Word(lemma, keys)))
    assert all(form.rule for form in made)
    for number, expected in (("singular", singular), ("plural", plural), ("forms", either)):
        assert {nfc(form.text) for form in made if form.number == number} == words(expected)


AGREEING = ["hin", "urd", "pan", "mar"]


@pytest.mark.parametrize("language", AGREEING)
def test_adjective_of_an_unknown_class(language: str) -> None:
    with pytest.raises(ValueError, match="class must be"):
        list(paradigms.adjectives(language).inflect(Word("x", {"class": "z"})))


DESCRIPTORS = [
    # language, text, the concepts in it
    ("hin", "भारतीयों ने", "indian"),
    ("hin", "हिन्दुओं और मुसलमानों", "hindu muslim"),
    ("hin", "बूढ़ी औरत", "old"),
    ("hin", "अफगान शरणार्थियों", "afghan refugee"),
    ("hin", "महिला खिलाड़ियों", "female"),
    ("hin", "दक्षिण कोरियाई कंपनी", "south_korean"),
    ("hin", "दलित और ब्राह्मण", "dalit brahmin"),
    ("hin", "अरब लोग", "arab"),
    ("hin", "अरब डॉलर", ""),
    ("hin", "सऊदी अरब", ""),
    ("hin", "श्वेत पत्र", ""),
    ("hin", "गैर-मुस्लिम", ""),
    ("hin", "चीनी मिलों", ""),
    ("urd", "مسلمانوں اور عیسائیوں", "muslim christian"),
    ("urd", "بوڑھی عورت", "old"),
    ("urd", "غیر شادی شدہ", "unmarried"),
    ("urd", "سیاہ فام امریکی", "black american"),
    ("urd", "خواتین کھلاڑیوں", "female"),
    ("urd", "شیعوں", "shia"),
    ("urd", "تارکین وطن", "immigrant"),
    ("urd", "سعودی عرب", ""),
    ("ben", "মুসলমানদের হিন্দুরা", "muslim hindu"),
    ("ben", "মার্কিন প্রেসিডেন্ট", "american"),
    ("ben", "বৃদ্ধটি", "old"),
    ("ben", "দৃষ্টি প্রতিবন্ধী", "blind"),
    ("ben", "রোহিঙ্গা শরণার্থীদের", "rohingya refugee"),
    ("ben", "ব্রাহ্মণেরা", "brahmin"),
    ("ben", "বাংলাদেশিকে", "bangladeshi"),
    ("ben", "সৌদি আরবের", ""),
    ("ben", "শিখে", ""),
    ("ben", "বছর বয়স্ক", ""),
    ("ben", "ফোন পাঠান", ""),
    ("pan", "ਸਿੱਖਾਂ ਅਤੇ ਮੁਸਲਮਾਨਾਂ", "sikh muslim"),
    ("pan", "ਬੁੱਢੀ ਔਰਤ", "old"),
    ("pan", "ਭਾਰਤੀਆਂ ਨੇ", "indian"),
    ("pan", "ਅਫਗਾਨ ਸ਼ਰਨਾਰਥੀਆਂ", "afghan refugee"),
    ("pan", "ਮਹਿਲਾ ਖਿਡਾਰੀਆਂ", "female"),
    ("pan", "ਸਿੱਖ ਰਹੇ ਹਨ", ""),
    ("pan", "ਅਰਬਾਂ", ""),
    ("pan", "ਸਾਊਦੀ ਅਰਬ", ""),
    ("mar", "मुस्लिमांना आणि हिंदूंनी", "muslim hindu"),
    ("mar", "पाकिस्तान्यांना", "pakistani"),
    ("mar", "काश्मिऱ्यांना", "kashmiri"),
    ("mar", "म्हाताऱ्यांनी", "old"),
    ("mar", "दलितांच्या", "dalit"),
    ("mar", "आफ्रिकन-अमेरिकन", "african_american"),
    ("mar", "महिला कर्मचाऱ्याला", "female"),
    ("mar", "सौदी अरेबियाने", ""),
    ("ben", "মার্কিন যুক্তরাষ্ট্রের", ""),
    ("asm", "ভাৰতীয়সকলে", "indian"),
    ("asm", "মুছলমানসকলৰ হিন্দুক", "muslim hindu"),
    ("asm", "অসমীয়াজনে", "assamese"),
    ("asm", "বুঢ়ীজনীয়ে", "old"),
    ("asm", "শৰণাৰ্থীবোৰৰ", "refugee"),
    ("asm", "মহিলা সাংবাদিকগৰাকীয়ে", "female"),
    ("asm", "ছৌদি আৰৱৰ", ""),
    ("asm", "মাৰ্কিন যুক্তৰাষ্ট্ৰত", ""),
    ("mar", "चिनी मातीची", ""),
    ("urd", "عجیب و غریب", ""),
    ("urd", "بات سنی", ""),
    ("urd", "مسلم لیگ", ""),
]


@pytest.mark.parametrize(("language", "text", "concepts"), DESCRIPTORS)
def test_descriptors(language: str, text: str, concepts: str) -> None:
    expected = [{concept} for concept in concepts.split()]
    assert found(terms.demographics(language), text) == expected


BLOCKED = [
    # language, text without a pronoun
    ("hin", "अपने आप"),
    ("hin", "इसके बाद"),
    ("urd", "اس کے بعد"),
    ("ben", "আকাশের তারা"),
    ("pan", "ਉਸ ਤੋਂ ਬਾਅਦ"),
    ("mar", "मी टू"),
    ("asm", "তাৰ পাছত"),
    ("urd", "ہم وطنوں"),
    ("urd", "اس کتاب میں"),
]


@pytest.mark.parametrize(("language", "text"), BLOCKED)
def test_what_is_no_pronoun(language: str, text: str) -> None:
    assert found(terms.pronouns(language), text) == []
