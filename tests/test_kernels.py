"""The kernels against an independent slow implementation, and on bytes that are no text."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
import slow_tokens
import unicodedata2 as ucd
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_tokens import KernelTokens, kernel_tokens

from corpus_assay.transforms import kernels, unicode
from corpus_assay.transforms.kernels import (
    GAP_APOSTROPHE,
    GAP_HYPHEN,
    GAP_NONE,
    GAP_OTHER,
    GAP_SPACE,
)

WORDS = """
woman The Isparta I'm aujourd'hui Straße STRASSE İSTANBUL ılık naïve well-known o'clock 10 3½
женщина ЁЛКА сям’я ΓΥΝΑΊΚΑ Οδυσσεύς ᾼ ΰ ﬁn ŉ Ǆ ქალი ᲥᲐᲚᲘ امرأة رَجُلٌ كِتاب لڑکی می\u200cخواهم
लड़की क़लम মেয়ে பொண்ணு பெண் ผู้หญิง แม่น้ำ 女性 女の子 がぎ ガキ 여자 한국 ສາວ ခလေး ស្រី 𐐔𐐯𐑅 𝐀𝑏
al·lota צ׳ק O‘zbek ʻokina a̱̋ ẹ́ q̣̇ ᄒ한ᆫ각ᇂ
"""
SIGNS = "' ’ ` · - ‐ \u2011 — . ... … ! !! ? , ; «» _ # 🙂 👩\u200d👩\u200d👧 €"
PIECES = (
    *WORDS.split(),
    *ucd.normalize("NFD", WORDS).split(),
    *SIGNS.split(),
    *("", "\n", "\r\n", "\n\n", "\t", "\0", "\x7f"),
    *(" ", " ", "  ", "\u00a0", "\u200b", "\u2028", "\u2029", "\u3000"),
    *"\u00ad\u200c\u200d\u200e\u202e\u0640\u034f\ufe0f\u2060\ufeff\u180e\U000e0061",  # ignorable
    # marks of several combining classes, and letters and marks that NFC composes or takes apart
    *"\u0301\u0323\u0307\u0308\u0327\u0345\u05b0\u0651\u064e\u0653\u0654\u093c\u094d\u09be\u3099",
    *"éẹếǖṩᾳÅ\u0344\u0958\u1e9b\ufb1d\u2126\u0f73\U0001d15e\u1100\u1161\u11a8가각",
)


def _alphabet() -> str:
    """Characters of every category and script that Python can fold, evenly spread."""
    by_category: dict[str, list[str]] = {}
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000 and slow_tokens.known(chr(code)):
            by_category.setdefault(ucd.category(chr(code)), []).append(chr(code))
    sample = [c[:: max(1, len(c) // 200)] for c in by_category.values()]
    return "".join(c for row in sample for c in row)


ALPHABET = _alphabet()
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(PIECES), st.sampled_from(ALPHABET), st.text("aIi'é -\n", max_size=12)
    ),
    max_size=40,
).map("".join)


def assert_equal_to_slow(parts: Sequence[bytes], profile: int) -> list[KernelTokens]:
    found = kernel_tokens(parts, profile)
    by_folded: dict[str, int] = {}
    for part, tokens in zip(parts, found, strict=True):
        expected = slow_tokens.tokenise(part, profile)
        assert tokens.words == expected.words
        assert tokens.punctuation == expected.punctuation
        for word, value in zip(tokens.words, tokens.hashes, strict=True):
            assert by_folded.setdefault(word.folded, value) == value
    assert len(set(by_folded.values())) == len(by_folded)
    return found


@settings(max_examples=250, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_words_equal_the_slow_implementation(texts: list[str]) -> None:
    for profile in slow_tokens.PROFILES:
        found = assert_equal_to_slow([text.encode() for text in texts], profile)
        assert [tokens.characters for tokens in found] == [len(text) for text in texts]


@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_many_long_texts_equal_the_slow_implementation(profile: int) -> None:
    random_pieces = random.Random(profile)
    texts = []
    for _ in range(400):
        vocabulary = random_pieces.choices(PIECES, k=8) + random_pieces.choices(ALPHABET, k=2)
        texts.append("".join(random_pieces.choices([*vocabulary, " "], k=60)))
    assert_equal_to_slow([text.encode() for text in texts], profile)


BROKEN = st.lists(
    st.one_of(
        st.sampled_from([piece.encode() for piece in PIECES]),
        # first bytes of sequences that never come, continuations of none, over-long, surrogates
        st.sampled_from(
            [bytes([b]) for b in (0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF8, 0xFF)]
            + [b"\xe4\xb8", b"\xc1\x81", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\x80"]
        ),
        st.binary(max_size=6),
    ),
    max_size=25,
).map(b"".join)
SURROUNDINGS = (
    (b"a" * 40, b"a" * 40),
    (b"\x80" * 40, b"\x80" * 40),
    ("é".encode() * 20, "\u0301".encode() * 20),
    (b"woman'", b"'s woman"),
    ("女\u00ad".encode() * 8, "\u00ad人".encode() * 8),
    (b"\xf0\x9f", b"\x99\x82"),
)


@settings(max_examples=250, deadline=None)
@given(BROKEN, st.sampled_from(SURROUNDINGS))
def test_any_bytes_and_nothing_but_their_own(part: bytes, around: tuple[bytes, bytes]) -> None:
    for profile in slow_tokens.PROFILES:
        alone = assert_equal_to_slow([part], profile)
        assert kernel_tokens([part], profile, *around) == alone


RUNS = (
    "woman and man, the women's grandmothers aren't well-known mathematicians",
    "женщина и мужчина, сёстры е\u0308лка ЖЕНЩИНА Οδυσσεύς é",
    "ქალი და კაცი ᲥᲐᲚᲘ लड़की पति-पत्नी பெண்கள் ἀνήρ",
    "女の人と男の人が\u3099母国で話しています。ผู้หญิงแม่น้ำ",
    "𐐔𐐯𐑅𐐨𐑉𐐯𐐻 🙂🙂 𝐀𝑏 a𐐔é女\U0001d165 ab女é",
)


@pytest.mark.parametrize("text", RUNS)
@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_a_text_cut_at_any_byte(text: str, profile: int) -> None:
    """Both halves stand in one buffer: a character cut in two is none in either."""
    whole = text.encode()
    for cut in range(len(whole) + 1):
        assert_equal_to_slow([whole[:cut], whole[cut:]], profile)


@pytest.mark.parametrize("special", [*"IİıKéßж女'’·-_ 7", "\u00ad", "\u0307", "\u0323", "𐐔"])
@pytest.mark.parametrize("filler", ["a", "Z", "é", "ж", "ა"])
def test_a_special_character_at_any_place_of_a_word(special: str, filler: str) -> None:
    """Every place in the eight bytes that the kernels read at once, far from the end and near."""
    texts = [
        filler * place + special + filler * after + tail
        for place in range(19)
        for after in (0, 1, 9)
        for tail in ("", " and then some more text to come")
    ]
    for profile in slow_tokens.PROFILES:
        assert_equal_to_slow([text.encode() for text in texts], profile)


@pytest.mark.parametrize(
    "unit", [*"a'é·女\u0301\u00ad\u0640! \n", "a'", "a\u00ad", "女\u0301", "I"]
)
@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_much_of_one_thing_ends(unit: str, profile: int) -> None:
    text = unit * (200_000 // len(unit.encode()))
    [tokens] = kernel_tokens([text.encode()], profile)
    assert tokens.characters == len(text)
    assert all(0 <= word.start < word.end <= 200_000 for word in tokens.words)


def test_words_longer_than_the_limit_are_cut_nowhere_and_hash_by_content() -> None:
    long = "Ab" * 2000
    texts = [
        long,
        long.lower(),
        long + "c",
        f"{long} x",
        "é" * 1000,
        "É" * 1000,
        "女" + "\u0301" * 900,
    ]
    found = kernel_tokens([text.encode() for text in texts], unicode.BASE)
    assert [(w.start, w.end) for w in found[0].words] == [(0, 4000)]
    assert found[0].hashes == found[1].hashes == found[3].hashes[:1]
    assert found[0].hashes != found[2].hashes
    assert found[4].hashes == found[5].hashes
    assert [(w.start, w.end) for w in found[6].words] == [(0, 3 + 1800)]


def test_parts_do_not_flow_into_each_other() -> None:
    first, second = kernel_tokens([b"wo", b"man's"], unicode.BASE)
    assert [word.folded for word in first.words] == ["wo"]
    assert [(word.folded, word.gap) for word in second.words] == [
        ("man", GAP_OTHER),
        ("s", GAP_APOSTROPHE),
    ]


def _folds_to_itself(character: str) -> bool:
    return all(c.casefold() == c for c in ucd.normalize("NFD", character))


def _of_kind(kinds: str, codes: range) -> list[str]:
    return [
        c
        for c in map(chr, codes)
        if slow_tokens.known(c)
        and _folds_to_itself(c)
        and slow_tokens.kind(c, unicode.BASE) in kinds
    ]


MARKS = [c for c in _of_kind("m", range(0x300, 0x1F000)) if ucd.combining(c)]
TAKEN_APART = [c for c in _of_kind("lm", range(0xC0, 0x1F000)) if ucd.normalize("NFD", c) != c]
JAMO = [chr(c) for c in (0x1100, 0x1112, 0x1161, 0x1175, 0x11A8, 0x11C2, 0xAC00, 0xAC01, 0xD788)]
LETTERS = [*"aeiouyngsтеιأايবকய", *"\u09be\u09c7\u0bc6\u0bbe\u0dd9\u0dcf"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(*map(st.sampled_from, (MARKS, LETTERS, TAKEN_APART, JAMO))), max_size=12))
def test_words_are_in_nfc(rest: str) -> None:
    text = "a" + rest
    [tokens] = kernel_tokens([text.encode()], unicode.BASE)
    assert [word.folded for word in tokens.words] == [ucd.normalize("NFC", text)]


@pytest.mark.parametrize(
    ("text", "composed"),
    [
        ("e\u0301", "é"),
        ("e\u0301\u0323", "ẹ\u0301"),  # the dot below moves before the acute, and composes first
        ("\u00e9\u0323", "ẹ\u0301"),  # the same from é, of which nothing composes
        ("\u1ebf\u0323", "ệ\u0301"),
        ("q\u0307\u0323", "q\u0323\u0307"),  # nothing composes, the order is canonical
        ("\u1112\u1161\u11ab", "한"),
        ("\u1112\u1161\u11ab\u11ab", "한\u11ab"),
        ("\u0958", "क\u093c"),  # excluded from composition
        ("ক\u09c7\u09be", "কো"),
        ("か\u3099", "が"),
    ],
)
def test_nfc_by_hand(text: str, composed: str) -> None:
    [tokens] = kernel_tokens([text.encode()], unicode.BASE)
    assert [word.folded for word in tokens.words] == [composed]


@pytest.mark.parametrize(
    ("profile", "text", "folded"),
    [
        (unicode.BASE, "Straße STRASSE ẞ ﬁn", ["strasse", "strasse", "ss", "fin"]),
        (unicode.BASE, "ΣΊΣΥΦΟΣ σίσυφος", ["σίσυφοσ", "σίσυφοσ"]),
        (unicode.BASE, "İstanbul ISPARTA", ["i\u0307stanbul", "isparta"]),
        (
            unicode.TURKIC,
            "İstanbul ISPARTA ılık I\u0307zmir",
            ["istanbul", "ısparta", "ılık", "izmir"],
        ),
        (unicode.TURKIC, "DİYARBAKIR'IN", ["diyarbakır", "ın"]),
        (unicode.BASE, "wo\u00adman \u202ewo\u2060man\u202c", ["woman", "woman"]),
        (unicode.BASE, "mi\u200cxah مـــرد", ["mixah", "مرد"]),
        (unicode.BASE, "aujourd'hui", ["aujourd", "hui"]),
        (unicode.JOINED, "сям'я СЯМ’Я oʻgʻil O'G'IL", ["сямʼя", "сямʼя", "oʼgʼil", "oʼgʼil"]),
        (unicode.JOINED, "'ona' rock 'n", ["ona", "rock", "n"]),
        (unicode.BASE, "oʻgʻil ʼokina", ["oʼgʼil", "ʼokina"]),
        (unicode.ARABIC, "رَجُلٌ كتابي على", ["رجل", "کتابی", "علی"]),
        (unicode.BASE, "رَجُلٌ", ["رَجُلٌ"]),
        (unicode.ARABIC, "ا\u0653ب ا\u064e\u0654ب", ["آب", "أب"]),  # vowels go, hamza composes
        (unicode.BASE, "al·lota a· ·b", ["al·lota", "a", "b"]),
        (unicode.BASE, "女人", ["女", "人"]),
        (unicode.BASE, "カタカナ ひら", ["カタカナ", "ひ", "ら"]),
        (unicode.BASE, "ผู้หญิง", ["ผู้", "ห", "ญิ", "ง"]),
        (unicode.BASE, "3½ ²x Ⅻ", ["3½", "²x", "ⅻ"]),
    ],
)
def test_folded_words_by_hand(profile: int, text: str, folded: list[str]) -> None:
    [tokens] = kernel_tokens([text.encode()], profile)
    assert [word.folded for word in tokens.words] == folded


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("ab", None),
        ("a女", GAP_NONE),
        ("女\u00ad人", GAP_NONE),
        ("a b", GAP_SPACE),
        ("a\u3000\t b", GAP_SPACE),
        ("a\u200bb", GAP_SPACE),
        ("a \r\n b", GAP_SPACE),
        ("a\n\nb", GAP_OTHER),
        ("a\n \u2029b", GAP_OTHER),
        ("a-b", GAP_HYPHEN),
        ("a\u2011b", GAP_HYPHEN),
        ("a--b", GAP_OTHER),
        ("a -b", GAP_OTHER),
        ("a- b", GAP_OTHER),
        ("a–b", GAP_OTHER),
        ("a'b", GAP_APOSTROPHE),
        ("a\u00ad’\u00adb", GAP_APOSTROPHE),
        ("a''b", GAP_OTHER),
        ("a 'b", GAP_OTHER),
        ("a' b", GAP_OTHER),
        ("a, b", GAP_OTHER),
    ],
)
@pytest.mark.parametrize("tail", ["", " and then some more text to come"])  # long and short ways
def test_gaps_by_hand(text: str, gap: int | None, tail: str) -> None:
    [tokens] = kernel_tokens([(text + tail).encode()], unicode.BASE)
    assert tokens.words[0].gap == GAP_OTHER
    if gap is None:
        assert tokens.words[0].folded == "ab"
    else:
        assert tokens.words[1].gap == gap


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("…", 1),
        ("... !!! ???", 3),
        ("?!?!", 4),
        ("! !", 2),
        ("a!b!", 2),
        ("woman's", 0),
        ("'tis the dogs'", 2),
        ("“Hi,” 👍👍", 4),
        ("a-b", 1),
        ("a\u0301!", 1),
        ("\u200d\ufe0f", 0),
        ("$5 + €6", 3),
        ("女'a", 0),
    ],
)
def test_punctuation_by_hand(text: str, count: int) -> None:
    [tokens] = kernel_tokens([text.encode()], unicode.BASE)
    assert tokens.punctuation == count


def test_context_windows_cut_between_characters() -> None:
    text = "é女🙂woman🙂女é".encode()
    data = np.frombuffer(text, np.uint8)
    start, end = text.index(b"woman"), text.index(b"woman") + 5
    for reach, before, after in (
        (0, "", ""),
        (1, "🙂", "🙂"),
        (2, "女🙂", "🙂女"),
        (9, "é女🙂", "🙂女é"),
    ):
        bounds = np.empty((1, 2), np.int64)
        kernels.windows(
            data,
            np.array([0], np.int32),
            np.array([len(text)], np.int32),
            np.array([start], np.uint32),
            np.array([end], np.uint32),
            reach,
            bounds,
        )
        low, high = bounds[0]
        assert (text[low:start].decode(), text[end:high].decode()) == (before, after)


@pytest.mark.parametrize(
    ("part", "invalid"),
    [
        (b"", False),
        ("plain ÄÖ Привет 女の子 \N{REPLACEMENT CHARACTER} 🙂".encode(), False),
        (b"caf\xe9", True),
        (b"\xff", True),
        (b"a \xc3", True),
        (b"\xc0\xaf", True),
        (b"long enough words before \xe5\xa5 and long enough words after it", True),
        (b"surrogate \xed\xa0\x80 in the middle of a text", True),
        (b"too high \xf4\x90\x80\x80 in the middle of a text", True),
        ("привет ".encode() * 5 + b"\xd0" + " привет".encode() * 5, True),
        ("女".encode() * 9 + b"\xe5\xa5" + "女".encode() * 9, True),
    ],
)
def test_invalid_utf8_is_noticed(part: bytes, invalid: bool) -> None:
    for profile in slow_tokens.PROFILES:
        before, found, after = kernel_tokens([b"one", part, b"zwei"], profile)
        assert (before.invalid, found.invalid, after.invalid) == (False, invalid, False)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=12), TEXTS.map(str.encode)), max_size=6).map(b"".join))
def test_invalid_utf8_is_what_python_refuses(part: bytes) -> None:
    try:
        part.decode()
        valid = True
    except UnicodeDecodeError:
        valid = False
    assert kernel_tokens([part], unicode.BASE)[0].invalid != valid
