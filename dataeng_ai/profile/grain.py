"""What a row of a source is, in words, by the key that was proved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import alike

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import Profile

_MOMENTS: Final = frozenset({"timestamp", "timestamptz", "time"})
_DAYS: Final = frozenset(("date", "day", "dt", "data", "дата", "день"))


def of(profile: Profile) -> str | None:
    """Return what a row is, such as "one row per museum and day (`museum_id`, `sold_on`)"; None where no key was found."""
    if not profile.keys:
        return None
    columns = profile.keys[0].columns
    nouns = list(dict.fromkeys(_noun(column, profile) for column in columns))
    *most, last = nouns
    what = f"{', '.join(most)} and {last}" if most else last
    names = ", ".join(f"`{column}`" for column in columns)
    return f"one row per {what} ({names})" if what != names else f"one row per {names}"


def _noun(column: str, profile: Profile) -> str:
    """Return what a column of a key names: a day, a moment, or the thing whose id it is."""
    facts = profile.column(column)
    words = alike.core(column)
    if not column.isascii():
        return f"`{column}`"
    if facts.type.name == "date":
        return "day" if not words or set(words) & _DAYS else f"day of `{column}`"
    if facts.type.name in _MOMENTS:
        return "moment"
    return " ".join(words) or (" ".join(alike.table_words(profile.source)) if len(profile.keys[0].columns) == 1 else f"`{column}`")
