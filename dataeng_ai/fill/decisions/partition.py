"""`partition`: null where the storage has none."""

from __future__ import annotations

from dataeng_ai import targets
from dataeng_ai.fill.decision import Case, Decision, Option, Path


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return none; and the time columns where the storage can divide a table by them."""
    storage = str(case.get("target", "storage"))
    none = Option(None, f"{storage} has no partitions here" if not _can(case) else "the table is one piece", 0.5, "simple", "null")
    return (none, *(_by(name) for name in _times(case))) if _can(case) else (none,)


def _can(case: Case) -> bool:
    return targets.design(str(case.get("target", "storage"))).CAPABILITIES.partition


def _times(case: Case) -> list[str]:
    """Return the never empty time columns of the table."""
    return [name for name, row, column in case.columns() if row.get("type") in ("date", "timestamp", "timestamptz") and not column.nulls]


def _by(name: str) -> Option:
    block = {"by": name, "granularity": "month"}
    return Option(block, f"`{name}` is a time and never empty", 0.6, "months are few and whole", f"month of {name}")


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the storage, and the time columns where they matter."""
    return {"storage": case.get("target", "storage"), "times": _times(case) if _can(case) else []}


DECISION = Decision(
    "partition", ("partition",), (("target", "storage"), ("columns",)), "Into which parts is the table cut?", options, facts
)
