"""PostgreSQL: its errors become ours, in one table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from dataeng_ai.connections.postgres_errors import RETRY, Row, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS: Final[tuple[Row, ...]] = (
    ("42501", "E613", "a right is missing", "GRANT it, or run the DDL of `spec ddl NAME` as an administrator first"),
    ("22021", "E515", "a text holds a character that PostgreSQL cannot store", "clean the file: it cannot hold the NUL character"),
    ("22P05", "E515", "a text holds a character that the database's encoding lacks", "load into a database in UTF-8"),
    ("22P02", "E516", "a value is not one of the column's type", "check `physical` of that column"),
    ("22", "E516", "a value does not fit the column", "check `type` and `physical` of that column"),
    ("23", "E517", "a constraint of the table refuses the rows", "compare the table's constraints with the spec"),
    ("25006", "E518", "the query changes something, and only reading is allowed here", "write a SELECT"),
    ("42", "E519", "the statement does not fit the database", "compare the table with `spec ddl NAME`"),
    ("57014", "E520", "the statement was cancelled", "run again: nothing half done is left"),
    ("", "E513", "PostgreSQL failed ({state})", RETRY),
)
"""What the states of a server that answers mean of a table that is loaded."""


@contextmanager
def ours(where: str) -> Iterator[None]:
    """Turn PostgreSQL's errors into diagnostics that say where it happened.

    Raises:
        Unreachable: the server is not there, is full, or does not let us in.
        Problems: it refused what was asked for.
    """
    try:
        yield
    except psycopg.Error as error:
        raise problem(error, where, _OURS) from error
