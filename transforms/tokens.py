"""The token batch: a batch of documents with its words, made once and read by every analyzer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, segmentation, unicode
from corpus_assay.transforms.documents import ROLES, InvalidTextError

CELL_ROLES = len(ROLES) + 1
"""Cells of one document: one a role, and one for the whole document (`any`)."""
ROLE_ANY = len(ROLES)


@dataclass(frozen=True)
class TokenBatch:
    """Documents, their parts and their words, as flat arrays.

    Per document: ``documents`` (`documents.DOCUMENT_SCHEMA`, language resolved).
    Per part: ``part_offsets`` (int32[parts + 1], bytes of ``data``), ``part_document`` (int32),
    ``part_role`` (int8), ``profiles`` (uint8), ``token_offsets`` (int64[parts + 1]),
    ``punctuation``, ``characters`` and ``words`` (int64). Per word: ``hashes`` (uint64),
    ``starts`` and ``ends`` (uint32, bytes of ``data``), ``flags`` (uint8); see `kernels.tokenise`.

    ``words`` is the number of words that sizes and shares are of. It is the number of the part's
    words here, but for languages that `segmentation` counts, where a word here is a character.

    A *cell* is a document in one role, number ``document * CELL_ROLES + role``; ``ROLE_ANY`` is
    the whole document. Cells are how documents are counted once for each key.
    """

    documents: pa.RecordBatch
    data: NDArray[np.uint8]
    part_offsets: NDArray[np.int32]
    part_document: NDArray[np.int32]
    part_role: NDArray[np.int8]
    profiles: NDArray[np.uint8]
    token_offsets: NDArray[np.int64]
    punctuation: NDArray[np.int64]
    characters: NDArray[np.int64]
    words: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    flags: NDArray[np.uint8]

    @cached_property
    def languages(self) -> tuple[list[str], NDArray[np.int32]]:
        """Distinct languages of the batch and the index of each document's."""
        return encode(self.documents.column("language"))

    @cached_property
    def groups(self) -> Groups:
        """Documents by source and language."""
        return Groups.of(encode(self.documents.column("source")), self.languages)

    def slice_groups(self, position: int) -> Groups:
        """Documents by the value of one ``--slice-by`` column and language."""
        values = self.documents.column("slices")
        flat = values.flatten().take(
            pa.array(values.offsets.to_numpy()[:-1] - values.offsets[0].as_py() + position)
        )
        return Groups.of(encode(flat.fill_null("")), self.languages)

    @cached_property
    def cells(self) -> Cells:
        """The cells that occur, with what they hold."""
        parts = self.part_document.astype(np.int64) * CELL_ROLES
        count = len(self.documents) * CELL_ROLES
        measures = np.stack(
            [
                np.diff(self.part_offsets).astype(np.int64),
                self.characters,
                self.words + self.punctuation,
                self.words,
            ],
            axis=1,
        )
        sums = np.zeros((count, 4), dtype=np.int64)
        kernels.add_rows(parts + self.part_role, measures, sums)
        kernels.add_rows(parts + ROLE_ANY, measures, sums)
        present = np.zeros(count, dtype=np.bool_)
        present[parts + self.part_role] = True
        present[ROLE_ANY::CELL_ROLES] = True
        return Cells(np.flatnonzero(present), sums)


@dataclass(frozen=True)
class Groups:
    """Documents grouped by a pair of keys.

    ``first`` and ``second`` are the key values of each group; ``of_document`` (int64) numbers the
    group of each document.
    """

    first: list[str]
    second: list[str]
    of_document: NDArray[np.int64]

    @cached_property
    def columns(self) -> tuple[pa.Array, pa.Array]:
        """``first`` and ``second`` as Arrow strings."""
        return pa.array(self.first, pa.string()), pa.array(self.second, pa.string())

    @classmethod
    def of(
        cls,
        first: tuple[list[str], NDArray[np.int32]],
        second: tuple[list[str], NDArray[np.int32]],
    ) -> Groups:
        """The groups that occur."""
        width = max(len(second[0]), 1)
        pairs = first[1].astype(np.int64) * width + second[1]
        distinct, numbers = np.unique(pairs, return_inverse=True)
        return cls(
            [first[0][pair // width] for pair in distinct],
            [second[0][pair % width] for pair in distinct],
            numbers.reshape(-1),
        )

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Cells:
    """The cells of a batch that occur.

    ``numbers`` (int64) are their numbers, ascending; ``sums`` (int64[all cells, 4]) holds bytes,
    characters, tokens and words.
    """

    numbers: NDArray[np.int64]
    sums: NDArray[np.int64]

    def keys(self, groups: Groups) -> NDArray[np.int64]:
        """Group and role of each cell that occurs, as ``group * CELL_ROLES + role``."""
        document, role = np.divmod(self.numbers, CELL_ROLES)
        return groups.of_document[document] * CELL_ROLES + role


def encode(values: pa.Array) -> tuple[list[str], NDArray[np.int32]]:
    """Distinct strings of an array without nulls, and the index of each value."""
    encoded = values.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


class Arena:
    """Memory for the words of one batch after the other.

    Fresh arrays for every batch cost a tenth of the time of tokenising, in page faults. A token
    batch made in an arena is valid until the next one is.
    """

    def __init__(self) -> None:
        self._held: dict[str, NDArray[np.uint8]] = {}

    def array(self, name: str, length: int, dtype: type[np.generic]) -> NDArray[Any]:
        """An array with undefined content."""
        size = length * np.dtype(dtype).itemsize
        held = self._held.get(name)
        if held is None or len(held) < size:
            held = self._held[name] = np.empty(size + size // 4, np.uint8)
        return held[:size].view(dtype)


def tokenise(
    documents: pa.RecordBatch, arena: Arena | None = None, segmenter: str = "fast"
) -> TokenBatch:
    """The words of a batch whose languages are resolved (ISO 639-3 or ``und``).

    Memory: about 3 bytes of arrays a byte of text, in `arena` if one is given; the batch bounds it.
    `segmenter` (`segmentation.SEGMENTERS`) says how words are counted where no spaces stand
    between them.

    Raises:
        SegmenterError: packages of the reference segmenter are not installed.
        InvalidTextError: a text is not valid UTF-8. Readers of columns leave that for here, where
            every byte is looked at anyway.
    """
    arena = arena or Arena()
    parts = documents.column("parts")
    list_offsets = parts.offsets.to_numpy()
    values = parts.values.slice(list_offsets[0], list_offsets[-1] - list_offsets[0])
    text = values.field("text")
    roles = values.field("role").to_numpy()
    _, offset_buffer, data_buffer = text.buffers()
    count = len(text)
    offsets = np.frombuffer(offset_buffer or b"\0\0\0\0", np.int32)[text.offset :][: count + 1]
    data = np.frombuffer(data_buffer or b"", np.uint8)
    part_document = np.repeat(np.arange(len(documents), dtype=np.int32), np.diff(list_offsets))

    names, of_document = encode(documents.column("language"))
    profile = np.array([unicode.PROFILES.get(name, unicode.BASE) for name in names], np.uint8)
    profiles = profile[of_document][part_document] if count else np.empty(0, dtype=np.uint8)
    rules = segmentation.rule_numbers(names)
    rules = rules[of_document][part_document] if count else np.empty(0, dtype=np.int64)
    size = int(offsets[-1] - offsets[0]) if count else 0
    room = (size + count) // 2 + 1
    hashes = arena.array("hashes", room, np.uint64)
    starts = arena.array("starts", room, np.uint32)
    ends = arena.array("ends", room, np.uint32)
    flags = arena.array("flags", room, np.uint8)
    token_offsets = np.empty(count + 1, np.int64)
    punctuation, characters = np.empty(count, np.int64), np.empty(count, np.int64)
    invalid = np.empty(count, np.bool_)
    found = kernels.tokenise(
        data,
        offsets,
        profiles,
        hashes,
        starts,
        ends,
        flags,
        token_offsets,
        punctuation,
        characters,
        invalid,
    )
    if invalid.any():
        raise InvalidTextError
    words = segmentation.part_words(rules, data, offsets, np.diff(token_offsets), segmenter)
    return TokenBatch(
        documents,
        data,
        offsets,
        part_document,
        roles,
        profiles,
        token_offsets,
        punctuation,
        characters,
        words,
        hashes[:found],
        starts[:found],
        ends[:found],
        flags[:found],
    )
