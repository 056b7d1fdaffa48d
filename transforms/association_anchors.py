"""Who is named in a text, by kinds of groups, and which words stand near (`associations`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus_assay.lexicons.terms import KINDS, MAX_AXES
from corpus_assay.transforms import compiled, demographics, gender, pronouns
from corpus_assay.transforms.association_tables import GENDER
from corpus_assay.transforms.matching import Matches
from corpus_assay.transforms.segmentation import RULES
from corpus_assay.transforms.tokens import TokenBatch

GENDERS = ("feminine", "masculine")
MAX_WORD = 200
"""Bytes of the longest word that can be context."""


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


class Languages(NamedTuple):
    """Languages of a batch: the names of all, in which of them a kind is counted (bool), and the
    number of each part's (int32, -1 where it is not counted)."""

    names: list[str]
    counted: NDArray[np.bool_]
    of_part: NDArray[np.int32]

    @classmethod
    def of(cls, batch: TokenBatch, kind: Kind) -> Languages:
        """The languages of a batch, without those whose words are characters."""
        names, of_document = batch.languages
        counted = np.array([name in kind.languages and name not in RULES for name in names])
        numbers = np.where(counted, np.arange(len(names)), -1).astype(np.int32)
        if not len(batch.part_document):
            return cls(names, counted, np.empty(0, np.int32))
        return cls(names, counted, numbers[of_document[batch.part_document]])


def near(batch: TokenBatch, kind: Kind, languages: Languages, window: int) -> Reach:
    """What stands near the anchors of a kind, where it is counted."""
    anchors = kind.find(batch)
    return Reach.of(batch, anchors.where(languages.of_part[anchors.parts] >= 0), window)
