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

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus_assay.lexicons.context import LISTS, association_languages, context_lists
from corpus_assay.lexicons.terms import KINDS, MAX_AXES
from corpus_assay.transforms import association_kernels as sweep
from corpus_assay.transforms import compiled, demographics, gender, kernels, pronouns, unicode
from corpus_assay.transforms.additive import TableSpec, counts, key, moments
from corpus_assay.transforms.association_kernels import ROWS, WIDTH
from corpus_assay.transforms.documents import ANY
from corpus_assay.transforms.matching import Matcher, Matches
from corpus_assay.transforms.segmentation import RULES
from corpus_assay.transforms.tokens import TokenBatch

GENDER = "gender"
GENDERS = ("feminine", "masculine")

WINDOW, MAX_WINDOW = 10, 30
"""Words to each side: ours, and the most, which is GenBit's."""
DECAY = 0.95
"""GenBit's weight of a word, to the power of its distance."""
MAX_WORD = 200
"""Bytes of the longest word that can be context."""
CANDIDATES = 1 << 15
"""Cells of the first row of a sketch that may reach the threshold."""
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
EVENTS = 1 << 21
"""Co-occurrences that are sorted at once."""

_GROUP = key("language"), key("kind"), key("group")
_MOMENTS = (*counts("documents", "matches"), *moments("squared", "product"))
_SCORES = (
    *counts("documents", "matches"),
    *moments("squared", "product"),
    *counts("all_documents", "all_matches"),
    *moments("all_squared"),
    *(pa.field(name, pa.float64()) for name in ("log_odds", "error", "z", "z_words")),
)

GROUPS = TableSpec(
    "association_groups",
    (*_GROUP, key("ambiguous", pa.bool_())),
    counts("anchors", "documents", "matches"),
)
"""Anchors, documents with one, and co-occurrences n of each group; group ``any`` is the union of
the groups of a kind, in which a document counts once. ``ambiguous`` says that the term often means
something else. Null where the language has no list, or no words (`segmentation.RULES`)."""

SKETCH = TableSpec(
    "association_sketch",
    (key("language"), key("kind"), key("cell", pa.int64())),
    counts("matches"),
    grows=True,
    hidden=True,
)
"""The sketch: cells 0 to WIDTH − 1 are those of its first row."""

LIST_COUNTS = TableSpec(
    "association_list_counts",
    (key("language"), key("kind"), key("list"), key("term"), key("group")),
    _MOMENTS,
    hidden=True,
)
"""What `COUNTS` holds of words, of the terms of the named lists; term ``any`` is a whole list."""

COUNTS = TableSpec(
    "association_counts", (*_GROUP, key("word", pa.int64())), _MOMENTS, grows=True, hidden=True
)
"""With y the co-occurrences of a word and a group in a document, and Y those with all groups of the
kind: documents with y > 0, Σy, Σy² and ΣyY, by the word's hash. Rows of group ``any`` take off the
documents that several groups count, so that the rows of a word add up to those of the union:
documents with Y > 0, ΣY, and ΣY² = ΣΣyY."""

DISTANCES = TableSpec(
    "association_distance_counts",
    (*_GROUP, key("word", pa.int64()), key("distance", pa.int64())),
    counts("matches"),
    grows=True,
    hidden=True,
)
"""Co-occurrences of a word and a group by distance in words."""

WORDS = TableSpec(
    "association_words",
    (key("language"), key("word", pa.int64())),
    (pa.field("rank", pa.uint64()), pa.field("text", pa.string())),
    merge="smallest",
    keep=1,
    grows=True,
    hidden=True,
)
"""The text of each hash, folded."""

ASSOCIATIONS = TableSpec(
    "associations", (*_GROUP, key("word"), key("common", pa.bool_())), _SCORES, merge="union"
)
"""The words of a group, by `summarise`: documents, Σy, Σy² and ΣyY of the group, documents, ΣY and
ΣY² of all groups of the kind, and `log_odds`. Of each group the `TOP` words of the largest absolute
z that are not ``common``, those of `FEW_DOCUMENTS` first, and the `TOP` words of the largest
count."""

ASSOCIATION_DISTANCES = TableSpec(
    "association_distances",
    (*_GROUP, key("word"), key("distance", pa.int64())),
    counts("matches"),
    merge="union",
)
"""Co-occurrences by distance of the words in `ASSOCIATIONS`."""

ASSOCIATION_LISTS = TableSpec(
    "association_lists",
    (key("language"), key("kind"), key("list"), key("term"), key("group")),
    _SCORES,
    merge="union",
)
"""The same columns for the terms of the named lists (all of their forms), and for each whole list
(term ``any``)."""

ASSOCIATION_SCORES = TableSpec(
    "association_scores",
    (key("language"), key("kind")),
    (
        *counts("window", "threshold", "words"),
        pa.field("complete", pa.bool_()),
        pa.field("cutoff", pa.float64()),
        *counts("words_scored"),
        pa.field("genbit_ratio", pa.float64()),
        pa.field("genbit_conditional", pa.float64()),
    ),
    merge="union",
)
"""How a language and kind was counted: ``words`` distinct ones reach the ``threshold``;
``complete`` says that it is 1, so that these are all words. Then what `genbit` gives."""

FIRST = (GROUPS, SKETCH, LIST_COUNTS)
SECOND = (COUNTS, DISTANCES, WORDS)
FINAL = (ASSOCIATIONS, ASSOCIATION_DISTANCES, ASSOCIATION_LISTS, ASSOCIATION_SCORES)


# --- Anchors ---------------------------------------------------------------------------------


class Anchors(NamedTuple):
    """Anchors in document order: ``firsts`` and ``lasts`` (int64, numbers of words), ``parts``
    and ``groups`` (int32); one of several groups is there for each."""

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    parts: NDArray[np.int32]
    groups: NDArray[np.int32]

    @classmethod
    def of(cls, found: Sequence[tuple[Matches, NDArray[np.integer]]]) -> Anchors:
        """Matches with a group each, from one or more matchers."""
        firsts = np.concatenate([one.firsts for one, _ in found])
        groups = np.concatenate([of for _, of in found]).astype(np.int32)
        order = np.lexsort((groups, firsts))
        keep = np.ones(len(order), np.bool_)
        keep[1:] = (np.diff(firsts[order]) != 0) | (np.diff(groups[order]) != 0)
        order = order[keep]
        lasts = np.concatenate([one.lasts for one, _ in found])
        parts = np.concatenate([one.parts for one, _ in found])
        return cls(firsts[order], lasts[order], parts[order], groups[order])

    def where(self, keep: NDArray[np.bool_]) -> Anchors:
        """The anchors for which `keep` holds."""
        return Anchors(self.firsts[keep], self.lasts[keep], self.parts[keep], self.groups[keep])


@dataclass(frozen=True)
class Kind:
    """A kind of groups: its name, the names of its groups, the languages whose lists have some,
    the (language, group) pairs that often mean something else, and what finds anchors."""

    name: str
    groups: tuple[str, ...]
    languages: frozenset[str]
    ambiguous: frozenset[tuple[str, str]]
    find: Callable[[TokenBatch], Anchors]


def gender_kind(lexicon: str | None, core: bool) -> Kind:
    """Women and men: person nouns of one class only, pronouns of one gender only."""
    listed, pronoun_lists = compiled.load(lexicon), compiled.load_pronouns()
    nouns = gender.compile_lexicons(listed, core)
    masks = nouns.masks[nouns.senses]
    of_noun = np.where((masks < 1) | (masks > 2), -1, masks.astype(np.int32) - 1)
    words = pronouns.compile_pronouns(pronoun_lists)
    plain = {KINDS.index("third")}
    wanted = [{KINDS.index(name)} for name in GENDERS]
    of_combination = np.full(len(words.masks), -1, np.int32)
    for number in range(len(words.masks)):
        low, high = words.listed.offsets[number : number + 2]
        kinds = set(words.listed.numbers[low:high].tolist()) - plain
        family = words.families.offsets[number] != words.families.offsets[number + 1]
        if kinds in wanted and not family:
            of_combination[number] = wanted.index(kinds)
    of_pronoun = of_combination[words.combination]

    def find(batch: TokenBatch) -> Anchors:
        matches = [
            (nouns.matcher.match(batch), of_noun),
            (words.lists.find(batch), of_pronoun),
        ]
        found = []
        for one, of in matches:
            groups = of[one.entries]
            found.append((one.where(groups >= 0), groups[groups >= 0]))
        return Anchors.of(found)

    return Kind(GENDER, GENDERS, frozenset({*listed, *pronoun_lists}), frozenset(), find)


def axis_kinds(names: Sequence[str], descriptors: str | None) -> list[Kind]:
    """The terms of some axes.

    Raises `ValueError` for an axis that no list has.
    """
    if not names:
        return []
    lists = compiled.load_demographics(descriptors)
    terms = demographics.compile_demographics(lists)
    if unknown := [name for name in names if name not in terms.axes]:
        raise ValueError(
            f"no demographic terms have the axis {unknown[0]!r}; there are gender, "
            + ", ".join(terms.axes)
        )
    return [_axis_kind(name, lists, terms) for name in names]


def _axis_kind(
    name: str,
    lists: Mapping[str, compiled.CompiledLexicon],
    terms: demographics.DemographicMatcher,
) -> Kind:
    described = {
        (language, concept): about[2]
        for language, one in lists.items()
        for concept, about in one.about["descriptors"].items()
        if name in about[0]
    }
    groups = sorted({concept for _, concept in described})
    number = {concept: place for place, concept in enumerate(groups)}
    axis = terms.axes.index(name)
    of_term = np.full(len(terms.concepts), -1, np.int32)
    for term, concept in enumerate(terms.concepts.to_pylist()):
        low, high = terms.term_axes.offsets[term : term + 2]
        if axis in terms.term_axes.numbers[low:high]:
            of_term[term] = number[concept]

    def find(batch: TokenBatch) -> Anchors:
        found = terms.find(batch)
        positions, of = terms.terms.expand(terms.combination[found.entries])
        wanted = of_term[of] >= 0
        return Anchors.of([(found.at(positions[wanted]), of_term[of[wanted]])])

    return Kind(
        name,
        tuple(groups),
        frozenset(language for language, _ in described),
        frozenset(pair for pair, polysemous in described.items() if polysemous),
        find,
    )


@lru_cache(maxsize=2)
def kinds(
    names: tuple[str, ...], lexicon: str | None, core: bool, descriptors: str | None
) -> tuple[Kind, ...]:
    """The kinds that are asked for, ``gender`` and axes. Raises `ValueError` for unknown ones."""
    if len(names) > MAX_AXES:
        raise ValueError(f"{len(names)} kinds of groups; at most {MAX_AXES} can be counted")
    axes = axis_kinds([name for name in names if name != GENDER], descriptors)
    of_axis = {kind.name: kind for kind in axes}
    return tuple(
        gender_kind(lexicon, core) if name == GENDER else of_axis[name]
        for name in dict.fromkeys(names)
    )


# --- Reach -----------------------------------------------------------------------------------


class Reach(NamedTuple):
    """What stands near the anchors of one kind in a batch.

    ``anchors`` with the words ``lows`` to ``highs`` (int64, without the last) of their parts that
    they reach, and the ``matches`` of each (int64); ``cover`` (int32) is the number of anchors
    that reach a word; ``open`` (bool) says of words that they can be context.
    """

    anchors: Anchors
    lows: NDArray[np.int64]
    highs: NDArray[np.int64]
    matches: NDArray[np.int64]
    cover: NDArray[np.int32]
    open: NDArray[np.bool_]

    @classmethod
    def of(cls, batch: TokenBatch, anchors: Anchors, window: int) -> Reach:
        """Memory: about 30 bytes a word."""
        firsts, after = anchors.firsts, anchors.lasts + 1
        offsets = batch.token_offsets
        lows = np.maximum(offsets[anchors.parts], firsts - window)
        highs = np.minimum(offsets[anchors.parts + 1], after + window)
        own = _spans(len(batch.hashes), [(firsts, after)])
        digit = batch.data[batch.starts] - np.uint8(ord("0")) < 10
        usable = (own == 0) & ~digit & (batch.ends - batch.starts <= MAX_WORD)
        before = np.zeros(len(usable) + 1, np.int64)
        np.cumsum(usable, out=before[1:])
        matches = before[firsts] - before[lows] + before[highs] - before[after]
        cover = _spans(len(batch.hashes), [(lows, firsts), (after, highs)])
        return cls(anchors, lows, highs, matches, cover, usable)


def _spans(
    words: int, spans: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> NDArray[np.int32]:
    """How many spans, from a word to before another, each word stands in: int32[words]."""
    change = np.zeros(words + 1, np.int32)
    for begins, ends in spans:
        change += np.bincount(begins, minlength=words + 1).astype(np.int32)
        change -= np.bincount(ends, minlength=words + 1).astype(np.int32)
    return np.cumsum(change[:-1], dtype=np.int32)


class _Languages(NamedTuple):
    """Languages of a batch in which a kind is counted: the names of all, and the number of each
    part's (int32, -1 where it is not counted)."""

    names: list[str]
    counted: NDArray[np.bool_]
    of_part: NDArray[np.int32]

    @classmethod
    def of(cls, batch: TokenBatch, kind: Kind) -> _Languages:
        names, of_document = batch.languages
        counted = np.array([name in kind.languages and name not in RULES for name in names])
        numbers = np.where(counted, np.arange(len(names)), -1).astype(np.int32)
        if not len(batch.part_document):
            return cls(names, counted, np.empty(0, np.int32))
        return cls(names, counted, numbers[of_document[batch.part_document]])


def _reach(batch: TokenBatch, kind: Kind, languages: _Languages, window: int) -> Reach:
    anchors = kind.find(batch)
    return Reach.of(batch, anchors.where(languages.of_part[anchors.parts] >= 0), window)


def _runs(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where runs of equal values begin."""
    begins = np.ones(len(values), np.bool_)
    begins[1:] = values[1:] != values[:-1]
    return np.flatnonzero(begins)


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
    begins = _runs(values)
    return values[begins], np.diff(np.append(begins, len(values)))


def _added(
    parts: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([one for one, _ in parts])
    order = np.argsort(keys, kind="stable")
    keys, numbers = keys[order], np.concatenate([of for _, of in parts])[order]
    begins = _runs(keys)
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
    languages: _Languages,
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
            languages = _Languages.of(batch, kind)
            reach = _reach(batch, kind, languages, window)
            tables[GROUPS.name].append(_groups(batch, reach, kind, languages))
            tables[SKETCH.name].append(_sketch(batch, reach, kind, languages))
            tables[LIST_COUNTS.name] += _list_rows(batch, reach, kind, languages, listed, window)
        return {name: pa.concat_tables(of) for name, of in tables.items() if of}

    return analyze


def _groups(batch: TokenBatch, reach: Reach, kind: Kind, languages: _Languages) -> pa.Table:
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


def _sketch(batch: TokenBatch, reach: Reach, kind: Kind, languages: _Languages) -> pa.Table:
    near = int(np.count_nonzero((reach.cover > 0) & reach.open))
    events = np.empty(ROWS * near, np.uint64)
    found = sweep.sketch_events(
        batch.hashes, reach.cover, reach.open, batch.token_offsets, languages.of_part, events
    )
    events = np.sort(events[:found])
    cells = (events >> np.uint64(24)).astype(np.int64)
    begins = _runs(cells.view(np.uint64))
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


# --- Between the looks -----------------------------------------------------------------------

SELECTION = "candidates"


def prepare(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """From `SKETCH` to the selection of the second look: language, kind, threshold (int64) and
    bits (binary, a bit for each cell that reaches it). Memory: the sketch, and 64 KiB of bits for
    each language and kind."""
    sketch = tables[SKETCH.name].combine_chunks()
    if not sketch.num_rows:
        return {}
    rows: list[tuple[str, str, int, bytes]] = []
    for (language, kind), cells, matches in _sketches(sketch):
        threshold = _threshold(matches[cells < WIDTH])
        marked = np.zeros(ROWS * WIDTH, np.bool_)
        marked[cells[matches >= threshold]] = True
        rows.append((language, kind, threshold, np.packbits(marked, bitorder="little").tobytes()))
    names = ("language", "kind", "threshold", "bits")
    columns = dict(zip(names, map(list, zip(*sorted(rows), strict=True)), strict=True))
    return {SELECTION: pa.table(columns)}


def _threshold(first_row: NDArray[np.int64]) -> int:
    """The smallest count from 1 that at most `CANDIDATES` cells reach."""
    if len(first_row) <= CANDIDATES:
        return 1
    return int(np.partition(first_row, len(first_row) - CANDIDATES - 1)[-CANDIDATES - 1]) + 1


def _sketches(
    sketch: pa.Table,
) -> Iterator[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.int64]]]:
    """Language and kind, cells and counts of each sketch."""
    names = [sketch.column(name).combine_chunks().dictionary_encode() for name in _KIND]
    width = len(names[1].dictionary)
    numbers = names[0].indices.to_numpy().astype(np.int64) * width + names[1].indices.to_numpy()
    cells, matches = (sketch.column(name).to_numpy() for name in ("cell", "matches"))
    order = np.argsort(numbers, kind="stable")
    begins = _runs(numbers[order].astype(np.uint64))
    for begin, end in itertools.pairwise([*begins.tolist(), len(order)]):
        rows = order[begin:end]
        language, kind = divmod(int(numbers[rows[0]]), width)
        pair = names[0].dictionary[language].as_py(), names[1].dictionary[kind].as_py()
        yield pair, cells[rows], matches[rows]


_KIND = ("language", "kind")


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
            languages = _Languages.of(batch, kind)
            reach = _reach(batch, kind, languages, window)
            marked = [bits.get((name, kind.name)) for name in languages.names]
            numbers, places = _numbered(batch, reach, languages, marked)
            for name, table in _exact(batch, reach, kind, numbers, places, window):
                tables[name].append(table)
        return {name: pa.concat_tables(of) for name, of in tables.items() if of}

    return analyze


def _numbered(
    batch: TokenBatch,
    reach: Reach,
    languages: _Languages,
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


# --- After the looks -------------------------------------------------------------------------


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
        pair: _threshold(matches[cells < WIDTH]) for pair, cells, matches in _sketches(sketch)
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
        pa.schema([*(table.schema.field(name) for name in keys), *_MOMENTS[:3]])
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
        *(rows.column(field.name).combine_chunks() for field in _MOMENTS),
        *(unions.column(field.name).combine_chunks() for field in _MOMENTS[:3]),
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
