"""Small tables of hundreds of columns and more: the cells of all columns of one kind are measured in one query, each as a row of its own.

To plan an expression takes DuckDB as long as to read some thousand cells; here it plans as many as there are kinds, not columns.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile import beside, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.measure import Measured, Wish

_LIKE: Final = 8
"""Columns of a kind: where there are fewer on average, kinds are too many to be worth it."""
_CELLS: Final = 1 << 19
"""Cells of one query."""


def is_worth(wishes: Sequence[Wish], records: int) -> bool:
    """Say whether a table is so wide that columns are measured by kinds, and so small that the hash chooses all rows."""
    if len(wishes) <= measure.AT_ONCE or records >= 2 * measure.CHOSEN or any(wish.few or wish.beside != beside.NOTHING for wish in wishes):
        return False
    return len(set(map(_kind, wishes))) * _LIKE <= len(wishes)


def by_kinds(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], records: int) -> tuple[int, tuple[Measured, ...]]:
    """Return what `measure.measure` does, of wishes for which it `is_worth` it."""
    size = max(1, _CELLS // max(1, records))
    found: dict[str, Measured] = {}
    rows = 0
    for part in _parts(wishes, size):
        for place, times, measured in _measured(con, part):
            found[part[place].name], rows = measured, times
    return rows, tuple(found.get(wish.name) or measure.measured({}, ()) for wish in wishes)


def _kind(wish: Wish) -> str:
    """Return what is the same for columns of which one expression measures all."""
    guess = wish.guess
    return repr((guess.type, guess.parse, guess.shapes, wish.step))


def _parts(wishes: Sequence[Wish], size: int) -> Iterator[list[Wish]]:
    for _, alike in groupby(sorted(wishes, key=_kind), _kind):
        some = list(alike)
        yield from (some[start : start + size] for start in range(0, len(some), size))


def _measured(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish]) -> Iterator[tuple[int, int, Measured]]:
    """Yield, of columns of one kind, their places, how many rows there are, and what was measured."""
    one = wishes[0]
    aggregates = measure.aggregates(0, one)
    chosen = exp.Anonymous(this="LIST", expressions=[cast.canonical(exp.column("v0"), one.guess.type)])
    named = [part.as_(key, copy=False) for key, part in aggregates.items()]
    query = exp.select("place", exp.Count(this=exp.Star()).as_("rows"), *named, chosen.as_("chosen"))
    query = query.from_(_typed(wishes), copy=False).group_by("place")
    for place, rows, *values, texts in con.execute(query.sql("duckdb", identify=True, copy=False)).fetchall():
        answers: dict[str, Any] = dict(zip(aggregates, values, strict=True))  # Any: what DuckDB answers
        yield place, rows, measure.measured(answers, tuple(sorted([text for text in texts if text is not None])))


def _typed(wishes: Sequence[Wish]) -> Expr:
    """Return a row for each cell: its column's place, its text `c0`, null where nothing stands there, and its value `v0`."""
    guess = wishes[0].guess
    places = [exp.Literal.number(place) for place in range(len(wishes))]
    cells = [exp.column(wish.name, quoted=True) for wish in wishes]
    lines = exp.select(_unnest(places).as_("place"), _unnest(cells).as_("cell"))
    lines = lines.from_(exp.to_identifier(measure.VIEW, quoted=True), copy=False)
    texts = exp.select("place", measure.unless_empty(exp.column("cell"), guess).as_("c0")).from_(lines.subquery("lines", copy=False))
    value = measure.typed_value(exp.column("c0"), guess).as_("v0", copy=False)
    return exp.select("*", value).from_(texts.subquery("texts", copy=False), copy=False).subquery("typed", copy=False)


def _unnest(values: Sequence[Expr]) -> Expr:
    return exp.Anonymous(this="UNNEST", expressions=[exp.Array(expressions=list(values))])
