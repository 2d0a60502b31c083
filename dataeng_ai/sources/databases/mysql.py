"""MySQL and MariaDB as a source: one consistent, read-only transaction; rows come unbuffered, as the texts of the server's protocol.

PyMySQL is the driver: it is Python alone, so that it installs beside Airflow anywhere, and it serves both servers; it is told to bend
no value into Python's types.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pymysql import cursors

from dataeng_ai.sources.databases.described import Declared, Described, Extremes, ForeignKey, Listed
from dataeng_ai.sources.databases.mysql_opening import is_maria, opened, ours
from dataeng_ai.sources.databases.mysql_types import PLACE, Column, column_of, named, whole_hash
from dataeng_ai.sources.databases.pieces import Sql, backticked, constant, listed, number, statement
from dataeng_ai.sources.databases.written import Written, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import pymysql

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases import Asked

_BEGIN: Final = (
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_WHO: Final = "SELECT version(), current_user(), database()"
_TLS: Final = "SHOW SESSION STATUS LIKE 'Ssl_version'"
_TABLES: Final = r"""
SELECT table_schema, table_name, table_type LIKE '%%VIEW', table_rows, CASE WHEN table_type LIKE '%%VIEW' THEN '' ELSE table_comment END
FROM information_schema.tables
WHERE (table_schema = database()
        OR (database() IS NULL AND table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')))
    AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') AND table_name NOT LIKE '\_dataeng\_%%'
ORDER BY 1, 2
"""
_ABOUT: Final = """
SELECT engine, table_rows, CASE WHEN table_type LIKE '%%VIEW' THEN '' ELSE table_comment END, update_time
FROM information_schema.tables WHERE table_schema = coalesce(%s, database()) AND table_name = %s
"""
_COLUMNS: Final = """
SELECT column_name, column_type, is_nullable = 'YES', column_comment FROM information_schema.columns
WHERE table_schema = coalesce(%s, database()) AND table_name = %s ORDER BY ordinal_position
"""
_JSON: Final = """
SELECT c.column_name FROM information_schema.columns AS c JOIN information_schema.check_constraints AS k
    ON k.constraint_schema = c.table_schema AND k.table_name = c.table_name
        AND k.check_clause = concat('json_valid(`', replace(c.column_name, '`', '``'), '`)')
WHERE c.table_schema = coalesce(%s, database()) AND c.table_name = %s
"""
_INDEXES: Final = """
SELECT index_name, non_unique, column_name, sub_part, index_type, cardinality FROM information_schema.statistics
WHERE table_schema = coalesce(%s, database()) AND table_name = %s ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index
"""
_FOREIGN: Final = """
SELECT table_schema, table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE referenced_table_name IS NOT NULL AND (database() IS NULL OR table_schema = database() OR table_schema = %s)
ORDER BY table_schema, table_name, constraint_name, ordinal_position
"""
_PARTITIONS: Final = """
SELECT partition_method, partition_expression, count(*) FROM information_schema.partitions
WHERE table_schema = coalesce(%s, database()) AND table_name = %s AND partition_method IS NOT NULL GROUP BY 1, 2
"""
_SELECT: Final = constant("SELECT {} FROM ({}) AS q")
_SOME: Final = constant("{} WHERE conv(left({}, 8), 16, 10) % {} = 0")
_EVERY: Final = constant("count(*)")
_TRANSACTIONAL: Final = ("innodb", "rocksdb", "tokudb", "ndbcluster")
_UNSURE: Final = "the engine {} keeps no snapshot: what is written meanwhile may be half read"


@contextmanager
def snapshot(found: Connection, root: Path, timeout: int) -> Iterator[Snapshot]:  # noqa: ARG001  every database has this shape
    """Open a transaction that sees one state of the database and can change nothing.

    Raises:
        Problems: the database refuses what was asked for (E35x).
        Unreachable: the server does not answer, or does not let us in (E61x).
    """
    connection = opened(found, timeout)
    # Cut, not closed: the end of a transaction that read has nothing to keep, and rows that nobody took are not waited for.
    try:
        with ours(found), connection.cursor() as cursor:
            for statement in _BEGIN:
                cursor.execute(statement)
        yield Snapshot(connection, found)
    finally:
        connection._force_close()  # type: ignore[attr-defined]  # noqa: SLF001  `close` speaks to the server first, which may be gone


class Snapshot:
    """See `databases.Snapshot`."""

    def __init__(self, connection: pymysql.Connection[Any], found: Connection) -> None:
        """Keep the connection, which stands in its transaction."""
        self._connection, self._found = connection, found
        self._refuted: frozenset[str] = frozenset()

    def who(self) -> tuple[str, str, str | None, str | None]:
        """Return the server's version, the user as it sees us, the database, and how what is sent is encrypted."""
        version, user, database = self._run(_WHO)[0]
        return version, user, database, self._run(_TLS)[0][1] or None

    def tables(self) -> list[Listed]:
        """Return the tables and views that may be read, in the order of their names: two questions, however many there are."""
        keys, usual = self._foreign_keys(None), self._found.database
        return [
            Listed(None if schema == usual else schema, name, view == "1", _number(rows), comment or None, keys.get((schema, name), ()))
            for schema, name, view, rows, comment in self._all(_TABLES)
        ]

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table."""
        columns = self._columns(asked)
        self._refuted = self._beyond(asked, columns)
        columns = self._settled(columns)
        where = _where(asked)
        about = self._all(_ABOUT, *where) if where else []
        if where is None or not about:
            return Described(tuple(Declared(column.name, column.native, column.type) for column in columns))
        known = {name: (nullable == "1", comment or None) for name, _, nullable, comment in self._all(_COLUMNS, *where)}
        engine, rows, comment, changed = about[0]
        indexes = self._indexes(where)
        whole = {name for name, (nullable, _) in known.items() if not nullable}
        unique = {name: each for name, (once, each, _) in indexes.items() if once and whole.issuperset(each)}
        return Described(
            columns=tuple(Declared(one.name, one.native, one.type, *known.get(one.name, (True, None))) for one in columns),
            primary_key=unique.pop("PRIMARY", ()),
            unique=tuple(unique.values()),
            foreign_keys=self._foreign_keys(where[0]).get((where[0] or self._found.database or "", where[1]), ()),
            indexes=tuple(text for _, _, text in indexes.values()),
            comment=comment or None,
            estimate=_number(rows),
            engine=engine,
            partition=next((f"{method} ({by}), {number} parts" for method, by, number in self._all(_PARTITIONS, *where)), None),
            changed=changed,
            remarks=() if engine is None or engine.casefold() in _TRANSACTIONAL else (_UNSURE.format(engine),),
        )

    def state(self, asked: Asked) -> str:
        """Return the count of the rows with a sum of their hashes: the server keeps no mark of a table's changes."""
        total_of = constant("sum(CAST(conv(left({}, 15), 16, 10) AS UNSIGNED))").of(whole_hash(self._columns(asked)))
        count, total = self._ask(asked, [_EVERY, total_of])
        return f"h{count}:{total or 0}"

    def count(self, asked: Asked) -> int:
        """Return how many rows there are."""
        return int(self._run(asked.count)[0][0])

    def extremes(self, asked: Asked, ordered: Collection[str]) -> Mapping[str, Extremes]:
        """Return of every column how many rows have nothing there, of the ordered ones the ends: one pass of the server."""
        columns = self._settled(self._columns(asked))
        wanted = [_EVERY]
        for column in columns:
            seen = column.ordered if column.name in ordered else constant("NULL")
            wanted += [constant("count({})").of(column.ordered), constant("min({})").of(seen), constant("max({})").of(seen)]
        count, *cells = self._ask(asked, wanted)
        groups = (cells[3 * place : 3 * place + 3] for place in range(len(columns)))
        guessed = self._cardinalities(asked)
        return {
            column.name: Extremes(int(count) - int(some), column.said(low), column.said(high), guessed.get(column.name))
            for column, (some, low, high) in zip(columns, groups, strict=True)
        }

    def unique(self, asked: Asked, columns: Sequence[str]) -> bool:
        """Say whether no row is like another in these columns, and none has nothing there: the server goes through all rows."""
        places = listed(PLACE.of(backticked(name)) for name in columns)
        once = constant("count(DISTINCT {})").of(places)  # a row with nothing in one of them is not counted
        every, different = self._ask(asked, [_EVERY, once])
        return int(every) == int(different)

    def write(self, asked: Asked, path: Path, one_in: int = 1) -> Written:
        """Write the rows as the texts that the server sends, each in the form that its type has everywhere."""
        columns = self._settled(self._columns(asked))
        query = self._select(asked, [column.expression for column in columns])
        if one_in > 1:
            query = _SOME.of(query, whole_hash(self._telling(asked, columns)), number(one_in))
        with ours(self._found), closing(self._connection.cursor(cursors.SSCursor)) as cursor, writing(path) as out:
            cursor.execute(query.text)
            texts = [column.text for column in columns]
            for row in cursor:
                out.add([cell if text is None or cell is None else text(cell) for text, cell in zip(texts, row, strict=True)])
        return Written(
            tuple(column.name for column in columns), tuple(column.type for column in columns), out.rows, out.longest, tuple(out.bad)
        )

    def _telling(self, asked: Asked, columns: Sequence[Column]) -> Sequence[Column]:
        """Return the columns whose hash chooses rows: the primary key where there is one, else all."""
        where = _where(asked)
        key = self._indexes(where).get("PRIMARY", (False, (), ""))[1] if where else ()
        return [column for column in columns if column.name in key] or columns

    def _columns(self, asked: Asked) -> tuple[Column, ...]:
        """Return the columns of what is asked for, as the server itself describes them before there is a row."""
        with ours(self._found), self._connection.cursor() as cursor:
            cursor.execute(constant("{} LIMIT 0").of(self._select(asked, [constant("*")])).text)
            fields = cursor._result.fields  # noqa: SLF001  the driver shows a column's flags nowhere else
        columns = tuple(column_of(field) for field in fields)
        if (where := _where(asked)) is None:
            return columns
        native = {name: kind for name, kind, *_ in self._all(_COLUMNS, *where)}
        jsons = {name for (name,) in self._all(_JSON, *where)} if is_maria(self._connection) else ()
        return tuple(named(one, native.get(one.name, one.native), is_json=one.name in jsons) for one in columns)

    def _beyond(self, asked: Asked, columns: Sequence[Column]) -> frozenset[str]:
        """Return the columns of whose type some row is none: numbers beyond flags in TINYINT(1), spans beyond a day in TIME."""
        doubted = {column.name: column.doubt for column in columns if column.doubt is not None}
        if not doubted:
            return frozenset()
        found = self._ask(asked, [constant("max({})").of(doubt) for doubt in doubted.values()])
        return frozenset(name for name, seen in zip(doubted, found, strict=True) if seen == "1")

    def _settled(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(replace(one, type=one.otherwise) if one.name in self._refuted else one for one in columns)

    def _indexes(self, where: tuple[str | None, str]) -> dict[str, tuple[bool, tuple[str, ...], str]]:
        """Return of each index whether it lets a value in but once, its columns, and it in words."""
        found = defaultdict(list)
        for name, *rest in self._all(_INDEXES, *where):
            found[name].append(rest)
        indexes = {}
        for name, rows in found.items():
            names = tuple(column for _, column, *_ in rows)
            once = rows[0][0] == "0"
            plain = all(column is not None and part is None for _, column, part, *_ in rows)
            words = ", ".join(str(column) if part is None else f"{column}({part})" for _, column, part, *_ in rows)
            indexes[name] = (once and plain, names, f"{'UNIQUE ' if once else ''}{rows[0][3]} {name} ({words})")
        return indexes

    def _cardinalities(self, asked: Asked) -> dict[str, int]:
        """Return how many different values the server believes to be in the columns that an index begins with."""
        where = _where(asked)
        rows = self._all(_INDEXES, *where) if where else []
        first = {name: (column, part, int(size)) for name, _, column, part, _, size in reversed(rows) if size is not None}
        return {column: size for column, part, size in first.values() if column is not None and part is None}

    def _foreign_keys(self, schema: str | None) -> dict[tuple[str, str], tuple[ForeignKey, ...]]:
        """Return the foreign keys of all tables, by database and table."""
        found: dict[tuple[str, str], dict[str, list[tuple[str, str, str, str]]]] = defaultdict(lambda: defaultdict(list))
        for own, table, name, *rest in self._all(_FOREIGN, schema):
            found[own, table][name].append(tuple(rest))
        usual = self._found.database
        return {
            key: tuple(
                ForeignKey(
                    tuple(column for column, *_ in rows),
                    rows[0][2] if rows[0][1] in (key[0], usual) and key[0] == usual else f"{rows[0][1]}.{rows[0][2]}",
                    tuple(to for *_, to in rows),
                )
                for rows in constraints.values()
            )
            for key, constraints in found.items()
        }

    def _select(self, asked: Asked, wanted: Sequence[Sql]) -> Sql:
        """Return a question about what is asked for, called q; the statement itself stands there to the letter."""
        return _SELECT.of(listed(wanted), statement(asked.rows))

    def _ask(self, asked: Asked, wanted: Sequence[Sql]) -> tuple[Any, ...]:
        return self._run(self._select(asked, wanted).text)[0]

    def _all(self, query: str, *values: str | None) -> Sequence[tuple[Any, ...]]:
        return self._run(query, values)

    def _run(self, query: str, values: Sequence[str | None] | None = None) -> Sequence[tuple[Any, ...]]:
        with ours(self._found), self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return tuple(cursor.fetchall())


def _where(asked: Asked) -> tuple[str | None, str] | None:
    """Return the database that is named, if one is, and the table; None of a query."""
    if asked.table is None:
        return None
    *schema, name = asked.table
    return (schema[0] if schema else None), name


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
