"""PostgreSQL: how a connection is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from dataeng_ai.connections import Connection
    from dataeng_ai.targets.session import Row

_LIBPQ: Final = ("application_name", "connect_timeout", "keepalives_idle", "options", "sslcert", "sslkey", "sslmode", "sslrootcert")
"""What of a connection's `extra` libpq understands; the rest is other programs' business."""


def opened(found: Connection, settings: str = "") -> psycopg.Connection[Row]:
    """Connect; `settings` are more of the server's, as `-c NAME=VALUE`."""
    extra: dict[str, Any] = {key: value for key, value in found.extra.items() if key in _LIBPQ}
    options = f"{extra.pop('options', '')} -c TimeZone=UTC -c DateStyle=ISO -c client_encoding=UTF8 {settings}".strip()
    return psycopg.connect(
        **{"application_name": "dataeng_ai", "connect_timeout": "10", **extra},
        host=found.host,
        port=found.port,
        user=found.user,
        password=found.password,
        dbname=found.database,
        options=options,
        autocommit=True,
        cursor_factory=psycopg.RawCursor,
    )
