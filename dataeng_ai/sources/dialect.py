"""Delimiter, quote and escape of a text, by trying them: the best cuts it into equally many, sensible fields per record.

The file is long because what tells one dialect from another is one weighing of everything that was seen.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.batches import cut
from dataeng_ai.sources.records import AFTER, Dialect, Record, UnbalancedError, fields
from dataeng_ai.sources.resync import Resync

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITERS: Final = {
    ",": 1.0,
    ";": 1.0,
    "\t": 1.0,
    "|": 1.0,
    "\x01": 1.0,
    "\x1f": 1.0,
    ", ": 1.05,
    "; ": 1.05,
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

_ANYWHERE: Final = frozenset("\t|\x01\x1f")
"""Delimiters that stand in no text: where each record has one, they are of several widths."""

SPACED: Final = frozenset((", ", "; "))
"""Delimiters with a blank, which matters before a quoted text: without it, the quote would not open the field."""

_COMMENTS: Final = re.compile(rb"(?:#[^\r\n]*+(?:\r\n|\n|\r))+")
_COMMENT: Final = re.compile(rb"^#[^\r\n]*+", re.MULTILINE)
_NO_MARKS: Final = {
    ";": re.compile(
        rb";(?:(?<=&amp;)|(?<=&quot;)|(?<=&apos;)|(?<=&nbsp;)|(?<=&lt;)|(?<=&gt;)|(?<=&#\d\d;)|(?<=&#\d\d\d;)|(?<=&#\d\d\d\d;))"
    ),
    ":": re.compile(rb":(?=[\\/])|(?<![:\d])\d\d?:[0-5]\d(?::[0-5]\d)?(?![:\d])"),
}
"""Where a delimiter is none: in a character of HTML by its name, in the address of a page or of a file, in a time of day."""

_RECORDS: Final = 300
_ENOUGH: Final = 0.6
"""The share of records that must have as many fields as those beside them before a text is believed to have more than one column."""
_RUN: Final = 4
"""Records of one width, one after another, that may be a table, though the file has a larger part of another width."""

_SOUND: Final = 10
"""Records of which a faulty one halves a delimiter's score; of fewer, it takes no more."""
_NAME: Final = re.compile(r"[^\W\d]\w*")
"""What a name is that no sentence has after a comma: one word, and no blank before it."""
_TABLE: Final = 3
"""Records of one width between lines of one field that are a table with a title above or notes below it."""

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
    steady: float
    """Of the records, how many have so many fields, or are of another table in the file."""
    score: float
    quoted: bool
    """A quote opens some field, so the quote is seen and not assumed."""

    @property
    def dialect(self) -> Dialect:
        """Return the dialect in bytes of UTF-8."""
        return Dialect(self.delimiter.encode(), self.quote.encode() if self.quote else None, self.escape.encode() if self.escape else None)

    whole: bool = True
    """Every quote closes; where one does not, the records end before it."""
    comments: int = 0
    """Lines of comments before the records."""


def sniff(text: bytes) -> Table:
    """Return the best reading of a sample (UTF-8, whole records but for the last, which is left out where it is faulty)."""
    line, text = _behind_comments(text)
    found = replace(_best(text, line), comments=line - 1)
    if found.width > 1 or b"#" not in text:
        return found
    within = _best(_COMMENT.sub(b"", text), line)  # their lines stay, as blank ones
    return replace(within, comments=within.records[0][0].line - 1) if within.width > 1 else found


def _best(text: bytes, line: int) -> Table:
    lines = [one for one in text.splitlines()[:_RECORDS] if one]
    likely = [mark for mark in DELIMITERS if _stands(mark, lines)]
    tables: dict[str, Table] = {}
    least = 0.0
    for mark in sorted(likely, key=lambda one: _uneven(one, lines)):  # the likeliest first: the rest need not be looked at so closely
        masked = _NO_MARKS[mark].sub(b".", text) if mark in _NO_MARKS else text
        tables[mark] = _quotes(masked, mark, line, least)
        least = max(least, tables[mark].score)
    ranked = sorted((tables[mark] for mark in likely), key=lambda table: table.score, reverse=True)
    for place, best in enumerate(ranked):  # behind the first only one that its quotes prove
        if best.steady >= _ENOUGH and best.width > 1 and (_sound(best) if place else True) and not _one_column(best):
            return _cut(text, line, best.delimiter, best.quote, best.escape) if best.delimiter in _NO_MARKS else best
    return _one(text, line)


def _behind_comments(text: bytes) -> tuple[int, bytes]:
    """Return the line, from 1, of the last of the comments that the sample begins with (it may be the header), and the text from it on."""
    found = _COMMENTS.match(text)
    lines = found[0].splitlines(keepends=True) if found and found.end() < len(text) else []  # all of them would be data
    return max(1, len(lines)), text[sum(map(len, lines[:-1])) :]


def _stands(mark: str, lines: Sequence[bytes]) -> bool:
    """Say whether a delimiter is worth a try: it stands in some line, a weak one in many, one with a blank before quotes or always so."""
    if mark in SPACED:
        whole, bare = mark.encode(), mark.strip().encode()
        counts = [(line.count(whole), line.count(bare)) for line in lines]
        return any(whole + b'"' in line for line in lines) or (bool(counts) and all(often == every > 0 for often, every in counts))
    often = sum(mark.encode() in line for line in lines)
    return often > (_LIKELY * len(lines) if mark in WEAK else 0)


def _uneven(mark: str, lines: Sequence[bytes]) -> int:
    """Return how many lines do not have the delimiter as often as most have it, those without it included."""
    counts = Counter(line.count(mark.encode()) for line in lines)
    return len(lines) - max((often for times, often in counts.items() if times), default=0)


def typed(cell: str) -> bool:
    """Say whether a cell is a number, a date, a time, an identifier or an address, and no free text."""
    return _TYPED.fullmatch(cell.strip()) is not None


def _one(text: bytes, line: int) -> Table:
    """Read the sample as one column, under a delimiter that stands nowhere in it."""
    delimiter = next((mark for mark in DELIMITERS if mark.encode() not in text), "\x1f")
    return _quotes(text, delimiter, line) if text.strip() else Table(delimiter, '"', '"', (), 1, 1.0, 1.0, 0.0, quoted=False)


def _one_column(table: Table) -> bool:
    """Say whether what looks like two columns is one: `1,5` under a header without a comma, or times cut at their colons."""
    bodies = [record.raw.decode("utf-8", "replace") for record, _ in table.records]
    if table.delimiter in WEAK and (sum(map(typed, bodies[1:])) * 2 > len(bodies) - 1):
        return True
    if table.delimiter == " " and not (table.quoted or _some_typed(table)):
        return True
    narrow = [record.fields for record, _ in table.records[:1]] == [1]
    return narrow and table.width == 2 and all(typed(body) for body in bodies[1:])  # noqa: PLR2004  a decimal comma makes two


def _some_typed(table: Table) -> bool:
    """Say whether some column holds what is no free text, in most of its cells."""
    rows = [row for _, row in table.records[1:] if len(row) == table.width]
    return not rows or any(2 * sum(map(typed, column)) > len(rows) for column in zip(*rows, strict=True))


def _quotes(text: bytes, delimiter: str, line: int, least: float = 0.0) -> Table:
    """Return the best reading with this delimiter; of equally good ones the first, so a quote that is not needed is `"`.

    The score of one that cannot come to the `least` is less than that, and no more is known of it.
    """
    how = partial(_cut, text, line, delimiter)
    usual = how('"', '"', least=least)
    sound = _sound(usual)
    if b'"' in text and not sound and _stray_quotes(how(None, None, least=math.inf)):
        return how(None, None, least=least)
    tries = [usual]
    if b'\\"' in text:
        tries.append(how('"', "\\", least=max(least, tries[0].score)))
    if b"'" in text:
        other = how("'", "'", least=max(least, tries[0].score))
        tries += [other] if other.quoted or not sound else []
    best = max((table for table in tries if table.records), key=lambda table: table.score, default=tries[0])
    if best.whole and best.records:
        return best
    plain = how(None, None, least=least)
    # What a broken quote leaves says little of the delimiter, the text without regard to quotes says more.
    return replace(best, score=max(best.score, plain.score)) if best.records else replace(plain, quote='"', escape='"')


def _sound(table: Table) -> bool:
    """Say whether quotes stand in the text and prove the reading: each closes before a delimiter, and all records are of one width."""
    return table.quoted and table.steady == 1.0 and table.whole and all(record.fault is None for record, _ in table.records)


def _stray_quotes(plain: Table) -> bool:
    """Say whether quotes are text here: several fields, cut without regard to quotes, begin with one that no field closes."""
    rows = [[cell for cell in row if '"' in cell] for record, row in plain.records if b'"' in record.raw]
    whole = sum(cell.startswith('"') and cell.endswith('"') for row in rows for cell in row if cell.strip('"'))
    opened = sum(cell.startswith('"') and not cell.endswith('"') for row in rows for cell in row)
    return sum(map(_left_open, rows)) >= _STRAY and whole < opened


def _left_open(row: Sequence[str]) -> int:
    """Return how many cells with a quote at their start are not closed by one at the end of another, be it all that stands there."""
    opened = sum(cell.startswith('"') and not cell.endswith('"') for cell in row)
    closed = sum(cell.endswith('"') and not cell.startswith('"') for cell in row)
    return opened - closed - min(max(opened - closed, 0), sum(not cell.strip('"') for cell in row))


def _cut(text: bytes, line: int, delimiter: str, quote: str | None, escape: str | None, *, least: float = 0.0) -> Table:
    """Cut the text in one dialect. Whether the cells look like cells is asked only of what may come to the `least` score."""
    dialect = Dialect(delimiter.encode(), quote.encode() if quote else None, escape.encode() if escape else None)
    found: list[Record] = []
    faulty, whole = 0.0, True
    holds = Resync(dialect, text)
    try:
        batch = cut(text, line, dialect, holds=holds)
        for record in islice((one for one in batch.records() if one.raw) if batch else (), _RECORDS):
            faulty += record.fault is not None
            found.append(record)
    except UnbalancedError:
        faulty, whole = faulty + 1, False
    if not found:
        return Table(delimiter, quote, escape, (), 1, 1.0, 1.0, 0.0, quoted=False)
    cuts = [_forgiving(record.raw, dialect) if record.fault == AFTER else fields(record.raw, dialect) for record in found]
    widths = [len(cut) for cut in cuts]
    width, often, steady = _widths(widths)
    if (
        steady < _ENOUGH
        and delimiter not in WEAK
        and (told := width if delimiter in _ANYWHERE and min(widths) > 1 else _told(cuts, widths, width))
    ):
        width, often, steady = told, widths.count(told), _ENOUGH
    faulty -= 0.9 * sum(record.fault == AFTER and len(cut) == width for record, cut in zip(found, cuts, strict=True))
    rows = tuple((record, tuple(cell.decode("utf-8", "replace") for cell in cut)) for record, cut in zip(found, cuts, strict=True))
    share = often / len(found)
    sound = max(0.0, 1 - 5 * faulty / max(len(found), _SOUND))
    most = DELIMITERS[delimiter] * steady**2 * (width - 1) / width * sound
    score = most * (0.1 + _sense(rows, width, quote)) if most * 1.11 >= least else most  # the cells make 1.1 of it at most
    mark = (quote or "").encode()
    quoted = quote is not None and any(record.raw.startswith(mark) or dialect.delimiter + mark in record.raw for record in found)
    return Table(delimiter, quote, escape, rows, width, share, steady, score, quoted, whole)


def _told(cuts: Sequence[Sequence[bytes]], widths: Sequence[int], width: int) -> int:
    """Return how many fields the records of an uneven text are to have, where something else than their number tells it; 0 else.

    A header tells it, of names alone, whose delimiter stands in most of the records; or all lines but some at its ends, of one field.
    """
    names = [name.decode("utf-8", "replace") for name in cuts[0]]
    if len(names) > 1 and all(map(_NAME.fullmatch, names)) and len(set(names)) == len(names) and 2 * widths[1:].count(1) <= len(widths) - 1:
        return len(names)
    first, last = widths.index(width), len(widths) - widths[::-1].index(width)
    inner, outer = widths[first:last], [*widths[:first], *widths[last:]]
    return width if width >= _TABLE <= inner.count(width) == len(inner) and set(outer) <= {1} else 0


def _forgiving(raw: bytes, dialect: Dialect) -> list[bytes]:
    """Cut a record whose quotes are not doubled within texts: each text ends at the first quote with a delimiter behind it."""
    quote, delimiter = re.escape(dialect.quote or b""), re.escape(dialect.delimiter)
    field = rb"(?:%b(.*?)%b(?=%b|\Z)|((?:(?!%b).)*))(?:%b|\Z)" % (quote, quote, delimiter, delimiter, delimiter)
    return [quoted or plain for quoted, plain in re.findall(field, raw, re.DOTALL)][: raw.count(dialect.delimiter) + 1]


def _widths(found: Sequence[int]) -> tuple[int, int, float]:
    """Return how many fields most records have, how many records those are, and the share of the records that some table accounts for.

    Of equally frequent widths the first that a run of records has, for of several tables the first is read; else the largest.
    """
    counts = Counter(found)
    runs = [(width, len(list(run))) for width, run in groupby(found)]
    tables = {width: place for place, (width, length) in reversed(list(enumerate(runs))) if length >= _RUN}
    width = max(counts, key=lambda one: (counts[one] * (1 if one > 1 else 0.5), -tables.get(one, len(runs)), one))
    held = sum(length for one, length in runs if 1 < one != width and length >= _RUN) if len(runs) <= _RUN else 0
    return width, counts[width], (counts[width] + 0.8 * held) / len(found)


def _sense(rows: tuple[tuple[Record, tuple[str, ...]], ...], width: int, quote: str | None) -> float:
    """Return how much the cells look like cells: empty, typed or words, without marks of other dialects; a column of nothing does not."""
    columns = zip(*(row for _, row in rows if len(row) == width), strict=True)
    return sum(sum(map(_senses(column, quote).__getitem__, column)) / len(column) for column in columns if any(column)) / width


def _senses(column: Sequence[str], quote: str | None) -> dict[str, float]:
    return {cell: _sensible(cell, quote) for cell in set(column)}


def _sensible(cell: str, quote: str | None) -> float:
    text = cell.strip()
    if not text or typed(text):
        return 1.0
    if quote is None and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return 0.0
    if _WORDS.fullmatch(text):
        return 0.9
    return 0.2 if any(mark in text for mark in ';|\t"') else 0.6
