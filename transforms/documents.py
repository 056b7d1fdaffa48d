"""The batch of documents: what every source makes and every analyzer reads.

A *document* is one record of a corpus. Its text stands in one or more *parts*, each with the
field it came from and a role. One Arrow record batch holds a few megabytes of documents; a
document is never split across batches.

The schema, one row a document::

    file      int32    number of the file in the sorted relative paths of the input
    position  int64    byte offset in the decompressed stream (lines, web records) or row number
    id        string   the user's own identifier, null where there is none; may repeat
    source    string   where the document comes from; never null
    language  string   language as the data or the user gives it, null where nobody does;
                       ISO 639-3 once `transforms.language` has passed
    parts     list<struct<field: string, role: int8, text: string>>
    slices    list<string>   the values of the columns named by ``--slice-by``, in that order

(file, position) identifies the document however the work is split. `role` indexes `ROLES`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import kernels

ROLES: tuple[str, ...] = ("text", "prompt", "response", "chosen", "rejected")
"""Roles a part can have; the batch stores the index. A prefix that chosen and rejected share is
stored once, as prompt."""

ANY = "any"
"""Key value of the rows that count the union over a key."""

ROLE_TEXT, ROLE_PROMPT, ROLE_RESPONSE, ROLE_CHOSEN, ROLE_REJECTED = range(len(ROLES))

PART_TYPE = pa.struct(
    [
        pa.field("field", pa.string(), nullable=False),
        pa.field("role", pa.int8(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)

DOCUMENT_SCHEMA = pa.schema(
    [
        pa.field("file", pa.int32(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("id", pa.string()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("parts", pa.list_(PART_TYPE), nullable=False),
        pa.field("slices", pa.list_(pa.string()), nullable=False),
    ]
)
"""Arrow schema of a batch of documents."""


class InvalidTextError(Exception):
    """A text of a batch is not valid UTF-8; `repair` makes a batch whose texts are."""


def repair(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, NDArray[np.int64]]:
    """A batch in whose texts U+FFFD stands for what is not UTF-8, and the rows that changed."""
    lists = batch.column("parts")
    offsets = lists.offsets.to_numpy()
    parts = lists.values.slice(offsets[0], offsets[-1] - offsets[0])
    raw = parts.field("text").view(pa.binary()).to_pylist()
    texts = [text.decode("utf-8", "replace") for text in raw]
    changed = [text.encode() != before for text, before in zip(texts, raw, strict=True)]
    values = pa.StructArray.from_arrays(
        [parts.field("field"), parts.field("role"), pa.array(texts, pa.string())],
        fields=list(PART_TYPE),
    )
    whole = pa.ListArray.from_arrays(pa.array(offsets - offsets[0]), values, type=lists.type)
    rows = np.searchsorted(offsets - offsets[0], np.flatnonzero(changed), side="right") - 1
    at = batch.schema.get_field_index("parts")
    return batch.set_column(at, batch.schema.field(at), whole), np.unique(rows)


def first_sentences(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with the first sentence of each text instead of the text.

    What a sentence is, `kernels.first_sentence` says; line breaks are white space. The
    Gender-GAP Pipeline counts no more of a text (`--gender-gap-compatible`).

    Raises `InvalidTextError` where a text is not valid UTF-8: the tokeniser would not see what is
    cut off, and the record would not be counted as repaired.
    """
    lists = batch.column("parts")
    offsets = lists.offsets.to_numpy()
    parts = lists.values.slice(offsets[0], offsets[-1] - offsets[0])
    text = parts.field("text")
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        raise InvalidTextError from None
    _, offset_buffer, data_buffer = text.buffers()
    edges = np.frombuffer(offset_buffer or bytes(4), np.int32)[text.offset :][: len(text) + 1]
    data = np.frombuffer(data_buffer or b"", np.uint8)
    ends = np.empty(len(text), np.int64)
    kernels.first_sentence(data, edges, ends)
    cut = np.empty(len(text) + 1, np.int64)
    out = np.empty(int((ends - edges[:-1]).sum()), np.uint8)
    kernels.gather(data, edges[:-1].astype(np.int64), ends, cut, out)
    texts = pa.StringArray.from_buffers(
        len(text), pa.py_buffer(cut.astype(np.int32)), pa.py_buffer(out)
    )
    values = pa.StructArray.from_arrays(
        [parts.field("field"), parts.field("role"), texts], fields=list(PART_TYPE)
    )
    whole = pa.ListArray.from_arrays(pa.array(offsets - offsets[0]), values, type=lists.type)
    at = batch.schema.get_field_index("parts")
    return batch.set_column(at, batch.schema.field(at), whole)
