"""References between specs that nobody has to write: of a database's catalogue, and of what profiles proved."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from typing import Any

    from tests.shell import Shell

SHOP = """
CREATE TABLE "Клиенты" ("Код клиента" INTEGER PRIMARY KEY, "Имя" TEXT NOT NULL, "Шифр" TEXT NOT NULL UNIQUE);
CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff (id), name TEXT);
CREATE TABLE halls (museum INTEGER NOT NULL, hall TEXT NOT NULL, PRIMARY KEY (museum, hall));
CREATE TABLE "Заказы" (
    id INTEGER PRIMARY KEY, "Код клиента" INTEGER REFERENCES "Клиенты" ("Код клиента"), "Шифр" TEXT REFERENCES "Клиенты" ("Шифр"),
    staff INTEGER REFERENCES staff, museum INTEGER, hall TEXT, FOREIGN KEY (museum, hall) REFERENCES halls (museum, hall)
);
INSERT INTO "Клиенты" VALUES (1, 'Анна', 'К-1'), (2, 'Борис', 'К-2');
INSERT INTO staff VALUES (1, NULL, 'x'), (2, 1, 'y');
INSERT INTO halls VALUES (1, 'А'), (2, 'Б');
INSERT INTO "Заказы" VALUES (1, 1, 'К-2', 2, 1, 'А'), (2, 2, 'К-1', 1, 2, 'Б'), (3, NULL, NULL, NULL, NULL, 'В');
"""


def changed(shell: Shell, sql: str) -> None:
    with closing(sqlite3.connect(shell.folder / "shop.db")) as lite:
        lite.executescript(sql)


@pytest.fixture
def shop(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    changed(shell, SHOP)
    shell.write("dataeng.yaml", "version: 1\nconnections: {shop: {kind: sqlite}}\n")
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps({"conn_type": "sqlite", "extra": {"path": "shop.db"}}))
    return shell


def text(shell: Shell, name: str) -> str:
    return (shell.folder / f"specs/{name}.yaml").read_text("utf-8")


def table(shell: Shell, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as warehouse:
        return warehouse.execute(sql).fetchall()


def test_tables_of_a_database_are_drafted_filled_and_loaded_with_what_refers_to_what(shop: Shell) -> None:
    shop.ok("new", "--connection", "shop", "--all")
    names = sorted(path.stem for path in (shop.folder / "specs").glob("*.yaml"))
    assert names == ["customer", "halls", "order", "staff"]
    keys = text(shop, "order").partition("foreign_keys:\n")[2]
    assert keys.splitlines() == [
        "  - {columns: [customer_code], references: {spec: customer, columns: [customer_code]}, severity: warn}",
        "  - {columns: [shifr], references: {spec: customer, columns: [shifr]}, severity: warn}",
        "  - {columns: [staff], references: {spec: staff}, severity: warn}",
        "  - {columns: [museum, hall], references: {spec: halls, columns: [museum, hall]}, severity: warn}",
    ]
    assert "{columns: [boss], references: {spec: staff, columns: [id]}, severity: warn}" in text(shop, "staff")
    for name in names:
        shop.ok("fill", name, "--model", "rules")
    assert "{check: unique, columns: [shifr], severity: warn}" in text(shop, "customer")
    assert "check: range, columns: [staff" not in text(shop, "order")
    shop.ok("check")
    for name in ("staff", "halls", "customer", "order"):
        report = shop.ok("run", name, "--format", "json").data
        assert report["warnings"] == [], name
    assert table(shop, "SELECT count(*), count(c.customer_code) FROM order_table LEFT JOIN customer AS c USING (customer_code)") == [(3, 2)]
    changed(shop, "INSERT INTO \"Заказы\" VALUES (4, 77, NULL, 9, NULL, 'В')")
    report = shop.ok("run", "order", "--format", "json").data
    assert report["warnings"] == ["foreign_key_customer_code: 1", "foreign_key_staff: 1"]
    path = shop.folder / "specs/order.yaml"
    path.write_text(path.read_text("utf-8").replace("{spec: staff}, severity: warn", "{spec: staff}, severity: error"), "utf-8")
    changed(shop, "INSERT INTO \"Заказы\" VALUES (5, 1, NULL, 9, NULL, 'В')")
    said = shop.spec("run", "order")
    assert said.code == 1
    assert "2 rows refer by `staff` to what is not in `id` of `staff`: `9` (2 rows)" in said.err
    assert table(shop, "SELECT max(id) FROM order_table") == [(4,)]


def test_tables_outside_the_selection_are_named_in_words(shop: Shell) -> None:
    shop.ok("new", "--connection", "shop", "--all", "--only", "Заказы", "--only", "halls")
    drafted = text(shop, "order")
    assert "staff is a foreign key to staff" in drafted
    assert drafted.count("references:") == 1
    assert "references: {spec: halls" in drafted


def test_what_the_catalogue_declares_is_filled_where_another_spec_reads_that_table(shop: Shell) -> None:
    shop.ok("new", "clients", "--source", "shop:Клиенты")
    shop.ok("fill", "clients", "--model", "rules")
    assert "foreign_keys" not in text(shop, "clients")
    shop.ok("new", "orders", "--source", "shop:Заказы")
    shop.ok("fill", "orders", "--model", "rules")
    filled = text(shop, "orders")
    assert "foreign_keys:\n  - {columns: [customer_code], references: {spec: clients}, severity: warn}\nload:" in filled
    why = shop.ok("why", "orders", "foreign_keys").out
    assert "the database declares it a foreign key to Клиенты" in why
    shop.ok("check")
    shop.ok("set", "orders", "foreign_keys=[]")
    shop.ok("fill", "orders", "--model", "rules")
    assert "foreign_keys: []" in text(shop, "orders")


def files(shell: Shell) -> None:
    shell.write("museums.csv", "Код музея,Название\n" + "".join(f"{n},Музей {n}\n" for n in range(1, 41)))
    shell.write("visits.csv", "visit_id,Код музея,score\n" + "".join(f"{n},{n % 40 + 1},{n % 11}\n" for n in range(1000)))
    for name in ("museums", "visits"):
        shell.ok("new", name, "--source", f"{name}.csv")


def test_what_profiles_prove_across_specs_is_filled_and_nothing_where_they_do_not(shell: Shell) -> None:
    files(shell)
    shell.ok("fill", "visits", "--model", "rules")
    assert "foreign_keys" not in text(shell, "visits")
    shell.ok("undo", "visits")
    shell.ok("fill", "museums", "--model", "rules")
    shell.ok("fill", "visits", "--model", "rules")
    assert "foreign_keys:\n  - {columns: [museum_code], references: {spec: museums}, severity: warn}\n" in text(shell, "visits")
    assert "all 40 values stand there" in (shell.folder / "specs/visits.lock.yaml").read_text("utf-8")
    shell.ok("check")
    (shell.folder / ".dataeng/profiles/museums.json").unlink()
    assert "W390" not in shell.ok("check", "visits").out


def test_a_single_value_that_stands_nowhere_is_no_proof(shell: Shell) -> None:
    files(shell)
    shell.write("visits.csv", (shell.folder / "visits.csv").read_text("utf-8") + "1000,4711,3\n")
    for name in ("museums", "visits"):
        shell.ok("fill", name, "--model", "rules")
    assert "foreign_keys" not in text(shell, "visits")


def test_a_hole_that_a_person_asked_for_is_closed_even_by_nothing(shell: Shell) -> None:
    files(shell)
    path = shell.folder / "specs/visits.yaml"
    path.write_text(path.read_text("utf-8") + "foreign_keys: auto\n", "utf-8")
    shell.ok("fill", "visits", "--model", "rules")
    assert "foreign_keys: []" in text(shell, "visits")


def test_a_column_is_named_as_the_keys_that_stand_already_name_it(shell: Shell) -> None:
    files(shell)
    path = shell.folder / "specs/visits.yaml"
    key = "foreign_keys: [{columns: [Код музея], references: {spec: museums, columns: [kod_muzeya]}}]\n"
    path.write_text(path.read_text("utf-8") + key, "utf-8")
    for name in ("museums", "visits"):
        shell.ok("fill", name, "--model", "rules")
    assert "{name: Код музея, type: integer" in text(shell, "visits")
    assert "{name: kod_muzeya, from: Код музея, type: integer" in text(shell, "museums")
    assert key in text(shell, "visits")
