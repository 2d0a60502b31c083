"""Source: the two statements by which a pipeline reads a table, another pipeline's or a database's, in the words of where that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dataeng_ai import targets
from dataeng_ai.sources.databases import query
from dataeng_ai.targets.statements import Statement
from dataeng_ai.targets.trees import column, param, table_in
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from dataeng_ai.ir import Pipeline, Rows


def source(pipeline: Pipeline) -> tuple[Statement, ...]:
    """Return source.loads and source.rows, of a database source.count and source.rows, nothing where files are read.

    `source.loads` ($1 pipeline) returns the ids of the parent's published loads, the oldest first. `source.rows` ($1 load_id, where the
    parent's loads are read one by one) returns the parent's lists, then what their items bear, all as texts, in the order of its key.
    """
    rows, database = pipeline.source.rows, pipeline.source.database
    if database is not None:
        return Statement("source.count", query.count(database)), Statement("source.rows", query.rows(database))
    if rows is None:
        return ()
    return _loads(rows), _rows(rows, whole=rows.whole(pipeline.load.mode))


def _loads(rows: Rows) -> Statement:
    text = targets.design(rows.target.storage).column_type(Type("text"))
    mine = exp.EQ(this=column("pipeline"), expression=param(1, text))
    published = exp.EQ(this=column("state"), expression=exp.Literal.string("published"))
    found = exp.select(column("load_id")).from_(table_in(rows.target.schema, "_dataeng_loads")).where(mine).where(published)
    return Statement("source.loads", found.order_by(column("published_at"), column("load_id")), ("pipeline",))


def _rows(rows: Rows, *, whole: bool) -> Statement:
    design = targets.design(rows.target.storage)
    text = design.column_type(Type("text"))
    lists = exp.Cast(this=column(rows.column), to=text)
    carried = (design.canonical(column(each.name), each.type) for each in rows.carried)
    found = exp.select(lists, *carried).from_(table_in(rows.target.schema, rows.target.table))
    found = found if whole else found.where(exp.EQ(this=column("_load_id"), expression=param(1, text)))
    return Statement("source.rows", found.order_by(*map(column, rows.order)), () if whole else ("load_id",))
