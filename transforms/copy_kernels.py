"""The compiled part of the search for copied prompts: where an answer repeats what it was asked."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_assay.transforms.documents import ROLE_CHOSEN, ROLE_PROMPT, ROLE_RESPONSE

MIN_COPY = 20
"""Bytes of a prompt whose copy counts."""
REACH = 8192
"""Bytes of an answer in which a copy is looked for."""
PROMPTS, TRIES = 16, 64
"""Prompts before an answer that are looked for in it, and places that are grown for each."""
_PROBE = 8

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}


@njit(**_KERNEL)
def _characters(data, start, end):  # type: ignore[no-untyped-def]
    count = 0
    for k in range(start, end):
        count += data[k] & 0xC0 != 0x80
    return count


@njit(**_KERNEL)
def copies(data, offsets, documents, roles, parts, starts, ends):  # type: ignore[no-untyped-def]
    """Answers that hold four fifths of the characters of a prompt of their document; how many.

    ``documents`` (int32) and ``roles`` (int8) are those of each part. ``parts`` (int32),
    ``starts`` and ``ends`` (int64, bytes of the batch), as long as there are parts, receive the
    answer and the copy in it, the first of each answer. The middle of the prompt is looked for, and
    what is found grown both ways.
    """
    n = 0
    for part in range(roles.size):
        if roles[part] != ROLE_RESPONSE and roles[part] != ROLE_CHOSEN:
            continue
        low = np.int64(offsets[part])
        end = min(np.int64(offsets[part + 1]), low + REACH)
        prompt = part - 1
        found = False
        prompts = 0
        while prompt >= 0 and documents[prompt] == documents[part] and not found:
            if roles[prompt] == ROLE_PROMPT:
                prompts += 1
                if prompts > PROMPTS:
                    break
                tries = 0
                first, last = np.int64(offsets[prompt]), np.int64(offsets[prompt + 1])
                while first < last and data[first] <= 0x20:
                    first += 1
                while last > first and data[last - 1] <= 0x20:
                    last -= 1
                probe = first + (last - first - _PROBE) // 2
                room = last - first >= MIN_COPY and 2 * (end - low) >= last - first
                i = low if room else end
                while i + _PROBE <= end and tries < TRIES:
                    same = data[i] == data[probe] and data[i + 1] == data[probe + 1]
                    k = 2
                    while same and k < _PROBE:
                        same = data[i + k] == data[probe + k]
                        k += 1
                    if same:
                        tries += 1
                        a, b = i, probe
                        while a > low and b > first and data[a - 1] == data[b - 1]:
                            a, b = a - 1, b - 1
                        c, d = i, probe
                        while c < end and d < last and data[c] == data[d]:
                            c, d = c + 1, d + 1
                        enough = 5 * _characters(data, b, d) >= 4 * _characters(data, first, last)
                        if enough and d - b >= MIN_COPY:
                            parts[n], starts[n], ends[n] = part, a, c
                            n += 1
                            found = True
                            break
                        i = max(i + 1, c - _PROBE)
                    else:
                        i += 1
            prompt -= 1
    return n
