"""PostgreSQL's errors become ours: those of a server that is not there, is full or lets nobody in mean the same, whoever asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg

from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = tuple[str, str, str, str]
"""The start of SQLSTATE, our code, what it means, what to do."""
RETRY: Final = "look at the server, then run again: nothing half done is left"
_SERVER: Final[tuple[Row, ...]] = (
    ("08", "E610", "the server does not answer", RETRY),
    ("57P", "E610", "the server does not answer", RETRY),
    ("53", "E611", "the server is out of disk, memory or connections", RETRY),
    ("28", "E612", "the server does not let us in", "check the user, the password and the database of the connection"),
    ("3D", "E612", "there is no such database", "check the database of the connection"),
)
_OUTSIDE: Final = ("E610", "E611", "E612")
_NO_ANSWER: Final = "08"
_REFUSAL: Final = "28"
_FATAL: Final = ("FATAL:", "ВАЖНО:")
"""How a server's own refusal begins: the driver hands on no SQLSTATE while there is no connection, only the text."""


def problem(error: psycopg.Error, where: str, rows: Iterable[Row]) -> Problems:
    """Return what the driver raised as a problem that says where it happened.

    Args:
        error: The driver's.
        where: What was asked of whom, in words.
        rows: What states of a server that answers mean there, the first that fits; the last fits all. `{state}` in words is the state.
    """
    said = " ".join((error.diag.message_primary or str(error)).split())
    state = error.sqlstate or (_unconnected(said) if isinstance(error, psycopg.OperationalError) else "")
    code, meaning, advice = next(found for start, *found in (*_SERVER, *rows) if state.startswith(start))
    words = meaning.replace("{state}", state or type(error).__name__)
    return (Unreachable if code in _OUTSIDE else Problems)(Diagnostic(code, f"{where}: {words}: {said}", help=advice))


def _unconnected(said: str) -> str:
    """Return the class of an error that came before there was a connection: a server refused us, or none answered."""
    return _REFUSAL if any(word in said for word in _FATAL) else _NO_ANSWER
