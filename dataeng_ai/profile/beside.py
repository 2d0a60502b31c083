"""What a large table's one pass over all rows counts beside its types, so that no further pass need read the rows again.

The first rows say what is worth it: the hashes of what may be a key, which days and hours have rows, and whether two columns make no
other pairs than there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile import candidates, unlike

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Container, Iterable, Mapping

    from sqlglot.expressions import Expr

    from dataeng_ai.profile.guess import Guess
    from dataeng_ai.profile.measure import Wish
    from dataeng_ai.profile.unlike import Group

MANY: Final = 300_000
"""With more rows, these are counted here; with fewer, a pass of their own is cheap."""
LEAST: Final = 4096
"""Hashes of a column that are kept: where one row in a thousand stands again, one of these does, too, but for once in fifty."""
_KEYS: Final = 2
_PAIR: Final = 2
_SERIES: Final = 3
"""Columns of moments."""
_UNLIKE: Final = 0.98
"""The share of the first rows that differ in what may be a key, or nearly one."""
_CLOCK: Final = {"day": 1 << 15, "hour": 1 << 12}
"""Steps are counted around a clock of so many: it bounds memory, and 89 years of days or five months of hours are told apart on it."""
_SHIFT: Final = 86_400_000_000 << 20
"""Microseconds of whole turns of either clock, by which no moment of the calendar stands before 1970."""
_MICROSECONDS: Final = {"day": 86_400_000_000, "hour": 3_600_000_000}
_BETWEEN: Final = "\x1f"
"""Between the texts of a pair; no pair of which one holds it is counted."""
_HASHED: Final = frozenset({"smallint", "integer", "bigint", "text", "uuid", "date"})
_MOMENTS: Final = frozenset({"date", "timestamp", "timestamptz"})


@dataclass(frozen=True, slots=True)
class Beside:
    """What to count of a column beside its type."""

    least: bool = False
    series: bool = False
    decides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Columns that this one, of few texts, seems to decide, each with all pairs of texts that the two should make."""
    unlike: tuple[Group, ...] = ()
    """Groups of columns whose different rows are counted, for whichever column this is of."""
    texts: tuple[str, ...] = ()
    """Texts that may be all there are: how often each occurs."""
    every: tuple[str, ...] = ()
    """A type, and the values of it that may be all there are: how often each occurs."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of it; None where nobody asked."""

    least: tuple[int, ...] | None = None
    """The least hashes of its values, ascending; of a value that stands in several rows, as often."""
    days: tuple[int, ...] | None = None
    """The days that have rows, around the clock."""
    hours: tuple[int, ...] | None = None
    """The same of hours."""
    decides: tuple[str, ...] = ()
    """The columns with which its texts make no other pairs: it decides them."""
    unlike: tuple[tuple[Group, int], ...] = ()
    """Groups of columns, each with how many different rows they make."""
    texts: Mapping[str, int] | None = None
    """How often each of its known texts occurs."""
    every: Mapping[str, int] | None = None
    """How often each of its known values occurs."""

    def without(self, changed: Container[str]) -> Counted:
        """Return what holds where some columns were counted as what they turned out not to be."""
        kept = tuple((group, count) for group, count in self.unlike if len(group) < _PAIR or not any(name in changed for name in group))
        return replace(self, unlike=kept)

    def steps(self, unit: Literal["day", "hour"], first: int, last: int) -> list[int] | None:
        """Return the days or hours since 1970 that have rows, by the first and the last of them; None where they are not known."""
        there, clock = self.days if unit == "day" else self.hours, _CLOCK[unit]
        if there is None or last - first >= clock:
            return None
        return sorted(first + (step - first) % clock for step in there)


NOTHING: Final = Beside()
UNCOUNTED: Final = Counted()


def wanted(
    cells: Mapping[str, Counter[str]], guesses: Mapping[str, Guess], decides: Mapping[tuple[str, str], tuple[str, ...]]
) -> dict[str, Beside]:
    """Return per column what to count, by the texts of the first rows, their guesses, and what seems to decide what there."""
    differ = [
        name
        for name, texts in cells.items()
        if texts
        and guesses[name].type.name in _HASHED - {"date"}
        and len(texts) >= _UNLIKE * texts.total()
        and candidates.may_identify(guesses[name].type, texts)
    ]
    keys = sorted(differ, key=lambda name: candidates.merit(name, guesses[name].type))[:_KEYS]
    moments = [name for name in cells if guesses[name].type.name in _MOMENTS][:_SERIES]
    return {
        name: Beside(name in keys, name in moments, tuple((other, pairs) for (one, other), pairs in decides.items() if one == name))
        for name in cells
    }


def paired(rows: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """Return the pairs of texts of two columns as `aggregates` counts them; none where they cannot be told apart."""
    found = sorted({(one, other or "") for one, other in rows})
    return () if any(_BETWEEN in one or _BETWEEN in other for one, other in found) else tuple(map(_BETWEEN.join, found))


def pairs(place: int, wish: Wish) -> list[Expr]:
    """Return the hashes of the pairs of a column's texts with those that it seems to decide: the same where that seems to decide it."""
    if not wish.few:
        return []
    columns = {name: exp.column(name, quoted=True) for name in (wish.name, *(other for other, _ in wish.beside.decides))}
    texts: dict[str, Expr] = {name: exp.Coalesce(this=column, expressions=[exp.Literal.string("")]) for name, column in columns.items()}
    decides = enumerate(wish.beside.decides)
    return [_hashed({name: texts[name] for name in (wish.name, other)}).as_(f"p{place}_{number}") for number, (other, _) in decides]


def _hashed(texts: Mapping[str, Expr]) -> Expr:
    """Return the hash of the texts of two columns, in the order of their names."""
    return exp.Anonymous(this="HASH", expressions=[texts[name] for name in sorted(texts)])


def _known(one: str, other: str, every: Iterable[str]) -> Expr:
    """Return the hashes of the pairs that two columns should make."""
    texts = (zip((one, other), pair.split(_BETWEEN), strict=True) for pair in every)
    return exp.Array(expressions=[_hashed({name: exp.Literal.string(text) for name, text in pair}) for pair in texts])


def _sum(place: int, number: int) -> Expr:
    """Return the sum of the hashes of a column's pairs, of the rows where it has a text: by how often each text occurs, it is known.

    Other pairs have that sum, too, once in 2^64 tables. To count each pair takes DuckDB several times as long.
    """
    some = exp.NEQ(this=exp.column(f"c{place}"), expression=exp.Literal.string(""))
    return exp.Sum(this=exp.case().when(some, exp.column(f"p{place}_{number}")))


def aggregates(place: int, wish: Wish, places: Mapping[str, int]) -> dict[str, Expr]:
    """Return the aggregates of one column, on what `measure` makes of it and of the others of its pass, at their `places`."""
    value, kind = exp.column(f"v{place}"), wish.guess.type
    groups = enumerate(unlike.counts(group, places) for group in wish.beside.unlike)
    found: dict[str, Expr] = {f"unlike{number}": count for number, count in groups if count is not None}
    for number, (other, every) in enumerate(wish.beside.decides if wish.few else ()):
        found[f"pair{number}"] = _sum(place, number)
        found[f"known{number}"] = _known(wish.name, other, every)
    if wish.few:
        return found
    if wish.beside.texts:
        known = exp.Array(expressions=[exp.Literal.string(text) for text in wish.beside.texts])
        found["seen"] = exp.Anonymous(this="HISTOGRAM_EXACT", expressions=[exp.column(f"c{place}"), known])
    if wish.beside.every and kind.name == wish.beside.every[0]:
        listed = exp.Array(expressions=[exp.Literal.string(one) for one in wish.beside.every[1:]])
        values = exp.Cast(this=listed, to=exp.DataType.build(f"{kind.name}[]", dialect="duckdb"))
        found["every"] = exp.Anonymous(this="HISTOGRAM_EXACT", expressions=[value.copy(), values])
    if wish.beside.least and kind.name in _HASHED:
        hashed = exp.Anonymous(this="HASH", expressions=[cast.canonical(value, kind)])
        some = exp.case().when(exp.not_(exp.Is(this=value.copy(), expression=exp.null())), hashed)
        found["least"] = exp.Anonymous(this="MIN", expressions=[some, exp.Literal.number(LEAST)])
    if wish.beside.series and kind.name in _MOMENTS:
        found["days"] = _steps("day", value, kind.name)
        if kind.name != "date":
            found["hours"] = _steps("hour", value, kind.name)
    return found


def _steps(unit: Literal["day", "hour"], value: Expr, kind: str) -> Expr:
    """Return which steps since 1970 have rows, by UTC's clock."""
    step = _days(value) if kind == "date" else _whole(unit, value)
    around = exp.BitwiseAnd(this=exp.paren(step, copy=False), expression=exp.Literal.number(_CLOCK[unit] - 1))
    ends = [exp.Literal.number(0), exp.Literal.number(_CLOCK[unit] - 1)]
    return exp.Anonymous(this="BITSTRING_AGG", expressions=[around, *ends])


def _days(value: Expr) -> Expr:
    epoch = exp.Cast(this=exp.Literal.string("1970-01-01"), to=exp.DataType.build("DATE", dialect="duckdb"))
    return exp.Anonymous(this="DATE_DIFF", expressions=[exp.Literal.string("day"), epoch, value.copy()])


def _whole(unit: Literal["day", "hour"], moment: Expr) -> Expr:
    """Return a moment in whole units, by its microseconds: to ask DuckDB for UTC's clock takes ten times as long.

    They are shifted, since the division of what is below zero would not round down.
    """
    since = exp.Anonymous(this="EPOCH_US", expressions=[moment.copy()])
    shifted = exp.paren(exp.Add(this=since, expression=exp.Literal.number(_SHIFT)), copy=False)
    return exp.IntDiv(this=shifted, expression=exp.Literal.number(_MICROSECONDS[unit]))


def counted(wish: Wish, values: Mapping[str, Any]) -> Counted:  # Any: what DuckDB answers
    """Return what was counted, by the answers to `aggregates`."""
    steps = {name: tuple(step for step, bit in enumerate(values[name] or "") if bit == "1") for name in ("days", "hours") if name in values}
    return Counted(
        least=tuple(values["least"] or ()) if "least" in values else None,
        days=steps.get("days"),
        hours=steps.get("hours"),
        texts={text: times for text, times in values["seen"].items() if text} if values.get("seen") else None,
        every=_of(wish.beside.every, values["every"]) if values.get("every") else None,
        unlike=tuple((group, values[f"unlike{n}"]) for n, group in enumerate(wish.beside.unlike) if f"unlike{n}" in values),
        decides=tuple(other for number, (other, every) in enumerate(wish.beside.decides) if _decided(number, every, values)),
    )


def _decided(number: int, every: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    """Say whether a column's texts, as often as each was counted, make the known pairs alone."""
    if f"pair{number}" not in values:
        return False
    texts = [pair.split(_BETWEEN)[0] for pair in every]
    wanted = sum(values["texts"][text] * hashed for text, hashed in zip(texts, values[f"known{number}"], strict=True))
    return bool(values[f"pair{number}"] == wanted)


def _of(known: tuple[str, ...], found: Mapping[Any, int]) -> dict[str, int]:  # Any: days or numbers
    """Return how often known values occur; all others are counted as one value of DuckDB's own choice, which lies far off."""
    return {text: times for value, times in found.items() if times and (text := str(value)) in known}
