"""Columns of few different values: their cells are counted while the rows pass by, and only one of each is judged.

That spares a guard, a cast and a hash per cell, and a pass of its own to count the values. Which texts there are, the first rows
say; so memory stays bounded, and a column with any other text in its later rows is measured like all the rest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import ne
from typing import TYPE_CHECKING, Final

import duckdb
from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile import dates, unlike, wide
from dataeng_ai.profile import measure as measuring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlglot.expressions import Expr

    from dataeng_ai.profile.guess import Guess
    from dataeng_ai.profile.measure import Measured, Wish
    from dataeng_ai.types import Type

MOST: Final = 200
"""Different texts in the first rows: a value of a column of so few stands there some ten times."""
_LONGEST: Final = 200
_NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal", "double"})
_NO_ORDER: Final = frozenset({"json", "bytes"})
_RUNS: Final = 3
_APART: Final = 2 * MOST
"""How far days and numbers may lie from those of the first rows to be counted one by one."""


def few(texts: Mapping[str, int], rows: int) -> tuple[str, ...]:
    """Return the texts of a column, the empty one apart, if they are few and more rows follow than these; else none."""
    known = sorted(set(texts) - {""})
    small = len(known) <= MOST and sum(texts.values()) < rows
    return tuple(known) if small and all(len(text) <= _LONGEST for text in known) else ()


def drifts(kind: Type, column: Sequence[str | None]) -> bool:
    """Say whether more texts will come, however few there are so far.

    So it is where they go on to be new in the last quarter of the first rows, and where rows stand in runs of the same text or day.
    """
    late = len(column) * 3 // 4
    there = [text for text in column if text]
    sorted_ = runs(there) and len(set(there)) >= (1 if kind.name == "date" else _RUNS)
    return sorted_ or len(set(column[late:]) - set(column[:late])) > 1


def aside(wish: Wish, texts: tuple[str, ...], column: Sequence[str | None], records: int) -> Wish:
    """Return a wish that counts the column's values on the way too, where they may be few: by its texts, or the values near them."""
    if wish.few or not len(column) < records:
        return wish
    known = texts if "" not in column or "" in wish.guess.parse.null_values else ()
    return replace(wish, beside=replace(wish.beside, texts=known, every=() if texts else _near(wish.guess, column, records)))


def _near(guess: Guess, column: Sequence[str | None], records: int) -> tuple[str, ...]:
    """Return the values to count of days or whole numbers that stand in runs, as `Beside.every` holds them: those near the first ones."""
    there = [text for text in column if text]
    if not runs(there) or unlike.different(column, records) > MOST:
        return ()
    kind, parse = guess.type.name, guess.parse
    try:
        if kind == "bigint":
            numbers = [int(text) for text in there]
            return kind, *map(str, range(min(numbers) - _APART, min(max(numbers), min(numbers) + _APART) + _APART))
        if kind == "date":
            days = {
                day
                for text in set(there)
                if (day := dates.day(text, parse.format, parse.locale) if parse.format else date.fromisoformat(text))
            }
            first = min(day.toordinal() for day in days)
            return kind, *(str(date.fromordinal(first + n)) for n in range(-_APART, _APART * 2))
    except (ValueError, OverflowError):  # not as the guess has it
        return ()
    return ()


def runs(texts: Sequence[str]) -> bool:
    """Say whether each text stands in one run, and no more again."""
    changes: int = sum(map(ne, texts, islice(texts, 1, None)))
    return 1 + changes == len(set(texts))


def measure(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], by: Sequence[str], records: int) -> tuple[int, tuple[Measured, ...]]:
    """Return what `measure.measure` does; a wish whose few texts were not all there are is measured in a second pass."""
    rows, found = _measured(con, wishes, by, records)
    fooled = [place for place, one in enumerate(found) if one.texts is not None and sum(one.texts.values()) + one.empty != rows]
    many = [replace(_apart(wishes[place]), few=()) for place in fooled]
    again = measuring.measure(con, many, by, records)[1] if fooled else ()
    whole = {place: _beside(one, found[place]) for place, one in zip(fooled, again, strict=True)}
    found = tuple(whole.get(place, one) for place, one in enumerate(found))
    counted = {place: one.texts for place, one in enumerate(found) if one.texts is not None}
    seen = {place: texts for place, one in enumerate(found) if place not in counted and (texts := _all(one, rows)) is not None}
    values = _values(con, wishes, counted | seen)
    return rows, tuple(
        _weighed(wishes[place], one, values[place])
        if place in counted
        else replace(one, counts=values[place] if place in seen else _between(one))
        for place, one in enumerate(found)
    )


def _all(measured: Measured, rows: int) -> Mapping[str, int] | None:
    """Return the texts of a column that was measured cell by cell, if the known ones were all there are."""
    texts = measured.beside.texts
    return texts if texts is not None and sum(texts.values()) + measured.empty == rows else None


def _between(measured: Measured) -> Mapping[str, int] | None:
    """Return the column's values, if they are few and none is another than those counted."""
    every = measured.beside.every
    return every if every is not None and len(every) <= MOST and sum(every.values()) == measured.fits else None


def _measured(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], by: Sequence[str], records: int) -> tuple[int, tuple[Measured, ...]]:
    """Return what `measure.measure` does; where memory is too small to count different rows beside the rest, those are left out."""
    if wide.is_worth(wishes, records):
        return wide.by_kinds(con, wishes, records)
    if not any(wish.beside.unlike for wish in wishes):
        return measuring.measure(con, wishes, by, records)
    try:
        with unlike.frugal(con):
            return measuring.measure(con, wishes, by, records)
    except duckdb.OutOfMemoryException:
        return measuring.measure(con, list(map(_apart, wishes)), by, records)


def _apart(wish: Wish) -> Wish:
    return replace(wish, beside=replace(wish.beside, unlike=()))


def _beside(again: Measured, before: Measured) -> Measured:
    """Return a column measured again, with the different rows that were counted the first time."""
    return replace(again, beside=replace(again.beside, unlike=before.beside.unlike))


def _values(con: duckdb.DuckDBPyConnection, wishes: Sequence[Wish], counted: Mapping[int, Mapping[str, int]]) -> dict[int, Counter[str]]:
    """Return per place the canonical texts of the column's values, with how often each occurs."""
    found: dict[int, Counter[str]] = {place: Counter() for place in counted}
    if not counted:
        return found
    case = exp.Case(this=exp.column("place"))
    for place in counted:
        value = cast.canonical(measuring.value_of(exp.column("cell"), wishes[place].guess), wishes[place].guess.type)
        case.when(exp.Literal.number(place), value, copy=False)
    cells = [(place, cell) for place, texts in counted.items() for cell in texts]
    query = exp.select("place", "cell", case).from_(exp.select(*_unnested()).subquery("cells", copy=False))
    lists = [[place for place, _ in cells], [cell for _, cell in cells]]
    for place, cell, value in con.execute(query.sql("duckdb", identify=True), lists).fetchall():
        if value is not None:
            found[place][value] += counted[place][cell]
    return found


def _unnested() -> Iterator[Expr]:
    for number, (name, kind) in enumerate((("place", "BIGINT[]"), ("cell", "VARCHAR[]")), 1):
        given = exp.Cast(this=exp.Parameter(this=exp.Literal.number(number)), to=exp.DataType.build(kind, dialect="duckdb"))
        yield exp.Anonymous(this="UNNEST", expressions=[given]).as_(name)


def _weighed(wish: Wish, measured: Measured, values: Counter[str]) -> Measured:
    """Return the column measured, from its values alone."""
    kind = wish.guess.type
    ordered = sorted(values, key=Decimal) if kind.name in _NUMBERS else sorted(values)
    ends = (ordered[0], ordered[-1]) if ordered and kind.name not in _NO_ORDER else (None, None)
    lengths = list(map(len, values)) if kind.name == "text" else []
    return replace(
        measured,
        fits=values.total(),
        distinct=len(values),
        minimum=ends[0],
        maximum=ends[1],
        total=_total(values, kind.scale or 0) if ordered and measuring.is_summed(kind) else None,
        min_length=min(lengths, default=None),
        max_length=max(lengths, default=None),
        counts=values,
    )


def _total(values: Counter[str], scale: int) -> str:
    """Return the exact sum: of whole numbers, since Decimal rounds at 28 digits."""
    total = sum(int(Decimal(value).scaleb(scale)) * times for value, times in values.items())
    return f"{Decimal(total).scaleb(-scale):f}"
