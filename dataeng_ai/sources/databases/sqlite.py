"""SQLite as a source: the file opened read-only, one transaction, and an authorizer that lets nothing but reading pass."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from dataeng_ai.connections.drivers import file_of
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable
from dataeng_ai.sources.databases.described import Declared, Described, Extremes, ForeignKey, Listed
from dataeng_ai.sources.databases.written import Written, writing
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases import Asked

_PATIENCE: Final = 10
"""Seconds that a writer may keep us waiting."""
_STEPS: Final = 10_000
"""Steps of SQLite's machine between two looks at the clock."""

_TABLES: Final = """
SELECT name, type = 'view' FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_dataeng\\_%' ESCAPE '\\' ORDER BY name
"""
_COLUMNS: Final = 'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid'
_FOREIGN: Final = 'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq'
_INDEXES: Final = 'SELECT name, "unique", partial FROM pragma_index_list(?) ORDER BY seq DESC'
_INDEXED: Final = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
_WRITTEN: Final = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name"

_READING: Final = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE))
_REFUSED: Final = frozenset(("load_extension", "writefile", "readfile", "edit", "fts3_tokenizer"))


@contextmanager
def snapshot(found: Connection, root: Path, timeout: int) -> Iterator[Snapshot]:
    """Open a transaction that sees one state of the file and can change nothing.

    Raises:
        Problems: the file is no database, or the database refuses what was asked for (E35x).
        Unreachable: there is no such file, or it stays locked (E61x).
    """
    path = file_of(found, root)
    if not path.is_file():
        message = f"the source connection `{found.name}`: there is no file `{path}`"
        raise Unreachable(Diagnostic("E610", message, help="check the connection's path"))
    with _ours(found.name):
        where = f"file:{quote(str(path.resolve()))}?mode=ro"
        connection = sqlite3.connect(where, uri=True, isolation_level=None, timeout=_PATIENCE)
    try:
        with _ours(found.name):
            connection.text_factory = _text
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        yield Snapshot(connection, found.name, timeout)
    finally:
        connection.close()


def _text(raw: bytes) -> str:
    """Return a text; bytes that are no UTF-8 are halves of characters in it, by which `Writer` knows them."""
    return raw.decode("utf-8", "surrogateescape")


class Snapshot:
    """See `databases.Snapshot`."""

    def __init__(self, connection: sqlite3.Connection, name: str, timeout: int) -> None:
        """Keep the connection, which stands in its transaction."""
        self._connection, self._name, self._timeout = connection, name, timeout

    def tables(self) -> list[Listed]:
        """Return the tables and views, in the order of their names."""
        found = self._all(_TABLES)
        return [Listed(None, name, bool(view), foreign_keys=() if view else self._foreign_keys(name)) for name, view in found]

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table. What a column is declared as binds no value in SQLite."""
        columns = self._columns(asked)
        known = {} if asked.table is None else {row[0]: row[1:] for row in self._all(_COLUMNS, asked.table[-1])}
        if asked.table is None or not known:
            return Described(tuple(Declared(name, "", None) for name in columns))
        table = asked.table[-1]
        key = tuple(name for name, (_, _, place) in sorted(known.items(), key=lambda item: item[1][2]) if place)
        # A lone INTEGER PRIMARY KEY is the row's number, and never null; any other key may hold nulls, by an old mistake of SQLite.
        sure = len(key) == 1 and str(known[key[0]][0]).upper() == "INTEGER"
        return Described(
            columns=tuple(
                Declared(name, kind, _type(kind), nullable=not (whole or (sure and name in key)))
                for name, (kind, whole, _) in known.items()
            ),
            primary_key=key,
            unique=tuple(self._unique(table, known)),
            foreign_keys=self._foreign_keys(table),
            indexes=tuple(text for (text,) in self._all(_WRITTEN, table)),
        )

    def state(self, asked: Asked) -> str:
        """Return a hash of the rows: SQLite keeps no mark of a table's changes."""
        digest, count = hashlib.sha256(), 0
        with self._asked(asked) as rows:
            for count, row in enumerate(rows, 1):  # noqa: B007  it is the last one that counts
                digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return f"h{count}:{digest.hexdigest()}"

    def count(self, asked: Asked) -> int:
        """Return how many rows there are."""
        with self._guarded():
            return int(self._connection.execute(asked.count).fetchone()[0])

    def extremes(self, asked: Asked, ordered: Collection[str]) -> Mapping[str, Extremes]:  # noqa: ARG002  every database has this shape
        """Return nothing: types prove nothing in SQLite, so that all rows of a file are read."""
        return {}

    def unique(self, asked: Asked, columns: Sequence[str]) -> bool:
        """Say whether no row is like another in these columns, and none has nothing there: all rows are looked at here."""
        seen: set[tuple[object, ...]] = set()
        with self._asked(asked) as rows:
            places = [[each[0] for each in rows.description].index(name) for name in columns]
            for row in rows:
                found = tuple(row[place] for place in places)
                if None in found or found in seen:
                    return False
                seen.add(found)
        return True

    def write(self, asked: Asked, path: Path, one_in: int = 1) -> Written:
        r"""Write the rows as texts: numbers in the shortest form that reads back equal, bytes in hex behind `\x`."""
        columns = self._columns(asked)
        known = {} if asked.table is None else {row[0]: row[1] for row in self._all(_COLUMNS, asked.table[-1])}
        types = tuple(_type(known.get(name, "")) for name in columns)
        with self._asked(asked) as rows, writing(path) as out:
            for row in rows:
                if one_in == 1 or _chosen(row, one_in):
                    out.add([_printed(value) for value in row])
        return Written(columns, types, out.rows, out.longest, tuple(out.bad))

    def _columns(self, asked: Asked) -> tuple[str, ...]:
        with self._guarded():
            cursor = self._connection.execute(asked.rows)
            return tuple(each[0] for each in cursor.description)

    def _unique(self, table: str, known: dict[str, Any]) -> Iterator[tuple[str, ...]]:
        for name, unique, partial in self._all(_INDEXES, table):
            columns = tuple(column for (column,) in self._all(_INDEXED, name))
            if unique and not partial and all(column in known and known[column][1] for column in columns):
                yield columns

    def _foreign_keys(self, table: str) -> tuple[ForeignKey, ...]:
        found: dict[int, list[tuple[str, str, str | None]]] = {}
        for number, other, own, to in self._all(_FOREIGN, table):
            found.setdefault(number, []).append((other, own, to))
        return tuple(
            ForeignKey(tuple(own for _, own, _ in keys), keys[0][0], tuple(to for _, _, to in keys if to)) for keys in found.values()
        )

    @contextmanager
    def _asked(self, asked: Asked) -> Iterator[sqlite3.Cursor]:
        with self._guarded():
            yield self._connection.execute(asked.rows)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Around what a person has written: nothing but reading passes, and no longer than it may."""
        end = monotonic() + self._timeout
        with _ours(self._name):
            self._connection.set_authorizer(_authorized)
            self._connection.set_progress_handler(lambda: monotonic() > end, _STEPS)
            try:
                yield
            finally:
                self._connection.set_authorizer(None)
                self._connection.set_progress_handler(None, 0)

    def _all(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with _ours(self._name):
            return self._connection.execute(query, values).fetchall()


def _authorized(action: int, _first: str | None, second: str | None, _database: str | None, _inner: str | None) -> int:
    refused = action == sqlite3.SQLITE_FUNCTION and (second or "").casefold() in _REFUSED
    return sqlite3.SQLITE_OK if action in _READING and not refused else sqlite3.SQLITE_DENY


def _printed(value: object) -> str | None:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value if value is None or isinstance(value, str) else repr(value)


def _chosen(row: Sequence[object], one_in: int) -> bool:
    digest = hashlib.blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) % one_in == 0


def _type(declared: str) -> Type | None:
    """Return the type that a declaration stands for where SQLite stores such values as they are; of all else the values say it."""
    word = (declared or "").upper()
    if "INT" in word and "POINT" not in word:
        return Type("bigint")
    if "BLOB" in word:
        return Type("bytes")
    return Type("double") if any(part in word for part in ("REAL", "FLOA", "DOUB")) else None


@contextmanager
def _ours(name: str) -> Iterator[None]:
    """Turn SQLite's errors into diagnostics that name the connection."""
    where = f"the source connection `{name}`"
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if "locked" in said or "busy" in said or "unable to open" in said or "disk I/O" in said:
            raise Unreachable(Diagnostic("E610", f"{where}: the file cannot be read now: {said}", help="run it again")) from error
        if "interrupted" in said:
            advice = "let the query read less, or give it time: `run: {timeout: 2h}`"
            raise Problems(Diagnostic("E353", f"{where}: it took longer than it may", help=advice)) from error
        if "no such table" in said:
            raise Problems(Diagnostic("E350", f"{where}: {said}", help="check `table`")) from error
        if "not authorized" in said or "prohibited" in said or "readonly" in said:
            message = f"{where}: the query changes something, and only reading is allowed here: {said}"
            raise Problems(Diagnostic("E352", message, help="write a SELECT that only reads")) from error
        raise Problems(Diagnostic("E351", f"{where}: the database refuses: {said}", help="correct `table` or `query`")) from error
    except UnicodeError as error:
        raise Problems(Diagnostic("E351", f"{where}: {error}", help="which encoding was the file written in?")) from error
