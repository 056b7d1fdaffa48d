"""Compiled part of the search for comparisons: which two names a sentence sets above each other.

Kernels are ``nogil`` and cached, never look past the end of a part, and look at a bounded number
of words and bytes around a phrase.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms.kernels import FLAG_UPPER
from corpus_assay.transforms.run_kernels import chained, mixed

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

MORE, LESS, THAN, BEATS, LOSES, PREFER, PREFERRED, OVER = range(8)
"""Classes of phrases, in the order of `lexicons.beliefs.CLASSES`."""
NAME = 5
"""Words of the longest name: longer runs of capitals are headings."""
LEFT, RIGHT, REACH = 6, 3, 12
"""Words between the first name and its phrase, the last phrase and its name, and two phrases."""
BEFORE = 4
"""Words before the first name in which a negation counts."""
SENTENCE, BYTES = 40, 300
"""Words to each side of the names that are read as the sentence; bytes of it that are kept."""
A_DOCUMENT = 64
"""Statements that are taken from one document: the first."""
GAP = 16
"""Bytes between two words of a sentence at most."""

JOINED, PARTED, ENDED, ASKED = range(4)
"""What stands between two words: nothing that counts, a mark, the end of a sentence, of a
question."""


@njit(**_KERNEL)
def between(data, low, high):  # type: ignore[no-untyped-def]
    """Which of `JOINED` to `ASKED` stands in some bytes."""
    if high - low > GAP:
        high = low + GAP
        worst = ENDED
    else:
        worst = JOINED
    for at in range(low, high):
        byte = data[at]
        if byte == 63:  # ?
            return ASKED
        if byte == 10 or byte == 33 or byte == 59:  # line feed ! ;
            worst = ENDED
        elif byte == 46:  # . unless a word follows at once, as in U.S.
            if at + 1 == high or data[at + 1] <= 32 or data[at + 1] == 34:
                worst = max(worst, ENDED if at + 1 < high else JOINED)
        elif byte < 128 and byte != 32 and byte != 39 and byte != 45:
            worst = max(worst, PARTED)
    return worst


@njit(**_KERNEL)
def _listed(words, word):  # type: ignore[no-untyped-def]
    at = np.searchsorted(words, word)
    return at < words.size and words[at] == word


@njit(**_KERNEL)
def of_language(word, language):  # type: ignore[no-untyped-def]
    """Key of a word of a list of words of several languages."""
    return word ^ mixed(uint64(language + 1))


@njit(**_KERNEL)
def _named(words, no_names, language, i):  # type: ignore[no-untyped-def]
    _data, hashes, _starts, _ends, flags = words
    upper = flags[i] & FLAG_UPPER != 0
    return upper and not _listed(no_names, of_language(hashes[i], language))


@njit(**_KERNEL)
def _gap(words, i):  # type: ignore[no-untyped-def]
    """What stands between word i and the next one; a full stop after an initial is no end."""
    data, _hashes, starts, ends, flags = words
    low = np.int64(ends[i])
    if ends[i] - starts[i] == 1 and flags[i] & FLAG_UPPER and data[low] == 46:
        low += 1
    return between(data, low, np.int64(starts[i + 1]))


@njit(**_KERNEL)
def _name_before(words, no_names, language, low, phrase):  # type: ignore[no-untyped-def]
    """First and last word of the nearest name before a phrase, from word ``low`` on; −1 if none."""
    i = phrase - 1
    while i >= low and phrase - i <= LEFT + 1 and _gap(words, i) < ENDED:
        if _named(words, no_names, language, i):
            first = i
            while (
                first > low
                and i - first <= NAME
                and _named(words, no_names, language, first - 1)
                and _gap(words, first - 1) == JOINED
            ):
                first -= 1
            return (first, i) if i - first < NAME else (-1, -1)
        i -= 1
    return -1, -1


@njit(**_KERNEL)
def _name_after(words, no_names, language, high, phrase):  # type: ignore[no-untyped-def]
    """The same for the nearest name after the word ``phrase``, before word ``high``, with neither
    a mark nor a number in between: more than 500 Grams compares no names."""
    i = phrase + 1
    while i < high and i - phrase <= RIGHT + 1 and _gap(words, i - 1) == JOINED:
        if _named(words, no_names, language, i):
            last = i
            while (
                last + 1 < high
                and last - i <= NAME
                and _named(words, no_names, language, last + 1)
                and _gap(words, last) == JOINED
            ):
                last += 1
            return (i, last) if last - i < NAME else (-1, -1)
        if 48 <= words[0][words[2][i]] <= 57:
            return -1, -1
        i += 1
    return -1, -1


@njit(**_KERNEL)
def _connector(words, classes, firsts, lasts, m, stop):  # type: ignore[no-untyped-def]
    """The phrase that completes phrase m, with no mark between them; −1 if none does."""
    wanted = THAN if classes[m] <= LESS else OVER
    at = lasts[m]
    for n in range(m + 1, stop):
        if firsts[n] - lasts[m] > REACH:
            return -1
        while at < firsts[n]:
            if _gap(words, at) != JOINED:
                return -1
            at += 1
        if classes[n] == wanted or (classes[n] == THAN and classes[m] == PREFERRED):
            return n
        if classes[n] != THAN and classes[n] != OVER:
            return -1
    return -1


@njit(**_KERNEL)
def _key(hashes, first, last):  # type: ignore[no-untyped-def]
    key = uint64(0)
    for i in range(first, last + 1):
        key = chained(key, hashes[i])
    return key


@njit(**_KERNEL)
def statements(  # type: ignore[no-untyped-def]
    data,
    part_ends,
    token_offsets,
    part_document,
    hashes,
    starts,
    ends,
    flags,
    languages,
    parts,
    classes,
    firsts,
    lasts,
    negations,
    no_names,
    spans,
    keys,
):
    """Statements that set one name above another, from phrases in the order of the text.

    ``languages`` (int32, one a part) numbers the lists; phrase m stands in part ``parts[m]``
    (int32), is of class ``classes[m]`` and covers the words ``firsts[m]`` to ``lasts[m]``;
    ``negations`` and ``no_names`` (uint64) are sorted keys `of_language`. Fills ``spans``
    (int64[n, 5]: part, first byte and byte after the favoured name, the same of the other),
    ``keys`` (uint64[n, 5]: favoured, other, sentence, first byte of the sentence, byte after it)
    and returns how many there are; at most one a phrase, `A_DOCUMENT` a document.
    """
    words = data, hashes, starts, ends, flags
    found = np.int64(0)
    document, taken = np.int64(-1), 0
    stop = 0
    for m in range(parts.size):
        if m >= stop:
            stop = m + 1
            while stop < parts.size and parts[stop] == parts[m]:
                stop += 1
        kind = classes[m]
        if kind == THAN or kind == OVER:
            continue
        part = parts[m]
        if part_document[part] != document:
            document, taken = np.int64(part_document[part]), 0
        if taken >= A_DOCUMENT:
            continue
        low, high, language = token_offsets[part], token_offsets[part + 1], languages[part]
        last = lasts[m]
        if kind != BEATS and kind != LOSES:
            n = _connector(words, classes, firsts, lasts, m, stop)
            if n < 0:
                continue
            last = lasts[n]
        if kind == PREFER:
            a, b = _name_after(words, no_names, language, firsts[n], lasts[m])
        else:
            a, b = _name_before(words, no_names, language, low, firsts[m])
        if a < 0:
            continue
        c, d = _name_after(words, no_names, language, high, last)
        if c < 0:
            continue
        # The sentence around both.
        begin = min(a, firsts[m])
        first = begin
        while first > low and begin - first < SENTENCE and _gap(words, first - 1) < ENDED:
            first -= 1
        final = d
        asked = False
        while final - d < SENTENCE:
            if final + 1 < high:
                mark = _gap(words, final)
            else:
                mark = between(data, np.int64(ends[final]), np.int64(part_ends[part]))
            asked = mark == ASKED
            if final + 1 == high or mark >= ENDED:
                break
            final += 1
        if asked:
            continue
        undone = False
        for i in range(max(first, begin - BEFORE), c):
            if i < firsts[m] or i > lasts[m]:  # X is no match for Y
                undone = undone or _listed(negations, of_language(hashes[i], language))
        if undone or np.int64(ends[d]) - np.int64(starts[begin]) > BYTES:
            continue
        sentence = _key(hashes, first, final)
        one, other = _key(hashes, a, b), _key(hashes, c, d)
        if one == other:
            continue
        # What is kept of the sentence grows from the names, by whole words.
        while np.int64(ends[d]) - np.int64(starts[first]) > BYTES:
            first += 1
        while np.int64(ends[final]) - np.int64(starts[first]) > BYTES:
            final -= 1
        if kind == LESS or kind == LOSES:
            a, b, c, d = c, d, a, b
            one, other = other, one
        spans[found, 0] = part
        spans[found, 1] = starts[a]
        spans[found, 2] = ends[b]
        spans[found, 3] = starts[c]
        spans[found, 4] = ends[d]
        keys[found, 0] = one
        keys[found, 1] = other
        keys[found, 2] = sentence
        keys[found, 3] = starts[first]
        keys[found, 4] = ends[final]
        found += 1
        taken += 1
    return found
