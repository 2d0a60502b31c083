"""PostgreSQL: how a connection is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from dataeng_ai.connections.drivers import libpq

if TYPE_CHECKING:
    from dataeng_ai.connections import Connection
    from dataeng_ai.targets.session import Row


def opened(found: Connection, settings: str = "") -> psycopg.Connection[Row]:
    """Connect; `settings` are more of the server's, as `-c NAME=VALUE`."""
    settings = f"-c TimeZone=UTC -c DateStyle=ISO {settings}"
    return psycopg.connect(**libpq(found, settings), autocommit=True, cursor_factory=psycopg.RawCursor)
