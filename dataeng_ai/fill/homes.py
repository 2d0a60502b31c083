"""Where the rows had best live: every storage weighed on the facts, with what speaks for and against it and when to think again.

Also those that are not built yet: advice that leaves out the better answer would be no advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai import targets
from dataeng_ai.fill.decisions.target_storage import connections
from dataeng_ai.fill.refresh import set_lines
from dataeng_ai.fill.weighing import WEIGHED, Facts, rounded, size
from dataeng_ai.fill.weighing import facts as facts_of
from dataeng_ai.profile.pace import YEAR

if TYPE_CHECKING:
    from dataeng_ai.fill.decision import Case

BUILT: Final = targets.STORAGES
_TITLES: Final = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "clickhouse": "ClickHouse", "lake": "a lake of Parquet or Iceberg files"}
_MODES: Final = {
    "full": "each load replaces the whole table",
    "append": "rows are only added",
    "merge": "rows that come again replace what they were",
}


@dataclass(frozen=True, slots=True)
class Home:
    """One storage, weighed."""

    storage: str
    title: str
    weight: float
    """The heavier, the better a home."""
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    change: str
    """When to think again."""
    built: bool
    """It can be taken today; otherwise this is advice alone."""
    taken: bool
    first: tuple[str, ...]
    """What must stand in the project before, each line with where it goes."""
    line: str
    """The command that takes it; empty where it is not built."""


def homes(case: Case, written: Case) -> tuple[Home, ...]:
    """Return every storage, the best first.

    Args:
        case: The spec, its holes filled in thought.
        written: The spec as it stands.
    """
    facts = facts_of(case)
    found = [_home(case, written, facts, storage) for storage in _TITLES]
    return tuple(sorted(found, key=lambda home: -home.weight))


def looked_at(case: Case) -> tuple[str, ...]:
    """Return the facts that the weighing used, in words."""
    facts = facts_of(case)
    coming = f", about {rounded(facts.pace.after(YEAR))} more a year at the data's pace" if facts.pace and facts.later > facts.rows else ""
    words = [f"`{word}`" for word in (facts.analysis, facts.serving, facts.readers, facts.lake) if word]
    return (
        f"{facts.rows:,} rows today{coming}",
        "about " + ", ".join(f"{size(bytes_)} in {_TITLES[storage]}" for storage, bytes_ in facts.sizes.items() if storage in _TITLES),
        f"the key {', '.join(facts.key)}" if facts.key else "no key",
        _MODES.get(str(case.get("load", "mode")), "how a load changes it is open"),
        f"`about` says {', '.join(dict.fromkeys(words))}" if words else "`about` does not say who reads or what for",
    )


def _home(case: Case, written: Case, facts: Facts, storage: str) -> Home:
    weigh, pros, cons, change = WEIGHED[storage]
    built = storage in BUILT
    first, name = _missing(case, storage) if built else ((), None)
    return Home(
        storage=storage,
        title=_TITLES[storage],
        weight=round(weigh(facts), 2),
        pros=tuple(pros(facts)),
        cons=tuple(cons(facts)),
        change=change,
        built=built,
        taken=case.get("target", "storage") == storage,
        first=first,
        line=set_lines(str(case.get("name")), _settings(written, storage, name)) if built else "",
    )


def _missing(case: Case, storage: str) -> tuple[tuple[str, ...], str | None]:
    """Return what the project lacks for a storage, and the name of the connection to use."""
    there = connections(case, storage)
    standing = case.get("target", "connection")
    if there:
        return (), str(standing) if standing in there else there[0]
    if not targets.design(storage).CAPABILITIES.needs_connection:
        return (), None
    known = case.project.connections
    name = next(name for name in ("warehouse", "dwh", *(f"dwh_{number}" for number in range(2, len(known) + 4))) if name not in known)
    block = ", ".join(f"{one}: {{kind: {kind}}}" for one, kind in {**known, name: storage}.items())
    scheme = "postgresql" if storage == "postgres" else storage
    variable = f"AIRFLOW_CONN_{name.upper()}={scheme}://USER:PASSWORD@HOST:5432/DATABASE"
    return (f"dataeng.yaml: connections: {{{block}}}", f".dataeng/connections.env: {variable}"), name


def _settings(written: Case, storage: str, connection: str | None) -> list[tuple[str, object]]:
    """Return what to set to move a spec as it stands: its storage and connection, and nothing that the storage does not have."""
    if written.get("target", "storage") == storage:
        return [("target.storage", storage)]
    can = targets.design(storage).CAPABILITIES
    mute: tuple[tuple[str, bool, object], ...] = (
        ("order_by", can.order_by, None),
        ("partition", can.partition, None),
        ("indexes", can.indexes, []),
    )
    gone: list[tuple[str, object]] = [(key, none) for key, able, none in mute if not able and written.get(key)]
    to: list[tuple[str, object]] = [("target.storage", storage)]
    if connection is not None or written.get("target", "connection") is not None:
        to.append(("target.connection", connection))
    return [*gone, *to]
