"""Inflection of Tamil, Telugu, Kannada and Korean: forms worked out by hand from the grammar."""

import pytest

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.paradigms import Word, paradigm

LANGUAGES = ("tam", "tel", "kan", "kor")

# language, lemma, keys, singular (or unmarked) forms, plural forms, texts that are no forms
TABLES = [
    (
        "tam",
        "பெண்",
        {"double": True, "one": "ஒருவர்"},
        "பெண் பெண்ணை பெண்ணைக் பெண்ணைச் பெண்ணைத் பெண்ணைப் பெண்ணையும் பெண்ணுக்கு பெண்ணுக்கும் "
        "பெண்ணுக்குத் பெண்ணுக்காக பெண்ணிற்கு பெண்ணின் பெண்ணுடைய பெண்ணால் பெண்ணுடன் பெண்ணோடு "
        "பெண்ணிடம் பெண்ணிடமிருந்து பெண்ணாக பெண்ணும் பெண்ணே பெண்ணா பெண்தான் பெண்ணொருவர்",
        "பெண்கள் பெண்களை பெண்களைக் பெண்களுக்கு பெண்களுக்கான பெண்களுக்காக பெண்களின் பெண்களிடம் "
        "பெண்களிடையே பெண்களும் பெண்களுடன் பெண்களாவர்",
        "பெணை பெண்ஐ பெண்க்கு பெண்ணுகு பெண்க்கள் பெண்ணிடையே",
    ),
    (
        "tam",
        "அம்மா",
        {},
        "அம்மா அம்மாவை அம்மாவைப் அம்மாவுக்கு அம்மாவிற்கு அம்மாவின் அம்மாவிடம் அம்மாவுடன் அம்மாவும் அம்மாவே அம்மாதான்",
        "அம்மாக்கள் அம்மாக்களை அம்மாக்களுக்கு அம்மாக்களின்",
        "அம்மாகள் அம்மாக்கு அம்மாயை அம்மாப்",
    ),
    (
        "tam",
        "மனைவி",
        {"plural": ("மனைவிகள்", "மனைவியர்")},
        "மனைவி மனைவியை மனைவிக்கு மனைவிக்குக் மனைவிக்காக மனைவியின் மனைவியுடன் மனைவியிடம் "
        "மனைவியும் மனைவியாக மனைவிப்",
        "மனைவிகள் மனைவிகளை மனைவியர் மனைவியரை மனைவியருக்கு",
        "மனைவிவை மனைவியுக்கு மனைவியிற்கு",
    ),
    (
        "tam",
        "புதல்வன்",
        {"class": "an"},
        "புதல்வன் புதல்வனை புதல்வனுக்கு புதல்வனது புதல்வனும்",
        "புதல்வர் புதல்வரை புதல்வர்கள் புதல்வர்களுக்கு",
        "புதல்வன்கள் புதல்வன்ர்",
    ),
    (
        "tel",
        "మహిళ",
        {},
        "మహిళ మహిళను మహిళకు మహిళకి మహిళతో మహిళపై మహిళగా మహిళే మహిళలోని",
        "మహిళలు మహిళలూ మహిళలే మహిళల మహిళలను మహిళలకు మహిళలతో మహిళలలో మహిళల్లో మహిళల్లోని మహిళలపై మహిళలకోసం మహిళల్ని"
        " మహిళలందరూ మహిళలంతా మహిళలందరికీ మహిళలారా మహిళలచే మహిళలపట్ల",
        "మహిళి మహిళులు మహిళ్లో",
    ),
    (
        "tel",
        "కుమారుడు",
        {"class": "du"},
        "కుమారుడు కుమారుడి కుమారుడిని కుమారుడికి కుమారుడితో కుమారుని కుమారునికి కుమారుణ్ని కుమారుడే కుమారుడూ",
        "కుమారులు కుమారుల కుమారులకు కుమారుల్లో",
        "కుమారుడును కుమారుడుకు కుమారుడులు కుమారునిని",
    ),
    (
        "tel",
        "తల్లి",
        {"honorific": True},
        "తల్లి తల్లీ తల్లే తల్లిని తల్లికి తల్లితో తల్లిగారు తల్లిగారిని తల్లిగారికి",
        "తల్లులు తల్లుల తల్లులకు",
        "తల్లిను తల్లికు తల్లిలు",
    ),
    (
        "tel",
        "కూతురు",
        {"class": "li", "plural": ("కూతుళ్లు", "కూతుళ్ళు")},
        "కూతురు కూతురి కూతురిని కూతురికి",
        "కూతుళ్లు కూతుళ్ల కూతుళ్లకు కూతుళ్ళు కూతుళ్ళను",
        "కూతురులు కూతుళ్ల్లో",
    ),
    (
        "kan",
        "ಹುಡುಗ",
        {"gender": "masculine"},
        "ಹುಡುಗ ಹುಡುಗನು ಹುಡುಗನನ್ನು ಹುಡುಗನ ಹುಡುಗನಿಗೆ ಹುಡುಗನಿಗಾಗಿ ಹುಡುಗನಿಂದ ಹುಡುಗನಲ್ಲಿ ಹುಡುಗನೊಂದಿಗೆ "
        "ಹುಡುಗನೂ ಹುಡುಗನೇ ಹುಡುಗನಾಗಿ ಹುಡುಗನೊಬ್ಬ ಹುಡುಗನೊಬ್ಬನನ್ನು",
        "ಹುಡುಗರು ಹುಡುಗರನ್ನು ಹುಡುಗರ ಹುಡುಗರಿಗೆ ಹುಡುಗರಲ್ಲಿ ಹುಡುಗರೂ ಹುಡುಗರಿಗಿಂತ",
        "ಹುಡುಗವನ್ನು ಹುಡುಗಗೆ ಹುಡುಗಗಳು ಹುಡುಗನೊಬ್ಬಳು ಹುಡುಗನಾಗಿದ್ದಾಳೆ",
    ),
    (
        "kan",
        "ಮಹಿಳೆ",
        {"gender": "feminine"},
        "ಮಹಿಳೆ ಮಹಿಳೆಯು ಮಹಿಳೆಯನ್ನು ಮಹಿಳೆಯ ಮಹಿಳೆಗೆ ಮಹಿಳೆಗಾಗಿ ಮಹಿಳೆಯಿಂದ ಮಹಿಳೆಯಲ್ಲಿ ಮಹಿಳೆಯೂ ಮಹಿಳೆಯೊಬ್ಬಳು",
        "ಮಹಿಳೆಯರು ಮಹಿಳೆಯರನ್ನು ಮಹಿಳೆಯರ ಮಹಿಳೆಯರಿಗೆ ಮಹಿಳೆಯರಲ್ಲಿ ಮಹಿಳೆಯರೊಂದಿಗೆ",
        "ಮಹಿಳೆನನ್ನು ಮಹಿಳೆಯಿಗೆ ಮಹಿಳೆಯೊಬ್ಬ ಮಹಿಳೆಗಳು",
    ),
    (
        "kan",
        "ಮಗು",
        {"class": "v", "plural": "ಮಕ್ಕಳು"},
        "ಮಗು ಮಗುವು ಮಗುವನ್ನು ಮಗುವಿನ ಮಗುವಿಗೆ ಮಗುವಿನಿಂದ ಮಗುವಿನಲ್ಲಿ ಮಗುವಿನೊಂದಿಗೆ ಮಗುವೂ",
        "ಮಕ್ಕಳು ಮಕ್ಕಳನ್ನು ಮಕ್ಕಳ ಮಕ್ಕಳಿಗೆ ಮಕ್ಕಳಿಗಾಗಿ ಮಕ್ಕಳಲ್ಲಿ ಮಕ್ಕಳೊಂದಿಗೆ ಮಕ್ಕಳಂತೆ ಮಕ್ಕಳೆಲ್ಲ",
        "ಮಗನ್ನು ಮಗುಗಳು ಮಗುವೊಬ್ಬರು ಮಕ್ಕಳಿನ",
    ),
    (
        "kan",
        "ಅಪ್ಪ",
        {"class": "kin"},
        "ಅಪ್ಪ ಅಪ್ಪನು ಅಪ್ಪನನ್ನು ಅಪ್ಪನ ಅಪ್ಪನಿಗೆ",
        "ಅಪ್ಪಂದಿರು ಅಪ್ಪಂದಿರನ್ನು ಅಪ್ಪಂದಿರಿಗೆ",
        "ಅಪ್ಪರು ಅಪ್ಪನಾಗಿದ್ದಾನೆ",
    ),
    (
        "kor",
        "여성",
        {"full": True},
        "여성 여성은 여성이 여성을 여성의 여성에게 여성에게는 여성과 여성과의 여성으로 여성으로서 "
        "여성도 여성만이 여성이다 여성이었다 여성인 여성입니다 여성이라고 여성에겐 여성임을 "
        "여성이면서 여성이던 여성이어서 여성이기도 여성이라기보다는 여성이므로 여성뿐이다",
        "여성들 여성들은 여성들이 여성들을 여성들에게 여성들에게는 여성들과 여성들로부터 "
        "여성들이다 여성들이라는 여성들조차 여성들마저 여성들이었던 여성들일 여성들인데",
        "여성는 여성가 여성를 여성와 여성로 여성다 여성였다 여성들으로 여성께서 여성적",
    ),
    (
        "kor",
        "어머니",
        {"full": True, "honorific": True, "short": True},
        "어머니는 어머니가 어머니를 어머니와 어머니로 어머니께 어머니께서 어머니께서는 어머니이자 "
        "어머니다 어머니이다 어머니였다 어머니예요 어머닌 어머닐 어머니이신 어머니셨다 "
        "어머니여서 어머니여야 어머니던 어머니라기보다 어머니이면서 어머니면서",
        "어머니들이 어머니들의 어머니들께서",
        "어머니은 어머니이 어머니을 어머니과 어머니으로 어머니이었다",
    ),
    (
        "kor",
        "딸",
        {"full": True},
        "딸은 딸이 딸을 딸과 딸로 딸로서 딸이었다 딸이랑 딸아",
        "딸들은 딸들로",
        "딸으로 딸는 딸였다 딸야",
    ),
]


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "singular", "plural", "wrong"),
    TABLES,
    ids=[f"{row[0]}-{row[1]}" for row in TABLES],
)
def test_forms(language, lemma, keys, singular, plural, wrong):
    made = {form.text: form for form in paradigm(language).inflect(Word(lemma, keys))}
    unmarked = "forms" if language == "kor" else "singular"
    assert {x: made[x].number if x in made else None for x in singular.split()} == dict.fromkeys(
        singular.split(), unmarked
    )
    assert {x: made[x].number if x in made else None for x in plural.split()} == dict.fromkeys(
        plural.split(), "plural"
    )
    assert not set(wrong.split()) & set(made)
    assert all(form.rule for form in made.values())
    assert made[lemma].rule == "lemma"


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "text", "rule"),
    [
        ("tam", "மகன்", {}, "மகனுக்குத்", "dative -உக்கு + sandhi த்"),
        ("tam", "மகன்", {}, "மகன்களையும்", "plural -கள் + accusative -ஐ + and -உம்"),
        ("tel", "వ్యక్తి", {}, "వ్యక్తులను", "plural -లు + oblique -ల + accusative -ను"),
        ("kan", "ವ್ಯಕ್ತಿ", {"plural": "ವ್ಯಕ್ತಿಗಳು"}, "ವ್ಯಕ್ತಿಗಳಿಗಾಗಿ", "plural + dative -ಗೆ + for -ಾಗಿ"),
        ("kor", "사람", {}, "사람들에게는", "plural -들 + dative -에게 + topic -는"),
        ("kor", "아빠", {"full": True}, "아빠였다", "copula, past -였다"),
    ],
)
def test_rule(language, lemma, keys, text, rule):
    forms = paradigm(language).inflect(Word(lemma, keys))
    assert next(form.rule for form in forms if form.text == text) == rule


@pytest.mark.parametrize(
    ("language", "lemma", "keys"),
    [
        ("tam", "மகன்", {"class": "no"}),
        ("tam", "மகள்", {"class": "an"}),
        ("tel", "మహిళ", {"class": "du"}),
        ("tel", "భాయ్", {}),
        ("kan", "ಹುಡುಗ", {"class": "no"}),
        ("kan", "ಹುಡುಗಿ", {"class": "kin"}),
        ("kor", "사람", {"short": True}),
        ("kor", "man", {}),
    ],
)
def test_unknown_class(language, lemma, keys):
    with pytest.raises(ValueError, match=r"class|takes a word|not known|Hangul"):
        list(paradigm(language).inflect(Word(lemma, keys)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("tam", "ஆணை"),  # order, command
        ("tam", "ஆளும்"),  # ruling
        ("tam", "பேரில்"),  # in the name of
        ("tel", "అన్న"),  # said
        ("tel", "మహిళా"),  # women's
        ("tel", "అమ్మే"),  # selling
        ("kan", "ತಮ್ಮ"),  # their own
        ("kan", "ಸೋದರ"),  # first part of cousin
        ("kor", "아이고"),  # oh dear
        ("kor", "왕이"),  # Wang Yi
        ("kor", "이모지"),  # emoji
        ("kor", "사내"),  # within the company
        ("kor", "부인하고"),  # denying
    ],
)
def test_homograph_is_left_out(language, text):
    lexicon = gender.bundled(language)
    assert text not in {form.text for form in lexicon.forms}
    assert text in {form.text for form in lexicon.omitted}
    assert lexicon.omit[text]


@pytest.mark.parametrize(
    ("language", "text"),
    [("tam", "சந்தேக நபரை"), ("tel", "శాతం మంది"), ("kan", "ಜನ ಸಂಖ್ಯೆ"), ("kor", "형을 선고받았다")],
)
def test_neighbour_blocks(language, text):
    assert text in gender.bundled(language).block


@pytest.mark.parametrize("language", LANGUAGES)
def test_size(language):
    assert 10_000 < len({form.text for form in gender.bundled(language).forms}) < 45_000


def test_a_form_in_two_classes():
    """The one masculine, the other feminine: person with one of a gender written on."""
    classes = {}
    for form in gender.bundled("kan").forms:
        classes.setdefault(form.text, set()).add(form.gender)
    assert classes["ವ್ಯಕ್ತಿಯೊಬ್ಬ"] == {"masculine"}
    assert classes["ವ್ಯಕ್ತಿಯೊಬ್ಬಳು"] == {"feminine"}
    assert classes["ವ್ಯಕ್ತಿಯೊಬ್ಬರು"] == {"unspecified"}
