"""What a database's catalogue says: plain facts, the same of every database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataeng_ai.types import Type  # noqa: TC001  pydantic reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Declared:
    """A column as the database declares it."""

    name: str
    native: str
    """Its type in the database's own words."""
    type: Type | None
    """The portable type that holds every value of it without loss; None where the values must say."""
    nullable: bool = True
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values stand in another table."""

    columns: tuple[str, ...]
    table: str
    """As a spec names it."""
    references: tuple[str, ...]
    """Its columns; none where the database does not say: then it is that table's primary key."""


@dataclass(frozen=True, slots=True)
class Described:
    """A table, or what a query answers: of that the columns alone are known."""

    columns: tuple[Declared, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    """Other columns that the database itself keeps unique and never null."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[str, ...] = ()
    """Each as the database writes it."""
    comment: str | None = None
    estimate: int | None = None
    """Rows, as the catalogue guesses."""
    engine: str | None = None
    """What keeps the rows, where a database has several such things."""
    order: str | None = None
    """What the rows lie sorted by, where that is no key: several rows may be equal in it."""
    partition: str | None = None
    """What the rows are divided by, as the database writes it."""
    changed: str | None = None
    """When the rows changed last, as the catalogue believes."""
    remarks: tuple[str, ...] = ()
    """What a reader of such a table should know."""


@dataclass(frozen=True, slots=True)
class Extremes:
    """What a database counts of a column by itself, over all rows; the least and the greatest as it prints them."""

    nulls: int
    least: str | None = None
    greatest: str | None = None
    distinct: int | None = None
    """How many different values there are, as the database estimates it without counting them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A table or a view of a database."""

    schema: str | None
    """None where it is the usual one, which nobody has to name."""
    name: str
    view: bool = False
    estimate: int | None = None
    comment: str | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()


def counted(tables: Sequence[Listed]) -> str:
    """Say how many tables and views there are."""
    views = sum(one.view for one in tables)
    return f"{len(tables) - views} table{'s' * (len(tables) - views != 1)} and {views} view{'s' * (views != 1)}"
