"""Estimates against numbers worked out by hand or by a direct computation over documents."""

from __future__ import annotations

import math
import random
import statistics as standard

import pytest

from corpus_assay.reports.statistics import (
    Estimate,
    Interval,
    part_of_pair,
    ratio,
    weighted_share,
    wilson,
)


def sums(m: list[int], n: list[int]) -> dict[str, int]:
    return {
        "documents": len(m),
        "numerator": sum(m),
        "denominator": sum(n),
        "numerator_squared": sum(a * a for a in m),
        "products": sum(a * b for a, b in zip(m, n, strict=True)),
        "denominator_squared": sum(b * b for b in n),
    }


def test_ratio_by_hand() -> None:
    # m = 1, 3; n = 10, 10: p = 0.2, residuals −1 and 1, Var = 2/1 · 2 / 400 = 0.01.
    estimate = ratio(**sums([1, 3], [10, 10]))
    assert estimate is not None
    assert estimate.value == 0.2
    assert estimate.standard_error == pytest.approx(0.1, rel=1e-15)
    assert estimate.interval is not None
    assert estimate.interval.low == pytest.approx(0.2 - 0.1959963984540054, rel=1e-12)
    assert estimate.interval.high == pytest.approx(0.2 + 0.1959963984540054, rel=1e-12)


def test_ratio_equals_the_direct_formula() -> None:
    rng = random.Random(1)
    n = [rng.randrange(1, 500) for _ in range(200)]
    m = [rng.randrange(-3, 9) for _ in range(200)]
    p = sum(m) / sum(n)
    residuals = [a - p * b for a, b in zip(m, n, strict=True)]
    # The residuals add up to 0, so their sample variance is Σr² / (D − 1).
    error = math.sqrt(200 * standard.variance(residuals)) / sum(n)
    estimate = ratio(**sums(m, n))
    assert estimate is not None
    assert estimate.value == pytest.approx(p, rel=1e-14)
    assert estimate.standard_error == pytest.approx(error, rel=1e-10)


def test_ratio_keeps_digits_that_floats_lose() -> None:
    # 10⁵ documents of 10⁷ words, one of them with a match more: in floats Σm² − 2pΣmn + p²Σn²
    # cancels to noise.
    words, documents = 10**7, 10**5
    m_total = 4 * documents + 1
    estimate = ratio(
        documents=documents,
        numerator=m_total,
        denominator=documents * words,
        numerator_squared=16 * (documents - 1) + 25,
        products=m_total * words,
        denominator_squared=documents * words**2,
    )
    assert estimate is not None
    # One residual is 1 − 1/D, the others −1/D: Σr² = 1 − 1/D, so Var = 1 / (Σn)².
    assert estimate.standard_error == pytest.approx(1 / (documents * words), rel=1e-12)


@pytest.mark.parametrize(
    ("m", "n", "value"),
    [([3], [10], 0.3), ([0, 0, 0], [5, 9, 2], 0.0), ([1, 2], [10, 20], 0.1)],
    ids=["one document", "no match", "no variation"],
)
def test_ratio_without_interval(m: list[int], n: list[int], value: float) -> None:
    assert ratio(**sums(m, n)) == Estimate(value)


def test_ratio_without_words() -> None:
    assert ratio(**sums([0, 0], [0, 0])) is None


def test_ratio_is_cut_to_its_bounds() -> None:
    estimate = ratio(**sums([0, 0, 0, 1], [10, 10, 10, 10]), bounds=(0.0, 1.0))
    assert estimate is not None
    assert estimate.interval is not None
    assert estimate.interval.low == 0.0
    assert estimate.interval.high > 0.025


def test_ratio_refuses_contradictory_sums() -> None:
    broken = sums([1, 3], [10, 10]) | {"numerator_squared": 0}
    with pytest.raises(ValueError, match="contradict each other"):
        ratio(**broken)


def test_part_of_pair_equals_ratio_over_documents() -> None:
    f, m = [2, 0, 5, 1], [1, 4, 0, 1]
    direct = ratio(**sums(f, [a + b for a, b in zip(f, m, strict=True)]), bounds=(0.0, 1.0))
    assert direct is not None
    assert direct.value == 8 / 14
    assert direct == part_of_pair(
        documents=4,
        first=8,
        second=6,
        first_squared=30,
        second_squared=18,
        difference_squared=1 + 16 + 25 + 0,
    )


def test_part_of_pair_refuses_an_odd_cross_moment() -> None:
    with pytest.raises(ValueError, match="contradict each other"):
        part_of_pair(
            documents=2, first=1, second=1, first_squared=1, second_squared=1, difference_squared=1
        )


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_equals_published_intervals(k: int, n: int, low: float, high: float) -> None:
    estimate = wilson(k, n)
    assert estimate is not None
    assert estimate.value == k / n
    assert estimate.interval is not None
    assert round(estimate.interval.low, 4) == low
    assert round(estimate.interval.high, 4) == high


def test_wilson_at_the_ends() -> None:
    assert wilson(0, 0) is None
    everything = wilson(5, 5)
    assert everything is not None
    assert everything.interval is not None
    assert everything.interval.high == 1.0
    with pytest.raises(ValueError, match="6 of 5"):
        wilson(6, 5)


def test_weighted_share_by_hand() -> None:
    shares = {
        "a": Estimate(0.1, 0.03, Interval(0, 1)),
        "b": Estimate(0.4, 0.04, Interval(0, 1)),
        "c": Estimate(0.9, 0.5, Interval(0, 1)),
    }
    # (3·0.1 + 1·0.4) / 4 = 0.175; √((3·0.03)² + (1·0.04)²) / 4 = √0.0097 / 4.
    result = weighted_share(shares, {"a": 3, "b": 1, "d": 7})
    assert result.left_out == ("c",)
    assert result.estimate is not None
    assert result.estimate.value == pytest.approx(0.175, rel=1e-14)
    assert result.estimate.standard_error == pytest.approx(math.sqrt(0.0097) / 4, rel=1e-12)


def test_weighted_share_without_weights_or_errors() -> None:
    assert weighted_share({"a": Estimate(0.1)}, {"a": 0}).estimate is None
    assert weighted_share({"a": Estimate(0.1)}, {"b": 1}).left_out == ("a",)
    assert weighted_share({"a": Estimate(0.1)}, {"a": 2}).estimate == Estimate(0.1)


def test_weighted_contrast_may_be_negative() -> None:
    shares = {"a": Estimate(-0.1, 0.2, Interval(-1, 1))}
    signed = weighted_share(shares, {"a": 1}, signed=True).estimate
    assert signed is not None
    assert signed.interval is not None
    assert signed.interval.low == pytest.approx(-0.1 - 1.959963984540054 * 0.2)


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_weighted_share_refuses_bad_weights(weight: float) -> None:
    with pytest.raises(ValueError, match="weight of source 'a'"):
        weighted_share({"a": Estimate(0.1)}, {"a": weight})
