"""Files that an audit writes, on a disk or in an object store."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

STEP = 8 << 20
"""Bytes of a file that are copied at once."""


def is_remote(path: str) -> bool:
    """Whether a path is a URL that Beam's filesystems open."""
    return "://" in path


def join(folder: str, *names: str) -> str:
    """A path below a folder or URL."""
    return "/".join([folder.rstrip("/"), *names])


def write(path: str, content: bytes) -> None:
    """Write a file so that it is whole or not there."""
    if is_remote(path):
        from apache_beam.io.filesystems import FileSystems

        with FileSystems.create(path) as sink:
            sink.write(content)
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Retries of one task may run at once, on machines where process numbers are the same.
    partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
    with open(partial, "wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    os.replace(partial, target)


def read(path: str) -> bytes | None:
    """A file's content, None where there is no such file."""
    if is_remote(path):
        from apache_beam.io.filesystems import FileSystems

        if not FileSystems.exists(path):
            return None
        with FileSystems.open(path) as source:
            content: bytes = source.read()
            return content
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def download(path: str, target: Path, limit: int | None = None) -> int:
    """Copy a file, or an object, to this disk in steps; its size, or what was copied of one that
    has more bytes than a `limit`: up to `STEP` more.

    Raises `FileNotFoundError` where there is none, `OSError` where a store does not say.
    """
    if not is_remote(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        return target.stat().st_size
    from apache_beam.io.filesystem import BeamIOError, CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    try:
        found = FileSystems.exists(path)
    except BeamIOError as error:
        raise OSError(f"{path} cannot be read: {error}") from error
    if not found:
        raise FileNotFoundError(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    plain = CompressionTypes.UNCOMPRESSED
    with FileSystems.open(path, compression_type=plain) as source, open(target, "wb") as sink:
        while step := source.read(STEP):
            sink.write(step)
            if limit is not None and sink.tell() > limit:
                break
    return target.stat().st_size


@contextlib.contextmanager
def opened(path: str) -> Iterator[Any]:
    """A file, or an object, open for reading in steps, with seek and tell.

    Raises `OSError` where it cannot be read.
    """
    if not is_remote(path):
        with open(path, "rb") as file:
            yield file
        return
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
        yield file


def upload(source: Path, path: str) -> None:
    """Copy a file of this disk to a URL in steps; it is there as a whole or not."""
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    plain = CompressionTypes.UNCOMPRESSED
    with open(source, "rb") as read, FileSystems.create(path, compression_type=plain) as sink:
        shutil.copyfileobj(read, sink, STEP)


def exists(path: str) -> bool:
    """Whether there is a file."""
    if is_remote(path):
        from apache_beam.io.filesystems import FileSystems

        found: bool = FileSystems.exists(path)
        return found
    return Path(path).is_file()


def remove(folder: str, *names: str) -> None:
    """Remove files, or folders with all that is below them, from a folder or URL."""
    for name in names:
        path = join(folder, name)
        if not is_remote(path):
            if os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                Path(path).unlink(missing_ok=True)
            continue
        from apache_beam.io.filesystems import FileSystems

        # Beam takes names for patterns, some stores even when they delete: a folder called
        # ``audit-*`` must not take others with it. `run.audit` refuses such an output.
        if re.search(r"[*?[]", path):
            continue
        if found := [*matching(path), *matching(f"{path}/**")]:
            FileSystems.delete(found)


def matching(pattern: str) -> list[str]:
    """URLs of the objects that match a pattern, sorted."""
    from apache_beam.io.filesystems import FileSystems

    return sorted(found.path for found in FileSystems.match([pattern])[0].metadata_list)


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file; equal tables give equal bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.combine_chunks(),
        sink,
        compression="zstd",
        row_group_size=1 << 20,
        store_schema=True,
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content


def table_bytes(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def table_of(content: bytes) -> pa.Table:
    """The table that `table_bytes` wrote."""
    with pa.ipc.open_stream(content) as reader:
        return reader.read_all()


def pack(tables: dict[str, pa.Table]) -> bytes:
    """Several tables as one file."""
    return table_bytes(
        pa.table(
            {
                "name": pa.array(list(tables), pa.string()),
                "table": pa.array([table_bytes(t) for t in tables.values()], pa.large_binary()),
            }
        )
    )


def unpack(content: bytes) -> dict[str, pa.Table]:
    """The tables that `pack` wrote."""
    packed = table_of(content)
    return {
        name.as_py(): table_of(table.as_py())
        for name, table in zip(packed.column("name"), packed.column("table"), strict=True)
    }
