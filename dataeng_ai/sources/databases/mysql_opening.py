"""MySQL and MariaDB as a source: a session that only reads, and their errors as ours, in one table."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pymysql
from pymysql import converters

from dataeng_ai.connections import veiled
from dataeng_ai.diagnostics import Diagnostic, Problems, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.connections import Connection

PORT: Final = 3306

_PATIENCE: Final = 10
"""Seconds to open a connection in."""
_RETRY: Final = "look at the server, then run again: nothing half done is left"
_TIME: Final = "let the query read less, or give it time: `run: {timeout: 2h}`"
_READS: Final = "write a SELECT that only reads"
_OURS: Final = (
    ((1045, 1698, 1251, 2059, 1524, 3118), "E612", "the server does not let us in", "check the user and the password of the connection"),
    ((1044, 1049), "E612", "there is no such database, or not for us", "check the database of the connection"),
    ((1142, 1143, 1227, 1370), "E613", "a right is missing", "GRANT SELECT on the table"),
    ((1146, 1051, 1109), "E350", "there is no such table", "check `table`: a database stands before a point"),
    ((1792, 1290, 1036), "E352", "the query changes something, and only reading is allowed here", _READS),
    ((1969, 3024, 1317), "E353", "it took longer than it may", _TIME),
    ((1021, 1037, 1038, 1040, 1041, 1114, 1135, 1203, 3675), "E611", "the server is out of disk, memory or connections", _RETRY),
    ((1053, 1079, 1158, 1159, 1160, 1161, 1927, 2000), "E610", "the server does not answer", _RETRY),
    ((2026,), "E626", "the two sides do not agree on encryption", "correct `sslmode` of the connection"),
)
"""Numbers of errors -> code, what it means, what to do."""
_REFUSES: Final = ["E351", "the database refuses", "correct `table` or `query`"]
_CLIENT: Final = range(2000, 3000)
"""Numbers of what went wrong on our side of the line."""
_OUTSIDE: Final = ("E610", "E611", "E612", "E626")


def opened(found: Connection, timeout: int) -> pymysql.Connection[Any]:
    """Open a session in UTC and UTF-8 in which no statement takes longer than `timeout` seconds.

    Raises:
        Unreachable: the server does not answer, or does not let us in (E61x, E626).
    """
    with ours(found):
        connection = pymysql.connect(
            host=found.host or "localhost",
            port=found.port or PORT,
            user=found.user,
            password=(found.password or "").encode(),  # the driver itself would take Latin letters alone
            database=found.database,
            charset="utf8mb4",
            connect_timeout=_PATIENCE,
            read_timeout=timeout + 60,
            autocommit=True,
            program_name="dataeng_ai",
            conv={key: value for key, value in converters.conversions.items() if not isinstance(key, int)},  # texts stay texts
            **_tls(found),
        )
        with connection.cursor() as cursor:
            maria = is_maria(connection)
            limit = "SET SESSION max_statement_time = %s" if maria else "SET SESSION max_execution_time = %s"
            cursor.execute(limit, [timeout if maria else timeout * 1000])
            cursor.execute("SET SESSION time_zone = '+00:00', net_write_timeout = 600, sql_mode = ''")
        return connection


def is_maria(connection: pymysql.Connection[Any]) -> bool:
    """Say whether the server is MariaDB, whose catalogue and settings have other words here and there."""
    return "mariadb" in str(connection.get_server_info()).casefold()  # type: ignore[no-untyped-call]  # the stubs leave it so


def _tls(found: Connection) -> dict[str, Any]:  # Any: keywords of the driver, each of its own type
    """Return what `sslmode` asks for, in the words of libpq, which the other databases' connections have too."""
    mode, root = found.extra.get("sslmode"), found.extra.get("sslrootcert")
    if mode == "disable":
        return {"ssl_disabled": True}
    if mode in ("require", "verify-ca", "verify-full"):
        context = ssl.create_default_context(cafile=root)
        context.check_hostname = mode == "verify-full"
        context.verify_mode = ssl.CERT_NONE if mode == "require" else ssl.CERT_REQUIRED
        return {"ssl": context}
    return {}


@contextmanager
def ours(found: Connection) -> Iterator[None]:
    """Turn the server's errors, and the driver's, into diagnostics that name the connection."""
    where = f"the source connection `{found.name}`"
    try:
        yield
    except pymysql.MySQLError as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        said = veiled(str(error.args[-1] if error.args else error), found)
        code, meaning, advice = next((found for numbers, *found in _OURS if number in numbers), _REFUSES)
        if code == "E351" and (number in _CLIENT or isinstance(error, pymysql.InterfaceError)):
            code, meaning, advice = "E610", "the server does not answer", _RETRY
        raise (Unreachable if code in _OUTSIDE else Problems)(Diagnostic(code, f"{where}: {meaning}: {said}", help=advice)) from None
    except ssl.SSLError as error:
        message = f"{where}: the two sides do not agree on encryption: {error.reason}"
        raise Unreachable(Diagnostic("E626", message, help="correct `sslmode` of the connection")) from None
    except UnicodeDecodeError as error:
        message = f"{where}: a text is not in the character set that its column declares: {error.reason}"
        raise Problems(Diagnostic("E351", message, help="read the column as bytes: `CAST(name AS BINARY)` in a query")) from None
