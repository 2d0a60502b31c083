"""One aggregate over all rows: each column's guess proved cell by cell, and everything that is counted while the rows pass by.

What DuckDB computes in threads must not depend on their order: sums are exact (whole numbers and decimals), and top values and
quantiles come from rows chosen by a hash of their content, so that the same file always gives the same answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.ir import Parse
from dataeng_ai.profile import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.beside import Beside, Counted
    from dataeng_ai.profile.facts import Rhythm
    from dataeng_ai.profile.guess import Guess
    from dataeng_ai.types import Type

VIEW: Final = "__source__"
CHOSEN: Final = 4096
"""About how many rows a hash chooses for quantiles and top values."""
AT_ONCE: Final = 100
"""Columns of one pass: DuckDB holds some vectors for each expression and thread, so a table of thousands would burst any memory."""

_MICROSECONDS: Final[Mapping[Rhythm, int]] = {"minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000}
_EXACT_SUM: Final = frozenset({"smallint", "integer", "bigint", "decimal"})
_SUMMABLE_DIGITS: Final = 18
"""Of a decimal: a sum of wider ones may overflow."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to find out about a column: whether its guess holds, and at what extra cost."""

    name: str
    guess: Guess
    step: Rhythm | None = None
    """A unit of which every moment may be a whole multiple."""
    few: tuple[str, ...] = ()
    """All texts there may be beside what is empty: each is counted, and nothing else found out here."""
    beside: Beside = beside.NOTHING


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted of one column, over all rows. Values are canonical texts."""

    fits: int
    """Cells that hold a value of the guessed type."""
    empty: int
    """Cells that are null, or the empty text where that is nothing."""
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
    texts: Mapping[str, int] | None = None
    """Of a wish with few texts, how often each occurs; the fields from `fits` to `on_step` are then for others to fill."""
    counts: Mapping[str, int] | None = None
    """Every value with how often it occurs, where that is known already."""
    beside: Counted = beside.UNCOUNTED


def measure(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], by: Sequence[str], records: int) -> tuple[int, tuple[Measured, ...]]:
    """Return the number of rows and, per wish, what was measured, in one pass over `"__source__"` (one for every `AT_ONCE` columns).

    Args:
        con: Where the view is.
        wishes: The columns to measure.
        by: The columns whose content, hashed, chooses rows.
        records: About how many rows there are.
    """
    passes = [_pass(con, some, by, records) for some in slices(wishes)]
    return passes[0][0], tuple(one for _, found in passes for one in found)


def slices(wishes: Sequence[Wish]) -> list[Sequence[Wish]]:
    """Return the columns of each pass."""
    return [wishes[start : start + AT_ONCE] for start in range(0, len(wishes), AT_ONCE)]


def _pass(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], by: Sequence[str], records: int) -> tuple[int, list[Measured]]:
    numbers = {place: number for number, place in enumerate((place for place, wish in enumerate(wishes) if wish.few), 1)}
    places = {wish.name: place for place, wish in enumerate(wishes)}
    parts = [
        (_counts(place, numbers[place]) if wish.few else aggregates(place, wish)) | beside.aggregates(place, wish, places)
        for place, wish in enumerate(wishes)
    ]
    named = [_as(part, f"{key}{place}") for place, one in enumerate(parts) for key, part in one.items()]
    query = exp.select(exp.Count(this=exp.Star()).as_("rows"), *named, _chosen(len(wishes)))
    query = query.from_(_typed(wishes, by, records), copy=False)
    create = exp.Create(this=exp.to_table("__measured__"), kind="TABLE", replace=True, expression=query)
    con.execute(create.sql("duckdb", identify=True, copy=False), [list(wishes[place].few) for place in numbers])
    counted = con.table("__measured__").project("* EXCLUDE (chosen)").fetchall()[0]
    found = iter(counted[1:])
    values = [{key: next(found) for key in part} for part in parts]
    samples = _samples(con, wishes)
    found_of = zip(wishes, values, samples, strict=True)
    return counted[0], [replace(measured(value, sample), beside=beside.counted(wish, value)) for wish, value, sample in found_of]


def _typed(wishes: Sequence[Wish], by: Sequence[str], records: int) -> Expr:
    """Return the rows as texts `c0`, …, null where nothing stands there, and typed values `v0`, …, and whether the hash chose them."""
    texts = [_as(_text(wish), f"c{place}") for place, wish in enumerate(wishes)]
    pairs = [pair for place, wish in enumerate(wishes) for pair in beside.pairs(place, wish)]
    plain = exp.select(*texts, *pairs, _choice(by, records)).from_(exp.to_identifier(VIEW, quoted=True), copy=False)
    values = [_as(typed_value(exp.column(f"c{place}"), wish.guess), f"v{place}") for place, wish in enumerate(wishes)]
    return exp.select("*", *values).from_(plain.subquery("texts", copy=False), copy=False).subquery("typed", copy=False)


def _text(wish: Wish) -> Expr:
    return unless_empty(exp.column(wish.name, quoted=True), wish.guess)


def _as(made: Expr, name: str) -> Expr:
    """Return what was made just now under a name; `as_` copies it first, which costs as much as making it."""
    return exp.alias_(made, name, copy=False)


def value_of(text: Expr, guess: Guess) -> Expr:
    """Return the typed value of a text, null where the text stands for nothing or is no such value."""
    return typed_value(unless_empty(text, guess), guess)


def typed_value(text: Expr, guess: Guess) -> Expr:
    """Return the value of a text that is null where it is empty and that means nothing."""
    held = cast.guard(text, guess.type, guess.parse, guess.shapes)
    words = [exp.Literal.string(word) for word in guess.parse.null_values if word] if guess.type.name == "text" else []
    there = exp.and_(exp.not_(exp.In(this=text, expressions=words), copy=False), held, copy=False) if words else held
    return exp.case().when(there, cast.cast(text, guess.type, guess.parse), copy=False)


def unless_empty(text: Expr, guess: Guess) -> Expr:
    """Return the text, null where it is empty and that means nothing: for DuckDB, to fail on a text is much dearer than to read one."""
    return (
        exp.Nullif(this=text, expression=exp.Literal.string("")) if "" in guess.parse.null_values and guess.type.name != "bytes" else text
    )


def _choice(by: Sequence[str], records: int) -> Expr:
    every = max(1, records // CHOSEN)
    content = exp.Anonymous(this="HASH", expressions=[exp.column(name, quoted=True) for name in by])
    return exp.EQ(this=exp.Mod(this=content, expression=exp.Literal.number(every)), expression=exp.Literal.number(0)).as_("chosen")


def _chosen(width: int) -> Expr:
    """Return the texts of the chosen rows as one list of structs: a single filter, and nothing is copied of other rows."""
    names = [f"c{place}" for place in range(width)]
    row = exp.Struct(expressions=[exp.PropertyEQ(this=exp.to_identifier(name), expression=exp.column(name)) for name in names])
    return exp.Filter(this=exp.Anonymous(this="LIST", expressions=[row]), expression=exp.Where(this=exp.column("chosen"))).as_("chosen")


def _samples(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish]) -> list[tuple[str, ...]]:
    """Return per wish the canonical texts of its values in the chosen rows, sorted: DuckDB's threads met them in any order."""
    rows = exp.select(exp.Anonymous(this="UNNEST", expressions=[exp.column("chosen")]).as_("cells")).from_("__measured__")
    names = [f"c{place}" for place in range(len(wishes))]
    cells = [exp.Anonymous(this="STRUCT_EXTRACT", expressions=[exp.column("cells"), exp.Literal.string(name)]) for name in names]
    texts = exp.select(*(cell.as_(name) for name, cell in zip(names, cells, strict=True))).from_(
        rows.subquery("rows", copy=False), copy=False
    )
    # A canonical text says its value several times; DuckDB plans a value once where it is a column of its own.
    values = [_as(value_of(exp.column(f"c{place}"), wish.guess), f"v{place}") for place, wish in enumerate(wishes)]
    typed = exp.select(*values).from_(texts.subquery("texts", copy=False), copy=False)
    canonical = [cast.canonical(exp.column(f"v{place}"), wish.guess.type) for place, wish in enumerate(wishes)]
    query = exp.select(*canonical).from_(typed.subquery("typed", copy=False), copy=False)
    found = con.execute(query.sql("duckdb", identify=True, copy=False)).fetchall()
    columns = zip(*found, strict=True) if found else ((),) * len(wishes)
    return [tuple(sorted([text for text in column if text is not None])) for column in columns]


def _counts(place: int, number: int) -> dict[str, Expr]:
    """Return the aggregates of a column of few texts, which are the parameter of that number. Other texts count as the empty one."""
    text = exp.column(f"c{place}")
    given = exp.Cast(this=exp.Parameter(this=exp.Literal.number(number)), to=exp.DataType.build("VARCHAR[]", dialect="duckdb"))
    return {
        "empty": _nulls(text),
        "texts": exp.Anonymous(this="HISTOGRAM_EXACT", expressions=[text.copy(), given]),
    }


def aggregates(place: int, wish: Wish) -> dict[str, Expr]:
    """Return the aggregates of one column; the keys are the fields of `Measured`."""
    text, value = exp.column(f"c{place}"), exp.column(f"v{place}")
    kind = wish.guess.type
    found: dict[str, Expr] = {
        "fits": exp.Count(this=value),
        "empty": _count_if(is_empty(text, wish)) if kind.name == "bytes" else _nulls(text),
        "distinct": exp.ApproxDistinct(this=value.copy()),
        "minimum": _end(exp.Min, value, kind.name, wish.guess),
        "maximum": _end(exp.Max, value, kind.name, wish.guess),
    }
    if is_summed(kind):
        found["total"] = exp.Cast(this=exp.Sum(this=value.copy()), to=exp.DataType(this=exp.DType.VARCHAR))
    if kind.name == "text":
        found["min_length"] = exp.Min(this=exp.Length(this=value.copy()))
        found["max_length"] = exp.Max(this=exp.Length(this=value.copy()))
    if wish.step:
        found["on_step"] = _count_if(_on_step(value, wish.step, kind.name))
    return found


def _nulls(value: Expr) -> Expr:
    """Return how many are null: to count what is not null takes DuckDB no time."""
    return exp.Sub(this=exp.Count(this=exp.Star()), expression=exp.Count(this=value))


def is_empty(text: Expr, wish: Wish) -> Expr:
    """Return the condition that nothing stands there at all; words that mean nothing are not among it."""
    return cast.nothing(text, Parse(null_values=("",) if "" in wish.guess.parse.null_values else ()))


def is_summed(kind: Type) -> bool:
    """Say whether the sum of such values is exact and fits."""
    return kind.name in _EXACT_SUM and (kind.precision or 0) <= _SUMMABLE_DIGITS


def _on_step(moment: Expr, step: Rhythm, kind: str) -> Expr:
    """Return the condition that a moment is a whole multiple of the step; by its microseconds where a step has always as many."""
    if kind != "date" and step in _MICROSECONDS:
        since = exp.Anonymous(this="EPOCH_US", expressions=[moment.copy()])
        rest = exp.Mod(this=since, expression=exp.Literal.number(_MICROSECONDS[step]))
        return exp.EQ(this=rest, expression=exp.Literal.number(0))
    trunc = exp.Anonymous(this="DATE_TRUNC", expressions=[exp.Literal.string(step), _wall(moment, kind)])
    return exp.EQ(this=trunc, expression=_wall(moment, kind))


def _wall(moment: Expr, kind: str) -> Expr:
    """Return a moment as UTC's clock shows it, whatever the session's zone."""
    return (
        exp.Anonymous(this="TIMEZONE", expressions=[exp.Literal.string("UTC"), moment.copy()]) if kind == "timestamptz" else moment.copy()
    )


def _end(function: Callable[..., Expr], value: Expr, kind: str, guess: Guess) -> Expr:
    """Return the least or greatest value as text; kinds without an order that every storage shares have none."""
    return exp.null() if kind in ("json", "bytes") else cast.canonical(function(this=value.copy()), guess.type)


def _count_if(condition: Expr) -> Expr:
    """Return how often the condition holds; not by a filter, for each of which DuckDB slices what all the others count too."""
    return exp.Anonymous(this="COUNT_IF", expressions=[condition])


def measured(values: Mapping[str, object], chosen: tuple[str, ...]) -> Measured:
    """Return what the answers to `aggregates` say; of none, what is measured of no rows."""
    number: dict[str, int] = {key: int(value) for key, value in values.items() if isinstance(value, int)}
    text: dict[str, str] = {key: value for key, value in values.items() if isinstance(value, str)}
    texts: dict[str, dict[str, int]] = {key: value for key, value in values.items() if isinstance(value, dict)}
    return Measured(
        fits=number.get("fits", 0),
        empty=number.get("empty", 0),
        distinct=number.get("distinct", 0),
        minimum=text.get("minimum"),
        maximum=text.get("maximum"),
        total=text.get("total"),
        min_length=number.get("min_length"),
        max_length=number.get("max_length"),
        on_step=number.get("on_step"),
        chosen=chosen,
        texts={cell: times for cell, times in texts["texts"].items() if cell} if "texts" in texts else None,
    )


def tally(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish]) -> tuple[dict[str, int], ...]:
    """Return, per wish, every value (canonical text) with how often it occurs; for columns of few different values."""
    return tuple(counts for some in slices(wishes) for counts in _tally(con, some))


def _tally(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish]) -> tuple[Counter[str], ...]:
    names = [exp.column(f"c{place}") for place in range(len(wishes))]
    texts = exp.select(*(exp.column(wish.name, quoted=True).as_(f"c{place}") for place, wish in enumerate(wishes)))
    counted = exp.select(*names, exp.Count(this=exp.Star()).as_("times")).from_(
        texts.from_(exp.to_identifier(VIEW, quoted=True)).subquery("texts", copy=False)
    )
    sets = exp.GroupingSets(expressions=[exp.Paren(this=name.copy()) for name in names])
    counted.set("group", exp.Group(grouping_sets=[sets]))
    values = [cast.canonical(value_of(name, wish.guess), wish.guess.type) for name, wish in zip(names, wishes, strict=True)]
    query = exp.select(*values, "times").from_(counted.subquery("counted", copy=False))
    found: tuple[Counter[str], ...] = tuple(Counter() for _ in wishes)
    for *row, times in con.execute(query.sql("duckdb", identify=True)).fetchall():
        for place, value in enumerate(row):
            if value is not None:
                found[place][value] += times
    return found
