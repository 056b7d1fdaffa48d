"""How many words a part has in languages whose scripts have no spaces between words.

The tokeniser makes a word of every Han or hiragana character and of every Thai letter with its
marks: right for matching, but not a number of words. For Mandarin, Cantonese, Japanese and Thai
the words of a part are counted here instead:

``fast``       estimated from the characters that `kernels.script_counts` counts in one pass over
               the bytes: those characters weigh as `RULES` says, all other words (Latin, digits,
               runs of katakana) count as they are
``reference``  cut by spaCy with jieba, SudachiPy or PyThaiNLP; a word is a token with at least
               one letter or number (Unicode categories L and N)

Both count a part by itself, so a document has the words of its parts, however a corpus is cut into
batches. Lao, Khmer and Burmese have no rule: their words stay characters. So do those of Wu, for
which there was no text to measure a rule on.

`tests/segmenters.py` fits the weights and measures the estimate against the reference.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus_assay.transforms import kernels

SEGMENTERS = ("fast", "reference")
SCALE = 1000
"""What weights are parts of. Sums stay integers, so every machine counts the same."""

ACCURACY = Path(__file__).with_name("segmentation.tsv")

INSTALL = "pip install 'corpus-assay[segmenters]'"
_PIECE = 1000
"""Characters that a segmenter is given at once: SudachiPy takes 49,149 bytes, and the time of
PyThaiNLP grows faster than the text."""


class SegmenterError(Exception):
    """The reference segmenters cannot be used; the message names the way out."""


@dataclass(frozen=True)
class Rule:
    """How the words of a language are estimated, and by what they are measured.

    script     `kernels.SCRIPT_HAN`, `SCRIPT_JAPANESE` or `SCRIPT_THAI`
    weights    words, in thousandths (`SCALE`), that each of the last three counts of
               `kernels.script_counts` stands for
    spacy      language code of the spaCy pipeline
    reference  what cuts the words there
    packages   import names of what the reference needs beside spaCy
    """

    script: int
    weights: tuple[int, int, int]
    spacy: str
    reference: str
    packages: tuple[str, ...]


_JIEBA = "zh", "spaCy with jieba", ("jieba",)
# The other maintained choice for Chinese, spacy-pkuseg, comes without a model and fetches one from
# the network when it is first used; jieba carries its dictionary.

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        # Han characters, runs of them
        "cmn": Rule(kernels.SCRIPT_HAN, (524, 266, 0), *_JIEBA),
        "yue": Rule(kernels.SCRIPT_HAN, (640, 0, 0), *_JIEBA),
        # Han characters, hiragana, hiragana after a Han character
        "jpn": Rule(
            kernels.SCRIPT_JAPANESE,
            (654, 561, 290),
            "ja",
            "spaCy with SudachiPy",
            ("sudachipy", "sudachidict_core"),
        ),
        # runs of Thai, vowel signs, tone marks
        "tha": Rule(
            kernels.SCRIPT_THAI, (181, 464, 568), "th", "spaCy with PyThaiNLP", ("pythainlp",)
        ),
    }
)
"""The languages whose words are counted here, by ISO 639-3 code."""

_CODES = tuple(RULES)
_SCRIPTS = np.array([kernels.SCRIPT_NONE, *(rule.script for rule in RULES.values())], np.uint8)
_WEIGHTS = np.array([(0, 0, 0), *(rule.weights for rule in RULES.values())], np.int64)


def rule_numbers(languages: Sequence[str]) -> NDArray[np.int64]:
    """The place of each language in `RULES`, from 1; 0 for a language without a rule."""
    numbers = [_CODES.index(code) + 1 if code in RULES else 0 for code in languages]
    return np.array(numbers, np.int64)


def part_words(
    rules: NDArray[np.int64],
    data: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    tokens: NDArray[np.int64],
    segmenter: str = "fast",
) -> NDArray[np.int64]:
    """Words (int64) of each part.

    Args:
        rules: number of each part's rule (`rule_numbers`).
        data: valid UTF-8 of all parts.
        offsets: int32[parts + 1], bytes of `data`.
        tokens: words that the tokeniser found in each part: those of parts without a rule.
        segmenter: one of `SEGMENTERS`.

    Raises:
        SegmenterError: packages of the reference are not installed.
    """
    if not rules.any():
        return tokens
    if segmenter == "reference":
        return _reference(rules, data, offsets, tokens)
    counts = np.zeros((len(tokens), 4), np.int64)
    kernels.script_counts(data, offsets, _SCRIPTS[rules], counts)
    return estimate(tokens, counts, _WEIGHTS[rules])


def estimate(
    tokens: NDArray[np.int64], counts: NDArray[np.int64], weights: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Words from the tokens of the tokeniser and `kernels.script_counts`.

    The tokens that are one character each are taken away, what they weigh is added, rounded half
    up. Never more words than tokens, and none only where there is no token.
    """
    weighed = np.einsum("ij,ij->i", counts[:, 1:], weights)
    words = tokens - counts[:, 0] + (weighed + SCALE // 2) // SCALE
    bounded: NDArray[np.int64] = np.minimum(np.maximum(words, np.minimum(tokens, 1)), tokens)
    return bounded


# The reference ------------------------------------------------------------------------------------


def _reference(
    rules: NDArray[np.int64],
    data: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    tokens: NDArray[np.int64],
) -> NDArray[np.int64]:
    words = tokens.copy()
    for number in range(1, len(_CODES) + 1):
        parts = np.flatnonzero(rules == number)
        if not len(parts):
            continue
        texts = [bytes(data[offsets[part] : offsets[part + 1]]).decode() for part in parts]
        # A word of a match must stay a word, so that a share has a denominator.
        words[parts] = np.maximum(
            np.minimum(tokens[parts], 1), reference_words(_CODES[number - 1], texts)
        )
    return words


def reference_words(language: str, texts: Sequence[str]) -> list[int]:
    """Words of each text in a language of `RULES`, by the reference. Slow.

    Raises:
        SegmenterError: packages are not installed.
    """
    pipeline = _pipeline(language)
    with pipeline.memory_zone():  # or spaCy would keep every word of the corpus
        return [
            sum(
                _is_word(token.text)
                for piece in _pieces(text)
                for token in pipeline.tokenizer(piece)
            )
            for text in texts
        ]


def missing_packages() -> list[str]:
    """Import names of the packages of the reference that are not installed."""
    names = ["spacy", *(name for rule in RULES.values() for name in rule.packages)]
    return [name for name in dict.fromkeys(names) if importlib.util.find_spec(name) is None]


def check_reference() -> None:
    """Raises `SegmenterError` if a package of the reference is not installed."""
    if missing := missing_packages():
        raise SegmenterError(
            f"--segmenter reference needs packages that are not installed ({', '.join(missing)}): "
            f"{INSTALL}"
        )


_own = threading.local()
_one_at_a_time = threading.Lock()


def _pipeline(language: str) -> Any:
    """The spaCy pipeline of a language: one a thread, since a SudachiPy tokenizer is not shared."""
    rule = RULES[language]
    pipelines = _own.__dict__.setdefault("pipelines", {})
    if rule.spacy not in pipelines:
        check_reference()
        with _one_at_a_time:
            pipelines[rule.spacy] = _load(rule)
    return pipelines[rule.spacy]


def _load(rule: Rule) -> Any:
    import spacy  # noqa: PLC0415 - optional, and slow to import

    config = {}
    if rule.packages == ("jieba",):
        import jieba  # noqa: PLC0415

        jieba.setLogLevel("WARNING")  # it reports to stderr how long its dictionary took
        config = {"nlp": {"tokenizer": {"segmenter": "jieba"}}}
    pipeline = spacy.blank(rule.spacy, config=config)
    pipeline.tokenizer("人")  # dictionaries are read by the first word
    return pipeline


_CUT = re.compile(rf"[^\r\n]{{0,{_PIECE - 1}}}[\s。！？]|[^\r\n]{{1,{_PIECE}}}")


def _pieces(text: str) -> list[str]:
    """A text in pieces of at most `_PIECE` characters, cut where sentences or words end if it can
    be: at line breaks, and behind white space or a full stop."""
    return [piece for found in _CUT.findall(text) if (piece := found.strip())]


def _is_word(token: str) -> bool:
    return any(unicodedata.category(character)[0] in "LN" for character in token)


# What is known of the estimate --------------------------------------------------------------------


@dataclass(frozen=True)
class Accuracy:
    """How the estimate counts against the reference, on documents that it was not fitted on.

    language      ISO 639-3
    reference     what counted the words
    documents     documents that were compared
    words         their words by the reference, and `estimated` by the estimate
    median_error  median over documents of |estimated − words| / words
    correlation   Pearson's correlation of the two over documents
    """

    language: str
    reference: str
    documents: int
    words: int
    estimated: int
    median_error: float
    correlation: float

    @property
    def ratio(self) -> float:
        """Estimated words of all documents over those of the reference."""
        return self.estimated / self.words


_COLUMNS = ("language", "reference", "documents", "words", "estimated")
_FLOATS = ("median_error", "correlation")


@cache
def accuracy() -> Mapping[str, Accuracy]:
    """What ``segmentation.tsv`` says, by language."""
    with ACCURACY.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        found = [
            Accuracy(
                row["language"],
                row["reference"],
                *(int(row[name]) for name in _COLUMNS[2:]),
                *(float(row[name]) for name in _FLOATS),
            )
            for row in rows
        ]
    return MappingProxyType({one.language: one for one in found})


def write_accuracy(rows: Sequence[Accuracy]) -> None:
    """Write ``segmentation.tsv``; `accuracy` of this process does not see it."""
    lines = ["\t".join((*_COLUMNS, *_FLOATS))]
    for row in rows:
        values = [str(getattr(row, name)) for name in _COLUMNS]
        lines.append("\t".join([*values, *(f"{getattr(row, name):.4f}" for name in _FLOATS)]))
    ACCURACY.write_text("\n".join(lines) + "\n", encoding="utf-8")


def described(language: str, segmenter: str) -> dict[str, Any]:
    """What an audit says of how it counted the words of a language; empty where no rule did.

    ``words`` is ``estimated`` or ``segmented``, ``segmenter`` names the reference; an estimate
    has its ``ratio`` to the reference and its ``median_error``.
    """
    if language not in RULES:
        return {}
    if segmenter == "reference":
        return {"words": "segmented", "segmenter": RULES[language].reference}
    known = accuracy()[language]
    return {
        "words": "estimated",
        "segmenter": known.reference,
        "ratio": round(known.ratio, 4),
        "median_error": known.median_error,
    }


__all__ = [
    "INSTALL",
    "RULES",
    "SCALE",
    "SEGMENTERS",
    "Accuracy",
    "Rule",
    "SegmenterError",
    "accuracy",
    "check_reference",
    "described",
    "estimate",
    "missing_packages",
    "part_words",
    "reference_words",
    "rule_numbers",
    "write_accuracy",
]
