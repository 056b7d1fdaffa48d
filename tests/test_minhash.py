"""The kernels of the search for duplicates against datasketch, plain Python and brute force."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus_assay.transforms import minhash

MASK = (1 << 64) - 1

word = st.integers(0, MASK)
documents = st.lists(st.lists(st.integers(0, 6), max_size=30), min_size=1, max_size=8)


def flat(texts: list[list[int]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Words (spread over 64 bits) and where each document's begin and end."""
    words = [minhash.mixed(np.uint64(w)) for text in texts for w in text]
    edges = np.cumsum([0, *(len(text) for text in texts)])
    return np.array(words, np.uint64), edges.astype(np.int64)


def grams(texts: list[list[int]], n: int) -> list[NDArray[np.uint64]]:
    words, edges = flat(texts)
    offsets, out = np.empty(len(edges), np.int64), np.empty(len(words), np.uint64)
    found = minhash.distinct_grams(words, edges, n, offsets, out)
    assert found == offsets[-1]
    return [out[a:b] for a, b in itertools.pairwise(offsets)]


@pytest.mark.parametrize(("count", "seed"), [(1, 1), (7, 3), (108, 1), (112, 1), (128, 2**32 - 1)])
def test_permutations_are_those_of_datasketch(count: int, seed: int) -> None:
    factors, summands = minhash.permutations(count, seed)
    theirs = MinHash(count, seed=seed, scheme="affine32").permutations
    assert factors.tolist() == theirs[0].tolist()
    assert summands.tolist() == theirs[1].tolist()


@settings(max_examples=60, deadline=None)
@given(documents, st.integers(1, 6), st.integers(1, 21), st.integers(0, 2**32 - 1))
def test_signatures_are_those_of_datasketch_bit_for_bit(
    texts: list[list[int]], n: int, count: int, seed: int
) -> None:
    words, edges = flat(texts)
    shingles = np.empty(len(texts), np.int32)
    signatures = np.empty((len(texts), count), np.uint32)
    minhash.sketch(words, edges, n, *minhash.permutations(count, seed), shingles, signatures)
    for number, hashes in enumerate(grams(texts, n)):
        theirs = MinHash(count, seed=seed, scheme="affine32", hashfunc=int)
        for one in hashes.tolist():
            theirs.update(one >> 32)
        assert signatures[number].tolist() == theirs.hashvalues.tolist()
        assert shingles[number] == len(hashes)


@settings(max_examples=100, deadline=None)
@given(documents, st.integers(1, 6))
def test_ngrams_have_one_hash_each_wherever_they_stand(texts: list[list[int]], n: int) -> None:
    known: dict[tuple[int, ...], int] = {}
    for text, hashes in zip(texts, grams(texts, n), strict=True):
        windows = [tuple(text[i : i + n]) for i in range(len(text) - n + 1)]
        distinct = list(dict.fromkeys(windows))
        assert len(hashes) == len(distinct)
        for window, one in zip(distinct, hashes.tolist(), strict=True):
            assert known.setdefault(window, one) == one
    assert len(set(known.values())) == len(known)


def polynomial(words: list[int]) -> int:
    """What the documentation says of the hash of an n-gram, in plain Python."""
    h = 0
    for one in words:
        h = (h * 0x9E3779B97F4A7C15 + one) & MASK
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & MASK
    h = (h ^ h >> 27) * 0x94D049BB133111EB & MASK
    return max(h ^ h >> 31, 1)


@settings(max_examples=50, deadline=None)
@given(st.lists(word, min_size=5, max_size=12))
def test_the_rolling_hash_is_the_polynomial(words: list[int]) -> None:
    edges = np.array([0, len(words)], np.int64)
    offsets, out = np.empty(2, np.int64), np.empty(len(words), np.uint64)
    found = minhash.distinct_grams(np.array(words, np.uint64), edges, 5, offsets, out)
    expected = dict.fromkeys(polynomial(words[i : i + 5]) for i in range(len(words) - 4))
    assert out[:found].tolist() == list(expected)


@pytest.mark.parametrize(
    ("text", "seed", "expected"),
    [  # from xxHash's own documentation and command line
        (b"", 0, 0xEF46DB3751D8E999),
        (b"a", 0, 0xD24EC4F1A98C6E5B),
        (b"abc", 0, 0x44BC2CF5AD770999),
        (b"Nobody inspects the spammish repetition", 0, 0xFBCEA83C8A378BF1),
        (b"xxhash", 20141025, 13067679811253438005),
    ],
)
def test_xxh64_has_the_published_values(text: bytes, seed: int, expected: int) -> None:
    assert minhash.xxh64(np.frombuffer(text, np.uint8), 0, len(text), seed) == expected


def hashes(texts: list[tuple[bytes, list[int]]]) -> tuple[list[tuple[int, ...]], ...]:
    data = np.frombuffer(b"".join(raw for raw, _ in texts), np.uint8)
    bounds = np.cumsum([0, *(len(raw) for raw, _ in texts)]).astype(np.int64)
    words, edges = flat([words for _, words in texts])
    raw = np.empty((len(texts), 2), np.uint64)
    folded = np.empty((len(texts), 2), np.uint64)
    minhash.text_hashes(data, bounds, words, edges, raw, folded)
    return tuple([tuple(row) for row in table.tolist()] for table in (raw, folded))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.binary(max_size=70), st.lists(st.integers(0, 3), max_size=5)),
        min_size=2,
        max_size=10,
    )
)
def test_equal_bytes_and_equal_words_have_equal_hashes_and_no_others(
    texts: list[tuple[bytes, list[int]]],
) -> None:
    raw, folded = hashes(texts)
    for i, j in itertools.combinations(range(len(texts)), 2):
        assert (raw[i] == raw[j]) == (texts[i][0] == texts[j][0])
        if texts[i][1] or texts[j][1]:
            assert (folded[i] == folded[j]) == (texts[i][1] == texts[j][1])
        else:  # without words, bytes tell
            assert (folded[i] == folded[j]) == (raw[i] == raw[j])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=40))
def test_repeated_marks_what_stands_twice(keys: list[int]) -> None:
    mask = np.empty(len(keys), np.bool_)
    minhash.repeated(np.array(keys, np.uint64), mask)
    assert mask.tolist() == [keys.count(key) > 1 for key in keys]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=40))
def test_partition_is_a_stable_sort(numbers: list[int]) -> None:
    starts, order = np.empty(7, np.int64), np.empty(len(numbers), np.int64)
    minhash.partition(np.array(numbers, np.int64), 6, starts, order)
    found = [order[starts[k] : starts[k + 1]].tolist() for k in range(6)]
    assert found == [[i for i, n in enumerate(numbers) if n == k] for k in range(6)]


def test_bands_are_shared_where_all_their_values_are_equal() -> None:
    draw = np.random.default_rng(1)
    signatures = draw.integers(0, 3, (200, 12), dtype=np.uint32)
    keys = np.empty((200, 5), np.uint64)
    minhash.band_keys(signatures, 3, keys)
    for i, j in itertools.combinations(range(200), 2):
        for band in range(4):
            rows = slice(3 * band, 3 * band + 3)
            assert (keys[i, band] == keys[j, band]) == (
                signatures[i, rows].tolist() == signatures[j, rows].tolist()
            )
    assert len(set(keys[:, 0].tolist()) & set(keys[:, 1].tolist())) == 0


def fast_sketch(hashes: set[int], factors: list[int]) -> list[tuple[int, int]]:
    """Fast similarity sketching as the paper's pseudocode has it: (round, hash) of each value."""
    size = len(factors) // 2
    values: list[tuple[int, int] | None] = [None] * size
    for turn in range(2 * size):
        given: dict[int, int] = {}
        for one in hashes:
            h = one * factors[turn] & MASK
            at = (h & 0xFFFFFFFF) * size >> 32 if turn < size else turn - size
            given[at] = min(given.get(at, MASK), h >> 32)
        for at, h in given.items():
            if values[at] is None:
                values[at] = (turn, h)
        if None not in values:
            break
    return [value for value in values if value is not None]


@settings(max_examples=60, deadline=None)
@given(documents, st.integers(1, 3), st.integers(1, 5), st.integers(1, 3), st.integers(0, 99))
def test_buckets_are_those_of_a_fast_similarity_sketch(
    texts: list[list[int]], n: int, bands: int, rows: int, seed: int
) -> None:
    factors = minhash.round_factors(bands * rows, seed)
    words, edges = flat(texts)
    shingles = np.empty(len(texts), np.int32)
    keys = np.empty((len(texts), bands + 1), np.uint64)
    minhash.buckets(words, edges, n, factors, rows, shingles, keys)
    found = [hashes.tolist() for hashes in grams(texts, n)]
    assert shingles.tolist() == [len(hashes) for hashes in found]
    values = {i: fast_sketch(set(h), factors.tolist()) for i, h in enumerate(found) if h}
    for i, j in itertools.combinations(values, 2):
        for band in range(bands):
            part = slice(band * rows, band * rows + rows)
            assert (keys[i, band] == keys[j, band]) == (values[i][part] == values[j][part])


@pytest.mark.parametrize(("shared", "union"), [(4, 5), (24, 30), (240, 300)])
def test_sketches_agree_as_often_as_sets_are_alike_however_short(shared: int, union: int) -> None:
    count, size = 2000, 108
    draw = np.random.default_rng(union)
    half = shared + (union - shared) // 2
    words = draw.integers(0, 1 << 63, (count, union), dtype=np.uint64)
    one, other = words[:, :half], np.delete(words, range(shared, half), axis=1)
    flat_words = np.concatenate([np.concatenate(pair) for pair in zip(one, other, strict=True)])
    lengths = np.tile([one.shape[1], other.shape[1]], count)
    edges = np.cumsum([0, *lengths]).astype(np.int64)
    shingles = np.empty(2 * count, np.int32)

    def equal(bands: int, rows: int) -> NDArray[np.bool_]:
        keys = np.empty((2 * count, bands + 1), np.uint64)
        factors = minhash.round_factors(size, 1)
        minhash.buckets(flat_words, edges, 1, factors, rows, shingles, keys)
        return np.asarray(keys[0::2, :bands] == keys[1::2, :bands])

    share = equal(size, 1).mean(axis=1)
    minhash_error = (0.8 * 0.2 / size) ** 0.5
    assert abs(share.mean() - 0.8) < 4 * minhash_error / count**0.5
    assert share.std() < 1.05 * minhash_error
    # 1 - (1 - .8⁶)¹⁸ = .9958 with independent values
    assert equal(18, 6).any(axis=1).mean() >= 0.992


def pairs_of(
    keys: list[int], marks: list[int], small: int, near: int
) -> tuple[list[tuple[int, int]], int, int]:
    order = sorted(range(len(keys)), key=keys.__getitem__)
    sorted_keys = np.array([keys[i] for i in order], np.uint64)
    room = minhash.count_pairs(sorted_keys, small, near)
    first, second = np.empty(room, np.int64), np.empty(room, np.int64)
    found, large, crowded = minhash.bucket_pairs(
        sorted_keys,
        np.array(order, np.int64),
        np.array([marks[i] for i in order], np.uint64),
        small,
        near,
        first,
        second,
    )
    return list(zip(first[:found].tolist(), second[:found].tolist(), strict=True)), large, crowded


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=30))
def test_small_buckets_give_all_their_pairs(keys: list[int]) -> None:
    found, large, crowded = pairs_of(keys, [0] * len(keys), 32, 2)
    expected = [p for p in itertools.combinations(range(len(keys)), 2) if keys[p[0]] == keys[p[1]]]
    assert sorted(found) == expected
    assert (large, crowded) == (0, 0)


def test_large_buckets_give_few_pairs_which_hold_those_of_equal_marks() -> None:
    draw = random.Random(2)
    count = 5000
    marks = [draw.getrandbits(64) for _ in range(count)]
    for copy in range(1000):  # two and two agree in one mark of four
        turn = 16 * draw.randrange(4)
        theirs = marks[copy] >> turn & 0xFFFF
        marks[copy + 1000] = marks[copy + 1000] & ~(0xFFFF << turn) | theirs << turn
    found, large, crowded = pairs_of([7] * count, marks, 32, 4)
    assert (large, crowded) == (1, count)
    assert len(found) <= count * 17
    assert all(a < b for a, b in found)
    assert {(0, other) for other in range(1, count)} <= set(found)
    met = sum((copy, copy + 1000) in set_of for set_of in [set(found)] for copy in range(1000))
    assert met >= 995


def jaccard(one: set[int], other: set[int]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sets(st.integers(1, 12), max_size=10), min_size=2, max_size=9),
    st.sampled_from([0.3, 0.5, 0.75, 0.8, 1.0]),
)
def test_verified_edges_are_exact_and_connect_what_brute_force_connects(
    sets: list[set[int]], threshold: float
) -> None:
    values = [sorted(each) for each in sets]
    ends = np.cumsum([len(each) for each in values]).astype(np.int64)
    begins = ends - [len(each) for each in values]
    content = np.array([v for each in values for v in each], np.uint64)
    everyone = list(itertools.combinations(range(len(sets)), 2))
    first, second = (np.array(end, np.int64) for end in zip(*everyone, strict=True))
    parents = np.arange(len(sets))
    edges = np.empty((len(everyone), 4), np.int64)
    found, compared = minhash.verify(
        first, second, begins, ends, content, threshold, parents, edges
    )
    assert found <= compared <= len(everyone)
    label = list(range(len(sets)))
    for a, b in everyone:
        if sets[a] & sets[b] and jaccard(sets[a], sets[b]) >= threshold:
            old, new = label[b], label[a]
            label = [new if each == old else each for each in label]
    known = list(range(len(sets)))
    for a, b, intersection, union in edges[:found].tolist():
        assert intersection == len(sets[a] & sets[b])
        assert union == len(sets[a] | sets[b])
        assert intersection / union >= threshold
        assert known[a] != known[b]  # each edge joins something
        old, new = known[b], known[a]
        known = [new if each == old else each for each in known]
    for a, b in everyone:
        assert (known[a] == known[b]) == (label[a] == label[b])

    shared = np.empty(len(everyone), np.int64)
    minhash.shared_grams(first, second, begins, ends, content, shared)
    assert shared.tolist() == [len(sets[a] & sets[b]) for a, b in everyone]


def test_a_quotient_at_the_threshold_reaches_it() -> None:
    # 12 of 15: 0.8 * 15 is more than 12 in binary
    content = np.array([*range(1, 14), *range(1, 13), 20, 21], np.uint64)
    begins, ends = np.array([0, 13]), np.array([13, 27])
    edges = np.empty((1, 4), np.int64)
    found, _ = minhash.verify(
        np.array([0]), np.array([1]), begins, ends, content, 0.8, np.arange(2), edges
    )
    assert (found, edges[0].tolist()) == (1, [0, 1, 12, 15])


def test_locate_finds_what_is_there() -> None:
    known = sorted({(f, p) for f in range(3) for p in (0, 5, 1 << 40)} - {(1, 5)})
    asked = [(f, p) for f in range(-1, 4) for p in (-1, 0, 4, 5, 6, 1 << 40)]
    places = np.empty(len(asked), np.int64)
    files, positions = (np.array(column) for column in zip(*asked, strict=True))
    known_files, known_positions = (np.array(column) for column in zip(*known, strict=True))
    minhash.locate(
        files.astype(np.int32), positions, known_files.astype(np.int32), known_positions, places
    )
    assert places.tolist() == [known.index(one) if one in known else -1 for one in asked]
