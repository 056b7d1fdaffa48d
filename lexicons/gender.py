"""The gender lexicon: nouns for persons in each language, tied together by concepts.

One TOML file a language under ``nouns/``; ``concepts.toml`` says what the concepts are. A folder
in the layout of the Gender-GAP Pipeline (``<code>_nouns.json``, Muller et al. 2023) loads as well;
its words carry no concept.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

GENDERS: tuple[str, ...] = ("feminine", "masculine", "unspecified")
NUMBERS: tuple[str, ...] = ("singular", "plural", "forms")
"""Keys that hold forms; ``forms`` where the language does not mark number on the noun."""
BUNDLED = Path(__file__).parent / "nouns"

MAX_FILE_BYTES = 64 << 20
"""A lexicon file larger than this is refused before it is read."""


class LexiconError(Exception):
    """A lexicon cannot be used: the message names the file, the fault and the way out."""


@dataclass(frozen=True)
class Concept:
    """A meaning that the lexicons of all languages share: its id, gender class and whether it is
    one of the 32 of the Gender-GAP Pipeline (`core`)."""

    id: str
    gender: str
    core: bool


@dataclass(frozen=True)
class Form:
    """One written form: its text, the concept it stands for ("" where none is known), the gender
    class counted and its number (one of `NUMBERS`)."""

    text: str
    concept: str
    gender: str
    number: str


@dataclass(frozen=True)
class Lexicon:
    """The lexicon of one language.

    `absent` gives the reason for each concept without a form, `block` the longer words that
    contain a form and do not mean it, `sha256` the digest of the file.
    """

    language: str
    source: str
    notes: tuple[str, ...]
    forms: tuple[Form, ...]
    absent: dict[str, str]
    concept_notes: dict[str, str]
    block: tuple[str, ...]
    sha256: str


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by id, in the order of their file."""
    with open(Path(__file__).parent / "concepts.toml", "rb") as file:
        tables = tomllib.load(file)
    return {key: Concept(key, row["gender"], row["core"]) for key, row in tables.items()}


def load(folder: str | None = None) -> dict[str, Lexicon]:
    """Lexicons by language (ISO 639-3), from the package or from a user's folder.

    Raises `LexiconError` where the folder holds no lexicon or a file is faulty.
    """
    return dict(_load(folder))


@cache
def _load(folder: str | None) -> dict[str, Lexicon]:
    root = BUNDLED if folder is None else Path(folder)
    if not root.is_dir():
        raise LexiconError(f"{root}: no such folder; --lexicon takes a folder of lexicon files")
    lexicons: dict[str, Lexicon] = {}
    for lexicon in _lexicons(root):
        if lexicon.language in lexicons:
            raise LexiconError(f"{root}: two files are for the language {lexicon.language!r}")
        lexicons[lexicon.language] = lexicon
    if not lexicons:
        raise LexiconError(
            f"{root}: no lexicon found; expected <code>.toml files, or <code>_nouns.json files in "
            "the layout of the Gender-GAP Pipeline"
        )
    return lexicons


def _lexicons(root: Path) -> Iterator[Lexicon]:
    for path in sorted(root.glob("*.toml")):
        yield read_toml(path)
    for path in sorted(root.glob("*_nouns.json")):
        yield read_gender_gap(path)


def _read(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise LexiconError(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB, not a lexicon")
    return path.read_bytes()


def read_toml(path: Path) -> Lexicon:
    """One language in this project's layout. Raises `LexiconError`."""
    content = _read(path)
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LexiconError(f"{path}: {error}") from error
    known = concepts()
    forms: list[Form] = []
    absent: dict[str, str] = {}
    concept_notes: dict[str, str] = {}
    for concept, row in table.items():
        if concept in ("language", "source", "notes", "block"):
            continue
        if concept not in known or not isinstance(row, dict):
            raise LexiconError(f"{path}: [{concept}] is not a concept of concepts.toml")
        unknown = set(row) - {*NUMBERS, "note", "absent"}
        if unknown:
            raise LexiconError(f"{path}: [{concept}] has unknown keys {sorted(unknown)}")
        if "absent" in row:
            absent[concept] = row["absent"]
        if "note" in row:
            concept_notes[concept] = row["note"]
        for number in NUMBERS:
            forms += (
                Form(text, concept, known[concept].gender, number)
                for text in _texts(path, concept, row.get(number, []))
            )
    return Lexicon(
        language=str(table.get("language", path.stem)),
        source=str(table.get("source", "")),
        notes=tuple(_texts(path, "notes", table.get("notes", []))),
        forms=tuple(forms),
        absent=absent,
        concept_notes=concept_notes,
        block=tuple(_texts(path, "block", table.get("block", []))),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _texts(path: Path, key: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise LexiconError(f"{path}: {key} must be a list of strings")
    return value


def read_gender_gap(path: Path) -> Lexicon:
    """One language in the layout of the Gender-GAP Pipeline. Raises `LexiconError`.

    Blanks at the ends and empty entries are dropped; everything else is taken as it stands.
    """
    content = _read(path)
    try:
        table = json.loads(content)
        entries = [
            (gender, number, entry[number])
            for gender in GENDERS
            for entry in table[gender]
            for number in ("singular", "plural")
            if number in entry
        ]
        json.dumps(entries, ensure_ascii=False).encode()  # refuses lone surrogates
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LexiconError(
            f"{path}: not in the layout of the Gender-GAP Pipeline, "
            '{"feminine": [{"singular": …, "plural": …}, …], "masculine": …, "unspecified": …}'
        ) from error
    forms = dict.fromkeys(
        Form(text.strip(), "", gender, number)
        for gender, number, text in entries
        if isinstance(text, str) and text.strip()
    )
    return Lexicon(
        language=path.name.removesuffix("_nouns.json"),
        source="Loaded from a folder in the layout of the Gender-GAP Pipeline.",
        notes=(),
        forms=tuple(forms),
        absent={},
        concept_notes={},
        block=(),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def gender_gap_layout(lexicon: Lexicon) -> dict[str, list[dict[str, str]]]:
    """A lexicon in the layout of the Gender-GAP Pipeline, every form in an entry."""
    layout: dict[str, list[dict[str, str]]] = {gender: [] for gender in GENDERS}
    for concept in dict.fromkeys(form.concept for form in lexicon.forms):
        for gender in GENDERS:
            of = [f for f in lexicon.forms if f.concept == concept and f.gender == gender]
            plurals = [f.text for f in of if f.number == "plural"]
            singulars = [f.text for f in of if f.number != "plural"]
            for k in range(max(len(plurals), len(singulars))):
                entry = {"singular": singulars[k]} if k < len(singulars) else {}
                if k < len(plurals):
                    entry["plural"] = plurals[k]
                layout[gender].append(entry)
    return layout


def faults(lexicon: Lexicon, script: str | None) -> Iterable[str]:
    """What is wrong with a lexicon, a sentence each; nothing where all is well.

    `script` is the ISO 15924 code that letters should be of; None leaves the script unchecked.
    """
    for concept in concepts().values():
        if not concept.core:
            continue
        has = any(form.concept == concept.id for form in lexicon.forms)
        if not has and concept.id not in lexicon.absent:
            yield f"[{concept.id}] has neither forms nor a reason for their absence"
        if has and concept.id in lexicon.absent:
            yield f"[{concept.id}] is said to be absent and has forms"
    seen: set[tuple[str, str, str]] = set()
    for form in lexicon.forms:
        where = f"[{form.concept}] {form.number}: {form.text!r}"
        if (form.concept, form.number, form.text) in seen:
            yield f"{where} stands twice"
        seen.add((form.concept, form.number, form.text))
        yield from (f"{where} {fault}" for fault in _text_faults(form.text, script))
    for text in lexicon.block:
        yield from (f"block: {text!r} {fault}" for fault in _text_faults(text, script))


_SCRIPT_NAMES = {
    "Arab": ("ARABIC",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Geor": ("GEORGIAN",),
    "Grek": ("GREEK",),
    "Guru": ("GURMUKHI",),
    "Hang": ("HANGUL",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"),
    "Knda": ("KANNADA",),
    "Latn": ("LATIN",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Thai": ("THAI",),
}


def _text_faults(text: str, script: str | None) -> Iterator[str]:
    if not text or text != " ".join(text.split()):
        yield "is empty or has blanks at its ends or in a row"
    if unicodedata.normalize("NFC", text) != text:
        yield "is not in NFC"
    names = _SCRIPT_NAMES.get(script or "")
    for letter in dict.fromkeys(text):
        is_letter = unicodedata.category(letter) in ("Lu", "Ll", "Lt", "Lo")
        if names and is_letter and unicodedata.name(letter, "?").split()[0] not in names:
            yield f"has a letter of another script, {unicodedata.name(letter, hex(ord(letter)))}"
