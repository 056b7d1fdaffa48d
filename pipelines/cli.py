"""The command line.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import difflib
import io
import json
import os
import shlex
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from corpus_assay.lexicons.files import FormList

DONE, POLICY_FAILED, USED_WRONGLY, RUN_FAILED = range(4)
"""Exit codes. `POLICY_FAILED` is for commands that judge an audit."""

DEMO_FOLDER = "assay-demo"

_SECRETS = ("--s3_access_key_id", "--s3_secret_access_key", "--s3_session_token")
"""Options of Beam whose values are kept out of ``audit.json``."""

MAX_DOCUMENT_MB = 512
"""A batch is addressed with 31 bits, and repairing a document may triple it."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors end with where help is."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USED_WRONGLY, f"error: {message}\nSee '{self.prog} --help'.\n")


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    main = _Parser(
        prog="corpus-assay",
        description="Audit training corpora: who is represented in the text.",
        epilog="Exit codes: 0 done, 1 a policy failed, 2 used wrongly, 3 the run failed. "
        "Progress and messages go to stderr, results to stdout.",
        allow_abbrev=False,
    )
    main.add_argument("--version", action="version", version=f"%(prog)s {version('corpus-assay')}")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _demo(commands)
    _audit(commands)
    _report(commands)
    _compare(commands)
    _check(commands)
    _history(commands)
    _filter(commands)
    _sarif(commands)
    _lexicon(commands)
    return main


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.add_argument("--debug", action="store_true", help="show where an error was raised")


def _demo(commands: Any) -> None:
    demo = commands.add_parser(
        "demo",
        help="audit the bundled sample and show what comes out",
        description="Audits a bundled sample of short texts in 55 languages, with instruction and "
        "preference rows, a damaged document and a broken record among them.",
        allow_abbrev=False,
    )
    demo.add_argument(
        "--output", default=DEMO_FOLDER, metavar="DIR", help="audit folder (default: %(default)s)"
    )
    _common(demo)
    demo.set_defaults(run=_run_demo)


def _audit(commands: Any) -> None:
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
    _common(audit)
    audit.set_defaults(run=_run_audit, parser=audit)


def _report(commands: Any) -> None:
    report = commands.add_parser(
        "report",
        help="an audit as a page, a dataset card, Croissant, SARIF or a summary",
        description="Renders an audit again: report.html in its folder or, with --format, what "
        "goes elsewhere. Without --output other formats than html are printed.",
        epilog="Examples:\n"
        "  corpus-assay report audit\n"
        "  corpus-assay report audit --format dataset-card --name 'My corpus' --output README.md\n"
        "  corpus-assay report audit --format croissant --data data/ --output croissant.json\n"
        "A card or description holds what the audit knows. It names a licence or address only\n"
        "where --license and --url give one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    report.add_argument("folder", metavar="DIR", help="audit folder")
    report.add_argument(
        "--format",
        default="html",
        choices=("html", "dataset-card", "croissant", "sarif", "summary"),
        help="html: the page (default); dataset-card: Markdown with the metadata of the Hugging "
        "Face hub; croissant: JSON-LD with the fields for responsible AI; sarif: findings for "
        "code-scanning viewers; summary: what an audit prints at its end",
    )
    report.add_argument("--output", metavar="FILE", help="file to write (html: DIR/report.html)")
    report.add_argument("--overwrite", action="store_true", help="replace the file of --output")
    report.add_argument("--name", default="", help="name of the corpus, for card and Croissant")
    report.add_argument("--license", default="", help="its licence, as apache-2.0 or an address")
    report.add_argument("--url", default="", help="its address, for Croissant")
    report.add_argument(
        "--data",
        metavar="DIR",
        help="the audited files, from where their paths start: puts their SHA-256 into Croissant",
    )
    _common(report)
    report.set_defaults(run=_run_report)


def _filter(commands: Any) -> None:
    command = commands.add_parser(
        "filter",
        help="write a corpus without the documents that its audit says can go",
        description="Writes the audited files again, each under its relative name, in its format, "
        "compression and order, without the duplicates that the audit calls removable (and, if "
        "asked, without documents that have findings). What stays is unchanged. Records that the "
        "audit could not read stay, and so do near-duplicates that are too unlike the one kept: "
        "an audit of the output may find copies among those.",
        epilog="Examples:\n"
        "  corpus-assay filter web/ --audit audit-web --dry-run\n"
        "  corpus-assay filter web/ --audit audit-web --output web-once\n"
        "  corpus-assay filter rows.jsonl --audit a --output clean --drop-findings high",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument(
        "inputs", nargs="+", metavar="INPUT", help="what was audited, named as it was then"
    )
    command.add_argument("--audit", required=True, metavar="DIR", help="audit folder")
    command.add_argument("--output", metavar="OUT", help="folder to write")
    command.add_argument(
        "--keep-duplicates", action="store_true", help="leave duplicates where they are"
    )
    command.add_argument(
        "--drop-findings",
        nargs="?",
        const="high",
        choices=("low", "medium", "high"),
        metavar="SEVERITY",
        help="drop documents with a finding of at least this severity: low, medium or high "
        "(high if none is named; write it behind the INPUTs)",
    )
    command.add_argument(
        "--dropped", metavar="FILE", help="also list what is dropped there, as JSON Lines"
    )
    command.add_argument(
        "--ignore-modified",
        action="store_true",
        help="do not compare times of modification, for copies of the audited files",
    )
    command.add_argument("--dry-run", action="store_true", help="count, and write no corpus")
    command.add_argument(
        "--overwrite", action="store_true", help="replace an earlier output of this command"
    )
    command.add_argument("--quiet", action="store_true", help="no progress display")
    _common(command)
    command.set_defaults(run=_run_filter)


def _sarif(commands: Any) -> None:
    command = commands.add_parser(
        "sarif",
        help="write the findings of an audit as SARIF 2.1.0",
        description="Writes the findings of an audit as SARIF 2.1.0, for code-scanning viewers: "
        "one result a document and rule, at most 5,000; what is beyond is summed up by rule.",
        allow_abbrev=False,
    )
    command.add_argument("folder", metavar="DIR", help="audit folder")
    command.add_argument("--output", required=True, metavar="FILE", help="file to write")
    command.add_argument("--overwrite", action="store_true", help="replace the file of --output")
    _common(command)
    command.set_defaults(run=_run_sarif)


def _compare(commands: Any) -> None:
    compare = commands.add_parser(
        "compare",
        help="what changed between two audits, with intervals",
        description="Compares two audits: gender, pronouns, demographic terms, sizes, languages, "
        "sources, lengths, rejects and every other table of shares. A change is flagged where "
        "q < .05 (Benjamini-Yekutieli) and it is 10% or more of the old value. What was made in "
        "different ways (word lists, options, versions) is said and not tested. Documents that "
        "stand in both audits are paired where both have a table of signatures.",
        epilog="Example: corpus-assay compare audits/2026-11-20 audits/2026-11-21 --output drift",
        allow_abbrev=False,
    )
    compare.add_argument("old", metavar="OLD", help="folder of the earlier audit")
    compare.add_argument("new", metavar="NEW", help="folder of the later audit")
    compare.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="folder for compare.html, compare.json and tables/changes.parquet",
    )
    compare.add_argument("--overwrite", action="store_true", help="replace an older comparison")
    compare.add_argument(
        "--assume-comparable",
        action="store_true",
        help="test also what was made in different ways, at your own risk",
    )
    _common(compare)
    compare.set_defaults(run=_run_compare)


def _check(commands: Any) -> None:
    from corpus_assay.pipelines import policy_form

    check = commands.add_parser(
        "check",
        help="hold an audit against a policy: exit code 0 pass, 1 fail",
        description="Holds an audit against a policy. Exit codes: 0 every rule passed or only "
        "warned, 1 a rule failed, 2 used wrongly.",
        epilog=policy_form.FORM,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    check.add_argument("folder", metavar="DIR", help="audit folder")
    check.add_argument("--policy", required=True, metavar="FILE", help="policy, a TOML file")
    check.add_argument("--baseline", metavar="OLD", help="earlier audit, for rules about change")
    check.add_argument("--junit", metavar="FILE", help="write the verdict as JUnit XML, for CI")
    _common(check)
    check.set_defaults(run=_run_policy)


def _history(commands: Any) -> None:
    history = commands.add_parser(
        "history",
        help="many audits as lines over time",
        description="Writes an index of the measures of many audits (Parquet) and a page with "
        "their lines over time. Audits are put in the order in which they were made.",
        epilog="Example: corpus-assay history audits --output audits/.history --overwrite",
        allow_abbrev=False,
    )
    history.add_argument(
        "audits", nargs="+", metavar="AUDIT", help="audit folders, or folders of audits"
    )
    history.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="folder for history.html, history.json and tables/history.parquet",
    )
    history.add_argument("--overwrite", action="store_true", help="replace an older history")
    _common(history)
    history.set_defaults(run=_run_history)


def _lexicon(commands: Any) -> None:
    lexicon = commands.add_parser(
        "lexicon",
        help="list, show, check or export the word lists",
        allow_abbrev=False,
    )
    actions = lexicon.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text in (
        ("list", "languages, with the number of concepts and forms"),
        ("show", "the words of a language with notes, and what makes a form"),
        ("check", "faults in the bundled lists, or in a folder of list files"),
        ("export", "write the lexicons in another layout"),
    ):
        action = actions.add_parser(name, help=help_text, allow_abbrev=False)
        if name == "show":
            action.add_argument("language", metavar="LANG", help="language code, as deu or de")
            action.add_argument("--form", metavar="FORM", help="what makes this form")
            action.add_argument("--forms", action="store_true", help="list every form")
        if name == "check":
            action.add_argument("folder", metavar="FOLDER", nargs="?", help="default: the bundled")
        if name in ("show", "check"):
            action.add_argument(
                "--kind",
                choices=("nouns", "pronouns", "demographics"),
                help="which lists (show and a FOLDER: nouns; check without one: all)",
            )
        if name == "export":
            action.add_argument("--layout", choices=("gender-gap",), default="gender-gap")
            action.add_argument("folder", metavar="FOLDER", help="folder to write to")
        if name != "check":
            action.add_argument("--lexicon", metavar="FOLDER", help="lexicons of your own")
        _common(action)
        action.set_defaults(run=_LEXICON_ACTIONS[name])


# --- Commands --------------------------------------------------------------------------------


def _run_demo(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _nothing_left(rest)
    sample = Path(__file__).parent / "sample"
    options = parser().parse_args(
        ["audit", str(sample), "--output", arguments.output, "--overwrite"]
    )
    options.json, options.typed = arguments.json, arguments.typed
    return _run_audit(options, [])


def _run_audit(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    if rest:
        from corpus_assay.pipelines import run

        run.beam_options(arguments.runner, rest)  # a mistyped option, before anything else
    if not arguments.inputs:
        raise _usage("name at least one INPUT: a file, folder, glob or cloud path")
    if not arguments.output:
        raise _usage("--output DIR is needed: the folder to write the audit to")
    if arguments.threads is not None and arguments.threads < 1:
        raise _usage(f"--threads is {arguments.threads}, it must be at least 1")
    if not 1 <= arguments.max_document_mb <= MAX_DOCUMENT_MB:
        raise _usage(
            f"--max-document-mb is {arguments.max_document_mb}, it must be from 1 to "
            f"{MAX_DOCUMENT_MB}"
        )
    weights = _weights(arguments.weights)
    policy = None
    if arguments.policy is not None:
        from corpus_assay.pipelines import check

        policy = check.read_policy(arguments.policy)

    from corpus_assay.pipelines import run
    from corpus_assay.reports import summary_json

    options = run.beam_options(arguments.runner, rest)
    if arguments.no_wait or options.get_all_options().get("template_location"):
        if arguments.runner != "dataflow":
            raise _usage("--no-wait and --template_location are for --runner dataflow")
        where = run.submit(
            arguments.inputs,
            arguments.output,
            _config(arguments),
            options=options,
            weights=weights,
            overwrite=arguments.overwrite,
            resume=arguments.resume,
            quiet=arguments.quiet,
            command=arguments.typed,
            policy=policy,
        )
        said = {"output": arguments.output, "started": where}
        line = f"Started: {where}\n{arguments.output} is an audit once audit.json is there."
        print(json.dumps(said) if arguments.json else line)
        return DONE
    audit = run.audit(
        arguments.inputs,
        arguments.output,
        _config(arguments),
        runner=arguments.runner,
        options=options,
        weights=weights,
        overwrite=arguments.overwrite,
        resume=arguments.resume,
        quiet=arguments.quiet,
        command=arguments.typed,
        policy=policy,
    )
    verdict = audit.manifest.get("policy")
    code = POLICY_FAILED if verdict and verdict["verdict"] == "fail" else DONE
    if "://" in audit.folder:  # what summarises an audit reads from a disk
        counts = audit.manifest["counts"]
        said = counts | ({"policy": verdict} if verdict else {})
        print(json.dumps(said) if arguments.json else f"Report: {audit.report}")
    elif arguments.json:
        said = summary_json(Path(audit.folder)) | ({"policy": verdict} if verdict else {})
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        print(_summary(Path(audit.folder)))
        print(f"Report: {audit.report}")
    if verdict and not arguments.json:
        print(f"\nPolicy {verdict['policy']}:\n{check.message(verdict)}", end="")
    return code


def _config(arguments: argparse.Namespace) -> Any:
    from corpus_assay.pipelines.config import AuditConfig
    from corpus_assay.pipelines.sources import ReadOptions
    from corpus_assay.transforms.associations import GENDER, MAX_WINDOW
    from corpus_assay.transforms.language import LanguageOptions
    from corpus_assay.transforms.registry import BY_DEFAULT, MEASURES, MeasureOptions
    from corpus_assay.transforms.segmentation import check_reference

    slice_by = tuple(dict.fromkeys(_names(arguments.slice_by)))
    wanted = _names(arguments.measures) or list(BY_DEFAULT)
    associate = tuple(dict.fromkeys(_names(arguments.associate)))
    wanted += ["associations"] if associate else []
    benchmark = tuple(dict.fromkeys(_names(arguments.benchmark)))
    if "contamination" in wanted and not benchmark:
        raise _usage("the measure contamination needs --benchmark FILES: what to look for")
    wanted += ["contamination"] if benchmark else []
    if "guard" in wanted and not arguments.guard:
        raise _usage("the measure guard needs --guard MODULE:ATTRIBUTE: which model to ask")
    if arguments.guard:
        from corpus_assay.pipelines.guard import GuardError, handler

        try:
            handler(arguments.guard)  # before anything is read
        except GuardError as error:
            raise _usage(str(error)) from error
        wanted += ["guard"]
    if not 1 <= arguments.window <= MAX_WINDOW:
        raise _usage(f"--window is {arguments.window}, it must be from 1 to {MAX_WINDOW}")
    for name in wanted:
        if name not in MEASURES:
            raise _usage(f"unknown measure {name!r}; there are {', '.join(MEASURES)}")
    for option, value, needed in (
        ("--reference", arguments.reference, "duplicates"),
        ("--signatures", arguments.signatures, "duplicates"),
        ("--rules", arguments.rules, "signatures"),
        ("--integrity", arguments.integrity, "signatures"),
    ):
        if value and needed not in wanted:  # it would seem to have been done
            raise _usage(f"{option} is for the measure {needed}: add it to --measures")
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
        raise _usage(str(error)) from error
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


def _duplicates(arguments: argparse.Namespace) -> Any:
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
        )
    except ValueError as error:
        raise _usage(str(error)) from error


def _names(value: str | None) -> list[str]:
    return [name.strip() for name in (value or "").split(",") if name.strip()]


def _toml(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise _usage(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _usage(f"{path} is not valid TOML: {error}") from error


def _config_arguments(path: str, known: dict[str, bool]) -> list[str]:
    """A config file as command line options, to stand before what is typed.

    `known` says of each option whether it takes a value.
    """
    arguments = []
    for name, value in _toml(path).items():
        option = f"--{name.replace('_', '-')}"
        if option not in known:
            near = difflib.get_close_matches(option, known, 1)
            hint = f"; did you mean {near[0][2:].replace('-', '_')}?" if near else ""
            raise _usage(f"{path}: unknown option {name!r}{hint}")
        if isinstance(value, list):
            value = ",".join(str(item) for item in value)
        if known[option] is isinstance(value, bool):
            expected = "a value" if known[option] else "true or false"
            raise _usage(f"{path}: {name} is {value!r}, expected {expected}")
        if known[option]:
            arguments.append(f"{option}={value}")
        elif value:
            arguments.append(option)
    return arguments


def _weights(path: str | None) -> dict[str, float] | None:
    if path is None:
        return None
    table = _toml(path).get("weights")
    if not isinstance(table, dict) or not table:
        raise _usage(f"{path} has no table [weights] with lines like: web = 0.7")
    for source, weight in table.items():
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not number or not 0 <= weight < float("inf"):
            raise _usage(f"{path}: the weight of {source!r} is {weight!r}, not a number from 0 up")
    return {source: float(weight) for source, weight in table.items()}


def _run_filter(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _for_filesystems(rest, *arguments.inputs, arguments.audit)
    if not arguments.output and not arguments.dry_run:
        raise _usage("--output OUT is needed: the folder to write to (or --dry-run)")
    if arguments.keep_duplicates and not arguments.drop_findings:
        raise _usage("--keep-duplicates without --drop-findings leaves nothing to drop")
    import dataclasses

    from corpus_assay.pipelines import filter as filtering

    result = filtering.filter_corpus(
        arguments.inputs,
        arguments.audit,
        None if arguments.dry_run else arguments.output,
        duplicates=not arguments.keep_duplicates,
        severity=arguments.drop_findings,
        dropped=arguments.dropped,
        ignore_modified=arguments.ignore_modified,
        overwrite=arguments.overwrite,
        quiet=arguments.quiet,
    )
    if arguments.json:
        print(json.dumps(dataclasses.asdict(result), indent=2))
    else:
        print(filtering.summary(result))
    return DONE


def _run_report(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    if "://" in arguments.folder:
        return _run_report_remotely(arguments, rest)
    _nothing_left(rest)
    kind = arguments.format
    for option in ("name", "license", "url", "data"):
        if getattr(arguments, option) and kind not in ("dataset-card", "croissant"):
            raise _usage(f"--{option} is for the formats dataset-card and croissant, not {kind}")
    if arguments.data and kind != "croissant":
        raise _usage(f"--data is for the format croissant, not {kind}")
    if arguments.url and kind != "croissant":
        raise _usage(f"--url is for the format croissant, not {kind}")
    if "://" in (arguments.output or ""):
        raise _usage(f"--output {arguments.output} must be a file on a disk: copy it from there")
    if kind == "html" and not arguments.output:
        return _run_page(arguments)
    from corpus_assay.pipelines import export
    from corpus_assay.reports.statements import About

    folder = Path(arguments.folder)
    if kind == "summary" and not arguments.output and not arguments.json:
        print(_summary(folder), end="")
        return DONE
    about = About(arguments.name, arguments.license, arguments.url)
    data = Path(arguments.data) if arguments.data else None
    rendered = export.render(folder, kind, about, data)
    if arguments.output:
        export.write(rendered, Path(arguments.output), overwrite=arguments.overwrite)
        said = {"output": arguments.output, "format": kind}
        print(json.dumps(said) if arguments.json else arguments.output)
    elif arguments.json and kind not in ("croissant", "sarif"):
        print(json.dumps({"format": kind, "content": rendered}, ensure_ascii=False))
    else:
        print(rendered, end="")
    if kind == "croissant" and (unsaid := export.unsaid(rendered)):
        print(
            f"Croissant also requires, and no audit knows: {', '.join(unsaid)}; add them before "
            "you publish it",
            file=sys.stderr,
        )
    return DONE


def _run_page(arguments: argparse.Namespace) -> int:
    from corpus_assay.reports import summary_json, write_report

    try:
        path = write_report(Path(arguments.folder))
    except OSError as error:
        raise _usage(f"cannot write the report to {arguments.folder}: {error.strerror}") from error
    if arguments.json:
        print(json.dumps(summary_json(Path(arguments.folder)), ensure_ascii=False, indent=2))
    else:
        print(path)
    return DONE


def _summary(folder: Path) -> str:
    """The summary as stdout can show it: wrapped and coloured for a terminal, else plain."""
    from corpus_assay.reports import summary

    if not sys.stdout.isatty():
        return summary(folder)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return summary(folder, width=shutil.get_terminal_size().columns, colour=colour)


def _run_report_remotely(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """The same for an audit on an object store; its page goes where the audit is."""
    _for_filesystems(rest, arguments.folder)
    from corpus_assay.pipelines import remote

    place = arguments.folder
    with remote.audit(place) as folder:
        arguments.folder = str(folder)
        if arguments.format != "html" or arguments.output:
            return _run_report(arguments, [])
        from corpus_assay.reports import summary_json, write_report

        remote.write(_below(place, "report.html"), write_report(folder).read_bytes())
        if arguments.json:
            print(json.dumps(summary_json(folder), ensure_ascii=False, indent=2))
        else:
            print(_below(place, "report.html"))
    return DONE


def _run_sarif(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _for_filesystems(rest, arguments.folder)
    from corpus_assay.pipelines import remote, sarif

    if Path(arguments.output).is_file() and not arguments.overwrite:
        raise _usage(f"{arguments.output} exists already: give --overwrite to replace it")
    try:
        with remote.audit(arguments.folder) as folder:
            results = sarif.write(folder, Path(arguments.output))
    except OSError as error:
        raise _usage(f"cannot write {arguments.output}: {error.strerror}") from error
    if arguments.json:
        print(json.dumps({"output": arguments.output, "results": results}))
    else:
        print(f"{results:,} results: {arguments.output}")
    return DONE


def _run_compare(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _for_filesystems(rest, arguments.old, arguments.new, arguments.output)
    from corpus_assay.pipelines import compare, remote
    from corpus_assay.reports import compare as figures

    with (
        remote.audit(arguments.old) as old,
        remote.audit(arguments.new) as new,
        remote.result(arguments.output, compare.RESULT, overwrite=arguments.overwrite) as output,
    ):
        found = compare.compare(
            old,
            new,
            output,
            overwrite=arguments.overwrite,
            assume_comparable=arguments.assume_comparable,
        )
    if arguments.json:
        print(json.dumps(figures.as_json(found), ensure_ascii=False, indent=2))
    else:
        print(figures.summary(found))
        print(f"Report: {_below(arguments.output, compare.PAGE)}")
    return DONE


def _run_policy(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _for_filesystems(rest, arguments.folder, arguments.baseline or "")
    from contextlib import nullcontext

    from corpus_assay.pipelines import check, remote

    policy = check.read_policy(arguments.policy)
    earlier = remote.audit(arguments.baseline) if arguments.baseline else nullcontext(None)
    with remote.audit(arguments.folder) as folder, earlier as baseline:
        verdict = check.judge(policy, folder, baseline)
    if arguments.junit:
        check.write_junit(verdict, arguments.junit)
    said = check.as_json(verdict)
    if arguments.json:
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        print(check.message(said), end="")
    return DONE if verdict.passed else POLICY_FAILED


def _run_history(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _for_filesystems(rest, *arguments.audits, arguments.output)
    from corpus_assay.pipelines import history, remote

    with (
        remote.audits(arguments.audits) as audits,
        remote.result(arguments.output, history.RESULT, overwrite=arguments.overwrite) as output,
    ):
        found = history.history(audits, output, overwrite=arguments.overwrite)
    rows = history.rows(found)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row['created']}  {row['name']}  {row['documents']:,} documents")
        print(f"Report: {_below(arguments.output, history.PAGE)}")
    return DONE


def _run_list(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _nothing_left(rest)
    from corpus_assay.lexicons.languages import languages
    from corpus_assay.transforms import compiled

    rows: list[dict[str, Any]] = []
    for code, lexicon in sorted(compiled.load(arguments.lexicon).items()):
        language = languages().get(code)
        rows.append(
            {
                "language": code,
                "name": language.name if language else "",
                **{name: lexicon.about[name] for name in ("concepts", "lemmas", "forms")},
                "absent": list(lexicon.about["absent"]),
            }
        )
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    print(f"{'code':5} {'language':24} {'concepts':>8} {'words':>6} {'forms':>7}  absent")
    for row in rows:
        print(
            f"{row['language']:5} {row['name']:24} {row['concepts']:8} {row['lemmas']:6} "
            f"{row['forms']:7}  {' '.join(row['absent'])}"
        )
    return DONE


def _run_show(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _nothing_left(rest)
    from corpus_assay.lexicons import gender
    from corpus_assay.lexicons.languages import languages, resolve_code
    from corpus_assay.reports.formats import visible

    if arguments.kind not in (None, "nouns"):
        return _show_terms(arguments)
    bundled = arguments.lexicon is None
    known = gender.bundled_languages() if bundled else gender.load(arguments.lexicon)
    code = resolve_code(arguments.language) or arguments.language
    if code not in known:
        raise _usage(
            f"no lexicon for {arguments.language!r}; 'corpus-assay lexicon list' shows them"
        )
    lexicon = gender.bundled(code) if bundled else gender.load(arguments.lexicon)[code]
    if arguments.form is not None:
        return _show_form(lexicon, arguments)
    if arguments.json:
        import dataclasses

        shown = dataclasses.asdict(lexicon)
        for name in ("forms", "omitted"):
            shown[name] = [form._asdict() for form in getattr(lexicon, name)]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return DONE
    name = languages()[code].name if code in languages() else code
    print(f"{name} ({code})  sha256 {lexicon.sha256}\n{visible(lexicon.source, 1000)}")
    classes: dict[str, set[str]] = {}
    for form in lexicon.forms:
        classes.setdefault(form.text, set()).add(form.gender)
    words: dict[tuple[str, str], dict[str, list[str]]] = {}
    for form in lexicon.forms:
        of_concept = words.setdefault((form.concept, form.gender), {})
        of_concept.setdefault(form.lemma or form.text, []).append(form.text)
    for (concept, gender_class), lemmas in words.items():
        lines = []
        for lemma, texts in lemmas.items():
            flag = "*" * any(len(classes[text]) > 1 for text in texts)
            more = f" ({len(texts)} forms)" if len(texts) > 1 else ""
            lines.append(f"{visible(lemma)}{flag}{more}")
        print(f"  {gender_class:12} {concept:16} {', '.join(lines)}")
        if note := lexicon.concept_notes.get(concept):
            print(f"{'':32}{visible(note, 1000)}")
        if arguments.forms:
            for lemma, texts in lemmas.items():
                print(f"{'':32}{visible(lemma)}: {', '.join(visible(text) for text in texts)}")
    for concept, reason in lexicon.absent.items():
        print(f"  absent       {concept:16} {visible(reason, 1000)}")
    if any(len(found) > 1 for found in classes.values()):
        print("* has a form that stands in more than one class and is counted in each")
    _print_notes(lexicon)
    if not arguments.forms:
        print("--forms lists every form, --form FORM says what makes one.")
    return DONE


def _show_terms(arguments: argparse.Namespace) -> int:
    """The pronouns or demographic terms of a language."""
    import dataclasses

    from corpus_assay.lexicons import terms
    from corpus_assay.lexicons.languages import languages, resolve_code
    from corpus_assay.reports.formats import visible

    pronouns = arguments.kind == "pronouns"
    known = terms.pronoun_languages() if pronouns else terms.demographic_languages()
    code = resolve_code(arguments.language) or arguments.language
    if code not in known:
        raise _usage(
            f"no list of {arguments.kind} for {arguments.language!r}; there are {' '.join(known)}"
        )
    words = terms.pronouns(code) if pronouns else terms.demographics(code)
    if arguments.form is not None:
        return _show_form(words, arguments)
    if arguments.json:
        content = dataclasses.asdict(words)
        for key in ("forms", "omitted"):
            content[key] = [form._asdict() for form in getattr(words, key)]
        print(json.dumps(content, ensure_ascii=False, indent=2))
        return DONE
    name = languages()[code].name if code in languages() else code
    print(f"{name} ({code})  sha256 {words.sha256}\n{visible(words.source, 1000)}")
    forms: dict[str, list[str]] = {}
    for form in words.forms:
        text = form.text if pronouns or arguments.forms else form.lemma or form.text
        forms.setdefault(form.concept, []).append(text)
    for concept, texts in forms.items():
        what = ""
        if isinstance(words, terms.DescriptorList):
            one = words.descriptors[concept]
            flags = ["polysemous"] * one.polysemous + [one.preference] * bool(one.preference)
            what = f" [{' + '.join((*one.axes, *flags))}]"
        listed = ", ".join(visible(text) for text in dict.fromkeys(texts))
        print(f"  {visible(concept)}{what}: {listed}")
    if isinstance(words, terms.PronounList) and not words.comparable:
        print("Not comparable with other languages.")
    _print_notes(words)
    return DONE


def _print_notes(words: FormList) -> None:
    """The notes of a list, and its forms that have a reason; of ambiguous nouns also how often
    they meant a person in gold text, where that was measured."""
    from corpus_assay.lexicons.gender import Lexicon
    from corpus_assay.lexicons.reliability import meaning_shares
    from corpus_assay.reports.formats import visible

    shares = meaning_shares() if isinstance(words, Lexicon) else {}
    for note in words.notes:
        print(f"- {visible(note, 1000)}")
    for heading, reasons in (
        ("Counted, and also", words.ambiguous),
        ("Left out", words.omit),
        ("Counted only with a capital", words.capitalised),
        ("Counted only without a capital", words.lowercase),
    ):
        for text, reason in reasons.items():
            share = shares.get((words.language, text)) if reasons is words.ambiguous else None
            gold = f" ({share.part} of {share.whole} in gold text meant it)" if share else ""
            print(f"{heading}: {visible(text)}: {visible(reason, 1000)}{gold}")
    if words.block:
        print(f"Not counted inside: {', '.join(visible(text) for text in words.block)}")


def _show_form(lexicon: FormList, arguments: argparse.Namespace) -> int:
    """What makes a form, or that nothing does."""
    from corpus_assay.reports.formats import visible
    from corpus_assay.transforms.matching import sequences

    wanted = int(sequences([arguments.form], lexicon.language).text_keys()[0])
    found = []
    for forms, left_out in ((lexicon.forms, False), (lexicon.omitted, True)):
        keys = sequences([form.text for form in forms], lexicon.language).text_keys()
        for form, key in zip(forms, keys.tolist(), strict=True):
            if key == wanted:
                reason = lexicon.omit.get(form.text) if left_out else None
                found.append(form._asdict() | {"left_out": reason})
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    for row in [] if arguments.json else found:
        made = f"{row['lemma']} → {row['rule']}" if row["rule"] else "listed as it stands"
        what = ", ".join(filter(None, (row["gender"], row["number"])))
        text, concept = visible(row["text"]), f"{row['concept']} ({what})"
        print(f"{text}  {concept}: {visible(made, 1000)}")
        if row["left_out"] is not None:
            print(f"  left out: {visible(row['left_out'], 1000)}")
        elif row["text"] in lexicon.ambiguous:
            print(f"  also: {visible(lexicon.ambiguous[row['text']], 1000)}")
    if not found and not arguments.json:
        print(f"{visible(arguments.form)} is no form of the lexicon {lexicon.language}")
    return DONE if found else USED_WRONGLY


def _run_check(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _nothing_left(rest)
    from corpus_assay.lexicons.languages import languages
    from corpus_assay.reports.formats import visible

    found = []
    kinds = (arguments.kind,) if arguments.kind else ("nouns", "pronouns", "demographics")
    for kind in kinds[:1] if arguments.folder else kinds:
        for code, faults in _checked(kind, arguments.folder):
            language = languages().get(code)
            if language is None:
                unknown = "is not an ISO 639-3 code that is known"
                found.append({"kind": kind, "language": code, "fault": unknown})
            script = language.script if language else None
            found += [{"kind": kind, "language": code, "fault": f} for f in faults(script)]
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for fault in found:
            print(f"{fault['kind']} {fault['language']}: {visible(fault['fault'], 1000)}")
        print(f"{len(found)} faults" if found else "no faults")
    return USED_WRONGLY if found else DONE


def _checked(
    kind: str, folder: str | None
) -> list[tuple[str, Callable[[str | None], Iterable[str]]]]:
    """Language of each list of a kind, and its faults given the script. Raises `LexiconError`."""
    from functools import partial

    from corpus_assay.lexicons import files, gender, terms

    if kind == "nouns":
        nouns = sorted(gender.load(folder).items())
        return [(code, partial(gender.faults, words)) for code, words in nouns]
    read, faults, bundled = (
        (terms.read_pronouns, terms.pronoun_faults, terms.PRONOUNS)
        if kind == "pronouns"
        else (terms.read_demographics, terms.demographic_faults, terms.DEMOGRAPHICS)
    )
    paths = sorted(Path(folder or bundled).glob("*.toml"))
    lists = [read(path) for path in paths if path.name != terms.CONCEPTS]
    if not lists:
        raise files.LexiconError(f"{folder}: no list found; expected <code>.toml files")
    return [(words.language, partial(faults, words)) for words in lists]  # type: ignore[arg-type]


def _run_export(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    _nothing_left(rest)
    from corpus_assay.lexicons import gender

    lexicons = gender.load(arguments.lexicon)
    folder = Path(arguments.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for code, lexicon in lexicons.items():
            content = json.dumps(gender.gender_gap_layout(lexicon), ensure_ascii=False, indent=1)
            (folder / f"{code}_nouns.json").write_text(content + "\n", encoding="utf-8")
    except OSError as error:
        raise _usage(f"cannot write to {folder}: {error.strerror}; name another FOLDER") from error
    if arguments.json:
        print(json.dumps({"folder": str(folder), "languages": sorted(lexicons)}))
    else:
        print(f"{len(lexicons)} languages written to {folder}")
    return DONE


_LEXICON_ACTIONS: dict[str, Callable[[argparse.Namespace, Sequence[str]], int]] = {
    "list": _run_list,
    "show": _run_show,
    "check": _run_check,
    "export": _run_export,
}


# --- Entry -----------------------------------------------------------------------------------


class _UsageError(Exception):
    pass


def _usage(message: str) -> _UsageError:
    return _UsageError(message)


def _for_filesystems(rest: Sequence[str], *paths: str) -> None:
    """Give what is left to Beam's filesystems, where a path is a URL; else nothing may be left."""
    if not any("://" in path for path in paths):
        _nothing_left(rest)
        return
    from apache_beam.io.filesystems import FileSystems

    from corpus_assay.pipelines import run

    FileSystems.set_options(run.beam_options("direct", rest))


def _below(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if "://" in folder else str(Path(folder) / name)


def _nothing_left(rest: Sequence[str]) -> None:
    if rest:
        raise _usage(f"unexpected argument {rest[0]}")


def _parsed(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Arguments, and what is left for Beam."""
    arguments, rest = parser().parse_known_args(argv)
    if getattr(arguments, "config", None):
        known = {
            option: action.nargs != 0
            for action in arguments.parser._actions
            for option in action.option_strings
            if option not in ("--help", "--config", "--json", "--debug")
        }
        typed = list(argv)
        at = typed.index("audit") + 1
        defaults = _config_arguments(arguments.config, known)
        arguments, rest = parser().parse_known_args([*typed[:at], *defaults, *typed[at:]])
    if arguments.command == "audit":
        inputs, rest = _inputs_between(rest)
        arguments.inputs += inputs
    return arguments, rest


def _without_secrets(argv: Sequence[str]) -> list[str]:
    """A command line that may be stored and shown: keys of object stores as dots."""
    shown: list[str] = []
    secret = False
    for word in argv:
        name, equals, _ = word.partition("=")
        if secret and not word.startswith("--"):
            word = "…"
        secret = name in _SECRETS and not equals
        shown.append(f"{name}=…" if name in _SECRETS and equals else word)
    return shown


def _inputs_between(rest: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs that stand behind options, which argparse leaves, and what is for Beam: options, and
    the word behind an option written without ``=``, which is its value."""
    inputs: list[str] = []
    beam: list[str] = []
    for before, word in zip(["", *rest], rest, strict=False):
        for_beam = word.startswith("-") or (before.startswith("--") and "=" not in before)
        (beam if for_beam else inputs).append(word)
    return inputs, beam


def _user_errors() -> tuple[type[Exception], ...]:
    """Errors of the packages that are the user's to mend, of those that were imported."""
    errors: list[type[Exception]] = [_UsageError]
    for module, name in (
        ("corpus_assay.pipelines.sources", "InputError"),
        ("corpus_assay.pipelines.finish", "OutputError"),
        ("corpus_assay.pipelines.filter", "FilterError"),
        ("corpus_assay.pipelines.run", "UsageError"),
        ("corpus_assay.pipelines.flink", "FlinkError"),
        ("corpus_assay.pipelines.dataflow", "DataflowError"),
        ("corpus_assay.pipelines.remote", "RemoteError"),
        ("corpus_assay.pipelines.check", "PolicyError"),
        ("corpus_assay.pipelines.outputs", "OutputError"),
        ("corpus_assay.transforms.segmentation", "SegmenterError"),
        ("corpus_assay.lexicons.gender", "LexiconError"),
        ("corpus_assay.lexicons.rules", "RuleError"),
        ("corpus_assay.reports", "ReportError"),
    ):
        if module in sys.modules:
            errors.append(getattr(sys.modules[module], name))
    return tuple(errors)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    debug = False
    argv = sys.argv[1:] if argv is None else argv
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names in every script go to a terminal that may not know them.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments, rest = _parsed(argv)
        arguments.typed = shlex.join(["corpus-assay", *_without_secrets(argv)])
        debug = arguments.debug
        code: int = arguments.run(arguments, rest)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt as error:
        print("\n".join(["interrupted: no audit was written", *_notes(error)]), file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read stdout has closed it, and Python must not try to write to it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if debug:
            raise
        if isinstance(error, _user_errors()):
            message = str(error) if isinstance(error, _UsageError) else _shown(error)
            print(f"error: {message}", file=sys.stderr)
            return USED_WRONGLY
        said = [f"error: the run failed: {_shown(error)}", *_notes(error), "--debug shows where"]
        print("\n".join(said), file=sys.stderr)
        return RUN_FAILED


def _notes(error: BaseException) -> list[str]:
    """What else is to be said of an error, such as what is left of the run."""
    return getattr(error, "__notes__", [])


def _shown(error: Exception) -> str:
    """A message that names files and columns of the input, safe for a terminal."""
    from corpus_assay.reports.formats import visible

    text = str(error) or type(error).__name__
    return "\n".join(visible(line, 5000) for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
