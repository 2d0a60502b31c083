"""ClickHouse as a source, over HTTP: rows come as the server itself writes them; there is no snapshot, so a change meanwhile is refused."""

from __future__ import annotations

import codecs
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.databases.clickhouse_opening import Session, opened, told
from dataeng_ai.sources.databases.clickhouse_types import Column, column_of
from dataeng_ai.sources.databases.described import Declared, Described, Extremes, Listed
from dataeng_ai.sources.databases.pieces import Sql, constant, listed, number, statement
from dataeng_ai.sources.databases.written import MARK, NO_UTF8, Written, lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from dataeng_ai.connections import Connection
    from dataeng_ai.sources.databases import Asked

_TABLES: Final = constant("""
SELECT database, name, engine LIKE '%View' AND engine <> 'MaterializedView' OR engine = 'MaterializedView', toString(total_rows), comment
FROM system.tables
WHERE database = currentDatabase() AND NOT is_temporary AND NOT startsWith(name, '_dataeng_') AND NOT startsWith(name, '.inner')
ORDER BY name
""")
_ABOUT: Final = constant("""
SELECT engine, toString(total_rows), comment, sorting_key, partition_key FROM system.tables
WHERE database = if({d:String} = '', currentDatabase(), {d:String}) AND name = {t:String}
""")
_COMMENTS: Final = constant("""
SELECT name, comment FROM system.columns
WHERE database = if({d:String} = '', currentDatabase(), {d:String}) AND table = {t:String} AND comment <> ''
""")
_SKIPPING: Final = constant("""
SELECT concat(name, ' ', expr, ' TYPE ', type_full, ' GRANULARITY ', toString(granularity)) FROM system.data_skipping_indices
WHERE database = if({d:String} = '', currentDatabase(), {d:String}) AND table = {t:String} ORDER BY name
""")
_PARTS: Final = constant("""
SELECT toString(sum(rows)), toString(sum(cityHash64(name, hash_of_all_files))), toString(max(modification_time), 'UTC') FROM system.parts
WHERE active AND database = if({d:String} = '', currentDatabase(), {d:String}) AND table = {t:String}
""")
_SELECT: Final = constant("SELECT {} FROM ({}) AS q")
_SOME: Final = constant("{} WHERE cityHash64({}) % {} = 0")
_TAIL: Final = 1 << 14
_PIECE: Final = 1 << 20
_MOST_BAD: Final = 10_000
_EXCEPTION: Final = re.compile(rb"(?:^|\n|\r)(?:__exception__\s+\S*\s*)?(Code: \d+\. DB::Exception: .*)", re.DOTALL)
_SEVERAL: Final = ("Replacing", "Collapsing", "Summing", "Aggregating", "Coalescing", "Graphite")
"""Engines that put rows together when they merge parts, sooner or later."""
_UNMERGED: Final = "the engine {} joins rows of one sorting key when it merges, sooner or later: a query with FINAL reads them joined"
_NO_KEY: Final = "a primary key of ClickHouse sorts the rows and keeps nothing unique"


@contextmanager
def snapshot(found: Connection, root: Path, timeout: int) -> Iterator[Snapshot]:  # noqa: ARG001  every database has this shape
    """Open a session that can change nothing.

    Raises:
        Problems: the database refuses what was asked for (E35x).
        Unreachable: the server does not answer, or does not let us in (E61x).
    """
    with opened(found, timeout) as session:
        yield Snapshot(session, found)


class Snapshot:
    """See `databases.Snapshot`; the server has none, so that the state is asked for again when all rows were read."""

    def __init__(self, session: Session, found: Connection) -> None:
        """Keep the session."""
        self._session, self._found = session, found
        self._refuted: frozenset[str] = frozenset()

    def tables(self) -> list[Listed]:
        """Return the tables and views of the connection's database, in the order of their names."""
        found = self._session.rows(_TABLES)
        return [Listed(None, name, bool(view), _number(rows), comment or None) for _, name, view, rows, comment in found]

    def describe(self, asked: Asked) -> Described:
        """Return the columns, and what the catalogue says of a table."""
        columns = self._columns(asked)
        self._refuted = self._beyond(asked, columns)
        columns = self._settled(columns)
        where = _where(asked)
        about = self._session.rows(_ABOUT, where) if where else []
        if where is None or not about:
            return Described(tuple(Declared(one.name, one.native, one.type, one.nullable) for one in columns))
        engine, rows, comment, order, partition = about[0]
        comments: dict[str, str] = dict(self._session.rows(_COMMENTS, where))
        joined = any(word in engine for word in _SEVERAL)
        return Described(
            columns=tuple(Declared(one.name, one.native, one.type, one.nullable, comments.get(one.name)) for one in columns),
            indexes=tuple(text for (text,) in self._session.rows(_SKIPPING, where)),
            comment=comment or None,
            estimate=_number(rows),
            engine=engine,
            order=order or None,
            partition=partition or None,
            changed=self._parts(where)[2] if engine.endswith("MergeTree") else None,
            remarks=(*((_NO_KEY,) if order else ()), *((_UNMERGED.format(engine),) if joined else ())),
        )

    def state(self, asked: Asked) -> str:
        """Return the count of the rows with a sum that changes when one of them does: of a MergeTree by its parts, else by all rows."""
        where = _where(asked)
        if where and any(engine.endswith("MergeTree") for engine, *_ in self._session.rows(_ABOUT, where)):
            rows, total, _ = self._parts(where)
            return f"p{rows}:{total}"
        line = constant("toString(sum(cityHash64({})))").of(_line(self._values(asked)))
        count, total = self._ask(asked, [constant("toString(count())"), line])
        return f"h{count}:{total}"

    def count(self, asked: Asked) -> int:
        """Return how many rows there are."""
        return int(self._session.rows(statement(asked.count))[0][0])

    def extremes(self, asked: Asked, ordered: Collection[str]) -> Mapping[str, Extremes]:
        """Return of every column how many rows have nothing there, how many different values there are, of the ordered ones the ends."""
        columns = self._values(asked)
        wanted = [constant("toString(count())")]
        for column in columns:
            place, seen = column.place, column.name in ordered
            ends = [column.text(end.of(place)) if seen else constant("NULL") for end in (constant("min({})"), constant("max({})"))]
            different = constant("NULL") if column.is_nested else constant("toString(uniq({}))").of(place)
            wanted += [constant("toString(countIf(isNull({})))").of(place), *ends, different]
        count, *cells = self._ask(asked, wanted)
        groups = (cells[4 * place : 4 * place + 4] for place in range(len(columns)))
        return {
            one.name: Extremes(
                int(nulls), low if int(count) > int(nulls) else None, high if int(count) > int(nulls) else None, _number(different)
            )
            for one, (nulls, low, high, different) in zip(columns, groups, strict=True)
        }

    def unique(self, asked: Asked, columns: Sequence[str]) -> bool:
        """Say whether no row is like another in these columns, and none has nothing there: the server goes through all rows."""
        known = {column.name: column.place for column in self._columns(asked)}
        places = listed(known[name] for name in columns)
        nothing = constant("countIf(arrayExists(x -> x, [{}]))").of(listed(constant("isNull({})").of(known[name]) for name in columns))
        every, different, absent = self._ask(
            asked, [constant("toString(count())"), constant("toString(uniqExact({}))").of(places), nothing]
        )
        return int(every) == int(different) and not int(absent)

    def write(self, asked: Asked, path: Path, one_in: int = 1) -> Written:
        """Write the rows as the server writes them; of all rows, its state before and behind must be one.

        Raises:
            Problems: the table changed while it was read (E354), or a column holds what is no value (E355).
        """
        columns = self._values(asked)
        before = self.state(asked) if one_in == 1 else ""
        line = _line(columns)
        query = _SELECT.of(line, statement(asked.rows))
        if one_in > 1:
            query = _SOME.of(query, line, number(one_in))
        with self._session.lines(query) as stream, path.open("wb") as out:
            clean = _copied(stream, out)
        self._whole(path)
        bad = () if clean else tuple(_without_bad(path))
        sizes = [len(row) for row in lines(path)]
        if one_in == 1 and self.state(asked) != before:
            message = f"`{asked.name}` changed while it was read, and ClickHouse keeps no snapshot: nothing of it was taken"
            advice = "run it again, or read what no longer changes: a query with `WHERE day < today()`"
            raise Problems(Diagnostic("E354", message, help=advice))
        kinds = tuple(column.type for column in columns)
        return Written(tuple(column.name for column in columns), kinds, len(sizes), max(sizes, default=0) + len(MARK) + 2, bad)

    def _whole(self, path: Path) -> None:
        """Look at the end of what came: an error in the middle of an answer is told behind its last row."""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            found = _EXCEPTION.search(file.read())
        if found:
            raise told(self._found, found[1].decode("utf-8", "replace"))

    def _columns(self, asked: Asked) -> tuple[Column, ...]:
        found = self._session.rows(constant("DESCRIBE ({})").of(statement(asked.rows)))
        return tuple(column_of(name, native) for name, native, *_ in found)

    def _values(self, asked: Asked) -> tuple[Column, ...]:
        """Return the columns, where each holds values.

        Raises:
            Problems: one holds what is none (E355).
        """
        columns = self._columns(asked)
        if states := [column.name for column in columns if column.is_state]:
            message = f"`{asked.name}`: {', '.join(f'`{name}`' for name in states)}: the state of an aggregate, which is no value"
            raise Problems(Diagnostic("E355", message, help="read it by a query: `SELECT finalizeAggregation(name) …`"))
        return self._settled(columns)

    def _beyond(self, asked: Asked, columns: Sequence[Column]) -> frozenset[str]:
        """Return the columns of whose type some row is none: whole numbers beyond bigint, and numbers too long for any decimal."""
        doubted = {column.name: column.doubt for column in columns if column.doubt is not None}
        if not doubted:
            return frozenset()
        seen = self._ask(asked, [constant("toString(max({}))").of(doubt) for doubt in doubted.values()])
        return frozenset(name for name, found in zip(doubted, seen, strict=True) if found == "1")

    def _settled(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        return tuple(replace(one, type=one.otherwise) if one.name in self._refuted else one for one in columns)

    def _parts(self, where: Mapping[str, str]) -> list[Any]:
        return self._session.rows(_PARTS, where)[0]

    def _ask(self, asked: Asked, wanted: Sequence[Sql]) -> list[Any]:
        return self._session.rows(_SELECT.of(listed(wanted), statement(asked.rows)))[0]


def _where(asked: Asked) -> dict[str, str] | None:
    """Return the database that is named, if one is, and the table; None of a query."""
    if asked.table is None:
        return None
    *database, name = asked.table
    return {"d": database[0] if database else "", "t": name}


def _line(columns: Sequence[Column]) -> Sql:
    """Return a row as a line of our file."""
    cells = (part for column in columns for part in (constant("','"), column.cell))
    return constant("concat({})").of(listed((constant("""'"-"'"""), *cells)))


def _copied(stream: IO[bytes], out: IO[bytes]) -> bool:
    """Copy what comes; return whether all of it is UTF-8."""
    decoder, clean = codecs.getincrementaldecoder("utf-8")(), True
    while piece := stream.read(_PIECE):
        out.write(piece)
        if clean:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                clean = False
    return clean


def _without_bad(path: Path) -> Iterator[tuple[int, str, str]]:
    """Take the rows that are not UTF-8 out of a file; yield each with its place."""
    kept = path.with_suffix(".kept")
    seen = 0
    with kept.open("wb") as out:
        for ordinal, row in enumerate(lines(path), 1):
            try:
                row.decode()
            except UnicodeDecodeError:
                seen += 1
                if seen > _MOST_BAD:
                    message = "too many texts are not UTF-8"
                    raise Problems(Diagnostic("E351", message, help="read bytes by a query: `SELECT hex(name) …`")) from None
                yield ordinal, NO_UTF8, row.decode("utf-8", "backslashreplace")[:4096]
            else:
                out.write(MARK + b"," + row + b"\n")
    kept.replace(path)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
