"""Tables drawn for people, as a database's shell or Markdown shows them: what stands between their frames is read, line by line.

A file is one by its first lines, as a packed one is by its first bytes; nobody says so in a spec. Rules become blank lines, so that
every row keeps its line; cells lose the blanks around them and stand between `|`. A table with cells of several lines is left as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.streams import prefix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.sources.files import File

DELIMITER: Final = "|"
_START: Final = 64 << 10
"""Bytes in which the first lines stand."""
WHY: Final = "a drawn table: its rules are left out, and the blanks around its cells"

_LINES: Final = 30
_HIGHEST: Final = 4
"""Lines above the first rule: the names, and what stands above them."""
_RULES: Final = 3
"""Rules of a table that has none between its rows."""
_ON: Final = re.compile(rb"\s\+\s*(?:\||\Z)")
"""What `psql` writes behind a cell that goes on in the next line."""
_BOX: Final = re.compile(rb"\xe2[\x94\x95][\x80-\xbf]")
"""Signs that boxes are drawn of, in UTF-8."""
_BARS: Final = frozenset(bar.encode() for bar in "│┃║┆┊╎")
_DASHES: Final = frozenset(dash.encode() for dash in "─━═┄┈╌")


@dataclass(frozen=True, slots=True)
class Frame:
    """How a table is drawn: with bars around its rows or between its cells alone, and of which signs."""

    outer: bool
    boxed: bool
    """Of signs for boxes; in a table of ASCII such a sign is a text's."""
    rule: bytes
    """The first one. A line of dashes that is neither the same nor crosses bars is a row of such texts."""

    def plain(self, data: bytes) -> bytes:
        """Return whole lines of the table without what is drawn; lines without a bar stay as they are."""
        return b"".join(self._row(line) for line in (_ascii(data) if self.boxed else data).splitlines(keepends=True))

    def _row(self, line: bytes) -> bytes:
        text = line.rstrip(b"\r\n")
        if _is_rule(text) and (b"+" in text or text.strip() == self.rule):
            return line[len(text) :]
        if b"|" not in text or (self.outer and not _has_bars(text.strip())):
            return line
        cells = text.strip().split(b"|")[1:-1] if self.outer else text.split(b"|")
        return b"|".join(cell.strip() for cell in cells) + line[len(text) :]


def found(start: bytes) -> Frame | None:
    """Return how a file is drawn that starts so, or None."""
    there = [line for line in start[:_START].splitlines() if line.strip()][:_LINES]
    ascii_ = list(map(_ascii, there))
    boxed = any(line != plain and _is_rule(plain) for line, plain in zip(there, ascii_, strict=True))
    lines = ascii_ if boxed else there
    rules = [place for place, line in enumerate(lines) if _is_rule(line)]
    rows = [line.strip() for line in lines if b"|" in line and not _is_rule(line)]
    if not rules or rules[0] > _HIGHEST or len(rows) <= 1 or any(map(_ON.search, rows)) or _has_tall_rows(rules):
        return None
    outer = all(map(_has_bars, rows))
    bars = {line.count(b"|") + line.count(b"+") for line in (lines[place] for place in rules)}
    frame = Frame(outer, boxed, lines[rules[0]].strip())
    return frame if outer or bars == {row.count(b"|") for row in rows} else None


def frame_of(file: File, delimiter: str) -> Frame | None:
    """Return how a file is drawn whose cells are taken to stand between such delimiters, or None."""
    return found(prefix(file, _START)) if delimiter == DELIMITER else None


def undrawn(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what stands in a drawn table, and any other file as it is."""
    first = next(chunks, b"")
    frame = found(first)
    if frame is None:
        yield first
        yield from chunks
        return
    held = b""
    for chunk in chain((first,), chunks):
        whole, end, held = (held + chunk).rpartition(b"\n")
        yield frame.plain(whole + end)
    yield frame.plain(held)


def _has_tall_rows(rules: list[int]) -> bool:
    """Say whether rows with rules between them have several lines."""
    return len(rules) > _RULES and any(below - above > 2 for above, below in pairwise(rules[1:]))  # noqa: PLR2004  a rule, a row, a rule


def _has_bars(row: bytes) -> bool:
    return len(row) > 1 and row.startswith(b"|") and row.endswith(b"|")


def _is_rule(line: bytes) -> bool:
    return (b"--" in line or b"==" in line) and (b"|" in line or b"+" in line) and not line.translate(None, b"|+-=: \t")


def _ascii(data: bytes) -> bytes:
    """Draw the frames in ASCII."""
    if not _BOX.search(data):
        return data
    return _BOX.sub(lambda sign: b"|" if sign[0] in _BARS else b"-" if sign[0] in _DASHES else b"+", data)
