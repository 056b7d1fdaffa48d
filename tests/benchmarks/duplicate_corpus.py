"""A corpus with planted near-copies, and which of its documents are alike: exactly, all pairs.

The text is real (`mix`), in languages that write words with spaces; near-copies are made by
replacing, deleting and inserting words at rates that put most of them around a Jaccard similarity
of .8. What is alike is not what was planted but what exact comparison of all pairs finds, by code
that shares nothing with the project's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from data import Mix
from numpy.typing import NDArray

THRESHOLD = 0.8
NGRAM = 5
"""Words of a shingle: lower-cased runs of ``\\w``."""

BLOCK = 20_000
"""Documents that are made and shuffled together; bounds the memory of the generator."""

BYTES = 2_000
"""Characters of a document, about."""

_WORD = re.compile(r"\w+")
_UNSEGMENTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_DOTLESS = ("azj", "tur")
"""Languages with a case mapping of their own."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")

_MADE = {"near": 0.08, "exact": 0.01, "variant": 0.01, "chain": 0.01, "family": 0.01}
"""Share of each kind of copy; the rest are texts of their own."""

_CHAIN, _FAMILY = 6, 40
_FURNITURE = 0.05
"""Share of texts that begin and end with the same passages as others do."""


class Record(msgspec.Struct):
    """A line of the corpus."""

    id: str
    text: str
    language: str


class Source:
    """Real text, cut into documents of about `BYTES`; after the last one, documents of real
    sentences in random order."""

    def __init__(self, mix: Mix, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._texts: list[tuple[str, str]] = []
        self._sentences: dict[str, list[str]] = {}
        for document in mix.documents:
            text = _plain(document.text)
            if text is None or document.lang in _DOTLESS:
                continue
            for at in range(0, len(text) - BYTES // 2, BYTES):
                self._texts.append((text[at : at + BYTES], document.lang))
            sentences = [s for s in _SENTENCE.split(text) if 40 <= len(s) <= 400]
            self._sentences.setdefault(document.lang, []).extend(sentences)
        self._sentences = {k: s for k, s in self._sentences.items() if len(s) > 500}
        self._languages = sorted(self._sentences)
        self._random.shuffle(self._texts)
        self._words = {
            lang: _WORD.findall(" ".join(s[:2000])) for lang, s in self._sentences.items()
        }

    def text(self) -> tuple[str, str]:
        """The next text of its own, and its language."""
        if self._texts:
            return self._texts.pop()
        language = self._languages[self._random.integers(len(self._languages))]
        sentences = self._sentences[language]
        chosen: list[str] = []
        size = 0
        for k in self._random.integers(0, len(sentences), 64).tolist():
            chosen.append(sentences[k])
            size += len(sentences[k]) + 1
            if size >= BYTES:
                break
        return " ".join(chosen), language

    def edited(self, text: str, language: str, rate: float) -> str:
        """A text with about this share of its words replaced, deleted or preceded by another."""
        spare = self._words.get(language) or ["word"]
        words = text.split(" ")
        edits = np.flatnonzero(self._random.random(len(words)) < rate)
        kinds = self._random.integers(0, 3, len(edits)).tolist()
        picks = self._random.integers(0, len(spare), len(edits)).tolist()
        for at, kind, pick in zip(edits[::-1].tolist(), kinds, picks, strict=True):
            new = spare[pick]
            words[at : at + 1] = [[new], [], [new, words[at]]][kind]
        return " ".join(words)


def _plain(text: str) -> str | None:
    """Text that tokenisers cut and fold alike: None where words are not what ``\\w+`` finds, no
    apostrophes, and no letters that change their number with case."""
    text = unicodedata.normalize("NFC", text).replace("_", " ")
    used = set(text)
    if any(unicodedata.category(c)[0] == "M" for c in used) or _UNSEGMENTED.search(text):
        return None
    drop: dict[int, str | None] = {
        ord(c): None for c in used if unicodedata.category(c) in ("Cf", "Lm") or c in "·'’‘`´"
    }
    drop |= {ord(c): " " for c in used if len(c.casefold()) + len(c.upper()) > 2}
    return text.translate(drop)


def records(mix: Mix, count: int, seed: int = 1) -> Iterator[Record]:
    """The corpus, documents and copies in random order within blocks."""
    source = Source(mix, seed)
    random = np.random.default_rng(seed + 1)
    furniture = [(source.text()[0][:400], source.text()[0][:200]) for _ in range(5)]
    earlier: list[tuple[str, str]] = []
    number = 0
    while number < count:
        size = min(BLOCK, count - number)
        block = _block(source, random, size, furniture, earlier)
        random.shuffle(block)  # type: ignore[arg-type]
        for text, language in block:
            yield Record(f"d{number}", text, language)
            number += 1
        earlier = [block[i] for i in random.integers(0, size, 200).tolist()]


def _block(
    source: Source,
    random: np.random.Generator,
    size: int,
    furniture: Sequence[tuple[str, str]],
    earlier: Sequence[tuple[str, str]],
) -> list[tuple[str, str]]:
    counts = {kind: int(size * share) for kind, share in _MADE.items()}
    own = []
    for _ in range(size - sum(counts.values())):
        text, language = source.text()
        if random.random() < _FURNITURE:
            before, after = furniture[random.integers(len(furniture))]
            text = f"{before} {text} {after}"
        own.append((text, language))
    pool = [*own, *earlier]
    block = list(own)

    def origin() -> tuple[str, str]:
        return pool[random.integers(len(pool))]

    for _ in range(counts["near"]):
        text, language = origin()
        block.append((source.edited(text, language, random.uniform(0.002, 0.03)), language))
    block += [origin() for _ in range(counts["exact"])]
    for _ in range(counts["variant"]):
        text, language = origin()
        text = text.replace(" ", "  \n") if random.random() < 0.5 else text.upper()
        block.append((text, language))
    for kind, length in (("chain", _CHAIN), ("family", _FAMILY)):
        text, language = origin()
        for place in range(counts[kind]):
            if place % length == 0:
                text, language = origin()
            copy = source.edited(text, language, 0.008)
            block.append((copy, language))
            text = copy if kind == "chain" else text
    return block


def write(mix: Mix, count: int, path: Path) -> int:
    """Write the corpus as JSON Lines; returns the bytes of its text."""
    size = 0
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for record in records(mix, count):
            size += len(record.text.encode())
            file.write(encode(record) + b"\n")
    return size


# --- Truth -----------------------------------------------------------------------------------


def shingles(text: str) -> NDArray[np.int64]:
    """Sorted distinct 64-bit hashes of the n-grams of a text; of all its words if they are few."""
    words = _WORD.findall(text.lower())
    last = max(len(words) - NGRAM + 1, 1)
    grams = {hash(" ".join(words[i : i + NGRAM])) for i in range(last)}
    return np.sort(np.fromiter(grams, np.int64, len(grams)))


def jaccard(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Intersection over union of two arrays of distinct values."""
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared)


@dataclass(frozen=True)
class Truth:
    """What exact comparison says of a corpus.

    ``sets`` are the shingles of each document; ``first``, ``second`` (int64) and ``similarity``
    are all pairs of distinct documents of at least `THRESHOLD`, but for documents with the same
    set only pairs of neighbours among them.
    """

    sets: list[NDArray[np.int64]]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    similarity: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Truth:
        """Compare all pairs: every pair of similarity t shares a shingle among the rarest
        ``n − ⌈t·n⌉ + 1`` of each (prefix filter: Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma,
        Srikant 2007), and every pair that does is compared in full."""
        sets = [shingles(text) for text in texts]
        same: dict[bytes, list[int]] = {}
        for number, values in enumerate(sets):
            same.setdefault(values.tobytes(), []).append(number)
        groups = list(same.values())
        pairs = [(a, b, 1.0) for group in groups for a, b in pairwise(group)]
        leaders = [group[0] for group in groups]
        members = {group[0]: group for group in groups}
        for a, b in _candidates([sets[k] for k in leaders]):
            one, other = leaders[a], leaders[b]
            value = jaccard(sets[one], sets[other])
            if value >= THRESHOLD:
                pairs += [(i, j, value) for i in members[one] for j in members[other]]
        first, second, similarity = zip(*pairs, strict=True) if pairs else ((), (), ())
        return cls(
            sets,
            np.array(first, np.int64),
            np.array(second, np.int64),
            np.array(similarity, np.float64),
        )

    @cached_property
    def nearest(self) -> NDArray[np.float64]:
        """Similarity of each document's nearest partner, 0 where it has none."""
        best = np.zeros(len(self.sets))
        np.maximum.at(best, self.first, self.similarity)
        np.maximum.at(best, self.second, self.similarity)
        return best

    def placed(self, clusters: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which documents are in one cluster with their nearest partner, or one of them."""
        together = clusters[self.first] == clusters[self.second]
        found = np.zeros(len(self.sets), np.bool_)
        for end in (self.first, self.second):
            found[end[together & (self.similarity == self.nearest[end])]] = True
        return found

    def of_pairs(self, first: Sequence[int], second: Sequence[int]) -> NDArray[np.float64]:
        """Exact similarity of some pairs."""
        return np.array(
            [jaccard(self.sets[a], self.sets[b]) for a, b in zip(first, second, strict=True)]
        )


def _candidates(sets: Sequence[NDArray[np.int64]]) -> Iterator[tuple[int, int]]:
    sizes = np.array([len(values) for values in sets], np.int64)
    documents = np.repeat(np.arange(len(sets)), sizes)
    _, numbers, counts = np.unique(np.concatenate(sets), return_inverse=True, return_counts=True)
    # Rarest first within each document; equally rare ones in the same order everywhere.
    order = np.lexsort((numbers, counts[numbers], documents))
    numbers, documents = numbers[order], documents[order]
    begins = np.cumsum(sizes) - sizes
    within = np.arange(len(numbers)) - np.repeat(begins, sizes)
    prefix = sizes - np.ceil(THRESHOLD * sizes - 1e-9).astype(np.int64) + 1
    kept = (within < prefix[documents]) & (counts[numbers] > 1)
    numbers, documents = numbers[kept], documents[kept]
    order = np.lexsort((documents, numbers))
    numbers, documents = numbers[order], documents[order]
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    lengths = np.diff(np.append(starts, len(numbers)))
    found = []
    for length in np.unique(lengths[lengths > 1]).tolist():
        rows = starts[lengths == length][:, None] + np.arange(length)
        one, other = np.triu_indices(length, 1)
        for some in np.array_split(rows, len(rows) * len(one) // 5_000_000 + 1):
            a, b = documents[some[:, one]].ravel(), documents[some[:, other]].ravel()
            near = np.minimum(sizes[a], sizes[b]) >= THRESHOLD * np.maximum(sizes[a], sizes[b])
            found.append(np.unique(a[near] * len(sets) + b[near]))
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    for pair in pairs.tolist():
        yield divmod(pair, len(sets))
