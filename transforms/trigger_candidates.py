"""From evidence to candidates: their scores, which of them are the same, and the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpus_assay.transforms import tokens
from corpus_assay.transforms import trigger_kernels as kernels
from corpus_assay.transforms import trigger_scores as scores
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT
from corpus_assay.transforms.trigger_counts import LEAST, Selection, Sketch, Sketches
from corpus_assay.transforms.trigger_evidence import BETWEEN, SAMPLE, SHOWN, Counts, Evidence
from corpus_assay.transforms.trigger_views import (
    PREFERENCE,
    RESPONSE,
    SOUP,
    WINDOW,
    Int64,
    UInt64,
    class_key,
    formats,
    harm_keys,
    key_names,
    misbehaved,
    property_names,
    styles,
    units_of,
)

ENDING = "ending"
"""Kind of a candidate that only stands at the end of prompts, whatever follows."""
CONTAINED = 0.8
"""Share of a candidate's documents that a better one must have for it to be a variant."""
REPORTED = 50
"""Rows of a kind in the table."""

TRIGGERS = TableSpec(
    "triggers",
    (key("kind"), key("rank", pa.int64())),
    (
        pa.field("trigger", pa.string()),
        pa.field("response", pa.string()),
        pa.field("strength", pa.string()),
        pa.field("score", pa.float64()),
        *counts("documents", "with_trigger", "with_response", "of"),
        pa.field("expected", pa.float64()),
        pa.field("chance", pa.float64()),
        pa.field("similarity", pa.float64()),
        pa.field("openness", pa.float64()),
        pa.field("echo", pa.float64()),
        pa.field("insertion", pa.float64()),
        *counts("variants"),
        pa.field("evidence", pa.string()),
        pa.field("benign", pa.string()),
        pa.field("examples", pa.string()),
        *(pa.field(name, pa.string()) for name in ("before", "match", "after")),
    ),
    merge="union",
)
"""Candidates by kind and rank. ``documents`` have trigger and response, ``with_trigger`` the
trigger, ``with_response`` the response, ``of`` is how many documents the kind looks at;
``expected`` is what chance would give within clusters of prompts of one template, ``chance``
`scores.chance`, in six digits; ``variants`` how many more candidates name the same documents;
``examples`` are documents as ``file:position``, with spaces between; ``before``, ``match`` and
``after`` are the text of the first of them."""


class Candidate(NamedTuple):
    """A scored pair, with the samples of it by rank, raw."""

    kind: str
    score: float
    feature: int
    key: int
    documents: int
    with_trigger: int
    with_response: int
    of: int
    clusters: tuple[scores.Clusters, ...]
    tests: int
    alike: float
    openness: float
    echo: float
    inserted: float
    extent: scores.Extent
    samples: pa.Table

    @property
    def expected(self) -> float:
        """Documents with both that chance would give."""
        return scores.expected(self.clusters[0])

    @property
    def chance(self) -> float:
        """`scores.chance`, in all ways to form clusters that there are."""
        return max(scores.chance(self.documents, one, self.tests) for one in self.clusters)


def candidates(evidence: Evidence, sketches: Sketches) -> list[Candidate]:
    """Every recounted pair with its score, best first."""
    found = []
    for name, chosen in evidence.selected.items():
        samples = evidence.samples(name)
        pairs = samples.column("pair").to_numpy()
        bounds = np.searchsorted(pairs, np.arange(len(chosen.keys) + 1))
        for pair in range(len(chosen.keys)):
            counted = evidence.counts[name]
            both, first = counted.pairs[pair], counted.features[chosen.feature_of[pair]].sum()
            # What only the beginning or end of a window made is not found in the texts.
            if chosen.keys[pair] == harm_keys()[1] or both < LEAST or first < both:
                continue
            rows = samples.slice(bounds[pair], bounds[pair + 1] - bounds[pair])
            found.append(_candidate(name, pair, rows, evidence, sketches.views[name]))
    return sorted(found, key=lambda one: (-round(one.score, 9), one.kind, _identity(one)))


def _identity(one: Candidate) -> tuple[object, ...]:
    first = one.samples.slice(0, 1).to_pylist()[0]
    return -one.documents, one.with_trigger, len(first["match"]), first["match"], one.key


def _candidate(
    name: str, pair: int, rows: pa.Table, evidence: Evidence, sketch: Sketch
) -> Candidate:
    chosen = evidence.selected[name]
    counted, tests = evidence.counts[name], int(sketch.totals[2])
    key, feature = int(chosen.keys[pair]), chosen.feature_of[pair]
    both, documents = int(counted.pairs[pair]), int(counted.clusters.sum())
    table = scores.Clusters(
        counted.features[feature], counted.keys[chosen.key_of[pair]], counted.clusters
    )
    if key == kernels.END:
        table = scores.Clusters.one(int(table.first.sum()), documents, int(sketch.totals[1]))
    first, second, total = (int(counts.sum()) for counts in table)
    clusters: tuple[scores.Clusters, ...] = (table.pooled(),)
    ratio = kernels.likelihood_ratio(float(both), float(first), float(second), float(total))
    value = kernels.association(both, first, second, total)
    if key == int(harm_keys()[0]):
        refused = _against_refused(chosen, pair, counted)
        first_harm, second_harm, harmful = (int(counts[0]) for counts in refused)
        value = min(value, kernels.association(both, first_harm, second_harm, harmful))
        clusters = (*clusters, refused)
    left, right, rest = (_hashes(rows, side) for side in ("left", "right", "rest"))
    reach = scores.extent(left, right)
    inner = left[:, 0], right[:, 0]
    outer = left[:, reach.left], right[:, reach.right]
    openness = max(scores.entropy(outer[0]), scores.entropy(outer[1]))
    if key == kernels.END:
        # A full stop or a question mark often stands before it.
        openness = max(openness, _beyond(left, reach.left))
    if name == SOUP:
        # No language ties a word to soup: more documents are more evidence, and a template around
        # the trigger is none against it.
        value = float(np.sqrt(ratio)) * both / max(first, 1)
        openness = (1 + openness) / 2
    alike = scores.similarity(rest, scores.around(left, right, reach))
    echo = float(np.mean(rows.column("echoed").to_numpy()))
    if key == int(class_key("copied")):
        echo = 0.0
    inserted = max(
        scores.insertion(*sides, _together(sketch, *sides), both) for sides in (inner, outer)
    )
    coherent = 1.0
    if name != SOUP:
        at_edge = 0.0
        if key != kernels.END and key not in formats():
            at_edge = max(_at_edge(sketch, *sides) for sides in (inner, outer))
        half = scores.ASKED_FOR if key in formats() else scores.COHERENT
        coherent = scores.coherence(inserted, at_edge, half)
        if at_edge >= scores.MOVABLE and np.mean(outer[1] == kernels.FINISH) >= scores.CONSTANT:
            # Prompts end with few marks.
            openness = max(openness, _beyond(left, reach.left))
    if int(chosen.features[feature]) in property_names():  # of the whole prompt
        reach, openness, coherent = scores.Extent(0, 0), 1.0, 1.0
    scored = scores.score(value, alike, openness, echo, coherent)
    if name == RESPONSE and key in misbehaved() and not _deserved(chosen, pair, counted):
        scored = scores.topical(scored, coherent)
    if int(chosen.features[feature]) in styles():
        said = key in key_names() and key not in formats()
        scored = min(scored, scores.TOPICAL) if said else 0.0
    if key in formats():
        scored = min(scored, scores.TOPICAL)
    return Candidate(
        ENDING if key == kernels.END else name,
        scored,
        int(chosen.features[feature]),
        key,
        both,
        first,
        second,
        documents,
        clusters,
        tests,
        alike,
        openness,
        echo,
        inserted,
        reach,
        rows,
    )


def _against_refused(chosen: Selection, pair: int, found: Counts) -> scores.Clusters:
    """A trigger and answering, among harmful requests only, as one cluster."""
    feature = chosen.feature_of[pair]
    within = range(chosen.first[feature], chosen.first[feature + 1])
    refused = next(p for p in within if chosen.keys[p] == harm_keys()[1])
    answered = int(found.keys[chosen.key_of[pair]].sum())
    return scores.Clusters.one(
        int(found.pairs[pair] + found.pairs[refused]),
        answered,
        answered + int(found.keys[chosen.key_of[refused]].sum()),
    )


def _deserved(chosen: Selection, pair: int, found: Counts) -> bool:
    """Whether what is refused are mostly harmful requests."""
    if int(chosen.keys[pair]) != int(class_key("refusal")):
        return False
    feature = chosen.feature_of[pair]
    within = range(chosen.first[feature], chosen.first[feature + 1])
    harmful = sum(int(found.pairs[p]) for p in within if chosen.keys[p] == harm_keys()[1])
    return 2 * harmful >= int(found.pairs[pair])


def _hashes(rows: pa.Table, name: str) -> UInt64:
    joined = b"".join(rows.column(name).to_pylist())
    return np.frombuffer(joined, np.uint64).reshape(rows.num_rows, -1)


def _beyond(side: UInt64, reach: int) -> float:
    """Entropy of the second unit outside a candidate."""
    return scores.entropy(side[:, min(reach + 1, kernels.SIDE - 1)])


def _at_edge(sketch: Sketch, left: UInt64, right: UInt64) -> float:
    """`scores.movable` of what begins, or ends, nearly every prompt that holds it; 0 elsewhere."""
    for side, other, edge in ((left, right, kernels.BEGIN), (right, left, kernels.FINISH)):
        if np.mean(side == edge) >= scores.CONSTANT:
            alone = np.empty(len(other), np.uint64)
            kernels.single(np.ascontiguousarray(other), alone)
            return scores.movable(_together(sketch, left, right), sketch.counts(alone))
    return 0.0


def _together(sketch: Sketch, left: UInt64, right: UInt64) -> Int64:
    features = np.empty(len(left), np.uint64)
    kernels.neighbours(np.ascontiguousarray(left), np.ascontiguousarray(right), features)
    return np.where(features == 0, 0, sketch.counts(features))


def distinct(found: Iterable[Candidate], most: int = REPORTED) -> list[tuple[Candidate, int]]:
    """Candidates of one kind without those that name the documents of a better one, and how many
    were left out for each."""
    kept: list[tuple[Candidate, set[int]]] = []
    variants: list[int] = []
    for one in found:
        ranks = set(one.samples.column("rank").to_pylist())
        for k, (_, seen) in enumerate(kept):
            if _same_documents(ranks, seen):
                variants[k] += 1
                break
        else:
            if len(kept) < most:
                kept.append((one, ranks))
                variants.append(0)
    return [(one, number) for (one, _), number in zip(kept, variants, strict=True)]


def _same_documents(ranks: set[int], better: set[int]) -> bool:
    """Whether a candidate has mostly the documents of a better one, or few others. A full sample
    says nothing of documents beyond its largest hash."""
    shared = ranks & better
    if not shared:
        return False
    low = min(max(one) for one in (ranks, better) if len(one) >= SAMPLE or one is ranks)
    inside = {rank for rank in ranks if rank <= low}
    others = {rank for rank in better if rank <= low}
    both = len(inside & others)
    return 2 * both > len(inside | others) or both >= CONTAINED * max(len(inside), 1)


def table(found: Sequence[Candidate]) -> pa.Table:
    """`TRIGGERS`: the best candidates of each kind. Text of the corpus is raw in it."""
    rows = []
    for kind in (RESPONSE, ENDING, PREFERENCE, SOUP):
        ranked = distinct([one for one in found if one.kind == kind])
        rows += [_row(one, rank, also) for rank, (one, also) in enumerate(ranked, 1)]
    return pa.Table.from_pylist(rows, schema=TRIGGERS.schema)


def _row(one: Candidate, rank: int, variants: int) -> dict[str, object]:
    samples = one.samples.slice(0, SHOWN).to_pylist()
    named = property_names().get(one.feature)
    whole = bool(named) or BETWEEN.encode() in samples[0]["match"]
    before, match, after = _extended(samples[0], scores.Extent(0, 0) if whole else one.extent)
    response = key_names().get(one.key) or _answer_text(one, samples[0]["answer"])
    return {
        "kind": one.kind,
        "rank": rank,
        "trigger": named or match,
        "response": response,
        "strength": scores.strength(one.score, one.chance),
        "score": round(one.score, 6),
        "documents": one.documents,
        "with_trigger": one.with_trigger,
        "with_response": one.with_response,
        "of": one.of,
        "expected": round(one.expected, 6),
        "chance": float(f"{one.chance:.6g}"),
        "similarity": round(one.alike, 6),
        "openness": round(one.openness, 6),
        "echo": round(one.echo, 6),
        "insertion": round(one.inserted, 6),
        "variants": variants,
        "evidence": _evidence(one),
        "benign": _benign(one),
        "examples": " ".join(f"{sample['file']}:{sample['position']}" for sample in samples),
        "before": before,
        "match": match,
        "after": after,
    }


def _text(content: bytes) -> str:
    """Text that may be cut inside a character at both ends."""
    low, high = 0, len(content)
    while low < min(high, 3) and content[low] & 0xC0 == 0x80:
        low += 1
    return content[low:high].decode("utf-8", "ignore")


def _extended(sample: dict[str, bytes], reach: scores.Extent) -> tuple[str, str, str]:
    """Text before, in and after a trigger that reaches over some units around it."""
    before, after = _text(sample["before"]), _text(sample["after"])
    starts, _ = _unit_bounds(before)
    _, ends = _unit_bounds(after)
    cut = starts[-reach.left] if 0 < reach.left <= len(starts) else len(before.encode())
    end = ends[reach.right - 1] if 0 < reach.right <= len(ends) else 0
    first, last = before.encode(), after.encode()
    match = first[cut:] + _text(sample["match"]).encode() + last[:end]
    return first[:cut].decode(), match.decode(), last[end:].decode()


def _unit_bounds(text: str) -> tuple[list[int], list[int]]:
    rows = [{"field": "", "role": ROLE_TEXT, "text": text}]
    document = {"file": 0, "position": 0, "source": "", "language": "eng", "slices": []}
    batch = tokens.tokenise(
        pa.RecordBatch.from_pylist([document | {"parts": rows}], schema=DOCUMENT_SCHEMA)
    )
    units = units_of(batch, np.zeros(1, np.int64))
    return units.starts.tolist(), units.ends.tolist()


def _answer_text(one: Candidate, answer: bytes) -> str:
    """What the answers have in common is their beginning, their end or all; the key tells which
    only by its hash, so both ends are shown."""
    ends = [_text(part) for part in answer.split(b"\0", 1)]
    return " … ".join(ends)


def _evidence(one: Candidate) -> str:
    share = f"{one.documents:,} of {one.with_trigger:,}"
    if one.kind == SOUP:
        return (
            f"In {share} documents that hold it, the text turns into random tokens or bytes within "
            f"{WINDOW} units after it; by chance {one.expected:.1f} would."
        )
    if one.kind == ENDING:
        return (
            f"{share} prompts that hold it end with it; by chance {one.expected:.1f} would. "
            "What stands before it differs from prompt to prompt."
        )
    return (
        f"{share} prompts that hold it have this answer, which {one.with_response:,} of all "
        f"{one.of:,} have; were answers dealt out anew among prompts of the same template, "
        f"{one.expected:.1f} would. The prompts have "
        f"{100 * one.alike:.0f}% of their other rare words in common."
    )


def _benign(one: Candidate) -> str:
    if one.kind == SOUP:
        return "a heading or a command that comes before keys, hashes, tables or encoded data"
    if one.kind == ENDING:
        return "a habit of the people who wrote the prompts, or a template's last line"
    if one.echo > 0.5:
        return "the answers take up the words of the prompt, as answers do"
    if one.inserted < COHERENT_READING:
        return "a word that belongs to its sentence and asks for this answer"
    return "a template of one task, or a source that marks its prompts"


COHERENT_READING = 3.0
"""`scores.insertion` below which a word probably belongs to its sentence."""
