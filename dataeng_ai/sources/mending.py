"""Damaged records that can be read in one way only: a surplus empty field, a missing empty one, quotes that stand astray.

Nothing is guessed. A record is mended where exactly one reading has as many fields as the header and all its cells are such as
the file's columns hold; two readings, or none, and it stays what it is: no row, and put aside. What is mended is told, line by line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from dataeng_ai.sources.records import AFTER, Dialect, UnbalancedError, fields, line_ends, parts, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dataeng_ai.sources.habits import Habits
    from dataeng_ai.sources.records import Record

SURPLUS: Final = "a surplus empty field is left out"
MISSING: Final = "the empty fields that it lacks at its end are added"
UNDOUBLED: Final = "a quote within a quoted text is not doubled"
ASTRAY: Final = "a quote that closes nowhere is text"
UNQUOTED: Final = "a text with delimiters in it is not quoted"
BEHIND: Final = "blanks stand between a closing quote and what comes next"
OTHER: Final = "its fields stand between other delimiters"

_OTHERS: Final = (b",", b";", b"\t", b"|")
_SHOWN: Final = 10
"""Lines that a sentence names."""
_STAND_IN: Final = b"\0"
"""Stands for a quote that is text, while the rest is read."""
_TRIES: Final = 2000
"""Steps that are taken to read one record."""
_PAIR: Final = 2
"""Fields with an odd quote each, between which a delimiter stood within quotes."""


Reading: TypeAlias = "tuple[list[bytes], str, int | None]"
"""Cells, what was done, and the place of a cell that need not be such as its column holds."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A damaged record that was read as a row: its ordinal among the file's data records and its line, both from 1."""

    file: str
    record: int
    line: int
    how: str
    """A short constant phrase."""
    raw: str
    """The record as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Mender:
    """Reads damaged records of one file, by its dialect and by what its columns hold."""

    dialect: Dialect
    encoding: str
    width: int
    habits: Habits

    def mend(self, record: Record) -> tuple[bytes, str] | None:
        """Return the record as it would stand in a sound file, and what was done; None where it is not clear what it was."""
        if record.fault == AFTER and (sound := self._unblanked(record.raw)):
            return _written(sound, self.dialect), BEHIND
        tries = self._requoted(record.raw) if record.fault else self._refielded(record)
        found: dict[tuple[bytes, ...], str] = {}
        for cells, how, but in tries:
            if self._fit(cells, but):
                found.setdefault(tuple(cells), how)
        if len(found) != 1:
            return None
        ((only, how),) = found.items()
        return _written(only, self.dialect), how

    def _unblanked(self, raw: bytes) -> list[bytes] | None:
        """Return the cells of a record that is faulty only by blanks behind closing quotes."""
        quote = self.dialect.quote or b""
        text = re.sub(re.escape(quote) + rb"[ \t]++(?=%b|\Z)" % re.escape(self.dialect.delimiter), quote, raw)
        records = list(walk(text, 1, self.dialect)) if text != raw and not line_ends(text) else []
        return fields(text, self.dialect) if [(one.fields, one.fault) for one in records] == [(self.width, None)] else None

    def doubtful(self, record: Record) -> bool:
        """Say whether a record of the right width has its quotes within fields, as if one had lost the delimiter before it."""
        quote = self.dialect.quote
        if quote is None or quote not in record.raw or not self.habits.telling:
            return False
        odd = sum(part.count(quote) % 2 for part, quoted in parts(record.raw, self.dialect) if not quoted)
        return odd >= _PAIR and not self.habits.fit(self._texts(fields(record.raw, self.dialect)))

    def _fit(self, cells: Sequence[bytes], but: int | None) -> bool:
        if len(cells) != self.width or self.width == 1 or not (self.habits.telling or but is not None):
            return False
        return self.habits.fit(self._texts(cells), () if but is None else (but,))

    def _fits(self, place: int, cell: bytes) -> bool:
        return self.habits.columns[place].fits(cell.decode(self.encoding, "replace"))

    def _texts(self, cells: Iterable[bytes]) -> list[str]:
        return [cell.decode(self.encoding, "replace") for cell in cells]

    def _refielded(self, record: Record) -> Iterator[Reading]:
        """Yield readings of a record with too many or too few fields."""
        cells = fields(record.raw, self.dialect)
        if record.fields == self.width + 1:
            bare = [part == b"" for part, _ in parts(record.raw, self.dialect)]
            yield from (([*cells[:place], *cells[place + 1 :]], SURPLUS, None) for place, empty in enumerate(bare) if empty)
        if record.fields > self.width:
            yield from ((joined, UNQUOTED, None) for joined in self._joined(record))
        added = self.width - record.fields
        if added > 0 and record.fields > 1 and record.ended and all(one.empty for one in self.habits.columns[-added:]):
            yield [*cells, *[b""] * added], MISSING, None
        for mark in _OTHERS if added > 0 else ():
            if mark != self.dialect.delimiter and mark in record.raw:
                yield fields(record.raw, Dialect(mark, self.dialect.quote, self.dialect.escape)), OTHER, None

    def _joined(self, record: Record) -> Iterator[list[bytes]]:
        """Yield readings in which delimiters belong to one text that is not in quotes."""
        found = list(parts(record.raw, self.dialect))
        cells, surplus = fields(record.raw, self.dialect), record.fields - self.width + 1
        for place in range(self.width):
            within = found[place : place + surplus]
            if all(part.strip() and not quoted for part, quoted in within):
                whole = self.dialect.delimiter.join(part for part, _ in within)
                yield [*cells[:place], whole, *cells[place + surplus :]]

    def _requoted(self, raw: bytes) -> Iterator[Reading]:
        """Yield readings of a record whose quotes are faulty: those within texts not doubled, or one that stands for itself."""
        if b"\n" in raw or b"\r" in raw:
            return
        if self.dialect.escape in (None, self.dialect.quote):
            yield from ((cells, UNDOUBLED, None) for cells in lenient(raw, self.dialect, self._fits, self.width))
        yield from ((cells, ASTRAY, place) for cells, place in astray(raw, self.dialect))


def astray(raw: bytes, dialect: Dialect) -> Iterator[tuple[list[bytes], int]]:
    """Yield readings of a record without line ends in which one quote that opens a field is text, and the field's place."""
    quote = dialect.quote or b""
    if not quote or _STAND_IN in raw:
        return
    for match in re.finditer(re.escape(quote), raw):
        at = match.start()
        if at and not raw.endswith(dialect.delimiter, 0, at):
            continue
        try:
            (record,) = walk(raw[:at] + _STAND_IN + raw[at + len(quote) :], 1, dialect)
        except (UnbalancedError, ValueError):
            continue
        cells = fields(record.raw, dialect)
        place = next(place for place, cell in enumerate(cells) if _STAND_IN in cell)
        if not record.fault and quote not in cells[place]:
            yield [cell.replace(_STAND_IN, quote) for cell in cells], place


def lenient(raw: bytes, dialect: Dialect, fits: Callable[[int, bytes], bool], width: int) -> Iterator[list[bytes]]:
    """Yield the readings in which each quoted text ends at a quote with a delimiter or the end behind it, and all cells fit."""
    quote, delimiter = dialect.quote or b"", dialect.delimiter
    closing = [match.start() for match in re.finditer(re.escape(quote) + rb"(?=" + re.escape(delimiter) + rb"|\Z)", raw)]
    begun: list[tuple[int, list[bytes]]] = [(0, [])]
    for _ in range(_TRIES):
        if not begun:
            return
        at, cells = begun.pop()
        if at > len(raw):
            if len(cells) == width:
                yield cells
            continue
        if len(cells) == width:
            continue
        if raw.startswith(quote, at):
            ends = [end for end in closing if end > at]
            found = [(end + 1, raw[at + 1 : end].replace(quote * 2, quote)) for end in reversed(ends)]
        else:
            end = raw.find(delimiter, at)
            found = [(end if end >= 0 else len(raw), raw[at : end if end >= 0 else len(raw)])]
        begun += [(end + len(delimiter), [*cells, cell]) for end, cell in found if fits(len(cells), cell)]


def _written(cells: Sequence[bytes], dialect: Dialect) -> bytes:
    """Write cells as a record of the dialect, quotes where they are needed."""
    return dialect.delimiter.join(_cell(cell, dialect) for cell in cells)


def _cell(cell: bytes, dialect: Dialect) -> bytes:
    quote = dialect.quote
    if quote is None or not (quote in cell or dialect.delimiter in cell or b"\n" in cell or b"\r" in cell):
        return cell
    escape = dialect.escape or quote
    inner = cell if escape == quote else cell.replace(escape, escape * 2)
    return quote + inner.replace(quote, escape + quote) + quote


def told(mended: Sequence[Mended]) -> Iterator[str]:
    """Yield a sentence for each way in which records of a file were mended, with their lines."""
    for how in dict.fromkeys(one.how for one in mended):
        lines = [one.line for one in mended if one.how == how]
        shown = ", ".join(map(str, lines[:_SHOWN])) + (" …" if len(lines) > _SHOWN else "")
        many = f"{len(lines):,} records of `{mended[0].file}` are mended" if len(lines) > 1 else f"a record of `{mended[0].file}` is mended"
        yield f"{many}: {how}; line{'s' * (len(lines) > 1)} {shown}"
