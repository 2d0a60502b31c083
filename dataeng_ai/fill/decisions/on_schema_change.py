"""`on_schema_change`: new columns are kept aside in `_extra`; other types stop the load, and missing ones unless some are missing today."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the three ways with a column that the spec does not know; what goes missing stops the load, unless it does today."""
    uneven = _lacking(case)
    evidence = f"{len(case.profile.columns)} columns today" + (f", {len(uneven)} of which some files or records lack" if uneven else "")
    others = {"dropped_column": "evolve" if uneven else "freeze", "type_change": "freeze"}
    personal = any(column.pii for column in case.profile.columns)
    look = "; there may be personal data in it" if personal else ""
    ways = (
        ("evolve", 0.6, f"nothing is lost and nothing breaks{look}"),
        ("freeze", 0.4, "a new column stops the load until a person looks"),
        ("discard", 0.1, "it is lost in silence"),
    )
    return tuple(Option({"new_column": way, **others}, evidence, prior, reason, way) for way, prior, reason in ways)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return whether columns are missing somewhere; of all else in the data the rule is the same."""
    return bool(_lacking(case)) or None


def _lacking(case: Case) -> tuple[str, ...]:
    """Return the columns that some files lack, and of nested ones those that are null somewhere: a file of few records may lack them."""
    profile = case.profile
    null = {one.name for one in profile.columns if one.nulls and profile.format in ("json", "ndjson", "xml")}
    return tuple(one.name for one in profile.columns if one.name in null or one.name in profile.uneven)


DECISION = Decision(
    "on_schema_change", ("on_schema_change",), (("columns",),), "What happens when the files' columns change?", options, facts
)
