"""Globs over names that a store lists, with the meaning that they have in a folder: `*` stays within one, `**` does not."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WILD: Final = re.compile(r"[*?[]")
_ANY_DEPTH: Final = "**"


def is_glob(pattern: str) -> bool:
    """Say whether a pattern means more than a file of that very name."""
    return _WILD.search(pattern) is not None


def fixed(pattern: str) -> str:
    """Return what every name that a pattern means begins with: all before its first wildcard."""
    match = _WILD.search(pattern)
    return pattern[: match.start()] if match else pattern


def is_flat(pattern: str) -> bool:
    """Say whether all names that a pattern means are in one folder."""
    return "/" not in pattern[len(fixed(pattern)) :] and _ANY_DEPTH not in pattern


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what says whether a name is meant; as in a folder, a wildcard means no name that begins with a point."""
    parts = [None if part == _ANY_DEPTH else _part(part) for part in pattern.split("/")]
    return lambda name: _fits(name.split("/"), parts)


def _part(part: str) -> re.Pattern[str]:
    hidden = "" if part.startswith(".") or not is_glob(part) else r"(?!\.)"
    return re.compile(hidden + (translate(part) if is_glob(part) else f"{re.escape(part)}\\Z"), re.DOTALL)


def _fits(names: list[str], parts: list[re.Pattern[str] | None]) -> bool:
    """Say whether the folders and the name fit, one after another; `**` is any number of folders, and at the end any file below."""
    if not parts:
        return not names
    first, rest = parts[0], parts[1:]
    if first is not None:
        return bool(names) and first.match(names[0]) is not None and _fits(names[1:], rest)
    if not rest:
        return bool(names) and not any(name.startswith(".") for name in names)
    return any(_fits(names[skip:], rest) and not any(name.startswith(".") for name in names[:skip]) for skip in range(len(names)))


def meant(pattern: str, names: list[str]) -> set[str]:
    """Return the names that a pattern means: a file of exactly that name wins over reading the name as a glob."""
    if pattern in names:
        return {pattern}
    fits = matcher(pattern)
    return {name for name in names if fits(name)} if is_glob(pattern) else set()
