"""Kernels: tokens and lexicon matches, and the whole analyzer, on text in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
from data import Document, Mix, batches, is_ascii_heavy, text_bytes
from measure import MB, BenchmarkError, Row, cpu_seconds, judged

from corpus_assay.lexicons import gender as gender_lexicon
from corpus_assay.lexicons.languages import languages
from corpus_assay.transforms import registry, tokens
from corpus_assay.transforms.matching import Matcher

ASCII_RATE = 300.0
SCRIPT_RATE = 150.0

Work = Callable[[pa.RecordBatch], object]


def tokenise_and_match() -> Work:
    """`tokens.tokenise` and `Matcher.match` with the gender lexicons, as the gender measure
    compiles them."""
    lexicons = gender_lexicon.load()
    matcher = Matcher(
        {
            language: [*(form.text for form in lexicon.forms), *lexicon.block]
            for language, lexicon in lexicons.items()
        }
    )
    arena = tokens.Arena()
    return lambda batch: matcher.match(tokens.tokenise(batch, arena))


def whole_analyzer() -> Work:
    """The tables of sizes and of counted words from a batch whose language is given."""
    measures = ("corpus", "gender", "pronouns", "demographics")
    return registry.analyzer(measures, registry.MeasureOptions())


def rate(work: Work, documents: Sequence[Document]) -> float:
    """Megabytes of UTF-8 text a CPU second."""
    prepared = batches(documents)

    def all_batches() -> None:
        for batch in prepared:
            work(batch)

    return text_bytes(documents) / MB / cpu_seconds(all_batches)


def measure(mix: Mix) -> Iterator[Row]:
    """Rates on ASCII-heavy text, on each script and on each language."""
    begin = time.perf_counter()
    kernels, analyzer = tokenise_and_match(), whole_analyzer()
    for batch in batches(mix.documents[:100]):
        kernels(batch)
        analyzer(batch)
    yield Row(
        "kernels",
        "load kernels, compile lexicons",
        time.perf_counter() - begin,
        "s",
        note="once a process, wall time; not in the rates",
    )

    heavy = [document for document in mix.documents if is_ascii_heavy(document.text)]
    what = f"ASCII-heavy text ({text_bytes(heavy) / MB:.0f} MB)"
    unit = "MB/CPU-s"
    yield judged(
        "kernels", f"tokenise + count, {what}", rate(kernels, heavy), unit, least=ASCII_RATE
    )
    yield Row("kernels", f"whole analyzer, {what}", rate(analyzer, heavy), unit)

    what = "all of mix, languages shuffled"
    yield Row("kernels", f"tokenise + count, {what}", rate(kernels, mix.documents), unit)
    yield Row("kernels", f"whole analyzer, {what}", rate(analyzer, mix.documents), unit)

    by_language: dict[str, list[Document]] = {}
    for document in mix.documents:
        by_language.setdefault(document.lang, []).append(document)
    rates = {code: rate(kernels, of) for code, of in by_language.items()}
    whole = {code: rate(analyzer, of) for code, of in by_language.items()}
    sizes = {code: text_bytes(of) for code, of in by_language.items()}
    scripts: dict[str, list[str]] = {}
    for code in sorted(by_language):
        scripts.setdefault(languages()[code].script, []).append(code)
    if not scripts:
        raise BenchmarkError("no document to measure")

    def pooled(codes: Sequence[str], of: dict[str, float]) -> float:
        return sum(sizes[c] for c in codes) / sum(sizes[c] / of[c] for c in codes)

    slowest = min(scripts, key=lambda script: pooled(scripts[script], rates))
    below = sorted((code for code in rates if rates[code] < SCRIPT_RATE), key=lambda c: rates[c])
    names = ", ".join(f"{code} {rates[code]:.0f}" for code in below)
    yield judged(
        "kernels",
        f"tokenise + count, slowest script ({slowest})",
        pooled(scripts[slowest], rates),
        unit,
        least=SCRIPT_RATE,
        note=f"languages below: {names}" if below else "no language below",
    )
    for script, codes in sorted(scripts.items(), key=lambda item: pooled(item[1], rates)):
        listed = ", ".join(f"{c} {rates[c]:.0f}" for c in sorted(codes, key=lambda c: rates[c]))
        yield Row("scripts", f"tokenise + count, {script}", pooled(codes, rates), unit, note=listed)
        yield Row("scripts", f"whole analyzer, {script}", pooled(codes, whole), unit)
