"""The rule that no secret stands in a spec. What it finds is never shown: `veil` sees to that."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from dataeng_ai.check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.check.look import Look
    from dataeng_ai.draft import Path

_KEYS: Final = re.compile(
    r"(?:.*_)?(?:password|passwd|pwd|secret|token|api_?key|access_?key|secret_?key|private_?key|credentials)", re.IGNORECASE
)
_SHAPES: Final = {
    "a password in an address": re.compile(r"\w+://[^/\s:@]*:[^/\s@]+@"),
    "a password": re.compile(r"\b(?:password|passwd|pwd|secret|token|api_?key)\s*[=:]\s*[^\s;,&]{3,}", re.IGNORECASE),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token": re.compile(r"\b(?:gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
_HINT: Final = re.compile(r"://|[=:]|AKIA|ASIA|gh[pousr]_|xox|sk-|eyJ|-----BEGIN")
"""What a text without any secret rarely holds: a quick look before the slow ones."""


def in_clear(look: Look) -> Iterator[Finding]:
    """A secret in clear.

    Specs stand in git and are shown to many. A spec names a connection; what the connection needs is kept in Airflow, in the variable
    AIRFLOW_CONN_<NAME>, or in .dataeng/connections.env, which git does not see. The message does not repeat the secret. If it was
    committed, it must be changed: git forgets nothing.

    Example: `path: "https://anna:pa55word@example.org/orders.csv"`
    Fix: `connection: shop`, and its address in the connection
    """
    for path, kind in _found(look.data, (), secret=False):
        advice = "put it into the connection (Airflow, or AIRFLOW_CONN_<NAME>), and change it if it was shared"
        yield Finding(path, f"{kind} stands here in clear", advice)


def _found(value: object, path: Path, *, secret: bool) -> Iterator[tuple[Path, str]]:
    """Yield the path of each text that holds a secret, and what kind it is, without the secret."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _found(inner, (*path, key), secret=secret or _names_a_secret(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _found(inner, (*path, index), secret=secret)
    elif isinstance(value, str) and (kind := "a secret" if secret and value.strip() else _kind(value)):
        yield path, kind


def _kind(text: str) -> str | None:
    if _HINT.search(text) is None:
        return None
    return next((kind for kind, shape in _SHAPES.items() if shape.search(text)), None)


@cache
def _names_a_secret(key: str) -> bool:
    return _KEYS.fullmatch(key) is not None
