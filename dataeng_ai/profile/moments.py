"""Dates and times among texts: which pattern all of them follow, and whether day and month can be told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dataeng_ai.ir import Parse
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from dataeng_ai.profile.facts import Rhythm

AMBIGUOUS: Final = "day before month is assumed: no value has a day above 12"

_TIME: Final = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
_OFFSET: Final = r"(?:Z|[+-]\d\d(?::?\d\d)?)"
_DATE: Final = r"\d{4}-\d\d-\d\d"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A way to write a moment: what it looks like, and the strptime pattern (None: as ISO 8601 writes it)."""

    shape: re.Pattern[str]
    type: Type
    format: str | None = None


def _iso(shape: str, name: str) -> _Pattern:
    return _Pattern(re.compile(shape, re.ASCII), Type(name))


def _written() -> Iterable[_Pattern]:
    """Yield the patterns with other separators and orders, day first before month first; dates before timestamps."""
    pieces = {"%d": r"\d\d", "%m": r"\d\d", "%-d": r"\d\d?", "%-m": r"\d\d?", "%Y": r"\d{4}", "%y": r"\d\d"}
    orders = [
        ("%d", "%m", "%Y"),
        ("%m", "%d", "%Y"),
        ("%-d", "%-m", "%Y"),
        ("%-m", "%-d", "%Y"),
        ("%Y", "%m", "%d"),
        ("%d", "%m", "%y"),
        ("%m", "%d", "%y"),
    ]
    clocks = [("", "", "date"), (" %H:%M", r" \d\d:\d\d", "timestamp"), (" %H:%M:%S", r" \d\d:\d\d:\d\d", "timestamp")]
    for clock_format, clock_shape, name in clocks:
        for order in orders:
            for separator in "./-":
                shape = re.escape(separator).join(pieces[piece] for piece in order) + clock_shape
                yield _Pattern(re.compile(shape, re.ASCII), Type(name), separator.join(order) + clock_format)


_PATTERNS: Final = (
    _iso(_DATE, "date"),
    _iso(f"{_DATE}(?:[ T]{_TIME})?", "timestamp"),
    _iso(f"{_DATE}[ T]{_TIME}{_OFFSET}", "timestamptz"),
    _iso(_TIME, "time"),
    *(pattern for pattern in _written() if pattern.format != "%Y-%m-%d"),
)

_COMPACT: Final = _Pattern(re.compile(r"(?:19|20)\d{6}", re.ASCII), Type("date"), "%Y%m%d")
_DATE_WORDS: Final = re.compile(r"(?i)date|дата|day\b|день|(?:^|_)dt(?:$|_)")


def guess(name: str, values: list[str]) -> tuple[Type, Parse, tuple[str, ...]] | None:
    """Return the type, the parse and the doubts of the first pattern that all the texts follow and that the calendar allows."""
    if not values[0][:1].isdigit():
        return None
    patterns = (_COMPACT, *_PATTERNS) if _DATE_WORDS.search(name) else _PATTERNS
    fitting = [pattern for pattern in patterns if all(map(pattern.shape.fullmatch, values)) and _in_calendar(pattern, values)]
    if not fitting:
        return None
    first = fitting[0]
    rivals = {pattern.format for pattern in fitting} - {first.format}
    doubts = (AMBIGUOUS,) if first.format and _swapped(first.format) in rivals else ()
    return first.type, Parse(format=first.format), doubts


def mixed(values: list[str]) -> bool:
    """Say whether these are dates of which some can only have the day first, and others only the month."""
    dates = [match for match in (re.match(r"(\d\d?)[./-](\d\d?)[./-]\d", value) for value in values) if match]
    if not values or len(dates) < len(values):
        return False
    return any(int(date[1]) > 12 for date in dates) and any(int(date[2]) > 12 for date in dates)  # noqa: PLR2004  a year has 12 months


def _swapped(pattern: str) -> str:
    return pattern.translate(str.maketrans("dm", "md"))


def _in_calendar(pattern: _Pattern, values: list[str]) -> bool:
    """Say whether at least nearly all texts are moments: a few like 2024-02-30 are dirt, many speak against the pattern."""
    if pattern.format is None:
        return True
    python_format = pattern.format.replace("%-", "%")
    return sum(_reads(value, python_format) for value in values) >= 0.98 * len(values)


def _reads(value: str, pattern: str) -> bool:
    try:
        datetime.strptime(value, pattern)  # noqa: DTZ007  only asked whether it reads
    except ValueError:
        return False
    return True


_STEPS: Final[Mapping[str, tuple[Rhythm, ...]]] = {
    "date": ("year", "month", "week"),
    "timestamp": ("year", "month", "week", "day", "hour", "minute"),
}
_CLOCK: Final = re.compile(r"(?<!\d)(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?")


def step(kind: Type, parse: Parse, texts: Collection[str]) -> Rhythm | None:
    """Return the widest unit of which all these moments may be a whole multiple; only worth a proof. None: finer than a minute.

    Days are the unit of every date, so that needs no proof and is None too.
    """
    if kind.name not in ("date", "timestamp", "timestamptz"):
        return None
    clocks = [clock.groups(default="00") for text in texts if (clock := _CLOCK.search(text))]
    if any(set(fraction) - {"0"} or second != "00" for _, _, second, fraction in clocks):
        return None
    if any(minute != "00" for _, minute, _, _ in clocks):
        return "minute"
    if any(hour != "00" for hour, _, _, _ in clocks):
        return "hour"
    if kind.name == "timestamptz":
        return "day" if all(text.endswith(("Z", "+00:00", "+00", "+0000")) for text in texts if text) else "hour"
    return _calendar_step(kind, parse, texts)


def _calendar_step(kind: Type, parse: Parse, texts: Collection[str]) -> Rhythm | None:
    finest: Rhythm | None = None if kind.name == "date" else "day"
    dates = [date for text in texts if (date := _date(text, parse.format))]
    if len(dates) < 2:  # noqa: PLR2004  one date has no rhythm
        return finest
    if all(date.day == 1 for date in dates):
        return "year" if all(date.month == 1 for date in dates) else "month"
    return "week" if all(date.weekday() == 0 for date in dates) else finest


def _date(text: str, pattern: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text[:10]) if pattern is None else datetime.strptime(text, pattern.replace("%-", "%"))  # noqa: DTZ007  only its calendar day matters
    except ValueError:
        return None


def finer(unit: Rhythm, kind: Type) -> Rhythm | None:
    """Return the next finer unit to try, None when there is none left to prove."""
    units = _STEPS["date" if kind.name == "date" else "timestamp"]
    rest = units[units.index(unit) + 1 :]
    return rest[0] if rest else None
