"""Words that go with groups: by hand, by brute force on random texts, by GenBit's formulae."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from audit_runs import audit, command, manifest, rows, table, table_files, write_jsonl
from document_batches import Document, batch, document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_assay.lexicons.context import (
    LISTS,
    association_languages,
    context_lists,
    read_lists,
)
from corpus_assay.lexicons.files import LexiconError
from corpus_assay.pipelines import cli
from corpus_assay.pipelines.commands import audit as audit_command
from corpus_assay.reports import render
from corpus_assay.transforms import (
    additive,
    association_sketch,
    associations,
    registry,
    segmentation,
)
from corpus_assay.transforms.documents import ANY, ROLE_PROMPT, ROLE_RESPONSE

NAME = "associations"
Tables = dict[str, pa.Table]


def options(**values: Any) -> registry.MeasureOptions:
    language = registry.language.LanguageOptions(detect="never")
    return registry.MeasureOptions(language=language, **values)


_analyzers: dict[Any, Any] = {}


def looks(batches: Iterable[pa.RecordBatch], settings: registry.MeasureOptions) -> Tables:
    """The merged tables of both looks."""
    batches = list(batches)
    if settings not in _analyzers:
        _analyzers[settings] = registry.analyzer((NAME,), settings)
    first = additive.Merger(registry.tables((NAME,)).values())
    for one in batches:
        made = _analyzers[settings](one)
        first.add({name: made[name] for name in made if name != "languages"})
    tables = first.tables()
    selection = associations.prepare(tables)
    second = additive.Merger(registry.second_tables((NAME,)).values())
    if selection:
        again = registry.second_analyzer({NAME: selection}, settings)
        for one in batches:
            second.add(again(one))
    return tables | second.tables()


def summary(batches: Iterable[pa.RecordBatch], settings: registry.MeasureOptions) -> Tables:
    return associations.summarise(looks(batches, settings), settings.window, str)


def values(found: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    of = [
        [int(v) if pa.types.is_decimal(found.schema.field(name).type) else v for v in column]
        for name in columns
        for column in [found.column(name).to_pylist()]
    ]
    return sorted(zip(*of, strict=True))


# --- By hand ---------------------------------------------------------------------------------

BY_HAND = [
    # Anchors she and woman. Within two words: said, the; nurse, 12 (a number) and left.
    document("She said: the tall 12 nurse, woman left", position=1),
    # man reaches the, nurse, saw; he reaches again, saw: saw is near both.
    document("the man nurse saw again he", position=2),
    # Parts are apart: the window of she does not reach the response.
    Document(((ROLE_PROMPT, "for she"), (ROLE_RESPONSE, "nurse works")), position=3),
    # her and him, both near nurse: one document for both groups.
    document("her nurse him", position=4),
]


def test_counts_by_hand() -> None:
    found = summary([batch(BY_HAND)], options(window=2))
    assert values(found[NAME], "group", "word", "documents", "matches", "squared", "product") == [
        ("feminine", "for", 1, 1, 1, 1),
        ("feminine", "left", 1, 1, 1, 1),
        ("feminine", "nurse", 2, 2, 2, 3),
        ("feminine", "said", 1, 1, 1, 1),
        ("feminine", "the", 1, 1, 1, 1),
        ("masculine", "again", 1, 1, 1, 1),
        ("masculine", "nurse", 2, 2, 2, 3),
        ("masculine", "saw", 1, 2, 4, 4),
        ("masculine", "the", 1, 1, 1, 1),
    ]
    unions = values(found[NAME], "word", "all_documents", "all_matches", "all_squared")
    # nurse: documents 1, 2 and 4, with 1, 1 and 2.
    assert set(unions) >= {("nurse", 3, 4, 6), ("saw", 1, 2, 4), ("the", 2, 2, 2)}
    distances = values(found["association_distances"], "group", "word", "distance", "matches")
    assert [row[2:] for row in distances if row[1] == "saw"] == [(2, 2)]
    assert [row[2:] for row in distances if row[:2] == ("feminine", "the")] == [(2, 1)]
    assert [row[2:] for row in distances if row[:2] == ("feminine", "nurse")] == [(1, 2)]
    groups = looks([batch(BY_HAND)], options(window=2))["association_groups"]
    assert values(groups, "group", "anchors", "documents", "matches") == [
        ("any", 7, 4, 12),
        ("feminine", 4, 3, 6),
        ("masculine", 3, 2, 6),
    ]
    assert values(found["association_lists"], "list", "term", "group", "documents", "matches") == [
        ("occupations", ANY, "feminine", 2, 2),
        ("occupations", ANY, "masculine", 2, 2),
        ("occupations", "nurse", "feminine", 2, 2),
        ("occupations", "nurse", "masculine", 2, 2),
    ]


def test_terms_of_lists_count_in_all_forms_and_as_whole_words() -> None:
    text = "she met two police officers and a police officer; an officer's hysterical nursery"
    found = summary([batch([document(text)])], options(window=20))["association_lists"]
    assert values(found, "list", "term", "matches") == [
        ("adjectives", ANY, 1),
        ("adjectives", "hysterical", 1),
        ("occupations", ANY, 3),
        ("occupations", "officer", 1),
        ("occupations", "police officer", 2),
    ]


def test_stigma_words_within_ten_words_of_an_identity_term() -> None:
    near = "they deadname a transgender person " + "word " * 9 + "confused"
    far = "a transgender person " + "word " * 10 + "deadname"
    asked = options(associate=("gender_and_sex",))
    found = summary([batch([document(near, position=1), document(far, position=2)])], asked)
    listed = found["association_lists"]
    # "confused" is the eleventh word after the term in the first, "deadname" the twelfth in the
    # second text.
    assert values(listed, "kind", "list", "term", "documents", "matches") == [
        ("gender_and_sex", "stigma", ANY, 1, 1),
        ("gender_and_sex", "stigma", "deadname", 1, 1),
    ]


def test_german_sie_is_no_anchor_and_man_is() -> None:
    docs = [document("sie lobten ihn", "deu"), document("the man left", position=2)]
    groups = looks([batch(docs)], options())["association_groups"]
    assert values(groups, "language", "group", "anchors") == [
        ("deu", "any", 1),
        ("deu", "feminine", 0),
        ("deu", "masculine", 1),
        ("eng", "any", 1),
        ("eng", "feminine", 0),
        ("eng", "masculine", 1),
    ]


def test_languages_without_words_or_lists_are_null_and_not_zero() -> None:
    docs = [document("她是护士，他是医生", code, n) for n, code in enumerate(segmentation.RULES)]
    docs.append(document("she and he", "und", 9))
    tables = looks([batch(docs)], options())
    groups = tables["association_groups"]
    assert set(groups.column("language").to_pylist()) == {*segmentation.RULES, "und"}
    assert groups.column("anchors").null_count == groups.num_rows
    assert all(tables[spec.name].num_rows == 0 for spec in associations.SECOND)


def test_words_too_long_to_be_words_are_no_context() -> None:
    long, most = "x" * (associations.MAX_WORD + 1), "y" * associations.MAX_WORD
    found = summary([batch([document(f"she {long} {most}")])], options())[NAME]
    assert found.column("word").to_pylist() == [most]


def test_words_are_folded_and_normalised() -> None:
    text = "STRASSE Frau Straße; die straße. e\u0301te\u0301 été"
    found = summary([batch([document(text, "deu")])], options())[NAME]
    assert values(found, "word", "matches") == [("die", 1), ("strasse", 3), ("été", 2)]


# --- By brute force --------------------------------------------------------------------------

ANCHORS = {"she": 0, "her": 0, "woman": 0, "mother": 0, "he": 1, "him": 1, "father": 1}
GROUPS = ("feminine", "masculine")
VOCABULARY = (*ANCHORS, "nurse", "doctor", "sat", "Kind", "été", "1999", "deadname", "tree")


class Slow:
    """The definition, one pair of words at a time."""

    def __init__(self, documents: Sequence[Document], window: int) -> None:
        self.anchors: Counter[str] = Counter()
        self.documents: dict[str, set[int]] = defaultdict(set)
        self.distances: Counter[tuple[str, str, int]] = Counter()
        self.by_document: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for one in documents:
            for _, text in one.parts if one.language == "eng" else ():
                self._part(re.findall(r"\w+", text), one.position, window)

    def _part(self, words: Sequence[str], doc: int, window: int) -> None:
        for at, anchor in enumerate(words):
            if anchor.lower() not in ANCHORS:
                continue
            group = GROUPS[ANCHORS[anchor.lower()]]
            self.anchors[group] += 1
            self.documents[group].add(doc)
            for place, word in enumerate(words):
                distance = abs(place - at)
                usable = word.lower() not in ANCHORS and not word[0].isdigit()
                if 0 < distance <= window and usable:
                    self.distances[group, word.lower(), distance] += 1
                    self.by_document[group, word.lower()][doc] += 1

    def rows(self, least: int = 1) -> list[tuple[Any, ...]]:
        """Group, word, documents, Σy, Σy², ΣyY, documents, ΣY and ΣY² of the union."""
        unions: dict[str, Counter[int]] = defaultdict(Counter)
        for (_, word), counts in self.by_document.items():
            unions[word].update(counts)
        made = []
        for (group, word), counts in self.by_document.items():
            whole = unions[word]
            if sum(whole.values()) >= least:
                made.append(
                    (
                        *(group, word, len(counts), sum(counts.values())),
                        sum(n * n for n in counts.values()),
                        sum(n * whole[doc] for doc, n in counts.items()),
                        *(len(whole), sum(whole.values()), sum(n * n for n in whole.values())),
                    )
                )
        return sorted(made)


ROW = ("group", "word", "documents", "matches", "squared", "product")
ROW = (*ROW, "all_documents", "all_matches", "all_squared")

texts = st.lists(st.sampled_from(VOCABULARY), max_size=25).flatmap(
    lambda words: st.lists(
        st.sampled_from((" ", ", ", ". ", "\n\n", " - ")), min_size=len(words), max_size=len(words)
    ).map(lambda gaps: "".join(map("".join, zip(words, gaps, strict=True))))
)
parts = st.lists(st.tuples(st.sampled_from((ROLE_PROMPT, ROLE_RESPONSE)), texts), max_size=3)
corpora_of = st.lists(
    st.tuples(parts, st.sampled_from(("eng", "eng", "eng", "cmn"))), min_size=1, max_size=8
).map(
    lambda rows: [
        Document(tuple(of), language, position=n) for n, (of, language) in enumerate(rows)
    ]
)
slow_settings = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@slow_settings
@given(corpora_of, st.integers(1, 6))
def test_both_looks_count_what_the_definition_says(docs: list[Document], window: int) -> None:
    slow = Slow(docs, window)
    asked = options(window=window)
    found = summary([batch(docs)], asked)
    assert values(found[NAME], *ROW) == slow.rows()
    distances = found["association_distances"]
    assert values(distances, "group", "word", "distance", "matches") == sorted(
        (*key, count) for key, count in slow.distances.items()
    )
    groups = looks([batch(docs)], asked)["association_groups"].filter(
        pa.compute.equal(
            looks([batch(docs)], asked)["association_groups"].column("language"), "eng"
        )
    )
    for row in groups.to_pylist():
        if row["group"] != ANY:
            assert row["anchors"] == slow.anchors[row["group"]]
            assert row["documents"] == len(slow.documents[row["group"]])
    scores = {row["language"]: row for row in found["association_scores"].to_pylist()}
    if slow.by_document:
        assert scores["eng"]["threshold"] == 1
        assert scores["eng"]["complete"]
        assert scores["eng"]["words"] == len({word for _, word in slow.by_document})


@slow_settings
@given(corpora_of, st.randoms(use_true_random=False), st.integers(1, 4))
def test_tables_do_not_depend_on_batches_and_order(
    docs: list[Document], random: Any, size: int
) -> None:
    asked = options(window=3)
    whole = looks([batch(docs)], asked)
    shuffled = random.sample(docs, len(docs))
    pieces = [batch(shuffled[at : at + size]) for at in range(0, len(docs), size)]
    cut = looks(pieces, asked)
    assert whole.keys() == cut.keys()
    for name, table_of in whole.items():
        assert table_of.equals(cut[name]), name


@slow_settings
@given(corpora_of, st.integers(1, 6))
def test_above_the_size_the_words_are_those_that_reach_the_threshold(
    docs: list[Document], candidates: int
) -> None:
    slow = Slow(docs, 5)
    totals: Counter[str] = Counter()
    for (_, word), counts in slow.by_document.items():
        totals[word] += sum(counts.values())
    # The words here share no cell, so the counts of cells are those of words.
    least = 1
    while sum(count >= least for count in totals.values()) > candidates:
        least += 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(association_sketch, "CANDIDATES", candidates)
        found = summary([batch(docs)], options(window=5))
    assert values(found[NAME], *ROW) == slow.rows(least)
    for row in found["association_scores"].to_pylist():
        assert row["threshold"] == least
        assert row["complete"] == (least == 1)


def test_few_pairs_at_once_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    docs = [
        document(" ".join(rng.choice(VOCABULARY, 40)), position=position) for position in range(20)
    ]
    asked = options(window=4)
    whole = looks([batch(docs)], asked)
    made = associations._Pairs.of
    monkeypatch.setattr(associations._Pairs, "of", lambda *arguments: made(*arguments, 20))
    pieces = looks([batch(docs)], asked)
    for name, table_of in whole.items():
        assert table_of.equals(pieces[name]), name


def test_cells_that_collide_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    # 3,000 words on a threshold that 20 reach: words that share cells with them are dropped again.
    words = [f"w{number}" for number in range(3000)]
    docs = [
        document("she " + " ".join(words[at : at + 9]), position=at) for at in range(0, 3000, 9)
    ]
    docs += [document("he " + " ".join(words[:20:2]), position=5000 + n) for n in range(3)]
    monkeypatch.setattr(association_sketch, "CANDIDATES", 12)
    found = summary([batch(docs)], options())
    assert set(found[NAME].column("word").to_pylist()) == set(words[:20:2])
    assert found["association_scores"].column("words").to_pylist() == [10]


# --- Statistics ------------------------------------------------------------------------------


def odds(y: float, squared: float, n: float, all_y: float, all_squared: float, product: float,
         all_n: float) -> associations.LogOdds:  # fmt: skip
    of = [np.array([value], float) for value in (y, squared, product, all_y, all_squared)]
    names = ("matches", "squared", "product", "all_matches", "all_squared")
    return associations.log_odds(**dict(zip(names, of, strict=True)), size=n, all_size=all_n)  # type: ignore[arg-type]


def test_log_odds_by_hand() -> None:
    # 30 of 1,000 against 10 of 3,000; prior 400 words, of which 400 · 40 / 4,000 = 4.
    # ln (34 / 1,366) − ln (14 / 3,386)
    found = odds(30, 30, 1000, 40, 40, 30, 4000)
    assert found.value[0] == pytest.approx(math.log(34 / 1366) - math.log(14 / 3386))
    # z as in Monroe et al.: √(1/34 + 1/14)
    assert found.z_words[0] == pytest.approx(found.value[0] / math.sqrt(1 / 34 + 1 / 14))
    # Each document holds the word once: by documents the same, but for their approximation
    # 1/34 of 1/34 · (1 + 34/1,366)².
    exact = math.sqrt((1 + 34 / 1366) ** 2 / 34 + (1 + 14 / 3386) ** 2 / 14)
    assert found.error[0] == pytest.approx(exact)
    # The same words in ten documents of three each, and in one of ten: Σy² = 90 and 100.
    clustered = odds(30, 90, 1000, 40, 190, 90, 4000)
    slopes = 1 / 34 + 1 / 1366, 1 / 14 + 1 / 3386
    exact = math.sqrt(slopes[0] ** 2 * (90 + 4) + slopes[1] ** 2 * (100 + 4))
    assert clustered.error[0] == pytest.approx(exact)


def test_one_document_makes_no_association() -> None:
    # A word 500 times near one group in a single document, which is not ranked besides. The prior
    # is a tenth of the words, so no log-odds passes ln 11 by much.
    found = odds(500, 500**2, 10_000, 500, 500**2, 500**2, 20_000)
    assert abs(found.z_words[0]) > 10
    assert abs(found.z[0]) < 2.6


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20),
    st.integers(0, 500),
    st.integers(1, 500),
)
def test_z_by_documents_is_never_above_that_by_words(
    per_document: list[tuple[int, int]], more: int, others: int
) -> None:
    y, other = (sum(column) for column in zip(*per_document, strict=True))
    if y + other == 0:
        return
    n, m = y + more + 1, other + others
    both = [(a, a + b) for a, b in per_document]
    arguments = (
        sum(a * a for a, _ in both), n, y + other,
        sum(c * c for _, c in both), sum(a * c for a, c in both), n + m,
    )  # fmt: skip
    here = odds(y, *arguments)
    assert abs(here.z[0]) <= abs(here.z_words[0]) + 1e-9
    squared = sum(b * b for _, b in per_document)
    product = sum(b * (a + b) for a, b in per_document)
    there = odds(other, squared, m, y + other, arguments[3], product, n + m)
    assert here.value[0] == pytest.approx(-there.value[0])
    assert here.z[0] == pytest.approx(-there.z[0])


def test_without_another_group_nothing_is_said() -> None:
    found = summary([batch([document("she sat")])], options())[NAME]
    assert found.column("z").null_count == found.num_rows == 1


def test_chance_and_what_is_planted() -> None:
    """Of words without association about one in twenty passes |z| > 1.96, or fewer; planted ones
    come first."""
    rng = np.random.default_rng(5)
    filler = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300)]
    docs = []
    for position in range(400):
        gender = "she" if rng.random() < 0.5 else "he"
        words = [gender, *rng.choice(filler, 8)]
        words += [] if rng.random() > 0.3 else ["nurse" if gender == "she" else "pilot"]
        docs.append(document(" ".join(words), position=position))
    found = summary([batch(docs)], options())[NAME]
    ranked = sorted(
        (row["z"], row["word"]) for row in found.to_pylist() if row["group"] == "feminine"
    )
    assert ranked[-1][1] == "nurse"
    assert ranked[-1][0] > 4
    z = np.array([z for z, word in ranked if word in filler])
    assert len(z) > 200
    assert np.mean(np.abs(z) > 1.96) < 0.08


def genbit_of(docs: Sequence[Document], window: int) -> tuple[float, float]:
    """GenBit's two means from its formulae (its `metrics_calculation`), on a list of words.

    Left out, as in ours: stop words, lemmas, gendered words in the vocabulary.
    """
    women: dict[str, float] = {}
    men: dict[str, float] = {}
    counts = [0, 0]
    for one in docs:
        words = re.findall(r"[^\W\d_]+", one.parts[0][1].lower())
        for word in words:
            if word not in ANCHORS:
                women.setdefault(word, 1.0)
                men.setdefault(word, 1.0)
        for at, word in enumerate(words):
            if word not in ANCHORS:
                continue
            counts[ANCHORS[word]] += 1
            low, high = max(0, at - window), min(len(words) - 1, at + window)
            for place in range(low, high + 1):
                if place != at and words[place] not in ANCHORS:
                    side = (women, men)[ANCHORS[word]]
                    side[words[place]] += 0.95 ** abs(place - at)
    sums = {word: women[word] + men[word] for word in women}
    cutoff = np.percentile([total for total in sums.values() if total > 2], 80)
    chosen = [word for word, total in sums.items() if total >= cutoff]
    vocabulary = len(sums)
    ratio = [abs(math.log(men[word] / women[word])) for word in chosen]
    conditional = [
        abs(
            math.log(men[word] / (counts[1] + vocabulary))
            - math.log(women[word] / (counts[0] + vocabulary))
        )
        for word in chosen
    ]
    return sum(ratio) / len(ratio), sum(conditional) / len(conditional)


@pytest.mark.parametrize("window", [5, 30])
def test_score_of_genbit(window: int) -> None:
    rng = np.random.default_rng(2)
    neutral = [f"w{chr(97 + n)}{chr(97 + n)}" for n in range(26)] + ["nurse", "doctor"]
    weights = 1 / np.arange(1, len(neutral) + 1)
    docs = []
    for position in range(60):
        # Every fourth word is an anchor, so every word is near one, as in GenBit's vocabulary.
        groups = rng.choice(list(ANCHORS), 6, p=[0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 0.1])
        words = [
            w
            for anchor in groups
            for w in (anchor, *rng.choice(neutral, 3, p=weights / weights.sum()))
        ]
        docs.append(document(" ".join(words), position=position))
    row = summary([batch(docs)], options(window=window))["association_scores"].to_pylist()[0]
    ratio, conditional = genbit_of(docs, window)
    assert row["genbit_ratio"] == pytest.approx(ratio, rel=1e-9)
    assert row["genbit_conditional"] == pytest.approx(conditional, rel=1e-9)


# --- Axes ------------------------------------------------------------------------------------


def test_groups_of_an_axis_and_gender_side_by_side() -> None:
    docs = [
        document("the muslim woman prays", position=1),
        document("a christian sings; the christian and the muslim pray", position=2),
    ]
    found = summary([batch(docs)], options(associate=("gender", "religion"), window=2))[NAME]
    religion = found.filter(pa.compute.equal(found.column("kind"), "religion"))
    # "woman" is no anchor here, so it is context of muslim; christian and muslim are anchors.
    assert values(religion, "group", "word", "documents", "matches") == [
        ("christian", "a", 1, 1),
        ("christian", "and", 1, 1),
        ("christian", "sings", 1, 2),
        ("christian", "the", 1, 3),
        ("muslim", "and", 1, 1),
        ("muslim", "pray", 1, 1),
        ("muslim", "prays", 1, 1),
        ("muslim", "the", 2, 2),
        ("muslim", "woman", 1, 1),
    ]
    gender = found.filter(pa.compute.equal(found.column("kind"), "gender"))
    assert values(gender, "group", "word") == [
        ("feminine", "muslim"),
        ("feminine", "prays"),
        ("feminine", "the"),
    ]


def test_ambiguous_terms_are_marked() -> None:
    docs = [document("a black coat of an asian man")]
    groups = looks([batch(docs)], options(associate=("race_ethnicity",)))["association_groups"]
    assert values(groups, "group", "ambiguous", "anchors") == [
        ("any", False, 2),
        ("asian", False, 1),
        ("black", True, 1),
    ]


# --- The lists -------------------------------------------------------------------------------


def test_lists_have_the_size_they_should() -> None:
    english = context_lists("eng").lists
    assert len(english["occupations"]) >= 150
    assert len(english["adjectives"]) >= 150
    assert len(english["stigma"]) >= 40
    for language in association_languages():
        lists = context_lists(language).lists
        assert set(lists) == set(LISTS)
        assert all(len(of) >= 30 for of in lists.values())


@pytest.mark.parametrize("language", association_languages())
def test_every_form_is_found_as_its_term(language: str) -> None:
    """Each form in a document of its own, near a pronoun: every term of every list is found."""
    pronoun = {"eng": "he", "deu": "er", "fra": "il", "spa": "él", "por": "ele", "ita": "lui"}
    docs, wanted = [], set()
    for name, terms in context_lists(language).lists.items():
        for term, forms in terms.items():
            for form in forms:
                docs.append(document(f"{pronoun[language]}: ({form})", language, len(docs)))
            wanted.add((name, term))
    found = looks([batch(docs)], options())["association_list_counts"]
    terms_found = {row for row in values(found, "list", "term") if row[1] != ANY}
    assert wanted - terms_found == set()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("language = 'xx'", "not 'eng'"),
        ("language = 'eng'\n[lists]\njobs = ''", "unknown list 'jobs'"),
        ("language = 'eng'\n[lists]\nstigma = '''\na, b\nc, a\n'''", "'a' twice"),
        ("language = 'eng'\n[lists]\nstigma = '''\na,, b\n'''", "empty form"),
        ("language = 'eng'\n[lists]\nstigma = 3", "must be text"),
        ("language = 'eng'\nwords = 1", "unknown key 'words'"),
    ],
)
def test_faulty_lists_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "eng.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        read_lists(path)


# --- The whole way ---------------------------------------------------------------------------


def planted(count: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(3)
    records = []
    for number in range(count):
        woman = number % 2
        job = ("pilot", "nurse")[woman if rng.random() < 0.8 else 1 - woman]
        other = " ".join(rng.choice(["river", "paper", "window", "garden", "letter"], 3))
        text = f"{('He', 'She')[woman]} is a {job}\u202e near the {other}."
        records.append({"text": text, "lang": "en", "id": str(number)})
    return [*records, {"text": "她是护士。", "lang": "zh", "id": "zh"}]


def test_command_line_and_report(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", planted(120))
    out = tmp_path / "out"
    done = command("audit", path, "--output", out, "--measures", NAME, "--window", "6")
    assert done.returncode == 0, done.stderr
    found = {(row[0], row[1]): row for row in rows(out, NAME, "group", "word", "z", "documents")}
    assert found["feminine", "nurse"][2] > 3
    assert found["masculine", "pilot"][2] > 3
    page = (out / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="associations"') :]
    section = section[: section.index("</section>")]
    assert "nurse" in section
    assert "pilot" in section
    assert "Not made for Mandarin Chinese" in section
    assert "\u202e" not in page
    about = manifest(out)
    assert about["configuration"]["window"] == 6
    assert len(about["passes"]) == 3
    assert about["configuration"]["associate"] == ["gender"]
    names = {entry["name"] for entry in about["tables"]}
    assert {spec.name for spec in associations.FINAL} <= names
    on_disk = {entry.name.split(".")[0] for entry in (out / "tables").iterdir()}
    assert not on_disk & {spec.name for spec in associations.SECOND}
    assert "association_sketch" not in on_disk


def test_not_measured_unless_asked_for() -> None:
    def measures(*typed: str) -> tuple[str, ...]:
        arguments = cli.parser().parse_args(["audit", "in", "--output", "out", *typed])
        found: tuple[str, ...] = audit_command.config(arguments).measures
        return found

    assert NAME not in measures()
    assert NAME in measures("--associate", "religion")
    assert measures("--measures", NAME) == ("corpus", NAME)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--associate", "gender,zodiac"), "no demographic terms have the axis 'zodiac'"),
        (("--associate", "gender", "--window", "31"), "from 1 to 30"),
    ],
)
def test_mistakes_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", planted(2))
    typed = ["audit", str(path), "--output", str(tmp_path / "out"), "--measures", NAME, *arguments]
    assert cli.main(typed) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_runs_give_the_same_bytes_and_no_words_without_excerpts(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", planted(300))
    measures = ("corpus", NAME)
    audit(path, tmp_path / "one", measures=measures)
    audit(path, tmp_path / "two", measures=measures, span_bytes=2000, threads=2, shards=3)
    first, second = (table_files(tmp_path / name) for name in ("one", "two"))
    assert {name for name in first if "assoc" in name}
    assert first == second
    audit(path, tmp_path / "three", measures=measures, excerpts=False)
    assert table(tmp_path / "three", NAME).num_rows == 0
    assert table(tmp_path / "three", "association_distances").num_rows == 0
    listed = table(tmp_path / "three", "association_lists")
    assert listed.equals(table(tmp_path / "one", "association_lists"))
    assert "river" not in json.dumps(table(tmp_path / "three", NAME).to_pylist())
    assert "river" not in render(tmp_path / "three")
