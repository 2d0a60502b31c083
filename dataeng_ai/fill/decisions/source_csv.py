"""`source.csv`: the dialect with which every record was read."""

from __future__ import annotations

from dataclasses import asdict

from dataeng_ai.fill.decision import Case, Decision, Option, Path


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the one dialect of the profile; what was not found (lines to skip, a footer) is not said."""
    found = case.profile.csv
    if found is None:
        return ()
    values = asdict(found) | {"null_values": list(found.null_values)}
    said = {key: value for key, value in values.items() if key not in ("skip", "footer") or value}
    return (Option(said, "; ".join(case.profile.reasons) or "the dialect of the profile", 1.0, "every record was read with it", "dialect"),)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the dialect."""
    return asdict(case.profile.csv) if case.profile.csv else None


DECISION = Decision("source.csv", ("source", "csv"), (("source", "format"),), "How do records stand in the files?", options, facts)
