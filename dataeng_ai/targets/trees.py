"""The trees that every storage builds alike: tables, conditions, inserts, comments. Every identifier is quoted here, once."""

from __future__ import annotations

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
    return exp.to_identifier(name, quoted=True)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a quoted column, of the quoted table or alias when there is one."""
    return exp.column(identifier(name), table=None if table is None else identifier(table))


def table(pipeline: Pipeline, name: str | None = None, alias: str | None = None) -> exp.Table:
    """Return the pipeline's table, or another one of its schema."""
    schema = pipeline.target.schema
    found = exp.table_(identifier(name or pipeline.target.table), db=None if schema is None else identifier(schema))
    return found if alias is None else aliased(found, alias)


def aliased(found: exp.Table, alias: str) -> exp.Table:
    """Return a copy of the table under a quoted alias."""
    found = found.copy()
    found.set("alias", exp.TableAlias(this=identifier(alias)))
    return found


def param(position: int, type: exp.DataType) -> exp.Cast:  # noqa: A002  the word of the language
    """Return the parameter at a position (from 1), typed, so that no driver has to guess."""
    return exp.Cast(this=exp.Parameter(this=exp.Literal.number(position)), to=type)


def equal(names: Iterable[str], left: str, right: str) -> exp.Expr:
    """Return the condition that two tables agree in all these columns."""
    return exp.and_(*(exp.EQ(this=column(name, left), expression=column(name, right)) for name in names))


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
    except SqlglotError:
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
        Statement("stage.count", exp.select(exp.Count(this=exp.Star())).from_(staging.copy())),
    )


def _drop(dropped: exp.Table) -> exp.Expr:
    """Return DROP TABLE IF EXISTS. Parsed, because sqlglot's versions do not agree on where its table stands."""
    tree = sqlglot.parse_one("DROP TABLE IF EXISTS t")
    for stand_in in list(tree.find_all(exp.Table)):
        stand_in.replace(dropped.copy())
    return tree


def comments(pipeline: Pipeline) -> tuple[Statement, ...]:
    """Return the comments on the table, which ends in our mark, and on each column that has one."""
    where = table(pipeline)
    about = exp.Literal.string(comment(pipeline))
    found = [Statement("create.comment", exp.Comment(this=where, kind="TABLE", expression=about))]
    for number, stored in enumerate(table_columns(pipeline), 1):
        if stored.comment:
            this = exp.Column(this=identifier(stored.name), table=where.this.copy(), db=where.args.get("db"))
            tree = exp.Comment(this=this, kind="COLUMN", expression=exp.Literal.string(stored.comment))
            found.append(Statement(f"create.comment.{number}", tree))
    return tuple(found)


def staged_rows(pipeline: Pipeline, staging: exp.Table) -> exp.Select:
    """Return FROM and WHERE of the staged rows that publish takes over: all, or in a merge those not older than what is stored."""
    source = aliased(staging, STAGED)
    query = exp.Select().from_(source)
    cursor = pipeline.load.cursor
    if pipeline.load.mode != "merge" or cursor is None:
        return query
    return query.where(exp.not_(exp.Exists(this=_stored_with_key(pipeline).where(_later(cursor)))))


def unknown_rows(pipeline: Pipeline, staging: exp.Table) -> exp.Select:
    """Return FROM and WHERE of the staged rows whose key the table does not hold."""
    return exp.Select().from_(aliased(staging, STAGED)).where(exp.not_(exp.Exists(this=_stored_with_key(pipeline))))


def conflicts(pipeline: Pipeline, staging: exp.Table) -> Statement:
    """Return the count of staged rows whose key the table already holds."""
    query = exp.Select().from_(aliased(staging, STAGED)).where(exp.Exists(this=_stored_with_key(pipeline)))
    return Statement("publish.conflicts", query.select(exp.Count(this=exp.Star())))


def _stored_with_key(pipeline: Pipeline) -> exp.Select:
    stored = table(pipeline, alias=TARGET)
    return exp.select(exp.Literal.number(1)).from_(stored).where(equal(pipeline.primary_key, TARGET, STAGED))


def _later(cursor: str) -> exp.Expr:
    """Return: the stored row wins. It has a cursor, and the staged one has none or an earlier one."""
    stored, staged = column(cursor, TARGET), column(cursor, STAGED)
    later = exp.or_(exp.Is(this=staged, expression=exp.Null()), exp.GT(this=stored.copy(), expression=staged.copy()))
    return exp.and_(exp.not_(exp.Is(this=stored, expression=exp.Null())), later)


def not_later(cursor: str, stored_in: str, staged_in: str) -> exp.Expr:
    """Return: the staged row wins. It is the opposite of the above; null where only the staged cursor is null, so false."""
    stored, staged = column(cursor, stored_in), column(cursor, staged_in)
    return exp.or_(exp.Is(this=stored, expression=exp.Null()), exp.GTE(this=staged, expression=stored.copy()))


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
    """Return INSERT … SELECT of those staged rows, stamped."""
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
    return Statement(name, exp.Insert(this=into, expression=rows.select(*values)), tuple(params))


def reconcile(pipeline: Pipeline, staging: exp.Table, checksum: Callable[[TableColumn, exp.Column], exp.Expr]) -> tuple[Statement, ...]:
    """Return the two counts with checksums; `checksum` is an aggregate over one column that does not depend on the order of rows."""

    def over(query: exp.Select, alias: str) -> exp.Select:
        sums = (checksum(stored, column(stored.name, alias)) for stored in value_columns(pipeline))
        return query.select(exp.Count(this=exp.Star()), *sums, copy=False)

    staged = Statement("reconcile.staged", over(staged_rows(pipeline, staging), STAGED))
    stored = over(exp.Select().from_(table(pipeline, alias=TARGET)), TARGET)
    if pipeline.load.mode == "full":
        return staged, Statement("reconcile.published", stored)
    if "_load_id" not in pipeline.load.stamp:
        return (staged,)
    of_load = stored.where(exp.EQ(this=column("_load_id", TARGET), expression=param(1, exp.DataType.build(exp.DataType.Type.TEXT))))
    return staged, Statement("reconcile.published", of_load, ("load_id",))
