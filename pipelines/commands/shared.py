"""What the commands have in common: exit codes, options, errors, and how results are printed."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"
"""Where a command adds its parser."""

DONE, POLICY_FAILED, USED_WRONGLY, RUN_FAILED = range(4)
"""Exit codes. `POLICY_FAILED` is for commands that judge an audit."""


class UsageError(Exception):
    """What was typed cannot be done; the message names the option and the way out."""


class Parser(argparse.ArgumentParser):
    """A parser that says an error in one line, which ends with where help is."""

    def error(self, message: str) -> NoReturn:
        """End the process with the message; its exit code is `USED_WRONGLY`."""
        self.exit(USED_WRONGLY, f"error: {message}; see '{self.prog} --help'\n")


# --- Options ---------------------------------------------------------------------------------


def common(command: argparse.ArgumentParser) -> None:
    """Add the options that every command has."""
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.add_argument("--debug", action="store_true", help="show where an error was raised")
    command.set_defaults(prog=command.prog)


def nothing_left(arguments: argparse.Namespace, rest: Sequence[str]) -> None:
    """Raises `UsageError` where the parser left something, which only Beam could understand."""
    if rest:
        raise UsageError(f"unexpected argument {rest[0]}; see '{arguments.prog} --help'")


def for_filesystems(arguments: argparse.Namespace, rest: Sequence[str], *paths: str) -> None:
    """Give what is left to Beam's filesystems, where a path is a URL; else nothing may be left.

    Raises:
        UsageError: something is left, or Beam does not know it (that of `pipelines.run`).
    """
    if not any("://" in path for path in paths):
        nothing_left(arguments, rest)
        return
    from corpus_assay.pipelines import engine

    engine.connect(engine.beam_options("direct", rest))


def names(value: str | None) -> list[str]:
    """Names with commas between."""
    return [name.strip() for name in (value or "").split(",") if name.strip()]


def below(folder: str, name: str) -> str:
    """A name in a folder or below a URL."""
    return f"{folder.rstrip('/')}/{name}" if "://" in folder else str(Path(folder) / name)


# --- Results ---------------------------------------------------------------------------------


def print_json(content: Any) -> None:
    """Print for machines, and for people who look at it."""
    print(json.dumps(content, ensure_ascii=False, indent=2))


def summary_for_terminal(folder: Path) -> str:
    """The summary of an audit as stdout can show it: wrapped and coloured for a terminal, else
    plain."""
    from corpus_assay.reports import summary

    if not sys.stdout.isatty():
        return summary(folder)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return summary(folder, width=shutil.get_terminal_size().columns, colour=colour)


# --- Errors ----------------------------------------------------------------------------------


_USER_ERRORS = (
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
)
"""Errors that are the user's to mend, and the modules that have them."""


def is_users(error: Exception) -> bool:
    """Whether an error is the user's to mend. Only of modules that were imported can there be
    one."""
    known = [getattr(sys.modules[m], name) for m, name in _USER_ERRORS if m in sys.modules]
    return isinstance(error, (UsageError, *known))


def said_of(error: Exception) -> str:
    """The message of an error. Others than `UsageError` name files and columns of the input: they
    are made safe for a terminal."""
    if isinstance(error, UsageError):
        return str(error)
    from corpus_assay.reports.formats import visible

    text = str(error) or type(error).__name__
    return "\n".join(visible(line, 5000) for line in text.splitlines())


def notes_on(error: BaseException) -> list[str]:
    """What else is to be said of an error, such as what is left of the run."""
    return getattr(error, "__notes__", [])
