"""Edits of a draft's text: `fill` writes into holes, `replace` changes one value. Nothing else moves, not a byte.

Every edit is found on the tree of the old text, all are applied at once, and the new text is read again: if any value came out other
than it was asked for, the edit is refused.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from dataeng_ai.diagnostics import Diagnostic, Edit, Problems, Text
from dataeng_ai.draft import layout as lay
from dataeng_ai.draft import shapes
from dataeng_ai.draft.document import Draft
from dataeng_ai.draft.paths import show
from dataeng_ai.draft.reader import compose
from dataeng_ai.draft.scalars import AUTO
from dataeng_ai.draft.tree import Entry, Mapping, Node, Path, Scalar, Sequence, find, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingLike

    from dataeng_ai.draft.shapes import Shape


def fill(draft: Draft, values: MappingLike[Path, object]) -> Draft:
    """Write values into holes; a hole that holds that value by now is left as it is.

    A value may be a whole block, and may stand within blocks that are absent or open as a whole: they are made. What is optional is
    written where the person wrote `auto`, and within blocks that this or an earlier `fill` made.

    Raises:
        ValueError: there is no hole at a path.
        Problems: the text cannot take the edit without changing other values (E020).
    """
    fresh = {path: shapes.arrange(shapes.at(draft.model, draft.data, path), value) for path, value in values.items()}
    fresh = {path: value for path, value in fresh.items() if not _same(draft.get(path), value)}
    created = {_opening(draft, path) for path in fresh}
    return _edited(draft, _Plan(draft).put_all(fresh), fresh, frozenset(created))


def replace(draft: Draft, path: Path, value: object) -> Draft:
    """Put a value in the place of the one at a path, or write it there when nothing stands.

    Raises:
        Problems: nothing can stand at that path (E021), or the text cannot take the edit without changing other values (E020).
    """
    value = shapes.arrange(shapes.at(draft.model, draft.data, path), value)
    node = find(draft.root, path)
    if node is None:
        return _edited(draft, _Plan(draft).put_all({path: value}), {path: value})
    if not path:
        raise Problems(
            Diagnostic("E021", "the whole of a spec is not one value", draft.text.name, help="write a path, such as `load.mode`")
        )
    return _edited(draft, _replaced(draft, path, node, value), {path: value})


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with edits that do not overlap; those at one place are written in their order."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[at : edit.start], edit.text]
        at = max(at, edit.end)
    return "".join([*pieces, text[at:]])


def _opening(draft: Draft, path: Path) -> Path:
    """Return the place that filling a path opens: itself, or the outermost absent block around it."""
    opening = next((path[:depth] for depth in range(1, len(path) + 1) if draft.get(path[:depth]) is AUTO), None)
    if opening is None:
        message = f"`{show(path, draft.plain)}` is not a hole: something stands there"
        raise ValueError(message)
    written = find(draft.root, opening) is not None
    shape = shapes.at(draft.model, draft.data, opening)
    ours = any(opening[:depth] in draft.created for depth in range(1, len(opening)))
    if written or (shape is not None and (shape.filled or shape.offered or ours)):
        return opening
    message = f"`{show(path, draft.plain)}` is not a hole: it is {'unknown' if shape is None else 'given or optional'}"
    raise ValueError(message)


def _edited(draft: Draft, edits: list[Edit], values: MappingLike[Path, object], created: frozenset[Path] = frozenset()) -> Draft:
    """Apply edits, read the text again, and refuse it if any value is not what it was or what was asked for."""
    if not edits:
        return draft
    text = Text(draft.text.name, apply(draft.text.text, edits))
    root, faults = compose(text)
    expected: object = deepcopy(draft.plain)
    for path, value in values.items():
        expected = _put(expected, path, _as_read(value))
    if faults or root is None or not _same(plain(root), expected):
        paths = ", ".join(f"`{show(path, draft.plain)}`" for path in values)
        span = draft.span(next(iter(values)))
        advice = "write it there by hand, or put the mapping around it on lines of its own"
        raise Problems(
            Diagnostic("E020", f"{paths} cannot be written here without changing another value", draft.text.name, span, help=advice),
            texts=(draft.text,),
        )
    return Draft(text, root, draft.model, draft.created | created)


@dataclass(slots=True)
class _Plan:
    """Collects what is to be written: into mappings that stand, and in the place of words that stand for a hole."""

    draft: Draft
    grafts: dict[Path, dict[str, object]] = field(default_factory=dict)
    """Mapping that stands -> its new entries."""
    tokens: dict[Path, object] = field(default_factory=dict)
    """Place of an `auto`, an empty value or a null -> what comes there."""

    def put_all(self, values: MappingLike[Path, object]) -> list[Edit]:
        """Return the edits that write the values."""
        for path, value in values.items():
            self._put(path, value)
        style = lay.layout(self.draft.root, self.draft.lines)
        ranked = [(-len(path), edit) for path, value in self.tokens.items() for edit in self._token(path, value, style)]
        ranked += [(-len(path), edit) for path, new in self.grafts.items() for edit in self._graft(path, new, style)]
        return [edit for _, edit in sorted(ranked, key=lambda pair: (pair[1].start, pair[0]))]

    def _put(self, path: Path, value: object) -> None:
        node: Node | None = self.draft.root
        for depth, step in enumerate(path):
            below = find(cast("Node", node), (step,))
            if below is None and isinstance(node, Mapping):
                new = self.grafts.setdefault(path[:depth], {})
                self.grafts[path[:depth]] = cast("dict[str, object]", _put(new, path[depth:], value))
                return
            if below is None:
                self._put_in_word(path[:depth], node, path[depth:], value)
                return
            node = below
        self.tokens[path] = value

    def _put_in_word(self, place: Path, node: Node | None, rest: Path, value: object) -> None:
        """Turn a word that stands for no block yet into one."""
        if isinstance(node, Scalar) and isinstance(rest[0], str) and (node.is_auto or node.value is None):
            self.tokens[place] = _put(self.tokens.get(place, {}), rest, value)
            return
        name = show((*place, *rest), self.draft.plain)
        span = self.draft.span(place)
        message = f"nothing can stand at `{name}`"
        raise Problems(
            Diagnostic("E021", message, self.draft.text.name, span, help="`spec show` prints what is there"), texts=(self.draft.text,)
        )

    def _arranged(self, path: Path, value: object) -> object:
        return shapes.arrange(shapes.at(self.draft.model, self.draft.data, path), value)

    def _token(self, path: Path, value: object, style: lay.Layout) -> list[Edit]:
        """Return the edits that put a value where a word stands for the hole: on its line, or below its key."""
        draft, node = self.draft, cast("Scalar", find(self.draft.root, path))
        parent = find(draft.root, path[:-1])
        value = self._arranged(path, value)
        text = draft.text.text
        lines = lay.in_block(str(path[-1]), value, style) if isinstance(parent, Mapping) and not parent.flow else []
        if len(lines) < 2:  # noqa: PLR2004  the value has lines of its own below its key
            space = "" if node.start == 0 or text[node.start - 1] in " \t" else " "
            return [Edit(node.start, node.end, space + lay.in_flow(value))]
        key = next(entry.key for entry in cast("Mapping", parent).entries if entry.value is node)
        blank = len(text[key.end : node.start]) - len(text[key.end : node.start].rstrip(" \t"))
        gone = [Edit(node.start - blank, node.end, "")] if node.text else []
        return [*gone, self._lines_below(node.end, lines[1:], lay.column(draft.lines, key.start), style)]

    def _graft(self, path: Path, new: dict[str, object], style: lay.Layout) -> list[Edit]:
        """Return the edits that write new entries into a mapping, each behind the nearest of those that come before it."""
        mapping = cast("Mapping", find(self.draft.root, path))
        shape = shapes.at(self.draft.model, self.draft.data, path)
        new = cast("dict[str, object]", shapes.arrange(shape, new))
        groups: dict[int | None, dict[str, object]] = {}
        for name in _in_order(shape, mapping, new):
            groups.setdefault(_predecessor(shape, mapping, new, name), {})[name] = self._arranged((*path, name), new[name])
        write = self._in_flow if mapping.flow else self._in_block
        return [write(mapping, before, entries, style) for before, entries in groups.items()]

    def _in_flow(self, mapping: Mapping, before: int | None, new: dict[str, object], style: lay.Layout) -> Edit:
        del style
        written = ", ".join(lay.in_flow({name: value})[1:-1] for name, value in new.items())
        if before is not None:
            at = mapping.entries[before].value.end
            return Edit(at, at, f", {written}")
        at = mapping.entries[0].key.start if mapping.entries else mapping.start + 1
        return Edit(at, at, f"{written}, " if mapping.entries else written)

    def _in_block(self, mapping: Mapping, before: int | None, new: dict[str, object], style: lay.Layout) -> Edit:
        draft, text = self.draft, self.draft.text.text
        written = lay.entries_in_block(new.items(), style)
        anchor = mapping.entries[before or 0]
        indent = lay.column(draft.lines, anchor.key.start)
        end = lay.content_end(text, anchor.value)
        if before is not None and not _open_literal(text, anchor):
            return self._lines_below(end, written, indent, style)
        return Edit(anchor.key.start, anchor.key.start, "".join(line + style.newline + " " * indent for line in written))

    def _lines_below(self, end: int, written: list[str], indent: int, style: lay.Layout) -> Edit:
        """Return the edit that writes lines below the one on which a value ends."""
        text = self.draft.text.text
        at = end if end and text[end - 1] in "\r\n" else self.draft.lines.next_line(end)
        at += len(lay.comments_below(text, at, indent))
        indented = [" " * indent + line for line in written]
        if at and text[at - 1] not in "\r\n":
            return Edit(at, at, "".join(style.newline + line for line in indented))
        return Edit(at, at, "".join(line + style.newline for line in indented))


def _in_order(shape: Shape | None, mapping: Mapping, new: dict[str, object]) -> list[str]:
    """Return the names of new entries in canonical order, those that the models do not know last."""
    known = shapes.order(shape, {**cast("dict[str, object]", plain(mapping)), **new})
    return sorted(new, key=lambda name: known.index(name) if name in known else len(known))


def _predecessor(shape: Shape | None, mapping: Mapping, new: dict[str, object], name: str) -> int | None:
    """Return the position of the entry behind which a new one comes: of those canonically before it the last; None for the very front."""
    known = shapes.order(shape, {**cast("dict[str, object]", plain(mapping)), **new})
    places = {entry.key.text: position for position, entry in enumerate(mapping.entries)}
    if name not in known:
        return len(mapping.entries) - 1 if mapping.entries else None
    before = [places[other] for other in known[: known.index(name)] if other in places]
    return before[-1] if before else None


def _open_literal(text: str, entry: Entry) -> bool:
    """Say whether an entry ends in a literal whose last line has no line end: a line below it would become a part of it."""
    leaf = lay.last_leaf(entry.value)
    return isinstance(leaf, Scalar) and leaf.style in {"|", ">"} and leaf.end >= len(text) and text[-1:] not in {"\r", "\n"}


def _replaced(draft: Draft, path: Path, node: Node, value: object) -> list[Edit]:
    """Return the edits that put a value, on one line, in the place of a node."""
    text = draft.text.text
    end = lay.content_end(text, node)
    end = len(text[:end].rstrip("\r\n")) if isinstance(lay.last_leaf(node), Scalar) and end > node.start else end
    written = lay.in_flow(value)
    parent = find(draft.root, path[:-1])
    begin = draft.lines.line_start(node.start)
    stands_below = isinstance(node, Mapping | Sequence) and not node.flow and isinstance(parent, Mapping)
    if not stands_below:
        space = "" if node.start == 0 or text[node.start - 1] in " \t[{\r\n" else " "
        return [Edit(node.start, end, space + written)]
    key = next(entry.key for entry in cast("Mapping", parent).entries if entry.value is node)
    colon = cast("re.Match[str]", re.compile(r"[ \t]*:").match(text, key.end)).end()
    line_break = begin - (2 if text[begin - 2 : begin] == "\r\n" else 1)
    return [Edit(colon, colon, f" {written}"), Edit(line_break, end, "")]


def _put(data: object, path: Path, value: object) -> object:
    """Return data with a value at a path; mappings on the way are made where there are none."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(head, int):
        return [_put(item, rest, value) if index == head else item for index, item in enumerate(data)]
    held = data if isinstance(data, dict) else {}
    return {**held, head: _put(held.get(head), rest, value)}


def _as_read(value: object) -> object:
    """Return a value as YAML alone will read it: AUTO is the word `auto`."""
    match value:
        case dict():
            return {name: _as_read(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_as_read(item) for item in value]
        case _:
            return "auto" if value is AUTO else value


def _same(one: object, other: object) -> bool:
    """Compare values and their types: True is not 1, 1 is not 1.0. The order of keys means nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other
