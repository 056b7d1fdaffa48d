"""Compiled parts of the search for duplicates: n-grams, MinHash, hash tables, exact Jaccard.

An *n-gram* (shingle) is n neighbouring words of a document, by the hash of the token batch; where
scripts have no spaces a word is a character. Its 64-bit hash is the polynomial of its words' hashes
modulo 2⁶⁴, spread by the finalizer of SplitMix64 (Steele et al. 2014), never 0. MinHash sees the
upper 32 bits, exact Jaccard all 64.

**MinHash** (Broder 1997) is datasketch's scheme "affine32", bit for bit: the 32-bit hash goes
through the finalizer of MurmurHash3 once, then permutation k gives ``a[k] * h + b[k]`` modulo 2³²,
and the smallest value over a document's n-grams is its k-th value. It is what signatures are made
of, which other tools read; it takes time with every permutation.

**Fast similarity sketching** (Dahlgaard, Langhede, Houen, Thorup: arXiv 1704.04370, section 2) is
what candidates are found by, since nobody but this program reads that: of t values each n-gram
gives one, by its hash, in rounds until all t values are given. Two sets agree in a value with the
probability that is their Jaccard similarity, as with MinHash, and the share of equal values lies
as near to it (theorem 2: Chernoff's bounds), in O(t log t + n-grams) instead of O(t · n-grams).

All kernels are ``nogil`` and cached. They allocate by the sizes of the arrays they are given.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

SCHEME = "affine32"
"""Name that datasketch 2.0 gives to this MinHash."""

SKETCH = "fast similarity sketching"
"""What candidates are found by; see above."""

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

_BASE = uint64(0x9E3779B97F4A7C15)
_STEP = uint64(0xD6E8FEB86659FD93)
_SALT = uint64(0xA24BAED4963EE407)

_P1, _P2 = uint64(0x9E3779B185EBCA87), uint64(0xC2B2AE3D27D4EB4F)
_P3, _P4 = uint64(0x165667B19E3779F9), uint64(0x85EBCA77C2B2AE63)
_P5 = uint64(0x27D4EB2F165667C5)
"""Constants of XXH64."""

_NO_VALUE = uint64(0xFFFFFFFFFFFFFFFF)


def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors (odd) and summands (uint32[count] each) that datasketch's "affine32" draws."""
    generator = np.random.RandomState(seed)
    factors = generator.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, generator.randint(0, 1 << 32, count, dtype=np.uint32)


def round_factors(values: int, seed: int) -> NDArray[np.uint64]:
    """What multiplies n-gram hashes in the rounds of `buckets` (odd uint64[2 · values])."""
    generator = np.random.RandomState(seed)
    drawn = generator.randint(0, 1 << 63, 2 * values, dtype=np.uint64)
    return drawn * np.uint64(2) + np.uint64(1)


@njit(**_KERNEL)
def mixed(value):  # type: ignore[no-untyped-def]
    """A bijection of uint64 that spreads every bit (the finalizer of SplitMix64)."""
    value = (value ^ (value >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> uint64(27))) * uint64(0x94D049BB133111EB)
    return value ^ (value >> uint64(31))


@njit(**_KERNEL)
def _rotated(value, bits):  # type: ignore[no-untyped-def]
    return value << uint64(bits) | value >> uint64(64 - bits)


@njit(**_KERNEL)
def _grams(words, begin, end, n, out):  # type: ignore[no-untyped-def]
    """Hashes of the n-grams of ``words[begin:end]`` into `out`, repeated ones too; their number."""
    count = end - begin - n + 1
    if count <= 0:
        return 0
    last = uint64(1)
    h = uint64(0)
    for k in range(n):
        h = h * _BASE + words[begin + k]
        last *= _BASE
    out[0] = max(mixed(h), uint64(1))
    for i in range(1, count):
        # What leaves is taken off after the product, so that only that waits for the last hash.
        h = h * _BASE + (words[begin + i + n - 1] - words[begin + i - 1] * last)
        out[i] = max(mixed(h), uint64(1))
    return count


@njit(**_KERNEL)
def _longest(begins, ends):  # type: ignore[no-untyped-def]
    longest = 0
    for d in range(begins.size):
        longest = max(longest, ends[d] - begins[d])
    return longest


@njit(**_KERNEL)
def _table_size(count):  # type: ignore[no-untyped-def]
    """Slots of an open-addressing table for `count` keys: a power of two, half of it free."""
    size = 16
    while size < 2 * count:
        size *= 2
    return size


@njit(**_KERNEL)
def _room(count):  # type: ignore[no-untyped-def]
    """Slots of a table of `count` n-grams: more are free where it fits a processor's cache."""
    return _table_size(2 * count if count <= 1 << 15 else count)


@njit(**_KERNEL)
def _distinct(grams, count, table, out):  # type: ignore[no-untyped-def]
    """The distinct hashes of ``grams[:count]``, in the order they come, into `out`; their number.

    Leaves in ``table[:_room(count)]`` what `_shared` looks up; `out` may be `grams`.
    """
    size = _room(count)
    table[:size] = 0
    mask = uint64(size - 1)
    found = 0
    for i in range(count):
        gram = grams[i]
        at = gram & mask
        held = table[at]
        while held and held != gram:
            at = (at + uint64(1)) & mask
            held = table[at]
        # No branch: whether an n-gram is new cannot be foreseen.
        table[at] = gram
        out[found] = gram
        found += held == 0
    return found


@njit(**_KERNEL)
def _shared(grams, begin, end, table, size):  # type: ignore[no-untyped-def]
    """How many of the distinct hashes ``grams[begin:end]`` are in a table."""
    mask = uint64(size - 1)
    shared = 0
    for i in range(begin, end):
        gram = grams[i]
        at = gram & mask
        while table[at] != 0 and table[at] != gram:
            at = (at + uint64(1)) & mask
        shared += table[at] == gram
    return shared


@njit(**_KERNEL)
def _fmix32(h):  # type: ignore[no-untyped-def]
    # numba widens uint32 * uint32 to 64 bits: every product is cut back.
    h ^= h >> np.uint32(16)
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h ^= h >> np.uint32(13)
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


@njit(**_KERNEL)
def _minima(low, count, factors, summands, out):  # type: ignore[no-untyped-def]
    """MinHash values of premixed 32-bit hashes; four permutations read each hash once."""
    size = factors.size
    k = 0
    while k + 4 <= size:
        a0, a1, a2, a3 = factors[k], factors[k + 1], factors[k + 2], factors[k + 3]
        b0, b1, b2, b3 = summands[k], summands[k + 1], summands[k + 2], summands[k + 3]
        m0 = m1 = m2 = m3 = np.uint32(0xFFFFFFFF)
        for i in range(count):
            h = low[i]
            m0 = min(m0, np.uint32(np.uint32(a0 * h) + b0))
            m1 = min(m1, np.uint32(np.uint32(a1 * h) + b1))
            m2 = min(m2, np.uint32(np.uint32(a2 * h) + b2))
            m3 = min(m3, np.uint32(np.uint32(a3 * h) + b3))
        out[k], out[k + 1], out[k + 2], out[k + 3] = m0, m1, m2, m3
        k += 4
    while k < size:
        m0 = np.uint32(0xFFFFFFFF)
        for i in range(count):
            m0 = min(m0, np.uint32(np.uint32(factors[k] * low[i]) + summands[k]))
        out[k] = m0
        k += 1


@njit(**_KERNEL)
def sketch(words, edges, n, factors, summands, shingles, signatures):  # type: ignore[no-untyped-def]
    """Distinct n-grams and MinHash of every document.

    Reads ``words`` (uint64) and ``edges`` (int64[documents + 1]: where a document's words begin and
    end). Fills ``shingles`` (int32[documents]) and ``signatures`` (uint32[documents, permutations];
    all ones for a document without n-grams, as in datasketch).
    """
    longest = _longest(edges[:-1], edges[1:])
    grams = np.empty(longest + 1, np.uint64)
    table = np.empty(_room(longest), np.uint64)
    low = np.empty(longest, np.uint32)
    for d in range(edges.size - 1):
        count = _grams(words, edges[d], edges[d + 1], n, grams)
        count = _distinct(grams, count, table, grams)
        shingles[d] = count
        for i in range(count):
            low[i] = _fmix32(np.uint32(grams[i] >> uint64(32)))
        _minima(low, count, factors, summands, signatures[d])


@njit(**_KERNEL)
def _band_keys(values, rows, keys):  # type: ignore[no-untyped-def]
    """Fills the keys of a document's bands and returns its marks; see `band_keys`."""
    size = values.size
    width = max(rows // 3, 1)
    for band in range(keys.size):
        h = mixed(np.uint64(band) + _SALT)
        for k in range(band * rows, band * rows + rows):
            h = (h ^ np.uint64(values[k])) * _STEP
            h ^= h >> uint64(32)
        keys[band] = mixed(h)
    mark = uint64(0)
    for j in range(4):
        h = _SALT
        for k in range(width):
            at = ((j * width + k) * size) // (4 * width)
            h = mixed(h ^ np.uint64(values[at]))
        mark = mark << uint64(16) | h >> uint64(48)
    return mark


@njit(**_KERNEL)
def band_keys(signatures, rows, keys):  # type: ignore[no-untyped-def]
    """Keys of every band of every document, and marks that tell documents of a bucket apart.

    Reads ``signatures`` (uint32[documents, permutations]). Fills ``keys`` (uint64[documents,
    bands + 1]): a hash of each band's number and its `rows` values, then the marks: four hashes of
    16 bits, each of `rows` // 3 values at least 1 spread over the signature.
    """
    last = keys.shape[1] - 1
    for d in range(signatures.shape[0]):
        keys[d, last] = _band_keys(signatures[d], rows, keys[d, :last])


@njit(**_KERNEL)
def _sketch(grams, count, factors, values):  # type: ignore[no-untyped-def]
    """Fast similarity sketch of ``grams[:count]`` (not empty).

    Reads ``factors`` (uint64[2t], odd), one a round. Fills ``values`` (uint64[t]): the number of
    the round in which a value was given, and the smallest 32-bit hash of the n-grams that fell on
    it then. In round i an n-gram falls on one value by its hash; rounds t and beyond, which short
    texts need, are of one value each.
    """
    size = values.size
    bins = np.uint64(size)
    values[:] = _NO_VALUE
    for turn in range(size):
        top = np.uint64(turn) << uint64(32)
        for i in range(count):
            h = grams[i] * factors[turn]
            at = ((h & uint64(0xFFFFFFFF)) * bins) >> uint64(32)
            values[at] = min(values[at], top | h >> uint64(32))
        missing = 0
        for k in range(size):
            missing += values[k] == _NO_VALUE
        if missing == 0:
            return
    for k in range(size):
        if values[k] == _NO_VALUE:
            top = np.uint64(size + k) << uint64(32)
            for i in range(count):
                values[k] = min(values[k], top | (grams[i] * factors[size + k]) >> uint64(32))


@njit(**_KERNEL)
def buckets(words, edges, n, factors, rows, shingles, out):  # type: ignore[no-untyped-def]
    """Distinct n-grams of every document, and the buckets in which it looks for its like.

    Reads ``words`` (uint64), ``edges`` (int64[documents + 1]: where a document's words begin and
    end) and ``factors`` (uint64[2 · bands · rows], `round_factors`). Fills ``shingles``
    (int32[documents]) and ``out`` (uint64[documents, bands + 1]): the keys of `band_keys` of a
    fast similarity sketch, then its marks; undefined for a document without n-grams.
    """
    longest = _longest(edges[:-1], edges[1:])
    grams = np.empty(longest + 1, np.uint64)
    table = np.empty(_room(longest), np.uint64)
    values = np.empty(factors.size // 2, np.uint64)
    last = out.shape[1] - 1
    for d in range(edges.size - 1):
        count = _grams(words, edges[d], edges[d + 1], n, grams)
        count = _distinct(grams, count, table, grams)
        shingles[d] = count
        if count:
            _sketch(grams, count, factors, values)
            out[d, last] = _band_keys(values, rows, out[d, :last])


@njit(**_KERNEL)
def distinct_grams(words, edges, n, offsets, out):  # type: ignore[no-untyped-def]
    """Distinct 64-bit n-gram hashes of every document, in the order they come.

    Reads as `sketch`. Fills ``offsets`` (int64[documents + 1]) and ``out`` (uint64, with room for
    as many as there are words); returns how many there are.
    """
    longest = _longest(edges[:-1], edges[1:])
    grams = np.empty(longest + 1, np.uint64)
    table = np.empty(_room(longest), np.uint64)
    at = 0
    for d in range(edges.size - 1):
        offsets[d] = at
        count = _grams(words, edges[d], edges[d + 1], n, grams)
        at += _distinct(grams, count, table, out[at:])
    offsets[edges.size - 1] = at
    return at


@njit(**_KERNEL)
def _load(data, i):  # type: ignore[no-untyped-def]
    """Eight bytes from `i`, little end first; LLVM makes one load of it."""
    i = np.uint64(i)
    return (
        uint64(data[i])
        | uint64(data[i + uint64(1)]) << uint64(8)
        | uint64(data[i + uint64(2)]) << uint64(16)
        | uint64(data[i + uint64(3)]) << uint64(24)
        | uint64(data[i + uint64(4)]) << uint64(32)
        | uint64(data[i + uint64(5)]) << uint64(40)
        | uint64(data[i + uint64(6)]) << uint64(48)
        | uint64(data[i + uint64(7)]) << uint64(56)
    )


@njit(**_KERNEL)
def _round(lane, word):  # type: ignore[no-untyped-def]
    return _rotated(lane + word * _P2, 31) * _P1


@njit(**_KERNEL)
def xxh64(data, begin, end, seed):  # type: ignore[no-untyped-def]
    """XXH64 of ``data[begin:end]`` (uint8), as its specification says (Collet, version 0.1.1)."""
    seed = np.uint64(seed)
    i = begin
    if end - begin >= 32:
        v1, v2, v3, v4 = seed + _P1 + _P2, seed + _P2, seed, seed - _P1
        while i + 32 <= end:
            v1 = _round(v1, _load(data, i))
            v2 = _round(v2, _load(data, i + 8))
            v3 = _round(v3, _load(data, i + 16))
            v4 = _round(v4, _load(data, i + 24))
            i += 32
        h = _rotated(v1, 1) + _rotated(v2, 7) + _rotated(v3, 12) + _rotated(v4, 18)
        h = (h ^ _round(uint64(0), v1)) * _P1 + _P4
        h = (h ^ _round(uint64(0), v2)) * _P1 + _P4
        h = (h ^ _round(uint64(0), v3)) * _P1 + _P4
        h = (h ^ _round(uint64(0), v4)) * _P1 + _P4
    else:
        h = seed + _P5
    h += np.uint64(end - begin)
    while i + 8 <= end:
        h = _rotated(h ^ _round(uint64(0), _load(data, i)), 27) * _P1 + _P4
        i += 8
    if i + 4 <= end:
        word = uint64(data[i]) | uint64(data[i + 1]) << uint64(8)
        word |= uint64(data[i + 2]) << uint64(16) | uint64(data[i + 3]) << uint64(24)
        h = _rotated(h ^ (word * _P1), 23) * _P2 + _P3
        i += 4
    while i < end:
        h = _rotated(h ^ (uint64(data[i]) * _P5), 11) * _P1
        i += 1
    h = (h ^ (h >> uint64(33))) * _P2
    h = (h ^ (h >> uint64(29))) * _P3
    return h ^ (h >> uint64(32))


@njit(**_KERNEL)
def text_hashes(data, bounds, words, edges, raw, folded):  # type: ignore[no-untyped-def]
    """128-bit hashes of every document, of its bytes and of its words.

    Reads ``data`` (uint8) and ``bounds`` (int64[documents + 1]), ``words`` and ``edges`` as
    `sketch`. Fills ``raw`` and ``folded`` (uint64[documents, 2]). ``raw`` is XXH64 with the seeds 0
    and 1. ``folded`` takes the words one after the other in two lanes, and their number; a document
    without words has ``raw`` there, so that only its very bytes are equal to it.
    """
    for d in range(edges.size - 1):
        raw[d, 0] = xxh64(data, bounds[d], bounds[d + 1], 0)
        raw[d, 1] = xxh64(data, bounds[d], bounds[d + 1], 1)
        count = np.uint64(edges[d + 1] - edges[d])
        if count == 0:
            folded[d, 0], folded[d, 1] = raw[d, 0], raw[d, 1]
            continue
        first, second = _SALT, _STEP
        for i in range(edges[d], edges[d + 1]):
            first = _rotated(first ^ words[i], 29) * _BASE
            second = _rotated(second + words[i] * _STEP, 31) * _P1
        folded[d, 0] = mixed(first + count)
        folded[d, 1] = mixed(second ^ (count * _SALT))


@njit(**_KERNEL)
def partition(numbers, count, starts, order):  # type: ignore[no-untyped-def]
    """A stable counting sort.

    Reads ``numbers`` (integers in [0, count)). Fills ``starts`` (int64[count + 1]) and ``order``
    (int64): ``order[starts[k]:starts[k + 1]]`` are the places where the number is k, ascending.
    """
    starts[:] = 0
    for i in range(numbers.size):
        starts[numbers[i] + 1] += 1
    for k in range(count):
        starts[k + 1] += starts[k]
    at = starts[:-1].copy()
    for i in range(numbers.size):
        order[at[numbers[i]]] = i
        at[numbers[i]] += 1


@njit(**_KERNEL)
def repeated(keys, mask):  # type: ignore[no-untyped-def]
    """Marks in ``mask`` (bool) the places of ``keys`` (uint64) whose key stands elsewhere too.

    Most keys stand alone, and one look-up each costs less than sorting them. Memory: 16 to 32
    bytes a key.
    """
    size = _table_size(keys.size)
    first = np.full(size, -1, np.int64)
    slots = np.uint64(size - 1)
    for i in range(keys.size):
        at = mixed(keys[i]) & slots
        while first[at] >= 0 and keys[first[at]] != keys[i]:
            at = (at + uint64(1)) & slots
        if first[at] < 0:
            first[at] = i
            mask[i] = False
        else:
            mask[i] = True
            mask[first[at]] = True


@njit(**_KERNEL)
def _bucket_pairs(size, small, near):  # type: ignore[no-untyped-def]
    """Pairs that `bucket_pairs` gives for a bucket, an upper bound for large ones."""
    if size <= small:
        return size * (size - 1) // 2
    return size * (1 + 4 * near)


@njit(**_KERNEL)
def count_pairs(keys, small, near):  # type: ignore[no-untyped-def]
    """Room that `bucket_pairs` needs for sorted ``keys``."""
    total = 0
    begin = 0
    while begin < keys.size:
        end = begin + 1
        while end < keys.size and keys[end] == keys[begin]:
            end += 1
        total += _bucket_pairs(end - begin, small, near)
        begin = end
    return total


@njit(**_KERNEL)
def bucket_pairs(keys, documents, marks, small, near, first, second):  # type: ignore[no-untyped-def]
    """Pairs of documents to compare, of the buckets of a band.

    Reads ``keys`` (uint64, ascending), ``documents`` (int64, ascending within a key) and ``marks``
    (uint64). All pairs of a bucket of at most `small` documents. In a larger one each document is
    paired with the first, and in four orders (by the four marks of `band_keys`, the j-th first in
    the j-th) with the `near` that follow: near-copies agree in most marks and so stand together.

    Fills ``first`` and ``second`` (int64, first < second). Returns the number of pairs, of buckets
    over `small`, and of the documents in them.
    """
    n = 0
    large = 0
    crowded = 0
    begin = 0
    while begin < keys.size:
        end = begin + 1
        while end < keys.size and keys[end] == keys[begin]:
            end += 1
        if end - begin <= small:
            for i in range(begin, end):
                for j in range(i + 1, end):
                    first[n], second[n] = documents[i], documents[j]
                    n += 1
        else:
            large += 1
            crowded += end - begin
            for i in range(begin + 1, end):
                first[n], second[n] = documents[begin], documents[i]
                n += 1
            for turn in range(4):
                turned = np.empty(end - begin, np.uint64)
                for i in range(begin, end):
                    turned[i - begin] = _rotated(marks[i], 16 * turn) if turn else marks[i]
                order = np.argsort(turned, kind="mergesort")
                for i in range(order.size):
                    for j in range(i + 1, min(i + 1 + near, order.size)):
                        a, b = documents[begin + order[i]], documents[begin + order[j]]
                        first[n], second[n] = min(a, b), max(a, b)
                        n += 1
        begin = end
    return n, large, crowded


@njit(**_KERNEL)
def _root(parents, i):  # type: ignore[no-untyped-def]
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(**_KERNEL)
def verify(  # type: ignore[no-untyped-def]
    first, second, begins, ends, grams, threshold, parents, edges
):
    """Clusters of documents joined by pairs whose exact Jaccard reaches a threshold.

    Reads pairs ``first`` and ``second`` (int64 document numbers, sorted by `first`), and the
    distinct n-gram hashes of document d, ``grams[begins[d]:ends[d]]``. ``parents`` (int64) numbers
    the documents from 0 at first; afterwards it is a forest whose trees are the clusters. A pair
    whose documents are joined already is not compared: edges are sufficient, not complete.

    Fills ``edges`` (int64[pairs, 4]: first, second, intersection, union) with the pairs that joined
    something. Returns their number and how many pairs were compared.
    """
    longest = _longest(begins, ends)
    table = np.empty(_room(longest), np.uint64)
    scratch = np.empty(longest + 1, np.uint64)
    held = np.int64(-1)
    size = 0
    found = 0
    compared = 0
    for p in range(first.size):
        a, b = first[p], second[p]
        root, other = _root(parents, a), _root(parents, b)
        if root == other:
            continue
        count_a, count_b = ends[a] - begins[a], ends[b] - begins[b]
        if min(count_a, count_b) / max(count_a, count_b, 1) < threshold:
            continue
        if held != a:
            _distinct(grams[begins[a] : ends[a]], count_a, table, scratch)
            held, size = a, _room(count_a)
        compared += 1
        shared = _shared(grams, begins[b], ends[b], table, size)
        union = count_a + count_b - shared
        # A quotient is rounded as the threshold was, so 4 of 5 reach 0.8.
        if shared == 0 or shared / union < threshold:
            continue
        parents[max(root, other)] = min(root, other)
        edges[found, 0], edges[found, 1] = a, b
        edges[found, 2], edges[found, 3] = shared, union
        found += 1
    return found, compared


@njit(**_KERNEL)
def shared_grams(first, second, begins, ends, grams, shared):  # type: ignore[no-untyped-def]
    """N-grams that two documents share, for every pair.

    Reads as `verify`; fills ``shared`` (int64). Fast where neighbouring pairs begin with the same
    document.
    """
    longest = _longest(begins, ends)
    table = np.empty(_room(longest), np.uint64)
    scratch = np.empty(longest + 1, np.uint64)
    held = np.int64(-1)
    size = 0
    for p in range(first.size):
        a, b = first[p], second[p]
        if held != a:
            count = ends[a] - begins[a]
            _distinct(grams[begins[a] : ends[a]], count, table, scratch)
            held, size = a, _room(count)
        shared[p] = _shared(grams, begins[b], ends[b], table, size)


@njit(**_KERNEL)
def add_overlap(groups, sources, sizes, documents, total):  # type: ignore[no-untyped-def]
    """Adds up which sources have documents in one group with documents of which other source.

    Reads ``groups`` (int64, ascending), ``sources`` (int64), ``sizes`` and ``documents`` (int64):
    how many bytes and documents of a source a group has, each source of a group once. Adds to
    ``total`` (int64[sources, sources, 2]): documents and bytes of the first source that have the
    second in their group; for a source with itself, those of groups with two or more of it.
    """
    begin = 0
    while begin < groups.size:
        end = begin + 1
        while end < groups.size and groups[end] == groups[begin]:
            end += 1
        for i in range(begin, end):
            for j in range(begin, end):
                if i != j or documents[i] > 1:
                    total[sources[i], sources[j], 0] += documents[i]
                    total[sources[i], sources[j], 1] += sizes[i]
        begin = end


@njit(**_KERNEL)
def equal_values(first, second, counts):  # type: ignore[no-untyped-def]
    """Equal values of the signatures (uint32[pairs, permutations]) of each pair, into int64."""
    for p in range(first.shape[0]):
        same = 0
        for k in range(first.shape[1]):
            same += first[p, k] == second[p, k]
        counts[p] = same


@njit(**_KERNEL)
def mixed_all(values):  # type: ignore[no-untyped-def]
    """`mixed` of every value (uint64)."""
    out = np.empty(values.size, np.uint64)
    for i in range(values.size):
        out[i] = mixed(values[i])
    return out


@njit(**_KERNEL)
def locate(files, positions, known_files, known_positions, places):  # type: ignore[no-untyped-def]
    """Place of each (file, position) among known ones, which are ascending; -1 where it is not.

    Reads int32 and int64 arrays; fills ``places`` (int64).
    """
    for i in range(files.size):
        low, high = 0, known_files.size
        while low < high:
            middle = (low + high) // 2
            if known_files[middle] < files[i] or (
                known_files[middle] == files[i] and known_positions[middle] < positions[i]
            ):
                low = middle + 1
            else:
                high = middle
        found = (
            low < known_files.size
            and known_files[low] == files[i]
            and known_positions[low] == positions[i]
        )
        places[i] = low if found else -1
