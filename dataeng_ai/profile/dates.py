"""Ways to write dates and times: strptime patterns, what texts of each look like, and which day of the calendar a text is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from dataeng_ai import months

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFSET: Final = r"(?:Z|[+-]\d\d(?::?\d\d)?)"
_PIECES: Final = {
    "%d": r"(?P<d>\d\d)",
    "%-d": r"(?P<d>\d\d?)",
    "%m": r"(?P<m>\d\d)",
    "%-m": r"(?P<m>\d\d?)",
    "%Y": r"(?P<y>\d{4})",
    "%y": r"(?P<y>\d\d)",
    "%H": r"(?:[01]\d|2[0-3])",
    "%-H": r"(?:1?\d|2[0-3])",
    "%I": r"(?:0[1-9]|1[0-2])",
    "%-I": r"(?:[1-9]|1[0-2])",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%f": r"\d{1,6}",
    "%p": r"[AaPp][Mm]",
    "%z": OFFSET,
    "%a": r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    "%A": r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
}
_DIRECTIVE: Final = re.compile(r"%-?[A-Za-z]")

_ORDERS: Final = (
    *("%d %m %Y", "%m %d %Y", "%-d %m %Y", "%-m %d %Y", "%-d %-m %Y", "%-m %-d %Y", "%Y %m %d", "%Y %-m %-d"),
    *("%d %m %y", "%m %d %y", "%-d %-m %y", "%-m %-d %y", "%y %m %d"),
)
"""Day first before month first; the rest is told by the doubts."""
_NUMERIC: Final = tuple(order.replace(" ", separator) for order in _ORDERS for separator in "./-")
_NUMBERS: Final = re.compile(r"\d+([./-])\d+\1\d", re.ASCII)
"""How what is written in numbers begins."""
_EASTERN: Final = {"年": ("%Y年%m月%d日", "%Y年%-m月%-d日"), "년": ("%Y년 %m월 %d일", "%Y년 %-m월 %-d일", "%Y년%m월%d일", "%Y년%-m월%-d일")}
"""By the word for the year: Chinese and Japanese, Korean."""
_NAMED: Final = (
    *(
        "%d %B %Y",
        "%-d %B %Y",
        "%d %b %Y",
        "%-d %b %Y",
        "%d-%b-%Y",
        "%-d-%b-%Y",
        "%d/%b/%Y",
        "%d.%b.%Y",
        "%d-%B-%Y",
        "%-d. %B %Y",
        "%d%b%Y",
    ),
    *("%B %d, %Y", "%B %-d, %Y", "%b %d, %Y", "%b %-d, %Y", "%B %d %Y", "%B %-d %Y", "%b %d %Y", "%b %-d %Y", "%Y-%b-%d", "%Y %b %d"),
    *("%d. %B %Y", "%-d. %b %Y", "%d. %b %Y", "%-d de %B de %Y", "%d de %B de %Y", "%-d %B de %Y", "%-d de %b de %Y"),
    *("%d-%b-%y", "%-d-%b-%y", "%d %b %y", "%-d %b %y", "%d/%b/%y", "%d.%b.%y", "%-d %B %y", "%b %-d, %y", "%b %d, %y"),
)
_BEFORE: Final = ("%a, ", "%A, ", "%a ", "%A ")
_WEEKDAY: Final = re.compile("(?i)mon|tue|wed|thu|fri|sat|sun")
_AFTER: Final = {"ru": ("", " г.", " г", "г.", " года"), "uk": ("", " р.", " року")}

_CLOCKS: Final = (
    *("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%-H:%M:%S", "%-H:%M"),
    *("%I:%M:%S %p", "%I:%M %p", "%-I:%M:%S %p", "%-I:%M %p", "%I:%M:%S%p", "%I:%M%p", "%-I:%M:%S%p", "%-I:%M%p", "%-I:%M:%S.%f %p"),
)
_HOURS: Final = re.compile(r"\d\d?:\d", re.ASCII)
"""How all of them begin."""
_JOINTS: Final = (" ", ", ", "T", ":", ", в ", " в ")
_ZONES: Final = {"": None, "%z": None, " %z": None, " UTC": "UTC", " GMT": "UTC", " MSK": "Europe/Moscow", " МСК": "Europe/Moscow"}
"""What may stand at the end, and the zone it names. Names that several zones share, such as IST, CST or BST, are not among them."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to write a moment: its strptime pattern, the language of its months, and the zone that a name at its end means."""

    format: str
    locale: str | None = None
    timezone: str | None = None

    @property
    def kind(self) -> str:
        """Return the portable type of what is so written."""
        if self.timezone or self.format.endswith("%z"):
            return "timestamptz"
        dated = "%Y" in self.format or "%y" in self.format
        return "time" if not dated else "timestamp" if re.search("%-?[HI]", self.format) else "date"


def ways(text: str) -> Iterator[Way]:
    """Yield every way in which this text may be a date or a date with a time: the usual before the rare, day first before month first."""
    for way in _dates(text):
        found = shape(way.format, way.locale).match(text)
        if not found:
            continue
        rest = text[found.end() :]
        if not rest:
            yield way
        for joint in _JOINTS:
            if rest.startswith(joint):
                yield from (Way(way.format + tail, way.locale, zone) for tail, zone in _tails(joint) if shape(tail).fullmatch(rest))


def clocks(text: str) -> Iterator[Way]:
    """Yield every way in which this text may be a time of day, as ISO 8601 does not write it."""
    if not _HOURS.match(text):
        return iter(())
    return (Way(clock) for clock in _CLOCKS if ("%p" in clock or "%-H" in clock) and shape(clock).fullmatch(text))


def day(text: str, format: str, locale: str | None) -> date | None:  # noqa: A002  the word of the language
    """Return the day that a text written so means, None where there is no such day."""
    found = shape(format, locale).fullmatch(text)
    if not found or {"y", "m", "d"} - set(found.groupdict()):
        return None
    year, month = int(found["y"]), found["m"]
    if len(found["y"]) == len("24"):
        year += 2000 if year < 69 else 1900  # noqa: PLR2004  POSIX has it so
    number = int(month) if month[0] in "0123456789" else months.names(locale or "en", short=months.short(format)).get(month.lower(), 0)
    try:
        return date(year, number, int(found["d"]))
    except ValueError:
        return None


@cache
def shape(format: str, locale: str | None = None) -> re.Pattern[str]:  # noqa: A002  the word of the language
    """Return what texts of a pattern look like, with the groups y, m and d."""
    found, end = "", 0
    for directive in _DIRECTIVE.finditer(format):
        found += re.escape(format[end : directive.start()]) + _piece(directive[0], locale)
        end = directive.end()
    return re.compile(found + re.escape(format[end:]), re.IGNORECASE if re.search("%[bBaA]", format) else re.ASCII)


def _piece(directive: str, locale: str | None) -> str:
    if directive not in ("%b", "%B"):
        return _PIECES.get(directive, "(?!)")
    short = directive == "%b"
    if locale is None:
        return f"(?P<m>{'|'.join(name[:3] if short else name for name in months.ENGLISH)})"
    point = r"(?:\.(?=[ ,]|$))?" if short else ""
    return f"(?P<m>{'|'.join(map(re.escape, months.names(locale, short=short)))}){point}"


def _dates(text: str) -> Iterator[Way]:
    if numbers := _NUMBERS.match(text):
        yield from (Way(order) for order in _NUMERIC if numbers[1] in order)
    yield from (Way(one) for year, patterns in _EASTERN.items() if year in text for one in patterns)
    words = re.findall(r"[^\W\d_]+", text.lower())
    for locale in (None, *months.LANGUAGES):
        for short in (False, True):
            if any(word in months.names(locale or "en", short=short) for word in words):
                weekday = locale is None and bool(_WEEKDAY.match(text))
                yield from (Way(one, locale) for one in _named(locale, weekday=weekday) if ("%b" in one) == short)


def _named(locale: str | None, *, weekday: bool) -> Iterator[str]:
    for pattern in _NAMED:
        for before in _BEFORE if weekday else ("",):
            for after in sorted(_AFTER.get(locale or "", ("",)), key=len, reverse=True):
                yield before + pattern + after


@cache
def _tails(joint: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((joint + clock + end, zone) for clock in _CLOCKS for end, zone in _ZONES.items())
