"""`source.excel`: where in a workbook the table was found."""

from __future__ import annotations

from dataclasses import asdict

from dataeng_ai.fill.decision import Case, Decision, Option, Path


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the one place of the profile; what was not found (rows to skip, a footer) is not said."""
    found = case.profile.excel
    if found is None:
        return ()
    said = {key: value for key, value in asdict(found).items() if key not in ("skip", "footer") or value}
    return (Option(said, "; ".join(case.profile.reasons) or "the sheet of the profile", 1.0, "every row was read there", "sheet"),)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the place."""
    return asdict(case.profile.excel) if case.profile.excel else None


DECISION = Decision("source.excel", ("source", "excel"), (("source", "format"),), "Where in the workbook is the table?", options, facts)
