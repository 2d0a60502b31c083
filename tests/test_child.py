"""Lists in a table's rows as a table of their own: a spec that reads the rows of another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # comes with Airflow, and without types

from dataeng_ai import build
from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Text
from dataeng_ai.project import find
from dataeng_ai.sources.rows import place
from dataeng_ai.spec.schema import schema

if TYPE_CHECKING:
    from tests.services.airflow import Airflow
    from tests.shell import Shell

REGISTER: list[dict[str, Any]] = [
    {
        "Номер": number,
        "Дата": f"2026-01-{number:02d}",
        "Клиент": {"Имя": f"ООО «Ромашка {number}»", "Город": "Тверь" if number % 2 else "Псков"},
        "Позиции": [
            {
                "Артикул": f"A-{number}-{item}",
                "Цена": item + 0.25,
                "Партии": [{"Код": f"{number}{item}{lot}", "Штук": lot} for lot in range(1, item)],
            }
            for item in range(1, number % 4 + 1)
        ],
        "Метки": ["срочно", "опт"][: number % 3] or None,
    }
    for number in range(1, 31)
]

ITEMS = [(order["Номер"], place, item) for order in REGISTER for place, item in enumerate(order["Позиции"], 1)]
LOTS = [(number, place, at, lot) for number, place, item in ITEMS for at, lot in enumerate(item["Партии"], 1)]
TAGS = [(order["Номер"], place, tag) for order in REGISTER for place, tag in enumerate(order["Метки"] or (), 1)]
CHILDREN = ("register_item", "register_tag", "register_item_batch")

PARENT = """\
version: 1
name: orders
source: {path: "in/*.ndjson", format: ndjson, records: null}
target: {storage: duckdb, table: orders}
columns:
  - {name: id, type: bigint, nullable: false}
  - {name: items, from: Позиции, type: json}
primary_key: [id]
load: {mode: append}
partition: null
order_by: null
schedule: null
quality: null
on_schema_change: {new_column: freeze}
"""
CHILD = """\
version: 1
name: items
source: {spec: orders, records: items}
target: {storage: duckdb, table: items}
columns:
  - {name: order_id, from: ../id, type: bigint, nullable: false}
  - {name: position, from: .position, type: integer, nullable: false}
  - {name: name, from: имя, type: text}
  - {name: number, from: число, type: "decimal(38, 2)"}
  - {name: deeper, from: глубже, type: json}
primary_key: [order_id, position]
load: {mode: append}
partition: null
order_by: null
schedule: {after: [orders]}
quality: null
on_schema_change: {new_column: freeze, dropped_column: evolve}
"""


def written(shell: Shell, data: object = REGISTER) -> None:
    shell.write("register.json", json.dumps(data, ensure_ascii=False, indent=1))


def specs(folder: Path, parent: str = PARENT, child: str = CHILD) -> None:
    (folder / "specs").mkdir(exist_ok=True)
    (folder / "specs/orders.yaml").write_text(parent, "utf-8")
    (folder / "specs/items.yaml").write_text(child, "utf-8")


def orders(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def item(name: str | None = "чай", **more: Any) -> dict[str, Any]:
    return {"имя": name, "число": 1.5, "глубже": [1], **more}


def asked(sql: str, url: str | None = None, folder: Path = Path()) -> list[tuple[Any, ...]]:
    """Ask a storage past the product: the database at the URL, else the project's own."""
    if url is None:
        with duckdb.connect(str(folder / ".dataeng/warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(url) as server:
        return server.execute(sql.encode()).fetchall()


@pytest.fixture(params=["duckdb", "postgres"])
def url(request: pytest.FixtureRequest, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """A project that has the storage, and where that is past the product."""
    if request.param == "duckdb":
        return None
    found: str = request.getfixturevalue("postgres")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", found)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    return found


def split(shell: Shell) -> None:
    """Draft and fill a register and all its lists."""
    written(shell)
    shell.ok("new", "register", "Register of orders", "--source", "register.json", "--split")
    assert {path.stem for path in shell.folder.glob("specs/*.yaml")} == {"register", *CHILDREN}
    for name in ("register", *CHILDREN):
        shell.ok("fill", name, "--model", "rules")


def test_a_register_and_its_lists_go_through_every_command(shell: Shell, url: str | None) -> None:
    split(shell)
    shell.ok("check")
    shell.ok("compile")
    for name in CHILDREN:
        assert shell.ok("preview", name, "--rows", "all", "--format", "json").data
    for name, count in zip(("register", *CHILDREN), (30, len(ITEMS), len(TAGS), len(LOTS)), strict=True):
        counts = shell.ok("run", name, "--format", "json").data
        assert (counts["rows_in"], counts["rows_loaded"]) == (count, count)
        assert shell.ok("run", name, "--format", "json").data["state"] == "done"
    number, position = "register_number", "position"
    found = asked(f"SELECT {number}, {position}, sku, price FROM register_item ORDER BY 1, 2", url)
    assert [(*row[:3], float(row[3])) for row in found] == [(order, at, each["Артикул"], each["Цена"]) for order, at, each in ITEMS]
    assert asked(f"SELECT {number}, {position}, value FROM register_tag ORDER BY 1, 2", url) == TAGS
    found = asked(f"SELECT {number}, register_item_{position}, {position}, code, pieces FROM register_item_batch ORDER BY 1, 2, 3", url)
    assert [(*row[:3], str(row[3]), row[4]) for row in found] == [(*lot[:3], lot[3]["Код"], lot[3]["Штук"]) for lot in LOTS]


def test_a_child_follows_its_parent(shell: Shell, url: str | None) -> None:
    split(shell)
    for name in ("register", "register_item"):
        shell.ok("run", name)
    written(shell, REGISTER[:10])
    assert shell.ok("run", "register_item", "--format", "json").data["state"] == "done"
    shell.ok("run", "register")
    shell.ok("run", "register_item")
    left = [(order, at) for order, at, _ in ITEMS if order <= 10]
    assert asked("SELECT register_number, position FROM register_item ORDER BY 1, 2", url) == left
    (source,) = {row[0] for row in asked("SELECT _source_file FROM register_item", url)}
    assert [source] == [f"register/{row[0]}" for row in asked("SELECT DISTINCT _load_id FROM register", url)]


def test_a_parent_in_one_storage_has_a_child_in_another(shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    there = CHILD.replace("storage: duckdb, table: items", "storage: postgres, connection: warehouse, table: public.items")
    specs(shell.folder, child=there)
    orders(shell.folder, "a.ndjson", {"id": 1, "Позиции": [item(), item("кофе")]}, {"id": 2, "Позиции": None})
    shell.ok("run", "orders")
    shell.ok("run", "items")
    assert asked("SELECT order_id, position, name FROM items ORDER BY 2", postgres) == [(1, 1, "чай"), (1, 2, "кофе")]
    back = [text.replace("orders", "goods").replace("items", "parts") for text in (PARENT, CHILD)]
    shell.write(
        "specs/goods.yaml", back[0].replace("storage: duckdb, table: goods", "storage: postgres, connection: warehouse, table: goods")
    )
    shell.write("specs/parts.yaml", back[1])
    shell.ok("run", "goods")
    shell.ok("run", "parts")
    assert asked("SELECT order_id, position FROM parts ORDER BY 2", folder=shell.folder) == [(1, 1), (1, 2)]


def test_what_is_appended_to_the_parent_is_appended_to_the_child_once(shell: Shell) -> None:
    specs(shell.folder)
    orders(shell.folder, "a.ndjson", {"id": 1, "Позиции": [item("a"), item("b")]}, {"id": 2, "Позиции": []})
    shell.ok("run", "orders")
    shell.ok("run", "items")
    orders(shell.folder, "b.ndjson", {"id": 3, "Позиции": [item("c")]})
    shell.ok("run", "orders")
    counts = shell.ok("run", "items", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_skipped"]) == (3, 1, 2)
    assert asked("SELECT name FROM items ORDER BY order_id, position") == [("a",), ("b",), ("c",)]
    assert asked("SELECT count(DISTINCT _source_file), count(DISTINCT _load_id) FROM items") == [(2, 2)]
    assert shell.ok("run", "items", "--format", "json").data["state"] == "done"


def test_a_merge_brings_loads_not_seen_yet_and_all_of_them_under_another_spec(shell: Shell) -> None:
    specs(shell.folder, PARENT.replace("mode: append", "mode: merge"), CHILD.replace("mode: append", "mode: merge"))
    orders(shell.folder, "a.ndjson", {"id": 1, "Позиции": [item("a")]}, {"id": 2, "Позиции": [item("b")]})
    shell.ok("run", "orders")
    shell.ok("run", "items")
    orders(shell.folder, "a.ndjson", {"id": 2, "Позиции": [item("B"), item("c")]})
    shell.ok("run", "orders")
    shell.ok("run", "items")
    assert asked("SELECT order_id, position, name FROM items ORDER BY 1, 2") == [(1, 1, "a"), (2, 1, "B"), (2, 2, "c")]
    text = (shell.folder / "specs/items.yaml").read_text("utf-8")
    shell.write("specs/items.yaml", text.replace("from: имя, type: text", "from: имя, type: text, parse: {null_values: [a]}"))
    shell.ok("run", "items")
    assert asked("SELECT name FROM items ORDER BY order_id, position") == [(None,), ("B",), ("c",)]


def test_a_parent_that_was_not_loaded_is_said_in_one_line(shell: Shell) -> None:
    specs(shell.folder)
    orders(shell.folder, "a.ndjson", {"id": 1, "Позиции": [item()]})
    said = shell.spec("run", "items")
    assert said.code == 1
    assert "error[E514]: the pipeline `orders` has not run yet" in said.err
    assert "= help: spec run orders" in said.err


def test_what_is_no_item_is_put_aside_with_the_row_that_holds_it(shell: Shell) -> None:
    specs(shell.folder, child=CHILD.replace("mode: append", "mode: append, max_rejects: 9"))
    bad = [item(), 5, None, [item()], item(число="много")]
    orders(shell.folder, "a.ndjson", {"id": 1, "Позиции": {"имя": "одна"}}, {"id": 2, "Позиции": bad}, {"id": 3, "Позиции": "нет"})
    shell.ok("run", "orders")
    counts = shell.ok("run", "items", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (7, 2, 5)
    found = shell.ok("rejects", "items", "--format", "json").data
    assert [(int(one["line"]), one["column"]) for one in found] == [(2, None), (2, None), (2, None), (2, "number"), (3, None)]
    assert [one["raw"] for one in found][:2] == ["5", "null"]
    assert json.loads(found[3]["raw"]) == bad[-1]
    assert {one["reason"] for one in found} == {"not an object", "not a decimal(38, 2)", "neither a list nor an object"}


def test_lists_within_items_and_names_of_the_source_are_records_too() -> None:
    columns = [("id", "id"), ("items", "Позиции"), ("odd.name", "odd.name"), ("x", "Позиции, шт.")]
    assert place("items", columns) == (1, None)
    assert place("Позиции", columns) == (1, None)
    assert place("items.lots.parts", columns) == (1, "lots.parts")
    assert place("Позиции.Партии", columns) == (1, "Партии")
    assert place('"odd.name".a', columns) == (2, "a")
    assert place("odd.name", columns) == (2, None)
    assert place("Позиции, шт.", columns) == (3, None)
    assert place("nothing", columns) is None


def test_lists_within_items_are_read_at_once(shell: Shell) -> None:
    lots = CHILD.replace("records: items", "records: items.партии").replace("имя, type: text", "код, type: text")
    specs(shell.folder, child=lots)
    held = [{"партии": [{"код": "a"}, {"код": "b"}]}, {"партии": None}, {}, {"партии": [{"код": "c"}]}]
    orders(shell.folder, "a.ndjson", {"id": 1, "Позиции": held}, {"id": 2, "Позиции": None})
    shell.ok("run", "orders")
    shell.ok("run", "items")
    assert asked("SELECT order_id, position, name FROM items ORDER BY 2") == [(1, 1, "a"), (1, 2, "b"), (1, 3, "c")]


def test_a_list_in_a_cell_of_csv_is_unfolded_as_one_of_json(shell: Shell) -> None:
    rows = "".join(f'{number};"[{{""имя"": ""чай {number}"", ""штук"": {number}}}, {{""имя"": ""мёд""}}]"\n' for number in range(1, 9))
    shell.write("in.csv", f"id;Позиции\n{rows}9;\n")
    shell.ok("new", "orders", "--source", "in.csv", "--split")
    shell.ok("fill", "orders", "--model", "rules")
    (name,) = (path.stem for path in Path("specs").glob("orders_*.yaml") if ".lock" not in path.name)
    shell.ok("fill", name, "--model", "rules")
    shell.ok("run", "orders")
    assert shell.ok("run", name, "--format", "json").data["rows_loaded"] == 16
    assert "1 of 9 rows of `orders` have no items" in shell.ok("profile", name).out


def test_another_parent_is_another_child(shell: Shell) -> None:
    specs(shell.folder)
    shell.ok("compile")
    assert shell.ok("compile").out == "nothing to change\n"
    before = shell.folder.joinpath("build/dags/items/source.sql").read_text("utf-8")
    shell.write("specs/orders.yaml", PARENT.replace("table: orders", "table: sales"))
    assert shell.spec("compile", "--check").code == 1
    shell.ok("compile")
    after = shell.folder.joinpath("build/dags/items/source.sql").read_text("utf-8")
    assert after == before.replace('FROM "orders"', 'FROM "sales"') != before
    inputs = json.loads(shell.folder.joinpath("build/manifest.json").read_text("utf-8"))["pipelines"]["items"]["inputs"]
    assert set(inputs) == {"specs/items.yaml", "specs/orders.yaml"}


@pytest.mark.parametrize("fault", ["stage.copied", "publish.applied"])
def test_a_load_of_a_child_that_was_killed_is_finished_by_the_next(shell: Shell, fault: str) -> None:
    specs(shell.folder)
    orders(shell.folder, "a.ndjson", *({"id": number, "Позиции": [item(), item()]} for number in range(9)))
    shell.ok("run", "orders")
    command = [sys.executable, "-m", "dataeng_ai", "run", "items"]
    killed = subprocess.run(command, env={**os.environ, "DATAENG_FAULT": fault}, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    shell.ok("run", "items")
    assert asked("SELECT count(*), count(DISTINCT (order_id, position)) FROM items") == [(18, 18)]


QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""No shrinking: an example is small as it is drawn, and costs two loads."""
DEEP = st.recursive(st.integers() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.booleans(), st.lists)
NAMES = st.none() | st.text(st.sampled_from('абвё "\\/\n\t{}[]1.😀'), max_size=6)
LISTED = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "имя": NAMES,
            "число": st.none() | st.decimals(-(10**9), 10**9, places=2).map(float),
            "глубже": st.lists(DEEP, max_size=3),
        },
    ),
    max_size=4,
)


@settings(max_examples=6, phases=QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lists=st.lists(st.none() | LISTED, min_size=1, max_size=12))
def test_rows_and_their_items_join_back_to_the_lists_in_order(tmp_path_factory: pytest.TempPathFactory, lists: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("law")
    (folder / "dataeng.yaml").write_text("version: 1\n")
    specs(folder)
    orders(folder, "a.ndjson", *({"id": number, "Позиции": held} for number, held in enumerate(lists)))
    project = find(folder)
    build.run_spec("orders", project)
    report = build.run_spec("items", project)
    assert (report.rows_in, report.rows_rejected) == (sum(len(held or ()) for held in lists), 0)
    joined: dict[int, list[Any]] = {number: [] for number in range(len(lists))}
    for order, position, *values in asked("SELECT order_id, position, name, number, deeper FROM items ORDER BY 1, 2", folder=folder):
        joined[order].append(values)
        assert position == len(joined[order])
    for number, held in enumerate(lists):
        plain = [(each.get("имя"), each.get("число"), each.get("глубже")) for each in held or ()]
        back = [(name, None if number is None else float(number), deeper and json.loads(deeper)) for name, number, deeper in joined[number]]
        assert back == plain


def test_the_dag_of_a_child_waits_for_the_asset_of_its_parent(shell: Shell, airflow: Airflow) -> None:
    specs(shell.folder)
    shell.ok("compile")
    seen = airflow.parse(shell.folder / "build/dags")
    assert seen["errors"] == {}
    assert "dataeng://pipelines/orders" in str(seen["dags"]["items"]["dag"]["timetable"])


def test_hostile_names_of_a_parent_are_nothing_but_names(shell: Shell, url: str | None) -> None:
    key, held = "'); DROP TABLE x; --", 'и"д {{ x }}'
    where = "storage: postgres, connection: warehouse, table: " if url else "storage: duckdb, table: "
    parent = PARENT.replace("storage: duckdb, table: orders", f'{where}"мир.or""ders"'.replace('or""ders', "or'ders"))
    parent = parent.replace("{name: id,", f"{{name: {json.dumps(key)}, from: id,").replace(
        "primary_key: [id]", f"primary_key: [{json.dumps(key)}]"
    )
    parent = parent.replace("{name: items,", f"{{name: {json.dumps(held, ensure_ascii=False)},")
    child = CHILD.replace("records: items", f"records: {json.dumps(held, ensure_ascii=False)}").replace("../id", json.dumps(f"../{key}"))
    specs(shell.folder, parent, child.replace("storage: duckdb, table: ", where))
    orders(shell.folder, "a.ndjson", {"id": 7, "Позиции": [item("'); DROP TABLE items; --"), item('"\\')]})
    shell.ok("run", "orders")
    shell.ok("run", "items")
    assert asked("SELECT order_id, name FROM items ORDER BY position", url) == [(7, "'); DROP TABLE items; --"), (7, '"\\')]


def test_two_specs_that_read_each_other_end_in_one_line(shell: Shell) -> None:
    ring = CHILD.replace("from: глубже, ", "").replace("spec: orders", "spec: items").replace("name: items\n", "name: orders\n")
    specs(shell.folder, ring, CHILD)
    for name in ("orders", "items"):
        said = shell.spec("compile", name)
        assert said.code == 1
        assert "error[E280]: these specs read each other's rows in a circle" in said.err


@pytest.mark.parametrize("strict", [True, False])
def test_an_editor_s_schema_takes_a_child_without_a_format_and_no_files_beside_it(*, strict: bool) -> None:
    fits = Draft202012Validator(schema(strict=strict)).is_valid
    plain = drafts.read(Text("items.yaml", CHILD)).plain
    assert fits(plain)
    assert not fits({**plain, "source": {"spec": "orders", "records": "items", "path": "a.csv"}})
