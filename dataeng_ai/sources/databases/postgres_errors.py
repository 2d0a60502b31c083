"""PostgreSQL as a source: its errors become ours, in one table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

_RETRY: Final = "look at the server, then run again: nothing half done is left"
_OURS: Final = (
    ("08", "E610", "the server does not answer", _RETRY),
    ("57P", "E610", "the server does not answer", _RETRY),
    ("53", "E611", "the server is out of disk, memory or connections", _RETRY),
    ("28", "E612", "the server does not let us in", "check the user, the password and the database of the connection"),
    ("3D", "E612", "there is no such database", "check the database of the connection"),
    ("42501", "E613", "a right is missing", "GRANT SELECT on the table, and USAGE on its schema"),
    ("42P01", "E350", "there is no such table", "check `table`: a name in capitals stands as it is, a schema before a point"),
    ("3F", "E350", "there is no such schema", "check `table`"),
    ("25006", "E352", "the query changes something, and only reading is allowed here", "write a SELECT that only reads"),
    ("57014", "E353", "it took longer than it may", "let the query read less, or give it time: `run: {timeout: 2h}`"),
    ("40001", "E610", "the server gave the read up, as a standby does", _RETRY),
    ("22P05", "E351", "a text cannot be written as UTF-8", "look at the database's encoding"),
    ("", "E351", "the database refuses", "correct `table` or `query`"),
)
"""The start of SQLSTATE -> code, what it means, what to do; the first that fits."""
_OUTSIDE: Final = ("E610", "E611", "E612")
_FATAL: Final = ("FATAL:", "ВАЖНО:")


@contextmanager
def ours(name: str) -> Iterator[None]:
    """Turn PostgreSQL's errors into diagnostics that name the connection."""
    try:
        yield
    except psycopg.Error as error:
        said = " ".join((error.diag.message_primary or str(error)).split())
        state = error.sqlstate or (_unconnected(said) if isinstance(error, psycopg.OperationalError) else "")
        code, meaning, advice = next(found for start, *found in _OURS if state.startswith(start))
        diagnostic = Diagnostic(code, f"the source connection `{name}`: {meaning}: {said}", help=advice)
        raise (Unreachable if code in _OUTSIDE else Problems)(diagnostic) from error


def _unconnected(said: str) -> str:
    """Return the class of an error without one: a server refused us, or none answers any more."""
    return "28" if any(word in said for word in _FATAL) else "08"
