"""`load`: how a load changes the table, discriminated by `mode`. And `on_schema_change`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dataeng_ai.spec.block import Block, Many
from dataeng_ai.spec.kinds import DECIDED
from dataeng_ai.spec.words import Identifier, MaxRejects

Stamp = Literal["_load_id", "_loaded_at", "_source_file"]
"""A column that every load adds of its own."""


class Full(Block):
    """The table becomes what the files hold now."""

    mode: Annotated[Literal["full"], DECIDED]
    """How a load changes the table."""
    max_rejects: MaxRejects = 0
    """How many rows may be set aside before the load fails: a count, or a percentage."""
    stamp: Many[Stamp] = ("_load_id", "_loaded_at", "_source_file")
    """The columns that the load adds of its own."""


class Append(Block):
    """The rows of new files are added."""

    mode: Annotated[Literal["append"], DECIDED]
    """How a load changes the table."""
    cursor: Identifier | None = None
    """The column that grows from load to load."""
    max_rejects: MaxRejects = 0
    """How many rows may be set aside before the load fails: a count, or a percentage."""
    stamp: Many[Stamp] = ("_load_id", "_loaded_at", "_source_file")
    """The columns that the load adds of its own."""
    changed_file: Literal["replace", "append", "fail"] = "fail"
    """What happens when a file that was loaded has changed since."""


class Merge(Block):
    """The rows of new files replace those of the same primary key, and are added where there is none."""

    mode: Annotated[Literal["merge"], DECIDED]
    """How a load changes the table."""
    cursor: Identifier | None = None
    """The column that says which of two rows of one key is the newer."""
    max_rejects: MaxRejects = 0
    """How many rows may be set aside before the load fails: a count, or a percentage."""
    stamp: Many[Stamp] = ("_load_id", "_loaded_at", "_source_file")
    """The columns that the load adds of its own."""
    changed_file: Literal["replace", "append", "fail"] = "fail"
    """What happens when a file that was loaded has changed since."""


Load = Annotated[Full | Append | Merge, Field(discriminator="mode")]
"""The load, by its mode."""


class OnSchemaChange(Block):
    """What happens when the files' columns are no longer the spec's."""

    new_column: Literal["evolve", "freeze", "discard"] = "freeze"
    """A column that the spec does not know: keep it in `_extra`, refuse the file, or leave the column out."""
    dropped_column: Literal["evolve", "freeze"] = "freeze"
    """A column that the file no longer has: load nothing into it, or refuse the file."""
    type_change: Literal["freeze"] = "freeze"
    """Values of another type: they are set aside."""
