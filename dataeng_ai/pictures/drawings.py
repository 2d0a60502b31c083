"""Small drawings of numbers, each a pure function to a data-URI. What they show, the words beside them say too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.pictures.svg import BLUE, GREY, ORANGE, drawing, number, rectangle

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE: Final = 96
"""Pixels of a histogram, however many bars it has."""
_TALL: Final = 28
_LOW: Final = 10
_METER: Final = 60
_SPAN: Final = 160
_LEAST: Final = 1
"""Pixels of the least that is there: nothing that exists vanishes."""


def histogram(counts: Sequence[int], title: str = "", *, open_ends: tuple[bool, bool] = (False, False)) -> str:
    """Draw counts as bars side by side on one line.

    Args:
        counts: One a bar, from left to right.
        title: What it shows, in words.
        open_ends: Whether the first and the last bar hold all that lies beyond too: they are drawn hollow.
    """
    most = max(counts, default=0) or 1
    step = _WIDE / max(len(counts), 1)
    shapes = [f'<path d="M0 {_TALL - 0.5}H{_WIDE}" stroke="{GREY}"/>']
    solid: list[str] = []
    hollow: list[str] = []
    for place, count in enumerate(counts):
        if count:
            high = max(_LEAST, (_TALL - 1) * count / most)
            bar = f"M{number(place * step)} {_TALL - 1}v-{number(high)}h{number(step - 1)}v{number(high)}z"
            beyond = (open_ends[0] and not place) or (open_ends[1] and place == len(counts) - 1)
            (hollow if beyond else solid).append(bar)
    shapes.append(f'<path d="{"".join(solid)}" fill="{BLUE}"/>')
    if hollow:
        shapes.append(f'<path d="{"".join(hollow)}" fill="{BLUE}" fill-opacity=".35" stroke="{BLUE}"/>')
    return drawing(_WIDE, _TALL, shapes, title)


def bar(share: float, width: int = _METER) -> str:
    """Draw a share of one as a bar of that part of the width: for a list, where the longest bar is the whole width."""
    return drawing(width, _LOW, [rectangle(0, 1, _part(share, width), _LOW - 2, BLUE)])


def meter(share: float, title: str = "", width: int = _METER) -> str:
    """Draw a share of what is missing: an outlined box, filled so far from the left."""
    box = f'<rect x=".5" y=".5" width="{width - 1}" height="{_LOW - 1}" rx="2" fill="none" stroke="{GREY}"/>'
    filled = [rectangle(1, 1, _part(share, width - 2), _LOW - 2, ORANGE)] if share > 0 else []
    return drawing(width, _LOW, [*filled, box], title)


def balance(parts: Sequence[float], title: str = "", width: int = 320) -> str:
    """Draw parts of a whole side by side, the first plain and each later one striped more densely, so that no colour is needed."""
    whole = sum(parts) or 1
    left = 0.0
    shapes = ["<defs>", *map(_stripes, range(1, len(parts))), "</defs>"]
    for place, part in enumerate(parts):
        if part > 0:
            wide = max(_LEAST, width * part / whole)
            shapes.append(rectangle(min(left, width - wide), 0, wide, _LOW + 4, f"url(#p{place})" if place else BLUE))
            left += wide
    return drawing(width, _LOW + 4, shapes, title)


def timeline(start: float, end: float, title: str = "", *, ticks: int = 0, width: int = _SPAN) -> str:
    """Draw a stretch of a line that others share: from `start` to `end`, both shares of its length.

    Args:
        start: Where it begins, 0 to 1.
        end: Where it ends.
        title: What it shows, in words.
        ticks: How many steps the stretch has, such as days; more than would be told apart are not drawn.
        width: Pixels of the whole line.
    """
    x, wide = start * width, max(2.0, (end - start) * width)
    x = min(x, width - wide)
    middle = _LOW / 2
    shapes = [
        f'<path d="M0 {middle}H{width}" stroke="{GREY}" stroke-dasharray="2 3"/>',
        rectangle(x, middle - 2, wide, 4, BLUE),
    ]
    if 0 < ticks <= wide / 3:
        marks = "".join(f"M{number(x + wide * place / ticks)} 0V{_LOW}" for place in range(ticks + 1))
        shapes.append(f'<path d="{marks}" stroke="{BLUE}"/>')
    return drawing(width, _LOW, shapes, title)


def _stripes(place: int) -> str:
    step = max(3, 9 - 2 * place)
    ground = rectangle(0, 0, step, step, ORANGE).replace("/>", ' fill-opacity=".25"/>')
    line = f'<path d="M0 0V{step}" stroke="{ORANGE}" stroke-width="2"/>'
    turned = 'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return f'<pattern id="p{place}" width="{step}" height="{step}" {turned}>{ground}{line}</pattern>'


def _part(share: float, width: int) -> float:
    return max(_LEAST, min(1.0, share) * width) if share > 0 else 0
