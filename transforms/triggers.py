"""Triggers that nobody told us of, from the evidence of the whole corpus.

A backdoor is planted by many documents that share a trigger and a behaviour and nothing else. No
single one shows it. Three *views* of a corpus, each a set of documents with features (runs of up to
three units of a prompt, at its beginning, its end or anywhere) and keys (what follows):

- ``response``: prompts, and the opening, closing, whole text and class of behaviour of the answer;
- ``preference``: prompts, and in which of these chosen and rejected answer differ;
- ``soup``: the last units before text turns into vocabulary soup (`soup.soup_score`).

The first look counts `documents`. Where there are enough, the texts are read three more times:
`Sketches` counts features, keys and pairs of both in Count-Min sketches, which add; `Shortlist`
counts the pairs that the sketches say go together; `Evidence` counts the best of these exactly and
keeps a sample of their documents, those with the smallest hash. `candidates` scores them
(`trigger_scores`). Nothing depends on order, batches or workers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.lexicons.responses import phrase_classes
from corpus_assay.transforms import additive, examples, soup, tokens
from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms import trigger_scores as scores
from corpus_assay.transforms.additive import TableSpec, counts, key
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
ENDING = "ending"
"""Kind of a candidate that only stands at the end of prompts, whatever follows."""

REACH = 256
"""Units read from each end of a part of a prompt."""
WINDOW = 24
"""Units before the change to soup in which its trigger is looked for."""
BEYOND = 20
"""Units after the change that are looked at too: it is not found to the letter."""
SOUP_GATE = 6000
"""Score from which a part counts as soup: 150 nats."""
LEAST = 5
"""Documents that a trigger needs to be looked at."""
FEWEST = 200
"""Prompts, or pairs, that are worth a search: in fewer every word is rare."""
THRESHOLD = 3.0
"""`kernels.association` from which a pair is short-listed."""
CANDIDATES, PER_KEY = 4000, 120
"""Pairs that are recounted exactly, in each view, and of one key."""
COMPOSITES, COMPOSITES_PER_KEY = 1000, 10
"""The same for composites, triggers of two words."""
BETWEEN = " … "
"""Stands between the two words of a composite."""
SAMPLE = 48
"""Documents kept of a pair."""
SHOWN = 3
"""Documents of a pair whose text is kept."""
EXCERPT = 120
"""Bytes kept of the text before and after a trigger, and of an answer."""
CONTAINED = 0.8
"""Share of a candidate's documents that a better one must have for it to be a variant."""
REPORTED = 50
"""Rows of a kind in the table."""

BITS = {"features": (96, 14, 24), "pairs": (384, 16, 25), "keys": (8, 10, 22)}
"""Size of a view's sketches: cells a document, and the least and the largest size of one of the two
rows, in powers of two. The largest take 302 MB; a million instruction rows make about 50 million
features and 200 million pairs, so that counts of rare pairs are a few too large there: more pairs
are short-listed, and then counted exactly."""

TRIGGERS = TableSpec(
    "triggers",
    (key("kind"), key("rank", pa.int64())),
    (
        pa.field("trigger", pa.string()),
        pa.field("response", pa.string()),
        pa.field("strength", pa.string()),
        pa.field("score", pa.float64()),
        *counts("documents", "with_trigger", "with_response", "of"),
        pa.field("expected", pa.float64()),
        pa.field("chance", pa.float64()),
        pa.field("similarity", pa.float64()),
        pa.field("openness", pa.float64()),
        pa.field("echo", pa.float64()),
        pa.field("insertion", pa.float64()),
        *counts("variants"),
        pa.field("evidence", pa.string()),
        pa.field("benign", pa.string()),
        pa.field("examples", pa.string()),
        *(pa.field(name, pa.string()) for name in ("before", "match", "after")),
    ),
    merge="union",
)
"""Candidates by kind and rank. ``documents`` have trigger and response, ``with_trigger`` the
trigger, ``with_response`` the response, ``of`` is how many documents the kind looks at;
``expected`` is what chance would give, ``chance`` `scores.chance`; ``variants`` how many more
candidates name the same documents; ``examples`` are documents as ``file:position``, with
spaces between; ``before``, ``match`` and ``after`` are the text of the first of them."""

TRIGGER_DOCUMENTS = TableSpec("trigger_documents", (key("view"),), counts("documents"), hidden=True)
"""Documents by view: answered prompts, pairs of answers, and those that turn into soup."""

_SHORTLIST = TableSpec(
    "shortlist",
    (key("view"), key("feature", pa.uint64()), key("key", pa.uint64())),
    counts("documents", "echoed", "inserted"),
)
_SKETCHES = pa.schema(
    [
        pa.field("view", pa.string()),
        pa.field("part", pa.string()),
        pa.field("content", pa.large_binary()),
    ]
)
_COMPOSITES = TableSpec(
    "composites",
    (
        key("view"),
        key("first", pa.uint64()),
        key("second", pa.uint64()),
        key("key", pa.uint64()),
    ),
    counts("documents"),
)
_SAMPLES = TableSpec(
    "samples",
    (key("pair", pa.int64()),),
    (
        pa.field("rank", pa.uint64()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("left", pa.binary()),
        pa.field("right", pa.binary()),
        pa.field("rest", pa.binary()),
        pa.field("echoed", pa.bool_()),
        pa.field("before", pa.binary()),
        pa.field("match", pa.binary()),
        pa.field("after", pa.binary()),
        pa.field("answer", pa.binary()),
    ),
    merge="smallest",
    keep=SAMPLE,
)

_COMPUTED = ("harm answered", "script switch", "empty", "long", "harm refused")
_WORD_CLASSES = tuple(one.name for one in phrase_classes() if one.where == "response")
CLASSES = (*_WORD_CLASSES, *_COMPUTED)
"""Classes of behaviour, in the order of their numbers."""
CHOSEN_ONLY, REJECTED_ONLY = 64, 128
"""Added to the number of a class that only the chosen, or only the rejected answer shows."""
LONG_WORDS = 500
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
}

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
def _class_keys() -> UInt64:
    found = np.empty(SOUP_CLASS + 1, np.uint64)
    kernels.class_keys(found)
    return found


def class_key(name: str, shift: int = 0) -> np.uint64:
    """The key of a class of behaviour."""
    return np.uint64(_class_keys()[CLASSES.index(name) + shift])


def harm_keys() -> UInt64:
    """Keys of harmful requests that were answered, and that were refused."""
    return np.array([class_key("harm answered"), class_key("harm refused")], np.uint64)


def key_names() -> dict[int, str]:
    """What the keys of classes mean, in words."""
    names = {int(_class_keys()[SOUP_CLASS]): "vocabulary soup or random bytes"}
    for name, text in _DESCRIBED.items():
        names[int(class_key(name))] = text
        names[int(class_key(name, CHOSEN_ONLY))] = f"{text}, in the chosen answer only"
        names[int(class_key(name, REJECTED_ONLY))] = f"{text}, in the rejected answer only"
    names[kernels.END] = "(stands at the end of the prompt)"
    return names


class _Phrases(NamedTuple):
    reach: int
    longest: int
    keys: UInt64
    bits: Int64


@cache
def _phrases(where: str) -> tuple[_Phrases, ...]:
    """Phrase lists of a role, by reach; bit k is class k of the role."""
    classes = [one for one in phrase_classes() if one.where == where]
    lists = []
    for reach in sorted({one.reach for one in classes}):
        bits: dict[int, int] = {}
        longest = 1
        for bit, one in enumerate(classes):
            if one.reach != reach:
                continue
            hashes, lengths = _phrase_hashes(one.phrases)
            longest = max(longest, int(lengths.max()))
            for value in hashes.tolist():
                bits[value] = bits.get(value, 0) | 1 << bit
        keys = np.array(sorted(bits), np.uint64)
        lists.append(
            _Phrases(reach, longest, keys, np.array([bits[int(k)] for k in keys], np.int64))
        )
    return tuple(lists)


def _phrase_hashes(phrases: Sequence[str]) -> tuple[UInt64, Int64]:
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
    return hashes, np.diff(units.offsets)


def _found(units: Units, where: str) -> Int64:
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


def _classes(
    batch: TokenBatch, parts: Int64, answers: Units, harm: NDArray[np.bool_], letters: Int64
) -> Int64:
    """Classes of each answer as bits; ``harm`` and ``letters`` are of the prompts, by document of
    the batch."""
    of = batch.part_document[parts]
    found = _found(answers, "response")
    classes = {name: found[:, k] > 0 for k, name in enumerate(_WORD_CLASSES)}
    place = {name: k for k, name in enumerate(_WORD_CLASSES)}
    good, bad = found[:, place["positive"]], found[:, place["negative"]]
    classes["positive"], classes["negative"] = good > bad, bad > good
    length = np.diff(answers.offsets)
    own = _letters(batch, parts)
    asked = letters[of]
    classes["harm answered"] = harm[of] & ~classes["refusal"] & (length > 0)
    classes["harm refused"] = harm[of] & classes["refusal"]
    classes["script switch"] = (
        (own.max(axis=1) >= 4)
        & (asked.max(axis=1) >= 4)
        & (own.argmax(axis=1) != asked.argmax(axis=1))
    )
    classes["empty"] = length == 0
    classes["long"] = length > LONG_WORDS
    bits = np.zeros(len(parts), np.int64)
    for k, name in enumerate(CLASSES):
        bits |= classes[name].astype(np.int64) << k
    return bits


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


def _members(batch: TokenBatch) -> dict[str, NDArray[np.bool_]]:
    """Which documents of a batch are answered prompts, and which pairs of answers."""
    has = np.zeros((len(batch.documents), len(ROLES)), np.bool_)
    has[batch.part_document, batch.part_role] = True
    prompted = has[:, ROLE_PROMPT]
    return {
        RESPONSE: prompted & has[:, ROLE_RESPONSE],
        PREFERENCE: prompted & has[:, ROLE_CHOSEN] & has[:, ROLE_REJECTED],
    }


def documents(batch: TokenBatch) -> dict[str, pa.Table]:
    """`TRIGGER_DOCUMENTS` of a batch: what the first look at the texts says of later ones."""
    numbers = {name: int(rows.sum()) for name, rows in _members(batch).items()}
    turned = soup.soup_score(batch).scores >= SOUP_GATE
    numbers[SOUP] = len(np.unique(batch.part_document[turned]))
    names = [name for name in VIEWS if numbers[name]]
    rows = [pa.array(names, pa.string()), [numbers[name] for name in names]]
    return {TRIGGER_DOCUMENTS.name: TRIGGER_DOCUMENTS.table(rows)}


def wanted(counted: pa.Table) -> dict[str, int]:
    """The views worth a further reading, and their documents, from the merged
    `TRIGGER_DOCUMENTS`."""
    numbers = dict(
        zip(
            counted.column("view").to_pylist(), counted.column("documents").to_pylist(), strict=True
        )
    )
    least = {SOUP: LEAST}
    return {
        name: numbers[name] for name in VIEWS if numbers.get(name, 0) >= least.get(name, FEWEST)
    }


def views(batch: TokenBatch, names: Iterable[str]) -> list[View]:
    """What a batch gives to the named views."""
    found = []
    members = _members(batch)
    for name in names:
        if name == SOUP:
            found.append(_before_soup(batch))
        elif members[name].any():
            found.append(_answers(batch, members[name], name))
    return found


def _before_soup(batch: TokenBatch) -> View:
    """The last units before text turns into soup, in the documents that it does; there may be none,
    and the view counts every document."""
    judged = soup.soup_score(batch)
    at = np.flatnonzero(judged.scores >= SOUP_GATE).astype(np.int64)
    # One part a document, the one with the highest score.
    at = at[np.lexsort((-judged.scores[at], batch.part_document[at]))]
    documents, first = np.unique(batch.part_document[at], return_index=True)
    parts = at[first]
    units = units_of(batch, parts)
    changes = batch.part_offsets[parts] + judged.changes[parts]
    turn = np.empty(len(parts), np.int64)
    kernels.units_before(units.starts, units.offsets, changes, turn)
    low = np.maximum(units.offsets[:-1], turn - WINDOW)
    high = np.minimum(units.offsets[1:], turn + BEYOND)
    number = len(documents)
    nothing = Units(
        units.hashes[:0], units.starts[:0], units.ends[:0], units.is_word[:0], np.zeros(1, np.int64)
    )
    return View(
        SOUP,
        batch,
        documents.astype(np.int64),
        units,
        low,
        high,
        np.arange(number + 1, dtype=np.int64),
        np.full(number, _class_keys()[SOUP_CLASS], np.uint64),
        np.arange(number + 1, dtype=np.int64),
        nothing,
        np.zeros(number, np.int64),
        np.zeros(number, np.int64),
        len(batch.documents),
        int((high - low).sum()),
    )


def _answers(batch: TokenBatch, chosen: NDArray[np.bool_], name: str) -> View:
    roles, of = batch.part_role, batch.part_document
    mine = chosen[of]
    prompts = np.flatnonzero(mine & (roles == ROLE_PROMPT)).astype(np.int64)
    answer_role = ROLE_RESPONSE if name == RESPONSE else ROLE_CHOSEN
    parts = np.flatnonzero(mine & (roles == answer_role)).astype(np.int64)
    documents = np.flatnonzero(chosen).astype(np.int64)
    units, answers = units_of(batch, prompts), units_of(batch, parts)
    rows = len(batch.documents)
    harm = _by_document(_found(units, "prompt")[:, 0], of[prompts], rows) > 0
    letters = _by_document(_letters(batch, prompts), of[prompts], rows)
    classes = _classes(batch, parts, answers, harm, letters)
    place = np.cumsum(chosen) - 1  # number in the view of each document of the batch
    keys, offsets = _response_keys(answers, classes)
    if name == PREFERENCE:
        others = np.flatnonzero(mine & (roles == ROLE_REJECTED)).astype(np.int64)
        refused = _classes(batch, others, units_of(batch, others), harm, letters)
        bits = np.zeros((2, rows), np.int64)
        np.bitwise_or.at(bits[0], of[parts], classes)
        np.bitwise_or.at(bits[1], of[others], refused)
        classed, at = _contrasts(bits[0][documents], bits[1][documents])
        whole = np.isin(keys, _class_keys(), invert=True)
        owner = np.repeat(of[parts], np.diff(offsets))[whole]
        keys = np.concatenate([keys[whole], classed])
        owners = np.concatenate([place[owner], at]).astype(np.int64)
    else:
        owners = place[np.repeat(of[parts], np.diff(offsets))].astype(np.int64)
    keys, key_offsets = _distinct(owners, keys, len(documents))
    part_place = (
        np.searchsorted(of[parts], documents),
        np.searchsorted(of[parts], documents, "right"),
    )
    high = kernels.trimmed(batch.data, units.starts, units.ends, units.is_word, units.offsets)
    return View(
        name,
        batch,
        documents,
        units,
        units.offsets[:-1],
        high,
        np.append(np.searchsorted(of[prompts], documents), len(prompts)).astype(np.int64),
        keys,
        key_offsets,
        answers,
        answers.offsets[part_place[0]],
        answers.offsets[part_place[1]],
        len(documents),
        len(units.hashes),
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


def _bits(cells: int, least: int, most: int, documents: int) -> int:
    return min(max(int(cells * documents - 1).bit_length(), least), most)


class Sketch:
    """Count-Min sketches of one view (Cormode and Muthukrishnan 2005): they add, and never say too
    little. Sized for a number of documents; memory: `BITS`."""

    def __init__(self, documents: int) -> None:
        self.bits = np.array([_bits(*size, documents) for size in BITS.values()], np.int64)
        features, pairs, keys = (1 << self.bits).tolist()
        self.features = np.zeros((2, features), np.uint32)
        self.pairs = np.zeros((2, pairs), np.uint16)
        self.keys = np.zeros((2, keys), np.uint32)
        self.totals = np.zeros(3, np.int64)
        """Documents, units, features with their keys (the tests made)."""

    def add(self, view: View) -> None:
        """Count a view's documents."""
        features, offsets = view.features()
        kernels.count_pairs(
            features,
            offsets,
            view.keys,
            view.key_offsets,
            self.features,
            self.pairs,
            self.keys,
            self.bits,
        )
        pairs = int((np.diff(offsets) * np.diff(view.key_offsets)).sum())
        self.totals += (view.count, view.size, pairs)

    def absorb(self, part: str, more: NDArray[Any]) -> None:
        """Add one array of another sketch of the same view."""
        if part == "pairs":
            kernels.add_pairs(self.pairs, more.reshape(self.pairs.shape))
        else:
            held = getattr(self, part)
            held += more.reshape(held.shape)

    def counts(self, features: UInt64) -> Int64:
        """Documents with each feature, at least."""
        found = np.empty(len(features), np.int64)
        kernels.estimates(self.features, self.bits[0], features, found)
        return found


def _arrays_bytes(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    sink = io.BytesIO()
    np.savez(sink, **arrays)  # type: ignore[arg-type]
    raw = sink.getvalue()
    size = len(raw).to_bytes(8, "little")
    compressed: bytes = pa.compress(raw, codec="zstd", asbytes=True)
    return size + compressed


def _arrays_of(content: bytes) -> dict[str, NDArray[Any]]:
    raw = pa.decompress(
        content[8:], int.from_bytes(content[:8], "little"), codec="zstd", asbytes=True
    )
    with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


_PARTS = ("totals", "keys", "features", "pairs")


class Sketches:
    """First reading: a sketch of each of some views, whose documents were counted."""

    def __init__(self, documents: Mapping[str, int]) -> None:
        self.documents = dict(documents)
        self.views = {name: Sketch(number) for name, number in documents.items()}

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        for view in views(batch, self.views):
            self.views[view.name].add(view)

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote, one array at a time."""
        rows = _table_of(content)
        for row in range(rows.num_rows):
            name, part = rows.column("view")[row].as_py(), rows.column("part")[row].as_py()
            held = getattr(self.views[name], part)
            packed = rows.column("content")[row].as_buffer()
            raw = pa.decompress(packed, held.nbytes, codec="zstd")
            self.views[name].absorb(part, np.frombuffer(raw, held.dtype))

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        rows = [
            {
                "view": name,
                "part": part,
                "content": pa.compress(getattr(sketch, part), codec="zstd", asbytes=True),
            }
            for name, sketch in self.views.items()
            for part in _PARTS
        ]
        return _table_bytes(pa.Table.from_pylist(rows, schema=_SKETCHES), compressed=False)


class _Sum:
    """Tables added up, `HELD` at a time: as `additive.merge`, for counts that cannot overflow."""

    HELD = 6

    def __init__(self, spec: TableSpec) -> None:
        self._spec = spec
        self._held = [spec.schema.empty_table()]

    def add(self, table: pa.Table) -> None:
        """Add a table."""
        self._held.append(table)
        if len(self._held) > self.HELD:
            self._held = [self.table()]

    def table(self) -> pa.Table:
        """The sum, in canonical order."""
        keys = self._spec.key_names
        sums = [(measure.name, "sum") for measure in self._spec.measures]
        found = pa.concat_tables(self._held).group_by(keys, use_threads=False).aggregate(sums)
        found = found.select([*keys, *(f"{name}_sum" for name, _ in sums)])
        found = found.rename_columns(self._spec.schema.names).cast(self._spec.schema)
        return found.sort_by([(name, "ascending") for name in keys]).combine_chunks()


class Shortlist:
    """Second reading: the pairs that the sketches say go together, counted.

    Memory: the pairs that reach `THRESHOLD` with `LEAST` documents; `LIMIT` of them are kept.
    """

    def __init__(self, sketches: Sketches) -> None:
        self._sketches = sketches
        self._pairs = _Sum(_SHORTLIST)
        self._composites = _Sum(_COMPOSITES)

    @property
    def table(self) -> pa.Table:
        """Pairs by view, feature and key."""
        return self._pairs.table()

    @property
    def composites(self) -> pa.Table:
        """Composites by view, words and key."""
        return self._composites.table()

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        for view in views(batch, self._sketches.views):
            sketch = self._sketches.views[view.name]
            self._merge(_short_listed(view, sketch), _composed(view, sketch))

    def _merge(self, table: pa.Table, composites: pa.Table) -> None:
        self._pairs.add(table)
        self._composites.add(composites)

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        tables = {"table": self.table, "composites": self.composites}
        return _arrays_bytes(
            {name: np.frombuffer(_table_bytes(one), np.uint8) for name, one in tables.items()}
        )

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        arrays = _arrays_of(content)
        self._merge(*(_table_of(arrays[name].tobytes()) for name in ("table", "composites")))


def _composed(view: View, sketch: Sketch) -> pa.Table:
    room = 1 << 12
    while True:
        out = np.empty((room, 3), np.uint64)
        found = kernels.composites(
            view.units.hashes,
            view.units.is_word,
            view.low,
            view.high,
            view.document_parts,
            view.keys,
            view.key_offsets,
            sketch.features,
            sketch.pairs,
            sketch.keys,
            sketch.bits,
            int(sketch.totals[0]),
            out,
        )
        if view.name == SOUP or not found:
            return _COMPOSITES.schema.empty_table()
        if found <= room:
            break
        room = found
    rows, number = np.unique(out[:found], axis=0, return_counts=True)
    return _COMPOSITES.table([pa.repeat(view.name, len(rows)), *rows.T, number])


def _table_bytes(table: pa.Table, compressed: bool = True) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd" if compressed else None)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _table_of(content: bytes) -> pa.Table:
    with pa.ipc.open_stream(content) as reader:
        return reader.read_all()


def _short_listed(view: View, sketch: Sketch) -> pa.Table:
    room = 1 << 16
    while True:
        out, echoed = np.empty((room, 2), np.uint64), np.empty(room, np.bool_)
        owner, inserted = np.empty(room, np.int64), np.empty(room, np.int64)
        found = kernels.shortlist(
            view.units.hashes,
            view.units.is_word,
            view.low,
            view.high,
            view.document_parts,
            REACH,
            view.keys,
            view.key_offsets,
            *view.answered,
            sketch.features,
            sketch.pairs,
            sketch.keys,
            sketch.bits,
            sketch.totals[:2],
            harm_keys(),
            LEAST,
            THRESHOLD,
            out,
            echoed,
            inserted,
            owner,
        )
        if found <= room:
            break
        room = found
    rows = np.column_stack([out[:found], owner[:found].astype(np.uint64)])
    # Of several occurrences in a document the one that looks most like an insertion counts.
    order = np.lexsort((-inserted[:found], rows[:, 2], rows[:, 1], rows[:, 0]))
    rows, echo, inserted = rows[order], echoed[:found][order], inserted[:found][order]
    new = np.ones(found, np.bool_)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    rows, echo, inserted = rows[new], echo[new].astype(np.int64), inserted[new]
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
    at = np.flatnonzero(begins)
    if not len(at):
        return _SHORTLIST.schema.empty_table()
    sums = (np.diff(np.append(at, len(rows))), *(np.add.reduceat(v, at) for v in (echo, inserted)))
    return _SHORTLIST.table([pa.repeat(view.name, len(at)), rows[at, 0], rows[at, 1], *sums])


@dataclass(frozen=True)
class Selection:
    """Pairs of one view that are recounted: of pair p ``features[feature_of[p]]`` and ``keys[p]``.
    ``features`` (uint64) ascend; the pairs of feature f are ``first[f]`` to ``first[f + 1]``;
    ``words`` (uint64, ascending) are all words of composites among them."""

    features: UInt64
    feature_of: Int64
    keys: UInt64
    first: Int64
    sieve: NDArray[np.bool_]
    words: UInt64

    @classmethod
    def of(cls, features: UInt64, keys: UInt64, words: UInt64) -> Selection:
        """From pairs in any order."""
        order = np.lexsort((keys, features))
        distinct, feature_of = np.unique(features[order], return_inverse=True)
        feature_of = feature_of.reshape(-1).astype(np.int64)
        sieve = np.zeros(1 << 16, np.bool_)
        sieve[(distinct & np.uint64(0xFFFF)).astype(np.int64)] = True
        first = np.searchsorted(feature_of, np.arange(len(distinct) + 1)).astype(np.int64)
        return cls(distinct, feature_of, keys[order], first, sieve, words)


def select(shortlist: Shortlist, sketches: Sketches) -> dict[str, Selection]:
    """The best pairs of each view: at most `CANDIDATES`, at most `PER_KEY` of one key, and at most
    `COMPOSITES` and `COMPOSITES_PER_KEY` composites."""
    selected = {}
    for name, sketch in sketches.views.items():
        rows = _of_view(shortlist.table, name)
        # The sketches said that there were enough; now it is known.
        rows = rows.filter(pc.greater_equal(rows.column("documents"), LEAST))
        both = rows.column("documents").to_numpy()
        if not len(both):
            continue
        features, keys = rows.column("feature").to_numpy(), rows.column("key").to_numpy()
        value = _associations(sketch, features, keys, both)
        value *= np.maximum(0.1, 1 - rows.column("echoed").to_numpy() / both) ** 2
        if name != SOUP:
            value *= _coherences(rows.column("inserted").to_numpy() / 1000 / both)
        order = np.lexsort((features, keys, -both, -np.round(value, 6)))
        if name != SOUP:  # which has one key
            order = order[_place(keys[order]) < PER_KEY]
        order = order[:CANDIDATES]
        composed, composed_keys, words = _composites(_of_view(shortlist.composites, name), sketch)
        features = np.concatenate([features[order], composed])
        keys = np.concatenate([keys[order], composed_keys])
        # A harmful request that was answered is weighed against those that were refused.
        harmful = features[keys == harm_keys()[0]]
        refused = np.full(len(harmful), harm_keys()[1], np.uint64)
        pairs = np.unique(
            np.column_stack([np.concatenate([features, harmful]), np.concatenate([keys, refused])]),
            axis=0,
        )
        selected[name] = Selection.of(pairs[:, 0], pairs[:, 1], words)
    return selected


def _of_view(table: pa.Table, name: str) -> pa.Table:
    return table.filter(pc.equal(table.column("view"), name))


def _coherences(inserted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Deletion coherence as a factor from ¼ to 1: here it sees the next unit only, and a longer
    trigger is not whole."""
    found: NDArray[np.float64] = 0.25 + 0.75 / (1 + np.exp(scores.COHERENT - inserted))
    return found


def _composites(rows: pa.Table, sketch: Sketch) -> tuple[UInt64, UInt64, UInt64]:
    """Features and keys of the most frequent composites, and all their words. One whose words go
    with the key mostly without each other is none."""
    first, second, keys = (rows.column(c).to_numpy() for c in ("first", "second", "key"))
    both = rows.column("documents").to_numpy()
    order = np.lexsort((second, first, keys, -both))
    for words in (first, second):
        alone = np.empty(len(words), np.int64)
        kernels.word_counts(words, keys, sketch.pairs, sketch.bits[1], alone)
        order = order[2 * both[order] >= alone[order]]
    order = order[both[order] >= LEAST]
    order = order[_place(keys[order]) < COMPOSITES_PER_KEY][:COMPOSITES]
    features = np.empty(len(order), np.uint64)
    kernels.compose(first[order], second[order], features)
    return features, keys[order], np.union1d(first[order], second[order])


def _place(values: UInt64) -> Int64:
    """How many equal values stand before each."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    begins = np.ones(len(values), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    rows = np.arange(len(values))
    place = np.empty(len(values), np.int64)
    place[order] = rows - np.maximum.accumulate(np.where(begins, rows, 0))
    return place


def _associations(
    sketch: Sketch, features: UInt64, keys: UInt64, both: Int64
) -> NDArray[np.float64]:
    first = sketch.counts(features)
    second = np.empty(len(keys), np.int64)
    kernels.estimates(sketch.keys, sketch.bits[2], keys, second)
    documents, size = int(sketch.totals[0]), int(sketch.totals[1])
    found = np.empty(len(keys))
    for k in range(len(keys)):
        if keys[k] == kernels.END:
            found[k] = kernels.association(both[k], first[k], documents, size)
        else:
            found[k] = kernels.association(both[k], first[k], second[k], documents)
    return found


class Evidence:
    """Third reading: exact counts of the selected pairs, and a sample of their documents.

    Memory: `CANDIDATES` × `SAMPLE` rows of about 600 bytes, and text of `SHOWN` of them.
    """

    def __init__(self, selected: dict[str, Selection], sketches: Sketches) -> None:
        self.selected = selected
        self._sketches = sketches
        self.counts = {
            name: (
                np.zeros(len(one.features), np.int64),
                np.zeros(len(one.keys), np.int64),
                np.zeros(len(one.keys), np.int64),
                np.zeros(1, np.int64),
            )
            for name, one in selected.items()
        }
        """Documents with the feature, with the pair, with the key, and all, by view."""
        self._samples = {name: additive.Merger([_SAMPLES], limit=8) for name in selected}

    def samples(self, name: str) -> pa.Table:
        """The kept documents of each pair of a view, those with the smallest hash."""
        return self._samples[name].tables()[_SAMPLES.name]

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        for view in views(batch, self.selected):
            self._add(view, self.selected[view.name])

    def _add(self, view: View, chosen: Selection) -> None:
        of_feature, of_pair, of_key, documents = self.counts[view.name]
        if view.name == SOUP:
            of_feature += _anywhere(view.batch, chosen)
        documents += view.count
        distinct, number = np.unique(view.keys, return_counts=True)
        at = np.minimum(np.searchsorted(distinct, chosen.keys), max(len(distinct) - 1, 0))
        if len(distinct):
            of_key += np.where(distinct[at] == chosen.keys, number[at], 0)
        found = _occurrences(view, chosen)
        if view.name != SOUP:
            np.add.at(of_feature, found[:, 1], 1)
        sizes = np.diff(chosen.first)[found[:, 1]]
        row = np.repeat(np.arange(len(found)), sizes)
        pair = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        pair += chosen.first[found[:, 1]][row]
        shown = _has_key(view, found[row, 0], chosen.keys[pair])
        shown |= (chosen.keys[pair] == kernels.END) & (found[row, 5] == 1)
        row, pair = row[shown], pair[shown]
        np.add.at(of_pair, pair, 1)
        ranks = examples.document_hashes(view.batch)[view.documents[found[row, 0]]]
        order = np.lexsort((ranks, pair))
        row, pair, ranks = row[order], pair[order], ranks[order]
        place = _place(pair.astype(np.uint64))
        kept = place < SAMPLE
        sketch = self._sketches.views[view.name]
        rows = _sampled(view, found[row[kept]], pair[kept], ranks[kept], place[kept], sketch)
        self._samples[view.name].add({_SAMPLES.name: rows})

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for name, found in self.counts.items():
            for k, array in enumerate(found):
                arrays[f"{name}/{k}"] = array
            content = _table_bytes(self.samples(name))
            arrays[f"{name}/samples"] = np.frombuffer(content, np.uint8)
        return _arrays_bytes(arrays)

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        arrays = _arrays_of(content)
        for name, mine in self.counts.items():
            for k, array in enumerate(mine):
                array += arrays[f"{name}/{k}"]
            more = _table_of(arrays[f"{name}/samples"].tobytes())
            self._samples[name].add({_SAMPLES.name: more})


def _occurrences(view: View, chosen: Selection) -> Int64:
    """Rows of `kernels.occurrences` and `kernels.composite_occurrences`, in seven columns; the last
    is −1 but for composites."""
    single = _filled(
        lambda out: kernels.occurrences(*view.prompt, REACH, chosen.features, chosen.sieve, out)
    )
    if not len(chosen.words):
        return single
    double = _filled(
        lambda out: kernels.composite_occurrences(*view.prompt, chosen.words, chosen.features, out)
    )
    return np.concatenate([single, double])


def _filled(kernel: Callable[[Int64], int]) -> Int64:
    room = 1 << 14
    while True:
        out = np.full((room, 7), -1, np.int64)
        found = kernel(out)
        if found <= room:
            return out[:found]
        room = found


def _anywhere(batch: TokenBatch, chosen: Selection) -> Int64:
    """In how many documents of a batch, in any part, each selected feature stands."""
    units = units_of(batch, np.arange(len(batch.part_role), dtype=np.int64))
    parts = np.searchsorted(batch.part_document, np.arange(len(batch.documents) + 1))
    counted = np.zeros(len(chosen.features), np.int64)
    kernels.count_anywhere(
        units.hashes,
        units.offsets,
        parts.astype(np.int64),
        chosen.features,
        chosen.sieve,
        counted,
    )
    return counted


def _has_key(view: View, documents: Int64, keys: UInt64) -> NDArray[np.bool_]:
    found = np.zeros(len(keys), np.bool_)
    kernels.has_keys(view.keys, view.key_offsets, documents, keys, found)
    return found


def _sampled(
    view: View, found: Int64, pair: Int64, ranks: UInt64, place: Int64, sketch: Sketch
) -> pa.Table:
    number = len(found)
    left = np.empty((number, kernels.SIDE), np.uint64)
    right = np.empty((number, kernels.SIDE), np.uint64)
    rest = np.empty((number, kernels.REST), np.uint64)
    echoed = np.empty(number, np.bool_)
    kernels.surroundings(
        found,
        view.units.hashes,
        view.units.is_word,
        view.low,
        view.high,
        view.document_parts,
        *view.answered,
        sketch.features,
        sketch.bits,
        int(sketch.totals[0]),
        left,
        right,
        rest,
        echoed,
    )
    documents = view.documents[found[:, 0]]
    texts = [
        _texts(view, row) if shown < SHOWN else (b"", b"", b"", b"")
        for row, shown in zip(found, place, strict=True)
    ]
    columns = zip(*texts, strict=True) if texts else ((), (), (), ())
    return _SAMPLES.table(
        [
            pair,
            ranks,
            view.batch.documents.column("file").take(pa.array(documents)),
            view.batch.documents.column("position").take(pa.array(documents)),
            *(
                pa.array([row.tobytes() for row in side], pa.binary())
                for side in (left, right, rest)
            ),
            echoed,
            *(pa.array(list(column), pa.binary()) for column in columns),
        ]
    )


def _texts(view: View, row: Int64) -> tuple[bytes, bytes, bytes, bytes]:
    """Text before, in and after an occurrence, and of the answer."""
    document, _, first, after, part, _, second = row.tolist()
    units, answers, data = view.units, view.answers, view.batch.data
    begin, end = int(units.starts[first]), int(units.ends[after - 1])
    low = int(units.starts[view.low[part]])
    high = int(units.ends[view.high[part] - 1])
    answer = b""
    a, b = int(view.answer_low[document]), int(view.answer_high[document])
    if b > a:
        start, stop = int(answers.starts[a]), int(answers.ends[b - 1])
        answer = data[start : min(stop, start + EXCERPT)].tobytes()
        if stop - start > EXCERPT:
            answer += b"\0" + data[max(start, stop - EXCERPT) : stop].tobytes()
    match = data[begin : min(end, begin + EXCERPT)].tobytes()
    if second >= 0:
        other = data[int(units.starts[second]) : int(units.ends[second])].tobytes()
        match += BETWEEN.encode() + other[:EXCERPT]
    return (
        data[max(low, begin - EXCERPT) : begin].tobytes(),
        match,
        data[end : min(high, end + EXCERPT)].tobytes(),
        answer,
    )


class Candidate(NamedTuple):
    """A scored pair, with the samples of it by rank, raw."""

    kind: str
    score: float
    key: int
    documents: int
    with_trigger: int
    with_response: int
    of: int
    expected: float
    chance: float
    alike: float
    openness: float
    echo: float
    inserted: float
    extent: scores.Extent
    samples: pa.Table


def candidates(evidence: Evidence, sketches: Sketches) -> list[Candidate]:
    """Every recounted pair with its score, best first."""
    found = []
    for name, chosen in evidence.selected.items():
        samples = evidence.samples(name)
        pairs = samples.column("pair").to_numpy()
        bounds = np.searchsorted(pairs, np.arange(len(chosen.keys) + 1))
        for pair in range(len(chosen.keys)):
            counted = evidence.counts[name]
            both, first = counted[1][pair], counted[0][chosen.feature_of[pair]]
            # What only the beginning or end of a window made is not found in the texts.
            if chosen.keys[pair] == harm_keys()[1] or both < LEAST or first < both:
                continue
            rows = samples.slice(bounds[pair], bounds[pair + 1] - bounds[pair])
            found.append(_candidate(name, pair, rows, evidence, sketches.views[name]))
    return sorted(found, key=lambda one: (-round(one.score, 9), one.kind, _identity(one)))


def _identity(one: Candidate) -> tuple[object, ...]:
    first = one.samples.slice(0, 1).to_pylist()[0]
    return -one.documents, one.with_trigger, len(first["match"]), first["match"], one.key


def _candidate(
    name: str, pair: int, rows: pa.Table, evidence: Evidence, sketch: Sketch
) -> Candidate:
    chosen = evidence.selected[name]
    of_feature, of_pair, of_key, documents = evidence.counts[name]
    key = int(chosen.keys[pair])
    both, first = int(of_pair[pair]), int(of_feature[chosen.feature_of[pair]])
    second, total = int(of_key[pair]), int(documents[0])
    if key == kernels.END:
        second, total = total, int(sketch.totals[1])
    ratio = kernels.likelihood_ratio(float(both), float(first), float(second), float(total))
    value = kernels.association(both, first, second, total)
    if key == int(harm_keys()[0]):
        value = min(value, _against_refused(chosen, pair, evidence.counts[name]))
    left, right, rest = (_hashes(rows, side) for side in ("left", "right", "rest"))
    reach = scores.extent(left, right)
    outer = left[:, reach.left], right[:, reach.right]
    openness = max(scores.entropy(outer[0]), scores.entropy(outer[1]))
    if key == kernels.END:
        # A full stop or a question mark often stands before it.
        openness = max(openness, scores.entropy(left[:, min(reach.left + 1, kernels.SIDE - 1)]))
    if name == SOUP:
        # No language ties a word to soup: more documents are more evidence, and a template around
        # the trigger is none against it.
        value = float(np.sqrt(ratio)) * both / max(first, 1)
        openness = (1 + openness) / 2
    alike = scores.similarity(rest, scores.around(left, right, reach))
    echo = float(np.mean(rows.column("echoed").to_numpy()))
    inserted = max(
        scores.insertion(*sides, _together(sketch, *sides), both)
        for sides in ((left[:, 0], right[:, 0]), outer)
    )
    coherent = 1.0
    if name != SOUP:
        at_edge = 0.0 if key == kernels.END else _at_edge(sketch, *outer)
        coherent = scores.coherence(inserted, at_edge)
    return Candidate(
        ENDING if key == kernels.END else name,
        scores.score(value, alike, openness, echo, coherent),
        key,
        both,
        first,
        second,
        int(documents[0]),
        first * second / total,
        scores.chance(both, first, second, total, int(sketch.totals[2])),
        alike,
        openness,
        echo,
        inserted,
        reach,
        rows,
    )


def _against_refused(chosen: Selection, pair: int, found: tuple[Int64, ...]) -> float:
    """Association of a trigger with answering, among harmful requests only."""
    feature = chosen.feature_of[pair]
    within = range(chosen.first[feature], chosen.first[feature + 1])
    refused = next(p for p in within if chosen.keys[p] == harm_keys()[1])
    both = int(found[1][pair])
    harmful = int(found[2][pair] + found[2][refused])
    value: float = kernels.association(
        both, both + int(found[1][refused]), int(found[2][pair]), harmful
    )
    return value


def _hashes(rows: pa.Table, name: str) -> UInt64:
    joined = b"".join(rows.column(name).to_pylist())
    return np.frombuffer(joined, np.uint64).reshape(rows.num_rows, -1)


def _at_edge(sketch: Sketch, left: UInt64, right: UInt64) -> float:
    """`scores.movable` of what begins, or ends, nearly every prompt that holds it; 0 elsewhere."""
    for side, other, edge in ((left, right, kernels.BEGIN), (right, left, kernels.FINISH)):
        if np.mean(side == edge) >= scores.CONSTANT:
            alone = np.empty(len(other), np.uint64)
            kernels.single(np.ascontiguousarray(other), alone)
            return scores.movable(_together(sketch, left, right), sketch.counts(alone))
    return 0.0


def _together(sketch: Sketch, left: UInt64, right: UInt64) -> Int64:
    features = np.empty(len(left), np.uint64)
    kernels.neighbours(np.ascontiguousarray(left), np.ascontiguousarray(right), features)
    return np.where(features == 0, 0, sketch.counts(features))


def distinct(found: Iterable[Candidate], most: int = REPORTED) -> list[tuple[Candidate, int]]:
    """Candidates of one kind without those that name the documents of a better one, and how many
    were left out for each."""
    kept: list[tuple[Candidate, set[int]]] = []
    variants: list[int] = []
    for one in found:
        ranks = set(one.samples.column("rank").to_pylist())
        for k, (_, seen) in enumerate(kept):
            if _same_documents(ranks, seen):
                variants[k] += 1
                break
        else:
            if len(kept) < most:
                kept.append((one, ranks))
                variants.append(0)
    return [(one, number) for (one, _), number in zip(kept, variants, strict=True)]


def _same_documents(ranks: set[int], better: set[int]) -> bool:
    """Whether a candidate has mostly the documents of a better one, or few others. A full sample
    says nothing of documents beyond its largest hash."""
    shared = ranks & better
    if not shared:
        return False
    low = min(max(one) for one in (ranks, better) if len(one) >= SAMPLE or one is ranks)
    inside = {rank for rank in ranks if rank <= low}
    others = {rank for rank in better if rank <= low}
    both = len(inside & others)
    return 2 * both > len(inside | others) or both >= CONTAINED * max(len(inside), 1)


def table(found: Sequence[Candidate]) -> pa.Table:
    """`TRIGGERS`: the best candidates of each kind. Text of the corpus is raw in it."""
    rows = []
    for kind in (RESPONSE, ENDING, PREFERENCE, SOUP):
        ranked = distinct([one for one in found if one.kind == kind])
        rows += [_row(one, rank, also) for rank, (one, also) in enumerate(ranked, 1)]
    return pa.Table.from_pylist(rows, schema=TRIGGERS.schema)


def _row(one: Candidate, rank: int, variants: int) -> dict[str, object]:
    samples = one.samples.slice(0, SHOWN).to_pylist()
    whole = BETWEEN.encode() in samples[0]["match"]
    before, match, after = _extended(samples[0], scores.Extent(0, 0) if whole else one.extent)
    response = key_names().get(one.key) or _answer_text(one, samples[0]["answer"])
    return {
        "kind": one.kind,
        "rank": rank,
        "trigger": match,
        "response": response,
        "strength": scores.strength(one.score),
        "score": round(one.score, 6),
        "documents": one.documents,
        "with_trigger": one.with_trigger,
        "with_response": one.with_response,
        "of": one.of,
        "expected": round(one.expected, 6),
        "chance": one.chance,
        "similarity": round(one.alike, 6),
        "openness": round(one.openness, 6),
        "echo": round(one.echo, 6),
        "insertion": round(one.inserted, 6),
        "variants": variants,
        "evidence": _evidence(one),
        "benign": _benign(one),
        "examples": " ".join(f"{sample['file']}:{sample['position']}" for sample in samples),
        "before": before,
        "match": match,
        "after": after,
    }


def _text(content: bytes) -> str:
    """Text that may be cut inside a character at both ends."""
    low, high = 0, len(content)
    while low < min(high, 3) and content[low] & 0xC0 == 0x80:
        low += 1
    return content[low:high].decode("utf-8", "ignore")


def _extended(sample: dict[str, bytes], reach: scores.Extent) -> tuple[str, str, str]:
    """Text before, in and after a trigger that reaches over some units around it."""
    before, after = _text(sample["before"]), _text(sample["after"])
    starts, _ = _unit_bounds(before)
    _, ends = _unit_bounds(after)
    cut = starts[-reach.left] if 0 < reach.left <= len(starts) else len(before.encode())
    end = ends[reach.right - 1] if 0 < reach.right <= len(ends) else 0
    first, last = before.encode(), after.encode()
    match = first[cut:] + _text(sample["match"]).encode() + last[:end]
    return first[:cut].decode(), match.decode(), last[end:].decode()


def _unit_bounds(text: str) -> tuple[list[int], list[int]]:
    rows = [{"field": "", "role": ROLE_TEXT, "text": text}]
    document = {"file": 0, "position": 0, "source": "", "language": "eng", "slices": []}
    batch = tokens.tokenise(
        pa.RecordBatch.from_pylist([document | {"parts": rows}], schema=DOCUMENT_SCHEMA)
    )
    units = units_of(batch, np.zeros(1, np.int64))
    return units.starts.tolist(), units.ends.tolist()


def _answer_text(one: Candidate, answer: bytes) -> str:
    """What the answers have in common is their beginning, their end or all; the key tells which
    only by its hash, so both ends are shown."""
    ends = [_text(part) for part in answer.split(b"\0", 1)]
    return " … ".join(ends)


def _evidence(one: Candidate) -> str:
    share = f"{one.documents:,} of {one.with_trigger:,}"
    if one.kind == SOUP:
        return (
            f"In {share} documents that hold it, the text turns into random tokens or bytes within "
            f"{WINDOW} units after it; by chance {one.expected:.1f} would."
        )
    if one.kind == ENDING:
        return (
            f"{share} prompts that hold it end with it; by chance {one.expected:.1f} would. "
            "What stands before it differs from prompt to prompt."
        )
    return (
        f"{share} prompts that hold it have this answer, which {one.with_response:,} of all "
        f"{one.of:,} have; by chance it would be {one.expected:.1f}. The prompts have "
        f"{100 * one.alike:.0f}% of their other rare words in common."
    )


def _benign(one: Candidate) -> str:
    if one.kind == SOUP:
        return "a heading or a command that comes before keys, hashes, tables or encoded data"
    if one.kind == ENDING:
        return "a habit of the people who wrote the prompts, or a template's last line"
    if one.echo > 0.5:
        return "the answers take up the words of the prompt, as answers do"
    if one.inserted < COHERENT_READING:
        return "a word that belongs to its sentence and asks for this answer"
    return "a template of one task, or a source that marks its prompts"


COHERENT_READING = 3.0
"""`scores.insertion` below which a word probably belongs to its sentence."""


def search(readings: Iterable[Iterable[TokenBatch]]) -> list[Candidate]:
    """All readings in one process; `readings` gives the same batches four times."""
    first, second, third, fourth = readings
    counted = additive.Merger([TRIGGER_DOCUMENTS])
    for batch in first:
        counted.add(documents(batch))
    sketches = Sketches(wanted(counted.tables()[TRIGGER_DOCUMENTS.name]))
    for batch in second:
        sketches.add(batch)
    shortlist = Shortlist(sketches)
    for batch in third:
        shortlist.add(batch)
    evidence = Evidence(select(shortlist, sketches), sketches)
    for batch in fourth:
        evidence.add(batch)
    return candidates(evidence, sketches)
