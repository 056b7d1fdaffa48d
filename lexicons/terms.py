"""Pronouns and demographic terms: the word lists of each language.

``pronouns/<code>.toml`` lists pronouns by grammatical person and gender.
``demographics/<code>.toml`` lists words that describe people by who they are, tied together by the
descriptors that ``demographics/concepts.toml`` names, each with an axis and a bucket. In place of
the bundled descriptors a user's own can be read (`read_descriptors`): the
``descriptors_v1.1.json`` of HolisticBias (Smith et al. 2022), or a TSV for several languages.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from corpus_assay.lexicons import files
from corpus_assay.lexicons.files import REASONS, Form, LexiconError
from corpus_assay.lexicons.languages import resolve_code

PRONOUNS = Path(__file__).parent / "pronouns"
DEMOGRAPHICS = Path(__file__).parent / "demographics"
CONCEPTS = "concepts.toml"

PERSONS = ("first", "second", "third")
GENDERS = ("feminine", "masculine", "unspecified")
KINDS = (*PERSONS, *GENDERS)
"""What a list of pronouns may sort them by. ``third`` holds third persons that no gender is told
of in the sense of the other three (English *it*); the gendered ones need not be repeated in it."""
NEOPRONOUN = "neopronoun:"
"""Begins the kind of a family of neopronouns: ``neopronoun:xe``."""

PREFERENCES = ("", "dispreferred", "polarising")
"""What many of those meant think of a word; "" where nothing is known."""

MAX_AXES = 31
"""Axes that descriptors can have: a set of them is kept as the bits of a number."""

MAX_DESCRIPTORS = 100_000


@dataclass(frozen=True)
class PronounList:
    """The pronouns of one language, see `files.FormList`.

    ``concept`` of a form is one of `KINDS` or `NEOPRONOUN` and a family; a form has a row for
    each of its kinds. `comparable` is false where counts cannot stand beside other languages':
    the pronoun is mostly dropped, or does not mark gender.
    """

    language: str
    source: str
    notes: tuple[str, ...]
    forms: tuple[Form, ...]
    block: tuple[str, ...]
    sha256: str
    comparable: bool
    omitted: tuple[Form, ...] = ()
    omit: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, str] = field(default_factory=dict)
    capitalised: dict[str, str] = field(default_factory=dict)
    lowercase: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Descriptor:
    """What a word says of a person.

    axes        one or more: the word counts in each of them
    bucket      part of the axis
    polysemous  mostly or often not about people (black, straight, poor): left out of top lists
    preference  one of `PREFERENCES`
    note        why
    """

    id: str
    axes: tuple[str, ...]
    bucket: str
    polysemous: bool = False
    preference: str = ""
    note: str = ""


@dataclass(frozen=True)
class DescriptorList:
    """The demographic terms of one language, see `files.FormList`.

    ``concept`` of a form is the id of one of the `descriptors`.
    """

    language: str
    source: str
    notes: tuple[str, ...]
    forms: tuple[Form, ...]
    block: tuple[str, ...]
    sha256: str
    descriptors: Mapping[str, Descriptor]
    omitted: tuple[Form, ...] = ()
    omit: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, str] = field(default_factory=dict)
    capitalised: dict[str, str] = field(default_factory=dict)
    lowercase: dict[str, str] = field(default_factory=dict)


# Pronouns -----------------------------------------------------------------------------------------


def pronoun_languages() -> list[str]:
    """ISO 639-3 codes of the bundled lists of pronouns."""
    return sorted(path.stem for path in PRONOUNS.glob("*.toml"))


@cache
def pronouns(language: str) -> PronounList:
    """The bundled pronouns of a language. Raises `LexiconError`."""
    return read_pronouns(PRONOUNS / f"{language}.toml")


def pronouns_digest(language: str) -> str:
    """`PronounList.sha256` of a bundled list, without reading what is in it."""
    return hashlib.sha256(files.read(PRONOUNS / f"{language}.toml")).hexdigest()


def read_pronouns(path: Path) -> PronounList:
    """The pronouns of one language. Raises `LexiconError`.

    Pronouns are listed, not made: their paradigms are short and irregular.
    """
    content = files.read(path)
    table = files.toml_table(path, content)
    known = {"language", "source", "comparable", "notes", "block", "forms", "neopronouns"}
    _refuse_unknown(path, "", table, known | {*REASONS} - {"omit"})
    if not isinstance(table.get("comparable"), bool):
        raise LexiconError(f"{path}: comparable must be true or false")
    forms = [
        Form(text, prefix + name, "", "forms")
        for group, prefix in (("forms", ""), ("neopronouns", NEOPRONOUN))
        for name, texts in _lists(path, table, group)
        for text in texts
    ]
    for form in forms:
        if not form.concept.startswith(NEOPRONOUN) and form.concept not in KINDS:
            raise LexiconError(
                f"{path}: [forms.{form.concept}] is none of {', '.join(KINDS)}; families of "
                "neopronouns stand under [neopronouns.NAME]"
            )
    return PronounList(
        language=str(table.get("language", path.stem)),
        source=str(table.get("source", "")),
        notes=tuple(files.texts(path, "notes", table.get("notes", []))),
        forms=tuple(forms),
        block=tuple(files.texts(path, "block", table.get("block", []))),
        sha256=hashlib.sha256(content).hexdigest(),
        comparable=table["comparable"],
        ambiguous=_reasons(path, table, "ambiguous"),
        capitalised=_reasons(path, table, "capitalised"),
        lowercase=_reasons(path, table, "lowercase"),
    )


def _lists(path: Path, table: Mapping[str, Any], group: str) -> Iterator[tuple[str, list[str]]]:
    """Name and texts of each list of a group: ``[group.name] forms = [texts]``."""
    lists = table.get(group, {})
    if not isinstance(lists, dict):
        raise LexiconError(f"{path}: [{group}] must hold tables: [{group}.NAME] forms = […]")
    for name, row in lists.items():
        if not isinstance(row, dict) or "+" in name:
            raise LexiconError(f"{path}: [{group}.{name}] must be a table, without + in its name")
        _refuse_unknown(path, f"[{group}.{name}] ", row, {"forms", "note"})
        yield name, files.texts(path, f"[{group}.{name}] forms", row.get("forms", []))


def _reasons(path: Path, table: Mapping[str, Any], key: str) -> dict[str, str]:
    return files.reasons(path, key, table.get(key, {}))


def _refuse_unknown(path: Path, where: str, table: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(table) - known):
        raise LexiconError(f"{path}: {where}has unknown keys {unknown}; known: {sorted(known)}")


def pronoun_faults(words: PronounList, script: str | None) -> Iterator[str]:
    """What is wrong with a list of pronouns, a sentence each; nothing where all is well."""
    yield from files.list_faults(words, script, lambda form: f"[{form.concept}]")
    families: dict[str, set[str]] = {}
    for form in words.forms:
        if form.concept.startswith(NEOPRONOUN):
            families.setdefault(form.concept, set()).add(form.text)
    for family, texts in families.items():
        if len(texts) < 2:
            yield f"[{family}] has one form, and a family counts only where two stand together"
    kinds = {form.concept for form in words.forms}
    for kind in ("first", "second"):
        if kind not in kinds:
            yield f"[forms.{kind}] has no form"
    if kinds.isdisjoint(GENDERS) and not words.notes:
        yield "no third person is listed, and no note says why"


# Demographic terms --------------------------------------------------------------------------------


@cache
def core_descriptors() -> dict[str, Descriptor]:
    """The descriptors that the lists of all languages share, in the order of their file."""
    with open(DEMOGRAPHICS / CONCEPTS, "rb") as file:
        rows = tomllib.load(file)
    return {key: Descriptor(key, _axes(row["axis"]), row["bucket"]) for key, row in rows.items()}


@cache
def axes() -> tuple[str, ...]:
    """The axes of the bundled descriptors, in the order of their file."""
    core = core_descriptors().values()
    return tuple(dict.fromkeys(axis for descriptor in core for axis in descriptor.axes))


def demographic_languages() -> list[str]:
    """ISO 639-3 codes of the bundled lists of demographic terms."""
    names = (path.name for path in DEMOGRAPHICS.glob("*.toml"))
    return sorted(name.removesuffix(".toml") for name in names if name != CONCEPTS)


@cache
def demographics(language: str) -> DescriptorList:
    """The bundled demographic terms of a language. Raises `LexiconError`."""
    return read_demographics(DEMOGRAPHICS / f"{language}.toml")


def demographics_digest(language: str) -> str:
    """`DescriptorList.sha256` of a bundled list, without making its forms."""
    content = files.read(DEMOGRAPHICS / f"{language}.toml")
    return files.digest(content + _concepts_file(), language)


@cache
def _concepts_file() -> bytes:
    return files.read(DEMOGRAPHICS / CONCEPTS)


_TOP = ("language", "source", "notes", "block", *REASONS)
_WORD_LISTS = ("nouns", "adjectives")


def read_demographics(path: Path) -> DescriptorList:
    """The demographic terms of one language, all forms made. Raises `LexiconError`.

    A text with a hyphen counts with a space and joined up as well (`spellings`).
    """
    content = files.read(path)
    table = files.toml_table(path, content)
    language = str(table.get("language", path.stem))
    descriptors: dict[str, Descriptor] = {}
    forms: list[Form] = []
    for concept, row in table.items():
        if concept in _TOP:
            continue
        descriptors[concept] = _descriptor(path, concept, row)
        for text in files.texts(path, f"[{concept}] forms", row.get("forms", [])):
            forms.append(Form(text, concept, "", "forms"))
        for key in _WORD_LISTS:
            words = files.inflected(path, concept, language, row.get(key, []), key)
            forms += (
                Form(made.text, concept, "", made.number, lemma, made.rule) for lemma, made in words
            )
    omit = _reasons(path, table, "omit")
    counted, omitted = files.without_omitted(list(spellings(forms)), omit)
    return DescriptorList(
        language=language,
        source=str(table.get("source", "")),
        notes=tuple(files.texts(path, "notes", table.get("notes", []))),
        forms=counted,
        block=files.block(path, language, table.get("block", [])),
        sha256=files.digest(content + _concepts_file(), language),
        descriptors=descriptors,
        omitted=omitted,
        omit=omit,
        ambiguous=_reasons(path, table, "ambiguous"),
        capitalised=_reasons(path, table, "capitalised"),
        lowercase=_reasons(path, table, "lowercase"),
    )


def _descriptor(path: Path, concept: str, row: Any) -> Descriptor:
    core = core_descriptors().get(concept)
    if not isinstance(row, dict) or "+" in concept:
        raise LexiconError(f"{path}: [{concept}] must be a table, without + in its name")
    known = {"forms", *_WORD_LISTS, "polysemous", "preference", "note", "axis", "bucket"}
    _refuse_unknown(path, f"[{concept}] ", row, known)
    if core is None and not ("axis" in row and "bucket" in row):
        raise LexiconError(
            f"{path}: [{concept}] is none of {CONCEPTS}, so it needs an axis and a bucket"
        )
    names = _axes(row["axis"]) if "axis" in row else core.axes if core else ()
    unknown = [name for name in names if name not in axes()]
    if unknown or not names:
        raise LexiconError(
            f"{path}: [{concept}] axis is {row['axis']!r}; there are {', '.join(axes())}"
        )
    preference, polysemous = row.get("preference", ""), row.get("polysemous", False)
    if preference not in PREFERENCES:
        raise LexiconError(
            f"{path}: [{concept}] preference is {preference!r}, it must be one of "
            f"{', '.join(PREFERENCES[1:])}, or left out"
        )
    if not isinstance(polysemous, bool):
        raise LexiconError(f"{path}: [{concept}] polysemous must be true or false")
    bucket = str(row.get("bucket", core.bucket if core else ""))
    return Descriptor(concept, names, bucket, polysemous, preference, str(row.get("note", "")))


def _axes(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(str(name) for name in names))


def spellings(forms: Iterable[Form]) -> Iterator[Form]:
    """The forms, and those with a hyphen also with a space and joined up: *non-binary*,
    *non binary*, *nonbinary*."""
    for form in forms:
        yield form
        if "-" not in form.text.strip("-"):
            continue
        for between, what in ((" ", "a space for the hyphen"), ("", "the hyphen left out")):
            rule = f"{form.rule} + {what}" if form.rule else what
            text, lemma = form.text.replace("-", between), form.lemma or form.text
            yield form._replace(text=text, lemma=lemma, rule=rule)


def demographic_faults(words: DescriptorList, script: str | None) -> Iterator[str]:
    """What is wrong with a list of terms, a sentence each; nothing where all is well."""

    def where(form: Form) -> str:
        return f"[{form.concept}] {form.lemma or form.number}"

    yield from files.list_faults(words, script, where, twice=False)
    having = {form.concept for form in words.forms}
    for concept in words.descriptors:
        if concept not in having:
            yield f"[{concept}] has no form"


# A user's descriptors -----------------------------------------------------------------------------

COLUMNS = ("lang", "axis", "bucket", "descriptor")
"""Columns of a TSV of descriptors; others are passed over, but ``preference`` and ``polysemous``
(true or false) are read."""


def read_descriptors(path: Path) -> dict[str, DescriptorList]:
    """A user's descriptors by language (ISO 639-3).

    Two layouts are read. JSON is HolisticBias's: ``{axis: {bucket: [descriptor, …]}}``, each
    descriptor a string or ``{"descriptor": …, "preference": …}``, all of them English. Anything
    else is a table with tabs between its columns and their names (`COLUMNS`) in the first line,
    a descriptor a line; languages by any of their codes.

    Descriptors count as they stand, in the spellings of `spellings`. Those that differ in case
    or in a plus sign only (*Deaf*, *deaf*; *LGBTQ*, *LGBTQ+*) are one, since the same words match
    them.

    Raises:
        LexiconError: the file cannot be read, is in neither layout, or has too many axes or
            descriptors.
    """
    try:
        content = files.read(path)
    except OSError as error:
        raise LexiconError(
            f"cannot read {path}: {error.strerror}; --descriptors takes a JSON or TSV file"
        ) from error
    is_json = content.lstrip()[:1] == b"{"
    rows = list(_json_rows(path, content) if is_json else _tsv_rows(path, content))
    found = {row[1] for row in rows}
    if len(rows) > MAX_DESCRIPTORS or len(found) > MAX_AXES:
        raise LexiconError(
            f"{path}: {len(rows):,} descriptors on {len(found)} axes; at most {MAX_DESCRIPTORS:,} "
            f"on {MAX_AXES} can be counted"
        )
    if not rows:
        raise LexiconError(f"{path}: no descriptor in it")
    sha256 = hashlib.sha256(content).hexdigest()
    languages = dict.fromkeys(row[0] for row in rows)
    return {
        language: _user_list(language, sha256, [row for row in rows if row[0] == language])
        for language in languages
    }


_Row = tuple[str, str, str, str, str, bool]
"""Language, axis, bucket, descriptor, preference, polysemous."""


def _user_list(language: str, sha256: str, rows: list[_Row]) -> DescriptorList:
    descriptors: dict[str, Descriptor] = {}
    forms: dict[tuple[str, str], Form] = {}
    for _, axis, bucket, text, preference, polysemous in rows:
        concept = " ".join(text.replace("+", " ").lower().split())
        before = descriptors.get(concept, Descriptor(concept, (), bucket))
        descriptors[concept] = Descriptor(
            concept,
            tuple(dict.fromkeys([*before.axes, axis])),
            before.bucket,
            before.polysemous or polysemous,
            before.preference or preference,
        )
        forms.setdefault((concept, text), Form(text, concept, "", "forms"))
    return DescriptorList(
        language=language,
        source="Loaded from a file of the user's.",
        notes=(),
        forms=tuple(dict.fromkeys(spellings(forms.values()))),
        block=(),
        sha256=sha256,
        descriptors=descriptors,
    )


def _clean(path: Path, value: Any) -> str:
    """A text of a user's file, normalised."""
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise LexiconError(f"{path}: {value!r} is no text")
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _json_rows(path: Path, content: bytes) -> Iterator[_Row]:
    layout = (
        f"{path}: not in the layout of HolisticBias, "
        '{"axis": {"bucket": ["descriptor", {"descriptor": …, "preference": …}, …]}}'
    )
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LexiconError(layout) from error
    for axis, buckets in table.items():
        if not isinstance(buckets, dict):
            raise LexiconError(layout)
        for bucket, entries in buckets.items():
            if not isinstance(entries, list):
                raise LexiconError(layout)
            for entry in entries:
                row = {"descriptor": entry} if isinstance(entry, str) else entry
                if not isinstance(row, dict) or not isinstance(row.get("descriptor"), str):
                    raise LexiconError(layout)
                preference = _preference(row.get("preference"))
                text = _clean(path, row["descriptor"])
                if text:
                    yield "eng", _clean(path, axis), _clean(path, bucket), text, preference, False


def _preference(value: Any) -> str:
    """HolisticBias spells polarising with a z; what else it may say is no preference."""
    value = "polarising" if value == "polarizing" else value
    return value if value in PREFERENCES else ""


def _tsv_rows(path: Path, content: bytes) -> Iterator[_Row]:
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
        lines = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise LexiconError(f"{path}: neither JSON nor a table in UTF-8: {error}") from error
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise LexiconError(
            f"{path}: no column {missing[0]!r}; the first line of a table of descriptors names "
            f"the columns {', '.join(COLUMNS)}, with tabs between"
        )
    for number, line in enumerate(lines, 2):
        cells = [_clean(path, line[name] or "") for name in COLUMNS]
        if not any(cells):
            continue
        language = resolve_code(cells[0])
        if language is None or not cells[1] or not cells[3]:
            raise LexiconError(
                f"{path}, line {number}: needs a language code, an axis and a descriptor, has "
                f"{cells!r}"
            )
        yield (
            language,
            *cells[1:],  # type: ignore[misc]
            _preference(line.get("preference")),
            (line.get("polysemous") or "").strip().lower() in ("true", "1", "yes"),
        )
