"""Where in a YAML text the cursor stands: found in a text that is not finished, so without a parser of YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_KEY: Final = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'{}\[\],:][^#{}\[\],:]*?)[ ]*:(?:[ ]+|$)""")
_LITERAL: Final = re.compile(r"[|>][+-]?\d?\s*(#.*)?$")


@dataclass(slots=True)
class Level:
    """A mapping or a list that is open where the cursor stands."""

    indent: int
    kind: str
    """`map` or `list`, in block form; `{` or `[`, in flow form."""
    key: str | None = None
    """The key whose value is being written."""
    present: dict[str, str] = field(default_factory=dict)
    """The keys so far, each with its value where that is a plain word."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is being written where the cursor stands."""

    path: tuple[str | int, ...]
    """Of the mapping for a key, of the value itself for a value."""
    typed: str
    """What stands of it already."""
    is_key: bool
    present: dict[str, str]
    """The keys of the mapping, or of that around the value."""
    may_be_key: bool = False
    """A value that may also become a mapping, as an entry of a list may."""


def place(text: str, line: int, column: int) -> Place | None:
    """Return what is written at a line and a column of a text, both from 0; None in a comment or within a text."""
    lines = text.split("\n")
    levels: list[Level] = []
    literal: int | None = None
    for each in lines[:line]:
        indent = len(each) - len(each.lstrip(" "))
        if literal is not None and (not each.strip() or indent > literal):
            continue
        literal = None
        rest = _open(levels, each)
        if _LITERAL.match(rest):
            literal = indent
    now = lines[line][:column]
    if literal is not None and len(now) - len(now.lstrip(" ")) > literal:
        return None
    return _at_cursor(levels, now, lines[line + 1 :])


def _at_cursor(levels: list[Level], now: str, after: list[str]) -> Place | None:
    typed = _open(levels, now, ends=True)
    if typed.startswith("#") or " #" in typed or typed[:1] in {'"', "'"}:
        return None
    top = levels[-1] if levels else Level(0, "map")
    if top.kind in {"map", "{"} and top.key is None:
        if top.kind == "map":
            _look_ahead(top, after)
        return Place(_path(levels), typed, is_key=True, present=top.present)
    if top.kind in {"list", "["}:
        return Place((*_path(levels), 0), typed, is_key=False, present={}, may_be_key=top.kind == "list")
    return Place(_path(levels), typed, is_key=False, present=top.present)


def _path(levels: list[Level]) -> tuple[str | int, ...]:
    """Return the path of what the innermost level holds: below its key, where it has one."""
    steps: list[str | int] = []
    for depth, level in enumerate(levels, 1):
        if level.key is not None:
            steps.append(level.key)
        elif level.kind in {"list", "["} and depth < len(levels):
            steps.append(0)
    return tuple(steps)


def _open(levels: list[Level], line: str, *, ends: bool = False) -> str:
    """Take in a line: the levels that it closes and opens; return what of it is not a key. With `ends`, the cursor stands at its end."""
    if levels and levels[-1].kind in "{[":
        return _flow(levels, line.lstrip(" "))
    content = line.lstrip(" ")
    indent = len(line) - len(content)
    if (not content and not ends) or content.startswith("#"):
        return content
    _close(levels, indent, is_item=content.startswith("- ") or content == "-")
    while content.startswith("- ") or content == "-":
        if not (levels and levels[-1].kind == "list" and levels[-1].indent == indent):
            levels.append(Level(indent, "list"))
        rest = content[1:].lstrip(" ")
        indent, content = indent + len(content) - len(rest), rest
    match = _KEY.match(content)
    if match is None and not (ends and (not levels or levels[-1].kind == "map")):
        return _flow(levels, content)
    if not (levels and levels[-1].kind == "map" and levels[-1].indent == indent):
        levels.append(Level(indent, "map"))
    top = levels[-1]
    top.key = None
    if match is None:
        return content
    top.key = match[1].strip("\"'")
    rest = content[match.end() :]
    top.present[top.key] = rest.split(" #")[0].strip().strip("\"'")
    return _flow(levels, rest)


def _close(levels: list[Level], indent: int, *, is_item: bool) -> None:
    """Close the levels that a line at this indent is not within."""
    while levels:
        top = levels[-1]
        if top.indent > indent or (top.indent == indent and top.kind == "list" and not is_item):
            levels.pop()
        else:
            return


def _flow(levels: list[Level], text: str) -> str:
    """Take in the flow form of a line; return what stands behind its last sign."""
    token, quote = "", ""
    for place_, char in enumerate(text):
        inside = bool(levels) and levels[-1].kind in "{["
        if quote:
            token += char
            quote = "" if char == quote else quote
        elif char in "\"'" and not token.strip():
            quote, token = char, token + char
        elif char in "{[" and not token.strip():
            levels.append(Level(0, char))
            token = ""
        elif inside and char in "}]":
            _settle(levels[-1], token)
            levels.pop()
            token = ""
        elif inside and char == ",":
            _settle(levels[-1], token)
            levels[-1].key, token = None, ""
        elif inside and char == ":" and levels[-1].kind == "{" and text[place_ + 1 : place_ + 2] in {" ", ""}:
            levels[-1].key, token = token.strip().strip("\"'"), ""
        elif char == "#" and (not token or token.endswith(" ")) and not inside:
            return f"#{token}"
        else:
            token += char
    return token.lstrip(" ")


def _settle(level: Level, token: str) -> None:
    if level.kind == "{" and level.key is not None:
        level.present[level.key] = token.strip().strip("\"'")


def _look_ahead(level: Level, after: list[str]) -> None:
    """Add the keys of a mapping that stand below the cursor."""
    for line in after:
        content = line.lstrip(" ")
        indent = len(line) - len(content)
        if content and indent < level.indent:
            return
        if indent == level.indent and (match := _KEY.match(content)):
            level.present.setdefault(match[1].strip("\"'"), "")
