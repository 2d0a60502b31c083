"""Keys of rows that stand in the order of their key, as most exports do: each is greater than the one before, so none comes twice.

That is proved in one pass and in no memory, where to count different values of millions of rows takes all the memory there is.
The first rows say whether it is worth a try; where it fails, values are counted all the same, and nothing but time is lost.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.profile.measure import VIEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.settle import Settled, Table

_WHOLE: Final = frozenset({"smallint", "integer", "bigint"})
_AS_TEXTS: Final = frozenset({"text", "uuid", "date", "timestamp"})
"""Types of which texts, if all are written alike, stand in the order of their values."""
_MOST_DIGITS: Final = 20


def rises(con: duckdb.DuckDBPyConnection, table: Table, group: Sequence[str], values: Sequence[Expr]) -> bool:
    """Say whether it is proved that each row's values in these columns, `values`, are greater than those of the row before.

    False proves nothing.
    """
    columns = {column.name: column for column in table.columns}
    if any(columns[name].nulls or columns[name].exceptions for name in group) or not _begins_so(table, [columns[name] for name in group]):
        return False
    places = range(len(values))
    before = [exp.Window(this=exp.Anonymous(this="LAG", expressions=[exp.column(f"v{place}")])).as_(f"p{place}") for place in places]
    plain = exp.select(*(value.as_(f"v{place}") for place, value in enumerate(values))).from_(exp.to_identifier(VIEW, quoted=True))
    pairs = exp.select("*", *before).from_(plain.subquery("plain", copy=False))
    greater = _greater([(exp.column(f"v{place}"), exp.column(f"p{place}")) for place in places])
    query = exp.select(exp.Anonymous(this="COUNT_IF", expressions=[greater])).from_(pairs.subquery("pairs", copy=False))
    return bool(con.execute(query.sql("duckdb", identify=True)).fetchall()[0][0] == table.rows - 1)


def _greater(pairs: Sequence[tuple[Expr, Expr]]) -> Expr:
    """Return the condition that the first value is greater than what stood before, or equal and the rest greater."""
    (value, before), *rest = pairs
    more = exp.GT(this=value, expression=before)
    return exp.or_(more, exp.and_(exp.EQ(this=value.copy(), expression=before.copy()), _greater(rest))) if rest else more


def _begins_so(table: Table, columns: Sequence[Settled]) -> bool:
    """Say whether the first rows stand in that order, as far as their texts tell."""
    kinds = [column.type.name for column in columns]
    if not all(kind in _WHOLE | _AS_TEXTS for kind in kinds):
        return False
    names = [column.name for column in table.columns]
    places = [names.index(column.name) for column in columns]
    rows = [tuple(_sortable(row[place], kind) for place, kind in zip(places, kinds, strict=True)) for row in table.head]
    return None not in (cell for row in rows for cell in row) and all(former < later for former, later in pairwise(rows))


def _sortable(text: str | None, kind: str) -> tuple[int, str] | None:
    """Return what a cell sorts by: its number, where it is one, and its text."""
    if text is None:
        return None
    number = kind in _WHOLE and text.removeprefix("-").isdecimal() and len(text) <= _MOST_DIGITS
    return (int(text), "") if number else (0, text)
