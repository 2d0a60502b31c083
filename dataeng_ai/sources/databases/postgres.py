"""PostgreSQL as a source: one REPEATABLE READ, READ ONLY transaction; rows come by COPY, written by the server's own functions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from psycopg import sql

from dataeng_ai.connections import libpq
from dataeng_ai.sources.databases.described import Declared, Described, Extremes, ForeignKey, Listed
from dataeng_ai.sources.databases.postgres_errors import ours
from dataeng_ai.sources.databases.written import Written
from dataeng_ai.types import MAX_PRECISION, Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases import Asked

_USUAL: Final = "public"
_OPTIONS: Final = "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1"
_BEGIN: Final = b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

_TABLES: Final = b"""
SELECT n.nspname, c.relname, c.relkind IN ('v', 'm'), c.reltuples::bigint, obj_description(c.oid, 'pg_class'), c.oid
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND c.relname NOT LIKE '\\_dataeng\\_%'
ORDER BY 1, 2
"""
_FIND: Final = b"""
SELECT c.oid, c.relkind FROM pg_class AS c
WHERE c.oid = to_regclass(CASE WHEN $1::text IS NULL THEN format('%I', $2::text) ELSE format('%I.%I', $1::text, $2::text) END)
"""
_ABOUT: Final = b"SELECT obj_description($1::oid, 'pg_class'), (SELECT reltuples::bigint FROM pg_class WHERE oid = $1::oid)"
_COLUMNS: Final = b"""
SELECT attname, attnotnull, col_description(attrelid, attnum) FROM pg_attribute
WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_UNIQUE: Final = b"""
SELECT i.indisprimary, array_agg(a.attname::text ORDER BY k.place)
FROM pg_index AS i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
GROUP BY i.indexrelid, i.indisprimary HAVING bool_and(a.attnotnull) ORDER BY i.indisprimary DESC, i.indexrelid
"""
_FOREIGN: Final = b"""
SELECT n.nspname, f.relname,
    (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
    (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum)
FROM pg_constraint AS c JOIN pg_class AS f ON f.oid = c.confrelid JOIN pg_namespace AS n ON n.oid = f.relnamespace
WHERE c.conrelid = $1::oid AND c.contype = 'f' ORDER BY c.conname
"""
_INDEXES: Final = b"SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = $1::oid ORDER BY indexrelid"
_TYPES: Final = b"""
WITH RECURSIVE base AS (
    SELECT oid AS asked, oid, typtype, typbasetype, typname, typcategory, typtypmod FROM pg_type WHERE oid = ANY ($1::oid[])
    UNION ALL
    SELECT b.asked, t.oid, t.typtype, t.typbasetype, t.typname, t.typcategory,
        CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE b.typtypmod END
    FROM base AS b JOIN pg_type AS t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
)
SELECT asked, typname::text, typtype::text, typcategory::text, typtypmod, format_type(asked, NULL) FROM base WHERE typtype <> 'd'
"""
_PLAIN: Final = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "oid": "bigint",
    "float4": "double",
    "float8": "double",
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "name": "text",
    "citext": "text",
    "char": "text",
    "xml": "text",
    "date": "date",
    "time": "time",
    "timetz": "text",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "interval": "text",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "json",
    "bytea": "bytes",
    "inet": "text",
    "cidr": "text",
    "macaddr": "text",
    "macaddr8": "text",
}
"""PostgreSQL's name of a type -> ours. What is not here is an enum (text), an array or a row (json), or left to the values."""

_HEADER: Final = 4
"""What PostgreSQL adds to the digits that it packs into one number."""


class _Column(NamedTuple):
    name: str
    native: str
    type: Type | None
    expression: sql.Composable


@contextmanager
def snapshot(found: Connection, root: Path, timeout: int) -> Iterator[Snapshot]:  # noqa: ARG001  every database has this shape
    """Open a transaction that sees one state of the database and can change nothing.

    Raises:
        Problems: the database refuses what was asked for (E35x).
        Unreachable: the server does not answer, or does not let us in (E61x).
    """
    with ours(found.name):
        connection = psycopg.connect(**libpq(found, _OPTIONS), autocommit=True, cursor_factory=psycopg.RawCursor)
    # Closed whatever happens: the end of a transaction that read has nothing to keep.
    try:
        with ours(found.name):
            connection.execute(b"SELECT set_config('statement_timeout', $1::text, false)", [f"{timeout}s"])
            connection.execute(b"BEGIN")
            connection.execute(_BEGIN)
        yield Snapshot(connection, found.name)
    finally:
        connection.close()


class Snapshot:
    """See `databases.Snapshot`."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], name: str) -> None:
        """Keep the connection, which stands in its transaction."""
        self._connection, self._name = connection, name

    def tables(self) -> list[Listed]:
        """Return the tables and views that may be read, in the order of their names; partitions are their table's."""
        found = []
        for schema, name, view, estimate, comment, oid in self._all(_TABLES):
            keys = self._foreign_keys(oid)
            found.append(Listed(_unusual(schema), name, view, estimate if estimate >= 0 else None, comment, keys))
        return found

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table."""
        columns = self._columns(asked)
        oid, kind = self._find(asked)
        if oid is None or kind not in "rpmvf":
            return Described(tuple(Declared(column.name, column.native, column.type) for column in columns))
        known = {name: (whole, comment) for name, whole, comment in self._all(_COLUMNS, oid)}
        keys = self._all(_UNIQUE, oid)
        comment, estimate = self._all(_ABOUT, oid)[0]
        return Described(
            columns=tuple(_declared(column, *known.get(column.name, (False, None))) for column in columns),
            primary_key=next((tuple(names) for primary, names in keys if primary), ()),
            unique=tuple(tuple(names) for primary, names in keys if not primary),
            foreign_keys=self._foreign_keys(oid),
            indexes=tuple(text for (text,) in self._all(_INDEXES, oid)),
            comment=comment,
            estimate=estimate if estimate is not None and estimate >= 0 else None,
        )

    def state(self, asked: Asked) -> str:
        """Return the count of the rows with a sum that changes when one of them does.

        Of a table the sum is of the transactions that wrote its rows: no row is changed or replaced without another one, and nothing of
        the rows is read. Of a view or a query it is of hashes of the rows.
        """
        _, kind = self._find(asked)
        system = asked.table is not None and kind in ("r", "p")
        each = sql.SQL("xmin::text::numeric") if system else sql.SQL("hashtextextended(q::text, 0)::numeric")
        query = sql.SQL("SELECT count(*), coalesce(sum({}), 0)::text FROM {}").format(each, self._from(asked, system=system))
        count, total = self._all(query)[0]
        return f"{'x' if system else 'h'}{count}:{total}"

    def count(self, asked: Asked) -> int:
        """Return how many rows there are."""
        return int(self._all(asked.count.encode())[0][0])

    def extremes(self, asked: Asked, ordered: Collection[str]) -> Mapping[str, Extremes]:
        """Return of every column how many rows have nothing there, of the ordered ones the ends: one pass of the server."""
        wanted: list[sql.Composable] = []
        names = [column.name for column in self._columns(asked)]
        for name in names:
            plain = sql.SQL("q.") + sql.Identifier(name)
            ends = [sql.SQL(one).format(plain) for one in ("min({})::text", "max({})::text")]
            wanted += [sql.SQL("count(*) - count({})").format(plain), *(ends if name in ordered else [sql.SQL("NULL")] * 2)]
        row = self._all(sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(wanted), self._from(asked)))[0]
        return {name: Extremes(*row[3 * place : 3 * place + 3]) for place, name in enumerate(names)}

    def write(self, asked: Asked, path: Path, one_in: int = 1) -> Written:
        """Write the rows as the server's COPY writes them: null is nothing, every text is quoted."""
        columns = self._columns(asked)
        values = sql.SQL(", ").join([sql.Literal("-"), *(column.expression for column in columns)])
        chosen = sql.SQL(" WHERE hashtextextended(q::text, 7) % {} = 0").format(sql.Literal(one_in)) if one_in > 1 else sql.SQL("")
        query = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT (FORMAT csv, FORCE_QUOTE *, ENCODING 'UTF8')")
        longest = 0
        with ours(self._name), path.open("wb") as out, self._connection.cursor() as cursor:
            with cursor.copy(query.format(values, self._from(asked), chosen)) as copy:
                for piece in copy:
                    longest = max(longest, len(piece))
                    out.write(piece)
            rows = cursor.rowcount
        return Written(tuple(column.name for column in columns), tuple(column.type for column in columns), rows, longest)

    def _from(self, asked: Asked, *, system: bool = False) -> sql.Composable:
        """Return what stands behind FROM, called q; with `system` the table itself, since only that has columns of the system."""
        if system and asked.table is not None:
            return sql.Identifier(*asked.table) + sql.SQL(" AS q")
        return sql.SQL("({}\n) AS q").format(sql.SQL(asked.rows))

    def _columns(self, asked: Asked) -> tuple[_Column, ...]:
        """Return the columns of what is asked for, as the server itself describes them before there is a row."""
        with ours(self._name), self._connection.cursor() as cursor:
            with self._connection.pipeline():  # whose protocol takes one statement at a time: a second one could end the transaction
                cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(self._from(asked)))
            result = cursor.pgresult
            described = cursor.description or ()
        assert result is not None  # noqa: S101  a SELECT has one
        kinds = {row[0]: row[1:] for row in self._all(_TYPES, [column.type_code for column in described])}
        return tuple(_column(each.name, result.fmod(place), *kinds[each.type_code]) for place, each in enumerate(described))

    def _find(self, asked: Asked) -> tuple[int | None, str]:
        if asked.table is None:
            return None, ""
        *schema, name = asked.table
        found = self._all(_FIND, schema[0] if schema else None, name)
        return found[0] if found else (None, "")

    def _foreign_keys(self, oid: int) -> tuple[ForeignKey, ...]:
        return tuple(
            ForeignKey(tuple(own), _shown(schema, table), tuple(others)) for schema, table, own, others in self._all(_FOREIGN, oid)
        )

    def _all(self, query: bytes | sql.Composed, *values: object) -> list[tuple[Any, ...]]:
        with ours(self._name), self._connection.cursor() as cursor:
            with self._connection.pipeline():
                cursor.execute(query, values)
            return cursor.fetchall()


def _column(name: str, modifier: int, base: str, shape: str, category: str, domain: int, native: str) -> _Column:
    """Return a column with the portable type that holds it, and how its values are written."""
    plain = sql.SQL("q.") + sql.Identifier(name)
    modifier = modifier if modifier >= 0 else domain
    if base == "bool":
        return _Column(name, native, Type("boolean"), plain + sql.SQL("::text"))
    if base == "numeric":
        return _Column(name, native, _decimal(modifier), plain)
    if base == "money":
        return _Column(name, native, Type("decimal", 21, 2), plain + sql.SQL("::numeric"))
    if category == "A" or shape == "c" or base == "record":
        return _Column(name, native, Type("json"), sql.SQL("to_json({})").format(plain))
    if shape == "e":
        return _Column(name, native, Type("text"), plain)
    return _Column(name, native, Type(_PLAIN[base]) if base in _PLAIN else Type("text"), plain)


def _decimal(modifier: int) -> Type | None:
    """Return the decimal that a column declares; None where it has none, or one that is no portable type."""
    if modifier < _HEADER:
        return None
    precision, scale = (modifier - _HEADER) >> 16 & 0xFFFF, (modifier - _HEADER) & 0x7FF
    return Type("decimal", precision, scale) if scale <= precision <= MAX_PRECISION else None


def _declared(column: _Column, whole: bool, comment: str | None) -> Declared:  # noqa: FBT001  a row of the catalogue
    return Declared(column.name, column.native, column.type, not whole, comment)


def _unusual(schema: str) -> str | None:
    return None if schema == _USUAL else schema


def _shown(schema: str, table: str) -> str:
    return table if schema == _USUAL else f"{schema}.{table}"
