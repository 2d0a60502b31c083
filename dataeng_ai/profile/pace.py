"""How fast rows come, by the times that stand in them: what a forecast may lean on, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import Profile

_LEAST_DAYS: Final = 7
"""From fewer days nobody can tell a pace."""
_LEAST_ROWS: Final = 100
YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows a day, between the first and the last day of one time column."""

    column: str
    """As in the file's header."""
    first: str
    last: str
    days: int
    rows: int

    def after(self, days: int) -> int:
        """Return how many rows come in so many days if they come as they did."""
        return round(self.rows * days / self.days)


def pace(profile: Profile) -> Pace | None:
    """Return the pace by the profile's first time column; None where its range says nothing."""
    for time in profile.times:
        try:
            first, last = date.fromisoformat(time.minimum[:10]), date.fromisoformat(time.maximum[:10])
        except ValueError:
            continue  # a masked date, or one of another calendar
        days = (last - first).days + 1
        if days >= _LEAST_DAYS and profile.rows >= _LEAST_ROWS:
            return Pace(time.name, time.minimum, time.maximum, days, profile.rows)
        return None
    return None
