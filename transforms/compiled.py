"""Gender lexicons compiled for matching: every form once, with all that it stands for.

The bundled lexicons are compiled ahead of time into ``lexicons/compiled/<code>.arrow`` by
``python -m corpus_assay.transforms.compiled``; a file that is older than its lexicon or its rules
is not used, and the lexicon is compiled when it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.gender import Lexicon
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import sequences

FOLDER = Path(gender.__file__).parent / "compiled"

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

``concepts`` joins with + the ids of all concepts it stands for (``:gender`` where no concept is
known, "" for a blocked text); ``lemma`` the lemmas that make it; ``case`` is
`kernels.CAPITALISED`, `kernels.LOWERCASE` or 0; ``ambiguous`` says that it stands in more than one
class or that the lexicon names another meaning.
"""


@dataclass(frozen=True)
class CompiledLexicon:
    """A lexicon of one language: its `ENTRIES`, and what a reader wants to know of it.

    `about` holds ``source``, ``notes``, ``absent`` (concept to reason), ``sha256``, and how many
    ``concepts``, ``lemmas`` and ``forms`` there are.
    """

    language: str
    entries: pa.Table
    about: Mapping[str, Any]


def compile_lexicon(lexicon: Lexicon) -> CompiledLexicon:
    """Group the forms of a lexicon by their folded words."""
    classes = gender.concepts()
    texts = [form.text for form in lexicon.forms]
    keys = sequences([*texts, *lexicon.block], lexicon.language).text_keys().tolist()
    named = {
        key: sequences(list(getattr(lexicon, key)), lexicon.language).text_keys().tolist()
        for key in ("ambiguous", "capitalised", "lowercase")
    }
    rows: dict[int, dict[str, Any]] = {}
    for key, text in zip(keys[len(texts) :], lexicon.block, strict=True):
        if key:
            rows[key] = {"text": text, "concepts": {}, "lemma": {}, "genders": set()}
    for key, form in zip(keys, lexicon.forms, strict=False):
        if not key:
            continue
        row = rows.setdefault(
            key, {"text": form.text, "concepts": {}, "lemma": {}, "genders": set()}
        )
        row["concepts"][form.concept or f":{form.gender}"] = None
        row["lemma"][form.lemma or row["text"]] = None
        row["genders"].add(form.gender)
    order = {concept: place for place, concept in enumerate(classes)}
    table = pa.table(
        [
            pa.array([row["text"] for row in rows.values()], pa.string()),
            pa.array(
                [
                    "+".join(sorted(row["concepts"], key=lambda name: order.get(name, -1)))
                    for row in rows.values()
                ],
                pa.string(),
            )
            .dictionary_encode()
            .cast(ENTRIES.field("concepts").type),
            pa.array(["+".join(row["lemma"]) for row in rows.values()], pa.string()),
            pa.array(
                [
                    kernels.CAPITALISED
                    if key in named["capitalised"]
                    else kernels.LOWERCASE
                    if key in named["lowercase"]
                    else 0
                    for key in rows
                ],
                pa.uint8(),
            ),
            pa.array(
                [len(row["genders"]) > 1 or key in named["ambiguous"] for key, row in rows.items()],
                pa.bool_(),
            ),
        ],
        schema=ENTRIES,
    )
    about = {
        "source": lexicon.source,
        "notes": list(lexicon.notes),
        "absent": lexicon.absent,
        "sha256": lexicon.sha256,
        "concepts": len({form.concept for form in lexicon.forms}),
        "lemmas": len({form.lemma or form.text for form in lexicon.forms}),
        "forms": len(set(texts)),
    }
    return CompiledLexicon(lexicon.language, table, about)


def load(folder: str | None = None) -> dict[str, CompiledLexicon]:
    """Compiled lexicons by language (ISO 639-3), from the package or from a user's folder.

    Raises `LexiconError` where the folder holds no lexicon or a file is faulty.
    """
    return dict(_load(folder))


@cache
def _load(folder: str | None) -> dict[str, CompiledLexicon]:
    if folder is not None:
        return {code: compile_lexicon(one) for code, one in gender.load(folder).items()}
    return {code: bundled(code) for code in gender.bundled_languages()}


@cache
def bundled(language: str) -> CompiledLexicon:
    """A bundled lexicon: its compiled file, if that is of this lexicon and these rules."""
    return _stored(language) or compile_lexicon(gender.bundled(language))


def _stored(language: str) -> CompiledLexicon | None:
    try:
        with pa.memory_map(str(FOLDER / f"{language}.arrow")) as file:
            table = pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowInvalid):
        return None
    about = json.loads((table.schema.metadata or {}).get(b"about", b"{}"))
    if about.get("sha256") != gender.bundled_digest(language):
        return None
    return CompiledLexicon(language, table.replace_schema_metadata(None), about)


def store(language: str) -> Path:
    """Compile a bundled lexicon into its file."""
    lexicon = compile_lexicon(gender.bundled(language))
    about = json.dumps(lexicon.about, ensure_ascii=False, sort_keys=True)
    table = lexicon.entries.replace_schema_metadata({"about": about})
    path = FOLDER / f"{language}.arrow"
    path.parent.mkdir(exist_ok=True)
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        pa.OSFile(str(path), "wb") as file,
        pa.ipc.new_file(file, table.schema, options=options) as out,
    ):
        out.write_table(table)
    return path


def main() -> None:
    """Compile every bundled lexicon whose file is missing or old."""
    for language in gender.bundled_languages():
        if _stored(language) is None:
            print(store(language))


if __name__ == "__main__":
    main()
