"""Records one by one: the exact reading of CSV, field by field, slower than `batches` and the judge of what it leaves open.

A record ends at LF, CR or CRLF outside quotes; a quote opens only at a field's start; within quotes the escape character (the
quote itself, doubled, or a backslash) takes the meaning from a quote or another one behind it, and is text before anything else.
A line without a byte is blank, not a record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

AFTER: Final = "text after a closing quote"
UNCLOSED: Final = "a quote that opens and never closes"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter, quote and escape as bytes of the file's encoding; no quote means that nothing is ever quoted."""

    delimiter: bytes
    quote: bytes | None = b'"'
    escape: bytes | None = b'"'


class UnbalancedError(Exception):
    """A quote opens and does not close where a quote may; `line` is the line, from 1, where it opens."""

    def __init__(self, line: int, reason: str) -> None:
        """Keep the line and the reason, a phrase that goes on from `the quote that opens in line 7`."""
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its bytes without the line end, the line (from 1) it starts in, how many fields it has."""

    raw: bytes
    line: int
    fields: int
    fault: str | None
    """What is wrong with its quotes."""
    end: int
    """The offset behind its line end, in the bytes that were walked."""

    @property
    def ended(self) -> bool:
        """Say whether a line end stands behind it."""
        return self.end > self.start + len(self.raw)

    start: int = 0


class Holds(Protocol):
    """Says whether rows stand behind an offset; None where more bytes are needed to tell."""

    def __call__(self, data: bytes, offset: int, final: bool, /) -> bool | None:  # noqa: FBT001  it is called in one place
        """Look at the lines from the offset on; `final` where no bytes follow."""


def line_ends(raw: bytes) -> int:
    """Count line ends, CRLF as one."""
    lines = raw.count(b"\n")
    return lines + raw.count(b"\r") - raw.count(b"\r\n") if b"\r" in raw else lines


def first_end(raw: bytes) -> bytes:
    """Return the first line end, be it within quotes, or nothing."""
    match = re.search(rb"\r\n|\r|\n", raw)
    return match[0] if match else b""


def walk(data: bytes, line: int, dialect: Dialect, *, final: bool = True, holds: Holds | None = None) -> Iterator[Record]:
    """Walk the records field by field; `line` is the line, from 1, in which the first starts. Not `final`: more bytes may follow.

    Where a quote never closes and `holds` says that rows stand behind its line, the record ends with that line and is at fault;
    otherwise nobody knows where the records are.

    Raises:
        UnbalancedError: a quote never closes, or closes on a later line and is followed by text.
    """
    quoted, plain = _patterns(dialect)
    start = 0
    while start < len(data):
        at, fields, fault = start, 1, None
        while True:
            if quoted and data.startswith(dialect.quote or b"", at):
                match = quoted.match(data, at)
                if match is None and not final:
                    return
                at, fault, open_end = _closed(data, at, match, dialect, final=final)
                if open_end:
                    sound = holds(data, _behind_line(data, at), final) if holds else False
                    if sound is None:
                        return
                    if not sound:
                        raise UnbalancedError(line + line_ends(data[start:at]), open_end)
                    fault, at = UNCLOSED, _LINE.match(data, at).end()  # type: ignore[union-attr]  # it matches no byte, too
                    break
                if at < 0:
                    return
            else:
                match = plain.match(data, at)
                at = match.end() if match else at
            if not data.startswith(dialect.delimiter, at) or at == len(data):
                break
            at += len(dialect.delimiter)
            fields += 1
        stop = _behind_line(data, at)
        yield Record(data[start:at], line, fields, fault, stop, start)
        line += line_ends(data[start:stop])
        start = stop


def _closed(data: bytes, at: int, match: re.Match[bytes] | None, dialect: Dialect, *, final: bool) -> tuple[int, str | None, str]:
    """Return where a quoted field ends that opens at `at`, its fault, and why nobody knows; -1 where more bytes may tell."""
    if match is None:
        return at, None, "never closes"
    end = match.end()
    rest = _LINE.match(data, end)
    if not rest or rest.end() == end or data.startswith(dialect.delimiter, end):
        return end, None, ""
    if rest.end() == len(data) and not final:
        return -1, None, ""
    if line_ends(match[0]):
        return at, None, "closes on a later line and is followed by text"
    return rest.end(), AFTER, ""


def _behind_line(data: bytes, at: int) -> int:
    """Return the offset behind the line end that follows."""
    match = _LINE.match(data, at)
    at = match.end() if match else at
    return at + (2 if data.startswith(b"\r\n", at) else 1 if at < len(data) else 0)


def parts(raw: bytes, dialect: Dialect) -> Iterator[tuple[bytes, bool]]:
    """Yield the fields of one record as they stand, and whether each is in quotes; a faulty quote is taken as it stands."""
    quoted, plain = _patterns(dialect)
    at = 0
    while True:
        match = quoted.match(raw, at) if quoted else None
        if match and (match.end() == len(raw) or raw.startswith(dialect.delimiter, match.end())):
            yield match[0], True
        else:
            match = plain.match(raw, at)
            yield match[0] if match else b"", False
        at = match.end() if match else len(raw)
        if not raw.startswith(dialect.delimiter, at):
            return
        at += len(dialect.delimiter)


def fields(raw: bytes, dialect: Dialect) -> list[bytes]:
    """Return what stands in the fields of one record, without quotes and escapes; a faulty quote is taken as it stands."""
    one_line = b"\n" not in raw and b"\r" not in raw
    if one_line and (dialect.quote is None or dialect.quote not in raw):
        return raw.split(dialect.delimiter)
    if one_line and len(dialect.delimiter) == 1:
        found = _fields(dialect).findall(raw + dialect.delimiter)
        return [_unescaped(quoted[1:-1], dialect) if quoted else plain for quoted, plain in found]
    return [_unescaped(part[1:-1], dialect) if quoted else part for part, quoted in parts(raw, dialect)]


@cache
def _fields(dialect: Dialect) -> re.Pattern[bytes]:
    """Return what matches one field, in quotes or not, and the delimiter behind it: what `parts` does, in one go."""
    quoted, plain = (one.pattern for one in _patterns(dialect) if one)
    return re.compile(rb"(?:(%b)|(%b))%b" % (quoted, plain, re.escape(dialect.delimiter)))


def _unescaped(text: bytes, dialect: Dialect) -> bytes:
    if dialect.escape is None or dialect.escape not in text:
        return text
    return _escapes(dialect).sub(rb"\1", text)


@cache
def _escapes(dialect: Dialect) -> re.Pattern[bytes]:
    """Return what matches a quote or an escape character behind one; before anything else, as in a path, it stands for itself."""
    quote, escape = re.escape(dialect.quote or b""), re.escape(dialect.escape or b"")
    return re.compile(rb"%b(%b|%b)" % (escape, quote, escape))


def escapes_others(raw: bytes, dialect: Dialect) -> bool:
    """Say whether an escape character that is no quote stands before something that needs none."""
    if dialect.escape in (None, dialect.quote) or dialect.escape not in raw:
        return False
    return dialect.escape in raw.replace(dialect.escape * 2, b"").replace(dialect.escape + (dialect.quote or b""), b"")


def escaped(raw: bytes, dialect: Dialect) -> bytes:
    """Return a record with each escape character doubled that stands for itself in a quoted text, as a reader needs it that drops it."""
    escape = dialect.escape or b""
    alone = re.compile(rb"(%b[%b%b])|%b" % ((re.escape(escape), re.escape(dialect.quote or b""), re.escape(escape), re.escape(escape))))
    doubled = (alone.sub(lambda found: found[1] or escape * 2, part) if quoted else part for part, quoted in parts(raw, dialect))
    return dialect.delimiter.join(doubled)


_LINE = re.compile(rb"[^\r\n]*+")


@cache
def _patterns(dialect: Dialect) -> tuple[re.Pattern[bytes] | None, re.Pattern[bytes]]:
    """Return what one quoted text matches, and one unquoted text."""
    delimiter = re.escape(dialect.delimiter)
    plain = re.compile(rb"[^\r\n" + delimiter + rb"]*+" if len(dialect.delimiter) == 1 else rb"(?:(?!" + delimiter + rb")[^\r\n])*+")
    if dialect.quote is None:
        return None, plain
    quote, escape = re.escape(dialect.quote), re.escape(dialect.escape or b"")
    if dialect.escape is None:
        return re.compile(quote + rb"[^" + quote + rb"]*+" + quote), plain
    if dialect.escape == dialect.quote:
        return re.compile(quote + rb"[^" + quote + rb"]*+(?:" + quote * 2 + rb"[^" + quote + rb"]*+)*+" + quote), plain
    inside = rb"[^" + quote + escape + rb"]*+(?:" + escape + rb"[\s\S][^" + quote + escape + rb"]*+)*+"
    return re.compile(quote + inside + quote), plain
