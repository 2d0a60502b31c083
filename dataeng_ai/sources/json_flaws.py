"""What makes a text of JSON no record, though the decoder takes it: half a character, brackets too deep; and how such a text is shown."""

from __future__ import annotations

import re
from typing import Final

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.prepared import MAX_RAW

MAX_DEPTH: Final = 500
"""Brackets within brackets. Each is a call of the decoder, and Python allows a thousand."""

TWICE: Final = "a key stands twice in one object"
TOO_DEEP: Final = f"nested more than {MAX_DEPTH} deep"
HALF: Final = "half of a surrogate pair, which is no character"
ENCODING: Final = "bytes that are not UTF-8"
NUL: Final = "a text holds the character NUL, which no column of texts may"
NO_OBJECT: Final = "not an object"
UNFIT: Final = "a single value where the spec has columns of an object"

_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
_UNDECODED: Final = re.compile("[\ud800-\udfff]")
_NOT_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\[\s\S])*"?|[^][{}"]+')
"""A string, ended or not, or anything between brackets."""


def half(raw: str) -> str | None:
    """Return why a text of JSON holds what is no character; None where it does not."""
    if _UNDECODED.search(raw):
        return ENCODING
    return HALF if _HALF.search(_PAIR.sub("", raw.replace("\\\\", "  "))) else None


def undecoded(text: str, start: int, end: int) -> int | None:
    """Return the place of the first byte in a part of a text that was none of UTF-8."""
    found = _UNDECODED.search(text, start, end)
    return found.start() if found else None


def holds_nul(value: object) -> bool:
    """Say whether a text among the values of a decoded record, or within its objects, holds a NUL; in a list it stays escaped."""
    if isinstance(value, dict):
        return any(map(holds_nul, value.values()))
    return isinstance(value, str) and "\0" in value


def depth(raw: str) -> int:
    """Return how many brackets stand within one another."""
    open_ = deepest = 0
    for mark in _NOT_BRACKETS.sub("", raw):
        open_ += 1 if mark in "[{" else -1
        deepest = max(deepest, open_)
    return deepest


def is_open(raw: str) -> bool:
    """Say whether a text ends within an object or a list."""
    return sum(1 if mark in "[{" else -1 for mark in _NOT_BRACKETS.sub("", raw)) > 0


def is_text(window: str) -> bool:
    """Say whether a text can be written as UTF-8: what could not be decoded, and raw halves of pairs, cannot."""
    try:
        return window.isascii() or bool(window.encode())
    except UnicodeEncodeError:
        return False


def shown(raw: str) -> str:
    r"""Return a record's text as it can be shown: bytes that are no UTF-8 as `\x98`, at most 4,096 characters."""
    text = raw if is_text(raw) else raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text if len(text) <= MAX_RAW else text[: MAX_RAW - 1] + "…"


def not_utf8(name: str, why: str) -> Problems:
    """Return what is said of a file in another encoding."""
    hint = "was it written in Windows-1251? `iconv -f cp1251 -t utf-8` makes it JSON; nothing of it was loaded"
    return Problems(Diagnostic("E315", f"`{name}` is not UTF-8, which JSON has to be: {why}", help=hint))
