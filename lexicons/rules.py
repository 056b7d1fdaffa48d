"""Rules of known attacks: what is looked for in every document, as data.

A rule is a table ``[[rule]]`` of a TOML file in ``lexicons/triggers`` or in a folder of the user::

    id, name        what it is called in tables, and what people read
    severity        info (counted, not listed), low, medium or high
    why, false_positives, reference
                    what it means, what else it can mean, and where it comes from
    positive, negative
                    texts that it finds, and that it must not; a text, or a table by role
    kind            attack (default) or personal: counted by kind, never shown
    roles           roles of texts that it is for; default all
    languages       languages that its phrases are in, for people

and one or more of what finds it::

    kernel          name of what compiled code finds, see `transforms.signature_kernels.CODES`
    message         name of what `transforms.signatures` works out from other hits
    literals        texts of four bytes and more, as they stand, that begin with < [ or |; others
                    must end with a colon and are found where they begin a line
    users, assistants, markers
                    the same, as turns of a chat template; with ``together`` they count only in a
                    document that has both turns
    phrases         words in a row, without regard to case; ``{a|b|}`` stands for each choice
    compose         tables ``[[rule.compose]]``: a phrase of each of the lists in ``slots`` within
                    ``window`` words of one sentence, in any order; ``@lang.name`` in a list stands
                    for that list of the tables ``[lists.lang]`` of the file. With ``ciphers`` they
                    are looked for in changed letters too, see `transforms.signatures`
    keys            regular expressions of keys, for words of 16 letters and digits and more

``case`` asks phrases to be written as in the rule. ``before``, ``after`` and ``around`` are regular
expressions that the 200 bytes before a phrase must end with, the 400 after it begin with, or both
together contain.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

SEVERITIES = ("info", "low", "medium", "high")
KINDS = ("attack", "personal")
MAX_PHRASES = 5000
"""Phrases that one pattern may stand for."""
MIN_LITERAL = 4

MAX_SLOTS = 4
"""Lists of phrases that one composition may ask for."""
MAX_WINDOW = 60

_FOLDER = Path(__file__).with_name("triggers")
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_JOIN = re.compile(rf"(?<=[{_UNSPACED}])\s+(?=[{_UNSPACED}])")
_CHOICE = re.compile(r"\{([^{}]*)\}")


class RuleError(ValueError):
    """A rule file is faulty; the message names the file, the rule and what to do."""


@dataclass(frozen=True)
class Composition:
    """A phrase of each of ``slots`` within ``window`` words, in any order."""

    slots: tuple[tuple[str, ...], ...]
    window: int
    languages: tuple[str, ...]
    ciphers: bool


@dataclass(frozen=True)
class Rule:
    """One rule; the module says what its attributes mean."""

    id: str
    name: str
    severity: str
    why: str
    false_positives: str
    reference: str
    positive: tuple[Any, ...]
    negative: tuple[Any, ...]
    kind: str = "attack"
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kernel: str = ""
    message: str = ""
    literals: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    assistants: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    together: bool = False
    phrases: tuple[str, ...] = ()
    compose: tuple[Composition, ...] = ()
    keys: tuple[str, ...] = ()
    case: bool = False
    before: str = ""
    after: str = ""
    around: str = ""
    expanded: tuple[str, ...] = field(default=(), repr=False)
    """``phrases`` with their choices made."""


@dataclass(frozen=True)
class RuleSet:
    """Rules by id, and for each file that they came from its name, title and SHA-256."""

    rules: Mapping[str, Rule]
    files: tuple[tuple[str, str, str], ...]


_STRINGS = {"id", "name", "severity", "why", "false_positives", "reference", "kind", "kernel"}
_STRINGS |= {"message", "before", "after", "around"}
_FLAGS = {"together", "case"}
_NAMES = {f.name for f in fields(Rule)} - {"expanded"}
_NEEDED = ("id", "name", "severity", "why", "false_positives", "reference", "positive", "negative")
_FINDS: tuple[str, ...] = (
    *("kernel", "message", "literals", "users", "assistants", "markers", "phrases", "compose"),
    "keys",
)


@cache
def load(folder: str | None = None) -> RuleSet:
    """The bundled rules, and those of the TOML files of a folder.

    A rule of the folder takes the place of a bundled one with its id.

    Raises:
        RuleError: a file cannot be read or a rule is faulty.
    """
    found: dict[str, Rule] = {}
    files = []
    for place in (_FOLDER, *([Path(folder)] if folder else [])):
        paths = sorted(place.glob("*.toml"))
        if not paths:
            raise RuleError(f"{place} holds no rules: expected files *.toml with tables [[rule]]")
        here: dict[str, Rule] = {}
        for path in paths:
            title, rules, digest = _read(path)
            for rule in rules:
                if rule.id in here:
                    raise RuleError(f"{path}: rule {rule.id!r} is there twice; rename one")
                here[rule.id] = rule
            files.append((path.name, title, digest))
        found |= here
    return RuleSet(found, tuple(files))


def _read(path: Path) -> tuple[str, list[Rule], str]:
    try:
        content = path.read_bytes()
        parsed = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise RuleError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path} is not valid TOML: {error}") from error
    rules = parsed.get("rule")
    if not isinstance(rules, list) or not rules or not all(isinstance(r, dict) for r in rules):
        raise RuleError(f"{path} holds no tables [[rule]]")
    digest = hashlib.sha256(content).hexdigest()
    lists = parsed.get("lists", {})
    if not isinstance(lists, dict) or not all(isinstance(of, dict) for of in lists.values()):
        raise RuleError(f"{path}: lists holds tables [lists.lang] of lists of phrases")
    title = str(parsed.get("title", path.stem))
    return title, [_rule(path, one, lists) for one in rules], digest


def _rule(path: Path, given: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]]) -> Rule:
    where = f"{path}: rule {given.get('id', '(without id)')!r}"
    for name in _NEEDED:
        if not given.get(name):
            raise RuleError(f"{where} has no {name}")
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _NAMES:
            raise RuleError(f"{where}: unknown key {name!r}; there are {', '.join(sorted(_NAMES))}")
        wanted = str if name in _STRINGS else bool if name in _FLAGS else list
        if not isinstance(value, wanted):
            raise RuleError(f"{where}: {name} must be {_CALLED[wanted]}")
        values[name] = tuple(value) if isinstance(value, list) else value
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", values["id"]):
        raise RuleError(f"{where}: an id is small letters, digits and hyphens")
    for name, choices in (("severity", SEVERITIES), ("kind", KINDS)):
        if values.get(name, choices[0]) not in choices:
            raise RuleError(f"{where}: {name} is one of {', '.join(choices)}")
    if values.get("kind") == "personal" and values["severity"] != "info":
        raise RuleError(f"{where}: rules of personal data have the severity info")
    if not any(values.get(name) for name in _FINDS):
        raise RuleError(f"{where} finds nothing: it needs one of {', '.join(_FINDS)}")
    for name in ("literals", "users", "assistants", "markers"):
        for text in values.get(name, ()):
            if not isinstance(text, str) or len(text.encode()) < MIN_LITERAL:
                raise RuleError(f"{where}: {name} {text!r} is not a text of {MIN_LITERAL} bytes")
            if text[0] not in "<[|" and text[-1] != ":":
                raise RuleError(
                    f"{where}: {name} {text!r} neither begins with < [ or | nor ends with a colon; "
                    "make it a phrase"
                )
    for name in ("before", "after", "around"):
        _pattern(where, values.get(name, ""))
    for text in values.get("keys", ()):
        _pattern(where, text)
    values["compose"] = tuple(_composition(where, one, lists) for one in values.get("compose", ()))
    phrases = tuple(dict.fromkeys(p for t in values.get("phrases", ()) for p in _expand(where, t)))
    return Rule(**values, expanded=phrases)


def _composition(where: str, given: object, lists: Mapping[str, Mapping[str, Any]]) -> Composition:
    if not isinstance(given, dict) or set(given) - {"slots", "window", "languages", "ciphers"}:
        raise RuleError(f"{where}: compose holds tables of slots, window, languages and ciphers")
    slots, window = given.get("slots"), given.get("window", 12)
    if not isinstance(slots, list) or not 2 <= len(slots) <= MAX_SLOTS:
        raise RuleError(f"{where}: compose needs slots: 2 to {MAX_SLOTS} lists of phrases")
    if not isinstance(window, int) or not 2 <= window <= MAX_WINDOW:
        raise RuleError(f"{where}: compose: window is a number of words, 2 to {MAX_WINDOW}")
    made = []
    for slot in slots:
        if not isinstance(slot, list) or not slot:
            raise RuleError(f"{where}: compose: each of slots is a list of phrases")
        phrases: dict[str, None] = {}
        for text in slot:
            for pattern in _named(where, text, lists):
                phrases |= dict.fromkeys(_expand(where, pattern))
        if "" in phrases:
            raise RuleError(f"{where}: compose: a phrase of slots may not be empty")
        made.append(tuple(phrases))
    languages = tuple(given.get("languages", ()))
    return Composition(tuple(made), window, languages, given.get("ciphers") is True)


def _named(where: str, text: object, lists: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """The list that a text ``@lang.name`` names, or the text alone."""
    if not isinstance(text, str) or not text.startswith("@"):
        return [text]
    language, _, name = text[1:].partition(".")
    found = lists.get(language, {}).get(name)
    if not isinstance(found, list) or not found:
        raise RuleError(f"{where}: compose names {text!r}, and [lists.{language}] has no {name!r}")
    return found


_CALLED = {str: "a text", bool: "true or false", list: "a list"}


def _pattern(where: str, pattern: object) -> None:
    try:
        re.compile(pattern.encode() if isinstance(pattern, str) else b"(")
    except re.error as error:
        raise RuleError(f"{where}: {pattern!r} is no regular expression: {error}") from error


def _expand(where: str, pattern: object) -> Iterator[str]:
    if not isinstance(pattern, str):
        raise RuleError(f"{where}: phrase {pattern!r} is no text")
    cut = _CHOICE.split(pattern)
    choices = [text.split("|") if k % 2 else [text] for k, text in enumerate(cut)]
    count = 1
    for of in choices:
        count *= len(of)
    if count > MAX_PHRASES:
        raise RuleError(
            f"{where}: {pattern[:60]!r}… stands for {count:,} phrases, more than {MAX_PHRASES:,}: "
            "cut it in two"
        )
    for made in itertools.product(*choices):
        yield _JOIN.sub("", " ".join("".join(made).split()))
