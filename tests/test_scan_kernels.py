"""Counting without sorting: equal to what sorting gives."""

from __future__ import annotations

import numpy as np
from document_batches import batch, document
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import scan_kernels, tokens
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tallies import Tally


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**62), max_size=300), st.integers(0, 2**32))
def test_keys_are_numbered_as_they_first_come(keys: list[int], seed: int) -> None:
    many = np.random.default_rng(seed).integers(0, 5000, 5000)  # so many that the table grows
    for given_keys in (np.array(keys, np.int64), np.array([*keys, *many.tolist()], np.int64)):
        numbers = np.empty(len(given_keys), np.int32)
        distinct = scan_kernels.number_keys(given_keys, numbers)
        assert distinct.tolist() == list(dict.fromkeys(given_keys.tolist()))
        assert distinct[numbers].tolist() == given_keys.tolist()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8)), max_size=60), st.integers(1, 4))
def test_small_ranks_are_those_of_the_first_rows_by_rank_and_their_equals(
    rows: list[tuple[int, int]], keep: int
) -> None:
    numbers = np.array([number for number, _ in rows], np.int32)
    values = np.array([rank for _, rank in rows], np.uint64)
    ranks = np.full((4, keep), np.iinfo(np.uint64).max, np.uint64)
    small = np.empty(len(rows), np.bool_)
    scan_kernels.small_ranks(numbers, values, ranks, small)
    expected = []
    for number, rank in rows:
        before = sum(1 for other, value in rows if other == number and value < rank)
        expected.append(before < keep)
    assert small.tolist() == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcx"), max_size=8), min_size=1, max_size=8))
def test_a_tally_counts_matches_and_documents_of_each_group(texts: list[list[str]]) -> None:
    one = tokens.tokenise(batch([document(" ".join(words)) for words in texts]))
    found = Matcher({"eng": ["a", "b", "c"]}).match(one)
    groups = np.arange(len(texts), dtype=np.int64) % 2
    tally = Tally.of(one, found, found.entries, groups)
    counted = {
        (int(group), int(number)): (int(matches), int(documents))
        for group, number, matches, documents in zip(*tally, strict=True)
    }
    expected = {}
    for group in (0, 1):
        of_group = [words for k, words in enumerate(texts) if k % 2 == group]
        for number, form in enumerate("abc"):
            counts = [words.count(form) for words in of_group]
            if sum(counts):
                for role in (0, tokens.ROLE_ANY):
                    cell = group * tokens.CELL_ROLES + role
                    expected[cell, number] = sum(counts), sum(count > 0 for count in counts)
    assert counted == expected


def test_texts_and_parts_of_different_profiles_are_compared_folded() -> None:
    """A list of Turkish for a part in English: the words are the same, their folding is not."""
    matcher = Matcher({"tur": ["abi", "ILIK", "ılık"]})
    one = tokens.tokenise(batch([document("abi ilik ILIK ılık", "eng")]))
    found = matcher.match(one, np.zeros(1, np.int32))
    assert [matcher.texts[k].as_py() for k in found.entries] == ["abi", "ILIK"]
