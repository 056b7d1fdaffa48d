"""Word lists compiled for matching: every form once, with all that it stands for.

There are three kinds of lists, `KINDS`: nouns for persons, pronouns and demographic terms. The
bundled lists are compiled ahead of time into ``lexicons/compiled/<kind>-<code>.arrow`` by
``python -m corpus_assay.transforms.compiled``; a file that is older than its list or its rules is
not used, and the list is compiled when it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from corpus_assay.lexicons import gender, terms
from corpus_assay.lexicons.files import Form, FormList
from corpus_assay.lexicons.gender import Lexicon
from corpus_assay.lexicons.terms import DescriptorList, PronounList
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import sequences

FOLDER = Path(gender.__file__).parent / "compiled"

NOUNS, PRONOUNS, DEMOGRAPHICS = KINDS = ("nouns", "pronouns", "demographics")

ENTRIES = pa.schema(
    [
        pa.field("text", pa.string(), nullable=False),
        pa.field("concepts", pa.dictionary(pa.int16(), pa.string()), nullable=False),
        pa.field("lemma", pa.string(), nullable=False),
        pa.field("case", pa.uint8(), nullable=False),
        pa.field("ambiguous", pa.bool_(), nullable=False),
    ]
)
"""One row a text after folding, named by its first form.

``concepts`` joins with + all that it stands for: ids of concepts of nouns (``:gender`` where no
concept is known), kinds of pronouns, ids of descriptors; "" for a blocked text. ``lemma`` joins
the lemmas that make it; ``case`` is `kernels.CAPITALISED`, `kernels.LOWERCASE` or 0; ``ambiguous``
says that it stands in more than one class or that the list names another meaning.

A pronoun or term that means one thing anyhow and more with a capital (German *sie*, *Sie*) has a
second row for that case, which holds all that it then stands for.
"""


@dataclass(frozen=True)
class CompiledLexicon:
    """A word list of one language: its `ENTRIES`, and what a reader wants to know of it.

    `about` holds ``source``, ``notes``, ``sha256``, and how many ``concepts``, ``lemmas`` and
    ``forms`` there are; of nouns also ``absent`` (concept to reason), of pronouns ``comparable``,
    of demographic terms ``descriptors`` (id to axes, bucket, polysemous, preference).
    """

    language: str
    entries: pa.Table
    about: Mapping[str, Any]


class _Row(NamedTuple):
    """What a folded text stands for: ordered sets, and the classes that make it ambiguous."""

    text: str
    concepts: dict[str, None]
    lemmas: dict[str, None]
    classes: set[str]


def compile_lexicon(lexicon: Lexicon) -> CompiledLexicon:
    """Group the forms of nouns by their folded words."""
    order = {concept: place for place, concept in enumerate(gender.concepts())}
    entries = _entries(
        lexicon,
        lambda form: (form.concept or f":{form.gender}", form.gender),
        lambda names: sorted(names, key=lambda name: order.get(name, -1)),
    )
    return _compiled(lexicon, entries, {"absent": lexicon.absent})


def compile_pronouns(words: PronounList) -> CompiledLexicon:
    """Group the forms of pronouns by their folded words."""
    return _compiled(words, _entries(words, _concept), {"comparable": words.comparable})


def compile_demographics(words: DescriptorList) -> CompiledLexicon:
    """Group the forms of demographic terms by their folded words."""
    descriptors = {
        one.id: [list(one.axes), one.bucket, one.polysemous, one.preference]
        for one in words.descriptors.values()
    }
    return _compiled(words, _entries(words, _concept), {"descriptors": descriptors})


def _compiled(words: FormList, entries: pa.Table, more: Mapping[str, Any]) -> CompiledLexicon:
    about = {
        "source": words.source,
        "notes": list(words.notes),
        "sha256": words.sha256,
        "concepts": len({form.concept for form in words.forms}),
        "lemmas": len({form.lemma or form.text for form in words.forms}),
        "forms": len({form.text for form in words.forms}),
        **more,
    }
    return CompiledLexicon(words.language, entries, about)


def _concept(form: Form) -> tuple[str, str]:
    return form.concept, form.concept


def _entries(
    words: FormList,
    meaning: Callable[[Form], tuple[str, str]],
    order: Callable[[list[str]], list[str]] = list,
) -> pa.Table:
    """`ENTRIES` of a list; `meaning` gives what a form stands for and the class that it is in."""
    texts = [form.text for form in words.forms]
    keys = sequences([*texts, *words.block], words.language).text_keys().tolist()
    rows: dict[tuple[int, int], _Row] = {
        (key, 0): _Row(text, {}, {}, set())
        for key, text in zip(keys[len(texts) :], words.block, strict=True)
        if key
    }
    case_of = _cases(words)
    for key, form in zip(keys, words.forms, strict=False):
        if not key:
            continue
        row = rows.setdefault((key, case_of(key, form.text)), _Row(form.text, {}, {}, set()))
        concept, group = meaning(form)
        row.concepts[concept] = None
        row.lemmas[form.lemma or row.text] = None
        row.classes.add(group)
    for (key, case), row in rows.items():
        if case and (anyhow := rows.get((key, 0))) is not None:
            row.concepts.update(anyhow.concepts)
            row.lemmas.update(anyhow.lemmas)
            row.classes.update(anyhow.classes)
    ambiguous = _keys(words, words.ambiguous)
    return pa.table(
        [
            pa.array([row.text for row in rows.values()], pa.string()),
            pa.array(["+".join(order(list(row.concepts))) for row in rows.values()], pa.string())
            .dictionary_encode()
            .cast(ENTRIES.field("concepts").type),
            pa.array(["+".join(row.lemmas) for row in rows.values()], pa.string()),
            pa.array([case for _, case in rows], pa.uint8()),
            pa.array(
                [len(row.classes) > 1 or key in ambiguous for (key, _), row in rows.items()],
                pa.bool_(),
            ),
        ],
        schema=ENTRIES,
    )


def _cases(words: FormList) -> Callable[[int, str], int]:
    """The case that a form must be written in, from its key and text.

    Of nouns it is asked of all forms that fold alike, since none means another person in another
    case; of the other kinds only of the form that is named.
    """
    if isinstance(words, Lexicon):
        capitalised, lowercase = _keys(words, words.capitalised), _keys(words, words.lowercase)
        return lambda key, _: (
            kernels.CAPITALISED
            if key in capitalised
            else kernels.LOWERCASE
            if key in lowercase
            else 0
        )
    return lambda _, text: (
        kernels.CAPITALISED
        if text in words.capitalised
        else kernels.LOWERCASE
        if text in words.lowercase
        else 0
    )


def _keys(words: FormList, texts: Mapping[str, str]) -> set[int]:
    return set(sequences(list(texts), words.language).text_keys().tolist())


class _Kind(NamedTuple):
    """The bundled lists of a kind: their languages, and of a language the SHA-256 and the list."""

    languages: Callable[[], list[str]]
    digest: Callable[[str], str]
    compiled: Callable[[str], CompiledLexicon]


_BUNDLED: Mapping[str, _Kind] = {
    NOUNS: _Kind(
        gender.bundled_languages,
        gender.bundled_digest,
        lambda language: compile_lexicon(gender.bundled(language)),
    ),
    PRONOUNS: _Kind(
        terms.pronoun_languages,
        terms.pronouns_digest,
        lambda language: compile_pronouns(terms.pronouns(language)),
    ),
    DEMOGRAPHICS: _Kind(
        terms.demographic_languages,
        terms.demographics_digest,
        lambda language: compile_demographics(terms.demographics(language)),
    ),
}


def load(folder: str | None = None) -> dict[str, CompiledLexicon]:
    """Compiled nouns by language (ISO 639-3), from the package or from a user's folder.

    Raises `LexiconError` where the folder holds no lexicon or a file is faulty.
    """
    return dict(_load_nouns(folder))


@cache
def _load_nouns(folder: str | None) -> dict[str, CompiledLexicon]:
    if folder is not None:
        return {code: compile_lexicon(one) for code, one in gender.load(folder).items()}
    return load_bundled(NOUNS)


def load_pronouns() -> dict[str, CompiledLexicon]:
    """Compiled pronouns by language."""
    return dict(load_bundled(PRONOUNS))


def load_demographics(path: str | None = None) -> dict[str, CompiledLexicon]:
    """Compiled demographic terms by language, from the package or from a user's file.

    Raises `LexiconError` where the file is faulty (`terms.read_descriptors`).
    """
    return dict(_load_demographics(path))


@cache
def _load_demographics(path: str | None) -> dict[str, CompiledLexicon]:
    if path is not None:
        lists = terms.read_descriptors(Path(path))
        return {code: compile_demographics(one) for code, one in lists.items()}
    return load_bundled(DEMOGRAPHICS)


@cache
def load_bundled(kind: str) -> dict[str, CompiledLexicon]:
    """All bundled lists of a kind by language."""
    return {code: bundled(code, kind) for code in _BUNDLED[kind].languages()}


@cache
def bundled(language: str, kind: str = NOUNS) -> CompiledLexicon:
    """A bundled list: its compiled file, if that is of this list and these rules."""
    return _stored(language, kind) or _BUNDLED[kind].compiled(language)


def _path(language: str, kind: str) -> Path:
    return FOLDER / f"{kind}-{language}.arrow"


def _stored(language: str, kind: str = NOUNS) -> CompiledLexicon | None:
    try:
        with pa.memory_map(str(_path(language, kind))) as file:
            table = pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowInvalid):
        return None
    about = json.loads((table.schema.metadata or {}).get(b"about", b"{}"))
    if about.get("sha256") != _BUNDLED[kind].digest(language):
        return None
    return CompiledLexicon(language, table.replace_schema_metadata(None), about)


def store(language: str, kind: str = NOUNS) -> Path:
    """Compile a bundled list into its file."""
    lexicon = _BUNDLED[kind].compiled(language)
    about = json.dumps(lexicon.about, ensure_ascii=False, sort_keys=True)
    table = lexicon.entries.replace_schema_metadata({"about": about})
    path = _path(language, kind)
    path.parent.mkdir(exist_ok=True)
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=19))
    with (
        pa.OSFile(str(path), "wb") as file,
        pa.ipc.new_file(file, table.schema, options=options) as out,
    ):
        out.write_table(table)
    return path


def main() -> None:
    """Compile every bundled list whose file is missing or old; remove files of no list."""
    wanted = {_path(code, kind) for kind in KINDS for code in _BUNDLED[kind].languages()}
    for path in set(FOLDER.glob("*.arrow")) - wanted:
        path.unlink()
    for kind in KINDS:
        for language in _BUNDLED[kind].languages():
            if _stored(language, kind) is None:
                print(store(language, kind))


if __name__ == "__main__":
    main()
