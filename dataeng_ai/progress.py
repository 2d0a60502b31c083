"""How far a long step is: whoever works says it, whichever face is looking shows it; with nobody looking it costs a lookup.

Nothing depends on being heard, so a step is never told how it is shown.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a command: what is being done, and how much of it is done where that is known."""

    what: str
    """In words, without personal data: `asking qwen2.5 for the primary key`."""
    done: int | None = None
    of: int | None = None
    over: bool = False
    """It is done, and worth a line that stays: what a model answered, and in what time."""


_ear: ContextVar[Callable[[Step], None] | None] = ContextVar("dataeng_progress", default=None)


def say(what: str, done: int | None = None, of: int | None = None) -> None:
    """Tell whoever is looking what is being done now; with an empty text, that nothing is: it is a person's turn."""
    _tell(what, done, of)


def tick(what: str) -> None:
    """Tell whoever is looking what was done just now, in a line that stays."""
    _tell(what, over=True)


def _tell(what: str, done: int | None = None, of: int | None = None, *, over: bool = False) -> None:
    ear = _ear.get()
    if ear is not None:
        ear(Step(what, done, of, over))


@contextmanager
def heard(ear: Callable[[Step], None]) -> Iterator[None]:
    """Hear every step that is done within."""
    token = _ear.set(ear)
    try:
        yield
    finally:
        _ear.reset(token)


def quiet(connection: duckdb.DuckDBPyConnection) -> None:
    """Let DuckDB draw no progress of its own, as it does where it takes whoever runs it for somebody typing."""
    import duckdb  # noqa: PLC0415  it is there, since it has a connection

    # In a notebook without the package that draws there, DuckDB refuses to be asked, and draws nothing.
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false").fetchall()
