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
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus_assay.transforms import trigger_kernels as kernels

STRONG, NOTABLE = 10.0, 4.0
"""Scores from which a candidate is called strong, or worth a look."""
COHERENT = 2.5
"""`insertion` at which deletion coherence halves the score."""
EDGE = 0.05
"""Share of a word's documents that must have it at the edge for it to stand there by itself."""
CONSTANT = 0.95
"""Share of the sample in which a neighbour must be the same to belong to the trigger."""

Hashes = NDArray[np.uint64]


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


def coherence(inserted: float, at_edge: float = 0.0) -> float:
    """`insertion`, or `movable` where that is more, as a factor from 0 to 1."""
    return float(max(1 / (1 + np.exp(COHERENT - inserted)), 1 / (1 + np.exp(8 * (0.7 - at_edge)))))


def score(association: float, alike: float, openness: float, echo: float, coherent: float) -> float:
    """The product of the factors; `association` is `kernels.association`, `coherent` 1 where
    deletion coherence does not apply."""
    return association * (1 - alike) ** 2 * openness * max(0.1, 1 - echo) ** 2 * coherent


def chance(both: int, first: int, second: int, total: int, tests: int) -> float:
    """Bound on the probability that one of `tests` pairs is this associated by chance alone.

    The number of the `first` documents with the feature that have the key is hypergeometric where
    the two are independent; Chvátal (1979) bounds its tail by exp(−first · KL(both/first ‖
    second/total)). That times the tests, at most 1.
    """
    p, q = both / first, second / total
    if p <= q:
        return 1.0
    divergence = p * np.log(p / q)
    if p < 1:
        divergence += (1 - p) * np.log((1 - p) / (1 - q))
    return float(np.exp(min(0.0, np.log(max(tests, 1)) - first * divergence)))


def strength(value: float) -> str:
    """``strong``, ``worth a look`` or ``weak``."""
    if value >= STRONG:
        return "strong"
    return "worth a look" if value >= NOTABLE else "weak"
