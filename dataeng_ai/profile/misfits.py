"""The cells that are neither nothing nor a value of the type that was guessed for their column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile.measure import VIEW, is_empty, slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.measure import Wish


def misfits(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], most: int = 200) -> tuple[dict[str, int], ...]:
    """Return, per wish, the texts that are neither nothing nor a value of the guessed type, the most frequent first, with their counts."""
    return tuple(texts for some in slices(wishes) for texts in _misfits(con, some, most))


def _misfits(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], most: int) -> tuple[dict[str, int], ...]:
    cells = [_misfit(wish) for wish in wishes]
    places = [exp.Literal.number(place) for place in range(len(wishes))]
    lines = exp.select(_unnest(places).as_("place"), _unnest(cells).as_("cell")).from_(exp.to_identifier(VIEW, quoted=True))
    counted = (
        exp.select("place", "cell", exp.Count(this=exp.Star()).as_("times"))
        .from_(lines.subquery("lines", copy=False))
        .where(exp.not_(exp.Is(this=exp.column("cell"), expression=exp.null())))
        .group_by("place", "cell")
    )
    ranked = exp.select("*", _rank().as_("place_in_line")).from_(counted.subquery("counted", copy=False))
    query = (
        exp.select("place", "cell", "times")
        .from_(ranked.subquery("ranked", copy=False))
        .where(exp.LTE(this=exp.column("place_in_line"), expression=exp.Literal.number(most)))
        .order_by("place", exp.Ordered(this=exp.column("times"), desc=True), "cell")
    )
    found: tuple[dict[str, int], ...] = tuple({} for _ in wishes)
    for place, cell, times in con.execute(query.sql("duckdb", identify=True)).fetchall():
        found[place][cell] = times
    return found


def _misfit(wish: Wish) -> Expr:
    text = exp.column(wish.name, quoted=True)
    held = cast.guard(text, wish.guess.type, wish.guess.parse)
    return exp.case().when(exp.or_(is_empty(text, wish), held), exp.null()).else_(text.copy())


def _unnest(values: Sequence[Expr]) -> Expr:
    return exp.Anonymous(this="UNNEST", expressions=[exp.Array(expressions=list(values))])


def _rank() -> Expr:
    order = exp.Order(expressions=[exp.Ordered(this=exp.column("times"), desc=True), exp.Ordered(this=exp.column("cell"))])
    return exp.Window(this=exp.RowNumber(), partition_by=[exp.column("place")], order=order)
