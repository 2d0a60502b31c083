"""Columns as they will be loaded, and the query for the rows that a load of them would accept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast, ir
from dataeng_ai.profile.guess import Guess
from dataeng_ai.profile.measure import VIEW, value_of
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

    from dataeng_ai.profile.facts import Profile

_TEXT: Final = Type("text")
_AS_IT_IS: Final = ir.Parse()


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


def as_texts(columns: Sequence[Shown]) -> tuple[Shown, ...]:
    """Return the same columns, of texts as they stand in the source. What is nested stays the JSON that it is."""
    return tuple(replace(each, type=_TEXT, parse=_AS_IT_IS, nullable=True) if each.type.name != "json" else each for each in columns)


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
