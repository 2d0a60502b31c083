"""`source.records`: which element of the document is the record that is repeated."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the one element of which the profile read every record; null is the document itself."""
    evidence = "; ".join(case.profile.reasons) or "the records of the profile"
    return (Option(case.profile.records, evidence, 1.0, "every record was read there", case.profile.records or "document"),)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the element's path."""
    return case.profile.records


DECISION = Decision("source.records", ("source", "records"), (("source", "format"),), "Which element is a record?", options, facts)
