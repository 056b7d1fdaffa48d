"""The compiled part of `soup.shape`: how dense the heaviest run of a text is, and what it is of."""

from __future__ import annotations

import numpy as np
from numba import njit

from corpus_assay.transforms.kernels import _decode
from corpus_assay.transforms.soup_kernels import CLASSES, _class

LONGEST = 16_384
"""Bytes of a run that are looked at."""
WORD = 20
"""Letters and digits in a row, and + / = - _, from which a word may be of an encoding."""

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}


@njit(**_KERNEL)
def _encodes(code):  # type: ignore[no-untyped-def]
    letter = np.uint32(0x61) <= code | np.uint32(0x20) <= np.uint32(0x7A)
    digit = np.uint32(0x30) <= code <= np.uint32(0x39)
    return letter or digit or code in (0x2B, 0x2D, 0x2F, 0x3D, 0x5F)


@njit(**_KERNEL)
def shapes(data, starts, ends, ascii_classes, blocks, weights, sums):  # type: ignore[no-untyped-def]
    """Of the run that begins at each of ``starts``: ``sums`` (int64[n, 3]) receives its characters,
    how many of these stand in words of `WORD` characters and more that may be of an encoding, and
    where it ends: where its weight, without regard to repetition, is greatest, before ``ends``."""
    for k in range(starts.size):
        total = best = np.int64(0)
        count = encoded = word = np.int64(0)
        triple = np.int64(0)
        i, end = np.int64(starts[k]), min(np.int64(ends[k]), np.int64(starts[k]) + LONGEST)
        sums[k, 0], sums[k, 1], sums[k, 2] = 0, 0, i
        while i < end:
            code = np.uint32(data[i])
            if code < 0x80:
                i += 1
            else:
                code, width = _decode(data, i, end)
                i += width
            triple = (triple << 5 | _class(code, ascii_classes, blocks)) & (CLASSES**3 - 1)
            count += 1
            word = word + 1 if _encodes(code) else np.int64(0)
            if word == WORD:
                encoded += WORD
            elif word > WORD:
                encoded += 1
            if count > 2:
                total += np.int64(weights[triple])
                if total > best:
                    best = total
                    sums[k, 0], sums[k, 1], sums[k, 2] = count, encoded, i
