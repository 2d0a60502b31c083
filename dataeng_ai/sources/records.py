r"""The record counter: cuts a stream of bytes into records, in whole batches and without a step of Python per row.

What a record is: it ends at LF, CR or CRLF outside quotes; a quote opens only at a field's start; within quotes the escape
character (the quote itself, doubled, or a backslash) takes the meaning from the next one. A line without a byte is blank,
not a record.

The trick: splitting a batch at the quotes leaves, at every second place, the text outside quotes. Joined again, each quoted
text shrunk to one mark, this *skeleton* has one line per record; its delimiters and line ends are all real ones, and a few
counts say whether every mark stands between delimiters. Only a batch where that fails is walked field by field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_RECORD: Final = 8 << 20
"""Bytes of the longest record: what grows past it is a quote that never closes."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter, quote and escape as bytes of the file's encoding; no quote means that nothing is ever quoted."""

    delimiter: bytes
    quote: bytes | None = b'"'
    escape: bytes | None = b'"'


class Unbalanced(Exception):
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


@dataclass(frozen=True)
class Batch:
    """Whole records, one after another. `line` is the line, from 1, in which the first starts."""

    raw: bytes
    line: int
    skeleton: tuple[bytes, ...] | None
    """One line per record with each quoted text shrunk to one quote, or None where quotes stand where they should not."""
    ends: frozenset[bytes]
    r"""Which line ends occur outside quotes: `\n`, `\r`, `\r\n`."""
    dialect: Dialect

    @cached_property
    def lines(self) -> int:
        """Return how many lines of the file the batch spans, those inside quotes too."""
        return line_ends(self.raw)

    @cached_property
    def blank(self) -> int:
        """Return how many of the lines have no byte. Only for a batch that has a skeleton."""
        return (self.skeleton or ()).count(b"")

    def whole(self) -> int:
        """Return how many records there are. Only for a batch that has a skeleton."""
        return len(self.skeleton or ()) - self.blank

    def widths(self) -> frozenset[int]:
        """Return which numbers of fields occur; a blank line counts as 1. Only for a batch that has a skeleton."""
        return frozenset(delimiters + 1 for delimiters in set(map(bytes.count, self.skeleton or (), repeat(self.dialect.delimiter))))

    def with_lf(self) -> bytes:
        """Return the bytes with LF at each record's end; line ends within quotes stay. Only for a batch that has a skeleton."""
        raw = self.raw
        if self.ends - {b"\n"} and self.lines == len(self.skeleton or ()):
            raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        elif self.ends - {b"\n"}:
            return b"".join(record.raw + b"\n" for record in self.records())
        return raw if raw.endswith(b"\n") else raw + b"\n"

    def records(self) -> Iterator[Record]:
        """Walk the records one by one, blank lines included (no bytes, one field).

        Raises:
            Unbalanced: a quote closes on a later line than it opens, and is followed by text.
        """
        return walk(self.raw, self.line, self.dialect)


def line_ends(raw: bytes) -> int:
    """Count line ends, CRLF as one."""
    lines = raw.count(b"\n")
    return lines + raw.count(b"\r") - raw.count(b"\r\n") if b"\r" in raw else lines


def batches(chunks: Iterable[bytes], dialect: Dialect, line: int = 1) -> Iterator[Batch]:
    r"""Cut chunks (none but the last ends in `\r`) into batches of whole records; the last record may lack its line end.

    Raises:
        Unbalanced: a quote never closes, or closes on a later line and is followed by text.
    """
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        data = b"".join(held)
        batch = cut(data, line, dialect, final=False)
        if batch:
            held, size, line = [data[len(batch.raw) :]], len(data) - len(batch.raw), line + batch.lines
            yield batch
        elif size > MAX_RECORD:
            raise Unbalanced(line, f"is followed by more than {MAX_RECORD >> 20} MiB without the end of a record")
    if (data := b"".join(held)) and (batch := cut(data, line, dialect)):
        yield batch


def cut(data: bytes, line: int, dialect: Dialect, *, final: bool = True) -> Batch | None:
    """Return the whole records in `data`, or None where there are none; the last one needs its line end only where more may follow."""
    outside, end = _outside(data, dialect, final=final)
    if outside is None:
        end = len(data) if final else _walked_end(data, line, dialect)
        return Batch(data[:end], line, None, _ends(data[:end]), dialect) if end else None
    if not end:
        return None
    ends = _ends(outside)
    if b"\r" in outside:
        outside = outside.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    skeleton = outside.split(b"\n")
    if not skeleton[-1]:
        skeleton.pop()
    return Batch(data[:end], line, tuple(skeleton), ends, dialect)


def _outside(data: bytes, dialect: Dialect, *, final: bool) -> tuple[bytes | None, int]:
    """Return the skeleton of the whole records in `data` and where they end, or None where a quote stands in a wrong place."""
    masked = _masked(data, dialect)
    if dialect.quote is None or dialect.quote not in masked:
        end = len(data) if final else _last_end(data)
        return data[:end], end
    parts = masked.split(dialect.quote)
    outside = dialect.quote.join(parts[::2])
    closed = len(parts) % 2 == 1
    if not closed:
        outside += dialect.quote
    if not _well_quoted(outside, dialect) or (final and not closed):
        return None, 0
    if final:
        return _shrunk(outside, dialect), len(data)
    return _shrunk(outside[: _last_end(outside)], dialect), _end_in(parts)


def _masked(data: bytes, dialect: Dialect) -> bytes:
    """Take the quotes out that a backslash escapes, keeping every offset."""
    if dialect.quote is None or dialect.escape in (None, dialect.quote) or dialect.escape not in data:
        return data
    return data.replace(dialect.escape * 2, b"..").replace(dialect.escape + dialect.quote, b"..")


def _shrunk(outside: bytes, dialect: Dialect) -> bytes:
    """Make one mark of a quoted text with doubled quotes in it, which leaves a mark for each."""
    quote = dialect.quote or b""
    if dialect.escape == dialect.quote:
        while quote * 2 in outside:
            outside = outside.replace(quote * 2, quote)
    return outside


def _well_quoted(outside: bytes, dialect: Dialect) -> bool:
    outside, quote = _shrunk(outside, dialect), dialect.quote or b""
    marks = outside.count(quote)
    edges = (dialect.delimiter, b"\n", b"\r")
    opened = sum(outside.count(edge + quote) for edge in edges) + outside.startswith(quote)
    closed = sum(outside.count(quote + edge) for edge in edges) + outside.endswith(quote)
    return opened == marks == closed


def _last_end(outside: bytes) -> int:
    return max(outside.rfind(b"\n"), outside.rfind(b"\r")) + 1


def _end_in(parts: list[bytes]) -> int:
    """Return the offset just behind the last line end outside quotes, where `parts` are the data split at its quotes."""
    for at in range((len(parts) - 1) // 2 * 2, -1, -2):
        if end := _last_end(parts[at]):
            return sum(map(len, parts[:at])) + at + end
    return 0


def _ends(outside: bytes) -> frozenset[bytes]:
    if b"\r" not in outside:
        return frozenset((b"\n",)) if b"\n" in outside else frozenset()
    pairs = outside.count(b"\r\n")
    counts = {b"\r\n": pairs, b"\n": outside.count(b"\n") - pairs, b"\r": outside.count(b"\r") - pairs}
    return frozenset(end for end, count in counts.items() if count)


def _walked_end(data: bytes, line: int, dialect: Dialect) -> int:
    return max((record.end for record in walk(data, line, dialect, final=False) if record.ended), default=0)


def walk(data: bytes, line: int, dialect: Dialect, *, final: bool = True) -> Iterator[Record]:
    """Walk the records field by field; `line` is the line, from 1, in which the first starts. Not `final`: more bytes may follow.

    Raises:
        Unbalanced: a quote never closes, or closes on a later line and is followed by text.
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
                    raise Unbalanced(line + line_ends(data[start:at]), "never closes")
                at = match.end()
                rest = _LINE.match(data, at)
                if rest and rest.end() > at and not data.startswith(dialect.delimiter, at):
                    if rest.end() == len(data) and not final:
                        return
                    if line_ends(match[0]):
                        raise Unbalanced(line + line_ends(data[start : match.start()]), "closes on a later line and is followed by text")
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
