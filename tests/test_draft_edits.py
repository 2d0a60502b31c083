"""Edits as a person sees them: where fill writes, in what style, what `set` changes, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai.diagnostics import Edit, Problems, Text
from dataeng_ai.draft import AUTO, Draft, apply, fill, holes, parse_path, read, replace, show

if TYPE_CHECKING:
    from dataeng_ai.draft import Path

GIVEN = """\
version: 1
name: tickets
about: Museum ticket sales, every night; analysts chart revenue and visits by day and museum.
source: {connection: landing, path: "tickets/*.csv.gz"}
"""

FILLED = """\
version: 1
name: tickets
about: Museum ticket sales, every night; analysts chart revenue and visits by day and museum.
source: {connection: landing, path: "tickets/*.csv.gz", format: csv, csv: {delimiter: ";", quote: '"', escape: '"', header: true, \
encoding: cp1251, null_values: ["", "NULL"]}}
target: {storage: postgres, connection: warehouse, table: museums.tickets}
columns:
  - {name: ticket_id, type: uuid, nullable: false, description: One sold ticket}
  - {name: sold_at, from: Дата продажи, type: timestamptz, nullable: false}
  - {name: price, from: Цена, type: "decimal(10, 2)", unit: RUB, parse: {decimal: ","}}
primary_key: [ticket_id]
load: {mode: merge, max_rejects: 0.1%}
partition: {by: sold_at, granularity: month}
order_by: [museum_id, sold_at]
schedule: {cron: "0 3 * * *", timezone: Europe/Moscow, start_date: 2026-01-01}
quality:
  - {check: range, columns: [price], min: 0, severity: warn}
on_schema_change: {new_column: evolve, dropped_column: freeze, type_change: freeze}
"""

VALUES: dict[Path, object] = {
    ("quality",): [{"check": "range", "min": 0, "severity": "warn", "columns": ["price"]}],
    ("schedule",): {"start_date": "2026-01-01", "cron": "0 3 * * *", "timezone": "Europe/Moscow"},
    ("source", "csv", "null_values"): ["", "NULL"],
    ("source", "csv"): {"delimiter": ";", "quote": '"', "escape": '"', "encoding": "cp1251", "header": True},
    ("source", "format"): "csv",
    ("target", "storage"): "postgres",
    ("target", "connection"): "warehouse",
    ("target", "table"): "museums.tickets",
    ("columns",): (
        {"name": "ticket_id", "type": "uuid", "nullable": False, "description": "One sold ticket"},
        {"type": "timestamptz", "name": "sold_at", "from": "Дата продажи", "nullable": False},
        {"name": "price", "from": "Цена", "type": "decimal(10, 2)", "unit": "RUB", "parse": {"decimal": ","}},
    ),
    ("primary_key",): ["ticket_id"],
    ("load", "max_rejects"): "0.1%",
    ("load", "mode"): "merge",
    ("partition",): {"by": "sold_at", "granularity": "month"},
    ("order_by",): ["museum_id", "sold_at"],
    ("on_schema_change",): {"new_column": "evolve", "dropped_column": "freeze", "type_change": "freeze"},
}


def spec(text: str) -> Draft:
    return read(Text("specs/x.yaml", text))


def test_a_whole_spec_is_filled_in_canonical_order_and_in_the_persons_style() -> None:
    values = {path: value for path, value in VALUES.items() if path != ("source", "csv", "null_values")}
    values["source", "csv"] = {**values["source", "csv"], "null_values": ["", "NULL"]}  # type: ignore[dict-item]  # it is a mapping
    filled = fill(spec(GIVEN), values)
    assert filled.text.text == FILLED
    assert holes(filled) == ()


def test_filling_hole_by_hole_gives_the_same_text() -> None:
    draft = spec(GIVEN)
    order: dict[Path, object] = {}
    for path, value in VALUES.items():
        order |= (
            {(*path, key): inner for key, inner in value.items()}
            if path == ("source", "csv") and isinstance(value, dict)
            else {path: value}
        )
    for path, value in sorted(order.items(), key=lambda item: item[0] == ("load", "max_rejects")):
        draft = fill(draft, {path: value})
    assert draft.text.text == FILLED


def test_a_document_of_blocks_gets_blocks_with_its_own_indent() -> None:
    text = "name: x\nsource:\n    path: a.csv  # here\n    # below\nquality:\n- check: auto\n"
    values: dict[Path, object] = {
        ("source", "format"): "csv",
        ("source", "csv", "delimiter"): ";",
        ("columns",): [{"name": "a"}, {"name": "b"}],
        ("load",): {"mode": "full"},
        ("quality", 0, "check"): "unique",
    }
    assert fill(spec(text), values).text.text == (
        'name: x\nsource:\n    path: a.csv  # here\n    format: csv\n    csv:\n        delimiter: ";"\n    # below\n'
        "columns:\n- {name: a}\n- {name: b}\nload:\n    mode: full\nquality:\n- check: unique\n"
    )


WRITTEN = [
    ("load: auto\n", {("load", "mode"): "full"}, "load:\n  mode: full\n"),
    ("a:\n  b: 1\nload: auto # c\n", {("load", "mode"): "full"}, "a:\n  b: 1\nload: # c\n  mode: full\n"),
    ("a:\n  b: 1\nload:\n# c\n", {("load", "mode"): "full"}, "a:\n  b: 1\nload:\n  mode: full\n# c\n"),
    ("order_by:   # c\n", {("order_by",): ["a"]}, "order_by: [a]   # c\n"),
    ("{order_by: , name: x}\n", {("order_by",): ["a"]}, "{order_by: [a], name: x}\n"),
    ("{name: x}", {("order_by",): ["a"]}, "{name: x, order_by: [a]}"),
    ("{schedule: null}", {("order_by",): ["a"]}, "{order_by: [a], schedule: null}"),
    ("name: x", {("order_by",): ["a"]}, "name: x\norder_by: [a]"),
    ("name: x\n\n\n# end\n", {("order_by",): ["a"]}, "name: x\norder_by: [a]\n\n\n# end\n"),
    ("about: |\n  text\n\n\nrun: {}\n", {("order_by",): ["a"]}, "about: |\n  text\norder_by: [a]\n\n\nrun: {}\n"),
    ("about: |+\n  text\n\n\nrun: {}\n", {("order_by",): ["a"]}, "about: |+\n  text\n\n\norder_by: [a]\nrun: {}\n"),
    ("name: x\nabout: |\n  text", {("order_by",): ["a"]}, "name: x\norder_by: [a]\nabout: |\n  text"),
    ("# head\nrun: {}\n", {("order_by",): ["a"]}, "# head\norder_by: [a]\nrun: {}\n"),
    ("columns:\n  - {name: a}\n", {("columns", 0, "type"): "decimal(10, 2)"}, 'columns:\n  - {name: a, type: "decimal(10, 2)"}\n'),
    ("columns:\n  - name: a\n", {("columns", 0, "type"): "text"}, "columns:\n  - name: a\n    type: text\n"),
    (
        "columns:\n  - {name: a, parse: auto}\n",
        {("columns", 0, "parse"): {"decimal": ","}},
        'columns:\n  - {name: a, parse: {decimal: ","}}\n',
    ),
    ("columns: auto\n", {("columns",): [{"name": "a"}]}, "columns:\n  - {name: a}\n"),
    ("partition: auto\n", {("partition",): None}, "partition: null\n"),
    ("\ufeffname: x\r\n", {("order_by",): []}, "\ufeffname: x\r\norder_by: []\r\n"),
]


@pytest.mark.parametrize(("text", "values", "expected"), WRITTEN, ids=[repr(text) for text, _, _ in WRITTEN])
def test_a_hole_is_filled_in_its_place(text: str, values: dict[Path, object], expected: str) -> None:
    assert fill(spec(text), values).text.text == expected


def test_what_is_optional_is_written_only_where_it_is_asked_for_or_made() -> None:
    text = "load: {mode: full}\nrun: auto\ntarget: auto\n"
    draft = fill(spec(text), {("run",): {"retries": 3}, ("target", "storage"): "duckdb"})
    assert draft.created == {("run",), ("target",)}
    assert fill(draft, {("target", "adopt"): True}).get(("target", "adopt")) is True
    for path in [("load", "max_rejects"), ("owner",), ("load", "mode"), ("nonsense",), ("run", "nonsense", "x")]:
        with pytest.raises(ValueError, match="not a hole"):
            fill(spec(text.replace("run: auto\n", "")), {path: "x"})


def test_filling_nothing_returns_the_same_draft() -> None:
    draft = spec(GIVEN)
    assert fill(draft, {}) is draft


SET = [
    ("load: {mode: full} # c\n", "load.mode", "merge", "load: {mode: merge} # c\n"),
    ("load:\n  # a\n  mode: full # c\nrun: {}\n", "load", {"mode": "merge"}, "load: {mode: merge}\n  # a # c\nrun: {}\n"),
    ("order_by:\n- a # one\n- b # two\nrun: {}\n", "order_by", ["c"], "order_by: [c] # two\nrun: {}\n"),
    ("columns:\n  - name: a\n    type: text # c\n", "columns.a", {"name": "b"}, "columns:\n  - {name: b} # c\n"),
    ("about: |\n  text\n\nrun: {}\n", "about", "new", "about: new\n\nrun: {}\n"),
    ("about: one\n  two # c\n", "about", "no", 'about: "no" # c\n'),
    ("order_by: [a, b]\n", "order_by[1]", "c", "order_by: [a, c]\n"),
    ("name: x\n", "load.mode", "full", "name: x\nload:\n  mode: full\n"),
    ("{name: x}\n", "load.mode", "full", "{name: x, load: {mode: full}}\n"),
    ("partition: null\n", "partition.by", "a", "partition:\n  by: a\n"),
    ("load: auto\n", "load.mode", "full", "load:\n  mode: full\n"),
    ("load: {mode: full}\n", "load", AUTO, "load: auto\n"),
    ("name: x\n", "nonsense", 1, "name: x\nnonsense: 1\n"),
]


@pytest.mark.parametrize(("text", "path", "value", "expected"), SET, ids=[f"{text!r} {path}" for text, path, _, _ in SET])
def test_set_changes_one_value(text: str, path: str, value: object, expected: str) -> None:
    draft = spec(text)
    assert replace(draft, parse_path(path, draft.data), value).text.text == expected


@pytest.mark.parametrize("path", [("name", "x"), ("order_by", 5), ()])
def test_set_refuses_a_place_where_nothing_can_stand(path: Path) -> None:
    with pytest.raises(Problems, match="E021"):
        replace(spec("name: x\norder_by: [a]\n"), path, 1)


def test_an_edit_that_would_change_another_value_is_refused() -> None:
    draft = spec("columns:\n  - {name: a}\n")
    with pytest.raises(Problems, match="E020") as caught:
        replace(draft, ("columns", 0, "meta"), {5: 1})
    assert caught.value.texts == (draft.text,)


PATHS: list[tuple[str, Path]] = [
    ("load.mode", ("load", "mode")),
    ("columns.price.type", ("columns", 0, "type")),
    ("columns[1].type", ("columns", 1, "type")),
    ('columns["a.b"].type', ("columns", 1, "type")),
    ("columns.0.type", ("columns", 0, "type")),
    ("quality[0]", ("quality", 0)),
    ("nowhere.yet", ("nowhere", "yet")),
]
DATA = {"columns": [{"name": "price"}, {"name": "a.b"}], "quality": [{"check": "unique"}], "load": AUTO}


@pytest.mark.parametrize(("text", "path"), PATHS)
def test_a_path_is_read_as_a_person_types_it(text: str, path: Path) -> None:
    assert parse_path(text, DATA) == path
    assert parse_path(show(path, DATA), DATA) == path


def test_a_path_is_shown_as_a_person_types_it() -> None:
    assert show(("columns", 0, "type"), DATA) == "columns.price.type"
    assert show(("columns", 1), DATA) == 'columns["a.b"]'
    assert show(("quality", 0, "check"), DATA) == "quality[0].check"
    assert show(("columns", 0), {"columns": [{"name": "a"}, {"name": "a"}]}) == "columns[0]"


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "columns[", "columns.prise", "columns[2]", "a b]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(Problems, match="E021") as caught:
        parse_path(text, DATA)
    assert caught.value.diagnostics[0].help


def test_edits_at_one_place_keep_their_order() -> None:
    assert apply("abc", [Edit(1, 1, "x"), Edit(1, 1, "y"), Edit(2, 3, "")]) == "axyb"
