"""Parquet, Arrow files, CSV and TSV: positions, types, repairs, damage, bombs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_sources_lines import parts, read, tables

from corpus_assay.pipelines.sources import InputError, ReadOptions, check_layout, list_files


def parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_row_groups_spans_and_positions(tmp_path: Path) -> None:
    rows = [f"text {i}" for i in range(1000)]
    path = parquet(
        tmp_path / "train-00003-of-00099.parquet",
        {"text": rows, "id": list(range(1000)), "unused": rows},
        row_group_size=70,
    )
    whole = read(path)
    assert [d["position"] for d in whole.documents] == list(range(1000))
    assert [d["parts"][0]["text"] for d in whole.documents] == rows
    assert {d["source"] for d in whole.documents} == {"train"}
    for span_bytes in (1, 1000, 5000, 20_000):
        assert tables(read(path, span_bytes=span_bytes)) == tables(whole)


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.binary(),
        pa.large_binary(),
        pa.binary_view(),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "stream.arrow"])
def test_types_of_text(tmp_path: Path, kind: pa.DataType, name: str) -> None:
    values = ["a", "é", None, "", "a"]
    path = tmp_path / name
    save(path, pa.table({"text": pa.array(values, kind), "lang": ["en"] * 5}))
    result = read(path)
    assert result.texts == ["a", "é", "", "a"]
    assert result.reasons == [(2, "no value in column 'text'")]
    assert {d["language"] for d in result.documents} == {"en"}


def save(path: Path, table: pa.Table) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    make = pa.ipc.new_stream if path.stem == "stream" else pa.ipc.new_file
    with make(str(path), table.schema) as out:
        out.write_table(table, max_chunksize=2)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "stream.arrow"])
def test_invalid_utf8_in_a_string_column(tmp_path: Path, name: str) -> None:
    raw = pa.array([b"fine", b"a\xffb", None, b"\xed\xa0\x80"], pa.binary())
    array = pa.Array.from_buffers(pa.string(), 4, raw.buffers())
    path = tmp_path / name
    save(path, pa.table({"text": array}))
    result = read(path)
    assert result.texts == ["fine", "a\ufffdb", "\ufffd\ufffd\ufffd"]
    assert result.counts == {"read": 4, "audited": 3, "rejected": 1, "repaired": 2}


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_nested_columns(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    table = pa.table(
        {
            "messages": [
                [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}],
                None,
            ],
            "meta": [{"source": "s1", "n": 1}, {"source": None, "n": 2}],
        }
    )
    save(path, table)
    result = read(path, source_column="meta.source", slice_by=("meta.n", "none"))
    assert [parts(d) for d in result.documents] == [
        [("messages[0]", "prompt", "Hi"), ("messages[1]", "response", "Ho")]
    ]
    assert result.documents[0]["source"] == "s1"
    assert result.documents[0]["slices"] == ["1", None]
    assert result.reasons == [(1, "no value in column 'messages'")]


def test_parquet_without_the_text_column_is_one_reject(tmp_path: Path) -> None:
    parquet(tmp_path / "0.parquet", {"text": ["a", "b"]})
    parquet(tmp_path / "1.parquet", {"other": [1, 2, 3] * 1000}, row_group_size=100)
    result = read(tmp_path, span_bytes=1000)
    assert result.texts == ["a", "b"]
    assert [(r["file"], r["position"], r["records"], r["reason"]) for r in result.rejects] == [
        (1, 0, 3000, "no text column found")
    ]


def test_column_that_changes_type_between_shards(tmp_path: Path) -> None:
    parquet(tmp_path / "0.parquet", {"text": ["a"], "id": [1]})
    parquet(tmp_path / "1.parquet", {"text": [1, 2], "id": ["x", "y"]})
    parquet(tmp_path / "2.parquet", {"text": pa.array(["b"], pa.large_string()), "id": [1.5]})
    result = read(tmp_path, text_column="text")
    assert [d["id"] for d in result.documents] == ["1", "1.5"]
    assert [(r["position"], r["records"], r["reason"]) for r in result.rejects] == [
        (0, 2, "column 'text' holds numbers, not text")
    ]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "stream.arrow"])
def test_damage_of_every_kind_never_crashes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    table = pa.table({"text": [f"document {i} " * 20 for i in range(500)], "id": range(500)})
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=100)
    else:
        save(path, table)
    whole = path.read_bytes()
    for cut in (0, 3, 8, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:cut])
        result = read(path, format="auto" if path.suffix == ".parquet" else "hf")
        assert result.counts["rejected"] >= (cut > 0)
    for at in range(0, len(whole) - 64, len(whole) // 150):
        path.write_bytes(whole[:at] + b"\xff\x00\x7f\x80" * 16 + whole[at + 64 :])
        read(path)
    path.write_bytes(bytes(range(256)) * 20)
    assert read(path).counts == {"read": 1, "rejected": 1}


def test_damaged_page_costs_only_its_row_group(tmp_path: Path) -> None:
    texts = [f"{i:06}" * 50 for i in range(300)]
    path = parquet(
        tmp_path / "a.parquet",
        {"text": texts},
        row_group_size=100,
        compression="zstd",
        use_dictionary=False,
        write_page_checksum=True,
    )
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    raw = bytearray(path.read_bytes())
    end = column.data_page_offset + column.total_compressed_size
    raw[end - 60 : end - 20] = b"\0" * 40
    path.write_bytes(raw)
    result = read(path)
    assert result.texts == texts[:100] + texts[200:]
    assert [(r["position"], r["records"], r["reason"]) for r in result.rejects] == [
        (100, 100, "damaged Parquet page")
    ]


def limited(path: Path, mebibytes: int) -> list[int]:
    """Documents, rejected records and bytes of text, read with little memory."""
    script = (
        "import sys\n"
        "from corpus_assay.pipelines.sources import ReadOptions, list_files, plan, read_unit\n"
        "options = ReadOptions()\n"
        "totals = [0, 0, 0]\n"
        "for unit in plan(list_files(sys.argv[1:], options), options):\n"
        "    for chunk in read_unit(unit, options):\n"
        "        totals[0] += chunk.batch.num_rows\n"
        "        totals[1] += sum(chunk.rejects.column('records').to_pylist())\n"
        "        totals[2] += chunk.batch.column('parts').values.field('text').nbytes\n"
        # ru_maxrss would count what the parent held when it forked
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(*totals, int(status['VmHWM'].split()[0]) >> 10)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    *totals, peak = map(int, done.stdout.split())
    assert peak < mebibytes, f"{path.name} took {peak} MiB"
    return totals


def test_parquet_bombs_stay_bounded(tmp_path: Path) -> None:
    long = "a" * 900_000
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), [long])
    path = parquet(tmp_path / "dictionary.parquet", {"text": repeated}, compression="zstd")
    assert path.stat().st_size < 20_000
    documents, rejected, size = limited(path, 900)
    assert (documents, rejected) == (5000, 0)
    assert size >= 5000 * 900_000

    skewed = ["b"] * 20_000 + [long] * 200
    path = parquet(
        tmp_path / "skewed.parquet", {"text": skewed}, compression="zstd", use_dictionary=False
    )
    assert limited(path, 900)[:2] == [20_200, 0]

    page = ["c" * (40 << 20)] * 10
    path = parquet(
        tmp_path / "page.parquet", {"text": page}, compression="zstd", use_dictionary=False
    )
    assert limited(path, 900)[:2] == [0, 10]

    path = parquet(
        tmp_path / "delta.parquet",
        {"text": [long] * 3000},
        compression="zstd",
        use_dictionary=False,
        column_encoding={"text": "DELTA_BYTE_ARRAY"},
    )
    assert limited(path, 900)[:2] == [3000, 0]


@pytest.mark.parametrize("kind", [pa.dictionary(pa.int8(), pa.string()), pa.string_view()], ids=str)
def test_arrow_bombs_stay_bounded(tmp_path: Path, kind: pa.DataType) -> None:
    one = pa.array(["a" * 900_000], pa.string())
    if pa.types.is_dictionary(kind):
        column = pa.DictionaryArray.from_arrays(pa.array([0] * 3000, pa.int8()), one)
    else:
        view = one.cast(kind).buffers()
        column = pa.Array.from_buffers(
            kind, 3000, [None, pa.py_buffer(bytes(view[1]) * 3000), view[2]]
        )
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(str(path), pa.schema({"text": kind})) as out:
        out.write_batch(pa.record_batch({"text": column}))
    assert limited(path, 900)[:2] == [3000, 0]


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"\xef\xbb\xbfid,text,lang\r\n"
        b'1,"two\r\nlines, and ""quotes""",en\r\n'
        b"2,short\r\n"
        b"\r\n"
        b"3,too,many,fields\r\n"
        b"4,\xff,en\r\n"
        b'5,,""\r\n'
        b"6,nul \x00,en"
    )
    result = read(path)
    assert [(d["position"], d["id"], d["language"]) for d in result.documents] == [
        (0, "1", "en"),
        (3, "4", "en"),
        (4, "5", None),
        (5, "6", "en"),
    ]
    assert result.texts == ['two\r\nlines, and "quotes"', "\ufffd", "", "nul \x00"]
    assert result.reasons == [(1, "wrong number of fields"), (2, "wrong number of fields")]
    assert result.counts == {"read": 6, "audited": 4, "rejected": 2, "repaired": 1}


def test_csv_with_open_quotes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{i},text {i}" for i in range(100)]
    rows[40] = '40,"never closed'
    path.write_text("\n".join(["id,text", *rows]) + "\n")
    result = read(path)
    assert [d["position"] for d in result.documents] == [i for i in range(100) if i != 40]
    assert result.reasons == [(40, "quote without an end")]
    rows = [f'{i},"open' + "x" * 400 for i in range(0, 1000)]
    path.write_text("\n".join(["id,text", *rows]) + "\n")
    result = read(path, max_document_bytes=1000)
    assert result.counts["read"] == result.counts["audited"] + result.counts["rejected"]


def test_csv_with_long_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1," + "a" * 300_000 + "\n2,b\n3," + "c" * 3_000_000 + "\n4,d\n")
    result = read(path, max_document_bytes=1_000_000)
    assert [d["id"] for d in result.documents] == ["1", "2", "4"]
    assert result.reasons == [(2, "document over 1000000 bytes")]


def test_tsv_without_quoting_keeps_its_quotes(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('id\ttext\n1\t"Hello," she said.\n2\t"open\n3\t5" disk\n')
    assert read(path).texts == ['"Hello," she said.', '"open', '5" disk']
    path.write_text('id\ttext\n1\t"a ""b"""\n2\t"tab\there"\n')
    assert read(path).texts == ['a "b"', "tab\there"]


def test_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id;text\n1;one, two\n")
    assert read(path).texts == ["one, two"]


def test_columns_that_are_not_found(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", {"label": [1], "wording": ["x"]})
    files = list_files([str(path)], ReadOptions())
    with pytest.raises(InputError, match=r"a\.parquet.*columns are label, wording.*--text-column"):
        check_layout(files, ReadOptions())
    with pytest.raises(InputError, match="no column 'txt'"):
        check_layout(files, ReadOptions(text_column="txt"))
    check_layout(files, ReadOptions(text_column="wording"))
    assert read(path, text_column="wording").texts == ["x"]
