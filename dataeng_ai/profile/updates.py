"""What each file is beside those before it: new rows, the same rows again, or all of them each time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.profile.candidates import is_id, may_be_key
from dataeng_ai.profile.evidence import Updates
from dataeng_ai.profile.keys import content, value
from dataeng_ai.sources.view import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.settle import Settled, Table
    from dataeng_ai.sources.prepared import Prepared

_MOST_FILES: Final = 500
_ROWS: Final = 200_000
"""About so many values are compared: of more, those that a hash chooses."""
_AGAIN: Final = 0.02
"""The share of the rows of files that must stand in earlier ones for that to be no dirt."""
_COPY: Final = 0.9
"""The share of the rows before that must stand in the next file for it to be a copy."""
_MOST_COLUMNS: Final = 3
_NUMBERED: Final = "__numbered__"


def of(con: duckdb.DuckDBPyConnection, table: Table, profile: Profile, prepared: Sequence[Prepared]) -> Updates | None:
    """Return what files are beside those before them; None where there is one, or nothing in them tells rows from each other."""
    names = [one.file.name for one in prepared]
    if not 1 < len(names) <= _MOST_FILES or len(set(names)) < len(names):
        return None
    for column in _telling(table, profile):
        files = _values(con, column, table.rows, names)
        apart = all(len(values) == total for values, total in files.values())
        if apart and (found := _judged(column.name, [values for values, _ in files.values() if values])):
            return found
    return None


def _telling(table: Table, profile: Profile) -> list[Settled]:
    """Return the columns that may tell rows of one file from each other: proved keys, near ones, then those named as ids."""
    keys = [key.columns[0] for key in profile.keys if len(key.columns) == 1] + [near.column for near in profile.near_keys]
    fit = [one for one in table.columns if one.name in keys or (is_id(one.name) and may_be_key(one.type) and not one.nulls)]
    return sorted(fit, key=lambda one: (one.name not in keys, keys.index(one.name) if one.name in keys else 0))[:_MOST_COLUMNS]


def _values(con: duckdb.DuckDBPyConnection, column: Settled, rows: int, names: Sequence[str]) -> Mapping[str, tuple[frozenset[int], int]]:
    """Return, per file in their order, the hashes of a column's values, and how many rows have them."""
    hashed = content([value(column)])
    chosen = exp.EQ(this=exp.Mod(this=hashed, expression=exp.Literal.number(max(1, rows // _ROWS))), expression=exp.Literal.number(0))
    query = exp.select(exp.column(FILE, quoted=True), hashed.copy()).from_(exp.to_identifier(_NUMBERED, quoted=True)).where(chosen)
    found: dict[str, list[int]] = {name: [] for name in names}
    for name, one in con.execute(query.sql("duckdb", identify=True)).fetchall():
        found[name].append(one)
    return {name: (frozenset(values), len(values)) for name, values in found.items()}


def _judged(column: str, files: Sequence[frozenset[int]]) -> Updates | None:
    """Return what the values of a column, which tell rows of each file from each other, say of the files."""
    if len(files) < 2:  # noqa: PLR2004  one file has none before it
        return None
    seen: set[int] = set()
    again = 0
    for values in files:
        again += len(values & seen)
        seen |= values
    later = sum(map(len, files[1:]))
    count = len(files)
    if again <= _AGAIN * later:
        why = (
            f"no `{column}` of one of the {count:,} files stands in another" if not again else f"hardly any `{column}` stands in two files"
        )
        return Updates("new rows", "append", f"{why}: each brings new rows")
    if min(len(before & after) / max(len(before), 1) for before, after in pairwise(files)) >= _COPY:
        return Updates("full copies", "full", f"each of the {count:,} files holds nearly every `{column}` of the one before: full copies")
    why = f"{again / later:.0%} of the rows of later files have a `{column}` of earlier ones: rows come again, changed"
    return Updates("changed rows", "merge", why)
