"""What one connection is, resolved, and what of it must never be shown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "AIRFLOW_CONN_"
"""What stands before the name, in capitals, in the environment and in the file."""

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

HEADERS: Final = "headers"
"""The setting that holds what is sent to a web server with every request: any of it may be a key to it."""

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


def secrets(connection: Connection) -> tuple[str, ...]:
    """Return what of a connection must never be shown, as it stands and as an address writes it; the longest first."""
    held = [connection.password, *(value for key, value in connection.extra.items() if _SECRET.fullmatch(key))]
    for key, value in connection.extra.items():
        if isinstance(inner := unpacked(value), dict):
            held += [str(each) for name, each in inner.items() if key == HEADERS or _SECRET.fullmatch(name)]
    found = {text for value in held if value for text in (value, quote(value, safe=""), quote(value))}
    return tuple(sorted(found, key=len, reverse=True))


def unpacked(value: str) -> Any:  # noqa: ANN401  JSON
    """Return the list or the mapping that a setting is; any other as it stands."""
    if value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def block(found: Connection, key: str) -> dict[str, Any]:  # Any: JSON
    """Return what a setting holds that is a mapping; nothing where it is none."""
    value = unpacked(found.extra.get(key, ""))
    return value if isinstance(value, dict) else {}


def veiled(text: str, connection: Connection) -> str:
    """Return what somebody else said about a connection, on one line, without its secrets."""
    for secret in secrets(connection):
        text = text.replace(secret, _VEIL)
    return " ".join(text.split())
