"""``corpus-assay sarif``: findings for code-scanning viewers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

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
        "sarif",
        help="write the findings of an audit as SARIF 2.1.0",
        description="Writes the findings of an audit as SARIF 2.1.0, for code-scanning viewers: "
        "one result a document and rule, at most 5,000; what is beyond is summed up by rule.",
        allow_abbrev=False,
    )
    command.add_argument("folder", metavar="DIR", help="audit folder")
    command.add_argument("--output", required=True, metavar="FILE", help="file to write")
    command.add_argument("--overwrite", action="store_true", help="replace the file of --output")
    common(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code. Raises `UsageError` and what it runs raises."""
    for_filesystems(arguments, rest, arguments.folder)
    from corpus_assay.pipelines import remote, sarif

    if Path(arguments.output).is_file() and not arguments.overwrite:
        raise UsageError(f"{arguments.output} exists already: give --overwrite to replace it")
    try:
        with remote.audit(arguments.folder) as folder:
            results = sarif.write(folder, Path(arguments.output))
    except OSError as error:
        raise UsageError(f"cannot write {arguments.output}: {error.strerror}") from error
    if arguments.json:
        print(json.dumps({"output": arguments.output, "results": results}))
    else:
        print(f"{results:,} results: {arguments.output}")
    return DONE
