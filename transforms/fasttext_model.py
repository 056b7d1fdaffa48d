"""Inference of a quantised fastText classifier as a kernel over Arrow buffers.

`fasttext-predict` needs a Python string per text, holds the GIL, and hashes every character
n-gram through `std::string` and `std::unordered_map`: about 0.1 ms for 500 characters, which
would make language identification the slowest step of an audit by far. This module reads the same
file and computes the same numbers several times faster and without the GIL. It covers what
``lid.176.ftz`` is: product-quantised input, character n-grams with pruned buckets, no word
n-grams, hierarchical softmax. Any other model belongs to `fasttext-predict`.

The layout and the arithmetic are those of fastText's ``FastText::loadModel``,
``Dictionary::getLine`` and ``HierarchicalSoftmaxLoss::predict`` (version 12 of the file format).
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt

_MAGIC = 793712314
_VERSION = 12
_HIERARCHICAL_SOFTMAX = 1
_SUPERVISED = 3
_END_OF_LINE = b"</s>"
_FNV_OFFSET = 2166136261
_FNV_PRIME = 16777619

_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FastTextModel:
    """A classifier, its matrices expanded.

    ``labels`` are those of the file without ``__label__``, most frequent first. ``rows`` is
    float32, one row a word and then one a kept n-gram bucket; ``word_slots`` and ``bucket_rows``
    map hashes to its rows; ``tree`` is int32 (nodes, 2), the children of each node of the
    Huffman tree over the labels (-1 for leaves); ``output`` float32, one row an inner node.
    """

    labels: tuple[str, ...]
    rows: _Floats
    word_bytes: _Bytes
    word_starts: _Ints
    word_slots: _Ints
    bucket_rows: _Ints
    bucket_bits: _Bytes
    tree: _Ints
    output: _Floats
    end_of_line: int
    shortest: int
    longest: int

    def predict(
        self, data: _Bytes, starts: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int16], _Floats]:
        """The most probable label of each text and its probability.

        Text i is ``data[starts[i]:starts[i + 1]]``, UTF-8 without newlines. Returns the index
        into `labels` (int16) and the probability (float32); a text without one known n-gram has
        the label of the empty line, as in fastText.
        """
        count = len(starts) - 1
        label = np.zeros(count, np.int16)
        probability = np.zeros(count, np.float32)
        _predict(
            data,
            starts,
            self.rows,
            self.word_bytes,
            self.word_starts,
            self.word_slots,
            self.bucket_rows,
            self.bucket_bits,
            self.tree,
            self.output,
            self.end_of_line,
            self.shortest,
            self.longest,
            label,
            probability,
        )
        return label, probability


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def unpack(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def string(self) -> bytes:
        end = self.data.index(b"\0", self.at)
        value = self.data[self.at : end]
        self.at = end + 1
        return value


def _codebook(reader: _Reader) -> tuple[int, int, int, _Floats]:
    """A product quantiser: its number of parts, their width, the last one's, and the centroids."""
    dim, parts, width, last = reader.unpack("iiii")
    return parts, width, last, reader.array("<f4", dim * 256).astype(np.float32)


def _expand(
    codes: _Bytes, count: int, book: tuple[int, int, int, _Floats]
) -> npt.NDArray[np.float32]:
    """Rows that a product quantiser stands for, float32 (count, dim)."""
    parts, width, last, centroids = book
    per_row = codes.reshape(count, parts)
    columns = []
    for part in range(parts):
        wide = last if part == parts - 1 else width
        begin = part * 256 * width
        columns.append(centroids[begin : begin + 256 * wide].reshape(256, wide)[per_row[:, part]])
    return np.concatenate(columns, axis=1)


def _hash(word: bytes) -> int:
    """fastText's FNV-1a: bytes are sign-extended before they are mixed in."""
    value = _FNV_OFFSET
    for byte in word:
        value = ((value ^ (byte - 256 if byte > 127 else byte)) * _FNV_PRIME) & 0xFFFFFFFF
    return value


def _huffman(counts: list[int]) -> _Ints:
    """Children of each node: fastText's ``HierarchicalSoftmaxLoss::buildTree``."""
    leaves = len(counts)
    weight = counts + [10**15] * (leaves - 1)
    children = np.full((2 * leaves - 1, 2), -1, np.int32)
    leaf, node = leaves - 1, leaves
    for parent in range(leaves, 2 * leaves - 1):
        for side in range(2):
            if leaf >= 0 and weight[leaf] < weight[node]:
                children[parent, side] = leaf
                leaf -= 1
            else:
                children[parent, side] = node
                node += 1
        weight[parent] = weight[children[parent, 0]] + weight[children[parent, 1]]
    return children


def load(path: Path) -> FastTextModel:
    """Reads a quantised fastText classifier of the kind of ``lid.176.ftz``.

    Raises ValueError, naming the path, where the file is something else.
    """
    try:
        return _parse(_Reader(path.read_bytes()))
    except (ValueError, IndexError, struct.error) as error:
        raise ValueError(f"not a fastText model like lid.176.ftz: {path}: {error}") from error


def _parse(reader: _Reader) -> FastTextModel:
    magic, version = reader.unpack("ii")
    if (magic, version) != (_MAGIC, _VERSION):
        raise ValueError("unknown file format")
    _dim, _, _, _, _, word_ngrams, loss, kind, buckets, shortest, longest, _ = reader.unpack("12i")
    reader.unpack("d")
    if (word_ngrams, loss, kind) != (1, _HIERARCHICAL_SOFTMAX, _SUPERVISED) or longest < 1:
        raise ValueError("not a classifier over character n-grams with hierarchical softmax")
    size, words, label_count = reader.unpack("iii")
    _, pruned = reader.unpack("qq")
    if pruned <= 0:
        raise ValueError("its n-gram buckets are not pruned")
    entries = [(reader.string(), reader.unpack("qb")[0]) for _ in range(size)]
    kept = reader.array("<i4", 2 * pruned).reshape(pruned, 2)
    if reader.unpack("?") != (True,):
        raise ValueError("its input matrix is not quantised")
    (norms,) = reader.unpack("?")
    count, _ = reader.unpack("qq")
    (code_size,) = reader.unpack("i")
    codes = reader.array("u1", code_size).astype(np.uint8)
    rows = _expand(codes, count, _codebook(reader))
    if norms:
        norm_codes = reader.array("u1", count).astype(np.uint8)
        rows = rows * _expand(norm_codes, count, _codebook(reader))
    if reader.unpack("?") != (False,):
        raise ValueError("its output matrix is quantised")
    nodes, width = reader.unpack("qq")
    output = reader.array("<f4", nodes * width).reshape(nodes, width).astype(np.float32)

    vocabulary = [word for word, _ in entries[:words]]
    slots = np.full(1 << (2 * words).bit_length(), -1, np.int32)
    for number, word in enumerate(vocabulary):
        slot = _hash(word) & (len(slots) - 1)
        while slots[slot] >= 0:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = number
    bucket_rows = np.full(buckets, -1, np.int32)
    bucket_rows[kept[:, 0]] = words + kept[:, 1]
    if bucket_rows.max() >= count or words + pruned > count or label_count != nodes:
        raise ValueError("its parts contradict each other")
    return FastTextModel(
        labels=tuple(
            label.decode().removeprefix("__label__")
            for label, _ in entries[words : words + label_count]
        ),
        rows=np.ascontiguousarray(rows, np.float32),
        word_bytes=np.frombuffer(b"".join(vocabulary), np.uint8),
        word_starts=np.cumsum([0, *map(len, vocabulary)]).astype(np.int32),
        word_slots=slots,
        bucket_rows=bucket_rows,
        bucket_bits=np.packbits(bucket_rows >= 0, bitorder="little"),
        tree=_huffman([number for _, number in entries[words : words + label_count]]),
        output=output,
        end_of_line=vocabulary.index(_END_OF_LINE) if _END_OF_LINE in vocabulary else -1,
        shortest=shortest,
        longest=longest,
    )


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _mix(value, byte):  # type: ignore[no-untyped-def]
    """One step of fastText's FNV-1a, in 32 bits: numba would widen the product."""
    signed = np.uint32(byte) | (np.uint32(0xFFFFFF00) if byte > 127 else np.uint32(0))
    return np.uint32((np.uint32(value) ^ signed) * np.uint32(_FNV_PRIME))


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _find_word(data, begin, end, value, word_bytes, word_starts, word_slots):  # type: ignore[no-untyped-def]
    """Number of the word ``data[begin:end]``, -1 if it is none."""
    mask = np.int64(len(word_slots) - 1)
    slot = np.int64(value) & mask
    while word_slots[slot] >= 0:
        number = word_slots[slot]
        first = word_starts[number]
        if word_starts[number + 1] - first == end - begin:
            same = True
            for i in range(end - begin):
                if word_bytes[first + i] != data[begin + i]:
                    same = False
                    break
            if same:
                return np.int64(number)
        slot = (slot + 1) & mask
    return np.int64(-1)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _predict(  # type: ignore[no-untyped-def]
    data,
    starts,
    rows,
    word_bytes,
    word_starts,
    word_slots,
    bucket_rows,
    bucket_bits,
    tree,
    output,
    end_of_line,
    shortest,
    longest,
    label,
    probability,
):
    dim = rows.shape[1]
    leaves = output.shape[0]
    buckets = np.uint32(len(bucket_rows))
    hidden = np.zeros(dim, np.float32)
    stack_node = np.zeros(2 * leaves, np.int64)
    stack_score = np.zeros(2 * leaves, np.float64)
    for text in range(len(starts) - 1):
        hidden[:] = 0.0
        features = 0
        at = starts[text]
        stop = starts[text + 1]
        while at < stop:
            if data[at] == 32:
                at += 1
                continue
            begin = at
            value = np.uint32(_FNV_OFFSET)
            while at < stop and data[at] != 32:
                value = _mix(value, data[at])
                at += 1
            word = _find_word(data, begin, at, value, word_bytes, word_starts, word_slots)
            if word >= 0:
                features += 1
                for k in range(dim):
                    hidden[k] += rows[word, k]
            # N-grams of "<word>": position begin - 1 stands for "<", position at for ">".
            i = begin - 1
            while i <= at:
                value = np.uint32(_FNV_OFFSET)
                j = i
                n = 1
                while j <= at and n <= longest:
                    if j < begin:
                        value = _mix(value, np.uint8(60))
                        j += 1
                    elif j == at:
                        value = _mix(value, np.uint8(62))
                        j += 1
                    else:
                        value = _mix(value, data[j])
                        j += 1
                        while j < at and (data[j] & 0xC0) == 0x80:
                            value = _mix(value, data[j])
                            j += 1
                    if n >= shortest and not (n == 1 and (i < begin or j > at)):
                        bucket = value % buckets
                        if bucket_bits[bucket >> np.uint32(3)] >> (bucket & np.uint32(7)) & 1:
                            row = bucket_rows[bucket]
                            features += 1
                            for k in range(dim):
                                hidden[k] += rows[row, k]
                    n += 1
                i += 1
                while begin <= i < at and (data[i] & 0xC0) == 0x80:
                    i += 1
        if end_of_line >= 0:
            features += 1
            for k in range(dim):
                hidden[k] += rows[end_of_line, k]
        if features == 0:
            continue
        for k in range(dim):
            hidden[k] /= features
        # Depth first over the tree of labels; a branch that cannot beat the best leaf is left.
        best = -np.inf
        best_label = 0
        depth = 1
        stack_node[0] = 2 * leaves - 2
        stack_score[0] = 0.0
        while depth > 0:
            depth -= 1
            node = stack_node[depth]
            score = stack_score[depth]
            if score <= best:
                continue
            if tree[node, 0] < 0:
                best = score
                best_label = node
                continue
            dot = 0.0
            for k in range(dim):
                dot += output[node - leaves, k] * hidden[k]
            right = 1.0 / (1.0 + math.exp(-dot))
            # 1e-5 is fastText's guard against log(0).
            left_score = score + math.log(1.0 - right + 1e-5)
            right_score = score + math.log(right + 1e-5)
            first = 0 if left_score > right_score else 1
            stack_node[depth] = tree[node, 1 - first]
            stack_score[depth] = right_score if first == 0 else left_score
            stack_node[depth + 1] = tree[node, first]
            stack_score[depth + 1] = left_score if first == 0 else right_score
            depth += 2
        label[text] = best_label
        probability[text] = math.exp(best)
