"""`target.connection`: one of the project's, of the storage's kind."""

from __future__ import annotations

from typing import Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path, possible
from dataeng_ai.fill.decisions.target_storage import connections

_USUAL: Final = ("warehouse", "dwh", "target", "analytics", "хранилище")


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return the project's connections of the storage's kind; for duckdb none is needed, and none is said where there is none."""
    storage = str(case.get("target", "storage"))
    return tuple(_option(case, name, storage) for name in connections(case, storage))


def _option(case: Case, name: str, storage: str) -> Option:
    evidence = f"dataeng.yaml knows `{name}` as {storage}"
    if name == case.get("source", "connection"):
        return Option(name, evidence, 0.1, "the data come from there")
    if name.casefold() in case.about.split():
        return Option(name, evidence, 0.9, "`about` names it")
    if any(word in name.casefold() for word in _USUAL):
        return Option(name, evidence, 0.7, "its name is that of a warehouse")
    return Option(name, evidence, 0.5, "the first of its kind")


def facts(case: Case, path: Path) -> object:
    """Return the connections of the storage's kind, the likeliest first."""
    return possible(options(case, path))


DECISION = Decision(
    "target.connection",
    ("target", "connection"),
    (("target", "storage"),),
    "By which connection is the storage reached?",
    options,
    facts,
    with_parent=True,
)
