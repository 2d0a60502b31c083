"""One fault of a YAML text, and the pieces of which faults are made: where a value ends, how it looks in quotes, how it is masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dataeng_ai.diagnostics import Edit
from dataeng_ai.draft.scalars import double_quoted

NO_SPACE: Final = re.compile(r"[ \t]*(?:-[ \t]+)*[\w.-]+:(?=[^\s:/])")
"""The start of a line such as `key:value`, up to the value."""
PUT_IN_QUOTES: Final = "put it in quotes"

_VALUE_END: Final = {
    "block": re.compile(r"(?<![ \t])(?=[ \t]+#(?:[ \t\r\n]|\Z))|(?<![ \t])(?=[ \t]*(?:[\r\n]|\Z))"),
    "{": re.compile(r"(?<![ \t])(?=[ \t]*,[ \t]*(?:[\"']?[\w.-]+[\"']?[ \t]*:|[\r\n]))|(?<![ \t])(?=[ \t]*(?:[\]}\r\n]|\Z))"),
    "[": re.compile(r"(?<![ \t])(?=[ \t]*(?:[,\]}\r\n]|\Z))"),
}
_TEMPLATE: Final = re.compile(r"\{\{[^{}\r\n]*\}\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, its places as characters of the text. `masked` is the text with which reading can go on; None where it cannot."""

    code: str
    message: str
    start: int
    end: int
    help: str = ""
    label: str = ""
    edit: Edit | None = None
    related: tuple[tuple[int, int, str], ...] = ()
    masked: str | None = None


class TooDeep(Exception):  # noqa: N818  it ends the walk over the events and never leaves this package
    """The nesting goes too deep to go on."""

    def __init__(self, start: int, limit: int) -> None:
        """Say where."""
        super().__init__(start, limit)
        self.fault = Fault("E002", f"the nesting goes deeper than {limit} levels", start, start + 1, help="a spec has six")


def value_end(text: str, start: int, within: str) -> int:
    """Return where the value that begins at `start` ends, as a person would say who does not know YAML: on its line at the latest."""
    skipped = _TEMPLATE.match(text, start)
    match = _VALUE_END[within].search(text, skipped.end() if skipped else start + 1)
    return match.start() if match else len(text)


def unquoted(text: str, start: int, end: int, message: str) -> Fault:
    """Return the fault of a text that needs quotes, with the edit that puts it in some."""
    fixed = in_quotes(text[start:end])
    return Fault("E007", message, start, end, help=f"{PUT_IN_QUOTES}: {fixed}", edit=Edit(start, end, fixed), masked=mask(text, start, end))


def in_quotes(raw: str) -> str:
    """Return a piece of the text in quotes of the kind that needs the least escaping; its own quotes, if it is in some, are changed."""
    inner = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'" else raw
    if '"' not in inner and "\\" not in inner:
        return f'"{inner}"'
    return f"'{inner}'" if "'" not in inner else double_quoted(inner)


def mask(text: str, start: int, end: int) -> str:
    """Return the text with `x` for every character of a piece, so that reading can go on and no place moves."""
    return text[:start] + re.sub(r"[^\r\n]", "x", text[start:end]) + text[end:]


def shown(raw: str) -> str:
    """Return a piece of the text between backticks, on one line and not too long."""
    word = " ".join(raw.split())
    limit = 60
    return f"`{word if len(word) <= limit else word[: limit - 1] + '…'}`"
