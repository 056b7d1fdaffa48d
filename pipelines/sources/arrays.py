"""The elements of one JSON array, found in a stream without decoding it or holding it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_assay.pipelines.sources.batches import Positions
from corpus_assay.pipelines.sources.streams import StreamError

_STRUCTURE = np.zeros(256, np.bool_)
_STRUCTURE[list(b'"{}[],')] = True
_DEPTH = np.zeros(256, np.int64)
_DEPTH[list(b"{[")] = 1
_DEPTH[list(b"}]")] = -1


@dataclass(slots=True)
class Element:
    """One element: its bytes, or None for one that is over the limit (`head` is its beginning)."""

    offset: int
    data: bytes | None
    head: bytes = b""


def elements(blocks: Iterator[bytes], offset: int, limit: int) -> Iterator[Element]:
    """Elements of the top-level array of a stream.

    Args:
        blocks: the stream, from its first byte (white space, then "[").
        offset: position of that byte.
        limit: longest element in bytes; longer ones are skipped, unkept.

    Raises:
        StreamError: as the stream does, or where the array does not end or something follows it.
    """
    state = _State()
    start = offset
    held: list[bytes] = []
    length = 0
    skipping: Element | None = None
    opened = False
    ended = False
    iterator = iter(blocks)
    while True:
        try:
            block = next(iterator, b"")
        except StreamError as error:
            if not (error.complete and ended):
                error.position = start
                error.rest = b"".join(held)[:1024].lstrip()
            else:
                error.position = offset
            raise
        if not block:
            break
        if ended:
            if block.strip():
                raise _broken("data after the end of the JSON array", offset, block)
            offset += len(block)
            continue
        if not opened:
            blank = len(block) - len(block.lstrip())
            offset += blank
            if blank == len(block):
                continue
            offset += 1
            block, opened, start = block[blank + 1 :], True, offset
        cut = 0
        for end, closes in state.ends(block):
            if skipping is not None:
                yield skipping
                skipping = None
            else:
                data = b"".join([*held, block[cut:end]])
                if element := _element(data, start, limit):
                    yield element
            held, length = [], 0
            cut = end + 1
            start = offset + cut
            if closes:
                ended = True
                break
        rest = block[cut:]
        offset += len(block)
        if ended:
            if rest.strip():
                raise _broken("data after the end of the JSON array", start, rest)
            continue
        if skipping is None:
            held.append(rest)
            length += len(rest)
            if length > limit + 4096:  # room for white space around the element
                data = b"".join(held)
                body = data.lstrip()
                skipping = Element(start + len(data) - len(body), None, body[:1024])
                held, length = [], 0
    if not ended and opened:
        if skipping is not None:
            yield skipping
        else:
            raise _broken("JSON array without an end", start, b"".join(held))


def _element(data: bytes, start: int, limit: int) -> Element | None:
    body = data.strip()
    if not body:
        return None  # of an empty array, or before a comma too many
    start += len(data) - len(data.lstrip())
    return Element(start, None, body[:1024]) if len(body) > limit else Element(start, body)


def _broken(reason: str, position: int, rest: bytes) -> StreamError:
    error = StreamError(reason)
    error.position = position + len(rest) - len(rest.lstrip())
    error.rest = rest.lstrip()[:1024]
    return error


class _State:
    """Where in the JSON a block begins: depth, inside a string, after a backslash."""

    def __init__(self) -> None:
        self._depth = 1
        self._string = False
        self._escaped = False

    def ends(self, block: bytes) -> list[tuple[int, bool]]:
        """Where elements end in a block: (index of the comma or bracket, whether it is the
        bracket that closes the array)."""
        data = np.frombuffer(block, np.uint8)
        at = np.flatnonzero(_STRUCTURE[data])
        at = at[~self._escapes(data, at)]
        kinds = data[at]
        quotes = kinds == 0x22
        inside = (np.cumsum(quotes) + self._string) % 2 == 1  # a closing quote counts as outside
        self._string = bool(inside[-1]) if len(inside) else self._string
        outside = ~inside & ~quotes
        at, kinds = at[outside], kinds[outside]
        depths = self._depth + np.cumsum(_DEPTH[kinds])
        self._depth = int(depths[-1]) if len(depths) else self._depth
        ends = ((kinds == 0x2C) & (depths == 1)) | (depths == 0)
        found = np.flatnonzero(ends)
        return [(int(at[i]), bool(depths[i] == 0)) for i in found]

    def _escapes(self, data: npt.NDArray[np.uint8], at: Positions) -> npt.NDArray[np.bool_]:
        """Which of the characters at these indices stand after an odd run of backslashes."""
        slashes = np.flatnonzero(data == 0x5C)
        escaped = np.zeros(len(at), np.bool_)
        if self._escaped and len(slashes) and slashes[0] == 0:
            slashes = slashes[1:]  # itself escaped by the last byte of the block before
        elif self._escaped and len(at) and at[0] == 0:
            escaped[0] = True
        self._escaped = self._escaped and not len(data)
        if len(slashes):
            first = np.flatnonzero(np.concatenate(([True], np.diff(slashes) > 1)))
            lengths = np.diff(np.append(first, len(slashes)))
            after = (slashes[first] + lengths)[lengths % 2 == 1]
            escaped |= np.isin(at, after)
            self._escaped = bool(len(after) and after[-1] == len(data))
        return escaped
