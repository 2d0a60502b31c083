"""Names of connections -> real systems, resolved when a pipeline runs and never written anywhere.

A name is looked up in Airflow (only inside a process that has imported it: a task), then in the environment as
`AIRFLOW_CONN_<NAME>`, then in `<root>/.dataeng/connections.env`, whose lines are `AIRFLOW_CONN_<NAME>=…` too, so that the file can
be given to Airflow as it stands. A value is Airflow's URI (`postgres://user:password@host:5432/database?sslmode=require`)
or Airflow's JSON (`{"conn_type": "fs", "extra": {"path": "/data"}}`).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from dataeng_ai.connections.connection import PREFIX, Connection, Fact, Origin, Use, veiled
from dataeng_ai.connections.envfile import FILE, lines
from dataeng_ai.connections.values import connection, read
from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FILE", "PREFIX", "Connection", "Fact", "Origin", "Use", "names", "origins", "resolve", "unknown", "veiled"]


def resolve(name: str, root: Path) -> Connection:
    """Return the connection of this name.

    Raises:
        Problems: nobody knows it (E601), its value cannot be read (E602), the file is open to others (E603), its kind is unknown (E604).
    """
    found = next(origins(name, root), None)
    if found is None:
        raise Problems(unknown(name))
    return found.value


def unknown(name: str) -> Diagnostic:
    """Return what there is to say of a connection that nobody knows."""
    message = f"the connection `{name}` is not known here"
    advice = f"set `{PREFIX}{name.upper()}`, or write the line into `{FILE}`, or add it to Airflow's connections"
    return Diagnostic("E601", message, help=f"{advice}; `spec connections {name} --set` asks for what it needs")


def origins(name: str, root: Path) -> Iterator[Origin]:
    """Yield every place that knows a connection; the first is the one that counts.

    Raises:
        Problems: as `resolve`.
    """
    key = PREFIX + name.upper()
    if found := _from_airflow(name):
        yield Origin("Airflow", found)
    if value := os.environ.get(key):
        yield Origin(key, read(name, value))
    if line := lines(root).get(key):
        yield Origin(f"{FILE}, line {line.number}", read(name, line.value))


def names(root: Path) -> tuple[str, ...]:
    """Return the names that the environment and the file know, in small letters: a variable's capitals say nothing of a name's.

    Raises:
        Problems: the file is open to others (E603), or is not UTF-8 (E602).
    """
    found = {key for key, value in os.environ.items() if value} | set(lines(root))
    return tuple(sorted(key.removeprefix(PREFIX).lower() for key in found if key.startswith(PREFIX) and key != PREFIX))


def _from_airflow(name: str) -> Connection | None:
    """Ask Airflow, where this process is one of its tasks; `None` where it is not, or where Airflow does not know the name."""
    if "airflow" not in sys.modules:
        return None
    from airflow.exceptions import AirflowException, AirflowNotFoundException  # noqa: PLC0415  only inside Airflow
    from airflow.providers.common.compat.sdk import BaseHook  # noqa: PLC0415  only inside Airflow

    try:
        found = BaseHook.get_connection(name)
    except (AirflowNotFoundException, AirflowException):
        return None
    fields = {key: getattr(found, key) for key in ("conn_type", "host", "port", "login", "password", "schema")}
    return connection(name, {**fields, "extra": found.extra_dejson})
