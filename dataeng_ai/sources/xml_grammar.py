"""How the records of an XML file are written: which attributes and children their elements have, in which order, learned from some.

What it learns is never more than a guess: `xml_pattern` makes of it what a record has to match byte by byte, and one that does not
is read by the parser.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_TAG: Final = re.compile(
    rb"""<(?P<end>/?)(?P<name>[^\s<>/]++)(?P<attributes>(?:\s++[^\s=<>]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))*+)\s*+(?P<empty>/?)>"""
)
_ATTRIBUTE: Final = re.compile(rb"""([^\s=<>]++)\s*+=\s*+(["'])[^"']*+""")
_MOST: Final = 400
"""Elements of a grammar: names that are data would make it grow without end."""


class UnfitError(Exception):
    """A record, or a shape, that no pattern can be made of."""


@dataclass(slots=True, eq=False)
class Node:
    """The elements of one path, by the names that the bytes have."""

    name: bytes
    attributes: list[bytes] = field(default_factory=list)
    quotes: dict[bytes, bytes] = field(default_factory=dict)
    """The mark around each attribute's value."""
    children: list[Node] = field(default_factory=list)
    many: bool = False
    """Some stand beside one another."""
    empty: bool = False
    """Some have neither a text nor children."""
    seen: int = 0
    times: Counter[bytes] = field(default_factory=Counter)
    """In how many of them each attribute stands, and each child behind a `<`."""

    def always(self, name: bytes) -> bool:
        """Say whether each of them had an attribute, or a child behind a `<`."""
        return self.times[name] == self.seen

    def below(self) -> int:
        """Count the elements and attributes within, and all that is not always so: it grows with whatever is new."""
        loose = sum(count != self.seen for count in self.times.values()) + self.many + self.empty
        return loose + len(self.attributes) + sum(1 + child.below() for child in self.children)

    def names(self) -> set[bytes]:
        """Return the names of the elements within."""
        return {name for child in self.children for name in (child.name, *child.names())}


@dataclass(slots=True)
class _Element:
    """One element of a sample."""

    name: bytes
    attributes: list[tuple[bytes, bytes]]
    children: list[_Element] = field(default_factory=list)
    text: bool = False


def local(name: bytes) -> bytes:
    """Return a name without its prefix."""
    return name.rpartition(b":")[2]


class Grammar:
    """What the records seen so far have."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.root: Node | None = None
        self._size = 0

    def learn(self, raw: bytes) -> bool:
        """Take a record that is XML; return whether it taught anything."""
        try:
            element = _parsed(raw)
            if self.root is None:
                self.root = Node(element.name)
            _merge(self.root, element)
        except UnfitError:
            pass
        before, self._size = self._size, self.root.below() if self.root else 0
        if self._size > _MOST:
            raise UnfitError
        return self._size != before


def _parsed(raw: bytes) -> _Element:
    """Return the elements of a record.

    Raises:
        UnfitError: it has what no pattern allows for, such as comments.
    """
    top = _Element(b"", [])
    stack, at = [top], 0
    for match in _TAG.finditer(raw):
        parent = stack[-1]
        parent.text = parent.text or bool(raw[at : match.start()].strip(b" \t\r\n"))
        at = match.end()
        if match["end"]:
            stack.pop()
        else:
            element = _Element(match["name"], _ATTRIBUTE.findall(match["attributes"]))
            parent.children.append(element)
            if not match["empty"]:
                stack.append(element)
        if not stack:
            raise UnfitError
    if len(top.children) != 1 or b"<!" in raw or b"<?" in raw:
        raise UnfitError
    return top.children[0]


def _merge(node: Node, element: _Element) -> None:
    """Let the grammar know of an element.

    Raises:
        UnfitError: it has text beside children, a namespace of its own, or another order.
    """
    attributes = [name for name, _ in element.attributes]
    if any(name.startswith(b"xmlns") or local(name) == b"nil" for name in attributes) or (element.text and element.children):
        raise UnfitError
    if local(element.name).startswith(b"_"):  # it could be called as an attribute is
        raise UnfitError
    _place(node.attributes, attributes)
    node.seen += 1
    node.times.update(attributes)
    node.empty = node.empty or not (element.text or element.children)
    node.quotes = dict(element.attributes) | node.quotes
    order = [node.name for node in node.children]
    names = [child.name for child in element.children]
    once = [name for at, name in enumerate(names) if not at or names[at - 1] != name]
    known = {child.name: child for child in node.children}
    _place(order, once)
    node.times.update(b"<" + name for name in once)
    node.children = [known.get(name) or Node(name) for name in order]
    places = {child.name: child for child in node.children}
    for at, child in enumerate(element.children):
        place = places[child.name]
        place.many = place.many or (at > 0 and names[at - 1] == child.name)
        _merge(place, child)


def _place(order: list[bytes], names: list[bytes]) -> None:
    """Put names where they stand among those that are known.

    Raises:
        UnfitError: they stand otherwise.
    """
    if len(set(names)) != len(names):
        raise UnfitError
    found = list(order)
    at = -1
    for name in names:
        if name not in found:
            found.insert(at + 1, name)
        elif found.index(name) < at:
            raise UnfitError
        at = found.index(name)
    order[:] = found
