"""One aggregate over all rows: each column's guess proved cell by cell, and everything that is counted while the rows pass by.

What DuckDB computes in threads must not depend on their order: sums are exact (whole numbers and decimals), and top values and
quantiles come from rows chosen by a hash of their content, so that the same file always gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Rhythm
    from dataeng_ai.profile.guess import Guess

VIEW: Final = "__source__"
CHOSEN: Final = 4096
"""About how many rows a hash chooses for quantiles and top values."""

_EXACT_SUM: Final = frozenset({"smallint", "integer", "bigint", "decimal"})
_SUMMABLE_DIGITS: Final = 18
"""Of a decimal: a sum of wider ones may overflow."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to find out about a column: whether its guess holds, and at what extra cost."""

    name: str
    guess: Guess
    distinct: bool = False
    """Count the distinct values exactly; otherwise DuckDB's sketch estimates them."""
    step: Rhythm | None = None
    """A unit (minute … year) of which every moment may be a whole multiple."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted of one column, over all rows. Values are canonical texts."""

    fits: int
    """Cells that hold a value of the guessed type."""
    empty: int
    distinct: int
    minimum: str | None
    maximum: str | None
    total: str | None
    """The exact sum, for whole numbers and decimals."""
    min_length: int | None
    max_length: int | None
    on_step: int | None
    chosen: tuple[str, ...]
    """The values in the rows that the hash chose, in order of their texts."""


def measure(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], names: Sequence[str], records: int) -> tuple[int, tuple[Measured, ...]]:
    """Return the number of rows and, per wish, what was measured, in one pass over `"__source__"`.

    Args:
        con: Where the view is.
        wishes: The columns to measure.
        names: All columns of the view; the hash that chooses rows is of all of them.
        records: About how many rows there are.
    """
    parts: list[Mapping[str, Expr]] = [_aggregates(place, wish) for place, wish in enumerate(wishes)]
    query = exp.select(exp.Count(this=exp.Star()), *(part for one in parts for part in one.values())).from_(
        _typed(wishes, names, records).subquery("typed", copy=False)
    )
    rows, *values = con.execute(query.sql("duckdb", identify=True)).fetchall()[0]
    found = iter(values)
    return rows, tuple(_measured({key: next(found) for key in part}) for part in parts)


def _typed(wishes: Sequence[Wish], names: Sequence[str], records: int) -> exp.Select:
    """Return the rows as texts `c0`, … and typed values `v0`, …, with the canonical text `s0`, … in chosen rows only."""
    typed = exp.select(*(exp.column(wish.name, quoted=True).as_(f"c{place}") for place, wish in enumerate(wishes)), _choice(names, records))
    values = [value_of(exp.column(f"c{place}"), wish.guess).as_(f"v{place}") for place, wish in enumerate(wishes)]
    valued = exp.select("*", *values).from_(typed.from_(exp.to_identifier(VIEW, quoted=True)).subquery("texts", copy=False))
    samples = [
        exp.case().when(exp.column("chosen"), cast.canonical(exp.column(f"v{place}"), wish.guess.type)).as_(f"s{place}")
        for place, wish in enumerate(wishes)
    ]
    return exp.select("*", *samples).from_(valued.subquery("valued", copy=False))


def value_of(text: Expr, guess: Guess) -> Expr:
    """Return the typed value of a text, null where the text stands for nothing or is no such value."""
    held = cast.guard(text, guess.type, guess.parse)
    if guess.type.name == "text":
        held = exp.not_(cast.nothing(text, guess.parse))
    return exp.case().when(held, cast.cast(text, guess.type, guess.parse))


def _choice(names: Sequence[str], records: int) -> Expr:
    every = max(1, records // CHOSEN)
    content = exp.Anonymous(this="HASH", expressions=[exp.column(name, quoted=True) for name in names])
    return exp.EQ(this=exp.Mod(this=content, expression=exp.Literal.number(every)), expression=exp.Literal.number(0)).as_("chosen")


def _aggregates(place: int, wish: Wish) -> dict[str, Expr]:
    """Return the aggregates of one column; the keys are the fields of `Measured`."""
    text, value, sample = exp.column(f"c{place}"), exp.column(f"v{place}"), exp.column(f"s{place}")
    kind = wish.guess.type
    found: dict[str, Expr] = {
        "fits": exp.Count(this=value),
        "empty": _count_if(exp.EQ(this=text, expression=exp.Literal.string(""))),
        "distinct": exp.Count(this=exp.Distinct(expressions=[value.copy()])) if wish.distinct else exp.ApproxDistinct(this=value.copy()),
        "minimum": _end(exp.Min, value, kind.name, wish.guess),
        "maximum": _end(exp.Max, value, kind.name, wish.guess),
    }
    if kind.name in _EXACT_SUM and (kind.precision or 0) <= _SUMMABLE_DIGITS:
        found["total"] = exp.Cast(this=exp.Sum(this=value.copy()), to=exp.DataType.build("VARCHAR", dialect="duckdb"))
    if kind.name == "text":
        found["min_length"] = exp.Min(this=exp.Length(this=value.copy()))
        found["max_length"] = exp.Max(this=exp.Length(this=value.copy()))
    if wish.step:
        trunc = exp.Anonymous(this="DATE_TRUNC", expressions=[exp.Literal.string(wish.step), _wall(value, kind.name)])
        found["on_step"] = _count_if(exp.EQ(this=trunc, expression=_wall(value, kind.name)))
    some = exp.Is(this=sample.copy(), expression=exp.null())
    found["chosen"] = exp.Filter(this=exp.Anonymous(this="LIST", expressions=[sample]), expression=exp.Where(this=exp.not_(some)))
    return found


def _wall(moment: Expr, kind: str) -> Expr:
    """Return a moment as UTC's clock shows it, whatever the session's zone."""
    return (
        exp.Anonymous(this="TIMEZONE", expressions=[exp.Literal.string("UTC"), moment.copy()]) if kind == "timestamptz" else moment.copy()
    )


def _end(function: Callable[..., Expr], value: Expr, kind: str, guess: Guess) -> Expr:
    """Return the least or greatest value as text; kinds without an order that every storage shares have none."""
    return exp.null() if kind in ("json", "bytes") else cast.canonical(function(this=value.copy()), guess.type)


def _count_if(condition: Expr) -> Expr:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition))


def _measured(values: Mapping[str, object]) -> Measured:
    number: dict[str, int] = {key: int(value) for key, value in values.items() if isinstance(value, int)}
    text: dict[str, str] = {key: value for key, value in values.items() if isinstance(value, str)}
    chosen = values.get("chosen")
    return Measured(
        fits=number["fits"],
        empty=number["empty"],
        distinct=number["distinct"],
        minimum=text.get("minimum"),
        maximum=text.get("maximum"),
        total=text.get("total"),
        min_length=number.get("min_length"),
        max_length=number.get("max_length"),
        on_step=number.get("on_step"),
        chosen=tuple(sorted(chosen)) if isinstance(chosen, list) else (),
    )


def misfits(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], most: int = 200) -> tuple[dict[str, int], ...]:
    """Return, per wish, the texts that are neither empty nor a value of the guessed type, the most frequent first, with their counts."""
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
    empty = exp.EQ(this=text.copy(), expression=exp.Literal.string(""))
    return exp.case().when(exp.or_(empty, held), exp.null()).else_(text.copy())


def _unnest(values: Sequence[Expr]) -> Expr:
    return exp.Anonymous(this="UNNEST", expressions=[exp.Array(expressions=list(values))])


def _rank() -> Expr:
    order = exp.Order(expressions=[exp.Ordered(this=exp.column("times"), desc=True), exp.Ordered(this=exp.column("cell"))])
    return exp.Window(this=exp.RowNumber(), partition_by=[exp.column("place")], order=order)
