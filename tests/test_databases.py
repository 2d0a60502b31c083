"""Tables of databases as sources: PostgreSQL, SQLite and DuckDB, the real ones, into DuckDB and PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import psycopg.types.string
import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.runtime.running import task
from dataeng_ai.sources import databases
from dataeng_ai.sources.databases import query
from dataeng_ai.sources.databases.postgres import Snapshot as PostgresSnapshot
from tests.services import mariadb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shell import Shell

HOSTILE = 'Цена "в ₽"; DROP TABLE x; --'
PROJECT = "version: 1\nconnections:\n  shop: {kind: %s}\n  warehouse: {kind: postgres}\ndefaults: {target: {storage: duckdb}}\n"

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
    (9223372036854775807, true, -32768, 2147483647, 1234567890123456789012345678.0123456789, 1.10, 5.5, 0.1, 1e300, E'a"b,\\n\\r\\nы\\\\',
     'ab', '', 'it''s "so"', '0001-01-01', '23:59:59.999999', '9999-12-31 23:59:59.999999', '2026-01-31 03:00:00+03',
     '1 year 2 days 03:04:05',
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
def shop(postgres: str) -> str:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(EVERY)
    return postgres


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
_TEXT = {"span": "span::text", "address": "CASE WHEN address IS NOT NULL THEN format('%s', address) END"}
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
            columns = ((name, duckdb.ColumnExpression(name)) for name in found.columns)
            return found.select(*(one.cast("VARCHAR") if name in zoned else one for name, one in columns)).fetchall()
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


KINDS = tuple(kind for kind in databases.KINDS if kind != "clickhouse")
"""Those that have keys and transactions; of ClickHouse there is a file of its own."""
SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, "Имя" TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, price DECIMAL(10, 2), placed TIMESTAMP NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (id)
);
INSERT INTO customers VALUES (1, 'ООО «Ромашка»'), (2, 'a''b');
INSERT INTO orders VALUES (1, 1, 10.25, '2026-01-01 10:00:00'), (2, 2, NULL, '2026-01-02 10:00:00'), (3, 1, 0.5, '2026-01-03 10:00:00');
"""


def made(kind: str, folder: Path, url: str) -> str:
    """Make the shop in a database of a kind; return what its connection says."""
    if kind == "postgres":
        with psycopg.connect(url, autocommit=True) as postgres:
            postgres.execute(SHOP)
        return url
    if kind == "sqlite":
        with closing(sqlite3.connect(folder / "shop.db")) as lite:
            lite.executescript(SHOP)
        return filed("sqlite", "shop.db")
    if kind == "mysql":
        mariadb.script(url, SHOP.replace("placed TIMESTAMP", "placed DATETIME"))
        return url
    with duckdb.connect(str(folder / "shop.duckdb")) as duck:
        duck.execute(SHOP)
    return filed("duckdb", "shop.duckdb")


def changed(kind: str, folder: Path, url: str, sql: str) -> None:
    if kind == "postgres":
        with psycopg.connect(url, autocommit=True) as postgres:
            postgres.execute(sql)
    elif kind == "sqlite":
        with closing(sqlite3.connect(folder / "shop.db")) as lite:
            lite.executescript(sql)
    elif kind == "mysql":
        mariadb.script(url, sql)
    else:
        with duckdb.connect(str(folder / "shop.duckdb")) as duck:
            duck.execute(sql)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestEveryDatabase:
    @pytest.fixture(autouse=True)
    def url(self, shell: Shell, kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
        with ExitStack() as stack:
            url = ""
            if kind == "postgres":
                url = stack.enter_context(request.getfixturevalue("postgres_server").database())
            if kind == "mysql":
                server = request.getfixturevalue("mariadb_server")
                url = server.url(stack.enter_context(server.database()))
            project(shell, kind, made(kind, shell.folder, url))
            yield url

    def test_the_way_from_a_list_of_tables_to_loaded_ones(self, shell: Shell) -> None:
        assert [line.split()[0] for line in shell.ok("new", "--connection", "shop").out.splitlines()] == ["customers", "orders"]
        shell.ok("new", "--connection", "shop", "--all")
        text = (shell.folder / "specs/orders.yaml").read_text("utf-8")
        refers = "foreign_keys:\n  - {columns: [customer_id], references: {spec: customers, columns: [id]}, severity: warn}\n"
        assert text.endswith(refers)
        for name in ("customers", "orders"):
            shell.ok("fill", name, "--model", "rules")
        shell.ok("check")
        spec = (shell.folder / "specs/orders.yaml").read_text("utf-8")
        assert "primary_key: [id]" in spec
        assert "{name: customer_id, type: " in spec
        assert "Foreign key to `customers`" in spec
        assert refers in spec
        shell.ok("run", "customers")
        report = shell.ok("run", "orders", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"], report["warnings"]) == (3, 3, [])
        for language, words in (("en", "read from a database"), ("ru", "читается из базы данных")):
            shell.ok("report", "orders", "-o", "report.html", "--language", language)
            assert words in (shell.folder / "report.html").read_text("utf-8")
        assert asked(shell, None, "SELECT id, customer_id, price, placed::VARCHAR FROM orders ORDER BY 1") == [
            (1, 1, Decimal("10.25"), "2026-01-01 10:00:00"),
            (2, 2, None, "2026-01-02 10:00:00"),
            (3, 1, Decimal("0.50"), "2026-01-03 10:00:00"),
        ]
        assert asked(shell, None, "SELECT * EXCLUDE (_load_id, _loaded_at, _source_file, _extra) FROM customers ORDER BY 1") == [
            (1, "ООО «Ромашка»"),
            (2, "a'b"),
        ]
        assert asked(shell, None, "SELECT DISTINCT _source_file FROM customers") == [("customers",)]

    def test_some_of_the_tables_by_their_names(self, shell: Shell) -> None:
        assert shell.ok("new", "--connection", "shop", "--only", "cust*").out.split()[0] == "customers"
        shell.ok("new", "--connection", "shop", "--all", "--only", "cust*", "--only", "nothing")
        assert [path.name for path in (shell.folder / "specs").iterdir()] == ["customers.yaml"]

    def test_a_table_that_is_the_same_is_not_loaded_again_and_a_changed_one_is(self, shell: Shell, kind: str, url: str) -> None:
        drafted(shell, "orders", "{connection: shop, table: orders}")
        shell.ok("fill", "orders", "--model", "rules")
        first = shell.ok("run", "orders", "--format", "json").data
        again = shell.ok("run", "orders", "--format", "json").data
        assert (again["load_id"], again["rows_loaded"], again["rows_skipped"]) == (first["load_id"], 0, 3)
        changed(kind, shell.folder, url, "UPDATE orders SET price = 7 WHERE id = 3; DELETE FROM orders WHERE id = 1")
        after = shell.ok("run", "orders", "--format", "json").data
        assert after["rows_loaded"] == 2
        assert asked(shell, None, "SELECT id, price FROM orders ORDER BY 1") == [(2, None), (3, Decimal(7))]

    def test_a_merge_keeps_what_left_the_source_and_takes_what_changed(self, shell: Shell, kind: str, url: str) -> None:
        drafted(shell, "orders", '{connection: shop, query: "SELECT id, price FROM orders -- all of them"}')
        (shell.folder / "specs/orders.yaml").open("a").write("primary_key: [id]\nload: {mode: merge}\n")
        shell.ok("fill", "orders", "--model", "rules")
        shell.ok("run", "orders")
        changed(kind, shell.folder, url, "UPDATE orders SET price = 7 WHERE id = 3; DELETE FROM orders WHERE id = 1")
        shell.ok("run", "orders")
        assert asked(shell, None, "SELECT id, price FROM orders ORDER BY 1") == [(1, Decimal("10.25")), (2, None), (3, Decimal(7))]
        changed(
            kind, shell.folder, url, "UPDATE orders SET price = 0.5 WHERE id = 3; INSERT INTO orders VALUES (1, 1, 10.25, '2026-01-01')"
        )
        shell.ok("run", "orders")
        assert asked(shell, None, "SELECT price FROM orders WHERE id = 3") == [(Decimal("0.50"),)]

    def test_a_profile_is_fresh_until_the_table_changes(self, shell: Shell, kind: str, url: str) -> None:
        drafted(shell, "orders", "{connection: shop, table: orders}")
        before = shell.ok("profile", "orders", "--format", "json").data
        assert shell.ok("profile", "orders", "--format", "json").data == before
        key = {"columns": ["customer_id"], "table": "customers", "references": ["id"]}
        assert [{word: found[word] for word in key} for found in before["foreign_keys"]] == [key]
        changed(kind, shell.folder, url, "DELETE FROM orders WHERE id = 1")
        after = shell.ok("profile", "orders", "--format", "json").data
        assert (after["rows"], after["fingerprint"] == before["fingerprint"]) == (2, False)

    def test_preview_shows_every_row_as_it_will_be_loaded(self, shell: Shell) -> None:
        drafted(shell, "orders", "{connection: shop, table: orders}")
        shell.ok("fill", "orders", "--model", "rules")
        rows = shell.ok("preview", "orders", "--rows", "all", "--format", "csv").out.splitlines()
        assert min(rows[1:]).startswith("1,1,10.25,2026-01-01 10:00:00")

    def test_no_such_table_is_one_clear_line(self, shell: Shell) -> None:
        drafted(shell, "orders", "{connection: shop, table: ordesr}")
        said = shell.spec("profile", "orders")
        assert said.code == 1
        assert "E350" in said.err
        assert "Traceback" not in said.err

    def test_a_row_that_does_not_fit_is_put_aside_with_its_values(self, shell: Shell) -> None:
        drafted(shell, "orders", '{connection: shop, query: "SELECT id, price FROM orders"}')
        shell.ok("fill", "orders", "--model", "rules")
        shell.ok("set", "orders", "columns.price.type=smallint")
        shell.ok("set", "orders", "load.max_rejects=2")
        report = shell.ok("run", "orders", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (3, 1, 2)
        assert '"10.25"' in shell.ok("rejects", "orders").out

    def test_the_database_itself_refuses_to_write(self, shell: Shell, kind: str) -> None:
        wanted = databases.Asked("shop", kind, "query", "DELETE FROM orders", "DELETE FROM orders")
        with pytest.raises(Problems), databases.snapshot("shop", kind, shell.folder, 60) as snapshot:
            snapshot.count(wanted)
        with pytest.raises(Problems), databases.snapshot("shop", kind, shell.folder, 60) as snapshot:
            snapshot.write(wanted, shell.folder / "x")
        left = {"postgres": "SELECT 1) AS q) TO STDOUT; COMMIT; DROP TABLE orders; --", "sqlite": "ATTACH 'x.db' AS x"}
        left["mysql"] = "SELECT 1) AS q; COMMIT; DROP TABLE orders; --"
        hostile = left.get(kind, "SELECT * FROM read_csv('/etc/passwd')")
        with pytest.raises(Problems), databases.snapshot("shop", kind, shell.folder, 60) as snapshot:
            snapshot.write(databases.Asked("shop", kind, "query", hostile, hostile), shell.folder / "x")
        with databases.snapshot("shop", kind, shell.folder, 60) as snapshot:
            assert snapshot.count(databases.Asked("shop", kind, "orders", "SELECT * FROM orders", "SELECT count(*) FROM orders")) == 3

    def test_a_query_that_takes_too_long_is_ended(self, shell: Shell, kind: str) -> None:
        endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT i FROM n"
        if kind == "mysql":  # where recursion has an end of its own
            endless = "SELECT md5(a.seq + b.seq) FROM seq_1_to_1000000 AS a, seq_1_to_1000000 AS b WHERE md5(a.seq) <> md5(b.seq)"
        counted = f"SELECT count(*) FROM ({endless}) AS q"
        with pytest.raises(Problems) as raised, databases.snapshot("shop", kind, shell.folder, 1) as snapshot:
            snapshot.count(databases.Asked("shop", kind, "query", endless, counted))
        assert [each.code for each in raised.value.diagnostics] == ["E353"]

    def test_a_part_of_a_table_is_the_same_part_twice(self, shell: Shell, kind: str) -> None:
        rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
        rows = "SELECT seq AS i FROM seq_1_to_5000" if kind == "mysql" else rows
        wanted = databases.Asked("shop", kind, "query", rows, f"SELECT count(*) FROM ({rows}) AS q")
        found = []
        for name in ("one", "two"):
            with databases.snapshot("shop", kind, shell.folder, 60) as snapshot:
                written = snapshot.write(wanted, shell.folder / name, 10)
            assert 300 < written.rows < 700
            found.append(sorted((shell.folder / name).read_bytes().splitlines()))
        assert found[0] == found[1]


class TestPostgres:
    def test_of_a_large_table_a_part_is_read_and_the_server_counts_the_rest(
        self, shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dataeng_ai.profile.asked.SAMPLE", 500)
        project(shell, "postgres", made("postgres", shell.folder, postgres))
        many = "INSERT INTO orders SELECT i, 1, nullif(i, 4000) / 4.0, '2026-01-01'::timestamp + i * interval '1 s'"
        many += " FROM generate_series(10, 5006) AS g (i)"
        changed("postgres", shell.folder, postgres, many)
        drafted(shell, "orders", "{connection: shop, table: orders}")
        facts = shell.ok("profile", "orders", "--format", "json").data
        assert (facts["rows"], 300 < facts["read"] < 700) == (5000, True)
        price = next(column for column in facts["columns"] if column["name"] == "price")
        assert (price["nulls"], price["min"], price["max"]) == (2, "0.50", "1251.50")
        assert [key["columns"] for key in facts["keys"]] == [["id"], ["placed"]]
        assert facts["times"][0]["min"] == "2026-01-01 00:00:10"
        shell.ok("fill", "orders", "--model", "rules")
        report = shell.ok("run", "orders", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"]) == (5000, 5000)

    def test_the_steps_of_a_compiled_pipeline_need_nothing_but_its_files(self, shell: Shell, postgres: str) -> None:
        project(shell, "postgres", made("postgres", shell.folder, postgres))
        drafted(shell, "orders", "{connection: shop, query: \"SELECT id, 'a\\n  b' AS two FROM orders\"}")
        shell.ok("fill", "orders", "--model", "rules")
        shell.ok("compile", "orders")
        folder = shell.folder / "build/dags/orders"
        load = task("stage", folder)
        task("check", folder, load)
        load = task("publish", folder, load)
        assert (load["state"], load["rows_loaded"]) == ("published", 3)
        assert task("reconcile", folder, load)["reconciled"] is True
        assert asked(shell, None, "SELECT DISTINCT two FROM orders") == [("a\n  b",)]

    def test_what_others_write_meanwhile_is_not_half_read(self, shell: Shell, postgres: str) -> None:
        project(shell, "postgres", made("postgres", shell.folder, postgres))
        wanted = databases.Asked("shop", "postgres", "orders", "SELECT * FROM orders", "SELECT count(*) FROM orders", ("orders",))
        with databases.snapshot("shop", "postgres", shell.folder, 60) as snapshot:
            state = snapshot.state(wanted)
            changed(
                "postgres", shell.folder, postgres, "INSERT INTO orders SELECT i, 1, 1, '2026-01-01' FROM generate_series(10, 99) AS g (i)"
            )
            assert snapshot.state(wanted) == state
            assert (snapshot.count(wanted), snapshot.write(wanted, shell.folder / "x").rows) == (3, 3)
        with databases.snapshot("shop", "postgres", shell.folder, 60) as snapshot:
            assert (snapshot.state(wanted) == state, snapshot.count(wanted)) == (False, 93)

    def test_a_connection_lost_in_the_middle_is_safe_to_retry(self, shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
        project(shell, "postgres", made("postgres", shell.folder, postgres))
        drafted(shell, "orders", "{connection: shop, table: orders}")
        shell.ok("fill", "orders", "--model", "rules")
        genuine = databases.fetch

        def cut(opened: databases.Snapshot, *rest: Any) -> Any:
            with psycopg.connect(postgres, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dataeng_ai'")
            return genuine(opened, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(databases, "fetch", cut)
            said = shell.spec("run", "orders")
        assert (said.code, "E610" in said.err, "retry: safe" in said.err) == (3, True, True)
        report = shell.ok("run", "orders", "--format", "json").data
        assert report["rows_loaded"] == 3
        assert asked(shell, None, "SELECT count(*) FROM orders") == [(3,)]

    def test_a_server_that_is_not_there(self, shell: Shell) -> None:
        project(shell, "postgres", "postgres://nobody@127.0.0.1:1/nothing")
        drafted(shell, "orders", "{connection: shop, table: orders}")
        said = shell.spec("profile", "orders")
        assert (said.code, "E610" in said.err) == (3, True)


class TestPushedDown:
    @pytest.mark.parametrize("kind", ["postgres", "mysql", "duckdb"])
    def test_a_key_that_the_catalogue_does_not_know_is_proved_where_the_rows_are(
        self, shell: Shell, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dataeng_ai.profile.asked.SAMPLE", 5_000)
        with ExitStack() as stack:
            url = ""
            if kind == "postgres":
                url = stack.enter_context(request.getfixturevalue("postgres_server").database())
            if kind == "mysql":
                server = request.getfixturevalue("mariadb_server")
                url = server.url(stack.enter_context(server.database()))
            project(shell, kind, made(kind, shell.folder, url))
            numbers = {"postgres": "generate_series(1, 300000) AS s (i)", "duckdb": "range(1, 300001) AS s (i)"}
            rows = numbers.get(kind, "(SELECT seq AS i FROM seq_1_to_300000) AS s")
            text = "char(40)" if kind == "mysql" else "text"
            columns = f"CAST(i AS {text}) AS code, i % 299999 AS nearly, CAST('a long text that nobody needs to see' AS {text}) AS same"
            changed(kind, shell.folder, url, f"CREATE TABLE many AS SELECT {columns} FROM {rows}")
            if kind == "postgres":
                changed(kind, shell.folder, url, "ANALYZE many")
            drafted(shell, "many", "{connection: shop, table: many}")
            facts = shell.ok("profile", "many", "--format", "json").data
        assert (facts["rows"], 3_000 < facts["read"] < 7_000, facts["read_bytes"] < 700_000) == (300_000, True, True)
        assert [key["columns"] for key in facts["keys"]] == [["code"]]
        assert "in all 300,000 rows" in facts["keys"][0]["reason"]
        different = {one["name"]: (one["distinct"], one["distinct_exact"]) for one in facts["columns"]}
        assert different["same"] == (1, False)
        if kind != "mysql":  # which estimates columns with an index alone
            assert 250_000 < different["code"][0] < 350_000

    def test_the_tables_of_a_large_catalogue_take_few_questions(self, shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
        tables = "CREATE TABLE base (id int PRIMARY KEY);" + "".join(
            f'CREATE TABLE "Таблица {number}" (id int PRIMARY KEY, base int REFERENCES base (id));' for number in range(200)
        )
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(tables)
        project(shell, "postgres", postgres)
        genuine, questions = vars(PostgresSnapshot)["_all"], []

        def counted(self: PostgresSnapshot, query: Any, *values: object) -> Any:
            questions.append(query)
            return genuine(self, query, *values)

        monkeypatch.setattr(PostgresSnapshot, "_all", counted)
        with databases.snapshot("shop", "postgres", shell.folder, 60) as snapshot:
            found = snapshot.tables()
        assert len(found) == 201
        assert all(one.foreign_keys[0].table == "base" for one in found if one.name != "base")
        assert len(questions) == 2


class TestSqlite:
    def test_values_of_any_kind_in_one_column(self, shell: Shell) -> None:
        with closing(sqlite3.connect(shell.folder / "shop.db")) as lite:
            lite.execute("CREATE TABLE odd (id INTEGER PRIMARY KEY, any)")
            values = [1, 1.5, "text", b"\x00\xff", None, "", 9223372036854775807, "NULL", 'a"b\r\n,']
            lite.executemany("INSERT INTO odd (any) VALUES (?)", [(value,) for value in values])
            lite.execute("INSERT INTO odd (any) VALUES (CAST(x'ff41' AS TEXT))")
            lite.commit()
        project(shell, "sqlite", filed("sqlite", "shop.db"))
        drafted(shell, "odd", "{connection: shop, table: odd}")
        shell.ok("fill", "odd", "--model", "rules")
        shell.ok("set", "odd", "load.max_rejects=1")
        report = shell.ok("run", "odd", "--format", "json").data
        assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (10, 9, 1)
        found = [
            value
            for (value,) in asked(shell, None, "SELECT * EXCLUDE (id, _load_id, _loaded_at, _source_file, _extra) FROM odd ORDER BY id")
        ]
        assert found == ["1", "1.5", "text", "\\x00ff", None, "", "9223372036854775807", "NULL", 'a"b\r\n,']
        assert "not UTF-8" in shell.ok("rejects", "odd").out


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("orders", ("orders",)),
        ("public.orders", ("public", "orders")),
        ('"my.schema"."Or""ders"', ("my.schema", 'Or"ders')),
        ("Заказы", ("Заказы",)),
        ("a.b.c", None),
        ("", None),
        (".", None),
        ("a.", None),
        ('"a', None),
        ('"a"b', None),
    ],
)
def test_a_table_s_name(text: str, parts: tuple[str, ...] | None) -> None:
    assert query.parts(text) == parts
    if parts:
        assert query.parts(query.shown(parts)) == parts
