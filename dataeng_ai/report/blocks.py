"""What a report is made of: sections of paragraphs, lists, tables, listings and drawings, as plain data for the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    kind: ClassVar[str] = "paragraph"
    text: object


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the columns of `numbers` are set to the right."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    numbers: frozenset[int] = frozenset()
    widths: Sequence[int] = ()
    """Per cent of the page's width, for each column; with them the letters are small."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names with what is said of each."""

    kind: ClassVar[str] = "pairs"
    rows: Sequence[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A program's text."""

    kind: ClassVar[str] = "listing"
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, as the address that shows it, and in words."""

    kind: ClassVar[str] = "picture"
    address: str
    words: str


Block = Paragraph | Bullets | Table | Pairs | Listing | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]
    whole: bool = False
    """It is as wide as the page, where others stand in two columns."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that is seen first."""

    label: str
    value: str
    note: str = ""
