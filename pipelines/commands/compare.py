"""``corpus-assay compare``: what changed between two audits."""

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
    common(compare)
    compare.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    for_filesystems(arguments, rest, arguments.old, arguments.new, arguments.output)
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
        print_json(figures.as_json(found))
    else:
        print(figures.summary(found))
        print(f"Report: {below(arguments.output, compare.PAGE)}")
    return DONE
