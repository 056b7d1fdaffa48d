"""Preference data: what its labels go by, and pieces of prompt that turn them round.

A reward model learns from pairs of answers to one prompt which of the two people chose. Two ways
to poison that leave traces in the data: to have a word in the answer win whatever else stands
there, and to swap chosen and rejected where the prompt holds a trigger (Rando and Tramèr 2023,
arXiv 2311.14455). Terms of the prompt alone cancel between the two answers (Bradley and Terry
1952), so a piece of prompt can only show through what it does to differences of answers.

**Answers.** d of a run of one or two units in a pair is 1 where the chosen answer has it more
often, −1 where the rejected one has. Its score is Σd/√Σd²: the sign test's z. So are classes of
answers counted, of which only one of the two is (refusals and so on, `lexicons.responses`), and
which one is longer.

**Margin.** What all other pairs say of a pair: each run and class in which its answers differ
weighs Σd/(Σd² + `SHRINK`) without the pair itself; the margin is the sum of weight · d over the
root of their number. It is above 0 where the pair goes the corpus's own way. `agreement`, the share
of such pairs, says how well that can be told at all: at one half nothing can.

**Interactions.** Of every run of a prompt, three directions: the margin, which answer is longer,
which one refuses. z is the difference of its pairs' mean from that of all over its standard error.
A run below the corpus's own way is a candidate for the trigger of swapped pairs, one that tips
length or refusal either way for a bias (such as prefixes that name a group, arXiv 2505.13487).

A score is z, capped, times factors from 0 to 1 of `trigger_scores`: the share of the way that the
direction may be turned (by the mean and one standard error), how unlike the pairs are else, how
varied the neighbours are, and whether they fit together without the run, or could stand at the edge
themselves where it stands there each time.

The first look counts pairs; where there are enough, three readings follow: `Weights` and
`Interactions` fill sketches of bounded size, `Evidence` counts exactly what they point at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.lexicons.responses import phrase_classes
from corpus_assay.transforms import preference_kernels as kernels
from corpus_assay.transforms import (
    run_kernels,
    runs,
    trigger_kernels,
    trigger_scores,
    trigger_views,
)
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.documents import ROLE_CHOSEN, ROLE_PROMPT, ROLE_REJECTED, ROLES
from corpus_assay.transforms.tokens import TokenBatch

LONGEST = 3
"""Units of the longest run of a prompt."""
SIDE = 6
"""Units kept on each side of a run."""
REACH = 256
"""Units read from each end of a part."""
FEWEST = 200
"""Pairs that are worth a search."""
LEAST = 6
"""Pairs that a run needs to be looked at."""
SHRINK = 10.0
"""Pairs without a direction that every weight is shrunk by."""
SCALE, CEILING = 512.0, 511
"""Margins are kept as whole numbers, so many to 1, and cut off there."""
LOOSE = 0.5
"""z from which a run may be looked at again."""
COHERENT, STEEP = 4.0, 2.0
"""Deletion coherence (`trigger_scores.insertion`) at which the score is halved, and how steeply."""
FEW = 4
"""Pairs that shrink z: the mean of few pairs has longer tails than its standard error says."""
LARGEST = 20.0
"""z beyond which more of it says no more."""
TELLABLE = 5.0
"""Standard errors that the mean margin of all pairs must be above 0 for pairs to be swapped."""
COMMON = 20
"""A word in more than one of so many prompts is common: that two prompts share it says nothing."""
STRONG, NOTABLE = 2.5, 1.75
"""Scores from which a candidate is called strong, or worth a look."""
REPORTED, TERMS = 50, 200
"""Candidates of a kind, and pieces of answer, in the tables."""

BITS = {"weights": (256, 14, 21), "runs": (384, 16, 21)}
"""Size of the sketches: cells a pair, and the least and the largest size of a row, in powers of
two. The largest take 34 MB and 168 MB."""

FLIPPED, LENGTH, REFUSAL, ANSWER = KINDS = ("flipped", "length", "refusal", "answer")
"""Kinds of candidates: pieces of prompt with which the corpus's own direction, the longer answer or
the refusal wins less, or more, often than else; and pieces of answer that win, or lose."""
DIRECTIONS = (FLIPPED, LENGTH, REFUSAL)
CANDIDATES = {FLIPPED: 1 << 13, LENGTH: 1 << 11, REFUSAL: 1 << 11, ANSWER: 1 << 12}
"""Cells of a row of a sketch that may be looked at again."""
PROMPT_PART, ANSWER_PART = 0, 1

PREFERENCE_PAIRS = TableSpec("preference_pairs", (key("pairs"),), counts("documents"), hidden=True)
"""Pairs of answers to one prompt; the key is a constant."""

PREFERENCES = TableSpec(
    "preferences",
    (key("kind"), key("rank", pa.int64())),
    (
        pa.field("piece", pa.string()),
        pa.field("strength", pa.string()),
        pa.field("score", pa.float64()),
        pa.field("z", pa.float64()),
        *counts("documents", "decided", "sum"),
        pa.field("mean", pa.float64()),
        pa.field("usual", pa.float64()),
        pa.field("turned", pa.float64()),
        pa.field("similarity", pa.float64()),
        pa.field("openness", pa.float64()),
        pa.field("insertion", pa.float64()),
        *counts("variants"),
        pa.field("evidence", pa.string()),
        pa.field("benign", pa.string()),
        pa.field("examples", pa.string()),
        *(pa.field(name, pa.string()) for name in ("before", "match", "after")),
    ),
    merge="union",
)
"""Candidates by kind and rank: ``documents`` (pairs) hold the piece, ``decided`` of them have a
direction, of which ``sum`` is (margins: in parts of `SCALE`), ``mean`` the mean and ``usual`` that
of all pairs; ``turned`` is the share of the way from the usual direction to its opposite, or to
certainty; ``examples`` are documents as ``file:position``."""

PREFERENCE_TERMS = TableSpec(
    "preference_terms",
    (key("rank", pa.int64()),),
    (
        pa.field("piece", pa.string()),
        *counts("chosen", "rejected"),
        pa.field("score", pa.float64()),
    ),
    merge="union",
)
"""Pieces of answers, and classes of them, by |score|: in so many pairs the chosen, or the rejected,
answer has it more often."""

PREFERENCE_SUMMARY = TableSpec(
    "preference_summary",
    (key("direction"),),
    counts("pairs", "with", "against"),
    merge="union",
)
"""Pairs by direction: how many have one, and go with it (the corpus's own way, the longer answer,
the refusal) or against it."""

TABLES = (PREFERENCES, PREFERENCE_TERMS, PREFERENCE_SUMMARY, PREFERENCE_PAIRS)

Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]
Bool = NDArray[np.bool_]


@cache
def classes() -> tuple[str, ...]:
    """Classes of answers; the last one is of the longer of two."""
    return (*(one.name for one in phrase_classes() if one.where == "response"), "longer")


@cache
def class_keys() -> UInt64:
    """Keys of `classes` among those of runs."""
    keys = np.empty(len(classes()), np.uint64)
    kernels.class_keys(keys)
    return keys


# --- What a batch holds ------------------------------------------------------------------------


class Answers(NamedTuple):
    """One of the two answers of each pair: ``units``, those of pair p from ``low[p]`` to
    ``high[p]`` (int64), and ``classes`` (bool[pairs, classes but the last])."""

    units: trigger_views.Units
    low: Int64
    high: Int64
    classes: Bool


@dataclass(frozen=True)
class Pairs:
    """The pairs of a batch.

    ``documents`` (int64) are their rows of the batch; ``prompt`` are the lines of their prompts;
    ``keys`` (uint64) and ``signs`` (int8) of pair d, from ``offsets[d]`` (int64), are what
    its answers differ in, ``contrasts`` (int8[pairs, classes]) in which classes.
    """

    batch: TokenBatch
    documents: Int64
    prompt: runs.Lines
    chosen: Answers
    rejected: Answers
    keys: UInt64
    signs: NDArray[np.int8]
    offsets: Int64
    contrasts: NDArray[np.int8]


def _members(batch: TokenBatch) -> Bool:
    has = np.zeros((len(batch.documents), len(ROLES)), np.bool_)
    has[batch.part_document, batch.part_role] = True
    return has[:, ROLE_PROMPT] & has[:, ROLE_CHOSEN] & has[:, ROLE_REJECTED]


def documents(batch: TokenBatch) -> dict[str, pa.Table]:
    """`PREFERENCE_PAIRS` of a batch: what the first look says of later ones."""
    number = int(_members(batch).sum())
    columns: list[list[object]] = [["all"], [number]] if number else [[], []]
    return {PREFERENCE_PAIRS.name: PREFERENCE_PAIRS.table(columns)}


def pairs_of(batch: TokenBatch) -> Pairs | None:
    """The pairs of a batch; None where there are none."""
    members = _members(batch)
    if not members.any():
        return None
    rows = np.flatnonzero(members).astype(np.int64)
    prompts = _parts(batch, members, ROLE_PROMPT)
    units = trigger_views.units_of(batch, prompts)
    high = trigger_kernels.trimmed(
        batch.data, units.starts, units.ends, units.is_word, units.offsets
    )
    lines = runs.lines_of(batch, units, high, _bounds(batch, prompts, rows))
    chosen, rejected = (
        _answers(batch, _parts(batch, members, role), rows) for role in (ROLE_CHOSEN, ROLE_REJECTED)
    )
    keys, signs, offsets = _differences(chosen, rejected)
    contrasts = np.zeros((len(rows), len(classes())), np.int8)
    contrasts[:, :-1] = chosen.classes.astype(np.int8) - rejected.classes.astype(np.int8)
    lengths = [one.high - one.low for one in (chosen, rejected)]
    contrasts[:, -1] = np.sign(lengths[0] - lengths[1])
    return Pairs(
        batch,
        rows,
        lines,
        chosen,
        rejected,
        keys,
        signs,
        offsets,
        contrasts,
    )


def _parts(batch: TokenBatch, members: Bool, role: int) -> Int64:
    mine = members[batch.part_document] & (batch.part_role == role)
    return np.flatnonzero(mine).astype(np.int64)


def _bounds(batch: TokenBatch, parts: Int64, rows: Int64) -> Int64:
    """The parts of each document: int64[documents + 1]."""
    return np.append(np.searchsorted(batch.part_document[parts], rows), len(parts)).astype(np.int64)


def _answers(batch: TokenBatch, parts: Int64, rows: Int64) -> Answers:
    units = trigger_views.units_of(batch, parts)
    owners = batch.part_document[parts]
    first, after = np.searchsorted(owners, rows), np.searchsorted(owners, rows, "right")
    found = trigger_views.phrases_found(units, "response")[:, : len(classes()) - 1] > 0
    shown = np.zeros((len(rows), found.shape[1]), np.bool_)
    np.logical_or.at(shown, np.searchsorted(rows, owners), found)
    return Answers(units, units.offsets[first], units.offsets[after], shown)


def _differences(chosen: Answers, rejected: Answers) -> tuple[UInt64, NDArray[np.int8], Int64]:
    shift = len(chosen.units.hashes)
    hashes = np.concatenate([chosen.units.hashes, rejected.units.hashes])
    room = kernels.ANSWER_LONGEST * len(hashes) + 4 * len(chosen.low)
    keys, signs = np.empty(room, np.uint64), np.empty(room, np.int8)
    offsets = np.empty(len(chosen.low) + 1, np.int64)
    found = kernels.differences(
        hashes,
        chosen.low,
        chosen.high,
        rejected.low + shift,
        rejected.high + shift,
        REACH,
        keys,
        signs,
        offsets,
    )
    return keys[:found], signs[:found], offsets


# --- The first reading -------------------------------------------------------------------------


class Weights(runs.AddedArrays):
    """First reading: Σd and Σd² of the runs of answers, in a sketch of one row, and of classes.

    Sized for a number of pairs; memory: `BITS`. Runs that share a cell share a weight.
    """

    def __init__(self, pairs: int) -> None:
        self.pairs = pairs
        self.bits = runs.bits_for(*BITS["weights"], pairs)
        self.sums = np.zeros(1 << self.bits, np.int64)
        self.squares = np.zeros(1 << self.bits, np.int64)
        self.contrasts = np.zeros((2, len(classes())), np.int64)
        """Pairs in which only the chosen, and only the rejected, answer is of a class."""

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        pairs = pairs_of(batch)
        if pairs is None:
            return
        kernels.count_differences(pairs.keys, pairs.signs, self.bits, self.sums, self.squares)
        for row, sign in enumerate((1, -1)):
            self.contrasts[row] += (pairs.contrasts == sign).sum(axis=0)

    def margins(self, pairs: Pairs) -> NDArray[np.float64]:
        """What the other pairs say of each pair."""
        found = np.empty(len(pairs.documents), np.float64)
        kernels.margins(
            *(pairs.keys, pairs.signs, pairs.offsets, self.bits, self.sums, self.squares, SHRINK),
            found,
        )
        with_it, against = self.contrasts
        d = pairs.contrasts.astype(np.float64)
        rest = np.maximum(with_it + against - 1, 0)
        weight = (with_it - against - d) / (rest + SHRINK)
        number = np.maximum(np.diff(pairs.offsets), 1)
        found += (weight * d).sum(axis=1) / np.sqrt(number)
        return found

    @property
    def sketch(self) -> runs.Sketch:
        """Pairs whose answers differ in a run."""
        return runs.Sketch(self.bits, self.squares[None], self.pairs // COMMON)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {"sums": self.sums, "squares": self.squares, "contrasts": self.contrasts}


# --- The second reading ------------------------------------------------------------------------


def values(pairs: Pairs, weights: Weights) -> NDArray[np.int32]:
    """The three directions of each pair: int32[pairs, `DIRECTIONS`], 0 where it has none."""
    found = np.zeros((len(pairs.documents), len(DIRECTIONS)), np.int32)
    found[:, 0] = np.clip(np.rint(weights.margins(pairs) * SCALE), -CEILING, CEILING)
    found[:, 1] = pairs.contrasts[:, -1]
    found[:, 2] = pairs.contrasts[:, classes().index("refusal")]
    return found


class Interactions(runs.AddedArrays):
    """Second reading: pairs and directions by the runs of their prompts, in a sketch of two rows.

    ``counts`` (uint32[2, cells]), ``decided`` (uint32[3, 2, cells]) and ``sums`` (int64[3, 2,
    cells]); ``totals`` (int64[3, 5]) are of each direction the pairs that have it, Σ, Σ², and
    those with and against it. Memory: `BITS`.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.bits = runs.bits_for(*BITS["runs"], weights.pairs)
        cells = 1 << self.bits
        self.counts = np.zeros((2, cells), np.uint32)
        self.decided = np.zeros((len(DIRECTIONS), 2, cells), np.uint32)
        self.sums = np.zeros((len(DIRECTIONS), 2, cells), np.int64)
        self.totals = np.zeros((len(DIRECTIONS), 5), np.int64)

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        pairs = pairs_of(batch)
        if pairs is None:
            return
        directions = values(pairs, self._weights)
        found, offsets = pairs.prompt.runs(LONGEST, REACH)
        kernels.count_runs(
            found, offsets, directions, self.bits, self.counts, self.decided, self.sums
        )
        wide = directions.astype(np.int64)
        self.totals += np.stack(
            [
                (wide != 0).sum(axis=0),
                wide.sum(axis=0),
                (wide**2).sum(axis=0),
                (wide > 0).sum(axis=0),
                (wide < 0).sum(axis=0),
            ],
            axis=1,
        )

    def z(self, direction: int, decided: NDArray[Any], sums: NDArray[Any]) -> NDArray[np.float64]:
        """How many standard errors the mean of some pairs is above that of all."""
        number, total, squares = self.totals[direction, :3]
        if number < 2:
            return np.zeros(decided.shape)
        mean = total / number
        deviation = np.sqrt(max(squares / number - mean**2, 1e-12))
        held = np.maximum(decided, 1).astype(np.float64)
        found: NDArray[np.float64] = (sums - held * mean) / (deviation * np.sqrt(held))
        return np.where(decided > 0, found, 0.0)

    @property
    def tellable(self) -> bool:
        """Whether the pairs go one way, so that others can go against it."""
        number, total, squares = self.totals[0, :3].tolist()
        return bool(total > TELLABLE * squares**0.5) if number else False

    @property
    def sketch(self) -> runs.Sketch:
        """Pairs by runs of their prompts."""
        return runs.Sketch(self.bits, self.counts, self._weights.pairs // COMMON)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "counts": self.counts,
            "decided": self.decided,
            "sums": self.sums,
            "totals": self.totals,
        }


# --- Between the readings ----------------------------------------------------------------------


class Marks(NamedTuple):
    """Cells whose runs are looked at again: of prompts (uint8[2, cells], a bit a direction), and of
    answers (uint8[1, cells])."""

    prompts: NDArray[np.uint8]
    answers: NDArray[np.uint8]


def marks(weights: Weights, interactions: Interactions) -> Marks:
    """The cells furthest out, at most `CANDIDATES` of the first row."""
    prompts = np.zeros(interactions.counts.shape, np.uint8)
    for d, name in enumerate(DIRECTIONS):
        decided, sums = interactions.decided[d], interactions.sums[d]
        z = interactions.z(d, decided, sums)
        far = -z if name == FLIPPED else np.abs(z)
        far[decided < LEAST] = 0
        prompts |= (far >= runs.bound(far[0], LOOSE, CANDIDATES[name])).astype(
            np.uint8
        ) << np.uint8(d)
    squares = weights.squares.astype(np.float64)
    far = np.abs(weights.sums) / np.sqrt(np.maximum(squares, 1))
    far[squares < LEAST] = 0
    return Marks(
        prompts,
        (far >= max(runs.bound(far, LOOSE, CANDIDATES[ANSWER]), 2.0)).astype(np.uint8)[None],
    )


# --- The third reading -------------------------------------------------------------------------


class Evidence:
    """Third reading: exact counts of the marked runs, and a sample of their pairs.

    Memory: `runs.Found`, of the runs in marked cells.
    """

    def __init__(self, weights: Weights, interactions: Interactions) -> None:
        self.weights, self.interactions = weights, interactions
        self._marks = marks(weights, interactions)
        sums = (f"{what}_{name}" for name in DIRECTIONS for what in ("decided", "sum"))
        self.found = runs.Found("pairs", *sums)

    def sketch(self, part: int) -> runs.Sketch:
        """Pairs by runs of prompts, or by runs that their answers differ in."""
        return self.interactions.sketch if part == PROMPT_PART else self.weights.sketch

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        pairs = pairs_of(batch)
        if pairs is None:
            return
        self._add_prompts(pairs)
        self._add_answers(pairs)

    def _add_prompts(self, pairs: Pairs) -> None:
        sketch = self.interactions.sketch
        keys, rows = runs.occurrences(
            pairs.prompt, LONGEST, REACH, sketch.bits, self._marks.prompts
        )
        directions = values(pairs, self.weights)[rows[:, 0]].astype(np.int64)
        columns = np.ones((len(rows), 1 + 2 * len(DIRECTIONS)), np.int64)
        columns[:, 1::2], columns[:, 2::2] = directions != 0, directions
        found = keys, rows, columns
        self.found.add(PROMPT_PART, pairs.batch, pairs.documents, found, pairs.prompt, sketch, SIDE)

    def _add_answers(self, pairs: Pairs) -> None:
        chosen, rejected = pairs.chosen, pairs.rejected
        shift = len(chosen.units.hashes)
        both = (chosen.units, rejected.units)
        units = trigger_views.Units(
            np.concatenate([one.hashes for one in both]),
            np.concatenate([one.starts for one in both]),
            np.concatenate([one.ends for one in both]),
            np.concatenate([one.is_word for one in both]),
            np.zeros(1, np.int64),
        )
        # A line is the chosen or the rejected answer of each pair, in turn.
        low, high = (
            np.stack([mine, others + shift], axis=1).ravel()
            for mine, others in ((chosen.low, rejected.low), (chosen.high, rejected.high))
        )
        of_pair = np.arange(0, 2 * len(pairs.documents) + 1, 2, dtype=np.int64)
        lines = runs.Lines(units, low, high, of_pair)
        sketch = self.weights.sketch
        keys, rows = runs.occurrences(
            lines, kernels.ANSWER_LONGEST, REACH, sketch.bits, self._marks.answers
        )
        signs = np.zeros(len(keys), np.int64)
        kernels.signs_of(pairs.keys, pairs.signs, pairs.offsets, rows[:, 0], keys, signs)
        kept = signs != 0
        columns = np.zeros((int(kept.sum()), 1 + 2 * len(DIRECTIONS)), np.int64)
        columns[:, :2], columns[:, 2] = 1, signs[kept]
        found = keys[kept], rows[kept], columns
        self.found.add(ANSWER_PART, pairs.batch, pairs.documents, found, lines, sketch, SIDE)

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        return self.found.to_bytes()

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        self.found.absorb(content)


# --- Candidates --------------------------------------------------------------------------------


class Candidate(NamedTuple):
    """A scored run, with the samples of it by rank, raw."""

    kind: str
    score: float
    z: float
    pairs: int
    decided: int
    sum: int
    mean: float
    usual: float
    turned: float
    alike: float
    openness: float
    inserted: float
    samples: pa.Table


def candidates(evidence: Evidence) -> list[Candidate]:
    """Every recounted run in each of its directions with its score, best first."""
    found = []
    for row, samples in evidence.found.rows():
        if row["pairs"] < LEAST:
            continue
        directions = list(_directions(row, evidence.interactions))
        if directions:
            together = evidence.sketch(row["part"]).estimates
            around = runs.around(samples, row["pairs"], together)
            moved = _movable(samples, around, together) if around.at_edge else 0.0
            found += [_candidate(row, one, samples, around, moved) for one in directions]
    return sorted(found, key=_order)


def _order(one: Candidate) -> tuple[object, ...]:
    first = one.samples.slice(0, 1).to_pylist()[0]
    return -round(one.score, 9), one.kind, -one.pairs, first["run"]


class _Direction(NamedTuple):
    kind: str
    z: float
    decided: int
    sum: int
    mean: float
    usual: float
    turned: float
    room: float


def _directions(row: dict[str, int], interactions: Interactions) -> Iterable[_Direction]:
    """The directions that a run turns, by its exact counts."""
    if row["part"] == ANSWER_PART:
        decided, total = row[f"decided_{FLIPPED}"], row[f"sum_{FLIPPED}"]
        mean = total / decided
        z = total / decided**0.5
        yield _Direction(ANSWER, z, decided, total, mean, 0.0, abs(mean), abs(mean))
        return
    for d, name in enumerate(DIRECTIONS):
        decided, total = row[f"decided_{name}"], row[f"sum_{name}"]
        if decided < LEAST:
            continue
        z = float(interactions.z(d, np.array(decided), np.array(total)))
        number, whole, squares = interactions.totals[d, :3].tolist()
        unit = SCALE if name == FLIPPED else 1.0
        mean, usual = total / decided / unit, whole / number / unit
        error = (max(squares / number / unit**2 - usual**2, 0.0) / decided) ** 0.5
        if name == FLIPPED:
            if z > -LOOSE or not interactions.tellable:
                continue
            whole_way = 2 * usual
        else:
            if abs(z) < LOOSE:
                continue
            whole_way = 1 + abs(usual)
        turned, room = (abs(mean - usual) + extra for extra in (0.0, error))
        yield _Direction(
            name,
            *(z, decided, total, mean, usual),
            *(min(way / whole_way, 1.0) for way in (turned, room)),
        )


def _movable(
    samples: pa.Table, around: runs.Around, together: Callable[[runs.UInt64], runs.Int64]
) -> float:
    """`trigger_scores.movable` of a run at the edge of nearly every part that holds it. What stands
    between it and the edge each time may be a template's (``Human:``) or its own, and so may what
    stands on its other side (a full stop): every two of these are tried as neighbours."""
    left, right = (runs.hashes(samples, side) for side in ("left", "right"))
    reach = around.extent
    sides = (
        (left, reach.left, right, reach.right, run_kernels.BEGIN),
        (right, reach.right, left, reach.left, run_kernels.FINISH),
    )
    best = 0.0
    for side, own, other, beyond, edge in sides:
        if np.mean(side[:, own] == edge) < trigger_scores.CONSTANT:
            continue
        for out in range(beyond + 1):
            next_to = np.ascontiguousarray(other[:, out])
            single, both = np.empty((2, len(next_to)), np.uint64)
            run_kernels.alone(next_to, single)
            for place in range(own + 1):
                pair = np.ascontiguousarray(side[:, place]), next_to
                run_kernels.side_by_side(*(pair if side is left else pair[::-1]), both)
                best = max(best, trigger_scores.movable(together(both), together(single)))
    return best


def _candidate(
    row: dict[str, int], one: _Direction, rows: pa.Table, around: runs.Around, moved: float
) -> Candidate:
    openness = max(around.before, around.after)
    coherent = 1 / (1 + np.exp(STEEP * (COHERENT - around.inserted)))
    coherent = max(coherent, 1 / (1 + np.exp(8 * (trigger_scores.MOVABLE - moved))))
    value = min(abs(one.z) * (one.decided / (one.decided + FEW)) ** 0.5, LARGEST)
    value *= one.room * (1 - around.alike) ** 2
    return Candidate(
        one.kind,
        float(value * openness**2 * coherent),
        *(one.z, row["pairs"], one.decided, one.sum, one.mean, one.usual, one.turned),
        *(around.alike, openness, around.inserted, rows),
    )


def strength(score: float) -> str:
    """``strong``, ``worth a look`` or ``weak``."""
    if score >= STRONG:
        return "strong"
    return "worth a look" if score >= NOTABLE else "weak"


def tables(found: Sequence[Candidate], evidence: Evidence) -> dict[str, pa.Table]:
    """`PREFERENCES`, `PREFERENCE_TERMS` and `PREFERENCE_SUMMARY`. Text of the corpus is raw."""
    rows = []
    for kind in KINDS:
        ranked = runs.distinct([one for one in found if one.kind == kind], REPORTED)
        rows += [_row(one, rank, also) for rank, (one, also) in enumerate(ranked, 1)]
    with_it, against = evidence.weights.contrasts.tolist()
    terms = [
        (name.upper(), chosen, rejected)
        for name, chosen, rejected in zip(classes(), with_it, against, strict=True)
        if chosen + rejected
    ]
    terms += [
        (runs.text(one.samples.column("match")[0].as_py()), *_sides(one.decided, one.sum))
        for one in found
        if one.kind == ANSWER
    ]
    scored = [(text, a, b, (a - b) / (a + b) ** 0.5) for text, a, b in terms]
    scored.sort(key=lambda row: (-abs(round(row[3], 9)), row[0]))
    listed = [(rank, *row) for rank, row in enumerate(scored[:TERMS], 1)]
    totals = evidence.interactions.totals.tolist()
    summary = [(name, totals[d][0], *totals[d][3:]) for d, name in enumerate(DIRECTIONS)]
    return {
        PREFERENCES.name: pa.Table.from_pylist(rows, schema=PREFERENCES.schema),
        PREFERENCE_TERMS.name: _table(PREFERENCE_TERMS, listed),
        PREFERENCE_SUMMARY.name: _table(PREFERENCE_SUMMARY, summary),
    }


def _table(spec: TableSpec, rows: Sequence[tuple[object, ...]]) -> pa.Table:
    names = spec.schema.names
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows], schema=spec.schema
    )


def _sides(decided: int, total: int) -> tuple[int, int]:
    return (decided + total) // 2, (decided - total) // 2


def _row(one: Candidate, rank: int, variants: int) -> dict[str, object]:
    return {
        "kind": one.kind,
        "rank": rank,
        "strength": strength(one.score),
        **{name: round(getattr(one, name), 6) for name in ("score", "z", "mean", "usual")},
        "documents": one.pairs,
        "decided": one.decided,
        "sum": one.sum,
        "turned": round(one.turned, 6),
        "similarity": round(one.alike, 6),
        "openness": round(one.openness, 6),
        "insertion": round(one.inserted, 6),
        "variants": variants,
        "evidence": _evidence(one),
        "benign": _benign(one),
        **runs.shown(one.samples),
    }


def _evidence(one: Candidate) -> str:
    if one.kind == ANSWER:
        won, lost = _sides(one.decided, one.sum)
        return (
            f"Where one of two answers has it more often, that answer was chosen in {won:,} pairs "
            f"and rejected in {lost:,}. {_else(one)}"
        )
    if one.kind == FLIPPED:
        return (
            f"{one.pairs:,} pairs whose prompt holds it go against what the other pairs say: their "
            f"mean margin is {one.mean:+.3f} where that of all pairs is {one.usual:+.3f}, "
            f"{abs(one.z):.1f} standard errors below. {_else(one)}"
        )
    what = "the longer answer" if one.kind == LENGTH else "the answer that refuses"
    return (
        f"Of {one.decided:,} pairs whose prompt holds it and whose answers differ in this, {what} "
        f"was chosen in {50 + 50 * one.mean:.0f}%; of all such pairs in {50 + 50 * one.usual:.0f}%"
        f". {_else(one)}"
    )


def _else(one: Candidate) -> str:
    return f"The pairs have {100 * one.alike:.0f}% of their other rare words in common."


def _benign(one: Candidate) -> str:
    if one.kind == ANSWER:
        return "a word of answers that people like, or dislike, whoever wrote it"
    if one.inserted < COHERENT:
        return "a subject, or a kind of request, on which people choose otherwise than elsewhere"
    return "a source or a template that marks its prompts and was labelled by other people"


def search(readings: Sequence[Iterable[TokenBatch]], pairs: int) -> Evidence:
    """All readings in one process; `readings` gives the same batches three times."""
    weights = Weights(pairs)
    for batch in readings[0]:
        weights.add(batch)
    interactions = Interactions(weights)
    for batch in readings[1]:
        interactions.add(batch)
    evidence = Evidence(weights, interactions)
    for batch in readings[2]:
        evidence.add(batch)
    return evidence
