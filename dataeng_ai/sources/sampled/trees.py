"""The start of a document, closed behind its last whole record: what JSON and XML have instead of blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from dataeng_ai.sources.sampled.part import Taken, written
from dataeng_ai.sources.streams import prefix
from dataeng_ai.sources.xml_text import encoding_of

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.sources.files import File

_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\[\s\S])*+"|["{}\[\],]')
_CLOSES: Final = {b"{": b"}", b"[": b"]"}


def of_json(file: File, budget: int, target: Path) -> Taken | None:
    """Write the start of a document up to the last whole item of its outermost open list; None where there is no such list."""
    start = prefix(file, budget)
    opened: list[tuple[bytes, int]] = []
    for token in _TOKEN.finditer(start):
        mark = token[0]
        if mark in _CLOSES:
            opened.append((_CLOSES[mark], 0))
        elif mark == b",":
            if opened and opened[-1][0] == b"]":
                opened[-1] = (b"]", token.start())
        elif mark in (b"}", b"]"):
            if not opened or opened.pop()[0] != mark:
                return None
        elif mark == b'"':  # the text goes on behind these bytes
            break
    depth = next((depth for depth, (_, cut) in enumerate(opened, 1) if cut), 0)
    closers = b"".join(close for close, _ in reversed(opened[:depth]))
    return written(file, [start[: opened[depth - 1][1]] + closers], target) if depth else None


class _Open:
    """Follows the elements that are open, and where the last whole child of each ends."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.names: list[str] = []
        self.ends: list[tuple[int, int]] = []
        """Of each open element, how many children are whole, and where the last of them ends."""
        self.closed = False
        parser.StartElementHandler, parser.EndElementHandler, parser.DefaultHandler = self.start, self.end, self.other

    def other(self, _text: str) -> None:
        """Take whatever stands behind an element: there it ended."""
        if self.closed and self.ends:
            count, _ = self.ends[-1]
            self.ends[-1] = (count + 1, self.parser.CurrentByteIndex)
        self.closed = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """Take a start tag."""
        self.other("")
        self.names.append(name)
        self.ends.append((0, 0))

    def end(self, _name: str) -> None:
        """Take an end tag."""
        self.other("")
        self.names.pop()
        self.ends.pop()
        self.closed = True


def of_xml(file: File, budget: int, target: Path) -> Taken | None:
    """Write the start of a document up to the last whole child of the outermost open element that has several; None where none has."""
    start = prefix(file, budget)
    parser = expat.ParserCreate()
    opened = _Open(parser)
    try:
        parser.Parse(start, False)  # noqa: FBT003  expat has it so
    except (expat.ExpatError, LookupError, ValueError):  # whoever reads the file says what is wrong with it
        return None
    depth = next((depth for depth, (count, _) in enumerate(opened.ends, 1) if count > 1), 0)
    if not depth or b"\0" in start[:64]:  # in UTF-16 the tags that are added would be wrong
        return None
    closers = "".join(f"</{name}>" for name in reversed(opened.names[:depth]))
    return written(file, [start[: opened.ends[depth - 1][1]] + closers.encode(encoding_of(file)[0])], target)
