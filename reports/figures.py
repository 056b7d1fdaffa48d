"""From the tables of an audit to what the page shows: sums, estimates, the largest rows.

Sums are Python integers until `statistics` turns them into estimates. Documents add up over
sources and languages, never over roles or classes, so every figure starts from the rows with
role ``any`` unless it is about roles.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from corpus_assay.reports import (
    associations,
    contamination,
    duplicates,
    findings,
    formats,
    guard,
    headlines,
    planted,
    repetition,
    sentences,
    statistics,
    triggers,
    verdict,
    who,
)
from corpus_assay.reports.audit import (
    COLUMNS,
    MANIFEST,
    Audit,
    Language,
    ReportError,
    Segmentation,
    load,
)
from corpus_assay.reports.model import (
    ANY,
    CLASSES,
    FEW_DOCUMENTS,
    CellFigures,
    ClassFigures,
    Comparison,
    Comparisons,
    Figures,
    FileFigures,
    GroupFigures,
    LanguageFigures,
    LengthBucket,
    LexiconReliability,
    RejectReason,
    Representation,
    SourceFigures,
    Term,
    TermList,
    Totals,
    WeightedFigures,
)
from corpus_assay.reports.statistics import Estimate

ROLES = ("text", "prompt", "response", "chosen", "rejected")
OTHER = "(other)"

TOP_ROWS = 60
TOP_CELLS = 3000
TOP_GROUPS = 25
TOP_COMPARED = 5
TOP_TERMS = 10
TERMS_WITH_EXAMPLES = 5
EXAMPLES_A_TERM = 2
FORMS_A_TERM = 5

# Scripts written without spaces: their tokens are single characters, so "words" means characters,
# unless the manifest says how the words of a language were counted.
UNSEGMENTED = {"Hans", "Hant", "Hani", "Jpan", "Hira", "Thai", "Khmr", "Laoo", "Mymr"}

# BCP 47 asks for the shortest code, and browsers choose fonts and Han variants by it.
_SHORT_CODES = {
    "arb": "ar", "asm": "as", "bel": "be", "ben": "bn", "bul": "bg", "cat": "ca", "ces": "cs",
    "cym": "cy", "dan": "da", "deu": "de", "ell": "el", "eng": "en", "est": "et", "fin": "fi",
    "fra": "fr", "gle": "ga", "hin": "hi", "hun": "hu", "ind": "id", "ita": "it", "jpn": "ja",
    "kan": "kn", "kat": "ka", "khk": "mn", "kir": "ky", "kor": "ko", "lit": "lt", "lug": "lg",
    "lvs": "lv", "mar": "mr", "mlt": "mt", "nld": "nl", "pan": "pa", "pes": "fa", "pol": "pl",
    "por": "pt", "ron": "ro", "rus": "ru", "slk": "sk", "slv": "sl", "spa": "es", "swe": "sv",
    "swh": "sw", "tam": "ta", "tel": "te", "tgl": "tl", "tha": "th", "tur": "tr", "urd": "ur",
    "uzn": "uz", "vie": "vi", "zul": "zu", "ukr": "uk", "heb": "he", "nob": "nb", "nno": "nn",
    "afr": "af", "guj": "gu", "mal": "ml", "mya": "my", "khm": "km", "lao": "lo", "amh": "am",
}  # fmt: skip


@dataclass
class Sums:
    """Integer measures of a group of documents, in the order of the tables' columns.

    `covered` is `corpus` restricted to languages that a lexicon covers: the denominators that
    belong to `gender` and `contrast`.
    """

    corpus: list[int] = field(default_factory=lambda: [0] * 8)
    covered: list[int] = field(default_factory=lambda: [0] * 8)
    gender: dict[str, list[int]] = field(
        default_factory=lambda: {name: [0] * 5 for name in (*CLASSES, ANY)}
    )
    contrast: list[int] | None = field(default_factory=lambda: [0] * 4)
    measured: bool = False

    def add(self, other: Sums) -> None:
        """Add the measures of other documents."""
        _add(self.corpus, other.corpus)
        if not other.measured:
            return
        self.measured = True
        _add(self.covered, other.covered)
        for name, values in other.gender.items():
            _add(self.gender[name], values)
        if self.contrast is None or other.contrast is None:
            self.contrast = None
        else:
            _add(self.contrast, other.contrast)


Key = tuple[str, str, str]


_last: tuple[bytes, Figures] | None = None


def remembered(folder: Path) -> Figures:
    """The figures of an audit folder; those just computed, if its manifest is the same.

    A manifest holds the hashes of the tables, and a run asks twice: for the report, and for what
    it says at the end.

    Raises:
        ReportError: the folder is no complete audit.
    """
    try:
        digest = hashlib.sha256((folder / MANIFEST).read_bytes()).digest()
    except OSError:
        digest = b""
    if _last is not None and digest == _last[0]:
        return _last[1]
    return fresh(folder)


def fresh(folder: Path) -> Figures:
    """The figures of an audit folder, from its tables as they are.

    Raises:
        ReportError: the folder is no complete audit.
    """
    global _last  # noqa: PLW0603 - the one value that is remembered
    figures = compute(load(folder))
    _last = hashlib.sha256((folder / MANIFEST).read_bytes()).digest(), figures
    return figures


def compute(audit: Audit) -> Figures:
    """All figures of an audit, the same for the same tables.

    Raises:
        ReportError: sums in the tables contradict each other, or a reject part is unreadable.
    """
    try:
        return _compute(audit)
    except ValueError as error:
        raise ReportError(
            f"the tables in {audit.folder} do not fit together: {error}; run the audit again"
        ) from error


def _compute(audit: Audit) -> Figures:
    cells = _cells(audit, "corpus", "gender", "gender_contrast", "source")
    union = {key: sums for key, sums in cells.items() if key[2] == ANY}
    terms, ambiguous = _terms(audit)
    languages = _language_rows(audit, union, ambiguous)
    by_code = {row.code: row for row in languages}
    overall = _representation(_merge(union.values()))
    totals = _totals(audit, _merge(union.values()))
    slices = _slices(audit, by_code)
    examples = _examples(audit)
    sums = {code: sums.corpus for code, sums in _by(union, 1).items()}
    pronouns = who.pronouns(audit, languages, sums, examples)
    demographics = who.demographics(audit, languages, sums, examples)
    found = duplicates.duplicates(audit, languages)
    repeated = repetition.repetition(audit, languages)
    names = {row.code: row.name for row in languages}
    contaminated = contamination.contamination(audit, names)
    signatures = findings.findings(audit, languages)
    candidates = triggers.triggers(audit)
    searched = planted.planted(audit)
    guarded = guard.guard(audit, names)
    manifest = audit.manifest
    judged = verdict.verdict(manifest)
    by_source = _comparisons(
        key="Source", noun="sources", table="gender", cells=union, languages=by_code, place=0
    )
    chosen, more = headlines.choose(
        headlines.gather(
            totals=totals,
            languages=languages,
            overall=overall,
            has_gender=audit.has_gender,
            by_source=by_source,
            pronouns=pronouns or (),
            demographics=demographics or (),
            found=found,
            repeated=repeated,
            contaminated=contaminated,
            signatures=signatures,
            candidates=candidates,
            searched=searched,
            guarded=guarded,
            judged=judged,
        )
    )
    cells_shown, hidden_cells = _cell_rows(union, by_code)
    return Figures(
        tool=formats.visible(manifest["tool"].get("name", ""), 60),
        version=formats.visible(manifest["tool"].get("version", ""), 60),
        created=formats.visible(manifest["created"], 40),
        command=formats.visible(manifest["command"], 2000),
        versions=_pairs(manifest["versions"]),
        configuration=_pairs(
            {key: value for key, value in manifest["configuration"].items() if key != "weights"}
        ),
        lexicons=_lexicons(manifest["lexicons"]),
        reliability=_reliability(audit, languages),
        tables=tuple(
            (
                formats.visible(entry.get("path") or entry["name"], 120),
                formats.visible(entry.get("rows", ""), 20),
                formats.visible(entry.get("sha256") or "", 64),
            )
            for entry in manifest["tables"][:TOP_ROWS]
        ),
        warnings=(
            *(formats.visible(text, 400) for text in manifest["warnings"][:50]),
            *_contradictions(audit, totals),
        ),
        totals=totals,
        chosen=chosen,
        more=more,
        composition=sentences.headlines(totals, languages, overall, False)[0],
        has_gender=audit.has_gender,
        overall=overall,
        languages=languages,
        sources=_source_rows(union),
        cells=cells_shown,
        hidden_cells=hidden_cells,
        lengths=_lengths(audit),
        by_source=by_source,
        by_role=_roles(cells, by_code),
        by_slice=slices,
        weighted=_weighted(audit, union, by_code),
        terms=_term_lists(examples, terms, languages),
        pronouns=pronouns,
        demographics=demographics,
        associations=associations.associations(audit, languages),
        duplicates=found,
        repetition=repeated,
        contamination=contaminated,
        findings=signatures,
        triggers=candidates,
        planted=searched,
        guard=guarded,
        verdict=judged,
        reasons=_reasons(audit),
        files=_files(audit),
    )


# Reading the tables -------------------------------------------------------------------------------


def _columns(table: pa.Table, names: Sequence[str]) -> list[list[Any]]:
    return [table.column(name).to_pylist() for name in names]


def _integers(values: Sequence[Any]) -> list[int]:
    return [int(value) for value in values]


def _cells(
    audit: Audit, corpus: str, gender: str, contrast: str | None, first: str
) -> dict[Key, Sums]:
    """Sums by (source or slice value, language, role)."""
    cells: dict[Key, Sums] = defaultdict(Sums)
    if corpus not in audit.tables:
        return {}
    for key, measures in _rows(audit.tables[corpus], corpus, first, 3):
        _add(cells[key[:3]].corpus, _integers(measures))
    if gender not in audit.tables:
        return dict(cells)
    # A null in any row of a language means that no lexicon covered it; a covered group without a
    # match may have no row, and counts 0.
    covered = {code for code, language in audit.languages.items() if language.lexicon}
    rows = list(_rows(audit.tables[gender], gender, first, 4))
    covered |= {key[1] for key, _ in rows if key[1] not in audit.languages}
    covered -= {key[1] for key, measures in rows if measures[0] is None}
    for key, sums in cells.items():
        if key[1] in covered:
            sums.measured = True
            sums.covered = list(sums.corpus)
            if contrast is None:
                sums.contrast = None
    for key, measures in rows:
        if key[1] in covered and key[:3] in cells and key[3] in (*CLASSES, ANY):
            _add(cells[key[:3]].gender[key[3]], _integers(measures))
    if contrast is not None and contrast in audit.tables:
        for key, measures in _rows(audit.tables[contrast], contrast, first, 3):
            sums_of_key = cells.get(key[:3])
            if sums_of_key is not None and sums_of_key.measured and sums_of_key.contrast:
                _add(sums_of_key.contrast, _integers(measures))
    return dict(cells)


def _rows(
    table: pa.Table, name: str, first: str, keys: int
) -> Iterable[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    names = list(COLUMNS[name])
    names = names[names.index(first) :]
    for row in zip(*_columns(table, names), strict=True):
        yield row[:keys], row[keys:]


def _add(target: list[int], values: Sequence[int]) -> None:
    for place, value in enumerate(values):
        target[place] += value


def _merge(sums: Iterable[Sums]) -> Sums:
    total = Sums()
    for each in sums:
        total.add(each)
    return total


def _by(cells: Mapping[Key, Sums], place: int) -> dict[str, Sums]:
    groups: dict[str, Sums] = defaultdict(Sums)
    for key, sums in cells.items():
        groups[key[place]].add(sums)
    return dict(groups)


# Estimates ----------------------------------------------------------------------------------------


def _representation(sums: Sums) -> Representation | None:
    if not sums.measured:
        return None
    documents, tokens, words, tokens_squared, words_squared = (
        sums.covered[0],
        *sums.covered[4:8],
    )
    classes = {}
    for name, (matches, with_match, squared, by_tokens, by_words) in sums.gender.items():
        of_words, of_tokens = (
            statistics.ratio(
                documents=documents,
                numerator=matches,
                denominator=units,
                numerator_squared=squared,
                products=products,
                denominator_squared=units_squared,
                bounds=(0.0, 1.0),
            )
            for units, products, units_squared in (
                (words, by_words, words_squared),
                (tokens, by_tokens, tokens_squared),
            )
        )
        classes[name] = ClassFigures(
            matches=matches,
            documents=with_match,
            of_words=of_words,
            of_tokens=of_tokens,
            of_documents=statistics.wilson(with_match, documents),
            few=with_match < FEW_DOCUMENTS,
        )
    feminine, masculine = sums.gender["feminine"], sums.gender["masculine"]
    contrast = part = None
    if sums.contrast is not None:
        difference, squared, _, by_words = sums.contrast
        contrast = statistics.ratio(
            documents=documents,
            numerator=difference,
            denominator=words,
            numerator_squared=squared,
            products=by_words,
            denominator_squared=words_squared,
        )
        part = statistics.part_of_pair(
            documents=documents,
            first=feminine[0],
            second=masculine[0],
            first_squared=feminine[2],
            second_squared=masculine[2],
            difference_squared=squared,
        )
    elif words:
        contrast = Estimate((feminine[0] - masculine[0]) / words)
    if part is None and feminine[0] + masculine[0]:
        part = Estimate(feminine[0] / (feminine[0] + masculine[0]))
    return Representation(documents, words, classes, contrast, part)


def _language_rows(
    audit: Audit, union: Mapping[Key, Sums], ambiguous: Mapping[str, int]
) -> tuple[LanguageFigures, ...]:
    methods: dict[str, dict[str, int]] = defaultdict(dict)
    table = audit.tables["languages"]
    for language, method, documents in zip(
        *_columns(table, ("language", "method", "documents")), strict=True
    ):
        known = methods[language]
        known[method] = known.get(method, 0) + documents
    rows = []
    for code, sums in _by(union, 1).items():
        language = audit.languages.get(code) or Language(code, code, "ltr", "", False)
        name = "Undetermined" if code == "und" else formats.visible(language.name, 40)
        rows.append(
            LanguageFigures(
                code=formats.visible(code, 12),
                name=name,
                lang=html_language(code, language.script),
                direction=language.direction,
                script=formats.visible(language.script, 8),
                unit=_unit(language),
                segmentation=_segmentation(language),
                documents=sums.corpus[0],
                empty_documents=sums.corpus[1],
                words=sums.corpus[5],
                bytes=sums.corpus[2],
                methods=methods.get(code, {}),
                representation=_representation(sums),
                ambiguous_matches=ambiguous.get(code, 0),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.documents, row.code)))


def _unit(language: Language) -> str:
    without_spaces = language.script in UNSEGMENTED and language.segmentation is None
    return "characters" if without_spaces else "words"


def _segmentation(language: Language) -> Segmentation | None:
    found = language.segmentation
    if found is None:
        return None
    return replace(found, segmenter=formats.visible(found.segmenter, 60))


def html_language(code: str, script: str) -> str:
    """BCP 47 tag for a `lang` attribute, or "" where none can be told."""
    if code == "und" or not (len(code) == 3 and code.isascii() and code.isalpha()):
        return ""
    if code == "cmn":
        return "zh-Hant" if script == "Hant" else "zh-Hans"
    if code == "yue":
        return "yue-Hant" if script in ("", "Hant") else "yue-Hans"
    return _SHORT_CODES.get(code, code.lower())


def _source_rows(union: Mapping[Key, Sums]) -> tuple[SourceFigures, ...]:
    languages: dict[str, set[str]] = defaultdict(set)
    for (source, language, _), sums in union.items():
        if sums.corpus[0]:
            languages[source].add(language)
    rows = [
        SourceFigures(
            formats.visible(source),
            sums.corpus[0],
            sums.corpus[5],
            sums.corpus[2],
            len(languages[source]),
            _representation(sums),
        )
        for source, sums in _by(union, 0).items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.name == OTHER, -row.documents, row.name)))


def _cell_rows(
    union: Mapping[Key, Sums], languages: Mapping[str, LanguageFigures]
) -> tuple[tuple[CellFigures, ...], int]:
    """Every language in every source, the largest first, and how many are left out."""
    held = [(key, sums) for key, sums in union.items() if sums.corpus[0] and key[1] in languages]
    if len({source for (source, *_), _ in held}) < 2:
        return (), 0
    held.sort(key=lambda cell: (-cell[1].corpus[0], cell[0]))
    rows = tuple(
        CellFigures(
            languages[key[1]],
            formats.visible(key[0], 120),
            sums.corpus[0],
            sums.corpus[5],
            _representation(sums),
        )
        for key, sums in held[:TOP_CELLS]
    )
    return rows, len(held) - len(rows)


def _comparisons(
    *,
    key: str,
    noun: str,
    table: str,
    cells: Mapping[Key, Sums],
    languages: Mapping[str, LanguageFigures],
    place: int,
    order: Callable[[Sequence[tuple[str, Sums]]], list[tuple[str, Sums]]] | None = None,
) -> Comparisons:
    """Groups of the same language side by side, where a language has more than one group."""
    groups: dict[str, dict[str, Sums]] = defaultdict(dict)
    for cell, sums in cells.items():
        if sums.measured and sums.corpus[0]:
            groups[cell[1]].setdefault(cell[place], Sums()).add(sums)
    found = []
    for code, row in languages.items():
        if len(groups.get(code, ())) < 2:
            continue
        largest = sorted(groups[code].items(), key=lambda item: (-item[1].corpus[0], item[0]))
        shown = largest[:TOP_GROUPS]
        shown = order(shown) if order else shown
        compared = []
        for name, sums in shown:
            representation = _representation(sums)
            if representation is not None:
                compared.append(GroupFigures(formats.visible(name), representation))
        found.append(Comparison(row, tuple(compared), len(largest) - len(shown)))
    return Comparisons(
        formats.visible(key, 60),
        noun,
        tuple(found[:TOP_COMPARED]),
        max(0, len(found) - TOP_COMPARED),
        table,
    )


def _roles(cells: Mapping[Key, Sums], languages: Mapping[str, LanguageFigures]) -> Comparisons:
    def in_order(groups: Sequence[tuple[str, Sums]]) -> list[tuple[str, Sums]]:
        return sorted(groups, key=lambda item: ROLES.index(item[0]))

    single = {key: sums for key, sums in cells.items() if key[2] in ROLES}
    return _comparisons(
        key="Role",
        noun="roles",
        table="gender",
        cells=single,
        languages=languages,
        place=2,
        order=in_order,
    )


def _slices(audit: Audit, languages: Mapping[str, LanguageFigures]) -> tuple[Comparisons, ...]:
    if "corpus_slices" not in audit.tables:
        return ()

    def in_order(groups: Sequence[tuple[str, Sums]]) -> list[tuple[str, Sums]]:
        # Years and other numbers read as a series; names by size.
        if all(name.isascii() and name.isdigit() for name, _ in groups):
            return sorted(groups, key=lambda item: (len(item[0]), item[0]))
        return list(groups)

    corpus = audit.tables["corpus_slices"]
    result = []
    for name in sorted(pc.unique(corpus.column("slice")).to_pylist()):
        tables = {
            table: audit.tables[table].filter(pc.equal(audit.tables[table].column("slice"), name))
            for table in ("corpus_slices", "gender_slices")
            if table in audit.tables
        }
        part = Audit(audit.folder, audit.manifest, audit.languages, audit.weights, tables)
        cells = _cells(part, "corpus_slices", "gender_slices", None, "value")
        union = {key: sums for key, sums in cells.items() if key[2] == ANY}
        result.append(
            _comparisons(
                key=name,
                noun=f"values of {formats.visible(name, 30)}",
                table="gender_slices",
                cells=union,
                languages=languages,
                place=0,
                order=in_order,
            )
        )
    return tuple(result)


def _weighted(
    audit: Audit, union: Mapping[Key, Sums], languages: Mapping[str, LanguageFigures]
) -> tuple[WeightedFigures, ...]:
    if audit.weights is None:
        return ()
    sources: dict[str, dict[str, Representation]] = defaultdict(dict)
    for (source, code, _), sums in union.items():
        representation = _representation(sums)
        if representation is not None and representation.words:
            sources[code][source] = representation
    rows = []
    for code, row in languages.items():
        if row.representation is None or code not in sources:
            continue
        plain: dict[str, Estimate | None] = {
            name: row.representation.classes[name].of_words for name in CLASSES
        }
        plain["contrast"] = row.representation.contrast
        weighted: dict[str, Estimate | None] = {}
        left_out: tuple[str, ...] = ()
        for name in plain:
            shares = {
                source: share
                for source, each in sources[code].items()
                if (share := each.contrast if name == "contrast" else each.classes[name].of_words)
            }
            result = statistics.weighted_share(shares, audit.weights, signed=name == "contrast")
            weighted[name] = result.estimate
            left_out = tuple(formats.visible(source, 60) for source in result.left_out)
        rows.append(WeightedFigures(row, plain, weighted, left_out))
    return tuple(rows[:TOP_ROWS])


# Terms --------------------------------------------------------------------------------------------


@dataclass
class _Word:
    """A word of a lexicon: its sums, and its forms with their matches, most frequent first."""

    gender: str
    concept: str
    lemma: str
    matches: int
    documents: int
    forms: list[tuple[str, int]] = field(default_factory=list)
    ambiguous: bool = False


def _terms(audit: Audit) -> tuple[dict[str, list[_Word]], dict[str, int]]:
    """Words by language, most frequent first, and matches of forms that stand in more than one
    class, each counted once."""
    if not audit.has_gender:
        return {}, {}
    words: dict[tuple[str, ...], _Word] = {}
    names = ("language", "gender", "concept", "lemma")
    for row in _summed(audit.tables["gender_terms"], names):
        gender, concept, lemma = row["gender"], row["concept"] or "", row["lemma"]
        word = _Word(gender, concept, lemma, row["matches_sum"], row["documents_sum"])
        words[row["language"], gender, concept, lemma] = word
    by_class: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in _summed(audit.tables["gender_forms"], (*names, "form", "ambiguous")):
        found = words.get((row["language"], row["gender"], row["concept"] or "", row["lemma"]))
        if found is None:
            continue
        found.forms.append((row["form"], row["matches_sum"]))
        found.ambiguous |= row["ambiguous"]
        by_class[row["language"], row["form"]][row["gender"]] += row["matches_sum"]
    ambiguous: dict[str, int] = defaultdict(int)
    for (language, _), matches in by_class.items():
        if len(matches) > 1:
            ambiguous[language] += max(matches.values())
    by_language: dict[str, list[_Word]] = defaultdict(list)
    for key, word in words.items():
        word.forms.sort(key=lambda form: (-form[1], form[0]))
        by_language[key[0]].append(word)
    for rows in by_language.values():
        rows.sort(key=lambda word: (-word.matches, word.lemma, word.concept))
    return dict(by_language), dict(ambiguous)


def _summed(table: pa.Table, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Matches and documents of all parts of whole documents by some keys, without zeros."""
    table = table.filter(pc.equal(table.column("role"), ANY))
    sums = table.group_by(list(keys)).aggregate([("matches", "sum"), ("documents", "sum")])
    return (row for row in sums.to_pylist() if row["matches_sum"])


_PASSAGE_KEY = ("measure", "language", "key")


class _Passages(Mapping[tuple[str, str, str], Sequence[Sequence[str]]]):
    """Passages by measure, language and key, by rank; only those asked for become Python's."""

    def __init__(self, table: pa.Table) -> None:
        table = table.sort_by([(name, "ascending") for name in (*_PASSAGE_KEY, "rank")])
        self._texts = [table[name].combine_chunks() for name in ("before", "match", "after")]
        begins = np.zeros(len(table), np.bool_)
        begins[:1] = True
        for name in _PASSAGE_KEY:
            column = table[name].combine_chunks()
            begins[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
        firsts = table.select(_PASSAGE_KEY).filter(pa.array(begins))
        keys = zip(*(column.to_pylist() for column in firsts.columns), strict=True)
        ends = [*np.flatnonzero(begins).tolist(), len(table)]
        self._rows = dict(zip(keys, itertools.pairwise(ends), strict=True))

    def __getitem__(self, key: tuple[str, str, str]) -> Sequence[Sequence[str]]:
        begin, end = self._rows[key]
        texts = (column.slice(begin, end - begin).to_pylist() for column in self._texts)
        return list(zip(*texts, strict=True))

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _examples(audit: Audit) -> who.Examples:
    return _Passages(audit.tables["examples"]) if "examples" in audit.tables else {}


def _term_lists(
    examples: who.Examples,
    words: Mapping[str, Sequence[_Word]],
    languages: Sequence[LanguageFigures],
) -> tuple[TermList, ...]:
    lists = []
    for row in languages[:TOP_ROWS]:
        found = words.get(row.code, ())
        terms = []
        for gender in CLASSES:
            of_class = [word for word in found if word.gender == gender][:TOP_TERMS]
            for place, word in enumerate(of_class):
                passages = examples.get(("gender", row.code, word.lemma), [])[:EXAMPLES_A_TERM]
                shown = passages if place < TERMS_WITH_EXAMPLES else []
                forms = [
                    formats.visible(form, 60, joiners=True) for form, _ in word.forms[:FORMS_A_TERM]
                ]
                terms.append(
                    Term(
                        gender,
                        formats.visible(word.lemma.replace("+", ", "), 60, joiners=True),
                        tuple(forms),
                        len(word.forms) - len(forms),
                        formats.visible(word.concept.replace("+", ", "), 60),
                        word.ambiguous,
                        word.matches,
                        word.documents,
                        tuple(who.example(*passage) for passage in shown),
                    )
                )
        if terms:
            lists.append(TermList(row, tuple(terms), len(found) - len(terms)))
    return tuple(lists)


def _reliability(
    audit: Audit, languages: Sequence[LanguageFigures]
) -> tuple[LexiconReliability, ...]:
    if "reliability" not in audit.tables:
        return ()
    known = {row["language"]: row for row in audit.tables["reliability"].to_pylist()}
    rows = []
    for language in languages:
        row = known.get(language.code)
        if row is None:
            continue
        rows.append(
            LexiconReliability(
                language,
                bool(row["measured"]),
                formats.visible(row["treebank"] or "", 60),
                _wilson(row["found"], row["gold"]),
                row["gold"] or 0,
                _wilson(row["right"], row["matches"]),
                row["matches"] or 0,
                formats.visible(row["news"] or "", 60),
                tuple(row[f"{name}_correlation"] for name in CLASSES),
            )
        )
    return tuple(rows)


def _wilson(part: int | None, whole: int | None) -> Estimate | None:
    return None if part is None or whole is None else statistics.wilson(part, whole)


# Everything else ----------------------------------------------------------------------------------


def _totals(audit: Audit, sums: Sums) -> Totals:
    files = audit.tables["files"]
    methods: dict[str, int] = defaultdict(int)
    for method, documents in zip(
        *_columns(audit.tables["languages"], ("method", "documents")), strict=True
    ):
        methods[method] += documents
    documents, empty, size, characters, tokens, words = sums.corpus[:6]
    return Totals(
        documents=documents,
        empty_documents=empty,
        words=words,
        tokens=tokens,
        characters=characters,
        bytes=size,
        file_bytes=sum(value or 0 for value in files.column("bytes").to_pylist()),
        files=files.num_rows,
        read=sum(files.column("read").to_pylist()),
        audited=sum(files.column("audited").to_pylist()),
        rejected=sum(files.column("rejected").to_pylist()),
        repaired=sum(files.column("repaired").to_pylist()),
        methods=dict(methods),
    )


def _contradictions(audit: Audit, totals: Totals) -> Iterable[str]:
    """Sentences about sums that should agree and do not: better said than hidden."""
    if totals.read != totals.audited + totals.rejected:
        yield (
            f"The accounts do not balance: {formats.count(totals.read)} records read, but "
            f"{formats.count(totals.audited)} audited and "
            f"{formats.count(totals.rejected)} rejected."
        )
    if totals.documents != totals.audited:
        yield (
            f"{formats.count(totals.audited)} records were audited, but the tables hold "
            f"{formats.count(totals.documents)} documents."
        )


def _lengths(audit: Audit) -> tuple[LengthBucket, ...]:
    table = audit.tables["lengths"]
    buckets: dict[int, int] = defaultdict(int)
    for role, bucket, documents in zip(
        *_columns(table, ("role", "bucket", "documents")), strict=True
    ):
        if role == ANY:
            buckets[bucket] += documents
    if not buckets:
        return ()
    rows = []
    start, last = min(buckets), max(buckets)
    while start <= last:
        following = 1 if start <= 0 else start * 2
        rows.append(LengthBucket(start, following - 1, buckets.pop(start, 0)))
        start = following
    if any(buckets.values()):
        raise ValueError("table 'lengths' has a bucket that is neither 0 nor a power of two")
    return tuple(rows)


def _reasons(audit: Audit) -> tuple[RejectReason, ...]:
    records: dict[str, int] = defaultdict(int)
    excerpts: dict[str, str] = {}
    for batch in audit.reject_batches():
        for reason, number, excerpt in zip(
            *(batch.column(name).to_pylist() for name in ("reason", "records", "excerpt")),
            strict=True,
        ):
            text = formats.visible(reason or "")
            records[text] += number
            if excerpt and text not in excerpts:
                excerpts[text] = formats.visible(excerpt)
    rows = [RejectReason(text, number, excerpts.get(text, "")) for text, number in records.items()]
    return tuple(sorted(rows, key=lambda row: (-row.records, row.reason)))


def _files(audit: Audit) -> tuple[FileFigures, ...]:
    columns = _columns(audit.tables["files"], COLUMNS["files"][1:])
    rows = []
    for path, size, modified, read, audited, rejected, repaired in zip(*columns, strict=True):
        rows.append(
            FileFigures(
                formats.visible(path),
                size or 0,
                formats.visible(modified or "", 40),
                read,
                audited,
                rejected,
                repaired,
            )
        )
    return tuple(rows)


def _pairs(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (formats.visible(key, 60), formats.visible(_plain(value), 300))
        for key, value in sorted(values.items())
        if value not in (None, "", [], {})
    )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)


def _lexicons(lexicons: Mapping[str, Any]) -> tuple[tuple[str, str, str, str, str], ...]:
    rows = []
    for code, entry in sorted(lexicons.items()):
        known = entry if isinstance(entry, dict) else {}
        rows.append(
            (
                formats.visible(code, 12),
                formats.visible(known.get("name", ""), 80),
                formats.visible(known.get("concepts", ""), 12),
                formats.visible(known.get("forms", ""), 12),
                formats.visible(known.get("sha256", ""), 64),
            )
        )
    return tuple(rows)
