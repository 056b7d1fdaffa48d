"""The compiled part of compositions (`lexicons.rules`): phrases of several lists together."""

from __future__ import annotations

import numpy as np
from numba import njit

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
SLOTS = 4
"""Lists of a combination at most (`lexicons.rules.MAX_SLOTS`)."""


@njit(**_KERNEL)
def _sentence_end(data, start, end):  # type: ignore[no-untyped-def]
    """Where the last sentence that begins before `end` begins after `start`; -1 where none does.

    A sentence ends with a full stop, exclamation or question mark or semicolon before white space,
    a full-width one, an empty line, a line that ends with a colon or mark of code, or before a line
    that begins with a mark of a list, heading or quotation.
    """
    found = np.int64(-1)
    for i in range(start, end - 1):
        byte, after = data[i], data[i + 1]
        if byte == 0x2E or byte == 0x21 or byte == 0x3F or byte == 0x3B:
            j = i + 1
            if after == 0x22 or after == 0x27 or after == 0x29 or after == 0x5D:
                j += 1
            if data[j] <= 0x20:
                found = np.int64(i + 1)
        elif byte == 0x0A:
            before = data[i - 1] if i > start else np.uint8(0)
            j = i + 1
            while j < end - 1 and (data[j] == 0x20 or data[j] == 0x09):
                j += 1
            mark = data[j]
            ends = before == 0x3A or before == 0x60 or before == 0x7C
            ends = ends or mark == 0x0A or mark == 0x0D or mark == 0x2D or mark == 0x2A
            if ends or mark == 0x23 or mark == 0x3E or mark == 0x7C:
                found = np.int64(i + 1)
        elif byte >= 0xE3 and i + 2 < end:
            last = data[i + 2]
            stop = byte == 0xE3 and after == 0x80 and last == 0x82
            if byte == 0xEF and after == 0xBC:
                stop = last == 0x81 or last == 0x9F or last == 0x9B
            if stop:
                found = np.int64(i + 3)
    return found


@njit(**_KERNEL)
def compose(  # type: ignore[no-untyped-def]
    data,
    starts,
    ends,
    parts,
    token_offsets,
    combos,
    slots,
    firsts,
    lasts,
    windows,
    sizes,
    found_first,
    found_last,
):
    """Runs of phrases, one of each slot of a combination, in its window and one sentence; how many.

    ``starts`` and ``ends`` (uint32) are the bytes of all words.

    Phrases come in the order of the text: ``parts`` (int32) and ``firsts`` and ``lasts`` (int64,
    numbers of their words, of which those of a part begin at its ``token_offsets``). ``combos`` and
    ``slots`` (int64) say which list of which combination a phrase is of; ``windows`` and ``sizes``
    (int64) are the words between the first and the last that a combination allows, and its number
    of slots. ``found_first`` and ``found_last`` (int64, as long as the phrases) receive the rows of
    the first and the last phrase of each run; a phrase counts for one run.
    """
    n = 0
    latest = np.full((sizes.size, SLOTS), np.int64(-1))
    rows = np.zeros((sizes.size, SLOTS), np.int64)
    for k in range(parts.size):
        combo, slot = combos[k], slots[k]
        latest[combo, slot], rows[combo, slot] = firsts[k], k
        # Words of the parts before are numbered below this part's.
        limit = max(lasts[k] - windows[combo], np.int64(token_offsets[parts[k]]) - 1)
        first = k
        whole = True
        for other in range(sizes[combo]):
            if latest[combo, other] <= limit:
                whole = False
                break
            first = min(first, rows[combo, other])
        if whole:
            low, high = np.int64(starts[firsts[first]]), np.int64(ends[lasts[k]])
            cut = _sentence_end(data, low, high)
            if cut >= 0:
                for other in range(sizes[combo]):
                    if np.int64(starts[latest[combo, other]]) < cut:
                        latest[combo, other] = -1
                continue
            found_first[n], found_last[n] = first, k
            n += 1
            latest[combo, :] = -1
    return n
