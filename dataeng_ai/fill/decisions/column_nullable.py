"""`columns.*.nullable`: false only where it is proved, and only where it matters."""

from __future__ import annotations

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path, possible

_ROWS_ENOUGH = 20


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return false for a column in which no cell was empty over enough rows; true always is possible."""
    column = case.facts_at(path)
    if column is None:
        return ()
    rows = case.profile.read or case.profile.rows
    nullable = Option(
        value=True,
        evidence=f"{column.nulls:,} of {rows:,} cells are null",
        prior=0.5,
        reason="a column may be empty unless the data say otherwise",
    )
    declared = case.profile.declared(column.name)
    if declared is not None and not column.nulls and not declared.nullable:
        kept = Option(value=False, evidence="declared NOT NULL", prior=0.95, reason="the database itself keeps it so")
        return (kept, nullable)
    if case.profile.read is not None:
        return (nullable,)
    text_gaps = column.type.name == "text" and column.empty > 0
    if column.nulls or text_gaps or not rows or column.role == "empty":
        return (nullable,)
    prior = 0.8 if rows >= _ROWS_ENOUGH or _in_key(case, column.name) else 0.3
    return (Option(value=False, evidence=f"no null in {rows:,} rows", prior=prior, reason="an empty cell would be news"), nullable)


def facts(case: Case, path: Path) -> object:
    """Return what is possible: that there are nulls matters, not how many."""
    return possible(options(case, path))


def _in_key(case: Case, header: str) -> bool:
    return any(header in key.columns for key in case.profile.keys)


DECISION = Decision("columns.nullable", ("columns", ANY, "nullable"), (), "May each column be empty?", options, facts, alone=False)
