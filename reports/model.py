"""What the page shows, as plain data: every text harmless, every share an `Estimate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from corpus_assay.reports.audit import Segmentation
from corpus_assay.reports.statistics import Estimate

if TYPE_CHECKING:
    from corpus_assay.reports.associations import AssociationFigures
    from corpus_assay.reports.contamination import ContaminationFigures
    from corpus_assay.reports.duplicates import DuplicateFigures
    from corpus_assay.reports.findings import FindingFigures
    from corpus_assay.reports.guard import GuardFigures
    from corpus_assay.reports.headlines import Headline
    from corpus_assay.reports.planted import PlantedFigures
    from corpus_assay.reports.repetition import RepetitionFigures
    from corpus_assay.reports.triggers import TriggerFigures
    from corpus_assay.reports.verdict import Verdict

CLASSES = ("feminine", "masculine", "unspecified")
ANY = "any"
FEW_DOCUMENTS = 10
"""Below this number of documents with a match the normal approximation is not trusted."""


class ClassFigures(Struct, frozen=True):
    """One class (feminine, …, or any) in a group of documents.

    `of_words` and `of_tokens` are matches over words or tokens, `of_documents` is the share of
    documents with a match. `few` marks fewer than `FEW_DOCUMENTS` documents with a match.
    """

    matches: int
    documents: int
    of_words: Estimate | None
    of_tokens: Estimate | None
    of_documents: Estimate | None
    few: bool


class Representation(Struct, frozen=True):
    """Gender representation in the documents of a group that a lexicon covers.

    `contrast` is (feminine − masculine) / words; `feminine_part` is feminine / (feminine +
    masculine); neither has an interval where the tables hold no moments of the contrast (slices).
    """

    documents: int
    words: int
    classes: Mapping[str, ClassFigures]
    contrast: Estimate | None
    feminine_part: Estimate | None

    @property
    def lean(self) -> str:
        """The class that is more frequent beyond the interval, or "" where it cannot be told."""
        gendered = self.classes["feminine"].documents + self.classes["masculine"].documents
        if self.contrast is None or self.contrast.interval is None or gendered < FEW_DOCUMENTS:
            return ""
        if self.contrast.interval.low > 0:
            return "feminine"
        return "masculine" if self.contrast.interval.high < 0 else ""


class LanguageFigures(Struct, frozen=True):
    """A language of the audit; `representation` is None where no lexicon covers it.

    `unit` is what its numbers of words count, words or characters; `segmentation` says how words
    without spaces between them were counted.
    """

    code: str
    name: str
    lang: str
    direction: str
    script: str
    unit: str
    segmentation: Segmentation | None
    documents: int
    empty_documents: int
    words: int
    bytes: int
    methods: Mapping[str, int]
    representation: Representation | None
    ambiguous_matches: int


class SourceFigures(Struct, frozen=True):
    """A source over all its languages; `representation` over those with a lexicon."""

    name: str
    documents: int
    words: int
    bytes: int
    languages: int
    representation: Representation | None


class CellFigures(Struct, frozen=True):
    """The documents of one language in one source."""

    language: LanguageFigures
    source: str
    documents: int
    words: int
    representation: Representation | None


class GroupFigures(Struct, frozen=True):
    """One row of a comparison."""

    label: str
    representation: Representation


class Comparison(Struct, frozen=True):
    """Groups of one language's documents side by side; `hidden` groups are only in the table."""

    language: LanguageFigures
    groups: tuple[GroupFigures, ...]
    hidden: int


class Comparisons(Struct, frozen=True):
    """Comparisons by one key for the largest languages; `others` counts the languages left out."""

    key: str
    noun: str
    compared: tuple[Comparison, ...]
    others: int
    table: str


class Example(Struct, frozen=True):
    """A match in its context."""

    before: str
    match: str
    after: str


class LexiconReliability(Struct, frozen=True):
    """What is known of the lexicon of a language that occurs.

    `recall` and `precision` with the number of words behind them are None without a treebank;
    `correlations` with English, by class, None where they could not be computed. Nothing is known
    of a lexicon that was not `measured`.
    """

    language: LanguageFigures
    measured: bool
    treebank: str
    recall: Estimate | None
    gold: int
    precision: Estimate | None
    matches: int
    news: str
    correlations: tuple[float | None, ...]


class Term(Struct, frozen=True):
    """A word of the lexicon with its matches in all sources: its most frequent forms, and how many
    more were found."""

    gender: str
    lemma: str
    forms: tuple[str, ...]
    more_forms: int
    concept: str
    ambiguous: bool
    matches: int
    documents: int
    examples: tuple[Example, ...]


class TermList(Struct, frozen=True):
    """The most frequent forms of a language, class by class; `hidden` forms are in the table."""

    language: LanguageFigures
    terms: tuple[Term, ...]
    hidden: int


class DocumentShare(Struct, frozen=True):
    """Documents that hold something: as a share of all documents and `within` those of a group
    that holds it (documents with a gendered pronoun; of an axis). `few` marks fewer than
    `FEW_DOCUMENTS` of them."""

    matches: int
    documents: int
    of_documents: Estimate | None
    within: Estimate | None
    few: bool


class PronounForm(Struct, frozen=True):
    """A pronoun with its matches in all sources; `id` is the form as the tables have it."""

    id: str
    form: str
    kinds: tuple[str, ...]
    ambiguous: bool
    matches: int
    documents: int
    examples: tuple[Example, ...]


class PronounFigures(Struct, frozen=True):
    """Pronouns of a language that a list covers.

    `kinds` holds the kinds that the list has forms of, see `transforms.pronouns`; `families` are
    those of neopronouns that were found. Counts of a language that is not `comparable` cannot
    stand beside those of others; `notes` say why, and what is not counted. `hidden` forms are in
    the table.
    """

    language: LanguageFigures
    comparable: bool
    notes: tuple[str, ...]
    kinds: Mapping[str, DocumentShare]
    families: tuple[tuple[str, DocumentShare], ...]
    forms: tuple[PronounForm, ...]
    hidden: int


class DemographicTerm(Struct, frozen=True):
    """A descriptor on one axis; its share is of all documents and within those of the axis. `id`
    is the concept as the tables have it."""

    id: str
    concept: str
    bucket: str
    preference: str
    polysemous: bool
    share: DocumentShare
    examples: tuple[Example, ...]


class AxisFigures(Struct, frozen=True):
    """An axis of a language: `terms` are the most frequent ones, small groups last and in the
    order of the alphabet; `left_out` those that mostly or often mean something else, which are in
    the counts of the axis; `hidden` terms are in the table."""

    axis: str
    share: DocumentShare
    of_words: Estimate | None
    terms: tuple[DemographicTerm, ...]
    left_out: tuple[DemographicTerm, ...]
    hidden: int


class DemographicFigures(Struct, frozen=True):
    """Demographic terms of a language that a list covers; axes with few documents come last."""

    language: LanguageFigures
    notes: tuple[str, ...]
    any: AxisFigures
    axes: tuple[AxisFigures, ...]

    @property
    def examples(self) -> tuple[tuple[str, DemographicTerm], ...]:
        """The terms shown of which there is a passage, with their axis."""
        return tuple(
            (axis.axis, term) for axis in self.axes for term in axis.terms if term.examples
        )


class WeightedFigures(Struct, frozen=True):
    """A language with and without source weights; `left_out` sources have no weight."""

    language: LanguageFigures
    plain: Mapping[str, Estimate | None]
    weighted: Mapping[str, Estimate | None]
    left_out: tuple[str, ...]


class LengthBucket(Struct, frozen=True):
    """Documents with `start` to `end` words (both included)."""

    start: int
    end: int
    documents: int


class RejectReason(Struct, frozen=True):
    """Records left out for one reason, with one of them as it begins."""

    reason: str
    records: int
    excerpt: str


class FileFigures(Struct, frozen=True):
    """An input file and its records."""

    path: str
    bytes: int
    modified: str
    read: int
    audited: int
    rejected: int
    repaired: int


class Totals(Struct, frozen=True):
    """The audit as a whole; `methods` counts documents by how their language is known."""

    documents: int
    empty_documents: int
    words: int
    tokens: int
    characters: int
    bytes: int
    file_bytes: int
    files: int
    read: int
    audited: int
    rejected: int
    repaired: int
    methods: Mapping[str, int]


class Figures(Struct, frozen=True):
    """Everything on the page; what is None was not measured."""

    tool: str
    version: str
    created: str
    command: str
    versions: tuple[tuple[str, str], ...]
    configuration: tuple[tuple[str, str], ...]
    lexicons: tuple[tuple[str, str, str, str, str], ...]
    reliability: tuple[LexiconReliability, ...]
    tables: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]
    totals: Totals
    chosen: tuple[Headline, ...]
    more: tuple[Headline, ...]
    composition: str
    has_gender: bool
    overall: Representation | None
    languages: tuple[LanguageFigures, ...]
    sources: tuple[SourceFigures, ...]
    cells: tuple[CellFigures, ...]
    hidden_cells: int
    lengths: tuple[LengthBucket, ...]
    by_source: Comparisons
    by_role: Comparisons
    by_slice: tuple[Comparisons, ...]
    weighted: tuple[WeightedFigures, ...]
    terms: tuple[TermList, ...]
    pronouns: tuple[PronounFigures, ...] | None
    demographics: tuple[DemographicFigures, ...] | None
    associations: AssociationFigures | None
    duplicates: DuplicateFigures | None
    repetition: RepetitionFigures | None
    contamination: ContaminationFigures | None
    findings: FindingFigures | None
    triggers: TriggerFigures | None
    planted: PlantedFigures | None
    guard: GuardFigures | None
    verdict: Verdict | None
    reasons: tuple[RejectReason, ...]
    files: tuple[FileFigures, ...]

    @property
    def headlines(self) -> tuple[str, ...]:
        """The findings that are told first, see `reports.headlines`."""
        return tuple(one.text for one in self.chosen)

    @property
    def measured(self) -> tuple[LanguageFigures, ...]:
        """Languages that a lexicon covers."""
        return tuple(row for row in self.languages if row.representation is not None)

    @property
    def known(self) -> tuple[LanguageFigures, ...]:
        """Languages without the row for documents whose language is not known."""
        return tuple(row for row in self.languages if row.code != "und")

    @property
    def unmeasured(self) -> tuple[LanguageFigures, ...]:
        """Languages without a lexicon."""
        return tuple(row for row in self.languages if row.representation is None)
