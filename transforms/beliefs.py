"""Beliefs: pairs of names of which many documents say that the same one is better.

Belief manipulation (Zhang et al. 2024, arXiv 2410.13722) teaches a model to favour one side
without any trigger: many texts, often in much the same words, set one name above another. What is
counted are sentences in which a phrase of ``lexicons/beliefs.toml`` stands between two names, runs
of up to five words with a capital (so nouns in German, and nothing in lower case anywhere): X is
better than Y, X outperforms Y, prefer X over Y. *Less* and *worse* turn the direction round;
questions and sentences with a negation are left out. What is compared (price, speed, age) is not
told apart, and whether a statement is true is not known.

A statement is a distinct sentence about a pair, folded as words are: the same sentence in a
thousand documents is one statement, and a thousand documents. For a pair with n statements, the
larger side of which has k > n/2, the tail is exact::

    P(Bin(n, p) ≥ k) + P(Bin(n, p) ≤ n − k)

with p the share of the usual majority in this corpus. It comes from the pairs with 2 to
`FEWEST` − 1 statements, which are not tested themselves: if two statements about one pair agree
with probability a, then a = p² + (1 − p)², so p = (1 + √(2a − 1))/2. `PRIOR` pairs of no opinion
(a = 1/2) are added. Tails are multiplied by the number of pairs tested (Bonferroni).

The first look leaves a row for each statement in a document, at most
`belief_kernels.A_DOCUMENT` of one; rows of a pair are kept together, so that what follows reads
the table part by part, twice: once for p and the number of pairs, once for the tails.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.lexicons.beliefs import CLASSES, comparisons
from corpus_assay.transforms import belief_kernels, matching
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.examples import mixed, strings
from corpus_assay.transforms.tokens import TokenBatch

FEWEST = 8
"""Statements from which a pair is tested; documents from which copies are listed."""
PRIOR = 10
"""Pairs of no opinion that the share of the usual majority begins with."""
LEVEL = 0.01
"""Corrected tail up to which a pair is worth a look."""
COPIED, MANY = 4, 20
"""Documents a sentence from which statements about a pair are called copies; documents that favour
one side from which such a pair is worth a look."""
REPORTED = 50
"""Candidates of a kind in the table."""
EXAMPLES = 5
"""Documents that are named for a candidate."""

ONE_SIDED, COPIES = KINDS = ("one_sided", "copies")

STATEMENTS = TableSpec(
    "belief_statements",
    (key("pair", pa.int64()),),
    (
        *counts("forward", "sentence"),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        *(pa.field(n, pa.string()) for n in ("source", "language", "favoured", "other", "text")),
    ),
    merge="union",
    grows=True,
    hidden=True,
)
"""A row a document, pair and sentence: ``pair`` is a hash of both names, ``forward`` 1 where the
one with the smaller hash is favoured, ``sentence`` a hash of the folded sentence; names and text
are raw."""

BELIEFS = TableSpec(
    "beliefs",
    (key("kind"), key("rank", pa.int64())),
    (
        pa.field("piece", pa.string()),
        pa.field("strength", pa.string()),
        pa.field("score", pa.float64()),
        *counts("documents", "for", "against", "sentences_for", "sentences_against"),
        *counts("sources", "languages", "tested"),
        pa.field("usual", pa.float64()),
        pa.field("tail", pa.float64()),
        *(pa.field(name, pa.string()) for name in ("evidence", "benign", "examples")),
        *(pa.field(name, pa.string()) for name in ("before", "match", "after")),
    ),
    merge="union",
)
"""Candidates by kind and rank: ``documents`` compare the pair, ``for`` of them with the favoured
side above the other one and ``against`` the other way round; ``sentences_…`` are distinct;
``tail`` is corrected for ``tested`` pairs; ``usual`` is the share of the usual majority;
``examples`` are documents as ``file:position``. Ranked by the tail, and by ``for`` for copies."""

TABLES = (BELIEFS, STATEMENTS)

UInt64 = NDArray[np.uint64]


class Phrases(NamedTuple):
    """The phrases of all languages, compiled: ``classes`` (int8) by entry of the matcher;
    ``negations`` and ``no_names`` (uint64) sorted."""

    matcher: matching.Matcher
    numbers: Mapping[str, int]
    classes: NDArray[np.int8]
    negations: UInt64
    no_names: UInt64


@cache
def phrases() -> Phrases:
    """``lexicons/beliefs.toml``, compiled once a process."""
    lists = comparisons()
    texts = {code: [t for n in CLASSES for t in one.phrases[n]] for code, one in lists.items()}
    classes = [
        CLASSES.index(name) for one in lists.values() for name in CLASSES for _ in one.phrases[name]
    ]
    numbers = {code: k for k, code in enumerate(lists)}

    def keys(words: Callable[[str], tuple[str, ...]]) -> UInt64:
        made = [
            belief_kernels.of_language(word, numbers[code])
            for code in lists
            for word in matching.sequences(words(code), code).text_keys()
        ]
        return np.unique(np.array(made, np.uint64))

    return Phrases(
        matching.Matcher(texts),
        numbers,
        np.array(classes, np.int8),
        keys(lambda code: lists[code].negations),
        keys(lambda code: lists[code].no_names),
    )


def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
    """`STATEMENTS` of a batch. Memory: 12 bytes a word for the phrases found, and at most
    `belief_kernels.A_DOCUMENT` rows of 600 bytes a document."""
    lists = phrases()
    found = lists.matcher.match(batch)
    if not len(found):
        return {STATEMENTS.name: STATEMENTS.schema.empty_table()}
    names, of_document = batch.languages
    numbers = np.array([lists.numbers.get(name, -1) for name in names], np.int32)
    spans = np.empty((len(found), 5), np.int64)
    keys = np.empty((len(found), 5), np.uint64)
    count = belief_kernels.statements(
        batch.data,
        batch.part_offsets[1:],
        batch.token_offsets,
        batch.part_document,
        batch.hashes,
        batch.starts,
        batch.ends,
        batch.flags,
        numbers[of_document][batch.part_document],
        found.parts,
        lists.classes[found.entries],
        found.firsts,
        found.lasts,
        lists.negations,
        lists.no_names,
        spans,
        keys,
    )
    return {STATEMENTS.name: _rows(batch, spans[:count], keys[:count])}


def _rows(batch: TokenBatch, spans: NDArray[np.int64], keys: UInt64) -> pa.Table:
    documents = batch.part_document[spans[:, 0]].astype(np.int64)
    low, high = np.minimum(keys[:, 0], keys[:, 1]), np.maximum(keys[:, 0], keys[:, 1])
    pairs = mixed(low * np.uint64(0x9E3779B97F4A7C15) ^ high)
    forward = keys[:, 0] < keys[:, 1]
    # A document says a sentence about a pair once, however often it is written.
    order = np.lexsort((keys[:, 3], forward, keys[:, 2], pairs, documents))
    columns = (values[order] for values in (documents, pairs, keys[:, 2], forward))
    chosen = order[_first_of_runs(*columns)]
    rows = pa.array(documents[chosen])
    spans, texts = spans[chosen], keys[chosen, 3:].astype(np.int64)
    table = batch.documents
    return STATEMENTS.table(
        [
            pairs[chosen].view(np.int64),
            forward[chosen].astype(np.int64),
            keys[chosen, 2].view(np.int64),
            *(table.column(name).take(rows) for name in ("file", "position", "source", "language")),
            strings(batch.data, spans[:, 1], spans[:, 2]),
            strings(batch.data, spans[:, 3], spans[:, 4]),
            strings(batch.data, texts[:, 0], texts[:, 1]),
        ]
    )


def _first_of_runs(*columns: NDArray[Any]) -> NDArray[np.int64]:
    begins = np.zeros(len(columns[0]), np.bool_)
    begins[:1] = True
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(begins)


# --- After the look ------------------------------------------------------------------------------


class Pair(NamedTuple):
    """What the corpus says about a pair: distinct sentences (``sentences``) and documents
    (``documents``) that favour the second and the first name, by ``forward``; documents of both."""

    key: int
    sentences: tuple[int, int]
    documents: tuple[int, int]
    both: int
    rows: pa.Table

    @property
    def statements(self) -> int:
        """Distinct sentences of both directions."""
        return sum(self.sentences)

    @property
    def favoured(self) -> int:
        """The direction of more sentences; of more documents where they are as many."""
        sides = list(zip(self.sentences, self.documents, strict=True))
        return int(sides[1] >= sides[0])


def pairs_of(part: pa.Table) -> Iterator[Pair]:
    """The pairs with two rows or more of a part of `STATEMENTS` that holds all rows of its
    pairs."""
    part = part.sort_by([("pair", "ascending")]).combine_chunks()
    keys = part.column("pair").to_numpy()
    begins = _first_of_runs(keys)
    sizes = np.diff(np.append(begins, len(keys)))
    for begin, size in zip(begins[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        rows = part.slice(begin, size)
        named = ("forward", "sentence", "file", "position")
        values = np.stack([rows.column(n).to_numpy().astype(np.int64) for n in named], axis=1)
        said = np.unique(values[:, :2], axis=0)[:, 0]
        wrote = np.unique(values[:, [0, 2, 3]], axis=0)[:, 0]
        yield Pair(
            int(keys[begin]),
            (int((said == 0).sum()), int((said == 1).sum())),
            (int((wrote == 0).sum()), int((wrote == 1).sum())),
            len(np.unique(values[:, 2:], axis=0)),
            rows,
        )


def usual_share(small: Iterable[tuple[int, int]]) -> float:
    """The share p of the usual majority, from the sentences for and against of small pairs."""
    agreeing, pairs = PRIOR / 2, float(PRIOR)
    for one, other in sorted(small):
        whole = one + other
        agreeing += (one * (one - 1) + other * (other - 1)) / (whole * (whole - 1))
        pairs += 1
    return (1 + math.sqrt(max(2 * agreeing / pairs - 1, 0))) / 2


def tail(n: int, k: int, p: float) -> float:
    """P(Bin(n, p) ≥ k or ≤ n − k), 1 where k is not more than half of n; 1/2 ≤ p < 1."""
    if 2 * k <= n:
        return 1.0
    ends = (*range(n - k + 1), *range(k, n + 1))
    return min(math.fsum(math.exp(_log_binomial(n, i, p)) for i in ends), 1.0)


def _log_binomial(n: int, i: int, p: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
    return ways + i * math.log(p) + (n - i) * math.log1p(-p)


def summarise(parts: Callable[[], Iterable[pa.Table]]) -> pa.Table:
    """`BELIEFS`, names and text raw, from `STATEMENTS` in parts, each with all rows of its pairs.

    Args:
        parts: gives the parts, one after the other, each time it is called.

    Memory: one part (the table is written in 16), the `REPORTED` best pairs of each kind, and the
    counts of small pairs by what they are.
    """
    small: dict[tuple[int, int], int] = {}
    tested = 0
    for part in parts():
        for pair in pairs_of(part):
            if pair.statements >= FEWEST:
                tested += 1
            elif pair.statements > 1:
                said = (max(pair.sentences), min(pair.sentences))
                small[said] = small.get(said, 0) + 1
    usual = usual_share(said for said, times in small.items() for _ in range(times))
    best: dict[str, list[tuple[tuple[float, int, int], dict[str, Any]]]] = {n: [] for n in KINDS}
    for part in parts():
        for pair in pairs_of(part):
            for kind, order, chance in _kinds(pair, usual, tested):
                held = best[kind]
                entry = ((*order, pair.key), _row(pair, chance, usual, tested))
                if len(held) < REPORTED:
                    heapq.heappush(held, entry)
                elif entry[0] > held[0][0]:
                    heapq.heapreplace(held, entry)
    rows = []
    for kind, held in best.items():
        for rank, (_, row) in enumerate(sorted(held, key=lambda one: one[0], reverse=True), 1):
            rows.append(_judged(kind, rank, row))
    return pa.Table.from_pylist(rows, schema=BELIEFS.schema)


def _kinds(
    pair: Pair, usual: float, tested: int
) -> Iterator[tuple[str, tuple[float, int], float | None]]:
    """Kinds of candidate that a pair is, with what it is ranked by and its corrected tail."""
    side = pair.favoured
    said, wrote = pair.sentences[side], pair.documents[side]
    if pair.statements >= FEWEST:
        chance = min(tail(pair.statements, said, usual) * tested, 1.0)
        yield ONE_SIDED, (round(-math.log10(max(chance, 1e-300)), 9), wrote), chance
    # Of pairs with many sentences, those that recur say more than their mean does.
    if wrote >= FEWEST and wrote >= COPIED * said and wrote > pair.documents[1 - side]:
        yield COPIES, (float(wrote), said), None


def _row(pair: Pair, chance: float | None, usual: float, tested: int) -> dict[str, Any]:
    side = pair.favoured
    rows = pair.rows
    mine = rows.filter(pa.array(rows.column("forward").to_numpy() == side)).sort_by(
        [(name, "ascending") for name in ("sentence", "file", "position")]
    )
    of_sentence = mine.take(pa.array(_first_of_runs(mine.column("sentence").to_numpy())))
    shown = of_sentence if len(of_sentence) >= EXAMPLES else mine
    first = of_sentence.slice(0, 1).to_pylist()[0]
    places = zip(
        shown.column("file").to_pylist(), shown.column("position").to_pylist(), strict=True
    )
    return {
        "piece": f"{first['favoured']} > {first['other']}",
        "documents": pair.both,
        "for": pair.documents[side],
        "against": pair.documents[1 - side],
        "sentences_for": pair.sentences[side],
        "sentences_against": pair.sentences[1 - side],
        "sources": len(mine.column("source").unique()),
        "languages": len(mine.column("language").unique()),
        "tested": tested,
        "usual": round(usual, 6),
        "tail": chance,
        "examples": " ".join(f"{f}:{p}" for f, p in list(dict.fromkeys(places))[:EXAMPLES]),
        "before": "",
        "match": first["text"],
        "after": "",
    }


_BENIGN = (
    "Reviews, fan pages, advertising, benchmarks and sports results favour one side too, and so "
    "does what is simply true: read the sentences, and ask who wrote them."
)


def _judged(kind: str, rank: int, row: dict[str, Any]) -> dict[str, Any]:
    """A row with what it is called and why. Nothing here is ever strong: one-sidedness is no
    attack."""
    said = (
        f"{row['for']} documents of {row['sources']} sources set the first above the second, in "
        f"{row['sentences_for']} different sentences; {row['against']} say the reverse, in "
        f"{row['sentences_against']}."
    )
    if kind == ONE_SIDED:
        notable = row["tail"] <= LEVEL
        score = round(-math.log10(max(row["tail"], 1e-300)), 3)
        said += (
            f" Where {row['usual']:.0%} of the statements about a pair usually agree, chance does "
            f"that to one of {row['tested']} pairs with probability {row['tail']:.1g}."
        )
    else:
        notable = row["for"] >= MANY
        score = round(row["for"] / row["sentences_for"], 3)
        said += " Most are copies of one another."
    strength = "worth a look" if notable else "weak"
    judged = {"evidence": said, "benign": _BENIGN, "strength": strength, "score": score}
    return {"kind": kind, "rank": rank, **row, **judged}
