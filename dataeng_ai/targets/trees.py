"""The trees that every storage builds alike: tables, conditions, inserts, comments. Every identifier is quoted here, once.

Trees share nodes and grow in place (`copy=False`): sqlglot would copy all that stands at each step, and printing only walks down.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dataeng_ai.targets.statements import Statement
from dataeng_ai.targets.table import comment, table_columns, value_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dataeng_ai.ir import Pipeline
    from dataeng_ai.targets.table import TableColumn
    from dataeng_ai.types import Type

TARGET: Final = "target"
"""The alias of the pipeline's table in every statement."""
STAGED: Final = "staged"
"""The alias of the staging table."""


def identifier(name: str) -> exp.Identifier:
    """Return a quoted name."""
    return exp.Identifier(this=name, quoted=True)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a quoted column, of the quoted table or alias when there is one."""
    return exp.Column(this=identifier(name), table=None if table is None else identifier(table))


def table(pipeline: Pipeline, name: str | None = None, alias: str | None = None) -> exp.Table:
    """Return the pipeline's table, or another one of its schema."""
    return table_in(pipeline.target.schema, name or pipeline.target.table, alias)


def table_in(schema: str | None, name: str, alias: str | None = None) -> exp.Table:
    """Return a table of a schema, or of the storage's own where there is none."""
    found = exp.Table(this=identifier(name), db=None if schema is None else identifier(schema))
    return found if alias is None else aliased(found, alias)


def aliased(found: exp.Table, alias: str) -> exp.Table:
    """Return the table under a quoted alias."""
    return exp.Table(this=found.this, db=found.args.get("db"), alias=exp.TableAlias(this=identifier(alias)))


def param(position: int, type: exp.DataType) -> exp.Cast:  # noqa: A002  the word of the language
    """Return the parameter at a position (from 1), typed, so that no driver has to guess."""
    return exp.Cast(this=exp.Parameter(this=exp.Literal.number(position)), to=type)


def equal(names: Iterable[str], left: str, right: str) -> exp.Expr:
    """Return the condition that two tables agree in all these columns."""
    return exp.and_(*(exp.EQ(this=column(name, left), expression=column(name, right)) for name in names), copy=False)


def create_table(table: exp.Table, columns: Iterable[exp.ColumnDef], key: Iterable[str] = ()) -> exp.Create:
    """Return CREATE TABLE IF NOT EXISTS, with a primary key where there is one."""
    parts: list[exp.Expr] = list(columns)
    if names := [identifier(name) for name in key]:
        parts.append(exp.PrimaryKey(expressions=names))
    return exp.Create(this=exp.Schema(this=table, expressions=parts), kind="TABLE", exists=True)


def column_def(name: str, type: exp.DataType, *, required: bool = False) -> exp.ColumnDef:  # noqa: A002  the word of the language
    """Return a column of a CREATE TABLE."""
    constraints = [exp.ColumnConstraint(kind=exp.NotNullColumnConstraint())] if required else []
    return exp.ColumnDef(this=identifier(name), kind=type, constraints=constraints)


def physical_type(word: str, dialect: str) -> exp.DataType:
    """Return the storage's type of that name, as sqlglot knows it.

    Raises:
        ValueError: there is none, or there is more than a type.
    """
    try:
        found = exp.DataType.build(word, dialect=dialect)
    except (SqlglotError, TypeError):  # compiled, sqlglot itself refuses what is no type
        found = None
    if not isinstance(found, exp.DataType):
        message = f"`{word}` is not a type of {dialect}"
        raise ValueError(message)  # noqa: TRY004  the word is wrong, not a Python type
    return found


def create_schema(pipeline: Pipeline) -> tuple[Statement, ...]:
    """Return CREATE SCHEMA where the spec names one."""
    schema = pipeline.target.schema
    if schema is None:
        return ()
    this = exp.Table(db=identifier(schema))
    return (Statement("create.schema", exp.Create(this=this, kind="SCHEMA", exists=True)),)


def stage(staging: exp.Table, columns: Iterable[exp.ColumnDef]) -> tuple[Statement, ...]:
    """Return what makes, drops and counts the staging table."""
    return (
        Statement("stage.create", create_table(staging, columns)),
        Statement("stage.drop", _drop(staging)),
        Statement("stage.count", exp.select(exp.Count(this=exp.Star()), copy=False).from_(staging, copy=False)),
    )


def _drop(dropped: exp.Table) -> exp.Expr:
    """Return DROP TABLE IF EXISTS, with the table wherever this sqlglot keeps it."""
    tree = _drop_stand_in().copy()
    for stand_in in list(tree.find_all(exp.Table)):
        stand_in.replace(dropped.copy())
    return tree


@cache
def _drop_stand_in() -> exp.Expr:
    """Return the drop of a table `t`. Parsed, because sqlglot's versions do not agree on where its table stands."""
    return sqlglot.parse_one("DROP TABLE IF EXISTS t")


def comments(pipeline: Pipeline) -> tuple[Statement, ...]:
    """Return the comments on the table, which ends in our mark, and on each column that has one."""
    where = table(pipeline)
    about = exp.Literal.string(comment(pipeline))
    found = [Statement("create.comment", exp.Comment(this=where, kind="TABLE", expression=about))]
    for number, stored in enumerate(table_columns(pipeline), 1):
        if stored.comment:
            this = exp.Column(this=identifier(stored.name), table=where.this, db=where.args.get("db"))
            tree = exp.Comment(this=this, kind="COLUMN", expression=exp.Literal.string(stored.comment))
            found.append(Statement(f"create.comment.{number}", tree))
    return tuple(found)


def staged_rows(pipeline: Pipeline, staging: exp.Table) -> exp.Select:
    """Return FROM and WHERE of the staged rows that publish takes over: all, or in a merge those not older than what is stored."""
    source = aliased(staging, STAGED)
    query = exp.Select().from_(source, copy=False)
    cursor = pipeline.load.cursor
    if pipeline.load.mode != "merge" or cursor is None:
        return query
    stored = _stored_with_key(pipeline).where(_later(cursor), copy=False)
    return query.where(exp.not_(exp.Exists(this=stored), copy=False), copy=False)


def unknown_rows(pipeline: Pipeline, staging: exp.Table) -> exp.Select:
    """Return FROM and WHERE of the staged rows whose key the table does not hold."""
    query = exp.Select().from_(aliased(staging, STAGED), copy=False)
    return query.where(exp.not_(exp.Exists(this=_stored_with_key(pipeline)), copy=False), copy=False)


def conflicts(pipeline: Pipeline, staging: exp.Table) -> Statement:
    """Return the count of staged rows whose key the table already holds."""
    query = exp.Select().from_(aliased(staging, STAGED), copy=False).where(exp.Exists(this=_stored_with_key(pipeline)), copy=False)
    return Statement("publish.conflicts", query.select(exp.Count(this=exp.Star()), copy=False))


def _stored_with_key(pipeline: Pipeline) -> exp.Select:
    stored = table(pipeline, alias=TARGET)
    query = exp.select(exp.Literal.number(1), copy=False).from_(stored, copy=False)
    return query.where(equal(pipeline.primary_key, TARGET, STAGED), copy=False)


def _later(cursor: str) -> exp.Expr:
    """Return: the stored row wins. It has a cursor, and the staged one has none or an earlier one."""
    stored, staged = column(cursor, TARGET), column(cursor, STAGED)
    later = exp.or_(exp.Is(this=staged, expression=exp.Null()), exp.GT(this=stored, expression=staged), copy=False)
    return exp.and_(exp.not_(exp.Is(this=stored, expression=exp.Null()), copy=False), later, copy=False)


def not_later(cursor: str, stored_in: str, staged_in: str) -> exp.Expr:
    """Return: the staged row wins. It is the opposite of the above; null where only the staged cursor is null, so false."""
    stored, staged = column(cursor, stored_in), column(cursor, staged_in)
    return exp.or_(exp.Is(this=stored, expression=exp.Null()), exp.GTE(this=staged, expression=stored), copy=False)


def delete_file(pipeline: Pipeline) -> tuple[Statement, ...]:
    """Return the deletion of one file's rows, where a changed file is to replace what it once brought."""
    load = pipeline.load
    if load.mode != "append" or load.changed_file != "replace" or "_source_file" not in load.stamp:
        return ()
    where = exp.EQ(this=column("_source_file"), expression=param(1, exp.DataType.build(exp.DataType.Type.TEXT)))
    return (Statement("publish.delete_file", exp.Delete(this=table(pipeline), where=exp.Where(this=where)), ("source_file",)),)


def delete_all(pipeline: Pipeline) -> Statement:
    """Return the deletion of every row. A DELETE, so that views, grants and foreign keys survive and readers see old or new."""
    return Statement("publish.delete", exp.Delete(this=table(pipeline)))


def insert(
    pipeline: Pipeline, rows: exp.Select, column_type: Callable[[Type, str | None], exp.DataType], name: str = "publish.insert"
) -> Statement:
    """Return INSERT … SELECT of those staged rows, stamped. The query `rows` becomes part of it."""
    params: list[str] = []
    values: list[exp.Expr] = []
    for stored in table_columns(pipeline):
        if stored.name in {"_load_id", "_loaded_at"}:
            params.append(stored.name.removeprefix("_"))
            values.append(param(len(params), column_type(stored.type, None)))
        else:
            values.append(column(stored.name, STAGED))
    names = [identifier(stored.name) for stored in table_columns(pipeline)]
    into = exp.Schema(this=table(pipeline, alias=TARGET), expressions=names)
    return Statement(name, exp.Insert(this=into, expression=rows.select(*values, copy=False)), tuple(params))


def reconcile(pipeline: Pipeline, staging: exp.Table, checksum: Callable[[TableColumn, exp.Column], exp.Expr]) -> tuple[Statement, ...]:
    """Return the two counts with checksums; `checksum` is an aggregate over one column that does not depend on the order of rows."""

    def over(query: exp.Select, alias: str) -> exp.Select:
        sums = (checksum(stored, column(stored.name, alias)) for stored in value_columns(pipeline))
        return query.select(exp.Count(this=exp.Star()), *sums, copy=False)

    staged = Statement("reconcile.staged", over(staged_rows(pipeline, staging), STAGED))
    stored = over(exp.Select().from_(table(pipeline, alias=TARGET), copy=False), TARGET)
    if pipeline.load.mode == "full":
        return staged, Statement("reconcile.published", stored)
    if "_load_id" not in pipeline.load.stamp:
        return (staged,)
    of_load = exp.EQ(this=column("_load_id", TARGET), expression=param(1, exp.DataType.build(exp.DataType.Type.TEXT)))
    return staged, Statement("reconcile.published", stored.where(of_load, copy=False), ("load_id",))
