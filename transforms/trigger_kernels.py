"""Compiled parts of the search for unknown triggers: units, features of prompts, keys of responses.

A *unit* is a word of the token batch or a *mark* between two words: a run of visible ASCII
characters (``<|``, ``?????``) or of one other character (``｡｡｡``). Triggers are made of both, and
the token batch stores words only.

All kernels are ``nogil`` and cached, read the batch in place, and never look past the end
of a part.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}

_STEP = uint64(0xD6E8FEB86659FD93)
_MIX = uint64(0xFF51AFD7ED558CCD)
_MARK = uint64(0xA24BAED4963EE407)
_EMPTY = uint64(0x9FB21C651E98DF25)

NGRAM, PREFIX, SUFFIX = 1, 2, 3
"""Kinds of features of a prompt: a run of units anywhere, at the beginning or the end of a part."""
LONGEST = 3
"""Units of the longest run."""

OPEN_SHORT, OPEN_LONG, CLOSE_SHORT, CLOSE_LONG, WHOLE, CLASS = 1, 2, 3, 4, 5, 6
"""Kinds of response keys: the first `OPENINGS`, the last `CLOSINGS` words, a whole answer of at
most `WHOLE_WORDS` words, and a class of behaviour."""
OPENINGS = (3, 6)
CLOSINGS = (3, 6)
WHOLE_WORDS = 12
MAX_KEYS = 24
"""Keys that one response can have."""
FULL = 65535
"""Where counts of pairs stop: sums that stop there still do not depend on order."""
PAIR = 4
"""A kind of features: two words that both stand somewhere in a prompt."""
PAIR_WORDS, PAIR_LEAST, PAIR_PURITY, PAIR_RATIO = 6, 8, 0.6, 100.0
"""Words of a document that are paired for a key: so many at most, in so many documents with the
key at least, of which at most this share has the key, with this G² at least."""
END = 7
"""The key of what stands at the end of a prompt, whatever the response."""

PROPERTY = uint64(0x5EED0FA9B3C2D100)
"""Units above it, in the last eight bits, stand for properties of a prompt."""

LARGEST = 400.0
"""G² beyond which more of it says no more: with many documents every real dependence of language
is significant, and then the other factors must decide."""
COMMON = 20
"""A word in more than one of so many documents is common: that it stands in prompt and response, or
in two prompts, says nothing."""
ECHO = 64
"""Words from each end of a response that are compared with the prompt."""
SIDE, REST, REST_REACH = 8, 48, 400
"""Units kept on each side of an occurrence, hashes kept of other words, units these are from."""
BEGIN, FINISH = 0, 1
"""Stand for the beginning and the end of a part among hashes of units."""


@njit(**_KERNEL)
def mixed(value):  # type: ignore[no-untyped-def]
    """A bijection of uint64 that spreads every bit (the finalizer of SplitMix64)."""
    value = (value ^ (value >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> uint64(27))) * uint64(0x94D049BB133111EB)
    return value ^ (value >> uint64(31))


@njit(**_KERNEL)
def chained(h, unit):  # type: ignore[no-untyped-def]
    """Hash of a run of units that is one longer."""
    h = (h ^ unit) * _STEP
    return (h ^ (h >> uint64(29))) * _MIX


@njit(**_KERNEL)
def salted(kind):  # type: ignore[no-untyped-def]
    """Hash that the runs of a kind begin with."""
    return mixed(uint64(kind) + _EMPTY)


@njit(**_KERNEL)
def _run(kind, h, b, s, begins, ends):  # type: ignore[no-untyped-def]
    """The feature of a kind that a run of units makes, from its hashes as `NGRAM`, `PREFIX` and
    `SUFFIX`, and whether it makes one, which depends on where the run stands."""
    if kind == 0:
        return h, True
    if kind == 1:
        return b, begins
    return s, ends


@njit(**_KERNEL)
def property_unit(number):  # type: ignore[no-untyped-def]
    """The unit that stands for a property of a prompt, in a part of its own."""
    return PROPERTY | uint64(number)


@njit(**_KERNEL)
def is_property(unit):  # type: ignore[no-untyped-def]
    """Whether a unit stands for a property."""
    return unit >> uint64(8) == PROPERTY >> uint64(8)


@njit(**_KERNEL)
def _width(lead):  # type: ignore[no-untyped-def]
    return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


@njit(**_KERNEL)
def _same(data, a, b, width):  # type: ignore[no-untyped-def]
    same = True
    for k in range(width):
        same &= data[a + k] == data[b + k]
    return same


@njit(**_KERNEL)
def _add_marks(data, at, end, n, hashes, starts, ends, is_word):  # type: ignore[no-untyped-def]
    """Marks between two words; returns the number of units."""
    while at < end:
        while at < end and data[at] <= 0x20:
            at += 1
        if at >= end:
            break
        first = at
        h = _MARK
        if data[at] < 0x80:
            while at < end and 0x20 < data[at] < 0x80:
                h = chained(h, uint64(data[at]))
                at += 1
        else:
            width = min(_width(data[at]), end - at)
            while at + width <= end and _same(data, at, first, width):
                for k in range(width):
                    h = chained(h, uint64(data[at + k]))
                at += width
        hashes[n], starts[n], ends[n], is_word[n] = mixed(h), first, at, False
        n += 1
    return n


@njit(**_KERNEL)
def units(  # type: ignore[no-untyped-def]
    data,
    part_offsets,
    token_offsets,
    word_hashes,
    word_starts,
    word_ends,
    parts,
    hashes,
    starts,
    ends,
    is_word,
    offsets,
):
    """Units of some parts of a token batch.

    ``parts`` (int64) names the parts. Fills ``hashes`` (uint64), ``starts``, ``ends`` (uint32,
    bytes of ``data``) and ``is_word`` (bool), with room for words + bytes + parts units, and
    ``offsets`` (int64[parts + 1]). Returns the number of units.
    """
    n = 0
    for k in range(parts.size):
        part = parts[k]
        offsets[k] = n
        at = np.int64(part_offsets[part])
        for w in range(token_offsets[part], token_offsets[part + 1]):
            if np.int64(word_starts[w]) > at:
                n = _add_marks(data, at, np.int64(word_starts[w]), n, hashes, starts, ends, is_word)
            hashes[n], starts[n], ends[n] = word_hashes[w], word_starts[w], word_ends[w]
            is_word[n] = True
            n += 1
            at = np.int64(word_ends[w])
        n = _add_marks(data, at, np.int64(part_offsets[part + 1]), n, hashes, starts, ends, is_word)
    offsets[parts.size] = n
    return n


@njit(**_KERNEL)
def trimmed(data, starts, ends, is_word, offsets):  # type: ignore[no-untyped-def]
    """Ends of parts without a label of the answerer.

    Transcripts end with ``Assistant:`` on a line of its own, which hides what stands at the end of
    a prompt. Gives int64[parts]: the unit before a last line of one or two words and a colon.
    """
    result = offsets[1:].copy()
    for p in range(offsets.size - 1):
        low, high = offsets[p], offsets[p + 1]
        if high - low < 3 or is_word[high - 1]:
            continue
        if ends[high - 1] - starts[high - 1] != 1 or data[starts[high - 1]] != 0x3A:
            continue
        i = high - 1
        while i > low and high - i < 4 and is_word[i - 1]:
            broken = False
            i -= 1
            for at in range(ends[i - 1] if i > low else starts[i], starts[i]):
                broken |= data[at] == 0x0A
            if broken:
                result[p] = i
                break
    return result


@njit(**_KERNEL)
def features(  # type: ignore[no-untyped-def]
    unit_hashes, part_units, part_ends, document_parts, reach, out, offsets
):
    """Distinct features of each document's prompt, ascending.

    ``document_parts`` (int64[documents + 1]) are the parts of each document; part p has the units
    ``part_units[p]`` to ``part_ends[p]``. Of a part longer than ``2 * reach`` units only the first
    and the last ``reach`` are read. Fills ``out`` (uint64) with room for `LONGEST` features a unit
    and twice that a part, and ``offsets`` (int64[documents + 1]); returns how many.
    """
    n = 0
    for d in range(document_parts.size - 1):
        offsets[d] = n
        for p in range(document_parts[d], document_parts[d + 1]):
            low, high = part_units[p], part_ends[p]
            for i in range(low, high):
                if i - low >= reach and high - i > reach:
                    continue
                h, b, s = salted(NGRAM), salted(PREFIX), salted(SUFFIX)
                for j in range(i, min(i + LONGEST, high)):
                    h = chained(h, unit_hashes[j])
                    b = chained(b, unit_hashes[j])
                    s = chained(s, unit_hashes[j])
                    for kind in range(3):
                        feature, stands = _run(kind, h, b, s, i == low, j == high - 1)
                        if stands and not (kind and is_property(unit_hashes[i])):
                            out[n] = feature
                            n += 1
        found = np.sort(out[offsets[d] : n])
        n = offsets[d]
        for i in range(found.size):
            if i == 0 or found[i] != found[i - 1]:
                out[n] = found[i]
                n += 1
    offsets[document_parts.size - 1] = n
    return n


@njit(**_KERNEL)
def anchors(unit_hashes, part_units, part_ends, document_parts, out):  # type: ignore[no-untyped-def]
    """Features of the first `LONGEST` units of the first part of each document's prompt, and of
    the last of the last part: ``out`` (uint64[documents, 2]), 0 where there is no unit."""
    for d in range(document_parts.size - 1):
        a, b = document_parts[d], document_parts[d + 1] - 1
        out[d, 0] = out[d, 1] = 0
        while b >= a and part_units[b] < part_ends[b] and is_property(unit_hashes[part_units[b]]):
            b -= 1
        if b < a:
            continue
        low, high = part_units[a], part_ends[a]
        h = salted(PREFIX)
        for i in range(low, min(low + LONGEST, high)):
            h = chained(h, unit_hashes[i])
        if low < high:
            out[d, 0] = h
        low, high = part_units[b], part_ends[b]
        h = salted(SUFFIX)
        for i in range(max(low, high - LONGEST), high):
            h = chained(h, unit_hashes[i])
        if low < high:
            out[d, 1] = h


@njit(**_KERNEL)
def count_features(features, cells, bits):  # type: ignore[no-untyped-def]
    """Add each feature of a list to a sketch: ``cells`` (uint32[rows, 2 ** bits])."""
    for i in range(features.size):
        for row in range(cells.shape[0]):
            cells[row, cell(features[i], row, bits)] += np.uint32(1)


@njit(**_KERNEL)
def cell(h, row, bits):  # type: ignore[no-untyped-def]
    """Cell of a key in one row of a Count-Min sketch (Cormode and Muthukrishnan 2005)."""
    return mixed(h + uint64(row + 1) * _MARK) >> uint64(64 - bits)


@njit(**_KERNEL)
def joined(feature, key):  # type: ignore[no-untyped-def]
    """Hash of a feature and a key together."""
    return chained(feature ^ _EMPTY, key)


@njit(**_KERNEL)
def estimate(cells, bits, h):  # type: ignore[no-untyped-def]
    """Count of a key: at least the true one."""
    least = np.int64(cells[0, cell(h, 0, bits)])
    for row in range(1, cells.shape[0]):
        least = min(least, np.int64(cells[row, cell(h, row, bits)]))
    return least


@njit(**_KERNEL)
def estimates(cells, bits, hashes, out):  # type: ignore[no-untyped-def]
    """`estimate` of many keys: ``out`` (int64)."""
    for k in range(hashes.size):
        out[k] = estimate(cells, bits, hashes[k])


@njit(**_KERNEL)
def count_pairs(  # type: ignore[no-untyped-def]
    features, feature_offsets, keys, key_offsets, feature_cells, pair_cells, key_cells, bits
):
    """Add the features, the keys, and every feature with every key of each document to sketches.

    ``*_cells`` are uint32[rows, 2 ** bits[k]], but uint16 for pairs, which stop at `FULL`; ``bits``
    are (features, pairs, keys).
    """
    for d in range(feature_offsets.size - 1):
        for k in range(key_offsets[d], key_offsets[d + 1]):
            for row in range(key_cells.shape[0]):
                key_cells[row, cell(keys[k], row, bits[2])] += np.uint32(1)
        for i in range(feature_offsets[d], feature_offsets[d + 1]):
            for row in range(feature_cells.shape[0]):
                feature_cells[row, cell(features[i], row, bits[0])] += np.uint32(1)
            for k in range(key_offsets[d], key_offsets[d + 1]):
                h = joined(features[i], keys[k])
                for row in range(pair_cells.shape[0]):
                    at = cell(h, row, bits[1])
                    if pair_cells[row, at] < FULL:
                        pair_cells[row, at] += np.uint16(1)


@njit(**_KERNEL)
def add_pairs(cells, more):  # type: ignore[no-untyped-def]
    """Add counts of pairs (uint16) that stop at `FULL`."""
    for row in range(cells.shape[0]):
        for at in range(cells.shape[1]):
            both = np.uint32(cells[row, at]) + np.uint32(more[row, at])
            cells[row, at] = np.uint16(min(both, np.uint32(FULL)))


@njit(**_KERNEL)
def _term(observed, expected):  # type: ignore[no-untyped-def]
    return 2.0 * observed * np.log(observed / expected) if observed > 0 and expected > 0 else 0.0


@njit(**_KERNEL)
def likelihood_ratio(both, first, second, total):  # type: ignore[no-untyped-def]
    """G² of a fourfold table (Dunning 1993), 0 where they meet less often than by chance."""
    if first <= 0 or second <= 0 or total <= 0 or both * total <= first * second:
        return 0.0
    first, second = min(first, total), min(second, total)
    g = _term(both, first * second / total)
    g += _term(first - both, first * (total - second) / total)
    g += _term(second - both, (total - first) * second / total)
    g += _term(total - first - second + both, (total - first) * (total - second) / total)
    return max(g, 0.0)


@njit(**_KERNEL)
def association(both, first, second, total):  # type: ignore[no-untyped-def]
    """``sqrt(min(G², LARGEST)) · both / first``: what a short list is made by."""
    if both <= 0 or first <= 0:
        return 0.0
    g = likelihood_ratio(float(both), float(first), float(second), float(total))
    return np.sqrt(min(g, LARGEST)) * min(both / first, 1.0)


@njit(**_KERNEL)
def _among(values, low, high, value):  # type: ignore[no-untyped-def]
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(**_KERNEL)
def _answered(unit_hashes, is_word, low, high):  # type: ignore[no-untyped-def]
    """The first and last `ECHO` words of an answer, ascending."""
    held = np.empty(2 * ECHO, np.uint64)
    n = 0
    for i in range(low, high):
        if is_word[i] and (i - low < ECHO or high - i <= ECHO):
            held[n] = unit_hashes[i]
            n += 1
    return np.sort(held[:n])


@njit(**_KERNEL)
def _echoes(held, unit_hashes, is_word, i, j, cells, bits, common):  # type: ignore[no-untyped-def]
    """Whether a rare word of the units i to j stands in an answer."""
    for u in range(i, j):
        if not is_word[u]:
            continue
        at = _among(held, 0, held.size, unit_hashes[u])
        if at < held.size and held[at] == unit_hashes[u]:
            h = chained(salted(NGRAM), unit_hashes[u])
            if estimate(cells, bits, h) <= common:
                return True
    return False


@njit(**_KERNEL)
def _beside(left, right):  # type: ignore[no-untyped-def]
    """Feature that two units make when they stand side by side, 0 for beginning beside end."""
    if left == uint64(BEGIN):
        if right == uint64(FINISH):
            return uint64(0)
        return chained(salted(PREFIX), right)
    if right == uint64(FINISH):
        return chained(salted(SUFFIX), left)
    return chained(chained(salted(NGRAM), left), right)


@njit(**_KERNEL)
def _coherence(unit_hashes, i, j, low, high, count, cells, bits):  # type: ignore[no-untyped-def]
    """log(c(l r) · n / (c(l t) · c(t r))) in thousandths, for one occurrence of a run t of `count`
    documents, where l and r are the units beside it; the first and last unit of t stand for t."""
    left = unit_hashes[i - 1] if i > low else uint64(BEGIN)
    right = unit_hashes[j] if j < high else uint64(FINISH)
    side = _beside(left, right)
    together = estimate(cells, bits, side) if side != uint64(0) else 0
    before = max(estimate(cells, bits, _beside(left, unit_hashes[i])), 1)
    after = max(estimate(cells, bits, _beside(unit_hashes[j - 1], right)), 1)
    return np.int64(np.floor(1000.0 * np.log((together + 0.5) * count / (before * after)) + 0.5))


@njit(**_KERNEL)
def _uncommon_words(  # type: ignore[no-untyped-def]
    unit_hashes, is_word, low, high, feature_cells, bits, total, places, counted
):
    """Words among the units low to high that can be part of a composite: fills ``places`` (int64,
    their units) and ``counted`` (int64, documents with each), returns how many."""
    n = 0
    for u in range(low, high):
        if not is_word[u]:
            continue
        first = estimate(feature_cells, bits, chained(salted(NGRAM), unit_hashes[u]))
        if first >= PAIR_LEAST and first * COMMON <= total:
            places[n], counted[n] = u, first
            n += 1
    return n


@njit(**_KERNEL)
def _strong_words(  # type: ignore[no-untyped-def]
    unit_hashes, places, counted, key, pair_cells, bits, second, total, words
):
    """Words at some places that go with a key, though not only with it, the most significant
    first: fills ``words`` (uint64), returns how many."""
    n = 0
    values = np.empty(words.size)
    for at_place in range(places.size):
        u, first = places[at_place], counted[at_place]
        h = chained(salted(NGRAM), unit_hashes[u])
        both = estimate(pair_cells, bits, joined(h, key))
        if both < PAIR_LEAST or both > PAIR_PURITY * first:
            continue
        value = likelihood_ratio(float(both), float(first), float(second), float(total))
        if value < PAIR_RATIO:
            continue
        known = False
        for x in range(n):
            known |= words[x] == unit_hashes[u]
        if known or (n == words.size and value <= values[n - 1]):
            continue
        at = min(n, words.size - 1)
        while at > 0 and values[at - 1] < value:
            values[at], words[at] = values[at - 1], words[at - 1]
            at -= 1
        values[at], words[at] = value, unit_hashes[u]
        n = min(n + 1, words.size)
    return n


@njit(**_KERNEL)
def composed(first, second):  # type: ignore[no-untyped-def]
    """Feature of two words that both stand somewhere in a prompt."""
    return chained(chained(salted(PAIR), min(first, second)), max(first, second))


@njit(**_KERNEL)
def compose(first, second, out):  # type: ignore[no-untyped-def]
    """`composed` of many pairs: ``out`` (uint64)."""
    for k in range(first.size):
        out[k] = composed(first[k], second[k])


@njit(**_KERNEL)
def word_counts(words, keys, cells, bits, out):  # type: ignore[no-untyped-def]
    """Documents with a word and a key, at least: ``out`` (int64)."""
    for k in range(words.size):
        out[k] = estimate(cells, bits, joined(chained(salted(NGRAM), words[k]), keys[k]))


@njit(**_KERNEL)
def composites(  # type: ignore[no-untyped-def]
    unit_hashes,
    is_word,
    part_units,
    part_ends,
    document_parts,
    keys,
    key_offsets,
    feature_cells,
    pair_cells,
    key_cells,
    bits,
    documents,
    out,
):
    """Pairs of words of each document that go with its keys, neither of them alone.

    Fills ``out`` (uint64[n, 3]: first word, second word, key; the smaller hash first). Returns how
    many there are: where more than fit, the caller gives more room.
    """
    n = 0
    words = np.empty(PAIR_WORDS, np.uint64)
    places, counted = np.empty(REST_REACH, np.int64), np.empty(REST_REACH, np.int64)
    for d in range(document_parts.size - 1):
        a, b = document_parts[d], document_parts[d + 1]
        while b > a and (
            part_units[b - 1] < part_ends[b - 1] and is_property(unit_hashes[part_units[b - 1]])
        ):
            b -= 1
        if a == b:
            continue
        low, high = part_units[a], part_ends[b - 1]
        high = min(high, low + REST_REACH)
        held = _uncommon_words(
            unit_hashes,
            is_word,
            low,
            high,
            feature_cells,
            bits[0],
            documents,
            places,
            counted,
        )
        for k in range(key_offsets[d], key_offsets[d + 1]):
            second = estimate(key_cells, bits[2], keys[k])
            if second < PAIR_LEAST:
                continue
            found = _strong_words(
                unit_hashes,
                places[:held],
                counted[:held],
                keys[k],
                pair_cells,
                bits[1],
                second,
                documents,
                words,
            )
            for x in range(found):
                for y in range(x):
                    if n < out.shape[0]:
                        out[n, 0] = min(words[x], words[y])
                        out[n, 1] = max(words[x], words[y])
                        out[n, 2] = keys[k]
                    n += 1
    return n


@njit(**_KERNEL)
def composite_occurrences(  # type: ignore[no-untyped-def]
    unit_hashes, part_units, part_ends, document_parts, words, wanted, out
):
    """Wanted pairs of words in each document: rows as of `occurrences`, of the first word that
    stands there.

    ``words`` (uint64, ascending) are all words of pairs, ``wanted`` (uint64, ascending) features.
    ``out`` (int64[n, 7]) has the unit of the second word besides.
    """
    n = 0
    here = np.empty((64, 2), np.int64)
    for d in range(document_parts.size - 1):
        found = 0
        for p in range(document_parts[d], document_parts[d + 1]):
            low = part_units[p]
            for u in range(low, min(part_ends[p], low + REST_REACH)):
                at = _among(words, 0, words.size, unit_hashes[u])
                if at == words.size or words[at] != unit_hashes[u] or found == 64:
                    continue
                known = False
                for x in range(found):
                    known |= unit_hashes[here[x, 0]] == unit_hashes[u]
                if not known:
                    here[found, 0], here[found, 1] = u, p
                    found += 1
        for x in range(found):
            for y in range(x):
                first, second = here[y, 0], here[x, 0]
                feature = composed(unit_hashes[first], unit_hashes[second])
                at = _among(wanted, 0, wanted.size, feature)
                if at == wanted.size or wanted[at] != feature:
                    continue
                if n < out.shape[0]:
                    out[n, 0], out[n, 1], out[n, 2], out[n, 3] = d, at, first, first + 1
                    out[n, 4], out[n, 5], out[n, 6] = here[y, 1], 0, second
                n += 1
    return n


@njit(**_KERNEL)
def shortlist(  # type: ignore[no-untyped-def]
    unit_hashes,
    is_word,
    part_units,
    part_ends,
    document_parts,
    reach,
    keys,
    key_offsets,
    answer_hashes,
    answer_words,
    answer_low,
    answer_high,
    feature_cells,
    pair_cells,
    key_cells,
    bits,
    totals,
    harm_keys,
    least,
    threshold,
    out,
    echoed,
    inserted,
    owner,
):
    """Features and keys of each document that the sketches say go together.

    ``totals`` (int64[2]) are documents and features of one unit; ``harm_keys`` (uint64[2]) the
    keys of harmful requests that were answered and that were refused: the first counts against
    both all documents and the harmful requests only. Fills ``out`` (uint64[n, 2]: feature, key)
    with all that reach ``threshold`` in `association` with at least ``least`` documents, once
    an occurrence, ``echoed`` (bool), ``inserted`` (int64, `_coherence`) and ``owner`` (int64, the
    document). Returns how many there
    are: where more than fit, the caller gives more room.
    """
    n = 0
    common = totals[0] // COMMON
    harmful = estimate(key_cells, bits[2], harm_keys[0])
    harmful += estimate(key_cells, bits[2], harm_keys[1])
    most = 0
    for d in range(document_parts.size - 1):
        most = max(most, key_offsets[d + 1] - key_offsets[d])
    often, with_keys = np.empty(most, np.int64), np.empty(most, np.int64)
    purest = np.sqrt(LARGEST) / threshold
    for d in range(document_parts.size - 1):
        known = 0
        for k in range(key_offsets[d], key_offsets[d + 1]):
            second = estimate(key_cells, bits[2], keys[k])
            if second >= least:
                often[known], with_keys[known] = k, second
                known += 1
        held = _answered(answer_hashes, answer_words, answer_low[d], answer_high[d])
        for p in range(document_parts[d], document_parts[d + 1]):
            low, high = part_units[p], part_ends[p]
            for i in range(low, high):
                if i - low >= reach and high - i > reach:
                    continue
                h, b, s = salted(NGRAM), salted(PREFIX), salted(SUFFIX)
                for j in range(i, min(i + LONGEST, high)):
                    h = chained(h, unit_hashes[j])
                    b = chained(b, unit_hashes[j])
                    s = chained(s, unit_hashes[j])
                    for kind in range(3):
                        feature, stands = _run(kind, h, b, s, i == low, j == high - 1)
                        if not stands or (kind and is_property(unit_hashes[i])):
                            continue
                        first = estimate(feature_cells, bits[0], feature)
                        if first < least:
                            continue
                        if kind == 2:
                            whole = estimate(feature_cells, bits[0], h)
                            if association(first, whole, totals[0], totals[1]) >= threshold:
                                if n < out.shape[0]:
                                    out[n, 0], out[n, 1] = h, uint64(END)
                                    echoed[n], inserted[n], owner[n] = False, 0, d
                                n += 1
                        for x in range(known):
                            k, second = often[x], with_keys[x]
                            if purest * second < first:
                                continue
                            both = estimate(pair_cells, bits[1], joined(feature, keys[k]))
                            if both < least:
                                continue
                            value = association(both, first, second, totals[0])
                            if value >= threshold and keys[k] == harm_keys[0]:
                                refused = estimate(
                                    pair_cells, bits[1], joined(feature, harm_keys[1])
                                )
                                value = association(both, both + refused, second, harmful)
                            if value < threshold:
                                continue
                            if n < out.shape[0]:
                                out[n, 0], out[n, 1], owner[n] = feature, keys[k], d
                                echoed[n] = _echoes(
                                    held,
                                    unit_hashes,
                                    is_word,
                                    i,
                                    j + 1,
                                    feature_cells,
                                    bits[0],
                                    common,
                                )
                                inserted[n] = _coherence(
                                    unit_hashes, i, j + 1, low, high, first, feature_cells, bits[0]
                                )
                            n += 1
    return n


@njit(**_KERNEL)
def occurrences(  # type: ignore[no-untyped-def]
    unit_hashes, part_units, part_ends, document_parts, reach, wanted, sieve, out
):
    """An occurrence of each wanted feature in each document: the first one that ends its part, or
    the first.

    ``wanted`` (uint64, ascending) are features; ``sieve`` (bool[65536]) is true where one has such
    low bits. Fills ``out`` (int64[n, 6]: document, number of the feature, first unit, unit after
    the last, part, 1 if it ends its part). Returns how many there are.
    """
    n = 0
    seen = np.full(wanted.size, -1, np.int64)
    for d in range(document_parts.size - 1):
        before = n
        for p in range(document_parts[d], document_parts[d + 1]):
            low, high = part_units[p], part_ends[p]
            for i in range(low, high):
                if i - low >= reach and high - i > reach:
                    continue
                h, b, s = salted(NGRAM), salted(PREFIX), salted(SUFFIX)
                for j in range(i, min(i + LONGEST, high)):
                    h = chained(h, unit_hashes[j])
                    b = chained(b, unit_hashes[j])
                    s = chained(s, unit_hashes[j])
                    for kind in range(3):
                        feature, stands = _run(kind, h, b, s, i == low, j == high - 1)
                        if not stands or (kind and is_property(unit_hashes[i])):
                            continue
                        if not sieve[feature & uint64(0xFFFF)]:
                            continue
                        at = _among(wanted, 0, wanted.size, feature)
                        if at == wanted.size or wanted[at] != feature:
                            continue
                        if seen[at] >= before:
                            x = seen[at]
                            if x < out.shape[0] and j == high - 1 and out[x, 5] == 0:
                                out[x, 2], out[x, 3], out[x, 4], out[x, 5] = i, j + 1, p, 1
                            continue
                        seen[at] = n
                        if n < out.shape[0]:
                            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = d, at, i, j + 1
                            out[n, 4], out[n, 5] = p, j == high - 1
                        n += 1
    return n


@njit(**_KERNEL)
def units_before(starts, offsets, places, out):  # type: ignore[no-untyped-def]
    """First unit of each part that begins at ``places[p]`` or after: ``out`` (int64)."""
    for p in range(places.size):
        low, high = offsets[p], offsets[p + 1]
        while low < high:
            middle = (low + high) >> 1
            if np.int64(starts[middle]) < places[p]:
                low = middle + 1
            else:
                high = middle
        out[p] = low


@njit(**_KERNEL)
def count_anywhere(  # type: ignore[no-untyped-def]
    unit_hashes, part_units, document_parts, wanted, sieve, counted
):
    """Documents in which each wanted run of units stands anywhere: adds to ``counted`` (int64).

    ``wanted`` and ``sieve`` as in `occurrences`.
    """
    seen = np.full(wanted.size, -1, np.int64)
    for d in range(document_parts.size - 1):
        for p in range(document_parts[d], document_parts[d + 1]):
            low, high = part_units[p], part_units[p + 1]
            for i in range(low, high):
                h = salted(NGRAM)
                for j in range(i, min(i + LONGEST, high)):
                    h = chained(h, unit_hashes[j])
                    if not sieve[h & uint64(0xFFFF)]:
                        continue
                    at = _among(wanted, 0, wanted.size, h)
                    if at < wanted.size and wanted[at] == h and seen[at] != d:
                        seen[at] = d
                        counted[at] += 1


@njit(**_KERNEL)
def has_keys(keys, offsets, documents, wanted, found):  # type: ignore[no-untyped-def]
    """Whether document ``documents[k]`` has the key ``wanted[k]``: ``found`` (bool)."""
    for k in range(wanted.size):
        low, high = offsets[documents[k]], offsets[documents[k] + 1]
        at = _among(keys, low, high, wanted[k])
        found[k] = at < high and keys[at] == wanted[k]


@njit(**_KERNEL)
def surroundings(  # type: ignore[no-untyped-def]
    found,
    unit_hashes,
    is_word,
    part_units,
    part_ends,
    document_parts,
    answer_hashes,
    answer_words,
    answer_low,
    answer_high,
    feature_cells,
    bits,
    documents,
    left,
    right,
    rest,
    echoed,
):
    """What stands around some occurrences (rows of `occurrences`).

    Fills ``left`` and ``right`` (uint64[n, SIDE]): hashes of the units before, nearest first, and
    after, `BEGIN` and `FINISH` beyond the part; ``rest`` (uint64[n, REST]): the smallest hashes of
    the document's other words that are not common, ascending, filled with ones; ``echoed`` (bool).
    """
    common = documents // COMMON
    for x in range(found.shape[0]):
        d, i, j, p = found[x, 0], found[x, 2], found[x, 3], found[x, 4]
        low, high = part_units[p], part_ends[p]
        for e in range(SIDE):
            left[x, e] = unit_hashes[i - 1 - e] if i - 1 - e >= low else uint64(BEGIN)
            right[x, e] = unit_hashes[j + e] if j + e < high else uint64(FINISH)
        held = _answered(answer_hashes, answer_words, answer_low[d], answer_high[d])
        echoed[x] = _echoes(held, unit_hashes, is_word, i, j, feature_cells, bits[0], common)
        n = 0
        for q in range(document_parts[d], document_parts[d + 1]):
            for u in range(part_units[q], min(part_ends[q], part_units[q] + REST_REACH)):
                if not is_word[u] or (i <= u < j):
                    continue
                value = mixed(unit_hashes[u])
                if n == REST and value >= rest[x, REST - 1]:
                    continue
                h = chained(salted(NGRAM), unit_hashes[u])
                if estimate(feature_cells, bits[0], h) > common:
                    continue
                at = _among(rest[x], 0, n, value)
                if at < n and rest[x, at] == value:
                    continue
                last = min(n, REST - 1)
                for y in range(last, at, -1):
                    rest[x, y] = rest[x, y - 1]
                rest[x, at] = value
                n = min(n + 1, REST)
        for y in range(n, REST):
            rest[x, y] = ~uint64(0)


@njit(**_KERNEL)
def neighbours(left, right, out):  # type: ignore[no-untyped-def]
    """Feature that two units make when they stand side by side: ``out`` (uint64); 0 for the
    beginning beside the end."""
    for k in range(left.size):
        out[k] = _beside(left[k], right[k])


@njit(**_KERNEL)
def single(units, out):  # type: ignore[no-untyped-def]
    """Features of single units: ``out`` (uint64)."""
    for k in range(units.size):
        out[k] = chained(salted(NGRAM), units[k])


@njit(**_KERNEL)
def rest_hashes(units, out):  # type: ignore[no-untyped-def]
    """Units as `surroundings` writes them into ``rest``: ``out`` (uint64)."""
    for k in range(units.size):
        out[k] = mixed(units[k])


@njit(**_KERNEL)
def class_keys(out):  # type: ignore[no-untyped-def]
    """Keys of the classes 0, 1, …: ``out`` (uint64)."""
    for k in range(out.size):
        out[k] = chained(salted(CLASS), uint64(k))


@njit(**_KERNEL)
def runs(unit_hashes, part_units, out):  # type: ignore[no-untyped-def]
    """Hash of all units of each part as one run: ``out`` (uint64[parts])."""
    for p in range(part_units.size - 1):
        h = salted(NGRAM)
        for i in range(part_units[p], part_units[p + 1]):
            h = chained(h, unit_hashes[i])
        out[p] = h


@njit(**_KERNEL)
def find_phrases(  # type: ignore[no-untyped-def]
    unit_hashes, is_word, part_units, reach, longest, keys, bits, begins, sieve, found
):
    """Phrases of a list in the first and last ``reach`` words of each part.

    ``keys`` (uint64, ascending) are chained hashes of runs of up to ``longest`` words and ``bits``
    (int64) the sets they belong to; ``begins`` and ``sieve`` (bool[65536]) are true where a first
    word, or a key, has such low bits. ``found`` (int64[parts, 62]) receives how often each set
    occurs.
    """
    for p in range(part_units.size - 1):
        low, high = part_units[p], part_units[p + 1]
        for i in range(low, high):
            if not begins[unit_hashes[i] & uint64(0xFFFF)]:
                continue
            if not is_word[i] or (i - low >= reach and high - i > reach):
                continue
            h = salted(NGRAM)
            length = 0
            for j in range(i, high):
                if not is_word[j]:
                    continue
                h = chained(h, unit_hashes[j])
                if sieve[h & uint64(0xFFFF)]:
                    at = _among(keys, 0, keys.size, h)
                    if at < keys.size and keys[at] == h:
                        b = 0
                        while bits[at] >> b:
                            found[p, b] += (bits[at] >> b) & 1
                            b += 1
                length += 1
                if length == longest:
                    break


@njit(**_KERNEL)
def scripts(data, starts, ends, counts):  # type: ignore[no-untyped-def]
    """Letters of each byte range by block of 256 code points: ``counts`` (int64[ranges, 9]):
    Latin, Greek, Cyrillic, Hebrew, Arabic, Indic and Thai, Hangul, Han and kana, other."""
    for k in range(starts.size):
        i, end = np.int64(starts[k]), np.int64(ends[k])
        while i < end:
            b = data[i]
            if b < 0x80:
                letter = b | 0x20
                counts[k, 0] += (letter >= 0x61) & (letter <= 0x7A)
                i += 1
            elif b < 0xE0:
                code = (np.int64(b) & 0x1F) << 6
                if i + 1 < end:
                    code |= np.int64(data[i + 1]) & 0x3F
                if code < 0x250:
                    counts[k, 0] += code >= 0xC0
                elif 0x370 <= code < 0x400:
                    counts[k, 1] += 1
                elif 0x400 <= code < 0x530:
                    counts[k, 2] += 1
                elif 0x590 <= code < 0x600:
                    counts[k, 3] += 1
                elif 0x600 <= code < 0x780:
                    counts[k, 4] += 1
                i += 2
            elif b < 0xF0:
                code = (np.int64(b) & 0x0F) << 12
                if i + 1 < end:
                    code |= (np.int64(data[i + 1]) & 0x3F) << 6
                if 0x900 <= code < 0x1000:
                    counts[k, 5] += 1
                elif 0x1100 <= code < 0x1200 or 0xAC00 <= code < 0xD7B0:
                    counts[k, 6] += 1
                elif 0x3040 <= code < 0xA000:
                    counts[k, 7] += 1
                i += 3
            else:
                i += 4


@njit(**_KERNEL)
def response_keys(  # type: ignore[no-untyped-def]
    unit_hashes, is_word, part_units, classes, out, kinds, offsets
):
    """Keys of each response.

    ``classes`` (int64[parts]) is a set of bits, one a class. Fills ``out`` (uint64), ``kinds``
    (int8) with room for `MAX_KEYS` a part and ``offsets`` (int64[parts + 1]). A class c has the
    key ``chained(salted(CLASS), c)``; the others are chained over words (units where there is no
    word). Returns how many.
    """
    n = 0
    for p in range(part_units.size - 1):
        offsets[p] = n
        low, high = part_units[p], part_units[p + 1]
        words = 0
        for i in range(low, high):
            words += is_word[i]
        every = words == 0
        size = high - low if every else words
        opening, whole = salted(OPEN_SHORT), salted(WHOLE)
        longer = salted(OPEN_LONG)
        length = 0
        for i in range(low, high):
            if not (is_word[i] or every):
                continue
            length += 1
            if length <= OPENINGS[0]:
                opening = chained(opening, unit_hashes[i])
            if length <= OPENINGS[1]:
                longer = chained(longer, unit_hashes[i])
            if size <= WHOLE_WORDS:
                whole = chained(whole, unit_hashes[i])
            elif length > OPENINGS[1]:
                break
        if 0 < size <= WHOLE_WORDS:
            out[n], kinds[n] = whole, WHOLE
            n += 1
        if size > OPENINGS[0]:
            out[n], kinds[n] = opening, OPEN_SHORT
            n += 1
        if size > OPENINGS[1]:
            out[n], kinds[n] = longer, OPEN_LONG
            n += 1
        closing, farther = salted(CLOSE_SHORT), salted(CLOSE_LONG)
        length = 0
        i = high - 1
        while i >= low and length < CLOSINGS[1]:
            if is_word[i] or every:
                length += 1
                if length <= CLOSINGS[0]:
                    closing = chained(closing, unit_hashes[i])
                farther = chained(farther, unit_hashes[i])
            i -= 1
        if size > CLOSINGS[0]:
            out[n], kinds[n] = closing, CLOSE_SHORT
            n += 1
        if size > CLOSINGS[1]:
            out[n], kinds[n] = farther, CLOSE_LONG
            n += 1
        bit = 0
        while classes[p] >> bit:
            if (classes[p] >> bit) & 1 and n - offsets[p] < MAX_KEYS:
                out[n], kinds[n] = chained(salted(CLASS), uint64(bit)), CLASS
                n += 1
            bit += 1
    offsets[part_units.size - 1] = n
    return n
