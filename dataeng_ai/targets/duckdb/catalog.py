"""DuckDB: what its catalog says. Constant texts, values bound; names differ in case alone only for us, not for DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIND: Final = """
SELECT comment FROM duckdb_tables()
WHERE database_name = current_database() AND lower(schema_name) = lower(coalesce($1, current_schema())) AND lower(table_name) = lower($2)
"""
_COLUMNS: Final = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND lower(schema_name) = lower(coalesce($1, current_schema())) AND lower(table_name) = lower($2)
ORDER BY column_index
"""


def comments(connection: DuckDBPyConnection, schema: str | None, table: str) -> list[str | None]:
    """Return the comment on a table, in a list that is empty where there is no such table."""
    return [row[0] for row in connection.execute(_FIND, [schema, table]).fetchall()]


def columns(connection: DuckDBPyConnection, schema: str | None, table: str) -> dict[str, str]:
    """Return the columns of a table, name -> type in DuckDB's words, in order."""
    return dict(connection.execute(_COLUMNS, [schema, table]).fetchall())
