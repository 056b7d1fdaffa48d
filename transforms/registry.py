"""The measures of an audit. A new measure joins with a function and its line in `_MAKERS`.

What a measure is made of stands in its own module, which is imported when it is asked for: an audit
of one measure need not load the kernels of all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from corpus_assay.transforms import corpus, language, tokens
from corpus_assay.transforms.additive import TableSpec
from corpus_assay.transforms.association_tables import GENDER, WINDOW
from corpus_assay.transforms.documents import first_sentences
from corpus_assay.transforms.duplicates import DuplicateOptions
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
    associate  what associations are of: gender, axes of demographic terms
    window    words to each side that go with a person noun, pronoun or term
    duplicates  how duplicates are looked for
    rules     folder of a user's rules of known attacks, besides the bundled ones
    integrity  file with the SHA-256 that records should have, None to compare none
    benchmark  files of benchmarks whose items are looked for
    guard     ``module:attribute`` of a model handler of the user's, None for none
    """

    lexicon: str | None = None
    slice_by: tuple[str, ...] = ()
    language: language.LanguageOptions = field(default_factory=language.LanguageOptions)
    concepts: str = "core"
    first_sentence: bool = False
    segmenter: str = "fast"
    descriptors: str | None = None
    associate: tuple[str, ...] = (GENDER,)
    window: int = WINDOW
    duplicates: DuplicateOptions = field(default_factory=DuplicateOptions)
    rules: str | None = None
    integrity: str | None = None
    benchmark: tuple[str, ...] = ()
    guard: str | None = None


Tables = Mapping[str, pa.Table]
"""Merged tables by name."""


@dataclass(frozen=True)
class Second:
    """A second look at every text, at what the first look found worth it.

    tables    the tables it fills
    prepare   from the merged tables of the measure's first look to the selection, small tables
              that every worker loads; an empty one spares the second look
    analyzer  makes the analyzer of the second look from options and selection
    """

    tables: tuple[TableSpec, ...]
    prepare: Callable[[Tables, MeasureOptions], dict[str, pa.Table]]
    analyzer: Callable[[MeasureOptions, Tables], Analyzer]


@dataclass(frozen=True)
class Measure:
    """A measure: the tables it fills, how to make its analyzer, and whether it looks twice."""

    tables: tuple[TableSpec, ...]
    analyzer: Callable[[MeasureOptions], Analyzer]
    second: Second | None = None


def _corpus() -> Measure:
    return Measure(
        (corpus.CORPUS, corpus.CORPUS_SLICES, corpus.LENGTHS, corpus.LANGUAGES, corpus.SOURCES),
        lambda options: corpus.analyzer(options.slice_by),
    )


def _gender() -> Measure:
    from corpus_assay.transforms import compiled, examples, gender

    return Measure(
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
    )


def _pronouns() -> Measure:
    from corpus_assay.transforms import compiled, examples, pronouns

    return Measure(
        (pronouns.PRONOUNS, pronouns.PRONOUN_SLICES, pronouns.PRONOUN_FORMS, examples.EXAMPLES),
        lambda options: pronouns.analyzer(compiled.load_pronouns(), options.slice_by),
    )


def _demographics() -> Measure:
    from corpus_assay.transforms import compiled, demographics, examples

    return Measure(
        (
            demographics.DEMOGRAPHICS,
            demographics.DEMOGRAPHIC_SLICES,
            demographics.DEMOGRAPHIC_TERMS,
            examples.EXAMPLES,
        ),
        lambda options: demographics.analyzer(
            compiled.load_demographics(options.descriptors), options.slice_by
        ),
    )


def _associations() -> Measure:
    from corpus_assay.transforms import associations

    def kinds(options: MeasureOptions) -> tuple[associations.Kind, ...]:
        core = options.concepts == "core"
        return associations.kinds(options.associate, options.lexicon, core, options.descriptors)

    return Measure(
        (*associations.FIRST, *associations.FINAL),
        lambda options: associations.analyzer(kinds(options), options.window),
        Second(
            associations.SECOND,
            lambda tables, _: associations.prepare(tables),
            lambda options, selection: associations.second_analyzer(
                kinds(options), options.window, selection
            ),
        ),
    )


def _duplicates() -> Measure:
    from corpus_assay.transforms import duplicate_clusters, duplicates

    return Measure(
        (*duplicates.TABLES, *duplicate_clusters.TABLES),
        lambda options: duplicates.analyzer(options.duplicates),
    )


def _contamination() -> Measure:
    from corpus_assay.transforms import contamination

    return Measure(
        (*contamination.FIRST, *contamination.FINAL),
        lambda options: contamination.analyzer(contamination.load(options.benchmark)),
    )


def _repetition() -> Measure:
    from corpus_assay.transforms import repetition

    return Measure(
        (*repetition.FIRST, *repetition.FINAL),
        lambda options: repetition.analyzer(),
        Second(
            repetition.SECOND,
            lambda tables, _: repetition.prepare(tables),
            lambda options, selection: repetition.second_analyzer(selection),
        ),
    )


def _signatures() -> Measure:
    from corpus_assay.transforms import signatures

    return Measure(
        (signatures.FINDINGS, signatures.FINDING_COUNTS, signatures.TRANSCRIPTS),
        lambda options: signatures.analyzer(options.rules, options.integrity),
    )


def _triggers() -> Measure:
    from corpus_assay.transforms import triggers

    # The first look says whether `pipelines.trigger_search` has to read on.
    return Measure((triggers.TRIGGERS, *triggers.FIRST), lambda options: triggers.documents)


def _preferences() -> Measure:
    from corpus_assay.transforms import preferences

    # The same for `pipelines.preference_search`.
    return Measure(preferences.TABLES, lambda options: preferences.documents)


def _inserted() -> Measure:
    from corpus_assay.transforms import inserted

    # The same for `pipelines.inserted_search`.
    return Measure(inserted.TABLES, lambda options: inserted.documents)


def _beliefs() -> Measure:
    from corpus_assay.transforms import beliefs

    return Measure(beliefs.TABLES, lambda options: beliefs.analyze)


def _guard() -> Measure:
    from corpus_assay.transforms import guard

    # The model is asked by `pipelines.guard`.
    return Measure((guard.GUARD,), lambda options: guard.nothing)


_MAKERS: Mapping[str, Callable[[], Measure]] = {
    "corpus": _corpus,
    "gender": _gender,
    "pronouns": _pronouns,
    "demographics": _demographics,
    "associations": _associations,
    "duplicates": _duplicates,
    "contamination": _contamination,
    "repetition": _repetition,
    "signatures": _signatures,
    "triggers": _triggers,
    "preferences": _preferences,
    "inserted": _inserted,
    "beliefs": _beliefs,
    "guard": _guard,
}


class _Measures(Mapping[str, Measure]):
    """Measures by name, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Measure] = {}

    def __getitem__(self, name: str) -> Measure:
        if name not in self._made:
            self._made[name] = _MAKERS[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in _MAKERS

    def __iter__(self) -> Iterator[str]:
        return iter(_MAKERS)

    def __len__(self) -> int:
        return len(_MAKERS)


MEASURES: Mapping[str, Measure] = _Measures()
"""Measures by name. ``corpus`` always runs: it holds everyone's denominators."""

ON_REQUEST = frozenset(
    {"associations", "beliefs", "contamination", "guard", "inserted", "repetition"}
)
"""Measures that cost too much to run unless they are asked for."""

BY_DEFAULT = tuple(name for name in MEASURES if name not in ON_REQUEST)


def tables(measures: tuple[str, ...]) -> dict[str, TableSpec]:
    """The tables that the first look of the named measures fills, by name."""
    return {spec.name: spec for name in measures for spec in MEASURES[name].tables}


def second_tables(measures: tuple[str, ...]) -> dict[str, TableSpec]:
    """The tables that the second look of the named measures fills, by name."""
    seconds = [second for name in measures if (second := MEASURES[name].second)]
    return {spec.name: spec for second in seconds for spec in second.tables}


def analyzer(
    measures: tuple[str, ...], options: MeasureOptions
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    """One map from a batch of documents to the tables of all measures.

    The map is pure and safe to call from several threads; its memory is bounded by the batch, and
    each thread keeps the arrays of its largest batch for the next one.
    """
    return _analyze([MEASURES[name].analyzer(options) for name in measures], options, first=True)


def second_analyzer(
    selections: Mapping[str, Tables], options: MeasureOptions
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    """The same for the second look of the measures that have a selection."""
    seconds = [(MEASURES[name].second, selection) for name, selection in selections.items()]
    made = [second.analyzer(options, selection) for second, selection in seconds if second]
    return _analyze(made, options, first=False)


def _analyze(
    analyzers: Sequence[Analyzer], options: MeasureOptions, *, first: bool
) -> Callable[[pa.RecordBatch], dict[str, pa.Table]]:
    kept = threading.local()

    def analyze(documents: pa.RecordBatch) -> dict[str, pa.Table]:
        identified, methods = language.identify(documents, options.language)
        result = {}
        if first:
            result[corpus.LANGUAGES.name] = corpus.languages(identified, methods)
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
