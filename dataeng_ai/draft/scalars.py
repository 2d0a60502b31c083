"""One value as YAML text, both ways: what an unquoted word means (YAML 1.2), and how a value is written."""

from __future__ import annotations

import math
import re
from enum import Enum
from typing import Final


class Auto(Enum):
    """The type of `AUTO`: no model takes it for a text."""

    AUTO = "auto"

    def __repr__(self) -> str:
        """Return the bare word."""
        return "AUTO"


AUTO: Final = Auto.AUTO
"""Stands for a value that is still to be decided: the person wrote nothing, or a plain `auto`."""

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {word: truth for truth, words in ((True, "true True TRUE"), (False, "false False FALSE")) for word in words.split()}
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,999})")
_BASED: Final = re.compile(r"0o[0-7]{1,99}|0x[0-9a-fA-F]{1,99}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

_WORDS: Final = re.compile(r"[^\W\d][\w./%+-]*( [\w][\w./%+-]*)*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+(\.[0-9]+)?(%|[smhd])")
_DOUBTFUL: Final = frozenset({"auto", "y", "n", "yes", "no", "on", "off"})
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def resolve(word: str) -> object:
    """Return what an unquoted word means. `no`, `on`, `010`, `1:30`, `.nan` and dates are texts."""
    if word in _NULLS:
        return None
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if _INT.fullmatch(word):
        return int(word)
    if _BASED.fullmatch(word):
        return int(word, 0)
    if _FLOAT.fullmatch(word) and math.isfinite(number := float(word)):
        return number
    return word


def write_scalar(value: object) -> str:
    """Return a value that is no list and no mapping as YAML text on one line, good in block and in flow.

    Raises:
        TypeError: it is none of text, int, float, bool, None and AUTO.
        ValueError: it is not a finite number, or a text that Unicode cannot encode.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Auto():
            return "auto"
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case float():
            message = f"{value} cannot stand in a spec"
            raise ValueError(message)
        case str():
            return quote(value)
        case _:
            message = f"a {type(value).__name__} cannot stand in a spec"
            raise TypeError(message)


def quote(text: str) -> str:
    """Return a text as YAML: bare when it is plain words, else in double quotes, or in single ones where it holds double ones."""
    if _WORDS.fullmatch(text) and text.lower() not in _DOUBTFUL and resolve(text) == text:
        return text
    if not text.isprintable() and text.encode("utf-8"):  # encoding raises on half a surrogate pair
        return double_quoted(text)
    if ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """Return a text in double quotes, on one line, with everything that does not print escaped."""
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _escape(char)) for char in text) + '"'


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  YAML's three widths
