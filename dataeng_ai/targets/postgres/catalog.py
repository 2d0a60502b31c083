"""PostgreSQL: what its catalog says, and its advisory locks. Constant texts, values bound."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

CURRENT_SCHEMA: Final = b"SELECT current_schema()"
_LOCK: Final = b"SELECT pg_advisory_xact_lock($1::bigint)"
_SCHEMA: Final = b"SELECT to_regnamespace(format('%I', $1::text)) IS NOT NULL"
_FIND: Final = b"SELECT to_regclass(format('%I.%I', $1::text, $2::text))::oid"
_COMMENT: Final = b"SELECT obj_description($1::oid, 'pg_class')"
_COLUMNS: Final = b"""
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


def one(connection: Connection, text: bytes, *values: object) -> Any:  # noqa: ANN401  one value of whatever type the catalog gives
    """Return the first value of the first row, or None."""
    row = connection.execute(text, values).fetchone()
    return None if row is None else row[0]


def has_schema(connection: Connection, schema: str) -> bool:
    """Say whether the schema is there: CREATE SCHEMA IF NOT EXISTS asks for a right to create it even where it is."""
    return bool(one(connection, _SCHEMA, schema))


def find(connection: Connection, schema: str, table: str) -> int | None:
    """Return the object id of a table, or None where there is no such table."""
    found: int | None = one(connection, _FIND, schema, table)
    return found


def comment_of(connection: Connection, table: int | None) -> str | None:
    """Return the comment on a table."""
    found: str | None = one(connection, _COMMENT, table)
    return found


def columns(connection: Connection, table: int | None) -> dict[str, str]:
    """Return the columns of a table, name -> type in PostgreSQL's words, in order."""
    return dict(connection.execute(_COLUMNS, [table]).fetchall())


def lock(connection: Connection, *names: str) -> None:
    """Wait until this transaction is the only one, of all that lock, that holds these names."""
    digest = sha256("\0".join(("dataeng_ai", *names)).encode()).digest()
    one(connection, _LOCK, int.from_bytes(digest[:8], signed=True))
