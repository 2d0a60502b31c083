"""A topic of Kafka, looked at on a real broker: a bounded sample, hostile messages counted, nothing committed, nothing loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.services import kafka
from tests.test_databases import drafted, project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shell import Shell


@pytest.fixture(scope="module")
def broker() -> Iterator[kafka.Broker]:
    with kafka.broker() as found:
        yield found


def sent(number: int) -> tuple[bytes, bytes]:
    value = {"id": number, "имя": f"Покупатель {number}", "price": {"sum": number / 4, "currency": "RUB"}, "tags": ["a"]}
    return f"ключ {number}".encode(), json.dumps(value, ensure_ascii=False, indent=1).encode()


def test_a_sample_is_columns_by_path_with_what_kafka_says_of_each(shell: Shell, broker: kafka.Broker) -> None:
    broker.topic("orders", [sent(number) for number in range(300)], partitions=3)
    project(shell, "kafka", broker.url)
    drafted(shell, "orders", "{connection: shop, topic: orders}")
    facts = shell.ok("profile", "orders", "--format", "json").data
    types = {one["name"]: one["type"] for one in facts["columns"]}
    assert types["_timestamp"] == "timestamptz"
    assert [types[name] for name in ("_partition", "_offset", "_key", "id", "имя", "price.sum", "tags")] == [
        "integer", "integer", "text", "integer", "text", "decimal(10, 2)", "json",
    ]  # fmt: skip
    assert (facts["rows"], facts["rejects"]) == (300, 0)
    assert "0: 0 to 99, 1: 0 to 99, 2: 0 to 99" in facts["reasons"][0]
    assert shell.ok("profile", "orders", "--format", "json").data == facts
    rows = shell.ok("preview", "orders", "--rows", "3", "--format", "json").data
    assert len(rows["rows"] if isinstance(rows, dict) else rows) == 3
    broker.send("orders", [sent(300)])
    again = shell.ok("profile", "orders", "--format", "json").data
    assert (again["rows"], again["fingerprint"] == facts["fingerprint"]) == (301, False)


def test_no_more_than_a_sample_is_read_and_it_is_the_newest(shell: Shell, broker: kafka.Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataeng_ai.sources.kafka.MESSAGES", 100)
    broker.topic("many", [sent(number) for number in range(1000)], partitions=2)
    project(shell, "kafka", broker.url)
    drafted(shell, "many", "{connection: shop, topic: many}")
    facts = shell.ok("profile", "many", "--format", "json").data
    ends = {one["name"]: (one["min"], one["max"]) for one in facts["columns"]}
    assert (facts["rows"], ends["_offset"], ends["id"]) == (100, ("450", "499"), ("900", "999"))


def test_hostile_messages_are_counted_one_by_one(shell: Shell, broker: kafka.Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataeng_ai.sources.kafka.LARGEST", 100_000)
    hostile: list[tuple[bytes | None, bytes | None]] = [
        (b"gone", None), (None, b"no json"), (b"\xff", b"\xff\xfe{}"), (None, b"\0\0\0\0\1avro"),
        (None, b'{"id": 1, "text": "' + b"x" * 200_000 + b'"}'), (None, b'{"id": 1'), (None, b""),
    ]  # fmt: skip
    broker.topic("hostile", [*(sent(number) for number in range(50)), *hostile, (b"\xff", b"{}")])
    project(shell, "kafka", broker.url)
    drafted(shell, "hostile", "{connection: shop, topic: hostile}")
    facts = shell.ok("profile", "hostile", "--format", "json").data
    assert (facts["rows"], facts["rejects"]) == (51, 7)
    reasons = {one["reason"]: one["count"] for one in facts["reject_reasons"]}
    assert reasons["a value as a schema registry frames it, which is no JSON"] == 1
    assert reasons["a message without a value: a key that was deleted"] == 1
    assert reasons["a value that is too large for a row"] == 1
    broker.topic("avro", [(None, b"\0\0\0\0\1avro")])
    drafted(shell, "avro", "{connection: shop, topic: avro}")
    said = shell.spec("profile", "avro")
    assert (said.code, "E356" in said.err) == (1, True)


def test_nothing_is_loaded_and_no_topic_is_made(shell: Shell, broker: kafka.Broker) -> None:
    broker.topic("plain", [sent(1)])
    project(shell, "kafka", broker.url)
    drafted(shell, "plain", "{connection: shop, topic: plain}")
    for words in (("check", "plain"), ("compile", "plain"), ("run", "plain")):
        said = shell.spec(*words)
        assert (said.code, "E135" in said.err + said.out) == (1, True), words
    drafted(shell, "gone", "{connection: shop, topic: gone}")
    said = shell.spec("profile", "gone")
    assert (said.code, "E350" in said.err) == (1, True)
    drafted(shell, "gone", "{connection: shop, topic: plain}")
    before = shell.ok("connections", "shop", "--test").out
    assert "may see" in before
    assert "127.0.0.1" in before
    project(shell, "kafka", "kafka://user:S3kret@127.0.0.1:1")
    said = shell.spec("profile", "plain")
    assert (said.code, "E610" in said.err, "S3kret" in said.err) == (3, True, False)
