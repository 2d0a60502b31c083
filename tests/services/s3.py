"""A real server that speaks S3 and checks signatures: SeaweedFS, in a folder of its own, on free ports, gone with the tests."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEY: Final = "TESTKEY0000000000001"
SECRET: Final = "s3cr3t/+key%with#signs"  # noqa: S105  of the tests
BUCKET: Final = "landing"
_PATIENCE: Final = 120


@dataclass(frozen=True)
class Server:
    """A running server with one empty bucket."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60),
        )

    def put(self, name: str, data: bytes, bucket: str = BUCKET) -> None:
        self.client.put_object(Bucket=bucket, Key=name, Body=data)

    def connection(self, **extra: Any) -> str:
        """Return what Airflow would keep, as JSON; `login` and `password` may be given anew."""
        plain: Mapping[str, Any] = {"endpoint_url": self.url, "region_name": "us-east-1", "bucket": BUCKET}
        outer = {key: extra.pop(key) for key in ("conn_type", "login", "password") if key in extra}
        return json.dumps({"conn_type": "aws", "login": KEY, "password": SECRET, **outer, "extra": {**plain, **extra}})


@contextmanager
def server() -> Iterator[Server]:
    """Start a server and stop it at the end.

    Raises:
        FileNotFoundError: SeaweedFS is not installed. A test that needs it fails; it is never skipped.
    """
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        message = f"no SeaweedFS at {program}: `make test` installs it"
        raise FileNotFoundError(message)
    folder = Path(tempfile.mkdtemp(prefix="s3-"))
    master, volume, filer, port = _free_ports(4)
    words = [str(program), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}"]
    words += [f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={port}", "-webdav=false", "-admin.ui=false"]
    words += ["-master.telemetry=false", f"-bucket={BUCKET}"]
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _ready(Server(port), process, folder / "log")
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ready(found: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            found.put("ready", b"yes")
            found.client.delete_object(Bucket=BUCKET, Key="ready")
        except Exception as error:  # whatever a server raises that is not up yet
            if process.poll() is not None or time.monotonic() > end:
                message = f"SeaweedFS does not come up: {error}\n{log.read_text(errors='replace')[-4000:]}"
                raise RuntimeError(message) from error
            time.sleep(0.2)
        else:
            return found


def _free_ports(count: int) -> list[int]:
    """Return ports that are free, and so are those ten thousand above, where SeaweedFS listens for its own."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as probe, socket.socket() as above:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            try:
                above.bind(("127.0.0.1", port + 10_000))
            except (OSError, OverflowError):
                continue
        if port not in found:
            found.append(port)
    return found
