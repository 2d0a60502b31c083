"""PostgreSQL as a source: its errors become ours, in one table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from dataeng_ai.connections.postgres_errors import RETRY, Row, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS: Final[tuple[Row, ...]] = (
    ("42501", "E613", "a right is missing", "GRANT SELECT on the table, and USAGE on its schema"),
    ("42P01", "E350", "there is no such table", "check `table`: a name in capitals stands as it is, a schema before a point"),
    ("3F", "E350", "there is no such schema", "check `table`"),
    ("25006", "E352", "the query changes something, and only reading is allowed here", "write a SELECT that only reads"),
    ("57014", "E353", "it took longer than it may", "let the query read less, or give it time: `run: {timeout: 2h}`"),
    ("40001", "E610", "the server gave the read up, as a standby does", RETRY),
    ("22P05", "E351", "a text cannot be written as UTF-8", "look at the database's encoding"),
    ("", "E351", "the database refuses", "correct `table` or `query`"),
)
"""What the states of a server that answers mean of a table that is read."""


@contextmanager
def ours(name: str) -> Iterator[None]:
    """Turn PostgreSQL's errors into diagnostics that name the connection."""
    try:
        yield
    except psycopg.Error as error:
        raise problem(error, f"the source connection `{name}`", _OURS) from error
