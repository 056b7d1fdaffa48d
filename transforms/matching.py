"""Finding the entries of word lists in a token batch: compile once, match at memory speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, scan_kernels, unicode
from corpus_assay.transforms.tokens import CELL_ROLES, ROLE_ANY, TokenBatch


@dataclass(frozen=True)
class Matches:
    """Leftmost-longest, non-overlapping matches, in document order.

    ``entries`` (int32) are what the matcher was compiled from; ``firsts`` and ``lasts`` (int64)
    word numbers; ``parts`` (int32).
    """

    entries: NDArray[np.int32]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    parts: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.entries)

    def where(self, keep: NDArray[np.bool_]) -> Matches:
        """The matches for which `keep` holds."""
        return Matches(self.entries[keep], self.firsts[keep], self.lasts[keep], self.parts[keep])

    def at(self, positions: NDArray[np.int64]) -> Matches:
        """The matches at some positions."""
        return Matches(
            self.entries[positions],
            self.firsts[positions],
            self.lasts[positions],
            self.parts[positions],
        )

    def renumbered(self, entries: NDArray[np.int32]) -> Matches:
        """The same matches with other numbers."""
        return Matches(entries, self.firsts, self.lasts, self.parts)

    def cells(self, batch: TokenBatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The cell of each match, and the cell of its whole document."""
        documents = batch.part_document[self.parts].astype(np.int64) * CELL_ROLES
        return documents + batch.part_role[self.parts], documents + ROLE_ANY


@dataclass(frozen=True)
class Sequences:
    """Texts as sequences of words.

    The words of text k are ``offsets[k]`` to ``offsets[k + 1]`` (int64), the bytes ``starts`` to
    ``ends`` (uint32) of the strings' data; ``keys`` (uint64) is the chained key of a text up to a
    word.
    """

    offsets: NDArray[np.int64]
    keys: NDArray[np.uint64]
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]

    def text_keys(self) -> NDArray[np.uint64]:
        """The key of each whole text; 0 for a text without words."""
        keys = np.append(self.keys, np.uint64(0))
        return np.where(np.diff(self.offsets) > 0, keys[self.offsets[1:] - 1], np.uint64(0))


def sequences(texts: pa.StringArray | Sequence[str], language: str) -> Sequences:
    """Cut texts into words exactly as `kernels.tokenise` cuts a corpus in that language."""
    offsets, data = _buffers(_strings(texts))
    count = len(offsets) - 1
    profiles = np.full(count, unicode.PROFILES.get(language, unicode.BASE), np.uint8)
    room = (int(offsets[-1] - offsets[0]) + count) // 2 + 1
    hashes, flags = np.empty(room, np.uint64), np.empty(room, np.uint8)
    starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32)
    word_offsets = np.empty(count + 1, np.int64)
    counts = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.bool_)
    words = kernels.tokenise(
        data, offsets, profiles, hashes, starts, ends, flags, word_offsets, *counts
    )
    keys = np.empty(words, np.uint64)
    kernels.chain_words(word_offsets, hashes, flags, keys)
    return Sequences(word_offsets, keys, starts[:words].copy(), ends[:words].copy())


def _buffers(strings: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Offsets (one more than strings) and bytes of an array."""
    _, offsets, data = strings.buffers()
    numbers = np.frombuffer(offsets or bytes(4), np.int32)
    return numbers[strings.offset :][: len(strings) + 1], np.frombuffer(data or b"", np.uint8)


def _strings(texts: pa.StringArray | Sequence[str]) -> pa.StringArray:
    return texts if isinstance(texts, pa.StringArray) else pa.array(texts, pa.string())


class Matcher:
    """Word lists of several languages as one hash table a language.

    Built from ``{language: texts}``; a match names its text by number, counting through the
    languages in the order given (`texts`). Texts of one language that fold to the same words
    share the number of the first (`canonical`, int32; -1 for a text without words). ``cases`` may
    hold for each text of a language `kernels.CAPITALISED` or `kernels.LOWERCASE` (uint8). Memory:
    about 60 bytes a word of a text; the tables are read-only and shared by threads.
    """

    def __init__(
        self,
        lists: Mapping[str, pa.StringArray | Sequence[str]],
        cases: Mapping[str, NDArray[np.uint8]] | None = None,
    ) -> None:
        strings = {language: _strings(texts) for language, texts in lists.items()}
        self.texts = pa.concat_arrays([_strings([]), *strings.values()])
        cut = [sequences(texts, language) for language, texts in strings.items()]
        slots = np.array([_slots(len(one.keys)) for one in cut], np.int64)
        # At most half of the slots is taken. The sieve has 64 bits a word, up to `_SIEVE_WORDS`.
        self._table_offsets = np.cumsum(np.append(0, slots))
        self._sieve_offsets = np.cumsum(np.append(0, np.minimum(slots // 2, _SIEVE_WORDS)))
        self._nodes = np.zeros((self._table_offsets[-1], 2), np.uint64)
        self._sieve = np.zeros(self._sieve_offsets[-1], np.uint64)
        self.canonical = np.empty(len(self.texts), np.int32)
        offsets, self._data = _buffers(self.texts)
        starts, ends = [np.empty(0, np.uint32)], [np.empty(0, np.uint32)]
        number = words = 0
        for k, (language, one) in enumerate(zip(strings, cut, strict=True)):
            count = len(one.offsets) - 1
            scan_kernels.fill_table(
                one.offsets,
                one.keys,
                (cases or {}).get(language, np.zeros(count, np.uint8)),
                number,
                words,
                self.canonical[number : number + count],
                self._nodes[self._table_offsets[k] : self._table_offsets[k + 1]],
                self._sieve[self._sieve_offsets[k] : self._sieve_offsets[k + 1]],
            )
            # Where the words stand in the bytes of `texts`; they may stand elsewhere in the list.
            moved = np.uint32(offsets[number]) - np.uint32(_buffers(strings[language])[0][0])
            starts.append(one.starts + moved)
            ends.append(one.ends + moved)
            number, words = number + count, words + len(one.keys)
        self._starts, self._ends = np.concatenate(starts), np.concatenate(ends)
        self._longest = max((int(np.diff(one.offsets).max(initial=1)) for one in cut), default=1)
        self._table_of = {language: k for k, language in enumerate(lists)}
        self._profiles = np.array(
            [unicode.PROFILES.get(language, unicode.BASE) for language in lists], np.uint8
        )

    def match(self, batch: TokenBatch, tables: NDArray[np.int32] | None = None) -> Matches:
        """All matches in a batch, each part with the list of its language, or with the one that
        `tables` numbers (int32[parts], -1 for none)."""
        part_table = self._of_languages(batch) if tables is None else tables
        # The parts of one table after the other, so that it stays in the cache.
        order = np.argsort(part_table, kind="stable")
        order = order[np.searchsorted(part_table, 0, sorter=order) :]
        counts = np.zeros(len(part_table), np.int64)
        found = np.empty((len(batch.hashes), 3), np.int32)
        n = scan_kernels.match(
            batch.data,
            batch.profiles,
            batch.token_offsets,
            batch.hashes,
            batch.starts,
            batch.ends,
            batch.flags,
            order,
            part_table,
            self._sieve_offsets,
            self._sieve,
            self._table_offsets,
            self._nodes,
            self._profiles,
            self._data,
            self._starts,
            self._ends,
            self._longest,
            found,
            counts,
        )
        entries, parts = np.empty(n, np.int32), np.empty(n, np.int32)
        firsts, lasts = np.empty(n, np.int64), np.empty(n, np.int64)
        scan_kernels.in_order(order, counts, found, entries, firsts, lasts, parts)
        return Matches(entries, firsts, lasts, parts)

    def _of_languages(self, batch: TokenBatch) -> NDArray[np.int32]:
        if not len(batch.part_document):
            return np.empty(0, np.int32)
        names, of_document = batch.languages
        table = np.array([self._table_of.get(name, -1) for name in names], np.int32)
        return table[of_document][batch.part_document]


def _slots(words: int) -> int:
    """Slots of a table with some words: a power of two, of which at most half is taken."""
    return 1 << max(2 * words, 4).bit_length()


_SIEVE_WORDS = 1 << 15
"""A sieve of 256 KiB stays in the second-level cache; with 60,000 words it lets 6% pass."""
