"""Dates and times among texts: which pattern all of them follow, and whether day and month can be told apart."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from dataeng_ai.ir import Parse
from dataeng_ai.profile import dates
from dataeng_ai.profile.dates import Way
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from dataeng_ai.profile.facts import Rhythm

AMBIGUOUS: Final = "day before month is assumed: no value has a day above 12"
MONTH_FIRST: Final = "month before day is assumed, as where AM and PM are written: no value has a day above 12"
ORDERS: Final = frozenset({AMBIGUOUS, MONTH_FIRST})
"""Doubts that one day above 12 settles."""
CENTURY: Final = "years of two digits: 69 to 99 are taken for 19xx, 00 to 68 for 20xx"
YEAR_LAST: Final = "years of two digits are assumed to stand last: every value reads with the year first too"

_TIME: Final = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
_DATE: Final = r"\d{4}-\d\d-\d\d"
_ISO: Final = (
    ("date", re.compile(_DATE, re.ASCII)),
    ("timestamp", re.compile(f"{_DATE}(?:[ T]{_TIME})?", re.ASCII)),
    ("timestamptz", re.compile(f"{_DATE}[ T]{_TIME}{dates.OFFSET}", re.ASCII)),
    ("time", re.compile(_TIME, re.ASCII)),
)
_NANOSECONDS: Final = re.compile(r"\.[0-9]{6}0*[1-9]")
_COMPACT: Final = (
    (re.compile(r"(?:19|20)\d{6}", re.ASCII), "%Y%m%d"),
    (re.compile(r"(?:19|20)\d{12}", re.ASCII), "%Y%m%d%H%M%S"),
)
_COMPACT_CLOCK: Final = "%Y%m%dT%H%M%S"
_DATE_WORDS: Final = re.compile(
    r"(?i)date|дата|day\b|день|(?:^|_)dt(?:$|_)|datum|fecha|(?:^|[_ ])(?:at|ts|time|timestamp|created|updated)$|время"
)
_CLOCK_WORDS: Final = re.compile(r"(?i)time|clock|врем|час(?:ы)?$|uhrzeit|heure|hora")
DURATION_WORDS: Final = re.compile(r"(?i)durat|elapsed|uptime|runtime|длительн|продолжит|dauer|durée|duree|лэптайм|laptime|lap_time")
_THREE: Final = re.compile(r"(\d\d?)[./-](\d\d?)[./-]\d")
_LONGEST: Final = 60
_NEARLY_ALL: Final = 0.98


def guess(name: str, values: list[str]) -> tuple[Type, Parse, tuple[str, ...]] | None:
    """Return the type, the parse and the doubts of the first pattern that all the texts follow and that the calendar allows."""
    if len(values[0]) > _LONGEST or not re.search("[0-9]", values[0]):
        return None
    if compact := _compact(name, values):
        return compact
    for word, shape in _ISO:
        if shape.fullmatch(values[0]) and all(map(shape.fullmatch, values)):
            kept = _share(values, lambda value: not _NANOSECONDS.search(value)) and not (word == "time" and DURATION_WORDS.search(name))
            return (Type(word), Parse(), ()) if kept else None
    return _written(name, values)


def _compact(name: str, values: list[str]) -> tuple[Type, Parse, tuple[str, ...]] | None:
    """Return dates that are digits alone, where the header says that they are dates; with a T among them that is plain."""
    patterns = _COMPACT if _DATE_WORDS.search(name) else ()
    for shape, pattern in (*patterns, (re.compile(r"\d{8}T\d{6}", re.ASCII), _COMPACT_CLOCK)):
        if all(map(shape.fullmatch, values)) and _in_calendar(Way(pattern), values):
            return Type("timestamp" if "%H" in pattern else "date"), Parse(format=pattern), ()
    return None


def _written(name: str, values: list[str]) -> tuple[Type, Parse, tuple[str, ...]] | None:
    fitting = list(_fitting(name, values))
    if not fitting:
        return None
    first, formats = fitting[0], {way.format for way in fitting}
    swapped = next((way for way in fitting if first.format != way.format == _swapped(first.format)), None)
    doubts: list[str] = []
    if swapped and "%p" in first.format and "/" in first.format:
        first, doubts = swapped, [MONTH_FIRST]
    elif swapped:
        doubts = [AMBIGUOUS]
    if "%y" in first.format:
        doubts += [CENTURY, *([YEAR_LAST] if any(way.startswith("%y") for way in formats) and not first.format.startswith("%y") else [])]
    return Type(first.kind), Parse(format=first.format, locale=first.locale, timezone=first.timezone), tuple(doubts)


def _fitting(name: str, values: list[str]) -> Iterator[Way]:
    for way in dates.ways(values[0]):
        if all(map(dates.shape(way.format, way.locale).fullmatch, values)) and _in_calendar(way, values):
            yield way
    for way in dates.clocks(values[0]):
        sure = "%p" in way.format or (_CLOCK_WORDS.search(name) and not DURATION_WORDS.search(name))
        if sure and all(map(dates.shape(way.format).fullmatch, values)):
            yield way


def mixed(values: list[str]) -> bool:
    """Say whether these are dates of which some can only have the day first, and others only the month."""
    found: list[re.Match[str]] = []
    for value in values:
        match = _THREE.match(value)
        if match is None:
            return False
        found.append(match)
    return any(int(one[1]) > 12 for one in found) and any(int(one[2]) > 12 for one in found)  # noqa: PLR2004  a year has 12 months


def _swapped(pattern: str) -> str:
    return pattern.translate(str.maketrans("dm", "md"))


def _in_calendar(way: Way, values: list[str]) -> bool:
    """Say whether at least nearly all texts are moments: a few like 2024-02-30 are dirt, many speak against the pattern."""
    return _share(values, partial(_is_day, way=way))


def _is_day(value: str, way: Way) -> bool:
    return dates.day(value, way.format, way.locale) is not None


def _share(values: list[str], fits: Callable[[str], bool]) -> bool:
    return sum(map(fits, values)) >= _NEARLY_ALL * len(values)


_STEPS: Final[Mapping[str, tuple[Rhythm, ...]]] = {
    "date": ("year", "month", "week"),
    "timestamp": ("year", "month", "week", "day", "hour", "minute"),
}
_CLOCK: Final = re.compile(r"(?<!\d)(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?: ?([AaPp])[Mm])?")


def step(kind: Type, parse: Parse, texts: Collection[str]) -> Rhythm | None:
    """Return the widest unit of which all these moments may be a whole multiple; only worth a proof. None: finer than a minute.

    Days are the unit of every date, so that needs no proof and is None too.
    """
    if kind.name not in ("date", "timestamp", "timestamptz"):
        return None
    clocks = [clock.groups(default="00") for text in texts if (clock := _CLOCK.search(text))]
    if any(set(fraction) - {"0"} or second != "00" for _, _, second, fraction, _ in clocks):
        return None
    if any(minute != "00" for _, minute, _, _, _ in clocks):
        return "minute"
    if any(int(hour) and (hour, half) not in (("12", "A"), ("12", "a")) for hour, _, _, _, half in clocks):
        return "hour"
    if kind.name == "timestamptz":
        return "day" if all(text.endswith(("Z", "+00:00", "+00", "+0000")) for text in texts if text) else "hour"
    return _calendar_step(kind, parse, texts)


def _calendar_step(kind: Type, parse: Parse, texts: Collection[str]) -> Rhythm | None:
    finest: Rhythm | None = None if kind.name == "date" else "day"
    days = [day for text in texts if (day := _day(text, parse))]
    if len(days) < 2:  # noqa: PLR2004  one date has no rhythm
        return finest
    if all(day.day == 1 for day in days):
        return "year" if all(day.month == 1 for day in days) else "month"
    return "week" if all(day.weekday() == 0 for day in days) else finest


def _day(text: str, parse: Parse) -> date | None:
    if parse.format is not None:
        return dates.day(text, parse.format, parse.locale)
    try:
        return datetime.fromisoformat(text[:10])
    except ValueError:
        return None


def finer(unit: Rhythm, kind: Type) -> Rhythm | None:
    """Return the next finer unit to try, None when there is none left to prove."""
    units = _STEPS["date" if kind.name == "date" else "timestamp"]
    rest = units[units.index(unit) + 1 :]
    return rest[0] if rest else None
