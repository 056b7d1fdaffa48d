"""Finding the entries of word lists in a token batch: compile once, match at memory speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, unicode
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
    """Texts as sequences of folded words.

    The words of text k are ``offsets[k]`` to ``offsets[k + 1]`` (int64); ``keys`` (uint64) is the
    chained key of a text up to a word; the folded code points of a word are ``code_offsets``
    (int64) of ``codes`` (uint32).
    """

    offsets: NDArray[np.int64]
    keys: NDArray[np.uint64]
    code_offsets: NDArray[np.int64]
    codes: NDArray[np.uint32]

    def text_keys(self) -> NDArray[np.uint64]:
        """The key of each whole text; 0 for a text without words."""
        keys = np.append(self.keys, np.uint64(0))
        return np.where(np.diff(self.offsets) > 0, keys[self.offsets[1:] - 1], np.uint64(0))


def sequences(texts: pa.StringArray | Sequence[str], language: str) -> Sequences:
    """Cut texts into words exactly as `kernels.tokenise` cuts a corpus in that language."""
    strings = _strings(texts)
    count = len(strings)
    _, offset_buffer, data_buffer = strings.buffers()
    offsets = np.frombuffer(offset_buffer or bytes(4), np.int32)[strings.offset :][: count + 1]
    data = np.frombuffer(data_buffer or b"", np.uint8)
    profile = unicode.PROFILES.get(language, unicode.BASE)
    profiles = np.full(count, profile, np.uint8)
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
    code_offsets = np.empty(words + 1, np.int64)
    size = len(data)
    while True:
        codes = np.empty(size, np.uint32)
        starts, ends, base = starts[:words], ends[:words], profile * unicode.PAGES
        if kernels.fold_words(data, starts, ends, base, code_offsets, codes):
            break
        size = 2 * size + 64
    return Sequences(word_offsets, keys, code_offsets, codes[: code_offsets[-1]])


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
        tables = []
        number = words = slots = sieve_words = 0
        table_offsets, sieve_offsets = [0], [0]
        self._longest = 1
        for language, texts in strings.items():
            cut = sequences(texts, language)
            count = len(cut.offsets) - 1
            case = (cases or {}).get(language, np.zeros(count, np.uint8))
            table = _Table.of(cut, case, number, words)
            tables.append(table)
            self._longest = max(self._longest, int(np.diff(cut.offsets).max(initial=1)))
            number, words = number + count, words + len(cut.keys)
            slots, sieve_words = slots + len(table.nodes), sieve_words + len(table.sieve)
            table_offsets.append(slots)
            sieve_offsets.append(sieve_words)
        empty = _Table.of(sequences([], ""), np.empty(0, np.uint8), 0, 0)
        joined = _Table(*(np.concatenate(arrays) for arrays in zip(*tables, empty, strict=True)))
        self._tables = joined
        self.canonical = joined.canonical
        self._code_offsets = np.cumsum(np.append(0, joined.code_lengths))
        self._table_offsets = np.array(table_offsets, np.int64)
        self._sieve_offsets = np.array(sieve_offsets, np.int64)
        self._table_of = {language: k for k, language in enumerate(lists)}

    def match(self, batch: TokenBatch, tables: NDArray[np.int32] | None = None) -> Matches:
        """All matches in a batch, each part with the list of its language, or with the one that
        `tables` numbers (int32[parts], -1 for none)."""
        part_table = self._of_languages(batch) if tables is None else tables
        room = len(batch.hashes)
        entries, parts = np.empty(room, np.int32), np.empty(room, np.int32)
        firsts, lasts = np.empty(room, np.int64), np.empty(room, np.int64)
        n = kernels.match(
            batch.data,
            batch.profiles,
            batch.token_offsets,
            batch.hashes,
            batch.starts,
            batch.ends,
            batch.flags,
            part_table,
            self._sieve_offsets,
            self._tables.sieve,
            self._table_offsets,
            self._tables.nodes,
            self._longest,
            self._code_offsets,
            self._tables.codes,
            entries,
            firsts,
            lasts,
            parts,
        )
        return Matches(entries[:n], firsts[:n], lasts[:n], parts[:n])

    def _of_languages(self, batch: TokenBatch) -> NDArray[np.int32]:
        if not len(batch.part_document):
            return np.empty(0, np.int32)
        names, of_document = batch.languages
        table = np.array([self._table_of.get(name, -1) for name in names], np.int32)
        return table[of_document][batch.part_document]


class _Table(NamedTuple):
    """What `kernels.match` reads of one language, see `kernels.fill_table`; ``code_lengths``
    (int64) counts the ``codes`` of each word."""

    canonical: NDArray[np.int32]
    nodes: NDArray[np.uint64]
    sieve: NDArray[np.uint64]
    code_lengths: NDArray[np.int64]
    codes: NDArray[np.uint32]

    @classmethod
    def of(cls, cut: Sequences, cases: NDArray[np.uint8], number: int, words: int) -> _Table:
        """The table of some texts; `number` and `words` come before them.

        At most half of the slots is taken. The sieve has 64 bits a word, up to `_SIEVE_WORDS`.
        """
        slots = 1 << max(2 * len(cut.keys), 4).bit_length()
        canonical = np.empty(len(cut.offsets) - 1, np.int32)
        keys = np.zeros(slots, np.uint64)
        entry, word = np.full(slots, -1, np.int32), np.zeros(slots, np.int32)
        rules = np.zeros(slots, np.uint8)
        sieve = np.zeros(min(slots // 2, _SIEVE_WORDS), np.uint64)
        kernels.fill_table(
            cut.offsets,
            cut.keys,
            cases,
            number,
            words,
            canonical,
            keys,
            entry,
            word,
            rules,
            sieve,
        )
        known = (entry + 1).astype(np.uint64) << np.uint64(kernels.ENTRY_SHIFT)
        known |= word.astype(np.uint64) << np.uint64(kernels.WORD_SHIFT)
        nodes = np.stack([keys, known | rules], axis=1)
        return cls(canonical, nodes, sieve, np.diff(cut.code_offsets), cut.codes)


_SIEVE_WORDS = 1 << 15
"""A sieve of 256 KiB stays in the second-level cache; with 60,000 words it lets 6% pass."""
