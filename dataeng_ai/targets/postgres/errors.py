"""PostgreSQL: its errors become ours, in one table."""

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
    ("42501", "E613", "a right is missing", "GRANT it, or run the DDL of `spec ddl NAME` as an administrator first"),
    ("22021", "E515", "a text holds a character that PostgreSQL cannot store", "clean the file: it cannot hold the NUL character"),
    ("22P05", "E515", "a text holds a character that the database's encoding lacks", "load into a database in UTF-8"),
    ("22P02", "E516", "a value is not one of the column's type", "check `physical` of that column"),
    ("22", "E516", "a value does not fit the column", "check `type` and `physical` of that column"),
    ("23", "E517", "a constraint of the table refuses the rows", "compare the table's constraints with the spec"),
    ("25006", "E518", "the query changes something, and only reading is allowed here", "write a SELECT"),
    ("42", "E519", "the statement does not fit the database", "compare the table with `spec ddl NAME`"),
    ("57014", "E520", "the statement was cancelled", "run again: nothing half done is left"),
)
"""The start of SQLSTATE -> code, what it means, what to do; the first that fits."""

_NO_ANSWER: Final = "08"
_REFUSAL: Final = "28"
_FATAL: Final = ("FATAL:", "ВАЖНО:")
"""How a server's own refusal begins: the driver hands on no SQLSTATE while there is no connection, only the text."""

_OUTSIDE: Final = ("E610", "E611", "E612")


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
        raise _problem(error, where) from error


def _problem(error: psycopg.Error, where: str) -> Problems:
    said = " ".join((error.diag.message_primary or str(error)).split())
    state = error.sqlstate or (_unconnected(said) if isinstance(error, psycopg.OperationalError) else "")
    for start, code, meaning, advice in _OURS:
        if state.startswith(start):
            diagnostic = Diagnostic(code, f"{where}: {meaning}: {said}", help=advice)
            return Unreachable(diagnostic) if code in _OUTSIDE else Problems(diagnostic)
    return Problems(Diagnostic("E513", f"{where}: PostgreSQL failed ({state or type(error).__name__}): {said}", help=_RETRY))


def _unconnected(said: str) -> str:
    """Return the class of an error that came before there was a connection: a server refused us, or none answered."""
    return _REFUSAL if any(word in said for word in _FATAL) else _NO_ANSWER
