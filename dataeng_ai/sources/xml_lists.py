"""Repeated elements of XML as the bytes have them, made into lists of JSON: one column of many records at a time.

A list of texts is made by replacing its tags in all of them at once; one of elements item by item, each taken apart by a pattern.
"""

from __future__ import annotations

import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final, NamedTuple

from dataeng_ai.sources.xml_grammar import Node, UnfitError, local
from dataeng_ai.sources.xml_reader import TEXT
from dataeng_ai.sources.xml_references import KEPT, legal, resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    _Make: TypeAlias = Callable[[str], str]

GAP: Final = rb"[ \t\r\n]*+"
"""What may stand between tags."""
_SPACES: Final = [chr(code).encode() for code in range(128, 0x3001) if chr(code).isspace()]
_BLANK: Final = rb"(?:[ \t\r\n]|&#\w++;|%s)++<" % b"|".join(_SPACES)
_EDGE: Final = rb"& \t\r\n%s" % b"".join(sorted({space[:1] for space in _SPACES}))
SOME: Final = rb"(?:[^<%s][^<]*+|(?!%s)[%s][^<]*+)" % (_EDGE, _BLANK, _EDGE)
"""A text that is not white space alone, or may be it: what that is, a parser has to say. No text matches in two ways, or a record
that does not match would take an age."""
ANY: Final = rb"(?:[^<%s][^<]*+|(?!%s)[%s][^<]*+|)" % (_EDGE, _BLANK, _EDGE)
"""Such a text, or none."""


def attribute(name: bytes, quote: bytes, *, capture: bool) -> bytes:
    """Return what an attribute matches, captured with its first quote or not."""
    inside = rb"%s[^%s<\n\t\r]*+" % (quote, quote)
    return rb"(?:[ \t\r\n]++%s=%s%s|)" % (re.escape(name), b"(" + inside + b")" if capture else inside, quote)


def leaf(name: bytes, text: bytes, *, capture: bool) -> bytes:
    """Return what an element with nothing but a text matches."""
    start, name = b"(" if capture else b"(?:", re.escape(name)
    return rb"<%s ?+%s/(?=>)|>%s)(?:</%s)?+>" % (name, start, text, name)


class Lists(NamedTuple):
    """The lists of a column."""

    cells: list[bytes]
    """In UTF-8, each behind its mark."""
    items: int
    """How many there are, all together."""
    kinds: set[type]
    """What the items are."""
    kept: int
    """Ampersands in them, each as `KEPT`: they begin no reference any more."""


class Items:
    """The elements of one path that are a list: what they match, and what becomes of them."""

    def __init__(self, node: Node) -> None:
        """Begin; `node` is what one of them has.

        Raises:
            UnfitError: two of its names are one key.
        """
        keys = ["_" + local(name).decode() for name in node.attributes] + [local(child.name).decode() for child in node.children]
        if len(set(keys)) != len(keys) or TEXT in keys:
            raise UnfitError
        self._node = node
        self._inside = [Items(child) for child in node.children]
        self.simple = not (node.attributes or node.children)
        """They are texts alone."""
        self._keys = [encode_basestring(key) + ":" for key in keys]
        self._single = [item.simple and not child.many for item, child in zip(self._inside, node.children, strict=True)]
        own: list[Items | None] = [None if single else item for item, single in zip(self._inside, self._single, strict=True)]
        self._makers = [*(None for _ in node.attributes), *own]
        self.plain = self._pattern(ANY, capture=False)
        """What one of them matches, without a group of its own."""
        self._regex = re.compile(self._pattern(rb"[^<]*+", capture=True).decode())
        tag = re.escape(node.name)
        self._between, self._empty = re.compile(rb"</%s>%s<%s>" % (tag, GAP, tag)), re.compile(rb"<%s ?/>" % tag)

    def column(self, cells: Sequence[bytes]) -> Lists:
        """Return lists of JSON for runs of elements, nothing for none.

        Raises:
            OddError: a record has what only the parser can tell.
        """
        text = legal(b"\2".join(cells), len(cells) - 1)
        make = _text if "&" in text or "\r" in text else _plain
        kinds: set[type] = set()
        count, lists = 0, []
        for run in text.split("\2"):
            if not run:
                lists.append("")
                continue
            items = self._items(run, make)
            count += len(items)
            kinds.update([str if item[0] == '"' else dict for item in items])
            lists.append(">[" + ",".join(items) + "]")
        made = "\2".join(lists)
        kept = made.count("&")
        return Lists((made.replace("&", KEPT) if kept else made).encode().split(b"\2"), count, kinds, kept)

    def replaced(self, lines: bytes) -> tuple[bytes, int]:
        """Return lines of fields with lists of texts made of these elements, in which nothing has to be escaped; and their number."""
        name = self._node.name
        opening, closing, count = b"<%s>" % name, b"</%s>" % name, lines.count(b"<" + name)
        made = lines.replace(b"\1" + opening, b'\1>["').replace(closing + b"\1", b'"]\1')
        if b"<" in made:
            made = made.replace(closing + opening, b'","')
        if b"<" + name in made or closing in made:
            made = self._empty.sub(opening + closing, lines)
            made = self._between.sub(b'","', made).replace(b"\1" + opening, b'\1>["').replace(closing + b"\1", b'"]\1')
        return made, count

    def _items(self, run: str, make: _Make) -> list[str]:
        """Return the JSON of each element."""
        if self.simple:
            return [make(found) for found in self._regex.findall(run)]
        keys, makers = self._keys, self._makers
        found = []
        for *parts, text in self._regex.findall(run):
            members = [
                key + (make(part) if maker is None else _one_or_more(maker._items(part, make)))  # noqa: SLF001  one of its own kind
                for key, maker, part in zip(keys, makers, parts, strict=True)
                if part
            ]
            if members and len(text) > 1:
                members.append(_VALUE + make(text))
            found.append("{" + ",".join(members) + "}" if members else make(text or "/"))
        return found

    def _pattern(self, text: bytes, *, capture: bool) -> bytes:
        """Return what one of them matches. The groups are its attributes, its children by name, and its text or how it ends."""
        node = self._node
        if self.simple:
            return leaf(node.name, text, capture=capture)
        name, start = re.escape(node.name), b"(" if capture else b"(?:"
        attributes = b"".join(attribute(each, node.quotes[each], capture=capture) for each in node.attributes)
        if not node.children:
            return rb"<%s%s ?+%s/(?=>)|>%s)(?:</%s)?+>" % (name, attributes, start, text, name)
        inside = b""
        for item, child, single in zip(self._inside, node.children, self._single, strict=True):
            if single:
                inside += rb"(?:%s%s|)" % (item._pattern(text, capture=capture), GAP)  # noqa: SLF001  one of its own kind
            else:
                times = rb"(?:%s%s)*)" if child.many else rb"%s%s|)"
                inside += start + times % (item._pattern(text, capture=False), GAP)  # noqa: SLF001  likewise
        rest = rb" ?+(?:/>|>(?!%s</)%s%s</%s>|></%s>)" % (GAP, GAP, inside, name, name)
        return b"<" + name + attributes + rest + (b"()" if capture else b"")


_VALUE: Final = f'"{TEXT}":'


def _text(marked: str) -> str:
    """Return the JSON of a text behind its mark."""
    return encode_basestring(resolved(marked[1:]))


def _plain(marked: str) -> str:
    """Likewise, of one without references and line ends to be put right."""
    return encode_basestring(marked[1:])


def _one_or_more(items: list[str]) -> str:
    return items[0] if len(items) == 1 else "[" + ",".join(items) + "]"
