"""Classes of answers and prompts by phrases: ``responses.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("responses.toml")


class PhraseClass(NamedTuple):
    """Phrases that make a class when one stands in the first or last `reach` words of a text of
    role `where` (``prompt`` or ``response``); ``language`` and ``person`` are for both."""

    name: str
    where: str
    reach: int
    phrases: tuple[str, ...]


@cache
def phrase_classes() -> tuple[PhraseClass, ...]:
    """All classes, in the order of the file, which numbers them."""
    with FILE.open("rb") as source:
        return tuple(
            PhraseClass(name, one["in"], one["reach"], tuple(one["phrases"]))
            for name, one in tomllib.load(source).items()
        )
