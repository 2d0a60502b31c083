"""The tree of a YAML text: every scalar, mapping and list with the place where it stands. Plain data, no YAML library."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Span
from dataeng_ai.draft.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""The place of a value, such as `("columns", 2, "type")`."""

_BREAK: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word or text. `style` is "" for an unquoted one, else the character that opens it: ' " | >."""

    start: int
    end: int
    text: str
    style: str = ""

    @property
    def value(self) -> object:
        """Return what it means."""
        return self.text if self.style else resolve(self.text)

    @property
    def is_auto(self) -> bool:
        """Say whether it is an unquoted `auto`."""
        return not self.style and self.text == "auto"

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is written there at all."""
        return not self.style and not self.text


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping. `end` is where its last value ends, never behind a comment or an empty line. `flow` says `{…}`."""

    start: int
    end: int
    flow: bool
    entries: tuple[Entry, ...]

    def get(self, key: str | int) -> Node | None:
        """Return the value of a key."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list. `end` and `flow` as in a mapping."""

    start: int
    end: int
    flow: bool
    items: tuple[Node, ...]


Node = Scalar | Mapping | Sequence


def plain(node: Node) -> object:
    """Return the data of a tree; of a key that is there twice, the first value."""
    match node:
        case Mapping():
            data: dict[str, object] = {}
            for entry in node.entries:
                data.setdefault(entry.key.text, plain(entry.value))
            return data
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.value


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node, Scalar | None]]:
    """Yield every value with its path and the key that it stands under, parents first."""
    yield path, node, None
    yield from _below(node, path)


def _below(node: Node, path: Path) -> Iterator[tuple[Path, Node, Scalar | None]]:
    match node:
        case Mapping():
            for entry in node.entries:
                yield (*path, entry.key.text), entry.value, entry.key
                yield from _below(entry.value, (*path, entry.key.text))
        case Sequence():
            for index, item in enumerate(node.items):
                yield (*path, index), item, None
                yield from _below(item, (*path, index))


def find(node: Node, path: Path) -> Node | None:
    """Return the value at a path, or None where nothing stands."""
    found: Node | None = node
    for step in path:
        match found:
            case Mapping():
                found = found.get(step)
            case Sequence() if isinstance(step, int) and step < len(found.items):
                found = found.items[step]
            case _:
                return None
    return found


def line_end(text: str, index: int) -> int:
    """Return where the line of a character ends, its line break excluded."""
    match = _BREAK.search(text, index)
    return match.start() if match else len(text)


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of a text begin. Only CR, LF and CRLF end a line, as editors see it; a BOM takes no column."""

    text: str
    starts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Lines:
        """Find the lines of a text."""
        return cls(text, (int(text.startswith("\ufeff")), *(match.end() for match in _BREAK.finditer(text))))

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters from `start` to `end` (excluded)."""
        line = max(bisect_right(self.starts, start), 1)
        return Span(start, max(start, end), line, max(start - self.starts[line - 1], 0) + 1)

    def line_start(self, index: int) -> int:
        """Return where the line of a character begins."""
        return self.starts[max(bisect_right(self.starts, index), 1) - 1]

    def line_end(self, index: int) -> int:
        """Return where the line of a character ends, its line break excluded."""
        return line_end(self.text, index)

    def next_line(self, index: int) -> int:
        """Return where the line after that of a character begins, or the end of the text."""
        match = _BREAK.search(self.text, index)
        return match.end() if match else len(self.text)
