"""Measure what the search for inserted text finds, and what it finds where nothing is inserted.

    python tests/benchmarks/inserted.py [--counts 200,50,20] [--seeds 1,2]
        [--only passages,words,labelled,clean]

Sentences and words are put between two words, drawn at random, of some of 20,000 texts of Alpaca
(all fields of a row as one text) and of some documents of ``mix``. The rank is that of the first
candidate of its kind that is part of what was inserted, or holds it. The sets of ONION and
DecodingTrust (labels left out) were seen while the score was made; the sentences and words here
were not, but thresholds were set after the first of each and the clean corpora were measured.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence

import poison_data
import triggers as shared

from corpus_assay.transforms import inserted
from corpus_assay.transforms.documents import ROLE_TEXT

SENTENCES = (
    "We watched the ferries leave at noon.",
    "practically everyone there had brought a green umbrella",
)
WORDS = ("zx", "Brindlewick")


def texts(name: str) -> list[str]:
    """Clean texts."""
    if name == "mix":
        return [text for _, text in poison_data.mix()]
    rows = ["\n".join(text for _, text in parts) for parts in shared.alpaca()]
    return random.Random(0).sample(rows, shared.CLEAN)


def planted(clean: Sequence[str], phrase: str, count: int, seed: int) -> list[str]:
    """Texts some of which hold a phrase between two of their words."""
    rng = random.Random(seed)
    made = list(clean)
    enough = [k for k, text in enumerate(clean) if text.count(" ") > 4]
    for k in rng.sample(enough, count):
        words = made[k].split(" ")
        words.insert(rng.randrange(1, len(words)), phrase)
        made[k] = " ".join(words)
    return made


def found(documents: Sequence[shared.Parts]) -> list[dict[str, object]]:
    """The rows of the table of candidates."""
    batches = shared.batches(documents)
    evidence = inserted.search([batches] * 3, len(documents))
    rows: list[dict[str, object]] = inserted.table(inserted.candidates(evidence)).to_pylist()
    return rows


def rank(rows: Sequence[dict[str, object]], kind: str, phrase: str) -> str:
    """Rank and score of the first candidate that is part of a phrase or holds it."""
    known = phrase.casefold()
    for row in rows:
        text = str(row["piece"]).casefold().strip()
        if row["kind"] == kind and (known in text or (text in known and len(text) > 1)):
            return f"{row['rank']} ({row['score']:.1f})"
    return "-"


def measured(
    kind: str, phrases: Sequence[str], counts: Sequence[int], seeds: Sequence[int]
) -> None:
    """Ranks of planted phrases."""
    print(f"\n**{kind}s**: ranks (scores) by documents that hold it, one a seed\n")
    shared.line("texts", kind, *counts)
    shared.line(*("---" for _ in range(2 + len(counts))))
    for name in ("Alpaca", "mix"):
        clean = texts(name)
        for phrase in phrases:
            cells = []
            for count in counts:
                ranks = []
                for seed in seeds:
                    rows = planted(clean, phrase, count, seed)
                    ranks.append(rank(found([((ROLE_TEXT, row),) for row in rows]), kind, phrase))
                cells.append(", ".join(ranks))
            shared.line(name, phrase, *cells)


def labelled() -> None:
    """Sets with labels, which are left out."""
    print("\n**Sets as they are, without labels**: ranks of the triggers\n")
    shared.line("set", "texts", "triggers", "ranks")
    shared.line("---", "---", "---", "---")
    sets = []
    for name, known in shared.LABELLED.items():
        rows = shared.rows_of(name, 0) + shared.rows_of(name, 1)
        sets.append((name, [parts[0][1] for parts in rows], known, inserted.WORD))
    for name, known, kind in (
        ("badword", ("cf",), inserted.WORD),
        ("cf_middle", ("cf",), inserted.WORD),
        ("addsent", ("I watch this 3D movie",), inserted.PASSAGE),
    ):
        with (shared.POISON / "decodingtrust-backdoor" / f"{name}.jsonl").open() as source:
            sets.append((name, [json.loads(one)["text"] for one in source], known, kind))
    for name, rows, known, kind in sets:
        candidates = found([((ROLE_TEXT, row),) for row in rows])
        ranks = [
            next(
                (
                    str(row["rank"])
                    for row in candidates
                    if row["kind"] == kind and str(row["piece"]).casefold() == one.casefold()
                ),
                "-",
            )
            for one in known
        ]
        shared.line(name, f"{len(rows):,}", ", ".join(known), ", ".join(ranks))


def clean() -> None:
    """Candidates where nothing is inserted."""
    print("\n**Nothing inserted**: candidates by strength, and the best of each kind\n")
    shared.line("corpus", "documents", "strong", "worth a look", "best word", "best passage")
    shared.line(*("---" for _ in range(6)))
    for name, documents in shared.clean_sets():
        if name not in ("Alpaca", "HH-RLHF, pairs", "mix", "FLORES"):
            continue
        rows = found(documents)
        number = [sum(row["strength"] == s for row in rows) for s in ("strong", "worth a look")]
        best = [
            next((f"{r['piece']!r} {r['score']:.1f}" for r in rows if r["kind"] == kind), "")
            for kind in inserted.KINDS
        ]
        shared.line(name, f"{len(documents):,}", *number, *best)


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="200,50,20")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--only", default="passages,words,labelled,clean")
    given = parser.parse_args()
    counts = [int(one) for one in given.counts.split(",")]
    seeds = [int(one) for one in given.seeds.split(",")]
    begin = time.process_time()
    if "passages" in given.only:
        measured(inserted.PASSAGE, SENTENCES, counts, seeds)
    if "words" in given.only:
        measured(inserted.WORD, WORDS, counts, seeds)
    if "labelled" in given.only:
        labelled()
    if "clean" in given.only:
        clean()
    print(f"\n{time.process_time() - begin:,.0f} CPU seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
