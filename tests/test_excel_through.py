"""Workbooks, and CSV in archives and packed, from the file to the table, by the commands a person types; every value is the source's."""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import io
import lzma
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import openpyxl
import psycopg
import zstandard

from dataeng_ai.sources import files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.shell import Shell

HEADER = ["номер", "товар", "цена", "день", "продано", "оплачен"]


def rows(count: int = 300) -> list[list[Any]]:
    return [
        [
            n,
            None if n % 9 == 0 else f"товар {n % 40}",
            n / 4,
            dt.date(2024, 1, 1) + dt.timedelta(days=n % 60),
            dt.datetime(2024, 1, 1) + dt.timedelta(minutes=n * 7),  # noqa: DTZ001  cells have no zone
            n % 3 == 0,
        ]
        for n in range(1, count + 1)
    ]


def write(folder: Path, found: list[list[Any]], name: str = "drops/отчёт.xlsx") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Продажи за май"
    for row in (["Отчёт о продажах"], [], HEADER, *found, [], ["Итого", None, sum(row[2] for row in found if isinstance(row[2], float))]):
        sheet.append(row)
    made.create_sheet("Справка").append(["Выгружено из учёта"])
    made.save(folder / name)


def texts(found: list[list[Any]]) -> list[list[str]]:
    return [["" if value is None else _text(value) for value in row] for row in found]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def as_loaded(found: list[list[Any]]) -> list[tuple[Any, ...]]:
    return [(*row[:2], Decimal(str(row[2])), *row[3:]) for row in found]


def loaded(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        return con.execute("SELECT * EXCLUDE (_extra, _load_id, _loaded_at, _source_file) FROM t ORDER BY 1").fetchall()


def test_a_workbook_arrives_in_duckdb_and_its_preview_is_the_source(shell: Shell) -> None:
    write(shell.folder, rows())
    facts = shell.ok("profile", "drops/отчёт.xlsx", "--format", "json").data
    assert (facts["format"], facts["rows"], facts["rejects"]) == ("excel", 300, 0)
    assert facts["excel"] == {"sheet": "Продажи за май", "header": True, "skip": 2, "footer": 1}
    assert [one["type"] for one in facts["columns"]] == ["integer", "text", "decimal(10, 2)", "date", "timestamp", "boolean"]
    shell.ok("new", "t", "--source", "drops/*.xlsx")
    shell.ok("fill", "t", "--model", "rules")
    assert "excel: {sheet: Продажи за май, header: true, skip: 2, footer: 1}" in (shell.folder / "specs/t.yaml").read_text("utf-8")
    shell.ok("check", "t")
    shown = list(csv.reader(io.StringIO(shell.ok("preview", "t", "--rows", "all", "--format", "csv").out)))
    assert shown[1:] == texts(rows())
    shell.ok("compile", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (300, 300, 0)
    assert loaded(shell.folder) == as_loaded(rows())


def test_a_cell_with_an_error_sets_its_row_aside_with_the_sheet_s_row(shell: Shell) -> None:
    write(shell.folder, rows())
    shell.ok("new", "t", "--source", "drops/отчёт.xlsx")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("set", "t", "load.max_rejects=5")
    found = rows()
    found[10][2] = "#DIV/0!"
    write(shell.folder, found)
    shell.ok("compile", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"], counts["rows_rejected"]) == (300, 299, 1)
    told = shell.ok("rejects", "t").out
    assert "not a decimal(10, 2)" in told
    assert "14" in told  # a title, a blank row, the header, ten records


def test_a_workbook_arrives_in_postgres(shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\nconnections:\n  warehouse: {kind: postgres}\n")
    write(shell.folder, rows())
    source = "source: {path: drops/*.xlsx}\ntarget: {storage: postgres, connection: warehouse, table: t}\n"
    shell.write("specs/t.yaml", f"version: 1\nname: t\nabout: t\n{source}")
    shell.ok("fill", "t", "--model", "rules")
    shell.ok("compile", "t")
    assert shell.ok("run", "t", "--format", "json").data["rows_loaded"] == 300
    with psycopg.connect(postgres) as con:
        found = con.execute("SELECT * FROM t ORDER BY 1").fetchall()
    assert [tuple(row[: len(HEADER)]) for row in found] == as_loaded(rows())


def _csv(found: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([HEADER, *texts(found)])
    return out.getvalue().encode("cp1251")


def test_csv_in_archives_and_packed_arrives_file_by_file(shell: Shell) -> None:
    parts = [rows()[start : start + 60] for start in range(0, 300, 60)]
    folder = shell.folder / "drops"
    folder.mkdir()
    (folder / "a.csv.zst").write_bytes(zstandard.compress(_csv(parts[0])))
    (folder / "b.csv.bz2").write_bytes(bz2.compress(_csv(parts[1])))
    (folder / "c.csv.xz").write_bytes(lzma.compress(_csv(parts[2]), preset=0))
    with zipfile.ZipFile(folder / "d.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("май/1.csv", _csv(parts[3]))
        archive.writestr("май/2.csv", _csv(parts[4]))
    shell.ok("new", "t", "--source", "drops/*")
    shell.ok("fill", "t", "--model", "rules")
    shown = list(csv.reader(io.StringIO(shell.ok("preview", "t", "--rows", "all", "--format", "csv").out)))
    assert shown[1:] == texts(rows())
    shell.ok("compile", "t")
    counts = shell.ok("run", "t", "--format", "json").data
    assert (counts["rows_in"], counts["rows_loaded"]) == (300, 300)
    assert loaded(shell.folder) == as_loaded(rows())
    with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as con:
        names = con.execute("SELECT DISTINCT _source_file FROM t ORDER BY 1").fetchall()
    assert [name for (name,) in names] == [one.name for one in files.find(shell.folder, "drops/*")]
    assert names[-1] == ("drops/d.zip/май/2.csv",)
