"""`target.table`: the spec's name, in the schema where the storage puts tables of which nobody says more."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path
from dataeng_ai.fill.naming import RESERVED

_USUAL_SCHEMA = {"postgres": "public"}


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the one name that follows from the spec's."""
    name = str(case.get("name"))
    table = f"{name}_table" if name in RESERVED else name
    schema = _USUAL_SCHEMA.get(str(case.get("target", "storage")))
    full = f"{schema}.{table}" if schema else table
    return (Option(full, f"the spec is called `{name}`", 1.0, "a table is called as its pipeline"),)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the name and the storage."""
    return {"name": case.get("name"), "storage": case.get("target", "storage")}


DECISION = Decision("target.table", ("target", "table"), (("target", "storage"),), "What is the table called?", options, facts)
