"""What repeated elements of XML match, and the lists of JSON that become of them: of a column of many records at a time, in few steps.

A list of texts is made by replacing its tags in all of them at once; one of elements member by member, each a column of its own.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import compress, count
from json.encoder import encode_basestring
from operator import sub
from typing import TYPE_CHECKING, Final, NamedTuple

from dataeng_ai.sources.xml_grammar import GAP, Node, UnfitError, attribute, ending, filled, leaf, local, perhaps
from dataeng_ai.sources.xml_reader import TEXT
from dataeng_ai.sources.xml_references import KEPT, SPACES, OddError, escaped, legal, named

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN: Final = "\2"
"""Ends what one record has of a list, where those of many stand in one text."""
_END: Final = b"\2"
"""Ends what one record has of a list, where those of many stand in one text."""
_OPEN: Final = b"\3"
_COMMA: Final = b"\4"
_CLOSE: Final = b"\5"
"""Marks of an object, as long as it may turn out to have no members; one has a comma behind each."""
_EMPTY: Final = _OPEN + _CLOSE
_VALUE: Final = encode_basestring(TEXT).encode() + b":"
_BLANK_START: Final = re.compile(rb'"(?=[ \xc2\xe1-\xe3])(?: |%s)' % SPACES)
"""Begins a text of JSON that may be white space alone, line ends apart."""
_QUOTE: Final = rb"\""
"""A quotation mark in JSON."""


class Lists(NamedTuple):
    """The lists of a column."""

    cells: Sequence[bytes]
    """In UTF-8, each behind its mark."""
    items: int
    """How many there are, all together."""
    kinds: set[type]
    """What the items are."""
    kept: int
    """Ampersands in them, each as `KEPT`: they begin no reference any more."""


class _Runs(NamedTuple):
    """The JSON of elements."""

    found: list[bytes]
    """Of those of one list each, with commas between."""
    ends: Sequence[bytes]
    """What stands behind each element: the end of a list, or nothing."""
    kinds: set[type]


class _Member(NamedTuple):
    """What an element of a list has: an attribute, a child, or its own text."""

    key: bytes
    """In JSON, with its colon."""
    items: Items | None
    """What makes JSON of it, where it is no text."""
    marked: bool = False
    """Its texts stand behind a mark, which tells an empty one from none."""
    always: bool = False
    text: bool = True
    """White space alone in it is for the parser."""
    quote: bool = False
    """It stands between quotes as JSON's are."""


class Items:
    """The elements of one path that are a list: what they match, and what becomes of them."""

    def __init__(self, node: Node, *, several: bool = True, quoted: list[int] | None = None) -> None:
        """Begin; `node` is what one of them has, `several` whether they may stand beside one another.

        Raises:
            UnfitError: two of its names are one key.
        """
        self._node, self._several = node, several
        self._quoted: list[int] = [] if quoted is None else quoted
        """How many values stood between quotes, of each attribute in turn, where this is counted."""
        self.simple = not (node.attributes or node.children)
        """They are texts alone."""
        self._loose = not (self.simple or node.children or any(map(node.always, node.attributes)))
        """One of them may be a text, and another one an object."""
        self._inside = [Items(child, several=child.many, quoted=self._quoted) for child in node.children]
        self._members: list[_Member] = []
        self._frame = [b""]
        """What stands before, between and behind the members of each element."""
        self._sure = False
        """None of them is empty."""
        text = _Member(b"", None, marked=node.empty, always=True)
        pattern = self._add(text, leaf(node, capture=True)) if self.simple else self._object(node, self._inside)
        self._finish()
        self._pattern = pattern + GAP + rb"(\x02|)"
        self.plain = self._plain()
        """What one of them matches, without a group of its own."""
        tag = re.escape(node.name)
        self._between, self._empty = re.compile(rb"</%s>%s<%s>" % (tag, GAP, tag)), re.compile(rb"<%s ?/>" % tag)

    @cached_property
    def _regex(self) -> re.Pattern[bytes]:
        return re.compile(self._pattern)

    def column(self, cells: Sequence[bytes]) -> Lists:
        """Return lists of JSON for runs of elements, nothing for none.

        Raises:
            OddError: a record has what only the parser can tell.
        """
        lists = list(filter(None, cells))
        if not lists:
            return Lists(cells, 0, set(), 0)
        source = _END.join([*lists, b""])
        legal(source, len(lists))
        runs, text = self._plainly(source) or self._listed(source, plain=False)
        if len(runs.found) != len(lists):
            raise OddError
        text = text.replace(b"&", KEPT.encode())
        return Lists(_spread(text.split(_END), cells), len(runs.ends), runs.kinds, text.count(KEPT.encode()))

    def _plainly(self, source: bytes) -> tuple[_Runs, bytes] | None:
        """Return the lists where no text in them has to be looked at by itself."""
        self._quoted.clear()
        if b"&#" in source or b"\r" in source:
            return None
        runs, text = self._listed(source.replace(b"\\", rb"\\"), plain=True)
        if source.count(b'"') != 2 * sum(self._quoted) or b"\n" in text or b"\t" in text or _BLANK_START.search(text):
            return None
        return runs, named(text, _QUOTE) if b"&" in text else text

    def _listed(self, source: bytes, *, plain: bool) -> tuple[_Runs, bytes]:
        """Return the lists, and as one text with what ends a list between them."""
        runs = self._made(source, plain=plain)
        return runs, b">[" + b"]\2>[".join(runs.found) + b"]"

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

    def _made(self, source: bytes, *, plain: bool) -> _Runs:
        """Return the JSON of elements, each list's with its end behind it."""
        *columns, ends = zip(*self._regex.findall(source), strict=True)
        pieces = [self._pieces(member, column, plain=plain) for member, column in zip(self._members, columns, strict=True)]
        if self._loose:
            pieces = [self._texts(pieces)]
        number, width = len(ends), 2 * len(self._frame)
        parts = [b""] * (width * number)
        for at, constant in enumerate(self._frame):
            parts[2 * at :: width] = [constant] * number
        for at, piece in enumerate((*pieces, ends)):
            parts[2 * at + 1 :: width] = piece
        text = b"".join(parts)
        texts = sum(piece.startswith(b'"') for piece in pieces[0]) if self._loose else 0 if self._sure else text.count(_EMPTY)
        kinds: set[type] = {str} if self.simple or texts else set()
        if not self.simple and texts < number:
            kinds.add(dict)
        return _Runs(_closed(text).split(b"," + _END)[:-1], ends, kinds)

    def _texts(self, pieces: list[Sequence[bytes]]) -> list[bytes]:
        """Return the JSON of each element that is a text where it has no attribute."""
        *others, texts = pieces
        found = zip(map(b"".join, zip(*others, strict=True)), texts, strict=True)
        return [_closed(_OPEN + body + text + _CLOSE) if body else text[len(_VALUE) : -1] or b'""' for body, text in found]

    def _pieces(self, member: _Member, column: Sequence[bytes], *, plain: bool) -> Sequence[bytes]:
        """Return what of the JSON of each element is a member's."""
        if member.quote and plain:
            self._quoted.append(len(column) if member.always else len(column) - column.count(b""))
        if member.items is not None:
            values, mark = member.items._values(column, plain=plain), b""  # noqa: SLF001  one of its own kind
        else:
            texts = [text[1:] for text in column] if member.marked else column
            values, mark = texts if plain else escaped(texts, text=member.text), b'"'
        if member.always:
            return values
        start, end = member.key + mark, mark + _COMMA
        there = values if member.key == _VALUE else column
        return [start + value + end if known else b"" for known, value in zip(there, values, strict=True)]

    def _values(self, column: Sequence[bytes], *, plain: bool) -> Sequence[bytes]:
        """Return the JSON of what each of some elements has of these: one by itself, several as a list, or nothing.

        Raises:
            OddError: there are several where there may be one.
        """
        lists = list(filter(None, column))
        if not lists:
            return column
        runs = self._made(_END.join([*lists, b""]), plain=plain)
        if len(runs.found) != len(lists) or not (self._several or len(runs.ends) == len(lists)):
            raise OddError
        found = runs.found
        if len(runs.ends) != len(lists):
            last = list(compress(count(1), runs.ends))
            found = [b"[" + run + b"]" if more > 1 else run for run, more in zip(found, map(sub, last, [0, *last]), strict=True)]
        return _spread(found, column)

    def _finish(self) -> None:
        if self.simple or self._loose:
            self._frame = [b'"', b'",'] if self.simple else [b"", b","]
            return
        self._frame[-1] += b","
        if all(member.always for member in self._members):
            self._frame = _closed(b"\0".join(self._frame)).split(b"\0")

    def _add(self, member: _Member, pattern: bytes) -> bytes:
        """Take a member, the next group of what these elements match; return what it matches."""
        mark = b"" if member.items else b'"'
        if member.always:
            self._frame[-1] += member.key + mark
        self._members.append(member)
        self._frame.append(mark + _COMMA if member.always else b"")
        # Where the mark before a text says nothing, it stands before the group.
        return pattern if member.marked or member.items else re.sub(rb"""\((["'>])""", rb"\1(", pattern, count=1)

    def _object(self, node: Node, inside: list[Items]) -> bytes:
        """Take the members of an element; return what it matches.

        Raises:
            UnfitError: two of its names are one key.
        """
        keys = ["_" + local(name).decode() for name in node.attributes] + [local(child.name).decode() for child in node.children]
        if len(set(keys)) != len(keys) or TEXT in keys:
            raise UnfitError
        self._frame[-1] += _OPEN
        found, names = b"<" + re.escape(node.name), [encode_basestring(key).encode() + b":" for key in keys]
        for name, key in zip(node.attributes, names, strict=False):
            always = node.always(name)
            member = _Member(key, None, not always, always, text=False, quote=node.quotes[name] == b'"')
            found += self._add(member, attribute(node, name, capture=True))
            self._sure = self._sure or (always and node is self._node)
        if node.children:
            children = zip(node.children, inside, names[len(node.attributes) :], strict=True)
            within = b"".join(self._child(node, child, items, key) for child, items, key in children)
            found += b" ?+" + filled(node, within, rb"/>|></%s>" % re.escape(node.name))
        else:
            found += b" ?+" + self._add(_Member(_VALUE, None, marked=True), ending(node, capture=True))
        self._frame[-1] += _CLOSE
        return found

    def _child(self, node: Node, child: Node, items: Items, key: bytes) -> bytes:
        """Take a child, or its members where it always is there, and once; return what it matches."""
        always = node.always(b"<" + child.name)
        self._sure = self._sure or (always and node is self._node)
        if items.simple and not child.many:
            found = self._add(_Member(key, None, child.empty or not always, always), leaf(child, capture=True))
        elif always and not child.many and not items._loose:
            self._frame[-1] += key
            found = self._object(child, items._inside)
            self._frame[-1] += _COMMA
        else:
            found = self._add(_Member(key, items, always=always), b"(" + _times(child, items) + b")")
            return perhaps(found, always=always)
        return perhaps(found + GAP, always=always)

    def _plain(self) -> bytes:
        node = self._node
        if self.simple:
            return leaf(node, capture=False)
        found = b"<" + re.escape(node.name) + b"".join(attribute(node, name, capture=False) for name in node.attributes) + b" ?+"
        if not node.children:
            return found + ending(node, capture=False)
        children = zip(node.children, self._inside, strict=True)
        inside = b"".join(perhaps(_times(child, items), always=node.always(b"<" + child.name)) for child, items in children)
        return found + filled(node, inside, rb"/>|></%s>" % re.escape(node.name))


def _times(node: Node, items: Items) -> bytes:
    """Return what children of one name match."""
    return rb"(?:%s%s)" % (items.plain, GAP) + (b"+" if node.many else b"")


def _closed(text: bytes) -> bytes:
    """Return objects of JSON with its own marks. One without members is an empty text."""
    return text.replace(_EMPTY, b'""').replace(_COMMA + _CLOSE, b"}").replace(_OPEN, b"{").replace(_COMMA, b",")


def _spread(found: list[bytes], cells: Sequence[bytes]) -> Sequence[bytes]:
    """Return what was found where there was anything, and nothing elsewhere."""
    if len(found) == len(cells):
        return found
    following = iter(found).__next__
    return [cell and following() for cell in cells]
