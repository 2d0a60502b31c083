"""The table of a pipeline as plain data: its columns, its staging table's, its mark. Needs no sqlglot: the engines read it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.types import Type

if TYPE_CHECKING:
    from dataeng_ai.ir import Column, Pipeline, Reference

EXTRA: Final = "_extra"
"""Where columns that the spec does not know land as one JSON object."""

STAMPS: Final = {"_load_id": Type("text"), "_loaded_at": Type("timestamptz"), "_source_file": Type("text")}
"""What a load may write beside each row."""

RESERVED: Final = (EXTRA, *STAMPS, "_record")
"""Names that no column of a spec may have."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column as it stands in the storage."""

    name: str
    type: Type
    physical: str | None = None
    required: bool = False
    """NOT NULL."""
    comment: str | None = None


def key_or_required(pipeline: Pipeline, column: Column) -> bool:
    """Say whether a row without this value is rejected: the spec says so, or the column is part of the key."""
    return not column.nullable or column.name in pipeline.primary_key


def value_columns(pipeline: Pipeline) -> tuple[TableColumn, ...]:
    """Return the columns that hold the source's values: the spec's own in order, then `_extra` where there is one."""
    own = tuple(
        TableColumn(column.name, column.type, column.physical, key_or_required(pipeline, column), _comment(pipeline, column))
        for column in pipeline.stored_columns()
    )
    extra = (TableColumn(EXTRA, Type("json"), comment="Columns of the source that the spec does not know."),)
    return own + extra if pipeline.has_extra() else own


def staging_columns(pipeline: Pipeline) -> tuple[TableColumn, ...]:
    """Return what is staged, in order: the values, then `_source_file` where it is stamped (known per row, not per load)."""
    return value_columns(pipeline) + tuple(_stamp(name) for name in pipeline.load.stamp if name == "_source_file")


def table_columns(pipeline: Pipeline) -> tuple[TableColumn, ...]:
    """Return the columns of the published table, in order: the values, then the stamps."""
    return value_columns(pipeline) + tuple(_stamp(name) for name in pipeline.load.stamp)


def mark(pipeline: Pipeline) -> str:
    """Return the last line of the table's comment: by it we know that the table is ours to write."""
    return f"[dataeng_ai {pipeline.name}]"


def comment(pipeline: Pipeline) -> str:
    """Return the table's comment: what it is for, then the mark."""
    return f"{pipeline.about.strip()}\n{mark(pipeline)}"


def _stamp(name: str) -> TableColumn:
    return TableColumn(name, STAMPS[name])


def refers_to(found: Reference) -> str:
    """Return in words what is referred to: `museums.museums (id)`."""
    table = f"{found.schema}.{found.table}" if found.schema else found.table
    return f"{table} ({', '.join(found.columns)})"


def _comment(pipeline: Pipeline, column: Column) -> str | None:
    """Return what a column means, and what it refers to: no constraint says it, since loads replace the rows that are referred to."""
    keys = [key for key in pipeline.foreign_keys if column.name in key.columns]
    others = (", ".join(name for name in key.columns if name != column.name) for key in keys)
    refers = (
        f"Refers{f', with {beside},' if beside else ''} to {refers_to(key.references)}." for key, beside in zip(keys, others, strict=True)
    )
    parts = (column.description, f"[{column.unit}]" if column.unit else None, *refers)
    return " ".join(part for part in parts if part) or None
