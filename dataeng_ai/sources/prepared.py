"""What comes of a file once it was gone through: what DuckDB reads, the records that are no rows, and a CSV's own dialect."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.sources.records import Dialect
from dataeng_ai.sources.streams import ascii_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dataeng_ai import ir
    from dataeng_ai.sources.files import File
    from dataeng_ai.sources.json_plain import Plain
    from dataeng_ai.sources.mending import Mended
    from dataeng_ai.sources.texts import Texts
    from dataeng_ai.types import Type

MAX_BAD: Final = 200_000
"""Bad records of one file that are kept in memory; a file with more was read in a wrong way."""

LINE: Final = 4 << 20
"""Bytes of the longest record that an ordinary file has."""

MAX_RAW: Final = 4096
"""Characters of a record that are kept as its raw text."""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that is no row. `record` is its ordinal among the file's data records, `line` where it starts, both from 1."""

    file: str
    record: int
    line: int
    reason: str
    """A short constant phrase."""
    raw: str
    """The record as it stands in the file, at most 4,096 characters of it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """How the records of a CSV file stand in what DuckDB reads."""

    csv: ir.Csv
    skip: int
    """Lines before the first data record."""
    line_end: Literal["\n", "\r\n", "\r"]
    """What ends a record."""
    multiline: bool
    """Some record spans lines: DuckDB loses its way in such a file when several threads begin in its middle."""
    longest: int
    """No record has more bytes than this."""

    @property
    def room(self) -> int:
        """Return how long DuckDB has to expect a record to be; its buffers, one per thread and more, hold twice that."""
        return max(LINE, self.longest)


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows whether a file is what it is taken for, while it is read already; and what to do where it is not."""

    prove: Callable[[Callable[[], bool]], Prepared | None]
    """Goes through the file, until the function it is handed says to stop; None where the file is not what it is taken for."""
    careful: Callable[[], Prepared]
    """Makes the file ready as if nothing had been taken for granted."""


@dataclass(frozen=True, slots=True)
class Nested:
    """A column of lists, with the number of their items in all records."""

    path: str
    items: int
    objects: bool
    """Every item is an object, so that each can be a row of a child table."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that can be read. `path` is what DuckDB reads: the file itself, or a clean copy of its good records."""

    file: File
    format: str
    """The word for it in a spec, which is also its word in `formats.FORMATS`."""
    path: Path
    header: tuple[str, ...]
    """The names of its columns, unique; `column_1`, … where a CSV has no header, paths such as `a.b` where records are nested."""
    records: int
    """Data records: those that become rows and those in `bad`; not blank lines, header, skipped lines or footer."""
    bad: tuple[BadRecord, ...]
    """In the file's order."""
    blank: int = 0
    """Blank lines, apart from those before the header."""
    repairs: tuple[str, ...] = ()
    """A sentence on each thing that was put right: in the header, and records that were mended."""
    mended: tuple[Mended, ...] = ()
    """Damaged records of a CSV that are rows all the same, for they can be read in one way only; in the file's order."""
    kinds: tuple[Type | None, ...] = ()
    """The types that the file itself declares, one per column, None where it does not; empty where no column has one."""
    lines: Lines | None = None
    """Of a CSV file."""
    texts: Texts | None = None
    """Of a file whose values Python has read."""
    plain: Plain | None = None
    """Of a JSON file that DuckDB reads where it lies."""
    nested: tuple[Nested, ...] = ()
    """Its columns of lists."""
    longest: int = 0
    """Of a table of a database: no row has more bytes than this."""
    proof: Proof | None = field(default=None, compare=False)
    """All the rest is only what the file's start says, and about how many records there are, until this has shown it."""
    hollow: Mapping[str, bool] = field(default_factory=dict, hash=False)
    """Its columns of JSON without one value: what they would hold, the file does not say. True: there is an empty object."""

    @property
    def rows(self) -> int:
        """How many rows DuckDB has to find in `path`."""
        return self.records - len(self.bad)


def inner_encoding(encoding: str) -> str:
    """Return the encoding of the bytes that `chunks` yields for a file in this one."""
    name = codecs.lookup(encoding).name
    return name if ascii_safe(name) and name not in ("utf-8-sig", "ascii") else "utf-8"


def dialect_of(csv: ir.Csv) -> Dialect:
    """Return the dialect in the bytes that `chunks` yields.

    Raises:
        Problems: E310, a delimiter or quote that the encoding lacks, or a quote that is no ASCII character.
    """
    try:
        quote, escape = (mark.encode("ascii") if mark else None for mark in (csv.quote, csv.escape))
        return Dialect(csv.delimiter.encode(inner_encoding(csv.encoding)), quote, escape if quote else None)
    except UnicodeEncodeError as error:
        message = f"`{error.object}` cannot be a delimiter or a quote here"
        raise Problems(
            Diagnostic("E310", message, help="a quote is one ASCII character, a delimiter must be in the file's encoding")
        ) from error


def text_of(raw: bytes, encoding: str) -> str:
    r"""Return a record's text as it can be shown: undecodable bytes as `\x98`, at most 4,096 characters."""
    text = raw.decode(encoding, "backslashreplace")
    return text if len(text) <= MAX_RAW else text[: MAX_RAW - 1] + "…"
