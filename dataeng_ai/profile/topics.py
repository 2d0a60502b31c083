"""The messages of a topic that a profile looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.detected import Detected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.kafka import Range, Taken


def state(connection: str, topic: str, root: Path) -> str:
    """Return the offsets of a topic's partitions, which are others when a message came or went.

    Raises:
        Problems: the connection is not known, or a broker refuses.
        Unreachable: no broker answers.
    """
    kafka = _kafka()
    with kafka.opened(connection, root) as (consumer, _):
        return repr(kafka.ranges(consumer, topic))


def look(connection: str, topic: str, root: Path, scratch: Path) -> tuple[File, Detected]:
    """Write the newest messages of each partition as lines of JSON, and say what was read.

    Raises:
        Problems: as `state`; no message is JSON (E356).
    """
    kafka = _kafka()
    with kafka.opened(connection, root) as (consumer, _):
        wanted = kafka.ranges(consumer, topic)
        file, taken = kafka.sample(consumer, topic, wanted, scratch)
    if not taken.lines:
        reasons = ", ".join(sorted({one.reason for one in taken.bad}))
        message = f"no message of `{topic}` is JSON: {reasons}" if taken.bad else f"there is no message in `{topic}`"
        raise Problems(Diagnostic("E356", message, help="name a topic whose messages are JSON"))
    from dataeng_ai.sources import json as reading  # noqa: PLC0415  who asks no topic need not wait for it

    found = reading.detect((file,), {"format": "ndjson", "records": None})
    source = ir.Source(connection, topic, "ndjson", json=found.source.json)
    return file, Detected(source, (*_told(topic, connection, wanted, taken), *found.reasons), bad=tuple(taken.bad))


def _told(topic: str, connection: str, wanted: tuple[Range, ...], taken: Taken) -> Iterator[str]:
    some = ", ".join(f"{one.partition}: {one.first:,} to {one.behind - 1:,}" for one in wanted if one.behind > one.first)
    yield f"the topic {topic} of the kafka connection {connection}: a sample, offsets by partition {some}; {taken.size:,} bytes"
    yield "no consumer group was joined and nothing was committed"
    if taken.cut:
        yield "the time or the bytes for a sample were used up before all of these were read"


def _kafka() -> ModuleType:
    """Return the reader of topics.

    Raises:
        Problems: its driver is not installed (E620).
    """
    try:
        from dataeng_ai.sources import kafka  # noqa: PLC0415  its driver is an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "confluent_kafka":
            raise  # a fault of ours
        message = "the driver for connections of the kind `kafka` is not installed here: `confluent_kafka`"
        raise Problems(Diagnostic("E620", message, help="pip install 'dataeng-ai[kafka]'")) from None
    return kafka
