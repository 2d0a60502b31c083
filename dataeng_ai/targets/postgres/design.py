"""PostgreSQL. Pure: capabilities, types, DDL and statements as sqlglot trees."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai.targets import ledger, quality, trees
from dataeng_ai.targets.capabilities import Capabilities
from dataeng_ai.targets.statements import STAGING, Statement
from dataeng_ai.targets.table import staging_columns, table_columns
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataeng_ai.ir import Pipeline, Reference
    from dataeng_ai.targets.table import TableColumn

NAME: Final = "postgres"

CAPABILITIES: Final = Capabilities(
    title="PostgreSQL",
    modes=("full", "append", "merge"),
    order_by=False,
    partition=False,
    indexes=True,
    primary_key=True,
    needs_connection=True,
    connection_kind="postgres",
    max_identifier_bytes=63,
    folds_case=False,
    reserved_names=("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"),
    gives_up={"json": ("the order of an object's keys, repeated keys, and spaces between the parts",)},
    max_columns=1600 - 4,
)

_TYPES: Final = {
    "boolean": "BOOLEAN",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE PRECISION",
    "text": "TEXT",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMPTZ",
    "uuid": "UUID",
    "json": "JSONB",
    "bytes": "BYTEA",
}


def column_type(type: Type, physical: str | None = None) -> exp.DataType:  # noqa: A002  the word of the language
    """Return PostgreSQL's type for a portable one, or the one that the spec asks for by name.

    Raises:
        ValueError: `physical` is no type of PostgreSQL.
    """
    return _portable(type) if physical is None else trees.physical_type(physical, NAME)


@cache
def _portable(type: Type) -> exp.DataType:  # noqa: A002  the word of the language
    word = f"NUMERIC({type.precision}, {type.scale})" if type.name == "decimal" else _TYPES[type.name]
    return exp.DataType.build(word, dialect=NAME)


def canonical(value: exp.Expr, type: Type) -> exp.Expr:  # noqa: A002  the word of the language
    """Return the text of a stored value, which reads back as a value of the portable type."""
    if type.name == "bytes":
        return exp.Anonymous(this="ENCODE", expressions=[value, exp.Literal.string("hex")])
    return exp.Cast(this=value, to=_portable(Type("text")))


def there(referred: Reference) -> exp.Select:
    """Return whether a table is there, or a view of any kind: 1 or 0. What we may not read is there, and said to be forbidden."""
    parts = [exp.Literal.string(part) for part in (referred.schema, referred.table) if part is not None]
    name = exp.Anonymous(this="FORMAT", expressions=[exp.Literal.string(".".join(["%I"] * len(parts))), *parts])
    return exp.select(exp.Count(this=exp.Anonymous(this="TO_REGCLASS", expressions=[name])), copy=False)


def ddl(pipeline: Pipeline) -> tuple[exp.Expr, ...]:
    """Return schema, table, indexes and comments: what `create` runs for the table, without the ledger."""
    return tuple(statement.tree for statement in (*trees.create_schema(pipeline), *_table(pipeline)))


def statements(pipeline: Pipeline) -> Mapping[str, tuple[Statement, ...]]:
    """Return every statement of every step, see `targets/statements.py`."""
    staging = trees.table(pipeline, STAGING)
    return {
        "create": (*trees.create_schema(pipeline), *_table(pipeline), *ledger.creates(pipeline, column_type, keyed=True)),
        "stage": _stage(pipeline, staging),
        "check": quality.statements(pipeline, staging, column_type, _mismatch),
        "publish": _publish(pipeline, staging),
        "reconcile": trees.reconcile(pipeline, staging, _checksum),
        "ledger": ledger.statements(pipeline, column_type),
    }


def _table(pipeline: Pipeline) -> tuple[Statement, ...]:
    create = trees.create_table(trees.table(pipeline), map(_definition, table_columns(pipeline)), pipeline.primary_key)
    indexes = (Statement(f"create.index.{number}", _index(pipeline, names)) for number, names in enumerate(pipeline.indexes, 1))
    return Statement("create.table", create), *indexes, *trees.comments(pipeline)


def _definition(found: TableColumn) -> exp.ColumnDef:
    return trees.column_def(found.name, column_type(found.type, found.physical), required=found.required)


def _index(pipeline: Pipeline, names: tuple[str, ...]) -> exp.Create:
    columns = exp.IndexParameters(columns=[trees.column(name) for name in names])
    this = exp.Index(this=trees.identifier(_index_name(pipeline, names)), table=trees.table(pipeline), params=columns)
    return exp.Create(this=this, kind="INDEX", exists=True)


def _index_name(pipeline: Pipeline, names: tuple[str, ...]) -> str:
    """Return a name that is readable, unique for these columns, and not cut by PostgreSQL."""
    digest = "_" + hashlib.sha256(repr((pipeline.target.table, names)).encode()).hexdigest()[:8]
    room = 63 - len(digest)
    return "_".join((pipeline.target.table, *names)).encode()[:room].decode(errors="ignore") + digest


def _stage(pipeline: Pipeline, staging: exp.Table) -> tuple[Statement, ...]:
    """Return staging without write-ahead log: what a crash empties is staged again."""
    create, *rest = trees.stage(staging, [_definition(found) for found in staging_columns(pipeline)])
    create.tree.set("properties", exp.Properties(expressions=[exp.UnloggedProperty()]))
    return create, *rest


def _publish(pipeline: Pipeline, staging: exp.Table) -> tuple[Statement, ...]:
    insert = trees.insert(pipeline, trees.staged_rows(pipeline, staging), column_type)
    if pipeline.load.mode == "full":
        return trees.delete_all(pipeline), insert
    if pipeline.load.mode == "merge":
        return (_merge(pipeline, staging),)
    conflicts = (trees.conflicts(pipeline, staging),) if pipeline.primary_key else ()
    return *trees.delete_file(pipeline), *conflicts, insert


def _merge(pipeline: Pipeline, staging: exp.Table) -> Statement:
    """Return INSERT … ON CONFLICT DO UPDATE; the row count is of the rows inserted or updated, not of those that lost."""
    names = [found.name for found in table_columns(pipeline) if found.name not in pipeline.primary_key]
    rows = exp.Select().from_(trees.aliased(staging, trees.STAGED), copy=False)
    merge = trees.insert(pipeline, rows, column_type, "publish.merge")
    conflict = exp.OnConflict(conflict_keys=[trees.identifier(name) for name in pipeline.primary_key])
    if names:
        updates = [exp.EQ(this=trees.column(name), expression=trees.column(name, "excluded")) for name in names]
        conflict.set("action", exp.Var(this="DO UPDATE"))
        conflict.set("expressions", updates)
    else:
        conflict.set("action", exp.Var(this="DO NOTHING"))
    if names and pipeline.load.cursor is not None:
        where = trees.not_later(pipeline.load.cursor, trees.TARGET, "excluded")
        conflict.set("where", exp.Where(this=where))
    merge.tree.set("conflict", conflict)
    return merge


def _mismatch(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.not_(exp.RegexpLike(this=text, expression=exp.Literal.string(f"^(?:{pattern})$")), copy=False)


def _checksum(_found: TableColumn, value: exp.Column) -> exp.Expr:
    """Return the sum of the texts' 64-bit hashes, which hash partitioning keeps stable; a null adds nothing."""
    text = exp.Cast(this=value, to=exp.DataType.build(exp.DataType.Type.TEXT))
    hashed = exp.Anonymous(this="HASHTEXTEXTENDED", expressions=[text, exp.Literal.number(0)])
    total = exp.Coalesce(this=exp.Sum(this=hashed), expressions=[exp.Literal.number(0)])
    return exp.Cast(this=total, to=exp.DataType.build(exp.DataType.Type.TEXT))
