r"""What a text with many quotes says of itself in two passes in C, where every quote in it stands right; `batches` asks it first.

To split such a text at its quotes makes an object of every few bytes, which takes twice as long as all that is done here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dataeng_ai.sources.records import Dialect

_LOOK: Final = 4 << 10
"""Bytes that say whether there are many quotes."""
_DENSE: Final = 48
"""Many: one in so few bytes. Where they are fewer, to split the text at them costs as much or less."""


class Sound(NamedTuple):
    """Whole records in which every quote stands right."""

    shape: bytes
    """The delimiters and line ends outside quotes, each line end an LF; the last record may lack its own."""
    pairs: int
    """How many of the line ends are CRLF; the others are LF."""
    within: bool
    """Line ends stand within quotes, too."""


def is_dense(raw: bytes, dialect: Dialect) -> bool:
    """Say whether there are so many quotes that `sound` is worth asking."""
    quote = dialect.quote
    return quote is not None and raw.count(quote, 0, _LOOK) * _DENSE >= min(len(raw), _LOOK)


def sound(raw: bytes, dialect: Dialect) -> Sound | None:
    """Return what whole records are, where every quote in them stands right; None where that is not so, or not known this way.

    The proof. `_pattern` matches all of `raw` only by cutting it, from its start, into texts without a quote and quoted texts, as `walk`
    cuts those; before each quoted text stands a delimiter, a line end or nothing, behind it a delimiter or a line end. So it begins where
    a field does (by induction: all quoted texts before it are closed, so that delimiter is none of their bytes) and ends where one does,
    and a field that does not begin with a quote has none. It cuts in one way only: a quote behind a closing one is always a doubled one.

    Each quote, a doubled one twice, thus changes between inside and outside: outside is what an even number of quotes precedes.
    The marks are all quotes, delimiters and line ends of `raw` in their order, so that can be counted in them alone. Where quotes come in
    runs of even length, no other mark is inside; that they do is known where twice as many pairs as `count` finds are all the quotes,
    for of a run it finds half as many, rounded down. Elsewhere every second stretch between the quotes is outside.

    What stands behind a return the marks do not say: all of them are of a CRLF where `raw` has as many of those.
    """
    quote, pattern = dialect.quote, _pattern(dialect)
    if quote is None or pattern is None or (dialect.escape not in (None, quote) and dialect.escape in raw) or not pattern.match(raw):
        return None
    marks = raw.translate(None, _all_but(quote + dialect.delimiter + b"\r\n"))
    returns = marks.count(b"\r")
    if returns and returns != raw.count(b"\r\n"):
        return None
    outside, within = marks.translate(None, quote), False
    if 2 * marks.count(quote * 2) != len(marks) - len(outside):
        runs = marks.split(quote)
        outside, within = b"".join(runs[::2]), b"\n" in b"".join(runs[1::2])
    shape = outside.translate(None, b"\r") if returns else outside
    return Sound(shape, len(outside) - len(shape), within)


@cache
def _all_but(kept: bytes) -> bytes:
    return bytes(set(range(256)) - set(kept))


@cache
def _pattern(dialect: Dialect) -> re.Pattern[bytes] | None:
    """Return what matches a text in which every quote stands right, no backslash escapes, and that does not end with a quote."""
    if dialect.quote is None or len(dialect.quote) > 1 or len(dialect.delimiter) > 1:
        return None
    quote, edge = re.escape(dialect.quote), rb"\r\n" + re.escape(dialect.delimiter)
    text = rb"%b(?<![^%b]%b)[^%b]*+%b" % (quote, edge, quote, quote, quote)
    if dialect.escape == dialect.quote:
        text += rb"(?:%b[^%b]*+%b)*+" % (quote, quote, quote)
    return re.compile(rb"(?:[^%b]*+%b[%b])*+[^%b]*+\Z" % (quote, text, edge, quote))
