"""Associations: the words that go with women and men, and with the groups of an axis.

**Co-occurrence.** An *anchor* is a word that names somebody of a group: for gender a person noun of
the gender lexicon that stands in one class only, or a third-person pronoun of one gender (German
*sie*, she and they, is none); for an axis each term of the list of demographic terms. Every word
within `window` words before or after an anchor, in the same part, is one co-occurrence with the
anchor's group: a word near two anchors counts twice, near anchors of two groups once for each.
Words that belong to an anchor are no context of any group of the same kind (*kind*: gender, or an
axis), nor are words that begin with an ASCII digit or have more than `MAX_WORD` bytes. Distance is
counted in words, punctuation left out. Languages whose words are characters (`segmentation.RULES`)
are left out: a character is no word.

**Two looks.** A corpus has more distinct words than memory. The first look adds every
co-occurrence to a Count-Min sketch (Cormode & Muthukrishnan, J. Algorithms 55 (2005) 58–75; plain
updates, so sketches add up), one for each language and kind, of ``ROWS × WIDTH`` cells. The
threshold of a language and kind is the smallest count that at most `CANDIDATES` cells of the
sketch's first row reach; where fewer cells are in use it is 1, and every word is counted. The
second look counts exactly all words whose cells reach the threshold. A sketch never counts too
low, so every word that reaches the threshold is among them, and those that do not are dropped
at the end: the result depends on nothing but the corpus.

Two words are one where their 64-bit hashes are (`kernels`: n²/2⁶⁵ for n words met by chance). Their
text is read in the second look, folded as words are compared.

**Scores.** `log_odds` compares a group with the other groups of its kind; `genbit` is the score of
GenBit. Both are computed by `summarise` from sums of integers, when all looks are done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus_assay.lexicons.context import LISTS, association_languages, context_lists
from corpus_assay.transforms import association_kernels as sweep
from corpus_assay.transforms import kernels, unicode
from corpus_assay.transforms.association_anchors import (
    GENDERS,
    MAX_WORD,
    Anchors,
    Kind,
    Languages,
    Reach,
    axis_kinds,
    gender_kind,
    kinds,
    near,
)
from corpus_assay.transforms.association_kernels import ROWS, WIDTH
from corpus_assay.transforms.association_scores import (
    GenBit,
    LogOdds,
    genbit,
    log_odds,
    summarise,
)
from corpus_assay.transforms.association_sketch import SELECTION, prepare, runs
from corpus_assay.transforms.association_tables import (
    ASSOCIATION_DISTANCES,
    ASSOCIATION_LISTS,
    ASSOCIATION_SCORES,
    ASSOCIATIONS,
    COUNTS,
    DISTANCES,
    FINAL,
    FIRST,
    GENDER,
    GROUPS,
    LIST_COUNTS,
    MAX_WINDOW,
    SECOND,
    SKETCH,
    WINDOW,
    WORDS,
)
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.matching import Matcher, Matches
from corpus_assay.transforms.segmentation import RULES
from corpus_assay.transforms.tokens import TokenBatch

__all__ = [
    "ASSOCIATIONS",
    "ASSOCIATION_DISTANCES",
    "ASSOCIATION_LISTS",
    "ASSOCIATION_SCORES",
    "COUNTS",
    "DISTANCES",
    "EVENTS",
    "FINAL",
    "FIRST",
    "GENDER",
    "GENDERS",
    "GROUPS",
    "LIST_COUNTS",
    "MAX_WINDOW",
    "MAX_WORD",
    "SECOND",
    "SELECTION",
    "SKETCH",
    "WINDOW",
    "WORDS",
    "Anchors",
    "GenBit",
    "Kind",
    "LogOdds",
    "NamedLists",
    "Reach",
    "analyzer",
    "axis_kinds",
    "genbit",
    "gender_kind",
    "kinds",
    "log_odds",
    "named_lists",
    "prepare",
    "second_analyzer",
    "summarise",
]

EVENTS = 1 << 21
"""Co-occurrences that are sorted at once."""


class _Pairs(NamedTuple):
    """`association_kernels.pairs`, sorted and counted: keys (uint64) and counts (int64)."""

    by_unit: tuple[NDArray[np.uint64], NDArray[np.int64]]
    by_distance: tuple[NDArray[np.uint64], NDArray[np.int64]]
    units: int

    @classmethod
    def of(
        cls,
        batch: TokenBatch,
        reach: Reach,
        numbers: NDArray[np.int32],
        groups: int,
        window: int,
        size: int = EVENTS,
    ) -> _Pairs:
        """Memory: 16 bytes for each of `size` co-occurrences, and for each distinct one."""
        anchors = reach.anchors
        documents = batch.part_document[anchors.parts]
        units = np.zeros(len(documents), np.int32)
        units[1:] = np.cumsum(documents[1:] != documents[:-1])
        count = int(units[-1]) + 1 if len(units) else 1
        total = len(anchors.firsts)
        room = max(min(size, total * 2 * window), 2 * window)
        buffers = np.empty(room, np.uint64), np.empty(room, np.uint64)
        merged: list[list[tuple[NDArray[np.uint64], NDArray[np.int64]]]] = [[], []]
        at, sizes = 0, np.array([count, groups], np.int64)
        while at < total:
            at, found = sweep.pairs(
                at,
                total,
                anchors.firsts,
                anchors.lasts,
                anchors.groups,
                units,
                reach.lows,
                reach.highs,
                numbers,
                window,
                sizes,
                *buffers,
            )
            for place, buffer in enumerate(buffers):
                merged[place] = [_added([*merged[place], _counted(np.sort(buffer[:found]))])]
        nothing = np.empty(0, np.uint64), np.empty(0, np.int64)
        by_unit, by_distance = (of[0] if of else nothing for of in merged)
        return cls(by_unit, by_distance, count)

    def moments(self, groups: int) -> NDArray[np.int64]:
        """Rows of `association_kernels.document_moments`."""
        keys, numbers = self.by_unit
        out = np.empty((2 * len(keys), 6), np.int64)
        return out[: sweep.document_moments(keys, numbers, self.units, groups, out)]


def _counted(values: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    begins = runs(values)
    return values[begins], np.diff(np.append(begins, len(values)))


def _added(
    parts: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([one for one, _ in parts])
    order = np.argsort(keys, kind="stable")
    keys, numbers = keys[order], np.concatenate([of for _, of in parts])[order]
    begins = runs(keys)
    return keys[begins], np.add.reduceat(numbers, begins) if len(begins) else numbers


# --- The named lists -------------------------------------------------------------------------


class NamedLists(NamedTuple):
    """The named lists of all languages: what finds their forms, and for each of `LISTS` the
    number in ``terms`` of the term that an entry is a form of (int32, -1 for none)."""

    matcher: Matcher
    numbers: tuple[NDArray[np.int32], ...]
    terms: pa.StringArray
    languages: tuple[str, ...]


@lru_cache(maxsize=1)
def named_lists() -> NamedLists:
    """The bundled lists, ready to match."""
    texts: dict[str, list[str]] = {}
    numbers: list[list[int]] = [[] for _ in LISTS]
    terms: list[str] = []
    used = [code for code in association_languages() if code not in RULES]
    for language in used:
        of_form: dict[str, dict[int, int]] = {}
        for place, name in enumerate(LISTS):
            for term, forms in context_lists(language).lists.get(name, {}).items():
                for form in forms:
                    of_form.setdefault(form, {})[place] = len(terms)
                terms.append(term)
        texts[language] = list(of_form)
        for place, of in enumerate(numbers):
            of.extend(found.get(place, -1) for found in of_form.values())
    matcher = Matcher(texts)
    # Texts that fold alike share the number of the first.
    columns = []
    for of in numbers:
        column = np.full(len(of), -1, np.int32)
        for entry, number in enumerate(of):
            first = matcher.canonical[entry]
            if number >= 0 and first >= 0 and column[first] < 0:
                column[first] = number
        columns.append(column)
    return NamedLists(matcher, tuple(columns), pa.array(terms, pa.string()), tuple(used))


def _list_rows(
    batch: TokenBatch,
    reach: Reach,
    kind: Kind,
    languages: Languages,
    found: Matches,
    window: int,
) -> Iterator[pa.Table]:
    lists = named_lists()
    names = pa.array(languages.names, pa.string())
    usable = reach.open[found.firsts]
    places, entries = found.firsts[usable], found.entries[usable]
    of_language = languages.of_part[found.parts[usable]]
    for name, numbers in zip(LISTS, lists.numbers, strict=True):
        listed = numbers[entries] >= 0
        if not listed.any():
            continue
        terms, language_of = numbers[entries[listed]], np.zeros(len(lists.terms), np.int64)
        language_of[terms] = of_language[listed]
        at = np.full(len(batch.hashes), -1, np.int32)
        for whole, values in ((False, terms), (True, of_language[listed])):
            at[places[listed]] = values
            pairs = _Pairs.of(batch, reach, at, len(kind.groups), window)
            rows = pairs.moments(len(kind.groups))
            number = rows[:, 0]
            yield LIST_COUNTS.table(
                [
                    names.take(pa.array(number if whole else language_of[number])),
                    pa.repeat(kind.name, len(rows)),
                    pa.repeat(name, len(rows)),
                    pa.repeat(ANY, len(rows)) if whole else lists.terms.take(pa.array(number)),
                    _group_names(kind, rows[:, 1]),
                    *(pa.array(column) for column in rows[:, 2:].T),
                ]
            )


def _group_names(kind: Kind, numbers: NDArray[np.int64]) -> pa.Array:
    return pa.array([*kind.groups, ANY], pa.string()).take(pa.array(numbers))


# --- The first look --------------------------------------------------------------------------


def analyzer(of_kinds: Sequence[Kind], window: int) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables `FIRST`.

    Memory: about 50 bytes a word, 16 a co-occurrence with a word of the named lists (at most
    `EVENTS` at once), and the tables: rows of the sketch are at most ROWS × WIDTH for each language
    and kind.
    """
    lists = named_lists()

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        tables: dict[str, list[pa.Table]] = {spec.name: [] for spec in FIRST}
        listed = lists.matcher.match(batch)
        for kind in of_kinds:
            languages = Languages.of(batch, kind)
            reach = near(batch, kind, languages, window)
            tables[GROUPS.name].append(_groups(batch, reach, kind, languages))
            tables[SKETCH.name].append(_sketch(batch, reach, kind, languages))
            tables[LIST_COUNTS.name] += _list_rows(batch, reach, kind, languages, listed, window)
        return {name: pa.concat_tables(of) for name, of in tables.items() if of}

    return analyze


def _groups(batch: TokenBatch, reach: Reach, kind: Kind, languages: Languages) -> pa.Table:
    """`GROUPS`; both genders have a row in every language that is counted."""
    width = len(kind.groups) + 1
    documents = batch.part_document[reach.anchors.parts].astype(np.int64)
    language = languages.of_part[reach.anchors.parts].astype(np.int64)
    keys = language * width + reach.anchors.groups
    sums: dict[int, list[int]] = {}
    for place, (of, cells) in enumerate(
        (
            (keys, documents * width + reach.anchors.groups),
            (language * width + width - 1, documents),
        )
    ):
        present, index = np.unique(of, return_inverse=True)
        totals = np.zeros((len(present), 3), np.int64)
        # An anchor of two groups is one anchor of their union, and near the same words twice.
        new = np.ones(len(of), np.bool_)
        if place:
            new[1:] = np.diff(reach.anchors.firsts) != 0
        _, first = np.unique(cells, return_index=True)
        in_document = np.zeros(len(of), np.int64)
        in_document[first] = 1
        columns = np.stack([new.astype(np.int64), in_document, reach.matches], axis=1)
        kernels.add_rows(index.reshape(-1), columns, totals)
        sums |= dict(zip(present.tolist(), totals.tolist(), strict=True))
    shown = range(width) if kind.name == GENDER else (width - 1,)
    for number in range(len(languages.names)):
        for group in shown:
            sums.setdefault(number * width + group, [0, 0, 0])
    rows = []
    for number, found in sorted(sums.items()):
        code, group = languages.names[number // width], number % width
        counted = bool(languages.counted[number // width])
        name = ANY if group == width - 1 else kind.groups[group]
        ambiguous = (code, name) in kind.ambiguous
        rows.append((code, kind.name, name, ambiguous, *(found if counted else [None] * 3)))
    return GROUPS.table(
        [pa.array(column) for column in zip(*rows, strict=True)]
        if rows
        else [pa.array([], field.type) for field in GROUPS.schema]
    )


def _sketch(batch: TokenBatch, reach: Reach, kind: Kind, languages: Languages) -> pa.Table:
    near = int(np.count_nonzero((reach.cover > 0) & reach.open))
    events = np.empty(ROWS * near, np.uint64)
    found = sweep.sketch_events(
        batch.hashes, reach.cover, reach.open, batch.token_offsets, languages.of_part, events
    )
    events = np.sort(events[:found])
    cells = (events >> np.uint64(24)).astype(np.int64)
    begins = runs(cells.view(np.uint64))
    weights = (events & np.uint64(0xFFFFFF)).astype(np.int64)
    matches = np.add.reduceat(weights, begins) if len(begins) else weights
    language, cell = np.divmod(cells[begins], ROWS * WIDTH)
    return SKETCH.table(
        [
            pa.array(languages.names, pa.string()).take(pa.array(language)),
            pa.repeat(kind.name, len(cell)),
            cell,
            matches,
        ]
    )


# --- The second look -------------------------------------------------------------------------


def second_analyzer(
    of_kinds: Sequence[Kind], window: int, selection: Mapping[str, pa.Table]
) -> Callable[[TokenBatch], dict[str, pa.Table]]:
    """A map from a token batch to the tables `SECOND`.

    Memory: about 80 bytes a word of the batch, 32 bytes for each of up to `EVENTS` co-occurrences
    and for each distinct one, and 64 KiB for each language and kind of the selection.
    """
    rows = selection[SELECTION].to_pylist()
    bits = {(row["language"], row["kind"]): np.frombuffer(row["bits"], np.uint8) for row in rows}

    def analyze(batch: TokenBatch) -> dict[str, pa.Table]:
        tables: dict[str, list[pa.Table]] = {spec.name: [] for spec in SECOND}
        for kind in of_kinds:
            languages = Languages.of(batch, kind)
            reach = near(batch, kind, languages, window)
            marked = [bits.get((name, kind.name)) for name in languages.names]
            numbers, places = _numbered(batch, reach, languages, marked)
            for name, table in _exact(batch, reach, kind, numbers, places, window):
                tables[name].append(table)
        return {name: pa.concat_tables(of) for name, of in tables.items() if of}

    return analyze


def _numbered(
    batch: TokenBatch,
    reach: Reach,
    languages: Languages,
    marked: Sequence[NDArray[np.uint8] | None],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The number of each candidate (int32, -1 for other words), and where each number first
    stands."""
    present = [place for place, one in enumerate(marked) if one is not None]
    rows = [one for one in marked if one is not None]
    slots = np.full(len(marked) + 1, -1, np.int32)
    slots[present] = np.arange(len(present))
    numbers = np.full(len(batch.hashes), -1, np.int32)
    if not rows:
        return numbers, np.empty(0, np.int64)
    near = int(np.count_nonzero((reach.cover > 0) & reach.open))
    room = 1 << max(2 * near, 4).bit_length()
    places = np.empty(max(near, 1), np.int64)
    count = sweep.number_words(
        batch.hashes,
        reach.cover,
        reach.open,
        batch.token_offsets,
        slots[languages.of_part],
        np.stack(rows),
        np.empty(room, np.uint64),
        np.full(room, -1, np.int32),
        numbers,
        places,
    )
    return numbers, places[:count]


def _exact(
    batch: TokenBatch,
    reach: Reach,
    kind: Kind,
    numbers: NDArray[np.int32],
    places: NDArray[np.int64],
    window: int,
) -> Iterator[tuple[str, pa.Table]]:
    groups = len(kind.groups)
    pairs = _Pairs.of(batch, reach, numbers, groups, window)
    names, of_document = batch.languages
    part = np.searchsorted(batch.token_offsets, places, side="right") - 1
    language = of_document[batch.part_document[part]] if len(places) else np.empty(0, np.int32)
    languages = pa.array(names, pa.string()).take(pa.array(language))
    words = pa.array(batch.hashes[places].view(np.int64))

    def keys(number: NDArray[np.int64], group: NDArray[np.int64]) -> list[pa.Array]:
        return [
            languages.take(pa.array(number)),
            pa.repeat(kind.name, len(number)),
            _group_names(kind, group),
            words.take(pa.array(number)),
        ]

    rows = pairs.moments(groups)
    columns = (pa.array(column) for column in rows[:, 2:].T)
    yield COUNTS.name, COUNTS.table([*keys(rows[:, 0], rows[:, 1]), *columns])
    cells, matches = pairs.by_distance
    rest, distance = np.divmod(cells.astype(np.int64), 32)
    yield DISTANCES.name, DISTANCES.table([*keys(*np.divmod(rest, groups)), distance, matches])
    yield (
        WORDS.name,
        WORDS.table([languages, words, np.zeros(len(places), np.uint64), _texts(batch, places)]),
    )


def _texts(batch: TokenBatch, places: NDArray[np.int64]) -> pa.StringArray:
    """The folded texts of some words."""
    part = np.searchsorted(batch.token_offsets, places, side="right") - 1
    profiles = batch.profiles[part] if len(places) else np.empty(0, np.uint8)
    texts: list[pa.StringArray] = []
    rows: list[NDArray[np.int64]] = []
    for profile in np.unique(profiles):
        of = np.flatnonzero(profiles == profile)
        starts, ends = batch.starts[places[of]], batch.ends[places[of]]
        offsets = np.empty(len(of) + 1, np.int64)
        # Folding and normalising make at most 12 code points of a byte.
        codes = np.empty(12 * int((ends - starts).sum()) + 64, np.uint32)
        base = int(profile) * unicode.PAGES
        kernels.fold_words(batch.data, starts, ends, base, offsets, codes)
        codes = codes[: offsets[-1]]
        sizes = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
        edges = np.concatenate([[0], np.cumsum(sizes)])[offsets].astype(np.int32)
        text = codes.astype("<u4").tobytes().decode("utf-32-le").encode()
        texts.append(pa.StringArray.from_buffers(len(of), pa.py_buffer(edges), pa.py_buffer(text)))
        rows.append(of)
    if not texts:
        return pa.array([], pa.string())
    order = np.argsort(np.concatenate(rows), kind="stable")
    return pa.concat_arrays(texts).take(pa.array(order))
