"""`order_by`: how the rows lie, where the storage lets us say: readers skip what is not in their range."""

from __future__ import annotations

from dataeng_ai import targets
from dataeng_ai.fill.decision import Case, Decision, Option, Path

_FEW = 3


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the time columns, the key, and none."""
    storage = str(case.get("target", "storage"))
    if not targets.design(storage).CAPABILITIES.order_by:
        return (Option(None, f"{storage} keeps rows in no order", 1.0, "it has no such thing", "null"),)
    times = [_by_time(name, place) for place, name in enumerate(_times(case)[:_FEW])]
    return (*times, *_by_key(case), Option(None, "rows lie as they come", 0.3, "nothing to sort by", "null"))


def _by_key(case: Case) -> list[Option]:
    key = case.get("primary_key")
    columns = list(key) if isinstance(key, (list, tuple)) else []
    return [Option(columns, "the primary key", 0.4, "rows are looked up by it", "the key")] if columns else []


def _by_time(name: str, place: int) -> Option:
    return Option([name], f"`{name}` is a time and never empty", round(0.6 - place * 0.02, 2), "analysis asks for stretches of time", name)


def _times(case: Case) -> list[str]:
    """Return the never empty time columns of the table, the profile's first ones first."""
    named = [case.name_of(time.name) for time in case.profile.times]
    usable = {name for name, row, column in case.columns() if row.get("type") in ("date", "timestamp", "timestamptz") and not column.nulls}
    personal = {name for name, _, column in case.columns() if column.pii}
    return [name for name in named if name and name in usable - personal]


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the storage, the time columns and the key."""
    return {"storage": case.get("target", "storage"), "times": _times(case), "key": case.get("primary_key")}


DECISION = Decision(
    "order_by",
    ("order_by",),
    (("target", "storage"), ("columns",), ("primary_key",)),
    "By which columns are the rows sorted where they lie?",
    options,
    facts,
)
