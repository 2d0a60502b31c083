"""Records one by one: the exact reading of CSV, field by field, slower than `batches` and the judge of what it leaves open.

A record ends at LF, CR or CRLF outside quotes; a quote opens only at a field's start; within quotes the escape character (the
quote itself, doubled, or a backslash) takes the meaning from the next one. A line without a byte is blank, not a record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def line_ends(raw: bytes) -> int:
    """Count line ends, CRLF as one."""
    lines = raw.count(b"\n")
    return lines + raw.count(b"\r") - raw.count(b"\r\n") if b"\r" in raw else lines


def first_end(raw: bytes) -> bytes:
    """Return the first line end, be it within quotes, or nothing."""
    match = re.search(rb"\r\n|\r|\n", raw)
    return match[0] if match else b""


def walk(data: bytes, line: int, dialect: Dialect, *, final: bool = True) -> Iterator[Record]:
    """Walk the records field by field; `line` is the line, from 1, in which the first starts. Not `final`: more bytes may follow.

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
                if match is None:
                    if not final:
                        return
                    raise UnbalancedError(line + line_ends(data[start:at]), "never closes")
                at = match.end()
                rest = _LINE.match(data, at)
                if rest and rest.end() > at and not data.startswith(dialect.delimiter, at):
                    if rest.end() == len(data) and not final:
                        return
                    if line_ends(match[0]):
                        raise UnbalancedError(
                            line + line_ends(data[start : match.start()]), "closes on a later line and is followed by text"
                        )
                    fault, at = "text after a closing quote", rest.end()
            else:
                match = plain.match(data, at)
                at = match.end() if match else at
            if not data.startswith(dialect.delimiter, at) or at == len(data):
                break
            at += len(dialect.delimiter)
            fields += 1
        stop = at + (2 if data.startswith(b"\r\n", at) else 1 if at < len(data) else 0)
        yield Record(data[start:at], line, fields, fault, stop, start)
        line += line_ends(data[start:stop])
        start = stop


def fields(raw: bytes, dialect: Dialect) -> list[bytes]:
    """Return what stands in the fields of one record, without quotes and escapes; a faulty quote is taken as it stands."""
    quoted, plain = _patterns(dialect)
    found: list[bytes] = []
    at = 0
    while True:
        match = quoted.match(raw, at) if quoted else None
        if match and (match.end() == len(raw) or raw.startswith(dialect.delimiter, match.end())):
            found.append(_unescaped(match[0][1:-1], dialect))
        else:
            match = plain.match(raw, at)
            found.append(match[0] if match else b"")
        at = match.end() if match else len(raw)
        if not raw.startswith(dialect.delimiter, at):
            return found
        at += len(dialect.delimiter)


def _unescaped(text: bytes, dialect: Dialect) -> bytes:
    if dialect.escape is None or dialect.escape not in text:
        return text
    return re.sub(re.escape(dialect.escape) + rb"([\s\S])", rb"\1", text)


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
