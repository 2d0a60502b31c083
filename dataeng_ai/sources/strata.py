"""What stands beneath a header and is no row of it: further lines of the header, a line of units, another table."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from dataeng_ai.sources.dialect import typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.sources.prepared import BadRecord

ANOTHER: Final = "a record of another table"
UNITS: Final = "a row of units"

_UNIT: Final = re.compile(
    r"""[(\[]?\s*(?:
    %|‰|°[CFСФ]?|[mkcdμµnMG]?(?:m|g|s|l|L|W|Hz|Pa|V|A|J|N|mol|t|bar|B|b)|[ckmdμµ]?m[²³23^]{1,2}|mm|cm|km|kg|mg|ml|min|h|hr|hrs|sec|ms|ha|ft|in|lb|lbs|oz|mi|kWh|MWh|rpm|ppm|ppb
    |m/s|km/h|mph|m\^?[23]/s|g/l|mg/l|kg/m[²³23]|W/m[²2]|USD|EUR|RUB|GBP|CNY|[$€£₽]|pcs?|units?|days?|years?|months?|hours?|num(?:ber)?|text|date|id
    |шт\.?|ед\.?|кг|гр?\.?|мг|т|тонн\w*|л|мл|м|мм|см|км|м[²³23]|кв\.?\s?м\.?|куб\.?\s?м\.?|га|руб\.?|тыс\.?\s?руб\.?|млн\.?\s?руб\.?|чел\.?|дн(?:ей|\.)?|час(?:ов)?|ч|мин\.?|сек\.?|с|лет|год|км/ч|м/с|°|кВт(?:·?ч)?|Вт|В
    |(?:(?:Nullable|LowCardinality)\()*(?:U?Int\d+|Float\d+|String|Bool|UUID|Date(?:Time)?(?:32|64)?(?:\(.*\))?|Decimal\(.*\))\)*
    |(?i:u?int(?:8|16|32|64|eger)?|bigint|smallint|float(?:32|64)?|double|numeric|boolean|bool|string|object|(?:var)?char(?:\(\d+\))?|timestamp|datetime)
    |[-–—]
    )\s*[)\]]?""",
    re.VERBOSE,
)
_TYPED: Final = 0.8
"""The share of a column's cells that are no free text, for it to be a column of numbers or moments."""
_FEW: Final = 3
"""Records that say what columns hold."""


def only_units(cells: Sequence[str]) -> bool:
    """Say whether nothing but units, and what stands for none, is in a row."""
    return all(not cell.strip() or _UNIT.fullmatch(cell.strip()) for cell in cells)


def are_units(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether a row beneath the header names units: nothing else stands in it, above a column of numbers at least one."""
    return only_units(cells) and any(re.search(r"[^\W\d_]|[%‰°$€£₽]", cells[place]) for place in _columns_of_numbers(below, len(cells)))


def further(first: Sequence[str], second: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether the header goes on in its second line: the first has gaps or names repeated, as over joined cells, the second none."""
    filled = [cell.strip() for cell in first if cell.strip()]
    if len(first) != len(second) or len(filled) < 1 or (len(filled) == len(first) == len(set(filled))):
        return False
    names = [cell.strip() for cell in second]
    if any(typed(name) and not re.fullmatch(r"(?:19|20)\d\d", name) for name in names if name) or sum(map(bool, names)) * 2 <= len(names):
        return False
    numbers = _columns_of_numbers(below, len(second))
    return bool(numbers) and all(names[place] for place in numbers)


def joined(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a header of two lines, each the upper and the lower; an upper one reaches over the gaps behind it."""
    found, over = [], ""
    for upper, lower in zip((cell.strip() for cell in first), (cell.strip() for cell in second), strict=True):
        over = upper or (over if lower else "")
        found.append(lower if over == lower else f"{over} {lower}".strip())
    return tuple(found)


def _columns_of_numbers(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    whole = [row for row in rows if len(row) == width]
    if len(whole) < _FEW:
        return []
    found = []
    for place in range(width):
        filled = [row[place] for row in whole if row[place].strip()]
        if filled and sum(map(typed, filled)) >= _TYPED * len(filled):
            found.append(place)
    return found


def told(bad: Sequence[BadRecord]) -> Iterator[str]:
    """Yield a sentence for each other table in a file, with its lines and where it begins."""
    others = (list(run) for _, run in groupby(enumerate(bad), lambda item: (item[1].reason, item[1].record - item[0])))
    for run in others:
        first, last = run[0][1], run[-1][1]
        if first.reason == ANOTHER and len(run) > 1:
            begins = first.raw if len(first.raw) <= _SHOWN else first.raw[:_SHOWN] + "…"
            yield (
                f"lines {first.line} to {last.line} of `{first.file}` are another table, which begins with `{begins}`: "
                f"its {len(run):,} records are rejected; have it written to a file of its own"
            )


_SHOWN: Final = 60
"""Characters of a record that a sentence shows."""
