"""Reading units of work: the one place that knows every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus_assay.pipelines.sources import (
    delimited,
    ipc,
    jsonlines,
    parquet,
    text,
    webarchive,
)
from corpus_assay.pipelines.sources.batches import Assembler
from corpus_assay.pipelines.sources.layout import Layout, Problem, Unreadable
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
from corpus_assay.pipelines.sources.streams import open_binary

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


def read_unit(spans: Sequence[Span], options: ReadOptions) -> Iterator[Chunk]:
    """Documents of a unit of work, in the order of its spans.

    Yields at least one chunk. Never raises for what a file holds: what cannot be read stands in
    `rejects`, and read = audited + rejected in `counts`.
    """
    assembler = Assembler(options)
    for span in spans:
        yield from assembler.span(span, _pieces(span, options))
    yield assembler.rest()


def _pieces(span: Span, options: ReadOptions) -> Iterator[Piece]:
    progress = Progress()
    try:
        yield from _FORMATS[span.file.format].read(span, options, progress)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or 'input/output error'}"
        yield Piece(rejects=[Reject(span.start, reason)])


def check_layout(files: Sequence[InputFile], options: ReadOptions) -> None:
    """Looks at the first files before a run, so that a mistake in the options shows at once.

    Raises:
        InputError: none of them can be read, or none has a text column.
    """
    problems: list[tuple[InputFile, Problem | Unreadable]] = []
    for file in files[:_CHECKED]:
        try:
            layout = _FORMATS[file.format].inspect(file, options)
        except OSError as error:
            layout = Unreadable(f"cannot be read: {error.strerror or 'input/output error'}")
        if layout is None or isinstance(layout, Layout):
            return
        problems.append((file, layout))
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
