"""`target.storage`: one that can be reached. duckdb always can: a file beside the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai import targets
from dataeng_ai.fill.decision import Case, Decision, Option, Path, possible
from dataeng_ai.fill.purpose import ANALYSIS, SERVING, rhythm, says

if TYPE_CHECKING:
    from dataeng_ai.targets.capabilities import Capabilities

_WHAT: Final = {"duckdb": "a file on this machine, good for one analyst", "postgres": "a server that many read at once"}
_BIG: Final = 20 * 10**9
"""Bytes in PostgreSQL from which whole-table analysis in it is no longer quick."""


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return duckdb, and each storage that a connection of the project leads to."""
    return tuple(_option(case, storage) for storage in _reachable(case) if _takes(case, targets.design(storage).CAPABILITIES))


def connections(case: Case, storage: str) -> tuple[str, ...]:
    """Return the names of the connections of a kind, in the order of the project's file; not the one that a table is read through."""
    source = None if case.get("source", "path") else case.get("source", "connection")
    return tuple(name for name, kind in case.project.connections.items() if kind == storage and name != source)


def _reachable(case: Case) -> list[str]:
    return [storage for storage in ("postgres", "duckdb") if storage == "duckdb" or connections(case, storage)]


def _takes(case: Case, can: Capabilities) -> bool:
    """Say whether a storage takes what the spec says already: its names, its order, its indexes."""
    names = [str(row.get("name")) for row in case.rows]
    short = can.max_identifier_bytes is None or all(len(name.encode()) <= can.max_identifier_bytes for name in names)
    distinct = not can.folds_case or len({name.casefold() for name in names}) == len(names)
    narrow = can.max_columns is None or len(case.rows or case.profile.columns) <= can.max_columns
    asked = (("order_by", can.order_by), ("indexes", can.indexes), ("partition", can.partition))
    return (
        short and distinct and narrow and not set(names) & set(can.reserved_names) and all(able or not case.get(key) for key, able in asked)
    )


def _option(case: Case, storage: str) -> Option:
    names = connections(case, storage)
    evidence = f"connection `{names[0]}`" if names else "no connection needed"
    size = dict(case.profile.forecast).get(storage)
    evidence += f"; about {size / 10**6:,.1f} MB there" if size else ""
    prior, reason = _prior(case, storage, size or 0)
    return Option(storage, evidence, prior, f"{reason}: {_WHAT[storage]}")


def _prior(case: Case, storage: str, size: int) -> tuple[float, str]:
    if storage == "duckdb":
        words = says(case.about, ANALYSIS)
        return (0.5, f"`{words}` is analysis") if words else (0.4, "it always works")
    if size > _BIG:
        return 0.3, "the data are big for it"
    if words := says(case.about, SERVING):
        return 0.8, f"`{words}` is what it serves"
    if rhythm(case.about):
        return 0.7, "loaded on a schedule, and the project has a connection to it"
    return 0.6, "the project has a connection to it"


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the storages that can be reached, the likeliest first, whatever was decided for one of them afterwards."""
    return possible([_option(case, storage) for storage in _reachable(case)])


DECISION = Decision("target.storage", ("target", "storage"), (("columns",),), "Where shall the rows go?", options, facts)
