"""Names of connections -> real systems, resolved when a pipeline runs and never written anywhere.

A name is looked up in Airflow (only inside a process that has imported it: a task), then in the environment as
`AIRFLOW_CONN_<NAME>`, then in `<root>/.dataeng/connections.env`, whose lines are `AIRFLOW_CONN_<NAME>=…` too, so that the file can
be given to Airflow as it stands. A value is Airflow's URI (`postgres://user:password@host:5432/database?sslmode=require`)
or Airflow's JSON (`{"conn_type": "fs", "extra": {"path": "/data"}}`).
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX: Final = "AIRFLOW_CONN_"
"""What stands before the name, in capitals, in the environment and in the file."""

KINDS: Final = {
    "fs": "files",
    "file": "files",
    "files": "files",
    "postgres": "postgres",
    "postgresql": "postgres",
    "duckdb": "duckdb",
    "sqlite": "sqlite",
}
"""Airflow's word for a kind of connection (its `conn_type`) -> ours."""

_LIBPQ: Final = ("application_name", "connect_timeout", "keepalives_idle", "options", "sslcert", "sslkey", "sslmode", "sslrootcert")
"""What of a connection's `extra` libpq understands; the rest is other programs' business."""

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)")


@dataclass(frozen=True, slots=True)
class Connection:
    """One resolved connection. What only its kind knows stands in `extra`; the password is kept out of every `repr`."""

    name: str
    kind: str
    host: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


def resolve(name: str, root: Path) -> Connection:
    """Return the connection of this name.

    Raises:
        Problems: nobody knows it (E601), its value cannot be read (E602), the file is open to others (E603), its kind is unknown (E604).
    """
    found = _from_airflow(name)
    if found is None and (value := os.environ.get(PREFIX + name.upper())):
        found = _read(name, value)
    if found is None and (value := _file(root).get(PREFIX + name.upper())):
        found = _read(name, value)
    if found is None:
        message = f"the connection `{name}` is not known here"
        advice = f"set `{PREFIX}{name.upper()}`, or write the line into `.dataeng/connections.env`, or add it to Airflow's connections"
        raise Problems(Diagnostic("E601", message, help=advice))
    return found


def folder(name: str | None, root: Path) -> Path:
    """Return the folder that a connection of the kind `files` means; the project's root without one.

    Raises:
        Problems: as `resolve`; or the connection does not say which folder it means (E607).
    """
    if name is None:
        return root
    found = resolve(name, root)
    where = found.extra.get("path") or found.host or found.database
    if found.kind != "files" or not where:
        message = f"the connection `{name}` does not say which folder it means"
        raise Problems(Diagnostic("E607", message, help='write it as JSON: {"conn_type": "fs", "extra": {"path": "/data/landing"}}'))
    return root / where


def libpq(found: Connection, options: str) -> dict[str, Any]:  # Any: keywords of the driver, each of its own type
    """Return what a driver of PostgreSQL connects by; `options` are of the session, before those of the connection itself."""
    extra = {key: value for key, value in found.extra.items() if key in _LIBPQ}
    options = f"{extra.pop('options', '')} {options} -c client_encoding=UTF8".strip()
    where = {"host": found.host, "port": found.port, "user": found.user, "password": found.password, "dbname": found.database}
    return {"application_name": "dataeng_ai", "connect_timeout": "10", **extra, **where, "options": options}


def file_of(found: Connection, root: Path) -> Path:
    """Return the file of a database that is one.

    Raises:
        Problems: the connection does not say which file it means (E602).
    """
    path = found.extra.get("path") or found.host or found.database
    if path is None:
        message = f"the connection `{found.name}` does not say which file it means"
        advice = f'write it as JSON: {{"conn_type": "{found.kind}", "extra": {{"path": "/data/shop.{found.kind}"}}}}'
        raise Problems(Diagnostic("E602", message, help=advice))
    return root / path


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
    return _connection(name, {**fields, "extra": found.extra_dejson})


def _file(root: Path) -> Mapping[str, str]:
    path = root / ".dataeng" / "connections.env"
    if not path.is_file():
        return {}
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"`{path}` holds secrets, and others than its owner may open it"
        raise Problems(Diagnostic("E603", message, help=f"chmod 600 {path}"))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Problems(Diagnostic("E602", f"`{path}` is not UTF-8", help="write it again, as UTF-8")) from None
    lines = (_LINE.fullmatch(line.strip()) for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {match[1].upper(): _unquoted(match[2].strip()) for match in lines if match}


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _read(name: str, value: str) -> Connection:
    """Read Airflow's URI or JSON. What is wrong is said without the value: it holds the password."""
    try:
        fields = json.loads(value) if value.lstrip().startswith("{") else _uri(value)
        return _connection(name, fields)
    except (ValueError, TypeError, AttributeError) as error:
        message = f"the value of the connection `{name}` is neither a URI nor JSON as Airflow writes them"
        advice = f"{PREFIX}{name.upper()}=postgres://user:password@host:5432/database"
        raise Problems(Diagnostic("E602", message, help=advice)) from error


def _uri(value: str) -> Mapping[str, Any]:
    parts = urlsplit(value)
    if not parts.scheme:
        raise ValueError
    extra = dict(parse_qsl(parts.query, keep_blank_values=True))
    return {
        "conn_type": parts.scheme,
        "host": unquote(_host(parts.netloc)),
        "port": parts.port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "schema": unquote(parts.path.removeprefix("/")),
        "extra": json.loads(extra["__extra__"]) if "__extra__" in extra else extra,
    }


def _host(netloc: str) -> str:
    """Return the host as it was written: `SplitResult.hostname` makes capitals small, and a folder may stand here."""
    host = netloc.rpartition("@")[2]
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _connection(name: str, fields: Mapping[str, Any]) -> Connection:
    word = str(fields.get("conn_type") or "").replace("-", "_").lower()
    if word not in KINDS:
        message = f"the connection `{name}` is of a kind that is not known here: `{word}`"
        raise Problems(Diagnostic("E604", message, help="a kind is one of " + ", ".join(f"`{kind}`" for kind in KINDS)))
    extra = fields.get("extra") or {}
    extra = json.loads(extra) if isinstance(extra, str) else extra
    return Connection(
        name=name,
        kind=KINDS[word],
        host=fields.get("host") or None,
        port=int(fields["port"]) if fields.get("port") else None,
        user=fields.get("login") or None,
        password=fields.get("password") or None,
        database=fields.get("schema") or None,
        extra={str(key): str(value) for key, value in extra.items()},
    )
