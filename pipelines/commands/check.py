"""``corpus-assay check``: an audit against a policy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext

from corpus_assay.pipelines import policy_form
from corpus_assay.pipelines.commands.shared import (
    DONE,
    POLICY_FAILED,
    Commands,
    common,
    for_filesystems,
    print_json,
)


def add(commands: Commands) -> None:
    """Add the command to the command line."""
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
    common(check)
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    for_filesystems(arguments, rest, arguments.folder, arguments.baseline or "")
    from corpus_assay.pipelines import check, remote

    policy = check.read_policy(arguments.policy)
    earlier = remote.audit(arguments.baseline) if arguments.baseline else nullcontext(None)
    with remote.audit(arguments.folder) as folder, earlier as baseline:
        verdict = check.judge(policy, folder, baseline)
    if arguments.junit:
        check.write_junit(verdict, arguments.junit)
    said = check.as_json(verdict)
    if arguments.json:
        print_json(said)
    else:
        print(check.message(said), end="")
    return DONE if verdict.passed else POLICY_FAILED
