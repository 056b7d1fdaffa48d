"""The HTML report: one file that needs no network, from an audit folder alone."""

from __future__ import annotations

import base64
import contextlib
import functools
import gc
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from corpus_assay.reports import (
    cells,
    charts,
    contamination,
    duplicates,
    figures,
    findings,
    formats,
    model,
    rows,
    sentences,
    who,
)

REPORT = "report.html"
SECTIONS = {
    "composition": "Composition",
    "gender": "Gender",
    "sources": "Sources",
    "pronouns": "Pronouns",
    "demographics": "Demographic terms",
    "duplicates": "Duplicates",
    "repetition": "Repetition",
    "contamination": "Benchmarks",
    "signatures": "Signatures",
    "triggers": "Unknown triggers",
    "preferences": "Preference data",
    "inserted": "Inserted text",
    "beliefs": "One-sided comparisons",
    "guard": "What the model says",
    "rejects": "Rejects",
}
"""What the links beside the findings are called."""

_TEMPLATES = Path(__file__).parent / "templates"


def render(folder: Path) -> str:
    """The report of an audit folder as HTML; the same folder gives the same text.

    Raises:
        ReportError: the folder is no complete audit.
    """
    with _uncollected():
        return fill("report.html.j2", page=figures.fresh(folder))


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cyclic garbage: what a page is made of, hundreds of thousands of small
    objects, lives until it is written, and walking through it takes a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def fill(template: str, **context: object) -> str:
    """A template as one file that needs no network: style and script stand in it, and its policy
    lets nothing else run or load."""
    style = _source("report.css")
    script = _source("report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return _linked(
        _environment()
        .get_template(template)
        .render(policy=policy, style=Markup(style), script=Markup(script), **context)
    )


_HEADING = re.compile(
    r'<section id="([a-z0-9-]+)"|<h([23])(?: id="([a-z0-9-]+)")?>((?:(?!</?h[1-6]).)*)</h\2>',
    re.DOTALL,
)


def _linked(html: str) -> str:
    """The page with every heading of a section a link to itself, so that any can be cited."""
    section = ""
    used: set[str] = set()

    def link(found: re.Match[str]) -> str:
        nonlocal section
        if found[1]:
            section = found[1]
            return found[0]
        if found[2] == "2" or not section:
            return found[0].replace(found[4], f'<a href="#{section}">{found[4]}</a>', 1)
        words = re.findall("[a-z0-9]+", re.sub(r"<[^>]*>|&[^;]*;", " ", found[4].lower()))
        name = "-".join((section, *words))[:60]
        while name in used:
            name += "-more"
        used.add(name)
        return f'<h3 id="{name}"><a href="#{name}">{found[4]}</a></h3>'

    return _HEADING.sub(link, html)


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into an audit folder, whole or not at all, and return its path.

    Raises:
        ReportError: the folder is no complete audit.
        OSError: the file cannot be written.
    """
    text = render(folder)
    path = folder / REPORT
    temporary = folder / f".{REPORT}.{os.getpid()}"
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


_RTL = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
_RTL_RUN = re.compile(rf"{_RTL}+(?:[\W\d_]*{_RTL}+)*")


def isolated(text: str) -> Markup:
    """A sentence with each run of right-to-left letters set apart, so that what stands beside it
    (a number, a quotation mark) keeps its place."""
    found = Markup()
    end = 0
    for run in _RTL_RUN.finditer(text):
        found += Markup("{}<bdi>{}</bdi>").format(text[end : run.start()], run[0])
        end = run.end()
    return found + text[end:]


class _BytecodeCache(jinja2.FileSystemBytecodeCache):
    """Compiled templates, in a folder that only this user can write; compiling them is a tenth of
    what a small audit costs. Where they cannot be stored, they are compiled each time."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def _bytecode_cache() -> _BytecodeCache | None:
    # Compiled templates depend on the options below, which Jinja's own key does not know.
    options = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    try:
        return _BytecodeCache(pattern=f"corpus-assay-{options}-%s.cache")
    except (OSError, RuntimeError):
        return None


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        bytecode_cache=_bytecode_cache(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        count=formats.count,
        date=formats.date,
        island=rows.island,
        isolated=isolated,
        size=formats.size,
        percent=formats.percent,
        percent_interval=formats.percent_interval,
        per_thousand=formats.per_thousand,
        per_thousand_interval=formats.per_thousand_interval,
        per_documents=findings.per_documents,
        per_documents_interval=findings.per_documents_interval,
        per_documents_bound=findings.per_documents_bound,
    )
    environment.globals.update(
        CLASSES=model.CLASSES,
        TOP_ROWS=figures.TOP_ROWS,
        STATIC_ROWS=rows.STATIC_ROWS,
        MOST_ROWS=rows.MOST_ROWS,
        SECTIONS=SECTIONS,
        TOP_DETAILS=who.TOP_DETAILS,
        TOP_LEFT_OUT=who.TOP_LEFT_OUT,
        FEW_DOCUMENTS=model.FEW_DOCUMENTS,
        SMALL_BENCHMARK=contamination.SMALL_BENCHMARK,
        SMALL_GROUP=duplicates.SMALL_GROUP,
        bdi=cells.bdi,
        share_cell=cells.share_cell,
        percent_cell=cells.percent_cell,
        benchmarks_chart=benchmarks_chart,
        benchmarks_title=benchmarks_title,
        charted_pronouns=charted_pronouns,
        pronouns_chart=pronouns_chart,
        pronoun_title=sentences.pronoun_title,
        ambiguous_share=sentences.ambiguous_share,
        comparison_chart=comparison_chart,
        comparison_title=sentences.comparison_title,
        gender_chart=gender_chart,
        gender_title=sentences.gender_title,
        languages_chart=languages_chart,
        lengths_chart=lengths_chart,
        lengths_title=sentences.lengths_title,
        overlap_chart=duplicates.overlap_chart,
        overlap_title=duplicates.overlap_title,
        sizes_chart=duplicates.sizes_chart,
        sizes_title=duplicates.sizes_title,
        part=formats.part,
        segmentation_notes=sentences.segmentation_notes,
        plural=formats.plural,
    )
    return environment


def _source(name: str) -> str:
    # Browsers hash what they parsed, with line ends as LF; read_text makes them so.
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def gender_chart(rows: Sequence[model.LanguageFigures], unit: str) -> Markup:
    """Dumbbell of feminine and masculine shares by language, for languages of one unit."""
    pairs = [
        charts.Pair(
            row.name,
            row.representation.classes["feminine"].of_words,
            row.representation.classes["masculine"].of_words,
        )
        for row in rows
        if row.representation is not None
    ]
    return charts.dumbbell(
        f"chart-gender-{unit}",
        sentences.gender_title(rows, unit),
        f"For each language a circle for feminine and a diamond for masculine words per 1,000 "
        f"{unit}, each with a band for its 95% interval. The table below has the numbers.",
        axis=f"matches per 1,000 {unit}",
        rows=pairs,
        stacked=False,
        key="language",
    )


def charted_pronouns(rows: Sequence[model.PronounFigures]) -> list[model.PronounFigures]:
    """Languages that can be set side by side: both genders in the list, and documents enough."""
    return [
        row
        for row in rows
        if row.comparable
        and {"feminine", "masculine", "gendered"} <= set(row.kinds)
        and not row.kinds["gendered"].few
    ]


def pronouns_chart(rows: Sequence[model.PronounFigures]) -> Markup:
    """Dumbbell of the shares of documents with a feminine and with a masculine pronoun."""
    pairs = [
        charts.Pair(
            row.language.name,
            row.kinds["feminine"].of_documents,
            row.kinds["masculine"].of_documents,
        )
        for row in rows
    ]
    return charts.dumbbell(
        "chart-pronouns",
        sentences.pronoun_title(rows),
        "For each language a circle for the share of documents with a feminine pronoun and a "
        "diamond for those with a masculine one, each with a band for its 95% interval. The table "
        "below has the numbers.",
        axis="of the documents of the language",
        rows=pairs,
        stacked=False,
        key="language",
        percent=True,
    )


def benchmarks_chart(figures: contamination.ContaminationFigures) -> Markup:
    """Bars of the shares of items with an n-gram in the corpus, and of those mostly there."""
    bars = [
        charts.Bar(row.name, row.there.value, row.mostly.value)
        for row in figures.benchmarks[:20]
        if row.there is not None and row.mostly is not None
    ]
    return charts.bars(
        "chart-benchmarks",
        benchmarks_title(figures),
        "For each benchmark the share of its items with an n-gram in the corpus, and of those of "
        "which most stands there. The table below has the numbers.",
        bars,
        ("with an n-gram", "mostly there"),
    )


def benchmarks_title(figures: contamination.ContaminationFigures) -> str:
    """The finding of the chart of benchmarks."""
    found = list(contamination.headlines(figures))
    return found[0].removesuffix(".") if found else "Share of the items that stand in the corpus"


def languages_chart(page: model.Figures) -> Markup:
    """Bars of the shares of documents and bytes by language."""
    totals = page.totals
    rows = [
        charts.Bar(
            row.name,
            row.documents / max(1, totals.documents),
            row.bytes / max(1, totals.bytes),
        )
        for row in page.languages[:20]
    ]
    return charts.bars(
        "chart-languages",
        page.composition,
        "For each language the share of documents and the share of bytes of text. The table "
        "beside it has the numbers.",
        rows,
        ("share of documents", "share of bytes"),
        key="language",
    )


def lengths_chart(page: model.Figures) -> Markup:
    """Histogram of documents by number of words, in buckets that double."""
    documents = max(1, sum(bucket.documents for bucket in page.lengths))
    return charts.histogram(
        "chart-lengths",
        sentences.lengths_title(page),
        "Share of documents by number of words; each column starts at the number under it and "
        "ends before the next. The table beside it has the numbers.",
        "words in the document, from (columns double in width)",
        [
            (formats.short_count(bucket.start), bucket.documents / documents)
            for bucket in page.lengths
        ],
    )


def comparison_chart(comparison: model.Comparison, of: model.Comparisons, chart_id: str) -> Markup:
    """Dumbbell of the groups of a comparison."""
    unit = comparison.language.unit
    return charts.dumbbell(
        chart_id,
        sentences.comparison_title(comparison, of.noun),
        f"A circle for feminine and a diamond for masculine words per 1,000 {unit}, with 95% "
        "intervals. The table below has the numbers.",
        axis=f"matches per 1,000 {unit}",
        rows=[
            charts.Pair(
                group.label,
                group.representation.classes["feminine"].of_words,
                group.representation.classes["masculine"].of_words,
            )
            for group in comparison.groups
        ],
        stacked=True,
        key="source" if of.key == "Source" else "",
    )
