"""The names of a file's columns: from its header, repaired where the header and the records disagree, or made up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.mending import astray, lenient
from dataeng_ai.sources.records import Dialect, fields, line_ends

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.sources.records import Record

SAMPLE: Final = 1000
"""Records at the file's start that decide how many fields a record has."""


_MARK: Final = "\ufeff"
_COMMENTS: Final = frozenset({"#", "#Fields:", "%", "//", "--"})
"""What stands before names in logs of web servers and in files of numpy."""


@dataclass(frozen=True, slots=True)
class Header:
    """Unique names, one per field of a good record, and a sentence on each thing that was repaired."""

    names: tuple[str, ...]
    reasons: tuple[str, ...] = ()


def cells(raw: bytes, dialect: Dialect, encoding: str) -> tuple[str, ...]:
    """Return the texts of one record's fields; bytes that are not in the encoding become U+FFFD."""
    return tuple(field.decode(encoding, "replace") for field in fields(raw, dialect))


def made_up(width: int) -> Header:
    """Return `column_1`, `column_2`, … for a file without a header."""
    return Header(tuple(f"column_{place}" for place in range(1, width + 1)))


def width(sample: Sequence[Record]) -> int:
    """Return the number of fields that most of the records have; of equally frequent ones the first to occur."""
    counts = Counter(record.fields for record in sample[:SAMPLE] if record.raw)
    return counts.most_common(1)[0][0] if counts else 1


def whole(first: Record, usual: int, dialect: Dialect, encoding: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the cells of a damaged header, where it can be read in one way only with as many as records have fields, and what was done."""
    found = cells(first.raw, dialect, encoding)
    if usual == 1 or (len(found) == usual and not first.fault) or line_ends(first.raw):
        return found, ()
    for how, readings in _READINGS:
        names = {tuple(name.decode(encoding, "replace") for name in one) for one in readings(first, usual, dialect) if len(one) == usual}
        if len(names) == 1 and all(name.strip() for name in next(iter(names))):
            return names.pop(), (how,)
    return found, ()


def _other(first: Record, usual: int, dialect: Dialect) -> Iterator[list[bytes]]:
    # A title has as many words as a table has columns by chance, where those are few.
    marks = _MARKS if usual > _WORDS else _MARKS[:-1]
    if first.fields < usual:
        yield from (fields(first.raw, Dialect(mark, dialect.quote, dialect.escape)) for mark in marks if mark in first.raw)


def _one_less(first: Record, usual: int, dialect: Dialect) -> Iterator[list[bytes]]:
    names = fields(first.raw, dialect)
    if len(names) == usual + 1 and not first.fault:
        yield from ([*names[:place], *names[place + 1 :]] for place, name in enumerate(names) if not name)


def _as_text(first: Record, usual: int, dialect: Dialect) -> Iterator[list[bytes]]:
    if first.fault:
        yield from (names for names, _ in astray(first.raw, dialect))
        if dialect.escape in (None, dialect.quote):
            yield from lenient(first.raw, dialect, lambda _place, _name: True, usual)


_MARKS: Final = (b",", b";", b"\t", b"|", b" ")
_WORDS: Final = 5
_READINGS: Final = (
    ("the header has an empty name too many: it is left out", _one_less),
    ("a quote in the header closes nowhere: it is taken for text", _as_text),
    ("the names in the header stand between other delimiters than the fields of the records", _other),
)
"""What may be done to a header, and the readings that come of it."""


def read(first: Sequence[str], sample: Sequence[Record], dialect: Dialect) -> Header:
    """Make the header's cells fit the records after it: unique names, as many as a record has fields."""
    names, reasons = [cell.strip().strip(_MARK).strip() for cell in first], []
    if any(_MARK in cell for cell in first):
        reasons.append("a second byte order mark stands in the header: it is left out of the names")
    data = [record for record in sample[:SAMPLE] if record.raw]
    usual = width(data) if data else len(names)
    if usual == len(names) + 1 and all(record.fields != len(names) for record in data):
        if all(record.raw.endswith(dialect.delimiter) for record in data if record.fields == usual):
            names.append("")
            reasons.append("every record ends in a delimiter that the header lacks: one unnamed column is added at the end")
        else:
            names.insert(0, "")
            reasons.append("every record has one field more than the header: the first column is taken for an unnamed one")
    elif usual == len(names) - 1 and names[0] in _COMMENTS and all(record.fields != len(names) for record in data):
        reasons.append(f"the header begins with `{names.pop(0)}`, which marks a comment and names no column: it is left out")
    elif usual == len(names) - 1 and not names[-1] and all(record.fields != len(names) for record in data):
        names.pop()
        reasons.append("the header ends in a delimiter that the records lack: its empty last name is left out")
    fitting, renamed = unique(names)
    return Header(fitting, (*reasons, *renamed))


def unique(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the empty ones `column_3` by their place and the repeated ones `name_2`; DuckDB holds `ID` and `id` for the same."""
    taken: set[str] = set()
    given = {name.casefold() for name in names}
    found: list[str] = []
    reasons: list[str] = []
    for place, name in enumerate(names, 1):
        own = name or f"column_{place}"
        count = 1
        while own.casefold() in taken or (count > 1 and own.casefold() in given):
            count += 1
            own = f"{name or f'column_{place}'}_{count}"
        taken.add(own.casefold())
        found.append(own)
        if not name:
            reasons.append(f"column {place} has no name in the header: called `{own}`")
        elif own != name:
            reasons.append(f"column {place} is named `{name}` like one before it: called `{own}`")
    return tuple(found), tuple(reasons)
