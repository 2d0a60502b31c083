"""`columns.*.type`: proved on all rows, or all but those that are counted as rejects."""

from __future__ import annotations

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path
from dataeng_ai.types import Type

_TEXT = Type("text")


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the type that was proved, and those wider ones that would reject fewer rows."""
    column = case.facts_at(path)
    if column is None:
        return ()
    rows = case.profile.rows
    if not column.exceptions:
        return (Option(str(column.type), f"all {rows:,} cells fit without loss", 1.0, "proved on all rows"),)
    misfits = f"{column.exceptions:,} of {rows:,} cells do not fit"
    if column.type == _TEXT:
        return (Option("text", misfits, 1.0, "a text with the character NUL is none: its row is set aside and reported"),)
    wider = column.wider or _TEXT
    return (
        Option(str(column.type), misfits, 0.8, "few cells are dirty: their rows are set aside and reported"),
        Option(str(wider), "every cell fits", 0.4, "nothing is set aside, and the column no longer counts or compares as it should"),
    )


def facts(case: Case, path: Path) -> object:
    """Return the types, and whether any cell does not fit."""
    column = case.facts_at(path)
    return column and {"type": str(column.type), "wider": str(column.wider), "exceptions": column.exceptions > 0}


DECISION = Decision("columns.type", ("columns", ANY, "type"), (), "Which type has each column?", options, facts)
