"""Keys, proved on all rows: columns that are never null and, together, never the same twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile import candidates
from dataeng_ai.profile.facts import Key
from dataeng_ai.profile.measure import VIEW, value_of
from dataeng_ai.profile.ordered import rises
from dataeng_ai.profile.unlike import MANY, NEARLY, WHOLE, frugal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.settle import Settled, Table


_MOST: Final = 3
_WORTH: Final = 2
"""Groups of columns for which a pass that refutes is worth its time."""
_HASHES: Final = 1 << 20
"""How many hashes of values are kept at a time to prove several keys of a small table."""
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
    proved = _proved(con, table, singles, 1 if table.rows > MANY else len(singles))
    if not proved:
        proved = _smallest(_proved(con, table, _sets(table), 1 if table.rows > MANY else _MOST))
    if first and set(first) <= {column.name for column in table.columns}:
        expected = _proved(con, table, [tuple(first)], 1)
        proved = [*expected, *(group for group in proved if not expected or set(group) != set(first))]
    if proved:
        return Found(tuple(Key(group, _reason(table, group)) for group in proved), 0)
    counted = told(table, WHOLE)
    whole = [content([exp.column(column.name, quoted=True) for column in table.columns])]
    return Found((), table.rows - (different(con, whole) if counted is None else counted))


def _singles(table: Table) -> list[Settled]:
    """Return the columns that may each be a key, best first: no nulls, and about as many different values as rows."""
    found = [column for column in table.columns if _whole(column) and column.measured.distinct >= NEARLY * column.measured.fits]
    found = [column for column in found if candidates.may_identify(column.type, column.cells)]
    return sorted(found, key=lambda column: candidates.merit(column.name, column.type))[: candidates.MOST_SINGLES]


def _whole(column: Settled) -> bool:
    return not column.nulls and column.measured.fits > 0


def _sets(table: Table) -> tuple[tuple[str, ...], ...]:
    names = [column.name for column in table.columns]
    whole = {column.name: (column.type, column.measured.distinct) for column in table.columns if _whole(column) and not column.exceptions}
    return tuple(candidates.sets(table.head, whole, names, int(NEARLY * table.rows)))


def _proved(con: duckdb.DuckDBPyConnection, table: Table, groups: Sequence[tuple[str, ...]], most: int) -> list[tuple[str, ...]]:
    """Return the first `most` groups of columns that are never the same twice, each proved by what was counted or a query of its own."""
    columns = {column.name: column for column in table.columns}
    wanted = {group: min(columns[name].measured.fits for name in group) for group in groups}
    counted = {group: told(table, group) for group in groups}
    open_ = [group for group in groups if counted[group] is None and not _repeats(columns[group[0]], group)]
    sure = [group for group in groups if counted[group] == wanted[group]]
    asked = [group for group in open_ if len(sure) < most or groups.index(group) < groups.index(sure[most - 1])]
    if table.rows <= MANY and len(asked) >= _WORTH:
        proved = {*sure, *_together(con, columns, asked, wanted, table.rows)}
        return [group for group in groups if group in proved][:most]
    likely = _likely(con, columns, asked, table.rows) if table.rows > MANY else asked
    found: list[tuple[str, ...]] = []
    for group in (group for group in groups if group in sure or group in likely):
        if group in sure or _alone(con, table, group, wanted[group]):
            found.append(group)
            if len(found) == most:
                break
    return found


def _alone(con: duckdb.DuckDBPyConnection, table: Table, group: tuple[str, ...], wanted: int) -> bool:
    """Prove one group by a pass of its own."""
    columns = {column.name: column for column in table.columns}
    values = [value(columns[name]) for name in group]
    return rises(con, table, group, values) or different(con, values) == wanted


def _together(
    con: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Settled],
    groups: Sequence[tuple[str, ...]],
    wanted: Mapping[tuple[str, ...], int],
    rows: int,
) -> list[tuple[str, ...]]:
    """Return the groups that are never the same twice, of a table of few rows: so many as memory holds are proved in one pass."""
    found: list[tuple[str, ...]] = []
    some = max(1, _HASHES // rows)
    for start in range(0, len(groups), some):
        slice_ = groups[start : start + some]
        counts = _different_of_each(con, [[value(columns[name]) for name in group] for group in slice_])
        found += [group for group, count in zip(slice_, counts, strict=True) if count == wanted[group]]
    return found


def _different_of_each(con: duckdb.DuckDBPyConnection, groups: Sequence[Sequence[Expr]]) -> tuple[int, ...]:
    """Return what `different` does of each of several groups of values, in one pass."""
    hashes = [exp.case().when(_counts(values), content(values)).as_(f"h{place}") for place, values in enumerate(groups)]
    lines = exp.select(*hashes).from_(exp.to_identifier(VIEW, quoted=True)).subquery("lines", copy=False)
    counts = [exp.Count(this=exp.Distinct(expressions=[exp.column(f"h{place}")])) for place in range(len(groups))]
    with frugal(con):
        return tuple(con.execute(exp.select(*counts).from_(lines).sql("duckdb", identify=True)).fetchall()[0])


def told(table: Table, group: tuple[str, ...]) -> int | None:
    """Return how many different rows these columns make, where the pass that measured them counted that."""
    return next((count for column in table.columns for one, count in column.measured.beside.unlike if one == group), None)


def _repeats(column: Settled, group: tuple[str, ...]) -> bool:
    """Say whether a column alone is known to be the same twice, by the least hashes of its values."""
    least = column.measured.beside.least
    return len(group) == 1 and least is not None and len(set(least)) < len(least)


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
    with frugal(con):
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
    query = exp.select(exp.Count(this=exp.Distinct(expressions=[whole]))).from_(exp.to_identifier(VIEW, quoted=True))
    query = query.where(_counts(values))
    with frugal(con):
        return int(con.execute(query.sql("duckdb", identify=True)).fetchall()[0][0])


def _counts(values: Sequence[Expr]) -> Expr:
    """Return the condition that a row counts: its first value is there."""
    return exp.not_(exp.Is(this=values[0].copy(), expression=exp.null()))


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
