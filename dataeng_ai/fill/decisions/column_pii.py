"""`columns.*.pii`: personal data that was found, and what is done with it."""

from __future__ import annotations

from dataeng_ai.fill.decision import ANY, Case, Decision, Option, Path

_HANDLING = (
    ("keep", 0.7, "what the person did not ask to hide stays; the spec says aloud that it is personal"),
    ("mask", 0.4, "readers see its shape only"),
    ("drop", 0.2, "it never reaches the table"),
)


def options(case: Case, path: Path) -> tuple[Option, ...]:
    """Return the ways to handle what was found; nothing where none was."""
    column = case.facts_at(path)
    if column is None:
        return ()
    if column.pii is None:
        return (Option(None, "nothing personal was found", 1.0, "most columns are about things"),)
    evidence = f"looks like personal data: {column.pii}"
    ways = _HANDLING if column.type.name == "text" else _HANDLING[::2]
    return tuple(Option({"category": column.pii, "handling": way}, evidence, prior, reason, way) for way, prior, reason in ways)


def facts(case: Case, path: Path) -> object:
    """Return the category."""
    column = case.facts_at(path)
    return column and column.pii


DECISION = Decision("columns.pii", ("columns", ANY, "pii"), (), "What is done with personal data in each column?", options, facts)
