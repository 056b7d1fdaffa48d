"""What the word lists of every kind share: how their files are read, how their words are inflected
and what can be wrong with a text in them."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from corpus_assay.lexicons import paradigms

MAX_FILE_BYTES = 64 << 20
"""A lexicon file larger than this is refused before it is read."""


class LexiconError(Exception):
    """A lexicon cannot be used: the message names the file, the fault and the way out."""


class Form(NamedTuple):
    """One written form.

    ``text``; ``concept`` it stands for ("" where none is known); ``gender`` class counted ("" in
    lists that count none); ``number`` (one of `paradigms.NUMBERS`); ``lemma`` and ``rule`` that
    make it ("" where the form is listed and not made).
    """

    text: str
    concept: str
    gender: str
    number: str
    lemma: str = ""
    rule: str = ""


class FormList(Protocol):
    """A word list of one language and one kind, all its forms made.

    ``concept`` of a form is what it stands for; `block` are longer words that contain a form and
    do not mean it; `omitted` the forms that a rule makes and that are left out, `omit` the reason
    of each; `ambiguous` the forms that are counted and also mean something else, with what;
    `capitalised` and `lowercase` the forms that count only when written with a capital, or only
    without one, with the reason. `sha256` is the SHA-256 of all that the list was made from.
    """

    @property
    def language(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def forms(self) -> tuple[Form, ...]: ...
    @property
    def block(self) -> tuple[str, ...]: ...
    @property
    def sha256(self) -> str: ...
    @property
    def omitted(self) -> tuple[Form, ...]: ...
    @property
    def omit(self) -> dict[str, str]: ...
    @property
    def ambiguous(self) -> dict[str, str]: ...
    @property
    def capitalised(self) -> dict[str, str]: ...
    @property
    def lowercase(self) -> dict[str, str]: ...


def read(path: Path) -> bytes:
    """The content of a file of bounded size. Raises `LexiconError`."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise LexiconError(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB, not a lexicon")
    return path.read_bytes()


def toml_table(path: Path, content: bytes) -> dict[str, Any]:
    """The content of a TOML file. Raises `LexiconError`."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LexiconError(f"{path}: {error}") from error


def digest(content: bytes, language: str) -> str:
    """SHA-256 of a list's files and of the rules of its language."""
    return hashlib.sha256(content + paradigms.digest(language).encode()).hexdigest()


REASONS = ("omit", "ambiguous", "capitalised", "lowercase")
"""Tables of a file that hold a form and a reason a line."""


_WORD_KEYS = ("lemma", "number", "without", "note")
"""Keys that words of every language may have: the lemma, the only number that is made, made forms
that are left out of this word (`omit` leaves them out of all), a note."""


def inflected(
    path: Path, where: str, language: str, entries: Any, key: str = "words"
) -> Iterator[tuple[str, paradigms.Inflected]]:
    """Lemma and form of every form that the rules make of the words of a list.

    `key` is that of the list; words under ``adjectives`` are inflected as adjectives. Raises
    `LexiconError` for what the rules cannot inflect.
    """
    rules = (paradigms.adjectives if key == "adjectives" else paradigms.paradigm)(language)
    if not isinstance(entries, list):
        raise LexiconError(f"{path}: [{where}] {key} must be a list")
    for entry in entries:
        word: Any = {"lemma": entry} if isinstance(entry, str) else entry
        if not isinstance(word, dict) or not isinstance(word.get("lemma"), str):
            raise LexiconError(
                f"{path}: [{where}] a word is a string or a table with a lemma, not {entry!r}"
            )
        lemma = word["lemma"]
        unknown = set(word) - {*_WORD_KEYS, *rules.keys}
        if unknown:
            raise LexiconError(
                f"{path}: [{where}] {lemma!r} has unknown keys {sorted(unknown)}; the rules of "
                f"{language!r} know {sorted({*_WORD_KEYS, *rules.keys})}"
            )
        values = {
            name: tuple(value) if isinstance(value, list) else value for name, value in word.items()
        }
        number = word.get("number")
        try:
            made = list(rules.inflect(paradigms.Word(lemma, values)))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise LexiconError(f"{path}: [{where}] {lemma!r}: {error}") from error
        given = values.get("without", ())
        without = (given,) if isinstance(given, str) else given
        for form in made:
            if number in (None, form.number) and form.text not in without:
                yield lemma, form._replace(text=unicodedata.normalize("NFC", form.text))


def distinct(forms: Iterable[Form]) -> tuple[Form, ...]:
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


def block(path: Path, language: str, entries: Any) -> tuple[str, ...]:
    """Texts as they stand, and all forms of the words that are tables. Raises `LexiconError`."""
    if not isinstance(entries, list):
        raise LexiconError(f"{path}: block must be a list of strings")
    listed = texts(path, "block", [entry for entry in entries if not isinstance(entry, dict)])
    words = [entry for entry in entries if isinstance(entry, dict)]
    made = (form.text for _, form in inflected(path, "block", language, words))
    return tuple(dict.fromkeys([*listed, *made]))


def texts(path: Path, key: str, value: Any) -> list[str]:
    """A value that is a list of strings. Raises `LexiconError`."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise LexiconError(f"{path}: {key} must be a list of strings")
    return value


def reasons(path: Path, key: str, value: Any) -> dict[str, str]:
    """A value that is a table of strings. Raises `LexiconError`."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise LexiconError(f"{path}: [{key}] must hold a form and a reason a line")
    return value


def without_omitted(
    forms: list[Form], omit: Mapping[str, str]
) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
    """The forms that count, and those that a rule makes and that are left out."""
    left_out = [bool(form.rule) and form.text in omit for form in forms]
    return distinct(compress(forms, map(not_, left_out))), distinct(compress(forms, left_out))


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


def text_faults(text: str, script: str | None) -> Iterator[str]:
    """What is wrong with one text, the end of a sentence each."""
    if not text or text != " ".join(text.split()):
        yield "is empty or has blanks at its ends or in a row"
    if unicodedata.normalize("NFC", text) != text:
        yield "is not in NFC"
    names = _SCRIPT_NAMES.get(script or "")
    # Acronyms in Latin capitals (LGBT) are written so in every script.
    for letter in dict.fromkeys(re.sub(r"[A-Z]{2,}", "", text)):
        is_letter = unicodedata.category(letter) in ("Lu", "Ll", "Lt", "Lo")
        if names and is_letter and unicodedata.name(letter, "?").split()[0] not in names:
            yield f"has a letter of another script, {unicodedata.name(letter, hex(ord(letter)))}"


def list_faults(
    words: FormList, script: str | None, where: Callable[[Form], str], twice: bool = True
) -> Iterator[str]:
    """What is wrong with the texts of a list, whatever its kind, a sentence each.

    `script` is the ISO 15924 code that letters should be of; None leaves the script unchecked.
    `where` names the place of a form in the file. A form that is listed twice, or listed and made,
    is a fault where `twice` says so.
    """
    made = {(form.concept, form.text) for form in words.forms if form.rule}
    seen: set[tuple[str, str, str]] = set()
    for form in words.forms:
        place = f"{where(form)}: {form.text!r}"
        if twice and not form.rule and (form.concept, form.number, form.text) in seen:
            yield f"{place} stands twice"
        if twice and not form.rule and (form.concept, form.text) in made:
            yield f"{place} is listed, and the rules make it too"
        seen.add((form.concept, form.number, form.text))
        yield from (f"{place} {fault}" for fault in text_faults(form.text, script))
    texts = {form.text for form in words.forms}
    for text in words.block:
        yield from (f"block: {text!r} {fault}" for fault in text_faults(text, script))
        if text in texts:
            yield f"block: {text!r} is a form as well"
    omitted = {form.text for form in words.omitted}
    for text in words.omit:
        if text not in omitted:
            yield f"[omit] {text!r} is made by no rule"
    for key, reasons_of in (
        ("ambiguous", words.ambiguous),
        ("capitalised", words.capitalised),
        ("lowercase", words.lowercase),
    ):
        for text in reasons_of:
            if text not in texts:
                yield f"[{key}] {text!r} is not a form"
