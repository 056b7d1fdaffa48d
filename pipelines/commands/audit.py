"""``corpus-assay audit``: files to a folder of tables and a report."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_assay.pipelines import start
from corpus_assay.pipelines.commands import settings
from corpus_assay.pipelines.commands.shared import (
    DONE,
    POLICY_FAILED,
    Commands,
    UsageError,
    common,
    names,
    print_json,
    summary_for_terminal,
)

if TYPE_CHECKING:
    from corpus_assay.pipelines.config import AuditConfig
    from corpus_assay.pipelines.run import Audit
    from corpus_assay.transforms.duplicates import DuplicateOptions

MAX_DOCUMENT_MB = 512
"""A batch is addressed with 31 bits, and repairing a document may triple it."""


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    audit = commands.add_parser(
        "audit",
        help="audit files into a folder of tables and a report",
        description="Audits files into a folder: Parquet tables, audit.json and report.html.",
        epilog="Examples:\n"
        "  corpus-assay audit web/*.jsonl.zst --output audit-web\n"
        "  corpus-assay audit crawl.warc.gz --output audit-crawl --slice-by auto\n"
        "  corpus-assay audit rows.parquet --output a --text-column body --language deu\n"
        "Options that are not listed here are Beam's, written --name=value, for example\n"
        "--direct_num_workers=2.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    audit.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="files, folders, globs or cloud paths; formats may be mixed",
    )
    audit.add_argument("--output", metavar="DIR", help="audit folder to write")
    audit.add_argument("--overwrite", action="store_true", help="replace an audit that is there")
    audit.add_argument(
        "--resume",
        action="store_true",
        help="go on with the work units that an interrupted run has finished",
    )
    audit.add_argument("--config", metavar="FILE", help="TOML file with these options as keys")
    audit.add_argument(
        "--policy",
        metavar="FILE",
        help="hold the audit against a policy, as 'corpus-assay check' does: exit code 1 where a "
        "rule failed; the verdict goes into audit.json",
    )
    _data_options(audit)
    _language_options(audit)
    _measures_options(audit)
    _copies_options(audit)
    _running_options(audit)
    common(audit)
    audit.set_defaults(run=run, parser=audit)


def _data_options(audit: argparse.ArgumentParser) -> None:
    data = audit.add_argument_group("what the data is (guessed where not given)")
    data.add_argument(
        "--format",
        default="auto",
        choices=("auto", "jsonl", "parquet", "csv", "text", "warc", "hf"),
        help="format of every file (default: guessed from names and contents)",
    )
    data.add_argument("--text-column", metavar="NAMES", help="text columns, with commas between")
    data.add_argument("--id-column", metavar="NAME", help="the user's own identifier")
    data.add_argument("--language-column", metavar="NAME", help="language of the document")
    data.add_argument("--source-column", metavar="NAME", help="source of the document")
    data.add_argument("--source", metavar="NAME", help="one source for every document")
    data.add_argument(
        "--text-unit",
        default="line",
        choices=("line", "file"),
        help="what a document is in plain text files (default: %(default)s)",
    )
    data.add_argument(
        "--max-document-mb",
        type=int,
        default=64,
        metavar="MB",
        help="larger documents are rejected (default: %(default)s)",
    )


def _language_options(audit: argparse.ArgumentParser) -> None:
    language = audit.add_argument_group("language")
    language.add_argument("--language", metavar="CODE", help="one language for every document")
    language.add_argument(
        "--detect-language",
        default="auto",
        choices=("auto", "always", "never"),
        help="auto: where no column says it (default); always: do not trust the column",
    )
    language.add_argument("--language-model", metavar="FILE", help="a fastText model of your own")
    language.add_argument(
        "--language-threshold",
        type=float,
        default=0.5,
        metavar="P",
        help="least probability of a detected language (default: %(default)s)",
    )


def _measures_options(audit: argparse.ArgumentParser) -> None:
    measures = audit.add_argument_group("what is measured")
    measures.add_argument(
        "--measures",
        metavar="NAMES",
        help="with commas between: gender, pronouns, demographics, duplicates, signatures, "
        "triggers, preferences (default: all these); only if asked for: associations and "
        "repetition (every text is read twice), inserted (four times), contamination (see "
        "--benchmark), beliefs (one-sided comparisons)",
    )
    measures.add_argument(
        "--benchmark",
        metavar="FILES",
        help="find the items of benchmarks (JSON Lines or text, an item a line; with commas "
        "between) in the corpus, by runs of 13 words; adds the measure contamination",
    )
    measures.add_argument(
        "--guard",
        metavar="MODULE:ATTRIBUTE",
        help="ask a classifier of yours for the categories of every text: a ModelHandler of Beam's "
        "RunInference, or a callable that makes one; adds the measure guard, one more reading",
    )
    measures.add_argument(
        "--associate",
        metavar="NAMES",
        help="count the words that go with groups of people: gender (women and men), or axes of "
        "demographic terms as religion, nationality; adds the measure associations (default "
        "there: gender)",
    )
    measures.add_argument(
        "--window",
        type=int,
        default=10,
        metavar="N",
        help="words to each side of a person noun, pronoun or term that go with it, up to 30 "
        "(default: %(default)s)",
    )
    measures.add_argument("--lexicon", metavar="FOLDER", help="lexicons of your own")
    measures.add_argument(
        "--descriptors",
        metavar="FILE",
        help="demographic terms of your own in place of the bundled ones: descriptors_v1.1.json of "
        "HolisticBias, or a TSV with the columns lang, axis, bucket, descriptor",
    )
    measures.add_argument(
        "--rules",
        metavar="FOLDER",
        help="rules of known attacks of your own, TOML files, besides the bundled ones; one with "
        "the id of a bundled rule takes its place",
    )
    measures.add_argument(
        "--integrity",
        metavar="FILE",
        help="list of the SHA-256 that records should have, with the columns id and sha256 (CSV, "
        "JSON Lines or Parquet): records that have changed since are findings; with the dates "
        "changed and snapshot also those that were changed within a day before their snapshot",
    )
    measures.add_argument(
        "--concepts",
        default="core",
        choices=("core", "all"),
        help="core: woman, man, person, mother … the 32 of the Gender-GAP Pipeline (default); all: "
        "aunt, king, widow, baby … as well",
    )
    measures.add_argument(
        "--gender-gap-compatible",
        action="store_true",
        help="count as the Gender-GAP Pipeline does (only the first sentence of each text, single "
        "words, classes apart) and write its gender_gap.csv; best with --lexicon on its lists",
    )
    measures.add_argument(
        "--segmenter",
        default="fast",
        choices=("fast", "reference"),
        help="how words are counted in Chinese, Japanese and Thai; fast: estimated from their "
        "characters (default); reference: cut by spaCy with jieba, SudachiPy and PyThaiNLP, some "
        "hundred times slower (needs pip install 'corpus-assay[segmenters]')",
    )
    measures.add_argument(
        "--slice-by",
        metavar="NAMES",
        help="also measure by the values of these columns, with commas between, as they are called "
        "in the data; auto: by licence, year and domain, from the columns that usually tell them "
        "(license, date, timestamp, url …); what is found is said",
    )
    measures.add_argument(
        "--weights", metavar="FILE", help="TOML file with a table [weights]: source = weight"
    )
    measures.add_argument(
        "--no-excerpts",
        action="store_true",
        help="keep all text of the corpus out of the audit; what names documents stays: file "
        "names, ids, sources, languages, values of --slice-by",
    )


def _copies_options(audit: argparse.ArgumentParser) -> None:
    copies = audit.add_argument_group("duplicates")
    copies.add_argument(
        "--duplicates-threshold",
        type=float,
        default=0.8,
        metavar="J",
        help="least Jaccard similarity of near-duplicates, compared exactly (default: %(default)s)",
    )
    copies.add_argument(
        "--ngram",
        type=int,
        default=5,
        metavar="N",
        help="words of the n-grams that are compared; characters where scripts have no spaces "
        "between words (default: %(default)s)",
    )
    copies.add_argument(
        "--bands",
        type=int,
        metavar="B",
        help="bands of a signature (default: what finds 99%% of "
        "the pairs just at the threshold with the fewest comparisons; 18 × 6 at 0.8)",
    )
    copies.add_argument("--rows", type=int, metavar="R", help="values of a band")
    copies.add_argument(
        "--permutations", type=int, metavar="K", help="values of a signature (default: B × R)"
    )
    copies.add_argument(
        "--seed", type=int, default=1, help="of the permutations (default: %(default)s)"
    )
    copies.add_argument(
        "--signatures",
        action="store_true",
        help="keep every document's signature in the audit (about 480 bytes each), to find its "
        "documents in other corpora",
    )
    copies.add_argument(
        "--reference",
        metavar="DIR",
        help="find the documents that the corpus of an earlier audit, made with --signatures, "
        "holds too; exactly where the text is the same, else estimated from signatures",
    )
    copies.add_argument(
        "--reference-text",
        metavar="INPUT,…",
        help="the inputs of that earlier audit, to compare what signatures find exactly",
    )


def _running_options(audit: argparse.ArgumentParser) -> None:
    running = audit.add_argument_group("running")
    running.add_argument(
        "--runner",
        default="direct",
        choices=("direct", "prism", "flink", "dataflow"),
        help="where it runs (default: %(default)s, in this process); flink needs --flink_master "
        "HOST:PORT, see pipelines/deploy/flink",
    )
    running.add_argument(
        "--threads",
        type=int,
        metavar="N",
        help="threads of one worker (default: every core on the direct runner, else 1)",
    )
    running.add_argument(
        "--no-wait",
        action="store_true",
        help="on Dataflow: start one job that also finishes the audit, and end here; for measures "
        "that need one reading (--template_location implies it)",
    )
    running.add_argument("--quiet", action="store_true", help="no progress display")


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code. Raises `UsageError` and what it runs raises."""
    options = None
    if rest or arguments.runner != "direct":
        with start.imports("apache_beam"):
            from corpus_assay.pipelines import engine

        # A mistyped option, before anything else.
        options = engine.beam_options(arguments.runner, rest)
    if not arguments.inputs:
        raise UsageError("name at least one INPUT: a file, folder, glob or cloud path")
    if not arguments.output:
        raise UsageError("--output DIR is needed: the folder to write the audit to")
    if arguments.threads is not None and arguments.threads < 1:
        raise UsageError(f"--threads is {arguments.threads}, it must be at least 1")
    if not 1 <= arguments.max_document_mb <= MAX_DOCUMENT_MB:
        raise UsageError(
            f"--max-document-mb is {arguments.max_document_mb}, it must be from 1 to "
            f"{MAX_DOCUMENT_MB}"
        )
    weights = settings.weights(arguments.weights)
    policy = None
    if arguments.policy is not None:
        from corpus_assay.pipelines import check

        policy = check.read_policy(arguments.policy)

    with start.imports("corpus_assay.pipelines.run"):
        from corpus_assay.pipelines import passes
        from corpus_assay.pipelines import run as running

        made_as = config(arguments)
        passes.load(made_as.measures)

    template = options.get_all_options().get("template_location") if options else None
    alone = arguments.no_wait or template
    if alone and arguments.runner != "dataflow":
        raise UsageError("--no-wait and --template_location are for --runner dataflow")
    asked: dict[str, Any] = {
        "options": options,
        "weights": weights,
        "overwrite": arguments.overwrite,
        "resume": arguments.resume,
        "quiet": arguments.quiet,
        "command": arguments.typed,
        "policy": policy,
    }
    if alone:
        where = running.submit(arguments.inputs, arguments.output, made_as, **asked)
        said = {"output": arguments.output, "started": where}
        line = f"Started: {where}\n{arguments.output} is an audit once audit.json is there."
        print(json.dumps(said) if arguments.json else line)
        return DONE
    audit = running.audit(
        arguments.inputs, arguments.output, made_as, runner=arguments.runner, **asked
    )
    return _told(audit, arguments.json)


def _told(audit: Audit, as_json: bool) -> int:
    """Print a finished audit, and what its policy says; the exit code."""
    from corpus_assay.pipelines import check
    from corpus_assay.reports import summary_json

    verdict = audit.manifest.get("policy")
    code = POLICY_FAILED if verdict and verdict["verdict"] == "fail" else DONE
    if "://" in audit.folder:  # what summarises an audit reads from a disk
        counts = audit.manifest["counts"]
        said = counts | ({"policy": verdict} if verdict else {})
        print(json.dumps(said) if as_json else f"Report: {audit.report}")
    elif as_json:
        said = summary_json(Path(audit.folder)) | ({"policy": verdict} if verdict else {})
        print_json(said)
    else:
        print(summary_for_terminal(Path(audit.folder)))
        print(f"Report: {audit.report}")
    if verdict and not as_json:
        print(f"\nPolicy {verdict['policy']}:\n{check.message(verdict)}", end="")
    return code


def config(arguments: argparse.Namespace) -> AuditConfig:
    """What is read, measured and kept, from the parsed options.

    Raises:
        UsageError: options that do not go together, or a value that cannot be.
        SegmenterError: the reference segmenters are not installed.
    """
    from corpus_assay.pipelines.config import AuditConfig
    from corpus_assay.pipelines.sources import ReadOptions
    from corpus_assay.transforms.association_tables import GENDER, MAX_WINDOW
    from corpus_assay.transforms.language import LanguageOptions
    from corpus_assay.transforms.registry import BY_DEFAULT, MEASURES, MeasureOptions
    from corpus_assay.transforms.segmentation import check_reference

    slice_by = tuple(dict.fromkeys(names(arguments.slice_by)))
    wanted = names(arguments.measures) or list(BY_DEFAULT)
    associate = tuple(dict.fromkeys(names(arguments.associate)))
    wanted += ["associations"] if associate else []
    benchmark = tuple(dict.fromkeys(names(arguments.benchmark)))
    if "contamination" in wanted and not benchmark:
        raise UsageError("the measure contamination needs --benchmark FILES: what to look for")
    wanted += ["contamination"] if benchmark else []
    if "guard" in wanted and not arguments.guard:
        raise UsageError("the measure guard needs --guard MODULE:ATTRIBUTE: which model to ask")
    if arguments.guard:
        start.beam()
        from corpus_assay.pipelines.guard import GuardError, handler

        try:
            handler(arguments.guard)  # before anything is read
        except GuardError as error:
            raise UsageError(str(error)) from error
        wanted += ["guard"]
    if not 1 <= arguments.window <= MAX_WINDOW:
        raise UsageError(f"--window is {arguments.window}, it must be from 1 to {MAX_WINDOW}")
    for name in wanted:
        if name not in MEASURES:
            raise UsageError(f"unknown measure {name!r}; there are {', '.join(MEASURES)}")
    for option, value, needed in (
        ("--reference", arguments.reference, "duplicates"),
        ("--reference-text", arguments.reference_text, "duplicates"),
        ("--signatures", arguments.signatures, "duplicates"),
        ("--rules", arguments.rules, "signatures"),
        ("--integrity", arguments.integrity, "signatures"),
    ):
        if value and needed not in wanted:  # it would seem to have been done
            raise UsageError(f"{option} is for the measure {needed}: add it to --measures")
    if arguments.segmenter == "reference":
        check_reference()
    try:
        language = LanguageOptions(
            arguments.language,
            arguments.detect_language,
            arguments.language_model,
            arguments.language_threshold,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return AuditConfig(
        read=ReadOptions(
            format=arguments.format,
            text_column=arguments.text_column,
            id_column=arguments.id_column,
            language_column=arguments.language_column,
            source_column=arguments.source_column,
            source=arguments.source,
            slice_by=slice_by,
            text_unit=arguments.text_unit,
            max_document_bytes=arguments.max_document_mb << 20,
        ),
        measures=tuple(name for name in MEASURES if name == "corpus" or name in wanted),
        options=MeasureOptions(
            arguments.lexicon,
            slice_by,
            language,
            arguments.concepts,
            arguments.gender_gap_compatible,
            descriptors=arguments.descriptors,
            segmenter=arguments.segmenter,
            associate=associate or (GENDER,),
            benchmark=benchmark,
            guard=arguments.guard,
            window=arguments.window,
            duplicates=_duplicates(arguments),
            rules=arguments.rules,
            integrity=arguments.integrity,
        ),
        staging="",
        excerpts=not arguments.no_excerpts,
        threads=arguments.threads or ((cores or 1) if arguments.runner == "direct" else 1),
    )


def _duplicates(arguments: argparse.Namespace) -> DuplicateOptions:
    from corpus_assay.transforms.duplicates import DuplicateOptions

    try:
        return DuplicateOptions(
            arguments.duplicates_threshold,
            arguments.ngram,
            arguments.permutations,
            arguments.bands,
            arguments.rows,
            arguments.seed,
            arguments.signatures,
            arguments.reference,
            tuple(names(arguments.reference_text)),
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
