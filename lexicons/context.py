"""Words that are looked for near people: occupations, adjectives, stigma.

``associations/<code>.toml`` names the lists of a language. A list is text with one term a line: its
forms with commas between, the first of which names it::

    language = "eng"
    source = "where the words are from"
    notes = ["what a reader of the figures should know"]

    [lists]
    occupations = '''
    nurse, nurses
    flight attendant, flight attendants
    '''
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus_assay.lexicons import files
from corpus_assay.lexicons.files import LexiconError

FOLDER = Path(__file__).parent / "associations"

LISTS = ("occupations", "adjectives", "stigma")
"""What the lists are of. ``adjectives`` are of character, appearance and competence; ``stigma``
are words by which a text treats who someone is as an error, a disease or a crime."""


@dataclass(frozen=True)
class ContextLists:
    """The lists of one language: by list and term its forms, the term among them."""

    language: str
    source: str
    notes: tuple[str, ...]
    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    sha256: str


def association_languages() -> list[str]:
    """Languages with bundled lists (ISO 639-3), sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def context_lists(language: str) -> ContextLists:
    """The bundled lists of a language."""
    return read_lists(FOLDER / f"{language}.toml")


def read_lists(path: Path) -> ContextLists:
    """Read a file of lists.

    Raises `LexiconError` for what is no TOML, has other keys or lists than these, or names a form
    twice in one list.
    """
    content = files.read(path)
    table = files.toml_table(path, content)
    if unknown := set(table) - {"language", "source", "notes", "lists"}:
        raise LexiconError(f"{path}: unknown key {min(unknown)!r}")
    if table.get("language") != path.stem:
        raise LexiconError(f"{path}: language is {table.get('language')!r}, not {path.stem!r}")
    lists = table.get("lists", {})
    if unknown := set(lists) - set(LISTS):
        raise LexiconError(f"{path}: unknown list {min(unknown)!r}; there are {', '.join(LISTS)}")
    return ContextLists(
        path.stem,
        str(table.get("source", "")),
        tuple(files.texts(path, "notes", table.get("notes", []))),
        {name: _terms(path, name, lists[name]) for name in LISTS if name in lists},
        hashlib.sha256(content).hexdigest(),
    )


def _terms(path: Path, name: str, text: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(text, str):
        raise LexiconError(f"{path}: list {name} must be text with one term a line")
    terms: dict[str, tuple[str, ...]] = {}
    known: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        forms = tuple(form.strip() for form in line.split(","))
        for form in forms:
            if not form:
                raise LexiconError(f"{path}: list {name} has an empty form in {line!r}")
            if form in known:
                raise LexiconError(f"{path}: list {name} has {form!r} twice ({line!r})")
            known[form] = line
        terms[forms[0]] = forms
    return terms
