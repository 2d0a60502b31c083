"""The file below a project's root that holds its connections, one a line, for nobody but its owner."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Diagnostic, Problems

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = ".dataeng/connections.env"
"""The file, below the root of the project."""

_SETS = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that sets a variable, its number from 1, and the value."""

    number: int
    value: str = field(repr=False)


def line_of(text: str) -> str | None:
    """Return the variable, in capitals, that a line of the file sets; None for a comment, a blank line, or anything else."""
    match = None if text.lstrip().startswith("#") else _SETS.fullmatch(text.strip())
    return match[1].upper() if match else None


def lines(root: Path) -> Mapping[str, Line]:
    """Return the lines that set a variable, by its name in capitals.

    Raises:
        Problems: the file is open to others (E603), or is not UTF-8 (E602).
    """
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
            found[name] = Line(number, _unquoted(match[2].strip()))
    return found


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
