"""Rows as they will be loaded: every cell proved, cast, and written as its canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai.profile.asked import find
from dataeng_ai.profile.opening import opened
from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.secrets import redact
from dataeng_ai.profile.shown import accepted
from dataeng_ai.sources import view
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from dataeng_ai.profile.shown import Shown
    from dataeng_ai.profile.unfolded import Level
    from dataeng_ai.sources.stores import Place


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows as canonical texts; None is nothing. Rows with a cell that is not of its column's type are left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    types: tuple[Type, ...]
    """Of the columns; what is masked is a text."""
    of: int | None = None
    """Rows in the source, where a profile has counted them."""
    told: tuple[str, ...] = ()
    """What that profile says was left out, mended or doubtful."""


def preview(
    folder: Place,
    pattern: str,
    columns: Sequence[Shown],
    rows: int | None = 10,
    *,
    known: Mapping[str, Any] | None = None,  # Any: plain data of a spec
    levels: Sequence[Level] = (),
    unmask: bool = False,
) -> Preview:
    """Return the first rows that a load of these columns would accept.

    Args:
        folder: Where to look.
        pattern: A path or a glob in it.
        columns: What to show of each row.
        rows: How many, None for all.
        known: What the spec's source block says already.
        levels: How the rows come of those of the files, where they are items of lists in them.
        unmask: Show personal data as it is.

    Raises:
        Problems: no such file, one that cannot be read, or one without a column of that name.
    """
    names = tuple(column.name for column in columns)
    types = tuple(Type("text") if column.personal and not unmask else column.type for column in columns)
    if rows is not None and rows < 1:
        return Preview(names, (), types)
    said = dict(known or {}) if levels else {**(known or {}), "json": _asked(columns)}
    with opened(find(folder, pattern, said), said, levels, whole=True) as (con, prepared, _), view.reading(prepared):
        view.open_view(con, prepared, tuple(column.source for column in columns), "discard", "evolve")
        found = con.execute(accepted(columns, columns, rows).sql("duckdb", identify=True)).fetchall()
    veils = {place: veil for place, column in enumerate(columns) if (veil := None if unmask else _veil(column))}
    cells = tuple(tuple(veils[place](cell) if place in veils and cell else cell for place, cell in enumerate(row)) for row in found)
    return Preview(names, cells, types)


def _veil(column: Shown) -> Callable[[str], str] | None:
    """Return what is done to a cell before it is shown; None where nothing is."""
    if column.personal:
        return mask
    return redact if column.type.name in ("text", "json") else None


def _asked(columns: Sequence[Shown]) -> dict[str, list[str]]:
    """Return what is asked for of nested records, as a load of these columns asks for it."""
    return {"columns": [column.source for column in columns], "whole": [column.source for column in columns if column.type.name == "json"]}
