"""Texts in another writing: where a batch may hold one, and what it says.

`candidates` finds, in one pass of compiled code, runs of characters that can be base64, base32,
base58, base85 and ascii85, hexadecimal, percent escapes, character codes (hexadecimal, decimal,
octal, binary, as escapes or apart), Morse, rot47, single letters apart, letters of unusual
alphabets, or bits of two kinds of blank characters. `readings` says what one may mean; whether that
is an instruction is asked by `signatures`, of readings as of plain text, and what a reading hides
in turn is read once more.

**Bounds.** A candidate is at most `WINDOW` bytes, and a reading at most `MAX_READ` characters,
however much a compressed text claims to hold.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import unicodedata
import urllib.parse
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus_assay.transforms import encoding_kernels
from corpus_assay.transforms.encoding_kernels import KINDS, WINDOW

MAX_READ = 16_384
"""Characters of a reading; what a compressed text holds beyond them is not unpacked."""
NESTED = 3
"""Times that what was unpacked is unpacked again."""

_B85 = (
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    bytes(range(0x21, 0x21 + 85)),
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
)
"""Digits of base85: RFC 1924, Ascii85 (Adobe), Z85 (ZeroMQ RFC 32)."""
_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """``bits`` and ``tables`` of `encoding_kernels.scan`."""
    k = encoding_kernels
    bits = np.zeros(256, np.uint8)
    bits[0x21:0x7F] |= k.DENSE
    for characters, bit in (
        (b"0123456789abcdefABCDEFxXuUohHrR\\%&#;=, :-+_{}[]()\"'\n\r\t|/", k.CODE),
        (b".-_/| \n\r", k.MORSE_MARK),
        (b" .-_*|/,~+:\n\t", k.GAP),
        (bytes(range(0x32, 0x4C)) + b" ", k.ROT47),
        (b" \t", k.ODD),
    ):
        bits[list(characters)] |= bit
    for letter in range(0x41, 0x5B):
        bits[[letter, letter | 0x20]] |= k.LETTER | k.ODD
    bits[0x80:0xC0] |= k.ODD
    leads = [0xC2, 0xC7, *range(0xC9, 0xCE), 0xE1, 0xE2, 0xEA, 0xEE, 0xEF, 0xF0, 0xF3, 0xF4]
    bits[leads] |= k.ODD | k.ODD_LEAD
    # Tabs among spaces.
    bits[0x09] |= k.ODD_LEAD
    tables = np.full((len(_B85), 256), -1, np.int8)
    for row, digits in zip(tables, _B85, strict=True):
        row[list(digits)] = range(85)
    return bits, tables


def candidates(
    data: NDArray[np.uint8], offsets: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Where texts (bytes of UTF-8, cut at `offsets`) may hold one in another writing: part (int32),
    place in `KINDS` (int32), first byte and end (int64)."""
    room = 1024
    while True:
        parts, kinds = np.empty(room, np.int32), np.empty(room, np.int32)
        starts, ends = np.empty(room, np.int64), np.empty(room, np.int64)
        found = encoding_kernels.scan(data, offsets, *_tables(), parts, kinds, starts, ends)
        if found <= room:
            return parts[:found], kinds[:found], starts[:found], ends[:found]
        room = found


def readings(kind: int, raw: bytes) -> list[str]:
    """What a candidate of a kind may say, at most `MAX_READ` characters each; none where it is no
    text."""
    found: dict[str, None] = {}
    for text in _READ[KINDS[kind]](raw):
        if len(text) >= (3 if KINDS[kind] == "bits" else 8):
            found[text[:MAX_READ]] = None
    return list(found)


# From bytes to text -------------------------------------------------------------------------------


def _unpacked(content: bytes) -> bytes:
    """What gzip or zlib packed, its first `MAX_READ` bytes; empty where it is not."""
    try:
        return zlib.decompressobj(wbits=47).decompress(content, MAX_READ)
    except zlib.error:
        return b""


def _texts(content: bytes, depth: int = 0) -> Iterator[str]:
    """Texts that bytes are: packed, UTF-16 or UTF-8, nine in ten of the characters printable."""
    packed = content[:2] == b"\x1f\x8b" or (
        content[:1] == b"\x78" and content[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda")
    )
    if packed and depth < NESTED:
        inside = _unpacked(content)
        if inside:
            yield from _texts(inside, depth + 1)
        return
    codec = "utf-8"
    if content.count(0) > len(content) // 4:
        codec = "utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"
    text = content.decode(codec, "ignore")
    good = sum(character.isprintable() or character in "\n\r\t" for character in text)
    if (
        len(text) >= 8
        and good >= 0.9 * len(text)
        and len(text.encode()) >= 0.7 * len(content.replace(b"\0", b""))
    ):
        yield text


_HEX_RUN = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_B32_RUN = re.compile(rb"[A-Za-z2-7]+")
_B64_RUN = re.compile(rb"[A-Za-z0-9+/_-]+")


def _base(raw: bytes) -> Iterator[str]:
    hexadecimal = _HEX_RUN.match(raw)
    if hexadecimal and len(hexadecimal[0]) >= 24:
        yield from _texts(bytes.fromhex(hexadecimal[0].decode()))
    thirty_two = _B32_RUN.match(raw)
    if thirty_two and len(thirty_two[0]) >= 24:
        word = thirty_two[0].upper()
        word = word[: len(word) - {1: 1, 3: 1, 6: 1}.get(len(word) % 8, 0)]
        yield from _texts(base64.b32decode(word + b"=" * (-len(word) % 8)))
    sixty_four = _B64_RUN.match(raw)
    if sixty_four and len(sixty_four[0]) >= 24:
        yield from _texts(_base64(sixty_four[0]))
    for digits in _B85:
        yield from _base85(raw, digits)
    if len(raw) > 24 and 4 * ((raw[0] - 32 & 63) + 2) // 3 <= len(raw) + 4:
        made = bytearray()
        for line in raw.split():
            with contextlib.suppress(binascii.Error):
                made += binascii.a2b_uu(line)
        yield from _texts(bytes(made))


def _base64(word: bytes) -> bytes:
    word = word.translate(bytes.maketrans(b"-_", b"+/"))
    word = word[: len(word) - (len(word) % 4 == 1)]
    return base64.b64decode(word + b"=" * (-len(word) % 4))


def _base85(raw: bytes, digits: bytes) -> Iterator[str]:
    """As far as the digits go; a last group of fewer is filled up (Ascii85)."""
    values = []
    for byte in raw:
        value = digits.find(byte)
        if value < 0:
            break
        values.append(value)
    if len(values) < 20:
        return
    short = -len(values) % 5
    values += [84] * short
    made = bytearray()
    for k in range(0, len(values), 5):
        number = 0
        for value in values[k : k + 5]:
            number = number * 85 + value
        if number >> 32:
            break
        made += number.to_bytes(4, "big")
    yield from _texts(bytes(made[: len(made) - short] if short else made))


def _packed(raw: bytes) -> Iterator[str]:
    hexadecimal = _HEX_RUN.match(raw)
    if hexadecimal and hexadecimal[0][:4].lower() in (b"1f8b", b"789c", b"78da", b"7801"):
        yield from _texts(bytes.fromhex(hexadecimal[0].decode()))
    word = _B64_RUN.match(raw)
    if word:
        yield from _texts(_base64(word[0]))


def _base58(raw: bytes) -> Iterator[str]:
    number = 0
    for digit in raw.decode("ascii", "replace"):
        value = _B58.find(digit)
        if value < 0:
            return
        number = number * 58 + value
    yield from _texts(number.to_bytes((number.bit_length() + 7) // 8, "big"))


# Escapes and codes --------------------------------------------------------------------------------


def _percent(raw: bytes) -> Iterator[str]:
    yield urllib.parse.unquote(raw.decode("utf-8", "replace").replace("+", " "))


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


_NUMBERS = re.compile(r"[0-9A-Fa-f]+")


def _hex(raw: bytes) -> Iterator[str]:
    made = bytearray()
    for number in _NUMBERS.findall(re.sub(rb"0[xX]", b" ", raw).decode("ascii", "replace")):
        if len(number) % 2 == 0:
            content = bytes.fromhex(number)
            made += content.replace(b"\0", b"") if len(content) > 1 else content
    yield from _texts(bytes(made))


def _numbers(base: int, digits: str) -> Callable[[bytes], Iterator[str]]:
    pattern = re.compile(rf"(?<![0-9A-Za-z]){digits}(?![0-9A-Za-z])")

    def read(raw: bytes) -> Iterator[str]:
        found = pattern.findall(raw.decode("ascii", "replace"))
        yield "".join(_character(int(number, base)) for number in found)

    return read


def _binary(raw: bytes) -> Iterator[str]:
    made = []
    for number in re.findall(r"[01]+", raw.decode("ascii", "replace")):
        if len(number) < 9:
            made.append(_character(int(number, 2)))
        else:
            made += [_character(int(number[k : k + 8], 2)) for k in range(0, len(number) - 7, 8)]
    yield "".join(made)


_DECIMAL, _OCTAL = _numbers(10, r"\d{2,7}"), _numbers(8, r"[0-7]{2,4}")


def _codes(raw: bytes) -> Iterator[str]:
    for read in (_hex, _DECIMAL, _OCTAL, _binary):
        yield from read(raw)
    places = re.findall(r"\d+", raw.decode("ascii", "replace"))
    if all(1 <= int(one[:9]) <= 26 for one in places):
        yield "".join(chr(96 + int(one)) for one in places)


_ESCAPE = re.compile(
    r"\\u\{?([0-9A-Fa-f]{4,6})\}?|\\U([0-9A-Fa-f]{8})|&#x([0-9A-Fa-f]{1,6});?|&#(\d{1,7});?"
    r"|\\x([0-9A-Fa-f]{2})|[uU]\+?([0-9A-Fa-f]{4,6})"
)


def _escapes(raw: bytes) -> Iterator[str]:
    def one(match: re.Match[str]) -> str:
        decimal = match[4]
        return _character(int(decimal) if decimal else int(next(filter(None, match.groups())), 16))

    yield _ESCAPE.sub(one, raw.decode("ascii", "replace"))


# Signs and letters --------------------------------------------------------------------------------

_MORSE_SIGNS = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
    "-..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
)
_MORSE: Mapping[str, str] = dict(
    zip(
        _MORSE_SIGNS.split(),
        "abcdefghijklmnopqrstuvwxyz0123456789",
        strict=True,
    )
)
"""ITU-R M.1677-1, letters and figures."""


def _morse(raw: bytes) -> Iterator[str]:
    text = raw.decode("ascii", "replace").replace("_", "-")
    words = re.split(r"\s*[/|]\s*|\s{2,}|[\r\n]+", text)
    said = (" ".join(words)).split()
    yield " ".join("".join(_MORSE.get(sign, "") for sign in word.split()) for word in words)
    yield "".join(_MORSE.get(sign, "") for sign in said)


def _apart(raw: bytes) -> Iterator[str]:
    text = raw.decode("ascii", "replace")
    words = re.split(r"[^A-Za-z]{2,}", text)
    if len(words) > 1:
        yield " ".join(re.sub(r"[^A-Za-z]", "", word) for word in words)
    yield re.sub(r"[^A-Za-z]", "", text)
    # One separator between letters, another between words.
    for gap in sorted(set(text) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))[:4]:
        yield " ".join(re.sub(r"[^A-Za-z]", "", word) for word in text.split(gap))


_ROT47 = {code: 33 + (code - 33 + 47) % 94 for code in range(33, 127)}


def _rot47(raw: bytes) -> Iterator[str]:
    yield raw.decode("utf-8", "replace").translate(_ROT47)


_CHEROKEE = dict(
    zip(
        "ᎠᎡᎢᎥᎩᎪᎫᎬᎦᎳᎷᎻᎽᎾᏀᏃᏂᏁᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏰᏴᏳᏌᏆᏅᏫᎤᏋᎶᏯᏘᏗ",
        "drtiyajeswmhyogzhnrwsvslcpkdbbguioooegwtt",
        strict=True,
    )
)
"""Cherokee letters by the Latin ones that they look like."""
_OTHERS = dict(
    zip(
        "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴⲀⲂⲄⲆⲈⲊⲌⲎⲒⲔⲖⲘⲚⲞⲠⲢⲤⲦⲨⲬⲰ",
        "bpdtgkjczfmnlsrvhwxyaeiouabrdeszhiklmnonpctyxw",
        strict=True,
    )
)
"""Letters of Lisu and Coptic by the Latin ones that they look like."""
_BRAILLE = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵", "abcdefghijklmnopqrstuvwxyz", strict=True))
_TURNED = {"ı": "i", "ᴉ": "i", "ǝ": "e", "ə": "e", "ɔ": "c", "ɟ": "f", "ƃ": "g", "ɓ": "g"}
_NAMED = re.compile(r"(?:LETTER|CAPITAL|TURNED|SMALL|SYMBOL LETTER) ([A-Z])(?: WITH [A-Z ]+)?$")


@cache
def _plain(character: str) -> str:
    """The Latin letter that a character stands for, or the character."""
    for table in (_CHEROKEE, _OTHERS, _BRAILLE, _TURNED):
        for one in (character, character.upper()):
            if one in table:
                return table[one]
    folded = unicodedata.normalize("NFKD", character)
    if folded.isascii():
        return re.sub(r"[()]", "", folded) if len(folded) > 1 else folded
    named = _NAMED.search(unicodedata.name(character, ""))
    return named[1].lower() if named else character


def folded(text: str) -> str:
    """A text with letters of unusual alphabets as Latin ones, without marks that strike or dot them
    and without characters that have no shape."""
    made = []
    for character in unicodedata.normalize("NFKD", text):
        if character.isascii():
            made.append(character)
        elif unicodedata.category(character) not in ("Mn", "Me", "Cf", "Co"):
            made.append(_plain(character))
    return "".join(made)


def _letters(raw: bytes) -> Iterator[str]:
    plain = folded(raw.decode("utf-8", "replace"))
    yield plain
    yield plain[::-1]
    if re.search(r"\b\w\b \w\b \w\b", plain):
        yield re.sub(r"\s", "", plain)


def bits(text: str) -> str:
    """The text whose bits two kinds of characters in a row are, empty where it is none.

    Seven or eight bits a character, the first kind as 0 or as 1; at least three characters, all of
    them printable ASCII, most of them letters or spaces.
    """
    kinds = sorted(set(text))
    if len(kinds) != 2:
        return ""
    for zero in kinds:
        said = "".join("0" if character == zero else "1" for character in text)
        for width in (8, 7):
            codes = [int(said[k : k + width], 2) for k in range(0, len(said) - width + 1, width)]
            while codes and codes[-1] == 0:
                codes.pop()
            letters = sum(code == 32 or 65 <= code & 0xDF <= 90 for code in codes)
            printable = all(32 <= code < 127 for code in codes)
            if len(codes) >= 3 and printable and letters >= 0.6 * len(codes):
                return "".join(map(chr, codes))
    return ""


def _bits(raw: bytes) -> Iterator[str]:
    yield bits(raw.decode("utf-8", "replace"))


_READ: Mapping[str, Callable[[bytes], Iterator[str]]] = {
    "base": _base,
    "packed": _packed,
    "base58": _base58,
    "percent": _percent,
    "codes": _codes,
    "escapes": _escapes,
    "morse": _morse,
    "apart": _apart,
    "rot47": _rot47,
    "letters": _letters,
    "bits": _bits,
    "marks": _letters,
    "blank": _letters,
    "split": _letters,
    "foreign": _letters,
}

__all__ = ["KINDS", "MAX_READ", "WINDOW", "bits", "candidates", "folded", "readings"]
