"""The rows of an XML file, written for DuckDB: as texts until a pattern of its records is found, as the cells of patterns from then on.

A new file of cells begins where a pattern has other columns, or a record one that the file has not.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources import texts, xml_cells
from dataeng_ai.sources.xml_pattern import DoubtError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from dataeng_ai.sources.texts import Texts
    from dataeng_ai.sources.xml_cells import Cells
    from dataeng_ai.sources.xml_pattern import Pattern
    from dataeng_ai.sources.xml_shape import XmlShape

_FILES: Final = 64
"""Files of cells that are written of one source file, at most."""


class Rows:
    """Takes rows, in their order."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Begin; what is opened is closed with `stack`."""
        self.path = path
        self._stack = stack
        self._texts = stack.enter_context(texts.writing(path))
        self._writers: list[xml_cells.Writer] = []
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
        self._writers.append(xml_cells.Writer(path, self._stack.enter_context(path.open("wb")), matched, others))


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
        found = found.union(xml_cells.relation(con, cells, how.columns))
    return found
