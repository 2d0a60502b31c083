"""What the bytes of a record have to match to be taken without a parser, made of the records' grammar and of the shape they have.

The pattern accepts a part of what XML and the shape allow, and nothing else: each element in its place, each attribute at most once and
in its order, no comment, CDATA, reference to anything declared, nor text beside children. So a record that matches is well-formed and
its groups are the texts that a parser would give, but for references and line ends, which `xml_rows` puts right, and for characters
that no XML may have, which it refuses. A group is empty where nothing is there; else its first byte says what it was: `"`, `'`, `>`, `/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.xml_grammar import GAP, SOME, Node, UnfitError, attribute, filled, leaf, local, perhaps
from dataeng_ai.sources.xml_lists import Items
from dataeng_ai.sources.xml_reader import TEXT
from dataeng_ai.sources.xml_references import OddError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dataeng_ai.sources.json_shape import Spot
    from dataeng_ai.sources.xml_shape import XmlShape


class DoubtError(Exception):
    """What was found in the file is for a reading by the parser alone."""


_GAP: Final = re.compile(GAP)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of one record."""

    regex: re.Pattern[bytes]
    """Its last group is what is left from the first record on that does not match."""
    columns: tuple[str, ...]
    """The key in a row of each group but the last."""
    lists: tuple[tuple[int, Spot, Items], ...]
    """The groups that are repeated elements, the place in the shape of each, and what makes JSON of them."""
    ends: re.Pattern[bytes]
    """Where a record may end."""
    tag: bytes
    """How a record begins, and nothing else in one; empty where other elements begin so."""
    quotes: int | None
    """How many groups begin with a `"`, if it is as many in each record."""


def matching(data: bytes, start: int, how: Pattern, take: Callable[[Sequence[tuple[bytes, ...]]], None]) -> tuple[int, int]:
    """Let the records be taken that match, from one behind the other; return how many, and where the first stands that does not.

    `take` raises OddError where it has taken none of them.

    Raises:
        DoubtError: there are more, or fewer, than a plain search of the bytes finds.
    """
    gap = _GAP.match(data, start)
    at = gap.end() if gap else start
    rows = how.regex.findall(data, at)
    rest = rows.pop()[-1] if rows and rows[-1][-1] else b""
    end, count = len(data) - len(rest), len(rows)
    try:
        if rows:
            take(rows)
    except OddError:
        count = _sound(rows, take)
        end = next(match.start() for number, match in enumerate(how.regex.finditer(data, at)) if number == count)
    if not count:
        return 0, start
    if how.tag and data.count(how.tag, at, end) != count:
        raise DoubtError
    return count, end


def _sound(rows: list[tuple[bytes, ...]], take: Callable[[Sequence[tuple[bytes, ...]]], None]) -> int:
    """Let the records before the first odd one be taken; return how many those are."""
    done, step = 0, len(rows) // 2
    while step:
        try:
            take(rows[done : done + step])
            done += step
        except OddError:
            step //= 2
    return done


def pattern(root: Node, shape: XmlShape) -> Pattern:
    """Make the pattern of records.

    Raises:
        UnfitError: the shape has what no pattern can tell.
    """
    return _Made(root, shape).pattern()


class _Made:
    def __init__(self, root: Node, shape: XmlShape) -> None:
        self.root, self.shape = root, shape
        self.columns: list[str] = []
        self.lists: list[tuple[int, Spot, Items]] = []
        self.quotes: int | None = 0
        self._sure = True
        """Each record has the elements that are gone through."""

    def pattern(self) -> Pattern:
        """Return it."""
        root, name = self.root, re.escape(self.root.name)
        members = self.shape.root.members or {}
        # One without attributes and children is a text, which the shape of all records has to tell apart.
        start = b"<%s(?!%s/%s>)" % (name, GAP, b"" if root.children else b"?") + self._attributes(root, members) + GAP
        inside = filled(root, self._children(root, members), b"/>") if root.children else rb"(?:/>|></%s>)" % name
        if not self.columns:
            raise UnfitError
        ends = rb"</%s[ \t\r\n]*>|<%s(?=[\s/])[^<>]*/>" % (name, name)
        alone = not any(below.startswith(root.name) for below in root.names())
        regex = re.compile(start + inside + GAP + rb"|((?s:.)++)")
        return Pattern(regex, tuple(self.columns), tuple(self.lists), re.compile(ends), b"<" + root.name if alone else b"", self.quotes)

    def _key(self, name: bytes, members: dict[str, str | Spot], mark: str = "") -> str | Spot:
        """Return what is known of a place.

        Raises:
            UnfitError: nothing is.
        """
        known = members.get(mark + local(name).decode())
        if known is None:
            raise UnfitError
        return known

    def _column(self, known: str | Spot | None) -> None:
        """Take the column of a group.

        Raises:
            UnfitError: it is none, or that of another one.
        """
        if not isinstance(known, str) or known in self.columns:
            raise UnfitError
        self.columns.append(known)

    def _attributes(self, node: Node, members: dict[str, str | Spot]) -> bytes:
        found = b""
        for name in node.attributes:
            self._column(self._key(name, members, "_"))
            if node.quotes[name] == b'"':
                self.quotes = self.quotes + 1 if self.quotes is not None and self._sure and node.always(name) else None
            found += attribute(node, name, capture=True)
        return found

    def _children(self, node: Node, members: dict[str, str | Spot]) -> bytes:
        found, sure = b"", self._sure
        for child in node.children:
            always = node.always(b"<" + child.name)
            self._sure = sure and always
            found += perhaps(self._child(child, members) + GAP, always=always)
        self._sure = sure
        return found

    def _child(self, node: Node, members: dict[str, str | Spot]) -> bytes:
        known = self._key(node.name, members)
        if isinstance(known, str):
            if node.attributes or node.children:
                raise UnfitError
            self._column(known)
            return leaf(node, capture=True)
        if known.column is not None:
            return self._list(node, known)
        if known.members is None:
            return self._hollow(node, known)
        return self._inside(node, known.members)

    def _list(self, node: Node, known: Spot) -> bytes:
        if not known.json or known.column is None or known.path not in self.shape.whole:
            raise UnfitError
        items = Items(node)
        self.lists.append((len(self.columns), known, items))
        self._column(known.column)
        return rb"(%s(?:%s%s)*)" % (items.plain, GAP, items.plain)

    def _hollow(self, node: Node, known: Spot) -> bytes:
        """An element that was always empty so far says nothing of what it is."""
        if node.attributes or node.children:
            raise UnfitError
        self._column(f"c{known.place}")
        name = re.escape(node.name)
        return rb"<%s ?+(/(?=>)|>(?=</))(?:</%s)?+>" % (name, name)

    def _inside(self, node: Node, members: dict[str, str | Spot]) -> bytes:
        """An element with attributes or children, and one that has them elsewhere."""
        name = re.escape(node.name)
        start, hollow = b"<" + name + self._attributes(node, members) + b" ?+", rb"/>|></%s>" % name
        if node.children:
            return start + filled(node, self._children(node, members), hollow)
        if TEXT not in members:
            return start + b"(?:%s)" % hollow
        self._column(members[TEXT])
        text = rb"(>%s)</%s>" % (SOME, name)
        return start + (b"(?:%s|%s)" % (hollow, text) if node.empty else text)
