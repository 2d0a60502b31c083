"""Words in a card: what a template asks for beside escaping. All of them are cut to what a card has room for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

CUT: Final = "…"
_BRIEF: Final = 200
_TAGS: Final = 40
"""Bytes that the markup around one value takes."""
_CODE: Final = 7
"""Bytes that a backtick may become, where two of them are the tags of code."""
_QUOTED: Final = re.compile(r"`([^`\n]+)`")
_SHOWN: Final = "\n\t\u200d"
"""Characters without a form of their own that do no harm; the last joins the parts of an emoji."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What of a list fits, and how many more there are."""

    shown: tuple[object, ...]
    left: int


def visible(text: str) -> str:
    """Return a text in which nothing is hidden: what would turn a line around, or not be seen, becomes `\N{REPLACEMENT CHARACTER}`."""
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if char not in _SHOWN and unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char for char in text
    )


def brief(value: object, most: int = _BRIEF) -> str:
    """Return a value as a text that is not too long."""
    text = str(value)
    return visible(text if len(text) <= most else f"{text[: most - 1]}{CUT}")


def typed(line: str) -> str:
    """Return a command as it is typed in a notebook."""
    return f"%dataeng {line.removeprefix('spec ')}" if line.startswith("spec ") else line


def words(text: object) -> Markup:
    """Return prose: what stands between backticks becomes code, and a command what is typed in a notebook."""
    parts = _QUOTED.split(visible(str(text)))
    return Markup().join(Markup("<code>{}</code>").format(typed(part)) if place % 2 else escape(part) for place, part in enumerate(parts))


def breakable(place: object) -> Markup:
    """Return a dotted name that may be broken behind its dots, and nowhere else."""
    return Markup("<wbr>").join(escape(part) for part in re.split(r"(?<=[.\]_])", visible(str(place))))


def fit(items: Iterable[object], room: int, most: int = _BRIEF) -> Fitting:
    """Return as many plain values as fit into that many bytes of HTML, at least one; the texts within them are cut."""
    every = tuple(items)
    shown: list[object] = []
    for item in every:
        short = _short(item, most)
        room -= _weight(short)
        if room < 0 and shown:
            break
        shown.append(short)
    return Fitting(tuple(shown), len(every) - len(shown))


def _short(value: object, most: int) -> object:
    match value:
        case str():
            return brief(value, most)
        case Mapping():
            return {key: _short(inner, most) for key, inner in value.items()}
        case list() | tuple():
            return [_short(inner, most) for inner in value]
    return value


def _weight(value: object) -> int:
    if isinstance(value, Mapping):
        return sum(map(_weight, filter(None, value.values())))
    if isinstance(value, (list, tuple)):
        return _TAGS + sum(map(_weight, value))
    text = str(value)
    return _TAGS + len(escape(text).encode("utf-8", "replace")) + _CODE * text.count("`")
