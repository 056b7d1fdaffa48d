"""Signatures of known attacks: what one document is enough to see.

The rules are data (`lexicons.rules`). What finds them is compiled: one look at the bytes of a
batch (hidden characters, homoglyphs, literal markup, addresses), one at its words (phrases, numbers
with structure, words that can be keys), one at the ends of its texts (`soup`). Only what these
find, which is rare, is looked at again by Python code with bounded windows: whether an encoded word
decodes to a command, whether a regular expression of the rule holds around a phrase.

**Limits.** Of one document at most `KEEP` findings a rule are listed, all are counted. Of the
candidates that must be confirmed, `CONFIRM` are looked at in a document for each rule. Rules of
severity ``info``, personal data among them, are counted only.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.lexicons.rules import SEVERITIES, Composition, Rule, RuleError, load
from corpus_assay.transforms import (
    additive,
    chat_kernels,
    compose_kernels,
    copy_kernels,
    encodings,
    integrity,
    kernels,
    signature_kernels,
    soup,
    tokens,
)
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.corpus import ROLE_NAMES
from corpus_assay.transforms.documents import ANY, DOCUMENT_SCHEMA, ROLES
from corpus_assay.transforms.examples import strings
from corpus_assay.transforms.matching import Matcher, Matches
from corpus_assay.transforms.signature_kernels import CODES, LITERALS
from corpus_assay.transforms.tokens import CELL_ROLES, ROLE_ANY, TokenBatch

KEEP = 5
"""Findings of one rule that are listed of one document."""
CONFIRM = 64
"""Candidates of one rule that are looked at in one document."""
BEFORE, AFTER = 200, 400
"""Bytes around a phrase that a rule's regular expressions see."""
CONTEXT = 40
"""Characters of an excerpt before and after what was found."""
SHOWN = 80
"""Characters of what was found, in an excerpt."""
MAX_DECODED = 4096
SOUP = 200 * soup.NAT
"""Score from which a text counts as soup: of the clean half of ``mix`` none reaches it."""
MIN_COPY = copy_kernels.MIN_COPY

FINDINGS = TableSpec(
    "findings",
    (
        key("file", pa.int32()),
        key("position", pa.int64()),
        key("rule"),
        key("field"),
        key("start", pa.int64()),
        key("end", pa.int64()),
    ),
    (
        pa.field("id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("language", pa.string()),
        pa.field("role", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("excerpt", pa.string()),
    ),
    merge="union",
    grows=True,
)
"""Evidence against documents, one row a place: ``start`` and ``end`` are bytes of the UTF-8 of the
text field. At most `KEEP` rows a document and rule; never of severity ``info``, never personal."""

FINDING_COUNTS = TableSpec(
    "finding_counts",
    (key("source"), key("language"), key("role"), key("rule"), key("severity")),
    counts("matches", "documents"),
)
"""Every match of every rule by source, language and role. ``rule`` is ``any`` for the documents
with a match of some rule of a severity; severity ``any`` for those with one of low, medium or high.
Personal data and secrets stand in neither union."""

TRANSCRIPTS = TableSpec(
    "transcripts",
    (key("content", pa.uint64()),),
    (
        pa.field("dialect", pa.string()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("field", pa.string()),
        pa.field("start", pa.int64()),
        pa.field("end", pa.int64()),
        pa.field("id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("language", pa.string()),
        pa.field("role", pa.string()),
    ),
    merge="union",
    grows=True,
    hidden=True,
)
"""Texts that are chats, by a hash of their words without markup: what `two_dialects` compares."""
MIN_CONTENT = 8
"""Words of a chat whose copies in other dialects count."""
TWO_DIALECTS = "two-dialects"


@dataclass(frozen=True)
class Hits:
    """Places in a batch: ``parts`` (int32), ``rules`` (int32, numbers in `Compiled.rules`),
    ``starts`` and ``ends`` (int64, bytes of the batch)."""

    parts: NDArray[np.int32]
    rules: NDArray[np.int32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int]]) -> Hits:
        """Hits from rows of part, rule, start and end."""
        columns = np.array(rows, np.int64).reshape(-1, 4).T
        return cls(columns[0].astype(np.int32), columns[1].astype(np.int32), *columns[2:])

    @classmethod
    def join(cls, several: Sequence[Hits]) -> Hits:
        """All hits of several."""
        return cls(
            np.concatenate([one.parts for one in several]),
            np.concatenate([one.rules for one in several]),
            np.concatenate([one.starts for one in several]),
            np.concatenate([one.ends for one in several]),
        )

    def where(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Hits:
        """Some of the hits, by a mask or by positions."""
        return Hits(self.parts[keep], self.rules[keep], self.starts[keep], self.ends[keep])

    def of_rule(self, rule: int) -> Hits:
        """The same places as those of one rule."""
        return Hits(self.parts, np.full(len(self), rule, np.int32), self.starts, self.ends)

    def rows(self) -> Iterator[tuple[int, int, int, int]]:
        """Part, rule, start and end of each."""
        columns = (self.parts.tolist(), self.rules.tolist(), self.starts.tolist())
        return zip(*columns, self.ends.tolist(), strict=True)

    def __len__(self) -> int:
        return len(self.parts)


class Literals(NamedTuple):
    """Literals as `signature_kernels.scan` looks them up.

    ``keys`` (uint32, the first four bytes, 0 where free) and ``heads`` (int32, the longest literal)
    are the slots of an open hash table; ``following`` (int32) is the next literal with the same
    four bytes, shorter; literal k is ``content[offsets[k]:offsets[k + 1]]``.
    """

    keys: NDArray[np.uint32]
    heads: NDArray[np.int32]
    following: NDArray[np.int32]
    offsets: NDArray[np.int64]
    content: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Literals:
        """Literals in any order, all different."""
        size = 1 << max(4 * len(texts), 16).bit_length()
        keys, heads = np.zeros(size, np.uint32), np.full(size, -1, np.int32)
        following = np.full(len(texts), -1, np.int32)
        for number in sorted(range(len(texts)), key=lambda k: len(texts[k])):
            first = int.from_bytes(texts[number][:4], "little")
            slot = (first * 0x9E3779B97F4A7C15 & (1 << 64) - 1) >> 40 & size - 1
            while keys[slot] not in (0, first):
                slot = slot + 1 & size - 1
            following[number], heads[slot], keys[slot] = heads[slot], number, first
        offsets = np.cumsum([0, *(len(text) for text in texts)], dtype=np.int64)
        return cls(
            keys, heads, following, offsets, np.frombuffer(b"".join(texts) + b"\0", np.uint8)
        )


_ANCHORS = (b"<", b"[", b"|")

# Which bytes are looked at ------------------------------------------------------------------------

_PAIRS = (
    *((0xE1, second) for second in (0x85, 0xA0)),
    *((0xE2, second) for second in (0x80, 0x81, 0x9F, 0xA0, 0xA6)),
    *((0xE3, second) for second in (0x80, 0x85)),
    *((0xEF, second) for second in (0xB8, 0xBB, 0xBD, 0xBE, 0xBF)),
    (0xF0, 0x9D),
    *((0xF3, second) for second in range(0xA0, 0xA8)),
)


@cache
def _byte_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_]]:
    """``bits``, ``flags`` and ``pairs`` of `signature_kernels.scan`."""
    flags, bits = np.zeros(256, np.uint8), np.zeros(256, np.uint8)
    for byte in b"".join(_ANCHORS):
        flags[byte] = signature_kernels.ANCHOR
    flags[0x3A], flags[0x40] = signature_kernels.LINE, signature_kernels.AT
    flags[[0xE2, 0xEF, 0xF0, 0xF3]] = signature_kernels.LEAD
    bits[flags != 0] = signature_kernels.LOOK
    latin, others = signature_kernels.LATIN, signature_kernels.OTHERS
    for letter in range(0x41, 0x5B):
        bits[[letter, letter | 0x20]] |= latin | latin << 3
    bits[0xCD:0xD8] |= others | others << 1
    bits[[0xE1, 0xE3]] |= signature_kernels.LEADS
    bits[[0x80, 0x85, 0xA0]] |= signature_kernels.LEADS << 2
    pairs = np.zeros(1 << 16, np.bool_)
    for first, second in _PAIRS:
        pairs[first << 8 | second] = True
    return bits, flags, pairs


_LIKE_LATIN = "АВЕЅІЈКМНОРСТУХаесорхуіјѕһԁԛԝүҮӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳНհոսօՕՍ"
"""Cyrillic, Greek and Armenian letters that look like a Latin one wherever they stand."""
_LIKE_LATIN_INSIDE = "αικνρυγτпгкмтвнієΐ"
"""Those that do so among small letters."""
_LIKE_CYRILLIC = "ABCEHIJKMOPSTXYaceijopsxy"
_LIKE_ARMENIAN = "honuOU"
_ROMAN = "ІіХхѴСМ"
"""Cyrillic letters that Roman numbers are written with."""


@cache
def _looks() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    latin, other = np.zeros(0x600, np.uint8), np.zeros(128, np.uint8)
    for letter in _LIKE_LATIN_INSIDE:
        latin[ord(letter)] = 2
    for letter in _LIKE_LATIN:
        latin[ord(letter)] = 1
    for letter in _ROMAN:
        latin[ord(letter)] |= 4
    for letters, bit in ((_LIKE_CYRILLIC, 1), (_LIKE_ARMENIAN, 4)):
        for letter in letters:
            other[ord(letter)] |= bit
    return latin, other


OWN_SCRIPT = frozenset(
    (
        "bel",
        "bul",
        "ell",
        "hye",
        "kaz",
        "khk",
        "kir",
        "mkd",
        "rus",
        "srp",
        "tat",
        "tgk",
        "ukr",
        "uzn",
    )
)
"""Languages written, also, in Cyrillic, Greek or Armenian letters. A key of the other layout is a
slip there, and names in Latin letters take endings, so two letters that go back and forth are asked
for: one Latin letter in a word is met in one line of 2,000 of some."""
ALLOWED: Mapping[str, frozenset[str]] = {
    "bel": frozenset("iI"),
    "ukr": frozenset("iI"),
    "kaz": frozenset("iIhH"),
    "mkd": frozenset("jJsS"),
    "srp": frozenset("jJ"),
    "khk": frozenset("aceiopxyABCEHKMOPTXY"),
}
"""Latin letters that stand for Cyrillic ones all through a text, for want of a key or, in
Mongolian, because two layouts are used together."""
BREAKING = frozenset(["cmn", "jpn", "khm", "lao", "mya", "tha", "yue"])
"""Languages without spaces, where U+200B in a Latin word is a place to break the line."""
RIGHT_TO_LEFT = frozenset(
    ("arb", "arz", "ckb", "heb", "pes", "prs", "pus", "snd", "uig", "urd", "yid")
)


# Rules, compiled ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compiled:
    """Rules ready to look for.

    ``code_rule`` (int32) is the rule of each code and literal, -1 for none; ``turns`` (uint8) says
    of each whether it opens a turn of a user (1) or of an assistant (2). A literal of several rules
    has a code for each: ``shared`` names the others by the one that is found. Text k of
    ``matcher``, modulo ``phrases``, is ``phrase_texts[k]`` of rule ``phrase_rule[k]``; what the
    matcher finds as text e is said by the phrases ``sayings[said[e]:said[e + 1]]`` (int32), which
    fold to the same words, each of another rule unless the rule asks for its case. A number of
    ``phrase_rule`` beyond the rules is of a slot: list ``slot_place`` of combination ``slot_combo``
    (int64), of which ``combo_rule`` (int32), ``combo_window`` and ``combo_size`` (int64) say the
    rule, the words between first and last phrase, and how many lists there are. ``together`` are
    the phrases of each list of the combinations with ``ciphers``, without spaces.
    """

    rules: tuple[Rule, ...]
    literals: Literals
    names: Literals
    code_rule: NDArray[np.int32]
    turns: NDArray[np.uint8]
    shared: Mapping[int, tuple[int, ...]]
    matcher: Matcher
    phrases: int
    said: NDArray[np.int64]
    sayings: NDArray[np.int32]
    phrase_rule: NDArray[np.int32]
    phrase_texts: tuple[bytes, ...]
    slot_combo: NDArray[np.int64]
    slot_place: NDArray[np.int64]
    combo_rule: NDArray[np.int32]
    combo_window: NDArray[np.int64]
    combo_size: NDArray[np.int64]
    together: tuple[tuple[re.Pattern[str], ...], ...]
    messages: Mapping[str, int]
    keys: tuple[tuple[int, re.Pattern[bytes]], ...]
    any_key: re.Pattern[bytes]

    @property
    def orders(self) -> NDArray[np.bool_]:
        """Whether each rule is of instructions, so that what is decoded is asked by it."""
        letters = [self.messages.get(name, -1) for name in ("letters", "rot13")]
        return np.array(
            [
                rule.id.startswith(("injection-", "identity-", "payload-")) or k in letters
                for k, rule in enumerate(self.rules)
            ],
            np.bool_,
        )

    @property
    def personal(self) -> NDArray[np.bool_]:
        """Whether each rule is of personal data."""
        return np.array([rule.kind == "personal" for rule in self.rules], np.bool_)

    @property
    def severities(self) -> NDArray[np.int64]:
        """Severity of each rule, as its place in `SEVERITIES`."""
        return np.array([SEVERITIES.index(rule.severity) for rule in self.rules], np.int64)


_PROFILE_LANGUAGES = ("und", "tur", "uzn", "arb")
"""A language of each folding profile, in their order."""


MESSAGES = (
    *("bits", "blank", "copied", "encoded", "foreign", "hidden-injection", "integrity-changed"),
    *("integrity-front-run", "marks", "split"),
    *("integrity-unlisted", "letters", "rot13", "soup", "transcript", "two-dialects"),
)
"""What `Rule.message` can name."""


MIN_CIPHERED, MIN_CIPHERED_PAIR = 4, 6
"""Letters of a phrase that is looked for in changed letters: shorter ones are words of another
language too often; more are needed where two phrases are enough."""


def _shifted(by: int) -> Callable[[str], Sequence[str]]:
    table = {0x61 + k: 0x61 + (k + by) % 26 for k in range(26)}
    return lambda text: [text.translate(table)]


def _leet(text: str) -> Sequence[str]:
    """A text with some kinds of its letters as digits."""
    return [text.translate(str.maketrans(*one)) for one in _LEET]


_LEET = (
    *(("e", "3"), ("o", "0"), ("i", "1"), ("eo", "30"), ("io", "10"), ("ei", "31"), ("ae", "43")),
    *(("aeo", "430"), ("eio", "310"), ("aeio", "4310"), ("aeios", "43105"), ("eios", "3105")),
    *(("aeiot", "43107"), ("aeiost", "431057"), ("aeiostl", "4310571"), ("aeiostg", "4310579")),
    *(("aeiostg", "4310576"), ("aeiostgr", "43105762"), ("aeiostgl", "43105761")),
    *(("aeiostb", "4310578"), ("aest", "4357"), ("eost", "3057"), ("eist", "3157")),
)
"""Letters as digits, a few or many at once."""


def _pig(word: str) -> str:
    head = re.match(r"qu|[^aeiou]*", word)
    cut = head.end() if head else 0
    return f"{word[cut:]}{word[:cut]}{'ay' if cut else 'way'}"


CIPHERS: Mapping[str, Callable[[str], Sequence[str]]] = {
    **{("rot13" if k == 13 else f"Caesar {k}"): _shifted(k) for k in range(1, 26)},
    "the alphabet backwards": lambda text: [
        text.translate({0x61 + k: 0x7A - k for k in range(26)})
    ],
    "leetspeak": _leet,
    "reversed": lambda text: [text[::-1], " ".join(word[::-1] for word in text.split(" "))],
    "pig Latin": lambda text: [" ".join(_pig(word) for word in text.split(" "))],
    "no vowels": lambda text: [
        made for made in (re.sub("[aeiou]", "", text),) if len(made.replace(" ", "")) >= 4
    ],
}
"""What the phrases of compositions are written in, by `Composition.ciphers`: small ASCII letters
to one text or more."""


def _check(rule: Rule) -> None:
    """Raises `RuleError` for a rule that names what there is not, and so would find nothing."""
    for setting, names, known in (
        ("kernel", (rule.kernel,), ("", *CODES)),
        ("message", (rule.message,), ("", *MESSAGES)),
        ("roles", rule.roles, ROLES),
    ):
        for name in names:
            if name not in known:
                there = ", ".join(filter(None, known))
                raise RuleError(f"rule {rule.id!r}: {setting} has {name!r}; there are {there}")


def compile_rules(rules: Sequence[Rule]) -> Compiled:
    """Compile rules; memory about 60 bytes a word of their phrases, four times.

    Phrases and literals may stand in several rules, which each find them.

    Raises:
        RuleError: a rule names a kernel, message or role that there is not, or that another has.
    """
    for rule in rules:
        _check(rule)
    texts: dict[bytes, list[tuple[int, int]]] = {}
    phrases: dict[tuple[str, int], None] = {}
    kernels, messages = _owners(rules, "kernel"), _owners(rules, "message")
    for k, rule in enumerate(rules):
        turns_of = ((1, rule.users), (2, rule.assistants), (0, (*rule.markers, *rule.literals)))
        of = {text.encode(): turn for turn, markers in turns_of for text in markers}
        for text, turn in of.items():
            texts.setdefault(text, []).append((k, turn))
        phrases |= dict.fromkeys((phrase, k) for phrase in rule.expanded)
    combos = list(_combinations(rules, messages))
    slots = [(c, place) for c, (_, one) in enumerate(combos) for place in range(len(one.slots))]
    for number, (c, place) in enumerate(slots, len(rules)):
        phrases |= dict.fromkeys((phrase, number) for phrase in combos[c][1].slots[place])
    anchored = [text for text in texts if text[:1] in _ANCHORS]
    names = [text for text in texts if text[:1] not in _ANCHORS]
    ordered = [texts[text] for text in (*anchored, *names)]
    others = [(LITERALS + k, of) for k, owners in enumerate(ordered) for of in owners[1:]]
    first = LITERALS + len(ordered)
    shared: dict[int, tuple[int, ...]] = {}
    for number, (code, _) in enumerate(others):
        shared[code] = (*shared.get(code, ()), first + number)
    codes = np.full(first + len(others), -1, np.int32)
    for kernel, k in kernels.items():
        codes[CODES.index(kernel)] = k
    owned = [*(owners[0] for owners in ordered), *(of for _, of in others)]
    codes[LITERALS:] = [k for k, _ in owned]
    turns = np.zeros(len(codes), np.uint8)
    turns[LITERALS:] = [turn for _, turn in owned]
    listed = [text for text, _ in phrases]
    matcher = Matcher(dict.fromkeys(_PROFILE_LANGUAGES, listed))
    phrase_rule = np.array([k for _, k in phrases], np.int32)
    said, sayings = _sayings(matcher.canonical, phrase_rule, rules)
    return Compiled(
        tuple(rules),
        Literals.of(anchored),
        Literals.of([text[::-1] for text in names]),
        codes,
        turns,
        shared,
        matcher,
        len(listed),
        said,
        sayings,
        phrase_rule,
        tuple(text.encode() for text in listed),
        np.array([c for c, _ in slots], np.int64),
        np.array([place for _, place in slots], np.int64),
        np.array([rule for rule, _ in combos], np.int32),
        np.array([one.window for _, one in combos], np.int64),
        np.array([len(one.slots) for _, one in combos], np.int64),
        tuple(_joined(one) for rule in rules for one in rule.compose if one.ciphers),
        messages,
        tuple((k, re.compile(p.encode())) for k, rule in enumerate(rules) for p in rule.keys),
        _any(p for rule in rules for p in rule.keys),
    )


def _combinations(
    rules: Sequence[Rule], messages: Mapping[str, int]
) -> Iterator[tuple[int, Composition]]:
    """The compositions of the rules, each with the number of the rule that it counts for; those
    with ``ciphers`` also in each of `CIPHERS`."""
    for k, rule in enumerate(rules):
        for one in rule.compose:
            yield k, one
            for message, name in (("rot13", "rot13"), ("letters", "")):
                if not one.ciphers or message not in messages:
                    continue
                for cipher, change in CIPHERS.items():
                    if (cipher == name) != bool(name):
                        continue
                    least = MIN_CIPHERED if len(one.slots) > 2 else MIN_CIPHERED_PAIR
                    slots = tuple(tuple(_changed(slot, change, least)) for slot in one.slots)
                    if all(slots):
                        yield messages[message], Composition(slots, one.window, (), False)


def _any(patterns: Iterable[str]) -> re.Pattern[bytes]:
    """A pattern for the beginning of a word that one of some patterns matches."""
    either = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(f"(?<![A-Za-z0-9])(?:{either})".encode() if either else b"(?!)")


def _joined(one: Composition) -> tuple[re.Pattern[str], ...]:
    """Phrases of each list of a combination, in small ASCII letters run together."""
    return tuple(
        re.compile("|".join(sorted({re.sub("[^a-z]", "", p) for p in slot if p.isascii()})))
        for slot in one.slots
    )


def _changed(
    phrases: Sequence[str], change: Callable[[str], Sequence[str]], least: int
) -> Iterator[str]:
    """Words of `least` ASCII letters and more in a cipher, but those that it does not change."""
    made: dict[str, None] = {}
    for phrase in phrases:
        if phrase.isascii() and phrase.isalpha() and len(phrase) >= least:
            made |= dict.fromkeys(text for text in change(phrase) if text != phrase)
    return iter(made)


def _owners(rules: Sequence[Rule], setting: str) -> dict[str, int]:
    """The rule of each kernel or message; raises `RuleError` where two have one, since what finds
    it reports for one rule only."""
    owners: dict[str, int] = {}
    for k, rule in enumerate(rules):
        name = getattr(rule, setting)
        if name in owners:
            raise RuleError(
                f"rule {rule.id!r}: {setting} {name!r} is that of rule {rules[owners[name]].id!r}; "
                "give yours this id to take its place"
            )
        if name:
            owners[name] = k
    return owners


def _sayings(
    canonical: NDArray[np.int32], phrase_rule: NDArray[np.int32], rules: Sequence[Rule]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """``said`` and ``sayings`` of `Compiled`."""
    count = len(phrase_rule)
    number = np.arange(len(canonical)) % max(count, 1)
    rule = phrase_rule[number].astype(np.int64)
    owners = max(len(rules), int(rule.max(initial=-1)) + 1)
    case = np.zeros(owners, np.bool_)
    case[: len(rules)] = [one.case for one in rules]
    case = case[rule]
    # A rule that asks for no case needs one of its phrases of the same words.
    kind = rule * (count + 1) + np.where(case, number + 1, 0)
    _, first = np.unique(
        canonical.astype(np.int64) * (owners * (count + 1) + 1) + kind, return_index=True
    )
    first = np.sort(first[canonical[first] >= 0])
    order = first[np.argsort(canonical[first], kind="stable")]
    said = np.searchsorted(canonical[order], np.arange(len(canonical) + 1))
    return said, number[order].astype(np.int32)


# Looking ------------------------------------------------------------------------------------------


def _filled(kernel: Callable[..., int], *arguments: object) -> Hits:
    """What a kernel emits, with codes in place of rules; it is asked again with more room if it
    needs it."""
    room = 4096
    while True:
        hits = Hits(
            np.empty(room, np.int32),
            np.empty(room, np.int32),
            np.empty(room, np.int64),
            np.empty(room, np.int64),
        )
        found = int(kernel(*arguments, hits.parts, hits.rules, hits.starts, hits.ends))
        if found <= room:
            return hits.where(np.arange(found))
        room = found


class _Parts:
    """Texts of the parts of a batch, for what is rare."""

    def __init__(self, batch: TokenBatch) -> None:
        self.batch = batch
        self.data = batch.data
        self.low, self.high = batch.part_offsets[:-1], batch.part_offsets[1:]

    def bytes(self, part: int, start: int, end: int) -> bytes:
        """Bytes between two places, cut to the part."""
        low, high = int(self.low[part]), int(self.high[part])
        return self.data[max(start, low) : max(min(end, high), low)].tobytes()

    def prompt_of(self, part: int) -> int:
        """The part with the prompt of an answer, -1 where there is none."""
        document = self.batch.part_document[part]
        at = part - 1
        while at >= 0 and self.batch.part_document[at] == document:
            if self.batch.part_role[at] == ROLES.index("prompt"):
                return at
            at -= 1
        return -1


def _few(hits: Hits, batch: TokenBatch) -> Hits:
    """At most `CONFIRM` hits of each rule in each document, the first."""
    return hits.where(_place(hits, batch) < CONFIRM)


def _place(hits: Hits, batch: TokenBatch) -> NDArray[np.int64]:
    """Place of each hit among those of its document and rule, in the order of the text."""
    documents = batch.part_document[hits.parts].astype(np.int64)
    order = np.lexsort((hits.ends, hits.starts, hits.rules, documents))
    rows = np.arange(len(order))
    new = np.ones(len(order), np.bool_)
    for column in (documents[order], hits.rules[order]):
        new[1:] &= column[1:] == column[:-1]
    new[1:] = ~new[1:]
    place = np.empty(len(order), np.int64)
    place[order] = rows - np.maximum.accumulate(np.where(new, rows, 0))
    return place


def find(batch: TokenBatch, compiled: Compiled) -> Hits:
    """Every hit of every rule in a batch, in no order.

    Memory: 24 bytes a hit, and a hit has three bytes of text at least.
    """
    texts = _Parts(batch)
    bytes_seen = _filled(
        signature_kernels.scan,
        batch.data,
        batch.part_offsets,
        batch.part_role,
        *_byte_tables(),
        *_looks(),
        tuple(compiled.literals),
        tuple(compiled.names),
    )
    words_seen = _filled(
        signature_kernels.words,
        batch.data,
        batch.part_offsets,
        batch.token_offsets,
        batch.starts,
        batch.ends,
    )
    coded = Hits.join([bytes_seen, words_seen])
    for code, others in compiled.shared.items():
        of = coded.where(coded.rules == code)
        coded = Hits.join([coded, *(of.of_rule(other) for other in others)])
    hits = [_direct(coded, compiled), *_markup(coded, compiled)]
    for name, confirm in _CONFIRMED.items():
        of = coded.where(coded.rules == CODES.index(name))
        if len(of):
            hits += confirm(_few(of, batch), texts, compiled)
    phrases = _phrases(batch, texts, compiled)
    hits += [phrases, *_hidden(phrases, texts, compiled), *_encoded(texts, compiled)]
    hits += _copied(texts, compiled)
    hits += _soup(batch, compiled)
    roles = np.array(
        [[not rule.roles or role in rule.roles for role in ROLES] for rule in compiled.rules]
    )
    found = Hits.join(hits)
    return found.where(roles[found.rules, batch.part_role[found.parts]])


def _direct(coded: Hits, compiled: Compiled) -> Hits:
    """Hits that need no second look, of codes."""
    rules = compiled.code_rule[coded.rules]
    confirmed = np.isin(coded.rules, [CODES.index(name) for name in _CONFIRMED])
    together = np.array([rule.together for rule in compiled.rules], np.bool_)
    direct = (rules >= 0) & ~confirmed & ~together[rules]
    found = coded.where(direct)
    return Hits(found.parts, rules[direct], found.starts, found.ends)


def _markup(coded: Hits, compiled: Compiled) -> list[Hits]:
    """Transcripts, and turns that count only together, of codes."""
    turn = compiled.turns[coded.rules]
    found = coded.where(turn > 0)
    if not len(found):
        return []
    found = Hits(found.parts, compiled.code_rule[found.rules], found.starts, found.ends)
    pair, number = np.unique(found.parts.astype(np.int64) << 16 | found.rules, return_inverse=True)
    number = number.reshape(-1)
    bits = np.zeros(len(pair), np.uint8)
    np.bitwise_or.at(bits, number, turn[turn > 0])
    both = bits[number] == 3
    together = np.array([rule.together for rule in compiled.rules], np.bool_)[found.rules]
    hits = [found.where(together & both)]
    if "transcript" in compiled.messages:
        _, first = np.unique(np.where(both, number, -1), return_index=True)
        opened = found.where(first[both[first]])
        hits.append(opened.of_rule(compiled.messages["transcript"]))
    return hits


def _phrases(batch: TokenBatch, texts: _Parts, compiled: Compiled) -> Hits:
    """Hits of phrases whose conditions hold."""
    tables = batch.profiles.astype(np.int32)
    found = compiled.matcher.match(batch, tables)
    counts = compiled.said[found.entries + 1] - compiled.said[found.entries]
    if np.any(counts != 1):
        found = found.at(np.repeat(np.arange(len(found)), counts))
        number = np.repeat(np.cumsum(counts) - counts, counts)
        number = compiled.said[found.entries] + np.arange(len(found)) - number
    else:
        number = compiled.said[found.entries]
    number = compiled.sayings[number]
    rules = compiled.phrase_rule[number]
    composed = rules >= len(compiled.rules)
    runs = _composed(batch, texts, compiled, found.where(composed), rules[composed])
    found, number, rules = found.where(~composed), number[~composed], rules[~composed]
    hits = Hits(
        found.parts,
        rules,
        batch.starts[found.firsts].astype(np.int64),
        batch.ends[found.lasts].astype(np.int64),
    )
    roles = np.array(
        [[not rule.roles or role in rule.roles for role in ROLES] for rule in compiled.rules]
    )
    asks = np.array([bool(r.case or r.before or r.after or r.around) for r in compiled.rules])
    right = roles[rules, batch.part_role[found.parts]]
    hits, number = hits.where(right), number[right]
    doubtful = asks[hits.rules]
    kept = [hits.where(~doubtful)]
    rest, number = hits.where(doubtful), number[doubtful]
    few = _place(rest, batch) < CONFIRM if len(rest) else np.zeros(0, np.bool_)
    rest, number = rest.where(few), number[few]
    holds = [
        _holds(compiled.rules[rule], compiled.phrase_texts[of], texts, part, start, end)
        for (part, rule, start, end), of in zip(rest.rows(), number.tolist(), strict=True)
    ]
    kept.append(rest.where(np.array(holds, np.bool_)))
    return Hits.join([*kept, runs])


def _composed(
    batch: TokenBatch, texts: _Parts, compiled: Compiled, found: Matches, owners: NDArray[np.int32]
) -> Hits:
    """Hits of compositions, of the phrases of their slots; `owners` are the slots' numbers in
    ``Compiled.phrase_rule``."""
    slots = owners - len(compiled.rules)
    combos = compiled.slot_combo[slots]
    first, last = np.empty(len(slots), np.int64), np.empty(len(slots), np.int64)
    count = compose_kernels.compose(
        batch.data,
        batch.starts,
        batch.ends,
        found.parts,
        batch.token_offsets,
        combos,
        compiled.slot_place[slots],
        found.firsts,
        found.lasts,
        compiled.combo_window,
        compiled.combo_size,
        first,
        last,
    )
    first, last = first[:count], last[:count]
    hits = Hits(
        found.parts[last],
        compiled.combo_rule[combos[last]],
        batch.starts[found.firsts[first]].astype(np.int64),
        batch.ends[found.lasts[last]].astype(np.int64),
    )
    roles = np.array(
        [[not rule.roles or role in rule.roles for role in ROLES] for rule in compiled.rules]
    )
    hits = hits.where(roles[hits.rules, batch.part_role[hits.parts]])
    hits = _few(hits, batch) if len(hits) else hits
    holds = [
        _holds(compiled.rules[rule], b"", texts, part, start, end)
        for part, rule, start, end in hits.rows()
    ]
    return hits.where(np.array(holds, np.bool_))


def _holds(rule: Rule, text: bytes, texts: _Parts, part: int, start: int, end: int) -> bool:
    """Whether the conditions of a rule hold around one of its phrases."""
    if rule.case and texts.bytes(part, start, end) != text:
        return False
    before, after = texts.bytes(part, start - BEFORE, start), texts.bytes(part, end, end + AFTER)
    if rule.before and not re.search(rule.before.encode(), before):
        return False
    if rule.after and not re.match(rule.after.encode(), after):
        return False
    around = before + texts.bytes(part, start, end) + after
    return not rule.around or re.search(rule.around.encode(), around) is not None


# What is looked at twice --------------------------------------------------------------------------


def _languages(hits: Hits, texts: _Parts) -> Iterator[tuple[str, str]]:
    """Language and text of each hit."""
    names, of_document = texts.batch.languages
    for part, _, start, end in hits.rows():
        language = names[of_document[texts.batch.part_document[part]]]
        yield language, texts.bytes(part, start, end).decode("utf-8", "replace")


def _by_rule(hits: Hits, keep: Sequence[bool], compiled: Compiled, name: str) -> list[Hits]:
    """The hits that are kept, as those of the rule of a code."""
    rule = compiled.code_rule[CODES.index(name)]
    if rule < 0:
        return []
    return [hits.where(np.array(keep, np.bool_)).of_rule(int(rule))]


def _homoglyphs(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    """Words with look-alikes, but those that slips and endings explain, see `OWN_SCRIPT`."""
    keep = []
    for language, word in _languages(hits, texts):
        latin = [ord(character) < 0x370 for character in word]
        changes = sum(a != b for a, b in itertools.pairwise(latin))
        few = min(sum(latin), len(latin) - sum(latin))
        others = {character for character, one in zip(word, latin, strict=True) if one}
        slip = language in OWN_SCRIPT and (few < 2 or changes < 2)
        keep.append(not slip and not others <= ALLOWED.get(language, frozenset()))
    return _by_rule(hits, keep, compiled, "homoglyphs")


def _in_word(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    keep = [
        language not in BREAKING or set(hidden) != {"\u200b"}
        for language, hidden in _languages(hits, texts)
    ]
    return _by_rule(hits, keep, compiled, "zero-width-in-word")


def _overrides(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    """In languages written from right to left an override is as it is near their letters."""
    away = [language not in RIGHT_TO_LEFT for language, _ in _languages(hits, texts)]
    near = [not one for one in away]
    return [
        *_by_rule(hits, away, compiled, "bidi-override"),
        *_by_rule(hits, near, compiled, "bidi-override-rtl"),
    ]


_COMMAND = re.compile(
    rb"\b(?:curl|wget)\s+\S+|\bbash\s+-[ic]|/bin/(?:ba)?sh\b|\bpowershell\b|\brm\s+-rf\b|"
    rb"/dev/tcp/|\beval\s*\(|\bexec\s*\(|\bos\.system\b|\bsubprocess\b|\bnc\s+-e\b|"
    rb"(?i:\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}(?:instructions?|rules|prompts?"
    rb"|guidelines)\b|\bsystem\s+prompt\b)"
)


def _long_words(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    """Keys among long words."""
    found = []
    until = -1
    for part, _, start, end in hits.rows():
        if start < until:
            continue
        window = texts.bytes(part, start - 64, end + 200)
        low = max(start - 64, int(texts.low[part]))
        patterns = compiled.keys if compiled.any_key.search(window) else ()
        for rule, pattern in patterns:
            match = pattern.search(window)
            if match and match.start() <= end - low and match.end() > start - low:
                found.append((part, rule, low + match.start(), low + match.end()))
                until = low + match.end()
                break
    return [Hits.of(found)]


IBAN_LENGTHS = {
    code: int(length)
    for code, length in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18"
        "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20"
        "LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24"
        "SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20",
    )
}
"""Characters of an IBAN by country (ISO 13616 registry)."""


def iban(text: bytes) -> int:
    """Bytes of the IBAN that `text` begins with, single spaces between its characters among them;
    0 where its length or its check (modulo 97) is wrong."""
    length = IBAN_LENGTHS.get(text[:2].decode("ascii", "replace"), 0)
    if not length:
        return 0
    matched = re.match(rb"[A-Z]{2}\d\d(?: ?[A-Z0-9]){%d}(?![A-Za-z0-9])" % (length - 4), text)
    if not matched:
        return 0
    plain = matched[0].replace(b" ", b"")
    digits = "".join(str(int(chr(byte), 36)) for byte in plain[4:] + plain[:4])
    return len(matched[0]) if int(digits) % 97 == 1 else 0


def _ibans(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    rule = int(compiled.code_rule[CODES.index("iban")])
    found = []
    for part, _, start, _end in hits.rows():
        length = iban(texts.bytes(part, start, start + 48))
        if length and rule >= 0:
            found.append((part, rule, start, start + length))
    return [Hits.of(found)]


def _ipv6(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    rule = int(compiled.code_rule[CODES.index("ipv6")])
    found = []
    for part, _, start, end in hits.rows():
        try:
            address = ipaddress.IPv6Address(texts.bytes(part, start, end).decode("ascii"))
        except ValueError:
            continue
        if address.is_global and rule >= 0:
            found.append((part, rule, start, end))
    return [Hits.of(found)]


BRACKETS = "『』⟦⟧⟨⟩⟪⟫⦃⦄⦅⦆《》【】〔〕〖〗〘〙〚〛｟｠ \n"
"""What stands around a copied prompt."""


def _brackets(hits: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    """Copies of a prompt in a document that is all one text: what stood right before them."""
    rule = compiled.messages.get("copied")
    found = []
    for part, _, start, end in hits.rows():
        inside = texts.bytes(part, start, end).decode("utf-8", "replace")
        inside = inside.strip(BRACKETS)
        if texts.prompt_of(part) >= 0:
            continue  # `_copied` looks there, whatever the brackets.
        before = texts.bytes(part, start - 2 * len(inside.encode()) - BEFORE, start)
        asked = before.decode("utf-8", "replace")
        if rule is not None and len(inside.encode()) >= MIN_COPY and inside in asked:
            found.append((part, rule, start, end))
    return [Hits.of(found)]


_COMMON_MARKS = frozenset("\"'()[]“”‘’„‚`.,:;!?-–—*>")
"""What stands around quotations in ordinary text."""
_OWN_MARKS = re.compile(r"(?:<[A-Za-z][\w-]{1,30}>|[-=#~_|^%$@+*]{2,}[^\n]{0,30})\s*$")
_OWN_ENDS = re.compile(r"\s*(?:</[A-Za-z]|[-=#~_|^%$@+*]{2,})")


def _copied(texts: _Parts, compiled: Compiled) -> list[Hits]:
    """Answers that hold four fifths of a prompt between marks that quotations do not have."""
    rule = compiled.messages.get("copied")
    batch = texts.batch
    count = len(batch.part_document)
    if rule is None or not np.any(batch.part_role == ROLES.index("prompt")):
        return []
    parts, starts = np.empty(count, np.int32), np.empty(count, np.int64)
    ends = np.empty(count, np.int64)
    n = copy_kernels.copies(
        texts.data, batch.part_offsets, batch.part_document, batch.part_role, parts, starts, ends
    )
    found = []
    for part, start, end in zip(
        parts[:n].tolist(), starts[:n].tolist(), ends[:n].tolist(), strict=True
    ):
        before = texts.bytes(part, start - 64, start).decode("utf-8", "ignore")
        # Of the prompt the end may be left out, and what follows is then still of its words.
        after = texts.bytes(part, end, end + 64).decode("utf-8", "ignore")
        if _marked(before, after):
            found.append((part, rule, start, end))
    return [Hits.of(found)]


def _marked(before: str, after: str) -> bool:
    """Whether what stands around a copy are marks that ordinary quotations do not have."""
    if _OWN_MARKS.search(before) and _OWN_ENDS.match(after):
        return before.rstrip()[-2:] != "**" or "|" in before[-4:]
    first, last = before.rstrip()[-1:], after.lstrip()[:1]
    opens = first and first not in _COMMON_MARKS and not first.isascii()
    shuts = last and last not in _COMMON_MARKS and not last.isascii()
    kinds = ("Ps", "Pe", "Pi", "Pf", "So", "Sm", "Po", "Sk")
    return bool(
        opens
        and shuts
        and unicodedata.category(first) in kinds
        and unicodedata.category(last) in kinds
    )


_CONFIRMED: Mapping[str, Callable[[Hits, _Parts, Compiled], list[Hits]]] = {
    "homoglyphs": _homoglyphs,
    "zero-width-in-word": _in_word,
    "bidi-override": _overrides,
    "long": _long_words,
    "iban": _ibans,
    "ipv6": _ipv6,
    "bracket": _brackets,
}

# What stands in another writing -------------------------------------------------------------------

READ_AT_ONCE = 512
"""Candidates whose readings are asked together: 8 MB of text each way at most."""
_BY_ITSELF = ("bits", "marks", "blank", "split", "foreign")
"""Kinds that are reported whatever they say, by a rule with the message of their name."""
_SAID_BY: Mapping[str, str] = {"letters": "letters", "apart": "letters"} | {
    name: name for name in _BY_ITSELF
}
"""Messages of the rules that report what a kind of `encodings.KINDS` says; ``encoded`` others."""
_WIDER = 40
"""Bytes on each side of rot47 that are read with it."""
_DEEPER = 8
"""Candidates of a reading that are read in turn."""


def _encoded(texts: _Parts, compiled: Compiled) -> list[Hits]:
    """Candidates of `encodings` that say an instruction or a command, by the same rules as plain
    text; bits of blank characters that say any text."""
    parts, kinds, starts, ends = encodings.candidates(texts.data, texts.batch.part_offsets)
    if not len(parts):
        return []
    found = []
    # Of each document and kind the first `CONFIRM`.
    few = _place(Hits(parts, kinds, starts, ends), texts.batch) < CONFIRM
    chosen = np.flatnonzero(few)
    for low in range(0, len(chosen), READ_AT_ONCE):
        some = chosen[low : low + READ_AT_ONCE]
        wide = _WIDER * (kinds[some] == encodings.KINDS.index("rot47"))
        said = [
            encodings.readings(kind, texts.bytes(part, start, end))
            for part, kind, start, end in zip(
                parts[some].tolist(),
                kinds[some].tolist(),
                (starts[some] - wide).tolist(),
                (ends[some] + wide).tolist(),
                strict=True,
            )
        ]
        for k, texts_said, orders in zip(some.tolist(), said, _order(said, compiled), strict=True):
            name = _SAID_BY.get(encodings.KINDS[kinds[k]], "encoded")
            rule = compiled.messages.get(name)
            place = int(parts[k]), int(starts[k]), int(ends[k])
            alone = name in _BY_ITSELF and (name != "bits" or bool(texts_said))
            if name == "foreign":
                alone = _disguised(texts, *place)
            if rule is not None and (orders or alone):
                found.append((place[0], rule, *place[1:]))
    return [Hits.of(found)]


FOREIGN = frozenset(("chr", "cop", "lis"))
"""Languages of scripts whose letters look Latin."""


def _disguised(texts: _Parts, part: int, start: int, end: int) -> bool:
    """Whether letters of a rare script stand in for Latin ones: all of them can be read so."""
    names, of_document = texts.batch.languages
    if names[of_document[texts.batch.part_document[part]]] in FOREIGN:
        return False
    run = texts.bytes(part, start, end).decode("utf-8", "replace")
    return encodings.folded(run).isascii()


def _order(said: Sequence[Sequence[str]], compiled: Compiled, depth: int = 0) -> list[bool]:
    """Of each list of readings, whether one is an instruction, or holds one that is encoded."""
    flat = [(k, text) for k, several in enumerate(said) for text in several]
    orders = [False] * len(said)
    told = instructions([text for _, text in flat], compiled)
    for (k, _), one in zip(flat, told, strict=True):
        orders[k] |= one
    left = [(k, text.encode("utf-8", "replace")) for k, text in flat if not orders[k]]
    if depth or not left:
        return orders
    offsets = np.cumsum([0, *(len(text) for _, text in left)]).astype(np.int32)
    data = np.frombuffer(b"".join(text for _, text in left), np.uint8)
    parts, kinds, starts, ends = encodings.candidates(data, offsets)
    again: dict[int, list[str]] = {}
    seen: dict[int, int] = {}
    for part, kind, start, end in zip(
        parts.tolist(), kinds.tolist(), starts.tolist(), ends.tolist(), strict=True
    ):
        seen[part] = seen.get(part, 0) + 1
        if seen[part] <= _DEEPER:
            more = encodings.readings(kind, data[start:end].tobytes())
            again.setdefault(left[part][0], []).extend(more)
    for k, one in zip(again, _order(list(again.values()), compiled, depth + 1), strict=True):
        orders[k] |= one
    return orders


def instructions(texts: Sequence[str], compiled: Compiled) -> list[bool]:
    """Whether each text, which was decoded, is an instruction to a model or a command: what the
    rules find whose ids begin with ``injection-``, ``identity-`` or ``payload-``, and those of
    changed letters."""
    if not texts:
        return []
    rows = [
        {
            "file": 0,
            "position": k,
            "id": None,
            "source": "",
            "language": "und",
            "parts": [{"field": "", "role": ROLES.index("response"), "text": text}],
            "slices": [],
        }
        for k, text in enumerate(text.encode("utf-8", "replace").decode() for text in texts)
    ]
    batch = tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))
    hits = _phrases(batch, _Parts(batch), compiled)
    told = np.zeros(len(texts), np.bool_)
    told[hits.parts[compiled.orders[hits.rules]]] = True
    return [
        bool(one)
        or _COMMAND.search(text.encode("utf-8", "replace")) is not None
        or _run_together(text, compiled)
        for one, text in zip(told.tolist(), texts, strict=True)
    ]


def _run_together(text: str, compiled: Compiled) -> bool:
    """Whether a text without spaces holds the words of a composition, run together."""
    if " " in text.strip() or len(text) < 12:
        return False
    small = re.sub(r"[^a-z]", "", text[:MAX_DECODED].lower())
    return any(all(slot.search(small) for slot in slots) for slots in compiled.together)


_HIDES = re.compile(
    rb"(?i)(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])"
    rb"|<[^>]{0,200}\shidden(?:\s|=|>))[^<]{0,400}(?:<(?!/)[^>]{0,200}>[^<]{0,400})*$"
)


def _hidden(phrases: Hits, texts: _Parts, compiled: Compiled) -> list[Hits]:
    """Phrases of prompt injection inside a comment or an element that is not shown."""
    rule = compiled.messages.get("hidden-injection")
    of = [
        k
        for k, one in enumerate(compiled.rules)
        if one.id.startswith("injection-") and (one.phrases or one.compose)
    ]
    candidates = phrases.where(np.isin(phrases.rules, of))
    if rule is None or not len(candidates):
        return []
    found = []
    for part, _, start, end in _few(candidates, texts.batch).rows():
        before = texts.bytes(part, start - 600, start)
        comment = before.rfind(b"<!--") > before.rfind(b"-->")
        if comment or _HIDES.search(before):
            found.append((part, rule, start, end))
    return [Hits.of(found)]


def _soup(batch: TokenBatch, compiled: Compiled) -> list[Hits]:
    rule = compiled.messages.get("soup")
    if rule is None:
        return []
    scored = soup.soup_score(batch)
    parts = np.flatnonzero(scored.scores >= SOUP)
    parts = parts[soup.shaped(batch.data, batch.part_offsets, scored, parts, SOUP)]
    starts = batch.part_offsets[parts] + scored.changes[parts]
    ends = batch.part_offsets[parts + 1].astype(np.int64)
    return [Hits(parts.astype(np.int32), np.full(len(parts), rule, np.int32), starts, ends)]


# Tables -------------------------------------------------------------------------------------------


def analyzer(
    rules: str | None = None, hashes: str | None = None
) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to `FINDINGS` and `FINDING_COUNTS`, with the rules of a folder of
    the user, if one is given, besides the bundled ones, and a list of hashes (`integrity`)."""
    compiled = compile_rules(tuple(load(rules).rules.values()))
    listed = integrity.load(hashes) if hashes else None

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        hits = find(batch, compiled)
        if listed is not None:
            hits = Hits.join([hits, *_compared(batch, listed, compiled)])
        return {
            FINDINGS.name: findings(batch, hits, compiled),
            FINDING_COUNTS.name: finding_counts(batch, hits, compiled),
            TRANSCRIPTS.name: transcripts(batch, hits, compiled),
        }

    return analyze


def _compared(batch: TokenBatch, listed: integrity.Hashes, compiled: Compiled) -> list[Hits]:
    """Records that are not what the list says, not in it, or changed right before their snapshot:
    their first texts."""
    states = listed.states(batch)
    first = np.searchsorted(batch.part_document, np.arange(len(states)))
    hits = []
    for state, name in (
        (integrity.CHANGED, "integrity-changed"),
        (integrity.FRONT_RUN, "integrity-front-run"),
        (integrity.UNLISTED, "integrity-unlisted"),
    ):
        documents = np.flatnonzero(states == state)
        parts = first[documents]
        # A document without any text has no place to point at.
        there = (parts < len(batch.part_document)) & (len(batch.part_document) > 0)
        parts = parts[there]
        parts = parts[batch.part_document[parts] == documents[there]].astype(np.int32)
        if name in compiled.messages:
            starts = batch.part_offsets[parts].astype(np.int64)
            ends = batch.part_offsets[parts + 1].astype(np.int64)
            rule = np.full(len(parts), compiled.messages[name], np.int32)
            hits.append(Hits(parts, rule, starts, ends))
    return hits


def transcripts(batch: TokenBatch, hits: Hits, compiled: Compiled) -> pa.Table:
    """`TRANSCRIPTS` of a batch: one row a text that holds turns of both sides in a dialect, and
    `MIN_CONTENT` words besides its markup. The dialect is that of most marks."""
    dialects = [k for k, rule in enumerate(compiled.rules) if rule.users and rule.assistants]
    chats = hits.where(hits.rules == compiled.messages.get("transcript", -1))
    chat = np.zeros(len(batch.part_document), np.bool_)
    chat[chats.parts] = True
    marked = hits.where(np.isin(hits.rules, dialects) & chat[hits.parts])
    marked = marked.where(np.lexsort((marked.ends, marked.starts, marked.parts)))
    parts, first = np.unique(marked.parts, return_index=True)
    content, words = np.empty(len(parts), np.uint64), np.empty(len(parts), np.int64)
    chat_kernels.contents(
        batch.data,
        batch.token_offsets,
        batch.starts,
        batch.ends,
        batch.hashes,
        parts,
        np.append(first, len(marked)),
        marked.starts,
        marked.ends,
        content,
        words,
    )
    kept = np.flatnonzero(words >= MIN_CONTENT)
    numbers = parts[kept].astype(np.int64)
    documents = pa.array(batch.part_document[numbers])
    column = batch.documents.column
    start = batch.part_offsets[numbers].astype(np.int64)
    ids = pa.array([rule.id for rule in compiled.rules], pa.string())
    begins = marked.starts[first[kept]]
    stops = np.maximum.reduceat(marked.ends, first)[kept] if len(first) else begins
    return TRANSCRIPTS.table(
        [
            pa.array(content[kept], pa.uint64()),
            ids.take(pa.array(_most(marked, first, len(compiled.rules))[kept])),
            column("file").take(documents),
            column("position").take(documents),
            _fields(batch).take(pa.array(numbers)),
            begins - start,
            stops - start,
            column("id").take(documents),
            column("source").take(documents),
            column("language").take(documents),
            pa.array(ROLES).take(pa.array(batch.part_role[numbers])),
        ]
    )


def _most(hits: Hits, first: NDArray[np.int64], rules: int) -> NDArray[np.int64]:
    """The rule with most hits, then the first, of each group of hits; groups begin at ``first``."""
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(hits))))
    pairs, counts = np.unique(group * rules + hits.rules, return_counts=True)
    order = np.lexsort((pairs % rules, -counts, pairs // rules))
    _, best = np.unique(pairs[order] // rules, return_index=True)
    found: NDArray[np.int64] = pairs[order][best] % rules
    return found


def two_dialects(chats: pa.Table, rule: Rule) -> pa.Table:
    """`FINDINGS` of the chats, among rows of `TRANSCRIPTS` that hold all those of a content, whose
    content stands in two dialects or more. The excerpt names the dialects."""
    pairs = chats.group_by(["content", "dialect"], use_threads=False).aggregate([])
    dialects: dict[int, list[str]] = {}
    for content, dialect in zip(*(c.to_pylist() for c in pairs.columns), strict=True):
        dialects.setdefault(content, []).append(dialect)
    twice = {c: ", ".join(sorted(names)) for c, names in dialects.items() if len(names) > 1}
    of = chats.filter(pc.is_in(chats.column("content"), pa.array(list(twice), pa.uint64())))
    texts = [f"same words in {twice[content]}" for content in of.column("content").to_pylist()]
    given = {name: of.column(name).combine_chunks() for name in of.column_names}
    given["rule"] = pa.repeat(rule.id, len(of)).cast(pa.string())
    given["severity"] = pa.repeat(rule.severity, len(of)).cast(pa.string())
    given["excerpt"] = pa.array(texts, pa.string())
    return FINDINGS.table([given[name] for name in FINDINGS.schema.names])


def two_dialect_counts(found: pa.Table, known: frozenset[str], other: str) -> pa.Table:
    """`FINDING_COUNTS` of what `two_dialects` found; sources that are not `known` count as `other`.

    Each of these documents has a match of the rule for transcripts, of the same severity, so it is
    in the unions already and only its matches join them.
    """
    sources = pc.if_else(
        pc.is_in(found.column("source"), pa.array(sorted(known), pa.string())),
        found.column("source"),
        pa.scalar(other),
    )
    found = found.set_column(found.schema.get_field_index("source"), "source", sources)
    made = []
    for role in ("role", None):
        of = (
            found
            if role
            else found.set_column(
                found.schema.get_field_index("role"), "role", pa.repeat(ANY, len(found))
            )
        )
        keys = ["source", "language", "role", "rule", "severity"]
        by_document = of.group_by([*keys, "file", "position"]).aggregate([([], "count_all")])
        rows = by_document.group_by(keys).aggregate([("count_all", "sum"), ([], "count_all")])
        columns = {name: rows.column(name).combine_chunks() for name in keys}
        matches, documents = rows.column("count_all_sum"), rows.column("count_all")
        nothing = pa.array(np.zeros(len(rows), np.int64))
        any_rule = pa.repeat(ANY, len(rows))
        for rule, severity, number in (
            (columns["rule"], columns["severity"], documents.combine_chunks()),
            (any_rule, columns["severity"], nothing),
            (any_rule, any_rule, nothing),
        ):
            first = [columns[name] for name in keys[:3]]
            made.append(
                FINDING_COUNTS.table([*first, rule, severity, matches.combine_chunks(), number])
            )
    return additive.merge(FINDING_COUNTS, made)


def finding_counts(batch: TokenBatch, hits: Hits, compiled: Compiled) -> pa.Table:
    """`FINDING_COUNTS` of a batch."""
    severity = compiled.severities[hits.rules]
    attack = ~compiled.personal[hits.rules]
    listed = attack & (severity > 0)
    width, levels = len(compiled.rules), len(SEVERITIES)
    kinds = [hits.rules.astype(np.int64), (width + severity)[attack]]
    kinds.append(np.full(int(listed.sum()), width + levels, np.int64))
    documents = batch.part_document[hits.parts].astype(np.int64)
    roles = batch.part_role[hits.parts].astype(np.int64)
    of = [np.arange(len(hits)), np.flatnonzero(attack), np.flatnonzero(listed)]
    kind, at = np.concatenate(kinds), np.concatenate(of)
    kind, at = np.tile(kind, 2), np.tile(at, 2)
    role = np.concatenate([roles[at[: len(at) // 2]], np.full(len(at) // 2, ROLE_ANY)])
    groups = batch.groups
    size = width + levels + 1
    keys = (groups.of_document[documents[at]] * CELL_ROLES + role) * size + kind
    pairs, matches = np.unique(
        keys * max(len(batch.documents), 1) + documents[at], return_counts=True
    )
    found, first, number = np.unique(
        pairs // max(len(batch.documents), 1), return_index=True, return_counts=True
    )
    sums = np.add.reduceat(matches, first) if len(first) else matches
    cell, kind = np.divmod(found, size)
    group, role = np.divmod(cell, CELL_ROLES)
    names = [*(rule.id for rule in compiled.rules), *([ANY] * (levels + 1))]
    severities = [*(rule.severity for rule in compiled.rules), *SEVERITIES, ANY]
    return FINDING_COUNTS.table(
        [
            groups.columns[0].take(pa.array(group)),
            groups.columns[1].take(pa.array(group)),
            pa.array(ROLE_NAMES).take(pa.array(role)),
            pa.array(names, pa.string()).take(pa.array(kind)),
            pa.array(severities, pa.string()).take(pa.array(kind)),
            sums,
            number,
        ]
    )


def findings(batch: TokenBatch, hits: Hits, compiled: Compiled) -> pa.Table:
    """`FINDINGS` of a batch."""
    listed = ~compiled.personal[hits.rules] & (compiled.severities[hits.rules] > 0)
    hits = hits.where(listed)
    hits = hits.where(_place(hits, batch) < KEEP)
    documents = pa.array(batch.part_document[hits.parts])
    column = batch.documents.column
    low = batch.part_offsets[hits.parts].astype(np.int64)
    fields = _fields(batch).take(pa.array(hits.parts))
    of = pa.array(hits.rules)
    ids = pa.array([rule.id for rule in compiled.rules], pa.string())
    severities = pa.array([rule.severity for rule in compiled.rules], pa.string())
    texts = _Parts(batch)
    return FINDINGS.table(
        [
            column("file").take(documents),
            column("position").take(documents),
            ids.take(of),
            fields,
            hits.starts - low,
            hits.ends - low,
            column("id").take(documents),
            column("source").take(documents),
            column("language").take(documents),
            pa.array(ROLES).take(pa.array(batch.part_role[hits.parts])),
            severities.take(of),
            _excerpts(hits, texts),
        ]
    )


def _fields(batch: TokenBatch) -> pa.Array:
    """Name of the text field of each part."""
    lists = batch.documents.column("parts")
    offsets = lists.offsets.to_numpy()
    values = lists.values.slice(offsets[0], offsets[-1] - offsets[0])
    return values.field("field")


_MASKED = re.compile(
    r"[\w.+%-]+@[\w-]+\.[\w.-]+|(?:\+?\d[ ().-]{0,2}){9,}|[A-Za-z0-9_/+=-]{32,}", re.ASCII
)
"""What may be an address, a number of a person or account, or a key, around what was found."""


_EXCERPTS_AT_ONCE = 16_384


def _excerpts(hits: Hits, texts: _Parts) -> pa.Array:
    """What was found (string), with some of what stands around it, and what it says where it is
    encoded. Memory: 2 KB for each of `_EXCERPTS_AT_ONCE`, and the excerpts."""
    made = [pa.array([], pa.string())]
    for low in range(0, len(hits), _EXCERPTS_AT_ONCE):
        some = np.arange(low, min(low + _EXCERPTS_AT_ONCE, len(hits)))
        made.append(_some_excerpts(hits.where(some), texts))
    return pa.concat_arrays(made)


def _some_excerpts(hits: Hits, texts: _Parts) -> pa.Array:
    data = texts.data
    low, high = (at[hits.parts].astype(np.int64) for at in (texts.low, texts.high))
    starts, ends = _between_characters(data, hits.starts, -1), _between_characters(data, hits.ends)
    around, shown = np.empty((2, len(hits), 2), np.int64)
    kernels.windows(data, low, high, starts, ends, CONTEXT, around)
    kernels.windows(data, starts, ends, starts, starts, SHOWN, shown)
    cut = pa.array(np.where(shown[:, 1] < ends, "…", "").tolist(), pa.string())
    before, after = (
        pc.replace_substring_regex(strings(data, *edges), _MASKED.pattern, "[masked]")
        for edges in ((around[:, 0], starts), (ends, around[:, 1]))
    )
    excerpts = pc.binary_join_element_wise(
        before, strings(data, starts, shown[:, 1]), cut, after, ""
    )
    limits = _between_characters(data, np.minimum(ends, starts + 2048), -1)
    found = strings(data, starts, limits)
    plain = pc.string_is_ascii(found)
    doubtful = pc.or_(pc.invert(plain), pc.greater_equal(pc.binary_length(found), 24))
    if not pc.any(doubtful, min_count=0).as_py():
        return excerpts
    said = [
        _said(*row)
        for row in zip(
            *(each.filter(doubtful).to_pylist() for each in (found, before, after, excerpts)),
            strict=True,
        )
    ]
    return pc.replace_with_mask(excerpts, doubtful, pa.array(said, pa.string()))


def _said(found: str, before: str, after: str, excerpt: str) -> str:
    """An excerpt with the message that hidden characters or an encoded word hold, if any."""
    hidden = message(found)
    if not hidden:
        return excerpt
    shown = found if len(found) <= SHOWN else found[:SHOWN] + "…"
    # Where the message can be read, its invisible characters need not fill the excerpt.
    shown = f"{shown[:4]}…" if len(shown) > 4 and not found.isascii() else shown
    return f"«{hidden[:SHOWN]}» = {before}{shown}{after}"


def _between_characters(
    data: NDArray[np.uint8], places: NDArray[np.int64], step: int = 1
) -> NDArray[np.int64]:
    """The next places, or the ones before with `step` -1, where no character is cut."""
    at = places.astype(np.int64)
    for _ in range(3):
        inside = (at < len(data)) & (at > 0)
        inside &= (data[np.minimum(at, len(data) - 1)] & 0xC0) == 0x80
        at += step * inside
    return at


def message(found: str) -> str:
    """What hidden characters or an encoded word say, empty where nothing can be read.

    Tag characters are ASCII plus U+E0000; variation selectors are bytes; of two zero-width
    characters one is 0 and the other 1, eight of them a byte.
    """
    codes = [ord(character) for character in found]
    tags = "".join(chr(c - 0xE0000) for c in codes if 0xE0020 <= c < 0xE007F)
    if tags:
        return tags
    selectors = bytes(
        c - 0xFE00 if c < 0xFE10 else c - 0xE0100 + 16
        for c in codes
        if 0xFE00 <= c < 0xFE10 or 0xE0100 <= c <= 0xE01EF
    )
    if len(selectors) > 3:
        return _readable(selectors)
    if found.isascii():
        return _decoded(found) if len(found) >= 24 else ""
    kinds = sorted(set(codes))
    if len(kinds) == 2 and len(codes) >= 16:
        for zero in kinds:
            bits = "".join("0" if c == zero else "1" for c in codes)
            packed = bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits) - 7, 8))
            if text := _readable(packed):
                return text
    return ""


def _decoded(found: str) -> str:
    """What an encoded run says, if anything: the reading with most letters and spaces."""
    content = np.frombuffer(found.encode(), np.uint8)
    _, kinds, starts, ends = encodings.candidates(content, np.array([0, len(content)], np.int32))
    texts = [
        text
        for kind, start, end in zip(kinds.tolist(), starts.tolist(), ends.tolist(), strict=True)
        for text in encodings.readings(kind, content[start:end].tobytes())
    ]
    return max(texts, key=lambda text: sum(c.isalpha() or c == " " for c in text), default="")


def _readable(content: bytes) -> str:
    text = content.decode("utf-8", "ignore")
    good = sum(character.isprintable() or character in "\n\t" for character in text)
    return (
        text
        if len(text) >= 2 and good >= 0.9 * len(text) and len(content) == len(text.encode())
        else ""
    )
