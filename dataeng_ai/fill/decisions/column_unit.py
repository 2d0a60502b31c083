"""`columns.*.unit`: what a column's numbers count, where its header says so."""

from __future__ import annotations

from typing import Final

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path, possible
from dataeng_ai.profile.units import unit_in, unit_of

_NUMBERS: Final = frozenset(("smallint", "integer", "bigint", "decimal", "double"))


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the unit that the header names or that stands beside the numbers; none where a column does not count anything."""
    column = case.facts_at(path)
    if column is None:
        return ()
    unit = unit_of(column.name, column.parse) if column.role == "measure" and column.type.name in _NUMBERS else None
    named = "the header names it" if unit == unit_in(column.name) else "it stands beside the numbers"
    return (Option(unit, named if unit else "the header names none", 1.0, "a unit is taken from the header or the cells, never guessed"),)


def facts(case: Case, path: Path) -> object:
    """Return the unit."""
    return possible(options(case, path))


DECISION = Decision("columns.unit", ("columns", ANY, "unit"), (), "What do the numbers of each column count?", options, facts)
