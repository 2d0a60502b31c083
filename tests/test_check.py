"""What `check` promises: a complete spec passes, a wrong one never raises, all at once, every code has its page."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # comes with Airflow, and without types

from dataeng_ai import draft as drafts
from dataeng_ai import ir
from dataeng_ai.check import Checked, check, explain, open_holes, rules, with_defaults
from dataeng_ai.diagnostics import Problems, Text, as_dicts, render
from dataeng_ai.draft import AUTO
from dataeng_ai.lower import lower
from dataeng_ai.project import Project
from dataeng_ai.spec.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PROJECT = Project(ROOT, connections={"landing": "files", "warehouse": "postgres"})
COMPLETE = """\
version: 1
name: orders
about: Orders of the shop, every night.
source:
  connection: landing
  path: "orders/*.csv"
  format: csv
  csv: {delimiter: ";", quote: '"', escape: '"', header: true, encoding: cp1251, null_values: ["", "NA"]}
target: {storage: postgres, connection: warehouse, table: shop.orders}
columns:
  - {name: order_id, type: bigint, nullable: false, description: "One order"}
  - {name: sold_at, from: Дата, type: timestamptz, parse: {timezone: Europe/Moscow, format: "%d.%m.%Y %H:%M"}}
  - {name: price, from: Цена, type: "decimal(10, 2)", unit: RUB, parse: {decimal: ",", thousands: " "}}
  - {name: state, type: text, values: [new, paid], physical: {postgres: "varchar(10)"}}
  - {name: phone, type: text, pii: {category: phone, handling: mask}}
primary_key: [order_id]
load: {mode: merge, cursor: sold_at, max_rejects: 0.1%}
partition: null
order_by: null
indexes: [[sold_at], [state, price]]
schedule: {cron: "0 3 * * mon-fri", timezone: Europe/Moscow, start_date: 2026-01-01}
run: {retries: 3, retry_delay: 90s, timeout: 2h, memory: 2GiB, threads: 2}
quality:
  - {check: range, columns: [price], min: 0, max: 99999.99, severity: warn}
  - {check: row_count, min: 1}
  - {check: freshness, columns: [sold_at], max_age: 2d}
  - {check: pattern, columns: [phone, state], pattern: "[^ ]+"}
on_schema_change: {new_column: evolve, dropped_column: freeze, type_change: freeze}
"""


def checked(text: str, project: Project = PROJECT) -> Checked:
    return check(drafts.read(Text("specs/orders.yaml", text)), project)


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in checked(text).diagnostics]


def test_a_complete_spec_passes_without_a_word() -> None:
    found = checked(COMPLETE)
    assert found.diagnostics == ()
    assert found.spec is not None
    assert found.spec.columns[2].from_ == "Цена"


def test_a_spec_with_a_warning_alone_is_complete() -> None:
    found = checked(COMPLETE.replace("  connection: landing\n", ""))
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["W223"]
    assert found.diagnostics[0].severity == "warning"
    assert found.spec is not None


def test_all_problems_are_reported_at_once_in_the_order_of_the_text() -> None:
    text = (
        COMPLETE.replace("type: bigint", "type: int").replace("primary_key: [order_id]", "primary_key: [id]").replace("0 3 * *", "0 33 * *")
    )
    found = checked(text).diagnostics
    assert [diagnostic.code for diagnostic in found] == ["E105", "E201", "E230"]
    assert [diagnostic.span.line for diagnostic in found if diagnostic.span] == [11, 16, 21]


@pytest.mark.parametrize("line", [line for line in COMPLETE.splitlines() if re.match(r"(partition|order_by|schedule|on_schema)", line)])
def test_a_deleted_decided_line_is_open_and_not_wrong(line: str) -> None:
    key = line.partition(":")[0]
    found = checked(COMPLETE.replace(line + "\n", "")).diagnostics
    assert [(diagnostic.code, diagnostic.message) for diagnostic in found] == [("E101", f"`{key}` is open")]
    assert "spec fill orders" in found[0].help
    assert (f"{key}: null" in found[0].help) == (key != "on_schema_change")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("mode: merge", "mode: mrege"), ("severity: warn", "severty: warn"), ("format: csv", "fromat: csv"), ("nullable:", "nulable:")],
)
def test_the_edit_of_a_misspelling_repairs_it(wrong: str, right: str) -> None:
    text = COMPLETE.replace(wrong, right)
    edit = next(diagnostic.edit for diagnostic in checked(text).diagnostics if diagnostic.edit)
    assert checked(text[: edit.start] + edit.text + text[edit.end :]).diagnostics == ()


def test_a_default_closes_a_hole_without_being_written() -> None:
    text = re.sub(r"(?m)^(target|on_schema_change|run): .*\n", "", COMPLETE).replace("timezone: Europe/Moscow, start", "start")
    defaults = {
        "owner": "dwh",
        "target": {"storage": "postgres", "connection": "warehouse", "table": "orders"},
        "schedule": {"timezone": "Asia/Omsk"},
        "run": {"retries": 7},
        "on_schema_change": {"new_column": "discard"},
    }
    project = Project(ROOT, connections=PROJECT.connections, defaults=defaults)
    assert ("target", "storage") in open_holes(drafts.read(Text("orders.yaml", text)), PROJECT)
    assert open_holes(drafts.read(Text("orders.yaml", text)), project) == ()
    spec = checked(text, project).spec
    assert spec is not None
    pipeline = lower(spec, project)
    assert (pipeline.owner, pipeline.run.retries, pipeline.drift.new_column) == ("dwh", 7, "discard")
    assert (pipeline.schedule and pipeline.schedule.timezone, pipeline.target.connection) == ("Asia/Omsk", "warehouse")


def test_a_default_never_takes_the_place_of_what_is_written() -> None:
    assert with_defaults({"owner": "me", "run": {"retries": 1}}, {"owner": "dwh", "run": {"retries": 2, "timeout": "5m"}}) == {
        "owner": "me",
        "run": {"retries": 1, "timeout": "5m"},
    }
    assert with_defaults({"schedule": None}, {"schedule": {"timezone": "UTC"}}) == {"schedule": None}


def test_a_default_time_zone_is_no_schedule_and_a_default_connection_is_for_its_storage() -> None:
    assert with_defaults({"schedule": AUTO}, {"schedule": {"timezone": "UTC"}}) == {"schedule": AUTO}
    default = {"target": {"storage": "postgres", "connection": "warehouse"}}
    assert with_defaults({"target": {"storage": "duckdb"}}, default) == {"target": {"storage": "duckdb"}}


def test_a_fault_that_comes_from_a_default_says_so() -> None:
    project = Project(ROOT, connections=PROJECT.connections, defaults={"schedule": {"timezone": "MSK"}})
    text = COMPLETE.replace("timezone: Europe/Moscow, start", "start")
    (found,) = checked(text, project).diagnostics
    assert found.code == "E231"
    assert "defaults" in found.notes[0]


@pytest.mark.parametrize(
    "form", ["password: 'hunter2 \"x'", 'dsn: "postgres://me:hunter2@host/db"', "note: 'token=hunter2'", "api_key: hunter2"]
)
def test_a_secret_is_found_and_shown_in_no_format(form: str) -> None:
    text = COMPLETE.replace("about:", f"owner: [hunter2]\nmeta: {{{form}, mode: x}}\nabout:")
    diagnostics = checked(text).diagnostics
    assert "E250" in [diagnostic.code for diagnostic in diagnostics]
    drawn = render([d for d in diagnostics if d.code != "E104"], [Text("specs/orders.yaml", text)])
    assert "hunter2" not in drawn + json.dumps(as_dicts(diagnostics))


def test_two_columns_may_differ_in_case_where_the_storage_tells_them_apart() -> None:
    text = COMPLETE.replace("  - {name: phone", "  - {name: Phone, type: text}\n  - {name: phone")
    assert codes(text) == []
    duckdb = text.replace("{storage: postgres, connection: warehouse, table: shop.orders}", "{storage: duckdb, table: orders}")
    assert codes(duckdb) == ["E202", "E220"]


@pytest.mark.parametrize("cron", ["*/5 * * * *", "0 3 1,15 * *", "0 8-18/2 * JAN-MAR 1-5", "59 23 31 12 7", "0 0 29 2 *", "0 0 30 2 1"])
def test_a_good_cron_expression_passes(cron: str) -> None:
    assert codes(COMPLETE.replace("0 3 * * mon-fri", cron)) == []


@pytest.mark.parametrize(
    "cron", ["", "* * * *", "0 0 * * * *", "0 0 L * *", "0 0 ? * *", "61 * * * *", "0 0 31 4 *", "@reboot", "5-1 * * * *", "*/x * * * *"]
)
def test_a_bad_cron_expression_is_refused(cron: str) -> None:
    assert codes(COMPLETE.replace("0 3 * * mon-fri", cron))[:1] in (["E230"], ["E108"])


def test_a_circle_of_waiting_specs_is_found_from_each_of_them_and_from_none_that_only_waits_for_it(tmp_path: Path) -> None:
    def waiting(name: str, after: str) -> str:
        clock = 'cron: "0 3 * * mon-fri", timezone: Europe/Moscow, start_date: 2026-01-01'
        return COMPLETE.replace("name: orders", f"name: {name}", 1).replace(clock, f"after: [{after}]")

    project = Project(tmp_path, connections=PROJECT.connections)
    project.specs_dir.mkdir()
    texts = {name: waiting(name, after) for name, after in {"hen": "egg, clock", "egg": "hen", "chick": "hen"}.items()}
    texts["clock"] = COMPLETE.replace("name: orders", "name: clock", 1)
    for name, text in texts.items():
        (project.specs_dir / f"{name}.yaml").write_text(text, "utf-8")
    found = {}
    for name, text in texts.items():
        draft = drafts.read(Text(f"specs/{name}.yaml", text))
        found[name] = [diagnostic.message for diagnostic in check(draft, project).diagnostics]
    circle = "these specs wait for each other in a circle: "
    assert found == {"hen": [f"{circle}`hen`, `egg`, `hen`"], "egg": [f"{circle}`egg`, `hen`, `egg`"], "chick": [], "clock": []}


@pytest.mark.parametrize(
    ("pattern", "fine"),
    [("[A-Z]{2}\\d+", True), ("(?:a|b)*?", True), (r"\\b", True), (r"\b", False), (r"(.)\1", False), ("(?P<x>a)", False), ("a++", False)],
)
def test_a_regular_expression_passes_when_every_storage_reads_it(pattern: str, *, fine: bool) -> None:
    assert codes(COMPLETE.replace('"[^ ]+"', json.dumps(pattern))) == ([] if fine else ["E263"])


@pytest.mark.parametrize(
    "name", ["Дата продажи", 'a"b', "select", "😀", "{{ x }}", "'); DROP TABLE orders; --", "a\nb", "x" * 63, "ы" * 31]
)
def test_a_hostile_name_of_a_column_is_only_a_name(name: str) -> None:
    quoted = json.dumps(name, ensure_ascii=False)
    text = COMPLETE.replace("name: phone", f"name: {quoted}").replace("columns: [phone, state]", f"columns: [{quoted}]")
    found = checked(text)
    assert found.diagnostics == ()
    assert found.spec is not None
    assert lower(found.spec, PROJECT).columns[-1].name == name


# A folder that is a link is not looked into by itself.
SOURCES = [path for room in ("dataeng_ai", "magics") for path in (ROOT / room).rglob("*.py")]


def test_every_code_in_the_source_has_a_page() -> None:
    used = {code for path in SOURCES for code in re.findall(r'"([EW]\d{3})"', path.read_text(encoding="utf-8"))}
    without = sorted(code for code in used if not _has_page(code))
    assert without == []


def _has_page(code: str) -> bool:
    try:
        return len(explain(code).split()) > 3
    except KeyError:
        return False


@pytest.mark.parametrize(("storage", "width", "found"), [("postgres", 1596, []), ("postgres", 1597, ["E213"]), ("duckdb", 2000, [])])
def test_a_table_wider_than_the_storage_holds_is_refused(storage: str, width: int, found: list[str]) -> None:
    wide = "".join(f"  - {{name: c{place}, type: text}}\n" for place in range(width - COMPLETE.count("  - {name: ")))
    text = COMPLETE.replace("primary_key:", f"{wide}primary_key:", 1)
    if storage == "duckdb":
        text = text.replace("storage: postgres, connection: warehouse", "storage: duckdb").replace(
            "indexes: [[sold_at], [state, price]]\n", ""
        )
    assert [code for code in codes(text) if code.startswith("E")] == found


@pytest.mark.parametrize("code", rules.RULES)
def test_the_page_of_a_rule_shows_what_is_wrong_and_how_it_is_made_right(code: str) -> None:
    assert "Example: " in explain(code)
    assert "Fix: " in explain(code)
    assert explain(code.lower()) == explain(code)


def test_the_schema_of_a_draft_lets_decisions_be_open_and_that_of_a_spec_does_not() -> None:
    loose, strict = schema(), schema(strict=True)
    assert set(loose["required"]) == {"version", "name", "source"}
    assert {"target", "columns", "load", "partition"} <= set(strict["required"])
    assert {"const": "auto", "title": "to be decided by fill"} in loose["properties"]["schedule"]["anyOf"]
    assert all({"description", "$ref"} & set(inner) for inner in strict["properties"].values())
    assert "oneOf" not in json.dumps(loose)


def test_a_complete_spec_fits_both_schemas_and_a_draft_that_of_a_draft_alone() -> None:
    strict, loose = (Draft202012Validator(schema(strict=strict)) for strict in (True, False))
    complete = drafts.read(Text("orders.yaml", COMPLETE)).plain
    draft = {"version": 1, "name": "x", "source": {"path": "a.csv", "csv": None}, "load": "auto", "target": {"storage": "auto"}}
    assert strict.is_valid(complete)
    assert loose.is_valid(complete)
    assert loose.is_valid(draft)
    assert not strict.is_valid(draft)
    assert not loose.is_valid({**draft, "lod": "auto"})


def test_the_schema_in_the_repository_is_the_generated_one(*, update: bool) -> None:
    path = ROOT / "specs" / "spec.schema.json"
    drawn = json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
    if update:
        path.write_text(drawn, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == drawn


WORDS = st.sampled_from(
    [
        "auto",
        "null",
        "merge",
        "full",
        "range",
        "csv",
        "postgres",
        "duckdb",
        "price",
        "order_id",
        "",
        "10%",
        "5m",
        "0 3 * * *",
        "a.b",
        "{{ x }}",
        "decimal(10, 2)",
        "9" * 5000,
        f"decimal({'9' * 5000}, 2)",
        f"{'9' * 5000} * * * *",
        "[[a]--b]",
        "01",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | WORDS | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=3), max_leaves=6
)


def places(value: object, path: drafts.Path = ()) -> Iterator[drafts.Path]:
    yield path
    entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in entries:
        yield from places(inner, (*path, key))


LEAVES = [path for path in places(drafts.read(Text("orders.yaml", COMPLETE)).plain) if path]


@pytest.mark.parametrize("path", LEAVES, ids=str)
def test_a_secret_at_any_place_of_a_spec_is_found_and_never_shown(path: drafts.Path) -> None:
    spec: Any = copy.deepcopy(drafts.read(Text("orders.yaml", COMPLETE)).plain)
    owner = spec
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = "postgres://anna:hunter2@db.example.org/shop"
    text = Text("orders.yaml", json.dumps(spec, ensure_ascii=False))
    diagnostics = check(drafts.read(text), PROJECT).diagnostics
    assert "E250" in [diagnostic.code for diagnostic in diagnostics]
    assert "hunter2" not in render(diagnostics, [text]) + json.dumps(as_dicts(diagnostics))


@settings(max_examples=400)
@given(st.data())
def test_no_data_whatever_makes_check_raise_and_what_passes_lowers(data: st.DataObject) -> None:
    spec = copy.deepcopy(drafts.read(Text("orders.yaml", COMPLETE)).plain)
    for _ in range(data.draw(st.integers(1, 3), "changes")):
        path = data.draw(st.sampled_from([path for path in places(spec) if path]), "place")
        owner: Any = spec
        for step in path[:-1]:
            owner = owner[step]
        if isinstance(owner, dict) and data.draw(st.booleans(), "remove"):
            del owner[path[-1]]
        else:
            owner[path[-1]] = data.draw(VALUES, "value")
    text = json.dumps(spec, ensure_ascii=False, indent=1).replace("Infinity", ".inf").replace("NaN", ".nan")
    try:
        draft = drafts.read(Text("orders.yaml", text))
    except Problems:
        return
    found = check(draft, PROJECT)
    assert render(found.diagnostics, [draft.text]) or found.spec
    if found.spec is not None:
        pipeline = lower(found.spec, PROJECT)
        assert ir.from_dict(ir.to_dict(pipeline)) == pipeline
