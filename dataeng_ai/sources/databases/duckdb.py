"""DuckDB as a source: the file opened read-only, and nothing beyond it within reach."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

import duckdb

from dataeng_ai.connections.drivers import file_of
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.progress import quiet
from dataeng_ai.sources.databases.described import Declared, Described, Extremes, ForeignKey, Listed
from dataeng_ai.sources.databases.written import MARK, Written, lines
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from duckdb.sqltypes import DuckDBPyType

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases import Asked

_MAIN: Final = "main"
_LOCKED: Final = ("SET enable_external_access = false", "SET lock_configuration = true")
_TABLES: Final = """
SELECT schema_name, table_name, false, estimated_size, comment FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal AND NOT starts_with(table_name, '_dataeng_')
UNION ALL
SELECT schema_name, view_name, true, NULL, comment FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
ORDER BY 1, 2
"""
_COLUMNS: Final = """
SELECT column_name, is_nullable, comment FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2 ORDER BY column_index
"""
_KEYS: Final = """
SELECT constraint_type, constraint_column_names, referenced_table, referenced_column_names FROM duckdb_constraints()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2
    AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
ORDER BY constraint_index
"""
_ABOUT: Final = """
SELECT comment, estimated_size FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2
"""
_INDEXES: Final = """
SELECT sql FROM duckdb_indexes()
WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2 AND sql IS NOT NULL ORDER BY index_name
"""

_PLAIN: Final = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "FLOAT": "double",
    "DOUBLE": "double",
    "VARCHAR": "text",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UUID": "uuid",
    "JSON": "json",
    "BLOB": "bytes",
}
"""DuckDB's name of a type -> ours. What is not here is nested (json), a decimal, or left to the values."""
_WIDE: Final = {"ubigint": 20, "hugeint": 38, "uhugeint": 38}
"""Whole numbers beyond bigint, with their digits (a hugeint of 39 digits is no portable value, and is told as one that does not fit)."""
_TEXTS: Final = ("enum", "interval", "time with time zone", "bit")
_ALIAS: Final = "q"
_NESTED: Final = ("list", "array", "struct", "map", "union")


@contextmanager
def snapshot(found: Connection, root: Path, timeout: int) -> Iterator[Snapshot]:
    """Open the file; while it is open for reading nobody can write it.

    Raises:
        Problems: the file is no database, or the database refuses what was asked for (E35x).
        Unreachable: there is no such file (E610), or another program writes it (E614).
    """
    path = file_of(found, root)
    if not path.is_file():
        message = f"the source connection `{found.name}`: there is no file `{path}`"
        raise Unreachable(Diagnostic("E610", message, help="check the connection's path"))
    with TemporaryDirectory(prefix="dataeng-source-") as folder:
        with _ours(found.name):
            config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
            connection = duckdb.connect(str(path), read_only=True, config=config)
        try:
            with _ours(found.name):
                connection.execute("SET TimeZone = 'UTC'").fetchall()
                quiet(connection)
                connection.execute("SET allowed_directories = $1", [[folder]]).fetchall()
                for statement in _LOCKED:
                    connection.execute(statement).fetchall()
                connection.begin()
            yield Snapshot(connection, found.name, timeout, Path(folder))
        finally:
            connection.close()


class Snapshot:
    """See `databases.Snapshot`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, timeout: int, folder: Path) -> None:
        """Keep the connection, which stands in its transaction."""
        self._connection, self._name, self._timeout, self._folder = connection, name, timeout, folder

    def tables(self) -> list[Listed]:
        """Return the tables and views, in the order of their names."""
        return [
            Listed(_unusual(schema), name, view, estimate, comment, () if view else self._foreign_keys(schema, name))
            for schema, name, view, estimate, comment in self._all(_TABLES)
        ]

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table."""
        with self._guarded():
            rows = self._rows(asked)
            columns = dict(zip(rows.columns, rows.types, strict=True))
        if asked.table is None:
            return Described(tuple(Declared(name, str(kind), _type(kind)) for name, kind in columns.items()))
        where = self._where(asked.table)
        known = {name: (nullable, comment) for name, nullable, comment in self._all(_COLUMNS, *where)}
        keys = self._all(_KEYS, *where)
        whole = {name for name, (nullable, _) in known.items() if not nullable}
        comment, estimate = next(iter(self._all(_ABOUT, *where)), (None, None))
        return Described(
            columns=tuple(
                Declared(name, str(kind), _type(kind), name not in whole, known.get(name, (True, None))[1])
                for name, kind in columns.items()
            ),
            primary_key=next((tuple(names) for word, names, *_ in keys if word == "PRIMARY KEY"), ()),
            unique=tuple(tuple(names) for word, names, *_ in keys if word == "UNIQUE" and whole.issuperset(names)),
            foreign_keys=self._foreign_keys(*where),
            indexes=tuple(text for (text,) in self._all(_INDEXES, *where)),
            comment=comment,
            estimate=estimate,
        )

    def state(self, asked: Asked) -> str:
        """Return the count of the rows with a sum of their hashes."""
        with self._guarded():
            rows = self._rows(asked)
            one, total = duckdb.SQLExpression("count(*)"), duckdb.FunctionExpression("sum", _hash(rows))
            count, found = rows.aggregate([one.alias("n"), total.alias("h")]).fetchall()[0]
        return f"h{count}:{found or 0}"

    def count(self, asked: Asked) -> int:
        """Return how many rows there are."""
        with self._guarded():
            return int(self._connection.execute(asked.count).fetchall()[0][0])

    def extremes(self, asked: Asked, ordered: Collection[str]) -> Mapping[str, Extremes]:
        """Return of every column how many rows have nothing there, of the ordered ones the ends: one pass of DuckDB."""
        with self._guarded():
            rows = self._rows(asked)
            wanted = [duckdb.SQLExpression("count(*)").alias("n")]
            for place, name in enumerate(rows.columns):
                found = duckdb.ColumnExpression(_ALIAS, name)
                seen = found if name in ordered else duckdb.ConstantExpression(None)
                ends = [duckdb.FunctionExpression(word, seen).cast("VARCHAR") for word in ("min", "max")]
                counts = [duckdb.FunctionExpression(word, found) for word in ("count", "approx_count_distinct")]
                wanted += [each.alias(f"c{place}_{at}") for at, each in enumerate((*counts, *ends))]
            count, *cells = rows.aggregate(wanted).fetchall()[0]
        groups = (cells[4 * place : 4 * place + 4] for place in range(len(rows.columns)))
        return {name: Extremes(count - some, low, high, many) for name, (some, many, low, high) in zip(rows.columns, groups, strict=True)}

    def unique(self, asked: Asked, columns: Sequence[str]) -> bool:
        """Say whether no row is like another in these columns, and none has nothing there."""
        with self._guarded():
            some = self._rows(asked).select(*(duckdb.ColumnExpression(_ALIAS, name) for name in columns)).set_alias(_ALIAS)
            every = some.count("*").fetchall()[0][0]
            for name in some.columns:
                some = some.filter(duckdb.ColumnExpression(some.alias, name).isnotnull())
            return bool(some.distinct().count("*").fetchall()[0][0] == every)

    def write(self, asked: Asked, path: Path, one_in: int = 1) -> Written:
        """Write the rows as DuckDB prints them: null is nothing, every text is quoted."""
        own = self._folder / path.name
        with self._guarded():
            rows = self._rows(asked)
            columns = dict(zip(rows.columns, rows.types, strict=True))
            if one_in > 1:
                rest = duckdb.FunctionExpression("mod", _hash(rows), duckdb.ConstantExpression(one_in))
                rows = rows.filter(rest == duckdb.ConstantExpression(0)).set_alias(_ALIAS)
            texts = [_printed(name, kind).alias(f"c{place}") for place, (name, kind) in enumerate(columns.items())]
            marked = rows.select(duckdb.ConstantExpression("-").alias("mark"), *texts)
            marked.write_csv(str(own), header=False, quoting="ALL", na_rep="", sep=",", quotechar='"', escapechar='"')
        shutil.move(own, path)
        sizes = [len(line) for line in lines(path)]
        return Written(tuple(columns), tuple(map(_type, columns.values())), len(sizes), max(sizes, default=0) + len(MARK) + 2)

    def _rows(self, asked: Asked) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(asked.rows).set_alias(_ALIAS)

    def _where(self, table: tuple[str, ...]) -> tuple[str, str]:
        *schema, name = table
        return (schema[0] if schema else _MAIN), name

    def _foreign_keys(self, schema: str, table: str) -> tuple[ForeignKey, ...]:
        keys = self._all(_KEYS, schema, table)
        return tuple(ForeignKey(tuple(own), other, tuple(to)) for word, own, other, to in keys if word == "FOREIGN KEY")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Around what a person has written: no longer than it may."""
        timer = Timer(self._timeout, self._connection.interrupt)
        timer.start()
        try:
            with _ours(self._name):
                yield
        finally:
            timer.cancel()

    def _all(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with _ours(self._name):
            return self._connection.execute(query, values).fetchall()


def _hash(rows: duckdb.DuckDBPyRelation) -> duckdb.Expression:
    return duckdb.FunctionExpression("hash", *(duckdb.ColumnExpression(_ALIAS, name) for name in rows.columns))


def _printed(name: str, kind: DuckDBPyType) -> duckdb.Expression:
    found = duckdb.ColumnExpression(_ALIAS, name)
    if kind.id in _NESTED:
        return duckdb.FunctionExpression("to_json", found).cast("VARCHAR")
    return duckdb.FunctionExpression("hex", found) if kind.id == "blob" else found.cast("VARCHAR")


def _type(kind: DuckDBPyType) -> Type | None:
    if kind.id == "decimal":
        sizes = dict(kind.children)
        return Type("decimal", int(str(sizes["precision"])), int(str(sizes["scale"])))
    if kind.id in _WIDE:
        return Type("decimal", _WIDE[kind.id], 0)
    if kind.id in _NESTED:
        return Type("json")
    word = str(kind)
    return Type(_PLAIN[word]) if word in _PLAIN else Type("text") if kind.id in _TEXTS else None


def _unusual(schema: str) -> str | None:
    return None if schema == _MAIN else schema


@contextmanager
def _ours(name: str) -> Iterator[None]:
    """Turn DuckDB's errors into diagnostics that name the connection."""
    where = f"the source connection `{name}`"
    try:
        yield
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        for kind, codes, meaning, advice in _OURS:
            if isinstance(error, kind):
                code = codes if isinstance(codes, str) else next(code for word, code in codes if word in said)
                diagnostic = Diagnostic(code, f"{where}: {meaning}: {said}", help=advice)
                raise (Unreachable if code in _OUTSIDE else Problems)(diagnostic) from error
        raise Problems(Diagnostic("E351", f"{where}: the database refuses: {said}", help="correct `table` or `query`")) from error


_OURS: Final = (
    (duckdb.IOException, (("ock", "E614"), ("", "E610")), "the file cannot be read now", "close what has it open, then run again"),
    (duckdb.ConnectionException, "E614", "this process itself has the file open, to write it", "read and write two files"),
    (duckdb.OutOfMemoryException, "E611", "memory ran out", "give it more, or let the query read less"),
    (duckdb.InterruptException, "E353", "it took longer than it may", "let the query read less, or give it time: `run: {timeout: 2h}`"),
    (duckdb.PermissionException, "E352", "only reading of this one file is allowed", "write a SELECT that only reads"),
    (duckdb.CatalogException, "E350", "there is no such table", "check `table`"),
)
"""Kind of error -> code (or, by a word in what it says, one of some), what it means, what to do."""
_OUTSIDE: Final = ("E610", "E611", "E614")
