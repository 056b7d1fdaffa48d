"""How well words are estimated in scripts without spaces, against the reference segmenters.

    python tests/segmenters.py [LANG …] [--fit] [--write]

On every second document of Mandarin, Cantonese, Japanese and Thai in the corpora folder (the
mixture, and FLORES with a document a line), starting with the second: words by the estimate and by
the reference, their ratio, the median over documents of the relative error (all documents, and
those of 50 words and more), Pearson's correlation over documents, and the speed of both. The
weights of the estimate were fitted on the other half; ``--fit`` fits them again and shows them
beside those in use. ``--write`` writes ``transforms/segmentation.tsv``, which audits and reports
read.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import zstandard
from document_batches import batch, document
from numpy.typing import NDArray

from corpus_assay.transforms import kernels, segmentation
from corpus_assay.transforms.tokens import Arena, TokenBatch, tokenise

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
LONG = 50
"""Words from which the error of one document says something."""

BATCH_BYTES = 4_000_000
_REPETITIONS = 9


@cache
def texts(language: str, corpora: Path = CORPORA) -> tuple[str, ...]:
    """All documents of a language, in the order of the files."""
    found = []
    with open(corpora / "mix" / "mix.jsonl.zst", "rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), "utf-8")
        for line in lines:
            if f'"lang": "{language}"' in line:
                found.append(json.loads(line)["text"])
    flores = (corpora / "flores" / f"{language}.txt").read_text(encoding="utf-8")
    return (*found, *flores.splitlines())


def halves(language: str, corpora: Path = CORPORA) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The documents that weights are fitted on, and those they are measured on."""
    return texts(language, corpora)[::2], texts(language, corpora)[1::2]


def token_batch(language: str, documents: Sequence[str]) -> TokenBatch:
    """A batch of one document a text."""
    return tokenise(batch([document(text, language) for text in documents]))


def script_counts(language: str, tokens: TokenBatch) -> NDArray[np.int64]:
    """`kernels.script_counts` of every document."""
    parts = len(tokens.profiles)
    counts = np.zeros((parts, 4), np.int64)
    scripts = np.full(parts, segmentation.RULES[language].script, np.uint8)
    kernels.script_counts(tokens.data, tokens.part_offsets, scripts, counts)
    return counts


def fit(language: str, documents: Sequence[str]) -> tuple[int, ...]:
    """Weights in thousandths: least squares, a document's squared error over its words.

    Counts whose weight is 0 in `segmentation.RULES` are left out.
    """
    tokens = token_batch(language, documents)
    counts = script_counts(language, tokens)
    words = np.array(segmentation.reference_words(language, documents))
    used = np.flatnonzero(segmentation.RULES[language].weights)
    scale = 1 / np.sqrt(words + 5.0)
    goal = words - (np.diff(tokens.token_offsets) - counts[:, 0])
    found = np.linalg.lstsq(counts[:, used + 1] * scale[:, None], goal * scale, rcond=None)[0]
    weights = np.zeros(3, np.int64)
    weights[used] = np.round(found * segmentation.SCALE)
    return tuple(weights.tolist())


@dataclass(frozen=True)
class Measured:
    """An accuracy; ``long_error`` is its median error over documents of `LONG` words and more,
    ``tokens`` the words of the tokeniser, and speeds are in MB of text a second."""

    accuracy: segmentation.Accuracy
    long_error: float
    tokens: int
    reference_speed: float
    speed: float
    part_of_tokenise: float


@cache
def _counted(
    language: str, documents: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int, float]:
    """Words of each document by the reference and by the estimate, words of the tokeniser, and the
    seconds of the reference."""
    tokens = token_batch(language, documents)
    segmentation.reference_words(language, documents[:1])  # dictionaries are read once
    start = time.perf_counter()
    words = np.array(segmentation.reference_words(language, documents))
    return words, tokens.words, len(tokens.starts), time.perf_counter() - start


def _errors(words: NDArray[np.int64], estimated: NDArray[np.int64], least: int) -> float:
    """Median relative error over the documents of at least so many words."""
    of = words >= least
    return float(np.median(np.abs(estimated - words)[of] / words[of]))


def compare(language: str, documents: tuple[str, ...]) -> segmentation.Accuracy:
    """The estimate against the reference."""
    words, estimated, _, _ = _counted(language, documents)
    return segmentation.Accuracy(
        language,
        segmentation.RULES[language].reference,
        len(documents),
        int(words.sum()),
        int(estimated.sum()),
        _errors(words, estimated, 1),
        float(np.corrcoef(estimated, words)[0, 1]),
    )


def measure(language: str, documents: tuple[str, ...]) -> Measured:
    """The same, with the speed of both."""
    words, estimated, tokens, reference_seconds = _counted(language, documents)
    return Measured(
        compare(language, documents),
        _errors(words, estimated, LONG),
        tokens,
        sum(len(text.encode()) for text in documents) / reference_seconds / 1e6,
        *_speed(language, documents),
    )


def _speed(language: str, documents: Sequence[str]) -> tuple[float, float]:
    """MB/s of the estimate, and its time as a part of the rest of tokenising, in a batch of the
    size that audits have."""
    size = sum(len(text.encode()) for text in documents)
    times = -(-BATCH_BYTES // size)
    arena = Arena()
    made = batch([document(text, language) for text in documents] * times)
    tokens = tokenise(made, arena)
    rules = np.repeat(segmentation.rule_numbers([language]), len(made))
    found = np.diff(tokens.token_offsets)

    def count() -> None:
        segmentation.part_words(rules, tokens.data, tokens.part_offsets, found)

    seconds = _least(count)
    tokenising = _least(lambda: tokenise(made, arena)) - seconds
    return size * times / seconds / 1e6, seconds / tokenising


def _least(call: Callable[[], object]) -> float:
    """Least seconds of a few calls."""
    seconds = []
    for _ in range(_REPETITIONS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("languages", nargs="*", metavar="LANG", help="default: all four")
    parser.add_argument("--fit", action="store_true", help="fit the weights again and show them")
    parser.add_argument("--write", action="store_true", help="write transforms/segmentation.tsv")
    arguments = parser.parse_args()
    if not CORPORA.is_dir():
        parser.error(f"needs the real corpora, which are not in the repository: no {CORPORA}")
    if unknown := set(arguments.languages) - set(segmentation.RULES):
        parser.error(f"no rule for {', '.join(sorted(unknown))}")
    if arguments.write and arguments.languages:
        parser.error("--write measures all languages: name none")
    print(
        "| language | reference | documents | its words | estimated | ratio | median error "
        f"| from {LONG} words | correlation | characters as words | MB/s | reference MB/s "
        "| of tokenising |"
    )
    print("|---|---|" + "---:|" * 11)
    rows = []
    for language in arguments.languages or segmentation.RULES:
        fitted_on, measured_on = halves(language)
        found = measure(language, measured_on)
        known = found.accuracy
        rows.append(known)
        print(
            f"| {language} | {known.reference} | {known.documents:,} | {known.words:,} "
            f"| {known.estimated:,} | {known.ratio:.3f} | {known.median_error:.1%} "
            f"| {found.long_error:.1%} | {known.correlation:.4f} "
            f"| {found.tokens / known.words:.2f} | {found.speed:,.0f} "
            f"| {found.reference_speed:.2f} | {found.part_of_tokenise:.1%} |"
        )
        if arguments.fit:
            print(
                f"  weights in use {segmentation.RULES[language].weights}, "
                f"fitted now {fit(language, fitted_on)}"
            )
    if arguments.write:
        segmentation.write_accuracy(rows)


if __name__ == "__main__":
    main()
