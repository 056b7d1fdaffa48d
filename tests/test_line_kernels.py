"""Flat objects read by kernels: what they take is JSON, and means what Python's reader says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.pipelines.sources import line_kernels

COLUMNS = ("text", "id", "café")


def read(data: bytes) -> list[list[bytes | None]] | None:
    """The columns of a block, as bytes."""
    array = np.frombuffer(data, np.uint8)
    found = line_kernels.Strings(COLUMNS).read(array, *line_kernels.lines(array))
    return found and [column.cast("binary").to_pylist() for column in found]


def expected(data: bytes) -> list[list[bytes | None]]:
    """The same by Python's reader; bytes that are no UTF-8 stay as they are."""
    lines = [line for line in data.split(b"\n") if line]
    records = [json.loads(line.decode("utf-8", "surrogateescape")) for line in lines]
    values = [[record.get(name) for record in records] for name in COLUMNS]
    return [
        [None if value is None else value.encode("utf-8", "surrogateescape") for value in column]
        for column in values
    ]


def test_lines() -> None:
    data = np.frombuffer(b"\n\nab\n\r\n" + 70 * b"c" + b"\n\n" + 3 * b"d\n" + b"e", np.uint8)
    starts, ends = line_kernels.lines(data)
    assert starts.tolist() == [2, 5, 7, 79, 81, 83, 85]
    assert ends.tolist() == [4, 6, 77, 80, 82, 84, 86]


texts = st.text(max_size=200) | st.text('\\"/\b\f\n\r\t{}:,é語😀\x7f\0', max_size=100)
plain = st.none() | st.booleans() | st.integers(-(10**14), 10**14) | st.sampled_from([0.5, -12.75])
records = st.fixed_dictionaries(
    {"text": texts},
    optional={
        "id": st.none() | texts,
        "café": texts,
        "tex": plain,
        "texts": texts | plain,
        "": texts | plain,
    },
)


def dumped(drawn: Any) -> bytes:
    """Lines in the ways that programs write them."""
    lines = []
    for record, ascii_only, separators, end in drawn:
        text = json.dumps(record, ensure_ascii=ascii_only, separators=separators)
        lines.append(text.encode("utf-8", "surrogatepass") + end)
    return b"".join(lines)


blocks = st.lists(
    st.tuples(
        records,
        st.booleans(),
        st.sampled_from([(",", ":"), (", ", ": "), ("\t,  ", " :\r ")]),
        st.sampled_from([b"\n", b" \r\n", b"\n\n"]),
    ),
    min_size=1,
    max_size=8,
).map(dumped)


@given(blocks)
def test_flat_objects_are_taken_as_they_are(data: bytes) -> None:
    # A column's name with an escape is left to other readers.
    if b'"caf\\u00e9"' in data:
        assert read(data) is None
    else:
        assert read(data) == expected(data)


@settings(max_examples=1000)
@given(blocks, st.data())
def test_what_is_taken_is_json(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(damaged) - 1))
        byte = draw.draw(st.sampled_from(b'"\\{}[]:,0-9eEtfnu \x00\n\r\xff') | st.integers(0, 255))
        if draw.draw(st.booleans()):
            damaged[at] = byte
        else:
            damaged[at : at + draw.draw(st.integers(0, 2))] = bytes([byte])
    found = read(bytes(damaged))
    if found is not None:
        assert found == expected(bytes(damaged))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b'{"text"',
        b'{"text": "a"',
        b'{"text": "a}',
        b'{"text": "a"}}',
        b'{"text": "a"} {"text": "b"}',
        b'{"text": "a",}',
        b'{,"text": "a"}',
        b'{"text": "a" "id": "b"}',
        b'{"text": "a", "text": "b"}',
        b'{"te\\u0078t": "a"}',
        b'{"text": 1}',
        b'{"text": true}',
        b'{"text": ["a"]}',
        b'{"text": "a", "x": {}}',
        b'{"text": "a", "x": 01}',
        b'{"text": "a", "x": -}',
        b'{"text": "a", "x": 1.}',
        b'{"text": "a", "x": 1e5}',
        b'{"text": "a", "x": NaN}',
        b'{"text": "a", "x": 1234567890123456}',
        b'{"text": "a", "x": nul}',
        b'{"text": "\\x"}',
        b'{"text": "\\u12"}',
        b'{"text": "\\u12g4"}',
        b'{"text": "\\ud800"}',
        b'{"text": "\\udc00"}',
        b'{"text": "\\ud800\\u0041"}',
        b'{"text": "\\ud800x"}',
        b'{"text": "a\x01"}',
        b'{"text": "a\\',
        b'{"text": "a", "x"}',
        b'["text"]',
        b'"text"',
    ],
)
def test_what_is_left_to_other_readers(line: bytes) -> None:
    whole = np.frombuffer(b'{"text": "before"}\n' + line + b'\n{"text": "after"}\n', np.uint8)
    starts = np.array([0, 19, 20 + len(line)])
    ends = np.array([18, 19 + len(line), len(whole) - 1])
    strings = line_kernels.Strings(COLUMNS)
    assert strings.read(whole, starts, ends) is None
    assert strings.read(whole, starts[[0, 2]], ends[[0, 2]]) is not None
    # as the last bytes there are
    last = np.frombuffer(b'{"text": "before"}\n' + line, np.uint8)
    assert strings.read(last, starts[:2], ends[:2]) is None


def test_texts_longer_than_a_block_and_one_after_the_other() -> None:
    strings = line_kernels.Strings(("text",))
    kept = []
    for size in (10, 63, 64, 65, 1000, 200, 0):
        text = "x" * size + '\\"é' + "y" * size
        data = json.dumps({"text": text}, ensure_ascii=False).encode()
        array = np.frombuffer(data, np.uint8)
        found = strings.read(array, *line_kernels.lines(array))
        assert found is not None
        kept.append((found[0], text))
    assert [column.to_pylist() for column, _ in kept] == [[text] for _, text in kept]
