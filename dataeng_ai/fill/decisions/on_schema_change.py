"""`on_schema_change`: new columns are kept aside in `_extra`; missing ones and other types stop the load."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path

_STRICT = {"dropped_column": "freeze", "type_change": "freeze"}


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the three ways with a column that the spec does not know; what goes missing always stops the load."""
    evidence = f"{len(case.profile.columns)} columns today"
    personal = any(column.pii for column in case.profile.columns)
    look = "; there may be personal data in it" if personal else ""
    ways = (
        ("evolve", 0.6, f"nothing is lost and nothing breaks{look}"),
        ("freeze", 0.4, "a new column stops the load until a person looks"),
        ("discard", 0.1, "it is lost in silence"),
    )
    return tuple(Option({"new_column": way, **_STRICT}, evidence, prior, reason, way) for way, prior, reason in ways)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return nothing: the rule is the same for all data."""
    return None


DECISION = Decision(
    "on_schema_change", ("on_schema_change",), (("columns",),), "What happens when the files' columns change?", options, facts
)
