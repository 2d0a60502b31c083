"""Characters of XML that no parser has looked at: whether they may be there at all, their references and their line ends."""

from __future__ import annotations

import re
from typing import Final

_FORBIDDEN: Final = bytes(code for code in range(32) if code not in b"\t\n\r")
_REFERENCE: Final = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}))|(amp|lt|gt|quot|apos));")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_HIGHEST: Final = 0x10FFFF

KEPT: Final = "\6"
"""An ampersand that begins no reference."""


class OddError(Exception):
    """What only a parser can tell: it may be a reference to what was declared, and it may be no XML."""


def legal(raw: bytes, separators: int) -> str:
    """Return as text what stands in a file, between separators that are no characters of XML.

    Raises:
        OddError: there is another such character, bytes that are none, or a `]]>`.
    """
    if len(raw.translate(None, _FORBIDDEN)) + separators != len(raw) or b"]]>" in raw:
        raise OddError
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise OddError from None
    if not raw.isascii() and ("\ufffe" in text or "\uffff" in text):
        raise OddError
    return text


def resolved(text: str) -> str:
    """Return a text with its line ends and references as a parser gives them.

    Raises:
        OddError: a reference is none of XML's own.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _put_in(text)
    return text.replace(KEPT, "&") if KEPT in text else text


def _put_in(text: str) -> str:
    if text.count("&") != sum(1 for _ in _REFERENCE.finditer(text)):
        raise OddError
    return _REFERENCE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1], 16) if match[1] else int(match[2])
    if (code < 32 and code not in (9, 10, 13)) or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF) or code > _HIGHEST:  # noqa: PLR2004  XML's own list of characters
        raise OddError
    return chr(code)
