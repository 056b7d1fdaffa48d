"""The text that is measured: `mix`, real documents in 55 languages, shuffled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from measure import MB, BenchmarkError

from corpus_assay.lexicons.languages import resolve_code
from corpus_assay.pipelines.sources import ReadOptions
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT

MIX = Path("mix") / "mix.jsonl.zst"
ROW_GROUP = 16 * MB
"""Bytes of text in a row group."""

ASCII_SHARE = 0.95
"""Text is ASCII-heavy if more than this share of its letters is."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII_LETTERS = re.compile(r"[A-Za-z]+")


class Document(msgspec.Struct):
    """One record of `mix`; `lang` is an ISO 639-3 code."""

    id: str
    text: str
    lang: str
    source: str


class Mix:
    """The documents of `mix`, in their order. Raises `BenchmarkError` where they are not there."""

    def __init__(self, corpora: Path) -> None:
        path = corpora / MIX
        if not path.is_file():
            raise BenchmarkError(
                f"no file {path}: the corpora are not in the repository; --corpora DIR names their "
                "folder"
            )
        with path.open("rb") as file:
            content = zstandard.ZstdDecompressor().stream_reader(file).read()
        self.documents = msgspec.json.Decoder(Document).decode_lines(content)
        for document in self.documents:
            document.lang = resolve_code(document.lang) or "und"
        self.sizes = np.array([len(d.text.encode()) for d in self.documents], np.int64)

    @cached_property
    def table(self) -> pa.Table:
        """Columns id, text, lang and source, all strings."""
        names = Document.__struct_fields__
        columns = {name: [getattr(d, name) for d in self.documents] for name in names}
        return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})

    def write_parquet(self, path: Path, text_bytes: int) -> tuple[int, int]:
        """Write at least one document and at least `text_bytes` of text, repeating documents.

        Zstandard, row groups of about `ROW_GROUP` of text, otherwise as Arrow writes by default.
        Returns documents and bytes of text.
        """
        rounds = text_bytes // int(self.sizes.sum()) + 1
        ends = np.cumsum(np.tile(self.sizes, rounds))
        count = int(np.searchsorted(ends, text_bytes)) + 1
        groups = (ends[:count] - 1) // ROW_GROUP
        cuts = [0, *(np.flatnonzero(np.diff(groups)) + 1).tolist(), count]
        with pq.ParquetWriter(path, self.table.schema, compression="zstd") as writer:
            for begin, end in pairwise(cuts):
                rows = pa.array(np.arange(begin, end) % len(self.documents))
                writer.write_table(self.table.take(rows))
        return count, int(ends[count - 1])

    def write_jsonl(self, path: Path) -> None:
        """Write every document once, a line each."""
        with path.open("wb") as file:
            encode = msgspec.json.Encoder().encode
            file.writelines(encode(document) + b"\n" for document in self.documents)


def is_ascii_heavy(text: str) -> bool:
    """Whether more than `ASCII_SHARE` of the letters of a text are ASCII."""
    ascii_letters = sum(map(len, _ASCII_LETTERS.findall(text)))
    others = sum(sum(map(str.isalpha, run)) for run in _NOT_ASCII.findall(text))
    return ascii_letters > ASCII_SHARE * (ascii_letters + others)


def text_bytes(documents: Sequence[Document]) -> int:
    """Bytes of UTF-8 text."""
    return sum(len(document.text.encode()) for document in documents)


def batches(documents: Sequence[Document]) -> list[pa.RecordBatch]:
    """Documents as record batches (`DOCUMENT_SCHEMA`) of the size that the readers make."""
    return list(map(_batch, _pieces(documents)))


def _pieces(documents: Sequence[Document]) -> Iterator[list[Document]]:
    limit = ReadOptions().batch_bytes
    piece: list[Document] = []
    size = 0
    for document in documents:
        length = len(document.text.encode())
        if piece and size + length > limit:
            yield piece
            piece, size = [], 0
        piece.append(document)
        size += length
    if piece:
        yield piece


def _batch(documents: Sequence[Document]) -> pa.RecordBatch:
    count = len(documents)
    part_type = DOCUMENT_SCHEMA.field("parts").type
    parts = pa.StructArray.from_arrays(
        [
            pa.array(["text"] * count, pa.string()),
            pa.array([ROLE_TEXT] * count, pa.int8()),
            pa.array([document.text for document in documents], pa.string()),
        ],
        fields=list(part_type.value_type),
    )
    each = pa.array(range(count + 1), pa.int32())
    return pa.RecordBatch.from_arrays(
        [
            pa.array([0] * count, pa.int32()),
            pa.array(range(count), pa.int64()),
            pa.array([document.id for document in documents], pa.string()),
            pa.array([document.source for document in documents], pa.string()),
            pa.array([document.lang for document in documents], pa.string()),
            pa.ListArray.from_arrays(each, parts, type=part_type),
            pa.array([[]] * count, pa.list_(pa.string())),
        ],
        schema=DOCUMENT_SCHEMA,
    )
