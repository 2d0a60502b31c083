"""PostgreSQL: rows from the worker's DuckDB into COPY, as CSV through a pipe; a null stays a null, an empty text an empty text."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from duckdb import CaseExpression, ColumnExpression, ConstantExpression, FunctionExpression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duckdb import DuckDBPyRelation, Expression

    from dataeng_ai.targets.table import TableColumn

_ROWS: Final = "rows"
CHUNK: Final = 1 << 18
"""Bytes taken from the pipe at once."""


def pump(rows: DuckDBPyRelation, columns: Sequence[TableColumn], write: Callable[[bytes], None], progress: Callable[[], None]) -> None:
    """Write the rows as CSV, in pieces, calling `progress` after each.

    Raises:
        duckdb.Error: DuckDB failed; what was written by then is not the whole.
    """
    # PostgreSQL takes a line that is nothing but `\\.` for the end; only the record of a lone column can be one, so that is quoted.
    quoting = "ALL" if len(columns) == 1 else None
    printed = rows.set_alias(_ROWS).select(*(_printed(column) for column in columns))
    reader, writer = os.pipe()
    with ThreadPoolExecutor(1) as printer:
        printing = printer.submit(_print, printed, writer, quoting)
        with open(reader, "rb", buffering=0) as pipe:  # noqa: PTH123  a pipe has no path; closing it early ends the printer, too
            while piece := pipe.read(CHUNK):
                write(piece)
                progress()
        printing.result()


def _print(rows: DuckDBPyRelation, writer: int, quoting: str | None) -> None:
    try:
        rows.write_csv(f"/dev/fd/{writer}", header=False, quoting=quoting)
    finally:
        os.close(writer)


def _printed(column: TableColumn) -> Expression:
    r"""Return the column as it is printed: bytes in PostgreSQL's `\x…` form, all else as DuckDB prints it."""
    found = ColumnExpression(_ROWS, column.name)  # a lone name is parsed by DuckDB 1.5, and a quote or a point in it misread
    if column.type.name != "bytes":
        return found
    digits = FunctionExpression("concat", ConstantExpression("\\x"), FunctionExpression("hex", found))
    return CaseExpression(found.isnotnull(), digits).alias(column.name)
