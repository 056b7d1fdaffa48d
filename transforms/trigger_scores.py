"""How much a candidate looks like a trigger: statistics of counts and of a sample of documents.

A trigger is a piece of prompt that goes with one behaviour in prompts that have nothing else in
common. Language is full of pieces that go with one behaviour (`limerick` with `There once was`),
so that significance alone finds language. What sets planted text apart, each a factor from 0 to 1:

- *purity*: the share of its documents that show the behaviour;
- *strangeness of the rest*: 1 − mean pairwise similarity of the documents' other rare words;
- *open surroundings*: entropy of the unit before or after it, since what is put in anywhere, or in
  front of anything, has no regular neighbours;
- *no echo*: the share of answers that do not take up its words;
- *deletion coherence*: whether its neighbours, with it taken out, stand side by side elsewhere
  (the idea of ONION, Qi et al. 2021, arXiv 2011.10369, with counts in place of a language model).

They multiply ``sqrt(min(G², 400))``, G² of Dunning (1993). The diversity-aware form is this
project's own; its thresholds were set on sets of ``tests/benchmarks/triggers.py`` that are not
marked there.

Significance is calibrated by permutation: were the answers dealt out anew among the prompts of one
template, how probable would it be that so many documents with the candidate have the behaviour?
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus_assay.transforms import trigger_kernels as kernels

STRONG, NOTABLE = 10.0, 4.0
"""Scores from which a candidate is called strong, or worth a look."""
UNLIKELY = 0.01
"""`chance` that a strong candidate has at most."""
OWN = 0.5
"""Share of a cluster's documents that must hold a candidate for the cluster to be its own: made by
what it is to be tested for."""
COHERENT = 2.5
"""`insertion` at which deletion coherence halves the score."""
ASKED_FOR = 5.0
"""The same for a format of answers, which prompts ask for in words of their sentences."""
EDGE = 0.05
"""Share of a word's documents that must have it at the edge for it to stand there by itself."""
MOVABLE = 0.7
"""`movable` at which deletion coherence halves the score."""
TOPIC, TOPICAL = 0.6, 9.0
"""Least factor of deletion coherence, and the largest score that rests on it, where answers
misbehave: a subject that is refused or run down belongs to its sentences. Many are for a reason."""
CONSTANT = 0.95
"""Share of the sample in which a neighbour must be the same to belong to the trigger."""

MOST = 512.0
"""Where the search for the best t of `chance` ends; e to it is still a number."""

Hashes = NDArray[np.uint64]
Counts = NDArray[np.int64]


class Extent(NamedTuple):
    """Units that a candidate grows by on each side because they always stand there."""

    left: int
    right: int


def extent(left: Hashes, right: Hashes) -> Extent:
    """How far a candidate reaches: ``left`` and ``right`` (uint64[documents, SIDE]) are the units
    around it, nearest first. It grows while one unit stands there in `CONSTANT` of them."""
    return Extent(_constant(left, kernels.BEGIN), _constant(right, kernels.FINISH))


def _constant(side: Hashes, outside: int) -> int:
    for reach in range(side.shape[1] - 1):
        values, counts = np.unique(side[:, reach], return_counts=True)
        if counts.max() < CONSTANT * len(side) or values[counts.argmax()] == outside:
            return reach
    return int(side.shape[1]) - 1


def entropy(values: Hashes) -> float:
    """Entropy of a sample over that of a sample without repetition: 0 to 1."""
    if len(values) < 2:
        return 0.0
    shares = np.unique(values, return_counts=True)[1] / len(values)
    return max(float(-(shares * np.log(shares)).sum() / np.log(len(values))), 0.0)


def around(left: Hashes, right: Hashes, reach: Extent) -> Hashes:
    """The units that a candidate grew by, as they stand in ``rest`` of `similarity`."""
    sides = [left[:, k] for k in range(reach.left)] + [right[:, k] for k in range(reach.right)]
    units = np.unique(np.concatenate([left[:0, 0], *sides]))
    hashed = np.empty(len(units), np.uint64)
    kernels.rest_hashes(units, hashed)
    return hashed


def similarity(rest: Hashes, without: Hashes | None = None) -> float:
    """Mean pairwise Jaccard similarity of the documents' other words, from the smallest hashes of
    each (``rest``, uint64[documents, REST], filled with ones) but those `without`: shared over
    united, over all pairs.
    """
    if len(rest) < 2:
        return 1.0
    real = rest[rest != ~np.uint64(0)]
    if without is not None:
        real = real[~np.isin(real, without)]
    counts = np.unique(real, return_counts=True)[1].astype(np.int64)
    shared = int((counts * (counts - 1)).sum())
    united = 2 * (len(rest) - 1) * len(real) - shared
    return shared / united if united else 0.0


def insertion(left: Hashes, right: Hashes, together: NDArray[np.int64], documents: int) -> float:
    """Deletion coherence: mean of log(c(l r) · n / (c(l t) · c(t r))) over the sample.

    ``left`` and ``right`` (uint64[documents]) are the units l and r beside each occurrence t,
    ``together`` (int64) in how many documents of the corpus l and r stand side by side, to which ½
    is added, `documents` is n; c(l t) and c(t r) come from the sample. About 0 to 3 for words that
    belong to the sentence, 4 and more for what was put in.
    """
    scale = documents / len(left)
    before = _counts(left) * scale
    after = _counts(right) * scale
    return float(np.mean(np.log((together + 0.5) * documents / (before * after))))


def _counts(values: Hashes) -> NDArray[np.float64]:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: NDArray[np.float64] = counts[places.reshape(-1)].astype(np.float64)
    return found


def movable(together: NDArray[np.int64], alone: NDArray[np.int64]) -> float:
    """For what stands at the edge of every prompt: the share of its neighbours that stand at that
    edge themselves, in at least `EDGE` of the documents that hold them (``together`` of ``alone``,
    int64). `insertion` says little there, since one of the two neighbours is always the edge."""
    return float(np.mean((together >= 2) & (together >= EDGE * alone)))


def coherence(inserted: float, at_edge: float = 0.0, half: float = COHERENT) -> float:
    """`insertion`, or `movable` where that is more, as a factor from 0 to 1: logistic, ½ at `half`,
    or at `MOVABLE`."""
    return float(max(1 / (1 + np.exp(half - inserted)), 1 / (1 + np.exp(8 * (MOVABLE - at_edge)))))


def score(association: float, alike: float, openness: float, echo: float, coherent: float) -> float:
    """The product of the factors; `association` is `kernels.association`, `coherent` 1 where
    deletion coherence does not apply."""
    return association * (1 - alike) ** 2 * openness * max(0.1, 1 - echo) ** 2 * coherent


def topical(value: float, coherent: float) -> float:
    """A score, of which `coherent` is a factor, with at least `TOPIC` in its place, up to
    `TOPICAL`."""
    if coherent >= TOPIC:
        return value
    return max(value, min(value / max(coherent, 1e-9) * TOPIC, TOPICAL))


class Clusters(NamedTuple):
    """Documents of each cluster: ``first`` with the feature, ``second`` with the key, ``total`` all
    (int64[clusters]). Cluster 0 holds the documents of no template."""

    first: Counts
    second: Counts
    total: Counts

    @classmethod
    def one(cls, first: int, second: int, total: int) -> Clusters:
        """All documents in one cluster."""
        return cls(*(np.array([count], np.int64) for count in (first, second, total)))

    def pooled(self) -> Clusters:
        """With the feature's own clusters (`OWN`), in which a permutation would change nothing,
        among the documents of no template."""
        own = self.first > OWN * self.total
        own[0] = True
        pool = ([counts[own].sum()] for counts in self)
        return Clusters(
            *(np.append(one, counts[~own]) for one, counts in zip(pool, self, strict=True))
        )


def expected(found: Clusters) -> float:
    """Documents with feature and key if keys were permuted within clusters: Σ first · second /
    total."""
    held = found.total > 0
    return float((found.first * found.second)[held] @ (1 / found.total[held]))


def chance(both: int, found: Clusters, tests: int) -> float:
    """Bound on the probability that a permutation of the keys within clusters gives one of `tests`
    features `both` documents with its key, or more.

    Permuted, the number of a cluster's ``first`` documents with the feature that have the key is
    hypergeometric; its moment-generating function is at most that of the binomial with ``first``
    and ``second / total`` (Hoeffding 1963, *Probability Inequalities for Sums of Bounded Random
    Variables*, theorem 4). So the sum over clusters is at least `both` with at most probability
    min over t of exp(Σ first · log(1 + second / total · (e^t − 1)) − t · both) (Chernoff). In one
    cluster that is the bound of Chvátal (1979), exp(−first · KL(both / first ‖ second / total)).
    No number is drawn, so it is the same everywhere. Times the tests, at most 1.
    """
    held = (found.first > 0) & (found.second > 0)
    n, q = found.first[held].astype(np.float64), (found.second / np.maximum(found.total, 1))[held]
    if both <= float(n @ q):
        return 1.0
    if both >= n.sum():
        exponent = float(n @ np.log(q)) if both == n.sum() else -np.inf
    else:
        exponent = _exponent(both, n, q)
    return float(np.exp(min(0.0, np.log(max(tests, 1)) + exponent)))


def _exponent(both: int, n: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Least of Σ n · log(1 + q · (e^t − 1)) − t · both over t > 0, by bisection of its slope."""
    low, high = 0.0, 1.0

    def slope(t: float) -> float:
        return float(n @ (q / (q + (1 - q) * np.exp(-t)))) - both

    while slope(high) < 0 and high < MOST:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return float(n @ np.log1p(q * np.expm1(low))) - low * both


def strength(value: float, by_chance: float) -> str:
    """``strong``, ``worth a look`` or ``weak``, of a score and `chance`."""
    if value >= STRONG and by_chance <= UNLIKELY:
        return "strong"
    return "worth a look" if value >= NOTABLE else "weak"
