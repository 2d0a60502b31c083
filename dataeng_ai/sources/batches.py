r"""The record counter: cuts a stream of bytes into records, in whole batches and without a step of Python per row.

Splitting a batch at its quotes leaves, at every second place, the text outside quotes. Joined again, each quoted text shrunk
to one mark, this *skeleton* has one line per record; its delimiters and line ends are all real ones, and a few counts say
whether every mark stands between delimiters. Only a batch where that fails is walked field by field (`records`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.records import Dialect, Record, UnbalancedError, line_ends, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_RECORD: Final = 8 << 20
"""Bytes of the longest record: what grows past it is a quote that never closes."""


@dataclass(frozen=True)
class Batch:
    """Whole records, one after another. `line` is the line, from 1, in which the first starts."""

    raw: bytes
    line: int
    skeleton: bytes | None
    """One line per record, ended by LF, each quoted text shrunk to one quote; None where quotes stand where they should not."""
    ends: frozenset[bytes]
    r"""Which line ends occur outside quotes: `\n`, `\r`, `\r\n`."""
    dialect: Dialect

    @cached_property
    def lines(self) -> int:
        """Return how many lines of the file the batch spans, those inside quotes too."""
        if self.skeleton is not None and (self.dialect.quote is None or self.dialect.quote not in self.skeleton):
            return self.count + self.blank
        return line_ends(self.raw) + (not self.raw.endswith((b"\n", b"\r")))

    @cached_property
    def _shape(self) -> bytes:
        """Return the skeleton's delimiters and line ends alone: small, and all that most questions need."""
        skeleton = self.skeleton or b""
        return skeleton.translate(None, _all_but(self.dialect.delimiter)) if len(self.dialect.delimiter) == 1 else skeleton

    @cached_property
    def blank(self) -> int:
        """Return how many of the lines have no byte. Only for a batch that has a skeleton."""
        if not (self._shape.startswith(b"\n") or b"\n\n" in self._shape):
            return 0
        return (self.skeleton or b"").split(b"\n").count(b"") - 1

    @cached_property
    def count(self) -> int:
        """Return how many records there are, without the blank lines. Only for a batch that has a skeleton."""
        return self._shape.count(b"\n") - self.blank

    def has_only(self, width: int) -> bool:
        """Say whether every record has so many fields; blank lines are let through. False where there is no skeleton."""
        if self.skeleton is None:
            return False
        delimiter = self.dialect.delimiter
        row = delimiter * (width - 1) + b"\n"
        if self._shape == row * (len(self._shape) // len(row)):
            return True
        return not set(map(bytes.count, filter(None, self.skeleton.split(b"\n")), repeat(delimiter))) - {width - 1}

    def has_line(self, line: bytes) -> bool:
        """Say whether one line of the skeleton is exactly this one."""
        skeleton = self.skeleton or b""
        return skeleton.startswith(line + b"\n") or b"\n" + line + b"\n" in skeleton

    def with_lf(self) -> bytes:
        """Return the bytes with LF at each record's end; line ends within quotes stay. Only for a batch that has a skeleton."""
        raw = self.raw
        if self.ends - {b"\n"} and self.lines == self.count + self.blank:
            raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        elif self.ends - {b"\n"}:
            return b"".join(record.raw + b"\n" for record in self.records())
        return raw if raw.endswith(b"\n") else raw + b"\n"

    def records(self) -> Iterator[Record]:
        """Walk the records one by one, blank lines included (no bytes, one field).

        Raises:
            UnbalancedError: a quote closes on a later line than it opens, and is followed by text.
        """
        return walk(self.raw, self.line, self.dialect)


@cache
def _all_but(delimiter: bytes) -> bytes:
    return bytes(set(range(256)) - set(delimiter + b"\n"))


def batches(chunks: Iterable[bytes], dialect: Dialect, line: int = 1) -> Iterator[Batch]:
    r"""Cut chunks (none but the last ends in `\r`) into batches of whole records; the last record may lack its line end.

    Raises:
        UnbalancedError: a quote never closes, or closes on a later line and is followed by text.
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
            raise UnbalancedError(line, f"is followed by more than {MAX_RECORD >> 20} MiB without the end of a record")
    if (data := b"".join(held)) and (batch := cut(data, line, dialect)):
        yield batch


def cut(data: bytes, line: int, dialect: Dialect, *, final: bool = True) -> Batch | None:
    """Return the whole records in `data`, or None where there are none; the last one needs its line end only where more may follow."""
    skeleton, end = _skeleton(data, dialect, final=final)
    if skeleton is None and not final:
        end = max((record.end for record in walk(data, line, dialect, final=False) if record.ended), default=0)
    if not end:
        return None
    ends = _ends(data[:end] if skeleton is None else skeleton)
    if skeleton and b"\r" in skeleton:
        skeleton = skeleton.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if skeleton and not skeleton.endswith(b"\n"):
        skeleton += b"\n"
    return Batch(data[:end], line, skeleton, ends, dialect)


def _skeleton(data: bytes, dialect: Dialect, *, final: bool) -> tuple[bytes | None, int]:
    """Return the skeleton of the whole records in `data` and where they end, or None where a quote stands in a wrong place."""
    masked = _masked(data, dialect)
    if dialect.quote is None or dialect.quote not in masked:
        end = len(data) if final else _last_end(data)
        return data[:end], end
    parts = masked.split(dialect.quote)
    closed = len(parts) % 2 == 1
    if final and not closed:
        return None, len(data)
    outside = parts[::2] if closed else [*parts[::2], b""]
    if dialect.escape == dialect.quote:  # nothing between two quotes: a doubled one, inside a text
        outside[1:-1] = filter(None, outside[1:-1])
    if not _well_quoted(outside, dialect.delimiter):
        return None, len(data)
    skeleton = dialect.quote.join(outside)
    return (skeleton, len(data)) if final else (skeleton[: _last_end(skeleton)], _end_in(parts, len(data)))


def _masked(data: bytes, dialect: Dialect) -> bytes:
    """Take the quotes out that a backslash escapes, keeping every offset."""
    if dialect.quote is None or dialect.escape in (None, dialect.quote) or dialect.escape not in data:
        return data
    return data.replace(dialect.escape * 2, b"..").replace(dialect.escape + dialect.quote, b"..")


def _well_quoted(outside: list[bytes], delimiter: bytes) -> bool:
    """Say whether every quoted text has a delimiter or a line end on either side, or the start or the end of the data.

    Asked of the pieces between the quoted texts: few and short beside the data, where each search for two bytes is a pass of its own.
    """
    edges = (delimiter, b"\n", b"\r")
    first, *between, last = outside
    ends_meet = (not first or first.endswith(edges)) and (not last or last.startswith(edges))
    return ends_meet and all(piece.startswith(edges) and piece.endswith(edges) for piece in between)


def _last_end(outside: bytes) -> int:
    return max(outside.rfind(b"\n"), outside.rfind(b"\r")) + 1


def _end_in(parts: list[bytes], size: int) -> int:
    """Return the offset just behind the last line end outside quotes, where `parts` are `size` bytes split at their quotes."""
    behind = size
    for at in range(len(parts) - 1, -1, -1):
        behind -= len(parts[at])
        if at % 2 == 0 and (end := _last_end(parts[at])):
            return behind + end
        behind -= 1
    return 0


def _ends(outside: bytes) -> frozenset[bytes]:
    if b"\r" not in outside:
        return frozenset((b"\n",)) if b"\n" in outside else frozenset()
    pairs = outside.count(b"\r\n")
    counts = {b"\r\n": pairs, b"\n": outside.count(b"\n") - pairs, b"\r": outside.count(b"\r") - pairs}
    return frozenset(end for end, count in counts.items() if count)
