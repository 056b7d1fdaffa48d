"""``corpus-assay demo``: audit the bundled sample."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from corpus_assay.pipelines.commands import audit
from corpus_assay.pipelines.commands.shared import (
    Commands,
    Parser,
    common,
    nothing_left,
)

FOLDER = "assay-demo"


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    demo = commands.add_parser(
        "demo",
        help="audit the bundled sample and show what comes out",
        description="Audits a bundled sample of short texts in 55 languages, with instruction and "
        "preference rows, a damaged document and a broken record among them.",
        allow_abbrev=False,
    )
    demo.add_argument(
        "--output", default=FOLDER, metavar="DIR", help="audit folder (default: %(default)s)"
    )
    common(demo)
    demo.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    nothing_left(arguments, rest)
    sample = Path(__file__).parents[1] / "sample"
    alone = Parser(prog="corpus-assay")
    audit.add(alone.add_subparsers())
    options = alone.parse_args(["audit", str(sample), "--output", arguments.output, "--overwrite"])
    options.json, options.typed = arguments.json, arguments.typed
    return audit.run(options, [])
