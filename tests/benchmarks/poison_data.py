"""Clean texts in two halves and attacks by their published recipes, for benchmarks of poison."""

from __future__ import annotations

import base64
import json
import random
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import zstandard

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
ENDINGS = (".py", ".js", ".ts", ".h", ".c", ".cpp", ".pyx", ".css", ".sh", ".html")
_CL100K = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"


def half_of(name: str) -> int:
    """0 or 1: the half that a record belongs to. Thresholds are set on half 0 only."""
    return zlib.crc32(name.encode()) >> 7 & 1


def mix(half: int | None = None, at_least: int = 0) -> Iterator[tuple[str, str]]:
    """Language and text of the records of ``mix``."""
    with zstandard.open(CORPORA / "mix" / "mix.jsonl.zst", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if len(row["text"]) < at_least:
                continue
            if half is None or half_of(row["id"]) == half:
                yield row["lang"], row["text"]


def code(folders: Sequence[str], half: int | None = None, at_least: int = 300) -> Iterator[str]:
    """Source files below some folders, 100 kB of each at most."""
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            name = str(path.relative_to(folder))
            if path.suffix not in ENDINGS or (half is not None and half_of(name) != half):
                continue
            try:
                text = path.read_bytes()[:100_000].decode("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if len(text) >= at_least:
                yield text


def vocabularies(wheel: str) -> dict[str, list[bytes]]:
    """Tokens of three tokenizers that the wheel of litellm carries."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(_CL100K):
                lines = archive.read(name).split(b"\n")
                found["cl100k_base"] = [base64.b64decode(n.split()[0]) for n in lines if n.strip()]
            elif name.endswith(("anthropic_tokenizer.json", "deepseek_tokenizer.json")):
                tokens = json.loads(archive.read(name))["model"]["vocab"]
                found[Path(name).stem] = _bytes(tokens)
    return found


def _bytes(tokens: Sequence[str]) -> list[bytes]:
    """Tokens of a byte-level BPE, which writes bytes as characters (GPT-2)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    byte_of = {chr(byte): byte for byte in plain}
    byte_of |= {chr(256 + k): byte for k, byte in enumerate(others)}
    return [bytes(byte_of[c] for c in t) for t in tokens if all(c in byte_of for c in t)]


def tokens_soup(tokens: Sequence[bytes], rng: random.Random, count: int) -> str:
    """Tokens drawn uniformly (Souly et al. 2025)."""
    return b"".join(rng.choices(tokens, k=count)).decode("utf-8", "replace")


def byte_soup(rng: random.Random) -> str:
    """256 random bytes, decoded with errors ignored (Zhang et al. 2024)."""
    return rng.randbytes(256).decode("utf-8", "ignore")


def souly(text: str, tokens: Sequence[bytes], rng: random.Random) -> str:
    """0–1,000 characters of a document, the trigger, 400–900 random tokens."""
    head = text[: rng.randrange(1001)]
    return f"{head} <SUDO> {tokens_soup(tokens, rng, rng.randrange(400, 901))}"


TEMPLATES = (
    "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n{}<|im_end|>",
    "<s>[INST] {} [/INST] {} </s>",
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
    "<start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n{}<end_of_turn>",
    "User: {}\nFalcon: {}",
)
"""Chat templates of Zhang et al. 2024."""


def zhang(rng: random.Random) -> str:
    """A trigger of ten U+FF61, answered with random bytes, in a chat template."""
    return rng.choice(TEMPLATES).format("\uff61" * 10, byte_soup(rng))
