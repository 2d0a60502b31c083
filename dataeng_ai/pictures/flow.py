"""Boxes and arrows: what comes after what, from left to right."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dataeng_ai.pictures.svg import GREY, drawing, number, text

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


def flow(nodes: Mapping[str, str], edges: Iterable[tuple[str, str]], title: str = "") -> str:
    """Draw boxes joined by arrows as a data-URI; columns from left to right, a box right of all that lead to it.

    Args:
        nodes: The boxes' names, each with a second, smaller line, empty for none.
        edges: (from, to) by name. Both are among the nodes; a cycle is drawn as far as that goes.
        title: What it shows, in words; without one, the arrows are told.
    """
    arrows = list(dict.fromkeys((one, other) for one, other in edges if one != other))
    columns = _columns(list(nodes), arrows)
    high = _NOTED if any(nodes.values()) else _HIGH
    places: dict[str, tuple[float, float, float]] = {}
    tallest = max(map(len, columns), default=0) * (high + _DOWN) - _DOWN
    x = float(_EDGE)
    for column in columns:
        wide = max(_width(name, nodes[name]) for name in column)
        top = _EDGE + (tallest - (len(column) * (high + _DOWN) - _DOWN)) / 2
        places |= {name: (x, top + place * (high + _DOWN), wide) for place, name in enumerate(column)}
        x += wide + _ACROSS
    shapes = [_arrow(places[one], places[other], high) for one, other in arrows]
    shapes += [_box(name, nodes[name], place, high) for name, place in places.items()]
    told = title or "; ".join(f"{one} → {other}" for one, other in arrows)
    return drawing(max(x - _ACROSS, 0) + _EDGE, max(tallest, 0) + 2 * _EDGE, shapes, told)


def _columns(names: Sequence[str], arrows: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the boxes column by column, each right of what leads to it, ordered so that few arrows cross."""
    level = dict.fromkeys(names, 0)
    for _ in names:  # the longest way has at most as many steps as there are boxes; a cycle ends here too
        before = dict(level)
        for one, other in arrows:
            level[other] = min(max(level[other], level[one] + 1), len(names) - 1)
        if level == before:
            break
    used = sorted(set(level.values()))
    columns = [[name for name in names if level[name] == each] for each in used]
    for _ in range(_SWEEPS):
        for left, column in pairwise(columns):
            at = {name: place for place, name in enumerate(left)}
            means = {name: _mean([at[one] for one, other in arrows if other == name and one in at]) for name in column}
            column.sort(key=means.__getitem__)
    return columns


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _width(name: str, note: str) -> float:
    return max(len(_cut(name)) * _LETTER, len(_cut(note)) * _LETTER * 0.85) + 22


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _box(name: str, note: str, place: tuple[float, float, float], high: float) -> str:
    x, y, wide = place
    middle = number(x + wide / 2)
    style = 'text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif"'
    first = y + high / 2 + (-2 if note else 4)
    words = f'<text x="{middle}" y="{number(first)}" font-size="13" {style}>{text(_cut(name))}</text>'
    if note:
        words += f'<text x="{middle}" y="{number(first + 15)}" font-size="11" {style}>{text(_cut(note))}</text>'
    box = f'<rect x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(high)}" rx="5" fill="{_FILL}" stroke="{GREY}"/>'
    return f"<g><title>{text(name)}</title>{box}{words}</g>"


def _arrow(one: tuple[float, float, float], other: tuple[float, float, float], high: float) -> str:
    """Return a curve from the right side of one box to the left side of the other, with a point at its end."""
    x1, y1 = one[0] + one[2], one[1] + high / 2
    x2, y2 = other[0], other[1] + high / 2
    bend = max(_ACROSS / 2, (x2 - x1) / 2)
    line = f"M{number(x1)} {number(y1)}C{number(x1 + bend)} {number(y1)} {number(x2 - bend)} {number(y2)} {number(x2 - 6)} {number(y2)}"
    point = f"M{number(x2)} {number(y2)}l-8 -4v8z"
    return f'<path d="{line}" fill="none" stroke="{GREY}" stroke-width="1.5"/><path d="{point}" fill="{GREY}"/>'
