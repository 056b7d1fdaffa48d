"""Compiled part of adding up sorted tables of numbers (`trigger_counts`)."""

from __future__ import annotations

from numba import njit

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}


@njit(**_KERNEL)
def _order(a, b, keys):  # type: ignore[no-untyped-def]
    """Below 0, 0 or above it, as the first numbers of one row come before those of another."""
    for k in range(keys):
        if a[k] != b[k]:
            return -1 if a[k] < b[k] else 1
    return 0


@njit(**_KERNEL)
def merged(whole, more, order, keys, out):  # type: ignore[no-untyped-def]
    """Two tables as one, equal keys added.

    A row of ``whole``, ``more`` and ``out`` (uint64[rows, columns]) is ``keys`` keys and counts.
    ``whole`` ascends by its keys, which differ; ``more`` does in the order of ``order`` (int64),
    and may repeat them. Fills ``out``, with room for both; returns its rows.
    """
    n, i, j = 0, 0, 0
    while i < whole.shape[0] or j < order.size:
        if j == order.size or (i < whole.shape[0] and _order(whole[i], more[order[j]], keys) <= 0):
            row = whole[i]
            i += 1
        else:
            row = more[order[j]]
            j += 1
        if n and _order(out[n - 1], row, keys) == 0:
            for k in range(keys, out.shape[1]):
                out[n - 1, k] += row[k]
        else:
            out[n] = row
            n += 1
    return n
