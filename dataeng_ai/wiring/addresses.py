"""Stores of files as a person writes them: `s3://bucket/folder`, `https://host/folder`, `hdfs://namenode:8020/folder`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from dataeng_ai.asking import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.connections import Connection

_PASSWORD: Final = Field("password", "not shown while you type", hidden=True)
_WHO: Final = (Field("user", "empty where none is asked for"), _PASSWORD)
BLANKS: Final = {
    "s3": (
        Field("user", "the key's id; empty for what this machine has: a profile, a role"),
        replace(_PASSWORD, words="the key's secret, not shown while you type"),
        Field("region_name", "such as eu-central-1; empty for a server of your own"),
        Field("endpoint_url", "https://… of a server of your own; empty for Amazon's"),
    ),
    "http": _WHO,
    "https": _WHO,
    "hdfs": (Field("user", "empty for the one of this machine"),),
    "webhdfs": _WHO,
}
"""Scheme, which is Airflow's word too -> what else is asked; all of it may stay empty."""


def scheme(address: str) -> str | None:
    """Return the scheme of a store's address; None for a folder."""
    word = address.partition("://")[0].lower()
    return word if "://" in address and word in BLANKS else None


def address(found: Connection) -> str | None:
    """Return what a person would write for a connection; None for a folder."""
    extra = found.extra
    word = "s3" if found.word == "aws" else found.word
    if word not in BLANKS:
        return None
    host = (extra.get("bucket") or found.host or found.database) if word == "s3" else found.host
    port = f":{found.port}" if found.port else ""
    return f"{word}://{host or ''}{port}/{extra.get('path', '')}".rstrip("/")


def flaw(address_: str) -> str:
    """Return what is wrong with an address; nothing where it can stand."""
    if scheme(address_) is None:
        return ""
    try:
        parts = urlsplit(address_)
        _ = parts.port
    except ValueError:
        return "that is no address"
    if "@" in parts.netloc:
        return "without name and password: they are asked for"
    return "" if parts.hostname else "it has no host, or no bucket"


def connection(now: Connection, answers: Mapping[str, str]) -> Connection:
    """Return the connection that the answers describe, beside what was set before."""
    parts = urlsplit(answers["path"])
    word, path = parts.scheme.lower(), parts.path.strip("/")
    host, _, port = parts.netloc.partition(":")
    asked = {key: answers.get(key, "") for key in ("region_name", "endpoint_url")} | {"path": path}
    asked |= {"bucket": host} if word == "s3" else {}
    kept = {key: value for key, value in now.extra.items() if key not in asked and key != "bucket_name"}
    return replace(
        now,
        word="aws" if word == "s3" else word,
        host=None if word == "s3" else host,
        port=int(port) if port else None,
        user=answers.get("user") or None,
        password=answers.get("password") or now.password,
        database=None,
        extra=kept | {key: value for key, value in asked.items() if value},
    )
