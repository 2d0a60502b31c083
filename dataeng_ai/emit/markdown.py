"""Hostile text in Markdown: what a spec says becomes text or code, never markup, a link, HTML or a diagram's syntax."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&!@]|:(?=//))")
_BLOCK: Final = re.compile(r"^(\d*)([-+=.)])(?=[\s=-]|$)")
_JOINER: Final = "\u200d"
"""Joins the parts of an emoji; the other invisible characters can turn a line around."""

_LONGEST: Final = 160
"""Characters of a value in a table."""


class Markdown(str):
    """A text that is safe to print into a document as it is."""

    __slots__ = ()


def text(value: object) -> Markdown:
    """Return the value as plain text on one line."""
    line = _MARKUP.sub(r"\\\1", one_line(str(value)))
    return Markdown(_BLOCK.sub(r"\1\\\2", line))


def code(value: object) -> Markdown:
    """Return the value as code, fit for the cell of a table too: the fence is longer than any run of backticks within."""
    line = one_line(str(value))
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if "`" in line or not line else ""
    return Markdown(f"{fence}{space}{line}{space}{fence}".replace("|", "\\|"))


def label(value: object) -> Markdown:
    """Return the value as the quoted label of a mermaid node, all but letters, digits and a few marks as character numbers."""
    line = one_line(str(value))
    return Markdown('"' + "".join(c if c.isalnum() or c in " .,/-_" else f"#{ord(c)};" for c in line) + '"')


def link(path: str) -> Markdown:
    """Return a relative path as the target of a link."""
    return Markdown(quote(path))


def short(value: object) -> str:
    """Return a value whole where it fits the cell of a table, else its beginning: whoever needs the rest reads the spec."""
    line = one_line(str(value))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def one_line(value: str) -> str:
    """Return a text on one line, with a mark for every character that no reader could see."""
    words = " ".join(value.split())
    return "".join("\ufffd" if c != _JOINER and unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in words)
