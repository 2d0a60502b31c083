"""How the records of an XML file are written: which attributes and children their elements have, in which order, learned from some.

What it learns is never more than a guess: `xml_pattern` makes of it what a record has to match byte by byte, and one that does not
is read by the parser.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final

GAP: Final = rb"[ \t\r\n]*+"
"""What may stand between tags."""
SOME: Final = rb"[^<]++"
"""A text. One that is white space alone, or may be it, is found later: what that is, a parser has to say."""
ANY: Final = rb"[^<]*+"

_TAG: Final = re.compile(
    rb"""<(?P<end>/?)(?P<name>[^\s<>/]++)(?P<attributes>(?:\s++[^\s=<>]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))*+)\s*+(?P<empty>/?)>"""
)
_ATTRIBUTE: Final = re.compile(rb"""([^\s=<>]++)\s*+=\s*+(["'])[^"']*+""")
_VALUE: Final = re.compile(rb"""(?<==)(["'])[^"'<]*+\1""")
_TEXT: Final = re.compile(rb">[ \t\r\n]*+[^<\s][^<]*+")
_MOST: Final = 400
"""Elements of a grammar: names that are data would make it grow without end."""
_FORMS: Final = 4000
"""Forms of records that are remembered, at most."""


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
    pairs: set[tuple[bytes, bytes]] = field(default_factory=set)
    """Which of these were seen to stand right before which others."""

    def always(self, name: bytes) -> bool:
        """Say whether each of them had an attribute, or a child behind a `<`."""
        return self.times[name] == self.seen

    def form(self) -> tuple[object, ...]:
        """Return all that a pattern is made of."""
        known = *self.attributes, *(b"<" + child.name for child in self.children)
        return known, *map(self.always, known), self.many, self.empty, *(child.form() for child in self.children)

    def size(self) -> int:
        """Count the elements and attributes within."""
        return len(self.attributes) + sum(1 + child.size() for child in self.children)

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


def perhaps(what: bytes, *, always: bool) -> bytes:
    """Return what is there or not, unless it always is."""
    return what if always else b"(?:%s|)" % what


def attribute(node: Node, name: bytes, *, capture: bool) -> bytes:
    """Return what an attribute matches, captured with its first quote or not."""
    quote = node.quotes[name]
    inside = rb"%s[^%s<\n\t\r]*+" % (quote, quote)
    found = rb"[ \t\r\n]++%s=%s%s" % (re.escape(name), b"(" + inside + b")" if capture else inside, quote)
    return perhaps(found, always=node.always(name))


def leaf(node: Node, *, capture: bool) -> bytes:
    """Return what an element with nothing but a text matches."""
    name = re.escape(node.name)
    if node.empty:
        return rb"<%s ?+%s" % (name, ending(node, capture=capture))
    return rb"<%s%s>%s)</%s>" % (name, b"(" if capture else b"(?:", ANY, name)


def ending(node: Node, *, capture: bool) -> bytes:
    """Return what an element with a text, or none, matches behind its attributes."""
    return rb"%s/(?=>)|>%s)(?:</%s)?+>" % (b"(" if capture else b"(?:", ANY, re.escape(node.name))


def filled(node: Node, children: bytes, hollow: bytes) -> bytes:
    """Return what an element with children matches behind its attributes, or what it does where it has none."""
    sure = any(node.always(b"<" + child.name) for child in node.children)
    found = rb">%s%s%s</%s>" % (b"" if sure else b"(?!%s</)" % GAP, GAP, children, re.escape(node.name))
    return b"(?:%s|%s)" % (hollow, found) if node.empty else found


class Grammar:
    """What the records seen so far have."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.root: Node | None = None
        self._forms: set[bytes] = set()

    def learn(self, raw: bytes) -> bool:
        """Take a record that is XML; return whether it taught anything: one that only has other texts than an earlier one does not.

        Raises:
            UnfitError: the records have too much for a pattern.
        """
        form = _TEXT.sub(b">x", _VALUE.sub(rb"\1\1", raw))
        if form in self._forms:
            return False
        if len(self._forms) < _FORMS:
            self._forms.add(form)
        before = self.root and self.root.form()
        try:
            element = _parsed(form)
            if self.root is None:
                self.root = Node(element.name)
            _merge(self.root, element)
        except UnfitError:
            pass
        if self.root and self.root.size() > _MOST:
            raise UnfitError
        return (self.root and self.root.form()) != before


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
    node.attributes = _placed(node, node.attributes, attributes)
    node.seen += 1
    node.times.update(attributes)
    node.empty = node.empty or not (element.text or element.children)
    node.quotes = dict(element.attributes) | node.quotes
    names = [child.name for child in element.children]
    once = [b"<" + name for at, name in enumerate(names) if not at or names[at - 1] != name]
    known = {b"<" + child.name: child for child in node.children}
    order = _placed(node, [*known], once)
    node.times.update(once)
    node.children = [known.get(name) or Node(name[1:]) for name in order]
    places = {child.name: child for child in node.children}
    for at, child in enumerate(element.children):
        place = places[child.name]
        place.many = place.many or (at > 0 and names[at - 1] == child.name)
        _merge(place, child)


def _placed(node: Node, order: list[bytes], names: list[bytes]) -> list[bytes]:
    """Return names where they stand among those that are known.

    Raises:
        UnfitError: they stand otherwise than in other records, or twice.
    """
    if len(set(names)) != len(names):
        raise UnfitError
    pairs = node.pairs.union(pairwise(names))
    places = {name: at for at, name in enumerate(order)}
    if any(places.get(first, 0) >= places.get(second, 0) for first, second in pairwise(names)) or not places.keys() >= set(names):
        known = dict.fromkeys([*order, *names], ())
        sorter = TopologicalSorter[bytes](known)
        for first, second in sorted(pair for pair in pairs if known.keys() >= set(pair)):
            sorter.add(second, first)
        try:
            order = list(sorter.static_order())
        except CycleError:
            raise UnfitError from None
    node.pairs = pairs
    return order
