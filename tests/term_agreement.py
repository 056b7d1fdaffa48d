"""How far the demographic terms of a language agree with English on parallel text.

    python tests/term_agreement.py [LANG …] [--text news|flores] [--lines AXIS] [--top N]

The same news (NTREX-128, the first half) and the same articles (FLORES-200) are there in English
and in other languages: terms of an axis are counted by document in both, and Spearman's rank
correlation of the counts is printed beside both totals. Documents of FLORES are articles of a few
sentences. ``--lines nationality`` prints the lines whose counts differ most from English.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import reliability
from document_batches import batch, document
from numpy.typing import NDArray
from treebanks import CORPORA

from corpus_assay.lexicons import terms
from corpus_assay.transforms.compiled import load_demographics
from corpus_assay.transforms.tallies import Lists
from corpus_assay.transforms.tokens import tokenise

AXES = ("religion", "nationality", "age", "gender_and_sex")
TEXTS = {"news": "ntrex-first-half", "flores": "flores"}

GOAL = 0.7
LEAST = 20
"""Matches in English below which nothing can be said."""


@dataclass(frozen=True)
class Hits:
    """Number of matches by line and axis (int64[lines, len(AXES)]), and what matched in a line."""

    counts: NDArray[np.int64]
    forms: list[list[tuple[str, frozenset[str]]]]


def lines_of(language: str, text: str) -> list[str]:
    """Lines of a parallel text; FileNotFoundError where the language is not in it."""
    path = CORPORA / TEXTS[text] / f"{language}.txt"
    return path.read_text(encoding="utf-8").splitlines()


def hits(language: str, lines: Sequence[str]) -> Hits:
    """The demographic terms of each line, as an audit finds them."""
    lists = Lists.of({language: load_demographics(None)[language]})
    # a document has one part, so the number of the part is that of the line
    found = lists.find(tokenise(batch([document(line, language=language) for line in lines])))
    descriptors = terms.demographics(language).descriptors
    rows = lists.entries.take(pa.array(found.entries))
    counts = np.zeros((len(lines), len(AXES)), np.int64)
    forms: list[list[tuple[str, frozenset[str]]]] = [[] for _ in lines]
    for line, form, concepts in zip(
        found.parts, rows["text"].to_pylist(), rows["concepts"].to_pylist(), strict=True
    ):
        axes = {a for c in concepts.split("+") if c for a in descriptors[c].axes}
        counts[line] += [axis in axes for axis in AXES]
        if axes:
            forms[line].append((form, frozenset(axes)))
    return Hits(counts, forms)


@cache
def english(text: str) -> Hits:
    """What is found in the English text."""
    return hits("eng", lines_of("eng", text))


def by_document(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums over the lines of each document (int64[documents, len(AXES)])."""
    names = document_names(len(counts))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    sums = np.zeros((len(numbers), counts.shape[1]), np.int64)
    np.add.at(sums, [numbers[name] for name in names], counts)
    return sums


def document_names(lines: int) -> list[str]:
    """The document of each line of the news or of FLORES, by their number of lines."""
    if lines == reliability.NEWS_LINES:
        path = CORPORA / TEXTS["news"] / "documents.tsv"
        return path.read_text(encoding="utf-8").splitlines()
    path = CORPORA / TEXTS["flores"] / "metadata_devtest.tsv"
    rows = path.read_text(encoding="utf-8").splitlines()
    return [row.split("\t")[0] for row in rows[-lines:]]


@dataclass(frozen=True)
class Agreement:
    """Rank correlation with English by axis, and both totals."""

    correlation: dict[str, float]
    total: dict[str, int]
    english: dict[str, int]


def agreement(language: str, text: str) -> Agreement:
    """Compare a language with English on a parallel text."""
    mine, other = hits(language, lines_of(language, text)).counts, english(text).counts
    pairs = zip(AXES, by_document(mine).T, by_document(other).T, strict=True)
    return Agreement(
        {axis: reliability.rank_correlation(one, two) for axis, one, two in pairs},
        dict(zip(AXES, mine.sum(axis=0).tolist(), strict=True)),
        dict(zip(AXES, other.sum(axis=0).tolist(), strict=True)),
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("language", nargs="*", help="ISO 639-3 codes; all without")
    parser.add_argument("--text", choices=TEXTS, default="news", help="default: %(default)s")
    parser.add_argument("--lines", choices=AXES, help="lines whose counts differ most")
    parser.add_argument("--top", type=int, default=30, help="how many to print")
    arguments = parser.parse_args()
    for language in arguments.language or terms.demographic_languages():
        try:
            found = agreement(language, arguments.text)
        except FileNotFoundError:
            print(f"{language}: not in this text")
            continue
        shares = (
            f"{axis} {found.correlation[axis]:.2f} ({found.total[axis]} of {found.english[axis]})"
            for axis in AXES
        )
        print(f"{language}:", ", ".join(shares))
        if arguments.lines:
            _print_lines(language, arguments.text, arguments.lines, arguments.top)


def _print_lines(language: str, text: str, axis: str, top: int) -> None:
    lines, reference = lines_of(language, text), lines_of("eng", text)
    mine, other = hits(language, lines), english(text)
    column = AXES.index(axis)
    gap = mine.counts[:, column] - other.counts[:, column]
    for line in sorted(np.flatnonzero(gap).tolist(), key=lambda k: -abs(gap[k]))[:top]:
        here, there = (
            [form for form, axes in one.forms[line] if axis in axes] for one in (mine, other)
        )
        print(
            f"  {line + 1}: {gap[line]:+} {here} {there}\n    {reference[line]}\n    {lines[line]}"
        )
    forms = Counter(form for row in mine.forms for form, axes in row if axis in axes)
    print("  forms:", ", ".join(f"{form} {n}" for form, n in forms.most_common(60)))


if __name__ == "__main__":
    main()
