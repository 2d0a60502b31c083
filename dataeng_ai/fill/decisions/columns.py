"""`columns`: one for each of the file, in the file's order; what is said of each is decided beneath."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path
from dataeng_ai.fill.decisions import (
    column_description,
    column_name,
    column_nullable,
    column_parse,
    column_pii,
    column_type,
    column_unit,
)


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return a row for each column of the file."""
    rows = [{"from": column.name} for column in case.profile.columns]
    return (Option(rows, f"{len(rows)} columns in the file", 1.0, "all that is there", "all"),) if rows else ()


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the file's header."""
    return [column.name for column in case.profile.columns]


ROWS = (
    column_name.DECISION,
    column_type.DECISION,
    column_nullable.DECISION,
    column_parse.DECISION,
    column_pii.DECISION,
    column_unit.DECISION,
    column_description.DECISION,
)
"""In the order in which they are decided: a description may build on the type."""

DECISION = Decision(
    "columns", ("columns",), (("source", "format"),), "Which columns has the table?", options, facts, alone=False, rows=ROWS
)
