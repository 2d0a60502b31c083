"""Paths of nested records, such as `customer.address.city`: one text per place, and no two places with one text.

A key that is empty, or holds a point, a quote, a control character or a blank at its edge, stands in double quotes as JSON writes
it: `{"a.b": 1}` is the column `"a.b"` with its quotes, `{"a": {"b": 1}}` is `a.b`.

A path of records may end in `*`: `countries.*` are the members of the object `countries`, each with its key as `_key`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

EACH: Final = "*"
"""Each member of an object whose keys are data."""
KEY: Final = "_key"
"""The column of its key."""

_PLAIN: Final = re.compile(r"""[^."\s\x00-\x1f\x7f\ud800-\udfff](?:[^."\x00-\x1f\x7f\ud800-\udfff]*[^."\s\x00-\x1f\x7f\ud800-\udfff])?""")
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a pair, which nothing can write but JSON, escaped."""
_PART: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^."]+')


def joined(keys: Iterable[str]) -> str:
    """Return the path of a place, from the keys that lead there."""
    return ".".join(key if _PLAIN.fullmatch(key) else json.dumps(key, ensure_ascii=_HALF.search(key) is not None) for key in keys)


def keys_of(path: str) -> tuple[str, ...] | None:
    """Return the keys of a path, None where it is not written as one."""
    found: list[str] = []
    at = 0
    while match := _PART.match(path, at):
        try:
            found.append(json.loads(match[0]) if match[0].startswith('"') else match[0])
        except ValueError:
            return None
        at = match.end()
        if at == len(path):
            return tuple(found)
        if path[at] != ".":
            return None
        at += 1
    return None


def record_path(keys: tuple[str, ...], *, members: bool = False) -> str:
    """Return the path of records: of the items of a list, or of the members of an object. A key that is a mere `*` stands in quotes."""
    path = joined(keys)
    if members:
        return f"{path}.{EACH}" if keys else EACH
    return path if keys[-1:] != (EACH,) else f'{path.removesuffix(EACH)}"{EACH}"'


def record_keys(path: str) -> tuple[tuple[str, ...] | None, bool]:
    """Return the keys that lead to the records, None where the path is not written as one, and whether those are members of an object."""
    if path == EACH:
        return (), True
    over = path.endswith("." + EACH)
    return keys_of(path[:-2] if over else path), over
