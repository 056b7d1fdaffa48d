"""The compiled part of `associations`: sweep the windows of anchors, add up what stands in them.

Numba kernels as in `kernels`, in a module of their own so that the cached code of each lives by
the time of its own file.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.kernels import mix

COLUMN_BITS = 18
"""A row of the sketch has 2¹⁸ cells."""
WIDTH = 1 << COLUMN_BITS
ROWS = 2
"""Rows of the sketch. With W = 2¹⁸ a count is too high by more than eN/W ≈ 10⁻⁵ of all counts N
with probability at most e⁻² (Cormode & Muthukrishnan 2005, theorem 1)."""

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
_COLUMN = uint64(WIDTH - 1)


@njit(**_KERNEL)
def sketch_events(  # type: ignore[no-untyped-def]
    hashes, cover, open_words, token_offsets, part_slot, events
):
    """A number for each cell of the sketch that a word within reach of anchors adds to.

    ``cover`` (int32) says of each word how many anchors it is within reach of, ``open_words``
    (bool) whether it may be a context word; ``part_slot`` (int32) numbers the sketch of each part,
    -1 for none. ``events`` (uint64) gets ``cell << 24 | cover``, the cell being that of
    `cell_number` plus slot × ROWS × WIDTH. Returns how many.
    """
    n = 0
    for part in range(part_slot.size):
        slot = part_slot[part]
        if slot < 0:
            continue
        base = uint64(slot) * uint64(ROWS * WIDTH)
        for word in range(token_offsets[part], token_offsets[part + 1]):
            if cover[word] == 0 or not open_words[word]:
                continue
            mixed = mix(uint64(hashes[word]))
            weight = uint64(cover[word])
            events[n] = (base + (mixed & _COLUMN)) << uint64(24) | weight
            second = uint64(WIDTH) + (mixed >> uint64(32) & _COLUMN)
            events[n + 1] = (base + second) << uint64(24) | weight
            n += 2
    return n


@njit(**_KERNEL)
def number_words(  # type: ignore[no-untyped-def]
    hashes, cover, open_words, token_offsets, part_slot, bits, keys, values, numbers, places
):
    """Number the candidates within reach of anchors: the distinct words of each language.

    ``bits`` (uint8[slots, ROWS * WIDTH / 8], lowest bit first) marks the cells of candidates; a
    word is one where all of its cells are marked. ``keys`` (uint64) and ``values`` (int32, -1)
    are an empty hash table with a power of two of slots, at least twice the words within reach.
    ``numbers`` (int32) gets the number of each word, -1 for none; ``places`` (int64) the first
    word of each number. Returns how many numbers there are.
    """
    mask = uint64(keys.size - 1)
    count = 0
    numbers[:] = -1
    for part in range(part_slot.size):
        slot = part_slot[part]
        if slot < 0:
            continue
        salt = uint64(slot + 1) * uint64(0x9E3779B97F4A7C15)
        for word in range(token_offsets[part], token_offsets[part + 1]):
            if cover[word] == 0 or not open_words[word]:
                continue
            mixed = mix(uint64(hashes[word]))
            first = mixed & _COLUMN
            if not bits[slot, first >> uint64(3)] >> (first & uint64(7)) & 1:
                continue
            second = uint64(WIDTH) + (mixed >> uint64(32) & _COLUMN)
            if not bits[slot, second >> uint64(3)] >> (second & uint64(7)) & 1:
                continue
            key = mix(mixed ^ salt)
            place = key & mask
            while values[place] >= 0 and keys[place] != key:
                place = (place + uint64(1)) & mask
            if values[place] < 0:
                keys[place] = key
                values[place] = count
                places[count] = word
                count += 1
            numbers[word] = values[place]
    return count


@njit(**_KERNEL)
def pairs(  # type: ignore[no-untyped-def]
    begin, end, firsts, lasts, groups, units, lows, highs, numbers, window, sizes, by_unit,
    by_distance,
):  # fmt: skip
    """Every word of a number within reach of an anchor, as numbers to be sorted and counted.

    Anchors ``begin`` to ``end`` stand at the words ``firsts`` to ``lasts`` (int64) of a part that
    has the words ``lows`` to ``highs`` (int64, without the last); ``groups`` and ``units`` (int32)
    number their group and document, of ``sizes`` = (units, groups). Within ``window`` words before
    the first and after the last, ``by_unit`` (uint64) gets
    ``(number * units + unit) * groups + group`` and ``by_distance``
    ``(number * groups + group) * 32 + distance``. Stops before an anchor for which they may be too
    short. Returns the anchor to go on with, and how many pairs there are.
    """
    n = 0
    units_size, groups_size = uint64(sizes[0]), uint64(sizes[1])
    for anchor in range(begin, end):
        if n + 2 * window > by_unit.size:
            return anchor, n
        unit, group = uint64(units[anchor]), uint64(groups[anchor])
        low = max(lows[anchor], firsts[anchor] - window)
        for word in range(low, firsts[anchor]):
            number = numbers[word]
            if number >= 0:
                by_unit[n] = (uint64(number) * units_size + unit) * groups_size + group
                by_distance[n] = (uint64(number) * groups_size + group) * uint64(32) + uint64(
                    firsts[anchor] - word
                )
                n += 1
        high = min(highs[anchor], lasts[anchor] + window + 1)
        for word in range(lasts[anchor] + 1, high):
            number = numbers[word]
            if number >= 0:
                by_unit[n] = (uint64(number) * units_size + unit) * groups_size + group
                by_distance[n] = (uint64(number) * groups_size + group) * uint64(32) + uint64(
                    word - lasts[anchor]
                )
                n += 1
    return end, n


@njit(**_KERNEL)
def _flush(number, groups, touched, sums, twice, out, n):  # type: ignore[no-untyped-def]
    """Write the sums of one number, of the groups that occur and of their union."""
    for place in range(touched[0]):
        group = touched[place + 1]
        out[n, 0], out[n, 1] = number, group
        out[n, 2:] = sums[group]
        sums[group] = 0
        n += 1
    touched[0] = 0
    if twice:
        out[n, 0], out[n, 1], out[n, 2] = number, groups, -twice
        out[n, 3:] = 0
        n += 1
    return n


@njit(**_KERNEL)
def document_moments(keys, counts, units, groups, out):  # type: ignore[no-untyped-def]
    """Moments over documents of how often a word stands near each group.

    ``keys`` (uint64, ascending, as ``by_unit`` of `pairs`) with their ``counts`` (int64). With y
    of a group and Y of all groups in one document, rows of ``out`` (int64[2 * keys, 6]) are
    number, group, documents with y > 0, Σy, Σy² and ΣyY. Where documents hold a word near several
    groups, a row of the group ``groups`` takes off what they are counted more than once, so that
    the rows of a word add up: to documents with Y > 0, ΣY, and ΣY² = ΣΣyY. Returns the number of
    rows.
    """
    sums = np.zeros((groups, 4), np.int64)
    touched = np.zeros(groups + 1, np.int64)
    n = 0
    at = 0
    twice = np.int64(0)
    last_number = np.int64(-1)
    while at < keys.size:
        cell = keys[at] // uint64(groups)
        stop = at
        whole = np.int64(0)
        while stop < keys.size and keys[stop] // uint64(groups) == cell:
            whole += counts[stop]
            stop += 1
        number = np.int64(cell // uint64(units))
        if number != last_number:
            if last_number >= 0:
                n = _flush(last_number, groups, touched, sums, twice, out, n)
            last_number = number
            twice = np.int64(0)
        for place in range(at, stop):
            group = np.int64(keys[place] % uint64(groups))
            if sums[group, 0] == 0:
                touched[0] += 1
                touched[touched[0]] = group
            here = counts[place]
            sums[group, 0] += 1
            sums[group, 1] += here
            sums[group, 2] += here * here
            sums[group, 3] += here * whole
        twice += stop - at - 1
        at = stop
    if last_number >= 0:
        n = _flush(last_number, groups, touched, sums, twice, out, n)
    return n
