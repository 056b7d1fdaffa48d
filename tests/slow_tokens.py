"""The tokens of `transforms.kernels` once more, slowly: what its docstring says, character by
character, with `regex`, `unicodedata2` and `str.casefold` in place of its tables.

Case foldings come from the Python that runs the tests, whose Unicode version may be older than
the pinned one, so only letters that it knows are compared (`KNOWN`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex
import unicodedata2 as ucd

from corpus_assay.transforms import kernels, unicode

PROFILES = (unicode.BASE, unicode.TURKIC, unicode.JOINED, unicode.ARABIC)

APOSTROPHES = "'‘’＇"
HYPHENS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
LINE_BREAKS = "\n\u2029"
ARABIC_VOWEL = regex.compile(r"[\u064B-\u0652\u0656-\u065F\u0670\u06D6-\u06DC]")
ARABIC_LETTERS = {"ك": "ک", "ي": "ی", "ى": "ی", "ٱ": "ا", "ہ": "ه", "ۃ": "ة"}
UNSEGMENTED = regex.compile(
    r"[\p{Script=Hani}\p{Script=Hira}\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}]"
)
IGNORABLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\u0640]")
LETTERS_OF_ONE_WORD = regex.compile(r"l(?:i*[lm]|i*d(?=i*l))*|u(?:i*m)*")


def known(character: str) -> bool:
    """Whether this Python knows the character's case folding."""
    return ucd.category(character) not in ("Lu", "Ll", "Lt") or (
        unicodedata.category(character) != "Cn"
    )


@dataclass(frozen=True)
class Word:
    start: int
    end: int
    folded: str
    gap: int
    upper: bool


@dataclass(frozen=True)
class Tokens:
    words: list[Word]
    punctuation: int


def decode(part: bytes) -> list[tuple[str, int]]:
    """Characters and where they begin; each byte of an invalid sequence is U+FFFD."""
    characters = []
    at = 0
    while at < len(part):
        for width in (1, 2, 3, 4):
            try:
                character = part[at : at + width].decode()
            except UnicodeDecodeError:
                continue
            break
        else:
            character, width = "\N{REPLACEMENT CHARACTER}", 1
        characters.append((character, at))
        at += width
    return characters


def kind(character: str, profile: int) -> str:
    """One letter: (l)etter, (u)nsegmented letter, (m)ark, (i)gnorable, (s)pace, (a)postrophe, mi(d)
    letter, (o)ther."""
    category = ucd.category(character)
    if character == "\N{ZERO WIDTH SPACE}" or category in ("Zs", "Zl", "Zp", "Cc"):
        return "s"
    if category == "Cf" or (category != "Cn" and IGNORABLE.match(character)):
        return "i"
    if profile == unicode.ARABIC and ARABIC_VOWEL.match(character):
        return "i"
    if character in APOSTROPHES:
        return "d" if profile == unicode.JOINED else "a"
    if character in "·\u0387׳״" or (character == "`" and profile == unicode.JOINED):
        return "d"
    if category[0] in "LN":
        return "u" if UNSEGMENTED.match(character) else "l"
    return "m" if category[0] == "M" else "o"


def fold_character(character: str, profile: int) -> str:
    if profile == unicode.TURKIC and character in "Iİ":
        return "ı" if character == "I" else "i"
    if profile == unicode.JOINED and character in APOSTROPHES + "`":
        return "ʼ"
    if profile == unicode.ARABIC:
        character = ARABIC_LETTERS.get(character, character)
    return "ʼ" if character == "ʻ" else character.casefold()


def fold(word: str, profile: int) -> str:
    """NFC, full case folding, NFC of a word without its ignorable characters."""
    kept = "".join(c for c in word if kind(c, profile) != "i")
    folded = "".join(fold_character(c, profile) for c in ucd.normalize("NFC", kept))
    return ucd.normalize("NFC", folded)


def tokenise(part: bytes, profile: int) -> Tokens:
    characters = decode(part)
    text = "".join(c for c, _ in characters)
    places = [at for _, at in characters] + [len(part)]
    kinds = "".join(kind(c, profile) for c in text)
    found = [match.span() for match in LETTERS_OF_ONE_WORD.finditer(kinds)]
    words, punctuation = [], 0
    previous = 0
    for number, (first, last) in enumerate([*found, (len(text), len(text))]):
        between, between_kinds = text[previous:first], kinds[previous:first]
        letters_on_both_sides = number > 0 and kinds[first : first + 1] == "l"
        joins = letters_on_both_sides and regex.fullmatch("i*ai*", between_kinds) is not None
        if not joins:
            punctuation += sum(
                k in "oda" and (at == 0 or between[at - 1] != c)
                for at, (c, k) in enumerate(zip(between, between_kinds, strict=True))
            )
        if number < len(found):
            if number == 0:
                gap = kernels.GAP_OTHER
            elif joins:
                gap = kernels.GAP_APOSTROPHE
            else:
                gap = gap_kind(between, between_kinds)
            words.append(
                Word(
                    places[first],
                    places[last],
                    fold(text[first:last], profile),
                    gap,
                    ucd.category(text[first]) in ("Lu", "Lt"),
                )
            )
        previous = last
    return Tokens(words, punctuation)


def gap_kind(between: str, kinds: str) -> int:
    visible = [(c, k) for c, k in zip(between, kinds, strict=True) if k not in "im"]
    if not visible:
        return kernels.GAP_NONE
    if all(k == "s" for _, k in visible):
        breaks = sum(c in LINE_BREAKS for c, _ in visible)
        return kernels.GAP_SPACE if breaks <= 1 else kernels.GAP_OTHER
    if len(visible) == 1 and visible[0][0] in HYPHENS:
        return kernels.GAP_HYPHEN
    return kernels.GAP_OTHER


@dataclass(frozen=True)
class KernelTokens:
    words: list[Word]
    hashes: list[int]
    punctuation: int
    characters: int
    invalid: bool


def kernel_tokens(
    parts: Sequence[bytes], profile: int, before: bytes = b"", after: bytes = b""
) -> list[KernelTokens]:
    """What the kernels say of each part, `before` and `after` standing around all of them."""
    # bytes, as Arrow buffers, are read-only: numba compiles for that apart
    data = np.frombuffer(before + b"".join(parts) + after, np.uint8)
    sizes = [len(before), *(len(part) for part in parts)]
    offsets = np.frombuffer(np.cumsum(sizes).astype(np.int32).tobytes(), np.int32)
    room = (sum(sizes[1:]) + len(parts)) // 2 + 1
    hashes, flags = np.empty(room, np.uint64), np.empty(room, np.uint8)
    starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32)
    token_offsets = np.empty(len(parts) + 1, np.int64)
    punctuation, characters = np.empty(len(parts), np.int64), np.empty(len(parts), np.int64)
    profiles = np.full(len(parts), profile, np.uint8)
    invalid = np.empty(len(parts), np.bool_)
    counts = punctuation, characters, invalid
    kernels.tokenise(data, offsets, profiles, hashes, starts, ends, flags, token_offsets, *counts)
    scratch = kernels.scratch()
    tokens = []
    for part in range(len(parts)):
        numbers = range(token_offsets[part], token_offsets[part + 1])
        words = []
        for n in numbers:
            length = kernels.fold_word(data, starts[n], ends[n], profile * unicode.PAGES, *scratch)
            words.append(
                Word(
                    int(starts[n]) - int(offsets[part]),
                    int(ends[n]) - int(offsets[part]),
                    "".join(map(chr, scratch[0][:length].tolist())),
                    int(flags[n]) & kernels.GAP_MASK,
                    bool(flags[n] & kernels.FLAG_UPPER),
                )
            )
        tokens.append(
            KernelTokens(
                words,
                [int(hashes[n]) for n in numbers],
                int(punctuation[part]),
                int(characters[part]),
                bool(invalid[part]),
            )
        )
    return tokens


def find_phrases(part: bytes, profile: int, phrases: Sequence[str]) -> list[tuple[int, int, int]]:
    """Leftmost-longest matches without overlap: number of the phrase, first and last word.

    A phrase matches words that fold alike and have the same kinds of gap between them.
    """
    wanted = []
    for phrase in phrases:
        words = tokenise(phrase.encode(), profile).words
        wanted.append(([word.folded for word in words], [word.gap for word in words[1:]]))
    words = tokenise(part, profile).words
    found = []
    at = 0
    while at < len(words):
        best = (0, -1)
        for number, (folded, gaps) in enumerate(wanted):
            here = words[at : at + len(folded)]
            same = folded == [w.folded for w in here] and gaps == [w.gap for w in here[1:]]
            if same and len(folded) > best[0]:
                best = (len(folded), number)
        if best[0]:
            found.append((best[1], at, at + best[0] - 1))
        at += best[0] or 1
    return found
