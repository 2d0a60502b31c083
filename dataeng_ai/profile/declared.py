"""What a database's catalogue proves about a table beside what its rows show: keys that it keeps itself, and how many rows there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dataeng_ai.profile.facts import Key
from dataeng_ai.profile.keys import Found

if TYPE_CHECKING:
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.settle import Table
    from dataeng_ai.sources.databases.described import Described

PRIMARY = "the primary key of the table in the database"
UNIQUE = "the database keeps it unique and never null"


def keys(found: Found, described: Described | None, table: Table, rows: int | None) -> Found:
    """Return the keys, those of the catalogue first; where a part of the rows was read, nothing else is proved."""
    if described is None:
        return found
    proved = {frozenset(key.columns): key for key in found.keys}
    names = {column.name for column in table.columns}
    own = [(described.primary_key, PRIMARY), *((columns, UNIQUE) for columns in described.unique)]
    kept = [
        Key(columns, _reason(why, proved.pop(frozenset(columns), None))) for columns, why in own if columns and names.issuperset(columns)
    ]
    sampled = rows is not None and rows > table.rows
    return Found((*kept, *(() if sampled else proved.values())), 0 if kept else found.duplicates)


def _reason(why: str, proved: Key | None) -> str:
    return f"{why}; {proved.reason}" if proved else why


def whole(profile: Profile, described: Described | None, rows: int | None) -> Profile:
    """Return the profile with what the catalogue says; counts of a part of the rows stay counts of those, and say so."""
    if described is None or rows is None:
        return profile
    if rows == profile.rows:
        return replace(profile, catalog=described)
    known = f"{profile.rows:,} of {rows:,} rows were looked at: counts, ranges and shares are of those"
    return replace(profile, catalog=described, rows=rows, read=profile.rows, warnings=(known, *profile.warnings))
