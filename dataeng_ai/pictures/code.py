"""Texts of programs as lines of HTML: coloured, readable without colour too, and cut to what a card has room for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from dataeng_ai.pictures.words import CUT, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOM: Final = 60_000
"""Bytes of HTML that one text may take."""
_LONGEST: Final = 1_000
"""Characters of a line."""
_COLOURED: Final = 200_000
"""Characters of a text that are looked at: more than ROOM of them is never shown."""
_DRAWN: Final = {
    "": Markup("{}"),
    "strong": Markup("<b>{}</b>"),
    "aside": Markup("<i>{}</i>"),
    "text": Markup('<span class="text">{}</span>'),
    "value": Markup('<span class="value">{}</span>'),
    "+": Markup("<ins>{}</ins>"),
    "-": Markup("<del>{}</del>"),
    "@": Markup("<i>{}</i>"),
}
_HEADS: Final = re.compile(r"(\+\+\+|---) ")


@dataclass(frozen=True, slots=True)
class Code:
    """The lines of a text that fit, and how many more there are."""

    shown: Markup
    left: int


def code(text: str, language: str = "", marks: Mapping[int, str] | None = None, *, numbered: bool = False, room: int = ROOM) -> Code:
    """Return a text as the inside of a `pre`.

    Args:
        text: Anything; nothing of it is markup, and what would not be seen is made visible.
        language: `sql`, `python`, `yaml`, `json` or `diff`; "" for no colour.
        marks: A remark at the end of a line, by its number from 1.
        numbered: Whether each line begins with its number.
        room: Bytes that the HTML may take.
    """
    whole = text.replace("\r\n", "\n").removesuffix("\n")
    count = whole.count("\n") + 1
    lines = _diff(whole) if language == "diff" else _coloured(whole[:_COLOURED], language)
    shown: list[Markup] = []
    wide = len(str(count))
    for number, line in enumerate(lines, 1):
        at = Markup('<span class="at">{:>{}} </span>').format(number, wide) if numbered else Markup()
        remark = Markup(' <span class="remark">← {}</span>').format((marks or {})[number]) if number in (marks or {}) else Markup()
        room -= len((at + line + remark).encode()) + 1
        if room < 0:
            break
        shown.append(at + line + remark)
    return Code(Markup("\n").join(shown), count - len(shown))


def _diff(text: str) -> Iterator[Markup]:
    """Yield the lines of a unified diff; the signs at their start say it without colour."""
    for line in text.split("\n"):
        name = "strong" if _HEADS.match(line) else line[:1]
        yield _span(name if name in _DRAWN else "", _cut(visible(line)))


def _coloured(text: str, language: str) -> Iterator[Markup]:
    line, size = Markup(), 0
    for name, value in _tokens(text, language):
        for place, part in enumerate(value.split("\n")):
            if place:
                yield line
                line, size = Markup(), 0
            said = visible(part)[: max(_LONGEST - size, 0)]
            line += _span(name, said)
            if size < _LONGEST < size + len(part):
                line += CUT
            size += len(part)
    yield line


def _span(name: str, text: str) -> Markup:
    return _DRAWN[name].format(text) if text.strip() else escape(text)


def _tokens(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield the words of a text, each with how it is drawn: a tag, a class, or nothing."""
    if not language:
        yield "", text
        return
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415  only a card with a program in it needs it
    from pygments.token import Comment, Keyword, Name, Number, String  # noqa: PLC0415  as above

    drawn = ((Comment, "aside"), (Keyword, "strong"), (Name.Tag, "strong"), (String.Symbol, ""), (String, "text"), (Number, "value"))
    for kind, value in get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(text):
        yield next((name for known, name in drawn if kind in known), ""), value


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}{CUT}"
