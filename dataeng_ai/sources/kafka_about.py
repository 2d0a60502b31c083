"""Kafka: what is behind a connection. The brokers are asked what there is, and no message is read."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from dataeng_ai.connections import Fact
from dataeng_ai.connections.drivers import kafka
from dataeng_ai.sources.kafka import opened, topics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:  # noqa: ARG001  it is read, whoever uses it
    """Yield what the brokers say.

    Raises:
        Problems: a broker refuses.
        Unreachable: none answers, or none lets us in.
    """
    said = kafka(found)
    yield Fact("brokers", str(said["bootstrap.servers"]))
    yield Fact("tls", "yes" if "SSL" in str(said.get("security.protocol", "")).upper() else "none: what is sent can be read on the way")
    start = perf_counter()
    with opened(found.name, root, found) as (consumer, _):
        there = topics(consumer)
    took = (perf_counter() - start) * 1000
    yield Fact("latency", f"answered in {took:.0f} ms", number=round(took, 3))
    yield Fact("rights", f"may see {len(there)} topics of {sum(there.values())} partitions; nothing is committed or written")
