"""Object stores that answer on this machine: emulators of Cloud Storage and of S3.

What is read and written goes through Beam's own filesystems and the vendors' clients, over HTTP.
"""

from __future__ import annotations

import logging
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from corpus_assay.pipelines import storage

NAME = "bucket-of-tests"


@dataclass(frozen=True)
class Bucket:
    """A bucket, the Beam options and the environment with which it is reached."""

    url: str
    options: tuple[str, ...]
    environment: dict[str, str]

    def put(self, folder: Path, name: str) -> str:
        """Copy a folder into the bucket; its URL."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                relative = path.relative_to(folder).as_posix()
                storage.upload(path, f"{self.url}/{name}/{relative}")
        return f"{self.url}/{name}"

    def get(self, url: str, folder: Path) -> Path:
        """Copy what is below a URL to a folder."""
        shutil.rmtree(folder, ignore_errors=True)
        for name in self.names(url):
            storage.download(f"{url}/{name}", folder / name)
        return folder

    def names(self, url: str) -> list[str]:
        """Names of the objects below a URL."""
        found = FileSystems.match([f"{url}/**"])[0].metadata_list
        return sorted(each.path.removeprefix(f"{url}/") for each in found)

    def write(self, name: str, content: bytes) -> str:
        """Write an object; its URL."""
        storage.write(f"{self.url}/{name}", content)
        return f"{self.url}/{name}"


@contextmanager
def cloud_storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Google Cloud Storage, by gcp-storage-emulator."""
    pytest.importorskip("google.cloud.storage", reason="needs pip install 'apache-beam[gcp]'")
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    from apache_beam.internal.gcp import auth  # noqa: PLC0415
    from apache_beam.io.gcp import gcsfilesystem  # noqa: F401, PLC0415

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}", "NO_GCE_CHECK": "true"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # There are no credentials, and Beam takes 20 seconds to find that out.
    monkeypatch.setattr(auth._Credentials, "_credentials_init", True)
    monkeypatch.setattr(auth._Credentials, "_credentials", None)
    logging.getLogger("gcp_storage_emulator").setLevel(logging.CRITICAL)
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket=NAME)
    server.start()
    options = ("--no_auth", "--project=project-of-tests")
    try:
        FileSystems.set_options(PipelineOptions(list(options)))
        yield Bucket(f"gs://{NAME}", options, environment)
    finally:
        server.stop()
        FileSystems.set_options(PipelineOptions([]))


@contextmanager
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """S3, by moto."""
    boto3 = pytest.importorskip("boto3", reason="needs pip install 'apache-beam[aws]'")
    moto = pytest.importorskip("moto.server")
    environment = {
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    begin = time.monotonic()
    while not (address := server.get_host_and_port())[1] and time.monotonic() < begin + 10:
        time.sleep(0.01)
    endpoint = f"http://127.0.0.1:{address[1]}"
    options = (f"--s3_endpoint_url={endpoint}",)
    try:
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=NAME)
        FileSystems.set_options(PipelineOptions(list(options)))
        yield Bucket(f"s3://{NAME}", options, environment)
    finally:
        server.stop()
        FileSystems.set_options(PipelineOptions([]))
