"""`source.format`: what the bytes were found to be."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the one format in which the profile read every record."""
    evidence = f"{case.profile.rows:,} records read as {case.profile.format}"
    return (Option(case.profile.format, evidence, 1.0, "it is what the profile read"),)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the format."""
    return case.profile.format


DECISION = Decision("source.format", ("source", "format"), (), "In which format are the files?", options, facts)
