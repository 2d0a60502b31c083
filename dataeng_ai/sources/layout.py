"""Where the table stands in a file: lines before it, its header, and what closes it; each with its evidence."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources import header as headers
from dataeng_ai.sources.dialect import typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.sources.dialect import Table
    from dataeng_ai.sources.records import Record

_TOTAL: Final = re.compile(
    r"(?:итог\w*|всего|сумма|общий итог|промежуточный итог|(?:grand |sub)?-?totals?|sum|"
    r"(?:rows?|records?|строк\w*|записей|количество)\s*[:=]?\s*\d+|\(?\d+ (?:rows?|records?|строк\w*|запис\w*)(?: affected| selected)?\)?|"
    r"end of (?:file|report)|eof|конец\b.*|trailer)\b[\s:)]*.*",
    re.IGNORECASE,
)
_NOTE: Final = re.compile(
    r"(?:source|sources|notes?|n\.b\.|disclaimer|copyright|©|generated|created|prepared by|printed|exported|downloaded|data as of|"
    r"last updated|page \d+|\*+ ?|\[?\d{1,2}[\])]\s|источник\w*|примечани\w*|сноск\w*|данные на|по состоянию на|сформирован\w*|"
    r"(?:вход|исход)ящий остаток|(?:opening|closing|ending) balance|"
    r"выгружен\w*|напечатан\w*|исполнитель|составил\w*|подпись|стр(?:аница|\.)? ?\d+|лист \d+)(?:\b|(?<=\W)|\Z)[\s:.]*.*",
    re.IGNORECASE,
)
"""What stands alone in a record behind a table: where it is from, when it was made, what is to be noted."""
_RULE: Final = re.compile(r"[-=_*+ ]{3,}")
_MAX_FOOTER: Final = 10
LOOKED: Final = _MAX_FOOTER + 1
"""Records at the end that say whether there is a footer."""
_FEW: Final = 3
"""Records that are no table yet."""
_LONG: Final = 64
_NOTHING: Final = frozenset({"NA", "N/A", "#N/A", "NULL", "null", "None", "NaN", "nan", "\\N", ".", "-"})
"""Words that stand for nothing among numbers."""
_FLAGS: Final = frozenset({"true", "false", "yes", "no", "да", "нет"})
_MANY: Final = 10
"""Cells of one shape that are codes and not words of one length by chance."""
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def skip(table: Table) -> tuple[int, str]:
    """Return how many lines stand before the table, and a sentence, empty where there are none."""
    rows = table.records
    if rows and rows[0][0].raw.lower().startswith(b"sep=") and rows[0][0].line == 1:
        return 1, "skip 1: the first line tells Excel the delimiter"
    if table.width == 1:
        return (table.comments, f"skip {table.comments}: the lines before are comments") if table.comments else (0, "")
    first = next((place for place, row in enumerate(rows) if _begins(row[1], table.width)), 0)
    if _is_count(rows[first:], table.width):
        first += 1
    if first and _is_odd_header(*rows[first - 1], table):
        first -= 1
    if not first and not table.comments:
        return 0, ""
    lines = rows[first][0].line - 1
    why = f"skip {lines}: the table begins in line {lines + 1}, where for the first time a record has {table.width} fields"
    return lines, why + "".join(f"; {other}" for other in _others(rows[:first]))


def _others(rows: Sequence[tuple[Record, Sequence[str]]]) -> Iterator[str]:
    """Say which of the lines before the table are tables of their own."""
    for width, run in groupby(rows, lambda row: len(row[1])):
        records = [record for record, _ in run]
        if width > 1 and len(records) > _FEW:
            yield f"lines {records[0].line} to {records[-1].line}, with {width} fields each, are another table, which is not read"


def _begins(row: Sequence[str], width: int) -> bool:
    """Say whether the table may begin with this row; a title padded with delimiters may not."""
    filled = sum(bool(cell.strip()) for cell in row)
    return len(row) == width and (filled > 1 or width == 2)  # noqa: PLR2004  of two cells one may well be empty


def _is_count(rows: Sequence[tuple[Record, Sequence[str]]], width: int) -> bool:
    """Say whether a row padded with delimiters stands above the header, as how many rows and columns there are."""
    if len(rows) <= _FEW or any(len(row) != width for _, row in rows[:2]) or 2 * sum(map(bool, rows[0][1])) >= width:
        return False
    return all(map(typed, filter(None, rows[0][1]))) and are_names(rows[1][1]) and header([row for _, row in rows[1:]])[0]


def _is_odd_header(record: Record, row: Sequence[str], table: Table) -> bool:
    """Say whether this row is a header with one field less (it names no row numbers), an empty one more, or a damaged one."""
    names = row[:-1] if len(row) == table.width + 1 and not row[-1] else row
    if len(row) in (table.width - 1, table.width + 1) and len(names) > 1 and all(cell.strip() and not typed(cell) for cell in names):
        return True
    repaired, how = headers.whole(record, table.width, table.dialect, "utf-8")
    below = [other for one, other in table.records if one.line > record.line]
    return bool(how) and are_names(repaired) and not header(below)[0]


def header(rows: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Say whether the first row names the columns, and why: names differ in kind from what stands below them."""
    if not rows:
        return True, ""
    first = rows[0][:-1] if len(rows[0]) > 1 and not rows[0][-1] and len(rows[0]) == len(rows[-1]) + 1 else rows[0]
    body = [row for row in rows[1:] if len(row) == len(first) and (row != first or len(row) == 1)]
    votes = [_vote(cell, [row[place] for row in body]) for place, cell in enumerate(first)]
    if len([cell for cell in first if _YEAR.fullmatch(cell.strip())]) > 1 and not typed(first[0]):
        return True, "header: the first record names years, over columns of numbers"
    contrast, same = sum(vote > 0 for vote in votes), sum(vote < 0 for vote in votes)
    weighed = contrast * (1 + are_names(first))  # names above typed cells tell more than a name that is a value, too: `a,b` above `1,b`
    if weighed > same:
        return True, f"header: the first record is of another kind than the records below it in {contrast} of {len(first)} columns"
    if same > weighed:
        return False, f"no header: the first record is of the same kind as the records below it in {same} of {len(first)} columns"
    if are_names(_named(first, body)):
        return True, "header: the first record reads like names, no two the same, and none stands again below"
    return False, "no header: the first record has cells that are empty, repeated or too long for names"


def _named(first: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Return the cells that should name a column: all but those of columns in which nothing stands, as behind a closing delimiter."""
    empty = [not cell.strip() and not any(row[place].strip() for row in body) for place, cell in enumerate(first)]
    return [cell for cell, none in zip(first, empty, strict=True) if not none] if sum(empty) * 2 < len(first) else list(first)


def _vote(cell: str, below: Sequence[str]) -> int:
    """Return 1 where the cell is of another kind than those below it, -1 where it is of the same, 0 where one cannot say."""
    filled = [text for text in below if text.strip() and (text.strip() not in _NOTHING or text == cell)]
    if not filled:
        return -1 if typed(cell) else 0
    if sum(map(typed, filled)) >= 0.8 * len(filled):
        return 0 if not cell.strip() else -1 if typed(cell) else 1
    if {text.strip().casefold() for text in filled} <= _FLAGS:
        return -1 if cell.strip().casefold() in _FLAGS else 1
    if typed(cell) or cell in filled:
        return -1
    shape, often = Counter(map(_shape, filled)).most_common(1)[0]
    if any(mark == "9" for mark in shape) and often == len(filled) > 1:
        return -1 if _shape(cell) == shape else 1
    return 1 if often == len(filled) >= _MANY and len(cell.strip()) != len(shape.strip()) else 0  # all are codes of one length


def _shape(text: str) -> str:
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text))


def are_names(row: Sequence[str]) -> bool:
    """Say whether cells read like the names of columns: short, untyped, no two the same."""
    names = [cell.strip() for cell in row]
    return all(name and len(name) <= _LONG and not typed(name) for name in names) and len(set(names)) == len(names)


def footer(rows: Sequence[Sequence[str]], width: int, blank_before: Sequence[bool]) -> tuple[int, str]:
    """Return how many of the last rows are no data, and a sentence. `blank_before` says where a blank line stands before the row.

    Totals and rules are known by their words; a row with too few fields alone is none: the file may be cut short there.
    """
    closing = 0
    for back in range(1, min(_MAX_FOOTER, len(rows) - 1) + 1):
        row = rows[-back]
        if _closes(row) or (len(row) < width and blank_before[-back]):
            closing = back
        elif len(row) == width and not _goes_on(row):
            break
    if not closing:
        return 0, ""
    shown = next((cell.strip() for cell in rows[-closing] if cell.strip()), "")
    what = "record holds" if closing == 1 else f"{closing} records hold"
    return closing, f"footer {closing}: the last {what} no data, from `{shown[:40]}` on"


def _goes_on(row: Sequence[str]) -> bool:
    """Say whether a record may be a further line of a note above it: a text in its first cell, and nothing beside it."""
    return len(row) > _FEW and bool(row[0].strip()) and not typed(row[0]) and not any(cell.strip() for cell in row[1:])


def _closes(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    text = filled[0] if filled else ""
    if len(filled) == 1 and _NOTE.fullmatch(text):
        return True
    return _TOTAL.fullmatch(text) is not None or _RULE.fullmatch("".join(row).strip()) is not None


def is_data(row: Sequence[str], width: int) -> bool:
    """Say whether a record in a footer's place looks like data all the same: nothing may be left out that this cannot tell apart.

    A total or a rule is known by its words, a note by what it lacks: a first cell that is typed, or every cell but one.
    """
    filled = [cell for cell in row if cell.strip()]
    if not filled or _closes(row):
        return False
    if typed(row[0]):
        return True
    return len(row) >= width and (len(filled) > 1 or width == 1)
