"""The character tables: every code point that matters against an independent reading of Unicode."""

from __future__ import annotations

import numpy as np
import pytest
import slow_tokens
import unicodedata2 as ucd
from slow_tokens import Word, kernel_tokens

from corpus_assay.transforms import block_tables, kernels, unicode, unicode_build


def test_stored_tables_are_what_the_build_makes() -> None:
    built = unicode_build.build()
    stored = unicode.tables()
    assert list(built) == list(stored._fields)
    for name, array in built.items():
        assert array.dtype == getattr(stored, name).dtype
        assert np.array_equal(array, getattr(stored, name))


def test_stored_tables_of_blocks_are_what_the_build_makes() -> None:
    for built, stored in zip(block_tables.build(), block_tables.load(), strict=True):
        assert built.dtype == stored.dtype
        assert np.array_equal(built, stored)


def test_tables_and_kernels_are_of_one_version() -> None:
    assert unicode.VERSION == unicode_build.UNICODE_VERSION == ucd.unidata_version
    assert unicode.checksum() == kernels.TABLES_SHA256


def _characters() -> list[str]:
    """Every assigned character but the bulk of ideographs, syllables and private use, of which,
    and of what is not assigned, a sample."""
    characters = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        bulk = 0x3400 <= code < 0xA000 or 0xAC00 <= code < 0xD7A4 or code >= 0x17000
        category = ucd.category(chr(code))
        sampled = category in ("Cn", "Co") or (bulk and category == "Lo")
        if sampled and code % 97:
            continue
        if slow_tokens.known(chr(code)):
            characters.append(chr(code))
    return characters


def _profile_page(profile: int, page: int) -> np.ndarray:
    tables = unicode.tables()
    start = int(tables.stage1[profile * unicode.PAGES + page]) * 256
    return tables.stage2[start : start + 256]


@pytest.mark.parametrize("profile", slow_tokens.PROFILES)
def test_every_character_alone(profile: int) -> None:
    characters = _characters()
    if profile != unicode.BASE:
        base = [_profile_page(unicode.BASE, page) for page in range(unicode.PAGES)]
        differs = {
            page
            for page in range(unicode.PAGES)
            if not np.array_equal(base[page], _profile_page(profile, page))
        }
        assert 0 < len(differs) < 8  # all other pages are the same, and tested in the base profile
        characters = [c for c in characters if ord(c) >> 8 in differs]
    tokens = kernel_tokens([c.encode() for c in characters], profile)
    for character, found in zip(characters, tokens, strict=True):
        kind = slow_tokens.kind(character, profile)
        words = []
        if kind in "lu":
            folded = slow_tokens.fold(character, profile)
            upper = ucd.category(character) in ("Lu", "Lt")
            size = len(character.encode())
            words = [Word(0, size, folded, kernels.GAP_OTHER, upper)]
        assert (found.words, found.punctuation) == (words, int(kind in "oda")), hex(ord(character))


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("\u1c89", "\u1c8a"),  # Cyrillic tje, Unicode 16
        ("\ua7cb", "\u0264"),  # Latin rams horn, 16
        ("\ua7da", "\ua7db"),  # Latin lambda, 16
        ("\ua7dc", "\u019b"),  # Latin lambda with stroke, 16
        ("\U00010d50", "\U00010d70"),  # Garay a, 16
        ("\ua7ce", "\ua7cf"),  # Latin pharyngeal voiced fricative, 17
        ("\ua7d2", "\ua7d3"),  # Latin double thorn, 17
        ("\U00016ea0", "\U00016ebb"),  # Beria Erfe arkab, 17
    ],
)
def test_letters_newer_than_python_fold(upper: str, lower: str) -> None:
    [token] = kernel_tokens([upper.encode()], unicode.BASE)
    assert [(word.folded, word.upper) for word in token.words] == [(lower, True)]
