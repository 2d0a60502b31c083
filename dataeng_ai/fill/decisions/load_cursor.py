"""`load.cursor`: which of two rows of one key is the newer."""

from __future__ import annotations

import re
from typing import Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path

_CHANGED: Final = re.compile(r"(?:^|_)(?:updated?|modified|changed?|version|revision|lastmod|mtime)(?:_|$)")
_TYPES: Final = frozenset(("date", "timestamp", "timestamptz", "integer", "bigint"))


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the never empty columns that say when a row was changed, for a merge; none elsewhere."""
    if case.get("load", "mode") != "merge":
        return ()
    key = case.get("primary_key")
    taken = key if isinstance(key, (list, tuple)) else ()
    found = [
        Option(name, f"`{name}` is {row['type']} and never empty{_late(case, column.name)}", 0.8, "its name says when a row was changed")
        for name, row, column in case.columns()
        if name not in taken and row.get("type") in _TYPES and not column.nulls and _CHANGED.search(name)
    ]
    return (*found, Option(None, "the later load wins", 0.4, "no column says more", "null")) if found else ()


def _late(case: Case, header: str) -> str:
    """Return what the profile saw of rows that come late, or of none."""
    order = next((time.order for time in case.profile.times if time.name == header), None)
    if order is None or not order.rows:
        return ""
    seen = "all" if order.whole else "the first"
    if not order.late:
        return f"; it only grows in {seen} {order.rows:,} rows"
    return f"; {order.late:,} of {seen} {order.rows:,} rows stand after a newer one"


def facts(case: Case, path: Path) -> object:
    """Return the columns that would do, and the mode."""
    return {"mode": case.get("load", "mode"), "columns": [option.value for option in options(case, path)]}


DECISION = Decision(
    "load.cursor",
    ("load", "cursor"),
    (("load", "mode"), ("columns",)),
    "Which column says that a row is newer than another of the same key?",
    options,
    facts,
    with_parent=True,
)
