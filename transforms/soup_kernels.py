"""The compiled part of `soup`: how unlike text the end of a part is."""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.kernels import _decode

CLASSES = 32
TAIL, MIDDLE, REACH = 176, 512, 8192
"""Bytes at the end of a part that are always looked at, where they look doubtful, and where they
look bad."""
SAMPLE, STRIDE = 160, 4096
"""Bytes that are looked at every so many bytes before that."""
DOUBT, GATE = 800, 1600
"""Scores from which more is looked at."""
REPEATED = -40
"""Weight of four characters that speak for soup but stood there before: lists and tables repeat
themselves, random draws do not."""
_SLOTS_BITS = 16

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}


@njit(**_KERNEL)
def _class(code, ascii_classes, blocks):  # type: ignore[no-untyped-def]
    if code < 0x80:
        return np.int64(ascii_classes[np.uint64(code)])
    if code < 0x10000:
        return np.int64(blocks[np.uint64(code) >> uint64(4)])
    return np.int64(30) if 0x20000 <= code < 0x40000 else np.int64(31)


@njit(**_KERNEL)
def _segment(  # type: ignore[no-untyped-def]
    data, low, end, ascii_classes, blocks, weights, seen, stamp
):
    """The heaviest run of characters of ``data[low:end]``: its weight, and where it begins."""
    best, best_start = np.int64(0), end
    total, start = np.int64(0), low
    triple = np.int64(0)
    gram = uint64(0)
    n = 0
    i = low
    while i < end and data[np.uint64(i)] & 0xC0 == 0x80:
        i += 1
    before, last = i, i
    while i < end:
        at = i
        code = np.uint32(data[np.uint64(i)])
        if code < 0x80:
            i += 1
        else:
            code, width = _decode(data, i, end)
            i += width
        triple = (triple << 5 | _class(code, ascii_classes, blocks)) & (CLASSES**3 - 1)
        gram = gram << uint64(16) | (uint64(code) & uint64(0xFFFF))
        n += 1
        if n > 2:
            weight = np.int64(weights[np.uint64(triple)])
            if n > 3:
                slot = (gram * uint64(0x9E3779B97F4A7C15)) >> uint64(64 - _SLOTS_BITS)
                if seen[slot] == stamp and weight > 0:
                    weight = np.int64(REPEATED)
                seen[slot] = stamp
            if total <= 0:
                total, start = np.int64(0), before
            total += weight
            if total > best:
                best, best_start = total, start
        before, last = last, at
    return best, best_start


@njit(**_KERNEL)
def _at_most(data, low, end, ascii_classes, blocks, weights):  # type: ignore[no-untyped-def]
    """What `_segment` can weigh at most: the same without regard to repetition, and quicker."""
    best = total = np.int64(0)
    triple = np.uint64(0)
    i = low
    while i < end and data[np.uint64(i)] & 0xC0 == 0x80:
        i += 1
    first = i
    while i < end:
        code = np.uint32(data[np.uint64(i)])
        if code < 0x80:
            kind = np.uint64(ascii_classes[np.uint64(code)])
            i += 1
        else:
            code, width = _decode(data, i, end)
            kind = np.uint64(_class(code, ascii_classes, blocks))
            i += width
        triple = (triple << uint64(5) | kind) & uint64(CLASSES**3 - 1)
        total = max(total, np.int64(0)) + np.int64(weights[triple])
        best = max(best, total)
    return best if i - first > 2 else np.int64(0)


@njit(**_KERNEL)
def soup(  # type: ignore[no-untyped-def]
    data, offsets, ascii_classes, blocks, weights, scores, changes
):
    """Score of each part (int32) and where its worst run begins (int64, bytes from its start).

    ``offsets`` (int32[parts + 1]) cut ``data`` into parts; the rest is explained in `soup.score`.
    """
    seen = np.zeros(1 << _SLOTS_BITS, np.uint32)
    stamp = np.uint32(0)
    for part in range(offsets.size - 1):
        first, end = np.int64(offsets[part]), np.int64(offsets[part + 1])
        low = max(first, end - TAIL)
        best = _at_most(data, low, end, ascii_classes, blocks, weights)
        change = low
        if best >= DOUBT:
            stamp += np.uint32(1)
            low = max(first, end - MIDDLE)
            best, change = _segment(data, low, end, ascii_classes, blocks, weights, seen, stamp)
        if best >= GATE:
            stamp += np.uint32(1)
            low = max(first, end - REACH)
            best, change = _segment(data, low, end, ascii_classes, blocks, weights, seen, stamp)
        at = first
        while at + SAMPLE < end - MIDDLE:
            here = _at_most(data, at, at + SAMPLE, ascii_classes, blocks, weights)
            if here >= GATE:
                stamp += np.uint32(1)
                low = max(first, at - REACH // 4)
                high = min(end, at + REACH // 2)
                here, where = _segment(data, low, high, ascii_classes, blocks, weights, seen, stamp)
                if here > best:
                    best, change = here, where
            at += STRIDE
        scores[part] = best
        changes[part] = change - first
