"""The records of an XML file, most of them without a parser: those that match a pattern made of the first ones are cut out of what it gets.

The parser sees the document without them, and is the judge of all the rest: whatever stands between, before and behind them, and of
each record that does not match. A record is only cut out where the parser has said that another one has just ended, so neither within a
comment nor anywhere else; and an element that is well-formed by itself leaves a document as well-formed as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.sources import xml_parallel
from dataeng_ai.sources.xml_grammar import Grammar, UnfitError
from dataeng_ai.sources.xml_pattern import DoubtError, Pattern, matching, pattern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from dataeng_ai.sources.xml_parallel import Parallel, Run
    from dataeng_ai.sources.xml_reader import Found, Reader
    from dataeng_ai.sources.xml_shape import XmlShape

    class Taker(Protocol):
        """Who is handed the records."""

        def one(self, found: Found) -> bool:
            """Take a record that the parser has read; say whether it is a row."""

        def many(self, rows: Sequence[tuple[bytes, ...]], how: Pattern) -> None:
            """Take records that matched. Raises OddError where one of them is for the parser after all: then none was taken."""

        def parallel(self, how: Pattern) -> Parallel:
            """Return who goes ahead in the file."""

        def run_of(self, run: Run, how: Pattern) -> bool:
            """Take the records of such a run; say whether they are taken."""


LEARN: Final = 500
"""Records that the pattern is first made of."""
_HELD: Final = 128 << 10
"""Bytes that wait for what comes behind them: a record may be cut there."""
_LEARNED: Final = 16
"""A part of so many of the file is read before others go ahead: what it has of records is mostly known by then."""
_BLANK: Final = b" \t\r\n"
_PATTERNS: Final = 40
"""Patterns that are made of one file, at most."""
_ODD: Final = 200
_SHARE: Final = 5
"""A file of which more than these records, and more than one of so many, do not match is left to the parser."""


class Quick:
    """Goes through the records of a reader."""

    def __init__(self, reader: Reader, shape: XmlShape, taker: Taker) -> None:
        """Begin before the first."""
        self._reader, self._shape, self._taker = reader, shape, taker
        self._encoding = "" if reader.inner == "utf-8" else reader.inner
        """Of the parser's bytes, where it is another than that of ours, UTF-8."""
        self._grammar = Grammar()
        self._pattern: Pattern | None = None
        self._off = self._settled = False
        self._odd = self._made = self._known = self._scope = 0
        self._parallel: Parallel | None = None
        self._held, self._tried, self._skip = b"", False, 0
        self._place = 0 if self._encoding else xml_parallel.mark(reader.file)
        """Of the first byte that waits, in the file."""
        self.seen = self.cut = 0
        """Records that the parser has read, and those that it did not see."""

    def run(self) -> None:
        """Take every record.

        Raises:
            Problems: as the reader.
            DoubtError: the file has to be read again, without this.
        """
        try:
            for piece in self._reader.pieces():
                self._take(self._recoded(piece) if self._encoding else piece)
            self._feed(self._held)
            for found in self._reader.finish():
                self._taker.one(found)
        finally:
            if self._parallel:
                self._parallel.close()

    def _take(self, piece: bytes) -> None:
        """Take the next bytes, but for those that others have gone through."""
        skipped = min(self._skip, len(piece))
        self._skip, self._place = self._skip - skipped, self._place + skipped
        data, again = self._held + piece[skipped:], bool(self._held)
        if self._parallel is None and self._settled and self._pattern and self._place * _LEARNED >= self._reader.file.size:
            place = self._place + len(data)
            if not self._tried and xml_parallel.worth(self._reader.file, self._reader.inner, place):
                self._parallel = self._taker.parallel(self._pattern)
                self._parallel.begin(place)
            self._tried = True
        while data:
            start = self._parallel.start() if self._parallel else None
            part = data if start is None or start > self._place + len(data) else data[: max(0, start - self._place)]
            done = self._through(part, again=again)
            met = start is not None and start <= self._place + len(part)
            while met and part[done:].strip(_BLANK):
                done += self._through(part[done:], again=True)
            self._place += done
            self._held, data, again = part[done:], data[len(part) :], True
            if met:
                data = self._jumped(data)
            data = self._held + data if data else b""

    def _jumped(self, data: bytes) -> bytes:
        """Leave out the records that others have taken, if they begin with the data; return what is left of it."""
        ahead, place = self._parallel, self._place + len(self._held)
        assert ahead is not None  # noqa: S101  there is a place where it begins
        run = ahead.at(place)
        if not run or not self._settled or self._held.strip(_BLANK) or not self._taker.run_of(run, ahead.how):
            return data
        self._reader.skip(self._held.count(b"\n") + run.lines)
        self.cut += run.records
        self._held, self._place = b"", run.end
        size = run.end - place
        self._skip = max(0, size - len(data))
        self._place -= self._skip
        return data[size:]

    def _recoded(self, piece: bytes) -> bytes:
        try:
            text = piece.decode(self._encoding)
        except UnicodeDecodeError:
            raise DoubtError from None
        return text.encode()

    def _through(self, data: bytes, *, again: bool) -> int:
        """Take what there is; return up to where. `again` says that the first bytes were looked at before."""
        at = 0
        while at < len(data):
            how, stop = self._pattern, len(data)
            if how is not None:
                if self._settled:
                    start, at = at, self._matching(data, at, how)
                    if len(data) - at < _HELD and not (again and at == start == 0):
                        return at
                    self._odd += 1
                end = how.ends.search(data, at)
                stop = end.end() if end else stop
            self._feed(data[at:stop])
            at = stop
        return at

    def _matching(self, data: bytes, start: int, how: Pattern) -> int:
        """Take the records that match, from one behind the other; return where the first one stands that does not."""
        count, end = matching(data, start, how, lambda rows: self._taker.many(rows, how))
        self._reader.skip(data.count(b"\n", start, end))
        self.cut += count
        return end

    def _feed(self, data: bytes) -> None:
        """Let the parser have bytes, and learn of the records that end in them."""
        changed = self._settled = False
        for found in self._reader.take(data.decode().encode(self._encoding) if self._encoding else data):
            self.seen += 1
            taken = self._taker.one(found)
            if self._off:
                continue
            self._scope = self._scope or self._reader.scope
            try:
                changed = (taken and self._grammar.learn(self._raw(found))) or changed
            except UnfitError:
                self._stop()
            self._settled = self._pattern is not None and self._reader.settled(found)
        if self.seen >= LEARN and not self._off:
            new = changed or self._pattern is None or self._shape.known != self._known
            self._make(needed=new or not self._odd & (self._odd - 1))

    def _raw(self, found: Found) -> bytes:
        raw = self._reader.raw(found)
        return raw.decode(self._encoding).encode() if self._encoding else raw

    def _make(self, *, needed: bool) -> None:
        """Make a pattern of what is known by now, where one can be made, and is worth while."""
        many = self._odd > _ODD and self._odd * _SHARE > self._odd + self.cut
        foreign = self._scope != self._reader.scope or not self._reader.plain
        if many or foreign or self._made == _PATTERNS or self._grammar.root is None:
            self._stop()
        elif needed:
            self._known = self._shape.known
            try:
                new = pattern(self._grammar.root, self._shape)
            except UnfitError:
                self._stop()
                return
            if self._pattern is None or new.regex.pattern != self._pattern.regex.pattern or new.columns != self._pattern.columns:
                self._pattern = new
                self._made += 1

    def _stop(self) -> None:
        """Leave all that comes to the parser."""
        self._pattern, self._off, self._settled = None, True, False
