"""What could tell which rows are new since the last load, and why: columns that every row has and that only grow."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.amounts import duration
from dataeng_ai.profile.evidence import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.profile.facts import Profile, TimeColumn
    from dataeng_ai.profile.settle import Table

_CHANGED: Final = re.compile(
    r"(?i)(?:^|_|\b)(?:updated?|modified|changed?|version|revision|lastmod|mtime|изменен\w*|обновлен\w*)|[a-z](?:Updated|Modified|Changed)"
)
_ADDED: Final = re.compile(
    r"(?i)(?:^|_|\b)(?:created?|inserted|added|loaded|ingested|logged|registered|создан\w*|добавлен\w*)|[a-z](?:Created|Added)"
)
_MOST: Final = 5
_RANDOM: Final = 0.2
"""The share of late rows from which on rows stand in no order of the column at all."""
_ROUND: Final = ((60, "m", (5, 15, 30)), (3600, "h", (1, 2, 3, 6, 12)), (86_400, "d", (1, 2, 3, 7, 14, 30)))
_FARTHEST: Final = 30 * 86_400


def of(profile: Profile, table: Table) -> tuple[Cursor, ...]:
    """Return the columns that may be cursors, the good ones first, then those that are named as one."""
    found = [*(cursor for time in profile.times if (cursor := _of_time(time, profile))), *_of_numbers(profile, table)]
    return tuple(sorted(found, key=lambda one: (not one.good, not _CHANGED.search(one.column), not _ADDED.search(one.column))))[:_MOST]


def _of_time(time: TimeColumn, profile: Profile) -> Cursor | None:
    facts = profile.column(time.name)
    if missing := facts.nulls + facts.exceptions:
        return Cursor(time.name, good=False, lookback=None, reason=f"{missing:,} {'row has' if missing == 1 else 'rows have'} none")
    named = "its name says when a row was changed" if _CHANGED.search(time.name) else ""
    order = time.order
    if order is None or not order.rows:
        return Cursor(time.name, good=bool(named), lookback=None, reason=f"{named}, and every row has it") if named else None
    rows = f"in {'all' if order.whole else 'the first'} {order.rows:,} rows"
    if not order.late:
        return Cursor(time.name, good=True, lookback=None, reason=f"every row has it, and it only grows {rows}")
    if order.late > _RANDOM * order.rows:
        why = f"every row has it; the rows stand in no order of it{f', but {named}' if named else ''}"
        return Cursor(time.name, good=bool(named), lookback=None, reason=why)
    back = lookback(order.lag)
    why = f"every row has it; {order.late:,} of {order.rows:,} rows come late, by {duration(order.lag)} at most"
    return Cursor(time.name, good=back is not None, lookback=back, reason=why)


def _of_numbers(profile: Profile, table: Table) -> Iterator[Cursor]:
    """Yield whole numbers that are a key and grow from row to row, as far as the first rows show."""
    keys = {key.columns[0] for key in profile.keys if len(key.columns) == 1}
    for place, column in enumerate(table.columns):
        numbers = column.name in keys and column.type.name in ("integer", "bigint") and profile.catalog is None
        if numbers and _grows([row[place] for row in table.head]):
            reason = f"a key that every row has, and it grows in the first {len(table.head):,} rows; what changes later it does not show"
            yield Cursor(column.name, good=True, lookback=None, reason=reason)


def _grows(texts: Sequence[str | None]) -> bool:
    try:
        numbers = [int(text or "") for text in texts]
    except ValueError:
        return False
    return len(numbers) > 1 and all(one < other for one, other in pairwise(numbers))


def lookback(seconds: int) -> str | None:
    """Return a round time that is not shorter, such as `2h`; None where it would be more than a month."""
    if seconds > _FARTHEST:
        return None
    return next(f"{count}{word}" for unit, word, counts in _ROUND for count in counts if count * unit >= seconds)
