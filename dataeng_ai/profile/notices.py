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


def warnings(table: Table, facts: Sequence[ColumnFacts], prepared: Sequence[Prepared]) -> Iterator[str]:
    """Yield what is to be said of the rows, of columns and of files."""
    if not table.rows:
        yield "there is not one row"
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
