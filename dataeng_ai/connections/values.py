"""The value of a connection, in Airflow's URI or JSON: read, and written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from dataeng_ai.connections.connection import KINDS, PREFIX, Connection, unpacked
from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Mapping


def written(connection: Connection) -> str:
    """Return a connection as Airflow's JSON, in one line."""
    fields = {
        "conn_type": connection.word or next(word for word, kind in KINDS.items() if kind == connection.kind),
        "host": connection.host,
        "port": connection.port,
        "login": connection.user,
        "password": connection.password,
        "schema": connection.database,
        "extra": {key: unpacked(value) for key, value in connection.extra.items()},
    }
    return json.dumps({key: value for key, value in fields.items() if value}, ensure_ascii=False)


def read(name: str, value: str) -> Connection:
    """Read Airflow's URI or JSON. What is wrong is said without the value: it holds the password.

    Raises:
        Problems: it is neither (E602), or its kind is unknown (E604).
    """
    try:
        fields = json.loads(value) if value.lstrip().startswith("{") else _uri(value)
        return connection(name, fields)
    except (ValueError, TypeError, AttributeError) as error:
        message = f"the value of the connection `{name}` is neither a URI nor JSON as Airflow writes them"
        line = f"{PREFIX}{name.upper()}=postgres://user:password@host:5432/database"
        advice = f"{line}, in the password %23 for #, %2F for /, %3F for ?, %40 for @"
        raise Problems(Diagnostic("E602", message, help=advice)) from error


def _uri(value: str) -> Mapping[str, Any]:
    parts = urlsplit(value)
    # A `#`, `?` or `/` that stands as itself in a password ends the address there: what is left of it must not pass for a host.
    torn = parts.netloc and "@" not in parts.netloc and "@" in parts.path + parts.query + parts.fragment
    if not parts.scheme or torn:
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


def connection(name: str, fields: Mapping[str, Any]) -> Connection:
    """Return the connection that Airflow's fields describe.

    Raises:
        Problems: its kind is unknown (E604).
    """
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
        extra={
            str(key): json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
            for key, value in extra.items()
        },
        word=word,
    )
