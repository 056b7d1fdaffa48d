"""The gender lexicon: nouns for persons in each language, tied together by concepts.

One TOML file a language under ``nouns/``; ``concepts.toml`` says what the concepts are. A folder
in the layout of the Gender-GAP Pipeline (``<code>_nouns.json``, Muller et al. 2023) loads as well;
its words carry no concept.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from corpus_assay.lexicons import files, paradigms
from corpus_assay.lexicons.files import MAX_FILE_BYTES, REASONS, Form, LexiconError

GENDERS: tuple[str, ...] = ("feminine", "masculine", "unspecified")
NUMBERS: tuple[str, ...] = paradigms.NUMBERS
"""Keys that hold listed forms; ``forms`` where the language does not mark number on the noun."""
BUNDLED = Path(__file__).parent / "nouns"


@dataclass(frozen=True)
class Concept:
    """A meaning that the lexicons of all languages share: its id, gender class and whether it is
    one of the 32 of the Gender-GAP Pipeline (`core`)."""

    id: str
    gender: str
    core: bool


@dataclass(frozen=True)
class Lexicon:
    """The lexicon of one language.

    `absent` gives the reason for each concept without a form; `block` the longer words that
    contain a form and do not mean it; `omitted` the forms that a rule makes and that are left
    out, `omit` the reason of each; `ambiguous` the forms that are counted and also mean something
    else, with what; `capitalised` and `lowercase` the forms that count only when written with a
    capital, or only without one, with the reason. `sha256` is the SHA-256 of the file and of its
    rules.
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
    return files.digest(files.read(BUNDLED / f"{language}.toml"), language)


def _lexicons(root: Path) -> Iterator[Lexicon]:
    for path in sorted(root.glob("*.toml")):
        yield bundled(path.stem) if root == BUNDLED else read_toml(path)
    for path in sorted(root.glob("*_nouns.json")):
        yield read_gender_gap(path)


_LISTS = ("notes", "block")


def read_toml(path: Path) -> Lexicon:
    """One language in this project's layout, all forms made. Raises `LexiconError`."""
    content = files.read(path)
    table = files.toml_table(path, content)
    language = str(table.get("language", path.stem))
    known = concepts()
    forms: list[Form] = []
    absent: dict[str, str] = {}
    concept_notes: dict[str, str] = {}
    for concept, row in table.items():
        if concept in ("language", "source", *_LISTS, *REASONS):
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
                for text in files.texts(path, concept, row.get(number, []))
            )
        forms += (
            Form(made.text, concept, gender, made.number, lemma, made.rule)
            for lemma, made in files.inflected(path, concept, language, row.get("words", []))
        )
    reasons = {key: files.reasons(path, key, table.get(key, {})) for key in REASONS}
    counted, omitted = files.without_omitted(forms, reasons["omit"])
    return Lexicon(
        language=language,
        source=str(table.get("source", "")),
        notes=tuple(files.texts(path, "notes", table.get("notes", []))),
        forms=counted,
        omitted=omitted,
        absent=absent,
        concept_notes=concept_notes,
        block=files.block(path, language, table.get("block", [])),
        sha256=files.digest(content, language),
        **reasons,
    )


def read_gender_gap(path: Path) -> Lexicon:
    """One language in the layout of the Gender-GAP Pipeline. Raises `LexiconError`.

    Blanks at the ends and empty entries are dropped; everything else is taken as it stands.
    """
    content = files.read(path)
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
    The layout of the Gender-GAP Pipeline names no concepts, and may hold a word in two classes.
    """
    named = not lexicon.forms or any(form.concept for form in lexicon.forms)
    for concept in concepts().values():
        if not (named and concept.core):
            continue
        has = any(form.concept == concept.id for form in lexicon.forms)
        if not has and concept.id not in lexicon.absent:
            yield f"[{concept.id}] has neither forms nor a reason for their absence"
        if has and concept.id in lexicon.absent:
            yield f"[{concept.id}] is said to be absent and has forms"
    yield from files.list_faults(
        lexicon,
        script,
        lambda form: f"[{form.concept or form.gender}] {(form.rule and form.lemma) or form.number}",
        twice=named,
    )


__all__ = [
    "BUNDLED",
    "GENDERS",
    "MAX_FILE_BYTES",
    "NUMBERS",
    "Concept",
    "Form",
    "Lexicon",
    "LexiconError",
    "bundled",
    "bundled_digest",
    "bundled_languages",
    "concepts",
    "faults",
    "gender_gap_layout",
    "load",
    "read_gender_gap",
    "read_toml",
]
