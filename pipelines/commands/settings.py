"""TOML files of options and weights."""

from __future__ import annotations

import argparse
import difflib
import tomllib
from typing import Any

from corpus_assay.pipelines.commands.shared import (
    UsageError,
)


def config_arguments(path: str, command: argparse.ArgumentParser) -> list[str]:
    """The TOML file of ``--config`` as options of a command, to stand before what is typed.

    Raises:
        UsageError: the file cannot be read, or has a key that is no option or takes no such value.
    """
    known = {
        option: action.nargs != 0
        for action in command._actions
        for option in action.option_strings
        if option not in ("--help", "--config", "--json", "--debug")
    }
    arguments = []
    for name, value in _toml(path).items():
        option = f"--{name.replace('_', '-')}"
        if option not in known:
            near = difflib.get_close_matches(option, known, 1)
            hint = f"; did you mean {near[0][2:].replace('-', '_')}?" if near else ""
            raise UsageError(f"{path}: unknown option {name!r}{hint}")
        if isinstance(value, list):
            value = ",".join(str(item) for item in value)
        if known[option] is isinstance(value, bool):
            expected = "a value" if known[option] else "true or false"
            raise UsageError(f"{path}: {name} is {value!r}, expected {expected}")
        if known[option]:
            arguments.append(f"{option}={value}")
        elif value:
            arguments.append(option)
    return arguments


def weights(path: str | None) -> dict[str, float] | None:
    """Weights of sources, by the table ``[weights]`` of a TOML file; None where none is named.

    Raises:
        UsageError: the file cannot be read, has no such table, or one that holds no numbers from 0.
    """
    if path is None:
        return None
    table = _toml(path).get("weights")
    if not isinstance(table, dict) or not table:
        raise UsageError(f"{path} has no table [weights] with lines like: web = 0.7")
    for source, weight in table.items():
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not number or not 0 <= weight < float("inf"):
            raise UsageError(
                f"{path}: the weight of {source!r} is {weight!r}, not a number from 0 up"
            )
    return {source: float(weight) for source, weight in table.items()}


def _toml(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error
