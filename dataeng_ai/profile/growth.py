"""How fast rows come, and so how many bytes they take in a year: with a bar of error, from the spread of days and weeks."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import rhythm
from dataeng_ai.profile.evidence import Estimate, Growth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.profile.evidence import Unit
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.rhythm import Series

_DAYS: Final[Mapping[Unit, float]] = {"hour": 1, "day": 1, "week": 7, "month": 30.436875, "year": 365.2425}
_LEAST_DAYS: Final = 7
"""From fewer days nobody can tell a pace."""
_LEAST_ROWS: Final = 100
_YEAR: Final = 365
_BLOCKS: Final = (28, 7, 1)
"""Days of the stretches whose counts are compared: the longest of which there are enough."""
_ENOUGH: Final = 6
_WIDE: Final = 1.645
"""Standard errors on each side that hold nine of ten means."""
_TRENDS: Final = 0.1
"""What nobody can know of the year to come, as a share."""


def of(profile: Profile, counted: Mapping[str, tuple[Unit, Series]]) -> Growth | None:
    """Return the pace by the first column of moments that tells one; None where none does, and where files are copies of each other."""
    if profile.updates is not None and profile.updates.kind == "full copies":
        return None
    for time in profile.times:
        if time.name in counted and (found := _pace(time.name, *counted[time.name], profile)):
            return found
    return None


def _pace(column: str, unit: Unit, steps: Series, profile: Profile) -> Growth | None:
    if unit == "hour":
        unit, steps = "day", rhythm.by_day(steps)
    days = rhythm.trimmed(steps)
    wide = _DAYS[unit]
    length = round((days[-1][0] - days[0][0] + 1) * wide) if days else 0
    rows = sum(times for _, times in days)
    if length < _LEAST_DAYS or rows < _LEAST_ROWS or len(days) < _ENOUGH:
        return None
    scale = (profile.rows / profile.read if profile.read else 1.0) / wide
    mean = rows / (days[-1][0] - days[0][0] + 1)
    error = _error(days, unit, mean) / mean
    spread = min(0.95, sqrt(error**2 + _TRENDS**2))
    first, last = rhythm.named(days[0][0], unit), rhythm.named(days[-1][0], unit)
    reason = f"{rows:,} rows by `{column}` in {length:,} days, {first} to {last}"
    per_day = mean * scale
    return Growth(column, _short(per_day), _short(per_day * (1 - spread)), _short(per_day * (1 + spread)), length, reason)


def _short(number: float) -> float:
    """Return a number with four digits that count."""
    return float(f"{number:.4g}")


def _error(days: Series, unit: Unit, mean: float) -> float:
    """Return by how much the mean of a year may differ from that of these steps: from the spread of stretches of them.

    A trend makes stretches differ too, and so the bar wide: what grew or fell may go on to.
    """
    counts = dict(days)
    every = [counts.get(step, 0) for step in range(days[0][0], days[-1][0] + 1)]
    for block in _BLOCKS if unit == "day" else (1,):
        whole = [sum(every[place : place + block]) / block for place in range(len(every) % block, len(every), block)]
        if len(whole) >= _ENOUGH or block == 1:
            return max(_WIDE * _deviation(whole) * sqrt(1 / len(whole)), _trend(whole), _WIDE * sqrt(mean / max(len(every), 1)))
    return mean


def _deviation(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / max(len(values) - 1, 1))


def _trend(values: Sequence[float]) -> float:
    """Return how far the later half is from the mean of all."""
    half = values[len(values) // 2 :]
    return abs(sum(half) / len(half) - sum(values) / len(values))


def outlook(profile: Profile, bars: Mapping[str, tuple[float, float]]) -> tuple[Estimate, ...]:
    """Return bytes today and in a year per storage; `bars` are the shares by which those of a row may be less or more."""
    found = []
    for storage, size in profile.forecast:
        less, more = bars[storage]
        low, high = round(size * less), round(size * more)
        rows, grown = profile.rows, profile.growth
        if grown is None or not rows:
            found.append(Estimate(storage, size, low, high, None, None, None))
            continue
        times = [1 + pace * _YEAR / rows for pace in (grown.low, grown.rows_per_day, grown.high)]
        found.append(Estimate(storage, size, low, high, round(size * times[1]), round(low * times[0]), round(high * times[2])))
    return tuple(found)
