"""Workbooks written by real writers are read as they stand: the table found, each cell's value exact, errors told, nothing lost."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from math import isfinite
from typing import TYPE_CHECKING, Any

import duckdb
import msoffcrypto.format.ooxml
import openpyxl
import openpyxl.utils
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataeng_ai import ir
from dataeng_ai.diagnostics import Problems
from dataeng_ai.sources import excel, files, formats, view
from dataeng_ai.sources.excel_sheet import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from dataeng_ai.sources.prepared import Prepared

LAW = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
BODY: list[list[Any]] = [["номер", "город", "цена"], [1, "Тула", 1.5], [2, "Омск", 2.25], [3, "Уфа", 1000]]
DATA = [("1", "Тула", "1.5"), ("2", "Омск", "2.25"), ("3", "Уфа", "1000")]


def book(folder: Path, sheets: dict[str, Sequence[Sequence[Any]]], name: str = "отчёт.xlsx") -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for at, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                if value is not None:
                    cell = sheet.cell(at, place, value)
                    if isinstance(value, str) and value in ("#N/A", "#DIV/0!"):
                        cell.data_type = "e"
    made.save(folder / name)
    return folder / name


def found(folder: Path, name: str = "отчёт.xlsx", **known: Any) -> tuple[ir.Excel, Prepared, tuple[str, ...]]:
    listed = files.find(folder, name)
    assert formats.guess(listed) == "excel"
    detected = excel.detect(listed, {"excel": known} if known else {})
    (folder / "scratch").mkdir(exist_ok=True)
    assert detected.source.excel is not None
    return detected.source.excel, excel.prepare(listed[0], detected.source, folder / "scratch"), detected.reasons


def rows(one: Prepared) -> list[tuple[str | None, ...]]:
    with duckdb.connect() as con:
        view.open_view(con, [one], one.header)
        read = con.execute('FROM "__source__"').fetchall()
        view.verify([one], len(read))
        return read


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Problems) as caught:
        call()
    (one,) = caught.value.diagnostics
    return one.code, f"{one.message}; {one.help}"


# A cell holds neither controls nor the mark that Excel escapes them with, and no writer keeps a text that is all blanks.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12).filter(
    lambda one: (
        one.strip() == one
        and "_x" not in one.lower()
        and not one.startswith("=")
        and one not in ("#N/A", "#DIV/0!")
        and not re.fullmatch(r"#\w+[!?/]?.*", one)
    )
)
DAYS = st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 30))
SECONDS = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 1, 1)).map(lambda one: one.replace(microsecond=0))  # noqa: DTZ001  cells have no zone
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda one: float(f"{one:.15g}")).filter(isfinite)
CELLS: dict[str, tuple[st.SearchStrategy[Any], Callable[[str, Any], bool]]] = {
    "text": (TEXTS, lambda text, value: text == value),
    "whole": (st.integers(-(10**15), 10**15), lambda text, value: text == str(value)),
    "number": (NUMBERS, lambda text, value: float(text) == value),
    "boolean": (st.booleans(), lambda text, value: text == str(value).lower()),
    "day": (DAYS, lambda text, value: text == value.isoformat()),
    "moment": (SECONDS, lambda text, value: dt.datetime.fromisoformat(text) == value),
}


@LAW
@given(data=st.data())
def test_every_cell_comes_out_equal(data: st.DataObject, tmp_path: Path) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=4))
    body = [[data.draw(st.none() | CELLS[kind][0]) for kind in kinds] for _ in range(data.draw(st.integers(1, 6)))]
    header = [f"столбец {at}" for at in range(len(kinds))]
    book(tmp_path, {"Лист": [header, *body]})
    _, one, _ = found(tmp_path, sheet="Лист", header=True, skip=0, footer=0)
    filled = [row for row in body if any(value is not None for value in row)]
    assert (one.header, one.records) == (tuple(header), len(filled))
    for read, row in zip(rows(one), filled, strict=True):
        for kind, shown, value in zip(kinds, read, row, strict=True):
            assert (shown is None) == (value is None)
            assert shown is None or CELLS[kind][1](shown, value), (kind, shown, value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (1.0, "1"),
        (-0.0, "0"),
        (2.0**53, "9007199254740992"),
        (1e20, "1e+20"),
        (1e-7, "1e-07"),
        (5, "5"),
        (True, "true"),
        ("", None),
        (" a\n", " a\n"),
        (dt.timedelta(hours=30, minutes=5), "PT30H5M"),
        (dt.timedelta(seconds=-1.5), "-PT1.5S"),
        (dt.timedelta(0), "PT0S"),
        (dt.time(9, 5), "09:05:00"),
        (dt.date(2024, 1, 31), "2024-01-31"),
    ],
)
def test_a_value_has_one_text(value: Any, shown: str | None) -> None:
    assert text(value) == shown


def test_a_day_among_moments_is_one_at_midnight(tmp_path: Path) -> None:
    at = dt.datetime(2024, 1, 1, 10, 30)  # noqa: DTZ001  cells have no zone
    book(tmp_path, {"Лист": [["at"], [at], [dt.date(2024, 1, 2)]]})
    assert rows(found(tmp_path)[1]) == [("2024-01-01 10:30:00",), ("2024-01-02 00:00:00",)]


def test_the_sheet_with_the_most_rows_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = book(tmp_path, {"Титул": [["Отчёт"]], "Продажи за май": BODY, "Черновик": BODY + BODY, "Пусто": []})
    made = openpyxl.load_workbook(path)
    made["Черновик"].sheet_state = "hidden"
    made.create_chartsheet("График")
    made.save(path)
    block, one, reasons = found(tmp_path)
    assert (block, rows(one)) == (ir.Excel("Продажи за май", header=True), DATA)
    assert reasons[1] == "other sheets are not read: `Титул` (1 rows), `Черновик` (8 rows, hidden), `Пусто` (0 rows)"
    assert rows(found(tmp_path, sheet="Черновик")[1])[:3] == DATA


def test_titles_blank_rows_and_blank_columns_around_the_table_belong_to_no_record(tmp_path: Path) -> None:
    table = [[None, None, *row[:2], None, row[2]] for row in BODY]
    path = book(tmp_path, {"Лист": [[None, "Отчёт о продажах"], [], ["Период:", "май"], [], *table, [], *table[1:2]]})
    made = openpyxl.load_workbook(path)
    made.active.merge_cells("B1:F1")
    made.save(path)
    block, one, reasons = found(tmp_path)
    assert (block.skip, block.header, one.blank) == (4, True, 1)
    assert any("row 5" in reason for reason in reasons)
    assert (one.header, rows(one)) == (("номер", "город", "цена"), [*DATA, DATA[0]])
    assert [(record, line) for record, line, _ in excel.raw(one, [1, 4])] == [(1, 6), (4, 10)]
    assert json.loads(next(excel.raw(one, [2]))[2]) == {"номер": "2", "город": "Омск", "цена": "2.25"}


def test_totals_are_a_footer_and_a_row_of_another_workbook_is_not(tmp_path: Path) -> None:
    book(tmp_path, {"Лист": [*BODY, [], ["Итого", None, 1003.75]]}, "a.xlsx")
    book(tmp_path, {"Лист": BODY}, "b.xlsx")
    block, one, _ = found(tmp_path, "a.xlsx")
    assert (block.footer, rows(one)) == (1, DATA)
    (other,) = files.find(tmp_path, "b.xlsx")
    code, said = refused(lambda: excel.prepare(other, ir.Source(None, "", "excel", excel=block), tmp_path))
    assert (code, "row 4, which would be left out" in said) == ("E317", True)
    bare = ir.Source(None, "", "excel", excel=ir.Excel("Лист", header=False, skip=2))
    code, said = refused(lambda: excel.prepare(other, bare, tmp_path))
    assert (code, "row 1, which would be left out" in said) == ("E317", True)


def test_a_header_of_two_rows_is_told_and_the_lower_one_names_the_columns(tmp_path: Path) -> None:
    upper, lower = ["номер", "адрес", None, "цена"], [None, "город", "дом", None]
    path = book(tmp_path, {"Лист": [upper, lower, [1, "Тула", 5, 1.5], [2, "Омск", 6, 2.5]]})
    made = openpyxl.load_workbook(path)
    for cells in ("B1:C1", "A1:A2", "D1:D2"):
        made.active.merge_cells(cells)
    made.save(path)
    block, one, reasons = found(tmp_path)
    assert (block.skip, one.header) == (1, ("номер", "город", "дом", "цена"))
    assert any("the header has two rows, 1 and 2" in reason for reason in reasons)
    assert rows(one) == [("1", "Тула", "5", "1.5"), ("2", "Омск", "6", "2.5")]


def test_a_table_without_a_header_and_values_beyond_the_header_are_kept(tmp_path: Path) -> None:
    book(tmp_path, {"Лист": [[1, "a", 5.5], [2, "b", 6.5], [3, "c", 7.5]]}, "bare.xlsx")
    block, one, _ = found(tmp_path, "bare.xlsx")
    assert (block.header, one.header, len(rows(one))) == (False, ("column_1", "column_2", "column_3"), 3)
    book(tmp_path, {"Лист": [["id", "имя", "имя"], [1, "a", "b", "заметка"], [2, "c", "d"]]}, "more.xlsx")
    _, one, _ = found(tmp_path, "more.xlsx", header=True)
    assert (one.header, len(one.repairs)) == (("id", "имя", "имя_2", "column_4"), 2)
    assert rows(one) == [("1", "a", "b", "заметка"), ("2", "c", "d", None)]


def test_errors_stand_as_they_are_shown_and_formulas_without_a_value_are_told(tmp_path: Path) -> None:
    path = book(tmp_path, {"Пусто": [], "Лист": [["id", "x"], [1, "#N/A"], [2, "#DIV/0!"], [3, 1.5], [4, "=1+1"]]})
    _, one, _ = found(tmp_path)
    assert rows(one) == [("1", "#N/A"), ("2", "#DIV/0!"), ("3", "1.5"), ("4", None)]
    assert [said for said in one.repairs if "1 formulas have no value" in said]
    data = path.read_bytes()
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    assert data
    with zipfile.ZipFile(path, "w") as new:  # as Excel itself saves it: with the values, and cells that have a style
        for name, part in parts.items():
            new.writestr(name, part.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(b't="e"', b's="0" t="e"'))
    _, one, _ = found(tmp_path)
    assert (rows(one)[1], rows(one)[3], one.repairs) == (("2", "#DIV/0!"), ("4", "2"), ())


def test_old_workbooks_are_read(tmp_path: Path) -> None:
    made = xlwt.Workbook(encoding="utf-8")
    sheet = made.add_sheet("Продажи")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    body: list[list[Any]] = [["номер", "день", "да"], [1, dt.date(2024, 1, 31), True], [2.5, dt.date(2024, 2, 1), False]]
    for at, row in enumerate(body):
        for place, value in enumerate(row):
            sheet.write(at, place, value, day if isinstance(value, dt.date) else xlwt.Style.default_style)
    made.save(str(tmp_path / "old.xls"))
    _, one, _ = found(tmp_path, "old.xls")
    assert rows(one) == [("1", "2024-01-31", "true"), ("2.5", "2024-02-01", "false")]


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Лист">
<table:table-row><table:table-cell office:value-type="string"><text:p>город</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>цена</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Тула</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="1.5"><text:p>1,5</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_a_workbook_of_opendocument_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", ODS.replace(">\n<", "><"))
        made.writestr("META-INF/manifest.xml", "<manifest/>")
    _, one, reasons = found(tmp_path, "t.ods")
    assert rows(one) == [("Тула", "1.5")]
    assert any("cannot be told from empty cells" in reason for reason in reasons)
    assert any("cannot be told from empty cells" in said for said in one.repairs)


def test_a_workbook_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = book(tmp_path, {"Лист": BODY})
    data = path.read_bytes()
    with path.open("rb") as plain, (tmp_path / "secret.xlsx").open("wb") as locked:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("пароль", locked)
    code, said = refused(lambda: found(tmp_path, "secret.xlsx"))
    assert (code, "a password protects it" in said) == ("E341", True)
    (tmp_path / "ole.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refused(lambda: found(tmp_path, "ole.xls"))[0] == "E341"
    for size in (len(data) // 2, len(data) - 5):
        path.write_bytes(data[:size])
        assert refused(lambda: found(tmp_path))[0] == "E313"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("xl/workbook.xml", "<workbook")
    assert refused(lambda: found(tmp_path))[0] == "E341"


def test_empty_workbooks_and_missing_sheets_are_told(tmp_path: Path) -> None:
    book(tmp_path, {"а": [], "б": []})
    assert refused(lambda: found(tmp_path))[0] == "E311"
    book(tmp_path, {"а": BODY, "б": BODY})
    code, said = refused(lambda: found(tmp_path, sheet="в"))
    assert (code, "its sheets: `а`, `б`" in said) == ("E342", True)
    assert "has 2 sheets that fit `*`" in refused(lambda: found(tmp_path, sheet="*"))[1]


def test_workbooks_whose_only_sheet_is_called_otherwise_each_month_are_read_together(tmp_path: Path) -> None:
    for month in ("май", "июнь"):
        book(tmp_path, {month: BODY}, f"{month}.xlsx")
    listed = files.find(tmp_path, "*.xlsx")
    source = excel.detect(listed, {}).source
    assert source.excel == ir.Excel("*", header=True)
    assert [excel.prepare(file, source, tmp_path).records for file in listed] == [3, 3]


def test_a_workbook_in_an_archive_is_read_and_one_that_unpacks_without_end_is_not(tmp_path: Path) -> None:
    data = book(tmp_path, {"Лист": BODY}).read_bytes()
    with zipfile.ZipFile(tmp_path / "drop.zip", "w") as archive:
        archive.writestr("май.xlsx", data)
    assert rows(found(tmp_path, "drop.zip")[1]) == DATA
    (tmp_path / "отчёт.xlsx").write_bytes(data.replace(b"PK\x01\x02", b"PK\x01\x02", 1))
    broken = bytearray(data)
    at = broken.index(b"PK\x01\x02")
    broken[at + 24 : at + 28] = (3 << 30).to_bytes(4, "little")
    (tmp_path / "bomb.xlsx").write_bytes(broken)
    assert refused(lambda: found(tmp_path, "bomb.xlsx"))[0] == "E304"


def test_a_missing_package_is_named_with_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book(tmp_path, {"Лист": BODY})
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    code, said = refused(lambda: found(tmp_path))
    assert (code, "pip install 'dataeng-ai[files]'" in said) == ("E305", True)
