"""What repeated elements of XML match, and the lists of JSON that become of them: of a column of many records at a time, in few steps.

A list of texts is made by replacing its tags in all of them at once; one of elements member by member, each a column of its own.
"""

from __future__ import annotations

import re
from itertools import repeat
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from dataeng_ai.sources.xml_grammar import Node, UnfitError, local
from dataeng_ai.sources.xml_reader import TEXT
from dataeng_ai.sources.xml_references import KEPT, OddError, blank, legal, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GAP: Final = rb"[ \t\r\n]*+"
"""What may stand between tags."""
SOME: Final = rb"[^<]++"
"""A text. One that is white space alone, or may be it, is found later: what that is, a parser has to say."""
_ANY: Final = rb"[^<]*+"
_RUN: Final = "\2"
"""Ends what one record has of a list, where those of many stand in one text."""
T = TypeVar("T", str, bytes)
_CELL: Final = "\uffff"
"""Stands between texts, as none of XML's characters and none of JSON's escapes."""


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
    start, name = b"(" if capture else b"(?:", re.escape(node.name)
    if node.empty:
        return rb"<%s ?+%s/(?=>)|>%s)(?:</%s)?+>" % (name, start, _ANY, name)
    return rb"<%s%s>%s)</%s>" % (name, start, _ANY, name)


def filled(node: Node, children: bytes, hollow: bytes) -> bytes:
    """Return what an element with children matches behind its attributes, or what it does where it has none."""
    sure = any(node.always(b"<" + child.name) for child in node.children)
    found = rb">%s%s%s</%s>" % (b"" if sure else b"(?!%s</)" % GAP, GAP, children, re.escape(node.name))
    return b"(?:%s|%s)" % (hollow, found) if node.empty else found


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


class _Member(NamedTuple):
    """What an element of a list has: an attribute, a child, or its own text."""

    key: str
    """In JSON, with its colon."""
    items: Items | None
    """What makes JSON of it, where it is no text."""
    marked: bool = False
    """Its texts stand behind a mark, which tells an empty one from none."""
    always: bool = False
    text: bool = True
    """White space alone in it is for the parser."""


class Items:
    """The elements of one path that are a list: what they match, and what becomes of them."""

    def __init__(self, node: Node, *, several: bool = True) -> None:
        """Begin; `node` is what one of them has, `several` whether they may stand beside one another.

        Raises:
            UnfitError: two of its names are one key.
        """
        keys = ["_" + local(name).decode() for name in node.attributes] + [local(child.name).decode() for child in node.children]
        if len(set(keys)) != len(keys) or TEXT in keys:
            raise UnfitError
        self._node, self._several = node, several
        self.simple = not (node.attributes or node.children)
        """They are texts alone."""
        self._inside = [Items(child, several=child.many) for child in node.children]
        self._members = self._known([encode_basestring(key) + ":" for key in keys])
        self._template = self._formed()
        self.plain = self._pattern(capture=False)
        """What one of them matches, without a group of its own."""
        self._regex = re.compile((self._pattern(capture=True) + GAP + rb"(\x02|)").decode())
        tag = re.escape(node.name)
        self._between, self._empty = re.compile(rb"</%s>%s<%s>" % (tag, GAP, tag)), re.compile(rb"<%s ?/>" % tag)

    def column(self, cells: Sequence[bytes]) -> Lists:
        """Return lists of JSON for runs of elements, nothing for none.

        Raises:
            OddError: a record has what only the parser can tell.
        """
        runs = list(filter(None, cells))
        if not runs:
            return Lists(cells, 0, set(), 0)
        items, ends = self._made(legal(b"\2".join([*runs, b""]), len(runs)))
        kinds: set[type] = {dict} if self._template else {str if item[0] == '"' else dict for item in items}
        text = "".join(map("%s,%s".__mod__, zip(items, ends, strict=True)))
        text = ">[" + text[: -len(_RUN) - 1].replace("," + _RUN, "]" + _RUN + ">[") + "]"
        kept = text.count("&")
        made = (text.replace("&", KEPT) if kept else text).encode().split(b"\2")
        if len(made) != len(runs):
            raise OddError
        return Lists(_spread(made, cells, b""), len(items), kinds, kept)

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

    def _made(self, text: str) -> tuple[list[str], Sequence[str]]:
        """Return the JSON of each element, and what stands behind each: the end of a run, or nothing."""
        *columns, ends = zip(*self._regex.findall(text), strict=True)
        pieces = [self._pieces(member, column) for member, column in zip(self._members, columns, strict=True)]
        if self.simple:
            return [f'"{piece}"' for piece in pieces[0]], ends
        if self._template:
            return list(map(self._template.__mod__, zip(*pieces, strict=True))), ends
        *others, texts = pieces if not self._node.children else [*pieces, repeat("")]
        found = zip(map("".join, zip(*others, strict=True)), texts, strict=False)
        return [f"{{{body[1:]}{text}}}" if body else text[len(_VALUE) + 1 :] or '""' for body, text in found], ends

    def _pieces(self, member: _Member, column: Sequence[str]) -> Iterable[str]:
        """Return what of the JSON of each element is a member's."""
        if member.items is not None:
            values, form = member.items._values(column), "%s"  # noqa: SLF001  one of its own kind
        else:
            values, form = _escaped([text[1:] for text in column] if member.marked else column, text=member.text), '"%s"'
        if member.always:
            return values
        first = next((one.key for one in self._members if one.always), "")
        before = bool(first) and [one.key for one in self._members].index(member.key) < [one.key for one in self._members].index(first)
        form = f"{member.key.replace('%', '%%')}{form}," if before else f",{member.key.replace('%', '%%')}{form}"
        there = values if member.key == _VALUE else column
        return [form % value if known else "" for known, value in zip(there, values, strict=True)]

    def _values(self, column: Sequence[str]) -> Sequence[str]:
        """Return the JSON of what each of some elements has of these: one, a list of several, or nothing."""
        runs = list(filter(None, column))
        if not runs:
            return column
        items, ends = self._made(_RUN.join([*runs, ""]))
        found = _gathered(items, ends) if self._several else items
        if len(found) != len(runs):
            raise OddError
        return _spread(found, column, "")

    def _known(self, keys: list[str]) -> list[_Member]:
        node = self._node
        if self.simple:
            return [_Member("", None, marked=node.empty, always=True)]
        found = []
        for name, key in zip(node.attributes, keys, strict=False):
            always = node.always(name)
            found.append(_Member(key, None, not always, always, text=False))
        for child, item, key in zip(node.children, self._inside, keys[len(node.attributes) :], strict=True):
            always, single = node.always(b"<" + child.name), item.simple and not child.many
            found.append(_Member(key, None if single else item, single and (child.empty or not always), always))
        return found if node.children else [*found, _Member(_VALUE, None, marked=True)]

    def _formed(self) -> str:
        """Return what an element becomes, if any of its members is always there: of the others, each brings its own comma."""
        made = ""
        known = [member.always for member in self._members]
        if self.simple or True not in known:
            return ""
        for at, member in enumerate(self._members):
            form = ("%s" if member.items else '"%s"') if member.always else ""
            made += ("," if at > known.index(True) else "") + member.key.replace("%", "%%") + form if form else "%s"
        return "{" + made + "}"

    def _pattern(self, *, capture: bool) -> bytes:
        """Return what one of them matches. The groups are those of its members."""
        node = self._node
        if self.simple:
            return _captured(leaf(node, capture=capture), self._members[0]) if capture else leaf(node, capture=False)
        found = b"<" + re.escape(node.name)
        members = iter(self._members)
        for name in node.attributes:
            pattern, member = attribute(node, name, capture=capture), next(members)
            found += _captured(pattern, member) if capture else pattern
        found += b" ?+"
        if not node.children:
            start, name = b"(" if capture else b"(?:", re.escape(node.name)
            return found + rb"%s/(?=>)|>%s)(?:</%s)?+>" % (start, _ANY, name)
        inside = b""
        for item, child, member in zip(self._inside, node.children, members, strict=True):
            if member.items is None:
                pattern = leaf(child, capture=capture)
                one = (_captured(pattern, member) if capture else pattern) + GAP
            else:
                times = rb"(?:%s%s)+" if child.many else rb"(?:%s%s)"
                one = times % (item.plain, GAP)
                one = b"(" + one + b")" if capture else one
            inside += perhaps(one, always=member.always)
        return found + filled(node, inside, rb"/>|></%s>" % re.escape(node.name))


_VALUE: Final = f'"{TEXT}":'


def _captured(pattern: bytes, member: _Member) -> bytes:
    """Return what a text matches with its mark before the group, where that mark says nothing."""
    return pattern if member.marked else re.sub(rb"""\((["'>])""", rb"\1(", pattern, count=1)


def _escaped(values: Sequence[str], *, text: bool) -> Sequence[str]:
    """Return texts as they stand within the quotes of JSON.

    Raises:
        OddError: one of them may be white space alone, or has a reference to what was declared.
    """
    joined = _RUN.join(["", *values, ""])
    if text and blank(joined):
        raise OddError
    if not any(mark in joined for mark in '"\\&\t\n\r'):
        return values
    return encode_basestring(resolved(joined[1:-1].replace(_RUN, _CELL)))[1:-1].split(_CELL)


def _gathered(items: list[str], ends: Sequence[str]) -> list[str]:
    """Return the runs of items, one by itself and several as a list."""
    found: list[str] = []
    run: list[str] = []
    for item, end in zip(items, ends, strict=True):
        run.append(item)
        if end:
            found.append(item if len(run) == 1 else f"[{','.join(run)}]")
            run.clear()
    return found


def _spread(found: list[T], cells: Sequence[T], nothing: T) -> Sequence[T]:
    """Return what was found where there was anything, and nothing elsewhere."""
    if len(found) == len(cells):
        return found
    left = iter(found)
    return [next(left) if cell else nothing for cell in cells]
