"""What stands in real files of every format and is no fault of theirs: names, wrappings and emptiness, by the commands."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pytest

if TYPE_CHECKING:
    from tests.shell import Shell

STAMPS = ["_file", "_line", "_record", "_extra", "_load_id", "_loaded_at", "_source_file", "_fivetran_synced"]
"""Columns that other programs put into their exports, and we into our tables."""


def loaded(shell: Shell, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def shown(shell: Shell, source: str) -> list[list[str]]:
    """Return the whole preview."""
    said = shell.ok("preview", source, "--rows", "all", "--format", "csv", "--unmask").out
    return list(csv.reader(io.StringIO(said, newline="")))


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_the_stamps_of_other_programs_are_columns_like_any(shell: Shell, form: str) -> None:
    header = [*STAMPS, "имя"]
    rows = [[f"{name} {number}" for name in STAMPS] + [f"Анна {number}"] for number in range(3)]
    if form == "csv":
        shell.write("a.csv", "".join(",".join(row) + "\n" for row in [header, *rows]))
    else:
        shell.write("a.ndjson", "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows))
    assert shown(shell, f"a.{form}") == [header, *rows]
    shell.ok("new", "t", "--source", f"a.{form}")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("check", "t")
    assert shell.ok("run", "t", "--format", "json").data["rows_loaded"] == len(rows)
    assert loaded(shell, "SELECT file, line, record, extra, load_id FROM t ORDER BY 1") == [tuple(row[:5]) for row in rows]


def test_a_header_that_the_statements_use_is_told_by_check(shell: Shell) -> None:
    shell.write("a.csv", "__staging__,id\nя,1\nю,2\n")
    shell.ok("new", "t", "--source", "a.csv")
    shell.ok("fill", "t", "--model", "rules")
    said = shell.spec("check", "t")
    assert (said.code, "E204" in said.out, "__staging__" in said.out) == (1, True, True), said


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zst", "a.csv.bz2"])
def test_a_name_that_says_packed_packs_nothing(shell: Shell, name: str) -> None:
    shell.write(name, "имя,n\nа,1\nб,2\n")
    assert shown(shell, name) == [["имя", "n"], ["а", "1"], ["б", "2"]]


def test_rows_whose_first_cell_is_empty_are_not_taken_for_the_same(shell: Shell) -> None:
    shell.write("a.csv", "заметка,x\n,1\n,2\n,2\nтак,1\n")
    assert "1 of them twice" in shell.ok("profile", "a.csv").out
    shell.write("b.ndjson", '{"a": null}\n')
    assert "twice" not in shell.ok("profile", "b.ndjson").out


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[1, 2]", ["1", "2"]),
        ('[["имя", "n"], ["а", 1.10]]', ['["имя","n"]', '["а",1.10]']),
        ('"text"', ["text"]),
        ("[1.10, null, {}, []]", ["1.10", "", "{}", "[]"]),
        ("1\n2\n", ["1", "2"]),
        ("[1]\n[2]\n", ["[1]", "[2]"]),
        ("{}", ["{}"]),
        ("[]", []),
        ("null", [""]),
    ],
    ids=str,
)
def test_json_without_one_object_is_a_column_of_values(shell: Shell, text: str, values: list[str]) -> None:
    shell.write("a.json", text)
    assert shell.ok("profile", "a.json", "--format", "json").data["rows"] == len(values)
    assert shown(shell, "a.json") == [["_value"], *([value] for value in values)]
    shell.ok("new", "t", "--source", "a.json")
    shell.ok("fill", "t", "--model", "rules")
    assert shell.ok("run", "t", "--format", "json").data["rows_loaded"] == len(values)
    assert sorted(str(row[0] or "") for row in loaded(shell, "SELECT value::VARCHAR FROM t")) == sorted(values)


def test_a_text_with_nul_is_a_bad_record_among_objects_and_json_by_itself(shell: Shell) -> None:
    shell.write("a.json", r'[{"a\u0000": "b"}, {"a\u0000": "x\u0000y"}, {"a\u0000": ["\u0000"]}, {"a\u0000": "\\u0000"}]')
    facts = shell.ok("profile", "a.json", "--format", "json").data
    assert (facts["rows"], [one["reason"][:23] for one in facts["reject_reasons"]]) == (3, ["a text holds the character"[:23]])
    assert len(shown(shell, "a.json")) == 4
    shell.write("b.json", r'["x\u0000y", "z"]')
    assert shown(shell, "b.json") == [["_value"], [r'"x\u0000y"'], ['"z"']]


def test_among_objects_a_bare_value_is_told_and_a_file_without_items_adds_no_column(shell: Shell) -> None:
    shell.write("d/a.json", '[{"id": 1}, 5, {"id": 2}]')
    shell.write("d/b.json", "[]")
    facts = shell.ok("profile", "d/*.json", "--format", "json").data
    assert (facts["rows"], facts["rejects"], [one["name"] for one in facts["columns"]]) == (2, 1, ["id"])


def test_a_key_that_stands_twice_in_the_one_record_keeps_both_values_and_is_told(shell: Shell) -> None:
    shell.write("a.json", '{"ключ": 1, "x": "a", "ключ": 2, "x": "a", "ключ": 3}')
    facts = shell.ok("profile", "a.json", "--format", "json").data
    assert any("`ключ` stands twice" in one for one in facts["warnings"])
    assert shown(shell, "a.json") == [["ключ", "x", "ключ (before)", "ключ (before) 1"], ["3", "a", "1", "2"]]


def test_what_is_packed_twice_is_not_called_readable(shell: Shell) -> None:
    with zipfile.ZipFile(shell.folder / "a.zip", "w") as archive:
        archive.writestr("a.csv.gz", b"\x1f\x8b\x08\x00" + bytes(60))
    said = shell.spec("profile", "a.zip")
    assert (said.code, "is packed with gzip" in said.err, "read as they are" in said.err) == (1, True, False), said


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "parquet", "excel"])
def test_an_empty_file_of_any_format_is_called_empty(shell: Shell, form: str) -> None:
    text = f"version: 1\nname: t\nsource: {{path: a.bin, format: {form}}}\n"
    shell.write("specs/t.yaml", text)
    (shell.folder / "a.bin").write_bytes(b"")
    said = shell.spec("profile", "t")
    assert (said.code, said.err.startswith("error[E311]")) == (1, True), said


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("other", "one_column"), [("null", False), ("{}", False), ('"нет"', True), ("[1]", True)])
def test_an_object_that_another_file_lacks_is_in_the_table_once(shell: Shell, other: str, one_column: bool, first: bool) -> None:  # noqa: FBT001  parameters
    full, without = ("a", "b") if first else ("b", "a")
    shell.write(f"d/{full}.json", '[{"id": 1, "адрес": {"город": "Тверь"}}]')
    shell.write(f"d/{without}.json", f'[{{"id": 2, "адрес": {other}}}]')
    facts = shell.ok("profile", "d/*.json", "--format", "json").data
    names = {column["name"]: column["type"] for column in facts["columns"] if column["name"] != "id"}
    assert names == ({"адрес": "json"} if one_column else {"адрес.город": "text"})
    shell.ok("new", "t", "--source", "d/*.json")
    shell.ok("fill", "t", "--model", "rules")
    assert shell.ok("run", "t", "--format", "json").data["rows_loaded"] == 2
    name = "address" if one_column else "address_city"
    wanted = {1: '{"город":"Тверь"}', 2: other} if one_column else {1: "Тверь", 2: None}
    assert {row[0]: row[1] for row in loaded(shell, f"SELECT id, {name} FROM t")} == wanted


def test_what_is_an_empty_object_in_every_record_is_json_as_it_is_loaded(shell: Shell) -> None:
    shell.write("a.json", '[{"id": 1, "x": {}}, {"id": 2, "x": null}]')
    facts = shell.ok("profile", "a.json", "--format", "json").data
    assert [(column["name"], column["type"], column["nulls"]) for column in facts["columns"]] == [("id", "integer", 0), ("x", "json", 1)]
    assert shown(shell, "a.json") == [["id", "x"], ["1", "{}"], ["2", ""]]


def test_a_raw_preview_shows_every_row_and_its_texts_as_they_stand_in_the_source(shell: Shell) -> None:
    rows = [
        ["день", "цена", "код", "почта"],
        ["28/09/2018", "1 234,50 ₽", "007", "anna@example.org"],
        ["н/д", "", " x ", "oleg@example.org"],
    ]
    rows += [[f"{day}/09/2018", f"{day} 000,00 ₽", "001", f"p{day}@example.org"] for day in range(10, 28)]
    shell.write("a.csv", "".join(";".join(row) + "\n" for row in rows))
    said = shell.ok("preview", "a.csv", "--rows", "all", "--raw", "--format", "csv", "--unmask").out
    assert list(csv.reader(io.StringIO(said, newline=""))) == rows
    assert shown(shell, "a.csv")[1][:3] == ["2018-09-28", "1234.50", "007"]
    assert "anna@example.org" not in shell.ok("preview", "a.csv", "--raw").out
    shell.ok("new", "t", "--source", "a.csv")
    shell.ok("fill", "t", "--model", "rules")
    said = shell.ok("preview", "t", "--rows", "2", "--raw", "--format", "csv", "--unmask").out
    assert list(csv.reader(io.StringIO(said, newline="")))[1:] == rows[1:3]


DRAWN = {
    "psql": " id |  имя  \n----+-------\n  1 | Анна +\n    | Б\n  2 | Олег\n(2 rows)\n",
    "grid": "+----+------+\n| id | имя  |\n+====+======+\n|  1 | Анна |\n|    | Б    |\n+----+------+\n|  2 | Олег |\n+----+------+\n",
    "fixed": "1     Анна          2.50\n22    Олег          7.00\n333   Мария Б      10.25\n4     Я             1.00\n",
}


@pytest.mark.parametrize("form", DRAWN)
def test_a_table_drawn_for_people_that_cannot_be_read_is_told(shell: Shell, form: str) -> None:
    shell.write("a.txt", DRAWN[form])
    assert "a table drawn for people" in shell.ok("preview", "a.txt").err
    shell.write("b.txt", "имя|цена\nАнна Б|1  2\nОлег|2\nЯ|3\n")
    shell.write("c.txt", "Это текст.  И ещё один.\nВторая строка, и в ней слова.\nА это третья  строка.\n")
    assert not [name for name in ("b.txt", "c.txt") if "drawn for people" in shell.ok("preview", name).err]


STACKED = {
    "below": ([["id", "имя"], *([n, f"а{n}"] for n in range(8)), [], ["город", "число"], *([f"Г{n}", n] for n in range(5))], 14),
    "below_and_narrower": ([["id", "имя", "k"], *([n, f"а{n}", 2] for n in range(8)), [], ["город", "число"], ["Тула", 1], ["Уфа", 2]], 11),
    "above": ([["id", "имя"], *([n, f"а{n}"] for n in range(4)), [], ["город", "x", "y"], *([f"Г{n}", n, n] for n in range(9))], 9),
}


@pytest.mark.parametrize("form", STACKED)
def test_tables_one_below_the_other_on_a_sheet_are_told(shell: Shell, form: str) -> None:
    rows, count = STACKED[form]
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(shell.folder / "a.xlsx")
    said = shell.ok("preview", "a.xlsx", "--rows", "all", "--format", "json")
    assert (len(said.data), "another table" in said.err) == (count, True), said


def test_years_below_merged_cells_are_names(shell: Shell) -> None:
    workbook = openpyxl.Workbook()
    for row in (["Регион", "Продажи", None], [None, "2023", "2024"], ["Юг", 1, 2], ["Север", 3, 4]):
        workbook.active.append(row)
    workbook.active.merge_cells("B1:C1")
    workbook.active.merge_cells("A1:A2")
    workbook.save(shell.folder / "a.xlsx")
    assert shown(shell, "a.xlsx") == [["Регион", "2023", "2024"], ["Юг", "1", "2"], ["Север", "3", "4"]]
