"""A program that Airflow's own interpreter runs: it prints, as JSON, the connections that Airflow keeps.

Not imported by anything: importing Airflow takes seconds, changes logging and warnings, and writes its configuration.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main(wanted: list[str]) -> dict[str, Any]:
    """Return the fields of each connection by its name, and what went wrong, without a word of Airflow's: it may hold an address."""
    try:
        from airflow.configuration import conf  # noqa: PLC0415  importing it is what may fail
        from airflow.models import Connection  # noqa: PLC0415  as above
    except ImportError:
        return {"found": {}, "error": "absent"}
    found, error = {}, None
    for name in wanted:
        try:
            found[name] = _fields(Connection.get_connection_from_secrets(name))  # noqa: AIR311  the SDK's asks a task's supervisor
        except Exception as fault:  # noqa: BLE001  whatever a backend of secrets raises
            error = error if "NotFound" in type(fault).__name__ else type(fault).__name__
    address = conf.get("database", "sql_alchemy_conn")
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).exists():
        return {"found": found, "error": "database"}  # asking would make the file
    try:
        from airflow.utils.session import create_session  # noqa: PLC0415  as above

        with create_session() as session:
            for each in session.query(Connection):  # noqa: AIR311  the SDK's is no table
                found.setdefault(each.conn_id, _fields(each))
    except Exception as fault:  # noqa: BLE001  whatever the database raises
        name = type(fault).__name__
        error = "database" if name in {"OperationalError", "ProgrammingError"} else name
    return {"found": found, "error": error}


def _fields(each: Any) -> dict[str, Any]:  # noqa: ANN401  Airflow's own, which has another type in each version
    plain = {key: getattr(each, key) for key in ("conn_type", "host", "port", "login", "password", "schema")}
    return {**plain, "extra": each.extra_dejson}


if __name__ == "__main__":
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever Airflow prints goes another way
    said = json.dumps(main(sys.argv[1:]), default=str)
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        out.write(said)
