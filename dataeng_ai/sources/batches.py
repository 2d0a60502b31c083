r"""The record counter: cuts a stream of bytes into records, in whole batches and without a step of Python per row.

Splitting a batch at its quotes leaves, at every second place, the text outside quotes. Joined again, each quoted text shrunk
to one mark, this *skeleton* has one line per record; its delimiters and line ends are all real ones, and a few counts say
whether every mark stands between delimiters. Only a batch where that fails is walked field by field (`records`).
Where there are many quotes, most batches are told without it (`quoting`), and it is made only when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.quoting import is_dense, sound
from dataeng_ai.sources.records import Dialect, Record, UnbalancedError, line_ends, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dataeng_ai.sources.records import Holds

MAX_RECORD: Final = 8 << 20
"""Bytes of the longest record: what grows past it is a quote that never closes."""


@dataclass(frozen=True)
class Batch:
    """Whole records, one after another. `line` is the line, from 1, in which the first starts."""

    raw: bytes
    line: int
    shape: bytes | None
    """The skeleton's delimiters and line ends alone: small, and all that most questions need; None where there is no skeleton."""
    ends: frozenset[bytes]
    r"""Which line ends occur outside quotes: `\n`, `\r`, `\r\n`."""
    dialect: Dialect
    within: bool
    """Line ends may stand within quotes; where not, there are none."""
    holds: Holds | None = None
    """Finds the next row behind a quote that never closes."""
    made: bytes | None = None
    """The skeleton, where there was need of it already."""

    @cached_property
    def skeleton(self) -> bytes | None:
        """Return one line per record, ended by LF, each quoted text shrunk to one quote; None where a quote stands where none should."""
        if self.shape is None or self.made is not None:
            return self.made
        skeleton, _, _ = _skeleton(self.raw, self.dialect, final=True)
        assert skeleton is not None  # noqa: S101  every quote stands right
        plain = _without_returns(skeleton) if b"\r" in skeleton else skeleton  # where a CR stands alone, the skeleton was made
        return plain if plain.endswith(b"\n") else plain + b"\n"

    @cached_property
    def lines(self) -> int:
        """Return how many lines of the file the batch spans, those inside quotes too."""
        if not self.within:
            return self.count + self.blank
        return line_ends(self.raw) + (not self.raw.endswith((b"\n", b"\r")))

    @cached_property
    def blank(self) -> int:
        """Return how many of the lines have no byte. Only for a batch that has a skeleton."""
        shape = self.shape or b""
        if not (shape.startswith(b"\n") or b"\n\n" in shape):
            return 0
        return (self.skeleton or b"").split(b"\n").count(b"") - 1

    @cached_property
    def count(self) -> int:
        """Return how many records there are, without the blank lines. Only for a batch that has a skeleton."""
        return (self.shape or b"").count(b"\n") - self.blank

    def has_only(self, width: int) -> bool:
        """Say whether every record has so many fields; blank lines are let through. False where there is no skeleton."""
        if self.shape is None:
            return False
        delimiter = self.dialect.delimiter
        row = delimiter * (width - 1) + b"\n"
        if self.shape == row * (len(self.shape) // len(row)):
            return True
        return not set(map(bytes.count, filter(None, (self.skeleton or b"").split(b"\n")), repeat(delimiter))) - {width - 1}

    def has_line(self, line: bytes) -> bool:
        """Say whether one line of the skeleton is exactly this one."""
        skeleton = self.skeleton or b""
        return skeleton.startswith(line + b"\n") or b"\n" + line + b"\n" in skeleton

    def with_lf(self) -> bytes:
        """Return the bytes with LF at each record's end; line ends within quotes stay. Only for a batch that has a skeleton."""
        if not self.ends - {b"\n"}:
            raw = self.raw
        elif self.skeleton and self._is_plain(self.skeleton):
            return self.skeleton
        elif self.lines == self.count + self.blank:
            raw = _without_returns(self.raw) if b"\r" not in self.ends else _with_lf(self.raw)
        else:
            return b"".join(record.raw + b"\n" for record in self.records())
        return raw if raw.endswith(b"\n") else raw + b"\n"

    def _is_plain(self, skeleton: bytes) -> bool:
        """Say whether the skeleton is the text itself: nothing in it was quoted or escaped."""
        quote, escape = self.dialect.quote, self.dialect.escape
        return quote is None or (escape in (None, quote) and quote not in skeleton)

    def records(self) -> Iterator[Record]:
        """Walk the records one by one, blank lines included (no bytes, one field).

        Raises:
            UnbalancedError: a quote closes on a later line than it opens, and is followed by text.
        """
        if self.within or len(self.ends) > 1 or len(self.dialect.delimiter) > 1 or self.skeleton is None:
            return walk(self.raw, self.line, self.dialect, holds=self.holds)
        return self._lines_as_records(self.skeleton)

    def _lines_as_records(self, skeleton: bytes) -> Iterator[Record]:
        """Cut the records at the line ends, where each line is a record and all of them end alike."""
        mark, delimiter = min(self.ends, default=b"\n"), self.dialect.delimiter
        start = 0
        for line, (raw, outside) in enumerate(zip(self.raw.split(mark), skeleton.split(b"\n")[:-1], strict=False), self.line):
            end = min(start + len(raw) + len(mark), len(self.raw))
            yield Record(raw, line, outside.count(delimiter) + 1, None, end, start)
            start = end


@cache
def _all_but(delimiter: bytes) -> bytes:
    return bytes(set(range(256)) - set(delimiter + b"\n"))


def batches(chunks: Iterable[bytes], dialect: Dialect, line: int = 1, holds: Holds | None = None) -> Iterator[Batch]:
    r"""Cut chunks (none but the last ends in `\r`) into batches of whole records; the last record may lack its line end.

    With `holds`, a quote that never closes costs its line, where rows stand behind it.

    Raises:
        UnbalancedError: a quote never closes, or closes on a later line and is followed by text.
    """
    held: list[bytes] = []
    size = wanted = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size < wanted:
            continue
        data = b"".join(held)
        batch = cut(data, line, dialect, final=False, holds=holds)
        if not batch and holds and size > MAX_RECORD:
            batch = cut(data[: _last_end(data)], line, dialect, holds=holds)
        if batch:
            held, size, line, wanted = [data[len(batch.raw) :]], len(data) - len(batch.raw), line + batch.lines, 0
            yield batch
        elif size > MAX_RECORD:
            raise UnbalancedError(line, f"is followed by more than {MAX_RECORD >> 20} MiB without the end of a record")
        else:
            wanted = min(2 * size, MAX_RECORD + 1)  # so that a long record is not gone through once for every chunk
    if (data := b"".join(held)) and (batch := cut(data, line, dialect, holds=holds)):
        yield batch


def cut(data: bytes, line: int, dialect: Dialect, *, final: bool = True, holds: Holds | None = None) -> Batch | None:
    """Return the whole records in `data`, or None where there are none; the last one needs its line end only where more may follow."""
    if is_dense(data, dialect) and (batch := _sound(data if final else data[: _last_end(data)], line, dialect)):
        return batch
    skeleton, end, within = _skeleton(data, dialect, final=final)
    if skeleton is None and not final:
        end = max((record.end for record in walk(data, line, dialect, final=False, holds=holds) if record.ended), default=0)
    if not end:
        return None
    raw = data[:end]
    if skeleton is None:
        return Batch(raw, line, None, _ends(raw), dialect, within=True, holds=holds)
    plain = _without_returns(skeleton) if b"\r" in skeleton else skeleton
    returns, pairs = len(skeleton) - len(plain), skeleton.count(b"\r\n") if plain is not skeleton else 0
    if pairs != returns:
        plain = _with_lf(skeleton)
    shape = plain.translate(None, _all_but(dialect.delimiter)) if len(dialect.delimiter) == 1 else plain
    ends = {b"\r\n": pairs, b"\r": returns - pairs, b"\n": shape.count(b"\n") - returns}
    last = b"" if plain.endswith(b"\n") else b"\n"
    return Batch(raw, line, shape + last, _that_occur(ends), dialect, within, made=plain + last)


def _sound(raw: bytes, line: int, dialect: Dialect) -> Batch | None:
    """Return the batch, if `raw` is whole records, and it is quickly known that every quote stands right."""
    told = sound(raw, dialect) if raw else None
    if told is None:
        return None
    ends = {b"\r\n": told.pairs, b"\n": told.shape.count(b"\n") - told.pairs}
    shape = told.shape if raw.endswith(b"\n") else told.shape + b"\n"
    return Batch(raw, line, shape, _that_occur(ends), dialect, told.within)


def _without_returns(text: bytes) -> bytes:
    r"""Take every `\r` out: LF for CRLF, where none stands alone. Much faster than to replace, which searches for two bytes, twice."""
    return b"".join(text.split(b"\r"))


def _with_lf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _skeleton(data: bytes, dialect: Dialect, *, final: bool) -> tuple[bytes | None, int, bool]:
    """Return the skeleton of the whole records in `data` (None where a quote stands wrong), where they end, and `Batch.within`."""
    masked = _masked(data, dialect)
    if dialect.quote is None or dialect.quote not in masked:
        end = len(data) if final else _last_end(data)
        return data[:end], end, False
    parts = masked.split(dialect.quote)
    closed = len(parts) % 2 == 1
    if final and not closed:
        return None, len(data), True
    outside = parts[::2] if closed else [*parts[::2], b""]
    if dialect.escape == dialect.quote:  # nothing between two quotes: a doubled one, inside a text
        outside[1:-1] = filter(None, outside[1:-1])
    if not _well_quoted(outside, dialect.delimiter):
        return None, len(data), True
    skeleton, inside = dialect.quote.join(outside), dialect.quote.join(parts[1::2])
    within = b"\n" in inside or b"\r" in inside
    return (skeleton, len(data), within) if final else (skeleton[: _last_end(skeleton)], _end_in(parts, len(data)), within)


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
    if len(delimiter) == 1 and all(between):
        return ends_meet and set(map(itemgetter(0), between)) | set(map(itemgetter(-1), between)) <= set(b"".join(edges))
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
    return _that_occur({b"\r\n": pairs, b"\n": outside.count(b"\n") - pairs, b"\r": outside.count(b"\r") - pairs})


def _that_occur(counts: dict[bytes, int]) -> frozenset[bytes]:
    return frozenset(end for end, count in counts.items() if count)
