"""The connections that Airflow keeps: its database, and its backend of secrets where it has one. A process of its own asks it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import progress
from dataeng_ai.connections import PREFIX, unknown
from dataeng_ai.connections.values import connection
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.connections import Connection

_PROGRAM: Final = Path(__file__).with_name("inside_airflow.py")
_PATIENCE: Final = 300
_SILENT: Final = "no answer"
_QUIET: Final = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
_CAUSES: Final = {
    "absent": ("Airflow is not installed here", "run this where Airflow runs"),
    "database": (
        "Airflow's database is not there, or does not answer",
        "set AIRFLOW_HOME as Airflow has it; `airflow db migrate` makes one",
    ),
}


def is_near() -> bool:
    """Say whether there is an Airflow here of which a person has said where it lives: any other would cost seconds and know nothing."""
    return bool(os.environ.get("AIRFLOW_HOME")) and find_spec("airflow") is not None


def stored(wanted: Sequence[str] = (), python: str = sys.executable) -> Mapping[str, Mapping[str, Any]]:
    """Return Airflow's fields of each connection that it keeps. Variables of the environment do not count: we read those ourselves.

    Raises:
        Unreachable: it cannot be asked (E633).
    """
    progress.say("asking Airflow")
    # Airflow would take our variables for connections of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | _QUIET
    command = [python, "-P", "-W", "ignore", str(_PROGRAM), *wanted]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603  our own program
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise _refused(_SILENT) from None
    found: Mapping[str, Mapping[str, Any]] = answer["found"]
    if answer["error"] and not any(name in found for name in wanted):
        raise _refused(answer["error"])
    return found


def one(name: str, found: Mapping[str, Mapping[str, Any]]) -> tuple[Connection, str]:
    """Return a connection that Airflow keeps, and its value as a line of the file.

    Raises:
        Problems: Airflow does not know it (E601), or its kind is not known here (E604).
    """
    fields = found.get(name)
    if fields is None:
        listed = ", ".join(f"`{each}`" for each in sorted(found)[:10]) or "none"
        raise Problems(Diagnostic("E601", f"Airflow does not know the connection `{name}`; it knows {listed}", help=unknown(name).help))
    kept = {key: value for key, value in fields.items() if value}
    return connection(name, fields), json.dumps(kept, ensure_ascii=False)


def _refused(error: str) -> Problems:
    message, advice = _CAUSES.get(error, (f"Airflow cannot be asked for its connections: {error}", "look at its configuration"))
    return Unreachable(Diagnostic("E633", message, help=advice))
