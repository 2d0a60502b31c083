"""Rows as they will be loaded: every cell proved, cast, and written as its canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile.guess import Guess
from dataeng_ai.profile.measure import VIEW, value_of
from dataeng_ai.profile.personal import mask
from dataeng_ai.profile.secrets import redact
from dataeng_ai.profile.survey import opened
from dataeng_ai.sources import files as listing
from dataeng_ai.sources import view
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from sqlglot.expressions import Expr

    from dataeng_ai import ir
    from dataeng_ai.profile.facts import Profile


@dataclass(frozen=True, slots=True)
class Shown:
    """One column as it will be loaded: its name, the file's name for it, how its texts read."""

    name: str
    source: str
    type: Type
    parse: ir.Parse
    nullable: bool
    personal: bool

    @classmethod
    def of(cls, column: ir.Column) -> Shown:
        """Return what the column of a spec shows."""
        return cls(column.name, column.source, column.type, column.parse, column.nullable, column.pii is not None)


def shown_of(profile: Profile) -> tuple[Shown, ...]:
    """Return what a source's columns show when no spec says otherwise."""
    return tuple(
        Shown(each.name, each.name, each.type, each.parse, nullable=True, personal=each.pii is not None) for each in profile.columns
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows as canonical texts; None is nothing. Rows with a cell that is not of its column's type are left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    types: tuple[Type, ...]
    """Of the columns; what is masked is a text."""
    of: int | None = None
    """Rows in the source, where a profile has counted them."""


def preview(
    folder: Path,
    pattern: str,
    columns: Sequence[Shown],
    rows: int | None = 10,
    *,
    known: Mapping[str, Any] | None = None,  # Any: plain data of a spec
    unmask: bool = False,
) -> Preview:
    """Return the first rows that a load of these columns would accept.

    Args:
        folder: Where to look.
        pattern: A path or a glob in it.
        columns: What to show of each row.
        rows: How many, None for all.
        known: What the spec's source block says already.
        unmask: Show personal data as it is.

    Raises:
        Problems: no such file, one that cannot be read, or one without a column of that name.
    """
    names = tuple(column.name for column in columns)
    types = tuple(Type("text") if column.personal and not unmask else column.type for column in columns)
    if rows is not None and rows < 1:
        return Preview(names, (), types)
    with opened(listing.find(folder, pattern), known or {}) as (con, prepared, _), view.reading(prepared):
        view.open_view(con, prepared, tuple(column.source for column in columns), "discard", "evolve")
        found = con.execute(_query(columns, rows).sql("duckdb", identify=True)).fetchall()
    veils = {place: veil for place, column in enumerate(columns) if (veil := None if unmask else _veil(column))}
    cells = tuple(tuple(veils[place](cell) if place in veils and cell else cell for place, cell in enumerate(row)) for row in found)
    return Preview(names, cells, types)


def _veil(column: Shown) -> Callable[[str], str] | None:
    """Return what is done to a cell before it is shown; None where nothing is."""
    if column.personal:
        return mask
    return redact if column.type.name in ("text", "json") else None


def _query(columns: Sequence[Shown], rows: int | None) -> exp.Select:
    accepted: list[Expr] = []
    values: list[Expr] = []
    for column in columns:
        text = exp.column(column.source, quoted=True)
        nothing = cast.nothing(text, column.parse)
        value = exp.case().when(nothing, exp.null()).else_(value_of(text, Guess(column.type, column.parse)))
        values.append(cast.canonical(value, column.type))
        guard = cast.guard(text, column.type, column.parse)
        accepted.append(exp.or_(nothing, guard) if column.nullable else exp.and_(exp.not_(nothing), guard))
    query = exp.select(*values).from_(exp.to_identifier(VIEW, quoted=True)).where(*accepted)
    return query if rows is None else query.limit(rows)
