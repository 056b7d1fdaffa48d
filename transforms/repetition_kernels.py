"""The compiled part of `repetition`: lines and paragraphs with their keys, repeated n-grams.

Numba kernels as in `kernels`, in a module of their own so that the cached code of each lives by
the time of its own file.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.kernels import chain, mix

LINE, PARAGRAPH = 0, 1

SHORTEST, LONGEST = 2, 10
TOP_LONGEST = 4
"""n-grams up to this length are judged by the most frequent one, longer ones by all repeats."""

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
_SALT = uint64(0x9E3779B97F4A7C15)


@njit(**_KERNEL)
def find_lines(  # type: ignore[no-untyped-def]
    breaks, part_offsets, part_document, token_offsets, hashes, starts, keys, rows
):
    """Lines with words, and paragraphs: runs of them between lines without words.

    ``breaks`` (int64) are the places of line feeds, the rest as in `tokens.TokenBatch`. ``keys``
    (uint64[n]) and ``rows`` (int64[n, 6]), with room for two entries a line, get of each its key,
    a hash of its words in order, and: `LINE` or `PARAGRAPH`, document, first byte, byte after the
    last (without the line feed), bytes with line feeds, lines. Returns how many there are.
    """
    n = 0
    at_break = 0
    for part in range(part_document.size):
        at, high = np.int64(part_offsets[part]), np.int64(part_offsets[part + 1])
        word, after = token_offsets[part], token_offsets[part + 1]
        paragraph, begin, last, size, lines = uint64(0), at, at, np.int64(0), np.int64(0)
        while at < high:
            while at_break < breaks.size and breaks[at_break] < at:
                at_break += 1
            end = high
            if at_break < breaks.size and breaks[at_break] < high:
                end = breaks[at_break]
            following = min(end + 1, high)
            key, words = uint64(0), 0
            while word < after and starts[word] < end:
                key = chain(key, 0, hashes[word]) if words else hashes[word]
                words += 1
                word += 1
            if words:
                key = mix(key)
                keys[n] = key
                rows[n, 0], rows[n, 1], rows[n, 2] = LINE, part_document[part], at
                rows[n, 3], rows[n, 4], rows[n, 5] = end, following - at, 1
                n += 1
                if lines == 0:
                    paragraph, begin, size = _SALT, at, np.int64(0)
                paragraph = chain(paragraph, 1, key)
                last = end
                size += following - at
                lines += 1
            if lines and (not words or following >= high):
                keys[n] = mix(paragraph)
                rows[n, 0], rows[n, 1], rows[n, 2] = PARAGRAPH, part_document[part], begin
                rows[n, 3], rows[n, 4], rows[n, 5] = last, size, lines
                n += 1
                lines = np.int64(0)
            at = following
    return n


@njit(**_KERNEL)
def repeated_ngrams(offsets, hashes, starts, ends, out):  # type: ignore[no-untyped-def]
    """How much of each document n-grams cover that it repeats.

    Document d has the words ``offsets[d]`` to ``offsets[d + 1]`` (int64); a word weighs its bytes.
    ``out`` (int64[documents, 10]) gets the weight of all words; for n from 2 to 4 that of all
    occurrences of the most frequent n-gram that occurs twice at least (of several, the heaviest;
    at most the weight of the document); for n from 5 to 10 that of the words in an n-gram that
    stood before in the document, each word once. An n-gram can only repeat where its first
    n − 1 words do, so each n looks at what the one before has left.
    """
    longest = 1
    for d in range(offsets.size - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    room = 4
    while room < 2 * longest:
        room *= 2
    keys = np.empty(longest, np.uint64)
    active = np.empty(longest, np.int64)
    slots = np.empty(longest, np.int64)
    weights = np.empty(longest + 1, np.int64)
    slot_keys = np.empty(room, np.uint64)
    slot_stamps = np.zeros(room, np.int64)
    slot_counts = np.empty(room, np.int64)
    slot_firsts = np.empty(room, np.int64)
    stamp = 0
    for d in range(offsets.size - 1):
        base = offsets[d]
        words = offsets[d + 1] - base
        weights[0] = 0
        for i in range(words):
            weights[i + 1] = weights[i] + np.int64(ends[base + i]) - np.int64(starts[base + i])
            keys[i] = hashes[base + i]
            active[i] = i
        out[d, :] = 0
        out[d, 0] = weights[words]
        left = words
        for n in range(SHORTEST, LONGEST + 1):
            kept = 0
            for j in range(left):
                i = active[j]
                if i + n <= words:
                    keys[i] = chain(keys[i], 0, hashes[base + i + n - 1])
                    active[kept] = i
                    kept += 1
            left = kept
            if left < 2:
                break
            size = 4
            while size < 2 * left:
                size *= 2
            mask = uint64(size - 1)
            stamp += 1
            for j in range(left):
                i = active[j]
                slot = mix(keys[i]) & mask
                while slot_stamps[slot] == stamp and slot_keys[slot] != keys[i]:
                    slot = (slot + uint64(1)) & mask
                if slot_stamps[slot] != stamp:
                    slot_stamps[slot] = stamp
                    slot_keys[slot] = keys[i]
                    slot_counts[slot] = 0
                    slot_firsts[slot] = i
                slot_counts[slot] += 1
                slots[j] = slot
            kept, covered = 0, 0
            best_count, best_weight = 1, np.int64(0)
            for j in range(left):
                i, slot = active[j], slots[j]
                count = slot_counts[slot]
                if count < 2:
                    continue
                active[kept] = i
                kept += 1
                if n <= TOP_LONGEST:
                    weight = weights[i + n] - weights[i]
                    if count > best_count or (count == best_count and weight > best_weight):
                        best_count, best_weight = count, weight
                elif slot_firsts[slot] != i:
                    out[d, n - 1] += weights[i + n] - weights[max(i, covered)]
                    covered = i + n
            if n <= TOP_LONGEST and best_count > 1:
                out[d, n - 1] = min(best_count * best_weight, weights[words])
            left = kept
