"""``corpus-assay filter``: a corpus without what its audit says can go."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from corpus_assay.pipelines.commands.shared import (
    DONE,
    Commands,
    UsageError,
    common,
    for_filesystems,
)


def add(commands: Commands) -> None:
    """Add the command to the command line."""
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
    command.add_argument("--output", metavar="OUT", help="folder or URL to write")
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
        "--overwrite",
        action="store_true",
        help="replace an earlier output of this command, on a disk",
    )
    command.add_argument("--quiet", action="store_true", help="no progress display")
    common(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code. Raises `UsageError` and what it runs raises."""
    places = (*arguments.inputs, arguments.audit, arguments.output or "")
    for_filesystems(arguments, rest, *places)
    if not arguments.output and not arguments.dry_run:
        raise UsageError("--output OUT is needed: the folder to write to (or --dry-run)")
    if arguments.keep_duplicates and not arguments.drop_findings:
        raise UsageError("--keep-duplicates without --drop-findings leaves nothing to drop")
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
