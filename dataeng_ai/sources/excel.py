"""Workbooks as a source: the table found (`detect`), its rows written as texts (`prepare`), shown (`raw`), read by DuckDB (`relation`).

A row without anything in it is blank and no record. A record's line is its row as the workbook shows it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import ir
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import excel_layout, texts
from dataeng_ai.sources import header as headers
from dataeng_ai.sources.detected import Detected
from dataeng_ai.sources.excel_sheet import moments, text, workbook
from dataeng_ai.sources.prepared import MAX_RAW, Prepared
from dataeng_ai.sources.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai.sources.excel_sheet import Book, Sheet
    from dataeng_ai.sources.files import File

_FILES: Final = 8
"""Workbooks looked at when sheets are compared."""
_SILENT: Final = "errors such as #DIV/0! cannot be told from empty cells in this format: both are null; xlsx tells them"


def detect(files: Sequence[File], known: Mapping[str, Any]) -> Detected:  # Any: plain data of a spec
    """Find the table in the largest workbook; what the block `excel` of `known` says already, holds.

    Raises:
        Problems: E302 it cannot be read; E305 a package is missing; E311 it is empty; E341 it is no workbook; E342 no such sheet.
    """
    block = known.get("excel")
    given = {field.name: block[field.name] for field in fields(ir.Excel) if field.name in block} if isinstance(block, dict) else {}
    largest = max(files, key=lambda file: file.size)
    with workbook(largest) as book:
        if not book.names:
            message = f"`{largest.name}` is empty: it has no sheet with cells"
            raise Problems(Diagnostic("E311", message, help="charts and macros are sheets without cells"))
        sheet, reasons = (_chosen(book, given["sheet"]), ()) if "sheet" in given else excel_layout.widest(book)
        if not excel_layout.filled(sheet):
            message = f"`{largest.name}` is empty: no sheet has anything in it"
            raise Problems(Diagnostic("E311", message, help="was it written to the end?"))
        silent = () if book.tells_errors else (_SILENT,)
    name = sheet.name
    if "sheet" not in given and (others := _others(files, largest, name)):
        name = excel_layout.ANY
        reasons = (*reasons, f"sheet `*`: {others} has its rows on a sheet of another name; each workbook must have only one")
    found = excel_layout.find(sheet)
    excel = replace(ir.Excel(name, found.header, found.skip, found.footer), **given)
    return Detected(ir.Source(None, files[0].name, "excel", excel=excel), (*reasons, *found.reasons, *silent))


def prepare(file: File, source: ir.Source, scratch: Path) -> Prepared:
    """Read the sheet and write its records as texts into the folder `scratch`.

    Raises:
        Problems: E302, E305, E341, E342 as `detect`; E311 there is no row; E317 what would be left out as a footer looks like data.
    """
    table = _read(file, source)
    path = texts.place(file, scratch)
    keys = tuple(f"c{place}" for place in range(len(table.names)))
    with texts.writing(path) as out:
        for number, cells in table.records:
            row: dict[str, object] = {texts.NUMBER: number}
            row |= {key: cell for key, cell in zip(keys, cells, strict=True) if cell is not None}
            out.add(row, sum(len(cell) for cell in cells if cell is not None))
    return Prepared(
        file=file,
        format="excel",
        path=path,
        header=table.names,
        records=len(table.records),
        bad=(),
        blank=table.blank,
        repairs=table.repairs,
        texts=Texts(keys, out.longest),
    )


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (record, row of the sheet, its cells as JSON) of the records with these ordinals, in the sheet's order."""
    wanted = set(records)
    with prepared.path.open("rb") as lines:
        for record, line in enumerate(lines, 1):
            if record in wanted:
                row = json.loads(line)
                cells = {name: row[f"c{place}"] for place, name in enumerate(prepared.header) if f"c{place}" in row}
                shown = json.dumps(cells, ensure_ascii=False)
                yield record, row[texts.NUMBER], shown if len(shown) <= MAX_RAW else shown[: MAX_RAW - 1] + "…"


def relation(con: duckdb.DuckDBPyConnection, prepared: Prepared) -> duckdb.DuckDBPyRelation:
    """Return the records in the sheet's order, their values as texts `c0`, `c1`, … in the header's order."""
    assert prepared.texts is not None  # noqa: S101  it is a workbook
    return texts.relation(con, prepared.path, prepared.texts)


@dataclass(frozen=True, slots=True)
class _Table:
    """The records of a sheet: the row of each, and its texts by the columns' names."""

    names: tuple[str, ...]
    records: tuple[tuple[int, tuple[str | None, ...]], ...]
    blank: int
    repairs: tuple[str, ...]


def _block(source: ir.Source) -> ir.Excel:
    if source.excel is None:
        raise Problems(Diagnostic("E404", "the pipeline does not say where the table stands in its workbooks", help="compile it again"))
    return source.excel


def _read(file: File, source: ir.Source) -> _Table:
    excel = _block(source)
    with workbook(file) as book:
        sheet = _chosen(book, excel.sheet)
        silent = () if book.tells_errors else (f"`{file.name}`: {_SILENT}",)
    if sheet.hollow:
        silent = (f"`{file.name}`: {sheet.hollow:,} formulas have no value, and are null: save it with a program that computes them",)
    rows = [place for place in excel_layout.filled(sheet) if place >= excel.skip]
    if not rows:
        message = f"`{file.name}` is empty: the sheet `{sheet.name}` has nothing below row {excel.skip}"
        raise Problems(Diagnostic("E311", message, help="was it written to the end?"))
    top = rows[0] if excel.header else None
    body = rows[1:] if excel.header else rows
    closing = body[len(body) - excel.footer :] if excel.footer else []
    body = body[: len(body) - len(closing)]
    names, places, repairs = _columns(sheet, top, body)
    _check_left_out(file, sheet, closing, places, "has no footer")
    if not excel.header:  # where there is one, its names would be missed
        above = [place for place in excel_layout.filled(sheet) if place < excel.skip]
        _check_left_out(file, sheet, above, places, "does not begin with rows to skip")
    dated = moments([sheet.rows[place] for place in body])
    records = tuple((row + 1, tuple(text(sheet.rows[row][at], moment=at in dated) for at in places)) for row in body)
    last = (rows[-1] if not closing else body[-1] if body else rows[0]) - rows[0] + 1
    told = excel_layout.told(file.name, sheet, body, places)
    return _Table(names, records, last - len(body) - bool(excel.header), (*repairs, *told, *silent))


def _columns(sheet: Sheet, top: int | None, body: Sequence[int]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    """Return the columns' names and places: those that the header names, and those that have any value."""
    used = {place for row in body for place, value in enumerate(sheet.rows[row]) if value != ""}
    own = {} if top is None else {place: _name(sheet, top, place) for place in range(len(sheet.rows[top]))}
    places = tuple(sorted(used | {place for place, name in own.items() if name}))
    if top is None:
        return headers.made_up(len(places)).names, places, ()
    names, repairs = headers.unique([own[place] for place in places])
    return names, places, repairs


def _name(sheet: Sheet, top: int, place: int) -> str:
    """Return the header's name of a column; a cell merged with one above it has the name that stands there."""
    if found := text(sheet.rows[top][place]):
        return found.strip()
    for (first, left), (last, right) in sheet.merged:
        if first < top <= last and left == right == place + sheet.left:
            return (text(sheet.rows[first][place]) or "").strip()
    return ""


def _check_left_out(file: File, sheet: Sheet, rows: Sequence[int], places: Sequence[int], what: str) -> None:
    """Hold rows that are left out against their evidence: another workbook's footer says nothing of this one.

    Raises:
        Problems: E317, one looks like data.
    """
    for row in rows:
        if excel_layout.looks_like_data(sheet, row, places):
            message = f"`{file.name}` {what} such as the spec says: row {row + 1}, which would be left out, looks like a record"
            hint = "load such workbooks by themselves, or write `footer: 0` and `skip: 0`, so that such rows are loaded or rejected"
            raise Problems(Diagnostic("E317", message, help=f"{hint}; nothing of it was loaded"))


def _chosen(book: Book, name: str) -> Sheet:
    """Return the sheet of that name, or the only one that has anything in it and fits a pattern such as `*`.

    Raises:
        Problems: E342, there is none, or there are several.
    """
    if name in book.names:
        return book.sheet(name)
    fitting = [one for one in book.names if one not in book.hidden and fnmatchcase(one, name)]
    sheets = [sheet for one in fitting if excel_layout.filled(sheet := book.sheet(one))]
    if len(sheets) == 1:
        return sheets[0]
    what = f"has {len(sheets)} sheets that fit `{name}`" if sheets else f"has no sheet `{name}` with anything in it"
    listed = ", ".join(f"`{one}`" for one in book.names) or "none"
    message = f"`{book.file.name}` {what}; its sheets: {listed}"
    raise Problems(
        Diagnostic("E342", message, help="correct `sheet`; with `*` in it, it fits a sheet of any such name, if there is only one")
    )


def _others(files: Sequence[File], largest: File, name: str) -> str | None:
    """Return the name of a workbook that lacks the sheet, where each of those looked at has but one with anything in it."""
    lacking = None
    for file in files[:_FILES]:
        if file is largest or len(files) == 1:
            continue
        with workbook(file) as book:
            if name not in book.names:
                _chosen(book, excel_layout.ANY)
                lacking = lacking or f"`{file.name}`"
    return lacking
