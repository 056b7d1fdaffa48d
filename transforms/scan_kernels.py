"""The compiled part of `matching`: scan words through a sieve, follow the few that are left.

Numba kernels as in `kernels`, in a module of their own so that the cached code of each lives by
the time of its own file.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from corpus_assay.transforms import unicode
from corpus_assay.transforms.kernels import (
    CAPITALISED,
    ENTRY_SHIFT,
    FLAG_UPPER,
    GAP_MASK,
    LOWERCASE,
    MORE,
    WORD_MASK,
    WORD_SHIFT,
    chain,
    fold_word,
    mix,
    scratch,
)

_KERNEL = {"nogil": True, "cache": True, "boundscheck": False}
_ONE = uint64(1)
_PAGES = unicode.PAGES

_MET = 1 << 10
"""Words of lists whose last spelling in the text is remembered: frequent ones come again soon."""


@njit(**_KERNEL)
def _sieve_word(key, words):  # type: ignore[no-untyped-def]
    """Which of a sieve's ``words`` (a power of two) a key has its bits in."""
    return (key >> uint64(24)) & (words - _ONE)


@njit(**_KERNEL)
def _begins(key, sieved):  # type: ignore[no-untyped-def]
    """1 where a word of a sieve lets pass that an entry begins with this word, or these two."""
    return (sieved >> ((key >> uint64(44)) & uint64(63))) & _ONE


@njit(**_KERNEL)
def _alone(key, sieved):  # type: ignore[no-untyped-def]
    """1 where it lets pass that a first word is an entry by itself."""
    return (sieved >> ((key >> uint64(50)) & uint64(63))) & _ONE


@njit(**_KERNEL)
def _case_suits(rules, flag):  # type: ignore[no-untyped-def]
    """Whether a first word with this flag is written as the rules of an entry ask."""
    if rules & uint64(CAPITALISED):
        return flag & FLAG_UPPER != 0
    if rules & uint64(LOWERCASE):
        return flag & FLAG_UPPER == 0
    return True


@njit(**_KERNEL)
def fill_table(  # type: ignore[no-untyped-def]
    word_offsets, keys, cases, first_number, first_word, canonical, nodes, sieve
):
    """Place the words of one language's texts where `match` looks for them.

    ``word_offsets`` and ``keys`` are those of `kernels.chain_words`; ``cases`` (uint8) holds 0,
    `CAPITALISED` or `LOWERCASE` for each text. Texts are numbered from ``first_number``, words
    from ``first_word``. ``nodes`` (uint64[slots, 2]) are the slots of the language (a power of
    two), zeroed, ``sieve`` its words; ``canonical`` (int32) is given the number of the first text
    with the same key, -1 for a text without words. A text that asks for no case outdoes one that
    does.
    """
    size = np.int64(nodes.shape[0])
    words = np.uint64(sieve.size)
    case_mask = uint64(CAPITALISED | LOWERCASE)
    for text in range(word_offsets.size - 1):
        first, end = word_offsets[text], word_offsets[text + 1]
        canonical[text] = -1
        for word in range(first, end):
            key = keys[word]
            at = np.int64(key >> uint64(7)) & (size - 1)
            while nodes[at, 0] != 0 and nodes[at, 0] != key:
                at = (at + 1) & (size - 1)
            node = nodes[at, 1]
            if nodes[at, 0] == 0:
                nodes[at, 0] = key
                node = uint64(first_word + word) << uint64(WORD_SHIFT)
            sieve_word = _sieve_word(key, words)
            if word < first + 2:
                sieve[sieve_word] |= _ONE << ((key >> uint64(44)) & uint64(63))
            if word + 1 < end:
                nodes[at, 1] = node | uint64(MORE)
                continue
            if word == first:
                sieve[sieve_word] |= _ONE << ((key >> uint64(50)) & uint64(63))
            entry = node >> uint64(ENTRY_SHIFT)
            if entry == 0:
                entry = uint64(first_number + text + 1)
                node |= entry << uint64(ENTRY_SHIFT) | uint64(cases[text])
            elif node & case_mask != uint64(cases[text]):
                node &= ~case_mask
            nodes[at, 1] = node
            canonical[text] = np.int64(entry) - 1


@njit(**_KERNEL)
def _slot(key, nodes, low, size):  # type: ignore[no-untyped-def]
    """Slot of a key in an open-addressing table of ``size`` (a power of two) slots, or -1."""
    at = np.int64(key >> uint64(7)) & (size - 1)
    while nodes[low + at, 0] != 0:
        if nodes[low + at, 0] == key:
            return low + at
        at = (at + 1) & (size - 1)
    return np.int64(-1)


@njit(**_KERNEL)
def _same_bytes(data, start, end, other, other_start, other_end):  # type: ignore[no-untyped-def]
    if other_end - other_start != end - start:
        return False
    for k in range(end - start):
        if data[np.uint64(start + k)] != other[np.uint64(other_start + k)]:
            return False
    return True


@njit(**_KERNEL)
def _candidates(  # type: ignore[no-untyped-def]
    first, end, hashes, flags, sieve, low, words, candidates
):
    """The words of a part that an entry may begin with, into ``candidates``; how many.

    Without branches, since a frequent word begins a phrase too often to be guessed and too seldom
    to be gone after. A word that is no entry by itself must pass together with the next one.
    """
    n = np.int64(0)
    for word in range(first, end):
        key = hashes[np.uint64(word)]
        candidates[np.uint64(n)] = word
        n += np.int64(_begins(key, sieve[low + _sieve_word(key, words)]))
    left = np.int64(0)
    for k in range(n):
        at = np.int64(candidates[np.uint64(k)])
        key = hashes[np.uint64(at)]
        after = np.uint64(min(at + 1, end - 1))
        pair = chain(key, flags[after] & GAP_MASK, hashes[after])
        alone = _alone(key, sieve[low + _sieve_word(key, words)])
        both = _begins(pair, sieve[low + _sieve_word(pair, words)]) & uint64(at + 1 < end)
        candidates[np.uint64(left)] = at
        left += np.int64(alone | both)
    return left


@njit(**_KERNEL)
def match(  # type: ignore[no-untyped-def]
    data,
    profiles,
    token_offsets,
    hashes,
    starts,
    ends,
    flags,
    order,
    part_table,
    sieve_offsets,
    sieve,
    table_offsets,
    nodes,
    table_profiles,
    texts,
    text_starts,
    text_ends,
    longest,
    found,
    counts,
):
    """Leftmost-longest matches of a lexicon in the parts of ``order`` (int64), part by part.

    ``part_table`` (int32[parts]) names the language table of each part; the other lexicon arrays
    are those of `matching.Matcher`. Its sieve (uint64 words, bits set for the first word and the
    first two words of every entry) dismisses nearly every word with one load. ``nodes``
    (uint64[slots, 2]) holds the key of a sequence of words and, in one number, what is known of
    it: ``entry + 1 << ENTRY_SHIFT | word << WORD_SHIFT | rules``. Both stand together since the
    tables of many languages do not fit into a cache; nor do their sieves, so ``order`` should
    bring the parts of a table one after the other.

    Fills ``found`` (int32[words, 3]: entry, first and last word) in that order, and ``counts``
    (int64[parts]) with the matches of each part. A match counts only after its folded code points
    were compared with those of its text.
    """
    n = 0
    folded, source, classes = scratch()
    wanted, _, _ = scratch()
    path = np.empty(longest, np.int64)
    most = 0
    for part in order:
        most = max(most, token_offsets[part + 1] - token_offsets[part])
    candidates = np.empty(most + 1, np.int32)
    # Where words of the lexicon were met before, written as no list writes them: the same bytes
    # fold alike, and frequent words are mostly spelt one way.
    met = np.full(_MET, -1, np.int64)
    met_starts = np.zeros(_MET, np.uint32)
    met_ends = np.zeros(_MET, np.uint32)
    before = np.int64(-1)
    for part in order:
        table = part_table[part]
        if np.int64(table) << 8 | np.int64(profiles[part]) != before:
            met[:] = -1
            before = np.int64(table) << 8 | np.int64(profiles[part])
        low = table_offsets[table]
        size = table_offsets[table + 1] - low
        sieve_low = np.uint64(sieve_offsets[table])
        words = np.uint64(sieve_offsets[table + 1] - sieve_offsets[table])
        profile, text_profile = profiles[part], table_profiles[table]
        base = np.int64(profile) * _PAGES
        text_base = np.int64(text_profile) * _PAGES
        first, end = token_offsets[part], token_offsets[part + 1]
        left = _candidates(first, end, hashes, flags, sieve, sieve_low, words, candidates)
        n_before = n
        free = first
        for k in range(left):
            word = np.int64(candidates[np.uint64(k)])
            if word < free:
                continue
            key = hashes[np.uint64(word)]
            slot = _slot(key, nodes, low, size)
            best, best_last = np.int64(-1), word
            last = word
            while slot >= 0:
                node = nodes[slot, 1]
                path[last - word] = np.int64(node >> uint64(WORD_SHIFT)) & WORD_MASK
                entry = np.int64(node >> uint64(ENTRY_SHIFT)) - 1
                if entry >= 0 and _case_suits(node, flags[np.uint64(word)]):
                    best, best_last = entry, last
                last += 1
                if not node & uint64(MORE) or last >= end:
                    break
                key = chain(key, flags[np.uint64(last)] & GAP_MASK, hashes[np.uint64(last)])
                slot = _slot(key, nodes, low, size)
            # Only what matches to the end is compared; most first words lead nowhere.
            at = word
            while best >= 0 and at <= best_last:
                text = path[at - word]
                start, stop = starts[at], ends[at]
                text_start, text_stop = text_starts[text], text_ends[text]
                place = text & (_MET - 1)
                if not (
                    (
                        profile == text_profile
                        and _same_bytes(data, start, stop, texts, text_start, text_stop)
                    )
                    or (
                        met[place] == text
                        and _same_bytes(data, start, stop, data, met_starts[place], met_ends[place])
                    )
                ):
                    length = fold_word(data, start, stop, base, folded, source, classes)
                    text_length = fold_word(
                        texts, text_start, text_stop, text_base, wanted, source, classes
                    )
                    same = length == text_length
                    for i in range(length):
                        same = same and folded[i] == wanted[i]
                    if same:
                        met[place], met_starts[place], met_ends[place] = text, start, stop
                    else:
                        best = np.int64(-1)
                at += 1
            if best >= 0:
                found[n, 0], found[n, 1], found[n, 2] = best, word, best_last
                n += 1
                free = best_last + 1
        counts[part] = n - n_before
    return n


@njit(**_KERNEL)
def in_order(order, counts, found, entries, firsts, lasts, parts):  # type: ignore[no-untyped-def]
    """Bring the matches of `match` into the order of parts: arrays of `matching.Matches`."""
    places = np.empty(counts.size, np.int64)
    at = 0
    for part in range(counts.size):
        places[part] = at
        at += counts[part]
    n = 0
    for part in order:
        at = places[part]
        for _ in range(counts[part]):
            entries[at], firsts[at], lasts[at] = found[n, 0], found[n, 1], found[n, 2]
            parts[at] = part
            at += 1
            n += 1


@njit(**_KERNEL)
def _free_slot(key, slots, distinct):  # type: ignore[no-untyped-def]
    """Slot of a key in a table of numbers of distinct keys, -1 in free slots: where it stands, or
    where it can be put."""
    last = np.uint64(slots.size - 1)
    at = mix(uint64(key)) & last
    while slots[at] >= 0 and distinct[slots[at]] != key:
        at = (at + _ONE) & last
    return at


@njit(**_KERNEL)
def number_keys(keys, numbers):  # type: ignore[no-untyped-def]
    """Number distinct keys (int64) as they first come; ``numbers`` (int32) receives each key's.

    Returns the distinct keys. Memory: 8 to 32 bytes a key.
    """
    size = 64
    while size < keys.size:
        size *= 2
    slots = np.full(size, -1, np.int32)
    distinct = np.empty(slots.size // 2, np.int64)
    n = 0
    for k in range(keys.size):
        key = keys[k]
        at = _free_slot(key, slots, distinct)
        if slots[at] < 0:
            if n == distinct.size:
                slots = np.full(2 * slots.size, -1, np.int32)
                longer = np.empty(slots.size // 2, np.int64)
                longer[:n] = distinct
                distinct = longer
                for number in range(n):
                    slots[_free_slot(distinct[number], slots, distinct)] = number
                at = _free_slot(key, slots, distinct)
            slots[at] = n
            distinct[n] = key
            n += 1
        numbers[k] = slots[at]
    return distinct[:n].copy()


@njit(**_KERNEL)
def tally(numbers, documents, roles, last, sums):  # type: ignore[no-untyped-def]
    """Count matches and documents by number and role.

    Matches come in document order. ``sums`` (int64[numbers, roles + 1, 2]) grows by matches and
    documents, its last role being the whole document; ``last`` (int32[numbers, roles + 1], -1)
    remembers the document counted last.
    """
    whole = sums.shape[1] - 1
    for k in range(numbers.size):
        number, document, role = numbers[k], documents[k], roles[k]
        sums[number, role, 0] += 1
        sums[number, whole, 0] += 1
        if last[number, role] != document:
            last[number, role] = document
            sums[number, role, 1] += 1
        if last[number, whole] != document:
            last[number, whole] = document
            sums[number, whole, 1] += 1


@njit(**_KERNEL)
def smallest(  # type: ignore[no-untyped-def]
    numbers, documents, entries, document_hashes, entry_hashes, last, ranks, places
):
    """Of each number, the first matches of the documents with the smallest ranks.

    Matches come in document order; the rank is `mix` of the document's hash and that of the
    match's entry. ``last`` (int32[numbers], -1) remembers the document looked at last; ``places``
    (int64[numbers, k], -1 where there are fewer) are ascending in ``ranks`` (uint64).
    """
    keep = ranks.shape[1]
    for k in range(numbers.size):
        number, document = numbers[k], documents[k]
        if last[number] == document:
            continue
        last[number] = document
        rank = mix(document_hashes[document] ^ entry_hashes[entries[k]])
        at = keep
        while at > 0 and (places[number, at - 1] < 0 or rank < ranks[number, at - 1]):
            at -= 1
            if at + 1 < keep:
                ranks[number, at + 1] = ranks[number, at]
                places[number, at + 1] = places[number, at]
        if at < keep:
            ranks[number, at] = rank
            places[number, at] = k


@njit(**_KERNEL)
def small_ranks(numbers, values, ranks, small):  # type: ignore[no-untyped-def]
    """Which rows have a rank that is among the smallest of their number, or equal to one.

    ``values`` (uint64) are the ranks of the rows, ``ranks`` (uint64[numbers, k], the largest
    number there is) is given the k smallest of each number, ascending, and ``small`` (bool) the
    answer.
    """
    keep = ranks.shape[1]
    for k in range(numbers.size):
        number, rank = numbers[k], values[k]
        at = keep
        while at > 0 and rank < ranks[number, at - 1]:
            at -= 1
            if at + 1 < keep:
                ranks[number, at + 1] = ranks[number, at]
        if at < keep:
            ranks[number, at] = rank
    for k in range(numbers.size):
        small[k] = values[k] <= ranks[numbers[k], keep - 1]
