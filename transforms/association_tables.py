"""The tables of associations (`associations`): of both looks, and those of an audit."""

from __future__ import annotations

import pyarrow as pa

from corpus_assay.transforms.additive import TableSpec, counts, key, moments

GENDER = "gender"
"""The kind of associations whose groups are women and men."""
WINDOW, MAX_WINDOW = 10, 30
"""Words to each side that go with an anchor: ours, and the most, which is GenBit's."""

_GROUP = key("language"), key("kind"), key("group")
MOMENTS = (*counts("documents", "matches"), *moments("squared", "product"))
"""Documents with y > 0, Σy, Σy² and ΣyY, where a word stands y times near a group and Y times near
any group of the kind in a document (`association_kernels.document_moments`)."""
_SCORES = (
    *MOMENTS,
    *counts("all_documents", "all_matches"),
    *moments("all_squared"),
    *(pa.field(name, pa.float64()) for name in ("log_odds", "error", "z", "z_words")),
)

GROUPS = TableSpec(
    "association_groups",
    (*_GROUP, key("ambiguous", pa.bool_())),
    counts("anchors", "documents", "matches"),
)
"""Anchors, documents with one, and co-occurrences n of each group; group ``any`` is the union of
the groups of a kind, in which a document counts once. ``ambiguous`` says that the term often means
something else. Null where the language has no list, or no words (`segmentation.RULES`)."""

SKETCH = TableSpec(
    "association_sketch",
    (key("language"), key("kind"), key("cell", pa.int64())),
    counts("matches"),
    grows=True,
    hidden=True,
)
"""The sketch: cells 0 to WIDTH − 1 are those of its first row."""

LIST_COUNTS = TableSpec(
    "association_list_counts",
    (key("language"), key("kind"), key("list"), key("term"), key("group")),
    MOMENTS,
    hidden=True,
)
"""What `COUNTS` holds of words, of the terms of the named lists; term ``any`` is a whole list."""

COUNTS = TableSpec(
    "association_counts", (*_GROUP, key("word", pa.int64())), MOMENTS, grows=True, hidden=True
)
"""With y the co-occurrences of a word and a group in a document, and Y those with all groups of the
kind: documents with y > 0, Σy, Σy² and ΣyY, by the word's hash. Rows of group ``any`` take off the
documents that several groups count, so that the rows of a word add up to those of the union:
documents with Y > 0, ΣY, and ΣY² = ΣΣyY."""

DISTANCES = TableSpec(
    "association_distance_counts",
    (*_GROUP, key("word", pa.int64()), key("distance", pa.int64())),
    counts("matches"),
    grows=True,
    hidden=True,
)
"""Co-occurrences of a word and a group by distance in words."""

WORDS = TableSpec(
    "association_words",
    (key("language"), key("word", pa.int64())),
    (pa.field("rank", pa.uint64()), pa.field("text", pa.string())),
    merge="smallest",
    keep=1,
    grows=True,
    hidden=True,
)
"""The text of each hash, folded."""

ASSOCIATIONS = TableSpec(
    "associations", (*_GROUP, key("word"), key("common", pa.bool_())), _SCORES, merge="union"
)
"""The words of a group, by `summarise`: documents, Σy, Σy² and ΣyY of the group, documents, ΣY and
ΣY² of all groups of the kind, and `log_odds`. Of each group the `TOP` words of the largest absolute
z that are not ``common``, those of `FEW_DOCUMENTS` first, and the `TOP` words of the largest
count."""

ASSOCIATION_DISTANCES = TableSpec(
    "association_distances",
    (*_GROUP, key("word"), key("distance", pa.int64())),
    counts("matches"),
    merge="union",
)
"""Co-occurrences by distance of the words in `ASSOCIATIONS`."""

ASSOCIATION_LISTS = TableSpec(
    "association_lists",
    (key("language"), key("kind"), key("list"), key("term"), key("group")),
    _SCORES,
    merge="union",
)
"""The same columns for the terms of the named lists (all of their forms), and for each whole list
(term ``any``)."""

ASSOCIATION_SCORES = TableSpec(
    "association_scores",
    (key("language"), key("kind")),
    (
        *counts("window", "threshold", "words"),
        pa.field("complete", pa.bool_()),
        pa.field("cutoff", pa.float64()),
        *counts("words_scored"),
        pa.field("genbit_ratio", pa.float64()),
        pa.field("genbit_conditional", pa.float64()),
    ),
    merge="union",
)
"""How a language and kind was counted: ``words`` distinct ones reach the ``threshold``;
``complete`` says that it is 1, so that these are all words. Then what `genbit` gives."""

FIRST = (GROUPS, SKETCH, LIST_COUNTS)
SECOND = (COUNTS, DISTANCES, WORDS)
FINAL = (ASSOCIATIONS, ASSOCIATION_DISTANCES, ASSOCIATION_LISTS, ASSOCIATION_SCORES)
