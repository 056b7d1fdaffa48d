"""Contamination: items of benchmarks that stand in the corpus.

A benchmark is a file of items, a line each: JSON objects, of which every text counts (texts in
lists and objects inside it too), or plain text. Items are compared with documents by runs of
words, folded as the tokeniser folds them, so case, punctuation and spacing do not matter:

- **n-grams** of `NGRAM` = 13 words inside each text of an item (Brown et al. 2020, appendix C,
  which calls 13-gram collisions an overlap); of `CHARACTERS` = 26 where most words are characters
  of a script without spaces (two characters make a word, about).
- An item without any text that long is matched **whole**, by its longest text, if that has
  `SHORTEST` = 5 words at least (10 characters); the paper takes shorter n-grams for such sets.
- Other items are too short to be told from chance; they are listed as such and not looked for.

n-grams lie inside one part of a document, each counts once in a document. An item is *there* in a
document with one of its n-grams, *mostly* there with 80% of them (the share from which Touvron et
al. 2023, appendix A.6, call a sample dirty, though they count tokens), *wholly* with all. What is
frequent in all text (a licence, a verse) makes an item look contaminated: the examples tell.

The texts of a benchmark are folded by the rules that most languages share, so words with capital
I in Turkish, or with apostrophes that are letters, may be missed. Two runs of words met by chance
share a 64-bit key with probability 2⁻⁶⁴.

MinHash cannot do this: a short item in a long text has a Jaccard similarity near 0.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import contamination_kernels as runs
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT
from corpus_assay.transforms.examples import document_hashes
from corpus_assay.transforms.kernels import GAP_MASK, GAP_NONE
from corpus_assay.transforms.tallies import Members
from corpus_assay.transforms.tokens import TokenBatch, tokenise

NGRAM, CHARACTERS = 13, 26
SHORTEST = 5
"""Words of the shortest item that is looked for; twice as many characters."""
MOSTLY = (4, 5)
"""Share of an item's n-grams from which on it is mostly in a document, as a fraction."""
MAX_NGRAMS = 20_000_000
"""n-grams that benchmarks may have in all: each takes about 60 bytes in every process."""
MAX_LINE = 64 << 20
_CHUNK = 8 << 20
EXAMPLES = 3

KINDS = ("n-grams", "whole", "too short")

ITEM_DOCUMENTS = TableSpec(
    "contamination_documents",
    (key("item", pa.int64()),),
    counts("documents", "mostly", "wholly"),
    hidden=True,
)
"""Documents in which an item (its number over all benchmarks) is there, mostly and wholly."""

NGRAM_DOCUMENTS = TableSpec(
    "contamination_ngrams",
    (key("ngram", pa.int64()),),
    counts("documents"),
    hidden=True,
)
"""Documents with an n-gram of a benchmark, by its number."""

SOURCES = TableSpec(
    "contamination_sources",
    (key("source"), key("language"), key("benchmark")),
    counts("documents", "mostly", "wholly"),
)
"""Documents in which an item of a benchmark is there, mostly and wholly: each document once."""

FOUND = TableSpec(
    "contamination_examples",
    (key("item", pa.int64()),),
    (
        pa.field("rank", pa.uint64()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("ngrams", pa.int64()),
    ),
    merge="smallest",
    keep=EXAMPLES,
)
"""The documents that hold most of an item's n-grams, and how many; of equal ones those of the
smallest hash."""

ITEMS = TableSpec(
    "contamination",
    (key("benchmark"), key("item", pa.int64())),
    (
        pa.field("id", pa.string()),
        pa.field("line", pa.int64()),
        pa.field("kind", pa.string()),
        *counts("ngrams", "found", "documents", "mostly", "wholly"),
    ),
    merge="union",
)
"""Every item: how it was looked for (`KINDS`), its different n-grams, how many of them stand in
some document, and in how many documents the item is there, mostly and wholly. Null where it was
too short."""

FIRST = (ITEM_DOCUMENTS, NGRAM_DOCUMENTS, SOURCES, FOUND)
FINAL = (ITEMS,)


class BenchmarkError(ValueError):
    """A benchmark cannot be read; the message names the file and the way out."""


class Benchmark(NamedTuple):
    """Items of all benchmarks, and their n-grams.

    ``names`` are the benchmarks; ``of_item`` (int64) numbers that of each item, ``ids``, ``lines``
    (int64, from 1) and ``kinds`` (int64, of `KINDS`) are the items' own. ``keys`` (uint64) are the
    distinct n-grams; ``items_of`` the items of each, ``sizes`` (int64) how many each item has.
    ``lengths`` (int64) are the numbers of words that n-grams have.
    """

    names: list[str]
    of_item: NDArray[np.int64]
    ids: list[str | None]
    lines: NDArray[np.int64]
    kinds: NDArray[np.int64]
    keys: NDArray[np.uint64]
    items_of: Members
    sizes: NDArray[np.int64]
    lengths: NDArray[np.int64]


_POWERS = np.array([pow(runs.BASE, length, 1 << 64) for length in range(CHARACTERS + 1)], np.uint64)


@lru_cache(maxsize=2)
def load(paths: tuple[str, ...]) -> Benchmark:
    """Read benchmarks. Memory: the n-grams, at most `MAX_NGRAMS`, and a few megabytes of a file.

    Raises:
        BenchmarkError: a file cannot be read, has no item, or the n-grams are too many.
    """
    of_item: list[int] = []
    ids: list[str | None] = []
    lines: list[int] = []
    kinds: list[NDArray[np.int64]] = []
    keys: list[NDArray[np.uint64]] = []
    items: list[NDArray[np.int64]] = []
    lengths: set[int] = set()
    total = 0
    for number, path in enumerate(paths):
        before = len(ids)
        for chunk in _chunks(path):
            kind, key, item, used = _chunk_ngrams([texts for _, _, texts in chunk])
            kinds.append(kind)
            keys.append(key)
            items.append(item + len(ids))
            lengths |= used
            of_item += [number] * len(chunk)
            lines += [line for line, _, _ in chunk]
            ids += [identity for _, identity, _ in chunk]
            total += len(key)
            if total > MAX_NGRAMS:
                raise BenchmarkError(
                    f"{path}: over {MAX_NGRAMS:,} n-grams in the benchmarks, which every process "
                    "keeps in memory: audit against fewer at a time"
                )
        if len(ids) == before:
            raise BenchmarkError(f"{path}: no item; expected JSON Lines or text, an item a line")
    every = np.concatenate([*keys, np.empty(0, np.uint64)])
    distinct, numbers = np.unique(every, return_inverse=True)
    of = np.concatenate([*items, np.empty(0, np.int64)])
    pairs = np.unique(numbers.reshape(-1) * max(len(ids), 1) + of)
    ngram, item = np.divmod(pairs, max(len(ids), 1))
    offsets = np.searchsorted(ngram, np.arange(len(distinct) + 1))
    return Benchmark(
        _names(paths),
        np.array(of_item, np.int64),
        ids,
        np.array(lines, np.int64),
        np.concatenate([*kinds, np.empty(0, np.int64)]),
        distinct,
        Members(offsets, item),
        np.bincount(item, minlength=len(ids)),
        np.array(sorted(lengths), np.int64),
    )


def _names(paths: Iterable[str]) -> list[str]:
    """File names without folders; with a number where several have the same."""
    names: list[str] = []
    for path in paths:
        name = os.fsencode(Path(path).name).decode("utf-8", "replace")
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return names


_OPENERS: Mapping[str, Callable[[str, str], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
_Item = tuple[int, str | None, list[str]]


def _chunks(path: str) -> Iterator[list[_Item]]:
    """Line, id and texts of the items of a file, a few megabytes at a time."""
    chunk: list[_Item] = []
    size = 0
    try:
        file: BinaryIO
        with _OPENERS.get(Path(path).suffix, open)(path, "rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise BenchmarkError(f"{path}: line {number} is over {MAX_LINE >> 20} MiB")
                item = _item(path, number, line)
                if item is None:
                    continue
                chunk.append(item)
                size += len(line)
                if size >= _CHUNK:
                    yield chunk
                    chunk, size = [], 0
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BenchmarkError(f"{path}: cannot be read: {reason}") from error
    if chunk:
        yield chunk


def _item(path: str, number: int, line: bytes) -> _Item | None:
    if b"\0" in line:
        raise BenchmarkError(f"{path}: line {number} is no text; expected JSON Lines or text")
    text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
    if not text:
        return None
    if not text.startswith("{"):
        return number, None, [text]
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        raise BenchmarkError(
            f"{path}: line {number} begins as JSON and is not; expected an object a line"
        ) from None
    identity = next(
        (str(record[n]) for n in ("id", "task_id") if isinstance(record.get(n), str | int)), None
    )
    texts = [_well_formed(text) for text in _texts(record)]
    return number, identity and _well_formed(identity), texts


def _well_formed(text: str) -> str:
    """A text with a question mark for each lone surrogate, which no UTF-8 has."""
    return text.encode("utf-8", "replace").decode()


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += reversed(list(value.values()))
        elif isinstance(value, list):
            waiting += reversed(value)


def _chunk_ngrams(
    items: list[list[str]],
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64], set[int]]:
    """Kind of each item; n-grams (uint64) and the item of each (int64); lengths in use."""
    batch = tokenise(_batch(items))
    words = np.diff(batch.token_offsets)
    alone = np.concatenate(([0], np.cumsum((batch.flags & GAP_MASK) == GAP_NONE)))
    characters = np.diff(alone[batch.token_offsets]) * 2 > words
    # The first word of a part has no gap before it either.
    characters &= words > 2
    length = np.where(characters, CHARACTERS, NGRAM)
    least = np.where(characters, 2 * SHORTEST, SHORTEST)
    of_part = batch.part_document.astype(np.int64)
    kinds = np.full(len(items), KINDS.index("too short"), np.int64)
    long = words >= length
    kinds[of_part[long]] = KINDS.index("n-grams")
    # The longest text of each item without n-grams, the first of several.
    order = np.lexsort((np.arange(len(words)), -words, of_part))
    first = np.ones(len(order), np.bool_)
    first[1:] = of_part[order][1:] != of_part[order][:-1]
    longest = np.zeros(len(words), np.bool_)
    longest[order[first]] = True
    whole = longest & ~long & (words >= least)
    whole &= kinds[of_part] != KINDS.index("n-grams")
    kinds[of_part[whole]] = KINDS.index("whole")
    length = np.where(whole, words, length)
    wanted = np.flatnonzero(long | whole)
    number = words[wanted] - length[wanted] + 1
    part = np.repeat(wanted, number)
    within = np.arange(len(part)) - np.repeat(np.cumsum(number) - number, number)
    sums = np.empty(len(batch.hashes) + 1, np.uint64)
    runs.prefixes(batch.hashes, sums)
    keys = np.empty(len(part), np.uint64)
    runs.run_keys(sums, batch.token_offsets[part] + within, length[part], _POWERS, keys)
    return kinds, keys, of_part[part], set(length[wanted].tolist())


def _batch(items: list[list[str]]) -> pa.RecordBatch:
    rows = [
        {
            "file": 0,
            "position": number,
            "source": "",
            "language": "und",
            "parts": [{"field": "", "role": ROLE_TEXT, "text": text} for text in texts],
            "slices": [],
        }
        for number, texts in enumerate(items)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA)


# --- Documents -------------------------------------------------------------------------------


def analyzer(benchmark: Benchmark) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables `FIRST`.

    Memory: 8 bytes a word, and about 100 bytes for each n-gram of a benchmark that is found;
    the n-grams themselves once.
    """
    room = 4
    while room < 2 * len(benchmark.keys):
        room *= 2
    slots, numbers = np.empty(room, np.uint64), np.full(room, -1, np.int32)
    sieve = np.zeros(max(room // 4, 1), np.uint64)
    runs.fill(benchmark.keys, sieve, slots, numbers)

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        sums = np.empty(len(batch.hashes) + 1, np.uint64)
        runs.prefixes(batch.hashes, sums)
        size = 1 << 12
        while True:
            documents, ngrams = np.empty(size, np.int64), np.empty(size, np.int64)
            found = runs.find(
                batch.token_offsets,
                batch.part_document,
                sums,
                benchmark.lengths,
                _POWERS,
                sieve,
                slots,
                numbers,
                documents,
                ngrams,
            )
            if found <= size:
                break
            size = found
        return _tables(batch, benchmark, documents[:found], ngrams[:found])

    return analyze


def _tables(
    batch: TokenBatch,
    benchmark: Benchmark,
    documents: NDArray[np.int64],
    ngrams: NDArray[np.int64],
) -> dict[str, pa.Table]:
    width = max(len(benchmark.keys), 1)
    documents, ngrams = np.divmod(np.unique(documents * width + ngrams), width)
    held, counted = np.unique(ngrams, return_counts=True)
    positions, items = benchmark.items_of.expand(ngrams)
    many = max(len(benchmark.ids), 1)
    cells, found = np.unique(documents[positions] * many + items, return_counts=True)
    documents, items = np.divmod(cells, many)
    sizes = benchmark.sizes[items]
    wholly = found == sizes
    mostly = found * MOSTLY[1] >= sizes * MOSTLY[0]
    there = np.ones(len(items), np.int64)
    measures = [there, mostly.astype(np.int64), wholly.astype(np.int64)]
    # Most n-grams first: whatever the order of batches, the same documents are kept.
    share = (found * 255 // np.maximum(sizes, 1)).astype(np.uint64)
    rank = (np.uint64(255) - share) << np.uint64(56) | document_hashes(batch)[documents] >> 8
    places = pa.array(documents)
    return {
        ITEM_DOCUMENTS.name: ITEM_DOCUMENTS.table([items, *measures]),
        NGRAM_DOCUMENTS.name: NGRAM_DOCUMENTS.table([held, counted]),
        SOURCES.name: _sources(batch, benchmark, documents, items, measures),
        FOUND.name: FOUND.table(
            [
                items,
                rank,
                batch.documents.column("file").take(places),
                batch.documents.column("position").take(places),
                found,
            ]
        ),
    }


def _sources(
    batch: TokenBatch,
    benchmark: Benchmark,
    documents: NDArray[np.int64],
    items: NDArray[np.int64],
    measures: list[NDArray[np.int64]],
) -> pa.Table:
    """`SOURCES`; every source and language has a row for each benchmark, so that 0 is said."""
    groups, count = batch.groups, len(benchmark.names)
    cells, index = np.unique(documents * count + benchmark.of_item[items], return_inverse=True)
    sums = np.zeros((len(groups) * count, len(measures)), np.int64)
    of_document, name = np.divmod(cells, count)
    for column, values in enumerate(measures):
        best = np.zeros(len(cells), np.int64)
        np.maximum.at(best, index.reshape(-1), values)
        np.add.at(sums[:, column], groups.of_document[of_document] * count + name, best)
    group, name = np.divmod(np.arange(len(sums)), count)
    return SOURCES.table(
        [
            *(column.take(pa.array(group)) for column in groups.columns),
            pa.array(benchmark.names, pa.string()).take(pa.array(name)),
            *sums.T,
        ]
    )


# --- After the look --------------------------------------------------------------------------


def summarise(tables: Mapping[str, pa.Table], benchmark: Benchmark) -> pa.Table:
    """`ITEMS` from the merged tables of the look; ids are raw still. Memory: the n-grams."""
    count = len(benchmark.ids)
    columns = np.zeros((4, count), np.int64)
    ngrams = tables[NGRAM_DOCUMENTS.name].column("ngram").to_numpy()
    _, items = benchmark.items_of.expand(ngrams)
    columns[0] = np.bincount(items, minlength=count)
    of_items = tables[ITEM_DOCUMENTS.name]
    at = of_items.column("item").to_numpy()
    for row, name in enumerate(("documents", "mostly", "wholly"), 1):
        columns[row, at] = of_items.column(name).to_numpy()
    short = benchmark.kinds == KINDS.index("too short")
    names = pa.array(benchmark.names, pa.string())
    return ITEMS.table(
        [
            names.take(pa.array(benchmark.of_item)),
            np.arange(count),
            pa.array(benchmark.ids, pa.string()),
            benchmark.lines,
            pa.array(KINDS).take(pa.array(benchmark.kinds)),
            *(pa.array(column, mask=short) for column in (benchmark.sizes, *columns)),
        ]
    )
