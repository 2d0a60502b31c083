"""`quality`: checks on the rows before they are published, discriminated by `check`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dataeng_ai.spec.block import Block, Some, refuse
from dataeng_ai.spec.keys import Reference, Severity
from dataeng_ai.spec.kinds import DECIDED, GIVEN
from dataeng_ai.spec.words import Duration, Identifier, Scalar


class NotNull(Block):
    """No row holds nothing in these columns."""

    check: Annotated[Literal["not_null"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, each by itself."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""


class Unique(Block):
    """No two rows hold the same in these columns together."""

    check: Annotated[Literal["unique"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, together."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""


class AcceptedValues(Block):
    """The columns hold only these values."""

    check: Annotated[Literal["accepted_values"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, each by itself."""
    values: Some[Scalar]
    """The values."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""


class Range(Block):
    """The columns hold values between `min` and `max`, both included; one of them may be absent."""

    check: Annotated[Literal["range"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, each by itself."""
    min: Scalar | None = None
    """The least value: a number, or a date or time in quotes or not."""
    max: Scalar | None = None
    """The greatest value."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        _refuse_unbounded(self)
        return self


class Pattern(Block):
    """The texts of the columns match a regular expression, whole."""

    check: Annotated[Literal["pattern"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, each by itself."""
    pattern: Identifier
    """The regular expression."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""


class RowCount(Block):
    """A load brings a number of rows between `min` and `max`; one of them may be absent."""

    check: Annotated[Literal["row_count"], DECIDED]
    """The kind of check."""
    min: Annotated[int, Field(ge=0)] | None = None
    """The least number of rows."""
    max: Annotated[int, Field(ge=0)] | None = None
    """The greatest number of rows."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        _refuse_unbounded(self)
        return self


def _refuse_unbounded(check: Range | RowCount) -> None:
    if check.min is None and check.max is None:
        refuse("E109", f"`{check.check}` has no bound", "write `min: 0`, `max: 100`, or both")


class Freshness(Block):
    """The newest value of a time column is not older than `max_age` at the time of the load."""

    check: Annotated[Literal["freshness"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, each by itself."""
    max_age: Duration
    """How old the newest value may be."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""


class Relationships(Block):
    """The values of the columns stand in another table. Unlike a foreign key, they need be no key there."""

    check: Annotated[Literal["relationships"], DECIDED]
    """The kind of check."""
    columns: Some[Identifier]
    """The columns, together."""
    references: Annotated[Reference, GIVEN]
    """Where their values stand."""
    severity: Severity = "error"
    """Whether a failed check stops the load or is only reported."""


Check = Annotated[NotNull | Unique | AcceptedValues | Range | Pattern | RowCount | Freshness | Relationships, Field(discriminator="check")]
"""One check, by its kind."""
