"""The compiled part of `signatures.transcripts`: the words of a chat without its markup."""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.kernels import mix

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
_CLOSING = np.uint8(ord(">"))


@njit(**_KERNEL)
def contents(  # type: ignore[no-untyped-def]
    data, token_offsets, starts, ends, hashes, parts, first, markup_starts, markup_ends, out, words
):
    """A hash of the words of each chat that stand outside of its markup.

    Chat k is part ``parts[k]``, and its markup the byte ranges ``first[k]`` to ``first[k + 1]`` of
    ``markup_starts`` and ``markup_ends`` (int64), in the order of their starts; a word is inside
    where the last range that begins at it or before ends after its start. A word of one byte
    before ``>`` is the name of a tag (``<s>``). ``out`` (uint64) receives the hash of the words'
    hashes in their order, ``words`` (int64) how many there are.
    """
    last = data.size - 1
    for k in range(parts.size):
        markup, end = first[k], first[k + 1]
        value, count = uint64(0), 0
        for token in range(token_offsets[parts[k]], token_offsets[parts[k] + 1]):
            start, stop = np.int64(starts[token]), np.int64(ends[token])
            while markup < end and markup_starts[markup] <= start:
                markup += 1
            if markup > first[k] and markup_ends[markup - 1] > start:
                continue
            if stop - start == 1 and data[min(stop, last)] == _CLOSING:
                continue
            value = mix(value * uint64(0x9E3779B97F4A7C15) + hashes[token])
            count += 1
        out[k], words[k] = value, count
