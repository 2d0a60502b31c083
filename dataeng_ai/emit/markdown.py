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


class Markdown(str):
    """A text that is safe to print into a document as it is."""

    __slots__ = ()


def text(value: object) -> Markdown:
    """Return the value as plain text on one line."""
    line = _MARKUP.sub(r"\\\1", _one_line(str(value)))
    return Markdown(_BLOCK.sub(r"\1\\\2", line))


def code(value: object) -> Markdown:
    """Return the value as code, fit for the cell of a table too: the fence is longer than any run of backticks within."""
    line = _one_line(str(value))
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if "`" in line or not line else ""
    return Markdown(f"{fence}{space}{line}{space}{fence}".replace("|", "\\|"))


def label(value: object) -> Markdown:
    """Return the value as the quoted label of a mermaid node, all but letters, digits and a few marks as character numbers."""
    line = _one_line(str(value))
    return Markdown('"' + "".join(c if c.isalnum() or c in " .,/-_" else f"#{ord(c)};" for c in line) + '"')


def link(path: str) -> Markdown:
    """Return a relative path as the target of a link."""
    return Markdown(quote(path))


def _one_line(value: str) -> str:
    words = " ".join(value.split())
    return "".join("\ufffd" if c != _JOINER and unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in words)
