"""The rows of an XML file, written for DuckDB: as texts until a pattern of its records is found, as the cells of patterns from then on.

Records that matched are written without a look at each: a line a record, a group of the pattern a field. Fields and lines are parted by
characters that no XML may have. A field is empty where nothing is there; else its first byte is a mark, and the text stands behind it.
A new file of cells begins where a pattern has other columns, or a record one that the file has not.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

import duckdb

from dataeng_ai.sources import texts
from dataeng_ai.sources.xml_pattern import DoubtError
from dataeng_ai.sources.xml_references import KEPT, OddError, blank_cells, legal, named, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from dataeng_ai.sources.json_shape import Spot
    from dataeng_ai.sources.texts import Texts
    from dataeng_ai.sources.xml_pattern import Pattern
    from dataeng_ai.sources.xml_shape import XmlShape

_FILES: Final = 64
"""Files of cells that are written of one source file, at most."""
_FIELD: Final = "\1"
_LINE: Final = "\2"
_FEED: Final = "\3"
_RETURN: Final = "\4"
_SHORT: Final = 1 << 20
"""Bytes of the longest line that DuckDB makes room for, at least."""

_READ: Final = r"""
SELECT * FROM read_csv($1, columns=$2, delim=$3, max_line_size=$4, buffer_size=$5, quote='', escape='', header=false, auto_detect=false,
    strict_mode=true, null_padding=false, ignore_errors=false, encoding='utf-8', compression='none', new_line='\n')
"""


@dataclass(frozen=True, slots=True)
class Cells:
    """A file of such lines."""

    path: Path
    columns: tuple[str, ...]
    """The keys of the fields; one without a key stands behind the first of them."""
    matched: int
    """So many of them are of a pattern, the others of single records."""
    longest: int
    """No line has more bytes than this."""
    lines: bool
    """Some texts have line ends, which are written as other characters."""


class CellsWriter:
    """Writes such lines into a file."""

    def __init__(self, path: Path, out: IO[bytes], matched: tuple[str, ...], others: tuple[str, ...]) -> None:
        """Begin an empty file; `matched` are the keys of a pattern, `others` those that single records may have beside them."""
        self._path, self._out, self.matched, self._others = path, out, matched, others
        self.columns = frozenset((*matched, *others))
        self._end = _FIELD.encode() * len(others) + b"\n"
        self._longest, self._lines = 0, False

    def cells(self) -> Cells:
        """Return what was written."""
        return Cells(self._path, (*self.matched, *self._others), len(self.matched), self._longest, self._lines)

    def add(self, row: Mapping[str, object]) -> None:
        """Write a record that did not match, its texts by key."""
        cells = [row.get(key) for key in (*self.matched, "", *self._others)]
        self._write(self._flat(_FIELD.join("" if cell is None else f">{cell}" for cell in cells)).encode() + b"\n")

    def write(self, rows: Sequence[tuple[bytes, ...]], how: Pattern) -> None:
        """Write records that matched, each the groups of the pattern, the last one of them empty.

        Raises:
            OddError: one of them has what only a parser can tell; nothing was written.
        """
        marks, lists = len(rows) * len(self.matched), how.lists
        made: list[tuple[Spot, int, set[type]]] = []
        raw = self._replaced(rows, how, made) if all(place and items.simple for place, _, items in lists) else None
        if raw is None:
            made.clear()
            columns: list[Sequence[bytes]] = list(zip(*rows, strict=True))
            for place, spot, items in lists:
                found = items.column(columns[place])
                columns[place] = found.cells
                marks += found.kept
                made.append((spot, found.items, found.kinds))
            raw = self._text(list(zip(*columns, strict=True)) if lists else rows, marks)
        elif blank_cells(raw, lists=bool(lists)):
            raise OddError
        else:
            legal(raw, marks)
        self._write((raw.replace(b"\n", self._end) if self._others else raw) + self._end)
        for spot, count, kinds in made:
            spot.items += count
            spot.kinds |= kinds

    def _replaced(self, rows: Sequence[tuple[bytes, ...]], how: Pattern, made: list[tuple[Spot, int, set[type]]]) -> bytes | None:
        """Return the lines of records whose lists are of texts, where nothing in them has to be put right but the tags."""
        raw = b"\n".join(map(b"\1".join, rows))
        marked = _quotes(raw) if how.quotes is None else how.quotes * len(rows)
        if b"&" in raw or b"\\" in raw or b"\r" in raw or raw.count(b'"') != marked:
            return None
        for _, spot, items in how.lists:
            raw, count = items.replaced(raw)
            made.append((spot, count, {str} if count else set()))
        return None if b"<" in raw or b"\t" in raw or raw.count(b"\n") != len(rows) - 1 else raw

    def _text(self, rows: Sequence[tuple[bytes, ...]], marks: int) -> bytes:
        """Return the lines of records; `marks` are the characters in them that no XML may have."""
        raw = b"\n".join(map(b"\1".join, rows))
        if blank_cells(raw, lists=False):
            raise OddError
        if raw.count(b"\n") == len(rows) - 1 and b"\r" not in raw and b"&#" not in raw:
            legal(raw, marks)
            raw = named(raw) if b"&" in raw else raw
            return raw.replace(KEPT.encode(), b"&")
        raw = b"\2".join(map(b"\1".join, rows))
        return self._flat(resolved(legal(raw, marks + len(rows) - 1))).replace(_LINE, "\n").encode()

    def _flat(self, text: str) -> str:
        if "\n" not in text and "\r" not in text:
            return text
        self._lines = True
        return text.replace("\n", _FEED).replace("\r", _RETURN)

    def _write(self, raw: bytes) -> None:
        self._longest = max(self._longest, len(raw) if len(raw) < _SHORT else max(map(len, raw.split(b"\n"))))
        self._out.write(raw)


def _quotes(raw: bytes) -> int:
    """Count the fields that begin with a quotation mark."""
    return raw.count(b'\1"') + raw.count(b'\n"') + raw.startswith(b'"')


class Rows:
    """Takes rows, in their order."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Begin; what is opened is closed with `stack`."""
        self.path = path
        self._stack = stack
        self._texts = stack.enter_context(texts.writing(path))
        self._writers: list[CellsWriter] = []
        self._cells: list[Cells] = []

    @property
    def longest(self) -> int:
        """How many bytes the longest text row has."""
        return self._texts.longest

    @property
    def cells(self) -> tuple[Cells, ...]:
        """The files of cells."""
        return (*self._cells, *(writer.cells() for writer in self._writers))

    def one(self, row: dict[str, object], size: int, shape: XmlShape) -> None:
        """Take the row of a record that a parser has read, about so large."""
        if not (self._writers or self._cells):
            self._texts.add(row, size)
            return
        if not self._writers or not self._writers[-1].columns >= row.keys() - {texts.NUMBER}:
            cells = self.cells[-1]
            self._begin(cells.columns[: cells.matched], shape)
        self._writers[-1].add(row)

    def many(self, rows: Sequence[tuple[bytes, ...]], how: Pattern, shape: XmlShape) -> None:
        """Take records that match.

        Raises:
            OddError: not all of them do; none was taken.
        """
        if not self._writers or self._writers[-1].matched != how.columns:
            self._begin(how.columns, shape)
        self._writers[-1].write(rows, how)

    def run(self, cells: Cells) -> bool:
        """Take a file of rows that others have written; say whether there is room for it."""
        if self._count() >= _FILES // 2:
            return False
        self._cells = [*self.cells, cells]
        self._writers.clear()
        return True

    def _count(self) -> int:
        return len(self._cells) + len(self._writers)

    def _begin(self, matched: tuple[str, ...], shape: XmlShape) -> None:
        if self._count() == _FILES:
            raise DoubtError
        path = self.path.with_suffix(f".cells{self._count()}")
        others = tuple(key for key in shape.columns if key not in matched)
        self._writers.append(CellsWriter(path, self._stack.enter_context(path.open("wb")), matched, others))


@contextmanager
def rows_of(path: Path) -> Iterator[Rows]:
    """Open a file for rows, and others beside it; they are all there when it closes."""
    with ExitStack() as stack:
        yield Rows(path, stack)


def relation(con: duckdb.DuckDBPyConnection, path: Path, how: Texts) -> duckdb.DuckDBPyRelation:
    """Return the rows in their order: texts `c0`, `c1`, … in the header's order."""
    rows = texts.relation(con, path, how)
    if not how.cells:
        return rows
    found = rows.select(*(f"c{place}" for place in range(len(how.columns))))
    for cells in how.cells:
        found = found.union(_lines(con, cells, how.columns))
    return found


def _lines(con: duckdb.DuckDBPyConnection, cells: Cells, wanted: Sequence[str]) -> duckdb.DuckDBPyRelation:
    """Return the rows of such a file in its order, the texts of the wanted keys as `c0`, `c1`, …."""
    columns = dict.fromkeys((*cells.columns[: cells.matched], "rest", *cells.columns[cells.matched :]), "VARCHAR")
    size = max(_SHORT, cells.longest + 1)
    rows = con.sql(_READ, params=[str(cells.path), columns, _FIELD, size, 2 * size])
    return rows.select(*(_cell(cells, key).alias(f"c{place}") for place, key in enumerate(wanted)))


def _cell(cells: Cells, key: str) -> duckdb.Expression:
    if key not in cells.columns:
        return duckdb.ConstantExpression(None).cast("VARCHAR")
    text = duckdb.FunctionExpression("substr", duckdb.ColumnExpression(key), duckdb.ConstantExpression(2))
    for mark, meant in ((_FEED, "\n"), (_RETURN, "\r")) if cells.lines else ():
        text = duckdb.FunctionExpression("replace", text, duckdb.ConstantExpression(mark), duckdb.ConstantExpression(meant))
    return text
