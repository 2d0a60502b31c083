"""A drawing as an address that `<img src=…>` shows: no request, no script, and colours that are legible on light and on dark.

An image cannot see the page's theme, so nothing here depends on it: fills are of middle lightness, and text stands on a fill of its own.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

BLUE: Final = "#4a86cf"
"""What there is; 3.7 to 1 against white, 5 to 1 against JupyterLab's black."""
ORANGE: Final = "#cf7a26"
"""What is missing or turned away."""
GREY: Final = "#808080"
"""Lines and outlines."""
_KEPT: Final = "/:=,()!*;"
"""Marks that stand in an attribute and in an address as they are; a quote or a blank does not."""


def drawing(width: float, height: float, shapes: Sequence[str], title: str = "") -> str:
    """Return shapes as the data-URI of an SVG image of that size in pixels; the title says in words what it shows."""
    told = f"<title>{text(title)}</title>" if title else ""
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    return address(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{told}{"".join(shapes)}</svg>')


def address(svg: str) -> str:
    """Return an SVG document as a data-URI that may stand in any attribute."""
    return f"data:image/svg+xml,{quote(svg, safe=_KEPT)}"


def text(words: str) -> str:
    """Return words as XML may hold them: escaped, and with a dot for what no reader could see."""
    return escape("".join(letter if letter.isprintable() else "·" for letter in words))


def number(value: float) -> str:
    """Return a coordinate, as short as it may be."""
    return f"{value:.1f}".removesuffix(".0")


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" fill="{fill}"/>'
