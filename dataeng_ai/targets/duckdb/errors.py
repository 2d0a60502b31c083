"""DuckDB: its errors become ours, in one table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

_RETRY: Final = "run again: nothing half done is left"
_OURS: Final = (
    (
        duckdb.IOException,
        "E610",
        "the file cannot be read or written",
        "look at the disk and at who else has the file open, then run again",
    ),
    (duckdb.OutOfMemoryException, "E611", "DuckDB is out of memory", "give it more (`run: {memory: 4GiB}`), or fewer threads"),
    (duckdb.ConversionException, "E516", "a value does not fit the column", "check `type` and `physical` of that column"),
    (duckdb.OutOfRangeException, "E516", "a value does not fit the column", "check `type` and `physical` of that column"),
    (duckdb.ConstraintException, "E517", "a constraint of the table refuses the rows", "compare the table's constraints with the spec"),
    (duckdb.CatalogException, "E519", "the statement does not fit the database", "compare the table with `spec ddl NAME`"),
    (duckdb.BinderException, "E519", "the statement does not fit the database", "compare the table with `spec ddl NAME`"),
    (duckdb.ParserException, "E519", "the statement does not fit the database", "check the SQL"),
    (duckdb.PermissionException, "E518", "the query reaches beyond the warehouse, and only reading it is allowed here", "write a SELECT"),
    (duckdb.InterruptException, "E520", "the statement was cancelled", _RETRY),
)
"""DuckDB's exception -> code, what it means, what to do; the first that fits."""

_OUTSIDE: Final = ("E610", "E611")


@contextmanager
def ours(where: str) -> Iterator[None]:
    """Turn DuckDB's errors into diagnostics that say where it happened.

    Raises:
        Unreachable: the file is not there or is held by another, or memory or disk ran out.
        Problems: DuckDB refused what was asked for.
    """
    try:
        yield
    except duckdb.Error as error:
        raise _problem(error, where) from error


def _problem(error: duckdb.Error, where: str) -> Problems:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    for kind, code, meaning, advice in _OURS:
        if isinstance(error, kind):
            diagnostic = Diagnostic(code, f"{where}: {meaning}: {said}", help=advice)
            return Unreachable(diagnostic) if code in _OUTSIDE else Problems(diagnostic)
    return Problems(Diagnostic("E513", f"{where}: DuckDB failed: {said}", help=_RETRY))
