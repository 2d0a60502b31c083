"""Boxes and arrows: what comes after what, from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dataeng_ai.pictures.svg import GREY, drawing, number, rectangle, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FILL: Final = "#33619f"
"""White text on it has 6 to 1, wherever it stands."""
_HIGH: Final = 30
_NOTED: Final = 44
"""Pixels of a box with a second line."""
_ACROSS: Final = 40
_DOWN: Final = 14
_EDGE: Final = 4
_LETTER: Final = 7.6
"""Pixels of a letter, generously: the reader's fonts are not known here."""
_LONGEST: Final = 28
_SWEEPS: Final = 4
_LANE: Final = 6
"""Pixels of an arrow that passes between boxes."""
_POINT: Final = 6


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a box stands, or an arrow passes: its left end, its middle line, its width."""

    x: float
    y: float
    wide: float


def flow(nodes: Mapping[str, str], edges: Iterable[tuple[str, str]], title: str = "") -> str:
    """Draw boxes joined by arrows as a data-URI; columns from left to right, a box right of all that lead to it.

    Args:
        nodes: The boxes' names, each with a second, smaller line, empty for none.
        edges: (from, to) by name. Both are among the nodes; a cycle is drawn as far as that goes.
        title: What it shows, in words; without one, the arrows are told.
    """
    names = list(nodes)
    arrows = [(names.index(one), names.index(other)) for one, other in dict.fromkeys(edges) if one != other]
    ways, columns = _ordered(arrows, _levels(len(names), arrows))
    high = float(_NOTED if any(nodes.values()) else _HIGH)
    widths = [_width(name, note) for name, note in nodes.items()]
    places, right, bottom = _placed(columns, widths, high)
    shapes = [_arrow([places[each] for each in way]) for way in ways]
    shapes += [_box(name, nodes[name], places[each], high) for each, name in enumerate(names)]
    told = title or "; ".join(f"{names[one]} → {names[other]}" for one, other in arrows)
    return drawing(right + _EDGE, bottom + _EDGE, shapes, told)


def _levels(boxes: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """Return the column of each box: the longest way that leads to it."""
    level = [0] * boxes
    for _ in range(boxes):  # the longest way has fewer steps than there are boxes; a cycle ends here too
        before = list(level)
        for one, other in arrows:
            level[other] = min(max(level[other], level[one] + 1), boxes - 1)
        if level == before:
            break
    return level


def _ordered(arrows: Sequence[tuple[int, int]], level: Sequence[int]) -> tuple[list[list[int]], list[list[int]]]:
    """Return the arrows as ways from column to column, and the columns, ordered so that few ways cross.

    A way through columns that are not its own has a place there, numbered after the boxes, so that it runs behind no box.
    """
    columns: list[list[int]] = [[] for _ in range(max(level, default=-1) + 1)]
    for box, each in enumerate(level):
        columns[each].append(box)
    ways, free = [], len(level)
    for one, other in arrows:
        between = range(level[one] + 1, level[other])
        ways.append([one, *range(free, free + len(between)), other])
        for place, each in enumerate(between, free):
            columns[each].append(place)
        free += len(between)
    columns = [column for column in columns if column]
    steps = [step for way in ways for step in pairwise(way)]
    for _ in range(_SWEEPS):
        for left, column in pairwise(columns):
            at = {each: place for place, each in enumerate(left)}
            means = {each: _mean([at[one] for one, other in steps if other == each and one in at]) for each in column}
            column.sort(key=means.__getitem__)
    return ways, columns


def _placed(columns: Sequence[Sequence[int]], widths: Sequence[float], high: float) -> tuple[dict[int, _Place], float, float]:
    """Return where each box and each way between boxes stands, and the right and the bottom end of all."""
    heights = [[high if each < len(widths) else _LANE for each in column] for column in columns]
    bottom = _EDGE + max((sum(some) + _DOWN * (len(some) - 1) for some in heights), default=0.0)
    places: dict[int, _Place] = {}
    x = float(_EDGE)
    for column, some in zip(columns, heights, strict=True):
        wide = max((widths[each] for each in column if each < len(widths)), default=0.0)
        y = _EDGE + (bottom - _EDGE - sum(some) - _DOWN * (len(some) - 1)) / 2
        for each, tall in zip(column, some, strict=True):
            places[each] = _Place(x, y + tall / 2, wide)
            y += tall + _DOWN
        x += wide + _ACROSS
    return places, max(x - _ACROSS, 0.0), bottom


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _width(name: str, note: str) -> float:
    return max(len(_cut(name)) * _LETTER, len(_cut(note)) * _LETTER * 0.85) + 22


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _box(name: str, note: str, place: _Place, high: float) -> str:
    middle = number(place.x + place.wide / 2)
    style = 'text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif"'
    first = place.y + (-2 if note else 4)
    words = f'<text x="{middle}" y="{number(first)}" font-size="13" {style}>{text(_cut(name))}</text>'
    if note:
        words += f'<text x="{middle}" y="{number(first + 15)}" font-size="11" {style}>{text(_cut(note))}</text>'
    box = rectangle(place.x, place.y - high / 2, place.wide, high, _FILL).replace("/>", f' rx="5" stroke="{GREY}"/>')
    return f"<g><title>{text(name)}</title>{box}{words}</g>"


def _arrow(way: Sequence[_Place]) -> str:
    """Return a curve from the right side of the first box to the left side of the last, with a point at its end."""
    line = f"M{number(way[0].x + way[0].wide)} {number(way[0].y)}"
    for one, other in pairwise(way):
        x1, x2 = one.x + one.wide, other.x - (_POINT if other is way[-1] else 0)
        middle = number((x1 + other.x) / 2)
        line += f"C{middle} {number(one.y)} {middle} {number(other.y)} {number(x2)} {number(other.y)}"
        line += "" if other is way[-1] else f"h{number(other.wide)}"
    point = f"M{number(way[-1].x)} {number(way[-1].y)}l-8 -4v8z"
    return f'<path d="{line}" fill="none" stroke="{GREY}" stroke-width="1.5"/><path d="{point}" fill="{GREY}"/>'
