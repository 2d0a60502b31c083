"""Tables of databases as sources: PostgreSQL, SQLite and DuckDB, the real ones, into DuckDB and PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import psycopg.types.string
import pytest

from dataeng_ai.connections import resolve
from dataeng_ai.diagnostics import Problems, Unreachable
from dataeng_ai.project import find
from dataeng_ai.sources import databases
from dataeng_ai.sources.databases import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shell import Shell

HOSTILE = 'Цена "в ₽"; DROP TABLE x; --'
PROJECT = "version: 1\nconnections:\n  shop: {kind: %s}\n  warehouse: {kind: postgres}\n"

EVERY = f"""
CREATE TYPE mood AS ENUM ('да', 'it''s "so"');
CREATE DOMAIN money_like AS numeric(12, 2);
CREATE TYPE pair AS (a int, b text);
CREATE SCHEMA "Мой Склад";
CREATE TABLE "Мой Склад"."Заказы.2026" (
    "Id" bigint PRIMARY KEY, flag boolean, small smallint, whole integer, exact numeric(38, 10), loose numeric, cash money_like,
    single real, twice double precision, "имя" text NOT NULL, padded char(5), cut varchar(9), feel mood, day date, clock time,
    moment timestamp, zoned timestamptz, span interval, ident uuid, doc json, docb jsonb, raw bytea, list int[], texts text[],
    duo pair, address inet, "select" text, "{HOSTILE.replace('"', '""')}" text
);
INSERT INTO "Мой Склад"."Заказы.2026" VALUES
    (9223372036854775807, true, -32768, 2147483647, 1234567890123456789012345678.0123456789, 1.10, 5.5, 0.1, 1e300, E'a"b,\\n\\r\\nы\\\\', 'ab',
     '', 'it''s "so"', '0001-01-01', '23:59:59.999999', '9999-12-31 23:59:59.999999', '2026-01-31 03:00:00+03', '1 year 2 days 03:04:05',
     'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{{"b":1.10,  "a":[1]}}', '{{"x":12345678901234567890}}', '\\x00ff22', '{{1,NULL,3}}',
     '{{"a,b","\\"q\\""}}', ROW(1, 'x,y'), '10.0.0.1/8', 'NULL', '\\N'),
    (2, false, 0, 0, -0.0000000001, 100, 0, -1.5, 0.1, '', '', '\\.', 'да', '2026-02-28', '00:00', '2026-01-01', '2026-01-01 00:00Z',
     '0', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', 'null', '[]', '', '{{}}', '{{}}', NULL, '::1', '', ''),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL);
COMMENT ON COLUMN "Мой Склад"."Заказы.2026"."имя" IS 'Имя покупателя';
"""
TYPES = {
    "Id": "bigint", "flag": "boolean", "small": "smallint", "whole": "integer", "exact": "decimal(38, 10)", "cash": "decimal(12, 2)",
    "single": "double", "twice": "double", "имя": "text", "padded": "text", "cut": "text", "feel": "text", "day": "date", "clock": "time",
    "moment": "timestamp", "zoned": "timestamptz", "span": "text", "ident": "uuid", "doc": "json", "docb": "json", "raw": "bytes",
    "list": "json", "texts": "json", "duo": "json", "address": "text", "select": "text", HOSTILE: "text",
}  # fmt: skip


def project(shell: Shell, kind: str, shop: str, warehouse: str = "") -> None:
    """Make a project that reads `shop`; connections stand in its own file, as a person keeps them."""
    shell.write("dataeng.yaml", PROJECT % kind)
    lines = {"SHOP": shop, "WAREHOUSE": warehouse}
    path = shell.folder / ".dataeng" / "connections.env"
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"AIRFLOW_CONN_{name}={value}\n" for name, value in lines.items() if value), encoding="utf-8")


def filed(kind: str, name: str) -> str:
    return json.dumps({"conn_type": kind, "extra": {"path": name}})


def drafted(shell: Shell, name: str, source: str, target: str = "{storage: duckdb}") -> None:
    shell.write(f"specs/{name}.yaml", f"version: 1\nname: {name}\nabout: Orders.\nsource: {source}\ntarget: {target}\n")


@pytest.fixture
def shop(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(EVERY)
    yield postgres


ROWS = {"Id": "bigint", "flag": "boolean", "small": "smallint", "whole": "integer", "exact": "decimal", "loose": "decimal"} | {
    name: kind for name, kind in TYPES.items() if name not in ("Id", "flag", "small", "whole", "exact")
}
_JSON = {
    "doc": "doc::text",
    "docb": "docb::text",
    "list": "to_json(list)::text",
    "texts": "to_json(texts)::text",
    "duo": "to_json(duo)::text",
}
_TEXT = {"span": "span::text", "address": "format('%s', address)"}
AS_THEY_ARE = "SELECT " + ", ".join((_JSON | _TEXT).get(name, '"' + name.replace('"', '""') + '"') for name in ROWS)
AS_THEY_ARE += ' FROM "Мой Склад"."Заказы.2026" ORDER BY "Id"'
"""What stands there, read past the product."""


def plain(value: Any, name: str) -> Any:
    """Return a value as it compares across drivers and storages."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return repr(value)
    if ROWS[name] == "json":
        return json.loads(value, parse_float=Decimal, parse_int=Decimal) if isinstance(value, str) else value
    if ROWS[name] == "timestamptz" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def asked(shell: Shell, url: str | None, sql: str) -> list[tuple[Any, ...]]:
    """Ask the target, past the product."""
    if url is None:
        with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            # DuckDB's own moments need a package that is not ours.
            found = connection.sql(sql)
            zoned = [name for name, kind in zip(found.columns, found.types, strict=True) if "ZONE" in str(kind)]
            return found.select(
                *(duckdb.ColumnExpression(name).cast("VARCHAR") if name in zoned else name for name in found.columns)
            ).fetchall()
    with psycopg.connect(url) as connection:
        kept = {"json": psycopg.types.string.TextLoader, "jsonb": psycopg.types.string.TextLoader}
        for kind, loader in kept.items():
            connection.adapters.register_loader(kind, loader)
        return connection.execute(sql).fetchall()


class TestEveryType:
    def test_postgres_declares_them_all(self, shell: Shell, shop: str) -> None:
        project(shell, "postgres", shop)
        drafted(shell, "orders", '{connection: shop, table: \'"Мой Склад"."Заказы.2026"\'}')
        facts = shell.ok("profile", "orders", "--format", "json").data
        assert {column["name"]: column["type"] for column in facts["columns"] if column["name"] != "loose"} == TYPES
        assert facts["keys"][0]["columns"] == ["Id"]
        assert facts["rows"] == 3

    @pytest.mark.parametrize("target", ["duckdb", "postgres"])
    def test_values_are_equal_there(self, shell: Shell, shop: str, postgres_server: Any, target: str) -> None:
        with postgres_server.database() as warehouse:
            project(shell, "postgres", shop, warehouse)
            where = "{storage: postgres, connection: warehouse, table: public.orders}" if target == "postgres" else "{storage: duckdb}"
            drafted(shell, "orders", '{connection: shop, table: \'"Мой Склад"."Заказы.2026"\'}', where)
            shell.ok("fill", "orders", "--model", "rules")
            shell.ok("check", "orders")
            report = shell.ok("run", "orders", "--format", "json").data
            assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (3, 3, 0)
            with psycopg.connect(shop, options="-c intervalstyle=iso_8601") as source:
                expected = source.execute(AS_THEY_ARE).fetchall()
            found = asked(shell, warehouse if target == "postgres" else None, "SELECT * FROM orders ORDER BY 1")
            assert len(found) == len(expected) == 3
            for ours, theirs in zip(found, expected, strict=True):
                for name, mine, its in zip(ROWS, ours, theirs, strict=False):
                    assert plain(mine, name) == plain(its, name), name
