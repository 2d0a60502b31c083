"""MySQL and MariaDB: what is behind a connection. One read-only transaction, closed again; nothing here is ever loaded into one."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import Fact
from dataeng_ai.sources.databases.described import counted
from dataeng_ai.sources.databases.mysql import snapshot
from dataeng_ai.sources.databases.mysql_opening import PORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use

_TIMEOUT: Final = 10
_TRIES: Final = 3


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:  # noqa: ARG001  it is read, whoever uses it
    """Yield what the server says of itself and of us.

    Raises:
        Problems: the database refuses.
        Unreachable: it cannot be opened (E61x, E626).
    """
    start = perf_counter()
    with snapshot(found, root, _TIMEOUT) as opened:
        took = (perf_counter() - start) * 1000
        version, user, database, tls = opened.who()
        name = "" if "mariadb" in version.casefold() else "MySQL "
        yield Fact("server", f"{name}{version} at {found.host or 'localhost'}, port {found.port or PORT}")
        yield Fact("user", user)
        yield Fact("database", database or "none is named: tables stand behind their database's name")
        yield Fact("tls", tls or "none: what is sent can be read on the way")
        answers = min(_answer(opened.who) for _ in range(_TRIES))
        yield Fact("latency", f"answers in {answers:.1f} ms, opened in {took:.0f} ms", number=round(answers, 3))
        yield Fact("rights", f"may read {counted(opened.tables())}; nothing is ever written")


def _answer(ask: Callable[[], object]) -> float:
    start = perf_counter()
    ask()
    return (perf_counter() - start) * 1000
