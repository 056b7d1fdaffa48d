"""Categories that a classifier of the user's gives to texts."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from corpus_assay.transforms.additive import TableSpec, counts, key
from corpus_assay.transforms.tokens import TokenBatch

ANY, FAILED = "any", "(failed)"
"""Categories of all texts, and of texts that got no prediction."""
CATEGORIES, LENGTH = 32, 60
"""Categories a text can have, and characters of one."""

GUARD = TableSpec(
    "guard", (key("language"), key("source"), key("role"), key("category")), counts("texts")
)
"""Texts (parts of documents) by the categories that the model gives them; ``any`` counts every
text once, ``(failed)`` those that the model failed on."""


def nothing(_: TokenBatch) -> dict[str, pa.Table]:
    """`GUARD` of the first look, which asks no model."""
    return {GUARD.name: GUARD.schema.empty_table()}


def categories(prediction: Any) -> list[str]:
    """The different categories that a prediction names, in order.

    A prediction is a name, a number or a list of such, or the ``inference`` of Beam's
    `PredictionResult` that is one; the empty name is none. What is named as a category of ours is
    put in quotation marks.

    Raises:
        ValueError: it is something else, or names more than `CATEGORIES`.
    """
    inference = getattr(prediction, "inference", prediction)
    if hasattr(inference, "tolist"):
        inference = inference.tolist()
    named = inference if isinstance(inference, list | tuple | set | frozenset) else [inference]
    if len(named) > CATEGORIES or not all(isinstance(n, str | numbers.Integral) for n in named):
        raise ValueError("a prediction is a category or a list of up to 32")
    texts = {str(name)[:LENGTH] for name in named if name != ""}
    return sorted(f"“{text}”" if text in (ANY, FAILED) else text for text in texts)


def table(found: Sequence[tuple[tuple[str, str, str, str], int]]) -> pa.Table:
    """`GUARD`, unmerged, from keys and their counts."""
    columns = [[keys[k] for keys, _ in found] for k in range(len(GUARD.keys))]
    return GUARD.table([*columns, [texts for _, texts in found]])
