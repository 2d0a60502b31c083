"""Keys, proved on all rows: columns that are never null and, together, never the same twice."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile import candidates
from dataeng_ai.profile.facts import Key
from dataeng_ai.profile.measure import VIEW, value_of
from dataeng_ai.profile.ordered import rises

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.settle import Settled, Table


_NEARLY: Final = 0.9
"""Numbers of different values are estimates: so much of the rows may be all of them."""
_MANY: Final = 200_000
"""With more rows than this, one key is enough: each proof reads them again."""
_MOST: Final = 3
_WORTH: Final = 2
"""Groups of columns for which a pass that refutes is worth its time."""
_CHOSEN: Final = 1 << 16
"""About how many rows are looked at to refute a key: as many of a large table, which bounds their memory."""


@dataclass(frozen=True, slots=True)
class Found:
    """The keys, the best first, and how many rows stand again, whole."""

    keys: tuple[Key, ...]
    duplicates: int


def keys(con: duckdb.DuckDBPyConnection, table: Table, first: Sequence[str] = ()) -> Found:
    """Return what identifies a row: `first`, where that is expected to and does, then others.

    Sets of columns are only looked for where no single column does.
    """
    if not table.rows:
        return Found((), 0)
    singles = [(column.name,) for column in _singles(table)]
    proved = _proved(con, table, singles, 1 if table.rows > _MANY else len(singles))
    if not proved:
        proved = _smallest(_proved(con, table, _sets(table), 1 if table.rows > _MANY else _MOST))
    if first and set(first) <= {column.name for column in table.columns}:
        expected = _proved(con, table, [tuple(first)], 1)
        proved = [*expected, *(group for group in proved if not expected or set(group) != set(first))]
    if proved:
        return Found(tuple(Key(group, _reason(table, group)) for group in proved), 0)
    return Found((), table.rows - different(con, [content([exp.column(column.name, quoted=True) for column in table.columns])]))


def _singles(table: Table) -> list[Settled]:
    """Return the columns that may each be a key, best first: no nulls, and about as many different values as rows."""
    found = [column for column in table.columns if _whole(column) and column.measured.distinct >= _NEARLY * column.measured.fits]
    found = [column for column in found if candidates.may_identify(column.type, column.cells)]
    return sorted(found, key=lambda column: candidates.merit(column.name, column.type))[: candidates.MOST_SINGLES]


def _whole(column: Settled) -> bool:
    return not column.nulls and column.measured.fits > 0


def _sets(table: Table) -> tuple[tuple[str, ...], ...]:
    names = [column.name for column in table.columns]
    whole = {column.name: (column.type, column.measured.distinct) for column in table.columns if _whole(column) and not column.exceptions}
    return tuple(candidates.sets(table.head, whole, names, int(_NEARLY * table.rows)))


def _proved(con: duckdb.DuckDBPyConnection, table: Table, groups: Iterable[tuple[str, ...]], most: int) -> list[tuple[str, ...]]:
    """Return the first `most` groups of columns that are never the same twice, each proved by a query of its own."""
    columns = {column.name: column for column in table.columns}
    found: list[tuple[str, ...]] = []
    for group in _likely(con, columns, list(groups), table.rows) if table.rows > _MANY else groups:
        values = [value(columns[name]) for name in group]
        wanted = min(columns[name].measured.fits for name in group)
        if rises(con, table, group, values) or different(con, values) == wanted:
            found.append(group)
            if len(found) == most:
                break
    return found


def _likely(
    con: duckdb.DuckDBPyConnection, columns: Mapping[str, Settled], groups: Sequence[tuple[str, ...]], rows: int
) -> list[tuple[str, ...]]:
    """Leave out the groups that are the same twice among the rows which a hash of their own values chooses, all in one pass.

    Equal rows are chosen together, so that a few of these rows refute what is no key; the others are proved one by one.
    """
    if len(groups) < _WORTH:
        return list(groups)
    hashes = [content([value(columns[name]) for name in group]).as_(f"h{place}") for place, group in enumerate(groups)]
    there = [exp.not_(exp.Is(this=value(columns[group[0]]), expression=exp.null())).as_(f"t{place}") for place, group in enumerate(groups)]
    lines = exp.select(*hashes, *there).from_(exp.to_identifier(VIEW, quoted=True)).subquery("lines", copy=False)
    counts = [count for place in range(len(groups)) for count in _of_chosen(place, max(1, rows // _CHOSEN))]
    numbers = con.execute(exp.select(*counts).from_(lines).sql("duckdb", identify=True)).fetchall()[0]
    return [group for group, chosen, unlike in zip(groups, numbers[::2], numbers[1::2], strict=True) if chosen == unlike]


def _of_chosen(place: int, every: int) -> tuple[Expr, Expr]:
    """Return how many rows a hash chooses, and how many different ones those are."""
    hashed = exp.column(f"h{place}")
    rest = exp.Mod(this=hashed, expression=exp.Literal.number(every))
    chosen = exp.case().when(exp.and_(exp.column(f"t{place}"), exp.EQ(this=rest, expression=exp.Literal.number(0))), hashed.copy())
    return exp.Count(this=chosen), exp.Count(this=exp.Distinct(expressions=[chosen.copy()]))


def value(column: Settled) -> Expr:
    """Return the column's value; where every cell is proved to be one, no cell is guarded again."""
    text, guess = exp.column(column.name, quoted=True), column.wish.guess
    return value_of(text, guess) if column.nulls or column.exceptions else cast.cast(text, guess.type, guess.parse)


def different(con: duckdb.DuckDBPyConnection, values: Sequence[Expr]) -> int:
    """Return how many different rows these values make; a row whose first value is null does not count.

    Counted by 64-bit hashes: as many different hashes as rows prove that no two rows are equal. The other way round a collision
    may hide a key of a table of billions of rows, never invent one.
    """
    whole = content(values)
    some = exp.not_(exp.Is(this=values[0].copy(), expression=exp.null()))
    query = exp.select(exp.Count(this=exp.Distinct(expressions=[whole]))).from_(exp.to_identifier(VIEW, quoted=True)).where(some)
    with _frugal(con):
        return int(con.execute(query.sql("duckdb", identify=True)).fetchall()[0][0])


@contextmanager
def _frugal(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB put aside on the disk what it counts before it takes all that it may: it always takes somewhat more."""
    held = str(con.execute("SELECT current_setting('memory_limit')").fetchall()[0][0])
    number, _, unit = held.partition(" ")
    con.execute("SET memory_limit = $1", [f"{float(number) * 3 / 4} {unit}"]).fetchall()
    try:
        yield
    finally:
        con.execute("SET memory_limit = $1", [held]).fetchall()


def content(values: Sequence[Expr]) -> Expr:
    """Return the hash of values, which is never null, even where all of them are."""
    return exp.Anonymous(this="HASH", expressions=[value.copy() for value in values])


def _smallest(groups: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out sets that hold another one."""
    return [group for group in groups if not any(set(other) < set(group) for other in groups)]


def _reason(table: Table, group: tuple[str, ...]) -> str:
    together = "together " if len(group) > 1 else ""
    reason = f"{together}never null and never the same twice in {table.rows:,} rows"
    column = next(column for column in table.columns if column.name == group[0])
    return f"{reason}, but for {column.exceptions:,} that are not {column.type}" if column.exceptions else reason
