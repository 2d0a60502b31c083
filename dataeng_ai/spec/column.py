"""`columns`: what the table holds, and how each column is read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dataeng_ai.spec.block import Block, Many
from dataeng_ai.spec.kinds import DECIDED, GIVEN
from dataeng_ai.spec.words import Character, ColumnType, Identifier, Mark, Scalar


class Parse(Block):
    """How the texts of one column read, where it is not the usual way."""

    format: Identifier | None = None
    """A strptime pattern of dates and times, such as `%d.%m.%Y`."""
    decimal: Character | None = None
    """What stands for the decimal point."""
    thousands: Character | None = None
    """What stands between groups of digits."""
    true_values: Many[str] | None = None
    """Texts that mean true. (Not `true`, which YAML would read as a boolean.)"""
    false_values: Many[str] | None = None
    """Texts that mean false."""
    timezone: Identifier | None = None
    """The zone of times that have no offset, such as `Europe/Moscow`."""
    null_values: Many[str] | None = None
    """Texts that stand for nothing in this column, instead of those of the csv block."""
    grouping: Literal["thousand", "lakh"] = "thousand"
    """Whether digits stand in threes, or in twos before the last three: 12,34,567."""
    prefix: Mark | None = None
    """What every number bears before it, such as `$` or `USD`, with or without a blank between."""
    suffix: Mark | None = None
    """What every number bears after it, such as `%` or `руб.`, with or without a blank between."""
    sign: Literal["minus", "both", "after", "parentheses"] = "minus"
    """How the sign is written: -5; +5 and −5; 5-; (5)."""
    locale: Literal["en", "ru", "uk", "de", "fr", "es", "it", "pt", "pl", "tr"] | None = None
    """The language of the names of months (%B or %b in `format`), where it is not English."""


class Pii(Block):
    """Personal data in a column."""

    category: Identifier
    """What it is: name, phone, email, address, card, passport, inn, snils, birthday …"""
    handling: Literal["keep", "mask", "drop"]
    """What is done with it before it is stored."""


class Physical(Block):
    """The storage's own type of a column, where the usual one for its portable type will not do."""

    duckdb: Identifier | None = None
    """A type of DuckDB."""
    postgres: Identifier | None = None
    """A type of PostgreSQL."""


class Column(Block):
    """One column of the table."""

    name: Annotated[Identifier, GIVEN]
    """Its name in the table."""
    from_: Annotated[Identifier | None, Field(alias="from")] = None
    """Its name in the file, where it is another one."""
    type: Annotated[ColumnType, DECIDED]
    """Its portable type."""
    nullable: bool = True
    """Whether it may hold nothing."""
    description: str | None = None
    """What it means, in words."""
    unit: str | None = None
    """What its numbers count: RUB, km, °C …"""
    values: Many[Scalar] | None = None
    """The only values that it may hold."""
    parse: Parse = Parse()
    """How its texts read."""
    pii: Pii | None = None
    """Personal data in it."""
    physical: Physical | None = None
    """The storage's own type for it."""
