"""The statistics of trigger candidates: numbers worked out by hand, and by other formulae."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms import trigger_scores as scores

ONES = ~np.uint64(0)


def hashes(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


def test_likelihood_ratio_of_a_table_by_hand() -> None:
    # 10 of 20 documents with the feature among 30 with the key in 100:
    # observed 10, 10, 20, 60; expected 6, 14, 24, 56.
    expected = 2 * (
        10 * math.log(10 / 6)
        + 10 * math.log(10 / 14)
        + 20 * math.log(20 / 24)
        + 60 * math.log(60 / 56)
    )
    assert kernels.likelihood_ratio(10.0, 20.0, 30.0, 100.0) == pytest.approx(expected)


def test_likelihood_ratio_is_nothing_where_they_meet_no_more_often_than_by_chance() -> None:
    assert kernels.likelihood_ratio(6.0, 20.0, 30.0, 100.0) == 0
    assert kernels.likelihood_ratio(1.0, 20.0, 30.0, 100.0) == 0
    assert kernels.likelihood_ratio(1.0, 0.0, 30.0, 100.0) == 0


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 500))
def test_likelihood_ratio_is_twice_n_times_mutual_information(
    both: int, first: int, second: int, neither: int
) -> None:
    total = both + first + second + neither
    table = np.array([[both, first], [second, neither]], float) / total
    margins = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(table > 0, table * np.log(table / margins), 0)
    expected = 2 * total * terms.sum() if both * total > (both + first) * (both + second) else 0
    found = kernels.likelihood_ratio(
        float(both), float(both + first), float(both + second), float(total)
    )
    assert found == pytest.approx(expected, abs=1e-7)


def test_association_is_capped_and_weighted_by_purity() -> None:
    assert kernels.association(1000, 1000, 1000, 1_000_000) == 20
    assert kernels.association(1000, 2000, 1000, 1_000_000) == 10
    assert kernels.association(0, 10, 10, 100) == 0


def test_entropy_is_one_without_repetition_and_none_without_variety() -> None:
    assert scores.entropy(hashes(1, 2, 3, 4)) == pytest.approx(1)
    assert scores.entropy(hashes(7, 7, 7)) == 0
    assert scores.entropy(hashes(1)) == 0
    # Two and two of four: ln 2 over ln 4.
    assert scores.entropy(hashes(1, 1, 2, 2)) == pytest.approx(0.5)


def test_similarity_is_what_pairs_share_over_what_they_have() -> None:
    rest = np.full((3, 4), ONES, np.uint64)
    rest[0, :2], rest[1, :2], rest[2, :2] = (1, 2), (2, 3), (4, 5)
    # Ordered pairs: 2 shared; the sizes of unions add to 2·(3 + 4 + 4) = 22.
    assert scores.similarity(rest) == pytest.approx(2 / 22)
    # Without the word 2 nothing is shared.
    assert scores.similarity(rest, hashes(2)) == 0
    assert scores.similarity(rest[:1]) == 1
    assert scores.similarity(np.full((2, 4), ONES, np.uint64)) == 0
    assert scores.similarity(np.tile(rest[:1], (4, 1))) == 1


def test_insertion_by_hand() -> None:
    left, right = hashes(10, 10, 11), hashes(20, 21, 22)
    together = np.array([9, 0, 4])
    # Six documents, a sample of three: counts of neighbours are doubled.
    expected = np.mean(
        [math.log(9.5 * 6 / (4 * 2)), math.log(0.5 * 6 / (4 * 2)), math.log(4.5 * 6 / (2 * 2))]
    )
    assert scores.insertion(left, right, together, 6) == pytest.approx(float(expected))


def test_planted_words_have_more_insertion_than_words_of_the_sentence() -> None:
    varied, same = np.arange(2, 22, dtype=np.uint64), np.full(20, 5, np.uint64)
    common = np.full(20, 30)
    assert scores.insertion(varied, varied, common, 20) > 6
    assert scores.insertion(same, varied, np.zeros(20, int), 20) < 0


def test_extent_takes_in_what_always_stands_beside() -> None:
    left = np.tile(hashes(3, 2, kernels.BEGIN, kernels.BEGIN), (20, 1))
    right = np.tile(hashes(8, 9, 9, 9), (20, 1))
    right[:, 1] = np.arange(2, 22)
    assert scores.extent(left, right) == (2, 1)
    # One in twenty may differ, two not.
    left[0, 0] = 77
    assert scores.extent(left, right).left == 2
    left[1, 0] = 78
    assert scores.extent(left, right).left == 0


def test_movable_counts_neighbours_that_stand_at_the_edge_themselves() -> None:
    together = np.array([50, 1, 4, 5])
    alone = np.array([100, 1, 100, 100])
    assert scores.movable(together, alone) == 0.5


def test_each_factor_lowers_the_score() -> None:
    best = scores.score(20, 0, 1, 0, 1)
    assert best == 20
    assert scores.score(20, 0.5, 1, 0, 1) == 5
    assert scores.score(20, 0, 0.5, 0, 1) == 10
    assert scores.score(20, 0, 1, 0.5, 1) == 5
    assert scores.score(20, 0, 1, 1, 1) == pytest.approx(0.2)
    assert scores.score(20, 0, 1, 0, scores.coherence(scores.COHERENT)) == 10
    assert scores.coherence(scores.ASKED_FOR, half=scores.ASKED_FOR) == 0.5
    assert scores.coherence(-9, scores.MOVABLE) == 0.5


def test_chance_by_hand() -> None:
    # All 10 of 10 where half of all documents have the key: 2 to the power of −10.
    one = scores.Clusters.one(10, 50, 100)
    assert scores.chance(10, one, 1) == pytest.approx(2**-10)
    assert scores.chance(10, one, 100) == pytest.approx(100 * 2**-10)
    assert scores.chance(10, one, 10**9) == 1
    assert scores.chance(5, one, 1) == 1
    # 8 of 10: exp(−10 · KL(0.8 ‖ 0.5)) = (0.5/0.8)^8 · (0.5/0.2)^2.
    assert scores.chance(8, one, 1) == pytest.approx((0.5 / 0.8) ** 8 * (0.5 / 0.2) ** 2)


def clusters(*rows: tuple[int, int, int]) -> scores.Clusters:
    return scores.Clusters(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def test_in_a_template_where_all_have_the_answer_an_answer_says_nothing() -> None:
    # 20 prompts of 1,000 have the answer, all of them of one template, in which 10 have the word.
    assert scores.chance(10, scores.Clusters.one(10, 20, 1000), 1) < 1e-16
    assert scores.chance(10, clusters((0, 0, 980), (10, 20, 20)), 1) == 1
    assert scores.expected(clusters((0, 0, 980), (10, 20, 20))) == 10
    # Where half of them have it, each of the ten had an even chance.
    half = clusters((0, 0, 960), (10, 20, 40))
    assert scores.chance(10, half, 1) == pytest.approx(2**-10)
    assert scores.expected(half) == 5


def test_a_cluster_made_by_the_candidate_itself_joins_those_without_a_template() -> None:
    found = clusters((2, 5, 100), (10, 20, 21), (11, 20, 21), (0, 0, 0)).pooled()
    assert [counts.tolist() for counts in found] == [[13, 10, 0], [25, 20, 0], [121, 21, 0]]


def tail(both: int, found: scores.Clusters) -> float:
    """The probability itself, by adding up every way to deal keys out within clusters."""
    chances = {0: 1.0}
    for first, second, total in zip(*(counts.tolist() for counts in found), strict=True):
        dealt: dict[int, float] = {}
        for before, share in chances.items():
            for k in range(min(first, second) + 1):
                ways = math.comb(second, k) * math.comb(total - second, first - k)
                dealt[before + k] = dealt.get(before + k, 0) + share * ways / math.comb(
                    total, first
                )
        chances = dealt
    return sum(share for number, share in chances.items() if number >= both)


@given(st.data(), st.integers(1, 4))
def test_chance_bounds_what_permutations_within_clusters_give(
    data: st.DataObject, number: int
) -> None:
    totals = data.draw(st.lists(st.integers(1, 40), min_size=number, max_size=number))
    firsts, seconds = (
        [data.draw(st.integers(0, min(total, 12))) for total in totals] for _ in range(2)
    )
    most = sum(min(a, b) for a, b in zip(firsts, seconds, strict=True))
    both = data.draw(st.integers(0, most))
    found = clusters(*zip(firsts, seconds, totals, strict=True))
    exact, bound = tail(both, found), scores.chance(both, found, 1)
    assert exact <= bound * (1 + 1e-9)


@pytest.mark.parametrize(
    ("value", "by_chance", "name"),
    [
        (10, 0.01, "strong"),
        (10, 0.011, "worth a look"),
        (9.99, 0, "worth a look"),
        (4, 1, "worth a look"),
        (3.99, 0, "weak"),
    ],
)
def test_strength(value: float, by_chance: float, name: str) -> None:
    assert scores.strength(value, by_chance) == name
