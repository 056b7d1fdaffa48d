"""The search before the soup: what stands before text turns into random tokens or bytes.

The first look at the texts keeps a *window* of text around the turn in every document that turns
into soup, and around a random place of one in `SHARE` of the others. That is enough to say which
runs of words stand before the turn more often than elsewhere. Only if one of these is worth a look
are all texts read again, to count it exactly.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_assay.transforms import examples, kernels, tokens, trigger_kernels
from corpus_assay.transforms import trigger_candidates as candidates
from corpus_assay.transforms import trigger_scores as scores
from corpus_assay.transforms.additive import TableSpec, key
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, PART_TYPE, ROLE_TEXT
from corpus_assay.transforms.tokens import TokenBatch
from corpus_assay.transforms.trigger_counts import LEAST, Selection, Shortlist, Sketches, select
from corpus_assay.transforms.trigger_evidence import Evidence, anywhere
from corpus_assay.transforms.trigger_views import SOUP, Int64, View, around, turned

ELSEWHERE = "elsewhere"
"""Windows of documents that do not turn into soup."""
KEPT = 20_000
"""Windows kept of each kind, those of the documents with the smallest hash."""
SHARE = 16
"""Of the documents that do not turn into soup one in so many has a window."""
CHARACTERS = {SOUP: 400, ELSEWHERE: 128}
"""Characters kept on each side of the place."""

TRIGGER_WINDOWS = TableSpec(
    "trigger_windows",
    (key("kind"),),
    (
        pa.field("rank", pa.uint64()),
        pa.field("file", pa.int32()),
        pa.field("position", pa.int64()),
        pa.field("language", pa.string()),
        pa.field("place", pa.int32()),
        pa.field("text", pa.binary()),
    ),
    merge="smallest",
    keep=KEPT,
    hidden=True,
)
"""Text around a place (a byte of ``text``) of a document, by kind: `SOUP` or `ELSEWHERE`. At most
`KEPT` rows of about 1 KB each."""


def windows(batch: TokenBatch) -> pa.Table:
    """`TRIGGER_WINDOWS` of a batch."""
    documents, parts, places = turned(batch)
    return pa.concat_tables(
        [_cut(batch, SOUP, documents, parts, places), _cut(batch, ELSEWHERE, *_others(batch))]
    )


def _others(batch: TokenBatch) -> tuple[Int64, Int64, Int64]:
    """A sample of documents that do not turn into soup, with a part and a random place of each."""
    ranks = examples.document_hashes(batch)
    first = np.searchsorted(batch.part_document, np.arange(len(batch.documents) + 1))
    edges = batch.part_offsets[first].astype(np.int64)
    sampled = (ranks < np.uint64((1 << 64) // SHARE)) & (edges[1:] > edges[:-1])
    sampled[turned(batch)[0]] = False
    chosen = np.flatnonzero(sampled)
    sizes = (edges[1:] - edges[:-1])[chosen].astype(np.uint64)
    places = edges[chosen] + ((ranks[chosen] & np.uint64(0xFFFFFFFF)) % sizes).astype(np.int64)
    parts = np.searchsorted(batch.part_offsets, places, "right") - 1
    for _ in range(3):  # to the beginning of the character
        inside = (batch.data[places] & 0xC0 == 0x80) & (places > batch.part_offsets[parts])
        places = places - inside
    return chosen, parts, places


def _cut(batch: TokenBatch, kind: str, documents: Int64, parts: Int64, places: Int64) -> pa.Table:
    bounds = np.empty((len(parts), 2), np.int64)
    at = places.astype(np.uint32)
    kernels.windows(
        batch.data,
        batch.part_offsets[parts],
        batch.part_offsets[parts + 1],
        at,
        at,
        CHARACTERS[kind],
        bounds,
    )
    offsets = np.empty(len(parts) + 1, np.int64)
    out = np.empty(int((bounds[:, 1] - bounds[:, 0]).sum()), np.uint8)
    kernels.gather(
        batch.data,
        np.ascontiguousarray(bounds[:, 0]),
        np.ascontiguousarray(bounds[:, 1]),
        offsets,
        out,
    )
    text = pa.Array.from_buffers(
        pa.binary(),
        len(parts),
        [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(out)],
    )
    rows = pa.array(documents)
    return TRIGGER_WINDOWS.table(
        [
            pa.repeat(kind, len(parts)),
            examples.document_hashes(batch)[documents],
            *(batch.documents.column(name).take(rows) for name in ("file", "position", "language")),
            places - bounds[:, 0],
            text,
        ]
    )


def worth_counting(
    kept: pa.Table, turning: int, documents: int
) -> tuple[Sketches, dict[str, Selection]]:
    """Runs that stand before the soup and are worth an exact count, from the merged
    `TRIGGER_WINDOWS` of a corpus of so many `documents`, `turning` of which turn into soup; and
    the sketches they are judged by.

    How many documents hold a run is known from the windows of those that turn, and for the others
    estimated from the windows elsewhere, with the benefit of the doubt: two standard deviations
    less. The selection is empty if nothing reaches `scores.NOTABLE` with that.
    """
    before, elsewhere = (
        kept.filter(pc.equal(kept.column("kind"), kind)) for kind in (SOUP, ELSEWHERE)
    )
    # Of a corpus with more soup than is kept, this is the search of a sample.
    total = documents * len(before) // turning
    view, control = _view(before, total), _view(elsewhere, 0)
    sketches = Sketches({SOUP: len(before) + len(elsewhere)})
    sketch = sketches.views[SOUP]
    sketch.add(view)
    sketch.totals[1] = 0  # nothing is looked for at the end of windows
    others = np.zeros_like(sketch.features)
    trigger_kernels.count_features(control.features()[0], others, sketch.bits[0])
    weight = max((total - len(before)) // max(len(elsewhere), 1), 0)
    sketch.features += (others * weight).astype(np.uint32)
    short = Shortlist(sketches)
    short.add_view(view)
    selected = select(short, sketches)
    if not selected:
        return sketches, {}
    chosen = selected[SOUP]
    evidence = Evidence(selected, sketches)
    evidence.add_view(view)
    held = np.empty(len(chosen.features), np.int64)
    trigger_kernels.estimates(others, sketch.bits[0], chosen.features, held)
    least = np.maximum(held - 2 * np.sqrt(held), 0).astype(np.int64)
    evidence.counts[SOUP].features[:, 0] = anywhere(view.batch, chosen) + weight * least
    found = [
        one
        for one in candidates.candidates(evidence, sketches)
        if one.kind == SOUP and one.documents >= LEAST and one.score >= scores.NOTABLE
    ]
    if not found:
        return sketches, {}
    features = np.array([one.feature for one in found], np.uint64)
    keys = np.array([one.key for one in found], np.uint64)
    nothing = np.empty(0, np.uint64)
    return sketches, {SOUP: Selection.of(features, keys, nothing, nothing)}


def _view(kept: pa.Table, count: int) -> View:
    """The units around the places of some windows, as a view of `count` documents."""
    number = len(kept)
    texts = pa.concat_arrays([pa.array([], pa.binary()), *kept.column("text").chunks])
    values = pa.StructArray.from_arrays(
        [
            pa.repeat("", number),
            pa.array(np.full(number, ROLE_TEXT, np.int8)),
            texts.view(pa.string()),
        ],
        fields=list(PART_TYPE),
    )
    places = np.arange(number + 1, dtype=np.int32)
    columns = {
        **{name: kept.column(name) for name in ("file", "position", "language")},
        "id": pa.nulls(number, pa.string()),
        "source": pa.repeat("", number),
        "parts": pa.ListArray.from_arrays(pa.array(places), values),
        "slices": pa.array([[]] * number, pa.list_(pa.string())),
    }
    table = pa.table({name: columns[name] for name in DOCUMENT_SCHEMA.names})
    rows = table.cast(DOCUMENT_SCHEMA).combine_chunks().to_batches()
    documents = rows[0] if rows else DOCUMENT_SCHEMA.empty_table().to_batches()[0]
    batch = tokens.tokenise(documents)
    own = np.arange(number, dtype=np.int64)
    turns = batch.part_offsets[:-1] + kept.column("place").to_numpy()
    return around(batch, own, own, turns.astype(np.int64), count)
