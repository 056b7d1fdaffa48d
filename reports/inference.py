"""Tests of the difference between two measures, and of many at once; no knowledge of tables.

The two samples may share documents. Their correlation ρ is then that of the two estimates, and
enters every variance as −2ρ·SE·SE.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from corpus_assay.reports.statistics import Estimate, Interval, Z

RARE = 5
"""Expected number of documents in a cell of a fourfold table below which the test is exact
(Cochran, Biometrics 10 (1954) 417–451)."""


class Difference(Struct, frozen=True):
    """new − old, its 95% interval, and the two-sided p of "no difference"; None where the data do
    not give them."""

    effect: float
    interval: Interval | None
    p: float | None


def of_ratios(old: Estimate, new: Estimate, correlation: float = 0.0) -> Difference:
    """Difference of two estimates with standard errors, by the normal approximation.

    SE² = SE₁² + SE₂² − 2ρ·SE₁·SE₂, p = 2·(1 − Φ(|new − old| / SE)).
    """
    effect = new.value - old.value
    if old.standard_error is None or new.standard_error is None:
        return Difference(effect, None, None)
    first, second = old.standard_error, new.standard_error
    error = _error(first, second, correlation)
    interval = Interval(effect - Z * error, effect + Z * error)
    return Difference(effect, interval, _two_sided(effect, error))


def of_shares(
    old: tuple[int, int], new: tuple[int, int], intervals: tuple[Interval, Interval], *,
    correlation: float = 0.0,
) -> Difference:  # fmt: skip
    """Difference of two shares k/n of documents.

    The interval is Newcombe's hybrid of the two Wilson intervals [l, u]::

        low  = d − √((p₂ − l₂)² + (u₁ − p₁)² − 2ρ(p₂ − l₂)(u₁ − p₁))
        high = d + √((u₂ − p₂)² + (p₁ − l₁)² − 2ρ(u₂ − p₂)(p₁ − l₁))

    (R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10, and 2635–2650 for pairs).
    p is that of the score test with the pooled share; where fewer than `RARE` documents are
    expected in a cell it is Fisher's exact one, which takes no account of documents in both.

    Args:
        old: documents with the property, and all.
        new: the same.
        intervals: Wilson intervals of both.
        correlation: ρ of the two shares.
    """
    (first, whole), (second, other) = old, new
    p1, p2 = first / whole, second / other
    effect = p2 - p1
    below = (p2 - intervals[1].low, intervals[0].high - p1)
    above = (intervals[1].high - p2, p1 - intervals[0].low)
    interval = Interval(
        effect - _error(*below, correlation),
        effect + _error(*above, correlation),
    )
    total, found = whole + other, first + second
    if found in (0, total):
        return Difference(effect, interval, None if correlation else 1.0)
    if min(whole, other) * min(found, total - found) < RARE * total:
        return Difference(effect, interval, fisher(first, whole, second, other))
    pooled = found / total
    spread = math.sqrt(pooled * (1 - pooled))
    error = _error(spread / math.sqrt(whole), spread / math.sqrt(other), correlation)
    return Difference(effect, interval, _two_sided(effect, error))


def fisher(first: int, whole: int, second: int, other: int) -> float:
    """Two-sided p of Fisher's exact test of `first` of `whole` against `second` of `other`: the
    probability of all fourfold tables with these margins that are at most as likely as this one.

    (R. A. Fisher, *Statistical Methods for Research Workers*, 5th ed. 1934, §21.02.)
    """
    found, total = first + second, whole + other
    low, high = max(0, found - other), min(found, whole)
    constant = _log_choose(total, found)

    def log_likelihood(k: int) -> float:
        return _log_choose(whole, k) + _log_choose(other, found - k) - constant

    # Rounding must not tell equally likely tables apart, and grows with the logarithms.
    limit = log_likelihood(first) + 1e-7 + 1e-15 * math.lgamma(total + 1)
    chances = (log_likelihood(k) for k in range(low, high + 1))
    return min(1.0, math.fsum(math.exp(each) for each in chances if each <= limit))


def benjamini_yekutieli(p: Sequence[float]) -> list[float]:
    """q of each p: the least false discovery rate at which it counts as a discovery.

    q₍ᵢ₎ = min over j ≥ i of m·c(m)/j · p₍ⱼ₎ with c(m) = Σ 1/k, cut at 1. It holds whatever the
    tests depend on each other (Y. Benjamini, D. Yekutieli, Annals of Statistics 29 (2001)
    1165–1188, theorem 1.3), and shares of one corpus do.
    """
    number = len(p)
    factor = number * math.fsum(1 / k for k in range(1, number + 1))
    q = [1.0] * number
    least = 1.0
    order = sorted(range(number), key=p.__getitem__)
    for rank in range(number, 0, -1):
        place = order[rank - 1]
        least = min(least, factor / rank * p[place])
        q[place] = least
    return q


def _error(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(0.0, first**2 + second**2 - 2 * correlation * first * second))


def _two_sided(effect: float, error: float) -> float | None:
    if error == 0:
        return None if effect else 1.0
    return math.erfc(abs(effect) / error / math.sqrt(2))


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
