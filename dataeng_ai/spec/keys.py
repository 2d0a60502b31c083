"""`foreign_keys`: columns whose values stand in a key of another table."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from dataeng_ai.spec.block import Block, Some, refuse
from dataeng_ai.spec.kinds import GIVEN
from dataeng_ai.spec.words import Identifier, Name, Table

Severity = Literal["error", "warn"]
"""Whether a failed check stops the load or is only reported."""


class Reference(Block):
    """The table that is referred to: another spec's, this spec's own, or one that no spec of the project loads."""

    spec: Name | None = None
    """The spec that loads the table; this spec's own name where rows refer to rows of the same table."""
    table: Table | None = None
    """A table in the same storage that no spec loads: `table` or `schema.table`."""
    columns: Some[Identifier] | None = None
    """Its columns, in the order of ours; of a spec those of its primary key where absent."""

    @model_validator(mode="after")
    def _one_table(self) -> Self:
        if (self.spec is None) == (self.table is None):
            problem = "names neither `spec` nor `table`" if self.spec is None else "names a `spec` and a `table` at once"
            refuse("E109", f"`references` {problem}", "write `references: {spec: museums}`, or `{table: public.museums, columns: [id]}`")
        if self.table is not None and self.columns is None:
            refuse("E109", f"`references` does not say which columns of `{self.table}`", "write `columns: [id]` beside `table`")
        return self


class ForeignKey(Block):
    """Columns whose values stand together in a key of another table, or of the same one. A row with a null in them refers to nothing."""

    columns: Annotated[Some[Identifier], GIVEN]
    """The columns, together."""
    references: Annotated[Reference, GIVEN]
    """Where their values stand."""
    severity: Severity = "error"
    """Whether a value that does not stand there stops the load, or is only reported."""
