"""Where the table stands in a workbook: on which sheet, below which lines, under which header, above which totals; with the evidence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources import layout
from dataeng_ai.sources.dialect import typed
from dataeng_ai.sources.excel_sheet import EXACT, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.sources.excel_sheet import Book, Cell, Sheet

ANY: Final = "*"
"""The sheet where each workbook has only one: no sheet can be called so."""

_LOOKED: Final = 300
"""Rows with something in them that decide where the table begins."""
_CLOSING: Final = 40
"""Rows at the end among which totals are looked for."""
_NAMED: Final = 5
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_TABLE: Final = 3
"""Rows of several cells that are no mere title."""
_MOST: Final = 0.8
"""The share of a column's values that are no free text, for names below them to begin another table."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the table stands on a sheet: rows before its header, whether it has one, records that are no data; and why."""

    skip: int
    header: bool
    footer: int
    reasons: tuple[str, ...]


def widest(book: Book) -> tuple[Sheet, tuple[str, ...]]:
    """Return the sheet with the most rows that have anything in them, and why; a hidden one only where no other has any."""
    sheets = [book.sheet(name) for name in book.names]
    counts = {one.name: len(filled(one)) for one in sheets}
    chosen = max(sheets, key=lambda one: (bool(counts[one.name]) and one.name not in book.hidden, counts[one.name]))
    some = counts[chosen.name]
    reasons = [f"sheet `{chosen.name}`: {'1 row has' if some == 1 else f'{some:,} rows have'} something in {'it' if some == 1 else 'them'}"]
    others = [
        f"`{one.name}` ({counts[one.name]:,} rows{', hidden' if one.name in book.hidden else ''})" for one in sheets if one is not chosen
    ]
    if others:
        rest = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        reasons.append(f"other sheets are not read: {', '.join(others[:_NAMED])}{rest}")
    return chosen, tuple(reasons)


def filled(sheet: Sheet) -> list[int]:
    """Return the rows of a sheet, from 0, that have anything in them."""
    return [place for place, row in enumerate(sheet.rows) if any(value != "" for value in row)]


def find(sheet: Sheet) -> Place:
    """Find out where the table stands on its sheet."""
    places = filled(sheet)[:_LOOKED]
    if not places:
        return Place(0, header=True, footer=0, reasons=())
    first = _first(sheet, places)
    body = _texts(sheet, [place for place in places if place >= first])
    has_header, why_header = layout.header(body)
    if not has_header and (upper := _data_above(sheet, first, places)) is not None:
        first = upper
        body = _texts(sheet, [place for place in places if place >= first])
        has_header, why_header = layout.header(body)
    why_two = ""
    if not has_header and (lower := _below_spans(sheet, first, places)):
        has_header, why_header = layout.header(lower)
        why_two, first = _two(sheet, first, first + 1) if has_header else ("", first)
    elif has_header and (second := _second(sheet, first, places)):
        why_two, first = _two(sheet, first, second)
    why_skip = f"skip {first}: the table begins in row {first + 1}, the first as wide as most are" if first else ""
    above = [place for place in places if place < first and sum(value != "" for value in sheet.rows[place]) > 1]
    if len(above) >= _TABLE and has_header:
        why_skip += f"; rows {above[0] + 1} to {above[-1] + 1} are another table, which is not read: move it to a sheet of its own"
    footer, why_footer = _footer(sheet, first, has_header=has_header)
    return Place(first, has_header, footer, tuple(why for why in (why_skip, why_header, why_two, why_footer) if why))


def told(name: str, sheet: Sheet, body: Sequence[int], places: Sequence[int]) -> Iterator[str]:
    """Yield what a person sees in a workbook of this name, and its records do not say: joined cells, tables side by side, lost digits."""
    rows = frozenset(body)
    joined = sum(top[0] != bottom[0] and top[0] in rows for top, bottom in sheet.merged)
    if joined:
        yield f"`{name}`: {joined:,} merged cells reach over several records: the value is that of the first, the others have null"
    if gaps := [at for at in range(places[0], places[-1]) if at not in places] if places else []:
        shown = ", ".join(_letters(at + sheet.left) for at in gaps[:_NAMED])
        yield f"`{name}`: between columns with values nothing stands in {shown}: tables side by side are read as one"
    if other := next(_stacked(sheet, body), None):
        yield f"`{name}`: row {other + 1} begins another table, whose rows are read as records of the first: move it to a sheet of its own"
    beyond = sum(isinstance(value, float) and value.is_integer() and abs(value) > EXACT for row in body for value in sheet.rows[row])
    if beyond:
        yield f"`{name}`: {beyond:,} whole numbers are longer than a workbook keeps, which is 15 digits; have them written as texts"


def _stacked(sheet: Sheet, body: Sequence[int]) -> Iterator[int]:
    """Yield the rows behind empty ones that name columns, where other columns hold no free text above them."""
    for at in range(1, len(body)):
        row = body[at]
        cells = {place: text(value) or "" for place, value in enumerate(sheet.rows[row]) if value != ""} if row - body[at - 1] > 1 else {}
        if len(cells) > 1 and layout.are_names(list(cells.values())):
            above = ([text(sheet.rows[one][place]) or "" for one in body[:at]] for place in cells)
            if any(sum(map(typed, column)) >= _MOST * len(column) for column in above):
                yield row


def _letters(place: int) -> str:
    """Return the letters of a column, from 0: A, B, …, Z, AA."""
    more, last = divmod(place, 26)
    return (_letters(more - 1) if more else "") + chr(ord("A") + last)


def _first(sheet: Sheet, places: Sequence[int]) -> int:
    """Return the first row of the table, with its header: as wide as most rows are; above values also narrower ones right over them."""
    sizes = {place: sum(value != "" for value in sheet.rows[place]) for place in places}
    half = -(-max(sizes.values()) // 2)
    usual, _ = max(Counter(sizes.values()).items(), key=lambda item: (item[1], item[0]))
    first = next(place for place in places if sizes[place] >= max(usual, half))
    while any(typed(text(value) or "") for value in sheet.rows[first]) and sizes.get(first - 1, 0) >= half:
        first -= 1
    if sizes.get(first - 1, 0) >= half and _joined(sheet, first - 1):
        first -= 1
    return first


def _joined(sheet: Sheet, upper: int) -> bool:
    """Say whether merged cells join a row with the one below it."""
    return any(top[0] <= upper < bottom[0] for top, bottom in sheet.merged)


def _texts(sheet: Sheet, places: Sequence[int]) -> list[tuple[str, ...]]:
    """Return the rows' texts, between the first and the last column that any of them fills."""
    rows = [sheet.rows[place] for place in places]
    used = [place for row in rows for place, value in enumerate(row) if value != ""]
    left, right = min(used, default=0), max(used, default=0) + 1
    return [tuple(text(value) or "" for value in row[left:right]) for row in rows]


def _second(sheet: Sheet, first: int, places: Sequence[int]) -> int | None:
    """Return the row right below the first where it reads like a header too: words alone, over values that are none."""
    if first + 1 not in places or len(places) <= places.index(first) + 2:
        return None
    body = _texts(sheet, [place for place in places if place >= first])
    names = [cell for cell in body[1] if cell]
    columns = list(zip(*body[2:], strict=True))
    kinds = [sum(typed(cell) for cell in column if cell) * 2 > sum(bool(cell) for cell in column) for column in columns]
    over = [bool(cell) for cell, kind in zip(body[1], kinds, strict=True) if kind]
    years = _joined(sheet, first) and all(map(_YEAR.fullmatch, names))
    like_names = bool(names) and (years or not any(map(typed, names)))
    return first + 1 if like_names and (_joined(sheet, first) or sum(over) * 2 >= len(over) > 0) else None


def _below_spans(sheet: Sheet, first: int, places: Sequence[int]) -> list[tuple[str, ...]]:
    """Return the rows below one with cells that are merged across columns; nothing where there is none.

    The cells of the first of them are named by those above that they are merged with.
    """
    below = [place for place in places if place > first]
    if first + 1 not in below or not any(top[0] == first and top[1] < bottom[1] for top, bottom in sheet.merged):
        return []
    names = {
        top[1] - sheet.left: text(sheet.rows[first][top[1] - sheet.left]) or ""
        for top, bottom in sheet.merged
        if top[0] == first < bottom[0]
    }
    rows = [tuple(text(value) or "" for value in sheet.rows[place]) for place in below]
    return [tuple(cell or names.get(at, "") for at, cell in enumerate(rows[0])), *rows[1:]]


def _data_above(sheet: Sheet, first: int, places: Sequence[int]) -> int | None:
    """Return the first row above a table without a header that looks like one of its records: it may not be left out."""
    used = {at for row in places if row >= first for at, value in enumerate(sheet.rows[row]) if value != ""}
    return next((row for row in places if row < first and looks_like_data(sheet, row, sorted(used))), None)


def looks_like_data(sheet: Sheet, row: int, places: Sequence[int]) -> bool:
    """Say whether a row that would be left out looks like a record of a table in these columns."""
    return layout.is_data([text(sheet.rows[row][at]) or "" for at in places], len(places))


def _two(sheet: Sheet, first: int, second: int) -> tuple[str, int]:
    """Choose between two rows of a header: the lower one where it names as many columns as the upper one."""
    upper, lower = (sum(value != "" for value in sheet.rows[place]) for place in (first, second))
    spans = [one for one in sheet.merged if one[0][0] == first]
    what = f"the header has two rows, {first + 1} and {second + 1}" + (f", with {len(spans)} merged cells" if spans else "")
    if lower >= upper or spans:
        return f"{what}: the lower one names the columns", second
    return f"{what}: the upper one names the columns, the lower one is read as a record", first


def _footer(sheet: Sheet, first: int, *, has_header: bool) -> tuple[int, str]:
    places = [place for place in filled(sheet) if place >= first + has_header]
    if len(places) < 2:  # noqa: PLR2004  a record, and what closes it
        return 0, ""
    last = places[-_CLOSING:]
    rows = [_trimmed(sheet.rows[place]) for place in last]
    blank = [at > 0 and place - last[at - 1] > 1 for at, place in enumerate(last)]
    width = max(map(len, rows))
    closing, why = layout.footer(rows, width, blank)
    padded = ([*row, *[""] * (width - len(row))] for row in rows[len(rows) - closing :])
    return (0, "") if any(layout.is_data(row, width) for row in padded) else (closing, why)


def _trimmed(row: Sequence[Cell]) -> list[str]:
    """Return a row's texts without the empty ones at its end."""
    texts = [text(value) or "" for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts
