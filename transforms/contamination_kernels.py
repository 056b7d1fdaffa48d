"""The compiled part of `contamination`: runs of words of a batch that stand in a benchmark.

Numba kernels as in `kernels`, in a module of their own so that the cached code of each lives by
the time of its own file.
"""

from __future__ import annotations

from numba import njit, uint64

from corpus_assay.transforms.kernels import mix

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
BASE = 0xD1342543DE82EF95
"""Base of the rolling hash, odd; words are 64-bit hashes already."""
_BASE = uint64(BASE)
_LENGTH = uint64(0x9E3779B97F4A7C15)


@njit(**_KERNEL)
def prefixes(hashes, sums):  # type: ignore[no-untyped-def]
    """Rolling hash of all words up to each: ``sums`` (uint64[words + 1])."""
    sums[0] = 0
    for i in range(hashes.size):
        sums[i + 1] = sums[i] * _BASE + hashes[i]


@njit(**_KERNEL)
def run_key(sums, first, length, power):  # type: ignore[no-untyped-def]
    """Key of the ``length`` words from ``first`` on; ``power`` is BASE to the power of length."""
    value = sums[first + length] - sums[first] * power
    return mix(value ^ uint64(length) * _LENGTH)


@njit(**_KERNEL)
def run_keys(sums, firsts, lengths, powers, keys):  # type: ignore[no-untyped-def]
    """Keys of many runs; ``powers`` (uint64) by length."""
    for k in range(firsts.size):
        keys[k] = run_key(sums, firsts[k], lengths[k], powers[lengths[k]])


@njit(**_KERNEL)
def fill(keys, sieve, slots, numbers):  # type: ignore[no-untyped-def]
    """Put distinct keys, number k the k-th, into an empty hash table.

    ``slots`` (uint64) and ``numbers`` (int32, all -1) have a power of two of places, at least
    twice the keys; ``sieve`` (uint64, all 0) a power of two of words, with a bit for each key.
    """
    mask, words = uint64(slots.size - 1), uint64(sieve.size - 1)
    for k in range(keys.size):
        key = keys[k]
        sieve[(key >> uint64(6)) & words] |= uint64(1) << (key & uint64(63))
        place = (key >> uint64(32)) & mask
        while numbers[place] >= 0:
            place = (place + uint64(1)) & mask
        slots[place] = key
        numbers[place] = k


@njit(**_KERNEL)
def find(  # type: ignore[no-untyped-def]
    token_offsets, part_document, sums, lengths, powers, sieve, slots, numbers, documents, found
):
    """Runs of some ``lengths`` (int64) inside parts that are in the table of `fill`.

    ``documents`` and ``found`` (int64) get the document and the number of each, as far as they
    have room. Returns how many there are.
    """
    mask, words = uint64(slots.size - 1), uint64(sieve.size - 1)
    n = 0
    for part in range(part_document.size):
        low, high = token_offsets[part], token_offsets[part + 1]
        for j in range(lengths.size):
            length = lengths[j]
            power = powers[length]
            for first in range(low, high - length + 1):
                key = run_key(sums, first, length, power)
                if not (sieve[(key >> uint64(6)) & words] >> (key & uint64(63))) & uint64(1):
                    continue
                place = (key >> uint64(32)) & mask
                while numbers[place] >= 0:
                    if slots[place] == key:
                        if n < found.size:
                            documents[n] = part_document[part]
                            found[n] = numbers[place]
                        n += 1
                        break
                    place = (place + uint64(1)) & mask
    return n
