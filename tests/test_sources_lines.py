"""JSON Lines, JSON arrays and text: records, roles, repairs, spans, broken input."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import pickle
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_assay.pipelines.sources import (
    InputFile,
    ReadOptions,
    check_layout,
    jsonlines,
    list_files,
    plan,
    read_unit,
)
from corpus_assay.pipelines.sources.arrays import elements
from corpus_assay.transforms.documents import DOCUMENT_SCHEMA, ROLES, repair

MEBI = 1 << 20


class Result:
    """Everything that reading some inputs gave, with the account checked."""

    def __init__(
        self, inputs: Sequence[Path | str], options: ReadOptions, span_bytes: int = 128 << 20
    ) -> None:
        self.files = list_files([str(path) for path in inputs], options)
        self.documents: list[dict[str, Any]] = []
        self.rejects: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.batches: list[pa.RecordBatch] = []
        per_file: Counter[int] = Counter()
        for unit in plan(self.files, options, span_bytes):
            consumed = 0
            for chunk in read_unit(unit, options):
                assert chunk.batch.schema == DOCUMENT_SCHEMA
                batch, repaired = repair(chunk.batch)  # Parquet leaves that to the tokeniser
                self.counts["repaired"] += len(repaired)
                batch.validate(full=True)
                consumed += chunk.consumed
                self.batches.append(batch)
                self.documents += batch.to_pylist()
                self.rejects += chunk.rejects.to_pylist()
                for row in chunk.counts.to_pylist():
                    assert row["read"] == row["audited"] + row["rejected"]
                    per_file[row["file"]] += row["audited"]
                    for name in ("read", "audited", "rejected", "repaired"):
                        if row[name]:
                            self.counts[name] += row[name]
            assert consumed == sum(span.end - span.start for span in unit)
        self.counts = +self.counts
        assert self.counts["audited"] == len(self.documents)
        assert self.counts["rejected"] == sum(row["records"] for row in self.rejects)
        assert per_file == Counter(row["file"] for row in self.documents)

    @property
    def texts(self) -> list[str]:
        return [part["text"] for document in self.documents for part in document["parts"]]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(row["position"], row["reason"]) for row in self.rejects]


def read(*inputs: Path | str, span_bytes: int = 128 << 20, **options: Any) -> Result:
    return Result(inputs, ReadOptions(**options), span_bytes)


def parts(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(part["field"], ROLES[part["role"]], part["text"]) for part in document["parts"]]


def write(path: Path, *lines: bytes | dict[str, Any]) -> Path:
    raw = [
        line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode()
        for line in lines
    ]
    path.write_bytes(b"".join(line + b"\n" for line in raw))
    return path


def test_documents_of_json_lines(tmp_path: Path) -> None:
    first = {"text": 'She said "hi"\n', "id": 7, "lang": "en", "source": "books", "year": 1999}
    second = {"text": "二", "id": None, "lang": "zh", "source": "", "meta": {"source": "inner"}}
    path = write(tmp_path / "part-00001.jsonl", first, second)
    result = read(path, slice_by=("year", "meta.source"))
    assert result.documents == [
        {
            "file": 0,
            "position": 0,
            "id": "7",
            "source": "books",
            "language": "en",
            "parts": [{"field": "text", "role": 0, "text": 'She said "hi"\n'}],
            "slices": ["1999", None],
        },
        {
            "file": 0,
            "position": len(json.dumps(first)) + 1,
            "id": None,
            "source": "part",
            "language": "zh",
            "parts": [{"field": "text", "role": 0, "text": "二"}],
            "slices": [None, "inner"],
        },
    ]
    assert result.counts == {"read": 2, "audited": 2}


def test_line_ends_byte_order_mark_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text":"a"}\r\n\r\n   \n {"text":"b"} \n\n{"text":""}')
    result = read(path)
    assert [(d["position"], d["parts"][0]["text"]) for d in result.documents] == [
        (3, "a"),
        (23, "b"),
        (39, ""),
    ]
    assert result.rejects == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a"', "not valid JSON"),
        (b"\x00\x00", "not valid JSON"),
        (b'{"text": "a"} {"text": "b"}', "not valid JSON"),
        (b'{"text": "a"}{"text": "b"}', "not valid JSON"),
        (b'["a"]', "not a JSON object"),
        (b'"a"', "not a JSON object"),
        (b'{"text": null}', "no value in column 'text'"),
        (b'{"other": "a"}', "no value in column 'text'"),
        (b'{"text": 5}', "column 'text' holds a number, not text"),
        (b'{"text": ["a"]}', "column 'text' holds a list, not text"),
        (b'{"text": {"a": 1}}', "column 'text' holds an object, not text"),
        (b'{"text": true}', "column 'text' holds a truth value, not text"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "JSON nested too deeply"),
    ],
)
def test_lines_that_are_rejected(tmp_path: Path, line: bytes, reason: str) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "before"}, line, {"text": "after"})
    result = read(path)
    assert result.texts == ["before", "after"]
    assert result.rejects == [
        {
            "file": 0,
            "position": 19,
            "records": 1,
            "reason": reason,
            "excerpt": line.decode()[:200],
        }
    ]


def test_objects_over_two_lines_do_not_shift_positions(tmp_path: Path) -> None:
    # as many objects as lines, but not one in each
    path = write(tmp_path / "a.jsonl", b'{"text":"a"}{"text":"b"}', b"{", b'"text":"c"}')
    result = read(path, text_column="text")
    assert result.texts == []
    assert [position for position, _ in result.reasons] == [0, 25, 27]


@pytest.mark.parametrize(
    ("line", "text", "repaired"),
    [
        (b'{"text": "a\\ud800b"}', "a\ufffdb", 1),
        (b'{"text": "a\\udc00\\ud800b"}', "a\ufffd\ufffdb", 1),
        (b'{"text": "\\\\ud800"}', "\\ud800", 0),
        (b'{"text": "\\ud83d\\ude00"}', "\U0001f600", 0),
        (b'{"text": "\\ud800\\ud83d\\ude00"}', "\ufffd\U0001f600", 1),
        (b'{"text": "a\xffb"}', "a\ufffdb", 1),
        (b'{"text": "\xed\xa0\x80"}', "\ufffd\ufffd\ufffd", 1),
        (b'{"text": "a\x00\tb"}', "a\x00\tb", 0),
        (b'{"text": "a\\u0000b"}', "a\x00b", 0),
        (b'{"text": "NaN", "score": NaN, "x": -Infinity}', "NaN", 0),
        (b'{"text": "a", "id": {"$oid": "1"}}', "a", 0),
        (b'{"text": "a", "text": "b"}', "b", 0),
        (b'{"text": "a", "n": 123456789012345678901234567890}', "a", 0),
    ],
)
def test_lines_that_are_repaired_or_unusual(
    tmp_path: Path, line: bytes, text: str, repaired: int
) -> None:
    result = read(write(tmp_path / "a.jsonl", {"text": "x"}, line))
    assert result.texts == ["x", text]
    assert result.counts["repaired"] == repaired
    assert result.rejects == []


def test_column_whose_type_changes_between_shards(tmp_path: Path) -> None:
    write(tmp_path / "0.jsonl", {"text": "a", "id": 1, "meta": {"source": "x"}})
    write(tmp_path / "1.jsonl", {"text": "b", "id": "one", "meta": "none"})
    write(tmp_path / "2.jsonl", {"text": 3, "id": [1]}, {"text": "c", "id": 1.5})
    result = read(tmp_path, text_column="text", id_column="id", source_column="meta.source")
    folder = tmp_path.name
    assert [(d["id"], d["source"]) for d in result.documents] == [
        ("1", "x"),
        ("one", folder),
        ("1.5", folder),
    ]
    assert result.reasons == [(0, "column 'text' holds a number, not text")]


def test_file_without_the_named_column_has_every_record_rejected(tmp_path: Path) -> None:
    write(tmp_path / "0.jsonl", {"body": "a"})
    write(tmp_path / "1.jsonl", {"other": "b"}, {"other": "c"}, b"{")
    result = read(tmp_path, text_column="body")
    assert result.texts == ["a"]
    assert result.reasons == [
        (0, "no column 'body'"),
        (15, "no column 'body'"),
        (30, "not valid JSON"),
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (bytes(range(256)) * 100, "a binary file, expected JSON"),
        ("\ufeff{}".encode("utf-16-le"), "text in UTF-16, expected UTF-8"),
        ("\ufeff{}".encode("utf-16-be"), "text in UTF-16, expected UTF-8"),
    ],
)
def test_file_that_is_no_json_is_one_reject(tmp_path: Path, raw: bytes, reason: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(raw * 50)
    result = read(tmp_path / "a.jsonl", span_bytes=1000)
    assert result.reasons == [(0, reason)]
    assert result.counts == {"read": 1, "rejected": 1}


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.jsonl.gz", "a.txt", "a.csv", "a.tsv"])
def test_empty_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    result = read(tmp_path / name)
    assert result.counts == {}
    check_layout(result.files, ReadOptions())


COMPRESS = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lz4": lambda data: bytes(pa.compress(data, "lz4", asbytes=True)),
}
STREAM = {"gz": "gzip", "zst": "zstd", "bz2": "bz2", "xz": "xz"}


def records(count: int, seed: int = 0) -> list[bytes]:
    random_ = random.Random(seed)
    return [
        json.dumps({"text": "".join(random_.choices("abcdefgh ", k=200)), "id": i}).encode() + b"\n"
        for i in range(count)
    ]


@pytest.mark.parametrize("suffix", ["gz", "zst", "bz2", "xz"])
def test_compressed_truncated_and_followed_by_garbage(tmp_path: Path, suffix: str) -> None:
    lines = records(20_000)
    raw = b"".join(lines)
    packed = COMPRESS[suffix](raw)
    whole = tmp_path / f"whole.jsonl.{suffix}"
    whole.write_bytes(packed)
    result = read(whole)
    assert [d["id"] for d in result.documents] == [str(i) for i in range(20_000)]
    assert result.rejects == []

    members = tmp_path / f"members.jsonl.{suffix}"
    members.write_bytes(COMPRESS[suffix](b"".join(lines[:100])) + COMPRESS[suffix](lines[100]))
    assert read(members).counts == {"read": 101, "audited": 101}

    for share in (0.999, 0.6):
        cut = tmp_path / f"cut.jsonl.{suffix}"
        cut.write_bytes(packed[: int(len(packed) * share)])
        result = read(cut)
        audited = result.counts["audited"]
        assert audited > 20_000 * share - 5_000
        assert [d["id"] for d in result.documents] == [str(i) for i in range(audited)]
        position = sum(map(len, lines[:audited]))
        assert result.reasons == [(position, f"truncated {STREAM[suffix]} stream")]

    trailing = tmp_path / f"trailing.jsonl.{suffix}"
    trailing.write_bytes(packed + b"garbage" * 10)
    result = read(trailing)
    assert result.counts == {"read": 20_001, "audited": 20_000, "rejected": 1}
    assert result.reasons == [(len(raw), f"data after the end of the {STREAM[suffix]} stream")]

    damaged = tmp_path / f"damaged.jsonl.{suffix}"
    damaged.write_bytes(packed[: len(packed) // 2] + b"\0" * 50 + packed[len(packed) // 2 + 50 :])
    result = read(damaged)
    assert result.counts["audited"] > 5_000
    assert result.counts["rejected"] >= 1
    assert "stream" in result.reasons[-1][1]


def test_lz4_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.lz4"
    with pa.CompressedOutputStream(str(path), "lz4") as out:
        out.write(b"".join(records(1000)))
    assert read(path).counts == {"read": 1000, "audited": 1000}
    path.write_bytes(path.read_bytes()[:-100])
    result = read(path)
    assert result.reasons[-1][1] in ("truncated lz4 stream", "damaged lz4 stream")


def test_gzip_checksum_error_keeps_what_came_before(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"".join(records(10_000))))
    packed[-6] ^= 0xFF
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packed)
    result = read(path)
    # zlib keeps back the last byte, here the end of the last line
    assert result.counts["audited"] == 9_999
    assert [reason for _, reason in result.reasons] == ["damaged gzip stream"]


def test_plain_file_with_a_name_of_a_compressed_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl.gz", {"text": "a"})
    assert read(path).texts == ["a"]


def test_long_line_is_rejected_and_never_split(tmp_path: Path) -> None:
    limit = 1000
    fits = b'{"text":"' + b"a" * (limit - 11) + b'"}'
    over = b'{"text":"' + b"b" * (limit - 10) + b'"}'
    assert (len(fits), len(over)) == (limit, limit + 1)
    path = write(tmp_path / "a.jsonl", fits, over, {"text": "c"}, b"x" * 500_000, {"text": "d"})
    result = read(path, max_document_bytes=limit, batch_bytes=4096)
    assert [text[0] for text in result.texts] == ["a", "c", "d"]
    assert result.reasons == [
        (1001, "document over 1000 bytes"),
        (1001 + 1002 + 14, "document over 1000 bytes"),
    ]
    for span_bytes in (997, 77_777):
        split = read(path, max_document_bytes=limit, batch_bytes=4096, span_bytes=span_bytes)
        assert split.documents == result.documents
        assert split.rejects == result.rejects


def tables(result: Result) -> tuple[Any, ...]:
    return result.documents, result.rejects, result.counts


@settings(max_examples=25, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(
            [
                b'{"text":"a"}',
                b'{"text":"\xc3\xa9\xf0\x9f\x98\x80"}',
                b"",
                b"  ",
                b"{",
                b'{"text":1}',
            ]
        )
        | st.text(max_size=30).map(lambda t: json.dumps({"text": t}).encode()),
        max_size=40,
    ),
    span=st.integers(7, 200),
    end=st.sampled_from([b"\n", b"\r\n"]),
    final=st.booleans(),
)
def test_any_split_gives_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[bytes],
    span: int,
    end: bytes,
    final: bool,
) -> None:
    path = tmp_path_factory.mktemp("split") / "a.jsonl"
    path.write_bytes(end.join(lines) + (end if final else b""))
    whole = read(path, text_column="text")
    split = read(path, text_column="text", span_bytes=span, batch_bytes=16, batch_documents=2)
    assert tables(split) == tables(whole)
    text = read(path, format="text")
    split = read(path, format="text", span_bytes=span, batch_bytes=16, batch_documents=2)
    assert tables(split) == tables(text)


def test_batches_are_bounded(tmp_path: Path) -> None:
    for i in range(50):
        write(tmp_path / f"{i:02}.jsonl", *({"text": "x" * 100} for _ in range(30)))
    result = read(tmp_path, batch_bytes=1000, batch_documents=7)
    assert max(batch.num_rows for batch in result.batches) == 7
    result = read(tmp_path, batch_bytes=1000)
    assert {batch.num_rows for batch in result.batches[:-1]} <= {9, 10}
    assert len({row["file"] for row in read(tmp_path).batches[0].to_pylist()}) == 50


def test_decompression_bombs_stay_bounded(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from corpus_assay.pipelines.sources import ReadOptions, list_files, plan, read_unit\n"
        "options = ReadOptions()\n"
        "audited = rejected = 0\n"
        "for unit in plan(list_files(sys.argv[1:], options), options):\n"
        "    for chunk in read_unit(unit, options):\n"
        "        audited += chunk.batch.num_rows\n"
        "        rejected += chunk.rejects.num_rows\n"
        # ru_maxrss would count what the parent held when it forked
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(audited, rejected, int(status['VmHWM'].split()[0]) >> 10)\n"
    )
    one_line = tmp_path / "line.jsonl.zst"
    with one_line.open("wb") as out, zstandard.ZstdCompressor().stream_writer(out) as packed:
        packed.write(b'{"text": "')
        for _ in range(1000):
            packed.write(b"a" * MEBI)
        packed.write(b'"}\n{"text": "b"}\n')
    many = tmp_path / "lines.jsonl.gz"
    with gzip.open(many, "wb", compresslevel=1) as packed_gz:
        block = (b'{"text": "' + b"a" * 1000 + b'"}\n') * 1000
        for _ in range(300):
            packed_gz.write(block)
    blank = tmp_path / "blank.jsonl.zst"
    with blank.open("wb") as out, zstandard.ZstdCompressor().stream_writer(out) as packed:
        for _ in range(300):
            packed.write(b"\n" * MEBI)
    empty = tmp_path / "empty.jsonl.zst"
    with empty.open("wb") as out, zstandard.ZstdCompressor().stream_writer(out) as packed:
        for _ in range(5):
            packed.write(b"{}\n" * (MEBI // 3))
    for path, expected in (
        (one_line, ("1", "1")),
        (many, ("300000", "0")),
        (blank, ("0", "0")),
        (empty, ("0", str(5 * (MEBI // 3)))),
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
        )
        audited, rejected, peak = done.stdout.split()
        assert (audited, rejected) == expected
        assert int(peak) < 500, f"{path.name} took {peak} MiB"


def test_instruction_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {"instruction": "Add", "input": "", "output": "5", "text": "Add 5"},
        {"instruction": "Add", "input": "2 3", "output": "5", "text": "Add 2 3 5"},
        {"instruction": "Add", "input": "2 3", "output": None, "text": "Add 2 3 5"},
    )
    result = read(path)
    assert [parts(d) for d in result.documents] == [
        [("instruction", "prompt", "Add"), ("output", "response", "5")],
        [
            ("instruction", "prompt", "Add"),
            ("input", "prompt", "2 3"),
            ("output", "response", "5"),
        ],
    ]
    assert [reason for _, reason in result.reasons] == ["no value in column 'output'"]


def test_message_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {
            "messages": [
                {"role": "system", "content": "Be kind"},
                {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image"}]},
                {"role": "assistant", "content": None, "tool_calls": []},
                {"role": "assistant", "content": "Hello"},
            ]
        },
        {"messages": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]},
        {"messages": []},
        {"messages": "Hi"},
        {"messages": [1]},
        {"messages": None},
    )
    result = read(path)
    assert [parts(d) for d in result.documents] == [
        [
            ("messages[0]", "prompt", "Be kind"),
            ("messages[1]", "prompt", "Hi"),
            ("messages[3]", "response", "Hello"),
        ],
        [("messages[0]", "prompt", "Hi"), ("messages[1]", "response", "Ho")],
    ]
    assert [reason for _, reason in result.reasons] == [
        "no messages in column 'messages'",
        "column 'messages' holds text, not a list of messages",
        "column 'messages' holds a number among its messages",
        "no value in column 'messages'",
    ]


def test_preference_transcripts_share_their_prompt(tmp_path: Path) -> None:
    prompt = "\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Who?\n\nAssistant:"
    path = write(
        tmp_path / "a.jsonl",
        {"chosen": prompt + " I am A.", "rejected": prompt + " I am B."},
        {"chosen": prompt + " A\n\nHuman: x\n\nAssistant: y", "rejected": prompt + " B"},
    )
    assert [parts(d) for d in read(path).documents] == [
        [
            ("chosen", "prompt", prompt),
            ("chosen", "chosen", " I am A."),
            ("rejected", "rejected", " I am B."),
        ],
        [
            ("chosen", "prompt", prompt),
            ("chosen", "chosen", " A\n\nHuman: x\n\nAssistant: y"),
            ("rejected", "rejected", " B"),
        ],
    ]


def test_preference_strings(tmp_path: Path) -> None:
    plain = write(
        tmp_path / "plain.jsonl",
        {"chosen": "Q: who?\nThe queen", "rejected": "Q: who?\nThe king"},
        {"chosen": "The queen", "rejected": "The king"},
    )
    assert [parts(d) for d in read(plain).documents] == [
        [
            ("chosen", "prompt", "Q: who?\n"),
            ("chosen", "chosen", "The queen"),
            ("rejected", "rejected", "The king"),
        ],
        [("chosen", "chosen", "The queen"), ("rejected", "rejected", "The king")],
    ]
    named = write(
        tmp_path / "named.jsonl",
        {"prompt": "Who?", "chosen": "Who? She.", "rejected": "Who? He."},
        {"prompt": "Who?", "chosen": "Same\nshe", "rejected": "Same\nhe"},
    )
    assert [parts(d) for d in read(named).documents] == [
        [
            ("prompt", "prompt", "Who?"),
            ("chosen", "chosen", " She."),
            ("rejected", "rejected", " He."),
        ],
        [
            ("prompt", "prompt", "Who?"),
            ("chosen", "chosen", "Same\nshe"),
            ("rejected", "rejected", "Same\nhe"),
        ],
    ]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"prompt": "Say it", "chosen": "It"}, [("prompt", "Say it"), ("response", "It")]),
        ({"chosen": "It"}, [("text", "It")]),
        (
            {"chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
            [("prompt", "a"), ("response", "b")],
        ),
    ],
)
def test_chosen_answers_without_rejected_ones_are_answers(
    tmp_path: Path, record: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    path = write(tmp_path / "a.jsonl", record)
    assert [one[1:] for one in parts(read(path).documents[0])] == expected


def test_preference_lists(tmp_path: Path) -> None:
    ask = {"role": "user", "content": "Who?"}
    path = write(
        tmp_path / "a.jsonl",
        {
            "prompt": "Who?",
            "chosen": [ask, {"role": "assistant", "content": "She"}],
            "rejected": [ask, {"role": "assistant", "content": "He"}],
        },
        {"prompt": "Who?", "chosen": "a", "rejected": [ask]},
    )
    result = read(path)
    assert [parts(d) for d in result.documents] == [
        [
            ("chosen[0]", "prompt", "Who?"),
            ("chosen[1]", "chosen", "She"),
            ("rejected[1]", "rejected", "He"),
        ]
    ]
    assert [r for _, r in result.reasons] == ["columns 'chosen' and 'rejected' differ in type"]


def test_json_array(tmp_path: Path) -> None:
    items: list[Any] = [
        {"text": 'quote " and \\ and ]},{[', "id": 1},
        {"text": "é\ud83d", "nested": [{"a": [1, 2]}]},
        5,
        {"text": None},
        {"text": "last"},
    ]
    for indent in (None, 2):
        raw = json.dumps(items, indent=indent)
        (tmp_path / "a.json").write_text(raw)
        result = read(tmp_path / "a.json", span_bytes=10)
        assert result.texts == ['quote " and \\ and ]},{[', "é\ufffd", "last"]
        assert result.counts == {"read": 5, "audited": 3, "rejected": 2, "repaired": 1}
        assert [d["position"] for d in result.documents] == [
            raw.index('{"text": "quote' if indent is None else '{\n    "text": "quote'),
            raw.index('{"text": "\\u00e9' if indent is None else '{\n    "text": "\\u00e9'),
            raw.index('{"text": "last' if indent is None else '{\n    "text": "last'),
        ]
        assert [r for _, r in result.reasons] == ["not a JSON object", "no value in column 'text'"]


@pytest.mark.parametrize(
    ("raw", "texts", "reasons"),
    [
        (b'[{"text":"a"},{"text":"b', ["a"], ["JSON array without an end"]),
        (b'[{"text":"a"}] x', ["a"], ["data after the end of the JSON array"]),
        (b"[]", [], []),
        (b'[{"text":"a"},]', ["a"], []),
        (b'\xef\xbb\xbf [{"text":"a"}]\n', ["a"], []),
    ],
)
def test_json_array_that_is_broken(
    tmp_path: Path, raw: bytes, texts: list[str], reasons: list[str]
) -> None:
    (tmp_path / "a.json").write_bytes(raw)
    result = read(tmp_path / "a.json")
    assert (result.texts, [r for _, r in result.reasons]) == (texts, reasons)


@settings(max_examples=100, deadline=None)
@given(
    items=st.lists(
        st.dictionaries(st.text(max_size=5), st.text(alphabet='\\"[]{},a', max_size=12), max_size=3)
    ),
    size=st.integers(1, 50),
    indent=st.sampled_from([None, 1]),
)
def test_elements_of_an_array_whatever_the_blocks(
    items: list[dict[str, str]], size: int, indent: int | None
) -> None:
    raw = json.dumps(items, indent=indent).encode()
    blocks: Iterator[bytes] = (raw[i : i + size] for i in range(0, len(raw), size))
    found = list(elements(blocks, 0, 1 << 20))
    assert [json.loads(element.data or b"") for element in found] == items
    for element in found:
        assert raw[element.offset : element.offset + len(element.data or b"")] == element.data


def test_one_object_over_several_lines(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"data": [{"text": "a"}]}, indent=1))
    assert [r for _, r in read(tmp_path / "a.json").reasons] == [
        "one JSON object over several lines, expected an array of objects"
    ]


def test_text_lines_and_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b" one \r\n\n\xff two\n\t\nthree")
    result = read(path)
    assert [(d["position"], d["parts"][0]["text"]) for d in result.documents] == [
        (0, " one "),
        (8, "\ufffd two"),
        (16, "three"),
    ]
    assert result.counts == {"read": 3, "audited": 3, "repaired": 1}
    result = read(path, text_unit="file")
    assert result.texts == [" one \r\n\n\ufffd two\n\t\nthree"]
    assert result.counts == {"read": 1, "audited": 1, "repaired": 1}
    result = read(path, text_unit="file", max_document_bytes=5)
    assert result.reasons == [(0, "document over 5 bytes")]


def test_real_corpora(corpora: Path) -> None:
    result = read(corpora / "mix" / "mix.jsonl.zst")
    assert result.counts == {"read": 27_195, "audited": 27_195}
    assert len({d["language"] for d in result.documents}) == 55
    assert read(corpora / "instruct").counts == {"read": 52_002, "audited": 52_002}
    preference = read(corpora / "preference")
    assert preference.counts == {"read": 2_312, "audited": 2_312}
    roles = Counter(part[1] for d in preference.documents for part in parts(d))
    assert roles == {"prompt": 2_312, "chosen": 2_312, "rejected": 2_312}


def test_input_file_is_small_and_pickles() -> None:
    file = InputFile(0, "/a", "a", 1, "", "jsonl", "a")
    assert pickle.loads(pickle.dumps(file)) == file
    assert len(pickle.dumps(ReadOptions())) < 500


_ODD_LINES = st.sampled_from(
    [
        b'{"text": "plain", "id": 1, "lang": "en"}',
        b'{"text": "digits as text", "id": "1"}',
        b'{"text": "float", "id": 1.50}',
        b'{"text": "truth", "id": true}',
        b'{"text": "big", "id": 123456789012345678901}',
        b'{"text": "list", "id": [1]}',
        b'{"text": "minus", "id": -0}',
        b'{"text": "twice", "text": "the last", "id": "d"}',
        b'{"text": "b\\u0061ck\\n\\"slash\\" \\ud83d\\ude00", "id": "e"}',
        b'{"text": "lone \\ud83d half", "id": "f"}',
        b'{"text": "raw \x01 control", "id": "g"}',
        b'{"text": "bytes \xff\xfe", "id": "h"}',
        b'{"text": "fine", "id": "\xff"}',
        b'{"text": "fine", "other": "\xff"}',
        b'{"text": "fine", "other": "\\udfff"}',
        b'{"text": "nan", "other": NaN}',
        b'{"text": "deep", "other": [[[[{"text": "inner"}]]]]}',
        b'{"text": "two"}{"text": "objects"}',
        b'{"text": null, "id": "i"}',
        b'{"text": 5, "id": "j"}',
        b'{"id": "k"}',
        b'{"text": "open", "id": ',
        b'"l"}',
        b'["text"]',
        b'  {"text": "blanks", "id": "m"}  ',
        b"",
        b"\r",
        '{"text": "ümlaut 女人 \\u5973", "id": "ñ", "lang": null}'.encode(),
    ]
)


@settings(deadline=None, max_examples=200)
@given(lines=st.lists(_ODD_LINES, max_size=12), batch=st.integers(1, 12))
def test_lines_are_read_alike_together_and_alone(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], batch: int
) -> None:
    """Blocks of any size give what single lines give, with Arrow's decoder and without it."""
    path = tmp_path_factory.mktemp("alike") / "part.jsonl"
    path.write_bytes(b'{"text": "first", "id": "0", "lang": "en", "other": 0}\n')
    path.write_bytes(path.read_bytes() + b"".join(line + b"\n" for line in lines))
    alone = read(path, batch_documents=1)
    together = read(path, batch_documents=batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonlines._Columns, "of", lambda paths, texts: None)
        decoded = read(path, batch_documents=batch)
    for result in (together, decoded):
        assert result.documents == alone.documents
        assert result.rejects == alone.rejects
        assert result.counts == alone.counts


@pytest.mark.parametrize("depth", [900, 5_000, 100_000])
@pytest.mark.parametrize("text", [b"a", b"\xff", b"raw \x01 control"])
def test_a_deep_record_is_read_alike_whoever_its_neighbours_are(
    tmp_path: Path, depth: int, text: bytes
) -> None:
    other = b"[" * depth + b"]" * depth
    deep = b'{"text": "' + text + b'", "id": 7, "other": ' + other + b"}"
    found = []
    for name, neighbour in (("plain", b'{"text": "b"}'), ("odd", b'{"text": "\x01"}')):
        path = write(tmp_path / f"{name}.jsonl", {"text": "before", "id": 1}, deep, neighbour)
        result = read(path, id_column="id", text_column="text")
        assert result.rejects == []
        found.append(
            result.documents[1] | {"file": 0, "source": "", "repaired": result.counts["repaired"]}
        )
    assert found[0] == found[1]
    assert found[0]["id"] == "7"
    assert found[0]["repaired"] == (text == b"\xff")


def test_deep_objects_that_share_a_line_are_rejected(tmp_path: Path) -> None:
    deep = b'{"text": "a", "other": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    path = write(tmp_path / "a.jsonl", {"text": "before"}, deep + deep, deep[:-1])
    result = read(path)
    assert result.texts == ["before"]
    assert [reason for _, reason in result.reasons] == ["JSON nested too deeply"] * 2
