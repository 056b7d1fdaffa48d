"""Compiled parts of `preferences`: differences of two answers, margins, sketches of directions.

Runs of units, and cells of sketches, are those of `run_kernels`. All kernels are ``nogil`` and
cached.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.run_kernels import append_runs, cell, chained

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

_CLASS = uint64(0xA24BAED4963EE407)

ANSWER_LONGEST = 2
"""Units of the longest run of an answer."""


@njit(**_KERNEL)
def differences(  # type: ignore[no-untyped-def]
    unit_hashes, chosen_low, chosen_high, rejected_low, rejected_high, reach, keys, signs, offsets
):
    """Runs that one answer of each pair has more often than the other.

    Answers of pair p are the units ``chosen_low[p]`` to ``chosen_high[p]``, and so for
    ``rejected_*`` (int64). Fills ``keys`` (uint64, ascending in a pair; room for `ANSWER_LONGEST`
    a unit and four a pair), ``signs`` (int8: 1 more often in chosen, −1 in rejected) and
    ``offsets`` (int64[pairs + 1]); returns how many.
    """
    n = 0
    for p in range(chosen_low.size):
        offsets[p] = n
        room = chosen_high[p] - chosen_low[p] + rejected_high[p] - rejected_low[p]
        held = np.empty(ANSWER_LONGEST * room + 4, np.uint64)
        k = append_runs(unit_hashes, chosen_low[p], chosen_high[p], ANSWER_LONGEST, reach, held, 0)
        m = append_runs(
            unit_hashes, rejected_low[p], rejected_high[p], ANSWER_LONGEST, reach, held, k
        )
        a, b = np.sort(held[:k]), np.sort(held[k:m])
        i, j = 0, 0
        while i < a.size or j < b.size:
            if j >= b.size:
                value = a[i]
            elif i >= a.size:
                value = b[j]
            else:
                value = min(a[i], b[j])
            difference = 0
            while i < a.size and a[i] == value:
                difference += 1
                i += 1
            while j < b.size and b[j] == value:
                difference -= 1
                j += 1
            if difference != 0:
                keys[n], signs[n] = value, 1 if difference > 0 else -1
                n += 1
    offsets[chosen_low.size] = n
    return n


@njit(**_KERNEL)
def class_keys(out):  # type: ignore[no-untyped-def]
    """Keys that stand for classes of answers among those of runs: ``out`` (uint64)."""
    for k in range(out.size):
        out[k] = chained(_CLASS, uint64(k))


@njit(**_KERNEL)
def count_differences(keys, signs, bits, sums, squares):  # type: ignore[no-untyped-def]
    """Adds Σd and Σd² of each key to its cell: ``sums``, ``squares`` (int64[2 ** bits])."""
    for k in range(keys.size):
        at = cell(keys[k], 0, bits)
        sums[at] += signs[k]
        squares[at] += 1


@njit(**_KERNEL)
def margins(  # type: ignore[no-untyped-def]
    keys, signs, offsets, bits, sums, squares, shrink, out
):
    """What the other pairs say of each pair: ``out`` (float64[pairs]), above 0 where they agree.

    Each of its n keys weighs (Σd − d) / (Σd² − d² + shrink), without the pair itself; the margin
    is the sum of weight · d over √n.
    """
    for p in range(out.size):
        total, n = 0.0, 0
        for k in range(offsets[p], offsets[p + 1]):
            at = cell(keys[k], 0, bits)
            rest = np.int64(squares[at]) - 1
            if rest > 0:
                total += signs[k] * (np.int64(sums[at]) - signs[k]) / (rest + shrink)
                n += 1
        out[p] = total / np.sqrt(np.float64(n)) if n else 0.0


@njit(**_KERNEL)
def count_runs(keys, offsets, values, bits, counts, decided, sums):  # type: ignore[no-untyped-def]
    """Adds every run of each document, and the document's values, to a sketch of two rows.

    ``values`` (int32[documents, D]); ``counts`` (uint32[2, cells]) gets documents, ``decided``
    (uint32[D, 2, cells]) those with a value other than 0, ``sums`` (int64[D, 2, cells]) the values.
    """
    for d in range(offsets.size - 1):
        for k in range(offsets[d], offsets[d + 1]):
            for row in range(2):
                at = cell(keys[k], row, bits)
                counts[row, at] += np.uint32(1)
                for v in range(values.shape[1]):
                    if values[d, v] != 0:
                        decided[v, row, at] += np.uint32(1)
                        sums[v, row, at] += values[d, v]


@njit(**_KERNEL)
def signs_of(keys, signs, offsets, documents, wanted, out):  # type: ignore[no-untyped-def]
    """d of ``wanted[k]`` in pair ``documents[k]``, 0 where its answers do not differ in it: ``out``
    (int64). The rest as `differences` gives it."""
    for k in range(wanted.size):
        low, high = offsets[documents[k]], offsets[documents[k] + 1]
        end = high
        while low < high:
            middle = (low + high) >> 1
            if keys[middle] < wanted[k]:
                low = middle + 1
            else:
                high = middle
        out[k] = signs[low] if low < end and keys[low] == wanted[k] else 0
