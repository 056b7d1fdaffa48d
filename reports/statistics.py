"""Estimates and intervals from integer sums, without any knowledge of tables.

Every function takes sums over documents as Python integers and computes exactly until the last
step, so the result does not depend on the order in which the sums were merged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

CONFIDENCE = 0.95
Z = 1.959963984540054
"""Quantile 0.975 of the standard normal distribution: two-sided 95% intervals."""


class Interval(Struct, frozen=True):
    """A two-sided 95% confidence interval, ``low <= high``."""

    low: float
    high: float


class Estimate(Struct, frozen=True):
    """A number with what is known of its uncertainty.

    ``standard_error`` and ``interval`` are None where the data cannot give them: a single
    document, or no variation between documents (see `ratio`).
    """

    value: float
    standard_error: float | None = None
    interval: Interval | None = None


class WeightedShare(Struct, frozen=True):
    """A weighted mean of shares, and the names that had a share but no weight (left out)."""

    estimate: Estimate | None
    left_out: tuple[str, ...]


def ratio(
    *,
    documents: int,
    numerator: int,
    denominator: int,
    numerator_squared: int,
    products: int,
    denominator_squared: int,
    bounds: tuple[float, float] | None = None,
) -> Estimate | None:
    """Ratio estimate Σm / Σn over documents, with a standard error by linearisation.

    Words of one document are not independent, so the document is the sampling unit::

        p      = Σm / Σn
        Var(p) = D / (D − 1) · Σ(m − p·n)² / (Σn)²
        Σ(m − p·n)² = Σm² − 2p·Σmn + p²·Σn²

    and the interval is p ± 1.96 · √Var(p). Source: W. G. Cochran, *Sampling Techniques*, 3rd ed.,
    Wiley 1977, §2.11 and §6.4 (infinite population, no finite correction).

    Args:
        documents: D, the number of documents, those without a match included.
        numerator: Σm; may be negative when m is a difference.
        denominator: Σn, for example words.
        numerator_squared: Σm².
        products: Σm·n.
        denominator_squared: Σn².
        bounds: range that the quantity cannot leave; the interval is cut to it.

    Returns:
        None when Σn is 0 (there is nothing to divide by). No interval when D < 2, and none when
        the residuals are all zero: no match at all would otherwise claim certainty.

    Raises:
        ValueError: the sums cannot belong to any documents.
    """
    if denominator == 0:
        return None
    residuals = (
        numerator_squared * denominator**2
        - 2 * numerator * denominator * products
        + numerator**2 * denominator_squared
    )
    if residuals < 0 or denominator < 0 or documents < 1:
        raise ValueError(
            "sums that contradict each other: "
            f"documents={documents}, Σm={numerator}, Σn={denominator}, "
            f"Σm²={numerator_squared}, Σmn={products}, Σn²={denominator_squared}"
        )
    value = float(Fraction(numerator, denominator))
    if documents < 2 or residuals == 0:
        return Estimate(value)
    variance = Fraction(documents * residuals, (documents - 1) * denominator**4)
    return _normal(value, math.sqrt(float(variance)), bounds)


def part_of_pair(
    *,
    documents: int,
    first: int,
    second: int,
    first_squared: int,
    second_squared: int,
    difference_squared: int,
) -> Estimate | None:
    """Share Σf / Σ(f + m) of the first of two counts, with the standard error of `ratio`.

    The cross moment follows from the contrast d = f − m: Σf·m = (Σf² + Σm² − Σd²) / 2. The share
    has no words in it, so it can be compared across writing systems.

    Raises:
        ValueError: the sums cannot belong to any documents.
    """
    doubled = first_squared + second_squared - difference_squared
    if doubled % 2 or doubled < 0:
        raise ValueError(
            "sums that contradict each other: "
            f"Σf²={first_squared}, Σm²={second_squared}, Σ(f − m)²={difference_squared}"
        )
    return ratio(
        documents=documents,
        numerator=first,
        denominator=first + second,
        numerator_squared=first_squared,
        products=first_squared + doubled // 2,
        denominator_squared=first_squared + second_squared + doubled,
        bounds=(0.0, 1.0),
    )


def wilson(successes: int, trials: int) -> Estimate | None:
    """Share of documents with a property, with the Wilson score interval.

    centre = (k + z²/2) / (n + z²), half width = z / (n + z²) · √(k(n − k)/n + z²/4). Source:
    E. B. Wilson, JASA 22 (1927) 209–212; it holds for small n and for shares near 0 and 1, where
    p ± 1.96·SE fails (Brown, Cai & DasGupta, Statistical Science 16 (2001) 101–133).

    Returns:
        None when there are no trials.

    Raises:
        ValueError: not 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if trials == 0:
        return None
    z2 = Z * Z
    centre = (successes + z2 / 2) / (trials + z2)
    half = Z / (trials + z2) * math.sqrt(successes * (trials - successes) / trials + z2 / 4)
    # At the ends the formula gives exactly 0 or 1 but for rounding.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return Estimate(successes / trials, None, Interval(low, high))


def weighted_share(
    shares: Mapping[str, Estimate], weights: Mapping[str, float], signed: bool = False
) -> WeightedShare:
    """Mean of the shares of sources, each with the weight its source has in training.

    p = Σ w·p_s / Σ w, SE = √Σ(w·SE_s)² / Σ w: sources are strata, sampled independently
    (Cochran 1977, §5.3). A source whose share has no standard error leaves the mean without one.

    Args:
        shares: share of each source.
        weights: weight of each source, not negative; they need not add up to 1.
        signed: the quantity may be negative (a difference), so its interval is not cut at 0.

    Returns:
        The mean (None when the weights of all given sources add up to 0) and, sorted, the sources
        that have a share but no weight.

    Raises:
        ValueError: a weight is negative, infinite or not a number.
    """
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise ValueError(f"weight of source {name!r} must be a number from 0 up, not {weight}")
    left_out = tuple(sorted(set(shares) - set(weights)))
    used = [(weights[name], shares[name]) for name in sorted(set(shares) & set(weights))]
    total = math.fsum(weight for weight, _ in used)
    if total == 0:
        return WeightedShare(None, left_out)
    value = math.fsum(weight * share.value for weight, share in used) / total
    squares = []
    for weight, share in used:
        if weight == 0:
            continue
        if share.standard_error is None:
            return WeightedShare(Estimate(value), left_out)
        squares.append((weight * share.standard_error) ** 2)
    error = math.sqrt(math.fsum(squares)) / total
    return WeightedShare(
        _normal(value, error, None if signed else (0.0, math.inf)),
        left_out,
    )


def _normal(value: float, error: float, bounds: tuple[float, float] | None) -> Estimate:
    low, high = value - Z * error, value + Z * error
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Estimate(value, error, Interval(low, high))
