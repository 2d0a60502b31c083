"""One pass over a file before anything reads it: counts its records, takes aside those that are no rows, and says what DuckDB may read.

A clean file (plain UTF-8, one kind of line end, every record with as many fields as the header) is only counted, and read
where it lies. Any other is written once, as clean UTF-8 with LF and good records only, into the scratch folder.
The file is long because a pass is one machine: what it remembers of the records before decides on those behind.
"""

from __future__ import annotations

import codecs
import re
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Final, Literal

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources import drawn, edges, habits, layout, mending, strata, texts
from dataeng_ai.sources import header as headers
from dataeng_ai.sources.batches import batches, cut
from dataeng_ai.sources.edges import after_lines, without_footer
from dataeng_ai.sources.mending import Mended, Mender
from dataeng_ai.sources.prepared import MAX_BAD, BadRecord, Lines, Prepared, dialect_of, inner_encoding, text_of
from dataeng_ai.sources.records import AFTER, UNCLOSED, UnbalancedError, escaped, escapes_others, first_end, line_ends
from dataeng_ai.sources.resync import Resync
from dataeng_ai.sources.streams import chunks, packed, refuse_foreign, unassigned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.batches import Batch
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.header import Header
    from dataeng_ai.sources.records import Record

_CHUNK: Final = 512 << 10
"""Bytes gone through at a time: what is made of so many stays in the processor's cache, larger ones take half as long again."""

_GROWTH: Final = 3
"""Bytes that one byte of a one-byte encoding can become in UTF-8."""

_LINE_ENDS: Final[Mapping[bytes, Literal["\n", "\r\n", "\r"]]] = {b"\n": "\n", b"\r\n": "\r\n", b"\r": "\r"}

TOO_FEW: Final = "too few fields"
TOO_MANY: Final = "too many fields"
NUL: Final = "a NUL byte"
ENCODING: Final = "bytes that are not in the file's encoding"
REPEATED: Final = "repeated header"
WITHIN: Final = "quotes within fields, and cells unlike those of their columns"

_START: Final = 64 << 10
"""Bytes that say how many fields a row has."""
_BENEATH: Final = 100
"""Records beneath the header that say whether it has a second line, or one of units."""
_WORDS: Final = re.compile(rb"\n\n+[^\n\d]+\n")
_MENDABLE: Final = frozenset({TOO_FEW, TOO_MANY, AFTER, UNCLOSED})


def prepare(file: File, csv: ir.Csv, scratch: Path) -> Prepared:
    """Read the file's bytes once and make it ready for DuckDB; a copy, where one is needed, goes into the folder `scratch`.

    Raises:
        Problems: E302 it cannot be read; E310 the csv block does not fit; E311 it is empty; E312 quotes do not balance;
            E313 the gzip stream is cut short; E314 it is no text; E315 not in the encoding; E316 too many bad records;
            E317 it has no footer or no lines to skip, though the csv block says that it has.
    """
    refuse_foreign(file)
    with balanced(file):
        if may_stay(file, csv):
            with suppress(NeedsCopyError):
                return Pass(file, csv).run()
        copy = texts.place(file, scratch, "csv")
        with copy.open("wb") as out:
            return Pass(file, csv, copy, out).run()


def opening(file: File, csv: ir.Csv) -> Header:
    """Return the names of the file's columns, from its first records only.

    Raises:
        Problems: as `prepare`.
    """
    with balanced(file):
        return Pass(file, csv).header


@contextmanager
def balanced(file: File) -> Iterator[None]:
    """Refuse a file whose quotes do not balance.

    Raises:
        Problems: E312.
    """
    try:
        yield
    except UnbalancedError as error:
        message = f"the quote that opens in line {error.line} of `{file.name}` {error.reason}"
        hint = "repair the file there, or write `quote: null` if its texts are not quoted; nothing of it was loaded"
        raise Problems(Diagnostic("E312", message, help=hint)) from error


def raw(prepared: Prepared, records: Collection[int]) -> Iterator[tuple[int, int, str]]:
    """Yield (record, line, raw text) of the data records with these ordinals, in the file's order; reads the file again."""
    wanted = sorted(set(records), reverse=True)
    assert prepared.lines is not None  # noqa: S101  it is a CSV file
    scan = Pass(prepared.file, prepared.lines.csv)
    at = 0
    while wanted and (batch := next(scan.batches, None)):
        if scan.is_clean(batch) and wanted[-1] > at + batch.count:
            at += batch.count
            continue
        for record in scan.data(batch):
            at += 1
            if wanted and wanted[-1] == at:
                yield wanted.pop(), record.line, text_of(record.raw, scan.encoding)


class NeedsCopyError(Exception):
    """DuckDB cannot read the file where it lies."""


def may_stay(file: File, csv: ir.Csv) -> bool:
    """Say whether DuckDB may be able to read the file where it lies."""
    if drawn.frame_of(file, csv.delimiter):
        return False
    return inner_encoding(csv.encoding) == codecs.lookup(csv.encoding).name == "utf-8" and not (csv.skip or csv.footer or packed(file))


class Pass:
    """One pass over one file, with or without a copy; its fields grow into a Prepared."""

    def __init__(self, file: File, csv: ir.Csv, copy: Path | None = None, out: IO[bytes] | None = None, *, decodes: bool = True) -> None:
        """Read the header. Without `decodes`, somebody else sees to it that what is read is text."""
        self.file, self.csv, self.copy, self.out, self.decodes = file, csv, copy, out, decodes
        self.dialect, self.encoding = dialect_of(csv), inner_encoding(csv.encoding)
        self.resync = Resync(self.dialect)
        self.records = self.blank = self.longest = 0
        self.bad: list[BadRecord] = []
        self.mended: list[Mended] = []
        self.units: bytes | None = None
        self.gone = False
        """Another table of the same width has begun."""
        self.behind_blank = False
        self.elsewhere: set[int] = set()
        """How many fields the records of other tables have, whose headers were met."""
        self.sample: list[Record] = []
        self.ends: frozenset[bytes] = frozenset()
        self.multiline = False
        self.skipped = bytearray()
        self.footer: list[Record] = []
        self.clean = True
        """So far DuckDB could read the file where it lies."""
        self.batches = self._body()
        self.header, self.header_raw = self._read_header()
        self.width = len(self.header.names)

    def run(self) -> Prepared:
        """Take every batch.

        Raises:
            NeedsCopyError: there is no copy to write to, and the file turned out to need one.
        """
        while self.step():
            pass
        return self.prepared()

    def step(self) -> bool:
        """Take the next batch; False where there is none.

        Raises:
            NeedsCopyError: as `run`.
        """
        batch = next(self.batches, None)
        if batch is None:
            return False
        self.ends |= batch.ends
        self.longest = max(self.longest, len(batch.raw) * (1 if self.encoding == "utf-8" else _GROWTH))
        if self.is_clean(batch):
            self._keep_all(batch)
        else:
            self._sort_out(batch)
        if self.out is None and not (self.clean and len(self.ends) <= 1):
            raise NeedsCopyError
        return True

    def prepared(self) -> Prepared:
        """Return what came of the batches that were taken."""
        edges.check_footer(self.file, self.csv, self.footer, self.width)
        if not self.csv.header:
            below = [self._cells(record) for record in self.sample[:_BENEATH]]
            edges.check_skipped(self.file, self.csv, bytes(self.skipped), self.width, below)
        if self.out:
            self.out.flush()
        line_end = "\n" if self.out or not self.ends else _LINE_ENDS[min(self.ends)]
        return Prepared(
            file=self.file,
            format="csv",
            path=self.copy or self.file.path,
            header=self.header.names,
            records=self.records,
            blank=self.blank,
            bad=tuple(self.bad),
            repairs=(*self.header.reasons, *mending.told(self.mended), *strata.told(self.bad)),
            mended=tuple(self.mended),
            lines=Lines(self.csv, int(self.csv.header and self.out is None), line_end, self.multiline, self.longest),
        )

    def _body(self) -> Iterator[Batch]:
        found = chunks(self.file, self.csv.encoding, _CHUNK)
        text = drawn.undrawn(found) if self.csv.delimiter == drawn.DELIMITER else found
        skipped, stream = after_lines(text, self.csv.skip, self.skipped)
        first = next(stream, b"")
        self.resync.start = first[:_START]  # a copy: a chunk that stays alive would push those to come out of the cache
        whole = batches(chain((first,), stream), self.dialect, skipped + 1, self.resync)
        return without_footer(whole, self.csv.footer, self.footer) if self.csv.footer else whole

    def _read_header(self) -> tuple[Header, bytes]:
        """Take the header, if there is one, off the first batch, and put back what is left."""
        for batch in self.batches:
            self.ends |= batch.ends
            self.clean &= batch.ends <= {b"\n"} or first_end(batch.raw) in batch.ends
            sample = list(islice((record for record in batch.records() if record.raw), headers.SAMPLE + 1))
            if not sample:
                self.clean = False
                continue
            self.sample = sample
            if not self.csv.header:
                self.batches = chain([batch], self.batches)
                return headers.made_up(headers.width(sample)), b""
            names, reasons, last = self._names(sample)
            found = headers.read(names, [one for one in sample if one.start > last.start], self.dialect)
            rest = cut(batch.raw[last.end :], batch.line + line_ends(batch.raw[: last.end]), self.dialect, holds=self.resync)
            self.batches = chain([rest] if rest else [], self.batches)
            return replace(found, reasons=(*reasons, *found.reasons)), sample[0].raw
        edges.check_footer(self.file, self.csv, self.footer, 1)
        behind = f" behind the {self.csv.skip} lines to skip" if self.csv.skip else ""
        message = f"`{self.file.name}` is empty: there is neither a header nor a record{behind}"
        raise Problems(Diagnostic("E311", message, help="was it written to the end? an empty file is refused, a header alone is not"))

    def _names(self, sample: list[Record]) -> tuple[tuple[str, ...], tuple[str, ...], Record]:
        """Return the header's names, what was put right in them, and the last record of the header."""
        first, *below = sample
        self.clean &= not (first.start or first.fault or line_ends(first.raw))
        names, reasons = headers.whole(first, headers.width(below or sample), self.dialect, self.encoding)
        if not below or len(names) == 1:
            return names, reasons, first
        if all(names) and len(set(names)) == len(names) and not strata.only_units(self._cells(below[0])):
            return names, reasons, first
        rows = [self._cells(record) for record in below[: _BENEATH + 1]]
        if strata.further(names, rows[0], rows[1:]):
            self.clean = False
            self.sample = below
            joined = strata.joined(names, rows[0])
            shown = next(filter(None, reversed(joined)), "")
            return joined, (*reasons, f"the header has two lines: its names are joined, as in `{shown}`"), below[0]
        if strata.are_units(rows[0], rows[1:]):
            self.units = below[0].raw
        return names, reasons, first

    def _cells(self, record: Record) -> tuple[str, ...]:
        return headers.cells(record.raw, self.dialect, self.encoding)

    def is_clean(self, batch: Batch) -> bool:
        """Say whether every record of the batch is a row, without looking at each."""
        if self.width == 1 and batch.blank:  # DuckDB takes a blank line for a row there
            self.clean = False
            return False
        if self.gone or (self.units is not None and not self.records) or (batch.blank and self._may_begin_table(batch)):
            return False
        return (
            batch.has_only(self.width)
            and b"\0" not in batch.raw
            and not escapes_others(batch.raw, self.dialect)
            and not self._repeats_header(batch)
            and (not self.decodes or self._decodes(batch.raw))
        )

    def _may_begin_table(self, batch: Batch) -> bool:
        """Say whether behind a blank line there are words alone, as in a header."""
        return self.width > 1 and _WORDS.search(batch.skeleton or b"") is not None

    def _decodes(self, raw: bytes) -> bool:
        if raw.isascii() or not (self.encoding == "utf-8" or any(byte in raw for byte in unassigned(self.encoding))):
            return True
        try:
            return bool(raw.decode(self.encoding))
        except UnicodeDecodeError:
            return False

    def _repeats_header(self, batch: Batch) -> bool:
        if self.width == 1 or not self.header_raw or self.header_raw not in batch.raw:
            return False
        quoted = (self.dialect.quote or b"\0") in self.header_raw
        return quoted or codecs.BOM_UTF8 + self.header_raw in batch.raw or batch.has_line(self.header_raw)

    def _keep_all(self, batch: Batch) -> None:
        self.multiline |= batch.lines != batch.count + batch.blank
        self.records += batch.count
        self.blank += batch.blank
        if self.out is not None:
            self._write(batch.with_lf())

    def _sort_out(self, batch: Batch) -> None:
        """Keep the batch's good records and put its bad ones aside, one by one."""
        good: list[bytes] = []
        for record in self.data(batch):
            self.records += 1
            reason = self._fault(record, within=batch.skeleton is None)
            if reason is None:
                good.append(self._readable(record.raw))
                self.multiline |= line_ends(record.raw) > 0
            elif repaired := self._mend(record, reason):
                good.append(repaired)
            else:
                self._put_aside(record, reason)
        self._write(b"\n".join([*good, b""]))

    def _readable(self, raw: bytes) -> bytes:
        """Return a row as DuckDB is to read it, which drops an escape character before whatever stands behind it."""
        if not escapes_others(raw, self.dialect):
            return raw
        self.clean = False
        return escaped(raw, self.dialect)

    def _mend(self, record: Record, reason: str) -> bytes | None:
        """Return the record as it can be read, where that is clear."""
        if reason not in _MENDABLE:
            return None
        if not (self._decodes(record.raw) and b"\0" not in record.raw and (found := self.mender.mend(record))):
            return None
        self.clean = False
        self.mended.append(Mended(self.file.name, self.records, record.line, found[1], text_of(record.raw, self.encoding)))
        return found[0]

    @cached_property
    def mender(self) -> Mender:
        """Return what reads damaged records: made where there is one, for most files have none."""
        rows = [self._cells(record) for record in self.sample if not record.fault]
        return Mender(self.dialect, self.encoding, self.width, habits.of(rows[self.csv.header :], self.width))

    def data(self, batch: Batch) -> Iterator[Record]:
        """Yield the batch's records one by one, counting what is blank: no byte, or nothing but blanks where fields are missing."""
        for record in batch.records():
            if not record.raw or (record.fields != self.width and not record.raw.strip()):
                self.blank += 1
                self.clean &= not record.raw
                self.behind_blank = True
            else:
                yield record
                self.behind_blank = False

    def _fault(self, record: Record, *, within: bool) -> str | None:
        """Return what is wrong with a record; `within` where quotes may stand within fields."""
        if reason := record.fault or self._no_row(record):
            return reason
        if within and self.mender.doubtful(record):
            return WITHIN
        if b"\0" in record.raw:
            return NUL
        return None if self._decodes(record.raw) else ENCODING

    def _no_row(self, record: Record) -> str | None:
        """Say why a record without damage is no row of this table."""
        if self.gone or (self.behind_blank and self._begins_table(record)):
            self.gone = True
            return strata.ANOTHER
        if self.width > 1 and self.header_raw and record.raw.removeprefix(codecs.BOM_UTF8) == self.header_raw:  # files put together
            return REPEATED
        if self.records == 1 and record.raw == self.units:
            return strata.UNITS
        return self._odd(record) if record.fields != self.width else None

    def _begins_table(self, record: Record) -> bool:
        """Say whether a record behind a blank line is the header of another table: names, where the columns hold other things."""
        names = self._cells(record)
        if record.raw == self.header_raw or self.width == 1 or record.fields != self.width or not layout.are_names(names):
            return False
        before = [self._cells(one) for one in self.sample if one.line < record.line]
        held = habits.of(before[self.csv.header :], self.width)
        return held.telling and not held.fit(names)

    def _odd(self, record: Record) -> str:
        """Say why a record of another width is no row. Behind what reads like a header, those of its width are of another table."""
        if record.fields > 1 and self.mender.habits.telling and layout.are_names(self._cells(record)):
            self.elsewhere.add(record.fields)
        if record.fields in self.elsewhere:
            return strata.ANOTHER
        return TOO_FEW if record.fields < self.width else TOO_MANY

    def _put_aside(self, record: Record, reason: str) -> None:
        self.clean = False
        raw = text_of(record.raw, self.encoding)
        self.bad.append(BadRecord(self.file.name, self.records, record.line, reason, raw))
        if len(self.bad) > MAX_BAD:
            message = f"`{self.file.name}` has more than {MAX_BAD} bad records by line {record.line}, the last one: {reason}"
            raise Problems(
                Diagnostic("E316", message, help="check delimiter, quote and encoding in the csv block; nothing of it was loaded")
            )

    def _write(self, raw: bytes) -> None:
        if self.out is not None:
            self.out.write(raw if self.encoding == "utf-8" or raw.isascii() else raw.decode(self.encoding).encode())
