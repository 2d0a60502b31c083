"""When a pipeline runs, in words: the cron expressions that people write; any other is shown as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

    from dataeng_ai.report.tongue import Tongue

_NUMBER = re.compile(r"\d{1,2}")
_STEP = re.compile(r"\*/(\d{1,2})")


def in_words(cron: str, tongue: Tongue) -> Markup | None:
    """Return how often and at what time, or None for an expression that is not one of the plain ones."""
    parts = cron.split()
    if len(parts) != 5:  # noqa: PLR2004  the fields of a cron expression
        return None
    minute, hour, day, month, weekday = parts
    if (day, month, weekday) == ("*", "*", "*") and (found := _often(minute, hour, tongue)):
        return found
    if not _NUMBER.fullmatch(minute) or not _NUMBER.fullmatch(hour):
        return None
    return _dated(f"{int(hour):02}:{int(minute):02}", day, month, weekday, tongue)


def _often(minute: str, hour: str, tongue: Tongue) -> Markup | None:
    """Return a rhythm within a day."""
    if (step := _STEP.fullmatch(minute)) and hour == "*":
        return tongue.say("every", what=tongue.count("every_minutes", int(step[1])))
    if not _NUMBER.fullmatch(minute):
        return None
    if hour == "*":
        return tongue.say("hourly", minute=f"{int(minute):02}")
    if step := _STEP.fullmatch(hour):
        return tongue.say("every", what=tongue.count("every_hours", int(step[1])))
    return None


def _dated(time: str, day: str, month: str, weekday: str, tongue: Tongue) -> Markup | None:
    """Return a rhythm of days or more."""
    if day == month == "*":
        return _of_week(time, weekday, tongue)
    if weekday != "*" or not _NUMBER.fullmatch(day):
        return None
    if month == "*":
        return tongue.say("monthly", day=int(day), time=time)
    if month in ("1,4,7,10", "*/3") and day == "1":
        return tongue.say("quarterly", time=time)
    months = {str(place): name for place, name in enumerate(tongue.phrases["months"], 1)}
    return tongue.say("yearly", day=int(day), month=months[month], time=time) if month in months else None


def _of_week(time: str, weekday: str, tongue: Tongue) -> Markup | None:
    if weekday == "*":
        return tongue.say("daily", time=time)
    if weekday in ("1-5", "MON-FRI", "mon-fri"):
        return tongue.say("workdays", time=time)
    days = weekday.split(",")
    names = [tongue.phrases["weekdays"][int(one) % 7] for one in days if re.fullmatch("[0-7]", one)]
    return tongue.say("weekly", days=", ".join(names), time=time) if len(names) == len(days) else None
