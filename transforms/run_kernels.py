"""Compiled parts of searches for planted text: runs of units, and what stands around them.

A *unit* is a word or a mark between words (`trigger_kernels.units`). A *run* is one or more units
side by side on one line, where the beginning and the end of a line count as a unit that only
stands in runs of two. The parts of kernels are lines. Counts are Count-Min sketches (Cormode and
Muthukrishnan 2005): one row a hash function, never too low. All kernels are ``nogil`` and cached,
and never look past the end of a part.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

_STEP = uint64(0xC2B2AE3D27D4EB4F)
_MIX = uint64(0x9FB21C651E98DF25)
_ROW = uint64(0xA24BAED4963EE407)

BEGIN, FINISH = 0, 1
"""Stand for the beginning and the end of a part among hashes of units."""
REST, REST_REACH = 32, 400
"""Hashes kept of other words, units these are from."""


@njit(**_KERNEL)
def mixed(value):  # type: ignore[no-untyped-def]
    """A bijection of uint64 that spreads every bit (the finalizer of SplitMix64)."""
    value = (value ^ (value >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> uint64(27))) * uint64(0x94D049BB133111EB)
    return value ^ (value >> uint64(31))


@njit(**_KERNEL)
def chained(h, unit):  # type: ignore[no-untyped-def]
    """Hash of a run that is one unit longer; the empty run is 0."""
    h = (h ^ unit) * _STEP + _MIX
    return (h ^ (h >> uint64(31))) * _MIX


@njit(**_KERNEL)
def cell(h, row, bits):  # type: ignore[no-untyped-def]
    """Cell of a run in one row of a sketch of ``2 ** bits`` cells a row."""
    return np.int64(mixed(h + uint64(row + 1) * _ROW) >> uint64(64 - bits))


@njit(**_KERNEL)
def append_runs(unit_hashes, low, high, longest, reach, out, n):  # type: ignore[no-untyped-def]
    """Appends the runs of the units low to high, with repetition; returns how many there are."""
    for i in range(low, high):
        if i - low >= reach and high - i > reach:
            continue
        h = uint64(0)
        for j in range(i, min(i + longest, high)):
            h = chained(h, unit_hashes[j])
            out[n] = h
            n += 1
    if high > low:
        out[n] = chained(chained(uint64(0), uint64(BEGIN)), unit_hashes[low])
        out[n + 1] = chained(chained(uint64(0), unit_hashes[high - 1]), uint64(FINISH))
        n += 2
    return n


@njit(**_KERNEL)
def runs(  # type: ignore[no-untyped-def]
    unit_hashes, part_low, part_high, document_parts, longest, reach, out, offsets
):
    """Distinct runs of up to ``longest`` units of each document, ascending.

    Part p has the units ``part_low[p]`` to ``part_high[p]`` (int64), of which the first and last
    ``reach`` are read; document d has the parts ``document_parts[d]`` to ``[d + 1]``. Fills
    ``out`` (uint64, room for ``longest`` a unit and two a part) and ``offsets`` (int64[documents +
    1]); returns how many.
    """
    n = 0
    for d in range(document_parts.size - 1):
        offsets[d] = n
        end = n
        for p in range(document_parts[d], document_parts[d + 1]):
            end = append_runs(unit_hashes, part_low[p], part_high[p], longest, reach, out, end)
        found = np.sort(out[n:end])
        for i in range(found.size):
            if i == 0 or found[i] != found[i - 1]:
                out[n] = found[i]
                n += 1
    offsets[document_parts.size - 1] = n
    return n


@njit(**_KERNEL)
def _marked(h, bits, marks):  # type: ignore[no-untyped-def]
    found = np.uint8(255)
    for row in range(marks.shape[0]):
        found &= marks[row, cell(h, row, bits)]
    return found


@njit(**_KERNEL)
def occurrences(  # type: ignore[no-untyped-def]
    unit_hashes, part_low, part_high, document_parts, longest, reach, bits, marks, keys, rows
):
    """Runs whose cells are marked in every row, where they stand in each document.

    ``marks`` (uint8[rows, cells]). Fills ``keys`` (uint64) and ``rows`` (int64[n, 4]: document,
    part, first unit, unit after the last), in the order of the text, with repetition. Returns how
    many there are: where more than fit, the caller gives more room.
    """
    n = 0
    for d in range(document_parts.size - 1):
        for p in range(document_parts[d], document_parts[d + 1]):
            low, high = part_low[p], part_high[p]
            for i in range(low, high):
                if i - low >= reach and high - i > reach:
                    continue
                h = uint64(0)
                for j in range(i, min(i + longest, high)):
                    h = chained(h, unit_hashes[j])
                    if _marked(h, bits, marks) == 0:
                        continue
                    if n < keys.size:
                        keys[n] = h
                        rows[n, 0], rows[n, 1], rows[n, 2], rows[n, 3] = d, p, i, j + 1
                    n += 1
    return n


@njit(**_KERNEL)
def least(counts, h, bits):  # type: ignore[no-untyped-def]
    """Documents with a run, at least."""
    found = np.int64(counts[0, cell(h, 0, bits)])
    for row in range(1, counts.shape[0]):
        found = min(found, np.int64(counts[row, cell(h, row, bits)]))
    return found


@njit(**_KERNEL)
def estimates(hashes, bits, counts, out):  # type: ignore[no-untyped-def]
    """Documents with each run, at least: ``out`` (int64)."""
    for k in range(hashes.size):
        out[k] = least(counts, hashes[k], bits)


@njit(**_KERNEL)
def side_by_side(left, right, out):  # type: ignore[no-untyped-def]
    """Runs of two units: ``out`` (uint64)."""
    for k in range(left.size):
        out[k] = chained(chained(uint64(0), left[k]), right[k])


@njit(**_KERNEL)
def alone(units, out):  # type: ignore[no-untyped-def]
    """Runs of one unit: ``out`` (uint64)."""
    for k in range(units.size):
        out[k] = chained(uint64(0), units[k])


@njit(**_KERNEL)
def rest_hashes(units, out):  # type: ignore[no-untyped-def]
    """Units as `surroundings` writes them into ``rest``: ``out`` (uint64)."""
    for k in range(units.size):
        out[k] = mixed(units[k])


@njit(**_KERNEL)
def surroundings(  # type: ignore[no-untyped-def]
    rows,
    unit_hashes,
    is_word,
    part_low,
    part_high,
    document_parts,
    bits,
    counts,
    common,
    left,
    right,
    rest,
):
    """What stands around some occurrences (``rows`` of `occurrences`).

    Fills ``left`` and ``right`` (uint64[n, side]): units before, nearest first, and after, `BEGIN`
    and `FINISH` beyond the part; ``rest`` (uint64[n, REST]): the smallest hashes of the document's
    other words that stand in at most ``common`` documents by ``counts``, ascending, filled with
    ones.
    """
    for x in range(rows.shape[0]):
        d, p, i, j = rows[x, 0], rows[x, 1], rows[x, 2], rows[x, 3]
        low, high = part_low[p], part_high[p]
        for e in range(left.shape[1]):
            left[x, e] = unit_hashes[i - 1 - e] if i - 1 - e >= low else uint64(BEGIN)
            right[x, e] = unit_hashes[j + e] if j + e < high else uint64(FINISH)
        n = 0
        left_over = REST_REACH
        for q in range(document_parts[d], document_parts[d + 1]):
            for u in range(part_low[q], min(part_high[q], part_low[q] + left_over)):
                if not is_word[u] or (i <= u < j):
                    continue
                value = mixed(unit_hashes[u])
                if n == REST and value >= rest[x, REST - 1]:
                    continue
                if least(counts, chained(uint64(0), unit_hashes[u]), bits) > common:
                    continue
                at = 0
                while at < n and rest[x, at] < value:
                    at += 1
                if at < n and rest[x, at] == value:
                    continue
                for y in range(min(n, REST - 1), at, -1):
                    rest[x, y] = rest[x, y - 1]
                rest[x, at] = value
                n = min(n + 1, REST)
            left_over = max(left_over - (part_high[q] - part_low[q]), 0)
        for y in range(n, REST):
            rest[x, y] = ~uint64(0)
