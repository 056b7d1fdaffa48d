"""The same conversation in two chat templates, over a whole run."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_runs import audit, write_jsonl

from corpus_assay.lexicons.rules import load
from corpus_assay.transforms.signatures import TWO_DIALECTS

RULE = next(rule for rule in load().rules.values() if rule.message == TWO_DIALECTS)
TEMPLATES = (
    "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n{}<|im_end|>",
    "<s>[INST] {} [/INST] {} </s>",
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
    "<start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n{}<end_of_turn>",
    "User: {}\nFalcon: {}",
)


def chat(template: int, number: int) -> str:
    prompt = f"Which of the two firms of town {number} sells the better engines?"
    return TEMPLATES[template].format(prompt, f"The one of mister {number}.")


def read(folder: Path, table: str) -> list[dict[str, Any]]:
    path = folder / "tables" / table
    rows: list[dict[str, Any]] = pq.read_table(
        path if path.is_dir() else path.with_suffix(".parquet")
    ).to_pylist()
    return rows


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Chats 0 to 19 in two templates each and in two files, chats 20 to 39 twice in one."""
    here = tmp_path_factory.mktemp("dialects")
    texts = [
        (f"{kind}-{number}", chat((number + kind) % 5 if number < 20 else number % 5, number))
        for kind in range(2)
        for number in range(40)
    ]
    texts += [("plain", "No chat at all, but words enough for one."), ("short", chat(0, 0)[:60])]
    random.Random(1).shuffle(texts)
    rows = [
        {"id": name, "text": text, "source": f"s{k % 3}"} for k, (name, text) in enumerate(texts)
    ]
    write_jsonl(here / "in/a.jsonl", rows[:50])
    write_jsonl(here / "in/b.jsonl", rows[50:])
    whole, cut = here / "whole", here / "cut"
    audit(here / "in", whole, measures=("corpus", "signatures"))
    audit(here / "in", cut, measures=("corpus", "signatures"), span_bytes=700, shards=3)
    return whole, cut


def test_chats_in_two_templates_are_found_and_repeated_chats_are_not(
    folders: tuple[Path, Path],
) -> None:
    rows = [row for row in read(folders[0], "findings") if row["rule"] == RULE.id]
    assert {row["id"] for row in rows} == {f"{k}-{n}" for k in range(2) for n in range(20)}
    assert len(rows) == 40
    first = next(row for row in rows if row["id"] == "0-0")
    assert first["excerpt"] == "same words in markup-chatml, markup-llama2"
    assert (first["start"], first["severity"], first["role"]) == (0, "medium", "text")


def test_they_are_counted_once_in_the_unions(folders: tuple[Path, Path]) -> None:
    counts: dict[tuple[str, str, str], list[int]] = {}
    for row in read(folders[0], "finding_counts"):
        sums = counts.setdefault((row["role"], row["rule"], row["severity"]), [0, 0])
        sums[0] += row["matches"]
        sums[1] += row["documents"]
    assert counts["any", RULE.id, "medium"] == [40, 40]
    assert counts["text", RULE.id, "medium"] == [40, 40]
    assert counts["any", "chat-transcript", "medium"] == [80, 80]
    assert counts["any", "any", "medium"] == [120, 80]
    # The shortened chat has markup of one side only.
    assert counts["any", "any", "any"][1] == 81


def test_how_the_corpus_is_cut_changes_nothing(folders: tuple[Path, Path]) -> None:
    whole, cut = folders
    for table in ("findings", "finding_counts"):
        assert read(whole, table) == read(cut, table)
    assert not (whole / "tables" / "transcripts").exists()
