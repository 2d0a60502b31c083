"""DuckDB: the embedded warehouse. Pure: capabilities, types, DDL and statements as sqlglot trees.

The table has no PRIMARY KEY. DuckDB's key is an index in memory that slows every load, and within one transaction it refuses a
key that was deleted and inserted again, which is how a merge works here. The check of the key stands in its place.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import cast
from dataeng_ai.targets import ledger, quality, trees
from dataeng_ai.targets.capabilities import Capabilities
from dataeng_ai.targets.statements import STAGING, Statement
from dataeng_ai.targets.table import staging_columns, table_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.ir import Pipeline, Reference
    from dataeng_ai.targets.table import TableColumn
    from dataeng_ai.types import Type

NAME: Final = "duckdb"

CAPABILITIES: Final = Capabilities(
    title="DuckDB",
    modes=("full", "append", "merge"),
    order_by=True,
    partition=False,
    indexes=False,
    primary_key=False,
    needs_connection=False,
    connection_kind="duckdb",
    max_identifier_bytes=None,
    folds_case=True,
    reserved_names=(),
    gives_up={},
)


def column_type(type: Type, physical: str | None = None) -> exp.DataType:  # noqa: A002  the word of the language
    """Return DuckDB's type for a portable one, or the one that the spec asks for by name.

    Raises:
        ValueError: `physical` is no type of DuckDB.
    """
    return _portable(type) if physical is None else trees.physical_type(physical, NAME)


@cache
def _portable(type: Type) -> exp.DataType:  # noqa: A002  the word of the language
    return cast.duckdb_type(type)


def canonical(value: exp.Expr, type: Type) -> exp.Expr:  # noqa: A002  the word of the language
    """Return the text of a stored value, which reads back as a value of the portable type."""
    return cast.canonical(value, type)


def there(referred: Reference) -> exp.Select:
    """Return whether a table is there, or a view: 1 or 0. Names that differ in case alone are one."""
    schema = exp.Anonymous(this="CURRENT_SCHEMA", expressions=[]) if referred.schema is None else exp.Literal.string(referred.schema)
    names = ((trees.column("table_schema"), schema), (trees.column("table_name"), exp.Literal.string(referred.table)))
    same = (exp.EQ(this=exp.Lower(this=one), expression=exp.Lower(this=other)) for one, other in names)
    known = trees.table_in("information_schema", "tables")
    return exp.select(exp.Count(this=exp.Star()), copy=False).from_(known, copy=False).where(*same, copy=False)


def ddl(pipeline: Pipeline) -> tuple[exp.Expr, ...]:
    """Return schema, table and comments: what `create` runs for the table, without the ledger."""
    return tuple(statement.tree for statement in (*trees.create_schema(pipeline), *_table(pipeline)))


def statements(pipeline: Pipeline) -> Mapping[str, tuple[Statement, ...]]:
    """Return every statement of every step, see `targets/statements.py`."""
    staging = exp.table_(trees.identifier(STAGING))
    return {
        "create": (*trees.create_schema(pipeline), *_table(pipeline), *ledger.creates(pipeline, column_type, keyed=False)),
        "stage": trees.stage(staging, [_definition(found) for found in staging_columns(pipeline)]),
        "check": quality.statements(pipeline, staging, column_type, _mismatch),
        "publish": _publish(pipeline, staging),
        "reconcile": trees.reconcile(pipeline, staging, _checksum),
        "ledger": (*ledger.statements(pipeline, column_type), ledger.move_rejects(pipeline, staging)),
    }


def _table(pipeline: Pipeline) -> tuple[Statement, ...]:
    create = trees.create_table(trees.table(pipeline), map(_definition, table_columns(pipeline)))
    return Statement("create.table", create), *trees.comments(pipeline)


def _definition(found: TableColumn) -> exp.ColumnDef:
    return trees.column_def(found.name, column_type(found.type, found.physical), required=found.required)


def _publish(pipeline: Pipeline, staging: exp.Table) -> tuple[Statement, ...]:
    mode, key = pipeline.load.mode, pipeline.primary_key
    if mode == "full":
        return trees.delete_all(pipeline), _insert(pipeline, trees.staged_rows(pipeline, staging))
    if mode == "merge":
        return _delete_replaced(pipeline, staging), _insert(pipeline, trees.unknown_rows(pipeline, staging))
    conflicts = (trees.conflicts(pipeline, staging),) if key else ()
    return *trees.delete_file(pipeline), *conflicts, _insert(pipeline, trees.staged_rows(pipeline, staging))


def _insert(pipeline: Pipeline, rows: exp.Select) -> Statement:
    """Return the insert in the order of `order_by`: DuckDB skips blocks by their least and greatest values."""
    if pipeline.order_by:
        rows = rows.order_by(*(trees.column(name, trees.STAGED) for name in pipeline.order_by), copy=False)
    return trees.insert(pipeline, rows, column_type)


def _delete_replaced(pipeline: Pipeline, staging: exp.Table) -> Statement:
    """Return the deletion of stored rows that a staged row replaces; those that stay keep the staged ones out."""
    replaced = trees.equal(pipeline.primary_key, trees.TARGET, trees.STAGED)
    if pipeline.load.cursor is not None:
        replaced = exp.and_(replaced, trees.not_later(pipeline.load.cursor, trees.TARGET, trees.STAGED))
    one = exp.select(exp.Literal.number(1)).from_(trees.aliased(staging, trees.STAGED)).where(replaced)
    where = exp.Where(this=exp.Exists(this=one))
    return Statement("publish.delete", exp.Delete(this=trees.table(pipeline, alias=trees.TARGET), where=where))


def _mismatch(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.not_(exp.Anonymous(this="REGEXP_FULL_MATCH", expressions=[text, exp.Literal.string(pattern)]))


def _checksum(found: TableColumn, value: exp.Column) -> exp.Expr:
    """Return the sum of the values' hashes; the cast is for staging, which may still have the portable type."""
    typed = exp.Cast(this=value, to=column_type(found.type, found.physical))
    total = exp.Sum(this=exp.Anonymous(this="HASH", expressions=[typed]))
    return exp.Cast(this=exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]), to=exp.DataType.build(exp.DataType.Type.TEXT))
