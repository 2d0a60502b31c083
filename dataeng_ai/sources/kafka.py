"""A topic of Kafka, looked at: the newest messages of each partition, at most so many, as lines of JSON.

Partitions are assigned to us by ourselves: there is no consumer group, and nothing is committed, so that nobody else notices. What is
read is a range of offsets that was asked for before; a message's partition, offset, time and key stand before its own fields.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, Final

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, TopicPartition

from dataeng_ai.connections import resolve, veiled
from dataeng_ai.connections.drivers import kafka
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.sources.files import File
from dataeng_ai.sources.prepared import BadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from confluent_kafka import Message

    from dataeng_ai.connections import Connection

MESSAGES: Final = 20_000
"""Messages that are read of a topic, each partition having its share."""
BYTES: Final = 256 << 20
"""Bytes of messages that are read."""
LARGEST: Final = 8 << 20
"""Bytes of the largest value that is a row."""
_SECONDS: Final = 60
_PATIENCE: Final = 10
"""Seconds for one question to the brokers."""
_AT_ONCE: Final = 500
_SHOWN: Final = 4096

NO_VALUE: Final = "a message without a value: a key that was deleted"
NO_TEXT: Final = "a value that is no UTF-8, and so no JSON"
FRAMED: Final = "a value as a schema registry frames it, which is no JSON"
TOO_LARGE: Final = "a value that is too large for a row"

_OURS: Final = (
    (("_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT", "_RESOLVE", "REQUEST_TIMED_OUT", "BROKER_NOT_AVAILABLE", "_SSL"), "E610"),
    (("_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED", "UNSUPPORTED_SASL_MECHANISM"), "E612"),
    (("TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED"), "E613"),
    (("UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC", "_UNKNOWN_PARTITION", "TOPIC_EXCEPTION"), "E350"),
)
_MEANS: Final = {
    "E610": ("no broker answers", "look at the address, at the brokers, at the VPN"),
    "E612": ("the brokers do not let us in", "check the user and the password of the connection, and `sasl.mechanism`"),
    "E613": ("a right is missing", "let the user DESCRIBE and READ the topic"),
    "E350": ("there is no such topic", "check `topic`: it stands letter for letter"),
    "E351": ("the brokers refuse", "read what they said"),
}
_OUTSIDE: Final = ("E610", "E612")


@dataclass(frozen=True, slots=True)
class Range:
    """The messages of a partition: from the first to before the last offset."""

    partition: int
    first: int
    behind: int


@dataclass
class Taken:
    """What was read: how many messages became lines, and those that did not."""

    lines: int = 0
    size: int = 0
    bad: list[BadRecord] = field(default_factory=list)
    cut: bool = False
    """The time or the bytes were used up before the range was."""


@contextmanager
def opened(name: str, root: Path, known: Connection | None = None) -> Iterator[tuple[Consumer, Connection]]:
    """Open a connection to the brokers.

    Raises:
        Problems: the connection is not known, or of another kind (E606), or a broker refuses (E35x, E613).
        Unreachable: no broker answers, or none lets us in (E610, E612).
    """
    found = known or resolve(name, root)
    if found.kind != "kafka":
        message = f"the connection `{name}` is of the kind `{found.kind}`, and a topic needs one of the kind `kafka`"
        raise Problems(Diagnostic("E606", message, help="name another connection, or correct its kind in dataeng.yaml"))
    said: list[KafkaError] = []
    ours = {"group.id": "dataeng_ai", "enable.auto.commit": False, "enable.auto.offset.store": False, "enable.partition.eof": True}
    quiet = {"error_cb": said.append, "log_level": 0, "allow.auto.create.topics": False, "fetch.message.max.bytes": 1 << 20}
    with refused(found, said):
        consumer = Consumer({**kafka(found), **ours, **quiet})
        try:
            yield consumer, found
        finally:
            consumer.close()


@contextmanager
def refused(found: Connection, said: Sequence[KafkaError]) -> Iterator[None]:
    """Turn errors of the brokers into ours; what they said before tells more than that nobody answered in time."""
    try:
        yield
    except KafkaException as error:
        told = [each for each in (error.args[0], *reversed(said)) if isinstance(each, KafkaError)]
        codes = [(code, each) for each in told for names, code in _OURS if each.name() in names]
        code, one = next((pair for pair in codes if pair[0] != "E610"), codes[0] if codes else ("E351", error.args[0]))
        meaning, advice = _MEANS[code]
        message = (
            f"the source connection `{found.name}`: {meaning}: {veiled(str(one.str() if isinstance(one, KafkaError) else one), found)}"
        )
        raise (Unreachable if code in _OUTSIDE else Problems)(Diagnostic(code, message, help=advice)) from None


def topics(consumer: Consumer) -> dict[str, int]:
    """Return the topics that we may see, with the number of their partitions; those of Kafka itself are not among them."""
    found = consumer.list_topics(timeout=_PATIENCE).topics
    return {name: len(found[name].partitions) for name in sorted(found) if not name.startswith("__")}


def ranges(consumer: Consumer, topic: str, most: int | None = None) -> tuple[Range, ...]:
    """Return the newest messages of each partition, all together at most so many.

    Raises:
        KafkaException: there is no such topic, or no broker answers.
    """
    about = consumer.list_topics(topic, timeout=_PATIENCE).topics[topic]
    if about.error is not None:
        raise KafkaException(about.error)
    share = max(1, (MESSAGES if most is None else most) // max(1, len(about.partitions)))
    found = []
    for partition in sorted(about.partitions):
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=_PATIENCE)
        found.append(Range(partition, max(low, high - share), high))
    return tuple(found)


def sample(consumer: Consumer, topic: str, wanted: Sequence[Range], folder: Path) -> tuple[File, Taken]:
    """Write the messages of these ranges as lines of JSON into a folder, partition by partition."""
    path = folder / "messages.ndjson"
    taken = Taken()
    with path.open("wb") as out:
        for one in (one for one in wanted if one.behind > one.first):
            _partition(consumer, topic, one, taken, out)
    return File(topic, path, path.stat().st_size), taken


def _partition(consumer: Consumer, topic: str, wanted: Range, taken: Taken, out: IO[bytes]) -> None:
    """Read one partition's range: gaps in it, where a topic is compacted, are no messages."""
    consumer.assign([TopicPartition(topic, wanted.partition, wanted.first)])
    end = monotonic() + _SECONDS
    while monotonic() < end and taken.size < BYTES:
        for message in consumer.consume(_AT_ONCE, timeout=1.0):
            error = message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001  the driver's own name for it
                raise KafkaException(error)
            if error is None and (message.offset() or 0) < wanted.behind:
                _take(message, topic, taken, out)
            if error is not None or (message.offset() or 0) >= wanted.behind - 1:
                return
    taken.cut = True


def _take(message: Message, topic: str, taken: Taken, out: IO[bytes]) -> None:
    value = message.value()
    raw = b"" if value is None else bytes(value) if not isinstance(value, str) else value.encode()
    taken.size += len(raw)
    reason = NO_VALUE if value is None else _flaw(raw)
    if reason:
        text = raw[:_SHOWN].decode("utf-8", "backslashreplace")[:_SHOWN]
        taken.bad.append(BadRecord(topic, 0, message.offset() or 0, reason, text))
        return
    # A line end can only stand between the values of JSON, where a blank does as well.
    line = raw.strip().replace(b"\r", b" ").replace(b"\n", b" ")
    out.write((_headed(message, line) if line.startswith(b"{") else line or b'""') + b"\n")
    taken.lines += 1


def _flaw(raw: bytes) -> str | None:
    if len(raw) > LARGEST:
        return TOO_LARGE
    if raw[:1] == b"\0":
        return FRAMED
    with suppress(UnicodeDecodeError):
        raw.decode()
        return None
    return NO_TEXT


def _headed(message: Message, line: bytes) -> bytes:
    """Return an object with what Kafka says of it before its own fields, which stand as they were sent."""
    kind, moment = message.timestamp()
    known = kind != TIMESTAMP_NOT_AVAILABLE
    head: Mapping[str, Any] = {
        "_partition": message.partition(),
        "_offset": message.offset(),
        "_timestamp": datetime.fromtimestamp(moment / 1000, UTC).isoformat(" ", "milliseconds") if known else None,
        "_key": _key(message.key()),
    }
    rest = line[1:].lstrip()
    text = json.dumps(head, ensure_ascii=False)[:-1].encode()
    return text + (b"" if rest.startswith(b"}") else b", ") + rest


def _key(key: str | bytes | None) -> str | None:
    if key is None or isinstance(key, str):
        return key
    try:
        return key.decode()
    except UnicodeDecodeError:
        return f"\\x{key.hex()}"
