"""The whole of a completed spec."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from dataeng_ai.spec.block import Block, Many, Some
from dataeng_ai.spec.column import Column
from dataeng_ai.spec.keys import ForeignKey
from dataeng_ai.spec.kinds import DECIDED, GIVEN, OFFERED
from dataeng_ai.spec.layout import Partition
from dataeng_ai.spec.load import Load, OnSchemaChange
from dataeng_ai.spec.quality import Check
from dataeng_ai.spec.schedule import Run, Schedule
from dataeng_ai.spec.source import Source
from dataeng_ai.spec.target import Target
from dataeng_ai.spec.words import Identifier, Name


class Spec(Block):
    """One pipeline, every decision taken. The order of the fields is the order of the language."""

    version: Annotated[Literal[1], GIVEN]
    """The version of the language."""
    name: Annotated[Name, GIVEN]
    """The name of the pipeline, of its file and of its DAG."""
    about: str = ""
    """What the pipeline is for, in words. The model reads it."""
    owner: str | None = None
    """Who answers for it."""
    tags: Many[Identifier] = ()
    """Words to find it by."""
    meta: dict[str, Any] = Field(default_factory=dict)  # Any: the one free mapping, nobody here reads it
    """Whatever you like; nothing here reads it."""
    source: Annotated[Source, GIVEN]
    """Where the data is and how it is written there."""
    target: Annotated[Target, DECIDED]
    """Where the rows go."""
    columns: Annotated[Some[Column], DECIDED]
    """What the table holds."""
    primary_key: Annotated[Many[Identifier] | None, DECIDED]
    """The columns that name a row; null where no columns do."""
    foreign_keys: Annotated[Many[ForeignKey] | None, OFFERED] = ()
    """Columns whose values stand in the key of another table; null or [] for none."""
    load: Annotated[Load, DECIDED]
    """How a load changes the table."""
    partition: Annotated[Partition | None, DECIDED]
    """How the table is cut into parts; null for not at all."""
    order_by: Annotated[Many[Identifier] | None, DECIDED]
    """The columns by which the rows are sorted where they lie; null for none."""
    indexes: Many[Many[Identifier]] = ()
    """Lists of columns, an index for each."""
    schedule: Annotated[Schedule | None, DECIDED]
    """When the pipeline runs; null for only when told to."""
    run: Run = Run()
    """How the pipeline runs."""
    quality: Annotated[Many[Check] | None, DECIDED]
    """Checks on the rows before they are published; null or [] for none."""
    on_schema_change: Annotated[OnSchemaChange, DECIDED]
    """What happens when the files' columns are no longer the spec's."""
