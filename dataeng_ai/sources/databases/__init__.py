"""Databases as sources: one module each, with a snapshot of the same methods in the same order; a new one is one word here.

A snapshot is one view of the database in which nothing changes, opened so that nothing can be changed through it. What is read
becomes texts in a file of ours, as those of any format do; see `table.py`.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases.described import Described, Extremes, Listed
    from dataeng_ai.sources.databases.written import Written
    from dataeng_ai.sources.files import File

KINDS: Final = ("postgres", "sqlite", "duckdb", "mysql", "clickhouse")
"""The databases: each is the name of a module here, of a kind of connection, and of a dialect of SQL."""

_DRIVERS: Final = ("psycopg", "pymysql", "clickhouse_connect")
_FETCHED: Final = "fetched.rows"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a database: `rows` and `count` are whole statements; `table` is set where it is one, and no query."""

    connection: str
    kind: str
    name: str
    rows: str
    count: str
    table: tuple[str, ...] | None = None


class Snapshot(Protocol):
    """One view of a database, which does not change while it is open."""

    def tables(self) -> list[Listed]:
        """Return the tables and views that may be read, in the order of their names."""

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table."""

    def state(self, asked: Asked) -> str:
        """Return a text that is another one when the rows have changed."""

    def count(self, asked: Asked) -> int:
        """Return how many rows there are."""

    def extremes(self, asked: Asked, ordered: Collection[str]) -> Mapping[str, Extremes]:
        """Return of every column how many rows have nothing there, of the ordered ones the least and the greatest: over all rows."""

    def unique(self, asked: Asked, columns: Sequence[str]) -> bool:
        """Say whether all rows differ in these columns, and none has nothing there."""

    def write(self, asked: Asked, path: Path, one_in: int = 1) -> Written:
        """Write the rows as texts, all of them or one in so many, chosen by a hash of what stands in them."""


class _Database(Protocol):
    """A module that is one word of `KINDS`."""

    def snapshot(self, found: Connection, root: Path, timeout: int) -> AbstractContextManager[Snapshot]:
        """Open a snapshot."""


@contextmanager
def snapshot(name: str, kind: str, root: Path, timeout: int) -> Iterator[Snapshot]:
    """Open a snapshot of the database that a connection means; no statement takes longer than `timeout` seconds.

    Raises:
        Problems: the connection is not known, or of another kind (E606), or what was asked for was refused (E35x).
        Unreachable: the database cannot be opened, or does not answer (E61x).
    """
    from dataeng_ai.connections import resolve  # noqa: PLC0415  a profile is read where no database is asked

    found = resolve(name, root)
    if found.kind != kind:
        message = f"the connection `{name}` is of the kind `{found.kind}`, and the source is of the kind `{kind}`"
        raise Problems(Diagnostic("E606", message, help="name another connection, or correct its kind in dataeng.yaml"))
    with _module(kind).snapshot(found, root, timeout) as opened:
        yield opened


def _module(kind: str) -> _Database:
    try:
        return cast("_Database", import_module(f"{__name__}.{kind}"))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _DRIVERS:
            raise  # a fault of ours
        message = f"the driver for connections of the kind `{kind}` is not installed here: `{package}`"
        raise Problems(Diagnostic("E620", message, help=f"pip install 'dataeng-ai[{kind}]'")) from None


def fetch(opened: Snapshot, asked: Asked, folder: Path, one_in: int = 1) -> File:
    """Write what is asked for into a folder; the file is what `table.prepare` reads.

    Raises:
        Problems: as many rows came as were counted, or not (E319).
    """
    from dataeng_ai.sources.files import File  # noqa: PLC0415  as above

    path = folder / _FETCHED
    counted = opened.count(asked)
    written = opened.write(asked, path, one_in)
    if one_in == 1 and written.rows + len(written.bad) != counted:
        message = f"`{asked.name}` refused: {written.rows + len(written.bad)} rows came where {counted} were counted"
        raise Problems(Diagnostic("E319", message, help="nothing of it was loaded; does the query answer otherwise each time?"))
    path.with_suffix(".json").write_text(json.dumps(asdict(written)), encoding="utf-8")
    return File(asked.name, path, path.stat().st_size)
