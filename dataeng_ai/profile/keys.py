"""Keys, proved on all rows: columns that are never null and, together, never the same twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dataeng_ai.profile import candidates
from dataeng_ai.profile.facts import Key
from dataeng_ai.profile.measure import VIEW, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.settle import Settled, Table


@dataclass(frozen=True, slots=True)
class Found:
    """The keys, the best first, and how many rows stand again, whole."""

    keys: tuple[Key, ...]
    duplicates: int


def keys(con: duckdb.DuckDBPyConnection, table: Table) -> Found:
    """Return what identifies a row. Sets of columns are only looked for where no single column does."""
    if not table.rows:
        return Found((), 0)
    singles = _singles(table)
    if singles:
        return Found(singles, 0)
    names = [column.name for column in table.columns]
    whole = {column.name: (column.type, column.measured.distinct) for column in table.columns if not column.nulls and not column.exceptions}
    groups = tuple(candidates.sets(table.head, whole, names, _at_least(table.rows)))
    counts = _distinct(con, table, (tuple(names), *groups))
    duplicates = table.rows - counts[0]
    proved = [group for group, count in zip(groups, counts[1:], strict=True) if count == table.rows]
    reason = f"together never null and never the same twice in {table.rows:,} rows"
    return Found(tuple(Key(group, reason) for group in _smallest(proved)), duplicates)


def _at_least(rows: int) -> int:
    """Return how many combinations a key must have room for; less than the rows, since numbers of distinct values are estimates."""
    return rows * 9 // 10


def _smallest(groups: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out sets that hold another one."""
    return [group for group in groups if not any(set(other) < set(group) for other in groups)]


def _singles(table: Table) -> tuple[Key, ...]:
    reason = f"never null and never the same twice in {table.rows:,} rows"
    found = [column for column in table.columns if _identifies(column, table.rows)]
    found.sort(key=lambda column: candidates.merit(column.name, column.type))
    return tuple(Key((column.name,), _but(column, reason)) for column in found)


def _identifies(column: Settled, rows: int) -> bool:
    counted = column.wish.distinct and column.measured.distinct == column.measured.fits > 0
    return counted and not column.nulls and column.measured.fits + column.exceptions == rows and candidates.may_be_key(column.type)


def _but(column: Settled, reason: str) -> str:
    return f"{reason}, but for {column.exceptions:,} that are not {column.type}" if column.exceptions else reason


def _distinct(con: duckdb.DuckDBPyConnection, table: Table, groups: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """Return how many different rows each group of columns makes. Equal hashes of 64 bits count as equal.

    As many different hashes as rows prove that no two rows are equal; the other way round a collision may hide a key of a table
    of billions of rows, never invent one.
    """
    by_name = {column.name: column for column in table.columns}
    counts = [exp.Count(this=exp.Distinct(expressions=[_hash([by_name[name] for name in group])])) for group in groups]
    query = exp.select(*counts).from_(exp.to_identifier(VIEW, quoted=True))
    return tuple(con.execute(query.sql("duckdb", identify=True)).fetchall()[0])


def _hash(columns: Sequence[Settled]) -> Expr:
    return exp.Anonymous(this="HASH", expressions=[value_of(exp.column(c.name, quoted=True), c.wish.guess) for c in columns])
