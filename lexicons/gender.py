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
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any, NamedTuple

from corpus_assay.lexicons import paradigms

GENDERS: tuple[str, ...] = ("feminine", "masculine", "unspecified")
NUMBERS: tuple[str, ...] = paradigms.NUMBERS
"""Keys that hold listed forms; ``forms`` where the language does not mark number on the noun."""
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


class Form(NamedTuple):
    """One written form.

    ``text``; ``concept`` it stands for ("" where none is known); ``gender`` class counted;
    ``number`` (one of `NUMBERS`); ``lemma`` and ``rule`` that make it ("" where the form is
    listed and not made).
    """

    text: str
    concept: str
    gender: str
    number: str
    lemma: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Lexicon:
    """The lexicon of one language.

    `absent` gives the reason for each concept without a form; `block` the longer words that
    contain a form and do not mean it; `omitted` the forms that a rule makes and that are left out,
    `omit` the reason of each; `ambiguous` the forms that are counted and also mean something
    else, with what; `capitalised` and `lowercase` the forms that count only when written with a capital, or
    only without one, with the reason. `sha256` is the SHA-256 of the file and of its rules.
    """

    language: str
    source: str
    notes: tuple[str, ...]
    forms: tuple[Form, ...]
    absent: dict[str, str]
    concept_notes: dict[str, str]
    block: tuple[str, ...]
    sha256: str
    omitted: tuple[Form, ...] = ()
    omit: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, str] = field(default_factory=dict)
    capitalised: dict[str, str] = field(default_factory=dict)
    lowercase: dict[str, str] = field(default_factory=dict)


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


def bundled_languages() -> list[str]:
    """ISO 639-3 codes of the bundled lexicons."""
    return sorted(path.stem for path in BUNDLED.glob("*.toml"))


@cache
def bundled(language: str) -> Lexicon:
    """One bundled lexicon, without reading the others."""
    return read_toml(BUNDLED / f"{language}.toml")


def bundled_digest(language: str) -> str:
    """`Lexicon.sha256` of a bundled lexicon, without making its forms."""
    return _digest(_read(BUNDLED / f"{language}.toml"), language)


def _digest(content: bytes, language: str) -> str:
    return hashlib.sha256(content + paradigms.digest(language).encode()).hexdigest()


def _lexicons(root: Path) -> Iterator[Lexicon]:
    for path in sorted(root.glob("*.toml")):
        yield bundled(path.stem) if root == BUNDLED else read_toml(path)
    for path in sorted(root.glob("*_nouns.json")):
        yield read_gender_gap(path)


def _read(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise LexiconError(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB, not a lexicon")
    return path.read_bytes()


_LISTS = ("notes", "block")
_REASONS = ("omit", "ambiguous", "capitalised", "lowercase")
_WORD_KEYS = ("lemma", "number", "without", "note")
"""Keys that words of every language may have: the lemma, the only number that is made, made forms
that are left out of this word (`omit` leaves them out of all), a note."""


def read_toml(path: Path) -> Lexicon:
    """One language in this project's layout, all forms made. Raises `LexiconError`."""
    content = _read(path)
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LexiconError(f"{path}: {error}") from error
    language = str(table.get("language", path.stem))
    known = concepts()
    forms: list[Form] = []
    absent: dict[str, str] = {}
    concept_notes: dict[str, str] = {}
    for concept, row in table.items():
        if concept in ("language", "source", *_LISTS, *_REASONS):
            continue
        if concept not in known or not isinstance(row, dict):
            raise LexiconError(f"{path}: [{concept}] is not a concept of concepts.toml")
        unknown = set(row) - {*NUMBERS, "words", "note", "absent"}
        if unknown:
            raise LexiconError(f"{path}: [{concept}] has unknown keys {sorted(unknown)}")
        if "absent" in row:
            absent[concept] = row["absent"]
        if "note" in row:
            concept_notes[concept] = row["note"]
        gender = known[concept].gender
        for number in NUMBERS:
            forms += (
                Form(text, concept, gender, number)
                for text in _texts(path, concept, row.get(number, []))
            )
        forms += (
            Form(made.text, concept, gender, made.number, lemma, made.rule)
            for lemma, made in _inflected(path, concept, language, row.get("words", []))
        )
    reasons = {key: _reasons(path, key, table.get(key, {})) for key in _REASONS}
    left_out = [bool(form.rule) and form.text in reasons["omit"] for form in forms]
    return Lexicon(
        language=language,
        source=str(table.get("source", "")),
        notes=tuple(_texts(path, "notes", table.get("notes", []))),
        forms=_distinct(compress(forms, map(not_, left_out))),
        omitted=_distinct(compress(forms, left_out)),
        absent=absent,
        concept_notes=concept_notes,
        block=_block(path, language, table.get("block", [])),
        sha256=_digest(content, language),
        **reasons,
    )


def _inflected(
    path: Path, where: str, language: str, entries: Any
) -> Iterator[tuple[str, paradigms.Inflected]]:
    """Lemma and form of every form that the rules make of the words of a list."""
    rules = paradigms.paradigm(language)
    if not isinstance(entries, list):
        raise LexiconError(f"{path}: [{where}] words must be a list")
    for entry in entries:
        keys: Any = {"lemma": entry} if isinstance(entry, str) else entry
        if not isinstance(keys, dict) or not isinstance(keys.get("lemma"), str):
            raise LexiconError(
                f"{path}: [{where}] a word is a string or a table with a lemma, not {entry!r}"
            )
        lemma = keys["lemma"]
        unknown = set(keys) - {*_WORD_KEYS, *rules.keys}
        if unknown:
            raise LexiconError(
                f"{path}: [{where}] {lemma!r} has unknown keys {sorted(unknown)}; the rules of "
                f"{language!r} know {sorted({*_WORD_KEYS, *rules.keys})}"
            )
        values = {
            key: tuple(value) if isinstance(value, list) else value for key, value in keys.items()
        }
        number = keys.get("number")
        try:
            made = list(rules.inflect(paradigms.Word(lemma, values)))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise LexiconError(f"{path}: [{where}] {lemma!r}: {error}") from error
        without = values.get("without", ())
        for form in made:
            if number in (None, form.number) and form.text not in without:
                yield lemma, form._replace(text=unicodedata.normalize("NFC", form.text))


def _distinct(forms: Iterable[Form]) -> tuple[Form, ...]:
    """Made forms once for each concept: rules that make the same text are joined with " or "."""
    found: list[Form] = []
    places: dict[tuple[str, str], int] = {}
    for form in forms:
        place = places.get((form.text, form.concept)) if form.rule else None
        if place is None:
            places |= {(form.text, form.concept): len(found)} if form.rule else {}
            found.append(form)
            continue
        first = found[place]
        rule = form.rule if form.lemma == first.lemma else f"{form.lemma}: {form.rule}"
        found[place] = first._replace(
            number=first.number if first.number == form.number else paradigms.FORMS,
            rule=first.rule if rule in first.rule.split(" or ") else f"{first.rule} or {rule}",
        )
    return tuple(found)


def _block(path: Path, language: str, entries: Any) -> tuple[str, ...]:
    """Texts as they stand, and all forms of the words that are tables."""
    if not isinstance(entries, list):
        raise LexiconError(f"{path}: block must be a list of strings")
    listed = _texts(path, "block", [entry for entry in entries if not isinstance(entry, dict)])
    words = [entry for entry in entries if isinstance(entry, dict)]
    made = (form.text for _, form in _inflected(path, "block", language, words))
    return tuple(dict.fromkeys([*listed, *made]))


def _texts(path: Path, key: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise LexiconError(f"{path}: {key} must be a list of strings")
    return value


def _reasons(path: Path, key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise LexiconError(f"{path}: [{key}] must hold a form and a reason a line")
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
    made = {(form.concept, form.text) for form in lexicon.forms if form.rule}
    seen: set[tuple[str, str, str]] = set()
    for form in lexicon.forms:
        where = f"[{form.concept}] {(form.rule and form.lemma) or form.number}: {form.text!r}"
        if not form.rule and (form.concept, form.number, form.text) in seen:
            yield f"{where} stands twice"
        if not form.rule and (form.concept, form.text) in made:
            yield f"{where} is listed, and the rules make it too"
        seen.add((form.concept, form.number, form.text))
        yield from (f"{where} {fault}" for fault in _text_faults(form.text, script))
    texts = {form.text for form in lexicon.forms}
    for text in lexicon.block:
        yield from (f"block: {text!r} {fault}" for fault in _text_faults(text, script))
        if text in texts:
            yield f"block: {text!r} is a form as well"
    for text in lexicon.omit:
        if text not in {form.text for form in lexicon.omitted}:
            yield f"[omit] {text!r} is made by no rule"
    for key in ("ambiguous", "capitalised", "lowercase"):
        for text in getattr(lexicon, key):
            if text not in texts:
                yield f"[{key}] {text!r} is not a form"


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
