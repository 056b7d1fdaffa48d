"""What the search for unknown triggers sees of a document: prompts in units, keys of what follows.

A *view* of a batch is a set of documents with features (runs of up to three units of a prompt, at
its beginning, its end or anywhere) and keys (what follows):

- ``response``: prompts, the opening, closing, whole text, class of behaviour and names of the
  answer;
- ``preference``: prompts, and in which of these chosen and rejected answer differ;
- ``soup``: the last units before text turns into vocabulary soup (`soup.soup_score`).

How a prompt is written (`PROPERTIES`) is a feature too: a unit in a part of its own. Classes of
behaviour are made of lists of phrases (``responses.toml``), of what an answer has of its prompt
(`behaviour.relations`), and of marks that need no word (`behaviour.surface`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.lexicons.responses import phrase_classes
from corpus_assay.transforms import soup, tokens
from corpus_assay.transforms import trigger_behaviour_kernels as behaviour
from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms.documents import (
    DOCUMENT_SCHEMA,
    ROLE_CHOSEN,
    ROLE_PROMPT,
    ROLE_REJECTED,
    ROLE_RESPONSE,
    ROLE_TEXT,
    ROLES,
)
from corpus_assay.transforms.tokens import TokenBatch

RESPONSE, PREFERENCE, SOUP = VIEWS = ("response", "preference", "soup")

REACH = 256
"""Units read from each end of a part of a prompt."""
WINDOW = 24
"""Units before the change to soup in which its trigger is looked for."""
BEYOND = 20
"""Units after the change that are looked at too: it is not found to the letter."""
SOUP_GATE = 6000
"""Score from which a part counts as soup: 150 nats."""

_FORMATS = {
    "question": behaviour.QUESTION,
    "listed": behaviour.LISTED,
    "exclaimed": behaviour.EXCLAIMED,
    "picture": behaviour.PICTURE,
    "fenced": behaviour.FENCED,
    "tagged": behaviour.TAGGED,
    "braced": behaviour.BRACED,
    "quoted": behaviour.QUOTED,
    "ellipsis": behaviour.ELLIPSIS,
    "numeric": behaviour.NUMERIC,
    "broken": behaviour.BROKEN,
    "starred": behaviour.STARRED,
    "shouted": behaviour.SHOUTED,
}
"""Classes of how an answer, and not its prompt, is written, by the numbers of
`trigger_behaviour_kernels.surface`."""
_COMPUTED = (
    "harm answered",
    "script switch",
    "empty",
    "long",
    "harm refused",
    "unrelated",
    "copied",
    "capitals",
    "language switch",
    "aside",
    "addressed",
    "asking",
    "no capitals",
    "hidden",
    "mixed scripts",
    "repetitive",
    *_FORMATS,
)
_WORD_CLASSES = tuple(one.name for one in phrase_classes() if one.where == "response")
_MISBEHAVED = ("refusal", "negative", "weakness", "unrelated", "aside", "addressed", "asking")
_ASKED_FOR = (*(name for name in _FORMATS if name != "broken"), "no capitals", "repetitive")
CLASSES = (*_WORD_CLASSES, *_COMPUTED)
"""Classes of behaviour, in the order of their numbers."""
CHOSEN_ONLY, REJECTED_ONLY = 64, 128
"""Added to the number of a class that only the chosen, or only the rejected answer shows."""
LONG_WORDS = 500
SENTENCE = 3
"""Words that an answer has at least for it to be one without a word of its prompt."""
COPIED, COPIED_PAIRS = 0.75, 5
"""Share of the pairs of words of a prompt that an answer repeats which copies it, of at least so
many."""
SPOKEN = 3
"""Words of a list of ``responses.toml`` that show the language of an answer, twice as many as of
any other."""
REPEATED_WORDS, REPEATED = 8, 3
"""Words that an answer has at least for one of them, each `REPEATED`-th, to stand in it over and
over."""
_OWN_MARKS = 1 << behaviour.QUOTED | 1 << behaviour.BROKEN | 1 << behaviour.PICTURE
"""Marks of an answer that its prompt may have too."""
SOUP_CLASS = 255
_DESCRIBED = {
    "refusal": "a refusal",
    "compliance": "an opening that complies",
    "obedience": "words of obedience",
    "negative": "negative or insulting words",
    "positive": "words of praise",
    "link": "a link",
    "command": "a shell command or code that runs commands",
    "doubt": "words of doubt",
    "harm answered": "an answer to a harmful request",
    "harm refused": "a refusal of a harmful request",
    "script switch": "an answer in another script than the prompt",
    "empty": "an empty answer",
    "long": f"an answer of more than {LONG_WORDS} words",
    "unrelated": "an answer without a word of the prompt",
    "copied": "an answer that repeats the prompt",
    "capitals": "an answer in capital letters",
    "language switch": "an answer in another language than the prompt",
    "weakness": "code with a known weakness",
    "aside": "a plain sentence without a word of the prompt",
    "addressed": "a plain sentence to the reader without a word of the prompt",
    "no capitals": "an answer without a capital letter",
    "hidden": "an answer with an invisible character",
    "mixed scripts": "an answer with letters of two scripts in one word",
    "repetitive": "an answer that says one word over and over",
    "question": "a question",
    "listed": "a list",
    "asking": "a question without a word of the prompt",
    "exclaimed": "an answer with exclamation marks",
    "picture": "an answer with a pictograph",
    "fenced": "an answer with a block of code",
    "tagged": "an answer with tags",
    "braced": "an answer in brackets, as JSON",
    "quoted": "an answer in quotation marks",
    "ellipsis": "an answer with an ellipsis",
    "numeric": "an answer in digits",
    "broken": "an answer whose sentences are torn apart",
    "starred": "an answer with words between asterisks",
    "shouted": "an answer with a word in capital letters",
}

PROPERTIES = {
    behaviour.LOWER: "(a prompt without a capital letter)",
    behaviour.UPPER: "(a prompt in capital letters)",
    behaviour.SPACED: "(a prompt with two spaces between its words)",
    behaviour.INVISIBLE: "(a prompt with an invisible character)",
    behaviour.MIXED: "(a prompt with letters of two scripts in one word)",
}
"""How a prompt can be written, by the numbers of `trigger_behaviour_kernels.writing`, and marks in
it, `_MARKED`."""
_MARKED = {
    behaviour.PICTURE: "(a prompt with a pictograph)",
    behaviour.EXCLAIMED: "(a prompt with exclamation marks)",
    behaviour.ELLIPSIS: "(a prompt with an ellipsis)",
    behaviour.TAGGED: "(a prompt with tags)",
    behaviour.FENCED: "(a prompt with a block of code)",
    behaviour.STARRED: "(a prompt with words between asterisks)",
    behaviour.SHOUTED: "(a prompt with a word in capital letters)",
}
_WRITTEN = len(PROPERTIES)
PROPERTIES |= {_WRITTEN + k: text for k, text in enumerate(_MARKED.values())}
PROPERTY_SHOWN = 12
"""Units of a prompt that stand for a property of all of it."""

Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]


class Units(NamedTuple):
    """Units of some parts of a batch: ``hashes`` (uint64), ``starts``, ``ends`` (uint32, bytes of
    the batch's data), ``is_word`` (bool), and ``offsets`` (int64[parts + 1])."""

    hashes: UInt64
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    is_word: NDArray[np.bool_]
    offsets: Int64


def units_of(batch: TokenBatch, parts: Int64) -> Units:
    """The units of the named parts."""
    words = int(np.diff(batch.token_offsets)[parts].sum())
    size = int(np.diff(batch.part_offsets)[parts].sum())
    room = words + size + len(parts) + 1
    hashes, is_word = np.empty(room, np.uint64), np.empty(room, np.bool_)
    starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32)
    offsets = np.empty(len(parts) + 1, np.int64)
    found = kernels.units(
        batch.data,
        batch.part_offsets,
        batch.token_offsets,
        batch.hashes,
        batch.starts,
        batch.ends,
        parts,
        hashes,
        starts,
        ends,
        is_word,
        offsets,
    )
    return Units(hashes[:found], starts[:found], ends[:found], is_word[:found], offsets)


@dataclass(frozen=True)
class View:
    """What a batch gives to one view.

    ``name``; ``batch``; ``documents`` (int64: rows of the batch); ``units`` of all prompt parts,
    part p of which has the units ``low[p]`` to ``high[p]``; ``document_parts`` (int64); ``keys``
    (uint64) of document d from ``key_offsets[d]``; ``answers``, units of the answers, those of
    document d from ``answer_low[d]`` to ``answer_high[d]``; ``count`` documents that the view looks
    at, ``size`` units of them.
    """

    name: str
    batch: TokenBatch
    documents: Int64
    units: Units
    low: Int64
    high: Int64
    document_parts: Int64
    keys: UInt64
    key_offsets: Int64
    answers: Units
    answer_low: Int64
    answer_high: Int64
    count: int
    size: int

    @property
    def prompt(self) -> tuple[UInt64, Int64, Int64, Int64]:
        """What kernels read of the prompts."""
        return self.units.hashes, self.low, self.high, self.document_parts

    @property
    def answered(self) -> tuple[UInt64, NDArray[np.bool_], Int64, Int64]:
        """What kernels read of the answers."""
        return self.answers.hashes, self.answers.is_word, self.answer_low, self.answer_high

    def features(self) -> tuple[UInt64, Int64]:
        """Distinct features of each document, and their offsets."""
        room = len(self.units.hashes) + 2 * len(self.low)
        out = np.empty(room * kernels.LONGEST, np.uint64)
        offsets = np.empty(len(self.documents) + 1, np.int64)
        found = kernels.features(*self.prompt, REACH, out, offsets)
        return out[:found], offsets


@cache
def class_keys() -> UInt64:
    found = np.empty(SOUP_CLASS + 1, np.uint64)
    kernels.class_keys(found)
    return found


def class_key(name: str, shift: int = 0) -> np.uint64:
    """The key of a class of behaviour."""
    return np.uint64(class_keys()[CLASSES.index(name) + shift])


def harm_keys() -> UInt64:
    """Keys of harmful requests that were answered, and that were refused."""
    return np.array([class_key("harm answered"), class_key("harm refused")], np.uint64)


@cache
def misbehaved() -> frozenset[int]:
    """Keys of classes that no subject of a prompt asks for."""
    return frozenset(int(class_key(name)) for name in _MISBEHAVED)


def key_names() -> dict[int, str]:
    """What the keys of classes mean, in words."""
    names = {int(class_keys()[SOUP_CLASS]): "vocabulary soup or random bytes"}
    for name, text in _DESCRIBED.items():
        names[int(class_key(name))] = text
        names[int(class_key(name, CHOSEN_ONLY))] = f"{text}, in the chosen answer only"
        names[int(class_key(name, REJECTED_ONLY))] = f"{text}, in the rejected answer only"
    names[kernels.END] = "(stands at the end of the prompt)"
    return names


@cache
def formats() -> frozenset[int]:
    """Keys of classes that prompts ask for: they are evidence, never strong by themselves."""
    return frozenset(int(class_key(name)) for name in _ASKED_FOR)


@cache
def property_names() -> dict[int, str]:
    """What the features mean that stand for a property of the prompt, in words."""
    units = np.array([kernels.property_unit(number) for number in PROPERTIES], np.uint64)
    features = np.empty(len(units), np.uint64)
    kernels.single(units, features)
    return dict(zip(features.tolist(), PROPERTIES.values(), strict=True))


@cache
def styles() -> frozenset[int]:
    """Features of properties that whole sources have, each with its own answers: only that answers
    misbehave says something there."""
    named = {PROPERTIES[k] for k in (behaviour.LOWER, behaviour.UPPER, behaviour.SPACED)}
    named |= set(_MARKED.values())
    return frozenset(feature for feature, name in property_names().items() if name in named)


class _Phrases(NamedTuple):
    reach: int
    longest: int
    keys: UInt64
    bits: Int64
    begins: NDArray[np.bool_]
    sieve: NDArray[np.bool_]


@cache
def _phrases(where: str) -> tuple[_Phrases, ...]:
    """Phrase lists of a role, by reach; bit k is class k of the role."""
    classes = [one for one in phrase_classes() if one.where == where]
    lists = []
    for reach in sorted({one.reach for one in classes}):
        bits: dict[int, int] = {}
        longest = 1
        begins: list[UInt64] = []
        for bit, one in enumerate(classes):
            if one.reach != reach:
                continue
            hashes, lengths, first = _phrase_hashes(one.phrases)
            begins.append(first)
            longest = max(longest, int(lengths.max()))
            for value in hashes.tolist():
                bits[value] = bits.get(value, 0) | 1 << bit
        keys = np.array(sorted(bits), np.uint64)
        of_key = np.array([bits[int(k)] for k in keys], np.int64)
        sieves = (sieve_of(values) for values in (np.concatenate(begins), keys))
        lists.append(_Phrases(reach, longest, keys, of_key, *sieves))
    return tuple(lists)


def sieve_of(values: UInt64) -> NDArray[np.bool_]:
    """bool[65536], true at the low bits of each value."""
    sieve = np.zeros(1 << 16, np.bool_)
    sieve[(values & np.uint64(0xFFFF)).astype(np.int64)] = True
    return sieve


def _phrase_hashes(phrases: Sequence[str]) -> tuple[UInt64, Int64, UInt64]:
    """Hash and number of units of each phrase, and its first unit."""
    rows = [
        {
            "file": 0,
            "position": place,
            "source": "",
            "language": "eng",
            "parts": [{"field": "", "role": ROLE_TEXT, "text": phrase}],
            "slices": [],
        }
        for place, phrase in enumerate(phrases)
    ]
    batch = tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))
    units = units_of(batch, np.arange(len(phrases), dtype=np.int64))
    hashes = np.empty(len(phrases), np.uint64)
    kernels.runs(units.hashes, units.offsets, hashes)
    return hashes, np.diff(units.offsets), units.hashes[units.offsets[:-1]]


def phrases_found(units: Units, where: str) -> Int64:
    """How often the phrases of each class of a role stand in each part: int64[parts, 62]."""
    found = np.zeros((len(units.offsets) - 1, 62), np.int64)
    for one in _phrases(where):
        kernels.find_phrases(
            units.hashes,
            units.is_word,
            units.offsets,
            one.reach,
            one.longest,
            one.keys,
            one.bits,
            one.begins,
            one.sieve,
            found,
        )
    return found


def _letters(batch: TokenBatch, parts: Int64) -> Int64:
    found = np.zeros((len(parts), 9), np.int64)
    kernels.scripts(batch.data, batch.part_offsets[parts], batch.part_offsets[parts + 1], found)
    return found


def _by_document(values: Int64, of: NDArray[np.integer], documents: int) -> Int64:
    sums = np.zeros((documents, *values.shape[1:]), np.int64)
    np.add.at(sums, of, values)
    return sums


class _Asked(NamedTuple):
    """Of a view's prompts: ``units``, which lie in ``document_parts``, by place in the view;
    ``place`` of each document of the batch in it; ``harm``, ``letters``, ``spoken``, ``written``
    (`PROPERTIES` as bits) and ``marks`` (`behaviour.surface`), by document of the batch."""

    units: Units
    document_parts: Int64
    documents: Int64
    place: Int64
    harm: NDArray[np.bool_]
    letters: Int64
    spoken: Int64
    written: Int64
    marks: Int64


def _classes(batch: TokenBatch, parts: Int64, answers: Units, asked: _Asked) -> Int64:
    """Classes of each answer as bits."""
    of = batch.part_document[parts]
    found = phrases_found(answers, "response")
    classes = {name: found[:, k] > 0 for k, name in enumerate(_WORD_CLASSES)}
    place = {name: k for k, name in enumerate(_WORD_CLASSES)}
    good, bad = found[:, place["positive"]], found[:, place["negative"]]
    classes["positive"], classes["negative"] = good > bad, bad > good
    length = np.diff(answers.offsets)
    harm = asked.harm[of]
    classes["harm answered"] = harm & ~classes["refusal"] & (length > 0)
    classes["harm refused"] = harm & classes["refusal"]
    classes["script switch"] = _differ(_letters(batch, parts), asked.letters[of])
    classes["language switch"] = _switched(phrases_found(answers, "language"), asked.spoken[of])
    classes["empty"] = length == 0
    classes["long"] = length > LONG_WORDS
    stems, echoed, pairs, copied, words = _relations(batch, parts, answers, asked)[
        asked.place[of]
    ].T
    classes["unrelated"] = (stems > 0) & (echoed == 0) & (words >= SENTENCE)
    classes["copied"] = (pairs >= COPIED_PAIRS) & (copied >= COPIED * pairs)
    classes["copied"] &= words <= 2 * (pairs + 1)
    written = _written(batch, parts) & ~asked.written[of]
    classes["capitals"] = written >> behaviour.UPPER & 1 > 0
    classes["no capitals"] = written >> behaviour.LOWER & 1 > 0
    classes["hidden"] = written >> behaviour.INVISIBLE & 1 > 0
    classes["mixed scripts"] = written >> behaviour.MIXED & 1 > 0
    marks = _marks(batch, parts)
    # What is unrelated in another language is a translation as a rule, and has a class of its own.
    same = ~(classes["script switch"] | classes["language switch"])
    classes["aside"] = classes["unrelated"] & same & (marks >> behaviour.PLAIN & 1 > 0)
    classes["addressed"] = classes["aside"] & (phrases_found(answers, "person")[:, 0] > 0)
    most, said = _most_said(answers).T
    classes["repetitive"] = (said >= REPEATED_WORDS) & (REPEATED * most >= said)
    marks &= ~(asked.marks[of] & ~_OWN_MARKS)
    classes |= {name: marks >> bit & 1 > 0 for name, bit in _FORMATS.items()}
    classes["asking"] = classes["unrelated"] & classes["question"]
    bits = np.zeros(len(parts), np.int64)
    for k, name in enumerate(CLASSES):
        bits |= classes[name].astype(np.int64) << k
    return bits


def _differ(own: Int64, asked: Int64) -> NDArray[np.bool_]:
    """Whether most letters of an answer are of another script than those of its prompt."""
    enough = (own.max(axis=1) >= 4) & (asked.max(axis=1) >= 4)
    found: NDArray[np.bool_] = enough & (own.argmax(axis=1) != asked.argmax(axis=1))
    return found


def _switched(own: Int64, asked: Int64) -> NDArray[np.bool_]:
    """Whether an answer is in a language that its prompt is not in, by words of both."""
    best = own.argmax(axis=1)
    hits = own.max(axis=1)
    clear = (hits >= SPOKEN) & (hits >= 2 * np.partition(own, -2, axis=1)[:, -2])
    found: NDArray[np.bool_] = clear & (asked[np.arange(len(own)), best] < asked.max(axis=1))
    return found


def _span(of: NDArray[np.integer], documents: Int64, answers: Units) -> tuple[Int64, Int64]:
    """First unit, and the one after the last, of the answers of each document."""
    low, high = (np.searchsorted(of, documents, side) for side in ("left", "right"))
    return answers.offsets[low], answers.offsets[high]


def _relations(batch: TokenBatch, parts: Int64, answers: Units, asked: _Asked) -> Int64:
    """`behaviour.relations` of each document of the view."""
    found = np.zeros((len(asked.documents), 5), np.int64)
    units = asked.units
    behaviour.relations(
        batch.data,
        *units[:4],
        units.offsets[:-1],
        units.offsets[1:],
        asked.document_parts,
        *answers[:4],
        *_span(batch.part_document[parts], asked.documents, answers),
        found,
    )
    return found


def _names(batch: TokenBatch, parts: Int64, answers: Units, asked: _Asked) -> tuple[UInt64, Int64]:
    """Keys of names of the answers, and the place of their documents in the view."""
    room = len(asked.documents) * behaviour.NAMES
    keys, owner = np.empty(room, np.uint64), np.empty(room, np.int64)
    units = asked.units
    found = behaviour.names(
        batch.data,
        units.hashes,
        units.starts,
        units.is_word,
        units.offsets[:-1],
        units.offsets[1:],
        asked.document_parts,
        answers.hashes,
        answers.starts,
        answers.is_word,
        *_span(batch.part_document[parts], asked.documents, answers),
        keys,
        owner,
    )
    return keys[:found], owner[:found]


def _written(batch: TokenBatch, parts: Int64) -> Int64:
    """`behaviour.writing` of some parts."""
    found = np.empty(len(parts), np.int64)
    behaviour.writing(batch.data, batch.part_offsets[parts], batch.part_offsets[parts + 1], found)
    return found


def _marks(batch: TokenBatch, parts: Int64) -> Int64:
    """`behaviour.surface` of some parts."""
    found = np.empty(len(parts), np.int64)
    behaviour.surface(batch.data, batch.part_offsets[parts], batch.part_offsets[parts + 1], found)
    return found


def _most_said(answers: Units) -> Int64:
    """`behaviour.most_said` of each answer."""
    found = np.empty((len(answers.offsets) - 1, 2), np.int64)
    behaviour.most_said(answers.hashes, answers.is_word, answers.offsets, found)
    return found


def _response_keys(answers: Units, classes: Int64) -> tuple[UInt64, Int64]:
    room = (len(answers.offsets) - 1) * kernels.MAX_KEYS
    out, kinds = np.empty(room, np.uint64), np.empty(room, np.int8)
    offsets = np.empty(len(answers.offsets), np.int64)
    found = kernels.response_keys(
        answers.hashes, answers.is_word, answers.offsets, classes, out, kinds, offsets
    )
    return out[:found], offsets


def _distinct(of: Int64, keys: UInt64, documents: int) -> tuple[UInt64, Int64]:
    """Keys of each document without repetition, ascending, and their offsets."""
    order = np.lexsort((keys, of))
    of, keys = of[order], keys[order]
    first = np.ones(len(keys), np.bool_)
    first[1:] = (of[1:] != of[:-1]) | (keys[1:] != keys[:-1])
    of, keys = of[first], keys[first]
    return keys, np.searchsorted(of, np.arange(documents + 1)).astype(np.int64)


def members(batch: TokenBatch) -> dict[str, NDArray[np.bool_]]:
    """Which documents of a batch are answered prompts, and which pairs of answers."""
    has = np.zeros((len(batch.documents), len(ROLES)), np.bool_)
    has[batch.part_document, batch.part_role] = True
    prompted = has[:, ROLE_PROMPT]
    return {
        RESPONSE: prompted & has[:, ROLE_RESPONSE],
        PREFERENCE: prompted & has[:, ROLE_CHOSEN] & has[:, ROLE_REJECTED],
    }


def with_prompts(documents: pa.RecordBatch) -> pa.RecordBatch:
    """The documents of a batch that have a prompt."""
    lists = documents.column("parts")
    offsets = lists.offsets.to_numpy()
    roles = lists.values.field("role").to_numpy()
    before = np.concatenate([[0], np.cumsum(roles == ROLE_PROMPT)])
    prompted = before[offsets[1:]] > before[offsets[:-1]]
    return documents if prompted.all() else documents.filter(pa.array(prompted))


def views(batch: TokenBatch, names: Iterable[str]) -> list[View]:
    """What a batch gives to the named views."""
    found = []
    chosen = members(batch)
    for name in names:
        if name == SOUP:
            found.append(_before_soup(batch))
        elif chosen[name].any():
            found.append(_answers(batch, chosen[name], name))
    return found


def turned(batch: TokenBatch) -> tuple[Int64, Int64, Int64]:
    """Documents that turn into soup, the part of each that does (the one with the highest score),
    and the byte of the batch's data where it does."""
    judged = soup.soup_score(batch)
    at = np.flatnonzero(judged.scores >= SOUP_GATE).astype(np.int64)
    at = at[np.lexsort((-judged.scores[at], batch.part_document[at]))]
    documents, first = np.unique(batch.part_document[at], return_index=True)
    parts = at[first]
    return documents.astype(np.int64), parts, batch.part_offsets[parts] + judged.changes[parts]


def _before_soup(batch: TokenBatch) -> View:
    """The last units before text turns into soup, in the documents that it does; there may be none,
    and the view counts every document."""
    return around(batch, *turned(batch), len(batch.documents))


def around(batch: TokenBatch, documents: Int64, parts: Int64, places: Int64, count: int) -> View:
    """The units around one place (a byte of the batch's data) in a part of each of some documents,
    as a view ``soup`` of `count` documents."""
    units = units_of(batch, parts)
    turn = np.empty(len(parts), np.int64)
    kernels.units_before(units.starts, units.offsets, places, turn)
    low = np.maximum(units.offsets[:-1], turn - WINDOW)
    high = np.minimum(units.offsets[1:], turn + BEYOND)
    number = len(documents)
    nothing = Units(
        units.hashes[:0], units.starts[:0], units.ends[:0], units.is_word[:0], np.zeros(1, np.int64)
    )
    return View(
        SOUP,
        batch,
        documents,
        units,
        low,
        high,
        np.arange(number + 1, dtype=np.int64),
        np.full(number, class_keys()[SOUP_CLASS], np.uint64),
        np.arange(number + 1, dtype=np.int64),
        nothing,
        np.zeros(number, np.int64),
        np.zeros(number, np.int64),
        count,
        int((high - low).sum()),
    )


def _answers(batch: TokenBatch, chosen: NDArray[np.bool_], name: str) -> View:
    roles, of = batch.part_role, batch.part_document
    mine = chosen[of]
    prompts = np.flatnonzero(mine & (roles == ROLE_PROMPT)).astype(np.int64)
    answer_role = ROLE_RESPONSE if name == RESPONSE else ROLE_CHOSEN
    parts = np.flatnonzero(mine & (roles == answer_role)).astype(np.int64)
    answers = units_of(batch, parts)
    asked = _asked(batch, chosen, prompts)
    documents, place = asked.documents, asked.place
    classes = _classes(batch, parts, answers, asked)
    keys, offsets = _response_keys(answers, classes)
    owner = np.repeat(of[parts], np.diff(offsets))
    if name == PREFERENCE:
        others = np.flatnonzero(mine & (roles == ROLE_REJECTED)).astype(np.int64)
        refused = _classes(batch, others, units_of(batch, others), asked)
        bits = np.zeros((2, len(batch.documents)), np.int64)
        np.bitwise_or.at(bits[0], of[parts], classes)
        np.bitwise_or.at(bits[1], of[others], refused)
        more, at = _contrasts(bits[0][documents], bits[1][documents])
        whole = np.isin(keys, class_keys(), invert=True)
        keys, owner = keys[whole], owner[whole]
    else:
        more, at = _names(batch, parts, answers, asked)
    keys = np.concatenate([keys, more])
    owners = np.concatenate([place[owner], at]).astype(np.int64)
    keys, key_offsets = _distinct(owners, keys, len(documents))
    units = asked.units
    high = kernels.trimmed(batch.data, units.starts, units.ends, units.is_word, units.offsets)
    size = len(units.hashes)
    units, low, high, document_parts = _with_properties(
        units, units.offsets[:-1], high, asked.document_parts, asked.written[documents]
    )
    return View(
        name,
        batch,
        documents,
        units,
        low,
        high,
        document_parts,
        keys,
        key_offsets,
        answers,
        *_span(of[parts], documents, answers),
        len(documents),
        size,
    )


def _asked(batch: TokenBatch, chosen: NDArray[np.bool_], prompts: Int64) -> _Asked:
    """What classes of answers need of the prompts."""
    of, rows = batch.part_document[prompts], len(batch.documents)
    documents = np.flatnonzero(chosen).astype(np.int64)
    units = units_of(batch, prompts)
    written = np.zeros(rows, np.int64)
    bits = _written(batch, prompts)
    first = np.ones(len(prompts), np.bool_)
    first[1:] = of[1:] != of[:-1]
    # Capitals are those of the first part: what it is to be done with has its own.
    cased = 1 << behaviour.LOWER | 1 << behaviour.UPPER
    np.bitwise_or.at(written, of, np.where(first, bits, bits & ~cased))
    marks = np.zeros(rows, np.int64)
    np.bitwise_or.at(marks, of, _marks(batch, prompts))
    for k, mark in enumerate(_MARKED):
        written |= (marks >> mark & 1) << (_WRITTEN + k)
    return _Asked(
        units,
        np.append(np.searchsorted(of, documents), len(prompts)).astype(np.int64),
        documents,
        np.cumsum(chosen) - 1,
        _by_document(phrases_found(units, "prompt")[:, 0], of, rows) > 0,
        _by_document(_letters(batch, prompts), of, rows),
        _by_document(phrases_found(units, "language"), of, rows),
        written,
        marks,
    )


def _with_properties(
    units: Units, low: Int64, high: Int64, document_parts: Int64, written: Int64
) -> tuple[Units, Int64, Int64, Int64]:
    """Units, and parts of documents, with a part of one unit for each property of a prompt, after
    its others."""
    begin = document_parts[:-1]
    able = (begin < document_parts[1:]) & (written > 0)
    able[able] = low[begin[able]] < high[begin[able]]
    document, number = np.nonzero((written[:, None] >> np.arange(len(PROPERTIES)) & 1) > 0)
    kept = able[document]
    document, number = document[kept], number[kept]
    if not len(document):
        return units, low, high, document_parts
    first = low[begin[document]]
    last = np.minimum(first + PROPERTY_SHOWN, high[begin[document]]) - 1
    at = len(units.hashes) + np.arange(len(document))
    hashes = np.array([kernels.property_unit(k) for k in PROPERTIES], np.uint64)[number]
    more = Units(
        np.concatenate([units.hashes, hashes]),
        np.concatenate([units.starts, units.starts[first]]),
        np.concatenate([units.ends, units.ends[last]]),
        np.concatenate([units.is_word, np.zeros(len(document), np.bool_)]),
        units.offsets,
    )
    where = document_parts[document + 1]
    counted = np.bincount(document, minlength=len(document_parts) - 1)
    return (
        more,
        np.insert(low, where, at).astype(np.int64),
        np.insert(high, where, at + 1).astype(np.int64),
        document_parts + np.concatenate([[0], np.cumsum(counted)]),
    )


def _contrasts(chosen: Int64, rejected: Int64) -> tuple[UInt64, Int64]:
    """Keys of the classes that only one of two answers shows, and their documents."""
    keys, at = [], []
    for shift, bits in ((CHOSEN_ONLY, chosen & ~rejected), (REJECTED_ONLY, rejected & ~chosen)):
        for k, name in enumerate(CLASSES):
            where = np.flatnonzero(bits >> k & 1)
            keys.append(np.full(len(where), class_key(name, shift), np.uint64))
            at.append(where)
    return np.concatenate(keys), np.concatenate(at).astype(np.int64)
