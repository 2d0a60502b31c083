"""How a column's numbers or moments lie between its least and its greatest: counts in bins with round ends.

Nothing is read for it: it counts the values that are known already, all of them where there are few different ones, else those of the
rows that a hash chose.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.profile.facts import Bin, Histogram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dataeng_ai.types import Type

NUMBERS: Final = frozenset({"smallint", "integer", "bigint", "decimal", "double"})
MOMENTS: Final = frozenset({"date", "time", "timestamp", "timestamptz"})
_MOST: Final = 24
"""Bins of one histogram."""
_FAR: Final = 8
"""So many times as wide as the middle nine tenths: then the ends of the range are drawn together into the last bins."""
_DIGITS: Final = 80
"""More than the widest decimal and any double's neighbours need."""
_SECONDS: Final = (1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
_DAYS: Final = (1, 2, 7, 14)
_DAY: Final = 86_400
_MONTHS: Final = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000)


@dataclass(frozen=True, slots=True)
class Values:
    """A column's values as canonical texts in their order, with how many there are; some of them, or all."""

    ordered: Sequence[str]
    upto: Sequence[int]
    """How many there are up to each, itself among them."""
    exact: bool

    @property
    def total(self) -> int:
        """Return how many values these are."""
        return self.upto[-1] if self.upto else 0


def values_of(counts: Mapping[str, int], kind: Type, *, exact: bool) -> Values:
    """Return values in the order of their type."""
    ordered = sorted(counts, key=Decimal) if kind.name in NUMBERS else sorted(counts)
    return Values(ordered, list(accumulate(map(counts.__getitem__, ordered))), exact)


def quantile(values: Values, share: str) -> str:
    """Return the value below which that share of them lies."""
    return values.ordered[bisect_left(values.upto, int(Decimal(share) * (values.total - 1)) + 1)]


def histogram(values: Values, kind: Type, ends: tuple[str | None, str | None]) -> Histogram | None:
    """Return how the values lie; None where they are of a type without distances, or all the same.

    Args:
        values: What is counted.
        kind: Their type.
        ends: The least and the greatest of all values, which may not be among these.
    """
    least, greatest = ends
    if not values.ordered or least is None or greatest is None or least == greatest:
        return None
    try:
        low, high = _body(values, kind, least, greatest)
        edges = list(_edges(low, high, kind))
    except (ValueError, OverflowError, ArithmeticError):
        return None  # `inf` has no distance to anything, and after the year 9999 no calendar goes on
    key: Callable[[str], Any] = Decimal if kind.name in NUMBERS else str  # Any: what it returns is compared with its like
    beyond = (key(least) < key(edges[0]), key(edges[-1]) <= key(greatest))
    totals = [0, *values.upto]
    inner = [totals[bisect_left(values.ordered, key(edge), key=key)] for edge in edges[1:-1]]
    ends_ = [least if beyond[0] else edges[0], *edges[1:-1], greatest if beyond[1] else edges[-1]]
    counts = [after - before for before, after in pairwise([0, *inner, totals[-1]])]
    return Histogram(tuple(map(Bin, ends_, ends_[1:], counts)), values.exact, values.total, beyond)


def _body(values: Values, kind: Type, least: str, greatest: str) -> tuple[str, str]:
    """Return the range that the bins divide: all of it, or, where a few values lie far out, that of the many and as much again."""
    if kind.name == "time":
        return least, greatest
    read: Callable[[str], Any] = Decimal if kind.name in NUMBERS else datetime.fromisoformat  # Any: either has sums and an order
    first, last, left, right = map(read, (least, greatest, quantile(values, "0.05"), quantile(values, "0.95")))
    wide = right - left
    if not wide or last - first <= _FAR * wide:
        return least, greatest
    return str(left - wide / 2 if left - first > wide / 2 else first), str(right + wide / 2 if last - right > wide / 2 else last)


def _edges(low: str, high: str, kind: Type) -> Iterator[str]:
    """Yield the ends of the bins as canonical texts: the first not above `low`, the last above `high`."""
    if kind.name in NUMBERS:
        return _round_numbers(Decimal(low), Decimal(high), kind)
    if kind.name == "time":
        return _clock(time.fromisoformat(low), time.fromisoformat(high))
    return _calendar(datetime.fromisoformat(low), datetime.fromisoformat(high), kind)


def _round_numbers(low: Decimal, high: Decimal, kind: Type) -> Iterator[str]:
    with localcontext(prec=_DIGITS):
        step = _step(high - low, kind)
        while _floor(high / step) - _floor(low / step) >= _MOST:  # its ends lie badly
            step *= 2
        edges = [step * place for place in range(int(_floor(low / step)), int(_floor(high / step)) + 2)]
        if kind.name == "double":
            return (repr(float(edge)) for edge in edges)
        return (f"{edge:.{kind.scale or 0}f}" for edge in edges)


def _step(width: Decimal, kind: Type) -> Decimal:
    """Return the least of 1, 2, 5, 10, … that divides the width into few enough bins, and that such values can have."""
    if not width.is_finite():
        message = "an end at infinity"
        raise ValueError(message)
    finest = None if kind.name == "double" else Decimal(1).scaleb(-(kind.scale or 0))
    power = Decimal(1).scaleb((width / (_MOST - 1)).adjusted())
    step = next(power * times for times in (1, 2, 5, 10, 20) if power * times * (_MOST - 1) >= width)
    return step if finest is None else max(step, finest)


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)


def _clock(low: time, high: time) -> Iterator[str]:
    first, last = ((each.hour * 60 + each.minute) * 60 + each.second for each in (low, high))
    step = next(step for step in _SECONDS if last // step - first // step < _MOST)
    for place in range(first // step, last // step + 2):
        minutes, seconds = divmod(place * step, 60)
        yield f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _calendar(low: datetime, high: datetime, kind: Type) -> Iterator[str]:
    if kind.name != "date":
        seconds = [(each.toordinal() * 24 + each.hour) * 3600 + each.minute * 60 + each.second for each in (low, high)]
        for step in _SECONDS:
            first, last = (each // step for each in seconds)
            if last - first < _MOST:
                return (_moment(place * step, kind) for place in range(first, last + 2))
    for step in _DAYS:  # day 1 of the calendar is a Monday
        first, last = ((each.toordinal() - 1) // step for each in (low, high))
        if last - first < _MOST:
            return (_moment((place * step + 1) * _DAY, kind) for place in range(first, last + 2))
    months = [each.year * 12 + each.month - 1 for each in (low, high)]
    step = next(step for step in _MONTHS if months[1] // step - months[0] // step < _MOST)
    return (_month(place * step, kind) for place in range(months[0] // step, months[1] // step + 2))


def _month(place: int, kind: Type) -> str:
    """Return the first moment of a month, counted from the year 0; within the calendar, which has neither that year nor 10000."""
    year, month = divmod(place, 12)
    day = date.max if year > date.max.year else date(max(1, year), month + 1, 1)
    return _moment(day.toordinal() * _DAY, kind)


def _moment(seconds: int, kind: Type) -> str:
    """Return a moment, counted from the eve of the calendar, as the canonical text of its type."""
    days, rest = divmod(seconds, _DAY)
    day = date.fromordinal(days).isoformat()
    if kind.name == "date":
        return day
    zone = "+00" if kind.name == "timestamptz" else ""
    return f"{day} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{zone}"
