"""Characters of XML that no parser has looked at: whether they may be there at all, their references and their line ends."""

from __future__ import annotations

import re
from itertools import groupby
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORBIDDEN: Final = bytes(code for code in range(32) if code not in b"\t\n\r")
_REFERENCE: Final = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}))|(amp|lt|gt|quot|apos));")
_NAMED: Final = {b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"\6"}
_HIGHEST: Final = 0x10FFFF

_BLANK: Final = re.compile(r"\x02(?:\s|&#\w++;)++\x02")
_WIDE: Final = sorted(chr(code).encode() for code in range(128, 0x3001) if chr(code).isspace())
SPACES: Final = b"|".join(
    b"%c(?:%s)" % (first, b"|".join(code[1:] for code in codes)) for first, codes in groupby(_WIDE, lambda code: code[0])
)
"""White space beyond ASCII."""
_BLANK_CELL: Final = re.compile(rb">(?=[ \t\r\n&\xc2\xe1-\xe3])(?:[ \t\r\n]|&#\w++;|%s)++\x01" % SPACES)
_BLANK_ITEM: Final = re.compile(rb'"(?=[ \t\r\n&\xc2\xe1-\xe3])(?:[ \t\r\n]|&#\w++;|%s)++"' % SPACES)

_CELL: Final = "\uffff"
"""Stands between texts, as none of XML's characters and none of JSON's escapes."""
KEPT: Final = "\6"
"""An ampersand that begins no reference."""


class OddError(Exception):
    """What only a parser can tell: it may be a reference to what was declared, and it may be no XML."""


def blank_cells(cells: bytes, *, lists: bool) -> bool:
    """Say whether a field may be, of many each behind a `>` and before another; or a text of JSON, where there are `lists`."""
    return _BLANK_CELL.search(cells) is not None or (lists and _BLANK_ITEM.search(cells) is not None)


def legal(raw: bytes, separators: int) -> str:
    """Return as text what stands in a file, between separators that are no characters of XML.

    Raises:
        OddError: there is another such character, bytes that are none, or a `]]>`.
    """
    if len(raw.translate(None, _FORBIDDEN)) + separators != len(raw) or (b"]" in raw and b"]]>" in raw):
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


def named(raw: bytes, quote: bytes = b'"') -> bytes:
    """Return what has no references but named ones with their characters: a quotation mark as it is told, an ampersand as `KEPT`.

    Raises:
        OddError: one of them is none of XML's own.
    """
    for reference, meant in _NAMED.items():
        raw = raw.replace(reference, quote if meant == b'"' else meant)
    if b"&" in raw:
        raise OddError
    return raw


def escaped(values: Sequence[bytes], *, text: bool) -> Sequence[bytes]:
    """Return texts as they stand within the quotes of JSON.

    Raises:
        OddError: one of them may be white space alone, or has a reference to what was declared.
    """
    joined = b"\2".join([b"", *values, b""]).decode()
    if text and _BLANK.search(joined):
        raise OddError
    if not any(mark in joined for mark in '"\\&\t\n\r'):
        return values
    return encode_basestring(resolved(joined[1:-1].replace("\2", _CELL)))[1:-1].encode().split(_CELL.encode())


def _put_in(text: str) -> str:
    if "&#" not in text:
        return named(text.encode()).decode()
    if text.count("&") != sum(1 for _ in _REFERENCE.finditer(text)):
        raise OddError
    return _REFERENCE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[0].encode()].decode()  # `resolved` puts an ampersand in
    code = int(match[1], 16) if match[1] else int(match[2])
    if (code < 32 and code not in (9, 10, 13)) or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF) or code > _HIGHEST:  # noqa: PLR2004  XML's own list of characters
        raise OddError
    return chr(code)
