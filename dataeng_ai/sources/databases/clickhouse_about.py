"""ClickHouse: what is behind a connection. A session that only reads, closed again."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import Fact
from dataeng_ai.connections.drivers import clickhouse
from dataeng_ai.sources.databases.clickhouse import Snapshot
from dataeng_ai.sources.databases.clickhouse_opening import opened
from dataeng_ai.sources.databases.described import counted
from dataeng_ai.sources.databases.pieces import constant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection, Use
    from dataeng_ai.sources.databases.clickhouse_opening import Session

_TIMEOUT: Final = 10
_TRIES: Final = 3
_WHO: Final = constant("SELECT currentUser(), currentDatabase(), toString(getSetting('readonly'))")


def about(found: Connection, root: Path, uses: Sequence[Use]) -> Iterator[Fact]:  # noqa: ARG001  it is read, whoever uses it
    """Yield what the server says of itself and of us.

    Raises:
        Problems: the database refuses.
        Unreachable: it cannot be opened (E61x).
    """
    start = perf_counter()
    with opened(found, _TIMEOUT) as session:
        took = (perf_counter() - start) * 1000
        where = clickhouse(found)
        yield Fact("server", f"ClickHouse {session.version} at {where['host']}, port {where['port']}")
        user, database, _ = session.rows(_WHO)[0]
        yield Fact("user", user)
        yield Fact("database", database)
        yield Fact("tls", "yes" if where["secure"] else "none: what is sent can be read on the way")
        answers = min(_answer(session) for _ in range(_TRIES))
        yield Fact("latency", f"answers in {answers:.1f} ms, opened in {took:.0f} ms", number=round(answers, 3))
        yield Fact("rights", f"may see {counted(Snapshot(session, found).tables())}; nothing is ever written")


def _answer(session: Session) -> float:
    start = perf_counter()
    session.rows(_WHO)
    return (perf_counter() - start) * 1000
