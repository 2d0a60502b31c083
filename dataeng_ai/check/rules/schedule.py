"""Rules about when a pipeline runs: cron, time zones, other specs."""

from __future__ import annotations

import re
import zoneinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding
from dataeng_ai.check.places import at
from dataeng_ai.check.spelling import nearest
from dataeng_ai.diagnostics import Problems
from dataeng_ai.draft import read
from dataeng_ai.project import open_text, spec_names, spec_path
from dataeng_ai.spec.words import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look
    from dataeng_ai.diagnostics import Text
    from dataeng_ai.project import Project

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_WORDS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_PART: Final = re.compile(r"(\*|[a-z0-9]{1,9})(?:-([a-z0-9]{1,9}))?(?:/(\d{1,9}))?", re.IGNORECASE | re.ASCII)
_OFFSET: Final = re.compile(r"[+-]\d", re.ASCII)
_LONGEST: Final = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
"""Days of the months that have fewer than 31."""


def cron(look: Look) -> Iterator[Finding]:
    """A cron expression that no clock reads.

    Five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Each is `*`, a number, a range `1-5`,
    a list `1,15`, or a step `*/10`; months and days may be named. Seconds, years, `L`, `W`, `#` and `?` are not read by all schedulers.

    Example: `cron: "0 25 * * *"`
    Fix: `cron: "0 1 * * *"`
    """
    text = look.text("schedule", "cron")
    if text is None or not text.strip():
        return
    path = ("schedule", "cron")
    if text.startswith("@"):
        plain = _WORDS.get(text.casefold())
        advice = f'write `cron: "{plain}"`' if plain else 'for no clock, write `schedule: null`; else five fields such as "0 3 * * *"'
        yield Finding(path, f"`{text}` is not a cron expression", advice)
        return
    parts = text.split()
    if len(parts) != len(_FIELDS):
        note = (
            "seconds and years are not among them"
            if len(parts) > len(_FIELDS)
            else "minute, hour, day of the month, month, day of the week"
        )
        yield Finding(
            path, f"`{text}` has {len(parts)} fields, and a cron expression five", 'write for example `cron: "0 3 * * *"`', (note,)
        )
        return
    problems = [
        problem for part, (name, low, high, names) in zip(parts, _FIELDS, strict=True) for problem in _field(part, name, low, high, names)
    ]
    for problem in problems:
        yield Finding(path, f"`{text}`: {problem}", "see `spec why E230`")
    if not problems and _never(parts):
        yield Finding(path, f"`{text}`: this day never comes", "the month has fewer days")


def _field(text: str, name: str, low: int, high: int, names: tuple[str, ...]) -> Iterator[str]:
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            yield f"`{part}` is no {name}"
            continue
        if match[1] == "*" and match[2]:
            yield f"`{part}` is no {name}"
            continue
        bounds = [_value(word, low, names) for word in (match[1], match[2]) if word and word != "*"]
        if any(value is None or not low <= value <= high for value in bounds):
            yield f"the {name} goes from {low} to {high}, not `{part}`"
        elif len(bounds) > 1 and (bounds[0] or 0) > (bounds[1] or 0):
            yield f"the range `{part}` of the {name} runs backwards"
        if match[3] and not 1 <= int(match[3]) <= high:
            yield f"the step of `{part}` must be from 1 to {high}"


def _value(word: str, low: int, names: tuple[str, ...]) -> int | None:
    if word.isdecimal():
        return int(word)
    return names.index(word.casefold()) + low if word.casefold() in names else None


def _never(parts: list[str]) -> bool:
    day, month, weekday = parts[2:]
    plain = day.isdecimal() and month.isdecimal() and weekday == "*"
    return plain and int(day) > _LONGEST.get(int(month), 31)


def timezone(look: Look) -> Iterator[Finding]:
    """A time zone that does not exist.

    Zones are named by places, `Europe/Moscow`, or `UTC`. An abbreviation such as MSK or an offset such as UTC+3 does not say what
    happens in summer, or to the past.

    Example: `timezone: MSK`
    Fix: `timezone: Europe/Moscow`
    """
    places = [("schedule", "timezone"), *((*column.path, "parse", "timezone") for column in look.columns)]
    for path in places:
        name = look.text(*path)
        if name is not None and not _is_zone(name):
            yield Finding(path, f"there is no time zone `{name}`", _zone_advice(name))


def _is_zone(name: str) -> bool:
    if name != "UTC" and "/" not in name:
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return not zoneinfo.available_timezones()  # a machine that knows no zones at all cannot judge
    return True


def _zone_advice(name: str) -> str:
    if _OFFSET.search(name):
        return "an offset is no zone: write a place that has it, such as `Europe/Moscow`"
    zones = {zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/")} | {"UTC"}
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
    best = {"MSK": "Europe/Moscow", "GMT": "UTC", "Z": "UTC"}.get(name) or nearest(name, sorted(zones))
    if best is None and (city := nearest(name, cities)):
        best = cities[city]
    return f"did you mean `{best}`?" if best else "write `UTC`, or a zone by its place, such as `Europe/Moscow`"


def after(look: Look) -> Iterator[Finding]:
    """A spec that waits for itself, or for a spec that there is not.

    Example: `schedule: {after: [order]}` where the spec is called orders
    Fix: `schedule: {after: [orders]}`
    """
    waited = tuple(look.texts("schedule", "after"))
    names = spec_names(look.project) if waited else ()
    for path, name in waited:
        if name == look.text("name"):
            yield Finding(path, f"`{name}` would wait for itself", "name another spec, or write a `cron`")
        elif name not in names:
            best = nearest(name, names)
            yield Finding(path, f"there is no spec `{name}`", f"did you mean `{best}`?" if best else f"write one: `spec new {name}`")


def waiting_circle(look: Look) -> Iterator[Finding]:
    """Specs that wait for each other: none of them would ever begin.

    A spec begins when all those behind `after` have published. Somewhere on the way back there must be one that a clock begins.

    Example: `schedule: {after: [items]}` in orders, `schedule: {after: [orders]}` in items
    Fix: `schedule: {cron: "0 3 * * *"}` in orders
    """
    name = look.text("name")
    for path, first in look.texts("schedule", "after"):
        way = () if name is None or first == name else _way(first, name, look.project)
        if way:
            listed = ", ".join(f"`{each}`" for each in (name, *way))
            yield Finding(path, f"these specs wait for each other in a circle: {listed}", "give one of them a `cron`")


def _way(first: str, last: str, project: Project) -> tuple[str, ...]:
    """Return the specs from one back to another, each waiting for the next; empty where there is no such way."""
    ways: dict[str, tuple[str, ...]] = {first: (first,)}
    queue = [first]
    for stop in queue:
        for name in waited(stop, project):
            if name == last:
                return (*ways[stop], last)
            if name not in ways:
                ways[name] = (*ways[stop], name)
                queue.append(name)
    return ()


def waited(name: str, project: Project) -> tuple[str, ...]:
    """Return the specs that another one waits for; none where it cannot be read, which is said where that one is checked."""
    if NAME.fullmatch(name) is None or not (path := spec_path(project, name)).is_file():
        return ()
    try:
        return _after(open_text(path))
    except Problems:
        return ()


@lru_cache(maxsize=4096)
def _after(text: Text) -> tuple[str, ...]:
    # Many specs wait for the same few; one without the word is not parsed.
    names = at(read(text).data, ("schedule", "after")) if "after" in text.text else None
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
