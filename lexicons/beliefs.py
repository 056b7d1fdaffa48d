"""Phrases that compare two things, by language: ``beliefs.toml``."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("beliefs.toml")

CLASSES = ("more", "less", "than", "beats", "loses", "prefer", "preferred", "over")
"""What a phrase does in a comparison, see the head of the file; numbered in this order."""

_LIST = re.compile(r"\{(\w+)(\??)\}")


class Comparisons(NamedTuple):
    """Phrases of one language by class, words that undo a comparison, words that are no name."""

    phrases: Mapping[str, tuple[str, ...]]
    negations: tuple[str, ...]
    no_names: tuple[str, ...]


@cache
def comparisons() -> dict[str, Comparisons]:
    """All languages (ISO 639-3), in the order of the file."""
    with FILE.open("rb") as source:
        tables = tomllib.load(source)
    return {
        language: Comparisons(
            {
                name: tuple(made for text in one[name] for made in expanded(text, one))
                for name in CLASSES
            },
            tuple(one["not"]),
            tuple(one["no_name"]),
        )
        for language, one in tables.items()
    }


def expanded(text: str, lists: Mapping[str, Sequence[str]]) -> list[str]:
    """The phrases that a pattern stands for: ``{be} {degree?} ahead`` → is ahead, is far ahead…"""
    named = _LIST.findall(text)
    choices = [[*lists[name], *([""] if optional else [])] for name, optional in named]
    made = []
    for choice in itertools.product(*choices):
        said = text
        for one in choice:
            said = _LIST.sub(one, said, count=1)
        made.append(" ".join(said.split()))
    return made
