"""What the columns of a file usually hold, from a sample of its rows: what a damaged record is held against before it is mended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_KINDS: Final = (
    re.compile(r"[-+]?\d+"),
    re.compile(r"[-+]?[$€£₽]?\s?\d+(?:[ \u00a0'_,]\d{3})*(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[%$€£₽]?"),
    re.compile(r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))"),
    re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"),
    re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[-+]\d{2}:?\d{0,2})?"),
    re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    re.compile(r"(?:https?|ftp)://\S+"),
)
"""Whole numbers, numbers and amounts, dates, times, moments, identifiers, addresses of mail and of pages."""
_MOST: Final = 0.95
"""The share of a column's cells that must be of one kind, for a cell of another kind to count against a record."""
_SEEN: Final = 3
"""Cells that are too few to say what a column holds."""
_AGAIN: Final = 5
"""How often a text stands in a column, on the average, where few stand again and again …"""
_MANY: Final = 40
"""… among at least so many cells."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What one column holds: the kinds that nearly all its cells are of, or their one shape; whether some or all are empty."""

    kinds: tuple[re.Pattern[str], ...]
    shape: str | None
    empty: bool
    """Some cell is empty."""
    hollow: bool
    """Every cell is empty."""
    plain: bool
    """No cell is of any kind: it holds texts."""
    words: frozenset[str] = frozenset()
    """The texts that there are, where few stand again and again: a text with a delimiter in it is none of them."""

    def fits(self, cell: str) -> bool:
        """Say whether the cell could stand in the column."""
        text = cell.strip()
        if self.hollow or not text:
            return not text and self.empty
        if self.kinds:
            return any(kind.fullmatch(text) for kind in self.kinds)
        if self.shape is not None:
            return shape(text) == self.shape
        if self.words:
            return text in self.words
        return not (self.plain and any(kind.fullmatch(text) for kind in _KINDS))


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of all the columns of a table."""

    columns: tuple[Habit, ...]

    @property
    def telling(self) -> bool:
        """Say whether some column holds one kind of thing, so that a shifted record shows."""
        return any(one.kinds or one.shape is not None for one in self.columns)

    def fit(self, cells: Sequence[str], but: Collection[int] = ()) -> bool:
        """Say whether a record with these cells could be a row; the columns `but` are not looked at."""
        looked = (place for place in range(len(self.columns)) if place not in but)
        return len(cells) == len(self.columns) and all(self.columns[place].fits(cells[place]) for place in looked)


def of(rows: Sequence[Sequence[str]], width: int) -> Habits:
    """Learn the habits from rows, those of another width left out."""
    whole = [row for row in rows if len(row) == width]
    return Habits(tuple(_habit([row[place].strip() for row in whole]) for place in range(width)))


def shape(text: str) -> str:
    """Return the text with each letter as `A` and each digit as `9`."""
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text))


def _habit(cells: Sequence[str]) -> Habit:
    filled = [cell for cell in cells if cell]
    often = [sum(kind.fullmatch(cell) is not None for cell in filled) for kind in _KINDS]
    most = [kind for kind, times in zip(_KINDS, often, strict=True) if len(filled) >= _SEEN and times >= _MOST * len(filled)]
    shapes = {shape(cell) for cell in filled}
    one = next(iter(shapes)) if len(shapes) == 1 and len(filled) >= _SEEN else None
    return Habit(
        tuple(most[:1]),
        one if one and "9" in one and not most else None,
        empty=len(filled) < len(cells),
        hollow=bool(cells) and not filled,
        plain=len(filled) >= _SEEN and not any(often),
        words=frozenset(filled) if len(filled) >= max(_MANY, _AGAIN * len(set(filled))) else frozenset(),
    )
