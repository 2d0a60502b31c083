"""What only the data can tell about a spec: each rule fires where it must, at the right place, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai import draft as drafts
from dataeng_ai.check import check
from dataeng_ai.check.prove import prove
from dataeng_ai.diagnostics import Text
from dataeng_ai.profile import profile_spec
from dataeng_ai.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.diagnostics import Diagnostic

SPEC = """\
version: 1
name: sales
about: Sales.
source:
  path: data.csv
  format: csv
  csv: {delimiter: ";", quote: '"', escape: '"', header: true, encoding: utf-8, null_values: [""]}
target: {storage: duckdb, table: sales}
columns:
  - {name: id, type: integer, nullable: false}
  - {name: price, from: Цена, type: "decimal(10, 2)", parse: {decimal: ","}}
  - {name: state, type: text}
  - {name: day, type: date}
primary_key: [id]
load: {mode: full, max_rejects: 0}
partition: null
order_by: null
schedule: null
quality: []
on_schema_change: {new_column: freeze, dropped_column: freeze, type_change: freeze}
"""
ROWS = [f"{number};{number},50;{'new' if number % 2 else 'old'};2024-01-{1 + number % 28:02}" for number in range(200)]


def proved(folder: Path, spec: str = SPEC, rows: list[str] | None = None, header: str = "id;Цена;state;day") -> tuple[Diagnostic, ...]:
    (folder / "data.csv").write_text("\n".join([header, *(ROWS if rows is None else rows)]) + "\n", encoding="utf-8")
    project = Project(folder)
    draft = drafts.read(Text("specs/sales.yaml", spec))
    checked = check(draft, project)
    assert checked.spec is not None, checked.diagnostics
    return prove(checked.spec, profile_spec(draft, project), draft)


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [one.code for one in found]


def only(found: tuple[Diagnostic, ...], code: str) -> Diagnostic:
    assert codes(found) == [code], found
    return found[0]


def said(one: Diagnostic) -> str:
    assert one.span is not None
    return SPEC.splitlines()[one.span.line - 1]


def test_a_spec_that_its_data_bears_out_is_left_alone(tmp_path: Path) -> None:
    assert proved(tmp_path) == ()


def test_a_column_that_the_file_lacks_is_named_with_the_nearest(tmp_path: Path) -> None:
    found = proved(tmp_path, SPEC.replace("from: Цена", "from: Цены").replace("new_column: freeze", "new_column: discard"))
    problem = only(found, "E340")
    assert (problem.help, problem.severity) == ("write `from: Цена`", "error")
    assert problem.span is not None
    assert problem.span.line == 11


def test_a_column_that_the_spec_lacks_stops_a_frozen_load(tmp_path: Path) -> None:
    spec = SPEC.replace("  - {name: state, type: text}\n", "")
    assert "`state`" in only(proved(tmp_path, spec), "E341").message
    assert proved(tmp_path, spec.replace("new_column: freeze", "new_column: evolve")) == ()


def test_cells_of_another_type_are_counted(tmp_path: Path) -> None:
    rows = [*ROWS, "200;abc;new;2024-01-01", "201;1,5;new;2024-02-30"]
    found = proved(tmp_path, rows=rows)
    assert codes(found) == ["E342", "E342"]
    assert found[0].message == "1 cell of `Цена` is no decimal(10, 2)"
    assert "`type: text`" in found[0].help
    bearable = proved(tmp_path, SPEC.replace("max_rejects: 0", "max_rejects: 5%"), rows)
    assert [(one.code, one.severity) for one in bearable] == [("W342", "warning")] * 2


@pytest.mark.parametrize(
    ("line", "instead", "fires"),
    [
        ("name: id, type: integer", "name: id, type: bigint", False),
        ("name: id, type: integer", "name: id, type: smallint", False),
        ("name: id, type: integer", "name: id, type: double", False),
        ("name: id, type: integer", 'name: id, type: "decimal(3, 0)"', False),
        ("name: id, type: integer", 'name: id, type: "decimal(2, 0)"', True),
        ("name: id, type: integer", "name: id, type: boolean", True),
        ("name: day, type: date", "name: day, type: timestamp", False),
        ("name: day, type: date", "name: day, type: timestamptz", True),
        ("name: day, type: date", "name: day, type: time", True),
        ("name: day, type: date", "name: day, type: text", False),
        ("name: state, type: text", "name: state, type: integer", True),
        ('type: "decimal(10, 2)"', 'type: "decimal(10, 1)"', False),
        ('type: "decimal(10, 2)"', 'type: "decimal(10, 0)"', True),
    ],
)
def test_a_wider_type_holds_and_a_narrower_one_does_not(tmp_path: Path, line: str, instead: str, fires: bool) -> None:  # noqa: FBT001  a row of the table
    spec = SPEC.replace(line, instead)
    if 'type: "decimal(10, 1)"' in spec:
        found = proved(tmp_path, spec, [row.replace(",50", ",5") for row in ROWS])
    else:
        found = proved(tmp_path, spec)
    assert codes(found) == (["E342"] if fires else [])


def test_empty_cells_where_none_may_be(tmp_path: Path) -> None:
    rows = [*ROWS, ";1,5;new;2024-01-01"]
    found = [one for one in proved(tmp_path, rows=rows) if one.code == "E343"]
    assert found[0].message == "`id` is a column of the key, and 1 cell of `id` is empty"
    assert "name: id" in said(found[0])


def test_a_key_that_is_the_same_twice(tmp_path: Path) -> None:
    problem = only(proved(tmp_path, rows=[*ROWS, "7;9,99;new;2024-01-05"]), "E344")
    assert said(problem).startswith("primary_key")
    filled = SPEC.replace("day, type: date", "day, type: date, nullable: false").replace(
        "state, type: text", "state, type: text, nullable: false"
    )
    found = proved(tmp_path, filled.replace("primary_key: [id]", "primary_key: [state, day]"))
    problem = only(found, "E344")
    assert problem.help == "proved to be a key: [id]"


def test_values_that_are_not_accepted(tmp_path: Path) -> None:
    problem = only(proved(tmp_path, SPEC.replace("state, type: text", "state, type: text, values: [new]")), "E345")
    assert "`old`" in problem.message
    assert proved(tmp_path, SPEC.replace("state, type: text", "state, type: text, values: [new, old]")) == ()
    quality = SPEC.replace("quality: []", "quality:\n  - {check: accepted_values, columns: [state], values: [old], severity: warn}")
    assert only(proved(tmp_path, quality), "W345").severity == "warning"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{check: range, columns: [price], min: 0}", None),
        ("{check: range, columns: [price], min: 1}", "goes down to 0.50"),
        ("{check: range, columns: [price], max: 99.5}", "goes up to 199.50"),
        ("{check: range, columns: [day], max: 2024-01-27}", "goes up to 2024-01-28"),
        ("{check: range, columns: [day], min: 2024-01-01}", None),
        ("{check: row_count, min: 200}", None),
        ("{check: row_count, min: 201}", "the number of rows goes down to 200"),
    ],
)
def test_bounds_that_the_data_passes(tmp_path: Path, rule: str, expected: str | None) -> None:
    found = proved(tmp_path, SPEC.replace("quality: []", f"quality:\n  - {rule}"))
    assert codes(found) == ([] if expected is None else ["E346"])
    assert expected is None or expected in found[0].message


def test_more_bad_records_than_allowed(tmp_path: Path) -> None:
    rows = [*ROWS, "201;1,5;too;2024-01-01;many"]
    problem = only(proved(tmp_path, rows=rows), "E347")
    assert "line 202" in problem.message
    assert "max_rejects" in said(problem)
    assert proved(tmp_path, SPEC.replace("max_rejects: 0", "max_rejects: 1"), rows) == ()


def test_all_problems_come_at_once_in_the_order_of_the_text(tmp_path: Path) -> None:
    spec = SPEC.replace("quality: []", "quality:\n  - {check: range, columns: [price], min: 1}").replace("from: Цена", "from: Цена")
    found = proved(tmp_path, spec, [*ROWS, "7;x;new;2024-01-05"])
    assert codes(found) == ["E342", "E344", "E346"]
