"""What is known of how reliable each bundled lexicon is; measured by ``tests/reliability.py``.

``reliability.tsv`` has a row a language: words of a treebank's base forms that the lexicon finds,
matches that are such words, and how the same news counts in this language and in English.
``ambiguous.tsv`` says, for ambiguous forms that occur in a treebank, how often they meant a
person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import NamedTuple

RELIABILITY = Path(__file__).with_name("reliability.tsv")
AMBIGUOUS = Path(__file__).with_name("ambiguous.tsv")


class Share(NamedTuple):
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def interval(self) -> tuple[float, float]:
        """95% interval of the proportion (Wilson 1927); 0 to 1 where nothing was counted."""
        if not self.whole:
            return 0.0, 1.0
        z, n = 1.959964, self.whole
        p = self.part / n
        middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


@dataclass(frozen=True)
class Reliability:
    """What is known of one lexicon.

    language      ISO 639-3
    lexicon       first 16 digits of the SHA-256 of the lexicon that was measured
    treebank      gold data, "" where there was none
    found, gold   gold words of the base forms, and how many of them were found
    right, matches  matches of the base forms' words, and how many of them were such a word
    news          parallel text that was counted in this language and in English
    correlations  Spearman's rank correlation of documents' counts with English, by class
    totals        matches by class, and `english` those of the same text in English
    """

    language: str
    lexicon: str
    treebank: str
    found: int | None
    gold: int | None
    right: int | None
    matches: int | None
    news: str
    correlations: tuple[float, ...]
    totals: tuple[int, ...]
    english: tuple[int, ...]

    @property
    def recall(self) -> Share | None:
        """Gold words that were found; None where there is no gold data."""
        return _share(self.found, self.gold)

    @property
    def precision(self) -> Share | None:
        """Matches that were right; None where there is no gold data."""
        return _share(self.right, self.matches)


def _share(part: int | None, whole: int | None) -> Share | None:
    return None if part is None or whole is None else Share(part, whole)


@cache
def reliability() -> dict[str, Reliability]:
    """Rows of ``reliability.tsv`` by language."""
    rows = {}
    for cells in _cells(RELIABILITY):
        values = [
            tuple(float(x) for x in cell.split()) if name == "correlations"
            else tuple(int(x) for x in cell.split()) if name in ("totals", "english")
            else (int(cell) if cell else None) if name in ("found", "gold", "right", "matches")
            else cell
            for name, cell in zip(_COLUMNS, cells, strict=True)
        ]  # fmt: skip
        row = Reliability(*values)  # type: ignore[arg-type]
        rows[row.language] = row
    return rows


@cache
def meaning_shares() -> dict[tuple[str, str], Share]:
    """How often an ambiguous form meant a person in gold text, by language and form."""
    return {
        (language, form): Share(int(right), int(every))
        for language, form, right, every in _cells(AMBIGUOUS)
    }


_COLUMNS = tuple(field.name for field in fields(Reliability))


def _cells(path: Path) -> Iterable[list[str]]:
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]


def write_rows(rows: Iterable[Reliability], shares: Iterable[tuple[str, str, int, int]]) -> None:
    """Write both tables."""
    lines = ["\t".join(_COLUMNS)]
    for row in rows:
        values = (getattr(row, name) for name in _COLUMNS)
        lines.append("\t".join(_cell(value) for value in values))
    RELIABILITY.write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["language\tform\tright\tmatches"]
    lines += ["\t".join(map(str, share)) for share in sorted(set(shares))]
    AMBIGUOUS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
