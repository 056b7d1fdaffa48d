"""Blocks of 64 bytes: the vector instructions, and the short way of words against the long one."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
import slow_tokens
from numba import njit, uint64
from numpy.typing import NDArray
from slow_tokens import kernel_tokens
from test_kernels import ALPHABET, PIECES, assert_equal_to_slow

from corpus_assay.transforms import block_kernels, kernels, simd, unicode

LINES = (
    "{0}",
    "xa{0}b Y{0} {0}z",
    "ж{0}é {0}{0}",
    "女{0}か{0}",
    "l{0}'{0}’a",
    "e{0}\u0301 가{0}\u11a8",
)
"""A character alone, in words of several scripts, doubled, beside apostrophes and before marks."""

STRANGE = (
    "a" * 5000,
    "é" * 3000 + "'s",
    "女" * 2000,
    " " * 5000,
    "=" * 4500 + "!",
    "🙂" * 1200,
    "—" * 1500,
    "ж\u0301" * 900,
    "l'" * 2500,
    "a’" * 1300,
    "a\u00ad" * 1700,
    "\r\n" * 2100,
    "I" * 4300,
    "か\u3099" * 800,
)
"""Longer than a piece, or nearly, without a place where it is easily cut."""


@njit
def _vector_functions(data, i, special):  # type: ignore[no-untyped-def]
    folded, kinds = np.zeros(80, np.uint8), np.full(80, 7, np.uint8)
    masks = simd.fold_ascii(data, uint64(i), folded, kinds, uint64(8), special, special)
    bits = simd.bit_masks(data, uint64(i))
    spread = np.zeros(80, np.uint8)
    simd.spread(spread, uint64(8), bits[0], bits[1], bits[2], bits[3])
    more = simd.repeats(data, uint64(i)), simd.continuing(data, uint64(i))
    counted = simd.popcount(masks[0])
    loads = simd.load16(data, uint64(i)), simd.load32(data, uint64(i)), simd.load64(data, uint64(i))
    chosen = simd.choose(i > 3, uint64(1), uint64(2)), simd.choose(i > 9, uint64(1), uint64(2))
    simd.store16(kinds, uint64(1), uint64(0xABCD12))
    return masks, bits, more, loads, chosen, counted, folded, kinds, spread


def _bits(mask: int) -> NDArray[np.bool_]:
    return np.array([mask >> k & 1 for k in range(64)], np.bool_)


def test_vector_functions_do_what_they_say() -> None:
    chooser = np.random.default_rng(1)
    for _ in range(50):
        data = chooser.choice(np.arange(256), 80).astype(np.uint8)
        data[20:40] = chooser.integers(0x20, 0x7F, 20)
        data[chooser.integers(0, 79, 6)] = ord("-")
        data[41:44] = data[40]
        special = int(data[50])
        found = _vector_functions(data, 5, np.uint8(special))
        masks, bits, more, loads, chosen, counted, folded, kinds, spread = found
        block = data[5:69]
        text = [chr(byte) if byte < 0x80 else "" for byte in block]
        expected = [
            [c.isalnum() for c in text],
            [c.isupper() for c in text],
            [c != "" and (c <= " " or c == "\x7f") for c in text],
            block == ord("'"),
            block == ord("-"),
            block == special,
            block >= 0x80,
            (block >= 0x80) & (block < 0xC0),
            block >= 0xE0,
            block >= 0xF0,
        ]
        for mask, wanted in zip(masks, expected, strict=True):
            np.testing.assert_array_equal(_bits(mask), wanted)
        assert counted == sum(expected[0])
        for bit, mask in enumerate(bits):
            np.testing.assert_array_equal(_bits(mask), block >> bit & 1 == 1)
        np.testing.assert_array_equal(_bits(more[0]), block == data[4:68])
        np.testing.assert_array_equal(_bits(more[1]), (block >= 0x80) & (block < 0xC0))
        lowered = bytes(block).lower()  # ASCII only
        assert bytes(folded) == bytes(8) + lowered + bytes(8)
        assert bytes(kinds) == b"\x07\x12\xcd" + b"\x07" * 5 + bytes(64) + b"\x07" * 8
        assert bytes(spread) == bytes(8) + bytes(block & 15) + bytes(8)
        assert loads == tuple(int.from_bytes(block[:n], "little") for n in (2, 4, 8))
        assert chosen == (1, 2)


@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_ascii_is_compared_as_the_tables_say(profile: int) -> None:
    """The short way knows ASCII by comparisons, the long way by the tables."""
    tables = unicode.tables()
    page = int(tables.stage1[profile * unicode.PAGES])
    for code in range(0x80):
        kind = int(tables.stage2[page << 8 | code]) >> unicode.CLASS_SHIFT & 7
        [tokens] = kernel_tokens([bytes([code])], profile)
        assert len(tokens.words) == (kind == unicode.LETTER), chr(code)
        assert tokens.punctuation == (kind not in (unicode.LETTER, unicode.SPACE)), chr(code)


@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_short_way_equals_the_long_way_for_many_characters(profile: int) -> None:
    """A byte that is no UTF-8 sends all that stands around it the long way."""
    codes = [*range(0x80, 0x3200), *range(0x3200, 0x11000, 7)]
    characters = [chr(code) for code in codes if not 0xD800 <= code < 0xE000]
    parts = ["\n".join(LINES).format(character).encode() for character in characters]
    short = kernel_hashes(parts, profile)
    long = kernel_hashes([part + b" \xff" for part in parts], profile)
    assert short == long


def kernel_hashes(parts: list[bytes], profile: int) -> list[tuple[object, ...]]:
    """Of each part: hashes, places and flags of its words; punctuation marks, but U+FFFD."""
    ends = np.cumsum([0, *map(len, parts)]).astype(np.int32)
    data = np.frombuffer(b"".join(parts), np.uint8)
    room = (len(data) + len(parts)) // 2 + 1
    words = [np.empty(room, dtype) for dtype in (np.uint64, np.uint32, np.uint32, np.uint8)]
    offsets = np.empty(len(parts) + 1, np.int64)
    marks, characters = np.empty(len(parts), np.int64), np.empty(len(parts), np.int64)
    invalid = np.empty(len(parts), np.bool_)
    profiles = np.full(len(parts), profile, np.uint8)
    frozen = np.frombuffer(ends.tobytes(), np.int32)
    kernels.tokenise(data, frozen, profiles, *words, offsets, marks, characters, invalid)
    found: list[tuple[object, ...]] = []
    for part, (first, last) in enumerate(pairwise(offsets)):
        hashes, starts, stops, flags = (column[first:last] for column in words)
        places = (starts - ends[part]).tolist(), (stops - ends[part]).tolist()
        found.append(
            (hashes.tolist(), *places, flags.tolist(), int(marks[part]) - int(invalid[part]))
        )
    return found


@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_texts_of_several_pieces_equal_the_slow_implementation(profile: int) -> None:
    """Pieces end anywhere in words, gaps, marks and characters, and begin there again."""
    chooser = random.Random(profile)
    texts = []
    for number in range(30):
        vocabulary = [*chooser.choices(PIECES, k=12), *chooser.choices(ALPHABET, k=4), *" " * 8]
        text = "x" * number
        while len(text.encode()) < 2 * block_kernels.PIECE + 100:
            text += chooser.choice(vocabulary)
        texts.append(text)
    assert_equal_to_slow([text.encode() for text in texts], profile)


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: ascii(text[:2]))
def test_texts_without_a_place_to_cut_equal_the_slow_implementation(text: str) -> None:
    for profile in slow_tokens.PROFILES:
        for around in ("", "woman's ", "l"):
            assert_equal_to_slow([(around + text + around).encode()], profile)


def test_an_invalid_byte_anywhere_around_the_end_of_a_piece() -> None:
    whole = ("женщина l’homme 女の人 " * 300).encode()
    for at in range(block_kernels.PIECE - 20, block_kernels.PIECE + 4):
        for byte in (b"\xff", b"\x80", b"\xe2"):
            part = whole[:at] + byte + whole[at:5000]
            short = kernel_tokens([part], unicode.BASE)[0]
            assert short.invalid
            slow = slow_tokens.tokenise(part, unicode.BASE)
            assert (short.words, short.punctuation) == (slow.words, slow.punctuation)
