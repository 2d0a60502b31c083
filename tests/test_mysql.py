"""Tables of MariaDB as sources, the real server: every type without loss, its catalogue, and what it refuses."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai.sources import databases
from tests.test_databases import asked, drafted, project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.services import mariadb
    from tests.shell import Shell

PASSWORD = "п@роль/#?1"  # noqa: S105  of a server that lives as long as the tests

EVERY = """
CREATE TABLE `Заказы ``2026``` (
    `Id` bigint unsigned PRIMARY KEY COMMENT 'Номер заказа', flag tinyint(1), tiny tinyint(1), small smallint unsigned, med mediumint,
    whole int unsigned zerofill, exact decimal(38, 10), wide decimal(65, 30), single float, twice double, `имя` varchar(50) NOT NULL,
    padded char(5), note longtext, feel enum('да', 'it''s "so"'), some set('a', 'b'), day date, clock time(6), span time, yr year,
    moment datetime(6), zoned timestamp(6) NULL, doc json, one bit(1), bits bit(64), raw varbinary(10), large longblob, ident uuid,
    addr inet6, place point
) ENGINE = InnoDB COMMENT 'Все заказы';
INSERT INTO `Заказы ``2026``` VALUES
    (18446744073709551615, 1, 2, 65535, -8388608, 42, 1234567890123456789012345678.0123456789, 0.1, 16777216, 1e300, 'a"b,\\n\\r\\nы\\\\',
     'ab', '', 'it''s "so"', 'a,b', '1000-01-01', '23:59:59.999999', '-838:59:59', 2155, '9999-12-31 23:59:59.999999',
     '2026-01-31 03:00:00.000001', '{"b":1.10,  "a":[1]}', 1, 18446744073709551615, 0x00ff22, 0x0a, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
     '::1', Point(0.1, 0.30000000000000004)),
    (2, 0, 1, 0, 0, 0, -0.0000000001, 100, 0.1, 1.2345678901234567e25, '', '', 'NULL', 'да', '', '2026-02-28', '00:00', '838:59:59', 0,
     '2026-01-01', '2026-01-01 00:00', '[]', 0, 0, '', '', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', '::ffff:10.0.0.1', Point(1, 2)),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\\\\N', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""
TYPES = {
    "Id": "decimal(20, 0)", "flag": "boolean", "tiny": "smallint", "small": "integer", "med": "integer", "whole": "bigint",
    "exact": "decimal(38, 10)", "single": "double", "twice": "double", "имя": "text", "padded": "text", "note": "text", "feel": "text",
    "some": "text", "day": "date", "clock": "time", "span": "text", "yr": "smallint", "moment": "timestamp", "zoned": "timestamptz",
    "doc": "json", "one": "boolean", "bits": "decimal(20, 0)", "raw": "bytes", "large": "bytes", "ident": "uuid", "addr": "text",
    "place": "text",
}  # fmt: skip
FIRST = [
    Decimal(18446744073709551615), True, 2, 65535, -8388608, 42, Decimal("1234567890123456789012345678.0123456789"), 16777216.0, 1e300,
    'a"b,\n\r\nы\\', "ab", "", 'it\'s "so"', "a,b", "1000-01-01", "23:59:59.999999", "-838:59:59", 2155, "9999-12-31 23:59:59.999999",
    "2026-01-31 03:00:00.000001+00", '{"b":1.10,  "a":[1]}', True, Decimal(18446744073709551615), b"\x00\xff\x22", b"\n",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "::1", "POINT(0.1 0.30000000000000004)",
]  # fmt: skip


@pytest.fixture
def maria(mariadb_server: mariadb.Server) -> mariadb.Server:
    return mariadb_server


@pytest.fixture
def shop(maria: mariadb.Server) -> Iterator[str]:
    with maria.database() as name:
        yield name


def filled(shell: Shell, maria: mariadb.Server, shop: str, sql: str) -> None:
    maria.run(sql, database=shop)
    project(shell, "mysql", maria.url(shop))


class TestEveryType:
    def test_the_catalogue_and_all_rows_say_what_a_column_is(self, shell: Shell, maria: mariadb.Server, shop: str) -> None:
        filled(shell, maria, shop, EVERY)
        drafted(shell, "orders", "{connection: shop, table: 'Заказы `2026`'}")
        facts = shell.ok("profile", "orders", "--format", "json").data
        assert {one["name"]: one["type"] for one in facts["columns"] if one["name"] != "wide"} == TYPES
        assert facts["keys"][0]["columns"] == ["Id"]
        assert (facts["catalog"]["comment"], facts["catalog"]["engine"]) == ("Все заказы", "InnoDB")
        assert facts["catalog"]["columns"][0] | {"type": None} == {
            "name": "Id", "native": "bigint(20) unsigned", "type": None, "nullable": False, "comment": "Номер заказа",
        }  # fmt: skip
        again = shell.ok("profile", "orders", "--format", "json")
        assert again.data == facts

    def test_values_are_equal_there(self, shell: Shell, maria: mariadb.Server, shop: str) -> None:
        filled(shell, maria, shop, EVERY)
        drafted(shell, "orders", "{connection: shop, table: 'Заказы `2026`'}")
        shell.ok("fill", "orders", "--model", "rules")
        shell.ok("check", "orders")
        report = shell.ok("run", "orders", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (3, 3, 0)
        found = asked(shell, None, "SELECT * EXCLUDE (wide, _load_id, _loaded_at, _source_file, _extra) FROM orders ORDER BY 1 DESC")
        assert [plain(value) for value in found[0]] == FIRST
        assert found[1][3:] == (None,) * 6 + ("\\N",) + (None,) * 18 or found[1][:1] == (Decimal(3),)
        texts = [json.loads(json.dumps(plain(value), default=str)) for value in found[2]]
        assert texts[7:11] == [0.1, 1.2345678901234567e25, "", ""]
        assert texts[14:17] == ["2026-02-28", "00:00:00", "838:59:59"]
        wide = asked(shell, None, "SELECT wide FROM orders ORDER BY 1 NULLS LAST")
        assert [Decimal(value) if value is not None else None for (value,) in wide] == [Decimal("0.1"), Decimal(100), None]


def plain(value: Any) -> Any:
    """Return a value of DuckDB as it compares: moments, UUIDs and JSON by their texts."""
    return value if value is None or isinstance(value, bool | int | float | Decimal | bytes) else str(value)


class TestOddities:
    def test_dates_of_zeros_are_nothing_and_are_counted(self, shell: Shell, maria: mariadb.Server, shop: str) -> None:
        rows = ", ".join(f"({number}, '2026-01-{number:02}')" for number in range(1, 29))
        sql = f"CREATE TABLE t (id int PRIMARY KEY, gone datetime); INSERT INTO t VALUES {rows}, (29, '0000-00-00'), (30, '0000-00-00')"
        filled(shell, maria, shop, f"SET sql_mode = ''; {sql}")
        drafted(shell, "t", "{connection: shop, table: t}")
        facts = shell.ok("profile", "t", "--format", "json").data
        gone = facts["columns"][1]
        assert (gone["type"], gone["nulls"], gone["min"]) == ("timestamp", 2, "2026-01-01 00:00:00")
        shell.ok("fill", "t", "--model", "rules")
        assert "0000-00-00 00:00:00" in (shell.folder / "specs/t.yaml").read_text("utf-8")
        report = shell.ok("run", "t", "--format", "json").data
        assert (report["rows_loaded"], report["rows_rejected"]) == (30, 0)
        assert asked(shell, None, "SELECT count(*) FROM t WHERE gone IS NULL") == [(2,)]

    def test_what_the_catalogue_knows(self, shell: Shell, maria: mariadb.Server, shop: str) -> None:
        filled(
            shell, maria, shop,
            "CREATE TABLE buyers (id int PRIMARY KEY, inn char(12) NOT NULL UNIQUE);"
            "CREATE TABLE sales (id int, year int, buyer int, PRIMARY KEY (id, year), KEY by_buyer (buyer))"
            " PARTITION BY RANGE (year) (PARTITION p0 VALUES LESS THAN (2026), PARTITION p1 VALUES LESS THAN MAXVALUE);"
            "CREATE TABLE log (id int) ENGINE = MyISAM; INSERT INTO log VALUES (1);"
            "CREATE TABLE refs (id int PRIMARY KEY, buyer int, FOREIGN KEY (buyer) REFERENCES buyers (id));"
            "CREATE VIEW latest AS SELECT * FROM sales",
        )  # fmt: skip
        with databases.snapshot("shop", "mysql", shell.folder, 60) as snapshot:
            tables = {one.name: one for one in snapshot.tables()}
            wanted = {
                name: databases.Asked("shop", "mysql", name, f"SELECT * FROM {name}", f"SELECT count(*) FROM {name}", (name,))
                for name in tables
            }
            assert [(name, one.view) for name, one in tables.items()] == [
                ("buyers", False), ("latest", True), ("log", False), ("refs", False), ("sales", False),
            ]  # fmt: skip
            assert [(key.columns, key.table, key.references) for key in tables["refs"].foreign_keys] == [(("buyer",), "buyers", ("id",))]
            assert snapshot.describe(wanted["buyers"]).unique == (("inn",),)
            sales = snapshot.describe(wanted["sales"])
            assert (sales.primary_key, sales.partition) == (("id", "year"), "RANGE (`year`), 2 parts")
            assert sales.indexes == ("UNIQUE BTREE PRIMARY (id, year)", "BTREE by_buyer (buyer)")
            assert "MyISAM" in snapshot.describe(wanted["log"]).remarks[0]
            assert snapshot.describe(wanted["refs"]).foreign_keys == tables["refs"].foreign_keys


class TestRefusals:
    def test_a_wrong_password_and_a_missing_database_are_one_line_without_the_secret(
        self, shell: Shell, maria: mariadb.Server, shop: str
    ) -> None:
        maria.run(f"CREATE USER 'Юзер' IDENTIFIED BY '{PASSWORD}'; GRANT SELECT ON {shop}.* TO 'Юзер'")
        filled(shell, maria, shop, "CREATE TABLE t (id int PRIMARY KEY)")
        drafted(shell, "t", "{connection: shop, table: t}")
        project(shell, "mysql", maria.url(shop, "Юзер", PASSWORD))
        shell.ok("profile", "t")
        for url, code in ((maria.url(shop, "Юзер", "other"), "E612"), (maria.url("gone", "Юзер", PASSWORD), "E612")):
            project(shell, "mysql", url)
            said = shell.spec("profile", "t")
            assert (said.code, code in said.err, PASSWORD in said.err, "other" in said.err) == (3, True, False, False)
        project(shell, "mysql", "mysql://nobody@127.0.0.1:1/x")
        said = shell.spec("profile", "t")
        assert (said.code, "E610" in said.err) == (3, True)
        project(shell, "mysql", maria.url(shop, "Юзер", PASSWORD))
        maria.run("REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'Юзер'", f"GRANT SELECT (id) ON {shop}.t TO 'Юзер'")
        maria.run("ALTER TABLE t ADD COLUMN price int", database=shop)
        said = shell.spec("profile", "t")
        assert (said.code, "E613" in said.err, PASSWORD in said.err) == (1, True, False)
        maria.run("DROP USER 'Юзер'")

    def test_a_connection_that_is_tried(self, shell: Shell, maria: mariadb.Server, shop: str) -> None:
        filled(shell, maria, shop, "CREATE TABLE t (id int PRIMARY KEY)")
        said = shell.ok("connections", "shop", "--test").out
        assert "MariaDB" in said
        assert "may read 1 table and 0 views" in said
