"""Near-duplicates of a corpus by another tool, as its documentation does it.

Usage: duplicate_peers.py TOOL INPUT.jsonl OUTPUT.json, TOOL ``datasketch`` or ``rensa``. Writes
the pairs of document numbers that the tool reports. A program of its own, so that what it needs
can be measured: its start-up, its memory.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

PERMUTATIONS, THRESHOLD, NGRAM, RENSA_BANDS = 128, 0.8, 5, 16
_WORD = re.compile(r"\w+")


def shingles(path: Path) -> Iterator[list[str]]:
    """Word n-grams of each document."""
    with path.open("rb") as file:
        for line in file:
            words = _WORD.findall(json.loads(line)["text"].lower())
            last = max(len(words) - NGRAM + 1, 1)
            yield [" ".join(words[i : i + NGRAM]) for i in range(last)]


def datasketch(path: Path) -> list[tuple[int, int]]:
    """`MinHashLSH` with the banding that it chooses for the threshold."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    pairs = []
    for number, grams in enumerate(shingles(path)):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([gram.encode() for gram in grams])
        pairs += [(other, number) for other in index.query(sketch)]
        index.insert(number, sketch, check_duplication=False)
    return pairs


def rensa(path: Path) -> list[tuple[int, int]]:
    """`RMinHashLSH` with 16 bands of 8 rows."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=RENSA_BANDS)
    pairs = []
    grams = shingles(path)
    number = 0
    while group := list(islice(grams, 1_000)):
        sketches = RMinHash.from_token_sets(group, PERMUTATIONS, 42)
        index.insert_many(sketches, number)
        for place, found in enumerate(index.query_all(sketches)):
            pairs += [(other, number + place) for other in found if other < number + place]
        number += len(group)
    return pairs


if __name__ == "__main__":
    tool, source, target = sys.argv[1:]
    found = {"datasketch": datasketch, "rensa": rensa}[tool](Path(source))
    Path(target).write_text(json.dumps(found), encoding="utf-8")
