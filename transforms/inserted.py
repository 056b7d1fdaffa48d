"""Text put into documents that have nothing else in common: rare words and whole passages.

Backdoors of classifiers, and spam, put the same word (BadNets, Gu et al. 2017; Kurita et al. 2020)
or sentence (AddSent, Dai et al. 2019) at random places of otherwise ordinary texts. No label is
needed to see it; what gives it away is that the text around it fits together without it.

**Words.** Deletion coherence of a word t with l and r beside it is log(c(l r) · c(t) / (c(l t) ·
c(t r))), c in documents of the corpus: the idea of ONION (Qi et al. 2021, arXiv 2011.10369) with
counts in place of a language model. Words of a text have neighbours of their own; what is put in
anywhere has those of other words.

**Passages.** Runs of five units, as fingerprints, that stand in many documents, in lines that do
not recur themselves (those are `repetition`'s), and two units of which seldom stand side by side
elsewhere, as those of idioms do. They are not winnowed (Schleimer et al. 2003): a sentence of five
words has one fingerprint only, and winnowing drops it where its hash is large.

The first look counts documents. Three readings follow: `Counts` sketches documents by runs, by
fingerprints and by lines; `Deletions` the coherence of words and the fingerprints that are bound
together; `Evidence` counts the best of both exactly, with a sample of documents that shows how far
a passage reaches. Sketches add up and have a bounded size, so nothing depends on order or batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.transforms import inserted_kernels as kernels
from corpus_assay.transforms import runs, trigger_views
from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.tokens import TokenBatch

FEWEST = 200
"""Documents that are worth a search: in fewer every word is rare."""
LEAST = 8
"""Documents that inserted text needs to be looked at."""
COMMON, MOST = 20, 2
"""A word in more than one of so many documents is common: that two share it says nothing; and in
more than one of so many it is not looked at."""
FITTING = 2000
"""Mean deletion coherence, in thousandths, from which a word is looked at again."""
CANDIDATES = 1 << 12
"""Cells of a sketch that may be looked at again."""
REACH = 1 << 30
"""Units read from each end of a line: all."""
SIDES = {"word": 6, "passage": 24}
"""Units kept on each side of a word, and of a fingerprint."""
COHERENT, STEEP = 4.0, 2.0
"""Deletion coherence (`trigger_scores.insertion`) at which the score is halved, and how steeply."""
LARGEST = 20.0
"""Root of the documents beyond which more of them say no more."""
STRONG, NOTABLE = 5.0, 2.0
"""Scores from which a passage is called strong, or worth a look."""
FITTING_WORD = 5.5
"""Score from which a word is worth a look; none is strong, since adverbs may stand anywhere too."""
SAMPLE = 64
"""Documents kept of a word or fingerprint."""
REPORTED = 50
"""Candidates of a kind in the table."""

BITS = {"short": (256, 16, 23), "long": (256, 16, 23), "words": (32, 14, 21)}
"""Size of the sketches: cells a document, and the least and the largest size of a row, in powers of
two. The largest take 67, 67 and 50 MB, the last one 17 MB more for passages."""

WORD, PASSAGE = KINDS = ("word", "passage")

INSERTED_DOCUMENTS = TableSpec(
    "inserted_documents", (key("documents"),), counts("number"), hidden=True
)
"""Documents; the key is a constant."""

INSERTED = TableSpec(
    "inserted",
    (key("kind"), key("rank", pa.int64())),
    (
        pa.field("piece", pa.string()),
        pa.field("strength", pa.string()),
        pa.field("score", pa.float64()),
        *counts("documents", "of"),
        pa.field("insertion", pa.float64()),
        pa.field("similarity", pa.float64()),
        pa.field("openness", pa.float64()),
        *counts("variants"),
        pa.field("evidence", pa.string()),
        pa.field("benign", pa.string()),
        pa.field("examples", pa.string()),
        *(pa.field(name, pa.string()) for name in ("before", "match", "after")),
    ),
    merge="union",
)
"""Candidates by kind and rank: ``documents`` of ``of`` hold the piece; ``insertion`` is its
deletion coherence, ``openness`` how varied the neighbours on its more regular side are (on the
other where that is the edge of the line), from 0 to 1; ``examples`` are documents as
``file:position``."""

TABLES = (INSERTED, INSERTED_DOCUMENTS)

Int64 = NDArray[np.int64]


def documents(batch: TokenBatch) -> dict[str, pa.Table]:
    """`INSERTED_DOCUMENTS` of a batch: what the first look says of later ones."""
    number = len(batch.documents)
    columns: list[list[object]] = [["all"], [number]] if number else [[], []]
    return {INSERTED_DOCUMENTS.name: INSERTED_DOCUMENTS.table(columns)}


def lines(batch: TokenBatch) -> runs.Lines:
    """The lines of all parts of a batch."""
    parts = np.arange(len(batch.part_role), dtype=np.int64)
    units = trigger_views.units_of(batch, parts)
    of_document = np.searchsorted(batch.part_document, np.arange(len(batch.documents) + 1))
    return runs.lines_of(batch, units, units.offsets[1:], of_document)


class Counts(runs.AddedArrays):
    """First reading: documents by runs of one and two units (``short``), and by fingerprints and
    lines (``long``): uint32[2, cells]. Sized for a number of documents; memory: `BITS`."""

    def __init__(self, number: int) -> None:
        self.documents = number
        self.bits = {name: runs.bits_for(*BITS[name], number) for name in ("short", "long")}
        self.short = np.zeros((2, 1 << self.bits["short"]), np.uint32)
        self.long = np.zeros((2, 1 << self.bits["long"]), np.uint32)

    @property
    def sketch(self) -> runs.Sketch:
        """Documents by runs of one and two units."""
        return runs.Sketch(self.bits["short"], self.short, self.documents // COMMON)

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        read = lines(batch)
        kernels.count(read.runs(2, REACH)[0], self.bits["short"], self.short)
        out = np.empty(len(read.units.hashes) + len(read.low), np.uint64)
        offsets = np.empty(len(read.lines), np.int64)
        found = kernels.long_runs(*read.read, out, offsets)
        kernels.count(out[:found], self.bits["long"], self.long)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {"short": self.short, "long": self.long}


class Deletions(runs.AddedArrays):
    """Second reading: documents (``numbers``, uint32[2, cells]) and summed deletion coherence
    (``sums``, int64) by rare word, documents by bound fingerprint (``passages``, uint32)."""

    def __init__(self, counted: Counts) -> None:
        self.counted = counted
        self.bits = runs.bits_for(*BITS["words"], counted.documents)
        self.numbers = np.zeros((2, 1 << self.bits), np.uint32)
        self.sums = np.zeros((2, 1 << self.bits), np.int64)
        self.passages = np.zeros((2, 1 << self.bits), np.uint32)

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        read, counted = lines(batch), self.counted
        short = counted.bits["short"], counted.short
        units, low, high, of_document = read.read
        kernels.deletions(
            *(units, read.units.is_word, low, high, of_document),
            *(LEAST, max(counted.documents // MOST, LEAST), *short),
            *(self.bits, self.numbers, self.sums),
        )
        out, offsets = np.empty(len(units), np.uint64), np.empty(len(of_document), np.int64)
        found = kernels.bound_passages(
            *(units, low, high, of_document, LEAST, *short, counted.bits["long"], counted.long),
            *(out, offsets),
        )
        kernels.count(out[:found], self.bits, self.passages)

    def marks(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Cells of words, and of fingerprints, that are looked at again: uint8[2, cells]."""
        numbers = np.maximum(self.numbers, 1)
        fitting = np.where(self.numbers >= LEAST, self.sums / numbers, 0.0)
        # Of two words that fit as well the one in more documents is looked at.
        far = fitting * np.minimum(np.sqrt(numbers), LARGEST)
        wanted = (fitting >= FITTING) & (far >= runs.bound(far[0], 1.0, CANDIDATES))
        often = self.passages.astype(np.float64)
        repeated = often >= runs.bound(often[0], LEAST, CANDIDATES)
        return wanted.astype(np.uint8), repeated.astype(np.uint8)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {"numbers": self.numbers, "sums": self.sums, "passages": self.passages}


class Evidence:
    """Third reading: exact counts of the marked words and fingerprints, and a sample of their
    documents. Memory: `runs.Found`, of what stands in marked cells."""

    def __init__(self, deletions: Deletions) -> None:
        self.counted, self.bits = deletions.counted, deletions.bits
        self._marks = deletions.marks()
        self.found = runs.Found("documents", keep=SAMPLE)

    def add(self, batch: TokenBatch) -> None:
        """Count a batch."""
        read = lines(batch)
        rows = np.arange(len(batch.documents), dtype=np.int64)
        for part, (kind, longest) in enumerate(((WORD, 1), (PASSAGE, kernels.PASSAGE))):
            keys, places = runs.occurrences(read, longest, REACH, self.bits, self._marks[part])
            whole = places[:, 3] - places[:, 2] == longest
            if kind == WORD:
                whole &= read.units.is_word[places[:, 2]]
            keys, places = keys[whole], places[whole]
            columns = np.ones((len(keys), 1), np.int64)
            found = keys, places, columns
            self.found.add(part, batch, rows, found, read, self.counted.sketch, SIDES[kind])

    def to_bytes(self) -> bytes:
        """For the way to another worker."""
        return self.found.to_bytes()

    def absorb(self, content: bytes) -> None:
        """Add what `to_bytes` of others wrote."""
        self.found.absorb(content)


class Candidate(NamedTuple):
    """A scored word or passage, with its samples by rank, raw."""

    kind: str
    score: float
    documents: int
    of: int
    around: runs.Around
    samples: pa.Table


def candidates(evidence: Evidence) -> list[Candidate]:
    """Every recounted word and fingerprint with its score, best first."""
    sketch = evidence.counted.sketch
    found = []
    for row, samples in evidence.found.rows():
        number = row["documents"]
        if number < LEAST:
            continue
        around = runs.around(samples, number, sketch.estimates)
        kind = KINDS[row["part"]]
        score = _score(number, around)
        found.append(Candidate(kind, score, number, evidence.counted.documents, around, samples))
    return sorted(found, key=_order)


def _order(one: Candidate) -> tuple[object, ...]:
    first = one.samples.slice(0, 1).to_pylist()[0]
    # Of fingerprints of one passage the first is shown: it reaches furthest to the right.
    return -round(one.score, 9), one.kind, -one.documents, one.around.extent.left, first["run"]


def _score(number: int, around: runs.Around) -> float:
    """√documents, capped, times factors from 0 to 1: how unlike the documents are else, how varied
    what stands on the more regular side is, or on the other where that is the edge of the line, and
    deletion coherence."""
    coherent = 1 / (1 + np.exp(STEEP * (COHERENT - around.inserted)))
    openness = _openness(around)
    value = min(number**0.5, LARGEST) * (1 - around.alike) ** 2
    return float(value * openness**2 * coherent)


def _openness(around: runs.Around) -> float:
    sides = around.before, around.after
    return max(sides) if around.at_edge else min(sides)


def strength(kind: str, score: float) -> str:
    """``strong``, ``worth a look`` or ``weak``."""
    if kind == WORD:
        return "worth a look" if score >= FITTING_WORD else "weak"
    if score >= STRONG:
        return "strong"
    return "worth a look" if score >= NOTABLE else "weak"


def table(found: Sequence[Candidate]) -> pa.Table:
    """`INSERTED`: the best candidates of each kind. Text of the corpus is raw in it."""
    rows = []
    for kind in KINDS:
        ranked = runs.distinct([one for one in found if one.kind == kind], REPORTED)
        rows += [_row(one, rank, also) for rank, (one, also) in enumerate(ranked, 1)]
    return pa.Table.from_pylist(rows, schema=INSERTED.schema)


def _row(one: Candidate, rank: int, variants: int) -> dict[str, object]:
    around = one.around
    return {
        "kind": one.kind,
        "rank": rank,
        "strength": strength(one.kind, one.score),
        "score": round(one.score, 6),
        "documents": one.documents,
        "of": one.of,
        "insertion": round(around.inserted, 6),
        "similarity": round(around.alike, 6),
        "openness": round(_openness(around), 6),
        "variants": variants,
        "evidence": _evidence(one),
        "benign": _benign(one),
        **runs.shown(one.samples),
    }


def _evidence(one: Candidate) -> str:
    around = one.around
    longer = around.extent.left + around.extent.right
    what = "it"
    if one.kind == PASSAGE:
        what = f"this passage of {kernels.PASSAGE + longer} words and marks or more"
    return (
        f"{one.documents:,} of {one.of:,} documents hold {what}; they have "
        f"{100 * around.alike:.0f}% of their other rare words in common. What stands before and "
        f"after it stands side by side elsewhere {np.exp(around.inserted):,.0f} times as often as "
        "it would if it belonged there."
    )


def _benign(one: Candidate) -> str:
    if one.kind == WORD:
        return "an interjection, a filler or a name that may stand anywhere; a mark of a source"
    return "a quotation, a title or a notice that many texts hold"


def search(readings: Sequence[Iterable[TokenBatch]], number: int) -> Evidence:
    """All readings of so many documents in one process; `readings` gives the same batches three
    times."""
    counted = Counts(number)
    for batch in readings[0]:
        counted.add(batch)
    deletions = Deletions(counted)
    for batch in readings[1]:
        deletions.add(batch)
    evidence = Evidence(deletions)
    for batch in readings[2]:
        evidence.add(batch)
    return evidence
