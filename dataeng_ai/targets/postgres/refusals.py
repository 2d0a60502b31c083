"""PostgreSQL: why a connection did not come about, and what to do, from what the driver and the server said.

There is no SQLSTATE before there is a connection, only a text: the driver's in English, the server's in English or in Russian.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import veiled
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from dataeng_ai.connections import Connection

_CAUSES: Final[tuple[tuple[tuple[str, ...], str, str, str], ...]] = (
    (("resolve host", "translate host name"), "E621", "nobody knows the host {host}", "look at its spelling, at DNS, at the VPN"),
    (
        ("Connection refused",),
        "E622",
        "nothing listens at {host}, port {port}",
        "look at the port (PostgreSQL's is 5432) and whether it runs",
    ),
    (("No such file or directory",), "E622", "no server on this machine listens at {host}", "say the host, or start the server"),
    (
        ("timeout", "timed out", "No route to host", "unreachable"),
        "E623",
        "there is no way to {host}, port {port}",
        "look at the address, the firewall and the VPN",
    ),
    (
        ("pg_hba.conf",),
        "E628",
        "the server does not admit {user} to {database} from this machine",
        "have a line for it added to pg_hba.conf; where that wants TLS: `sslmode` = `require`",
    ),
    (
        ("permission denied", "доступа"),
        "E613",
        "{user} may not connect to {database}",
        "have an administrator GRANT CONNECT on it",
    ),
    (
        ("password", "пароль", "паролю", "подлинност", "authentication failed", "role ", "роль "),
        "E624",
        "the server refuses {user}: the name or the password is wrong",
        "set both anew: {again}",
    ),
    (("database ", "база данных"), "E625", "there is no database {database}", "look at its name, or have it made: CREATE DATABASE"),
    (
        ("SSL negotiation", "expected authentication request", "closed the connection unexpectedly", "invalid response"),
        "E627",
        "what answers at {host}, port {port} is not PostgreSQL",
        "look at the port (PostgreSQL's is 5432)",
    ),
    (
        ("SSL", "TLS", "certificate", "sslmode"),
        "E626",
        "the two sides do not agree on TLS",
        "`sslmode` is disable, prefer, require, verify-ca or verify-full; the last two need the authority's file in `sslrootcert`",
    ),
    (("too many", "connection slots", "слишком много"), "E611", "the server has no connection left", "close others, or try again later"),
    (("starting up", "shutting down", "запускается", "отключается"), "E610", "the server is starting or stopping", "try again in a moment"),
)
"""Words -> code, what they mean, what to do; the first that fits."""

_STARTING: Final = ("starting up", "shutting down", "запускается", "отключается")


def refused(error: Exception, found: Connection) -> Problems:
    """Return the cause of a failure to connect, without a secret."""
    said = veiled(str(error), found)
    places = {
        "host": f"`{found.host}`" if found.host else "the local socket",
        "port": str(found.port or 5432),
        "user": f"the user `{found.user}`" if found.user else "the user",
        "database": f"the database `{found.database}`" if found.database else "that database",
        "again": f"`spec connections {found.name} --set`",
    }
    causes = _CAUSES[-1:] if any(word in said for word in _STARTING) else _CAUSES
    for words, code, meaning, advice in causes:
        if any(word in said for word in words):
            notes = (f"it said: {said}",)
            return Unreachable(Diagnostic(code, meaning.format(**places), notes=notes, help=advice.format(**places)))
    return Unreachable(Diagnostic("E610", f"`{found.name}` cannot be opened", notes=(f"it said: {said}",), help="read what it said"))
