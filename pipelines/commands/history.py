"""``corpus-assay history``: many audits as lines over time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from corpus_assay.pipelines.commands.shared import (
    DONE,
    Commands,
    below,
    common,
    for_filesystems,
    print_json,
)


def add(commands: Commands) -> None:
    """Add the command to the command line."""
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
    common(history)
    history.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    for_filesystems(arguments, rest, *arguments.audits, arguments.output)
    from corpus_assay.pipelines import history, remote

    with (
        remote.audits(arguments.audits) as audits,
        remote.result(arguments.output, history.RESULT, overwrite=arguments.overwrite) as output,
    ):
        found = history.history(audits, output, overwrite=arguments.overwrite)
    rows = history.rows(found)
    if arguments.json:
        print_json(rows)
    else:
        for row in rows:
            print(f"{row['created']}  {row['name']}  {row['documents']:,} documents")
        print(f"Report: {below(arguments.output, history.PAGE)}")
    return DONE
