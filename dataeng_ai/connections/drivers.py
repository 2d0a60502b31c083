"""What each kind of connection is opened by, in the words of its driver; sources and targets open it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.connections.connection import Connection

_LIBPQ: Final = ("application_name", "connect_timeout", "keepalives_idle", "options", "sslcert", "sslkey", "sslmode", "sslrootcert")
"""What of a connection's `extra` libpq understands; the rest is other programs' business."""


def folder_of(found: Connection, root: Path) -> Path:
    """Return the folder that a connection of the kind `files` means.

    Raises:
        Problems: it does not say which (E607).
    """
    where = found.extra.get("path") or found.host or found.database
    if found.kind != "files" or not where:
        message = f"the connection `{found.name}` does not say which folder it means"
        raise Problems(Diagnostic("E607", message, help='write it as JSON: {"conn_type": "fs", "extra": {"path": "/data/landing"}}'))
    return root / where


def libpq(found: Connection, options: str) -> dict[str, Any]:  # Any: keywords of the driver, each of its own type
    """Return what a driver of PostgreSQL connects by; `options` are of the session, before those of the connection itself."""
    extra = {key: value for key, value in found.extra.items() if key in _LIBPQ}
    options = f"{extra.pop('options', '')} {options} -c client_encoding=UTF8".strip()
    where = {"host": found.host, "port": found.port, "user": found.user, "password": found.password, "dbname": found.database}
    return {"application_name": "dataeng_ai", "connect_timeout": "10", **extra, **where, "options": options}


def clickhouse(found: Connection) -> dict[str, Any]:  # Any: keywords of the driver, each of its own type
    """Return what clickhouse-connect connects by, over HTTP; `sslmode` is in the words of libpq, `secure` in those of the driver."""
    mode = found.extra.get("sslmode") or ("verify-full" if found.extra.get("secure", "").lower() in ("1", "true") else "disable")
    secure = mode in ("require", "verify-ca", "verify-full")
    return {
        "host": found.host or "localhost",
        "port": found.port or (8443 if secure else 8123),
        "username": found.user or "default",
        "password": found.password or "",
        "database": found.database or "default",
        "secure": secure,
        "verify": mode != "require",
        "ca_cert": found.extra.get("sslrootcert"),
        "connect_timeout": 10,
    }


def kafka(found: Connection) -> dict[str, Any]:  # Any: settings of the driver, each of its own type
    """Return what librdkafka connects by: brokers as `host` (several with commas between), or any of its own words in `extra`."""
    hosts = (found.host or "localhost").split(",")
    servers = ",".join(host if ":" in host else f"{host}:{found.port or 9092}" for host in hosts)
    words = {key: value for key, value in found.extra.items() if key.split(".")[0] in ("bootstrap", "security", "sasl", "ssl", "client")}
    secure = found.extra.get("sslmode") in ("require", "verify-ca", "verify-full")
    if found.user:
        protocol = "SASL_SSL" if secure else "SASL_PLAINTEXT"
        named = {
            "security.protocol": protocol,
            "sasl.mechanism": "PLAIN",
            "sasl.username": found.user,
            "sasl.password": found.password or "",
        }
    else:
        named = {"security.protocol": "SSL" if secure else "PLAINTEXT"}
    return {"bootstrap.servers": servers, "client.id": "dataeng_ai", **named, **words}


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
