"""What the library leaves out or misreads of workbooks: it is read all the same, or said in words."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlwt

from dataeng_ai.diagnostics import Problems
from dataeng_ai.profile import shown_of
from dataeng_ai.profile.previewing import preview
from dataeng_ai.profile.survey import profile
from dataeng_ai.sources import excel, excel_records, files
from dataeng_ai.sources.excel_sheet import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}
_CODEPAGE, _FORMAT, _XF = 0x42, 0x41E, 0xE0


def old(path: Path, rows: Sequence[Sequence[Any]], pattern: str = "General") -> None:
    """Write a workbook of Excel 97; numbers in that format, errors as errors."""
    made = xlwt.Workbook(encoding="utf-8")
    sheet = made.add_sheet("Лист")
    style = xlwt.easyxf(num_format_str=pattern)
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if value in ERRORS:
                sheet.row(at).set_cell_error(place, ERRORS[value])
            elif value is not None:
                sheet.write(at, place, value, style if isinstance(value, float) else xlwt.Style.default_style)
    made.save(str(path))


def patch(path: Path, change: Callable[[int, bytearray], None]) -> None:
    """Change records of a workbook whose stream is of one piece, as this writer's are."""
    data = bytearray(path.read_bytes())
    place = data.index(b"\x09\x08\x10\x00\x00\x06")
    while place + 4 <= len(data) and (kind := struct.unpack_from("<H", data, place)[0]):
        size = struct.unpack_from("<H", data, place + 2)[0]
        record = data[place + 4 : place + 4 + size]
        change(kind, record)
        data[place + 4 : place + 4 + size] = record
        place += 4 + size
    path.write_bytes(data)


def cells(folder: Path, name: str) -> list[tuple[str | None, ...]]:
    found = profile(folder, name, unmask=True)
    assert (found.rejects, sum(one.exceptions for one in found.columns)) == (0, 0)
    return list(preview(folder, name, shown_of(found), None, unmask=True).rows)


def test_errors_of_old_workbooks_stand_as_they_are_shown(tmp_path: Path) -> None:
    old(tmp_path / "ошибки.xls", [["код", "итог"], *([f"k{at}", name] for at, name in enumerate(ERRORS)), [None, "#N/A"]])
    assert cells(tmp_path, "ошибки.xls") == [*((f"k{at}", name) for at, name in enumerate(ERRORS)), (None, "#N/A")]


def test_an_error_may_stand_before_and_below_all_that_the_library_gives(tmp_path: Path) -> None:
    old(tmp_path / "a.xls", [[None, None, None], [None, "имя", "n"], ["#REF!", "Тула", 1.0], [None, "Омск", 2.0], ["#N/A"]])
    (file,) = files.find(tmp_path, "a.xls")
    with workbook(file) as book:
        sheet = book.sheet("Лист")
    assert (sheet.left, sheet.rows[2], sheet.rows[4]) == (0, ("#REF!", "Тула", 1.0), ("#N/A", "", ""))
    old(tmp_path / "b.xls", [["#N/A", "#N/A"]])
    (file,) = files.find(tmp_path, "b.xls")
    with workbook(file) as book:
        assert book.sheet("Лист").rows == (("#N/A", "#N/A"),)


def test_texts_of_a_workbook_that_names_a_code_page_have_no_letters_in_between(tmp_path: Path) -> None:
    body = [[f"code {at}", f"город Тула {at}", "x" * at * 9] for at in range(1, 400)]
    old(tmp_path / "a.xls", [["id", "город", "long"], *body])

    def ansi(kind: int, record: bytearray) -> None:
        if kind == _CODEPAGE:
            record[:2] = struct.pack("<H", 1252)

    patch(tmp_path / "a.xls", ansi)
    assert cells(tmp_path, "a.xls") == [tuple(row) for row in body]


def test_a_number_is_no_date_because_its_format_has_a_number_of_dates(tmp_path: Path) -> None:
    body = [["a", 14.06167240167761], ["b", 8.96114e-308], ["c", 7.0], ["d", 0.25]]
    old(tmp_path / "a.xls", [["id", "мера"], *body], "0.000E+00")

    def renumbered(kind: int, record: bytearray) -> None:
        if kind == _FORMAT and record[:2] == b"\xa4\x00":
            record[:2] = struct.pack("<H", 50)
        if kind == _XF and record[2:4] == b"\xa4\x00":
            record[2:4] = struct.pack("<H", 50)

    patch(tmp_path / "a.xls", renumbered)
    found = [(one, float(number or "nan")) for one, number in cells(tmp_path, "a.xls")]
    assert found == [(one, number) for one, number in body]


@pytest.mark.parametrize("damage", [b"", b"\xff" * 200, b"\xd0\xcf\x11\xe0" * 200, b"\0" * 2000], ids=["none", "ones", "heads", "zeros"])
def test_what_holds_no_records_is_not_read_for_them(damage: bytes) -> None:
    assert excel_records.records(damage) is None


def test_a_workbook_cut_anywhere_is_refused_in_words_or_read(tmp_path: Path) -> None:
    old(tmp_path / "a.xls", [["id", "город"], *([f"k{at}", "Тула"] for at in range(50))])
    data = (tmp_path / "a.xls").read_bytes()
    for size in range(600, len(data), 487):
        (tmp_path / "b.xls").write_bytes(data[:size])
        (file,) = files.find(tmp_path, "b.xls")
        try:
            excel.detect([file], {})
        except Problems as problems:
            assert {one.code for one in problems.diagnostics} <= {"E311", "E319", "E341"}, problems  # noqa: PT017  which of them, only the error says


def test_what_the_library_stumbles_over_is_a_damaged_workbook_and_no_fault_of_ours(tmp_path: Path) -> None:
    name, relation = ("Лист".encode("utf-16-le"), "rId1".encode("utf-16-le"))
    sheet = struct.pack("<III", 0, 1, 4) + relation + struct.pack("<I", 4) + name
    with zipfile.ZipFile(tmp_path / "a.xlsb", "w") as made:
        made.writestr("xl/workbook.bin", b"\x9c\x01" + bytes([len(sheet)]) + sheet + b"\x90\x01\x00")
        made.writestr("xl/_rels/workbook.bin.rels", "<Relationships/>")
    (file,) = files.find(tmp_path, "a.xlsb")
    with pytest.raises(Problems) as caught:
        excel.detect([file], {})
    assert "no entry found" in str(caught.value)


def test_rows_above_a_table_without_names_that_look_like_records_are_records(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["отчёт"], [1, "Тула"], [2, "Омск"], [3, "Уфа", 7], [4, "Пермь", 8], [5, "Тверь", 9], [6, "Псков", 10], [7, "Орёл", 11]):
        sheet.append(row)
    made.save(tmp_path / "a.xlsx")
    found = profile(tmp_path, "a.xlsx", unmask=True)
    assert (found.rows, found.excel and (found.excel.skip, found.excel.header)) == (7, (1, False))
    assert [(one.name, one.nulls) for one in found.columns] == [("column_1", 0), ("column_2", 0), ("column_3", 2)]
