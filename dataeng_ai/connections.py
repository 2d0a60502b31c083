"""Names of connections -> real systems, resolved when a pipeline runs and never written anywhere.

A name is looked up in Airflow (only inside a process that has imported it: a task), then in the environment as
`AIRFLOW_CONN_<NAME>`, then in `<root>/.dataeng/connections.env`, whose lines are `AIRFLOW_CONN_<NAME>=…` too, so that the file can
be given to Airflow as it stands. A value is Airflow's URI (`postgres://user:password@host:5432/database?sslmode=require`)
or Airflow's JSON (`{"conn_type": "fs", "extra": {"path": "/data"}}`).

The file is long because what each kind is opened by stands here too: sources and targets both open it, and know nothing of each other.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PREFIX: Final = "AIRFLOW_CONN_"
"""What stands before the name, in capitals, in the environment and in the file."""

FILE: Final = ".dataeng/connections.env"
"""The file, below the root of the project."""

KINDS: Final = {
    "fs": "files",
    "file": "files",
    "files": "files",
    "aws": "files",
    "s3": "files",
    "http": "files",
    "https": "files",
    "hdfs": "files",
    "webhdfs": "files",
    "postgres": "postgres",
    "postgresql": "postgres",
    "duckdb": "duckdb",
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "clickhouse": "clickhouse",
    "kafka": "kafka",
}
"""Airflow's word for a kind of connection (its `conn_type`) -> ours."""

_LIBPQ: Final = ("application_name", "connect_timeout", "keepalives_idle", "options", "sslcert", "sslkey", "sslmode", "sslrootcert")
"""What of a connection's `extra` libpq understands; the rest is other programs' business."""

HEADERS: Final = "headers"
"""The setting that holds what is sent to a web server with every request: any of it may be a key to it."""

_SETS = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)")
_SECRET = re.compile(
    r"(?:.*[_.-])?(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:api|access|secret|private)[_-]?key|authorization|cookie|auth)",
    re.IGNORECASE,
)
_VEIL = "•••"


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
    """What is no text there, a list or a mapping, is JSON here."""
    word: str = field(default="", compare=False)
    """Airflow's own word, its `conn_type`: which of the stores a connection of the kind `files` means."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that knows a connection, and what it says."""

    where: str
    value: Connection


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was seen when a connection was opened."""

    what: str
    words: str
    good: bool = True
    """False where a spec of the project needs it otherwise; then `fix` says what to do."""
    fix: str = ""
    number: float | None = None
    """What a program reads, where it is a number."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a spec names a connection."""

    spec: str
    role: Literal["source", "target"]
    table: str | None = None
    """As the spec writes it, where it does."""


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
    if line := _file(root).get(key):
        yield Origin(f"{FILE}, line {line.number}", read(name, line.value))


def names(root: Path) -> tuple[str, ...]:
    """Return the names that the environment and the file know, in small letters: a variable's capitals say nothing of a name's.

    Raises:
        Problems: the file is open to others (E603), or is not UTF-8 (E602).
    """
    found = {key for key, value in os.environ.items() if value} | set(_file(root))
    return tuple(sorted(key.removeprefix(PREFIX).lower() for key in found if key.startswith(PREFIX) and key != PREFIX))


def written(connection: Connection) -> str:
    """Return a connection as a value of `FILE`: Airflow's JSON, in one line."""
    fields = {
        "conn_type": connection.word or next(word for word, kind in KINDS.items() if kind == connection.kind),
        "host": connection.host,
        "port": connection.port,
        "login": connection.user,
        "password": connection.password,
        "schema": connection.database,
        "extra": {key: _unpacked(value) for key, value in connection.extra.items()},
    }
    return json.dumps({key: value for key, value in fields.items() if value}, ensure_ascii=False)


def secrets(connection: Connection) -> tuple[str, ...]:
    """Return what of a connection must never be shown, as it stands and as an address writes it; the longest first."""
    held = [connection.password, *(value for key, value in connection.extra.items() if _SECRET.fullmatch(key))]
    for key, value in connection.extra.items():
        if isinstance(inner := _unpacked(value), dict):
            held += [str(each) for name, each in inner.items() if key == HEADERS or _SECRET.fullmatch(name)]
    found = {text for value in held if value for text in (value, quote(value, safe=""), quote(value))}
    return tuple(sorted(found, key=len, reverse=True))


def _unpacked(value: str) -> Any:  # noqa: ANN401  JSON
    """Return the list or the mapping that a setting is; any other as it stands."""
    if value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def block(found: Connection, key: str) -> dict[str, Any]:  # Any: JSON
    """Return what a setting holds that is a mapping; nothing where it is none."""
    value = _unpacked(found.extra.get(key, ""))
    return value if isinstance(value, dict) else {}


def veiled(text: str, connection: Connection) -> str:
    """Return what somebody else said about a connection, on one line, without its secrets."""
    for secret in secrets(connection):
        text = text.replace(secret, _VEIL)
    return " ".join(text.split())


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


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    value: str = field(repr=False)


def line_of(text: str) -> str | None:
    """Return the variable, in capitals, that a line of the file sets; None for a comment, a blank line, or anything else."""
    match = None if text.lstrip().startswith("#") else _SETS.fullmatch(text.strip())
    return match[1].upper() if match else None


def _file(root: Path) -> Mapping[str, _Line]:
    path = root / FILE
    if not path.is_file():
        return {}
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"`{path}` holds secrets, and others than its owner may open it"
        raise Problems(Diagnostic("E603", message, help=f"chmod 600 {path}"))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Problems(Diagnostic("E602", f"`{path}` is not UTF-8", help="write it again, as UTF-8")) from None
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _SETS.fullmatch(line.strip())
        if match and (name := line_of(line)):
            found[name] = _Line(number, _unquoted(match[2].strip()))
    return found


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


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
