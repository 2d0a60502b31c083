"""`target`: where the rows go, discriminated by `storage`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dataeng_ai.spec.block import Block
from dataeng_ai.spec.kinds import DECIDED
from dataeng_ai.spec.words import Identifier, Table


class DuckdbTarget(Block):
    """A table in a DuckDB file."""

    storage: Annotated[Literal["duckdb"], DECIDED]
    """The kind of storage."""
    connection: Identifier | None = None
    """The name of a connection of dataeng.yaml; without one, the project's own warehouse.duckdb."""
    table: Annotated[Table, DECIDED]
    """`table` or `schema.table`."""
    adopt: bool = False
    """Whether a table that another tool made may be taken over."""


class PostgresTarget(Block):
    """A table in a PostgreSQL database."""

    storage: Annotated[Literal["postgres"], DECIDED]
    """The kind of storage."""
    connection: Annotated[Identifier, DECIDED]
    """The name of a connection of dataeng.yaml."""
    table: Annotated[Table, DECIDED]
    """`table` or `schema.table`."""
    adopt: bool = False
    """Whether a table that another tool made may be taken over."""


Target = Annotated[DuckdbTarget | PostgresTarget, Field(discriminator="storage")]
"""The target, by its storage."""
