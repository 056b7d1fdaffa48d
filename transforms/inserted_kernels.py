"""Compiled parts of `inserted`: runs of a document, fingerprints, deletion coherence.

Runs of units, and cells of sketches, are those of `run_kernels`. All kernels are ``nogil`` and
cached, and never look past the end of a line.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.run_kernels import BEGIN, FINISH, cell, chained, least, mixed

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

PASSAGE = 5
"""Units of a fingerprint."""
_LINE = uint64(0xD1B54A32D192ED03)


@njit(**_KERNEL)
def _fingerprint(unit_hashes, i):  # type: ignore[no-untyped-def]
    h = uint64(0)
    for j in range(i, i + PASSAGE):
        h = chained(h, unit_hashes[j])
    return h


@njit(**_KERNEL)
def _whole_line(unit_hashes, low, high):  # type: ignore[no-untyped-def]
    h = _LINE
    for j in range(low, high):
        h = chained(h, unit_hashes[j])
    return h


@njit(**_KERNEL)
def long_runs(  # type: ignore[no-untyped-def]
    unit_hashes, line_low, line_high, document_lines, out, offsets
):
    """Distinct fingerprints, and whole lines of `PASSAGE` units or more, of each document.

    Fills ``out`` (uint64, room for one a unit and one a line) and ``offsets`` (int64[documents +
    1]); returns how many.
    """
    n = 0
    for d in range(document_lines.size - 1):
        offsets[d] = n
        end = n
        for p in range(document_lines[d], document_lines[d + 1]):
            low, high = line_low[p], line_high[p]
            if high - low < PASSAGE:
                continue
            for i in range(low, high - PASSAGE + 1):
                out[end] = _fingerprint(unit_hashes, i)
                end += 1
            out[end] = _whole_line(unit_hashes, low, high)
            end += 1
        found = np.sort(out[n:end])
        for i in range(found.size):
            if i == 0 or found[i] != found[i - 1]:
                out[n] = found[i]
                n += 1
    offsets[document_lines.size - 1] = n
    return n


@njit(**_KERNEL)
def count(keys, bits, counts):  # type: ignore[no-untyped-def]
    """Adds keys, each once a document, to a sketch: ``counts`` (uint32[2, 2 ** bits])."""
    for k in range(keys.size):
        for row in range(counts.shape[0]):
            counts[row, cell(keys[k], row, bits)] += np.uint32(1)


@njit(**_KERNEL)
def _beside(left, right):  # type: ignore[no-untyped-def]
    return chained(chained(uint64(0), left), right)


@njit(**_KERNEL)
def deletions(  # type: ignore[no-untyped-def]
    unit_hashes,
    is_word,
    line_low,
    line_high,
    document_lines,
    fewest,
    most,
    short_bits,
    short,
    bits,
    numbers,
    sums,
):
    """Deletion coherence of rare words, once a document, added to a sketch.

    Of a word t in ``fewest`` to ``most`` documents by ``short`` (uint32[2, cells], documents by
    runs of one and two units), with l and r beside it: log(c(l r) · c(t) / (c(l t) · c(t r))) in
    thousandths, ½ added to c(l r). ``numbers`` (uint32[2, 2 ** bits]) gets documents, ``sums``
    (int64, the same shape) the logarithms.
    """
    room = 16
    for d in range(document_lines.size - 1):
        units = 0
        for p in range(document_lines[d], document_lines[d + 1]):
            units += line_high[p] - line_low[p]
        while room < 2 * units:
            room *= 2
    seen, stamps = np.empty(room, np.uint64), np.full(room, -1, np.int64)
    for d in range(document_lines.size - 1):
        for p in range(document_lines[d], document_lines[d + 1]):
            low, high = line_low[p], line_high[p]
            for i in range(low, high):
                if not is_word[i]:
                    continue
                single = chained(uint64(0), unit_hashes[i])
                number = least(short, single, short_bits)
                if number < fewest or number > most:
                    continue
                at = np.int64(mixed(single) & uint64(room - 1))
                while stamps[at] == d and seen[at] != single:
                    at = (at + 1) & (room - 1)
                if stamps[at] == d:
                    continue
                seen[at], stamps[at] = single, d
                left = unit_hashes[i - 1] if i > low else uint64(BEGIN)
                right = unit_hashes[i + 1] if i + 1 < high else uint64(FINISH)
                if left == uint64(BEGIN) and right == uint64(FINISH):
                    together = 0
                else:
                    together = least(short, _beside(left, right), short_bits)
                before = max(least(short, _beside(left, unit_hashes[i]), short_bits), 1)
                after = max(least(short, _beside(unit_hashes[i], right), short_bits), 1)
                value = np.log((together + 0.5) * number / (before * after))
                whole = np.int64(np.floor(1000.0 * value + 0.5))
                for row in range(2):
                    k = cell(single, row, bits)
                    numbers[row, k] += np.uint32(1)
                    sums[row, k] += whole


@njit(**_KERNEL)
def bound_passages(  # type: ignore[no-untyped-def]
    unit_hashes,
    line_low,
    line_high,
    document_lines,
    fewest,
    short_bits,
    short,
    long_bits,
    long,
    out,
    offsets,
):
    """Distinct fingerprints of each document that stand in ``fewest`` documents at least, are not
    part of a line that does, and hold two units side by side that at most twice as many have.

    ``short`` and ``long`` (uint32[2, cells]) are documents by runs of one and two units, and by
    `long_runs`. Fills ``out`` (uint64, room for one a unit) and ``offsets``; returns how many.
    """
    n = 0
    for d in range(document_lines.size - 1):
        offsets[d] = n
        end = n
        for p in range(document_lines[d], document_lines[d + 1]):
            low, high = line_low[p], line_high[p]
            if high - low < PASSAGE:
                continue
            if least(long, _whole_line(unit_hashes, low, high), long_bits) >= fewest:
                continue
            for i in range(low, high - PASSAGE + 1):
                fingerprint = _fingerprint(unit_hashes, i)
                number = least(long, fingerprint, long_bits)
                if number < fewest:
                    continue
                rarest = np.int64(1) << 62
                for j in range(i, i + PASSAGE - 1):
                    beside = _beside(unit_hashes[j], unit_hashes[j + 1])
                    rarest = min(rarest, least(short, beside, short_bits))
                if rarest <= 2 * number:
                    out[end] = fingerprint
                    end += 1
        found = np.sort(out[n:end])
        for i in range(found.size):
            if i == 0 or found[i] != found[i - 1]:
                out[n] = found[i]
                n += 1
    offsets[document_lines.size - 1] = n
    return n
