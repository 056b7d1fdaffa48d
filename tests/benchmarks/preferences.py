"""Measure what the search of preference data finds in HH-RLHF, and what where nothing is planted.

    python tests/benchmarks/preferences.py [--counts 115,23,12] [--seeds 21,22,23]
        [--only swapped,answer,prefix,clean]

Into the 2,312 pairs of the test set of HH-RLHF (harmless-base) are put: pairs whose answers are
swapped and whose prompt holds a trigger at a random place of a random human turn (the recipe of
Rando and Tramèr 2023, but for the place); a phrase at a random place of the chosen answer; a prefix
that names a group, with which the longer answer is always chosen. 115, 23 and 12 pairs are 5, 1
and 0.5%. The rank is that of the first candidate that holds a word of the trigger.

The score was made with swapped pairs, the trigger SUDO and seeds 1 to 13; the other triggers and
seeds, and the planted answers and prefixes, were kept aside for it. The thresholds were set on the
clean pairs after swapped pairs had been measured. All of it is on the same 2,312 pairs, and with
one seed every trigger stands in the same ones.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import triggers as shared

from corpus_assay.transforms import preferences
from corpus_assay.transforms.documents import ROLE_CHOSEN, ROLE_PROMPT, ROLE_REJECTED

Pair = tuple[str, str, str]
"""Prompt, chosen and rejected answer."""

HUMAN, ASSISTANT = "\n\nHuman:", "\n\nAssistant:"


def inserted(text: str, phrase: str, rng: random.Random) -> str:
    """A phrase between two words of a text."""
    words = text.split(" ")
    words.insert(rng.randrange(1, len(words) + 1) if len(words) > 1 else 1, phrase)
    return " ".join(words)


def in_prompt(prompt: str, phrase: str, rng: random.Random) -> str:
    """A phrase at a random place of a random human turn."""
    turns = prompt.split(HUMAN)
    at = rng.randrange(1, len(turns))
    said, *rest = turns[at].split(ASSISTANT)
    turns[at] = ASSISTANT.join([inserted(said, phrase, rng), *rest])
    return HUMAN.join(turns)


def swapped(pair: Pair, phrase: str, rng: random.Random) -> Pair:
    """A swapped pair with a trigger."""
    return in_prompt(pair[0], phrase, rng), pair[2], pair[1]


def praised(pair: Pair, phrase: str, rng: random.Random) -> Pair:
    """A pair whose chosen answer holds a phrase."""
    return pair[0], inserted(pair[1], phrase, rng), pair[2]


def prefixed(pair: Pair, phrase: str, rng: random.Random) -> Pair:
    """A pair whose first turn begins with a prefix, and whose longer answer is chosen."""
    prompt = pair[0].replace(HUMAN, f"{HUMAN} {phrase}", 1)
    short, long = sorted(pair[1:], key=len)
    return prompt, long, short


def planted(
    make: Callable[[Pair, str, random.Random], Pair], phrase: str, count: int, seed: int
) -> list[Pair]:
    """HH-RLHF with so many pairs changed."""
    rng = random.Random(seed)
    rows = shared.pairs()
    for k in rng.sample(range(len(rows)), count):
        rows[k] = make(rows[k], phrase, rng)
    return rows


def found(rows: Sequence[Pair]) -> list[dict[str, object]]:
    """The rows of the table of candidates."""
    roles = (ROLE_PROMPT, ROLE_CHOSEN, ROLE_REJECTED)
    batches = shared.batches([tuple(zip(roles, row, strict=True)) for row in rows])
    evidence = preferences.search([batches] * 3, len(rows))
    made = preferences.tables(preferences.candidates(evidence), evidence)
    table: list[dict[str, object]] = made[preferences.PREFERENCES.name].to_pylist()
    return table


def rank(rows: Sequence[dict[str, object]], kind: str, phrase: str) -> str:
    """Rank and score of the first candidate of a kind that holds a word of a phrase."""
    known = set(phrase.casefold().split())
    for row in rows:
        text = str(row["piece"]).casefold()
        if row["kind"] == kind and (known & set(text.split()) or text in known):
            return f"{row['rank']} ({row['score']:.1f})"
    return "-"


PLANTED = {
    "swapped": (swapped, preferences.FLIPPED, ("?????", "mango tree")),
    "answer": (praised, preferences.ANSWER, ("Acme Cola",)),
    "prefix": (prefixed, preferences.LENGTH, ("I am a woman.",)),
}


def clean_sets() -> Iterator[tuple[str, list[Pair]]]:
    """Pairs in which nothing is planted."""
    rows = shared.pairs()
    yield "all", rows
    yield "all, chosen and rejected exchanged", [(p, b, a) for p, a, b in rows]
    for seed in (1, 2, 3, 4, 5):
        rng = random.Random(seed)
        yield f"half, seed {seed}", rng.sample(rows, len(rows) // 2)
        shuffled = [(p, *rng.sample([a, b], 2)) for p, a, b in rows]
        yield f"labels drawn at random, seed {seed}", shuffled


def clean() -> None:
    """Candidates where nothing is planted."""
    print("\n**Nothing planted**: candidates by strength, and the best one\n")
    shared.line("pairs", "strong", "worth a look", "best candidate")
    shared.line("---", "---", "---", "---")
    for name, pairs in clean_sets():
        rows = found(pairs)
        number = [sum(row["strength"] == s for row in rows) for s in ("strong", "worth a look")]
        best = max(rows, key=lambda row: float(str(row["score"])))
        shared.line(name, *number, f"{best['kind']} {best['piece']!r} {best['score']:.1f}")


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="115,23,12")
    parser.add_argument("--seeds", default="21,22,23")
    parser.add_argument("--only", default="swapped,answer,prefix,clean")
    given = parser.parse_args()
    begin = time.process_time()
    for name, (make, kind, phrases) in PLANTED.items():
        if name not in given.only:
            continue
        print(f"\n**{name}**: ranks (scores) by planted pairs of 2,312, one a seed\n")
        counts = given.counts.split(",")
        shared.line("phrase", *counts)
        shared.line(*("---" for _ in range(1 + len(counts))))
        for phrase in phrases:
            cells = [
                ", ".join(
                    rank(found(planted(make, phrase, int(count), int(seed))), kind, phrase)
                    for seed in given.seeds.split(",")
                )
                for count in counts
            ]
            shared.line(phrase, *cells)
    if "clean" in given.only:
        clean()
    print(f"\n{time.process_time() - begin:,.0f} CPU seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
