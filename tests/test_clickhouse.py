"""Tables of ClickHouse as sources, the real engine over HTTP: every type without loss, its catalogue, and what it refuses."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import databases
from dataeng_ai.sources.databases.written import lines
from tests.services.clickhouse import PASSWORD
from tests.test_databases import asked, drafted, project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.clickhouse import Server
    from tests.shell import Shell

NAME = 'Заказы `2026`\\"'
QUOTED = '`Заказы \\`2026\\`\\\\"`'
COLUMNS: dict[str, tuple[str, str, str, Any, str, Any]] = {  # name: type there, type here; of two rows the value there, and here
    "Id": ("UInt64", "decimal(20, 0)", "18446744073709551615", Decimal(18446744073709551615), "2", Decimal(2)),
    "flag": ("Nullable(Bool)", "boolean", "true", True, "NULL", None),
    "tiny": ("Int8", "smallint", "-128", -128, "127", 127),
    "whole": ("UInt32", "bigint", "4294967295", 4294967295, "0", 0),
    "huge": ("Int256", "decimal(38, 0)", "-12345678901234567890123456789012345678", Decimal(-12345678901234567890123456789012345678),
             "1", Decimal(1)),
    "vast": ("UInt256", "text", "toUInt256('123456789012345678901234567890123456789012')", "123456789012345678901234567890123456789012",
             "1", "1"),
    "exact": ("Nullable(Decimal(38, 10))", "decimal(38, 10)", "'1234567890123456789012345678.0123456789'",
              Decimal("1234567890123456789012345678.0123456789"), "NULL", None),
    "wide": ("Decimal(76, 30)", "decimal(38, 30)", "'0.1'", Decimal("0.1"), "'-1.5'", Decimal("-1.5")),
    "single": ("Float32", "double", "0.1", 0.1, "16777216", 16777216.0),
    "twice": ("Float64", "double", "123456789012345680000", 123456789012345680000.0, "0.000012345678901234567", 0.000012345678901234567),
    "имя": ("String", "text", "'a\"b,\\n\\r\\nы\\\\'", 'a"b,\n\r\nы\\', "''", ""),
    "low": ("LowCardinality(Nullable(String))", "text", "'NULL'", "NULL", "NULL", None),
    "fixed": ("FixedString(4)", "text", "'ab'", "ab", "'аб'", "аб"),
    "feel": ("Enum8('да' = 1, 'it\\'s' = -2)", "text", "'да'", "да", "'it\\'s'", "it's"),
    "day": ("Date32", "date", "'1900-01-01'", "1900-01-01", "'2299-12-31'", "2299-12-31"),
    "moment": ("DateTime('Europe/Moscow')", "timestamptz", "'2026-01-31 03:00:00'", "2026-01-31 00:00:00+00", "'1970-01-01 03:00:00'",
               "1970-01-01 00:00:00+00"),
    "exactly": ("DateTime64(6, 'UTC')", "timestamptz", "'2026-01-31 03:00:00.000001'", "2026-01-31 03:00:00.000001+00",
                "'1900-01-01 00:00:00'", "1900-01-01 00:00:00+00"),
    "ident": ("UUID", "uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
              "'00000000-0000-0000-0000-000000000000'", "00000000-0000-0000-0000-000000000000"),
    "v4": ("IPv4", "text", "'10.0.0.1'", "10.0.0.1", "'0.0.0.0'", "0.0.0.0"),  # noqa: S104  a value, no place to listen at
    "v6": ("IPv6", "text", "'::1'", "::1", "'::'", "::"),
    "list": ("Array(Nullable(UInt64))", "json", "[18446744073709551615, NULL]", [18446744073709551615, None], "[]", []),
    "pairs": ("Map(String, UInt8)", "json", "{'a,\"b\"': 1}", {'a,"b"': 1}, "{}", {}),
    "duo": ("Tuple(a Int8, `б` String)", "json", "(1, 'x,y')", {"a": 1, "б": "x,y"}, "(0, '')", {"a": 0, "б": ""}),
    "doc": ("JSON", "json", "'{\"a\": {\"b\": [1, \"2\"]}}'", {"a": {"b": [1, "2"]}}, "'{}'", {}),
    "total": ("SimpleAggregateFunction(sum, UInt64)", "bigint", "1", 1, "2", 2),
}  # fmt: skip


def every(*, second: bool = True) -> str:
    columns = ", ".join(f"`{name}` {row[0]}" for name, row in COLUMNS.items())
    values = [", ".join(row[place] for row in COLUMNS.values()) for place in ((2, 4) if second else (2,))]
    made = f"CREATE TABLE {QUOTED} ({columns}) ENGINE = MergeTree ORDER BY Id PARTITION BY toYYYYMM(moment) COMMENT 'Все заказы'"
    return f"{made};INSERT INTO {QUOTED} VALUES {', '.join(f'({row})' for row in values)}"


@pytest.fixture
def shop(clickhouse_server: Server) -> Iterator[str]:
    with clickhouse_server.database() as name:
        yield name


def filled(shell: Shell, server: Server, shop: str, *statements: str) -> None:
    server.run(*statements, database=shop)
    project(shell, "clickhouse", server.url(shop))


def plain(value: Any, kind: str) -> Any:
    """Return a value of DuckDB as it compares."""
    if kind == "json" and isinstance(value, str):
        return json.loads(value)
    return value if value is None or isinstance(value, bool | int | float | Decimal) else str(value)


class TestEveryType:
    def test_the_catalogue_and_all_rows_say_what_a_column_is_and_values_are_equal_there(
        self, shell: Shell, clickhouse_server: Server, shop: str
    ) -> None:
        filled(shell, clickhouse_server, shop, *every().split(";"))
        drafted(shell, "orders", '{connection: shop, table: \'"Заказы `2026`\\"""\'}')
        facts = shell.ok("profile", "orders", "--format", "json").data
        assert {one["name"]: one["type"] for one in facts["columns"]} == {name: row[1] for name, row in COLUMNS.items()}
        assert shell.ok("profile", "orders", "--format", "json").data == facts
        catalog = facts["catalog"]
        assert (catalog["engine"], catalog["order"], catalog["partition"]) == ("MergeTree", "Id", "toYYYYMM(moment)")
        assert (catalog["comment"], catalog["primary_key"]) == ("Все заказы", [])
        assert "keeps nothing unique" in catalog["remarks"][0]
        shell.ok("fill", "orders", "--model", "rules")
        shell.ok("check", "orders")
        report = shell.ok("run", "orders", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (2, 2, 0)
        found = asked(shell, None, "SELECT * EXCLUDE (_load_id, _loaded_at, _source_file, _extra) FROM orders ORDER BY 1 DESC")
        for row, place in zip(found, (3, 5), strict=True):
            for mine, (name, its) in zip(row, COLUMNS.items(), strict=True):
                assert plain(mine, its[1]) == its[place], name
        again = shell.ok("run", "orders", "--format", "json").data
        assert (again["rows_loaded"], again["rows_skipped"]) == (0, 2)
        clickhouse_server.run(f"DELETE FROM {QUOTED} WHERE Id = 2", database=shop)
        assert shell.ok("run", "orders", "--format", "json").data["rows_in"] == 1


class TestOddities:
    def test_texts_that_are_no_utf8_and_moments_of_nanoseconds(self, shell: Shell, clickhouse_server: Server, shop: str) -> None:
        filled(
            shell, clickhouse_server, shop,
            "CREATE TABLE t (id UInt8, s String, n DateTime64(9)) ENGINE = Memory",
            "INSERT INTO t VALUES (1, unhex('ff41'), 0), (2, 'ы', 1), (3, 'a\\0b', 0)",
        )  # fmt: skip
        drafted(shell, "t", "{connection: shop, table: t}")
        facts = shell.ok("profile", "t", "--format", "json").data
        assert (facts["rows"], facts["rejects"]) == (2, 1)
        shell.ok("fill", "t", "--model", "rules")
        shell.ok("set", "t", "load.max_rejects=2")
        report = shell.ok("run", "t", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (3, 1, 2)
        assert asked(shell, None, "SELECT s, n::VARCHAR FROM t") == [("ы", "1970-01-01 00:00:00.000000001+00")]

    def test_the_state_of_an_aggregate_is_no_value(self, shell: Shell, clickhouse_server: Server, shop: str) -> None:
        filled(shell, clickhouse_server, shop, "CREATE TABLE t (id UInt8, s AggregateFunction(sum, UInt64)) ENGINE = Memory")
        drafted(shell, "t", "{connection: shop, table: t}")
        said = shell.spec("profile", "t")
        assert (said.code, "E355" in said.err, "finalizeAggregation" in said.err) == (1, True, True)

    def test_a_table_that_changes_while_it_is_read_is_refused(
        self, shell: Shell, clickhouse_server: Server, shop: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        filled(shell, clickhouse_server, shop, "CREATE TABLE t (id UInt8) ENGINE = MergeTree ORDER BY id", "INSERT INTO t VALUES (1)")

        def slow(path: Path) -> Iterator[bytes]:
            clickhouse_server.run("INSERT INTO t VALUES (2)", database=shop)
            return lines(path)

        monkeypatch.setattr("dataeng_ai.sources.databases.clickhouse.lines", slow)
        wanted = databases.Asked("shop", "clickhouse", "t", "SELECT * FROM t", "SELECT count(*) FROM t", ("t",))
        with pytest.raises(Problems) as raised, databases.snapshot("shop", "clickhouse", shell.folder, 60) as snapshot:
            snapshot.write(wanted, shell.folder / "x")
        assert [each.code for each in raised.value.diagnostics] == ["E354"]

    def test_the_same_part_twice_and_exact_keys(self, shell: Shell, clickhouse_server: Server, shop: str) -> None:
        filled(
            shell, clickhouse_server, shop,
            "CREATE TABLE t (id UInt32, twice UInt32, some Nullable(UInt32)) ENGINE = MergeTree ORDER BY id",
            "INSERT INTO t SELECT number, number % 4999, nullIf(number, 7) FROM numbers(5000)",
        )  # fmt: skip
        wanted = databases.Asked("shop", "clickhouse", "t", "SELECT * FROM t", "SELECT count(*) FROM t", ("t",))
        found = []
        for name in ("one", "two"):
            with databases.snapshot("shop", "clickhouse", shell.folder, 60) as snapshot:
                assert 300 < snapshot.write(wanted, shell.folder / name, 10).rows < 700
            found.append(sorted((shell.folder / name).read_bytes().splitlines()))
        assert found[0] == found[1]
        with databases.snapshot("shop", "clickhouse", shell.folder, 60) as snapshot:
            assert [snapshot.unique(wanted, names) for names in (["id"], ["twice"], ["some"], ["twice", "id"])] == [
                True,
                False,
                False,
                True,
            ]
            ends = snapshot.extremes(wanted, ["id", "some"])
            assert (ends["some"].nulls, ends["some"].least, ends["some"].greatest) == (1, "0", "4999")
            assert abs((ends["id"].distinct or 0) - 5000) < 100


class TestTables:
    def test_they_are_listed_and_drafted(self, shell: Shell, clickhouse_server: Server, shop: str) -> None:
        filled(
            shell, clickhouse_server, shop,
            "CREATE TABLE `Продажи` (id UInt32, day Date) ENGINE = MergeTree ORDER BY id COMMENT 'Все продажи'",
            "CREATE VIEW latest AS SELECT * FROM `Продажи`",
            "CREATE MATERIALIZED VIEW daily ENGINE = SummingMergeTree ORDER BY day AS"
            " SELECT day, count() AS many FROM `Продажи` GROUP BY day",
            "INSERT INTO `Продажи` SELECT number, toDate('2026-01-01') + number % 3 FROM numbers(30)",
        )  # fmt: skip
        listed = shell.ok("new", "--connection", "shop").out
        assert [line.split()[0] for line in listed.splitlines()] == ["daily", "latest", "Продажи"]
        assert "Все продажи" in listed
        shell.ok("new", "--connection", "shop", "--all")
        for name, rows in (("daily", 3), ("latest", 30)):
            shell.ok("fill", name, "--model", "rules")
            assert shell.ok("run", name, "--format", "json").data["rows_loaded"] == rows


class TestRefusals:
    def test_each_is_one_line_without_the_secret(self, shell: Shell, clickhouse_server: Server, shop: str) -> None:
        filled(shell, clickhouse_server, shop, "CREATE TABLE t (id UInt8) ENGINE = MergeTree ORDER BY id", "INSERT INTO t VALUES (1)")
        drafted(shell, "t", "{connection: shop, table: t}")
        server = clickhouse_server
        cases = (
            (server.url(shop, "reader", "другой"), 3, "E612"),
            (server.url(shop, "narrow", PASSWORD), 1, "E613"),
            (server.url("gone", "reader", PASSWORD), 3, "E612"),
            (f"clickhouse://reader:{PASSWORD.encode().hex()}@127.0.0.1:1/x", 3, "E610"),
        )
        for url, code, word in cases:
            project(shell, "clickhouse", url)
            said = shell.spec("profile", "t")
            assert (said.code, word in said.err, PASSWORD in said.err, "другой" in said.err) == (code, True, False, False), said
            assert PASSWORD.encode().hex() not in said.err
        project(shell, "clickhouse", server.url(shop, "reader", PASSWORD))
        assert shell.ok("profile", "t", "--format", "json").data["rows"] == 1
        said = shell.ok("connections", "shop", "--test")
        assert "ClickHouse 26" in said.out
        assert PASSWORD not in said.out + said.err

    def test_nothing_is_written_and_nothing_takes_for_ever(self, shell: Shell, clickhouse_server: Server, shop: str) -> None:
        filled(shell, clickhouse_server, shop, "CREATE TABLE t (id UInt8) ENGINE = Memory")
        for text, count, code in (
            ("DROP TABLE t", "DROP TABLE t", "E352"),
            ("SELECT 1", "INSERT INTO t VALUES (1)", "E352"),
            ("SELECT 1", "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1", "E353"),
            ("SELECT 1", "SELECT count() FROM gone", "E350"),
            ("SELECT 1", "SELECT nothing FROM t", "E351"),
        ):
            wanted = databases.Asked("shop", "clickhouse", "query", text, count)
            with pytest.raises(Problems) as raised, databases.snapshot("shop", "clickhouse", shell.folder, 1) as snapshot:
                snapshot.count(wanted)
            assert [each.code for each in raised.value.diagnostics] == [code], count
        drafted(shell, "t", "{connection: shop, query: \"SELECT * FROM url('http://127.0.0.1:1/x', CSV, 'a String')\"}")
        said = shell.spec("profile", "t")
        assert (said.code, "E285" in said.err) == (1, True)
