"""The command line.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import io
import os
import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from corpus_assay.pipelines import start
from corpus_assay.pipelines.commands import (
    audit,
    check,
    compare,
    demo,
    filter,
    history,
    lexicon,
    report,
    sarif,
    settings,
)
from corpus_assay.pipelines.commands.shared import (
    DONE,
    POLICY_FAILED,
    RUN_FAILED,
    USED_WRONGLY,
    Parser,
    is_users,
    notes_on,
    said_of,
)

__all__ = ["DONE", "POLICY_FAILED", "RUN_FAILED", "USED_WRONGLY", "main", "parser"]

_COMMANDS = (demo, audit, report, compare, check, history, filter, sarif, lexicon)

_SECRETS = ("--s3_access_key_id", "--s3_secret_access_key", "--s3_session_token")
"""Options of Beam whose values are kept out of ``audit.json``."""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    main = Parser(
        prog="corpus-assay",
        description="Audit training corpora: who is represented in the text.",
        epilog="Exit codes: 0 done, 1 a policy failed, 2 used wrongly, 3 the run failed. "
        "Progress and messages go to stderr, results to stdout.",
        allow_abbrev=False,
    )
    main.add_argument("--version", action="version", version=f"%(prog)s {version('corpus-assay')}")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    return main


def _parsed(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Arguments, and what is left for Beam."""
    arguments, rest = parser().parse_known_args(argv)
    if getattr(arguments, "config", None):
        typed = list(argv)
        at = typed.index("audit") + 1
        defaults = settings.config_arguments(arguments.config, arguments.parser)
        arguments, rest = parser().parse_known_args([*typed[:at], *defaults, *typed[at:]])
    if arguments.command == "audit":
        inputs, rest = _inputs_between(rest)
        arguments.inputs += inputs
    return arguments, rest


def _inputs_between(rest: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs that stand behind options, which argparse leaves, and what is for Beam: options, and
    the word behind an option written without ``=``, which is its value."""
    inputs: list[str] = []
    beam: list[str] = []
    for before, word in zip(["", *rest], rest, strict=False):
        for_beam = word.startswith("-") or (before.startswith("--") and "=" not in before)
        (beam if for_beam else inputs).append(word)
    return inputs, beam


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
        print("\n".join(["interrupted: no audit was written", *notes_on(error)]), file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read stdout has closed it, and Python must not try to write to it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if debug:
            raise
        if is_users(error):
            print(f"error: {said_of(error)}", file=sys.stderr)
            return USED_WRONGLY
        said = [f"error: the run failed: {said_of(error)}", *notes_on(error), "--debug shows where"]
        print("\n".join(said), file=sys.stderr)
        return RUN_FAILED


def entry() -> NoReturn:
    """Run the command that was typed, and end the process with its exit code."""
    start.leave(main())


if __name__ == "__main__":
    entry()
