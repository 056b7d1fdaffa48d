"""The rules of Hindi, Urdu, Panjabi, Marathi, Bengali and Assamese, against forms worked out by
hand, and the homographs that the lexicons leave out or block."""

from __future__ import annotations

import unicodedata

import pytest
from reliability import find

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.paradigms import Word, paradigm


def forms(language: str, lemma: str, **keys: str | bool) -> dict[str, set[str]]:
    """Numbers of every form that the rules make of a word."""
    made: dict[str, set[str]] = {}
    for form in paradigm(language).inflect(Word(lemma, keys)):
        assert form.rule
        made.setdefault(nfc(form.text), set()).add(form.number)
    return made


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def words(text: str) -> set[str]:
    return {nfc(word) for word in text.split()}


ALL = [
    # language, lemma, keys, every form of the singular, of the plural (joined postpositions apart)
    ("hin", "बालक", {}, "बालक", "बालक बालकों बालको"),
    ("hin", "भाई", {}, "भाई", "भाई भाइयों भाइयो"),
    ("hin", "बंदा", {"class": "ā"}, "बंदा बंदे बन्दा बन्दे", "बंदे बंदों बंदो बन्दे बन्दों बन्दो"),
    ("hin", "औरत", {"class": "f"}, "औरत", "औरतें औरतों औरतो"),
    ("hin", "बेटी", {"class": "f"}, "बेटी", "बेटियाँ बेटियां बेटियों बेटियो"),
    ("hin", "माता", {"class": "f"}, "माता", "माताएँ माताएं मातायें माताओं माताओ"),
    ("hin", "बिटिया", {"class": "f"}, "बिटिया", "बिटियाँ बिटियां बिटियों बिटियो"),
    ("hin", "बहू", {"class": "f"}, "बहू", "बहुएँ बहुएं बहुओं बहुओ"),
    ("urd", "مرد", {}, "مرد", "مرد مردوں مردو"),
    ("urd", "آدمی", {}, "آدمی", "آدمی آدمیوں آدمیو"),
    ("urd", "دادا", {}, "دادا", "دادا داداؤں داداؤ داداوں داداو"),
    ("urd", "بچہ", {"class": "ā"}, "بچہ بچے", "بچے بچوں بچو"),
    ("urd", "لڑکی", {"class": "f"}, "لڑکی", "لڑکیاں لڑکیوں لڑکیو"),
    ("urd", "ماں", {"class": "f", "stem": "ما"}, "ماں", "مائیں ماؤں ماؤ ماوں ماو"),
    ("urd", "بیوہ", {"class": "h"}, "بیوہ بیوۂ", "بیوائیں بیواؤں بیواؤ بیواوں بیواو"),
    ("urd", "فرد", {"plural": "افراد", "only": True}, "فرد", "افراد"),
    ("pan", "ਪੁੱਤਰ", {}, "ਪੁੱਤਰ ਪੁੱਤਰਾ", "ਪੁੱਤਰ ਪੁੱਤਰਾਂ ਪੁੱਤਰੋ"),
    ("pan", "ਭਰਾ", {"vocative": "ਭਰਾਵਾ"}, "ਭਰਾ ਭਰਾਵਾ", "ਭਰਾ ਭਰਾਵਾਂ ਭਰਾਵੋ"),
    ("pan", "ਮੁੰਡਾ", {"class": "ā"}, "ਮੁੰਡਾ ਮੁੰਡੇ ਮੁੰਡਿਆ", "ਮੁੰਡੇ ਮੁੰਡਿਆਂ ਮੁੰਡਿਓ"),
    ("pan", "ਕੁੜੀ", {"class": "f"}, "ਕੁੜੀ ਕੁੜੀਏ", "ਕੁੜੀਆਂ ਕੁੜੀਓ"),
    ("pan", "ਮਹਿਲਾ", {"class": "f"}, "ਮਹਿਲਾ", "ਮਹਿਲਾਵਾਂ ਮਹਿਲਾਵੋ"),
    ("pan", "ਖ਼ਸਮ", {}, "ਖ਼ਸਮ ਖਸਮ ਖ਼ਸਮਾ ਖਸਮਾ", "ਖ਼ਸਮ ਖਸਮ ਖ਼ਸਮਾਂ ਖਸਮਾਂ ਖ਼ਸਮੋ ਖਸਮੋ"),
]


@pytest.mark.parametrize(("language", "lemma", "keys", "singular", "plural"), ALL)
def test_direct_oblique_and_vocative(
    language: str, lemma: str, keys: dict[str, str | bool], singular: str, plural: str
) -> None:
    made = [
        form for form in paradigm(language).inflect(Word(lemma, keys)) if "joined" not in form.rule
    ]
    assert {nfc(form.text) for form in made if form.number == "singular"} == words(singular)
    assert {nfc(form.text) for form in made if form.number == "plural"} == words(plural)


SOME = [
    # language, lemma, keys, forms of the singular, of the plural, what is not made
    ("hin", "भाई", {"respect": True}, "भाईजी भाईको", "भाइयोंने", "भाईों भाईएँ भाइयोंजी"),
    ("hin", "बंदा", {"class": "ā"}, "बन्देसे", "बन्दोंसे", "बंदोन्से बन्दोन्से"),
    ("hin", "लड़का", {"class": "ā"}, "लडका लडके लड़केने", "लडकों लड़कोंसे", "लड़काओं लड़काको"),
    ("urd", "لڑکا", {"class": "ā"}, "لڑکےکو", "لڑکوںنے", "لڑکاؤں لڑکاکو"),
    ("urd", "شخص", {"plural": "اشخاص", "only": True}, "شخصنے", "اشخاصکو", "شخصوں شخصیں"),
    ("mar", "पुरुष", {}, "पुरुषाला पुरुषाने पुरुषा पुरुषाचाच", "पुरुष पुरुषांनी पुरुषांनो", "पुरुषला"),
    ("mar", "नवरा", {"class": "ā"}, "नवऱ्याला नवर्याला नवऱ्यासाठीही", "नवरे नवऱ्यांना", "नवराला"),
    ("mar", "महिला", {"class": "f"}, "महिलेला महिलेच्या महिलाही", "महिलांना महिलांद्वारा", "महिलाला"),
    ("mar", "अपत्य", {"class": "n"}, "अपत्याचे", "अपत्ये अपत्यं अपत्यांसाठी", "अपत्यला"),
    ("mar", "पत्नी", {"class": "v"}, "पत्नीनं पत्नीशी पत्नीच", "पत्नींना", "पत्न्या पत्निने"),
    ("ben", "মানুষ", {}, "মানুষকে মানুষের মানুষে মানুষটির মানুষও", "মানুষেরা মানুষরা মানুষদের", "মানুষর"),
    ("ben", "মেয়ে", {}, "মেয়ের মেয়েটিকে মেয়েই", "মেয়েরা মেয়েদেরকে মেয়েগুলো", "মেয়েয়ের মেয়েগণ"),
    ("ben", "ভাই", {}, "ভাইয়ের ভাইটি", "ভাইয়েরা ভাইদের", "ভাইের"),
    ("ben", "মা", {"class": "y"}, "মাকে মায়ের মায়েরই", "মায়েরা মায়েদের", "মার মারা মাটি মাতে মাদের"),
    ("ben", "নারী", {"learned": True}, "নারীকে নারীতে নারীসহ", "নারীগণ নারীদিগের", "নারীের"),
    ("asm", "মানুহ", {"class": "p"}, "মানুহে মানুহক মানুহৰ মানুহলৈ মানুহৰো", "মানুহবোৰকে", "মানুহই মানুহজন"),
    ("asm", "মহিলা", {"class": "f"}, "মহিলাই মহিলাগৰাকীৰ", "মহিলাসকলে মহিলাকেইগৰাকীক", "মহিলাে"),
    ("asm", "শিশু", {"class": "c"}, "শিশুৱে শিশুটোৰ শিশুটোৱে", "শিশুকেইটিৰ শিশুবোৰেই", "শিশুই শিশুহঁত"),
    ("asm", "ভাই-ভনী", {"class": "pair"}, "ভাই-ভনীৰ", "ভাই-ভনীসকলক", "ভাই-ভনীটো"),
    ("asm", "ভাই", {"third": "ভায়েক", "kin": True}, "ভাইয়ে ভায়েকৰ", "ভাইহঁতক ভায়েকহঁতৰ", "ভাইই"),
]


@pytest.mark.parametrize(("language", "lemma", "keys", "singular", "plural", "wrong"), SOME)
def test_stacked_forms(
    language: str,
    lemma: str,
    keys: dict[str, str | bool],
    singular: str,
    plural: str,
    wrong: str,
) -> None:
    made = forms(language, lemma, **keys)
    assert {text for text in words(singular) if "singular" not in made.get(text, ())} == set()
    assert {text for text in words(plural) if "plural" not in made.get(text, ())} == set()
    assert words(wrong) & set(made) == set()


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("hin", "महिलाओं", "oblique plural -ओं"),
        ("hin", "पुरुषको", "lemma + joined को"),
        ("urd", "بچوں", "oblique plural -وں"),
        ("pan", "ਮੁੰਡਿਆਂ", "oblique plural -ਿਆਂ"),
        ("mar", "महिलांच्याही", "oblique plural + genitive -च्या + emphatic -ही"),
        ("ben", "নারীদেরও", "object plural -দের + also -ও"),
        ("asm", "মহিলাগৰাকীক", "classifier -গৰাকী + object -ক"),
    ],
)
def test_rule_names_the_steps(language: str, text: str, rule: str) -> None:
    assert rule in {form.rule for form in gender.bundled(language).forms if form.text == text}


@pytest.mark.parametrize(
    ("language", "text", "counts"),
    [
        ("hin", "दो सालों में माओ ने लोगो बदला।", (0, 0, 0)),
        ("hin", "माता-पिता ने बच्चों को बताया, भाई और बहनें आईं।", (1, 1, 2)),
        ("hin", "हम लोग नाना प्रकार के फल लाए; भारत माता की जय।", (0, 0, 0)),
        ("hin", "चचेरे भाइयों से मिला", (0, 0, 0)),
        ("urd", "ابو بکر کا نیا لوگو", (0, 0, 0)),
        ("urd", "میاں بیوی اور بچوں کے والدین", (1, 1, 2)),
        ("pan", "ਲੋਕ ਸਭਾ ਵਿੱਚ ਉਹ ਮਰਦਾ ਹੈ, 32 ਸਾਲਾ", (0, 0, 0)),
        ("pan", "ਮੁੰਡਿਆਂ ਅਤੇ ਕੁੜੀਆਂ ਦੇ ਮਾਪਿਆਂ ਨੂੰ", (1, 1, 1)),
        ("mar", "ती चहा पिते; आजी-माजी नेते; भावात वाढ; पतित", (0, 0, 0)),
        ("mar", "मुलाला आईने आणि आईवडिलांनी मुलांसाठी", (1, 1, 2)),
        ("ben", "মাটি ভালো, ৫ জনকে নানা ফল, ব্যাটার আউট, লোক সংগীত", (0, 0, 0)),
        ("ben", "লোকটি মায়ের সঙ্গে লোকদের কাছে গেল", (1, 1, 1)),
        ("asm", "তেওঁৰ মাত মাৰে, পতিত মাটি", (0, 0, 0)),
        ("asm", "মানুহজনীয়ে মানুহজনক ল'ৰা-ছোৱালীৰ কথা ক'লে", (1, 1, 1)),
    ],
)
def test_what_is_counted(language: str, text: str, counts: tuple[int, int, int]) -> None:
    found = find(gender.bundled(language), [text])
    assert tuple(sum(match.classes[k] for match in found) for k in range(3)) == counts


@pytest.mark.parametrize("language", ["hin", "urd", "pan", "mar", "ben", "asm"])
def test_unknown_class_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="class must be"):
        list(paradigm(language).inflect(Word("अ", {"class": "x"})))
