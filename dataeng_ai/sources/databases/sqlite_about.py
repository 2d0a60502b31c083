"""SQLite: what is behind a connection. The file is opened read-only and closed again; nothing here is ever loaded into one."""

from __future__ import annotations

import sqlite3
from time import perf_counter
from typing import TYPE_CHECKING

from dataeng_ai.connections import Fact
from dataeng_ai.connections.drivers import file_of
from dataeng_ai.sources.databases.described import counted
from dataeng_ai.sources.databases.sqlite import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use

_TIMEOUT = 10


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:  # noqa: ARG001  a file is read, whoever uses it
    """Yield what the file holds.

    Raises:
        Problems: it is no database of SQLite (E351).
        Unreachable: it is not there, or cannot be read (E610).
    """
    yield Fact("file", f"`{file_of(found, root)}`")
    start = perf_counter()
    with snapshot(found, root, _TIMEOUT) as opened:
        tables = opened.tables()
        took = (perf_counter() - start) * 1000
    yield Fact("version", f"SQLite {sqlite3.sqlite_version} reads it")
    yield Fact("holds", counted(tables))
    yield Fact("latency", f"opened in {took:.1f} ms", number=round(took, 3))
    yield Fact("rights", "may be read; it is never written")
