"""`target.table`: the spec's name, in the schema that the project writes to."""

from __future__ import annotations

from dataeng_ai.fill.decision import Case, Decision, Option, Path, lookup
from dataeng_ai.fill.naming import RESERVED

_USUAL_SCHEMA = {"postgres": "public"}


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the one name that follows from the spec's."""
    name = str(case.get("name"))
    table = f"{name}_table" if name in RESERVED else name
    schema = _schema(case)
    full = f"{schema}.{table}" if schema else table
    return (Option(full, f"the spec is called `{name}`", 1.0, "a table is called as its pipeline"),)


def _schema(case: Case) -> str | None:
    default = lookup(case.project.defaults, ("target", "schema"))
    return default if isinstance(default, str) else _USUAL_SCHEMA.get(str(case.get("target", "storage")))


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the name and the schema."""
    return {"name": case.get("name"), "schema": _schema(case)}


DECISION = Decision("target.table", ("target", "table"), (("target", "storage"),), "What is the table called?", options, facts)
