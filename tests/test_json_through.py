"""JSON from a file to a table, by the commands that a person types: values are the source's, every record is accounted for."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest

from tests.test_end_to_end import balanced

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.shell import Shell

_PROGRAM = """
import sys
from pathlib import Path
from dataeng_ai.runtime import Bundle, run
print(run(Bundle.load(Path(sys.argv[1])), root=Path(sys.argv[2])).rows_loaded)
assert "sqlglot" not in sys.modules
"""

COUNT = 60


def order(number: int) -> str:
    """Write an order as its shop does: numbers with their zeros, a map of few keys, lists of objects and of texts."""
    items = ", ".join(f'{{"sku": "A-{number}-{place}", "qty": {place + 1}, "price": {number}.{place}0}}' for place in range(number % 3))
    note = "null" if number % 5 == 0 else json.dumps(f"Заказ «{number}» 😀\n", ensure_ascii=number % 2 == 0)
    nested = f'"customer": {{"name": "ООО Ромашка {number}", "address": {{"city": "Тверь", "zip.code": "0{number:05d}"}}}}'
    absent = "" if number % 7 == 0 else f', "rate": {number}.5e-1'
    return (
        f'{{"id": {10**17 + number}, {nested}, "total": {number}.10, "paid": {"true" if number % 2 else "false"}, '
        f'"at": "2026-03-{number % 28 + 1:02d}T10:00:00+03:00", "note": {note}, "items": [{items}], "tags": ["a", "б"]{absent}}}'
    )


TWICE = '{"id": 5, "total": 1, "total": 2, "note": "дважды"}'
UNFIT = order(77).replace('"total": 77.10', '"total": "много"')


def register(*records: str) -> str:
    return '{"meta": {"page": 1}, "data": {"orders": [\n' + ",\n".join(records) + "\n]}}\n"


GOOD = [order(number) for number in range(COUNT)]
WHOLE = register(*GOOD[:10], TWICE, *GOOD[10:30], UNFIT, *GOOD[30:])


@pytest.fixture(params=["duckdb", "postgres"])
def table(
    request: pytest.FixtureRequest, shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], list[tuple[Any, ...]]]:
    """A project whose warehouse is either storage; gives what a query finds in it, asked past the product."""
    if request.param == "duckdb":

        def duck(query: str) -> list[tuple[Any, ...]]:
            with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
                return con.execute(query).fetchall()

        return duck
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")

    def real(query: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(postgres)) as con:
            return con.execute(query.encode()).fetchall()

    return real


def _filled(shell: Shell, source: str) -> None:
    shell.ok("new", "orders", "Orders of the shop, every night", "--source", source)
    shell.ok("fill", "orders", "--model", "rules")
    shell.ok("set", "orders", "load.max_rejects=2")


def test_a_nested_register_is_loaded_whole_and_what_is_no_row_is_told_with_its_line_and_its_text(
    shell: Shell, table: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    shell.write("register.json", WHOLE)
    _filled(shell, "register.json")
    assert "records: data.orders" in shell.ok("show", "orders").out
    shell.ok("check", "orders")
    counts = shell.ok("run", "orders", "--format", "json").data
    assert balanced(counts)
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (COUNT + 2, COUNT, 2)
    found = table(
        "SELECT id, customer_address_city, customer_address_zip_code, total, paid, rate, items, tags, note FROM orders ORDER BY id"
    )
    plain = [json.loads(record, parse_float=Decimal) for record in GOOD]
    assert [(row[0], row[1], row[2], row[3], row[4], row[8]) for row in found] == [
        (one["id"], one["customer"]["address"]["city"], one["customer"]["address"]["zip.code"], one["total"], one["paid"], one["note"])
        for one in plain
    ]
    assert [None if row[5] is None else Decimal(str(row[5])) for row in found] == [one.get("rate") for one in plain]
    for at, name in ((6, "items"), (7, "tags")):
        lists = [json.loads(row[at], parse_float=Decimal) if isinstance(row[at], str) else row[at] for row in found]
        assert json.loads(json.dumps(lists, default=float)) == json.loads(json.dumps([one[name] for one in plain], default=float))
    rejects = shell.ok("rejects", "orders", "--unmask", "--format", "json").data
    assert [(one["line"], one["column"], one["raw"]) for one in rejects] == [("12", None, TWICE), ("33", "total", UNFIT)]


def test_the_whole_preview_equals_the_source(shell: Shell) -> None:
    shell.write("orders.ndjson", "\n".join(GOOD) + "\n")
    said = shell.ok("preview", "orders.ndjson", "--rows", "all", "--format", "csv", "--unmask").out
    rows = list(csv.DictReader(io.StringIO(said, newline="")))
    plain = [json.loads(record, parse_float=str) for record in GOOD]
    assert [row["note"] for row in rows] == [one["note"] or "" for one in plain]
    assert [row['customer.address."zip.code"'] for row in rows] == [one["customer"]["address"]["zip.code"] for one in plain]
    assert [row["id"] for row in rows] == [str(one["id"]) for one in plain]
    assert [row["total"] for row in rows] == [one["total"] for one in plain]
    written = [record[record.index('"items": ') + 9 : record.index(', "tags"')].replace(" ", "") for record in GOOD]
    assert [row["items"] for row in rows] == written


def test_json_that_is_cut_short_loads_nothing_and_what_was_there_stays(shell: Shell, table: Callable[[str], list[tuple[Any, ...]]]) -> None:
    file = shell.write("register.json", register(*GOOD))
    _filled(shell, "register.json")
    shell.ok("run", "orders")
    file.write_text(register(*GOOD)[:-30], "utf-8")
    said = shell.spec("run", "orders")
    assert (said.code, "E330" in said.err, f"line {COUNT + 1}" in said.err) == (1, True, True)
    assert table("SELECT count(*) FROM orders") == [(COUNT,)]


@pytest.mark.parametrize("way", ["evolve", "freeze", "discard"])
def test_a_key_that_the_spec_does_not_know_follows_on_schema_change(shell: Shell, way: str) -> None:
    file = shell.write("orders.ndjson", "\n".join(GOOD) + "\n")
    _filled(shell, "orders.ndjson")
    shell.ok("set", "orders", f"on_schema_change.new_column={way}")
    fresh = [record.replace('"paid"', '"новое": {"поле": 1.10}, "paid"') if number == 7 else record for number, record in enumerate(GOOD)]
    file.write_text("\n".join(fresh) + "\n", "utf-8")
    said = shell.spec("run", "orders")
    if way == "freeze":
        assert (said.code, "E321" in said.err, "`новое.поле`" in said.err) == (1, True, True)
        return
    assert said.code == 0, said
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM orders").fetchone() == (COUNT,)
        if way == "evolve":
            [(extra,)] = con.execute("SELECT _extra FROM orders WHERE id % 100 = 7").fetchall()
            assert json.loads(extra) == {"новое.поле": "1.10"}


def test_one_record_of_another_shape_is_a_reject_and_not_another_table(shell: Shell) -> None:
    file = shell.write("orders.ndjson", "\n".join(GOOD) + "\n")
    _filled(shell, "orders.ndjson")
    bent = GOOD[3][: GOOD[3].index('"customer"')] + '"customer": "нет", "total": 3.10, "paid": true}'
    file.write_text("\n".join([*GOOD[:3], bent, *GOOD[4:], '{"id": 1, "id"']) + "\n", "utf-8")
    counts = shell.ok("run", "orders", "--format", "json").data
    assert balanced(counts)
    assert counts["rows_rejected"] == 2
    rejects = shell.ok("rejects", "orders", "--unmask", "--format", "json").data
    assert [(one["line"], one["reason"].split(":")[0]) for one in rejects] == [
        ("4", "a single value where the spec has columns of an object"),
        (str(COUNT + 1), "not JSON"),
    ]


def test_what_is_compiled_runs_with_the_runtime_alone_on_a_packed_file(shell: Shell) -> None:
    (shell.folder / "orders.ndjson.gz").write_bytes(gzip.compress("\n".join(GOOD).encode()))
    _filled(shell, "orders.ndjson.gz")
    shell.ok("compile", "orders")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(shell.folder / "build/dags/orders"), str(shell.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(COUNT)), done.stderr


def test_a_profile_says_where_the_records_are_and_what_is_a_list(shell: Shell) -> None:
    shell.write("register.json", WHOLE)
    facts = shell.ok("profile", "register.json", "--format", "json").data
    assert (facts["format"], facts["records"], facts["rows"], facts["rejects"]) == ("json", "data.orders", COUNT + 1, 1)
    assert any("data.orders" in reason for reason in facts["reasons"])
    types = {column["name"]: column["type"] for column in facts["columns"]}
    assert (types["items"], types["tags"], types["customer.name"]) == ("json", "json", "text")
    assert [one["path"] for one in facts["nested"]] == ["items", "tags"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (WHOLE[:200].encode(), "E330"),
        (b"", "E311"),
        (b" \n", "E311"),
        (b"<html>", "E314"),
        (b"orders: 1", "E330"),
        (b"[" * 100_000, "E330"),
        ('{"имя": 1}\n{"имя": 2}'.encode("cp1251"), "E315"),
        (b'{"a": 1, "A": 2}', "E322"),
        (gzip.compress(WHOLE.encode(), mtime=0)[:-20], "E313"),
    ],
)
def test_what_cannot_be_read_is_one_clear_message(shell: Shell, data: bytes, code: str) -> None:
    (shell.folder / "orders.json").write_bytes(data)
    for word in ("profile", "preview"):
        said = shell.spec(word, "orders.json")
        assert (said.code, said.err.startswith(f"error[{code}]")) == (1, True), said


def test_personal_data_within_json_is_masked_like_that_of_a_column(shell: Shell) -> None:
    people = [
        {
            "id": number,
            "contacts": [{"name": name, "email": f"{login}@example.org", "born": "1990-01-01"}],
            "parts": [{"sku": f"A-{number}"}],
        }
        for number, (name, login) in enumerate([("Иванов Пётр Сергеевич", "ivanov"), ("Сидорова Анна Павловна", "sidorova")] * 3)
    ]
    shell.write("people.json", json.dumps(people, ensure_ascii=False))
    facts = shell.ok("profile", "people.json", "--format", "json")
    assert {column["name"]: column["pii"] for column in facts.data["columns"]} == {"id": None, "contacts": "name", "parts": None}
    shown = [facts.out, *(shell.ok(word, "people.json").out for word in ("profile", "preview"))]
    assert not [text for text in shown for secret in ("Иванов", "Анна", "sidorova") if secret in text]
    assert "A-2" in shown[2]
