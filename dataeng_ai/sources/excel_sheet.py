"""Sheets of workbooks (xlsx, xls, xlsb, ods) as rows of texts: each value as exactly as its cell has it.

Numbers are the shortest text that reads back equal, whole ones without a point; dates and times ISO; durations `PT30H5M`; errors such
as `#DIV/0!` stand as they are shown. The library gives nothing for an error, so those of xlsx are looked up in its XML, and those of
xls in its records; in xlsb and ods they cannot be told from empty cells, which is said. An empty cell is nothing, and so is an empty text.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.excel_records import DAMAGED, records
from dataeng_ai.sources.unpacking import missing, opened, packed, refuse_bomb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_calamine import CalamineWorkbook

    from dataeng_ai.sources.excel_records import Records
    from dataeng_ai.sources.files import File

_OLE: Final = b"\xd0\xcf\x11\xe0"
EXACT: Final = 2**53
"""Below it every whole number is a double."""
_ROW_OR_CELL: Final = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*)?>")
_IS_ERROR: Final = re.compile(rb"""\bt\s*=\s*(?:"e"|'e')""")
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]*)([0-9]+)["']""")
_SHOWN: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<|</(?:\w+:)?c>")
_HOLLOW: Final = re.compile(
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
"""A formula whose value nobody has computed."""
_SHEET: Final = "}sheet"
_ID: Final = "}id"
"""Of two namespaces each: the usual one, and that of what Excel calls strict."""
_SUFFIXES: Final = {b"PK": (".xlsx", ".xlsm", ".xlsb", ".ods"), _OLE[:2]: (".xls",)}
"""What the library goes by where it opens a file itself."""

_PANIC: Final = "PanicException"
"""What the library raises where it stumbles over what it did not expect: no name can be imported for it, and it is no `Exception`."""
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")

Cell = Any
"""What the library gives: str, float, int, bool, date, datetime, time or timedelta; '' where nothing is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands: its rows from the first of the sheet on, from the column `left` (from 0) on."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    left: int
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    """The ranges of merged cells: first and last (row, column), from 0."""
    hollow: int = 0
    """Formulas without a value: what wrote the workbook did not compute them."""


class Book:
    """An open workbook."""

    def __init__(self, file: File, book: CalamineWorkbook, content: str | BytesIO | None, old: Records | None = None) -> None:
        """Take the library's workbook, its content where that is XML, and its records where it is an old one."""
        self.file, self._book, self._content = file, book, content
        every = [one.name for one in book.sheets_metadata]
        self._old = old if old and len(old.sheets) == len(every) else None
        self._places = {name: place for place, name in enumerate(every)}
        self.names = tuple(one.name for one in book.sheets_metadata if str(one.typ).endswith(".WorkSheet"))
        """The sheets with cells, in the workbook's order; hidden ones too."""
        self.hidden = frozenset(one.name for one in book.sheets_metadata if not str(one.visible).endswith(".Visible"))

    @property
    def tells_errors(self) -> bool:
        """Say whether errors can be told from empty cells."""
        return self._content is not None or self._old is not None

    def sheet(self, name: str) -> Sheet:
        """Read a sheet.

        Raises:
            Problems: E341, it is damaged; E319, the library's rows are not as many as the sheet has.
        """
        with _told(self.file):
            found = self._book.get_sheet_by_name(name)
            rows = [tuple(row) for row in found.iter_rows()]
            expected = found.end[0] + 1 if found.end else 0
            left = found.start[1] if found.start else 0
            merged = tuple(found.merged_cell_ranges or ())
        if len(rows) != expected:
            message = f"`{self.file.name}` refused: {len(rows)} rows are read of the sheet `{name}`, which has {expected}"
            raise Problems(Diagnostic("E319", message, help="nothing of it was loaded; please report this file as a bug"))
        if self._content is None:
            with _told(self.file):
                amended = self._old.amended(self._places[name]) if self._old else {}
            left, rows = _amended(rows, left, amended) if amended else (left, rows)
            return Sheet(name, tuple(rows), left, merged)
        with _told(self.file):
            xml = _xml(self._content, name)
        return Sheet(name, tuple(_with_errors(rows, left, xml)), left, merged, len(_HOLLOW.findall(xml)))


def _amended(rows: list[tuple[Cell, ...]], left: int, amended: Mapping[tuple[int, int], Cell]) -> tuple[int, list[tuple[Cell, ...]]]:
    """Put other cells where the library's stand; return the first column, which may be another then, and the rows."""
    columns = [column for _, column in amended]
    first = min([*columns, left]) if rows else min(columns)
    width = max(max(columns) + 1 - first, (len(rows[0]) + left - first) if rows else 0)
    before = ("",) * (left - first)
    found: list[list[Cell]] = [[*before, *row, *[""] * (width - len(before) - len(row))] for row in rows]
    found += [[""] * width for _ in range(max(row for row, _ in amended) + 1 - len(rows))]
    for (row, column), value in amended.items():
        found[row][column - first] = value
    return first, [tuple(row) for row in found]


def _with_errors(rows: list[tuple[Cell, ...]], left: int, xml: bytes) -> list[tuple[Cell, ...]]:
    for row, place, shown in _errors(xml) if _IS_ERROR.search(xml) else ():
        column = place - left
        if row < len(rows) and 0 <= column < len(rows[row]):
            rows[row] = (*rows[row][:column], shown.decode("utf-8", "replace"), *rows[row][column + 1 :])
    return rows


def _errors(xml: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield (row, column, what is shown) of each error, from 0; cells and rows that do not say where they are follow those before."""
    row = column = -1
    for match in _ROW_OR_CELL.finditer(xml):
        attributes = match[2] or b""
        where = _PLACE.search(attributes)
        if match[1] == b"row":
            row, column = int(where[2]) - 1 if where else row + 1, -1
            continue
        row, column = (int(where[2]) - 1, _column(where[1])) if where and where[1] else (row, column + 1)
        if _IS_ERROR.search(attributes) and (shown := _SHOWN.search(xml, match.end())) and shown[1]:
            yield row, column, shown[1]


@contextmanager
def workbook(file: File) -> Iterator[Book]:
    """Open a workbook.

    Raises:
        Problems: E302 it cannot be read; E305 the package that reads it is not installed; E311 it is empty; E341 it is none, is damaged,
            or has a password.
    """
    try:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415  an extra, and only for such files
    except ImportError as error:
        raise missing(package="python-calamine", what="a workbook") from error
    try:
        content: str | BytesIO = str(file.path)
        if packed(file) or not _called_so(file):
            with opened(file) as stream:
                content = BytesIO(stream.read())
    except OSError as error:
        raise Problems(Diagnostic("E302", f"`{file.name}` cannot be read: {error.strerror}", help="was it moved meanwhile?")) from error
    if not (file.size if isinstance(content, str) else content.getbuffer().nbytes):
        raise Problems(Diagnostic("E311", f"`{file.name}` is empty: there is not one byte", help="was it written to the end?"))
    with _told(file):
        xml = _as_zip(file, content if isinstance(content, str) else BytesIO(content.getvalue()))
        book = CalamineWorkbook.from_object(content)
    with book:
        yield Book(file, book, xml, None if xml else _old(content))


def _old(content: str | BytesIO) -> Records | None:
    """Return the records of an old workbook; None where it is another."""
    held = Path(content).read_bytes() if isinstance(content, str) else content.getvalue()
    return records(held) if held.startswith(_OLE) else None


def _called_so(file: File) -> bool:
    """Say whether a file's name says what its first bytes do; a workbook in XML with a password is in the other kind of envelope."""
    with file.path.open("rb") as stream:
        start = stream.read(2)
        fits = file.path.suffix.lower() in _SUFFIXES.get(start, ())
        return fits or (start == _OLE[:2] and _LOCKED in stream.read())


def text(value: Cell, *, moment: bool = False) -> str | None:
    """Return a cell's text; `moment`: a date stands among moments of its column, and is one at midnight."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= EXACT else repr(value)
    return _moment(value, among=moment) if isinstance(value, date | time | timedelta) else str(value)


def _moment(value: date | time | timedelta, *, among: bool) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, timedelta):
        return _duration(value)
    return f"{value.isoformat()} 00:00:00" if among and isinstance(value, date) else value.isoformat()


def _duration(value: timedelta) -> str:
    """Return a duration as ISO 8601 has it, in hours, minutes and seconds: `PT30H5M`."""
    sign, size = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(size.days * 86400 + size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{size.microseconds:06d}".rstrip("0") if size.microseconds else ""
    parts = (f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{seconds}{fraction}S" if seconds or fraction else "")
    return f"{sign}PT{''.join(parts) or '0S'}"


@contextmanager
def _told(file: File) -> Iterator[None]:
    """Around the library: what it raises is the file's problem.

    Raises:
        Problems: E341.
    """
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415  an extra, and only for such files

    try:
        yield
    except PasswordError as error:
        message = f"`{file.name}` cannot be read: a password protects it"
        raise Problems(Diagnostic("E341", message, help="save it without a password; passwords are not known here")) from error
    except (CalamineError, zipfile.BadZipFile, ET.ParseError, KeyError, *DAMAGED) as error:
        raise _unreadable(file, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise _unreadable(file, str(error)) from error


def _unreadable(file: File, why: str) -> Problems:
    message = f"`{file.name}` cannot be read as a workbook: {why}"
    return Problems(Diagnostic("E341", message, help="open and save it anew, or fetch it again; nothing of it was loaded"))


def _as_zip(file: File, content: str | BytesIO) -> str | BytesIO | None:
    """Return the content where it is a workbook in XML, whose errors can be looked up.

    Raises:
        Problems: E304, it unpacks to more than data does.
    """
    if not zipfile.is_zipfile(content):
        return None
    with zipfile.ZipFile(content) as archive:
        for entry in archive.infolist():
            refuse_bomb(file.name, entry.file_size, entry.compress_size)
        return content if "xl/workbook.xml" in archive.namelist() else None


def _xml(content: str | BytesIO, name: str) -> bytes:
    """Return the XML of a sheet."""
    with zipfile.ZipFile(content) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  expat refuses to expand without end
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  likewise
        targets = {one.get("Id"): one.get("Target", "") for one in links}
        sheets = (one for one in book.iter() if one.tag.endswith(_SHEET) and one.get("name") == name)
        ids = (value for one in sheets for key, value in one.items() if key.endswith(_ID))
        place = targets.get(next(ids, None))
        return archive.read(place.lstrip("/") if place.startswith("/") else f"xl/{place}") if place else b""


def _column(letters: bytes) -> int:
    """Return the place of a column, from 0, by its letters: A, B, …, Z, AA."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def moments(rows: Sequence[Sequence[Cell]]) -> frozenset[int]:
    """Return the places of the columns that hold moments with a time of day: dates among them are moments too."""
    return frozenset(place for row in rows for place, value in enumerate(row) if isinstance(value, datetime))
