"""Finding the entries of word lists in a token batch: compile once, match at memory speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
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

    def cells(self, batch: TokenBatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The cell of each match, and the cell of its whole document."""
        documents = batch.part_document[self.parts].astype(np.int64) * CELL_ROLES
        return documents + batch.part_role[self.parts], documents + ROLE_ANY


@dataclass(frozen=True)
class Sequences:
    """Texts as sequences of folded words.

    ``keys`` is the chained key of each text after each of its words; ``codes`` the folded code
    points of each word.
    """

    keys: list[list[int]]
    codes: list[list[tuple[int, ...]]]


def sequences(texts: Sequence[str], language: str) -> Sequences:
    """Cut texts into words exactly as `kernels.tokenise` cuts a corpus in that language."""
    encoded = [text.encode() for text in texts]
    data = np.frombuffer(b"".join(encoded), np.uint8)
    offsets = np.cumsum([0] + [len(text) for text in encoded]).astype(np.int32)
    profile = unicode.PROFILES.get(language, unicode.BASE)
    profiles = np.full(len(texts), profile, np.uint8)
    room = (len(data) + len(texts)) // 2 + 1
    hashes, flags = np.empty(room, np.uint64), np.empty(room, np.uint8)
    starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32)
    words = np.empty(len(texts) + 1, np.int64)
    counts = np.empty(len(texts), np.int64), np.empty(len(texts), np.int64)
    kernels.tokenise(data, offsets, profiles, hashes, starts, ends, flags, words, *counts)
    folded, source, classes = kernels.scratch()
    keys: list[list[int]] = []
    codes: list[list[tuple[int, ...]]] = []
    for k in range(len(texts)):
        keys.append([])
        codes.append([])
        key = np.uint64(0)
        for word in range(words[k], words[k + 1]):
            if word == words[k]:
                key = hashes[word]
            else:
                gap = flags[word] & kernels.GAP_MASK
                key = np.uint64(kernels.chain(key, gap, hashes[word]))
            keys[-1].append(int(key))
            length = kernels.fold_word(
                data, starts[word], ends[word], profile * unicode.PAGES, folded, source, classes
            )
            codes[-1].append(tuple(folded[:length].tolist()))
    return Sequences(keys, codes)


class Matcher:
    """Word lists of several languages as one hash table a language.

    Built from ``{language: [text, …]}``; a match names its text by number, counting through the
    languages in the order given (`texts`). Texts of one language that fold to the same words
    share the number of the first (`canonical`). Memory: about 40 bytes a word of a text; the
    tables are read-only and shared by threads.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self.languages = list(lists)
        self.texts: list[str] = [text for texts in lists.values() for text in texts]
        self.canonical = np.arange(len(self.texts), dtype=np.int32)
        table_offsets, sieve_offsets = [0], [0]
        sieves: list[NDArray[np.uint64]] = []
        slots: list[tuple[int, int, bool, tuple[int, ...]] | None] = []
        number = 0
        self._longest = 1
        for language, texts in lists.items():
            nodes: dict[int, tuple[int, bool, tuple[int, ...]]] = {}
            cut = sequences(texts, language)
            for keys, codes in zip(cut.keys, cut.codes, strict=True):
                self._longest = max(self._longest, len(keys))
                for depth, (key, word) in enumerate(zip(keys, codes, strict=True)):
                    last = depth == len(keys) - 1
                    entry, more, _ = nodes.get(key, (-1, False, ()))
                    if last and entry >= 0:
                        self.canonical[number] = entry
                    elif last:
                        entry = number
                    nodes[key] = entry, more or not last, word
                number += 1
            sieves.append(_sieve(cut.keys))
            sieve_offsets.append(sieve_offsets[-1] + len(sieves[-1]))
            slots += _open_addressing(nodes)
            table_offsets.append(len(slots))
        self._sieve_offsets = np.array(sieve_offsets, np.int64)
        self._sieve = np.concatenate([*sieves, np.empty(0, np.uint64)])
        self._table_offsets = np.array(table_offsets, np.int64)
        self._keys = np.array([slot[0] if slot else 0 for slot in slots], np.uint64)
        self._entry = np.array([slot[1] if slot else -1 for slot in slots], np.int32)
        self._more = np.array([bool(slot and slot[2]) for slot in slots], np.bool_)
        lengths = [len(slot[3]) if slot else 0 for slot in slots]
        self._code_offsets = np.cumsum([0, *lengths]).astype(np.int64)
        self._codes = np.array([c for slot in slots if slot for c in slot[3]], np.uint32)
        self._table_of = {language: k for k, language in enumerate(lists)}

    def match(self, batch: TokenBatch) -> Matches:
        """All matches in a batch."""
        names, of_document = batch.languages
        table = np.array([self._table_of.get(name, -1) for name in names], np.int32)
        part_table = (
            table[of_document][batch.part_document]
            if len(batch.part_document)
            else np.empty(0, np.int32)
        )
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
            self._sieve,
            self._table_offsets,
            self._keys,
            self._entry,
            self._more,
            self._longest,
            self._code_offsets,
            self._codes,
            entries,
            firsts,
            lasts,
            parts,
        )
        return Matches(entries[:n], firsts[:n], lasts[:n], parts[:n])


def _sieve(texts: Sequence[Sequence[int]]) -> NDArray[np.uint64]:
    """The sieve of `kernels.match` for the chained keys of some texts.

    Bits for each first word, for each that is a text by itself, and for each two first words,
    among at least 64 times as many bits.
    """
    prefixes = {key for keys in texts for key in keys[:2]}
    alone = {keys[0] for keys in texts if len(keys) == 1}
    words = 1 << max(len(prefixes) + len(alone), 1).bit_length()
    size = np.uint64(words * 64)
    bits = {int(kernels.sieve_bit(np.uint64(key), size)) for key in prefixes}
    bits |= {int(kernels.alone_bit(np.uint64(key), size)) for key in alone}
    sieve = np.zeros(words, np.uint64)
    for bit in bits:
        sieve[bit >> 6] |= np.uint64(1 << (bit & 63))
    return sieve


def _open_addressing(
    nodes: Mapping[int, tuple[int, bool, tuple[int, ...]]],
) -> list[tuple[int, int, bool, tuple[int, ...]] | None]:
    """Place nodes where `kernels._slot` looks for them; at most half of the slots is taken."""
    size = 1 << max(2 * len(nodes), 4).bit_length()
    slots: list[tuple[int, int, bool, tuple[int, ...]] | None] = [None] * size
    for key, (entry, more, codes) in nodes.items():
        at = (key >> 7) & (size - 1)
        while slots[at] is not None:
            at = (at + 1) & (size - 1)
        slots[at] = key, entry, more, codes
    return slots
