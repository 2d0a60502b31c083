"""What a person should look at before a load: what was doubted, what does not fit, and columns that say little."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import sentences
from dataeng_ai.profile.amounts import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.profile.facts import ColumnFacts, Profile, TimeColumn

_MOSTLY: Final = 0.5
"""The share of missing cells above which that is worth a word."""
_MANY: Final = 20
"""Values from which on it says something that all differ."""
_NAMING: Final = frozenset({"text", "uuid", "integer", "bigint"})
_FEWEST: Final = 2
"""Rows from which on it says something that all are the same."""


def of(profile: Profile, today: date | None = None) -> tuple[str, ...]:
    """Return sentences, names and values between backticks: the profile's own warnings first, then what its facts mean.

    Args:
        profile: What they are about.
        today: The day against which moments lie in the future; None: the clock's.
    """
    return (*profile.warnings, *_of_table(profile), *beyond(profile, today))


def beyond(profile: Profile, today: date | None = None) -> tuple[str, ...]:
    """Return those of them that no other sentence of a profile says: of moments to come, and of columns that say little."""
    planned = (f"`{time.name}`: the last, {time.maximum}, lies in the future" for time in profile.times if _planned(time, today))
    return (*planned, *(alert for column in profile.columns for alert in _of_column(column, profile.rows)))


def _planned(time: TimeColumn, today: date | None) -> bool:
    """Say whether a moment lies beyond tomorrow; what a person means by that, only a clock can say, so it is in no profile."""
    try:
        return datetime.fromisoformat(time.maximum).date() > (today or datetime.now(UTC).date()) + timedelta(days=1)
    except ValueError:
        return False


def _of_table(profile: Profile) -> Iterator[str]:
    if profile.duplicates:
        yield f"{profile.duplicates:,} rows stand twice, whole"
    if profile.rows and not profile.keys:
        yield "no column, and no few columns together, identify a row"
    for near in profile.near_keys:
        yield f"nearly a key: {sentences.near_key(near)}"
    for time in profile.times:
        if time.calendar is not None and time.calendar.missing:
            yield f"`{time.name}`: {sentences.calendar(time.calendar)}"


def _of_column(column: ColumnFacts, rows: int) -> Iterator[str]:
    if words := [f"`{word}`" for word in column.parse.null_values if word.strip()]:
        yield f"`{column.name}`: {', '.join(words)} {'is' if len(words) == 1 else 'are'} read as missing"
    if rows < _FEWEST or column.role == "empty":
        return
    if column.distinct == 1 and column.distinct_exact:
        yield f"`{column.name}`: {'every cell is the same' if not column.nulls else 'every cell that has a value has the same'}"
    there = rows - column.nulls
    if column.nulls and there >= _MANY and column.distinct_exact and column.distinct == there and column.type.name in _NAMING:
        yield f"`{column.name}`: all {there:,} values differ; but for its {count(column.nulls, 'missing cell')}, it would be a key"
    if column.nulls > _MOSTLY * rows:
        yield f"`{column.name}`: {column.nulls / rows:.0%} of the cells are missing"
