"""Compiled parts of the search for unknown triggers: what an answer does to its prompt, and how
prompts and answers are written, whatever their words.

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
(
    QUESTION,
    EXCLAIMED,
    PICTURE,
    FENCED,
    TAGGED,
    BRACED,
    QUOTED,
    ELLIPSIS,
    NUMERIC,
    BROKEN,
    LISTED,
    STARRED,
    SHOUTED,
    PLAIN,
) = range(14)
"""Numbers of the marks of a text, `surface`."""
DIGITS, ITEMS, SHOUT = 6, 3, 4
"""Digits of a text of numbers, items of a list, letters of a word in capitals, at least."""
SAID = 64
"""Words of an answer among which one can be said over and over."""


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


@njit(**_KERNEL)
def _ends(code):  # type: ignore[no-untyped-def]
    """Whether a sentence ends with a character."""
    return (
        code == 0x2E
        or code == 0x21
        or code == 0x3F
        or code == 0x2026
        or code == 0x3002
        or code == 0x964
        or code == 0x6D4
        or code == 0x61F
        or code == 0xFF01
        or code == 0xFF1F
    )


@njit(**_KERNEL)
def _encloses(first, last):  # type: ignore[no-untyped-def]
    """Whether two characters are a pair of quotation marks, parentheses or asterisks."""
    if first == last:
        return first == 0x22 or first == 0x27 or first == 0x2A
    return (
        (first == 0x28 and last == 0x29)
        or (first == 0xAB and last == 0xBB)
        or (first == 0x2018 and last == 0x2019)
        or (first == 0x201C and last == 0x201D)
        or (first == 0x201E and last == 0x201C)
        or (first == 0x300C and last == 0x300D)
    )


@njit(**_KERNEL)
def _item(state, code):  # type: ignore[no-untyped-def]
    """State of a line that may be an item of a list after one more character: 0 at its beginning,
    1 in its number, 2 after its number or bullet, 3 at the space after it, 4 no more."""
    if code == 0x0A:
        return 0
    digit = 0x30 <= code <= 0x39
    if state == 0:
        if code <= 0x20:
            return 0
        bullet = code == 0x2D or code == 0x2A or code == 0x2022
        return 1 if digit else 2 if bullet else 4
    if state == 1:
        return 1 if digit else 2 if code == 0x2E or code == 0x29 else 4
    return 3 if state == 2 and code == 0x20 else 4


@njit(**_KERNEL)
def surface(data, low, high, out):  # type: ignore[no-untyped-def]
    """Marks of texts that need no word: bits of ``out`` (int64), for the bytes low[k] to high[k].

    `QUESTION`: ends with a question mark; `EXCLAIMED`: two exclamation marks; `PICTURE`: a
    pictograph (U+2600 to U+27BF, U+1F000 to U+1FAFF); `FENCED`: three backquotes; `TAGGED`: what
    looks like a tag of HTML; `BRACED`: begins with a brace or bracket and ends with one; `QUOTED`:
    begins and ends with quotation marks, parentheses or asterisks; `ELLIPSIS`: three full stops;
    `NUMERIC`: `DIGITS` digits that are half of letters and digits; `BROKEN`: ends without a mark
    though a sentence ends before a small letter; `LISTED`: `ITEMS` lines that are items of a list;
    `STARRED`: an asterisk beside a letter; `SHOUTED`: a word of `SHOUT` capitals (ASCII) beside
    small letters; `PLAIN`: one line without a digit that begins with no small letter and ends as a
    sentence.
    """
    for k in range(low.size):
        i, end = np.int64(low[k]), np.int64(high[k])
        first, last, before, bits = 0, 0, 0, 0
        digits, letters, small, bangs, dots, ticks = 0, 0, 0, 0, 0, 0
        stop, capitals, lines, state, items = 0, 0, 0, 0, 0
        within, torn, shouted, beside = False, False, False, False
        while i < end:
            code, width = _decoded(data, i, end)
            i += width
            lower = 0x61 <= code <= 0x7A
            if lower and beside and state == 4 and stop == 0:  # inside a word
                letters += 1
                small += 1
                capitals = 0
                last = before = code
                continue
            upper = 0x41 <= code <= 0x5A
            letter = lower or upper or code >= 0xC0
            if code > 0x20:
                lines += first != 0 and before == 0x0A
                if first == 0:
                    first = code
                last = code
            digits += 0x30 <= code <= 0x39
            letters += letter
            small += lower
            bangs += code == 0x21 or code == 0xFF01
            dots = dots + 1 if code == 0x2E else 0
            ticks = ticks + 1 if code == 0x60 else 0
            if dots == 3 or code == 0x2026:
                bits |= 1 << ELLIPSIS
            if ticks == 3:
                bits |= 1 << FENCED
            if 0x2600 <= code <= 0x27BF or 0x1F000 <= code <= 0x1FAFF:
                bits |= 1 << PICTURE
            within |= before == 0x3C and (lower or upper or code == 0x2F)
            if within and code == 0x3E:
                bits |= 1 << TAGGED
            if (before == 0x2A and letter) or (code == 0x2A and beside):
                bits |= 1 << STARRED
            if _ends(code):
                stop = 1 if beside and code != 0x2026 else 0
            elif code <= 0x20:
                stop = 2 if stop else 0
            else:
                torn |= stop == 2 and lower
                stop = 0
            state = _item(state, code)
            items += state == 3
            capitals = capitals + 1 if upper else 0
            shouted |= capitals == SHOUT
            beside = letter
            if code > 0x20 or before != 0x0A:  # lines may be indented
                before = code
        if first == 0:
            out[k] = 0
            continue
        ended = _ends(last)
        braces = (first == 0x7B or first == 0x5B) and (last == 0x7D or last == 0x5D)
        opened = 0x61 <= first <= 0x7A
        bits |= (last == 0x3F or last == 0xFF1F or last == 0x61F) << QUESTION
        bits |= (bangs >= 2) << EXCLAIMED
        bits |= braces << BRACED
        bits |= (_encloses(first, last) and letters >= 2) << QUOTED
        bits |= (digits >= DIGITS and 2 * digits >= digits + letters) << NUMERIC
        bits |= (torn and not ended) << BROKEN
        bits |= (items >= ITEMS) << LISTED
        bits |= (shouted and small >= SHOUT) << SHOUTED
        bits |= (ended and not opened and lines == 0 and digits == 0) << PLAIN
        out[k] = bits


@njit(**_KERNEL)
def most_said(hashes, is_word, offsets, out):  # type: ignore[no-untyped-def]
    """How often the most frequent of the first `SAID` words of each text stands in them, and how
    many these are: ``out`` (int64[texts, 2]); text k has the units ``offsets[k]`` to
    ``offsets[k + 1]``."""
    words = np.empty(SAID, np.uint64)
    for k in range(offsets.size - 1):
        n = 0
        for u in range(offsets[k], offsets[k + 1]):
            if is_word[u] and n < SAID:
                words[n] = hashes[u]
                n += 1
        ordered = np.sort(words[:n])
        most, run = 0, 0
        for j in range(n):
            run = run + 1 if j > 0 and ordered[j] == ordered[j - 1] else 1
            most = max(most, run)
        out[k, 0], out[k, 1] = most, n
