"""Delimiter, quote and escape of a text, by trying them: the best cuts it into equally many, sensible fields per record."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from dataeng_ai.sources.records import Dialect, Record, UnbalancedError, fields, walk

DELIMITERS: Final = {
    ",": 1.0,
    ";": 1.0,
    "\t": 1.0,
    "|": 1.0,
    "\x01": 1.0,
    "\x1f": 1.0,
    "||": 1.05,
    "::": 0.9,
    "^": 0.9,
    "~": 0.9,
    "¦": 0.9,
    "§": 0.9,
    "#": 0.6,
    ":": 0.6,
    "!": 0.6,
    "*": 0.6,
    " ": 0.5,
}
"""What may stand between fields, with how readily it is believed. `||` beats `|`, which cuts the same text into more, empty fields."""

WEAK: Final = frozenset(":#!* ")
"""Delimiters that also stand within a time, an address or a sentence."""

_RECORDS: Final = 300
_ENOUGH: Final = 0.6
"""The share of records that must have equally many fields before a text is believed to have more than one column."""

_LIKELY: Final = 0.25
"""The share of lines that a weak delimiter must stand in to be tried at all."""
_STRAY: Final = 3
"""Fields that open a quote and never close it, before quotes are taken for text and not for a broken file."""

_TYPED: Final = re.compile(
    r"""
      [-+]?[$€£₽]?\d+(?:[ \u00a0'_]\d{3})*(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[%$€£₽]?   # a number, with an amount's signs
    | [-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?
    | \d{1,4}[-./]\d{1,2}[-./]\d{1,4}   # a date, and perhaps a time with an offset
      (?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[-+]\d{2}:?\d{0,2})?)?
    | \d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?
    | [0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}
    | [\w.+-]+@[\w-]+\.[\w.-]+
    | https?://\S+
    """,
    re.VERBOSE,
)
_WORDS: Final = re.compile(r"[^\W\d_][\w .,()/&'’«»№:+-]*")


@dataclass(frozen=True, slots=True)
class Table:
    """A sample cut in one dialect: its records with their cells, and how many fields most of them have."""

    delimiter: str
    quote: str | None
    escape: str | None
    records: tuple[tuple[Record, tuple[str, ...]], ...]
    width: int
    share: float
    """Of the records, how many have exactly `width` fields."""
    score: float
    quoted: bool
    """A quote opens some field, so the quote is seen and not assumed."""

    @property
    def dialect(self) -> Dialect:
        """Return the dialect in bytes of UTF-8."""
        return Dialect(self.delimiter.encode(), self.quote.encode() if self.quote else None, self.escape.encode() if self.escape else None)

    whole: bool = True
    """Every quote closes; where one does not, the records end before it."""


def sniff(text: bytes) -> Table:
    """Return the best reading of a sample (UTF-8, whole records but for the last, which is left out where it is faulty)."""
    lines = [line for line in text.splitlines()[:_RECORDS] if line]
    likely = (mark for mark in DELIMITERS if sum(mark.encode() in line for line in lines) > (_LIKELY * len(lines) if mark in WEAK else 0))
    best = max((_quotes(text, mark) for mark in likely), key=lambda table: table.score, default=None)
    if best and best.share >= _ENOUGH and best.width > 1 and not _one_column(best):
        return best
    return _one(text)


def typed(cell: str) -> bool:
    """Say whether a cell is a number, a date, a time, an identifier or an address, and no free text."""
    return _TYPED.fullmatch(cell.strip()) is not None


def _one(text: bytes) -> Table:
    """Read the sample as one column, under a delimiter that stands nowhere in it."""
    delimiter = next((mark for mark in DELIMITERS if mark.encode() not in text), "\x1f")
    return _quotes(text, delimiter) if text.strip() else Table(delimiter, '"', '"', (), 1, 1.0, 0.0, quoted=False)


def _one_column(table: Table) -> bool:
    """Say whether what looks like two columns is one: `1,5` under a header without a comma, or times cut at their colons."""
    bodies = [record.raw.decode("utf-8", "replace") for record, _ in table.records]
    if table.delimiter in WEAK and sum(map(typed, bodies[1:])) * 2 > len(bodies) - 1:
        return True
    narrow = [record.fields for record, _ in table.records[:1]] == [1]
    return narrow and table.width == 2 and all(typed(body) for body in bodies[1:])  # noqa: PLR2004  a decimal comma makes two


def _quotes(text: bytes, delimiter: str) -> Table:
    """Return the best reading with this delimiter; of equally good ones the first, so a quote that is not needed is `"`."""
    plain = _cut(text, delimiter, None, None)
    if _stray_quotes(plain):
        return plain
    tries = [_cut(text, delimiter, '"', '"')]
    if b'\\"' in text:
        tries.append(_cut(text, delimiter, '"', "\\"))
    if b"'" in text:
        tries.append(_cut(text, delimiter, "'", "'"))
    best = max((table for table in tries if table.records), key=lambda table: table.score, default=tries[0])
    if not best.whole:  # what a broken quote leaves says little of the delimiter, the text without regard to quotes says more
        best = replace(best, score=max(best.score, plain.score))
    return best if best.records else replace(plain, quote='"', escape='"')


def _stray_quotes(plain: Table) -> bool:
    """Say whether quotes are text here: several fields, cut without regard to quotes, begin with one that no field closes."""
    cells = [cell for _, row in plain.records for cell in row if cell.strip('"')]
    whole = sum(cell.startswith('"') and cell.endswith('"') for cell in cells)
    opened = sum(cell.startswith('"') and not cell.endswith('"') for cell in cells)
    closed = sum(cell.endswith('"') and not cell.startswith('"') for cell in cells)
    return opened - closed >= _STRAY and whole < opened


def _cut(text: bytes, delimiter: str, quote: str | None, escape: str | None) -> Table:
    dialect = Dialect(delimiter.encode(), quote.encode() if quote else None, escape.encode() if escape else None)
    found: list[Record] = []
    faulty, whole = 0, True
    try:
        for record in islice((one for one in walk(text, 1, dialect) if one.raw), _RECORDS):
            faulty += record.fault is not None
            found.append(record)
    except UnbalancedError:
        faulty, whole = faulty + 1, False
    if not found:
        return Table(delimiter, quote, escape, (), 1, 1.0, 0.0, quoted=False)
    counts = Counter(record.fields for record in found)
    width, often = max(counts.items(), key=lambda item: (item[1] * (1 if item[0] > 1 else 0.5), item[0]))
    rows = tuple((record, tuple(cell.decode("utf-8", "replace") for cell in fields(record.raw, dialect))) for record in found)
    share = often / len(found)
    sound = max(0.0, 1 - 5 * faulty / len(found))
    score = DELIMITERS[delimiter] * share**2 * (width - 1) / width * sound * (0.1 + _sense(rows, width, quote))
    mark = (quote or "").encode()
    quoted = quote is not None and any(record.raw.startswith(mark) or dialect.delimiter + mark in record.raw for record in found)
    return Table(delimiter, quote, escape, rows, width, share, score, quoted, whole)


def _sense(rows: tuple[tuple[Record, tuple[str, ...]], ...], width: int, quote: str | None) -> float:
    """Return how much the cells look like cells: empty, typed or words, without marks of other dialects; a column of nothing does not."""
    columns = zip(*(row for record, row in rows if record.fields == width and not record.fault), strict=True)
    senses = (sum(_sensible(cell, quote) for cell in column) / len(column) for column in columns if any(column))
    return sum(senses) / width


def _sensible(cell: str, quote: str | None) -> float:
    text = cell.strip()
    if not text or typed(text):
        return 1.0
    if quote is None and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return 0.0
    if _WORDS.fullmatch(text):
        return 0.9
    return 0.2 if any(mark in text for mark in ';|\t"') else 0.6
