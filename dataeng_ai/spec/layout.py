"""`partition`: how the storage lays out the rows."""

from __future__ import annotations

from typing import Annotated, Literal

from dataeng_ai.spec.block import Block
from dataeng_ai.spec.kinds import DECIDED, GIVEN
from dataeng_ai.spec.words import Duration, Identifier


class Partition(Block):
    """Parts of the table that are read, replaced and dropped as one."""

    by: Annotated[Identifier, GIVEN]
    """The column of the table that says to which part a row belongs."""
    granularity: Annotated[Literal["hour", "day", "month", "year"] | None, DECIDED]
    """How much time one part holds; null where `by` is no time."""
    keep: Duration | None = None
    """How long a part is kept; for ever when absent."""
