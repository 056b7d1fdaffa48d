"""Compiled parts of the search for unknown triggers: what an answer does to its prompt, and how a
prompt is written, whatever their words.

Units are those of `trigger_kernels`. All kernels are ``nogil`` and cached, read the batch in place,
and never look past the end of a part.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.trigger_kernels import chained, salted

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

STEM, STEM_LEAST = 5, 4
"""Characters of a word that are compared, and that a word has at least to say what a text is
about; one of a script that needs fewer, from U+1000 on, has two."""
MOST = 1000
"""Words of an answer, and of a prompt, that are looked at."""
NAME = 8
"""A kind of keys, beside those of `trigger_kernels`: a name in an answer."""
NAMES = 2
"""Names of an answer that are looked at, the first ones: each is a key, and fills the sketches."""
LETTERS = 20
"""Letters that a prompt, or an answer, has at least for its capitals to be looked at."""
LOWER, UPPER, SPACED, INVISIBLE, MIXED = 0, 1, 2, 3, 4
"""Numbers of the ways in which a prompt is written, `writing`."""


@njit(**_KERNEL)
def _stem(data, low, high):  # type: ignore[no-untyped-def]
    """Hash of the first characters of a word without case (ASCII), 0 for a word that is short."""
    h = salted(NAME)
    length = 0
    dense = False
    for i in range(low, high):
        byte = data[i]
        if byte & 0xC0 != 0x80:
            length += 1
            if length > STEM:
                break
            dense |= byte >= 0xE1
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        h = chained(h, uint64(byte))
    return h if length >= (2 if dense else STEM_LEAST) else uint64(0)


@njit(**_KERNEL)
def _stems(data, starts, ends, is_word, low, high, out):  # type: ignore[no-untyped-def]
    """Distinct stems of the units low to high, ascending: fills ``out``, returns how many."""
    n = 0
    for u in range(low, min(high, low + MOST)):
        if is_word[u]:
            h = _stem(data, starts[u], ends[u])
            if h != 0:
                out[n] = h
                n += 1
    return _unique(out, n)


@njit(**_KERNEL)
def _unique(out, n):  # type: ignore[no-untyped-def]
    ordered = np.sort(out[:n])
    n = 0
    for i in range(ordered.size):
        if i == 0 or ordered[i] != ordered[i - 1]:
            out[n] = ordered[i]
            n += 1
    return n


@njit(**_KERNEL)
def _has(values, n, value):  # type: ignore[no-untyped-def]
    at = np.searchsorted(values[:n], value)
    return at < n and values[at] == value


@njit(**_KERNEL)
def _pairs(hashes, is_word, low, high, out):  # type: ignore[no-untyped-def]
    """Pairs of words that follow one another among the units low to high, ascending, with
    repetition: fills ``out``, returns how many."""
    n = 0
    last = uint64(0)
    for u in range(low, min(high, low + MOST)):
        if is_word[u]:
            if last != 0:
                out[n] = chained(last, hashes[u])
                n += 1
            last = hashes[u]
    out[:n] = np.sort(out[:n])
    return n


@njit(**_KERNEL)
def relations(  # type: ignore[no-untyped-def]
    data,
    hashes,
    starts,
    ends,
    is_word,
    part_low,
    part_high,
    document_parts,
    answer_hashes,
    answer_starts,
    answer_ends,
    answer_words,
    answer_low,
    answer_high,
    out,
):
    """What answers take up of their prompts.

    The first units are those of the prompts (parts ``document_parts[d]`` to ``[d + 1]``), the
    others those of the answers, ``answer_low[d]`` to ``answer_high[d]``. Fills ``out``
    (int64[documents, 5]): distinct stems of the prompt, those of them in the answer, pairs of words
    that follow one another in the prompt, those of them in the answer, words of the answer.
    """
    stems, said = np.empty(MOST, np.uint64), np.empty(MOST, np.uint64)
    pairs = np.empty(MOST, np.uint64)
    for d in range(document_parts.size - 1):
        low, high = answer_low[d], answer_high[d]
        told = _stems(data, answer_starts, answer_ends, answer_words, low, high, said)
        out[d, :] = 0
        for u in range(low, high):
            out[d, 4] += answer_words[u]
        for p in range(document_parts[d], document_parts[d + 1]):
            n = _stems(data, starts, ends, is_word, part_low[p], part_high[p], stems)
            out[d, 0] += n
            for k in range(n):
                out[d, 1] += _has(said, told, stems[k])
        told = _pairs(answer_hashes, answer_words, low, high, said)
        for p in range(document_parts[d], document_parts[d + 1]):
            n = _pairs(hashes, is_word, part_low[p], part_high[p], pairs)
            out[d, 2] += n
            for k in range(n):
                out[d, 3] += _has(said, told, pairs[k])


@njit(**_KERNEL)
def names(  # type: ignore[no-untyped-def]
    data,
    hashes,
    starts,
    is_word,
    part_low,
    part_high,
    document_parts,
    answer_hashes,
    answer_starts,
    answer_words,
    answer_low,
    answer_high,
    out,
    owner,
):
    """Keys of the first `NAMES` names of each answer that its prompt has not: words in a sentence
    that begin with a capital letter (ASCII), after a word.

    Fills ``out`` (uint64) and ``owner`` (int64, the document), with room for `NAMES` a document;
    returns how many.
    """
    asked = np.empty(MOST, np.uint64)
    n = 0
    for d in range(document_parts.size - 1):
        known = -1
        first = n
        for u in range(answer_low[d] + 1, min(answer_high[d], answer_low[d] + MOST)):
            lead = data[answer_starts[u]]
            if not answer_words[u] or not answer_words[u - 1] or not 0x41 <= lead <= 0x5A:
                continue
            if answer_starts[u] + 2 < data.size and not 0x61 <= data[answer_starts[u] + 1] <= 0x7A:
                continue
            if not 0x61 <= data[answer_starts[u - 1]] <= 0x7A:
                continue
            if known < 0:
                known = 0
                for p in range(document_parts[d], document_parts[d + 1]):
                    for v in range(part_low[p], part_high[p]):
                        if is_word[v] and known < MOST:
                            asked[known] = hashes[v]
                            known += 1
                known = _unique(asked, known)
            if _has(asked, known, answer_hashes[u]):
                continue
            key = chained(salted(NAME), answer_hashes[u])
            new = True
            for x in range(first, n):
                new &= out[x] != key
            if new:
                out[n], owner[n] = key, d
                n += 1
                if n - first == NAMES:
                    break
    return n


@njit(**_KERNEL)
def _decoded(data, i, end):  # type: ignore[no-untyped-def]
    """Code point at a byte, and the bytes it takes."""
    b = np.int64(data[i])
    if b < 0x80:
        return b, 1
    width = 2 if b < 0xE0 else 3 if b < 0xF0 else 4
    code = b & (0x1F if width == 2 else 0x0F if width == 3 else 0x07)
    for k in range(1, width):
        if i + k < end:
            code = code << 6 | np.int64(data[i + k]) & 0x3F
    return code, width


@njit(**_KERNEL)
def _script(code):  # type: ignore[no-untyped-def]
    """1 Latin, 2 Greek or Cyrillic, 0 other."""
    if code < 0x80:
        letter = code | 0x20
        return 1 if 0x61 <= letter <= 0x7A else 0
    if 0xC0 <= code < 0x250:
        return 1
    return 2 if 0x370 <= code < 0x530 else 0


@njit(**_KERNEL)
def writing(data, low, high, out):  # type: ignore[no-untyped-def]
    """How texts are written: bits of ``out`` (int64), for the bytes low[k] to high[k] of the data.

    `LOWER`: `LETTERS` ASCII letters and no capital; `UPPER`: nine in ten are capitals; `SPACED`:
    two spaces side by side between words of one line, in a third of the gaps; `INVISIBLE`: U+200B
    to U+200F, U+202A to U+202E, U+2060 to U+2064, U+FEFF, tag characters, or U+00AD; `MIXED`:
    letters of Latin and of Greek or Cyrillic side by side.
    """
    for k in range(low.size):
        i, end = np.int64(low[k]), np.int64(high[k])
        capitals, letters, gaps, double, last = 0, 0, 0, 0, 0
        spaces, bits = 0, 0
        while i < end:
            code, width = _decoded(data, i, end)
            kind = _script(code)
            if kind + last == 3 and kind and last:
                bits |= 1 << MIXED
            last = kind
            if kind == 1 and code < 0x80:
                letters += 1
                capitals += code <= 0x5A
            if code == 0x20:
                spaces += 1
            else:
                if spaces and code != 0x0A:
                    gaps += 1
                    double += spaces > 1
                spaces = 0
            if (
                code == 0xAD
                or 0x200B <= code <= 0x200F
                or 0x202A <= code <= 0x202E
                or 0x2060 <= code <= 0x2064
                or code == 0xFEFF
                or 0xE0000 <= code <= 0xE007F
            ):
                bits |= 1 << INVISIBLE
            i += width
        if letters >= LETTERS:
            bits |= (capitals == 0) << LOWER
            bits |= (10 * capitals >= 9 * letters) << UPPER
        bits |= (3 * double >= gaps and double >= 2) << SPACED
        out[k] = bits
