"""How a source's moments lie: which days have rows and which should have, and whether rows come late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from operator import sub
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlglot import exp

from dataeng_ai.profile.evidence import Calendar, Gap, Order
from dataeng_ai.profile.keys import value
from dataeng_ai.profile.measure import VIEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb
    from sqlglot.expressions import Expr

    from dataeng_ai.profile.evidence import Unit
    from dataeng_ai.profile.facts import Profile, TimeColumn
    from dataeng_ai.profile.settle import Settled, Table

_MOST: Final = 6
_FEW: Final = 2
_ORDERED: Final = 50_000
"""Rows, from the first on, whose order is looked at."""
_HOURS: Final = timedelta(days=62)
"""Up to this range, hours are counted."""
_MOST_STEPS: Final = 200_000
_EXAMPLES: Final = 5
_FULL: Final = 0.75
"""The share of steps that have rows from which on an empty one is a gap."""
_NEARLY: Final = 0.9
"""The same of hours: where fewer have rows, nights are empty, and days are looked at."""
_THIN: Final = 0.3
_SURE: Final = 5
"""Rows that a quarter of the steps do not reach: where that many are usual, an empty step is no luck."""
_STEPS: Final = 10
"""Steps below which there is no rhythm."""
_STRAY: Final = 0.01
"""The share of rows that may lie far from all others, such as those of 1970 or 9999."""
_WEEK: Final = 7
_SATURDAY: Final = 5
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  moments are those of UTC's clock
_FIRST_DAY: Final = _EPOCH.toordinal()
_HOUR: Final = 3_600_000_000
_SECOND: Final = 1_000_000
_LATE_SHARE: Final = 0.95
_TOLD: Final = 16
"""Chosen rows that tell how many rows a stretch of steps has."""


@dataclass(frozen=True, slots=True)
class Moments:
    """A column of moments, and the unit in which they are counted."""

    column: Settled
    unit: Unit
    steps: Mapping[int, int] | None
    """The rows of each step, where they were counted while the rows passed by."""


Series = list[tuple[int, int]]
"""Steps, numbered from 1970 on, each with its rows; those that have any, in their order."""


def wanted(table: Table, profile: Profile, *, few: bool) -> tuple[Moments, ...]:
    """Return the columns of moments to look at, and in which unit; of a few, those that were counted already, or else the first ones."""
    columns = {column.name: column for column in table.columns}
    units = [(columns[time.name], unit) for time in profile.times[:_MOST] if (unit := _unit(time))]
    found = [Moments(column, unit, _counted(column, unit)) for column, unit in units]
    if not few:
        return tuple(found)
    return tuple(one for one in found if one.steps is not None) or tuple(found[:_FEW])


def known(moments: Sequence[Moments]) -> dict[str, Any]:  # Any: what DuckDB would answer
    """Return the histograms of steps that were counted while the rows passed by."""
    return {f"steps {one.column.name}": one.steps for one in moments if one.steps is not None}


def _counted(column: Settled, unit: Unit) -> Mapping[int, int] | None:
    measured = column.measured
    counts = column.counts if column.counts is not None else measured.counts
    try:
        if counts is not None:
            return _summed((_numbered(_read(text), unit), times) for text, times in counts.items())
        if measured.minimum is None or measured.maximum is None:
            return None
        around: Literal["day", "hour"] = "hour" if unit == "hour" else "day"
        there = measured.beside.steps(around, *(_numbered(_read(end), around) for end in (measured.minimum, measured.maximum)))
        if there is None:
            return None
        if unit in ("month", "year"):
            there = sorted({_numbered(_EPOCH + timedelta(days=day), unit) for day in there})
        return spread(there, [_numbered(_read(text), unit) for text in measured.chosen], measured.fits)
    except (ValueError, OverflowError):  # a year that Python does not know
        return None


def spread(there: Sequence[int], chosen: Sequence[int], rows: int) -> dict[int, int]:
    """Return about how many of the rows each step has of which it is known that it has some, by the steps of the chosen rows.

    Neighbours for which few rows were chosen are taken together; all steps together have as many rows as there are.
    """
    wide = max(1, -(-len(there) * _TOLD // max(1, len(chosen))))
    counts = Counter(chosen)
    found: dict[int, int] = {}
    before = given = 0
    for start in range(0, len(there), wide):
        some = there[start : start + wide]
        told = sum(counts[step] for step in some)
        for place, step in enumerate(some, 1):
            upto = round(rows * (before + told * place / len(some)) / max(1, len(chosen)))
            found[step] = max(1, upto - given)
            given = upto
        before += told
    return found


def _summed(steps: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for step, times in steps:
        found[step] += times
    return found


def _numbered(moment: datetime, unit: Unit) -> int:
    """Return a moment's step as `_step` does: of a week, its day."""
    if unit in ("month", "year"):
        return moment.year if unit == "year" else moment.year * 12 + moment.month - 1
    days = moment.toordinal() - _FIRST_DAY
    return days * 24 + moment.hour if unit == "hour" else days


def _unit(time: TimeColumn) -> Unit | None:
    if time.rhythm in ("week", "month", "year"):
        return time.rhythm
    try:
        reach = _read(time.maximum) - _read(time.minimum)
    except ValueError:
        return None
    return "hour" if reach <= _HOURS and time.rhythm != "day" else "day"


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=None)


def asks(moments: Sequence[Moments]) -> dict[str, Expr]:
    """Return the histograms of steps that are not known yet."""
    return {f"steps {one.column.name}": exp.Anonymous(this="HISTOGRAM", expressions=[_step(one)]) for one in moments if one.steps is None}


def _step(one: Moments) -> Expr:
    moment = exp.Cast(this=_moment(one.column), to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))
    if one.unit in ("month", "year"):
        year = exp.Anonymous(this="YEAR", expressions=[moment])
        if one.unit == "year":
            return year
        month = exp.Sub(this=exp.Anonymous(this="MONTH", expressions=[moment.copy()]), expression=exp.Literal.number(1))
        return exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(12)), expression=month)
    wide = {"hour": _HOUR, "day": 24 * _HOUR, "week": 24 * _HOUR}[one.unit]
    micro = exp.Anonymous(this="EPOCH_US", expressions=[moment])
    whole = exp.Floor(this=exp.Div(this=micro, expression=exp.Literal.number(wide)))
    return exp.Cast(this=whole, to=exp.DataType.build("BIGINT", dialect="duckdb"))


def _moment(column: Settled) -> Expr:
    """Return a moment as UTC's clock shows it, whatever the session's zone."""
    if column.type.name == "timestamptz":
        return exp.Anonymous(this="TIMEZONE", expressions=[exp.Literal.string("UTC"), value(column)])
    return value(column)


def series(moments: Sequence[Moments], answers: Mapping[str, Any]) -> dict[str, tuple[Unit, Series]]:  # Any: what DuckDB answers
    """Return, per column, its unit and the rows of each step."""
    return {one.column.name: (one.unit, _stepped(answers[f"steps {one.column.name}"], one.unit)) for one in moments}


def _stepped(counts: Mapping[int, int] | None, unit: Unit) -> Series:
    """Return steps in order; the day of a week's beginning becomes the week's number."""
    steps = sorted((counts or {}).items())
    if unit == "week":  # 1970 began on a Thursday, weeks on Mondays
        return [((day + 3) // _WEEK, times) for day, times in steps]
    return steps


def told(
    con: duckdb.DuckDBPyConnection, profile: Profile, moments: Sequence[Moments], counted: Mapping[str, tuple[Unit, Series]]
) -> tuple[TimeColumn, ...]:
    """Return the columns of moments with their calendars and, where rows have an order, how moments follow in it."""
    orders = {} if profile.catalog is not None else _orders(con, profile, moments)
    if profile.read is not None:  # a day without rows in a part of them may have some
        return profile.times
    return tuple(
        replace(time, calendar=calendar(*counted[time.name]) if time.name in counted else None, order=orders.get(time.name))
        for time in profile.times
    )


def calendar(unit: Unit, steps: Series) -> Calendar | None:
    """Return which steps have rows; None where they are too few to tell, or too many to count."""
    if unit == "hour" and _share(steps) < _NEARLY:
        unit, steps = "day", by_day(steps)
    steps = trimmed(steps)
    if not steps or steps[-1][0] - steps[0][0] >= _MOST_STEPS:
        return None
    there = [step for step, _ in steps]
    weekends = unit == "day" and there[-1] - there[0] >= 2 * _WEEK and not any(_is_weekend(step) for step in there)
    expected = [step for step in range(there[0], there[-1] + 1) if not (weekends and _is_weekend(step))]
    counts = sorted(times for _, times in steps)
    quartiles = (counts[len(counts) // 4], counts[len(counts) // 2], counts[len(counts) * 3 // 4])
    share = len(there) / len(expected)
    regular = len(expected) >= _STEPS and (share >= _FULL or (share >= _THIN and quartiles[0] >= _SURE))
    gaps = _gaps(there, expected) if regular else []
    listed = tuple(Gap(named(first, unit), named(last, unit), count) for count, first, last in gaps[:_EXAMPLES])
    return Calendar(unit, len(expected), len(there), listed, sum(count for count, _, _ in gaps), weekends, quartiles)


def _share(steps: Series) -> float:
    return len(steps) / (steps[-1][0] - steps[0][0] + 1) if steps else 0.0


def by_day(steps: Series) -> Series:
    """Return the rows of hours as those of their days."""
    days: dict[int, int] = {}
    for hour, times in steps:
        days[hour // 24] = days.get(hour // 24, 0) + times
    return sorted(days.items())


def trimmed(steps: Series) -> Series:
    """Leave out a few rows at either end that lie farther from the others than those from each other, such as days of 1900 or 9999."""
    few = _STRAY * sum(times for _, times in steps)
    while len(steps) > 1:
        widest = max(range(1, len(steps)), key=lambda place: steps[place][0] - steps[place - 1][0])
        left, right = steps[:widest], steps[widest:]
        small, large = (left, right) if sum(times for _, times in left) < sum(times for _, times in right) else (right, left)
        apart = right[0][0] - left[-1][0] > max(large[-1][0] - large[0][0], _STEPS)
        if not apart or sum(times for _, times in small) > few:
            break
        steps = large
    return steps


def _is_weekend(day: int) -> bool:
    return (day + 3) % _WEEK >= _SATURDAY


def _gaps(there: Sequence[int], expected: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the gaps, the longest first: how many steps, which is the first, which the last."""
    places = {step: place for place, step in enumerate(expected)}
    at = [places[step] for step in there]
    gaps = [(after - before - 1, expected[before + 1], expected[after - 1]) for before, after in pairwise(at) if after - before > 1]
    return sorted(gaps, key=lambda gap: (-gap[0], gap[1]))


def named(step: int, unit: Unit) -> str:
    """Return a step as a person writes it."""
    if unit == "hour":
        return f"{_EPOCH + timedelta(hours=step):%Y-%m-%d %H:00}"
    if unit == "month":
        return f"{step // 12:04}-{step % 12 + 1:02}"
    if unit == "year":
        return f"{step:04}"
    days = step if unit == "day" else step * _WEEK - 3
    return str((_EPOCH + timedelta(days=days)).date())


def _orders(con: duckdb.DuckDBPyConnection, profile: Profile, moments: Sequence[Moments]) -> dict[str, Order]:
    """Return how moments follow each other in the first rows."""
    if not moments:
        return {}
    micros = [exp.Anonymous(this="EPOCH_US", expressions=[_as_moment(one.column)]) for one in moments]
    query = exp.select(*micros).from_(exp.to_identifier(VIEW, quoted=True)).limit(_ORDERED)
    rows = con.execute(query.sql("duckdb", identify=True)).fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(moments)
    whole = profile.rows <= _ORDERED
    return {
        one.column.name: order([at for at in column if at is not None], whole=whole) for one, column in zip(moments, columns, strict=True)
    }


def _as_moment(column: Settled) -> Expr:
    """Return a moment whose microseconds since 1970 are those of UTC's clock; with a zone it has them as it is."""
    there = value(column)
    return there if column.type.name == "timestamptz" else exp.Cast(this=there, to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))


def order(moments: Sequence[int], *, whole: bool) -> Order:
    """Return how moments, in microseconds, follow each other: which lie before one that came earlier, and by how much."""
    lags = sorted(filter(None, map(sub, accumulate(moments, max), moments)))
    most, usual = (-(-lag // _SECOND) for lag in ((lags[-1], lags[int(_LATE_SHARE * (len(lags) - 1))]) if lags else (0, 0)))
    return Order(len(moments), whole, len(lags), most, usual)
