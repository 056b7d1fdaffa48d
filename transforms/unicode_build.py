"""Generates ``unicode.npz``, the character tables that the kernels read.

Run ``python -m corpus_assay.transforms.unicode_build`` after changing this file; it needs the
``test`` extra. Everything is taken from one Unicode version, `UNICODE_VERSION`, whatever Python
runs it: general category, canonical decomposition and combining class from ``unicodedata2``;
case folding and scripts from ``regex``, restricted to characters that this version assigns, which
is safe because Unicode never changes the folding or script of an assigned letter.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import regex
import unicodedata2 as ucd
from regex import _regex, _regex_core

from corpus_assay.transforms import block_tables, unicode

UNICODE_VERSION = "17.0.0"
LAST = 0x110000
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What stands in for surrogates, which are no characters."""

SPACE_LIKE = (0x200B,)
"""Zero width space separates words (Thai, Khmer), although its category is Cf."""

IGNORABLE = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x0640, 0x0640),  # tatweel only stretches a word
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)
"""Default-ignorable characters (and tatweel) whose category is not Cf; all of Cf joins them."""

APOSTROPHES = (0x0027, 0x2018, 0x2019, 0xFF07)
LETTER_APOSTROPHES = (0x02BB, 0x02BC)
MID_LETTERS = (0x00B7, 0x0387, 0x05F3, 0x05F4)
"""Catalan l·l and Hebrew geresh and gershayim: inside a word, part of it (UAX 29, MidLetter)."""

ARABIC_VOWELS = ((0x064B, 0x0652), (0x0656, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC))
"""Vowel, doubling and recitation marks that writers of Arabic script mostly leave out."""

UNSEGMENTED = regex.compile(
    r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}"
    r"\p{Script=Myanmar}]"
)


def _characters() -> list[str]:
    return [REPLACEMENT if 0xD800 <= c < 0xE000 else chr(c) for c in range(LAST)]


def full_casefold(character: str) -> str:
    """Unicode full case folding (CaseFolding.txt, status C and F) of one character."""
    if character == "I":  # regex keeps I and İ apart for the Turkic folding
        return "i"
    if character == "İ":
        return "i̇"
    folded: str = _regex.fold_case(_regex_core.FULL_CASE_FOLDING, character)
    if ucd.category(character) == "Cn" or any(ucd.category(c) == "Cn" for c in folded):
        return character
    return folded


def character_class(character: str) -> int:
    """The class of a character in the base profile, see `unicode`."""
    code, category = ord(character), ucd.category(character)
    if code in SPACE_LIKE or category in ("Zs", "Zl", "Zp", "Cc"):
        return unicode.SPACE
    if category == "Cf" or any(first <= code <= last for first, last in IGNORABLE):
        return unicode.IGNORE
    if code in APOSTROPHES:
        return unicode.APOSTROPHE
    if code in MID_LETTERS:
        return unicode.MID_LETTER
    if category[0] in "LN":
        return unicode.SINGLE if UNSEGMENTED.match(character) else unicode.LETTER
    return unicode.MARK if category[0] == "M" else unicode.OTHER


def _ends_in_mark(*texts: str) -> bool:
    """Whether the canonical decomposition of one of the texts ends in a mark that can move."""
    return any(ucd.combining(ucd.normalize("NFD", text)[-1]) for text in texts)


def _shift(code: int, folded: int) -> int:
    """Distance to the folded code point; a distance, so that blocks of equal rules are shared."""
    return (folded - code) & unicode.CODE_MASK


def _pairs(characters: list[str]) -> dict[tuple[int, int], int]:
    """Primary composites: (first, second) -> composed, composition exclusions left out."""
    pairs = {}
    for composed in characters:
        decomposition = ucd.decomposition(composed)
        if not decomposition or decomposition.startswith("<"):
            continue
        codes = [int(code, 16) for code in decomposition.split()]
        if len(codes) == 2 and ucd.normalize("NFC", composed) == composed:
            pairs[codes[0], codes[1]] = ord(composed)
    return pairs


def _csr(mapping: dict[int, list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = np.array(sorted(mapping), dtype=np.uint32)
    offsets = np.cumsum([0] + [len(mapping[int(k)]) for k in keys]).astype(np.int32)
    values = np.array([v for k in keys for v in mapping[int(k)]], dtype=np.uint32)
    return keys, offsets, values


def build() -> dict[str, np.ndarray]:
    """All arrays of ``unicode.npz`` by name; `unicode.Tables` describes them. Raises
    `RuntimeError` where unicodedata2 is of another version than `UNICODE_VERSION`."""
    if ucd.unidata_version != UNICODE_VERSION:
        raise RuntimeError(f"unicodedata2 has {ucd.unidata_version}, not {UNICODE_VERSION}")
    characters = _characters()
    pairs = _pairs(characters)
    firsts = {first for first, _ in pairs}
    seconds = (
        {second for _, second in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    )
    firsts |= set(range(0x1100, 0x1113)) | set(range(0xAC00, 0xD7A4, 28))
    folds = {c: full_casefold(ch) for c, ch in enumerate(characters) if ch != REPLACEMENT}
    folds = {c: f for c, f in folds.items() if f != chr(c)}

    long_folds: dict[int, list[int]] = {}
    base = np.empty(LAST, dtype=np.uint32)
    for code, character in enumerate(characters):
        entry = character_class(character) << unicode.CLASS_SHIFT
        folded = folds.get(code, character)
        normal = ucd.normalize("NFC", folded)
        if ucd.normalize("NFC", character) != character:
            entry |= unicode.COMPLEX
        if ucd.normalize("NFD", character) != character:
            entry |= unicode.DECOMPOSES
        if len(normal) > 1:
            entry |= unicode.LONG
            long_folds[code] = [ord(c) for c in normal]
        else:
            entry |= _shift(code, ord(normal))
        if code in firsts or ord(normal[-1]) in firsts:
            entry |= unicode.COMPOSES
        elif not ucd.combining(character) and _ends_in_mark(character, normal):
            # A mark that follows may move before that mark: é and dot below are ẹ́.
            entry |= unicode.COMPOSES
        if code in seconds or ord(normal[0]) in seconds:
            entry |= unicode.COMPOSED
        if ucd.combining(character):
            entry |= unicode.ORDERED
        if ucd.category(character) in ("Lu", "Lt"):
            entry |= unicode.UPPER
        base[code] = entry
    for code in LETTER_APOSTROPHES:
        base[code] = unicode.LETTER << unicode.CLASS_SHIFT | _shift(code, unicode.LETTER_APOSTROPHE)

    turkic = base.copy()
    for upper, lower in ("Iı", "İi"):
        flags = base[ord(upper)] & ~np.uint32(unicode.CODE_MASK | unicode.LONG)
        turkic[ord(upper)] = flags | unicode.COMPOSES | _shift(ord(upper), ord(lower))
    joined = base.copy()
    for code in (*APOSTROPHES, ord("`")):
        joined[code] = unicode.MID_LETTER << unicode.CLASS_SHIFT | _shift(
            code, unicode.LETTER_APOSTROPHE
        )
    arabic = base.copy()
    for first, last in ARABIC_VOWELS:
        arabic[first : last + 1] = unicode.IGNORE << unicode.CLASS_SHIFT
    for variant, letter in ("كک", "يی", "ىی", "ٱا", "ہه", "ۃة"):
        flags = base[ord(variant)] & ~np.uint32(unicode.CODE_MASK)
        flags |= base[ord(letter)] & np.uint32(unicode.COMPOSES)
        arabic[ord(variant)] = flags | _shift(ord(variant), ord(letter))

    orders = np.array([ucd.combining(c) for c in characters], dtype=np.uint8).reshape(-1, 256)
    blocks: dict[tuple[bytes, bytes], int] = {}
    stage1 = np.empty((4, LAST >> 8), dtype=np.uint16)
    for profile, table in enumerate((base, turkic, joined, arabic)):
        for page, block in enumerate(table.reshape(-1, 256)):
            key = block.tobytes(), orders[page].tobytes()
            stage1[profile, page] = blocks.setdefault(key, len(blocks))
    stage2 = np.frombuffer(b"".join(block for block, _ in blocks), dtype=np.uint32)
    stage2_orders = np.frombuffer(b"".join(order for _, order in blocks), dtype=np.uint8)

    hangul = range(0xAC00, 0xD7A4)
    decompositions = {
        code: [ord(c) for c in ucd.normalize("NFD", character)]
        for code, character in enumerate(characters)
        if code not in hangul and ucd.normalize("NFD", character) != character
    }
    pair_keys = np.array(sorted(a << 21 | b for a, b in pairs), dtype=np.uint64)
    pair_values = np.array(
        [pairs[int(k) >> 21, int(k) & 0x1FFFFF] for k in pair_keys], dtype=np.uint32
    )
    decomposition_keys, decomposition_offsets, decomposition_values = _csr(decompositions)
    fold_keys, fold_offsets, fold_values = _csr(long_folds)
    return {
        "stage1": stage1.reshape(-1),
        "stage2": stage2,
        "orders": stage2_orders,
        "decomposition_keys": decomposition_keys,
        "decomposition_offsets": decomposition_offsets,
        "decomposition_values": decomposition_values,
        "fold_keys": fold_keys,
        "fold_offsets": fold_offsets,
        "fold_values": fold_values,
        "pair_keys": pair_keys,
        "pair_values": pair_values,
    }


if __name__ == "__main__":
    target = Path(__file__).with_name("unicode.npz")
    np.savez_compressed(target, allow_pickle=False, **build())
    unicode.tables.cache_clear()
    np.savez_compressed(block_tables.FILE, allow_pickle=False, **block_tables.build()._asdict())
    for name in ("kernels.py", "block_kernels.py"):
        module = target.with_name(name)
        source = regex.sub(
            r'(?m)^TABLES_SHA256 = "\w*"$',
            f'TABLES_SHA256 = "{unicode.checksum()}"',
            module.read_text(encoding="utf-8"),
        )
        module.write_text(source, encoding="utf-8")
    print(f"{target}: {target.stat().st_size:,} bytes, Unicode {UNICODE_VERSION}")
