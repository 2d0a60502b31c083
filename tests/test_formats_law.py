"""The law of formats: one table, written as CSV, JSON, NDJSON, Parquet and as a workbook, is the same table when it is loaded."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import openpyxl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dataeng_ai.sources.json_paths import joined

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.shell import Shell

Table = dict[str, list[Any]]

NAMES = ["номер", "Имя клиента", "цена.руб", "день", "оплачен", "заметка", "select", "_file", "Ёж 🦔", 'в "кавычках"']
"""Headers as people write them: Cyrillic, blanks, a point, a word of SQL, another program's stamp."""

SMALL = 10**6


def _texts() -> st.SearchStrategy[str]:
    """Return texts that every format can hold: no control characters, which XML has not, and no blanks at the ends, which CSV trims."""
    letters = st.characters(categories=("Lu", "Ll", "Nd", "Po", "Zs"), exclude_characters="\xa0")
    free = st.text(st.one_of(st.sampled_from("абвЁё«»№;,'\" \t"), letters), min_size=1, max_size=12).map(str.strip)
    return st.one_of(st.sampled_from(["Тверь", "007", "1e5", "ООО «Ромашка»", "a;b,c", "=1+1", "#Н/Д"]), free.filter(bool))


def _at(text: str) -> dt.datetime:
    """Return a moment without a zone, as cells and files have them."""
    return dt.datetime.fromisoformat(text)


_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-SMALL, SMALL),
    "bigint": st.integers(10**10, 10**14),
    "decimal": st.integers(-SMALL, SMALL).map(lambda number: Decimal(number) / 100),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(1950, 1, 1), dt.date(2060, 1, 1)),
    "timestamp": st.integers(-SMALL, SMALL).map(lambda number: _at("2000-01-01 00:00:00") + dt.timedelta(seconds=997 * number)),
    "text": _texts(),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Return tables of an id, which keeps the order, and a column of each kind, with nulls, under hostile names."""
    rows = draw(st.integers(1, 12))
    names = draw(st.permutations(NAMES))
    table: Table = {"id": list(range(1, rows + 1))}
    for name, kind in zip(names, _KINDS.values(), strict=False):
        table[name] = draw(st.lists(st.none() | kind, min_size=rows, max_size=rows))
    return table


def _rows(table: Table) -> list[tuple[Any, ...]]:
    return list(zip(*table.values(), strict=True))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)


def _plain(value: object) -> object:
    """Return a value as a JSON writer gets it: a number stays one, a date becomes a text."""
    return value if value is None or isinstance(value, bool | int) else float(value) if isinstance(value, Decimal) else _text(value)


def _csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerows([list(table), *([_text(value) for value in row] for row in _rows(table))])


def _records(table: Table) -> list[dict[str, object]]:
    return [dict(zip(table, map(_plain, row), strict=True)) for row in _rows(table)]


def _json(table: Table, path: Path) -> None:
    path.write_text(json.dumps({"meta": 1, "данные": _records(table)}, ensure_ascii=False, indent=1), "utf-8")


def _ndjson(table: Table, path: Path) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in _records(table)), "utf-8")


def _parquet(table: Table, path: Path) -> None:
    pq.write_table(pa.table(table), path)


def _xlsx(table: Table, path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for at, row in enumerate([tuple(table), *_rows(table)], 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(at, place, float(value) if isinstance(value, Decimal) else value)
            if isinstance(value, str):  # no formula, whatever it begins with
                cell.data_type = "s"
    book.save(path)


WRITERS: dict[str, Callable[[Table, Path], None]] = {"csv": _csv, "json": _json, "ndjson": _ndjson, "parquet": _parquet, "xlsx": _xlsx}


def shown(shell: Shell, file: str) -> list[list[str]]:
    said = shell.ok("preview", file, "--rows", "all", "--format", "csv", "--unmask").out
    return list(csv.reader(io.StringIO(said, newline="")))


def same(one: object, other: object) -> bool:
    """Say whether two values are the same, whatever type each format gave them."""
    if isinstance(one, str) and not isinstance(other, str):
        return same(other, one)
    if other is None or one is None or isinstance(one, bool) or isinstance(other, bool):
        return one is other or (isinstance(other, str) and _text(one) == other)
    if isinstance(other, str) and not isinstance(one, str):
        return _text(one) == other or _number(other) == one or other in (f"{one} 00:00:00", f"{one}T00:00:00")
    if isinstance(one, dt.date) and isinstance(other, dt.date):
        return _text(one).removesuffix(" 00:00:00") == _text(other).removesuffix(" 00:00:00")
    if isinstance(one, str):  # where all texts of a column are such numbers, CSV has no way to say that they are texts
        return one == other or ("e" in one and _number(one) == _number(str(other)))
    return Decimal(str(one)) == Decimal(str(other))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_one_table_in_every_format_is_shown_as_the_same_values(shell: Shell, table: Table) -> None:
    for form, write in WRITERS.items():
        file = f"t.{form}"
        write(table, shell.folder / file)
        header, *rows = shown(shell, file)
        assert header == [name if form not in ("json", "ndjson") else joined((name,)) for name in table], form
        assert len(rows) == len(table["id"]), form
        for row, wanted in zip(rows, _rows(table), strict=True):
            found = [None if cell == "" else cell for cell in row]
            assert all(map(same, wanted, found)), (form, wanted, found)


FIXED: Table = {
    "номер": [1, 2, 3, 4],
    "Имя клиента": ["Анна", None, "Ёж 🦔", 'ООО "Ромашка"; №1'],
    "цена.руб": [Decimal("1.50"), Decimal("-0.25"), None, Decimal("123456.75")],
    "день": [dt.date(2024, 2, 29), dt.date(1999, 12, 31), dt.date(2050, 1, 1), None],
    "когда": [_at("2024-02-29 23:59:59"), None, _at("1999-01-02 03:04:05"), _at("2000-01-01 12:00:00")],
    "оплачен": [True, None, False, True],
    "код": ["007", "0012", "5", None],
    "_file": ["a", "b", "c", "d"],
    "счёт": [12345678901, -1, None, 0],
}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("storage", ["duckdb", "postgres"])
def test_one_table_in_every_format_ends_as_the_same_values_in_every_storage(
    shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch, form: str, storage: str
) -> None:
    if storage == "postgres":
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
        shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    WRITERS[form](FIXED, shell.folder / f"т.{form}")
    shell.ok("new", "t", "--source", f"т.{form}")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("check", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"]) == (4, 4)
    rows = _loaded(shell, postgres if storage == "postgres" else None)
    for row, wanted in zip(rows, _rows(FIXED), strict=True):
        assert all(map(same, wanted, row)), (wanted, row)
    assert shell.ok("run", "t", "--format", "json").data["rows_skipped"] == 4


def _loaded(shell: Shell, url: str | None) -> list[tuple[Any, ...]]:
    """Return the table's rows in the order of the source, without what a load adds, asked past the product."""
    if url is None:
        with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
            return con.execute("SELECT * EXCLUDE (_extra, _load_id, _loaded_at, _source_file) FROM t ORDER BY 1").fetchall()
    with closing(psycopg.connect(url)) as con:
        return [row[: len(FIXED)] for row in con.execute("SELECT * FROM t ORDER BY 1").fetchall()]
