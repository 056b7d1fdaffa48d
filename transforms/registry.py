"""The measures of an audit. A new measure joins with one line in `MEASURES`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from corpus_assay.transforms import (
    compiled,
    corpus,
    demographics,
    examples,
    gender,
    language,
    pronouns,
    tokens,
)
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.documents import first_sentences
from corpus_assay.transforms.tokens import TokenBatch

Analyzer = Callable[[TokenBatch], dict[str, pa.Table]]


@dataclass(frozen=True)
class MeasureOptions:
    """What analyzers need to know; small, hashable and picklable.

    lexicon   folder of a user's gender lexicons, None for the bundled ones
    first_sentence  count as the Gender-GAP Pipeline does: the first sentence of each text, single
              words of the lexicon, nothing blocked
    segmenter  how words are counted without spaces between them, `segmentation.SEGMENTERS`
    descriptors  file of a user's demographic terms, None for the bundled ones
    concepts  ``core``: only the concepts of the Gender-GAP Pipeline count; ``all``: all do
    slice_by  names of the columns that documents are sliced by
    language  how documents come by their language
    """

    lexicon: str | None = None
    slice_by: tuple[str, ...] = ()
    language: language.LanguageOptions = field(default_factory=language.LanguageOptions)
    concepts: str = "core"
    first_sentence: bool = False
    segmenter: str = "fast"
    descriptors: str | None = None


@dataclass(frozen=True)
class Measure:
    """A measure: the tables it fills and how to make its analyzer."""

    tables: tuple[TableSpec, ...]
    analyzer: Callable[[MeasureOptions], Analyzer]


MEASURES: Mapping[str, Measure] = {
    "corpus": Measure(
        (corpus.CORPUS, corpus.CORPUS_SLICES, corpus.LENGTHS, corpus.LANGUAGES, corpus.SOURCES),
        lambda options: corpus.analyzer(options.slice_by),
    ),
    "gender": Measure(
        (
            gender.GENDER,
            gender.GENDER_SLICES,
            gender.GENDER_CONTRAST,
            gender.GENDER_TERMS,
            gender.GENDER_FORMS,
            examples.EXAMPLES,
        ),
        lambda options: gender.analyzer(
            compiled.load(options.lexicon),
            options.slice_by,
            core=options.concepts == "core",
            single_words=options.first_sentence,
        ),
    ),
    "pronouns": Measure(
        (
            pronouns.PRONOUNS,
            pronouns.PRONOUN_SLICES,
            pronouns.PRONOUN_FORMS,
            examples.EXAMPLES,
        ),
        lambda options: pronouns.analyzer(compiled.load_pronouns(), options.slice_by),
    ),
    "demographics": Measure(
        (
            demographics.DEMOGRAPHICS,
            demographics.DEMOGRAPHIC_SLICES,
            demographics.DEMOGRAPHIC_TERMS,
            examples.EXAMPLES,
        ),
        lambda options: demographics.analyzer(
            compiled.load_demographics(options.descriptors), options.slice_by
        ),
    ),
}
"""Measures by name. ``corpus`` always runs: it holds everyone's denominators."""


def tables(measures: tuple[str, ...]) -> dict[str, TableSpec]:
    """The tables of the named measures, by name."""
    return {spec.name: spec for name in measures for spec in MEASURES[name].tables}


def analyzer(
    measures: tuple[str, ...], options: MeasureOptions
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    """One map from a batch of documents to the tables of all measures.

    The map is pure and safe to call from several threads; its memory is bounded by the batch, and
    each thread keeps the arrays of its largest batch for the next one.
    """
    analyzers = [MEASURES[name].analyzer(options) for name in measures]
    kept = threading.local()

    def analyze(documents: pa.RecordBatch) -> dict[str, pa.Table]:
        identified, methods = language.identify(documents, options.language)
        result = {corpus.LANGUAGES.name: corpus.languages(identified, methods)}
        if options.first_sentence:
            identified = first_sentences(identified)
        if not hasattr(kept, "arena"):
            kept.arena = tokens.Arena()
        batch = tokens.tokenise(identified, kept.arena, options.segmenter)
        for one in analyzers:
            for name, table in one(batch).items():
                # Measures share the table of examples.
                result[name] = pa.concat_tables([result[name], table]) if name in result else table
        return result

    return analyze
