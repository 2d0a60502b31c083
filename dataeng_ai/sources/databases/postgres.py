"""PostgreSQL as a source: one REPEATABLE READ, READ ONLY transaction; rows come by COPY, written by the server's own functions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from psycopg import sql

from dataeng_ai.connections.drivers import libpq
from dataeng_ai.sources.databases import postgres_catalog as catalog
from dataeng_ai.sources.databases.described import Declared, Described, Extremes, ForeignKey, Listed
from dataeng_ai.sources.databases.postgres_errors import ours
from dataeng_ai.sources.databases.written import Written
from dataeng_ai.types import MAX_PRECISION, Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases import Asked

_USUAL: Final = "public"
_OPTIONS: Final = "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1"
_BEGIN: Final = b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

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
        keys = self._foreign_keys(None)
        return [
            Listed(_unusual(schema), name, view, estimate if estimate >= 0 else None, comment, keys.get(oid, ()))
            for schema, name, view, estimate, comment, oid in self._all(catalog.TABLES)
        ]

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table."""
        columns = self._columns(asked)
        oid, kind = self._find(asked)
        if oid is None or kind not in "rpmvf":
            return Described(tuple(Declared(column.name, column.native, column.type) for column in columns))
        known = {name: (whole, comment) for name, whole, comment in self._all(catalog.COLUMNS, oid)}
        keys = self._all(catalog.UNIQUE, oid)
        comment, estimate, partition = self._all(catalog.ABOUT, oid)[0]
        return Described(
            columns=tuple(_declared(column, *known.get(column.name, (False, None))) for column in columns),
            primary_key=next((tuple(names) for primary, names in keys if primary), ()),
            unique=tuple(tuple(names) for primary, names in keys if not primary),
            foreign_keys=self._foreign_keys(oid).get(oid, ()),
            indexes=tuple(text for (text,) in self._all(catalog.INDEXES, oid)),
            comment=comment,
            estimate=estimate if estimate is not None and estimate >= 0 else None,
            partition=partition,
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
        oid, _ = self._find(asked)
        different: dict[str, int] = dict(self._all(catalog.DIFFERENT, oid)) if oid is not None else {}
        cells = {name: row[3 * place : 3 * place + 3] for place, name in enumerate(names)}
        return {name: Extremes(nulls, low, high, different.get(name)) for name, (nulls, low, high) in cells.items()}

    def unique(self, asked: Asked, columns: Sequence[str]) -> bool:
        """Say whether no row is like another in these columns, and none has nothing there: the server goes through all rows."""
        places = [sql.SQL("q.") + sql.Identifier(name) for name in columns]
        absent = sql.SQL(" OR ").join(sql.SQL("{} IS NULL").format(place) for place in places)
        query = sql.SQL("SELECT NOT EXISTS (SELECT FROM {} GROUP BY {} HAVING count(*) > 1 OR bool_or({}))")
        return bool(self._all(query.format(self._from(asked), sql.SQL(", ").join(places), absent))[0][0])

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
        kinds = {row[0]: row[1:] for row in self._all(catalog.TYPES, [column.type_code for column in described])}
        return tuple(_column(each.name, result.fmod(place), *kinds[each.type_code]) for place, each in enumerate(described))

    def _find(self, asked: Asked) -> tuple[int | None, str]:
        if asked.table is None:
            return None, ""
        *schema, name = asked.table
        found = self._all(catalog.FIND, schema[0] if schema else None, name)
        return found[0] if found else (None, "")

    def _foreign_keys(self, oid: int | None) -> dict[int, tuple[ForeignKey, ...]]:
        """Return the foreign keys of a table, or of all, by what the server calls a table."""
        found: dict[int, tuple[ForeignKey, ...]] = {}
        for table, schema, other, own, others in self._all(catalog.FOREIGN, oid):
            found[table] = (*found.get(table, ()), ForeignKey(tuple(own), _shown(schema, other), tuple(others)))
        return found

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
