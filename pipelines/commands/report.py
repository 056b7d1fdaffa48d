"""``corpus-assay report``: an audit in other forms."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus_assay.pipelines.commands.shared import (
    DONE,
    Commands,
    UsageError,
    below,
    common,
    for_filesystems,
    nothing_left,
    print_json,
    summary_for_terminal,
)


def add(commands: Commands) -> None:
    """Add the command to the command line."""
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
    common(report)
    report.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code. Raises `UsageError` and what it runs raises."""
    if "://" in arguments.folder:
        return _remotely(arguments, rest)
    nothing_left(arguments, rest)
    kind = arguments.format
    for option in ("name", "license", "url", "data"):
        if getattr(arguments, option) and kind not in ("dataset-card", "croissant"):
            raise UsageError(
                f"--{option} is for the formats dataset-card and croissant, not {kind}"
            )
    if arguments.data and kind != "croissant":
        raise UsageError(f"--data is for the format croissant, not {kind}")
    if arguments.url and kind != "croissant":
        raise UsageError(f"--url is for the format croissant, not {kind}")
    if "://" in (arguments.output or ""):
        raise UsageError(
            f"--output {arguments.output} must be a file on a disk: copy it from there"
        )
    if kind == "html" and not arguments.output:
        return _page(arguments)
    from corpus_assay.pipelines import export
    from corpus_assay.reports.statements import About

    folder = Path(arguments.folder)
    if kind == "summary" and not arguments.output and not arguments.json:
        print(summary_for_terminal(folder), end="")
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


def _page(arguments: argparse.Namespace) -> int:
    from corpus_assay.reports import summary_json, write_report

    try:
        path = write_report(Path(arguments.folder))
    except OSError as error:
        raise UsageError(
            f"cannot write the report to {arguments.folder}: {error.strerror}"
        ) from error
    if arguments.json:
        print_json(summary_json(Path(arguments.folder)))
    else:
        print(path)
    return DONE


def _remotely(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """The same for an audit on an object store; its page goes where the audit is."""
    for_filesystems(arguments, rest, arguments.folder)
    from corpus_assay.pipelines import remote

    place = arguments.folder
    with remote.audit(place) as folder:
        arguments.folder = str(folder)
        if arguments.format != "html" or arguments.output:
            return run(arguments, [])
        from corpus_assay.reports import summary_json, write_report

        remote.write(below(place, "report.html"), write_report(folder).read_bytes())
        if arguments.json:
            print_json(summary_json(folder))
        else:
            print(below(place, "report.html"))
    return DONE
