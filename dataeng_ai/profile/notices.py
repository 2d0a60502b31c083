"""What a person should know before trusting a source: a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dataeng_ai.profile.opening import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.profile.facts import ColumnFacts
    from dataeng_ai.profile.settle import Table
    from dataeng_ai.sources.prepared import Prepared

_MOST_NAMED: Final = 5
_FEW: Final = 3
_LINES: Final = 200
_DRAWN: Final = (
    "its lines are a table drawn for people, with frames or columns of one width: have it written as CSV, its cells may be read wrong"
)


def warnings(table: Table, facts: Sequence[ColumnFacts], prepared: Sequence[Prepared]) -> Iterator[str]:
    """Yield what is to be said of the rows, of columns and of files."""
    if not table.rows:
        yield "there is not one row"
    if all(one.lines for one in prepared) and _drawn(table, prepared[0]):
        yield _DRAWN
    for one in facts:
        for doubt in one.doubts:
            yield f"`{one.name}`: {doubt}"
        if one.exceptions and one.type.name == "text":
            cells = "a cell holds" if one.exceptions == 1 else f"{one.exceptions:,} cells hold"
            yield f"`{one.name}`: {cells} the character NUL, which no column of texts may"
        elif one.exceptions:
            yield f"`{one.name}`: {one.exceptions:,} {'cell is' if one.exceptions == 1 else 'cells are'} not {one.type}"
        if one.role == "empty" and table.rows:
            yield f"`{one.name}`: no cell has a value"
    every = names(prepared)
    for file in prepared:
        yield from file.repairs
        if absent := [name for name in every if name not in file.header]:
            lacks = ", ".join(f"`{name}`" for name in absent[:_MOST_NAMED]) + (" …" if len(absent) > _MOST_NAMED else "")
            yield f"`{file.file.name}` lacks {lacks}, which other files have"


def _drawn(table: Table, first: Prepared) -> bool:
    """Say whether a text looks like what a program shows on a screen: framed, or its columns padded to one width."""
    rows = [[cell or "" for cell in row] for row in table.head[:_LINES]]
    if len(rows) < _FEW:
        return False
    csv = first.lines.csv if first.lines else None
    if len(first.header) > 1:
        filled = [cell for row in rows for cell in row if cell.strip()]
        return csv is not None and csv.delimiter == "|" and all(cell != cell.strip() for cell in filled)
    lines = [*first.header[: csv is not None and csv.header], *(row[0] for row in rows)]
    framed = sum(line.strip()[:1] in ("|", "+") and line.strip()[-1:] in ("|", "+") for line in lines)
    return 2 * framed > len(lines) or _even(lines)


def _even(lines: Sequence[str]) -> bool:
    """Say whether most lines have blanks side by side, and all have blanks in the same places between their ends."""
    if 2 * sum("  " in line.strip() for line in lines) <= len(lines):
        return False
    shared = "".join(" " if all(line[place : place + 1].isspace() for line in lines) else "x" for place in range(min(map(len, lines))))
    return " " in shared.strip()
