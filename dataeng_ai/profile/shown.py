"""Columns as they will be loaded, and the query for the rows that a load of them would accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.profile.guess import Guess
from dataeng_ai.profile.measure import VIEW, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

    from dataeng_ai import ir
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.types import Type


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


def accepted(columns: Sequence[Shown], wanted: Sequence[Shown], rows: int | None) -> exp.Select:
    """Return the query for the rows that a load of `columns` would accept: the canonical texts of those wanted, in their order."""
    good: list[Expr] = []
    texts: dict[str, Expr] = {}
    for column in columns:
        text = exp.column(column.source, quoted=True)
        nothing = cast.nothing(text, column.parse)
        value = exp.case().when(nothing, exp.null()).else_(value_of(text, Guess(column.type, column.parse)))
        texts[column.name] = cast.canonical(value, column.type)
        guard = cast.guard(text, column.type, column.parse)
        good.append(exp.or_(nothing, guard) if column.nullable else exp.and_(exp.not_(nothing), guard))
    values = [texts[column.name] for column in wanted]
    query = exp.select(*values).from_(exp.to_identifier(VIEW, quoted=True)).where(*good)
    return query if rows is None else query.limit(rows)
