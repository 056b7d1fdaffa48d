"""Parameters of the Flex Template (``deploy/dataflow/metadata.json``) to a command line.

A parameter is an option of ``corpus-assay audit`` with ``_`` for ``-``, or one of Beam's; the
inputs are ``input``, with commas between.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence

from corpus_assay.pipelines import cli

IMAGE = "CORPUS_ASSAY_IMAGE"
"""Variable of the environment that holds the name of the image that this runs in."""

NOT_OFFERED = frozenset(("help", "runner", "no_wait", "json", "debug", "config", "quiet"))
"""Options of ``corpus-assay audit`` that have no sense for a template."""


class ParameterError(Exception):
    """A parameter cannot be used; the message names it."""


def options() -> dict[str, bool]:
    """Names of the parameters that are options of an audit, and whether each takes a value."""
    arguments = cli.parser().parse_args(["audit", "x"])
    return {
        name.removeprefix("--").replace("-", "_"): action.nargs != 0
        for action in arguments.parser._actions
        for name in action.option_strings
        if name.startswith("--") and name.removeprefix("--").replace("-", "_") not in NOT_OFFERED
    }


def command_line(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """What the launcher of the template says, as arguments of ``corpus-assay``.

    The launcher writes ``--name=value``, adds options of Beam (project, region, places for
    temporary files, where the job's description goes) and names the runner.

    Raises:
        ParameterError: a parameter of an audit has no value, or a switch another one than true or
            false.
    """
    known = options()
    inputs: list[str] = []
    own: list[str] = []
    beam: list[str] = []
    for name, value in _pairs(arguments):
        if name == "runner":
            continue
        if name == "input":
            inputs += [part for part in value.split(",") if part]
        elif name not in known:
            beam.append(f"--{name}={value}" if value else f"--{name}")
        elif known[name]:
            if value:  # an optional parameter may come empty
                own.append(f"--{name.replace('_', '-')}={value}")
        elif value.lower() in ("true", "false"):
            own += [f"--{name.replace('_', '-')}"] * (value.lower() == "true")
        else:
            raise ParameterError(f"parameter {name} is {value!r}, it must be true or false")
    if not inputs:
        raise ParameterError("parameter input is needed: gs://BUCKET/FOLDER, with commas between")
    image = environment.get(IMAGE)
    if image and not any(word.startswith("--sdk_container_image=") for word in beam):
        beam.append(f"--sdk_container_image={image}")
    return ["audit", *inputs, *own, "--runner=dataflow", "--no-wait", "--quiet", *beam]


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    words = list(arguments)
    while words:
        word = words.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if not equals and words and not words[0].startswith("--"):
            value = words.pop(0)
        yield name, value


def main() -> int:
    """Start the audit that the launcher's arguments ask for; an exit code."""
    try:
        arguments = command_line(sys.argv[1:], os.environ)
    except ParameterError as error:
        print(f"error: {error}", file=sys.stderr)
        return cli.USED_WRONGLY
    return cli.main(arguments)
