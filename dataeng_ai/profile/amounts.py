"""Amounts in words: so many rows, so many bytes, so long a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import Profile

_KILO: Final = 1024


def count(number: int, what: str) -> str:
    """Return a number with what it counts, in the plural where that is due."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def size(count: int) -> str:
    """Return a number of bytes in the unit that makes it short."""
    value, units = float(count), iter(("bytes", "KiB", "MiB", "GiB", "TiB"))
    unit = next(units)
    while value >= _KILO and unit != "TiB":
        value, unit = value / _KILO, next(units)
    return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"


def duration(seconds: int) -> str:
    """Return a number of seconds in the unit that makes it short."""
    for unit, word in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= unit:
            number = round(seconds / unit, 1)
            return f"{number:g} {word}{'s' * (number != 1)}"
    return "no time"


def rows_of(profile: Profile) -> str:
    """Say how many rows there are; of a sample about how many, and how many were looked at."""
    found = count(profile.rows, "row")
    return f"about {count(profile.sample.about, 'row')}, {found} looked at" if profile.sample else found
