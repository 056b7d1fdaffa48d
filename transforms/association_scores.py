"""Scores of associations, from the merged tables of both looks (`associations`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.transforms.association_anchors import GENDERS
from corpus_assay.transforms.association_kernels import WIDTH
from corpus_assay.transforms.association_sketch import sketches, threshold_of
from corpus_assay.transforms.association_tables import (
    ASSOCIATION_DISTANCES,
    ASSOCIATION_LISTS,
    ASSOCIATION_SCORES,
    ASSOCIATIONS,
    COUNTS,
    DISTANCES,
    FINAL,
    GENDER,
    GROUPS,
    LIST_COUNTS,
    MOMENTS,
    SKETCH,
    WORDS,
)
from corpus_assay.transforms.documents import ANY

DECAY = 0.95
"""GenBit's weight of a word, to the power of its distance."""
PRIOR = 0.1
"""Weight of the prior of `log_odds`: its size, as a share of all co-occurrences of the kind."""
COMMON, COMMON_DOCUMENTS = 0.001, 0.25
"""A word is common that makes up this share of all co-occurrences of its language and kind, and
stands near a group in this share of the documents with an anchor."""
TOP = 250
"""Words that a group keeps in the audit, by z and again by count."""
FEW_DOCUMENTS = 10
"""Words of fewer documents come after all others, whatever their z."""
PERCENTILE = 80
"""GenBit's cut-off."""


class LogOdds(NamedTuple):
    """`log_odds` with its standard error, z, and the z of independent words; float64 each."""

    value: NDArray[np.float64]
    error: NDArray[np.float64]
    z: NDArray[np.float64]
    z_words: NDArray[np.float64]


def log_odds(
    *,
    matches: NDArray[np.float64],
    squared: NDArray[np.float64],
    product: NDArray[np.float64],
    all_matches: NDArray[np.float64],
    all_squared: NDArray[np.float64],
    size: float,
    all_size: float,
) -> LogOdds:
    """Log-odds ratio of words with an informative Dirichlet prior: a group against the others.

    With y = `matches` of n = `size` co-occurrences of the group, y' = `all_matches` − y of
    n' = `all_size` − n of the other groups, and a prior of a₀ = `PRIOR` · `all_size` words that has
    the shares of the union of the groups, a = a₀ · `all_matches` / `all_size`::

        δ = ln (y + a) / (n + a₀ − y − a) − ln (y' + a) / (n' + a₀ − y' − a)

    (Monroe, Colaresi & Quinn, *Political Analysis* 16 (2008) 372–403, eq. 16 with the prior of
    eq. 23). Their variance 1/(y + a) + 1/(y' + a) (eq. 20) takes words for independent. But words
    repeat within a document and windows overlap, so here the document is the unit: Σy_d² over
    documents d takes the place of y, and by linearisation::

        Var δ = A²·(Σ_d y_d² + a) + A'²·(Σ_d y'_d² + a),   A = 1/(y + a) + 1/(n + a₀ − y − a)

    where the a words of the prior count as a documents with one each. Since Σy_d² ≥ y this is
    never less than eq. 20 (nearly equal where no document holds a word twice), and one document
    cannot make a word significant, whatever it repeats. What is left out, that a document with
    more of a word near one group has more near the others, and more anchors, could only make it
    smaller. z = δ / √Var δ; ``z_words`` has the variance of eq. 20 and is but descriptive.
    NaN where there is no other group.
    """
    other, other_size = all_matches - matches, all_size - size
    prior_size = PRIOR * all_size
    with np.errstate(divide="ignore", invalid="ignore"):
        prior = prior_size * all_matches / all_size
        here, there = matches + prior, other + prior
        rest, other_rest = size + prior_size - here, other_size + prior_size - there
        value = np.log(here / rest) - np.log(there / other_rest)
        slope, other_slope = 1 / here + 1 / rest, 1 / there + 1 / other_rest
        other_squared = all_squared - 2 * product + squared
        variance = slope**2 * (squared + prior) + other_slope**2 * (other_squared + prior)
        error = np.sqrt(variance)
        columns = value, error, value / error, value / np.sqrt(1 / here + 1 / there)
    nothing = np.full(len(matches), np.nan)
    return LogOdds(*(columns if size > 0 and other_size > 0 else [nothing] * 4))


class GenBit(NamedTuple):
    """The score of GenBit: its cut-off, the words that reach it, and two means over them."""

    cutoff: float
    words: int
    ratio: float
    conditional: float


def genbit(
    feminine: NDArray[np.float64], masculine: NDArray[np.float64], anchors: tuple[int, int]
) -> GenBit | None:
    """The score of GenBit (Sengupta et al. 2021; Bordia & Bowman 2019) from weighted co-occurrences
    of each word: Σ 0.95^distance, plus 1.

    Words count whose f + m reaches the 80th percentile of those over 2. ``ratio`` is the mean of
    |ln m/f| (``avg_bias_ratio_absolute``), ``conditional`` that of |ln p(w|m)/p(w|f)|
    (``avg_bias_conditional_absolute``) with p(w|f) = f / (feminine anchors + words). Unlike GenBit,
    stop words stay, nothing is lemmatised, anchors are no words of the vocabulary, and the
    vocabulary is that of words near an anchor. None without words.
    """
    both = feminine + masculine
    if not len(both):
        return None
    trimmed = both[both > 2]
    cutoff = float(np.percentile(trimmed, PERCENTILE)) if len(trimmed) else 2.0
    chosen = both >= cutoff
    ratios = np.log(masculine[chosen] / feminine[chosen])
    shift = np.log((anchors[0] + len(both)) / (anchors[1] + len(both)))
    return GenBit(
        cutoff,
        int(chosen.sum()),
        float(np.abs(ratios).mean()),
        float(np.abs(ratios + shift).mean()),
    )


def summarise(
    tables: Mapping[str, pa.Table], window: int, show: Callable[[str], str] | None
) -> dict[str, pa.Table]:
    """The tables `FINAL` from those of both looks, by name.

    `show` makes a word of the corpus fit to be shown; without it no word of the corpus is in the
    tables, only those of the named lists. Memory: the tables, and a few times what they hold of the
    largest language.
    """
    sizes = _sizes(tables[GROUPS.name])
    made: dict[str, list[pa.Table]] = {spec.name: [spec.schema.empty_table()] for spec in FINAL}
    made[ASSOCIATION_LISTS.name].append(_list_scores(tables[LIST_COUNTS.name], sizes))
    sketch = tables[SKETCH.name]
    thresholds = {
        pair: threshold_of(matches[cells < WIDTH]) for pair, cells, matches in sketches(sketch)
    }
    for (language, kind), of in sorted(sizes.items()):
        threshold = thresholds.get((language, kind))
        if threshold is None:
            continue
        moments_of, distances = (
            _of_kind(tables[spec.name], language, kind) for spec in (COUNTS, DISTANCES)
        )
        words = tables[WORDS.name].filter(pc.equal(tables[WORDS.name].column("language"), language))
        one = _Summary(language, kind, of, threshold, moments_of, distances, words)
        made[ASSOCIATION_SCORES.name].append(one.scores(window))
        if show is not None:
            chosen, distances = one.words(show)
            made[ASSOCIATIONS.name].append(chosen)
            made[ASSOCIATION_DISTANCES.name].append(distances)
    return {
        spec.name: pa.concat_tables(made[spec.name]).sort_by(
            [(name, "ascending") for name in spec.key_names]
        )
        for spec in FINAL
    }


_Sizes = dict[tuple[str, str], dict[str, tuple[int, int, int]]]


def _sizes(groups: pa.Table) -> _Sizes:
    """Anchors, documents and co-occurrences of each group, by language and kind."""
    sizes: _Sizes = {}
    for row in groups.to_pylist():
        if row["anchors"] is not None:
            sizes.setdefault((row["language"], row["kind"]), {})[row["group"]] = (
                row["anchors"],
                row["documents"],
                row["matches"],
            )
    return sizes


def _floats(table: pa.Table, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = table.column(name).cast(pa.float64()).to_numpy()
    return values


def _union(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """By some keys the documents, matches and squared matches of all groups together."""
    names = ("documents", "matches", "product")
    sums = table.group_by(list(keys), use_threads=False).aggregate([(n, "sum") for n in names])
    columns = [sums.column(name) for name in (*keys, *(f"{name}_sum" for name in names))]
    return pa.table(columns, names=[*keys, "documents", "matches", "squared"]).cast(
        pa.schema([*(table.schema.field(name) for name in keys), *MOMENTS[:3]])
    )


def _scored(rows: pa.Table, unions: pa.Table, size: int, all_size: int) -> list[pa.Array]:
    """The columns `_SCORES` of rows of one group; `unions` are the same rows of the union."""
    odds = log_odds(
        matches=_floats(rows, "matches"),
        squared=_floats(rows, "squared"),
        product=_floats(rows, "product"),
        all_matches=_floats(unions, "matches"),
        all_squared=_floats(unions, "squared"),
        size=size,
        all_size=all_size,
    )
    return [
        *(rows.column(field.name).combine_chunks() for field in MOMENTS),
        *(unions.column(field.name).combine_chunks() for field in MOMENTS[:3]),
        *(pa.array(column, from_pandas=True) for column in odds),
    ]


def _list_scores(table: pa.Table, sizes: _Sizes) -> pa.Table:
    """`ASSOCIATION_LISTS`: each term of the lists that stands near a group."""
    blocks = [ASSOCIATION_LISTS.schema.empty_table()]
    for (language, kind), of in sorted(sizes.items()):
        here = _of_kind(table, language, kind)
        union = _union(here, ["list", "term"])
        place = {name: row for row, name in enumerate(_pairs(union, "list", "term"))}
        at = np.array([place[name] for name in _pairs(here, "list", "term")], np.int64)
        groups = here.column("group").to_pylist()
        for group, (_, _, size) in of.items():
            rows = [row for row, name in enumerate(groups) if name == group != ANY]
            if not rows:
                continue
            mine, unions = here.take(pa.array(rows)), union.take(pa.array(at[rows]))
            keys = [mine.column(name).combine_chunks() for name in LIST_COUNTS.key_names]
            blocks.append(
                ASSOCIATION_LISTS.table([*keys, *_scored(mine, unions, size, of[ANY][2])])
            )
    return pa.concat_tables(blocks)


def _of_kind(table: pa.Table, language: str, kind: str) -> pa.Table:
    of_language = pc.equal(table.column("language"), language)
    return table.filter(pc.and_(of_language, pc.equal(table.column("kind"), kind)))


def _pairs(table: pa.Table, first: str, second: str) -> list[tuple[str, str]]:
    columns = (table.column(name).to_pylist() for name in (first, second))
    return list(zip(*columns, strict=True))


class _Summary:
    """The words of one language and kind that reach the threshold."""

    def __init__(
        self,
        language: str,
        kind: str,
        sizes: Mapping[str, tuple[int, int, int]],
        threshold: int,
        moments: pa.Table,
        distances: pa.Table,
        words: pa.Table,
    ) -> None:
        self._language, self._kind, self._sizes = language, kind, sizes
        self._threshold = threshold
        union = _union(moments, ["word"])
        union = union.filter(pc.greater_equal(union.column("matches"), threshold))
        self._union = union.sort_by("word")
        self._hashes = self._union.column("word").to_numpy()
        self._moments = self._known(moments.filter(pc.not_equal(moments.column("group"), ANY)))
        self._distances = self._known(distances)
        self._words = words.sort_by("word")

    def _known(self, table: pa.Table) -> pa.Table:
        return table.filter(pa.array(np.isin(table.column("word").to_numpy(), self._hashes)))

    def _rows(self, table: pa.Table) -> NDArray[np.int64]:
        """The row in the union of each row's word."""
        rows: NDArray[np.int64] = np.searchsorted(self._hashes, table.column("word").to_numpy())
        return rows

    def scores(self, window: int) -> pa.Table:
        """`ASSOCIATION_SCORES`, a row."""
        found = self._genbit() if self._kind == GENDER else None
        row = {
            "language": self._language,
            "kind": self._kind,
            "window": window,
            "threshold": self._threshold,
            "words": len(self._hashes),
            "complete": self._threshold == 1,
            "cutoff": found and found.cutoff,
            "words_scored": found and found.words,
            "genbit_ratio": found and found.ratio,
            "genbit_conditional": found and found.conditional,
        }
        return pa.Table.from_pylist([row], schema=ASSOCIATION_SCORES.schema)

    def _genbit(self) -> GenBit | None:
        weighted = []
        for group in GENDERS:
            of = self._distances.filter(pc.equal(self._distances.column("group"), group))
            weights = np.ones(len(self._hashes))
            decayed = DECAY ** of.column("distance").to_numpy() * of.column("matches").to_numpy()
            np.add.at(weights, self._rows(of), decayed)
            weighted.append(weights)
        anchors = self._sizes[GENDERS[0]][0], self._sizes[GENDERS[1]][0]
        return genbit(weighted[0], weighted[1], anchors)

    def words(self, show: Callable[[str], str]) -> tuple[pa.Table, pa.Table]:
        """`ASSOCIATIONS` and `ASSOCIATION_DISTANCES`."""
        all_size = self._sizes[ANY][2]
        texts = self._texts()
        place = np.empty(len(texts), np.int64)
        place[pc.sort_indices(texts).to_numpy()] = np.arange(len(texts))
        in_documents = _floats(self._union, "documents")
        common = _floats(self._union, "matches") >= COMMON * all_size
        common &= in_documents >= COMMON_DOCUMENTS * self._sizes[ANY][1]
        few = in_documents < FEW_DOCUMENTS
        blocks = [ASSOCIATIONS.schema.empty_table()]
        kept = [ASSOCIATION_DISTANCES.schema.empty_table()]
        for group, (_, _, size) in sorted(self._sizes.items()):
            mine = self._moments.filter(pc.equal(self._moments.column("group"), group))
            if not mine.num_rows:
                continue
            at = self._rows(mine)
            columns = _scored(mine, self._union.take(pa.array(at)), size, all_size)
            z, matches = (
                np.abs(columns[-2].to_numpy(zero_copy_only=False)),
                _floats(mine, "matches"),
            )
            chosen = np.zeros(len(at), np.bool_)
            places = np.lexsort((place[at], -np.nan_to_num(z), few[at]))
            chosen[places[~common[at][places]][:TOP]] = True
            chosen[np.lexsort((place[at], -matches))[:TOP]] = True
            rows = np.flatnonzero(chosen)
            words = np.sort(at[rows])
            names = dict(zip(words.tolist(), texts.take(pa.array(words)).to_pylist(), strict=True))
            names = {row: show(text) for row, text in names.items()}
            blocks.append(
                ASSOCIATIONS.table(
                    [
                        pa.repeat(self._language, len(rows)),
                        pa.repeat(self._kind, len(rows)),
                        pa.repeat(group, len(rows)),
                        pa.array([names[row] for row in at[rows].tolist()], pa.string()),
                        common[at[rows]],
                        *(column.take(pa.array(rows)) for column in columns),
                    ]
                )
            )
            kept.append(self._kept_distances(group, names))
        return pa.concat_tables(blocks), pa.concat_tables(kept)

    def _kept_distances(self, group: str, names: Mapping[int, str]) -> pa.Table:
        of = self._distances.filter(pc.equal(self._distances.column("group"), group))
        rows = self._rows(of)
        keep = np.isin(rows, np.array(list(names), np.int64))
        return ASSOCIATION_DISTANCES.table(
            [
                pa.repeat(self._language, int(keep.sum())),
                pa.repeat(self._kind, int(keep.sum())),
                pa.repeat(group, int(keep.sum())),
                pa.array([names[row] for row in rows[keep].tolist()], pa.string()),
                of.column("distance").to_numpy()[keep],
                of.column("matches").to_numpy()[keep],
            ]
        )

    def _texts(self) -> pa.ChunkedArray:
        known = self._words.column("word").to_numpy()
        rows = np.searchsorted(known, self._hashes)
        return self._words.column("text").take(pa.array(rows))
