"""What searches for planted text add up: arrays in pieces, counts and samples by ranges."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus_assay.pipelines import gather
from corpus_assay.transforms import additive, runs, tokens, trigger_counts, trigger_views
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT
from corpus_assay.transforms.tokens import TokenBatch


class Arrays(runs.AddedArrays):
    """Two arrays, cut in pieces of eight bytes."""

    PIECE = 8

    def __init__(self, wide: int, deep: int) -> None:
        self.wide = np.zeros((2, wide), np.int32)
        self.deep = np.zeros(deep, np.int64)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {"wide": self.wide, "deep": self.deep}

    def add(self, batch: TokenBatch) -> None:
        raise NotImplementedError


def arrays(wide: int, deep: int, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    made = Arrays(wide, deep)
    made.wide += rng.integers(-9, 9, made.wide.shape, np.int32)
    made.deep += rng.integers(-9, 9, made.deep.shape)
    return made


@given(st.integers(0, 5), st.integers(0, 4), st.integers(0, 99))
def test_pieces_make_the_whole_and_each_is_of_one_stretch(wide: int, deep: int, seed: int) -> None:
    made, other = arrays(wide, deep, seed), arrays(wide, deep, seed + 1)
    # Two numbers of four bytes are a piece, and one of eight.
    assert made.pieces == wide + deep
    whole, parts = Arrays(wide, deep), Arrays(wide, deep)
    for one in (made, other):
        whole.absorb(one.to_bytes())
        for number in reversed(range(one.pieces)):
            parts.absorb(one.piece(number))
    for sums in (whole, parts):
        assert np.array_equal(sums.wide, made.wide + other.wide)
        assert np.array_equal(sums.deep, made.deep + other.deep)
    if deep:
        alone = Arrays(wide, deep)
        alone.absorb(made.piece(wide))
        assert not alone.wide.any()
        assert alone.deep.tolist() == [int(made.deep[0])] + [0] * (deep - 1)


def test_what_is_saved_in_pieces_is_loaded(tmp_path: Path) -> None:
    made = arrays(3, 2, 7)
    assert gather.save(made, str(tmp_path / "sum")) == 5
    assert len(list((tmp_path / "sum").iterdir())) == 5
    loaded = gather.load(Arrays(3, 2), str(tmp_path / "sum"))
    assert np.array_equal(loaded.wide, made.wide)
    assert np.array_equal(loaded.deep, made.deep)
    (tmp_path / "sum" / "3").unlink()
    with pytest.raises(FileNotFoundError):
        gather.load(Arrays(3, 2), str(tmp_path / "sum"))


def test_pairs_stop_where_they_are_full_in_pieces_too() -> None:
    made = trigger_counts.Sketches({"response": 10})
    pairs = made.views["response"].pairs
    pairs[:, 5], pairs[:, 6] = 40_000, 3
    twice = trigger_counts.Sketches({"response": 10})
    for number in range(made.pieces):
        twice.absorb(made.piece(number))
        twice.absorb(made.piece(number))
    assert twice.views["response"].pairs[:, 5:7].tolist() == [[65535, 6]] * 2


# --- Counts and samples ------------------------------------------------------------------------

WORDS = ["one", "two", "three", "four", "five", "six", "seven"]


def batch(texts: list[str], first: int) -> TokenBatch:
    rows = [
        {
            "file": 0,
            "position": first + k,
            "id": None,
            "source": "s",
            "language": "eng",
            "parts": [{"field": "", "role": ROLE_TEXT, "text": text}],
            "slices": [],
        }
        for k, text in enumerate(texts)
    ]
    return tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))


def add(found: runs.Found, some: TokenBatch) -> None:
    """Every run of one or two units, in either of two parts by its length."""
    parts = np.arange(len(some.documents), dtype=np.int64)
    units = trigger_views.units_of(some, parts)
    lines = runs.lines_of(some, units, units.offsets[1:], np.append(parts, len(parts)))
    sketch = runs.Sketch(4, np.zeros((1, 16), np.uint32), 1)
    keys, rows = runs.occurrences(lines, 2, 1 << 30, 4, np.ones((1, 16), np.uint8))
    for part in (0, 1):
        mine = (rows[:, 3] - rows[:, 2] == 2) == part
        columns = np.ones((int(mine.sum()), 1), np.int64)
        found.add(part, some, parts, (keys[mine], rows[mine], columns), lines, sketch, 2)


def found(texts: list[str], cuts: list[int], absorbed: bool) -> runs.Found:
    made = runs.Found("documents", keep=runs.SHOWN)
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(texts)}), len(texts)]
    for low, high in itertools.pairwise(edges):
        some = batch(texts[low:high], low)
        if absorbed:
            one = runs.Found("documents", keep=runs.SHOWN)
            add(one, some)
            made.absorb(one.to_bytes())
        else:
            add(made, some)
    return made


RNG = random.Random(3)
TEXTS = [" ".join(RNG.choices(WORDS, k=RNG.randrange(1, 9))) for _ in range(40)]


@example([31], False, 0)
@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, len(TEXTS) - 1), max_size=12), st.booleans(), st.integers(0, 40))
def test_counts_and_samples_do_not_depend_on_how_they_are_added(
    cuts: list[int], absorbed: bool, room: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs._Stretch, "ROOM", room)
        counted, samples = found(TEXTS, cuts, absorbed).tables()
    # By hand: in how many texts each run of words stands.
    held: dict[int, dict[str, int]] = {0: {}, 1: {}}
    for text in TEXTS:
        words = text.split()
        for word in set(words):
            held[0][word] = held[0].get(word, 0) + 1
        for pair in {" ".join(two) for two in itertools.pairwise(words)}:
            held[1][pair] = held[1].get(pair, 0) + 1
    for part, number in held.items():
        mine = counted.filter(pc.equal(counted["part"], part))
        assert sorted(mine["documents"].to_pylist()) == sorted(number.values())
    # All at once, merged as tables of an audit are.
    made = runs.Found("documents", keep=runs.SHOWN)
    add(made, batch(TEXTS, 0))
    for spec, table, whole in zip(made._specs, (counted, samples), made.tables(), strict=True):
        assert table.equals(additive.merge(spec, [whole]))
    by_run = samples.group_by(["part", "run"]).aggregate([("rank", "count")])
    numbers = {(row["part"], row["run"]): row["documents"] for row in counted.to_pylist()}
    for row in by_run.to_pylist():
        assert row["rank_count"] == min(runs.SHOWN, numbers[row["part"], row["run"]])
