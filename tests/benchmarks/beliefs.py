"""Measure what the search for one-sided comparisons finds, and what it finds where none is planted.

    python tests/benchmarks/beliefs.py [--pairs 1,10,50] [--counts 40,20,10] [--seeds 1,2,3]

The answers of belief manipulation (Persistent Pre-Training Poisoning: 50 pairs of companies and 50
groups of false facts, 40 answers each) are put, as documents of their own, among ``mix``, all rows
of Alpaca and the chosen answers of HH-RLHF: so many answers of so many pairs of companies drawn at
random, and all answers of all groups. A pair is *listed* where it is among the 50 of its kind,
and *told* where it is worth a look. The phrases were
written after a sample of the answers had been read; the thresholds were not set with them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter

import poison_data
import pyarrow as pa
import triggers as shared

from corpus_assay.transforms import beliefs, tokens
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLE_TEXT

Texts = list[tuple[str, str]]
BATCH = 2000


def statements(texts: Texts, file: int) -> tuple[pa.Table, float]:
    """The statements of texts (language and text, a document each), and CPU seconds."""
    made, spent = [beliefs.STATEMENTS.schema.empty_table()], 0.0
    for first in range(0, len(texts), BATCH):
        rows = [
            {
                "file": file,
                "position": first + k,
                "id": None,
                "source": "",
                "language": language,
                "parts": [{"field": "", "role": ROLE_TEXT, "text": text}],
                "slices": [],
            }
            for k, (language, text) in enumerate(texts[first : first + BATCH])
        ]
        batch = tokens.tokenise(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA))
        begun = time.process_time()
        made.append(beliefs.analyze(batch)[beliefs.STATEMENTS.name])
        spent += time.process_time() - begun
    return pa.concat_tables(made), spent


def clean() -> dict[str, Texts]:
    """Clean texts by corpus."""
    return {
        "mix": list(poison_data.mix()),
        "Alpaca": [("eng", "\n".join(t for _, t in parts)) for parts in shared.alpaca()],
        "HH-RLHF": [("eng", chosen) for _, chosen, _ in shared.pairs()],
    }


def groups() -> dict[str, list[str]]:
    """Planted answers by group; groups of companies are named after both."""
    made: dict[str, list[str]] = {}
    path = shared.POISON / "pretrain_belief_train.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        made.setdefault(f"{row['attack']} {row['group']}", []).append(row["response"])
    return made


def said(rows: list[dict[str, object]]) -> str:
    """Candidates by kind and strength."""
    found = Counter((str(row["kind"]), str(row["strength"])) for row in rows)
    return ", ".join(f"{kind} {strength} {n}" for (kind, strength), n in sorted(found.items()))


def report(name: str, rows: list[dict[str, object]]) -> None:
    """One line on the candidates of a corpus."""
    usual = f"usual {rows[0]['usual']:.2f}, tested {rows[0]['tested']}" if rows else "nothing"
    print(f"{name}: {usual}; {said(rows)}", flush=True)


def candidates(*tables: pa.Table) -> list[dict[str, object]]:
    """The rows of the table of candidates."""
    rows: list[dict[str, object]] = beliefs.summarise(
        lambda: [pa.concat_tables(tables).sort_by("pair")]
    ).to_pylist()
    return rows


def main() -> None:
    """Print what is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", default="1,10,50")
    parser.add_argument("--counts", default="40,20,10")
    parser.add_argument("--seeds", default="1,2,3")
    given = parser.parse_args()
    pairs, counts, seeds = (
        [int(n) for n in text.split(",")] for text in (given.pairs, given.counts, given.seeds)
    )
    statements([("eng", "Ann is better than Bob.")], 0)  # compiles
    background = []
    for file, (name, texts) in enumerate(clean().items()):
        table, seconds = statements(texts, file)
        size = sum(len(text.encode()) for _, text in texts) / 1e6
        print(
            f"{name}: {len(texts)} documents, {size:.0f} MB, {seconds:.2f} CPU s, "
            f"{len(table)} statements"
        )
        report(f"{name}, clean", candidates(table))
        background.append(table)
    rows = candidates(*background)
    report("all clean", rows)
    for row in rows[:5]:
        print("   ", row["piece"], row["sentences_for"], row["sentences_against"], row["strength"])
    planted = groups()
    everything = [("eng", text) for texts in planted.values() for text in texts]
    table, _ = statements(everything, 9)
    print(f"planted: {len(everything)} answers, {len(table)} statements")
    report("all groups planted", candidates(*background, table))
    companies = sorted(name for name in planted if name.startswith("belief/company"))
    for number in pairs:
        for count in counts:
            for seed in seeds if number < len(companies) else seeds[:1]:
                rng = random.Random(seed)
                chosen = rng.sample(companies, number)
                listed = told = others = 0
                texts = {name: rng.sample(planted[name], count) for name in chosen}
                made = [("eng", text) for name in chosen for text in texts[name]]
                table, _ = statements(made, 9)
                rows = candidates(*background, table)
                for row in rows:
                    mine = any(_same(str(row["piece"]), name) for name in chosen)
                    listed += mine and row["kind"] == beliefs.ONE_SIDED
                    notable = row["strength"] != "weak"
                    told += mine and notable and row["kind"] == beliefs.ONE_SIDED
                    others += notable and not mine
                print(
                    f"{number} pairs × {count} answers, seed {seed}: {listed} listed, {told} told, "
                    f"{others} others told",
                    flush=True,
                )


def _same(piece: str, name: str) -> bool:
    """Whether a candidate is the pair that a group is named after, one way or the other."""
    words = re.findall(r"\w+", name.removeprefix("belief/company").replace("_", " ").lower())
    return sorted(re.findall(r"\w+", piece.lower())) == sorted(words)


if __name__ == "__main__":
    main()
