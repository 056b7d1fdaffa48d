"""Which columns of a file are text, with which roles; which are id, language and source.

A layout is guessed once per file from the kinds of its columns (of a Parquet schema, or of the
first records), so that every span of a file arrives at the same one. Names are compared without
case. In order: preference rows (``chosen`` and ``rejected``), message lists, instruction rows
(a prompt and a response column), plain text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_assay.pipelines.sources import slices
from corpus_assay.pipelines.sources.model import ReadOptions
from corpus_assay.transforms.documents import (
    ROLE_CHOSEN,
    ROLE_PROMPT,
    ROLE_REJECTED,
    ROLE_RESPONSE,
    ROLE_TEXT,
)

Path = tuple[str, ...]
Part = tuple[str, int, str]
"""(field, role, text) of one part of a document."""

STRING, NUMBER, DATE, STRUCT, TURNS, OTHER, NULL = (
    "string",
    "number",
    "date",
    "object",
    "messages",
    "other",
    "null",
)

TEXT_NAMES = (
    "text", "content", "raw_content", "document", "body", "article", "passage", "paragraph",
    "sentence", "markdown", "story", "review", "comment", "transcript", "abstract", "code",
)  # fmt: skip
PROMPT_NAMES = ("prompt", "instruction", "question", "query", "input", "problem")
RESPONSE_NAMES = ("response", "completion", "output", "answer", "solution")
CONTEXT_NAMES = ("input", "context", "system", "system_prompt")
TURNS_NAMES = ("messages", "conversations", "conversation", "dialog", "dialogue", "turns")
ID_NAMES = (
    "id",
    "_id",
    "doc_id",
    "docid",
    "document_id",
    "record_id",
    "uuid",
    "uid",
    "guid",
    "url",
)
LANGUAGE_NAMES = ("language", "lang", "lang_code", "language_code", "lang_id", "language_id")
SOURCE_NAMES = ("source", "dataset", "subset", "data_source", "source_dataset")

RESPONSE_ROLES = frozenset(("assistant", "gpt", "model", "bot", "chatgpt", "bard", "bing", "ai"))
"""Speakers whose turns are responses; every other speaker's turns are prompts."""


_HOLDS = {
    NUMBER: "numbers",
    DATE: "dates",
    STRUCT: "objects",
    NULL: "nothing",
    TURNS: "messages",
    OTHER: "values",
}


class RecordError(Exception):
    """A record that cannot become a document; the message is the reason."""


@dataclass(frozen=True)
class Column:
    """A part of a document that comes from one column. A record without a value in a required
    column is rejected; one without a value in any column always is."""

    path: Path
    role: int
    required: bool

    @property
    def name(self) -> str:
        """The keys of its path with dots between."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Layout:
    """How the columns of a file become documents.

    `kind` is "columns" (every part is a string column), "messages" (`parts` holds the one list of
    turns) or "preference" (`parts` holds chosen, rejected and maybe the prompt before them).
    `derived` holds a name of `slices.RECOGNISED` for each of the slices that is one, else "".
    `absent` holds what the options name as a column, which the first records do not have.
    """

    kind: str
    parts: tuple[Column, ...]
    id: Path | None = None
    language: Path | None = None
    source: Path | None = None
    slices: tuple[Path | None, ...] = ()
    derived: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def metadata(self) -> tuple[Path | None, ...]:
        """Paths of id, language, source and the slices, in this order."""
        return (self.id, self.language, self.source, *self.slices)


@dataclass(frozen=True)
class Problem:
    """Why no layout fits: `reason` for the rejects, `columns` for the message to the user.
    Every record of the file is rejected."""

    reason: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Unreadable:
    """Why a file cannot be read at all: it counts as one rejected record, unless its metadata
    tells how many it holds."""

    reason: str


@dataclass(frozen=True)
class Columns:
    """Columns of a file: the kind of each (nested ones under dotted names), the path behind each
    name, and some values of string columns."""

    kinds: Mapping[str, str]
    paths: Mapping[str, Path]
    values: Mapping[str, Sequence[str]]
    typed: bool = False
    """Whether each column has one type throughout, as in Parquet but not in JSON."""

    def find(self, name: str) -> str | None:
        """The column of this name; if there is none, the only one that differs in case."""
        if name in self.kinds:
            return name
        same = [key for key in self.kinds if key.lower() == name.lower()]
        return same[0] if len(same) == 1 else None

    def first(self, names: Iterable[str], kinds: Iterable[str]) -> str | None:
        """First of `names` that is a column of one of these kinds."""
        wanted = frozenset(kinds)
        for name in names:
            found = self.find(name)
            if found is not None and self.kinds[found] in wanted:
                return found
        return None


def value_kind(value: object) -> str:
    """Kind of a decoded value."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return STRING
    if isinstance(value, bool):
        return OTHER
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, dict):
        return STRUCT
    if isinstance(value, list):
        return TURNS if any(isinstance(item, dict) for item in value) else OTHER
    return OTHER


def columns_of_records(records: Sequence[Mapping[str, Any]]) -> Columns:
    """Columns seen in decoded records; the first value that is not null gives the
    kind, but text wins over numbers."""
    kinds: dict[str, str] = {}
    paths: dict[str, Path] = {}
    values: dict[str, list[str]] = {}

    def visit(prefix: Path, record: Mapping[str, Any], depth: int) -> None:
        for key, value in record.items():
            path = (*prefix, key)
            # A flat key that holds dots is visited at depth 0, before nested keys of its name.
            name = ".".join(path)
            kind = value_kind(value)
            if paths.setdefault(name, path) != path:
                continue
            before = kinds.get(name, NULL)
            if before == NULL or (kind == STRING and before in (NUMBER, OTHER)):
                kinds[name] = kind
            if kind == STRING:
                values.setdefault(name, []).append(value[:200])

    for record in records:
        visit((), record, 0)
    nested: list[tuple[Path, Mapping[str, Any]]] = [
        ((key,), value)
        for record in records
        for key, value in record.items()
        if isinstance(value, dict)
    ]
    for _ in range(4):
        below: list[tuple[Path, Mapping[str, Any]]] = []
        for prefix, record in nested:
            visit(prefix, record, len(prefix))
            below += [((*prefix, k), v) for k, v in record.items() if isinstance(v, dict)]
        nested = below
    return Columns(kinds, paths, values)


def guess(columns: Columns, options: ReadOptions) -> Layout | Problem:
    """The layout of a file with these columns, or why there is none.

    Columns the user names for text must exist. Columns named for id, language, source or slices
    may be missing from a file: their values are null there.
    """
    text = _named_text(columns, options) if options.text_column else _guessed_text(columns)
    if isinstance(text, Problem):
        return text
    kind, parts = text
    taken = {part.name for part in parts}

    def metadata(named: str | None, names: tuple[str, ...], fixed: str | None) -> Path | None:
        if fixed is not None:
            return None
        if named:
            return _path(columns, named)
        found = columns.first((n for n in names if n not in taken), (STRING, NUMBER))
        return None if found is None else columns.paths[found]

    source = metadata(options.source_column, SOURCE_NAMES, options.source)
    if source is not None and not options.source_column and _many_valued(columns, source):
        source = None
    recognised = {name for name, _ in options.recognised}
    columns_of = recognised_columns(columns, taken) if recognised else {}
    asked = (options.id_column, options.language_column, options.source_column)
    named = (*asked, *(name for name in options.slice_by if name not in recognised))
    return Layout(
        kind=kind,
        parts=parts,
        id=metadata(options.id_column, ID_NAMES, None),
        language=metadata(options.language_column, LANGUAGE_NAMES, options.language),
        source=source,
        slices=tuple(
            columns_of.get(name) if name in recognised else _path(columns, name)
            for name in options.slice_by
        ),
        derived=tuple(name if name in recognised else "" for name in options.slice_by),
        absent=tuple(name for name in named if name and columns.find(name) is None),
    )


def recognised_columns(columns: Columns, taken: Collection[str] = ()) -> dict[str, Path]:
    """The column of each slice of `slices.RECOGNISED` that has one, but for those `taken` as
    text."""
    kinds = {name: kind for name, kind in columns.kinds.items() if name not in taken}
    found = slices.recognise(kinds, (STRING, NUMBER, DATE), columns.values)
    return {name: columns.paths[column] for name, column in found.items()}


def _path(columns: Columns, name: str) -> Path:
    found = columns.find(name)
    return tuple(name.split(".")) if found is None else columns.paths[found]


def _many_valued(columns: Columns, source: Path) -> bool:
    """Whether a guessed source column holds addresses or sentences, not names of sources."""
    values = columns.values.get(".".join(source), ())
    return any("://" in value or len(value) > 100 for value in values)


def _named_text(columns: Columns, options: ReadOptions) -> tuple[str, tuple[Column, ...]] | Problem:
    names = [name.strip() for name in (options.text_column or "").split(",") if name.strip()]
    found = [columns.find(name) for name in names]
    if missing := [name for name, column in zip(names, found, strict=True) if column is None]:
        return Problem(f"no column '{missing[0]}'", tuple(columns.kinds))
    present = [column for column in found if column is not None]
    if len(present) == 1 and columns.kinds[present[0]] == TURNS:
        return "messages", (Column(columns.paths[present[0]], ROLE_PROMPT, True),)
    if columns.typed:
        for name in present:
            if columns.kinds[name] != STRING:
                holds = _HOLDS.get(columns.kinds[name], "no text")
                return Problem(f"column '{name}' holds {holds}, not text", tuple(columns.kinds))
    required = len(present) == 1
    return "columns", tuple(Column(columns.paths[name], ROLE_TEXT, required) for name in present)


def _guessed_text(columns: Columns) -> tuple[str, tuple[Column, ...]] | Problem:
    def column(name: str, role: int, required: bool = True) -> Column:
        return Column(columns.paths[name], role, required)

    chosen = columns.first(("chosen",), (STRING, TURNS))
    rejected = columns.first(("rejected",), (STRING, TURNS))
    prompt = columns.first(PROMPT_NAMES, (STRING,))
    if chosen and rejected:
        before = columns.first(PROMPT_NAMES, (STRING, TURNS))
        parts = (column(chosen, ROLE_CHOSEN), column(rejected, ROLE_REJECTED))
        return "preference", (*((column(before, ROLE_PROMPT, False),) if before else ()), *parts)
    # Answers that were chosen, without the others, are answers.
    alone = ("chosen",) if columns.find("rejected") is None else ()
    if turns := columns.first((*TURNS_NAMES, *alone), (TURNS,)):
        return "messages", (column(turns, ROLE_PROMPT),)
    response = columns.first((*RESPONSE_NAMES, *alone), (STRING,))
    if prompt and response:
        more = columns.first((n for n in CONTEXT_NAMES if n != prompt.lower()), (STRING,))
        context = (column(more, ROLE_PROMPT, False),) if more else ()
        return "columns", (column(prompt, ROLE_PROMPT), *context, column(response, ROLE_RESPONSE))
    if text := columns.first((*TEXT_NAMES, *(() if prompt else alone)), (STRING,)):
        return "columns", (column(text, ROLE_TEXT),)
    if prompt:
        # Prompts alone, or with responses that are null where the file begins.
        response = columns.first(RESPONSE_NAMES, (NULL,))
        answers = (column(response, ROLE_RESPONSE, False),) if response else ()
        return "columns", (column(prompt, ROLE_PROMPT), *answers)
    return Problem("no text column found", tuple(columns.kinds))


def dig(record: Any, path: Path) -> Any:
    """Value of a nested column, null where any step is missing."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def document_parts(layout: Layout, values: Sequence[Any]) -> list[Part]:
    """Parts of one record of a "messages" or "preference" layout.

    Args:
        layout: the layout of the file.
        values: decoded values of ``layout.parts``, in that order.

    Raises:
        RecordError: a value is missing or of the wrong type.
    """
    if layout.kind == "messages":
        turns = _turns(values[0], layout.parts[0].name)
        return [(f"{layout.parts[0].name}[{i}]", role, text) for i, role, text in turns]
    prompt = (layout.parts[0].name, values[0]) if len(values) == 3 else None
    chosen, rejected = (part.name for part in layout.parts[-2:])
    return _preference(prompt, (chosen, values[-2]), (rejected, values[-1]))


def _turns(value: Any, name: str) -> list[tuple[int, int, str]]:
    """(index, role, text) of the turns of a message list that have text."""
    if value is None:
        raise RecordError(f"no value in column '{name}'")
    if not isinstance(value, list):
        raise RecordError(f"column '{name}' holds {describe(value)}, not a list of messages")
    turns = []
    for index, message in enumerate(value):
        if not isinstance(message, dict):
            raise RecordError(f"column '{name}' holds {describe(message)} among its messages")
        speaker = next((message[k] for k in ("role", "from", "speaker") if message.get(k)), "")
        content = next(
            (message[k] for k in ("content", "value", "text") if message.get(k) is not None), None
        )
        text = _content(content, name)
        if text is not None:
            response = isinstance(speaker, str) and speaker.lower() in RESPONSE_ROLES
            turns.append((index, ROLE_RESPONSE if response else ROLE_PROMPT, text))
    if not turns:
        raise RecordError(f"no messages in column '{name}'")
    return turns


def _content(value: Any, name: str) -> str | None:
    """Text of a message; of one in several parts, its text parts, a line each."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        texts = [item.get("text") if isinstance(item, dict) else item for item in value]
        kept = [text for text in texts if isinstance(text, str)]
        return "\n".join(kept) if kept else None
    raise RecordError(f"column '{name}' holds {describe(value)} as a message")


def _preference(
    prompt: tuple[str, Any] | None, chosen: tuple[str, Any], rejected: tuple[str, Any]
) -> list[Part]:
    for name, value in (chosen, rejected):
        if value is None:
            raise RecordError(f"no value in column '{name}'")
        if not isinstance(value, str | list):
            raise RecordError(f"column '{name}' holds {describe(value)}, not text")
    if isinstance(chosen[1], str) != isinstance(rejected[1], str):
        raise RecordError(f"columns '{chosen[0]}' and '{rejected[0]}' differ in type")
    before = _prompt_parts(prompt)
    if isinstance(chosen[1], str):
        return _preference_strings(before, chosen[0], chosen[1], rejected[0], rejected[1])
    return _preference_turns(before, chosen, rejected)


def _prompt_parts(prompt: tuple[str, Any] | None) -> list[Part]:
    if prompt is None or prompt[1] is None or prompt[1] == "" or prompt[1] == []:
        return []
    name, value = prompt
    if isinstance(value, str):
        return [(name, ROLE_PROMPT, value)]
    return [(f"{name}[{i}]", ROLE_PROMPT, text) for i, _, text in _turns(value, name)]


def _preference_turns(
    before: list[Part], chosen: tuple[str, Any], rejected: tuple[str, Any]
) -> list[Part]:
    good, bad = _turns(chosen[1], chosen[0]), _turns(rejected[1], rejected[0])
    shared = 0
    while shared < min(len(good), len(bad)) and good[shared] == bad[shared]:
        shared += 1
    # The prompt column often repeats the shared turns: what they hold is counted once, here.
    repeated = {text for _, _, text in good[:shared]}
    parts = [part for part in before if part[2] not in repeated]
    parts += [(f"{chosen[0]}[{i}]", ROLE_PROMPT, text) for i, _, text in good[:shared]]
    parts += [(f"{chosen[0]}[{i}]", ROLE_CHOSEN, text) for i, _, text in good[shared:]]
    parts += [(f"{rejected[0]}[{i}]", ROLE_REJECTED, text) for i, _, text in bad[shared:]]
    return parts


_HUMAN, _ASSISTANT = "\n\nHuman:", "\n\nAssistant:"


def _preference_strings(
    before: list[Part], chosen: str, good: str, rejected: str, bad: str
) -> list[Part]:
    prompt = before[0][2] if len(before) == 1 else ""
    if prompt and good.startswith(prompt) and bad.startswith(prompt):
        cut = len(prompt)
    else:
        shared = _common_prefix(good, bad)
        if _ASSISTANT in good and _ASSISTANT in bad:
            marker = good.rfind(_ASSISTANT, 0, shared)
            cut = 0 if marker < 0 else marker + len(_ASSISTANT)
        elif before:
            cut = 0  # the prompt has its own column: what the answers share is theirs
        else:
            cut = good.rfind("\n", 0, shared) + 1
        if cut:
            before = [p for p in before if p[2].strip() not in good[:cut]]
            before = [*before, (chosen, ROLE_PROMPT, good[:cut])]
    return [*before, (chosen, ROLE_CHOSEN, good[cut:]), (rejected, ROLE_REJECTED, bad[cut:])]


def _common_prefix(a: str, b: str) -> int:
    """Length of the longest common prefix, by bisection: slices compare at memory speed."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def describe(value: object) -> str:
    """Type of a decoded JSON value in words."""
    names = {dict: "an object", list: "a list", bool: "a truth value", str: "text", bytes: "bytes"}
    return names.get(type(value), "nothing" if value is None else "a number")
