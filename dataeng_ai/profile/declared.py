"""What a database's catalogue proves about a table beside what its rows show: keys that it keeps itself, and how many rows there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.ir import Parse
from dataeng_ai.profile.facts import Key
from dataeng_ai.profile.keys import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from dataeng_ai.profile.facts import ColumnFacts, Profile
    from dataeng_ai.profile.settle import Table
    from dataeng_ai.sources.detected import Detected

_CANDIDATES: Final = 3
"""Keys of a sample that a database is asked to prove on all rows."""

PRIMARY = "the primary key of the table in the database"
UNIQUE = "the database keeps it unique and never null"


def keys(found: Found, table: Table, detected: Detected) -> Found:
    """Return the keys, those of the catalogue first; where a part of the rows was read, the database itself proves the others."""
    described = detected.described
    if described is None:
        return found
    proved = {frozenset(key.columns): key for key in found.keys}
    names = {column.name for column in table.columns}
    own = [(described.primary_key, PRIMARY), *((columns, UNIQUE) for columns in described.unique)]
    kept = [
        Key(columns, _reason(why, proved.pop(frozenset(columns), None))) for columns, why in own if columns and names.issuperset(columns)
    ]
    others = tuple(proved.values()) if detected.rows is None else tuple(_proved(proved.values(), detected))
    return Found((*kept, *others), 0 if kept else found.duplicates)


def _proved(candidates: Iterable[Key], detected: Detected) -> Iterator[Key]:
    """Yield the keys of the rows that were read that are keys of all rows; few are asked for, the best of them."""
    for key in islice(candidates, _CANDIDATES):
        if detected.prove is not None and detected.prove(key.columns):
            yield Key(key.columns, f"never null and never the same twice in all {detected.rows:,} rows: the database counted them")


def _reason(why: str, proved: Key | None) -> str:
    return f"{why}; {proved.reason}" if proved else why


def whole(profile: Profile, detected: Detected, con: duckdb.DuckDBPyConnection) -> Profile:
    """Return the profile with what the catalogue says, and what the database counted where a part of the rows was read."""
    if detected.described is None:
        return profile
    profile = replace(profile, read_bytes=profile.bytes)
    if detected.rows is None:
        return replace(profile, catalog=detected.described, warnings=(*detected.described.remarks, *profile.warnings))
    known = f"{profile.rows:,} of {detected.rows:,} rows were looked at: shares, different and frequent values are of those"
    columns = tuple(_counted(one, detected, con) for one in profile.columns)
    ends = {one.name: one for one in columns}
    times = tuple(
        replace(one, minimum=ends[one.name].minimum or one.minimum, maximum=ends[one.name].maximum or one.maximum) for one in profile.times
    )
    warnings = (known, *detected.described.remarks, *profile.warnings)
    return replace(
        profile, catalog=detected.described, rows=detected.rows, read=profile.rows, columns=columns, times=times, warnings=warnings
    )


def _counted(one: ColumnFacts, detected: Detected, con: duckdb.DuckDBPyConnection) -> ColumnFacts:
    """Return a column with its nulls and its ends over all rows; ends that are hidden stay hidden."""
    found = (detected.extremes or {}).get(one.name)
    if found is None:
        return one
    counted = replace(one, nulls=found.nulls, distinct=max(one.distinct, found.distinct or 0), distinct_exact=False)
    if one.pii or found.least is None:
        return counted
    low, high = (_canonical(end, one, con) for end in (found.least, found.greatest))
    return replace(counted, minimum=low or one.minimum, maximum=high or one.maximum)


def _canonical(end: str | None, one: ColumnFacts, con: duckdb.DuckDBPyConnection) -> str | None:
    """Return an end as the profile writes it; None where it is no value of the type."""
    text, parse = exp.Literal.string(end or ""), Parse()
    value = exp.case().when(cast.guard(text, one.type, parse), cast.canonical(cast.cast(text, one.type, parse), one.type))
    row = con.execute(exp.select(value).sql("duckdb", identify=True)).fetchone()
    return None if row is None else row[0]
