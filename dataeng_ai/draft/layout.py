"""How a person's document is laid out, and new values written the same way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai.draft.scalars import write_scalar
from dataeng_ai.draft.tree import Entry, Lines, Mapping, Node, Scalar, Sequence, walk

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Layout:
    """The habits of a document."""

    newline: str = "\n"
    indent: int = 2
    """Spaces by which a mapping stands in from its key."""
    dash: int = 2
    """Spaces by which the dashes of a list stand in from their key."""
    flow: bool = False
    """Mappings within the document are written `{…}`."""


def layout(root: Mapping, lines: Lines) -> Layout:
    """Return a document's habits; those of most of its lines where it has several."""
    nodes = [(path, node) for path, node, _ in walk(root)]
    inner = [node for path, node in nodes if isinstance(node, Mapping) and path and isinstance(path[-1], str)]
    indents: list[int] = []
    dashes: list[int] = []
    for mapping in (node for _, node in nodes if isinstance(node, Mapping) and not node.flow):
        for entry in mapping.entries:
            depth = column(lines, entry.value.start) - column(lines, entry.key.start)
            if isinstance(entry.value, Mapping) and not entry.value.flow:
                indents.append(depth)
            elif isinstance(entry.value, Sequence) and not entry.value.flow:
                dashes.append(depth)
    breaks = re.search(r"\r\n|\r|\n", lines.text)
    indent = _usual(indents, 2)
    return Layout(
        newline=breaks[0] if breaks else "\n",
        indent=indent,
        dash=_usual(dashes, indent),
        flow=any(node.flow for node in inner) and all(node.flow for node in inner),
    )


def column(lines: Lines, index: int) -> int:
    """Return how many characters stand before one on its line."""
    return index - lines.line_start(index)


def in_flow(value: object) -> str:
    """Return a value on one line: `{a: 1, b: [x, y]}`."""
    match value:
        case dict():
            return "{" + ", ".join(f"{write_scalar(name)}: {in_flow(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(in_flow(item) for item in value) + "]"
        case _:
            return write_scalar(value)


def in_block(name: str, value: object, style: Layout) -> list[str]:
    """Return the lines of `name: value` as they stand in a block, the first not indented, each row of a list of mappings on one line."""
    key = write_scalar(name)
    match value:
        case [*rows] if any(isinstance(row, dict) for row in rows):
            return [f"{key}:", *(f"{' ' * style.dash}- {in_flow(row)}" for row in rows)]
        case dict() if value and not style.flow:
            return [f"{key}:", *(" " * style.indent + line for line in entries_in_block(value.items(), style))]
        case _:
            return [f"{key}: {in_flow(value)}"]


def entries_in_block(entries: Iterable[tuple[str, object]], style: Layout) -> list[str]:
    """Return the lines of several entries."""
    return [line for name, value in entries for line in in_block(name, value, style)]


def last_leaf(node: Node) -> Node:
    """Return the value that ends last within a node: a scalar, or a collection in brackets, or an empty one."""
    match node:
        case Mapping(flow=False, entries=(*_, Entry(value=value))):
            return last_leaf(value)
        case Sequence(flow=False, items=(*_, item)):
            return last_leaf(item)
        case _:
            return node


def content_end(text: str, node: Node) -> int:
    """Return where the content of a node ends; the empty lines behind a literal belong to it only where it keeps them (`|+`)."""
    leaf = last_leaf(node)
    if not isinstance(leaf, Scalar) or leaf.style not in {"|", ">"}:
        return leaf.end
    header = re.compile(r"[|>][^\r\n#]*").match(text, leaf.start)
    if header and "+" in header[0]:
        return leaf.end
    content = text[leaf.start : leaf.end]
    ended = re.compile(r"(?:\r\n|\r|\n)").search(content, len(content.rstrip(" \r\n")))
    return leaf.start + ended.end() if ended else leaf.end


def comments_below(text: str, at: int, indent: int) -> str:
    """Return the comments that follow and are indented deeper than `indent`: they belong to what stands above them."""
    match = re.compile(rf"(?:(?:[ \t]*(?>\r\n|\r|\n))*[ ]{{{indent + 1},}}#[^\r\n]*(?>\r\n|\r|\n|\Z))*").match(text, at)
    return match[0] if match else ""


def _usual(found: list[int], otherwise: int) -> int:
    usual = [depth for depth in found if depth >= 0]
    return Counter(usual).most_common(1)[0][0] if usual else otherwise
