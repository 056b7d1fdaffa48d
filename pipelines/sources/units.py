"""Reading units of work: the one place that knows every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from corpus_assay.pipelines.sources import (
    delimited,
    ipc,
    jsonlines,
    parquet,
    text,
    webarchive,
)
from corpus_assay.pipelines.sources.batches import Assembler, Positions
from corpus_assay.pipelines.sources.layout import Layout, Path, Problem, Unreadable
from corpus_assay.pipelines.sources.model import (
    Chunk,
    InputError,
    InputFile,
    Piece,
    Progress,
    ReadOptions,
    Reject,
    Span,
)
from corpus_assay.pipelines.sources.slices import AUTO, RECOGNISED
from corpus_assay.pipelines.sources.streams import open_binary
from corpus_assay.reports.formats import visible
from corpus_assay.transforms.documents import ROLES

_Inspect = Callable[[InputFile, ReadOptions], Layout | Problem | Unreadable | None]
_Read = Callable[[Span, ReadOptions, Progress], Iterator[Piece]]


@dataclass(frozen=True)
class _Format:
    """`inspect` looks at the head of a file, `read` reads a span of it; both raise OSError."""

    inspect: _Inspect
    read: _Read


def _refused(reason: str) -> _Format:
    """A format that is recognised, or not, but not read."""

    def inspect(file: InputFile, options: ReadOptions) -> Unreadable:
        open_binary(file.path).close()
        return Unreadable(reason)

    def read(span: Span, options: ReadOptions, progress: Progress) -> Iterator[Piece]:
        open_binary(span.file.path).close()
        yield Piece(rejects=[Reject(0, reason)])

    return _Format(inspect, read)


_FORMATS: dict[str, _Format] = {
    "jsonl": _Format(jsonlines.inspect, jsonlines.read),
    "json": _Format(jsonlines.inspect, jsonlines.read),
    "parquet": _Format(parquet.inspect, parquet.read),
    "csv": _Format(delimited.inspect, delimited.read),
    "tsv": _Format(delimited.inspect, delimited.read),
    "text": _Format(text.inspect, text.read),
    "warc": _Format(webarchive.inspect, webarchive.read),
    "arrow": _Format(ipc.inspect, ipc.read),
    "arc": _refused("an ARC file; convert it with `warcio recompress`"),
    "unknown": _refused("not a format that is read"),
}

_CHECKED = 20
"""Files that are looked at before a run starts."""


def read_unit(
    spans: Sequence[Span], options: ReadOptions, wanted: Mapping[int, Positions] | None = None
) -> Iterator[Chunk]:
    """Documents of a unit of work, in the order of its spans.

    `wanted` (ascending positions of documents, by file) lets readers leave others out where that
    is cheaper than to read them; the counts are of what was read, and others may still come.

    Yields at least one chunk. Never raises for what a file holds: what cannot be read stands in
    `rejects`, and read = audited + rejected in `counts`.
    """
    assembler = Assembler(options)
    for span in spans:
        yield from assembler.span(span, _pieces(span, options, wanted))
    yield assembler.rest()


def _pieces(
    span: Span, options: ReadOptions, wanted: Mapping[int, Positions] | None
) -> Iterator[Piece]:
    progress = Progress()
    read = _FORMATS[span.file.format].read
    try:
        if wanted is not None and read is jsonlines.read:
            some = wanted.get(span.file.number, np.empty(0, np.int64))
            yield from jsonlines.read(span, options, progress, some)
        else:
            yield from read(span, options, progress)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or 'input/output error'}"
        yield Piece(rejects=[Reject(span.start, reason)])


def recognise_slices(files: Sequence[InputFile], options: ReadOptions) -> ReadOptions:
    """The options with `slices.AUTO` replaced by the slices that the first files have columns for,
    but those that are named already. Files without a layout are left to `check_layout`."""
    named = [name for name in options.slice_by if name != AUTO]
    wanted = tuple((name, "") for name in RECOGNISED if name not in named)
    asked = replace(options, slice_by=tuple(name for name, _ in wanted), recognised=wanted)
    found: dict[tuple[str, str], None] = {}
    for file in files[:_CHECKED]:
        try:
            layout = _FORMATS[file.format].inspect(file, asked)
        except OSError:
            continue
        if isinstance(layout, Layout):
            for name, path in zip(layout.derived, layout.slices, strict=False):
                if path is not None:
                    found[name, ".".join(path)] = None
    names = [name for name in RECOGNISED if any(name == one for one, _ in found)]
    return replace(options, slice_by=(*named, *names), recognised=tuple(found))


def layouts(files: Sequence[InputFile], options: ReadOptions) -> list[dict[str, Any]]:
    """How columns become documents, as said in ``audit.json``: one entry a layout, by the first
    file of each source and format, of up to `_CHECKED` such.

    An entry names those files, the ``kind`` (columns, messages, preference; of messages the turns
    tell the roles), the columns of text with their roles, those of ``id``, ``language`` and
    ``source`` (null: from no column) and of each slice. Column names are escaped.
    """
    first: dict[tuple[str, str], InputFile] = {}
    for file in files:
        first.setdefault((file.source, file.format), file)
    found: dict[Layout, list[str]] = {}
    for file in list(first.values())[:_CHECKED]:
        try:
            layout = _FORMATS[file.format].inspect(file, options)
        except OSError:
            continue
        if isinstance(layout, Layout):
            found.setdefault(layout, []).append(visible(file.name, 1000))
    return [
        {"files": names, **_described(layout, options.slice_by)} for layout, names in found.items()
    ]


def _described(layout: Layout, slice_by: Sequence[str]) -> dict[str, Any]:
    def name(path: Path | None) -> str | None:
        return None if path is None else visible(".".join(path), 1000)

    by_turn = layout.kind == "messages"
    return {
        "kind": layout.kind,
        "text": [
            {"column": name(part.path), "role": None if by_turn else ROLES[part.role]}
            for part in layout.parts
        ],
        "id": name(layout.id),
        "language": name(layout.language),
        "source": name(layout.source),
        "slices": {
            by: name(path)
            for by, path in zip(slice_by, layout.slices, strict=False)
            if by not in layout.absent
        },
    }


def check_layout(files: Sequence[InputFile], options: ReadOptions) -> tuple[str, ...]:
    """Looks at the first files before a run, so that a mistake in the options shows at once.
    Gives the columns of metadata that the options name and none of these files has.

    Raises:
        InputError: none of them can be read, or none has a text column.
    """
    problems: list[tuple[InputFile, Problem | Unreadable]] = []
    absent: tuple[str, ...] | None = None
    for file in files[:_CHECKED]:
        try:
            layout = _FORMATS[file.format].inspect(file, options)
        except OSError as error:
            layout = Unreadable(f"cannot be read: {error.strerror or 'input/output error'}")
        if layout is None:
            return ()
        if isinstance(layout, Layout):
            known = layout.absent
            absent = tuple(name for name in known if absent is None or name in absent)
            if not absent:
                return ()
            continue
        problems.append((file, layout))
    if absent is not None:
        return tuple(dict.fromkeys(absent))
    for file, problem in problems:
        if isinstance(problem, Problem):
            columns = ", ".join(problem.columns[:50]) or "none"
            raise InputError(
                f"{file.path}: {problem.reason}; its columns are {columns};"
                " name the text with --text-column COLUMN (or COLUMN,COLUMN)"
            )
    if problems:
        file, unreadable = problems[0]
        raise InputError(
            f"{file.path}: {unreadable.reason}; if the format was guessed wrongly,"
            " say which it is with --format"
        )
    return ()
